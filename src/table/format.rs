//! Tables in every format: for a terminal, a file, a script, a notebook, a paper.
//!
//! In a printed table, a row is one line of exact values and, if it was simulated, a line of estimates and a line of
//! their intervals. Columns with the same value in every row are left out; the caption contains them.

use std::collections::HashMap;

use serde::ser::{Serialize, SerializeMap, Serializer};
use task::spec::Word;

use super::csv::Entry;
use super::labels::told_apart;
use super::schema::{Counted, Head, Rate, Schema, Shown, Shows};
use super::text::{Lines, Script, number};
use super::{Row, Table, csv};

/// The format in which rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for a terminal.
    Table,
    /// Comma-separated values: every column, exact.
    Csv,
    /// {"run": {…}, "rows": […]}: every column, exact.
    Json,
    /// A table for a README or a notebook.
    Markdown,
    /// A table for a paper (needs the booktabs package).
    Latex,
}

impl Word for Format {
    const ALL: &'static [Self] = &[Self::Table, Self::Csv, Self::Json, Self::Markdown, Self::Latex];
    const WHAT: &'static str = "a format";

    fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Latex => "latex",
        }
    }
}

/// The reason why rows could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// An error of CSV.
    #[error("rows cannot be written as CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// An error of JSON.
    #[error("rows cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Returns the rows of a table as CSV, with a final newline.
pub fn csv_text(table: &Table) -> Result<String, FormatError> {
    Ok(String::from_utf8_lossy(&csv::write(table)?).into_owned())
}

/// Returns a record and tables as one JSON document, with a final newline: the first table as `rows`, the others
/// under their names.
pub fn json_text(record: &impl Serialize, tables: &[Table]) -> Result<String, FormatError> {
    Ok(serde_json::to_string_pretty(&Document { record, tables })? + "\n")
}

struct Document<'a, R> {
    record: &'a R,
    tables: &'a [Table],
}

impl<R: Serialize> Serialize for Document<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("run", self.record)?;
        for (place, table) in self.tables.iter().enumerate() {
            let name = if place == 0 { "rows" } else { table.name.as_str() };
            map.serialize_entry(name, table)?;
        }
        map.end()
    }
}

/// Serializes as a list of rows, each with the names of its columns.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Members))
    }
}

struct Members<'a>(Row<'a>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.0.table().columns();
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for (column, cell) in columns.iter().zip(self.0.cells()) {
            let entry = Entry { cell: &cell, kind: column.kind, word_for_inf: true };
            map.serialize_entry(column.name.as_ref(), &entry)?;
        }
        map.end()
    }
}

/// The digits after the point of an exact value that nothing is compared with.
pub const EXACT_DIGITS: usize = 12;

/// Returns the digits after the point that the intervals of a row still resolve, and one more; [`EXACT_DIGITS`] if
/// nothing was simulated.
fn digits(schema: &Schema, row: &Row<'_>) -> usize {
    let width = |rate: &Rate| {
        let counted = rate.counted?;
        let [low, high] = ["low", "high"].map(|end| row.maybe(&interval(counted, end)));
        let value = row.maybe(&format!("mc_{}", rate.name))?;
        // The interval of an event that never, or always, occurred is narrow for another reason.
        Some(if value > 0.0 && value < 1.0 { high? - low? } else { 1.0 })
    };
    let widths: Vec<f64> = schema.rates.iter().filter_map(width).collect();
    if widths.is_empty() {
        return EXACT_DIGITS;
    }
    let narrowest = widths.into_iter().filter(|width| *width > 0.0).fold(1.0, f64::min);
    ((-narrowest.log10()).ceil() as usize + 1).clamp(3, EXACT_DIGITS)
}

/// Returns the name of the column with an end of an interval.
fn interval(counted: Counted, end: &str) -> String {
    format!("mc_{}_{end}", counted.stem)
}

/// The default limit on the digits of a table in a paper.
const PAPER_DIGITS: usize = 4;

/// Returns the printed table of rows with such a schema, with this many digits after the point; `None` for as many as
/// the intervals of a row resolve, and few in LaTeX.
#[must_use]
pub fn lines(schema: &Schema, table: &Table, script: Script, digits: Option<usize>) -> Lines {
    let simulated = table.iter().any(|row| row.count("samples").is_some_and(|n| n > 0));
    let shown = |rate: &&Rate| !rate.head.is_empty() && (!simulated || rate.counted.is_some());
    let rates: Vec<&Rate> = schema.rates.iter().filter(shown).collect();
    let shown = |heads: &[Head]| -> Vec<Head> {
        heads.iter().copied().filter(|head| is_shown(head, table)).collect()
    };
    let (before, behind) = (shown(&schema.shown), shown(&schema.shown_behind));
    let latex = script == Script::Latex;
    let head = |head: &Head| (if latex { head.latex } else { head.head }).to_owned();
    let mut header = vec![schema.label.0.to_owned()];
    header.extend((simulated && !rates.is_empty()).then(String::new));
    let words = header.len();
    header.extend(before.iter().map(head));
    header.extend(rates.iter().map(|rate| rate.head.to_owned()));
    header.extend(behind.iter().map(head));
    header.extend((simulated && !rates.is_empty()).then(|| "p-value".to_owned()));
    let most = if latex { PAPER_DIGITS } else { EXACT_DIGITS };
    let printed = Printed { schema, rates, before, behind, simulated, digits, most };
    let labels: Vec<String> = table.iter().map(|row| (schema.label.1)(&row)).collect();
    let mut distinct = labels.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let short: HashMap<&String, String> = distinct.iter().zip(told_apart(&distinct)).collect();
    let row = |(row, label): (Row<'_>, &String)| printed.row(&row, &short[label]);
    Lines { header, words, rows: table.iter().zip(&labels).map(row).collect() }
}

/// Returns whether this table has the column.
fn is_shown(head: &Head, table: &Table) -> bool {
    let text = |row: Row<'_>| match head.cell {
        Shows::Text(of) => of(&row),
        Shows::Number(of) => of(&row).map_or_else(String::new, |number| number.to_string()),
    };
    let mut texts = table.iter().map(text);
    match head.shown {
        Shown::Always => true,
        Shown::WhereThereIsAny => texts.any(|text| !text.is_empty()),
        Shown::WhereItDiffers => {
            let first = texts.next();
            texts.any(|text| Some(text) != first)
        }
    }
}

struct Printed<'a> {
    schema: &'a Schema,
    rates: Vec<&'a Rate>,
    before: Vec<Head>,
    behind: Vec<Head>,
    simulated: bool,
    /// The requested digits.
    digits: Option<usize>,
    /// The limit if no digits were requested.
    most: usize,
}

impl Printed<'_> {
    fn row(&self, row: &Row<'_>, label: &str) -> Vec<Vec<String>> {
        let usual = || digits(self.schema, row).min(self.most);
        let digits = self.digits.unwrap_or_else(usual);
        let number = |value: f64| number(value, digits);
        let cell = |head: &Head| match head.cell {
            Shows::Text(of) => of(row),
            Shows::Number(of) => of(row).map_or_else(String::new, number),
        };
        let value = |name: &str| row.maybe(name).map_or_else(String::new, number);
        let source = |name: &str| {
            let first = name == "exact";
            let mut cells = vec![if first { label.to_owned() } else { String::new() }];
            cells.extend((self.simulated && !self.rates.is_empty()).then(|| name.to_owned()));
            let blank = |head: &Head| if first { cell(head) } else { String::new() };
            cells.extend(self.before.iter().map(blank));
            cells
        };
        let mut exact = source("exact");
        exact.extend(self.rates.iter().map(|rate| value(rate.name)));
        exact.extend(self.behind.iter().map(cell));
        if !self.simulated || self.rates.is_empty() {
            return vec![exact];
        }
        exact.push(row.maybe("p_value").map_or_else(String::new, p_value));
        let blank = || vec![String::new(); self.behind.len()];
        let mut estimate = source("simulated");
        estimate.extend(self.rates.iter().map(|rate| value(&format!("mc_{}", rate.name))));
        estimate.extend(blank());
        let agrees =
            row.truth("agrees").map_or("", |agrees| if agrees { "agrees" } else { "DISAGREES" });
        estimate.push(agrees.to_owned());
        let range = |counted: Counted| {
            let [low, high] = ["low", "high"].map(|end| row.maybe(&interval(counted, end)));
            match (low, high) {
                (Some(low), Some(high)) => format!("{low:.digits$}–{high:.digits$}"),
                _ => String::new(),
            }
        };
        let mut limits = source("interval");
        limits.extend(self.rates.iter().filter_map(|rate| rate.counted).map(range));
        limits.extend(blank());
        limits.push(String::new());
        vec![exact, estimate, limits]
    }
}

/// Formats with two digits after the point, or in scientific notation where these would be 0.00.
fn p_value(p: f64) -> String {
    if p < 0.005 { format!("{p:.1e}") } else { format!("{p:.2}") }
}
