//! Questions, from keyword arguments to an answer.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Result, anyhow};
use gauss_sim::engine::Kernel;
use gauss_sim::experiment::{Experiment, Planner};
use gauss_sim::experiments::KINDS;
use gauss_sim::experiments::verbs::{self, Verb, wanted};
use gauss_sim::run::asked::Asked;
use gauss_sim::run::begun::{self, Begun, Place, Work, foreseen};
use gauss_sim::run::publish::{charts, publish};
use gauss_sim::run::record::{Judgement, Record};
use gauss_sim::run::run_dir::RunDir;
use gauss_sim::run::spec_file::SpecFile;
use gauss_sim::run::verdict::verdict_line;
use gauss_sim::run::{Answer, End, Limits, Means, limits};
use gauss_sim::task::spec::{flag, one_of};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

use crate::job::{self, Watched};
use crate::table::{Kept, RawTable};
use crate::{convert, pool, refused};

/// What came of a question.
#[pyclass(frozen, module = "gauss_sim._native")]
pub(crate) struct Answered {
    kept: Arc<Kept>,
    record: Record,
    verdict: Option<(String, Judgement)>,
    agrees: bool,
    end: Option<&'static str>,
    lines: Vec<String>,
    notes: Vec<String>,
    planned: bool,
}

#[pymethods]
impl Answered {
    /// The rows, and the tables beside them.
    #[getter]
    fn tables(&self) -> Vec<RawTable> {
        (0..self.kept.tables.len())
            .map(|place| RawTable::new(Arc::clone(&self.kept), place))
            .collect()
    }

    /// The record, as run.json has it.
    #[getter]
    fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::python(py, &serde_json::to_value(&self.record).map_err(refused)?)
    }

    /// The verdict: its sentence, and the record's words; `None` where nothing was compared.
    #[getter]
    fn verdict<'py>(&self, py: Python<'py>) -> PyResult<Option<(String, Bound<'py, PyAny>)>> {
        let Some((sentence, judgement)) = &self.verdict else { return Ok(None) };
        let words = serde_json::to_value(judgement).map_err(refused)?;
        Ok(Some((sentence.clone(), convert::python(py, &words)?)))
    }

    /// Whether no row disagrees.
    #[getter]
    fn agrees(&self) -> bool {
        self.agrees
    }

    /// Why the run came to its end; `None` where nothing was drawn.
    #[getter]
    fn end(&self) -> Option<&'static str> {
        self.end
    }

    /// What was asked, in a line.
    #[getter]
    fn caption(&self) -> &str {
        &self.kept.caption
    }

    /// What the question alone has to say, line by line.
    #[getter]
    fn findings(&self) -> Vec<String> {
        self.lines.clone()
    }

    /// What was noticed.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// Whether it is a planner's table.
    #[getter]
    fn planned(&self) -> bool {
        self.planned
    }
}

/// How the answer is to be found, and where it goes.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    means: Means,
    pub(crate) threads: Option<NonZeroUsize>,
    time: Option<Duration>,
    checkpoint_every: Duration,
    resume: Option<PathBuf>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) force: bool,
    pub(crate) plots: bool,
}

impl Call {
    /// Takes out of `given` what is no parameter of a question or a plan.
    pub(crate) fn taken_from(given: &mut Map<String, Value>) -> PyResult<Self> {
        let mut take = |name: &str| given.remove(name).filter(|value| !value.is_null());
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let named = |name: &str, message: String| refused(format!("{}: {message}", flag(name)));
        let mut means = Means::default();
        if let Some(word) = take("engine").map(text) {
            one_of(&word, &["auto", "reference", "simd"]).map_err(|m| named("engine", m))?;
            means.kernel = match word.as_str() {
                "reference" => Kernel::Reference,
                "simd" => Kernel::Simd,
                _ => Kernel::default(),
            };
        }
        let mut time = |name: &str| {
            let time = take(name).map(|value| match value {
                // A number is one of seconds.
                Value::Number(seconds) => format!("{seconds}s"),
                value => text(value),
            });
            time.map(|time| limits::time(&time)).transpose().map_err(|m| named(name, m))
        };
        let (limit, checkpoint_every) = (time("time")?, time("checkpoint_every")?);
        let mut take = |name: &str| given.remove(name).filter(|value| !value.is_null());
        let threads = take("threads").map(|threads| limits::threads(&text(threads)));
        let threads = threads.transpose().map_err(|m| named("threads", m))?;
        let mut truth = |name: &str, usual: bool| match take(name) {
            None => Ok(usual),
            Some(Value::Bool(truth)) => Ok(truth),
            Some(other) => {
                Err(PyTypeError::new_err(format!("{name} is {other}: give True or False")))
            }
        };
        let (force, plots) = (truth("force", false)?, truth("plots", true)?);
        let mut path =
            |name: &str| given.remove(name).filter(|v| !v.is_null()).map(text).map(PathBuf::from);
        Ok(Self {
            means,
            threads,
            time: limit,
            checkpoint_every: checkpoint_every.unwrap_or(Duration::from_secs(30)),
            resume: path("resume"),
            output: path("output"),
            force,
            plots,
        })
    }

    pub(crate) fn place(&self) -> Place<'_> {
        Place { path: self.output.as_deref(), fresh: None, force: self.force }
    }
}

/// The question of a file or of a value, and the verb that asks it.
fn file_of(spec: &Value) -> Result<(SpecFile, &'static Verb)> {
    let file = match spec {
        Value::String(path) => SpecFile::read(Path::new(path))?,
        value => SpecFile::of(Path::new(""), value.clone())?,
    };
    let kind = file.kind(KINDS)?;
    let fitting = |verb: &&Verb| verb.kind.name == kind.name && verb.samples == file.draws();
    let of_kind = |verb: &&Verb| verb.kind.name == kind.name;
    let verb = verbs::all().iter().find(fitting).or_else(|| verbs::all().iter().find(of_kind));
    Ok((file, verb.ok_or_else(|| anyhow!("{} has no verb", kind.name))?))
}

/// Asks a question: `verb` is the function that was called, empty where the question says which.
#[pyfunction]
#[pyo3(signature = (verb, given, progress=None))]
pub(crate) fn ask(
    py: Python<'_>,
    verb: &str,
    given: &Bound<'_, PyDict>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Answered> {
    let mut given = convert::object(given)?;
    given.retain(|_, value| !value.is_null());
    let call = Call::taken_from(&mut given)?;
    let spec = given.remove("spec");
    let (file, verb) = match (verb, &spec) {
        ("", None) => return Err(PyTypeError::new_err("no question is given")),
        ("", Some(spec)) => {
            let (file, verb) = file_of(spec).map_err(|error| refused(format!("{error:#}")))?;
            // What was not sampled is not sampled now, unless it is said.
            let samples = verb.plan().find(|(parameter, _)| parameter.name == "samples");
            if let Some((_, samples)) = samples.filter(|_| !file.draws()) {
                given.entry(samples).or_insert(Value::from(0));
            }
            (Some(file), verb)
        }
        (name, spec) => {
            let verb = verbs::named(name).map_err(refused)?;
            let read = |spec: &Value| match spec {
                Value::String(path) => SpecFile::read(Path::new(path)),
                value => SpecFile::of(Path::new(""), value.clone()),
            };
            (
                spec.as_ref()
                    .map(read)
                    .transpose()
                    .map_err(|error| refused(format!("{error:#}")))?,
                verb,
            )
        }
    };
    let planner = verb.planners().find_map(|planner| Some((planner, given.remove(planner.name)?)));
    let asked = verb.asked(file, given).map_err(|error| PyTypeError::new_err(error.to_string()))?;
    let pool = pool::pool(call.threads)?;
    let watched = Arc::new(Watched::default());
    let work = move |watched: &Watched| match planner {
        Some((planner, wanted)) => plan(planner, &wanted, &asked),
        None => answer(verb, &asked, &call, watched),
    };
    job::run(py, &pool, progress, &watched, work)
}

/// The table of a planner.
fn plan(planner: &'static Planner, value: &Value, asked: &Asked<'_>) -> Result<Answered> {
    let (spec, text) = wanted(planner, value, asked)?;
    let table = (planner.table)(spec.as_ref(), &text)?;
    let record = Record::begin(spec.boxed(), table.len());
    let caption = format!("{} {text}", flag(planner.name));
    Ok(Answered {
        record,
        kept: Arc::new(Kept { kind: None, spec: None, tables: vec![table], caption }),
        verdict: None,
        agrees: true,
        end: None,
        lines: Vec::new(),
        notes: Vec::new(),
        planned: true,
    })
}

/// The answer to a question.
fn answer(verb: &Verb, asked: &Asked<'_>, call: &Call, watched: &Watched) -> Result<Answered> {
    let mut begun = match &call.resume {
        Some(folder) => Begun::take_up(folder, asked, call.output.as_deref(), &|_| Ok(()))?,
        None => {
            let (spec, plan) = asked.ask()?;
            asked.without_effect(spec.as_ref()).iter().for_each(|line| watched.note(line));
            let time = call.time.is_some();
            Begun::new(verb.kind, (spec.as_ref(), plan), verb.samples, time, &call.place())?
        }
    };
    begun.notes().into_iter().for_each(|note| watched.note(note));
    let experiment = begun.experiment();
    let exact = experiment.exact(watched)?;
    let with_charts = verb.charts && call.plots && begun.home.is_some();
    let mut later = Vec::new();
    if let Some(home) = &begun.home {
        later = foreseen(experiment.as_ref(), begun.campaign(), &exact, home, with_charts)?;
        if call.force && !begun.resumed {
            home.clear(&later)?;
        }
    }
    if let Work::Run(campaign) = &begun.work {
        watched.begin_of(campaign.drawn(), campaign.whole_samples());
        watched.drawing.store(true, Ordering::Relaxed);
    }
    let limits = Limits {
        stop: &watched.stop,
        time: call.time,
        checkpoint_every: if begun.home.is_some() { call.checkpoint_every } else { Duration::MAX },
    };
    let done = |samples| {
        watched.done.fetch_add(samples, Ordering::Relaxed);
    };
    let trouble = |line: &str| watched.note(line);
    let answered = begun.answer(
        &exact,
        call.means,
        begun::Watched { limits, done: &done, trouble: &trouble },
    )?;
    let answer = answered.answer;
    experiment.notes(answer.rows()).into_iter().for_each(|note| watched.note(note));
    if let Some(home) = &begun.home {
        let there = later.iter().all(|file| home.folder().path().join(file).is_file());
        if !(answered.current && there) {
            write(experiment.as_ref(), &answer, home, with_charts)?;
        }
    }
    made(answer, answered.end, watched)
}

/// Writes an answer into its folder.
pub(crate) fn write(
    experiment: &dyn Experiment,
    answer: &Answer,
    home: &RunDir,
    with_charts: bool,
) -> Result<()> {
    let figures = if with_charts { charts(experiment.kind(), answer)? } else { Vec::new() };
    publish(answer, &experiment.files(), &figures, home.folder())?;
    Ok(())
}

/// An answer as Python gets it.
pub(crate) fn made(answer: Answer, end: Option<End>, watched: &Watched) -> Result<Answered> {
    let judgement = answer.record.judgement.clone();
    let verdict = verdict_line(&answer.record).zip(judgement);
    let agrees = answer.agrees();
    let kind = KINDS.iter().find(|kind| kind.name == answer.record.spec.kind()).copied();
    let Answer { tables, record, findings, caption, .. } = answer;
    let spec = record.spec.boxed();
    let notes = std::mem::take(
        &mut *watched.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
    );
    Ok(Answered {
        kept: Arc::new(Kept { kind, spec: Some(spec), tables, caption }),
        record,
        verdict,
        agrees,
        end: end.map(|end| match end {
            End::Complete => "complete",
            End::Precision => "precision",
            End::Time => "time",
            End::Interrupted => "interrupted",
        }),
        lines: findings.lines,
        notes,
        planned: false,
    })
}
