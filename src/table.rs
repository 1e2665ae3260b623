//! Rows for a terminal or a paper.
//!
//! A row becomes one line of exact values and, where it was simulated, a line of estimates and a
//! line of their intervals. Columns that say the same in every row are left out; the caption has
//! them.

use serde::Serialize;

use crate::answer::{Answer, Judged};
use crate::lines::{Lines, Script, number};
use crate::record::Record;
use crate::store;

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// lines for a terminal
    Table,
    /// comma-separated values, every column, exact
    Csv,
    /// {"run": {…}, "rows": […]}, every column, exact
    Json,
    /// a table for a README or a notebook
    Markdown,
    /// a table for a paper (needs the booktabs package)
    Latex,
}

/// Why rows could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// As CSV.
    #[error("rows cannot be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// As JSON.
    #[error("rows cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The rows in a format, as text that ends with a line end.
pub fn format<R: Judged + Serialize, Q: Serialize>(
    rows: &[R],
    record: &Record<Q>,
    format: Format,
) -> Result<String, FormatError> {
    Ok(match format {
        Format::Csv => String::from_utf8_lossy(&store::to_csv(rows)?).into_owned(),
        Format::Json => {
            #[derive(Serialize)]
            struct Document<'a, R, Q> {
                run: &'a Record<Q>,
                rows: &'a [R],
            }
            serde_json::to_string_pretty(&Document { run: record, rows })? + "\n"
        }
        Format::Table => lines(rows, Script::Unicode).plain(),
        Format::Markdown => lines(rows, Script::Unicode).markdown(),
        Format::Latex => lines(rows, Script::Latex).latex(),
    })
}

/// The table of these rows.
fn lines<R: Judged>(rows: &[R], script: Script) -> Lines {
    let differs = |value: fn(&R) -> f64| rows.windows(2).any(|w| value(&w[0]) != value(&w[1]));
    let show_sigma = differs(R::sigma);
    let show_eps = differs(R::eps);
    let simulated = rows.iter().any(|row| row.answer().samples.is_some_and(|n| n > 0));
    let names = script.symbols();

    let mut header = vec!["stage"];
    if simulated {
        header.push("");
    }
    let words = header.len();
    header.extend(show_sigma.then_some(names[0]));
    header.extend(show_eps.then_some(names[1]));
    header.extend(["clean", "adversarial", "robust"]);
    header.extend((!simulated).then_some("attack success"));
    header.push("invariance");
    let own = rows.iter().find_map(Judged::own).map(|(name, _)| name);
    header.extend(own);
    header.extend(simulated.then_some("p-value"));

    let lines_of = |judged: &R| {
        let row = judged.answer();
        let source = |name: &'static str| {
            let first = name == "exact";
            let mut cells = vec![if first { judged.label() } else { String::new() }];
            cells.extend(simulated.then(|| name.to_owned()));
            for (shown, value) in [(show_sigma, judged.sigma()), (show_eps, judged.eps())] {
                cells.extend(shown.then(|| if first { value.to_string() } else { String::new() }));
            }
            cells
        };
        let digits = if simulated { digits(&row) } else { EXACT_DIGITS };
        let line = |name, values: [Option<f64>; 4]| {
            let mut cells = source(name);
            cells.extend(values.map(|v| v.map_or_else(String::new, |v| number(v, digits))));
            cells
        };
        let exact_values =
            [row.clean_accuracy, row.adversarial_accuracy, row.robust_accuracy, row.invariance];
        let mut exact = line("exact", exact_values.map(Some));
        if !simulated {
            let invariance = exact.len() - 1;
            exact.insert(invariance, number(row.attack_success_rate, digits));
        }
        exact.extend(judged.own().map(|(_, value)| number(value, digits)));
        if !simulated {
            return vec![exact];
        }
        let nothing = || judged.own().map(|_| String::new());
        exact.push(row.p_value.map_or_else(String::new, p_value));
        let estimates = [
            row.mc_clean_accuracy,
            row.mc_adversarial_accuracy,
            row.mc_robust_accuracy,
            row.mc_invariance,
        ];
        let mut estimate = line("simulated", estimates);
        let agrees = row.agrees.map_or("", |agrees| if agrees { "agrees" } else { "DISAGREES" });
        estimate.extend(nothing());
        estimate.push(agrees.to_owned());
        let range = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(low), Some(high)) => format!("{low:.digits$}–{high:.digits$}"),
            _ => String::new(),
        };
        let mut interval = source("interval");
        interval.extend([
            range(row.mc_clean_low, row.mc_clean_high),
            range(row.mc_adversarial_low, row.mc_adversarial_high),
            range(row.mc_robust_low, row.mc_robust_high),
            range(row.mc_invariance_low, row.mc_invariance_high),
        ]);
        interval.extend(nothing().into_iter().chain([String::new()]));
        vec![exact, estimate, interval]
    };
    let header = header.into_iter().map(str::to_owned).collect();
    Lines { header, words, rows: rows.iter().map(lines_of).collect() }
}

/// Digits after the point of an exact value that nothing is compared with.
const EXACT_DIGITS: usize = 12;

/// Digits after the point that the intervals of a row still tell apart, and one more.
fn digits(row: &Answer) -> usize {
    let widths = [
        (row.mc_clean_low, row.mc_clean_high),
        (row.mc_adversarial_low, row.mc_adversarial_high),
        (row.mc_robust_low, row.mc_robust_high),
    ];
    let widths = widths.iter().filter_map(|(low, high)| Some((*high)? - (*low)?));
    let narrowest = widths.filter(|width| *width > 0.0).fold(1.0, f64::min);
    ((-narrowest.log10()).ceil() as usize + 1).clamp(3, EXACT_DIGITS)
}

/// Two digits after the point, or scientific notation where these would be 0.00.
fn p_value(p: f64) -> String {
    if p < 0.005 { format!("{p:.1e}") } else { format!("{p:.2}") }
}
