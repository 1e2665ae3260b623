//! The common interface of all kinds of questions: batches of samples in, integers added to a flat tally.
//!
//! A tally is a list of integers that are only added. So batches may be counted in any order, on any machine, some
//! now and some later, and the sum is the same. Results that are not counts are encoded as integers: a number learned
//! in one repetition has its own place in the tally, where it is added to 0.

use std::ops::Range;

pub use crate::batch::Monitor;
use crate::counts::Counts;
use crate::dispatch::Level;
use crate::{Kernel, Run, Ways};

/// The samples to draw, and the means of drawing them. The tally depends only on `seed`, `samples` and `ways`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawing {
    /// The key of all streams.
    pub seed: u64,
    /// The number of samples of the whole run.
    pub samples: u64,
    /// How votes and tries are drawn.
    pub ways: Ways,
    /// The instruction set.
    pub level: Level,
    /// The implementation.
    pub kernel: Kernel,
}

impl Drawing {
    /// Creates a drawing with the fastest implementation for this machine.
    #[must_use]
    pub fn new(seed: u64, samples: u64, ways: impl Into<Ways>) -> Self {
        let ways = ways.into();
        Self { seed, samples, ways, level: Level::best(), kernel: Kernel::default() }
    }

    /// Returns the run of these samples.
    #[must_use]
    pub fn run(&self) -> Run {
        Run { seed: self.seed, samples: self.samples, level: self.level, kernel: self.kernel }
    }
}

/// Counts batches of samples into a flat tally.
pub trait Sampler: Send + Sync {
    /// Returns the sampler's name in a record.
    fn name(&self) -> &'static str;

    /// Returns the number of samples in a batch, which follows from the question alone. Batch b holds samples b·batch
    /// up to (b + 1)·batch.
    fn batch(&self) -> u64;

    /// Returns the number of integers in a tally.
    fn tally_len(&self) -> usize;

    /// Returns the tally of these batches, or `None` if `monitor` stopped it. Runs on rayon's current pool.
    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>>;

    /// Returns whether this tally is possible for this many samples, because a file may be wrong.
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

/// Subtracts a tally that was added before; `None` if an integer would become negative.
#[must_use]
pub fn subtract(total: &[u64], part: &[u64]) -> Option<Vec<u64>> {
    total.iter().zip(part).map(|(total, part)| total.checked_sub(*part)).collect()
}

impl Counts {
    /// Returns the counts as one list: margin by margin, the samples above each budget, those right on both inputs if
    /// they are counted separately, and those that agree with sgn(x). The number of samples is not included.
    #[must_use]
    pub fn flat(&self) -> Vec<u64> {
        let margin = |margin: &crate::counts::MarginCounts| {
            let both = margin.both.iter().flatten().copied().collect::<Vec<u64>>();
            margin.above.iter().copied().chain(both).chain([margin.invariant]).collect::<Vec<u64>>()
        };
        self.margins.iter().flat_map(margin).collect()
    }

    /// Returns the counts in a list, in the shape of `self`, which must be empty.
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
