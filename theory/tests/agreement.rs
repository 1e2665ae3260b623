//! The rate of invariance in d dimensions: against 40 digits, against one dimension, and its laws.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::invariance;
use gauss_sim_theory::linear::{Length, Projection, agreement, bayes, disagreement, trained};
use gauss_sim_theory::math::bounded::Bounded;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{Prior, Votes};

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(double).collect()
}

fn full(entries: &[f64], d: usize) -> Covariance {
    Covariance::full(&entries.chunks(d).map(<[f64]>::to_vec).collect::<Vec<_>>()).unwrap()
}

fn linear(weights: Vec<f64>, bias: f64) -> Rule {
    Rule::Linear(LinearClassifier::new(weights, bias).unwrap())
}

/// The tables are read to about 30 digits.
const READING: f64 = 1e-30;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest == 0.0 { computed.abs() } else { truth(text).ulps(computed).abs() * ulp(nearest) }
}

/// What is asked.
#[derive(Debug, Clone)]
struct Question {
    task: LinearTask,
    defense: Option<LinearDefense>,
    rule: Rule,
    votes: Votes,
    undefended: Rule,
}

impl Question {
    fn of(row: &[String]) -> Self {
        let d = row[0].parse().unwrap();
        let prior = Prior::new(double(&row[1])).unwrap();
        let votes = row[8].parse().map_or(Votes::Limit, |n| Votes::new(n).unwrap());
        let added =
            |shift: Vec<f64>| LinearDefense::new(shift, full(&numbers(&row[5]), d)).unwrap();
        Self {
            task: LinearTask::new(numbers(&row[2]), full(&numbers(&row[3]), d), prior).unwrap(),
            defense: Some(numbers(&row[4])).filter(|m| !m.is_empty()).map(added),
            rule: linear(numbers(&row[6]), double(&row[7])),
            votes,
            undefended: linear(numbers(&row[9]), double(&row[10])),
        }
    }

    fn same(&self) -> Bounded {
        let Self { task, defense, rule, votes, undefended } = self;
        agreement(task, defense.as_ref(), rule, *votes, undefended).unwrap()
    }

    fn different(&self) -> Bounded {
        let Self { task, defense, rule, votes, undefended } = self;
        disagreement(task, defense.as_ref(), rule, *votes, undefended).unwrap()
    }
}

fn rows() -> Vec<Vec<String>> {
    let rows = table(&oracle().join("agreement.csv"));
    assert!(rows.len() >= 200, "{}", rows.len());
    rows
}

#[test]
fn rates_match_the_oracle() {
    let (mut worst, mut worst_relative, mut widest) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in rows() {
        let question = Question::of(&row);
        let (same, different) = (question.same(), question.different());
        let (error, rest) = (miss(same.value, &row[11]), miss(different.value, &row[12]));
        // a parallel pair is handed to one dimension, whose numbers are rounded once: half an ulp of each
        // costs a tail as many ulp as its logarithm is large
        let exact = double(&row[12]);
        let rounded = 2.0 * f64::EPSILON * exact * (1.0 - exact.ln());
        assert!(error <= same.error + rounded + READING, "{row:?}: {same:?} is off by {error}");
        assert!(
            rest <= different.error + rounded + READING * exact,
            "{row:?}: {different:?} is off by {rest}"
        );
        assert!(error <= 5e-15 && same.error <= 1e-12, "{row:?}: {same:?} is off by {error}");
        let turned = exact > 0.5; // opposite directions: the complement of what is tiny
        if !turned {
            assert!(rest <= 1e-12 * exact, "{row:?}: {different:?} is off by {rest}");
            assert!(different.error <= 3e-12 * exact, "{row:?}: {different:?}");
            worst_relative = worst_relative.max(rest / exact);
            widest = widest.max(different.error / exact);
        }
        worst = worst.max(error);
    }
    println!(
        "agreement: absolute {worst:e}; disagreement: relative {worst_relative:e}, bound {widest:e}"
    );
}

#[test]
fn one_dimension_is_the_rate_of_one_dimension() {
    let count = |n: u64| if n == 0 { Votes::Limit } else { Votes::new(n).unwrap() };
    for (mean, variance, shift, spread) in
        [(1.0, 1.0, 1.0, 1.0), (0.7, 1.3, -0.4, 0.3), (-2.0, 0.1, 3.1, 0.0), (0.37, 7.7, 0.2, 11.0)]
    {
        let task = LinearTask::new(vec![mean], Covariance::scalar(variance).unwrap(), Prior::HALF)
            .unwrap();
        let defense = LinearDefense::new(vec![shift], Covariance::scalar(spread).unwrap()).unwrap();
        for votes in [1, 2, 5, 101, 0].map(count) {
            for (w, b) in [(1.0, -0.3), (2.5, 0.0), (-0.1, 0.1)] {
                let classifier = LinearClassifier::new(vec![w], b).unwrap();
                let found =
                    Projection::new(&task, Some(&defense), &classifier, Norm::TWO, votes).unwrap();
                let rule = Rule::Linear(classifier);
                let ask = |w: f64| {
                    let undefended = linear(vec![w], 0.0);
                    let same = agreement(&task, Some(&defense), &rule, votes, &undefended).unwrap();
                    (same, disagreement(&task, Some(&defense), &rule, votes, &undefended).unwrap())
                };
                let one = (
                    invariance::invariance(&found.margin),
                    invariance::disagreement(&found.margin),
                );
                assert_eq!(ask(3.0 * w), one);
                assert_eq!(found.invariance(), Some(one.0));
                assert_eq!(ask(-w), (one.1, one.0));
            }
        }
    }
}

#[test]
fn constants_on_either_side() {
    let task = |prior| {
        LinearTask::new(vec![0.8, -0.2], full(&[1.0, 0.3, 0.3, 0.5], 2), Prior::new(prior).unwrap())
            .unwrap()
    };
    let defense = LinearDefense::new(vec![0.5, 0.1], full(&[0.4, -0.1, -0.1, 0.9], 2)).unwrap();
    let [yes, no] = [Rule::Constant(1), Rule::Constant(-1)];
    let rule = linear(vec![1.0, -0.5], 0.2);
    let task = task(0.3);
    let ask = |a: &Rule, b: &Rule, votes| agreement(&task, Some(&defense), a, votes, b).unwrap();
    let differ =
        |a: &Rule, b: &Rule, votes| disagreement(&task, Some(&defense), a, votes, b).unwrap();
    for votes in [Votes::ONE, Votes::new(7).unwrap(), Votes::Limit] {
        assert_eq!(ask(&yes, &yes, votes), Bounded::exact(1.0));
        assert_eq!(ask(&yes, &no, votes), Bounded::exact(0.0));
        assert_eq!(differ(&no, &yes, votes), Bounded::exact(1.0));
        // how often it says yes: P[right | y = 1]·P[y = 1] + P[wrong | y = −1]·P[y = −1]
        let Rule::Linear(classifier) = &rule else { panic!() };
        let projected =
            Projection::new(&task, Some(&defense), classifier, Norm::TWO, votes).unwrap();
        let eps = task::Eps::ZERO;
        let [plus, minus] = projected
            .class_accuracies(task::DrawProtocol::Same, eps)
            .unwrap()
            .map(|a| a.clean.value);
        let said = 0.3 * plus + 0.7 * (1.0 - minus);
        let found = ask(&rule, &yes, votes);
        assert!((found.value - said).abs() <= found.error + 1e-15, "{found:?} {said}");
        assert!((ask(&rule, &no, votes).value - (1.0 - said)).abs() <= 1e-14);
        assert_eq!(differ(&rule, &no, votes), found);
        assert_eq!(ask(&yes, &rule, votes), agreement(&task, None, &rule, votes, &yes).unwrap());
    }
    // a constant is the limit of a classifier that looks ever less
    let steep = linear(vec![1.0, -0.5], 1e6);
    for votes in [Votes::ONE, Votes::new(7).unwrap(), Votes::Limit] {
        let (near, limit) = (ask(&rule, &steep, votes), ask(&rule, &yes, votes));
        assert!((near.value - limit.value).abs() <= near.error + limit.error, "{near:?} {limit:?}");
        let near = ask(&steep, &rule, votes);
        let limit = ask(&yes, &rule, votes);
        assert!((near.value - limit.value).abs() <= near.error + limit.error, "{near:?} {limit:?}");
    }
}

#[test]
fn errors_name_which_classifier() {
    let task =
        LinearTask::new(vec![1.0; 2], Covariance::scalar(1.0).unwrap(), Prior::HALF).unwrap();
    let defense = LinearDefense::new(vec![0.0; 3], Covariance::zero()).unwrap();
    let (two, three) = (linear(vec![1.0; 2], 0.0), linear(vec![1.0; 3], 0.0));
    let text = |defense, a: &Rule, b: &Rule| {
        agreement(&task, defense, a, Votes::ONE, b).unwrap_err().to_string()
    };
    let expected = "= 3 is not possible: 2, as the mean";
    assert!(text(None, &three, &two).starts_with(&format!("length of weights {expected}")));
    assert!(
        text(None, &two, &three).starts_with(&format!("length of undefended weights {expected}"))
    );
    assert!(text(Some(&defense), &two, &two).starts_with(&format!("length of shift {expected}")));
}

/// What training finds, and what the vote restores of it: all where the noise has the shape of the data and
/// the classes are equally frequent; else the limit is another classifier.
#[test]
fn the_vote_agrees_with_the_undefended() {
    let spread = || full(&[1.0, 0.3, 0.3, 0.5], 2);
    let ask = |prior: f64, noise: Covariance, votes: Votes| {
        let prior = Prior::new(prior).unwrap();
        let task = LinearTask::new(vec![0.8, -0.2], spread(), prior).unwrap();
        let defense = LinearDefense::new(vec![0.5, 1.1], noise).unwrap().scaled(0.7).unwrap();
        let rule = trained(&task, &defense).unwrap();
        let undefended = bayes(&task).unwrap();
        agreement(&task, Some(&defense), &rule, votes, &undefended).unwrap().value
    };
    let counts = [1, 3, 9, 31, 101, 1001, 100_001].map(|n| Votes::new(n).unwrap());
    for pair in counts.windows(2) {
        assert!(ask(0.5, spread(), pair[0]) < ask(0.5, spread(), pair[1]), "{pair:?}");
    }
    let all = ask(0.5, spread(), Votes::Limit);
    assert!((all - 1.0).abs() <= 1e-15 && ask(0.5, spread(), counts[6]) > 0.999, "{all}");
    let other = || Covariance::diagonal(vec![0.1, 3.0]).unwrap();
    for (prior, noise) in [(0.5, other()), (0.8, spread())] {
        let limit = ask(prior, noise.clone(), Votes::Limit);
        let many = ask(prior, noise, counts[6]);
        assert!(limit < 0.99 && (many - limit).abs() < 2e-3, "{limit} {many}");
    }
}

/// Random questions: d, two rules, a defense (σ = 0 and rank one among them), votes, a prior.
fn random() -> impl Strategy<Value = Question> {
    let entries = prop::collection::vec(-1.0..1.0_f64, 64);
    let votes = prop_oneof![Just(0_u64), Just(1), Just(2), 3..200_u64, Just(100_001)];
    let size = prop_oneof![Just(0.0), (-12.0..6.0_f64).prop_map(|e| 10_f64.powf(e))];
    let apart = prop_oneof![Just(0.0), Just(1.0), (-18.0..0.0_f64).prop_map(|e| 10_f64.powf(e))];
    let biases = prop_oneof![Just((0.0, 0.0)), Just((0.5, 0.5)), (-3.0..3.0, -3.0..3.0_f64)];
    let lift = prop_oneof![Just(1.0), Just(0.0), 1.0..30.0_f64];
    (1..=6_usize, entries, votes, size, apart, biases, lift, 0.05..0.95_f64, any::<bool>())
        .prop_map(|(d, x, votes, size, apart, (b, b0), lift, prior, half)| {
            let root = &x[28..];
            let entry = |i: usize, j: usize| -> f64 {
                let (i, j) = (i.max(j), i.min(j));
                let product: f64 = (0..d).map(|k| root[6 * i + k] * root[6 * j + k]).sum();
                product + if i == j { 0.01 } else { 0.0 }
            };
            let entries: Vec<f64> = (0..d * d).map(|k| entry(k / d, k % d)).collect();
            let w = x[..d].iter().map(|v| v + 0.01).collect::<Vec<_>>();
            let v = w.iter().zip(&x[6..]).map(|(w, u)| w + apart * u).collect();
            let mean = x[12..12 + d].iter().map(|m| lift * m).collect();
            let prior = Prior::new(if half { 0.5 } else { prior }).unwrap();
            let shape = Covariance::diagonal(x[18..18 + d].iter().map(|v| v.abs()).collect());
            let defense = LinearDefense::new(x[22..22 + d].to_vec(), shape.unwrap()).unwrap();
            Question {
                task: LinearTask::new(mean, full(&entries, d), prior).unwrap(),
                defense: Some(defense.scaled(size).unwrap()),
                rule: linear(w, b),
                votes: if votes == 0 { Votes::Limit } else { Votes::new(votes).unwrap() },
                undefended: linear(v, b0),
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, rng_seed: RngSeed::Fixed(2206_09491), ..ProptestConfig::default() })]

    #[test]
    fn laws_of_agreement(question in random()) {
        let (same, different) = (question.same(), question.different());
        prop_assert!((0.0..=1.0).contains(&same.value) && (0.0..=1.0).contains(&different.value));
        prop_assert!(same.error <= 1e-12 && different.error <= 1e-12, "{same:?} {different:?}");
        let total = same.value + different.value;
        prop_assert!((total - 1.0).abs() <= same.error + different.error + 1e-15, "{total}");
        let near = |a: Bounded, b: Bounded| (a.value - b.value).abs() <= a.error + b.error + 1e-15;

        // one dimension where only U = w·x has noise: what turns both round changes nothing
        let turned = |rule: &Rule| {
            let c = rule.linear().unwrap();
            linear(c.weights().iter().map(|w| -w).collect(), -c.bias())
        };
        let both = Question {
            rule: turned(&question.rule),
            undefended: turned(&question.undefended),
            ..question.clone()
        };
        prop_assert!(near(both.same(), same), "{same:?} {both:?}");
        // turning one swaps agreement and disagreement
        let one = Question { undefended: turned(&question.undefended), ..question.clone() };
        prop_assert!(near(one.different(), same) && near(one.same(), different));
        // units of the weights do not matter
        let rule = question.rule.linear().unwrap();
        let half = linear(rule.weights().iter().map(|w| 0.125 * w).collect(), 0.125 * rule.bias());
        let scaled = Question { rule: half, ..question.clone() };
        prop_assert!(near(scaled.same(), same));
        // a vote of two is a single draw; nor do votes count without a spread
        let votes = |votes| Question { votes, ..question.clone() }.same();
        prop_assert_eq!(votes(Votes::ONE), votes(Votes::new(2).unwrap()));

        // without noise: 1 with itself, symmetric, and any votes
        let plain = |rule: &Rule, undefended: &Rule| Question {
            defense: None, rule: rule.clone(), undefended: undefended.clone(), ..question.clone()
        };
        let itself = plain(&question.rule, &question.rule);
        prop_assert_eq!((itself.same(), itself.different()), (Bounded::exact(1.0), Bounded::exact(0.0)));
        let there = plain(&question.rule, &question.undefended);
        let back = plain(&question.undefended, &question.rule);
        prop_assert!(near(there.same(), back.same()), "{:?} {:?}", there.same(), back.same());
        let (there, back) = (there.different(), back.different());
        prop_assert!((there.value - back.value).abs() <= there.error + back.error, "{there:?} {back:?}");
    }

    /// No jump where directions stop being parallel, or noise stops being nothing.
    #[test]
    fn the_degenerate_cases_are_limits(question in random(), size in -17.0..-9.0_f64) {
        let size = 10_f64.powf(size);
        let rule = question.rule.linear().unwrap();
        let bent = |size: f64| {
            let signs = rule.weights().iter().enumerate().map(|(i, w)| w + size * f64::from(i as u8 % 2));
            linear(signs.collect(), 0.4)
        };
        let ask = |undefended| Question { undefended, ..question.clone() }.same();
        let (exact, near) = (ask(bent(0.0)), ask(bent(size)));
        // sin(angle) is at most size·‖e‖_Σ/‖w‖_Σ, where the least variance is 0.01 and the largest 6
        let norm = Norm::TWO.of(rule.weights());
        let (far, smallest) = (size * 100.0 / norm, exact.error + near.error + 1e-15);
        prop_assert!((exact.value - near.value).abs() <= 10.0 * far + smallest, "{exact:?} {near:?} {far}");
    }
}

/// How long a value takes: cargo test -p gauss-sim-theory --test agreement -- --ignored --nocapture
#[test]
#[ignore = "a measurement"]
fn time_of_a_value() {
    for votes in ["1", "2", "5", "11", "101", "inf"] {
        let rows: Vec<Question> =
            rows().iter().filter(|r| r[8] == votes).map(|r| Question::of(r)).collect();
        // the least of several times: what else the machine does is not of interest
        let times: Vec<f64> = rows
            .iter()
            .map(|question| {
                let time = |_| {
                    let start = std::time::Instant::now();
                    std::hint::black_box(question.same());
                    1e3 * start.elapsed().as_secs_f64()
                };
                (0..30).map(time).fold(f64::INFINITY, f64::min)
            })
            .collect();
        let longest = times.iter().copied().fold(0.0, f64::max);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        println!("votes {votes}: mean {mean:.3} ms, longest {longest:.3} ms");
    }
}
