//! Batches: how many samples one has, and when one is given up.
//!
//! A batch is the smallest piece of a run that counts. A run can be stopped, kept and looked at between two of them, so
//! that a batch has to be short, whatever a sample costs. Its size follows from the question alone, so that the counts
//! do not depend on the machine or the clock; what takes too long even so is given up in the middle, and not counted.

use std::sync::atomic::{AtomicBool, Ordering};

use super::stream::LANES;

/// Samples in a batch of which a sample costs little.
pub const BATCH: u64 = 1 << 16;

/// What a batch may cost: about a quarter of a second. A unit is about a nanosecond of one core with AVX2; its size is
/// part of what the counts depend on.
const MOST: u64 = 1 << 28;

/// How many samples a batch has of which each costs so much: a power of two, `usual` if that is cheap enough, and one
/// for each lane of a stream at least.
pub(crate) fn batch(usual: u64, cost: u64) -> u64 {
    let affordable = (MOST / cost.max(1)).max(LANES as u64);
    usual.min(1 << affordable.ilog2())
}

/// Watches samples being counted, from any thread.
pub trait Monitor: Sync {
    /// Takes note of so many more samples.
    fn counted(&self, samples: u64);

    /// Whether to give up the batch at hand. It is asked every few milliseconds where a batch can take long, and
    /// else not at all.
    fn stop(&self) -> bool {
        false
    }
}

/// Takes note, and never stops.
impl<F: Fn(u64) + Sync> Monitor for F {
    fn counted(&self, samples: u64) {
        self(samples);
    }
}

/// A monitor, and whether a batch was given up on its word.
pub(crate) struct Monitored<'a> {
    monitor: &'a dyn Monitor,
    given_up: AtomicBool,
}

impl<'a> Monitored<'a> {
    pub(crate) fn new(monitor: &'a dyn Monitor) -> Self {
        Self { monitor, given_up: AtomicBool::new(false) }
    }

    /// Asks whether to give up. Who hears yes leaves, with whatever counts there are.
    pub(crate) fn asks_to_give_up(&self) -> bool {
        if self.monitor.stop() {
            self.given_up.store(true, Ordering::Relaxed);
        }
        self.is_given_up()
    }

    pub(crate) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_a_power_of_two_that_can_be_afforded() {
        assert_eq!(batch(BATCH, 0), BATCH);
        assert_eq!(batch(BATCH, MOST / BATCH), BATCH);
        assert_eq!(batch(BATCH, MOST / BATCH + 1), BATCH / 2);
        assert_eq!(batch(BATCH, MOST), LANES as u64);
        assert_eq!(batch(256, u64::MAX), LANES as u64);
    }
}
