//! Stopping at a precision: when the counts are looked at, and the share of the error that each look uses.
//!
//! Stopping as soon as the intervals look narrow lets the data choose the moment, which intervals for a fixed sample
//! size do not allow for. So the looks are fixed in advance, each after twice the batches of the one before, and look
//! j has the share 1/(j(j + 1)) of the error 1 − confidence (Bonferroni; the shares of all looks add up to 1).
//! Whatever the look at which a run stops, an interval at that look's level misses the true value with a probability
//! of at most 1 − confidence over all looks together; likewise for the verdict's false-alarm rate.
//!
//! The first look depends only on the width and the confidence: it comes at half of what the widest of all intervals,
//! that of a rate of one half, would need, so that few looks share the error.

use serde::{Deserialize, Serialize};

use crate::check::{self, Interval};

/// The width at which a run stops, and the looks at which it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    /// The largest full width of every interval.
    pub width: f64,
    /// The number of batches before the first look; each later look comes after twice as many.
    pub first: u64,
}

/// The number of samples of the largest run, beyond which there is no look.
const MOST_SAMPLES: u64 = 1 << 53;

impl Precision {
    /// Creates the looks for this width at this confidence, both between 0 and 1, and this many samples per batch. A
    /// width that the largest run does not reach is allowed.
    #[must_use]
    pub fn new(width: f64, confidence: f64, batch: u64) -> Self {
        let most = MOST_SAMPLES / batch;
        let wide = |batches: &u64| {
            let samples = batches * batch;
            check::clopper_pearson(samples / 2, samples, confidence)
                .is_none_or(|interval| full(&interval) > width)
        };
        let doubled = std::iter::successors(Some(1u64), |batches| Some(2 * batches));
        let enough = doubled.take_while(|&b| b < most).find(|b| !wide(b)).unwrap_or(most);
        Self { width, first: (enough / 2).max(1) }
    }

    /// Returns the number of looks within this many batches.
    #[must_use]
    pub fn looks(&self, batches: u64) -> u32 {
        let reached = |look: &u32| self.at(*look).is_some_and(|at| at <= batches);
        (1..).take_while(reached).last().unwrap_or(0)
    }

    /// Returns the number of batches before this look, counted from 1.
    #[must_use]
    pub fn at(&self, look: u32) -> Option<u64> {
        self.first.checked_mul(1u64.checked_shl(look.checked_sub(1)?)?)
    }

    /// Returns the look whose share of the error applies to results after this many batches: the look there or, if a
    /// run ends between looks, the one that would have been next.
    #[must_use]
    pub fn index(&self, batches: u64) -> u32 {
        let looks = self.looks(batches);
        if looks > 0 && self.at(looks) == Some(batches) { looks } else { looks + 1 }
    }
}

/// Returns look j's share of the error, 1/(j(j + 1)).
#[must_use]
pub fn share(look: u32) -> f64 {
    1.0 / (f64::from(look) * (f64::from(look) + 1.0))
}

/// Returns the full width of an interval.
fn full(interval: &Interval) -> f64 {
    interval.high - interval.low
}

/// Returns whether all of these full widths are at most `width`.
#[must_use]
pub fn all_within(widths: &[f64], width: f64) -> bool {
    widths.iter().all(|each| *each <= width)
}
