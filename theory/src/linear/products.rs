//! Products with covariances in double-double, and solutions of equations with them.

use super::dots::{dot, largest, weighted_square};
use crate::math::double::Dd;
use nalgebra::DMatrix;
use task::EntryError;
use task::linear::{Covariance, Definite, LinearDefense, LinearTask, Rule};

/// Products with a covariance C.
pub(crate) trait Products {
    /// Returns `wᵀCw`, in double-double.
    fn quadratic(&self, w: &[f64]) -> Dd;

    /// Returns C·w, each entry rounded once from double-double.
    fn times(&self, w: &[f64]) -> Vec<Dd>;

    /// Returns the covariance as a full matrix.
    fn matrix(&self, dimension: usize) -> DMatrix<f64>;
}

impl Products for Covariance {
    fn quadratic(&self, w: &[f64]) -> Dd {
        if let Some(rows) = self.rows() {
            // The matrix is symmetric, so a row is a column.
            return rows
                .iter()
                .zip(w)
                .fold(Dd::ZERO, |sum, (row, &w_j)| sum + dot(row, w) * Dd::from(w_j));
        }
        match self.dimension() {
            None => dot(w, w) * Dd::from(self.entry(0, 0)),
            Some(d) => weighted_square(w, &self.variances(d).unwrap_or_default()),
        }
    }

    fn times(&self, w: &[f64]) -> Vec<Dd> {
        if let Some(rows) = self.rows() {
            return rows.iter().map(|row| dot(row, w)).collect();
        }
        w.iter().enumerate().map(|(i, w)| Dd::two_prod(self.entry(i, i), *w)).collect()
    }

    fn matrix(&self, dimension: usize) -> DMatrix<f64> {
        DMatrix::from_fn(dimension, dimension, |i, j| self.entry(i, j))
    }
}

/// The parameters of the Bayes classifier of a task.
pub trait BayesWeights {
    /// Returns ½·ln(prior/(1 − prior)), the bias of the best classifier with the weights Σ⁻¹·mean.
    #[must_use]
    fn prior_bias(&self) -> f64;

    /// Returns Σ⁻¹·mean, accurate to all digits.
    #[must_use]
    fn bayes_weights(&self) -> Vec<f64>;
}

impl BayesWeights for LinearTask {
    fn prior_bias(&self) -> f64 {
        0.5 * (self.prior().get() / self.prior().other()).ln()
    }

    fn bayes_weights(&self) -> Vec<f64> {
        solve_sum(&[self.covariance()], self.definite(), self.mean())
    }
}

/// Returns the best constant rule.
pub(crate) fn best_constant(task: &LinearTask) -> Rule {
    Rule::Constant(if task.prior().get() >= 0.5 { 1 } else { -1 })
}

/// Fails if a defense and the data differ in their number of dimensions.
pub(crate) fn check_defense(task: &LinearTask, defense: &LinearDefense) -> Result<(), EntryError> {
    let (d, found) = (task.dimension(), defense.mean().len());
    if d == found {
        return Ok(());
    }
    Err(EntryError::new("length of shift", found, format!("{d}, as the mean of the data has")))
}

/// Returns (Σ of `parts`)⁻¹b accurate to all digits, using `factor` of the sum: the residual is computed in
/// double-double from the parts, so that neither the rounding of their sum nor its condition number, up to about
/// 1e14, loses digits.
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
