//! Properties of intervals, p-values and detectable discrepancies, for counts among 1 to 1e13 trials.

use gauss_sim::check::{Estimate, POWER, clopper_pearson, detectable, p_value};
use proptest::prelude::*;
use theory::math::binomial::Binomial;

/// A count among up to 1e13 trials.
fn counts() -> impl Strategy<Value = (u64, u64)> {
    (0.0..13.0, 0.0..=1.0).prop_map(|(exponent, rate): (f64, f64)| {
        let trials = 10f64.powf(exponent) as u64;
        (((rate * trials as f64).round() as u64).min(trials), trials)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn intervals_contain_the_estimate((successes, trials) in counts(), tail in -9.0..-0.1f64) {
        let confidence = 1.0 - 10f64.powf(tail);
        let estimate = Estimate::new(successes, trials, confidence).unwrap();
        prop_assert!(0.0 <= estimate.low && estimate.high <= 1.0);
        prop_assert!(estimate.low <= estimate.value && estimate.value <= estimate.high);
        prop_assert!(estimate.low < estimate.high);
    }

    #[test]
    fn intervals_narrow_with_trials_and_widen_with_confidence((successes, trials) in counts()) {
        let width = |successes, trials, confidence| {
            let interval = clopper_pearson(successes, trials, confidence).unwrap();
            interval.high - interval.low
        };
        let here = width(successes, trials, 0.95);
        prop_assert!(width(4 * successes, 4 * trials, 0.95) < here);
        prop_assert!(width(successes, trials, 0.99) > here);
    }

    /// The interval of confidence C contains exactly the p whose p-value is at least 1 − C.
    #[test]
    fn intervals_and_p_values_are_dual((successes, trials) in counts(), z in -8.0..8.0f64, tail in -9.0..-0.1f64) {
        let confidence = 1.0 - 10f64.powf(tail);
        let interval = clopper_pearson(successes, trials, confidence).unwrap();
        let rate = (successes as f64 + 0.5) / (trials as f64 + 1.0);
        let spread = (rate * (1.0 - rate) / trials as f64).sqrt();
        let p = f64::clamp(rate + z * spread, 0.0, 1.0);
        // Within rounding of a limit either answer is right.
        let near = |limit: f64| (p - limit).abs() <= 1e-14 * limit;
        prop_assume!(!near(interval.low) && !near(interval.high));
        let accepted = p_value(successes, trials, p, 0.0) >= 1.0 - confidence;
        prop_assert_eq!(interval.contains(p), accepted);
    }

    /// At the limits the p-value is 1 − C: it lies between those of the doubles next to them, but
    /// for 4e-15.
    #[test]
    fn limits_have_the_p_value_of_their_confidence((successes, trials) in counts()) {
        let (confidence, p) = (0.99, |limit| p_value(successes, trials, limit, 0.0));
        let interval = clopper_pearson(successes, trials, confidence).unwrap();
        for limit in [interval.low, interval.high] {
            if limit > 0.0 && limit < 1.0 {
                let (one, other) = (p(limit.next_down()), p(limit.next_up()));
                prop_assert!(one.min(other) <= (1.0 - confidence) * (1.0 + 4e-15));
                prop_assert!(one.max(other) >= (1.0 - confidence) * (1.0 - 4e-15));
            }
        }
    }

    /// The p-value grows as the hypothesis comes nearer, and with the room given to it.
    #[test]
    fn p_values_are_monotone((successes, trials) in counts(), z in 0.0..9.0, more in 0.0..2.0, sign: bool) {
        let rate = successes as f64 / trials as f64;
        let spread = (0.25 / trials as f64).sqrt() * if sign { 1.0 } else { -1.0 };
        let at = |z: f64| (rate + z * spread).clamp(0.0, 1.0);
        prop_assert!(p_value(successes, trials, at(z + more), 0.0) <= p_value(successes, trials, at(z), 0.0));
        let slack = more * spread.abs();
        prop_assert!(p_value(successes, trials, at(z), slack) >= p_value(successes, trials, at(z), 0.0));
    }

    /// More trials see more.
    #[test]
    fn detectable_shrinks((_, trials) in counts(), expected in 0.05..0.95) {
        let d = |trials, level| detectable(trials, expected, 0.0, level, POWER);
        prop_assert!(d(16 * trials, 1e-6) <= d(trials, 1e-6));
        prop_assert!(d(trials, 1e-3) <= d(trials, 1e-6));
        prop_assert!((0.0..=1.0).contains(&d(trials, 1e-6)));
    }

    /// At the detectable discrepancy the power is met, at every size.
    #[test]
    fn detectable_has_its_power((_, trials) in counts(), expected in 0.001..0.999) {
        let (level, d) = (1e-6, detectable(trials, expected, 0.0, 1e-6, POWER));
        let null = Binomial::new(trials, expected).unwrap();
        let mut least: f64 = 1.0;
        if let (Some(c), true) = (null.upper_critical(0.5 * level), expected + d <= 1.0) {
            least = least.min(Binomial::new(trials, expected + d).unwrap().at_least(c));
            prop_assert!(p_value(c, trials, expected, 0.0) < level);
            prop_assert!(p_value(c - 1, trials, expected, 0.0) >= level);
        }
        if let (Some(c), true) = (null.lower_critical(0.5 * level), expected - d >= 0.0) {
            least = least.min(Binomial::new(trials, expected - d).unwrap().cdf(c));
        }
        // p ± d is rounded, which moves the chance by about 1e-16·√trials.
        prop_assert!(least >= POWER - 1e-8, "{}", least);
    }
}
