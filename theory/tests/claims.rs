//! The leads of the claims: what ties their signs to the values that are compared, and what they have to
//! be invariant under.

use std::cell::Cell;

use gauss_sim_theory::claims::{Case, LADDER, VoteSteps};
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::math::normal::cdf;
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use task::{Claim, Metric};
use task::{Defense, DrawProtocol, Eps, Stage, Task, Votes};

/// The default task.
fn usual(claim: Claim, metric: Metric, draws: DrawProtocol) -> Case {
    Case { claim, metric, draws, task: Task::default(), shift: 1.0, votes: VoteSteps::All }
}

/// Questions of ordinary size: what is asked, sigma and ε. One in eight of sigma and ε is 0, and
/// one small.
fn question() -> impl Strategy<Value = (Case, f64, f64)> {
    let size = || prop_oneof![6 => 0.0..6.0, 1 => Just(0.0), 1 => (-5.0..0.0_f64).prop_map(|e| 10_f64.powf(e))];
    let draws = prop_oneof![
        Just(DrawProtocol::Same),
        Just(DrawProtocol::Fresh),
        (1_u64..=20).prop_map(|tries| DrawProtocol::persistent(tries).unwrap())
    ];
    let shift = (prop::bool::ANY, 0.05..4.0_f64).prop_map(|(up, x)| if up { x } else { -x });
    let numbers = (0.2..4.0, 0.1..5.0, shift);
    (0..6_usize, 0..3_usize, draws, numbers, size(), size()).prop_map(
        |(claim, metric, draws, (mean, data_std, shift), sigma, eps)| {
            let task = Task::new(mean, data_std).unwrap();
            let case = Case {
                claim: Claim::ALL[claim],
                metric: Metric::ALL[metric],
                draws,
                task,
                shift,
                votes: VoteSteps::All,
            };
            (case, sigma, eps)
        },
    )
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The sign, where it is known.
fn sign(b: Bounded) -> Option<bool> {
    (b.value.abs() > b.error).then_some(b.value > 0.0)
}

/// Both signs are known, and differ.
fn contradict(a: Bounded, b: Bounded) -> bool {
    sign(a).zip(sign(b)).is_some_and(|(a, b)| a != b)
}

fn close(a: Bounded, b: Bounded, tolerance: f64) -> bool {
    (a.value - b.value).abs() <= a.error + b.error + tolerance
}

/// ε = 0.1, σ = 0.3: undefended .969804 > trained .969604 > defended .969545, against the paper's order.
/// The margins are differences of 40-digit values (closed forms), to 1e-15: a few ulp of success rates
/// near 0.03 are 1e-17, and the accuracies have 1e-16.
#[test]
fn the_counterexample_of_the_design() {
    let (sigma, eps) = (0.3, 0.1);
    let robust = |stage: Stage| {
        let margin = stage.margin(&Task::default(), &Defense::new(1.0, sigma).unwrap()).unwrap();
        Protocol::new(&margin, DrawProtocol::Same).robust(Eps::new(eps).unwrap()).value
    };
    let [undefended, trained, defended] =
        [Stage::Undefended, Stage::Trained, Stage::Defended { threshold: 0.0 }].map(robust);
    assert!((undefended - 0.969_804).abs() < 5e-7, "{undefended}");
    assert!((trained - 0.969_604).abs() < 5e-7, "{trained}");
    assert!((defended - 0.969_545).abs() < 5e-7, "{defended}");
    for (claim, margin) in [
        (Claim::DefenseHelps, -2.590_230_092_476_035_4e-4),
        (Claim::TrainingHurts, -5.884_829_075_977_229_4e-5),
        (Claim::TrainingKeepsSome, -2.001_747_184_878_312_8e-4),
    ] {
        for metric in [Metric::RobustAccuracy, Metric::AttackSuccessRate] {
            let case = usual(claim, metric, DrawProtocol::Same);
            let found = case.contrast(sigma, eps).unwrap().margin;
            assert!((found.value - margin).abs() < 1e-15, "{claim}: {found:?}");
            assert_eq!(sign(case.lead(sigma, eps).unwrap()), Some(false), "{claim}");
        }
    }
    // and the trade-off: at least as much is lost between two thresholds as between the two ends
    let case = usual(Claim::TradeOff, Metric::RobustAccuracy, DrawProtocol::Same);
    let found = case.contrast(sigma, eps).unwrap().margin.value;
    assert!(found <= -5.884_829_075_977_229_4e-5 + 1e-15, "{found}");
}

/// The stages of an order of two.
fn pair(case: &Case) -> Option<[Stage; 2]> {
    let defended = Stage::Defended { threshold: 0.0 };
    match case.claim {
        Claim::DefenseHelps => Some([Stage::Undefended, defended]),
        Claim::TrainingHurts => Some([Stage::Trained, defended]),
        Claim::TrainingKeepsSome => Some([Stage::Undefended, Stage::Trained]),
        _ => None,
    }
}

/// (M₂ − M₁)/(M₂ + M₁) of the metrics, or of what they lack of 1 where both are above ½, from the
/// accuracies as they are reported.
fn over_the_sum(case: &Case, pair: [Stage; 2], sigma: f64, eps: f64) -> Bounded {
    let [a, b] = pair.map(|stage| {
        let margin = stage.margin(&case.task, &Defense::new(case.shift, sigma).unwrap()).unwrap();
        let found = Protocol::new(&margin, case.draws).at(Eps::new(eps).unwrap());
        if case.metric == Metric::AdversarialAccuracy {
            (found.adversarial, found.adversarial.complement())
        } else {
            (found.robust, found.attack_success_rate)
        }
    });
    let [x, y] = if a.0.value > 0.5 && b.0.value > 0.5 { [b.1, a.1] } else { [a.0, b.0] };
    let sum = x.value + y.value;
    if sum <= 2.0 * (x.error + y.error) {
        return Bounded { value: 0.0, error: 1.0 }; // what is reported underflows, or is 1
    }
    Bounded { value: (y.value - x.value) / sum, error: 4.0 * (x.error + y.error) / sum }
}

/// The lead and the margin of the two stages that are named for it never have different signs, and of two
/// stages the lead is what the reported accuracies make it.
#[test]
fn leads_say_what_the_values_say() {
    let (asked, decided) = (Cell::new(0), Cell::new(0));
    let check = |(case, sigma, eps): (Case, f64, f64)| {
        let lead = case.lead(sigma, eps).unwrap();
        let contrast = case.contrast(sigma, eps).unwrap();
        let margin = contrast.margin;
        prop_assert!(lead.value.is_finite() && lead.error.is_finite(), "{:?}", lead);
        prop_assert!(!contradict(lead, margin), "{:?} {:?}", lead, contrast);
        if sigma > 0.0 && eps > 0.0 {
            asked.set(asked.get() + 1);
            decided.set(decided.get() + u32::from(sign(lead).is_some() && sign(margin).is_some()));
        }
        if let (Some(pair), true) = (pair(&case), sigma > 0.0 && eps > 0.0) {
            let unit = sigma / case.task.data_std();
            let by_sigma = if case.claim == Claim::TrainingKeepsSome { unit * unit } else { 1.0 };
            let whole = Bounded { value: lead.value * by_sigma, error: lead.error * by_sigma };
            let expected = over_the_sum(&case, pair, sigma, eps);
            prop_assert!(close(whole, expected, 0.0), "{:?} {:?}", whole, expected);
        }
        Ok(())
    };
    TestRunner::new(config(2000)).run(&question(), check).unwrap();
    // the rest are ε far beyond the mean, where all is near 0, and adversarial votes at hardly any sigma
    let (asked, decided) = (asked.get(), decided.get());
    println!("{decided} of {asked} decided");
    assert!(decided > asked * 9 / 10, "{decided} of {asked}");
}

proptest! {
    #![proptest_config(config(400))]

    /// An attack succeeds where the accuracy is lost.
    #[test]
    fn success_rates_are_robust_accuracies((case, sigma, eps) in question()) {
        let of = |metric| Case { metric, ..case };
        let [robust, success] = [Metric::RobustAccuracy, Metric::AttackSuccessRate].map(of);
        prop_assert_eq!(robust.lead(sigma, eps), success.lead(sigma, eps));
        prop_assert_eq!(robust.contrast(sigma, eps), success.contrast(sigma, eps));
    }

    /// One try is fresh draws; by another way for the adversarial accuracy, where it is the same draw, too.
    #[test]
    fn one_try_is_fresh((case, sigma, eps) in question()) {
        let of = |draws| Case { draws, ..case };
        let once = of(DrawProtocol::persistent(1).unwrap()).lead(sigma, eps).unwrap();
        let fresh = of(DrawProtocol::Fresh).lead(sigma, eps).unwrap();
        if case.metric != Metric::AdversarialAccuracy {
            prop_assert_eq!(once, fresh);
        }
        prop_assert!(!contradict(once, fresh), "{:?} {:?}", once, fresh);
        let [a, b] = [DrawProtocol::persistent(1).unwrap(), DrawProtocol::Fresh]
            .map(|draws| of(draws).contrast(sigma, eps).unwrap().margin);
        prop_assert!(close(a, b, 0.0), "{:?} {:?}", a, b);
    }

    /// The classes change places with the sign of the shift.
    #[test]
    fn symmetric_in_the_shift((case, sigma, eps) in question()) {
        let other = Case { shift: -case.shift, ..case };
        let [a, b] = [case, other].map(|case| case.lead(sigma, eps).unwrap());
        prop_assert!(close(a, b, 0.0), "{:?} {:?}", a, b);
        let [a, b] = [case, other].map(|case| case.contrast(sigma, eps).unwrap().margin);
        prop_assert!(close(a, b, 0.0), "{:?} {:?}", a, b);
    }

    /// Units do not matter to signs; by a power of two not even to the rounding.
    #[test]
    fn units_do_not_matter((case, sigma, eps) in question(), factor in 0.1..10.0, power in -20..20) {
        let lead = case.lead(sigma, eps).unwrap();
        let by = |c: f64| {
            let task = Task::new(c * case.task.mean(), c * case.task.data_std()).unwrap();
            let case = Case { task, shift: c * case.shift, ..case };
            case.lead(c * sigma, c * eps).unwrap()
        };
        let scaled = by(factor);
        prop_assert!(!contradict(lead, scaled), "{:?} {:?}", lead, scaled);
        // where sigma is 0 a constant stands for what vanishes; of the bounds some are absolute
        let exact = by(2_f64.powi(power));
        prop_assert_eq!(lead.value > 0.0, exact.value > 0.0, "{:?} {:?}", lead, exact);
    }

    /// Towards ε = 0 and sigma = 0 the leads tend to what they are there. In units of the noise, a step
    /// of h moves an accuracy by at most 0.4h for each stage, over A(0) ≥ ½; the quotients by ε and
    /// sigma² are averages of derivatives of up to the third order, which are below 5 for a normal
    /// density; s²/data_std² is the unit of the trade-off.
    #[test]
    fn leads_are_continuous((case, sigma, eps) in question()) {
        if matches!(case.claim, Claim::VoteRestores | Claim::VoteTradeOff) {
            return Ok(()); // at sigma = 0 a constant; ε = 0 in a test of its own
        }
        let data_std = case.task.data_std();
        let case = Case {
            task: Task::new(case.task.mean() / data_std, 1.0).unwrap(),
            shift: case.shift / data_std,
            ..case
        };
        let s2 = 1.0 + sigma * sigma;
        let h = 1e-6;
        let [limit, near] = [0.0, h].map(|eps| case.lead(sigma, eps).unwrap());
        // With new draws the lead is relative to what they lose on their own: a step of h is h over that.
        let own = match case.draws {
            DrawProtocol::Same => 1.0,
            _ => sigma.min(1.0) * cdf(-(case.task.mean() + case.shift.abs()) / s2.sqrt()),
        };
        let corner = sigma < 1e-2 && case.draws != DrawProtocol::Same; // there it is the ratio that counts
        if !corner && own > 1e-4 {
            let unit = match case.claim {
                Claim::TradeOff => s2,
                // of new draws not more than the step in accuracy itself, over sigma²
                Claim::TrainingKeepsSome if case.draws != DrawProtocol::Same => s2 / (sigma * sigma),
                _ => 1.0,
            };
            prop_assert!(close(limit, near, 20.0 * unit * h / own), "eps: {:?} {:?}", limit, near);
        }
        let h = 1e-3;
        let eps = eps.max(0.1);
        let [limit, near] = [0.0, h].map(|sigma| case.lead(sigma, eps).unwrap());
        let several = case.draws.tries() > 1;
        if several && case.claim == Claim::TrainingKeepsSome {
            prop_assert!(limit.value < 0.0 && near.value < near.error, "{:?} {:?}", limit, near);
        } else if several && case.claim == Claim::TradeOff {
            // Where the metric is above ½ the lead is in units of what it lacks of 1, once sigma is above 0.
            prop_assert!(!contradict(limit, near), "{:?} {:?}", limit, near);
        } else {
            let order = if several { h } else { h * h };
            let size = 1.0 + limit.value.abs();
            prop_assert!(close(limit, near, 20.0 * order * size), "sigma: {:?} {:?}", limit, near);
        }
    }
}

/// The vote at ε = 0, which is extrapolated, against a small ε. The gaps over ε are analytic in ε with
/// derivatives of the order of the noise, and the lead is a quotient of them.
#[test]
fn votes_are_continuous_without_attack() {
    let strategy = (0.2..4.0, 0.1..5.0_f64, 0.02..6.0_f64);
    let check = |(mean, data_std, sigma): (f64, f64, f64)| {
        let task = Task::new(mean, data_std).unwrap();
        let case =
            Case { task, ..usual(Claim::VoteRestores, Metric::RobustAccuracy, DrawProtocol::Same) };
        let limit = case.lead(sigma, 0.0).unwrap();
        let near = case.lead(sigma, 1e-5 * data_std).unwrap();
        prop_assert!(!contradict(limit, near), "{:?} {:?}", limit, near);
        prop_assert!(close(limit, near, 1e-3), "{:?} {:?}", limit, near);
        Ok(())
    };
    TestRunner::new(config(60)).run(&strategy, check).unwrap();
}

/// What the documentation of the vote proves: the gap of the adversarial accuracy falls at every step.
#[test]
fn every_vote_narrows_the_gap_of_the_adversarial_accuracy() {
    let seen = Cell::new(0);
    let strategy = (0.2..4.0, 0.1..5.0, 0.01..6.0, 0.0..6.0);
    let check = |(mean, data_std, sigma, eps): (f64, f64, f64, f64)| {
        let (task, defense) =
            (Task::new(mean, data_std).unwrap(), Defense::new(1.0, sigma).unwrap());
        let value = |stage: Stage| {
            let margin = stage.margin(&task, &defense).unwrap();
            Protocol::new(&margin, DrawProtocol::Same).at(Eps::new(eps).unwrap()).adversarial
        };
        let goal = value(Stage::Undefended);
        let gaps: Vec<Bounded> = LADDER[..9]
            .iter()
            .map(|&n| {
                let voted = value(Stage::Voted { votes: Votes::new(n.into()).unwrap() });
                Bounded { value: (voted.value - goal.value).abs(), error: voted.error + goal.error }
            })
            .collect();
        for pair in gaps.windows(2) {
            let slack = pair[0].error + pair[1].error;
            prop_assert!(pair[1].value <= pair[0].value + slack, "{:?}", gaps);
            seen.set(seen.get() + u32::from(pair[0].value - pair[1].value > slack));
        }
        Ok(())
    };
    TestRunner::new(config(150)).run(&strategy, check).unwrap();
    assert!(seen.get() > 150 * 8 * 9 / 10, "{}", seen.get()); // most falls are seen to be falls
    let case = usual(Claim::VoteRestores, Metric::AdversarialAccuracy, DrawProtocol::Same);
    assert_eq!(case.lead(0.7, 0.3), Ok(Bounded::exact(1.0)));
}

/// Numbers far apart neither hang nor overflow, and do not say the contrary of the values.
#[test]
fn corners_are_ordinary() {
    let draws = [
        DrawProtocol::Same,
        DrawProtocol::Fresh,
        DrawProtocol::persistent(5).unwrap(),
        DrawProtocol::persistent(1_000_000).unwrap(),
    ];
    for (mean, data_std, shift, sigma, eps) in [
        (1.0, 1.0, 1.0, 1e-20, 0.5), // a step between two neighbouring doubles
        (1.0, 1.0, 1.0, 1e-300, 0.5),
        (1.0, 1e-6, 1.0, 0.5, 0.3), // as many panels as shift/data_std would be too many
        (1.0, 1e-12, 1.0, 0.5, 0.3),
        (1.0, 1e-3, 0.01, 1e-3, 0.999),
        (1.0, 1.0, 1.0, 1.0, 1e9), // and as many as ε/data_std
        (1.0, 1.0, 1.0, 1e6, 40.0),
        (1.0, 1.0, 1e9, 1.0, 0.5),
        (30.0, 1.0, 0.5, 0.7, 0.2), // success rates near the smallest doubles
        (0.3, 5.0, 4.0, 6.0, 6.0),
        (1.0, 1.0, 1.0, 0.3, 0.0),
    ] {
        for claim in Claim::ALL {
            for metric in [Metric::RobustAccuracy, Metric::AdversarialAccuracy] {
                for draws in draws {
                    let task = Task::new(mean, data_std).unwrap();
                    let case = Case { claim, metric, draws, task, shift, votes: VoteSteps::All };
                    let lead = case.lead(sigma, eps).unwrap();
                    let contrast = case.contrast(sigma, eps).unwrap();
                    let place = format!("{case:?} {sigma} {eps}: {lead:?} {contrast:?}");
                    assert!(!contradict(lead, contrast.margin), "{place}");
                }
            }
        }
    }
}

/// Where both sigma and ε vanish, two stages that draw anew are judged as near that corner.
#[test]
fn the_corner_is_the_limit() {
    for (mean, data_std, shift) in
        [(1.0, 1.0, 1.0), (0.5, 1.0, 0.5), (2.0, 1.0, 1.0), (1.0, 2.0, 1.0)]
    {
        for draws in [DrawProtocol::Fresh, DrawProtocol::persistent(4).unwrap()] {
            for claim in [Claim::TrainingHurts, Claim::TrainingKeepsSome, Claim::TradeOff] {
                let task = Task::new(mean, data_std).unwrap();
                let case = Case {
                    claim,
                    metric: Metric::RobustAccuracy,
                    draws,
                    task,
                    shift,
                    votes: VoteSteps::All,
                };
                let [corner, near] = [0.0, 1e-4].map(|sigma| case.lead(sigma, 0.0).unwrap());
                assert_eq!(sign(near), Some(near.value > 0.0), "{case:?}: {near:?}");
                assert_eq!(corner.value > 0.0, near.value > 0.0, "{case:?}: {corner:?} {near:?}");
            }
        }
    }
}

/// Shortly before the frontier the metric falls in u only near u = 0, between two thresholds that a
/// coarse look would compare; the margin sees it, or what is left of it within its error.
#[test]
fn a_fall_between_thresholds_is_seen() {
    let case = usual(Claim::TradeOff, Metric::RobustAccuracy, DrawProtocol::Same);
    for before in [1e-3, 3e-4, 1e-4] {
        let (sigma, eps) = (0.3, 0.239_141_014_998_336 - before);
        assert_eq!(sign(case.lead(sigma, eps).unwrap()), Some(false), "{before}");
        let margin = case.contrast(sigma, eps).unwrap().margin;
        assert!(margin.value <= margin.error, "{before}: {margin:?}");
    }
}

/// Many tries turn the probability late and fast, and multiply the rounding of each.
#[test]
fn many_tries_keep_their_digits() {
    for tries in [17, 1000, 1_000_000] {
        for claim in [Claim::DefenseHelps, Claim::TrainingHurts] {
            let case =
                usual(claim, Metric::RobustAccuracy, DrawProtocol::persistent(tries).unwrap());
            for (sigma, eps) in [(0.01, 0.5), (0.3, 0.5), (0.3, 0.0)] {
                let lead = case.lead(sigma, eps).unwrap();
                let expected = over_the_sum(&case, pair(&case).unwrap(), sigma, eps);
                assert!(close(lead, expected, 0.0) && lead.error < 1e-12, "{lead:?} {expected:?}");
            }
        }
    }
}
