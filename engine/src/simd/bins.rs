//! Very many budgets at equal distances: each sample adds one to the bin of its number of thresholds passed.
//!
//! Slices take time for each threshold, bins for each sample. The bins of a block are small numbers, so that they
//! stay in the nearest cache, whatever the number of margins; the tally of a margin gets their sum once per block.

use super::super::dispatch::Fma;
use super::super::normal::{BLOCK, Row};
use super::few;
use super::ruler::Ruler;
use super::{Attack, Block};

/// The bits of a number of thresholds.
const DIGITS: u32 = 12;
/// The number of bins: twice as many as a sample can have passed thresholds, since clean samples have their own.
const BINS: usize = 2 << DIGITS;
/// The number of bins that are used in turns, so that equal neighbours need not wait for each other.
const WAYS: usize = 4;
/// The distance of the ways, which are not to share the lines of a cache.
const NEXT_WAY: usize = BINS + 32;
/// The number of samples that are counted together.
const CHUNK: usize = 128;
/// The number of bins that are emptied together.
const LANES: usize = 16;

/// A ruler for thresholds, with its working memory.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    ruler: Ruler<DIGITS>,
    /// The origin for each sample's class.
    origins: Box<Row<f32>>,
    /// The bins of a block; a way has at most a quarter of its samples.
    bins: Box<[[u16; NEXT_WAY]; WAYS]>,
}

impl Bins {
    /// Creates bins for the thresholds from `first` on, if a ruler fits them.
    pub(super) fn new(thresholds: &[Vec<f32>; 2], first: usize) -> Option<Self> {
        let count = thresholds[0].len().saturating_sub(first);
        let ruler = (count <= Ruler::<DIGITS>::MOST).then(|| Ruler::new(thresholds, first, count));
        Some(Self {
            ruler: ruler??,
            origins: Box::default(),
            bins: Box::new([[0; NEXT_WAY]; WAYS]),
        })
    }

    /// Returns the index of the first threshold on the ruler.
    pub(super) fn first(&self) -> usize {
        self.ruler.first
    }

    /// Returns the length of its part of a tally: for each b, the number of samples that have passed b thresholds.
    pub(super) fn room(&self) -> usize {
        (self.ruler.count + 1).next_multiple_of(LANES)
    }

    /// Writes the origin of each sample's class; once per block.
    #[inline(always)]
    pub(super) fn begin(&mut self, block: Block<'_>) {
        let [minus, plus] = self.ruler.origins;
        few::write(&mut self.origins.0, minus, plus, block);
    }

    /// Counts a margin's samples into its part of a tally, and returns how many have passed a threshold and have
    /// sgn(x) = y.
    #[inline(always)]
    pub(super) fn count<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
        spread: f32,
        tally: &mut [u32],
    ) -> u32 {
        let mut right_and_clean = 0;
        for chunk in 0..BLOCK / CHUNK {
            let passed = self.passed::<F>(thresholds, block, spread, chunk);
            let right = &block.right.as_chunks::<CHUNK>().0[chunk];
            for i in 0..CHUNK {
                right_and_clean += right[i] & u32::from(passed[i] > 0);
            }
            self.add(&passed);
        }
        self.empty_into(0, tally);
        right_and_clean
    }

    /// Counts a margin with fresh draws: first all samples that are wrong without an attack, then those that are
    /// right. Returns how many are right, and of these how many have sgn(x) = y.
    #[inline(always)]
    pub(super) fn count_fresh<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        spread: f32,
        tally: &mut [u32],
    ) -> [u32; 2] {
        let mut totals = [0; 2];
        let room = self.room() as u32;
        for chunk in 0..BLOCK / CHUNK {
            let mut bins = self.passed::<F>(thresholds, attack.block, spread, chunk);
            let right = &attack.block.right.as_chunks::<CHUNK>().0[chunk];
            for i in 0..CHUNK {
                let is_clean = attack.is_clean(spread, chunk * CHUNK + i);
                totals[0] += is_clean;
                totals[1] += is_clean & right[i];
                bins[i] += is_clean * room;
            }
            self.add(&bins);
        }
        let (wrong, right) = tally.split_at_mut(self.room());
        self.empty_into(0, wrong);
        self.empty_into(wrong.len(), right);
        totals
    }

    /// Returns the numbers of thresholds that the samples of a chunk have passed.
    #[inline(always)]
    fn passed<F: Fma>(
        &self,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
        spread: f32,
        chunk: usize,
    ) -> [u32; CHUNK] {
        let z1 = &block.draws.z1.as_chunks::<CHUNK>().0[chunk];
        let w = &block.draws.w.as_chunks::<CHUNK>().0[chunk];
        let origins = &self.origins.0.as_chunks::<CHUNK>().0[chunk];
        let mut passed = [0; CHUNK];
        let mut nearest = u32::MAX;
        for i in 0..CHUNK {
            let bits = self.ruler.bits::<F>(z1[i] + spread * w[i], origins[i]);
            nearest = nearest.min(Ruler::<DIGITS>::between(bits));
            passed[i] = Ruler::<DIGITS>::passed(bits);
        }
        if self.ruler.is_near(nearest) {
            let classes = &block.draws.classes.as_chunks::<CHUNK>().0[chunk];
            for i in 0..CHUNK {
                let margin = z1[i] + spread * w[i];
                let bits = self.ruler.bits::<F>(margin, origins[i]);
                if self.ruler.is_near(Ruler::<DIGITS>::between(bits)) {
                    let thresholds = &thresholds[(classes[i] & 1) as usize];
                    passed[i] = self.ruler.compare(margin, thresholds) as u32;
                }
            }
        }
        passed
    }

    /// Adds one to the bin of each sample.
    #[inline(always)]
    fn add(&mut self, bins: &[u32; CHUNK]) {
        for bins in bins.as_chunks::<WAYS>().0 {
            for way in 0..WAYS {
                self.bins[way][bins[way] as usize % BINS] += 1;
            }
        }
    }

    /// Adds the bins from `first` on to a tally, and empties them.
    #[inline(always)]
    fn empty_into(&mut self, first: usize, tally: &mut [u32]) {
        let ways = self.bins.each_mut().map(|way| way[first..].as_chunks_mut::<LANES>().0);
        let [a, b, c, d] = ways;
        let ways = a.iter_mut().zip(b).zip(c.iter_mut().zip(d));
        for (total, ((a, b), (c, d))) in tally.as_chunks_mut::<LANES>().0.iter_mut().zip(ways) {
            for i in 0..LANES {
                total[i] += u32::from(a[i] + b[i] + c[i] + d[i]);
            }
            for bins in [a, b, c, d] {
                *bins = [0; LANES];
            }
        }
    }

    /// Computes, from its part of a tally, how many samples have passed each threshold.
    pub(super) fn finish(&self, tally: &[u32], above: &mut [u32]) {
        let above = &mut above[self.ruler.first..][..self.ruler.count];
        let mut total = 0;
        for (above, exactly) in above.iter_mut().zip(&tally[1..=self.ruler.count]).rev() {
            total += exactly;
            *above = total;
        }
    }
}
