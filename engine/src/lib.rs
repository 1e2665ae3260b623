//! The Monte-Carlo engine, which turns questions into integer counts.
//!
//! It knows the definitions ([`task`]) and no formula, because comparing its counts with the closed forms is only
//! meaningful if they are independent. The counts depend only on (stream version, seed, samples, question): not on
//! threads, machine, instruction set or interruption.

pub mod attacks;
mod ballot;
pub mod barrage;
mod batch;
pub mod blocks;
pub mod certify;
mod checked;
pub mod counts;
pub mod dispatch;
mod draws;
pub mod linear;
pub mod logs;
mod median;
pub mod normal;
mod normals;
pub mod paired;
pub mod query;
mod reference;
pub mod sampler;
mod simd;
mod smallest;
pub mod stream;
pub mod training;
mod ways;

use std::ops::{AddAssign, Range};

use rayon::prelude::*;
use task::{DomainError, Eps, Margin, Task};

use batch::Monitored;
pub use batch::{BATCH, Monitor};
use counts::Counts;
use dispatch::Level;
use draws::{Batch, SMALLEST_COST, Source};
use normal::BLOCK;
use reference::Reference;
use sampler::Sampler;
use simd::Simd;
pub use ways::{TriesBy, VotesBy, Ways};

/// The largest difference between the probability of an event of one margin and its exact value, because samples are
/// single-precision numbers made of finitely many bits: `|P[sampled] − P[exact]|` of being correct at one budget.
/// `docs/sampling.md` derives it; at 1e13 samples, one standard deviation of an estimate is 1.6e-7.
pub const BIAS: f64 = 4e-7;

/// Returns the same for an attacked input under this draw protocol: T tries are right only together, so T laws and T
/// roundings may be off. It is at most T times [`BIAS`], and less for many tries, since then only the tails matter,
/// where the bias is small as well. `docs/sampling.md` derives it.
#[must_use]
pub fn bias(draws: task::DrawProtocol) -> f64 {
    let tries = f64::from(draws.tries().max(1));
    (tries * BIAS).min(BIAS + 4e-6 * tries.ln() + 2.5e-10 * tries)
}

/// The margins to count, and the budgets against which they are attacked. Every sample serves all of them, so that
/// differences between margins are far more precise than the numbers themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    task: Task,
    margins: Vec<Margin>,
    eps: Vec<Eps>,
    ways: Ways,
    draws: task::DrawProtocol,
}

impl Question {
    /// Creates a question with `margins` on one task and `eps` in ascending order. Fails if a margin has another task
    /// or the budgets are not in order.
    pub fn new(task: Task, margins: Vec<Margin>, eps: Vec<Eps>) -> Result<Self, DomainError> {
        if let Some(stranger) = margins.iter().find(|margin| *margin.task() != task) {
            return Err(DomainError {
                name: "margins",
                value: format!("{:?}", stranger.task()),
                expected: format!("all margins of one question are of the same task, {task:?}"),
            });
        }
        if let Some(pair) = eps.windows(2).find(|pair| pair[0] > pair[1]) {
            return Err(DomainError {
                name: "eps",
                value: format!("{} before {}", pair[0].get(), pair[1].get()),
                expected: "budgets in ascending order".to_owned(),
            });
        }
        Ok(Self { task, margins, eps, ways: Ways::default(), draws: task::DrawProtocol::default() })
    }

    /// Returns the same question with votes drawn in this way ([`VotesBy::Draws`] by default).
    #[must_use]
    pub fn with_votes_by(mut self, votes_by: VotesBy) -> Self {
        self.ways.votes = votes_by;
        self
    }

    /// Returns the same question with votes and tries drawn in these ways. How tries are drawn matters only under
    /// [`task::DrawProtocol::Persistent`].
    ///
    /// ```
    /// use gauss_sim_engine::{Question, Run, TriesBy, VotesBy, Ways};
    /// use task::{Defense, DrawProtocol, Eps, Stage, Task};
    ///
    /// let trained = Stage::Trained.margin(&Task::default(), &Defense::new(1.0, 1.0)?)?;
    /// let question = Question::new(Task::default(), vec![trained], vec![Eps::new(0.5)?])?;
    /// let question = question.with_draws(DrawProtocol::persistent(100)?);
    /// let never_wrong = |tries| {
    ///     let ways = Ways { votes: VotesBy::Draws, tries };
    ///     let counts = Run::new(7, 100_000).count(&question.clone().with_ways(ways), &|_| {});
    ///     counts.margins[0].adversarial_correct()[0] as f64 / 1e5
    /// };
    /// // One number in the place of a hundred, with the same law: within five standard deviations of the difference.
    /// let (drawn, by_law) = (never_wrong(TriesBy::Draws), never_wrong(TriesBy::Smallest));
    /// assert!((drawn - by_law).abs() < 5.0 * (2.0 * drawn / 1e5).sqrt());
    /// # Ok::<(), task::DomainError>(())
    /// ```
    #[must_use]
    pub fn with_ways(self, ways: impl Into<Ways>) -> Self {
        Self { ways: ways.into(), ..self }
    }

    /// Returns the same question with θ drawn in this way for the attacked input ([`task::DrawProtocol::Same`] by
    /// default). It changes neither [`counts::MarginCounts::clean_correct`] nor [`counts::MarginCounts::invariant`],
    /// and nothing where sigma multiplies 0.
    #[must_use]
    pub fn with_draws(mut self, draws: task::DrawProtocol) -> Self {
        self.draws = draws;
        self
    }

    /// Returns how θ is drawn for the attacked input.
    #[must_use]
    pub fn draws(&self) -> task::DrawProtocol {
        self.draws
    }

    /// Returns whether the attacked input has its own w, for this source.
    fn apart(&self, source: Source) -> bool {
        self.draws.tries() > 0 && source != Source::Nothing
    }

    /// Returns whether the votes of any margin, and whether the tries of any, are one number from a law.
    #[must_use]
    pub fn by_law(&self) -> (bool, bool) {
        let source = |margin: &Margin, by| Source::of(margin, by);
        let is_vote = |margin| {
            let drawn = source(margin, VotesBy::Draws);
            matches!(drawn, Source::Votes(_)) && source(margin, self.ways.votes) != drawn
        };
        let is_smallest = |margin| self.is_smallest(source(margin, self.ways.votes));
        (self.margins.iter().any(is_vote), self.margins.iter().any(is_smallest))
    }

    /// Returns whether the attacked input's own w, for this source, are drawn from the law of the smallest of all tries.
    fn is_smallest(&self, source: Source) -> bool {
        self.ways.tries != TriesBy::Draws && self.draws.tries() > 1 && source == Source::SingleDraw
    }

    /// Returns counts of 0.
    #[must_use]
    pub fn empty(&self) -> Counts {
        let sources = self.margins.iter().map(|margin| Source::of(margin, self.ways.votes));
        Counts::new(sources.map(|source| self.apart(source)), self.eps.len())
    }

    /// Returns how votes and tries are drawn.
    #[must_use]
    pub fn ways(&self) -> Ways {
        self.ways
    }

    /// Returns the data.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Returns the margins, in the order of [`Counts::margins`].
    #[must_use]
    pub fn margins(&self) -> &[Margin] {
        &self.margins
    }

    /// Returns the budgets, in the order of [`counts::MarginCounts::adversarial_correct`].
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// Returns the number of samples in a batch: [`BATCH`], or fewer if many draws of θ make a sample expensive.
    /// Batch b of a run holds samples b·batch up to (b + 1)·batch.
    ///
    /// ```
    /// use gauss_sim_engine::{BATCH, Question};
    /// use task::{Defense, DrawProtocol, Eps, Stage, Task, Votes};
    ///
    /// let (task, defense) = (Task::default(), Defense::new(1.0, 0.5)?);
    /// let voted = Stage::Voted { votes: Votes::new(1_000_000)? }.margin(&task, &defense)?;
    /// let trained = Stage::Trained.margin(&task, &defense)?;
    /// let batch = |margin| Ok(Question::new(task, vec![margin], vec![Eps::new(0.5)?])?.batch());
    /// assert_eq!(batch(trained)?, BATCH);
    /// assert_eq!(batch(voted)?, 64);
    /// # Ok::<(), task::DomainError>(())
    /// ```
    #[must_use]
    pub fn batch(&self) -> u64 {
        match self.check() {
            None => batch::batch(BATCH, self.cost()),
            // All draws of a batch may be drawn. What laws give costs as much for less than a block as for a block, so
            // that a batch is as long as that, unless a block of draws takes many seconds.
            Some(_) => {
                let drawn = self.clone().with_ways(Ways::default());
                drawn.batch().max(batch::batch(BLOCK as u64, drawn.cost() / 32))
            }
        }
    }

    /// Returns the cost of a sample, in units of [`batch`]: the draws of θ for each source of w, and the counting of
    /// each margin.
    fn cost(&self) -> u64 {
        let mut sources: Vec<Source> = Vec::new();
        for source in self.margins.iter().map(|margin| Source::of(margin, self.ways.votes)) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        let draws = |source: &Source| {
            let tries = match self.draws.tries() {
                _ if !self.apart(*source) => 0,
                _ if self.is_smallest(*source) => SMALLEST_COST,
                tries => u64::from(tries) * source.cost(),
            };
            source.cost() + tries
        };
        let counting = self.margins.len() as u64 * (1 + self.eps.len() as u64 / 32);
        sources.iter().map(draws).sum::<u64>() + counting
    }
}

/// The implementation that counts. The counts are the same, bit for bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kernel {
    /// The scalar reference: one sample, one margin, one comparison after the other.
    Reference,
    /// The vectorised kernel: whole blocks of samples at a time.
    #[default]
    Simd,
}

/// The samples to draw, and the means of drawing them. Only `seed` and `samples` affect the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The key of all streams.
    pub seed: u64,
    /// The number of samples drawn: samples 0 … `samples` − 1 of this seed.
    pub samples: u64,
    /// The instruction set.
    pub level: Level,
    /// The implementation.
    pub kernel: Kernel,
}

impl Run {
    /// Creates a run of `samples` samples of `seed`, with the fastest implementation for this machine.
    #[must_use]
    pub fn new(seed: u64, samples: u64) -> Self {
        Self { seed, samples, level: Level::best(), kernel: Kernel::default() }
    }

    /// Draws the samples and counts them for `question`, without its check, on rayon's current pool. After each batch,
    /// `done` is called with its number of samples, from any thread.
    pub fn count(&self, question: &Question, done: &(dyn Fn(u64) + Sync)) -> Counts {
        let batches = self.samples.div_ceil(question.batch());
        let counts = self.prepare(question.clone()).counts(0..batches, &done);
        counts.unwrap_or_else(|| question.empty())
    }

    /// Prepares `question`, so that its batches can be counted a few at a time.
    #[must_use]
    pub fn prepare(&self, question: Question) -> Prepared {
        let batch = question.batch();
        self.prepare_in(question, batch)
    }

    /// Does the same for batches of another size.
    fn prepare_in(&self, question: Question, batch: u64) -> Prepared {
        let kernel = match self.kernel {
            Kernel::Reference => Ready::Reference(Box::new(Reference::new(&question, batch))),
            Kernel::Simd => Ready::Simd(Box::new(Simd::new(&question, batch))),
        };
        Prepared { run: *self, question, kernel }
    }

    fn batches<K: BatchKernel>(
        &self,
        kernel: &K,
        empty: &(dyn Fn() -> K::Counts + Sync),
        done: &(dyn Fn(u64) + Sync),
    ) -> K::Counts {
        let batches = 0..self.samples.div_ceil(kernel.batch());
        self.batches_of(batches, kernel, empty, &done).unwrap_or_else(empty)
    }

    fn batches_of<K: BatchKernel>(
        &self,
        batches: impl IntoParallelIterator<Item = u64>,
        kernel: &K,
        empty: &(dyn Fn() -> K::Counts + Sync),
        monitor: &dyn Monitor,
    ) -> Option<K::Counts> {
        let monitored = Monitored::new(monitor);
        let counts = batches
            .into_par_iter()
            .fold(
                || (kernel.clone(), empty()),
                |(mut kernel, mut counts), number| {
                    let samples = kernel.batch().min(self.samples - number * kernel.batch());
                    let (seed, monitored) = (self.seed, &monitored);
                    let batch = Batch { seed, number, samples: samples as usize, monitored };
                    if !monitored.asks_to_give_up() {
                        kernel.count_batch(self.level, batch, &mut counts);
                        monitor.counted(samples);
                    }
                    (kernel, counts)
                },
            )
            .map(|(_, counts)| counts)
            .reduce(empty, |mut total, counts| {
                total += &counts;
                total
            });
        (!monitored.is_given_up()).then_some(counts)
    }
}

/// A run and a prepared question, for counting any batches in any order, any number of times.
pub struct Prepared {
    run: Run,
    question: Question,
    kernel: Ready,
}

enum Ready {
    Reference(Box<Reference>),
    Simd(Box<Simd>),
}

impl Prepared {
    /// Counts the samples of these batches of [`Question::batch`] samples, all of which belong to the run; returns
    /// `None` if `monitor` stopped it. The counts of disjoint batches add up to those of [`Run::count`]. Runs on
    /// rayon's current pool.
    #[must_use]
    pub fn counts(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Counts> {
        self.counts_of(batches, monitor)
    }

    fn counts_of(
        &self,
        batches: impl IntoParallelIterator<Item = u64>,
        monitor: &dyn Monitor,
    ) -> Option<Counts> {
        let empty = || self.question.empty();
        match &self.kernel {
            Ready::Reference(kernel) => {
                self.run.batches_of(batches, kernel.as_ref(), &empty, monitor)
            }
            Ready::Simd(kernel) => self.run.batches_of(batches, kernel.as_ref(), &empty, monitor),
        }
    }
}

impl Sampler for Prepared {
    fn name(&self) -> &'static str {
        match self.kernel {
            Ready::Reference(_) => "reference",
            Ready::Simd(_) => "simd",
        }
    }

    fn batch(&self) -> u64 {
        match &self.kernel {
            Ready::Reference(kernel) => kernel.batch(),
            Ready::Simd(kernel) => kernel.batch(),
        }
    }

    fn tally_len(&self) -> usize {
        self.question.empty().flat().len()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        Some(self.counts(batches, monitor)?.flat())
    }
}

/// A question prepared for a kernel, with its working memory, one per thread.
trait BatchKernel: Clone + Send + Sync {
    /// The counts, which are only added to.
    type Counts: Send + for<'a> AddAssign<&'a Self::Counts>;

    /// Returns the number of samples in its batches.
    fn batch(&self) -> u64;

    /// Adds the counts of a batch to `counts`.
    fn count_batch(&mut self, level: Level, batch: Batch<'_>, counts: &mut Self::Counts);
}

impl BatchKernel for Reference {
    type Counts = Counts;

    fn batch(&self) -> u64 {
        self.batch()
    }

    fn count_batch(&mut self, level: Level, batch: Batch<'_>, counts: &mut Counts) {
        reference::count_batch(level, self, batch, counts);
    }
}

impl BatchKernel for Simd {
    type Counts = Counts;

    fn batch(&self) -> u64 {
        self.batch()
    }

    fn count_batch(&mut self, level: Level, batch: Batch<'_>, counts: &mut Counts) {
        simd::count_batch(level, self, batch, counts);
    }
}

/// Does the same as [`Run::count`] with the default kernel.
pub fn run(
    question: &Question,
    seed: u64,
    samples: u64,
    level: Level,
    done: &(dyn Fn(u64) + Sync),
) -> Counts {
    Run { seed, samples, level, kernel: Kernel::default() }.count(question, done)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that one try has the bias of one event, and several at most as many times it, and far less if they are
    /// many.
    #[test]
    fn the_bias_of_several_tries() {
        let tries = |t| bias(task::DrawProtocol::persistent(t).expect("tries"));
        assert_eq!(
            [bias(task::DrawProtocol::Same), bias(task::DrawProtocol::Fresh), tries(1)],
            [BIAS; 3]
        );
        assert_eq!(tries(5), 5.0 * BIAS);
        let mut last = BIAS;
        for t in [2, 10, 100, 10_000, 1_000_000] {
            assert!(tries(t) > last && tries(t) <= t as f64 * BIAS, "{t}");
            last = tries(t);
        }
        assert!(last < 4e-4, "{last}");
    }
}
