//! The largest reach possible with N gradients, and the part of it that PGD attains.
//!
//! **The ceiling.** Given N gains N(1, τ²), each multiplied by the unknown sign of the coordinate, a test of that
//! sign is right with probability at most Φ(√N/τ) (Neyman and Pearson: the likelihood ratio is a function of their
//! sum). So no attack that reads N gradients and nothing else has a reach above 2Φ(√N/τ) − 1, and one step of EOT-N
//! attains it.
//!
//! **The universal shortfall.** If a single gradient carries little information, p = ½ + δ with small δ, k steps of
//! size α are a Brownian motion between two reflecting walls with, over its whole duration and in units of ε, drift
//! 2√x·c and variance c²: x = δ²k and c = √k·α/ε. At equal budget, EOT does not change this: m gradients per step
//! turn δ into δ√m and k into k/m, so that x stays the same. The part of the reach that is missing at the best α
//! depends on x alone:
//!
//! ```text
//! S(x) = min_c 1 − E U,   E U = coth 2κ − 1/(2κ) + Σ_{j ≥ 1} e^(−2x − c²θ²/2)·g(0)/(1 + κ²/θ²)·∫ y·e^(κy)·g(y) dy
//! κ = 2√x/c,  θ = jπ/2,  g(y) = cos θ(y + 1) + (κ/θ)·sin θ(y + 1)
//! ```
//!
//! S(1) = .23097, S(4.5) = .05000: PGD without EOT misses at most 5 % of ε if and only if N·(p − ½)² is at least
//! about 4.5. The derivation is that of the [spectral form](super::spectral()): without the factor e^(κy) the
//! generator is symmetric, and the flux through a wall is 0 where g′ = κg.
//!
//! ```
//! use gauss_sim_theory::attack::shortfall;
//!
//! let found = |x: f64| shortfall(x).shortfall;
//! assert!((found(1.0) - 0.23097).abs() < 5e-6 && (found(4.5) - 0.05).abs() < 5e-6);
//! ```

use crate::math::bounded::Bounded;
use crate::math::complex::Complex;
use crate::math::double::Dd;
use crate::math::golden::least;
use crate::math::normal::{cdf, cdf_dd, ln_cdf, pdf, sf_dd};
use crate::math::quadrature::sum;
use pxfm::{f_cos, f_exp, f_sin};
use std::f64::consts::FRAC_PI_2;

/// Returns the largest reach of any attack that reads this many gradients with gains N(1, spread²): 2Φ(√N/spread) − 1.
#[must_use]
pub fn ceiling(spread: f64, gradients: u64) -> Bounded {
    let z = Dd::from(gradients as f64).sqrt() / Dd::from(spread);
    let value = if z.hi() < 0.5 { cdf_dd(z) - sf_dd(z) } else { 1.0 - 2.0 * sf_dd(z) };
    Bounded { value, error: 2.0 * f64::EPSILON }
}

/// The part of ε that PGD misses at the best step size, in the limit of weak signals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shortfall {
    /// 1 − E U.
    pub shortfall: f64,
    /// c: the best step is α = c·ε/√k, so that K = √k/c.
    pub step: f64,
}

/// Returns S(x) for x = δ²·k, accurate to about 1e-9, and the best step; x is from 0 to 1e3.
#[must_use]
pub fn shortfall(x: f64) -> Shortfall {
    let x = x.clamp(0.0, 1e3);
    // From steps that hardly leave 0 to steps so large that the start is forgotten.
    let (low, high) = (0.01_f64.ln(), 20_f64.ln());
    let steps = 160;
    let at = |i: i32| f_exp(low + (high - low) * f64::from(i) / f64::from(steps));
    let best =
        (0..=steps).min_by(|a, b| missing(x, at(*a)).total_cmp(&missing(x, at(*b)))).unwrap_or(0);
    let (low, high) = (at((best - 1).max(0)), at((best + 1).min(steps)));
    let step = least(|c| missing(x, c), low, high, 30);
    Shortfall { shortfall: missing(x, step), step }
}

/// Returns the smallest x = N·(p − ½)² at which PGD misses at most `missed` of ε, 0 < `missed` < 1.
#[must_use]
pub fn sufficient(missed: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..48 {
        let middle = 0.5 * (low + high);
        if shortfall(middle).shortfall > missed { low = middle } else { high = middle }
    }
    high
}

/// Returns 1 − E U of the reflected motion.
fn missing(x: f64, c: f64) -> f64 {
    let kappa = 2.0 * x.sqrt() / c;
    if kappa > 15.0 {
        return missing_far(x, c, kappa);
    }
    let rest =
        if kappa < 1e-3 { 2.0 * kappa / 3.0 } else { 1.0 / (2.0 * kappa).tanh() - 0.5 / kappa };
    let mut terms = Vec::new();
    for j in 1..4000 {
        let theta = FRAC_PI_2 * f64::from(j);
        let fading = f_exp(-2.0 * x - 0.5 * c * c * theta * theta);
        if fading * f_exp(kappa) < 1e-18 {
            break;
        }
        let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
        let square = kappa * kappa + theta * theta;
        let inverse = Complex::new(kappa / square, -theta / square);
        let second = inverse * inverse;
        let moment =
            (inverse - second).scale(sign * f_exp(kappa)) + (inverse + second).scale(f_exp(-kappa));
        let integral = moment.re + kappa / theta * moment.im;
        let middle = f_cos(theta) + kappa / theta * f_sin(theta);
        terms.push(fading * middle / (1.0 + (kappa / theta).powi(2)) * integral);
    }
    1.0 - rest - sum(terms)
}

/// Returns the same for a drift so strong that the lower wall does not matter, e^(−2κ) below 1e-13. With v = 2√x·c
/// and a = 1 − v, this is the mean of a motion that is reflected at 0 only, from 1 and with drift −v (its law is in
/// J. M. Harrison, *Brownian Motion and Stochastic Flow Systems*, 1985, section 3.6):
///
/// ```text
/// a·Φ(a/c) + c·φ(a/c) + [Φ(−a/c) − e^(2κ)·Φ(−(1 + v)/c)]/(2κ)
/// ```
fn missing_far(x: f64, c: f64, kappa: f64) -> f64 {
    let v = 2.0 * x.sqrt() * c;
    let a = 1.0 - v;
    let back = f_exp(2.0 * kappa + ln_cdf(-(1.0 + v) / c));
    a * cdf(a / c) + c * pdf(a / c) + (cdf(-a / c) - back) / (2.0 * kappa)
}
