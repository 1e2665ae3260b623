//! The rows of training as text.

use serde::Serialize;

use super::row::{Question, TrainRow};
use crate::lines::{Lines, Script, number};
use crate::record::Record;
use crate::store::to_csv;
use crate::table::{Format, FormatError};

/// The rows in a format, as text that ends with a line end. CSV has `rows`, after the last epoch; JSON
/// those of every epoch, too.
pub fn format(
    rows: &[TrainRow],
    epochs: &[TrainRow],
    record: &Record<Question>,
    format: Format,
) -> Result<String, FormatError> {
    Ok(match format {
        Format::Csv => String::from_utf8_lossy(&to_csv(rows)?).into_owned(),
        Format::Json => {
            #[derive(Serialize)]
            struct Document<'a> {
                run: &'a Record<Question>,
                rows: &'a [TrainRow],
                epochs: &'a [TrainRow],
            }
            serde_json::to_string_pretty(&Document { run: record, rows, epochs })? + "\n"
        }
        Format::Table => lines(rows, Script::Unicode).plain(),
        Format::Markdown => lines(rows, Script::Unicode).markdown(),
        Format::Latex => lines(rows, Script::Latex).latex(),
    })
}

/// Digits after the point; the mean of 200 repetitions has no more to say.
const DIGITS: usize = 4;

/// The table of these rows. Columns that say the same in every row are left out; the caption has them.
fn lines(rows: &[TrainRow], script: Script) -> Lines {
    let differs =
        |value: fn(&TrainRow) -> f64| rows.windows(2).any(|w| value(&w[0]) != value(&w[1]));
    let (show_sigma, show_eps) = (differs(|row| row.sigma), differs(|row| row.eps));
    let missing = rows.iter().any(|row| row.learned < row.repetitions);
    let [sigma, eps] = script.symbols();
    let latex = script == Script::Latex;
    let mut header = vec!["method"];
    header.extend(show_sigma.then_some(sigma));
    header.extend(show_eps.then_some(eps));
    header.push("N");
    header.extend(missing.then_some("learned"));
    header.extend(if latex { ["mean $k$", "sd $k$"] } else { ["mean k", "sd k"] });
    header.extend(["theory", "5–95 %", "clean", "adversarial", "robust", "invariance"]);
    let shown = |value: Option<f64>| value.map_or_else(String::new, |value| number(value, DIGITS));
    let line = |row: &TrainRow| {
        let mut cells = vec![row.method.to_owned()];
        cells.extend(show_sigma.then(|| row.sigma.to_string()));
        cells.extend(show_eps.then(|| row.eps.to_string()));
        cells.push(row.train_size.to_string());
        cells.extend(missing.then(|| format!("{} of {}", row.learned, row.repetitions)));
        cells.extend([row.threshold_mean, row.threshold_sd, row.asymptotic_sd].map(shown));
        cells.push(match (row.threshold_q05, row.threshold_q95) {
            (Some(low), Some(high)) => format!("{low:.3} to {high:.3}"),
            _ => String::new(),
        });
        let worth = [
            row.clean_accuracy_mean,
            row.adversarial_accuracy_mean,
            row.robust_accuracy_mean,
            row.invariance_mean,
        ];
        cells.extend(worth.map(shown));
        vec![cells]
    };
    let header = header.into_iter().map(str::to_owned).collect();
    Lines { header, words: 1, rows: rows.iter().map(line).collect() }
}

/// One line for each row with repetitions that found no threshold: how many, and why not.
#[must_use]
pub fn failures(rows: &[TrainRow]) -> Vec<String> {
    let failed = rows.iter().filter(|row| row.learned < row.repetitions);
    let mut said: Vec<String> = failed
        .map(|row| {
            let reasons = [
                (row.constant, "a constant classifier is best"),
                (row.separable, "separable, so that there is no optimum"),
                (row.reversed, "the slope is not positive"),
                (row.diverged, "diverged"),
            ];
            let reasons = reasons.iter().filter(|(count, _)| *count > 0);
            let reasons: Vec<String> =
                reasons.map(|(count, reason)| format!("{count} {reason}")).collect();
            format!(
                "{} at sigma {}, train size {}: {} of {} repetitions have no threshold ({})",
                row.method,
                row.sigma,
                row.train_size,
                row.repetitions - row.learned,
                row.repetitions,
                reasons.join("; ")
            )
        })
        .collect();
    said.dedup(); // the same at each ε
    said
}
