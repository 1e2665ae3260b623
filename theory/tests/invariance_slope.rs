//! The slope of the rate of invariance in the threshold against 40 digits, and its laws.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::invariance::{disagreement, slope_in_threshold};
use gauss_sim_theory::math::bounded::Bounded;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{Margin, Task, Votes};

/// A margin from its numbers; `votes` 0 is the limit.
fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: u64) -> Margin {
    let votes = if votes == 0 { Votes::Limit } else { Votes::new(votes).unwrap() };
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

/// The least accurate rows of the table have 24 digits.
const READING: f64 = 1e-24;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    truth(text).ulps(computed).abs() * ulp(double(text))
}

#[test]
fn slopes_match_the_oracle() {
    let rows = table(&oracle().join("invariance_slope.csv"));
    assert!(rows.len() >= 110, "{}", rows.len());
    let (mut one, mut many) = ((0.0_f64, 0.0_f64), (0.0_f64, 0.0_f64));
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let votes = if row[4] == "inf" { 0 } else { row[4].parse().unwrap() };
        let found = slope_in_threshold(&margin(x(0), x(1), x(2), x(3), votes));
        let (error, exact) = (miss(found.value, &row[5]), double(&row[5]).abs());
        assert!(error <= found.error + READING * exact, "{row:?}: {found:?} is off by {error}");
        if exact < f64::MIN_POSITIVE {
            continue; // its spacing is in the bound
        }
        let closed = votes <= 2 || x(3) == 0.0;
        let target = if closed { 1e-14 } else { 1e-12 };
        assert!(found.error <= target * exact, "{row:?}: {found:?}");
        let worst = if closed { &mut one } else { &mut many };
        *worst = (worst.0.max(error / exact), worst.1.max(found.error / exact));
    }
    println!("relative error, bound: closed forms {one:?}, votes {many:?}");
}

/// The quadrature of `disagreement` against Owen's T function.
#[test]
fn the_disagreement_of_one_draw_is_owen_s_function() {
    let rows = table(&oracle().join("invariance_owen.csv"));
    assert!(rows.len() >= 72);
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let found = disagreement(&margin(x(0), x(1), x(2), x(3), 1));
        let (error, exact) = (miss(found.value, &row[4]), double(&row[4]));
        assert!(error <= found.error + READING * exact, "{row:?}: {found:?} is off by {error}");
        assert!(error <= 1e-13 * exact, "{row:?}: {found:?} is off by {error}");
    }
}

#[test]
fn without_offset_and_without_spread() {
    for votes in [0, 1, 2, 11] {
        assert_eq!(slope_in_threshold(&margin(1.0, 1.0, 0.0, 1.0, votes)), Bounded::exact(0.0));
        // ½(φ(0) + φ(2)) at mean = data_std = offset = 1; two ulp
        let found = slope_in_threshold(&margin(1.0, 1.0, 1.0, 0.0, votes));
        assert!((found.value - 0.226_466_623_457_310_4).abs() < 6e-17, "{found:?}");
    }
    // a vanishing spread, and a vanishing noise, are no steps
    let limit = slope_in_threshold(&margin(1.0, 1.0, 0.5, 0.0, 1)).value;
    for votes in [1, 3, 101] {
        for sigma in [5e-324, 1e-300, 1e-160, 1e-20, 1e-9] {
            let found = slope_in_threshold(&margin(1.0, 1.0, 0.5, sigma, votes));
            assert!((found.value / limit - 1.0).abs() < 1e-12, "{votes} {sigma} {found:?}");
            assert!(found.error <= 1e-12 * found.value, "{votes} {sigma} {found:?}");
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

fn any_votes() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0_u64), Just(1), 2..200_u64, Just(1_000_000)]
}

fn scale(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|e: f64| 10_f64.powf(e))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_slope_is_odd_in_the_offset_and_even_in_the_mean(
        mean in prop_oneof![-6.0..6.0, -100.0..100.0, Just(0.0), -1e15..1e15],
        data_std in prop_oneof![Just(1.0), scale(-15.0, 15.0)],
        offset in prop_oneof![-3.0..3.0, -1e3..1e3, scale(-250.0, 15.0)],
        sigma in prop_oneof![Just(0.0), scale(-15.0, 6.0), scale(-300.0, 15.0)],
        votes in any_votes(),
    ) {
        let found = slope_in_threshold(&margin(mean, data_std, offset, sigma, votes));
        prop_assert!(found.value.is_finite() && found.value * offset.signum() >= 0.0, "{found:?}");
        if found.value.abs() > 1e-300 {
            prop_assert!(found.error <= 2e-12 * found.value.abs(), "{found:?}");
        } else {
            prop_assert!(found.error <= 1e-300, "{found:?}");
        }
        let negative = Bounded { value: -found.value, ..found };
        prop_assert_eq!(slope_in_threshold(&margin(mean, data_std, -offset, sigma, votes)), negative);
        prop_assert_eq!(slope_in_threshold(&margin(-mean, data_std, offset, sigma, votes)), found);
    }

    /// Where nothing is far out, there is a slope: R rises strictly towards k = shift.
    #[test]
    fn the_invariance_rises_strictly(
        mean in -4.0..4.0,
        data_std in scale(-0.5, 1.0),
        offset in prop_oneof![0.01..4.0, scale(-9.0, 0.0)],
        sigma in prop_oneof![Just(0.0), scale(-0.3, 2.0)],
        votes in any_votes(),
    ) {
        let found = slope_in_threshold(&margin(mean, data_std, offset, sigma, votes));
        prop_assert!(found.value > found.error, "{found:?}");
    }

    /// Central differences of the disagreement, whose width is that of its sharpest part.
    #[test]
    fn the_slope_is_a_derivative(
        mean in -4.0..4.0,
        data_std in scale(-0.5, 1.0),
        offset in -4.0..4.0,
        sigma in scale(-2.0, 2.0),
        votes in any_votes(),
    ) {
        let at = |offset| disagreement(&margin(mean, data_std, offset, sigma, votes));
        let width = if votes == 0 { data_std } else { sigma / f64::from(u32::try_from(votes).unwrap()).sqrt() };
        let step = 1e-3 * width;
        prop_assume!(votes != 0 || f64::abs(offset) > 2.0 * step); // the kink
        let (one, two) = ([at(offset + step), at(offset - step)], [at(offset + 2.0 * step), at(offset - 2.0 * step)]);
        let numeric = (8.0 * (one[0].value - one[1].value) - (two[0].value - two[1].value)) / (12.0 * step);
        let found = slope_in_threshold(&margin(mean, data_std, offset, sigma, votes));
        // five points: truncation step⁴·R⁽⁵⁾/30, R′ ≤ 0.4/data_std and each derivative costs at most
        // a few 1/width; rounding: the errors of four values, 18/12 of each
        let rounding = 1.5 * (one[0].error + one[1].error) / step;
        let slack = 1e-11 * 0.4 / data_std + rounding;
        prop_assert!((numeric - found.value).abs() <= slack, "{numeric} {found:?} {slack}");
    }
}
