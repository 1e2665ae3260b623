//! G(a, v), the strength with which a closed-form accuracy depends on the threshold, and differences of its logarithm.
//!
//! ```text
//! G(a, v) = [φ(a − v) − φ(a + v)]/v / [Φ(a − v) + Φ(a + v)],   G(a, 0) = a·φ(a)/Φ(a)
//! ```
//!
//! has the sign of a. For 0 < e < a, with b = a − e and D(x) = Φ(x − v) + Φ(x + v),
//!
//! ```text
//! ln G(a, v) − ln G(b, v) = e·(v − a + e/2) + ln[(1 − exp(−2av))/(1 − exp(−2bv))] + ln[D(b)/D(a)]
//! ```
//!
//! three terms that are each proportional to e and computed with relative accuracy, so that the sign of the
//! difference is found however small G is.

use crate::claims::verdict::squashed;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::{cdf, hazard, interval, pdf};

/// Returns G(a, v), even in v.
pub(super) fn pull(a: f64, v: f64) -> f64 {
    if v == 0.0 {
        return a * hazard(-a);
    }
    let v = v.abs();
    if a >= 0.0 {
        return -pdf(a - v) * (-2.0 * a * v).exp_m1() / (v * (cdf(a - v) + cdf(a + v)));
    }
    // Everything divided by φ(a + v), which may underflow.
    let fade = (2.0 * a * v).exp();
    let mass = 1.0 / hazard(-a - v) + fade / hazard(v - a);
    (2.0 * a * v).exp_m1() / (v * mass)
}

/// Returns the relative error of [`pull`], from the rounding of its arguments.
pub(super) fn rounding(a: f64, v: f64) -> f64 {
    16.0 * f64::EPSILON * (1.0 + (a.abs() + v.abs()).powi(2))
}

/// Compares G(a, v) with G(a − e, v), for e ≥ 0: returns a continuous number from −1 to 1 with the sign of their
/// difference that does not vanish with e.
pub(in crate::claims) fn fall(a: f64, e: f64, v: f64) -> Bounded {
    if a <= 0.0 {
        let [before, after] = [pull(a, v), pull(a - e, v)];
        let size = before.abs() + after.abs();
        let error = rounding(a, v) * before.abs() + rounding(a - e, v) * after.abs();
        return Bounded { value: (before - after) / size, error: error / size };
    }
    if e >= a {
        return Bounded::exact(1.0); // G has the sign of its argument
    }
    let Bounded { value, error } = if e == 0.0 { log_slope(a, v) } else { log_gap(a, e, v) };
    let factor = if e == 0.0 { a } else { 1.0 + a / e };
    squashed(Bounded { value: factor * value, error: factor * error })
}

/// Returns the difference of G(a, v) and G(a − e, v) divided by the sum of their magnitudes, for e > 0.
pub(super) fn contrast(a: f64, e: f64, v: f64) -> Bounded {
    if a > 0.0 && e < a { squashed(log_gap(a, e, v)) } else { fall(a, e, v) }
}

/// Returns G(a, 0) − G(a − e, 0) for e > 0, with relative accuracy where a > 0.
pub(in crate::claims) fn pull_gap(a: f64, e: f64) -> Bounded {
    let (before, after) = (pull(a, 0.0), pull(a - e, 0.0));
    let of_each = rounding(a, 0.0) * before.abs() + rounding(a - e, 0.0) * after.abs();
    if a <= 0.0 || e >= a {
        return Bounded { value: before - after, error: of_each };
    }
    let Bounded { value: log, error } = log_gap(a, e, 0.0);
    // Divided by the larger of the two.
    let share = if log > 0.0 { -(-log).exp_m1() } else { log.exp_m1() };
    let size = before.max(after);
    let value = size * share;
    let relative = rounding(a, 0.0) + a / (a - e) * f64::EPSILON;
    Bounded { value, error: size * error + relative * value.abs() }
}

/// Returns ln G(a, v) − ln G(a − e, v) for 0 < e < a.
fn log_gap(a: f64, e: f64, v: f64) -> Bounded {
    let v = v.abs();
    let b = a - e;
    let first = e * (v - a + 0.5 * e);
    let odds = if v == 0.0 { e / b } else { -(-2.0 * e * v).exp_m1() / (2.0 * b * v).exp_m1() };
    let second = odds.ln_1p();
    let width = Dd::from(e);
    let mass = |end: f64| interval(Dd::from(end), width);
    let third = (-(mass(a - v) + mass(a + v)) / (cdf(a - v) + cdf(a + v))).ln_1p();
    let size = (a + v).powi(2);
    // The errors of a and e, each rounded, and of b, which is small near a = e.
    let rounding = e * (a + v + e) + second.abs() * (4.0 + a / b) + third.abs() * (4.0 + size);
    Bounded { value: first + second + third, error: 8.0 * f64::EPSILON * rounding }
}

/// Returns ∂ ln G(a, v)/∂a for a > 0.
fn log_slope(a: f64, v: f64) -> Bounded {
    let v = v.abs();
    let second = if v == 0.0 { 1.0 / a } else { 2.0 * v / (2.0 * a * v).exp_m1() };
    let third = (pdf(a - v) + pdf(a + v)) / (cdf(a - v) + cdf(a + v));
    let rounding = a + v + 4.0 * second + third * (4.0 + (a + v).powi(2));
    Bounded { value: v - a + second - third, error: 8.0 * f64::EPSILON * rounding }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the three terms with G itself, where that is of ordinary size.
    #[test]
    fn the_three_terms_are_the_difference_of_logarithms() {
        for a in [0.2, 1.0, 2.5, 5.0] {
            for v in [0.0, 1e-3, 0.5, 2.0, 6.0] {
                for part in [1e-3, 0.1, 0.5, 0.99] {
                    let e = part * a;
                    let Bounded { value, error } = log_gap(a, e, v);
                    let plain = (pull(a, v) / pull(a - e, v)).ln();
                    // The logarithms of G are accurate to some 1e-14.
                    assert!((value - plain).abs() < 2e-14 + error, "{a} {v} {e}: {value} {plain}");
                    assert!(error < 1e-12 * (1.0 + value.abs()), "{a} {v} {e}: {error}");
                }
                let slope = log_slope(a, v).value;
                let near = log_gap(a, 1e-6 * a, v).value / (1e-6 * a);
                assert!(
                    (slope - near).abs() < 1e-4 * (1.0 + slope.abs()),
                    "{a} {v}: {slope} {near}"
                );
            }
        }
    }

    /// Checks a case beyond the doubles: at a = 300 all of G underflows, and ln G(a) − ln G(b) = ln(a/b) − (a² − b²)/2.
    #[test]
    fn it_goes_on_where_doubles_end() {
        let Bounded { value, error } = log_gap(300.0, 1.0, 0.0);
        let expected = (300.0_f64 / 299.0).ln() - 299.5;
        assert!((value - expected).abs() <= error && error < 1e-9, "{value} {expected}");
    }
}
