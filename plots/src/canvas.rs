//! A canvas to draw on in points. It becomes SVG in integer units of a hundredth of a point: fine enough for smooth
//! curves, and short to write.

use std::fmt::Write as _;

use crate::font::{CAP_HEIGHT, FONT_FALLBACKS, clean};
use crate::{Color, Size, Theme};

/// The number of SVG units in a point.
const UNITS: f64 = 100.0;
/// The distance to which a halo extends beyond the letters, in points.
const HALO: f64 = 1.1;

/// The colour, width and opacity of a stroke.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pen {
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) alpha: f64,
}

impl Pen {
    pub(crate) fn new(color: Color, width: f64) -> Self {
        Self { color, width, alpha: 1.0 }
    }
}

/// Which end of a text is at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// The elements of an SVG, one per line.
#[derive(Debug)]
pub(crate) struct Canvas {
    elements: String,
    size: Size,
    theme: Theme,
}

impl Canvas {
    pub(crate) fn new(size: Size, theme: Theme) -> Self {
        Self { elements: String::new(), size, theme }
    }

    /// Returns the whole SVG in the size of the paper, with a title for screen readers.
    pub(crate) fn finish(self, title: &str) -> String {
        let Self { elements, size, .. } = self;
        let title = if title.is_empty() {
            String::new()
        } else {
            format!("<title>{}</title>\n", escape(title))
        };
        format!(
            "<svg width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\">\n\
             {title}{elements}</svg>\n",
            size.width,
            size.height,
            unit(size.width),
            unit(size.height),
        )
    }

    fn element(&mut self, name: &str, attributes: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.elements, "<{name} {attributes}/>");
    }

    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], pen: Pen) {
        let Some(opacity) = opacity("stroke", pen.alpha) else {
            return;
        };
        if points.len() < 2 || pen.width.is_nan() || pen.width <= 0.0 {
            return;
        }
        let color = web(self.theme.color(pen.color));
        let width = unit(pen.width);
        self.element(
            "polyline",
            &format!(
                "fill=\"none\" stroke=\"{color}\"{opacity} stroke-width=\"{width}\" points=\"{}\"",
                corners(points)
            ),
        );
    }

    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], color: Color, alpha: f64) {
        if let Some(opacity) = opacity("fill", alpha)
            && points.len() > 2
        {
            let color = web(self.theme.color(color));
            let points = corners(points);
            self.element("polygon", &format!("fill=\"{color}\"{opacity} points=\"{points}\""));
        }
    }

    /// Fills the inside of closed loops by the even-odd rule.
    pub(crate) fn even_odd(&mut self, loops: &[Vec<(f64, f64)>], color: Color, alpha: f64) {
        let closed = |corner: &Vec<(f64, f64)>| format!("M{}Z", corners(corner));
        let path: Vec<String> = loops.iter().filter(|l| l.len() > 2).map(closed).collect();
        if let Some(opacity) = opacity("fill", alpha)
            && !path.is_empty()
        {
            let color = web(self.theme.color(color));
            let path = path.join(" ");
            self.element(
                "path",
                &format!("fill=\"{color}\"{opacity} fill-rule=\"evenodd\" d=\"{path}\""),
            );
        }
    }

    /// Draws a filled rectangle between two opposite corners.
    pub(crate) fn rect(&mut self, a: (f64, f64), b: (f64, f64), color: Color, alpha: f64) {
        let (left, top) = at((a.0.min(b.0), a.1.min(b.1)));
        let (right, bottom) = at((a.0.max(b.0), a.1.max(b.1)));
        let Some(opacity) = opacity("fill", alpha) else {
            return;
        };
        let color = web(self.theme.color(color));
        let (width, height) = (right - left, bottom - top);
        self.element(
            "rect",
            &format!(
                "x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{color}\"{opacity}"
            ),
        );
    }

    /// Draws text whose baseline is at `(x, y)`.
    pub(crate) fn text(
        &mut self,
        text: &str,
        from: (f64, f64),
        size: f64,
        align: Align,
        color: Color,
    ) {
        self.draw_text(text, from, size, align, self.theme.color(color), "");
    }

    /// Draws text centred on `x` with its baseline at `y` and a halo in the colour of the paper around the letters,
    /// in a legible shade of the colour.
    pub(crate) fn text_haloed(&mut self, text: &str, from: (f64, f64), size: f64, color: Color) {
        let halo = format!(
            " stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
            web(self.theme.paper()),
            unit(2.0 * HALO)
        );
        let color = self.theme.text(color);
        self.draw_text(text, from, size, Align::Middle, color, &halo);
    }

    /// Draws text whose capitals are vertically centred on `(x, y)`.
    pub(crate) fn text_mid(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: f64,
        align: Align,
        color: Color,
    ) {
        self.text(text, (x, y + CAP_HEIGHT / 2.0 * size), size, align, color);
    }

    /// Draws text that reads upwards, centred on `y`, with its baseline at `x`.
    pub(crate) fn text_up(&mut self, text: &str, from: (f64, f64), size: f64, color: Color) {
        let (x, y) = at(from);
        let turn = format!(" transform=\"rotate(-90 {x} {y})\"");
        self.draw_text(text, from, size, Align::Middle, self.theme.color(color), &turn);
    }

    fn draw_text(
        &mut self,
        text: &str,
        from: (f64, f64),
        size: f64,
        align: Align,
        color: Color,
        more: &str,
    ) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let anchor = match align {
            Align::Start => "start",
            Align::Middle => "middle",
            Align::End => "end",
        };
        let ((x, y), size, color, text) = (at(from), unit(size), web(color), escape(&text));
        let _ = writeln!(
            self.elements,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-family=\"{FONT_FALLBACKS}\" \
             font-size=\"{size}\" fill=\"{color}\"{more}>{text}</text>"
        );
    }
}

/// Returns the attribute for an opacity: empty for 1, and `None` for something invisible, which is not drawn.
fn opacity(of: &str, alpha: f64) -> Option<String> {
    match alpha {
        alpha if alpha >= 1.0 => Some(String::new()),
        alpha if alpha > 0.0 => Some(format!(" {of}-opacity=\"{alpha}\"")),
        _ => None,
    }
}

fn corners(points: &[(f64, f64)]) -> String {
    let pair = |&point: &(f64, f64)| {
        let (x, y) = at(point);
        format!("{x},{y}")
    };
    points.iter().map(pair).collect::<Vec<_>>().join(" ")
}

fn unit(points: f64) -> i32 {
    (points.clamp(-1e6, 1e6) * UNITS).round() as i32
}

fn at((x, y): (f64, f64)) -> (i32, i32) {
    (unit(x), unit(y))
}

fn web(Color { r, g, b }: Color) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
