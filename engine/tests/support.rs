//! Builders of questions, also for the tests that compare counts with theory.

use engine::counts::Counts;
use engine::sampler::Sampler;
use engine::{Kernel, Question, Run, VotesBy};
use task::{Defense, Eps, Margin, Stage, Task, Votes};

pub(crate) fn budgets(eps: &[f64]) -> Vec<Eps> {
    eps.iter().map(|&eps| Eps::new(eps).expect("a budget")).collect()
}

pub(crate) fn task(mean: f64, data_std: f64) -> Task {
    Task::new(mean, data_std).expect("a task")
}

pub(crate) fn margin(task: Task, shift: f64, sigma: f64, stage: Stage) -> Margin {
    let defense = Defense::new(shift, sigma).expect("a defense");
    stage.margin(&task, &defense).expect("a margin")
}

pub(crate) fn voted(n: u64) -> Stage {
    Stage::Voted { votes: Votes::new(n).expect("a number of votes") }
}

pub(crate) fn question(task: Task, margins: Vec<Margin>, eps: &[f64]) -> Question {
    Question::new(task, margins, budgets(eps)).expect("a question")
}

/// By the fastest means of this machine.
pub(crate) fn count(question: &Question, seed: u64, samples: u64) -> Counts {
    Run::new(seed, samples).count(question, &|_| ())
}

/// Every way to find the deciding vote.
pub(crate) const VOTES_BY: [VotesBy; 2] = [VotesBy::Draws, VotesBy::Median];
/// Every kernel.
pub(crate) const KERNELS: [Kernel; 2] = [Kernel::Reference, Kernel::Simd];

/// Counts a run of so many samples batch by batch, the last one first: what any order of batches has to give.
pub(crate) fn batch_by_batch(sampler: &dyn Sampler, samples: u64) -> Vec<u64> {
    let batches = samples.div_ceil(sampler.batch());
    assert!(batches > 1, "one batch has no order");
    let mut total = vec![0; sampler.tally_len()];
    for batch in (0..batches).rev() {
        let more = sampler.count(batch..batch + 1, &|_| ()).expect("never stopped");
        engine::sampler::add(&mut total, &more);
    }
    total
}
