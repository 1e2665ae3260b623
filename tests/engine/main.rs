//! The engine: its counts against theory and against a simulator that knows no margin, its promise
//! that counts depend on the question alone, and what is built on them.
//!
//! Every seed is fixed. α = 1e-6 for this file: [`ALPHA`] is shared by its statistical tests, and
//! within each test by Bonferroni's inequality.

mod against_theory;
mod golden;
mod intervals;
mod literal;
mod promise;
mod wrong_formulas;

use gauss_sim::engine::counts::Counts;
use gauss_sim::engine::{Kernel, Question, Run, VotesBy};
use theory::task::{Defense, Eps, Margin, Stage, Task, Votes};

/// The chance, at most, that a right engine fails any of the statistical tests of this file.
const ALPHA: f64 = 1e-6;
/// How many tests share it: against_theory 1, intervals 1, literal 2, wrong_formulas 1.
const STATISTICAL_TESTS: f64 = 5.0;

/// A statistical result with a name for the message.
type Named = (String, f64);

/// Fails if one of the p-values is too small for this test's share of the file's α, all together.
fn assert_agree(p_values: &[Named]) {
    let level = ALPHA / STATISTICAL_TESTS / p_values.len() as f64;
    let (name, least) = p_values
        .iter()
        .inspect(|(name, p)| assert!(!p.is_nan(), "{name}"))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("something was tested");
    assert!(*least >= level, "{name}: p = {least:e} is below {level:e}");
}

fn budgets(eps: &[f64]) -> Vec<Eps> {
    eps.iter().map(|&eps| Eps::new(eps).expect("a budget")).collect()
}

fn task(mean: f64, noise: f64) -> Task {
    Task::new(mean, noise).expect("a task")
}

fn margin(task: Task, shift: f64, sigma: f64, stage: Stage) -> Margin {
    let defense = Defense::new(shift, sigma).expect("a defence");
    stage.margin(&task, &defense).expect("a margin")
}

fn voted(n: u64) -> Stage {
    Stage::Voted { votes: Votes::new(n).expect("a number of votes") }
}

fn question(task: Task, margins: Vec<Margin>, eps: &[f64]) -> Question {
    Question::new(task, margins, budgets(eps)).expect("a question")
}

/// By the fastest means of this machine.
fn count(question: &Question, seed: u64, samples: u64) -> Counts {
    Run::new(seed, samples).count(question, &|_| ())
}

/// Every way to find the deciding vote.
const VOTES_BY: [VotesBy; 2] = [VotesBy::Draws, VotesBy::Median];
/// Every kernel.
const KERNELS: [Kernel; 2] = [Kernel::Reference, Kernel::Simd];
