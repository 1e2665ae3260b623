//! What exact rows of black-box attackers cost: 31 numbers of questions in four stages, all columns, on all cores and on one.
//!
//! `cargo bench --bench query`
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gauss_sim::experiment::Experiment;
use gauss_sim::experiments::queries::{Queries, QuerySpec};
use task::spec::{Json, Spec};

fn spec(attack: &str) -> QuerySpec {
    let mut spec = QuerySpec::default();
    for (name, value) in [("attack", attack), ("queries", "1e2..1e7/log31")] {
        spec.set(name, &Json::from(value), "".as_ref()).expect("a value");
    }
    spec
}

fn rows(c: &mut Criterion) {
    let mut group = c.benchmark_group("query");
    group.sample_size(10);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        for attack in ["score", "nes"] {
            let spec = spec(attack);
            group.bench_function(format!("{attack}, 31 x 4, {threads} threads"), |b| {
                b.iter(|| {
                    pool.install(|| {
                        let queries = Queries::new(spec.clone()).expect("a question");
                        black_box(queries.exact(&()).expect("rows"))
                    })
                });
            });
        }
    }
}

criterion_group!(benches, rows);
criterion_main!(benches);
