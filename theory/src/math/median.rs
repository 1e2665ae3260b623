//! The law of the median of n standard normals: its density, with and without its Gaussian decay.

use super::normal::{INV_SQRT_2PI, cdf, excess, from_centre, hazard};
use std::f64::consts::SQRT_2;
use std::num::NonZeroU32;

/// The law of the median of n = 2h + 1 standard normals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Median {
    /// h, where n = 2h + 1.
    pub(super) h: f64,
    /// n·C(2h, h)/4^h/√(2π).
    pub(crate) factor: f64,
}

impl Median {
    /// Creates the law for `votes` ≥ 1; even numbers count like the next smaller odd one, since fair ties decide
    /// nothing.
    pub(crate) fn new(votes: u32) -> Self {
        let h = votes.saturating_sub(1) / 2;
        let factor = f64::from(2 * h + 1) * central_binomial(h) * INV_SQRT_2PI;
        Self { h: f64::from(h), factor }
    }

    /// Returns ln(4 Φ(w) Φ(−w)) + w²/2, with an error of about 2 ulp of the first term and at most 4ε: the part of
    /// one vote's term without its Gaussian decay, which is kept exactly. Near 0 it is computed without cancellation
    /// by (2Φ − 1)² = erf²; further out with Φ(−w) = φ(w)/hazard(w).
    pub(crate) fn rest(w: f64) -> f64 {
        let w = w.abs();
        if w < SQRT_2 {
            Self::near_balance(w) + 0.5 * w * w
        } else {
            (4.0 * INV_SQRT_2PI * cdf(w) / hazard(w)).ln()
        }
    }

    /// Returns ln(4 Φ(w) Φ(−w)), with an error of about 2 ulp.
    pub(crate) fn balance(w: f64) -> f64 {
        if w.abs() < SQRT_2 { Self::near_balance(w) } else { Self::rest(w) - 0.5 * w * w }
    }

    /// Returns ln(4 Φ(w) Φ(−w)) near 0, where this formula loses no digits.
    fn near_balance(w: f64) -> f64 {
        let e = 2.0 * from_centre(w);
        (-e * e).ln_1p()
    }

    /// Returns the derivative of [`Median::rest`], within a few ulp of 1 − w near 0 and of itself far out.
    pub(crate) fn rest_slope(w: f64) -> f64 {
        let far = w.abs();
        let slope = hazard(-far) - excess(far);
        if w < 0.0 { -slope } else { slope }
    }

    /// Returns h, where n = 2h + 1.
    pub(crate) fn h(&self) -> f64 {
        self.h
    }

    /// Returns the density at w = 0, divided by that of the normal.
    pub(crate) fn factor_at_centre(&self) -> f64 {
        self.factor / INV_SQRT_2PI
    }

    /// Returns h·ln(4 Φ(w) Φ(−w)) + h·w²/2.
    pub(crate) fn power(&self, w: f64) -> f64 {
        if self.h > 0.0 { self.h * Self::rest(w) } else { 0.0 }
    }

    /// Returns the derivative of the logarithm of the density.
    pub(crate) fn slope(&self, w: f64) -> f64 {
        if self.h > 0.0 { self.h * (hazard(-w) - hazard(w)) - w } else { -w }
    }

    /// Returns a lower bound on the order of magnitude of the standard deviation: 1/√n.
    pub(crate) fn scale(&self) -> f64 {
        1.0 / (2.0 * self.h + 1.0).sqrt()
    }
}

/// Returns the density of the median of `votes` standard normals at w; even numbers count like the next smaller odd
/// one.
///
/// Accuracy: relative error below 1e-15·(10 + |ln density|).
///
/// `f(w) = n!/(h! h!)·Φ(w)^h·Φ(−w)^h·φ(w)` for n = 2h + 1, see [`crate::vote`].
#[must_use]
pub fn median_density(votes: NonZeroU32, w: f64) -> f64 {
    let median = Median::new(votes.get());
    median.factor * (median.power(w) - 0.5 * (median.h + 1.0) * w * w).exp()
}

/// Returns C(2h, h)/4^h within an ulp or two: exactly for small h, and by Stirling's series for large h, where
/// ln(C(2h, h)·√(πh)/4^h) = −1/(8h) + 1/(192h³) − 1/(640h⁵) + 17/(14336h⁷) − … Source: the series of ln Γ, DLMF
/// 5.11.1, at 2h + 1 and h + 1.
fn central_binomial(h: u32) -> f64 {
    if h <= 25 {
        // C(50, 25) < 2^47: every product and quotient is exact.
        let binomial = (1..=u64::from(h)).fold(1_u64, |c, i| c * 2 * (2 * i - 1) / i);
        #[allow(clippy::cast_precision_loss)] // below 2^53
        return binomial as f64 * 0.25_f64.powi(h.cast_signed());
    }
    let x = 1.0 / f64::from(h);
    let y = x * x;
    let series = x * (-1.0 / 8.0 + y * (1.0 / 192.0 + y * (-1.0 / 640.0 + y * (17.0 / 14336.0))));
    series.exp() / (std::f64::consts::PI * f64::from(h)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::double::Dd;
    use crate::math::normal::{pdf, sf};

    #[test]
    fn the_two_forms_of_the_central_binomial_agree() {
        // The product (2i−1)/(2i), in double-double, on both sides of the change at h = 25.
        let mut product = Dd::from(1.0);
        for h in 1..=2000_u32 {
            product = product * Dd::from(f64::from(2 * h - 1)) / Dd::from(f64::from(2 * h));
            let got = central_binomial(h);
            // 4 ulp: exp, square root and quotient.
            assert!((got / product.hi() - 1.0).abs() < 1e-15, "h = {h}: {got}");
        }
    }

    #[test]
    fn the_two_forms_of_the_rest_agree_where_they_meet() {
        let (inside, outside) = (Median::rest(SQRT_2 - 1e-15), Median::rest(SQRT_2 + 1e-15));
        // The slope there is −0.3, so only rounding can differ: 4ε on both sides.
        assert!((inside - outside).abs() < 2e-15);
    }

    /// Checks n = 3 at w = ½ by hand: 6·Φ(½)·Φ(−½)·φ(½); n = 1 is the normal itself.
    #[test]
    fn the_density_by_hand() {
        let votes = |n| NonZeroU32::new(n).unwrap();
        let three = 6.0 * cdf(0.5) * sf(0.5) * pdf(0.5);
        assert!((median_density(votes(3), 0.5) / three - 1.0).abs() < 1e-15);
        assert!((median_density(votes(4), -0.5) / three - 1.0).abs() < 1e-15);
        assert!((median_density(votes(1), 2.0) / pdf(2.0) - 1.0).abs() < 1e-15);
    }
}
