//! Double-double arithmetic: a number as an unevaluated sum of two doubles, some 106 bits.
//!
//! It is needed because Φ magnifies the relative error of its argument z by about z². At z = −38, half an ulp in z is
//! a thousand ulp in Φ(z), so z = (mean + offset − eps)/√(data_std² + sigma²) has to be known far more accurately
//! than to a double before Φ can be right to the last digit.
//!
//! Accuracy: every operation is within 2⁻¹⁰² relative, barring overflow and underflow; where the
//! leading part is infinite or NaN, the trailing part is 0.
//!
//! Source: the algorithms and bounds are those of Joldes, Muller and Popescu, *Tight and rigorous error bounds for
//! basic building blocks of double-word arithmetic*, ACM TOMS 44 (2017), and for the square root those of Lefèvre,
//! Louvet, Muller, Picot and Rideau, *Accurate calculation of Euclidean norms using double-word arithmetic*, ACM TOMS
//! 49 (2023).
//!
//! ```
//! use gauss_sim_theory::math::double::Dd;
//! use gauss_sim_theory::math::normal::{cdf, cdf_dd};
//!
//! // mean 1, ε = 30, noise 1, sigma 1/8: z = −29/√(1 + 1/64) = −232/√65, Φ(z) = 2.138…e-182
//! let s = (Dd::from(1.0) + Dd::two_prod(0.125, 0.125)).sqrt();
//! let z = Dd::from(-29.0) / s;
//! let miss = |found: f64| (found / 2.138_343_382_578_460_9e-182 - 1.0).abs();
//! assert!(miss(cdf_dd(z)) < 4.5e-16);
//! assert!(miss(cdf(z.hi())) > 1e-15); // of the argument rounded to a double
//! ```

use std::ops::{Add, Div, Mul, Neg, Sub};

/// hi + lo, with |lo| at most half an ulp of hi.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Dd {
    hi: f64,
    lo: f64,
}

impl Dd {
    /// Zero.
    pub const ZERO: Self = Self { hi: 0.0, lo: 0.0 };

    /// Creates a constant from its two parts, which must already be the nearest double and the rest.
    pub(crate) const fn from_parts(hi: f64, lo: f64) -> Self {
        Self { hi, lo }
    }

    /// Returns the nearest double.
    #[must_use]
    pub const fn hi(self) -> f64 {
        self.hi
    }

    /// Returns the trailing part, the difference to the nearest double.
    #[must_use]
    pub const fn lo(self) -> f64 {
        self.lo
    }

    /// Returns the exact a + b.
    #[must_use]
    pub fn two_sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        if !hi.is_finite() {
            return Self { hi, lo: 0.0 };
        }
        let b_seen = hi - a;
        Self { hi, lo: (a - (hi - b_seen)) + (b - b_seen) }
    }

    /// Returns the exact a·b (unless the product's last bits underflow).
    #[must_use]
    pub fn two_prod(a: f64, b: f64) -> Self {
        let hi = a * b;
        let lo = if hi.is_finite() { a.mul_add(b, -hi) } else { 0.0 };
        Self { hi, lo }
    }

    /// Returns the exact a + b for |a| ≥ |b| or a = 0.
    fn quick_two_sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        let lo = if hi.is_finite() { b - (hi - a) } else { 0.0 };
        Self { hi, lo }
    }

    /// Returns the square root; NaN below zero.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let root = self.hi.sqrt();
        if root == 0.0 || !root.is_finite() {
            return Self { hi: root, lo: 0.0 };
        }
        let rest = (-root).mul_add(root, self.hi) + self.lo;
        Self::quick_two_sum(root, rest / (2.0 * root))
    }

    /// Returns the exact x/2 (unless it underflows).
    #[must_use]
    pub fn half(self) -> Self {
        Self { hi: 0.5 * self.hi, lo: 0.5 * self.lo }
    }
}

impl From<f64> for Dd {
    fn from(x: f64) -> Self {
        Self { hi: x, lo: 0.0 }
    }
}

impl Neg for Dd {
    type Output = Self;
    fn neg(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }
}

/// Adds accurately even if the two cancel: the error is relative to the sum itself (AccurateDWPlusDW).
impl Add for Dd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let s = Self::two_sum(self.hi, other.hi);
        let t = Self::two_sum(self.lo, other.lo);
        let v = Self::quick_two_sum(s.hi, s.lo + t.hi);
        Self::quick_two_sum(v.hi, t.lo + v.lo)
    }
}

impl Sub for Dd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Dd {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let p = Self::two_prod(self.hi, other.hi);
        if p.hi == 0.0 || !p.hi.is_finite() {
            return p;
        }
        let low = self.lo * other.lo;
        let cross = self.lo.mul_add(other.hi, self.hi.mul_add(other.lo, low));
        Self::quick_two_sum(p.hi, p.lo + cross)
    }
}

impl Div for Dd {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let q = self.hi / other.hi;
        if q == 0.0 || !q.is_finite() || other.hi.is_infinite() {
            return Self { hi: q, lo: 0.0 };
        }
        let back = other * Self::from(q);
        let rest = (self.hi - back.hi) + (self.lo - back.lo);
        Self::quick_two_sum(q, rest / other.hi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_are_exact() {
        let s = Dd::two_sum(1e17, 1.0 + f64::EPSILON);
        assert_eq!((s.hi(), s.lo()), (1e17, 1.0 + f64::EPSILON));
        // (1 + u)² = 1 + 2u + u²
        let u = f64::EPSILON;
        let p = Dd::two_prod(1.0 + u, 1.0 + u);
        assert_eq!((p.hi(), p.lo()), (1.0 + 2.0 * u, u * u));
    }

    #[test]
    fn a_third_and_a_root_have_thirty_digits() {
        let third = Dd::from(1.0) / Dd::from(3.0);
        let one = third + third + third - Dd::from(1.0);
        assert!(one.hi().abs() < 1e-31, "{one:?}");
        let two = Dd::from(2.0).sqrt() * Dd::from(2.0).sqrt() - Dd::from(2.0);
        assert!(two.hi().abs() < 1e-31, "{two:?}");
    }

    #[test]
    fn cancellation_leaves_the_low_part() {
        let x = Dd::from(1e15) + Dd::from(1e-15);
        let rest = x - Dd::from(1e15);
        assert!((rest.hi() - 1e-15).abs() < 1e-29, "{rest:?}");
    }

    #[test]
    fn infinities_do_not_turn_into_nan() {
        let inf = Dd::from(f64::INFINITY);
        for x in [inf + Dd::from(1.0), inf * Dd::from(2.0), Dd::from(1.0) / Dd::ZERO, inf.sqrt()] {
            assert_eq!((x.hi(), x.lo()), (f64::INFINITY, 0.0));
        }
        assert_eq!((Dd::from(1.0) / inf).hi(), 0.0);
        assert!(Dd::from(-1.0).sqrt().hi().is_nan());
    }
}
