//! Texts in a plot: of notes, reference lines, contours and lines. A label of a line is placed where it covers no
//! other line and no other text; if there is no such place, it is left to the legend.

use std::collections::BTreeMap;

use crate::canvas::{Align, Canvas, Pen};
use crate::clip::{Path, Rect};
use crate::font::{CAP_HEIGHT, cut, text_width};
use crate::frame::Frame;
use crate::occupancy::Occupancy;
use crate::run::{pieces, reference_line};
use crate::{Color, Contour, Dash, Direction, Line, Note, Reference, Style};

/// The identity of a label: its panel, its layer, and for a heat map the contour.
pub(crate) type Id = (usize, usize, usize);

/// Labels that have no room in their plots.
#[derive(Debug, Default)]
pub(crate) struct Unplaced {
    labels: BTreeMap<Id, Unnamed>,
    /// Whether labels are placed where they cover the least in any case, so that none is left out.
    forced: bool,
}

#[derive(Debug)]
struct Unnamed {
    label: String,
    style: Style,
    /// Whether the legend has an entry for the line.
    named: bool,
}

impl Unplaced {
    /// Creates the state for a page whose legend has no room for the labels.
    pub(crate) fn forced() -> Self {
        Self { forced: true, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Returns the additional legend entries; lines that the legend names anyway, if it is shown, are left out.
    pub(crate) fn entries(&self, shown: bool) -> impl Iterator<Item = (String, Style)> {
        let unnamed = self.labels.values().filter(move |label| !(shown && label.named));
        unnamed.map(|label| (label.label.clone(), label.style))
    }
}

/// Places texts where they cover the least.
pub(crate) struct Labels<'a> {
    /// The index of the panel.
    pub(crate) panel: usize,
    pub(crate) unplaced: &'a mut Unplaced,
    pub(crate) canvas: &'a mut Canvas,
    pub(crate) plot: &'a Rect,
    pub(crate) taken: &'a mut Occupancy,
    pub(crate) size: f64,
    /// Whether texts are on coloured areas and always need a background.
    pub(crate) backed: bool,
}

impl Labels<'_> {
    /// Returns the text shortened to the plot, and the size of its box.
    fn measure(&self, text: &str) -> (String, f64, f64) {
        let text = cut(&crate::font::clean(text), self.size, self.plot.width() - 8.0);
        let width = text_width(&text, self.size) + 2.0;
        (text, width, self.size * 1.15)
    }

    fn put(&mut self, text: &str, area: &Rect) {
        if self.backed || self.taken.covered(area) > 0 {
            self.canvas.rect((area.left, area.top), (area.right, area.bottom), Color::WHITE, 0.8);
        }
        self.taken.mark_text(area);
        let baseline = (area.top + area.bottom) / 2.0 + CAP_HEIGHT / 2.0 * self.size;
        let at = ((area.left + area.right) / 2.0, baseline);
        self.canvas.text(text, at, self.size, Align::Middle, Color::INK);
    }

    /// Returns whether a label is left to the legend.
    fn left_out(&self, (layer, part): (usize, usize)) -> bool {
        self.unplaced.labels.contains_key(&(self.panel, layer, part))
    }

    /// Leaves a label to the legend.
    fn leave_out(&mut self, (layer, part): (usize, usize), label: &str, style: Style, named: bool) {
        if !self.unplaced.forced {
            let unnamed = Unnamed { label: crate::font::clean(label), style, named };
            self.unplaced.labels.insert((self.panel, layer, part), unnamed);
        }
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

    /// Places a label beside a reference line. If there is no free place, the label of a `lone` line of a chart is
    /// left to the legend; several would look alike there, and are placed where they cover the least.
    pub(crate) fn reference(&mut self, frame: &Frame, layer: usize, line: &Reference, lone: bool) {
        let (text, width, height) = self.measure(&line.label);
        let ends = reference_line(frame, line).filter(|_| !text.is_empty());
        let Some([from, to]) = ends.filter(|_| !self.left_out((layer, 0))) else {
            return;
        };
        // First at the ends, then all along the line.
        let along = [0.97, 0.03, 0.85, 0.15, 0.7, 0.3, 0.5].into_iter();
        let along = along.chain((2..=38).map(|k| f64::from(k) / 40.0));
        let candidates: Vec<Rect> = along
            .flat_map(|t| {
                let (x, y) = (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1));
                match line.direction {
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
            })
            .collect();
        let own = self.taken.only([&[from, to][..]]);
        let free = candidates.iter().copied().filter(|r| self.taken.free_but_for(&own, r));
        let least = self.taken.best(candidates.iter().copied(), self.plot);
        let forced = self.unplaced.forced;
        let covering = least.filter(|r| forced || !lone && !self.taken.on_text(r));
        match self.taken.best(free, self.plot).or(covering) {
            Some(area) => self.put(&text, &area),
            None => {
                let style = Style::neutral().dash(Dash::Short).width(0.7);
                self.leave_out((layer, 0), &line.label, style, false);
            }
        }
    }

    /// Places a label beside a line, first at its end, then further back, on either side.
    pub(crate) fn line(&mut self, frame: &Frame, layer: usize, line: &Line) {
        /// The clearance around the text, for its halo.
        const CLEAR: f64 = 2.5;
        let (text, width, height) = self.measure(&line.label);
        let (width, height) = (width + 2.0 * CLEAR, height + 2.0 * CLEAR);
        let pieces = pieces(frame, line);
        if text.is_empty() || pieces.is_empty() || self.left_out((layer, 0)) {
            return;
        }
        let (candidates, from): (Vec<Rect>, Vec<(f64, f64)>) = stations(&pieces)
            .into_iter()
            .flat_map(|((x, y), (nx, ny))| {
                // Far enough to clear a straight line.
                let off = nx.abs() * width / 2.0 + ny.abs() * height / 2.0;
                [1.0, -1.0].map(|side| {
                    let at = (x + side * nx * off, y + side * ny * off);
                    (boxed(at, width, height), (x, y))
                })
            })
            .unzip();
        // On nothing, and with no other line between the text and its own.
        let own = self.taken.only(pieces.iter().map(Vec::as_slice));
        let between = |r: &Rect, from: (f64, f64)| {
            let to = ((r.left + r.right) / 2.0, (r.top + r.bottom) / 2.0);
            (1..16).any(|step| {
                let t = f64::from(step) / 16.0;
                let (x, y) = (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1));
                self.taken.on_other_line(&own, &Rect { left: x, top: y, right: x, bottom: y })
            })
        };
        let free = |(r, from): &(&Rect, &(f64, f64))| {
            self.taken.covered(&r.shrunk(CLEAR)) == 0
                && !self.taken.on_other_line(&own, r)
                && !between(r, **from)
        };
        let free: Vec<Rect> = candidates.iter().zip(&from).filter(free).map(|(r, _)| *r).collect();
        let forced = || {
            let first = || candidates.first().map(|area| self.inside(area));
            let least = self.taken.freest(&candidates, self.plot).or_else(first);
            least.filter(|_| self.unplaced.forced)
        };
        let Some(area) = self.taken.freest(&free, self.plot).or_else(forced) else {
            self.leave_out((layer, 0), &line.label, line.style, !line.name.trim().is_empty());
            return;
        };
        self.taken.mark_text(&area);
        let baseline = (area.top + area.bottom) / 2.0 + CAP_HEIGHT / 2.0 * self.size;
        let at = ((area.left + area.right) / 2.0, baseline);
        self.canvas.text_haloed(&text, at, self.size, line.style.color);
    }

    /// Returns the box moved into the plot.
    fn inside(&self, area: &Rect) -> Rect {
        let (width, height) = (area.width(), area.height());
        let x = (area.left + width / 2.0).min(self.plot.right - width / 2.0);
        let y = (area.top + height / 2.0).min(self.plot.bottom - height / 2.0);
        let at = (x.max(self.plot.left + width / 2.0), y.max(self.plot.top + height / 2.0));
        boxed(at, width, height)
    }

    /// Places a label on a contour, which is broken for it.
    pub(crate) fn contour(&mut self, id: (usize, usize), contour: &Contour, lines: &[Path]) {
        let (text, width, height) = self.measure(&contour.label);
        let longest = lines.iter().max_by_key(|line| line.len());
        let Some(line) = longest.filter(|_| !text.is_empty() && !self.left_out(id)) else {
            return;
        };
        // From the middle outwards.
        let mut order: Vec<usize> = (0..line.len()).collect();
        order.sort_by_key(|i| i.abs_diff(line.len() / 2));
        let candidates = || order.iter().map(|&i| boxed(line[i], width, height));
        let own = self.taken.only(lines.iter().map(Vec::as_slice));
        let free = candidates().filter(|r| self.taken.free_but_for(&own, r));
        let least = self.taken.best(candidates(), self.plot);
        let forced = least.filter(|_| self.unplaced.forced);
        match self.taken.best(free, self.plot).or(forced) {
            Some(area) => self.put(&text, &area),
            None => self.leave_out(id, &contour.label, contour.style, false),
        }
    }
}

/// Returns places along the pieces of a line from its end backwards, a few points apart, each with the unit vector
/// across the line that points up the page.
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
