//! Intervals, p-values and the verdict: against 40-digit tables, exact sums, and their definitions.
//!
//! Nothing here is random: coverage, validity and power are sums of binomial probabilities.

use gauss_sim::check::betting::{self, Values};
use gauss_sim::check::{
    Estimate, POWER, Verdict, clopper_pearson, combine, detectable, level, p_value, row_agrees,
};

/// |got/want − 1|; 0 where they are equal.
fn error(got: f64, want: f64) -> f64 {
    if got == want { 0.0 } else { (got / want - 1.0).abs() }
}

/// The probabilities of 0 … n successes, by products and sums alone, without the code under test.
fn law(n: u64, p: f64) -> Vec<f64> {
    let mut law = vec![1.0];
    for _ in 0..n {
        let mut next = vec![0.0; law.len() + 1];
        for (k, weight) in law.iter().enumerate() {
            next[k] += weight * (1.0 - p);
            next[k + 1] += weight * p;
        }
        law = next;
    }
    law
}

/// Sixteen samples are one block, with bets of half the capital at risk: all right, the interval and the p-value by hand.
#[test]
fn bets_on_one_block_by_hand() {
    let all = [vec![Values::of_mean(1.0, 16)]];
    let Estimate { value, low, high } = betting::ratio(&all, 0.95).unwrap();
    // (1 + ½(1 − r)/r)¹⁶ = 2/0.05: half of the error is for either side.
    let growth = 40.0_f64.powf(1.0 / 16.0) - 1.0;
    let known = 0.5 / (growth + 0.5);
    assert_eq!((value, high), (1.0, 1.0));
    assert!((low - known).abs() < 1e-11, "{low} {known}");
    // At ½ the stake is the whole of ½·2 = 1, a factor of 3/2 a sample.
    let p = betting::p_value(&all, 0.5, 0.05);
    assert!((p - 2.0 / 1.5_f64.powi(16)).abs() < 1e-15, "{p}");
    // Both sides are alike.
    let none = [vec![Values::of_mean(0.0, 16)]];
    let turned = betting::ratio(&none, 0.95).unwrap();
    assert!((turned.high - (1.0 - known)).abs() < 1e-11 && turned.low == 0.0, "{turned:?}");
    assert!((betting::p_value(&none, 0.5, 0.05) - p).abs() < 1e-15);
}

/// Probabilities from 0 to 1, more of them near the ends.
fn grid(points: u32) -> impl Iterator<Item = f64> {
    (0..=points).map(move |i| {
        let turn = f64::from(i) / f64::from(points);
        0.5 - 0.5 * (turn * std::f64::consts::PI).cos()
    })
}

#[test]
fn limits_agree_with_the_table() {
    let table = include_str!("../theory/oracle/clopper_pearson.csv");
    let (mut worst, mut rows) = (0.0f64, 0);
    for line in table.lines().skip(1) {
        let field: Vec<&str> = line.split(',').collect();
        let [successes, trials] = [field[0], field[1]].map(|f| f.parse::<u64>().unwrap());
        let number = |i: usize| field[i].parse::<f64>().unwrap();
        let got = clopper_pearson(successes, trials, number(2)).unwrap();
        let mirrored = clopper_pearson(trials - successes, trials, number(2)).unwrap();
        for (got, want) in [
            (got.low, number(3)),
            (got.high, number(4)),
            (1.0 - mirrored.high, number(3)),
            (1.0 - mirrored.low, number(4)),
        ] {
            // 1 − p loses the digits that a small p had.
            let absolute = (got - want).abs();
            assert!(absolute < 3e-16, "{line}: {got}");
        }
        worst = worst.max(error(got.low, number(3))).max(error(got.high, number(4)));
        rows += 1;
    }
    println!("{rows} rows: relative error {worst:.2e}");
    assert!(rows > 100);
    assert!(worst < 2e-15, "{worst:e}"); // relative
}

#[test]
fn the_ends_are_exact_and_the_impossible_is_none() {
    for n in [1, 7, 1_000_000_000, 10_000_000_000_000] {
        assert_eq!(clopper_pearson(0, n, 0.99).unwrap().low, 0.0);
        assert_eq!(clopper_pearson(n, n, 0.99).unwrap().high, 1.0);
        // 1 − (α/2)^(1/n), the closed form of the one-sided limit.
        let high = clopper_pearson(0, n, 0.99).unwrap().high;
        assert!(error(high, -(0.005f64.ln() / n as f64).exp_m1()) < 1e-14, "{n}");
    }
    for (successes, trials, confidence) in
        [(0, 0, 0.95), (2, 1, 0.95), (1, 2, 0.0), (1, 2, 1.0), (1, 2, f64::NAN), (1, 1 << 54, 0.9)]
    {
        assert_eq!(clopper_pearson(successes, trials, confidence), None);
        assert_eq!(Estimate::new(successes, trials, confidence), None);
    }
    let estimate = Estimate::new(3, 4, 0.95).unwrap();
    assert_eq!(estimate.value, 0.75);
}

/// The chance that the interval contains p is at least its confidence, for every n and p.
#[test]
fn intervals_cover_at_their_nominal_rate() {
    for confidence in [0.5, 0.9, 0.95, 0.99] {
        let mut least = 1.0f64;
        for n in (1..=20).chain([30, 50, 77, 100, 150, 200]) {
            let intervals: Vec<_> =
                (0..=n).map(|k| clopper_pearson(k, n, confidence).unwrap()).collect();
            for p in grid(150) {
                let covered: f64 = law(n, p)
                    .iter()
                    .zip(&intervals)
                    .filter(|(_, interval)| interval.contains(p))
                    .map(|(weight, _)| weight)
                    .sum();
                assert!(covered >= confidence - 1e-13, "n = {n}, p = {p}: {covered}");
                if n == 200 && (0.3..0.7).contains(&p) {
                    least = least.min(covered);
                }
            }
        }
        // And not by being wide: what is left over is the grain of the counts.
        println!("confidence {confidence}: {least} at least for n = 200, p around a half");
        assert!(least < confidence + 0.2 * (1.0 - confidence), "{least}");
    }
}

/// P[p-value ≤ α] ≤ α where the closed form is right.
#[test]
fn p_values_are_valid() {
    for n in [1, 2, 5, 13, 40, 100, 200] {
        for p in grid(60) {
            let p_values: Vec<f64> = (0..=n).map(|k| p_value(k, n, p, 0.0)).collect();
            let law = law(n, p);
            for alpha in [0.5, 0.1, 0.05, 0.01, 1e-3, 1e-6, 1e-9] {
                let rejected: f64 =
                    law.iter().zip(&p_values).filter(|&(_, &p)| p <= alpha).map(|(w, _)| w).sum();
                assert!(
                    rejected <= alpha * (1.0 + 1e-12),
                    "n = {n}, p = {p}: {rejected} > {alpha}"
                );
            }
        }
    }
}

#[test]
fn p_values_with_an_error_use_the_most_favourable_hypothesis() {
    for (successes, trials, expected, error) in [
        (40, 100, 0.5, 0.03),
        (3, 1000, 0.01, 0.004),
        (999, 1000, 0.99, 1e-3),
        (50, 100, 0.2, 0.25),
    ] {
        let with_error = p_value(successes, trials, expected, error);
        let best = (0..=1000)
            .map(|i| expected + error * (f64::from(i) / 500.0 - 1.0))
            .map(|p| p_value(successes, trials, p, 0.0))
            .fold(0.0, f64::max);
        assert!((with_error - best).abs() <= 1e-12 * best, "{with_error} {best}");
        assert!(with_error >= p_value(successes, trials, expected, 0.0));
    }
    // Inside: nothing to say.
    assert_eq!(p_value(51, 100, 0.5, 0.01), 1.0);
    assert_eq!(p_value(0, 0, 0.5, 0.0), 1.0);
}

#[test]
fn p_values_at_the_ends() {
    let n = 10_000_000_000_000;
    assert_eq!(p_value(n, n, 1.0, 0.0), 1.0);
    assert_eq!(p_value(n - 1, n, 1.0, 0.0), 0.0);
    assert_eq!(p_value(0, n, 0.0, 0.0), 1.0);
    assert_eq!(p_value(1, n, 0.0, 0.0), 0.0);
    // An expected value off [0, 1] by its error, and one beyond.
    assert_eq!(p_value(n, n, 1.0 + 1e-15, 1e-14), 1.0);
    assert!(p_value(n, n, 1.1, 0.01).is_nan());
    for (expected, error) in [(f64::NAN, 0.0), (0.5, f64::NAN), (0.5, -1e-3)] {
        assert!(p_value(1, 2, expected, error).is_nan());
    }
    assert!(p_value(3, 2, 0.5, 0.0).is_nan());
}

#[test]
fn rows_combine_by_bonferroni() {
    assert_eq!(combine(&[]), None);
    assert_eq!(combine(&[None, None]), None);
    assert_eq!(combine(&[Some(0.25), None, Some(0.01)]), Some(0.02));
    assert_eq!(combine(&[Some(0.9), Some(0.8)]), Some(1.0));
    assert!(combine(&[Some(1e-9), Some(f64::NAN)]).unwrap().is_nan());
    assert!(combine(&[Some(f64::NAN), Some(1e-9)]).unwrap().is_nan());
}

#[test]
fn the_verdict_shares_alpha_among_the_rows() {
    let verdict = Verdict::new(&[Some(0.4), None, Some(0.005), Some(0.2)], 0.01, 0.5);
    assert!(verdict.agree);
    assert_eq!((verdict.rows, verdict.disagreeing), (3, 0));
    assert_eq!((verdict.smallest_p, verdict.false_alarm, verdict.detectable), (0.015, 0.01, 0.5));
    // The limit itself still agrees.
    assert!(Verdict::new(&[Some(0.01 / 3.0), Some(1.0), Some(1.0)], 0.01, 0.5).agree);
    let verdict = Verdict::new(&[Some(0.003), Some(1.0), Some(0.0033)], 0.01, 0.5);
    assert_eq!((verdict.agree, verdict.disagreeing), (false, 2));
    assert!(verdict.smallest_p < verdict.false_alarm);
    // What is not a number never agrees, wherever it stands.
    for p_values in [[Some(f64::NAN), Some(1.0)], [Some(1.0), Some(f64::NAN)]] {
        let verdict = Verdict::new(&p_values, 1e-6, 0.5);
        assert!(!verdict.agree && verdict.smallest_p.is_nan());
    }
    let nothing = Verdict::new(&[None], 1e-6, f64::NAN);
    assert_eq!((nothing.agree, nothing.rows, nothing.smallest_p), (true, 0, 1.0));
    assert!(row_agrees(1e-8, 1e-6, 100) && !row_agrees(0.99e-8, 1e-6, 100));
    assert_eq!(level(1e-6, 50, 4), 5e-9);
}

/// The chance that the test fires, by summing over all counts.
fn power(n: u64, expected: f64, error: f64, level: f64, truth: f64) -> f64 {
    let fires = (0..=n).map(|k| p_value(k, n, expected, error) < level);
    law(n, truth).iter().zip(fires).filter(|(_, fires)| *fires).map(|(weight, _)| weight).sum()
}

/// Beyond the detectable discrepancy the test fires with at least the power; a little before it, on
/// the side that decides, it does not.
#[test]
fn detectable_discrepancies_have_their_power() {
    for n in [30, 200, 1000] {
        for (expected, slack) in
            [(0.5, 0.0), (0.1, 0.0), (0.97, 0.0), (0.3, 0.01), (0.0, 0.0), (1.0, 0.0)]
        {
            for level in [1e-2, 1e-6] {
                let d = detectable(n, expected, slack, level, POWER);
                let chances: Vec<f64> = [expected - d, expected + d]
                    .into_iter()
                    .filter(|p| (0.0..=1.0).contains(p))
                    .map(|truth| power(n, expected, slack, level, truth))
                    .collect();
                let at =
                    format!("n = {n}, p = {expected} ± {slack}, level {level}: {d} {chances:?}");
                assert!(!chances.is_empty() && chances.iter().all(|&c| c >= POWER - 1e-9), "{at}");
                let before = [expected - 0.999 * d, expected + 0.999 * d]
                    .into_iter()
                    .filter(|p| (0.0..=1.0).contains(p))
                    .any(|truth| power(n, expected, slack, level, truth) < POWER);
                assert!(before, "{at}");
            }
        }
    }
}

#[test]
fn detectable_at_the_size_of_a_real_run() {
    // (z_{α/2} + z_power)·√(pq/n), from the normal law: 1e-6 over 4·81 tests, 1e12 samples.
    let level = level(1e-6, 81, 4);
    let d = detectable(1_000_000_000_000, 0.7, 0.0, level, POWER);
    let z_level = -theory::math::normal::quantile(0.5 * level);
    let z_power = theory::math::normal::quantile(POWER);
    let normal = (z_level + z_power) * (0.21f64 / 1e12).sqrt();
    assert!(error(d, normal) < 1e-5, "{d} {normal}");
    // The closed form's own error comes on top.
    let slack = 1e-6;
    let wide = detectable(1_000_000_000_000, 0.7, slack, level, POWER);
    assert!(error(wide, d + slack) < 1e-5, "{wide} {d}");
}

#[test]
fn what_is_not_detectable_is_said() {
    // One sample never contradicts ½ at 1e-6, nor do none.
    assert_eq!(detectable(1, 0.5, 0.0, 1e-6, POWER), 0.5);
    assert_eq!(detectable(0, 0.2, 0.0, 1e-6, POWER), 0.8);
    // Nothing above 1 − 1e-9 can be told from it, but that is a small matter beside what is below.
    assert!(detectable(100_000, 1.0 - 1e-9, 0.0, 1e-6, POWER) < 1e-3);
    for (expected, error, power) in
        [(f64::NAN, 0.0, 0.9), (0.5, -1.0, 0.9), (2.0, 0.5, 0.9), (0.5, 0.0, 0.0), (0.5, 0.0, 1.0)]
    {
        assert!(detectable(100, expected, error, 1e-3, power).is_nan());
    }
}

/// A wrong formula is found, a right one is not: at exactly the expected counts of both.
#[test]
fn the_verdict_fires_on_a_wrong_formula() {
    let (trials, truth) = (1_000_000_000u64, 0.691_462_461_274_013_1);
    let successes = (truth * trials as f64).round() as u64;
    let level = level(1e-6, 1, 1);
    let d = detectable(trials, truth, 0.0, level, POWER);
    let verdict =
        |expected| Verdict::new(&[Some(p_value(successes, trials, expected, 0.0))], 1e-6, d);
    assert!(verdict(truth).agree);
    assert!(!verdict(truth + d).agree && !verdict(truth - d).agree);
}
