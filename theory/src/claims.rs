//! The claims of the paper as predicates over (sigma, eps): where each holds, and where it fails.
//!
//! A claim says that one number is larger than another; their difference, as a function of sigma and eps, is its
//! *lead*: the claim holds where the lead is positive. The numbers depend on the metric and on the draw protocol, and
//! so does the answer.
//!
//! The trade-off is a statement about all thresholds at once. Every accuracy is even in u = shift − k, and for one
//! shared draw, with a = mean/s, e = ε/s, v = u/s, s² = data_std² + sigma², the chain rule gives
//!
//! ```text
//! d ln A(ε)/du = −(u/s²)·G(a − e, v),   A(ε) = ½[Φ(a − e + v) + Φ(a − e − v)]
//! G(x, v) = [φ(x − v) − φ(x + v)]/v / [Φ(x − v) + Φ(x + v)],   G(x, 0) = x·φ(x)/Φ(x)
//! ```
//!
//! so A(ε)/A(0) decreases in k exactly where G(a, v) > G(a − e, v), and the claim holds if it does for all v from 0
//! to shift/s; the adversarial accuracy decreases exactly if ε > mean, as G has the sign of its first argument. At
//! the paper's parameters v = 0 decides: the robust accuracy decreases for every ε if mean/s is to the left of the
//! maximum of G(x, 0), at 0.839923675…, that is from `sigma* = √(1/0.839923675…² − 1) = 0.646135544…` on; for smaller
//! sigma, it only decreases above the `ε*` with `G((1 − ε*)/s, 0) = G(1/s, 0)`, which tends to 0.307937521… as sigma
//! → 0.
//!
//! For the orders of two stages: as ε → 0, a robust accuracy is 1 − ε·f(0)/A(0) to first order, with f the density of
//! the margin, so the stage with the smaller f(0)/A(0) is the more robust one;
//! `f(0) = [φ((mean + u)/s) + φ((mean − u)/s)]/(2s)`. At the paper's parameters the orders hold for every ε from
//! sigma = 0.6269751… (undefended < defended), 0.4893840… (trained < defended) and 1.0430237… (undefended < trained)
//! on.
//!
//! The orders of votes are decided, beyond some number of votes, by the leading term of voted(n) − undefended in 1/n,
//! whose sign, for every sigma, is that of G(a, 0) − G(a − e, 0) at sigma = 0: at the paper's parameters both
//! [`Claim::VoteRestores`] and [`Claim::VoteTradeOff`] hold above ε = 0.307937521… for one shared draw; whether they
//! hold below depends on smaller numbers of votes ([`LADDER`]). For fresh draws without an attack and for several
//! tries, the leading term is proportional to −1/√n, so the robust accuracy finally increases with votes, as
//! invariance does.
//!
//! Whether a claim holds is answered at a point by [`Case::verdict`], the sign of [`Case::lead`], which may be that
//! it [cannot be told](Verdict::CannotBeTold); over a region by [`audit`], and the curve between by [`frontier`]; and
//! for all points of a region by [`proof`], which is based on [`enclosure`].
//!
//! Source: Gao, Shumailov, Fawaz, Papernot, arXiv 2206.09491, section 4; the regions in which the claims hold are
//! derived here.
//!
//! ```
//! use gauss_sim_theory::claims::{Case, VoteSteps};
//! use task::{Claim, Metric};
//! use task::{DrawProtocol, Task};
//!
//! let (draws, task, votes) = (DrawProtocol::Same, Task::default(), VoteSteps::All);
//! let case = |claim, metric| Case { claim, metric, draws, task, shift: 1.0, votes };
//! // the paper's claim, at its usual point and at a counterexample
//! let trade_off = case(Claim::TradeOff, Metric::RobustAccuracy);
//! assert!(trade_off.lead(1.0, 0.5)?.value > 0.0);
//! assert!(trade_off.lead(0.3, 0.1)?.value < 0.0);
//! // by the unconditional accuracy it fails at both
//! let unconditional = case(Claim::TradeOff, Metric::AdversarialAccuracy);
//! assert!(unconditional.lead(1.0, 0.5)?.value < 0.0 && unconditional.lead(0.3, 0.1)?.value < 0.0);
//! // undefended < defended as ε → 0: from sigma = 0.6269751… on
//! let defense_helps = case(Claim::DefenseHelps, Metric::RobustAccuracy);
//! assert!(defense_helps.lead(0.626975, 0.0)?.value < 0.0);
//! assert!(defense_helps.lead(0.626976, 0.0)?.value > 0.0);
//! # Ok::<(), task::DomainError>(())
//! ```

mod along_votes;
pub mod audit;
pub mod enclosure;
mod family;
mod field;
pub mod frontier;
mod lead;
pub mod proof;
mod search;
mod sides;
mod steps;
mod verdict;

pub use along_votes::LADDER;
pub use steps::{Listed, VoteSteps};
pub use verdict::Verdict;

use crate::math::bounded::Bounded;
use task::{Claim, Defense, DomainError, DrawProtocol, Eps, Metric, Stage, Task};

/// One claim under one definition: its metric, its draw protocol, and its task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// The claim.
    pub claim: Claim,
    /// The metric that is compared.
    pub metric: Metric,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: DrawProtocol,
    /// The data.
    pub task: Task,
    /// The mean of θ.
    pub shift: f64,
    /// The numbers of votes that the claims along votes compare.
    pub votes: VoteSteps,
}

/// The two stages that a claim compares at a point, and the difference between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The stages. The claim says that the second is the better one or, for [`Claim::VoteRestores`], that it is
    /// closer to the undefended classifier.
    pub stages: [Stage; 2],
    /// By how much it is, in units of the metric; negative if the claim fails.
    pub margin: Bounded,
}

impl Case {
    /// Returns whether the claim holds at this point, as far as can be told: the sign of [`Case::lead`].
    ///
    /// Fails if `shift`, `sigma` or `eps` is outside its domain.
    pub fn verdict(&self, sigma: f64, eps: f64) -> Result<Verdict, DomainError> {
        self.lead(sigma, eps).map(Verdict::of)
    }

    /// Returns the two stages that decide the claim at this point: for an order of two stages, these two; for a
    /// statement about many, the two that contradict it the most or, if none do, the first and the last of them. The
    /// margin is in units of the metric.
    ///
    /// Fails if `shift`, `sigma` or `eps` is outside its domain.
    pub fn contrast(&self, sigma: f64, eps: f64) -> Result<Contrast, DomainError> {
        let defense = Defense::new(self.shift, sigma)?;
        let eps = Eps::new(eps)?;
        match (self.pair(), self.claim) {
            (Some(stages), _) => {
                let [first, second] = [
                    stages[0].margin(&self.task, &defense)?,
                    stages[1].margin(&self.task, &defense)?,
                ];
                Ok(Contrast { stages, margin: self.gain(&first, &second, eps) })
            }
            (None, Claim::VoteRestores | Claim::VoteTradeOff) => {
                along_votes::contrast(self, &defense, eps)
            }
            (None, _) => family::contrast(self, &defense, eps),
        }
    }

    /// Returns the verdict on each step between the listed numbers of votes; none for other claims, and if no numbers
    /// are listed.
    ///
    /// Fails if `shift`, `sigma` or `eps` is outside its domain.
    pub fn steps(&self, sigma: f64, eps: f64) -> Result<Vec<Verdict>, DomainError> {
        let defense = Defense::new(self.shift, sigma)?;
        let eps = Eps::new(eps)?;
        match self.votes.listed().filter(|_| self.claim.is_along_votes()) {
            Some(votes) => along_votes::steps(self, &defense, eps, votes),
            None => Ok(Vec::new()),
        }
    }
}
