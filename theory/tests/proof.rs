//! The proofs over cells: bounds against 40 digits, and verdicts against exact values at points.

use crate::common::{double, oracle, table};
use gauss_sim_theory::accuracy::Profile;
use gauss_sim_theory::claims::proof::{MAX_BOXES, Region, Verdict, analytic, cover, lead};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{Claim, Metric};
use task::{Defense, Eps, Margin, Stage, Task, Votes};

const COVERED: [Claim; 4] =
    [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome, Claim::TradeOff];
const ROBUST: Metric = Metric::RobustAccuracy;
const ADVERSARIAL: Metric = Metric::AdversarialAccuracy;
/// The default question of the program.
const USUAL: Region = Region { sigma: (0.0, 2.0), eps: (0.0, 1.5) };

/// The columns of `lead.csv`: what is asked, and the column. The trade-off has two, for two
/// thresholds, and the bounds cover both.
const COLUMNS: [(Claim, Metric, usize); 8] = [
    (Claim::DefenseHelps, ROBUST, 5),
    (Claim::TrainingHurts, ROBUST, 6),
    (Claim::TrainingKeepsSome, ROBUST, 7),
    (Claim::TradeOff, ROBUST, 8),
    (Claim::TradeOff, ROBUST, 9),
    (Claim::DefenseHelps, ADVERSARIAL, 10),
    (Claim::TrainingHurts, ADVERSARIAL, 11),
    (Claim::TrainingKeepsSome, ADVERSARIAL, 12),
];

fn point(sigma: f64, eps: f64) -> Region {
    Region { sigma: (sigma, sigma), eps: (eps, eps) }
}

/// A box of this width, as a share of the noise, with the point in it; 0 ≤ at ≤ 1 says where.
fn around(sigma: f64, eps: f64, width: f64, at: f64) -> Region {
    let range = |x: f64, at: f64| ((x - width * at).max(0.0), x + width * (1.0 - at));
    Region { sigma: range(sigma, at), eps: range(eps, 1.0 - at) }
}

#[test]
fn bounds_contain_forty_digits() {
    let rows = table(&oracle().join("lead.csv"));
    for (number, row) in rows.iter().enumerate() {
        let x = |i: usize| double(&row[i]);
        let task = Task::new(x(0), x(1)).unwrap();
        for (claim, metric, column) in COLUMNS {
            for (width, at) in [(0.0, 0.0), (1e-9, 0.3), (1e-3, 0.7), (0.03, 0.5), (0.5, 0.1)] {
                let region = around(x(3), x(4), width * x(1), at);
                let found = lead(claim, metric, &task, x(2), &region).unwrap();
                // the ends are doubles: if they contain the truth, then its nearest double too
                assert!(
                    found.contains(x(column)),
                    "row {number} {claim} {metric} width {width}: {found:?} {}",
                    row[column]
                );
            }
        }
    }
}

/// At a point the bounds are as narrow as the differences of rounded numbers allow: some 1e-15,
/// over eps (1e-3 in the worst row), and over eps·(1 − r) (5e-8) where training keeps some; or the
/// range over [0, eps] or [r, 1], where that is narrower. The first 120 rows are those of ordinary
/// size; of the trade-off the last 10, where all thresholds are almost the same.
#[test]
fn bounds_at_points_are_narrow() {
    let rows = table(&oracle().join("lead.csv"));
    let mut widest = [0.0f64; COLUMNS.len()];
    for (number, row) in rows.iter().enumerate() {
        let x = |i: usize| double(&row[i]);
        let task = Task::new(x(0), x(1)).unwrap();
        for (k, (claim, metric, _)) in COLUMNS.into_iter().enumerate() {
            let flat = claim == Claim::TradeOff && metric == ROBUST;
            if (flat && number >= 140) || (!flat && number < 120) {
                let found = lead(claim, metric, &task, x(2), &point(x(3), x(4))).unwrap();
                widest[k] = widest[k].max(found.width());
            }
        }
    }
    let limits = [1e-11, 1e-11, 1e-7, 3e-9, 3e-9, 1e-14, 1e-14, 3e-9];
    assert!(widest.iter().zip(limits).all(|(&width, limit)| width < limit), "{widest:?}");
}

#[test]
fn bounds_shrink_with_the_square_of_the_box() {
    let task = Task::default();
    for (claim, metric, _) in COLUMNS {
        // not where the bounds cover all thresholds, whatever the box, nor where sigma hardly matters
        // to the sign and no mean-value form is used
        let other = claim == Claim::TrainingKeepsSome && metric == ADVERSARIAL;
        if claim == Claim::TradeOff || other {
            continue;
        }
        for (sigma, eps) in [(0.3, 0.2), (1.0, 0.5), (1.7, 1.2)] {
            let width = |w: f64| {
                let region = around(sigma, eps, w, 0.5);
                lead(claim, metric, &task, 1.0, &region).unwrap().width()
            };
            // the width itself falls with the box, and its excess over the range with the square
            let [coarse, fine] = [1e-2, 1e-3].map(|w| width(w) / w);
            assert!(fine < 1.02 * coarse && fine < 2.0, "{claim} {metric}: {coarse} {fine}");
        }
    }
}

/// The robust accuracy, or the adversarial one.
fn value(task: Task, sigma: f64, eps: f64, metric: Metric, offset: Option<f64>) -> (f64, f64) {
    let margin = match offset {
        None => Stage::Undefended.margin(&task, &Defense::new(0.0, sigma).unwrap()).unwrap(),
        Some(u) => Margin::new(task, u, sigma, Votes::ONE).unwrap(),
    };
    let found = Profile::new(&margin).at(Eps::new(eps).unwrap());
    match metric {
        Metric::RobustAccuracy => (found.robust.value, found.robust.error),
        Metric::AdversarialAccuracy => (found.adversarial.value, found.adversarial.error),
        // so that larger is better throughout
        Metric::AttackSuccessRate => {
            (-found.attack_success_rate.value, found.attack_success_rate.error)
        }
    }
}

/// What the closed forms say at a point: `None` where they are too close together. Of the
/// trade-off, nine thresholds.
fn at_point(
    claim: Claim,
    metric: Metric,
    task: Task,
    shift: f64,
    sigma: f64,
    eps: f64,
) -> Option<bool> {
    let of = |offset: Option<f64>| value(task, sigma, eps, metric, offset);
    let below =
        |(a, da): (f64, f64), (b, db): (f64, f64)| ((a - b).abs() > da + db).then_some(a < b);
    match claim {
        Claim::DefenseHelps => below(of(None), of(Some(shift))),
        Claim::TrainingHurts => below(of(Some(0.0)), of(Some(shift))),
        Claim::TrainingKeepsSome => below(of(None), of(Some(0.0))),
        _ => {
            let family: Vec<_> = (0..=8).map(|i| of(Some(shift * f64::from(i) / 8.0))).collect();
            let steps: Vec<_> = family.windows(2).map(|pair| below(pair[0], pair[1])).collect();
            if steps.contains(&Some(false)) {
                return Some(false);
            }
            steps.iter().all(Option::is_some).then_some(true)
        }
    }
}

/// How many points of a grid of n × n the cover decides, and how often the closed forms say
/// otherwise. Nine thresholds could miss a failure of the trade-off between two of them; they do not.
fn agreeing(claim: Claim, metric: Metric, task: Task, shift: f64, n: u32) -> (u32, u32) {
    let found = cover(claim, metric, &task, shift, &USUAL, 1.0 / 64.0).unwrap();
    let (mut decided, mut contradicted) = (0, 0);
    for i in 1..=n {
        for j in 1..=n {
            let (sigma, eps) =
                (2.0 * f64::from(i) / f64::from(n), 1.5 * f64::from(j) / f64::from(n));
            let Some(verdict) = found.at(sigma, eps).filter(|&v| v != Verdict::Open) else {
                continue;
            };
            decided += 1;
            match at_point(claim, metric, task, shift, sigma, eps) {
                Some(true) if verdict == Verdict::Fails => contradicted += 1,
                Some(false) if verdict == Verdict::Holds => contradicted += 1,
                _ => {}
            }
        }
    }
    (decided, contradicted)
}

#[test]
fn covers_never_contradict_points() {
    for metric in Metric::ALL {
        for claim in COVERED {
            let n = if metric == Metric::AttackSuccessRate { 50 } else { 200 };
            let (decided, contradicted) = agreeing(claim, metric, Task::default(), 1.0, n);
            println!("{claim} {metric}: {decided} of {}", n * n);
            assert_eq!(contradicted, 0, "{claim} {metric}");
            assert!(decided > n * n * 97 / 100, "{claim} {metric}: {decided}");
        }
    }
}

/// Other tasks: shifts that are small, where verdicts follow from other claims, or large; and little
/// noise.
#[test]
fn covers_of_other_tasks_never_contradict_points() {
    for (mean, data_std, shift) in
        [(1.0, 1.0, 0.1), (1.0, 0.2, 1.0), (1.5, 0.6, 3.0), (0.3, 1.0, 0.5)]
    {
        for claim in COVERED {
            let task = Task::new(mean, data_std).unwrap();
            let (decided, contradicted) = agreeing(claim, ROBUST, task, shift, 60);
            println!("{claim} {mean} {data_std} {shift}: {decided} of 3600");
            assert_eq!(contradicted, 0, "{claim} {mean} {data_std} {shift}");
            assert!(decided > 3200, "{claim} {mean} {data_std} {shift}: {decided}");
        }
    }
}

/// The same check sees a wrong formula: here, the cover of one claim against points of another.
#[test]
fn points_contradict_a_wrong_cover() {
    let found =
        cover(Claim::TrainingHurts, ROBUST, &Task::default(), 1.0, &USUAL, 1.0 / 64.0).unwrap();
    let wrong = (1..=40).flat_map(|i| (1..=40).map(move |j| (i, j))).filter(|&(i, j)| {
        let (sigma, eps) = (f64::from(i) / 20.0, 1.5 * f64::from(j) / 40.0);
        let point = at_point(Claim::TrainingKeepsSome, ROBUST, Task::default(), 1.0, sigma, eps);
        found.at(sigma, eps) == Some(Verdict::Holds) && point == Some(false)
    });
    assert!(wrong.count() > 20);
}

#[test]
fn frontiers_end_where_they_are_known_to() {
    // eps → 0 at mean = data_std = shift = 1: design, section 3, and lead.py
    for (claim, end) in [
        (Claim::DefenseHelps, 0.6269),
        (Claim::TrainingHurts, 0.4893),
        (Claim::TrainingKeepsSome, 1.0430),
        (Claim::TradeOff, 0.646_135_544),
    ] {
        let task = Task::default();
        let everywhere = |sigma: (f64, f64)| {
            let region = Region { sigma, eps: (0.0, 0.0) };
            cover(claim, ROBUST, &task, 1.0, &region, 1e-5).unwrap().everywhere()
        };
        let last = 1.5e-4; // one in the last digit that is known, and a little
        assert_eq!(everywhere((0.0, end - last)), Some(Verdict::Fails), "{claim}");
        assert_eq!(everywhere((end + last, 4.0)), Some(Verdict::Holds), "{claim}");
    }
    let at = |eps: f64| {
        cover(Claim::TradeOff, ROBUST, &Task::default(), 1.0, &point(0.3, eps), 1.0)
            .unwrap()
            .everywhere()
    };
    assert_eq!((at(0.239_14), at(0.239_2)), (Some(Verdict::Fails), Some(Verdict::Holds)));
}

#[test]
fn a_region_beyond_the_frontier_is_proven_as_a_whole() {
    for (claim, from) in [
        (Claim::DefenseHelps, 0.65),
        (Claim::TrainingHurts, 0.52),
        (Claim::TrainingKeepsSome, 1.06),
        (Claim::TradeOff, 0.7),
    ] {
        let region = Region { sigma: (from, 2.0), eps: (0.0, 1.5) };
        let found = cover(claim, ROBUST, &Task::default(), 1.0, &region, 1e-3).unwrap();
        assert_eq!(found.everywhere(), Some(Verdict::Holds), "{claim}");
        assert_eq!((found.holds, found.fails, found.open), (1.0, 0.0, 0.0));
    }
}

#[test]
fn shares_are_of_the_region_whatever_its_dimension() {
    for region in [
        USUAL,
        Region { eps: (0.1, 0.1), ..USUAL },
        Region { sigma: (0.3, 0.3), ..USUAL },
        point(0.3, 0.1),
    ] {
        for claim in COVERED {
            let task = Task::default();
            let found = cover(claim, ROBUST, &task, 1.0, &region, 1.0 / 64.0).unwrap();
            // powers of two: nothing is rounded
            assert_eq!(found.holds + found.fails + found.open, 1.0, "{claim} {region:?}");
            let share = |verdict: Verdict| -> f64 {
                let of_verdict = found.cells.iter().filter(|cell| cell.verdict == verdict);
                of_verdict.map(|cell| cell.share).sum()
            };
            let shares = [Verdict::Holds, Verdict::Fails, Verdict::Open].map(share);
            assert_eq!(shares, [found.holds, found.fails, found.open], "{claim} {region:?}");
            // along a line two cells of 1/64 may stay open
            assert!(found.open < 0.04 && found.boxes <= MAX_BOXES && !found.exhausted);
        }
    }
    let one = cover(Claim::TradeOff, ROBUST, &Task::default(), 1.0, &point(0.3, 0.1), 0.1).unwrap();
    assert_eq!((one.fails, one.boxes), (1.0, 1));
}

#[test]
fn the_box_limit_is_kept_and_said() {
    let task = Task::default();
    // a frontier of length 1 and cells of 1e-6: more than there may be
    let found = cover(Claim::TradeOff, ADVERSARIAL, &task, 1.0, &USUAL, 0.0).unwrap();
    assert!(found.exhausted && (MAX_BOXES - 1..=MAX_BOXES).contains(&found.boxes));
    assert_eq!(found.holds + found.fails + found.open, 1.0);
    assert!(found.open < 1e-4);
}

#[test]
fn what_is_not_covered_is_none() {
    let task = Task::default();
    let ask = |claim, mean: f64, shift: f64, region: &Region| {
        cover(claim, ROBUST, &Task::new(mean, 1.0).unwrap(), shift, region, 0.1).is_some()
    };
    assert!(ask(Claim::TradeOff, 1.0, -1.0, &USUAL));
    assert!(!ask(Claim::VoteRestores, 1.0, 1.0, &USUAL));
    assert!(!ask(Claim::TradeOff, 0.0, 1.0, &USUAL));
    assert!(!ask(Claim::TradeOff, -1.0, 1.0, &USUAL));
    for shift in [0.0, f64::NAN, f64::INFINITY] {
        assert!(!ask(Claim::TradeOff, 1.0, shift, &USUAL));
    }
    for sigma in [(1.0, 0.0), (-1.0, 1.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
        assert!(!ask(Claim::TradeOff, 1.0, 1.0, &Region { sigma, ..USUAL }));
    }
    assert!(lead(Claim::VoteRestores, ROBUST, &task, 1.0, &USUAL).is_none());
}

#[test]
fn the_sign_of_the_shift_does_not_matter() {
    for claim in COVERED {
        let of = |shift: f64| cover(claim, ROBUST, &Task::default(), shift, &USUAL, 0.1);
        assert_eq!(of(1.0), of(-1.0));
    }
}

#[test]
fn analytic_statements_are_what_the_covers_find() {
    for (mean, data_std, shift) in [(1.0, 1.0, 1.0), (0.5, 2.0, 0.3), (1.2, 0.5, -2.0)] {
        let task = Task::new(mean, data_std).unwrap();
        for claim in COVERED {
            assert!(analytic(claim, ADVERSARIAL).is_some());
            for (eps, verdict) in
                [((0.0, 0.99 * mean), Verdict::Fails), ((1.01 * mean, 2.0 * mean), Verdict::Holds)]
            {
                let region = Region { sigma: (0.1, 2.0), eps };
                let found = cover(claim, ADVERSARIAL, &task, shift, &region, 1e-3).unwrap();
                assert_eq!(found.everywhere(), Some(verdict), "{claim} {mean} {data_std} {shift}");
            }
        }
        // one frontier: along eps no cell that fails comes after one that holds
        for sigma in [0.05, 0.3, 0.7, 1.5] {
            let region = Region { sigma: (sigma, sigma), eps: (0.0, 3.0) };
            let keeps =
                cover(Claim::TrainingKeepsSome, ROBUST, &task, shift, &region, 1e-4).unwrap();
            let ends = |verdict: Verdict| {
                keeps.cells.iter().filter(move |cell| cell.verdict == verdict).map(|c| c.region.eps)
            };
            let last = ends(Verdict::Fails).map(|eps| eps.1).fold(0.0, f64::max);
            let first = ends(Verdict::Holds).map(|eps| eps.0).fold(3.0, f64::min);
            assert!(last <= first, "{mean} {data_std} {sigma}: {last} {first}");
        }
    }
    assert!(analytic(Claim::TrainingKeepsSome, Metric::AttackSuccessRate).is_some());
    assert!(analytic(Claim::TradeOff, ROBUST).is_none());
    assert!(Metric::ALL.iter().all(|&m| analytic(Claim::VoteRestores, m).is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Random tasks, random boxes, random points inside: the bounds of the box contain those of
    /// the point or at least meet them, and the verdicts of the closed forms are not contradicted.
    #[test]
    fn boxes_contain_their_points(
        mean in 0.05f64..4.0, data_std in 0.2f64..3.0, shift in 0.02f64..4.0,
        sigma in 0.0f64..3.0, eps in 0.0f64..3.0,
        size in (-6.0f64..0.0), of_sigma in 0.0f64..1.0, of_eps in 0.0f64..1.0,
        which in 0usize..4, metric in 0usize..3,
    ) {
        let (claim, metric) = (COVERED[which], Metric::ALL[metric]);
        let task = Task::new(mean, data_std).unwrap();
        let width = 10f64.powf(size);
        let region = Region { sigma: (sigma, sigma + width), eps: (eps, eps + 0.7 * width) };
        let (sigma, eps) = (
            (sigma + of_sigma * width).min(region.sigma.1),
            (eps + of_eps * 0.7 * width).min(region.eps.1),
        );
        let whole = lead(claim, metric, &task, shift, &region).unwrap();
        let inside = lead(claim, metric, &task, shift, &point(sigma, eps)).unwrap();
        prop_assert!(whole.low <= inside.high && inside.low <= whole.high, "{whole:?} {inside:?}");
        if sigma > 0.0 && eps > 0.0 {
            let truth = at_point(claim, metric, task, shift, sigma, eps);
            prop_assert!(!(whole.low > 0.0 && truth == Some(false)), "{whole:?}");
            prop_assert!(!(whole.high < 0.0 && truth == Some(true)), "{whole:?}");
        }
    }
}
