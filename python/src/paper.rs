//! The figures and the statements of the paper.

use std::sync::Arc;

use anyhow::Result;
use gauss_sim::check::Verdict as Judged;
use gauss_sim::experiment::Watch as _;
use gauss_sim::paper::caption::{command, report_command};
use gauss_sim::paper::html::{Entry, Frame, page};
use gauss_sim::paper::statements::{audit, of_page, table};
use gauss_sim::paper::{self, CONFIDENCE, Given, Name, Order, Sheet, samples_of};
use gauss_sim::plots::{Size, Theme};
use gauss_sim::report::Figure;
use gauss_sim::run::plan::Seed;
use gauss_sim::run::record::Judgement;
use gauss_sim::run::verdict::verdict;
use gauss_sim::table::Table;
use gauss_sim::task::spec::Parse;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use crate::figure::RawFigure;
use crate::job::{self, Watched};
use crate::table::{Kept, RawTable};
use crate::{convert, pool, refused};

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
fn order(
    samples: Option<String>,
    seed: Option<String>,
    exact: bool,
    given: Given,
) -> PyResult<Order> {
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
    Ok(Order { samples, seed: seed.0, width: Size::TEXT_WIDTH.width, given })
}

fn said(found: Option<&Judged>) -> Said {
    found.map(|found| (verdict(&Judgement::from(found), CONFIDENCE.get()), found.agree))
}

/// The names of figures in the order of the argument, all where none is named.
fn names(only: &[String]) -> PyResult<Vec<Name>> {
    let named =
        |name: &String| Name::parse(name).map_err(|error| refused(format!("--only: {error}")));
    let asked = only.iter().map(named).collect::<PyResult<Vec<Name>>>()?;
    Ok(Name::ALL.into_iter().filter(|name| asked.is_empty() || asked.contains(name)).collect())
}

/// Makes and judges figures.
fn sheets(
    names: &[Name],
    order: &Order,
    watched: &Watched,
) -> Result<(Vec<Sheet>, Option<Judged>)> {
    watched.begin_of(0, names.len() as u64);
    let mut sheets = Vec::new();
    for name in names {
        sheets.push(paper::make(*name, order)?);
        watched.step(1);
    }
    let verdict = paper::judge(&mut sheets);
    Ok((sheets, verdict))
}

/// Makes the figures of these names, or all.
#[pyfunction]
#[pyo3(signature = (only, given, samples=None, seed=None, progress=None))]
pub(crate) fn figures(
    py: Python<'_>,
    only: Vec<String>,
    given: &Bound<'_, PyDict>,
    samples: Option<String>,
    seed: Option<String>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Vec<RawSheet>, Said)> {
    let given = Given::read(&Value::Object(convert::object(given)?)).map_err(refused)?;
    let (names, order) = (names(&only)?, order(samples, seed, false, given)?);
    let work = move |watched: &Watched| {
        let (sheets, verdict) = sheets(&names, &order, watched)?;
        let sheets = sheets.into_iter().map(|sheet| RawSheet {
            caption: sheet.caption.markdown(&command(sheet.name, &order, ""), None),
            tables: sheet.tables.into_iter().map(|data| data.table).collect(),
            figure: Figure { name: sheet.name.name().to_owned(), picture: sheet.picture },
        });
        Ok((sheets.collect(), said(verdict.as_ref())))
    };
    job::run(py, pool::pool(None)?.as_ref(), progress, &Arc::default(), work)
}

/// The figures of these names, or all, as one page of HTML.
#[pyfunction]
#[pyo3(signature = (only, samples=None, seed=None, progress=None))]
pub(crate) fn report(
    py: Python<'_>,
    only: Vec<String>,
    samples: Option<String>,
    seed: Option<String>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(String, Said)> {
    let (names, order) = (names(&only)?, order(samples, seed, false, Given::NONE)?);
    let work = move |watched: &Watched| {
        let (sheets, verdict) = sheets(&names, &order, watched)?;
        let drawn = sheets.iter().map(|sheet| {
            let page = sheet.picture.render_at(order.width, Theme::Light)?;
            Ok((page, sheet.for_column().render_at(Size::COLUMN.width, Theme::Light)?))
        });
        let drawn = drawn.collect::<Result<Vec<_>>>()?;
        let commands: Vec<String> =
            sheets.iter().map(|sheet| command(sheet.name, &order, "")).collect();
        let entries: Vec<Entry<'_>> = (sheets.iter().zip(&drawn).zip(&commands))
            .map(|((sheet, (page, column)), command)| Entry {
                sheet,
                svg: page.svg(),
                column: column.svg(),
                command,
            })
            .collect();
        let audited = of_page(&names, &order)?;
        let of_statements = said(audited.verdict.as_ref());
        let verdict = said(verdict.as_ref());
        let frame = Frame {
            verdict: verdict.as_ref().map(|(line, _)| line.clone()),
            disagrees: verdict.as_ref().is_some_and(|(_, agree)| !agree),
            statements: audited.statements,
            statements_verdict: of_statements.as_ref().map(|(line, _)| line.clone()),
            command: report_command(&names, &order, ""),
            dark: false,
        };
        let disagreeing = of_statements.filter(|(_, agree)| !agree);
        Ok((page(&frame, &entries), disagreeing.or(verdict)))
    };
    job::run(py, pool::pool(None)?.as_ref(), progress, &Arc::default(), work)
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
    let order = order(samples, seed, true, Given::NONE)?;
    let work = move |_: &Watched| {
        let found = audit(&order)?;
        let caption = "The statements of the paper and its essay".to_owned();
        let tables = vec![table(&found.statements)];
        let kept = Kept { kind: None, spec: None, tables, caption };
        Ok((RawTable::new(Arc::new(kept), 0), said(found.verdict.as_ref())))
    };
    job::run(py, pool::pool(None)?.as_ref(), progress, &Arc::new(Watched::default()), work)
}
