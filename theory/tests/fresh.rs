//! Fresh draws against 40 digits (other integrals), and what ties them to shared draws.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::accuracy;
use gauss_sim_theory::fresh::{Fresh, accuracies, both_correct};
use gauss_sim_theory::math::bounded::Bounded;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{Eps, Margin, Task, Votes};

/// A margin from its numbers; `votes` 0 is the limit.
fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: u64) -> Margin {
    let votes = if votes == 0 { Votes::Limit } else { Votes::new(votes).unwrap() };
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

fn eps(value: f64) -> Eps {
    Eps::new(value).unwrap()
}

/// The tables are read to about 30 digits.
const READING: f64 = 1e-30;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest == 0.0 { computed.abs() } else { truth(text).ulps(computed).abs() * ulp(nearest) }
}

/// The three results at a row, in the order of its last three columns.
fn results(row: &[String]) -> [Bounded; 3] {
    let x = |i: usize| double(&row[i]);
    let votes = if row[4] == "inf" { 0 } else { row[4].parse().unwrap() };
    let (margin, eps) = (margin(x(0), x(1), x(2), x(3), votes), eps(x(5)));
    let found = accuracies(&margin, eps);
    [both_correct(&margin, eps), found.robust, found.attack_success_rate]
}

#[test]
fn fresh_draws_match_the_oracle() {
    let rows = table(&oracle().join("fresh.csv"));
    assert!(rows.len() >= 115);
    // measured: 8.7e-15, 6.2e-15 and 6.1e-16, with bounds of 1.4e-13, 1.4e-13 and 2.3e-14
    let (mut worst, mut widest) = ([0.0_f64; 3], [0.0_f64; 3]);
    for row in &rows {
        for (i, found) in results(row).into_iter().enumerate() {
            let text = &row[6 + i];
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
            // the demand, on the truth and on the bound
            assert!(error <= 1e-12 * exact, "column {i} of {row:?}: {found:?}");
            assert!(found.error <= 1e-12 * exact, "column {i} of {row:?}: {found:?}");
            worst[i] = worst[i].max(error / exact);
            widest[i] = widest[i].max(found.error / exact);
        }
    }
    println!("both, robust, success rate: errors {worst:?}, bounds {widest:?}");
}

/// The two numbers of the paper's task with one draw, to all digits.
#[test]
fn known_values() {
    for (offset, text) in [(1.0, "7.5307436745182262431e-1"), (0.0, "7.2179383182811187042e-1")] {
        let found = accuracies(&margin(1.0, 1.0, offset, 1.0, 1), eps(0.5)).robust;
        // 4 ulp: two quadratures and a quotient
        assert!(miss(found.value, text) <= 5e-16, "offset {offset}: {found:?}");
    }
}

/// More votes bring fresh draws nearer to the limit, where a second draw says what the first did.
/// For an attack beyond the spread of the median only the second matters, and the gap falls as 1/n.
#[test]
fn many_votes_tend_to_shared_draws() {
    let limit = accuracies(&margin(1.0, 1.0, 0.0, 1.0, 0), eps(0.5));
    let same = accuracy::accuracies(&margin(1.0, 1.0, 0.0, 1.0, 0), eps(0.5));
    assert_eq!(limit, same);
    let mut last = 1.0;
    for n in [1, 3, 11, 101, 1001, 10_001, 999_999] {
        let both = both_correct(&margin(1.0, 1.0, 0.0, 1.0, n), eps(0.5)).value;
        let gap = same.adversarial.value - both;
        assert!(gap > 0.0 && gap < last, "n = {n}: {gap}");
        last = gap;
    }
    assert!(last < 1e-6, "{last}");
}

/// At ε = 0 two inputs that are the same are still judged by different draws. For a margin without
/// a preference, M = 0, two decisions with the correlation ρ agree on right with probability
/// 1/4 + asin(ρ)/2π (Sheppard 1899).
#[test]
fn no_attack_by_hand() {
    for sigma in [0.1, 0.5, 1.0, 3.0, 1e3_f64] {
        let rho = 1.0 / (1.0 + sigma * sigma);
        let both = 0.25 + rho.asin() / std::f64::consts::TAU;
        let found = accuracies(&margin(0.0, 1.0, 0.0, sigma, 1), Eps::ZERO);
        // the rounding of ρ near 1 costs asin up to 1/√(1 − ρ²) ≈ 7 ulp
        assert!((found.robust.value / (2.0 * both) - 1.0).abs() < 1e-14, "{sigma}: {found:?}");
        let missed = 1.0 - 2.0 * both;
        assert!((found.attack_success_rate.value - missed).abs() < 1e-14, "{sigma}: {found:?}");
    }
}

/// For a narrow spread at ε = 0 the second draw differs from the first only near the threshold:
/// P[right, then wrong] = φ(M/data_std)·sigma/data_std·∫ Φ(x)Φ(−x) dx, and the integral is 1/√π.
#[test]
fn a_rare_change_of_mind_keeps_its_digits() {
    for sigma in [1e-10, 1e-60, 1e-140, 1e-160] {
        let found = accuracies(&margin(1.0, 1.0, 0.0, sigma, 1), Eps::ZERO);
        let density = (-0.5_f64).exp() / std::f64::consts::TAU.sqrt();
        let missed = density * sigma / std::f64::consts::PI.sqrt() / found.clean.value;
        // next order: relative sigma², by symmetry
        let Bounded { value, error } = found.attack_success_rate;
        assert!((value - missed).abs() <= error, "{sigma}: {found:?}, predicted {missed}");
        // below 1e-150 it counts as 0, and the bound says so
        assert!(error < 1e-12 * missed || sigma < 1e-150, "{sigma}: {found:?}");
        assert!((found.robust.value - 1.0).abs() < 1e-9, "{sigma}: {found:?}");
    }
}

/// Corners of the domain return numbers with bounds, not NaN, and do not hang.
#[test]
fn corners_are_ordinary() {
    let extremes = [0.0, 1e-300, 1e-15, 1.0, 1e15];
    for sigma in extremes {
        for offset in extremes {
            for data_std in [1e-15, 1.0, 1e15] {
                for mean in [-1e15, -1.0, 0.0, 1e15] {
                    for n in [1, 3, 1_000_000] {
                        let fresh = Fresh::new(&margin(mean, data_std, offset, sigma, n));
                        for budget in [0.0, 1e-300, 40.0, 1e15] {
                            let both = fresh.both_correct(eps(budget));
                            let found = fresh.at(eps(budget));
                            let place = format!(
                                "{mean} {data_std} {offset} {sigma} {n} {budget}: {found:?}"
                            );
                            assert!((0.0..=1.0).contains(&both.value), "{both:?} {place}");
                            assert!(both.error <= 1e-11, "{both:?} {place}");
                            for b in [found.robust, found.attack_success_rate] {
                                assert!((0.0..=1.0).contains(&b.value), "{place}");
                            }
                        }
                    }
                }
            }
        }
    }
}

/// a is b, within their bounds.
fn agree(a: Bounded, b: Bounded) -> bool {
    (a.value - b.value).abs() <= a.error + b.error
}

/// A margin over the whole range that matters, and a budget.
fn question() -> impl Strategy<Value = ([f64; 4], u64, f64)> {
    let sigma = prop_oneof![0.0..4.0, (-6.0..6.0_f64).prop_map(|e| 10_f64.powf(e))];
    let votes = prop_oneof![1_u64..120, 1_u64..=1_000_000];
    let budget =
        prop_oneof![Just(0.0), 0.0..2.0, 0.0..40.0, (-9.0..0.0_f64).prop_map(|e| 10_f64.powf(e))];
    let numbers = (-6.0..6.0, 0.05..20.0, -3.0..3.0, sigma).prop_map(|(m, v, u, s)| [m, v, u, s]);
    (numbers, votes, budget)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// A second draw can only hurt, the two rates are complements, and every bound is kept.
    #[test]
    fn fresh_is_at_most_same(([mean, data_std, offset, sigma], votes, budget) in question()) {
        let margin = margin(mean, data_std, offset, sigma, votes);
        let fresh = accuracies(&margin, eps(budget));
        let same = accuracy::accuracies(&margin, eps(budget));
        prop_assert_eq!((fresh.clean, fresh.adversarial), (same.clean, same.adversarial));
        let slack = fresh.robust.error + same.robust.error;
        prop_assert!(fresh.robust.value <= same.robust.value + slack, "{:?} {:?}", fresh, same);
        for b in [fresh.robust, fresh.attack_success_rate, both_correct(&margin, eps(budget))] {
            prop_assert!((0.0..=1.0).contains(&b.value), "{:?}", b);
            let visible = b.value < f64::MIN_POSITIVE || b.error <= 1e-12 * b.value;
            prop_assert!(visible, "{:?}", b);
        }
        prop_assert!(agree(fresh.robust.complement(), fresh.attack_success_rate), "{:?}", fresh);
    }

    /// Positively correlated decisions: at least as good as if they were independent.
    #[test]
    fn fresh_is_at_least_independent(([mean, data_std, _, sigma], votes, budget) in question()) {
        let found = accuracies(&margin(mean, data_std, 0.0, sigma, votes), eps(budget));
        let slack = found.robust.error + found.adversarial.error;
        prop_assert!(found.robust.value >= found.adversarial.value - slack, "{:?}", found);
    }

    /// Without spread there is nothing to draw afresh.
    #[test]
    fn no_spread_no_difference(([mean, data_std, offset, _], votes, budget) in question()) {
        let margin = margin(mean, data_std, offset, 0.0, votes);
        let fresh = accuracies(&margin, eps(budget));
        prop_assert_eq!(fresh, accuracy::accuracies(&margin, eps(budget)));
    }

    /// And for almost no spread, almost none.
    #[test]
    fn little_spread_little_difference(([mean, data_std, offset, _], votes, budget) in question()) {
        let sigma = 1e-12;
        let margin = margin(mean, data_std, offset, sigma, votes);
        let fresh = both_correct(&margin, eps(budget));
        let same = accuracy::adversarial_accuracy(&margin, eps(budget));
        // a draw moves the margin by sigma, and the probability by that times the density
        let slack = sigma / data_std + fresh.error + same.error;
        prop_assert!((fresh.value - same.value).abs() <= slack, "{:?} {:?}", fresh, same);
    }

    /// The two classes change places with the sign of the offset.
    #[test]
    fn symmetric_in_the_offset(([mean, data_std, offset, sigma], votes, budget) in question()) {
        let one = accuracies(&margin(mean, data_std, offset, sigma, votes), eps(budget));
        let other = accuracies(&margin(mean, data_std, -offset, sigma, votes), eps(budget));
        prop_assert!(agree(one.robust, other.robust), "{:?} {:?}", one, other);
        prop_assert!(agree(one.attack_success_rate, other.attack_success_rate));
    }

    /// A stronger adversary does not help.
    #[test]
    fn falling_in_eps(([mean, data_std, offset, sigma], votes, budget) in question(), more in 0.0..3.0) {
        let fresh = Fresh::new(&margin(mean, data_std, offset, sigma, votes));
        let (one, other) = (fresh.at(eps(budget)), fresh.at(eps(budget + more)));
        let slack = one.robust.error + other.robust.error;
        prop_assert!(other.robust.value <= one.robust.value + slack, "{:?} {:?}", one, other);
    }

    /// A vote of one is one draw, and an even number counts as one fewer.
    #[test]
    fn ties_decide_nothing(([mean, data_std, offset, sigma], half, budget) in question()) {
        let votes = 2 * half.min(500_000);
        let even = accuracies(&margin(mean, data_std, offset, sigma, votes), eps(budget));
        let odd = accuracies(&margin(mean, data_std, offset, sigma, votes - 1), eps(budget));
        prop_assert!(agree(even.robust, odd.robust), "{:?} {:?}", even, odd);
        prop_assert!(agree(even.attack_success_rate, odd.attack_success_rate));
    }
}
