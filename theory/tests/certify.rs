//! Randomized smoothing at finitely many answers: against 20 digits, by hand, and what holds for every question.

use gauss_sim_theory::certify::{
    Certifier, Outcomes, Planned, Want, critical, predict, radius_max, smallest,
    true_radius_accuracy,
};
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::math::normal::{cdf, sf};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::certify::{Answers, Smoothed};
use task::{Prior, Task};

use crate::common::{double, oracle, table};

fn smoothed(mean: f64, data_std: f64, offset: f64, prior: f64, sigma: f64) -> Smoothed {
    let task = Task::new(mean, data_std).unwrap();
    Smoothed::new(task, Prior::new(prior).unwrap(), offset, 0.0, sigma).unwrap()
}

fn usual(sigma: f64) -> Smoothed {
    smoothed(1.0, 1.0, 0.0, 0.5, sigma)
}

fn n(number: u64) -> Answers {
    Answers::new(number).unwrap()
}

#[track_caller]
fn close(found: Bounded, known: f64, what: &dyn std::fmt::Debug) {
    let error = (found.value - known).abs();
    // The demand: 1e-12, and that the bound holds, but for the rounding of the known value to a double.
    assert!(
        error <= found.error + 2.0 * f64::EPSILON * known.abs(),
        "{what:?}: {found:?}, {known}"
    );
    assert!(found.error <= 1e-12, "{what:?}: {found:?}");
}

fn question(row: &[String]) -> (Smoothed, Answers, Answers, f64) {
    let v: Vec<f64> = row[..8].iter().map(|text| double(text)).collect();
    (smoothed(v[0], v[1], v[2], v[3], v[4]), n(v[5] as u64), n(v[6] as u64), v[7])
}

#[test]
fn shares_match_the_oracle() {
    let rows = table(&oracle().join("certify.csv"));
    assert!(rows.len() >= 13);
    for row in &rows {
        let (smoothed, n0, n, alpha) = question(row);
        let radius = double(&row[8]);
        let Answers::Finite(count) = n else { panic!("finite") };
        let found = critical(count.get(), alpha, radius / smoothed.sigma());
        assert_eq!(found.unwrap_or(u64::from(count.get()) + 1).to_string(), row[9], "{row:?}");
        let certifier = Certifier::new(&smoothed, n0, n, alpha);
        let Outcomes { right, wrong, abstain } = certifier.answers();
        let says = predict(&smoothed, n, alpha);
        let found = [
            certifier.certified(radius),
            right,
            wrong,
            abstain,
            says.right,
            says.wrong,
            says.abstain,
        ];
        for (found, text) in found.into_iter().zip(&row[10..]) {
            let known = double(text);
            close(found, known, row);
            // Relative, too, in the tails: 1e-11.
            assert!((found.value - known).abs() <= 1e-11 * known.abs(), "{row:?}: {found:?}");
        }
    }
}

#[test]
fn mean_radii_match_the_oracle() {
    let rows = table(&oracle().join("certify_radius.csv"));
    assert!(rows.len() >= 4);
    for row in &rows {
        let (smoothed, n0, n, alpha) = question(row);
        close(Certifier::new(&smoothed, n0, n, alpha).average_radius(), double(&row[8]), row);
    }
}

/// The values of the note on orientation.
#[test]
fn the_values_for_orientation() {
    let certifier = Certifier::new(&usual(1.0), n(100), n(100), 0.001);
    close(certifier.certified(0.5), 0.511_281_752_558_623, &"certified");
    close(certifier.answers().abstain, 0.192_821_772_422_307, &"abstain");
    close(certifier.abstain_floor(), 0.024_262_489_688_657_1, &"floor");
    let mean = Certifier::new(&usual(1.0), n(100), n(1000), 0.001).average_radius().value;
    assert!((mean - 0.9039).abs() < 5e-5, "{mean}");
    // A constant classifier is right about half of all samples, with the largest radius.
    assert!((0.5 * radius_max(1.0, n(1000), 0.001) - 1.2316).abs() < 5e-5);
    let plan = smallest(&certifier, Want::Radius(4.0));
    assert_eq!((plan.smallest, plan.from), (Some(218_105), Some(218_105)));
    assert!(plan.reached.unwrap().value >= 4.0);
    assert!(radius_max(1.0, n(218_104), 0.001) < 4.0);
}

/// Ten answers at α = 0.001 always abstain in PREDICT, and all ten agreeing are just enough for CERTIFY at 2^−10.
#[test]
fn ties_of_dyadic_levels_count_as_not_above() {
    assert_eq!(critical(10, 2f64.powi(-10), 0.0), Some(10));
    assert_eq!(critical(10, 0.999 * 2f64.powi(-10), 0.0), None);
    assert_eq!(predict(&usual(1.0), n(10), 0.001).abstain, Bounded::exact(1.0));
    for (count, k) in [(3, 2), (5, 5), (40, 27), (52, 30)] {
        let choose = |k: u32| (0..k).fold(1.0, |c, i| c * f64::from(count - i) / f64::from(i + 1));
        let tail: f64 = (k..=count).map(choose).sum::<f64>() * 0.5f64.powi(count as i32);
        assert_eq!(critical(count, tail, 0.0), Some(u64::from(k)), "{count} {k}");
    }
}

#[test]
fn a_mean_radius_of_many_answers_is_the_integral_over_radii() {
    for (count, mean, data_std, sigma) in
        [(20_000, 1.0, 1.0, 1.0), (50_000, 0.3, 0.1, 0.7), (5000, 2.0, 4.0, 0.5)]
    {
        let certifier =
            Certifier::new(&smoothed(mean, data_std, 0.0, 0.5, sigma), n(11), n(count), 0.01);
        let found = certifier.average_radius();
        // ∫ certified(r) dr by midpoints; the steps at each count's radius leave about 1e-5.
        let step = radius_max(sigma, n(count), 0.01) / 400.0;
        let sum: f64 =
            (0..400).map(|i| certifier.certified(step * (f64::from(i) + 0.5)).value * step).sum();
        assert!((found.value - sum).abs() < 1e-4 * found.value, "{found:?} {sum}");
    }
}

#[test]
fn infinitely_many_answers_are_the_limit() {
    for sigma in [0.25, 1.0, 5.0] {
        let smoothed = smoothed(1.0, 0.8, 0.3, 0.4, sigma);
        // Beyond four deviations of the noise even 1e9 answers certify little: the ceiling is near.
        for radius in [0.0, 0.5, 2.0].into_iter().filter(|radius| *radius <= 4.0 * sigma) {
            let known = 0.4 * cdf((1.3 - radius) / 0.8) + 0.6 * cdf((0.7 - radius) / 0.8);
            close(true_radius_accuracy(&smoothed, radius), known, &radius);
            let limit = Certifier::new(&smoothed, n(5), Answers::Limit, 0.001);
            close(limit.certified(radius), known, &radius);
            let many = Certifier::new(&smoothed, Answers::Limit, n(1_000_000_000), 0.001);
            // The loss is of the order of 3/√n of the noise.
            let miss = known - many.certified(radius).value;
            assert!((0.0..2e-3).contains(&miss), "{sigma} {radius}: {miss}");
        }
        if sigma < 5.0 {
            continue; // the ceiling of the radius is among the samples
        }
        let limit = Certifier::new(&smoothed, n(5), Answers::Limit, 0.001).average_radius();
        let many =
            Certifier::new(&smoothed, Answers::Limit, n(1_000_000_000), 0.001).average_radius();
        assert!((limit.value / many.value - 1.0).abs() < 2e-3, "{limit:?} {many:?}");
    }
}

fn asked() -> impl Strategy<Value = (Smoothed, Answers, Answers, f64)> {
    let count = || (0.0..7.0f64).prop_map(|log| n(10f64.powf(log).round() as u64));
    let law = (-2.0..4.0f64, -3.0..2.0f64, -1.0..1.0f64, 0.0..=1.0f64, -6.0..6.0f64);
    (law, count(), count(), -6.0..-0.31f64).prop_map(
        |((mean, std, offset, prior, sigma), n0, n, alpha)| {
            let sigma = 10f64.powf(sigma);
            (smoothed(mean, 10f64.powf(std), offset, prior, sigma), n0, n, 10f64.powf(alpha))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, rng_seed: RngSeed::Fixed(16), ..ProptestConfig::default() })]

    #[test]
    fn outcomes_are_shares_of_all((smoothed, n0, n, alpha) in asked()) {
        let certifier = Certifier::new(&smoothed, n0, n, alpha);
        let certify = certifier.answers();
        for Outcomes { right, wrong, abstain } in [certify, predict(&smoothed, n, alpha)] {
            let total = right.value + wrong.value + abstain.value;
            let error = right.error + wrong.error + abstain.error;
            prop_assert!((total - 1.0).abs() <= error + 1e-15, "{total} ± {error}");
            prop_assert!(error <= 3e-12, "{error}");
        }
        prop_assert_eq!(certifier.certified(0.0), certify.right);
        let floor = certifier.abstain_floor();
        prop_assert!(certify.abstain.value >= floor.value - floor.error - certify.abstain.error);
    }

    /// Certified accuracy falls with the radius, is 0 beyond the largest, and the mean radius is at most that.
    #[test]
    fn certified_accuracy_falls_with_the_radius((smoothed, n0, n, alpha) in asked(), steps in 2..6u32) {
        let certifier = Certifier::new(&smoothed, n0, n, alpha);
        let top = radius_max(smoothed.sigma(), n, alpha);
        let mut last = certifier.certified(0.0);
        for i in 1..=steps {
            let here = certifier.certified(top * f64::from(i) / f64::from(steps) * (1.0 - 1e-9));
            prop_assert!(here.value <= last.value + here.error + last.error, "{:?} {:?}", here, last);
            last = here;
        }
        prop_assert_eq!(certifier.certified(top * (1.0 + 1e-9) + 1e-12 * smoothed.sigma()).value, 0.0);
        let mean = certifier.average_radius();
        prop_assert!(mean.value >= -mean.error && mean.value <= top * (1.0 + 1e-12), "{:?} {}", mean, top);
        prop_assert!(mean.error <= 3e-12 * top + 1e-300, "{:?}", mean);
    }

    /// A certificate is wrong about a sample at most with probability α: also where all lie on the boundary.
    #[test]
    fn certificates_fail_with_probability_alpha_at_most((_, n0, n, alpha) in asked(), radius in 0.0..2.0f64) {
        // The smoothed classifier is wrong at this radius: all samples lie just inside it.
        let law = smoothed(radius * (1.0 - 1e-9), 1e-12, 0.0, 0.5, 1.0);
        let failing = Certifier::new(&law, n0, n, alpha).certified(radius);
        prop_assert!(failing.value <= alpha * (1.0 + 1e-11) + failing.error, "{:?} {}", failing, alpha);
    }
}

fn planned(certifier: &Certifier, want: Want) -> [u32; 2] {
    let Planned { smallest, from, .. } = smallest(certifier, want);
    [smallest.unwrap(), from.unwrap()]
}

/// Every n up to twice what the planner says.
#[test]
fn the_planner_finds_what_trying_all_finds() {
    let cases = [
        (usual(1.0), 100, 0.001, Want::Abstain(0.15)),
        (usual(0.5), 100, 0.01, Want::Abstain(0.05)),
        (smoothed(1.0, 0.5, 0.4, 0.3, 2.0), 31, 0.05, Want::Abstain(0.4)),
        (usual(1.0), 100, 0.001, Want::Loss { radius: 0.5, most: 0.12 }),
        (usual(0.5), 1000, 0.1, Want::Loss { radius: 0.2, most: 0.03 }),
        (usual(1.0), 10, 0.001, Want::Radius(1.5)),
    ];
    for (smoothed, n0, alpha, want) in cases {
        let certifier = Certifier::new(&smoothed, n(n0), n(1), alpha);
        let [smallest, from] = planned(&certifier, want);
        let enough = |count: u32| {
            let certifier = Certifier::new(&smoothed, n(n0), n(count.into()), alpha);
            match want {
                Want::Radius(radius) => {
                    radius_max(smoothed.sigma(), n(count.into()), alpha) >= radius
                }
                Want::Abstain(most) => certifier.answers().abstain.value <= most,
                Want::Loss { radius, most } => {
                    true_radius_accuracy(&smoothed, radius).value
                        - certifier.certified(radius).value
                        <= most
                }
            }
        };
        let all: Vec<bool> = (1..=from + 100).map(enough).collect();
        let first = all.iter().position(|enough| *enough).unwrap() as u32 + 1;
        let last = all.iter().rposition(|enough| !enough).unwrap() as u32 + 1;
        assert_eq!([smallest, from], [first, last + 1], "{want:?}");
        assert!(
            matches!(want, Want::Radius(_)) || smallest < from,
            "a sawtooth: {want:?} {smallest} {from}"
        );
    }
}

#[test]
fn the_planner_says_what_is_impossible() {
    let certifier = Certifier::new(&usual(1.0), n(100), n(1), 0.001);
    let plan = smallest(&certifier, Want::Abstain(0.02));
    assert_eq!((plan.smallest, plan.from), (None, None));
    assert!(plan.limit.value > 0.02);
    let plan = smallest(&certifier, Want::Radius(40.0));
    assert_eq!(plan.smallest, None);
    // By hand: Φ(r)ⁿ ≤ α.
    let by_hand = (0.001f64.ln() / (-sf(2.0)).ln_1p()).ceil();
    assert_eq!(f64::from(planned(&certifier, Want::Radius(2.0))[0]), by_hand);
}
