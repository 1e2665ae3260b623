//! The claims along a list of numbers of votes: against 40 digits, and against the accuracies themselves.

use std::cell::Cell;

use gauss_sim_theory::claims::audit::{Extent, audit};
use gauss_sim_theory::claims::{Case, Verdict, VoteSteps};
use gauss_sim_theory::invariance::disagreement;
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use task::{Claim, Defense, DrawProtocol, Eps, Margin, Metric, Stage, Task, Votes};

use crate::common::{Truth, double, oracle, table};

const ALONG: [Claim; 2] = [Claim::VoteTradeOff, Claim::VoteRestores];

fn votes(text: &str) -> Vec<Votes> {
    let one = |item: &str| match item {
        "inf" => Votes::Limit,
        n => Votes::new(n.parse().unwrap()).unwrap(),
    };
    text.split_whitespace().map(one).collect()
}

fn between(text: &str) -> VoteSteps {
    VoteSteps::between(&votes(text)).unwrap()
}

fn usual(claim: Claim, draws: DrawProtocol, list: &str) -> Case {
    let (metric, task) = (Metric::RobustAccuracy, Task::default());
    Case { claim, metric, draws, task, shift: 1.0, votes: between(list) }
}

fn margin(case: &Case, sigma: f64, votes: Votes) -> Margin {
    let defense = Defense::new(case.shift, sigma).unwrap();
    Stage::Voted { votes }.margin(&case.task, &defense).unwrap()
}

/// The metric as it is reported, and its complement.
fn reported(case: &Case, sigma: f64, eps: f64, votes: Votes) -> [Bounded; 2] {
    let found = Protocol::new(&margin(case, sigma, votes), case.draws).at(Eps::new(eps).unwrap());
    match case.metric {
        Metric::AdversarialAccuracy => [found.adversarial, found.adversarial.complement()],
        _ => [found.robust, found.attack_success_rate],
    }
}

/// Robust accuracies to 1e-12 relative (theory's bound for sums and quadratures), and the verdicts of both claims:
/// the right one wherever the closest step is 1e-9 of its sides, and never the other one.
#[test]
fn lists_match_forty_digits() {
    let rows = table(&oracle().join("along_votes.csv"));
    let mut seen = [[0_u32; 3]; 2];
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        for (at, claim) in ALONG.into_iter().enumerate() {
            let case = Case {
                task: Task::new(x(0), x(1)).unwrap(),
                ..usual(claim, row[3].parse().unwrap(), &row[5])
            };
            let (sigma, eps, apart) = (x(2), x(4), x(8 + at));
            let verdict = case.verdict(sigma, eps).unwrap();
            let place = format!("{claim} {row:?}: {:?}", case.lead(sigma, eps));
            let truth = if row[6 + at] == "1" { Verdict::Holds } else { Verdict::Fails };
            assert!(verdict == truth || verdict == Verdict::CannotBeTold, "{place}");
            assert!(verdict == truth || apart < 1e-9, "{place}");
            seen[at][verdict as usize] += 1;
            for (votes, text) in votes(&row[5]).into_iter().zip(row[10].split(' ')) {
                let found = reported(&case, sigma, eps, votes)[0];
                let truth = Truth::parse(text).unwrap().nearest();
                let off = (found.value - truth).abs();
                assert!(off <= 1e-12 * truth && off <= found.error, "{votes} {found:?} {place}");
            }
        }
    }
    assert!(rows.len() > 80, "{}", rows.len());
    let [falls, restores] = seen;
    assert!(falls[0] >= 15 && falls[1] >= 15 && restores[0] >= 15, "{seen:?}");
    assert!(restores[1] >= 2, "{seen:?}");
}

/// The reversal: σ = .5, ε = .3, fresh draws.
#[test]
fn fresh_votes_reverse_the_claim_along_a_list() {
    let (draws, sigma, eps) = (DrawProtocol::Fresh, 0.5, 0.3);
    let case = usual(Claim::VoteTradeOff, draws, "1 11 101");
    let robust = votes("1 11 101").into_iter().map(|n| reported(&case, sigma, eps, n)[0].value);
    for (value, four_digits) in robust.zip([0.8496, 0.8956, 0.9010]) {
        assert!((value - four_digits).abs() < 5e-5, "{value}");
    }
    assert_eq!(case.verdict(sigma, eps), Ok(Verdict::Fails));
    let contrast = case.contrast(sigma, eps).unwrap();
    let stages = [101, 1].map(|n| Stage::Voted { votes: Votes::new(n).unwrap() });
    assert_eq!(contrast.stages, stages);
    assert!((contrast.margin.value + 0.0514).abs() < 1e-4, "{contrast:?}");
    // Each step reverses it, and invariance rises at each.
    let changed =
        votes("1 11 101").into_iter().map(|n| disagreement(&margin(&case, sigma, n)).value);
    assert!(changed.collect::<Vec<_>>().windows(2).all(|pair| pair[1] < pair[0]));
    for step in ["1 11", "11 101", "101 inf"] {
        assert_eq!(usual(Claim::VoteTradeOff, draws, step).verdict(sigma, eps), Ok(Verdict::Fails));
        assert_eq!(usual(Claim::VoteRestores, draws, step).verdict(sigma, eps), Ok(Verdict::Holds));
    }
}

/// What a list says is what the reported accuracies of its numbers say, pair by pair.
#[test]
fn a_list_compares_its_numbers_and_nothing_else() {
    let lists = ["1 11 101", "1 3", "3 5 7 9", "1 inf", "5 101 inf", "2 10", "1 1001"];
    let draws = prop_oneof![
        Just(DrawProtocol::Same),
        Just(DrawProtocol::Fresh),
        (1_u64..=20).prop_map(|tries| DrawProtocol::persistent(tries).unwrap())
    ];
    let size = |most: f64| prop_oneof![8 => 0.02..most, 1 => (-3.0..-1.0_f64).prop_map(|e| 10_f64.powf(e))];
    let eps = prop_oneof![8 => size(4.0), 1 => Just(0.0)];
    let strategy =
        (0..2_usize, 0..2_usize, draws, 0..lists.len(), (0.2..4.0, 0.1..5.0), size(6.0), eps);
    let told = Cell::new([0_u32; 3]);
    let check = |(claim, metric, draws, list, (mean, data_std), sigma, eps): (
        usize,
        usize,
        DrawProtocol,
        usize,
        (f64, f64),
        f64,
        f64,
    )| {
        let case = Case {
            metric: [Metric::RobustAccuracy, Metric::AdversarialAccuracy][metric],
            task: Task::new(mean, data_std).unwrap(),
            ..usual(ALONG[claim], draws, lists[list])
        };
        let restores = case.claim == Claim::VoteRestores;
        let [limit, _] = reported(&case, sigma, eps, Votes::Limit);
        let values: Vec<[Bounded; 2]> =
            votes(lists[list]).into_iter().map(|n| reported(&case, sigma, eps, n)).collect();
        // What each step gains in the sense of the claim.
        let steps = values.windows(2).map(|pair| {
            let [[before, before_lost], [after, after_lost]] = [pair[0], pair[1]];
            let minus = |a: Bounded, b: Bounded| Bounded {
                value: a.value - b.value,
                error: a.error + b.error + f64::EPSILON * (a.value.abs() + b.value.abs()),
            };
            let size = |a: Bounded| Bounded { value: a.value.abs(), ..a };
            match (restores, before.value > 0.5 && after.value > 0.5) {
                (true, _) => minus(size(minus(before, limit)), size(minus(after, limit))),
                (false, true) => minus(after_lost, before_lost),
                (false, false) => minus(before, after),
            }
        });
        let steps: Vec<Verdict> = steps.map(Verdict::of).collect();
        let verdict = case.verdict(sigma, eps).unwrap();
        let expected = if steps.contains(&Verdict::Fails) {
            Verdict::Fails
        } else if steps.contains(&Verdict::CannotBeTold) {
            Verdict::CannotBeTold
        } else {
            Verdict::Holds
        };
        // All votes are equal without an attack on one shared draw: there it is the limit ε → 0 that counts.
        let limit = eps == 0.0 && draws == DrawProtocol::Same && metric == 0;
        if limit || expected == Verdict::CannotBeTold {
            return Ok(()); // the claim sees more than the reported numbers show
        }
        prop_assert_eq!(
            verdict,
            expected,
            "{:?} {} {}: {:?} {:?}",
            case,
            sigma,
            eps,
            steps,
            values
        );
        // And the witness's numbers are those of two of the list, in the order of the claim.
        let contrast = case.contrast(sigma, eps).unwrap();
        let place = |stage: Stage| {
            votes(lists[list]).into_iter().position(|votes| stage == Stage::Voted { votes })
        };
        let [a, b] = contrast.stages.map(|stage| place(stage).unwrap());
        prop_assert!(if restores { a < b } else { b < a }, "{:?} {:?}", case, contrast);
        let shown = Verdict::of(contrast.margin);
        prop_assert!(
            shown == expected || shown == Verdict::CannotBeTold,
            "{:?} {:?}",
            case,
            contrast
        );
        let mut counts = told.get();
        counts[verdict as usize] += 1;
        told.set(counts);
        Ok(())
    };
    let config = ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config).run(&strategy, check).unwrap();
    let [holds, fails, _] = told.get();
    assert!(holds > 80 && fails > 80, "{:?}", told.get());
}

/// As sigma → 0 all votes become equal, and the sign near there is that of the edge.
#[test]
fn the_edge_without_noise_is_the_limit() {
    for draws in [DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(4).unwrap()] {
        for (eps, list) in [(0.1, "1 11 101"), (0.5, "1 11 101"), (0.5, "1 inf"), (1.4, "3 5")] {
            for claim in ALONG {
                let case = usual(claim, draws, list);
                let [edge, near] = [0.0, 1e-3].map(|sigma| case.verdict(sigma, eps).unwrap());
                assert_eq!(edge, near, "{claim} {draws} {eps} {list}");
                assert!(edge.is_told());
            }
        }
    }
}

/// A frontier along a list is where two numbers of votes are equally good.
#[test]
fn the_frontier_of_a_list_is_where_its_numbers_are_equal() {
    let case = usual(Claim::VoteTradeOff, DrawProtocol::Same, "1 11");
    let found = audit(&case, &[0.5], &[0.1, 0.2, 0.3, 0.4]).unwrap();
    assert_eq!(found.extent, Extent::Partly);
    let roots: Vec<f64> =
        found.map.loops.iter().flatten().filter(|v| v.root).map(|v| v.eps).collect();
    assert!(!roots.is_empty());
    for root in roots {
        let [one, eleven] = [1, 11].map(|n| reported(&case, 0.5, root, Votes::new(n).unwrap())[1]);
        assert!((one.value - eleven.value).abs() < 1e-14, "{root}: {one:?} {eleven:?}");
    }
}

#[test]
fn a_list_is_kept_without_repetitions() {
    let shown = |text: &str| between(text).to_string();
    assert_eq!(shown("1 11 101"), "1, 11, 101");
    assert_eq!(shown("1 2 3 4"), "1, 3");
    assert_eq!(shown("inf 10 2 10"), "2, 10, inf");
    assert_eq!(shown("1 3 5 7 9 11 13"), "1, 3, 5, …, 13");
    assert_eq!(VoteSteps::default().to_string(), "all");
    assert_eq!(between("1 2 3"), between("3 1"));
    for (text, value) in [("", ""), ("11", "11"), ("inf", "inf"), ("1 2", "1,2"), ("7 8", "7,8")] {
        let error = VoteSteps::between(&votes(text)).unwrap_err();
        assert_eq!((error.name, error.value.as_str()), ("votes", value));
        assert!(error.expected.starts_with("at least two numbers"), "{error}");
    }
}
