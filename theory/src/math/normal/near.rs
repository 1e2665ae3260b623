//! The standard normal within 8½ of 0, by Taylor's series about multiples of 1/32.
//!
//! The distance h to the nearest multiple is exact and at most 1/64, so a series of eleven terms has a remainder of
//! 1e-19, and what it adds to the value at the multiple is at most a seventh of that, except nearest to 0. Its rounding
//! errors count for as little, since the value at the multiple is known to 32 digits. There is no division, no
//! exponential and no fused multiply-add on the way: the bits are the same on every machine, and a call takes a few
//! nanoseconds.
//!
//! Source: the derivatives of φ are (−1)ⁿ·Heₙ·φ (Abramowitz and Stegun 26.2.31), and the hazard satisfies
//! h′ = h·(h − z); [`super::nodes`] has the values at the multiples.

use super::nodes::NODES;
use crate::math::double::Dd;

/// The distance from 0 up to which these functions are defined.
pub(super) const END: f64 = 8.5;

/// Returns the upper tail `P[Z > z]` for 0 ≤ z ≤ [`END`], within 0.8 ulp.
pub(super) fn sf(z: Dd) -> f64 {
    let (place, step) = nearest(z);
    let Node { tail: [high, low], .. } = place;
    high + (low - place.gain(step))
}

/// Returns Φ(z) for 0 ≤ z ≤ [`END`], within 0.8 ulp.
pub(super) fn cdf(z: Dd) -> f64 {
    let (place, step) = nearest(z);
    let Node { centre: [high, low], .. } = place;
    let half = 0.5 + high;
    half + ((high - (half - 0.5)) + (low + place.gain(step)))
}

/// Returns `P[0 < Z < z]` for 0 ≤ z ≤ [`END`], within 1.5 ulp.
pub(super) fn centre(z: Dd) -> f64 {
    let (place, step) = nearest(z);
    let Node { centre: [high, low], .. } = place;
    high + (low + place.gain(step))
}

/// Returns the hazard for 0 ≤ z ≤ [`END`], within 0.8 ulp.
pub(super) fn hazard(z: f64) -> f64 {
    let (i, step) = split(z);
    let Bend { hazard: [high, low], slope } = &BENDS[i];
    high + (low + step * series(slope, step))
}

/// Returns the hazard minus z for 0 ≤ z ≤ [`END`], within 1.5 ulp.
pub(super) fn excess(z: f64) -> f64 {
    let (i, step) = split(z);
    let Bend { hazard: [high, low], slope } = &BENDS[i];
    // z is the multiple plus the step; the first difference is exact from 0.8 on.
    (high - (z - step)) + (low + step * (series(slope, step) - 1.0))
}

/// Returns the number of the nearest multiple of 1/32, and the exact distance from it.
#[inline(always)]
fn split(z: f64) -> (usize, f64) {
    // Between 2⁴⁷ and 2⁴⁸ the spacing of doubles is 1/32: the sum is rounded to it, and ends in the number.
    const ROUNDER: f64 = 1.5 * (1_u64 << 47) as f64;
    let sum = z + ROUNDER;
    // Numbers up to 272 have nine bits.
    #[allow(clippy::cast_possible_truncation)]
    let number = (sum.to_bits() & 511) as usize;
    (number, z - (sum - ROUNDER))
}

#[inline(always)]
fn nearest(z: Dd) -> (&'static Node, f64) {
    let (i, step) = split(z.hi());
    (&PLACES[i], step + z.lo())
}

/// What the sums over z start from.
#[repr(align(64))]
struct Node {
    /// `P[Z > z]` at the multiple, to 32 digits.
    tail: [f64; 2],
    /// `P[0 < Z < z]` at the multiple, to 32 digits.
    centre: [f64; 2],
    /// The density at the multiple, to 32 digits.
    density: [f64; 2],
    /// The coefficients of h², h³, … in `P[z < Z < z + h]`.
    series: [f64; 10],
}

impl Node {
    /// Returns the probability between the multiple and a point beside it.
    #[inline(always)]
    fn gain(&self, step: f64) -> f64 {
        let Self {
            density: [high, low], series: [c2, c3, c4, c5, c6, c7, c8, c9, c10, c11], ..
        } = self;
        let square = step * step;
        let fourth = square * square;
        let first = (c2 + c3 * step) + (c4 + c5 * step) * square;
        let second = (c6 + c7 * step) + (c8 + c9 * step) * square;
        let third = c10 + c11 * step;
        let mean = first + fourth * (second + fourth * third);
        // Nearest to 0 this is all there is, and the density's last digits count.
        step * (high + (low + step * mean))
    }
}

/// The hazard at a multiple, and beside it.
#[repr(align(16))]
struct Bend {
    /// The hazard at the multiple, to 32 digits.
    hazard: [f64; 2],
    /// The coefficients of (hazard(z + h) − hazard(z))/h in h.
    slope: [f64; 8],
}

#[inline(always)]
fn series(&[c0, c1, c2, c3, c4, c5, c6, c7]: &[f64; 8], step: f64) -> f64 {
    let square = step * step;
    let low = (c0 + c1 * step) + (c2 + c3 * step) * square;
    let high = (c4 + c5 * step) + (c6 + c7 * step) * square;
    low + square * square * high
}

static PLACES: [Node; NODES.len()] = {
    const EMPTY: Node =
        Node { tail: [0.0; 2], centre: [0.0; 2], density: [0.0; 2], series: [0.0; 10] };
    let mut places = [EMPTY; NODES.len()];
    let mut i = 0;
    while i < NODES.len() {
        places[i] = node(i);
        i += 1;
    }
    places
};

static BENDS: [Bend; NODES.len()] = {
    const EMPTY: Bend = Bend { hazard: [0.0; 2], slope: [0.0; 8] };
    let mut bends = [EMPTY; NODES.len()];
    let mut i = 0;
    while i < NODES.len() {
        bends[i] = bend(i);
        i += 1;
    }
    bends
};

/// Returns the multiple of this number.
#[allow(clippy::cast_precision_loss)] // small numbers
const fn multiple(i: usize) -> f64 {
    i as f64 / 32.0
}

const fn node(i: usize) -> Node {
    let [tail, tail_low, pdf, pdf_low, ..] = NODES[i];
    let z = multiple(i);
    // The nearest double to ½ − tail, and what its rounding lost.
    let centre = 0.5 - tail;
    let lost = (0.5 - centre) - tail;
    let mut series = [0.0; 10];
    // Heₙ₊₁ = z·Heₙ − n·Heₙ₋₁, from He₁ = z; the integral of φ's series divides the n-th term once more.
    let (mut here, mut before) = (z, 1.0);
    let (mut factor, mut n) = (-pdf / 2.0, 1.0);
    let mut k = 0;
    while k < series.len() {
        series[k] = factor * here;
        let next = z * here - n * before;
        (here, before) = (next, here);
        n += 1.0;
        factor = -factor / (n + 1.0);
        k += 1;
    }
    Node {
        tail: [tail, tail_low],
        centre: [centre, lost - tail_low],
        density: [pdf, pdf_low],
        series,
    }
}

const fn bend(i: usize) -> Bend {
    let [.., high, low] = NODES[i];
    let z = multiple(i);
    // With c₀ = hazard: (n + 1)·cₙ₊₁ = Σ cⱼ·cₙ₋ⱼ − z·cₙ − cₙ₋₁, where the first and last terms of the sum and z·cₙ
    // nearly cancel for large z and are taken together.
    let excess = (high - z) + low;
    let mut c = [high, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    c[1] = high * excess;
    let mut n = 1;
    while n < 8 {
        let mut sum = c[n] * (excess + high) - c[n - 1];
        let mut j = 1;
        while j < n {
            sum += c[j] * c[n - j];
            j += 1;
        }
        #[allow(clippy::cast_precision_loss)] // small numbers
        let order = (n + 1) as f64;
        c[n + 1] = sum / order;
        n += 1;
    }
    let [_, c1, c2, c3, c4, c5, c6, c7, c8] = c;
    Bend { hazard: [high, low], slope: [c1, c2, c3, c4, c5, c6, c7, c8] }
}

#[cfg(test)]
mod tests {
    use super::super::far;
    use super::*;

    fn steps() -> impl Iterator<Item = f64> {
        (0..=8500).map(|i| f64::from(i) * 1e-3)
    }

    /// Compares with Laplace's continued fraction, which converges slowly there, but only adds positive numbers.
    #[test]
    fn the_excess_is_a_continued_fraction() {
        for z in steps().filter(|z| *z >= 1.0) {
            let exact = 1.0 / (2..=2000).rev().fold(z, |rest, k| z + f64::from(k) / rest);
            assert!((excess(z) / exact - 1.0).abs() < 5e-16, "{z}: {}", excess(z) / exact - 1.0);
        }
    }

    /// Checks hazard = φ/tail, and that the tail and the centre make ½: each is a sum of its own.
    #[test]
    fn the_functions_fit_together() {
        let pdf = |z: f64| (-0.5 * z * z).exp() * super::super::INV_SQRT_2PI;
        for z in steps() {
            let argument = Dd::from(z);
            assert!((sf(argument) + centre(argument) - 0.5).abs() <= f64::EPSILON / 4.0, "{z}");
            assert!((cdf(argument) + sf(argument) - 1.0).abs() <= f64::EPSILON / 2.0, "{z}");
            let ratio = hazard(z) * sf(argument) / pdf(z);
            assert!((ratio - 1.0).abs() < (4.0 + z * z) * f64::EPSILON, "{z}: {}", ratio - 1.0);
        }
    }

    /// Checks both sides of every place where the nearest multiple changes, and the ends.
    #[test]
    fn neighbouring_series_meet() {
        let beside = |z: f64, by: i64| f64::from_bits(z.to_bits().wrapping_add_signed(by));
        for i in 0..272 {
            let middle = (f64::from(i) + 0.5) / 32.0;
            let [low, high] = [-2, 2].map(|by| beside(middle, by));
            for f in [excess, hazard, |z| centre(Dd::from(z))] {
                let change = f(low) / f(high) - 1.0;
                assert!(change.abs() < 5e-15, "{middle}: {change}");
            }
            let fall = sf(Dd::from(low)) / sf(Dd::from(high)) - 1.0;
            assert!((fall - (high - low) * hazard(middle)).abs() < 1e-15, "{middle}: {fall}");
        }
        assert!((excess(END) / far::excess(END) - 1.0).abs() < 5e-16);
    }
}
