//! Stopping at a precision: when the counts are looked at, and what a look costs.
//!
//! Stopping as soon as the intervals look narrow lets the data choose the moment, which intervals of
//! fixed size do not allow for. So the looks are fixed in advance, each after twice the batches of the
//! one before, and look j has the share 1/(j(j + 1)) of the error 1 − confidence (Bonferroni; the
//! shares of all looks add up to 1). Whatever the look at which a run stops, an interval at that
//! look's level misses the truth with a chance of at most 1 − confidence over all looks together;
//! likewise the verdict's false-alarm rate.
//!
//! The first look is fixed by the width and the confidence alone: half of what the widest of all
//! intervals, that of a rate of one half, would need, so that few looks share the error.

use serde::{Deserialize, Serialize};

use crate::check::{self, Interval};

/// The width at which a run stops, and when it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    /// Every interval is to be at most this wide in full.
    pub width: f64,
    /// The batches before the first look; twice as many before each one after it.
    pub first: u64,
}

/// The samples of the largest run: no look is later.
const MOST_SAMPLES: u64 = 1 << 53;

impl Precision {
    /// The looks for this width at this confidence, both between 0 and 1, with so many samples in a batch.
    /// A width that the largest run does not reach has its looks all the same.
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

    /// How many looks there are up to so many batches.
    #[must_use]
    pub fn looks(&self, batches: u64) -> u32 {
        let reached = |look: &u32| self.at(*look).is_some_and(|at| at <= batches);
        (1..).take_while(reached).last().unwrap_or(0)
    }

    /// The batches before this look, from 1.
    #[must_use]
    pub fn at(&self, look: u32) -> Option<u64> {
        self.first.checked_mul(1u64.checked_shl(look.checked_sub(1)?)?)
    }

    /// The look whose share of the error results after so many batches have: the look there, or,
    /// where a run ends between looks, the one that would have been next.
    #[must_use]
    pub fn index(&self, batches: u64) -> u32 {
        let looks = self.looks(batches);
        if looks > 0 && self.at(looks) == Some(batches) { looks } else { looks + 1 }
    }
}

/// Look j's share of the error: 1/(j(j + 1)).
#[must_use]
pub fn share(look: u32) -> f64 {
    1.0 / (f64::from(look) * (f64::from(look) + 1.0))
}

/// How wide an interval is in full.
fn full(interval: &Interval) -> f64 {
    interval.high - interval.low
}

/// Whether every interval of these full widths is at most this wide.
#[must_use]
pub fn all_within(widths: &[f64], width: f64) -> bool {
    widths.iter().all(|each| *each <= width)
}
