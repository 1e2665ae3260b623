//! The layers of a chart.

use crate::{HeatMap, Region, Scale, Style};

/// One layer of a chart. Regions are drawn first, then bands, reference lines, lines, and finally points and notes;
/// within a kind, later layers are drawn on top of earlier ones.
///
/// ```
/// use gauss_sim_plots::{Axis, Chart, Layer, Line, Points, Reference};
///
/// let accuracy = [(0.0, 0.84), (1.0, 0.76)];
/// let layers: Vec<Layer> = vec![
///     Line::new("trained", accuracy).into(),
///     Points::new("trained", accuracy).into(),
///     Reference::horizontal(0.5, "chance").into(),
/// ];
/// let chart = Chart { layers, ..Chart::new(Axis::linear("σ"), Axis::linear("accuracy")) };
/// assert!(matches!(chart.layers[2], Layer::Reference(_)));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Layer {
    /// A curve.
    Line(Line),
    /// Points with intervals.
    Points(Points),
    /// The area between two curves.
    Band(Band),
    /// The inside of closed loops.
    Region(Region),
    /// A straight line across the plot.
    Reference(Reference),
    /// A marked and labelled point.
    Note(Note),
    /// Values on a grid as colours.
    HeatMap(HeatMap),
}

/// A curve through its points in the given order; broken where a coordinate is not drawable.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// The name in the legend; layers with the same name share an entry. Empty for none.
    pub name: String,
    /// (x, y).
    pub points: Vec<(f64, f64)>,
    /// Colour, dash and width are used; the colour is also that of the label.
    pub style: Style,
    /// The text at the line itself; may be empty.
    pub label: String,
}

impl Line {
    /// Creates a curve.
    #[must_use]
    pub fn new(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { name: name.into(), points: points.into_iter().collect(), ..Self::default() }
    }

    /// Returns the same line with a text at its end or along it, where it covers the least, in the colour of the line.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// Returns the same line in another style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Abscissa.
    pub x: f64,
    /// Estimate.
    pub y: f64,
    /// Lower end of the interval; NaN for no interval.
    pub low: f64,
    /// Upper end of the interval; NaN for no interval.
    pub high: f64,
    /// Lower end of an interval in x; NaN for none.
    pub x_low: f64,
    /// Upper end of an interval in x; NaN for none.
    pub x_high: f64,
}

impl Point {
    /// Returns the same point with an interval in x, drawn as a horizontal bar.
    #[must_use]
    pub fn x_interval(self, x_low: f64, x_high: f64) -> Self {
        Self { x_low, x_high, ..self }
    }
}

impl From<(f64, f64)> for Point {
    /// Converts (x, y), without an interval.
    fn from((x, y): (f64, f64)) -> Self {
        Self::from((x, y, f64::NAN, f64::NAN))
    }
}

impl From<(f64, f64, f64, f64)> for Point {
    /// Converts (x, y, low, high).
    fn from((x, y, low, high): (f64, f64, f64, f64)) -> Self {
        Self { x, y, low, high, x_low: f64::NAN, x_high: f64::NAN }
    }
}

/// Estimates drawn as markers with interval bars. A point outside the axes is not drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Points {
    /// The name in the legend; layers with the same name share an entry. Empty for none.
    pub name: String,
    /// The estimates.
    pub points: Vec<Point>,
    /// Colour, marker and radius are used.
    pub style: Style,
    /// The horizontal shift of the points to the right, in points: small different shifts keep the bars of several
    /// series at the same x apart.
    pub offset: f64,
}

impl Points {
    /// Creates points from (x, y) or (x, y, low, high).
    #[must_use]
    pub fn new<P: Into<Point>>(
        name: impl Into<String>,
        points: impl IntoIterator<Item = P>,
    ) -> Self {
        Self {
            name: name.into(),
            points: points.into_iter().map(Into::into).collect(),
            style: Style::default(),
            offset: 0.0,
        }
    }

    /// Returns the same points in another style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Returns the same points shifted by `offset` points (1/72 inch) to the right.
    #[must_use]
    pub fn offset(self, offset: f64) -> Self {
        Self { offset, ..self }
    }
}

/// The area between two curves, such as an interval around a line; broken where a value is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The name in the legend; layers with the same name share an entry. Empty for none.
    pub name: String,
    /// (x, low, high).
    pub points: Vec<(f64, f64, f64)>,
    /// The colour is used.
    pub style: Style,
    /// The opacity of the fill, 0 to 1.
    pub opacity: f64,
}

impl Band {
    /// Creates a band.
    #[must_use]
    pub fn new(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        Self {
            name: name.into(),
            points: points.into_iter().collect(),
            style: Style::default(),
            opacity: 0.2,
        }
    }

    /// Returns the same band in another style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// The direction of a reference line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Across, at a value of y.
    Horizontal,
    /// Upright, at a value of x.
    Vertical,
}

/// A thin dashed line across the plot at one value, with a label beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The direction of the line.
    pub direction: Direction,
    /// The value of y (horizontal) or x (vertical); it does not widen the axes.
    pub value: f64,
    /// The text beside the line; may be empty.
    pub label: String,
}

impl Reference {
    /// Creates a line at a value of y.
    #[must_use]
    pub fn horizontal(value: f64, label: impl Into<String>) -> Self {
        Self { direction: Direction::Horizontal, value, label: label.into() }
    }

    /// Creates a line at a value of x.
    #[must_use]
    pub fn vertical(value: f64, label: impl Into<String>) -> Self {
        Self { direction: Direction::Vertical, value, label: label.into() }
    }
}

/// A marked point with a text, placed where it covers the least.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The abscissa of the point.
    pub x: f64,
    /// The ordinate of the point.
    pub y: f64,
    /// The text beside it.
    pub text: String,
    /// Colour, marker and radius of the mark; a radius of 0 leaves only the text.
    pub style: Style,
}

impl Note {
    /// Creates a dark ring with a text beside it.
    #[must_use]
    pub fn new(x: f64, y: f64, text: impl Into<String>) -> Self {
        let style = Style::neutral().color(crate::Color::INK).marker(crate::Marker::HollowCircle);
        Self { x, y, text: text.into(), style }
    }

    /// Returns the same note in another style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

macro_rules! layers {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Layer {
            fn from(layer: $kind) -> Self {
                Self::$kind(layer)
            }
        }
    )*};
}
layers!(Line, Points, Band, Region, Reference, Note, HeatMap);

impl Layer {
    /// Returns the drawable coordinates, for axes that span their data.
    pub(crate) fn xs(&self, scale: Scale) -> Vec<f64> {
        match self {
            Self::Line(line) => line.points.iter().map(|p| p.0).collect(),
            Self::Points(points) => {
                points.points.iter().flat_map(|p| [p.x, p.x_low, p.x_high]).collect()
            }
            Self::Band(band) => band.points.iter().map(|p| p.0).collect(),
            Self::Region(region) => region.loops.iter().flatten().map(|p| p.0).collect(),
            Self::Reference(_) => Vec::new(),
            Self::Note(note) => vec![note.x],
            Self::HeatMap(map) => map.x_edges(scale),
        }
    }

    pub(crate) fn ys(&self, scale: Scale) -> Vec<f64> {
        match self {
            Self::Line(line) => line.points.iter().map(|p| p.1).collect(),
            Self::Points(points) => {
                points.points.iter().flat_map(|p| [p.y, p.low, p.high]).collect()
            }
            Self::Band(band) => band.points.iter().flat_map(|p| [p.1, p.2]).collect(),
            Self::Region(region) => region.loops.iter().flatten().map(|p| p.1).collect(),
            Self::Reference(_) => Vec::new(),
            Self::Note(note) => vec![note.y],
            Self::HeatMap(map) => map.y_edges(scale),
        }
    }
}
