//! Paper to draw on in points: a thin layer over the SVG backend, which counts in whole units of
//! a hundredth of a point so that curves do not wobble.

use std::fmt::Display;

use plotters::prelude::{
    DrawingBackend, FontTransform, IntoFont, RGBAColor, SVGBackend, ShapeStyle,
};
use plotters::style::FontDesc;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::font::{CAP_HEIGHT, FONT_FALLBACKS, clean};
use crate::{Color, Error, Size, Theme};

/// Backend units in a point.
const UNITS: f64 = 100.0;
/// The backend divides font sizes by this, and sets text this far (in em) below its top.
const FONT_FACTOR: f64 = 1.24;
const TOP_TO_BASELINE: f64 = 0.76;

/// Colour, width and opacity of a stroke.
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

/// Which end of a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

pub(crate) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    failure: Option<String>,
    polygons: usize,
    texts: usize,
    theme: Theme,
    finish: Finish,
}

/// What the backend cannot draw, to be put into the SVG when it is whole.
#[derive(Debug)]
pub(crate) struct Finish {
    /// The colour of halos.
    paper: Color,
    /// Numbers of polygons, and the elements that they stand for.
    shapes: Vec<(usize, String)>,
    /// Numbers of texts that get a halo.
    halos: Vec<usize>,
}

impl Finish {
    /// The SVG with everything in it.
    pub(crate) fn apply(&self, svg: &str) -> String {
        let mut whole = String::with_capacity(svg.len());
        let (mut polygons, mut texts) = (0, 0);
        for line in svg.split_inclusive('\n') {
            if line.starts_with("<polygon ") {
                let shape = self.shapes.iter().find(|shape| shape.0 == polygons);
                whole.push_str(shape.map_or(line, |shape| &shape.1));
                polygons += 1;
            } else if let Some(rest) = line.strip_prefix("<text ") {
                whole.push_str("<text ");
                if self.halos.contains(&texts) {
                    whole.push_str(&format!(
                        "stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\" ",
                        web(self.paper),
                        unit(2.0 * HALO)
                    ));
                }
                whole.push_str(rest);
                texts += 1;
            } else {
                whole.push_str(line);
            }
        }
        whole
    }
}

/// How far a halo reaches beyond the letters, in points.
const HALO: f64 = 1.1;

impl<'a> Canvas<'a> {
    pub(crate) fn new(svg: &'a mut String, size: Size, theme: Theme) -> Self {
        let units = (unit(size.width) as u32, unit(size.height) as u32);
        Self {
            backend: SVGBackend::with_string(svg, units),
            failure: None,
            polygons: 0,
            texts: 0,
            theme,
            finish: Finish { paper: theme.paper(), shapes: Vec::new(), halos: Vec::new() },
        }
    }

    pub(crate) fn finish(mut self) -> Result<Finish, Error> {
        let done = self.backend.present();
        self.note(done);
        self.failure.map_or(Ok(self.finish), |failure| Err(Error::Svg(failure)))
    }

    fn note<E: Display>(&mut self, result: Result<(), E>) {
        if let Err(error) = result {
            self.failure.get_or_insert_with(|| error.to_string());
        }
    }

    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], pen: Pen) {
        if points.len() < 2 || pen.width <= 0.0 {
            return;
        }
        let style = self.shape(pen.color, pen.alpha, pen.width);
        let result = self.backend.draw_path(points.iter().map(|&p| at(p)), &style);
        self.note(result);
    }

    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], color: Color, alpha: f64) {
        // The backend leaves out what is transparent, and no number must be given to that.
        if points.len() < 3 || alpha == 0.0 {
            return;
        }
        let style = self.shape(color, alpha, 0.0);
        let result = self.backend.fill_polygon(points.iter().map(|&p| at(p)), &style);
        self.note(result);
        self.polygons += 1;
    }

    fn shape(&self, color: Color, alpha: f64, width: f64) -> ShapeStyle {
        ShapeStyle {
            color: rgba(self.theme.color(color), alpha),
            filled: false,
            stroke_width: unit(width).max(0) as u32,
        }
    }

    /// The inside of closed loops by the even-odd rule, which the backend does not know: a polygon
    /// keeps its place.
    pub(crate) fn even_odd(&mut self, loops: &[Vec<(f64, f64)>], color: Color, alpha: f64) {
        let alpha = if alpha.is_nan() { 0.0 } else { alpha.clamp(0.0, 1.0) };
        let loops: Vec<_> = loops.iter().filter(|corners| corners.len() > 2).collect();
        let Some(first) = loops.first().filter(|_| alpha > 0.0) else {
            return;
        };
        let mut path = String::new();
        for corners in &loops {
            for (i, &corner) in corners.iter().enumerate() {
                let (x, y) = at(corner);
                path += &format!("{}{x},{y} ", if i == 0 { "M" } else { "" });
            }
            path += "Z ";
        }
        let element = format!(
            "<path opacity=\"{alpha}\" fill=\"{}\" fill-rule=\"evenodd\" d=\"{}\"/>\n",
            web(self.theme.color(color)),
            path.trim_end()
        );
        self.finish.shapes.push((self.polygons, element));
        self.polygon(first, color, alpha);
    }

    /// A filled rectangle between two opposite corners.
    pub(crate) fn rect(&mut self, a: (f64, f64), b: (f64, f64), color: Color, alpha: f64) {
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        let style = self.shape(color, alpha, 0.0).filled();
        let result = self.backend.draw_rect(at(low), at(high), &style, true);
        self.note(result);
    }

    /// Text whose baseline stands at `(x, y)`.
    pub(crate) fn text(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: f64,
        align: Align,
        color: Color,
    ) {
        self.draw_text(
            text,
            (x, y - TOP_TO_BASELINE * size),
            size,
            align,
            self.theme.color(color),
            FontTransform::None,
        );
    }

    /// Text centred on `x` with its baseline at `y` and a halo of paper around the letters, in a shade of the
    /// colour that can be read.
    pub(crate) fn text_haloed(&mut self, text: &str, (x, y): (f64, f64), size: f64, color: Color) {
        if !clean(text).is_empty() {
            self.finish.halos.push(self.texts);
        }
        let from = (x, y - TOP_TO_BASELINE * size);
        let color = self.theme.text(color);
        self.draw_text(text, from, size, Align::Middle, color, FontTransform::None);
    }

    /// Text whose capitals are centred in height on `(x, y)`.
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

    /// Text that reads upwards, centred on `y`, with its baseline at `x`.
    pub(crate) fn text_up(&mut self, text: &str, (x, y): (f64, f64), size: f64, color: Color) {
        let from = (x - TOP_TO_BASELINE * size, y);
        let color = self.theme.color(color);
        self.draw_text(text, from, size, Align::Middle, color, FontTransform::Rotate270);
    }

    fn draw_text(
        &mut self,
        text: &str,
        from: (f64, f64),
        size: f64,
        align: Align,
        color: Color,
        transform: FontTransform,
    ) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let align = match align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let font: FontDesc = (FONT_FALLBACKS, size * UNITS * FONT_FACTOR).into_font();
        let style =
            font.transform(transform).color(&rgba(color, 1.0)).pos(Pos::new(align, VPos::Top));
        let result = self.backend.draw_text(&text, &style, at(from));
        self.note(result);
        self.texts += 1;
    }
}

fn unit(points: f64) -> i32 {
    (points.clamp(-1e6, 1e6) * UNITS).round() as i32
}

fn at((x, y): (f64, f64)) -> (i32, i32) {
    (unit(x), unit(y))
}

fn rgba(color: Color, alpha: f64) -> RGBAColor {
    RGBAColor(color.r, color.g, color.b, alpha)
}

fn web(Color { r, g, b }: Color) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}
