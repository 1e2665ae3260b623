//! Single numbers of the command line that are not grids: counts and probabilities.

use super::RangeError;
use super::literal::Literal;
use super::number::{Number, nearest};
use super::text::{clip, quote};
use num_bigint::BigInt;
use std::fmt;
use std::str::FromStr;

/// The largest count that can be asked for.
///
/// ```
/// use gauss_sim_task::range::{Count, CountError, MAX_COUNT};
///
/// assert_eq!("1e15".parse::<Count>().map(Count::get), Ok(MAX_COUNT));
/// assert!(matches!("1001T".parse::<Count>(), Err(CountError::TooLarge(_))));
/// ```
pub const MAX_COUNT: u64 = 1_000_000_000_000_000;

/// A whole number from 0 to [`MAX_COUNT`], written as `1000`, `10_000_000`, `1e9`, `2.5e6`, `10k`,
/// `10M`, `1G` or `1T`; 0 by default.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u64);

/// The error of a text that is not a count. The message is one line: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// The text is empty.
    #[error("no count is given: write a whole number, as in 1000, 1e9 or 10M")]
    Empty,
    /// The text does not follow the grammar.
    #[error(
        "{0} is not a count: write a whole number, as in 1000, 10_000_000, 1e9, 10k, 10M or 1G"
    )]
    NotACount(String),
    /// Below 0.
    #[error("{0} is negative: write a whole number from 0 up")]
    Negative(String),
    /// The number has a fractional part.
    #[error("{0} is not a whole number: write one, as in 1000 or 2.5e6")]
    NotWhole(String),
    /// Above [`MAX_COUNT`].
    #[error("{0} is too large: at most 1e15 is possible")]
    TooLarge(String),
}

impl Count {
    /// Returns the count with this value; `None` if it is above [`MAX_COUNT`].
    #[must_use]
    pub fn of(number: u64) -> Option<Self> {
        (number <= MAX_COUNT).then_some(Self(number))
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<Count> for u64 {
    fn from(count: Count) -> Self {
        count.0
    }
}

/// Writes plain digits, which parse to the same count.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Count {
    type Err = CountError;

    fn from_str(text: &str) -> Result<Self, CountError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CountError::Empty);
        }
        let (number, places) = match text.chars().next_back() {
            Some('k' | 'K') => (&text[..text.len() - 1], 3),
            Some('M') => (&text[..text.len() - 1], 6),
            Some('G') => (&text[..text.len() - 1], 9),
            Some('T') => (&text[..text.len() - 1], 12),
            _ => (text, 0),
        };
        let literal = without_separators(number.trim_end())
            .and_then(|digits| Literal::parse(&digits))
            .ok_or_else(|| CountError::NotACount(quote(text)))?
            .shifted(places);
        if literal.is_negative() {
            return Err(CountError::Negative(quote(text)));
        }
        if literal.exponent() < 0 {
            return Err(CountError::NotWhole(quote(text)));
        }
        literal
            .whole()
            .filter(|&count| count <= MAX_COUNT)
            .map(Self)
            .ok_or_else(|| CountError::TooLarge(quote(text)))
    }
}

/// Removes underscores, which are only allowed between two digits.
fn without_separators(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let misplaced = |at: usize| !is_digit(at.checked_sub(1)) || !is_digit(at.checked_add(1));
    if text.match_indices('_').any(|(at, _)| misplaced(at)) {
        return None;
    }
    Some(text.replace('_', ""))
}

/// A probability strictly between 0 and 1, written as `0.95`, `95%` or `1/20`: a confidence level, or the level α of
/// a test.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(f64);

/// The error of a text that is not a [`Probability`]. The message is one line: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbabilityError {
    /// The text is empty.
    #[error("no probability is given: write a number between 0 and 1, as in 0.95 or 95%")]
    Empty,
    /// The text does not follow the grammar.
    #[error("{0} is not a probability: write a number between 0 and 1, as in 0.95, 1e-6 or 95%")]
    NotAProbability(String),
    /// 0, 1 or a number beyond, after rounding to a double.
    #[error("{0} is not strictly between 0 and 1: write a probability as in 0.95, 1e-6 or 95%")]
    OutOfRange(String),
    /// A number from 1 to 100 exclusive: the per cent sign is missing.
    #[error("{0} is not strictly between 0 and 1: write {1}% if per cent is meant")]
    PercentSignMissing(String, String),
}

impl Probability {
    /// Returns the probability with this value; `None` unless 0 < `p` < 1.
    #[must_use]
    pub const fn of(p: f64) -> Option<Self> {
        if p > 0.0 && p < 1.0 { Some(Self(p)) } else { None }
    }

    /// Returns the number, 0 < p < 1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// Writes the shortest decimal, which parses to the same probability.
impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Probability {
    type Err = ProbabilityError;

    fn from_str(text: &str) -> Result<Self, ProbabilityError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ProbabilityError::Empty);
        }
        let percent = text.strip_suffix('%');
        let number = Number::parse(percent.unwrap_or(text)).map_err(|error| match error {
            RangeError::TooLarge(_) | RangeError::TooSmall(_) => {
                ProbabilityError::OutOfRange(quote(text))
            }
            _ => ProbabilityError::NotAProbability(quote(text)),
        })?;
        // Dividing before rounding makes 99.9% the same double as 0.999.
        let value = match percent {
            Some(_) => nearest(&(number.exact() / BigInt::from(100))),
            None => number.value(),
        };
        if value > 0.0 && value < 1.0 {
            Ok(Self(value))
        } else if percent.is_none() && value > 1.0 && value < 100.0 {
            Err(ProbabilityError::PercentSignMissing(quote(text), clip(text)))
        } else {
            Err(ProbabilityError::OutOfRange(quote(text)))
        }
    }
}
