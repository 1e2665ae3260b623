//! The numerators of the family and their derivatives where doubles underflow: as integrals about the peak of the
//! integrand, relative to it.
//!
//! With g(t) the conditional probability of the event at t = m + data_std·z, the numerator is
//! N(m) = E[g(m + data_std·z)], and integration by parts gives
//!
//! ```text
//! N′/N = E[g·z]/E[g]/data_std,   N″/N = E[g·(z² − 1)]/E[g]/data_std²
//! ```
//!
//! the means of z over a log-concave law. With p its peak, z = p + d, and everything that is left to compute is small.

use super::table::Event;
use crate::claims::verdict::relative;
use crate::math::bell::zero_of_falling;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::{hazard, ln_cdf, ln_cdf_dd, ln_sf_dd};
use crate::math::quadrature::nodes;
use crate::math::scaled::{INV_SQRT_2PI, Scaled};

/// The fall of the integrand's logarithm beyond which it is cut off.
const FALL: f64 = 45.0;

/// The choice of the numerator: the samples that are right in every try, or those that are wrong in at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Survives,
    Falls,
}

/// N, its logarithmic derivative and N″/N, at one m.
struct Moments {
    mass: Scaled,
    first: Bounded,
    second: Bounded,
}

/// Returns d ln[N(mean + u) + N(mean − u)]/du divided by u.
pub(super) fn slope(event: Event, fate: Fate, data_std: f64, mean: f64, u: f64) -> Bounded {
    let at = |m: f64| moments(event, fate, data_std, m);
    if u == 0.0 {
        return at(mean).second;
    }
    let [plus, minus] = [at(mean + u), at(mean - u)];
    // The weights of the two classes: (1 ± share)/2.
    let share = relative(minus.mass, plus.mass);
    let weight = |sign: f64| 0.5 * (1.0 + sign * share.value);
    let value = (weight(1.0) * plus.first.value - weight(-1.0) * minus.first.value) / u;
    let error = weight(1.0) * plus.first.error
        + weight(-1.0) * minus.first.error
        + 0.5 * share.error * (plus.first.value.abs() + minus.first.value.abs());
    Bounded { value, error: error / u + 8.0 * f64::EPSILON * value.abs() }
}

fn moments(event: Event, fate: Fate, data_std: f64, m: f64) -> Moments {
    let rate = data_std / event.sigma;
    let tries = f64::from(event.tries);
    let attacked = Dd::two_sum(m, -event.eps) / Dd::from(event.sigma);
    let clean = Dd::from(m) / Dd::from(event.sigma);
    let by = Dd::from(data_std) / Dd::from(event.sigma);
    let slope = |z: f64| {
        let x = (attacked + by * Dd::from(z)).hi();
        let fate = match fate {
            Fate::Survives => tries * hazard(-x),
            Fate::Falls => fall_slope(x, tries),
        };
        let first = if event.first { hazard(-(clean + by * Dd::from(z)).hi()) } else { 0.0 };
        rate * (fate + first) - z
    };
    let width = 1.0 / (1.0 + rate * rate * (tries + 1.0)).sqrt();
    let peak = zero_of_falling(slope, 0.0, 1.0, 1e-3 * width);
    let ln = |d: f64| {
        let z = Dd::two_sum(peak, d);
        let x = attacked + by * z;
        let fate = match fate {
            Fate::Survives => Dd::from(tries) * ln_cdf_dd(x),
            Fate::Falls => ln_fall(x, tries),
        };
        let first = if event.first { ln_cdf_dd(clean + by * z) } else { Dd::ZERO };
        fate + first - z * z.half()
    };
    let top = ln(0.0);
    let depth = |d: f64| (top - ln(d)).hi();
    let (low, high) = (end(depth, -width), end(depth, width));
    // The density falls at least as fast as that of z, so halving a panel is enough to see what lies in it.
    let parts = [1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125];
    let mut breaks: Vec<f64> = parts.iter().map(|part| low * part).collect();
    breaks.push(0.0);
    breaks.extend(parts.iter().rev().map(|part| high * part));
    let (mut kronrod, mut gauss, mut size) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for node in breaks.windows(2).flat_map(|ends| nodes(ends[0], ends[1])) {
        let weight = (ln(node.x) - top).hi().exp();
        for (j, power) in [1.0, node.x, node.x * node.x].into_iter().enumerate() {
            kronrod[j] += node.kronrod * weight * power;
            gauss[j] += node.gauss * weight * power;
            size[j] += node.kronrod * (weight * power).abs();
        }
    }
    // Of the logarithms, which are accurate to 1e-15·max(1, ln|x|) each.
    let rounding = 1e-14 * (1.0 + tries.min(1e6) * f64::from(u8::from(fate == Fate::Survives)));
    let error: [f64; 3] =
        std::array::from_fn(|j| (kronrod[j] - gauss[j]).abs() + rounding * size[j]);
    let mean = |j: usize| {
        let value = kronrod[j] / kronrod[0];
        Bounded { value, error: (error[j] + value.abs() * error[0]) / kronrod[0] }
    };
    let (d, square) = (mean(1), mean(2));
    let rest = peak.abs() * f64::EPSILON;
    Moments {
        mass: Scaled {
            exponent: top.into(),
            mantissa: INV_SQRT_2PI * kronrod[0],
            relative: error[0] / kronrod[0] + 4.0 * f64::EPSILON,
        },
        first: Bounded { value: (peak + d.value) / data_std, error: (d.error + rest) / data_std },
        second: Bounded {
            value: (peak * peak + 2.0 * peak * d.value + square.value - 1.0) / data_std.powi(2),
            error: (4.0 * peak.abs() * (d.error + rest) + square.error + 4.0 * f64::EPSILON)
                / data_std.powi(2),
        },
    }
}

/// Returns ln(1 − Φ(x)^T).
fn ln_fall(x: Dd, tries: f64) -> Dd {
    if tries == 1.0 {
        return ln_sf_dd(x);
    }
    let all = tries * ln_cdf(x.hi());
    if all > -1e-290 { Dd::from(tries.ln()) + ln_sf_dd(x) } else { Dd::from((-all.exp_m1()).ln()) }
}

/// Returns the derivative of ln(1 − Φ(x)^T).
fn fall_slope(x: f64, tries: f64) -> f64 {
    if tries == 1.0 {
        return -hazard(x);
    }
    let all = tries * ln_cdf(x);
    if all > -1e-12 {
        return -hazard(x);
    }
    -tries * hazard(-x) * all.exp() / -all.exp_m1()
}

/// Returns a distance in the direction of `step` at which the logarithm has fallen by [`FALL`] and not much more.
fn end(depth: impl Fn(f64) -> f64, step: f64) -> f64 {
    let (mut near, mut far) = (0.0, step);
    while depth(far) < FALL && far.is_finite() {
        (near, far) = (far, 2.0 * far);
    }
    for _ in 0..60 {
        if depth(far) < FALL + 15.0 {
            break;
        }
        let middle = 0.5 * near + 0.5 * far;
        if depth(middle) < FALL {
            near = middle;
        } else {
            far = middle;
        }
    }
    far
}
