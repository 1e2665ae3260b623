//! The corners of the domain: parameters that are all but nothing, or so large that squares and ratios leave the
//! range of a double, and inputs so far on the wrong side that only logarithms are left of every accuracy.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::accuracy::Accuracies;
use gauss_sim_theory::convergence::{Tolerance, asymptote, votes_for};
use gauss_sim_theory::invariance::{disagreement, invariance, slope_in_threshold};
use gauss_sim_theory::learning::{logistic_spread, sgd_floor, zero_one_spread};
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{Defense, DrawProtocol, Eps, Margin, Stage, Task, Votes};

fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: Votes) -> Margin {
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

fn draws(tries: u64) -> DrawProtocol {
    match tries {
        0 => DrawProtocol::Same,
        1 => DrawProtocol::Fresh,
        tries => DrawProtocol::persistent(tries).unwrap(),
    }
}

fn all(found: &Accuracies) -> [Bounded; 4] {
    [found.clean, found.adversarial, found.robust, found.attack_success_rate]
}

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest < 1e-300 {
        return (computed - nearest).abs();
    }
    truth(text).ulps(computed).abs() * ulp(nearest)
}

/// Every number of extremes.csv, whose 20 good digits are beyond the bounds of all of them.
#[test]
fn the_corners_match_the_oracle() {
    let rows = table(&oracle().join("extremes.csv"));
    assert!(rows.len() >= 100, "{}", rows.len());
    let (mut worst, mut largest, mut wrong) = (0.0_f64, 0.0_f64, Vec::new());
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let votes = if row[4] == "inf" {
            Votes::Limit
        } else {
            Votes::new(row[4].parse().unwrap()).unwrap()
        };
        let margin = margin(x(0), x(1), x(2), x(3), votes);
        let tries = row[5].parse().unwrap();
        let found = Protocol::new(&margin, draws(tries)).at(Eps::new(x(6)).unwrap());
        let mut found = all(&found).to_vec();
        if tries == 0 {
            found.push(disagreement(&margin));
        }
        for (i, (found, text)) in found.iter().zip(&row[7..]).enumerate() {
            let (error, exact) = (miss(found.value, text), double(text));
            // what many tries at many votes lose, 4ε a vote and try: see `Extreme::rounding`
            let many = if votes == Votes::Limit { 0.0 } else { votes.number() * tries as f64 };
            let slack = 1e-12_f64.max(1e-15 * many) * exact + 5e-323;
            if error > found.error + 1e-20 * exact || error > slack {
                wrong.push(format!("column {i} of {row:?}: {found:?}, off by {error:e}"));
            }
            if exact > 1e-300 {
                worst = worst.max(error / exact);
                largest = largest.max(found.error / exact);
            }
        }
    }
    println!("{} rows, errors up to {worst:e}, bounds up to {largest:e}", rows.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Numbers from one end of the range to the other, and what lies between.
fn number() -> impl Strategy<Value = f64> {
    let power = |range: std::ops::Range<f64>| range.prop_map(|e: f64| 10_f64.powf(e));
    prop_oneof![
        2 => Just(0.0),
        1 => prop::sample::select(vec![5e-324, f64::MIN_POSITIVE, 1e-310, 1e-300, 1e-155, 1e-100]),
        2 => prop::sample::select(vec![1e-15, 1e-5, 1.0, 1e3, 1e15]),
        1 => power(-320.0..-15.0),
        2 => power(-15.0..15.0),
        1 => power(-3.0..3.0),
    ]
}

fn signed() -> impl Strategy<Value = f64> {
    (number(), any::<bool>()).prop_map(|(x, minus)| if minus { -x } else { x })
}

fn data_std() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(1.0),
        prop::sample::select(vec![1e-15, 1e-5, 1e3, 1e15]),
        (-15.0..15.0).prop_map(|e: f64| 10_f64.powf(e)),
    ]
}

fn votes() -> impl Strategy<Value = Votes> {
    let finite = prop_oneof![Just(1_u64), 2..6_u64, Just(11), 6..200_u64, Just(1_000_000)];
    prop_oneof![1 => Just(Votes::Limit), 6 => finite.prop_map(|n| Votes::new(n).unwrap())]
}

fn tries() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0_u64), Just(1), Just(2), 3..50_u64, Just(1_000_000)]
}

/// Near mean = −z·data_std, where sigma and ε are such that a robust accuracy is neither 0 nor 1.
fn deep() -> impl Strategy<Value = (f64, f64, f64, f64, f64)> {
    let z = (1.0..15.0).prop_map(|e: f64| 10_f64.powf(e));
    let near = || (-2.0..1.5).prop_map(|e: f64| 10_f64.powf(e));
    (z, near(), near(), near(), prop::sample::select(vec![1e-9, 1.0, 1e4]), any::<[bool; 2]>())
        .prop_map(|(z, offset, sigma, eps, unit, [centred, wide])| {
            let (unit, z) = if unit * z > 1e15 { (1.0, z) } else { (unit, z) };
            let sigma = if wide { unit * sigma } else { unit * sigma / z };
            let scale = (unit + sigma) * ((unit + sigma) / unit) / z;
            let offset = if centred { 0.0 } else { offset * scale };
            (-z * unit, unit, offset, sigma, (eps * scale).min(1e15))
        })
}

fn parts() -> impl Strategy<Value = (f64, f64, f64, f64, f64)> {
    let corner = (signed(), data_std(), signed(), number(), number());
    prop_oneof![2 => corner, 1 => deep()]
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_global_rejects: 100_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2206_09491),
        ..ProptestConfig::default()
    }
}

fn probability(found: Bounded) -> bool {
    (0.0..=1.0).contains(&found.value)
        && found.value.is_sign_positive()
        && (0.0..=1.0).contains(&found.error)
}

proptest! {
    #![proptest_config(config(2000))]

    /// All are probabilities, known to 1e-12 and what many tries at many votes lose, and the two rates are 1 in sum.
    #[test]
    fn rates_are_known_and_add_up(p in parts(), n in votes(), t in tries()) {
        let margin = margin(p.0, p.1, p.2, p.3, n);
        let found = Protocol::new(&margin, draws(t)).at(Eps::new(p.4).unwrap());
        prop_assert!(all(&found).into_iter().all(probability), "{margin:?} {} {t}: {found:?}", p.4);
        let sum = found.robust.value + found.attack_success_rate.value;
        prop_assert!((sum - 1.0).abs() <= 1e-12, "{margin:?} {} {t}: {found:?}", p.4);
        let many = if n == Votes::Limit { 0.0 } else { n.number().min(1e5) * t as f64 };
        let slack = 1e-12 + 4e-15 * many;
        for rate in all(&found) {
            prop_assert!(rate.error <= slack, "{margin:?} {} {t}: {found:?}", p.4);
        }
        // the bound on robust accuracy is above: P[both] ≤ adversarial accuracy
        let most = found.adversarial.value + found.adversarial.error;
        let both = (found.robust.value - found.robust.error) * (found.clean.value - found.clean.error);
        prop_assert!(both <= most * (1.0 + 1e-12) + 1e-300, "{margin:?} {} {t}: {found:?}", p.4);
    }

    #[test]
    fn invariances_are_known(p in parts(), n in votes()) {
        let margin = margin(p.0, p.1, p.2, p.3, n);
        let (r, d) = (invariance(&margin), disagreement(&margin));
        prop_assert!(probability(r) && probability(d), "{margin:?}: {r:?} {d:?}");
        prop_assert!(r.error <= 1e-12 && d.error <= 1e-12, "{margin:?}: {r:?} {d:?}");
        prop_assert!(r.value >= 0.5 - 1e-12, "{margin:?}: {r:?}");
        prop_assert!((r.value + d.value - 1.0).abs() <= 1e-12, "{margin:?}: {r:?} {d:?}");
        let slope = slope_in_threshold(&margin);
        prop_assert!(!slope.value.is_nan() && slope.value.to_bits() != (-0.0_f64).to_bits(), "{margin:?}: {slope:?}");
        prop_assert!(slope.value * p.2.signum() >= 0.0, "{margin:?}: {slope:?}");
    }

    /// A power of two changes no digit, unless something leaves the range of normal doubles.
    #[test]
    fn units_do_not_matter(p in parts(), n in votes(), t in tries(), power in -40..40_i32) {
        let c = 2_f64.powi(power);
        let normal = |x: f64| x == 0.0 || (1e-290..=1e15).contains(&x.abs());
        let scaled = [p.0, p.1, p.2, p.3, p.4].map(|x| c * x);
        prop_assume!([p.0, p.1, p.2, p.3, p.4].into_iter().chain(scaled).all(normal) && scaled[1] >= 1e-15);
        let of = |v: [f64; 5]| {
            Protocol::new(&margin(v[0], v[1], v[2], v[3], n), draws(t)).at(Eps::new(v[4]).unwrap())
        };
        prop_assert_eq!(of([p.0, p.1, p.2, p.3, p.4]), of(scaled));
        let of = |v: [f64; 5]| disagreement(&margin(v[0], v[1], v[2], v[3], n));
        prop_assert_eq!(of([p.0, p.1, p.2, p.3, p.4]), of(scaled));
    }

    /// Even numbers of votes are one fewer.
    #[test]
    fn even_votes_are_one_fewer(p in parts(), half in 1..60_u64, t in tries()) {
        let of = |n: u64| {
            let margin = margin(p.0, p.1, p.2, p.3, Votes::new(n).unwrap());
            (Protocol::new(&margin, draws(t)).at(Eps::new(p.4).unwrap()), invariance(&margin))
        };
        prop_assert_eq!(of(2 * half - 1), of(2 * half));
    }

    /// More budget, or more tries, never helps; within the bounds.
    #[test]
    fn rates_fall_with_the_budget(p in parts(), n in votes(), t in tries(), more in number()) {
        let protocol = Protocol::new(&margin(p.0, p.1, p.2, p.3, n), draws(t));
        let of = |eps: f64| protocol.at(Eps::new(eps.min(1e15)).unwrap());
        let (near, far) = (of(p.4), of(p.4 + more));
        for (near, far) in [(near.adversarial, far.adversarial), (near.robust, far.robust)] {
            prop_assert!(far.value - far.error <= near.value + near.error, "{near:?} {far:?}");
        }
    }
}

/// What learning finds scales with the unit of x, whatever that is: sd(k̂) of a mean that is all but nothing is
/// beyond a double, or in proportion to mean^(−2/3) and mean^(−1).
#[test]
fn learning_at_the_corners() {
    for data_std in [1e-15, 1e-5, 1.0, 1e15] {
        for sigma in [0.0, 5e-324, data_std, 1e15] {
            let defense = Defense::new(0.5, sigma).unwrap();
            let at = |mean: f64| {
                let task = Task::new(mean, data_std).unwrap();
                let floor = sgd_floor(&task, &defense, 0.1, 10.0);
                [zero_one_spread(&task, &defense), logistic_spread(&task, &defense), floor]
            };
            let s = data_std.hypot(sigma);
            let known = at(1e-6 * s).map(Option::unwrap);
            for mean in [1e-300_f64, 1e-200, 1e-110, 1e-90, 1e-20] {
                let (h, ln_h) = (mean / s, mean.ln() - s.ln());
                for (i, found) in at(mean).into_iter().enumerate() {
                    let power = if i == 0 { -2.0 / 3.0 } else { -1.0 };
                    let ln = known[i].ln() + power * (ln_h - 1e-6_f64.ln());
                    if h == 0.0 || h > 1e-7 || ln > 709.0 {
                        continue;
                    }
                    // second order in h at 1e-6, and the logarithms
                    let ratio = found.map(|found| (found.ln() - ln).abs());
                    assert!(
                        ratio.is_some_and(|off| off < 1e-11),
                        "{mean:e} {data_std:e} {sigma:e} {i}: {found:?}"
                    );
                }
            }
            assert!(at(1e15).into_iter().flatten().all(|found| found.is_finite() && found >= 0.0));
        }
    }
}

/// A spread that is all but nothing needs one vote, and a leading term is a number.
#[test]
fn planning_at_the_corners() {
    let tolerance = Tolerance::new(1e-4).unwrap();
    for sigma in [5e-324, 1e-310, 1e-300, 1e-100] {
        for mean in [-1e15, -50.0, 1.0, 1e15] {
            let margin = margin(mean, 1.0, 0.0, sigma, Votes::ONE);
            for draws in [DrawProtocol::Same, DrawProtocol::Fresh, draws(5)] {
                for eps in [0.0, 5e-324, 0.5] {
                    let eps = Eps::new(eps).unwrap();
                    let leading = asymptote(&margin, eps, draws);
                    assert!(leading.coefficient.is_finite() && leading.limit <= 1.0, "{leading:?}");
                    assert!(leading.coefficient.to_bits() != (-0.0_f64).to_bits(), "{leading:?}");
                    let found = votes_for(&margin, eps, draws, tolerance);
                    assert_eq!(
                        found.settled.map(|reached| reached.votes),
                        Some(1),
                        "{margin:?} {found:?}"
                    );
                }
            }
        }
    }
}

/// The stages of a row, as on the command line.
#[test]
fn the_inputs_that_went_wrong() {
    let value = |task: Task, stage: Stage, sigma: f64| {
        invariance(&stage.margin(&task, &Defense::new(1.0, sigma).unwrap()).unwrap()).value
    };
    let voted = Stage::Voted { votes: Votes::new(11).unwrap() };
    for stage in [Stage::Trained, voted] {
        for sigma in [5e-324, 1e-310, 1e-300, 1e-155] {
            assert_eq!(
                value(Task::default(), stage, sigma).to_bits(),
                1.0_f64.to_bits(),
                "{stage:?} {sigma}"
            );
        }
    }
    let defense = Defense::new(1.0, 1.0).unwrap();
    for (votes, eps) in [(11, 5e-324), (1001, 1e10)] {
        let stage = Stage::Voted { votes: Votes::new(votes).unwrap() };
        let margin = stage.margin(&Task::default(), &defense).unwrap();
        let found = Protocol::new(&margin, DrawProtocol::Same).at(Eps::new(eps).unwrap());
        let expected = if eps < 1.0 { [1.0, 0.0] } else { [0.0, 1.0] };
        let rates = [found.robust.value, found.attack_success_rate.value];
        assert!(
            (rates[0] - expected[0]).abs() < 1e-300 && (rates[1] - expected[1]).abs() < 1e-300,
            "{found:?}"
        );
        assert!(rates.iter().all(|rate| rate.is_sign_positive()), "{found:?}");
    }
}
