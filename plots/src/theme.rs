//! The colours of a page: on light paper, on dark paper, or without colour.

use crate::{Color, PALETTE};

/// The mapping of a drawing's colours. Drawings are described in the colours for light paper; a theme maps each of
/// them to a colour on the page.
///
/// ```
/// use gauss_sim_plots::{Axis, Chart, Color, Line, Size, Style, Theme};
///
/// assert_eq!(Theme::default().paper(), Color::WHITE);
/// assert!(Theme::Dark.paper().lightness() < 10.0);
/// let grey = Theme::Grey.color(Style::series(2).color);
/// assert!(grey.r == grey.g && grey.g == grey.b);
///
/// let chart = Chart::new(Axis::linear("σ"), Axis::linear("accuracy"))
///     .with(Line::new("trained", [(0.0, 0.84), (1.0, 0.76)]));
/// for theme in Theme::ALL {
///     let svg = chart.render_in(Size::COLUMN, theme)?.svg().to_owned();
///     assert!(svg.contains("trained"), "{}", theme.name());
/// }
/// # Ok::<(), gauss_sim_plots::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// Dark ink on white.
    #[default]
    Light,
    /// Light ink on near-black, for slides and screens: light and dark are exchanged, and hues stay.
    Dark,
    /// Greys on white. A diverging scale only shows the distance from its middle.
    Grey,
}

/// The palette on dark paper: the hues of [`PALETTE`], light enough for thin lines.
const ON_DARK: [Color; 8] = [
    Color::hex(0xF2_F2_F2),
    Color::hex(0x5B_A8_F5),
    Color::hex(0xFF_7F_45),
    Color::hex(0x3F_CF_9E),
    Color::hex(0xF4_C5_4C),
    Color::hex(0xC9_8F_CF),
    Color::hex(0x93_D3_FA),
    Color::hex(0x9A_9A_9A),
];

/// The palette without colour: neighbours among the first five differ in lightness by at least 16.
const IN_GREY: [Color; 8] = [
    Color::hex(0x00_00_00),
    Color::hex(0x3B_3B_3B),
    Color::hex(0x6A_6A_6A),
    Color::hex(0x96_96_96),
    Color::hex(0xC5_C5_C5),
    Color::hex(0x50_50_50),
    Color::hex(0xAC_AC_AC),
    Color::hex(0x80_80_80),
];

/// The colours on dark paper that belong to neither series nor scales.
const NEUTRALS_ON_DARK: [(Color, Color); 5] = [
    (Color::WHITE, Color::hex(0x16_19_1D)),
    (Color::INK, Color::hex(0xE8_E9_EB)),
    (Color::GREY, Color::hex(0xAE_B2_B8)),
    (Color::GRID, Color::hex(0x33_38_3E)),
    (Color::MISSING, Color::hex(0x4A_4F_56)),
];

impl Theme {
    /// All themes, the default first.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Grey];

    /// Returns the name of the theme.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Grey => "grey",
        }
    }

    /// Returns the colour of the paper.
    #[must_use]
    pub fn paper(self) -> Color {
        self.color(Color::WHITE)
    }

    /// Returns the colour on this page for a colour on light paper.
    #[must_use]
    pub fn color(self, color: Color) -> Color {
        let in_palette = |table: &[Color; 8]| {
            PALETTE.iter().position(|other| *other == color).map(|index| table[index])
        };
        match self {
            Self::Light => color,
            Self::Dark => {
                let neutral = NEUTRALS_ON_DARK.iter().find(|(light, _)| *light == color);
                let known = neutral.map(|(_, dark)| *dark).or_else(|| in_palette(&ON_DARK));
                known.unwrap_or_else(|| color.inverted())
            }
            Self::Grey => in_palette(&IN_GREY).unwrap_or_else(|| color.without_hue()),
        }
    }

    /// Returns the colour for small text.
    pub(crate) fn text(self, color: Color) -> Color {
        match self {
            Self::Light | Self::Grey => self.color(color).legible(),
            Self::Dark => self.color(color).luminous(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that thin lines have a lightness well away from the paper's, and text even more so.
    #[test]
    fn every_series_stands_out_from_its_paper() {
        for theme in Theme::ALL {
            let paper = theme.paper().lightness();
            for (index, color) in PALETTE.into_iter().enumerate() {
                let apart = (theme.color(color).lightness() - paper).abs();
                assert!(apart > 20.0, "{theme:?} {index}: {apart}");
            }
            let text = (theme.color(Color::INK).lightness() - paper).abs();
            assert!(text > 75.0, "{theme:?}: {text}");
            let grid = (theme.color(Color::GRID).lightness() - paper).abs();
            assert!((5.0..20.0).contains(&grid), "{theme:?}: {grid}");
        }
    }

    #[test]
    fn neighbours_of_the_palette_stay_apart() {
        for theme in [Theme::Light, Theme::Grey] {
            let first: Vec<f64> =
                PALETTE[..5].iter().map(|color| theme.color(*color).lightness()).collect();
            let least = if theme == Theme::Grey { 16.0 } else { 9.0 };
            for pair in first.windows(2) {
                assert!(pair[1] - pair[0] > least, "{theme:?}: {first:?}");
            }
        }
        for theme in Theme::ALL {
            let mut colors = PALETTE.map(|color| theme.color(color)).to_vec();
            colors.dedup();
            assert_eq!(colors.len(), PALETTE.len());
        }
    }

    #[test]
    fn grey_has_no_hue_and_keeps_the_lightness() {
        for rgb in [0xB8_62_1B, 0x2E_6D_A8, 0x18_22_55, 0xFC_FA_D8] {
            let color = Color::hex(rgb);
            let grey = Theme::Grey.color(color);
            assert!(grey.r == grey.g && grey.g == grey.b, "{grey:?}");
            assert!((grey.lightness() - color.lightness()).abs() < 0.5, "{grey:?}");
        }
    }

    /// Checks that a scale from light to dark runs from dark to light on dark paper, and that nothing vanishes in it.
    #[test]
    fn dark_paper_turns_scales_round() {
        let lightness: Vec<f64> = (0..=10)
            .map(|i| crate::ColorScale::Sequential.color(f64::from(i) / 10.0))
            .map(|color| Theme::Dark.color(color).lightness())
            .collect();
        assert!(lightness.windows(2).all(|pair| pair[0] < pair[1]), "{lightness:?}");
        assert!(lightness[4] - Theme::Dark.paper().lightness() > 20.0, "{lightness:?}");
    }
}
