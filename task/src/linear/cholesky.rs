//! The Cholesky factor of a symmetric matrix, which says at which pivot it fails: what makes a matrix a
//! covariance.

/// The lower triangular L of A = L·Lᵀ, by rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    rows: Vec<Vec<f64>>,
}

/// The variable that is a linear combination of those before it, to rounding or worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pivot {
    /// Which variable, from 0.
    pub index: usize,
    /// What is left of the variance once the variables before it are known.
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
    #[must_use]
    pub fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (row, &b) in self.rows.iter().zip(b) {
            x.push((b - fast_dot(&row[..x.len()], &x)) / row[x.len()]);
        }
        x
    }

    /// L⁻ᵀb.
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

    /// A⁻¹b.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.backward(&self.forward(b))
    }

    /// The rows of L, each up to its diagonal.
    #[must_use]
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }
}

/// `Σ aᵢbᵢ` in doubles, in eight sums at a time, for where speed is the point.
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
