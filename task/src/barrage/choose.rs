//! The number of transformations to draw: whole numbers, and ranges of them.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::range::whole_numbers;
use crate::spec::Parse;

/// The largest number of transformations applied in one classification.
pub const MAX_CHOOSE: usize = 40;

/// Numbers of transformations in ascending order, without repetitions: `3`, `1,2,5`, `1..6`, `1..9:2`.
///
/// The grammar is that of [`VoteList`](crate::range::VoteList), without `inf`. Two lists are equal if their numbers are.
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
        let what = ("transformations", MAX_CHOOSE as u32, "1..6");
        let (text, numbers) = whole_numbers(text, what).map_err(ChooseError)?;
        let values = numbers.into_iter().map(|n| n as usize).collect();
        Ok(Self { text, values })
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
