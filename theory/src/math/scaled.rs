//! Positive numbers beyond the range of a double, and the tail probabilities that need them.
//!
//! Accuracies underflow long before their ratios do: at mean = −50 both A(0) and A(ε) are 0 as
//! doubles, while A(ε)/A(0) is an ordinary number. So everything is kept as mantissa·exp(exponent)
//! until the last step.

use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::{cdf_dd, hazard};
use crate::math::quadrature::gauss;
use pxfm::f_erf;
use std::f64::consts::FRAC_1_SQRT_2;

/// 1/√(2π), rounded.
pub(crate) const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// mantissa·exp(exponent), mantissa ≥ 0, with a bound on its relative error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaled {
    pub(crate) exponent: Dd,
    pub(crate) mantissa: f64,
    pub(crate) relative: f64,
}

impl Scaled {
    /// a + b.
    pub(crate) fn plus(self, other: Self) -> Self {
        let (big, small) = if self.mantissa > 0.0
            && (other.mantissa <= 0.0 || self.exponent.hi() >= other.exponent.hi())
        {
            (self, other)
        } else {
            (other, self)
        };
        let gap = small.exponent - big.exponent;
        // gap ≤ 0; its trailing part is far below the rounding of exp
        let part = small.mantissa * gap.hi().min(0.0).exp();
        let total = big.mantissa + part;
        let weighted = if part > 0.0 {
            (big.relative * big.mantissa + small.relative * part) / total
        } else {
            big.relative // also where there is no mantissa at all
        };
        Self { exponent: big.exponent, mantissa: total, relative: weighted + 4.0 * f64::EPSILON }
    }

    /// (a + b)/2: the average over the two classes.
    pub(crate) fn mean(self, other: Self) -> Self {
        let total = self.plus(other);
        Self { mantissa: 0.5 * total.mantissa, ..total }
    }

    /// factor·a, for a factor > 0.
    pub(crate) fn times(self, factor: f64) -> Self {
        let relative = self.relative + f64::EPSILON;
        Self { mantissa: factor * self.mantissa, relative, ..self }
    }

    /// As a probability in double precision; 0 where it underflows.
    pub(crate) fn probability(self) -> Bounded {
        let Bounded { value, error } = self.number();
        Bounded::probability(value, error)
    }

    /// As a double, which may be of any size; 0 where it underflows.
    pub(crate) fn number(self) -> Bounded {
        let value = times_exp(self.mantissa, self.exponent);
        // below the normal range the spacing of doubles is what limits
        let spacing = if value < f64::MIN_POSITIVE { 4.0 * f64::from_bits(1) } else { 0.0 };
        Bounded { value, error: value * (self.relative + 4.0 * f64::EPSILON) + spacing }
    }

    /// 0, exactly.
    pub(crate) const ZERO: Self = Self { exponent: Dd::ZERO, mantissa: 0.0, relative: 0.0 };

    /// a/b, unrounded.
    pub(crate) fn over(self, other: Self) -> Self {
        Self {
            exponent: self.exponent - other.exponent,
            mantissa: self.mantissa / other.mantissa,
            relative: self.relative + other.relative + f64::EPSILON,
        }
    }

    /// a/b as a probability. Where a or b is known to its order of magnitude at best, nothing is
    /// known of the ratio: the error is 1.
    pub(crate) fn ratio(self, other: Self) -> Bounded {
        let quotient = self.over(other);
        let ratio = quotient.probability();
        Bounded { error: if quotient.relative < 0.5 { ratio.error } else { 1.0 }, ..ratio }
    }

    /// The natural logarithm; the error is absolute.
    pub(crate) fn ln(self) -> Bounded {
        let mantissa = self.mantissa.ln();
        let value = (self.exponent + Dd::from(mantissa)).hi();
        let error = if self.relative < 0.5 {
            // |ln(1 + r)| ≤ 2|r| up to there
            2.0 * self.relative
        } else {
            1e-8 * value.abs() // see `unresolved`
        };
        Bounded { value, error: error + f64::EPSILON * (value.abs() + mantissa.abs()) }
    }

    /// A number below exp(−1e10) of which only the logarithm is known, and that to 1e-8.
    pub(crate) fn unresolved(exponent: Dd) -> Self {
        Self { exponent, mantissa: 1.0, relative: 1e100 }
    }
}

/// mantissa·exp(exponent), in two steps so that a subnormal exp is not multiplied up again.
fn times_exp(mantissa: f64, exponent: Dd) -> f64 {
    if exponent.hi() == 0.0 {
        return mantissa;
    }
    let root = (0.5 * exponent.hi()).exp();
    let correction = 1.0 + exponent.lo();
    (root * (mantissa * correction)) * root
}

/// Below this argument Φ is kept as exp(−z²/2) times a rest, so that it cannot underflow.
const DEEP: f64 = -20.0;

/// Φ(z).
pub(crate) fn below(z: Dd) -> Scaled {
    if z.hi() < DEEP {
        return Scaled {
            exponent: -(z * z.half()),
            mantissa: INV_SQRT_2PI / hazard(-z.hi()),
            relative: 8.0 * f64::EPSILON,
        };
    }
    Scaled { exponent: Dd::ZERO, mantissa: cdf_dd(z), relative: 4.0 * f64::EPSILON }
}

/// `P[high − width < Z < high]` for a standard normal Z, with relative accuracy for every width > 0.
pub(crate) fn interval(high: Dd, width: Dd) -> Scaled {
    let low = high - width;
    let near = if high.hi() <= 0.0 {
        -high
    } else if low.hi() >= 0.0 {
        low
    } else {
        return Scaled {
            exponent: Dd::ZERO,
            mantissa: from_centre(high.hi()) + from_centre(-low.hi()),
            relative: 4.0 * f64::EPSILON,
        };
    };
    Scaled {
        exponent: -(near * near.half()),
        mantissa: outward(near.hi(), width.hi()),
        relative: 12.0 * f64::EPSILON,
    }
}

/// `P[0 < Z < x]`, x ≥ 0. The rounding of x/√2 costs half an ulp at most, since erf is concave.
pub(crate) fn from_centre(x: f64) -> f64 {
    0.5 * f_erf(x * FRAC_1_SQRT_2)
}

/// `exp(near²/2)·P[near < Z < near + width]`, near ≥ 0, width > 0: within a few ulp.
///
/// Equation: (2π)^(−½) ∫₀^width exp(−near·t − t²/2) dt. Where the integrand does not fall to one
/// half, the integral is taken as it stands; else the difference of two tails loses nothing.
pub(crate) fn outward(near: f64, width: f64) -> f64 {
    let fall = (near + 0.5 * width) * width;
    let scaled = if fall < 0.7 {
        gauss(|t| (-(near + 0.5 * t) * t).exp(), 0.0, width)
    } else {
        1.0 / hazard(near) - (-fall).exp() / hazard(near + width)
    };
    // the tail is φ/hazard, so the second form carries the same factor (2π)^(−½)
    INV_SQRT_2PI * scaled
}
