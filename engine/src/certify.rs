//! Randomized smoothing, simulated: every noisy answer is drawn, and the real procedure decides.
//!
//! ```text
//! y = +1 with probability prior      x = y·mean + data_std·z
//! an answer  +1 if x + offset + sigma·z > 0, else −1, with a z of its own (offset = shift − threshold)
//! CERTIFY    the class that most of n₀ answers say, a tie by a fair coin; how many of n fresh ones say it
//!            certified at a radius: at least as many as the least count whose tail is α at most
//! PREDICT    both classes counted among n answers; the larger count answers if the two-sided sign test rejects at α
//! ```
//!
//! Theory integrates incomplete beta functions. Here the least counts are found from ratios of neighbouring
//! binomial probabilities ([`least_count`]), and all else is counting. What is taken over is what a radius means as a
//! probability, Φ(radius/sigma).
//!
//! **What is shared.** All cases share y, x and the normals of their answers, so that those that ask for fewer see the
//! first of those that others see. Differences between rows are far more precise than the rows.

// Loops over an index of arrays of fixed length become vectors; loops over iterators did not.
#![allow(clippy::needless_range_loop)]

mod kernel;
mod least;
pub(crate) mod rules;

use std::ops::Range;

use task::certify::Answers;
use task::{EntryError, MAX_MAGNITUDE, Prior, Task};

use super::batch::{BATCH, Monitored, batch};
use super::draws::Batch;
use super::sampler::{Drawing, Monitor, Sampler};
use kernel::Kernel;
pub use least::least_count;

/// How far the probability of an event of one normal may be from its exact value: see `docs/sampling.md`, and 2⁻³² of the
/// prior.
const BIAS_OF_A_NORMAL: f64 = 1e-7;

/// How far the probability of what is counted may be from its exact value: x has one normal, and each of n answers one,
/// which can move a count by √n times as much.
#[must_use]
pub fn bias(n0: Answers, n: Answers) -> f64 {
    let root = |answers: Answers| match answers {
        Answers::Limit => 0.0,
        Answers::Finite(n) => f64::from(n.get()).sqrt(),
    };
    BIAS_OF_A_NORMAL * (1.0 + root(n0) + root(n))
}

/// A radius that may be certified.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// In units of x.
    pub radius: f64,
    /// Φ(−radius/sigma).
    pub miss: f64,
}

/// Which procedure decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Procedure {
    /// CERTIFY, with so many answers for the selection.
    Certify(Answers),
    /// PREDICT.
    Predict,
}

/// One procedure at one noise.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The standard deviation of the noise, in units of x.
    pub sigma: f64,
    /// What decides.
    pub procedure: Procedure,
    /// How many answers are counted; infinitely many are the smoothed classifier itself, with any procedure.
    pub n: Answers,
    /// The level α.
    pub alpha: f64,
    /// The radii.
    pub bars: Vec<Bar>,
}

/// Fails where a number of a case is none.
pub(crate) fn check(index: usize, case: &Case) -> Result<(), EntryError> {
    let checked = |name: &str, value: f64, ok: bool, right: &str| match ok {
        true => Ok(()),
        false => Err(EntryError::new(format!("{name} of cases[{index}]"), value, right)),
    };
    let Case { sigma, alpha, .. } = *case;
    let noise = sigma > 0.0 && sigma <= MAX_MAGNITUDE;
    checked("sigma", sigma, noise, "a number above 0, up to 1e15")?;
    let level = (1e-100..=0.5).contains(&alpha);
    checked("alpha", alpha, level, "a number from 1e-100 to 0.5")?;
    case.bars.iter().try_for_each(|bar| {
        checked("miss", bar.miss, (0.0..=0.5).contains(&bar.miss), "a probability up to 0.5")
    })
}

/// The counts of a tally, case by case.
pub(crate) fn counts<'a>(cases: impl Iterator<Item = &'a Case>, tally: &[u64]) -> Vec<CaseCounts> {
    let mut next = tally.iter().copied();
    let mut take = || next.next().unwrap_or(0);
    let case = |case: &Case| CaseCounts {
        right: take(),
        wrong: take(),
        certified: case.bars.iter().map(|_| take()).collect(),
    };
    cases.map(case).collect()
}

/// The most answers that are drawn for a selection, and for a count.
#[allow(clippy::needless_pass_by_value)] // an iterator, which is cloned
pub(crate) fn most<'a>(cases: impl Iterator<Item = &'a Case> + Clone) -> [u64; 2] {
    let finite = |answers: Answers| match answers {
        Answers::Finite(n) => u64::from(n.get()),
        Answers::Limit => 0,
    };
    let most = |of: fn(&Case) -> Answers| {
        let drawn = cases.clone().filter(|case| case.n != Answers::Limit);
        drawn.map(|case| finite(of(case))).max().unwrap_or(0)
    };
    let selecting: fn(&Case) -> Answers = |case| match case.procedure {
        Procedure::Certify(n0) => n0,
        Procedure::Predict => Answers::Limit,
    };
    [most(selecting), most(|case| case.n)]
}

/// How many integers the tally of these cases has.
pub(crate) fn tally_len<'a>(cases: impl Iterator<Item = &'a Case>) -> usize {
    cases.map(|case| 2 + case.bars.len()).sum()
}

/// The tally of some batches of `size` samples, or `None` if `monitor` had it stop: each thread works in a room of its own.
pub(crate) fn tally<Room: Send>(
    batches: Range<u64>,
    (drawing, size, len): (&Drawing, u64, usize),
    monitor: &dyn Monitor,
    room: impl Fn() -> Room + Sync,
    count: impl Fn(&mut Room, Batch<'_>, &mut [u64]) + Sync,
) -> Option<Vec<u64>> {
    use rayon::prelude::*;
    let Drawing { seed, samples, .. } = *drawing;
    let monitored = &Monitored::new(monitor);
    let tally = batches
        .into_par_iter()
        .fold(
            || (room(), vec![0; len]),
            |(mut room, mut tally), number| {
                let samples = size.min(samples - number * size);
                let batch = Batch { seed, number, samples: samples as usize, monitored };
                if !monitored.asks_to_give_up() {
                    count(&mut room, batch, &mut tally);
                    monitor.counted(samples);
                }
                (room, tally)
            },
        )
        .map(|(_, tally)| tally)
        .reduce(
            || vec![0; len],
            |mut total, more| {
                super::sampler::add(&mut total, &more);
                total
            },
        );
    (!monitored.is_given_up()).then_some(tally)
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CertifyQuestion {
    task: Task,
    prior: Prior,
    offset: f64,
    cases: Vec<Case>,
}

/// What was counted for a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseCounts {
    /// Answered rightly.
    pub right: u64,
    /// Answered wrongly.
    pub wrong: u64,
    /// Rightly, with a certificate of each radius.
    pub certified: Vec<u64>,
}

impl CertifyQuestion {
    /// `offset` is shift − threshold. Fails where a number of a case is none.
    pub fn new(
        task: Task,
        prior: Prior,
        offset: f64,
        cases: Vec<Case>,
    ) -> Result<Self, EntryError> {
        cases.iter().enumerate().try_for_each(|(index, case)| check(index, case))?;
        Ok(Self { task, prior, offset, cases })
    }

    /// The procedures, in the order of the counts.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The counts of a tally, case by case.
    #[must_use]
    pub fn counts(&self, tally: &[u64]) -> Vec<CaseCounts> {
        counts(self.cases.iter(), tally)
    }

    /// Samples in a batch.
    #[must_use]
    pub fn batch(&self) -> u64 {
        let mut sigmas: Vec<f64> = self.cases.iter().map(|case| case.sigma).collect();
        sigmas.sort_by(f64::total_cmp);
        sigmas.dedup();
        let bars = tally_len(self.cases.iter());
        let answers = most(self.cases.iter()).into_iter().sum::<u64>();
        // A normal costs some 0.6 ns, its comparison with each threshold 0.2 ns.
        let answers = answers.saturating_mul(3 + sigmas.len() as u64) / 5;
        batch(BATCH, answers + 8 + bars as u64)
    }

    /// Makes the question ready for the samples of a drawing.
    #[must_use]
    pub fn sampler(self, drawing: &Drawing) -> Certify {
        Certify { question: self, drawing: *drawing }
    }
}

/// A question and a drawing: any batches, in any order.
#[derive(Debug, Clone)]
pub struct Certify {
    question: CertifyQuestion,
    drawing: Drawing,
}

impl Sampler for Certify {
    fn name(&self) -> &'static str {
        "certify"
    }

    fn batch(&self) -> u64 {
        self.question.batch()
    }

    fn tally_len(&self) -> usize {
        tally_len(self.question.cases.iter())
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let level = self.drawing.level;
        let kernel = &Kernel::new(&self.question, level);
        tally(
            batches,
            (&self.drawing, self.batch(), self.tally_len()),
            monitor,
            || kernel.room(),
            |room, batch, tally| kernel::count_batch(level, kernel, room, batch, tally),
        )
    }
}
