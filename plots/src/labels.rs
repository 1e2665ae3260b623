//! Texts in a plot: of notes, reference lines, contours and lines.

use crate::canvas::{Align, Canvas, Pen};
use crate::clip::{Path, Rect};
use crate::font::{CAP_HEIGHT, cut, text_width};
use crate::frame::Frame;
use crate::occupancy::Occupancy;
use crate::run::{pieces, reference_line};
use crate::{Color, Contour, Direction, Line, Note, Reference};

/// Puts texts where they cover the least.
pub(crate) struct Labels<'a> {
    pub(crate) canvas: &'a mut Canvas,
    pub(crate) plot: &'a Rect,
    pub(crate) taken: &'a mut Occupancy,
    pub(crate) size: f64,
    /// Whether texts stand on colours and always need a background.
    pub(crate) backed: bool,
}

impl Labels<'_> {
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

    pub(crate) fn note(&mut self, note: &Note, at: (f64, f64)) {
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

    pub(crate) fn reference(&mut self, frame: &Frame, reference: &Reference) {
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

    /// Beside the line, first at its end, then further back, on either side.
    pub(crate) fn line(&mut self, frame: &Frame, line: &Line) {
        /// Kept clear around the text, for its halo.
        const CLEAR: f64 = 2.5;
        let (text, width, height) = self.measure(&line.label);
        let (width, height) = (width + 2.0 * CLEAR, height + 2.0 * CLEAR);
        let pieces = pieces(frame, line);
        if text.is_empty() || pieces.is_empty() {
            return;
        }
        let candidates: Vec<Rect> = stations(&pieces)
            .into_iter()
            .flat_map(|((x, y), (nx, ny))| {
                // As far off as clears a straight line.
                let off = nx.abs() * width / 2.0 + ny.abs() * height / 2.0;
                [1.0, -1.0]
                    .map(|side| boxed((x + side * nx * off, y + side * ny * off), width, height))
            })
            .collect();
        let fallback = || candidates.first().map(|area| self.inside(area));
        let Some(area) = self.taken.freest(&candidates, self.plot).or_else(fallback) else {
            return;
        };
        self.taken.mark_rect(&area);
        let baseline = (area.top + area.bottom) / 2.0 + CAP_HEIGHT / 2.0 * self.size;
        let at = ((area.left + area.right) / 2.0, baseline);
        self.canvas.text_haloed(&text, at, self.size, line.style.color);
    }

    /// The box moved into the plot.
    fn inside(&self, area: &Rect) -> Rect {
        let (width, height) = (area.width(), area.height());
        let x = (area.left + width / 2.0).min(self.plot.right - width / 2.0);
        let y = (area.top + height / 2.0).min(self.plot.bottom - height / 2.0);
        let at = (x.max(self.plot.left + width / 2.0), y.max(self.plot.top + height / 2.0));
        boxed(at, width, height)
    }

    pub(crate) fn contour(&mut self, contour: &Contour, lines: &[Path]) {
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

/// Places along the pieces of a line from its end backwards, a few points apart, each with the unit
/// vector across the line that points up the page.
fn stations(pieces: &[Path]) -> Vec<((f64, f64), (f64, f64))> {
    const STEP: f64 = 4.0;
    let mut stations = Vec::new();
    for pair in pieces.iter().rev().flat_map(|piece| piece.windows(2).rev()) {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx.hypot(dy);
        if length > 0.0 {
            let up =
                if dx > 0.0 { (dy / length, -dx / length) } else { (-dy / length, dx / length) };
            let steps = (length / STEP).ceil();
            stations.extend((0..steps as u32).map(|k| {
                let t = f64::from(k) / steps;
                ((b.0 - t * dx, b.1 - t * dy), up)
            }));
        }
    }
    stations
}

fn boxed((x, y): (f64, f64), width: f64, height: f64) -> Rect {
    Rect {
        left: x - width / 2.0,
        top: y - height / 2.0,
        right: x + width / 2.0,
        bottom: y + height / 2.0,
    }
}
