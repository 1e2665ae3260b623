//! Counting in rounds: consecutive batches, as many as fit a moment, so that what is done is always
//! whole and the run can be kept, looked at or stopped between two of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::subject::Subject;
use super::{Campaign, End, looks};
use crate::engine::dispatch::Level;
use crate::engine::{Kernel, Run};

/// By what means samples are drawn; no count depends on it.
///
/// ```
/// # use std::sync::atomic::AtomicBool;
/// # use std::time::Duration;
///
/// # use gauss_sim::campaign::Plan;
/// use gauss_sim::campaign::{Campaign, Limits, Means};
/// use gauss_sim::engine::Kernel;
/// # use gauss_sim::engine::VotesBy;
/// use gauss_sim::engine::dispatch::Level;
/// # use gauss_sim::record::Question;
/// # use gauss_sim::sweep::Grid;
/// # use theory as gauss_sim_theory;
/// # use gauss_sim_theory::task::{Stage, Task};
///
/// # let grid = Grid::new(Task::default(), 1.0, &[1.0], &[0.5], vec![Stage::Trained])?;
/// # let record = Question::of(&grid);
/// # let (seed, votes_by, confidence, alpha, precision) = (7, VotesBy::Draws, 0.95, 1e-6, None);
/// # let plan = Plan { seed, samples: 20_000, votes_by, shard: None, confidence, alpha, precision };
/// # let stop = AtomicBool::new(false);
/// # let limits = Limits { stop: &stop, time: None, keep_every: Duration::from_secs(60) };
/// let mut counts = Vec::new();
/// for kernel in [Kernel::Reference, Kernel::Simd] {
///     let means = Means { level: Level::best(), kernel };
///     let mut campaign = Campaign::new(grid.clone(), &record, &plan)?;
///     campaign.draw(means, limits, &mut |_| {}, &|_| {})?;
///     counts.push(campaign.counts().clone());
/// }
/// assert_eq!(counts[0], counts[1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// The instruction set.
    pub level: Level,
    /// The code.
    pub kernel: Kernel,
}

/// When to stop, and when to keep what there is.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use std::time::Duration;
///
/// # use gauss_sim::campaign::Plan;
/// use gauss_sim::campaign::{Campaign, End, Limits, Means};
/// # use gauss_sim::engine::dispatch::Level;
/// # use gauss_sim::engine::{Kernel, VotesBy};
/// # use gauss_sim::record::Question;
/// # use gauss_sim::sweep::Grid;
/// # use theory as gauss_sim_theory;
/// # use gauss_sim_theory::task::{Stage, Task};
///
/// # let grid = Grid::new(Task::default(), 1.0, &[1.0], &[0.5], vec![Stage::Trained])?;
/// # let record = Question::of(&grid);
/// # let (seed, votes_by, confidence, alpha, precision) = (7, VotesBy::Draws, 0.95, 1e-6, None);
/// # let plan = Plan { seed, samples: 1 << 40, votes_by, shard: None, confidence, alpha, precision };
/// # let means = Means { level: Level::best(), kernel: Kernel::Simd };
/// let mut campaign = Campaign::new(grid, &record, &Plan { samples: 1 << 40, ..plan })?;
/// // A session that has no time, and one that is told to stop: each does one round.
/// let keep_every = Duration::from_secs(60);
/// let (go_on, stop) = (AtomicBool::new(false), AtomicBool::new(true));
/// let over = Limits { stop: &go_on, time: Some(Duration::ZERO), keep_every };
/// assert_eq!(campaign.draw(means, over, &mut |_| {}, &|_| {})?, End::Time);
/// let after_one = campaign.done().count();
/// let stopped = Limits { stop: &stop, time: None, keep_every };
/// assert_eq!(campaign.draw(means, stopped, &mut |_| {}, &|_| {})?, End::Interrupted);
/// // The second began where the first had ended.
/// assert!(campaign.done().is_prefix() && campaign.done().count() > after_one);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// Set from outside to stop after the round at hand.
    pub stop: &'a AtomicBool,
    /// The most time for this session.
    pub time: Option<Duration>,
    /// The time between two keepings.
    pub keep_every: Duration,
}

/// What a round should take: short enough to stop at once by a user's measure, long enough that the
/// threads' waiting for each other at its end is nothing.
const ROUND: Duration = Duration::from_millis(500);

/// A round is at most this many times the one before, which may have been too short to measure.
const GROWTH: u64 = 8;

impl<S: Subject> Campaign<S> {
    /// Draws and counts what is not done yet, on rayon's current pool, until an end comes. `keep`
    /// is called every now and then with what there is, `done` after each batch with its samples,
    /// from any thread. Only monotonic time matters. At least one round is done.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    /// use std::time::Duration;
    ///
    /// # use gauss_sim::campaign::{Means, Plan};
    /// use gauss_sim::campaign::{Campaign, End, Limits};
    /// # use gauss_sim::engine::dispatch::Level;
    /// # use gauss_sim::engine::{Kernel, VotesBy};
    /// # use gauss_sim::record::Question;
    /// # use gauss_sim::sweep::Grid;
    /// # use theory as gauss_sim_theory;
    /// # use gauss_sim_theory::task::{Stage, Task};
    ///
    /// # let grid = Grid::new(Task::default(), 1.0, &[1.0], &[0.5], vec![Stage::Trained])?;
    /// # let record = Question::of(&grid);
    /// # let (seed, votes_by, confidence, alpha, precision) = (7, VotesBy::Draws, 0.95, 1e-6, None);
    /// # let plan = Plan { seed, samples: 100_000, votes_by, shard: None, confidence, alpha, precision };
    /// # let means = Means { level: Level::best(), kernel: Kernel::Simd };
    /// let mut campaign = Campaign::new(grid, &record, &plan)?;
    /// let stop = AtomicBool::new(false);
    /// // Kept after every round; a program would write the file.
    /// let limits = Limits { stop: &stop, time: None, keep_every: Duration::ZERO };
    /// let (mut kept, drawn) = (0, AtomicU64::new(0));
    /// let mut keep = |so_far: &Campaign| kept = so_far.counts().samples;
    /// let done = |samples| {
    ///     drawn.fetch_add(samples, Ordering::Relaxed);
    /// };
    /// assert_eq!(campaign.draw(means, limits, &mut keep, &done)?, End::Complete);
    /// assert_eq!((kept, drawn.into_inner()), (100_000, 100_000));
    /// assert!(campaign.seconds() > 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn draw(
        &mut self,
        means: Means,
        limits: Limits<'_>,
        keep: &mut dyn FnMut(&Self),
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<End, S::Error> {
        let question = self.question()?;
        let run = Run { level: means.level, kernel: means.kernel, ..self.run() };
        let counter = S::counter(&run, &question);
        let whole = self.whole();
        let before = self.seconds;
        let start = Instant::now();
        let mut kept = start;
        let threads = rayon::current_num_threads() as u64;
        let round = ROUND.min(limits.keep_every);
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
            self.counts += &counter.count(next.clone(), done);
            self.done.insert(next);
            let took = began.elapsed();
            self.seconds = before + start.elapsed().as_secs_f64();
            self.look_now();
            begun = true;
            let left = limits.time.map_or(round, |time| time.saturating_sub(start.elapsed()));
            batches = rounds_of(counted, took, round.min(left)).clamp(threads, GROWTH * batches);
            if kept.elapsed() >= limits.keep_every {
                keep(self);
                kept = Instant::now();
            }
        }
    }

    /// The batch at which the next look is, where batches from `from` on are to be done.
    fn next_look(&self, from: u64) -> Option<u64> {
        let precision = self.precision?;
        precision.at(precision.looks(from) + 1)
    }

    /// Looks, if it is time for it.
    fn look_now(&mut self) {
        let Some(precision) = self.precision else { return };
        let batches = self.done.count();
        let look = precision.looks(batches);
        let here = look > 0 && precision.at(look) == Some(batches);
        // Of full batches in their order: a look is one and the same however a run is stopped.
        if here && self.counts.samples == batches * S::BATCH && self.done.is_prefix() {
            let (confidence, _) = self.levels();
            if looks::all_within(&self.counts, confidence, precision.width) {
                self.reached = Some(look);
            }
        }
    }
}

/// How many batches take `time`, if `counted` of them took `took`.
fn rounds_of(counted: u64, took: Duration, time: Duration) -> u64 {
    let pace = counted as f64 / took.as_secs_f64().max(1e-9);
    (pace * time.as_secs_f64()) as u64
}
