//! The embedded font: its bytes, and the width of text set in it.

use std::sync::OnceLock;

use ttf_parser::{Face, GlyphId};

/// DejaVu Sans, regular (licence beside the file): the font of every drawing.
pub static FONT_BYTES: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");

/// The family of the embedded font, as named in the SVG.
///
/// ```
/// use gauss_sim_plots::{Chart, FONT_FAMILY, Size};
///
/// let drawing = Chart::default().title("Accuracy").render(Size::COLUMN)?;
/// assert!(drawing.svg().contains(FONT_FAMILY));
/// # Ok::<(), gauss_sim_plots::Error>(())
/// ```
pub const FONT_FAMILY: &str = "DejaVu Sans";

/// The family with fallbacks of similar widths, for viewers of the SVG that lack the font.
pub(crate) const FONT_FALLBACKS: &str = "DejaVu Sans, Bitstream Vera Sans, Verdana, sans-serif";

/// Returns the font, parsed once. Its bytes are part of the program, so it is always available.
pub(crate) fn face() -> Option<&'static Face<'static>> {
    static FACE: OnceLock<Option<Face<'static>>> = OnceLock::new();
    FACE.get_or_init(|| Face::parse(FONT_BYTES, 0).ok()).as_ref()
}

/// Returns the width in points of one line of `text` set in the embedded font at `size` points.
#[must_use]
pub fn text_width(text: &str, size: f64) -> f64 {
    let Some(face) = face() else {
        return text.chars().count() as f64 * 0.6 * size;
    };
    let mut units = 0.0_f64;
    let mut previous = None;
    for c in text.chars() {
        let glyph = face.glyph_index(c).unwrap_or_default();
        units += f64::from(face.glyph_hor_advance(glyph).unwrap_or(0));
        if let Some(previous) = previous {
            units += f64::from(kerning(face, previous, glyph));
        }
        previous = Some(glyph);
    }
    units / f64::from(face.units_per_em()) * size
}

/// Returns how much closer two glyphs are than their widths, in units of the font.
fn kerning(face: &Face<'_>, left: GlyphId, right: GlyphId) -> i16 {
    let tables = face.tables().kern.iter().flat_map(|kern| kern.subtables);
    let plain = tables.filter(|table| table.horizontal && !table.variable);
    plain.into_iter().find_map(|table| table.glyphs_kerning(left, right)).unwrap_or(0)
}

/// The height of a line of text, that of its capitals, and the depth below the baseline, per point of size.
pub(crate) const LINE_HEIGHT: f64 = 1.25;
pub(crate) const CAP_HEIGHT: f64 = 0.73;
pub(crate) const DESCENT: f64 = 0.24;

/// Returns the text without characters that XML does not allow; white space becomes single spaces.
pub(crate) fn clean(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c })
        .collect();
    spaced.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns `text`, truncated with an ellipsis to at most `width` points.
pub(crate) fn cut(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
    let fits = |n: &usize| text_width(&format!("{}…", &text[..*n]), size) <= width;
    // Widths grow with the number of characters, so the longest fitting prefix can be bisected.
    let n = ends.partition_point(fits);
    let end = ends.get(n.saturating_sub(1)).copied().unwrap_or(0);
    format!("{}…", text[..end].trim_end())
}

/// Returns `text` broken at spaces into at most `max_lines` lines of at most `width` points, and around an equals
/// sign only if there is no other way; text that does not fit ends in an ellipsis. An empty text has no lines.
pub(crate) fn wrap(text: &str, size: f64, width: f64, max_lines: usize) -> Vec<String> {
    let text = clean(text);
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if lines.len() + 1 >= max_lines || text_width(rest, size) <= width {
            lines.push(cut(rest, size, width));
            break;
        }
        let spaces: Vec<usize> = rest.match_indices(' ').map(|(i, _)| i).collect();
        let n = spaces.partition_point(|&i| text_width(&rest[..i], size) <= width);
        let equation = |&&i: &&usize| rest[..i].ends_with('=') || rest[i + 1..].starts_with('=');
        let fitting = &spaces[..n];
        let last = fitting.iter().rev().find(|i| !equation(i)).or(fitting.last());
        let Some(&end) = last else {
            // The first word alone is too long.
            let end = spaces.first().copied().unwrap_or(rest.len());
            lines.push(cut(&rest[..end], size, width));
            rest = rest[end..].trim_start();
            continue;
        };
        lines.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equation_is_broken_only_where_there_is_no_other_way() {
        let text = "data_std ν = 1, shift = 1";
        let width = |part: &str| text_width(part, 8.0) + 0.01;
        for (part, lines) in [
            (text, vec![text]),
            ("data_std ν = 1, shift =", vec!["data_std ν = 1,", "shift = 1"]),
            ("data_std ν = 1, shift", vec!["data_std ν = 1,", "shift = 1"]),
            ("data_std ν = 1,", vec!["data_std ν = 1,", "shift = 1"]),
            ("data_std ν =", vec!["data_std", "ν = 1,", "shift = 1"]),
        ] {
            assert_eq!(wrap(text, 8.0, width(part), 5), lines, "{part}");
        }
        assert_eq!(wrap("alpha = 1", 8.0, width("alpha ="), 5), ["alpha =", "1"]);
    }
}
