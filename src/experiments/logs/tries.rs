//! How many draws a persistent attacker may try.

use std::str::FromStr;

use serde_json::Value;
use task::MAX_VOTES;
use task::range::whole_numbers;
use task::spec::Parse;

/// Numbers of tries in ascending order, without repetitions: `5`, `1,5,10`, `1..50`. Two lists are equal if their numbers are.
#[derive(Debug, Clone)]
pub struct Tries {
    text: String,
    values: Vec<u32>,
}

impl PartialEq for Tries {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl Tries {
    /// Returns the numbers, strictly ascending.
    #[must_use]
    pub fn values(&self) -> &[u32] {
        &self.values
    }
}

impl FromStr for Tries {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (text, values) = whole_numbers(text, ("tries", MAX_VOTES, "1..50"))?;
        Ok(Self { text, values })
    }
}

impl Parse for Tries {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
    }

    fn write(&self) -> Value {
        Value::from(self.text.clone())
    }
}
