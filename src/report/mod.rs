//! Charts from tables alone.
//!
//! Anything that a chart shows besides the rows is computed as rows first, so that it can be saved as well.

pub mod curves;
pub mod length;
pub mod theme;

use plots::{Chart, Drawing, Size, Theme};

/// A chart and the name of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file name without its extension.
    pub name: String,
    /// The picture.
    pub picture: Picture,
}

/// The appearance of charts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Look {
    /// The width of the page, in points; `None` for each chart's own width.
    pub width: Option<f64>,
    /// The theme.
    pub theme: Theme,
}

/// One chart, or several as panels of one page.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// A chart as wide as the text.
    Chart(Chart),
    /// Panels on a page of this size.
    Panels(plots::Figure, Size),
}

impl From<Chart> for Picture {
    fn from(chart: Chart) -> Self {
        Self::Chart(chart)
    }
}

/// The width, in points, below which pages have fewer panels in a row.
pub(crate) const NARROW: f64 = 4.5 * 72.0;

impl Picture {
    /// Draws the picture.
    pub fn render(&self) -> Result<Drawing, plots::Error> {
        match self {
            Self::Chart(chart) => chart.render(Size::TEXT_WIDTH),
            Self::Panels(panels, size) => panels.render(*size),
        }
    }

    /// Removes the title; panels keep theirs.
    pub fn remove_title(&mut self) {
        match self {
            Self::Chart(chart) => chart.title.clear(),
            Self::Panels(panels, _) => panels.title.clear(),
        }
    }

    /// Returns the SVG alone, which takes less time than all formats, on a page of this size; `None` for the picture's
    /// own, which gives the SVG of [`Picture::render_with`].
    pub fn svg_on(&self, size: Option<Size>, theme: Theme) -> Result<String, plots::Error> {
        match (self, size) {
            (Self::Chart(chart), size) => chart.svg_in(size.unwrap_or(Size::TEXT_WIDTH), theme),
            (Self::Panels(panels, own), None) => panels.svg_in(*own, theme),
            (Self::Panels(panels, _), Some(size)) => {
                arranged(panels, size.width).svg_in(size, theme)
            }
        }
    }

    /// Draws the picture with this look.
    pub fn render_with(&self, look: Look) -> Result<Drawing, plots::Error> {
        match look.width {
            Some(width) => self.render_at(width, look.theme),
            None => match self {
                Self::Chart(chart) => chart.render_in(Size::TEXT_WIDTH, look.theme),
                Self::Panels(panels, size) => panels.render_in(*size, look.theme),
            },
        }
    }

    /// Draws the picture on a page `width` points wide, as high as its plots need, in the colours of a theme.
    pub fn render_at(&self, width: f64, theme: Theme) -> Result<Drawing, plots::Error> {
        let size = self.fitted(width)?;
        match self {
            Self::Chart(chart) => chart.render_in(size, theme),
            Self::Panels(panels, _) => arranged(panels, width).render_in(size, theme),
        }
    }

    /// Returns the page `width` points wide that is as high as its plots need.
    pub fn fitted(&self, width: f64) -> Result<Size, plots::Error> {
        match self {
            Self::Chart(chart) => chart.fitted(width, RATIO),
            Self::Panels(panels, _) => arranged(panels, width).fitted(width, RATIO),
        }
    }
}

/// The height of a plot as a share of its width.
const RATIO: f64 = 0.72;

/// Returns panels as they stand on a page `width` points wide.
fn arranged(panels: &plots::Figure, width: f64) -> plots::Figure {
    // A few panels are stacked in a narrow column; many stay side by side.
    let narrow = if panels.panels.len() > 3 { 2 } else { 1 };
    let columns = if width < NARROW { narrow } else { panels.columns };
    plots::Figure { columns, ..panels.clone() }
}

/// The reason why rows cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FigureError {
    /// The rows have several tasks.
    #[error(
        "the rows differ in {0}: one set of charts needs one task and the same draws throughout"
    )]
    SeveralTasks(String),
    /// A value is outside its domain.
    #[error(transparent)]
    Domain(#[from] task::DomainError),
    /// The rows alone do not contain everything that the charts show.
    #[error("{0}")]
    Missing(String),
}

/// Fails if rows for one chart differ in one of these columns.
pub fn check_same(table: &crate::table::Table, columns: &[&str]) -> Result<(), FigureError> {
    let Some(first) = table.row(0) else { return Ok(()) };
    for column in columns {
        let same = |row: crate::table::Row<'_>| {
            row.maybe(column) == first.maybe(column) && row.word(column) == first.word(column)
        };
        if !table.iter().all(same) {
            return Err(FigureError::SeveralTasks((*column).to_owned()));
        }
    }
    Ok(())
}
