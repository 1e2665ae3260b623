//! The probability that a majority is right: the distribution function of the median.
//!
//! `P[Mₙ < x]` = I_p(a, a) for the median Mₙ of n = 2h + 1 standard normals, p = Φ(x), a = h + 1. For
//! x < 0, with q = 1 − p and η² = −ln(4pq),
//!
//! ```text
//! I_p(a, a) = exp(−a·η²) · m,
//! m = C(2h+1, h+1)/4^a · (1/q) · Σ (h/(h+2))·((h−1)/(h+3))⋯ (p/q)^i          few votes
//!   = ½·erfcx(√a·η) + K(η)/√a                                              many votes
//! ```
//!
//! The first is the sum of the binomial probabilities. The second is Temme's uniform expansion, whose remainder K is
//! smooth in η at the scale of 1 for every a; here K is not computed from its asymptotic series but interpolated at
//! Chebyshev points. For x > 0 the probability is 1 − P[Mₙ < −x]. The exponent a·η² is stored as a·x²/2 and a
//! separate rest that is at most of the order of a·ln|x|, so that differences of logarithms of tiny probabilities
//! keep their digits.
//!
//! Source: DLMF 8.18(ii), the symmetric case; N. M. Temme, *Asymptotic inversion of the incomplete
//! beta function*, J. Comput. Appl. Math. 41 (1992), 145–157.

use super::median::Median;
use crate::math::beta::Beta;
use crate::math::normal::{INV_SQRT_2PI, cdf, from_centre, hazard, pdf};
use std::cell::RefCell;
use std::collections::HashMap;
use std::f64::consts::{PI, SQRT_2};

/// The largest h for which the sum is used; beyond it, the expansion is.
const MAX_SUM: u32 = 40;
/// The largest a·η² for which the interpolation is used.
const REACH: f64 = 150.0;
/// The number of interpolation points: K's nearest singularities, η² = ±2πi, are so far from [0, 1.9], the largest
/// range, that each point reduces the error by a factor of 2.3 or more.
const POINTS: usize = 44;

/// The distribution function of the median of an odd number of standard normals.
#[derive(Debug, Clone)]
pub(crate) struct Majority {
    median: Median,
    method: Method,
}

#[derive(Debug, Clone)]
enum Method {
    /// The coefficients of m·q in p/q.
    Few(Vec<f64>),
    /// Beta(a, a), the end of the interpolation, and its coefficients.
    Many(Beta, f64, Vec<f64>),
}

/// `P[Mₙ < x]` as mantissa·exp(power − a·near²/2).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance {
    pub(crate) mantissa: f64,
    pub(crate) power: f64,
    /// max(0, −x).
    pub(crate) near: f64,
}

/// The number of laws kept.
const KEPT: usize = 64;

thread_local! {
    /// The laws that were used last: neighbouring questions ask for the same, and that of many votes takes as long to
    /// make as several probabilities.
    static LAWS: RefCell<HashMap<u32, Majority>> = RefCell::default();
}

impl Majority {
    /// Returns the law for `votes` ≥ 1, one that is kept or a new one; even numbers count like the next smaller odd one.
    pub(crate) fn new(votes: u32) -> Self {
        LAWS.with_borrow_mut(|laws| {
            if laws.len() >= KEPT {
                laws.clear();
            }
            laws.entry(votes).or_insert_with(|| Self::make(votes)).clone()
        })
    }

    fn make(votes: u32) -> Self {
        let median = Median::new(votes);
        let h = votes.saturating_sub(1) / 2;
        let method = if h <= MAX_SUM {
            let mut term = median.factor_at_centre() / (4.0 * f64::from(h + 1));
            let mut terms = vec![term];
            for i in 0..h {
                term *= f64::from(h - i) / f64::from(h + 2 + i);
                terms.push(term);
            }
            Method::Few(terms)
        } else {
            let a = f64::from(h + 1);
            let beta = Beta::from_shapes(a, a);
            let end = (REACH / a).sqrt();
            let rest = |eta: f64| {
                let (e, power) = ((-(-eta * eta).exp_m1()).sqrt(), (-eta * eta).exp());
                let q = 0.5 * (1.0 + e);
                let p = 0.25 * power / q;
                let whole = beta.mantissa(p, q, a * e);
                a.sqrt() * (whole - tail(a.sqrt() * eta))
            };
            Method::Many(beta, end, interpolation(rest, end))
        };
        Self { median, method }
    }

    /// Returns a = h + 1, the factor of −x²/2.
    pub(crate) fn weight(&self) -> f64 {
        self.median.h() + 1.0
    }

    /// Returns the width of the rise, that of the median's density.
    pub(crate) fn scale(&self) -> f64 {
        self.median.scale()
    }

    /// Returns m, for x ≤ 0.
    fn mantissa(&self, x: f64) -> f64 {
        match &self.method {
            Method::Few(terms) => {
                let q = cdf(-x);
                let odds = cdf(x) / q;
                terms.iter().rev().fold(0.0, |sum, term| odds.mul_add(sum, *term)) / q
            }
            Method::Many(beta, end, coefficients) => {
                let eta = (-Median::balance(x)).sqrt();
                if eta > *end {
                    let a = self.weight();
                    return beta.mantissa(cdf(x), cdf(-x), a * (2.0 * from_centre(-x)));
                }
                let root = self.weight().sqrt();
                tail(root * eta) + clenshaw(coefficients, 2.0 * (eta / end) - 1.0) / root
            }
        }
    }

    /// Returns `P[Mₙ < x]`. The relative error of the mantissa is below 1e-14; the absolute error of `power` is that
    /// of [`Median::rest`] times the weight.
    pub(crate) fn chance(&self, x: f64) -> Chance {
        if x < 0.0 {
            let power = self.weight() * Median::rest(x);
            return Chance { mantissa: self.mantissa(x), power, near: -x };
        }
        Chance { mantissa: 1.0 - self.above(x), power: 0.0, near: 0.0 }
    }

    /// Returns `P[Mₙ > x]` for x ≥ 0, with relative accuracy; 0 where it underflows.
    pub(crate) fn above(&self, x: f64) -> f64 {
        let decay = (self.weight() * Median::balance(x)).exp();
        if decay > 0.0 { decay * self.mantissa(-x) } else { 0.0 }
    }

    /// `P[Mₙ < x]`, 0 where it underflows.
    pub(crate) fn below(&self, x: f64) -> f64 {
        if x >= 0.0 { 1.0 - self.above(x) } else { self.above(-x) }
    }

    /// Returns `P[Mₙ < x]` as a double.
    pub(crate) fn probability(&self, x: f64) -> f64 {
        if self.median.h() == 0.0 { cdf(x) } else { self.below(x) }
    }

    /// Returns n, or one less if n is even.
    pub(crate) fn votes(&self) -> f64 {
        2.0 * self.median.h() + 1.0
    }

    /// The derivative of ln `P[Mₙ < x]`.
    pub(crate) fn slope(&self, x: f64) -> f64 {
        let factor = self.median.factor_at_centre();
        if x < 0.0 {
            // The density is factor·(4pq)^h·φ(x), and φ(x)/p is the hazard.
            return factor * hazard(-x) / (4.0 * cdf(-x) * self.mantissa(x));
        }
        let density = factor * (self.median.h() * Median::balance(x)).exp() * pdf(x);
        if density > 0.0 { density / self.chance(x).mantissa } else { 0.0 }
    }

    /// Returns an estimate of the relative rounding error of a probability at x.
    pub(crate) fn rounding(&self, x: f64) -> f64 {
        let balance = if x < 0.0 { -Median::balance(x) } else { 0.0 };
        f64::EPSILON * (20.0 + self.weight() * 3.0 * balance)
    }

    /// Returns an estimate of the relative rounding error of the smaller tail: of `P[Mₙ < x]` for x < 0, of
    /// `P[Mₙ > x]` for x ≥ 0.
    pub(crate) fn tail_rounding(&self, x: f64) -> f64 {
        f64::EPSILON * (6.0 - self.weight() * 3.0 * Median::balance(x))
    }
}

/// Returns exp(x²)·`P[Z > √2·x]` for x ≥ 0.
fn tail(x: f64) -> f64 {
    INV_SQRT_2PI / hazard(SQRT_2 * x)
}

/// Returns the Chebyshev coefficients of the polynomial that interpolates f at [`POINTS`] points of [0, end].
fn interpolation(f: impl Fn(f64) -> f64, end: f64) -> Vec<f64> {
    #[allow(clippy::cast_precision_loss)] // small numbers
    let angle = |j: usize| PI * (j as f64 + 0.5) / POINTS as f64;
    let values: Vec<f64> = (0..POINTS).map(|j| f(0.5 * end * (1.0 + angle(j).cos()))).collect();
    #[allow(clippy::cast_precision_loss)]
    let coefficient = |k: usize| {
        let sum: f64 =
            values.iter().enumerate().map(|(j, v)| v * (k as f64 * angle(j)).cos()).sum();
        sum * if k == 0 { 1.0 } else { 2.0 } / POINTS as f64
    };
    let mut coefficients: Vec<f64> = (0..POINTS).map(coefficient).collect();
    while coefficients.last().is_some_and(|c| c.abs() < 1e-17) {
        coefficients.pop();
    }
    coefficients
}

/// Returns Σ cₖ·Tₖ(x). Source: C. W. Clenshaw, Math. Tables Aids Comput. 9 (1955), 118–120.
fn clenshaw(coefficients: &[f64], x: f64) -> f64 {
    let (mut b1, mut b2) = (0.0, 0.0);
    for c in coefficients.iter().skip(1).rev() {
        (b1, b2) = ((2.0 * x).mul_add(b1, c - b2), b1);
    }
    x.mul_add(b1, coefficients.first().unwrap_or(&0.0) - b2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::bounded::Bounded;
    use crate::math::median::median_density;
    use crate::math::quadrature::integrate;
    use std::num::NonZeroU32;

    fn probability(majority: &Majority, x: f64) -> f64 {
        let Chance { mantissa, power, near } = majority.chance(x);
        mantissa * (power - 0.5 * majority.weight() * near * near).exp()
    }

    const VOTES: [u32; 10] = [1, 2, 3, 11, 79, 81, 83, 1001, 50_001, 1_000_000];

    /// Checks both sides of the change of method at n = 81, from the centre into the tail beyond the interpolation.
    #[test]
    fn it_is_the_integral_of_the_density() {
        for votes in VOTES {
            let majority = Majority::new(votes);
            let n = NonZeroU32::new(votes).unwrap();
            for i in 0..50 {
                let x = -0.5 * f64::from(i) * majority.scale();
                // The density's tail: it falls faster than exp(−n·w²/π) from the middle.
                let reach = 16.0 * majority.scale();
                let breaks: Vec<f64> =
                    (0..=16).map(|k| x - reach + reach * f64::from(k) / 16.0).collect();
                let Bounded { value, .. } = integrate(|w| median_density(n, w), &breaks, 1e-15);
                let got = probability(&majority, x);
                // The documented error of the density: 1e-15·(10 + |ln density|).
                let slack = 1e-15 * (20.0 + 2.0 * value.ln().abs());
                assert!((got / value - 1.0).abs() < slack, "n = {votes}, {x}: {got} {value}");
            }
        }
    }

    #[test]
    fn both_sides_add_to_one() {
        for votes in VOTES {
            let majority = Majority::new(votes);
            for i in 0..60 {
                let x = 0.2 * f64::from(i) * majority.scale();
                let total = probability(&majority, x) + probability(&majority, -x);
                // The same number twice, except at 0, where half of the interpolation's 4e-15 shows.
                assert!((total - 1.0).abs() < 4e-15, "n = {votes}, {x}: {total}");
            }
        }
    }

    /// Checks the sum of the binomial probabilities by hand: n = 3 at Φ(x) = p is p²(3 − 2p).
    #[test]
    fn three_votes_by_hand() {
        for x in [-8.0, -1.0, -0.3, 0.0, 0.3, 2.0] {
            let p = cdf(x);
            let got = probability(&Majority::new(3), x);
            // 2·x² ulp from the argument of the square, and a few more.
            assert!((got / (p * p * (3.0 - 2.0 * p)) - 1.0).abs() < 1e-14, "{x}: {got}");
        }
    }

    #[test]
    fn slopes_are_derivatives() {
        for votes in VOTES {
            let majority = Majority::new(votes);
            for i in -40..=30 {
                let x = (0.3 * f64::from(i) + 0.013) * majority.scale();
                let step = 1e-4 * majority.scale();
                let ln = |x: f64| {
                    let Chance { mantissa, power, near } = majority.chance(x);
                    mantissa.ln() + power - 0.5 * majority.weight() * near * near
                };
                let numeric = (ln(x + step) - ln(x - step)) / (2.0 * step);
                let slope = majority.slope(x);
                // Central difference: truncation 1e-8 and rounding 1e-13/1e-4, in units of 1/scale.
                let slack = 1e-7 * (slope.abs() + 1.0 / majority.scale());
                assert!((numeric - slope).abs() < slack, "n = {votes}, {x}: {slope} {numeric}");
            }
        }
    }
}
