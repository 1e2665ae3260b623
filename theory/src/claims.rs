//! The claims of the paper as predicates over (sigma, eps): where each holds, and where not.
//!
//! A claim says that one number is larger than another; their difference, as a function of sigma
//! and eps, is its *lead*: the claim holds where the lead is positive. Which numbers these are
//! depends on the metric and on the draw protocol, and so does the answer.
//! Source: Gao, Shumailov, Fawaz, Papernot, arXiv 2206.09491, section 4; where the claims hold is
//! derived here.

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
