//! Stopping at a precision: when the counts are looked at, and what a look costs.
//!
//! Stopping as soon as the intervals look narrow lets the data choose the moment, which intervals of
//! fixed size do not allow for. So the looks are fixed in advance, each after twice the batches of the
//! one before, and look j has the share 1/(j(j + 1)) of the error 1 − confidence (Bonferroni; the
//! shares of all looks add up to 1). Whatever the look at which a run stops, an interval at that
//! look's level misses the truth with a chance of at most 1 − confidence over all looks together;
//! likewise the verdict's α.
//!
//! The first look is fixed by the width and the confidence alone: half of what the widest of all
//! intervals, that of a rate of one half, would need, so that few looks share the error.

use serde::{Deserialize, Serialize};

use crate::check::{self, Interval};
use engine::counts::Counts;

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

/// The full widths of the intervals of a question: clean, invariance, and for each budget
/// adversarial and robust, margin by margin; infinite where there is nothing to estimate from.
fn widths(counts: &Counts, confidence: f64) -> impl Iterator<Item = f64> {
    let width = move |successes, trials| {
        let interval = check::clopper_pearson(successes, trials, confidence);
        interval.map_or(f64::INFINITY, |interval| full(&interval))
    };
    let samples = counts.samples;
    counts.margins.iter().flat_map(move |margin| {
        let clean = margin.clean_correct();
        let once = [(clean, samples), (margin.invariant(), samples)];
        let attacked = margin.adversarial_correct().iter().map(move |&a| (a, samples));
        let robust = margin.both_correct().iter().map(move |&b| (b, clean));
        once.into_iter().chain(attacked).chain(robust).map(move |(s, t)| width(s, t))
    })
}

/// Whether every interval is at most this wide.
#[must_use]
pub(super) fn all_within(counts: &Counts, confidence: f64, width: f64) -> bool {
    widths(counts, confidence).all(|each| each <= width)
}

/// The full width of the widest interval; infinite where there is nothing to estimate from.
#[must_use]
pub(super) fn widest(counts: &Counts, confidence: f64) -> f64 {
    widths(counts, confidence).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_double_and_share_the_error() {
        let precision = Precision { width: 0.1, first: 4 };
        assert_eq!([0, 1, 2, 3].map(|look| precision.at(look)), [None, Some(4), Some(8), Some(16)]);
        for (batches, looks, index) in
            [(0, 0, 1), (3, 0, 1), (4, 1, 1), (5, 1, 2), (8, 2, 2), (15, 2, 3), (16, 3, 3)]
        {
            assert_eq!((precision.looks(batches), precision.index(batches)), (looks, index));
        }
        let spent: f64 = (1..=1_000_000).map(share).sum();
        assert!(spent < 1.0 && spent > 1.0 - 2e-6, "{spent}");
        assert_eq!(precision.looks(u64::MAX), 62);
        assert_eq!(precision.at(200), None);
    }

    /// A rate of one half needs (z/W)² samples: at 95 % and 1e-3, 3.84e6, which is 59 batches, in
    /// powers of two 64; the first look is at half of it.
    #[test]
    fn the_first_look_is_fixed_by_width_and_confidence() {
        let first = |width| Precision::new(width, 0.95, 1 << 16).first;
        assert_eq!(first(1e-3), 32);
        assert_eq!(first(0.5), 1);
        // 3.84e12 samples: 5.9e7 batches, 2²⁶.
        assert_eq!(first(1e-6), 1 << 25);
        assert_eq!(first(1e-12), 1 << 36);
        // The same samples, in smaller batches.
        assert_eq!(Precision::new(1e-3, 0.95, 1 << 8).first, 32 << 8);
        assert_eq!(Precision::new(1e-12, 0.95, 1 << 8).first, 1 << 44);
    }
}
