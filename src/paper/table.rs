//! The rows of a figure, of whatever kind, and the verdict on them.

use serde::Serialize;

use crate::answer::{Answer, TESTS};
use crate::check;
use crate::nd::row::NdRow;
use crate::row::Row;
use crate::store::to_csv;
use engine::{BIAS, linear};

use super::PaperError;
use crate::audit::row::{ClaimRow, RegionRow};
use crate::figures::ApproachRow;
use crate::figures::convergence::DeviationRow;
use crate::figures::densities::DensityRow;
use crate::figures::train::EndRow;
use crate::train::row::TrainRow;

/// Rows under a name.
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
                let bias = linear::bias(task::DrawProtocol::Same, task::Votes::ONE);
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
