//! Intervals and the verdict: the only place where exact numbers and sampled counts meet.
//!
//! Everything here is a pure function of numbers. Counts are `successes` among `trials` independent samples of equal
//! probability; for a conditional rate, such as the robust accuracy, the trials are the samples that meet the
//! condition (correct on the clean input), given which the count is again binomial. Up to 2⁵³ trials are supported;
//! probabilities and rates are dimensionless.
//!
//! The **false-alarm rate** is an upper bound on the probability that a correct run is said to `DISAGREE`, over all
//! of its rows and all tests in them. By Bonferroni's inequality it holds whatever their dependence (the rows share
//! their samples). Within a row, the m tests share its level evenly ([`combine`]); the run's rate is shared evenly by
//! its rows ([`Verdict`]). Each single test is exact and two-sided.

pub mod betting;
mod discordant;
pub mod looks;
pub mod paired;
pub mod rates;

use serde::Serialize;
use theory::math::beta::{Beta, Point};
use theory::math::binomial::{Binomial, MAX_TRIALS};

/// The probability with which a run notices the discrepancy that it reports as detectable.
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
    /// Returns whether `p` is in the interval, limits included.
    #[must_use]
    pub fn contains(&self, p: f64) -> bool {
        (self.low..=self.high).contains(&p)
    }
}

/// Returns the exact interval of Clopper and Pearson (Biometrika 26, 1934) for `successes` of `trials`.
///
/// `confidence` C is between 0 and 1: whatever the true probability, an interval computed in this way contains it
/// with a probability of at least C, and each of the limits errs with at most (1 − C)/2. The limits solve
/// P[X ≥ successes] = (1 − C)/2 (`low`) and P[X ≤ successes] = (1 − C)/2 (`high`), each within 2e-15 relative; `low`
/// is exactly 0 without successes, and `high` exactly 1 without failures.
///
/// `None` if there is nothing to estimate (`trials` = 0), or the input is not possible: more successes than trials,
/// more than 2⁵³ trials, or a confidence outside (0, 1).
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
        // The mirror image: the lower limit of the failures, from the other end.
        f => least_beyond(f, trials)?.quantile(tail).y,
    };
    Some(Interval { low, high })
}

/// Returns the distribution whose probability below p is P[X ≥ k] for `trials` trials of probability p.
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
    /// Returns the rate `successes`/`trials` with its interval of the given confidence; `None` in the same cases as
    /// [`clopper_pearson`].
    #[must_use]
    pub fn new(successes: u64, trials: u64, confidence: f64) -> Option<Self> {
        let Interval { low, high } = clopper_pearson(successes, trials, confidence)?;
        Some(Self { value: successes as f64 / trials as f64, low, high })
    }
}

/// Returns the exact two-sided p-value of `successes` of `trials` against a probability that is `expected`
/// to within ± `expected_error`.
///
/// Against one probability p, it is min(1, 2·min(P[X ≤ successes], P[X ≥ successes])): the test that the
/// Clopper–Pearson interval inverts. If the expected value itself is only known to an error (the bound of a
/// quadrature, the bias of a sampler), the most favourable p within counts: the one nearest to successes/trials, for
/// which this p-value is largest, since it increases to 1 at p = successes/trials from both sides. So a p-value of
/// 1e-9 is evidence against every p within. `expected` may be outside [0, 1] by its error; 0 and 1 are ordinary
/// values.
///
/// `expected` is taken as exact up to its error, so a rounded value must include its rounding in the error. This
/// matters most at 0 and 1, where a single count decides: 1 − 1e-17 rounds to 1, which disagrees with any failure
/// among 1e13 samples.
///
/// Without trials the p-value is 1, since nothing contradicts the expected value. It is NaN, which no verdict counts
/// as agreement, if `expected` or its error is not a number, the error is negative, no p in [0, 1] is within, or the
/// counts are not possible.
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

/// Returns the smallest and the largest probability within `error` of `expected`.
fn hypotheses(expected: f64, error: f64) -> Option<(f64, f64)> {
    if error.is_nan() || error < 0.0 {
        return None;
    }
    let (least, most) = ((expected - error).max(0.0), (expected + error).min(1.0));
    // Also rejects NaN, which max and min would hide.
    (!expected.is_nan() && least <= most).then_some((least, most))
}

/// Returns a row's p-value from those of its m tests: min(1, m·min pᵢ), by Bonferroni within the row.
///
/// `None` marks a test that does not apply to the row's question, and does not count towards m; a row without any
/// test has no p-value. Which tests are `None` must not depend on the samples: a test that happens to have no trials
/// counts, with the p-value 1. NaN if any p-value is NaN.
#[must_use]
pub fn combine(p_values: &[Option<f64>]) -> Option<f64> {
    let tests = p_values.iter().flatten().count();
    let least = least(p_values)?;
    // Not `min`, which would turn NaN into 1.
    Some((tests as f64 * least).clamp(0.0, 1.0))
}

/// Returns the smallest p-value; NaN if any is NaN, and `None` if there are none.
fn least(p_values: &[Option<f64>]) -> Option<f64> {
    p_values.iter().flatten().copied().reduce(|a, b| if a.is_nan() || a < b { a } else { b })
}

/// The verdict of a run over all of its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Whether every tested row agrees. A run without tested rows agrees.
    pub agree: bool,
    /// An upper bound on the probability that a correct run is said to disagree.
    pub false_alarm: f64,
    /// The number of rows tested, without those of `check`.
    pub rows: usize,
    /// The number of these rows that disagree.
    pub disagreeing: usize,
    /// The smallest of the rows' p-values, adjusted for their number: min(1, rows · min p), to be compared with
    /// `false_alarm`; 1 if no row was tested, NaN if any p-value is.
    pub smallest_p: f64,
    /// The smallest discrepancy that the run could have noticed: every rate that is off by more than this would have
    /// been noticed with a probability of at least [`POWER`] (see [`detectable`]). In absolute units of probability;
    /// NaN if not stated.
    pub detectable: f64,
    /// The rows that were counted again, if any were: they agree, too, where `agree` is true.
    pub check: Option<Check>,
}

/// Rows that were counted again from samples that were drawn another way as well, as a check of the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Check {
    /// The name of their table.
    pub table: &'static str,
    /// What was done with the samples, behind "rows".
    pub how: &'static str,
    /// What was done with all samples of the run, behind "samples".
    pub usual: &'static str,
    /// The number of samples.
    pub samples: u64,
    /// The number of rows tested.
    pub rows: usize,
    /// The number of rows that disagree.
    pub disagreeing: usize,
    /// The smallest discrepancy that could have been noticed in them; NaN if there are none.
    pub detectable: f64,
}

impl Verdict {
    /// Returns the verdict on rows with these p-values (`None` if the question does not test them) at `false_alarm`.
    ///
    /// `detectable` is the largest of [`detectable`] over the run's tests, each at its [`level`].
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
            check: None,
        }
    }

    /// Returns the same verdict with that part of its rows apart that were counted again.
    #[must_use]
    pub fn with_check(self, check: Check) -> Self {
        Self {
            rows: self.rows - check.rows,
            disagreeing: self.disagreeing - check.disagreeing,
            check: Some(check),
            ..self
        }
    }
}

/// Returns whether one of `rows` rows that share `false_alarm` agrees: whether its p-value is at least
/// `false_alarm`/`rows`. NaN never agrees.
#[must_use]
pub fn row_agrees(p_value: f64, false_alarm: f64, rows: usize) -> bool {
    p_value >= level(false_alarm, rows, 1)
}

/// Returns the level of a single test: the false-alarm rate shared by `rows` rows of `tests` tests each.
#[must_use]
pub fn level(false_alarm: f64, rows: usize, tests: usize) -> f64 {
    false_alarm / (rows as f64 * tests as f64)
}

/// Returns the smallest discrepancy that a test could have noticed: the smallest d such that, whatever the
/// simulation's true probability p′ with |p′ − `expected`| > d, the test rejects with a probability of at least
/// `power`.
///
/// The test is that of [`p_value`] on `trials` samples; it rejects if its p-value is below `level` ([`level`]: α
/// divided by rows times tests in the row). The computation is exact: the critical counts c are those of the binomial
/// law at the hypothesis nearest to them, and p′ solves P[X ≥ c] = `power` above and P[X ≤ c] = `power` below. The
/// larger of the two sides is returned, in absolute units of probability. (The other side's critical counts would add
/// less than `level`/2 to the power; they are not included.)
///
/// On a side where no count can lead to a rejection, no discrepancy is detectable and the side counts in full:
/// `expected` below, 1 − `expected` above. So with too few trials the result is the larger of these, which means that
/// nothing is detectable. NaN in the same cases as [`p_value`], or if `power` is not inside (0, 1).
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

/// Returns |point − p|, computed from the end where the point has more digits.
fn distance(p: f64, point: Point) -> f64 {
    if point.x < point.y { (point.x - p).abs() } else { (1.0 - p - point.y).abs() }
}
