//! Long runs that cannot be lost: counted in rounds of consecutive batches, kept as a file now and
//! then, stopped and continued at will, shared out and added up, to the same counts bit for bit.
//!
//! Counts are integers that only add, and batch b of a seed is the same whoever draws it. So a run
//! is known by the set of batches that it has done and their counts: [`Campaign`].

pub mod asked;
pub mod batches;
mod crc64;
pub mod file;
pub mod lock;
pub mod looks;
pub mod merge;
pub mod nd;
mod reach;
mod rounds;
pub mod subject;

use std::ops::Range;

use serde::Serialize;

use crate::sweep::Grid;
use batches::{Batches, Shard};
use engine::counts::Counts;
use engine::{Run, VotesBy};
use looks::Precision;
pub use reach::{Reach, Stopping};
pub use rounds::{Limits, Means};
use subject::Subject;

/// A run about some grid and how far it is.
#[derive(Debug, Clone)]
pub struct Campaign<S: Subject = Grid> {
    grid: S,
    asked: S::Asked,
    votes_by: VotesBy,
    seed: u64,
    /// All that the run is to draw: of all shares together.
    samples: u64,
    shard: Option<Shard>,
    confidence: f64,
    alpha: f64,
    precision: Option<Precision>,
    /// The look at which the precision was reached.
    reached: Option<u32>,
    done: Batches,
    counts: Counts,
    /// Time for drawing and counting, over all sessions, in seconds.
    seconds: f64,
}

/// How a run is to be drawn and judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// The key of all streams.
    pub seed: u64,
    /// How many samples, at most: those of all shares.
    pub samples: u64,
    /// How votes are drawn.
    pub votes_by: VotesBy,
    /// The share of the batches that is drawn here.
    pub shard: Option<Shard>,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The family-wise error of the verdict.
    pub alpha: f64,
    /// The full width of every interval at which the run stops.
    pub precision: Option<f64>,
}

/// Why a run came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// All batches are done, of the run or of its share.
    Complete,
    /// Every interval is as narrow as was asked for.
    Precision,
    /// The time is over.
    Time,
    /// The user or the system wants it to stop.
    Interrupted,
}

/// Not so many samples. Each message is one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtendError {
    /// Fewer than before.
    #[error("{asked} is less than the {before} of the run: it can be made longer, not shorter")]
    Shorter {
        /// Now.
        asked: u64,
        /// Before.
        before: u64,
    },
    /// The shares of a longer run are other batches.
    #[error(
        "a share of a run cannot be made longer: merge the shares first and resume the merged folder"
    )]
    Share,
    /// What was drawn cannot be drawn again.
    #[error("the last batch drawn again has other counts: the counts are not those of this run")]
    Foreign,
}

/// How many samples of a run of so many these batches of `batch` have.
fn drawn(samples: u64, batches: &Batches, batch: u64) -> u64 {
    batches.ranges().map(|range| samples.min(range.end * batch) - range.start * batch).sum()
}

impl<S: Subject> Campaign<S> {
    /// A run that has not begun; `record` says how the grid was asked for. Fails where the grid has no
    /// question for the engine.
    pub fn new(grid: S, record: &S::Record, plan: &Plan) -> Result<Self, S::Error> {
        let Plan { seed, samples, votes_by, shard, confidence, alpha, precision } = *plan;
        let ask = grid.question(votes_by)?;
        Ok(Self {
            asked: grid.asked(record),
            grid,
            votes_by,
            seed,
            samples,
            shard,
            confidence,
            alpha,
            precision: precision.map(|width| Precision::new(width, confidence, S::BATCH)),
            reached: None,
            done: Batches::default(),
            counts: S::counter(&Run::new(seed, samples), &ask).empty(),
            seconds: 0.0,
        })
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &S {
        &self.grid
    }

    /// The question in the words of the record.
    #[must_use]
    pub fn record(&self) -> S::Record {
        self.grid.record(&self.asked)
    }

    fn question(&self) -> Result<S::Question, S::Error> {
        self.grid.question(self.votes_by)
    }

    fn run(&self) -> Run {
        Run::new(self.seed, self.samples)
    }

    /// How many batches hold the samples of all shares.
    #[must_use]
    pub fn batch_count(&self) -> u64 {
        self.samples.div_ceil(S::BATCH)
    }

    /// The batches of the run, or of its share.
    #[must_use]
    pub fn whole(&self) -> Range<u64> {
        let batches = self.batch_count();
        self.shard.map_or(0..batches, |shard| shard.batches(batches))
    }

    /// The samples of the run, or of its share.
    #[must_use]
    pub fn whole_samples(&self) -> u64 {
        drawn(self.samples, &Batches::of(self.whole()), S::BATCH)
    }

    /// The end that the run has come to by itself: complete, or as precise as was asked for.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        if self.reached.is_some() {
            return Some(End::Precision);
        }
        self.done.first_gap(&self.whole()).is_none().then_some(End::Complete)
    }

    /// Makes the run longer, so that it is to draw `samples` in all. Fewer than before it cannot.
    pub fn extend(&mut self, samples: u64) -> Result<(), ExtendError> {
        let before = self.samples;
        if samples < before {
            return Err(ExtendError::Shorter { asked: samples, before });
        }
        if samples == before {
            return Ok(());
        }
        if self.shard.is_some() {
            return Err(ExtendError::Share);
        }
        // A last batch that is not full has to be drawn again, in full: it is taken back.
        let full = before / S::BATCH;
        let part = full..self.batch_count();
        if !part.is_empty() && self.done.gaps(&part).next().is_none() {
            let question = self.question().map_err(|_| ExtendError::Foreign)?;
            let again = S::counter(&self.run(), &question).count(part, &|_| ());
            self.counts = self.counts.clone().less(&again).ok_or(ExtendError::Foreign)?;
            self.done.truncate(full);
        }
        self.samples = samples;
        Ok(())
    }

    /// The confidence of each interval and the error of the verdict, with what is given to the looks
    /// taken off.
    #[must_use]
    pub fn levels(&self) -> (f64, f64) {
        match self.look().map(looks::share) {
            Some(share) => (1.0 - share * (1.0 - self.confidence), share * self.alpha),
            None => self.asked_levels(),
        }
    }

    /// The look whose share of the errors the results have.
    fn look(&self) -> Option<u32> {
        let index = |precision: Precision| precision.index(self.done.count());
        self.precision.map(|precision| self.reached.unwrap_or_else(|| index(precision)))
    }

    /// The counts so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The batches that are done.
    #[must_use]
    pub fn done(&self) -> &Batches {
        &self.done
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The samples of all shares.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// The share, if it is one.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        self.shard
    }

    /// The width at which it stops, if there is one.
    #[must_use]
    pub fn precision(&self) -> Option<Precision> {
        self.precision
    }

    /// How votes are drawn.
    #[must_use]
    pub fn votes_by(&self) -> VotesBy {
        self.votes_by
    }

    /// Time for drawing and counting, over all sessions, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// The confidence and the α that were asked for: see [`Campaign::levels`].
    #[must_use]
    pub fn asked_levels(&self) -> (f64, f64) {
        (self.confidence, self.alpha)
    }

    /// The same counts, judged at other levels; not where the looks were planned for these.
    #[must_use]
    pub fn judged_at(mut self, confidence: f64, alpha: f64) -> Option<Self> {
        if self.precision.is_some() && (confidence, alpha) != self.asked_levels() {
            return None;
        }
        (self.confidence, self.alpha) = (confidence, alpha);
        Some(self)
    }
}
