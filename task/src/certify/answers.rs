//! The number of noisy answers: whole numbers and ranges of them, and `inf`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde_json::Value;

use crate::error::DomainError;
use crate::range::{Count, Range, quote, short};
use crate::spec::Parse;

/// The largest number of noisy answers.
pub const MAX_ANSWERS: u32 = 1_000_000_000;

/// A number of noisy answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answers {
    /// This many answers.
    Finite(NonZeroU32),
    /// Infinitely many: the smoothed classifier itself.
    Limit,
}

impl Answers {
    /// Checks that `number` is from 1 to [`MAX_ANSWERS`].
    pub fn new(number: u64) -> Result<Self, DomainError> {
        let found = u32::try_from(number).ok().filter(|n| *n <= MAX_ANSWERS);
        found.and_then(NonZeroU32::new).map(Self::Finite).ok_or_else(|| DomainError {
            name: "n",
            value: number.to_string(),
            expected: format!("a whole number from 1 to {MAX_ANSWERS}, or inf"),
        })
    }

    /// Returns the number; infinite for the limit.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Finite(n) => f64::from(n.get()),
            Self::Limit => f64::INFINITY,
        }
    }
}

/// Writes `inf` for the limit, and the number otherwise.
impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite(n) => n.fmt(f),
            Self::Limit => f.write_str("inf"),
        }
    }
}

/// Numbers of answers in ascending order, without repetitions: `100`, `1e3,1e5,inf`, `10..50:10`, `1e2..1e7/log31`.
///
/// The points of a range must be whole numbers; those of a log-spaced one are rounded to the nearest. Two lists are
/// equal if their numbers are.
///
/// ```
/// use gauss_sim_task::certify::AnswerList;
///
/// let list: AnswerList = "1e3,10..30:10,inf".parse().unwrap();
/// let text: Vec<String> = list.values().iter().map(ToString::to_string).collect();
/// assert_eq!(text, ["10", "20", "30", "1000", "inf"]);
/// assert!("0".parse::<AnswerList>().is_err());
/// ```
#[derive(Debug, Clone)]
pub struct AnswerList {
    text: String,
    values: Vec<Answers>,
}

impl PartialEq for AnswerList {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

/// The error of a text that is not an [`AnswerList`]: one line that says what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct AnswerListError(String);

impl AnswerList {
    /// Returns the numbers, strictly ascending, with `inf` last.
    #[must_use]
    pub fn values(&self) -> &[Answers] {
        &self.values
    }
}

/// A list of one number.
impl From<Answers> for AnswerList {
    fn from(answers: Answers) -> Self {
        Self { text: answers.to_string(), values: vec![answers] }
    }
}

/// Writes the text as given, which parses to the same numbers.
impl fmt::Display for AnswerList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for AnswerList {
    type Err = AnswerListError;

    fn from_str(text: &str) -> Result<Self, AnswerListError> {
        let right = format!(
            "write whole numbers from 1 to {MAX_ANSWERS}, as in 100, 1e3,1e5,inf or 1e2..1e7/log31"
        );
        let refused = |what: String| AnswerListError(format!("{what}: {right}"));
        let mut values = Vec::new();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            if item.eq_ignore_ascii_case("inf") {
                values.push(Answers::Limit);
            } else if item.contains("..") {
                let range: Range = item.parse().map_err(|error: crate::range::RangeError| {
                    AnswerListError(error.to_string())
                })?;
                let log = item.contains("/log");
                for &point in range.values() {
                    let whole = if log { point.round() } else { point };
                    let inside = (1.0..=f64::from(MAX_ANSWERS)).contains(&whole);
                    // A whole number in range is exact as a double, so the cast does not change it.
                    let value =
                        (whole.fract() == 0.0 && inside).then(|| Answers::new(whole as u64));
                    let value = value.and_then(Result::ok).ok_or_else(|| {
                        refused(format!("{} includes {}", quote(item), short(point)))
                    })?;
                    values.push(value);
                }
            } else {
                let count = item.parse().ok().map(Count::get);
                let value = count.and_then(|count| Answers::new(count).ok());
                values.push(value.ok_or_else(|| {
                    refused(format!("{} is not a number of answers", quote(item)))
                })?);
            }
        }
        if values.is_empty() {
            return Err(refused("no number is given".to_owned()));
        }
        values.sort_unstable();
        values.dedup();
        Ok(Self { text: text.trim().to_owned(), values })
    }
}

impl Parse for AnswerList {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: AnswerListError| error.to_string())
    }

    fn write(&self) -> Value {
        Value::from(self.text.clone())
    }
}
