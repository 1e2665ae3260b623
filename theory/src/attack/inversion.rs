//! Probabilities from characteristic functions, with error bounds.
//!
//! For a margin X with the characteristic function φ(t) = E e^{itX}, counting P[X = 0] half,
//!
//! ```text
//! P[X > 0] = ½ + Σ_{n ≥ 0} Im φ((n + ½)h)/(π(n + ½)) ± P[|X| > 2π/h]
//! ```
//!
//! because Σ sin((n + ½)hx)/(π(n + ½)) is a square wave: ½·sgn(x) for 0 < |x| < 2π/h, and between −½ and ½ elsewhere.
//! The tail is bounded by E e^{θX}·e^{−θ·2π/h} with the best θ (Chernoff), and h is chosen to make it 1e-17. The
//! omitted terms of the sum are bounded by a decreasing envelope of |φ|. If φ decreases so slowly that the sum would
//! be long, the same integral, ½ + (1/π)∫ Im φ(t) d(ln t), is computed by adaptive quadrature in ln t.
//!
//! For two margins, E[sgn X · sgn Y] is the double sum, and P[X > 0, Y > 0] = ¼(1 + E sgn X + E sgn Y + E sgn X sgn Y).
//!
//! Source: R. B. Davies, *Numerical inversion of a characteristic function*, Biometrika 60 (1973), 415–417; J.
//! Gil-Pelaez, Biometrika 38 (1951), 481–482, for the integral; the square wave is Fourier's.

use crate::math::bounded::Bounded;
use crate::math::complex::Complex;
use crate::math::golden::least;
use crate::math::quadrature::{integrate, sum};
use pxfm::f_exp;
use std::f64::consts::PI;

/// The error allowed at each place where something is neglected.
const NEGLIGIBLE: f64 = 1e-17;
/// −ln of [`NEGLIGIBLE`].
const LN_NEGLIGIBLE: f64 = 39.2;
/// The number of terms beyond which the quadrature replaces a sum.
const MAX_TERMS: usize = 3000;
/// The number of exponentials after which a double sum is given up: about half a second.
pub(super) const MAX_COST: usize = 3_000_000;
/// The number of consecutive terms below [`NEGLIGIBLE`] that end a row of a double sum, and of consecutive rows that
/// end the sum.
const QUIET: usize = 4;

/// A bound on |Im φ| from t on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    /// The bound at t, decreasing in t.
    pub(super) size: f64,
    /// A lower bound of −d ln(size)/d ln t from t on.
    pub(super) decay: f64,
}

/// A random margin, given by its characteristic function.
pub(super) trait Margin {
    /// Returns φ(t) and its relative rounding error.
    fn phi(&self, t: f64) -> (Complex, f64);
    /// Returns a decreasing bound on |Im φ|.
    fn envelope(&self, t: f64) -> Envelope;
    /// Returns ln E e^{θX}; ∞ or NaN where the moment does not exist.
    fn ln_moment(&self, theta: f64) -> f64;
    /// Returns a scale of X about its mean, which only affects the speed.
    fn spread(&self) -> f64;
}

/// P[X > 0] + ½P[X = 0], and a rough upper bound on the density of X at 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Positive {
    pub(super) chance: Bounded,
    pub(super) density: f64,
}

/// Computes the probability. `None` if no method has an error below 1e-9.
pub(super) fn positive(margin: &impl Margin) -> Option<Positive> {
    if let Some(sign) = sure_sign(margin) {
        let chance = Bounded { value: 0.5 + 0.5 * sign, error: NEGLIGIBLE };
        return Some(Positive { chance, density: 0.0 });
    }
    let range = range(margin)?;
    let h = 2.0 * PI / range;
    let mut terms = Vec::new();
    let (mut rounding, mut size) = (0.0, 0.0);
    for n in 0..MAX_TERMS {
        let place = n as f64 + 0.5;
        let t = place * h;
        let envelope = margin.envelope(t);
        if envelope.size * (1.0 / place + 1.0 / envelope.decay) < NEGLIGIBLE {
            let error = 3.0 * NEGLIGIBLE + rounding + 2.0 * f64::EPSILON;
            let chance = Bounded::probability(0.5 + sum(terms), error);
            return Some(Positive { chance, density: h / PI * size });
        }
        let (phi, relative) = margin.phi(t);
        terms.push(phi.im / (PI * place));
        rounding += relative * phi.abs() / (PI * place);
        size += phi.abs();
    }
    slowly(margin, range)
}

/// Computes the same by quadrature in ln t.
fn slowly(margin: &impl Margin, range: f64) -> Option<Positive> {
    // |Im φ| ≤ t·E|X|, and E|X| is below the range.
    let low = (NEGLIGIBLE / range).ln();
    let mut high = (1.0 / range).ln();
    for _ in 0..400 {
        let envelope = margin.envelope(f_exp(high));
        if envelope.size / envelope.decay < NEGLIGIBLE {
            break;
        }
        high += 0.5;
    }
    let breaks: Vec<f64> = (0..=100).map(|i| low + (high - low) * f64::from(i) / 100.0).collect();
    let found = integrate(|v| margin.phi(f_exp(v)).0.im / PI, &breaks, 4.0 * f64::EPSILON);
    let rounding = {
        // Relative to φ, not to its imaginary part.
        let share = |v: f64| {
            let (phi, relative) = margin.phi(f_exp(v));
            relative * phi.abs() / PI
        };
        breaks.windows(2).map(|w| (w[1] - w[0]) * share(w[1]).max(share(w[0]))).sum::<f64>()
    };
    let error = found.error + rounding + 3.0 * NEGLIGIBLE;
    // If the density has a peak at 0, what matters is the sum up to where φ is small.
    let density = 4.0 / margin.spread();
    (error < 1e-9)
        .then(|| Positive { chance: Bounded::probability(0.5 + found.value, error), density })
}

/// Returns 1 or −1 if X has that sign except with a probability of 1e-17.
fn sure_sign(margin: &impl Margin) -> Option<f64> {
    let start = -margin.spread().ln();
    [1.0, -1.0].into_iter().find(|sign| {
        let bound = |log: f64| margin.ln_moment(-sign * f_exp(log));
        bound(least(bound, start - 3.0, start + 12.0, 24)) < -LN_NEGLIGIBLE
    })
}

/// Returns R with P[|X| > R] ≤ 2e-17. `None` if no moment exists.
fn range(margin: &impl Margin) -> Option<f64> {
    let side = |sign: f64| {
        let bound = |log: f64| {
            let theta = f_exp(log);
            let found = (margin.ln_moment(sign * theta) + LN_NEGLIGIBLE) / theta;
            if found.is_nan() { f64::INFINITY } else { found }
        };
        // The bound is quasi-convex in θ, and valid for any θ.
        let start = (8.0 / margin.spread()).ln();
        bound(least(bound, start - 4.0, start + 4.0, 20))
    };
    let (above, below) = (side(1.0), side(-1.0));
    let range = above.max(below);
    // If all of X is on one side of 0, the range would come out as almost 0.
    (range.is_finite() && range > 0.0).then_some(range.max(margin.spread()))
}

/// Two random margins, given by their joint characteristic function.
pub(super) trait Pair {
    /// The type of a single margin.
    type One: Margin;
    /// Returns the marginals, whose tails determine how fine the sum has to be.
    fn margins(&self) -> [&Self::One; 2];
    /// Returns the bounds up to which |t/s| can leave φ large, for t/s < 0 and for t/s > 0, however large s is.
    fn ridges(&self) -> [f64; 2];
    /// Returns whether φ decreases fast enough to sum, as far as can be told in advance.
    fn falls(&self) -> bool;
    /// Returns the cost of one value, in exponentials.
    fn cost(&self) -> usize;
    /// Returns φ(s, t) = E e^{i(sX + tY)} and its rounding error.
    fn phi(&self, s: f64, t: f64) -> (Complex, f64);
}

/// Returns E[sgn X · sgn Y] if the sign of one of them is certain, and `None` otherwise.
pub(super) fn sure_product(pair: &impl Pair) -> Option<Bounded> {
    let [x, y] = pair.margins();
    let (sign, other) = match (sure_sign(x), sure_sign(y)) {
        (Some(sign), _) => (sign, y),
        (_, Some(sign)) => (sign, x),
        _ => return None,
    };
    let found = positive(other)?.chance;
    let value = sign * (2.0 * found.value - 1.0);
    Some(Bounded { value, error: 2.0 * found.error + 4.0 * NEGLIGIBLE })
}

/// Returns E[sgn X · sgn Y] by the double sum; `None` if φ does not decrease fast enough to sum.
pub(super) fn sign_product(pair: &impl Pair) -> Option<Bounded> {
    if !pair.falls() {
        return None;
    }
    let [x, y] = pair.margins();
    let [h, g] = [2.0 * PI / range(x)?, 2.0 * PI / range(y)?];
    let most = MAX_COST / pair.cost();
    let mut rows = Rows { pair, h, g, most, pairs: 0, rounding: 0.0, unseen: NEGLIGIBLE };
    let mut sums = Vec::new();
    let (mut m, mut quiet) = (0, 0);
    while quiet < QUIET {
        let (row, largest) = rows.row(m)?;
        sums.push(row);
        quiet = if largest == 0.0 { quiet + 1 } else { 0 };
        m += 1;
    }
    let value = 2.0 / (PI * PI) * sum(sums);
    // What is omitted from a row, and the omitted rows, keep decreasing with decreasing weights.
    let left_out = 16.0 * rows.unseen * (1.0 + (rows.pairs as f64).ln());
    let error = left_out + 2.0 / (PI * PI) * rows.rounding + 8.0 * NEGLIGIBLE;
    Some(Bounded { value: value.clamp(-1.0, 1.0), error: (error + 2.0 * f64::EPSILON).min(2.0) })
}

/// The double sum, row by row.
struct Rows<'a, P> {
    pair: &'a P,
    h: f64,
    g: f64,
    most: usize,
    pairs: usize,
    rounding: f64,
    /// The size below which φ is no longer seen, because it is small or lost in rounding.
    unseen: f64,
}

impl<P: Pair> Rows<'_, P> {
    /// Returns Σ_n Re[φ(s, −t) − φ(s, t)]/((m + ½)(n + ½)) and the largest |φ| of the row, or 0 if all of it is
    /// negligible.
    fn row(&mut self, m: usize) -> Option<(f64, f64)> {
        let place = m as f64 + 0.5;
        let s = place * self.h;
        let mut terms = Vec::new();
        let mut largest = 0.0_f64;
        for (sign, ridge) in [-1.0, 1.0].into_iter().zip(self.pair.ridges()) {
            let past = ridge * s / self.g;
            let (mut n, mut quiet) = (0_u32, 0);
            while quiet < QUIET || f64::from(n) < past + 4.0 {
                let column = f64::from(n) + 0.5;
                let (phi, error) = self.pair.phi(s, sign * column * self.g);
                self.pairs += 1;
                if self.pairs > self.most {
                    return None;
                }
                let size = phi.abs();
                let seen = size > NEGLIGIBLE + error;
                if seen {
                    largest = largest.max(size);
                } else {
                    self.unseen = self.unseen.max(error);
                }
                terms.push(-sign * phi.re / (place * column));
                self.rounding += error / (place * column);
                quiet = if seen { 0 } else { quiet + 1 };
                n += 1;
            }
        }
        Some((sum(terms), largest))
    }
}
