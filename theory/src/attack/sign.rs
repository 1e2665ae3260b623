//! The probability that the sign of the mean of m gradients is right.
//!
//! A gradient of the margin is the gain a of its coordinate. So a step goes in the right direction if the sum of m
//! independent gains is positive, in the wrong direction if it is negative, and nowhere if it is exactly 0:
//!
//! ```text
//! a = 1               right = 1
//! a ~ N(1, τ²)        right = Φ(√m/τ), wrong = Φ(−√m/τ), zero = 0
//! a = gᵢ with pᵢ      (n₁, …, n_r) multinomial, the sign of Σ nᵢgᵢ
//! ```
//!
//! The last probability is summed over all relevant counts: binomial windows of nested conditional counts, outside of
//! which a count has less than 1e-32 of the probability of the likeliest one. The gains are integer multiples of one
//! unit, so whether a sum is 0 is decided exactly. For `drop`, wrong = 0 and zero = q^m.
//!
//! ```
//! use gauss_sim_theory::attack::Signs;
//! use task::attack::GainDefense;
//! use task::spec::Parse;
//!
//! // the mean gain is 1, but most gains are −1: one gradient points the wrong way, many do not
//! let law = GainDefense::parse("list=-1:0.6,4:0.4").unwrap().law();
//! let (one, many) = (Signs::new(&law, 1)?, Signs::new(&law, 100)?);
//! assert!(one.drift() < 0.0 && many.drift() > 0.99);
//! assert_eq!(one.right, 0.4);
//! # Ok::<(), task::EntryError>(())
//! ```

use crate::math::double::Dd;
use crate::math::normal::{cdf_dd, sf_dd};
use crate::math::quadrature::sum;
use task::EntryError;
use task::attack::GainLaw;

/// The largest number of terms in the sum for a list of gains.
const MAX_TERMS: f64 = 4e8;

/// Counts with less than this share of the largest probability are omitted.
const NEGLIGIBLE: f64 = 1e-32;

/// The probabilities that a step goes in the right direction, stays, or goes in the wrong direction. They sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signs {
    /// P[the sign of the mean gradient is right], the *sign-match*.
    pub right: f64,
    /// P[the mean gradient is 0].
    pub zero: f64,
    /// P[the sign of the mean gradient is wrong].
    pub wrong: f64,
    /// The largest error of the three probabilities.
    pub error: f64,
}

impl Signs {
    /// The signs of an attack that is always right.
    pub const RIGHT: Self = Self { right: 1.0, zero: 0.0, wrong: 0.0, error: 0.0 };

    /// Computes the signs of sums of `eot` gains. Fails if a list has too many sums: for four gains, from an `eot` of
    /// about 500.
    pub fn new(law: &GainLaw, eot: u32) -> Result<Self, EntryError> {
        let eot = eot.max(1);
        match law {
            GainLaw::One => Ok(Self::RIGHT),
            GainLaw::Normal { spread } => {
                let z = Dd::from(f64::from(eot)).sqrt() / Dd::from(*spread);
                let (right, wrong) = (cdf_dd(z), sf_dd(z));
                Ok(Self {
                    right,
                    zero: 0.0,
                    wrong,
                    error: 2.0 * f64::EPSILON * right.min(4.0 * wrong),
                })
            }
            GainLaw::List(list) if eot == 1 => {
                let share = |sign: i64| {
                    let chosen = list.units().iter().zip(list.weights());
                    let weight: u64 =
                        chosen.filter(|(u, _)| u.signum() == sign).map(|(_, w)| w).sum();
                    weight as f64 / list.whole() as f64
                };
                let [right, zero, wrong] = [1, 0, -1].map(share);
                Ok(Self { right, zero, wrong, error: f64::EPSILON / 2.0 })
            }
            GainLaw::List(list) => Self::of_list(list.units(), list.weights(), eot),
        }
    }

    /// Creates signs with these probabilities, without a law of gains.
    #[must_use]
    pub const fn from_parts(right: f64, zero: f64, wrong: f64) -> Self {
        Self { right, zero, wrong, error: 0.0 }
    }

    /// Returns right − wrong: the mean displacement of a step, in steps.
    #[must_use]
    pub fn drift(&self) -> f64 {
        self.right - self.wrong
    }

    fn of_list(units: &[i64], weights: &[u64], eot: u32) -> Result<Self, EntryError> {
        let mut rest: Vec<u64> = weights.to_vec();
        for i in (0..rest.len().saturating_sub(1)).rev() {
            rest[i] += rest[i + 1];
        }
        let share = |i: usize| weights[i] as f64 / rest[i] as f64;
        let width = |p: f64| {
            (26.0 * (f64::from(eot) * p * (1.0 - p)).sqrt() + 26.0).min(f64::from(eot) + 1.0)
        };
        let terms: f64 = (0..weights.len() - 1).map(|i| width(share(i))).product();
        if terms > MAX_TERMS {
            let expected = format!(
                "fewer: the sums of so many draws of {} gains are too many to go through",
                units.len()
            );
            return Err(EntryError::new("eot", eot, expected));
        }
        let mut sums =
            Sums { units, weights, rest: &rest, found: [Vec::new(), Vec::new(), Vec::new()] };
        sums.add(0, eot, 0, 1.0);
        let [wrong, zero, right] = sums.found.map(sum);
        let whole = right + zero + wrong;
        // A window is a product of ratios from its mode. The terms that matter are within some √m of the mode, and
        // rounding errors grow like a random walk, with the fourth root of m. Measured against rationals, the errors
        // are a third of this.
        let error = 2.0 * f64::EPSILON * (2.0 + f64::from(eot).sqrt().sqrt());
        Ok(Self { right: right / whole, zero: zero / whole, wrong: wrong / whole, error })
    }
}

/// The sum over all counts.
struct Sums<'a> {
    units: &'a [i64],
    weights: &'a [u64],
    rest: &'a [u64],
    /// The probabilities of negative, zero and positive sums.
    found: [Vec<f64>; 3],
}

impl Sums<'_> {
    /// Adds the counts of the gains from `level` on, with `left` draws among them.
    fn add(&mut self, level: usize, left: u32, total: i64, chance: f64) {
        let unit = self.units[level];
        if level + 1 == self.units.len() {
            // At most 1e6 draws of at most 1e9 units.
            let total = total + i64::from(left) * unit;
            self.found[(total.signum() + 1) as usize].push(chance);
            return;
        }
        let (one, other) = (self.weights[level], self.rest[level + 1]);
        for (count, share) in window(left, one as f64, other as f64) {
            self.add(level + 1, left - count, total + i64::from(count) * unit, chance * share);
        }
        if level + 2 == self.units.len() {
            // Keep one number for each sign, so that memory does not grow with the number of terms.
            for found in &mut self.found {
                *found = vec![sum(found.iter().copied())];
            }
        }
    }
}

/// Returns P[X = k] for the number of successes among `trials` of probability `p` each, for all relevant k.
pub(super) fn binomial(trials: u32, p: f64) -> Vec<(u32, f64)> {
    match p {
        0.0 => vec![(0, 1.0)],
        1.0 => vec![(trials, 1.0)],
        p => window(trials, p, 1.0 - p),
    }
}

/// Returns P[X = k] for the number of successes among `trials` with the odds `one : other`, for all relevant k.
fn window(trials: u32, one: f64, other: f64) -> Vec<(u32, f64)> {
    let odds = one / other;
    let n = f64::from(trials);
    let mode = (((n + 1.0) * (one / (one + other))).floor().min(n)) as u32;
    let mut below = Vec::new();
    let mut chance = 1.0;
    for k in (0..mode).rev() {
        // P[k]/P[k + 1]
        chance *= (f64::from(k) + 1.0) / (n - f64::from(k)) / odds;
        if chance < NEGLIGIBLE {
            break;
        }
        below.push((k, chance));
    }
    below.reverse();
    below.push((mode, 1.0));
    chance = 1.0;
    for k in mode..trials {
        chance *= (n - f64::from(k)) / (f64::from(k) + 1.0) * odds;
        if chance < NEGLIGIBLE {
            break;
        }
        below.push((k + 1, chance));
    }
    let whole = sum(below.iter().map(|(_, chance)| *chance));
    below.iter_mut().for_each(|(_, chance)| *chance /= whole);
    below
}
