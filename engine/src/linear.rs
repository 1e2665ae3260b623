//! Linear classifiers in d dimensions, simulated with real vectors.
//!
//! ```text
//! y = 1 with probability prior, else −1      θ = m + sigma·L_S z, as many as vote
//! x = y·μ + L z, LLᵀ = Σ                     δ = −y·ε·v, ‖v‖_p = 1, w·v = ‖w‖_q
//! a vote      sgn(w·(x + δ + θ) + b), taken as (w·(x + δ) + w·θ) + b
//! ```
//!
//! The exact theory answers the same questions in one dimension, through w·μ and wᵀΣw. Nothing of that is used here:
//! the root L is computed by this crate (`linear/factor.rs`), the perturbation is a vector that is added to x
//! ([`direction()`]), θ is a vector, and every vote is drawn. The only simplification is that w·(x + δ + θ) is the
//! sum of two dot products, of w with the vector x + δ and of w with the vector θ.
//!
//! A margin of exactly 0 counts as wrong. The vote in the limit of infinitely many draws is by definition the
//! classifier without spread, sgn(w·(x + m) + b), and so is any vote where sigma or the whole of S is 0. A tie of an
//! even number of votes is decided by a fair coin for the class, the same coin for both inputs that share θ.
//!
//! **What is right under attack is right without it** if both inputs share θ, even in floating point: as each vᵢ has
//! the sign of wᵢ, every term of y·w·(x + δ) is at most that of y·w·x, rounding preserves the order of two numbers,
//! and both sums are computed in the same order. For the same reason, the accuracy never increases with ε.
//!
//! **Shared draws.** Contestants share y, z and x, and those with the same number of votes share their θ up to sigma,
//! so that differences between them are far more precise than the numbers themselves.
//!
//! Everything is computed in double precision with +, −, ×, ÷ and √, each sum in a fixed order, from normals of
//! [`super::normal`]. Weights and bias are first multiplied by the power of two that brings the largest weight into
//! [1, 2), which changes no verdict. Rounding moves a margin by about 1e-16 of Σ|wᵢ|·√Σᵢᵢ: this matters only if
//! √(wᵀΣw) is smaller by many orders of magnitude, which requires a correlation matrix with a condition number of at
//! least 1e11/d (`docs/sampling.md`).
//! matrix with a condition number of at least 1e11/d (`docs/sampling.md`).

// The compiler vectorises loops over an index of fixed-length arrays, but not loops over iterators.
#![allow(clippy::needless_range_loop)]
// `dispatched!` passes the multiply-add of its level to every body; none is used here.
#![allow(clippy::extra_unused_type_parameters)]

mod classes;
mod direction;
mod dots;
mod factor;
mod kernel;
pub mod smoothed;

use std::ops::Range;

use task::linear::{Covariance, LinearDefense, LinearTask, Rule};
use task::{DrawProtocol, EntryError, Eps, MAX_MAGNITUDE, Norm, Prior, Votes};

use super::batch;
use super::counts::{Counts, MarginCounts};
use super::dispatch::Level;
use super::draws::Batch;
use super::sampler::Sampler;
use super::stream::Purpose;
use super::{BatchKernel, Monitor, Run};
pub use direction::direction;
use factor::Factor;
use kernel::Linear;

/// The number of samples in a batch, unless it has fewer ([`LinearQuestion::batch`]): small, since a sample may take
/// milliseconds.
///
/// ```
/// use gauss_sim_engine::BATCH;
/// use gauss_sim_engine::linear::LINEAR_BATCH;
///
/// // A run in d dimensions has a batch for each core much earlier.
/// assert_eq!(BATCH / LINEAR_BATCH, 256);
/// ```
pub const LINEAR_BATCH: u64 = 256;

/// The largest difference between P[w·(x + δ + θ) + b > 0] and its exact value with one θ, or none, because normals
/// are made of finitely many bits, in up to 10 000 dimensions. `docs/sampling.md` derives it, and estimates a tenth
/// of it; at 1e10 samples, one standard deviation of an estimate is 5e-6.
pub const LINEAR_BIAS: f64 = 1.6e-6;

/// Returns the same for a contestant's accuracy under this protocol with this many votes: the error of the law of x
/// once, and for each try that of a vote, which can move a majority of n by √n times as much.
#[must_use]
pub fn bias(draws: DrawProtocol, votes: Votes) -> f64 {
    match votes {
        Votes::Limit => LINEAR_BIAS,
        Votes::Finite(n) => {
            let tries = f64::from(draws.tries().max(1));
            LINEAR_BIAS * (1.0 + tries * f64::from(n.get()).sqrt())
        }
    }
}

/// A classifier to count.
#[derive(Debug, Clone, PartialEq)]
pub struct Contestant {
    /// The decision rule.
    pub rule: Rule,
    /// The θ that it sees; `None` for no θ at all, sgn(w·x + b).
    pub noise: Option<LinearNoise>,
    /// The budgets in the norm of the question, ascending.
    pub eps: Vec<Eps>,
}

/// The part of the defense's θ that a classifier sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearNoise {
    /// The factor of θ − m: from 0 to 1e15, dimensionless. 0 leaves θ = m.
    pub sigma: f64,
    /// The number of θ that vote.
    pub votes: Votes,
}

/// The classifiers and the budgets against which they are attacked, prepared for counting.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearQuestion {
    contestants: Vec<Contestant>,
    draws: DrawProtocol,
    prior: f64,
    /// Whether the prior is ½: the class is then a spare bit.
    even: bool,
    mean: Vec<f64>,
    data: Factor,
    /// m; zeros without a defense.
    shift: Vec<f64>,
    theta: Factor,
    /// The contestants and, last, the undefended classifier.
    judges: Vec<Judge>,
    voters: Vec<Voters>,
    slots: usize,
}

/// A contestant as the kernel represents it.
#[derive(Debug, Clone, PartialEq)]
struct Judge {
    says: Says,
    budgets: Vec<f64>,
    /// The index of its numbers: that without an attack first, followed by one for each budget.
    slot: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Says {
    Constant(i8),
    Sign(Sign),
}

#[derive(Debug, Clone, PartialEq)]
struct Sign {
    weights: Vec<f64>,
    bias: f64,
    direction: Vec<f64>,
    /// w·m; 0 if it sees no θ.
    shift: f64,
    /// 0 if it sees no spread.
    sigma: f64,
}

/// The contestants that share θ: those with the same number of votes.
#[derive(Debug, Clone, PartialEq)]
struct Voters {
    votes: u32,
    judges: Vec<usize>,
}

impl Voters {
    fn purpose(&self, second: bool) -> Purpose {
        match (self.votes, second) {
            (1, false) => Purpose::LinearDraw,
            (n, false) => Purpose::LinearVotes(n),
            (1, true) => Purpose::LinearSecondDraw,
            (n, true) => Purpose::LinearSecondVotes(n),
        }
    }
}

impl Judge {
    fn slots(&self) -> Range<usize> {
        self.slot..self.slot + 1 + self.budgets.len()
    }
}

#[allow(clippy::needless_pass_by_value)] // numbers and texts alike
fn error(name: String, value: impl std::fmt::Display, expected: impl Into<String>) -> EntryError {
    EntryError { name, value: value.to_string(), expected: expected.into() }
}

impl LinearQuestion {
    /// Creates a question with `contestants` on one task, attacked in `norm`, and θ for the attacked input drawn
    /// according to `draws`. [`MarginCounts::invariant`] compares each contestant with `undefended`, which sees only
    /// x.
    ///
    /// Fails if dimensions differ, a constant is not +1 or −1, budgets are not in order, sigma is not from 0 to 1e15,
    /// or a contestant sees the θ of a missing defense. Takes d³/6 multiply-adds for each full covariance.
    pub fn new(
        task: &LinearTask,
        defense: Option<&LinearDefense>,
        norm: Norm,
        undefended: Rule,
        contestants: Vec<Contestant>,
        draws: DrawProtocol,
    ) -> Result<Self, EntryError> {
        let d = task.dimension();
        let shift = match defense {
            Some(defense) if defense.mean().len() != d => {
                let expected = format!("{d}, as the mean of the data has");
                return Err(error("length of shift".to_owned(), defense.mean().len(), expected));
            }
            Some(defense) => defense.mean().to_vec(),
            None => vec![0.0; d],
        };
        // The data are known to have full rank; for the defense, shares that rounding alone could leave count as 0.
        let rounding = 8.0 * d as f64 * f64::EPSILON;
        let theta = match defense {
            Some(defense) => Factor::new(defense.covariance(), d, rounding),
            None => Factor::new(&Covariance::zero(), d, rounding),
        };
        let plain = Contestant { rule: undefended, noise: None, eps: Vec::new() };
        let names = (0..contestants.len()).map(|i| format!("contestants[{i}]"));
        let names = names.chain(["undefended".to_owned()]);
        let (mut judges, mut voters, mut slots) = (Vec::new(), Vec::new(), 0);
        for (name, contestant) in names.zip(contestants.iter().chain([&plain])) {
            check(&name, contestant, d, defense.is_some())?;
            let says = match &contestant.rule {
                Rule::Constant(class) => Says::Constant(*class),
                Rule::Linear(rule) => {
                    let (weights, bias) = scaled(rule.weights(), rule.bias());
                    let shift = contestant.noise.map_or(0.0, |_| dot_with(&weights, &shift));
                    let sigma = contestant.noise.map_or(0.0, |noise| noise.sigma);
                    let direction = direction(norm, &weights);
                    Says::Sign(Sign { weights, bias, direction, shift, sigma })
                }
            };
            if theta.rank() > 0
                && matches!(&says, Says::Sign(sign) if sign.sigma > 0.0)
                && let Some(LinearNoise { votes: Votes::Finite(n), .. }) = contestant.noise
            {
                vote_among(&mut voters, n.get(), judges.len());
            }
            let budgets: Vec<f64> = contestant.eps.iter().map(|eps| eps.get()).collect();
            judges.push(Judge { says, budgets, slot: slots });
            slots += 1 + contestant.eps.len();
        }
        Ok(Self {
            contestants,
            draws,
            prior: task.prior().get(),
            even: task.prior() == Prior::HALF,
            mean: task.mean().to_vec(),
            data: Factor::new(task.covariance(), d, 0.0),
            shift,
            theta,
            judges,
            voters,
            slots,
        })
    }

    /// Returns the classifiers, in the order of [`Counts::margins`].
    #[must_use]
    pub fn contestants(&self) -> &[Contestant] {
        &self.contestants
    }

    /// Returns how θ is drawn for the attacked input.
    #[must_use]
    pub fn draws(&self) -> DrawProtocol {
        self.draws
    }

    /// Returns d.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.mean.len()
    }

    /// Returns the number of samples in a batch: [`LINEAR_BATCH`], or fewer if a sample is expensive. Batch b of a
    /// run holds samples b·batch up to (b + 1)·batch.
    #[must_use]
    pub fn batch(&self) -> u64 {
        batch::batch(LINEAR_BATCH, self.cost())
    }

    /// Returns the cost of a sample, in units of [`super::batch`]: a normal costs some 8, a product and its sum a
    /// third. A vector of a full covariance takes d²/2 of these, each classifier d at each budget.
    fn cost(&self) -> u64 {
        let d = self.dimension() as u64;
        let vector = |factor: &Factor| {
            let rank = factor.rank() as u64;
            let products = if factor.is_full() { d * rank / 2 } else { d };
            (8 * rank).saturating_add(products / 3)
        };
        let slots = |judges: &[usize]| {
            judges.iter().map(|judge| self.judges[*judge].slots().len() as u64).sum::<u64>()
        };
        let all: Vec<usize> = (0..self.judges.len()).collect();
        let data = vector(&self.data).saturating_add(d * slots(&all) / 3);
        let tries = 1 + u64::from(self.draws.tries());
        let votes = self.voters.iter().map(|voters| {
            let one = vector(&self.theta).saturating_add(d * voters.judges.len() as u64 / 3);
            one.saturating_add(slots(&voters.judges))
                .saturating_mul(u64::from(voters.votes))
                .saturating_mul(tries)
        });
        votes.fold(data, u64::saturating_add)
    }

    fn undefended(&self) -> &Judge {
        &self.judges[self.contestants.len()]
    }

    /// Returns counts of 0.
    #[must_use]
    pub fn empty(&self) -> Counts {
        let apart = |judge: usize| {
            self.draws.tries() > 0 && self.voters.iter().any(|v| v.judges.contains(&judge))
        };
        let counts_of = |(i, c): (usize, &Contestant)| MarginCounts::new(c.eps.len(), apart(i));
        Counts { samples: 0, margins: self.contestants.iter().enumerate().map(counts_of).collect() }
    }
}

fn vote_among(voters: &mut Vec<Voters>, votes: u32, judge: usize) {
    match voters.iter_mut().find(|known| known.votes == votes) {
        Some(known) => known.judges.push(judge),
        None => voters.push(Voters { votes, judges: vec![judge] }),
    }
}

fn check(name: &str, contestant: &Contestant, d: usize, defended: bool) -> Result<(), EntryError> {
    match &contestant.rule {
        Rule::Linear(rule) if rule.weights().len() != d => {
            let (found, expected) = (rule.weights().len(), format!("{d}, as the mean has"));
            return Err(error(format!("length of the weights of {name}"), found, expected));
        }
        Rule::Constant(class) if *class != 1 && *class != -1 => {
            return Err(error(format!("class of {name}"), class, "1 or -1"));
        }
        _ => {}
    }
    if let Some(noise) = contestant.noise {
        if !defended {
            let expected = "none, as there is no defense";
            return Err(error(format!("noise of {name}"), noise.sigma, expected));
        }
        if !(0.0..=MAX_MAGNITUDE).contains(&noise.sigma) {
            let expected = "a number from 0 to 1e15";
            return Err(error(format!("sigma of {name}"), noise.sigma, expected));
        }
    }
    match contestant.eps.windows(2).find(|pair| pair[0] > pair[1]) {
        Some(pair) => {
            let value = format!("{} before {}", pair[0].get(), pair[1].get());
            Err(error(format!("eps of {name}"), value, "budgets in ascending order"))
        }
        None => Ok(()),
    }
}

/// Scales weights and bias by the power of two that brings the largest weight into [1, 2). No verdict depends on it,
/// and no product leaves the range of a double.
fn scaled(weights: &[f64], bias: f64) -> (Vec<f64>, f64) {
    let mut top = weights.iter().fold(0.0f64, |top, w| top.max(w.abs()));
    let (mut weights, mut bias) = (weights.to_vec(), bias);
    // Exact steps; what falls below the range is less than 1e-300 of the largest weight.
    for exponent in [512, 256, 128, 64, 32, 16, 8, 4, 2, 1] {
        let power = f64::from_bits((1023 + exponent) << 52);
        let rest = f64::from_bits((1023 - exponent) << 52);
        for _ in 0..2 {
            let factor = if top >= power {
                rest
            } else if top < rest * 2.0 {
                power
            } else {
                continue;
            };
            top *= factor;
            bias *= factor;
            weights.iter_mut().for_each(|w| *w *= factor);
        }
    }
    (weights, bias)
}

/// Returns w·v, summed in the order of all dot products of this module.
fn dot_with(weights: &[f64], v: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    for (i, (w, v)) in weights.iter().zip(v).enumerate() {
        sums[i % 4] += w * v;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

impl Run {
    /// Draws the samples and counts them for `question`, on rayon's current pool: [`Counts::margins`] has one entry
    /// per contestant. After each batch, `done` is called with its number of samples, from any thread.
    ///
    /// There is one kernel; [`Run::kernel`] does not matter here. `engine/tests/linear/literal.rs` does the same in
    /// plain loops, with the same counts.
    pub fn count_linear(&self, question: &LinearQuestion, done: &(dyn Fn(u64) + Sync)) -> Counts {
        let batches = 0..self.samples.div_ceil(question.batch());
        self.counts_linear(question, batches, &done).unwrap_or_else(|| question.empty())
    }

    /// Prepares `question`, so that its batches can be counted a few at a time.
    #[must_use]
    pub fn prepare_linear(&self, question: LinearQuestion) -> PreparedLinear {
        PreparedLinear { run: *self, question }
    }

    fn counts_linear(
        &self,
        question: &LinearQuestion,
        batches: Range<u64>,
        monitor: &dyn Monitor,
    ) -> Option<Counts> {
        self.batches_of(batches, &Linear::new(question), &|| question.empty(), monitor)
    }
}

/// A run and a prepared question, for counting any batches in any order, like [`super::Prepared`].
pub struct PreparedLinear {
    run: Run,
    question: LinearQuestion,
}

impl Sampler for PreparedLinear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn batch(&self) -> u64 {
        self.question.batch()
    }

    fn tally_len(&self) -> usize {
        self.question.empty().flat().len()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        Some(self.run.counts_linear(&self.question, batches, monitor)?.flat())
    }
}

impl BatchKernel for Linear<'_> {
    type Counts = Counts;

    fn batch(&self) -> u64 {
        self.batch
    }

    fn count_batch(&mut self, level: Level, batch: Batch<'_>, counts: &mut Counts) {
        (self.level, self.normals.level) = (level, level);
        kernel::count_batch(level, self, batch, counts);
    }
}
