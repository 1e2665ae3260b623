//! Training from outside: the rates of the limit laws, what is promised of threads, and golden numbers.
//!
//! Statistical tests have a fixed seed and an α of 1e-6 each (4.9 standard errors), plus what theory says
//! of the bias at this N.

use engine::sampler::Sampler;
use engine::training::data::Source;
use engine::training::sampler::{Learned, Repetitions};
use engine::training::sgd::Settings;
use engine::training::study::{Method, Outcome, Study, defenses};
use engine::training::{logistic, zero_one};
use proptest::prelude::*;
use task::spec::Word;
use task::{Defense, Task};
use theory::learning::{CHERNOFF_VARIANCE, logistic_spread, sgd_floor, zero_one_spread};

const SGD: Settings = Settings { learning_rate: 0.1, batch_size: 32, epochs: 2 };

fn study(methods: &[Method], sigmas: &[f64], sizes: &[usize]) -> Study {
    Study {
        task: Task::default(),
        defenses: defenses(1.0, sigmas).unwrap(),
        sizes: sizes.to_vec(),
        methods: methods.to_vec(),
        sgd: SGD,
        seed: 1,
    }
}

/// What every learner of a study finds in so many repetitions.
fn run(study: &Study, repetitions: u64) -> Vec<(Outcome, Learned)> {
    let tally =
        Repetitions::new(study.clone(), repetitions).count(0..repetitions, &|_| ()).unwrap();
    study.outcomes().into_iter().zip(study.learned(&tally)).collect()
}

fn learned((_, learned): &(Outcome, Learned)) -> Vec<f64> {
    learned.thresholds.iter().map(|found| found.unwrap()).collect()
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

/// 4.9 relative standard errors of a standard deviation of n values with this kurtosis.
fn tolerance(n: usize, kurtosis: f64) -> f64 {
    4.9 * ((kurtosis - 1.0) / (4.0 * n as f64)).sqrt()
}

/// The kurtosis of Chernoff's distribution, from its density.
const CHERNOFF_KURTOSIS: f64 = 2.838_275;

/// At N = 20 000, k̂ − shift is of the order of t = 0.08·(units of s): the next terms of the risk and of
/// the density are t² smaller, so 1 % is allowed for them; the gap between inputs, 3e-4, is nothing
/// beside it.
#[test]
fn the_fewest_errors_follow_chernoff_s_law() {
    let study = study(&[Method::ZeroOne], &[0.5, 1.0], &[20_000]);
    for cell in run(&study, 1000) {
        let values = learned(&cell);
        let (mean, sd) = moments(&values);
        let spread = zero_one_spread(&study.task, &cell.0.defense).unwrap() / 20_000_f64.cbrt();
        let allowed = 0.01 + tolerance(values.len(), CHERNOFF_KURTOSIS);
        assert!((sd / spread - 1.0).abs() < allowed, "{sd} instead of {spread} ± {allowed}");
        // unbiased by symmetry, up to ties in length
        assert!((mean - 1.0).abs() < 4.9 * spread / (values.len() as f64).sqrt(), "{mean}");
        // The law, not only its variance: 90 % lie within the 95 % quantile (Groeneboom and Wellner
        // 2001), 0.845081; the density there moves the share by 1 % for 1 % of the scale.
        let within = 0.845_081 / CHERNOFF_VARIANCE.sqrt() * spread;
        let share = values.iter().filter(|k| (*k - 1.0).abs() <= within).count() as f64
            / values.len() as f64;
        let allowed = 0.01 + 4.9 * (0.09 / values.len() as f64).sqrt();
        assert!((share - 0.9).abs() < allowed, "{share}");
    }
}

/// Its rate: from N = 500 to 16 000, 32 times as many. The larger bias, at
/// N = 500 (t = 0.27, t² about 7 %), is allowed for, and the sampling error of both.
#[test]
fn the_fewest_errors_have_a_cube_root_rate() {
    let study = study(&[Method::ZeroOne], &[1.0], &[500, 16_000]);
    let cells = run(&study, 1000);
    let [(_, few), (_, many)] = [0, 1].map(|index| moments(&learned(&cells[index])));
    let power = (few / many).ln() / 32_f64.ln();
    let allowed = (0.07 + 1.5 * tolerance(1000, CHERNOFF_KURTOSIS)) / 32_f64.ln();
    assert!((power - 1.0 / 3.0).abs() < allowed, "{power} ± {allowed}");
    assert!(allowed < 0.08, "tells 1/3 from 1/2");
}

/// The bias of the standard deviation is of the order of 1/N of it: nothing here.
#[test]
fn logistic_regression_follows_its_information() {
    let study = study(&[Method::Logistic], &[0.3, 1.0, 3.0], &[4000]);
    for cell in run(&study, 1000) {
        let values = learned(&cell);
        let (mean, sd) = moments(&values);
        let spread = logistic_spread(&study.task, &cell.0.defense).unwrap() / 4000_f64.sqrt();
        let allowed = 0.002 + tolerance(values.len(), 3.0);
        assert!((sd / spread - 1.0).abs() < allowed, "{sd} instead of {spread} ± {allowed}");
        assert!((mean - 1.0).abs() < 4.9 * spread / (values.len() as f64).sqrt(), "{mean}");
    }
}

/// Where the learning rate is constant, sgd stops short: the formula of [`sgd_floor`]. In one epoch every
/// example is new, so that N adds nothing: the slower of the two directions forgets within 350 of the
/// 2500 steps (curvature 0.072). The next order in η times the greater curvature (0.45) is 1 %.
#[test]
fn sgd_keeps_the_noise_of_its_learning_rate() {
    let mut study = study(&[Method::Sgd], &[1.0], &[20_000]);
    study.sgd = Settings { learning_rate: 0.04, batch_size: 8, epochs: 1 };
    let cells = run(&study, 800);
    let values = learned(&cells[1]);
    let (mean, sd) = moments(&values);
    let floor = sgd_floor(&study.task, &study.defenses[0], 0.04, 8.0).unwrap();
    assert!((floor - 0.005_f64.sqrt()).abs() < 1e-15, "the slope 2·mean/s² is 1");
    let allowed = 0.02 + tolerance(values.len(), 3.0);
    assert!((sd / floor - 1.0).abs() < allowed, "{sd} instead of {floor} ± {allowed}");
    assert!((mean - 1.0).abs() < 0.02, "{mean}");
    assert!(learned(&cells[0]).iter().all(|k| *k == 0.0));
}

#[test]
fn no_number_depends_on_the_threads() {
    let study = study(Method::ALL, &[0.0, 1.0], &[64, 1000]);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&study, 12))
    };
    assert_eq!(on(1), on(3));
}

/// To the last bit, on any machine.
#[test]
fn the_thresholds_are_the_golden_ones() {
    let cells = run(&study(Method::ALL, &[1.0], &[200]), 2);
    let found: Vec<String> = cells
        .iter()
        .map(|cell| format!("{} {:?} {:?}", cell.0.method.word(), cell.0.epoch, learned(cell)))
        .collect();
    assert_eq!(found, GOLDEN);
}

const GOLDEN: [&str; 5] = [
    "zero-one None [1.3112840596586466, 0.9486036002635956]",
    "logistic None [1.0644213489355951, 1.0203823711566355]",
    "sgd Some(0) [0.0, 0.0]",
    "sgd Some(1) [0.11293656068833055, 0.12080865411049864]",
    "sgd Some(2) [0.22017307381796894, 0.22783005026826447]",
];

/// Each repetition says once that it is done, and the work is that of all learners.
#[test]
fn every_repetition_is_accounted_for() {
    let study = study(Method::ALL, &[0.5, 1.0], &[10, 100]);
    let done = std::sync::atomic::AtomicU64::new(0);
    let _ = Repetitions::new(study.clone(), 7).count(0..7, &|repetitions| {
        done.fetch_add(repetitions, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(done.into_inner(), 7);
    assert_eq!(study.work(7).unwrap(), 2 * 110 * 7 * (1 + 1 + 2));
    assert_eq!(study.outcomes().len(), 2 * 2 * (1 + 1 + 3));
}

proptest! {
    /// Reflected at c with the classes exchanged, the data are as good, and the best threshold is
    /// reflected, too.
    #[test]
    fn learners_know_no_left_and_right(seed in any::<u64>(), size in 20_usize..200, c in -3.0_f64..3.0) {
        let (task, defense) = (Task::default(), Defense::new(1.0, 1.0).unwrap());
        let mut examples = Source { task, defense, seed }.draw(0, size);
        let mut mirrored = examples.clone();
        for example in &mut mirrored {
            (example.x, example.y) = (2.0 * c - example.x, -example.y);
        }
        if let (Ok(one), Ok(other)) = (logistic::fit(&examples), logistic::fit(&mirrored)) {
            prop_assert!((one.slope - other.slope).abs() < 1e-9 * one.slope.abs(), "{:?} {:?}", one, other);
            prop_assert!((one.intercept + 2.0 * c * one.slope + other.intercept).abs() < 1e-8 * (1.0 + one.slope.abs()));
        }
        let (one, other) = (zero_one::minimise(&mut examples), zero_one::minimise(&mut mirrored));
        prop_assert_eq!(one.errors, other.errors);
        prop_assert_eq!(one.intervals.len(), other.intervals.len());
        if let (Ok(one), Ok(other)) = (one.threshold(), other.threshold()) {
            prop_assert!((one + other - 2.0 * c).abs() < 1e-12, "{} {}", one, other);
        }
    }
}
