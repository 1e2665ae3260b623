//! Black-box attackers: against 20 digits, by hand, and what holds for every question.

use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::math::normal::{cdf, sf};
use gauss_sim_theory::query::{Reach, Victim, reach};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::query::{Asker, QueryAttack, QueryStage};
use task::{Defense, Task, Votes};

use crate::common::{double, oracle, table};

#[derive(Debug, Clone, Copy)]
struct Case {
    attack: QueryAttack,
    d: u64,
    mean: f64,
    data_std: f64,
    shift: f64,
    sigma: f64,
    eps: f64,
    step: f64,
    stage: QueryStage,
}

const USUAL: Case = Case {
    attack: QueryAttack::Score,
    d: 100,
    mean: 2.0,
    data_std: 1.0,
    shift: 0.0,
    sigma: 1.0,
    eps: 1.0,
    step: 1.0,
    stage: QueryStage::Trained,
};

impl Case {
    fn victim(self) -> Victim {
        let task = Task::new(self.mean, self.data_std).unwrap();
        let defense = Defense::new(self.shift, self.sigma).unwrap();
        let Self { attack, d, stage, eps, step, .. } = self;
        Victim::new(&Asker::new(attack, d, task, defense, stage, eps, step).unwrap())
    }
}

fn voted(n: u64) -> QueryStage {
    QueryStage::Voted(Votes::new(n).unwrap())
}

#[track_caller]
fn close(found: Bounded, known: f64, what: &dyn std::fmt::Debug) {
    within(1e-12, found, known, what);
}

/// The demand: that the bound holds, but for the rounding of the known value to a double, and is `most` at most.
#[track_caller]
fn within(most: f64, found: Bounded, known: f64, what: &dyn std::fmt::Debug) {
    let error = (found.value - known).abs();
    assert!(
        error <= found.error + 2.0 * f64::EPSILON * known.abs(),
        "{what:?}: {found:?}, {known}"
    );
    assert!(found.error <= most, "{what:?}: {found:?}");
}

fn row(attack: QueryAttack, row: &[String]) -> (Case, u64) {
    let whole: Vec<u64> = row[..3].iter().map(|text| text.parse().unwrap()).collect();
    let v: Vec<f64> = row[3..8].iter().map(|text| double(text)).collect();
    let stage = match row[8].parse().unwrap() {
        1 => QueryStage::Trained,
        n => voted(n),
    };
    let [sigma, step, eps, mean, data_std] = v[..] else { panic!("five numbers") };
    let case = Case { attack, d: whole[0], mean, data_std, shift: 0.0, sigma, eps, step, stage };
    (case, 2 * whole[1] * whole[2])
}

#[test]
fn scores_and_random_directions_match_the_oracle() {
    for (name, attack, least) in
        [("query_score.csv", QueryAttack::Score, 16), ("query_nes.csv", QueryAttack::Nes, 10)]
    {
        let rows = table(&oracle().join(name));
        assert!(rows.len() >= least);
        for text in &rows {
            let (case, queries) = row(attack, text);
            let found = case.victim().known(queries).unwrap();
            // 1e-12 for up to some hundred thousand questions, and growing with their root beyond.
            let most = 1e-12_f64.max(4e-15 * (queries as f64).sqrt());
            within(most, found.cosine, double(&text[9]), text);
            within(most, found.accuracy, double(&text[10]), text);
        }
    }
}

#[test]
fn labels_in_one_dimension_match_the_oracle() {
    let rows = table(&oracle().join("query_label.csv"));
    assert!(rows.len() >= 7);
    for text in &rows {
        let v: Vec<f64> = text.iter().map(|text| double(text)).collect();
        let [rounds, sigma, step, eps, mean, data_std, shift, votes, cosine, accuracy] = v[..]
        else {
            panic!("ten numbers")
        };
        let stage = match (shift == 0.0, votes as u64) {
            (false, _) => QueryStage::Defended,
            (true, 1) => QueryStage::Trained,
            (true, votes) => voted(votes),
        };
        let attack = QueryAttack::Label;
        let case = Case { attack, d: 1, mean, data_std, shift, sigma, eps, step, stage };
        // A question that is left over is not asked.
        for queries in [2 * rounds as u64, 2 * rounds as u64 + 1] {
            let found = case.victim().known(queries).unwrap();
            close(found.cosine, cosine, text);
            close(found.accuracy, accuracy, text);
        }
    }
}

/// Without noise, or with infinitely many votes, labels show the direction where the boundary is within the step, and nothing else.
#[test]
fn clear_labels_show_a_boundary_within_reach() {
    for (stage, shift) in [(QueryStage::Undefended, 3.0), (QueryStage::Voted(Votes::Limit), 3.0)] {
        for (step, eps) in [(0.5, 1.0), (1.0, 0.25), (1.0, 1.0)] {
            let attack = QueryAttack::Label;
            let case =
                Case { attack, d: 1, mean: 0.5, data_std: 2.0, shift, step, eps, stage, ..USUAL };
            let found = case.victim().known(2).unwrap();
            let between = |a: f64, b: f64| cdf((b - 0.5) / 2.0) - cdf((a - 0.5) / 2.0);
            let within = between(-step, step);
            close(found.cosine, within, &(step, eps));
            // Right after a move along the direction, or one either way beyond the step.
            let along = between(eps.min(step), step);
            let far = |from: f64| between(from.max(step), 100.0) + between(from.min(-step), -step);
            let known = along + 0.5 * (far(eps) + far(-eps));
            close(found.accuracy, known, &(step, eps));
            // More rounds say the same.
            assert_eq!(case.victim().known(1_000_000).unwrap(), found);
        }
    }
}

/// The planners of labels, against trying every number of questions.
#[test]
fn labels_are_planned_as_by_trying_all() {
    let attack = QueryAttack::Label;
    let case = Case { attack, d: 1, mean: 0.5, step: 0.5, ..USUAL };
    let victim = case.victim();
    let needed = victim.queries_for(0.5).unwrap();
    let enough = |queries: u64| victim.known(queries).unwrap().accuracy.value <= needed.target;
    assert_eq!(needed.queries, (0..1000).find(|queries| enough(*queries)));
    let even = victim.break_even().unwrap();
    let helps = |queries: u64| {
        victim.known(queries).unwrap().accuracy.value > victim.no_noise(queries).unwrap().value
    };
    let last = (0..1000).rev().find(|queries| helps(*queries)).map_or(0.0, |last| last as f64);
    assert!(even == last && (1.0..900.0).contains(&even), "{even} {last}");
    assert!(victim.known(victim.most_queries()).is_some());
    assert!(victim.known(victim.most_queries() + 2).is_none());
}

/// The values of the note on orientation.
#[test]
fn the_values_for_orientation() {
    let one = Case { d: 1, sigma: 2.0, ..USUAL }.victim();
    close(one.known(6).unwrap().accuracy, 0.698_844_761_933_029, &"d = 1");
    close(USUAL.victim().known(1000).unwrap().accuracy, 0.884_735_550_964_685, &"d = 100");
}

/// Without noise the direction is known after one round; half of the coordinates show a beta-distributed share of it.
#[test]
fn without_noise_a_round_is_enough() {
    for attack in [QueryAttack::Score, QueryAttack::Nes] {
        let victim = Case { attack, d: 7, stage: QueryStage::Undefended, ..USUAL }.victim();
        let found = victim.known(7).unwrap();
        // η² ~ Beta(3/2, 2): 3 of 7 coordinates; Beta(3/2, 3) for 3 random directions. E η by Γ functions.
        let gamma = std::f64::consts::PI.sqrt();
        let mean = match attack {
            // Γ(2)Γ(7/2)/(Γ(3/2)Γ(4))
            QueryAttack::Score => (15.0 / 8.0 * gamma) / (0.5 * gamma * 6.0),
            // Γ(2)Γ(9/2)/(Γ(3/2)Γ(5))
            _ => (105.0 / 16.0 * gamma) / (0.5 * gamma * 24.0),
        };
        close(found.cosine, mean, &attack);
        assert_eq!(victim.no_noise(7), Some(found.accuracy));
        assert!(found.accuracy.value > victim.white_box().value);
    }
    let victim = Case { d: 7, stage: QueryStage::Undefended, ..USUAL }.victim();
    let found = victim.known(14).unwrap();
    assert_eq!(found.cosine, Bounded::exact(1.0));
    assert_eq!(found.accuracy, victim.white_box());
    close(found.accuracy, cdf(1.0), &"Φ(a − ε)");
}

/// Few or very noisy answers teach nothing, and many or clear ones all there is.
#[test]
fn the_ends_are_blind_and_white_box() {
    for attack in [QueryAttack::Score, QueryAttack::Nes] {
        for d in [1, 2, 3, 50, 20_000] {
            let case = Case { attack, d, ..USUAL };
            let none = case.victim().known(0).unwrap();
            assert!(none.cosine.value.abs() < 1e-15, "{none:?}");
            let noisy = Case { step: 1e-12, ..case }.victim();
            let blind = noisy.known(2 * d).unwrap();
            // The cosine is a share of the step over the noise.
            assert!(blind.cosine.value.abs() < 1e-10, "{d}: {blind:?}");
            assert!((blind.accuracy.value - none.accuracy.value).abs() < 1e-10, "{d}");
            let all = case.victim();
            let known = all.known(1_000_000_000_000).unwrap();
            assert!(known.cosine.value > 1.0 - 1e-3 && known.cosine.error < 3e-9, "{d}: {known:?}");
            assert!((known.accuracy.value - all.white_box().value).abs() < 1e-3);
        }
    }
}

/// d = 1: η = ±1, by the law of one normal, and of Student's t.
#[test]
fn in_one_dimension_the_cosine_is_a_sign() {
    for sigma in [0.1, 1.0, 7.0] {
        for queries in [2, 6, 200] {
            let case = Case { d: 1, sigma, ..USUAL };
            for attack in [QueryAttack::Score, QueryAttack::Sign] {
                let found = Case { attack, ..case }.victim().known(queries).unwrap();
                let z = (queries as f64).sqrt() / sigma;
                close(found.cosine, 1.0 - 2.0 * sf(z), &(sigma, queries, attack));
            }
        }
        // One direction: P[|Z₁| > ρZ₂] = ½ + atan(1/ρ)/π.
        let rho = sigma / 2.0f64.sqrt();
        let found =
            Case { attack: QueryAttack::Nes, d: 1, sigma, ..USUAL }.victim().known(2).unwrap();
        close(found.cosine, std::f64::consts::FRAC_2_PI * (1.0 / rho).atan(), &sigma);
    }
}

/// Votes are questions: n votes and Q questions teach what one vote and n·Q questions do.
#[test]
fn votes_are_questions() {
    for (n, rounds) in [(3, 5), (101, 2), (1000, 1)] {
        let with =
            Case { stage: voted(n), sigma: 2.0, ..USUAL }.victim().known(200 * rounds).unwrap();
        let without = Case { sigma: 2.0, ..USUAL }.victim().known(200 * rounds * n).unwrap();
        assert!((with.cosine.value - without.cosine.value).abs() < 1e-14, "{with:?} {without:?}");
    }
}

#[test]
fn random_directions_learn_less_than_a_basis() {
    for queries in [200, 1000, 100_000] {
        let basis = USUAL.victim().known(queries).unwrap().cosine.value;
        let random = Case { attack: QueryAttack::Nes, ..USUAL }.victim().known(queries).unwrap();
        // t is about √(q/(1 + ρ²)), ρ² = dσ²/2h².
        let square = queries as f64 / 2.0 / 51.0;
        let about = (square / (square + 99.0)).sqrt();
        assert!((random.cosine.value / about - 1.0).abs() < 0.02, "{queries} {random:?} {about}");
        assert!(random.cosine.value < basis);
    }
}

#[test]
fn the_reach_of_any_attacker_is_what_it_says() {
    // d = 1 is attained by whoever compares two scores.
    let Reach { mean, square } = reach(1, 4.0, 10);
    assert!((mean - (2.0 * cdf(2.0) - 1.0)).abs() < 1e-14 && square == 1.0);
    let Reach { mean, square } = reach(100, 99.0 * 99.0, 1_000_000);
    assert!((mean - 0.5f64.sqrt()).abs() < 1e-14 && (0.5..0.51).contains(&square));
    // Few answers without noise.
    let Reach { mean, square } = reach(100, f64::INFINITY, 25);
    assert!((mean - 0.5).abs() < 1e-14 && (square - 0.26).abs() < 1e-14);
    assert_eq!(reach(100, f64::INFINITY, 1000), Reach { mean: 1.0, square: 1.0 });
    let Reach { mean, square } = reach(50, 0.0, 100);
    assert!(mean == 0.0 && (square - 0.02).abs() < 1e-14);
    // The bound for a normal direction, d for d − 1, is wrong for one of length 1.
    let found = Case { d: 1, sigma: 0.5, ..USUAL }.victim().known(2).unwrap().cosine.value;
    assert!(found > (2.0f64 / (2.0 + 0.25)).sqrt());
}

fn asked() -> impl Strategy<Value = (Case, u64)> {
    let attacks = [QueryAttack::Score, QueryAttack::Nes];
    let stages = [
        QueryStage::Undefended,
        QueryStage::Defended,
        QueryStage::Trained,
        voted(2),
        voted(15),
        voted(501),
    ];
    let dimension = prop_oneof![1..5u64, 1..200u64, 1000..20_000u64];
    let task = (0.0..4.0f64, -1.5..1.0f64, -2.0..2.0f64);
    let attacker = (-2.5..1.5f64, 0.0..3.0f64, -1.5..1.0f64, 0.0..8.0f64);
    (0..2usize, 0..6usize, dimension, task, attacker).prop_map(
        move |(attack, stage, d, (mean, std, shift), (sigma, eps, step, queries))| {
            let case = Case {
                attack: attacks[attack],
                d,
                mean,
                data_std: 10f64.powf(std),
                shift,
                sigma: 10f64.powf(sigma),
                eps,
                step: 10f64.powf(step),
                stage: stages[stage],
            };
            (case, 10f64.powf(queries) as u64)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(16), ..ProptestConfig::default() })]

    /// The attack stays within what any attacker can reach, and the accuracy above what is left at least.
    #[test]
    fn no_attack_beats_the_bound((case, queries) in asked()) {
        let victim = case.victim();
        let found = victim.known(queries).unwrap();
        let Reach { mean, square } = victim.reach(queries);
        prop_assert!(found.cosine.value <= mean + found.cosine.error, "{:?} {}", found, mean);
        prop_assert!(mean * mean <= square && square <= 1.0);
        let bound = victim.bound(queries);
        prop_assert!(bound <= found.accuracy.value + found.accuracy.error, "{:?} {}", found, bound);
        prop_assert!(bound >= victim.white_box().value - 1e-9, "{} {:?}", bound, victim.white_box());
        // Rounding, by the root of the numbers of questions and of coordinates, where terms as large cancel.
        let most = 1e-12 + 1e-14 * (queries as f64).sqrt() + 4e-15 * (case.d as f64);
        prop_assert!(found.cosine.error <= most && found.accuracy.error <= most, "{:?}", found);
    }

    /// More questions never help the victim, and its bound falls.
    #[test]
    fn more_questions_teach_more((case, queries) in asked(), factor in 1..50u64) {
        let victim = case.victim();
        let (few, many) = (victim.known(queries).unwrap(), victim.known(queries * factor).unwrap());
        let slack = few.cosine.error + many.cosine.error + 1e-14;
        prop_assert!(many.cosine.value >= few.cosine.value - slack, "{:?} {:?}", few, many);
        prop_assert!(victim.bound(queries * factor) <= victim.bound(queries) + 1e-4);
        prop_assert!(few.cosine.value <= 1.0 && few.cosine.value >= -slack);
    }
}

/// The planner's numbers, against trying every number of questions.
#[test]
fn the_planner_finds_what_trying_all_finds() {
    let cases = [
        Case { d: 3, ..USUAL },
        Case { d: 5, sigma: 2.0, shift: 1.0, stage: QueryStage::Defended, ..USUAL },
        Case { d: 4, sigma: 4.0, stage: voted(9), ..USUAL },
        Case { attack: QueryAttack::Nes, d: 3, sigma: 0.5, ..USUAL },
        Case { d: 20, sigma: 0.05, data_std: 0.2, mean: 1.0, ..USUAL },
    ];
    for case in cases {
        let victim = case.victim();
        let (clean, white_box) = (victim.clean().value, victim.white_box().value);
        for share in [0.2, 0.5, 0.8] {
            let needed = victim.queries_for(share).unwrap();
            let enough = |queries: u64| {
                victim.known(queries).unwrap().accuracy.value <= clean - share * (clean - white_box)
            };
            let first = (0..).find(|queries| enough(*queries));
            assert_eq!(needed.queries, first, "{case:?} {share}");
            let least = needed.at_least.unwrap();
            assert!(Some(least) <= first, "{case:?} {share}: {least} {first:?}");
            assert!(least == 0 || victim.bound(least - 1) > needed.target);
        }
    }
}

/// Beyond this no case of the next test protects.
const LAST: u64 = 1000;

#[test]
fn protection_ends_where_trying_all_says() {
    let cases = [
        (Case { d: 10, sigma: 0.5, mean: 2.0, data_std: 1.0, ..USUAL }, false),
        (Case { d: 10, sigma: 1.0, mean: 1.2, data_std: 0.5, ..USUAL }, true),
        (Case { d: 10, sigma: 1.0, mean: 1.2, data_std: 0.5, stage: voted(3), ..USUAL }, true),
        (
            Case { attack: QueryAttack::Nes, d: 4, sigma: 0.7, mean: 1.0, data_std: 0.4, ..USUAL },
            false,
        ),
        (Case { d: 30, sigma: 5.0, mean: 3.0, data_std: 1.0, ..USUAL }, false),
    ];
    for (case, protects) in cases {
        let victim = case.victim();
        let even = victim.break_even().unwrap();
        let helps = |queries: u64| {
            victim.known(queries).unwrap().accuracy.value > victim.no_noise(queries).unwrap().value
        };
        let last = (0..LAST).rev().find(|queries| helps(*queries));
        assert_eq!(even, last.map_or(0.0, |last| last as f64), "{case:?}");
        assert!(even > 0.0 || !protects, "{case:?}");
    }
    // Where ε is beyond the mean, noise is right more often than not even against a white box.
    let lost = Case { mean: 0.5, eps: 2.0, ..USUAL }.victim();
    assert_eq!(lost.break_even(), Some(f64::INFINITY));
    assert_eq!(Case { stage: QueryStage::Undefended, ..USUAL }.victim().break_even(), None);
}

#[test]
fn what_is_not_known_is_not_said() {
    for attack in [QueryAttack::Sign, QueryAttack::Simba, QueryAttack::Label] {
        let victim = Case { attack, ..USUAL }.victim();
        assert!(victim.known(1000).is_none() && victim.queries_for(0.5).is_none());
        assert!(victim.bound(1000) > victim.white_box().value);
    }
    // The labels of one draw say less than its score.
    let [label, score] = [QueryAttack::Label, QueryAttack::Score]
        .map(|attack| Case { attack, ..USUAL }.victim().reach(1000).mean);
    assert!(label < score);
    // An attack without an effect never has half of it.
    let needed = Case { eps: 0.0, ..USUAL }.victim().queries_for(0.5).unwrap();
    assert_eq!((needed.queries, needed.at_least), (None, None));
}
