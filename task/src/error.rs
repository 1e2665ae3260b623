//! Errors of parameters, and of entries of vectors and matrices.

use std::fmt::Display;

use crate::range::short;

/// The largest magnitude of mean, data_std, shift, sigma, threshold and eps.
pub const MAX_MAGNITUDE: f64 = 1e15;

/// The error of a parameter outside its domain. The message names the parameter, the value and what would be right.
///
/// ```
/// use gauss_sim_task::Task;
///
/// let error = Task::new(1.0, 0.0).unwrap_err();
/// assert_eq!((error.name, error.value.as_str()), ("data_std", "0"));
/// assert_eq!(error.to_string(), "data_std = 0 is not possible: a number from 1e-15 to 1e15");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value} is not possible: {expected}")]
pub struct DomainError {
    /// The parameter, by its name in rows and on the command line.
    pub name: &'static str,
    /// The value that was given.
    pub value: String,
    /// What would be right.
    pub expected: String,
}

pub(crate) fn check(
    name: &'static str,
    value: f64,
    ok: impl Fn(f64) -> bool,
    expected: &str,
) -> Result<f64, DomainError> {
    if value.is_finite() && value.abs() <= MAX_MAGNITUDE && ok(value) {
        return Ok(value + 0.0); // −0 becomes 0, so that it prints and compares as the zero it is
    }
    Err(DomainError { name, value: short(value), expected: expected.to_owned() })
}

/// The error of a vector or matrix entry outside its domain. The message names the entry (indices count from 0), the
/// value and what would be right.
///
/// ```
/// use gauss_sim_task::linear::Covariance;
///
/// let error = Covariance::full(&[vec![1.0, 0.5], vec![0.25, 1.0]]).unwrap_err();
/// let message = "covariance[1][0] = 0.25 is not possible: 0.5, as covariance[0][1]: it is symmetric";
/// assert_eq!(error.to_string(), message);
/// let error = error.renamed("covariance", "defense.covariance"); // as a task file calls it
/// assert_eq!(error.name, "defense.covariance[1][0]");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value} is not possible: {expected}")]
pub struct EntryError {
    /// The entry, such as `mean[3]` or `covariance[2][5]`.
    pub name: String,
    /// The value that was given.
    pub value: String,
    /// What would be right.
    pub expected: String,
}

impl EntryError {
    /// Creates the error of an entry outside its domain.
    pub fn new(name: impl Into<String>, value: impl Display, expected: impl Into<String>) -> Self {
        let text = value.to_string();
        // Shorten numbers with hundreds of zeros to their significant digits.
        let value = match text.parse() {
            Ok(number) if text.len() > 17 => short(number),
            _ => text,
        };
        Self { name: name.into(), value, expected: expected.into() }
    }

    /// Returns the same error with another name for a vector or matrix, replaced in `name` where it is a whole word,
    /// and in `expected` where an index follows it: `covariance[1][0]` renamed from `covariance` to
    /// `defense.covariance` is `defense.covariance[1][0]`.
    #[must_use]
    pub fn renamed(self, from: &str, to: &str) -> Self {
        let name = with_word(&self.name, from, to, |_| true);
        let expected = with_word(&self.expected, from, to, |after| after.starts_with('['));
        Self { name, expected, ..self }
    }
}

impl From<DomainError> for EntryError {
    fn from(error: DomainError) -> Self {
        Self { name: error.name.to_owned(), value: error.value, expected: error.expected }
    }
}

/// Replaces every `from` in `text` that is a whole word and whose following text satisfies `also` by `to`.
fn with_word(text: &str, from: &str, to: &str, also: impl Fn(&str) -> bool) -> String {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let (mut done, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(from).filter(|_| !from.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let last = before.chars().next_back().or(done.chars().next_back());
        let whole = !last.is_some_and(part_of_word)
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            && also(after);
        done += before;
        done += if whole { to } else { from };
        rest = after;
    }
    done + rest
}
