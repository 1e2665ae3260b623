//! The appearance of a series: colour, dash and marker, each sufficient by itself to tell series apart.

use crate::{Color, Marker};

/// The colours of series, in order. Red-green and blue-yellow colour-blind readers can tell neighbours apart, and the
/// first five differ in lightness, so that they can be told apart in grey print.
///
/// ```
/// use gauss_sim_plots::{PALETTE, Style};
///
/// assert!((0..8).all(|series| Style::series(series).color == PALETTE[series]));
/// // From dark to light, for grey print.
/// assert!(PALETTE[..5].is_sorted_by(|a, b| a.lightness() < b.lightness()));
/// ```
pub const PALETTE: [Color; 8] = [
    Color::hex(0x1B_1B_1B),
    Color::hex(0x00_4E_92),
    Color::hex(0xC4_3E_00),
    Color::hex(0x2A_A8_7E),
    Color::hex(0xE6_A8_1E),
    Color::hex(0x8A_4F_8F),
    Color::hex(0x5C_B0_E5),
    Color::hex(0x7A_7A_7A),
];

/// The dash pattern of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Long dashes.
    Dashed,
    /// Dash, dot.
    DashDot,
    /// Short dashes.
    Short,
    /// Dots.
    Dotted,
    /// Dash, dot, dot.
    DashDotDot,
}

impl Dash {
    /// Returns the lengths drawn and skipped in turn, in points; empty for a solid line.
    #[must_use]
    pub(crate) fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[6.5, 2.2],
            Self::DashDot => &[6.5, 1.8, 1.4, 1.8],
            Self::Short => &[3.2, 1.6],
            Self::Dotted => &[1.3, 1.5],
            Self::DashDotDot => &[6.5, 1.6, 1.3, 1.6, 1.3, 1.6],
        }
    }
}

/// The appearance of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Colour of line, marker, bar and fill.
    pub color: Color,
    /// Dash pattern of the line.
    pub dash: Dash,
    /// Shape of the points.
    pub marker: Marker,
    /// Width of the line in points.
    pub width: f64,
    /// Radius of the marker in points.
    pub radius: f64,
}

impl Style {
    /// Returns the style of series number `index`, the same in every figure. Colour, dash and marker all differ among
    /// the first six.
    #[must_use]
    pub fn series(index: usize) -> Self {
        const DASHES: [Dash; 6] =
            [Dash::Solid, Dash::Dashed, Dash::DashDot, Dash::Short, Dash::DashDotDot, Dash::Dotted];
        const MARKERS: [Marker; 8] = [
            Marker::Circle,
            Marker::HollowSquare,
            Marker::Triangle,
            Marker::HollowDiamond,
            Marker::Square,
            Marker::HollowCircle,
            Marker::Diamond,
            Marker::HollowTriangle,
        ];
        Self {
            color: PALETTE[index % PALETTE.len()],
            dash: DASHES[index % DASHES.len()],
            marker: MARKERS[index % MARKERS.len()],
            width: 1.3,
            radius: 2.3,
        }
    }

    /// Returns a plain dark solid line with dots, for layers that belong to no series.
    #[must_use]
    pub fn neutral() -> Self {
        Self {
            color: Color::GREY,
            dash: Dash::Solid,
            marker: Marker::Circle,
            width: 1.0,
            radius: 2.3,
        }
    }

    /// Returns the same style with another colour.
    #[must_use]
    pub fn color(mut self, color: Color) -> Self {
        self.color = color;
        self
    }

    /// Returns the same style with another dash pattern.
    #[must_use]
    pub fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    /// Returns the same style with another marker.
    #[must_use]
    pub fn marker(mut self, marker: Marker) -> Self {
        self.marker = marker;
        self
    }

    /// Returns the same style with another line width in points.
    #[must_use]
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::series(0)
    }
}
