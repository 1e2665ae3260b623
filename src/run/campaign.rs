//! A run: a question, how it is sampled, and its progress.

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

/// A run, which may not have begun. Its state is the set of batches that are done and their tally: a tally is only
/// added to, and batch b of a seed is the same wherever it is drawn.
#[derive(Clone)]
pub struct Campaign {
    pub(super) experiment: Arc<dyn Experiment>,
    pub(super) plan: Plan,
    /// The number of samples in a batch.
    pub(super) batch: u64,
    pub(super) precision: Option<Precision>,
    /// The look at which the precision was reached.
    pub(super) reached: Option<u32>,
    pub(super) done: Batches,
    pub(super) tally: Vec<u64>,
    /// The time for drawing and counting, over all sessions, in seconds.
    pub(super) seconds: f64,
    /// The name of the last sampler, for the record.
    pub(super) engine: &'static str,
}

/// The reason why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// All batches of the run or of its share are done.
    Complete,
    /// Every interval is as narrow as requested.
    Precision,
    /// The time is up.
    Time,
    /// The user or the system asked it to stop.
    Interrupted,
}

/// The error of a new number of samples. Each message is one line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExtendError {
    /// Fewer samples than before.
    #[error("{asked} is less than the {before} of the run: it can be made longer, not shorter")]
    Shorter {
        /// The new number.
        asked: u64,
        /// The old number.
        before: u64,
    },
    /// The shares of a longer run are other batches.
    #[error(
        "a share of a run cannot be made longer: merge the shares first and resume the merged folder"
    )]
    Share,
    /// The samples that were drawn cannot be drawn again.
    #[error("the last batch drawn again has other counts: the counts are not those of this run")]
    Foreign,
    /// The question does not allow this number of samples.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// Returns how many samples of a run these batches of size `batch` have.
pub(super) fn drawn(samples: u64, batches: &Batches, batch: u64) -> u64 {
    batches.ranges().map(|range| samples.min(range.end * batch) - range.start * batch).sum()
}

impl Campaign {
    /// Creates a run that has not begun. Fails if the question cannot be sampled.
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

    /// Returns the experiment.
    #[must_use]
    pub fn experiment(&self) -> &Arc<dyn Experiment> {
        &self.experiment
    }

    /// Returns how it is sampled and judged.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the number of samples of all shares.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.plan.samples.get()
    }

    /// Returns the share, if it is one.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        self.plan.shard
    }

    /// Returns the number of samples in a batch.
    #[must_use]
    pub fn batch(&self) -> u64 {
        self.batch
    }

    /// Returns the number of batches with the samples of all shares.
    #[must_use]
    pub fn batch_count(&self) -> u64 {
        self.samples().div_ceil(self.batch)
    }

    /// Returns the batches of the run, or of its share.
    #[must_use]
    pub fn whole(&self) -> Range<u64> {
        let batches = self.batch_count();
        self.shard().map_or(0..batches, |shard| shard.batches(batches))
    }

    /// Returns the number of samples of the run, or of its share.
    #[must_use]
    pub fn whole_samples(&self) -> u64 {
        drawn(self.samples(), &Batches::of(self.whole()), self.batch)
    }

    /// Returns the number of samples drawn so far.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        drawn(self.samples(), &self.done, self.batch)
    }

    /// Returns the batches that are done.
    #[must_use]
    pub fn done(&self) -> &Batches {
        &self.done
    }

    /// Returns the counts so far.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.tally
    }

    /// Returns the time for drawing and counting, over all sessions, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Returns the width at which it stops, if there is one.
    #[must_use]
    pub fn precision(&self) -> Option<Precision> {
        self.precision
    }

    /// Returns the end that the run has reached by itself: complete, or as precise as requested.
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

    /// Makes the run longer, so that it draws `samples` in all. It cannot be made shorter.
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
        // A last batch that is not full has to be drawn again in full, so it is removed.
        let full = before / self.batch;
        let part = full..self.batch_count();
        if !part.is_empty() && self.done.gaps(&part).next().is_none() {
            let again = self.sampler()?.count(part, &|_| ());
            let before = again.and_then(|again| subtract(&self.tally, &again));
            self.tally = before.ok_or(ExtendError::Foreign)?;
            self.done.truncate(full);
        }
        self.plan.samples = samples;
        // In some questions, each sample has integers of its own in the tally.
        self.tally.resize(self.sampler()?.tally_len(), 0);
        Ok(())
    }

    /// Returns the confidence of each interval and the false-alarm rate of the verdict, reduced to the share of the
    /// current look.
    #[must_use]
    pub fn levels(&self) -> (f64, f64) {
        let (confidence, false_alarm) = self.asked_levels();
        match self.look().map(looks::share) {
            Some(share) => (1.0 - share * (1.0 - confidence), share * false_alarm),
            None => (confidence, false_alarm),
        }
    }

    /// Returns the confidence and the false-alarm rate that were asked for: see [`Campaign::levels`].
    #[must_use]
    pub fn asked_levels(&self) -> (f64, f64) {
        (self.plan.confidence.get(), self.plan.false_alarm.get())
    }

    /// Returns the look whose share of the errors the results have.
    pub(super) fn look(&self) -> Option<u32> {
        let index = |precision: Precision| precision.index(self.done.count());
        self.precision.map(|precision| self.reached.unwrap_or_else(|| index(precision)))
    }

    /// Returns the counts, and the levels at which they are judged.
    #[must_use]
    pub fn tally(&self) -> Tally<'_> {
        let (confidence, false_alarm) = self.levels();
        Tally {
            counts: &self.tally,
            samples: self.drawn(),
            ways: self.plan.ways(),
            confidence,
            false_alarm,
        }
    }

    /// Returns the full widths of all intervals.
    pub(super) fn widths(&self, confidence: f64) -> Vec<f64> {
        let schema: Schema = (self.experiment.kind().schema)();
        let tally = Tally { confidence, ..self.tally() };
        let sampled = self.experiment.sampled(&tally);
        crate::check::rates::widths(&schema, &sampled, &tally).collect()
    }

    /// Returns the same counts judged at other levels; `None` if the looks were planned for the old ones.
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

/// Returns the drawing of a plan, with the fastest means of this machine.
pub(super) fn drawing(plan: &Plan) -> Drawing {
    Drawing::new(plan.seed.0, plan.samples.get(), plan.ways())
}
