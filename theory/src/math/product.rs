//! E[∏ Sᵢ(cᵢ + rᵢ·z)] over a standard normal z, for distribution functions Sᵢ of medians and their extremes.
//!
//! Every Sᵢ is log-concave (see [`Extreme`]), and so are its reflections and the density of z. The integrand
//! therefore has one peak, from which it is integrated outwards in terms of distances from the peak, so that factors
//! many orders of magnitude steeper than z's density keep their digits.

use crate::math::bell::{self, ABYSS, zero_of_falling};
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::extreme::Extreme;
use crate::math::majority::Chance;
use crate::math::scaled::{INV_SQRT_2PI, Scaled};

/// At 8·1.5 = 12 widths from its middle, every S is constant to 1e-17; the slowest is n ≈ 11.
const SETTLED: f64 = 1.5;

/// S(constant + rate·z).
#[derive(Clone, Copy)]
pub(crate) struct Factor<'a> {
    pub(crate) extreme: Extreme<'a>,
    pub(crate) constant: Dd,
    /// The rate, up to 1e22 in magnitude: at the peak, z is known to 1e-32.
    pub(crate) rate: Dd,
}

impl<'a> Factor<'a> {
    fn argument(&self, z: Dd) -> Dd {
        self.constant + self.rate * z
    }

    /// Returns the distance in z on which the logarithm bends by at most 1.
    fn finest(&self) -> f64 {
        self.extreme.finest() / self.rate.hi().abs()
    }

    fn near(&self, peak: Dd) -> Near<'a> {
        Near::new(self.extreme, self.argument(peak), self.rate.hi())
    }
}

/// Returns E[∏ Sᵢ] of `factors`.
pub(crate) fn average<const N: usize>(factors: [Factor<'_>; N]) -> Scaled {
    let step = factors.iter().map(Factor::finest).fold(1.0, f64::min);
    let slope = |z: f64| {
        let each =
            factors.iter().map(|f| f.rate.hi() * f.extreme.slope(f.argument(Dd::from(z)).hi()));
        each.sum::<f64>() - z
    };
    let start = zero_of_falling(slope, 0.0, 1.0, 1e-4 * step);
    let mut peak = Dd::from(start);
    if step < 1e-3 {
        // Neighbouring doubles z may have quite different arguments: refine below their spacing.
        let there = factors.map(|f| (f, f.argument(peak)));
        let fine = |d: f64| {
            let each = there
                .iter()
                .map(|(f, x)| f.rate.hi() * f.extreme.slope((*x + f.rate * Dd::from(d)).hi()));
            each.sum::<f64>() - (start + d)
        };
        peak = Dd::two_sum(start, zero_of_falling(fine, 0.0, step, 1e-4 * step));
    }
    let near = factors.map(|f| f.near(peak));
    // For steps of different widths, list the places where the wider ones begin and end.
    let width = |f: &Factor<'_>| SETTLED * f.extreme.scale() / f.rate.hi().abs();
    let narrowest = factors.iter().map(width).fold(f64::INFINITY, f64::min);
    let knees: Vec<f64> = factors
        .iter()
        .zip(&near)
        .flat_map(|(f, near)| {
            let (at, reach) = (near.knee(), 8.0 * width(f));
            [at - reach, at, at + reach]
        })
        .collect();
    around(&near, peak, step, &knees, narrowest)
}

/// Returns the same from the factors near a peak of the integrand; `step`, `knees` and `width` are as in
/// [`bell::integral`].
pub(crate) fn around<const N: usize>(
    factors: &[Near<'_>; N],
    peak: Dd,
    step: f64,
    knees: &[f64],
    width: f64,
) -> Scaled {
    let exponent = factors.iter().fold(-(peak * peak.half()), |sum, f| sum + f.exponent());
    if exponent.hi() < ABYSS {
        return Scaled::unresolved(exponent); // the factors left out are within exp(±100)
    }
    let peak = peak.hi();
    let value = |d: f64| {
        let (mut mantissa, mut gain) = (1.0, -0.5 * d * (2.0 * peak + d));
        for factor in factors {
            let (m, g) = factor.at(d);
            mantissa *= m;
            gain += g;
        }
        if mantissa > 0.0 { gain.exp() * mantissa } else { 0.0 }
    };
    let slope = |d: f64| factors.iter().map(|f| f.slope(d)).sum::<f64>() - (peak + d);
    let rounding: f64 = factors.iter().map(|f| f.extreme.rounding(f.argument.hi())).sum();
    let Bounded { value: integral, error } =
        bell::integral(value, slope, step, knees, width, rounding);
    Scaled {
        exponent: exponent.into(),
        mantissa: INV_SQRT_2PI * integral,
        relative: error / integral + 4.0 * f64::EPSILON,
    }
}

/// A factor near the peak of the integrand, as a function of the distance from it.
pub(crate) struct Near<'a> {
    extreme: Extreme<'a>,
    /// The argument of the probability at the peak.
    argument: Dd,
    /// The rate at which the argument changes.
    rate: f64,
    /// The probability at the peak.
    top: Chance,
}

impl<'a> Near<'a> {
    /// Creates the factor S, whose argument is `argument` at the peak and changes by `rate` per unit.
    pub(crate) fn new(extreme: Extreme<'a>, argument: Dd, rate: f64) -> Self {
        Self { extreme, argument, rate, top: extreme.chance(argument.hi()) }
    }

    fn argument(&self, d: f64) -> f64 {
        self.rate.mul_add(d, self.argument.hi())
    }

    /// Returns the logarithm at the peak, without that of the mantissa.
    fn exponent(&self) -> Dd {
        let decay = if self.top.near > 0.0 {
            self.argument * self.argument.half() * Dd::from(self.extreme.weight())
        } else {
            Dd::ZERO
        };
        Dd::from(self.top.power) - decay
    }

    /// Returns the mantissa at the distance d, and the increase of the logarithm since the peak.
    fn at(&self, d: f64) -> (f64, f64) {
        let Chance { mantissa, power, near } = self.extreme.chance(self.argument(d));
        let both_deep = near > 0.0 && self.top.near > 0.0;
        let step = if both_deep { -self.rate * d } else { near - self.top.near };
        let decay = 0.5 * self.extreme.weight() * step * (near + self.top.near);
        (mantissa, (power - self.top.power) - decay)
    }

    fn slope(&self, d: f64) -> f64 {
        self.rate * self.extreme.slope(self.argument(d))
    }

    /// Returns the distance of the step.
    pub(crate) fn knee(&self) -> f64 {
        (self.extreme.step() - self.argument.hi()) / self.rate
    }
}
