//! Adding up shares of a run, or whatever parts of it there are.

use super::Campaign;
use super::batches::{Batches, Shard};
use super::subject::Subject;
use crate::sweep::Grid;
use engine::VotesBy;

/// Parts of one run, added up one after the other.
#[derive(Debug)]
pub struct Merger<S: Subject = Grid> {
    total: Campaign<S>,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: String,
    shard: Option<Shard>,
    done: Batches,
}

/// Why parts do not add up. Each message is one line that names the folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Another question.
    #[error("{name} asks another question than {first}: {flag} differs")]
    Question {
        /// The folder.
        name: String,
        /// The folder that it is compared with.
        first: String,
        /// The flag.
        flag: &'static str,
    },
    /// Another seed, another number of samples.
    #[error(
        "{name} has {flag} {found}, and {first} has {expected}: parts of one run have the same"
    )]
    Run {
        /// The folder.
        name: String,
        /// The folder that it is compared with.
        first: String,
        /// The flag.
        flag: &'static str,
        /// Its value.
        found: String,
        /// The value that would be right.
        expected: String,
    },
    /// The same batches twice.
    #[error("{name} and {other} both have batches {batches}: name each part once")]
    Overlap {
        /// The folder.
        name: String,
        /// The folder that has them, too.
        other: String,
        /// The batches.
        batches: String,
    },
    /// A run that chose its own end.
    #[error(
        "{name} stops at a precision, which looks at the whole run: it can be merged alone, not with {first}"
    )]
    Precision {
        /// The folder.
        name: String,
        /// The folder that it is to be merged with.
        first: String,
    },
    /// Batches are missing that belong to a share that is there.
    #[error(
        "{name} has not done batches {batches}: go on with --resume {name}, or merge what there is with --allow-gaps"
    )]
    Unfinished {
        /// The folder.
        name: String,
        /// The batches.
        batches: String,
    },
    /// Batches are missing that nobody has begun.
    #[error(
        "no folder has batches {batches} of {of}: name the folders that have, or merge what there is with --allow-gaps"
    )]
    Gap {
        /// The batches.
        batches: String,
        /// How many there are in all.
        of: u64,
    },
}

impl<S: Subject> Merger<S> {
    /// The first part.
    #[must_use]
    pub fn new(name: String, part: Campaign<S>) -> Self {
        let parts = vec![Part { name, shard: part.shard, done: part.done.clone() }];
        // All parts have their own batches; the whole has those of the run.
        Self { total: Campaign { shard: None, ..part }, parts }
    }

    /// What is added up so far.
    pub(crate) fn total(&self) -> &Campaign<S> {
        &self.total
    }

    /// Adds a part.
    pub fn add(&mut self, name: String, part: &Campaign<S>) -> Result<(), MergeError> {
        let total = &mut self.total;
        let first = || self.parts[0].name.clone();
        if let Some(flag) = S::difference(&total.asked, &part.asked) {
            return Err(MergeError::Question { name, first: first(), flag });
        }
        let differs = |flag, found: String, expected: String| match found == expected {
            true => None,
            false => Some((flag, found, expected)),
        };
        let votes_by = |votes_by: VotesBy| votes_by.name().to_owned();
        let different = differs("--seed", part.seed.to_string(), total.seed.to_string())
            .or_else(|| differs("--votes-by", votes_by(part.votes_by), votes_by(total.votes_by)))
            .or_else(|| differs("--samples", part.samples.to_string(), total.samples.to_string()));
        if let Some((flag, found, expected)) = different {
            return Err(MergeError::Run { name, first: first(), flag, found, expected });
        }
        let clash = |other: &&Part| other.done.overlap(&part.done).is_some();
        if let Some(other) = self.parts.iter().find(clash) {
            let common = other.done.overlap(&part.done).unwrap_or_default();
            let batches = Batches::of(common).to_string();
            return Err(MergeError::Overlap { name, other: other.name.clone(), batches });
        }
        if part.precision.is_some() {
            return Err(MergeError::Precision { name, first: first() });
        }
        if total.precision.is_some() {
            return Err(MergeError::Precision { name: first(), first: name });
        }
        total.counts += &part.counts;
        part.done.ranges().for_each(|range| total.done.insert(range));
        total.seconds += part.seconds;
        self.parts.push(Part { name, shard: part.shard, done: part.done.clone() });
        Ok(())
    }

    /// The sum. Batches may be missing only if `allow_gaps`, or past the end that a precision set.
    pub fn finish(self, allow_gaps: bool) -> Result<Campaign<S>, MergeError> {
        let whole = self.total.whole();
        let Some(gap) = self.total.done.first_gap(&whole) else {
            return Ok(self.total);
        };
        if allow_gaps || self.total.reached.is_some() {
            return Ok(self.total);
        }
        let mut missing = Batches::default();
        let owner = self.parts.iter().find(|part| {
            part.shard.is_some_and(|shard| shard.batches(whole.end).contains(&gap.start))
        });
        let within = owner
            .and_then(|part| part.shard)
            .map_or(whole.clone(), |shard| shard.batches(whole.end));
        self.total.done.gaps(&within).for_each(|gap| missing.insert(gap));
        let batches = missing.to_string();
        Err(match owner {
            Some(part) => MergeError::Unfinished { name: part.name.clone(), batches },
            None if self.parts.len() == 1 && self.parts[0].shard.is_none() => {
                MergeError::Unfinished { name: self.parts[0].name.clone(), batches }
            }
            None => MergeError::Gap { batches, of: whole.end },
        })
    }
}
