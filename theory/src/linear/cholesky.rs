//! The Cholesky factor of a symmetric matrix, which says at which pivot it fails.

use super::dots::fast_dot;
use nalgebra::DMatrix;

/// The lower triangular L of A = L·Lᵀ, by rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Factor {
    rows: Vec<Vec<f64>>,
}

/// The variable that is a linear combination of those before it, to rounding or worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pivot {
    pub(crate) index: usize,
    /// What is left of the variance once the variables before it are known.
    pub(crate) value: f64,
}

impl Factor {
    /// Factors `a + ridge`, whose lower triangle is read. Fails at the first pivot that is not above
    /// `least` times its diagonal entry.
    pub(crate) fn new(a: &DMatrix<f64>, ridge: f64, least: f64) -> Result<Self, Pivot> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(a.nrows());
        for i in 0..a.nrows() {
            let mut row = Vec::with_capacity(i + 1);
            for (j, above) in rows.iter().enumerate() {
                row.push((a[(i, j)] - fast_dot(&row, &above[..j])) / above[j]);
            }
            let diagonal = a[(i, i)] + ridge;
            let value = diagonal - fast_dot(&row, &row);
            // not a number is no pivot either
            if value.is_nan() || value <= least * diagonal.abs() {
                return Err(Pivot { index: i, value });
            }
            row.push(value.sqrt());
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// L⁻¹b.
    pub(crate) fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (row, &b) in self.rows.iter().zip(b) {
            x.push((b - fast_dot(&row[..x.len()], &x)) / row[x.len()]);
        }
        x
    }

    /// L⁻ᵀb.
    pub(crate) fn backward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for (i, row) in self.rows.iter().enumerate().rev() {
            x[i] /= row[i];
            let top = x[i];
            for (x, l) in x[..i].iter_mut().zip(row) {
                *x -= l * top;
            }
        }
        x
    }

    /// A⁻¹b.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.backward(&self.forward(b))
    }

    /// L as a matrix.
    pub(crate) fn matrix(&self) -> DMatrix<f64> {
        let d = self.rows.len();
        DMatrix::from_fn(d, d, |i, j| if j <= i { self.rows[i][j] } else { 0.0 })
    }
}
