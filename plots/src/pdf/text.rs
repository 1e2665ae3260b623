//! Text as text: runs of glyphs along their lines.

use pdf_writer::{Finish as _, Str};
use resvg::tiny_skia::Transform;
use resvg::usvg::{Node, PaintOrder, Text, layout};

use super::FONT_NAME;
use super::font::Glyphs;
use super::page::{Pen, changed, unsupported};
use crate::Error;

impl Pen {
    pub(super) fn text(&mut self, text: &Text) -> Result<(), Error> {
        let place = text.abs_transform();
        // The halo is drawn below the letters, as outlines.
        for node in text.flattened().children() {
            if let Node::Path(path) = node
                && path.is_visible()
            {
                if path.stroke().is_some() && path.paint_order() == PaintOrder::FillAndStroke {
                    return Err(unsupported("text with an outline over it"));
                }
                self.stroke(path.stroke(), path.data(), place)?;
            }
        }
        for span in text.layouted().iter().filter(|span| span.visible) {
            if span.underline.is_some() || span.overline.is_some() || span.line_through.is_some() {
                return Err(unsupported("underlined text"));
            }
            if let Some(fill) = &span.fill {
                self.fill_color(fill)?;
                let runs = self.runs(span, place);
                for run in runs {
                    self.run(&run);
                }
            }
        }
        Ok(())
    }

    /// Returns the glyphs of a span, in runs along one line each.
    fn runs(&mut self, span: &layout::Span, place: Transform) -> Vec<Run> {
        let em = crate::font::face().map_or(2048.0, |face| f64::from(face.units_per_em()));
        let mut runs: Vec<Run> = Vec::new();
        for glyph in &span.positioned_glyphs {
            let m = place.pre_concat(glyph.transform());
            let [sx, ky, kx, sy, x, y] = [m.sx, m.ky, m.kx, m.sy, m.tx, m.ty].map(f64::from);
            let scale = sx.hypot(ky);
            let number = self.glyphs.number(glyph.id.0, &glyph.text);
            if scale.is_nan() || scale <= 0.0 {
                continue;
            }
            let size = self.length(scale * em);
            let along = [sx / scale, ky / scale].map(rounded);
            let up = [-kx / scale, -sy / scale].map(rounded);
            let from = (self.length(x), self.length(y));
            let width = Glyphs::width(glyph.id.0);
            match runs.last_mut() {
                Some(run) if (run.size, run.along, run.up) == (size, along, up) => {
                    let (dx, dy) = (f64::from(from.0 - run.from.0), f64::from(from.1 - run.from.1));
                    let [a, b] = run.along.map(f64::from);
                    let thousandth = f64::from(size) / 1000.0;
                    let (at, off) =
                        ((dx * a + dy * b) / thousandth, (dy * a - dx * b) / thousandth);
                    if off.abs() < 1.0 {
                        run.glyphs.push((number, at, width));
                        continue;
                    }
                }
                _ => {}
            }
            runs.push(Run { from, along, up, size, glyphs: vec![(number, 0.0, width)] });
        }
        runs
    }

    fn run(&mut self, run: &Run) {
        let content = &mut self.content;
        content.begin_text();
        if changed(&mut self.state.font_size, run.size) {
            content.set_font(FONT_NAME, run.size);
        }
        let ([a, b], [c, d], (x, y)) = (run.along, run.up, run.from);
        content.set_text_matrix([a, b, c, d, x, y]);
        let mut shown = content.show_positioned();
        let mut items = shown.items();
        let (mut bytes, mut pen) = (Vec::new(), 0.0);
        for &(number, at, width) in &run.glyphs {
            let gap = (at - pen).round();
            if gap != 0.0 {
                items.show(Str(&bytes)).adjust(-gap as f32);
                bytes.clear();
                pen += gap;
            }
            bytes.extend(number.to_be_bytes());
            pen += width;
        }
        items.show(Str(&bytes));
        items.finish();
        shown.finish();
        content.end_text();
    }
}

/// A run of glyphs along one line.
struct Run {
    from: (f32, f32),
    /// The directions of writing and of the letters' tops.
    along: [f32; 2],
    up: [f32; 2],
    size: f32,
    /// The number, position and width of each glyph, the latter two in thousandths of an em.
    glyphs: Vec<(u16, f64, f64)>,
}

/// Rounds to five decimals, and turns −0 into 0.
fn rounded(v: f64) -> f32 {
    ((v * 1e5).round() / 1e5 + 0.0) as f32
}
