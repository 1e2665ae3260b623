//! A run: a question, how it is sampled, and how far it is.

use std::ops::Range;
use std::sync::Arc;

use engine::sampler::{Drawing, Sampler, subtract};
use serde::Serialize;
use task::range::Count;
use task::spec::SpecError;

use super::batches::Batches;
use super::plan::{Plan, Shard};
use crate::check::looks::{self, Precision};
use crate::experiment::{Experiment, Schema, Tally};

/// A run, begun or not. It is known by the set of batches that it has done and their tally: a tally only adds, and
/// batch b of a seed is the same whoever draws it.
#[derive(Clone)]
pub struct Campaign {
    pub(super) experiment: Arc<dyn Experiment>,
    pub(super) plan: Plan,
    /// How many samples a batch has.
    pub(super) batch: u64,
    pub(super) precision: Option<Precision>,
    /// The look at which the precision was reached.
    pub(super) reached: Option<u32>,
    pub(super) done: Batches,
    pub(super) tally: Vec<u64>,
    /// Time for drawing and counting, over all sessions, in seconds.
    pub(super) seconds: f64,
    /// What drew it last, for the record.
    pub(super) engine: &'static str,
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
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
    /// The question does not go with so many samples.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// How many samples of a run of so many these batches of `batch` have.
pub(super) fn drawn(samples: u64, batches: &Batches, batch: u64) -> u64 {
    batches.ranges().map(|range| samples.min(range.end * batch) - range.start * batch).sum()
}

impl Campaign {
    /// A run that has not begun. Fails where the question cannot be sampled.
    pub fn new(experiment: Arc<dyn Experiment>, plan: Plan) -> Result<Self, SpecError> {
        let sampler = experiment.sampler(&drawing(&plan))?;
        let (batch, tally) = (sampler.batch(), vec![0; sampler.tally_len()]);
        let confidence = plan.confidence.get();
        Ok(Self {
            precision: plan.precision.map(|width| Precision::new(width.0, confidence, batch)),
            engine: sampler.name(),
            experiment,
            plan,
            batch,
            reached: None,
            done: Batches::default(),
            tally,
            seconds: 0.0,
        })
    }

    /// What is asked.
    #[must_use]
    pub fn experiment(&self) -> &Arc<dyn Experiment> {
        &self.experiment
    }

    /// How it is sampled and judged.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The samples of all shares.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.plan.samples.get()
    }

    /// The share, if it is one.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        self.plan.shard
    }

    /// How many samples a batch has.
    #[must_use]
    pub fn batch(&self) -> u64 {
        self.batch
    }

    /// How many batches hold the samples of all shares.
    #[must_use]
    pub fn batch_count(&self) -> u64 {
        self.samples().div_ceil(self.batch)
    }

    /// The batches of the run, or of its share.
    #[must_use]
    pub fn whole(&self) -> Range<u64> {
        let batches = self.batch_count();
        self.shard().map_or(0..batches, |shard| shard.batches(batches))
    }

    /// The samples of the run, or of its share.
    #[must_use]
    pub fn whole_samples(&self) -> u64 {
        drawn(self.samples(), &Batches::of(self.whole()), self.batch)
    }

    /// The samples that were drawn so far.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        drawn(self.samples(), &self.done, self.batch)
    }

    /// The batches that are done.
    #[must_use]
    pub fn done(&self) -> &Batches {
        &self.done
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.tally
    }

    /// Time for drawing and counting, over all sessions, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// The width at which it stops, if there is one.
    #[must_use]
    pub fn precision(&self) -> Option<Precision> {
        self.precision
    }

    /// The end that the run has come to by itself: complete, or as precise as was asked for.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        if self.reached.is_some() {
            return Some(End::Precision);
        }
        self.done.first_gap(&self.whole()).is_none().then_some(End::Complete)
    }

    pub(super) fn sampler(&self) -> Result<Box<dyn Sampler>, SpecError> {
        self.experiment.sampler(&drawing(&self.plan))
    }

    /// Makes the run longer, so that it is to draw `samples` in all. Fewer than before it cannot.
    pub fn extend(&mut self, samples: Count) -> Result<(), ExtendError> {
        let (asked, before) = (samples.get(), self.samples());
        if asked < before {
            return Err(ExtendError::Shorter { asked, before });
        }
        if asked == before {
            return Ok(());
        }
        if self.shard().is_some() {
            return Err(ExtendError::Share);
        }
        // A last batch that is not full has to be drawn again, in full: it is taken back.
        let full = before / self.batch;
        let part = full..self.batch_count();
        if !part.is_empty() && self.done.gaps(&part).next().is_none() {
            let again = self.sampler()?.count(part, &|_| ());
            let before = again.and_then(|again| subtract(&self.tally, &again));
            self.tally = before.ok_or(ExtendError::Foreign)?;
            self.done.truncate(full);
        }
        self.plan.samples = samples;
        // Of some questions each sample has places of its own.
        self.tally.resize(self.sampler()?.tally_len(), 0);
        Ok(())
    }

    /// The confidence of each interval and the false-alarm rate of the verdict, with what is given to the looks
    /// taken off.
    #[must_use]
    pub fn levels(&self) -> (f64, f64) {
        let (confidence, false_alarm) = self.asked_levels();
        match self.look().map(looks::share) {
            Some(share) => (1.0 - share * (1.0 - confidence), share * false_alarm),
            None => (confidence, false_alarm),
        }
    }

    /// The confidence and the false-alarm rate that were asked for: see [`Campaign::levels`].
    #[must_use]
    pub fn asked_levels(&self) -> (f64, f64) {
        (self.plan.confidence.get(), self.plan.false_alarm.get())
    }

    /// The look whose share of the errors the results have.
    pub(super) fn look(&self) -> Option<u32> {
        let index = |precision: Precision| precision.index(self.done.count());
        self.precision.map(|precision| self.reached.unwrap_or_else(|| index(precision)))
    }

    /// What was counted, and what it is judged by.
    #[must_use]
    pub fn tally(&self) -> Tally<'_> {
        let (confidence, false_alarm) = self.levels();
        Tally { counts: &self.tally, samples: self.drawn(), confidence, false_alarm }
    }

    /// The full widths of all intervals.
    pub(super) fn widths(&self, confidence: f64) -> Vec<f64> {
        let schema: Schema = (self.experiment.kind().schema)();
        let tally = Tally { confidence, ..self.tally() };
        let sampled = self.experiment.sampled(&tally);
        crate::check::rates::widths(&schema, &sampled, &tally).collect()
    }

    /// The same counts, judged at other levels; not where the looks were planned for these.
    #[must_use]
    pub fn judged_at(mut self, plan: &Plan) -> Option<Self> {
        let same =
            (plan.confidence, plan.false_alarm) == (self.plan.confidence, self.plan.false_alarm);
        if self.precision.is_some() && !same {
            return None;
        }
        (self.plan.confidence, self.plan.false_alarm) = (plan.confidence, plan.false_alarm);
        Some(self)
    }
}

/// What a plan draws, by the fastest means of this machine.
pub(super) fn drawing(plan: &Plan) -> Drawing {
    Drawing::new(plan.seed.0, plan.samples.get(), plan.votes_by.0)
}
