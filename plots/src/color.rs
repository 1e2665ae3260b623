//! Colours and colour scales.

/// An sRGB colour.
///
/// ```
/// use gauss_sim_plots::Color;
///
/// let orange = Color::hex(0xC4_3E_00);
/// assert_eq!((orange.r, orange.g, orange.b), (196, 62, 0));
/// // Dark enough to be seen on white paper, in colour or in grey.
/// assert!((Color::WHITE.lightness() - 100.0).abs() < 1e-9);
/// assert!(orange.lightness() < 50.0);
/// assert!(Color::INK.lightness() < Color::GREY.lightness());
/// // The lines of the grid are fainter than a cell without a value.
/// assert!(Color::GRID.lightness() > Color::MISSING.lightness());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Color {
    /// White.
    pub const WHITE: Self = Self::hex(0xFF_FF_FF);
    /// The near-black of text and axes.
    pub const INK: Self = Self::hex(0x22_22_22);
    /// The grey of secondary text and reference lines.
    pub const GREY: Self = Self::hex(0x5A_5A_5A);
    /// The light grey of grid lines.
    pub const GRID: Self = Self::hex(0xE4_E4_E4);
    /// The grey of cells without a value.
    pub const MISSING: Self = Self::hex(0xC8_C8_C8);

    /// Returns a colour from `0xRRGGBB`.
    #[must_use]
    pub const fn hex(rgb: u32) -> Self {
        let [_, r, g, b] = rgb.to_be_bytes();
        Self { r, g, b }
    }

    /// Returns the perceived lightness (CIE L*), 0 for black to 100 for white, which grey print preserves.
    #[must_use]
    pub fn lightness(self) -> f64 {
        let [r, g, b] = self.linear();
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if y > 216.0 / 24389.0 { 116.0 * y.cbrt() - 16.0 } else { y * 24389.0 / 27.0 }
    }

    fn linear(self) -> [f64; 3] {
        [self.r, self.g, self.b].map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn from_linear(rgb: [f64; 3]) -> Self {
        let [r, g, b] = rgb.map(|v| {
            let v = v.clamp(0.0, 1.0);
            let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
            (v * 255.0).round() as u8
        });
        Self { r, g, b }
    }

    /// Returns the colour, darkened if necessary until small text in it is legible on white.
    pub(crate) fn legible(self) -> Self {
        const MOST: f64 = 55.0;
        let [_, a, b] = self.oklab();
        let light = |step: u32| 1.0 - f64::from(step) / 40.0;
        let darker = |step: u32| {
            let [l, ..] = self.oklab();
            Self::from_oklab([l * light(step), a, b])
        };
        (0..40).map(darker).find(|c| c.lightness() <= MOST).unwrap_or(Self::INK)
    }

    /// Returns the grey of the same lightness.
    pub(crate) fn without_hue(self) -> Self {
        let [r, g, b] = self.linear();
        Self::from_linear([0.2126 * r + 0.7152 * g + 0.0722 * b; 3])
    }

    /// Returns the same hue, light where it was dark, for dark paper.
    pub(crate) fn inverted(self) -> Self {
        let [l, a, b] = self.oklab();
        Self::from_oklab([1.12 - 0.72 * l, a, b])
    }

    /// Returns the colour, lightened if necessary until small text in it is legible on dark paper.
    pub(crate) fn luminous(self) -> Self {
        const LEAST: f64 = 66.0;
        let [l, a, b] = self.oklab();
        let lighter = |step: u32| {
            let t = f64::from(step) / 40.0;
            Self::from_oklab([l + t * (1.0 - l), a, b])
        };
        (0..40).map(lighter).find(|c| c.lightness() >= LEAST).unwrap_or(Self::WHITE)
    }

    /// Returns the Oklab coordinates (Ottosson 2020), in which straight lines look even.
    fn oklab(self) -> [f64; 3] {
        let [r, g, b] = self.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    fn from_oklab([l, a, b]: [f64; 3]) -> Self {
        let lms = [
            l + 0.396_337_777_4 * a + 0.215_803_757_3 * b,
            l - 0.105_561_345_8 * a - 0.063_854_172_8 * b,
            l - 0.089_484_177_5 * a - 1.291_485_548_0 * b,
        ]
        .map(|v| v * v * v);
        Self::from_linear([
            4.076_741_662_1 * lms[0] - 3.307_711_591_3 * lms[1] + 0.230_969_929_2 * lms[2],
            -1.268_438_004_6 * lms[0] + 2.609_757_401_1 * lms[1] - 0.341_319_396_5 * lms[2],
            -0.004_196_086_3 * lms[0] - 0.703_418_614_7 * lms[1] + 1.707_614_701_0 * lms[2],
        ])
    }
}

/// The map from the values of a heat map to colours.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum ColorScale {
    /// Blue below 0, near-white at 0, brown above; symmetric about 0.
    #[default]
    Diverging,
    /// Like `Diverging`, up to the given distance from 0; values beyond it have the end colours.
    DivergingTo(f64),
    /// From light for the smallest value to dark for the largest.
    Sequential,
    /// Like `Sequential`, between the given values.
    SequentialBetween(f64, f64),
}

const DIVERGING: [Color; 7] = [
    Color::hex(0x0B_2F_63),
    Color::hex(0x2E_6D_A8),
    Color::hex(0x96_BF_DC),
    Color::hex(0xF7_F6_F3),
    Color::hex(0xEB_B8_82),
    Color::hex(0xB8_62_1B),
    Color::hex(0x5F_2A_08),
];

const SEQUENTIAL: [Color; 6] = [
    Color::hex(0xFC_FA_D8),
    Color::hex(0xB9_E0_BA),
    Color::hex(0x5F_BA_BE),
    Color::hex(0x2B_89_B3),
    Color::hex(0x25_55_97),
    Color::hex(0x18_22_55),
];

impl ColorScale {
    /// Returns the values at the two ends of the colour bar, for data from `low` to `high`.
    #[must_use]
    pub fn limits(self, low: f64, high: f64) -> (f64, f64) {
        let (low, high) = match self {
            Self::Diverging => {
                let far = low.abs().max(high.abs());
                (-far, far)
            }
            Self::DivergingTo(far) => (-far.abs(), far.abs()),
            Self::Sequential => (low, high),
            Self::SequentialBetween(a, b) => (a.min(b), a.max(b)),
        };
        if low.is_finite() && high.is_finite() && low < high {
            (low, high)
        } else if low.is_finite() && low == high && low != 0.0 {
            (low - low.abs() * 0.5, high + low.abs() * 0.5)
        } else {
            (-1.0, 1.0)
        }
    }

    /// Returns the colour at `t`, from 0 (the low end) to 1 (the high end); other values are clamped.
    #[must_use]
    pub fn color(self, t: f64) -> Color {
        let stops: &[Color] = match self {
            Self::Diverging | Self::DivergingTo(_) => &DIVERGING,
            Self::Sequential | Self::SequentialBetween(..) => &SEQUENTIAL,
        };
        let t = if t.is_nan() { 0.5 } else { t.clamp(0.0, 1.0) };
        let at = t * (stops.len() - 1) as f64;
        let i = (at as usize).min(stops.len() - 2);
        let f = at - i as f64;
        let (a, b) = (stops[i].oklab(), stops[i + 1].oklab());
        Color::from_oklab([0, 1, 2].map(|k| a[k] + (b[k] - a[k]) * f))
    }
}
