//! Votes far in the tail, where the integrand is nearly a Gaussian: everything is computed relative to its peak.
//!
//! With a = h + 1, rate = sigma/data_std and c < 0 the centre, the decay of the median's density and that of the
//! normal tail are together
//!
//! ```text
//! a·w²/2 + x²/2 = c²/(2S²) + (a + rate²)·d²/2,     x = (c + sigma·w)/data_std,  S² = data_std² + sigma²/a
//! w = w* + d,  x = x* + rate·d,     w* = −sigma·c/(a·S²),  x* = data_std·c/S²
//! ```
//!
//! so that nothing large is left except c²/(2S²), which [`Depth`] stores separately. The factors besides the Gaussian
//! vary little: they move the peak by d = O(1). On the other side of 0, x > 0, there is no tail; with
//! a·w* = −rate·x*, the remaining decay there is a·d·(w* + d/2) − x*²/2.

use super::Median;
use crate::math::bell::{self, zero_of_falling};
use crate::math::bounded::Bounded;
use crate::math::depth::{Depth, Variance};
use crate::math::double::Dd;
use crate::math::event::{Chance, Event};
use crate::math::normal::excess;
use crate::math::scaled::Scaled;

/// Differences of [`Median::power`] are computed as integrals from this h on ...
const MANY: f64 = 50.0;
/// ... if h·ln(4 Φ(w) Φ(−w)) is below this, where a difference would lose all of its digits.
const DEEP: f64 = -200.0;

/// The integrand as a function of d.
struct Integrand {
    median: Median,
    event: Event,
    rate: f64,
    /// a.
    weight: f64,
    /// w* and x*.
    w: f64,
    x: f64,
}

/// Returns `E[B((c + sigma·w)/data_std)]` for c = centre − less far below 0, where B is the probability of
/// [`Event::Below`] or [`Event::Window`].
pub(super) fn expect(
    median: Median,
    event: Event,
    [centre, less]: [Dd; 2],
    sigma: f64,
    data_std: f64,
    variance: Variance,
) -> Scaled {
    let root = variance.root();
    let z = (centre - less) / root;
    let weight = median.h() + 1.0;
    let w = -(z * (Dd::from(sigma) / root)) / Dd::from(weight);
    let x = (z * (Dd::from(data_std) / root)).hi();
    let found = Integrand { median, event, rate: sigma / data_std, weight, w: w.hi(), x };
    found.integral(Depth::new(centre, less, variance), w)
}

impl Integrand {
    fn integral(&self, depth: Depth, w: Dd) -> Scaled {
        let step = 1.0 / self.square().sqrt();
        let peak = zero_of_falling(|d| self.slope(d), 0.0, step, 1e-4 * step);
        let (w_peak, x_peak) = (self.w + peak, self.x_at(peak));
        let (h, top) = (self.median.h(), self.event.chance(x_peak));
        let precise = h >= MANY && h * Median::balance(w_peak) < DEEP;
        let power_peak = self.median.power(w_peak);
        let power = |d: f64| match (h > 0.0, precise) {
            (false, _) => 0.0,
            (true, true) => Median::power_step(h, w_peak, d),
            (true, false) => self.median.power(w_peak + d) - power_peak,
        };
        let value = |d: f64| {
            let chance = self.event.chance(self.rate.mul_add(d, x_peak));
            if chance.mantissa > 0.0 {
                (self.gain(peak, d, &top, &chance) + power(d)).exp() * chance.mantissa
            } else {
                0.0
            }
        };
        let knees = self.event.knees().map(|knee| (knee - x_peak) / self.rate);
        // The error of the slopes of `power` and of the Gaussian, which are opposite, over ten widths.
        let slopes =
            10.0 * step * (self.square() * peak.abs() + h * Median::rest_slope(w_peak).abs());
        let lost = if precise { 2.0 * slopes } else { slopes + h.min(MANY) * 4.0 };
        let balance = h * (2.0 * Median::balance(w_peak).abs()).min(4.0);
        let rounding = f64::EPSILON * (10.0 + if precise { lost } else { slopes + balance });
        let slope = |d: f64| self.slope(peak + d);
        let Bounded { value: integral, error } =
            bell::integral(value, slope, step, &knees, 1.0 / self.rate, rounding);
        let rest = if x_peak <= 0.0 {
            -(Dd::two_prod(peak, peak) * Dd::from(self.square())).half()
        } else {
            Dd::from(self.beyond(peak) - 0.5 * top.near * top.near)
        };
        Scaled {
            exponent: depth.and(rest).and_power(h, w + Dd::from(peak)),
            mantissa: self.median.factor * integral,
            relative: error / integral + 4.0 * f64::EPSILON,
        }
    }

    fn x_at(&self, d: f64) -> f64 {
        self.rate.mul_add(d, self.x)
    }

    /// Returns a + rate².
    fn square(&self) -> f64 {
        self.rate.mul_add(self.rate, self.weight)
    }

    /// Returns the logarithm of the Gaussian for x > 0, without the decay of the event.
    fn beyond(&self, d: f64) -> f64 {
        0.5 * self.x * self.x - self.weight * d * (self.w + 0.5 * d)
    }

    /// Returns the increase of the Gaussian and of the decay of the event from the peak to the distance d from it.
    fn gain(&self, peak: f64, d: f64, top: &Chance, chance: &Chance) -> f64 {
        let at = peak + d;
        let inside = |at: f64| -0.5 * self.square() * at * at;
        let outside = |at: f64, chance: &Chance| self.beyond(at) - 0.5 * chance.near * chance.near;
        match (self.x_at(peak) <= 0.0, self.rate.mul_add(d, self.x_at(peak)) <= 0.0) {
            (true, true) => -self.square() * d * (peak + 0.5 * d),
            (false, false) => {
                let decay = 0.5 * (chance.near - top.near) * (chance.near + top.near);
                -self.weight * d * (self.w + peak + 0.5 * d) - decay
            }
            (true, false) => outside(at, chance) - inside(peak),
            (false, true) => inside(at) - outside(peak, top),
        }
    }

    /// Returns the derivative of the logarithm.
    fn slope(&self, d: f64) -> f64 {
        let (w, x) = (self.w + d, self.x_at(d));
        let power =
            if self.median.h() > 0.0 { self.median.h() * Median::rest_slope(w) } else { 0.0 };
        if x > 0.0 {
            return self.rate.mul_add(self.event.slope(x), power - self.weight * w);
        }
        let pull = match self.event {
            Event::Window(width) => pull(-x, width.hi()),
            _ => excess(-x),
        };
        self.rate.mul_add(pull, power - self.square() * d)
    }
}

/// Returns the mean of t on [0, width] under exp(−near·t − t²/2): the derivative of the logarithm of
/// [`outward`](crate::math::scaled::outward) by −near.
fn pull(near: f64, width: f64) -> f64 {
    if near > 1e3 || width < 1e-3 {
        // t²/2 is negligible compared with near·t, or both are.
        let fall = near * width;
        return if fall > 1e-3 {
            1.0 / near - width / fall.exp_m1()
        } else {
            width * (0.5 - fall / 12.0)
        };
    }
    let mass = crate::math::scaled::outward(near, width) / crate::math::scaled::INV_SQRT_2PI;
    let fall = (near + 0.5 * width) * width;
    -(-fall).exp_m1() / mass - near
}
