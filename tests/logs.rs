//! Logs of the program's own tasks, drawn with rand: estimates without bias, intervals that cover, fits that find the
//! parameters, a test that finds other families, a comparison that keeps its level.

use gauss_sim::check::betting::{Values, blocks, p_value, ratio};
use gauss_sim::experiment::Experiment;
use gauss_sim::experiments::logs::{FileName, KIND, Logs, LogsSpec};
use gauss_sim::run::{Answer, Plan, answer};
use gauss_sim::table::Row;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Binomial, Distribution, Normal};
use task::range::Count;
use theory::logs::CountTable;
use theory::logs::probit::fit;
use theory::math::normal;

/// Values in blocks, in their order.
fn in_blocks(values: &[(f64, f64)]) -> Vec<Vec<Values>> {
    let block = |range: std::ops::Range<usize>| {
        let of = |&(part, whole): &(f64, f64)| Values { part, whole, samples: 1 };
        values[range].iter().map(of).collect()
    };
    blocks(values.len()).into_iter().map(block).collect()
}

/// At most this many misses of `runs` at a rate of α: five standard deviations.
fn most(runs: u32, alpha: f64) -> f64 {
    let runs = f64::from(runs);
    runs * alpha + 5.0 * (runs * alpha * (1.0 - alpha)).sqrt()
}

/// Seed 1, confidence 0.9, 1500 runs each: at most 10 % miss, by five standard deviations; also where all values are 0 or 1.
#[test]
fn betting_intervals_cover() {
    let mut rng = StdRng::seed_from_u64(1);
    for samples in [3, 40, 400] {
        for (m, p, spread) in [
            (1, 0.5, 0.0),
            (1, 0.02, 0.0),
            (5, 0.3, 0.2),
            (20, 0.95, 0.05),
            (20, 0.0, 0.0),
            (20, 1.0, 0.0),
        ] {
            let mut missed = 0;
            let runs = 1500;
            for _ in 0..runs {
                let draw = |rng: &mut StdRng| {
                    let p = p + spread * if rng.random::<bool>() { 1.0 } else { -1.0 };
                    (Binomial::new(m, p).unwrap().sample(rng) as f64 / m as f64, 1.0)
                };
                let values: Vec<(f64, f64)> = (0..samples).map(|_| draw(&mut rng)).collect();
                let found = ratio(&in_blocks(&values), 0.9).unwrap();
                assert!(0.0 <= found.low && found.low <= found.value);
                assert!(found.value <= found.high && found.high <= 1.0);
                missed += u32::from(!(found.low..=found.high).contains(&p));
            }
            assert!(f64::from(missed) <= most(runs, 0.1), "{samples} {m} {p}: {missed}");
        }
    }
}

/// An interval is not much wider than a normal one, a tenth of the widest at the edges, and the same for values one by one as for
/// how many there are of each.
#[test]
fn betting_intervals_are_narrow() {
    let mut rng = StdRng::seed_from_u64(2);
    let values: Vec<(f64, f64)> = (0..4000)
        .map(|_| (Binomial::new(10, 0.3).unwrap().sample(&mut rng) as f64 / 10.0, 1.0))
        .collect();
    let found = ratio(&in_blocks(&values), 0.95).unwrap();
    let normal = 2.0 * 1.96 * (0.3 * 0.7 / 10.0 / 4000.0_f64).sqrt();
    assert!(found.high - found.low < 1.6 * normal, "{} {normal}", found.high - found.low);
    for (value, width) in [(0.0, 0.02), (1.0, 0.02)] {
        let found = ratio(&in_blocks(&vec![(value, 1.0); 4000]), 0.95).unwrap();
        assert!(found.high - found.low < width && found.value == value, "{found:?}");
    }
    assert!(ratio(&[], 0.95).is_none() && ratio(&in_blocks(&[(0.0, 0.0)]), 0.95).is_none());
    assert!(ratio(&in_blocks(&values), 1.0).is_none());
    let once: Vec<Vec<Values>> = in_blocks(&values)
        .into_iter()
        .map(|block| {
            (0..=10)
                .map(|k| {
                    let value = f64::from(k) / 10.0;
                    let samples = block.iter().filter(|v| v.part == value).count() as u64;
                    Values::of_mean(value, samples)
                })
                .collect()
        })
        .collect();
    let other = ratio(&once, 0.95).unwrap();
    assert!((other.low - found.low).abs() < 1e-9 && (other.high - found.high).abs() < 1e-9);
    // The interval and the p-value are of one test.
    for expected in [found.low, found.high] {
        assert!((p_value(&once, expected, 0.05) - 0.05).abs() < 1e-6);
    }
}

/// A ratio of two means, seed 3, confidence 0.9, 1500 runs.
#[test]
fn ratios_are_covered_by_inversion() {
    let mut rng = StdRng::seed_from_u64(3);
    for (samples, p, r) in
        [(20, 0.7, 0.6), (300, 0.2, 0.9), (300, 0.9, 0.05), (100, 0.5, 1.0), (100, 0.5, 0.0)]
    {
        let (mut missed, runs) = (0, 1500);
        for _ in 0..runs {
            let values: Vec<(f64, f64)> = (0..samples)
                .map(|_| {
                    let whole: u64 = Binomial::new(8, p).unwrap().sample(&mut rng);
                    let part: u64 = Binomial::new(whole, r).unwrap().sample(&mut rng);
                    (part as f64 / 8.0, whole as f64 / 8.0)
                })
                .collect();
            let Some(found) = ratio(&in_blocks(&values), 0.9) else { continue };
            missed += u32::from(!(found.low..=found.high).contains(&r));
        }
        assert!(f64::from(missed) <= most(runs, 0.1), "{samples} {p} {r}: {missed}");
    }
}

/// The counts of a task's samples.
fn counts(rng: &mut StdRng, samples: u32, draws: [u32; 2], [a, b, e]: [f64; 3]) -> CountTable {
    let law = Normal::new(a, b).unwrap();
    let cell = |_| {
        let t = law.sample(rng);
        let [clean, attacked] = [(draws[0], t), (draws[1], t - e)]
            .map(|(m, t)| Binomial::new(m.into(), normal::cdf(t)).unwrap().sample(rng) as u32);
        (clean, attacked, 1)
    };
    CountTable::new(draws[0], draws[1], (0..samples).map(cell).collect()).unwrap()
}

/// Seeds 4 to 103: parameters within 95 % intervals in 95 % of logs, and p-values below 0.05 in 5 %, by five standard deviations.
#[test]
fn fits_find_the_task_and_the_test_keeps_its_level() {
    for (draws, task) in [([8, 6], [1.0, 1.0, 0.5]), ([20, 20], [0.3, 0.6, 0.2])] {
        let (mut missed, mut rejected, runs) = (0, 0, 100);
        for seed in 0..runs {
            let mut rng = StdRng::seed_from_u64(4 + u64::from(seed));
            let found = fit(&counts(&mut rng, 1500, draws, task)).expect("a fit");
            for (i, value) in [found.mean, found.data_std, found.eps].into_iter().enumerate() {
                missed += u32::from((value - task[i]).abs() > 1.96 * found.standard_errors[i]);
            }
            rejected += u32::from(found.goodness.expect("a test").p_value < 0.05);
        }
        assert!(f64::from(missed) <= most(3 * runs, 0.05), "{draws:?}: {missed}");
        assert!(f64::from(rejected) <= most(runs, 0.05), "{draws:?}: {rejected}");
    }
}

/// A mixture of two points, with the mean and the spread of a task.
#[test]
fn the_fit_test_rejects_a_mixture_of_two_points() {
    let mut rng = StdRng::seed_from_u64(5);
    let draws = [12, 12];
    let cell = |_| {
        let t = if rng.random::<bool>() { 2.0 } else { 0.0 };
        let [clean, attacked] = [t, t - 0.5]
            .map(|t| Binomial::new(12, normal::cdf(t)).unwrap().sample(&mut rng) as u32);
        (clean, attacked, 1)
    };
    let table = CountTable::new(draws[0], draws[1], (0..2000).map(cell).collect()).unwrap();
    let test = fit(&table).expect("a fit").goodness.expect("a test");
    assert!(test.p_value < 1e-8, "{test:?}");
}

/// An array of bytes as numpy.save writes it.
fn npy(
    folder: &std::path::Path,
    name: &str,
    rows: usize,
    columns: Option<usize>,
    data: &[u8],
) -> FileName {
    let shape =
        columns.map_or_else(|| format!("({rows},)"), |columns| format!("({rows}, {columns})"));
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    FileName(path)
}

/// Predictions of a task, as files.
struct Log {
    folder: tempfile::TempDir,
    spec: LogsSpec,
}

impl Log {
    /// Of so many classes; wrong predictions are of any other class.
    fn new(
        seed: u64,
        samples: usize,
        draws: usize,
        [a, b, e]: [f64; 3],
        (classes, paired): (u8, bool),
    ) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let (law, noise) = (Normal::new(a, b).unwrap(), Normal::new(0.0, 1.0).unwrap());
        let (mut labels, mut clean, mut attacked) = (Vec::new(), Vec::new(), Vec::new());
        for sample in 0..samples {
            // The same labels in every log.
            let (t, label) = (law.sample(&mut rng), (sample % usize::from(classes)) as u8);
            labels.push(label);
            for _ in 0..draws {
                let theta = noise.sample(&mut rng);
                let other = if paired { theta } else { noise.sample(&mut rng) };
                let mut say = |right: bool| match right {
                    true => label,
                    false => (label + rng.random_range(1..classes)) % classes,
                };
                clean.push(say(t + theta > 0.0));
                attacked.push(say(t - e + other > 0.0));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let spec = LogsSpec {
            labels: Some(npy(at, "labels.npy", samples, None, &labels)),
            clean: Some(npy(at, "clean.npy", samples, Some(draws), &clean)),
            attacked: Some(npy(at, "attacked.npy", samples, Some(draws), &attacked)),
            paired,
            votes: "1..15:2".parse().unwrap(),
            tries: "1..5".parse().unwrap(),
            ..LogsSpec::default()
        };
        Self { folder, spec }
    }

    fn answer(&self) -> Answer {
        let plan = Plan { samples: Count::of(0).unwrap(), ..Plan::usual(&KIND) };
        answer(Box::new(Logs::new(self.spec.clone()).unwrap()), &plan).unwrap()
    }
}

fn row<'a>(answer: &'a Answer, metric: &str, draws: &str) -> Row<'a> {
    let found = answer.rows().iter().find(|row| {
        row.word("stage") == "defended"
            && row.word("metric") == metric
            && row.word("draws") == draws
    });
    found.unwrap_or_else(|| panic!("no {metric} {draws}"))
}

/// 60 logs of one task with known values, seeds 100 on, 80 % intervals: estimates are right on average to five standard errors, and
/// intervals cover.
#[test]
fn estimates_are_unbiased_and_covered() {
    let (a, b, e, runs) = (0.8_f64, 0.7_f64, 0.6_f64, 60_u32);
    for paired in [false, true] {
        let s = (1.0 + b * b).sqrt();
        let margin =
            task::Margin::new(task::Task::new(a, b).unwrap(), 0.0, 1.0, task::Votes::ONE).unwrap();
        let eps = task::Eps::new(e).unwrap();
        let tries = std::num::NonZeroU32::new(5).unwrap();
        let persistent = theory::fresh::Fresh::persistent(&margin, tries).at(eps);
        let mut known = vec![
            ("clean_accuracy", "", normal::cdf(a / s)),
            ("adversarial_accuracy", "", normal::cdf((a - e) / s)),
            ("robust_accuracy", "fresh", theory::fresh::accuracies(&margin, eps).robust.value),
            ("robust_accuracy", "persistent=5", persistent.robust.value),
            ("adversarial_accuracy", "persistent=5", persistent.adversarial.value),
        ];
        if paired {
            known.push((
                "robust_accuracy",
                "same",
                theory::accuracy::accuracies(&margin, eps).robust.value,
            ));
        }
        let mut sums = vec![(0.0, 0.0); known.len()];
        let mut missed = 0;
        for seed in 0..runs {
            let mut log = Log::new(100 + u64::from(seed), 400, 8, [a, b, e], (2, paired));
            log.spec.confidence = "0.8".parse().unwrap();
            let answer = log.answer();
            for ((metric, draws, expected), sum) in known.iter().zip(&mut sums) {
                let row = row(&answer, metric, draws);
                let off = row.number("estimate") - expected;
                *sum = (sum.0 + off, sum.1 + off * off);
                missed += u32::from(!(row.number("low")..=row.number("high")).contains(expected));
            }
        }
        for ((metric, draws, _), (sum, squares)) in known.iter().zip(sums) {
            let error = squares.sqrt();
            assert!(sum.abs() < 5.0 * error, "{metric} {draws}: {sum} {error}");
        }
        // The metrics of a log are not independent: as if there were one a log.
        assert!(f64::from(missed) <= known.len() as f64 * most(runs, 0.2), "{missed}");
    }
}

/// Two logs of one task: below 0.1 in a tenth of the runs at most, for both tests; and of different tasks both see it.
#[test]
fn comparisons_keep_their_level() {
    let compare = |first: &Log, second: &Log| -> (f64, f64) {
        let path = second.folder.path().join("long.csv");
        std::fs::write(&path, long_form(&second.spec)).unwrap();
        let log = LogsSpec { compare: Some(FileName(path)), ..first.spec.clone() };
        let plan = Plan { samples: Count::of(0).unwrap(), ..Plan::usual(&KIND) };
        let answer = answer(Box::new(Logs::new(log).unwrap()), &plan).unwrap();
        let table = answer.tables.iter().find(|table| table.name == "comparison").unwrap();
        let row = table.iter().find(|row| row.word("metric") == "adversarial_accuracy").unwrap();
        (row.number("sign_p_value"), row.number("p_value"))
    };
    let log = |seed: u64, e: f64| Log::new(seed, 200, 6, [0.5, 1.0, e], (2, false));
    let (runs, mut small) = (60_u32, [0, 0]);
    for seed in 0..u64::from(runs) {
        let (sign, bet) = compare(&log(500 + seed, 0.4), &log(900 + seed, 0.4));
        small[0] += u32::from(sign < 0.1);
        small[1] += u32::from(bet < 0.1);
    }
    for small in small {
        assert!(f64::from(small) <= most(runs, 0.1), "{small}");
    }
    let (sign, bet) = compare(&log(1, 0.2), &log(2, 1.2));
    assert!(sign < 1e-4 && bet < 1e-3, "{sign} {bet}");
}

/// The long form of predictions.
fn long_form(spec: &LogsSpec) -> String {
    let of = |name: &Option<FileName>| {
        let bytes = std::fs::read(&name.as_ref().unwrap().0).unwrap();
        let at = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        bytes[at..].to_vec()
    };
    let labels = of(&spec.labels);
    let mut text = "sample,label,input,draw,prediction\n".to_owned();
    for (input, codes) in [("clean", of(&spec.clean)), ("attacked", of(&spec.attacked))] {
        let draws = codes.len() / labels.len();
        for (i, code) in codes.iter().enumerate() {
            let (sample, draw) = (i / draws, i % draws);
            text += &format!("{sample},{},{input},{draw},{code}\n", labels[sample]);
        }
    }
    text
}

/// What is wrong with logs is said; and nothing of good ones.
#[test]
fn warnings_say_what_is_wrong() {
    let said = |log: &Log| -> Vec<String> {
        let logs = Logs::new(log.spec.clone()).unwrap();
        let exact = logs.exact(&()).unwrap();
        let table = gauss_sim::check::rates::exact_table(&(KIND.schema)(), &exact);
        logs.notes(&table)
    };
    let mut log = Log::new(1, 1000, 16, [1.0, 1.0, 0.8], (2, false));
    assert_eq!(said(&log), Vec::<String>::new());
    log.spec.votes = "1..31:2".parse().unwrap();
    assert!(said(&log)[0].starts_with("warning: 31 votes are asked for and 16 draws are logged"));
    // No attack at all.
    let idle = said(&Log::new(2, 1000, 16, [1.0, 1.0, 0.0], (2, false)));
    assert!(idle.len() == 1 && idle[0].contains("a new draw without any attack"), "{idle:?}");
    let at = log.folder.path();
    let mut rng = StdRng::seed_from_u64(3);
    let labels = vec![1; 1000];
    let columns: Vec<bool> = (0..16).map(|_| rng.random_bool(0.7)).collect();
    let shared: Vec<u8> =
        (0..16_000).map(|i| u8::from(columns[i % 16] != rng.random_bool(0.1))).collect();
    let sticky: Vec<u8> = {
        let mut last = true;
        (0..16_000)
            .map(|_| {
                if rng.random_bool(0.3) {
                    last = rng.random_bool(0.6);
                }
                u8::from(last)
            })
            .collect()
    };
    let fixed: Vec<u8> = (0..16_000).map(|i| u8::from(i / 16 % 3 > 0)).collect();
    log.spec.labels = Some(npy(at, "labels.npy", 1000, None, &labels));
    log.spec.votes = "1..15:2".parse().unwrap();
    for (data, expected) in [
        (shared, "all samples seem to share their draws"),
        (sticky, "neighbouring draws on the clean input are alike more often"),
        (fixed, "all draws on the clean input are right together or wrong together"),
    ] {
        log.spec.clean = Some(npy(at, "clean.npy", 1000, Some(16), &data));
        let found = said(&log);
        assert!(found.iter().any(|line| line.contains(expected)), "{expected}: {found:?}");
    }
}

/// A fit to half of the draws says what the others do, within its own errors and theirs.
#[test]
fn predictions_meet_draws_that_were_held_out() {
    let answer = Log::new(8, 3000, 30, [0.7, 0.8, 0.5], (2, false)).answer();
    let curves = answer.tables.iter().find(|table| table.name == "curves").unwrap();
    let mut seen = 0;
    for row in curves.iter() {
        let (Some(predicted), Some(held)) = (row.maybe("predicted"), row.maybe("held_out")) else {
            continue;
        };
        seen += 1;
        assert!((predicted - held).abs() < 0.03, "{row:?}");
        assert!(row.number("low") <= row.number("estimate"));
    }
    assert!(seen > 20, "{seen}");
}

/// Where both inputs have the same draws, the fit has seen the first half of the clean ones and the second half of the attacked ones:
/// what is held out are the others, by hand.
#[test]
fn what_is_held_out_of_pairs_are_the_other_draws() {
    let log = Log::new(12, 2000, 10, [0.7, 0.8, 0.5], (2, true));
    let answer = log.answer();
    let curves = answer.tables.iter().find(|table| table.name == "curves").unwrap();
    let bytes = |name: &Option<FileName>| {
        let bytes = std::fs::read(&name.as_ref().unwrap().0).unwrap();
        let at = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        bytes[at..].to_vec()
    };
    let labels = bytes(&log.spec.labels);
    for (input, file, held) in
        [("clean", &log.spec.clean, 5..10), ("attacked", &log.spec.attacked, 0..5)]
    {
        let codes = bytes(file);
        let right = |sample: usize| {
            held.clone().filter(|draw| codes[sample * 10 + draw] == labels[sample]).count()
        };
        let known = (0..2000).map(right).sum::<usize>() as f64 / 10_000.0;
        let row = curves.iter().find(|row| {
            row.word("curve") == "tries"
                && row.word("input") == input
                && row.number("number") == 1.0
        });
        let found = row.expect("a row").number("held_out");
        assert!((found - known).abs() < 1e-12, "{input}: {found} {known}");
    }
}

/// Of several classes: the plurality is the majority's at least, and is what drawing subsets by hand says.
#[test]
fn the_plurality_of_several_classes_is_drawn() {
    let answer = Log::new(9, 1500, 15, [0.2, 0.8, 0.5], (5, false)).answer();
    let curves = answer.tables.iter().find(|table| table.name == "curves").unwrap();
    let of = |rule: &str, number: f64| {
        let found = curves.iter().find(|row| {
            row.word("curve") == "votes"
                && row.word("input") == "attacked"
                && row.word("rule") == rule
                && row.number("number") == number
        });
        found.unwrap_or_else(|| panic!("{rule} {number}"))
    };
    for number in [1.0, 5.0, 15.0] {
        let (most, half) = (of("plurality", number), of("majority", number));
        let error = most.number("error");
        assert!((0.0..0.005).contains(&error), "{error}");
        assert!(most.number("estimate") >= half.number("estimate") - 5.0 * error - 1e-12);
    }
    // With one vote both are the share of right draws; with 15 of 5 classes the plurality is well above.
    let [one, half] = [of("plurality", 1.0), of("majority", 1.0)].map(|row| row.number("estimate"));
    assert!((one - half).abs() < 5.0 * of("plurality", 1.0).number("error") + 1e-12);
    let [most, half] =
        [of("plurality", 15.0), of("majority", 15.0)].map(|row| row.number("estimate"));
    assert!(most > half + 0.05, "{most} {half}");
}
