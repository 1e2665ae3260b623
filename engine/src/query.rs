//! Black-box attackers, simulated: a random direction, real questions, real noisy answers.
//!
//! ```text
//! e = g/|g|, g normal in d dimensions        x = y·mean·e + data_std·z, z normal in d dimensions
//! a draw at x + u    e·(x + u) + offset + sigma·z, with a z of its own; offset is that of the stage
//! an answer          the mean of n draws; for `label`, what most of their signs say, a tie as the first of them says
//!                    (all n drawn, or one number that stands for them)
//! the move           x − y·ε·v, v what the attacker makes of the answers: a vector of d coordinates
//! right              if most of n draws at the moved input have the sign of y
//! ```
//!
//! Theory knows the law of one cosine. Here are vectors, questions and answers, one after the other; whoever has more questions goes
//! on where one with fewer has stopped. A question that differs from x in one coordinate has a score that differs in one term.
//!
//! Source of SimBA: C. Guo et al., *Simple Black-box Adversarial Attacks*, ICML 2019, algorithm 1, which compares each new
//! score with that of the last kept point. Of random directions: D. Wierstra et al. (NES), A. Ilyas et al., ICML 2018.

// Loops over an index of arrays of fixed length become vectors; loops over iterators did not.
#![allow(clippy::needless_range_loop)]

mod answers;
mod walk;
mod world;

use std::ops::Range;

use task::query::{Asker, QueryAttack};

use super::batch::{Monitored, batch};
use super::draws::Batch;
use super::sampler::{Drawing, Monitor, Sampler};
use super::ways::VotesBy;

/// Cosines are counted in whole numbers: (1 + η)/2 in units of one over this, rounded, so that a mean is off by at most 2⁻²⁴
/// in η.
pub const COSINE_UNIT: u64 = 1 << 24;
/// The most samples of a batch.
const BATCH: u64 = 1 << 12;
/// Integers of a number of questions in a tally.
const ENTRIES: usize = 3;

/// How far the rate of being right may be from its exact value because normals are made of a finite number of bits: an estimate
/// on the safe side. x has one that matters, each draw of the decision one, and the answers move the cosine by less.
#[must_use]
pub fn bias(asker: &Asker) -> f64 {
    let draws = asker.draws().map_or(0.0, |n| f64::from(n).sqrt());
    1e-7 * (6.0 + draws)
}

/// An attacker with several numbers of questions.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryCase {
    /// Who asks, and whom.
    pub asker: Asker,
    /// How often.
    pub queries: Vec<u64>,
}

/// What is asked: games in one dimension d.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryQuestion {
    cases: Vec<QueryCase>,
    votes_by: VotesBy,
}

/// What was counted of a number of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueryCounts {
    /// Right without an attack.
    pub clean_correct: u64,
    /// Right after the attack.
    pub adversarial_correct: u64,
    /// The sum over samples of (1 + η)/2 in units of 1/[`COSINE_UNIT`].
    pub cosines: u64,
    /// The sum of the squares of these numbers, each divided by [`COSINE_UNIT`] and rounded down.
    pub cosine_squares: u64,
}

impl QueryCounts {
    /// The mean of η over so many samples, and its standard error; `None` without samples.
    #[must_use]
    pub fn mean_cosine(&self, samples: u64) -> Option<(f64, f64)> {
        if samples == 0 {
            return None;
        }
        let (n, unit) = (samples as f64, COSINE_UNIT as f64);
        let mean = self.cosines as f64 / unit / n;
        let square = self.cosine_squares as f64 / unit / n;
        let variance = (square - mean * mean).max(0.0);
        Some((2.0 * mean - 1.0, 2.0 * (variance / n).sqrt()))
    }
}

impl QueryQuestion {
    /// `cases` share their dimension and their data, so that they share their samples.
    #[must_use]
    pub fn new(cases: Vec<QueryCase>) -> Self {
        Self { cases, votes_by: VotesBy::Draws }
    }

    /// Returns the same question with the n draws of an answer made in this way ([`VotesBy::Draws`] by default). By
    /// [`VotesBy::Median`] one number stands for them, with the same law: the mean of n scores is a normal, and most of n
    /// labels say what their median says. There is no check ([`VotesBy::Checked`] is the same).
    #[must_use]
    pub fn with_votes_by(mut self, votes_by: VotesBy) -> Self {
        self.votes_by = votes_by;
        self
    }

    /// The counts of a tally, by case and number of questions.
    #[must_use]
    pub fn counts(&self, tally: &[u64]) -> Vec<Vec<QueryCounts>> {
        let mut next = tally.iter().copied();
        let mut take = || next.next().unwrap_or(0);
        let case = |case: &QueryCase| {
            let clean_correct = take();
            let counts = |_: &u64| QueryCounts {
                clean_correct,
                adversarial_correct: take(),
                cosines: take(),
                cosine_squares: take(),
            };
            case.queries.iter().map(counts).collect()
        };
        self.cases.iter().map(case).collect()
    }

    /// About what a sample costs, in nanoseconds.
    fn cost(&self) -> u64 {
        let case = |case: &QueryCase| {
            let asker = &case.asker;
            let d = u64::from(asker.dimension());
            let draws = match (asker.draws(), self.votes_by) {
                (None, _) => 0,
                (Some(draws), VotesBy::Draws) => u64::from(draws),
                // A median takes about three times as long as a normal.
                (Some(draws), VotesBy::Median | VotesBy::Checked) => u64::from(draws.min(3)),
            };
            let asked = case.queries.iter().map(|queries| asker.spend(*queries).questions);
            let asked = asked.max().unwrap_or(0);
            let a_question = match asker.attack() {
                QueryAttack::Nes => 2 * d + draws,
                _ => 2 + draws,
            };
            let judged = 1 + case.queries.len() as u64;
            let moves = judged.saturating_mul(4 * d + draws);
            4 * d + moves.saturating_add(asked.saturating_mul(a_question))
        };
        self.cases.iter().map(case).fold(0, u64::saturating_add)
    }

    /// Samples in a batch.
    #[must_use]
    pub fn batch(&self) -> u64 {
        batch(BATCH, self.cost())
    }

    /// Makes the question ready for the samples of a drawing.
    #[must_use]
    pub fn sampler(self, drawing: &Drawing) -> QueryGames {
        QueryGames { question: self, drawing: *drawing }
    }
}

/// A question and a drawing: any batches, in any order.
#[derive(Debug, Clone)]
pub struct QueryGames {
    question: QueryQuestion,
    drawing: Drawing,
}

impl Sampler for QueryGames {
    fn name(&self) -> &'static str {
        "query"
    }

    fn batch(&self) -> u64 {
        self.question.batch()
    }

    fn tally_len(&self) -> usize {
        self.question.cases.iter().map(|case| 1 + ENTRIES * case.queries.len()).sum()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        use rayon::prelude::*;
        let Drawing { seed, samples, level, .. } = self.drawing;
        let size = self.batch();
        let monitored = &Monitored::new(monitor);
        let empty = || vec![0; self.tally_len()];
        let tally = batches
            .into_par_iter()
            .fold(empty, |mut tally, number| {
                let samples = size.min(samples - number * size);
                let batch = Batch { seed, number, samples: samples as usize, monitored };
                if !monitored.asks_to_give_up() {
                    world::count_batch(level, &self.question, level, batch, &mut tally);
                    monitor.counted(samples);
                }
                tally
            })
            .reduce(empty, |mut total, more| {
                super::sampler::add(&mut total, &more);
                total
            });
        (!monitored.is_given_up()).then_some(tally)
    }

    fn is_possible(&self, tally: &[u64], samples: u64) -> bool {
        let most = samples.saturating_mul(COSINE_UNIT);
        let possible = |counts: &QueryCounts| {
            counts.clean_correct.max(counts.adversarial_correct) <= samples
                && counts.cosines <= most
                && counts.cosine_squares <= counts.cosines
        };
        tally.len() == self.tally_len()
            && self.question.counts(tally).iter().flatten().all(possible)
    }
}
