//! The learned thresholds, evaluated exactly and summarised over the repetitions.

use engine::training::Failure;
use engine::training::sampler::Learned;
use engine::training::study::{Method, Outcome};
use rayon::prelude::*;
use task::spec::SpecError;
use task::{Defense, Eps, MAX_MAGNITUDE, Margin, Task, Votes};
use theory::accuracy::Profile;
use theory::invariance::invariance;
use theory::learning::{logistic_spread, zero_one_spread};
use theory::math::quadrature::sum;

use super::rows::Found;

/// The mean, the standard deviation and three quantiles of some values; empty if there are none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Summary {
    mean: Option<f64>,
    sd: Option<f64>,
    quantiles: [Option<f64>; 3],
}

impl Summary {
    fn of(values: &[f64]) -> Self {
        let Some(&first) = values.first() else {
            return Self::default();
        };
        let n = values.len() as f64;
        // Relative to the first value, so that equal values have a spread of exactly 0.
        let centre = first + sum(values.iter().map(|value| value - first)) / n;
        let squares = sum(values.iter().map(|value| (value - centre) * (value - centre)));
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let quantile = |p: f64| {
            let place = p * (n - 1.0);
            let (low, share) = (place.floor() as usize, place.fract());
            let (low, high) = (sorted[low], sorted[(low + 1).min(sorted.len() - 1)]);
            if low == high { low } else { low + share * (high - low) }
        };
        Self {
            mean: Some(centre),
            sd: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
            quantiles: [0.05, 0.5, 0.95].map(|p| Some(quantile(p))),
        }
    }
}

/// The metrics of a threshold.
struct Worth {
    clean: f64,
    invariance: f64,
    /// A(ε) and A(ε)/A(0) of each ε.
    attacked: Vec<(f64, f64)>,
}

/// Returns the results for an outcome, one entry for each ε.
pub(super) fn found(
    task: &Task,
    outcome: &Outcome,
    learned: &Learned,
    eps: &[Eps],
) -> Result<Vec<Found>, SpecError> {
    let Outcome { method, defense, size, .. } = outcome;
    let Learned { thresholds, minimisers } = learned;
    let learned: Vec<f64> = thresholds.iter().filter_map(|found| found.ok()).collect();
    let worth = learned
        .par_iter()
        .map(|k| {
            let offset = (defense.shift() - k).clamp(-MAX_MAGNITUDE, MAX_MAGNITUDE);
            let margin = Margin::new(*task, offset, defense.sigma(), Votes::ONE)?;
            let profile = Profile::new(&margin);
            let attacked = |&eps: &Eps| {
                let found = profile.at(eps);
                (found.adversarial.value, found.robust.value)
            };
            Ok(Worth {
                clean: profile.clean().value,
                invariance: invariance(&margin).value,
                attacked: eps.iter().map(attacked).collect(),
            })
        })
        .collect::<Result<Vec<Worth>, SpecError>>()?;
    let summary =
        |of: &dyn Fn(&Worth) -> f64| Summary::of(&worth.iter().map(of).collect::<Vec<f64>>());
    let failed = |why| thresholds.iter().filter(|found| **found == Err(why)).count();
    let mean_of = |values: Vec<f64>| Summary::of(&values).mean;
    let threshold = Summary::of(&learned);
    let (clean, invariant) = (summary(&|worth| worth.clean), summary(&|worth| worth.invariance));
    let row = |index: usize| {
        let adversarial = summary(&|worth| worth.attacked[index].0);
        let robust = summary(&|worth| worth.attacked[index].1);
        Found {
            repetitions: thresholds.len(),
            learned: learned.len(),
            constant: failed(Failure::Constant),
            separable: failed(Failure::Separable),
            reversed: failed(Failure::Reversed),
            diverged: failed(Failure::Diverged),
            threshold_mean: threshold.mean,
            threshold_sd: threshold.sd,
            threshold_q05: threshold.quantiles[0],
            threshold_q50: threshold.quantiles[1],
            threshold_q95: threshold.quantiles[2],
            asymptotic_sd: asymptotic_sd(*method, task, defense, *size),
            clean_accuracy_mean: clean.mean,
            clean_accuracy_sd: clean.sd,
            clean_accuracy_q05: clean.quantiles[0],
            clean_accuracy_q50: clean.quantiles[1],
            clean_accuracy_q95: clean.quantiles[2],
            adversarial_accuracy_mean: adversarial.mean,
            adversarial_accuracy_sd: adversarial.sd,
            adversarial_accuracy_q05: adversarial.quantiles[0],
            adversarial_accuracy_q50: adversarial.quantiles[1],
            adversarial_accuracy_q95: adversarial.quantiles[2],
            robust_accuracy_mean: robust.mean,
            robust_accuracy_sd: robust.sd,
            robust_accuracy_q05: robust.quantiles[0],
            robust_accuracy_q50: robust.quantiles[1],
            robust_accuracy_q95: robust.quantiles[2],
            invariance_mean: invariant.mean,
            invariance_sd: invariant.sd,
            invariance_q05: invariant.quantiles[0],
            invariance_q50: invariant.quantiles[1],
            invariance_q95: invariant.quantiles[2],
            minimisers: mean_of(minimisers.iter().map(|(count, _)| *count as f64).collect()),
            lowest_minimiser: mean_of(minimisers.iter().map(|(_, extent)| extent.low).collect()),
            highest_minimiser: mean_of(minimisers.iter().map(|(_, extent)| extent.high).collect()),
        }
    };
    Ok((0..eps.len()).map(row).collect())
}

/// Returns the standard deviation of k̂ by the limit law ([`theory::learning`]) at `size` examples, in units of x;
/// `None` for `sgd`, which depends on its learning rate and number of epochs.
#[must_use]
pub fn asymptotic_sd(method: Method, task: &Task, defense: &Defense, size: usize) -> Option<f64> {
    let n = size as f64;
    match method {
        Method::ZeroOne => Some(zero_one_spread(task, defense)? / libm::cbrt(n)),
        Method::Logistic => Some(logistic_spread(task, defense)? / n.sqrt()),
        Method::Sgd => None,
    }
}
