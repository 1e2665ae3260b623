//! The best classifier without an adversary, with and without noise. The derivations are at [`bayes`] and
//! [`trained`].

use super::covariance::{Covariance, EntryError, solve_sum};
use super::dots::{dot, largest};
use super::model::{LinearClassifier, LinearDefense, LinearTask, check_defense};
use crate::accuracy::Accuracies;
use crate::bounded::Bounded;
use crate::double::Dd;
use crate::task::Prior;

/// What to do with an input.
///
/// ```
/// use gauss_sim_theory::linear::{Covariance, LinearTask, Rule, bayes};
/// use gauss_sim_theory::task::Prior;
///
/// let of = |mean| LinearTask::new(mean, Covariance::scalar(1.0)?, Prior::new(0.5)?);
/// let rule = bayes(&of(vec![3.0, 4.0])?)?;
/// assert_eq!(rule.linear().unwrap().weights(), [3.0, 4.0]);
/// assert_eq!(rule.unit().linear().unwrap().weights(), [0.6, 0.8]);
/// let blind = bayes(&of(vec![0.0, 0.0])?)?; // both classes are one
/// assert!(blind == Rule::Constant(1) && blind.linear().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use gauss_sim_theory::linear::constant_accuracies;
/// use gauss_sim_theory::task::Prior;
///
/// let [more, less] = [1, -1].map(|class| constant_accuracies(Prior::new(0.75).unwrap(), class));
/// assert_eq!((more.clean.value, less.clean.value), (0.75, 0.25));
/// assert_eq!((more.adversarial.value, more.robust.value), (0.75, 1.0));
/// ```
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
///
/// The log odds of y = 1 given x are `ln(prior/(1 − prior)) + 2·xᵀΣ⁻¹μ`, since of the exponents
/// −½(x ∓ μ)ᵀΣ⁻¹(x ∓ μ) only the mixed terms differ, so w = Σ⁻¹μ and b = ½·ln(prior/(1 − prior)).
///
/// ```
/// use gauss_sim_theory::linear::{Covariance, LinearTask, bayes};
/// use gauss_sim_theory::task::Prior;
///
/// let covariance = Covariance::diagonal(vec![1.0, 0.25])?;
/// let task = LinearTask::new(vec![1.0, 1.0], covariance, Prior::new(0.75)?)?;
/// let rule = bayes(&task)?;
/// let classifier = rule.linear().unwrap();
/// assert_eq!(classifier.weights(), [1.0, 4.0]);
/// assert!((classifier.bias() - 0.5 * 3.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bayes(task: &LinearTask) -> Result<Rule, EntryError> {
    rule(task, task.weights(), &vec![0.0; task.dimension()])
}

/// What training on augmented data finds: w = (Σ + S)⁻¹μ, b = −w·m + ½·ln(prior/(1 − prior)).
///
/// Augmented data are x + θ | y ~ N(y·μ + m, Σ + S): the Bayes classifier of x + θ − m has w = (Σ + S)⁻¹μ
/// and bias ½·ln(…), and b takes w·m out. The least risk on augmented data, log-loss or squared error alike,
/// is at this direction (Gaussian classes of one covariance: linear discriminant analysis; Hastie,
/// Tibshirani, Friedman, *The Elements of Statistical Learning*, section 4.3). As the votes grow without
/// limit, its vote tends to sgn(w·(x + m) + b) = sgn(w·x + ½·ln(…)), as the median of w·θ is w·m
/// ([`Votes::Limit`](crate::task::Votes::Limit)).
///
/// ```
/// use gauss_sim_theory::linear::{Covariance, LinearDefense, LinearTask, trained};
/// use gauss_sim_theory::task::Prior;
///
/// let task = LinearTask::new(vec![1.0, 1.0], Covariance::diagonal(vec![1.0, 0.25])?, Prior::HALF)?;
/// let defense = LinearDefense::new(vec![1.0, 1.0], Covariance::scalar(1.0)?)?;
/// let rule = trained(&task, &defense)?;
/// let classifier = rule.linear().unwrap(); // 1/(1 + 1), 1/(0.25 + 1), less their sum
/// assert_eq!(classifier.weights(), [0.5, 0.8]);
/// assert!((classifier.bias() + 1.3).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
