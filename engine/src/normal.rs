//! Standard normals from uniform bits: Box–Muller with polynomials of this crate.
//!
//! Two words become two independent normals, r·cos α and r·sin α with r² = −2 ln u:
//!
//! ```text
//! word a   31 bits  the radius: u = (a>>1 + ½)·2⁻³¹, in (0, 1)
//!           1 bit   left over: the class y, or the coin of an even vote
//! word b    1 bit   swap the two     1 bit   negate both      (which eighth of the circle …)
//!          30 bits  the angle in [−π/4, π/4)                   (… and where in it)
//! ```
//!
//! Only operations that IEEE 754 fixes are used (+, ×, √, conversions, and fused multiply-add where it is written),
//! so the bits are the same on every machine. Thirty-one bits of radius reach |z| = 6.66; the law and its bias are in
//! `docs/sampling.md`, and `tests/sampling.rs` tests both.

use super::dispatch::{Fma, dispatched};
use super::stream::{LANES, Stream};

/// The number of pairs of normals drawn at a time: few enough to stay in the first-level cache.
pub const BLOCK: usize = 2048;

/// A block of pairs of normals, and the bit of each pair that no normal uses.
///
/// ```
/// use gauss_sim_engine::dispatch::Level;
/// use gauss_sim_engine::normal::{BLOCK, Pairs, fill_at};
/// use gauss_sim_engine::stream::{Purpose, Stream};
///
/// let mut pairs = Box::<Pairs>::default();
/// fill_at(Level::best(), &mut Stream::new(7, 0, Purpose::Samples), &mut pairs, BLOCK);
/// // Mean 0 and correlation 0, within five standard deviations of the mean of 2048.
/// let mean = |values: &mut dyn Iterator<Item = f32>| values.sum::<f32>() / BLOCK as f32;
/// let five = 5.0 / (BLOCK as f32).sqrt();
/// assert!(mean(&mut pairs.first.iter().copied()).abs() < five);
/// assert!(mean(&mut pairs.first.iter().zip(&pairs.second).map(|(a, b)| a * b)).abs() < five);
/// assert!(mean(&mut pairs.coins().iter().map(|coin| (coin & 1) as f32 - 0.5)).abs() < 0.5 * five);
/// ```
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct Pairs {
    radius: [u32; BLOCK],
    angle: [u32; BLOCK],
    /// The first normal of each pair.
    pub first: [f32; BLOCK],
    /// The second normal of each pair, independent of the first.
    pub second: [f32; BLOCK],
}

impl Default for Pairs {
    fn default() -> Self {
        Self { radius: [0; BLOCK], angle: [0; BLOCK], first: [0.0; BLOCK], second: [0.0; BLOCK] }
    }
}

/// One number for each sample of a block, aligned so that vectors of up to 64 bytes load without crossing a cache line.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Row<T>(pub(super) [T; BLOCK]);

impl<T: Copy + Default> Default for Row<T> {
    fn default() -> Self {
        Self([T::default(); BLOCK])
    }
}

impl Pairs {
    /// Returns one word per pair, whose last bit is a fair coin, independent of both normals.
    #[inline(always)]
    #[must_use]
    pub fn coins(&self) -> &[u32; BLOCK] {
        &self.radius
    }
}

/// Draws the first `count` pairs of `pairs` (rounded up to whole steps of the stream's lanes).
#[inline(always)]
pub fn fill<F: Fma>(stream: &mut Stream, pairs: &mut Pairs, count: usize) {
    let count = count.next_multiple_of(LANES).min(BLOCK);
    stream.fill_two(&mut pairs.radius[..count], &mut pairs.angle[..count]);
    for i in 0..count {
        (pairs.first[i], pairs.second[i]) = pair::<F>(pairs.radius[i], pairs.angle[i]);
    }
}

dispatched! {
    /// Runs [`fill`], as compiled for a level.
    pub fn fill_at(stream: &mut Stream, pairs: &mut Pairs, count: usize) = fill
}

// A constant, not `powi`: IEEE 754 does not fix the result of a power function.
const TWO_TO_MINUS_31: f32 = 1.0 / (1u64 << 31) as f32;
const TWO_TO_MINUS_32: f32 = 1.0 / (1u64 << 32) as f32;

/// Returns two independent standard normals from two uniform words; bit 0 of `radius` is not used.
#[inline(always)]
#[must_use]
pub fn pair<F: Fma>(radius: u32, angle: u32) -> (f32, f32) {
    let r = minus_two_ln::<F>(radius >> 1).sqrt();
    let ([x, y], sign) = direction::<F>(angle);
    let signed = |z: f32| f32::from_bits((r * z).to_bits() ^ sign);
    (signed(x), signed(y))
}

/// Returns a point on the unit circle, and the sign bit that still has to be applied to both coordinates.
#[inline(always)]
pub(super) fn direction<F: Fma>(angle: u32) -> ([f32; 2], u32) {
    let (cos, sin) = cos_sin::<F>(((angle << 2) as i32) as f32 * TWO_TO_MINUS_32);
    let swap = angle >> 31 == 1;
    (if swap { [sin, cos] } else { [cos, sin] }, angle << 1 & 0x8000_0000)
}

/// Returns −2 ln u for u = (k + ½)·2⁻³¹, k < 2³¹.
#[inline(always)]
pub(super) fn minus_two_ln<F: Fma>(k: u32) -> f32 {
    minus_two_ln_of::<F>((k as i32) as f32 * TWO_TO_MINUS_31 + TWO_TO_MINUS_32)
}

/// Returns the same with full relative accuracy also near u = 1, where [`minus_two_ln`] has that of 1 − u rounded as u
/// is.
#[inline(always)]
pub(super) fn minus_two_ln_near_one<F: Fma>(k: u32) -> f32 {
    let u = (k as i32) as f32 * TWO_TO_MINUS_31 + TWO_TO_MINUS_32;
    let one_minus_u = ((k ^ 0x7fff_ffff) as i32) as f32 * TWO_TO_MINUS_31 + TWO_TO_MINUS_32;
    let (exponent, f) = split(u);
    minus_two_ln_split::<F>(exponent, if exponent == 0.0 { -one_minus_u } else { f })
}

/// Returns −2 ln u for a positive, normal u.
#[inline(always)]
pub(super) fn minus_two_ln_of<F: Fma>(u: f32) -> f32 {
    let (exponent, f) = split(u);
    minus_two_ln_split::<F>(exponent, f)
}

/// Returns e and f of u = 2ᵉ·(1 + f), with 1 + f in [√½, √2).
#[inline(always)]
fn split(u: f32) -> (f32, f32) {
    const SQRT_HALF: u32 = 0x3f35_04f3; // the bits of √½
    let bits = u.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = (bits as i32 >> 23) as f32;
    (exponent, f32::from_bits((bits & 0x007f_ffff).wrapping_add(SQRT_HALF)) - 1.0)
}

/// Returns −2 ln 2·e + f·P(f). P is the weighted minimax polynomial of degree 8 of −2 ln(1 + f)/f, with relative error
/// 2.6e-8, below the rounding of an f32.
#[inline(always)]
fn minus_two_ln_split<F: Fma>(exponent: f32, f: f32) -> f32 {
    const MINUS_TWO_LN_2: f32 = -1.386_294_4;
    let mut p = -0.179_198_41;
    p = F::fma(p, f, 0.289_643_8);
    p = F::fma(p, f, -0.298_347_53);
    p = F::fma(p, f, 0.330_874_74);
    p = F::fma(p, f, -0.399_168_34);
    p = F::fma(p, f, 0.500_058_9);
    p = F::fma(p, f, -0.666_683_2);
    p = F::fma(p, f, 0.999_999_5);
    p = F::fma(p, f, -1.999_999_95);
    F::fma(exponent, MINUS_TWO_LN_2, p * f)
}

/// Returns cos and sin of π/2·t for t in [−½, ½], from minimax polynomials in t², with errors 5e-11 and (relative)
/// 3e-9.
///
/// The last coefficient is not exactly π/2: it compensates for the rounding of the others.
#[inline(always)]
#[allow(clippy::approx_constant)]
fn cos_sin<F: Fma>(t: f32) -> (f32, f32) {
    let square = t * t;
    let mut cos = 0.000_903_631_7;
    cos = F::fma(cos, square, -0.020_860_072);
    cos = F::fma(cos, square, 0.253_669_2);
    cos = F::fma(cos, square, -1.233_700_5);
    cos = F::fma(cos, square, 1.0);
    let mut sin = -0.004_602_177;
    sin = F::fma(sin, square, 0.079_680_23);
    sin = F::fma(sin, square, -0.645_963_5);
    sin = F::fma(sin, square, 1.570_796_3);
    (cos, sin * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Hardware, Level, Software};
    use crate::stream::Purpose;

    /// Compares with the C library in double precision, over a fine grid of each argument.
    #[test]
    fn the_polynomials_are_right_to_the_last_bits_of_a_float() {
        for i in 0..1u32 << 20 {
            let k = i << 11 | 0x400;
            let exact = -2.0 * ((f64::from(k) + 0.5) * 0.5f64.powi(31)).ln();
            let error = (f64::from(minus_two_ln::<Hardware>(k)) - exact) / exact;
            // Near u = 1 the float nearest to u is used: half its spacing divided by −ln u.
            let tolerance = 2e-7 + 0.5f64.powi(25) * 2.0 / exact;
            assert!(error.abs() < tolerance, "k = {k}: {error:e}");
            let error = (f64::from(minus_two_ln_near_one::<Hardware>(k)) - exact) / exact;
            assert!(error.abs() < 2e-7, "near one, k = {k}: {error:e}");
            let t = f64::from(i) * 0.5f64.powi(20) - 0.5;
            let (cos, sin) = cos_sin::<Hardware>(t as f32);
            let angle = t * std::f64::consts::FRAC_PI_2;
            // Two roundings of 6e-8, and 3e-8 for π/2 as a float.
            let tolerance = 1.5e-7 * angle.sin().abs();
            assert!((f64::from(sin) - angle.sin()).abs() <= tolerance, "sin at {t}");
            assert!((f64::from(cos) - angle.cos()).abs() <= 1.2e-7, "cos at {t}");
        }
    }

    #[test]
    fn the_ends_are_finite_and_where_they_should_be() {
        assert_eq!(minus_two_ln::<Hardware>((1 << 31) - 1), 0.0);
        let least = minus_two_ln_near_one::<Hardware>((1 << 31) - 1);
        assert_eq!(least, 0.5f32.powi(31));
        let largest = minus_two_ln::<Hardware>(0).sqrt();
        assert!((6.660..6.661).contains(&largest), "{largest}");
    }

    /// Checks that the four octant bits and the sign cover the whole circle, each part once.
    #[test]
    fn the_angle_goes_once_around() {
        let mut angles: Vec<f64> = (0..4096u32)
            .map(|i| {
                let (x, y) = pair::<Hardware>(1 << 20, i << 20 | 1 << 19);
                f64::from(y).atan2(f64::from(x))
            })
            .collect();
        angles.sort_by(f64::total_cmp);
        let step = std::f64::consts::TAU / 4096.0;
        for gap in angles.windows(2) {
            assert!((gap[1] - gap[0] - step).abs() < 1e-6);
        }
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let draw = |level| {
            let mut stream = Stream::new(11, 5, Purpose::Samples);
            let mut pairs = Box::<Pairs>::default();
            fill_at(level, &mut stream, &mut pairs, BLOCK);
            fill_at(level, &mut stream, &mut pairs, BLOCK);
            let bits = |zs: &[f32]| zs.iter().map(|z| z.to_bits()).collect::<Vec<_>>();
            (bits(&pairs.first), bits(&pairs.second))
        };
        let portable = draw(Level::available()[0]);
        for level in Level::available() {
            assert_eq!(draw(level), portable, "{}", level.name());
        }
        for word in (0..u32::MAX).step_by(65_521) {
            let other = word.wrapping_mul(2_654_435_769);
            assert_eq!(pair::<Hardware>(word, other), pair::<Software>(word, other));
        }
    }
}
