//! Lengths: `3.25in`, `8.25cm`, `82.5mm`, `234pt`.

use task::range::quote;

/// A width in points, and as it was written.
#[derive(Debug, Clone)]
pub struct Width {
    /// Points of 1/72 inch.
    pub points: f64,
    /// As it was written.
    pub written: String,
}

/// The usual width.
pub const USUAL: &str = "6.5in";

impl Width {
    /// Whether it is the usual one, in whatever unit it was written.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        width(USUAL).is_ok_and(|usual| usual.points == self.points)
    }
}

/// The smallest and the largest width in inches: the smallest still has room for two panels side by side, and the
/// largest is wider than any page.
const WIDTHS: std::ops::RangeInclusive<f64> = 3.0..=20.0;

/// Reads a width. The message says what would be right.
pub fn width(text: &str) -> Result<Width, String> {
    const UNITS: [(&str, f64); 4] =
        [("in", 72.0), ("cm", 72.0 / 2.54), ("mm", 7.2 / 2.54), ("pt", 1.0)];
    let wrong = || {
        format!(
            "{} is not a width: write a length from 3in to 20in, such as 3.25in, 8.25cm, 82.5mm or 234pt",
            quote(text)
        )
    };
    let written = text.trim();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(unit, points)| Some((written.strip_suffix(unit)?, points)))
        .ok_or_else(wrong)?;
    let number = task::range::number(number).map_err(|_| wrong())?;
    // The same page in whatever unit it is given.
    let points = (number * unit * 1e6).round() / 1e6;
    if WIDTHS.contains(&(points / 72.0)) {
        return Ok(Width { points, written: written.to_owned() });
    }
    Err(wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_in_every_unit() {
        for text in ["3.25in", "8.255cm", "82.55mm", "234pt", " 234pt "] {
            assert_eq!(width(text).unwrap().points, 234.0, "{text}");
        }
        assert!(width("76.2mm").is_ok() && width("20in").is_ok());
        for text in [
            "3.25",
            "in",
            "",
            "-3in",
            "0in",
            "2.9in",
            "21in",
            "naninch",
            "3.25 inch",
            "1e9pt",
            "nanin",
        ] {
            assert!(width(text).unwrap_err().contains("3.25in"), "{text}");
        }
    }
}
