//! The rates that several kinds of experiments share: accuracies with and without the attack, and the rate of
//! invariance.

use engine::counts::Counts;
use task::{DrawProtocol, Votes};
use theory::accuracy::Accuracies;
use theory::math::bounded::Bounded;

use super::grid::EPS;
use crate::experiment::{ExactRate, SampledRow};
use crate::report::curves::{Quantity, estimate};
use crate::table::schema::{Counted, Rate};
use crate::table::{Column, ColumnKind};

const fn counted(stem: &'static str, successes: usize, trials: Option<usize>) -> Option<Counted> {
    Some(Counted { stem, successes, trials })
}

/// The rates, in the order of their columns.
pub const RATES: [Rate; 5] = [
    Rate {
        name: "clean_accuracy",
        head: "clean",
        about: "P[correct on x], exact; of all samples.",
        always_known: true,
        counted: counted("clean", 0, None),
    },
    Rate {
        name: "adversarial_accuracy",
        head: "adversarial",
        about: "P[correct on the attacked x, in every try], exact; of all samples.",
        always_known: true,
        counted: counted("adversarial", 2, None),
    },
    Rate {
        name: "robust_accuracy",
        head: "robust",
        about: "P[correct on both]/P[correct on x], exact; of the correctly classified samples.",
        always_known: true,
        counted: counted("robust", 1, Some(0)),
    },
    Rate {
        name: "attack_success_rate",
        head: "attack success",
        about: "1 − robust_accuracy, exact; of the correctly classified samples.",
        always_known: true,
        counted: None,
    },
    Rate {
        name: "invariance",
        head: "invariance",
        about: "P[the prediction is that of the undefended classifier], exact; of all samples.",
        always_known: true,
        counted: counted("invariance", 3, None),
    },
];

/// The robust accuracy in charts.
pub const ROBUST: Quantity = Quantity {
    name: "robust_accuracy",
    title: "Robust accuracy",
    label: "robust accuracy (share of the correct)",
    independent_of: None,
    exact: |row| row.maybe("robust_accuracy"),
    simulated: |row| estimate(row, "robust_accuracy", "robust"),
};

/// The accuracy without an attack in charts.
pub const CLEAN: Quantity = Quantity {
    name: "clean_accuracy",
    title: "Clean accuracy",
    label: "clean accuracy (share of all)",
    independent_of: Some(EPS.name),
    exact: |row| row.maybe("clean_accuracy"),
    simulated: |row| estimate(row, "clean_accuracy", "clean"),
};

/// The accuracy under attack in charts.
pub const ADVERSARIAL: Quantity = Quantity {
    name: "adversarial_accuracy",
    title: "Adversarial accuracy",
    label: "adversarial accuracy (share of all)",
    independent_of: None,
    exact: |row| row.maybe("adversarial_accuracy"),
    simulated: |row| estimate(row, "adversarial_accuracy", "adversarial"),
};

/// The attack success rate in charts, estimated as 1 − the robust accuracy.
pub const ATTACK_SUCCESS: Quantity = Quantity {
    name: "attack_success_rate",
    title: "Attack success rate",
    label: "attack success rate (share of the correct)",
    independent_of: None,
    exact: |row| row.maybe("attack_success_rate"),
    simulated: |row| {
        let [value, low, high] = (ROBUST.simulated)(row)?;
        Some([1.0 - value, 1.0 - high, 1.0 - low])
    },
};

/// The charted rates against σ and ε, in the order of the files.
pub const QUANTITIES: [Quantity; 4] = [ROBUST, CLEAN, ADVERSARIAL, ATTACK_SUCCESS];

/// Returns the counts from which the rates are estimated.
#[must_use]
pub fn counts() -> Vec<Column> {
    [
        ("clean_correct", "Of the samples: correct on x."),
        ("both_correct", "Of the samples: correct on x and under attack."),
        ("adversarial_correct", "Of the samples: correct under attack."),
        ("invariant", "Of the samples: predicted as the undefended classifier does."),
    ]
    .into_iter()
    .map(|(name, about)| Column::new(name, ColumnKind::Count, about))
    .collect()
}

/// The largest difference between the sampled probability of being correct and the exact one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bias {
    /// Without an attack.
    pub clean: f64,
    /// Under attack, in every try.
    pub attacked: f64,
}

impl Bias {
    /// Returns the bias in one dimension.
    #[must_use]
    pub fn new(draws: DrawProtocol) -> Self {
        Self { clean: engine::BIAS, attacked: engine::bias(draws) }
    }

    /// Returns the bias in d dimensions; `votes` is [`Votes::Limit`] if there is no θ.
    #[must_use]
    pub fn linear(draws: DrawProtocol, votes: Votes) -> Self {
        let of = |draws| engine::linear::bias(draws, votes);
        Self { clean: of(DrawProtocol::Same), attacked: of(draws) }
    }
}

/// Returns the exact rates of a row. An invariance combines two events, each with its own bias, and so does a robust
/// accuracy, which divides the probability of being correct on both inputs by that of the clean one.
#[must_use]
pub fn exact(accuracies: &Accuracies, invariance: Bounded, bias: Bias) -> Vec<ExactRate> {
    let Accuracies { clean, adversarial, robust, attack_success_rate } = *accuracies;
    let Bias { clean: once, attacked } = bias;
    let both = (once + attacked + robust.value * once) / clean.value;
    [
        (clean, once),
        (adversarial, attacked),
        (robust, both),
        (attack_success_rate, both),
        (invariance, 2.0 * once),
    ]
    .into_iter()
    .map(|(value, bias)| ExactRate { value: Some(value), bias })
    .collect()
}

/// Returns the counts of this margin at this one of its budgets.
#[must_use]
pub fn sampled(counts: &Counts, margin: usize, budget: usize) -> SampledRow {
    let margin = &counts.margins[margin];
    let counts = vec![
        margin.clean_correct(),
        margin.both_correct()[budget],
        margin.adversarial_correct()[budget],
        margin.invariant(),
    ];
    SampledRow { counts, found: Vec::new() }
}
