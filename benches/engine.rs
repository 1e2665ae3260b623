//! The engine against the program that one would write with rand, rand_distr and rayon, doing the
//! same work; and a whole sweep against a single point.
//!
//! `cargo bench --bench engine`; a single thread unless the name says otherwise.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::dispatch::Level;
use engine::{Question, VotesBy, run};
use gauss_sim::experiments::stages::{StageName, Stages, StagesSpec};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use task::spec::Choices;

const SAMPLES: u64 = 1 << 18;
const EPS: f64 = 0.5;

fn question(sigmas: &[f64], votes: Option<u64>) -> Question {
    let sigmas: Vec<String> = sigmas.iter().map(ToString::to_string).collect();
    let mut spec = StagesSpec {
        sigma: sigmas.join(",").parse().expect("a list"),
        eps: EPS.to_string().parse().expect("a budget"),
        stages: Choices(vec![StageName::Undefended, StageName::Defended, StageName::Trained]),
        ..StagesSpec::default()
    };
    if let Some(n) = votes {
        spec.votes = n.to_string().parse().expect("a possible number");
        spec.stages.0.push(StageName::Voted);
    }
    let stages = Stages::new(spec).expect("a possible grid");
    stages.question(VotesBy::default()).expect("a possible question")
}

fn ours(question: &Question) {
    black_box(run(question, 1, SAMPLES, Level::best(), &|_| ()));
}

/// The same question at sigma = 1, as one would write it: y, x, θ, the votes, and eight counters.
fn plain(votes: Option<u64>) {
    const CHUNK: u64 = 1 << 16;
    let counts = (0..SAMPLES / CHUNK)
        .into_par_iter()
        .map(|chunk| {
            let mut rng = SmallRng::seed_from_u64(chunk);
            let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
            let mut counts = [0u64; 8];
            let mut classes = SmallRng::seed_from_u64(!chunk);
            for _ in 0..CHUNK {
                let y = if classes.random::<bool>() { 1.0 } else { -1.0 };
                let x = y + normal();
                let attacked = x - y * EPS;
                let theta = 1.0 + normal();
                let right = |input: f64| u64::from(input * y > 0.0);
                counts[0] += right(x);
                counts[1] += right(attacked);
                counts[2] += right(x + theta);
                counts[3] += right(attacked + theta);
                counts[4] += right(x + theta - 1.0);
                counts[5] += right(attacked + theta - 1.0);
                if let Some(n) = votes {
                    let (mut clean, mut robust) = (0, 0);
                    for _ in 0..n {
                        let data_std = normal();
                        clean += right(x + data_std);
                        robust += right(attacked + data_std);
                    }
                    counts[6] += u64::from(2 * clean > n);
                    counts[7] += u64::from(2 * robust > n);
                }
            }
            counts
        })
        .reduce(|| [0; 8], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    black_box(counts);
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool")
}

fn point(criterion: &mut Criterion) {
    for (name, votes) in [("three stages", None), ("four stages, 11 votes", Some(11))] {
        let mut group = criterion.benchmark_group(format!("one point, {name}"));
        group.throughput(Throughput::Elements(SAMPLES));
        let question = question(&[1.0], votes);
        for threads in [1, 2] {
            let pool = pool(threads);
            group.bench_function(BenchmarkId::new("gauss-sim", threads), |bencher| {
                bencher.iter(|| pool.install(|| ours(&question)));
            });
            group.bench_function(
                BenchmarkId::new("rand + rand_distr + rayon", threads),
                |bencher| {
                    bencher.iter(|| pool.install(|| plain(votes)));
                },
            );
        }
        group.finish();
    }
}

/// 81 sigmas cost less than 20 times one, since the draws serve all of them.
fn sweep(criterion: &mut Criterion) {
    let sigmas: Vec<f64> = (0..81).map(|i| f64::from(i) / 20.0).collect();
    for votes in [11, 101] {
        let mut group = criterion.benchmark_group(format!("four stages, {votes} votes, one eps"));
        group.throughput(Throughput::Elements(SAMPLES));
        let pool = pool(1);
        for sigmas in [&[1.0], sigmas.as_slice()] {
            let question = question(sigmas, Some(votes));
            group.bench_function(BenchmarkId::new("sigmas", sigmas.len()), |bencher| {
                bencher.iter(|| pool.install(|| ours(&question)));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = point, sweep
}
criterion_main!(benches);
