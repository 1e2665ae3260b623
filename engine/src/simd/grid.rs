//! Many budgets at equal distances: one multiply-add instead of a search.
//!
//! A ruler says how many thresholds a margin has passed ([`super::ruler`]). Up to some hundred thresholds, these
//! numbers are counted by slices ([`super::slices`]), which take time for each threshold: several rulers of 127, one
//! after the other. More are counted by bins ([`super::bins`]), which take time for each sample.

use super::super::dispatch::Fma;
use super::super::draws::Draws;
use super::super::normal::{BLOCK, Row};
use super::bins::Bins;
use super::few::{self, Few};
use super::ruler::Ruler;
use super::slices::{Packed, QUARTER, Slices};
use super::{Attack, Block, Job};

/// The bits of a number of thresholds: a byte has one to spare.
const DIGITS: u32 = 7;
/// The number of rulers beyond which bins are faster than slices.
const MAX_RULERS: usize = 2;
/// Where the counts begin in a tally; threshold 0, if it is counted separately, is at 1.
const START: usize = 8;
/// The number of samples that are checked together for some in a band.
const CHUNK: usize = 128;

/// A ruler for the thresholds, or several, with their working memory.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    /// Counts threshold 0 if it is neither on a ruler nor equal to the first threshold that is.
    apart: Option<Few>,
    ruled: Ruled,
}

#[derive(Debug, Clone)]
enum Ruled {
    Sliced(Sliced),
    Bins(Bins),
}

impl Grid {
    /// Creates rulers for the thresholds, if they fit: for all of them, or for all except threshold 0.
    pub(super) fn new(thresholds: &[Vec<f32>; 2]) -> Option<Self> {
        let doubled = thresholds.iter().all(|t| t.first() == t.get(1));
        let whole = if doubled { None } else { Self::from(thresholds, 0, None) };
        whole.or_else(|| {
            let apart = if doubled { None } else { Some(Few::new(1)) };
            Self::from(thresholds, 1, apart)
        })
    }

    /// Creates rulers for all the thresholds, if they fit.
    pub(super) fn whole(thresholds: &[Vec<f32>; 2]) -> Option<Self> {
        Self::from(thresholds, 0, None)
    }

    fn from(thresholds: &[Vec<f32>; 2], first: usize, apart: Option<Few>) -> Option<Self> {
        let on_grid = thresholds[0].len().saturating_sub(first);
        let ruled = if on_grid <= MAX_RULERS * Ruler::<DIGITS>::MOST {
            Ruled::Sliced(Sliced::new(thresholds, first, on_grid)?)
        } else {
            Ruled::Bins(Bins::new(thresholds, first)?)
        };
        Some(Self { apart, ruled })
    }

    /// Returns the length of the counts of a tally.
    fn counts(&self) -> usize {
        match &self.ruled {
            Ruled::Sliced(sliced) => sliced.counts(),
            Ruled::Bins(bins) => bins.room(),
        }
    }

    /// Returns the length of a tally: it has threshold 0, if it is counted separately, at 1, and then the counts of
    /// [`Slices`] or [`Bins`].
    pub(super) fn room(&self) -> usize {
        START + self.counts()
    }

    #[inline(always)]
    pub(super) fn count<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
        jobs: &mut [Job],
    ) {
        let Self { apart, ruled } = self;
        if let Some(few) = apart {
            few.count(thresholds, block, jobs);
        }
        let is_whole = apart.is_none();
        match ruled {
            Ruled::Sliced(sliced) => sliced.count::<F>(thresholds, block, jobs, is_whole),
            Ruled::Bins(bins) => {
                bins.begin(block);
                for Job { spread, tally, .. } in jobs {
                    let (head, tally) = tally.split_at_mut(START);
                    let right = bins.count::<F>(thresholds, block, *spread, tally);
                    head[0] += if is_whole { right } else { 0 };
                }
            }
        }
    }

    pub(super) fn finish(&self, tally: &[u32], above: &mut [u32]) {
        self.add_up(&tally[START..], above);
        let first = match &self.ruled {
            Ruled::Sliced(sliced) => sliced.first(),
            Ruled::Bins(bins) => bins.first(),
        };
        if first == 1 {
            above[0] = if self.apart.is_some() { tally[1] } else { above[1] };
        }
    }

    /// Computes, from the counts of a tally, how many samples have passed each threshold on a ruler.
    fn add_up(&self, counts: &[u32], above: &mut [u32]) {
        match &self.ruled {
            Ruled::Sliced(sliced) => sliced.finish(counts, above),
            Ruled::Bins(bins) => bins.finish(counts, above),
        }
    }
}

impl Grid {
    /// Returns the length of a tally with fresh draws. By slices, it has the counts of all samples, and then those of
    /// the samples that are right without an attack; by bins, those of the wrong ones, and then of the right ones.
    pub(super) fn room_fresh(&self) -> usize {
        START + 2 * self.counts()
    }

    #[inline(always)]
    pub(super) fn count_fresh<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        jobs: &mut [Job],
    ) {
        match &mut self.ruled {
            Ruled::Sliced(sliced) => sliced.count_fresh::<F>(thresholds, attack, jobs),
            Ruled::Bins(bins) => {
                bins.begin(attack.block);
                for Job { spread, tally, .. } in jobs {
                    let (head, tally) = tally.split_at_mut(START);
                    let [clean, right] = bins.count_fresh::<F>(thresholds, attack, *spread, tally);
                    head[0] += right;
                    head[1] += clean;
                }
            }
        }
    }

    pub(super) fn finish_fresh(&self, tally: &[u32], above: &mut [u32], both: &mut [u32]) {
        let (first, clean) = tally[START..].split_at(self.counts());
        self.add_up(first, above);
        self.add_up(clean, both);
        if let Ruled::Bins(_) = &self.ruled {
            for (all, both) in above.iter_mut().zip(both) {
                *all += *both;
            }
        }
    }
}

/// Rulers for slices, and their working memory.
#[derive(Debug, Clone)]
struct Sliced {
    /// The rulers, one after the other, and where the counts of each begin.
    rulers: Vec<(Ruler<DIGITS>, usize)>,
    room: Box<Room>,
}

#[derive(Debug, Clone, Default)]
struct Room {
    /// The origin for each sample's class.
    origins: Row<f32>,
    /// The number of thresholds that each sample has passed.
    passed: Packed,
    slices: Slices,
    /// 1 where sgn(x) = y.
    right: Packed,
    right_slices: Slices,
}

impl Sliced {
    /// Creates rulers for `count` thresholds from `first` on, if they fit.
    fn new(thresholds: &[Vec<f32>; 2], first: usize, count: usize) -> Option<Self> {
        let rulers = count.div_ceil(Ruler::<DIGITS>::MOST);
        let mut start = 0;
        let rulers: Option<Vec<_>> = (0..rulers)
            .map(|r| {
                let [from, to] = [r, r + 1].map(|r| first + count * r / rulers);
                let ruler = Ruler::new(thresholds, from, to - from)?;
                let here = start;
                start += Slices::room(ruler.count);
                Some((ruler, here))
            })
            .collect();
        Some(Self { rulers: rulers?, room: Box::default() })
    }

    fn first(&self) -> usize {
        self.rulers.first().map_or(0, |(ruler, _)| ruler.first)
    }

    fn counts(&self) -> usize {
        self.rulers.iter().map(|(ruler, _)| Slices::room(ruler.count)).sum()
    }

    #[inline(always)]
    fn count<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
        jobs: &mut [Job],
        is_whole: bool,
    ) {
        let Self { rulers, room } = self;
        if is_whole {
            room.right.pack(block.right);
            room.right_slices.cut(&room.right);
        }
        for (index, (ruler, start)) in rulers.iter().enumerate() {
            let [minus, plus] = ruler.origins;
            few::write(&mut room.origins.0, minus, plus, block);
            for Job { spread, tally, .. } in &mut *jobs {
                room.pass::<F>(ruler, *spread, thresholds, block);
                room.slices.cut(&room.passed);
                if index == 0 && is_whole {
                    tally[0] += room.slices.any_and(&room.right_slices);
                }
                room.slices.count(ruler.count, &mut tally[START + start..]);
            }
        }
    }

    #[inline(always)]
    fn count_fresh<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        jobs: &mut [Job],
    ) {
        let half = self.counts();
        let Self { rulers, room } = self;
        room.right.pack(attack.block.right);
        room.right_slices.cut(&room.right);
        for (index, (ruler, start)) in rulers.iter().enumerate() {
            let [minus, plus] = ruler.origins;
            few::write(&mut room.origins.0, minus, plus, attack.block);
            for Job { spread, tally, .. } in &mut *jobs {
                room.pass::<F>(ruler, *spread, thresholds, attack.block);
                flag_clean(*spread, attack, &mut room.passed);
                room.slices.cut(&room.passed);
                if index == 0 {
                    let [clean, right] = room.slices.flagged(&room.right_slices);
                    tally[0] += right;
                    tally[1] += clean;
                }
                let (all, both) = tally[START + start..].split_at_mut(half);
                room.slices.count_twice(ruler.count, all, both);
            }
        }
    }

    fn finish(&self, counts: &[u32], above: &mut [u32]) {
        for (Ruler { first, count, .. }, start) in &self.rulers {
            let counts = &counts[*start..][..Slices::room(*count)];
            Slices::above(counts, &mut above[*first..][..*count]);
        }
    }
}

/// Sets the free bit of each byte, which no number of thresholds needs, if the clean margin is above threshold 0.
#[inline(always)]
fn flag_clean(spread: f32, attack: Attack<'_>, passed: &mut Packed) {
    let [z_0, z_1, z_2, z_3] = quarters(attack.block.draws.z1);
    let [w_0, w_1, w_2, w_3] = quarters(attack.clean_w);
    let [t_0, t_1, t_2, t_3] = quarters(attack.clean);
    let clean = |z: f32, w: f32, threshold: f32| u32::from(z + spread * w > threshold);
    for j in 0..QUARTER {
        let a = clean(z_0[j], w_0[j], t_0[j]);
        let b = clean(z_1[j], w_1[j], t_1[j]);
        let c = clean(z_2[j], w_2[j], t_2[j]);
        let d = clean(z_3[j], w_3[j], t_3[j]);
        passed.0[j] |= a << 7 | b << 15 | c << 23 | d << 31;
    }
}

impl Room {
    /// Computes the number of thresholds that each sample has passed.
    #[inline(always)]
    fn pass<F: Fma>(
        &mut self,
        ruler: &Ruler<DIGITS>,
        spread: f32,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
    ) {
        let nearest = self.read::<F>(ruler, spread, block);
        if ruler.is_near(nearest) {
            self.settle::<F>(ruler, spread, thresholds, block);
        }
    }

    /// Computes the same for the samples outside the bands, and returns the smallest distance of a position above a
    /// mark.
    ///
    /// Four samples go into a word, from the four quarters of the block, so that each of the four is a vector of
    /// neighbours. Their bits 16 to 22 are moved to bits 0 to 6 of a byte each.
    #[inline(always)]
    fn read<F: Fma>(&mut self, ruler: &Ruler<DIGITS>, spread: f32, block: Block<'_>) -> u32 {
        let Self { origins, passed, .. } = self;
        let [z_0, z_1, z_2, z_3] = quarters(block.draws.z1);
        let [w_0, w_1, w_2, w_3] = quarters(block.draws.w);
        let [o_0, o_1, o_2, o_3] = quarters(&origins.0);
        let bits = |z: f32, w: f32, origin: f32| ruler.bits::<F>(z + spread * w, origin);
        let between = Ruler::<DIGITS>::between;
        let mut nearest = u32::MAX;
        for j in 0..QUARTER {
            let a = bits(z_0[j], w_0[j], o_0[j]);
            let b = bits(z_1[j], w_1[j], o_1[j]);
            let c = bits(z_2[j], w_2[j], o_2[j]);
            let d = bits(z_3[j], w_3[j], o_3[j]);
            let near = between(a).min(between(b)).min(between(c)).min(between(d));
            nearest = nearest.min(near);
            passed.0[j] = a >> 16 & 0xff | b >> 8 & 0xff00 | c & 0x00ff_0000 | d << 8 & 0xff00_0000;
        }
        nearest
    }

    /// Compares the samples that are in a band with the thresholds.
    #[inline(always)]
    fn settle<F: Fma>(
        &mut self,
        ruler: &Ruler<DIGITS>,
        spread: f32,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
    ) {
        let Draws { classes, z1, w, .. } = block.draws;
        let z1 = z1.as_chunks::<CHUNK>().0;
        let w = w.as_chunks::<CHUNK>().0;
        let origins = self.origins.0.as_chunks::<CHUNK>().0;
        for (chunk, ((z1, w), origins)) in z1.iter().zip(w).zip(origins).enumerate() {
            let mut between = [0; CHUNK];
            let mut nearest = u32::MAX;
            for i in 0..CHUNK {
                let bits = ruler.bits::<F>(z1[i] + spread * w[i], origins[i]);
                between[i] = Ruler::<DIGITS>::between(bits);
                nearest = nearest.min(between[i]);
            }
            if !ruler.is_near(nearest) {
                continue;
            }
            for i in 0..CHUNK {
                if ruler.is_near(between[i]) {
                    let sample = chunk * CHUNK + i;
                    let margin = z1[i] + spread * w[i];
                    let thresholds = &thresholds[(classes[sample] & 1) as usize];
                    self.passed.set(sample, ruler.compare(margin, thresholds) as u8);
                }
            }
        }
    }
}

#[inline(always)]
fn quarters(row: &[f32; BLOCK]) -> [&[f32; QUARTER]; 4] {
    let (quarters, _) = row.as_chunks::<QUARTER>();
    [&quarters[0], &quarters[1], &quarters[2], &quarters[3]]
}
