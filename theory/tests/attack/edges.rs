//! The ends of the domain: nothing panics, and what is known there is right.

use super::{eot, gains, of};
use gauss_sim_theory::attack::{Outcome, Signs, Walk, outcome};
use gauss_sim_theory::math::normal::cdf;
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::attack::{AttackKind, AttackPoint, Attacker, GainLaw, GainScope, Judge, Start, StepSize};
use task::{DrawProtocol, Eps, Margin, Task, Votes};

fn all(found: &Outcome) -> Vec<f64> {
    let rates = found.rates;
    let all = [rates.clean, rates.adversarial, rates.robust, rates.success, rates.invariance];
    all.into_iter().flatten().map(|rate| rate.value).collect()
}

#[test]
fn every_corner_is_a_probability_or_says_why_not() {
    for defense in [
        "add",
        "scale=0",
        "scale=1e-6",
        "scale=1e6",
        "drop=0",
        "drop=1",
        "drop=0.5",
        "flip=1",
        "list=-1:0.5;1:0.5",
    ] {
        for d in [1, 2, 1_000_000] {
            for (mean, sigma, eps) in
                [(0.25, 0.0, 0.0), (0.0, 0.0, 0.5), (-1.0, 2.0, 0.1), (30.0, 0.0, 29.5)]
            {
                for (steps, ratio) in [(0, 4.0), (7, 2.5)] {
                    for start in [Start::Zero, Start::Uniform] {
                        let attacker = Attacker { start, ..eot(eps, steps, 2, ratio) };
                        let task = gains(defense, d, mean, sigma, GainScope::Coordinates);
                        let found = of(task, DrawProtocol::Same, attacker);
                        for value in all(&found) {
                            assert!(
                                (0.0..=1.0).contains(&value),
                                "{defense} {d} {mean} {sigma} {eps} {steps}: {found:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}

/// Gains that are all 0 leave a margin of 0, which a coin decides; of 1 for sure, the normal of the sum.
#[test]
fn degenerate_gains() {
    let point = eot(0.125, 5, 1, 4.0);
    let none =
        of(gains("drop=1", 16, 0.25, 0.0, GainScope::Coordinates), DrawProtocol::Fresh, point)
            .rates;
    for rate in [none.clean, none.adversarial, none.robust, none.invariance] {
        assert!((rate.unwrap().value - 0.5).abs() < 1e-15, "{none:?}");
    }
    for defense in ["add", "scale=0", "drop=0"] {
        let rates =
            of(gains(defense, 16, 0.25, 0.0, GainScope::Coordinates), DrawProtocol::Same, point)
                .rates;
        assert!((rates.clean.unwrap().value - cdf(1.0)).abs() < 1e-15, "{defense} {rates:?}");
        assert!((rates.adversarial.unwrap().value - cdf(0.5)).abs() < 1e-14, "{defense} {rates:?}");
        assert!(
            (rates.robust.unwrap().value - cdf(0.5) / cdf(1.0)).abs() < 1e-14,
            "{defense} {rates:?}"
        );
        assert!((rates.invariance.unwrap().value - 1.0).abs() < 1e-15, "{defense} {rates:?}");
    }
}

#[test]
fn no_budget_no_harm() {
    for step in [StepSize::Absolute(0.1), StepSize::EpsOver(4.0), StepSize::Best] {
        let attacker = Attacker { step, ..eot(0.0, 5, 1, 1.0) };
        let found = of(
            gains("scale=2", 16, 0.25, 0.0, GainScope::Coordinates),
            DrawProtocol::Fresh,
            attacker,
        );
        let miss = found.rates.clean.unwrap().value - found.rates.adversarial.unwrap().value;
        assert!(miss.abs() < 1e-14, "{found:?}");
    }
}

/// Judges at no steps at all: one look at the clean input.
#[test]
fn judges_of_a_single_iterate() {
    let judged = |judge| {
        let attacker = Attacker { judge, ..eot(0.5, 0, 1, 4.0) };
        of(gains("add", 1, 1.0, 1.0, GainScope::Coordinates), DrawProtocol::Fresh, attacker)
            .rates
            .adversarial
            .unwrap()
            .value
    };
    assert!((judged(Judge::Any) - judged(Judge::Final)).abs() < 1e-15);
    assert!((judged(Judge::First) - judged(Judge::Last)).abs() < 1e-15);
}

#[test]
fn what_takes_too_long_is_refused_by_name() {
    let signs = Signs::new(&GainLaw::Normal { spread: 3.0 }, 1).unwrap();
    let error = Walk::new(&signs, 1e5 + 0.5, 1_000_000, Start::Zero).unwrap_err();
    assert_eq!((error.name.as_str(), error.value.as_str()), ("steps", "1000000"));
    let error = Walk::new(&signs, 1e9, 10, Start::Uniform).unwrap_err();
    assert_eq!(error.name, "step_size");
    assert!(Walk::new(&signs, f64::NAN, 10, Start::Zero).is_err());
    let four = super::defense("list=-3:0.2;-1:0.2;0.5:0.3;2:0.3").law();
    let error = Signs::new(&four, 1_000_000).unwrap_err();
    assert!(error.to_string().starts_with("eot = 1000000 is not possible: fewer"), "{error}");
    // weak signals and whole K have a closed form for that many
    let weak = Signs::new(&GainLaw::Normal { spread: 1e7 }, 1).unwrap();
    let found = Walk::new(&weak, 2100.0, 1_000_000, Start::Zero).unwrap();
    assert!(found.reach().error < 1e-9 && found.reach().value.abs() < 1e-3, "{:?}", found.reach());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, rng_seed: RngSeed::Fixed(14), ..ProptestConfig::default() })]

    /// Shares of next to nothing are right within their bound, or not given: where gains are 1, against the one-dimensional
    /// rates, which keep their digits however small both sides are.
    #[test]
    fn shares_of_next_to_nothing(
        d in 2u64..200, mean in -3.0..1.0f64, sigma in prop_oneof![Just(0.0), 0.01..3.0f64], eps in 0.0..1.0f64,
        draws in prop::sample::select(vec![DrawProtocol::Same, DrawProtocol::Fresh]),
    ) {
        let full = Attacker { kind: AttackKind::Full, ..eot(eps, 0, 1, 1.0) };
        let found = of(gains("add", d, mean, sigma, GainScope::Coordinates), draws, full).rates;
        let (count, root) = (d as f64, (d as f64).sqrt());
        let task = Task::new(count * mean, root).unwrap();
        let margin = Margin::new(task, 0.0, root * sigma, Votes::ONE).unwrap();
        let known = Protocol::new(&margin, draws).at(Eps::new(count * eps).unwrap());
        let clean = found.clean.unwrap();
        prop_assert!((clean.value - known.clean.value).abs() <= clean.error + 1e-15);
        match (found.robust, found.success) {
            (Ok(robust), Ok(success)) => {
                prop_assert!(robust.error <= 1e-9 || clean.value >= 1e-3, "{robust:?}");
                let off = (robust.value - known.robust.value).abs();
                prop_assert!(off <= robust.error + known.robust.error + 1e-15, "{robust:?} {known:?}");
                prop_assert!((robust.value + success.value - 1.0).abs() <= 1e-12);
            }
            (Err(one), Err(other)) => {
                prop_assert!(one == other && clean.value < 1e-3, "{one} {clean:?}");
            }
            mixed => prop_assert!(false, "{mixed:?}"),
        }
    }
}

/// Votes of one sum are known at any number.
#[test]
fn votes_of_added_noise() {
    let clean = |votes| {
        let task = gains("add", 4, 0.5, 1.0, GainScope::Coordinates);
        let full = Attacker {
            kind: AttackKind::Full,
            eps: Eps::new(0.25).unwrap(),
            ..eot(0.25, 0, 1, 1.0)
        };
        let point = AttackPoint::new(task, votes, DrawProtocol::Same, full).unwrap();
        outcome(&point).unwrap().rates
    };
    let one = clean(Votes::ONE).clean.unwrap().value;
    assert!((one - cdf(2.0 / 8f64.sqrt())).abs() < 1e-15);
    let limit = clean(Votes::Limit);
    assert!((limit.clean.unwrap().value - cdf(1.0)).abs() < 1e-15);
    assert!((limit.adversarial.unwrap().value - cdf(0.5)).abs() < 1e-15);
    let eleven = clean(Votes::new(11).unwrap());
    // the paper's task with its margin in units of its spread: data_std 2, sigma 2, mean 2, ε 1
    assert!((eleven.clean.unwrap().value - 0.825_820_731_627_749_4).abs() < 1e-13);
    assert!((eleven.adversarial.unwrap().value - 0.680_426_853_910_387_2).abs() < 1e-13);
}
