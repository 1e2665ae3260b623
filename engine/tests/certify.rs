//! Randomized smoothing, simulated: golden counts, a literal simulation in plain loops, and the promise that counts depend on
//! the question alone.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::support::batch_by_batch;
use engine::VotesBy;
use engine::certify::{Bar, Case, CaseCounts, CertifyQuestion, Procedure, least_count};
use engine::dispatch::{Hardware, Level};
use engine::normal::pair;
use engine::sampler::{Drawing, Sampler};
use engine::stream::{LANES, Purpose, Stream};
use task::certify::Answers;
use task::{Prior, Task};

const MEAN: f64 = 1.0;
const DATA_STD: f64 = 0.8;
const OFFSET: f64 = 0.25;
const PRIOR: f64 = 0.375;

fn n(number: u64) -> Answers {
    Answers::new(number).expect("a number of answers")
}

/// Few and many, odd and even answers, several noises, both procedures, and the limits.
fn cases() -> Vec<Case> {
    // Φ(−r/sigma) at r/sigma = 0, ½ and 2.
    let misses = [0.5, 0.308_537_538_725_986_9, 0.022_750_131_948_179_21];
    let case = |sigma: f64, procedure, count, alpha| Case {
        sigma,
        procedure,
        n: count,
        alpha,
        bars: [0.0, 0.5, 2.0]
            .iter()
            .zip(misses)
            .map(|(r, miss)| Bar { radius: r * sigma, miss })
            .collect(),
    };
    vec![
        case(1.0, Procedure::Certify(n(10)), n(101), 0.01),
        case(0.5, Procedure::Certify(n(10)), n(64), 0.01),
        case(1.0, Procedure::Certify(n(1)), n(7), 0.1),
        case(2.0, Procedure::Certify(Answers::Limit), n(64), 0.5),
        case(1.0, Procedure::Predict, n(64), 0.05),
        case(0.5, Procedure::Predict, Answers::Limit, 0.05),
        case(1.0, Procedure::Certify(n(10)), Answers::Limit, 0.01),
        case(1.0, Procedure::Certify(n(100)), n(5), 0.001),
    ]
}

fn question(cases: Vec<Case>) -> CertifyQuestion {
    let task = Task::new(MEAN, DATA_STD).expect("a task");
    CertifyQuestion::new(task, Prior::new(PRIOR).expect("a prior"), OFFSET, cases)
        .expect("a question")
}

fn count_at(question: &CertifyQuestion, seed: u64, samples: u64, level: Level) -> Vec<CaseCounts> {
    let drawing = Drawing { level, ..Drawing::new(seed, samples, VotesBy::Draws) };
    let sampler = question.clone().sampler(&drawing);
    let tally =
        sampler.count(0..samples.div_ceil(sampler.batch()), &|_| ()).expect("never stopped");
    assert!(sampler.is_possible(&tally, samples));
    question.counts(&tally)
}

fn count(question: &CertifyQuestion, seed: u64, samples: u64) -> Vec<CaseCounts> {
    count_at(question, seed, samples, Level::best())
}

/// The normals of a lane, in the order in which answers use them.
struct Answering {
    stream: Stream,
    drawn: Vec<[f32; LANES]>,
}

impl Answering {
    fn get(&mut self, index: usize) -> [f32; LANES] {
        while self.drawn.len() <= index {
            let (radius, angle) = (self.stream.step(), self.stream.step());
            let of = |lane: usize| pair::<Hardware>(radius[lane], angle[lane]);
            self.drawn.push(std::array::from_fn(|lane| of(lane).0));
            self.drawn.push(std::array::from_fn(|lane| of(lane).1));
        }
        self.drawn[index]
    }
}

/// The first batch, one sample, one case and one answer after the other.
fn literal(cases: &[Case], seed: u64, samples: usize) -> Vec<CaseCounts> {
    let stream = |purpose| Stream::new(seed, 0, purpose);
    let mut data = stream(Purpose::CertifyData);
    let mut streams = [Purpose::CertifySelection, Purpose::CertifyAnswers].map(stream);
    let empty =
        |case: &Case| CaseCounts { certified: vec![0; case.bars.len()], ..CaseCounts::default() };
    let mut counts: Vec<CaseCounts> = cases.iter().map(empty).collect();
    // As many answers of a kind as the longest case asks for; an odd last one leaves its partner unused.
    let most = [10, 101];
    for start in (0..samples).step_by(LANES) {
        let (class, radius, angle) = (data.step(), data.step(), data.step());
        let mut answering = [0, 1].map(|kind| {
            let mut answering = Answering { stream: streams[kind].clone(), drawn: Vec::new() };
            answering.get(most[kind] - 1);
            streams[kind] = answering.stream.clone();
            answering
        });
        for lane in 0..LANES.min(samples - start) {
            let plus = f64::from(class[lane]) < PRIOR * 4_294_967_296.0;
            let y = if plus { 1.0 } else { -1.0 };
            let z = f64::from(pair::<Hardware>(radius[lane], angle[lane]).0);
            let signed = y * MEAN + DATA_STD * z + OFFSET;
            for (case, counts) in cases.iter().zip(&mut counts) {
                let mut ups = |kind: usize, count: u32| {
                    let above = |i: &u32| {
                        answering[kind].get(*i as usize)[lane] > (-signed / case.sigma) as f32
                    };
                    (0..count).filter(above).count() as u64
                };
                let says = signed > 0.0;
                let (selected, count) = match (case.n, case.procedure) {
                    (Answers::Limit, _) => (says, None),
                    (Answers::Finite(n), Procedure::Predict) => {
                        let up = ups(1, n.get());
                        let selected = 2 * up > u64::from(n.get());
                        (selected, Some(if selected { up } else { u64::from(n.get()) - up }))
                    }
                    (Answers::Finite(n), Procedure::Certify(n0)) => {
                        let selected = match n0 {
                            Answers::Limit => says,
                            Answers::Finite(n0) => {
                                let twice = 2 * ups(0, n0.get());
                                let tie = twice == u64::from(n0.get());
                                if tie {
                                    radius[lane] & 1 == 1
                                } else {
                                    twice > u64::from(n0.get())
                                }
                            }
                        };
                        let up = ups(1, n.get());
                        (selected, Some(if selected { up } else { u64::from(n.get()) - up }))
                    }
                };
                let level =
                    if case.procedure == Procedure::Predict { 0.5 } else { 1.0 } * case.alpha;
                let least = |miss: f64, level: f64| match case.n {
                    Answers::Finite(n) => least_count(n.get(), miss, level),
                    Answers::Limit => 0,
                };
                if count.is_some_and(|count| count < least(0.5, level)) {
                    continue;
                }
                if selected != plus {
                    counts.wrong += 1;
                    continue;
                }
                counts.right += 1;
                for (certified, bar) in counts.certified.iter_mut().zip(&case.bars) {
                    *certified += u64::from(match count {
                        Some(count) => count >= least(bar.miss, case.alpha),
                        None => signed.abs() >= bar.radius,
                    });
                }
            }
        }
    }
    counts
}

#[test]
fn the_vectorised_loop_is_the_literal_one() {
    // The last case asks for 100 answers to select, which the literal loop leaves out.
    let cases = cases()[..7].to_vec();
    for samples in [1, 16, 37, 500] {
        assert_eq!(
            count(&question(cases.clone()), 5, samples),
            literal(&cases, 5, samples as usize)
        );
    }
}

#[test]
fn counts_depend_on_the_question_alone() {
    let question = question(cases());
    let known = count(&question, 7, 3000);
    for level in Level::available() {
        assert_eq!(count_at(&question, 7, 3000, level), known, "{}", level.name());
    }
    // Batch by batch, in any order.
    let drawing = Drawing::new(7, 200_000, VotesBy::Draws);
    let sampler = question.clone().sampler(&drawing);
    let total = batch_by_batch(&sampler, 200_000);
    assert_eq!(question.counts(&total), count(&question, 7, 200_000));
}

/// A case alone has the counts that it has among others that ask for other numbers of answers.
#[test]
fn cases_do_not_change_each_other() {
    let few = cases()[2].clone();
    let most = Case { n: n(101), ..few.clone() };
    let together = count(&question(vec![few.clone(), most.clone()]), 3, 16);
    assert_eq!(together[0], count(&question(vec![few]), 3, 16)[0]);
    assert_eq!(together[1], count(&question(vec![most]), 3, 16)[0]);
}

/// How likely so many or more events among `samples` are, at most, whose probability is `rate` or less: Chernoff's bound.
fn at_most(count: u64, samples: u64, rate: f64) -> f64 {
    let share = count as f64 / samples as f64;
    if share <= rate {
        return 1.0;
    }
    let rest = if share < 1.0 { (1.0 - share) * ((1.0 - share) / (1.0 - rate)).ln() } else { 0.0 };
    (-(samples as f64) * (share * (share / rate).ln() + rest)).exp()
}

/// A certificate is false where it is for the wrong class, or of a radius that the sample does not have. All samples lie just inside
/// the radius that is asked for, where that is likeliest. Each case fails with 1e-6 if its rate is α.
#[test]
fn false_certificates_are_rarer_than_alpha() {
    let samples = 200_000;
    for (radius, n0, count, alpha, miss) in [
        (0.0, 1, 11, 0.01, 0.5),
        (0.5, 10, 100, 0.001, 0.308_537_538_725_986_9),
        (0.5, 100, 400, 0.05, 0.308_537_538_725_986_9),
        (2.0, 5, 200, 0.02, 0.022_750_131_948_179_21),
    ] {
        let inside = Task::new(radius * (1.0 - 1e-6), 1e-9).expect("a task");
        let bars = vec![Bar { radius, miss }];
        let procedure = Procedure::Certify(n(n0));
        let case = Case { sigma: 1.0, procedure, n: n(count), alpha, bars };
        let question = CertifyQuestion::new(inside, Prior::PLUS, 0.0, vec![case]).unwrap();
        let CaseCounts { wrong, certified, .. } = &count_one(&question, samples);
        let failures = certified[0] + wrong;
        let chance = at_most(failures, samples, alpha);
        assert!(chance > 1e-6, "{radius} {count} {alpha}: {failures} of {samples}, {chance:e}");
        // And α is not a number that nobody comes near: the counts are whole, so that some of it is lost.
        assert!(failures as f64 > 0.2 * alpha * samples as f64, "{radius}: {failures}");
    }
}

fn count_one(question: &CertifyQuestion, samples: u64) -> CaseCounts {
    count(question, 16, samples).swap_remove(0)
}

#[test]
fn a_batch_of_many_answers_is_short_and_can_be_given_up() {
    let case = Case { n: n(100_000_000), ..cases()[0].clone() };
    let question = question(vec![case]);
    assert_eq!(question.batch(), LANES as u64);
    struct Stops;
    impl engine::sampler::Monitor for Stops {
        fn counted(&self, _: u64) {}
        fn stop(&self) -> bool {
            true
        }
    }
    let sampler = question.sampler(&Drawing::new(1, 1_000_000, VotesBy::Draws));
    assert_eq!(sampler.count(0..100, &Stops), None);
}

#[test]
fn impossible_cases_are_refused_by_name() {
    let refused = |case: Case| {
        CertifyQuestion::new(Task::default(), Prior::HALF, 0.0, vec![case])
            .expect_err("refused")
            .to_string()
    };
    let good = || cases()[0].clone();
    assert!(refused(Case { sigma: 0.0, ..good() }).starts_with("sigma of cases[0] = 0 "));
    assert!(refused(Case { alpha: 0.7, ..good() }).starts_with("alpha of cases[0] = 0.7 "));
    let bars = vec![Bar { radius: 1.0, miss: f64::NAN }];
    assert!(refused(Case { bars, ..good() }).starts_with("miss of cases[0] = NaN "));
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "certify.csv"].iter().collect()
}

fn answers() -> String {
    let mut text = String::from(
        "# Golden counts of certificates. Changing these is a value-breaking change: raise STREAM_VERSION and say why\n\
         # in the CHANGELOG. Written by `cargo test -p gauss-sim-engine certify::regenerate -- --ignored`.\n\
         seed,samples,case,right,wrong,certified\n",
    );
    for (seed, samples) in [(1, 20_000), (2, 5003)] {
        for (case, counts) in count(&question(cases()), seed, samples).iter().enumerate() {
            let certified: Vec<String> = counts.certified.iter().map(u64::to_string).collect();
            let (right, wrong, certified) = (counts.right, counts.wrong, certified.join(" "));
            writeln!(text, "{seed},{samples},{case},{right},{wrong},{certified}")
                .expect("a string takes all");
        }
    }
    text
}

#[test]
fn the_counts_are_the_golden_ones() {
    assert_eq!(answers(), fs::read_to_string(file()).expect("tests/golden/certify.csv"));
}

#[test]
#[ignore = "writes tests/golden/certify.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    fs::write(file(), answers()).expect("tests/golden/certify.csv");
}
