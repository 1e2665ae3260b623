//! The rate of invariance against 40 digits, and its laws.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::invariance::{disagreement, invariance};
use gauss_sim_theory::math::normal::cdf;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{Margin, Task, Votes};

/// A margin from its numbers; `votes` 0 is the limit.
fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: u64) -> Margin {
    let votes = if votes == 0 { Votes::Limit } else { Votes::new(votes).unwrap() };
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

/// The tables are read to about 30 digits.
const READING: f64 = 1e-30;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest == 0.0 { computed.abs() } else { truth(text).ulps(computed).abs() * ulp(nearest) }
}

#[test]
fn invariances_match_the_oracle() {
    let rows = table(&oracle().join("invariance.csv"));
    assert!(rows.len() >= 140);
    let (mut worst, mut worst_rest) = (0.0_f64, 0.0_f64);
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let votes = if row[4] == "inf" { 0 } else { row[4].parse().unwrap() };
        let margin = margin(x(0), x(1), x(2), x(3), votes);
        let (found, rest) = (invariance(&margin), disagreement(&margin));
        let (error, rest_error) = (miss(found.value, &row[5]), miss(rest.value, &row[6]));
        let exact = double(&row[6]);
        assert!(error <= found.error + READING, "{row:?}: {found:?} is off by {error}");
        assert!(
            rest_error <= rest.error + READING * exact,
            "{row:?}: {rest:?} is off by {rest_error}"
        );
        assert!(error <= 1e-14, "{row:?}: {found:?}"); // absolute and, from ½ up, relative
        assert!(found.error <= 1e-12, "{row:?}: {found:?}");
        worst = worst.max(error);
        if exact >= f64::MIN_POSITIVE {
            assert!(rest_error <= 1e-12 * exact, "{row:?}: {rest:?}"); // relative, tiny ones too
            assert!(rest.error <= 1e-12 * exact, "{row:?}: {rest:?}");
            worst_rest = worst_rest.max(rest_error / exact);
        }
    }
    println!("invariance: absolute {worst:e}; disagreement: relative {worst_rest:e}");
}

#[test]
fn known_values() {
    // R(0) is exactly ¾ at mean = data_std = shift = sigma = 1; R(1) to 20 digits; 2 ulp each
    let (zero, one) = (margin(1.0, 1.0, 1.0, 1.0, 1), margin(1.0, 1.0, 0.0, 1.0, 1));
    assert!((invariance(&zero).value - 0.75).abs() <= 2.3e-16);
    assert!(miss(invariance(&one).value, "8.1773003070084909384e-1") <= 2.3e-16);
}

#[test]
fn nothing_added_changes_nothing() {
    for votes in [0, 1, 2, 101] {
        let found = invariance(&margin(1.0, 1.0, 0.0, 0.0, votes));
        assert!(found.value.to_bits() == 1_f64.to_bits() && found.error == 0.0);
    }
    // the limit forgets sigma
    assert!(invariance(&margin(1.0, 1.0, 0.0, 5.0, 0)).value.to_bits() == 1_f64.to_bits());
}

/// R rises with k on [0, shift], for a single draw and for votes.
#[test]
fn invariance_rises_towards_the_trained_threshold() {
    for votes in [1, 11] {
        for sigma in [0.3, 1.0, 3.0] {
            let at =
                |i: i32| invariance(&margin(1.0, 1.0, 1.0 - 0.05 * f64::from(i), sigma, votes));
            for i in 0..20 {
                assert!(at(i).value < at(i + 1).value, "votes {votes}, sigma {sigma}, step {i}");
            }
        }
    }
}

/// Far from 0 only one side of it counts: where an offset of that size takes one class back to the boundary,
/// half of that class is judged wrongly, whatever the size.
#[test]
fn far_from_the_boundary_and_back() {
    for far in [40.0, 50.0, 1e3, 1e6, 1e9, 1e14] {
        for votes in [1, 2] {
            let found = disagreement(&margin(far, 1.0, far - 0.25, 1.0, votes));
            // that class has t + w = 0.25 + z + w below 0: ½·Φ(−0.25/√2)
            let exact = 0.5 * cdf(-0.25 / 2_f64.sqrt());
            assert!((found.value - exact).abs() <= found.error + 1e-16, "{far}: {found:?} {exact}");
            assert!(found.error <= 1e-13, "{far}: {found:?}");
        }
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        rng_seed: RngSeed::Fixed(2206_09491),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn invariance_is_from_one_half_to_one(
        mean in prop_oneof![-6.0..6.0, -100.0..100.0],
        data_std in (-3.0..3.0).prop_map(|e: f64| 10_f64.powf(e)),
        offset in prop_oneof![-3.0..3.0, Just(0.0), -1e3..1e3],
        sigma in prop_oneof![Just(0.0), (-9.0..6.0).prop_map(|e: f64| 10_f64.powf(e))],
        votes in prop_oneof![Just(0_u64), Just(1), 2..200_u64, Just(1_000_000)],
    ) {
        let found = invariance(&margin(mean, data_std, offset, sigma, votes));
        prop_assert!(found.error <= 1e-13, "{found:?}");
        prop_assert!(found.value <= 1.0 && found.value >= 0.5 - found.error, "{found:?}");
        // neither the sign of the offset nor that of the mean matters, to the last bit
        let mirrored = invariance(&margin(-mean, data_std, -offset, sigma, votes));
        prop_assert_eq!(found, mirrored);
        // nor does the unit of x: a power of two changes no digit
        let c = 0.125;
        let scaled = invariance(&margin(c * mean, c * data_std, c * offset, c * sigma, votes));
        prop_assert_eq!(found, scaled);
    }
}
