//! Counting in rounds: consecutive batches, as many as fit into a moment, so that the work done is always complete
//! and the run can be saved, looked at or stopped between two rounds.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::dispatch::Level;
use engine::sampler::{Drawing, add};
use engine::{Kernel, Monitor};
use task::spec::SpecError;
use web_time::Instant;

use super::campaign::{Campaign, End, drawing};
use crate::check::looks;

/// The means by which samples are drawn, which affect no count.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// The instruction set.
    pub level: Level,
    /// The implementation.
    pub kernel: Kernel,
}

/// The fastest means of this machine.
impl Default for Means {
    fn default() -> Self {
        Self { level: Level::best(), kernel: Kernel::default() }
    }
}

/// When to stop, and when to save the counts.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// Set from outside to stop after the current round.
    pub stop: &'a AtomicBool,
    /// The time limit of this session.
    pub time: Option<Duration>,
    /// The time between two checkpoints.
    pub checkpoint_every: Duration,
}

/// The duration of a round: short enough to appear to stop at once, and long enough that the threads' waiting for
/// each other at its end is negligible.
const ROUND: Duration = Duration::from_millis(300);

/// How long after the stop a round may still end by itself, before it is abandoned.
const GRACE: Duration = Duration::from_millis(300);

/// The largest growth from one round to the next, since the first may be too short to measure.
const GROWTH: u64 = 8;

impl Campaign {
    /// Draws and counts the missing batches, on rayon's current pool, until an end comes. `checkpoint` is called from
    /// time to time with the campaign so far, `done` after each batch with its number of samples, from any thread.
    /// Only monotonic time matters. At least one round is begun; a round that takes long after the end has come is
    /// abandoned, and not counted.
    pub fn draw(
        &mut self,
        means: Means,
        limits: Limits<'_>,
        checkpoint: &mut dyn FnMut(&Self),
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<End, SpecError> {
        let Means { level, kernel } = means;
        let sampler = self.experiment.sampler(&Drawing { level, kernel, ..drawing(&self.plan) })?;
        self.engine = sampler.name();
        let whole = self.whole();
        let before = self.seconds;
        let start = Instant::now();
        let mut kept = start;
        let threads = rayon::current_num_threads() as u64;
        let round = ROUND.min(limits.checkpoint_every);
        let mut batches = threads;
        let mut begun = false;
        loop {
            if let Some(end) = self.ended() {
                return Ok(end);
            }
            let over = limits.time.is_some_and(|time| start.elapsed() >= time);
            if begun && limits.stop.load(Ordering::Relaxed) {
                return Ok(End::Interrupted);
            }
            if begun && over {
                return Ok(End::Time);
            }
            let Some(gap) = self.done.first_gap(&whole) else {
                return Ok(End::Complete);
            };
            let mut next = gap.start..gap.end.min(gap.start.saturating_add(batches));
            if let Some(look) = self.next_look(next.start) {
                next.end = next.end.min(look);
            }
            let counted = next.end - next.start;
            let began = Instant::now();
            let patience = Patience { limits, start, heard: OnceLock::new(), done };
            let Some(tally) = sampler.count(next.clone(), &patience) else {
                self.seconds = before + start.elapsed().as_secs_f64();
                let interrupted = limits.stop.load(Ordering::Relaxed);
                return Ok(if interrupted { End::Interrupted } else { End::Time });
            };
            add(&mut self.tally, &tally);
            self.done.insert(next);
            let took = began.elapsed();
            self.seconds = before + start.elapsed().as_secs_f64();
            self.look_now();
            begun = true;
            let left = limits.time.map_or(round, |time| time.saturating_sub(start.elapsed()));
            batches = rounds_of(counted, took, round.min(left)).clamp(threads, GROWTH * batches);
            // As many for each thread, so that none waits for the others' last one.
            batches -= batches % threads;
            if kept.elapsed() >= limits.checkpoint_every {
                checkpoint(self);
                kept = Instant::now();
            }
        }
    }

    /// Returns the batch of the next look, if batches from `from` on are to be done.
    fn next_look(&self, from: u64) -> Option<u64> {
        let precision = self.precision?;
        precision.at(precision.looks(from) + 1)
    }

    /// Checks the precision, if it is time for a look.
    fn look_now(&mut self) {
        let Some(precision) = self.precision else { return };
        let batches = self.done.count();
        let look = precision.looks(batches);
        let here = look > 0 && precision.at(look) == Some(batches);
        // Only at full batches in their order, so that a look is the same however a run is stopped.
        if here && self.drawn() == batches * self.batch && self.done.is_prefix() {
            let (confidence, _) = self.levels();
            if looks::all_within(&self.widths(confidence), precision.width) {
                self.reached = Some(look);
            }
        }
    }
}

/// A monitor of a round that abandons it if it goes on for too long after the end has come.
struct Patience<'a> {
    limits: Limits<'a>,
    /// When the session began.
    start: Instant,
    /// When a request to stop was first noticed.
    heard: OnceLock<Instant>,
    done: &'a (dyn Fn(u64) + Sync),
}

impl Monitor for Patience<'_> {
    fn counted(&self, samples: u64) {
        (self.done)(samples);
    }

    fn stop(&self) -> bool {
        let over = self.limits.time.is_some_and(|time| self.start.elapsed() >= time + GRACE);
        let stop = self.limits.stop.load(Ordering::Relaxed);
        over || (stop && self.heard.get_or_init(Instant::now).elapsed() >= GRACE)
    }
}

/// Returns how many batches take `time`, if `counted` of them took `took`.
fn rounds_of(counted: u64, took: Duration, time: Duration) -> u64 {
    let pace = counted as f64 / took.as_secs_f64().max(1e-9);
    (pace * time.as_secs_f64()) as u64
}
