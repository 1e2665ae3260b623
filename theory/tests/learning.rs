//! The constants of training against 19 digits, and their laws.

use crate::common::{double, oracle, table};
use gauss_sim_theory::learning::{CHERNOFF_VARIANCE, logistic_spread, zero_one_spread};
use task::{Defense, Task};

fn parts(mean: f64, data_std: f64, shift: f64, sigma: f64) -> (Task, Defense) {
    (Task::new(mean, data_std).unwrap(), Defense::new(shift, sigma).unwrap())
}

/// Tolerances as documented: exp(h²/…) makes each rounding of h² count, and the rest is a few ulp.
#[test]
fn spreads_match_the_oracle() {
    let rows = table(&oracle().join("learning.csv"));
    assert!(rows.len() >= 23, "{}", rows.len());
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let (task, defense) = parts(x(0), x(1), x(2), x(3));
        let h = x(0) / x(1).hypot(x(3));
        for (found, column, base) in [
            (zero_one_spread(&task, &defense), 4, 4.0),
            (logistic_spread(&task, &defense), 5, 10.0),
        ] {
            let error = (found.unwrap() / x(column) - 1.0).abs();
            assert!(error <= 1e-15 * (base + h * h), "{row:?}: {found:?} is off by {error:e}");
        }
    }
}

/// By `oracle/learning.py`, 20 digits.
#[test]
fn the_variance_of_chernoff_s_distribution() {
    let digits: f64 = "0.26355964129961018578".parse().unwrap();
    assert_eq!(CHERNOFF_VARIANCE.to_bits(), digits.to_bits());
}

#[test]
fn spreads_scale_with_the_data_and_forget_the_shift() {
    let (task, defense) = parts(1.0, 1.0, 1.0, 1.5);
    let (larger, moved) = parts(8.0, 8.0, -3.0, 12.0);
    for spread in [zero_one_spread, logistic_spread] {
        let (one, eight) = (spread(&task, &defense).unwrap(), spread(&larger, &moved).unwrap());
        assert!((eight / one / 8.0 - 1.0).abs() < 1e-14, "{one} {eight}");
    }
}

#[test]
fn where_no_threshold_is_best_there_is_no_spread() {
    for mean in [0.0, -1.0, -1e-300] {
        let (task, defense) = parts(mean, 1.0, 1.0, 1.0);
        assert_eq!(
            (zero_one_spread(&task, &defense), logistic_spread(&task, &defense)),
            (None, None)
        );
    }
    // a mean that is all but nothing: 1.97248825289784377…e200, from mpmath, is no overflow
    let (task, defense) = parts(1e-300, 1.0, 1.0, 1.0);
    let found = zero_one_spread(&task, &defense).unwrap();
    assert!((found / 1.972_488_252_897_844e200 - 1.0).abs() < 4e-15, "{found:e}");
    let (task, defense) = parts(1e3, 1.0, 1.0, 0.0);
    assert_eq!((zero_one_spread(&task, &defense), logistic_spread(&task, &defense)), (None, None));
}
