//! Adding up the shares of a run, or whatever parts of it there are.

use std::path::Path;

use anyhow::{Result, anyhow};
use engine::sampler::add;
use serde_json::{Map, Value};
use task::spec::{apply, text};

use super::batches::Batches;
use super::campaign::Campaign;
use super::plan::Shard;
use crate::experiment::Kind;

/// Adds up the runs in folders, of experiments of these kinds; `judged` are the parameters of the plan that the sum is
/// judged by, where they are not those of the first folder. On rayon's current pool.
pub fn sum(
    kinds: &[&'static Kind],
    folders: &[&Path],
    allow_gaps: bool,
    judged: Map<String, Value>,
) -> Result<Campaign> {
    let mut merger: Option<Merger> = None;
    for folder in folders {
        let name = folder.display().to_string();
        match &mut merger {
            None => merger = Some(Merger::new(name, Campaign::load(folder, None, kinds)?)),
            Some(merger) => {
                let part = Campaign::load(folder, Some(merger.total()), kinds)?;
                merger.add(name, &part)?;
            }
        }
    }
    let merger = merger.ok_or_else(|| anyhow!("merge: name the folders to add up"))?;
    let campaign = merger.finish(allow_gaps)?;
    let mut plan = campaign.plan().clone();
    apply(&mut plan, &Value::Object(judged), Path::new(""))?;
    campaign.judged_at(&plan).ok_or_else(|| {
        anyhow!("--confidence, --false-alarm: a run that stops at a precision has planned its looks for its own; leave them out")
    })
}

/// The sum of parts of one run.
pub struct Merger {
    total: Campaign,
    parts: Vec<Part>,
}

struct Part {
    name: String,
    shard: Option<Shard>,
    done: Batches,
}

/// The reason why parts do not add up. Each message is one line that names the folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// A part has another kind of question.
    #[error(
        "{name} is of a run of gauss-sim {found}, {first} of {expected}: parts of one run are of one verb"
    )]
    Kind {
        /// The folder.
        name: String,
        /// The folder that it is compared with.
        first: String,
        /// The verbs that draw it.
        found: &'static str,
        /// The verbs that would be right.
        expected: &'static str,
    },
    /// A part has another question.
    #[error("{name} asks another question than {first}: {flag} differs")]
    Question {
        /// The folder.
        name: String,
        /// The folder that it is compared with.
        first: String,
        /// The flag.
        flag: String,
    },
    /// A part has another seed or another number of samples.
    #[error(
        "{name} has {flag} {found}, and {first} has {expected}: parts of one run have the same"
    )]
    Run {
        /// The folder.
        name: String,
        /// The folder that it is compared with.
        first: String,
        /// The flag.
        flag: String,
        /// Its value.
        found: String,
        /// The value that would be right.
        expected: String,
    },
    /// Two parts have the same batches.
    #[error("{name} and {other} both have batches {batches}: name each part once")]
    Overlap {
        /// The folder.
        name: String,
        /// The folder that also has them.
        other: String,
        /// The batches.
        batches: String,
    },
    /// The run stops at a precision.
    #[error(
        "{name} stops at a precision, which looks at the whole run: it can be merged alone, not with {first}"
    )]
    Precision {
        /// The folder.
        name: String,
        /// The folder that it is to be merged with.
        first: String,
    },
    /// Batches of a share that is present are missing.
    #[error(
        "{name} has not done batches {batches}: go on with --resume {name}, or merge what there is with --allow-gaps"
    )]
    Unfinished {
        /// The folder.
        name: String,
        /// The batches.
        batches: String,
    },
    /// Batches that belong to no part are missing.
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

impl Merger {
    /// Starts with the first part.
    #[must_use]
    pub fn new(name: String, part: Campaign) -> Self {
        let parts = vec![Part { name, shard: part.shard(), done: part.done.clone() }];
        let mut total = part;
        // The parts have their own batches; the whole has those of the run.
        total.plan.shard = None;
        Self { total, parts }
    }

    /// Returns the sum so far.
    #[must_use]
    pub fn total(&self) -> &Campaign {
        &self.total
    }

    /// Adds a part.
    pub fn add(&mut self, name: String, part: &Campaign) -> Result<(), MergeError> {
        let total = &mut self.total;
        let first = || self.parts[0].name.clone();
        let (kind, expected) = (part.experiment.kind(), total.experiment.kind());
        if kind.name != expected.name {
            let (found, expected) = (kind.verbs, expected.verbs);
            return Err(MergeError::Kind { name, first: first(), found, expected });
        }
        if let Some(parameter) = total.experiment.spec().difference(part.experiment.spec()) {
            let flag = parameter.flag();
            return Err(MergeError::Question { name, first: first(), flag });
        }
        for key in ["seed", "votes_by", "tries_by", "samples"] {
            let [found, expected] = [&part.plan, &total.plan].map(|plan| text(plan, key));
            if found != expected {
                let flag = task::spec::flag(key);
                return Err(MergeError::Run { name, first: first(), flag, found, expected });
            }
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
        add(&mut total.tally, &part.tally);
        part.done.ranges().for_each(|range| total.done.insert(range));
        total.seconds += part.seconds;
        self.parts.push(Part { name, shard: part.shard(), done: part.done.clone() });
        Ok(())
    }

    /// Returns the sum. Batches may be missing only if `allow_gaps`, or past the end that a precision set.
    pub fn finish(self, allow_gaps: bool) -> Result<Campaign, MergeError> {
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
