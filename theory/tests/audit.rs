//! What an audit says of a region, against fine grids, 40 digits on its edges, and proofs.

use crate::common::{double, truth, ulp};
use gauss_sim_theory::claims::audit::{Extent, Finding, audit};
use gauss_sim_theory::claims::frontier::Vertex;
use gauss_sim_theory::claims::proof::{Region, Verdict, cover};
use gauss_sim_theory::claims::{self as point, Case, VoteSteps};
use task::{Claim, Metric};
use task::{DrawProtocol, Task};

fn miss(computed: f64, text: &str) -> f64 {
    truth(text).ulps(computed).abs() * ulp(double(text))
}

fn even(low: f64, high: f64, n: u32) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * f64::from(i) / f64::from(n - 1)).collect()
}

fn usual(claim: Claim, metric: Metric, draws: DrawProtocol) -> Case {
    Case { claim, metric, draws, task: Task::default(), shift: 1.0, votes: VoteSteps::All }
}

const ORDERS: [Claim; 4] =
    [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome, Claim::TradeOff];

/// The ends of the frontier on both axes, found on the edges of the default region.
#[test]
fn the_edges_are_limits() {
    let (sigmas, eps) = (even(0.0, 2.0, 17), even(0.0, 1.5, 13));
    for (claim, at_no_attack, at_no_spread) in [
        (
            Claim::DefenseHelps,
            "6.269751351434027273051195516924227142234e-1",
            "1.712375201741923601545241126803894422965e-1",
        ),
        (
            Claim::TrainingHurts,
            "4.893840247123384275339354651988676357340e-1",
            "1.712375201741923601545241126803894422965e-1",
        ),
        (
            Claim::TrainingKeepsSome,
            "1.043023751804187104489426239080549400170e0",
            "3.079375211453616573423607280383322998600e-1",
        ),
        (
            Claim::TradeOff,
            "6.461355440744346347221845144590250555936e-1",
            "3.079375211453616573423607280383322998600e-1",
        ),
    ] {
        let found = audit(&usual(claim, Metric::RobustAccuracy, DrawProtocol::Same), &sigmas, &eps)
            .unwrap();
        let [on_eps, on_sigma] = found.end_points[..] else {
            panic!("{claim}: {:?}", found.end_points);
        };
        assert_eq!((on_eps.sigma, on_sigma.eps), (0.0, 0.0), "{claim}");
        for (place, end, text) in
            [(on_eps.eps, on_eps, at_no_spread), (on_sigma.sigma, on_sigma, at_no_attack)]
        {
            let off = miss(place, text);
            assert!(off <= end.error && end.error < 1e-12, "{claim}: {end:?} is off by {off:e}");
        }
        check(&found, &sigmas, &eps, 0.01);
    }
}

/// What is said of a region against a grid of 200 × 200 points: the failing share, and that no point of
/// it is 1 % worse than the worst that was found. Of the share: the polygon through the frontier's
/// points is off by some L·h²/(8r) for its length L, radius r and a step h of the coarse grid (below
/// 0.01 of the region here), and the count by at most half a row of points.
fn check(found: &Finding, sigmas: &[f64], eps: &[f64], tolerance: f64) {
    let case = &found.case;
    let text = format!("{case:?}");
    let inside = |values: &[f64], x: f64| values[0] <= x && x <= values[values.len() - 1];
    let (mut fails, mut least, n) = (0, f64::INFINITY, 200);
    for i in 0..n {
        for j in 0..n {
            let at = |values: &[f64], i: u32| {
                let (low, high) = (values[0], values[values.len() - 1]);
                low + (high - low) * (f64::from(i) + 0.5) / f64::from(n)
            };
            let (sigma, eps) = (at(sigmas, i), at(eps, j));
            if case.lead(sigma, eps).unwrap().value <= 0.0 {
                fails += 1;
                least = case.contrast(sigma, eps).unwrap().margin.value.min(least);
            }
        }
    }
    let share = f64::from(fails) / f64::from(n * n);
    assert!(
        (found.failing_share - share).abs() < tolerance,
        "{text}: {} {share}",
        found.failing_share
    );
    match found.extent {
        Extent::Everywhere => assert!(share < tolerance, "{text}"),
        Extent::Nowhere => assert!(share > 1.0 - tolerance, "{text}"),
        Extent::Partly => {}
        Extent::CannotBeTold => panic!("{text}: {:?}", found.map.verdicts),
    }
    let witness = found.witness;
    assert!(inside(sigmas, witness.sigma) && inside(eps, witness.eps), "{text}: {witness:?}");
    let again = case.contrast(witness.sigma, witness.eps).unwrap();
    assert_eq!(again, witness.contrast, "{text}");
    let Some(worst) = found.worst else {
        assert!(found.extent == Extent::Everywhere && again.margin.value > 0.0, "{text}");
        return;
    };
    assert!(inside(sigmas, worst.sigma) && inside(eps, worst.eps), "{text}: {worst:?}");
    let margin = worst.contrast.margin.value;
    assert!(margin < 0.0 && margin <= 0.99 * least, "{text}: {worst:?} {least}");
    for place in [&worst, &witness] {
        let lead = case.lead(place.sigma, place.eps).unwrap();
        assert!(lead.value <= lead.error && place.contrast.margin.value < 0.0, "{text}: {place:?}");
    }
    assert!(again.margin.value <= 0.9 * 0.5 * margin, "{text}: {witness:?} {worst:?}");
}

#[test]
fn audits_of_other_tasks_match_fine_grids() {
    for (mean, data_std, shift) in [(2.0, 0.5, -1.5), (1.5, 0.625, 3.0), (0.7, 1.3, 0.4)] {
        let (sigmas, eps) = (even(0.05, 2.0, 16), even(0.05, 1.3 * mean, 15));
        for claim in ORDERS {
            for metric in Metric::ALL {
                let task = Task::new(mean, data_std).unwrap();
                let case = Case {
                    claim,
                    metric,
                    draws: DrawProtocol::Same,
                    task,
                    shift,
                    votes: VoteSteps::All,
                };
                check(&audit(&case, &sigmas, &eps).unwrap(), &sigmas, &eps, 0.01);
            }
        }
    }
}

#[test]
fn extents_are_those_of_the_region() {
    let fresh = DrawProtocol::Fresh;
    for (claim, metric, draws, sigmas, eps, extent) in [
        // beyond the frontier, before it, and across
        (
            Claim::TradeOff,
            Metric::RobustAccuracy,
            DrawProtocol::Same,
            [0.7, 2.0],
            [0.0, 1.5],
            Extent::Everywhere,
        ),
        (
            Claim::TrainingKeepsSome,
            Metric::RobustAccuracy,
            DrawProtocol::Same,
            [1.1, 2.0],
            [0.1, 1.5],
            Extent::Everywhere,
        ),
        (
            Claim::DefenseHelps,
            Metric::RobustAccuracy,
            DrawProtocol::Same,
            [0.0, 0.2],
            [0.0, 0.1],
            Extent::Nowhere,
        ),
        (
            Claim::DefenseHelps,
            Metric::AttackSuccessRate,
            DrawProtocol::Same,
            [0.0, 0.2],
            [0.0, 0.4],
            Extent::Partly,
        ),
        // the unconditional accuracy: below and above the mean
        (
            Claim::DefenseHelps,
            Metric::AdversarialAccuracy,
            DrawProtocol::Same,
            [0.1, 2.0],
            [0.1, 0.9],
            Extent::Nowhere,
        ),
        (
            Claim::TradeOff,
            Metric::AdversarialAccuracy,
            fresh,
            [0.1, 2.0],
            [1.1, 3.0],
            Extent::Everywhere,
        ),
        // a second draw costs something at ε = 0, and only those who draw
        (
            Claim::DefenseHelps,
            Metric::RobustAccuracy,
            fresh,
            [0.3, 2.0],
            [0.0, 0.05],
            Extent::Nowhere,
        ),
        (
            Claim::TrainingKeepsSome,
            Metric::RobustAccuracy,
            fresh,
            [0.0, 0.3],
            [0.0, 0.3],
            Extent::Nowhere,
        ),
        (
            Claim::TrainingHurts,
            Metric::RobustAccuracy,
            fresh,
            [0.6, 1.0],
            [0.0, 0.5],
            Extent::Everywhere,
        ),
    ] {
        let found = audit(
            &usual(claim, metric, draws),
            &even(sigmas[0], sigmas[1], 5),
            &even(eps[0], eps[1], 5),
        )
        .unwrap();
        assert_eq!(found.extent, extent, "{claim} {metric} {draws}");
        assert_eq!(found.worst.is_none(), extent == Extent::Everywhere, "{claim} {metric} {draws}");
        let share = match extent {
            Extent::Everywhere => found.failing_share == 0.0,
            Extent::Nowhere => found.failing_share == 1.0,
            Extent::Partly => found.failing_share > 0.0 && found.failing_share < 1.0,
            Extent::CannotBeTold => false,
        };
        assert!(share, "{claim} {metric} {draws}: {}", found.failing_share);
    }
}

/// Where the leading term turns, which is at one ε for every sigma, other branches meet that one, at σ = 0: no line of the
/// grid shows it, and a chord from one branch to the other would look like a hook.
#[test]
fn branches_of_the_vote_meet_at_the_edge() {
    let case = usual(Claim::VoteRestores, Metric::RobustAccuracy, DrawProtocol::Same);
    let found = audit(&case, &even(0.0, 2.0, 21), &even(0.0, 0.5, 6)).unwrap();
    let turn = 0.307_937_521_145_361_66;
    let there = |v: &&Vertex| v.root && (v.eps - turn).abs() < 1e-6;
    let sigmas = found.map.loops.iter().flatten().filter(there).map(|v| v.sigma);
    let least = sigmas.fold(f64::INFINITY, f64::min);
    assert!(least < 0.01, "{least}");
}

#[test]
fn what_cannot_be_audited_is_said() {
    let case = usual(Claim::TradeOff, Metric::RobustAccuracy, DrawProtocol::Same);
    let of = |mean: f64| Case { task: Task::new(mean, 1.0).unwrap(), ..case };
    let name =
        |case: &Case, sigmas: &[f64], eps: &[f64]| audit(case, sigmas, eps).unwrap_err().name;
    assert_eq!(name(&of(0.0), &[1.0], &[1.0]), "mean");
    assert_eq!(name(&of(-1.0), &[1.0], &[1.0]), "mean");
    assert_eq!(name(&Case { shift: 0.0, ..case }, &[1.0], &[1.0]), "shift");
    assert_eq!(name(&Case { shift: f64::NAN, ..case }, &[1.0], &[1.0]), "shift");
    for sigmas in [&[][..], &[0.0], &[-1.0, 1.0], &[f64::NAN]] {
        assert_eq!(name(&case, sigmas, &[1.0]), "sigma", "{sigmas:?}");
    }
    for eps in [&[][..], &[0.0], &[-1.0, 1.0], &[f64::INFINITY]] {
        assert_eq!(name(&case, &[1.0], eps), "eps", "{eps:?}");
    }
    assert!(audit(&case, &[1.0], &[1.0]).is_ok());
}

/// What is proven of whole cells and what an audit finds at nodes are not contrary to each other.
#[test]
fn audits_agree_with_proofs() {
    let (sigmas, eps) = (even(0.0, 2.0, 41), even(0.0, 1.5, 31));
    let region = Region { sigma: (0.0, 2.0), eps: (0.0, 1.5) };
    let (mut proven, mut nodes) = (0, 0);
    for (mean, data_std, shift) in [(1.0, 1.0, 1.0), (1.5, 0.6, 3.0), (0.7, 1.3, -0.4)] {
        for claim in ORDERS {
            for metric in [Metric::RobustAccuracy, Metric::AdversarialAccuracy] {
                let task = Task::new(mean, data_std).unwrap();
                let case = Case {
                    claim,
                    metric,
                    draws: DrawProtocol::Same,
                    task,
                    shift,
                    votes: VoteSteps::All,
                };
                let found = audit(&case, &sigmas, &eps).unwrap();
                let proof = cover(claim, metric, &task, shift, &region, 1.0 / 64.0).unwrap();
                for (at, found_here) in found.map.verdicts.iter().enumerate() {
                    let width = found.map.sigmas.len();
                    let (sigma, eps) = (found.map.sigmas[at % width], found.map.eps[at / width]);
                    let verdict = proof.at(sigma, eps);
                    let contrary = match found_here {
                        point::Verdict::Holds => Some(Verdict::Fails),
                        point::Verdict::Fails => Some(Verdict::Holds),
                        point::Verdict::CannotBeTold => None,
                    };
                    assert!(
                        verdict != contrary || contrary.is_none(),
                        "{case:?} {sigma} {eps}: {verdict:?}"
                    );
                    nodes += 1;
                    proven += u32::from(verdict.is_some_and(|verdict| verdict != Verdict::Open));
                }
                let [low, high] = [proof.fails, proof.fails + proof.open];
                // straight lines between the exact points of a smooth frontier
                let slack = 2e-3;
                let share = found.failing_share;
                assert!(
                    low - slack < share && share < high + slack,
                    "{case:?}: {low} {share} {high}"
                );
            }
        }
    }
    assert!(proven > nodes * 9 / 10, "{proven} of {nodes}");
}
