//! The keys of streams, and the records of a walk.

use super::lattice::Lattice;
use super::law::World;
use super::rows::{self, Line};
use crate::dispatch::Level;
use crate::stream::{LANES, Purpose, Stream};

/// The seed and the number of a panel, which are the key of its streams.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) seed: u64,
    pub(super) panel: u64,
}

impl Key {
    pub(super) fn stream(self, purpose: Purpose) -> Stream {
        Stream::new(self.seed, self.panel, purpose)
    }
}

/// Counts of signs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signs {
    pub(super) right: u64,
    pub(super) zero: u64,
}

impl Signs {
    /// Counts rows of signs of one group, in the lanes of `there` only.
    pub(super) fn add(&mut self, signs: &[Line<i32>], direction: i32, there: u16) {
        for signs in signs {
            for lane in (0..LANES).filter(|lane| there >> lane & 1 == 1) {
                // If there is no direction, nothing is right.
                self.right += u64::from(signs[lane] * direction > 0);
                self.zero += u64::from(signs[lane] == 0);
            }
        }
    }
}

/// The record of a point.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// For `any`: whether every iterate was right.
    pub(super) right: Vec<u16>,
    /// (1 + U)/2 of each lane, the mean of its coordinates, by group.
    pub(super) reach: Vec<Line<f64>>,
    pub(super) signs_right: u64,
    pub(super) signs_zero: u64,
}

/// Computes (1 + U)/2 of each sample, with U the mean over the coordinates, aligned with the right direction, by group.
pub(super) fn reach(
    level: Level,
    world: &World,
    lattice: Lattice,
    positions: &[Line<i32>],
    reach: &mut Vec<Line<f64>>,
) {
    let directions = [world.direction(0), world.direction(1)];
    let d = world.dimension;
    let whole = (d as f64) * f64::from(lattice.bound.max(1));
    reach.clear();
    for positions in positions.chunks_exact(d) {
        let mut sums = [0; LANES];
        rows::add_positions(level, directions, positions, &mut sums);
        // Below 2⁵¹, so the conversion is exact.
        reach.push(sums.map(|sum| 0.5 + 0.5 * (sum as f64 / whole)));
    }
}

/// Returns the number of votes in the key of a stream; 0 for the limit, which draws nothing.
pub(super) fn votes(votes: task::Votes) -> u32 {
    match votes {
        task::Votes::Finite(n) => n.get(),
        task::Votes::Limit => 0,
    }
}
