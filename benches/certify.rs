//! Certificates: what the simulation costs beside its random numbers, on one thread, and what an exact row costs.
//!
//! `cargo bench --bench certify -- "alone|certify"` runs a part, at the best level of the machine. The time per element is the
//! time per random number: one for each noisy answer, in d dimensions d for each.
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::VotesBy;
use engine::certify::{Bar, Case, CertifyQuestion, Procedure};
use engine::dispatch::Level;
use engine::linear::smoothed::SmoothedQuestion;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::sampler::{Drawing, Sampler};
use engine::stream::{Purpose, Stream};
use task::certify::{Answers, Smoothed};
use task::linear::{Covariance, LinearClassifier, LinearTask};
use task::{Prior, Task};
use theory::certify::Certifier;
use theory::math::normal::sf;

/// Random numbers of a run.
const NUMBERS: u64 = 1 << 22;
const N0: u64 = 100;

fn answers(n: u64) -> Answers {
    Answers::new(n).expect("a number of answers")
}

fn case(sigma: f64, n: u64) -> Case {
    Case {
        sigma,
        procedure: Procedure::Certify(answers(N0)),
        n: answers(n),
        alpha: 0.001,
        bars: vec![Bar { radius: 0.5, miss: sf(0.5 / sigma) }],
    }
}

fn drawing(numbers: u64) -> Drawing {
    Drawing::new(7, (NUMBERS / numbers).next_multiple_of(16).max(16), VotesBy::Draws)
}

/// Normals alone: as many at a time as stay in the first-level cache.
fn alone(c: &mut Criterion) {
    let mut group = c.benchmark_group("certify");
    let mut random = Stream::new(7, 0, Purpose::Samples);
    let mut pairs = Box::<Pairs>::default();
    group.throughput(Throughput::Elements(2 * BLOCK as u64));
    group.bench_function("normals alone", |b| {
        b.iter(|| {
            fill_at(Level::best(), &mut random, &mut pairs, BLOCK);
            black_box(&pairs.first);
        });
    });
}

fn sampled(c: &mut Criterion, name: &str, numbers: u64, sampler: &dyn Sampler, samples: u64) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut group = c.benchmark_group("certify");
    group.throughput(Throughput::Elements(samples * numbers));
    let batches = samples.div_ceil(sampler.batch());
    group.bench_function(name, |b| {
        b.iter(|| pool.install(|| black_box(sampler.count(0..batches, &|_| ()))));
    });
}

fn one_dimension(c: &mut Criterion) {
    for (name, sigmas, n) in [
        ("n = 10", &[1.0][..], 10),
        ("n = 100", &[1.0], 100),
        ("n = 1000", &[1.0], 1000),
        ("n = 1e5", &[1.0], 100_000),
        ("n = 1000, three sigmas", &[0.5, 1.0, 2.0], 1000),
    ] {
        let cases = sigmas.iter().map(|sigma| case(*sigma, n)).collect();
        let question = CertifyQuestion::new(Task::default(), Prior::HALF, 0.0, cases);
        let drawing = drawing(N0 + n);
        let sampler = question.expect("a question").sampler(&drawing);
        sampled(c, &format!("certify, {name}"), N0 + n, &sampler, drawing.samples);
    }
}

fn d_dimensions(c: &mut Criterion) {
    for (d, classifiers) in [(1, 1), (2, 1), (3, 1), (10, 1), (100, 1), (1000, 1), (100, 3)] {
        let mean = vec![1.0 / (d as f64).sqrt(); d];
        let covariance = Covariance::scalar(1.0).expect("a covariance");
        let task = LinearTask::new(mean, covariance, Prior::HALF).expect("a task");
        let classifier = |k: usize| {
            let weights = (0..d).map(|i| 1.0 + (i % (k + 1)) as f64).collect();
            LinearClassifier::new(weights, 0.0).expect("a classifier")
        };
        let rules: Vec<LinearClassifier> = (0..classifiers).map(classifier).collect();
        let cases = (0..classifiers).map(|k| (k, case(1.0, 1000))).collect();
        let question = SmoothedQuestion::new(&task, &vec![0.0; d], &rules, cases);
        let numbers = (N0 + 1000) * d as u64;
        let drawing = drawing(numbers);
        let sampler = question.expect("a question").sampler(&drawing);
        let name = format!("nd, d = {d}, classifiers: {classifiers}");
        sampled(c, &name, numbers, &sampler, drawing.samples);
    }
}

fn exact(c: &mut Criterion) {
    let mut group = c.benchmark_group("exact row");
    let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, 1.0).expect("a task");
    for n in [100, 10_000, 10_000_000, 1_000_000_000] {
        let row = || {
            let certifier = Certifier::new(&smoothed, answers(N0), answers(n), 0.001);
            let rates = (certifier.certified(0.5), certifier.answers());
            (rates, certifier.average_radius(), certifier.abstain_floor())
        };
        group.bench_function(format!("n = {n}"), |b| b.iter(|| black_box(row())));
    }
}

criterion_group!(benches, alone, one_dimension, d_dimensions, exact);
criterion_main!(benches);
