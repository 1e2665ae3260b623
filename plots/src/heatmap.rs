//! Values on a grid as colours, with contour lines and a colour bar.

use crate::axis::{Map, Scale};
use crate::canvas::{Canvas, Pen};
use crate::clip::{Path, Rect, dashes};
use crate::{Color, ColorScale, Error, Style, contour};

/// The meaning of a heat map's coordinates.
///
/// ```
/// use gauss_sim_plots::HeatMap;
///
/// let values = vec![0.84, 0.76, 0.69, 0.64];
/// let points = HeatMap::centres(vec![0.0, 1.0], vec![0.0, 0.5], values.clone());
/// let bins = HeatMap::edges(vec![0.0, 1.0, 2.0], vec![0.0, 0.5, 1.0], values);
/// assert_eq!(points.values, bins.values);
/// assert_eq!((points.x.len(), bins.x.len()), (2, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cells {
    /// One coordinate for each value; the cells meet half-way, and the outer ones are symmetric about their centres,
    /// but do not leave the domain (see [`HeatMap::x_domain`] and [`HeatMap::ending_at_data`]).
    Centres,
    /// One coordinate more than there are values.
    Edges,
}

/// A contour line of a heat map.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// The value along the line.
    pub level: f64,
    /// The text on the line; may be empty.
    pub label: String,
    /// Colour, dash and width are used.
    pub style: Style,
}

impl Contour {
    /// Creates a thin dark solid line.
    #[must_use]
    pub fn new(level: f64, label: impl Into<String>) -> Self {
        let style = Style::neutral().color(Color::INK).width(0.9);
        Self { level, label: label.into(), style }
    }

    /// Returns the same contour in another style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// Values on a grid. The axes of the chart end with the cells; an axis with limits within the cells cuts them there.
///
/// ```
/// use gauss_sim_plots::{Axis, Chart, HeatMap, Size};
///
/// // σ is never negative, so the cells of 0.1 end at 0, and not at −0.35.
/// let gain = HeatMap::centres(vec![0.1, 1.0, 3.0], vec![0.5, 1.0], vec![0.0, 0.1, 0.2, 0.0, 0.2, 0.3])
///     .x_domain(0.0, f64::INFINITY)
///     .label("robust accuracy gained");
/// let chart = Chart::new(Axis::linear("σ"), Axis::linear("ε")).with(gain);
/// assert!(!chart.render(Size::COLUMN)?.svg().contains('−'));
/// # Ok::<(), gauss_sim_plots::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Centres or edges along x, strictly increasing.
    pub x: Vec<f64>,
    /// Centres or edges along y, strictly increasing.
    pub y: Vec<f64>,
    /// The meaning of `x` and `y`.
    pub cells: Cells,
    /// The values, row by row: all of the first y, then all of the second. NaN means no value, and is hatched.
    pub values: Vec<f64>,
    /// The colour scale.
    pub scale: ColorScale,
    /// The label of the colour bar.
    pub label: String,
    /// Contour lines.
    pub contours: Vec<Contour>,
    /// The meaning of a cell without a value, for the legend; may be empty.
    pub missing: String,
    /// The range of x and y in which there can be cells; infinite for no limits.
    pub domain: [(f64, f64); 2],
    /// Whether the cells around centres end at the outermost centres.
    pub ends_at_data: bool,
}

impl HeatMap {
    /// Creates a heat map of values at the centres `x` × `y`, row by row (x runs fastest), on a diverging scale.
    #[must_use]
    pub fn centres(x: Vec<f64>, y: Vec<f64>, values: Vec<f64>) -> Self {
        Self {
            x,
            y,
            cells: Cells::Centres,
            values,
            scale: ColorScale::default(),
            label: String::new(),
            contours: Vec::new(),
            missing: String::new(),
            domain: [(f64::NEG_INFINITY, f64::INFINITY); 2],
            ends_at_data: false,
        }
    }

    /// Creates a heat map of values between the edges `x` × `y`, row by row (x runs fastest), on a diverging scale.
    #[must_use]
    pub fn edges(x: Vec<f64>, y: Vec<f64>, values: Vec<f64>) -> Self {
        Self { cells: Cells::Edges, ..Self::centres(x, y, values) }
    }

    /// Returns the same heat map with the label of the colour bar.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// Returns the same heat map with another colour scale.
    #[must_use]
    pub fn scale(self, scale: ColorScale) -> Self {
        Self { scale, ..self }
    }

    /// Returns the same heat map with one more contour line.
    #[must_use]
    pub fn contour(mut self, contour: Contour) -> Self {
        self.contours.push(contour);
        self
    }

    /// Returns the same heat map with a meaning of hatched cells for the legend.
    #[must_use]
    pub fn missing(self, missing: impl Into<String>) -> Self {
        Self { missing: missing.into(), ..self }
    }

    /// Returns the same heat map with cells only from `low` to `high` along x, such as 0 to ∞ for nonnegative
    /// quantities.
    #[must_use]
    pub fn x_domain(mut self, low: f64, high: f64) -> Self {
        self.domain[0] = (low, high);
        self
    }

    /// Returns the same heat map with cells only from `low` to `high` along y.
    #[must_use]
    pub fn y_domain(mut self, low: f64, high: f64) -> Self {
        self.domain[1] = (low, high);
        self
    }

    /// Returns the same heat map with cells that end at the outermost centres, so that nothing is painted beyond the
    /// data. Along an axis with a single centre, the cell keeps its width.
    #[must_use]
    pub fn ending_at_data(self) -> Self {
        Self { ends_at_data: true, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (axis, coordinates) in [('x', &self.x), ('y', &self.y)] {
            let finite = coordinates.iter().all(|v| v.is_finite());
            if !finite || coordinates.windows(2).any(|pair| pair[0] >= pair[1]) {
                return Err(Error::HeatMapGrid { axis });
            }
        }
        let extra = usize::from(self.cells == Cells::Edges);
        let cells = |n: usize| n.saturating_sub(extra);
        let (x, y) = (cells(self.x.len()), cells(self.y.len()));
        if x == 0 || y == 0 || x.checked_mul(y) != Some(self.values.len()) {
            return Err(Error::HeatMapShape { x, y, values: self.values.len() });
        }
        Ok(())
    }

    /// Returns the values at the ends of the colour bar: for a diverging scale that follows its data, only the part
    /// that the data cover.
    pub(crate) fn bar(&self) -> (f64, f64) {
        let (low, high) = self.extremes();
        if self.scale == ColorScale::Diverging && low < high {
            (low.min(0.0), high.max(0.0))
        } else {
            self.limits()
        }
    }

    /// Returns the colour of a value.
    pub(crate) fn color(&self, value: f64) -> Color {
        let (low, high) = self.limits();
        shade(value, low, high)
            .map_or(Color::MISSING, |shade| self.scale.color(f64::from(shade) / 255.0))
    }

    fn extremes(&self) -> (f64, f64) {
        let finite = self.values.iter().filter(|v| v.abs() <= 1e300);
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)))
    }

    /// Returns the values of the two end colours.
    pub(crate) fn limits(&self) -> (f64, f64) {
        let (low, high) = self.extremes();
        self.scale.limits(low, high)
    }

    pub(crate) fn has_missing(&self) -> bool {
        self.values.iter().any(|v| v.is_nan())
    }

    pub(crate) fn x_edges(&self, scale: Scale) -> Vec<f64> {
        self.ends(&self.x, self.domain[0], scale)
    }

    pub(crate) fn y_edges(&self, scale: Scale) -> Vec<f64> {
        self.ends(&self.y, self.domain[1], scale)
    }

    /// Returns the edges of cells along one axis; not finite where the scale cannot show them.
    fn ends(&self, coordinates: &[f64], (low, high): (f64, f64), scale: Scale) -> Vec<f64> {
        let mut edges = edges(coordinates, self.cells, scale);
        let shown = |v: &&f64| forward(**v, scale).is_finite();
        if self.ends_at_data
            && self.cells == Cells::Centres
            && let (Some(&first), Some(&last)) =
                (coordinates.iter().find(shown), coordinates.last())
            && first < last
        {
            edges.iter_mut().for_each(|edge| *edge = edge.clamp(first, last));
        }
        // Edges that are not finite stay unchanged.
        edges
            .into_iter()
            .map(|edge| if edge.is_finite() { edge.max(low).min(high) } else { edge })
            .collect()
    }

    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas,
        plot: &Rect,
        x: (&Map, Scale),
        y: (&Map, Scale),
    ) {
        let place = |edges: Vec<f64>, map: &Map| -> Vec<Option<f64>> {
            edges.into_iter().map(|v| map.at(v)).collect()
        };
        let xs = place(self.x_edges(x.1), x.0);
        let ys = place(self.y_edges(y.1), y.0);
        let (low, high) = self.limits();
        let columns = xs.len().saturating_sub(1).max(1);
        for (row, y) in self.values.chunks(columns).zip(ys.windows(2)) {
            let (Some(y0), Some(y1)) = (y[0], y[1]) else {
                continue;
            };
            let shades: Vec<Option<u8>> = row.iter().map(|&v| shade(v, low, high)).collect();
            let mut i = 0;
            while i < shades.len() {
                let same = shades[i..].iter().take_while(|s| **s == shades[i]).count();
                if let (Some(x0), Some(x1)) = (xs[i], xs[i + same]) {
                    self.cell(canvas, plot, [(x0, y0), (x1, y1)], shades[i]);
                }
                i += same;
            }
        }
    }

    fn cell(&self, canvas: &mut Canvas, plot: &Rect, [a, b]: [(f64, f64); 2], shade: Option<u8>) {
        // Extend cells slightly below their neighbours to the right and above, which are drawn later: otherwise the
        // background shows through the seams.
        const UNDER: f64 = 0.3;
        let (a, b) = (plot.clamp(a), plot.clamp((b.0 + UNDER, b.1 - UNDER)));
        let cell = Rect { left: a.0, top: b.1, right: b.0, bottom: a.1 };
        if cell.width() <= UNDER || cell.height() <= UNDER {
            return;
        }
        match shade {
            Some(shade) => {
                canvas.rect(a, b, self.scale.color(f64::from(shade) / 255.0), 1.0);
            }
            None => hatch(canvas, &cell),
        }
    }

    /// Returns the contour lines on the page.
    pub(crate) fn contour_lines(
        &self,
        plot: &Rect,
        x: (&Map, Scale),
        y: (&Map, Scale),
    ) -> Vec<(&Contour, Vec<Path>)> {
        let place = |centres: Vec<f64>, map: &Map| -> Vec<f64> {
            centres.into_iter().map(|v| map.at(v).unwrap_or(f64::NAN)).collect()
        };
        let xs = place(centres(&self.x, self.cells, x.1), x.0);
        let ys = place(centres(&self.y, self.cells, y.1), y.0);
        let inside = |line: Vec<(f64, f64)>| {
            plot.pieces(line.into_iter().map(|p| (p.0.is_finite() && p.1.is_finite()).then_some(p)))
        };
        self.contours
            .iter()
            .map(|contour| {
                let lines = contour::lines(&xs, &ys, &self.values, contour.level);
                (contour, lines.into_iter().flat_map(inside).collect())
            })
            .collect()
    }
}

/// Draws contour lines made by [`HeatMap::contour_lines`].
pub(crate) fn draw_contour(canvas: &mut Canvas, style: &Style, lines: &[Path]) {
    for part in lines.iter().flat_map(|line| dashes(line, style.dash.pattern())) {
        canvas.polyline(&part, Pen::new(style.color, style.width));
    }
}

/// Draws grey with diagonal lines that continue from cell to cell.
pub(crate) fn hatch(canvas: &mut Canvas, cell: &Rect) {
    const EVERY: f64 = 4.0;
    canvas.rect((cell.left, cell.top), (cell.right, cell.bottom), Color::MISSING, 1.0);
    // Lines x + y = k·EVERY.
    let mut sum = ((cell.left + cell.top) / EVERY).ceil() * EVERY;
    while sum < cell.right + cell.bottom {
        let x0 = cell.left.max(sum - cell.bottom);
        let x1 = cell.right.min(sum - cell.top);
        canvas.polyline(&[(x0, sum - x0), (x1, sum - x1)], Pen::new(Color::WHITE, 0.7));
        sum += EVERY;
    }
}

/// Returns one of 256 shades; `None` for NaN.
fn shade(value: f64, low: f64, high: f64) -> Option<u8> {
    let t = ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)).clamp(0.0, 1.0);
    (!t.is_nan()).then(|| (t * 255.0).round() as u8)
}

fn forward(v: f64, scale: Scale) -> f64 {
    if scale == Scale::Log { v.log10() } else { v }
}

fn back(v: f64, scale: Scale) -> f64 {
    if scale == Scale::Log { 10.0_f64.powf(v) } else { v }
}

/// Returns the edges of cells along one axis; NaN where the scale cannot show them.
fn edges(coordinates: &[f64], cells: Cells, scale: Scale) -> Vec<f64> {
    if cells == Cells::Edges {
        return coordinates.to_vec();
    }
    let all: Vec<f64> = coordinates.iter().map(|&v| forward(v, scale)).collect();
    // Coordinates that a log axis does not show come first, and are not neighbours of the others.
    let hidden = all.iter().take_while(|v| !v.is_finite()).count();
    let p = &all[hidden..];
    let n = p.len();
    let (first, last) = match n {
        0 => return vec![f64::NAN; coordinates.len() + 1],
        1 => (p[0] - 0.5, p[0] + 0.5),
        _ => (p[0] - (p[1] - p[0]) / 2.0, p[n - 1] + (p[n - 1] - p[n - 2]) / 2.0),
    };
    let inner = p.windows(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0);
    let shown = std::iter::once(first).chain(inner).chain(std::iter::once(last));
    std::iter::repeat_n(f64::NAN, hidden).chain(shown.map(|v| back(v, scale))).collect()
}

fn centres(coordinates: &[f64], cells: Cells, scale: Scale) -> Vec<f64> {
    if cells == Cells::Centres {
        return coordinates.to_vec();
    }
    coordinates
        .windows(2)
        .map(|pair| back(forward(pair[0], scale) / 2.0 + forward(pair[1], scale) / 2.0, scale))
        .collect()
}
