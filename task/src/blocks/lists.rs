//! Lists about blocks: numbers in the order of the blocks, choices, and which blocks there are.

use serde_json::Value;

use super::{Blocks, Choice};
use crate::range::{Range, number, quote};
use crate::spec::Parse;

/// One number for all blocks, or one for each in their order: `1.5`, `1,2,5/2`.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers(pub Vec<f64>);

impl Numbers {
    /// The number of each of `count` blocks; `None` where there are neither one nor as many.
    #[must_use]
    pub fn of(&self, count: usize) -> Option<Vec<f64>> {
        match &self.0[..] {
            [one] => Some(vec![*one; count]),
            list => (list.len() == count).then(|| list.to_vec()),
        }
    }
}

impl Parse for Numbers {
    fn parse(text: &str) -> Result<Self, String> {
        let read = |item: &str| number(item).map_err(|error| error.to_string());
        let numbers: Vec<f64> = text.split(',').map(read).collect::<Result<_, _>>()?;
        Ok(Self(numbers))
    }

    fn write(&self) -> Value {
        match &self.0[..] {
            [one] => Value::from(*one),
            list => list.iter().copied().collect(),
        }
    }
}

/// A choice as it is asked for, of any number of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    One(Choice),
    Majority,
    /// All votes that differ in accuracy.
    Votes,
}

/// Choices: `random,majority,vote=2,votes,single,joint,optimum`.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceList(Vec<Asked>);

impl ChoiceList {
    /// Those of so many blocks, each once, in the order in which they are asked for. Fails with the `k` of a vote that asks
    /// for more than there are.
    pub fn of(&self, blocks: &Blocks) -> Result<Vec<Choice>, u32> {
        let count = blocks.count() as u32;
        let mut choices = Vec::new();
        for asked in &self.0 {
            let these = match asked {
                Asked::One(Choice::Vote(k)) if *k > count => return Err(*k),
                Asked::One(choice) => vec![*choice],
                Asked::Majority => vec![Choice::majority(blocks)],
                // vote k and vote B + 1 − k have the same accuracy.
                Asked::Votes => (1..=count.div_ceil(2)).map(Choice::Vote).collect(),
            };
            choices.extend(these);
        }
        let mut known = Vec::new();
        choices.retain(|choice| {
            let new = !known.contains(choice);
            known.push(*choice);
            new
        });
        Ok(choices)
    }

    /// Whether the optimum is asked for by name.
    #[must_use]
    pub fn has_optimum(&self) -> bool {
        self.0.contains(&Asked::One(Choice::Optimum))
    }
}

impl Parse for ChoiceList {
    fn parse(text: &str) -> Result<Self, String> {
        let read = |item: &str| {
            let wrong = || {
                format!(
                    "{} is not a choice: write random, votes, majority, vote=K with K from 1, single, joint or optimum",
                    quote(item)
                )
            };
            Ok(match item.trim() {
                "random" => Asked::One(Choice::Random),
                "votes" => Asked::Votes,
                "majority" => Asked::Majority,
                "single" => Asked::One(Choice::Single),
                "joint" => Asked::One(Choice::Joint),
                "optimum" => Asked::One(Choice::Optimum),
                other => {
                    let k = other.strip_prefix("vote=").and_then(|k| k.trim().parse().ok());
                    Asked::One(Choice::Vote(k.filter(|k| *k > 0).ok_or_else(wrong)?))
                }
            })
        };
        let mut asked = Vec::new();
        for item in text.split(',').map(read).collect::<Result<Vec<_>, String>>()? {
            if !asked.contains(&item) {
                asked.push(item);
            }
        }
        Ok(Self(asked))
    }

    fn write(&self) -> Value {
        let word = |asked: &Asked| match asked {
            Asked::One(Choice::Vote(k)) => format!("vote={k}"),
            Asked::One(choice) => choice.name().to_owned(),
            Asked::Majority => "majority".to_owned(),
            Asked::Votes => "votes".to_owned(),
        };
        self.0.iter().map(word).collect()
    }
}

/// Which coordinates of an input each block has, counted from 0: `0-9,10-19`, `0,1+3,4-7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coordinates(pub Vec<Vec<usize>>);

impl Parse for Coordinates {
    fn parse(text: &str) -> Result<Self, String> {
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        for item in text.split(',') {
            let mut block = Vec::new();
            for part in item.split('+').map(str::trim) {
                let wrong = || {
                    format!(
                        "{} is no block of coordinates: write ranges counted from 0, as in 0-9,10-19, or 0-3+7 for one \
                         block of both",
                        quote(part)
                    )
                };
                let read = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
                let (first, last) = match part.split_once('-') {
                    Some((first, last)) => (read(first)?, read(last)?),
                    None => (read(part)?, read(part)?),
                };
                // No task has as many coordinates.
                if first > last || last >= crate::linear::MAX_DIMENSION {
                    return Err(wrong());
                }
                block.extend(first..=last);
            }
            blocks.push(block);
        }
        let mut all: Vec<usize> = blocks.concat();
        all.sort_unstable();
        if let Some(twice) = all.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!(
                "coordinate {} is in two blocks: write each once, as in 0-9,10-19",
                twice[0]
            ));
        }
        Ok(Self(blocks))
    }

    fn write(&self) -> Value {
        let part = |run: &[usize]| match run {
            [one] => one.to_string(),
            run => format!("{}-{}", run[0], run[run.len() - 1]),
        };
        let block = |block: &Vec<usize>| {
            let runs = block.chunk_by(|a, b| *a + 1 == *b);
            runs.map(part).collect::<Vec<_>>().join("+")
        };
        Value::from(self.0.iter().map(block).collect::<Vec<_>>().join(","))
    }
}

/// Which blocks a question is about: so many (`5`, `1..10:1`), or those of the coordinates of a task (`0-9,10-19`).
///
/// A list such as `1,2` may be either. Which one it is depends on whether there is a task.
#[derive(Debug, Clone)]
pub struct BlockList {
    text: String,
    counts: Option<Range>,
    coordinates: Option<Coordinates>,
}

impl BlockList {
    /// Returns the numbers of blocks; `None` if the list can only be one of coordinates.
    #[must_use]
    pub fn counts(&self) -> Option<&Range> {
        self.counts.as_ref()
    }

    /// Returns the coordinates of each block; `None` if the list can only be one of numbers of blocks.
    #[must_use]
    pub fn coordinates(&self) -> Option<&Coordinates> {
        self.coordinates.as_ref()
    }
}

impl PartialEq for BlockList {
    fn eq(&self, other: &Self) -> bool {
        (&self.counts, &self.coordinates) == (&other.counts, &other.coordinates)
    }
}

/// Writes the text as given, which parses to the same list.
impl std::fmt::Display for BlockList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Parse for BlockList {
    fn parse(text: &str) -> Result<Self, String> {
        let (counts, coordinates) = (Range::parse(text), Coordinates::parse(text));
        match (&counts, &coordinates) {
            (Err(_), Err(wrong)) if text.contains(['-', '+']) => Err(wrong.clone()),
            (Err(wrong), Err(_)) if text.contains("..") => Err(wrong.clone()),
            (Err(_), Err(_)) => Err(format!(
                "{} is neither a number of blocks, as in 5 or 1..10:1, nor a list of coordinates, as in 0-9,10-19",
                quote(text)
            )),
            _ => {
                let (counts, coordinates) = (counts.ok(), coordinates.ok());
                Ok(Self { text: text.trim().to_owned(), counts, coordinates })
            }
        }
    }

    fn write(&self) -> Value {
        Value::from(self.text.clone())
    }
}
