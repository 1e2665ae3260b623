//! The Markov chain itself, as rows of neighbouring positions.

use super::{Atom, Cell};
use crate::attack::Signs;
use crate::math::quadrature::sum;

/// Mass at the end of a row below this is dropped: even after 1e6 steps the total is negligible.
const NOTHING: f64 = 1e-40;

/// The number of steps between checks of whether the law has become stationary.
const REST: u32 = 64;

/// A row of positions or intervals one step apart, from the lowest to the highest.
pub(super) struct Strip {
    mass: Vec<f64>,
    next: Vec<f64>,
    /// The positions that have mass.
    active: std::ops::Range<usize>,
    /// The place of the lowest, and the width of each: 0 for points.
    low: f64,
    width: f64,
    /// Whether the lowest and the highest are the bounds, where mass that would leave stays.
    holds: [bool; 2],
}

impl Strip {
    fn new(len: usize, low: f64, width: f64, holds: [bool; 2]) -> Self {
        Self { mass: vec![0.0; len], next: vec![0.0; len], active: 0..0, low, width, holds }
    }

    fn put(&mut self, index: usize, mass: f64) {
        self.mass[index] += mass;
        let (from, to) = (self.active.start, self.active.end);
        self.active =
            if from == to { index..index + 1 } else { from.min(index)..to.max(index + 1) };
    }

    /// Makes one step and returns the mass that leaves below and above.
    fn step(&mut self, signs: &Signs) -> [f64; 2] {
        let (p, z, q) = (signs.right, signs.zero, signs.wrong);
        let len = self.mass.len();
        let (from, to) = (self.active.start, self.active.end);
        if from == to {
            return [0.0; 2];
        }
        let leaves = [
            if from == 0 { q * self.mass[0] } else { 0.0 },
            if to == len { p * self.mass[len - 1] } else { 0.0 },
        ];
        let (first, last) = (from.saturating_sub(1), (to + 1).min(len));
        let at = |j: usize| self.mass.get(j).copied().unwrap_or(0.0);
        let below = |j: usize| if j == 0 { 0.0 } else { at(j - 1) };
        self.next[first] = p * below(first) + z * at(first) + q * at(first + 1);
        if last - first >= 2 {
            let inner = &self.mass[first..last];
            for (next, w) in self.next[first + 1..last - 1].iter_mut().zip(inner.windows(3)) {
                *next = p * w[0] + z * w[1] + q * w[2];
            }
            self.next[last - 1] = p * at(last - 2) + z * at(last - 1) + q * at(last);
        }
        std::mem::swap(&mut self.mass, &mut self.next);
        let (mut first, mut last) = (first, last);
        let mut left = leaves;
        for (side, index) in [(0, 0), (1, len - 1)] {
            if self.holds[side] {
                self.mass[index] += left[side];
                left[side] = 0.0;
            }
        }
        while first < last && self.mass[first] < NOTHING {
            self.mass[first] = 0.0;
            first += 1;
        }
        while last > first && self.mass[last - 1] < NOTHING {
            self.mass[last - 1] = 0.0;
            last -= 1;
        }
        // The next step writes the active part and one position on each side; clear what it would not overwrite.
        self.next[from..first.clamp(from, to)].fill(0.0);
        self.next[last.clamp(from, to)..to].fill(0.0);
        self.active = first..last;
        left
    }

    /// Returns Σ |now − before| over the last step.
    fn change(&self) -> f64 {
        sum(self.mass.iter().zip(&self.next).map(|(now, before)| (now - before).abs()))
    }
}

/// All rows, and the place of the two bounds in them.
pub(super) struct Strips {
    strips: Vec<Strip>,
    /// The strip and the index of −1 and of 1, if some rows contain them.
    bounds: Option<[(usize, usize); 2]>,
    ratio: f64,
}

impl Strips {
    /// Creates a start from 0 for an integer number of steps to the bounds: one row.
    pub(super) fn whole(ratio: usize, steps: usize) -> Self {
        let reach = ratio.min(steps);
        let holds = [reach == ratio; 2];
        let mut strip = Strip::new(2 * reach + 1, -(reach as f64) / ratio as f64, 0.0, holds);
        strip.put(reach, 1.0);
        Self { strips: vec![strip], bounds: None, ratio: ratio as f64 }
    }

    /// Creates a start from 0 for any other ratio.
    pub(super) fn three(ratio: f64, steps: usize) -> Self {
        // |j| < ratio, and no farther than the steps lead.
        let reach = ((ratio.ceil() - 1.0) as usize).min(steps);
        let mut middle = Strip::new(2 * reach + 1, -(reach as f64) / ratio, 0.0, [false; 2]);
        middle.put(reach, 1.0);
        if reach == steps && (reach as f64) < ratio {
            return Self { strips: vec![middle], bounds: None, ratio };
        }
        Self::with_bounds(ratio, vec![middle])
    }

    /// Creates a start that is uniform in [−1, 1].
    pub(super) fn uniform(ratio: f64) -> Self {
        let whole = (2.0 * ratio).floor();
        let rest = (2.0 * ratio - whole) / ratio;
        let (step, count) = (1.0 / ratio, whole as usize);
        let mut strips = Vec::new();
        for (low, width, len) in [(-1.0, rest, count + 1), (-1.0 + rest, step - rest, count)] {
            if width <= 0.0 || len == 0 {
                continue;
            }
            let mut strip = Strip::new(len, low, width, [false; 2]);
            (0..len).for_each(|j| strip.put(j, 0.5 * width));
            strips.push(strip);
        }
        Self::with_bounds(ratio, strips)
    }

    /// Adds the rows −1 + j/K and 1 − j/K, 0 ≤ j < 2K.
    fn with_bounds(ratio: f64, mut strips: Vec<Strip>) -> Self {
        let len = (2.0 * ratio).ceil().max(1.0) as usize;
        let at = strips.len();
        strips.push(Strip::new(len, -1.0, 0.0, [true, false]));
        let low = 1.0 - (len - 1) as f64 / ratio;
        strips.push(Strip::new(len, low, 0.0, [false, true]));
        Self { strips, bounds: Some([(at, 0), (at + 1, len - 1)]), ratio }
    }

    /// Makes this many steps, or fewer if the law no longer changes.
    pub(super) fn walk(&mut self, signs: &Signs, steps: u32) {
        // The factor of a deviation from the stationary law that is lost in one step, at least.
        let gap = 1.0 - signs.zero - 2.0 * (signs.right * signs.wrong).sqrt();
        for step in 1..=steps {
            let mut out = [0.0; 2];
            for strip in &mut self.strips {
                let [below, above] = strip.step(signs);
                out = [out[0] + below, out[1] + above];
            }
            if let Some(bounds) = self.bounds {
                for ((strip, index), mass) in bounds.into_iter().zip(out) {
                    if mass > 0.0 {
                        self.strips[strip].put(index, mass);
                    }
                }
            }
            if step % REST == 0 {
                let change = sum(self.strips.iter().map(Strip::change));
                if change <= 1e-18 * gap {
                    return;
                }
            }
        }
    }

    /// Returns the points that have mass.
    pub(super) fn atoms(&self) -> Vec<Atom> {
        let points = self.strips.iter().filter(|strip| strip.width == 0.0);
        points
            .flat_map(|strip| {
                strip.active.clone().map(|j| {
                    let at = self.place(strip, j);
                    Atom { at, chance: strip.mass[j] }
                })
            })
            .filter(|atom| atom.chance > 0.0)
            .collect()
    }

    /// Returns the intervals that have mass.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let intervals = self.strips.iter().filter(|strip| strip.width > 0.0);
        intervals
            .flat_map(|strip| {
                strip.active.clone().map(|j| {
                    let low = self.place(strip, j);
                    let high = (low + strip.width).min(1.0);
                    Cell { low, high, chance: strip.mass[j] }
                })
            })
            .filter(|cell| cell.chance > 0.0)
            .collect()
    }

    /// Returns the place of the j-th element of a row, computed downwards from the upper bound if the row contains it.
    fn place(&self, strip: &Strip, j: usize) -> f64 {
        let last = strip.mass.len() - 1;
        let at = match strip.holds {
            [_, true] if strip.low > -1.0 || j > last / 2 => 1.0 - (last - j) as f64 / self.ratio,
            _ if strip.low < 0.0 && strip.width == 0.0 && !strip.holds[0] && !strip.holds[1] => {
                (j as f64 - (last / 2) as f64) / self.ratio
            }
            _ => strip.low + j as f64 / self.ratio,
        };
        at.clamp(-1.0, 1.0)
    }
}
