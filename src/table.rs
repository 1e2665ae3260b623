//! Rows for a terminal or a paper.
//!
//! A row becomes one line of exact values and, where it was simulated, a line of estimates and a
//! line of their intervals. Columns that say the same in every row are left out; the caption has
//! them.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle, presets};
use serde::Serialize;

use crate::record::Record;
use crate::row::Row;
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
pub fn format(rows: &[Row], record: &Record, format: Format) -> Result<String, FormatError> {
    Ok(match format {
        Format::Csv => String::from_utf8_lossy(&store::rows_to_csv(rows)?).into_owned(),
        Format::Json => {
            #[derive(Serialize)]
            struct Document<'a> {
                run: &'a Record,
                rows: &'a [Row],
            }
            serde_json::to_string_pretty(&Document { run: record, rows })? + "\n"
        }
        Format::Table => Lines::new(rows, Script::Unicode).for_terminal(RULES),
        Format::Markdown => Lines::new(rows, Script::Unicode).for_terminal(presets::ASCII_MARKDOWN),
        Format::Latex => Lines::new(rows, Script::Latex).for_latex(),
    })
}

/// What sets a stage apart: its name with its threshold or votes, as legends and tables show it.
#[must_use]
pub fn stage_label(row: &Row) -> String {
    match (row.votes, row.threshold) {
        (Some(votes), _) if votes.0 == theory::task::Votes::Limit => {
            format!("{} (n = ∞)", row.stage)
        }
        (Some(votes), _) => format!("{} (n = {votes})", row.stage),
        (None, Some(k)) => format!("{} (k = {k})", row.stage),
        (None, None) => row.stage.to_string(),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Script {
    Unicode,
    Latex,
}

/// Rules above, below and under the header; none between rows, whose lines belong together.
const RULES: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// The text of a table.
struct Lines {
    header: Vec<&'static str>,
    /// How many of the first columns are words, not numbers.
    words: usize,
    /// The lines of each row.
    rows: Vec<Vec<Vec<String>>>,
}

impl Lines {
    fn new(rows: &[Row], script: Script) -> Self {
        let differs =
            |value: fn(&Row) -> f64| rows.windows(2).any(|w| value(&w[0]) != value(&w[1]));
        let show_sigma = differs(|row| row.sigma);
        let show_eps = differs(|row| row.eps);
        let simulated = rows.iter().any(|row| row.samples.is_some_and(|n| n > 0));
        let names = match script {
            Script::Unicode => ["σ", "ε"],
            Script::Latex => ["$\\sigma$", "$\\varepsilon$"],
        };

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
        header.extend(simulated.then_some("p-value"));

        let lines_of = |row: &Row| {
            let source = |name: &'static str| {
                let first = name == "exact";
                let mut cells = vec![if first { stage_label(row) } else { String::new() }];
                cells.extend(simulated.then(|| name.to_owned()));
                for (shown, value) in [(show_sigma, row.sigma), (show_eps, row.eps)] {
                    cells.extend(
                        shown.then(|| if first { value.to_string() } else { String::new() }),
                    );
                }
                cells
            };
            let digits = if simulated { digits(row) } else { EXACT_DIGITS };
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
                return vec![exact];
            }
            exact.push(row.p_value.map_or_else(String::new, p_value));
            let estimates = [
                row.mc_clean_accuracy,
                row.mc_adversarial_accuracy,
                row.mc_robust_accuracy,
                row.mc_invariance,
            ];
            let mut estimate = line("simulated", estimates);
            let agrees =
                row.agrees.map_or("", |agrees| if agrees { "agrees" } else { "DISAGREES" });
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
                String::new(),
            ]);
            vec![exact, estimate, interval]
        };
        Self { header, words, rows: rows.iter().map(lines_of).collect() }
    }

    fn for_terminal(&self, style: TableStyle) -> String {
        let mut table = Table::new();
        table.load_style(style).set_header(&self.header);
        for line in self.rows.iter().flatten() {
            table.add_row(line);
        }
        for column in table.column_iter_mut().skip(self.words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.trim_fmt() + "\n"
    }

    fn for_latex(&self) -> String {
        let columns = self.header.len();
        let alignment = "l".repeat(self.words) + &"r".repeat(columns - self.words);
        let mut text = format!("\\begin{{tabular}}{{{alignment}}}\n\\toprule\n");
        let line = |cells: Vec<String>| cells.join(" & ") + " \\\\\n";
        text += &line(self.header.iter().map(|&cell| cell.to_owned()).collect());
        text += "\\midrule\n";
        for cells in self.rows.iter().flatten() {
            text += &line(cells.iter().map(|cell| latex(cell)).collect());
        }
        text + "\\bottomrule\n\\end{tabular}\n"
    }
}

/// Digits after the point of an exact value that nothing is compared with.
const EXACT_DIGITS: usize = 12;

/// Digits after the point that the intervals of a row still tell apart, and one more.
fn digits(row: &Row) -> usize {
    let widths = [
        (row.mc_clean_low, row.mc_clean_high),
        (row.mc_adversarial_low, row.mc_adversarial_high),
        (row.mc_robust_low, row.mc_robust_high),
    ];
    let widths = widths.iter().filter_map(|(low, high)| Some((*high)? - (*low)?));
    let narrowest = widths.filter(|width| *width > 0.0).fold(1.0, f64::min);
    ((-narrowest.log10()).ceil() as usize + 1).clamp(3, EXACT_DIGITS)
}

/// Fixed digits, or scientific notation where these would show nothing of the value.
fn number(value: f64, digits: usize) -> String {
    if value != 0.0 && value.abs() < 0.5 * 10f64.powi(2 - digits as i32) {
        format!("{value:.2e}")
    } else {
        format!("{value:.digits$}")
    }
}

/// Two digits after the point, or scientific notation where these would be 0.00.
fn p_value(p: f64) -> String {
    if p < 0.005 { format!("{p:.1e}") } else { format!("{p:.2}") }
}

/// Text as LaTeX: what a table of ours contains, and no more.
fn latex(cell: &str) -> String {
    match cell.split_once('e') {
        Some((mantissa, exponent)) if mantissa.parse::<f64>().is_ok() => {
            format!("${mantissa}\\cdot 10^{{{exponent}}}$")
        }
        _ => cell.replace('∞', "$\\infty$").replace('–', "--"),
    }
}
