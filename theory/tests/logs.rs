//! What counts of right draws say, against exact fractions and against fits with numerical derivatives.

use std::num::NonZeroU32;

use gauss_sim_theory::logs::predict::Input;
use gauss_sim_theory::logs::probit::{FitError, fit};
use gauss_sim_theory::logs::{CountTable, chi_square, counts};
use gauss_sim_theory::math::normal;
use proptest::prelude::*;
use task::Votes;

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

fn number(text: &str) -> f64 {
    text.parse().expect(text)
}

/// 1e-12 relative.
#[test]
fn subsets_of_draws_are_counted() {
    let mut worst = 0.0_f64;
    for row in rows(include_str!("../oracle/logs_counts.csv")) {
        let [draws, right, votes, tries] = [0, 1, 2, 4].map(|i| row[i].parse::<u32>().unwrap());
        let found = [
            (counts::majority(draws, votes)[right as usize], number(row[3])),
            (counts::persistent(draws, tries)[right as usize], number(row[5])),
        ];
        for (found, expected) in found {
            let error = if expected == 0.0 { found } else { (found - expected).abs() / expected };
            worst = worst.max(error);
            assert!(error < 1e-12, "{row:?}: {found}");
        }
    }
    println!("worst relative error {worst:.1e}");
}

/// Every subset of up to eight draws, one by one, a tie being half right.
#[test]
fn subsets_are_those_by_trying_all() {
    for draws in 1..=8_u32 {
        for votes in 1..=draws {
            let (majority, all) =
                (counts::majority(draws, votes), counts::persistent(draws, votes));
            for right in 0..=draws {
                let (mut subsets, mut won, mut whole) = (0.0, 0.0, 0.0);
                for subset in (0..1_u32 << draws).filter(|subset| subset.count_ones() == votes) {
                    // The first draws are the right ones.
                    let own = (subset & ((1 << right) - 1)).count_ones();
                    subsets += 1.0;
                    won += match (2 * own).cmp(&votes) {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
                    whole += f64::from(u8::from(own == votes));
                }
                let found = [majority[right as usize], all[right as usize]];
                for (found, known) in found.into_iter().zip([won / subsets, whole / subsets]) {
                    assert!(
                        (found - known).abs() < 1e-13,
                        "{draws} {votes} {right}: {found} {known}"
                    );
                }
            }
        }
    }
}

/// 1e-13 relative, as documented.
#[test]
fn the_chi_square_law_is_exact() {
    let mut worst = 0.0_f64;
    for row in rows(include_str!("../oracle/logs_chi_square.csv")) {
        let (degrees, x, expected) = (row[0].parse().unwrap(), number(row[1]), number(row[2]));
        let error = (chi_square::survival(x, degrees) - expected).abs() / expected;
        worst = worst.max(error);
        assert!(error < 1e-13, "{row:?}: {error:e}");
    }
    println!("worst relative error {worst:.1e}");
    assert_eq!(chi_square::survival(0.0, 5), 1.0);
    assert_eq!(chi_square::survival(f64::INFINITY, 5), 0.0);
    assert!(chi_square::survival(f64::NAN, 5).is_nan());
    assert_eq!([chi_square::survival(1.0, 0), chi_square::survival(0.0, 0)], [0.0, 0.0]);
}

fn table(draws: [u32; 2], samples: &[u64]) -> CountTable {
    let columns = draws[1] + 1;
    let cell = |(i, n): (usize, &u64)| (i as u32 / columns, i as u32 % columns, *n);
    CountTable::new(draws[0], draws[1], samples.iter().enumerate().map(cell).collect()).unwrap()
}

/// Parameters to 1e-9 of their standard errors and more, the log-likelihood within its own bound and 1e-12, the test to 1e-7.
#[test]
fn fits_are_the_maximum() {
    for row in rows(include_str!("../oracle/logs_fit.csv")) {
        let draws = [row[0].parse().unwrap(), row[1].parse().unwrap()];
        let samples: Vec<u64> = row[2].split(' ').map(|n| n.parse().unwrap()).collect();
        let found = fit(&table(draws, &samples)).expect("a fit");
        let [a, b, e] = [found.mean, found.data_std, found.eps];
        for (i, value) in [a, b, e].into_iter().enumerate() {
            let (expected, error) = (number(row[3 + i]), number(row[6 + i]));
            assert!((value - expected).abs() < 2e-7 * error, "{i}: {value} and {expected}");
            assert!((found.standard_errors[i] - error).abs() < 1e-7 * error, "{i}");
        }
        let (value, expected) = (found.log_likelihood, number(row[9]));
        let off = (value.value - expected).abs();
        assert!(off <= value.error + 1e-12 * expected.abs(), "{off:e} and {:e}", value.error);
        assert!(value.error < 1e-5);
        let test = found.goodness.expect("enough samples");
        let (statistic, degrees) = (number(row[10]), row[11].parse::<u32>().unwrap());
        assert_eq!(test.degrees, degrees);
        assert!((test.statistic - statistic).abs() < 1e-6 * statistic, "{}", test.statistic);
        let p = chi_square::survival(statistic, degrees);
        assert!((test.p_value - p).abs() < 1e-4 * p);
        for (expected, seen) in found.expected.iter().zip(table(draws, &samples).histograms()) {
            let total: f64 = expected.iter().sum();
            assert!((total - seen.iter().sum::<u64>() as f64).abs() < 1e-6);
        }
    }
}

/// The fitted law's predictions are those of the probit model: one vote Φ(a/√(1 + b²)), the limit Φ(a/b); one try is one vote;
/// tries only lose; and two tries are no better than the square of the limit allows.
#[test]
fn predictions_are_those_of_the_model() {
    let samples = [189, 67, 15, 189, 151, 42, 168, 245, 152, 105, 317, 538];
    let found = fit(&table([3, 2], &samples)).unwrap();
    for (input, mean) in [(Input::Clean, found.mean), (Input::Attacked, found.mean - found.eps)] {
        let one = found.voted(input, Votes::ONE).unwrap().value;
        assert!((one - normal::cdf(mean / (1.0 + found.data_std.powi(2)).sqrt())).abs() < 1e-14);
        let limit = found.voted(input, Votes::Limit).unwrap().value;
        assert!((limit - normal::cdf(mean / found.data_std)).abs() < 1e-14);
        let mut last = 1.0;
        for tries in 1..20 {
            let tries = NonZeroU32::new(tries).unwrap();
            let value = found.persistent(input, tries).unwrap().value;
            assert!(value < last);
            if tries.get() == 1 {
                assert!((value - one).abs() < 1e-13);
            }
            last = value;
        }
    }
}

/// Expected counts of a task give the task back, over the domain.
#[test]
fn the_task_of_expected_counts_is_found() {
    // From a fit whose expectations are known, by way of larger samples: the law of many draws.
    for (a, b, e) in [(1.0, 0.5, 0.5), (0.2, 2.0, 1.0), (-0.4, 1.0, -0.3), (2.0, 0.1, 0.0)] {
        let (m, n) = (6_u32, 5_u32);
        // The binomial probabilities averaged by a plain midpoint rule of its own.
        let mut cells = vec![0.0; ((m + 1) * (n + 1)) as usize];
        let steps = 4000;
        for k in 0..steps {
            let z = -8.0 + 16.0 * (f64::from(k) + 0.5) / f64::from(steps);
            let weight = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * 16.0
                / f64::from(steps);
            let (p, q) = (normal::cdf(a + b * z), normal::cdf(a + b * z - e));
            let choose = |n: u32, k: u32| {
                (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product::<f64>()
            };
            for c in 0..=m {
                for d in 0..=n {
                    let left = choose(m, c) * p.powi(c as i32) * (1.0 - p).powi((m - c) as i32);
                    let right = choose(n, d) * q.powi(d as i32) * (1.0 - q).powi((n - d) as i32);
                    cells[(c * (n + 1) + d) as usize] += weight * left * right;
                }
            }
        }
        let samples: Vec<u64> = cells.iter().map(|p| (p * 1e12).round() as u64).collect();
        let found = fit(&table([m, n], &samples)).expect("a fit");
        for (value, expected) in [(found.mean, a), (found.data_std, b), (found.eps, e)] {
            assert!((value - expected).abs() < 1e-5, "{value} and {expected}");
        }
    }
}

#[test]
fn counts_without_a_fit_are_refused() {
    // All right; all the same.
    let extreme = fit(&table([3, 3], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100]));
    assert!(extreme.is_err(), "{extreme:?}");
    // Samples are either always right or always wrong: no draw is random.
    let fixed = fit(&table([4, 1], &[500, 0, 0, 0, 0, 0, 0, 0, 0, 500]));
    assert_eq!(fixed.err(), Some(FitError::Extreme));
    assert!(CountTable::new(3, 3, vec![(4, 0, 1)]).is_none());
    assert!(CountTable::new(0, 3, vec![(0, 0, 1)]).is_none());
    assert!(CountTable::new(3, 3, Vec::new()).is_none());
}

proptest! {
    /// Over all counts: a probability, growing with the number of right ones, mirrored, and an average that is right.
    #[test]
    fn votes_of_subsets_are_probabilities(draws in 1_u32..200, votes in 1_u32..200, p in 0.0..1.0_f64) {
        prop_assume!(votes <= draws);
        let values = counts::majority(draws, votes);
        prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1] + 1e-14));
        for (right, value) in values.iter().enumerate() {
            prop_assert!((value + values[draws as usize - right] - 1.0).abs() < 1e-12);
        }
        // Unbiased: E[value(C)] over C ~ Bin(draws, p) is P[the majority of `votes` is right].
        let law = |n: u32, k: u32| {
            let log = |n: u32| (1..=n).map(|i| f64::from(i).ln()).sum::<f64>();
            let (k64, rest) = (f64::from(k), f64::from(n - k));
            (log(n) - log(k) - log(n - k) + k64 * p.max(1e-300).ln() + rest * (1.0 - p).max(1e-300).ln()).exp()
        };
        let mean: f64 = values.iter().enumerate().map(|(c, value)| law(draws, c as u32) * value).sum();
        let expected: f64 = (0..=votes)
            .map(|k| law(votes, k) * if 2 * k > votes { 1.0 } else if 2 * k == votes { 0.5 } else { 0.0 })
            .sum();
        prop_assert!((mean - expected).abs() < 1e-11, "{mean} {expected}");
    }
}
