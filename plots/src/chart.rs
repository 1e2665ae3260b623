//! Charts and figures as values.

use crate::{Axis, Drawing, Error, Layer, Legend, Size, Theme, render};

/// One plot with all of its layers.
///
/// ```
/// use gauss_sim_plots::{Axis, Band, Chart, Legend, Line, Size};
///
/// let chart = Chart::new(Axis::linear("ε"), Axis::linear("accuracy").range(0.0, 1.0))
///     .title("Accuracy under attack\nσ = 1")
///     .with(Band::new("trained", [(0.0, 0.75, 0.77), (1.0, 0.49, 0.51)]))
///     .with(Line::new("trained", [(0.0, 0.76), (1.0, 0.5)]))
///     .legend(Legend::below().band_means("95 % interval"));
/// let drawing = chart.render(Size::TEXT_WIDTH)?;
/// for text in ["Accuracy under attack", "σ = 1", "ε", "trained", "95 % interval"] {
///     assert!(drawing.svg().contains(text));
/// }
/// assert_eq!(drawing.svg(), chart.render(Size::TEXT_WIDTH)?.svg());
/// # Ok::<(), gauss_sim_plots::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// The first line is the headline; further lines are smaller (fixed parameters). May be empty.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The layers to draw.
    pub layers: Vec<Layer>,
    /// The place of the legend, and the meaning of lines and points. Not used in a [`Figure`], which has one legend
    /// for all panels.
    pub legend: Legend,
}

impl Chart {
    /// Creates an empty chart.
    #[must_use]
    pub fn new(x: Axis, y: Axis) -> Self {
        Self { x, y, ..Self::default() }
    }

    /// Returns the same chart with a title (see [`Chart::title`](#structfield.title)).
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Returns the same chart with one more layer.
    #[must_use]
    pub fn with(mut self, layer: impl Into<Layer>) -> Self {
        self.layers.push(layer.into());
        self
    }

    /// Returns the same chart with another legend.
    #[must_use]
    pub fn legend(self, legend: Legend) -> Self {
        Self { legend, ..self }
    }

    /// Draws the chart on a page.
    ///
    /// # Errors
    /// [`Error`] if an axis range, the page size or a heat map is not valid, or the page is too small for its labels.
    /// Values that cannot be drawn (not finite, not positive on a log axis, outside the axes) are not errors: they
    /// are left out.
    pub fn render(&self, size: Size) -> Result<Drawing, Error> {
        self.render_in(size, Theme::default())
    }

    /// Draws the chart with the colours of a theme.
    ///
    /// # Errors
    /// As [`Chart::render`].
    pub fn render_in(&self, size: Size, theme: Theme) -> Result<Drawing, Error> {
        render::render(&self.title, &[self], 1, &self.legend, size, theme)
    }

    /// Returns the SVG of [`Chart::render_in`] alone, which is made faster than a drawing of all formats.
    ///
    /// # Errors
    /// As [`Chart::render`].
    pub fn svg_in(&self, size: Size, theme: Theme) -> Result<String, Error> {
        render::svg(&self.title, &[self], 1, &self.legend, size, theme)
    }

    /// Returns the page `width` points wide on which the plot is `ratio` times as high as wide, whatever room title,
    /// labels and legend take.
    ///
    /// # Errors
    /// As [`Chart::render`].
    pub fn fitted(&self, width: f64, ratio: f64) -> Result<Size, Error> {
        render::fitted(&self.title, &[self], 1, &self.legend, width, ratio)
    }
}

/// Several charts in a grid, with one title and one legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The title above all panels, like that of a chart.
    pub title: String,
    /// The panels, row by row. Each has its title above it; their legends are merged into one.
    pub panels: Vec<Chart>,
    /// The number of panels in a row.
    pub columns: usize,
    /// The place of the legend.
    pub legend: Legend,
}

impl Figure {
    /// Creates a figure without panels.
    #[must_use]
    pub fn new(title: impl Into<String>, columns: usize) -> Self {
        Self { title: title.into(), panels: Vec::new(), columns, legend: Legend::below() }
    }

    /// Returns the same figure with one more panel.
    #[must_use]
    pub fn with(mut self, panel: Chart) -> Self {
        self.panels.push(panel);
        self
    }

    /// Returns the same figure with another legend.
    #[must_use]
    pub fn legend(self, legend: Legend) -> Self {
        Self { legend, ..self }
    }

    /// Draws the figure on a page.
    ///
    /// # Errors
    /// As [`Chart::render`]; also if there are no panels or no columns.
    pub fn render(&self, size: Size) -> Result<Drawing, Error> {
        self.render_in(size, Theme::default())
    }

    /// Draws the figure with the colours of a theme.
    ///
    /// # Errors
    /// As [`Figure::render`].
    pub fn render_in(&self, size: Size, theme: Theme) -> Result<Drawing, Error> {
        let panels: Vec<&Chart> = self.panels.iter().collect();
        render::render(&self.title, &panels, self.columns, &self.legend, size, theme)
    }

    /// Returns the SVG of [`Figure::render_in`] alone: see [`Chart::svg_in`].
    ///
    /// # Errors
    /// As [`Figure::render`].
    pub fn svg_in(&self, size: Size, theme: Theme) -> Result<String, Error> {
        let panels: Vec<&Chart> = self.panels.iter().collect();
        render::svg(&self.title, &panels, self.columns, &self.legend, size, theme)
    }

    /// Returns the page `width` points wide on which the first plot is `ratio` times as high as wide: see
    /// [`Chart::fitted`].
    ///
    /// # Errors
    /// As [`Figure::render`].
    pub fn fitted(&self, width: f64, ratio: f64) -> Result<Size, Error> {
        let panels: Vec<&Chart> = self.panels.iter().collect();
        render::fitted(&self.title, &panels, self.columns, &self.legend, width, ratio)
    }
}
