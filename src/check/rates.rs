//! Exact values next to counts: intervals, p-values, and the verdict over all rows.

use rayon::prelude::*;
use task::spec::SpecError;
use theory::math::bounded::Bounded;

use super::{Estimate, POWER, combine, detectable, level, p_value, row_agrees};
use crate::experiment::{ExactRate, ExactRow, SampledRow, Tally};
use crate::table::schema::{Counted, Rate, Schema};
use crate::table::{Cell, Table};

/// A number of successes and trials, to be compared with a closed form.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Test {
    successes: u64,
    trials: u64,
    /// The expected value, with the sampler's bias included in its error.
    expected: Option<Bounded>,
}

/// Returns the tests of a row, one for each rate that is counted.
fn tests(schema: &Schema, exact: &ExactRow, sampled: &SampledRow, samples: u64) -> Vec<Test> {
    let rates = schema.rates.iter().zip(&exact.rates);
    let of = |counted: Counted| {
        let trials = counted.trials.map_or(samples, |trials| sampled.counts[trials]);
        (sampled.counts[counted.successes], trials)
    };
    let test = |(rate, exact): (&Rate, &ExactRate)| {
        let (successes, trials) = of(rate.counted?);
        let expected = exact.value.map(|value| {
            // A rate may be a share of nothing.
            Bounded { error: (value.error + exact.bias).min(1.0), ..value }
        });
        Some(Test { successes, trials, expected })
    };
    rates.filter_map(test).collect()
}

/// Returns the rows with exact values only.
#[must_use]
pub fn exact_table(schema: &Schema, exact: &[ExactRow]) -> Table {
    let mut table = Table::new(schema.file, schema.columns());
    let all: Vec<&ExactRow> = exact.iter().collect();
    for (row, label) in exact.iter().zip(labels(schema, &all)) {
        table.push(exact_cells(row, label));
    }
    table
}

/// Returns the labels of the rows, if rows have labels.
fn labels(schema: &Schema, exact: &[&ExactRow]) -> Vec<Option<Cell>> {
    if schema.label_column().is_none() {
        return vec![None; exact.len()];
    }
    let mut keys = Table::new(schema.file, schema.keys.clone());
    for row in exact {
        keys.push(row.keys.iter().cloned());
    }
    keys.iter().map(|row| Some(Cell::Word((schema.label.1)(&row)))).collect()
}

fn exact_cells(row: &ExactRow, label: Option<Cell>) -> Vec<Cell> {
    let rates = row.rates.iter().map(|rate| {
        let value = rate.value.map(|bounded| bounded.value);
        value.map_or(Cell::Empty, Cell::Number)
    });
    row.keys.iter().cloned().chain(label).chain(rates).collect()
}

/// The tests with the least information, which determine what a run could have missed: those with the widest law,
/// p(1 − p)/trials.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Widest {
    /// The number of tests in a row.
    per_row: usize,
    /// The number of trials, and the expected value.
    tests: Vec<(u64, Bounded)>,
}

impl Widest {
    /// The number of tests that are kept: the exact answer takes as long as a hundred tests.
    const KEPT: usize = 16;

    fn of(tests: &[Test], per_row: usize) -> Self {
        // A rate without trials was not compared.
        let known = |test: &Test| Some((test.trials, test.expected?)).filter(|_| test.trials > 0);
        let width = |(trials, expected): &(u64, Bounded)| {
            let p = expected.value;
            p * (1.0 - p) / *trials as f64
        };
        let mut tests: Vec<(u64, Bounded)> = tests.iter().filter_map(known).collect();
        tests.sort_by(|a, b| width(b).total_cmp(&width(a)));
        tests.dedup();
        tests.truncate(Self::KEPT);
        Self { per_row, tests }
    }

    /// Returns the largest discrepancy that one of the tests could have missed, if `rows` rows share the false-alarm
    /// rate.
    #[must_use]
    pub fn detectable(&self, false_alarm: f64, rows: usize) -> f64 {
        let level = level(false_alarm, rows, self.per_row);
        let smallest_seen = |(trials, expected): &(u64, Bounded)| {
            detectable(*trials, expected.value, expected.error, level, POWER)
        };
        self.tests.iter().map(smallest_seen).fold(0.0, f64::max)
    }
}

/// Rows to be judged, of samples drawn in one way.
pub struct Drawn<'a> {
    /// The name of their table.
    pub table: &'static str,
    /// The exact values of each row.
    pub exact: Vec<&'a ExactRow>,
    /// What was counted for each.
    pub sampled: &'a [SampledRow],
    /// The number of samples.
    pub samples: u64,
}

/// Judged rows.
#[derive(Debug)]
pub struct Judged {
    /// The rows with their simulated part.
    pub table: Table,
    /// The p-value of each row; `None` if no rate was compared.
    pub p_values: Vec<Option<f64>>,
    /// The tests with the least information.
    pub widest: Widest,
}

/// Returns rows with their simulated part, judged together: each at its share of the false-alarm rate of all. Fails
/// if sampled rows do not correspond to exact ones: missing values must not pass for agreement. Runs on rayon's
/// current pool.
pub fn judged(
    schema: &Schema,
    drawn: &[Drawn<'_>],
    tally: &Tally<'_>,
) -> Result<Vec<Judged>, SpecError> {
    let mut judged = Vec::with_capacity(drawn.len());
    for rows in drawn {
        judged.push(judged_alone(schema, rows, tally.confidence)?);
    }
    let total = judged.iter().flat_map(|rows| &rows.p_values).flatten().count();
    for rows in &mut judged {
        if schema.is_counted() {
            let agrees = |p: &Option<f64>| p.map(|p| row_agrees(p, tally.false_alarm, total));
            rows.table.set_truths("agrees", rows.p_values.iter().map(agrees));
        }
    }
    Ok(judged)
}

/// Returns rows that nothing is said of yet as to whether they agree.
fn judged_alone(schema: &Schema, drawn: &Drawn<'_>, confidence: f64) -> Result<Judged, SpecError> {
    check_complete(schema, drawn)?;
    let Drawn { table, exact, sampled, samples } = drawn;
    let counted = schema.is_counted();
    let labels = labels(schema, exact);
    let one = |((exact, sampled), label): ((&&ExactRow, &SampledRow), &Option<Cell>)| {
        let tests = tests(schema, exact, sampled, *samples);
        // No samples are no comparison, and no agreement.
        let p = |test: &Test| {
            let expected = test.expected.filter(|_| *samples > 0)?;
            Some(p_value(test.successes, test.trials, expected.value, expected.error))
        };
        let p_value = combine(&tests.iter().map(p).collect::<Vec<_>>());
        let mut cells = exact_cells(exact, label.clone());
        if counted {
            cells.push(Cell::Count(*samples));
        }
        cells.extend(sampled.counts.iter().map(|count| Cell::Count(*count)));
        for test in &tests {
            cells.extend(estimate(test, confidence));
        }
        if counted {
            cells.extend([p_value.map_or(Cell::Empty, Cell::Number), Cell::Empty]);
        }
        cells.extend(sampled.found.iter().cloned());
        (cells, p_value, tests)
    };
    let rows: Vec<_> = exact.par_iter().zip(*sampled).zip(&labels).map(one).collect();
    let per_row = schema.rates.iter().filter(|rate| rate.counted.is_some()).count();
    let mut table = Table::new(*table, schema.columns());
    let (mut p_values, mut all) = (Vec::with_capacity(rows.len()), Vec::new());
    for (cells, p_value, tests) in rows {
        table.push(cells);
        p_values.push(p_value);
        all.extend(tests);
    }
    Ok(Judged { table, p_values, widest: Widest::of(&all, per_row) })
}

/// Fails if a row, a value or a count is missing, or there is one too many.
fn check_complete(schema: &Schema, drawn: &Drawn<'_>) -> Result<(), SpecError> {
    let Drawn { exact, sampled, .. } = drawn;
    let wrong = |what: String| {
        let file = schema.file;
        Err(SpecError::Together(format!("{file}: {what}: nothing can be said of these counts")))
    };
    if exact.len() != sampled.len() {
        return wrong(format!(
            "{} rows have counts, and {} are asked for",
            sampled.len(),
            exact.len()
        ));
    }
    for (place, (exact, sampled)) in exact.iter().zip(*sampled).enumerate() {
        let lengths = [
            ("keys", exact.keys.len(), schema.keys.len()),
            ("exact rates", exact.rates.len(), schema.rates.len()),
            ("counts", sampled.counts.len(), schema.counts.len()),
            ("sampled values", sampled.found.len(), schema.found.len()),
        ];
        if let Some((what, has, needs)) = lengths.into_iter().find(|(_, has, needs)| has != needs) {
            return wrong(format!("row {} has {has} {what} in place of {needs}", place + 1));
        }
    }
    Ok(())
}

/// Returns the three cells of an estimate.
fn estimate(test: &Test, confidence: f64) -> [Cell; 3] {
    match Estimate::new(test.successes, test.trials, confidence) {
        Some(Estimate { value, low, high }) => [value, low, high].map(Cell::Number),
        None => [const { Cell::Empty }; 3],
    }
}

/// Returns the full widths of the intervals of all rows, infinite if there is nothing to estimate from.
pub(crate) fn widths<'a>(
    schema: &'a Schema,
    sampled: &'a [SampledRow],
    tally: &Tally<'a>,
) -> impl Iterator<Item = f64> + 'a {
    let Tally { samples, confidence, .. } = *tally;
    let counted: Vec<Counted> = schema.rates.iter().filter_map(|rate| rate.counted).collect();
    // Without rows, no interval is narrow.
    let none = sampled.is_empty().then_some(f64::INFINITY);
    let of_rows = sampled.iter().flat_map(move |row| {
        let width = |counted: &Counted| {
            let count = |place: usize| row.counts.get(place).copied();
            let trials = counted.trials.map_or(Some(samples), count)?;
            let interval = super::clopper_pearson(count(counted.successes)?, trials, confidence)?;
            Some(interval.high - interval.low)
        };
        let widths = counted.iter().map(|counted| width(counted).unwrap_or(f64::INFINITY));
        widths.collect::<Vec<_>>()
    });
    none.into_iter().chain(of_rows)
}
