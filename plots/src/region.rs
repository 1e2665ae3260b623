//! Regions of the plane: the inside of closed loops, filled and hatched.

use crate::canvas::{Canvas, Pen};
use crate::clip::{Path, Rect};
use crate::frame::Frame;
use crate::{Color, Style};

/// Lines drawn over a fill, so that overlapping regions can be told apart in grey print.
///
/// ```
/// use gauss_sim_plots::Hatch;
///
/// assert_eq!(Hatch::default(), Hatch::None);
/// // Neighbouring regions differ, and a fourth begins again.
/// assert_ne!(Hatch::series(0), Hatch::series(1));
/// assert_eq!(Hatch::series(3), Hatch::series(0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Hatch {
    /// No lines.
    #[default]
    None,
    /// Lines that rise to the right.
    Rising,
    /// Lines that fall to the right.
    Falling,
    /// Upright lines.
    Upright,
}

impl Hatch {
    /// Returns the hatch of region number `index`: three different ones, then the same again.
    #[must_use]
    pub fn series(index: usize) -> Self {
        [Self::Rising, Self::Falling, Self::Upright][index % 3]
    }

    /// Returns the direction of the lines and the one across them, as unit vectors on the page (y grows downwards).
    fn directions(self) -> Option<[(f64, f64); 2]> {
        use std::f64::consts::FRAC_1_SQRT_2 as D;
        match self {
            Self::None => None,
            Self::Rising => Some([(D, -D), (D, D)]),
            Self::Falling => Some([(D, D), (D, -D)]),
            Self::Upright => Some([(0.0, 1.0), (1.0, 0.0)]),
        }
    }
}

/// The inside of closed loops: the points surrounded by an odd number of them, so that a loop within another is a
/// hole. It is cut to the axes, and drawn below bands and lines.
///
/// Loops are closed automatically. Corners that are NaN are left out; infinite ones (and on a log axis those that are
/// not positive) are moved to the end of the axis, so that an unbounded region can be drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Region {
    /// The name in the legend; layers with the same name share an entry. Empty for none.
    pub name: String,
    /// The corners (x, y) of each loop, in order; a loop with fewer than three has no inside.
    pub loops: Vec<Vec<(f64, f64)>>,
    /// The colour is used.
    pub style: Style,
    /// The opacity of the fill, 0 to 1.
    pub opacity: f64,
    /// The lines over the fill, in the same colour.
    pub hatch: Hatch,
}

/// The distance between the lines of a hatch, and their width, in points.
const EVERY: f64 = 5.0;
const WIDTH: f64 = 0.5;

impl Region {
    /// Creates a region from `loops`, without a hatch.
    #[must_use]
    pub fn new(name: impl Into<String>, loops: Vec<Vec<(f64, f64)>>) -> Self {
        Self { name: name.into(), loops, opacity: 0.2, ..Self::default() }
    }

    /// Returns the same region in another style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Returns the same region with another opacity of the fill, 0 to 1.
    #[must_use]
    pub fn opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    /// Returns the same region with lines over the fill.
    #[must_use]
    pub fn hatch(self, hatch: Hatch) -> Self {
        Self { hatch, ..self }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, frame: &Frame) {
        let place = |&(x, y): &(f64, f64)| frame.x.at_or_end(x).zip(frame.y.at_or_end(y));
        let loops: Vec<Path> = self
            .loops
            .iter()
            .map(|corners| frame.plot.polygon(&corners.iter().filter_map(place).collect::<Path>()))
            .collect();
        fill(canvas, &loops, self.style.color, self.opacity, self.hatch);
    }

    /// Draws a sample for a legend.
    pub(crate) fn sample(&self, canvas: &mut Canvas, area: &Rect) {
        let corners = vec![
            (area.left, area.top),
            (area.right, area.top),
            (area.right, area.bottom),
            (area.left, area.bottom),
        ];
        fill(canvas, &[corners], self.style.color, self.opacity, self.hatch);
    }
}

fn fill(canvas: &mut Canvas, loops: &[Path], color: Color, opacity: f64, hatch: Hatch) {
    canvas.even_odd(loops, color, opacity);
    let pen = Pen { color, width: WIDTH, alpha: 0.9 };
    for [a, b] in hatch_lines(loops, hatch) {
        canvas.polyline(&[a, b], pen);
    }
}

/// Returns the parts inside `loops` of lines that have the same places on every page, so that adjacent regions are
/// hatched as one.
fn hatch_lines(loops: &[Path], hatch: Hatch) -> Vec<[(f64, f64); 2]> {
    let Some([along, across]) = hatch.directions() else {
        return Vec::new();
    };
    let dot = |a: (f64, f64), b: (f64, f64)| a.0 * b.0 + a.1 * b.1;
    // In coordinates (along, across), the lines are at multiples of EVERY across.
    let turned: Vec<Path> = loops
        .iter()
        .map(|corners| corners.iter().map(|&p| (dot(p, along), dot(p, across))).collect())
        .collect();
    let levels = || turned.iter().flatten().map(|p| p.1);
    let low = levels().fold(f64::INFINITY, f64::min);
    let high = levels().fold(f64::NEG_INFINITY, f64::max);
    let mut lines = Vec::new();
    let mut level = (low / EVERY).ceil() * EVERY;
    while level < high {
        let mut crossings: Vec<f64> = turned
            .iter()
            .flat_map(|corners| corners.iter().zip(corners.iter().cycle().skip(1)))
            .filter(|(a, b)| (a.1 > level) != (b.1 > level))
            .map(|(a, b)| a.0 + (level - a.1) / (b.1 - a.1) * (b.0 - a.0))
            .collect();
        crossings.sort_unstable_by(f64::total_cmp);
        let back = |t: f64| (t * along.0 + level * across.0, t * along.1 + level * across.1);
        let pairs = crossings.chunks_exact(2).filter(|pair| pair[1] - pair[0] > WIDTH);
        lines.extend(pairs.map(|pair| [back(pair[0]), back(pair[1])]));
        level += EVERY;
    }
    lines
}
