//! The claims about the number of votes: what decides for all n at once.

use gauss_sim_theory::claims::audit::{Evidence, Extent, audit};
use gauss_sim_theory::claims::{Case, Verdict, VoteSteps};
use gauss_sim_theory::invariance::disagreement;
use gauss_sim_theory::protocol::Protocol;
use task::{Claim, Defense, DrawProtocol, Eps, Metric, Stage, Task, Votes};

const SAME: DrawProtocol = DrawProtocol::Same;
const FRESH: DrawProtocol = DrawProtocol::Fresh;

fn usual(claim: Claim, draws: DrawProtocol) -> Case {
    Case {
        claim,
        metric: Metric::RobustAccuracy,
        draws,
        task: Task::default(),
        shift: 1.0,
        votes: VoteSteps::All,
    }
}

/// voted(n) − undefended, and its error.
fn gap(case: &Case, sigma: f64, eps: f64, n: u64) -> (f64, f64) {
    let eps = Eps::new(eps).unwrap();
    let defense = Defense::new(case.shift, sigma).unwrap();
    let value = |stage: Stage| {
        Protocol::new(&stage.margin(&case.task, &defense).unwrap(), case.draws).at(eps).robust
    };
    let (voted, undefended) =
        (value(Stage::Voted { votes: Votes::new(n).unwrap() }), value(Stage::Undefended));
    (voted.value - undefended.value, voted.error + undefended.error)
}

/// At σ = 2, ε = 0.3057 the gap changes its sign between n = 1001 and 2001, where a ladder that ends at 1001
/// sees nothing.
#[test]
fn a_change_of_sign_beyond_a_thousand_votes_is_a_failure() {
    let case = usual(Claim::VoteRestores, SAME);
    let (before, after) = (gap(&case, 2.0, 0.3057, 1001), gap(&case, 2.0, 0.3057, 2001));
    // by the issue's own numbers, which have three digits
    assert!((before.0 - 4.85e-8).abs() < 1e-10 && before.1 < 1e-13, "{before:?}");
    assert!((after.0 + 1.39e-7).abs() < 1e-9 && after.1 < 1e-13, "{after:?}");
    assert_eq!(case.verdict(2.0, 0.3057), Ok(Verdict::Fails));
    let contrast = case.contrast(2.0, 0.3057).unwrap();
    assert!(contrast.margin.value < -contrast.margin.error, "{contrast:?}");
}

/// The upper branch of the frontier is where G(1 − ε) = G(1), whatever sigma is: ε to 19 digits by mpmath.
#[test]
fn the_upper_branch_is_the_same_for_every_sigma() {
    let branch = 0.307_937_521_145_361_66;
    for sigma in [0.5, 1.0, 2.0, 4.0] {
        let case = usual(Claim::VoteRestores, SAME);
        let found = audit(&case, &[sigma], &[branch - 1e-3, branch + 1e-3]).unwrap();
        let [end] = found.end_points[..] else {
            // a line is one column: its root is no edge of sigma
            let roots: Vec<f64> =
                found.map.loops.iter().flatten().filter(|v| v.root).map(|v| v.eps).collect();
            assert!(roots.iter().all(|root| (root - branch).abs() < 1e-12), "{sigma}: {roots:?}");
            continue;
        };
        assert!((end.eps - branch).abs() < 1e-12, "{sigma}: {end:?}");
    }
    for claim in [Claim::VoteRestores, Claim::VoteTradeOff] {
        for sigma in [0.3, 1.0, 3.0] {
            let case = usual(claim, SAME);
            assert_eq!(case.verdict(sigma, branch + 1e-9), Ok(Verdict::Holds), "{claim} {sigma}");
            assert_eq!(case.verdict(sigma, branch - 1e-9), Ok(Verdict::Fails), "{claim} {sigma}");
        }
    }
}

/// Verdicts of the ladder against every odd n up to 401 and the leading term.
#[test]
fn the_ladder_sees_what_every_odd_number_shows() {
    for draws in [SAME, FRESH] {
        for sigma in [0.4, 1.3] {
            for eps in [0.12, 0.26, 0.45, 0.9, 1.4] {
                let gaps: Vec<(f64, f64)> = (0..=200)
                    .map(|h| gap(&usual(Claim::VoteRestores, draws), sigma, eps, 2 * h + 1))
                    .collect();
                let shrinks =
                    gaps.windows(2).all(|w| w[1].0.abs() <= w[0].0.abs() + w[0].1 + w[1].1);
                let falls = gaps.windows(2).all(|w| w[1].0 <= w[0].0 + w[0].1 + w[1].1);
                for (claim, all) in [(Claim::VoteRestores, shrinks), (Claim::VoteTradeOff, falls)] {
                    let verdict = usual(claim, draws).verdict(sigma, eps).unwrap();
                    // more votes than these can only make a claim fail
                    assert!(
                        all || verdict == Verdict::Fails,
                        "{claim} {draws} {sigma} {eps}: {verdict}"
                    );
                    assert!(verdict.is_told(), "{claim} {draws} {sigma} {eps}");
                }
            }
        }
    }
}

/// Under fresh draws the trade-off turns round: both invariance and robust accuracy rise with votes.
/// Values at σ = ½, ε = 0.3, from the two-dimensional sums of a check by hand, to four digits.
#[test]
fn fresh_votes_win_robust_accuracy_too() {
    let case = usual(Claim::VoteTradeOff, FRESH);
    let undefended = gap(&case, 0.5, 0.3, 1).0 - gap(&case, 0.5, 0.3, 1).0;
    assert_eq!(undefended, 0.0);
    let defense = Defense::new(1.0, 0.5).unwrap();
    let robust = |n: u64| {
        let stage = Stage::Voted { votes: Votes::new(n).unwrap() };
        let margin = stage.margin(&case.task, &defense).unwrap();
        let found = Protocol::new(&margin, FRESH).at(Eps::new(0.3).unwrap()).robust;
        (found.value, disagreement(&margin).value)
    };
    let found = [1, 11, 101].map(robust);
    for ((value, _), expected) in found.iter().zip([0.8496, 0.8956, 0.9010]) {
        assert!((value - expected).abs() < 5e-5, "{found:?}");
    }
    assert!(found[0].1 > found[1].1 && found[1].1 > found[2].1, "invariance rises: {found:?}");
    assert_eq!(case.verdict(0.5, 0.3), Ok(Verdict::Fails));
    let contrast = case.contrast(0.5, 0.3).unwrap();
    assert!(contrast.margin.value < -0.04, "{contrast:?}");
    // under one shared draw it holds above G(1 − ε) = G(1), and below fails
    let same = usual(Claim::VoteTradeOff, SAME);
    assert_eq!(same.verdict(0.5, 0.5), Ok(Verdict::Holds));
    assert_eq!(same.verdict(0.5, 0.3), Ok(Verdict::Fails));
    let contrast = same.contrast(0.5, 0.5).unwrap();
    assert!(contrast.margin.value > 0.0, "{contrast:?}");
    // without an attack a second draw costs in proportion to 1/√n, and so does each of several tries
    assert_eq!(case.verdict(0.5, 0.0), Ok(Verdict::Fails));
    let several = usual(Claim::VoteTradeOff, DrawProtocol::persistent(5).unwrap());
    assert_eq!(several.verdict(0.5, 0.7), Ok(Verdict::Fails));
}

/// In adversarial accuracy the claims are decided by Condorcet's theorem.
#[test]
fn adversarial_accuracy_needs_no_ladder() {
    let of = |claim, draws| Case { metric: Metric::AdversarialAccuracy, ..usual(claim, draws) };
    for draws in [SAME, FRESH] {
        let restores =
            audit(&of(Claim::VoteRestores, draws), &[0.0, 1.0, 2.0], &[0.0, 0.7, 1.5]).unwrap();
        assert_eq!((restores.extent, restores.evidence), (Extent::Everywhere, Evidence::Proven));
        let falls =
            audit(&of(Claim::VoteTradeOff, draws), &[0.5, 1.0, 2.0], &[0.0, 0.5, 2.0]).unwrap();
        assert_eq!((falls.extent, falls.evidence), (Extent::Partly, Evidence::Proven));
        assert!((falls.failing_share - 0.5).abs() < 1e-12, "{}", falls.failing_share);
    }
}
