//! How long exact values of votes take: `cargo bench --bench theory`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use task::{DrawProtocol, Eps, Margin, Task, Votes};
use theory::accuracy::Profile;
use theory::convergence::{Tolerance, votes_for};
use theory::fresh::Fresh;
use theory::invariance::slope_in_threshold;

fn votes(c: &mut Criterion) {
    let mut group = c.benchmark_group("votes");
    let eps = Eps::new(0.5).expect("a budget");
    let margin = |votes: u64| {
        Votes::new(votes)
            .and_then(|votes| Margin::new(Task::default(), 0.5, 1.0, votes))
            .expect("a margin")
    };
    for n in [11, 101, 10_000, 1_000_000] {
        let margin = margin(n);
        group.bench_function(format!("same/{n}"), |b| {
            b.iter(|| Profile::new(black_box(&margin)).at(black_box(eps)));
        });
        group.bench_function(format!("fresh/{n}"), |b| {
            b.iter(|| Fresh::new(black_box(&margin)).at(black_box(eps)));
        });
        group.bench_function(format!("slope/{n}"), |b| {
            b.iter(|| slope_in_threshold(black_box(&margin)));
        });
    }
    group.sample_size(10);
    let tolerance = Tolerance::new(1e-4).expect("a tolerance");
    for draws in [DrawProtocol::Same, DrawProtocol::Fresh] {
        group.bench_function(format!("votes_for/{draws}"), |b| {
            b.iter(|| votes_for(black_box(&margin(1)), eps, draws, tolerance));
        });
    }
    group.finish();
}

criterion_group!(benches, votes);
criterion_main!(benches);
