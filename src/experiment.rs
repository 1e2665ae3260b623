//! The one trait: a kind of question that has exact values, a sampler, and rows.
//!
//! Whoever implements [`Experiment`] says what a row is about, what is exact in it, what is counted, and what is
//! drawn of it. Tables in every format, intervals, the verdict, long runs with resume, shards, merge, precision and
//! time, the record, files and charts follow from that; nothing downstream of [`Experiment::sampled`] knows what was
//! asked. `docs/adding-an-experiment.md` builds one from nothing.
//!
//! A kind may have exact answers alone and use samples to check a witness of them, as the claims do: their rows have no
//! rates, and what is sampled stands in [`SampledRow::found`] with a comparison of its own. Such a kind has tables, long
//! runs, a record, files and charts as all others; the verdict over all rows and stopping at a precision are of rates.

use std::path::Path;

use engine::sampler::{Drawing, Sampler};
use serde_json::Value;
use task::range::quote;
use task::spec::{self, Spec, SpecError, apply};
use theory::math::bounded::Bounded;

use crate::report::{Figure, FigureError};
use crate::table::{Cell, Table};

pub use crate::table::schema::{Counted, Head, Rate, Schema, Shown, Shows, Variable};

/// What is known of a kind of experiment before anything is asked; one entry of the register
/// [`KINDS`](crate::experiments::KINDS).
#[derive(Debug)]
pub struct Kind {
    /// Its name in files.
    pub name: &'static str,
    /// The verbs that ask it, for messages.
    pub verbs: &'static str,
    /// The question with its usual values.
    pub spec: fn() -> Box<dyn Spec>,
    /// The experiment that answers a question of this kind.
    pub new: fn(&dyn Spec) -> Made,
    /// The columns of its rows.
    pub schema: fn() -> Schema,
    /// What stands beside the rows and is drawn with them: tables without rows, for their names and columns.
    pub beside: fn() -> Vec<Table>,
    /// How it is usually sampled.
    pub plan: UsualPlan,
    /// The charts that its tables can fill, the first being that of its rows; what only the question knows is left
    /// out where that is not known.
    pub charts: fn(&[Table], Option<&dyn Spec>) -> Charts,
}

impl Kind {
    /// Whether a file with these columns has all those of its rows.
    #[must_use]
    pub fn fits(&self, header: &[String]) -> bool {
        let columns = (self.schema)().columns();
        columns.iter().all(|column| header.iter().any(|name| *name == column.name))
    }

    /// What rows without charts lack, behind "it has".
    #[must_use]
    pub fn nothing_to_draw(&self) -> String {
        let variables = (self.schema)().variables;
        let Some(first) = variables.first() else {
            return "nothing to draw against: name rows of several points".to_owned();
        };
        let one: Vec<String> = variables.iter().map(|v| format!("one {}", v.name)).collect();
        format!(
            "{}, and nothing else to draw against: name rows of a range, such as {} 0..4",
            one.join(" and "),
            spec::flag(first.name)
        )
    }
}

/// A question of a kind that is answered by a table of its own in place of rows: how much is enough.
#[derive(Debug)]
pub struct Planner {
    /// The kind.
    pub kind: &'static Kind,
    /// The key of what is wanted. The flag has dashes for underscores.
    pub name: &'static str,
    /// What stands for it in a help text.
    pub placeholder: &'static str,
    /// What it is, in a line.
    pub help: &'static str,
    /// The parameters of the question that it does not go with.
    pub without: &'static [&'static str],
    /// The answer to a question, for what is wanted as one would write it.
    pub table: fn(&dyn Spec, &str) -> Result<Table, SpecError>,
}

impl Planner {
    /// What is wrong with what is wanted, under its flag.
    #[must_use]
    pub fn refused(&self, message: String) -> SpecError {
        SpecError::Unreadable { flag: spec::flag(self.name), message }
    }
}

/// An experiment, or why there is none.
pub type Made = Result<Box<dyn Experiment>, SpecError>;

/// Charts, or why rows cannot be drawn.
pub type Charts = Result<Vec<Figure>, FigureError>;

/// How a kind of experiment is sampled unless told otherwise.
#[derive(Debug, Clone, Copy)]
pub struct UsualPlan {
    /// What a sample is called on the command line, without its dashes.
    pub samples_flag: &'static str,
    /// How many.
    pub samples: u64,
    /// The least number that makes sense: 0 where exact values alone do.
    pub least: u64,
    /// How votes are drawn; `None` where there are none, or where they are always drawn and counted.
    pub votes_by: Option<engine::VotesBy>,
    /// Whether its samples are judged: by intervals at a confidence, and at a false-alarm rate.
    pub judged: bool,
    /// Whether a scalar reference can draw the same counts.
    pub reference: bool,
}

impl UsualPlan {
    /// So many samples, which are judged; none makes sense, too, and votes are always drawn and counted.
    #[must_use]
    pub const fn counted(samples: u64) -> Self {
        Self {
            samples_flag: "samples",
            samples,
            least: 0,
            votes_by: None,
            judged: true,
            reference: false,
        }
    }
}

/// A question made ready.
pub trait Experiment: Send + Sync {
    /// Its kind.
    fn kind(&self) -> &'static Kind;

    /// What is asked.
    fn spec(&self) -> &dyn Spec;

    /// For a downcast to the kind's own type.
    fn as_any(&self) -> &dyn std::any::Any;

    /// What is exact in every row, on rayon's current pool.
    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError>;

    /// What counts its samples.
    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError>;

    /// What was counted for every row, in the order of [`Experiment::exact`]: as many rows as there, each with all counts
    /// and all that is found, or else the run ends with an error.
    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow>;

    /// Tables besides the rows, after [`Experiment::exact`].
    fn tables(&self, tally: Option<&Tally<'_>>) -> Vec<Table> {
        let _ = tally;
        Vec::new()
    }

    /// Files besides tables that belong to the question: names and texts.
    fn files(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What the question alone has to say: for the reader of a printed table, behind its rows, and for the record.
    fn findings(&self) -> Result<Findings, SpecError> {
        Ok(Findings::default())
    }

    /// What was asked, in a line for the head of a printed table.
    fn caption(&self) -> String;

    /// What has to be said of these rows, line by line on standard error, also where they go into a file.
    fn notes(&self, table: &Table) -> Vec<String> {
        let _ = table;
        Vec::new()
    }

    /// The rows as text of its own, where the usual table does not say it best.
    fn shown(&self, table: &Table, script: crate::table::text::Script) -> Option<Text> {
        let _ = (table, script);
        None
    }
}

/// Rows as text of a kind's own.
pub struct Text {
    /// The table.
    pub lines: crate::table::text::Lines,
    /// What follows it on a terminal.
    pub details: String,
}

/// What there is to say of a question besides rows.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// For a reader, line by line.
    pub lines: Vec<String>,
    /// For the record; null where there is nothing.
    pub record: serde_json::Value,
}

/// The integers that were counted, and what they are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Tally<'a> {
    /// What the sampler counted.
    pub counts: &'a [u64],
    /// How many samples were drawn.
    pub samples: u64,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The false-alarm rate of the verdict, over all rows.
    pub false_alarm: f64,
}

/// What is exact in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactRow {
    /// What the row is about, and exact values of its own: in the order of [`Schema::keys`].
    pub keys: Vec<Cell>,
    /// In the order of [`Schema::rates`].
    pub rates: Vec<ExactRate>,
}

/// The exact value of a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactRate {
    /// The value with its bound; `None` where none is known.
    pub value: Option<Bounded>,
    /// How far the probability that is sampled may be from it, because samples are made of finitely many bits.
    pub bias: f64,
}

/// What was counted for a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampledRow {
    /// In the order of [`Schema::counts`].
    pub counts: Vec<u64>,
    /// In the order of [`Schema::found`].
    pub found: Vec<Cell>,
}

/// Who is told how far the exact part of the work is.
pub trait Watch: Sync {
    /// Something begins, of so many steps if that is known.
    fn begin(&self, what: &'static str, steps: Option<u64>);

    /// So many steps are done.
    fn step(&self, steps: u64);
}

/// Tells nobody.
impl Watch for () {
    fn begin(&self, _: &'static str, _: Option<u64>) {}

    fn step(&self, _: u64) {}
}

/// The kind of this name.
pub fn kind(kinds: &[&'static Kind], name: &str) -> Result<&'static Kind, SpecError> {
    kinds.iter().copied().find(|kind| kind.name == name).ok_or_else(|| {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let name = quote(name);
        SpecError::Together(format!("{name} is no kind of experiment: write {}", names.join(", ")))
    })
}

/// The kind that the question of a file names.
pub fn kind_of(kinds: &[&'static Kind], object: &Value) -> Result<&'static Kind, SpecError> {
    let name = object.get(spec::KIND).and_then(Value::as_str).ok_or_else(|| {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let (key, names) = (spec::KIND, names.join(", "));
        SpecError::Together(format!("it has no {key}: write which, one of {names}"))
    })?;
    kind(kinds, name)
}

/// The question that a file asks, which names its kind; relative paths begin at `base`.
pub fn spec_of(
    kinds: &[&'static Kind],
    object: &Value,
    base: &Path,
) -> Result<Box<dyn Spec>, SpecError> {
    let mut question = (kind_of(kinds, object)?.spec)();
    apply(question.as_mut(), object, base)?;
    Ok(question)
}

/// What answers a question of one of these kinds.
pub fn experiment(
    kinds: &[&'static Kind],
    question: &dyn Spec,
) -> Result<Box<dyn Experiment>, SpecError> {
    (kind(kinds, question.kind())?.new)(question)
}

/// The kind whose rows have such a header: the one that has the most of its columns among all that has each of them.
#[must_use]
pub fn kind_of_header(kinds: &[&'static Kind], header: &[String]) -> Option<&'static Kind> {
    let fitting = kinds.iter().filter(|kind| kind.fits(header));
    fitting.max_by_key(|kind| (kind.schema)().columns().len()).copied()
}
