//! Binomial probabilities at any real count, and sums over many whole numbers by few values.

use std::f64::consts::TAU;

use crate::math::beta::stirling_error;
use crate::math::normal::{cdf, sf};

/// Less likely than this is never.
const NEVER: f64 = 1e-280;

/// Bin(n, Φ(t)).
#[derive(Debug, Clone, Copy)]
pub(super) struct Trials {
    n: f64,
    p: f64,
    q: f64,
    /// n·p and n·q.
    means: [f64; 2],
}

impl Trials {
    pub(super) fn new(n: f64, t: f64) -> Self {
        let (p, q) = (cdf(t), sf(t));
        Self { n, p, q, means: [n * p, n * q] }
    }

    /// √(npq).
    pub(super) fn deviation(&self) -> f64 {
        (self.means[0] * self.q).sqrt()
    }

    /// n·q, the mean number of wrong answers.
    pub(super) fn misses(&self) -> f64 {
        self.means[1]
    }

    /// The probability of `misses` wrong answers: for 0 and n, and any real number from 1 to n − 1 between.
    ///
    /// By Stirling's formula with its error, and the deviance Σ x·ln(x/mean) without cancellation.
    /// Source: C. Loader, *Fast and Accurate Computation of Binomial Probabilities* (2000).
    pub(super) fn probability(&self, misses: f64) -> f64 {
        let hits = self.n - misses;
        if misses == 0.0 {
            return (self.n * (-self.q).ln_1p()).exp();
        }
        if self.q.min(self.p) < NEVER {
            return 0.0;
        }
        if hits == 0.0 {
            return (self.n * (-self.p).ln_1p()).exp();
        }
        // From the smaller of the two, of which more digits are known.
        let above = match self.q < self.p {
            true => misses - self.means[1],
            false => self.means[0] - hits,
        };
        let deviance = self.means[1] * deviance(above / self.means[1])
            + self.means[0] * deviance(-above / self.means[0]);
        // δ(z) of `stirling_error` is that of Γ(z): the error for z! is δ(z + 1) and what one step changes.
        let rest = factorial_error(self.n) - factorial_error(hits) - factorial_error(misses);
        (rest - deviance).exp() * (self.n / (TAU * hits * misses)).sqrt()
    }
}

/// ln z! − (z + ½)·ln z + z − ½·ln 2π, which is the same error as that for Γ(z), since z! = z·Γ(z).
fn factorial_error(z: f64) -> f64 {
    stirling_error(z)
}

/// (1 + v)·ln(1 + v) − v, for v > −1.
fn deviance(v: f64) -> f64 {
    if v.abs() > 0.2 {
        return (1.0 + v) * v.ln_1p() - v;
    }
    // Σ (−v)^k/(k(k − 1)) from k = 2: 0.2^24 is 2e-17.
    let mut sum = 0.0;
    for k in (2..=24_u32).rev() {
        sum = 1.0 / f64::from(k * (k - 1)) - v * sum;
    }
    v * v * sum
}

/// Places and weights with which a sum over `count` neighbouring whole numbers, from 0, is that of its terms at few
/// places: exact for polynomials of degree 2·`places` − 1.
///
/// It is Gauss's quadrature for the uniform measure on whole numbers, whose orthogonal polynomials are Gram's: on
/// x = 2(i + ½)/N − 1 they have x·P_k = b_{k+1}·P_{k+1} + b_k·P_{k−1}, b_k² = k²(1 − k²/N²)/(4k² − 1). Source: W. Gautschi,
/// *Orthogonal Polynomials*, Oxford 2004, table 1.2 (discrete Chebyshev). Zeros by Newton's method, those that are known
/// divided out. Needs `places` < `count`.
pub(super) fn discrete(count: u32, places: u32) -> Vec<(f64, f64)> {
    let size = f64::from(count);
    let step = |k: u32| {
        let k = f64::from(k);
        k * ((1.0 - (k / size).powi(2)) / (4.0 * k * k - 1.0)).sqrt()
    };
    let steps: Vec<f64> = (1..=places).map(step).collect();
    // Orthonormal values up to degree places, the last one with its derivative, and the sum of squares below.
    let values = |x: f64| {
        let (mut before, mut value) = (0.0, 1.0);
        let (mut slope_before, mut slope) = (0.0, 0.0);
        let mut squares = 0.0;
        let mut b_before = 0.0;
        for b in &steps {
            squares += value * value;
            let next = (x * value - b_before * before) / b;
            let slope_next = (value + x * slope - b_before * slope_before) / b;
            (before, value, slope_before, slope) = (value, next, slope, slope_next);
            b_before = *b;
        }
        (value, slope, squares)
    };
    let mut zeros: Vec<f64> = Vec::new();
    let mut x = 1.0;
    for _ in 0..places {
        for _ in 0..200 {
            let (value, slope, _) = values(x);
            let known: f64 = zeros.iter().map(|zero| 1.0 / (x - zero)).sum();
            let change = value / (slope - value * known);
            x -= change;
            if change.abs() < 1e-15 {
                break;
            }
        }
        zeros.push(x);
        // Below the zero that was found, so that it is not divided by.
        x -= 1e-3 / f64::from(places * places);
    }
    let place = |x: f64| (0.5 * (x + 1.0) * size - 0.5, size / values(x).2);
    zeros.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_to_one() {
        for (n, t) in [(10.0, 0.3), (1000.0, -1.0), (1000.0, 2.9), (50.0, -3.0)] {
            let trials = Trials::new(n, t);
            let total: f64 =
                (0..=n as u32).map(|misses| trials.probability(f64::from(misses))).sum();
            // 1e-14: a thousand terms of some ulp each.
            assert!((total - 1.0).abs() < 1e-14, "{n} {t}: {total}");
        }
        let trials = Trials::new(3.0, 0.0);
        assert!((trials.probability(1.0) - 0.375).abs() < 1e-16);
    }

    #[test]
    fn few_places_sum_polynomials_and_bells() {
        for (count, places) in [(20, 5), (101, 48), (30_000, 64)] {
            let rule = discrete(count, places);
            let sum = |f: &dyn Fn(f64) -> f64| rule.iter().map(|(x, w)| w * f(*x)).sum::<f64>();
            let size = f64::from(count);
            assert!((sum(&|_| 1.0) / size - 1.0).abs() < 1e-13);
            let cubes = (0.5 * size * (size - 1.0)).powi(2);
            assert!((sum(&|x| x.powi(3)) / cubes - 1.0).abs() < 1e-13, "{count}");
        }
        // A bell that is cut, of 1/18 of the width.
        let rule = discrete(30_000, 64);
        let bell = |x: f64| (-0.5 * ((x - 2000.0) / 1600.0).powi(2)).exp();
        let known: f64 = (0..30_000).map(|i| bell(f64::from(i))).sum();
        let found: f64 = rule.iter().map(|(x, w)| w * bell(*x)).sum();
        assert!((found / known - 1.0).abs() < 1e-13, "{found} {known}");
    }
}
