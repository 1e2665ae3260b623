//! The number of transformations to draw: whole numbers, and ranges of them.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::range::{VoteList, VoteListError, quote};
use crate::spec::Parse;
use crate::votes::Votes;

/// The largest number of transformations applied in one classification.
pub const MAX_CHOOSE: usize = 40;

/// Numbers of transformations in ascending order, without repetitions: `3`, `1,2,5`, `1..6`, `1..9:2`.
///
/// The grammar is that of [`VoteList`], without `inf`. Two lists are equal if their numbers are.
#[derive(Debug, Clone)]
pub struct Choose {
    text: String,
    values: Vec<usize>,
}

impl PartialEq for Choose {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

/// The error of a text that is not a [`Choose`]: one line that says what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ChooseError(String);

impl Choose {
    /// Returns the numbers, strictly ascending, from 1 to [`MAX_CHOOSE`].
    #[must_use]
    pub fn values(&self) -> &[usize] {
        &self.values
    }
}

/// Writes the text as given, which parses to the same numbers.
impl fmt::Display for Choose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Choose {
    type Err = ChooseError;

    fn from_str(text: &str) -> Result<Self, ChooseError> {
        let right = format!("write a whole number from 1 to {MAX_CHOOSE}, or as in 1..6");
        let refused = |what: &str| ChooseError(format!("{} {what}: {right}", quote(text)));
        let list: VoteList = text.parse().map_err(|error| match error {
            VoteListError::Range(error) => ChooseError(error.to_string()),
            VoteListError::Empty => ChooseError(format!("no number is given: {right}")),
            _ => refused("is not a number of transformations"),
        })?;
        let number = |votes: &Votes| match votes {
            Votes::Finite(n) => usize::try_from(n.get()).ok().filter(|n| *n <= MAX_CHOOSE),
            Votes::Limit => None,
        };
        let values: Option<Vec<usize>> = list.values().iter().map(number).collect();
        let values = values.ok_or_else(|| refused("is not a number of transformations"))?;
        Ok(Self { text: list.to_string(), values })
    }
}

impl Parse for Choose {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: ChooseError| error.to_string())
    }

    fn write(&self) -> Value {
        Value::from(self.text.clone())
    }
}
