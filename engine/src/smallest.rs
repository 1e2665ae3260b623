//! The smallest of T standard normals from one word, at the same cost for every T.
//!
//! All T are above w with probability Φ(−w)ᵀ, so with V uniform the smallest one has the law of the w with
//!
//! ```text
//! Φ(−w) = V^{1/T} = exp(−x)         x = r²/2T, r² = −2 ln V
//! ```
//!
//! As a function of l = −2 ln x it is smooth, and computed from three polynomials: for small x, where Φ(w) ≈ x, of √l.
//! (T = 1 is a single draw, and is not computed here.)
//!
//! Only operations that IEEE 754 fixes are used. `docs/quantile_polynomials.py` derives the polynomials. Compared with
//! the exact function of the word, the error of the result is below 4e-7 of 1 or of its size, whichever is larger.

use super::dispatch::Fma;
use super::normal::{minus_two_ln_near_one, minus_two_ln_of};
use super::stream::{LANES, Stream};

/// The number of results that go through each step together.
const CHUNK: usize = 256;

/// Draws the smallest of `tries` normals, at least 2, for the first `samples` samples (rounded up to whole steps of the
/// stream's lanes).
///
/// The chain of operations is cut into separate loops, as in [`super::median::fill`].
#[inline(always)]
pub(super) fn fill<F: Fma>(stream: &mut Stream, smallest: &mut [f32], tries: u32, samples: usize) {
    let mut words = [0; CHUNK];
    let mut l = [0.0; CHUNK];
    let samples = samples.next_multiple_of(LANES).min(smallest.len());
    for smallest in smallest[..samples].chunks_mut(CHUNK) {
        let count = smallest.len();
        stream.fill(words[..count].as_chunks_mut::<LANES>().0.iter_mut());
        for i in 0..count {
            l[i] = minus_two_ln_x::<F>(words[i], tries);
        }
        for i in 0..count {
            smallest[i] = quantile::<F>(l[i]);
        }
    }
}

/// Returns −2 ln x; bit 0 of the word is not used.
#[inline(always)]
fn minus_two_ln_x<F: Fma>(word: u32, tries: u32) -> f32 {
    let part = 0.5 / tries as f32;
    minus_two_ln_of::<F>(part * minus_two_ln_near_one::<F>(word >> 1))
}

/// Returns the w with Φ(−w) = exp(−e^{−l/2}), for l from −4.83 to 73: error 6e-8 of 1 or |w|.
///
/// The polynomial has degree 10 in l up to 8, degree 7 in √l up to 24, and degree 6 in √l beyond.
#[inline(always)]
fn quantile<F: Fma>(l: f32) -> f32 {
    let middle = l - 1.5;
    let mut p = 1.414_589_9e-12;
    p = F::fma(p, middle, -1.878_552e-11);
    p = F::fma(p, middle, 9.697_143e-11);
    p = F::fma(p, middle, -8.194_804e-9);
    p = F::fma(p, middle, 3.572_503e-7);
    p = F::fma(p, middle, -8.888_444e-6);
    p = F::fma(p, middle, 0.000_159_780_51);
    p = F::fma(p, middle, -0.002_272_258_5);
    p = F::fma(p, middle, 0.027_487_319);
    p = F::fma(p, middle, -0.387_887_15);
    p = F::fma(p, middle, -0.314_751_68);
    let positive = if l > 0.0 { l } else { 0.0 };
    let root = positive.sqrt();
    let tail = root - 4.0;
    let mut q = 5.567_061_5e-5;
    q = F::fma(q, tail, -0.000_130_391_53);
    q = F::fma(q, tail, 0.000_144_569_4);
    q = F::fma(q, tail, 0.000_218_174_75);
    q = F::fma(q, tail, -0.002_791_296);
    q = F::fma(q, tail, 0.016_628_956);
    q = F::fma(q, tail, -1.093_200_6);
    q = F::fma(q, tail, -3.401_238_4);
    let far = root - 7.0;
    let mut r = 1.436_553_9e-6;
    r = F::fma(r, far, -8.131_192e-6);
    r = F::fma(r, far, 6.124_689e-5);
    r = F::fma(r, far, -0.000_520_882);
    r = F::fma(r, far, 0.004_454_933);
    r = F::fma(r, far, -1.040_184_9);
    r = F::fma(r, far, -6.584_003_4);
    if l < 8.0 {
        p
    } else if l < 24.0 {
        q
    } else {
        r
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Hardware, Level, Software, dispatched};
    use crate::stream::Purpose;
    use std::f64::consts::{SQRT_2, TAU};

    const TRIES: [u32; 8] = [2, 3, 5, 20, 101, 1000, 99_999, 1_000_000];

    dispatched! {
        /// Runs [`fill`], as compiled for a level.
        fn fill_at(stream: &mut Stream, smallest: &mut [f32], tries: u32, samples: usize) = fill
    }

    fn smallest<F: Fma>(word: u32, tries: u32) -> f32 {
        quantile::<F>(minus_two_ln_x::<F>(word, tries))
    }

    /// Returns the z ≥ 0 with P[Z > z] = `above` ≤ ½, by Newton's method in double precision.
    fn exact(above: f64) -> f64 {
        let mut z = (-2.0 * above.ln()).sqrt() - (-2.0 * 0.5f64.ln()).sqrt();
        for _ in 0..100 {
            let density = (-0.5 * z * z).exp() / TAU.sqrt();
            let tail = 0.5 * libm::erfc(z / SQRT_2);
            let step = tail * (tail / above).ln() / density;
            z += step;
            if step.abs() < 1e-14 {
                break;
            }
        }
        z
    }

    /// Words from all over, and as many near each end.
    fn words() -> impl Iterator<Item = u32> {
        let mut stream = Stream::new(5, 0, Purpose::SecondSmallest(0));
        let steps = (0..3000).map(move |round| (round, stream.step(), stream.step()));
        steps.flat_map(|(round, words, shifts)| {
            std::array::from_fn::<u32, LANES, _>(|lane| match round % 3 {
                0 => words[lane],
                1 => words[lane] >> (shifts[lane] % 32),
                _ => !(words[lane] >> (shifts[lane] % 32)),
            })
        })
    }

    #[test]
    fn each_is_right_to_the_last_bits_of_a_float() {
        let mut worst = 0.0f64;
        for tries in TRIES {
            for word in words().chain([0, 1, 2, 3, u32::MAX, u32::MAX - 1, u32::MAX - 2]) {
                let v = (f64::from(word >> 1) + 0.5) * 0.5f64.powi(31);
                let part = v.ln() / f64::from(tries);
                let (e, one_minus_e) = (part.exp(), -part.exp_m1());
                let size = exact(e.min(one_minus_e));
                let expected = if e < 0.5 { size } else { -size };
                let found = f64::from(smallest::<Hardware>(word, tries));
                let error = (found - expected).abs() / expected.abs().max(1.0);
                assert!(error < 4e-7, "T = {tries}, {word:#x}: {found}, not {expected}: {error:e}");
                worst = worst.max(error);
            }
        }
        println!("largest error: {worst:.1e}");
    }

    #[test]
    fn the_ends_are_finite_and_every_level_gives_the_same_bits() {
        for tries in TRIES {
            for word in words().chain([0, 1, u32::MAX - 1, u32::MAX]) {
                let w = smallest::<Hardware>(word, tries);
                assert!((-8.3..6.7).contains(&w), "T = {tries}, {word:#x}: {w}");
                assert_eq!(w.to_bits(), smallest::<Software>(word, tries).to_bits());
            }
        }
        let draw = |level| {
            let mut stream = Stream::new(1, 2, Purpose::SecondSmallest(5));
            let mut smallest = [0.0; 1000];
            fill_at(level, &mut stream, &mut smallest, 5, 990);
            smallest.map(f32::to_bits)
        };
        for level in Level::available() {
            assert_eq!(draw(level), draw(Level::available()[0]), "{}", level.name());
        }
    }

    /// Tests that 1 − Φ(−w)ᵀ is uniform: χ² on 500 bins, Kolmogorov–Smirnov on their edges (which makes it
    /// conservative), and the two tails of 1e-4, each at α = 1e-6 (24 tests; the seed is fixed).
    #[test]
    fn the_law_is_that_of_the_smallest() {
        const SAMPLES: usize = 1 << 22;
        const BINS: usize = 500;
        for tries in [2u32, 3, 5, 100, 10_000, 1_000_000] {
            let mut counts = [0u32; BINS];
            let mut tails = [0u32; 2];
            let mut smallest = vec![0.0; 1 << 16];
            for batch in 0..(SAMPLES / smallest.len()) as u64 {
                let mut stream = Stream::new(2026, batch, Purpose::SecondSmallest(tries));
                let room = smallest.len();
                fill_at(Level::best(), &mut stream, &mut smallest, tries, room);
                for &w in &smallest {
                    let above = 0.5 * libm::erfc(f64::from(w) / SQRT_2);
                    let below = -(f64::from(tries) * above.ln()).exp_m1();
                    counts[((below * BINS as f64) as usize).min(BINS - 1)] += 1;
                    tails[0] += u32::from(below < 1e-4);
                    tails[1] += u32::from(below > 1.0 - 1e-4);
                }
            }
            let in_bin = SAMPLES as f64 / BINS as f64;
            let (mut statistic, mut gap, mut seen) = (0.0, 0.0f64, 0.0);
            for (bin, &count) in counts.iter().enumerate() {
                seen += f64::from(count);
                gap = gap.max((seen - in_bin * (bin + 1) as f64).abs() / (SAMPLES as f64).sqrt());
                statistic += (f64::from(count) - in_bin).powi(2) / in_bin;
            }
            // Wilson and Hilferty's normal approximation; 4.75 and 2.69 are the points of 1e-6.
            let freedom = (BINS - 1) as f64;
            let part = 2.0 / (9.0 * freedom);
            let z = ((statistic / freedom).cbrt() - 1.0 + part) / part.sqrt();
            assert!(z.abs() < 4.75, "T = {tries}: chi-square {statistic} of {freedom}, z = {z}");
            assert!(gap < 2.69, "T = {tries}: Kolmogorov-Smirnov {gap}");
            let expected = 1e-4 * SAMPLES as f64;
            for seen in tails {
                let z = (f64::from(seen) - expected) / expected.sqrt();
                assert!(z.abs() < 5.3, "T = {tries}: {seen} in a tail of {expected}");
            }
        }
    }
}
