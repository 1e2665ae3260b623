//! Whether counts are of the family: a chi-square test of their histograms against the fitted law.
//!
//! Observed and expected numbers of samples are compared in cells of neighbouring counts, at least five expected in each, on
//! the clean and on the attacked input. With parameters estimated from all counts, Pearson's statistic has no
//! chi-square law; that of Rao and Robson has: with d the differences of the shares, V their covariance in one
//! sample, D their derivatives by the parameters and I the information of one sample,
//!
//! ```text
//! N·dᵀ(V − D I⁻¹ Dᵀ)⁻¹d
//! ```
//!
//! is χ² in the limit, with a degree of freedom for each eigenvalue that is not 0. In units of V all eigenvalues are 1
//! but at most three, those of directions that the fit has used up; these directions are left out where little is left
//! of them. Source: K. C. Rao and D. S. Robson, *Communications in Statistics* 3 (1974), 1139–1153.

use std::ops::Range;

use nalgebra::{Cholesky, DMatrix, DVector};

use super::chi_square::survival;
use super::likelihood::{CountTable, Model};

/// A test of the family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goodness {
    /// χ².
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: u32,
    /// P[χ² is at least this], of counts of the family.
    pub p_value: f64,
}

/// A cell has this many expected samples at least.
const EXPECTED: f64 = 5.0;
/// Directions of which less than this is left are left out.
const LEFT: f64 = 0.05;

/// Tests the model at the maximum of the likelihood; `None` with too few samples for any cells.
pub(super) fn test(table: &CountTable, model: &Model) -> Option<Goodness> {
    let samples = table.samples() as f64;
    let (rows, columns) = model.cells.shape();
    let row_shares: Vec<f64> = model.cells.row_iter().map(|row| row.sum()).collect();
    let column_shares: Vec<f64> = model.cells.column_iter().map(|column| column.sum()).collect();
    // The last cell of each follows from the others.
    let clean = grouped(&row_shares, samples);
    let attacked = grouped(&column_shares, samples);
    let clean = &clean[..clean.len().saturating_sub(1)];
    let attacked = &attacked[..attacked.len().saturating_sub(1)];
    let blocks: Vec<(Range<usize>, Range<usize>)> = clean
        .iter()
        .map(|cells| (cells.clone(), 0..columns))
        .chain(attacked.iter().map(|cells| (0..rows, cells.clone())))
        .collect();
    let count = blocks.len();
    if count == 0 {
        return None;
    }
    let total = |matrix: &DMatrix<f64>, (rows, columns): &(Range<usize>, Range<usize>)| {
        matrix.view((rows.start, columns.start), (rows.len(), columns.len())).sum()
    };
    let shares: Vec<f64> = blocks.iter().map(|block| total(&model.cells, block)).collect();
    let both = |i: usize, j: usize| {
        let common = |a: &Range<usize>, b: &Range<usize>| {
            let start = a.start.max(b.start);
            start..a.end.min(b.end).max(start)
        };
        let (first, second) = (&blocks[i], &blocks[j]);
        let block = (common(&first.0, &second.0), common(&first.1, &second.1));
        total(&model.cells, &block)
    };
    let covariance =
        DMatrix::from_fn(count, count, |i, j| both(i.min(j), i.max(j)) - shares[i] * shares[j]);
    let slopes = model.scores.each_ref().map(|score| score.component_mul(&model.cells));
    let derivatives = DMatrix::from_fn(count, 3, |i, j| total(&slopes[j], &blocks[i]));
    let [clean_seen, attacked_seen] = table.histograms();
    let seen = |(rows_of, columns_of): &(Range<usize>, Range<usize>)| -> u64 {
        if *columns_of == (0..columns) && rows_of.len() < rows {
            clean_seen[rows_of.clone()].iter().sum()
        } else {
            attacked_seen[columns_of.clone()].iter().sum()
        }
    };
    let differences = DVector::from_fn(count, |i, _| seen(&blocks[i]) as f64 / samples - shares[i]);
    // In units of V: y = L⁻¹d, W = 1 − (L⁻¹D) I⁻¹ (L⁻¹D)ᵀ.
    let lower = Cholesky::new(covariance)?.l();
    let y = lower.solve_lower_triangular(&differences)?;
    let used = lower.solve_lower_triangular(&derivatives)?;
    let information = model.information().cholesky()?.inverse();
    let left = DMatrix::identity(count, count)
        - &used * DMatrix::from_fn(3, 3, |i, j| information[(i, j)]) * used.transpose();
    let eigen = left.symmetric_eigen();
    let mut statistic = 0.0;
    let mut degrees = 0;
    for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        if *value > LEFT {
            statistic += samples * vector.dot(&y).powi(2) / value;
            degrees += 1;
        }
    }
    (degrees > 0).then(|| Goodness { statistic, degrees, p_value: survival(statistic, degrees) })
}

/// Neighbouring counts together, so that enough samples are expected in each cell.
fn grouped(shares: &[f64], samples: f64) -> Vec<Range<usize>> {
    let mut cells: Vec<Range<usize>> = Vec::new();
    let (mut start, mut expected) = (0, 0.0);
    for (count, share) in shares.iter().enumerate() {
        expected += share * samples;
        if expected >= EXPECTED {
            cells.push(start..count + 1);
            (start, expected) = (count + 1, 0.0);
        }
    }
    // What is left over at the end goes to the last cell.
    if let Some(last) = cells.last_mut() {
        last.end = shares.len();
    }
    cells
}
