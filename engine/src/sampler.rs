//! What every kind of question looks like to whoever runs it: batches of samples in, integers added to a flat tally.
//!
//! A tally is a list of integers that only add. So batches may be counted in any order, on any machine, some now and
//! some later, and the sum is the same. What is not a count becomes one: a number that was learned in one repetition has
//! a place of its own, in which it is added to 0.

use std::ops::Range;

pub use crate::batch::Monitor;
use crate::counts::Counts;
use crate::dispatch::Level;
use crate::{Kernel, Run, VotesBy};

/// Which samples are drawn, and by which means. The tally depends on `seed`, `samples` and `votes_by` only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawing {
    /// The key of all streams.
    pub seed: u64,
    /// How many samples the whole run has.
    pub samples: u64,
    /// How votes are drawn.
    pub votes_by: VotesBy,
    /// The instruction set.
    pub level: Level,
    /// The code.
    pub kernel: Kernel,
}

impl Drawing {
    /// By the fastest means of this machine.
    #[must_use]
    pub fn new(seed: u64, samples: u64, votes_by: VotesBy) -> Self {
        Self { seed, samples, votes_by, level: Level::best(), kernel: Kernel::default() }
    }

    /// The run of these samples.
    #[must_use]
    pub fn run(&self) -> Run {
        Run { seed: self.seed, samples: self.samples, level: self.level, kernel: self.kernel }
    }
}

/// Counts batches of samples into a flat tally.
pub trait Sampler: Send + Sync {
    /// Its name in a record.
    fn name(&self) -> &'static str;

    /// How many samples a batch has, from the question alone. Batch b holds samples b·batch up to (b + 1)·batch.
    fn batch(&self) -> u64;

    /// How many integers a tally has.
    fn tally_len(&self) -> usize;

    /// The tally of these batches, or `None` if `monitor` had it stop. On rayon's current pool.
    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>>;

    /// Whether so many samples can have this tally: what a file says may be wrong.
    fn is_possible(&self, tally: &[u64], samples: u64) -> bool {
        tally.len() == self.tally_len() && tally.iter().all(|count| *count <= samples)
    }
}

/// Adds a tally to another one of the same question.
pub fn add(total: &mut [u64], more: &[u64]) {
    for (total, more) in total.iter_mut().zip(more) {
        *total += more;
    }
}

/// Takes back what was added; `None` if it never was, since there would be less than nothing.
#[must_use]
pub fn subtract(total: &[u64], part: &[u64]) -> Option<Vec<u64>> {
    total.iter().zip(part).map(|(total, part)| total.checked_sub(*part)).collect()
}

impl Counts {
    /// The counts as one list: margin by margin what is above each budget, what is right twice where that is counted
    /// apart, and what is as sgn(x) says. The number of samples is not among them.
    #[must_use]
    pub fn flat(&self) -> Vec<u64> {
        let margin = |margin: &crate::counts::MarginCounts| {
            let both = margin.both.iter().flatten().copied().collect::<Vec<u64>>();
            margin.above.iter().copied().chain(both).chain([margin.invariant]).collect::<Vec<u64>>()
        };
        self.margins.iter().flat_map(margin).collect()
    }

    /// The counts of a list, in the shape of `self`, which counted nothing.
    #[must_use]
    pub fn filled(mut self, tally: &[u64], samples: u64) -> Self {
        let mut next = tally.iter().copied();
        let mut fill = |places: &mut [u64]| {
            places.iter_mut().for_each(|place| *place = next.next().unwrap_or(0));
        };
        for margin in &mut self.margins {
            fill(&mut margin.above);
            if let Some(both) = &mut margin.both {
                fill(both);
            }
            fill(std::slice::from_mut(&mut margin.invariant));
        }
        Self { samples, ..self }
    }
}
