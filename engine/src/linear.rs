//! Linear classifiers in d dimensions, simulated with real vectors.
//!
//! ```text
//! y = 1 with probability prior, else −1      θ = m + sigma·L_S z, as many as vote
//! x = y·μ + L z, LLᵀ = Σ                     δ = −y·ε·v, ‖v‖_p = 1, w·v = ‖w‖_q
//! a vote      sgn(w·(x + δ + θ) + b), taken as (w·(x + δ) + w·θ) + b
//! ```
//!
//! Theory answers the same questions through one dimension, w·μ and wᵀΣw. Nothing of that is used here: the
//! root L is our own (`linear/factor.rs`), the perturbation is a vector that is added to x
//! ([`direction()`]), θ is a vector, and every vote is drawn. The only liberty is that w·(x + δ + θ) is the
//! sum of two dot products, of w with the vector x + δ and of w with the vector θ.
//!
//! A margin of exactly 0 counts as wrong. The vote without limit is by definition the classifier without
//! spread, sgn(w·(x + m) + b), and so is any vote where sigma or the whole of S is 0. A tie of an even number
//! of votes is for the class that a fair coin says, the same coin for both inputs that share θ.
//!
//! **Who is right under attack is right without**, where both inputs share θ, in floating point too: as each
//! vᵢ has the sign of wᵢ, every term of y·w·(x + δ) is at most that of y·w·x, rounding keeps the order of two
//! numbers, and both sums are formed in the same order. For the same reason a larger ε is never better.
//!
//! **What is shared.** Contestants share y, z and x, and those with the same number of votes their θ up to
//! sigma, so that differences between them are far more precise than the numbers themselves.
//!
//! All of it is in double precision with +, −, ×, ÷ and √, each sum in a fixed order, from normals of
//! [`super::normal`]. Weights and bias are first multiplied by the power of two that brings the largest
//! weight into [1, 2), which changes no verdict. Rounding moves a margin by about 1e-16 of Σ|wᵢ|·√Σᵢᵢ:
//! this matters only where √(wᵀΣw) is smaller by many orders of magnitude, which takes a correlation
//! matrix with a condition number of at least 1e11/d (`docs/sampling.md`).

// Loops over an index of arrays of fixed length become vectors; loops over iterators did not.
#![allow(clippy::needless_range_loop)]
// `dispatched!` hands every body the multiply-add of its level; here none is used.
#![allow(clippy::extra_unused_type_parameters)]

mod direction;
mod dots;
mod factor;
mod kernel;
mod normals;
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

/// Samples in a batch, or fewer ([`LinearQuestion::batch`]): few, since a sample may cost milliseconds.
///
/// ```
/// use gauss_sim_engine::BATCH;
/// use gauss_sim_engine::linear::LINEAR_BATCH;
///
/// // A run in d dimensions has a batch for each core much earlier.
/// assert_eq!(BATCH / LINEAR_BATCH, 256);
/// ```
pub const LINEAR_BATCH: u64 = 256;

/// How far P[w·(x + δ + θ) + b > 0] may be from its exact value with one θ, or none, because normals are
/// made of a finite number of bits, in up to 10 000 dimensions. `docs/sampling.md` derives it, and
/// estimates a tenth; at 1e10 samples one standard deviation of an estimate is 5e-6.
pub const LINEAR_BIAS: f64 = 1.6e-6;

/// The same of a contestant's accuracy under this protocol with this many votes: the law of x once, and
/// for each try that of a vote, which can move a majority of n by √n times as much.
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

/// One classifier under judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Contestant {
    /// What it says.
    pub rule: Rule,
    /// Which θ it sees; `None`: none at all, sgn(w·x + b).
    pub noise: Option<LinearNoise>,
    /// Its own budgets in the norm of the question, ascending.
    pub eps: Vec<Eps>,
}

/// How much of the defense's θ a classifier sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearNoise {
    /// What multiplies θ − m: from 0 to 1e15, dimensionless. 0 leaves θ = m.
    pub sigma: f64,
    /// How many θ vote.
    pub votes: Votes,
}

/// What is asked: which classifiers, against which budgets, made ready to count.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearQuestion {
    contestants: Vec<Contestant>,
    draws: DrawProtocol,
    prior: f64,
    /// Whether the prior is ½: the class is then a bit that is left over.
    even: bool,
    mean: Vec<f64>,
    data: Factor,
    /// m, zeros without a defense.
    shift: Vec<f64>,
    theta: Factor,
    /// The contestants and, last, the undefended classifier.
    judges: Vec<Judge>,
    voters: Vec<Voters>,
    slots: usize,
}

/// A contestant in the kernel's terms.
#[derive(Debug, Clone, PartialEq)]
struct Judge {
    says: Says,
    budgets: Vec<f64>,
    /// Where its numbers are: here without an attack, behind it one for each budget.
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

/// The contestants that share θ: those of the same number of votes.
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
    /// `contestants` on one task, attacked in `norm`, their θ drawn for the attacked input as `draws` says.
    /// [`MarginCounts::invariant`] compares each with `undefended`, which sees x alone.
    ///
    /// Fails where dimensions differ, a constant is not +1 or −1, budgets are not in order, sigma is not
    /// from 0 to 1e15, or a contestant sees the θ of a defense that there is not. Costs d³/6
    /// multiply-adds for each full covariance.
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
        // Theory grants that the data have full rank; of the defense, shares that rounding alone would
        // leave are nothing.
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

    /// The classifiers, in the order of [`Counts::margins`].
    #[must_use]
    pub fn contestants(&self) -> &[Contestant] {
        &self.contestants
    }

    /// How θ is drawn for the attacked input.
    #[must_use]
    pub fn draws(&self) -> DrawProtocol {
        self.draws
    }

    /// d.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.mean.len()
    }

    /// How many samples a batch has: [`LINEAR_BATCH`], or fewer where a sample is expensive. Batch b of a run holds
    /// samples b·batch up to (b + 1)·batch.
    #[must_use]
    pub fn batch(&self) -> u64 {
        batch::batch(LINEAR_BATCH, self.cost())
    }

    /// What a sample costs, in units of [`super::batch`]: a normal costs some 8, a product and its sum a third. A
    /// vector of a full covariance takes d²/2 of these, each classifier d at each budget.
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

    /// Nothing counted yet.
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

/// Weights and bias times the power of two that brings the largest weight into [1, 2). No verdict depends on
/// it, and no product leaves the range of a double.
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

/// w·v in the order of every dot product here.
fn dot_with(weights: &[f64], v: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    for (i, (w, v)) in weights.iter().zip(v).enumerate() {
        sums[i % 4] += w * v;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

impl Run {
    /// Draws the samples and counts them for `question`, on rayon's current pool: in
    /// [`Counts::margins`] one entry a contestant. `done` is told after each batch how many samples it had, from any
    /// thread.
    ///
    /// There is one kernel; [`Run::kernel`] does not matter here. `tests/linear_engine.rs` says the
    /// same thing in plain loops, with the same counts.
    pub fn count_linear(&self, question: &LinearQuestion, done: &(dyn Fn(u64) + Sync)) -> Counts {
        let batches = 0..self.samples.div_ceil(question.batch());
        self.counts_linear(question, batches, &done).unwrap_or_else(|| question.empty())
    }

    /// Makes `question` ready, so that its batches can be counted some at a time.
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

/// A run and a question made ready: any batches, in any order, as [`super::Prepared`].
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
        self.level = level;
        kernel::count_batch(level, self, batch, counts);
    }
}
