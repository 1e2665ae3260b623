//! Training on noisy inputs: which threshold is learned, how fast, and what it is worth.
//!
//! Each learned threshold k̂ is judged exactly: single draw, offset shift − k̂, the same θ for the clean and
//! the attacked input. Statistics are over the repetitions that found a threshold. A sample is a repetition: an
//! independent training set of every size, for every learner.

pub mod charts;

use engine::sampler::{Drawing, Sampler};
use engine::training::Failure;
use engine::training::sampler::{Learned, Repetitions};
use engine::training::sgd::Settings;
use engine::training::study::{MAX_SIZE, Method, Outcome, Study, TooMuch};
use rayon::prelude::*;
use task::range::{Count, Range};
use task::spec::{Choices, Spec, SpecError, text};
use task::{Defense, EntryError, Eps, MAX_MAGNITUDE, Margin, Task, Votes};
use theory::accuracy::Profile;
use theory::invariance::invariance;
use theory::learning::{logistic_spread, zero_one_spread};
use theory::math::quadrature::sum;

use super::grid::{self, EPS, MAX_ROWS, SIGMA, SIGMA_AND_EPS, TASK, budgets, check_size};
use super::own;
use crate::columns;
use crate::experiment::{ExactRow, Experiment, Kind, SampledRow, Tally, UsualPlan, Watch};
use crate::table::column::word_field;
use crate::table::schema::{Head, Schema, Shown, Shows};
use crate::table::text::number;
use crate::table::{Cell, Columnar, Row, Table};

const TRAINING: &str = "The training";

task::spec! {
    /// Training on noisy inputs.
    pub struct TrainingSpec = "training" {
        sigma: Range {
            default: "1", placeholder: "RANGE",
            help: grid::SIGMA_HELP, long_help: grid::RANGE_HELP
        }
        eps: Range {
            default: "0.5", placeholder: "RANGE",
            help: "The budget ε at which the learned classifiers are judged: a number or a range"
        }
        mean: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::MEAN_HELP
        }
        data_std: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::DATA_STD_HELP
        }
        shift: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::SHIFT_HELP
        }
        train_size: Range {
            default: "100..1e5/log7", placeholder: "RANGE", heading: TRAINING,
            help: "Examples in a training set: a number or a range, rounded to whole numbers"
        }
        method: Choices<Method> {
            default: "zero-one,logistic,sgd", placeholder: "METHODS", heading: TRAINING,
            help: "Which methods, separated by commas", repeats: true
        }
        epochs: Count {
            default: "20", placeholder: "COUNT", heading: TRAINING,
            help: "How often sgd sees each example"
        }
        learning_rate: f64 {
            default: "0.1", placeholder: "NUMBER", heading: TRAINING,
            help: "How far each step of sgd goes down the gradient"
        }
        batch_size: Count {
            default: "32", placeholder: "COUNT", heading: TRAINING,
            help: "How many examples make a step of sgd; the last batch of an epoch may be smaller"
        }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "training",
    verbs: "train",
    spec: || Box::new(TrainingSpec::default()),
    new: |spec| Ok(Box::new(Training::new(own(spec)?)?)),
    schema,
    beside: || vec![Table::new("epochs", schema().columns())],
    plan: UsualPlan {
        samples_flag: "repetitions",
        samples: 200,
        least: 1,
        votes_by: None,
        judged: false,
        reference: false,
    },
    charts: charts::figures,
};

word_field!(Method);

columns! {
    /// What a row is about.
    pub struct Keys {
        /// `zero-one`, `logistic` or `sgd`.
        method: Method,
        /// The class mean.
        mean: f64,
        /// The standard deviation of x given y.
        data_std: f64,
        /// The mean of θ, and the best threshold.
        shift: f64,
        /// The standard deviation of θ.
        sigma: f64,
        /// The adversary's budget.
        eps: f64,
        /// Examples in a training set.
        train_size: usize,
        /// For `sgd`: after so many epochs, 0 before training.
        epoch: Option<u32>,
    }
}

columns! {
    /// What was learned, and what it is worth.
    pub struct Found {
        /// Training sets.
        repetitions: usize,
        /// Those that gave a threshold. The next four say what happened to the others.
        learned: usize,
        /// `zero-one`: only a constant classifier makes the fewest errors.
        constant: usize,
        /// `logistic`: the classes can be separated, so that there is no optimum.
        separable: usize,
        /// The slope is not above 0.
        reversed: usize,
        /// The parameters or the threshold left the finite numbers (beyond 1e15).
        diverged: usize,
        /// Of k̂.
        threshold_mean: Option<f64>,
        /// Of k̂.
        threshold_sd: Option<f64>,
        /// Of k̂.
        threshold_q05: Option<f64>,
        /// Of k̂.
        threshold_q50: Option<f64>,
        /// Of k̂.
        threshold_q95: Option<f64>,
        /// The limit law's standard deviation of k̂ at this size; none for `sgd`.
        asymptotic_sd: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_mean: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_sd: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_q05: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_q50: Option<f64>,
        /// A(0) at k̂.
        clean_accuracy_q95: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_mean: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_sd: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_q05: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_q50: Option<f64>,
        /// A(ε) at k̂.
        adversarial_accuracy_q95: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_mean: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_sd: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_q05: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_q50: Option<f64>,
        /// A(ε)/A(0) at k̂.
        robust_accuracy_q95: Option<f64>,
        /// R(k̂).
        invariance_mean: Option<f64>,
        /// R(k̂).
        invariance_sd: Option<f64>,
        /// R(k̂).
        invariance_q05: Option<f64>,
        /// R(k̂).
        invariance_q50: Option<f64>,
        /// R(k̂).
        invariance_q95: Option<f64>,
        /// `zero-one`: how many intervals of thresholds make the fewest errors, on average.
        minimisers: Option<f64>,
        /// `zero-one`: the least of these thresholds, on average.
        lowest_minimiser: Option<f64>,
        /// `zero-one`: the greatest, on average.
        highest_minimiser: Option<f64>,
    }
}

fn schema() -> Schema {
    let head = |head, cell| Head { head, latex: head, cell, shown: Shown::Always };
    let value = |name, latex, cell| Head { latex, ..head(name, cell) };
    let learned = Head {
        shown: Shown::WhereThereIsAny,
        ..head(
            "learned",
            Shows::Text(|row| {
                let [learned, all] = ["learned", "repetitions"].map(|name| row.count(name));
                if learned == all {
                    return String::new();
                }
                format!("{} of {}", learned.unwrap_or(0), all.unwrap_or(0))
            }),
        )
    };
    let mut shown = SIGMA_AND_EPS.to_vec();
    shown.extend([
        head("N", Shows::Text(|row| row.count("train_size").unwrap_or(0).to_string())),
        learned,
        value("mean k", "mean $k$", Shows::Text(|row| shown_number(row, "threshold_mean"))),
        value("sd k", "sd $k$", Shows::Text(|row| shown_number(row, "threshold_sd"))),
        head("theory", Shows::Text(|row| shown_number(row, "asymptotic_sd"))),
        head(
            "5–95 %",
            Shows::Text(|row| match (row.maybe("threshold_q05"), row.maybe("threshold_q95")) {
                (Some(low), Some(high)) => format!("{low:.3} to {high:.3}"),
                _ => String::new(),
            }),
        ),
        head("clean", Shows::Text(|row| shown_number(row, "clean_accuracy_mean"))),
        head("adversarial", Shows::Text(|row| shown_number(row, "adversarial_accuracy_mean"))),
        head("robust", Shows::Text(|row| shown_number(row, "robust_accuracy_mean"))),
        head("invariance", Shows::Text(|row| shown_number(row, "invariance_mean"))),
    ]);
    Schema {
        file: "train",
        keys: Keys::columns(),
        rates: Vec::new(),
        counts: Vec::new(),
        found: Found::columns(),
        label: ("method", |row| row.word("method").to_owned()),
        variables: vec![SIGMA, EPS],
        shown,
        shown_behind: Vec::new(),
    }
}

/// To four digits after the point; the mean of 200 repetitions has no more to say.
fn shown_number(row: &Row<'_>, name: &str) -> String {
    row.maybe(name).map_or_else(String::new, |value| number(value, 4))
}

/// Learners, training sets, and the budgets at which what they learn is judged.
#[derive(Debug, Clone)]
pub struct Training {
    spec: TrainingSpec,
    study: Study,
    eps: Vec<Eps>,
}

/// A whole number of a parameter, or what would be right.
fn whole(name: &str, count: Count, least: u64, most: u64) -> Result<u64, SpecError> {
    let value = count.get();
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    let expected = format!("a whole number from {least} to {most}");
    Err(EntryError::new(name, value, expected).into())
}

impl Training {
    /// The training that is asked for. Fails where a value is outside its domain.
    pub fn new(spec: TrainingSpec) -> Result<Self, SpecError> {
        let task = Task::new(spec.mean, spec.data_std)?;
        if task.mean() <= 0.0 {
            let expected = "a number above 0 (no threshold is best else)";
            return Err(EntryError::new("mean", task.mean(), expected).into());
        }
        if spec.learning_rate <= 0.0 {
            let expected = "a number above 0";
            return Err(EntryError::new("learning_rate", spec.learning_rate, expected).into());
        }
        let study = Study {
            task,
            defenses: engine::training::study::defenses(spec.shift, spec.sigma.values())?,
            sizes: sizes(&spec.train_size)?,
            methods: spec.method.0.clone(),
            sgd: Settings {
                learning_rate: spec.learning_rate,
                batch_size: whole("batch_size", spec.batch_size, 1, MAX_SIZE as u64)? as usize,
                epochs: whole("epochs", spec.epochs, 0, 1_000_000)? as u32,
            },
            seed: 0,
        };
        let eps = budgets(&spec.eps)?;
        let sgd = study.methods.contains(&Method::Sgd);
        let epochs = if sgd { study.sgd.epochs as usize + 1 } else { 0 };
        let each = study.methods.len() - usize::from(sgd) + epochs;
        let axes = [
            ("sigma", study.defenses.len()),
            ("eps", eps.len()),
            ("train_size", study.sizes.len()),
            ("epochs", each),
        ];
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        Ok(Self { spec, study, eps })
    }

    /// Which learners see which training sets.
    #[must_use]
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// The budgets at which what is learned is judged.
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// Whether a row of this outcome is one of the main table: the last of its epochs.
    fn is_last(&self, outcome: &Outcome) -> bool {
        outcome.epoch.is_none_or(|epoch| epoch == self.study.sgd.epochs)
    }

    fn keys(&self, outcome: &Outcome, eps: Eps) -> Vec<Cell> {
        let Outcome { method, defense, size, epoch } = *outcome;
        let task = &self.study.task;
        Keys {
            method,
            mean: task.mean(),
            data_std: task.data_std(),
            shift: defense.shift(),
            sigma: defense.sigma(),
            eps: eps.get(),
            train_size: size,
            epoch,
        }
        .cells()
    }

    /// What was found for these outcomes, one entry for each of them and each ε.
    fn found(&self, tally: &Tally<'_>, keep: impl Fn(&Outcome) -> bool + Sync) -> Vec<Vec<Cell>> {
        let learned = self.study.learned(tally.counts);
        let outcomes: Vec<_> = self.study.outcomes().into_iter().zip(learned).collect();
        let of = |(outcome, learned): &(Outcome, Learned)| {
            if !keep(outcome) {
                return Vec::new();
            }
            // Margins of learned thresholds are within the domain: their offset is clamped to it.
            found(&self.study.task, outcome, learned, &self.eps).unwrap_or_default()
        };
        outcomes.par_iter().flat_map_iter(of).map(Found::cells).collect()
    }
}

/// The sizes, rounded to whole numbers, each once.
fn sizes(range: &Range) -> Result<Vec<usize>, SpecError> {
    let possible = 1.0..=MAX_SIZE as f64;
    if let Some(bad) = range.values().iter().find(|size| !possible.contains(&size.round())) {
        let expected = format!("whole numbers from 1 to {MAX_SIZE}");
        return Err(EntryError::new("train_size", bad, expected).into());
    }
    let mut sizes: Vec<usize> = range.values().iter().map(|size| size.round() as usize).collect();
    sizes.dedup();
    Ok(sizes)
}

impl Experiment for Training {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.spec
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, _: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        let outcomes = self.study.outcomes().into_iter().filter(|outcome| self.is_last(outcome));
        let rows = outcomes.flat_map(|outcome| self.eps.iter().map(move |&eps| (outcome, eps)));
        let row = |(outcome, eps)| ExactRow { keys: self.keys(&outcome, eps), rates: Vec::new() };
        Ok(rows.map(row).collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        let study = Study { seed: drawing.seed, ..self.study.clone() };
        let repetitions = drawing.samples;
        study.work(repetitions).map_err(|error| {
            let [size, sigma] = ["train_size", "sigma"].map(|name| text(&self.spec, name));
            let epochs = self.spec.epochs;
            SpecError::Together(match error {
                TooMuch::Outcomes(_) => {
                    format!("--repetitions {repetitions}, --epochs {epochs}: {error}")
                }
                TooMuch::Work(_) => format!(
                    "--train-size {size}, --repetitions {repetitions}, --sigma {sigma}, --epochs {epochs}: {error}"
                ),
            })
        })?;
        Ok(Box::new(Repetitions::new(study, repetitions)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let found = self.found(tally, |outcome| self.is_last(outcome));
        found.into_iter().map(|found| SampledRow { counts: Vec::new(), found }).collect()
    }

    fn tables(&self, tally: Option<&Tally<'_>>) -> Vec<Table> {
        if !self.study.methods.contains(&Method::Sgd) {
            return Vec::new();
        }
        let mut table = Table::new("epochs", schema().columns());
        let epochs = |outcome: &Outcome| outcome.epoch.is_some();
        let found = tally.map(|tally| self.found(tally, epochs)).unwrap_or_default();
        let outcomes = self.study.outcomes().into_iter().filter(epochs);
        let keys = outcomes.flat_map(|outcome| self.eps.iter().map(move |&eps| (outcome, eps)));
        for ((outcome, eps), found) in keys.zip(found) {
            table.push(self.keys(&outcome, eps).into_iter().chain(found));
        }
        vec![table]
    }

    fn caption(&self) -> String {
        let TrainingSpec { mean, data_std, shift, sigma, eps, .. } = &self.spec;
        let Settings { learning_rate, batch_size, epochs } = self.study.sgd;
        let sgd = match self.study.methods.contains(&Method::Sgd) {
            true => format!(
                "; sgd: {epochs} epochs, learning rate {learning_rate:?}, batches of {batch_size}"
            ),
            false => String::new(),
        };
        format!(
            "Training on (x + θ, y), where the best threshold is k = shift: mean = {mean}, data_std = {data_std}, \
             shift = {shift}, σ = {sigma}, ε = {eps}{sgd}"
        )
    }

    /// How many repetitions have no threshold, and why not.
    fn notes(&self, table: &Table) -> Vec<String> {
        let count = |row: &Row<'_>, name: &str| row.count(name).unwrap_or(0);
        let mut notes: Vec<String> = Vec::new();
        for row in table.iter() {
            let (all, learned) = (count(&row, "repetitions"), count(&row, "learned"));
            if learned == all {
                continue;
            }
            let reasons = [
                ("constant", "a constant classifier is best"),
                ("separable", "separable, so that there is no optimum"),
                ("reversed", "the slope is not positive"),
                ("diverged", "diverged"),
            ];
            let reasons = reasons.map(|(name, why)| (count(&row, name), why));
            let reasons = reasons.iter().filter(|(count, _)| *count > 0);
            let reasons: Vec<String> =
                reasons.map(|(count, reason)| format!("{count} {reason}")).collect();
            notes.push(format!(
                "{} at sigma {}, train size {}: {} of {all} repetitions have no threshold ({})",
                row.word("method"),
                row.number("sigma"),
                count(&row, "train_size"),
                all - learned,
                reasons.join("; ")
            ));
        }
        notes.dedup(); // the same at each ε
        notes
    }
}

/// The mean, the standard deviation and three quantiles of some values; none of no values.
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

/// What was found for an outcome, one entry for each ε.
fn found(
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

/// The standard deviation of k̂ by the limit law ([`theory::learning`]) at `size` examples, in units of x;
/// `None` for `sgd`, whose learning rate and epochs decide how far it gets.
#[must_use]
pub fn asymptotic_sd(method: Method, task: &Task, defense: &Defense, size: usize) -> Option<f64> {
    let n = size as f64;
    match method {
        Method::ZeroOne => Some(zero_one_spread(task, defense)? / libm::cbrt(n)),
        Method::Logistic => Some(logistic_spread(task, defense)? / n.sqrt()),
        Method::Sgd => None,
    }
}
