//! Class means and the pooled second moments of residuals, in blocks.

use nalgebra::{DMatrix, DMatrixView, Dyn, MatrixView};
use rayon::prelude::*;

use super::train::Matrix;

/// Rows that are added up at a time.
const GROUP: usize = 256;
/// Columns of a block of the covariance.
const BLOCK: usize = 256;
/// About so many blocks are summed at once, whatever the machine.
const TASKS: usize = 16;

/// The sum over `rows` of `term`, which adds what a row contributes, of `length` numbers. The order of the additions
/// depends on the number of rows alone.
fn summed<'a>(
    rows: &'a [usize],
    length: usize,
    term: impl Fn(&mut [f64], usize) + Sync + 'a,
) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = rows
        .par_chunks(rows.len().div_ceil(TASKS).max(GROUP))
        .map(|part| {
            // Groups have sums of their own, so that rounding grows with their number and not with that of the rows.
            let mut total = vec![0.0; length];
            let mut sums = vec![0.0; length];
            for group in part.chunks(GROUP) {
                sums.fill(0.0);
                group.iter().for_each(|row| term(&mut sums, *row));
                total.iter_mut().zip(&sums).for_each(|(total, sum)| *total += sum);
            }
            total
        })
        .collect();
    let mut total = vec![0.0; length];
    for part in &parts {
        total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
    }
    total
}

/// The mean of the rows with these numbers, of which there is at least one.
pub(super) fn mean(data: &Matrix<'_>, rows: &[usize]) -> Vec<f64> {
    let sums = summed(rows, data.columns(), |sums, row| {
        sums.iter_mut().zip(data.row(row)).for_each(|(sum, x)| *sum += x);
    });
    let count = rows.len() as f64;
    let mut mean: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
    // What rounding left of the sum of the residuals.
    let rest = summed(rows, data.columns(), |sums, row| {
        let residuals = data.row(row).iter().zip(&mean);
        sums.iter_mut().zip(residuals).for_each(|(sum, (x, mean))| *sum += x - mean);
    });
    mean.iter_mut().zip(rest).for_each(|(mean, rest)| *mean += rest / count);
    mean
}

/// Rows with the mean of their class, to be pooled.
pub(super) struct Class<'a> {
    pub(super) rows: &'a [usize],
    pub(super) mean: &'a [f64],
}

/// What the residuals of all classes come to.
pub(super) struct Moments {
    /// Σ zzᵀ/N, by rows, d × d.
    pub(super) covariance: Vec<f64>,
    /// Σ ‖z‖⁴/N.
    pub(super) fourth: f64,
    /// N.
    pub(super) count: usize,
}

/// The second moments of the residuals of some classes, and the fourth moment of their length.
pub(super) fn moments(data: &Matrix<'_>, classes: &[Class<'_>]) -> Moments {
    let d = data.columns();
    let count: usize = classes.iter().map(|class| class.rows.len()).sum();
    let groups: Vec<(&[usize], &[f64])> = classes
        .iter()
        .flat_map(|class| class.rows.chunks(GROUP).map(|rows| (rows, class.mean)))
        .collect();
    let blocks: Vec<(usize, usize)> =
        (0..d.div_ceil(BLOCK)).flat_map(|i| (0..=i).map(move |j| (i * BLOCK, j * BLOCK))).collect();
    let slots = TASKS.div_ceil(blocks.len()).min(groups.len()).max(1);
    let tasks: Vec<(usize, usize, usize)> =
        blocks.iter().flat_map(|&(i, j)| (0..slots).map(move |slot| (i, j, slot))).collect();
    let sums: Vec<DMatrix<f64>> = tasks
        .par_iter()
        .map(|&(i, j, slot)| {
            let own = groups.iter().skip(slot).step_by(slots);
            block(data, own, &[i, j].map(|start| start..(start + BLOCK).min(d)))
        })
        .collect();
    let mut covariance = vec![0.0; d * d];
    for (&(i, j, _), sum) in tasks.iter().zip(&sums) {
        for column in 0..sum.ncols() {
            for row in 0..sum.nrows() {
                covariance[(i + row) * d + j + column] += sum[(row, column)];
            }
        }
    }
    let n = count as f64;
    for i in 0..d {
        for j in 0..=i {
            let value = covariance[i * d + j] / n;
            (covariance[i * d + j], covariance[j * d + i]) = (value, value);
        }
    }
    let fourth = classes.iter().map(|class| {
        let square = |z: f64| z * z;
        summed(class.rows, 1, |sums, row| {
            let residuals = data.row(row).iter().zip(class.mean);
            let length: f64 = residuals.map(|(x, mean)| square(x - mean)).sum();
            sums[0] += square(length);
        })[0]
    });
    Moments { covariance, fourth: fourth.sum::<f64>() / n, count }
}

/// Σ zᵢzⱼ over groups of rows, for i and j in these columns.
fn block<'a>(
    data: &Matrix<'_>,
    groups: impl Iterator<Item = &'a (&'a [usize], &'a [f64])>,
    columns: &[std::ops::Range<usize>; 2],
) -> DMatrix<f64> {
    let widths = [columns[0].len(), columns[1].len()];
    let mut sum = DMatrix::zeros(widths[0], widths[1]);
    let mut residuals = [Vec::new(), Vec::new()];
    for (rows, mean) in groups {
        for (residuals, columns) in residuals.iter_mut().zip(columns) {
            residuals.clear();
            for &row in *rows {
                let entries = data.row(row)[columns.clone()].iter().zip(&mean[columns.clone()]);
                residuals.extend(entries.map(|(x, mean)| x - mean));
            }
        }
        let first = DMatrixView::from_slice(&residuals[0], widths[0], rows.len());
        let second: MatrixView<'_, f64, Dyn, Dyn, Dyn, Dyn> =
            MatrixView::from_slice_with_strides_generic(
                &residuals[1],
                Dyn(rows.len()),
                Dyn(widths[1]),
                Dyn(widths[1]),
                Dyn(1),
            );
        sum.gemm(1.0, &first, &second, 1.0);
    }
    sum
}
