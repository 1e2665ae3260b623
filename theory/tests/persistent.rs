//! An attacker who tries T times against 40 digits (integrals over the largest of T thresholds), and
//! what ties several tries to one, and to shared draws.

use std::num::NonZeroU32;

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::accuracy::{self, Accuracies};
use gauss_sim_theory::fresh::{self, Fresh};
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{DrawProtocol, Eps, Margin, Task, Votes};

/// A margin from its numbers; `votes` 0 is the limit.
fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: u64) -> Margin {
    let votes = if votes == 0 { Votes::Limit } else { Votes::new(votes).unwrap() };
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

fn eps(value: f64) -> Eps {
    Eps::new(value).unwrap()
}

fn accuracies(margin: &Margin, tries: u64, budget: f64) -> Accuracies {
    Protocol::new(margin, DrawProtocol::persistent(tries).unwrap()).at(eps(budget))
}

/// The tables are read to about 30 digits.
const READING: f64 = 1e-30;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest == 0.0 { computed.abs() } else { truth(text).ulps(computed).abs() * ulp(nearest) }
}

/// The four results at a row, in the order of its last four columns.
fn results(row: &[String]) -> [Bounded; 4] {
    let x = |i: usize| double(&row[i]);
    let votes = if row[4] == "inf" { 0 } else { row[4].parse().unwrap() };
    let margin = margin(x(0), x(1), x(2), x(3), votes);
    let tries: NonZeroU32 = row[5].parse().unwrap();
    let persistent = Fresh::persistent(&margin, tries);
    let found = persistent.at(eps(x(6)));
    let both = persistent.both_correct(eps(x(6)));
    [found.adversarial, both, found.robust, found.attack_success_rate]
}

#[test]
fn several_tries_match_the_oracle() {
    let rows = table(&oracle().join("persistent.csv"));
    assert!(rows.len() >= 60);
    // measured: 2.2e-13 (at 6e-226), with bounds of 2.2e-12
    let (mut worst, mut widest) = ([0.0_f64; 4], [0.0_f64; 4]);
    for row in &rows {
        for (i, found) in results(row).into_iter().enumerate() {
            let text = &row[7 + i];
            let (error, exact) = (miss(found.value, text), double(text));
            assert!(
                error <= found.error + READING * exact,
                "column {i} of {row:?}: {found:?} is off by {error}"
            );
            if exact < f64::MIN_POSITIVE {
                // a few times the spacing of the subnormal numbers, and what 1e-12 makes of them
                assert!(error <= 2e-323 + 1e-12 * exact, "column {i} of {row:?}: {found:?}");
                continue;
            }
            // the demand on the truth, and on the bound; it grows with |ln F^T|, since that multiplies
            // the relative error of F: 2.2e-12 at 9e-302 with a thousand tries
            assert!(error <= 1e-12 * exact, "column {i} of {row:?}: {found:?}");
            let demand = if exact > 1e-250 { 1e-12 } else { 3e-12 };
            assert!(found.error <= demand * exact, "column {i} of {row:?}: {found:?}");
            worst[i] = worst[i].max(error / exact);
            widest[i] = widest[i].max(found.error / exact);
        }
    }
    println!("adversarial, both, robust, success rate: errors {worst:?}, bounds {widest:?}");
}

/// The number of DESIGN.md, to all its digits.
#[test]
fn the_known_value() {
    let found = accuracies(&margin(1.0, 1.0, 0.0, 1.0, 1), 5, 0.5).adversarial;
    // 4 ulp: a quadrature
    assert!(miss(found.value, "2.9252699146912556561e-1") <= 3e-16, "{found:?}");
}

/// Undefended, or with so many votes that the spread is gone, every protocol is the same.
#[test]
fn without_spread_all_protocols_are_the_same() {
    for margin in [margin(1.0, 1.0, 0.5, 0.0, 1), margin(1.0, 1.0, 0.0, 2.0, 0)] {
        for budget in [0.0, 0.5, 40.0] {
            let same = Protocol::new(&margin, DrawProtocol::Same).at(eps(budget));
            assert_eq!(Protocol::new(&margin, DrawProtocol::Fresh).at(eps(budget)), same);
            assert_eq!(accuracies(&margin, 1_000_000, budget), same);
        }
    }
}

/// A margin without noise of its own to speak of: T independent judgements, by hand.
#[test]
fn a_sure_input_is_a_power() {
    for (tries, budget) in [(1_u32, 0.5), (3, 0.5), (1000, 0.0), (1_000_000, 0.0)] {
        // c = 4.5 − budget of spread 1: the upper tail of the normal to 20 digits
        let tail: f64 =
            if budget > 0.0 { 3.167_124_183_311_992e-5 } else { 3.397_673_124_730_060_5e-6 };
        let all = (f64::from(tries) * (-tail).ln_1p()).exp();
        let found = accuracies(&margin(4.5, 1e-10, 0.0, 1.0, 1), tries.into(), budget);
        // the noise moves c by 1e-10, and ln by T times the density times that, to first order 0
        assert!((found.adversarial.value / all - 1.0).abs() < 1e-14, "{tries}: {found:?} {all}");
        let success = -(f64::from(tries) * (-tail).ln_1p()).exp_m1();
        let rate = found.attack_success_rate.value;
        assert!((rate / success - 1.0).abs() < 1e-13, "{tries}: {found:?} {success}");
    }
}

/// Corners of the domain return numbers with bounds, not NaN, and do not hang.
#[test]
fn corners_are_ordinary() {
    let extremes = [0.0, 1e-300, 1e-15, 1.0, 1e15];
    for sigma in extremes {
        for offset in [0.0, 1.0, 1e15] {
            for data_std in [1e-15, 1.0, 1e15] {
                for mean in [-1e15, -1.0, 1e15] {
                    for n in [1, 3, 1_000_000] {
                        let margin = margin(mean, data_std, offset, sigma, n);
                        for tries in [2, 1_000_000] {
                            let draws = DrawProtocol::persistent(tries).unwrap();
                            let protocol = Protocol::new(&margin, draws);
                            for budget in [0.0, 1e-300, 40.0, 1e15] {
                                let found = protocol.at(eps(budget));
                                let rates =
                                    [found.adversarial, found.robust, found.attack_success_rate];
                                for b in rates {
                                    assert!((0.0..=1.0).contains(&b.value), "{margin:?} {found:?}");
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn draws_are_read_and_written() {
    for text in ["same", "fresh", "persistent=1", "persistent=5", "persistent=1000000"] {
        assert_eq!(text.parse::<DrawProtocol>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "Same",
        "fresh=2",
        "persistent",
        "persistent=",
        "persistent=0",
        "persistent=+5",
        "persistent=-1",
        "persistent=1.5",
        "persistent=1e3",
        "persistent=1000001",
        "persistent= 5",
    ] {
        let error = text.parse::<DrawProtocol>().unwrap_err();
        assert_eq!((error.name, error.value.as_str()), ("draws", text));
        assert!(error.expected.contains("persistent=T"), "{error}");
    }
    assert_eq!(DrawProtocol::persistent(0).unwrap_err().value, "persistent=0");
    assert_eq!([DrawProtocol::Same, DrawProtocol::Fresh].map(DrawProtocol::tries), [0, 1]);
}

/// a is b, within their bounds.
fn agree(a: Bounded, b: Bounded) -> bool {
    (a.value - b.value).abs() <= a.error + b.error
}

/// Whether the bound is 1e-12 of the value, or there is no normal double to see it in.
fn sharp(b: Bounded) -> bool {
    (0.0..=1.0).contains(&b.value) && (b.value < f64::MIN_POSITIVE || b.error <= 1e-12 * b.value)
}

/// A margin over the whole range that matters, tries, and a budget.
fn question() -> impl Strategy<Value = ([f64; 4], u64, u64, f64)> {
    let sigma = prop_oneof![0.0..4.0, (-6.0..6.0_f64).prop_map(|e| 10_f64.powf(e))];
    let votes = prop_oneof![1_u64..120, 1_u64..=1_000_000];
    let tries = prop_oneof![2_u64..30, 2_u64..=1_000_000];
    let budget =
        prop_oneof![Just(0.0), 0.0..2.0, 0.0..40.0, (-9.0..0.0_f64).prop_map(|e| 10_f64.powf(e))];
    let numbers = (-6.0..6.0, 0.05..20.0, -3.0..3.0, sigma).prop_map(|(m, v, u, s)| [m, v, u, s]);
    (numbers, votes, tries, budget)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Every bound is kept small, and the two rates are complements.
    #[test]
    fn bounds_are_small(([mean, data_std, offset, sigma], votes, tries, budget) in question()) {
        let found = accuracies(&margin(mean, data_std, offset, sigma, votes), tries, budget);
        prop_assert!(sharp(found.adversarial), "{:?}", found);
        prop_assert!(sharp(found.robust), "{:?}", found);
        prop_assert!(sharp(found.attack_success_rate), "{:?}", found);
        prop_assert!(agree(found.robust.complement(), found.attack_success_rate), "{:?}", found);
    }

    /// One try is fresh draws, in every digit.
    #[test]
    fn one_try_is_fresh(([mean, data_std, offset, sigma], votes, _, budget) in question()) {
        let margin = margin(mean, data_std, offset, sigma, votes);
        prop_assert_eq!(accuracies(&margin, 1, budget), fresh::accuracies(&margin, eps(budget)));
    }

    /// A further try does not help the classifier, and the clean accuracy does not know of it.
    #[test]
    fn falling_in_tries(([mean, data_std, offset, sigma], votes, tries, budget) in question(), more in 1..2000_u64) {
        let margin = margin(mean, data_std, offset, sigma, votes);
        let same = accuracy::accuracies(&margin, eps(budget));
        let fresh = fresh::accuracies(&margin, eps(budget));
        let some = accuracies(&margin, tries, budget);
        let many = accuracies(&margin, (tries + more).min(1_000_000), budget);
        prop_assert_eq!(some.clean, same.clean);
        for pair in [[same, fresh], [fresh, some], [some, many]] {
            for rate in [|a: &Accuracies| a.robust, |a: &Accuracies| a.adversarial] {
                let [before, after] = pair.each_ref().map(rate);
                let slack = before.error + after.error;
                prop_assert!(after.value <= before.value + slack, "{:?}", pair);
            }
        }
    }

    /// Positively correlated judgements: at least as good as if they were independent.
    #[test]
    fn at_least_independent(([mean, data_std, _, sigma], votes, tries, budget) in question()) {
        let margin = margin(mean, data_std, 0.0, sigma, votes);
        let found = accuracies(&margin, tries, budget);
        let once = accuracy::adversarial_accuracy(&margin, eps(budget)).value;
        let power = once.powf(tries as f64);
        let slack = found.adversarial.error + 1e-9 * power;
        prop_assert!(found.adversarial.value >= power - slack, "{:?}", found);
        let slack = found.robust.error + found.adversarial.error;
        prop_assert!(found.robust.value >= found.adversarial.value - slack, "{:?}", found);
    }

    /// A stronger adversary does not help, and the classes change places with the sign of the offset.
    #[test]
    fn falling_in_eps(([mean, data_std, offset, sigma], votes, tries, budget) in question(), more in 0.0..3.0) {
        let one = accuracies(&margin(mean, data_std, offset, sigma, votes), tries, budget);
        let other = accuracies(&margin(mean, data_std, -offset, sigma, votes), tries, budget + more);
        let slack = one.robust.error + other.robust.error;
        prop_assert!(other.robust.value <= one.robust.value + slack, "{:?} {:?}", one, other);
        let slack = one.adversarial.error + other.adversarial.error;
        prop_assert!(other.adversarial.value <= one.adversarial.value + slack);
    }
}

/// What an evaluation costs: `cargo test --release … -- --ignored --nocapture times`.
#[test]
#[ignore = "prints times"]
fn times() {
    use std::time::Instant;
    for votes in [1, 101, 1_000_000] {
        for draws in ["same", "fresh", "persistent=5", "persistent=1000000"] {
            let margin = margin(1.0, 1.0, 0.0, 1.0, votes);
            let draws = draws.parse().unwrap();
            let best = |work: &dyn Fn()| {
                let once = || {
                    let start = Instant::now();
                    work();
                    start.elapsed().as_secs_f64() * 1e6
                };
                (0..50).map(|_| once()).fold(f64::INFINITY, f64::min)
            };
            let new = best(&|| drop(Protocol::new(&margin, draws)));
            let protocol = Protocol::new(&margin, draws);
            let at = best(&|| assert!(protocol.at(eps(0.5)).robust.value > 0.0));
            println!("{votes} votes, {draws}: new {new:.1} µs, at {at:.1} µs");
        }
    }
}
