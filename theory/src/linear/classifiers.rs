//! The best classifiers without an adversary, with and without noise. The derivations are at [`bayes`] and [`trained`].

use super::dots::{dot, largest};
use super::products::{BayesWeights, best_constant, check_defense, solve_sum};
use crate::accuracy::Accuracies;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{EntryError, Prior};

/// Returns the accuracies of [`Rule::Constant`]: it is right if y is `class` (+1; everything else counts as −1),
/// whatever an adversary does. If that never happens, the shares are 0/0, and nothing is known of them (½ ± ½).
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

/// Returns the Bayes classifier sgn(xᵀΣ⁻¹μ + b), which is best without an adversary. It is constant if the mean is 0.
/// Fails if Σ⁻¹μ leaves the range of a double.
///
/// The log odds of y = 1 given x are `ln(prior/(1 − prior)) + 2·xᵀΣ⁻¹μ`, since only the mixed terms of the exponents
/// −½(x ∓ μ)ᵀΣ⁻¹(x ∓ μ) differ, so w = Σ⁻¹μ and b = ½·ln(prior/(1 − prior)).
pub fn bayes(task: &LinearTask) -> Result<Rule, EntryError> {
    rule(task, task.bayes_weights(), &vec![0.0; task.dimension()])
}

/// Returns the classifier that training on augmented data finds: w = (Σ + S)⁻¹μ, b = −w·m + ½·ln(prior/(1 − prior)).
///
/// Augmented data are x + θ | y ~ N(y·μ + m, Σ + S): the Bayes classifier of x + θ − m has w = (Σ + S)⁻¹μ and bias
/// ½·ln(…), and b subtracts w·m. The risk on augmented data, for log-loss and squared error alike, is smallest in
/// this direction (Gaussian classes of one covariance: linear discriminant analysis; Hastie, Tibshirani, Friedman,
/// *The Elements of Statistical Learning*, section 4.3). As the number of votes grows without limit, the vote tends
/// to sgn(w·(x + m) + b) = sgn(w·x + ½·ln(…)), as the median of w·θ is w·m ([`Votes::Limit`](task::Votes::Limit)).
pub fn trained(task: &LinearTask, defense: &LinearDefense) -> Result<Rule, EntryError> {
    check_defense(task, defense)?;
    rule(task, noisy_weights(task, defense.covariance())?, defense.mean())
}

/// Returns (Σ + S)⁻¹μ.
pub(crate) fn noisy_weights(task: &LinearTask, s: &Covariance) -> Result<Vec<f64>, EntryError> {
    let sum = task.covariance().plus(s, task.dimension());
    let factor = sum.factor("covariance with the defense's")?;
    Ok(solve_sum(&[task.covariance(), s], &factor, task.mean()))
}

fn rule(task: &LinearTask, weights: Vec<f64>, shift: &[f64]) -> Result<Rule, EntryError> {
    if largest(task.mean()) == 0.0 {
        return Ok(best_constant(task));
    }
    let bias = task.prior_bias() - dot(&weights, shift).hi();
    LinearClassifier::new(weights, bias).map(Rule::Linear)
}
