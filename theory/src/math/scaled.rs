//! Positive numbers beyond the range of a double, and tail probabilities that need them.
//!
//! Accuracies underflow long before their ratios do: at mean = −50 both A(0) and A(ε) are 0 as doubles, while
//! A(ε)/A(0) is an ordinary number. So everything is stored as mantissa·exp(exponent) until the last step.

pub(crate) use super::normal::INV_SQRT_2PI;
use crate::math::bounded::Bounded;
use crate::math::depth::{Depth, Gap, Variance};
use crate::math::double::Dd;
use crate::math::normal::{cdf_dd, from_centre, hazard};
use crate::math::quadrature::gauss;

/// mantissa·exp(exponent), mantissa ≥ 0, with a bound on its relative error, except for that of the exponent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaled {
    pub(crate) exponent: Depth,
    pub(crate) mantissa: f64,
    pub(crate) relative: f64,
}

impl Scaled {
    /// Returns a + b.
    pub(crate) fn plus(self, other: Self) -> Self {
        if self.mantissa <= 0.0 {
            return other.rounded();
        }
        if other.mantissa <= 0.0 {
            return self.rounded();
        }
        let gap = other.exponent.minus(self.exponent);
        let (big, small, gap) = if gap.value.hi() <= 0.0 {
            (self, other, gap)
        } else {
            (other, self, Gap { value: -gap.value, ..gap })
        };
        // Its trailing part is far below the rounding of exp.
        let part = small.mantissa * gap.value.hi().exp();
        let total = big.mantissa + part;
        let weighted = if part > 0.0 {
            (big.relative * big.mantissa + (small.relative + gap.error) * part) / total
        } else {
            big.relative
        };
        Self { exponent: big.exponent, mantissa: total, relative: weighted }.rounded()
    }

    fn rounded(self) -> Self {
        Self { relative: self.relative + 4.0 * f64::EPSILON, ..self }
    }

    /// Returns (a + b)/2, the average over the two classes.
    pub(crate) fn mean(self, other: Self) -> Self {
        let total = self.plus(other);
        Self { mantissa: 0.5 * total.mantissa, ..total }
    }

    /// Returns factor·a, for a factor > 0.
    pub(crate) fn times(self, factor: f64) -> Self {
        let relative = self.relative + f64::EPSILON;
        Self { mantissa: factor * self.mantissa, relative, ..self }
    }

    /// Returns 2^power·a.
    pub(crate) fn times_power_of_two(self, power: i32) -> Self {
        if power == 0 {
            return self;
        }
        let ln_2 = Dd::from_parts(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);
        Self { exponent: self.exponent.and(Dd::from(f64::from(power)) * ln_2), ..self }
    }

    /// Returns the number as a probability in double precision; 0 where it underflows.
    pub(crate) fn probability(self) -> Bounded {
        let Bounded { value, error } = self.number();
        Bounded::probability(value, error)
    }

    /// Returns the number as a double of any size; 0 where it underflows.
    pub(crate) fn number(self) -> Bounded {
        let value = times_exp(self.mantissa, self.exponent.total());
        // Below the normal range, the spacing of doubles limits the accuracy.
        let spacing = if value < f64::MIN_POSITIVE { 4.0 * f64::from_bits(1) } else { 0.0 };
        let relative = self.relative + self.exponent.error() + 4.0 * f64::EPSILON;
        Bounded { value, error: value * relative + spacing }
    }

    /// Exactly 0.
    pub(crate) const ZERO: Self = Self { exponent: Depth::ZERO, mantissa: 0.0, relative: 0.0 };

    /// Returns a/b, unrounded.
    pub(crate) fn over(self, other: Self) -> Self {
        let gap = self.exponent.minus(other.exponent);
        Self {
            exponent: gap.value.into(),
            mantissa: self.mantissa / other.mantissa,
            relative: self.relative + other.relative + gap.error + f64::EPSILON,
        }
    }

    /// Returns a/b as a probability. If at most the order of magnitude of a or b is known, nothing is known of the
    /// ratio, and the error is 1, unless the ratio underflows in any case.
    pub(crate) fn ratio(self, other: Self) -> Bounded {
        let quotient = self.over(other);
        let ratio = quotient.probability();
        if quotient.relative < 0.5 {
            return ratio;
        }
        if quotient.exponent.hi() + self.doubt() + other.doubt() < -1000.0 {
            return Bounded { value: 0.0, error: 4.0 * f64::from_bits(1) };
        }
        Bounded { error: 1.0, ..ratio }
    }

    /// Returns the natural logarithm; the error is absolute.
    pub(crate) fn ln(self) -> Bounded {
        let mantissa = self.mantissa.ln();
        let value = self.exponent.and(Dd::from(mantissa)).hi();
        let error = self.exponent.error() + self.doubt();
        Bounded { value, error: error + f64::EPSILON * (value.abs() + mantissa.abs()) }
    }

    /// Returns a bound on the error of the logarithm that is due to `relative`.
    pub(crate) fn doubt(self) -> f64 {
        if self.relative < 0.5 {
            2.0 * self.relative // |ln(1 + r)| ≤ 2|r| up to there
        } else {
            1e-8 * self.exponent.rest().abs() + 200.0
        }
    }

    /// Creates a number of which only the logarithm is known: it is below −1e10, and accurate to 1e-8 of the part
    /// that [`Depth`] does not store exactly.
    pub(crate) fn unresolved(exponent: impl Into<Depth>) -> Self {
        Self { exponent: exponent.into(), mantissa: 1.0, relative: 1e100 }
    }
}

/// Returns mantissa·exp(exponent), computed in two steps so that a subnormal exp is not multiplied up again.
fn times_exp(mantissa: f64, exponent: Dd) -> f64 {
    if exponent.hi() == 0.0 || mantissa == 0.0 {
        return mantissa;
    }
    let root = (0.5 * exponent.hi()).exp();
    let correction = 1.0 + exponent.lo();
    (root * (mantissa * correction)) * root
}

/// Below this argument, Φ is stored as exp(−z²/2) times a rest, so that it cannot underflow.
const DEEP: f64 = -20.0;

/// Returns Φ(z).
pub(crate) fn below(z: Dd) -> Scaled {
    below_of(z, Dd::ZERO, Variance::new(1.0, Dd::ZERO))
}

/// Returns Φ((centre − less)/S).
pub(crate) fn below_of(centre: Dd, less: Dd, variance: Variance) -> Scaled {
    let z = (centre - less) / variance.root();
    if z.hi() < DEEP {
        return Scaled {
            exponent: Depth::new(centre, less, variance),
            mantissa: INV_SQRT_2PI / hazard(-z.hi()),
            relative: 8.0 * f64::EPSILON,
        };
    }
    Scaled { exponent: Depth::ZERO, mantissa: cdf_dd(z), relative: 4.0 * f64::EPSILON }
}

/// Returns `P[high − width < Z < high]` for a standard normal Z, with relative accuracy for every width > 0.
pub(crate) fn interval(high: Dd, width: Dd) -> Scaled {
    interval_of(high, width, Variance::new(1.0, Dd::ZERO))
}

/// Returns the same in units of S.
pub(crate) fn interval_of(high: Dd, width: Dd, variance: Variance) -> Scaled {
    let root = variance.root();
    let (z, span) = (high / root, width / root);
    let low = z - span;
    let (near, less) = if z.hi() <= 0.0 {
        (-z, Dd::ZERO)
    } else if low.hi() >= 0.0 {
        (low, width)
    } else {
        return Scaled {
            exponent: Depth::ZERO,
            mantissa: from_centre(z.hi()) + from_centre(-low.hi()),
            relative: 4.0 * f64::EPSILON,
        };
    };
    Scaled {
        exponent: Depth::new(high, less, variance),
        mantissa: outward(near.hi(), span.hi()),
        relative: 12.0 * f64::EPSILON,
    }
}

/// Returns `exp(near²/2)·P[near < Z < near + width]`, near ≥ 0, width > 0: within a few ulp.
///
/// Equation: (2π)^(−½) ∫₀^width exp(−near·t − t²/2) dt. If the integrand does not fall to one half, the integral is
/// computed directly; otherwise the difference of two tails loses no digits.
pub(crate) fn outward(near: f64, width: f64) -> f64 {
    let fall = (near + 0.5 * width) * width;
    let scaled = if fall < 0.7 {
        gauss(|t| (-(near + 0.5 * t) * t).exp(), 0.0, width)
    } else {
        1.0 / hazard(near) - (-fall).exp() / hazard(near + width)
    };
    // The tail is φ/hazard, so the second form has the same factor (2π)^(−½).
    INV_SQRT_2PI * scaled
}
