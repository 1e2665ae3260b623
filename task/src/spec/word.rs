//! Words from a fixed set, and lists of them.

use serde_json::Value;

use super::Parse;
use crate::metric::{Claim, Metric};
use crate::protocol::DrawProtocol;
use crate::range::quote;

/// A word from a fixed set, such as a stage or a method.
pub trait Word: Copy + PartialEq + 'static {
    /// All words, in their order.
    const ALL: &'static [Self];
    /// What a word is, for messages: "a stage".
    const WHAT: &'static str;

    /// Returns the word.
    fn word(self) -> &'static str;

    /// Returns the value that a text names.
    fn of(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|known| known.word() == text.trim()).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|known| known.word()).collect();
            format!("{} is not {}: write {}", quote(text), Self::WHAT, alternatives(&words))
        })
    }
}

/// Formats a list of words as `a, b or c`.
fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// One word from a fixed set.
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

/// Several words from a fixed set, without repetitions, in the order of the set.
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

/// Several words from a fixed set, without repetitions, in the order in which they are first named.
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

/// Several draw protocols, without repetitions, in the order in which they are first named.
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
