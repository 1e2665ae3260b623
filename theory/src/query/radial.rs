//! Radial integrals: how likely an estimate of the direction is at an angle, all lengths together.
//!
//! Each is the integral of a function with one peak, taken by the trapezoidal rule in the logarithm of the length, where it is
//! analytic and falls at least exponentially on both sides, so that the rule's error is far below rounding. What is
//! wanted is the logarithm of the ratio of two such integrals, formed from differences that do not cancel.
//!
//! Source: L. N. Trefethen and J. A. C. Weideman, *The exponentially convergent trapezoidal rule*, SIAM Review 56 (2014).

use crate::math::normal::cdf;
use std::f64::consts::TAU;

/// What is left out of a sum falls below e to this power.
const FALL: f64 = 42.0;

/// The largest number of coordinates for which a recurrence is used: its rounding error grows with them.
pub(super) const FEW: f64 = 128.0;

/// e^y − 1 − y, without cancellation.
fn excess(y: f64) -> f64 {
    if y.abs() > 0.5 {
        return y.exp_m1() - y;
    }
    // y²/2·(1 + y/3·(1 + y/4·(…)))
    let mut series = 1.0;
    for k in (3..=17).rev() {
        series = 1.0 + y / f64::from(k) * series;
    }
    0.5 * y * y * series
}

/// t − ln(1 + t), without cancellation.
fn deficit(t: f64) -> f64 {
    if t.abs() > 0.1 {
        return t - t.ln_1p();
    }
    // t²/2 − t³/3 + …
    let mut series = 0.0;
    for k in (2..=18).rev() {
        series = 1.0 / f64::from(k) - t * series;
    }
    t * t * series
}

/// ∫ e^{exponent(y)} dy over the real line, for an exponent with its one peak, 0, at 0; `width` is that of the peak.
fn trapezoid(exponent: impl Fn(f64) -> f64, width: f64, widest: f64) -> f64 {
    let step = (0.4 * width).min(widest);
    let mut total = 1.0;
    for side in [-1.0, 1.0] {
        for k in 1..100_000_u32 {
            let fall = exponent(side * f64::from(k) * step);
            total += fall.exp();
            if fall < -FALL {
                break;
            }
        }
    }
    step * total
}

/// K(b) = ∫₀^∞ r^(N−1)·e^(−(r−b)²/2) dr, N ≥ 1: a normal vector of N coordinates about a point at b, at an angle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    n: f64,
    b: f64,
    /// √(b² + 4N), and the peak (b + root)/2 of r^N·e^(−(r−b)²/2).
    root: f64,
    peak: f64,
    /// peak − b.
    past: f64,
    ln_width: f64,
}

impl Length {
    pub(super) fn new(n: f64, b: f64) -> Self {
        let root = b.mul_add(b, 4.0 * n).sqrt();
        let (peak, past) = if b > 0.0 {
            let peak = 0.5 * (root + b);
            (peak, n / peak)
        } else {
            let past = 0.5 * (root - b);
            (n / past, past)
        };
        let total = if b >= 0.0 && n <= FEW && n.fract() == 0.0 {
            Self::by_recurrence(n, b, peak, past)
        } else {
            let square = peak * peak;
            let exponent = |y: f64| {
                let x = y.exp_m1();
                -n * excess(y) - 0.5 * square * x * x
            };
            trapezoid(exponent, 1.0 / (n + square).sqrt(), 0.1)
        };
        Self { n, b, root, peak, past, ln_width: total.ln() }
    }

    /// K(b) over the peak of its integrand, for b ≥ 0: from K₁ = √(2π)Φ(b) and K₂ = e^(−b²/2) + bK₁ by
    /// K_(N+1) = bK_N + (N−1)K_(N−1), a sum of positive terms, each divided by the peak's power on the way.
    fn by_recurrence(n: f64, b: f64, peak: f64, past: f64) -> f64 {
        // The peak's depth, which takes what underflows in e^(−b²/2) with it.
        let depth = 0.5 * past * past;
        let first = TAU.sqrt() * cdf(b) * depth.exp() / peak;
        if n < 2.0 {
            return first;
        }
        let mut last = first;
        let mut here = (b * first + (depth - 0.5 * b * b).exp() / peak) / peak;
        let (by, across) = (b / peak, 1.0 / (peak * peak));
        let mut k = 2.0;
        while k < n {
            (last, here) = (here, by.mul_add(here, (k - 1.0) * across * last));
            k += 1.0;
        }
        here
    }

    /// ln K(b).
    pub(super) fn ln(&self) -> f64 {
        self.n * self.peak.ln() - 0.5 * self.past * self.past + self.ln_width
    }

    /// ln of the ratio to the value at `other`, of the same N, from which b differs by `by`.
    pub(super) fn ln_over(&self, other: &Self, by: f64) -> f64 {
        let share = by / (self.root + other.root);
        let peaks = share * (self.peak + other.peak);
        // past falls as b grows.
        let pasts = -share * (self.past + other.past);
        self.n * (peaks / other.peak).ln_1p() - 0.5 * pasts * (self.past + other.past)
            + (self.ln_width - other.ln_width)
    }

    pub(super) fn b(&self) -> f64 {
        self.b
    }
}

/// F(b) = ∫₀^∞ w^(q−1)·(1 + (w−b)²)^(−(d+q)/2) dw: the same for a sum of q random directions in d dimensions.
///
/// With u = 1/w it is ∫₀^∞ u^(d−1)·(1 − 2bu + (1 + b²)u²)^(−(d+q)/2) du. Of the two forms, the one with the smaller power is
/// a product of factors of which none is far from 1 about the peak; in the other one large powers cancel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    q: f64,
    d: f64,
    b: f64,
    root: f64,
    peak: f64,
    /// 1 + (w−b)², or 1 − 2bu + (1 + b²)u², at the peak.
    depth: f64,
    ln_width: f64,
}

impl Sum {
    pub(super) fn new(q: f64, d: f64, b: f64) -> Self {
        let half = 0.5 * (d + q);
        // The peak w of w^q·(…) is the positive root of d·w² − b(d − q)·w − q(1 + b²).
        let root = (b * b * (d + q) * (d + q) + 4.0 * d * q).sqrt();
        let linear = b * (d - q);
        let peak = if linear > 0.0 {
            (linear + root) / (2.0 * d)
        } else {
            2.0 * q * b.mul_add(b, 1.0) / (root - linear)
        };
        // With w or u = peak·(1 + x), what is raised to −half is depth·(1 + t), t = αx + βx².
        let (power, side, depth, beta) = if q <= d {
            let depth = (peak - b).mul_add(peak - b, 1.0);
            (q, 1.0, depth, peak * peak / depth)
        } else {
            let u = 1.0 / peak;
            let past = 1.0 - b * u;
            let depth = past.mul_add(past, u * u);
            (d, -1.0, depth, u * u * b.mul_add(b, 1.0) / depth)
        };
        let alpha = power / half;
        let exponent = |y: f64| {
            let y = side * y;
            let x = y.exp_m1();
            let t = x * beta.mul_add(x, alpha);
            match y.abs() < 0.5 && t.abs() < 0.5 {
                true => -power * excess(y) + half * (deficit(t) - beta * x * x),
                // There is no cancellation far out, and 1 + x may overflow.
                false if y > 300.0 => f64::NEG_INFINITY,
                false => power * y - half * t.ln_1p(),
            }
        };
        let width = 1.0 / (power * (1.0 - alpha) + 2.0 * half * beta).sqrt();
        // Singular where w = b ± i, some 1/(1 + |b|) from the real line in y, and long tails: y = strip·sinh v.
        let strip = 1.0 / (b.abs() + 1.0);
        let along = |v: f64| exponent(strip * v.sinh()) + v.cosh().ln();
        let total = strip * trapezoid(along, width / strip, 0.05);
        Self { q, d, b, root, peak, depth, ln_width: total.ln() }
    }

    /// ln F(b).
    pub(super) fn ln(&self) -> f64 {
        let Self { q, d, peak, depth, .. } = *self;
        let power = if q <= d { q } else { -d };
        power * peak.ln() - 0.5 * (d + q) * depth.ln() + self.ln_width
    }

    pub(super) fn ln_over(&self, other: &Self, by: f64) -> f64 {
        let (q, d) = (self.q, self.d);
        // S² of the discriminants, and the peaks from the root's formula that does not cancel.
        let both = self.b + other.b;
        let roots = (d + q) * (d + q) * both * by / (self.root + other.root);
        let linear = by * (d - q);
        let peaks = if other.b * (d - q) > 0.0 {
            (linear + roots) / (2.0 * d)
        } else {
            let below = |one: &Self| one.root - one.b * (d - q);
            let above = both * by * below(other) - other.b.mul_add(other.b, 1.0) * (roots - linear);
            2.0 * q * above / (below(self) * below(other))
        };
        let (power, depths) = if q <= d {
            let past = |one: &Self| one.peak - one.b;
            (q, (peaks - by) * (past(self) + past(other)))
        } else {
            let [u, before] = [self, other].map(|one| 1.0 / one.peak);
            let more = -peaks * u * before;
            // Of b·u, and from it of (1 − bu)² + u².
            let products = by * u + other.b * more;
            (-d, products * (self.b * u + other.b * before - 2.0) + more * (u + before))
        };
        power * (peaks / other.peak).ln_1p() - 0.5 * (d + q) * (depths / other.depth).ln_1p()
            + (self.ln_width - other.ln_width)
    }

    pub(super) fn b(&self) -> f64 {
        self.b
    }
}

/// ln of E[e^(−x·B)], B ~ Beta(a, b): what is not asked about.
pub(super) fn ln_tilted(a: f64, b: f64, x: f64) -> f64 {
    ln_tilted_integral(a, b, x) - ln_tilted_integral(a, b, 0.0)
}

fn ln_tilted_integral(a: f64, b: f64, x: f64) -> f64 {
    let s = a + b + x;
    let peak = 2.0 * a / (s + (s * s - 4.0 * x * a).max(0.0).sqrt());
    let rest = 1.0 - peak;
    // In the logit y, from the peak: B = peak/(peak + rest·e^(−y)).
    let exponent = |y: f64| {
        let other = peak + rest * (-y).exp();
        // B/peak = 1/other, and (1 − B)/rest = e^(−y)/other.
        -a * other.ln() - b * (y + other.ln()) - x * peak * (1.0 / other - 1.0)
    };
    // With x's part as large as it can be anywhere: where that is negative at the peak, the peak is flat, and no measure of
    // how fast the sides fall.
    let curvature = s * peak * rest;
    let width = 1.0 / curvature.max(1e-3).sqrt();
    a * peak.ln() + b * rest.ln() - x * peak + trapezoid(exponent, width, 0.2).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal::{cdf, pdf};

    #[test]
    fn small_arguments_do_not_cancel() {
        for y in [1e-9f64, -1e-5, 0.3, -0.5, 0.09, -0.099, 0.5000001] {
            let exact =
                0.5 * y * y * (1.0 + y / 3.0 * (1.0 + y / 4.0 * (1.0 + y / 5.0 * (1.0 + y / 6.0))));
            assert!((excess(y) / exact - 1.0).abs() < 2e-4 * y.abs().powi(3) + 1e-15, "{y}");
            let exact = y * y * (0.5 - y / 3.0 + y * y / 4.0 - y * y * y / 5.0);
            assert!((deficit(y) / exact - 1.0).abs() < 2.0 * y.powi(4) + 1e-14, "{y}");
        }
        assert!((excess(0.5) - excess(0.5 + 1e-15)).abs() < 1e-14);
        assert!((deficit(0.1) - deficit(0.1 + 1e-16)).abs() < 1e-16);
    }

    /// K for N = 2: φ(b) + bΦ(b), times √(2π).
    #[test]
    fn two_coordinates_are_known_in_closed_form() {
        for b in [-30.0, -3.0, -0.5, 0.0, 1e-8, 0.7, 4.0, 100.0, 1e6] {
            let found = Length::new(2.0, b).ln();
            let exact = (pdf(b) + b * cdf(b)).ln() + 0.5 * std::f64::consts::TAU.ln();
            // The closed form cancels on the left.
            let lost = if b < -1.0 { 1e-15 * b.powi(4) } else { 0.0 };
            let tolerance = 4e-15 * (1.0 + exact.abs()) + lost;
            assert!((found - exact).abs() < tolerance, "{b}: {found} {exact}");
        }
    }

    /// The recurrence and the trapezoidal rule, which takes numbers of coordinates that are no integers, too.
    #[test]
    fn the_two_methods_agree() {
        for n in [1.0, 2.0, 3.0, 5.0, 20.0, 64.0, 128.0f64] {
            for b in [0.0, 1e-9, 0.3, 2.0, 11.0, 300.0] {
                let (by_recurrence, by_rule) =
                    (Length::new(n, b), Length::new(n * (1.0 + 1e-15), b));
                let gap = by_recurrence.ln_width - by_rule.ln_width;
                // n·1e-15 for the other n, in units of its own slope, and the rounding of n steps.
                assert!(gap.abs() < 1e-15 * (4.0 + n), "{n} {b}: {gap:e}");
            }
        }
    }

    #[test]
    fn ratios_are_differences() {
        for n in [2.0, 3.0, 50.0, 1e4] {
            for (b, other) in [(0.0, 1.0), (3.0, 2.5), (-4.0, -1.0), (100.0, 101.0)] {
                let (here, there) = (Length::new(n, b), Length::new(n, other));
                let difference = here.ln() - there.ln();
                let size = 1.0 + here.ln().abs();
                assert!((here.ln_over(&there, b - other) - difference).abs() < 1e-14 * size);
                for q in [1.0, 7.0, 500.0, 1e5] {
                    let (here, there) = (Sum::new(q, n, b), Sum::new(q, n, other));
                    let difference = here.ln() - there.ln();
                    // The difference cancels; the ratio does not.
                    let size = n + q + here.ln().abs();
                    let found = here.ln_over(&there, b - other);
                    let miss = (found - difference).abs();
                    assert!(miss < 1e-14 * size, "{n} {q} {b}: {found} {difference}");
                }
            }
        }
    }

    /// ln F(b + by) − ln F(b) where a million questions and more meet few dimensions, or the other way round, from mpmath at
    /// 60 digits.
    #[test]
    fn many_directions_in_few_dimensions() {
        for (q, d, b, by, exact) in [
            (1e+06, 3e+00, 0.0, 1.52587890625e-05, 0.024402382796748574),
            (1e+08, 3e+00, 0.25, 9.5367431640625e-07, 22.439440400810998),
            (1e+08, 3e+00, 1.0, 4.76837158203125e-07, 23.84185814857369),
            (1e+12, 3e+00, 0.5, -5.820766091346741e-11, -23.28306436473679),
            (1e+12, 5e+01, 0.03125, 2.3283064365386963e-10, 7.268859510690837),
            (1e+07, 2e+00, 10.0, -1.52587890625e-05, -15.107721745442406),
            (5e+00, 1e+07, 0.25, 0.0625, 0.8925707492802014),
            (1e+09, 1e+04, 0.515625, -1.4901161193847656e-08, -6.0699008068745135),
        ] {
            let (q, d, by): (f64, f64, f64) = (q, d, by);
            let found = Sum::new(q, d, b + by).ln_over(&Sum::new(q, d, b), by);
            let stated = f64::EPSILON * (40.0 + 4.0 * (d.sqrt() + q.sqrt()));
            let error = (found - exact).abs();
            assert!(error < stated, "{q} {d} {b}: {found}, not {exact}: {error:e} of {stated:e}");
        }
    }

    /// F for q = d: ∫ of a rational function, at q = d = 1 a right angle and the arc tangent.
    #[test]
    fn one_direction_in_one_dimension_is_an_angle() {
        for b in [-20.0, -1.0, 0.0, 0.3, 8.0, 300.0f64] {
            let exact = std::f64::consts::FRAC_PI_2 + b.atan();
            let found = Sum::new(1.0, 1.0, b).ln().exp();
            assert!((found / exact - 1.0).abs() < 1e-13, "{b}: {found} {exact}");
        }
    }

    /// M(a, a + b, −x) for a = b = ½ is e^(−x/2)·I₀(x/2).
    #[test]
    fn a_tilted_beta_is_a_bessel_function() {
        for x in [0.0, 0.1, 3.0, 40.0f64] {
            let half = 0.5 * x;
            let (mut term, mut series) = (1.0, 1.0);
            for k in 1..200 {
                term *= (0.5 * half / f64::from(k)).powi(2);
                series += term;
            }
            let exact = series.ln() - half;
            let found = ln_tilted(0.5, 0.5, x);
            assert!((found - exact).abs() < 1e-13 * (1.0 + x), "{x}: {found} {exact}");
        }
    }

    /// Where the peak is flat, since its sides fall at different rates: ln ₁F₁(a, a + b, −x) from mpmath at 60 digits.
    #[test]
    fn a_flat_peak_is_resolved() {
        for (a, b, x, exact) in [
            (1000.0, 1.0, 1000.0, -996.3118723572641),
            (1000.0, 1.5, 1000.0, -994.6624925837748),
            (1000.0, 2.5, 990.0, -982.0051657579495),
        ] {
            let found = ln_tilted(a, b, x);
            let d: f64 = 2.0 * (a + b) + 1.0;
            let stated = f64::EPSILON * (40.0 + 4.0 * (d + d.sqrt()));
            let error = (found - exact).abs();
            assert!(error < stated, "{a} {b} {x}: {found}, not {exact}: {error:e} of {stated:e}");
        }
    }
}
