//! The robust optimum against searches that know nothing of it, and how long a large one takes.

use gauss_sim_theory::linear::{Enclosure, Length, Projection, robust_optimum};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearTask, Rule};
use task::{DrawProtocol, Eps, Prior, Votes};

fn eps(value: f64) -> Eps {
    Eps::new(value).unwrap()
}

/// w·μ − ε‖w‖_q over ‖w‖_Σ, from the public interface alone.
fn quotient(task: &LinearTask, norm: Norm, eps: Eps, w: &[f64]) -> f64 {
    let classifier = LinearClassifier::new(w.to_vec(), 0.0).unwrap();
    let found = Projection::new(task, None, &classifier, norm, Votes::ONE).unwrap();
    let (mean, noise) = (found.margin.task().mean(), found.margin.task().data_std());
    (mean - eps.get() * found.cost) / noise
}

/// A random task: numbers for a mean, a covariance, a norm, a budget as a share of ‖μ‖_p.
fn random() -> impl Strategy<Value = (LinearTask, Norm, Eps)> {
    let norm = prop_oneof![
        Just(1.0),
        Just(2.0),
        Just(f64::INFINITY),
        Just(1.5),
        Just(3.0),
        1.01..20.0_f64,
        Just(200.0)
    ];
    let normal = || -1.0..1.0_f64;
    let shape = prop_oneof![Just(0), Just(1), Just(2), Just(2)];
    let sizes = (prop::collection::vec(normal(), 6), prop::collection::vec(normal(), 36));
    (2_usize..=6, sizes, norm, 0.001..0.999_f64, shape, -7.0..0.0_f64, -6.0..6.0_f64, 0.1..0.9_f64)
        .prop_map(|(d, (mean, a), p, share, shape, ridge, unit, prior)| {
            let (unit, ridge) = (10_f64.powf(unit), 10_f64.powf(ridge));
            let mean: Vec<f64> = mean[..d].iter().map(|m| unit * m + 1e-3 * unit).collect();
            let row = |i: usize| &a[6 * i..6 * i + d];
            let entry = |i: usize, j: usize| -> f64 {
                let (i, j) = (i.max(j), i.min(j));
                row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum::<f64>()
                    + if i == j { ridge } else { 0.0 }
            };
            let covariance = match shape {
                0 => Covariance::scalar(0.5 + a[0].abs()),
                1 => Covariance::diagonal((0..d).map(|i| 0.01 + a[i].abs()).collect()),
                _ => Covariance::full(
                    &(0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect::<Vec<_>>(),
                ),
            };
            let norm = Norm::new(p).unwrap();
            let budget = eps(share * norm.of(&mean));
            let prior = if prior < 0.5 { 0.5 } else { prior };
            let prior = Prior::new(prior).unwrap();
            (LinearTask::new(mean, covariance.unwrap(), prior).unwrap(), norm, budget)
        })
}

/// The greatest E(w) that a search by coordinates and random directions finds from a start.
fn climb(value: &impl Fn(&[f64]) -> f64, mut w: Vec<f64>, directions: &[Vec<f64>]) -> f64 {
    let (mut best, mut size) = (value(&w), 0.5);
    while size > 1e-6 {
        let mut gained = false;
        for direction in directions {
            for sign in [size, -size] {
                let scale = Norm::MAX.of(&w);
                let next: Vec<f64> =
                    w.iter().zip(direction).map(|(w, v)| w + sign * scale * v).collect();
                if Norm::MAX.of(&next) > 0.0 && value(&next) > best {
                    (best, w, gained) = (value(&next), next, true);
                }
            }
        }
        if !gained {
            size *= 0.5;
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// No start leads a search beyond the upper bound, no move of the data below the lower one, and
    /// the two are close.
    #[test]
    fn the_optimum_is_not_beaten((task, norm, eps) in random(), seeds in prop::collection::vec(-1.0..1.0_f64, 72)) {
        let d = task.dimension();
        let found = robust_optimum(&task, norm, eps).unwrap();
        let Enclosure { lower, upper } = found.distance;
        // measured: 2.5e-12
        prop_assert!(found.distance.gap() <= 1e-11 * upper, "{:?}", found);
        let value = |w: &[f64]| quotient(&task, norm, eps, w);
        let mut directions: Vec<Vec<f64>> =
            (0..d).map(|i| (0..d).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        directions.extend(seeds.chunks(6).map(|c| c[..d].to_vec()));
        let mut top = 0.0_f64;
        for start in seeds.chunks(6).take(6) {
            top = top.max(climb(&value, start[..d].to_vec(), &directions));
        }
        prop_assert!(top <= upper, "{} beats {:?}", top, found);
        let Rule::Linear(best) = &found.rule else { return Err(TestCaseError::fail("constant")) };
        prop_assert!(climb(&value, best.weights().to_vec(), &directions) <= upper);

        // D(z) through a task whose mean is μ − z: its own unattacked optimum
        for part in seeds.chunks(6) {
            let length = norm.of(&part[..d]);
            let z = part[..d].iter().map(|z| z * eps.get() / length);
            let mean: Vec<f64> = task.mean().iter().zip(z).map(|(m, z)| m - z).collect();
            let other = LinearTask::new(mean, task.covariance().clone(), task.prior()).unwrap();
            let there = robust_optimum(&other, norm, Eps::ZERO).unwrap();
            prop_assert!(there.distance.upper >= lower, "{:?} {:?}", there, found);
        }

        // the accuracy is what the classifier reaches, and its bias is the best one
        let reached = |bias: f64| {
            let c = LinearClassifier::new(best.weights().to_vec(), bias).unwrap();
            let p = Projection::new(&task, None, &c, norm, Votes::ONE).unwrap();
            p.accuracies(DrawProtocol::Same, eps).unwrap().adversarial.value
        };
        let at_best = reached(best.bias());
        prop_assert!(at_best <= found.accuracy.upper + 1e-14);
        // the projection rounds w·μ and ε‖w‖_q apart, and Φ has the slope φ(0) at most
        let size = (lower + eps.get() * 8.0) / lower.max(1e-300);
        prop_assert!(at_best >= found.accuracy.lower - 1e-14 * size, "{} {:?}", at_best, found);
        for factor in [0.9, 1.1] {
            let worse = best.bias() * factor;
            prop_assert!(reached(worse) <= at_best + 1e-14);
        }
    }
}

/// How long d = 1000 takes: cargo test -p gauss-sim-theory --test linear_search -- --ignored --nocapture
#[test]
#[ignore = "a measurement, some seconds"]
fn a_thousand_dimensions() {
    let d = 1000;
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 2f64.powi(53) - 0.5
    };
    let mean: Vec<f64> = (0..d).map(|_| next()).collect();
    let factors: Vec<Vec<f64>> = (0..d).map(|_| (0..20).map(|_| next()).collect()).collect();
    let rows: Vec<Vec<f64>> = (0..d)
        .map(|i| {
            let dot =
                |j: usize| factors[i].iter().zip(&factors[j]).map(|(a, b)| a * b).sum::<f64>();
            (0..d).map(|j| dot(j) + if i == j { 0.3 } else { 0.0 }).collect()
        })
        .collect();
    let start = std::time::Instant::now();
    let full = Covariance::full(&rows).unwrap();
    let task = LinearTask::new(mean.clone(), full, Prior::HALF).unwrap();
    println!("made and checked: {:?}", start.elapsed());
    let diagonal = Covariance::diagonal((0..d).map(|i| rows[i][i]).collect()).unwrap();
    let plain = LinearTask::new(mean, diagonal, Prior::HALF).unwrap();
    for p in [1.0, 1.5, 2.0, 3.0, f64::INFINITY] {
        let norm = Norm::new(p).unwrap();
        let eps = eps(0.3 * norm.of(task.mean()));
        for (name, task) in [("diagonal", &plain), ("full", &task)] {
            let start = std::time::Instant::now();
            let found = robust_optimum(task, norm, eps).unwrap();
            let gap = found.distance.gap() / found.distance.upper;
            println!("{name} p = {p}: {:?}, gap {gap:e}, {:?}", start.elapsed(), found.method);
        }
    }
}

/// Budgets and norms at the ends of the doubles: the enclosures stay true, and nothing is lost where
/// another norm or no attack at all is near.
#[test]
fn the_ends_of_the_range() {
    let full = Covariance::full(&[vec![1.0, 0.6], vec![0.6, 2.0]]).unwrap();
    let plain = Covariance::diagonal(vec![1.0, 2.0]).unwrap();
    for covariance in [full, plain] {
        for unit in [1e-15, 1.0, 1e15] {
            let mean = vec![0.8 * unit, -0.3 * unit];
            let task = LinearTask::new(mean, covariance.clone(), Prior::HALF).unwrap();
            let unattacked = robust_optimum(&task, Norm::TWO, Eps::ZERO).unwrap().distance.upper;
            for p in
                [1.0, 1.0 + 1e-12, 1.0001, 1.01, 1.5, 2.0, 3.0, 150.0, 1e6, 1e300, f64::INFINITY]
            {
                for share in [1e-320, 1e-200, 1e-20, 1e-9, 0.3, 0.9] {
                    let norm = Norm::new(p).unwrap();
                    let eps = eps((share * unit * 0.8).min(1e15));
                    let found = robust_optimum(&task, norm, eps).unwrap();
                    let Enclosure { lower, upper } = found.distance;
                    assert!(lower <= upper && upper.is_finite(), "{p} {share} {unit}: {found:?}");
                    assert!(upper <= unattacked * (1.0 + 1e-13), "{p} {share} {unit}: {found:?}");
                    // d^(1/p) − 1, the distance of two norms, at p = 1e6 and 1 + 1e-6 is 7e-7
                    assert!(found.distance.gap() <= 1e-6 * upper, "{p} {share} {unit}: {found:?}");
                    if share <= 1e-20 {
                        assert!(
                            lower >= unattacked * (1.0 - 1e-13),
                            "{p} {share} {unit}: {found:?}"
                        );
                    }
                }
            }
        }
    }
}
