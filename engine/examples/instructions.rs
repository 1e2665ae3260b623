//! Counts a few batches of one question, or draws normals, on one thread: a program whose instructions
//! `benches/instructions` counts.
//!
//!     instructions KERNEL BATCHES LEVEL
//!
//! Without arguments it prints the names of the kernels, with the samples of a batch.

extern crate gauss_sim_engine as engine;

use std::hint::black_box;

use engine::dispatch::Level;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::stream::{Purpose, Stream};
use engine::{BATCH, Question, Run, VotesBy};
use task::{Defense, Eps, Stage, Task, Votes};

/// The names, each with what it counts. A name is the file of the engine that has most of the work.
const KERNELS: [&str; 6] = ["normal", "few", "slices", "bins", "ballot", "median"];

/// Returns this many values of sigma up to 4 in one stage, at this many budgets up to 2.
fn question(sigmas: u32, stages: &[Stage], budgets: u32, votes_by: VotesBy) -> Question {
    let task = Task::default();
    let part = |i: u32, of: u32| f64::from(i) / f64::from(of);
    let margins = (1..=sigmas).flat_map(|i| {
        let defense = Defense::new(1.0, 4.0 * part(i, sigmas)).expect("a defense");
        stages.iter().map(move |stage| stage.margin(&task, &defense).expect("a margin"))
    });
    let eps = (1..=budgets).map(|i| Eps::new(2.0 * part(i, budgets)).expect("a budget"));
    let question = Question::new(task, margins.collect(), eps.collect()).expect("a question");
    question.with_votes_by(votes_by)
}

fn of_kernel(name: &str) -> Option<Question> {
    let voted = |n| Stage::Voted { votes: Votes::new(n).expect("votes") };
    let three = [Stage::Undefended, Stage::Defended { threshold: 0.0 }, Stage::Trained];
    Some(match name {
        "few" => question(1, &three, 1, VotesBy::Median),
        "slices" => question(16, &[Stage::Trained], 65, VotesBy::Median),
        "bins" => question(16, &[Stage::Trained], 1001, VotesBy::Median),
        "ballot" => question(1, &[voted(11)], 1, VotesBy::Draws),
        "median" => question(1, &[voted(101)], 1, VotesBy::Median),
        _ => return None,
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kernel, batches, level] = arguments.as_slice() else {
        KERNELS.iter().for_each(|kernel| println!("{kernel},{BATCH}"));
        return;
    };
    let samples = BATCH * batches.parse::<u64>().expect("a number of batches");
    let level = Level::available().into_iter().find(|known| known.name() == level);
    let level = level.expect("an instruction set of this machine");
    if kernel == "normal" {
        let mut stream = Stream::new(1, 0, Purpose::Samples);
        let mut pairs = Box::<Pairs>::default();
        for _ in 0..samples / BLOCK as u64 {
            fill_at(level, &mut stream, &mut pairs, BLOCK);
            black_box(&pairs.first);
        }
        return;
    }
    let question = of_kernel(kernel).expect("the name of a kernel");
    // The thread of this program alone: another one would wait, and wake, by chance.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    let run = Run { level, ..Run::new(1, samples) };
    let counts = pool.expect("a pool").install(|| run.count(&question, &|_| {}));
    black_box(counts);
}
