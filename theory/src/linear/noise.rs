//! Noise as an adversary: the noise with which training on augmented data leads to the robust optimum. The
//! derivations are at [`budget_of_noise`], [`matching_noise`] and [`vote_restores_bayes`].

use super::classifiers::{bayes, noisy_weights, trained};
use super::dots::dot;
use super::norms::Length;
use super::products::{BayesWeights, Products, check_defense};
use super::robust::RobustOptimum;
use super::separable::{eigen, falling_root};
use crate::math::double::Dd;
use nalgebra::DVector;
use task::linear::{Covariance, LinearDefense, LinearTask, MAX_VARIANCE, Rule};
use task::{DomainError, EntryError, Eps, Norm};

/// Returns ε(τ) = τ²·‖(Σ + τ²I)⁻¹μ‖₂, for `variance` = τ² ≥ 0: the budget at which the vote of classifiers trained
/// with noise N(m, τ²I) is the ℓ2-robust optimum. In units of x; tested to 1e-14 relative.
///
/// Training with θ ~ N(m, S) finds w = (Σ + S)⁻¹μ ([`trained`]), and the vote of infinitely many draws is
/// sgn(w·x + b). With z = S·w, w = Σ⁻¹(μ − z): it is the robust optimum under ℓp and ε = ‖z‖_p if w·z = ε‖w‖_q, the
/// condition of [`robust_optimum`](super::robust_optimum). For S = τ²I, z = τ²w and w·z = ‖z‖₂‖w‖₂, so the condition
/// holds under ℓ2 and ε = ‖z‖₂ = ε(τ), which increases from 0 to ‖μ‖₂ with τ, as the share of each eigenvector with
/// eigenvalue vᵢ is τ²|μᵢ|/(vᵢ + τ²).
///
/// Source: derived here; compare C. M. Bishop, *Training with noise is equivalent to Tikhonov regularization*, Neural
/// Computation 7 (1995), 108–116. Fails if `variance` is not from 0 to 1e30.
///
/// ```
/// use gauss_sim_theory::linear::budget_of_noise;
/// use task::linear::{Covariance, LinearTask};
/// use task::Prior;
///
/// let task = LinearTask::new(vec![3.0, 4.0], Covariance::scalar(1.0)?, Prior::HALF)?;
/// assert!((budget_of_noise(&task, 1.0)? - 2.5).abs() < 1e-15); // half of ‖μ‖₂, as (I + I)⁻¹μ is half of μ
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn budget_of_noise(task: &LinearTask, variance: f64) -> Result<f64, EntryError> {
    let w = noisy_weights(task, &Covariance::scalar(variance)?)?;
    Ok(variance * Norm::TWO.of(&w))
}

/// Returns the τ² at which ε(τ) = `eps`: the inverse of [`budget_of_noise`], which increases in τ. `None` for
/// ε ≥ ‖μ‖₂, which no noise attains. In units of x²; tested to 1e-13 relative (`oracle/linear.csv`).
pub fn noise_of_budget(task: &LinearTask, eps: Eps) -> Result<Option<f64>, EntryError> {
    let (d, budget) = (task.dimension(), eps.get());
    if budget >= Norm::TWO.of(task.mean()) {
        return Ok(None);
    }
    if budget == 0.0 {
        return Ok(Some(0.0));
    }
    let (mean, v) = match task.covariance().variances(d) {
        Some(v) => (task.mean().to_vec(), v),
        None => {
            let (q, v) = eigen(task.covariance().matrix(d));
            (q.tr_mul(&DVector::from_column_slice(task.mean())).as_slice().to_vec(), v)
        }
    };
    let z = |t: f64| mean.iter().zip(&v).map(move |(m, v)| m / (1.0 + v / t)).collect::<Vec<_>>();
    let lack = |ln_t: f64| (budget / Norm::TWO.of(&z(ln_t.exp()))).ln();
    let mut t = falling_root(lack, v.iter().copied().fold(0.0, f64::max).ln()).exp();
    if task.covariance().variances(d).is_none() {
        // The eigenvalues are accurate to 1e-16 of the largest. Refine by Newton's method with ε(τ) itself, for whose
        // slope d ln ε/d ln τ² = Σ zᵢ²·vᵢ/(vᵢ + τ²)/Σ zᵢ² they are accurate enough.
        for _ in 0..4 {
            let z = z(t);
            let slope: f64 = z.iter().zip(&v).map(|(z, v)| z * z * (v / (v + t))).sum();
            let lack = (budget / budget_of_noise(task, t)?).ln();
            let step = lack * dot(&z, &z).hi() / slope;
            if !step.is_finite() || step.abs() > 0.1 {
                break;
            }
            t *= step.exp();
            if step.abs() <= 1e-15 {
                break;
            }
        }
    }
    Ok(Some(t))
}

/// Noise with which training leads to a robust optimum.
///
/// See the example of [`matching_noise`].
#[derive(Debug, Clone, PartialEq)]
pub struct MatchingNoise {
    /// The variances of independent noise. Infinite where the optimum is only the limit of ever more noise on that
    /// coordinate, in which training ignores it (or where the variance would be above the largest of a covariance,
    /// 1e30).
    pub diagonal: Vec<f64>,
    /// Noise along the attack only: z·zᵀ/(w·z), which is always finite; 0 if there is no attack.
    pub rank_one: Covariance,
}

/// Returns S with (Σ + S)⁻¹μ ∥ Σ⁻¹(μ − z), for an optimum of the same task. `None` if a constant is optimal (which no
/// finite noise leads to), or if the noise of rank one leaves the range of a covariance.
///
/// By the argument at [`budget_of_noise`], this holds for every S with S·w = z, where w = Σ⁻¹(μ − z) and z are those
/// of the robust optimum. A diagonal S has sᵢ = zᵢ/wᵢ ≥ 0, which is vᵢzᵢ/(μᵢ − zᵢ) for independent coordinates. If
/// wᵢ = 0 and zᵢ ≠ 0 (p = ∞: the attack moves the coordinate's mean to 0), it is infinite: as sᵢ → ∞, training
/// ignores the coordinate. S = zzᵀ/(w·z), of rank one, always works and is finite: it moves the data randomly along
/// the attack.
#[must_use]
pub fn matching_noise(task: &LinearTask, optimum: &RobustOptimum) -> Option<MatchingNoise> {
    optimum.rule.linear()?;
    let z = &optimum.shift;
    let rest: Vec<f64> = task.mean().iter().zip(z).map(|(m, z)| m - z).collect();
    // Do not use the classifier's weights, whose scale is arbitrary.
    let w = match optimum.rule.linear() {
        Some(classifier) => rescaled(classifier.weights(), &rest, task),
        None => return None,
    };
    let diagonal = w.iter().zip(z).map(|(w, z)| if *z == 0.0 { 0.0 } else { (z / w).abs() });
    let in_range = |v: f64| if v <= MAX_VARIANCE { v } else { f64::INFINITY };
    let diagonal: Vec<f64> = diagonal.map(in_range).collect();
    let divisor = dot(&w, z).hi();
    let rank_one =
        if divisor > 0.0 { Covariance::rank_one(z, divisor) } else { Covariance::zero() };
    if in_range(rank_one.largest()).is_infinite() {
        return None;
    }
    Some(MatchingNoise { diagonal, rank_one })
}

/// Returns w scaled so that w·(μ − z) = wᵀΣw; the factor is 1 up to rounding.
fn rescaled(w: &[f64], rest: &[f64], task: &LinearTask) -> Vec<f64> {
    let factor = (dot(w, rest) / task.covariance().quadratic(w)).hi();
    w.iter().map(|w| w * factor).collect()
}

/// Returns the angle between the weights after training with the defense and those of the undefended Bayes
/// classifier, in radians, in the metric of Σ: `cos = w·Σv/(‖w‖_Σ‖v‖_Σ)`. This angle determines the accuracy: the
/// limit of the vote, without an attack, has the distance `cos·‖μ‖_{Σ⁻¹}`. It is 0 for μ = 0, where both classifiers
/// are constant.
pub fn angle(task: &LinearTask, defense: &LinearDefense) -> Result<f64, EntryError> {
    Ok(direction(task, defense)?.0)
}

/// Returns the angle, and the length of the part of the trained weights along the undefended ones, in units of the
/// length of these.
fn direction(task: &LinearTask, defense: &LinearDefense) -> Result<(f64, f64), EntryError> {
    check_defense(task, defense)?;
    let (Rule::Linear(noisy), Rule::Linear(plain)) = (trained(task, defense)?, bayes(task)?) else {
        return Ok((0.0, 1.0));
    };
    let (w, v) = (noisy.weights(), plain.weights());
    // The part of w that is not along v, which keeps its digits where the angle is small: Σv = μ.
    let share = (dot(w, task.mean()) / dot(v, task.mean())).hi();
    let off: Vec<f64> = w.iter().zip(v).map(|(w, v)| w - share * v).collect();
    let across = task.covariance().quadratic(&off).sqrt().hi();
    let along = (task.covariance().quadratic(v).sqrt() * Dd::from(share)).hi();
    Ok((across.atan2(along), share))
}

/// Returns whether the vote restores the undefended Bayes classifier: whether `angle` is 0 up to `tolerance`, in
/// radians, and, if the classes are not equally frequent, also the relative difference of the weights. The bias
/// ½·ln(prior/(1 − prior)) belongs to the weights Σ⁻¹μ, so with (Σ + S)⁻¹μ = c·Σ⁻¹μ, c < 1, it has too much
/// influence. A tolerance of 1e-9 allows for rounding if Σ and Σ + S have condition numbers up to about 1e6.
///
/// The fourth stage of the paper, the vote restoring the undefended classifier, requires (Σ + S)⁻¹μ ∥ Σ⁻¹μ, which
/// with v = Σ⁻¹μ is S·v ∥ μ = Σv: it holds if S is a multiple of Σ, as in one dimension, or if μ is an eigenvector of
/// SΣ⁻¹; otherwise the vote tends to another classifier. This concerns the direction; with a prior other than ½ the
/// bias has to fit the length of the weights as well, so S·v = 0.
pub fn vote_restores_bayes(
    task: &LinearTask,
    defense: &LinearDefense,
    tolerance: f64,
) -> Result<bool, EntryError> {
    if tolerance.is_nan() || tolerance < 0.0 {
        let expected = "a number of at least 0".to_owned();
        let value = tolerance.to_string();
        return Err(DomainError { name: "tolerance", value, expected }.into());
    }
    let (angle, share) = direction(task, defense)?;
    Ok(angle <= tolerance && (task.prior_bias() == 0.0 || (share - 1.0).abs() <= tolerance))
}
