//! Errors of drawing and conversion.

/// The reason why a chart cannot be drawn or converted.
///
/// ```
/// use gauss_sim_plots::{Axis, Chart, Error, Size};
///
/// let chart = Chart::new(Axis::linear("σ").range(4.0, 0.0), Axis::linear("accuracy"));
/// let error = chart.render(Size::COLUMN).unwrap_err();
/// assert!(matches!(error, Error::BadRange { low: 4.0, high: 0.0, .. }));
/// assert_eq!(error.to_string(), "axis \"σ\" cannot run from 4 to 0");
///
/// let page = Size::points(0.0, 100.0);
/// assert!(matches!(Chart::default().render(page), Err(Error::BadSize { .. })));
/// assert!(matches!(Chart::default().render(Size::inches(0.2, 0.2)), Err(Error::TooSmall { .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The page is not a positive finite size, or larger than 200 inches a side.
    #[error("a page of {width} x {height} points cannot be drawn on")]
    BadSize {
        /// Width in points.
        width: f64,
        /// Height in points.
        height: f64,
    },
    /// Title, legend and labels leave no room for the plot itself.
    #[error("{width} x {height} points leave no room for the plot beside its labels and legend")]
    TooSmall {
        /// Width of the page in points.
        width: f64,
        /// Height of the page in points.
        height: f64,
    },
    /// A fixed axis limit is not finite, is out of order, or is not positive on a log axis.
    #[error("axis \"{label}\" cannot run from {low} to {high}")]
    BadRange {
        /// The axis' label.
        label: String,
        /// Lower limit.
        low: f64,
        /// Upper limit.
        high: f64,
    },
    /// The coordinates of a heat map do not fit its values.
    #[error("a heat map of {values} values does not fit {x} x {y} cells")]
    HeatMapShape {
        /// Cells along x.
        x: usize,
        /// Cells along y.
        y: usize,
        /// Number of values.
        values: usize,
    },
    /// The coordinates of a heat map are not finite and strictly increasing.
    #[error("the {axis} coordinates of a heat map must be finite and strictly increasing")]
    HeatMapGrid {
        /// `x` or `y`.
        axis: char,
    },
    /// A chart has more than one heat map, and so no single colour bar.
    #[error("a chart can show one heat map, not {0}")]
    ManyHeatMaps(usize),
    /// A figure without panels or without columns.
    #[error("a figure needs at least one panel and one column")]
    NoPanels,
    /// The requested resolution is not positive, or the picture would exceed 32767 pixels on a side.
    #[error("a picture of {width} x {height} pixels cannot be made at {dpi} dpi")]
    BadResolution {
        /// Width in pixels.
        width: f64,
        /// Height in pixels.
        height: f64,
        /// Dots per inch.
        dpi: f64,
    },
    /// The drawing could not be written or read back as SVG.
    #[error("SVG: {0}")]
    Svg(String),
    /// The drawing could not be written as PDF.
    #[error("PDF: {0}")]
    Pdf(String),
    /// The drawing could not be written as PNG.
    #[error("PNG: {0}")]
    Png(String),
}
