//! Repetitions of training as samples: the result of each has its own place in the tally.

use std::ops::Range;

use rayon::prelude::*;

use super::Failure;
use super::study::{Outcome, Study};
use super::zero_one::Interval;
use crate::Monitor;
use crate::batch::Monitored;
use crate::sampler::Sampler;

/// The number of integers that follow a threshold of `zero-one`: the number of intervals of minimisers, and their ends.
const MINIMISERS: usize = 3;

/// Numbers are stored above these integers, which encode the reasons why there is none; 0 means that nothing was
/// drawn yet.
const FIRST: u64 = 16;

/// Encodes a threshold, or the reason why there is none, as an integer.
fn encoded(found: Result<f64, Failure>) -> u64 {
    match found {
        Ok(number) => number.to_bits().wrapping_add(FIRST),
        Err(Failure::Constant) => 1,
        Err(Failure::Separable) => 2,
        Err(Failure::Reversed) => 3,
        Err(Failure::Diverged) => 4,
    }
}

/// Decodes an integer; `None` if nothing was drawn yet.
fn decoded(place: u64) -> Option<Result<f64, Failure>> {
    Some(match place {
        0 => return None,
        1 => Err(Failure::Constant),
        2 => Err(Failure::Separable),
        3 => Err(Failure::Reversed),
        4 => Err(Failure::Diverged),
        bits => Ok(f64::from_bits(bits.wrapping_sub(FIRST))),
    })
}

/// The results of one learner in all repetitions that were drawn, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Learned {
    /// The threshold of each repetition.
    pub thresholds: Vec<Result<f64, Failure>>,
    /// For `zero-one`, for each repetition with a threshold: the number of bounded and unbounded intervals of
    /// minimisers, and the range of the bounded ones.
    pub minimisers: Vec<(usize, Interval)>,
}

impl Study {
    /// Returns the number of integers of a repetition.
    fn places(&self) -> usize {
        self.outcomes().iter().map(Outcome::places).sum()
    }

    /// Returns the results in a tally: one entry for each of [`Study::outcomes`].
    #[must_use]
    pub fn learned(&self, tally: &[u64]) -> Vec<Learned> {
        let outcomes = self.outcomes();
        let mut learned = vec![Learned::default(); outcomes.len()];
        for repetition in tally.chunks_exact(self.places().max(1)) {
            let mut rest = repetition;
            for (outcome, learned) in outcomes.iter().zip(&mut learned) {
                let (mine, after) = rest.split_at(outcome.places());
                rest = after;
                let Some(found) = decoded(mine[0]) else { continue };
                learned.thresholds.push(found);
                if let [_, count, low, high] = mine
                    && let (Some(Ok(low)), Some(Ok(high))) = (decoded(*low), decoded(*high))
                {
                    learned.minimisers.push((*count as usize, Interval { low, high }));
                }
            }
        }
        learned
    }

    /// Returns the integers of one repetition.
    fn repetition_tally(&self, number: u64, monitored: &Monitored<'_>) -> Vec<u64> {
        let mut tally = Vec::with_capacity(self.places());
        for (found, minimisers) in self.repetition(number, monitored) {
            tally.push(encoded(found));
            if let Some(minimisers) = minimisers {
                let (count, ends) = match minimisers {
                    Some((count, Interval { low, high })) => (count as u64, [low, high]),
                    None => (0, [f64::NAN; 2]),
                };
                let end = |end: f64| if end.is_nan() { 0 } else { encoded(Ok(end)) };
                tally.extend([count, end(ends[0]), end(ends[1])]);
            }
        }
        tally
    }
}

impl Outcome {
    /// Returns the number of integers of an outcome.
    fn places(&self) -> usize {
        1 + if self.has_minimisers() { MINIMISERS } else { 0 }
    }
}

/// A sampler that draws repetitions of a study.
#[derive(Debug, Clone)]
pub struct Repetitions {
    study: Study,
    repetitions: u64,
}

impl Repetitions {
    /// Creates a sampler for this many repetitions of a study.
    #[must_use]
    pub fn new(study: Study, repetitions: u64) -> Self {
        Self { study, repetitions }
    }
}

impl Sampler for Repetitions {
    fn name(&self) -> &'static str {
        "training"
    }

    fn batch(&self) -> u64 {
        1
    }

    fn tally_len(&self) -> usize {
        self.study.places() * self.repetitions as usize
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let places = self.study.places();
        let mut tally = vec![0; self.tally_len()];
        let start = batches.start as usize * places;
        let monitored = Monitored::new(monitor);
        let drawn: Vec<u64> = batches
            .into_par_iter()
            .flat_map_iter(|number| {
                let one = self.study.repetition_tally(number, &monitored);
                monitor.counted(1);
                one
            })
            .collect();
        if monitored.is_given_up() {
            return None;
        }
        tally[start..start + drawn.len()].copy_from_slice(&drawn);
        Some(tally)
    }

    /// Checks that each integer is a threshold, a reason, or empty; the results are not counts of samples.
    fn is_possible(&self, tally: &[u64], _: u64) -> bool {
        tally.len() == self.tally_len()
    }
}
