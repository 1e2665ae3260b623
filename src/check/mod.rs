//! Intervals and the verdict: the only place that sees both the exact numbers and the sampled
//! counts.
//!
//! Everything here is a pure function of numbers. Counts are `successes` among `trials` independent
//! samples of equal probability; for a conditional rate, such as the robust accuracy, the trials
//! are the samples that meet the condition (correct on the clean input), given which the count is
//! binomial again. Up to 2⁵³ trials; probabilities and rates are dimensionless.
//!
//! The **false-alarm rate** is the probability, at most, that a run that is right says `DISAGREE`: over all of its
//! rows and all tests in them, by Bonferroni's inequality, whatever their dependence (the rows
//! share their samples). Within a row the m tests share its level evenly ([`combine`]); the run's rate
//! is shared evenly by its rows ([`Verdict`]). Each single test is exact and two-sided.

pub mod betting;
mod discordant;
pub mod looks;
pub mod paired;
pub mod rates;

use theory::math::beta::{Beta, Point};
use theory::math::binomial::{Binomial, MAX_TRIALS};

/// The chance with which a run notices the discrepancy that it reports as detectable.
pub const POWER: f64 = 0.95;

/// An exact (Clopper–Pearson) confidence interval for a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower limit, from 0 to 1.
    pub low: f64,
    /// The upper limit, from 0 to 1.
    pub high: f64,
}

impl Interval {
    /// Whether `p` is in the interval, limits included.
    #[must_use]
    pub fn contains(&self, p: f64) -> bool {
        (self.low..=self.high).contains(&p)
    }
}

/// The exact interval of Clopper and Pearson (Biometrika 26, 1934) for `successes` of `trials`.
///
/// `confidence` C is between 0 and 1: whatever the true probability, an interval formed in this way
/// contains it with a chance of at least C, and each of the limits errs with at most (1 − C)/2. The
/// limits solve P[X ≥ successes] = (1 − C)/2 (`low`) and P[X ≤ successes] = (1 − C)/2 (`high`),
/// each within 2e-15 relative; `low` is exactly 0 for no success and `high` exactly 1 for no
/// failure.
///
/// `None` where there is nothing to estimate (`trials` = 0), or the input is not possible:
/// more successes than trials, more than 2⁵³ trials, a confidence outside (0, 1).
#[must_use]
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> Option<Interval> {
    let confident = confidence > 0.0 && confidence < 1.0;
    if trials == 0 || !possible(successes, trials) || !confident {
        return None;
    }
    let tail = 0.5 * (1.0 - confidence);
    let low = match successes {
        0 => 0.0,
        k => least_beyond(k, trials)?.quantile(tail).x,
    };
    let high = match trials - successes {
        0 => 1.0,
        // The mirror image: the failures' lower limit, from the other end.
        f => least_beyond(f, trials)?.quantile(tail).y,
    };
    Some(Interval { low, high })
}

/// The distribution whose probability below p is P[X ≥ k] for `trials` trials of probability p.
fn least_beyond(k: u64, trials: u64) -> Option<Beta> {
    Beta::new(k as f64, (trials - k + 1) as f64).ok()
}

fn possible(successes: u64, trials: u64) -> bool {
    successes <= trials && trials <= MAX_TRIALS
}

/// A sampled rate with its exact interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// successes/trials.
    pub value: f64,
    /// The lower limit of [`clopper_pearson`].
    pub low: f64,
    /// The upper limit of [`clopper_pearson`].
    pub high: f64,
}

impl Estimate {
    /// The rate `successes`/`trials` with its interval of the given confidence; `None` where
    /// [`clopper_pearson`] is.
    #[must_use]
    pub fn new(successes: u64, trials: u64, confidence: f64) -> Option<Self> {
        let Interval { low, high } = clopper_pearson(successes, trials, confidence)?;
        Some(Self { value: successes as f64 / trials as f64, low, high })
    }
}

/// The exact two-sided p-value of `successes` of `trials` against a probability that is `expected`
/// to within ± `expected_error`.
///
/// Against one probability p it is min(1, 2·min(P[X ≤ successes], P[X ≥ successes])): the test that
/// the Clopper–Pearson interval inverts. Where the expected value is itself known only to an error
/// (a quadrature's bound, a sampler's bias), the most favourable p within counts: the nearest to
/// successes/trials, where this p-value is largest, since it rises to 1 at p = successes/trials
/// from both sides. So a p-value of 1e-9 is evidence against every p within. `expected` may be off
/// [0, 1] by its error; 0 and 1 are ordinary.
///
/// `expected` is taken at its word: one that was rounded must carry its rounding in its error. This
/// matters most at 0 and 1, where a single count decides: 1 − 1e-17 rounds to 1, which no failure
/// among 1e13 samples can agree with.
///
/// No trials contradict nothing: 1. NaN, which no verdict takes for agreement, if `expected` or its
/// error is not a number, the error is negative, no p in [0, 1] is within, or the counts are not
/// possible.
#[must_use]
pub fn p_value(successes: u64, trials: u64, expected: f64, expected_error: f64) -> f64 {
    let Some((least, most)) = hypotheses(expected, expected_error) else {
        return f64::NAN;
    };
    if !possible(successes, trials) {
        return f64::NAN;
    }
    if trials == 0 {
        return 1.0;
    }
    let rate = successes as f64 / trials as f64;
    if (least..=most).contains(&rate) {
        return 1.0;
    }
    let nearest = if rate < least { least } else { most };
    Binomial::new(trials, nearest).map_or(f64::NAN, |law| law.p_value(successes))
}

/// The least and the largest probability within `error` of `expected`.
fn hypotheses(expected: f64, error: f64) -> Option<(f64, f64)> {
    if error.is_nan() || error < 0.0 {
        return None;
    }
    let (least, most) = ((expected - error).max(0.0), (expected + error).min(1.0));
    // Also refuses NaN, which max and min would hide.
    (!expected.is_nan() && least <= most).then_some((least, most))
}

/// A row's p-value from those of its m tests: min(1, m·min pᵢ), Bonferroni's within the row.
///
/// `None` marks a test that the row's question does not have, and it does not count towards m; a
/// row without any test has no p-value. What is missing must not depend on the samples: a test that
/// happens to have no trials counts, with the p-value 1. NaN if any is NaN.
#[must_use]
pub fn combine(p_values: &[Option<f64>]) -> Option<f64> {
    let tests = p_values.iter().flatten().count();
    let least = least(p_values)?;
    // Not `min`, which would turn NaN into 1.
    Some((tests as f64 * least).clamp(0.0, 1.0))
}

/// The smallest, NaN if any is NaN, `None` of nothing.
fn least(p_values: &[Option<f64>]) -> Option<f64> {
    p_values.iter().flatten().copied().reduce(|a, b| if a.is_nan() || a < b { a } else { b })
}

/// What a run says about all of its rows together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Whether every tested row agrees. A run without tested rows has nothing to disagree with.
    pub agree: bool,
    /// At most this is the chance that a run which is right is said to disagree.
    pub false_alarm: f64,
    /// How many rows were tested.
    pub rows: usize,
    /// How many of them disagree.
    pub disagreeing: usize,
    /// The smallest of the rows' p-values, adjusted for their number: min(1, rows · min p), to be
    /// compared with `false_alarm`; 1 if no row was tested, NaN if any p-value is.
    pub smallest_p: f64,
    /// How small a discrepancy the run could have seen: every rate that is off by more than this
    /// would have been noticed with a chance of at least [`POWER`] (see [`detectable`]). In
    /// absolute units of probability; NaN if not stated.
    pub detectable: f64,
}

impl Verdict {
    /// The verdict on rows with these p-values (`None`: not tested, by the question) at `false_alarm`.
    ///
    /// `detectable` is the largest of [`detectable`] over the run's
    /// tests, each at its [`level`].
    #[must_use]
    pub fn new(p_values: &[Option<f64>], false_alarm: f64, detectable: f64) -> Self {
        let rows = p_values.iter().flatten().count();
        let agreeing =
            p_values.iter().flatten().filter(|&&p| row_agrees(p, false_alarm, rows)).count();
        Self {
            agree: agreeing == rows,
            false_alarm,
            rows,
            disagreeing: rows - agreeing,
            smallest_p: least(p_values).map_or(1.0, |p| (rows as f64 * p).clamp(0.0, 1.0)),
            detectable,
        }
    }
}

/// Whether a row agrees, one of `rows` that share `false_alarm`: its p-value is at least `false_alarm`/`rows`.
/// NaN never is.
#[must_use]
pub fn row_agrees(p_value: f64, false_alarm: f64, rows: usize) -> bool {
    p_value >= level(false_alarm, rows, 1)
}

/// The level of a single test: the false-alarm rate shared by `rows` rows of `tests` tests each.
#[must_use]
pub fn level(false_alarm: f64, rows: usize, tests: usize) -> f64 {
    false_alarm / (rows as f64 * tests as f64)
}

/// How small a discrepancy a test could have seen: the smallest d such that, whatever the
/// simulation's true probability p′ with |p′ − `expected`| > d, the test fires with a chance of at
/// least `power`.
///
/// The test is that of [`p_value`] on `trials` samples; it fires where its p-value is below `level`
/// ([`level`]: α over rows times tests in the row). Exact: the critical counts
/// c are those of the binomial law at the hypothesis nearest to them, and p′ solves P[X ≥ c] =
/// `power` above and P[X ≤ c] = `power` below. The larger of the two sides is returned, in absolute
/// units of probability. (The other side's critical counts would add less than `level`/2 to the
/// power; they are not counted.)
///
/// On a side where no count can fire, no discrepancy is detectable and the side counts in full:
/// `expected` below, 1 − `expected` above. So with too few trials the result is the larger of
/// these, which says that nothing is. NaN where [`p_value`] is, or if `power` is not inside (0, 1).
#[must_use]
pub fn detectable(trials: u64, expected: f64, expected_error: f64, level: f64, power: f64) -> f64 {
    let at = |p: f64| Binomial::new(trials, p).ok();
    let laws = hypotheses(expected, expected_error).and_then(|(l, m)| at(l).zip(at(m)));
    let Some((least, most)) = laws.filter(|_| power > 0.0 && power < 1.0) else {
        return f64::NAN;
    };
    let expected = expected.clamp(0.0, 1.0);
    let above = most
        .upper_critical(0.5 * level)
        .and_then(|c| least_beyond(c, trials))
        .map_or(1.0 - expected, |beta| distance(expected, beta.quantile(power)));
    let below = least
        .lower_critical(0.5 * level)
        .and_then(|c| least_beyond(c + 1, trials))
        .map_or(expected, |beta| distance(expected, beta.upper_quantile(power)));
    above.max(below)
}

/// |point − p|, from the end where the point has more digits.
fn distance(p: f64, point: Point) -> f64 {
    if point.x < point.y { (point.x - p).abs() } else { (1.0 - p - point.y).abs() }
}
