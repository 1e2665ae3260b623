//! Gradients of the cross-entropy, log(1 + exp(−M)), averaged over draws of the transformation.
//!
//! The gradient of −M at draw j is −y·aⱼ, and its weight is 1/(1 + exp(Mⱼ)), with Mⱼ the margin of that draw at the
//! input. The draws are read twice, from the same words: once for their margins, which need all coordinates, and once
//! for the weighted sums. Weights are relative to the largest, so that they do not all become 0 if all of them are
//! small.

use super::classify::{Classify, Samples};
use super::law::{CHUNK, Drawn, World};
use super::rows::{self, Line, Part, Rows};
use crate::stream::{LANES, Stream};

/// Working memory for one step.
#[derive(Debug, Clone, Default)]
pub(super) struct CrossEntropy {
    /// Margins, and then weights, by draw and group.
    weights: Rows<f64>,
    theta: Rows<f64>,
    sums: Rows<f64>,
    /// The weights, one per row.
    spread: Rows<f64>,
}

/// Returns the logarithm of 1/(1 + exp(margin)).
fn log_weight(margin: f64) -> f64 {
    -(margin.max(0.0) + libm::log1p(libm::exp(-margin.abs())))
}

impl CrossEntropy {
    /// Writes to `signs` the signs of the sum of gradients at these positions, for all rows of a panel.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn signs(
        &mut self,
        world: &World,
        (eot, quantum): (u32, f64),
        [gains, theta]: [&mut Stream; 2],
        samples: &Samples,
        positions: &[Line<i32>],
        drawn: &mut Drawn,
        classify: &mut Classify,
        signs: &mut [Line<i32>],
    ) {
        let again = gains.clone();
        self.margins(world, (eot, quantum), [gains, theta], samples, positions, drawn, classify);
        self.weigh(samples.y.len());
        *gains = again;
        self.add(world, eot, gains, samples.y.len(), drawn, classify);
        rows::real_signs(drawn.level, &self.sums, signs);
    }

    /// Computes y times the margin of each draw.
    #[allow(clippy::too_many_arguments)]
    fn margins(
        &mut self,
        world: &World,
        (eot, quantum): (u32, f64),
        [gains, theta]: [&mut Stream; 2],
        samples: &Samples,
        positions: &[Line<i32>],
        drawn: &mut Drawn,
        classify: &mut Classify,
    ) {
        let (groups, rows) = (samples.y.len(), samples.x.len());
        self.weights.set(eot as usize * groups, [0.0; LANES]);
        for margins in self.weights.chunks_exact_mut(groups) {
            self.theta.set(groups, [0.0; LANES]);
            classify.begin(world, drawn, gains, groups);
            for from in (0..rows).step_by(CHUNK) {
                let to = (from + CHUNK).min(rows);
                classify.draw(world, drawn, gains, (from, to));
                let part = Part { dimension: world.dimension, from, to };
                let (inputs, moved) = ((&samples.x[..], &samples.y[..]), (positions, quantum));
                rows::add_attacked(drawn.level, part, &classify.gains, inputs, moved, margins);
                if world.sigma > 0.0 {
                    let (level, pairs) = (drawn.level, &mut drawn.pairs);
                    rows::add_theta(level, part, theta, pairs, world.weights(), &mut self.theta);
                }
            }
            for ((margin, theta), y) in margins.iter_mut().zip(&*self.theta).zip(&*samples.y) {
                for lane in 0..LANES {
                    let sum = world.unit * margin[lane] + world.sigma * theta[lane];
                    margin[lane] = y[lane] * sum;
                }
            }
        }
    }

    /// Turns margins into weights, scaled so that the largest of each sample is 1.
    fn weigh(&mut self, groups: usize) {
        for weight in self.weights.iter_mut().flatten() {
            *weight = log_weight(*weight);
        }
        for group in 0..groups {
            for lane in 0..LANES {
                let of_sample = || (group..self.weights.len()).step_by(groups);
                let top =
                    of_sample().fold(f64::NEG_INFINITY, |top, i| top.max(self.weights[i][lane]));
                for i in of_sample() {
                    self.weights[i][lane] = libm::exp(self.weights[i][lane] - top);
                }
            }
        }
    }

    /// Adds the weighted gains, row by row.
    fn add(
        &mut self,
        world: &World,
        eot: u32,
        gains: &mut Stream,
        groups: usize,
        drawn: &mut Drawn,
        classify: &mut Classify,
    ) {
        let rows = groups * world.dimension;
        self.sums.set(rows, [0.0; LANES]);
        for draw in 0..eot as usize {
            let weights = &self.weights[draw * groups..(draw + 1) * groups];
            classify.begin(world, drawn, gains, groups);
            for from in (0..rows).step_by(CHUNK) {
                let to = (from + CHUNK).min(rows);
                classify.draw(world, drawn, gains, (from, to));
                self.spread.resize(to - from);
                for (weight, row) in self.spread.iter_mut().zip(from..to) {
                    *weight = weights[row / world.dimension];
                }
                let sums = &mut self.sums[from..to];
                rows::add_weighted(drawn.level, &self.spread, &classify.gains, sums);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_right_and_never_all_vanish() {
        assert_eq!(log_weight(0.0), -std::f64::consts::LN_2);
        assert_eq!(log_weight(1e4), -1e4);
        assert_eq!(log_weight(-1e4), 0.0);
        let mut room = CrossEntropy::default();
        room.weights.copy(&[[1e4; LANES], [1e4 + 1.0; LANES]]);
        room.weigh(1);
        assert_eq!(room.weights[0][0], 1.0);
        assert!((room.weights[1][0] - (-1.0f64).exp()).abs() < 1e-15);
    }
}
