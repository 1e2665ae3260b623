//! What a sample in d dimensions costs, on one thread: the time per element is the time per sample of one
//! classifier, counted clean and under one attack, for as many votes.
//!
//! `cargo bench --bench linear -- "full d = 1000"` runs a part, at the best level of the machine. The
//! covariances of the data and of the defense have the same shape.
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::Run;
use engine::dispatch::Level;
use engine::linear::{Contestant, LINEAR_BATCH, LinearNoise, LinearQuestion};
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{DrawProtocol, Eps, Prior, Votes};

/// Of d dimensions; the full one has the correlations 2^(−|i − j|).
fn covariance(shape: &str, d: usize) -> Covariance {
    match shape {
        "scalar" => Covariance::scalar(1.0),
        "diagonal" => Covariance::diagonal((0..d).map(|i| 1.0 + 0.5 * (i % 3) as f64).collect()),
        "rank one" => Covariance::full(&vec![vec![1.0; d]; d]),
        _ => {
            let entry = |i: usize, j: usize| 0.5f64.powi(i.abs_diff(j) as i32);
            let row = |i| (0..d).map(|j| entry(i, j)).collect();
            Covariance::full(&(0..d).map(row).collect::<Vec<_>>())
        }
    }
    .expect("a covariance")
}

fn question(shape: &str, d: usize, votes: Option<u64>) -> LinearQuestion {
    let mean: Vec<f64> = (0..d).map(|i| 1.0 + 0.1 * (i % 5) as f64).collect();
    let data = if shape == "rank one" { "scalar" } else { shape };
    let task = LinearTask::new(mean.clone(), covariance(data, d), Prior::HALF).expect("a task");
    let defense = LinearDefense::new(mean.clone(), covariance(shape, d)).expect("a defense");
    let rule = Rule::Linear(LinearClassifier::new(mean, 0.0).expect("a classifier"));
    let noise = votes.map(|n| LinearNoise { sigma: 1.0, votes: Votes::new(n).expect("votes") });
    let eps = vec![Eps::new(0.1).expect("a budget")];
    let contestant = Contestant { rule: rule.clone(), noise, eps };
    LinearQuestion::new(
        &task,
        Some(&defense),
        Norm::TWO,
        rule,
        vec![contestant],
        DrawProtocol::Same,
    )
    .expect("a question")
}

fn measure(c: &mut Criterion, name: &str, question: &LinearQuestion, samples: u64, run: Run) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut group = c.benchmark_group("linear");
    group.throughput(Throughput::Elements(samples));
    group.bench_function(name, |b| {
        b.iter(|| pool.install(|| black_box(run.count_linear(question, &|_| ()))));
    });
    group.finish();
}

fn costs(c: &mut Criterion) {
    for d in [1, 10, 100, 1000] {
        for shape in ["scalar", "diagonal", "rank one", "full"] {
            for votes in [None, Some(1), Some(11), Some(101)] {
                let question = question(shape, d, votes);
                let samples = LINEAR_BATCH * if d <= 10 { 16 } else { 1 };
                let votes = votes.map_or("no".to_owned(), |n| n.to_string());
                let name = format!("{shape} d = {d}, {votes} votes");
                measure(c, &name, &question, samples, Run::new(7, samples));
            }
        }
    }
}

/// The instruction sets, where they matter most.
fn levels(c: &mut Criterion) {
    for level in Level::available() {
        let name = format!("full d = 100, 1 votes, {}", level.name());
        let run = Run { level, ..Run::new(7, LINEAR_BATCH) };
        measure(c, &name, &question("full", 100, Some(1)), LINEAR_BATCH, run);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = costs, levels
}
criterion_main!(benches);
