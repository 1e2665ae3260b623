//! The columns of a kind of rows, and how they are printed.

use super::{Column, Row, Table};

/// The columns of a kind of experiment. A row has, in this order: its keys, the exact values of its rates, the number
/// of samples and the counts, an estimate with its interval for each rate that is counted, `p_value` and `agrees` if
/// there are any, and other results of sampling.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The name of its file, without the extension.
    pub file: &'static str,
    /// The keys of a row, including exact values that are not rates.
    pub keys: Vec<Column>,
    /// The rates: exact, and with an estimate and an interval if they are counted.
    pub rates: Vec<Rate>,
    /// The counts from which the rates are estimated.
    pub counts: Vec<Column>,
    /// Other results of sampling.
    pub found: Vec<Column>,
    /// The head of the column of labels, and the label of a row, which distinguishes its curve from others in legends
    /// and tables.
    pub label: (&'static str, fn(&Row<'_>) -> String),
    /// The variables: if there is room for one point only, it is the one nearest to their usual values; empty if all
    /// rows have to be shown.
    pub variables: Vec<Variable>,
    /// The keys shown in a printed table, before the rates.
    pub shown: Vec<Head>,
    /// The columns shown after the rates.
    pub shown_behind: Vec<Head>,
}

/// A rate of a row: a share, exact and counted.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// The name of its column.
    pub name: &'static str,
    /// The head of its column in a printed table; empty if it is not shown.
    pub head: &'static str,
    /// The description, with the denominator.
    pub about: &'static str,
    /// Whether the exact value is known in every row.
    pub always_known: bool,
    /// How it is counted; `None` for a rate that follows from others.
    pub counted: Option<Counted>,
}

/// How a rate is counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// The stem of the columns of its interval, `mc_STEM_low` and `mc_STEM_high`.
    pub stem: &'static str,
    /// The index of the count of successes.
    pub successes: usize,
    /// The index of the count of trials; `None` for all samples.
    pub trials: Option<usize>,
}

/// A column of a printed table.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// The head of the column.
    pub head: &'static str,
    /// The same in LaTeX.
    pub latex: &'static str,
    /// The contents of its cells.
    pub cell: Shows,
    /// The tables that show it.
    pub shown: Shown,
}

/// The tables that show a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All tables.
    Always,
    /// Tables in which it differs between rows; for the others, the caption contains it.
    WhereItDiffers,
    /// Tables in which some row has a value.
    WhereThereIsAny,
}

/// The contents of a cell of a printed table.
#[derive(Debug, Clone, Copy)]
pub enum Shows {
    /// A text.
    Text(fn(&Row<'_>) -> String),
    /// A number, with as many digits as the row's rates.
    Number(fn(&Row<'_>) -> Option<f64>),
}

/// A variable of rows, such as σ: a column of numbers of which a question may have several values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variable {
    /// The name of its column.
    pub name: &'static str,
    /// The symbol.
    pub symbol: &'static str,
    /// The usual value: if only one value can be shown, it is the one nearest to this.
    pub usual: f64,
}

impl Variable {
    /// Returns the value in a row; NaN if the row has none.
    #[must_use]
    pub fn of(&self, row: &Row<'_>) -> f64 {
        row.number(self.name)
    }

    /// Returns the value nearest to the usual one, preferably not 0, where little differs; the usual one if there are
    /// no values.
    #[must_use]
    pub fn nearest(&self, values: &[f64]) -> f64 {
        let far = |value: f64| (value - self.usual).abs() + if value == 0.0 { 1e300 } else { 0.0 };
        let nearest = values.iter().copied().min_by(|a, b| far(*a).total_cmp(&far(*b)));
        nearest.unwrap_or(self.usual)
    }
}

/// The rows of a table at one point, and the point in words.
#[derive(Debug, Clone, PartialEq)]
pub struct UsualRows {
    /// The point in words, such as `σ = 1, ε = 0.5`.
    pub point: String,
    /// The rows there.
    pub rows: Table,
}

impl Schema {
    /// Returns whether a rate is counted, so that there are intervals, which can be made as narrow as requested.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.rates.iter().any(|rate| rate.counted.is_some())
    }

    /// Returns the rows at the values of the variables that are nearest to the usual ones; `None` if there are no
    /// variables, or the table does not have all of them.
    #[must_use]
    pub fn usual_rows(&self, table: &Table) -> Option<UsualRows> {
        if self.variables.is_empty() || !self.variables.iter().all(|v| table.has(v.name)) {
            return None;
        }
        let at = |variable: &Variable| {
            let values: Vec<f64> = table.iter().map(|row| variable.of(&row)).collect();
            (*variable, variable.nearest(&values))
        };
        let point: Vec<(Variable, f64)> = self.variables.iter().map(at).collect();
        let here = |row: &Row<'_>| point.iter().all(|(variable, at)| variable.of(row) == *at);
        let text = point.iter().map(|(variable, at)| format!("{} = {at}", variable.symbol));
        Some(UsualRows { point: text.collect::<Vec<_>>().join(", "), rows: table.filtered(here) })
    }

    /// Returns the column of labels, after the keys, by which rows can be pivoted. Rows without rates have no curves,
    /// and no labels.
    #[must_use]
    pub fn label_column(&self) -> Option<Column> {
        let about = "The name of its curve, as legends and tables have it; the rows of a curve share it, and no others have it.";
        (!self.rates.is_empty())
            .then(|| Column::new("label", crate::table::ColumnKind::Word, about))
    }

    /// Returns all columns, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        use super::ColumnKind::{Count, Number, Truth};
        let mut columns = self.keys.clone();
        columns.extend(self.label_column());
        columns.extend(self.rates.iter().map(|rate| {
            let column = Column::share(rate.name, rate.about);
            if rate.always_known { column.required() } else { column }
        }));
        let counted = || self.rates.iter().filter_map(|rate| Some((rate, rate.counted?)));
        if counted().next().is_some() {
            columns.push(Column::new("samples", Count, "How many samples were drawn."));
        }
        columns.extend(self.counts.iter().cloned());
        for (rate, Counted { stem, successes, trials }) in counted() {
            let trials = trials.map_or("samples", |trials| self.counts[trials].name.as_ref());
            let about = format!("{}/{trials}; empty without trials.", self.counts[successes].name);
            columns.push(Column::share(format!("mc_{}", rate.name), about));
            for (end, which) in [("low", "lower"), ("high", "upper")] {
                let about = format!("The {which} limit of its exact (Clopper–Pearson) interval.");
                columns.push(Column::share(format!("mc_{stem}_{end}"), about));
            }
        }
        if counted().next().is_some() {
            let about = "The exact two-sided p-value of the row's tests together (Bonferroni).";
            columns.push(Column::new("p_value", Number, about));
            let about = "Whether the row agrees at the run's false-alarm rate, shared by all rows.";
            columns.push(Column::new("agrees", Truth, about));
        }
        columns.extend(self.found.iter().cloned());
        columns
    }
}
