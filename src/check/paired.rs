//! The comparison of two stages from counts on the same samples. Besides [`super`], this is the only place where
//! exact numbers and sampled counts meet.
//!
//! Two stages that classify the same samples agree on nearly all of them, and only the others decide
//! (`check::discordant`). So a difference is known far more accurately than the two numbers. What is counted depends
//! on the metric ([`engine::paired`]):
//!
//! ```text
//! metric                 trials               for the first             for the second
//! adversarial accuracy   samples              only the first is right   only the second is right
//! robust accuracy, ASR   pairs of samples     Y and not X               X and not Y
//! ```
//!
//! The difference of the unconditional accuracies is that of the two probabilities; the difference of the robust
//! accuracies is (P\[X\] − P\[Y\])/(P\[c₁\]·P\[c₂\]), with the same sign. Pairs make its test exact, but cost half of
//! the trials; its interval does not use them (see `conditional_gain`).
//!
//! **Bias.** A sampled probability of being correct may be off by [`engine::bias`] = B, and one of being correct
//! twice by 2B. So P\[b₂\] − P\[b₁\] may be off by 2B, and P\[X\] − P\[Y\] = P\[c₁\]·P\[both₂\] − P\[c₂\]·P\[both₁\]
//! by 6B. Tests and intervals allow for that: no number of samples shows the sign of a smaller difference.
//!
//! Measured at mean = data_std = shift = 1, σ = 0.3, ε = 0.1, undefended against trained, 1e7 samples with the same
//! θ, confidence 0.99: the interval is 2.8 times narrower than two separate Clopper–Pearson intervals together (each
//! at 0.995) for the adversarial accuracy, and 1.5 times for the robust accuracy.

pub use super::discordant::{DOUBT, Difference, Discordant, trials_needed};

use task::Metric;
use theory::math::bounded::Bounded;

use super::{POWER, clopper_pearson};
use engine::paired::PairCounts;

/// The result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// The first stage is better.
    FirstBetter,
    /// The second stage is better.
    SecondBetter,
    /// Neither stage was shown to be better.
    NotDecided,
}

impl Sign {
    /// Returns the name in rows.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstBetter => "first",
            Self::SecondBetter => "second",
            Self::NotDecided => "not-decided",
        }
    }
}

impl std::fmt::Display for Sign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The comparison of two stages in a metric, from counts on the same samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The metric that is compared.
    pub metric: Metric,
    /// metric(second) − metric(first), with an exact, conservative interval of the requested confidence, including
    /// the sampler's bias.
    ///
    /// The estimate is the difference of the two stages' own estimates.
    pub difference: Difference,
    /// The exact two-sided p-value of no difference: twice the smaller binomial tail of the discordant trials, at the
    /// most favourable difference that the sampler's bias may have caused. For the conditional metrics it is that of
    /// crossed pairs, which carry less information than the interval: that may exclude 0 first.
    pub p_value: f64,
    /// The result that is significant at alpha, that is, if `p_value` < alpha. Better means larger, but smaller for
    /// the attack success rate.
    pub sign: Sign,
    /// The discordant trials in favour of the first stage, and those in favour of the second.
    pub discordant: [u64; 2],
    /// All trials: samples for the adversarial accuracy, pairs of samples for the others.
    pub trials: u64,
    /// The approximate number of samples that show the sign of the exact difference at alpha with a probability of
    /// [`POWER`], at the discordant rate and the clean accuracies that were counted. `None` if no number up to 2⁵³
    /// does (for example if the difference is smaller than the bias may be), or if no trial was discordant, so that
    /// the rate is not known.
    pub samples_needed: Option<u64>,
    /// Whether the exact difference, within its error, is in the interval of confidence 1 − alpha: if both are right,
    /// it is not with a probability of at most alpha. False for an alpha outside (0, 1) and for an exact difference
    /// that is not a number.
    pub agrees: bool,
}

/// Compares two stages in `metric`: see [`Comparison`].
///
/// `exact_difference` is metric(second) − metric(first), also for the attack success rate. `confidence`, between 0
/// and 1, is that of the interval; `alpha` is the level of the test of the sign, and separately that of the
/// agreement: a run that makes several tests shares its α among them ([`super::level`]); `bias` is that of the
/// sampler under the draws of the counts ([`engine::bias`]).
#[must_use]
pub fn compare(
    metric: Metric,
    counts: &PairCounts,
    exact_difference: Bounded,
    confidence: f64,
    alpha: f64,
    bias: f64,
) -> Comparison {
    let sampled = Sampled::new(metric, counts, bias);
    let exact = if metric == Metric::AttackSuccessRate {
        Bounded { value: -exact_difference.value, ..exact_difference }
    } else {
        exact_difference
    };
    let gain = sampled.gain(confidence).unwrap_or(Difference::UNKNOWN);
    let p_value = sampled.discordant.p_value(sampled.slack);
    let Discordant { for_first, for_second, trials } = sampled.discordant;
    Comparison {
        metric,
        difference: if metric == Metric::AttackSuccessRate { -gain } else { gain },
        p_value,
        sign: match for_second.cmp(&for_first) {
            _ if p_value.is_nan() || p_value >= alpha => Sign::NotDecided,
            std::cmp::Ordering::Greater => Sign::SecondBetter,
            std::cmp::Ordering::Less => Sign::FirstBetter,
            std::cmp::Ordering::Equal => Sign::NotDecided,
        },
        discordant: [for_first, for_second],
        trials,
        samples_needed: sampled.samples_needed(exact, alpha),
        agrees: sampled.agrees(exact, alpha),
    }
}

/// The counts, with a sign such that a positive difference, a *gain*, is in favour of the second stage.
struct Sampled {
    discordant: Discordant,
    /// The largest difference between the sampled p₂ − p₁ and the exact one.
    slack: f64,
    /// The largest error of the probability of an event of one margin.
    bias: f64,
    /// All counts, if p₂ − p₁ is to be divided by the clean rates.
    conditional: Option<PairCounts>,
}

/// The part of the error of an interval that is spent on the difference of the clean accuracies.
const OF_CLEAN_DIFFERENCE: f64 = 0.05;
/// The part that is spent on each of three rates, of which only the relative error matters.
const OF_RATES: f64 = 0.01;

impl Sampled {
    fn new(metric: Metric, counts: &PairCounts, bias: f64) -> Self {
        match metric {
            Metric::AdversarialAccuracy => {
                let [for_first, for_second] = counts.adversarial_discordant();
                Self {
                    discordant: Discordant { for_first, for_second, trials: counts.samples() },
                    slack: 2.0 * bias,
                    bias,
                    conditional: None,
                }
            }
            Metric::RobustAccuracy | Metric::AttackSuccessRate => {
                let [for_second, for_first] = counts.crossed();
                Self {
                    discordant: Discordant { for_first, for_second, trials: counts.pairs() },
                    slack: 6.0 * bias,
                    bias,
                    conditional: Some(*counts),
                }
            }
        }
    }

    /// Returns the gain with its interval.
    fn gain(&self, confidence: f64) -> Option<Difference> {
        if let Some(counts) = &self.conditional {
            return conditional_gain(counts, confidence, self.bias);
        }
        let Difference { value, low, high } = self.discordant.difference(confidence)?;
        Some(within_reach(value, low - self.slack, high + self.slack))
    }

    /// Returns the product of the sampled clean rates; 1 if nothing is divided by it.
    fn clean_rates(&self) -> f64 {
        self.conditional.map_or(1.0, |counts| {
            let [first, second] = counts.clean_correct().map(|clean| clean as f64);
            first * second / (counts.samples() as f64).powi(2)
        })
    }

    fn samples_needed(&self, exact: Bounded, alpha: f64) -> Option<u64> {
        let rate = self.discordant.rate();
        if rate.is_nan() || rate <= 0.0 {
            return None;
        }
        let gain = (exact.value.abs() - exact.error) * self.clean_rates();
        let gain = if gain > 0.0 { gain } else { 0.0 };
        let trials = trials_needed(gain, rate, self.slack, alpha, POWER)?;
        let samples = if self.conditional.is_some() { 2 * trials } else { trials };
        (samples <= theory::math::binomial::MAX_TRIALS).then_some(samples)
    }

    fn agrees(&self, exact: Bounded, alpha: f64) -> bool {
        if !(alpha > 0.0 && alpha < 1.0) {
            return false;
        }
        let Difference { low, high, .. } = self.gain(1.0 - alpha).unwrap_or(Difference::UNKNOWN);
        exact.value + exact.error >= low && exact.value - exact.error <= high
    }
}

/// Returns robust₂ − robust₁ with its interval, from the same samples: with f = c and not b,
///
/// > ASR₁ − ASR₂ = (P\[f₁\] − P\[f₂\])/P\[c₁\] + ASR₂·(P\[c₂\] − P\[c₁\])/P\[c₁\],
///
/// two differences of matched samples, the second with a small factor. Their intervals and those of the rates are
/// combined by Bonferroni's inequality; nearly all of the error is spent on the first one. The estimate is inside,
/// since each part is inside its own interval.
fn conditional_gain(counts: &PairCounts, confidence: f64, bias: f64) -> Option<Difference> {
    let error = 1.0 - confidence;
    let trials = counts.samples();
    let [for_second, for_first] = counts.caught_discordant();
    let caught = Discordant { for_first, for_second, trials };
    let caught = caught.difference(confidence + (OF_CLEAN_DIFFERENCE + 3.0 * OF_RATES) * error)?;
    let [for_first, for_second] = counts.clean_discordant();
    let clean = Discordant { for_first, for_second, trials };
    let clean = clean.difference(1.0 - OF_CLEAN_DIFFERENCE * error)?;
    let rate = |count, of| clopper_pearson(count, of, 1.0 - OF_RATES * error);
    let ([clean_1, clean_2], [both_1, both_2]) = (counts.clean_correct(), counts.both_correct());
    let (first, second) = (rate(clean_1, trials)?, rate(clean_2, trials)?);
    let (first_low, first_high) = ((first.low - bias).max(0.0), (first.high + bias).min(1.0));
    // P[both] is off by at most 2B, P[c] by at most B. Without clean samples nothing is known.
    let of_ratio = 3.0 * bias / (second.low - bias).max(0.0);
    let success = rate(clean_2 - both_2, clean_2);
    let [success_low, success_high] = success.map_or([0.0, 1.0], |rate| {
        [(rate.low - of_ratio).max(0.0), (rate.high + of_ratio).min(1.0)]
    });
    let (low, high) = (clean.low - 2.0 * bias, clean.high + 2.0 * bias);
    let low = low * if low < 0.0 { success_high } else { success_low };
    let high = high * if high < 0.0 { success_low } else { success_high };
    let (low, high) = (low + caught.low - 6.0 * bias, high + caught.high + 6.0 * bias);
    Some(within_reach(
        both_2 as f64 / clean_2 as f64 - both_1 as f64 / clean_1 as f64,
        low / if low < 0.0 { first_low } else { first_high },
        high / if high < 0.0 { first_high } else { first_low },
    ))
}

/// Returns a difference clamped to the range of differences of probabilities, from −1 to 1.
fn within_reach(value: f64, low: f64, high: f64) -> Difference {
    Difference { value: value.clamp(-1.0, 1.0), low: low.max(-1.0), high: high.min(1.0) }
}
