//! A barrage of transformations: several maps from a pool, in random order, in one dimension.
//!
//! ```text
//! POOL.toml -> file -> Barrage -+-> exact values   (theory::barrage)  -+
//!                               +-> sampled counts (engine::barrage)  -+-> check -> table
//! ```

pub mod charts;
pub mod examples;
pub mod file;
mod solve;

use std::borrow::Cow;
use std::sync::OnceLock;

use engine::barrage::BarrageQuestion;
use engine::counts::Counts;
use engine::sampler::{Drawing, Sampler};
use task::barrage::Choose;
use task::range::{Range, VoteList};
use task::spec::{Choices, Spec, SpecError, Word};
use task::{DrawProtocol, Eps, Task, Votes};
use theory::barrage::{MAX_WALKED, SMALL, SPREAD, Walk, ordered};

use self::file::PoolFile;
use self::solve::Solved;
use super::accuracies;
use super::grid::{EPS, MAX_ROWS, RANGE_HELP, SIGMA_AND_EPS, TASK, budgets, check_size};
use super::own;
use crate::columns;
use crate::experiment::{
    ExactRow, Experiment, Head, Kind, Rate, SampledRow, Schema, Shown, Shows, Tally, UsualPlan,
    Watch,
};
use crate::table::column::{Field, word_field};
use crate::table::schema::Variable;
use crate::table::{Cell, Columnar, Row, Table};

/// The name of the pool's file in the folder of a run.
pub const POOL_FILE: &str = "pool.toml";

task::spec! {
    /// Barrages of several lengths, over a range of ε.
    pub struct BarrageSpec = "barrage" {
        pool: PoolFile {
            default: "", placeholder: "POOL.toml", positional: true,
            help: "The pool of transformations: a TOML file"
        }
        choose: Choose {
            default: "1", placeholder: "RANGE",
            help: "How many transformations of the pool are applied, in random order: 3, or 1..6",
        }
        eps: Range {
            default: "0.5", placeholder: "RANGE",
            help: "The adversary's budget ε: a number or a range", long_help: RANGE_HELP
        }
        mean: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: "The class mean μ: x | y ~ N(y·μ, data_std²)"
        }
        data_std: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: "The standard deviation ν of x given y"
        }
        votes: VoteList {
            default: "101", placeholder: "VOTES", heading: TASK,
            help: "How many draws vote in stage `voted`: 101, or 1,11,101,inf"
        }
        draws: DrawProtocol {
            default: "same", placeholder: "same|fresh|persistent=T", heading: TASK,
            help: "How maps and noise are drawn for the clean and the attacked input: same, once for both; fresh, the \
                   attacked one gets its own; persistent=T, it is judged T times, each with its own, and must be right \
                   always"
        }
        stages: Choices<BarrageStage> {
            default: "untrained,trained,voted", placeholder: "STAGES", heading: TASK,
            help: "Which stages, separated by commas", repeats: true
        }
    }
}

/// The name of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarrageStage {
    /// sgn(t(x))
    Untrained,
    /// sgn(t(x) − k), with k the best threshold on transformed data.
    Trained,
    /// The majority of several trained draws.
    Voted,
}

word_field!(BarrageStage);

impl Word for BarrageStage {
    const ALL: &'static [Self] = &[Self::Untrained, Self::Trained, Self::Voted];
    const WHAT: &'static str = "a stage";

    fn word(self) -> &'static str {
        match self {
            Self::Untrained => "untrained",
            Self::Trained => "trained",
            Self::Voted => "voted",
        }
    }
}

/// A stage with its number of votes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Case {
    stage: BarrageStage,
    votes: Votes,
}

/// The kind of experiment.
pub static KIND: Kind = Kind {
    name: "barrage",
    verbs: "barrage",
    spec: || Box::new(BarrageSpec::default()),
    new: |spec| Ok(Box::new(Barrage::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, spec| charts::figures(&tables[0], spec),
};

/// The number of sequences: an integer, however large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequences(f64);

impl Field for Sequences {
    const KIND: crate::table::ColumnKind = crate::table::ColumnKind::Whole;

    fn cell(self) -> Cell {
        Cell::Number(self.0)
    }
}

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// How many transformations of the pool are applied to an input.
        choose: usize,
        /// `untrained`, `trained` or `voted`.
        stage: BarrageStage,
        /// The k of sgn(t(x) − k), in units of x; infinite where a constant −1 is best.
        threshold: f64,
        /// How many draws vote; empty where there is no vote.
        votes: Option<Votes> [1.0, f64::INFINITY],
        /// How maps and noise are drawn for the clean and the attacked input.
        draws: DrawProtocol,
        /// The adversary's budget, in units of x.
        eps: f64 [0.0, 1e15],
        /// z: the attacked input is x − y·z, in units of x. It is eps, but where a scale is negative and another of a
        /// few moves leaves less adversarial accuracy.
        blind_move: f64 [-1e15, 1e15],
        /// The largest adversarial accuracy that any classifier can have against this budget.
        optimum: f64 [0.0, 1.0],
        /// The number of ordered choices of the transformations.
        sequences: Sequences [1.0, f64::INFINITY],
    }
}

/// The number of transformations as a variable of rows.
pub(crate) const CHOOSE: Variable = Variable { name: "choose", symbol: "k", usual: 3.0 };

fn schema() -> Schema {
    let columns = |name: &'static str, shows: Shows| Head {
        head: name,
        latex: name,
        cell: shows,
        shown: Shown::WhereItDiffers,
    };
    let [_, eps] = SIGMA_AND_EPS;
    Schema {
        file: "rows",
        keys: Keys::columns(),
        // If there are too many sequences, the exact value is not known.
        rates: accuracies::RATES.map(|rate| Rate { always_known: false, ..rate }).to_vec(),
        counts: accuracies::counts(),
        found: Vec::new(),
        label: ("stage", label),
        variables: vec![CHOOSE, EPS],
        shown: vec![
            columns("choose", Shows::Text(|row| row.number("choose").to_string())),
            eps,
            columns("threshold", Shows::Number(|row| row.maybe("threshold"))),
        ],
        shown_behind: vec![
            Head {
                shown: Shown::Always,
                ..columns("optimum", Shows::Number(|row| row.maybe("optimum")))
            },
            columns("sequences", Shows::Text(|row| row.number("sequences").to_string())),
        ],
    }
}

/// Returns the label of a stage, with its votes.
#[must_use]
pub fn label(row: &Row<'_>) -> String {
    let stage = row.word("stage");
    match row.maybe("votes") {
        Some(f64::INFINITY) => format!("{stage} (n = ∞)"),
        Some(votes) => format!("{stage} (n = {votes})"),
        None => stage.to_owned(),
    }
}

/// Every stage at every number of transformations and every ε.
#[derive(Debug)]
pub struct Barrage {
    spec: BarrageSpec,
    task: Task,
    eps: Vec<Eps>,
    cases: Vec<Case>,
    solved: OnceLock<Solved>,
}

impl Barrage {
    /// Creates the experiment for the rows that are asked for. Fails if a value is outside its domain.
    pub fn new(spec: BarrageSpec) -> Result<Self, SpecError> {
        let named = spec.pool.named()?;
        let task = Task::new(spec.mean, spec.data_std)?;
        let eps = budgets(&spec.eps)?;
        let all = named.pool.len();
        for &choose in spec.choose.values() {
            if choose > all {
                return Err(SpecError::Together(format!(
                    "--choose {}: {} has {all} transforms, so that {choose} different ones cannot be drawn: write at \
                     most {all}",
                    spec.choose,
                    spec.pool.path().display()
                )));
            }
        }
        let cases: Vec<Case> = spec.cases().collect();
        let axes =
            [("choose", spec.choose.values().len()), ("eps", eps.len()), ("votes", cases.len())];
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let barrage = Self { spec, task, eps, cases, solved: OnceLock::new() };
        let unlimited = barrage.cases.iter().any(|case| case.votes == Votes::Limit);
        if let Some(&choose) = barrage.beyond().first().filter(|_| unlimited) {
            return Err(SpecError::Together(format!(
                "--votes {}: what infinitely many draws say is not known of {} sequences of {choose} transforms: at most \
                 {MAX_WALKED:e} different ones are possible, so write a number of votes",
                barrage.spec.votes,
                ordered(all, choose)
            )));
        }
        Ok(barrage)
    }

    /// Returns the numbers of transformations that have too many sequences for exact values.
    fn beyond(&self) -> Vec<usize> {
        let Ok(named) = self.spec.pool.named() else { return Vec::new() };
        let many = |choose: &usize| Walk::new(&named.pool, *choose).len() > MAX_WALKED;
        self.spec.choose.values().iter().copied().filter(many).collect()
    }

    fn solved(&self) -> Result<&Solved, SpecError> {
        let named = self.spec.pool.named()?;
        let solve = || {
            let choose = self.spec.choose.values();
            solve::solve(&self.task, &named.pool, choose, &self.cases, self.spec.draws, &self.eps)
        };
        Ok(self.solved.get_or_init(solve))
    }

    /// Returns the question for the engine: every classifier against every budget, in one pass.
    fn question(&self) -> Result<BarrageQuestion, SpecError> {
        let pool = self.spec.pool.named()?.pool.clone();
        let judges = self.solved()?.judges();
        Ok(BarrageQuestion::new(self.task, pool, judges, self.spec.draws)?)
    }
}

impl BarrageSpec {
    /// Returns the stages with their votes, in the order of the argument.
    fn cases(&self) -> impl Iterator<Item = Case> {
        self.stages.0.iter().flat_map(|&stage| {
            let votes = match stage {
                BarrageStage::Voted => self.votes.values().to_vec(),
                _ => vec![Votes::ONE],
            };
            votes.into_iter().map(move |votes| Case { stage, votes })
        })
    }
}

impl Experiment for Barrage {
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
        watch.begin("sequences of transformations", None);
        let solved = self.solved()?;
        let all = self.spec.pool.named()?.pool.len();
        let row = |(place, eps): (&solve::Place, usize)| {
            let Case { stage, votes } = place.case;
            let keys = Keys {
                choose: place.choose,
                stage,
                threshold: place.threshold,
                votes: (stage == BarrageStage::Voted).then_some(votes),
                draws: self.spec.draws,
                eps: self.eps[eps].get(),
                blind_move: place.at[eps].blind_move,
                optimum: theory::barrage::optimum(&self.task, self.eps[eps]).value,
                sequences: Sequences(ordered(all, place.choose)),
            };
            ExactRow { keys: keys.cells(), rates: place.at[eps].rates.clone() }
        };
        Ok(solved.rows(self.eps.len()).map(row).collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(self.question()?.sampler(drawing)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let (Ok(question), Ok(solved)) = (self.question(), self.solved()) else {
            return Vec::new();
        };
        let counts: Counts = question.empty().filled(tally.counts, tally.samples);
        let row =
            |(place, eps): (&solve::Place, usize)| accuracies::sampled(&counts, place.index, eps);
        solved.rows(self.eps.len()).map(row).collect()
    }

    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        match self.spec.pool.named() {
            Ok(named) => vec![(POOL_FILE, named.to_toml().into_bytes().into())],
            Err(_) => Vec::new(),
        }
    }

    fn caption(&self) -> String {
        let BarrageSpec { choose, eps, mean, data_std, draws, .. } = &self.spec;
        let (title, all) = self
            .spec
            .pool
            .named()
            .map_or((None, 0), |named| (named.title.clone(), named.pool.len()));
        let title = title.map_or_else(String::new, |title| format!("{title}\n"));
        format!(
            "{title}{choose} of {all} transformations, mean = {mean}, data_std = {data_std}, ε = {eps}, {draws} draws"
        )
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        let mut notes = Vec::new();
        let list = |mut numbers: Vec<usize>| {
            numbers.sort_unstable();
            numbers.dedup();
            numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
        };
        let choices = |keep: &dyn Fn(&Row<'_>) -> bool| -> Vec<usize> {
            let rows = table.iter().filter(|row| keep(row));
            rows.filter_map(|row| row.count("choose")).map(|choose| choose as usize).collect()
        };
        let open = |row: &Row<'_>| row.maybe("robust_accuracy").is_none();
        let clean = |row: &Row<'_>| row.maybe("clean_accuracy");
        let limit = |row: &Row<'_>| row.maybe("votes") == Some(f64::INFINITY);
        let even = choices(&|row| clean(row).is_none() && limit(row));
        let beyond = choices(&|row| clean(row).is_none() && !limit(row));
        let tiny = choices(&|row| open(row) && clean(row).is_some_and(|clean| clean < SMALL));
        let open = choices(&|row| open(row) && clean(row).is_some_and(|clean| clean >= SMALL));
        if !even.is_empty() {
            notes.push(format!(
                "choose {}: of infinitely many votes it is not known what they say where half of all draws say +1, but \
                 for rounding: by simulation only",
                list(even)
            ));
        }
        if !tiny.is_empty() {
            notes.push(format!(
                "choose {}: the clean accuracy is too small for a share of it, the robust accuracy, to be known",
                list(tiny)
            ));
        }
        if !beyond.is_empty() {
            notes.push(format!(
                "choose {}: too many different sequences for exact values (more than {MAX_WALKED:e}, or too far apart): by \
                 simulation only; thresholds of training are found on {SPREAD} evenly spread sequences",
                list(beyond)
            ));
        }
        if !open.is_empty() {
            notes.push(format!(
                "choose {}: no exact robust accuracy is known of votes on the same draws where a scale is negative",
                list(open)
            ));
        }
        notes
    }
}
