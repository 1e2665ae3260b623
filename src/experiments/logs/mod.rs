//! The logged predictions of any randomised defense: every metric under every protocol, accuracy against votes and tries, and the
//! task that they fit.
//!
//! Nothing is sampled here: rates are counted in files. The task is fitted by [`theory::logs`], intervals are those of
//! [`crate::check`].

mod charts;
mod compare;
mod count;
mod curves;
mod fitted;
mod input;
mod logged;
mod long_form;
mod metrics;
mod plurality;
mod rows;
mod tries;
mod warnings;

use std::borrow::Cow;
use std::sync::OnceLock;

use engine::sampler::{Drawing, Sampler};
use serde_json::json;
use task::Votes;
use task::range::{Probability, VoteList};
use task::spec::{Spec, SpecError};

pub use self::input::FileName;
pub use self::tries::Tries;

use self::count::Counted;
use self::curves::{Asked, bars, curves};
use self::fitted::Fits;
use self::input::Files;
use self::logged::Logged;
use self::metrics::Metrics;
use self::rows::{Bar, Compared, Fitted, Metric, Point, beside, schema};
use super::own;
use crate::arrays::Classes;
use crate::experiment::{
    ExactRow, Experiment, Findings, Kind, SampledRow, Tally, Text, UsualPlan, Watch,
};
use crate::run::plan::Seed;
use crate::table::text::{Script, thousands};
use crate::table::{Columnar, Table};

/// The heading of flags that name files.
const ARRAYS: &str = "Arrays by themselves (.npy)";

task::spec! {
    /// Logged predictions and what is asked of them.
    pub struct LogsSpec = "logs" {
        logs: Option<FileName> {
            default: "", placeholder: "LOGS", positional: true,
            help: "The predictions: .npz with labels (N), clean (N, m), attacked (N, m'), perhaps undefended (N) and \
                   undefended_attacked (N); or CSV: sample,label,input,draw,prediction"
        }
        paired: bool {
            default: "false", placeholder: "true|false",
            help: "Column by column, the clean and the attacked input have the same draw"
        }
        votes: VoteList {
            default: "1..101:2", placeholder: "VOTES",
            help: "How many draws vote: 1..101, or 1,11,101; beyond the logged draws the fitted task says it"
        }
        tries: Tries {
            default: "1..50", placeholder: "TRIES",
            help: "How many draws a persistent attacker may try: 1..50, or 1,5,10"
        }
        compare: Option<FileName> {
            default: "", placeholder: "LOGS",
            help: "The log of another defense on the same samples: both side by side, with paired exact tests"
        }
        confidence: Probability {
            default: "0.95", placeholder: "PROBABILITY", help: "The confidence of every interval: 0.95, or 95%"
        }
        seed: Seed {
            default: "1", placeholder: "NUMBER",
            help: "The seed of the order of samples, on which bets depend, and of votes among more than two classes"
        }
        labels: Option<FileName> {
            default: "", placeholder: "FILE", heading: ARRAYS, help: "The labels, N of them"
        }
        clean: Option<FileName> {
            default: "", placeholder: "FILE", heading: ARRAYS, help: "Predictions on the clean inputs, N × m"
        }
        attacked: Option<FileName> {
            default: "", placeholder: "FILE", heading: ARRAYS, help: "Predictions on the attacked inputs, N × m'"
        }
        undefended: Option<FileName> {
            default: "", placeholder: "FILE", heading: ARRAYS,
            help: "What the undefended model says of the clean inputs, N"
        }
        undefended_attacked: Option<FileName> {
            default: "", placeholder: "FILE", heading: ARRAYS,
            help: "What the undefended model says of inputs that are attacked against it, N"
        }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "logs",
    verbs: "evaluate",
    spec: || Box::new(LogsSpec::default()),
    new: |spec| Ok(Box::new(Logs::new(own(spec)?)?)),
    schema,
    beside,
    plan: UsualPlan::NOTHING,
    charts: |tables, _| charts::figures(tables),
};

/// The most draws of a sample, whose pairs are counted in 32 bits.
const MOST_DRAWS: usize = 1 << 16;

/// The most points of a curve.
const MOST_POINTS: usize = 2000;

/// The logs of a defense.
pub struct Logs {
    spec: LogsSpec,
    votes: Vec<u32>,
    tries: Vec<u32>,
    found: OnceLock<Result<Found, SpecError>>,
}

/// What is found in logs.
struct Found {
    caption: String,
    rows: Vec<Metric>,
    points: Vec<Point>,
    bars: Vec<Bar>,
    fits: Fits,
    fitted: Vec<Fitted>,
    compared: Vec<Compared>,
    warnings: Vec<String>,
}

/// Numbers of votes, without `inf`.
fn finite(votes: &VoteList) -> Result<Vec<u32>, SpecError> {
    let whole = |votes: &Votes| match votes {
        Votes::Finite(n) => Ok(n.get()),
        Votes::Limit => Err(refused(
            "votes",
            "inf is not possible: write whole numbers, as in 1..101".to_owned(),
        )),
    };
    few("votes", votes.values().iter().map(whole).collect::<Result<_, _>>()?)
}

/// Fails where there are too many numbers.
fn few(name: &str, numbers: Vec<u32>) -> Result<Vec<u32>, SpecError> {
    match numbers.len() {
        0..=MOST_POINTS => Ok(numbers),
        many => {
            Err(refused(name, format!("{many} numbers are too many: write up to {MOST_POINTS}")))
        }
    }
}

fn refused(name: &str, message: String) -> SpecError {
    SpecError::Unreadable { flag: task::spec::flag(name), message }
}

/// What a log has, beside the classes of its labels.
fn read(files: &Files<'_>, classes: &Classes, name: &str) -> Result<Logged, SpecError> {
    let logged = files.read(classes)?;
    if logged.labels.len() > u32::MAX as usize
        || logged.clean.count.max(logged.attacked.count) > MOST_DRAWS
    {
        return Err(SpecError::Together(format!(
            "{name}: up to 4294967295 samples and {MOST_DRAWS} draws of each are read"
        )));
    }
    Ok(logged)
}

/// Reads a log in long form, and returns how many samples it has. An error names the line.
pub fn long_form_samples(text: &str) -> Result<usize, String> {
    long_form::read(text, &Classes::default()).map(|logged| logged.labels.len())
}

impl Logs {
    /// The question about some logs, which are read when they are first needed. Fails where a value is outside its domain.
    pub fn new(spec: LogsSpec) -> Result<Self, SpecError> {
        let votes = finite(&spec.votes)?;
        let tries = few("tries", spec.tries.values().to_vec())?;
        Ok(Self { spec, votes, tries, found: OnceLock::new() })
    }

    fn files(&self) -> Files<'_> {
        let spec = &self.spec;
        let named = [
            &spec.labels,
            &spec.clean,
            &spec.attacked,
            &spec.undefended,
            &spec.undefended_attacked,
        ];
        Files { all: spec.logs.as_ref(), named: named.map(Option::as_ref) }
    }

    fn found(&self) -> Result<&Found, SpecError> {
        self.found.get_or_init(|| self.find()).as_ref().map_err(Clone::clone)
    }

    fn find(&self) -> Result<Found, SpecError> {
        let spec = &self.spec;
        let (confidence, seed) = (spec.confidence.get(), spec.seed.0);
        let classes = Classes::default();
        let logged = read(&self.files(), &classes, "LOGS")?;
        let (m, n) = (logged.clean.count, logged.attacked.count);
        if spec.paired && m != n {
            return Err(SpecError::Together(format!(
                "--paired: clean has {m} draws and attacked {n}; of paired draws both have as many"
            )));
        }
        let count = |logged: &Logged| Counted::of(logged, classes.names().len(), spec.paired, seed);
        let counted = count(&logged);
        let fits = Fits::new(&counted);
        let asked = Asked { votes: &self.votes, tries: &self.tries, confidence, seed };
        let points = curves(&logged, &counted, &fits, asked);
        let wanted = (self.votes.as_slice(), self.tries.as_slice());
        let metrics = |counted: &Counted, fits: &Fits, points: &[Point], confidence: f64| {
            Metrics::all(counted, fits, points, (wanted.0, wanted.1, confidence))
        };
        let rows = metrics(&counted, &fits, &points, confidence);
        let mut compared = Vec::new();
        if let Some(other) = &spec.compare {
            let files = Files { all: Some(other), named: [None; 5] };
            let others = read(&files, &classes, "--compare")?;
            if others.labels != logged.labels {
                return Err(SpecError::Together(format!(
                    "--compare {}: its labels are others: compare logs of the same samples, in the same order",
                    other.0.display()
                )));
            }
            if spec.paired && others.clean.count != others.attacked.count {
                return Err(SpecError::Together(format!(
                    "--compare {}: --paired says that both inputs have the same draws, and their numbers differ",
                    other.0.display()
                )));
            }
            let second = count(&others);
            let none = Fits { all: None, first: None };
            // Each with half of the error, so that a difference of two has all of it.
            let half = 0.5 * (1.0 + confidence);
            let each = [&counted, &second].map(|counted| metrics(counted, &none, &[], half));
            let each = [each[0].as_slice(), each[1].as_slice()];
            compared =
                compare::compare([&counted, &second], each, (wanted.0, wanted.1, confidence))?;
        }
        let warnings = warnings::warnings(&counted, &rows, &compared, wanted);
        let name = spec.logs.as_ref().map_or("logs", |FileName(path)| {
            path.file_name().and_then(|name| name.to_str()).unwrap_or("logs")
        });
        let same = if spec.paired { ", the same for both" } else { "" };
        let caption = format!(
            "{name}: {} samples of {} classes, {m} clean and {n} attacked draws of each{same}; intervals at {}%",
            thousands(counted.samples as u64),
            counted.classes,
            confidence * 100.0
        );
        let (fitted, bars) = (fits.rows(), bars(&counted, &fits));
        Ok(Found { caption, rows, points, bars, fits, fitted, compared, warnings })
    }
}

impl Experiment for Logs {
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
        watch.begin("what was logged", None);
        let row = |metric: &Metric| ExactRow { keys: metric.clone().cells(), rates: Vec::new() };
        Ok(self.found()?.rows.iter().map(row).collect())
    }

    /// Nothing is drawn: the rates are counted in the files.
    fn sampler(&self, _: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Err(SpecError::Together("evaluate counts what was logged and draws nothing".to_owned()))
    }

    fn sampled(&self, _: &Tally<'_>) -> Vec<SampledRow> {
        Vec::new()
    }

    fn tables(&self, _: Option<&Tally<'_>>) -> Vec<Table> {
        let Ok(found) = self.found() else { return Vec::new() };
        let mut tables = vec![
            Table::of("curves", found.points.iter().cloned()),
            Table::of("counts", found.bars.iter().cloned()),
        ];
        if !found.fitted.is_empty() {
            tables.push(Table::of("fit", found.fitted.iter().cloned()));
        }
        if !found.compared.is_empty() {
            tables.push(Table::of("comparison", found.compared.iter().cloned()));
        }
        tables
    }

    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        let task = self.found().ok().and_then(|found| found.fits.task());
        task.map(fitted::files).unwrap_or_default()
    }

    fn findings(&self) -> Result<Findings, SpecError> {
        let found = self.found()?;
        let mut lines = found.fits.lines();
        lines.extend(found.compared.iter().map(Compared::line));
        let record = json!({"lines": lines, "warnings": found.warnings});
        Ok(Findings { lines, record })
    }

    fn caption(&self) -> String {
        self.found().map_or_else(|_| String::new(), |found| found.caption.clone())
    }

    fn shown(&self, table: &Table, _: Script) -> Option<Text> {
        Some(Text { lines: rows::lines(table), details: String::new() })
    }

    fn notes(&self, _: &Table) -> Vec<String> {
        self.found().map_or_else(|_| Vec::new(), |found| found.warnings.clone())
    }
}
