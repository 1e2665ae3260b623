//! The adversarial accuracy that no classifier exceeds, whether random or not.
//!
//! **Theorem.** Let a classifier be randomised by some θ that is independent of (x, y) and not seen by the adversary,
//! with equal priors and x | y ~ N(y·μ, Σ). Then the move −y·z* with z* = argmin_{‖z‖ ≤ ε} ‖μ − z‖_{Σ⁻¹}, which does
//! not depend on θ, reduces its adversarial accuracy to at most
//!
//! ```text
//! optimum = Φ(‖μ − z*‖_{Σ⁻¹}),
//! ```
//!
//! and one deterministic linear classifier attains this. Proof: for a fixed move, the accuracy is an average over θ
//! of accuracies of deterministic classifiers on N(±(μ − z*), Σ), each of which is at most that of the Bayes
//! classifier. As P[right on both] ≤ adversarial accuracy, **robust_accuracy × clean_accuracy ≤ optimum**: a gain in
//! the conditional metric is paid for in accuracy. The theorem holds for one draw, new draws, several tries and
//! votes.
//!
//! For independent coordinates in ℓ∞, each one moves as far towards 0 as it can:
//!
//! ```text
//! ‖μ − z*‖² = Σ max(|μᵢ| − ε, 0)²/νᵢ²
//! ```
//!
//! For norms other than ℓ∞ and full covariances, see [`robust_optimum`](crate::linear::robust_optimum).

use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::cdf_dd;
use task::Eps;

/// Returns Φ(‖μ − z*‖/ν) for coordinates with means `means`, each repeated `count` times, and standard deviation
/// `data_std`. The error is some ulp.
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
