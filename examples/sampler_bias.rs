//! The exact law of the sampler's normals, by enumeration of its inputs, and the bias that finite
//! words and single precision put on the engine's accuracies. `docs/sampling.md` quotes its output.
//!
//! `cargo run --profile test --example sampler_bias` takes about a minute on one core and 2 GB.
//!
//! 1. One normal. All 2³¹ radius words times all 2³¹ angles (swap and 30 bits; the sign is exactly
//!    symmetric) are counted with integers: P[z > t] is exact, a ratio of two integers.
//! 2. The radius alone: the Kolmogorov distance of its law from the exact one, over all r.
//! 3. The circle: the largest error of (cos, sin), over every angle word.
//! 4. One draw of θ: P[z₁ + S·z₂ > T] in the engine's arithmetic, for rounded S and T. Given r the
//!    exact event is an arc; the words within reach of its two ends are tried one by one, for
//!    stratified radius words (this is the only part with a statistical error), and the arc's mean
//!    over the radius is again an enumeration.

use std::f64::consts::{FRAC_1_PI, FRAC_PI_2};

use engine::dispatch::Hardware;
use engine::normal::pair;
use rayon::prelude::*;
use theory::math::normal::sf;

/// Radius words, and angles without their sign.
const WORDS: u64 = 1 << 31;

fn main() {
    let radii = Radii::enumerate();
    println!("distinct radii: {} runs; largest {}", radii.runs.len(), radii.runs[0].0);
    for (least, distance) in radii.kolmogorov() {
        println!("sup over r ≥ {least} of |P[radius > r] − exact|: {distance:.2e}");
    }
    let circle = Circle::enumerate(radii.word_of_two());
    println!("largest |(cos, sin) − exact|: {:.3e}", circle.worst);
    println!("largest sin and cos: {}", circle.largest);

    println!("\n      t   P[z > t], exact         sampler      bias  relative");
    let grid = (1..=67).map(|i| f64::from(i) / 10.0);
    let mut worst = 0.0f64;
    for (t, exact, bias) in tails(&radii, &circle, grid.collect()) {
        println!("{t:7.3} {exact:.15e} {:.9e} {bias:+.1e} {:+.1e}", exact + bias, bias / exact);
        worst = worst.max(bias.abs());
    }
    println!("largest of these: {worst:.2e}");

    let fine: Vec<f64> = (1..140).map(|i| f64::from(i) * 0.049_737).collect();
    let largest = tails(&radii, &circle, fine).into_iter().map(|(.., bias)| bias.abs());
    println!("largest at 139 values in between: {:.2e}", largest.fold(0.0, f64::max));

    println!("\nnear 0\n      t      bias  bias/t");
    for (t, _, bias) in tails(&radii, &circle, vec![0.001, 0.002, 0.005, 0.01, 0.02, 0.05]) {
        println!("{t:7.3} {bias:+.1e} {:+.1e}", bias / t);
    }

    println!(
        "\n     sigma   eps     A(eps), exact   radius  arithmetic ± sd  rounded S, T     total"
    );
    let mut worst = 0.0f64;
    for sigma in [0.1, 0.3, 0.7, 1.0, 1.3, 4.0, 30.0, 1e6] {
        for eps in [0.0, 0.1, 0.5, 0.9, 1.3, 3.7] {
            let found = single_draw(&radii, sigma, eps);
            println!(
                "{sigma:10} {eps:5} {:.15} {:+.1e} {:+.2e} ± {:.0e} {:+.1e} {:+.2e}",
                found.exact,
                found.radius,
                found.arithmetic,
                found.sd,
                found.rounding,
                found.total()
            );
            worst = worst.max(found.total().abs());
        }
    }
    println!("largest of these: {worst:.2e}");
}

/// The radii in the order of their words, as (radius, how many words in a row give it).
struct Radii {
    runs: Vec<(f32, u32)>,
}

/// The radius of a word: the angle 0 has cos = 1. (u = 1 gives −0, which counts as 0.)
fn radius(k: u32) -> f32 {
    pair::<Hardware>(k << 1, 0).0.abs()
}

impl Radii {
    /// A word acts only through its value as a float, so each float is tried once.
    fn enumerate() -> Self {
        const PART: u64 = 1 << 24;
        let part = |part: u64| {
            let mut runs: Vec<(f32, u32)> = Vec::new();
            let (mut float, mut r) = (-1.0, 0.0);
            for k in part * PART..(part + 1) * PART {
                let next = k as i32 as f32;
                if next != float {
                    (float, r) = (next, radius(k as u32));
                }
                match runs.last_mut() {
                    Some((last, count)) if *last == r => *count += 1,
                    _ => runs.push((r, 1)),
                }
            }
            runs
        };
        Self { runs: (0..WORDS / PART).into_par_iter().flat_map_iter(part).collect() }
    }

    /// sup over r ≥ R of |P[radius > r] − exact|, for R = 6 … 0: looked for at both sides of every
    /// jump.
    fn kolmogorov(&self) -> Vec<(f64, f64)> {
        let mut sorted = self.runs.clone();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        // Beyond the largest radius there is nothing, and the exact law has this:
        let beyond = f64::from(sorted[0].0);
        let (mut above, mut worst) = (0u64, (-0.5 * beyond * beyond).exp());
        let mut found = Vec::new();
        for run in sorted.chunk_by(|a, b| a.0 == b.0) {
            let r = f64::from(run[0].0);
            while let Some(least) = Some(6.0 - found.len() as f64).filter(|least| r < *least) {
                found.push((least, worst));
            }
            let exact = (-0.5 * r * r).exp();
            let strictly = above as f64 / WORDS as f64;
            above += run.iter().map(|(_, count)| u64::from(*count)).sum::<u64>();
            let with = above as f64 / WORDS as f64;
            worst = worst.max((strictly - exact).abs()).max((with - exact).abs());
        }
        assert_eq!(above, WORDS);
        found.push((0.0, worst));
        found
    }

    /// A word whose radius is exactly 2, so that products with it are exact.
    fn word_of_two(&self) -> u32 {
        let mut k = 0;
        for (r, count) in &self.runs {
            if *r == 2.0 {
                return k;
            }
            k += count;
        }
        unreachable!("the radii near 2 are closer together than floats")
    }

    /// The mean of f over the radius words.
    fn mean(&self, f: impl Fn(f64) -> f64 + Sync) -> f64 {
        let sum = |part: &[(f32, u32)]| -> f64 {
            part.iter().map(|(r, count)| f64::from(*count) * f(f64::from(*r))).sum()
        };
        self.runs.par_chunks(1 << 12).map(sum).collect::<Vec<_>>().into_iter().sum::<f64>()
            / WORDS as f64
    }
}

/// How many of the 2³¹ angles without sign have |cos or sin| at least v, for floats v ≥ LEAST.
struct Circle {
    at_least: Vec<u32>,
    worst: f64,
    largest: f32,
}

const LEAST: f32 = 1.0 / 32768.0;

fn slot(v: f32) -> usize {
    (v.to_bits() - LEAST.to_bits()) as usize
}

impl Circle {
    fn enumerate(word_of_two: u32) -> Self {
        let mut at_least = vec![0u32; slot(1.0) + 2];
        let (mut worst, mut largest) = (0.0f64, 0.0f32);
        let mut last = (f32::NAN, 0.0, 0.0);
        // The words of one float differ from it most at the first and the last of them.
        let distance = |angle: u32, (_, cos, sin): (f32, f32, f32)| {
            let exact = f64::from((angle << 2) as i32) * 0.5f64.powi(32) * FRAC_PI_2;
            let (s, c) = exact.sin_cos();
            (f64::from(cos) - c).hypot(f64::from(sin) - s.abs())
        };
        for angle in 0..1u32 << 30 {
            let float = (angle << 2) as i32 as f32;
            if float != last.0 {
                if angle > 0 {
                    worst = worst.max(distance(angle - 1, last));
                }
                let (cos, sin) = pair::<Hardware>(word_of_two << 1, angle);
                let (cos, sin) = (0.5 * cos, 0.5 * sin);
                last = (float, cos.abs(), sin.abs());
                largest = largest.max(last.1).max(last.2);
                worst = worst.max(distance(angle, last));
            }
            for v in [last.1, last.2] {
                if v >= LEAST {
                    at_least[slot(v)] += 1;
                }
            }
        }
        for i in (0..at_least.len() - 1).rev() {
            at_least[i] += at_least[i + 1];
        }
        Self { at_least, worst, largest }
    }
}

/// (t, exact, sampler − exact) of P[z > t] for floats t next to the wanted ones.
fn tails(radii: &Radii, circle: &Circle, wanted: Vec<f64>) -> Vec<(f64, f64, f64)> {
    let at = |wanted: f64| {
        let t = wanted as f32;
        let mut count = 0u64;
        for (r, words) in radii.runs.iter().filter(|(r, _)| *r > t) {
            // The least v whose rounded product with r is above t.
            let mut v = t / r;
            while r * v > t {
                v = v.next_down();
            }
            while r * v <= t {
                v = v.next_up();
            }
            assert!(v >= LEAST);
            if v <= 1.0 {
                count += u64::from(*words) * u64::from(circle.at_least[slot(v)]);
            }
        }
        let exact = sf(f64::from(t));
        // A double holds count/2⁶³ within 1e-16 of itself, far below the bias.
        (f64::from(t), exact, count as f64 * 0.5f64.powi(63) - exact)
    };
    wanted.into_par_iter().map(at).collect()
}

/// The bias of P[mean + z₁ + sigma·z₂ > eps] with mean = data_std = 1, by its parts.
struct SingleDraw {
    exact: f64,
    radius: f64,
    arithmetic: f64,
    sd: f64,
    rounding: f64,
}

impl SingleDraw {
    fn total(&self) -> f64 {
        self.radius + self.arithmetic + self.rounding
    }
}

fn single_draw(radii: &Radii, sigma: f64, eps: f64) -> SingleDraw {
    const STRATA: u32 = 4096;
    let (spread, threshold) = (sigma as f32, (eps - 1.0) as f32);
    let length = f64::from(spread).hypot(1.0);
    let v = f64::from(threshold) / length;
    let exact = sf((eps - 1.0) / sigma.hypot(1.0));
    let rounded = sf(v);
    let arc = |r: f64| (v / r).clamp(-1.0, 1.0).acos() * FRAC_1_PI;
    let biases: Vec<f64> = (0..STRATA)
        .into_par_iter()
        .map(|i| {
            let inside = i.wrapping_mul(2_654_435_769) >> 13; // somewhere in the stratum
            arc_bias(i * (1 << 19) + inside, spread, threshold)
        })
        .collect();
    let mean = biases.iter().sum::<f64>() / f64::from(STRATA);
    let square = biases.iter().map(|b| (b - mean).powi(2)).sum::<f64>();
    SingleDraw {
        exact,
        radius: radii.mean(arc) - rounded,
        arithmetic: mean,
        sd: square.sqrt() / f64::from(STRATA),
        rounding: rounded - exact,
    }
}

/// Given radius word k: the share of angle words with z₁ + S·z₂ > T as computed, less the arc's.
fn arc_bias(k: u32, spread: f32, threshold: f32) -> f64 {
    let r = f64::from(radius(k));
    let length = f64::from(spread).hypot(1.0);
    let c = f64::from(threshold) / (r * length);
    if c.abs() >= 1.0 {
        return 0.0;
    }
    let centre = f64::from(spread).atan();
    // What rounding can move the end by: 5e-7 of the radius, over the slope.
    let reach =
        ((5e-7 / (1.0 - c * c).sqrt() / (FRAC_PI_2 * 0.5f64.powi(30))) as i64 + 4).min(1 << 22);
    let above = |sector: usize, j: i64| {
        let word = (sector as u32) << 30 | (j as u32 & 0x3fff_ffff);
        let (z1, z2) = pair::<Hardware>(k << 1, word);
        z1 + spread * z2 > threshold
    };
    let mut excess = 0.0;
    for (end, rising) in [(centre - c.acos(), true), (centre + c.acos(), false)] {
        // Quarter turns 0 … 3 about 0, π/2, π, 3π/2; bit 1 of the sector swaps, bit 0 negates.
        // A swapped sector runs backwards.
        let turned = (end / FRAC_PI_2 + 0.5).rem_euclid(4.0);
        let quarter = turned.floor();
        let sector = [0b00, 0b10, 0b01, 0b11][quarter as usize];
        let forward = (quarter as usize).is_multiple_of(2);
        let local = (turned - quarter - 0.5) * if forward { 1.0 } else { -1.0 };
        let index = local * 2f64.powi(30);
        let (low, high) = (index.round() as i64 - reach, index.round() as i64 + reach);
        if low < -(1 << 29) || high >= 1 << 29 {
            continue; // the end of a sector: one radius in a million
        }
        let inside = (low..=high).filter(|&j| above(sector, j)).count() as f64;
        let expected =
            if rising == forward { high as f64 + 0.5 - index } else { index - (low as f64 - 0.5) };
        excess += inside - expected;
    }
    excess * 0.5f64.powi(32)
}
