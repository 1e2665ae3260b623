//! The rows of a figure, of whatever kind, and the verdict on them.

use serde::Serialize;

use crate::answer::{Answer, TESTS};
use crate::check;
use crate::engine::{BIAS, linear};
use crate::nd::row::NdRow;
use crate::row::Row;
use crate::store::to_csv;

use super::PaperError;
use crate::audit::row::{ClaimRow, RegionRow};
use crate::figures::ApproachRow;
use crate::figures::convergence::DeviationRow;
use crate::figures::task::DensityRow;
use crate::figures::train::EndRow;
use crate::train::row::TrainRow;

/// Rows under a name.
///
/// ```
/// use gauss_sim::figures::train::end_rows;
/// use gauss_sim::paper::table::{Rows, Table};
/// # use theory as gauss_sim_theory;
/// use gauss_sim_theory::task::{Defense, Eps, Task};
///
/// let ends = end_rows(&Task::default(), &Defense::new(1.0, 1.0)?, Eps::new(0.5)?)?;
/// let what = "the exact values before training and at its best threshold";
/// let table = Table { name: "training_ends", what, rows: Rows::Ends(ends.to_vec()) };
/// assert_eq!((table.len(), table.is_empty()), (2, false));
/// let csv = String::from_utf8(table.csv()?)?;
/// let mut lines = csv.lines();
/// assert_eq!(lines.next(), Some("threshold,sigma,eps,invariance,robust_accuracy"));
/// assert!(lines.next().is_some_and(|before| before.starts_with("0.0,1.0,0.5,0.75,")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The name of the file, without its ending.
    pub name: &'static str,
    /// What is in it, in a few words.
    pub what: &'static str,
    /// The rows.
    pub rows: Rows,
}

/// Rows of one kind.
///
/// ```
/// use gauss_sim::paper::table::{Rows, Table};
/// use gauss_sim::paper::{Name, Order, make};
///
/// // A figure's first table has its name, and others may be of other kinds.
/// let sheet = make(Name::Task, &Order { samples: 1000, seed: 7, width: 468.0 })?;
/// let kind = |table: &Table| match &table.rows {
///     Rows::One(_) => "rates",
///     Rows::Densities(_) => "densities",
///     _ => "others",
/// };
/// let tables = sheet.tables.iter().map(|table| (table.name, kind(table)));
/// assert!(tables.eq([("task", "densities"), ("task_rates", "rates")]));
/// # Ok::<(), gauss_sim::paper::PaperError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// Of one dimension.
    One(Vec<Row>),
    /// Of d dimensions.
    Nd(Vec<NdRow>),
    /// Simulation less theory.
    Deviations(Vec<DeviationRow>),
    /// Densities of the classes.
    Densities(Vec<DensityRow>),
    /// Training, epoch by epoch.
    Train(Vec<TrainRow>),
    /// The ends of training.
    Ends(Vec<EndRow>),
    /// Leading terms of the vote.
    Approach(Vec<ApproachRow>),
    /// Claims.
    Claims(Vec<ClaimRow>),
    /// Borders of the regions in which claims fail.
    Regions(Vec<RegionRow>),
}

impl Table {
    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::One(rows) => rows.len(),
            Rows::Nd(rows) => rows.len(),
            Rows::Deviations(rows) => rows.len(),
            Rows::Densities(rows) => rows.len(),
            Rows::Train(rows) => rows.len(),
            Rows::Ends(rows) => rows.len(),
            Rows::Approach(rows) => rows.len(),
            Rows::Claims(rows) => rows.len(),
            Rows::Regions(rows) => rows.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As CSV.
    pub fn csv(&self) -> Result<Vec<u8>, PaperError> {
        fn written<T: Serialize>(rows: &[T]) -> Result<Vec<u8>, csv::Error> {
            to_csv(rows)
        }
        match &self.rows {
            Rows::One(rows) => written(rows),
            Rows::Nd(rows) => written(rows),
            Rows::Deviations(rows) => written(rows),
            Rows::Densities(rows) => written(rows),
            Rows::Train(rows) => written(rows),
            Rows::Ends(rows) => written(rows),
            Rows::Approach(rows) => written(rows),
            Rows::Claims(rows) => written(rows),
            Rows::Regions(rows) => written(rows),
        }
        .map_err(|error| PaperError::Csv(self.name, error))
    }

    /// The p-value of each row that was simulated and compared.
    pub(super) fn p_values(&self) -> Vec<Option<f64>> {
        match &self.rows {
            Rows::One(rows) => rows.iter().map(|row| row.p_value).collect(),
            Rows::Nd(rows) => rows.iter().map(|row| row.p_value).collect(),
            Rows::Deviations(rows) => rows.iter().map(|row| Some(row.p_value)).collect(),
            _ => Vec::new(),
        }
    }

    /// Writes into each row whether it agrees, one of `total` that share `alpha`.
    pub(super) fn judge(&mut self, alpha: f64, total: usize) {
        let agrees = |p: Option<f64>| p.map(|p| check::row_agrees(p, alpha, total));
        match &mut self.rows {
            Rows::One(rows) => rows.iter_mut().for_each(|row| row.agrees = agrees(row.p_value)),
            Rows::Nd(rows) => rows.iter_mut().for_each(|row| row.agrees = agrees(row.p_value)),
            Rows::Deviations(rows) => {
                rows.iter_mut().for_each(|row| row.agrees = agrees(Some(row.p_value)));
            }
            _ => {}
        }
    }

    /// How small a discrepancy the widest test could have seen. Deviations are left out: their first rows
    /// have few samples on purpose.
    pub(super) fn detectable(&self, alpha: f64, total: usize) -> Option<f64> {
        let (answers, bias): (Vec<Answer>, f64) = match &self.rows {
            Rows::One(rows) => (rows.iter().map(Row::answer).collect(), BIAS),
            Rows::Nd(rows) => {
                let bias = linear::bias(theory::task::Draws::Same, theory::task::Votes::ONE);
                (rows.iter().map(NdRow::answer).collect(), bias)
            }
            _ => return None,
        };
        let tests = answers.iter().flat_map(|answer| {
            let Answer { samples, clean_correct, .. } = *answer;
            [
                (answer.clean_accuracy, samples),
                (answer.adversarial_accuracy, samples),
                (answer.robust_accuracy, clean_correct),
                (answer.invariance, samples),
            ]
        });
        let width = |&(p, trials): &(f64, u64)| p * (1.0 - p) / trials as f64;
        let widest = tests
            .filter_map(|(p, trials)| Some((p, trials.filter(|trials| *trials > 0)?)))
            .max_by(|a, b| width(a).total_cmp(&width(b)))?;
        let level = check::level(alpha, total, TESTS);
        Some(check::detectable(widest.1, widest.0, 2.0 * bias, level, check::POWER))
    }
}
