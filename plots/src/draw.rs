//! The drawing of a chart's layers into its frame.

use crate::canvas::{Canvas, Pen};
use crate::clip::{Rect, dashes};
use crate::frame::{Frame, Panel, Type};
use crate::heatmap::draw_contour;
use crate::labels::{Labels, Unplaced};
use crate::occupancy::Occupancy;
use crate::run::{pieces, reference_line};
use crate::{Band, Color, Layer, Line, Note, Point, Points, Reference, Style};

const REFERENCE_DASH: [f64; 2] = [3.0, 2.0];
/// Half the width of the caps of interval bars.
const CAP: f64 = 1.6;
/// The width of interval bars.
const BAR: f64 = 0.8;

/// Draws everything inside the axes of a panel, marks in `taken` what labels and legend must not cover, and adds the
/// labels without room to `unplaced`.
pub(crate) fn draw_layers(
    canvas: &mut Canvas,
    (number, panel): (usize, &Panel),
    frame: &Frame,
    taken: &mut Occupancy,
    unplaced: &mut Unplaced,
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
        if let Layer::Region(region) = layer {
            region.draw(canvas, frame);
        }
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
    let regions = layers.iter().any(|layer| matches!(layer, Layer::Region(_)));
    let backed = panel.heat.is_some() || regions;
    let size = types.tick;
    let mut labels =
        Labels { panel: number, unplaced, canvas, plot: &frame.plot, taken, size, backed };
    for (note, at) in marks {
        labels.note(note, at);
    }
    let lines = layers.iter().enumerate();
    let references: Vec<(usize, &Reference)> = lines
        .clone()
        .filter_map(|(i, layer)| {
            let Layer::Reference(line) = layer else {
                return None;
            };
            (!line.label.trim().is_empty()).then_some((i, line))
        })
        .collect();
    for &(i, line) in &references {
        labels.reference(frame, i, line, references.len() == 1);
    }
    for (i, (contour, lines)) in contours.iter().enumerate() {
        labels.contour((layers.len(), i), contour, lines);
    }
    for (i, layer) in lines {
        if let Layer::Line(line) = layer {
            labels.line(frame, i, line);
        }
    }
}

fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line, taken: &mut Occupancy, cased: bool) {
    for piece in pieces(frame, line) {
        taken.mark_line(&piece);
        if cased {
            draw_casing(canvas, &piece, line.style.width);
        }
        for part in dashes(&piece, line.style.dash.pattern()) {
            canvas.polyline(&part, Pen::new(line.style.color, line.style.width));
        }
    }
}

/// Draws a light edge that sets a line off from dark cells.
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
        let (bar, across) = (interval(frame, point), x_interval(frame, point));
        if let Some((a, b)) = across {
            let pen = Pen::new(points.style.color, BAR);
            canvas.polyline(&[(a, at.1), (b, at.1)], pen);
            for x in [a, b] {
                canvas.polyline(&[(x, at.1 - CAP), (x, at.1 + CAP)], pen);
            }
            taken.mark_rect(&Rect { left: a, top: at.1 - CAP, right: b, bottom: at.1 + CAP });
        }
        draw_point(canvas, at, bar, &points.style);
        taken.mark_rect(&Rect { left: at.0 - r, top: at.1 - r, right: at.0 + r, bottom: at.1 + r });
        if let Some((a, b)) = bar {
            let (top, bottom) = (a.min(b), a.max(b));
            taken.mark_rect(&Rect { left: at.0 - CAP, top, right: at.0 + CAP, bottom });
        }
    }
}

/// Returns the ends of a point's interval within the plot, on the page.
fn interval(frame: &Frame, point: &Point) -> Option<(f64, f64)> {
    let clamp = |v: f64| frame.plot.clamp((frame.plot.left, v)).1;
    let (low, high) = (frame.y.at_or_end(point.low)?, frame.y.at_or_end(point.high)?);
    Some((clamp(low), clamp(high)))
}

/// Returns the ends of a point's interval in x, likewise.
fn x_interval(frame: &Frame, point: &Point) -> Option<(f64, f64)> {
    let clamp = |v: f64| frame.plot.clamp((v, frame.plot.top)).0;
    let (low, high) = (frame.x.at_or_end(point.x_low)?, frame.x.at_or_end(point.x_high)?);
    Some((clamp(low), clamp(high)))
}

/// Draws a marker with its interval bar, if any.
pub(crate) fn draw_point(
    canvas: &mut Canvas,
    at: (f64, f64),
    bar: Option<(f64, f64)>,
    style: &Style,
) {
    if let Some((a, b)) = bar {
        let pen = Pen::new(style.color, BAR);
        canvas.polyline(&[(at.0, a), (at.0, b)], pen);
        for y in [a, b] {
            canvas.polyline(&[(at.0 - CAP, y), (at.0 + CAP, y)], pen);
        }
    }
    if style.radius > 0.0 {
        style.marker.draw(canvas, at, style.radius, style.color);
    }
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
