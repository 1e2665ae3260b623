//! What it costs that a run can be stopped and continued: the same samples counted at one go, in rounds, and in
//! rounds whose counts are kept as a file ten times a second, on all cores.
//!
//! `cargo bench --bench campaign`; compare the times of one question within one session.
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::dispatch::Level;
use engine::{Kernel, Run, VotesBy};
use gauss_sim::campaign::subject::Subject;
use gauss_sim::campaign::{Campaign, Limits, Means, Plan};
use gauss_sim::record::Question;
use gauss_sim::sweep::Grid;
use task::{Stage, Task, Votes};

/// The four stages, the vote with 11 draws, at so many sigmas and budgets.
fn grid(sigmas: u32, eps: u32) -> Grid {
    let stages = vec![
        Stage::Undefended,
        Stage::Defended { threshold: 0.0 },
        Stage::Trained,
        Stage::Voted { votes: Votes::new(11).expect("votes") },
    ];
    let even = |n: u32, step: f64| (1..=n).map(|i| step * f64::from(i)).collect::<Vec<_>>();
    Grid::new(Task::default(), 1.0, &even(sigmas, 0.5), &even(eps, 0.25), stages).expect("a grid")
}

fn plan(samples: u64) -> Plan {
    Plan {
        seed: 7,
        samples,
        votes_by: VotesBy::Draws,
        shard: None,
        confidence: 0.95,
        alpha: 1e-6,
        precision: None,
    }
}

fn in_rounds(grid: &Grid, samples: u64, keep_every: Duration, keep: &mut dyn FnMut(&Campaign)) {
    let mut campaign =
        Campaign::new(grid.clone(), &Question::of(grid), &plan(samples)).expect("a run");
    let stop = AtomicBool::new(false);
    let limits = Limits { stop: &stop, time: None, keep_every };
    let means = Means { level: Level::best(), kernel: Kernel::default() };
    black_box(campaign.draw(means, limits, keep, &|_| ()).expect("an end"));
}

fn rounds(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("counts.json");
    for (name, grid, samples) in
        [("a point", grid(1, 1), 1 << 29), ("a surface", grid(31, 31), 1 << 28)]
    {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(samples));
        let question = Subject::question(&grid, VotesBy::Draws).expect("a question");
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
