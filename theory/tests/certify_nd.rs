//! Randomized smoothing in d dimensions: against 20 digits, and what training with noise adds.

use gauss_sim_theory::certify::{Certifier, Outcomes, critical, projected, true_radius_accuracy};
use gauss_sim_theory::linear::{budget_of_noise, robust_optimum, trained};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::certify::Answers;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{Eps, Norm, Prior};

use crate::common::{double, oracle, table};

fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map(double).collect()
}

fn rule(task: &LinearTask, noise: &LinearDefense) -> LinearClassifier {
    match trained(task, noise).unwrap() {
        Rule::Linear(classifier) => classifier,
        Rule::Constant(class) => panic!("constant {class}"),
    }
}

#[test]
fn rows_match_the_oracle() {
    let rows = table(&oracle().join("certify_nd.csv"));
    assert_eq!(rows.len(), 5);
    for row in &rows {
        let (mean, shift) = (numbers(&row[0]), numbers(&row[2]));
        let [prior, tau, sigma] = [3, 4, 5].map(|i: usize| double(&row[i]));
        let [n0, n] = [6, 7].map(|i: usize| Answers::new(double(&row[i]) as u64).unwrap());
        let (alpha, radius) = (double(&row[8]), double(&row[9]));
        let entries: Vec<Vec<f64>> =
            numbers(&row[1]).chunks(mean.len()).map(<[f64]>::to_vec).collect();
        let covariance = Covariance::full(&entries).unwrap();
        let task = LinearTask::new(mean, covariance, Prior::new(prior).unwrap()).unwrap();
        let noise = LinearDefense::new(shift, Covariance::scalar(tau * tau).unwrap()).unwrap();
        let smoothed = projected(&task, noise.mean(), &rule(&task, &noise), sigma).unwrap();
        let [(_, plus), (_, minus)] = smoothed.classes();
        for (found, text) in [plus, minus, smoothed.task().data_std()].into_iter().zip(&row[10..]) {
            // Some roundings of numbers near 1.
            assert!((found - double(text)).abs() < 2e-15, "{row:?}: {found}");
        }
        let Answers::Finite(count) = n else { panic!("finite") };
        assert_eq!(critical(count.get(), alpha, radius / sigma).unwrap().to_string(), row[13]);
        let certifier = Certifier::new(&smoothed, n0, n, alpha);
        let Outcomes { right, wrong, abstain } = certifier.answers();
        let truth = true_radius_accuracy(&smoothed, radius);
        let found = [certifier.certified(radius), right, wrong, abstain, truth];
        for (found, text) in found.into_iter().zip(&row[14..]) {
            // The demand is 1e-12; the bound is that of a margin that is known exactly, to which its roundings come.
            let error = (found.value - double(text)).abs();
            assert!(error <= found.error + 4e-15, "{row:?}: {found:?} {error:e}");
        }
        let optimal = budget_of_noise(&task, tau * tau).unwrap();
        assert!((optimal - double(&row[19])).abs() < 1e-14, "{row:?}: {optimal}");
    }
}

/// Independent coordinates, d of them, a scale of the noise of training, and a prior.
fn tasks() -> impl Strategy<Value = (LinearTask, f64)> {
    let of = |d: usize| {
        let means = prop::collection::vec(-2.0..2.0f64, d);
        let variances = prop::collection::vec(0.01..4.0f64, d);
        (means, variances, 0.05..0.95f64, -2.0..1.0f64)
    };
    prop::sample::select(vec![1, 2, 3, 20, 1000]).prop_flat_map(of).prop_map(
        |(mean, variances, prior, tau)| {
            let covariance = Covariance::diagonal(variances).unwrap();
            let task = LinearTask::new(mean, covariance, Prior::new(prior).unwrap()).unwrap();
            (task, 10f64.powf(tau))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(61), ..ProptestConfig::default() })]

    /// Trained with τ, the smoothed classifier is the robust optimum at τ²‖w‖, whatever sigma is, and nowhere more than it;
    /// what finitely many answers certify is less.
    #[test]
    fn training_reaches_the_optimum((task, tau) in tasks(), sigma in -1.0..1.0f64, other in 0.0..3.0f64) {
        let d = task.dimension();
        let noise = LinearDefense::new(vec![0.5; d], Covariance::scalar(tau * tau).unwrap()).unwrap();
        let smoothed = projected(&task, noise.mean(), &rule(&task, &noise), 10f64.powf(sigma)).unwrap();
        let best = |radius: f64| robust_optimum(&task, Norm::TWO, Eps::new(radius).unwrap()).unwrap().accuracy;
        let radius = budget_of_noise(&task, tau * tau).unwrap();
        let reached = true_radius_accuracy(&smoothed, radius).value;
        // The enclosure is some 1e-13 wide, and a thousand coordinates lie far from the boundary: 1e-12.
        prop_assert!((best(radius).lower - 1e-12..=best(radius).upper + 1e-12).contains(&reached), "{reached} {:?}", best(radius));
        let elsewhere = true_radius_accuracy(&smoothed, other).value;
        prop_assert!(elsewhere <= best(other).upper + 1e-12, "{elsewhere} {:?}", best(other));
        let n = Answers::new(500).unwrap();
        let certified = Certifier::new(&smoothed, Answers::new(20).unwrap(), n, 0.001).certified(radius);
        prop_assert!(certified.value <= reached + certified.error + 1e-15);
    }
}
