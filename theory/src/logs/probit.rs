//! The task that counts fit: the random-effects probit model by maximum likelihood.

use nalgebra::{Matrix3, Vector3};

use super::goodness::{Goodness, test};
use super::likelihood::{CountTable, Model, Parameters, RESOLUTION};
use crate::math::bounded::Bounded;
use crate::math::normal;

/// The fitted task: T ~ N(mean, data_std²) in units of sigma, moved by eps under attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// a, the mean of T.
    pub mean: f64,
    /// b, the standard deviation of T.
    pub data_std: f64,
    /// e, by which the attack moves T; below 0 where it helps.
    pub eps: f64,
    /// The standard errors of the three, from the expected information.
    pub standard_errors: [f64; 3],
    /// ln of the probability of the counts, without the multinomial coefficient; the error is that of the quadrature.
    pub log_likelihood: Bounded,
    /// What the counts say of the family.
    pub goodness: Option<Goodness>,
    /// How many samples are expected to have each number of right draws, on the clean and on the attacked input.
    pub expected: [Vec<f64>; 2],
}

/// Why there is no fit. Each message is one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// The likelihood has no maximum inside.
    #[error(
        "nearly all draws are right, or nearly all wrong: no normal law of the margin is the likeliest"
    )]
    Extreme,
    /// Several parameters say the same of such counts.
    #[error("the counts do not determine three parameters: log more draws of each sample")]
    Undetermined,
}

/// |a| and |e| are looked for up to this, in units of sigma.
const FARTHEST: f64 = 30.0;
/// b is looked for from here to there: below, samples do not differ; above, draws do not.
const SPREAD: std::ops::RangeInclusive<f64> = 1e-3..=30.0;
/// The derivatives at the maximum are this small, relative to their standard deviations.
const FLAT: f64 = 1e-7;
const MOST_STEPS: usize = 200;

/// Fits the task to counts.
pub fn fit(table: &CountTable) -> Result<Fit, FitError> {
    let samples = table.samples() as f64;
    let draws = table.draws();
    let mut at = start(table);
    let mut model = Model::new(draws, at, RESOLUTION);
    let (mut value, mut slope) = model.likelihood(table);
    for step in 0.. {
        let information = model.information() * samples;
        let inverse = inverse(&information).ok_or(FitError::Undetermined)?;
        let direction = inverse * slope;
        // The squared length of the step in standard errors.
        let gain = slope.dot(&direction);
        if gain < FLAT * FLAT {
            break;
        }
        if step == MOST_STEPS {
            return Err(FitError::Undetermined);
        }
        let mut length = 1.0;
        loop {
            let next = moved(at, direction * length);
            let tried = Model::new(draws, next, RESOLUTION);
            let (found, slopes) = tried.likelihood(table);
            if found > value || (found >= value - 1e-13 * value.abs() && gain < 1e-6) {
                (at, model, value, slope) = (next, tried, found, slopes);
                break;
            }
            length *= 0.5;
            if length < 1e-12 {
                // As high as rounding lets one see.
                return finish(table, at);
            }
        }
        if at.a.abs() >= FARTHEST || at.e.abs() >= FARTHEST {
            return Err(FitError::Extreme);
        }
    }
    finish(table, at)
}

fn finish(table: &CountTable, at: Parameters) -> Result<Fit, FitError> {
    if at.b >= *SPREAD.end() {
        return Err(FitError::Extreme);
    }
    // Twice as fine a rule says how far the other is off.
    let (coarse, _) = Model::new(table.draws(), at, RESOLUTION).likelihood(table);
    let model = Model::new(table.draws(), at, 2.0 * RESOLUTION);
    let (value, _) = model.likelihood(table);
    let error = (value - coarse).abs() + 1e-14 * value.abs();
    let information = model.information() * table.samples() as f64;
    let covariance = inverse(&information).ok_or(FitError::Undetermined)?;
    let samples = table.samples() as f64;
    let row_sums = model.cells.row_iter().map(|row| samples * row.sum()).collect();
    let column_sums = model.cells.column_iter().map(|column| samples * column.sum()).collect();
    Ok(Fit {
        mean: at.a,
        data_std: at.b,
        eps: at.e,
        standard_errors: [0, 1, 2].map(|i| covariance[(i, i)].sqrt()),
        log_likelihood: Bounded { value, error },
        goodness: test(table, &model),
        expected: [row_sums, column_sums],
    })
}

/// Where to begin: with b = 1, and the means of the counts.
fn start(table: &CountTable) -> Parameters {
    let least = 0.5 / (table.samples() as f64);
    let [clean, attacked] = table
        .means()
        .map(|mean| normal::quantile(mean.clamp(least, 1.0 - least)) * std::f64::consts::SQRT_2);
    Parameters { a: clean, b: 1.0, e: clean - attacked }
}

/// A step, within the region: b at most doubled or halved at once.
fn moved(at: Parameters, by: Vector3<f64>) -> Parameters {
    let b = (at.b + by[1]).clamp(0.5 * at.b, 2.0 * at.b).clamp(*SPREAD.start(), *SPREAD.end());
    let near = |from: f64, by: f64| (from + by.clamp(-2.0, 2.0)).clamp(-FARTHEST, FARTHEST);
    Parameters { a: near(at.a, by[0]), b, e: near(at.e, by[2]) }
}

/// The inverse of an information matrix, `None` where it is all but singular. Scaled first: its units differ.
fn inverse(information: &Matrix3<f64>) -> Option<Matrix3<f64>> {
    let scale = [0, 1, 2].map(|i| information[(i, i)].sqrt());
    if scale.iter().any(|scale| !(scale.is_finite() && *scale > 0.0)) {
        return None;
    }
    let scaled = Matrix3::from_fn(|i, j| information[(i, j)] / (scale[i] * scale[j]));
    let least = scaled.symmetric_eigenvalues().min();
    if least < 1e-10 {
        return None;
    }
    let inverse = scaled.cholesky()?.inverse();
    Some(Matrix3::from_fn(|i, j| inverse[(i, j)] / (scale[i] * scale[j])))
}
