//! Votes by the law of their median, and tries by that of the smallest, with all votes and tries of some samples drawn
//! as a check of it.
//!
//! ```text
//! samples, in units of 65,536     0   1   2   3  ···  999  1000  1001  ···
//! by their law                    ×   ×   ×   ×        ×    ×     ×
//! all drawn as well               ×   ×                     ×              the first two, and one in a thousand
//! ```
//!
//! Whether all are drawn for a sample depends on its number alone, not on how many samples there are: a run that
//! grows, is cut into shards or is stopped has the same ones. The samples are the same, and the votes and tries those
//! of [`VotesBy::Draws`] and [`TriesBy::Draws`]. Their counts have a place of their own in the tally.

use std::ops::Range;

use super::batch::Silent;
use super::counts::Counts;
use super::draws::Source;
use super::sampler::Sampler;
use super::{BATCH, Monitor, Prepared, Question, Run, TriesBy, VotesBy, Ways};

/// The number of units of [`BATCH`] samples at the beginning that are all checked: more than 1e5 samples.
const FIRST: u64 = 2;
/// Of so many units, one is checked after that.
const ONE_IN: u64 = 1000;

/// Returns whether the samples of a batch of this size, which divides [`BATCH`], are checked.
fn is_checked(number: u64, batch: u64) -> bool {
    let unit = number / (BATCH / batch);
    unit < FIRST || unit.is_multiple_of(ONE_IN)
}

impl Question {
    /// Returns the indices of the margins that are checked: those with votes under [`VotesBy::Checked`], and those with
    /// tries of single draws under [`TriesBy::Checked`].
    #[must_use]
    pub fn checked(&self) -> Vec<usize> {
        let Ways { votes, tries } = self.ways;
        let is_checked = |index: &usize| {
            let source = |by| Source::of(&self.margins[*index], by);
            let voted = matches!(source(VotesBy::Draws), Source::Votes(_));
            votes == VotesBy::Checked && voted
                || tries == TriesBy::Checked && self.is_smallest(source(votes))
        };
        (0..self.margins.len()).filter(is_checked).collect()
    }

    /// Returns the question of which a few samples are counted as a check: the margins of [`Question::checked`], if
    /// there are any, with all votes and tries drawn. [`Run::sampler`] counts it.
    ///
    /// ```
    /// use gauss_sim_engine::{Question, Run, VotesBy};
    /// use task::{Defense, Eps, Stage, Task, Votes};
    ///
    /// let (task, defense) = (Task::default(), Defense::new(1.0, 0.5)?);
    /// let margin = |stage: Stage| stage.margin(&task, &defense);
    /// let margins = vec![margin(Stage::Trained)?, margin(Stage::Voted { votes: Votes::new(11)? })?];
    /// let question = Question::new(task, margins, vec![Eps::new(0.5)?])?;
    ///
    /// // A short run is checked whole: its check is a run with all votes drawn.
    /// let run = Run::new(7, 10_000);
    /// let checked = question.clone().with_votes_by(VotesBy::Checked);
    /// let tally = run.sampler(checked.clone()).count(0..1, &|_| {}).unwrap_or_default();
    /// let (counts, check) = checked.counts(&tally, 10_000);
    /// let count = |by| run.count(&question.clone().with_votes_by(by), &|_| {});
    /// assert_eq!(counts, count(VotesBy::Median));
    /// assert_eq!(check.map(|check| check.margins), Some(count(VotesBy::Draws).margins.split_off(1)));
    /// # Ok::<(), task::DomainError>(())
    /// ```
    #[must_use]
    pub fn check(&self) -> Option<Self> {
        let checked = self.checked();
        let margins = checked.iter().map(|index| self.margins[*index]).collect();
        let drawn = Self { margins, ways: Ways::default(), ..self.clone() };
        (!checked.is_empty()).then_some(drawn)
    }

    /// Returns the counts in a tally of [`Run::sampler`] over this many samples: those of the question, and those of
    /// its check if the tally has any.
    #[must_use]
    pub fn counts(&self, tally: &[u64], samples: u64) -> (Counts, Option<Counts>) {
        let empty = self.empty();
        let (own, rest) = tally.split_at(empty.flat().len().min(tally.len()));
        let check = self.check().zip(rest.split_first());
        let check = check.map(|(check, (samples, rest))| check.empty().filled(rest, *samples));
        (empty.filled(own, samples), check)
    }
}

impl Run {
    /// Returns a sampler of a question: with its check, if it has one.
    #[must_use]
    pub fn sampler(&self, question: Question) -> Box<dyn Sampler> {
        let batch = question.batch();
        match question.check() {
            None => Box::new(self.prepare(question)),
            Some(check) => Box::new(Checked {
                batch,
                check: self.prepare_in(check, batch),
                whole: self.prepare_in(question, batch),
            }),
        }
    }
}

/// A run and a question with its check. A tally has the counts of the question, the number of samples that are
/// checked, and the counts of the check.
struct Checked {
    batch: u64,
    whole: Prepared,
    check: Prepared,
}

impl Checked {
    /// Counts the check's samples among those of these batches.
    fn checked(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Counts> {
        let batches: Vec<u64> = batches.filter(|number| is_checked(*number, self.batch)).collect();
        self.check.counts_of(batches, &Silent(monitor))
    }
}

impl Sampler for Checked {
    fn name(&self) -> &'static str {
        self.whole.name()
    }

    fn batch(&self) -> u64 {
        self.batch
    }

    fn tally_len(&self) -> usize {
        self.whole.tally_len() + 1 + self.check.tally_len()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let (check, whole) = rayon::join(
            || self.checked(batches.clone(), monitor),
            || self.whole.counts(batches.clone(), monitor),
        );
        let (check, mut tally) = (check?, whole?.flat());
        tally.push(check.samples);
        tally.extend(check.flat());
        Some(tally)
    }

    fn is_possible(&self, tally: &[u64], samples: u64) -> bool {
        let (own, rest) = tally.split_at(self.whole.tally_len().min(tally.len()));
        let checked = rest.split_first().is_some_and(|(checked, counts)| {
            *checked <= samples && self.check.is_possible(counts, *checked)
        });
        checked && self.whole.is_possible(own, samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that a tenth of a percent of any number of samples is checked, and 1e5 or all: whatever the batch.
    #[test]
    fn enough_is_checked() {
        for batch in [BATCH, BATCH / 32] {
            let (mut checked, mut samples) = (0, 0);
            for number in 0..3100 * (BATCH / batch) {
                samples += batch;
                checked += if is_checked(number, batch) { batch } else { 0 };
                assert!(checked >= samples.min(100_000) && 1000 * checked >= samples);
            }
            assert_eq!(checked, 5 * BATCH);
        }
    }
}
