//! The grid grammar of the command line: ranges, counts, votes and probabilities.
//!
//! Points are exact decimals and fractions. A range is computed in rational numbers and every point is rounded once,
//! so that `0..4:0.1` contains 0.3 and not 0.30000000000000004, `0..16/255:1/255` contains 8/255, and the value of a
//! row can be typed back.
//!
//! Every error is one line that quotes the text and says what is wrong and what would be right; the caller prepends
//! the flag. Whether a value is valid for its parameter (a sigma is at least 0) is checked by the definitions.

mod count;
mod literal;
mod number;
mod points;
mod span;
mod text;
mod votes;

pub use count::{Count, CountError, MAX_COUNT, Probability, ProbabilityError};
pub use votes::{VoteList, VoteListError, whole_numbers};

pub use text::{quote, short};

use num_rational::BigRational;
use number::Number;
use span::Span;
use std::fmt;
use std::str::FromStr;

/// The largest number of points of a range, or of a list with all its ranges.
///
/// ```
/// use gauss_sim_task::range::{MAX_POINTS, Range, RangeError};
///
/// assert_eq!(format!("0..1/{MAX_POINTS}").parse::<Range>()?.values().len(), 100_000);
/// assert!(matches!("0..1/100001".parse::<Range>(), Err(RangeError::TooMany(_, 100_001))));
/// assert!(matches!("0..1/100000,2".parse::<Range>(), Err(RangeError::TooManyInAll(_))));
/// # Ok::<(), RangeError>(())
/// ```
pub const MAX_POINTS: u32 = 100_000;
/// The number of points of `0..4`, where neither step nor count is given.
pub const DEFAULT_POINTS: u32 = 81;

/// A summary of the grammar, for the long help of every flag that takes a [`Range`].
pub const RANGE_HELP: &str = "\
A number (0.5 or 8/255), a list (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), \
1e-3..10/log31 (log-spaced). The items of a list may be ranges. Ends are included, also where the \
step does not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a \
count behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are \
put in ascending order, each once.";

/// One or more finite values in ascending order, without repetitions.
///
/// - `0.5`: one value; `+2`, `-2`, `.5`, `5.` and `1e-3` are also numbers, and so are the fractions `8/255`, `-1/3`
///   and `1.5/255`;
/// - `0..4`: [`DEFAULT_POINTS`] evenly spaced points;
/// - `0..4:0.1`: steps from the start, and the end even if the steps miss it;
/// - `0..4/41`: this many evenly spaced points;
/// - `1e-3..10/log31`: this many points in geometric progression, both ends above 0; points that are rational, or
///   decimals of up to twelve digits, are exact, and the others are accurate to 2e-15;
/// - `0.1,0.5,1..2:0.1`: a list of all these, in any order.
///
/// The start and the step of a range may be fractions. The end may be a fraction if a step or a count follows, as in
/// `0..8/255:1/255` and `0..8/255/9`: a single slash after the dots belongs to the count.
///
/// Both ends are points. If they are equal, there is one point. White space around the parts is ignored. Two ranges
/// are equal if their values are, however they are written.
#[derive(Debug, Clone)]
pub struct Range {
    text: String,
    values: Vec<f64>,
}

impl PartialEq for Range {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

/// The error of a text that is not a [`Range`]. The message is one line: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RangeError {
    /// The text is empty.
    #[error("no value is given: write a number, a list such as 0.1,0.5,1 or a range such as 0..4")]
    Empty,
    /// An item of a list is empty.
    #[error(
        "{0} has an empty place in its list: write one value on each side of a comma, as in 0.1,0.5"
    )]
    EmptyItem(String),
    /// Some text in place of a number.
    #[error("{0} is not a number: write one as in 0.5, -2 or 1e-3")]
    NotANumber(String),
    /// Some text in place of a number or a range.
    #[error("{0} is neither a number nor a range: write one as in 0.5, -2, 1e-3, 0..4 or 0..4/41")]
    NotAValue(String),
    /// An infinity or a NaN.
    #[error("{0} is not a finite number: write one as in 0.5, -2 or 1e-3")]
    NotFinite(String),
    /// A number beyond the largest double.
    #[error("{0} is too large: write a number below 1.7e308")]
    TooLarge(String),
    /// A number that is not 0, but below the smallest double.
    #[error("{0} is too close to 0: write 0, or at least 5e-324")]
    TooSmall(String),
    /// `0...5`, which may mean 0 to .5, or 0. to 5.
    #[error("{0} has more than two dots in a row: write digits on both sides, as in 0..0.5")]
    ThreeDots(String),
    /// More than one `..`.
    #[error("{0} has more than one range: separate ranges by commas, as in 0..1,2..3")]
    TwoRanges(String),
    /// A fraction with the denominator 0.
    #[error("{0} divides by 0: write a denominator other than 0, as in 8/255")]
    DivisionByZero(String),
    /// A colon or a `/log` without a range.
    #[error("{0} has a step or a count but no range: write as in 0..4:0.1 or 0..4/41")]
    NoRange(String),
    /// More than one step or count.
    #[error("{0} has more than one step or count: write one, as in 0..4:0.1 or 0..4/41")]
    TwoSpacings(String),
    /// Nothing after the colon, the slash or `log`.
    #[error("{0} lacks its step or count: write as in 0..4:0.1, 0..4/41 or 1e-3..10/log31")]
    NoSpacing(String),
    /// Nothing before or after the dots.
    #[error("{0} lacks an end: write both, as in 0..4")]
    MissingEnd(String),
    /// The start is above the end: text, end, start.
    #[error("{0} runs backwards: write the smaller end first, as in {1}..{2}")]
    Backwards(String, String, String),
    /// The start is above the end, but would not be if the count were the denominator of the end: text, end, count.
    #[error(
        "{0} runs backwards, with the end {1} and {2} points: write the smaller end first, or for a fraction as the end a step or a count behind it, as in 0..8/255:1/255"
    )]
    BackwardsWithCount(String, String, u64),
    /// The step is 0 or negative: text, step.
    #[error("{0} has the step {1}: write a step above 0, as in 0..4:0.1")]
    BadStep(String, String),
    /// The first step already leads beyond the end: text, the largest possible step.
    #[error("{0} has a step larger than the range: write a step of at most {1}")]
    StepTooLarge(String, String),
    /// The number of points is not a count: text, why.
    #[error("{0} has a bad number of points: {1}")]
    BadCount(String, CountError),
    /// Fewer points than there are ends: text, count.
    #[error("{0} has too few points ({1}): write at least 2, one for each end, as in 0..4/41")]
    TooFew(String, u64),
    /// Several points between equal ends: text, count, end.
    #[error("{0} asks for {1} points between equal ends: write two different ends, or just {2}")]
    EqualEnds(String, u64, String),
    /// A logarithm of 0 or less: text, end.
    #[error("{0} has the end {1}: log spacing needs both ends above 0, as in 1e-3..10/log31")]
    LogOfZero(String, String),
    /// More than [`MAX_POINTS`] points: text, number of points, [`i128::MAX`] for that and more.
    #[error(
        "{0} asks for {points} points: at most {MAX_POINTS} are possible, so write a larger step or a smaller count",
        points = many(.1)
    )]
    TooMany(String, i128),
    /// A list with more than [`MAX_POINTS`] points in all.
    #[error("{0} has more than {MAX_POINTS} points in all: write fewer, or larger steps")]
    TooManyInAll(String),
    /// A single number with more digits than the exact arithmetic allows.
    #[error("{0} has more than {digits} digits: write a shorter number", digits = literal::MAX_DIGITS)]
    TooManyDigits(String),
    /// Several points would round to the same double: text, number of points.
    #[error(
        "{0} is too narrow for {1} different numbers: write a larger step, or ends further apart"
    )]
    TooNarrow(String, usize),
}

fn many(points: &i128) -> String {
    match *points {
        i128::MAX => "more than 1e38".to_owned(),
        points => points.to_string(),
    }
}

/// Parses one finite number, in the grammar of the numbers of a [`Range`], and returns the double nearest to the
/// decimal or fraction.
pub fn number(text: &str) -> Result<f64, RangeError> {
    Number::parse(text).map(|number| number.value())
}

/// Parses one finite number exactly as it is written, before it is rounded.
pub(crate) fn exact_number(text: &str) -> Result<BigRational, RangeError> {
    Number::parse(text).map(|number| number.exact().clone())
}

impl Range {
    /// Creates the range of these values, sorted and without repetitions; it is written as the list of their shortest
    /// decimals.
    ///
    /// # Errors
    ///
    /// Fails if there is no value, a value is not finite, or there are more than [`MAX_POINTS`] of them.
    pub fn from_values(values: &[f64]) -> Result<Self, RangeError> {
        if values.is_empty() {
            return Err(RangeError::Empty);
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(RangeError::NotFinite(quote(&value.to_string())));
        }
        if values.len() > MAX_POINTS as usize {
            return Err(RangeError::TooManyInAll("the list".to_owned()));
        }
        // Adding 0 turns −0 into 0.
        let values = ascending(values.iter().map(|value| value + 0.0).collect());
        let text: Vec<String> = values.iter().map(|&value| text::short(value)).collect();
        Ok(Self { text: text.join(","), values })
    }

    /// Returns the points, strictly ascending and finite, at least one.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Writes the text as given, which parses to the same values.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Range {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        if text.trim().is_empty() {
            return Err(RangeError::Empty);
        }
        let mut values = Vec::new();
        for item in items(text)? {
            match Span::parse(item)? {
                Some(span) => values.append(&mut span.points()?),
                None => values.push(single(item)?),
            }
            check_total(text, values.len())?;
        }
        Ok(Self { text: canonical(text), values: ascending(values) })
    }
}

/// Sorts the values and drops repetitions.
fn ascending(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values
}

/// Parses a single number in a place where a range would also be valid.
fn single(item: &str) -> Result<f64, RangeError> {
    number(item).map_err(|error| match error {
        RangeError::NotANumber(text) => RangeError::NotAValue(text),
        other => other,
    })
}

/// Splits the text at its commas, and fails if an item is empty.
fn items(text: &str) -> Result<Vec<&str>, RangeError> {
    let items: Vec<&str> = text.split(',').map(str::trim).collect();
    match items.contains(&"") {
        true => Err(RangeError::EmptyItem(quote(text))),
        false => Ok(items),
    }
}

fn check_total(text: &str, points: usize) -> Result<(), RangeError> {
    match points > MAX_POINTS as usize {
        true => Err(RangeError::TooManyInAll(quote(text))),
        false => Ok(()),
    }
}

/// Returns the text on one line. White space is not dropped altogether, since `5. ..6` needs it.
fn canonical(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
