//! What a campaign can be about: grids of one dimension and of d.

use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::Verdict;
use engine::counts::Counts;
use engine::linear::PreparedLinear;
use engine::{Kernel, Prepared, Run, VotesBy};

/// A grid whose rows can be counted some batches at a time, kept as a file, and taken up again.
pub trait Subject: Clone {
    /// What is asked, as the counts file has it: enough to ask it again and to say whether two runs
    /// asked the same.
    type Asked: Clone + Debug + Serialize + DeserializeOwned;
    /// What is asked, in the words of the record.
    type Record: Clone + Serialize;
    /// What the engine is asked.
    type Question;
    /// The exact values of every row.
    type Exact;
    /// A row.
    type Row: Serialize;
    /// Why the engine cannot be asked.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Samples in a batch.
    const BATCH: u64;
    /// The verbs that draw it.
    const VERBS: &'static str;

    /// The engine's name in a record.
    fn engine(kernel: Kernel) -> &'static str;

    /// What is asked; `record` says how it was put.
    fn asked(&self, record: &Self::Record) -> Self::Asked;

    /// The grid again, of a run in this folder. Fails, in a few words, where it is none.
    fn restore(asked: &Self::Asked, folder: &Path) -> Result<Self, String>;

    /// The record of what is asked.
    fn record(&self, asked: &Self::Asked) -> Self::Record;

    /// The first thing that two ask differently, by its flag; `None` if both ask the same, however it
    /// was written.
    fn difference(asked: &Self::Asked, other: &Self::Asked) -> Option<&'static str>;

    /// What else has to be kept with the counts: names of files, and their text.
    fn files(&self) -> Vec<(&'static str, String)>;

    /// What the engine is asked.
    fn question(&self, votes_by: VotesBy) -> Result<Self::Question, Self::Error>;

    /// The question made ready to be counted for a run.
    fn counter<'q>(run: &Run, question: &'q Self::Question) -> Box<dyn Counter + 'q>;

    /// How many rows there will be.
    fn rows(&self) -> usize;

    /// The rows of exact values.
    fn exact_rows(&self, exact: &Self::Exact) -> Vec<Self::Row>;

    /// The rows with their simulated part, and what the run says about them together.
    fn checked_rows(
        &self,
        exact: &Self::Exact,
        counts: &Counts,
        confidence: f64,
        alpha: f64,
    ) -> (Vec<Self::Row>, Verdict);
}

/// Counts batches: see [`Prepared`].
pub trait Counter {
    /// Nothing counted yet.
    fn empty(&self) -> Counts;

    /// Counts the samples of these batches; `done` is told after each how many it had, from any thread.
    fn count(&self, batches: Range<u64>, done: &(dyn Fn(u64) + Sync)) -> Counts;
}

impl Counter for Prepared<'_> {
    fn empty(&self) -> Counts {
        self.empty()
    }

    fn count(&self, batches: Range<u64>, done: &(dyn Fn(u64) + Sync)) -> Counts {
        self.count(batches, done)
    }
}

impl Counter for PreparedLinear<'_> {
    fn empty(&self) -> Counts {
        self.empty()
    }

    fn count(&self, batches: Range<u64>, done: &(dyn Fn(u64) + Sync)) -> Counts {
        self.count(batches, done)
    }
}
