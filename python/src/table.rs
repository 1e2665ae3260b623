//! Tables, column by column.

use std::sync::Arc;

use gauss_sim::experiment::Kind;
use gauss_sim::table::format::{csv_text, lines};
use gauss_sim::table::text::{Lines, Script};
use gauss_sim::table::{Table, Values};
use gauss_sim::task::spec::Spec;
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::figure::RawFigure;
use crate::refused;

/// The tables of an answer, with what their charts need besides.
pub(crate) struct Kept {
    /// The kind; `None` of a planner's table.
    pub(crate) kind: Option<&'static Kind>,
    /// What was asked, where it is known.
    pub(crate) spec: Option<Box<dyn Spec>>,
    /// The rows, and the tables beside them.
    pub(crate) tables: Vec<Table>,
    /// What was asked, in a line.
    pub(crate) caption: String,
}

/// A table, or some of its rows.
#[pyclass(frozen, module = "gauss_sim._native")]
pub(crate) struct RawTable {
    kept: Arc<Kept>,
    /// Which of the tables.
    place: usize,
    /// Some of its rows; `None`: all.
    taken: Option<Table>,
}

/// The names of a file's columns, and rows of cells: what a printed table says.
type Printed = (Vec<String>, usize, Vec<Vec<Vec<String>>>);

impl RawTable {
    pub(crate) fn new(kept: Arc<Kept>, place: usize) -> Self {
        Self { kept, place, taken: None }
    }

    fn table(&self) -> &Table {
        self.taken.as_ref().unwrap_or(&self.kept.tables[self.place])
    }

    fn lines(&self, script: Script, digits: Option<usize>) -> Option<Lines> {
        let kind = self.kept.kind.filter(|_| self.place == 0)?;
        Some(lines(&(kind.schema)(), self.table(), script, digits))
    }
}

#[pymethods]
impl RawTable {
    fn __len__(&self) -> usize {
        self.table().len()
    }

    /// The name of its file, without the ending.
    #[getter]
    fn name(&self) -> &str {
        &self.table().name
    }

    /// What was asked, in a line.
    #[getter]
    fn caption(&self) -> &str {
        &self.kept.caption
    }

    /// The names of its columns.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.table().columns().iter().map(|column| column.name.to_string()).collect()
    }

    /// What each column is, in a sentence.
    #[getter]
    fn about<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let about = PyDict::new(py);
        for column in self.table().columns() {
            about.set_item(column.name.as_ref(), column.about.as_ref())?;
        }
        Ok(about)
    }

    /// A column: an array of numbers or truths; a list where truths are missing; of words their places, and the words.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let table = self.table();
        let values = table.values(name).ok_or_else(|| {
            let names = self.names().join(", ");
            PyKeyError::new_err(format!("{name:?} is no column: there are {names}"))
        })?;
        Ok(match values {
            Values::Numbers(numbers) => PyArray1::from_slice(py, numbers).into_any(),
            Values::Counts(counts) if counts.iter().all(Option::is_some) => {
                let counts = counts.iter().flatten().map(|count| *count as i64);
                PyArray1::from_vec(py, counts.collect()).into_any()
            }
            // Counts are at most 1e15, which doubles hold.
            Values::Counts(counts) => {
                let number = |count: &Option<u64>| count.map_or(f64::NAN, |count| count as f64);
                PyArray1::from_vec(py, counts.iter().map(number).collect()).into_any()
            }
            Values::Truths(truths) if truths.iter().all(Option::is_some) => {
                PyArray1::from_vec(py, truths.iter().flatten().copied().collect()).into_any()
            }
            Values::Truths(truths) => truths.to_vec().into_pyobject(py)?.into_any(),
            Values::Words(places, words) => {
                let last = words.len() as u32;
                let places = places.iter().map(|place| i64::from((*place).min(last)));
                let places = PyArray1::from_vec(py, places.collect());
                (places, words.to_vec()).into_pyobject(py)?.into_any()
            }
        })
    }

    /// Some of its rows, in this order.
    fn take(&self, rows: PyReadonlyArray1<'_, i64>) -> PyResult<Self> {
        let table = self.table();
        let mut taken = Table::new(table.name.clone(), table.columns().to_vec());
        for row in rows.as_array() {
            let row = usize::try_from(*row).ok().and_then(|row| table.row(row));
            taken.push(row.ok_or_else(|| PyIndexError::new_err("no such row"))?.cells());
        }
        Ok(Self { kept: Arc::clone(&self.kept), place: self.place, taken: Some(taken) })
    }

    /// As the command line writes it into a file.
    fn csv(&self) -> PyResult<String> {
        csv_text(self.table()).map_err(refused)
    }

    /// The heads, how many columns are words, and the cells of a printed table; `None` where it has none.
    #[pyo3(signature = (digits=None))]
    fn printed(&self, digits: Option<usize>) -> Option<Printed> {
        let Lines { header, words, rows } = self.lines(Script::Unicode, digits)?;
        Some((header, words, rows))
    }

    /// As lines for a terminal, as Markdown or as LaTeX; `None` where it has no such form.
    #[pyo3(signature = (format, digits=None))]
    fn text(&self, format: &str, digits: Option<usize>) -> Option<String> {
        match format {
            "latex" => self.lines(Script::Latex, digits).map(|lines| lines.latex()),
            "markdown" => self.lines(Script::Unicode, digits).map(|lines| lines.markdown()),
            _ => self.lines(Script::Unicode, digits).map(|lines| lines.plain()),
        }
    }

    /// What it has in place of charts.
    fn nothing_to_draw(&self) -> String {
        let kind = self.kept.kind.filter(|_| self.place == 0);
        let nothing = kind.map_or_else(|| "no charts".to_owned(), Kind::nothing_to_draw);
        format!("{} has {nothing}", self.table().name)
    }

    /// The charts that its rows can fill.
    fn figures(&self) -> PyResult<Vec<RawFigure>> {
        let Some(kind) = self.kept.kind.filter(|_| self.place == 0) else {
            return Ok(Vec::new());
        };
        let mut tables = self.kept.tables.clone();
        tables[0] = self.table().clone();
        let figures = (kind.charts)(&tables, self.kept.spec.as_deref()).map_err(refused)?;
        Ok(figures.into_iter().map(RawFigure::new).collect())
    }
}
