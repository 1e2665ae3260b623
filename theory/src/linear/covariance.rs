//! Covariance matrices, validated on construction: what is wrong is named by its entry.

use super::cholesky::Factor;
use super::dots::{dot, largest, weighted_square};
use crate::double::Dd;
use crate::task::DomainError;
use nalgebra::DMatrix;
use std::fmt::Display;

/// The largest variance, the square of [`crate::task::MAX_MAGNITUDE`].
pub const MAX_VARIANCE: f64 = 1e30;
/// The largest number of dimensions: a full matrix of that size has 800 MB.
pub const MAX_DIMENSION: usize = 10_000;
/// How far two entries that should be equal may differ, in units of the root of the two variances.
const ASYMMETRY: f64 = 1e-13;

/// A vector or matrix entry outside the domain. The message names the entry (indices count from 0),
/// the value and what would be right.
///
/// ```
/// use gauss_sim_theory::linear::Covariance;
///
/// let error = Covariance::full(&[vec![1.0, 0.5], vec![0.25, 1.0]]).unwrap_err();
/// let message = "covariance[1][0] = 0.25 is not possible: 0.5, as covariance[0][1]: it is symmetric";
/// assert_eq!(error.to_string(), message);
/// let error = error.renamed("covariance", "defense.covariance"); // as a task file calls it
/// assert_eq!(error.name, "defense.covariance[1][0]");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value} is not possible: {expected}")]
pub struct EntryError {
    /// The entry, such as `mean[3]` or `covariance[2][5]`.
    pub name: String,
    /// The value that was given.
    pub value: String,
    /// What would be right.
    pub expected: String,
}

impl EntryError {
    pub(crate) fn new(
        name: impl Into<String>,
        value: impl Display,
        expected: impl Into<String>,
    ) -> Self {
        Self { name: name.into(), value: format!("{value}"), expected: expected.into() }
    }

    /// The same with another name for a vector or matrix, where it is a word of its own, and in `expected` where
    /// it has an index: `covariance[1][0]` renamed from `covariance` to `defense.covariance` is
    /// `defense.covariance[1][0]`.
    #[must_use]
    pub fn renamed(self, from: &str, to: &str) -> Self {
        let name = with_word(&self.name, from, to, |_| true);
        let expected = with_word(&self.expected, from, to, |after| after.starts_with('['));
        Self { name, expected, ..self }
    }
}

impl From<DomainError> for EntryError {
    fn from(error: DomainError) -> Self {
        Self { name: error.name.to_owned(), value: error.value, expected: error.expected }
    }
}

/// `text` with every `from` that is a word of its own, and that what comes after it says so of, made `to`.
fn with_word(text: &str, from: &str, to: &str, also: impl Fn(&str) -> bool) -> String {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let (mut done, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(from).filter(|_| !from.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let last = before.chars().next_back().or(done.chars().next_back());
        let whole = !last.is_some_and(part_of_word)
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            && also(after);
        done += before;
        done += if whole { to } else { from };
        rest = after;
    }
    done + rest
}

/// Checks the entries of a vector: finite and up to `largest` in magnitude, and at least one of them.
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

/// A covariance matrix: of the data, in units of x². Positive semi-definite to rounding; whether it is
/// positive definite is asked where that matters.
///
/// ```
/// use gauss_sim_theory::linear::{Covariance, MAX_DIMENSION, MAX_VARIANCE};
///
/// let [scalar, diagonal] = [Covariance::scalar(4.0)?, Covariance::diagonal(vec![1.0, 0.25])?];
/// let full = Covariance::full(&[vec![1.0, 0.5], vec![0.5, 1.0]])?;
/// assert_eq!((scalar.dimension(), full.dimension()), (None, Some(2)));
/// assert_eq!((scalar.entry(0, 0), scalar.entry(0, 1), full.entry(0, 1)), (4.0, 0.0, 0.5));
/// assert_eq!((diagonal.variances(2), full.variances(2)), (Some(vec![1.0, 0.25]), None));
/// assert_eq!(Covariance::zero(), Covariance::scalar(0.0)?);
/// assert!(Covariance::scalar(2.0 * MAX_VARIANCE).is_err());
/// assert!(Covariance::diagonal(vec![1.0; MAX_DIMENSION + 1]).is_err());
/// # Ok::<(), gauss_sim_theory::linear::EntryError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance(Shape);

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Scalar(f64),
    Diagonal(Vec<f64>),
    Full(DMatrix<f64>),
}

impl Covariance {
    /// variance·I, of any number of dimensions; `variance` from 0 to 1e30.
    pub fn scalar(variance: f64) -> Result<Self, EntryError> {
        check_variance("variance".to_owned(), variance)?;
        Ok(Self(Shape::Scalar(variance)))
    }

    /// Independent coordinates with these variances, each from 0 to 1e30.
    pub fn diagonal(variances: Vec<f64>) -> Result<Self, EntryError> {
        check_vector("variances", &variances, MAX_VARIANCE)?;
        for (i, &v) in variances.iter().enumerate() {
            check_variance(format!("variances[{i}]"), v)?;
        }
        Ok(Self(Shape::Diagonal(variances)))
    }

    /// A full matrix by its rows: square, symmetric to rounding (1e-13 of the standard deviations; the
    /// two halves are averaged), positive semi-definite to rounding.
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
                if a.abs() > scale * (1.0 + ASYMMETRY) {
                    let expected = format!("at most {scale:e} in magnitude, as the variances say");
                    return Err(EntryError::new(name, format!("{a:?}"), expected));
                }
            }
        }
        let matrix = DMatrix::from_fn(d, d, |i, j| {
            if i == j { rows[i][i] } else { 0.5 * rows[i][j] + 0.5 * rows[j][i] }
        });
        let found = Self(Shape::Full(matrix));
        found.check_semidefinite()?;
        Ok(found)
    }

    /// No spread at all.
    #[must_use]
    pub fn zero() -> Self {
        Self(Shape::Scalar(0.0))
    }

    /// How many dimensions it has; `None` where it has any.
    #[must_use]
    pub fn dimension(&self) -> Option<usize> {
        match &self.0 {
            Shape::Scalar(_) => None,
            Shape::Diagonal(v) => Some(v.len()),
            Shape::Full(m) => Some(m.nrows()),
        }
    }

    /// The entry in this row and column.
    #[must_use]
    pub fn entry(&self, row: usize, column: usize) -> f64 {
        match &self.0 {
            Shape::Full(m) => m[(row, column)],
            _ if row != column => 0.0,
            Shape::Scalar(v) => *v,
            Shape::Diagonal(v) => v[row],
        }
    }

    /// The variances, if the coordinates are independent.
    #[must_use]
    pub fn variances(&self, dimension: usize) -> Option<Vec<f64>> {
        match &self.0 {
            Shape::Scalar(v) => Some(vec![*v; dimension]),
            Shape::Diagonal(v) => Some(v.clone()),
            Shape::Full(_) => None,
        }
    }

    /// `wᵀCw`, in double-double.
    pub(crate) fn quadratic(&self, w: &[f64]) -> Dd {
        match &self.0 {
            Shape::Scalar(v) => dot(w, w) * Dd::from(*v),
            Shape::Diagonal(v) => weighted_square(w, v),
            Shape::Full(m) => m.column_iter().zip(w).fold(Dd::ZERO, |sum, (column, &w_j)| {
                sum + dot(column.as_slice(), w) * Dd::from(w_j)
            }),
        }
    }

    /// C·w, each entry rounded once from double-double.
    pub(crate) fn times(&self, w: &[f64]) -> Vec<Dd> {
        match &self.0 {
            Shape::Scalar(v) => w.iter().map(|w| Dd::two_prod(*v, *w)).collect(),
            Shape::Diagonal(v) => v.iter().zip(w).map(|(v, w)| Dd::two_prod(*v, *w)).collect(),
            // symmetric, so that a column is a row, and lies in one piece
            Shape::Full(m) => m.column_iter().map(|c| dot(c.as_slice(), w)).collect(),
        }
    }

    /// The sum of two of the same dimension.
    pub(crate) fn plus(&self, other: &Self, dimension: usize) -> Self {
        match (&self.0, &other.0) {
            (Shape::Scalar(a), Shape::Scalar(b)) => Self(Shape::Scalar(a + b)),
            (Shape::Full(_), _) | (_, Shape::Full(_)) => {
                Self(Shape::Full(self.matrix(dimension) + other.matrix(dimension)))
            }
            _ => {
                let entry = |i| self.entry(i, i) + other.entry(i, i);
                Self(Shape::Diagonal((0..dimension).map(entry).collect()))
            }
        }
    }

    /// factor·C, for a factor ≥ 0.
    pub(crate) fn times_number(&self, factor: f64) -> Self {
        Self(match &self.0 {
            Shape::Scalar(v) => Shape::Scalar(factor * v),
            Shape::Diagonal(v) => Shape::Diagonal(v.iter().map(|v| factor * v).collect()),
            Shape::Full(m) => Shape::Full(m * factor),
        })
    }

    /// direction·directionᵀ/divisor.
    pub(crate) fn rank_one(direction: &[f64], divisor: f64) -> Self {
        let d = direction.len();
        let entry = |i, j| direction[i] * (direction[j] / divisor);
        // one half mirrors the other, so that rounding does not tell them apart
        Self(Shape::Full(DMatrix::from_fn(d, d, |i, j| entry(i.max(j), i.min(j)))))
    }

    /// As a full matrix.
    pub(crate) fn matrix(&self, dimension: usize) -> DMatrix<f64> {
        match &self.0 {
            Shape::Full(m) => m.clone(),
            _ => DMatrix::from_fn(dimension, dimension, |i, j| self.entry(i, j)),
        }
    }

    /// The largest variance.
    pub(crate) fn largest(&self) -> f64 {
        match &self.0 {
            Shape::Scalar(v) => *v,
            Shape::Diagonal(v) => v.iter().copied().fold(0.0, f64::max),
            Shape::Full(m) => m.diagonal().iter().copied().fold(0.0, f64::max),
        }
    }

    /// A full matrix is semi-definite to rounding if a ridge as small as rounding makes it definite.
    fn check_semidefinite(&self) -> Result<(), EntryError> {
        let Shape::Full(m) = &self.0 else { return Ok(()) };
        let ridge = 8.0 * m.nrows() as f64 * f64::EPSILON * self.largest();
        if ridge == 0.0 {
            return Ok(()); // all of it is 0, as |entry| ≤ √(product of variances) was checked
        }
        Factor::new(m, ridge, 0.0).map(|_| ()).map_err(|pivot| {
            let i = pivot.index;
            EntryError::new(
                format!("pivot {i} of covariance"),
                format!("{:e}", pivot.value - ridge),
                format!("0 or more (coordinate {i} given those before it has a variance below 0)"),
            )
        })
    }

    /// What solves linear equations with it. Fails where it is not positive definite, or so nearly
    /// singular that no digit could be trusted.
    pub(crate) fn factor(&self, name: &str) -> Result<Definite, EntryError> {
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
                (0..m.nrows()).try_for_each(|i| positive(i, m[(i, i)]))?;
                let least = 8.0 * m.nrows() as f64 * f64::EPSILON;
                Factor::new(m, 0.0, least).map(Definite::Full).map_err(|pivot| {
                    let i = pivot.index;
                    let limit = least * m[(i, i)];
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

/// (Σ of `parts`)⁻¹b with all digits, by `factor` of the sum: the residual is formed in double-double from
/// the parts, so that neither rounding their sum nor its condition number, up to about 1e14, costs any.
pub(crate) fn solve_sum(parts: &[&Covariance], factor: &Definite, b: &[f64]) -> Vec<f64> {
    let mut x = factor.solve(b);
    if !matches!(factor, Definite::Full(_)) {
        return x;
    }
    for _ in 0..5 {
        let mut rest: Vec<Dd> = b.iter().map(|&b| Dd::from(b)).collect();
        for part in parts {
            rest.iter_mut().zip(part.times(&x)).for_each(|(r, p)| *r = *r - p);
        }
        let step = factor.solve(&rest.iter().map(|r| r.hi()).collect::<Vec<_>>());
        x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
        if largest(&step) <= f64::EPSILON * largest(&x) {
            break;
        }
    }
    x
}

fn check_variance(name: String, value: f64) -> Result<(), EntryError> {
    if (0.0..=MAX_VARIANCE).contains(&value) {
        return Ok(());
    }
    Err(EntryError::new(name, value, format!("a variance from 0 to {MAX_VARIANCE:e}")))
}

/// A positive definite matrix, ready to solve with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Definite {
    Scalar(f64),
    Diagonal(Vec<f64>),
    Full(Factor),
}

impl Definite {
    /// C⁻¹b.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        match self {
            Self::Scalar(v) => b.iter().map(|b| b / v).collect(),
            Self::Diagonal(v) => b.iter().zip(v).map(|(b, v)| b / v).collect(),
            Self::Full(factor) => factor.solve(b),
        }
    }

    /// `bᵀC⁻¹b`.
    pub(crate) fn inverse_quadratic(&self, b: &[f64]) -> f64 {
        match self {
            Self::Scalar(v) => b.iter().map(|b| b * b / v).sum(),
            Self::Diagonal(v) => b.iter().zip(v).map(|(b, v)| b * b / v).sum(),
            Self::Full(factor) => factor.forward(b).iter().map(|x| x * x).sum(),
        }
    }
}
