//! Randomized smoothing in d dimensions, simulated: golden counts, a literal simulation in plain loops, and the promise that
//! counts depend on the question alone.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use engine::VotesBy;
use engine::certify::{Bar, Case, CaseCounts, Procedure, least_count};
use engine::dispatch::{Hardware, Level};
use engine::linear::smoothed::SmoothedQuestion;
use engine::normal::pair;
use engine::sampler::{Drawing, Monitor, Sampler};
use engine::stream::{LANES, Purpose, Stream};
use task::Prior;
use task::certify::Answers;
use task::linear::{Covariance, LinearClassifier, LinearTask};

const PRIOR: f64 = 0.375;
const SHIFT: [f64; 3] = [0.5, -1.0, 0.25];
const WEIGHTS: [([f64; 3], f64); 2] = [([1.0, 0.5, -0.25], 0.5), ([0.25, 2.0, 1.0], -0.125)];
const MEAN: [f64; 3] = [1.0, 0.5, -0.5];
const VARIANCES: [f64; 3] = [1.0, 0.25, 4.0];

fn n(number: u64) -> Answers {
    Answers::new(number).expect("a number of answers")
}

fn case(sigma: f64, procedure: Procedure, count: Answers, alpha: f64) -> Case {
    // Φ(−r/sigma) at r/sigma = 0, ½ and 2.
    let misses = [0.5, 0.308_537_538_725_986_9, 0.022_750_131_948_179_21];
    let bar = |(r, miss): (f64, f64)| Bar { radius: r * sigma, miss };
    let bars = [0.0, 0.5, 2.0].into_iter().zip(misses).map(bar).collect();
    Case { sigma, procedure, n: count, alpha, bars }
}

fn cases() -> Vec<(usize, Case)> {
    vec![
        (0, case(1.0, Procedure::Certify(n(10)), n(101), 0.01)),
        (1, case(1.0, Procedure::Certify(n(10)), n(101), 0.01)),
        (1, case(0.5, Procedure::Certify(n(3)), n(64), 0.05)),
        (0, case(2.0, Procedure::Certify(Answers::Limit), n(64), 0.5)),
        (0, case(1.0, Procedure::Predict, n(64), 0.05)),
        (1, case(1.0, Procedure::Certify(n(10)), Answers::Limit, 0.01)),
    ]
}

fn classifier((weights, bias): &([f64; 3], f64)) -> LinearClassifier {
    LinearClassifier::new(weights.to_vec(), *bias).expect("a classifier")
}

fn question(covariance: Covariance, cases: Vec<(usize, Case)>) -> SmoothedQuestion {
    let prior = Prior::new(PRIOR).expect("a prior");
    let task = LinearTask::new(MEAN.to_vec(), covariance, prior).expect("a task");
    SmoothedQuestion::new(&task, &SHIFT, &WEIGHTS.each_ref().map(classifier), cases)
        .expect("a question")
}

fn diagonal() -> Covariance {
    Covariance::diagonal(VARIANCES.to_vec()).expect("variances")
}

fn full() -> Covariance {
    let rows = [[1.0, 0.25, 0.5], [0.25, 0.25, 0.0], [0.5, 0.0, 4.0]];
    Covariance::full(&rows.map(|row| row.to_vec())).expect("a covariance")
}

fn count_at(q: &SmoothedQuestion, seed: u64, samples: u64, level: Level) -> Vec<CaseCounts> {
    let drawing = Drawing { level, ..Drawing::new(seed, samples, VotesBy::Draws) };
    let sampler = q.clone().sampler(&drawing);
    let tally =
        sampler.count(0..samples.div_ceil(sampler.batch()), &|_| ()).expect("never stopped");
    assert!(sampler.is_possible(&tally, samples));
    q.counts(&tally)
}

fn count(question: &SmoothedQuestion, seed: u64, samples: u64) -> Vec<CaseCounts> {
    count_at(question, seed, samples, Level::best())
}

/// Three normals of each lane: two steps of the stream, of which the last normal is not used.
fn three(stream: &mut Stream) -> ([[f32; 3]; LANES], [u32; LANES]) {
    let rows = [0, 1].map(|_| (stream.step(), stream.step()));
    let of = |lane: usize| {
        let [(a, b), (c, _)] =
            rows.map(|(radius, angle)| pair::<Hardware>(radius[lane], angle[lane]));
        [a, b, c]
    };
    (std::array::from_fn(of), rows[0].0)
}

/// The first batch, one sample, one case, one answer and one coordinate after the other.
fn literal(cases: &[(usize, Case)], seed: u64, samples: usize) -> Vec<CaseCounts> {
    let stream = |purpose| Stream::new(seed, 0, purpose);
    let mut data = stream(Purpose::SmoothedData);
    let mut streams = [Purpose::SmoothedSelection, Purpose::SmoothedAnswers].map(stream);
    let empty = |(_, case): &(usize, Case)| CaseCounts {
        certified: vec![0; case.bars.len()],
        ..CaseCounts::default()
    };
    let mut counts: Vec<CaseCounts> = cases.iter().map(empty).collect();
    for start in (0..samples).step_by(LANES) {
        let (high, low) = (data.step(), data.step());
        let (z, coins) = three(&mut data);
        // As many answers of a kind as the longest case asks for.
        let drawn: [Vec<_>; 2] = [10, 101]
            .into_iter()
            .zip(&mut streams)
            .map(|(most, stream)| (0..most).map(|_| three(stream).0).collect())
            .collect::<Vec<Vec<_>>>()
            .try_into()
            .expect("two kinds");
        for lane in 0..LANES.min(samples - start) {
            let bits = u64::from(high[lane]) << 21 | u64::from(low[lane] >> 11);
            let plus = (bits as f64) < PRIOR * (1_u64 << 53) as f64;
            let y = if plus { 1.0 } else { -1.0 };
            let x: [f64; 3] =
                std::array::from_fn(|i| y * MEAN[i] + VARIANCES[i].sqrt() * f64::from(z[lane][i]));
            for ((base, case), counts) in cases.iter().zip(&mut counts) {
                let (w, b) = WEIGHTS[*base];
                let length = w.iter().map(|w| w * w).sum::<f64>().sqrt();
                let says = |theta: [f64; 3]| {
                    let dot = (0..3).map(|i| w[i] * (x[i] + theta[i])).sum::<f64>();
                    (dot + b) / length
                };
                let signed = says(SHIFT);
                let ups = |kind: usize, count: u32| {
                    let theta = |e: &[f32; 3]| {
                        std::array::from_fn(|i| SHIFT[i] + case.sigma * f64::from(e[i]))
                    };
                    let drawn = drawn[kind].iter().take(count as usize);
                    drawn.filter(|lanes| says(theta(&lanes[lane])) > 0.0).count() as u64
                };
                let Answers::Finite(number) = case.n else {
                    if (signed > 0.0) != plus {
                        counts.wrong += 1;
                        continue;
                    }
                    counts.right += 1;
                    for (certified, bar) in counts.certified.iter_mut().zip(&case.bars) {
                        *certified += u64::from(signed.abs() >= bar.radius);
                    }
                    continue;
                };
                let up = ups(1, number.get());
                let majority = |up: u64, of: u32| 2 * up > u64::from(of);
                let (selected, level) = match case.procedure {
                    Procedure::Predict => (majority(up, number.get()), 0.5 * case.alpha),
                    Procedure::Certify(Answers::Limit) => (signed > 0.0, case.alpha),
                    Procedure::Certify(Answers::Finite(n0)) => {
                        let first = ups(0, n0.get());
                        let tie = 2 * first == u64::from(n0.get());
                        let says =
                            if tie { coins[lane] & 1 == 1 } else { majority(first, n0.get()) };
                        (says, case.alpha)
                    }
                };
                let count = if selected { up } else { u64::from(number.get()) - up };
                if count < least_count(number.get(), 0.5, level) {
                    continue;
                }
                if selected != plus {
                    counts.wrong += 1;
                    continue;
                }
                counts.right += 1;
                for (certified, bar) in counts.certified.iter_mut().zip(&case.bars) {
                    let least = least_count(number.get(), bar.miss, case.alpha);
                    *certified += u64::from(count >= least);
                }
            }
        }
    }
    counts
}

#[test]
fn the_vectorised_loop_is_the_literal_one() {
    for samples in [1, 16, 37, 500] {
        let found = count(&question(diagonal(), cases()), 5, samples);
        assert_eq!(found, literal(&cases(), 5, samples as usize));
    }
}

#[test]
fn counts_depend_on_the_question_alone() {
    let question = question(full(), cases());
    let known = count(&question, 7, 1000);
    for level in Level::available() {
        assert_eq!(count_at(&question, 7, 1000, level), known, "{}", level.name());
    }
    // Batch by batch, in any order.
    let samples = 3 * question.batch() + 5;
    let sampler = question.clone().sampler(&Drawing::new(7, samples, VotesBy::Draws));
    let mut total = vec![0; sampler.tally_len()];
    for batch in (0..4).rev() {
        let more = sampler.count(batch..batch + 1, &|_| ()).expect("never stopped");
        engine::sampler::add(&mut total, &more);
    }
    assert_eq!(question.counts(&total), count(&question, 7, samples));
}

/// Vectors longer than a block of normals are drawn in parts, and the parts are those of one vector: a classifier that looks at
/// the last coordinate alone sees a noise of its own.
#[test]
fn long_vectors_are_drawn_in_parts() {
    let d = 1001;
    let task = LinearTask::new(vec![0.0; d], Covariance::scalar(1e-20).unwrap(), Prior::HALF);
    let mut weights = [vec![0.0; d], vec![1.0; d]];
    weights[0][d - 1] = 2.0;
    let rules = weights.map(|w| LinearClassifier::new(w, 0.0).expect("a classifier"));
    let cases = [0, 1].map(|base| (base, case(1.0, Procedure::Predict, n(20), 0.5))).to_vec();
    let question =
        SmoothedQuestion::new(&task.expect("a task"), &vec![0.0; d], &rules, cases).unwrap();
    let counts = count(&question, 3, 20_000);
    // P[at least 13 of 20 fair coins]: the two-sided test at ½ rejects from 13 on.
    let known = 0.131_587_982_177_734_38;
    for counts in &counts {
        for count in [counts.right, counts.wrong] {
            // 20 000 samples: five standard deviations are 0.012, α = 6e-7.
            let share = count as f64 / 20_000.0;
            assert!((share - known).abs() < 0.012, "{share}");
        }
    }
    assert_ne!(counts[0], counts[1]);
}

#[test]
fn a_batch_of_many_answers_is_short_and_can_be_given_up() {
    let long = case(1.0, Procedure::Certify(n(100)), n(100_000_000), 0.001);
    let question = question(full(), vec![(0, long)]);
    assert_eq!(question.batch(), LANES as u64);
    struct Stops;
    impl Monitor for Stops {
        fn counted(&self, _: u64) {}
        fn stop(&self) -> bool {
            true
        }
    }
    let sampler = question.sampler(&Drawing::new(1, 1_000_000, VotesBy::Draws));
    assert_eq!(sampler.count(0..100, &Stops), None);
}

#[test]
fn impossible_questions_are_refused_by_name() {
    let task = LinearTask::new(MEAN.to_vec(), diagonal(), Prior::HALF).expect("a task");
    let rules = WEIGHTS.each_ref().map(classifier);
    let refused = |shift: &[f64], rules: &[LinearClassifier], cases: Vec<(usize, Case)>| {
        SmoothedQuestion::new(&task, shift, rules, cases).expect_err("refused").to_string()
    };
    assert!(refused(&[0.0], &rules, cases()).starts_with("length of shift = 1 "));
    assert!(refused(&SHIFT, &rules[..1], cases()).starts_with("classifier of cases[1] = 1 "));
    let short = [LinearClassifier::new(vec![1.0], 0.0).unwrap()];
    assert!(
        refused(&SHIFT, &short, cases()).starts_with("length of the weights of classifiers[0]")
    );
    let bad = case(1.0, Procedure::Predict, n(5), 0.7);
    assert!(refused(&SHIFT, &rules, vec![(0, bad)]).starts_with("alpha of cases[0] = 0.7 "));
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "smoothed.csv"].iter().collect()
}

fn answers() -> String {
    let mut text = String::from(
        "# Golden counts of certificates in d dimensions. Changing these is a value-breaking change: raise STREAM_VERSION and\n\
         # say why in the CHANGELOG. Written by `cargo test -p gauss-sim-engine smoothed::regenerate -- --ignored`.\n\
         covariance,seed,samples,case,right,wrong,certified\n",
    );
    for (name, covariance) in [("diagonal", diagonal()), ("full", full())] {
        let question = question(covariance, cases());
        for (seed, samples) in [(1, 5000), (2, 1003)] {
            for (case, counts) in count(&question, seed, samples).iter().enumerate() {
                let certified: Vec<String> = counts.certified.iter().map(u64::to_string).collect();
                let (right, wrong, certified) = (counts.right, counts.wrong, certified.join(" "));
                writeln!(text, "{name},{seed},{samples},{case},{right},{wrong},{certified}")
                    .expect("a string takes all");
            }
        }
    }
    text
}

#[test]
fn the_counts_are_the_golden_ones() {
    assert_eq!(answers(), fs::read_to_string(file()).expect("tests/golden/smoothed.csv"));
}

#[test]
#[ignore = "writes tests/golden/smoothed.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    fs::write(file(), answers()).expect("tests/golden/smoothed.csv");
}
