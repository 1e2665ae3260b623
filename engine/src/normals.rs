//! Normals for sixteen samples at a time, one coordinate after the other.
//!
//! They are made a block at a time: one pair is a long chain of operations, and the machine works on several at once
//! where it finds them in one loop.

use crate::dispatch::Level;
use crate::normal::{BLOCK, Pairs, fill_at};
use crate::stream::{LANES, Stream};

/// Reads a stream in *sequences* of a given number of normals per lane. Two steps of the stream make two normals of
/// each lane; if the number is odd, the last one is not used. Nothing is drawn between sequences. What is never begun
/// is an endless sequence.
#[derive(Debug, Clone)]
pub(super) struct Normals {
    /// The instruction set that makes them.
    pub(super) level: Level,
    pairs: Box<Pairs>,
    /// The rows of `pairs` (two for each step) that have been drawn, and that have been read.
    drawn: usize,
    read: usize,
    /// The number of normals of the sequence that are still to be drawn.
    left: usize,
}

impl Normals {
    /// Draws with this instruction set.
    pub(super) fn new(level: Level) -> Self {
        Self { level, pairs: Box::default(), drawn: 0, read: 0, left: usize::MAX }
    }

    /// Begins a sequence of `count` ≥ 1 normals per lane, and returns a fair coin for each lane: the bit of the first
    /// pair that no normal uses.
    #[inline(always)]
    pub(super) fn begin(&mut self, stream: &mut Stream, count: usize) -> u16 {
        self.left = count;
        self.refill(stream);
        let mut coins = 0;
        for lane in 0..LANES {
            coins |= ((self.pairs.coins()[lane] & 1) as u16) << lane;
        }
        coins
    }

    /// A function of its own: a kernel that reads in several places need not contain as many copies.
    #[inline(never)]
    fn refill(&mut self, stream: &mut Stream) {
        let steps = self.left.div_ceil(2).min(BLOCK / LANES);
        fill_at(self.level, stream, &mut self.pairs, steps * LANES);
        (self.drawn, self.read) = (2 * steps, 0);
        self.left -= self.left.min(2 * steps);
    }

    /// Draws the next normal of the sequence for each lane.
    #[inline(always)]
    pub(super) fn next(&mut self, stream: &mut Stream) -> &[f32; LANES] {
        if self.read == self.drawn {
            self.refill(stream);
        }
        let from = if self.read.is_multiple_of(2) { &self.pairs.first } else { &self.pairs.second };
        let row = &from.as_chunks::<LANES>().0[self.read / 2];
        self.read += 1;
        row
    }

    /// Draws the next normals of the sequence, converted to double precision.
    #[inline(always)]
    pub(super) fn draw(&mut self, stream: &mut Stream, out: &mut [[f64; LANES]]) {
        for out in out {
            let row = self.next(stream);
            for lane in 0..LANES {
                out[lane] = f64::from(row[lane]);
            }
        }
    }
}
