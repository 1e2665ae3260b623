//! The Cholesky factorisation of a symmetric matrix, which names the pivot at which it fails: the test for a
//! covariance matrix.

/// The lower triangular L of A = L·Lᵀ, stored by rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    rows: Vec<Vec<f64>>,
}

/// The variable that, at least to rounding, is a linear combination of those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pivot {
    /// The index of the variable, from 0.
    pub index: usize,
    /// The variance that remains once the variables before it are known.
    pub value: f64,
}

impl Cholesky {
    /// Factors A + ridge·I from the lower triangle of A, `entry(row, column)`. Fails at the first pivot that is not above
    /// `least` times its diagonal entry.
    pub fn new(
        d: usize,
        entry: impl Fn(usize, usize) -> f64,
        ridge: f64,
        least: f64,
    ) -> Result<Self, Pivot> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(d);
        for i in 0..d {
            let mut row = Vec::with_capacity(i + 1);
            for (j, above) in rows.iter().enumerate() {
                row.push((entry(i, j) - fast_dot(&row, &above[..j])) / above[j]);
            }
            let diagonal = entry(i, i) + ridge;
            let value = diagonal - fast_dot(&row, &row);
            // NaN is not a valid pivot either.
            if value.is_nan() || value <= least * diagonal.abs() {
                return Err(Pivot { index: i, value });
            }
            row.push(value.sqrt());
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// Returns L⁻¹b.
    #[must_use]
    pub fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (row, &b) in self.rows.iter().zip(b) {
            x.push((b - fast_dot(&row[..x.len()], &x)) / row[x.len()]);
        }
        x
    }

    /// Returns L⁻ᵀb.
    #[must_use]
    pub fn backward(&self, b: &[f64]) -> Vec<f64> {
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

    /// Returns A⁻¹b.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.backward(&self.forward(b))
    }

    /// Returns the rows of L, each up to and including its diagonal.
    #[must_use]
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }
}

/// Returns `Σ aᵢbᵢ` in double precision, summed in eight partial sums for speed.
#[must_use]
pub fn fast_dot(a: &[f64], b: &[f64]) -> f64 {
    let (left, right) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; 8];
    for (a, b) in left.zip(right) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}
