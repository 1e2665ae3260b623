//! d dimensions, what a program needs: classifiers of unit length, the strength of a shape, constants, one
//! dimension to the last bit, what a vote restores, and the names in messages.

use gauss_sim_theory::linear::{
    Enclosure, Length, Method, Projection, Unit, agreement, angle, bayes, budget_of_noise,
    constant_accuracies, matching_noise, noise_of_budget, robust_optimum, trained,
    vote_restores_bayes,
};
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{Defense, DrawProtocol, Eps, Prior, Stage, Task, Votes};
use task::{EntryError, Norm};

fn linear(rule: &Rule) -> LinearClassifier {
    match rule.unit() {
        Rule::Linear(found) => found,
        Rule::Constant(class) => panic!("always {class}"),
    }
}

fn magnitude(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|e: f64| 10_f64.powf(e))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Fitted in d = 1, brought to unit length and projected back, every stage is the stage of one
    /// dimension, to the last bit of value and error, in every norm and under every protocol.
    #[test]
    fn one_dimension_to_the_last_bit(
        mean in prop_oneof![Just(1.0), 0.01..5.0, magnitude(-4.0, 4.0)],
        noise in prop_oneof![Just(1.0), magnitude(-4.0, 4.0)],
        shift in prop_oneof![Just(1.0), -3.0..3.0, magnitude(-6.0, 6.0)],
        sigma in prop_oneof![Just(0.0), 0.0..3.0, magnitude(-6.0, 4.0)],
        budget in prop_oneof![Just(0.0), 0.0..3.0],
        negative in any::<bool>(),
        shape in 0..3_usize,
    ) {
        let (task, defense) = (Task::new(mean, noise).unwrap(), Defense::new(shift, sigma).unwrap());
        let covariance = |v: f64| match shape {
            0 => Covariance::scalar(v).unwrap(),
            1 => Covariance::diagonal(vec![v]).unwrap(),
            _ => Covariance::full(&[vec![v]]).unwrap(),
        };
        // a class mean below 0 turns the line round: what is fitted is the same seen from the other side
        let side = if negative { -1.0 } else { 1.0 };
        let line = LinearTask::new(vec![side * mean], covariance(noise * noise), Prior::HALF).unwrap();
        let added = LinearDefense::new(vec![side * shift], covariance(1.0)).unwrap().scaled(sigma).unwrap();
        let (fitted, best) = (linear(&trained(&line, &added).unwrap()), linear(&bayes(&line).unwrap()));
        prop_assert_eq!(fitted.weights(), &[side]);
        prop_assert_eq!((best.weights(), best.bias()), (&[side][..], 0.0));
        let eps = Eps::new(budget).unwrap();
        let some = Votes::new(5).unwrap();
        for (stage, votes, classifier, defended) in [
            (Stage::Undefended, Votes::ONE, &best, None),
            (Stage::Defended { threshold: 0.0 }, Votes::ONE, &best, Some(&added)),
            (Stage::Trained, Votes::ONE, &fitted, Some(&added)),
            (Stage::Voted { votes: some }, some, &fitted, Some(&added)),
            (Stage::Voted { votes: Votes::Limit }, Votes::Limit, &fitted, Some(&added)),
        ] {
            let margin = stage.margin(&task, &defense).unwrap();
            for norm in [Norm::ONE, Norm::TWO, Norm::new(3.0).unwrap(), Norm::MAX] {
                let found = Projection::new(&line, defended, classifier, norm, votes).unwrap();
                prop_assert_eq!(found.cost, found.unit);
                for draws in [DrawProtocol::Same, DrawProtocol::Fresh] {
                    let one = Protocol::new(&margin, draws).at(eps);
                    prop_assert_eq!(found.accuracies(draws, eps).unwrap(), one, "{:?} {:?}", stage, norm);
                }
                prop_assert_eq!(
                    found.invariance().unwrap(),
                    gauss_sim_theory::invariance::invariance(&margin)
                );
            }
        }
    }

    /// Where w·m is taken out, nothing is left of it, before and after units change, in any dimension.
    #[test]
    fn what_is_taken_out_is_gone(
        d in 1..6_usize,
        entries in prop::collection::vec(-1.0..1.0_f64, 17),
        scale in magnitude(-6.0, 6.0),
    ) {
        let mean = entries[..d].to_vec();
        let shift: Vec<f64> = entries[5..5 + d].iter().map(|v| scale * v).collect();
        let variances: Vec<f64> = entries[10..10 + d].iter().map(|v| 0.1 + v.abs()).collect();
        let task = LinearTask::new(mean, Covariance::diagonal(variances).unwrap(), Prior::HALF).unwrap();
        let defense = LinearDefense::new(shift, Covariance::scalar(0.3).unwrap()).unwrap();
        let Rule::Linear(found) = trained(&task, &defense).unwrap() else { panic!() };
        let offset = |c: &LinearClassifier| {
            Projection::new(&task, Some(&defense), c, Norm::TWO, Votes::ONE).unwrap().margin.offset()
        };
        prop_assert_eq!(offset(&found), 0.0);
        prop_assert_eq!(offset(&found.unit()), 0.0);
        // what is meant is still seen
        let moved = LinearClassifier::new(found.weights().to_vec(), found.bias() * (1.0 + 1e-14) + 1e-30);
        prop_assert!(d > 1 || offset(&moved.unwrap()) != 0.0);
    }

    #[test]
    fn unit_length(
        weights in prop::collection::vec(-1.0..1.0_f64, 1..8),
        scale in magnitude(-300.0, 300.0),
        bias in -5.0..5.0_f64,
    ) {
        prop_assume!(Norm::MAX.of(&weights) > 1e-3);
        let of = |scale: f64| {
            let w = weights.iter().map(|w| scale * w).collect();
            LinearClassifier::new(w, scale * bias).unwrap()
        };
        let found = of(scale).unit();
        prop_assert!((Norm::TWO.of(found.weights()) - 1.0).abs() <= 4.0 * f64::EPSILON);
        let plain = of(1.0).unit();
        let near = |a: f64, b: f64| (a - b).abs() <= 8.0 * f64::EPSILON * b.abs();
        prop_assert!(near(found.bias(), plain.bias()));
        for (a, b) in found.weights().iter().zip(plain.weights()) {
            prop_assert!(near(*a, *b));
        }
        // the distance of the boundary: the point −bias·w of a unit w lies on it
        let length = Norm::TWO.of(&weights);
        prop_assert!(near(plain.bias(), bias / length));
    }
}

#[test]
fn units_at_the_ends_of_the_doubles() {
    for (weights, bias) in [
        (vec![f64::MAX, f64::MAX], f64::MAX),
        (vec![5e-324, 0.0], 1e300),
        (vec![1e-310, -3e-310], -1e-310),
        (vec![1e308], -1.0),
    ] {
        let found = LinearClassifier::new(weights, bias).unwrap().unit();
        assert!((Norm::TWO.of(found.weights()) - 1.0).abs() <= 1e-15, "{found:?}");
        assert!(found.bias().is_finite() && found.bias().signum() == bias.signum(), "{found:?}");
    }
    assert_eq!(Rule::Constant(-1).unit(), Rule::Constant(-1));
}

#[test]
fn the_strength_of_a_shape() {
    let rows = [vec![2.0, 0.5], vec![0.5, 1.0]];
    let defense = LinearDefense::new(vec![1.0, -2.0], Covariance::full(&rows).unwrap()).unwrap();
    let twice = defense.scaled(2.0).unwrap();
    assert_eq!(twice.mean(), defense.mean());
    assert_eq!([0, 1].map(|j| twice.covariance().entry(1, j)), [2.0, 4.0]);
    assert_eq!(defense.scaled(1.0).unwrap(), defense);
    assert_eq!(defense.scaled(0.0).unwrap().covariance().entry(0, 0), 0.0);
    for shape in [Covariance::scalar(3.0).unwrap(), Covariance::diagonal(vec![3.0; 2]).unwrap()] {
        let found = LinearDefense::new(vec![0.0; 2], shape).unwrap().scaled(0.5).unwrap();
        assert_eq!(found.covariance().variances(2), Some(vec![0.75; 2]));
    }
    assert!(
        LinearDefense::new(vec![0.0], Covariance::scalar(1.0).unwrap())
            .unwrap()
            .scaled(1e15)
            .is_ok()
    );
    for (sigma, text) in [
        (-1.0, "sigma = -1 is not possible: a number from 0 to 1e15"),
        (f64::NAN, "sigma = NaN is not possible: a number from 0 to 1e15"),
        (1e16, "sigma = 10000000000000000 is not possible: a number from 0 to 1e15"),
        (1e15, "sigma = 1000000000000000 is not possible: at most 7.07"),
    ] {
        let found = defense.scaled(sigma).unwrap_err().to_string();
        assert!(found.starts_with(text), "{found}");
    }
}

#[test]
fn constants_are_right_as_often_as_their_class() {
    for (prior, class, clean) in [(0.5, 1, 0.5), (0.3, 1, 0.3), (0.3, -1, 0.7), (1.0, 1, 1.0)] {
        let found = constant_accuracies(Prior::new(prior).unwrap(), class);
        assert!((found.clean.value - clean).abs() <= 1e-16 && found.clean.error <= 1e-16);
        assert_eq!(found.clean, found.adversarial);
        assert_eq!((found.robust.value, found.robust.error), (1.0, 0.0));
        assert_eq!((found.attack_success_rate.value, found.attack_success_rate.error), (0.0, 0.0));
    }
    for (prior, class) in [(Prior::PLUS, -1), (Prior::MINUS, 1)] {
        let found = constant_accuracies(prior, class);
        assert_eq!((found.clean.value, found.clean.error), (0.0, 0.0));
        assert_eq!((found.robust.value, found.robust.error), (0.5, 0.5));
        assert_eq!((found.attack_success_rate.value, found.attack_success_rate.error), (0.5, 0.5));
    }
    // as the best rule of a task whose classes are the same
    let task =
        LinearTask::new(vec![0.0; 2], Covariance::scalar(1.0).unwrap(), Prior::new(0.2).unwrap());
    let Rule::Constant(class) = bayes(&task.unwrap()).unwrap() else { panic!() };
    assert_eq!(class, -1);
}

/// The vote restores the undefended classifier exactly where the two agree on every x, for any prior and shape.
#[test]
fn what_the_vote_restores() {
    let spread = || Covariance::full(&[vec![2.0, 0.5], vec![0.5, 1.0]]).unwrap();
    // Σ⁻¹μ = (0.8, −2.15)/1.75 for μ = (0.3, −1); (2.15, 0.8) is at right angles to it
    let blind = vec![vec![2.15 * 2.15, 2.15 * 0.8], vec![2.15 * 0.8, 0.8 * 0.8]];
    let blind = Covariance::full(&blind).unwrap();
    let plain = Covariance::scalar(1.0).unwrap();
    for (prior, noise, restored) in [
        (0.5, spread(), true),
        (0.6, spread(), false),
        (0.5, blind.clone(), true),
        (0.6, blind, true),
        (0.5, plain.clone(), false),
        (0.6, plain, false),
        (0.6, Covariance::zero(), true),
    ] {
        let prior = Prior::new(prior).unwrap();
        let task = LinearTask::new(vec![0.3, -1.0], spread(), prior).unwrap();
        let defense = LinearDefense::new(vec![1.0, 2.0], noise).unwrap();
        let found = vote_restores_bayes(&task, &defense, 1e-12).unwrap();
        let rule = trained(&task, &defense).unwrap();
        let undefended = bayes(&task).unwrap();
        let rate = agreement(&task, Some(&defense), &rule, Votes::Limit, &undefended).unwrap();
        assert_eq!(
            (found, rate.value > 1.0 - 1e-14),
            (restored, restored),
            "{prior:?} {defense:?}"
        );
    }
}

/// As far as budgets and noises go: what one names, the other takes back.
#[test]
fn budgets_at_the_ends_of_the_range() {
    let full = Covariance::full(&[vec![1.0, 0.6], vec![0.6, 2.0]]).unwrap();
    for covariance in [full, Covariance::diagonal(vec![1.0, 2.0]).unwrap()] {
        let task = LinearTask::new(vec![0.8, -0.3], covariance, Prior::new(0.3).unwrap()).unwrap();
        let whole = Norm::TWO.of(task.mean());
        for eps in [
            1e-300,
            1e-20,
            1e-3,
            0.5,
            whole * (1.0 - 1e-6),
            whole * (1.0 - 1e-12),
            whole.next_down(),
        ] {
            let found = noise_of_budget(&task, Eps::new(eps).unwrap()).unwrap().unwrap();
            let back = budget_of_noise(&task, found).unwrap();
            assert!((back - eps).abs() <= 1e-13 * eps, "{eps}: {found} {back}");
        }
        assert_eq!(noise_of_budget(&task, Eps::new(whole).unwrap()).unwrap(), None);
    }
    let task = LinearTask::new(vec![1.0], Covariance::scalar(1.0).unwrap(), Prior::HALF).unwrap();
    let found = budget_of_noise(&task, -1.0).unwrap_err().to_string();
    assert!(found.starts_with("variance = -1 is not possible"), "{found}");
    let defense = LinearDefense::new(vec![0.0], Covariance::zero()).unwrap();
    let found = vote_restores_bayes(&task, &defense, -1.0).unwrap_err().to_string();
    assert!(found.starts_with("tolerance = -1 is not possible"), "{found}");
    let defense = LinearDefense::new(vec![0.0; 2], Covariance::zero()).unwrap();
    let found = angle(&task, &defense).unwrap_err().to_string();
    assert!(found.starts_with("length of shift = 2 is not possible: 1, as the mean"), "{found}");
    // noise that no covariance may have is no noise to train with
    for (variance, budget) in [(1e30, 0.9), (1e-30, 0.5)] {
        let task =
            LinearTask::new(vec![1.0, 0.2], Covariance::scalar(variance).unwrap(), Prior::HALF);
        let task = task.unwrap();
        let best = robust_optimum(&task, Norm::TWO, Eps::new(budget).unwrap()).unwrap();
        match matching_noise(&task, &best) {
            Some(noise) => assert!(Covariance::diagonal(noise.diagonal).is_ok()),
            None => assert!(variance > 1.0),
        }
    }
}

#[test]
fn names_for_a_reader_of_files() {
    let told = |e: EntryError, from: &str, to: &str| e.renamed(from, to).to_string();
    let found = Covariance::full(&[vec![1.0, 0.1], vec![0.2, 1.0]]).unwrap_err();
    let found = told(found, "covariance", "defense.covariance");
    let expected = "defense.covariance[1][0] = 0.2 is not possible: 0.1, as defense.covariance[0][1]: it is symmetric";
    assert_eq!(found, expected);
    let found = Covariance::diagonal(vec![1.0, -2.0]).unwrap_err();
    let expected = "task.covariance[1] = -2 is not possible: a variance from 0 to 1e30";
    assert_eq!(told(found, "variances", "task.covariance"), expected);
    let found = Covariance::scalar(-2.0).unwrap_err();
    let expected = "task.covariance = -2 is not possible: a variance from 0 to 1e30";
    assert_eq!(told(found, "variance", "task.covariance"), expected);
    let found = LinearDefense::new(vec![f64::NAN], Covariance::zero()).unwrap_err();
    assert!(told(found, "shift", "defense.mean").starts_with("defense.mean[0] = NaN"));
    let two = Covariance::diagonal(vec![1.0; 2]).unwrap();
    let found = LinearDefense::new(vec![0.0; 3], two.clone()).unwrap_err();
    let found = told(found, "covariance", "defense.covariance");
    assert_eq!(found, "dimensions of defense.covariance = 2 is not possible: 3, as its mean has");
    let found = LinearTask::new(vec![0.0; 3], two, Prior::HALF).unwrap_err();
    assert_eq!(
        found.to_string(),
        "dimensions of covariance = 2 is not possible: 3, as its mean has"
    );
    // words of their own only, once
    let found = Covariance::scalar(-2.0).unwrap_err().renamed("vari", "x").renamed("", "y");
    assert_eq!(found.name, "variance");
    let found = Covariance::full(&[]).unwrap_err().renamed("covariance", "a.covariance");
    assert_eq!(found.renamed("covariance", "b.covariance").name, "rows of a.covariance");
}

#[test]
fn names_of_methods_and_middles() {
    let names = [
        Method::Trivial,
        Method::Separable,
        Method::Secular,
        Method::InteriorPoint,
        Method::Newton,
    ]
    .map(Method::name);
    assert_eq!(names, ["trivial", "separable", "secular", "interior-point", "newton"]);
    let found = Enclosure { lower: 0.25, upper: 0.75 };
    assert_eq!((found.middle(), found.gap()), (0.5, 0.5));
}
