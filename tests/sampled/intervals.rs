//! Clopper–Pearson intervals of the engine's own counts cover the exact values as often as they say.

use gauss_sim::check::{clopper_pearson, p_value};
use rayon::prelude::*;
use task::{Eps, Stage};
use theory::accuracy::Profile;

use super::support::{count, margin, question, task, voted};
use super::{ALPHA, STATISTICAL_TESTS};

const RUNS: u64 = 2000;
const SAMPLES: u64 = 500;
const CONFIDENCE: f64 = 0.95;
const EPS: f64 = 0.5;

/// 2000 runs (seeds in a row) of 500 samples, four stages, clean and robust accuracy. Nominal is a
/// lower limit; with 500 samples the exact intervals cover about 96 %.
#[test]
fn intervals_cover_at_their_nominal_rate() {
    let task = task(1.0, 1.0);
    let stages = [Stage::Undefended, Stage::Defended { threshold: 0.0 }, Stage::Trained, voted(11)];
    let margins: Vec<_> = stages.iter().map(|&stage| margin(task, 1.0, 1.0, stage)).collect();
    let exact: Vec<(f64, f64)> = margins
        .iter()
        .map(|margin| {
            let exact = Profile::new(margin).at(Eps::new(EPS).expect("a budget"));
            (exact.clean.value, exact.robust.value)
        })
        .collect();
    let ask = question(task, margins, &[EPS]);
    let covered = (0..RUNS)
        .into_par_iter()
        .map(|seed| {
            let counts = count(&ask, seed, SAMPLES);
            let covers = |successes, trials, p| {
                let interval = clopper_pearson(successes, trials, CONFIDENCE).expect("trials");
                u64::from(interval.contains(p))
            };
            let stages = counts.margins.iter().zip(&exact);
            stages
                .flat_map(|(counts, &(clean, robust))| {
                    let (correct, above) =
                        (counts.clean_correct(), counts.adversarial_correct()[0]);
                    [covers(correct, SAMPLES, clean), covers(above, correct, robust)]
                })
                .collect()
        })
        .reduce(|| vec![0; 8], |a: Vec<u64>, b| a.iter().zip(b).map(|(a, b)| a + b).collect());
    let level = ALPHA / STATISTICAL_TESTS / covered.len() as f64;
    for (i, covered) in covered.into_iter().enumerate() {
        let rate = covered as f64 / RUNS as f64;
        // At least nominal: not significantly below. And not absurdly wide.
        let p = if rate < CONFIDENCE { p_value(covered, RUNS, CONFIDENCE, 0.0) } else { 1.0 };
        assert!(p >= level, "quantity {i} of {:?}: covered {rate}", stages[i / 2]);
        let four_sd = 4.0 * (CONFIDENCE * (1.0 - CONFIDENCE) / RUNS as f64).sqrt();
        assert!(rate >= CONFIDENCE - four_sd && rate < 0.985, "quantity {i}: covered {rate}");
    }
}
