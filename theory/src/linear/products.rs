//! Products with covariances in double-double, and what is solved with them.

use super::dots::{dot, largest, weighted_square};
use crate::math::double::Dd;
use nalgebra::DMatrix;
use task::EntryError;
use task::linear::{Covariance, Definite, LinearDefense, LinearTask, Rule};

/// Products with a covariance C.
pub(crate) trait Products {
    /// `wᵀCw`, in double-double.
    fn quadratic(&self, w: &[f64]) -> Dd;

    /// C·w, each entry rounded once from double-double.
    fn times(&self, w: &[f64]) -> Vec<Dd>;

    /// As a full matrix.
    fn matrix(&self, dimension: usize) -> DMatrix<f64>;
}

impl Products for Covariance {
    fn quadratic(&self, w: &[f64]) -> Dd {
        if let Some(rows) = self.rows() {
            // symmetric, so that a row is a column
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

/// What the classes look like to the best classifier.
pub trait BayesWeights {
    /// ½·ln(prior/(1 − prior)): the bias of the best classifier whose weights are Σ⁻¹·mean.
    #[must_use]
    fn prior_bias(&self) -> f64;

    /// Σ⁻¹·mean, with all digits.
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

/// The constant that is best.
pub(crate) fn best_constant(task: &LinearTask) -> Rule {
    Rule::Constant(if task.prior().get() >= 0.5 { 1 } else { -1 })
}

/// Fails where a defense has another number of dimensions than the data.
pub(crate) fn check_defense(task: &LinearTask, defense: &LinearDefense) -> Result<(), EntryError> {
    let (d, found) = (task.dimension(), defense.mean().len());
    if d == found {
        return Ok(());
    }
    Err(EntryError::new("length of shift", found, format!("{d}, as the mean of the data has")))
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
