//! The loops over rows of sixteen numbers, each compiled for every level by itself: what is large is not made of vectors.

use super::classify::parts;
use super::lattice::{Lattice, Line};
use super::law::More;
use crate::dispatch::{Fma, dispatched};
use crate::normal::{Pairs, fill};
use crate::stream::{LANES, Stream};

/// Normals for up to a chunk of rows: the first ones of their pairs, and then the second ones.
#[inline(always)]
fn normals<'a, F: Fma>(
    stream: &mut Stream,
    pairs: &'a mut Pairs,
    rows: usize,
) -> [&'a [[f32; LANES]]; 2] {
    let steps = rows.div_ceil(2);
    fill::<F>(stream, pairs, steps * LANES);
    let first = pairs.first.as_chunks::<LANES>().0;
    let second = pairs.second.as_chunks::<LANES>().0;
    [&first[..steps], &second[..rows - steps]]
}

/// The rows that belong to the first normals of their pairs, and the others.
#[inline(always)]
fn halves<T>(rows: &mut [T]) -> [&mut [T]; 2] {
    let (first, second) = rows.split_at_mut(rows.len().div_ceil(2));
    [first, second]
}

dispatched! {
    /// Draws words.
    pub(super) fn words(stream: &mut Stream, words: &mut [Line<u32>]) = words_body
}

#[inline(always)]
fn words_body<F: Fma>(stream: &mut Stream, words: &mut [Line<u32>]) {
    stream.fill(words.iter_mut().map(|words| &mut words.0));
}

dispatched! {
    /// Draws gains 1 + spread·z.
    pub(super) fn normal_gains(
        stream: &mut Stream,
        pairs: &mut Pairs,
        spread: f64,
        gains: &mut [Line<f64>],
    ) = normal_gains_body
}

#[inline(always)]
fn normal_gains_body<F: Fma>(
    stream: &mut Stream,
    pairs: &mut Pairs,
    spread: f64,
    gains: &mut [Line<f64>],
) {
    let drawn = normals::<F>(stream, pairs, gains.len());
    for (gains, z) in halves(gains).into_iter().zip(drawn) {
        for (gain, z) in gains.iter_mut().zip(z) {
            for lane in 0..LANES {
                gain.0[lane] = 1.0 + spread * f64::from(z[lane]);
            }
        }
    }
}

dispatched! {
    /// Draws normals z: 1 where they are above the threshold, else −1.
    pub(super) fn normal_signs(
        stream: &mut Stream,
        pairs: &mut Pairs,
        threshold: f32,
        signs: &mut [Line<i32>],
    ) = normal_signs_body
}

#[inline(always)]
fn normal_signs_body<F: Fma>(
    stream: &mut Stream,
    pairs: &mut Pairs,
    threshold: f32,
    signs: &mut [Line<i32>],
) {
    let drawn = normals::<F>(stream, pairs, signs.len());
    for (signs, z) in halves(signs).into_iter().zip(drawn) {
        for (sign, z) in signs.iter_mut().zip(z) {
            for lane in 0..LANES {
                sign.0[lane] = if z[lane] > threshold { 1 } else { -1 };
            }
        }
    }
}

dispatched! {
    /// Adds `count` normals to each number.
    pub(super) fn normal_sums(
        stream: &mut Stream,
        pairs: &mut Pairs,
        count: u32,
        sums: &mut [Line<f32>],
    ) = normal_sums_body
}

#[inline(always)]
fn normal_sums_body<F: Fma>(
    stream: &mut Stream,
    pairs: &mut Pairs,
    count: u32,
    sums: &mut [Line<f32>],
) {
    for _ in 0..count {
        let drawn = normals::<F>(stream, pairs, sums.len());
        for (sums, z) in halves(sums).into_iter().zip(drawn) {
            for (sum, z) in sums.iter_mut().zip(z) {
                for lane in 0..LANES {
                    sum.0[lane] += z[lane];
                }
            }
        }
    }
}

dispatched! {
    /// Adds to wider numbers.
    pub(super) fn widen(wide: &mut [Line<f64>], narrow: &[Line<f32>]) = widen_body
}

#[inline(always)]
fn widen_body<F: Fma>(wide: &mut [Line<f64>], narrow: &[Line<f32>]) {
    for (wide, narrow) in wide.iter_mut().zip(narrow) {
        for lane in 0..LANES {
            wide.0[lane] += f64::from(narrow.0[lane]);
        }
    }
}

dispatched! {
    /// 1 where a sum is above the threshold, else −1.
    pub(super) fn sum_signs(sums: &[Line<f64>], threshold: f64, signs: &mut [Line<i32>]) = sum_signs_body
}

#[inline(always)]
fn sum_signs_body<F: Fma>(sums: &[Line<f64>], threshold: f64, signs: &mut [Line<i32>]) {
    for (signs, sum) in signs.iter_mut().zip(sums) {
        for lane in 0..LANES {
            signs.0[lane] = if sum.0[lane] > threshold { 1 } else { -1 };
        }
    }
}

/// What words have above the least gain.
#[inline(always)]
fn above(more: &[More], words: [u32; LANES]) -> [i32; LANES] {
    match more {
        [one] => passed(*one, words),
        [one, two] => sum(passed(*one, words), passed(*two, words)),
        more => {
            let mut all = [0; LANES];
            for more in more {
                all = sum(all, passed(*more, words));
            }
            all
        }
    }
}

#[inline(always)]
fn passed(more: More, words: [u32; LANES]) -> [i32; LANES] {
    let mut passed = [0; LANES];
    for lane in 0..LANES {
        passed[lane] = if words[lane] as i32 > more.above { more.by } else { 0 };
    }
    passed
}

#[inline(always)]
fn sum(one: [i32; LANES], two: [i32; LANES]) -> [i32; LANES] {
    let mut sum = [0; LANES];
    for lane in 0..LANES {
        sum[lane] = one[lane] + two[lane];
    }
    sum
}

dispatched! {
    /// Sums of what `count` ≥ 1 gains of a list have above the least one; `room` is for as many rows.
    pub(super) fn list_sums(
        stream: &mut Stream,
        more: &[More],
        count: u32,
        room: &mut [Line<u32>],
        sums: &mut [Line<i32>],
    ) = list_sums_body
}

#[inline(always)]
fn list_sums_body<F: Fma>(
    stream: &mut Stream,
    more: &[More],
    count: u32,
    room: &mut [Line<u32>],
    sums: &mut [Line<i32>],
) {
    sums.fill(Line::default());
    for _ in 0..count {
        words_body::<F>(stream, room);
        for (all, words) in sums.iter_mut().zip(&*room) {
            all.0 = sum(all.0, above(more, words.0));
        }
    }
}

dispatched! {
    /// 1 where a sum is above `none`, 0 where it is that, else −1.
    pub(super) fn list_signs(sums: &[Line<i32>], none: i32, signs: &mut [Line<i32>]) = list_signs_body
}

#[inline(always)]
fn list_signs_body<F: Fma>(sums: &[Line<i32>], none: i32, signs: &mut [Line<i32>]) {
    for (signs, sum) in signs.iter_mut().zip(sums) {
        for lane in 0..LANES {
            let right = i32::from(sum.0[lane] > none);
            signs.0[lane] = right - i32::from(sum.0[lane] < none);
        }
    }
}

dispatched! {
    /// A step along signs, clipped.
    pub(super) fn advance(lattice: Lattice, positions: &mut [Line<i32>], signs: &[Line<i32>]) = advance_body
}

#[inline(always)]
fn advance_body<F: Fma>(lattice: Lattice, positions: &mut [Line<i32>], signs: &[Line<i32>]) {
    let Lattice { step, bound } = lattice;
    for (position, sign) in positions.iter_mut().zip(signs) {
        for lane in 0..LANES {
            let moved = position.0[lane] + sign.0[lane] * step;
            position.0[lane] = moved.min(bound).max(-bound);
        }
    }
}

dispatched! {
    /// Adds how many signs of each lane are above 0, and how many are 0.
    pub(super) fn count(signs: &[Line<i32>], lanes: &mut [Line<u32>; 2]) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(signs: &[Line<i32>], lanes: &mut [Line<u32>; 2]) {
    let [mut right, mut zero] = [lanes[0].0, lanes[1].0];
    for signs in signs {
        for lane in 0..LANES {
            right[lane] += u32::from(signs.0[lane] > 0);
            zero[lane] += u32::from(signs.0[lane] == 0);
        }
    }
    *lanes = [Line(right), Line(zero)];
}

/// Rows of a panel, from this one on, and how many coordinates a group has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) dimension: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

dispatched! {
    /// Adds gain·x to the sum of each group.
    pub(super) fn add_clean(
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
        let mut sum = sums[group].0;
        for (gain, x) in gains.iter().zip(&x[rows]) {
            for lane in 0..LANES {
                sum[lane] += gain.0[lane] * x.0[lane];
            }
        }
        sums[group].0 = sum;
    }
}

dispatched! {
    /// Adds gain·position to the sum of each group.
    pub(super) fn add_moved(
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
        let mut sum = sums[group].0;
        for (gain, position) in gains.iter().zip(&positions[rows]) {
            for lane in 0..LANES {
                sum[lane] += gain.0[lane] * f64::from(position.0[lane]);
            }
        }
        sums[group].0 = sum;
    }
}

dispatched! {
    /// Draws normals and adds weight·z to the sum of each group; weights are of coordinates by turns.
    pub(super) fn add_theta(
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
        for z in half {
            let weight = weights[row % part.dimension % 2];
            let sum = &mut sums[row / part.dimension].0;
            for lane in 0..LANES {
                sum[lane] += weight * f64::from(z[lane]);
            }
            row += 1;
        }
    }
}

dispatched! {
    /// Draws x = y·mean + data_std·z; means are of coordinates by turns.
    pub(super) fn data(
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
        for z in half {
            let mean = mean[row % part.dimension % 2];
            let (y, x) = (&y[row / part.dimension].0, &mut x[row].0);
            for lane in 0..LANES {
                x[lane] = y[lane] * mean + data_std * f64::from(z[lane]);
            }
            row += 1;
        }
    }
}

/// What margins are made of, of one draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    /// Σ aᵢxᵢ.
    pub(super) clean: &'a [Line<f64>],
    /// Σ aᵢpᵢ and what a quantum is worth, unless the input is the clean one.
    pub(super) moved: Option<(&'a [Line<f64>], f64)>,
    /// Σ wᵢzᵢ.
    pub(super) theta: &'a [Line<f64>],
    pub(super) unit: f64,
    pub(super) sigma: f64,
    pub(super) y: &'a [Line<f64>],
}

dispatched! {
    /// By group: the lanes whose margin is right, or 0 where the coin, bit 0 of a word, is for their class.
    pub(super) fn verdicts(parts: Parts<'_>, coins: &[Line<u32>], right: &mut [u16]) = verdicts_body
}

#[inline(always)]
fn verdicts_body<F: Fma>(parts: Parts<'_>, coins: &[Line<u32>], right: &mut [u16]) {
    let Parts { clean, moved, theta, unit, sigma, y } = parts;
    for (group, right) in right.iter_mut().enumerate() {
        let (y, coins) = (&y[group].0, &coins[group].0);
        let mut margin = clean[group].0;
        if let Some((moved, quantum)) = moved {
            let moved = &moved[group].0;
            for lane in 0..LANES {
                margin[lane] -= (y[lane] * quantum) * moved[lane];
            }
        }
        let theta = &theta[group].0;
        let mut seen = [0; LANES];
        for lane in 0..LANES {
            let aligned = y[lane] * (unit * margin[lane] + sigma * theta[lane]);
            let fair = (coins[lane] & 1 == 1) == (y[lane] > 0.0);
            seen[lane] = u32::from((aligned > 0.0) | ((aligned == 0.0) & fair));
        }
        *right = mask(&seen);
    }
}

/// Lanes that are 1.
#[inline(always)]
pub(super) fn mask(lanes: &[u32; LANES]) -> u16 {
    let mut mask = 0;
    for lane in 0..LANES {
        mask |= (lanes[lane] as u16) << lane;
    }
    mask
}

dispatched! {
    /// Adds gain·(x − y·quantum·position) to the sum of each group, coordinate by coordinate.
    pub(super) fn add_attacked(
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
        let (mut sum, y) = (sums[group].0, &y[group].0);
        for ((gain, x), position) in gains.iter().zip(&x[rows.clone()]).zip(&positions[rows]) {
            for lane in 0..LANES {
                let moved = x.0[lane] - (y[lane] * quantum) * f64::from(position.0[lane]);
                sum[lane] += gain.0[lane] * moved;
            }
        }
        sums[group].0 = sum;
    }
}

dispatched! {
    /// Adds weight·gain to every row.
    pub(super) fn add_weighted(
        part: Part,
        gains: &[Line<f64>],
        weights: &[Line<f64>],
        sums: &mut [Line<f64>],
    ) = add_weighted_body
}

#[inline(always)]
fn add_weighted_body<F: Fma>(
    part: Part,
    gains: &[Line<f64>],
    weights: &[Line<f64>],
    sums: &mut [Line<f64>],
) {
    for (group, rows) in parts(part.dimension, part.from, part.to) {
        let gains = &gains[rows.start - part.from..rows.end - part.from];
        let weight = &weights[group].0;
        for (gain, sum) in gains.iter().zip(&mut sums[rows]) {
            for lane in 0..LANES {
                sum.0[lane] += weight[lane] * gain.0[lane];
            }
        }
    }
}
