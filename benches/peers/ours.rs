//! gauss-sim's side of `benches/peers/run`: the same quantities as the peers, in the same format,
//! `program,quantity,threads,nanoseconds`.

use std::hint::black_box;
use std::time::Instant;

use engine::dispatch::Level;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::stream::{Purpose, Stream};
use engine::{BATCH, Kernel, Question, Run, VotesBy};
use gauss_sim::experiments::stages::{StageName, Stages, StagesSpec};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use task::spec::{Choices, Word};

const ROUNDS: usize = 31;

/// The median time of `work`, in nanoseconds per element.
fn median(elements: u64, mut work: impl FnMut()) -> f64 {
    work();
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e9 / elements as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// In the grammar of the command line; where there are votes, 11.
fn question(sigmas: &str, eps: &str, stages: &[StageName]) -> Question {
    let spec = StagesSpec {
        sigma: sigmas.parse().expect("a range"),
        eps: eps.parse().expect("a range"),
        votes: "11".parse().expect("a possible number"),
        stages: Choices(stages.to_vec()),
        ..StagesSpec::default()
    };
    let grid = Stages::new(spec).expect("a possible grid");
    grid.question(VotesBy::Median).expect("a possible question")
}

fn counted(question: &Question, run: Run, threads: usize) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
    pool.install(|| median(run.samples, || drop(black_box(run.count(question, &|_| ())))))
}

fn normals(level: Level) -> f64 {
    let mut stream = Stream::new(7, 0, Purpose::Samples);
    let mut pairs = Box::<Pairs>::default();
    const BLOCKS: u64 = 256;
    median(2 * BLOCK as u64 * BLOCKS, || {
        for _ in 0..BLOCKS {
            fill_at(level, &mut stream, &mut pairs, BLOCK);
            black_box(&pairs.first);
        }
    })
}

/// As one would write it with rand and rand_distr.
fn plain_normals() -> f64 {
    let mut rng = SmallRng::seed_from_u64(7);
    const COUNT: u64 = 1 << 20;
    median(COUNT, || {
        let mut sum = 0.0;
        for _ in 0..COUNT {
            let z: f64 = StandardNormal.sample(&mut rng);
            sum += z;
        }
        black_box(sum);
    })
}

fn plain_point() -> f64 {
    let mut rng = SmallRng::seed_from_u64(7);
    const COUNT: u64 = 1 << 20;
    median(COUNT, || {
        let (mut clean, mut robust) = (0u64, 0u64);
        for _ in 0..COUNT {
            let y = if rng.random::<bool>() { 1.0 } else { -1.0 };
            let z1: f64 = StandardNormal.sample(&mut rng);
            let z2: f64 = StandardNormal.sample(&mut rng);
            let margin = y * (y + z1 + 1.0 + z2);
            clean += u64::from(margin > 0.0);
            robust += u64::from(margin > 0.5);
        }
        black_box((clean, robust));
    })
}

fn main() {
    let print = |program: &str, quantity: &str, threads: usize, ns: f64| {
        println!("{program},{quantity},{threads},{ns:.4}");
    };
    let point = question("1", "0.5", &[StageName::Defended]);
    let surface = question("0..4/64", "0..2/65", StageName::ALL);
    for level in Level::available() {
        let best = level == Level::best();
        let name = match best {
            true => "gauss-sim".to_owned(),
            false => format!("gauss-sim on {}", level.name()),
        };
        print(&name, "normal", 1, normals(level));
        for threads in if best { 1..=2 } else { 1..=1 } {
            let run = |batches: u64| Run { level, ..Run::new(7, batches * BATCH) };
            print(&name, "point", threads, counted(&point, run(64), threads));
            print(&name, "surface", threads, counted(&surface, run(4), threads));
        }
    }
    let reference = Run { kernel: Kernel::Reference, ..Run::new(7, 8 * BATCH) };
    print("gauss-sim reference kernel", "point", 1, counted(&point, reference, 1));
    print("rand + rand_distr", "normal", 1, plain_normals());
    print("rand + rand_distr", "point", 1, plain_point());
}
