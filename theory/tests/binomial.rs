//! Binomial tails against 40-digit tables, exact sums, and their properties.

use gauss_sim_theory::math::binomial::{Binomial, MAX_TRIALS};
use proptest::prelude::*;

/// |got/want − 1|; 0 where both are 0, the same infinity, or below the normal doubles.
fn error(got: f64, want: f64) -> f64 {
    if got == want || (want.abs() < f64::MIN_POSITIVE && got.abs() <= f64::MIN_POSITIVE) {
        return 0.0;
    }
    (got / want - 1.0).abs()
}

#[test]
fn tails_agree_with_the_table() {
    let table = include_str!("../oracle/binomial.csv");
    let (mut worst_tail, mut worst_logarithm, mut rows) = (0.0f64, 0.0f64, 0);
    for line in table.lines().skip(1) {
        let field: Vec<&str> = line.split(',').collect();
        let [trials, k] = [field[0], field[3]].map(|f| f.parse::<u64>().unwrap());
        let number = |i: usize| field[i].parse::<f64>().unwrap();
        let (p, q) = (number(1), number(2));
        let law = Binomial::from_both(trials, p, q).unwrap();
        for (got, want) in [(law.cdf(k), number(4)), (law.at_least(k), number(5))] {
            worst_tail = worst_tail.max(error(got, want));
            assert!(error(got, want) < 3e-15, "{line}: {got}"); // relative
        }
        for (got, want) in [(law.ln_cdf(k), number(6)), (law.ln_at_least(k), number(7))] {
            worst_logarithm = worst_logarithm.max(error(got, want));
            assert!(error(got, want) < 3e-15, "{line}: {got}"); // relative
        }
        rows += 1;
    }
    println!("{rows} rows: tails {worst_tail:.2e}, logarithms {worst_logarithm:.2e}");
    assert!(rows > 500);
}

/// With p a multiple of 1/16 every probability is a whole number of 16⁻ⁿ, which fits into 128 bits
/// up to n = 30: the sums have no rounding but the last.
#[test]
fn small_laws_against_exact_sums() {
    for trials in 1..=30u64 {
        for sixteenths in 0..=16u64 {
            let p = sixteenths as f64 / 16.0;
            let law = Binomial::new(trials, p).unwrap();
            let ways: Vec<u128> = (0..=trials)
                .map(|k| {
                    let choose =
                        (0..k).fold(1u128, |c, i| c * u128::from(trials - i) / u128::from(i + 1));
                    let successes = u128::from(sixteenths).pow(k as u32);
                    choose * successes * u128::from(16 - sixteenths).pow((trials - k) as u32)
                })
                .collect();
            let all = 16f64.powi(trials as i32);
            for k in 0..=trials {
                let below = ways[..=k as usize].iter().sum::<u128>() as f64 / all;
                let above = ways[k as usize..].iter().sum::<u128>() as f64 / all;
                assert!(error(law.cdf(k), below) < 3e-15, "{trials} {p} {k}");
                assert!(error(law.at_least(k), above) < 3e-15, "{trials} {p} {k}");
                let p_value = (2.0 * below.min(above)).min(1.0);
                assert!(error(law.p_value(k), p_value) < 3e-15, "{trials} {p} {k}");
            }
        }
    }
}

#[test]
fn certain_laws_are_ordinary() {
    for trials in [0, 1, 17, MAX_TRIALS] {
        for (p, certain) in [(0.0, 0), (1.0, trials)] {
            let law = Binomial::new(trials, p).unwrap();
            assert_eq!(law.p_value(certain), 1.0);
            assert_eq!((law.cdf(certain), law.at_least(certain)), (1.0, 1.0));
            if trials > 0 {
                assert_eq!(law.p_value(trials - certain), 0.0);
            }
            if trials > 1 {
                assert_eq!(law.p_value(trials / 2), 0.0);
            }
        }
    }
}

#[test]
fn what_is_refused() {
    assert!(Binomial::new(MAX_TRIALS, 0.5).is_ok());
    assert!(Binomial::new(MAX_TRIALS + 1, 0.5).is_err());
    for p in [-1e-300, 1.0 + f64::EPSILON, f64::NAN, f64::INFINITY] {
        assert!(Binomial::new(10, p).is_err(), "{p}");
    }
    assert!(Binomial::from_both(10, 1.0, 1e-300).is_ok());
    assert!(Binomial::from_both(10, 0.5, 0.6).is_err());
    assert!(Binomial::from_both(10, 1.0, f64::NAN).is_err());
    // A count above n: certain to be below, impossible to reach.
    let law = Binomial::new(10, 0.5).unwrap();
    assert_eq!((law.cdf(11), law.at_least(11), law.p_value(11)), (1.0, 0.0, 0.0));
}

#[test]
fn a_probability_beside_one_keeps_its_digits() {
    let law = Binomial::from_both(1_000_000, 1.0, 1e-20).unwrap();
    assert!(error(law.cdf(999_999), 1e-14) < 1e-13); // n·q·(1 − n·q/2 + …)
    assert_eq!(Binomial::new(1_000_000, 1.0).unwrap().cdf(999_999), 0.0);
}

/// Counts and probabilities of all sizes, the count mostly within forty standard deviations.
fn case() -> impl Strategy<Value = (u64, f64, u64)> {
    let sizes = (0.0..13.0, -12.0..-0.01, any::<bool>(), -40.0..40.0);
    sizes.prop_map(|(n, p, mirror, z): (f64, f64, bool, f64)| {
        let trials = 10f64.powf(n) as u64;
        let small = 10f64.powf(p);
        let p = if mirror { 1.0 - small } else { small };
        let n = trials as f64;
        let k = n * p + z * (n * p * (1.0 - p)).sqrt();
        (trials, p, (k.round().max(0.0) as u64).min(trials))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn monotone_in_the_count_and_the_probability((trials, p, k) in case(), factor in 1.0..1.2f64) {
        let law = Binomial::new(trials, p).unwrap();
        prop_assert!(law.ln_cdf(k) <= law.ln_cdf(k + 1));
        prop_assert!(law.ln_at_least(k) >= law.ln_at_least(k + 1));
        let likelier = Binomial::new(trials, (p * factor).min(1.0)).unwrap();
        prop_assert!(likelier.ln_cdf(k) <= law.ln_cdf(k));
        prop_assert!(likelier.ln_at_least(k) >= law.ln_at_least(k));
    }

    #[test]
    fn tails_meet((trials, p, k) in case()) {
        let law = Binomial::new(trials, p).unwrap();
        prop_assert!((law.cdf(k) + law.at_least(k + 1) - 1.0).abs() < 3e-16);
        prop_assert!(law.cdf(k) + law.at_least(k) >= 1.0 - 3e-16); // k itself is in both
        let p_value = law.p_value(k);
        prop_assert!((0.0..=1.0).contains(&p_value));
    }

    /// The critical counts reject, and their neighbours do not.
    #[test]
    fn critical_counts((trials, p, _) in case(), exponent in -30.0..-0.1f64) {
        let (law, level) = (Binomial::new(trials, p).unwrap(), 10f64.powf(exponent));
        match law.lower_critical(level) {
            Some(k) => prop_assert!(law.cdf(k) < level && law.cdf(k + 1) >= level),
            None => prop_assert!(law.cdf(0) >= level),
        }
        match law.upper_critical(level) {
            Some(k) => prop_assert!(law.at_least(k) < level && law.at_least(k - 1) >= level),
            None => prop_assert!(law.at_least(trials) >= level),
        }
    }
}
