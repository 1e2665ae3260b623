//! What training found as rows: one a method, sigma, size, epoch and ε.
//!
//! Each learnt threshold k̂ is judged exactly: single draw, offset shift − k̂, the same θ for the clean and
//! the attacked input. Statistics are over the repetitions that found a threshold. Numbers are written in
//! the shortest form that reads back exactly; what does not apply is empty in CSV and null in JSON.

use rayon::prelude::*;
use serde::Serialize;
use task::{DomainError, Eps, MAX_MAGNITUDE, Margin, Task, Votes};
use theory::accuracy::Profile;
use theory::invariance::invariance;
use theory::learning::{logistic_spread, zero_one_spread};
use theory::math::quadrature::sum;

use engine::training::Failure;
use engine::training::study::{Cell, Method};

/// What was asked, as resolved.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The mean of θ.
    pub shift: f64,
    /// The standard deviations of θ, in the grammar of the command line.
    pub sigma: String,
    /// The budgets, likewise.
    pub eps: String,
    /// The sizes of the training sets, as whole numbers.
    pub train_size: Vec<usize>,
    /// How they are learnt from.
    pub methods: Vec<&'static str>,
    /// How many training sets of each kind.
    pub repetitions: u64,
    /// How often `sgd` sees each example.
    pub epochs: u32,
    /// Of `sgd`.
    pub learning_rate: f64,
    /// Of `sgd`.
    pub batch_size: usize,
    /// The seed.
    pub seed: u64,
    /// The numbers depend on stream version, seed and question, and on nothing else.
    pub stream_version: u16,
    /// Worker threads; no number depends on them.
    pub threads: usize,
}

/// One row, with the same keys in CSV and JSON. Of each quantity: mean, standard deviation (with n − 1;
/// empty for one repetition) and the quantiles at 5, 50 and 95 % (linear between order statistics).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainRow {
    /// `zero-one`, `logistic` or `sgd`.
    pub method: &'static str,
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The mean of θ, and the best threshold.
    pub shift: f64,
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The adversary's budget.
    pub eps: f64,
    /// Examples in a training set.
    pub train_size: usize,
    /// For `sgd`: after so many epochs, 0 before training.
    pub epoch: Option<u32>,
    /// Training sets.
    pub repetitions: usize,
    /// Those that gave a threshold. The next four say what happened to the others.
    pub learned: usize,
    /// `zero-one`: only a constant classifier makes the fewest errors.
    pub constant: usize,
    /// `logistic`: the classes can be separated, so that there is no optimum.
    pub separable: usize,
    /// The slope is not above 0.
    pub reversed: usize,
    /// The parameters or the threshold left the finite numbers (beyond 1e15).
    pub diverged: usize,
    /// Of k̂.
    pub threshold_mean: Option<f64>,
    /// Of k̂.
    pub threshold_sd: Option<f64>,
    /// Of k̂.
    pub threshold_q05: Option<f64>,
    /// Of k̂.
    pub threshold_q50: Option<f64>,
    /// Of k̂.
    pub threshold_q95: Option<f64>,
    /// The limit law's standard deviation of k̂ at this size; none for `sgd`.
    pub asymptotic_sd: Option<f64>,
    /// A(0) at k̂.
    pub clean_accuracy_mean: Option<f64>,
    /// A(0) at k̂.
    pub clean_accuracy_sd: Option<f64>,
    /// A(0) at k̂.
    pub clean_accuracy_q05: Option<f64>,
    /// A(0) at k̂.
    pub clean_accuracy_q50: Option<f64>,
    /// A(0) at k̂.
    pub clean_accuracy_q95: Option<f64>,
    /// A(ε) at k̂.
    pub adversarial_accuracy_mean: Option<f64>,
    /// A(ε) at k̂.
    pub adversarial_accuracy_sd: Option<f64>,
    /// A(ε) at k̂.
    pub adversarial_accuracy_q05: Option<f64>,
    /// A(ε) at k̂.
    pub adversarial_accuracy_q50: Option<f64>,
    /// A(ε) at k̂.
    pub adversarial_accuracy_q95: Option<f64>,
    /// A(ε)/A(0) at k̂.
    pub robust_accuracy_mean: Option<f64>,
    /// A(ε)/A(0) at k̂.
    pub robust_accuracy_sd: Option<f64>,
    /// A(ε)/A(0) at k̂.
    pub robust_accuracy_q05: Option<f64>,
    /// A(ε)/A(0) at k̂.
    pub robust_accuracy_q50: Option<f64>,
    /// A(ε)/A(0) at k̂.
    pub robust_accuracy_q95: Option<f64>,
    /// R(k̂).
    pub invariance_mean: Option<f64>,
    /// R(k̂).
    pub invariance_sd: Option<f64>,
    /// R(k̂).
    pub invariance_q05: Option<f64>,
    /// R(k̂).
    pub invariance_q50: Option<f64>,
    /// R(k̂).
    pub invariance_q95: Option<f64>,
    /// `zero-one`: how many intervals of thresholds make the fewest errors, on average.
    pub minimisers: Option<f64>,
    /// `zero-one`: the least of these thresholds, on average.
    pub lowest_minimiser: Option<f64>,
    /// `zero-one`: the greatest, on average.
    pub highest_minimiser: Option<f64>,
}

/// Mean, standard deviation and quantiles; what does not exist is `None`.
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
        // From the first value on: equal values then have exactly no spread.
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

/// What a threshold is worth.
struct Worth {
    clean: f64,
    invariance: f64,
    /// A(ε) and A(ε)/A(0) of each ε.
    attacked: Vec<(f64, f64)>,
}

/// The rows of a cell, one for each ε.
pub fn rows(task: &Task, cell: &Cell, eps: &[Eps]) -> Result<Vec<TrainRow>, DomainError> {
    let Cell { method, defense, size, epoch, thresholds, minimisers } = cell;
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
        .collect::<Result<Vec<Worth>, DomainError>>()?;
    let summary =
        |of: &dyn Fn(&Worth) -> f64| Summary::of(&worth.iter().map(of).collect::<Vec<f64>>());
    let failed = |why| thresholds.iter().filter(|found| **found == Err(why)).count();
    let mean_of = |values: Vec<f64>| Summary::of(&values).mean;
    let threshold = Summary::of(&learned);
    let (clean, invariant) = (summary(&|worth| worth.clean), summary(&|worth| worth.invariance));
    let row = |(index, eps): (usize, &Eps)| {
        let adversarial = summary(&|worth| worth.attacked[index].0);
        let robust = summary(&|worth| worth.attacked[index].1);
        TrainRow {
            method: method.name(),
            mean: task.mean(),
            data_std: task.data_std(),
            shift: defense.shift(),
            sigma: defense.sigma(),
            eps: eps.get(),
            train_size: *size,
            epoch: *epoch,
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
    Ok(eps.iter().enumerate().map(row).collect())
}

/// The standard deviation of k̂ by the limit law ([`theory::learning`]) at `size` examples, in units of x;
/// `None` for `sgd`, whose learning rate and epochs decide how far it gets.
#[must_use]
pub fn asymptotic_sd(
    method: Method,
    task: &Task,
    defense: &task::Defense,
    size: usize,
) -> Option<f64> {
    let n = size as f64;
    match method {
        Method::ZeroOne => Some(zero_one_spread(task, defense)? / libm::cbrt(n)),
        Method::Logistic => Some(logistic_spread(task, defense)? / n.sqrt()),
        Method::Sgd => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_by_hand() {
        let found = Summary::of(&[4.0, 1.0, 3.0, 2.0, 10.0]);
        assert_eq!(found.mean, Some(4.0));
        assert_eq!(found.sd, Some(12.5_f64.sqrt()));
        assert_eq!(found.quantiles[1], Some(3.0));
        // places 0.2 and 3.8 of 0 to 4
        assert!((found.quantiles[0].unwrap() - 1.2).abs() < 1e-15);
        assert!((found.quantiles[2].unwrap() - 8.8).abs() < 1e-14);
        let same = Summary::of(&[0.1; 7]);
        assert_eq!((same.mean, same.sd, same.quantiles), (Some(0.1), Some(0.0), [Some(0.1); 3]));
        let one = Summary::of(&[2.0]);
        assert_eq!((one.mean, one.sd, one.quantiles), (Some(2.0), None, [Some(2.0); 3]));
        assert_eq!(Summary::of(&[]), Summary::default());
    }
}
