//! Draws the layers of a chart into its frame.

use crate::canvas::{Align, Canvas, Pen};
use crate::clip::{Path, Rect, dashes};
use crate::font::{CAP_HEIGHT, cut, text_width};
use crate::frame::{Frame, Panel, Type};
use crate::heatmap::draw_contour;
use crate::occupancy::Occupancy;
use crate::{Band, Color, Contour, Direction, Layer, Line, Note, Point, Points, Reference, Style};

const REFERENCE_DASH: [f64; 2] = [3.0, 2.0];
/// Half the width of the caps of interval bars.
const CAP: f64 = 1.6;

/// Draws everything inside of the axes, and marks in `taken` what labels and legend must not cover.
pub(crate) fn draw_layers(
    canvas: &mut Canvas,
    panel: &Panel,
    frame: &Frame,
    taken: &mut Occupancy,
    types: &Type,
) {
    let layers = &panel.chart.layers;
    let scales = (panel.chart.x.scale, panel.chart.y.scale);
    let mut contours = Vec::new();
    if let Some(heat) = panel.heat {
        let (x, y) = ((&frame.x, scales.0), (&frame.y, scales.1));
        heat.draw(canvas, &frame.plot, x, y);
        contours = heat.contour_lines(&frame.plot, x, y);
    }
    for layer in layers {
        if let Layer::Band(band) = layer {
            draw_band(canvas, frame, band);
        }
    }
    for (contour, lines) in &contours {
        lines.iter().for_each(|line| draw_casing(canvas, line, contour.style.width));
        draw_contour(canvas, &contour.style, lines);
        lines.iter().for_each(|line| taken.mark_line(line));
    }
    for layer in layers {
        if let Layer::Reference(reference) = layer {
            draw_reference(canvas, frame, reference, taken);
        }
    }
    for layer in layers {
        if let Layer::Line(line) = layer {
            draw_line(canvas, frame, line, taken, panel.heat.is_some());
        }
    }
    for layer in layers {
        if let Layer::Points(points) = layer {
            draw_points(canvas, frame, points, taken);
        }
    }
    let mut marks = Vec::new();
    for layer in layers {
        if let Layer::Note(note) = layer {
            marks.extend(draw_mark(canvas, frame, note, taken).map(|at| (note, at)));
        }
    }
    let mut labels =
        Labels { canvas, plot: &frame.plot, taken, size: types.tick, backed: panel.heat.is_some() };
    for (note, at) in marks {
        labels.note(note, at);
    }
    for layer in layers {
        if let Layer::Reference(reference) = layer {
            labels.reference(frame, reference);
        }
    }
    for (contour, lines) in &contours {
        labels.contour(contour, lines);
    }
}

fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line, taken: &mut Occupancy, cased: bool) {
    let places = line.points.iter().map(|&(x, y)| frame.x.at(x).zip(frame.y.at(y)));
    for piece in frame.plot.pieces(places) {
        taken.mark_line(&piece);
        if cased {
            draw_casing(canvas, &piece, line.style.width);
        }
        for part in dashes(&piece, line.style.dash.pattern()) {
            canvas.polyline(&part, Pen::new(line.style.color, line.style.width));
        }
    }
}

/// A light edge that sets a line off from dark cells.
fn draw_casing(canvas: &mut Canvas, line: &[(f64, f64)], width: f64) {
    canvas.polyline(line, Pen { color: Color::WHITE, width: width + 1.2, alpha: 0.55 });
}

fn draw_band(canvas: &mut Canvas, frame: &Frame, band: &Band) {
    let places: Vec<Option<[f64; 3]>> = band
        .points
        .iter()
        .map(|&(x, low, high)| {
            Some([frame.x.at(x)?, frame.y.at_or_end(low)?, frame.y.at_or_end(high)?])
        })
        .collect();
    for run in places.split(Option::is_none) {
        let run: Vec<[f64; 3]> = run.iter().flatten().copied().collect();
        let mut outline: Vec<(f64, f64)> = run.iter().map(|p| (p[0], p[1])).collect();
        outline.extend(run.iter().rev().map(|p| (p[0], p[2])));
        let inside = frame.plot.polygon(&outline);
        canvas.polygon(&inside, band.style.color, band.opacity);
    }
}

fn draw_points(canvas: &mut Canvas, frame: &Frame, points: &Points, taken: &mut Occupancy) {
    let plot = &frame.plot;
    let r = points.style.radius;
    for point in &points.points {
        let Some(at) = frame.x.at(point.x).zip(frame.y.at(point.y)) else {
            continue;
        };
        if !plot.contains(at) {
            continue;
        }
        let shift = if points.offset.is_finite() { points.offset.clamp(-20.0, 20.0) } else { 0.0 };
        let at = (at.0 + shift, at.1);
        let bar = interval(frame, point);
        draw_point(canvas, at, bar, &points.style);
        taken.mark_rect(&Rect { left: at.0 - r, top: at.1 - r, right: at.0 + r, bottom: at.1 + r });
        if let Some((a, b)) = bar {
            taken.mark_line(&[(at.0, a), (at.0, b)]);
        }
    }
}

/// The ends of a point's interval within the plot, on the page.
fn interval(frame: &Frame, point: &Point) -> Option<(f64, f64)> {
    let clamp = |v: f64| frame.plot.clamp((frame.plot.left, v)).1;
    let (low, high) = (frame.y.at_or_end(point.low)?, frame.y.at_or_end(point.high)?);
    Some((clamp(low), clamp(high)))
}

/// A marker with its interval bar, if any.
pub(crate) fn draw_point(
    canvas: &mut Canvas,
    at: (f64, f64),
    bar: Option<(f64, f64)>,
    style: &Style,
) {
    if let Some((a, b)) = bar {
        let pen = Pen::new(style.color, 0.8);
        canvas.polyline(&[(at.0, a), (at.0, b)], pen);
        for y in [a, b] {
            canvas.polyline(&[(at.0 - CAP, y), (at.0 + CAP, y)], pen);
        }
    }
    if style.radius > 0.0 {
        style.marker.draw(canvas, at, style.radius, style.color);
    }
}

/// Where a reference line runs, if within the plot.
fn reference_line(frame: &Frame, reference: &Reference) -> Option<[(f64, f64); 2]> {
    let plot = &frame.plot;
    let ends = match reference.direction {
        Direction::Horizontal => {
            let y = frame.y.at(reference.value)?;
            [(plot.left, y), (plot.right, y)]
        }
        Direction::Vertical => {
            let x = frame.x.at(reference.value)?;
            [(x, plot.bottom), (x, plot.top)]
        }
    };
    plot.contains(ends[0]).then_some(ends)
}

fn draw_reference(
    canvas: &mut Canvas,
    frame: &Frame,
    reference: &Reference,
    taken: &mut Occupancy,
) {
    let Some(line) = reference_line(frame, reference) else {
        return;
    };
    taken.mark_line(&line);
    for part in dashes(&line, &REFERENCE_DASH) {
        canvas.polyline(&part, Pen::new(Color::GREY, 0.7));
    }
}

fn draw_mark(
    canvas: &mut Canvas,
    frame: &Frame,
    note: &Note,
    taken: &mut Occupancy,
) -> Option<(f64, f64)> {
    let at = frame.x.at(note.x).zip(frame.y.at(note.y))?;
    if !frame.plot.contains(at) {
        return None;
    }
    draw_point(canvas, at, None, &note.style);
    let r = note.style.radius.max(0.0);
    taken.mark_rect(&Rect { left: at.0 - r, top: at.1 - r, right: at.0 + r, bottom: at.1 + r });
    Some(at)
}

/// Puts texts where they cover the least.
struct Labels<'a, 'b> {
    canvas: &'a mut Canvas<'b>,
    plot: &'a Rect,
    taken: &'a mut Occupancy,
    size: f64,
    /// Whether texts stand on colours and always need a background.
    backed: bool,
}

impl Labels<'_, '_> {
    /// The text as it fits the plot, and the size of its box.
    fn measure(&self, text: &str) -> (String, f64, f64) {
        let text = cut(&crate::font::clean(text), self.size, self.plot.width() - 8.0);
        let width = text_width(&text, self.size) + 2.0;
        (text, width, self.size * 1.15)
    }

    fn put(&mut self, text: &str, area: &Rect) {
        if self.backed || self.taken.covered(area) > 0 {
            self.canvas.rect((area.left, area.top), (area.right, area.bottom), Color::WHITE, 0.8);
        }
        self.taken.mark_rect(area);
        let baseline = (area.top + area.bottom) / 2.0 + CAP_HEIGHT / 2.0 * self.size;
        let at = ((area.left + area.right) / 2.0, baseline);
        self.canvas.text(text, at, self.size, Align::Middle, Color::INK);
    }

    fn note(&mut self, note: &Note, at: (f64, f64)) {
        let (text, width, height) = self.measure(&note.text);
        if text.is_empty() {
            return;
        }
        let around = |gap: f64| {
            let side = note.style.radius.max(0.0) + gap;
            [
                (1.0, 0.0),
                (-1.0, 0.0),
                (0.0, -1.0),
                (0.0, 1.0),
                (0.7, -0.7),
                (0.7, 0.7),
                (-0.7, -0.7),
                (-0.7, 0.7),
            ]
            .map(|(dx, dy): (f64, f64)| {
                let x = at.0 + dx * side + dx.signum() * f64::from(dx != 0.0) * width / 2.0;
                let y = at.1 + dy * side + dy.signum() * f64::from(dy != 0.0) * height / 2.0;
                boxed((x, y), width, height)
            })
        };
        let candidates = [2.5, 9.0, 18.0, 30.0].into_iter().flat_map(around);
        let best = self.taken.best(candidates, self.plot);
        let fallback = || boxed(self.plot.clamp(at), width, height);
        let area = best.unwrap_or_else(fallback);
        let near = area.clamp(at);
        let far = (near.0 - at.0).hypot(near.1 - at.1);
        if far > note.style.radius + 5.0 {
            let start = (note.style.radius + 0.5) / far;
            let from = (at.0 + start * (near.0 - at.0), at.1 + start * (near.1 - at.1));
            self.canvas.polyline(&[from, near], Pen::new(Color::GREY, 0.6));
        }
        self.put(&text, &area);
    }

    fn reference(&mut self, frame: &Frame, reference: &Reference) {
        let (text, width, height) = self.measure(&reference.label);
        let Some([from, to]) = reference_line(frame, reference).filter(|_| !text.is_empty()) else {
            return;
        };
        let along = [0.97, 0.03, 0.85, 0.15, 0.7, 0.3, 0.5];
        let candidates = along.into_iter().flat_map(|t| {
            let (x, y) = (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1));
            match reference.direction {
                Direction::Horizontal => {
                    let x = x.min(self.plot.right - width / 2.0 - 1.0);
                    let x = x.max(self.plot.left + width / 2.0 + 1.0);
                    [-1.0, 1.0]
                        .map(|side| boxed((x, y + side * (height / 2.0 + 1.5)), width, height))
                }
                Direction::Vertical => {
                    let y = y.min(self.plot.bottom - height / 2.0 - 1.0);
                    let y = y.max(self.plot.top + height / 2.0 + 1.0);
                    [1.0, -1.0]
                        .map(|side| boxed((x + side * (width / 2.0 + 2.5), y), width, height))
                }
            }
        });
        if let Some(area) = self.taken.best(candidates, self.plot) {
            self.put(&text, &area);
        }
    }

    fn contour(&mut self, contour: &Contour, lines: &[Path]) {
        let (text, width, height) = self.measure(&contour.label);
        let longest = lines.iter().max_by_key(|line| line.len());
        let Some(line) = longest.filter(|_| !text.is_empty()) else {
            return;
        };
        // From the middle outwards.
        let mut order: Vec<usize> = (0..line.len()).collect();
        order.sort_by_key(|i| i.abs_diff(line.len() / 2));
        let candidates = order.into_iter().map(|i| boxed(line[i], width, height));
        if let Some(area) = self.taken.best(candidates, self.plot) {
            self.put(&text, &area);
        }
    }
}

fn boxed((x, y): (f64, f64), width: f64, height: f64) -> Rect {
    Rect {
        left: x - width / 2.0,
        top: y - height / 2.0,
        right: x + width / 2.0,
        bottom: y + height / 2.0,
    }
}
