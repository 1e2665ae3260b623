//! The median of n standard normals from two words, at the same cost for every n.
//!
//! Of n = 2a − 1 uniform numbers the middle one has the law Beta(a, a), and so does ½ + ½·X if
//!
//! ```text
//! X = √(1 − V₁^{2/n})·cos 2πV₂                  V₁, V₂ uniform (Ulrich 1984; Devroye 1996)
//! ```
//!
//! Φ⁻¹ preserves the order, so the median of n normals is Φ⁻¹(½ + ½X) = √2·erfinv(X). With the r² = −2 ln V₁ and the
//! direction (cos, sin) that Box–Muller uses,
//!
//! ```text
//! E = V₁^{2/n} = exp(−r²/n)         X = √(1 − E)·cos         1 − X² = sin² + E·cos²
//! ```
//!
//! and the tail of erfinv depends on the sum on the right, in which nothing cancels. In terms of l = −2 ln(1 − X²),
//! the quotient √2·erfinv(X)/X is smooth, and computed from two polynomials. (n = 1 would be Box–Muller again; a
//! single draw is z₂ and is not computed here.)
//!
//! Only operations that IEEE 754 fixes are used. `docs/quantile_polynomials.py` derives the polynomials; the relative
//! error of the result compared with the exact function of the two words is below 5e-7.

use super::dispatch::{Fma, dispatched};
use super::normal::{direction, minus_two_ln, minus_two_ln_of};
use super::stream::{LANES, Stream};

/// The number of medians that go through each step together.
const CHUNK: usize = 256;

/// Draws the medians of `n` votes, `n` odd and at least 3, for the first `samples` samples (rounded up to whole steps
/// of the stream's lanes).
///
/// One median is a long chain of operations, each waiting for the one before. With the chain cut into three parts,
/// each a separate loop, the machine works on more of them at a time.
#[inline(always)]
pub(super) fn fill<F: Fma>(stream: &mut Stream, medians: &mut [f32], n: u32, samples: usize) {
    let mut words = [0; CHUNK];
    let mut angles = [0; CHUNK];
    let mut x = [0.0; CHUNK];
    let mut l = [0.0; CHUNK];
    let votes = n as f32;
    let samples = samples.next_multiple_of(LANES).min(medians.len());
    for medians in medians[..samples].chunks_mut(CHUNK) {
        let count = medians.len();
        stream.fill_two(&mut words[..count], &mut angles[..count]);
        for i in 0..count {
            // Bit 0 of the word is not used.
            (l[i], x[i]) = exp_minus::<F>(minus_two_ln::<F>(words[i] >> 1) / votes);
        }
        for i in 0..count {
            (x[i], l[i]) = point::<F>(l[i], x[i], angles[i]);
        }
        for i in 0..count {
            medians[i] = x[i] * quantile_over_x::<F>(l[i]);
        }
    }
}

dispatched! {
    /// Runs [`fill`], as compiled for a level.
    pub(super) fn fill_at(stream: &mut Stream, medians: &mut [f32], n: u32, samples: usize) = fill
}

/// Returns X and l, from E and 1 − E and the word of the angle.
#[inline(always)]
fn point<F: Fma>(e: f32, one_minus_e: f32, angle: u32) -> (f32, f32) {
    let ([cos, sin], sign) = direction::<F>(angle);
    let x = one_minus_e.sqrt() * cos;
    let one_minus_square = F::fma(e * cos, cos, sin * sin);
    (f32::from_bits(x.to_bits() ^ sign), minus_two_ln_of::<F>(one_minus_square))
}

/// Returns e⁻ˣ and 1 − e⁻ˣ, both with full relative accuracy, for x from 0 to 80.
///
/// x = k·ln 2 + f with |f| ≤ ln 2/2, and 1 − e⁻ᶠ is f times a polynomial of degree 6 with relative error 2e-9.
#[inline(always)]
fn exp_minus<F: Fma>(x: f32) -> (f32, f32) {
    const ROUNDER: f32 = 12_582_912.0; // 1.5·2²³: adding it leaves no bits for a fraction
    const LN_2_HIGH: f32 = 0.693_145_75; // 16 bits, so that k times it is exact
    const LN_2_LOW: f32 = 1.428_606_8e-6;
    let rounded = F::fma(x, std::f32::consts::LOG2_E, ROUNDER);
    let k = rounded - ROUNDER;
    let f = F::fma(k, -LN_2_LOW, F::fma(k, -LN_2_HIGH, x));
    let mut p = 0.000_198_412_3;
    p = F::fma(p, f, -0.001_394_101_5);
    p = F::fma(p, f, 0.008_333_403);
    p = F::fma(p, f, -0.041_666_355);
    p = F::fma(p, f, 0.166_666_66);
    p = F::fma(p, f, -0.5);
    p = F::fma(p, f, 1.0);
    let lost = p * f;
    // 2⁻ᵏ; k itself is in the last bits of the rounded number.
    let scale = f32::from_bits((127 + ROUNDER.to_bits()).wrapping_sub(rounded.to_bits()) << 23);
    (F::fma(-scale, lost, scale), F::fma(scale, lost, 1.0 - scale))
}

/// Returns √2·erfinv(X)/X, where l = −2 ln(1 − X²) is from 0 to 29.7: relative error 7e-8.
///
/// The polynomial has degree 9 in l up to 10, and degree 8 in √l beyond.
#[inline(always)]
fn quantile_over_x<F: Fma>(l: f32) -> f32 {
    let middle = l - 5.0;
    let mut p = -2.427_851_8e-11;
    p = F::fma(p, middle, 1.283_537_7e-10);
    p = F::fma(p, middle, 5.150_332_6e-9);
    p = F::fma(p, middle, -7.651_614e-8);
    p = F::fma(p, middle, -2.193_483e-7);
    p = F::fma(p, middle, 1.929_911e-5);
    p = F::fma(p, middle, -0.000_221_455_59);
    p = F::fma(p, middle, -0.001_476_929_3);
    p = F::fma(p, middle, 0.174_401_02);
    p = F::fma(p, middle, 2.123_313_4);
    let positive = if l > 0.0 { l } else { 0.0 };
    let tail = positive.sqrt() - 4.0;
    let mut q = -2.515_435_5e-5;
    q = F::fma(q, tail, 6.240_611_4e-5);
    q = F::fma(q, tail, 0.000_193_513_14);
    q = F::fma(q, tail, -0.001_257_914_2);
    q = F::fma(q, tail, 0.003_343_449);
    q = F::fma(q, tail, -0.006_377_700_7);
    q = F::fma(q, tail, 0.010_308_444);
    q = F::fma(q, tail, 0.997_627_9);
    q = F::fma(q, tail, 3.763_842_8);
    if l < 10.0 { p } else { q }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Hardware, Level, Software};
    use crate::stream::Purpose;
    use std::f64::consts::{PI, SQRT_2};

    fn median<F: Fma>(word: u32, angle: u32, votes: f32) -> f32 {
        let (e, one_minus_e) = exp_minus::<F>(minus_two_ln::<F>(word >> 1) / votes);
        let (x, l) = point::<F>(e, one_minus_e, angle);
        x * quantile_over_x::<F>(l)
    }

    fn phi(z: f64) -> f64 {
        0.5 * libm::erfc(-z / SQRT_2)
    }

    /// Returns the exact median for two words, in double precision.
    fn exact(word: u32, angle: u32, votes: f64) -> f64 {
        let v1 = (f64::from(word >> 1) + 0.5) * 0.5f64.powi(31);
        let e = (2.0 / votes * v1.ln()).exp();
        let one_minus_e = -(2.0 / votes * v1.ln()).exp_m1();
        let eighth = f64::from((angle << 2) as i32) * 0.5f64.powi(32) * PI / 2.0;
        let (cos, sin) = if angle >> 31 == 1 {
            (eighth.sin(), eighth.cos())
        } else {
            (eighth.cos(), eighth.sin())
        };
        let x = one_minus_e.sqrt() * cos;
        let tail = 0.5 * (sin * sin + e * cos * cos) / (1.0 + x.abs());
        // Newton's method for P[Z > m] = tail; in the middle for P[0 < Z < m] = |x|/2.
        let mut m = if x.abs() < 0.5 { x.abs() } else { (-2.0 * tail.ln()).sqrt() };
        for _ in 0..100 {
            let density = (-0.5 * m * m).exp() / (2.0 * PI).sqrt();
            let excess = if x.abs() < 0.5 {
                0.5 * (x.abs() - libm::erf(m / SQRT_2)) / density
            } else {
                let above = 0.5 * libm::erfc(m / SQRT_2);
                above * (above / tail).ln() / density
            };
            m += excess;
            if excess.abs() < 1e-14 * m {
                break;
            }
        }
        let sign = if angle >> 30 & 1 == 1 { -1.0 } else { 1.0 };
        m.copysign(x) * sign
    }

    #[test]
    fn each_median_is_right_to_the_last_bits_of_a_float() {
        let mut stream = Stream::new(5, 0, Purpose::Median(0));
        let mut worst = 0.0f64;
        for votes in [3u32, 5, 11, 101, 1001, 99_999, 999_999] {
            for round in 0..400 {
                let (words, angles) = (stream.step(), stream.step());
                for lane in 0..LANES {
                    // A third of the words is far out, and a third of the angles near the axis.
                    let word = words[lane] >> if round % 3 == 0 { words[lane] % 32 } else { 0 };
                    let angle = match round % 3 {
                        1 => {
                            angles[lane] & 0xc000_0000
                                | (angles[lane] & 0x3fff_ffff) >> (angles[lane] % 31)
                        }
                        _ => angles[lane],
                    };
                    let expected = exact(word, angle, f64::from(votes));
                    let found = f64::from(median::<Hardware>(word, angle, votes as f32));
                    if found == expected {
                        continue; // 0, on the axis
                    }
                    let error = found - expected;
                    // Near V₁ = 1 the nearest float is used: see minus_two_ln.
                    let ln = -2.0 * ((f64::from(word >> 1) + 0.5) * 0.5f64.powi(31)).ln();
                    let tolerance = 5e-7 + 0.5f64.powi(25) / ln;
                    let relative = error.abs() / expected.abs();
                    assert!(
                        relative < tolerance,
                        "n = {votes}, {word:#x}, {angle:#x}: {relative:e}"
                    );
                    if ln > 0.1 {
                        worst = worst.max(relative);
                    }
                }
            }
        }
        println!("largest relative error where V1 < 0.95: {worst:.1e}");
    }

    #[test]
    fn the_ends_are_finite_and_every_level_gives_the_same_bits() {
        for votes in [3.0, 11.0, 1e6] {
            for word in [0, 1, 2, 1 << 31, u32::MAX - 1, u32::MAX] {
                for angle in [0, 1, 1 << 29, 1 << 30, 1 << 31, 0x1fff_ffff, 0x2000_0000, u32::MAX] {
                    let m = median::<Hardware>(word, angle, votes);
                    assert!(m.abs() < 5.5, "{m}");
                    assert_eq!(m.to_bits(), median::<Software>(word, angle, votes).to_bits());
                }
            }
        }
        let draw = |level| {
            let mut medians = [0.0; 1000];
            fill_at(level, &mut Stream::new(1, 2, Purpose::Median(11)), &mut medians, 11, 990);
            medians.map(f32::to_bits)
        };
        for level in Level::available() {
            assert_eq!(draw(level), draw(Level::available()[0]), "{}", level.name());
        }
    }

    /// Tests the exact law, whose density is proportional to φ(m)·[Φ(m)·Φ(−m)]ʰ for n = 2h + 1: χ² on up to 400 bins,
    /// and Kolmogorov–Smirnov on their edges (which makes it conservative), each at α = 1e-6 (twelve tests; the seed
    /// is fixed), and the two tails of 1e-5.
    #[test]
    fn the_law_is_that_of_the_median() {
        const SAMPLES: usize = 1 << 24;
        const STEPS: usize = 16_000;
        const BINS: usize = 400;
        for n in [3u32, 11, 101, 1001, 99_999] {
            let h = f64::from(n / 2);
            // Six standard deviations; Simpson's rule on STEPS intervals, 40 to a bin.
            let reach = (6.0 * 1.2534 / f64::from(n).sqrt()).min(4.5);
            let width = 2.0 * reach / STEPS as f64;
            let density = |m: f64| (-0.5 * m * m + h * (4.0 * phi(m) * phi(-m)).ln()).exp();
            let mut cdf = vec![0.0];
            for i in 0..STEPS {
                let m = -reach + width * i as f64;
                let area = density(m) + 4.0 * density(m + 0.5 * width) + density(m + width);
                cdf.push(cdf[i] + area);
            }
            let total = cdf[STEPS];
            let below = |edge: usize| cdf[edge * STEPS / BINS] / total;
            let mut counts = vec![0u32; BINS];
            let mut tails = [0u32; 2];
            let first = cdf.iter().position(|&c| c / total > 1e-5).expect("in reach");
            let (tail, edge) = (cdf[first] / total, -reach + width * first as f64);
            let mut medians = vec![0.0; 1 << 16];
            for batch in 0..(SAMPLES / medians.len()) as u64 {
                let mut stream = Stream::new(2026, batch, Purpose::Median(n));
                let room = medians.len();
                fill_at(Level::best(), &mut stream, &mut medians, n, room);
                for &m in &medians {
                    let m = f64::from(m);
                    let bin = ((m + reach) / (2.0 * reach) * BINS as f64) as usize;
                    counts[bin.min(BINS - 1)] += 1;
                    tails[0] += u32::from(m < edge);
                    tails[1] += u32::from(m > -edge);
                }
            }
            let (mut statistic, mut freedom, mut gap) = (0.0, -1.0, 0.0f64);
            let (mut seen, mut seen_before, mut expected_before) = (0.0, 0.0, 0.0);
            for (bin, &count) in counts.iter().enumerate() {
                seen += f64::from(count);
                let expected = below(bin + 1) * SAMPLES as f64;
                gap = gap.max((seen - expected).abs() / (SAMPLES as f64).sqrt());
                let in_bin = expected - expected_before;
                // Join small bins with their neighbours on the right.
                if in_bin > 25.0 && SAMPLES as f64 - expected > 25.0 || bin == BINS - 1 {
                    statistic += (seen - seen_before - in_bin).powi(2) / in_bin;
                    freedom += 1.0;
                    (seen_before, expected_before) = (seen, expected);
                }
            }
            // Wilson and Hilferty's normal approximation; 4.75 and 2.69 are the points of 1e-6.
            let part = 2.0 / (9.0 * freedom);
            let z = ((statistic / freedom).cbrt() - 1.0 + part) / part.sqrt();
            assert!(z.abs() < 4.75, "n = {n}: chi-square {statistic} of {freedom}, z = {z}");
            assert!(gap < 2.69, "n = {n}: Kolmogorov-Smirnov {gap}");
            let expected = tail * SAMPLES as f64;
            for seen in tails {
                let z = (f64::from(seen) - expected) / expected.sqrt();
                assert!(z.abs() < 5.5, "n = {n}: {seen} in a tail of {expected}");
            }
        }
    }
}
