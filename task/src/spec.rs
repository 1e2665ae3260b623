//! A whole question as one value.
//!
//! A [`Spec`] is a struct of named parameters. Each parameter is declared once, by [`spec!`](macro@crate::spec), with
//! its type, its default and its help; this one declaration determines the flags of the command line, the keys of a
//! TOML or JSON file, the arguments of a notebook, and the comparison of two questions. However a value is written
//! (`0..4`, `[0, 4]`, `8/255`), it is parsed once, by its type, and two questions are equal if their values are.
//!
//! ```
//! use gauss_sim_task::range::Range;
//! use gauss_sim_task::spec::{Spec, apply};
//! use serde_json::json;
//!
//! gauss_sim_task::spec! {
//!     /// How hot.
//!     pub struct Heat = "heat" {
//!         degrees: Range { default: "20", placeholder: "RANGE", help: "The temperature" }
//!         scale: f64 { default: "1", placeholder: "NUMBER", help: "What multiplies it" }
//!     }
//! }
//!
//! let mut heat = Heat::default();
//! apply(&mut heat, &json!({"degrees": "0..4/5", "scale": "1/3"}), "".as_ref())?;
//! assert_eq!(heat.degrees.values(), [0.0, 1.0, 2.0, 3.0, 4.0]);
//!
//! // The same question, written in another way, and another one.
//! let mut other = heat.clone();
//! apply(&mut other, &json!({"degrees": [0, 1, 2, 3, 4]}), "".as_ref())?;
//! assert!(heat.difference(&other).is_none());
//! apply(&mut other, &json!({"scale": 2}), "".as_ref())?;
//! assert_eq!(heat.difference(&other).map(|parameter| parameter.flag()), Some("--scale".to_owned()));
//!
//! let wrong = apply(&mut other, &json!({"scale": "two"}), "".as_ref()).unwrap_err();
//! assert!(wrong.to_string().starts_with("--scale: \"two\" is not a number"));
//! # Ok::<(), gauss_sim_task::spec::SpecError>(())
//! ```

mod declare;
mod parse;
mod word;

use std::any::Any;
use std::fmt::Debug;
use std::path::Path;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::error::{DomainError, EntryError};
use crate::range::quote;

pub use parse::{Parse, as_text};
pub use serde_json::Value as Json;
pub use word::{Choice, Choices, Listed, Protocols, Word};

/// The key that names the kind of experiment in a file.
pub const KIND: &str = "experiment";

/// The description of a parameter, independent of its value.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The key in files. The flag has dashes in place of underscores.
    pub name: &'static str,
    /// The default value, as a user would write it.
    pub default: &'static str,
    /// The placeholder of the value in a help text.
    pub placeholder: &'static str,
    /// The description, in one line.
    pub help: &'static str,
    /// Further description that follows that line; empty if the line is enough.
    pub long_help: &'static str,
    /// The group of a help text in which the parameter is listed; empty for none.
    pub heading: &'static str,
    /// Whether the parameter is positional on the command line rather than a flag.
    pub positional: bool,
    /// Whether the flag may be given several times, as for a list.
    pub repeats: bool,
    /// The words that are allowed; empty if the value is not a word.
    pub words: &'static [&'static str],
}

impl Parameter {
    /// A parameter whose description is empty.
    pub const NONE: Self = Self {
        name: "",
        default: "",
        placeholder: "VALUE",
        help: "",
        long_help: "",
        heading: "",
        positional: false,
        repeats: false,
        words: &[],
    };

    /// Returns the name on the command line: `--data-std`, or the placeholder of a positional parameter.
    #[must_use]
    pub fn flag(&self) -> String {
        if self.positional {
            return self.placeholder.to_owned();
        }
        flag(self.name)
    }
}

/// Returns a key as a flag.
#[must_use]
pub fn flag(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

/// The error of an invalid question. Each message is one line that names the flag, the value, and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpecError {
    /// A value is outside its domain.
    #[error("{} {} is not possible: write {}", flag(&.0.name), .0.value, .0.expected)]
    Value(EntryError),
    /// A value cannot be parsed.
    #[error("{flag}: {message}")]
    Unreadable {
        /// The parameter, as a flag.
        flag: String,
        /// What is wrong with it, and what would be right.
        message: String,
    },
    /// Several values are invalid in combination, or something else is wrong.
    #[error("{0}")]
    Together(String),
}

impl From<DomainError> for SpecError {
    fn from(error: DomainError) -> Self {
        Self::Value(error.into())
    }
}

impl From<EntryError> for SpecError {
    fn from(error: EntryError) -> Self {
        Self::Value(error)
    }
}

/// A question: see the [module](self). Implemented by [`spec!`](macro@crate::spec).
pub trait Spec: Debug + Send + Sync {
    /// Returns the name of the kind of experiment that answers the question.
    fn kind(&self) -> &'static str;

    /// Returns the parameters, in the order in which they are written.
    fn parameters(&self) -> &'static [Parameter];

    /// Sets a parameter; relative paths start at `base`. Fails with a message for the author of the value.
    fn set(&mut self, name: &str, value: &Value, base: &Path) -> Result<(), String>;

    /// Returns the value of a parameter as it is written to files; null for an unknown parameter.
    fn get(&self, name: &str) -> Value;

    /// Returns the first parameter whose values differ between two questions of one kind.
    fn difference(&self, other: &dyn Spec) -> Option<&'static Parameter>;

    /// Returns the same question in a box.
    fn boxed(&self) -> Box<dyn Spec>;

    /// Returns the question as [`Any`], to be downcast to the type of its kind.
    fn as_any(&self) -> &dyn Any;
}

impl Clone for Box<dyn Spec> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

/// Serializes the question as one object: the kind, and every parameter, including those with their default values.
impl Serialize for dyn Spec + '_ {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(KIND, self.kind())?;
        for parameter in self.parameters() {
            map.serialize_entry(parameter.name, &self.get(parameter.name))?;
        }
        map.end()
    }
}

/// Fails where a text is none of these words.
pub fn one_of(text: &str, words: &[&str]) -> Result<(), String> {
    match words.contains(&text) {
        true => Ok(()),
        false => Err(format!("{} is not possible: write one of {}", quote(text), words.join(", "))),
    }
}

/// The value of a parameter as text, for titles and messages.
#[must_use]
pub fn text(spec: &dyn Spec, name: &str) -> String {
    as_text(&spec.get(name)).unwrap_or_default()
}

/// Sets the parameters that an object names; the kind may be among its keys. Fails at the first key that is unknown
/// or whose value cannot be parsed.
pub fn apply(spec: &mut dyn Spec, object: &Value, base: &Path) -> Result<(), SpecError> {
    let Value::Object(entries) = object else {
        return Err(SpecError::Together(format!(
            "{} is no question: write one parameter a line, as in sigma = \"0..4\"",
            quote(&object.to_string())
        )));
    };
    for (name, value) in entries {
        if name == KIND {
            continue;
        }
        let Some(parameter) = spec.parameters().iter().find(|known| known.name == name) else {
            let names: Vec<&str> = spec.parameters().iter().map(|known| known.name).collect();
            return Err(SpecError::Together(format!(
                "{} is no parameter of {}: write one of {}",
                quote(name),
                spec.kind(),
                names.join(", ")
            )));
        };
        let known = match value {
            Value::String(word) if !parameter.words.is_empty() => one_of(word, parameter.words),
            _ => Ok(()),
        };
        let set = known.and_then(|()| spec.set(name, value, base));
        set.map_err(|message| match parameter.positional {
            true => SpecError::Together(message),
            false => SpecError::Unreadable { flag: parameter.flag(), message },
        })?;
    }
    Ok(())
}
