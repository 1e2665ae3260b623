//! The robust optimum for independent coordinates: min Σ (μᵢ − zᵢ)²/vᵢ over ‖z‖_p ≤ ε, ε < ‖μ‖_p.
//!
//! At the optimum z has the sign of μ, and with a multiplier κ > 0 (Karush–Kuhn–Tucker)
//!
//! ```text
//! wᵢ = (μᵢ − zᵢ)/vᵢ = κ·sgn(zᵢ)·|zᵢ|^(p−1),  ‖z‖_p = ε
//!
//! p = ∞   |zᵢ| = min(|μᵢ|, ε): clipping, w is soft thresholding
//! p = 1   |wᵢ| = min(|μᵢ|/vᵢ, κ), |zᵢ| = (|μᵢ| − κvᵢ)₊: the largest weights are cut to one level,
//!         κ = (Σ_J |μᵢ| − ε)/Σ_J vᵢ over those J that are cut ("water-filling")
//! p = 2   |zᵢ| = |μᵢ|/(1 + κvᵢ): the secular equation Σ zᵢ² = ε²
//! else    |zᵢ| + κvᵢ|zᵢ|^(p−1) = |μᵢ| for each i
//! ```
//!
//! and ‖z‖_p decreases as κ increases, so the last two are a root in ln κ. A full Σ with p = 2 is the same problem in
//! its eigenbasis, in which the Euclidean norm does not change. Source: Bhagoji, Cullina, Mittal, *Lower bounds on
//! adversarial robustness from optimal transport*, NeurIPS 2019 (arXiv 1909.12272), for p = ∞; the rest is derived
//! above.

use super::candidate::Candidate;
use super::norms::Length;
use crate::math::double::Dd;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use task::Norm;

/// Solves the problem for variances `v`.
pub(crate) fn solve(mean: &[f64], v: &[f64], norm: Norm, eps: f64) -> Candidate {
    let (w, z) = match norm {
        Norm::MAX => clip(mean, v, eps),
        Norm::ONE => fill(mean, v, eps),
        _ => root(mean, v, norm, eps),
    };
    Candidate { w, z }
}

/// Solves the problem for a full covariance and p = 2.
pub(crate) fn rotated(mean: &[f64], covariance: DMatrix<f64>, eps: f64) -> Candidate {
    let (q, v) = eigen(covariance);
    let found = solve(q.tr_mul(&column(mean)).as_slice(), &v, Norm::TWO, eps);
    let back = |x: &[f64]| (&q * column(x)).as_slice().to_vec();
    Candidate { w: back(&found.w), z: back(&found.z) }
}

/// Returns the eigenvectors as columns, and the eigenvalues; those that rounding made negative are 0.
pub(crate) fn eigen(matrix: DMatrix<f64>) -> (DMatrix<f64>, Vec<f64>) {
    let SymmetricEigen { eigenvectors, eigenvalues } = matrix.symmetric_eigen();
    (eigenvectors, eigenvalues.iter().map(|v| v.max(0.0)).collect())
}

fn column(x: &[f64]) -> DVector<f64> {
    DVector::from_column_slice(x)
}

fn clip(mean: &[f64], v: &[f64], eps: f64) -> (Vec<f64>, Vec<f64>) {
    let z: Vec<f64> = mean.iter().map(|m| m.clamp(-eps, eps)).collect();
    let w = mean.iter().zip(&z).zip(v).map(|((m, z), v)| (m - z) / v).collect();
    (w, z)
}

fn fill(mean: &[f64], v: &[f64], eps: f64) -> (Vec<f64>, Vec<f64>) {
    let mut order: Vec<usize> = (0..mean.len()).collect();
    let weight = |i: usize| mean[i].abs() / v[i];
    order.sort_by(|&i, &j| weight(j).total_cmp(&weight(i)));
    let (mut means, mut variances, mut level) = (Dd::from(-eps), Dd::ZERO, 0.0);
    for &i in &order {
        if weight(i) <= level {
            break; // below the water level, like all that follow
        }
        means = means + Dd::from(mean[i].abs());
        variances = variances + Dd::from(v[i]);
        level = (means / variances).hi().max(0.0);
    }
    let cut = |i: usize| Dd::from(mean[i].abs()) - Dd::two_prod(level, v[i]);
    let each = 0..mean.len();
    let w = each.clone().map(|i| weight(i).min(level).copysign(mean[i])).collect();
    let z = each.map(|i| cut(i).hi().max(0.0).copysign(mean[i])).collect();
    (w, z)
}

/// Solves the problem for 1 < p < ∞, in units of ε: ζ = z/ε, c = κ·ε^(p−2), so that ‖ζ‖_p = 1.
fn root(mean: &[f64], v: &[f64], norm: Norm, eps: f64) -> (Vec<f64>, Vec<f64>) {
    let p = norm.p();
    let m: Vec<f64> = mean.iter().map(|m| m.abs() / eps).collect();
    let zeta = |c: f64| -> Vec<f64> { m.iter().zip(v).map(|(&m, v)| one(m, c * v, p)).collect() };
    let excess = |s: f64| norm.of(&zeta(s.exp())).ln();
    let c = falling_root(excess, 0.0).exp();
    let found = zeta(c);
    let each = found.iter().zip(&m).zip(v).zip(mean);
    // Where z is near μ, their difference loses its digits: use the other equation for w.
    let w = each.map(|(((z, m), v), mean)| {
        let w = if *z < 0.5 * m { (m - z) / v } else { c * z.powf(p - 1.0) };
        (eps * w).copysign(*mean)
    });
    let z = found.iter().zip(mean).map(|(z, mean)| (eps * z).copysign(*mean));
    (w.collect(), z.collect())
}

/// Returns the z ≥ 0 with z + c·z^(p−1) = m. The logarithm of the left side is convex and increasing in t = ln z, so
/// Newton's method from above decreases to the root and never passes it.
fn one(m: f64, c: f64, p: f64) -> f64 {
    if m == 0.0 || c == 0.0 {
        return m;
    }
    if p == 2.0 {
        return m / (1.0 + c);
    }
    let (top, ln_c) = (m.ln(), c.ln());
    let mut t = top.min((top - ln_c) / (p - 1.0));
    for _ in 0..200 {
        let (a, b) = (t, ln_c + (p - 1.0) * t);
        let high = a.max(b);
        let (a, b) = ((a - high).exp(), (b - high).exp());
        let step = (high - top + (a + b).ln()) * (a + b) / (a + (p - 1.0) * b);
        let next = t - step;
        if step.is_nan() || step <= f64::EPSILON * t.abs().max(1.0) {
            break;
        }
        t = next;
    }
    t.exp()
}

/// Returns the root of a decreasing function, by bisection with secants (the Illinois rule), to the last digits.
pub(crate) fn falling_root(f: impl Fn(f64) -> f64, start: f64) -> f64 {
    let (mut low, mut f_low) = (start, f(start));
    let (mut high, mut f_high) = (low, f_low);
    let mut stride = 2.0;
    while f_low < 0.0 && low > -1500.0 {
        (high, f_high) = (low, f_low);
        low -= stride;
        f_low = f(low);
        stride *= 2.0;
    }
    while f_high > 0.0 && high < 1500.0 {
        (low, f_low) = (high, f_high);
        high += stride;
        f_high = f(high);
        stride *= 2.0;
    }
    // The weight of an end that stays twice is halved, so that the secants do not get stuck there (Illinois).
    let (mut weight_low, mut weight_high) = (f_low, f_high);
    let mut moved = 0; // the end that moved last
    for _ in 0..200 {
        if f_low == 0.0 || f_high == 0.0 || high - low <= 2.0 * f64::EPSILON * high.abs().max(1.0) {
            break;
        }
        let secant = low + (high - low) * (weight_low / (weight_low - weight_high));
        let inside = secant > low && secant < high;
        let middle = if inside { secant } else { 0.5 * (low + high) };
        let value = f(middle);
        if value > 0.0 {
            (low, f_low, weight_low) = (middle, value, value);
            weight_high *= if moved < 0 { 0.5 } else { 1.0 };
            moved = -1;
        } else {
            (high, f_high, weight_high) = (middle, value, value);
            weight_low *= if moved > 0 { 0.5 } else { 1.0 };
            moved = 1;
        }
    }
    if f_low.abs() < f_high.abs() { low } else { high }
}
