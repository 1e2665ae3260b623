//! How likely the sign of the mean of m gradients is right.
//!
//! A gradient of the margin is the gain a of its coordinate, so that a step goes the right way where the sum of m
//! independent gains is above 0, the wrong way where it is below, and nowhere where it is exactly 0:
//!
//! ```text
//! a = 1               right = 1
//! a ~ N(1, τ²)        right = Φ(√m/τ), wrong = Φ(−√m/τ), zero = 0
//! a = gᵢ with pᵢ      (n₁, …, n_r) multinomial, the sign of Σ nᵢgᵢ
//! ```
//!
//! The last is summed over all counts that matter: binomial windows of nested conditional counts, outside of which a
//! count has less than 1e-32 of the probability of the likeliest. The gains are whole numbers of one unit, so that
//! which sums are 0 is exact. For `drop` this is wrong = 0, zero = q^m.
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

/// The largest number of terms that are summed for a list of gains.
const MAX_TERMS: f64 = 4e8;

/// Counts less likely than this share of the likeliest are left out.
const NEGLIGIBLE: f64 = 1e-32;

/// How likely a step goes the right way, stays, or goes the wrong way. They sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signs {
    /// P[the sign of the mean gradient is right], the *sign-match*.
    pub right: f64,
    /// P[the mean gradient is 0].
    pub zero: f64,
    /// P[the sign of the mean gradient is wrong].
    pub wrong: f64,
    /// No probability is off by more than this.
    pub error: f64,
}

impl Signs {
    /// Every sign is right.
    pub const RIGHT: Self = Self { right: 1.0, zero: 0.0, wrong: 0.0, error: 0.0 };

    /// The signs of sums of `eot` gains. Refuses a list whose sums are too many to go through: of four gains from
    /// `eot` of about 500.
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

    /// A walk with these probabilities, where there is no need for a law of gains.
    #[must_use]
    pub const fn from_parts(right: f64, zero: f64, wrong: f64) -> Self {
        Self { right, zero, wrong, error: 0.0 }
    }

    /// right − wrong: how far a step goes in the mean, in steps.
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
        // A window is a product of ratios from its mode; what counts is within some √m of that, and rounding errors add
        // like a walk: the fourth root. Measured against rationals they are a third of this.
        let error = 2.0 * f64::EPSILON * (2.0 + f64::from(eot).sqrt().sqrt());
        Ok(Self { right: right / whole, zero: zero / whole, wrong: wrong / whole, error })
    }
}

/// The sum over all counts.
struct Sums<'a> {
    units: &'a [i64],
    weights: &'a [u64],
    rest: &'a [u64],
    /// The probabilities of sums below, at and above 0.
    found: [Vec<f64>; 3],
}

impl Sums<'_> {
    /// Goes through the counts of the gains from `level` on, `left` draws among them.
    fn add(&mut self, level: usize, left: u32, total: i64, chance: f64) {
        let unit = self.units[level];
        if level + 1 == self.units.len() {
            // up to 1e6 draws of up to 1e9 units
            let total = total + i64::from(left) * unit;
            self.found[(total.signum() + 1) as usize].push(chance);
            return;
        }
        let (one, other) = (self.weights[level], self.rest[level + 1]);
        for (count, share) in window(left, one as f64, other as f64) {
            self.add(level + 1, left - count, total + i64::from(count) * unit, chance * share);
        }
        if level + 2 == self.units.len() {
            // one number for each sign, so that memory does not grow with the terms
            for found in &mut self.found {
                *found = vec![sum(found.iter().copied())];
            }
        }
    }
}

/// P[X = k] of the number of successes among `trials` of probability `p` each, for all k that matter.
pub(super) fn binomial(trials: u32, p: f64) -> Vec<(u32, f64)> {
    match p {
        0.0 => vec![(0, 1.0)],
        1.0 => vec![(trials, 1.0)],
        p => window(trials, p, 1.0 - p),
    }
}

/// P[X = k] of the number of successes among `trials` at the odds `one : other`, for all k that matter.
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
