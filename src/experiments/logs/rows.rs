//! The columns of everything that is said of logs.

use super::count::Measured;
use crate::columns;
use crate::table::schema::Schema;
use crate::table::text::Lines;
use crate::table::{Columnar, Row, Table};

columns! {
    /// A metric under a protocol.
    pub struct Metric {
        /// `undefended`, `defended` (one draw) or `voted`.
        stage: String,
        /// The name of the metric.
        metric: String,
        /// `same`, `fresh` or `persistent=T`, where the metric depends on whose draws are compared.
        draws: Option<String>,
        /// `majority` (more than half of the votes) or `plurality`, of a vote.
        rule: Option<String>,
        /// How many draws vote.
        votes: Option<u32>,
        /// The estimate; unbiased, except that of a ratio only numerator and denominator are.
        estimate: f64 [0.0, 1.0],
        /// The lower limit of its interval.
        low: f64 [0.0, 1.0],
        /// The upper limit of its interval.
        high: f64 [0.0, 1.0],
        /// How the interval was found: `clopper-pearson` (exact) or `betting` (finite-sample); for ratios by inversion.
        interval: String,
        /// An upper bound on the standard error from sampling the orders of the votes, which the interval includes; empty where none are sampled.
        error: Option<f64> [0.0, 1.0],
        /// The exact value in the fitted task; empty where the task has none.
        fitted: Option<f64> [0.0, 1.0],
        /// The definition of the metric, in a sentence.
        definition: String,
        /// The denominator: the samples of which the metric is a share.
        denominator: String,
        /// How many samples were logged.
        samples: usize,
    }
}

columns! {
    /// A point of a curve: accuracy against votes or tries.
    pub struct Point {
        /// `votes` or `tries`.
        curve: String,
        /// `clean` or `attacked`.
        input: String,
        /// `majority` or `plurality` of votes; `all` for tries: every one is correct.
        rule: String,
        /// How many votes or tries.
        number: u32 [1.0, f64::INFINITY],
        /// The share of samples that are correct, from all logged draws; empty beyond the number logged.
        estimate: Option<f64> [0.0, 1.0],
        /// The lower limit of its interval.
        low: Option<f64> [0.0, 1.0],
        /// The upper limit of its interval.
        high: Option<f64> [0.0, 1.0],
        /// How the interval was found: `clopper-pearson` (exact) or `betting` (finite-sample).
        interval: Option<String>,
        /// An upper bound on the standard error from sampling the orders of the votes, which the interval includes; empty where none are sampled.
        error: Option<f64> [0.0, 1.0],
        /// The exact value in the task fitted to all draws.
        fitted: Option<f64> [0.0, 1.0],
        /// The exact value in the task fitted to the first half of the draws.
        predicted: Option<f64> [0.0, 1.0],
        /// The estimate from the other half of the draws, which that fit did not use.
        held_out: Option<f64> [0.0, 1.0],
        /// The lower limit of its interval.
        held_out_low: Option<f64> [0.0, 1.0],
        /// The upper limit of its interval.
        held_out_high: Option<f64> [0.0, 1.0],
    }
}

columns! {
    /// The number of samples with a given number of correct draws.
    pub struct Bar {
        /// `clean` or `attacked`.
        input: String,
        /// How many of the draws are correct.
        right: u32,
        /// How many draws each sample has.
        draws: u32,
        /// How many samples have this number of correct draws.
        samples: u64,
        /// The number that the fitted task expects, exact; empty without a fit.
        expected: Option<f64> [0.0, f64::INFINITY],
    }
}

columns! {
    /// A fitted task, in units of sigma.
    pub struct Fitted {
        /// `all` draws, or the `first` half of them.
        fitted_to: String,
        /// How many draws on each clean input the fit uses.
        clean_draws: u32,
        /// How many draws on each attacked input the fit uses.
        attacked_draws: u32,
        /// a, the class mean.
        mean: f64,
        /// Its standard error, if the model is right.
        mean_error: f64 [0.0, f64::INFINITY],
        /// b, the standard deviation of x given y.
        data_std: f64 [0.0, f64::INFINITY],
        /// Its standard error, if the model is right.
        data_std_error: f64 [0.0, f64::INFINITY],
        /// e, by which the attack moves the margin; below 0 where it helps.
        eps: f64,
        /// Its standard error, if the model is right.
        eps_error: f64 [0.0, f64::INFINITY],
        /// The logarithm of the likelihood, without the multinomial coefficient.
        log_likelihood: f64,
        /// A bound on the error of the quadrature in the log-likelihood.
        log_likelihood_error: f64 [0.0, f64::INFINITY],
        /// Rao and Robson's χ² of the counts; empty with too few samples.
        chi_square: Option<f64> [0.0, f64::INFINITY],
        /// Its degrees of freedom.
        degrees: Option<u32>,
        /// The p-value of the goodness of fit: P[χ² is at least this] under the model.
        p_value: Option<f64> [0.0, 1.0],
    }
}

columns! {
    /// The comparison of two defenses on the same samples.
    pub struct Compared {
        /// The name of the metric.
        metric: String,
        /// `fresh` or `persistent=T`, where the metric depends on whose draws are compared.
        draws: Option<String>,
        /// How many draws vote.
        votes: Option<u32>,
        /// The estimate of the first.
        first: f64 [0.0, 1.0],
        /// The estimate of the second.
        second: f64 [0.0, 1.0],
        /// second − first.
        difference: f64 [-1.0, 1.0],
        /// The lower limit of its interval, by betting; of a conditional metric from the intervals of both.
        low: f64 [-1.0, 1.0],
        /// The upper limit of its interval.
        high: f64 [-1.0, 1.0],
        /// The p-value of equal means, by betting; empty for a conditional metric.
        p_value: Option<f64> [0.0, 1.0],
        /// How many samples the first defense classifies correctly more often.
        first_better: Option<u64>,
        /// How many samples the second defense classifies correctly more often.
        second_better: Option<u64>,
        /// The exact two-sided p-value of these two counts: McNemar's test where a sample is either correct or not, else the sign test.
        sign_p_value: Option<f64> [0.0, 1.0],
    }
}

/// A number of a printed table.
fn shown(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.4}"))
}

pub(super) fn schema() -> Schema {
    Schema {
        file: "metrics",
        keys: Metric::columns(),
        rates: Vec::new(),
        counts: Vec::new(),
        found: Vec::new(),
        label: ("metric", label),
        variables: Vec::new(),
        shown: Vec::new(),
        shown_behind: Vec::new(),
    }
}

/// The printed table: what each metric is beside it, and of what.
pub(super) fn lines(table: &Table) -> Lines {
    let header = ["metric", "what it is", "of", "estimate", "interval", "fitted"];
    let row = |row: Row<'_>| {
        let interval = format!("{}–{}", shown(row.maybe("low")), shown(row.maybe("high")));
        vec![vec![
            label(&row),
            row.word("definition").to_owned(),
            row.word("denominator").to_owned(),
            shown(row.maybe("estimate")),
            interval,
            shown(row.maybe("fitted")),
        ]]
    };
    Lines {
        header: header.map(str::to_owned).to_vec(),
        words: 3,
        rows: table.iter().map(row).collect(),
    }
}

/// The name of a row: `voted clean_accuracy (n = 11, majority)`.
fn label(row: &Row<'_>) -> String {
    let mut details = Vec::new();
    if let Some(votes) = row.count("votes") {
        details.push(format!("n = {votes}"));
    }
    details.extend(
        [row.word("rule"), row.word("draws")]
            .map(str::to_owned)
            .into_iter()
            .filter(|w| !w.is_empty()),
    );
    let details =
        if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("{} {}{details}", row.word("stage"), row.word("metric"))
}

/// The tables beside the metrics, without rows.
pub(super) fn beside() -> Vec<Table> {
    vec![
        Table::new("curves", Point::columns()),
        Table::new("counts", Bar::columns()),
        Table::new("fit", Fitted::columns()),
        Table::new("comparison", Compared::columns()),
    ]
}

impl Metric {
    /// A metric with an estimate, and nothing else yet.
    pub(super) fn new(stage: &str, metric: &str, measured: &Measured, samples: usize) -> Self {
        let Measured { estimate, method } = measured;
        Self {
            stage: stage.to_owned(),
            metric: metric.to_owned(),
            draws: None,
            rule: None,
            votes: None,
            estimate: estimate.value,
            low: estimate.low,
            high: estimate.high,
            interval: (*method).to_owned(),
            error: None,
            fitted: None,
            definition: String::new(),
            denominator: "samples".to_owned(),
            samples,
        }
    }
}

impl Compared {
    /// The comparison in a line.
    pub(super) fn line(&self) -> String {
        let votes = self.votes.map(|n| format!(" of {n} votes")).unwrap_or_default();
        let draws = self.draws.as_ref().map(|draws| format!(" ({draws})")).unwrap_or_default();
        let Self { metric, first, second, difference, low, high, .. } = self;
        let mut line = format!(
            "second − first, {metric}{votes}{draws}: {second:.4} − {first:.4} = {difference:+.4} ({low:+.4} to {high:+.4})"
        );
        if let (Some(p), Some(one), Some(two), Some(sign)) =
            (self.p_value, self.first_better, self.second_better, self.sign_p_value)
        {
            line += &format!(
                "; p-value {p:.2e}; better on {one} and {two} samples, p-value {sign:.2e}"
            );
        }
        line
    }
}
