//! The position of an iterate, in integers.
//!
//! A position is U·`full`, U from −1 to 1 in units of −y·ε. One step and the budget are integer multiples of a
//! quantum, so a walk returns exactly to where it was, and K steps up and K down cancel.

use super::rows::Line;
use crate::stream::LANES;

/// The largest position, and the largest K = ε/α.
pub(super) const TOP: i32 = 1 << 30;

/// The size of a step, and the end of the budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lattice {
    pub(super) step: i32,
    pub(super) bound: i32,
}

impl Lattice {
    /// Creates the lattice on which K = `ratio` steps fit into the budget, 0 ≤ K ≤ 2³⁰. The position of the budget is
    /// off by at most half a quantum, 2⁻³⁰ of it (of the step, if K < 1).
    pub(super) fn new(ratio: f64) -> Self {
        let top = f64::from(TOP);
        // A step beyond the budget, before it is clipped, also has to fit into an i32.
        let step = (top / if ratio <= 1.0 { 2.0 } else { ratio }).floor();
        Self { step: step as i32, bound: (step * ratio).round() as i32 }
    }

    /// The lattice of moves that are given as a share of the budget.
    pub(super) const FIXED: Self = Self { step: 0, bound: TOP };

    /// Returns the size of a quantum, in units of x.
    pub(super) fn quantum(self, eps: f64) -> f64 {
        if self.bound == 0 { 0.0 } else { eps / f64::from(self.bound) }
    }

    /// Draws uniform positions: 2·bound + 1 of them, from 2³² words.
    pub(super) fn scatter(self, positions: &mut [Line<i32>], words: &[Line<u32>]) {
        let count = 2 * self.bound as u64 + 1;
        for (position, words) in positions.iter_mut().zip(words) {
            for lane in 0..LANES {
                position[lane] = (((u64::from(words[lane]) * count) >> 32) as i64
                    - i64::from(self.bound)) as i32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fit_into_the_budget() {
        for ratio in [1.0, 2.0, 3.0, 8.0, 10.0, 1000.0, 999_983.0, f64::from(TOP)] {
            let lattice = Lattice::new(ratio);
            assert_eq!(f64::from(lattice.bound), f64::from(lattice.step) * ratio);
            assert!(lattice.step.checked_add(lattice.bound).is_some(), "{ratio}");
        }
        for ratio in [0.0, 1e-12, 0.3, 1.0 + f64::EPSILON, 1.5, 12.5, 1e6 + 0.25] {
            let Lattice { step, bound } = Lattice::new(ratio);
            assert!((f64::from(bound) - f64::from(step) * ratio).abs() <= 0.5);
            assert!(step > 0 && bound <= TOP && step.checked_add(bound).is_some());
        }
    }

    #[test]
    fn a_uniform_start_reaches_both_ends() {
        for ratio in [0.3, 4.0, f64::from(TOP)] {
            let lattice = Lattice::new(ratio);
            let mut positions = [[0; LANES]];
            let mut words = [0; LANES];
            words[1] = u32::MAX;
            words[2] = 1 << 31;
            lattice.scatter(&mut positions, &[words]);
            let bound = lattice.bound;
            assert_eq!(positions[0][..3], [-bound, bound, 0]);
        }
    }
}
