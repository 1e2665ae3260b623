//! The occupied parts of a page, which labels avoid.

use crate::clip::Rect;

/// A coarse bitmap of the inked parts of a page.
#[derive(Debug)]
pub(crate) struct Occupancy {
    columns: usize,
    rows: usize,
    inked: Vec<bool>,
    /// The parts under a line.
    lines: Vec<bool>,
    /// The parts under a text.
    texts: Vec<bool>,
}

/// The side of a cell of the bitmap, in points.
const CELL: f64 = 2.0;

impl Occupancy {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        let columns = (width / CELL).ceil().max(1.0) as usize;
        let rows = (height / CELL).ceil().max(1.0) as usize;
        let blank = vec![false; columns * rows];
        Self { columns, rows, inked: blank.clone(), lines: blank.clone(), texts: blank }
    }

    fn cells(&self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let index = |v: f64, n: usize| ((v / CELL).max(0.0) as usize).min(n.saturating_sub(1));
        let columns = self.columns;
        let (i0, i1) = (index(rect.left, columns), index(rect.right, columns));
        let (j0, j1) = (index(rect.top, self.rows), index(rect.bottom, self.rows));
        (j0..=j1).flat_map(move |j| (i0..=i1).map(move |i| j * columns + i))
    }

    pub(crate) fn mark_rect(&mut self, rect: &Rect) {
        for cell in self.cells(rect) {
            self.inked[cell] = true;
        }
    }

    pub(crate) fn mark_line(&mut self, line: &[(f64, f64)]) {
        for pair in line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let steps = (((b.0 - a.0).hypot(b.1 - a.1) / (CELL / 2.0)).ceil()).clamp(1.0, 1e5);
            for k in 0..=steps as u32 {
                let t = f64::from(k) / steps;
                let (x, y) = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
                let at = Rect { left: x, top: y, right: x, bottom: y };
                self.mark_rect(&at);
                for cell in self.cells(&at) {
                    self.lines[cell] = true;
                }
            }
        }
    }

    pub(crate) fn mark_text(&mut self, rect: &Rect) {
        self.mark_rect(rect);
        for cell in self.cells(rect) {
            self.texts[cell] = true;
        }
    }

    /// Returns a page of the same size with only these lines.
    pub(crate) fn only<'a>(&self, lines: impl IntoIterator<Item = &'a [(f64, f64)]>) -> Self {
        let blank = vec![false; self.inked.len()];
        let mut page = Self { inked: blank.clone(), lines: blank.clone(), texts: blank, ..*self };
        lines.into_iter().for_each(|line| page.mark_line(line));
        page
    }

    /// Returns whether a rectangle would cover a line that is not on the other page.
    pub(crate) fn on_other_line(&self, own: &Self, rect: &Rect) -> bool {
        self.cells(rect).any(|cell| self.lines[cell] && !own.lines[cell])
    }

    /// Returns whether a rectangle would cover a text.
    pub(crate) fn on_text(&self, rect: &Rect) -> bool {
        self.cells(rect).any(|cell| self.texts[cell])
    }

    /// Returns whether a rectangle would cover nothing except what is on the other page.
    pub(crate) fn free_but_for(&self, other: &Self, rect: &Rect) -> bool {
        self.cells(rect).all(|cell| other.inked[cell] || !self.inked[cell])
    }

    /// Returns how many inked cells a rectangle would cover.
    pub(crate) fn covered(&self, rect: &Rect) -> usize {
        self.cells(rect).filter(|&cell| self.inked[cell]).count()
    }

    /// Returns the first of `candidates` within `bounds` that covers the least and has the most free space around it:
    /// where curves are far apart, it is clear which one a label belongs to.
    pub(crate) fn freest(&self, candidates: &[Rect], bounds: &Rect) -> Option<Rect> {
        const AROUND: f64 = 6.0;
        let crowd = |r: &Rect| {
            let around = Rect {
                left: r.left - AROUND,
                top: r.top - AROUND,
                right: r.right + AROUND,
                bottom: r.bottom + AROUND,
            };
            4 * self.covered(r) + self.covered(&around)
        };
        candidates
            .iter()
            .filter(|r| bounds.contains((r.left, r.top)) && bounds.contains((r.right, r.bottom)))
            .min_by_key(|r| crowd(r))
            .copied()
    }

    /// Returns the first of `candidates` within `bounds` that covers the least, and a text only if all do.
    pub(crate) fn best(
        &self,
        candidates: impl IntoIterator<Item = Rect>,
        bounds: &Rect,
    ) -> Option<Rect> {
        candidates
            .into_iter()
            .filter(|r| bounds.contains((r.left, r.top)) && bounds.contains((r.right, r.bottom)))
            .min_by_key(|r| (self.on_text(r), self.covered(r)))
    }
}
