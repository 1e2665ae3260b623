//! Training on noisy inputs: the threshold that is learned, how fast, and its metrics.
//!
//! Each learned threshold k̂ is evaluated exactly: single draw, offset shift − k̂, the same θ for the clean and the
//! attacked input. Statistics are over the repetitions that found a threshold. A sample is a repetition: an
//! independent training set of every size, for every learner.

pub mod charts;
pub mod found;
pub mod rows;

use engine::sampler::{Drawing, Sampler};
use engine::training::sampler::{Learned, Repetitions};
use engine::training::sgd::Settings;
use engine::training::study::{MAX_SIZE, Method, Outcome, Study, TooMuch};
use rayon::prelude::*;
use task::range::{Count, Range};
use task::spec::{Choices, Spec, SpecError, text};
use task::{EntryError, Eps, Task};

use self::found::found;
use self::rows::{Found, Keys, schema};
use super::grid::{self, MAX_ROWS, TASK, budgets, check_size};
use super::own;
use crate::experiment::{ExactRow, Experiment, Kind, SampledRow, Tally, UsualPlan, Watch};
use crate::table::column::word_field;
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

/// The kind of experiment.
pub static KIND: Kind = Kind {
    name: "training",
    verbs: "train",
    spec: || Box::new(TrainingSpec::default()),
    new: |spec| Ok(Box::new(Training::new(own(spec)?)?)),
    schema,
    beside: || vec![Table::new("epochs", schema().columns())],
    plan: UsualPlan {
        samples_flag: "repetitions",
        least: 1,
        judged: false,
        ..UsualPlan::counted(200)
    },
    charts: charts::figures,
};

word_field!(Method);

/// Learners, training sets, and the budgets at which the learned thresholds are evaluated.
#[derive(Debug, Clone)]
pub struct Training {
    spec: TrainingSpec,
    study: Study,
    eps: Vec<Eps>,
}

/// Returns a parameter that is a whole number, or an error that says what would be right.
fn whole(name: &str, count: Count, least: u64, most: u64) -> Result<u64, SpecError> {
    let value = count.get();
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    let expected = format!("a whole number from {least} to {most}");
    Err(EntryError::new(name, value, expected).into())
}

impl Training {
    /// Creates the training that is asked for. Fails if a value is outside its domain.
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

    /// Returns the study: which learners are trained on which training sets.
    #[must_use]
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// Returns the budgets at which the learned thresholds are evaluated.
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// Returns whether a row of this outcome belongs to the main table: whether it is the last of its epochs.
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

    /// Returns the results for these outcomes, one entry for each of them and each ε.
    fn found(&self, tally: &Tally<'_>, keep: impl Fn(&Outcome) -> bool + Sync) -> Vec<Vec<Cell>> {
        let learned = self.study.learned(tally.counts);
        let outcomes: Vec<_> = self.study.outcomes().into_iter().zip(learned).collect();
        let of = |(outcome, learned): &(Outcome, Learned)| {
            if !keep(outcome) {
                return Vec::new();
            }
            // The margins of learned thresholds are within the domain, since their offset is clamped to it.
            found(&self.study.task, outcome, learned, &self.eps).unwrap_or_default()
        };
        outcomes.par_iter().flat_map_iter(of).map(Found::cells).collect()
    }
}

/// Returns the sizes, rounded to whole numbers, without repetitions.
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

    /// Returns how many repetitions have no threshold, and why.
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
