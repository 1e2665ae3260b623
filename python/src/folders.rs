//! What stands in folders: shares that are added up, and rows that are read again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use gauss_sim::experiments::KINDS;
use gauss_sim::run::begun::{files, foreseen, open, unlocked};
use gauss_sim::run::kept::KeptRows;
use gauss_sim::run::merge::sum;
use gauss_sim::run::{Answer, Means};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

use crate::ask::{Answered, Call, made, write};
use crate::job::{self, Watched};
use crate::table::{Kept, RawTable};
use crate::{convert, pool, refused};

/// Adds up the runs in folders.
#[pyfunction]
#[pyo3(signature = (folders, given, allow_gaps, progress=None))]
pub(crate) fn merge(
    py: Python<'_>,
    folders: Vec<PathBuf>,
    given: &Bound<'_, PyDict>,
    allow_gaps: bool,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Answered> {
    let mut judged = convert::object(given)?;
    judged.retain(|_, value| !value.is_null());
    let call = Call::taken_from(&mut judged)?;
    let pool = pool::pool(call.threads)?;
    let watched = Arc::new(Watched::default());
    let work = move |watched: &Watched| merged(&folders, allow_gaps, judged, &call, watched);
    job::run(py, &pool, progress, &watched, work)
}

fn merged(
    folders: &[PathBuf],
    allow_gaps: bool,
    judged: Map<String, Value>,
    call: &Call,
    watched: &Watched,
) -> Result<Answered> {
    let paths: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let campaign = sum(KINDS, &paths, allow_gaps, judged)?;
    let experiment = Arc::clone(campaign.experiment());
    let home = open(&call.place(), &files(experiment.as_ref(), true))?;
    let exact = experiment.exact(watched)?;
    if let Some(home) = &home {
        unlocked(home).into_iter().for_each(|note| watched.note(note));
        foreseen(experiment.as_ref(), Some(&campaign), &exact, home, call.plots)?;
        home.begin(&campaign)?;
    }
    let end = campaign.ended();
    let mut answer = Answer::judged(&campaign, &exact, Means::default(), end)?;
    if let Some(progress) = &mut answer.record.progress {
        progress.merged = Some(folders.iter().map(|folder| folder.display().to_string()).collect());
    }
    experiment.notes(answer.rows()).into_iter().for_each(|note| watched.note(note));
    if let Some(home) = &home {
        write(experiment.as_ref(), &answer, home, call.plots)?;
    }
    made(answer, end, watched)
}

/// Reads the rows that a run left in a file or a folder: the table, and what was noticed.
#[pyfunction]
pub(crate) fn read(py: Python<'_>, path: PathBuf) -> PyResult<(RawTable, Vec<String>)> {
    let read = py.detach(|| KeptRows::read(KINDS, &path));
    let KeptRows { path, kind, tables, spec, notes } =
        read.map_err(|error| refused(format!("{error:#}")))?;
    let caption = path.display().to_string();
    let kept = Kept { kind: Some(kind), spec, tables, caption };
    Ok((RawTable::new(Arc::new(kept), 0), notes))
}
