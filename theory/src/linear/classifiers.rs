//! The best classifier without an adversary, with and without noise.
//!
//! The log odds of y = 1 given x are `ln(prior/(1 − prior)) + 2·xᵀΣ⁻¹μ`, so the Bayes classifier is
//! sgn(w·x + b) with w = Σ⁻¹μ and b = ½·ln(prior/(1 − prior)). Augmented data are
//! x + θ | y ~ N(y·μ + m, Σ + S): with x + θ − m for x, w = (Σ + S)⁻¹μ and b = −w·m + ½·ln(…). The
//! least risk on augmented data, log-loss or squared error alike, is at this direction (Gaussian classes
//! of one covariance: linear discriminant analysis; Hastie, Tibshirani, Friedman, *The Elements of
//! Statistical Learning*, section 4.3). As the votes grow without limit, its vote tends to
//! sgn(w·(x + m) + b) = sgn(w·x + ½·ln(…)), as the median of w·θ is w·m ([`crate::task::Votes::Limit`]).

use super::covariance::{Covariance, EntryError, solve_sum};
use super::dots::{dot, largest};
use super::model::{LinearClassifier, LinearDefense, LinearTask, check_defense};
use crate::accuracy::Accuracies;
use crate::bounded::Bounded;
use crate::double::Dd;
use crate::task::Prior;

/// What to do with an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Look at it.
    Linear(LinearClassifier),
    /// Always say this class, +1 or −1: nothing can be learned from the input. Its accuracy, under any
    /// attack, is max(prior, 1 − prior).
    Constant(i8),
}

impl Rule {
    /// The classifier, if the input matters.
    #[must_use]
    pub fn linear(&self) -> Option<&LinearClassifier> {
        match self {
            Self::Linear(classifier) => Some(classifier),
            Self::Constant(_) => None,
        }
    }

    /// The same with ‖w‖₂ = 1 ([`LinearClassifier::unit`]).
    #[must_use]
    pub fn unit(&self) -> Self {
        match self {
            Self::Linear(classifier) => Self::Linear(classifier.unit()),
            Self::Constant(class) => Self::Constant(*class),
        }
    }

    /// The constant that is best.
    pub(crate) fn constant(task: &LinearTask) -> Self {
        Self::Constant(if task.prior().get() >= 0.5 { 1 } else { -1 })
    }
}

/// What [`Rule::Constant`] achieves: it is right where y is `class` (+1; all else counts as −1), whatever an
/// adversary does. Where that never happens, nothing is known of the shares (½ ± ½), as of all 0/0.
#[must_use]
pub fn constant_accuracies(prior: Prior, class: i8) -> Accuracies {
    let clean = if class > 0 {
        Bounded::exact(prior.get())
    } else {
        let other = Dd::two_sum(1.0, -prior.get());
        Bounded::probability(other.hi(), other.lo().abs())
    };
    let share =
        |v| if clean.value > 0.0 { Bounded::exact(v) } else { Bounded { value: 0.5, error: 0.5 } };
    Accuracies { clean, adversarial: clean, robust: share(1.0), attack_success_rate: share(0.0) }
}

/// The Bayes classifier sgn(xᵀΣ⁻¹μ + b), which is best without an adversary. Constant where the mean
/// is 0. Fails where Σ⁻¹μ leaves the range of a double.
pub fn bayes(task: &LinearTask) -> Result<Rule, EntryError> {
    rule(task, task.weights(), &vec![0.0; task.dimension()])
}

/// What training on augmented data finds: w = (Σ + S)⁻¹μ, b = −w·m + ½·ln(prior/(1 − prior)).
pub fn trained(task: &LinearTask, defense: &LinearDefense) -> Result<Rule, EntryError> {
    check_defense(task, defense)?;
    rule(task, noisy_weights(task, defense.covariance())?, defense.mean())
}

/// (Σ + S)⁻¹μ.
pub(crate) fn noisy_weights(task: &LinearTask, s: &Covariance) -> Result<Vec<f64>, EntryError> {
    let sum = task.covariance().plus(s, task.dimension());
    let factor = sum.factor("covariance with the defence's")?;
    Ok(solve_sum(&[task.covariance(), s], &factor, task.mean()))
}

fn rule(task: &LinearTask, weights: Vec<f64>, shift: &[f64]) -> Result<Rule, EntryError> {
    if largest(task.mean()) == 0.0 {
        return Ok(Rule::constant(task));
    }
    let bias = task.prior_bias() - dot(&weights, shift).hi();
    LinearClassifier::new(weights, bias).map(Rule::Linear)
}
