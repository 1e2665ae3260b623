//! gauss-sim's side of `benches/peers/run`: the same quantities as the peers, in the same format,
//! `program,quantity,threads,nanoseconds`.
//!
//! With the word `laboratories` it measures those alone. It leaves the data that are logged or fitted in
//! `target/peers/data`, for the peer to read.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use engine::dispatch::Level;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::sampler::Drawing;
use engine::stream::{self, Purpose, Stream};
use engine::{BATCH, Kernel, Question, Run, VotesBy};
use gauss_sim::experiment::{Experiment, kind};
use gauss_sim::experiments::KINDS;
use gauss_sim::experiments::stages::{StageName, Stages, StagesSpec};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use task::spec::{Choices, Json, Word};

/// Returns the times of `work` in nanoseconds per element, the least first, without a run that does not count.
fn times(elements: u64, rounds: usize, mut work: impl FnMut()) -> Vec<f64> {
    work();
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e9 / elements as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn median(elements: u64, work: impl FnMut()) -> f64 {
    times(elements, 31, work)[15]
}

/// The least of many short times: what else the machine does only adds time.
fn least(elements: u64, rounds: usize, work: impl FnMut()) -> f64 {
    times(elements, rounds, work)[0]
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

/// As many normals at a time as stay in the first-level cache.
fn normals(level: Level) -> (u64, impl FnMut()) {
    let mut stream = Stream::new(7, 0, Purpose::Samples);
    let mut pairs = Box::<Pairs>::default();
    const BLOCKS: u64 = 256;
    let work = move || {
        for _ in 0..BLOCKS {
            fill_at(level, &mut stream, &mut pairs, BLOCK);
            black_box(&pairs.first);
        }
    };
    (2 * BLOCK as u64 * BLOCKS, work)
}

/// Random words of 32 bits, as many at a time.
fn words(level: Level) -> (u64, impl FnMut()) {
    let mut stream = Stream::new(7, 0, Purpose::Samples);
    let mut words = [0; 2 * BLOCK];
    const BLOCKS: u64 = 256;
    let work = move || {
        for _ in 0..BLOCKS {
            stream::fill_at(level, &mut stream, &mut words);
            black_box(&words);
        }
    };
    (2 * BLOCK as u64 * BLOCKS, work)
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

/// A question that is answered by simulation, and what a sample of it draws.
struct Laboratory {
    name: &'static str,
    kind: &'static str,
    question: &'static str,
    samples: u64,
    normals: u64,
    words: u64,
}

/// A barrage draws 102 sequences of 5 maps a sample, one for the stages without a vote; a query 1000 answers, two vectors
/// and a decision. A word is a fair coin, a map, or a block.
#[rustfmt::skip]
const LABORATORIES: [Laboratory; 6] = [
    Laboratory { name: "attack, m = 1", kind: "attack", question: ATTACK[0], samples: 1024, normals: 256 * 42, words: 1 },
    Laboratory { name: "attack, m = 10", kind: "attack", question: ATTACK[1], samples: 128, normals: 256 * 402, words: 1 },
    Laboratory { name: "barrage", kind: "barrage", question: BARRAGE, samples: 4096, normals: 1 + 510, words: 1 + 510 },
    Laboratory { name: "certify", kind: "certify", question: "", samples: 8192, normals: 1 + 1100, words: 1 },
    Laboratory { name: "query", kind: "query", question: QUERY, samples: 4096, normals: 1000 + 200 + 1, words: 1 },
    Laboratory { name: "blocks", kind: "blocks", question: "", samples: 65_536, normals: 5, words: 2 },
];

const ATTACK: [&str; 2] = [
    "dimension=256 steps=40 draws=same defense=scale=10 attack=eot eot=1",
    "dimension=256 steps=40 draws=same defense=scale=10 attack=eot eot=10",
];
const BARRAGE: &str = "pool=examples/pools/bart.toml choose=5";
const QUERY: &str = "stages=trained";

/// Returns the experiment that answers a question with these keys and values.
fn experiment(name: &str, question: &str) -> Box<dyn Experiment> {
    let kind = kind(KINDS, name).expect("a kind");
    let mut spec = (kind.spec)();
    for item in question.split_whitespace() {
        let (name, value) = item.split_once('=').expect("a key and a value");
        spec.set(name, &Json::from(value), Path::new("")).expect("a value");
    }
    (kind.new)(spec.as_ref()).expect("a question")
}

fn sampled(laboratory: &Laboratory) -> f64 {
    let experiment = experiment(laboratory.kind, laboratory.question);
    let drawing = Drawing::new(7, laboratory.samples, VotesBy::Draws);
    let sampler = experiment.sampler(&drawing).expect("a sampler");
    let batches = laboratory.samples.div_ceil(sampler.batch());
    least(laboratory.samples, 60, || drop(black_box(sampler.count(0..batches, &|_| ()))))
}

/// Reads files, and computes all rows and tables.
fn computed(elements: usize, kind: &str, question: &str) -> f64 {
    least(elements as u64, 12, || {
        let experiment = experiment(kind, question);
        let rows = experiment.exact(&()).expect("rows");
        black_box((rows, experiment.tables(None)));
    })
}

/// Logged samples and draws of each on either input; rows of features, and columns.
const LOGGED: [usize; 2] = [100_000, 100];
const FEATURES: [usize; 2] = [100_000, 64];

/// Writes an array of NumPy's, of `shape` as Python has it.
fn write_npy(name: &str, kind: &str, shape: &str, bytes: &[u8]) {
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut all = b"\x93NUMPY\x01\x00".to_vec();
    all.extend((header.len() as u16).to_le_bytes());
    all.extend(header.as_bytes());
    all.extend(bytes);
    fs::write(Path::new("target/peers/data").join(name), all).expect("a file");
}

/// Writes the logs of a defense with the margins N(1, 1), the noise N(0, 1) and ε = ½, and features of two classes.
fn write_data() {
    fs::create_dir_all("target/peers/data").expect("a folder");
    let mut rng = SmallRng::seed_from_u64(7);
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let [samples, draws] = LOGGED;
    let (mut labels, mut logs) = (Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..samples {
        let label = u8::from(normal() > 0.0);
        labels.push(label);
        let margin = 1.0 + normal();
        for (log, margin) in logs.iter_mut().zip([margin, margin - 0.5]) {
            log.extend((0..draws).map(|_| label ^ u8::from(margin + normal() < 0.0)));
        }
    }
    let shape = format!("{samples}, {draws}");
    write_npy("labels.npy", "|u1", &format!("{samples},"), &labels);
    write_npy("clean.npy", "|u1", &shape, &logs[0]);
    write_npy("attacked.npy", "|u1", &shape, &logs[1]);
    let [rows, columns] = FEATURES;
    let (mut classes, mut features) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let class = u8::from(normal() > 0.0);
        classes.push(class);
        let (y, shared) = (f64::from(class) - 0.5, normal());
        features.extend((0..columns).map(|_| (0.3 * y + 0.5 * shared + normal()) as f32));
    }
    let bytes: Vec<u8> = features.iter().flat_map(|x| x.to_le_bytes()).collect();
    write_npy("features.npy", "<f4", &format!("{rows}, {columns}"), &bytes);
    write_npy("classes.npy", "|u1", &format!("{rows},"), &classes);
}

fn print(program: &str, quantity: &str, threads: usize, ns: f64) {
    println!("{program},\"{quantity}\",{threads},{ns:.4}");
}

/// Measures the laboratories, each next to its random numbers, on one thread.
fn laboratories() {
    write_data();
    let (level, alone) = (Level::best(), "gauss-sim's random numbers");
    for laboratory in &LABORATORIES {
        print("gauss-sim", laboratory.name, 1, sampled(laboratory));
        let (elements, work) = normals(level);
        let normals = laboratory.normals as f64 * least(elements, 60, work);
        let (elements, work) = words(level);
        let words = laboratory.words as f64 * least(elements, 60, work);
        print(alone, laboratory.name, 1, normals + words);
    }
    let file = |name: &str| format!("target/peers/data/{name}.npy");
    let [labels, clean, attacked] = ["labels", "clean", "attacked"].map(file);
    let question = format!("labels={labels} clean={clean} attacked={attacked}");
    print("gauss-sim", "evaluate", 1, computed(2 * LOGGED[0] * LOGGED[1], "logs", &question));
    let question = format!("features={} labels={}", file("features"), file("classes"));
    print("gauss-sim", "fit", 1, computed(FEATURES[0] * FEATURES[1], "features", &question));
}

fn main() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread pool");
    one.install(laboratories);
    if std::env::args().any(|argument| argument == "laboratories") {
        return;
    }
    let point = question("1", "0.5", &[StageName::Defended]);
    let surface = question("0..4/64", "0..2/65", StageName::ALL);
    for level in Level::available() {
        let best = level == Level::best();
        let name = match best {
            true => "gauss-sim".to_owned(),
            false => format!("gauss-sim on {}", level.name()),
        };
        let (elements, work) = normals(level);
        print(&name, "normal", 1, median(elements, work));
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
