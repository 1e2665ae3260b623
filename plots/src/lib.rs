//! Charts for print: lines, points with intervals, bands, regions and heat maps, drawn once as SVG and converted from
//! that one SVG to PDF and PNG.
//!
//! A [`Chart`] is a complete description of a picture; [`Chart::render`] turns it into a [`Drawing`], which returns
//! the bytes of each format. A [`Figure`] puts several charts in a grid with one title and one legend. The same value
//! always gives the same bytes: the only font is the embedded one, and nothing depends on the clock or the system.
//!
//! Lengths are in points (1/72 inch) at print size unless a name says otherwise.
//!
//! ```
//! use gauss_sim_plots::{Axis, Chart, Legend, Line, Points, Size, Style};
//!
//! # fn main() -> Result<(), gauss_sim_plots::Error> {
//! let chart = Chart::new(Axis::linear("σ").range(0.0, 4.0), Axis::linear("accuracy"))
//!     .title("Accuracy falls with noise\nε = 0.5")
//!     .with(Line::new("trained", [(0.0, 0.84), (2.0, 0.67), (4.0, 0.6)]).style(Style::series(0)))
//!     .with(Points::new("trained", [(2.0, 0.66, 0.64, 0.68)]).style(Style::series(0)))
//!     .legend(Legend::auto().line_means("theory").points_mean("simulation, 95 % interval"));
//! let drawing = chart.render(Size::TEXT_WIDTH)?;
//! assert!(drawing.svg().contains("trained"));
//! let (pdf, png) = (drawing.pdf()?, drawing.png(300.0)?);
//! # assert!(pdf.starts_with(b"%PDF") && png.starts_with(b"\x89PNG"));
//! # Ok(())
//! # }
//! ```

mod axis;
mod canvas;
mod chart;
mod clip;
mod color;
pub mod contour;
mod draw;
mod drawing;
mod error;
mod font;
mod frame;
mod heatmap;
mod key;
pub mod label;
mod labels;
mod layer;
mod legend;
mod marker;
mod occupancy;
mod pdf;
mod region;
mod render;
mod run;
mod size;
mod style;
mod theme;
pub mod ticks;

pub use axis::{Axis, Scale};
pub use chart::{Chart, Figure};
pub use color::{Color, ColorScale};
pub use drawing::Drawing;
pub use error::Error;
pub use font::{FONT_BYTES, FONT_FAMILY, text_width};
pub use heatmap::{Cells, Contour, HeatMap};
pub use layer::{Band, Direction, Layer, Line, Note, Point, Points, Reference};
pub use legend::{Legend, Place};
pub use marker::Marker;
pub use region::{Hatch, Region};
pub use size::Size;
pub use style::{Dash, PALETTE, Style};
pub use theme::Theme;
