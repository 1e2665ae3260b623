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

use std::any::Any;
use std::fmt::{self, Debug};
use std::path::Path;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::adversary::Norm;
use crate::error::{DomainError, EntryError};
use crate::metric::{Claim, Metric};
use crate::protocol::DrawProtocol;
use crate::range::{Count, Probability, Range, VoteList, number, quote};

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
        spec.set(name, value, base).map_err(|message| match parameter.positional {
            true => SpecError::Together(message),
            false => SpecError::Unreadable { flag: parameter.flag(), message },
        })?;
    }
    Ok(())
}

/// The value of a parameter: how it is read, and how it is written.
pub trait Parse: Sized {
    /// Reads it from text, as on the command line. The message quotes the text and says what would be right.
    fn parse(text: &str) -> Result<Self, String>;

    /// As it is written into files.
    fn write(&self) -> Value;

    /// Reads it from a file: text, a number, or a list of these; relative paths begin at `base`.
    fn read(value: &Value, base: &Path) -> Result<Self, String> {
        let _ = base;
        Self::parse(&as_text(value)?)
    }
}

/// A value of a file as one would write it on the command line.
pub fn as_text(value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::Null => String::new(),
        Value::Bool(truth) => truth.to_string(),
        // A double prints without ".0".
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

impl Parse for Range {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(said)
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
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

/// A value that need not be given: none is written as null, and as nothing.
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

/// A word out of a few, such as a stage or a method.
pub trait Word: Copy + PartialEq + 'static {
    /// All of them, in their order.
    const ALL: &'static [Self];
    /// What they are, for messages: "a stage".
    const WHAT: &'static str;

    /// The word.
    fn word(self) -> &'static str;

    /// The one that a text names.
    fn of(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|known| known.word() == text.trim()).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|known| known.word()).collect();
            format!("{} is not {}: write {}", quote(text), Self::WHAT, alternatives(&words))
        })
    }
}

/// `a, b or c`.
fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// One word out of a few.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice<W>(pub W);

impl<W: Word> Parse for Choice<W> {
    fn parse(text: &str) -> Result<Self, String> {
        W::of(text).map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.0.word())
    }
}

/// Some words out of a few, each once, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices<W>(pub Vec<W>);

impl<W: Word> Parse for Choices<W> {
    fn parse(text: &str) -> Result<Self, String> {
        let named = text.split(',').map(W::of).collect::<Result<Vec<_>, _>>()?;
        Ok(Self(W::ALL.iter().copied().filter(|word| named.contains(word)).collect()))
    }

    fn write(&self) -> Value {
        self.0.iter().map(|word| word.word()).collect()
    }
}

/// Some words out of a few, each once, as they are first named.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<W>(pub Vec<W>);

impl<W: Word> Parse for Listed<W> {
    fn parse(text: &str) -> Result<Self, String> {
        let mut words = Vec::new();
        for item in text.split(',') {
            let word = W::of(item)?;
            if !words.contains(&word) {
                words.push(word);
            }
        }
        Ok(Self(words))
    }

    fn write(&self) -> Value {
        self.0.iter().map(|word| word.word()).collect()
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

impl Word for Claim {
    const ALL: &'static [Self] = &Self::ALL;
    const WHAT: &'static str = "a claim";

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for Metric {
    const ALL: &'static [Self] = &Self::ALL;
    const WHAT: &'static str = "a metric";

    fn word(self) -> &'static str {
        self.name()
    }
}

/// Several draw protocols, each once, as they are first named.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocols(pub Vec<DrawProtocol>);

impl Parse for Protocols {
    fn parse(text: &str) -> Result<Self, String> {
        let mut protocols = Vec::new();
        for item in text.split(',') {
            let protocol = DrawProtocol::parse(item)?;
            if !protocols.contains(&protocol) {
                protocols.push(protocol);
            }
        }
        Ok(Self(protocols))
    }

    fn write(&self) -> Value {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// Declares a kind of question: a struct with a [`Parameter`] for each field, the usual values as its default, and
/// [`Spec`].
///
/// See the example of [`spec`](mod@crate::spec) (the module).
#[macro_export]
macro_rules! spec {
    (
        $(#[$doc:meta])*
        $vis:vis struct $name:ident = $kind:literal {
            $($field:ident: $type:ty { default: $default:expr $(, $key:ident: $value:expr)* $(,)? })*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $(
                #[allow(missing_docs)] // the parameter has its help
                $vis $field: $type,
            )*
        }

        impl $name {
            /// What is known of each parameter.
            $vis const PARAMETERS: &'static [$crate::spec::Parameter] = &[$(
                $crate::spec::Parameter {
                    name: stringify!($field),
                    default: $default,
                    $($key: $value,)*
                    ..$crate::spec::Parameter::NONE
                },
            )*];
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: <$type as $crate::spec::Parse>::parse($default)
                        .expect("a usual value can be read"),)*
                }
            }
        }

        impl $crate::spec::Spec for $name {
            fn kind(&self) -> &'static str {
                $kind
            }

            fn parameters(&self) -> &'static [$crate::spec::Parameter] {
                Self::PARAMETERS
            }

            fn set(
                &mut self,
                name: &str,
                value: &$crate::spec::Json,
                base: &std::path::Path,
            ) -> Result<(), String> {
                match name {
                    $(stringify!($field) => {
                        self.$field = $crate::spec::Parse::read(value, base)?;
                    })*
                    _ => return Err(format!("{name:?} is no parameter of {}", $kind)),
                }
                Ok(())
            }

            fn get(&self, name: &str) -> $crate::spec::Json {
                match name {
                    $(stringify!($field) => $crate::spec::Parse::write(&self.$field),)*
                    _ => $crate::spec::Json::Null,
                }
            }

            fn difference(
                &self,
                other: &dyn $crate::spec::Spec,
            ) -> Option<&'static $crate::spec::Parameter> {
                let Some(other) = other.as_any().downcast_ref::<Self>() else {
                    return Self::PARAMETERS.first();
                };
                let same = [$(self.$field == other.$field),*];
                let at = same.iter().position(|same| !same)?;
                Self::PARAMETERS.get(at)
            }

            fn boxed(&self) -> Box<dyn $crate::spec::Spec> {
                Box::new(self.clone())
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
        }
    };
}

pub use serde_json::Value as Json;
