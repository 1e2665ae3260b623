//! Two classifiers of one input that are not independent, against an adversary in ℓ2.
//!
//! In units of data_std the input is z ~ N(μ, I) in the plane of the two weights, of length 1 and with scalar product ρ, and
//! classifier i is right iff wᵢ·z > 0. With a budget e the adversary
//!
//! ```text
//! turns i          iff wᵢ·z ≤ e                                        A_i = Φ(e − a_i),  A₁₂ = Φ₂(e − a₁, e − a₂; ρ)
//! turns both       iff z is within e of the wedge w₁·z ≤ 0, w₂·z ≤ 0    B = A₁₂ − corner
//! ```
//!
//! The wedge with its edges moved out by e has a corner that is farther than e from it: all z = r·(cos φ, sin φ) between the two
//! weights with e < r ≤ e/max(cos φ, cos(β − φ)), where cos β = ρ. Along r the normal density has an integral in closed form, so
//! that the corner is one integral over φ, smooth but for a kink at β/2.

use std::f64::consts::{PI, TAU};

use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, pdf};
use crate::math::quadrature::integrate;

/// P[the adversary turns …].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    /// … the first, if that is all he is after, and the second.
    pub(super) one: [f64; 2],
    /// Both of these, each by a move of its own.
    pub(super) each: f64,
    /// … both with one move.
    pub(super) both: f64,
    /// A bound on the error of each.
    pub(super) error: f64,
}

impl Pair {
    /// Two classifiers with means `a` and a budget `e`, in units of their standard deviation.
    pub(super) fn correlated(a: [f64; 2], rho: f64, e: f64) -> Self {
        let one = a.map(|a| cdf(e - a));
        let each = together([e - a[0], e - a[1]], rho);
        let corner = corner(a, rho, e);
        let scale = e + a[0] + a[1];
        let rounding = 8.0 * f64::EPSILON * (1.0 + scale / (1.0 - rho * rho).sqrt());
        Self {
            one,
            each: each.value,
            both: (each.value - corner.value).max(0.0),
            error: each.error + corner.error + rounding,
        }
    }

    /// 1 − E of the largest chance to be wrong, where the first decides with probability `mix`.
    pub(super) fn random(&self, mix: f64) -> f64 {
        let [first, second] = self.one;
        // Both, or else the likelier one if it can be turned, or else the other.
        let (p, likely, other) =
            if mix >= 0.5 { (mix, first, second) } else { (1.0 - mix, second, first) };
        let wrong = self.both + p * (likely - self.both) + (1.0 - p) * (other - self.each);
        1.0 - wrong
    }

    /// P[at least m are turned], m from 0 to 3.
    pub(super) fn at_least(&self) -> Vec<f64> {
        vec![1.0, self.one[0] + self.one[1] - self.each, self.both, 0.0]
    }
}

/// Φ₂: P[X ≤ h, Y ≤ k] of two standard normals with correlation ρ, an integral over X.
fn together([h, k]: [f64; 2], rho: f64) -> Bounded {
    const FAR: f64 = 9.5;
    let root = ((1.0 - rho) * (1.0 + rho)).sqrt();
    let top = h.min(FAR);
    if top <= -FAR {
        return Bounded { value: 0.0, error: 1e-20 };
    }
    // Y's chance has a step at k = ρx, of the width of the root.
    let step = k / rho;
    let mut breaks: Vec<f64> = (-9..=9).map(f64::from).chain([-FAR, top]).collect();
    if step.is_finite() {
        let width = root / rho.abs();
        breaks.extend([-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0].map(|i| step + i * width));
    }
    breaks.retain(|x| (-FAR..=top).contains(x));
    breaks.sort_by(f64::total_cmp);
    let found = integrate(|x| pdf(x) * cdf((k - rho * x) / root), &breaks, 4e-15);
    Bounded { error: found.error + 2e-20, ..found }
}

/// The part of the moved wedge that is too far from the wedge.
fn corner(a: [f64; 2], rho: f64, e: f64) -> Bounded {
    if e == 0.0 {
        return Bounded::exact(0.0);
    }
    let beta = rho.acos();
    let root = ((1.0 - rho) * (1.0 + rho)).sqrt();
    let mean = [a[0], (a[1] - rho * a[0]) / root];
    let along = |phi: f64| -> f64 {
        let (sin, cos) = phi.sin_cos();
        let m = cos * mean[0] + sin * mean[1];
        let across = cos * mean[1] - sin * mean[0];
        let far = e / cos.max((beta - phi).cos());
        let (near, far) = (e - m, far - m);
        // ∫ r·exp(−(r − m)²/2) dr
        let body = (2.0 * PI).sqrt() * (pdf(near) - pdf(far) + m * difference(near, far));
        (-0.5 * across * across).exp() * body / TAU
    };
    // The density along φ has a peak towards the mean, of the width 1/|μ|.
    let length = mean[0].hypot(mean[1]);
    let centre = mean[1].atan2(mean[0]);
    let width = 1.0 / length.max(e).max(1.0);
    let mut breaks = vec![0.0, 0.5 * beta, beta];
    breaks.extend([-8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0].map(|i| centre + i * width));
    breaks.retain(|x| (0.0..=beta).contains(x));
    breaks.sort_by(f64::total_cmp);
    let found = integrate(along, &breaks, 4e-15 * (1.0 + length));
    Bounded { value: found.value.max(0.0), ..found }
}

/// Φ(b) − Φ(a), on the side where that does not cancel.
fn difference(a: f64, b: f64) -> f64 {
    if a > 0.0 { cdf(-a) - cdf(-b) } else { cdf(b) - cdf(a) }
}
