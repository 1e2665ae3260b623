//! The metrics to compare, and the claims of the paper by name.

use std::fmt;

/// A claim of the paper. Below, a larger `metric` means a better defense; for the attack success rate, where smaller
/// is better, all orders are reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// undefended < defended: adding noise appears to help.
    DefenseHelps,
    /// trained < defended: training on noisy data loses part of the gain.
    TrainingHurts,
    /// undefended < trained: but it does not lose all of it.
    TrainingKeepsSome,
    /// The metric strictly decreases in k on [0, shift] while the rate of invariance increases.
    TradeOff,
    /// |voted(n) − undefended| falls to 0 as n grows, and at every step.
    VoteRestores,
    /// The metric strictly decreases in the number of votes while the rate of invariance increases.
    VoteTradeOff,
}

impl Claim {
    /// All claims, in the order of the paper's argument.
    pub const ALL: [Self; 6] = [
        Self::DefenseHelps,
        Self::TrainingHurts,
        Self::TrainingKeepsSome,
        Self::TradeOff,
        Self::VoteRestores,
        Self::VoteTradeOff,
    ];

    /// Returns whether it compares numbers of votes.
    #[must_use]
    pub fn is_along_votes(self) -> bool {
        matches!(self, Self::VoteRestores | Self::VoteTradeOff)
    }

    /// Returns the name in rows and on the command line.
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

/// The metric to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The paper's metric: the share of the correctly classified samples that stay correct.
    RobustAccuracy,
    /// The share of all samples that are classified correctly under attack.
    AdversarialAccuracy,
    /// 1 − robust accuracy: smaller is better.
    AttackSuccessRate,
}

impl Metric {
    /// All metrics, the paper's first.
    pub const ALL: [Self; 3] =
        [Self::RobustAccuracy, Self::AdversarialAccuracy, Self::AttackSuccessRate];

    /// Returns the name in rows and on the command line.
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
