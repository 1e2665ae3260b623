//! The figures and the statements of the paper.

use std::sync::Arc;

use gauss_sim::paper::caption::command;
use gauss_sim::paper::statements::{audit, table};
use gauss_sim::paper::{self, CONFIDENCE, Name, Order, samples_of};
use gauss_sim::report::Figure;
use gauss_sim::run::plan::Seed;
use gauss_sim::run::record::Judgement;
use gauss_sim::run::verdict::verdict;
use gauss_sim::table::Table;
use gauss_sim::task::spec::Parse;
use pyo3::prelude::*;

use crate::figure::RawFigure;
use crate::job::{self, Watched};
use crate::table::{Kept, RawTable};
use crate::{pool, refused};

/// A figure of the paper with its rows and its caption.
#[pyclass(frozen, module = "gauss_sim._native")]
pub(crate) struct RawSheet {
    figure: Figure,
    tables: Vec<Table>,
    caption: String,
}

#[pymethods]
impl RawSheet {
    /// What is drawn.
    #[getter]
    fn figure(&self) -> RawFigure {
        RawFigure::new(self.figure.clone())
    }

    /// What is shown, in Markdown.
    #[getter]
    fn caption(&self) -> &str {
        &self.caption
    }

    /// The rows that it is drawn from.
    #[getter]
    fn tables(&self) -> Vec<RawTable> {
        let kept = |table: &Table| Kept {
            kind: None,
            spec: None,
            tables: vec![table.clone()],
            caption: self.figure.name.clone(),
        };
        self.tables.iter().map(|table| RawTable::new(Arc::new(kept(table)), 0)).collect()
    }
}

/// The verdict of many rows: its sentence, and whether they agree.
type Said = Option<(String, bool)>;

/// How figures are ordered, from what was written.
fn order(samples: Option<String>, seed: Option<String>, exact: bool) -> PyResult<Order> {
    let samples = match samples {
        None if exact => 0,
        None => 10_000_000,
        Some(text) if exact && text == "0" => 0,
        Some(text) => {
            samples_of(&text).map_err(|error| refused(format!("--samples: {error}")))?.get()
        }
    };
    let seed = seed.map(|text| Seed::parse(&text)).transpose();
    let seed = seed.map_err(|error| refused(format!("--seed: {error}")))?.unwrap_or(Seed(1));
    Ok(Order { samples, seed: seed.0, width: gauss_sim::plots::Size::TEXT_WIDTH.width })
}

fn said(found: Option<&gauss_sim::check::Verdict>) -> Said {
    found.map(|found| (verdict(&Judgement::from(found), CONFIDENCE.get()), found.agree))
}

/// Makes the figures of these names, or all.
#[pyfunction]
#[pyo3(signature = (only, samples=None, seed=None, progress=None))]
pub(crate) fn figures(
    py: Python<'_>,
    only: Vec<String>,
    samples: Option<String>,
    seed: Option<String>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Vec<RawSheet>, Said)> {
    let named =
        |name: &String| Name::parse(name).map_err(|error| refused(format!("--only: {error}")));
    let asked = only.iter().map(named).collect::<PyResult<Vec<Name>>>()?;
    let order = order(samples, seed, false)?;
    let names: Vec<Name> =
        Name::ALL.into_iter().filter(|name| asked.is_empty() || asked.contains(name)).collect();
    let watched = Arc::new(Watched::default());
    let work = move |watched: &Watched| {
        use gauss_sim::experiment::Watch;
        watched.begin_of(0, names.len() as u64);
        let mut sheets = Vec::new();
        for name in &names {
            sheets.push(paper::make(*name, &order)?);
            watched.step(1);
        }
        let verdict = said(paper::judge(&mut sheets).as_ref());
        let sheets = sheets.into_iter().map(|sheet| RawSheet {
            caption: sheet.caption.markdown(&command(sheet.name, &order, "")),
            tables: sheet.tables.into_iter().map(|data| data.table).collect(),
            figure: Figure { name: sheet.name.name().to_owned(), picture: sheet.picture },
        });
        Ok((sheets.collect(), verdict))
    };
    job::run(py, pool::pool(None)?.as_ref(), progress, &watched, work)
}

/// Decides every statement of the paper; without samples exactly alone.
#[pyfunction]
#[pyo3(signature = (samples=None, seed=None, progress=None))]
pub(crate) fn statements(
    py: Python<'_>,
    samples: Option<String>,
    seed: Option<String>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(RawTable, Said)> {
    let order = order(samples, seed, true)?;
    let work = move |_: &Watched| {
        let found = audit(&order)?;
        let caption = "The statements of the paper and its essay".to_owned();
        let tables = vec![table(&found.statements)];
        let kept = Kept { kind: None, spec: None, tables, caption };
        Ok((RawTable::new(Arc::new(kept), 0), said(found.verdict.as_ref())))
    };
    job::run(py, pool::pool(None)?.as_ref(), progress, &Arc::new(Watched::default()), work)
}
