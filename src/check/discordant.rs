//! Matched pairs: an exact test and an exact interval from the trials in which two classifiers differ.
//!
//! Trials in which both classifiers or neither has an event carry no information on the sign of the difference of its
//! probabilities. Of the others, the *discordant* ones, let d₁ be those in favour of the first and d₂ those in favour
//! of the second, and p₁, p₂ their probabilities. The difference is
//!
//! ```text
//! δ = p₂ − p₁ = p·(2π − 1)       p = p₁ + p₂ the discordant rate, π = p₂/p the share of the second
//! ```
//!
//! and given their number d₁ + d₂, which is Binomial(trials, p), d₂ is Binomial(d₁ + d₂, π); δ = 0 means π = ½.
//! Source: Q. McNemar, *Psychometrika* 12 (1947), with the exact binomial law in place of its normal approximation.
//!
//! **The effect of a bias.** If sampled probabilities are biased, equality of the true ones only implies |p₂ − p₁| ≤
//! s, the *slack*, and so |π − ½| ≤ s/(2p): the fewer trials are discordant, the larger the part of them that may be
//! due to a bias. p is not known. As the test uses the most favourable hypothesis, it uses the smallest p: the lower
//! limit of p, which errs with a probability of at most [`DOUBT`]; this is added to the p-value, which makes it valid
//! again (Berger and Boos, *Journal of the American Statistical Association* 89, 1994). No p-value with a slack is
//! below [`DOUBT`].

use theory::math::binomial::{Binomial, MAX_TRIALS};
use theory::math::normal;

use super::clopper_pearson;

/// The probability with which the lower limit of the discordant rate may err: 2⁻⁴⁰ = 9.1e-13, far below every α of
/// practical use.
pub const DOUBT: f64 = 1.0 / (1u64 << 40) as f64;

/// The part of an interval's error that is spent on the discordant rate; the rest is spent on the share. Nearly all
/// of the width is due to the share: the rate's own error enters relative to δ, or to the error of the share. The
/// part is fixed in advance, since an interval chosen for being narrow would not cover. Measured at confidences of
/// 0.99 and 1 − 1e-6, 100 to 1e6 discordant trials and shares from 0.5 to 0.9: from 1/5 to 1/100 the width changes by
/// less than 15%; for shares up to 0.55, where signs are hard to tell, 1/20 is within 1.5% of the best of these
/// parts.
const OF_RATE: f64 = 0.05;

/// The trials in which two classifiers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discordant {
    /// d₁: the trials in favour of the first.
    pub for_first: u64,
    /// d₂: the trials in favour of the second.
    pub for_second: u64,
    /// All independent trials, discordant or not, up to 2⁵³.
    pub trials: u64,
}

/// A sampled difference with its interval, in absolute units of probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The estimate, from −1 to 1; NaN if there is nothing to estimate from.
    pub value: f64,
    /// The lower limit, from −1.
    pub low: f64,
    /// The upper limit, up to 1.
    pub high: f64,
}

impl Difference {
    /// A difference of which nothing is known.
    pub(super) const UNKNOWN: Self = Self { value: f64::NAN, low: -1.0, high: 1.0 };

    /// Returns whether the interval contains `difference`, limits included.
    #[must_use]
    pub fn contains(&self, difference: f64) -> bool {
        (self.low..=self.high).contains(&difference)
    }

    /// Returns high − low.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

impl std::ops::Neg for Difference {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, low: -self.high, high: -self.low }
    }
}

impl Discordant {
    /// Returns d₁ + d₂; `None` if such counts are not possible.
    fn both(&self) -> Option<u64> {
        let both = self.for_first.checked_add(self.for_second)?;
        (both <= self.trials && self.trials <= MAX_TRIALS).then_some(both)
    }

    /// Returns (d₁ + d₂)/trials; NaN without trials.
    #[must_use]
    pub fn rate(&self) -> f64 {
        (self.for_first as f64 + self.for_second as f64) / self.trials as f64
    }

    /// Returns (d₂ − d₁)/trials; NaN without trials.
    #[must_use]
    pub fn value(&self) -> f64 {
        (self.for_second as f64 - self.for_first as f64) / self.trials as f64
    }

    /// Returns the exact one-sided p-value of p₂ − p₁ ≤ `slack`: P[D ≥ d₂] for the binomial law with the largest
    /// share π that this allows. It is small if the second is better.
    ///
    /// It is 1 without discordant trials, and NaN if the counts are not possible or the slack is not a number from 0
    /// on.
    #[must_use]
    pub fn p_value_second_better(&self, slack: f64) -> f64 {
        let share = self.both().zip(self.largest_share(slack));
        let law = share.and_then(|(both, share)| Binomial::new(both, share).ok());
        let doubt = if slack > 0.0 { DOUBT } else { 0.0 };
        law.map_or(f64::NAN, |law| (law.at_least(self.for_second) + doubt).min(1.0))
    }

    /// Returns the same for p₁ − p₂ ≤ `slack`. It is small if the first is better.
    #[must_use]
    pub fn p_value_first_better(&self, slack: f64) -> f64 {
        self.turned().p_value_second_better(slack)
    }

    /// Returns the exact two-sided p-value of |p₂ − p₁| ≤ `slack`: twice the smaller of the one-sided ones, at
    /// most 1. Without slack it is McNemar's exact test.
    #[must_use]
    pub fn p_value(&self, slack: f64) -> f64 {
        // Either both are NaN, or neither is.
        let least = self.p_value_first_better(slack).min(self.p_value_second_better(slack));
        if least.is_nan() { least } else { (2.0 * least).min(1.0) }
    }

    /// Returns the largest π with p₂ − p₁ ≤ `slack`.
    fn largest_share(&self, slack: f64) -> Option<f64> {
        if slack == 0.0 {
            return Some(0.5);
        }
        if slack.is_nan() || slack < 0.0 {
            return None;
        }
        let rate = clopper_pearson(self.both()?, self.trials, 1.0 - 2.0 * DOUBT);
        // Without trials, or with a limit of 0, no share is too large.
        Some(rate.map_or(1.0, |rate| (0.5 + 0.5 * slack / rate.low).min(1.0)))
    }

    fn turned(&self) -> Self {
        Self { for_first: self.for_second, for_second: self.for_first, ..*self }
    }

    /// Returns δ = p₂ − p₁ with an exact, conservative interval: it contains δ with a probability of at least
    /// `confidence`, whatever p₁ and p₂ are. It does not allow for a bias.
    ///
    /// The interval combines Clopper–Pearson limits of p and of π (given d₁ + d₂) by Bonferroni's inequality: the
    /// limits of δ are the smallest and the largest p·(2π − 1) with both inside theirs. Most of the error is spent on
    /// π. `None` without trials, for counts that are not possible, and for a confidence outside (0, 1).
    #[must_use]
    pub fn difference(&self, confidence: f64) -> Option<Difference> {
        let both = self.both()?;
        if !(confidence > 0.0 && confidence < 1.0) {
            return None;
        }
        let error = 1.0 - confidence;
        let rate = clopper_pearson(both, self.trials, 1.0 - OF_RATE * error)?;
        let share = clopper_pearson(self.for_second, both, confidence + OF_RATE * error);
        // Without discordant trials, the second's share can be anything.
        let [least, most] = share.map_or([-1.0, 1.0], |s| [s.low, s.high].map(|s| 2.0 * s - 1.0));
        Some(Difference {
            value: self.value(),
            low: least * if least < 0.0 { rate.high } else { rate.low },
            high: most * if most < 0.0 { rate.low } else { rate.high },
        })
    }
}

/// Returns the number of trials that show the sign of a difference `delta` = p₂ − p₁ with a probability of `power`,
/// for the discordant rate `rate`, in the two-sided test of [`Discordant::p_value`] with this `slack` at `alpha`.
///
/// Uses the normal approximation (Connor, *Biometrics* 43, 1987), with d₂ − d₁ in integer steps: the smallest n with
///
/// ```text
/// n·(|δ| − s·p/p′) − 2 ≥ √n·(z_{α/2}·√p + z_power·√(p − δ²))
/// ```
///
/// where p′ is the lower limit of p that the test uses, and 2 is the step of d₂ − d₁ for given d₁ + d₂: half of it
/// compensates for the lattice, and half for a test of integer counts that stays below its α. The tests sum the exact
/// power at this n: for |δ| up to 0.3·p it is 0.952 to 0.962 where 0.95 is requested; towards |δ| = p it increases to
/// 0.9999 (a number on the safe side).
///
/// A `rate` below |δ|, which is not possible but may be measured, counts as |δ|. `None` if no number of trials up to
/// 2⁵³ is sufficient, for example if |δ| is not above the slack; or if `alpha` or `power` is not inside (0, 1), or
/// anything is NaN.
#[must_use]
pub fn trials_needed(delta: f64, rate: f64, slack: f64, alpha: f64, power: f64) -> Option<u64> {
    let inside = |p: f64| p > 0.0 && p < 1.0;
    let delta = delta.abs();
    if !(inside(alpha) && inside(power) && slack >= 0.0 && delta > slack && !rate.is_nan()) {
        return None;
    }
    let rate = rate.max(delta);
    let z_alpha = -normal::quantile(0.5 * alpha);
    let z_power = normal::quantile(power);
    let spread = z_alpha * rate.sqrt() + z_power * (rate - delta * delta).max(0.0).sqrt();
    let enough = |trials: u64| {
        let n = trials as f64;
        let slack = if slack > 0.0 {
            let both = (n * rate).round().min(n) as u64;
            let limit = clopper_pearson(both, trials, 1.0 - 2.0 * DOUBT);
            limit.map_or(f64::INFINITY, |limit| slack * rate / limit.low)
        } else {
            0.0
        };
        n * (delta - slack) - 2.0 >= n.sqrt() * spread
    };
    let mut most = 1;
    while !enough(most) {
        most *= 2;
        if most > MAX_TRIALS {
            return None;
        }
    }
    let mut least = most / 2;
    while most - least > 1 {
        let middle = least + (most - least) / 2;
        if enough(middle) {
            most = middle;
        } else {
            least = middle;
        }
    }
    Some(most)
}
