//! Covariance matrices, validated on construction; errors name the invalid entry.

use super::cholesky::Cholesky;
use crate::error::EntryError;

/// The largest variance, the square of [`crate::MAX_MAGNITUDE`].
pub const MAX_VARIANCE: f64 = 1e30;
/// The largest number of dimensions: a full matrix of this size takes 800 MB.
pub const MAX_DIMENSION: usize = 10_000;
/// How far two entries that should be equal may differ, in units of the square root of the product of their
/// variances: the rounding error left by an inversion or multiplication, up to a condition number of about 1e8.
const ASYMMETRY: f64 = 1e-8;
/// How far rounding may move a correlation beyond ±1.
const ROUNDING: f64 = 1e-13;

/// Checks that a vector has at least one entry, and that its entries are finite and up to `largest` in magnitude.
pub(crate) fn check_vector(name: &str, entries: &[f64], largest: f64) -> Result<(), EntryError> {
    if !(1..=MAX_DIMENSION).contains(&entries.len()) {
        let expected = format!("from 1 to {MAX_DIMENSION} entries");
        return Err(EntryError::new(format!("length of {name}"), entries.len(), expected));
    }
    for (i, &v) in entries.iter().enumerate() {
        if !v.is_finite() || v.abs() > largest {
            let expected = format!("a number from -{largest:e} to {largest:e}");
            return Err(EntryError::new(format!("{name}[{i}]"), v, expected));
        }
    }
    Ok(())
}

/// A covariance matrix, of data in units whose squares are those of its entries. It is positive semi-definite to
/// rounding; whether it is positive definite is checked where that matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance(Shape);

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Scalar(f64),
    Diagonal(Vec<f64>),
    Full(Vec<Vec<f64>>),
}

impl Covariance {
    /// Returns the full matrix with these entries, even if it is diagonal.
    fn from_entries(d: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let row = |i| (0..d).map(|j| entry(i, j)).collect();
        Self(Shape::Full((0..d).map(row).collect()))
    }

    /// Returns the rows of a full matrix; `None` for a scalar or diagonal one.
    #[must_use]
    pub fn rows(&self) -> Option<&[Vec<f64>]> {
        match &self.0 {
            Shape::Full(rows) => Some(rows),
            _ => None,
        }
    }

    /// Creates variance·I, which fits any number of dimensions; `variance` is from 0 to 1e30.
    pub fn scalar(variance: f64) -> Result<Self, EntryError> {
        check_variance("variance".to_owned(), variance)?;
        Ok(Self(Shape::Scalar(variance)))
    }

    /// Creates the covariance of independent coordinates with these variances, each from 0 to 1e30.
    pub fn diagonal(variances: Vec<f64>) -> Result<Self, EntryError> {
        check_vector("variances", &variances, MAX_VARIANCE)?;
        for (i, &v) in variances.iter().enumerate() {
            check_variance(format!("variances[{i}]"), v)?;
        }
        Ok(Self(Shape::Diagonal(variances)))
    }

    /// Creates a full matrix from its rows, which must be square, symmetric to rounding (1e-8 of the standard
    /// deviations; the two halves are averaged, see [`symmetrise`]), and positive semi-definite to rounding.
    pub fn full(rows: &[Vec<f64>]) -> Result<Self, EntryError> {
        let d = rows.len();
        if !(1..=MAX_DIMENSION).contains(&d) {
            let expected = format!("from 1 to {MAX_DIMENSION} rows");
            return Err(EntryError::new("rows of covariance", d, expected));
        }
        for (i, row) in rows.iter().enumerate() {
            if row.len() != d {
                let name = format!("length of covariance[{i}]");
                return Err(EntryError::new(name, row.len(), format!("{d}, as many as rows")));
            }
            check_vector(&format!("covariance[{i}]"), row, MAX_VARIANCE)?;
            check_variance(format!("covariance[{i}][{i}]"), row[i])?;
        }
        for i in 0..d {
            for j in 0..i {
                let (a, b) = (rows[i][j], rows[j][i]);
                let scale = rows[i][i].sqrt() * rows[j][j].sqrt();
                let name = format!("covariance[{i}][{j}]");
                if (a - b).abs() > ASYMMETRY * scale.max(a.abs()) {
                    let expected = format!("{b:?}, as covariance[{j}][{i}]: it is symmetric");
                    return Err(EntryError::new(name, format!("{a:?}"), expected));
                }
                if a.abs() > scale * (1.0 + ROUNDING) {
                    let expected = format!("at most {scale:e} in magnitude, as the variances say");
                    return Err(EntryError::new(name, format!("{a:?}"), expected));
                }
            }
        }
        let found = Self::from_entries(d, |i, j| {
            if i == j { rows[i][i] } else { 0.5 * rows[i][j] + 0.5 * rows[j][i] }
        });
        found.check_semidefinite()?;
        Ok(found)
    }

    /// Creates the covariance 0.
    #[must_use]
    pub fn zero() -> Self {
        Self(Shape::Scalar(0.0))
    }

    /// Returns the number of dimensions; `None` for a scalar, which fits any.
    #[must_use]
    pub fn dimension(&self) -> Option<usize> {
        match &self.0 {
            Shape::Scalar(_) => None,
            Shape::Diagonal(v) => Some(v.len()),
            Shape::Full(m) => Some(m.len()),
        }
    }

    /// Returns the entry in this row and column.
    #[must_use]
    pub fn entry(&self, row: usize, column: usize) -> f64 {
        match &self.0 {
            Shape::Full(m) => m[row][column],
            _ if row != column => 0.0,
            Shape::Scalar(v) => *v,
            Shape::Diagonal(v) => v[row],
        }
    }

    /// Returns the variances if the matrix is scalar or diagonal, and `None` otherwise.
    #[must_use]
    pub fn variances(&self, dimension: usize) -> Option<Vec<f64>> {
        match &self.0 {
            Shape::Scalar(v) => Some(vec![*v; dimension]),
            Shape::Diagonal(v) => Some(v.clone()),
            Shape::Full(_) => None,
        }
    }

    /// Returns the sum of two covariances of the same dimension.
    #[must_use]
    pub fn plus(&self, other: &Self, dimension: usize) -> Self {
        match (&self.0, &other.0) {
            (Shape::Scalar(a), Shape::Scalar(b)) => Self(Shape::Scalar(a + b)),
            (Shape::Full(_), _) | (_, Shape::Full(_)) => {
                Self::from_entries(dimension, |i, j| self.entry(i, j) + other.entry(i, j))
            }
            _ => {
                let entry = |i| self.entry(i, i) + other.entry(i, i);
                Self(Shape::Diagonal((0..dimension).map(entry).collect()))
            }
        }
    }

    /// Returns factor·C, for a factor ≥ 0.
    pub(crate) fn times_number(&self, factor: f64) -> Self {
        Self(match &self.0 {
            Shape::Scalar(v) => Shape::Scalar(factor * v),
            Shape::Diagonal(v) => Shape::Diagonal(v.iter().map(|v| factor * v).collect()),
            Shape::Full(m) => {
                let row = |row: &Vec<f64>| row.iter().map(|v| factor * v).collect();
                Shape::Full(m.iter().map(row).collect())
            }
        })
    }

    /// Creates direction·directionᵀ/divisor.
    #[must_use]
    pub fn rank_one(direction: &[f64], divisor: f64) -> Self {
        let d = direction.len();
        let entry = |i, j| direction[i] * (direction[j] / divisor);
        // One half mirrors the other, so that rounding does not make them differ.
        Self::from_entries(d, |i, j| entry(i.max(j), i.min(j)))
    }

    /// Returns the largest variance.
    #[must_use]
    pub fn largest(&self) -> f64 {
        match &self.0 {
            Shape::Scalar(v) => *v,
            Shape::Diagonal(v) => v.iter().copied().fold(0.0, f64::max),
            Shape::Full(m) => (0..m.len()).map(|i| m[i][i]).fold(0.0, f64::max),
        }
    }

    /// Checks that a full matrix is semi-definite to rounding: that adding a ridge as small as rounding makes it
    /// definite.
    fn check_semidefinite(&self) -> Result<(), EntryError> {
        let Shape::Full(m) = &self.0 else { return Ok(()) };
        let ridge = 8.0 * m.len() as f64 * f64::EPSILON * self.largest();
        if ridge == 0.0 {
            return Ok(()); // every entry is 0, as |entry| ≤ √(product of variances) was checked
        }
        Cholesky::new(m.len(), |i, j| m[i][j], ridge, 0.0).map(|_| ()).map_err(|pivot| {
            let i = pivot.index;
            EntryError::new(
                format!("pivot {i} of covariance"),
                format!("{:e}", pivot.value - ridge),
                format!("0 or more (coordinate {i} given those before it has a variance below 0)"),
            )
        })
    }

    /// Factors the matrix for solving linear equations. Fails if it is not positive definite, or so nearly singular
    /// that no digit of a solution could be trusted.
    pub fn factor(&self, name: &str) -> Result<Definite, EntryError> {
        let positive = |i: usize, v: f64| {
            let expected = "a variance above 0";
            if v > 0.0 {
                Ok(())
            } else {
                Err(EntryError::new(format!("{name}[{i}][{i}]"), v, expected))
            }
        };
        match &self.0 {
            Shape::Scalar(v) => positive(0, *v).map(|()| Definite::Scalar(*v)),
            Shape::Diagonal(v) => {
                v.iter().enumerate().try_for_each(|(i, &v)| positive(i, v))?;
                Ok(Definite::Diagonal(v.clone()))
            }
            Shape::Full(m) => {
                (0..m.len()).try_for_each(|i| positive(i, m[i][i]))?;
                let least = 8.0 * m.len() as f64 * f64::EPSILON;
                Cholesky::new(m.len(), |i, j| m[i][j], 0.0, least).map(Definite::Full).map_err(|pivot| {
                    let i = pivot.index;
                    let limit = least * m[i][i];
                    let why = format!(
                        "above {limit:e}: to rounding, coordinate {i} is a combination of those before it"
                    );
                    let value = format!("{:e}", pivot.value);
                    EntryError::new(format!("pivot {i} of {name}"), value, why)
                })
            }
        }
    }
}

/// Averages the two halves of a square matrix where they differ by no more than rounding, and returns their largest
/// difference, in units of the square root of the product of the two variances. Returns `None` if nothing was averaged or
/// `rows` is not square. Entries that differ by more are left unchanged, for [`Covariance::full`] to reject.
pub fn symmetrise(rows: &mut [Vec<f64>]) -> Option<f64> {
    let d = rows.len();
    if rows.iter().any(|row| row.len() != d) {
        return None;
    }
    let mut largest = None;
    for i in 0..d {
        for j in 0..i {
            let (a, b) = (rows[i][j], rows[j][i]);
            let scale = (rows[i][i].sqrt() * rows[j][j].sqrt()).max(a.abs());
            let apart = (a - b).abs();
            if a != b && apart <= ASYMMETRY * scale {
                let mean = 0.5 * a + 0.5 * b;
                (rows[i][j], rows[j][i]) = (mean, mean);
                largest = Some(f64::max(largest.unwrap_or(0.0), apart / scale));
            }
        }
    }
    largest
}

fn check_variance(name: String, value: f64) -> Result<(), EntryError> {
    if (0.0..=MAX_VARIANCE).contains(&value) {
        return Ok(());
    }
    Err(EntryError::new(name, value, format!("a variance from 0 to {MAX_VARIANCE:e}")))
}

/// A positive definite matrix, factored for solving linear equations.
#[derive(Debug, Clone, PartialEq)]
pub enum Definite {
    /// The variance of every coordinate, all equal.
    Scalar(f64),
    /// The variance of each coordinate.
    Diagonal(Vec<f64>),
    /// The factor of a full matrix.
    Full(Cholesky),
}

impl Definite {
    /// Returns C⁻¹b.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        match self {
            Self::Scalar(v) => b.iter().map(|b| b / v).collect(),
            Self::Diagonal(v) => b.iter().zip(v).map(|(b, v)| b / v).collect(),
            Self::Full(factor) => factor.solve(b),
        }
    }

    /// Returns `bᵀC⁻¹b`.
    #[must_use]
    pub fn inverse_quadratic(&self, b: &[f64]) -> f64 {
        match self {
            Self::Scalar(v) => b.iter().map(|b| b * b / v).sum(),
            Self::Diagonal(v) => b.iter().zip(v).map(|(b, v)| b * b / v).sum(),
            Self::Full(factor) => factor.forward(b).iter().map(|x| x * x).sum(),
        }
    }
}
