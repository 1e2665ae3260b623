//! Sums over coordinates, and the verdicts of margins. Each sum is in ascending order of the coordinates.

use super::Line;
use super::draw::normals;
use crate::attacks::classify::parts;
use crate::dispatch::{Fma, dispatched};
use crate::normal::Pairs;
use crate::stream::{LANES, Stream};

dispatched! {
    /// Adds up positions, with these directions for alternating coordinates.
    pub(in crate::attacks) fn add_positions(
        directions: [i32; 2],
        positions: &[Line<i32>],
        sums: &mut Line<i64>,
    ) = add_positions_body
}

#[inline(always)]
fn add_positions_body<F: Fma>(directions: [i32; 2], positions: &[Line<i32>], sums: &mut Line<i64>) {
    let mut all = *sums;
    for (coordinate, position) in positions.iter().enumerate() {
        let direction = directions[coordinate % 2];
        for lane in 0..LANES {
            // Below 2³¹, as the direction is −1, 0 or 1.
            all[lane] += i64::from(direction * position[lane]);
        }
    }
    *sums = all;
}

/// A range of a panel's rows, and the number of coordinates of a group.
#[derive(Debug, Clone, Copy)]
pub(in crate::attacks) struct Part {
    pub(in crate::attacks) dimension: usize,
    pub(in crate::attacks) from: usize,
    pub(in crate::attacks) to: usize,
}

dispatched! {
    /// Adds gain·x to the sum of each group.
    pub(in crate::attacks) fn add_clean(
        part: Part,
        gains: &[Line<f64>],
        x: &[Line<f64>],
        sums: &mut [Line<f64>],
    ) = add_clean_body
}

#[inline(always)]
fn add_clean_body<F: Fma>(
    part: Part,
    gains: &[Line<f64>],
    x: &[Line<f64>],
    sums: &mut [Line<f64>],
) {
    for (group, rows) in parts(part.dimension, part.from, part.to) {
        let gains = &gains[rows.start - part.from..rows.end - part.from];
        let mut sum = sums[group];
        for (gain, x) in gains.iter().zip(&x[rows]) {
            for lane in 0..LANES {
                sum[lane] += gain[lane] * x[lane];
            }
        }
        sums[group] = sum;
    }
}

dispatched! {
    /// Adds gain·position to the sum of each group.
    pub(in crate::attacks) fn add_moved(
        part: Part,
        gains: &[Line<f64>],
        positions: &[Line<i32>],
        sums: &mut [Line<f64>],
    ) = add_moved_body
}

#[inline(always)]
fn add_moved_body<F: Fma>(
    part: Part,
    gains: &[Line<f64>],
    positions: &[Line<i32>],
    sums: &mut [Line<f64>],
) {
    for (group, rows) in parts(part.dimension, part.from, part.to) {
        let gains = &gains[rows.start - part.from..rows.end - part.from];
        let mut sum = sums[group];
        for (gain, position) in gains.iter().zip(&positions[rows]) {
            for lane in 0..LANES {
                sum[lane] += gain[lane] * f64::from(position[lane]);
            }
        }
        sums[group] = sum;
    }
}

dispatched! {
    /// Draws normals and adds weight·z to the sum of each group; weights are for alternating coordinates.
    pub(in crate::attacks) fn add_theta(
        part: Part,
        stream: &mut Stream,
        pairs: &mut Pairs,
        weights: [f64; 2],
        sums: &mut [Line<f64>],
    ) = add_theta_body
}

#[inline(always)]
fn add_theta_body<F: Fma>(
    part: Part,
    stream: &mut Stream,
    pairs: &mut Pairs,
    weights: [f64; 2],
    sums: &mut [Line<f64>],
) {
    let mut row = part.from;
    for half in normals::<F>(stream, pairs, part.to - part.from) {
        for z in half.as_chunks::<LANES>().0 {
            let weight = weights[row % part.dimension % 2];
            let sum = &mut sums[row / part.dimension];
            for lane in 0..LANES {
                sum[lane] += weight * f64::from(z[lane]);
            }
            row += 1;
        }
    }
}

dispatched! {
    /// Draws x = y·mean + data_std·z; means are for alternating coordinates.
    pub(in crate::attacks) fn data(
        part: Part,
        stream: &mut Stream,
        pairs: &mut Pairs,
        law: ([f64; 2], f64),
        y: &[Line<f64>],
        x: &mut [Line<f64>],
    ) = data_body
}

#[inline(always)]
fn data_body<F: Fma>(
    part: Part,
    stream: &mut Stream,
    pairs: &mut Pairs,
    (mean, data_std): ([f64; 2], f64),
    y: &[Line<f64>],
    x: &mut [Line<f64>],
) {
    let mut row = part.from;
    for half in normals::<F>(stream, pairs, part.to - part.from) {
        for z in half.as_chunks::<LANES>().0 {
            let mean = mean[row % part.dimension % 2];
            let (y, x) = (&y[row / part.dimension], &mut x[row]);
            for lane in 0..LANES {
                x[lane] = y[lane] * mean + data_std * f64::from(z[lane]);
            }
            row += 1;
        }
    }
}

/// The parts of the margins of one draw.
#[derive(Debug, Clone, Copy)]
pub(in crate::attacks) struct Parts<'a> {
    /// Σ aᵢxᵢ.
    pub(in crate::attacks) clean: &'a [Line<f64>],
    /// Σ aᵢpᵢ and the size of a quantum, unless the input is the clean one.
    pub(in crate::attacks) moved: Option<(&'a [Line<f64>], f64)>,
    /// Σ wᵢzᵢ.
    pub(in crate::attacks) theta: &'a [Line<f64>],
    pub(in crate::attacks) unit: f64,
    pub(in crate::attacks) sigma: f64,
    pub(in crate::attacks) y: &'a [Line<f64>],
}

dispatched! {
    /// Writes, by group, the lanes whose margin is right, or whose margin is 0 and whose coin, bit 0 of a word, is
    /// their class.
    pub(in crate::attacks) fn verdicts(parts: Parts<'_>, coins: &[Line<u32>], right: &mut [u16]) = verdicts_body
}

#[inline(always)]
fn verdicts_body<F: Fma>(parts: Parts<'_>, coins: &[Line<u32>], right: &mut [u16]) {
    let Parts { clean, moved, theta, unit, sigma, y } = parts;
    for (group, right) in right.iter_mut().enumerate() {
        let (y, coins) = (&y[group], &coins[group]);
        let mut margin = clean[group];
        if let Some((moved, quantum)) = moved {
            let moved = &moved[group];
            for lane in 0..LANES {
                margin[lane] -= (y[lane] * quantum) * moved[lane];
            }
        }
        let theta = &theta[group];
        let mut seen = [0; LANES];
        for lane in 0..LANES {
            let aligned = y[lane] * (unit * margin[lane] + sigma * theta[lane]);
            let fair = (coins[lane] & 1 == 1) == (y[lane] > 0.0);
            seen[lane] = u32::from((aligned > 0.0) | ((aligned == 0.0) & fair));
        }
        *right = mask(&seen);
    }
}

/// Returns the mask of the lanes that are 1.
#[inline(always)]
pub(in crate::attacks) fn mask(lanes: &[u32; LANES]) -> u16 {
    let mut mask = 0;
    for lane in 0..LANES {
        mask |= (lanes[lane] as u16) << lane;
    }
    mask
}

dispatched! {
    /// Adds gain·(x − y·quantum·position) to the sum of each group, coordinate by coordinate.
    pub(in crate::attacks) fn add_attacked(
        part: Part,
        gains: &[Line<f64>],
        inputs: (&[Line<f64>], &[Line<f64>]),
        moved: (&[Line<i32>], f64),
        sums: &mut [Line<f64>],
    ) = add_attacked_body
}

#[inline(always)]
fn add_attacked_body<F: Fma>(
    part: Part,
    gains: &[Line<f64>],
    (x, y): (&[Line<f64>], &[Line<f64>]),
    (positions, quantum): (&[Line<i32>], f64),
    sums: &mut [Line<f64>],
) {
    for (group, rows) in parts(part.dimension, part.from, part.to) {
        let gains = &gains[rows.start - part.from..rows.end - part.from];
        let (mut sum, y) = (sums[group], &y[group]);
        for ((gain, x), position) in gains.iter().zip(&x[rows.clone()]).zip(&positions[rows]) {
            for lane in 0..LANES {
                let moved = x[lane] - (y[lane] * quantum) * f64::from(position[lane]);
                sum[lane] += gain[lane] * moved;
            }
        }
        sums[group] = sum;
    }
}

dispatched! {
    /// Adds weight·gain to every number.
    pub(in crate::attacks) fn add_weighted(
        weights: &[Line<f64>],
        gains: &[Line<f64>],
        sums: &mut [Line<f64>],
    ) = add_weighted_body
}

#[inline(always)]
fn add_weighted_body<F: Fma>(weights: &[Line<f64>], gains: &[Line<f64>], sums: &mut [Line<f64>]) {
    let products = weights.as_flattened().iter().zip(gains.as_flattened());
    for (sum, (weight, gain)) in sums.as_flattened_mut().iter_mut().zip(products) {
        *sum += weight * gain;
    }
}
