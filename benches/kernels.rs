//! What drawing and counting cost, for one thread: the time per element is the time per sample
//! (per normal for `normals`).
//!
//! `cargo bench --bench kernels -- surface` runs a part. Every level of the machine is measured.
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::dispatch::Level;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::stream::{Purpose, Stream};
use engine::{BATCH, Kernel, Question, Run, VotesBy};
use task::{Defense, Eps, Stage, Task, Votes};

const UNDEFENDED: Stage = Stage::Undefended;
const DEFENDED: Stage = Stage::Defended { threshold: 0.0 };
const TRAINED: Stage = Stage::Trained;

fn voted(n: u64) -> Stage {
    Stage::Voted { votes: Votes::new(n).expect("votes") }
}

/// `sigmas` values of sigma up to 4, each in all stages, at these budgets.
fn question(sigmas: u32, stages: &[Stage], eps: &[f64], by: VotesBy) -> Question {
    let task = Task::default();
    let margins = (1..=sigmas).flat_map(|i| {
        let sigma = if sigmas == 1 { 1.0 } else { 4.0 * f64::from(i) / f64::from(sigmas) };
        let defense = Defense::new(1.0, sigma).expect("a defense");
        stages.iter().map(move |stage| stage.margin(&task, &defense).expect("a margin"))
    });
    let eps = eps.iter().map(|&eps| Eps::new(eps).expect("a budget"));
    let question = Question::new(task, margins.collect(), eps.collect()).expect("a question");
    question.with_votes_by(by)
}

fn evenly(count: u32) -> Vec<f64> {
    (0..count).map(|i| 2.0 * f64::from(i) / f64::from(count.max(2) - 1)).collect()
}

fn logarithmic(count: u32) -> Vec<f64> {
    (0..count).map(|i| 1e-3 * 2000f64.powf(f64::from(i) / f64::from(count))).collect()
}

/// Measures both kernels; the reference at the best level only.
fn measure(c: &mut Criterion, name: &str, question: &Question, samples: u64) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(samples));
    let mut bench = |name: &str, run: Run| {
        group.bench_function(name, |b| {
            b.iter(|| pool.install(|| black_box(run.count(question, &|_| ()))));
        });
    };
    let best = Run::new(7, samples);
    bench("reference", Run { kernel: Kernel::Reference, ..best });
    for level in Level::available() {
        bench(level.name(), Run { level, ..best });
    }
    group.finish();
}

fn normals(c: &mut Criterion) {
    let mut group = c.benchmark_group("normals");
    group.throughput(Throughput::Elements(2 * BLOCK as u64));
    for level in Level::available() {
        let mut stream = Stream::new(7, 0, Purpose::Samples);
        let mut pairs = Box::<Pairs>::default();
        group.bench_function(level.name(), |b| {
            b.iter(|| {
                fill_at(level, &mut stream, &mut pairs, BLOCK);
                black_box(&pairs.first);
            });
        });
    }
    group.finish();
}

fn points(c: &mut Criterion) {
    let by = VotesBy::Median;
    let one = question(1, &[TRAINED], &[0.5], by);
    measure(c, "point, 1 stage", &one, 4 * BATCH);
    let three = question(1, &[UNDEFENDED, DEFENDED, TRAINED], &[0.5], by);
    measure(c, "point, 3 stages", &three, 4 * BATCH);
    let sweep = question(81, &[UNDEFENDED, DEFENDED, TRAINED], &[0.5], by);
    measure(c, "81 sigma, 3 stages", &sweep, BATCH);
    let searched = question(64, &[TRAINED], &logarithmic(65), by);
    measure(c, "64 sigma, 1 stage, 65 eps log-spaced", &searched, BATCH);
}

fn surfaces(c: &mut Criterion) {
    for (name, by) in [("median", VotesBy::Median), ("draws", VotesBy::Draws)] {
        let stages = [UNDEFENDED, DEFENDED, TRAINED, voted(11)];
        let surface = question(64, &stages, &evenly(65), by);
        measure(c, &format!("surface 64 x 65 x 4, n = 11 by {name}"), &surface, BATCH);
    }
}

/// How the cost of a margin grows with the number of budgets.
fn budgets(c: &mut Criterion) {
    for count in [1, 2, 4, 8, 16, 32, 65, 127, 128, 254, 300, 1000, 3000] {
        let question = question(64, &[TRAINED], &evenly(count), VotesBy::Median);
        measure(c, &format!("64 sigma, {count} eps"), &question, BATCH);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    targets = normals, points, surfaces, budgets
}
criterion_main!(benches);
