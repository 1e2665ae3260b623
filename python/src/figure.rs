//! Charts.

use gauss_sim::plots::{Drawing, Theme};
use gauss_sim::report::length::width;
use gauss_sim::report::theme::ThemeName;
use gauss_sim::report::{Figure, Look};
use gauss_sim::task::spec::Word;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::refused;

/// A chart that is drawn when it is asked for.
#[pyclass(frozen, module = "gauss_sim._native")]
pub(crate) struct RawFigure {
    figure: Figure,
}

impl RawFigure {
    pub(crate) fn new(figure: Figure) -> Self {
        Self { figure }
    }

    fn drawing(
        &self,
        py: Python<'_>,
        asked: Option<&str>,
        theme: &str,
        title: bool,
    ) -> PyResult<Drawing> {
        let points =
            asked.map(width).transpose().map_err(|error| refused(format!("--width: {error}")))?;
        let words: Vec<&str> = ThemeName::ALL.iter().map(|theme| theme.word()).collect();
        gauss_sim::task::spec::one_of(theme, &words)
            .map_err(|error| refused(format!("--theme: {error}")))?;
        let theme = ThemeName::of(theme).map_or(Theme::Light, ThemeName::theme);
        let look = Look { width: points.map(|width| width.points), theme };
        py.detach(|| {
            let mut picture = self.figure.picture.clone();
            if !title {
                picture.remove_title();
            }
            picture.render_with(look)
        })
        .map_err(refused)
    }
}

#[pymethods]
impl RawFigure {
    /// The name of its files, without the ending.
    #[getter]
    fn name(&self) -> &str {
        &self.figure.name
    }

    /// As SVG.
    fn svg(
        &self,
        py: Python<'_>,
        width: Option<&str>,
        theme: &str,
        title: bool,
    ) -> PyResult<String> {
        Ok(self.drawing(py, width, theme, title)?.svg().to_owned())
    }

    /// As PDF.
    fn pdf<'py>(
        &self,
        py: Python<'py>,
        width: Option<&str>,
        theme: &str,
        title: bool,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let drawing = self.drawing(py, width, theme, title)?;
        let bytes = py.detach(|| drawing.pdf()).map_err(refused)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// As PNG.
    fn png<'py>(
        &self,
        py: Python<'py>,
        width: Option<&str>,
        theme: &str,
        title: bool,
        dpi: f64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let drawing = self.drawing(py, width, theme, title)?;
        let bytes = py.detach(|| drawing.png(dpi)).map_err(refused)?;
        Ok(PyBytes::new(py, &bytes))
    }
}
