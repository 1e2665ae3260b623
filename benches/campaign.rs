//! What it costs that a run can be stopped and continued: the same samples counted at one go, in rounds, and in
//! rounds whose counts are kept as a file ten times a second, on all cores.
//!
//! `cargo bench --bench campaign`; compare the times of one question within one session.
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::{Run, VotesBy};
use gauss_sim::experiments::stages::{KIND, Stages, StagesSpec};
use gauss_sim::run::plan::Seed;
use gauss_sim::run::{Campaign, Limits, Means, Plan};
use task::range::Count;
use task::spec::Choice;

/// The four stages, the vote with 11 draws, at so many sigmas and budgets.
fn grid(sigmas: u32, eps: u32) -> Arc<Stages> {
    let even = |n: u32, step: f64| {
        let values: Vec<String> = (1..=n).map(|i| (step * f64::from(i)).to_string()).collect();
        values.join(",").parse().expect("a list")
    };
    let spec = StagesSpec {
        sigma: even(sigmas, 0.5),
        eps: even(eps, 0.25),
        votes: "11".parse().expect("votes"),
        ..StagesSpec::default()
    };
    Arc::new(Stages::new(spec).expect("a grid"))
}

fn plan(samples: u64) -> Plan {
    Plan {
        seed: Seed(7),
        samples: Count::of(samples).expect("a count"),
        votes_by: Choice(VotesBy::Draws),
        ..Plan::usual(&KIND)
    }
}

fn in_rounds(
    grid: &Arc<Stages>,
    samples: u64,
    checkpoint_every: Duration,
    keep: &mut dyn FnMut(&Campaign),
) {
    let mut campaign = Campaign::new(grid.clone(), plan(samples)).expect("a run");
    let stop = AtomicBool::new(false);
    let limits = Limits { stop: &stop, time: None, checkpoint_every };
    black_box(campaign.draw(Means::default(), limits, keep, &|_| ()).expect("an end"));
}

fn rounds(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("counts.json");
    for (name, grid, samples) in
        [("a point", grid(1, 1), 1 << 29), ("a surface", grid(31, 31), 1 << 28)]
    {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(samples));
        let question = grid.question(VotesBy::Draws).expect("a question");
        group.bench_function("at one go", |b| {
            b.iter(|| black_box(Run::new(7, samples).count(&question, &|_| ())));
        });
        group.bench_function("in rounds", |b| {
            b.iter(|| in_rounds(&grid, samples, Duration::from_secs(3600), &mut |_| ()));
        });
        group.bench_function("in rounds, kept ten times a second", |b| {
            let mut keep = |campaign: &Campaign| {
                let text = campaign.to_json().expect("JSON");
                std::fs::write(&file, text).expect("a file");
            };
            b.iter(|| in_rounds(&grid, samples, Duration::from_millis(100), &mut keep));
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_secs(10));
    targets = rounds
}
criterion_main!(benches);
