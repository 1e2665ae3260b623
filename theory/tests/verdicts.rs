//! Verdicts at points against 60 digits, and of regions: three shares, proofs that are not contradicted, and
//! what lies between the points of a grid.

use std::collections::BTreeMap;

use crate::common::{double, oracle, table};
use gauss_sim_theory::claims::audit::{Evidence, Extent, Finding, audit};
use gauss_sim_theory::claims::proof::{self, Region, cover};
use gauss_sim_theory::claims::{Case, Verdict, VoteSteps};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use task::{Claim, DrawProtocol, Metric, Task};

const ROBUST: Metric = Metric::RobustAccuracy;

fn case(claim: Claim, draws: DrawProtocol, [mean, data_std, shift]: [f64; 3]) -> Case {
    Case {
        claim,
        metric: ROBUST,
        draws,
        task: Task::new(mean, data_std).unwrap(),
        shift,
        votes: VoteSteps::All,
    }
}

fn even(low: f64, high: f64, n: u32) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * f64::from(i) / f64::from(n - 1)).collect()
}

/// No verdict contradicts 60 digits, and where the two sides are 1e-9 of their sum apart, one is given.
/// The points have mean/data_std from 0.01 to 30 and ε up to 40, where accuracies of 1e-10000 are compared.
#[test]
fn verdicts_match_sixty_digits() {
    let rows = table(&oracle().join("claims.csv"));
    let mut seen: BTreeMap<(String, String), [u32; 3]> = BTreeMap::new();
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let case = Case {
            claim: *Claim::ALL.iter().find(|claim| claim.name() == row[0]).unwrap(),
            metric: *Metric::ALL.iter().find(|metric| metric.name() == row[1]).unwrap(),
            draws: row[2].parse().unwrap(),
            task: Task::new(x(3), x(4)).unwrap(),
            shift: x(5),
            votes: VoteSteps::All,
        };
        let (sigma, eps, apart) = (x(6), x(7), x(9).abs());
        let lead = case.lead(sigma, eps).unwrap();
        let verdict = case.verdict(sigma, eps).unwrap();
        let place = format!("{row:?}: {lead:?}");
        let truth = if row[8] == "1" { Verdict::Holds } else { Verdict::Fails };
        assert!(verdict == truth || verdict == Verdict::CannotBeTold, "{place}");
        // of a trade-off the slope itself is written, not its distance from the two that make it
        let clear = if case.claim == Claim::TradeOff { 1e-6 } else { 1e-9 };
        assert!(verdict == truth || apart < clear, "{place}");
        let counts = seen.entry((row[0].clone(), row[2].clone())).or_default();
        counts[0] += u32::from(verdict == Verdict::Holds);
        counts[1] += u32::from(verdict == Verdict::Fails);
        counts[2] += u32::from(verdict == Verdict::CannotBeTold);
    }
    println!("{} rows: holds, fails, cannot be told {seen:#?}", rows.len());
    assert!(rows.len() > 1200, "{}", rows.len());
    for claim in Claim::ALL {
        let same = seen[&(claim.name().to_owned(), "same".to_owned())];
        assert!(same[0] >= 8 && same[1] >= 8, "{claim}: {same:?}");
    }
    let all = seen.values().fold([0; 3], |sum: [u32; 3], c| [0, 1, 2].map(|i| sum[i] + c[i]));
    assert!(all[2] * 50 < all[0] + all[1], "{all:?}");
}

/// The shares add up, and what is proven is neither taken for untold nor for its contrary.
fn check(found: &Finding) {
    let text = format!("{:?} {:?}", found.case, found.evidence);
    let shares = [found.holding_share, found.failing_share, found.untold_share];
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{text}: {shares:?}");
    assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{text}: {shares:?}");
    if let Some(cover) = &found.cover {
        assert!(found.failing_share >= cover.fails, "{text}: {shares:?}");
        assert!(found.holding_share >= cover.holds - 1e-15, "{text}: {shares:?}");
        assert!(cover.open <= 0.005 || cover.exhausted, "{text}: open {}", cover.open);
        assert!(found.extent != Extent::Everywhere || cover.fails == 0.0, "{text}");
        assert!(found.extent != Extent::Nowhere || cover.holds == 0.0, "{text}");
        for (at, verdict) in found.map.verdicts.iter().enumerate() {
            let width = found.map.sigmas.len();
            let (sigma, eps) = (found.map.sigmas[at % width], found.map.eps[at / width]);
            let contrary = match cover.at(sigma, eps) {
                Some(proof::Verdict::Holds) => *verdict != Verdict::Holds,
                Some(proof::Verdict::Fails) => *verdict != Verdict::Fails,
                Some(proof::Verdict::Open) | None => false,
            };
            assert!(!contrary, "{text} at {sigma} {eps}: {verdict}");
        }
    }
    let untold = found.map.verdicts.iter().filter(|verdict| !verdict.is_told()).count();
    assert_eq!(untold, found.unresolved, "{text}");
    assert_eq!(found.worst.is_some(), found.failing_share > 0.0, "{text}: {shares:?}");
}

/// Accuracies of 1e-80 and differences below any absolute error: all of it proven, or told point by point.
#[test]
fn tails_are_told() {
    let same = DrawProtocol::Same;
    for (claim, sigmas, eps) in [
        (Claim::TrainingKeepsSome, [0.3, 0.65, 1.0], [20.0, 20.5, 21.0]),
        (Claim::TrainingKeepsSome, [0.3, 0.65, 1.0], [12.0, 12.5, 13.0]),
        (Claim::DefenseHelps, [0.3, 0.65, 1.0], [12.0, 12.5, 13.0]),
        (Claim::TrainingHurts, [0.3, 0.65, 1.0], [38.0, 39.0, 40.0]),
        (Claim::TradeOff, [0.3, 0.65, 1.0], [38.0, 39.0, 40.0]),
    ] {
        let found = audit(&case(claim, same, [1.0; 3]), &sigmas, &eps).unwrap();
        assert_eq!(
            (found.extent, found.evidence),
            (Extent::Everywhere, Evidence::Proven),
            "{claim}"
        );
        check(&found);
        // fresh draws have no proof, and no point that cannot be told
        let found = audit(&case(claim, DrawProtocol::Fresh, [1.0; 3]), &sigmas, &eps).unwrap();
        assert_eq!((found.extent, found.unresolved), (Extent::Everywhere, 0), "{claim}");
        assert!(matches!(found.evidence, Evidence::Searched { points } if points >= 169));
        check(&found);
    }
    // and the mean twenty times the noise, where hardly an answer is wrong
    for claim in
        [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome, Claim::TradeOff]
    {
        let found =
            audit(&case(claim, same, [1.0, 0.05, 1.0]), &even(0.0, 2.0, 9), &even(0.0, 1.5, 7))
                .unwrap();
        assert_eq!((found.extent, found.unresolved), (Extent::Partly, 0), "{claim}");
        assert_eq!(found.untold_share, 0.0, "{claim}");
        check(&found);
    }
}

/// Random tasks and regions, some of them points of a 2 × 2 grid far apart.
#[test]
fn audits_of_random_regions_contradict_no_proof() {
    let range = |most: f64| (0.0..most, 0.01..most).prop_map(|(low, width)| [low, low + width]);
    let strategy = (
        0..4_usize,
        (-2.0..1.47_f64, -1.0..0.5_f64, -1.5..1.0_f64),
        (range(3.0), range(6.0)),
        2..6_u32,
    );
    let config = ProptestConfig {
        cases: 120,
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    type Asked = (usize, (f64, f64, f64), ([f64; 2], [f64; 2]), u32);
    let check = |(claim, (ratio, data_std, shift), (sigmas, eps), n): Asked| {
        let data_std = 10_f64.powf(data_std);
        let task = [data_std * 10_f64.powf(ratio), data_std, 10_f64.powf(shift)];
        let case = case(Claim::ALL[claim], DrawProtocol::Same, task);
        let found = audit(&case, &even(sigmas[0], sigmas[1], n), &even(eps[0], eps[1], n)).unwrap();
        check(&found);
        Ok(())
    };
    TestRunner::new(config).run(&strategy, check).unwrap();
}

/// A 2 × 2 grid whose every node holds, while the proof fails on 1.0 % between two of them. At ε = ½ the
/// claim fails for σ from 0.5034… to 1.7298…, to 20 and 16 digits by mpmath.
#[test]
fn a_failing_part_between_all_nodes_is_reported() {
    let case = case(Claim::DefenseHelps, DrawProtocol::Same, [1.5, 0.8, 2.5]);
    for (sigma, eps) in [(0.0, 0.5), (2.0, 0.5), (0.0, 1.5), (2.0, 1.5)] {
        assert_eq!(case.verdict(sigma, eps), Ok(Verdict::Holds));
    }
    // the margin at (1, ½) by mpmath; four ulp of success rates near ½
    let margin = case.contrast(1.0, 0.5).unwrap().margin;
    assert!((margin.value + 0.003_720_450_169_303_043_5).abs() < 5e-16, "{margin:?}");
    let found = audit(&case, &[0.0, 2.0], &[0.5, 1.5]).unwrap();
    assert_eq!(found.extent, Extent::Partly);
    assert!(matches!(found.evidence, Evidence::ProvenBut { open } if open <= 0.005));
    assert!(found.failing_share > 0.009 && found.failing_share < 0.02, "{}", found.failing_share);
    let ends: Vec<f64> = found.end_points.iter().map(|end| end.sigma).collect();
    assert_eq!(ends.len(), 2, "{:?}", found.end_points);
    for (end, truth) in
        found.end_points.iter().zip([0.503_404_463_090_873_5, 1.729_861_403_564_314_2])
    {
        assert!((end.sigma - truth).abs() <= end.error && end.error < 1e-12, "{end:?}");
    }
    let worst = found.worst.unwrap();
    assert!(worst.contrast.margin.value < -0.0039 && worst.eps == 0.5, "{worst:?}");
    check(&found);
}

/// A strip of 1e-3 of the region, along an edge, where no proof is offered: fresh draws, whose frontier at
/// the usual task is followed, and the region cut off a little below its lowest point.
#[test]
fn a_narrow_strip_is_found_without_a_proof() {
    for claim in [Claim::DefenseHelps, Claim::TrainingHurts] {
        let case = case(claim, DrawProtocol::Fresh, [1.0; 3]);
        // at ε = 0.4 and more the claim holds for σ small enough
        let holds = |sigma: f64, eps: f64| case.verdict(sigma, eps).unwrap() == Verdict::Holds;
        // the least ε from which on it holds at all σ of [0.2, 0.8]
        let (low, high) = (0.2, 0.8);
        let worst =
            |eps: f64| (0..=60).any(|i| !holds(low + (high - low) * f64::from(i) / 60.0, eps));
        let (mut below, mut above) = (0.0, 1.4);
        assert!(worst(below) && !worst(above), "{claim}");
        for _ in 0..40 {
            let middle = 0.5 * below + 0.5 * above;
            if worst(middle) {
                below = middle;
            } else {
                above = middle;
            }
        }
        // 2e-3 of the region's height below that: the strip is thinner, and narrower than the region
        let start = above - 2e-3;
        let found = audit(&case, &[low, high], &[start, start + 1.0]).unwrap();
        assert_eq!(found.extent, Extent::Partly, "{claim}: {:?}", found.map.verdicts);
        assert!(
            found.failing_share > 1e-6 && found.failing_share < 2e-3,
            "{claim}: {}",
            found.failing_share
        );
        check(&found);
    }
}

/// The proofs of cells that this crate offers, where the program's own grid finds nothing: all that is open
/// is handed on.
#[test]
fn what_stays_open_is_handed_on() {
    let found = audit(
        &case(Claim::TradeOff, DrawProtocol::Same, [1.0; 3]),
        &even(0.0, 2.0, 5),
        &even(0.0, 1.5, 4),
    )
    .unwrap();
    let Evidence::ProvenBut { open } = found.evidence else {
        panic!("{:?}", found.evidence);
    };
    let region = Region { sigma: (0.0, 2.0), eps: (0.0, 1.5) };
    let fine = cover(Claim::TradeOff, ROBUST, &Task::default(), 1.0, &region, 1.0 / 512.0).unwrap();
    assert!(open > 0.0 && open <= 0.005, "{open}");
    assert!(
        found.failing_share >= fine.fails - 0.005
            && found.failing_share <= fine.fails + fine.open + 0.005
    );
    check(&found);
}
