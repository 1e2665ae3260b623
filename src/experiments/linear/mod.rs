//! The task in d dimensions, from a file: training, voting and the robust optimum.
//!
//! ```text
//! TASK.toml -> file -> problem -> Linear -+-> exact values   (theory::linear)  -+
//!                                         +-> sampled counts (engine::linear)  -+-> check -> table
//! ```

pub mod charts;
pub mod examples;
pub mod file;
pub mod findings;
pub mod problem;
pub mod rows;
mod search;
mod stage;

use std::borrow::Cow;

use engine::counts::Counts;
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use task::linear::Rule;
use task::range::short;
use task::spec::{Spec, SpecError};

use self::problem::Problem;
use self::rows::schema;
pub use self::search::Linear;
use self::search::{Candidate, ExactOf, Place};
pub use self::stage::{LinearSpec, LinearStage, LinearStageName};
use super::{accuracies, own};
use crate::experiment::{
    ExactRow, Experiment, Findings, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::{Cell, Column, Columnar, Table};

/// The name of the task's file in the folder of a run.
pub const TASK_FILE: &str = "task.toml";

/// The kind of experiment.
pub static KIND: Kind = Kind {
    name: "linear",
    verbs: "nd",
    spec: || Box::new(LinearSpec::default()),
    new: |spec| Ok(Box::new(Linear::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, _| charts::figures(&tables[0]),
};

impl Experiment for Linear {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.spec
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        watch.begin("what the classifiers are worth", None);
        let of = |candidate: &Candidate| self.exact_of(candidate);
        let exact: Vec<ExactOf> = self
            .candidates
            .par_iter()
            .map(of)
            .collect::<Result<_, _>>()
            .map_err(|error| self.wrong(&error))?;
        let row = |place: &Place| {
            let exact = &exact[place.candidate];
            let rates = exact.at[place.budget].clone();
            ExactRow { keys: self.keys(place, exact, &rates).cells(), rates }
        };
        Ok(self.cells.iter().map(row).collect())
    }

    /// Creates the sampler; votes are always drawn.
    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(drawing.run().prepare_linear(self.question()?)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Ok(question) = self.question() else { return Vec::new() };
        let counts: Counts = question.empty().filled(tally.counts, tally.samples);
        let row = |place: &Place| accuracies::sampled(&counts, place.candidate, place.budget);
        self.cells.iter().map(row).collect()
    }

    /// Returns the table of the normalised weights and the bias of every classifier, one row each.
    fn tables(&self, _: Option<&Tally<'_>>) -> Vec<Table> {
        use crate::table::ColumnKind::{Number, Word};
        let d = self.problem.task.dimension();
        let mut columns = vec![
            Column::new("stage", Word, "The stage that it is of."),
            Column::new("sigma", Number, "The sigma of its training; empty where it has none."),
            Column::new("eps", Number, "The budget that it is best against; of the optimum."),
            Column::new("bias", Number, "What is added to w·x; of a constant its class."),
        ];
        let weight =
            |i| Column::new(format!("w{i}"), Number, "A weight; ‖w‖₂ = 1, 0 of a constant.");
        columns.extend((0..d).map(weight));
        let mut table = Table::new("classifiers", columns);
        for (stage, sigma, eps, rule) in self.classifiers() {
            // A constant has no weights, and its class as the bias.
            let (bias, weights) = match rule {
                Rule::Linear(linear) => (linear.bias(), linear.weights().to_vec()),
                Rule::Constant(class) => (f64::from(*class), vec![0.0; d]),
            };
            let number = |value: Option<f64>| value.map_or(Cell::Empty, Cell::Number);
            let start = [Cell::Word(stage.to_owned()), number(sigma), number(eps)];
            let rest = std::iter::once(bias).chain(weights).map(Cell::Number);
            table.push(start.into_iter().chain(rest));
        }
        vec![table]
    }

    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        match self.spec.task.problem() {
            Ok(problem) => vec![(TASK_FILE, problem.to_toml().into_bytes().into())],
            Err(_) => Vec::new(),
        }
    }

    fn findings(&self) -> Result<Findings, SpecError> {
        findings::of(self).map_err(|error| self.wrong(&error))
    }

    fn notes(&self, _: &Table) -> Vec<String> {
        self.spec.task.notes().to_vec()
    }

    fn caption(&self) -> String {
        let Problem { title, task, .. } = self.problem.as_ref();
        let LinearSpec { sigma, eps, draws, .. } = &self.spec;
        let title = title.as_ref().map_or_else(String::new, |title| format!("{title}\n"));
        format!(
            "{title}d = {}, ℓ{} adversary, prior {}, σ = {sigma}, ε = {eps}, {draws} draws",
            task.dimension(),
            problem::subscript(self.norm),
            short(task.prior().get())
        )
    }
}
