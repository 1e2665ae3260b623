//! Interval arithmetic: bounds that contain the true value despite rounding.
//!
//! Every operation returns an interval that contains the result for every choice of numbers from its operands. The
//! operations of IEEE 754 (+ − × ÷ √) round to nearest, so one step outward makes them safe. [`cdf`](Enclosure::cdf)
//! and its relatives are bounded by their values at the two ends, since they are monotone, or at their known extrema;
//! each value is moved outward by four ulp. *That this covers their error is the only assumption:*
//! [`crate::math::normal`] documents 3 ulp or less for them, and measures 2.1 (`ACCURACY.md`). Source: Moore,
//! Kearfott, Cloud, *Introduction to Interval Analysis*, SIAM 2009.
//!
//! ```
//! use gauss_sim_theory::claims::enclosure::Enclosure;
//!
//! // Φ(½)/Φ(1) is above 0.82, whatever was rounded on the way
//! let robust = Enclosure::point(0.5).cdf() / Enclosure::ONE.cdf();
//! assert!(robust.low > 0.82 && robust.width() < 1e-14);
//! ```

use crate::math::normal;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// All real numbers x with low ≤ x ≤ high; an infinite end means no bound on that side.
///
/// Sets of numbers, and functions of them:
///
/// The functions of the normal law, each at 0, where they are ½, −ln 2, 1/√(2π) and √(2/π):
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enclosure {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Enclosure {
    /// All real numbers, for a value of which nothing is known.
    pub const ENTIRE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };
    /// 0, exactly.
    pub const ZERO: Self = Self { low: 0.0, high: 0.0 };
    /// 1, exactly.
    pub const ONE: Self = Self { low: 1.0, high: 1.0 };

    /// Returns the numbers from `low` to `high`; all real numbers if one of them is NaN.
    #[must_use]
    pub fn new(low: f64, high: f64) -> Self {
        if low <= high { Self { low, high } } else { Self::ENTIRE }
    }

    /// Returns the interval of a single number.
    #[must_use]
    pub fn point(value: f64) -> Self {
        Self::new(value, value)
    }

    /// Returns the enclosure of a number computed by [`crate::math::normal`], or of a constant: four ulp to each side.
    #[must_use]
    pub fn near(value: f64) -> Self {
        Self::new(lowered(value), raised(value))
    }

    /// Returns the smallest interval that contains both operands.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Returns the intersection of two enclosures of the same number. If they contradict each other, the assumption
    /// above is wrong, and the result is all real numbers.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.low.max(other.low), self.high.min(other.high))
    }

    /// Returns whether the interval contains `value`.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Returns high − low, rounded.
    #[must_use]
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// Returns a number in the middle of the interval.
    #[must_use]
    pub fn middle(self) -> f64 {
        (0.5 * self.low + 0.5 * self.high).clamp(self.low, self.high)
    }

    /// Returns x/2, which is only rounded if it is subnormal.
    #[must_use]
    pub fn half(self) -> Self {
        Self::outward(0.5 * self.low, 0.5 * self.high)
    }

    /// Returns x², which is never negative.
    #[must_use]
    pub fn square(self) -> Self {
        let (low, high) = (self.low.abs(), self.high.abs());
        let (near, far) =
            if self.contains(0.0) { (0.0, low.max(high)) } else { (low.min(high), low.max(high)) };
        let found = Self::outward(near * near, far * far);
        Self { low: found.low.max(0.0), ..found }
    }

    /// Returns √x of the nonnegative part.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let found = Self::outward(self.low.max(0.0).sqrt(), self.high.sqrt());
        Self { low: found.low.max(0.0), ..found }
    }

    /// Returns Φ(x).
    #[must_use]
    pub fn cdf(self) -> Self {
        let found =
            Self { low: lowered(normal::cdf(self.low)), high: raised(normal::cdf(self.high)) };
        found.and(Self { low: 0.0, high: 1.0 })
    }

    /// Returns ln Φ(x).
    #[must_use]
    pub fn ln_cdf(self) -> Self {
        let found = Self {
            low: lowered(normal::ln_cdf(self.low)),
            high: raised(normal::ln_cdf(self.high)),
        };
        found.and(Self { low: f64::NEG_INFINITY, high: 0.0 })
    }

    /// Returns φ(x), which is largest at 0.
    #[must_use]
    pub fn pdf(self) -> Self {
        let (at_low, at_high) = (normal::pdf(self.low), normal::pdf(self.high));
        let top = if self.contains(0.0) { normal::pdf(0.0) } else { at_low.max(at_high) };
        Self::new(lowered(at_low.min(at_high)).max(0.0), raised(top))
    }

    /// Returns λ(x) = φ(x)/Φ(x), decreasing; its slope is −λ·(x + λ).
    #[must_use]
    pub fn inverse_mills(self) -> Self {
        let (low, high) = (lowered(normal::hazard(-self.high)), raised(normal::hazard(-self.low)));
        Self::new(low.max(0.0), high)
    }

    /// Widens an interval by one step outward, which covers an operation that IEEE 754 rounds to nearest.
    fn outward(low: f64, high: f64) -> Self {
        Self::new(low.next_down(), high.next_up())
    }
}

/// Five times 2⁻⁵² of a number covers at least four of its ulp and the rounding of the product.
const PAD: f64 = 5.0 * f64::EPSILON;
/// The same for subnormal numbers.
const LEAST: f64 = 5.0 * 5e-324;

/// Returns the number moved down by four ulp.
fn lowered(value: f64) -> f64 {
    value - (value.abs() * PAD + LEAST)
}

/// Returns the number moved up by four ulp.
fn raised(value: f64) -> f64 {
    value + (value.abs() * PAD + LEAST)
}

impl Add for Enclosure {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::outward(self.low + other.low, self.high + other.high)
    }
}

impl Sub for Enclosure {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::outward(self.low - other.high, self.high - other.low)
    }
}

impl Neg for Enclosure {
    type Output = Self;

    fn neg(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }
}

impl Mul for Enclosure {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        of_four(
            self.low * other.low,
            self.low * other.high,
            self.high * other.low,
            self.high * other.high,
        )
    }
}

impl Div for Enclosure {
    type Output = Self;

    /// Returns the quotient; all real numbers if the divisor may be 0.
    fn div(self, other: Self) -> Self {
        if other.contains(0.0) {
            return Self::ENTIRE;
        }
        of_four(
            self.low / other.low,
            self.low / other.high,
            self.high / other.low,
            self.high / other.high,
        )
    }
}

/// Returns the range of a product or quotient, from its values at the four corners. If one of them is NaN (0·∞ or
/// ∞/∞), which must not be ignored, the result is all real numbers.
fn of_four(a: f64, b: f64, c: f64, d: f64) -> Enclosure {
    if a.is_nan() || b.is_nan() || c.is_nan() || d.is_nan() {
        return Enclosure::ENTIRE;
    }
    Enclosure::outward(a.min(b).min(c.min(d)), a.max(b).max(c.max(d)))
}
