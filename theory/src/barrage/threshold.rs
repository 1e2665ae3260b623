//! The best threshold, which minimises the 0–1 risk on transformed data.
//!
//! At the threshold k, one draw is right with probability
//!
//! ```text
//! a(k) = ½ + ½ Σ w [Φ((k + Aμ − B)/R) − Φ((k − Aμ − B)/R)],   R² = A²ν² + S²
//! ```
//!
//! which may have many turns. All are found as sign changes of a′ between points that are a quarter of the narrowest
//! relevant R apart, and the best is taken; of several equally good ones, the one nearest to 0, and if two are
//! equally near, the upper one. If no threshold is better than a constant answer, the best is infinite.

use task::Task;

use super::Surveyed;
use super::grid::{points, root};
use super::mixture::Mixture;
use super::sequences::Sequence;

/// The distributions of the transformed data for both classes.
pub(super) struct Classes {
    plus: Mixture,
    minus: Mixture,
}

impl Surveyed {
    /// Adds a sequence to the distributions of the transformed data.
    pub(super) fn classes(&mut self, sequence: &Sequence, task: &Task) {
        let Sequence { weight, scale, shift, variance, .. } = *sequence;
        let spread = scale * task.data_std();
        let variance = variance + spread * spread;
        // The same for both classes, so the threshold does not matter.
        if variance > 0.0 {
            self.first.add(scale * task.mean() + shift, variance, weight);
            self.second.add(shift - scale * task.mean(), variance, weight);
        }
    }
}

impl Classes {
    pub(super) fn new(surveyed: Surveyed) -> Option<Self> {
        Some(Self { plus: surveyed.first.finish()?, minus: surveyed.second.finish()? })
    }

    /// Returns a(k) − ½.
    fn gain(&self, k: f64) -> f64 {
        let (plus, minus) = (self.plus.pair(k, 0.0), self.minus.pair(k, 0.0));
        // Use the smaller tails, whose difference loses the fewest digits.
        if plus.below + minus.below < plus.above + minus.above {
            0.5 * (minus.below - plus.below)
        } else {
            0.5 * (plus.above - minus.above)
        }
    }

    fn slope(&self, k: f64) -> f64 {
        self.minus.slope(k) - self.plus.slope(k)
    }

    /// Returns the best threshold.
    pub(super) fn best(&self) -> f64 {
        let bells: Vec<(f64, f64)> = self.plus.rises().chain(self.minus.rises()).collect();
        let low = bells.iter().map(|(at, width)| at - 9.0 * width).fold(f64::INFINITY, f64::min);
        let high =
            bells.iter().map(|(at, width)| at + 9.0 * width).fold(f64::NEG_INFINITY, f64::max);
        let mut candidates = vec![0.0];
        if low < high {
            let grid = points(&bells, low, high);
            let slopes: Vec<f64> = grid.iter().map(|k| self.slope(*k)).collect();
            for at in 1..grid.len() {
                // A maximum: rising before, falling after.
                if slopes[at - 1] > 0.0 && slopes[at] <= 0.0 {
                    candidates.push(root(|k| self.slope(k), grid[at - 1], grid[at]));
                }
            }
        }
        // Differences below rounding do not count.
        const SAME: f64 = 4e-15;
        let mut best = (f64::INFINITY, 0.0);
        for k in candidates {
            let gain = self.gain(k);
            let nearer = k.abs() < best.0.abs() || (k.abs() == best.0.abs() && k > best.0);
            if gain > best.1 + SAME || (gain >= best.1 - SAME && nearer) {
                best = (k, gain);
            }
        }
        best.0
    }
}
