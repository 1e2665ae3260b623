//! P[a < Z ≤ b] without cancellation.

use super::{cdf_dd, from_centre_dd, ln_cdf_dd, ln_pdf_dd, ln_sf_dd, pdf_dd, sf_dd};
use crate::math::double::Dd;
use pxfm::{f_exp, f_log, f_log1p};

/// Returns Φ(b) − Φ(a) = P[a < Z ≤ b], negative if b < a.
///
/// Accuracy: within 4 ulp of Φ(b) − Φ(a) for the given a and b, for all a and b. If a and b have rounding errors of
/// their own and nearly cancel, use [`interval`].
///
/// Method, source: as [`interval`].
///
/// ```
/// use gauss_sim_theory::math::double::Dd;
/// use gauss_sim_theory::math::normal::between;
///
/// let inside = between(Dd::from(-1.0), Dd::from(1.0));
/// assert!((inside - 0.682_689_492_137_085_9).abs() < 1e-15);
/// assert_eq!(between(Dd::from(1.0), Dd::from(-1.0)), -inside);
/// ```
#[must_use]
pub fn between(a: Dd, b: Dd) -> f64 {
    if b.hi() == f64::INFINITY {
        return sf_dd(a);
    }
    if a.hi() == f64::NEG_INFINITY {
        return cdf_dd(b);
    }
    if b.hi() < a.hi() || (b.hi() == a.hi() && b.lo() < a.lo()) {
        return -between(b, a);
    }
    mass(a, b, b - a)
}

/// Returns Φ(end) − Φ(end − width) = P[end − width < Z ≤ end], the probability of an interval given by its upper end
/// and its width, which keeps its relative accuracy as the width goes to 0. Negative for a negative width.
///
/// Accuracy: within 4 ulp, subnormal results within 4 of their spacing.
///
/// Method: if 0 is inside, the sum of both sides. If 0 is outside and the interval is narrow, with midpoint
/// m and half-width h, the series 2hφ(m)·Σ He₂ₖ(m)·h²ᵏ/(2k + 1)!, in which the first term dominates; if it is wide,
/// the difference of the two tails, one of which is then at most a third of the other. Source: Taylor's series of φ
/// about m, φ⁽ⁿ⁾ = (−1)ⁿ·Heₙ·φ (Abramowitz and Stegun 26.2.31).
#[must_use]
pub fn interval(end: Dd, width: Dd) -> f64 {
    if width.hi() < 0.0 {
        return -interval(end - width, -width);
    }
    if width.hi() == f64::INFINITY {
        return cdf_dd(end);
    }
    mass(end - width, end, width)
}

/// Returns ln(Φ(end) − Φ(end − width)), even where the mass itself underflows; −∞ at width 0, NaN below.
///
/// Accuracy: absolute error below 1e-15·max(1, ln|end|, |ln width|), in double-double like [`super::ln_cdf_dd`], so
/// that ratios of underflowing masses can be computed.
///
/// Method, source: as [`interval`], with the logarithm of each factor.
#[must_use]
pub fn ln_interval(end: Dd, width: Dd) -> Dd {
    if width.hi() == f64::INFINITY {
        return ln_cdf_dd(end);
    }
    let (a, b) = (end - width, end);
    match Case::of(a, b, width) {
        Case::Astride => Dd::from(f_log(interval(end, width))),
        Case::Narrow { middle, half } => {
            ln_pdf_dd(middle) + Dd::from(f_log(width.hi() * series(middle.hi(), half)))
        }
        Case::Wide { near, far } => {
            let (near, far) = (ln_sf_dd(near), ln_sf_dd(far));
            near + Dd::from(f_log1p(-f_exp((far - near).hi())))
        }
    }
}

/// The method for the mass of an interval.
enum Case {
    /// 0 is inside.
    Astride,
    /// 0 is outside, and the interval is narrow: its midpoint (on the positive side) and half-width.
    Narrow { middle: Dd, half: f64 },
    /// 0 is outside, and the interval is wide: its ends (on the positive side), the one nearer to 0 first.
    Wide { near: Dd, far: Dd },
}

impl Case {
    /// Returns the method for a ≤ b = a + width.
    fn of(a: Dd, b: Dd, width: Dd) -> Self {
        if a.hi() < 0.0 && b.hi() > 0.0 {
            return Self::Astride;
        }
        let (near, far) = if b.hi() > 0.0 { (a, b) } else { (-b, -a) };
        let half = 0.5 * width.hi();
        let middle = far - width.half();
        // With h(m + 1) up to 0.8, eleven terms of the series leave a remainder of 1e-18; beyond, the tails differ by
        // a factor of at least 3.
        if half * (middle.hi() + 1.0) <= 0.8 {
            Self::Narrow { middle, half }
        } else {
            Self::Wide { near, far }
        }
    }
}

/// Returns Φ(b) − Φ(a) for finite a ≤ b = a + width.
fn mass(a: Dd, b: Dd, width: Dd) -> f64 {
    match Case::of(a, b, width) {
        Case::Astride => from_centre_dd(b) + from_centre_dd(-a),
        Case::Narrow { middle, half } => pdf_dd(middle) * (width.hi() * series(middle.hi(), half)),
        Case::Wide { near, far } => sf_dd(near) - sf_dd(far),
    }
}

/// Returns Σ He₂ₖ(m)·h²ᵏ/(2k + 1)! from k = 0: the mean of φ over m ± h divided by φ(m), for h(m + 1) ≤ 0.8.
fn series(m: f64, h: f64) -> f64 {
    // uₙ = Heₙ(m)·hⁿ/n!, by Heₙ₊₁ = m·Heₙ − n·Heₙ₋₁.
    let (step, square) = (m * h, h * h);
    let (mut even, mut odd) = (1.0, step);
    let mut sum = 0.0;
    for k in 1..=10 {
        let n = f64::from(2 * k);
        even = step.mul_add(odd, -square * even) / n;
        odd = step.mul_add(even, -square * odd) / (n + 1.0);
        sum += even / (n + 1.0);
    }
    1.0 + sum
}
