//! The Cholesky factor of a large matrix, in blocks on all threads.

use nalgebra::{DMatrixView, Dyn, MatrixView, MatrixViewMut};
use rayon::prelude::*;
use task::linear::{Pivot, fast_dot};

/// Columns that are eliminated at a time.
const BLOCK: usize = 96;
/// Rows that one task updates.
const STRIP: usize = 128;

/// The lower triangular L of A = L·Lᵀ, by rows; what stands above the diagonal means nothing.
#[derive(Debug)]
pub(super) struct Factor {
    d: usize,
    entries: Vec<f64>,
}

impl Factor {
    /// Factors the matrix of these rows, of which the lower triangle is looked at. Fails at the first pivot that is not
    /// above `least` times its diagonal entry.
    pub(super) fn new(d: usize, entries: Vec<f64>, least: f64) -> Result<Self, Pivot> {
        let mut entries = entries;
        let limits: Vec<f64> = (0..d).map(|i| least * entries[i * d + i].abs()).collect();
        for start in (0..d).step_by(BLOCK) {
            let end = (start + BLOCK).min(d);
            let width = end - start;
            for (i, limit) in limits.iter().enumerate().take(end).skip(start) {
                let (above, row) = entries.split_at_mut(i * d);
                let row = &mut row[start..end];
                let own = i - start;
                for j in 0..own {
                    let other = &above[(start + j) * d + start..][..=j];
                    row[j] = (row[j] - fast_dot(&row[..j], &other[..j])) / other[j];
                }
                let value = row[own] - fast_dot(&row[..own], &row[..own]);
                // Not a number is no pivot either.
                if value.is_nan() || value <= *limit {
                    return Err(Pivot { index: i, value });
                }
                row[own] = value.sqrt();
            }
            let (done, below) = entries.split_at_mut(end * d);
            let corner: Vec<&[f64]> =
                (start..end).map(|i| &done[i * d + start..][..=(i - start)]).collect();
            below.par_chunks_mut(d).for_each(|row| {
                let row = &mut row[start..end];
                for (j, other) in corner.iter().enumerate() {
                    row[j] = (row[j] - fast_dot(&row[..j], &other[..j])) / other[j];
                }
            });
            let panel: Vec<f64> =
                below.chunks(d).flat_map(|row| row[start..end].iter().copied()).collect();
            below.par_chunks_mut(STRIP * d).enumerate().for_each(|(strip, rows)| {
                update(rows, d, end, &panel, width, strip * STRIP);
            });
        }
        Ok(Self { d, entries })
    }

    /// A⁻¹b.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let row = |i: usize| &self.entries[i * self.d..][..=i];
        let mut x: Vec<f64> = Vec::with_capacity(self.d);
        for (i, b) in b.iter().enumerate() {
            x.push((b - fast_dot(&row(i)[..i], &x)) / row(i)[i]);
        }
        for i in (0..self.d).rev() {
            x[i] /= row(i)[i];
            let top = x[i];
            x[..i].iter_mut().zip(row(i)).for_each(|(x, l)| *x -= l * top);
        }
        x
    }
}

/// Takes from a strip of rows, from their columns `end` on and up to their diagonals, the product of its part of the panel
/// with the rest of it: the strip's first row is number `first` of those below.
fn update(rows: &mut [f64], d: usize, end: usize, panel: &[f64], width: usize, first: usize) {
    let count = rows.len() / d;
    let columns = first + count;
    let mine = &panel[first * width..][..count * width];
    let all = &panel[..columns * width];
    // Row by row in memory is column by column of the transpose.
    let left: MatrixView<'_, f64, Dyn, Dyn, Dyn, Dyn> = MatrixView::from_slice_with_strides_generic(
        mine,
        Dyn(count),
        Dyn(width),
        Dyn(width),
        Dyn(1),
    );
    let right = DMatrixView::from_slice(all, width, columns);
    let mut target: MatrixViewMut<'_, f64, Dyn, Dyn, Dyn, Dyn> =
        MatrixViewMut::from_slice_with_strides_generic(
            &mut rows[end..],
            Dyn(count),
            Dyn(columns),
            Dyn(d),
            Dyn(1),
        );
    target.gemm(-1.0, &left, &right, 1.0);
}
