//! What an attack costs beside its random numbers, on one thread: the time per element is the time per random number, one
//! for each coordinate, step and gradient.
//!
//! `cargo bench --bench attack -- "scale"` runs a part, at the best level of the machine. The same attack in NumPy is
//! `benches/peers/laboratories.py`.
#![allow(missing_docs)] // criterion's macros

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::Run;
use engine::attacks::AttackQuestion;
use engine::dispatch::Level;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::stream::{self, Purpose, Stream};
use task::attack::AttackSpec;
use task::spec::{Json, Spec};

const DIMENSION: u64 = 256;
const STEPS: u64 = 40;

/// The only point of a question in d = 256 dimensions, k = 40.
fn question(text: &str) -> AttackQuestion {
    let mut spec = AttackSpec::default();
    for item in format!("dimension=256 steps=40 draws=same {text}").split_whitespace() {
        let (name, value) = item.split_once('=').expect("a key and a value");
        spec.set(name, &Json::from(value), "".as_ref()).expect("a value");
    }
    let points = spec.points(&spec.task().expect("a task")).expect("points");
    AttackQuestion::new(points).expect("a question")
}

/// Normals and words alone: as many at a time as stay in the first-level cache.
fn alone(c: &mut Criterion, name: &str, level: Level) {
    let mut group = c.benchmark_group("attack");
    let mut random = Stream::new(7, 0, Purpose::Samples);
    let mut pairs = Box::<Pairs>::default();
    group.throughput(Throughput::Elements(2 * BLOCK as u64));
    group.bench_function(format!("normals alone{name}"), |b| {
        b.iter(|| {
            fill_at(level, &mut random, &mut pairs, BLOCK);
            black_box(&pairs.first);
        });
    });
    let mut words = [0; 2 * BLOCK];
    group.bench_function(format!("words alone{name}"), |b| {
        b.iter(|| {
            stream::fill_at(level, &mut random, &mut words);
            black_box(&words);
        });
    });
}

fn attack(c: &mut Criterion, name: &str, text: &str, gradients: u64, level: Level) {
    let question = question(text);
    // Without fused multiply-add a normal costs a hundred times as much.
    let most = if level.name() == "portable" { 160 } else { 4096 };
    let samples = (most / gradients).next_multiple_of(16);
    let run = Run { level, ..Run::new(7, samples) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut group = c.benchmark_group("attack");
    group.throughput(Throughput::Elements(samples * DIMENSION * STEPS * gradients));
    group.bench_function(name, |b| {
        b.iter(|| pool.install(|| black_box(run.count_attack(&question, &|_| ()))));
    });
}

fn attacks(c: &mut Criterion) {
    for level in Level::available().into_iter().rev() {
        let name = match level == Level::best() {
            true => String::new(),
            false => format!(" on {}", level.name()),
        };
        alone(c, &name, level);
        for eot in [1, 10] {
            for defense in ["scale=10", "drop=0.5", "list=-1:0.6,1:0.1,4:0.3"] {
                let text = format!("defense={defense} attack=eot eot={eot}");
                attack(c, &format!("{defense}, m = {eot}{name}"), &text, eot, level);
            }
        }
        if level != Level::best() {
            continue;
        }
        for eot in [1, 10] {
            let text = format!("defense=scale=10 attack=eot eot={eot} loss=cross-entropy");
            attack(c, &format!("scale=10, cross-entropy, m = {eot}"), &text, eot, level);
        }
        attack(c, "scale=10, m = 1, any", "defense=scale=10 attack=pgd judge=any", 1, level);
        let text = "defense=scale=10 attack=pgd eps=0.05..0.5/10";
        attack(c, "scale=10, m = 1, ten eps", text, 1, level);
    }
}

criterion_group!(benches, attacks);
criterion_main!(benches);
