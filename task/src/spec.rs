//! A whole question as one value.
//!
//! A [`Spec`] is a struct of named parameters. Each parameter is declared once, by [`spec!`](macro@crate::spec), with its
//! type, its usual value and its help; from that one declaration follow the flags of the command line, the keys of a
//! TOML or JSON file, the arguments of a notebook, and the comparison of two questions. Whatever a value is written
//! as (`0..4`, `[0, 4]`, `8/255`), it is parsed once, by its type, and two questions are equal if their values are.
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

/// The key of a file under which the kind of experiment is named.
pub const KIND: &str = "experiment";

/// What is known of a parameter before it has a value.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The key in files. The flag has dashes for underscores.
    pub name: &'static str,
    /// The usual value, as one would write it.
    pub default: &'static str,
    /// What stands for the value in a help text.
    pub placeholder: &'static str,
    /// What it is, in a line.
    pub help: &'static str,
    /// What else there is to say of it, after that line; empty where the line says all.
    pub long_help: &'static str,
    /// The group of a help text in which it stands; empty for none.
    pub heading: &'static str,
    /// Whether it stands on the command line by its place and not as a flag.
    pub positional: bool,
    /// Whether its flag may be given several times, as a list may.
    pub repeats: bool,
    /// The words that it can be; empty where it is no word.
    pub words: &'static [&'static str],
}

impl Parameter {
    /// A parameter of which nothing is said.
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

    /// What it is called on the command line: `--data-std`, or what stands in its place.
    #[must_use]
    pub fn flag(&self) -> String {
        if self.positional {
            return self.placeholder.to_owned();
        }
        flag(self.name)
    }
}

/// A key as a flag.
#[must_use]
pub fn flag(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

/// Why there is no such question. Each message is one line that names the flag, the value, and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpecError {
    /// A value is outside its domain.
    #[error("{} {} is not possible: write {}", flag(&.0.name), .0.value, .0.expected)]
    Value(EntryError),
    /// A value cannot be read.
    #[error("{flag}: {message}")]
    Unreadable {
        /// The parameter, as a flag.
        flag: String,
        /// What is wrong with it, and what would be right.
        message: String,
    },
    /// Several values do not go together, or something else is wrong.
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

/// A question: see the [module](self). Declared by [`spec!`](macro@crate::spec).
pub trait Spec: Debug + Send + Sync {
    /// The kind of experiment that answers it.
    fn kind(&self) -> &'static str;

    /// Its parameters, in the order in which they are written.
    fn parameters(&self) -> &'static [Parameter];

    /// Sets a parameter; relative paths begin at `base`. Fails with a message for whoever wrote the value.
    fn set(&mut self, name: &str, value: &Value, base: &Path) -> Result<(), String>;

    /// The value of a parameter as it is written into files; null of one that there is not.
    fn get(&self, name: &str) -> Value;

    /// The first parameter that two questions of one kind have different values of.
    fn difference(&self, other: &dyn Spec) -> Option<&'static Parameter>;

    /// The same question in a box.
    fn boxed(&self) -> Box<dyn Spec>;

    /// For a downcast to the kind's own type.
    fn as_any(&self) -> &dyn Any;
}

impl Clone for Box<dyn Spec> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

/// As one object: the kind, and every parameter, also those that have their usual values.
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

/// Sets the parameters that an object names; the kind may be among its keys. Fails at the first that there is not or
/// that cannot be read.
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
