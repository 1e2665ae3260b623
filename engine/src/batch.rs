//! Batches: their sizes, and how counting one is stopped.
//!
//! A batch is the smallest piece of a run that is counted. A run can be stopped, saved and inspected between two
//! batches, so a batch has to be short, whatever the cost of a sample. Its size follows from the question alone, so
//! that the counts do not depend on the machine or the clock; a batch that still takes too long is abandoned in the
//! middle, and not counted.

use std::sync::atomic::{AtomicBool, Ordering};

use super::stream::LANES;

/// The number of samples in a batch if samples are cheap.
pub const BATCH: u64 = 1 << 16;

/// The largest cost of a batch, about a quarter of a second. A unit is about a nanosecond of one core with AVX2; the
/// value affects the counts.
const MOST: u64 = 1 << 28;

/// Returns the number of samples in a batch if each has this cost: a power of two, `usual` if that is cheap enough,
/// and at least one for each lane of a stream.
pub(crate) fn batch(usual: u64, cost: u64) -> u64 {
    let affordable = (MOST / cost.max(1)).max(LANES as u64);
    usual.min(1 << affordable.ilog2())
}

/// A monitor of the counting of samples, called from any thread.
pub trait Monitor: Sync {
    /// Records that this many more samples were counted.
    fn counted(&self, samples: u64);

    /// Returns whether to abandon the batches in hand. Called before each batch, and every few milliseconds if a batch
    /// can take long.
    fn stop(&self) -> bool {
        false
    }
}

/// A closure is a monitor that records samples and never stops.
impl<F: Fn(u64) + Sync> Monitor for F {
    fn counted(&self, samples: u64) {
        self(samples);
    }
}

/// A monitor that is told of no samples, because they are counted elsewhere, too.
pub(crate) struct Silent<'a>(pub(crate) &'a dyn Monitor);

impl Monitor for Silent<'_> {
    fn counted(&self, _: u64) {}

    fn stop(&self) -> bool {
        self.0.stop()
    }
}

/// A monitor, and whether it had a batch abandoned.
pub(crate) struct Monitored<'a> {
    monitor: &'a dyn Monitor,
    given_up: AtomicBool,
}

impl<'a> Monitored<'a> {
    pub(crate) fn new(monitor: &'a dyn Monitor) -> Self {
        Self { monitor, given_up: AtomicBool::new(false) }
    }

    /// Asks the monitor whether to abandon the batch. If so, the caller returns at once, with whatever counts there
    /// are.
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
