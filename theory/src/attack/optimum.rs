//! The adversarial accuracy that no classifier exceeds, random or not.
//!
//! **Theorem.** Let a classifier be random by some θ that is independent of (x, y) and unseen by the adversary, with equal
//! priors and x | y ~ N(y·μ, Σ). Then the blind move −y·z* with z* = argmin_{‖z‖ ≤ ε} ‖μ − z‖_{Σ⁻¹} leaves it an
//! adversarial accuracy of at most
//!
//! ```text
//! optimum = Φ(‖μ − z*‖_{Σ⁻¹}),
//! ```
//!
//! and one deterministic linear classifier reaches that. For a fixed move the accuracy is an average over θ of
//! accuracies of deterministic classifiers on N(±(μ − z*), Σ), each of which is at most that of Bayes's. As
//! P[right on both] ≤ adversarial accuracy, **robust_accuracy × clean_accuracy ≤ optimum**: what is gained in the
//! conditional metric is paid for in accuracy. It holds for one draw, new draws, several tries and votes.
//!
//! For independent coordinates in ℓ∞ each goes as far towards 0 as it can:
//!
//! ```text
//! ‖μ − z*‖² = Σ max(|μᵢ| − ε, 0)²/νᵢ²
//! ```
//!
//! Norms other than ℓ∞ and full covariances are [`robust_optimum`](crate::linear::robust_optimum).

use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::cdf_dd;
use task::Eps;

/// Φ(‖μ − z*‖/ν) for coordinates of means `means` and standard deviation `data_std`, each `count` times. The error is
/// of some ulp.
#[must_use]
pub fn optimum(means: &[f64], data_std: f64, count: u32, eps: Eps) -> Bounded {
    let mut square = Dd::ZERO;
    for mean in means {
        let left = Dd::two_sum(mean.abs(), -eps.get());
        if left.hi() > 0.0 {
            let left = left / Dd::from(data_std);
            square = square + left * left;
        }
    }
    let value = cdf_dd((square * Dd::from(f64::from(count))).sqrt());
    Bounded { value, error: 2.0 * f64::EPSILON }
}
