//! The shapes of points.

use crate::Color;
use crate::canvas::{Canvas, Pen};

/// The shape of a point. Filled and hollow shapes can be told apart in grey print.
///
/// ```
/// use gauss_sim_plots::{Axis, Chart, Error, Marker, Points, Size, Style};
///
/// let drawn = |marker| {
///     let points = Points::new("", [(1.0, 0.7)]).style(Style::series(0).marker(marker));
///     Chart::new(Axis::linear("σ"), Axis::linear("accuracy")).with(points).render(Size::COLUMN)
/// };
/// assert_ne!(drawn(Marker::Circle)?.svg(), drawn(Marker::HollowCircle)?.svg());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Marker {
    /// A filled circle.
    #[default]
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle, point up.
    Triangle,
    /// A filled square on its corner.
    Diamond,
    /// A circle with a white inside.
    HollowCircle,
    /// A square with a white inside.
    HollowSquare,
    /// A triangle with a white inside.
    HollowTriangle,
    /// A diamond with a white inside.
    HollowDiamond,
}

impl Marker {
    fn hollow(self) -> bool {
        matches!(
            self,
            Self::HollowCircle | Self::HollowSquare | Self::HollowTriangle | Self::HollowDiamond
        )
    }

    /// Returns the corners around (0, 0); shapes of the same radius look about equally large.
    fn corners(self, radius: f64) -> Vec<(f64, f64)> {
        let ring = |n: u32, scale: f64, turn: f64| {
            (0..n)
                .map(|i| {
                    let angle = std::f64::consts::TAU * (f64::from(i) + turn) / f64::from(n);
                    (radius * scale * angle.sin(), -radius * scale * angle.cos())
                })
                .collect()
        };
        match self {
            Self::Circle | Self::HollowCircle => ring(32, 1.0, 0.0),
            Self::Square | Self::HollowSquare => ring(4, 1.25, 0.5),
            Self::Triangle | Self::HollowTriangle => ring(3, 1.4, 0.0),
            Self::Diamond | Self::HollowDiamond => ring(4, 1.35, 0.0),
        }
    }

    pub(crate) fn draw(self, canvas: &mut Canvas, at: (f64, f64), radius: f64, color: Color) {
        let shape: Vec<(f64, f64)> =
            self.corners(radius).into_iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect();
        let mut outline = shape.clone();
        // Once around and one corner further, so that the last joint is drawn as a joint.
        outline.extend(shape.iter().take(2));
        let (fill, edge, width) =
            if self.hollow() { (Color::WHITE, color, 1.0) } else { (color, Color::WHITE, 0.5) };
        if self.hollow() {
            canvas.polygon(&shape, fill, 1.0);
            canvas.polyline(&outline, Pen::new(edge, width));
        } else {
            canvas.polyline(&outline, Pen::new(edge, width * 2.0));
            canvas.polygon(&shape, fill, 1.0);
        }
    }
}
