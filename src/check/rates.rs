//! Exact values beside counts: intervals, p-values, and what all rows say together.

use rayon::prelude::*;
use theory::math::bounded::Bounded;

use super::{Estimate, POWER, Verdict, combine, detectable, level, p_value, row_agrees};
use crate::experiment::{ExactRate, ExactRow, SampledRow, Tally};
use crate::table::schema::{Counted, Rate, Schema};
use crate::table::{Cell, Table};

/// So many successes of so many trials against a closed form.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Test {
    successes: u64,
    trials: u64,
    /// With what the sampler's bias may add to its error.
    expected: Option<Bounded>,
}

/// The tests of a row, one for each rate that is counted.
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

/// The rows of exact values alone.
#[must_use]
pub fn exact_table(schema: &Schema, exact: &[ExactRow]) -> Table {
    let mut table = Table::new(schema.file, schema.columns());
    for row in exact {
        table.push(exact_cells(row));
    }
    table
}

fn exact_cells(row: &ExactRow) -> Vec<Cell> {
    let rates = row.rates.iter().map(|rate| {
        let value = rate.value.map(|bounded| bounded.value);
        value.map_or(Cell::Empty, Cell::Number)
    });
    row.keys.iter().cloned().chain(rates).collect()
}

/// The tests that have seen the least of a run, by which it is known what the run could have missed: those with the
/// widest law, p(1 − p)/trials.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Widest {
    /// How many tests a row has.
    per_row: usize,
    /// Trials, and what is expected.
    tests: Vec<(u64, Bounded)>,
}

impl Widest {
    /// How many of them are kept: the exact answer costs as much as a hundred tests.
    const KEPT: usize = 16;

    fn of(tests: &[Test], per_row: usize) -> Self {
        let known = |test: &Test| Some((test.trials, test.expected?));
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

    /// The largest discrepancy that one of the tests could have missed, where `rows` rows share the false-alarm rate.
    #[must_use]
    pub fn detectable(&self, false_alarm: f64, rows: usize) -> f64 {
        let level = level(false_alarm, rows, self.per_row);
        let smallest_seen = |(trials, expected): &(u64, Bounded)| {
            detectable(*trials, expected.value, expected.error, level, POWER)
        };
        self.tests.iter().map(smallest_seen).fold(0.0, f64::max)
    }
}

/// The rows with their simulated part, what they say together, and the tests that have seen the least; no verdict
/// where no rate was compared. On rayon's current pool.
#[must_use]
pub fn judged_table(
    schema: &Schema,
    exact: &[ExactRow],
    sampled: &[SampledRow],
    tally: &Tally<'_>,
) -> (Table, Option<Verdict>, Widest) {
    let Tally { samples, confidence, false_alarm, .. } = *tally;
    let counted = schema.rates.iter().any(|rate| rate.counted.is_some());
    let one = |(exact, sampled): (&ExactRow, &SampledRow)| {
        let tests = tests(schema, exact, sampled, samples);
        let p = |test: &Test| {
            let expected = test.expected?;
            Some(p_value(test.successes, test.trials, expected.value, expected.error))
        };
        let p_value = combine(&tests.iter().map(p).collect::<Vec<_>>());
        let mut cells = exact_cells(exact);
        if counted {
            cells.push(Cell::Count(samples));
        }
        cells.extend(sampled.counts.iter().map(|count| Cell::Count(*count)));
        for test in &tests {
            cells.extend(estimate(test, confidence));
        }
        (cells, p_value, tests)
    };
    let rows: Vec<_> = exact.par_iter().zip(sampled).map(one).collect();
    let total = rows.iter().filter(|(_, p, _)| p.is_some()).count();
    let per_row = schema.rates.iter().filter(|rate| rate.counted.is_some()).count();
    let mut table = Table::new(schema.file, schema.columns());
    let (mut p_values, mut all) = (Vec::with_capacity(rows.len()), Vec::new());
    for ((mut cells, p, tests), sampled) in rows.into_iter().zip(sampled) {
        if counted {
            let agrees = p.map(|p| row_agrees(p, false_alarm, total));
            cells.push(p.map_or(Cell::Empty, Cell::Number));
            cells.push(agrees.map_or(Cell::Empty, Cell::Truth));
        }
        cells.extend(sampled.found.iter().cloned());
        table.push(cells);
        p_values.push(p);
        all.extend(tests);
    }
    let widest = Widest::of(&all, per_row);
    let verdict = (total > 0)
        .then(|| Verdict::new(&p_values, false_alarm, widest.detectable(false_alarm, total)));
    (table, verdict, widest)
}

/// The three cells of an estimate.
fn estimate(test: &Test, confidence: f64) -> [Cell; 3] {
    match Estimate::new(test.successes, test.trials, confidence) {
        Some(Estimate { value, low, high }) => [value, low, high].map(Cell::Number),
        None => [const { Cell::Empty }; 3],
    }
}

/// The full widths of the intervals of all rows, infinite where there is nothing to estimate from.
pub(crate) fn widths<'a>(
    schema: &'a Schema,
    sampled: &'a [SampledRow],
    tally: &Tally<'a>,
) -> impl Iterator<Item = f64> + 'a {
    let Tally { samples, confidence, .. } = *tally;
    let counted: Vec<Counted> = schema.rates.iter().filter_map(|rate| rate.counted).collect();
    sampled.iter().flat_map(move |row| {
        let width = |counted: &Counted| {
            let trials = counted.trials.map_or(samples, |trials| row.counts[trials]);
            let interval =
                super::clopper_pearson(row.counts[counted.successes], trials, confidence);
            interval.map_or(f64::INFINITY, |interval| interval.high - interval.low)
        };
        counted.iter().map(width).collect::<Vec<_>>()
    })
}
