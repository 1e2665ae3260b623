//! The trait for a kind of question that has exact values, a sampler, and rows.
//!
//! An implementation of [`Experiment`] defines the subject of a row, its exact values, its counts, and its charts.
//! Tables in every format, intervals, the verdict, long runs with resume, shards, merge, precision and time, the
//! record, files and charts follow from that; nothing downstream of [`Experiment::sampled`] knows what was asked.
//! `docs/adding-an-experiment.md` builds one from scratch.
//!
//! A kind may have exact answers only, and use samples to check a witness of them, as the claims do: their rows have
//! no rates, and the sampled values are in [`SampledRow::found`], with a comparison of their own. Such a kind has
//! tables, long runs, a record, files and charts like all others; the verdict over all rows and stopping at a
//! precision only apply to rates.

use std::borrow::Cow;
use std::path::Path;

use engine::sampler::{Drawing, Sampler};
use engine::{TriesBy, VotesBy, Ways};
use serde_json::Value;
use task::range::quote;
use task::spec::{self, Spec, SpecError, apply};
use theory::math::bounded::Bounded;

use crate::report::{Figure, FigureError};
use crate::table::{Cell, Table};

pub use crate::table::schema::{Counted, Head, Rate, Schema, Shown, Shows, Variable};

/// The description of a kind of experiment, independent of any question; one entry of the register
/// [`KINDS`](crate::experiments::KINDS).
#[derive(Debug)]
pub struct Kind {
    /// The name in files.
    pub name: &'static str,
    /// The verbs that ask it, for messages.
    pub verbs: &'static str,
    /// Returns the question with its default values.
    pub spec: fn() -> Box<dyn Spec>,
    /// Creates the experiment that answers a question of this kind.
    pub new: fn(&dyn Spec) -> Made,
    /// Returns the columns of its rows.
    pub schema: fn() -> Schema,
    /// Returns the tables that accompany the rows and are drawn with them, without rows: their names and columns.
    pub beside: fn() -> Vec<Table>,
    /// The default plan of sampling.
    pub plan: UsualPlan,
    /// Returns the charts that its tables can fill, the first being the table of its rows. What depends on the
    /// question is left out if the question is not known.
    pub charts: fn(&[Table], Option<&dyn Spec>) -> Charts,
}

impl Kind {
    /// Returns whether a file with these columns has all columns of its rows.
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
    /// The same in words, line by line.
    pub said: fn(&dyn Spec, &str) -> Result<String, SpecError>,
}

impl Planner {
    /// What is wrong with what is wanted, under its flag.
    #[must_use]
    pub fn refused(&self, message: String) -> SpecError {
        SpecError::Unreadable { flag: spec::flag(self.name), message }
    }
}

/// An experiment, or the reason why there is none.
pub type Made = Result<Box<dyn Experiment>, SpecError>;

/// Charts, or the reason why rows cannot be drawn.
pub type Charts = Result<Vec<Figure>, FigureError>;

/// The default plan of sampling for a kind of experiment.
#[derive(Debug, Clone, Copy)]
pub struct UsualPlan {
    /// The name of the flag for the number of samples, without its dashes.
    pub samples_flag: &'static str,
    /// The default number of samples.
    pub samples: u64,
    /// The smallest meaningful number of samples: 0 if exact values alone are meaningful.
    pub least: u64,
    /// How votes are drawn; `None` if there are none, or if they are always drawn and counted.
    pub votes_by: Option<VotesBy>,
    /// How the tries of an attacker are drawn, likewise.
    pub tries_by: Option<TriesBy>,
    /// Whether the samples are judged: by intervals at a confidence, and at a false-alarm rate.
    pub judged: bool,
    /// Whether a scalar reference can draw the same counts.
    pub reference: bool,
}

impl UsualPlan {
    /// Returns the ways to draw votes among which there is a choice: with a check if that is the default.
    #[must_use]
    pub const fn votes_words(&self) -> &'static [&'static str] {
        match self.votes_by {
            None => &[],
            Some(VotesBy::Checked) => &["checked", "draws", "median"],
            Some(VotesBy::Draws | VotesBy::Median) => &["draws", "median"],
        }
    }

    /// Returns how votes and tries are drawn: all of them if there is no choice.
    #[must_use]
    pub fn ways(&self) -> Ways {
        Ways {
            votes: self.votes_by.unwrap_or(VotesBy::Draws),
            tries: self.tries_by.unwrap_or(TriesBy::Draws),
        }
    }

    /// Nothing is drawn: there are exact values alone, or what was counted elsewhere.
    pub const NOTHING: Self = Self { samples_flag: "", judged: false, ..Self::counted(0) };

    /// So many samples, which are judged; none makes sense, too, and votes are always drawn and counted.
    #[must_use]
    pub const fn counted(samples: u64) -> Self {
        Self {
            samples_flag: "samples",
            samples,
            least: 0,
            votes_by: None,
            tries_by: None,
            judged: true,
            reference: false,
        }
    }
}

/// A question that is ready to be answered.
pub trait Experiment: Send + Sync {
    /// Returns the kind.
    fn kind(&self) -> &'static Kind;

    /// Returns the question.
    fn spec(&self) -> &dyn Spec;

    /// Returns the experiment as [`Any`](std::any::Any), to be downcast to the type of its kind.
    fn as_any(&self) -> &dyn std::any::Any;

    /// Computes the exact values of every row, on rayon's current pool.
    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError>;

    /// What counts its samples. Fails for a kind that draws none, which needs no sampler.
    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        let _ = drawing;
        Err(SpecError::Together(format!("gauss-sim {} draws no samples", self.kind().verbs)))
    }

    /// What was counted for every row, in the order of [`Experiment::exact`]: as many rows as there, each with all counts
    /// and all that is found, or else the run ends with an error.
    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let _ = tally;
        Vec::new()
    }

    /// What was counted again for some rows, from samples that were drawn another way as well: a check of the usual way,
    /// which is part of the verdict. It has a table of its own, with the columns of the rows.
    fn recounted(&self, tally: &Tally<'_>) -> Option<Recount> {
        let _ = tally;
        None
    }

    /// Returns the tables besides the rows, after [`Experiment::exact`].
    fn tables(&self, tally: Option<&Tally<'_>>) -> Vec<Table> {
        let _ = tally;
        Vec::new()
    }

    /// Files besides tables that belong to the question: names and contents.
    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        Vec::new()
    }

    /// Returns the findings from the question alone: for the reader of a printed table, after its rows, and for the
    /// record.
    fn findings(&self) -> Result<Findings, SpecError> {
        Ok(Findings::default())
    }

    /// Returns the question in one line, for the head of a printed table.
    fn caption(&self) -> String;

    /// Returns notes on these rows, which are printed line by line on standard error, even if the rows go into a file.
    fn notes(&self, table: &Table) -> Vec<String> {
        let _ = table;
        Vec::new()
    }

    /// Returns the rows as custom text, if the usual table is not the best way to show them.
    fn shown(&self, table: &Table, script: crate::table::text::Script) -> Option<Text> {
        let _ = (table, script);
        None
    }
}

/// The custom text of a kind's rows.
pub struct Text {
    /// The table.
    pub lines: crate::table::text::Lines,
    /// The text that follows it on a terminal.
    pub details: String,
}

/// The results of a question besides its rows.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The results for a reader, line by line.
    pub lines: Vec<String>,
    /// The results for the record; null if there are none.
    pub record: serde_json::Value,
}

/// The counted integers, and the levels at which they are judged.
#[derive(Debug, Clone, Copy)]
pub struct Tally<'a> {
    /// The counts of the sampler.
    pub counts: &'a [u64],
    /// The number of samples drawn.
    pub samples: u64,
    /// How their votes and tries were drawn.
    pub ways: Ways,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The false-alarm rate of the verdict, over all rows.
    pub false_alarm: f64,
}

/// The exact values of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactRow {
    /// The keys of the row, in the order of [`Schema::keys`], including exact values that are not rates.
    pub keys: Vec<Cell>,
    /// The rates, in the order of [`Schema::rates`].
    pub rates: Vec<ExactRate>,
}

/// The exact value of a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactRate {
    /// The value with its bound; `None` if it is not known.
    pub value: Option<Bounded>,
    /// The largest difference between the sampled probability and it, because samples are made of finitely many bits.
    pub bias: f64,
}

/// The counts of a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampledRow {
    /// The counts, in the order of [`Schema::counts`].
    pub counts: Vec<u64>,
    /// The other results, in the order of [`Schema::found`].
    pub found: Vec<Cell>,
}

/// Rows that are counted again, from samples that are drawn another way as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Recount {
    /// The name of their table, and of its file.
    pub table: &'static str,
    /// What is done with the samples, behind "rows": with all votes drawn.
    pub how: &'static str,
    /// What is done with all samples of the run, behind "samples": votes by their median.
    pub usual: &'static str,
    /// The number of samples.
    pub samples: u64,
    /// The index of each row among all, in the order of [`Experiment::exact`].
    pub rows: Vec<usize>,
    /// What was counted for each.
    pub sampled: Vec<SampledRow>,
}

/// An observer of the progress of the exact part of the work.
pub trait Watch: Sync {
    /// Called when a task begins, with its number of steps if that is known.
    fn begin(&self, what: &'static str, steps: Option<u64>);

    /// Called when this many steps are done.
    fn step(&self, steps: u64);
}

/// An observer that does nothing.
impl Watch for () {
    fn begin(&self, _: &'static str, _: Option<u64>) {}

    fn step(&self, _: u64) {}
}

/// Returns the kind with this name.
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

/// Creates the experiment that answers a question of one of these kinds.
pub fn experiment(
    kinds: &[&'static Kind],
    question: &dyn Spec,
) -> Result<Box<dyn Experiment>, SpecError> {
    (kind(kinds, question.kind())?.new)(question)
}

/// Returns the kind whose rows have such a header: of all kinds whose columns are all there, the one with the most.
#[must_use]
pub fn kind_of_header(kinds: &[&'static Kind], header: &[String]) -> Option<&'static Kind> {
    let fitting = kinds.iter().filter(|kind| kind.fits(header));
    fitting.max_by_key(|kind| (kind.schema)().columns().len()).copied()
}
