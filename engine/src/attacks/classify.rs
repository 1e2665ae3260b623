//! The classification of inputs: drawing transformations and voting.
//!
//! An input is x − y·q·p, with p a position in integer multiples of the quantum q, or x itself. With gains a in units
//! u, the margin of one draw is u·(Σ aᵢxᵢ − (y·q)·Σ aᵢpᵢ) + sigma·Σ wᵢzᵢ: the mean of θ is added by the defense and
//! subtracted by the classifier. Every sum is in ascending order of its coordinates, in double precision. The draws
//! of a vote are, in this order: one gain per sample if all coordinates share it (or one word that swaps two); then,
//! chunk by chunk, gains and normals; and one word per sample, whose lowest bit decides a margin of exactly 0 and
//! whose next bit, after the last vote, decides a tie.
//! a sample, of which the lowest bit decides a margin of exactly 0 and, after the last vote, the next one a tie.

use task::Votes;

use super::law::{CHUNK, Drawn, World};
use super::rows::{self, Line, Part, Parts, Rows};
use crate::stream::{LANES, Stream};

/// A mask of all lanes.
pub(super) const ALL: u16 = u16::MAX;

/// An input to classify.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Aim {
    /// The index of the position; `None` for the clean input.
    pub(super) place: Option<usize>,
    /// The size of a quantum, in units of x.
    pub(super) quantum: f64,
    /// Whether it is the strongest move, which does not cross 0 on spheres.
    pub(super) fixed: bool,
}

/// A panel of samples: their classes and their coordinates.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples {
    /// The lanes of each group that have y = 1.
    pub(super) plus: Vec<u16>,
    /// ±1, by group.
    pub(super) y: Rows<f64>,
    /// x, by group and coordinate.
    pub(super) x: Rows<f64>,
}

/// The inputs of a vote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ballot<'a> {
    pub(super) world: &'a World,
    pub(super) votes: Votes,
    pub(super) samples: &'a Samples,
    /// Positions of whole panels.
    pub(super) places: &'a [&'a [Line<i32>]],
    pub(super) aims: &'a [Aim],
}

/// Working memory for classifying.
#[derive(Debug, Clone, Default)]
pub(super) struct Classify {
    pub(super) gains: Rows<f64>,
    shared: Rows<f64>,
    swapped: Rows<u32>,
    coins: Rows<u32>,
    /// Σ aᵢxᵢ, by group.
    clean: Rows<f64>,
    /// Σ aᵢpᵢ, by place and group.
    moved: Rows<f64>,
    /// Σ wᵢzᵢ, by group.
    theta: Rows<f64>,
    /// The number of votes that are right, by aim and group.
    tally: Rows<u32>,
}

/// Splits a panel's rows from `from` to `to` by group, and returns each group with its rows.
#[inline(always)]
pub(super) fn parts(
    dimension: usize,
    from: usize,
    to: usize,
) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> {
    (from / dimension..to.div_ceil(dimension))
        .map(move |group| (group, (group * dimension).max(from)..((group + 1) * dimension).min(to)))
}

impl Classify {
    /// Draws the gains or swaps that all coordinates of a sample share.
    pub(super) fn begin(
        &mut self,
        world: &World,
        drawn: &mut Drawn,
        stream: &mut Stream,
        groups: usize,
    ) {
        if world.shared {
            self.shared.resize(groups);
            for shared in self.shared.chunks_mut(CHUNK) {
                drawn.gains(stream, &world.gain, shared);
            }
        }
        if world.mirror.is_some() {
            self.swapped.copy(drawn.words(stream, groups));
        }
    }

    /// Draws the gains of the rows from `from` to `to`.
    pub(super) fn draw(
        &mut self,
        world: &World,
        drawn: &mut Drawn,
        stream: &mut Stream,
        (from, to): (usize, usize),
    ) {
        self.gains.resize(to - from);
        if let Some(mirror) = &world.mirror {
            let [one, two] = mirror.task.weights();
            for (row, gain) in (from..to).zip(&mut *self.gains) {
                let (here, there) = if row % 2 == 0 { (one, two) } else { (two, one) };
                for lane in 0..LANES {
                    let swaps = mirror.swaps(self.swapped[row / 2][lane]);
                    gain[lane] = if swaps { there } else { here };
                }
            }
        } else if world.shared {
            for (row, gain) in (from..to).zip(&mut *self.gains) {
                *gain = self.shared[row / world.dimension];
            }
        } else {
            drawn.gains(stream, &world.gain, &mut self.gains);
        }
    }

    /// Writes to `right`, by aim and group, the lanes in which the vote is right.
    pub(super) fn vote(
        &mut self,
        ballot: &Ballot<'_>,
        drawn: &mut Drawn,
        stream: &mut Stream,
        right: &mut Vec<u16>,
    ) {
        let Ballot { world, votes, samples, places, aims } = *ballot;
        let groups = samples.y.len();
        right.clear();
        right.resize(aims.len() * groups, 0);
        // The limit is the classifier without a defense.
        let plain;
        let (world, votes) = match votes {
            Votes::Finite(votes) => (world, votes.get()),
            Votes::Limit => {
                plain = world.plain();
                (&plain, 1)
            }
        };
        self.tally.set(aims.len() * groups, [0; LANES]);
        for vote in 1..=votes {
            if world.spheres.is_some() {
                self.norms(world, drawn, stream, samples, places, aims);
            } else {
                self.begin(world, drawn, stream, groups);
                self.sums(world, drawn, stream, samples, places);
            }
            self.coins.resize(groups);
            rows::words(drawn.level, stream, &mut self.coins);
            for (i, aim) in aims.iter().enumerate() {
                let moved = aim
                    .place
                    .map(|place| (&self.moved[place * groups..(place + 1) * groups], aim.quantum));
                if let Some(spheres) = &world.spheres {
                    let norms = &self.moved[i * groups..(i + 1) * groups];
                    let right = &mut right[i * groups..(i + 1) * groups];
                    for (group, right) in right.iter_mut().enumerate() {
                        let heads = self.coins[group].map(|word| word & 1);
                        let (coins, mut inside) = (rows::mask(&heads), 0);
                        for lane in 0..LANES {
                            let margin = spheres.square - norms[group][lane];
                            let coin = coins >> lane & 1 == 1;
                            inside |= u16::from(margin > 0.0 || (margin == 0.0 && coin)) << lane;
                        }
                        *right = !(inside ^ samples.plus[group]);
                    }
                }
                let parts = Parts {
                    clean: &self.clean,
                    moved,
                    theta: &self.theta,
                    unit: world.unit,
                    sigma: world.sigma,
                    y: &samples.y,
                };
                let right = &mut right[i * groups..(i + 1) * groups];
                if world.spheres.is_none() {
                    rows::verdicts(drawn.level, parts, &self.coins, right);
                }
                if votes == 1 {
                    continue;
                }
                let tally = &mut self.tally[i * groups..(i + 1) * groups];
                for (group, (right, tally)) in right.iter_mut().zip(tally).enumerate() {
                    for lane in 0..LANES {
                        tally[lane] += u32::from(*right >> lane & 1);
                    }
                    if vote == votes {
                        // The next bit decides the class in a tie.
                        let heads = self.coins[group].map(|word| word >> 1 & 1);
                        let fair = !(rows::mask(&heads) ^ samples.plus[group]);
                        *right = decided(tally, votes, fair);
                    }
                }
            }
        }
    }

    /// Computes, for spheres, the squared norms of one draw for each aim.
    fn norms(
        &mut self,
        world: &World,
        drawn: &mut Drawn,
        stream: &mut Stream,
        samples: &Samples,
        places: &[&[Line<i32>]],
        aims: &[Aim],
    ) {
        let (groups, rows) = (samples.y.len(), samples.x.len());
        self.moved.set(aims.len() * groups, [0.0; LANES]);
        for from in (0..rows).step_by(CHUNK) {
            let to = (from + CHUNK).min(rows);
            self.gains.set(to - from, [0.0; LANES]);
            if world.sigma > 0.0 {
                drawn.noise(stream, world.sigma, &mut self.gains);
            }
            for (aim, norms) in aims.iter().zip(self.moved.chunks_exact_mut(groups)) {
                for row in from..to {
                    let group = row / world.dimension;
                    let (x, y, noise) =
                        (&samples.x[row], &samples.y[group], &self.gains[row - from]);
                    for lane in 0..LANES {
                        let position = aim.place.map_or(0, |place| places[place][row][lane]);
                        let mut at = x[lane].abs() + (y[lane] * aim.quantum) * f64::from(position);
                        if aim.fixed {
                            at = at.max(0.0);
                        }
                        let transformed = x[lane].signum() * at + noise[lane];
                        norms[group][lane] += transformed * transformed;
                    }
                }
            }
        }
    }

    /// Computes the sums of one draw.
    fn sums(
        &mut self,
        world: &World,
        drawn: &mut Drawn,
        stream: &mut Stream,
        samples: &Samples,
        places: &[&[Line<i32>]],
    ) {
        let groups = samples.y.len();
        let rows = samples.x.len();
        for (sums, len) in [
            (&mut self.clean, groups),
            (&mut self.moved, places.len() * groups),
            (&mut self.theta, groups),
        ] {
            sums.set(len, [0.0; LANES]);
        }
        for from in (0..rows).step_by(CHUNK) {
            let to = (from + CHUNK).min(rows);
            self.draw(world, drawn, stream, (from, to));
            let (level, part) = (drawn.level, Part { dimension: world.dimension, from, to });
            rows::add_clean(level, part, &self.gains, &samples.x, &mut self.clean);
            for (positions, moved) in places.iter().zip(self.moved.chunks_exact_mut(groups)) {
                rows::add_moved(level, part, &self.gains, positions, moved);
            }
            if world.sigma > 0.0 {
                let (pairs, weights) = (&mut drawn.pairs, world.weights());
                rows::add_theta(level, part, stream, pairs, weights, &mut self.theta);
            }
        }
    }
}

/// Returns the lanes in which more than half of the `votes` are right, or half are and `fair` is set.
fn decided(right: &[u32; LANES], votes: u32, fair: u16) -> u16 {
    let mut decided = 0;
    for lane in 0..LANES {
        let (won, tie) = (2 * right[lane] > votes, 2 * right[lane] == votes);
        decided |= u16::from(won | (tie & (fair >> lane & 1 == 1))) << lane;
    }
    decided
}
