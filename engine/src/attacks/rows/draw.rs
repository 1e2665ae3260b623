//! Loops that draw gains, and their sums and signs.

use super::{Line, Rows};
use crate::attacks::law::More;
use crate::dispatch::{Fma, dispatched};
use crate::normal::{Pairs, fill, pair};
use crate::stream::{LANES, Stream};

/// Draws normals for up to a chunk of rows: the first ones of their pairs, and then the second ones.
#[inline(always)]
pub(super) fn normals<'a, F: Fma>(
    stream: &mut Stream,
    pairs: &'a mut Pairs,
    rows: usize,
) -> [&'a [f32]; 2] {
    let first = rows.div_ceil(2) * LANES;
    fill::<F>(stream, pairs, first);
    [&pairs.first[..first], &pairs.second[..rows * LANES - first]]
}

/// Splits numbers into those for the first normals of their pairs, and the others.
#[inline(always)]
pub(super) fn halves<T>(rows: &mut [Line<T>]) -> [&mut [T]; 2] {
    let (first, second) = rows.split_at_mut(rows.len().div_ceil(2));
    [first.as_flattened_mut(), second.as_flattened_mut()]
}

dispatched! {
    /// Draws words.
    pub(in crate::attacks) fn words(stream: &mut Stream, words: &mut [Line<u32>]) = words_body
}

#[inline(always)]
fn words_body<F: Fma>(stream: &mut Stream, words: &mut [Line<u32>]) {
    stream.fill(words.iter_mut());
}

dispatched! {
    /// Draws gains mean + spread·z.
    pub(in crate::attacks) fn normal_gains(
        stream: &mut Stream,
        pairs: &mut Pairs,
        law: (f64, f64),
        gains: &mut [Line<f64>],
    ) = normal_gains_body
}

#[inline(always)]
fn normal_gains_body<F: Fma>(
    stream: &mut Stream,
    pairs: &mut Pairs,
    (mean, spread): (f64, f64),
    gains: &mut [Line<f64>],
) {
    let drawn = normals::<F>(stream, pairs, gains.len());
    for (gains, z) in halves(gains).into_iter().zip(drawn) {
        for (gain, z) in gains.iter_mut().zip(z) {
            *gain = mean + spread * f64::from(*z);
        }
    }
}

dispatched! {
    /// Draws normals z, and writes 1 where they are above the threshold and −1 elsewhere.
    pub(in crate::attacks) fn normal_signs(
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

/// The words of pairs of normals.
#[derive(Debug, Clone, Default)]
pub(in crate::attacks) struct PairWords {
    radius: Rows<u32>,
    angle: Rows<u32>,
}

impl PairWords {
    /// Draws the words for this many rows of normals, and returns those of their pairs.
    #[inline(always)]
    pub(super) fn draw(&mut self, stream: &mut Stream, rows: usize) -> (&[u32], &[u32]) {
        let steps = rows.div_ceil(2);
        self.radius.resize(steps);
        self.angle.resize(steps);
        stream.fill_two(self.radius.as_flattened_mut(), self.angle.as_flattened_mut());
        (self.radius.as_flattened(), self.angle.as_flattened())
    }
}

dispatched! {
    /// Adds `count` normals to each number.
    pub(in crate::attacks) fn normal_sums(
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
    /// Adds narrow numbers to wide ones.
    pub(in crate::attacks) fn widen(wide: &mut [Line<f64>], narrow: &[Line<f32>]) = widen_body
}

#[inline(always)]
fn widen_body<F: Fma>(wide: &mut [Line<f64>], narrow: &[Line<f32>]) {
    for (wide, narrow) in wide.as_flattened_mut().iter_mut().zip(narrow.as_flattened()) {
        *wide += f64::from(*narrow);
    }
}

dispatched! {
    /// Writes 1 where a sum is above the threshold and −1 elsewhere.
    pub(in crate::attacks) fn sum_signs(sums: &[Line<f64>], threshold: f64, signs: &mut [Line<i32>]) = sum_signs_body
}

#[inline(always)]
fn sum_signs_body<F: Fma>(sums: &[Line<f64>], threshold: f64, signs: &mut [Line<i32>]) {
    for (sign, sum) in signs.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
        *sign = if *sum > threshold { 1 } else { -1 };
    }
}

/// Returns the amount that a word adds to the smallest gain.
#[inline(always)]
fn passed(more: More, word: u32) -> i32 {
    if word as i32 > more.above { more.by } else { 0 }
}

dispatched! {
    /// Draws the sums of `count` ≥ 1 gains of a list, relative to the smallest gain; `room` has as many rows.
    pub(in crate::attacks) fn list_sums(
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
    /// Writes 1 where a sum is above `none`, 0 where it equals it, and −1 elsewhere.
    pub(in crate::attacks) fn list_signs(sums: &[Line<i32>], none: i32, signs: &mut [Line<i32>]) = list_signs_body
}

#[inline(always)]
fn list_signs_body<F: Fma>(sums: &[Line<i32>], none: i32, signs: &mut [Line<i32>]) {
    for (sign, sum) in signs.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
        *sign = i32::from(*sum > none) - i32::from(*sum < none);
    }
}

dispatched! {
    /// Writes the signs of real numbers.
    pub(in crate::attacks) fn real_signs(numbers: &[Line<f64>], signs: &mut [Line<i32>]) = real_signs_body
}

#[inline(always)]
fn real_signs_body<F: Fma>(numbers: &[Line<f64>], signs: &mut [Line<i32>]) {
    for (sign, number) in signs.as_flattened_mut().iter_mut().zip(numbers.as_flattened()) {
        *sign = i32::from(*number > 0.0) - i32::from(*number < 0.0);
    }
}
