//! Laws of walks, step sizes, budgets and accuracies, over random tasks.

use super::{defense, eot, gains, of};
use gauss_sim_theory::attack::{
    Signs, Walk, best_step, ceiling, diagnose, outcome, plan, shortfall, spectral, stationary,
    stationary_mean, sufficient, trained_weights,
};
use proptest::prelude::*;
use task::attack::{
    AttackKind, AttackPoint, AttackTask, Attacker, GainLaw, GainScope, Judge, Loss, MirrorTask,
    SpheresTask, Start, StepSize,
};
use task::{Defense, DrawProtocol, Eps, Votes};

fn normal(spread: f64, eot: u32) -> Signs {
    Signs::new(&GainLaw::Normal { spread }, eot).unwrap()
}

/// Signs with any zero, now and then all on one side.
fn signs() -> impl Strategy<Value = Signs> {
    let share = prop_oneof![6 => 0.0..1.0f64, 1 => Just(0.0), 1 => Just(1.0)];
    (0.0..1.0f64, share).prop_map(|(zero, share)| {
        let rest = 1.0 - zero;
        Signs::from_parts(rest * share, zero, rest * (1.0 - share))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The chain and the sum over eigenvalues are the same law, to what the sum says it loses.
    #[test]
    fn chains_and_eigenvalues_agree(signs in signs(), ratio in 1u32..12, steps in 0u32..60) {
        let chain = Walk::new(&signs, f64::from(ratio), steps, Start::Zero).unwrap();
        let sum = spectral(&signs, ratio, u64::from(steps));
        let lost = sum.reach().error;
        prop_assert!((chain.reach().value - sum.reach().value).abs() <= chain.reach().error + lost);
        for atom in sum.atoms() {
            let near = chain.atoms().iter().filter(|other| (other.at - atom.at).abs() < 1e-9);
            let chance: f64 = near.map(|other| other.chance).sum();
            prop_assert!((chance - atom.chance).abs() <= 4.0 * lost + 1e-14, "{atom:?} {chance}");
        }
    }

    /// Three lattices a hair from a whole K are the one lattice of K, and a law sums to 1.
    #[test]
    fn reach_is_continuous_in_the_step(signs in signs(), halves in 1u32..16, steps in 0u32..40) {
        let ratio = f64::from(halves) / 2.0;
        let at = |ratio: f64, start| Walk::new(&signs, ratio, steps, start).unwrap();
        for start in [Start::Zero, Start::Uniform] {
            let (one, other) = (at(ratio, start), at(ratio * (1.0 + 1e-12), start));
            let apart = (one.reach().value - other.reach().value).abs();
            prop_assert!(apart < 1e-10, "{apart:e}");
            for walk in [one, other] {
                let atoms: f64 = walk.atoms().iter().map(|atom| atom.chance).sum();
                let cells: f64 = walk.cells().iter().map(|cell| cell.chance).sum();
                prop_assert!((atoms + cells - 1.0).abs() < 1e-14);
                prop_assert!(walk.atoms().iter().all(|atom| atom.at.abs() <= 1.0));
            }
        }
    }

    /// Many steps forget where they began, and end in the stationary law, whose mean has a closed form.
    #[test]
    fn walks_tend_to_their_stationary_law(signs in signs(), ratio in 1u32..8) {
        prop_assume!(signs.zero < 0.8);
        let still = stationary(&signs, ratio);
        let mean = stationary_mean(&signs, ratio);
        prop_assert!((still.reach().value - mean).abs() < 1e-13, "{} {mean}", still.reach().value);
        for start in [Start::Zero, Start::Uniform] {
            let long = Walk::new(&signs, f64::from(ratio), 40_000, start).unwrap();
            prop_assert!((long.reach().value - mean).abs() < 1e-13 + long.reach().error);
        }
    }

    /// Two walks that are moved alike never part: more right signs and more gradients never reach less.
    #[test]
    fn better_signs_reach_farther(signs in signs(), ratio in 0.2..9.0f64, steps in 1u32..40, more in 0.0..1.0f64) {
        let moved = signs.wrong * more;
        let better = Signs::from_parts(signs.right + moved, signs.zero, signs.wrong - moved);
        let reach = |signs: &Signs| Walk::new(signs, ratio, steps, Start::Zero).unwrap().reach();
        prop_assert!(reach(&signs).value <= reach(&better).value + 1e-14);
    }

    /// No whole or half-whole K up to the number of steps is better than the best.
    #[test]
    fn no_step_beats_the_best_one(signs in signs(), steps in 1u32..70) {
        let best = best_step(&signs, steps, Start::Zero).unwrap();
        for halves in 2..=2 * steps {
            let ratio = f64::from(halves) / 2.0;
            let other = Walk::new(&signs, ratio, steps, Start::Zero).unwrap().reach().value;
            prop_assert!(other <= best.walk.reach().value + 1e-9, "{ratio} {other} {best:?}");
        }
    }

    /// Right, zero and wrong sum to 1, and turn round with the gains.
    #[test]
    fn signs_are_a_law(a in 1u32..9, b in 1u32..9, c in 0u32..9, eot in 1u32..30) {
        let law = |turn: i32| defense(&format!(
            "list={}:1/4,{}:1/2,{}:1/4", turn * a as i32, -turn * b as i32, turn * c as i32 - turn * 3
        )).law();
        let (one, other) = (Signs::new(&law(1), eot).unwrap(), Signs::new(&law(-1), eot).unwrap());
        prop_assert!((one.right + one.zero + one.wrong - 1.0).abs() < 1e-14);
        prop_assert!((one.right - other.wrong).abs() < 1e-14 && (one.zero - other.zero).abs() < 1e-14);
    }
}

/// (km, 1, α/√m) is (k, m, α) where signals are weak and steps are many; and it is not where steps are few: one
/// step with all gradients attains the ceiling, which many steps with one gradient each do not.
#[test]
fn eot_is_neutral_for_weak_signals_and_many_steps() {
    let spread = 60.0;
    let reach = |steps: u32, eot: u32, ratio: f64| {
        Walk::new(&normal(spread, eot), ratio, steps, Start::Zero).unwrap().reach().value
    };
    for m in [4, 16] {
        let root = f64::from(m).sqrt();
        let (many, few) = (reach(6400, 1, 80.0), reach(6400 / m, m, 80.0 / root));
        // what is left is of the order of a step
        let apart = 0.25 / f64::from(6400 / m).sqrt();
        assert!((many - few).abs() < apart, "{m}: {many} {few}");
    }
    let best = best_step(&normal(spread, 1), 6400, Start::Zero).unwrap();
    let (one, all) = (best.walk.reach().value, reach(1, 6400, 1.0));
    assert!((all - ceiling(spread, 6400).value).abs() < 1e-14);
    assert!(one < all - 0.15, "{one} {all}");
    // and the limit says what the best of many steps misses
    let x = (normal(spread, 1).right - 0.5).powi(2) * 6400.0;
    assert!((shortfall(x).shortfall - (1.0 - one)).abs() < 3e-3, "{x} {:?} {one}", shortfall(x));
}

#[test]
fn the_universal_shortfall() {
    assert!((shortfall(1.0).shortfall - 0.23097).abs() < 5e-6);
    assert!((shortfall(4.5).shortfall - 0.05).abs() < 5e-6);
    assert!((sufficient(0.05) - 4.5).abs() < 1e-3);
    let mut last = 1.0;
    for i in 0..60 {
        let x = 10f64.powf(f64::from(i) / 10.0 - 4.0);
        let found = shortfall(x).shortfall;
        assert!((0.0..last).contains(&found), "{x} {found} {last}");
        last = found;
    }
    // chains of many steps, at weak and at strong signals and on both sides of where the formula changes
    for (delta, steps) in [(0.005, 4000), (0.02, 2500), (0.04, 4000), (0.06, 5000), (0.1, 10_000)] {
        let signs = Signs::from_parts(0.5 + delta, 0.0, 0.5 - delta);
        let limit = shortfall(delta * delta * f64::from(steps));
        let best = best_step(&signs, steps, Start::Zero).unwrap();
        let missed = 1.0 - best.walk.reach().value;
        // 1/(r − 1) = 1/4δ − ½ is what a wall costs a chain, and 1/4δ the motion: relative, 2δ
        let apart = 2.5 * delta * missed;
        assert!((missed - limit.shortfall).abs() < apart, "{delta} {steps}: {missed} {limit:?}");
    }
    // nobody misses less than the ceiling allows: δ = φ(0)/τ, so that √N/τ = √(2πx)
    for x in [0.01, 0.3, 1.0, 4.5, 10.0] {
        let least = 1.0 - ceiling(1.0 / (2.0 * std::f64::consts::PI * x).sqrt(), 1).value;
        assert!(shortfall(x).shortfall > least);
    }
}

/// No split of a budget exceeds the ceiling, and one step attains it.
#[test]
fn nothing_exceeds_the_ceiling() {
    for (spread, budget) in [(1.0, 4), (3.0, 24), (10.0, 120)] {
        let most = ceiling(spread, u64::from(budget)).value;
        for eot in (1..=budget).filter(|m| budget % m == 0) {
            let best = best_step(&normal(spread, eot), budget / eot, Start::Zero).unwrap();
            let reach = best.walk.reach().value;
            assert!(reach <= most + 1e-14, "{spread} {budget} {eot}: {reach} {most}");
            assert!(eot < budget || (reach - most).abs() < 1e-14);
        }
    }
}

/// By going through all budgets up to the answer.
#[test]
fn the_planner_finds_the_smallest_budget() {
    for (text, d, enough) in [("scale=3", 64, 0.05), ("flip=0.4", 64, 0.1), ("drop=0.7", 32, 0.03)]
    {
        let task = gains(text, d, 0.25, 0.0, GainScope::Coordinates);
        let point = |steps, m, ratio| {
            let attacker = eot(0.125, steps, m, ratio);
            AttackPoint::new(task.clone(), Votes::ONE, DrawProtocol::Fresh, attacker).unwrap()
        };
        let planned = plan(&point(1, 1, 1.0), enough, 100_000).unwrap();
        let accuracy = |steps: u32, m: u32| {
            let signs = Signs::new(&defense(text).law(), m).unwrap();
            let best = best_step(&signs, steps, Start::Zero).unwrap();
            outcome(&point(steps, m, best.ratio)).unwrap().rates.adversarial.unwrap().value
        };
        let target = planned.strongest.value + enough;
        let (pgd, eot) = (planned.pgd.unwrap(), planned.eot.unwrap());
        assert!(eot.gradients() <= pgd.gradients() && pgd.eot == 1);
        for plan in [pgd, eot] {
            assert!(plan.adversarial.value <= target, "{text} {plan:?}");
        }
        let first = (1..).find(|steps| accuracy(*steps, 1) <= target).unwrap();
        assert_eq!(pgd.steps, first, "{text}");
        for budget in 1..eot.gradients() as u32 {
            for m in (1..=budget).filter(|m| budget % m == 0) {
                assert!(accuracy(budget / m, m) > target, "{text}: {budget} by {m} is enough");
            }
        }
        let found = diagnose(&point(1, 1, 1.0), pgd.steps).unwrap();
        assert!(
            found.suffices(enough) && found.eot.adversarial.value <= found.pgd.adversarial.value
        );
    }
}

/// Signs that are wrong more often than right lead PGD the wrong way at every budget, and EOT the right one.
#[test]
fn more_steps_do_not_help_where_signs_are_wrong() {
    let task = gains("list=-1:0.6;4:0.4", 64, 0.25, 0.0, GainScope::Coordinates);
    let attacker = eot(0.125, 1, 1, 1.0);
    let point = AttackPoint::new(task, Votes::ONE, DrawProtocol::Fresh, attacker).unwrap();
    let planned = plan(&point, 0.05, 1_000_000).unwrap();
    assert_eq!(planned.pgd, None);
    assert!(planned.eot.unwrap().eot > 1);
}

/// One gain for all, 1:.6,−4:.4: EOT turns the attack round, as the mean gain is −1 and most gains are 1.
#[test]
fn eot_may_turn_an_attack_round() {
    let task = || gains("list=1:0.6;-4:0.4", 16, 0.25, 0.0, GainScope::Shared);
    let clean = |m| of(task(), DrawProtocol::Fresh, eot(0.25, 1, m, 1.0));
    let (one, many) = (clean(1), clean(101));
    assert!(one.reach.unwrap().value > 0.1 && many.reach.unwrap().value < -0.8);
    let (one, many) = (one.rates.adversarial.unwrap(), many.rates.adversarial.unwrap());
    assert!(one.value < many.value, "{one:?} {many:?}");
    // the strongest fixed move is the one that most gains say
    let full = Attacker { kind: AttackKind::Full, ..eot(0.25, 1, 1, 1.0) };
    let full = of(task(), DrawProtocol::Fresh, full);
    assert_eq!(full.point.fixed_reach(), Some([1.0, 1.0]));
    assert!(full.rates.adversarial.unwrap().value < one.value);
}

/// Without EOT an evenly mirrored attack goes nowhere in the mean; training turns all of its signs right.
#[test]
fn a_mirror_needs_eot_before_training_and_not_after() {
    let mirror = |swap: &str, weights| {
        let swap = task::attack::Fraction::parse(swap).unwrap();
        let theta = Defense::new(0.0, 0.0).unwrap();
        AttackTask::Mirror(MirrorTask::new(swap, [2.0, -0.5], 1.0, theta, weights).unwrap())
    };
    for (steps, ratio) in [(8, 4.0), (3, 1.5), (20, 10.0)] {
        let found = of(mirror("0.5", [2.0, -0.5]), DrawProtocol::Fresh, eot(0.4, steps, 1, ratio));
        // every step goes along ±(1, −1)
        let signs = found.signs.unwrap();
        assert!(signs.zero == 0.0 && (signs.right - 0.5).abs() < 1e-15, "{signs:?}");
        assert!(found.reach.unwrap().value.abs() < 1e-15);
    }
    let weights = trained_weights(0.2, [2.0, -0.5], 1.0, 0.0);
    assert!(weights.iter().all(|weight| *weight > 0.0), "{weights:?}");
    let trained = of(mirror("0.2", weights), DrawProtocol::Fresh, eot(0.4, 8, 1, 4.0));
    assert_eq!(trained.signs.unwrap().right, 1.0);
    let full = Attacker { kind: AttackKind::Full, ..eot(0.4, 8, 1, 4.0) };
    let full = of(mirror("0.2", weights), DrawProtocol::Fresh, full);
    let (one, other) = (trained.rates.adversarial.unwrap(), full.rates.adversarial.unwrap());
    assert!((one.value - other.value).abs() < 1e-15, "{one:?} {other:?}");
}

/// LAB's value at 14 digits, a chain that is bound to the full move without noise, and signs that EOT mends.
#[test]
fn spheres_lie_between_their_strongest_attack_and_none() {
    let radius = SpheresTask::best_radius(50, [1.0, 1.6], 1.0);
    let task = || AttackTask::Spheres(SpheresTask::new(50, [1.0, 1.6], 1.0, radius).unwrap());
    let found = |kind, m| {
        let attacker = Attacker { kind, ..eot(0.15, 30, m, 10.0) };
        of(task(), DrawProtocol::Fresh, attacker).rates.adversarial.unwrap()
    };
    let full = found(AttackKind::Full, 1);
    assert!((full.value - 0.80333754966286).abs() < 1e-13 && full.error < 1e-13, "{full:?}");
    let [none, off, one, ten] =
        [(AttackKind::None, 1), (AttackKind::Off, 1), (AttackKind::Pgd, 1), (AttackKind::Eot, 10)]
            .map(|(kind, m)| found(kind, m).value);
    assert!(full.value < off && off < ten && ten < one && one < none, "{off} {ten} {one} {none}");
    assert!(off - full.value < 1e-5);
}

/// A walk of one coordinate and its response, against the same by the characteristic function of several.
#[test]
fn shared_and_separate_gains_agree_where_they_are_the_same() {
    // a gain of 1 for sure is both
    for (eps, ratio, steps) in [(0.125, 4.0, 3), (0.25, 2.5, 9)] {
        let both = [GainScope::Coordinates, GainScope::Shared].map(|scope| {
            let found = of(
                gains("add", 9, 0.25, 0.5, scope),
                DrawProtocol::Fresh,
                eot(eps, steps, 1, ratio),
            );
            let rates = found.rates;
            [rates.clean, rates.adversarial, rates.robust, rates.invariance]
                .map(|rate| rate.unwrap().value)
        });
        let miss = both[0].iter().zip(both[1]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(miss < 1e-14, "{both:?}");
    }
    // drop=0 has a gain of 1 for sure, too, but is a list: its margin is inverted, not integrated
    for draws in [DrawProtocol::Fresh, DrawProtocol::Same] {
        let [one, other] = ["add", "drop=0"].map(|text| {
            let task = gains(text, 9, 0.25, 0.5, GainScope::Coordinates);
            let rates = of(task, draws, eot(0.25, 9, 1, 2.5)).rates;
            [rates.clean, rates.adversarial, rates.robust, rates.invariance]
                .map(|rate| rate.unwrap().value)
        });
        let miss = one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(miss < 1e-13, "{one:?} {other:?}");
    }
}

/// What has no exact value says why, and what can be known beside it is.
#[test]
fn what_is_not_known_says_why() {
    let task = || gains("scale=2", 16, 0.25, 0.0, GainScope::Coordinates);
    let point = |votes, draws, attacker| {
        outcome(&AttackPoint::new(task(), votes, draws, attacker).unwrap()).unwrap()
    };
    let usual = eot(0.125, 10, 4, 4.0);
    let same = point(Votes::ONE, DrawProtocol::Same, usual);
    assert!(same.rates.adversarial.is_ok());
    assert!(same.rates.robust.unwrap_err().to_string().contains("joint atoms"));
    let voted = point(Votes::new(3).unwrap(), DrawProtocol::Fresh, usual);
    assert!(
        voted.rates.clean.unwrap_err().to_string().starts_with("no exact value: a finite vote")
    );
    assert!(voted.reach.is_ok() && voted.optimum.is_some());
    let weighed = Attacker { loss: Loss::CrossEntropy, ..usual };
    let weighed = point(Votes::ONE, DrawProtocol::Fresh, weighed);
    assert!(
        weighed.rates.clean.is_ok() && weighed.reach.is_err() && weighed.rates.adversarial.is_err()
    );
    let judged = point(Votes::ONE, DrawProtocol::Fresh, Attacker { judge: Judge::Any, ..usual });
    assert!(judged.reach.is_ok() && judged.rates.adversarial.is_err());
    let limit = point(Votes::Limit, DrawProtocol::Same, usual);
    let all =
        [limit.rates.clean, limit.rates.adversarial, limit.rates.robust, limit.rates.invariance];
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    // in many dimensions one draw is nested all but surely
    let many = gains("scale=2", 4096, 0.25, 0.0, GainScope::Coordinates);
    let many = of(many, DrawProtocol::Same, usual).rates;
    let (adversarial, clean) = (many.adversarial.unwrap().value, many.clean.unwrap().value);
    assert!((many.robust.unwrap().value - adversarial / clean).abs() < 1e-14);
    let persistent = point(Votes::ONE, DrawProtocol::persistent(3).unwrap(), usual);
    assert!(persistent.rates.adversarial.is_err());
}

/// The best step of a point is put in place of the question for it.
#[test]
fn best_steps_are_resolved() {
    let attacker = Attacker { step: StepSize::Best, ..eot(0.125, 30, 2, 1.0) };
    let found =
        of(gains("scale=4", 64, 0.25, 0.0, GainScope::Coordinates), DrawProtocol::Fresh, attacker);
    let StepSize::EpsOver(ratio) = found.point.attacker().step else { panic!("{:?}", found.point) };
    let again = Attacker { step: StepSize::EpsOver(ratio), ..attacker };
    let again =
        of(gains("scale=4", 64, 0.25, 0.0, GainScope::Coordinates), DrawProtocol::Fresh, again);
    assert_eq!(again.rates, found.rates);
    assert_eq!(found.queries, 60);
    assert_eq!(found.point.attacker().eps, Eps::new(0.125).unwrap());
}
