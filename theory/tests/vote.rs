//! Finite votes against 40 digits (an independent integral), and what ties them to the closed forms.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::accuracy::{Accuracies, accuracies, clean_accuracy};
use gauss_sim_theory::math::bounded::Bounded;
use std::collections::BTreeMap;
use task::{Eps, Margin, Task, Votes};

fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: Votes) -> Margin {
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

fn at(row: &[String]) -> [Bounded; 4] {
    let x = |i: usize| double(&row[i]);
    let votes = Votes::new(row[4].parse().unwrap()).unwrap();
    let margin = margin(x(0), x(1), x(2), x(3), votes);
    let Accuracies { clean, adversarial, robust, attack_success_rate } =
        accuracies(&margin, Eps::new(x(5)).unwrap());
    [clean, adversarial, robust, attack_success_rate]
}

/// The tables are read to about 30 digits.
const READING: f64 = 1e-30;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest == 0.0 { computed.abs() } else { truth(text).ulps(computed).abs() * ulp(nearest) }
}

#[test]
fn votes_match_the_oracle() {
    let rows = table(&oracle().join("vote.csv"));
    assert!(rows.len() >= 180);
    let mut worst: BTreeMap<(u64, usize), (f64, f64)> = BTreeMap::new();
    for row in &rows {
        for (i, found) in at(row).into_iter().enumerate() {
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
            let entry = worst.entry((row[4].parse().unwrap(), i)).or_default();
            entry.0 = entry.0.max(error / exact);
            entry.1 = entry.1.max(found.error / exact);
        }
    }
    for ((votes, column), (error, bound)) in worst {
        println!("n = {votes}, column {column}: error {error:.1e}, bound {bound:.1e}");
    }
}

/// Many votes approach the limit from below, with the gap φ(1)πσ²/(4n) at the defaults: the
/// median's variance is πσ²/(2n), and half of it times φ′(1) = −φ(1) is what convexity costs.
#[test]
fn the_gap_to_the_limit_is_as_predicted() {
    let limit = clean_accuracy(&margin(1.0, 1.0, 0.0, 1.0, Votes::Limit)).value;
    let density = (-0.5_f64).exp() / std::f64::consts::TAU.sqrt();
    for n in [101_u32, 1001, 10_001, 100_001, 999_999] {
        let votes = Votes::new(n.into()).unwrap();
        let found = clean_accuracy(&margin(1.0, 1.0, 0.0, 1.0, votes));
        let gap = (limit - found.value) * f64::from(n);
        let predicted = density * std::f64::consts::PI / 4.0;
        // next order: relative 1/n with a factor of order 1; rounding of the difference: n·1e-16
        let slack = 3.0 / f64::from(n) + 1e-15 * f64::from(n);
        assert!((gap / predicted - 1.0).abs() <= slack, "n = {n}: {gap} against {predicted}");
    }
}

/// More votes, more accuracy on a task that a single draw gets right more often than not.
#[test]
fn more_votes_are_better_without_offset() {
    let mut last = 0.0;
    for n in [1, 3, 5, 7, 11, 31, 101, 1001, 10_001, 999_999] {
        let votes = Votes::new(n).unwrap();
        let found = clean_accuracy(&margin(1.0, 1.0, 0.0, 1.0, votes)).value;
        assert!(found > last, "n = {n}");
        last = found;
    }
    assert!(last < clean_accuracy(&margin(1.0, 1.0, 0.0, 1.0, Votes::Limit)).value);
}

/// Corners of the domain return numbers with bounds, not NaN, and do not hang.
#[test]
fn corners_are_ordinary() {
    let extremes = [0.0, 1e-300, 1e-15, 1.0, 1e15];
    for sigma in extremes {
        for offset in extremes {
            for data_std in [1e-15, 1.0, 1e15] {
                for mean in [-1e15, -1.0, 0.0, 1e15] {
                    for n in [3, 1_000_000] {
                        let votes = Votes::new(n).unwrap();
                        let margin = margin(mean, data_std, offset, sigma, votes);
                        for eps in [1e-300, 40.0, 1e15] {
                            let found = accuracies(&margin, Eps::new(eps).unwrap());
                            for b in [found.clean, found.adversarial] {
                                let sane = (0.0..=1.0).contains(&b.value) && b.error <= 1e-11;
                                assert!(sane, "{margin:?} {eps}: {found:?}");
                            }
                            for b in [found.robust, found.attack_success_rate] {
                                assert!(
                                    (0.0..=1.0).contains(&b.value),
                                    "{margin:?} {eps}: {found:?}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
