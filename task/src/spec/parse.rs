//! Values of parameters: how each type is parsed and written.

use std::fmt;
use std::path::Path;

use serde_json::Value;

use crate::adversary::Norm;
use crate::error::DomainError;
use crate::protocol::DrawProtocol;
use crate::range::{Count, Probability, Range, VoteList, number, quote};

/// The type of a parameter's value: how it is parsed, and how it is written.
pub trait Parse: Sized {
    /// Parses text, as on the command line. The error message quotes the text and says what would be right.
    fn parse(text: &str) -> Result<Self, String>;

    /// Returns the value as it is written to files.
    fn write(&self) -> Value;

    /// Reads the value from a file: text, a number, or a list of these; relative paths start at `base`.
    fn read(value: &Value, base: &Path) -> Result<Self, String> {
        let _ = base;
        Self::parse(&as_text(value)?)
    }
}

/// Formats a value from a file as a user would write it on the command line.
pub fn as_text(value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::Null => String::new(),
        Value::Bool(truth) => truth.to_string(),
        // Print a double without ".0".
        Value::Number(number) if number.is_f64() => {
            number.as_f64().map_or_else(String::new, |number| number.to_string())
        }
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_text).collect::<Result<Vec<_>, _>>()?.join(","),
        Value::Object(_) => return Err("it has entries of its own: write one value".to_owned()),
    })
}

fn said(error: impl fmt::Display) -> String {
    error.to_string()
}

impl Parse for f64 {
    fn parse(text: &str) -> Result<Self, String> {
        number(text).map_err(said)
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

impl Parse for bool {
    fn parse(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| format!("{} is neither true nor false: write one of them", quote(text)))
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

impl Parse for Range {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(said)
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }

    /// Doubles are taken as they are.
    fn read(value: &Value, _: &Path) -> Result<Self, String> {
        let doubles: Option<Vec<f64>> = match value {
            Value::Array(items) => items.iter().map(Value::as_f64).collect(),
            Value::Number(number) => number.as_f64().map(|number| vec![number]),
            _ => None,
        };
        match doubles {
            Some(doubles) => Self::from_values(&doubles).map_err(said),
            None => Self::parse(&as_text(value)?),
        }
    }
}

impl Parse for VoteList {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(said)
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}

impl Parse for Count {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(said)
    }

    fn write(&self) -> Value {
        Value::from(self.get())
    }
}

impl Parse for Probability {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(said)
    }

    fn write(&self) -> Value {
        Value::from(self.get())
    }
}

impl Parse for DrawProtocol {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = |error: DomainError| {
            format!("{} is not a draw protocol: write {}", quote(text), error.expected)
        };
        text.trim().parse().map_err(wrong)
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}

/// An optional value: `None` is written as null, and as an empty text.
impl<T: Parse> Parse for Option<T> {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::parse(text).map(Some) }
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }

    fn read(value: &Value, base: &Path) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            value => T::read(value, base).map(Some),
        }
    }
}

/// A norm of the adversary's budget: p ≥ 1, or `inf`.
impl Parse for Norm {
    fn parse(text: &str) -> Result<Self, String> {
        if text.trim() == "inf" {
            return Ok(Self::MAX);
        }
        let wrong =
            || format!("{} is not a norm: write a number of at least 1, or inf", quote(text));
        number(text).ok().and_then(|p| Self::new(p).ok()).ok_or_else(wrong)
    }

    fn write(&self) -> Value {
        if *self == Self::MAX { Value::from("inf") } else { Value::from(self.p()) }
    }
}
