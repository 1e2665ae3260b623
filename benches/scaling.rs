//! How time grows with each quantity that a user chooses: samples, threads, σ, ε, votes, tries, dimensions.
//!
//! `cargo bench --bench scaling` prints a table in Markdown for `docs/speed.md`, and `-- --csv` every measurement. A
//! time is the smallest of several, on one thread unless threads are what is varied. The work of a quantity is what one
//! would do for it by hand: in proportion to the value, or to its square where vectors are multiplied by matrices. Its exponent
//! is the slope of log time against log work, by least squares over the upper half of the values, where what is constant
//! matters least: up to 1, time grows no faster than the work.
#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use engine::linear::{Contestant, LINEAR_BATCH, LinearNoise, LinearQuestion};
use engine::{BATCH, Question, Run, TriesBy, VotesBy, Ways};
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{Defense, DrawProtocol, Eps, Norm, Prior, Stage, Task, Votes};

/// A quantity with its values, and the time of each.
struct Curve {
    name: &'static str,
    unit: &'static str,
    /// The work is in proportion to this power of the value.
    power: f64,
    points: Vec<(f64, Duration)>,
}

/// How often something is timed, the first time included: the machine may do other things at times.
const RUNS: u32 = 26;

/// Returns the smallest time of several, after one that does not count.
fn smallest(mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    work();
    for _ in 1..RUNS {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    best
}

fn on(threads: usize, question: &Question, samples: u64) -> Duration {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let run = Run::new(7, samples);
    smallest(|| pool.install(|| drop(black_box(run.count(question, &|_| ())))))
}

fn question(sigmas: u32, stage: Stage, budgets: u32) -> Question {
    let task = Task::default();
    let margin = |i: u32| {
        let defense = Defense::new(1.0, 4.0 * f64::from(i) / f64::from(sigmas)).expect("a defense");
        stage.margin(&task, &defense).expect("a margin")
    };
    let eps = (1..=budgets).map(|i| Eps::new(2.0 * f64::from(i) / f64::from(budgets)));
    let eps = eps.collect::<Result<_, _>>().expect("budgets");
    Question::new(task, (1..=sigmas).map(margin).collect(), eps).expect("a question")
}

fn voted(n: u64) -> Stage {
    Stage::Voted { votes: Votes::new(n).expect("votes") }
}

fn tries(t: u64) -> DrawProtocol {
    DrawProtocol::persistent(t).expect("tries")
}

/// A question with full covariances.
fn linear(d: usize) -> LinearQuestion {
    let entry = |i: usize, j: usize| 0.5f64.powi(i.abs_diff(j) as i32);
    let rows: Vec<Vec<f64>> = (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect();
    let covariance = || Covariance::full(&rows).expect("a covariance");
    let mean = vec![1.0; d];
    let task = LinearTask::new(mean.clone(), covariance(), Prior::HALF).expect("a task");
    let defense = LinearDefense::new(mean.clone(), covariance()).expect("a defense");
    let rule = Rule::Linear(LinearClassifier::new(mean, 0.0).expect("a classifier"));
    let noise = Some(LinearNoise { sigma: 1.0, votes: Votes::ONE });
    let eps = vec![Eps::new(0.1).expect("a budget")];
    let contestant = Contestant { rule: rule.clone(), noise, eps };
    let same = DrawProtocol::Same;
    let question =
        LinearQuestion::new(&task, Some(&defense), Norm::TWO, rule, vec![contestant], same);
    question.expect("a question")
}

fn curve<T: Copy + Into<f64>>(
    name: &'static str,
    unit: &'static str,
    values: &[T],
    time: impl Fn(T) -> Duration,
) -> Curve {
    Curve { name, unit, power: 1.0, points: values.iter().map(|&v| (v.into(), time(v))).collect() }
}

fn curves() -> Vec<Curve> {
    let few = 2 * BATCH;
    let point = question(1, Stage::Trained, 1);
    let protocol = |t: u32, stage| question(1, stage, 1).with_draws(tries(u64::from(t)));
    let median = VotesBy::Median;
    let by_law = Ways { votes: VotesBy::Draws, tries: TriesBy::Smallest };
    let batches = [1u32, 4, 16, 64, 256];
    let mut curves = vec![
        curve("samples", "batches of 65,536", &batches, |n| on(1, &point, u64::from(n) * BATCH)),
        curve("σ", "values, one ε", &[1, 4, 16, 64, 256], |n| {
            on(1, &question(n, Stage::Trained, 1), few)
        }),
        curve("ε", "values, 16 σ", &[1, 4, 16, 64, 127, 254, 500, 1001, 2000, 4000], |n| {
            on(1, &question(16, Stage::Trained, n), few)
        }),
        curve("votes, drawn", "n", &[1u32, 11, 101, 1001, 10_001], |n| {
            on(1, &question(1, voted(u64::from(n)), 1), BATCH / 64)
        }),
        curve("votes, by their median", "n", &[1u32, 11, 101, 1001, 10_001], |n| {
            on(1, &question(1, voted(u64::from(n)), 1).with_votes_by(median), few)
        }),
        curve("tries, one draw, all drawn", "T", &[1, 5, 20, 100, 1000], |t| {
            on(1, &protocol(t, Stage::Trained), BATCH / 8)
        }),
        curve("tries, one draw, by the smallest", "T", &[2, 5, 100, 10_000, 1_000_000], |t| {
            on(1, &protocol(t, Stage::Trained).with_ways(by_law), few)
        }),
        curve("tries, 101 votes by their median", "T", &[1, 5, 20, 100, 400], |t| {
            on(1, &protocol(t, voted(101)).with_votes_by(median), BATCH / 8)
        }),
        curve("d, full covariances", "d", &[1, 4, 16, 64, 256, 1024], |d: u32| {
            let (question, run) = (linear(d as usize), Run::new(7, LINEAR_BATCH));
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
            smallest(|| pool.install(|| drop(black_box(run.count_linear(&question, &|_| ())))))
        }),
    ];
    let d = curves.last_mut().expect("curves");
    d.power = 2.0;
    curves
}

/// Returns the slope of log time against log work over the upper half of the points.
fn exponent(Curve { points, power, .. }: &Curve) -> f64 {
    let logs: Vec<(f64, f64)> = points[points.len() / 2..]
        .iter()
        .map(|(value, time)| (power * value.ln(), time.as_secs_f64().ln()))
        .collect();
    let n = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let slope = |p: &(f64, f64)| [(p.0 - x) * (p.1 - y), (p.0 - x) * (p.0 - x)];
    let sums = logs.iter().map(slope).fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
    sums[0] / sums[1]
}

/// The processor time of this process so far, of all threads, where the system tells it.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // User and system time are the 14th and 15th field, in hundredths of a second; the second may hold spaces.
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    let hundredths = fields.map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some(Duration::from_millis(10 * hundredths))
}

/// Says what a surface takes on one thread, on as many as there are cores, and on 64. Of more threads than cores the
/// processor time says what it costs to hand out batches and to merge their counts.
fn threads() {
    let surface = question(64, Stage::Trained, 65);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let numbers = (0..).map(|power| 1 << power).take_while(|n| *n < cores).chain([cores, 64]);
    println!("| threads | time | processor time of a run |");
    println!("|---:|---:|---:|");
    for n in numbers {
        let before = processor_time();
        let time = on(n, &surface, 256 * BATCH);
        let used = before.zip(processor_time()).map(|(before, after)| (after - before) / RUNS);
        let used = used.map_or(String::new(), |used| format!("{:.0} ms", 1e3 * used.as_secs_f64()));
        println!("| {n} | {:.0} ms | {used} |", 1e3 * time.as_secs_f64());
    }
}

fn main() {
    let csv = std::env::args().any(|argument| argument == "--csv");
    let curves = curves();
    if csv {
        println!("quantity,unit,value,seconds");
        for Curve { name, unit, points, .. } in &curves {
            for (value, time) in points {
                println!("\"{name}\",\"{unit}\",{value},{:.6}", time.as_secs_f64());
            }
        }
        return;
    }
    let milliseconds = |time: Duration| 1e3 * time.as_secs_f64();
    println!(
        "| quantity | values | work | time of the first and the last | exponent of the upper half |"
    );
    println!("|---|---|---|---:|---:|");
    for curve in &curves {
        let Curve { name, unit, power, points } = curve;
        let [first, last] = [points[0], points[points.len() - 1]];
        println!(
            "| {name} | {} to {} ({unit}) | {} | {:.3}, {:.3} ms | {:.2} |",
            first.0,
            last.0,
            if *power > 1.0 { "its square" } else { "the value" },
            milliseconds(first.1),
            milliseconds(last.1),
            exponent(curve)
        );
    }
    println!();
    threads();
}
