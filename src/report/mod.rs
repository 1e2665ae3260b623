//! Charts from tables alone.
//!
//! What a chart shows beside the rows is made into rows first, so that it can be kept, too.

pub mod curves;
pub mod length;
pub mod theme;

use plots::{Chart, Drawing, Size, Theme};

/// A chart and the name of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file name without its ending.
    pub name: String,
    /// What is drawn.
    pub picture: Picture,
}

/// How charts look.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Look {
    /// The width of the page, in points; `None`: each chart has its own.
    pub width: Option<f64>,
    /// The colours.
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

/// Pages narrower than this, in points, have fewer panels in a row.
pub(crate) const NARROW: f64 = 4.5 * 72.0;

impl Picture {
    /// Draws it.
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

    /// Draws it with such a look.
    pub fn render_with(&self, look: Look) -> Result<Drawing, plots::Error> {
        match look.width {
            Some(width) => self.render_at(width, look.theme),
            None => match self {
                Self::Chart(chart) => chart.render_in(Size::TEXT_WIDTH, look.theme),
                Self::Panels(panels, size) => panels.render_in(*size, look.theme),
            },
        }
    }

    /// Draws it on a page `width` points wide, as high as its plots need, in the colours of a theme.
    pub fn render_at(&self, width: f64, theme: Theme) -> Result<Drawing, plots::Error> {
        /// The height of a plot, in its width.
        const RATIO: f64 = 0.72;
        match self {
            Self::Chart(chart) => chart.render_in(chart.fitted(width, RATIO)?, theme),
            Self::Panels(panels, _) => {
                // Few panels stand below each other in a column; many stay beside each other.
                let narrow = if panels.panels.len() > 3 { 2 } else { 1 };
                let columns = if width < NARROW { narrow } else { panels.columns };
                let panels = plots::Figure { columns, ..panels.clone() };
                panels.render_in(panels.fitted(width, RATIO)?, theme)
            }
        }
    }
}

/// Why rows cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FigureError {
    /// One chart has one task.
    #[error(
        "the rows differ in {0}: one set of charts needs one task and the same draws throughout"
    )]
    SeveralTasks(String),
    /// A value is outside its domain.
    #[error(transparent)]
    Domain(#[from] task::DomainError),
    /// Rows alone do not say all that the charts show.
    #[error("{0}")]
    Missing(String),
}

/// Fails where rows that are to be in one chart differ in one of these columns.
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
