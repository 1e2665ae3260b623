//! The columns of a kind of rows, and how they are printed.

use super::{Column, Row, Table};

/// The columns of a kind of experiment. A row has, in this order: its keys, the exact values of its rates, the number
/// of samples and the counts, an estimate with its interval for each rate that is counted, `p_value` and `agrees`
/// where there are such, and what else was found by sampling.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The name of its file, without the ending.
    pub file: &'static str,
    /// What a row is about, and exact values of its own.
    pub keys: Vec<Column>,
    /// Rates: exact, and where they were counted with an estimate and an interval.
    pub rates: Vec<Rate>,
    /// The counts behind the rates.
    pub counts: Vec<Column>,
    /// What else is found by sampling.
    pub found: Vec<Column>,
    /// What tells a row's curve from others, as legends and tables show it; and the head of that column.
    pub label: (&'static str, fn(&Row<'_>) -> String),
    /// Its variables: where there is room for one point only, that is nearest to their usual values; none where all rows
    /// have to be shown.
    pub variables: Vec<Variable>,
    /// What a printed table shows of the keys, before the rates.
    pub shown: Vec<Head>,
    /// What it shows behind them.
    pub shown_behind: Vec<Head>,
}

/// A rate of a row: a share, exact and counted.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Its column.
    pub name: &'static str,
    /// The head of its column in a printed table; empty where it has none there.
    pub head: &'static str,
    /// What it is, with its denominator.
    pub about: &'static str,
    /// Whether its exact value is known in every row.
    pub always_known: bool,
    /// How it is counted; `None` of one that follows from others.
    pub counted: Option<Counted>,
}

/// How a rate is counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// The columns of its interval are `mc_STEM_low` and `mc_STEM_high`.
    pub stem: &'static str,
    /// Which of the counts are successes.
    pub successes: usize,
    /// Which are trials; `None`: all samples.
    pub trials: Option<usize>,
}

/// A column of a printed table.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// Its head.
    pub head: &'static str,
    /// The same in LaTeX.
    pub latex: &'static str,
    /// What stands in its cell.
    pub cell: Shows,
    /// Where it is left out.
    pub shown: Shown,
}

/// Which tables have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All.
    Always,
    /// Those in which it differs between rows; the caption has it of the others.
    WhereItDiffers,
    /// Those in which it says something in some row.
    WhereThereIsAny,
}

/// What stands in a cell of a printed table.
#[derive(Debug, Clone, Copy)]
pub enum Shows {
    /// A text.
    Text(fn(&Row<'_>) -> String),
    /// A number, to as many digits as the row's rates.
    Number(fn(&Row<'_>) -> Option<f64>),
}

/// A variable of rows, such as σ: a column of numbers of which a question may have several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variable {
    /// Its column.
    pub name: &'static str,
    /// Its symbol.
    pub symbol: &'static str,
    /// Its usual value: where only one can be shown, it is the one nearest to this.
    pub usual: f64,
}

impl Variable {
    /// Its value in a row; NaN where the row has none.
    #[must_use]
    pub fn of(&self, row: &Row<'_>) -> f64 {
        row.number(self.name)
    }

    /// The one of these values that is nearest to its usual one, not 0 where there is another, since little differs
    /// there; and the usual one if there are none.
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
    /// Such as `σ = 1, ε = 0.5`.
    pub point: String,
    /// The rows there.
    pub rows: Table,
}

impl Schema {
    /// Whether a rate is counted, so that there are intervals, which can be as narrow as is asked for.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.rates.iter().any(|rate| rate.counted.is_some())
    }

    /// The rows at the values of its variables that are nearest to the usual ones; `None` where it has no variables, or
    /// the table has not all of them.
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

    /// The column of labels, behind the keys: what a pivot of rows goes by. Rows without rates have no curves, and none.
    #[must_use]
    pub fn label_column(&self) -> Option<Column> {
        let about = "The name of its curve, as legends and tables have it; the rows of a curve share it, and no others have it.";
        (!self.rates.is_empty())
            .then(|| Column::new("label", crate::table::ColumnKind::Word, about))
    }

    /// All columns, in order.
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
