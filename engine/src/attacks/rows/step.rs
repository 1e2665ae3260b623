//! Loops that take steps along signs.

use super::Line;
use super::draw::{PairWords, halves};
use crate::attacks::lattice::Lattice;
use crate::dispatch::{Fma, dispatched};
use crate::normal::pair;
use crate::stream::Stream;

dispatched! {
    /// Draws normals, steps up where they are above the threshold and down elsewhere, and adds how many are above;
    /// for fewer than 2³¹ numbers.
    pub(in crate::attacks) fn normal_steps(
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

/// Returns the position after a step up or down, clipped.
#[inline(always)]
fn stepped(Lattice { step, bound }: Lattice, position: i32, up: bool) -> i32 {
    (position + if up { step } else { -step }).min(bound).max(-bound)
}

dispatched! {
    /// Takes a step along signs, clipped.
    pub(in crate::attacks) fn advance(lattice: Lattice, positions: &mut [Line<i32>], signs: &[Line<i32>]) = advance_body
}

#[inline(always)]
fn advance_body<F: Fma>(lattice: Lattice, positions: &mut [Line<i32>], signs: &[Line<i32>]) {
    let Lattice { step, bound } = lattice;
    for (position, sign) in positions.as_flattened_mut().iter_mut().zip(signs.as_flattened()) {
        *position = (*position + sign * step).min(bound).max(-bound);
    }
}

dispatched! {
    /// Does the same, and adds how many signs are 1 and how many are 0 (counting the latter can be left out of the
    /// loop if there are none); for fewer than 2³¹ signs.
    pub(in crate::attacks) fn advance_and_count(
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
    // The signs that are not 0 are 1 or −1: their number and their sum give the number of those that are 1.
    counts[0] += ((moved + sum) / 2) as u64;
    counts[1] += signs.len() as u64 - moved as u64;
}
