//! Counting by bit slices: transposed numbers, so that one logical operation on words works on all of them.
//!
//! Each of eight samples has passed a number of thresholds, which is a byte:
//!
//! ```text
//! sample         0    1    2    3    4    5    6    7
//! passed         5    2    5    0    7    5    3    2
//!
//! bit 2 (4)      1    0    1    0    1    1    0    0     = slice 2
//! bit 1 (2)      0    1    0    0    1    0    1    1     = slice 1
//! bit 0 (1)      1    0    1    0    1    1    1    0     = slice 0
//! ```
//!
//! A row, or *slice*, is one bit of all samples. The samples that have passed exactly 5 = 101₂ are the ones in
//! `slice2 & !slice1 & slice0` = 1 0 1 0 0 1 0 0, and there are `count_ones` of them. That takes three operations for
//! eight samples here, and for 512 with AVX-512.
//!
//! Numbers below 128 have seven slices: written as 8·h + l, there are four for the high digit h and three for the low
//! digit l. Two things are computed once and used for all numbers:
//!
//! ```text
//! high[h]        the samples with this high digit                      16 of them
//! low[l]         the samples with at least this low digit               8 of them
//! high[h] & low[l]   the samples that have passed from 8h + l to 8h + 7
//! ```
//!
//! and a threshold takes three operations on a vector: and, count, add. The samples past threshold 8h + l are these
//! and all with a larger high digit, which are added when the batch has ended.
//!
//! The order of the samples in the slices does not affect the counts, as long as it is the same in all of them. So
//! neighbours are not kept together here.

use super::super::normal::BLOCK;

/// A quarter of a block.
pub(super) const QUARTER: usize = BLOCK / 4;
/// The number of words of a slice.
const WORDS: usize = BLOCK / 64;
/// One bit of each sample of a block.
type Slice = [u64; WORDS];

/// A number below 256 for each sample of a block: byte q of word j is sample q·QUARTER + j.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Packed(pub(super) [u32; QUARTER]);

impl Default for Packed {
    fn default() -> Self {
        Self([0; QUARTER])
    }
}

impl Packed {
    #[inline(always)]
    pub(super) fn pack(&mut self, numbers: &[u32; BLOCK]) {
        let (quarters, _) = numbers.as_chunks::<QUARTER>();
        let [a, b, c, d] = [&quarters[0], &quarters[1], &quarters[2], &quarters[3]];
        for j in 0..QUARTER {
            self.0[j] = a[j] | b[j] << 8 | c[j] << 16 | d[j] << 24;
        }
    }

    pub(super) fn set(&mut self, sample: usize, number: u8) {
        let mut bytes = self.0[sample % QUARTER].to_le_bytes();
        bytes[sample / QUARTER] = number;
        self.0[sample % QUARTER] = u32::from_le_bytes(bytes);
    }
}

/// The slices of the numbers of a block, and working memory to count with them.
#[derive(Debug, Clone, Default)]
#[repr(C, align(64))]
pub(super) struct Slices {
    slices: [Slice; 8],
    low: [Slice; 8],
    high: [Slice; 16],
}

impl Slices {
    /// Transposes eight words of bytes into eight slices of bits, WORDS times.
    ///
    /// This is the transposition of an 8 × 8 matrix of bits, in three steps. Each of them exchanges the upper right
    /// with the lower left quarter: of the whole, of its quarters, and of their quarters:
    ///
    /// ```text
    /// word 0   a a a a b b b b        a a a a c c c c
    ///   ⋮      a a a a b b b b   →    a a a a c c c c      then with 2 × 2 in each, then with 1 × 1
    ///          c c c c d d d d        b b b b d d d d
    /// word 7   c c c c d d d d        b b b b d d d d
    /// ```
    #[inline(always)]
    pub(super) fn cut(&mut self, packed: &Packed) {
        let (rows, _) = packed.0.as_chunks::<{ QUARTER / 8 }>();
        let [s0, s1, s2, s3, s4, s5, s6, s7] = &mut self.slices;
        let row = |r: usize, x: usize| u64::from(rows[r][x]) | u64::from(rows[r][x + WORDS]) << 32;
        for x in 0..WORDS {
            let (a0, a4) = exchange::<4>(row(0, x), row(4, x));
            let (a1, a5) = exchange::<4>(row(1, x), row(5, x));
            let (a2, a6) = exchange::<4>(row(2, x), row(6, x));
            let (a3, a7) = exchange::<4>(row(3, x), row(7, x));
            let (b0, b2) = exchange::<2>(a0, a2);
            let (b1, b3) = exchange::<2>(a1, a3);
            let (b4, b6) = exchange::<2>(a4, a6);
            let (b5, b7) = exchange::<2>(a5, a7);
            (s0[x], s1[x]) = exchange::<1>(b0, b1);
            (s2[x], s3[x]) = exchange::<1>(b2, b3);
            (s4[x], s5[x]) = exchange::<1>(b4, b5);
            (s6[x], s7[x]) = exchange::<1>(b6, b7);
        }
    }

    /// Returns how many samples have a number that is not 0 and a 1 in the first slice of the other.
    #[inline(always)]
    pub(super) fn any_and(&self, other: &Self) -> u32 {
        let [s0, s1, s2, s3, s4, s5, s6, _] = &self.slices;
        let mut total = 0;
        for x in 0..WORDS {
            let any = s0[x] | s1[x] | s2[x] | s3[x] | s4[x] | s5[x] | s6[x];
            total += (any & other.slices[0][x]).count_ones();
        }
        total
    }

    /// Returns the length of a tally for numbers up to `largest`.
    pub(super) fn room(largest: usize) -> usize {
        (largest / 8 + 1) * 8
    }

    /// Adds to `tally[8·h + l]` how many samples have the high digit h and at least the low digit
    /// l, for the numbers up to `largest` (and a few more, up to a multiple of 8).
    #[inline(always)]
    pub(super) fn count(&mut self, largest: usize, tally: &mut [u32]) {
        self.split_digits();
        self.count_digits(largest, tally);
    }

    #[inline(always)]
    fn count_digits(&self, largest: usize, tally: &mut [u32]) {
        let [_, l1, l2, l3, l4, l5, l6, l7] = &self.low;
        let (tally, _) = tally.as_chunks_mut::<8>();
        for (high, tally) in self.high.iter().zip(tally).take(largest / 8 + 1) {
            let mut sums = [0; 8];
            for x in 0..WORDS {
                let high = high[x];
                sums[0] += ones(high);
                sums[1] += ones(high & l1[x]);
                sums[2] += ones(high & l2[x]);
                sums[3] += ones(high & l3[x]);
                sums[4] += ones(high & l4[x]);
                sums[5] += ones(high & l5[x]);
                sums[6] += ones(high & l6[x]);
                sums[7] += ones(high & l7[x]);
            }
            for l in 0..8 {
                tally[l] += sums[l] as u32;
            }
        }
    }

    /// Returns how many samples have the eighth bit set, and how many of these have a 1 in the first slice of the
    /// other.
    #[inline(always)]
    pub(super) fn flagged(&self, other: &Self) -> [u32; 2] {
        let mut totals = [0; 2];
        for x in 0..WORDS {
            totals[0] += self.slices[7][x].count_ones();
            totals[1] += (self.slices[7][x] & other.slices[0][x]).count_ones();
        }
        totals
    }

    /// Counts as [`Slices::count`] does: all samples into `all`, and those with the eighth bit set into `flagged`.
    /// The digits serve both.
    #[inline(always)]
    pub(super) fn count_twice(&mut self, largest: usize, all: &mut [u32], flagged: &mut [u32]) {
        self.count(largest, all);
        for high in &mut self.high {
            for x in 0..WORDS {
                high[x] &= self.slices[7][x];
            }
        }
        self.count_digits(largest, flagged);
    }

    /// Computes `low` (except low\[0\], which is all samples) and `high`.
    #[inline(always)]
    fn split_digits(&mut self) {
        let [s0, s1, s2, s3, s4, s5, s6, _] = &self.slices;
        let [_, l1, l2, l3, l4, l5, l6, l7] = &mut self.low;
        for x in 0..WORDS {
            let (four, two, one) = (s2[x], s1[x], s0[x]);
            l1[x] = four | two | one;
            l2[x] = four | two;
            l3[x] = four | two & one;
            l4[x] = four;
            l5[x] = four & (two | one);
            l6[x] = four & two;
            l7[x] = four & two & one;
        }
        for x in 0..WORDS {
            let (a, b, c, d) = (s3[x], s4[x], s5[x], s6[x]);
            let low_half = [!b & !a, !b & a, b & !a, b & a];
            let high_half = [!d & !c, !d & c, d & !c, d & c];
            for h in 0..16 {
                self.high[h][x] = high_half[h / 4] & low_half[h % 4];
            }
        }
    }

    /// Computes, from a tally of [`Slices::count`], `above[b]`, the number of samples that have passed threshold b,
    /// that is, have a number of at least b + 1.
    pub(super) fn above(tally: &[u32], above: &mut [u32]) {
        let mut higher = 0; // samples with a larger high digit
        for (h, tally) in tally.as_chunks::<8>().0.iter().enumerate().rev() {
            for (l, count) in tally.iter().enumerate() {
                let above = (8 * h + l).checked_sub(1).and_then(|b| above.get_mut(b));
                if let Some(above) = above {
                    *above = higher + count;
                }
            }
            higher += tally[0];
        }
    }
}

#[inline(always)]
fn ones(word: u64) -> u64 {
    u64::from(word.count_ones())
}

/// Exchanges, in each block of 2·BY bits, the upper half of `first` with the lower half of `second`.
#[inline(always)]
fn exchange<const BY: u32>(first: u64, second: u64) -> (u64, u64) {
    // BY ones, BY zeros, BY ones, …
    let lower = match BY {
        4 => 0x0f0f_0f0f_0f0f_0f0f,
        2 => 0x3333_3333_3333_3333,
        _ => 0x5555_5555_5555_5555,
    };
    (first & lower | second << BY & !lower, first >> BY & lower | second & !lower)
}
