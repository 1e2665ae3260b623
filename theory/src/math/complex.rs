//! The complex arithmetic that characteristic functions need: products, powers, and exponentials and logarithms that
//! keep their digits near 1.

use pxfm::{f_atan2, f_exp, f_expm1, f_log, f_log1p, f_sincos};
use std::ops::{Add, AddAssign, Mul, Sub};

/// re + i·im.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Complex {
    pub(crate) re: f64,
    pub(crate) im: f64,
}

impl Complex {
    pub(crate) const ZERO: Self = Self { re: 0.0, im: 0.0 };

    pub(crate) const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    /// Returns |z|.
    pub(crate) fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// Returns e^z.
    pub(crate) fn exp(self) -> Self {
        let (sine, cosine) = f_sincos(self.im);
        let length = f_exp(self.re);
        Self { re: length * cosine, im: length * sine }
    }

    /// Returns e^z − 1, with both parts accurate where z is small: the real part is (e^re − 1)·cos im − 2·sin²(im/2).
    pub(crate) fn exp_m1(self) -> Self {
        let (sine, cosine) = f_sincos(0.5 * self.im);
        let (turned, across) = (-2.0 * sine * sine, 2.0 * sine * cosine);
        let less = f_expm1(self.re);
        Self { re: less.mul_add(1.0 + turned, turned), im: (less + 1.0) * across }
    }

    /// Returns the principal value of ln(1 + z), accurate where z is small.
    pub(crate) fn ln_1p(self) -> Self {
        let whole = 1.0 + self.re;
        let square = self.re.mul_add(self.re + 2.0, self.im * self.im);
        // The square loses its digits where 1 + z is small.
        let re = if square < -0.5 { f_log(whole.hypot(self.im)) } else { 0.5 * f_log1p(square) };
        Self { re, im: f_atan2(self.im, whole) }
    }

    /// Returns the product with a real number.
    pub(crate) fn scale(self, factor: f64) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl AddAssign for Complex {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_exponentials_and_logarithms_keep_their_digits_and_undo_each_other() {
        for (re, im) in [(1e-9, 3e-8), (-0.3, 1.1), (-2e-12, 1e-6), (0.0, -2.5)] {
            let z = Complex::new(re, im);
            let back = z.exp_m1().ln_1p();
            assert!((back - z).abs() < 4e-16 * z.abs().max(1e-300), "{z:?} {back:?}");
            let whole = z.exp() - Complex::new(1.0, 0.0);
            assert!((whole - z.exp_m1()).abs() < 4e-16, "{z:?}");
        }
    }

    #[test]
    fn a_logarithm_of_next_to_nothing_is_right() {
        let log = Complex::new(-1.0 + 1e-12, 0.0).ln_1p();
        assert!((log.re - f_log(1.0 - (1.0 - 1e-12))).abs() < 1e-12, "{log:?}");
        let log = Complex::new(-1.0, 1e-200).ln_1p();
        assert!((log.re - f_log(1e-200)).abs() < 1e-12 && log.im > 1.5, "{log:?}");
    }

    #[test]
    fn exponentials_turn_sums_into_products() {
        let (a, b) = (Complex::new(0.3, -1.0), Complex::new(-0.7, 2.5));
        assert!(((a + b).exp() - a.exp() * b.exp()).abs() < 1e-15);
        assert!((a.scale(3.0).exp() - a.exp() * a.exp() * a.exp()).abs() < 1e-14);
    }
}
