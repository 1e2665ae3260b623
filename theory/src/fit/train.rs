//! The fitted task and its classifier, from training rows.

use task::Norm;
use task::fit::Shrinkage;
use task::linear::fast_dot;

use super::factor::Factor;
use super::ladder::Law;
use super::pooled::{Class, mean, moments};
use super::shrink::{shrink, weight};
use crate::linear::Length;

/// Rows of numbers, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f64],
    columns: usize,
}

impl<'a> Matrix<'a> {
    /// Rows of so many columns each; `None` where the values are not a whole number of rows, or are none.
    #[must_use]
    pub fn new(values: &'a [f64], columns: usize) -> Option<Self> {
        let whole = columns > 0 && !values.is_empty() && values.len().is_multiple_of(columns);
        whole.then_some(Self { values, columns })
    }

    /// How many columns there are.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// A row, from 0.
    #[must_use]
    pub fn row(&self, index: usize) -> &'a [f64] {
        &self.values[index * self.columns..][..self.columns]
    }
}

/// Why rows give no task.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Without shrinkage every column has to vary within the classes.
    #[error("column {0} (from 0) is constant within each class")]
    Constant(usize),
    /// To rounding, a column is a combination of those before it.
    #[error("column {0} (from 0) is a combination of those before it, to rounding")]
    Singular(usize),
    /// No column varies within the classes.
    #[error("no column varies within the classes")]
    NoSpread,
    /// There is nothing to tell the classes apart.
    #[error("both classes have the same mean")]
    SameMeans,
    /// Weights are not finite.
    #[error("the numbers are too small or too large for doubles")]
    Range,
}

/// The task of some features, and the classifier sgn(w·x + b) that is best for it.
#[derive(Debug, Clone)]
pub struct Fitted {
    centre: Vec<f64>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
    weights: Vec<f64>,
    shrinkage: f64,
}

/// A pivot that is at most this, in units of the spacing of doubles and of d, is rounding.
const ROUNDING: f64 = 8.0;

/// Fits the task to the training rows of the classes −1 and +1, each with at least one row.
pub fn fit(
    data: &Matrix<'_>,
    classes: [&[usize]; 2],
    shrinkage: Shrinkage,
) -> Result<Fitted, FitError> {
    let d = data.columns();
    let [minus, plus] = classes.map(|rows| mean(data, rows));
    let pooled = [(classes[0], &minus), (classes[1], &plus)];
    let found = moments(data, &pooled.map(|(rows, mean)| Class { rows, mean }));
    let variance = |i: usize| found.covariance[i * (d + 1)];
    if (0..d).all(|i| variance(i) == 0.0) {
        return Err(FitError::NoSpread);
    }
    // Beyond, squares of what is estimated leave the range of doubles.
    let usual = |v: f64| v == 0.0 || (1e-200..=1e100).contains(&v);
    if !(0..d).all(|i| usual(variance(i))) {
        return Err(FitError::Range);
    }
    let weight = weight(&found, shrinkage);
    if weight == 0.0
        && let Some(constant) = (0..d).find(|i| variance(*i) == 0.0)
    {
        return Err(FitError::Constant(constant));
    }
    let covariance = shrink(found, weight);
    let (centre, mean): (Vec<f64>, Vec<f64>) = minus
        .iter()
        .zip(&plus)
        .map(|(minus, plus)| (0.5 * minus + 0.5 * plus, 0.5 * plus - 0.5 * minus))
        .unzip();
    if mean.iter().all(|m| *m == 0.0) {
        return Err(FitError::SameMeans);
    }
    let least = ROUNDING * d as f64 * f64::EPSILON;
    let factor = Factor::new(d, covariance.clone(), least)
        .map_err(|pivot| FitError::Singular(pivot.index))?;
    let weights = factor.solve(&mean);
    let fitted = Fitted { centre, mean, covariance, weights, shrinkage: weight };
    let Law { mean, std } = fitted.law(Norm::TWO);
    let usual = fitted.weights.iter().all(|w| w.is_finite()) && mean.is_finite() && std.is_normal();
    if usual { Ok(fitted) } else { Err(FitError::Range) }
}

impl Fitted {
    /// (m₊ + m₋)/2.
    #[must_use]
    pub fn centre(&self) -> &[f64] {
        &self.centre
    }

    /// μ = (m₊ − m₋)/2: the mean of a row of class +1, from the centre.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Σ̂ by rows, d × d.
    #[must_use]
    pub fn covariance(&self) -> &[f64] {
        &self.covariance
    }

    /// w = Σ̂⁻¹μ.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The weight s of the identity.
    #[must_use]
    pub fn shrinkage(&self) -> f64 {
        self.shrinkage
    }

    /// The distance of a row of class `sign` from the boundary in this norm, negative where it is misclassified.
    #[must_use]
    pub fn margin(&self, row: &[f64], sign: f64, length: f64) -> f64 {
        let mut sums = [0.0; 8];
        let mut entries = row.iter().zip(&self.centre).zip(&self.weights);
        for i in (0..8).cycle() {
            let Some(((x, centre), weight)) = entries.next() else { break };
            sums[i] += (x - centre) * weight;
        }
        sign * sums.iter().sum::<f64>() / length
    }

    /// ‖w‖_q: what a move of length 1 in the norm can change of w·x.
    #[must_use]
    pub fn length(&self, norm: Norm) -> f64 {
        norm.dual().of(&self.weights)
    }

    /// What noise of standard deviation 1 on every coordinate does to a margin in this norm: ‖w‖₂/‖w‖_q.
    #[must_use]
    pub fn noise(&self, norm: Norm) -> f64 {
        self.length(Norm::TWO) / self.length(norm)
    }

    /// The law of a margin as the fitted task has it.
    #[must_use]
    pub fn law(&self, norm: Norm) -> Law {
        // Σ̂w = μ, so that w·μ is wᵀΣ̂w, too.
        let square = fast_dot(&self.weights, &self.mean);
        let length = self.length(norm);
        Law { mean: square / length, std: square.sqrt() / length }
    }
}
