//! The Monte-Carlo engine: questions in, integer counts out.
//!
//! It knows the definitions ([`theory::task`]) and no formula: that independence is what comparing
//! its counts with the closed forms is worth. The counts depend on (stream version, seed, samples,
//! question) and on nothing else: not on threads, machine, instruction set or interruption.

mod ballot;
pub mod counts;
pub mod dispatch;
pub mod normal;
mod reference;
pub mod stream;

use rayon::prelude::*;
use theory::task::{DomainError, Eps, Margin, Task};

use counts::Counts;
use dispatch::Level;
use reference::{Batch, Kernel, count_batch};

/// Samples in a batch. Batch b of a run holds samples b·BATCH up to (b + 1)·BATCH.
pub const BATCH: u64 = 1 << 16;

/// What is asked: which margins, against which budgets. Every sample serves all of it, so that
/// differences between margins are far more precise than the numbers themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    task: Task,
    margins: Vec<Margin>,
    eps: Vec<Eps>,
}

impl Question {
    /// `margins` on one task, `eps` in ascending order. Fails where a margin is of another task or
    /// the budgets are not in order.
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
        Ok(Self { task, margins, eps })
    }

    /// The data.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The margins, in the order of [`Counts::margins`].
    #[must_use]
    pub fn margins(&self) -> &[Margin] {
        &self.margins
    }

    /// The budgets, in the order of [`counts::MarginCounts::adversarial_correct`].
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }
}

/// Draws samples 0 … `samples` − 1 of `seed` and counts them for `question`, on rayon's current
/// pool. `done` is told after each batch how many samples it had, from any thread.
pub fn run(
    question: &Question,
    seed: u64,
    samples: u64,
    level: Level,
    done: &(dyn Fn(u64) + Sync),
) -> Counts {
    let empty = || Counts::new(question.margins.len(), question.eps.len());
    let kernel = Kernel::new(question);
    (0..samples.div_ceil(BATCH))
        .into_par_iter()
        .fold(
            || (kernel.clone(), empty()),
            |(mut kernel, mut counts), batch| {
                let size = BATCH.min(samples - batch * BATCH);
                let batch = Batch { seed, number: batch, samples: size as usize };
                count_batch(level, &mut kernel, batch, &mut counts);
                done(size);
                (kernel, counts)
            },
        )
        .map(|(_, counts)| counts)
        .reduce(empty, |mut total, counts| {
            total += &counts;
            total
        })
}
