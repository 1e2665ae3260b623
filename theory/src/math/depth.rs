//! The depth of a probability in a tail: its logarithm, in a form whose differences keep their digits.
//!
//! At mean = −1e15 and data_std = 1e-15, the logarithm of an accuracy is −5e59, and the digits of one or two doubles
//! are not enough for a difference of two such logarithms. But the differences themselves are simple. With c the
//! centre of a margin minus the bound that it has to exceed, and τ the spread that a draw adds to data_std, the
//! leading term is the same for all of them, so the difference of two is computed from the differences of their
//! parts:
//!
//! ```text
//! ln P = −c²/(2S²) + h·rest(w) + what is left,   S² = data_std² + τ²
//! c₁²/S₁² − c₂²/S₂² = (c₁ − c₂)(c₁ + c₂)/S₁² + c₂²(S₂² − S₁²)/(S₁²S₂²)
//! ```
//!
//! where rest is that of a vote ([`Median::rest`]) at the median w, which is of the order of ln w.

use super::median::Median;
use crate::math::double::Dd;
use crate::math::quadrature::gauss;

/// The variance of a margin: data_std² + τ².
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variance {
    data: f64,
    /// τ².
    own: Dd,
}

impl Variance {
    /// Creates the variance for data and a draw whose *variance* is `own`.
    pub(crate) fn new(data_std: f64, own: Dd) -> Self {
        Self { data: data_std, own }
    }

    /// Returns data_std² + τ².
    pub(crate) fn total(self) -> Dd {
        Dd::two_prod(self.data, self.data) + self.own
    }

    /// Returns S, the standard deviation.
    pub(crate) fn root(self) -> Dd {
        if self.own == Dd::ZERO { Dd::from(self.data) } else { self.total().sqrt() }
    }

    /// Returns the difference of two variances, which does not cancel if the data is the same.
    fn minus(self, other: Self) -> Dd {
        let own = self.own - other.own;
        if self.data.to_bits() == other.data.to_bits() {
            return own;
        }
        Dd::two_prod(self.data, self.data) - Dd::two_prod(other.data, other.data) + own
    }
}

/// The logarithm of a number, with differences that are accurate relative to themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    /// c = centre − less; the two are kept apart, as they may differ by many orders of magnitude.
    centre: Dd,
    less: Dd,
    variance: Variance,
    /// h and w of h·rest(w).
    power: (f64, Dd),
    /// The remaining part.
    rest: Dd,
}

/// A difference of two depths, and a bound on its error, except for the rounding errors that are relative to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    pub(crate) value: Dd,
    pub(crate) error: f64,
}

/// The error of a number in double-double, relative to it, over a few operations.
const DOUBLE: f64 = 1e-30;
/// Returns the error of h·[`Median::rest`] at w.
fn power_error(h: f64, w: Dd) -> f64 {
    if h > 0.0 { f64::EPSILON * h * (3.0 * Median::balance(w.hi()).abs()).min(4.0) } else { 0.0 }
}

impl Depth {
    /// ln 1.
    pub(crate) const ZERO: Self = Self {
        centre: Dd::ZERO,
        less: Dd::ZERO,
        variance: Variance { data: 1.0, own: Dd::ZERO },
        power: (0.0, Dd::ZERO),
        rest: Dd::ZERO,
    };

    /// Creates −(centre − less)²/(2S²).
    pub(crate) fn new(centre: Dd, less: Dd, variance: Variance) -> Self {
        Self { centre, less, variance, ..Self::ZERO }
    }

    /// Returns this plus a number.
    pub(crate) fn and(self, more: Dd) -> Self {
        Self { rest: self.rest + more, ..self }
    }

    /// Returns this plus h·rest(w), of which there may only be one.
    pub(crate) fn and_power(self, h: f64, w: Dd) -> Self {
        Self { power: (h, w), ..self }
    }

    /// Returns the number itself.
    pub(crate) fn total(self) -> Dd {
        let c = self.centre - self.less;
        let mut total = self.rest;
        if c != Dd::ZERO {
            let z = c / self.variance.root();
            total = total - z * z.half();
        }
        let (h, w) = self.power;
        if h > 0.0 { total + Dd::from(h * Median::rest(w.hi())) } else { total }
    }

    /// Returns the nearest double.
    pub(crate) fn hi(self) -> f64 {
        self.total().hi()
    }

    /// Returns the part besides −c²/(2S²) and the power of a vote.
    pub(crate) fn rest(self) -> f64 {
        self.rest.hi()
    }

    /// Returns a bound on the error of [`Depth::total`], except for rounding to a double.
    pub(crate) fn error(self) -> f64 {
        power_error(self.power.0, self.power.1) + DOUBLE * self.total().hi().abs()
    }

    /// Returns this minus another.
    pub(crate) fn minus(self, other: Self) -> Gap {
        let (squares, powers) = (self.squares(other), self.powers(other));
        let value = (self.rest - other.rest) - squares.half() + powers.value;
        let sizes = squares.hi().abs() + self.rest.hi().abs() + other.rest.hi().abs();
        Gap { value, error: powers.error + DOUBLE * sizes }
    }

    /// Returns c₁²/S₁² − c₂²/S₂².
    fn squares(self, other: Self) -> Dd {
        let [one, two] = [self, other].map(|depth| depth.centre - depth.less);
        let z = |c: Dd, depth: Self| c / depth.variance.root();
        if one == Dd::ZERO && two == Dd::ZERO {
            return Dd::ZERO;
        }
        if one == Dd::ZERO {
            let z = z(two, other);
            return -(z * z);
        }
        if two == Dd::ZERO {
            let z = z(one, self);
            return z * z;
        }
        let root = self.variance.root();
        let step = (self.centre - other.centre) - (self.less - other.less);
        let spread = other.variance.minus(self.variance);
        let moved = (step / root) * ((one + two) / root);
        if spread == Dd::ZERO {
            return moved;
        }
        moved + (two / root) * (two / root) * (spread / other.variance.total())
    }

    fn powers(self, other: Self) -> Gap {
        let ((h, w), (k, v)) = (self.power, other.power);
        if h == 0.0 && k == 0.0 {
            return Gap { value: Dd::ZERO, error: 0.0 };
        }
        let step = (w - v).hi();
        if h.to_bits() == k.to_bits() && step.abs() <= 0.5 {
            let value = Median::power_step(h, v.hi(), step);
            return Gap { value: Dd::from(value), error: 4.0 * f64::EPSILON * value.abs() };
        }
        let power = |h: f64, w: Dd| if h > 0.0 { h * Median::rest(w.hi()) } else { 0.0 };
        Gap {
            value: Dd::two_sum(power(h, w), -power(k, v)),
            error: power_error(h, w) + power_error(k, v),
        }
    }
}

impl From<Dd> for Depth {
    fn from(rest: Dd) -> Self {
        Self { rest, ..Self::ZERO }
    }
}

impl Median {
    /// Returns the variance of the margin of a vote, in the normal approximation far in the tail: that of w is
    /// 1/(h + 1).
    pub(crate) fn variance(&self, sigma: f64, data_std: f64) -> Variance {
        Variance::new(data_std, Dd::two_prod(sigma, sigma) / Dd::from(self.h + 1.0))
    }

    /// Returns h·[rest(w + step) − rest(w)], with an error of a few ulp of itself, or of 4·10⁻¹⁶·h·step.
    pub(crate) fn power_step(h: f64, w: f64, step: f64) -> f64 {
        if h > 0.0 && step != 0.0 { h * gauss(|t| Self::rest_slope(w + t), 0.0, step) } else { 0.0 }
    }
}
