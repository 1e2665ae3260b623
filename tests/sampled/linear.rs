//! Counts against the exact values, which know w·μ, wᵀΣw and the dual norm, and nothing of vectors.

use engine::linear::{bias, direction};
use gauss_sim::check::p_value;
use proptest::prelude::*;
use task::Norm;
use task::linear::{LinearClassifier, LinearDefense};
use task::{DrawProtocol, Eps, Prior, Votes};
use theory::accuracy::Accuracies;
use theory::linear::{Length, Projection};

/// The chance, at most, that a right engine fails this test.
const ALPHA: f64 = 1e-6;
use super::world::{Numbers, Player, World, protocols};

const SAMPLES: u64 = 20_000;

fn projection(world: &World, player: &Player, norm: Norm) -> Projection {
    let classifier =
        LinearClassifier::new(player.weights.clone(), player.bias).expect("a classifier");
    let (defense, votes) = match player.noise {
        None => (None, Votes::Limit),
        Some((sigma, votes)) => {
            let covariance = world.theta.times(sigma * sigma).covariance();
            (Some(LinearDefense::new(world.shift.clone(), covariance).expect("a defense")), votes)
        }
    };
    Projection::new(&world.task(), defense.as_ref(), &classifier, norm, votes).expect("a margin")
}

/// A world whose budgets are some share of the margin's own noise, whatever d and norm are.
fn world(
    numbers: &mut Numbers,
    d: usize,
    shape: (&str, &str),
    p: f64,
    prior: f64,
    draws: DrawProtocol,
) -> World {
    let mut world = numbers.world(d, shape, p, prior, draws, &[]);
    let norm = Norm::new(p).expect("a norm");
    for i in 0..world.players.len() {
        let player = &world.players[i];
        let eps = match player.weights.is_empty() {
            true => vec![0.0, 1.0],
            false => {
                let one = projection(&world, player, norm);
                let unit = one.margin.task().data_std() / one.cost;
                vec![0.2 * unit, unit]
            }
        };
        world.players[i].eps = eps;
    }
    world
}

/// (what, p-value) of all rates of one contestant.
fn tests(
    world: &World,
    counts: &engine::counts::MarginCounts,
    player: &Player,
    norm: Norm,
) -> Vec<(&'static str, f64)> {
    let exact = |draws: DrawProtocol, eps: f64| -> Accuracies {
        let eps = Eps::new(eps).expect("a budget");
        projection(world, player, norm).accuracies(draws, eps).expect("in range")
    };
    let votes = player.noise.map_or(Votes::Limit, |(_, votes)| votes);
    let (plain, tried) = (bias(DrawProtocol::Same, votes), bias(world.draws, votes));
    let clean = exact(DrawProtocol::Same, 0.0).clean;
    let mut found = Vec::new();
    let mut test = |what, successes, trials, value, error| {
        found.push((what, p_value(successes, trials, value, error)));
    };
    test("clean", counts.clean_correct(), SAMPLES, clean.value, clean.error + plain);
    for (i, &eps) in player.eps.iter().enumerate() {
        let Accuracies { adversarial, robust, .. } = exact(world.draws, eps);
        let (attacked, both) = (counts.adversarial_correct()[i], counts.both_correct()[i]);
        test("adversarial", attacked, SAMPLES, adversarial.value, adversarial.error + tried);
        let allowance = robust.error + (plain + tried + plain * robust.value) / clean.value;
        test("robust", both, counts.clean_correct(), robust.value, allowance);
    }
    // theory's rate of invariance is that against sgn(w·x), which is what `undefended` is
    if world.prior == Prior::HALF.get()
        && player.weights[0].abs() > 0.0
        && player.weights.iter().zip(&world.undefended.weights).all(|(a, b)| a == b)
    {
        let invariance = projection(world, player, norm).invariance().expect("prior ½");
        let allowance = invariance.error + 2.0 * plain;
        test("invariance", counts.invariant(), SAMPLES, invariance.value, allowance);
    }
    found
}

#[test]
fn the_counts_agree_with_theory() {
    let shapes = ["scalar", "diagonal", "full"];
    let of_theta = ["scalar", "singular", "full", "diagonal", "zeros"];
    let mut numbers = Numbers(1);
    let mut all: Vec<(String, f64)> = Vec::new();
    let mut case = 0;
    for d in [1, 2, 5, 40] {
        for p in [1.0, 1.5, 2.0, 3.0, f64::INFINITY] {
            for draws in protocols() {
                for prior in [0.5, 0.3] {
                    let shape = (shapes[case % 3], of_theta[case % 5]);
                    case += 1;
                    let world = world(&mut numbers, d, shape, p, prior, draws);
                    let counts = world.count(1000 + case as u64, SAMPLES);
                    let norm = Norm::new(p).expect("a norm");
                    for (i, player) in world.players.iter().enumerate() {
                        let counts = &counts.margins[i];
                        if player.weights.is_empty() {
                            let share = if player.bias > 0.0 { prior } else { 1.0 - prior };
                            let plus = counts.clean_correct();
                            assert_eq!(counts.adversarial_correct(), [plus, plus]);
                            assert_eq!(counts.both_correct(), [plus, plus]);
                            let p = p_value(plus, SAMPLES, share, 1e-15);
                            all.push((format!("constant, prior {prior}"), p));
                            continue;
                        }
                        for (what, found) in tests(&world, counts, player, norm) {
                            let name = format!(
                                "{what} of contestant {i}, d = {d}, p = {p}, {draws}, prior {prior}, {shape:?}"
                            );
                            all.push((name, found));
                        }
                    }
                }
            }
        }
    }
    assert!(all.len() > 4000, "{}", all.len());
    let level = ALPHA / all.len() as f64;
    let least = all.iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("something was tested");
    println!("{} tests, smallest p-value {:e} ({})", all.len(), least.1, least.0);
    assert!(least.1 >= level, "{} has p = {:e}, below {level:e}", least.0, least.1);
}

/// The same comparison notices the cost of another norm, for every norm and draw protocol: its p-values fall
/// below any level that the test above uses.
#[test]
fn a_wrong_dual_norm_would_be_noticed() {
    let norms = [1.0, 1.5, 2.0, 3.0, f64::INFINITY];
    let mut numbers = Numbers(2);
    for (i, p) in norms.into_iter().enumerate() {
        for draws in protocols() {
            let world = world(&mut numbers, 5, ("full", "diagonal"), p, 0.5, draws);
            let counts = world.count(50, SAMPLES);
            let (player, counts) = (&world.players[1], &counts.margins[1]);
            let smallest = |norm: f64| {
                let found = tests(&world, counts, player, Norm::new(norm).expect("a norm"));
                found.iter().map(|(_, p)| *p).fold(1.0, f64::min)
            };
            assert!(smallest(p) > 1e-6, "{p} {draws}: {}", smallest(p));
            for wrong in [norms[(i + 1) % 5], norms[(i + 4) % 5]] {
                assert!(smallest(wrong) < 1e-10, "{p} as {wrong} {draws}: {}", smallest(wrong));
            }
        }
    }
}

proptest! {
    /// The perturbation has the length ε: its norm by theory's definition is 1, and its product with the
    /// weights the dual norm, which no vector of that length can pass.
    #[test]
    fn the_perturbation_has_the_norm_of_its_budget(
        weights in proptest::collection::vec(-1e3f64..1e3, 1..60),
        p in prop_oneof![Just(1.0), Just(2.0), Just(f64::INFINITY), 1.01f64..40.0],
    ) {
        prop_assume!(weights.iter().any(|w| *w != 0.0));
        let norm = Norm::new(p).expect("a norm");
        let v = direction(norm, &weights);
        let length = norm.of(&v);
        prop_assert!((length - 1.0).abs() < 1e-13, "{length}");
        if p == 1.0 || p.is_infinite() {
            prop_assert_eq!(length, 1.0);
        }
        let product: f64 = v.iter().zip(&weights).map(|(v, w)| v * w).sum();
        let dual = norm.dual().of(&weights);
        prop_assert!((product / dual - 1.0).abs() < 1e-12, "{product} {dual}");
        prop_assert!(v.iter().zip(&weights).all(|(v, w)| v * w >= 0.0));
    }
}
