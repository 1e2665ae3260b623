//! Rows of sixteen numbers, and the loops over them, each compiled for every level by itself: what is large is not made of
//! vectors. Loops are over flat slices, since those over rows of arrays become gathers.

use std::ops::{Deref, DerefMut};

use super::classify::parts;
use super::lattice::Lattice;
use super::law::More;
use crate::dispatch::{Fma, dispatched};
use crate::normal::{Pairs, fill, pair};
use crate::stream::{LANES, Stream};

/// One number for each of sixteen samples.
pub(super) type Line<T> = [T; LANES];

/// Rows that begin where vectors of 64 bytes load without crossing a cache line.
#[derive(Debug)]
pub(super) struct Rows<T> {
    numbers: Vec<T>,
    start: usize,
    rows: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { numbers: Vec::new(), start: 0, rows: 0 }
    }
}

impl<T: Copy + Default> Clone for Rows<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::default();
        clone.copy(self);
        clone
    }
}

impl<T: Copy + Default> Rows<T> {
    const ALIGNMENT: usize = 64;

    /// So many rows; what they hold is left to be set.
    pub(super) fn resize(&mut self, rows: usize) {
        self.rows = rows;
        let room = Self::ALIGNMENT / size_of::<T>();
        if self.numbers.len() < rows * LANES + room {
            self.numbers = vec![T::default(); rows * LANES + room];
            // It may decline to say, which costs time and nothing else.
            self.start = self.numbers.as_ptr().align_offset(Self::ALIGNMENT).min(room);
        }
    }

    /// So many rows of this.
    pub(super) fn set(&mut self, rows: usize, line: Line<T>) {
        self.resize(rows);
        self.fill(line);
    }

    /// The rows of another one.
    pub(super) fn copy(&mut self, from: &[Line<T>]) {
        self.resize(from.len());
        self.copy_from_slice(from);
    }
}

impl<T> Deref for Rows<T> {
    type Target = [Line<T>];

    fn deref(&self) -> &[Line<T>] {
        self.numbers[self.start..][..self.rows * LANES].as_chunks().0
    }
}

impl<T> DerefMut for Rows<T> {
    fn deref_mut(&mut self) -> &mut [Line<T>] {
        self.numbers[self.start..][..self.rows * LANES].as_chunks_mut().0
    }
}

/// Normals for up to a chunk of rows: the first ones of their pairs, and then the second ones.
#[inline(always)]
fn normals<'a, F: Fma>(stream: &mut Stream, pairs: &'a mut Pairs, rows: usize) -> [&'a [f32]; 2] {
    let first = rows.div_ceil(2) * LANES;
    fill::<F>(stream, pairs, first);
    [&pairs.first[..first], &pairs.second[..rows * LANES - first]]
}

/// The numbers that belong to the first normals of their pairs, and the others.
#[inline(always)]
fn halves<T>(rows: &mut [Line<T>]) -> [&mut [T]; 2] {
    let (first, second) = rows.split_at_mut(rows.len().div_ceil(2));
    [first.as_flattened_mut(), second.as_flattened_mut()]
}

dispatched! {
    /// Draws words.
    pub(super) fn words(stream: &mut Stream, words: &mut [Line<u32>]) = words_body
}

#[inline(always)]
fn words_body<F: Fma>(stream: &mut Stream, words: &mut [Line<u32>]) {
    stream.fill(words.iter_mut());
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
            *gain = 1.0 + spread * f64::from(*z);
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
            *sign = if *z > threshold { 1 } else { -1 };
        }
    }
}

/// Words of pairs of normals.
#[derive(Debug, Clone, Default)]
pub(super) struct PairWords {
    radius: Rows<u32>,
    angle: Rows<u32>,
}

impl PairWords {
    /// Draws the words of so many rows of normals, and returns those of their pairs.
    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream, rows: usize) -> (&[u32], &[u32]) {
        let steps = rows.div_ceil(2);
        self.radius.resize(steps);
        self.angle.resize(steps);
        stream.fill_two(self.radius.as_flattened_mut(), self.angle.as_flattened_mut());
        (self.radius.as_flattened(), self.angle.as_flattened())
    }
}

dispatched! {
    /// Adds `count` normals to each number.
    pub(super) fn normal_sums(
        stream: &mut Stream,
        words: &mut PairWords,
        count: u32,
        sums: &mut [Line<f32>],
    ) = normal_sums_body
}

#[inline(always)]
fn normal_sums_body<F: Fma>(
    stream: &mut Stream,
    words: &mut PairWords,
    count: u32,
    sums: &mut [Line<f32>],
) {
    for _ in 0..count {
        let (radius, angle) = words.draw(stream, sums.len());
        let [first, second] = halves(sums);
        let (whole, odd) = first.split_at_mut(second.len());
        let numbers = whole.iter_mut().zip(second);
        for ((one, two), (radius, angle)) in numbers.zip(radius.iter().zip(angle)) {
            let (first, second) = pair::<F>(*radius, *angle);
            *one += first;
            *two += second;
        }
        let done = radius.len() - odd.len();
        for (one, (radius, angle)) in odd.iter_mut().zip(radius[done..].iter().zip(&angle[done..]))
        {
            *one += pair::<F>(*radius, *angle).0;
        }
    }
}

dispatched! {
    /// Draws normals, steps up where they are above the threshold and down where they are not, and adds how many are
    /// above; of fewer than 2³¹ numbers.
    pub(super) fn normal_steps(
        stream: &mut Stream,
        words: &mut PairWords,
        threshold: f32,
        lattice: Lattice,
        positions: &mut [Line<i32>],
        right: &mut u64,
    ) = normal_steps_body
}

#[inline(always)]
fn normal_steps_body<F: Fma>(
    stream: &mut Stream,
    words: &mut PairWords,
    threshold: f32,
    lattice: Lattice,
    positions: &mut [Line<i32>],
    right: &mut u64,
) {
    let (radius, angle) = words.draw(stream, positions.len());
    let [first, second] = halves(positions);
    let (whole, odd) = first.split_at_mut(second.len());
    let mut above = 0;
    let numbers = whole.iter_mut().zip(second);
    for ((one, two), (radius, angle)) in numbers.zip(radius.iter().zip(angle)) {
        let (first, second) = pair::<F>(*radius, *angle);
        above += i32::from(first > threshold) + i32::from(second > threshold);
        *one = stepped(lattice, *one, first > threshold);
        *two = stepped(lattice, *two, second > threshold);
    }
    let done = radius.len() - odd.len();
    for (one, (radius, angle)) in odd.iter_mut().zip(radius[done..].iter().zip(&angle[done..])) {
        let first = pair::<F>(*radius, *angle).0;
        above += i32::from(first > threshold);
        *one = stepped(lattice, *one, first > threshold);
    }
    *right += above as u64;
}

/// A step up or down, clipped.
#[inline(always)]
fn stepped(Lattice { step, bound }: Lattice, position: i32, up: bool) -> i32 {
    (position + if up { step } else { -step }).min(bound).max(-bound)
}

dispatched! {
    /// Adds to wider numbers.
    pub(super) fn widen(wide: &mut [Line<f64>], narrow: &[Line<f32>]) = widen_body
}

#[inline(always)]
fn widen_body<F: Fma>(wide: &mut [Line<f64>], narrow: &[Line<f32>]) {
    for (wide, narrow) in wide.as_flattened_mut().iter_mut().zip(narrow.as_flattened()) {
        *wide += f64::from(*narrow);
    }
}

dispatched! {
    /// 1 where a sum is above the threshold, else −1.
    pub(super) fn sum_signs(sums: &[Line<f64>], threshold: f64, signs: &mut [Line<i32>]) = sum_signs_body
}

#[inline(always)]
fn sum_signs_body<F: Fma>(sums: &[Line<f64>], threshold: f64, signs: &mut [Line<i32>]) {
    for (sign, sum) in signs.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
        *sign = if *sum > threshold { 1 } else { -1 };
    }
}

/// What a word has above the least gain.
#[inline(always)]
fn passed(more: More, word: u32) -> i32 {
    if word as i32 > more.above { more.by } else { 0 }
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
    sums.as_flattened_mut().fill(0);
    for _ in 0..count {
        words_body::<F>(stream, room);
        let (sums, words) = (sums.as_flattened_mut(), room.as_flattened());
        match *more {
            [] => {}
            [one] => {
                for (sum, word) in sums.iter_mut().zip(words) {
                    *sum += passed(one, *word);
                }
            }
            [one, two] => {
                for (sum, word) in sums.iter_mut().zip(words) {
                    *sum += passed(one, *word) + passed(two, *word);
                }
            }
            ref more => {
                for more in more {
                    for (sum, word) in sums.iter_mut().zip(words) {
                        *sum += passed(*more, *word);
                    }
                }
            }
        }
    }
}

dispatched! {
    /// 1 where a sum is above `none`, 0 where it is that, else −1.
    pub(super) fn list_signs(sums: &[Line<i32>], none: i32, signs: &mut [Line<i32>]) = list_signs_body
}

#[inline(always)]
fn list_signs_body<F: Fma>(sums: &[Line<i32>], none: i32, signs: &mut [Line<i32>]) {
    for (sign, sum) in signs.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
        *sign = i32::from(*sum > none) - i32::from(*sum < none);
    }
}

dispatched! {
    /// A step along signs, clipped.
    pub(super) fn advance(lattice: Lattice, positions: &mut [Line<i32>], signs: &[Line<i32>]) = advance_body
}

#[inline(always)]
fn advance_body<F: Fma>(lattice: Lattice, positions: &mut [Line<i32>], signs: &[Line<i32>]) {
    let Lattice { step, bound } = lattice;
    for (position, sign) in positions.as_flattened_mut().iter_mut().zip(signs.as_flattened()) {
        *position = (*position + sign * step).min(bound).max(-bound);
    }
}

dispatched! {
    /// The same, and adds how many signs are 1 and how many are 0 (which can be left out of the loop where there are none);
    /// of fewer than 2³¹ signs.
    pub(super) fn advance_and_count(
        lattice: Lattice,
        positions: &mut [Line<i32>],
        signs: &[Line<i32>],
        zeros: bool,
        counts: &mut [u64; 2],
    ) = advance_and_count_body
}

#[inline(always)]
fn advance_and_count_body<F: Fma>(
    lattice: Lattice,
    positions: &mut [Line<i32>],
    signs: &[Line<i32>],
    zeros: bool,
    counts: &mut [u64; 2],
) {
    let Lattice { step, bound } = lattice;
    let (mut sum, mut moved) = (0, 0);
    let (positions, signs) = (positions.as_flattened_mut(), signs.as_flattened());
    if zeros {
        for (position, sign) in positions.iter_mut().zip(signs) {
            sum += *sign;
            moved += *sign & 1;
            *position = (*position + sign * step).min(bound).max(-bound);
        }
    } else {
        moved = signs.len() as i32;
        for (position, sign) in positions.iter_mut().zip(signs) {
            sum += *sign;
            *position = (*position + sign * step).min(bound).max(-bound);
        }
    }
    // Those that moved are as many as went right and as went wrong.
    counts[0] += ((moved + sum) / 2) as u64;
    counts[1] += signs.len() as u64 - moved as u64;
}

dispatched! {
    /// Adds positions up, those of coordinates by turns in these directions.
    pub(super) fn add_positions(
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
            // Below 2³¹, as the direction is of −1, 0 and 1.
            all[lane] += i64::from(direction * position[lane]);
        }
    }
    *sums = all;
}

dispatched! {
    /// The signs of real numbers.
    pub(super) fn real_signs(numbers: &[Line<f64>], signs: &mut [Line<i32>]) = real_signs_body
}

#[inline(always)]
fn real_signs_body<F: Fma>(numbers: &[Line<f64>], signs: &mut [Line<i32>]) {
    for (sign, number) in signs.as_flattened_mut().iter_mut().zip(numbers.as_flattened()) {
        *sign = i32::from(*number > 0.0) - i32::from(*number < 0.0);
    }
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
    pub(super) fn add_weighted(
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
