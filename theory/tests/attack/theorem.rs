//! No classifier, random or not, is right more often than the optimum on inputs that are moved blindly.

use super::{eot, gains, of};
use gauss_sim_theory::attack::optimum;
use gauss_sim_theory::linear::robust_optimum;
use gauss_sim_theory::math::normal::{cdf, pdf};
use gauss_sim_theory::math::quadrature::integrate;
use proptest::prelude::*;
use task::attack::{AttackKind, Attacker, GainScope, Judge, Start};
use task::linear::{Covariance, LinearTask};
use task::{DrawProtocol, Eps, Norm, Prior};

/// A response curve π(x) = P[+ | x] of bumps and steps of either sign, kept in [0, 1].
#[derive(Debug, Clone)]
struct Curve(f64, Vec<(f64, f64, f64)>);

impl Curve {
    fn at(&self, x: f64) -> f64 {
        let steps = self.1.iter().map(|(height, place, width)| height * cdf((x - place) / width));
        (self.0 + steps.sum::<f64>()).clamp(0.0, 1.0)
    }
}

fn curve() -> impl Strategy<Value = Curve> {
    let step = (-1.0..1.5f64, -3.0..3.0f64, 0.02..2.0f64);
    (-0.5..0.5f64, prop::collection::vec(step, 1..5)).prop_map(|(floor, steps)| Curve(floor, steps))
}

/// E π(y·x moved) of both classes, one dimension.
fn accuracy(curve: &Curve, mean: f64, eps: f64, both: bool) -> f64 {
    let breaks: Vec<f64> = (-36..=36).map(|i| f64::from(i) / 4.0).collect();
    let right = |z: f64, y: f64, moved: f64| {
        let pi = curve.at(y * (mean + z - moved));
        if y > 0.0 { pi } else { 1.0 - pi }
    };
    let f = |z: f64| {
        let of = |y: f64| {
            let clean = if both { right(z, y, 0.0) } else { 1.0 };
            clean * right(z, y, eps)
        };
        pdf(z) * 0.5 * (of(1.0) + of(-1.0))
    };
    integrate(f, &breaks, 1e-12).value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// In one dimension, for any response curve, by draws of its own: and the product with the clean accuracy, too.
    #[test]
    fn no_response_curve_exceeds_it(curve in curve(), mean in -2.0..2.0f64, eps in 0.0..2.5f64) {
        let best = optimum(&[mean], 1.0, 1, Eps::new(eps).unwrap()).value;
        // the blind move goes towards the other class, and no further than to the middle
        let move_by = eps.min(mean.abs()) * mean.signum();
        let attacked = accuracy(&curve, mean, move_by, false);
        let (clean, both) = (accuracy(&curve, mean, 0.0, false), accuracy(&curve, mean, move_by, true));
        prop_assert!(attacked <= best + 1e-9, "{attacked} {best}");
        let robust = both / clean.max(1e-300);
        prop_assert!(robust * clean <= best + 1e-9);
    }

    /// In d dimensions, for finite mixtures of linear classifiers behind random affine maps, in three norms.
    #[test]
    fn no_mixture_of_linear_classifiers_exceeds_it(
        mean in prop::collection::vec(-1.5..1.5f64, 3),
        factor in prop::collection::vec(prop::collection::vec(-1.0..1.0f64, 3), 3),
        maps in prop::collection::vec((0.01..1.0f64, prop::collection::vec(-2.0..2.0f64, 4), 0.0..1.0f64), 1..6),
        eps in 0.01..1.0f64,
        norm in prop::sample::select(vec![Norm::ONE, Norm::TWO, Norm::MAX]),
    ) {
        let entry = |i: usize, j: usize| {
            let product: f64 = (0..3).map(|k| factor[i][k] * factor[j][k]).sum();
            product + if i == j { 0.3 } else { 0.0 }
        };
        let rows: Vec<Vec<f64>> = (0..3).map(|i| (0..3).map(|j| entry(i.min(j), i.max(j))).collect()).collect();
        let covariance = Covariance::full(&rows).unwrap();
        let task = LinearTask::new(mean.clone(), covariance, Prior::HALF).unwrap();
        let found = robust_optimum(&task, norm, Eps::new(eps).unwrap()).unwrap();
        let whole: f64 = maps.iter().map(|map| map.0).sum();
        // each map with its classifier is sgn(w·x + b + noise)
        let right: f64 = maps.iter().map(|(share, w, noise)| {
            let reach: f64 = (0..3).map(|i| w[i] * (mean[i] - found.shift[i])).sum();
            let square: f64 = (0..3).map(|i| (0..3).map(|j| w[i] * w[j] * rows[i][j]).sum::<f64>()).sum();
            let scale = (square + noise * noise).sqrt().max(1e-9);
            share / whole * 0.5 * (cdf((reach + w[3]) / scale) + cdf((reach - w[3]) / scale))
        }).sum();
        prop_assert!(right <= found.accuracy.upper + 1e-12, "{right} {:?}", found.accuracy);
    }

    /// In ℓ∞ with independent coordinates it is the robust optimum of the linear room.
    #[test]
    fn it_is_the_robust_optimum(mean in prop::collection::vec(-2.0..2.0f64, 1..6), std in 0.1..3.0f64, eps in 0.0..1.5f64) {
        let covariance = Covariance::diagonal(vec![std * std; mean.len()]).unwrap();
        let task = LinearTask::new(mean.clone(), covariance, Prior::HALF).unwrap();
        let eps = Eps::new(eps).unwrap();
        let other = robust_optimum(&task, Norm::MAX, eps).unwrap().accuracy;
        let found = optimum(&mean, std, 1, eps);
        prop_assert!((found.value - other.middle()).abs() < 1e-13, "{found:?} {other:?}");
    }

    /// On every row: robust × clean ≤ optimum where the attack is at least as strong as the blind move.
    #[test]
    fn rows_conserve(
        defense in prop::sample::select(vec!["add", "scale=0.5", "scale=3", "drop=0.5", "drop=0.9", "flip=0.2", "list=-1:0.6;4:0.4"]),
        d in 1u64..40, mean in 0.05..1.0f64, share in 0.0..1.0f64, sigma in prop::sample::select(vec![0.0, 0.7]),
        shared in any::<bool>(), draws in prop::sample::select(vec![DrawProtocol::Same, DrawProtocol::Fresh]),
    ) {
        let scope = if shared { GainScope::Shared } else { GainScope::Coordinates };
        let attacker = Attacker { kind: AttackKind::Optimum, start: Start::Zero, judge: Judge::Final, ..eot(mean * share, 0, 1, 1.0) };
        let found = of(gains(defense, d, mean, sigma, scope), draws, attacker);
        let best = found.optimum.unwrap().value;
        let adversarial = found.rates.adversarial.unwrap();
        prop_assert!(adversarial.value <= best + adversarial.error, "{adversarial:?} {best}");
        if let (Ok(robust), Ok(clean)) = (found.rates.robust, found.rates.clean) {
            let product = robust.value * clean.value;
            prop_assert!(product <= best + robust.error + clean.error, "{robust:?} {clean:?} {best}");
        }
    }
}
