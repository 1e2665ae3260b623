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
        /// The class mean, in units of x.
        mean: f64,
        /// The standard deviation of x given y, in units of x.
        data_std: f64,
        /// The mean of θ, which is the best threshold, in units of x.
        shift: f64,
        /// The standard deviation of θ, in units of x.
        sigma: f64,
        /// The adversary's budget, in units of x.
        eps: f64,
        /// How many examples a training set has.
        train_size: usize,
        /// How many epochs `sgd` has run, 0 before training; empty for other methods.
        epoch: Option<u32>,
    }
}

columns! {
    /// The learned thresholds and their metrics.
    pub struct Found {
        /// How many training sets were drawn.
        repetitions: usize,
        /// How many of them gave a threshold; the next four count the others by reason.
        learned: usize,
        /// `zero-one`: how many had only constant classifiers with the fewest errors.
        constant: usize,
        /// `logistic`: how many had separable classes, for which there is no optimum.
        separable: usize,
        /// How many gave a slope that is not positive.
        reversed: usize,
        /// How many gave parameters or a threshold beyond 1e15.
        diverged: usize,
        /// The mean of the learned thresholds k̂, in units of x.
        threshold_mean: Option<f64>,
        /// The standard deviation of the learned thresholds k̂, in units of x.
        threshold_sd: Option<f64>,
        /// The 5 % quantile of the learned thresholds k̂, in units of x.
        threshold_q05: Option<f64>,
        /// The median of the learned thresholds k̂, in units of x.
        threshold_q50: Option<f64>,
        /// The 95 % quantile of the learned thresholds k̂, in units of x.
        threshold_q95: Option<f64>,
        /// The standard deviation of k̂ by the limit law at this size; empty for `sgd`.
        asymptotic_sd: Option<f64>,
        /// The mean of A(0) at k̂, of all samples.
        clean_accuracy_mean: Option<f64>,
        /// The standard deviation of A(0) at k̂, of all samples.
        clean_accuracy_sd: Option<f64>,
        /// The 5 % quantile of A(0) at k̂, of all samples.
        clean_accuracy_q05: Option<f64>,
        /// The median of A(0) at k̂, of all samples.
        clean_accuracy_q50: Option<f64>,
        /// The 95 % quantile of A(0) at k̂, of all samples.
        clean_accuracy_q95: Option<f64>,
        /// The mean of A(ε) at k̂, of all samples.
        adversarial_accuracy_mean: Option<f64>,
        /// The standard deviation of A(ε) at k̂, of all samples.
        adversarial_accuracy_sd: Option<f64>,
        /// The 5 % quantile of A(ε) at k̂, of all samples.
        adversarial_accuracy_q05: Option<f64>,
        /// The median of A(ε) at k̂, of all samples.
        adversarial_accuracy_q50: Option<f64>,
        /// The 95 % quantile of A(ε) at k̂, of all samples.
        adversarial_accuracy_q95: Option<f64>,
        /// The mean of A(ε)/A(0) at k̂.
        robust_accuracy_mean: Option<f64>,
        /// The standard deviation of A(ε)/A(0) at k̂.
        robust_accuracy_sd: Option<f64>,
        /// The 5 % quantile of A(ε)/A(0) at k̂.
        robust_accuracy_q05: Option<f64>,
        /// The median of A(ε)/A(0) at k̂.
        robust_accuracy_q50: Option<f64>,
        /// The 95 % quantile of A(ε)/A(0) at k̂.
        robust_accuracy_q95: Option<f64>,
        /// The mean of R(k̂).
        invariance_mean: Option<f64>,
        /// The standard deviation of R(k̂).
        invariance_sd: Option<f64>,
        /// The 5 % quantile of R(k̂).
        invariance_q05: Option<f64>,
        /// The median of R(k̂).
        invariance_q50: Option<f64>,
        /// The 95 % quantile of R(k̂).
        invariance_q95: Option<f64>,
        /// `zero-one`: the mean number of intervals of thresholds that make the fewest errors.
        minimisers: Option<f64>,
        /// `zero-one`: the mean of the smallest of these thresholds, in units of x.
        lowest_minimiser: Option<f64>,
        /// `zero-one`: the mean of the largest, in units of x.
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
