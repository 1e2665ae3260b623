//! The standard normal: Φ, its upper tail, its density, their logarithms, the hazard, the quantile, and the mass of
//! an interval, all with full relative accuracy in both tails.
//!
//! `ACCURACY.md` has the measured errors of every function, by range, with plots. The numbers quoted below are upper
//! limits; the tests assert them, or smaller ones, against a table of 40 digits.
//!
//! Φ is not simply computed as ½·erfc(−z/√2), because the rounding of −z/√2 alone costs up to z²/2 ulp, 700 at the
//! end of the range. Here the low part of the argument is kept, and Φ is corrected with its own derivative.
//!
//! Throughout this module z is dimensionless (a distance in standard deviations), NaN gives NaN, and ±∞ give the
//! limits. φ(z) = exp(−z²/2)/√(2π), Φ(z) = ∫ φ from −∞ to z.
//!
//! ```
//! use gauss_sim_theory::math::normal::{cdf, ln_sf, quantile, sf};
//!
//! assert_eq!(cdf(0.0), 0.5);
//! assert!(1.0 - cdf(10.0) == 0.0 && sf(10.0) > 7.6e-24); // the tail has digits of its own
//! assert!((sf(10.0) / 7.619_853_024_160_526e-24 - 1.0).abs() < 1e-15);
//! assert!((ln_sf(10.0).exp() / sf(10.0) - 1.0).abs() < 1e-13);
//! assert!((cdf(quantile(0.975)) - 0.975).abs() < 1e-15);
//! ```

mod far;
mod interval;
mod near;
mod nodes;
mod quantile;

pub use interval::{between, interval, ln_interval};
pub use quantile::quantile;

use crate::math::double::Dd;
use pxfm::{f_erfc, f_erfcx, f_exp, f_log, f_log1p};

/// 1/√(2π), rounded.
pub(crate) const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// 1/√2.
const FRAC_1_SQRT_2: Dd = Dd::from_parts(std::f64::consts::FRAC_1_SQRT_2, -4.833646656726457e-17);
/// 1/√(2π).
const FRAC_1_SQRT_2PI: Dd = Dd::from_parts(0.398_942_280_401_432_7, -2.492_327_202_277_73e-17);
/// ½ ln(2π).
const HALF_LN_2PI: Dd = Dd::from_parts(0.918_938_533_204_672_8, -3.878_294_158_067_241_4e-17);

/// The distance at which Φ has rounded to 0 or 1: Φ(−38.6) is below half of the smallest double.
const FAR: f64 = 40.0;

/// Returns Φ(z) = P[Z ≤ z].
///
/// Accuracy: within 2 ulp for every double z, subnormal results within 2 of their spacing.
///
/// Method: up to 8½ from 0, Taylor's series about multiples of 1/32. In the tail beyond, ½·erfc(x) at x = −z/√2 in
/// double-double, with the low part included by the derivative. Source: erfc is pxfm's (half an ulp); the correction
/// is the first term of Taylor's series.
#[must_use]
pub fn cdf(z: f64) -> f64 {
    cdf_dd(Dd::from(z))
}

/// Returns the upper tail 1 − Φ(z) = `P[Z > z]`.
///
/// Accuracy, method, source: as [`cdf`]; it is Φ(−z).
#[must_use]
pub fn sf(z: f64) -> f64 {
    cdf(-z)
}

/// Returns [`cdf`] of an argument that has more precision than a double.
#[must_use]
pub fn cdf_dd(z: Dd) -> f64 {
    if z.hi().abs() < near::END {
        return if z.hi() < 0.0 { near::sf(-z) } else { near::cdf(z) };
    }
    let x = -(z * FRAC_1_SQRT_2);
    let e = f_erfc(x.hi());
    // Above 0 the low part changes Φ by at most 0.2 ulp, which its addition would cost in rounding.
    if z.hi() > 0.0 || z.hi().is_nan() || z.hi() < -FAR {
        return 0.5 * e;
    }
    // erfc(hi + lo) = erfc(hi)·(1 − lo·g), with g = −erfc′/erfc = (2/√π)·exp(−hi²)/erfc(hi). As
    // lo·g is below 1e-12, three digits of g are enough: Sampford's (1953) bound on the inverse
    // Mills ratio is within 12 % at 0, where the correction is least, and 0.1 % from 3.
    let g = 0.5 * 3.0f64.mul_add(x.hi(), x.hi().mul_add(x.hi(), 4.0).sqrt());
    0.5 * (-x.lo() * g).mul_add(e, e)
}

/// Returns [`sf`] of an argument that has more precision than a double.
#[must_use]
pub fn sf_dd(z: Dd) -> f64 {
    cdf_dd(-z)
}

/// Returns `P[0 < Z < z]` = Φ(z) − ½, negative for z < 0.
///
/// Accuracy: within 2 ulp for every double z.
///
/// Method, source: as [`cdf`].
#[must_use]
pub fn from_centre(z: f64) -> f64 {
    from_centre_dd(Dd::from(z))
}

/// Returns [`from_centre`] of an argument that has more precision than a double.
pub(crate) fn from_centre_dd(z: Dd) -> f64 {
    let far = if z.hi() < 0.0 { -z } else { z };
    let mass = if far.hi() < near::END {
        near::centre(far)
    } else if z.hi().is_nan() {
        f64::NAN
    } else {
        0.5 // the tail is below its last digit
    };
    mass.copysign(z.hi())
}

/// Returns the density φ(z) = exp(−z²/2)/√(2π).
///
/// Accuracy: within 2 ulp for every double z, subnormal results within 2 of their spacing.
///
/// Method: z² in double-double, its low part as a factor 1 − low. Source: exp is pxfm's.
#[must_use]
pub fn pdf(z: f64) -> f64 {
    pdf_dd(Dd::from(z))
}

/// Returns [`pdf`] of an argument that has more precision than a double.
#[must_use]
pub fn pdf_dd(z: Dd) -> f64 {
    if z.hi().abs() > FAR {
        return 0.0;
    }
    let t = (z * z).half();
    let e = f_exp(-t.hi());
    let p = Dd::two_prod(e, FRAC_1_SQRT_2PI.hi());
    p.hi() + (p.lo() + e.mul_add(FRAC_1_SQRT_2PI.lo(), -t.lo() * p.hi()))
}

/// Returns ln Φ(z), even where Φ(z) itself underflows.
///
/// Accuracy: within 2 ulp for every double z; −∞ only where the logarithm itself overflows,
/// below z = −1.8e154.
///
/// Method: ln(1 − sf) from −1 up; below, −z²/2 + ln(½·erfcx(−z/√2)) with z² in double-double,
/// where erfcx(x) = exp(x²)·erfc(x). Source: erfcx is pxfm's.
#[must_use]
pub fn ln_cdf(z: f64) -> f64 {
    ln_cdf_dd(Dd::from(z)).hi()
}

/// Returns ln(1 − Φ(z)), even where the tail itself underflows.
///
/// Accuracy, method, source: as [`ln_cdf`]; it is ln Φ(−z).
#[must_use]
pub fn ln_sf(z: f64) -> f64 {
    ln_cdf(-z)
}

/// Returns [`ln_cdf`] with more precision than a double in argument and result: the *absolute* error is below
/// 1e-15·max(1, ln|z|) although the value is −z²/2, so that ratios of underflowing tails can be computed as
/// exp(ln_cdf_dd(a) − ln_cdf_dd(b)).
#[must_use]
pub fn ln_cdf_dd(z: Dd) -> Dd {
    if z.hi() >= 0.0 {
        // 0 − 0 is +0, so that ln 1 is printed as 0 and not as −0.
        return Dd::from(f_log1p(0.0 - sf_dd(z)));
    }
    if z.hi() > -1.0 {
        return Dd::from(f_log(cdf_dd(z)));
    }
    // z·(z/2) and not z²/2, which would overflow too early; NaN is propagated.
    let exponent = z * z.half();
    let scaled = f_erfcx(-(z * FRAC_1_SQRT_2).hi());
    if exponent.hi().is_infinite() {
        return Dd::from(f64::NEG_INFINITY);
    }
    Dd::from(f_log(0.5 * scaled)) - exponent
}

/// Returns [`ln_sf`] of an argument that has more precision than a double; see [`ln_cdf_dd`].
#[must_use]
pub fn ln_sf_dd(z: Dd) -> Dd {
    ln_cdf_dd(-z)
}

/// Returns ln φ(z) = −z²/2 − ½ ln(2π), with more precision than a double in argument and result.
pub(crate) fn ln_pdf_dd(z: Dd) -> Dd {
    -(z * z.half() + HALF_LN_2PI)
}

/// Returns the hazard φ(z)/(1 − Φ(z)), also known as the inverse Mills ratio: 0 at −∞, about z for large z.
///
/// Accuracy: within 3 ulp for every double z; nothing overflows or underflows on the way.
///
/// Method: φ(z)/(1 − Φ(z)) below 0, Taylor's series about multiples of 1/32 up to 8½, and Laplace's continued fraction
/// z + 1/(z + 2/(z + 3/(z + ⋯))) beyond. Source: h′ = h·(h − z); DLMF 7.9.2.
#[must_use]
pub fn hazard(z: f64) -> f64 {
    if z >= near::END {
        return z + far::excess(z);
    }
    if z >= 0.0 {
        return near::hazard(z);
    }
    pdf(z) / sf(z)
}

/// Returns the hazard minus z, for z ≥ 0: 0.8 at 0, about 1/z for large z.
///
/// Accuracy: within 2 ulp for every double z ≥ 0.
///
/// Method, source: as [`hazard`], without the last addition.
pub(crate) fn excess(z: f64) -> f64 {
    if z < near::END { near::excess(z) } else { far::excess(z) }
}
