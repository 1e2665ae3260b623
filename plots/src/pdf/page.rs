//! The content of the page, drawn in the order of the tree.

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Buf, Content, Name};
use resvg::tiny_skia::{Path, PathSegment, Point, Transform};
use resvg::usvg::{
    BlendMode, Color, Fill, FillRule, Group, LineCap, LineJoin, Node, Opacity, Paint, PaintOrder,
    Stroke, Tree,
};

use super::font::Glyphs;
use crate::{Error, Size};

/// The number of content units in a point, so that most coordinates are integers.
const UNITS: f64 = 100.0;

/// A drawn page, and the resources that it needs.
pub(super) struct Page {
    pub(super) content: Buf,
    pub(super) glyphs: Glyphs,
    /// The opacities used; [`opacity_name`] returns their names in the content.
    pub(super) opacities: Vec<Opacity>,
}

pub(super) fn opacity_name(index: usize) -> String {
    format!("o{index}")
}

impl Page {
    pub(super) fn draw(tree: &Tree, size: Size) -> Result<Self, Error> {
        let mut pen = Pen {
            content: Content::new(),
            unit: size.width * UNITS / f64::from(tree.size().width()),
            glyphs: Glyphs::default(),
            opacities: vec![Opacity::ONE],
            state: State::default(),
        };
        let small = (1.0 / UNITS) as f32;
        // The coordinates of the tree increase downwards from the top.
        pen.content.transform([small, 0.0, 0.0, -small, 0.0, size.height as f32]);
        pen.group(tree.root())?;
        let opaque = pen.opacities.len() == 1;
        let opacities = if opaque { Vec::new() } else { pen.opacities };
        Ok(Self { content: pen.content.finish(), glyphs: pen.glyphs, opacities })
    }
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::Pdf(format!("the drawing has {what}, which is not converted"))
}

/// The graphics state of the content; `None` if a part has not been set yet.
#[derive(Default)]
pub(super) struct State {
    fill: Option<Color>,
    stroke: Option<Color>,
    width: Option<f32>,
    cap: Option<LineCap>,
    join: Option<(LineJoin, f32)>,
    /// The index of the opacity, initially opaque.
    opacity: usize,
    pub(super) font_size: Option<f32>,
}

/// Sets a part of the state, and returns whether it has to be written.
pub(super) fn changed<T: PartialEq>(kept: &mut Option<T>, value: T) -> bool {
    let new = kept.as_ref() != Some(&value);
    *kept = Some(value);
    new
}

/// A pen that draws on the page.
pub(super) struct Pen {
    pub(super) content: Content,
    /// The number of content units in a unit of the tree.
    unit: f64,
    pub(super) glyphs: Glyphs,
    opacities: Vec<Opacity>,
    pub(super) state: State,
}

impl Pen {
    fn group(&mut self, group: &Group) -> Result<(), Error> {
        let plain = group.opacity() == Opacity::ONE && group.blend_mode() == BlendMode::Normal;
        if !plain || group.isolate() {
            return Err(unsupported("a group that is blended as one"));
        }
        if group.clip_path().is_some() || group.mask().is_some() || !group.filters().is_empty() {
            return Err(unsupported("a clipped, masked or filtered group"));
        }
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group)?,
                Node::Path(path) if path.is_visible() => {
                    let (data, place) = (path.data(), path.abs_transform());
                    let fill = |pen: &mut Self| pen.fill(path.fill(), data, place);
                    let stroke = |pen: &mut Self| pen.stroke(path.stroke(), data, place);
                    match path.paint_order() {
                        PaintOrder::FillAndStroke => fill(self).and_then(|()| stroke(self))?,
                        PaintOrder::StrokeAndFill => stroke(self).and_then(|()| fill(self))?,
                    }
                }
                Node::Path(_) => {}
                Node::Text(text) => self.text(text)?,
                Node::Image(_) => return Err(unsupported("a picture")),
            }
        }
        Ok(())
    }

    /// Returns a length of the tree, in units of the content.
    pub(super) fn length(&self, length: f64) -> f32 {
        ((length * self.unit * 10.0).round() / 10.0) as f32
    }

    fn place(&self, point: Point, transform: Transform) -> (f32, f32) {
        let mut point = point;
        transform.map_point(&mut point);
        (self.length(f64::from(point.x)), self.length(f64::from(point.y)))
    }

    fn paint(&mut self, paint: &Paint, opacity: Opacity) -> Result<Color, Error> {
        let Paint::Color(color) = paint else {
            return Err(unsupported("a gradient or pattern"));
        };
        let known = self.opacities.iter().position(|other| *other == opacity);
        let index = known.unwrap_or_else(|| {
            self.opacities.push(opacity);
            self.opacities.len() - 1
        });
        if self.state.opacity != index {
            self.state.opacity = index;
            self.content.set_parameters(Name(opacity_name(index).as_bytes()));
        }
        Ok(*color)
    }

    pub(super) fn fill_color(&mut self, fill: &Fill) -> Result<(), Error> {
        let color = self.paint(fill.paint(), fill.opacity())?;
        if changed(&mut self.state.fill, color) {
            let [r, g, b] = shares(color);
            self.content.set_fill_rgb(r, g, b);
        }
        Ok(())
    }

    fn fill(&mut self, fill: Option<&Fill>, path: &Path, place: Transform) -> Result<(), Error> {
        let Some(fill) = fill else {
            return Ok(());
        };
        self.fill_color(fill)?;
        self.path(path, place);
        match fill.rule() {
            FillRule::NonZero => self.content.fill_nonzero(),
            FillRule::EvenOdd => self.content.fill_even_odd(),
        };
        Ok(())
    }

    pub(super) fn stroke(
        &mut self,
        stroke: Option<&Stroke>,
        path: &Path,
        place: Transform,
    ) -> Result<(), Error> {
        let Some(stroke) = stroke else {
            return Ok(());
        };
        if stroke.dasharray().is_some() {
            return Err(unsupported("a stroke in dashes"));
        }
        let color = self.paint(stroke.paint(), stroke.opacity())?;
        if changed(&mut self.state.stroke, color) {
            let [r, g, b] = shares(color);
            self.content.set_stroke_rgb(r, g, b);
        }
        let (x, y) = place.get_scale();
        let scale = f64::from(x * y).abs().sqrt();
        let width = self.length(f64::from(stroke.width().get()) * scale);
        if changed(&mut self.state.width, width) {
            self.content.set_line_width(width);
        }
        if changed(&mut self.state.cap, stroke.linecap()) {
            self.content.set_line_cap(match stroke.linecap() {
                LineCap::Butt => LineCapStyle::ButtCap,
                LineCap::Round => LineCapStyle::RoundCap,
                LineCap::Square => LineCapStyle::ProjectingSquareCap,
            });
        }
        let limit = stroke.miterlimit().get();
        if changed(&mut self.state.join, (stroke.linejoin(), limit)) {
            self.content.set_line_join(match stroke.linejoin() {
                LineJoin::Miter | LineJoin::MiterClip => LineJoinStyle::MiterJoin,
                LineJoin::Round => LineJoinStyle::RoundJoin,
                LineJoin::Bevel => LineJoinStyle::BevelJoin,
            });
            self.content.set_miter_limit(limit);
        }
        self.path(path, place);
        self.content.stroke();
        Ok(())
    }

    fn path(&mut self, path: &Path, place: Transform) {
        if let Some([left, top, right, bottom]) = rectangle(path) {
            let (a, b) = (Point::from_xy(left, top), Point::from_xy(right, bottom));
            let ((x0, y0), (x1, y1)) = (self.place(a, place), self.place(b, place));
            if !place.has_skew() {
                self.content.rect(x0, y0, x1 - x0, y1 - y0);
                return;
            }
        }
        let mut last = Point::zero();
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => {
                    let (x, y) = self.place(to, place);
                    self.content.move_to(x, y);
                    last = to;
                }
                PathSegment::LineTo(to) => {
                    let (x, y) = self.place(to, place);
                    self.content.line_to(x, y);
                    last = to;
                }
                PathSegment::QuadTo(c, to) => {
                    let third = |end: Point| {
                        let toward = |a: f32, b: f32| a + (b - a) * (2.0 / 3.0);
                        Point::from_xy(toward(end.x, c.x), toward(end.y, c.y))
                    };
                    self.curve([third(last), third(to), to].map(|p| self.place(p, place)));
                    last = to;
                }
                PathSegment::CubicTo(a, b, to) => {
                    self.curve([a, b, to].map(|p| self.place(p, place)));
                    last = to;
                }
                PathSegment::Close => {
                    self.content.close_path();
                }
            }
        }
    }

    fn curve(&mut self, [(x1, y1), (x2, y2), (x3, y3)]: [(f32, f32); 3]) {
        self.content.cubic_to(x1, y1, x2, y2, x3, y3);
    }
}

/// Returns the shares of red, green and blue, with as many decimals as distinguish 256 levels.
fn shares(color: Color) -> [f32; 3] {
    [color.red, color.green, color.blue].map(|v| (f32::from(v) / 255.0 * 1e4).round() / 1e4)
}

/// Returns left, top, right and bottom of a path that is exactly an upright rectangle.
fn rectangle(path: &Path) -> Option<[f32; 4]> {
    let segments: Vec<PathSegment> = path.segments().take(6).collect();
    let [
        PathSegment::MoveTo(a),
        PathSegment::LineTo(b),
        PathSegment::LineTo(c),
        PathSegment::LineTo(d),
        PathSegment::Close,
    ] = segments[..]
    else {
        return None;
    };
    let upright = a.y == b.y && b.x == c.x && c.y == d.y && d.x == a.x;
    upright.then_some([a.x, a.y, c.x, c.y])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that nothing is left out of a PDF silently.
    #[test]
    fn what_is_not_converted_is_an_error_that_names_it() {
        let page = |inside: &str| {
            let svg = format!(
                "<svg width=\"10pt\" height=\"10pt\" viewBox=\"0 0 10 10\" \
                 xmlns=\"http://www.w3.org/2000/svg\"><defs><linearGradient id=\"g\"><stop offset=\"0\"/>\
                 <stop offset=\"1\" stop-color=\"red\"/></linearGradient><clipPath id=\"c\"><rect width=\"5\" \
                 height=\"5\"/></clipPath></defs>{inside}</svg>"
            );
            let tree = Tree::from_str(&svg, &resvg::usvg::Options::default()).unwrap();
            Page::draw(&tree, Size::points(10.0, 10.0)).map(|page| page.content)
        };
        let rect = |more: &str| format!("<rect width=\"9\" height=\"9\" {more}/>");
        for (inside, what) in [
            (rect("fill=\"url(#g)\""), "gradient"),
            (rect("clip-path=\"url(#c)\""), "clipped"),
            (rect("stroke=\"red\" stroke-dasharray=\"1 2\""), "dashes"),
            (format!("<g opacity=\"0.5\">{}{}</g>", rect(""), rect("")), "blended"),
        ] {
            let error = page(&inside).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        let content = page(&rect("fill=\"red\" fill-opacity=\"0.5\"")).unwrap();
        let content = String::from_utf8(content.as_slice().to_vec()).unwrap();
        assert_eq!(content, "0.01 0 0 -0.01 0 10 cm\n/o1 gs\n1 0 0 rg\n0 0 900 900 re\nf");
    }
}
