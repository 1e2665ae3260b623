//! The findings about training, voting and the robust optimum, besides the rows.

use serde::Serialize;
use task::Eps;
use task::linear::Covariance;
use task::linear::Rule;
use task::{EntryError, Norm};
use theory::linear::{
    Enclosure, RobustOptimum, Unit as _, angle, bayes, budget_of_noise, matching_noise, trained,
    vote_restores_bayes,
};

use super::Linear;
use super::file::MAX_WRITTEN;
use super::problem::{Problem, subscript};
use crate::experiment::Findings;

/// The largest number of dimensions for which vectors are shown.
const MAX_SHOWN: usize = MAX_WRITTEN;

/// The findings for a grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Found {
    /// The findings on training, one per sigma.
    pub training: Vec<TrainingFinding>,
    /// The findings on the robust optimum, one per ε; none if the stage is not asked for.
    pub optima: Vec<OptimumFinding>,
}

/// The result of training with noise of one sigma.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingFinding {
    /// The factor of θ − E\[θ\].
    pub sigma: f64,
    /// The angle between the weights with and without noise, in degrees; null if one of the classifiers is a constant.
    pub weights_angle_degrees: Option<f64>,
    /// The same angle in the metric of the data's covariance, in degrees: its cosine is the correlation of the two
    /// margins given the class.
    pub angle_degrees: f64,
    /// Whether voting returns to the undefended classifier as the number of votes grows: whether the angle is 0 to
    /// rounding and, if the classes are not equally frequent, so is the difference of the weights.
    pub vote_restores_undefended: bool,
    /// The ε at which voting tends to the ℓ2-robust optimum as the number of votes grows. For isotropic noise and an
    /// ℓ2 adversary; null otherwise.
    pub optimal_at_eps: Option<f64>,
}

/// The robust optimum at one ε.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptimumFinding {
    /// The budget.
    pub eps: f64,
    /// The largest adversarial accuracy of any classifier is at least this …
    pub accuracy_low: f64,
    /// … and at most this.
    pub accuracy_high: f64,
    /// Half the distance of the attacked classes, in units of their spread: at least …
    pub distance_low: f64,
    /// … and at most.
    pub distance_high: f64,
    /// The method that found it.
    pub method: &'static str,
    /// Whether the adversary can make the classes indistinguishable, so that a constant classifier is optimal.
    pub constant: bool,
    /// z*: the adversary moves every x of class y by −y·z*. Null above 50 dimensions.
    pub shift: Option<Vec<f64>>,
    /// The variances of independent noise with which training, as the number of votes grows, leads to the optimum;
    /// null if one would have to be infinite, if a constant is optimal, and above 50 dimensions.
    pub matching_variances: Option<Vec<f64>>,
}

/// Returns the findings for a grid: for a reader those of the σ and the ε nearest to 1 and ½, and for the record all
/// of them.
pub(super) fn of(grid: &Linear) -> Result<Findings, EntryError> {
    let found = found(grid)?;
    let eps: Vec<f64> = grid.eps().iter().map(|eps| eps.get()).collect();
    let (sigma, eps) = (usual(grid.sigmas(), 1.0), usual(&eps, 0.5));
    Ok(Findings {
        lines: found.lines(grid.norm(), sigma, eps),
        record: serde_json::to_value(&found).unwrap_or_default(),
    })
}

/// Returns the index of the value nearest to the usual one.
fn usual(values: &[f64], usual: f64) -> usize {
    let far = |value: f64| (value - usual).abs();
    let nearest = values.iter().enumerate().min_by(|a, b| far(*a.1).total_cmp(&far(*b.1)));
    nearest.map_or(0, |(index, _)| index)
}

/// Computes the findings for a grid.
fn found(grid: &Linear) -> Result<Found, EntryError> {
    let training =
        grid.sigmas().iter().map(|&sigma| of_training(grid.problem(), grid.norm(), sigma));
    let optima = grid.eps().iter().zip(grid.optima());
    Ok(Found {
        training: training.collect::<Result<_, _>>()?,
        optima: optima.map(|(eps, optimum)| of_optimum(grid.problem(), *eps, optimum)).collect(),
    })
}

fn of_training(problem: &Problem, norm: Norm, sigma: f64) -> Result<TrainingFinding, EntryError> {
    let Problem { task, defense, .. } = problem;
    let defense = defense.scaled(sigma)?;
    let variances = variances(defense.covariance(), task.dimension());
    let [with, without] = [trained(task, &defense)?.unit(), bayes(task)?.unit()];
    let isotropic = variances.first().filter(|first| variances.iter().all(|v| v == *first));
    Ok(TrainingFinding {
        sigma,
        weights_angle_degrees: between(&with, &without).map(f64::to_degrees),
        angle_degrees: angle(task, &defense)?.to_degrees(),
        vote_restores_undefended: vote_restores_bayes(task, &defense, SAME_DIRECTION)?,
        optimal_at_eps: match isotropic {
            Some(variance) if norm == Norm::TWO => Some(budget_of_noise(task, *variance)?),
            _ => None,
        },
    })
}

/// Returns the variances of a covariance without correlations, in whatever form it was given; empty for others.
fn variances(covariance: &Covariance, dimension: usize) -> Vec<f64> {
    let Some(rows) = covariance.rows() else {
        return covariance.variances(dimension).unwrap_or_default();
    };
    let off =
        |(i, row): (usize, &Vec<f64>)| row.iter().enumerate().any(|(j, v)| i != j && *v != 0.0);
    if rows.iter().enumerate().any(off) {
        return Vec::new();
    }
    rows.iter().enumerate().map(|(i, row)| row[i]).collect()
}

/// Returns the angle between the normalised weights of two classifiers, in radians.
fn between(a: &Rule, b: &Rule) -> Option<f64> {
    let (Rule::Linear(a), Rule::Linear(b)) = (a, b) else { return None };
    // Computed from sums and differences, as the arc cosine has no digits near 0.
    let length = |sign: f64| -> f64 {
        let terms = a.weights().iter().zip(b.weights()).map(|(a, b)| (a + sign * b).powi(2));
        terms.sum::<f64>().sqrt()
    };
    Some(2.0 * length(-1.0).atan2(length(1.0)))
}

/// The angle, in radians, up to which two directions are considered the same.
const SAME_DIRECTION: f64 = 1e-9;

fn of_optimum(problem: &Problem, eps: Eps, optimum: &RobustOptimum) -> OptimumFinding {
    let shown = problem.task.dimension() <= MAX_SHOWN;
    let Enclosure { lower, upper } = optimum.accuracy;
    let data_std = matching_noise(&problem.task, optimum).map(|data_std| data_std.diagonal);
    OptimumFinding {
        eps: eps.get(),
        accuracy_low: lower,
        accuracy_high: upper,
        distance_low: optimum.distance.lower,
        distance_high: optimum.distance.upper,
        method: optimum.method.name(),
        constant: matches!(optimum.rule, Rule::Constant(_)),
        shift: shown.then(|| optimum.shift.clone()),
        matching_variances: data_std.filter(|v| shown && v.iter().all(|v| v.is_finite())),
    }
}

impl Found {
    /// Returns the findings in words, for the sigma and the ε at these indices.
    #[must_use]
    fn lines(&self, norm: Norm, sigma: usize, eps: usize) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(optimum) = self.optima.get(eps) {
            lines.push(optimum.line(norm));
            lines.extend(optimum.noise_line());
        }
        lines.extend(self.training.get(sigma).map(TrainingFinding::line));
        lines
    }
}

impl OptimumFinding {
    fn line(&self, norm: Norm) -> String {
        let Self { eps, accuracy_low, accuracy_high, method, .. } = self;
        let width = accuracy_high - accuracy_low;
        let what = if self.constant {
            "a constant classifier, as the adversary can make the classes one,"
        } else {
            "a linear classifier"
        };
        format!(
            "The best there is against ε = {eps} in ℓ{}: {what} with adversarial accuracy {:.12} \
             (method: {method}; enclosed within {width:.0e})",
            subscript(norm),
            0.5 * (accuracy_low + accuracy_high),
        )
    }

    /// Returns a line on the noise that leads to the optimum.
    fn noise_line(&self) -> Option<String> {
        let variances = self.matching_variances.as_ref().filter(|v| v.len() <= 8)?;
        let numbers: Vec<String> = variances.iter().map(|v| short(*v)).collect();
        let of_all = variances.iter().all(|v| *v == 0.0);
        (!of_all).then(|| {
            format!(
                "Training with independent noise of variances {}, and many votes, leads there",
                numbers.join(", ")
            )
        })
    }
}

impl TrainingFinding {
    fn line(&self) -> String {
        let Self { sigma, angle_degrees, .. } = self;
        if self.vote_restores_undefended {
            return format!(
                "Training with σ = {sigma} keeps the direction of the weights (within 1e-9 rad): voting returns to \
                 undefended"
            );
        }
        let reached = self.optimal_at_eps.map_or_else(String::new, |eps| {
            format!("; with ever more votes it is the robust optimum at ε = {}", short(eps))
        });
        if *angle_degrees <= SAME_DIRECTION.to_degrees() {
            return format!(
                "Training with σ = {sigma} keeps the direction of the weights (within 1e-9 rad), but not their size beside the bias of \
                 unequal classes: voting does not return to undefended{reached}"
            );
        }
        let seen = short(*angle_degrees);
        let angle = match self.weights_angle_degrees {
            Some(angle) => format!("{}° ({seen}° in the metric of the covariance)", short(angle)),
            None => format!("{seen}° in the metric of the covariance"),
        };
        format!(
            "Training with σ = {sigma} turns the weights by {angle}: voting does not return to undefended{reached}"
        )
    }
}

/// Formats a number with six digits, without trailing zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.6}");
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{value:.3e}");
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
