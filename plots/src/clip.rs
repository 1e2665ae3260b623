//! Rectangles, and the clipping and dashing of lines.

/// A line on the page, in points.
pub(crate) type Path = Vec<(f64, f64)>;

/// A rectangle in points; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Returns the rectangle shrunk by this much on every side.
    pub(crate) fn shrunk(&self, by: f64) -> Self {
        Self {
            left: self.left + by,
            top: self.top + by,
            right: self.right - by,
            bottom: self.bottom - by,
        }
    }

    pub(crate) fn contains(&self, (x, y): (f64, f64)) -> bool {
        const SLACK: f64 = 1e-6;
        x >= self.left - SLACK
            && x <= self.right + SLACK
            && y >= self.top - SLACK
            && y <= self.bottom + SLACK
    }

    pub(crate) fn clamp(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x.max(self.left).min(self.right), y.max(self.top).min(self.bottom))
    }

    /// Returns the part of the segment a–b inside (Liang and Barsky 1984).
    pub(crate) fn segment(&self, a: (f64, f64), b: (f64, f64)) -> Option<[(f64, f64); 2]> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut t0, mut t1) = (0.0_f64, 1.0_f64);
        for (p, q) in [
            (-dx, a.0 - self.left),
            (dx, self.right - a.0),
            (-dy, a.1 - self.top),
            (dy, self.bottom - a.1),
        ] {
            if p == 0.0 {
                if q < 0.0 {
                    return None;
                }
            } else if p < 0.0 {
                t0 = t0.max(q / p);
            } else {
                t1 = t1.min(q / p);
            }
        }
        let at = |t: f64| self.clamp((a.0 + t * dx, a.1 + t * dy));
        (t0 <= t1).then(|| [if t0 > 0.0 { at(t0) } else { a }, if t1 < 1.0 { at(t1) } else { b }])
    }

    /// Returns the part of a polygon inside (Sutherland and Hodgman 1974).
    pub(crate) fn polygon(&self, outline: &[(f64, f64)]) -> Path {
        // The distance of a point from each side, positive inside.
        let depths = [
            |r: &Self, p: (f64, f64)| p.0 - r.left,
            |r: &Self, p: (f64, f64)| r.right - p.0,
            |r: &Self, p: (f64, f64)| p.1 - r.top,
            |r: &Self, p: (f64, f64)| r.bottom - p.1,
        ];
        let mut inside = outline.to_vec();
        for depth in depths {
            let before = std::mem::take(&mut inside);
            let next = before.iter().cycle().skip(1);
            for (&a, &b) in before.iter().zip(next) {
                let (da, db) = (depth(self, a), depth(self, b));
                if da >= 0.0 {
                    inside.push(a);
                }
                if (da >= 0.0) != (db >= 0.0) {
                    let t = da / (da - db);
                    inside.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
                }
            }
        }
        inside
    }

    /// Returns the pieces of a line inside; the line is broken where a point is missing.
    pub(crate) fn pieces(&self, line: impl IntoIterator<Item = Option<(f64, f64)>>) -> Vec<Path> {
        let mut pieces: Vec<Path> = Vec::new();
        let mut previous = None;
        for point in line {
            let segment = previous.zip(point).and_then(|(a, b)| self.segment(a, b));
            if let Some([a, b]) = segment {
                match pieces.last_mut() {
                    Some(piece) if piece.last() == Some(&a) => piece.push(b),
                    _ => pieces.push(vec![a, b]),
                }
            }
            previous = point;
        }
        pieces
    }
}

/// Returns the drawn parts of a line with a dash `pattern` (drawn, skipped, … in points).
pub(crate) fn dashes(line: &[(f64, f64)], pattern: &[f64]) -> Vec<Path> {
    if pattern.is_empty() || pattern.iter().any(|&part| part.is_nan() || part <= 0.0) {
        return vec![line.to_vec()];
    }
    let mut parts: Vec<Path> = Vec::new();
    let (mut index, mut left) = (0, pattern[0]);
    let mut current: Path = line.first().copied().into_iter().collect();
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let f = done / length;
            let turn = (a.0 + f * (b.0 - a.0), a.1 + f * (b.1 - a.1));
            if index % 2 == 0 {
                current.push(turn);
                parts.push(std::mem::take(&mut current));
            } else {
                current = vec![turn];
            }
            index = (index + 1) % pattern.len();
            left = pattern[index];
        }
        left -= length - done;
        if index % 2 == 0 {
            current.push(b);
        }
    }
    if index % 2 == 0 && current.len() > 1 {
        parts.push(current);
    }
    parts
}
