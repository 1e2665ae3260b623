//! Sums of products in double-double: the arguments of Φ are needed more accurately than in doubles.

use crate::math::double::Dd;

/// Returns `Σ aᵢbᵢ`, within 2⁻¹⁰⁰·d of Σ|aᵢbᵢ|.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> Dd {
    a.iter().zip(b).fold(Dd::ZERO, |sum, (&a, &b)| sum + Dd::two_prod(a, b))
}

/// Returns `Σ wᵢ²·vᵢ`, for variances v.
pub(crate) fn weighted_square(w: &[f64], v: &[f64]) -> Dd {
    w.iter().zip(v).fold(Dd::ZERO, |sum, (&w, &v)| sum + Dd::two_prod(w, w) * Dd::from(v))
}

/// Returns `Σ |aᵢ|`.
pub(crate) fn sum_of_magnitudes(a: &[f64]) -> Dd {
    a.iter().fold(Dd::ZERO, |sum, &a| sum + Dd::from(a.abs()))
}

/// Returns the largest magnitude; 0 for an empty slice.
pub(crate) fn largest(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |top: f64, &a| top.max(a.abs()))
}

/// Returns the power of two that scales x > 0 into [1, 2), within the range of a double; 1 for 0.
pub(crate) fn power_of_two(x: f64) -> f64 {
    if x > 0.0 { (-x.log2().floor()).clamp(-1000.0, 1000.0).exp2() } else { 1.0 }
}
