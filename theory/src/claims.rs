//! The claims of the paper as predicates over (sigma, eps): where each holds, and where not.
//!
//! A claim says that one number is larger than another; their difference, as a function of sigma
//! and eps, is its *lead*: the claim holds where the lead is positive. Which numbers these are
//! depends on the metric and on the draw protocol, and so does the answer.
//!
//! The trade-off is about all thresholds at once. Every accuracy is even in u = shift − k, and for one shared
//! draw, with a = mean/s, e = ε/s, v = u/s, s² = noise² + sigma², the chain rule gives
//!
//! ```text
//! d ln A(ε)/du = −(u/s²)·G(a − e, v),   A(ε) = ½[Φ(a − e + v) + Φ(a − e − v)]
//! G(x, v) = [φ(x − v) − φ(x + v)]/v / [Φ(x − v) + Φ(x + v)],   G(x, 0) = x·φ(x)/Φ(x)
//! ```
//!
//! so that A(ε)/A(0) falls in k exactly where G(a, v) > G(a − e, v), and the claim holds where it does for
//! all v from 0 to shift/s; the adversarial accuracy falls exactly where ε > mean, as G has the sign of x.
//! At the paper's parameters v = 0 decides: the robust accuracy falls for every ε if mean/s is left of the
//! maximum of G(x, 0), at 0.839923675…, that is from `sigma* = √(1/0.839923675…² − 1) = 0.646135544…` on;
//! below, only above the `ε*` with `G((1 − ε*)/s, 0) = G(1/s, 0)`, which tends to 0.307937521… as sigma → 0.
//!
//! The orders of two stages: as ε → 0, a robust accuracy is 1 − ε·f(0)/A(0) to first order, f the density of
//! the margin, so that the smaller f(0)/A(0) is the more robust;
//! `f(0) = [φ((mean + u)/s) + φ((mean − u)/s)]/(2s)`. At the paper's parameters the orders hold for every ε
//! from sigma = 0.6269751… (undefended < defended), 0.4893840… (trained < defended) and 1.0430237…
//! (undefended < trained) on.
//!
//! Where a claim holds: at a point [`Case::lead`], over a grid [`audit`], the curve between [`frontier`];
//! proven for all points of a region [`proof`], which rests on [`enclosure`].
//!
//! Source: Gao, Shumailov, Fawaz, Papernot, arXiv 2206.09491, section 4; where the claims hold is
//! derived here.
//!
//! ```
//! use gauss_sim_theory::claims::{Case, Claim, Metric};
//! use gauss_sim_theory::task::{Draws, Task};
//!
//! let case = |claim, metric| Case { claim, metric, draws: Draws::Same, task: Task::default(), shift: 1.0 };
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
//! # Ok::<(), gauss_sim_theory::task::DomainError>(())
//! ```

pub mod audit;
pub mod enclosure;
mod family;
pub mod frontier;
mod lead;
pub mod proof;
mod restored;

pub use restored::LADDER;

use std::fmt;

use crate::bounded::Bounded;
use crate::task::{Defense, DomainError, Draws, Eps, Stage, Task};

/// A claim of the paper. `metric` is larger for a better defence in what follows; of the attack
/// success rate, smaller is better and all orders turn round.
///
/// ```
/// use gauss_sim_theory::claims::Claim;
///
/// let names = Claim::ALL.map(Claim::name);
/// assert_eq!(names[..3], ["defense-helps", "training-hurts", "training-keeps-some"]);
/// assert_eq!(names[3..], ["trade-off", "vote-restores"]);
/// assert_eq!(Claim::TradeOff.to_string(), "trade-off");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// undefended < defended: adding noise looks like a gain.
    DefenseHelps,
    /// trained < defended: training on noisy data gives part of it back.
    TrainingHurts,
    /// undefended < trained: but not all of it.
    TrainingKeepsSome,
    /// The metric strictly decreases in k on [0, shift] while the rate of invariance increases.
    TradeOff,
    /// |voted(n) − undefended| falls to 0 as n grows, and at every step.
    VoteRestores,
}

impl Claim {
    /// All of them, in the order of the paper's argument.
    pub const ALL: [Self; 5] = [
        Self::DefenseHelps,
        Self::TrainingHurts,
        Self::TrainingKeepsSome,
        Self::TradeOff,
        Self::VoteRestores,
    ];

    /// The name in rows and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DefenseHelps => "defense-helps",
            Self::TrainingHurts => "training-hurts",
            Self::TrainingKeepsSome => "training-keeps-some",
            Self::TradeOff => "trade-off",
            Self::VoteRestores => "vote-restores",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is compared.
///
/// ```
/// use gauss_sim_theory::claims::Metric;
///
/// let names = Metric::ALL.map(Metric::name);
/// assert_eq!(names, ["robust_accuracy", "adversarial_accuracy", "attack_success_rate"]);
/// assert_eq!(Metric::RobustAccuracy.to_string(), names[0]); // the column of a row
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The paper's: the share of the correctly classified that stay correct.
    RobustAccuracy,
    /// The share of all that are correct under attack.
    AdversarialAccuracy,
    /// 1 − robust accuracy: smaller is better.
    AttackSuccessRate,
}

impl Metric {
    /// All of them, the paper's first.
    pub const ALL: [Self; 3] =
        [Self::RobustAccuracy, Self::AdversarialAccuracy, Self::AttackSuccessRate];

    /// The name in rows and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "robust_accuracy",
            Self::AdversarialAccuracy => "adversarial_accuracy",
            Self::AttackSuccessRate => "attack_success_rate",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One claim under one definition: by which metric, how θ is drawn, on which task.
///
/// ```
/// use gauss_sim_theory::claims::{Case, Claim, Metric};
/// use gauss_sim_theory::task::{Draws, Task};
///
/// let (claim, metric, task) = (Claim::TrainingHurts, Metric::AdversarialAccuracy, Task::default());
/// let case = Case { claim, metric, draws: Draws::Same, task, shift: 1.0 };
/// // trained < defended in adversarial accuracy: exactly where ε > mean
/// assert!(case.lead(1.0, 1.25)?.value > 0.0 && case.lead(1.0, 0.75)?.value < 0.0);
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// What is claimed.
    pub claim: Claim,
    /// Of which number.
    pub metric: Metric,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: Draws,
    /// The data.
    pub task: Task,
    /// The mean of θ.
    pub shift: f64,
}

/// The two stages that a claim compares at a point, and what there is between them.
///
/// ```
/// use gauss_sim_theory::claims::{Case, Claim, LADDER, Metric};
/// use gauss_sim_theory::task::{Draws, Stage, Task, Votes};
///
/// let (claim, metric, task) = (Claim::VoteRestores, Metric::RobustAccuracy, Task::default());
/// let found = Case { claim, metric, draws: Draws::Same, task, shift: 1.0 }.contrast(1.0, 0.5)?;
/// // at every step of the ladder the vote comes nearer: what is reported are its ends
/// let ends = [LADDER[0], LADDER[LADDER.len() - 1]].map(u64::from);
/// assert_eq!(found.stages[0], Stage::Voted { votes: Votes::new(ends[0])? });
/// assert_eq!(found.stages[1], Stage::Voted { votes: Votes::new(ends[1])? });
/// assert!(found.margin.value > 0.0);
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The claim says that the second is the better one; of [`Claim::VoteRestores`], that it is the
    /// nearer one to the undefended classifier.
    pub stages: [Stage; 2],
    /// By how much it is, in units of the metric; negative where the claim fails.
    pub margin: Bounded,
}

impl Case {
    /// The two stages that decide the claim at this point: for an order of two stages those, for a
    /// statement about many the two that contradict it the most, or, where none do, the first and the
    /// last of them. The margin is in units of the metric.
    ///
    /// Fails where `shift`, `sigma` or `eps` is outside of its domain.
    ///
    /// ```
    /// use gauss_sim_theory::claims::{Case, Claim, Metric};
    /// use gauss_sim_theory::task::{Draws, Stage, Task};
    ///
    /// let (claim, metric, task) = (Claim::DefenseHelps, Metric::RobustAccuracy, Task::default());
    /// let found = Case { claim, metric, draws: Draws::Same, task, shift: 1.0 }.contrast(0.3, 0.1)?;
    /// assert_eq!(found.stages, [Stage::Undefended, Stage::Defended { threshold: 0.0 }]);
    /// // the defended classifier's .969545422 less the undefended one's .969804445
    /// assert!((found.margin.value + 0.000_259_023).abs() < 1e-9);
    /// # Ok::<(), gauss_sim_theory::task::DomainError>(())
    /// ```
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
            (None, Claim::VoteRestores) => restored::contrast(self, &defense, eps),
            (None, _) => family::contrast(self, &defense, eps),
        }
    }
}
