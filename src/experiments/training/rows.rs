//! The columns of training, and how they are printed.

use engine::training::study::Method;

use crate::columns;
use crate::experiments::grid::{EPS, SIGMA, SIGMA_AND_EPS};
use crate::table::schema::{Head, Schema, Shown, Shows};
use crate::table::text::number;
use crate::table::{Columnar, Row};

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// `zero-one`, `logistic` or `sgd`.
        method: Method,
        /// The class mean.
        mean: f64,
        /// The standard deviation of x given y.
        data_std: f64,
        /// The mean of θ, and the best threshold.
        shift: f64,
        /// The standard deviation of θ.
        sigma: f64,
        /// The adversary's budget.
        eps: f64,
        /// Examples in a training set.
        train_size: usize,
        /// For `sgd`: after so many epochs, 0 before training.
        epoch: Option<u32>,
    }
}

columns! {
    /// The learned thresholds and their metrics.
    pub struct Found {
        /// Training sets.
        repetitions: usize,
        /// Those that gave a threshold. The next four say what happened to the others.
        learned: usize,
        /// `zero-one`: only a constant classifier makes the fewest errors.
        constant: usize,
        /// `logistic`: the classes can be separated, so that there is no optimum.
        separable: usize,
        /// The slope is not above 0.
        reversed: usize,
        /// The parameters or the threshold left the finite numbers (beyond 1e15).
        diverged: usize,
        /// Of k̂.
        threshold_mean: Option<f64>,
        /// Of k̂.
        threshold_sd: Option<f64>,
        /// Of k̂.
        threshold_q05: Option<f64>,
        /// Of k̂.
        threshold_q50: Option<f64>,
        /// Of k̂.
        threshold_q95: Option<f64>,
        /// The limit law's standard deviation of k̂ at this size; none for `sgd`.
        asymptotic_sd: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_mean: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_sd: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_q05: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_q50: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_q95: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_mean: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_sd: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_q05: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_q50: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_q95: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_mean: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_sd: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_q05: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_q50: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_q95: Option<f64>,
        /// R(k̂).
        invariance_mean: Option<f64>,
        /// R(k̂).
        invariance_sd: Option<f64>,
        /// R(k̂).
        invariance_q05: Option<f64>,
        /// R(k̂).
        invariance_q50: Option<f64>,
        /// R(k̂).
        invariance_q95: Option<f64>,
        /// `zero-one`: how many intervals of thresholds make the fewest errors, on average.
        minimisers: Option<f64>,
        /// `zero-one`: the least of these thresholds, on average.
        lowest_minimiser: Option<f64>,
        /// `zero-one`: the greatest, on average.
        highest_minimiser: Option<f64>,
    }
}

pub(super) fn schema() -> Schema {
    let head = |head, cell| Head { head, latex: head, cell, shown: Shown::Always };
    let value = |name, latex, cell| Head { latex, ..head(name, cell) };
    let learned = Head {
        shown: Shown::WhereThereIsAny,
        ..head(
            "learned",
            Shows::Text(|row| {
                let [learned, all] = ["learned", "repetitions"].map(|name| row.count(name));
                if learned == all {
                    return String::new();
                }
                format!("{} of {}", learned.unwrap_or(0), all.unwrap_or(0))
            }),
        )
    };
    let mut shown = SIGMA_AND_EPS.to_vec();
    shown.extend([
        head("N", Shows::Text(|row| row.count("train_size").unwrap_or(0).to_string())),
        learned,
        value("mean k", "mean $k$", Shows::Text(|row| shown_number(row, "threshold_mean"))),
        value("sd k", "sd $k$", Shows::Text(|row| shown_number(row, "threshold_sd"))),
        head("theory", Shows::Text(|row| shown_number(row, "asymptotic_sd"))),
        head(
            "5–95 %",
            Shows::Text(|row| match (row.maybe("threshold_q05"), row.maybe("threshold_q95")) {
                (Some(low), Some(high)) => format!("{low:.3} to {high:.3}"),
                _ => String::new(),
            }),
        ),
        head("clean", Shows::Text(|row| shown_number(row, "clean_accuracy_mean"))),
        head("adversarial", Shows::Text(|row| shown_number(row, "adversarial_accuracy_mean"))),
        head("robust", Shows::Text(|row| shown_number(row, "robust_accuracy_mean"))),
        head("invariance", Shows::Text(|row| shown_number(row, "invariance_mean"))),
    ]);
    Schema {
        file: "train",
        keys: Keys::columns(),
        rates: Vec::new(),
        counts: Vec::new(),
        found: Found::columns(),
        label: ("method", |row| row.word("method").to_owned()),
        variables: vec![SIGMA, EPS],
        shown,
        shown_behind: Vec::new(),
    }
}

/// Formats a number with four digits after the point; the mean of 200 repetitions is not more accurate.
fn shown_number(row: &Row<'_>, name: &str) -> String {
    row.maybe(name).map_or_else(String::new, |value| number(value, 4))
}
