//! Independent sub-problems, simulated: real inputs, the best attack on each, and what is decided from the attacked blocks.
//!
//! ```text
//! y = ±1, equally likely      x = y·mean + L·z          T_j = y·(w_j·x), the distance from block j's boundary
//! one block j is drawn for every sample: what the random choice asks
//! the attack                  blocks by what they cost, the cheapest first, as long as the budget, or the price, allows
//! ```
//!
//! Theory knows how many blocks are turned as a law; here each sample has its distances, they are sorted, and the adversary
//! buys. Two correlated blocks are attacked in the plane: by each of the moves that turns one, and the least that turns both.
//! A linear classifier is moved along its worst direction, and asked again.
//!
//! **What is shared.** All cases share x, y and the block that is drawn, so that differences between rows are far more precise
//! than the rows.

mod attack;
mod kernel;

use std::ops::Range;

use task::blocks::{Attacker, BlockNorm};
use task::linear::{Covariance, LinearTask};
use task::{EntryError, Prior};

use super::batch::{BATCH, Monitored, batch};
use super::draws::Batch;
use super::sampler::{Drawing, Monitor, Sampler};
use kernel::Kernel;

/// How far the probability of an event of one normal may be from its exact value: see `docs/sampling.md`.
const BIAS_OF_A_NORMAL: f64 = 1e-7;
/// Shares of a variance up to this are rounding.
const ROUNDING: f64 = 1e-14;

/// How far the probability of what is counted may be from its exact value, for inputs of so many dimensions: each is one
/// normal, and the drawn block is one of 2³² words.
#[must_use]
pub fn bias(dimension: usize) -> f64 {
    BIAS_OF_A_NORMAL * (1.0 + dimension as f64)
}

/// Who decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Decider {
    /// A block at random.
    Random,
    /// + iff at least so many blocks say +.
    Vote(u32),
    /// sgn(w·x).
    Linear(Vec<f64>),
    /// Always +.
    Constant,
}

/// Who decides, and who attacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// In which norm a move is counted.
    pub norm: BlockNorm,
    /// What holds the adversary back.
    pub attacker: Attacker,
    /// Who decides.
    pub decider: Decider,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct BlocksQuestion {
    mean: Vec<f64>,
    covariance: Covariance,
    /// By block: coordinate and weight, such that w·x is the distance.
    classifiers: Vec<Vec<(usize, f64)>>,
    /// Whether the blocks are two that look at the same coordinates.
    joined: bool,
    mix: f64,
    cases: Vec<Case>,
}

/// What was counted for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseCounts {
    /// Right on x.
    pub clean: u64,
    /// Right on x and under attack: where blocks share an input, a move that turns one may turn another back.
    pub both: u64,
    /// Right under attack.
    pub adversarial: u64,
}

impl BlocksQuestion {
    /// Blocks of the data, with their classifiers' weights by coordinate; `mix` is how often the random choice takes the first
    /// of two. Fails where the classes are not equally likely, where weights are not one for each coordinate, or where blocks that
    /// share coordinates are not two, with an adversary in ℓ2 who has a budget.
    pub fn new(
        task: &LinearTask,
        classifiers: &[Vec<f64>],
        mix: f64,
        cases: Vec<Case>,
    ) -> Result<Self, EntryError> {
        let d = task.dimension();
        if task.prior() != Prior::HALF {
            return Err(EntryError::new("prior", task.prior().get(), "0.5"));
        }
        let lengths =
            classifiers.iter().chain(cases.iter().filter_map(|case| match &case.decider {
                Decider::Linear(weights) => Some(weights),
                _ => None,
            }));
        for weights in lengths {
            if weights.len() != d {
                return Err(EntryError::new("length of weights", weights.len(), d.to_string()));
            }
        }
        let sparse = |weights: &Vec<f64>| {
            weights.iter().copied().enumerate().filter(|(_, w)| *w != 0.0).collect::<Vec<_>>()
        };
        let classifiers: Vec<Vec<(usize, f64)>> = classifiers.iter().map(sparse).collect();
        let used: usize = classifiers.iter().map(Vec::len).sum();
        let mut places: Vec<usize> = classifiers.iter().flatten().map(|(i, _)| *i).collect();
        places.sort_unstable();
        places.dedup();
        let joined = places.len() < used;
        let plain = |case: &Case| {
            case.norm == BlockNorm::Two && matches!(case.attacker, Attacker::Budget(_))
        };
        if joined && (classifiers.len() != 2 || !cases.iter().all(plain)) {
            let expected = "2, attacked in norm 2 by a budget, where they share coordinates";
            return Err(EntryError::new("blocks", classifiers.len(), expected));
        }
        let budgets = cases.iter().all(|case| matches!(case.attacker, Attacker::Budget(_)));
        let two = classifiers.len() == 2 && budgets;
        if !(0.0..=1.0).contains(&mix) || (mix != 0.5 && !two) {
            let expected = "a number from 0 to 1, of two blocks, and against a budget; else 0.5";
            return Err(EntryError::new("mix", mix, expected));
        }
        let (mean, covariance) = (task.mean().to_vec(), task.covariance().clone());
        Ok(Self { mean, covariance, classifiers, joined, mix, cases })
    }

    /// Who decides and who attacks, in the order of the counts.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The counts of a tally, case by case.
    #[must_use]
    pub fn counts(&self, tally: &[u64]) -> Vec<CaseCounts> {
        let at = |place: usize| tally.get(place).copied().unwrap_or(0);
        let of = |case: usize| CaseCounts {
            clean: at(3 * case),
            both: at(3 * case + 1),
            adversarial: at(3 * case + 2),
        };
        (0..self.cases.len()).map(of).collect()
    }

    /// What a vector costs, in multiplications.
    fn vector(&self) -> u64 {
        let d = self.mean.len() as u64;
        if self.covariance.rows().is_some() { d * d } else { d }
    }

    /// What a sample costs.
    fn cost(&self) -> u64 {
        let blocks = self.classifiers.len() as u64;
        let case = |case: &Case| match &case.decider {
            Decider::Linear(weights) => 4 * weights.len() as u64,
            _ => 4 + blocks,
        };
        let cases: u64 = self.cases.iter().map(case).sum();
        4 * self.vector() + 20 * blocks + cases
    }

    /// Makes the question ready for the samples of a drawing.
    #[must_use]
    pub fn sampler(self, drawing: &Drawing) -> BlocksSampler {
        BlocksSampler::new(vec![self], drawing)
    }
}

/// Questions and a drawing: any batches, in any order. The tally has the counts of one question after the other, whose
/// samples come from the same streams.
#[derive(Debug, Clone)]
pub struct BlocksSampler {
    questions: Vec<BlocksQuestion>,
    drawing: Drawing,
}

impl BlocksSampler {
    /// Of several questions.
    #[must_use]
    pub fn new(questions: Vec<BlocksQuestion>, drawing: &Drawing) -> Self {
        Self { questions, drawing: *drawing }
    }
}

impl Sampler for BlocksSampler {
    fn name(&self) -> &'static str {
        "blocks"
    }

    fn batch(&self) -> u64 {
        batch(BATCH, self.questions.iter().map(BlocksQuestion::cost).sum())
    }

    fn tally_len(&self) -> usize {
        self.questions.iter().map(|question| 3 * question.cases.len()).sum()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        use rayon::prelude::*;
        let Drawing { seed, samples, level, .. } = self.drawing;
        let size = self.batch();
        let monitored = &Monitored::new(monitor);
        let kernels: &Vec<Kernel<'_>> =
            &self.questions.iter().map(|question| Kernel::new(question, ROUNDING)).collect();
        let rooms = || kernels.iter().map(|kernel| kernel.room(level)).collect::<Vec<_>>();
        let start = || (rooms(), vec![0; self.tally_len()]);
        let tally = batches
            .into_par_iter()
            .fold(start, |(mut rooms, mut tally), number| {
                if monitored.asks_to_give_up() {
                    return (rooms, tally);
                }
                let samples = size.min(samples - number * size);
                let mut rest = &mut tally[..];
                for (kernel, room) in kernels.iter().zip(&mut rooms) {
                    let (own, others) = rest.split_at_mut(kernel.places());
                    let batch = Batch { seed, number, samples: samples as usize, monitored };
                    kernel::count_batch(level, kernel, room, batch, own);
                    rest = others;
                }
                monitor.counted(samples);
                (rooms, tally)
            })
            .map(|(_, tally)| tally)
            .reduce(
                || vec![0; self.tally_len()],
                |mut total, more| {
                    super::sampler::add(&mut total, &more);
                    total
                },
            );
        (!monitored.is_given_up()).then_some(tally)
    }
}
