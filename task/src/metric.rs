//! What is compared, and the claims of the paper by name.

use std::fmt;

/// A claim of the paper. `metric` is larger for a better defense in what follows; of the attack
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
    /// The metric strictly decreases in the number of votes while the rate of invariance increases.
    VoteTradeOff,
}

impl Claim {
    /// All of them, in the order of the paper's argument.
    pub const ALL: [Self; 6] = [
        Self::DefenseHelps,
        Self::TrainingHurts,
        Self::TrainingKeepsSome,
        Self::TradeOff,
        Self::VoteRestores,
        Self::VoteTradeOff,
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
            Self::VoteTradeOff => "vote-trade-off",
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
