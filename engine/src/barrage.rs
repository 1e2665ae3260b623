//! A barrage of transformations, simulated literally: each drawn map is applied, in the order in which it is drawn.
//!
//! ```text
//! y = ±1 by a fair coin      x = y·mean + data_std·z
//! a draw     the first maps of a random order of the pool (Fisher and Yates, unbiased), one after the other:
//!            v ← scale·v + (shift + sigma·z), each with its own z
//! a vote     +1 if v > threshold, else −1      the majority of n; a tie of an even number by a fair coin
//! attacked   x − y·z, z a fixed number for each budget
//! ```
//!
//! The exact theory treats a sequence of maps as one map, and all sequences as a mixture. Nothing of that is used
//! here. The vote in the limit of infinitely many draws cannot be drawn: its answer is part of the question, as
//! regions of x.
//!
//! **Shared draws.** All judges share y and x. Those with the same number of votes share their draws: judges with
//! fewer maps use the first of the maps of the longest sequence, which are also a random choice in random order. So
//! differences between judges are far more precise than the numbers themselves. With the same draws for both inputs,
//! the attacked one goes through the same maps with the same noise; otherwise through other maps, in each of its
//! tries.
//!
//! Everything is computed in double precision with + and × alone, without fused multiply-add, from normals of
//! [`super::normal`].

// The compiler vectorises loops over an index of fixed-length arrays, but not loops over iterators.
#![allow(clippy::needless_range_loop)]

mod kernel;
mod order;

use std::ops::Range;

use task::barrage::Pool;
use task::{DrawProtocol, EntryError, MAX_MAGNITUDE, Task, Votes};

use super::batch::Monitored;
use super::counts::{Counts, MarginCounts};
use super::draws::Batch;
use super::sampler::{Drawing, Monitor, Sampler};
use kernel::Kernel;

/// The largest difference between the probability of an event of one normal and its exact value, because the normal
/// is made of finitely many bits and rounded to single precision: `docs/sampling.md` enumerates 1.8e-8, and derives
/// 4.6e-8 for the dependence on the other normal of its pair.
const BIAS_OF_A_NORMAL: f64 = 1e-7;

/// Returns the largest difference between a judge's probability of being right and its exact value under this
/// protocol: x has one normal, and each of n votes one per map, which can move a majority by √n times as much, for
/// each try.
#[must_use]
pub fn bias(draws: DrawProtocol, votes: Votes, choose: usize) -> f64 {
    let maps = match votes {
        Votes::Limit => 0.0,
        Votes::Finite(n) => choose as f64 * f64::from(n.get()).sqrt(),
    };
    BIAS_OF_A_NORMAL * (1.0 + maps * f64::from(draws.tries().max(1)))
}

/// A classifier to count.
#[derive(Debug, Clone, PartialEq)]
pub struct Judge {
    /// The number of maps that a draw goes through.
    pub choose: usize,
    /// k of sgn(t(x) − k); infinite for a constant −1.
    pub threshold: f64,
    /// The method of its vote.
    pub votes: Ballot,
    /// z for each of its budgets: the attacked input is x − y·z.
    pub moves: Vec<f64>,
}

/// The method of a judge's vote.
#[derive(Debug, Clone, PartialEq)]
pub enum Ballot {
    /// The majority of this many draws.
    Drawn(u32),
    /// Regions of x, without a draw: the vote in the limit.
    Regions {
        /// The edges of the regions, ascending.
        edges: Vec<f64>,
        /// The probability of +1 in each region, 0, ½ or 1; there is one region more than there are edges.
        says: Vec<f64>,
    },
}

/// The classifiers, and the moves against them.
#[derive(Debug, Clone, PartialEq)]
pub struct BarrageQuestion {
    task: Task,
    pool: Pool,
    judges: Vec<Judge>,
    draws: DrawProtocol,
}

impl BarrageQuestion {
    /// Creates a question with `judges` on one task and one pool, and the maps for the attacked input drawn according
    /// to `draws`. Fails if a judge has no map or more maps than there are, or if one of its numbers is not valid.
    pub fn new(
        task: Task,
        pool: Pool,
        judges: Vec<Judge>,
        draws: DrawProtocol,
    ) -> Result<Self, EntryError> {
        for (index, judge) in judges.iter().enumerate() {
            if !(1..=pool.len()).contains(&judge.choose) {
                let expected = format!("from 1 to {}, as many as the pool has", pool.len());
                return Err(EntryError::new(
                    format!("choose of judges[{index}]"),
                    judge.choose,
                    expected,
                ));
            }
            if judge.threshold.is_nan() {
                return Err(EntryError::new(
                    format!("threshold of judges[{index}]"),
                    "NaN",
                    "a number",
                ));
            }
            if let Some(z) = judge.moves.iter().find(|z| z.is_nan() || z.abs() > MAX_MAGNITUDE) {
                let expected = "a number from -1e15 to 1e15";
                return Err(EntryError::new(format!("move of judges[{index}]"), z, expected));
            }
            match &judge.votes {
                Ballot::Drawn(0) => {
                    let name = format!("votes of judges[{index}]");
                    return Err(EntryError::new(name, 0, "a whole number from 1"));
                }
                Ballot::Regions { edges, says } if says.len() != edges.len() + 1 => {
                    let name = format!("regions of judges[{index}]");
                    return Err(EntryError::new(name, says.len(), "one more than edges"));
                }
                _ => {}
            }
        }
        Ok(Self { task, pool, judges, draws })
    }

    /// Returns the classifiers, in the order of [`Counts::margins`].
    #[must_use]
    pub fn judges(&self) -> &[Judge] {
        &self.judges
    }

    /// Returns counts of 0.
    #[must_use]
    pub fn empty(&self) -> Counts {
        // A sample that is right under attack need not be right without it, so each is counted.
        let counts = |judge: &Judge| MarginCounts::new(judge.moves.len(), true);
        Counts { samples: 0, margins: self.judges.iter().map(counts).collect() }
    }

    /// Returns the approximate cost of a sample, as the number of maps that are applied to an input.
    fn cost(&self) -> u64 {
        let judged =
            |votes: u32| self.judges.iter().filter(move |j| j.votes == Ballot::Drawn(votes));
        let mut numbers: Vec<u32> = self
            .judges
            .iter()
            .filter_map(|judge| match judge.votes {
                Ballot::Drawn(n) => Some(n),
                Ballot::Regions { .. } => None,
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let group = |&votes: &u32| {
            let longest = judged(votes).map(|judge| judge.choose).max().unwrap_or(0) as u64;
            let inputs = judged(votes).map(|judge| judge.moves.len()).sum::<usize>() as u64;
            // Drawing a map takes about as long as applying it to eight inputs.
            let one = longest * (8 + inputs) * u64::from(votes);
            one * (1 + u64::from(self.draws.tries()))
        };
        1 + numbers.iter().map(group).sum::<u64>()
    }

    /// Returns the number of samples in a batch: as many as take some hundredths of a second, from 1 to 2¹⁶.
    #[must_use]
    pub fn batch(&self) -> u64 {
        ((1 << 24) / self.cost()).clamp(1, 1 << 16)
    }

    /// Prepares the question for the samples of a drawing.
    #[must_use]
    pub fn sampler(self, drawing: &Drawing) -> Barrage {
        Barrage { question: self, drawing: *drawing }
    }
}

/// A question and a drawing, for counting any batches in any order.
#[derive(Debug, Clone)]
pub struct Barrage {
    question: BarrageQuestion,
    drawing: Drawing,
}

impl Sampler for Barrage {
    fn name(&self) -> &'static str {
        "barrage"
    }

    fn batch(&self) -> u64 {
        self.question.batch()
    }

    fn tally_len(&self) -> usize {
        self.question.empty().flat().len()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        use rayon::prelude::*;
        let Drawing { seed, samples, level, .. } = self.drawing;
        let size = self.batch();
        let monitored = &Monitored::new(monitor);
        let start = || (Kernel::new(&self.question), self.question.empty());
        let counts = batches
            .into_par_iter()
            .fold(start, |(mut kernel, mut counts), number| {
                let samples = size.min(samples - number * size);
                let batch = Batch { seed, number, samples: samples as usize, monitored };
                if !monitored.asks_to_give_up() {
                    kernel::count_batch(level, &mut kernel, batch, &mut counts);
                    monitor.counted(samples);
                }
                (kernel, counts)
            })
            .map(|(_, counts)| counts)
            .reduce(
                || self.question.empty(),
                |mut total, more| {
                    total += &more;
                    total
                },
            );
        (!monitored.is_given_up()).then(|| counts.flat())
    }
}
