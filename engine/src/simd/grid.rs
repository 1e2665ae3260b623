//! Many budgets at equal distances: one multiply-add instead of a search.
//!
//! A ruler is laid along the margins, on which threshold number b (from 0) lies at 129 + b, up to the rounding of a
//! float. A margin's *position* on the ruler is the number of thresholds it has passed, and a float between 128 and
//! 256 contains this number in its bits, without conversion:
//!
//! ```text
//!              T₀      T₁      T₂      T₃          position = margin·scale + origin
//!      |-------|-------|-------|-------|---···
//!     128     129     130     131     132          held between 128.5 and 128.5 + count
//!       passed 0  passed 1  passed 2
//!
//!     0 1000011 0   0000010 1100110011001100       130.8: passed 2
//!     sign, exponent| bits 16 to 22 | bits 0 to 15
//!                   | passed        | between two thresholds: 0 at the lower, 65535 at the upper
//! ```
//!
//! **Why the counts are exact.** The position is rounded, the true thresholds are arbitrary floats, and the counts
//! must be those of the comparison `margin > threshold`. The position never decreases as the margin grows, since
//! rounding preserves the order. When the ruler is made, the position of each threshold itself is computed, and the
//! ruler is used only if each is from 0 to [`Ruler::band`] units above its mark. Then a margin above threshold b has
//! passed the mark b, and one that is not above it has not, or is in the band. So outside the bands the number is
//! right, and the few margins inside (one in ten thousand or so) are compared with the thresholds one by one.

use super::super::dispatch::{Fma, Hardware, Software};
use super::super::draws::Draws;
use super::super::normal::{BLOCK, Row};
use super::few::{self, Few};
use super::slices::{Packed, QUARTER, Slices};
use super::{Attack, Block, Job};

/// The largest number of thresholds that a float with seven leading bits can distinguish.
const MAX_THRESHOLDS: usize = 127;
/// The number of rulers beyond which searching is faster.
const MAX_RULERS: usize = 32;
/// The position of a margin that has passed no threshold.
const LOWEST: f32 = 128.5;
/// The bits of a position between two thresholds.
const BETWEEN: u32 = 0xffff;
/// The number of samples that are checked together for some in a band.
const CHUNK: usize = 128;

/// Rulers for the thresholds, with their working memory.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    /// Counts threshold 0 if it is neither on a ruler nor equal to the first threshold that is.
    apart: Option<Few>,
    /// The rulers, one after the other.
    rulers: Vec<Ruler>,
    room: Box<Room>,
}

#[derive(Debug, Clone)]
struct Ruler {
    /// The index of the first threshold on it.
    first: usize,
    /// The number of thresholds on it.
    count: usize,
    /// The index in the tally at which its counts begin.
    tally: usize,
    scale: f32,
    /// The origin for each class.
    origins: [f32; 2],
    /// The largest distance of a threshold above its mark, in units of the last bit of a position.
    band: u32,
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
        let rulers = on_grid.div_ceil(MAX_THRESHOLDS);
        if rulers > MAX_RULERS {
            return None;
        }
        let mut tally = 8;
        let rulers: Option<Vec<Ruler>> = (0..rulers)
            .map(|r| {
                let start = first + on_grid * r / rulers;
                let end = first + on_grid * (r + 1) / rulers;
                let ruler = Ruler::new(thresholds, start, end - start, tally)?;
                tally += Slices::room(ruler.count);
                Some(ruler)
            })
            .collect();
        Some(Self { apart, rulers: rulers?, room: Box::default() })
    }

    /// Returns the length of a tally: it has threshold 0, if it is counted separately, at 1, and from 8 on the counts
    /// of [`Slices`].
    pub(super) fn room(&self) -> usize {
        self.rulers.iter().fold(8, |room, ruler| room + Slices::room(ruler.count))
    }

    #[inline(always)]
    pub(super) fn count<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
        jobs: &mut [Job],
    ) {
        let Self { apart, rulers, room } = self;
        match apart {
            Some(few) => few.count(thresholds, block, jobs),
            None => {
                room.right.pack(block.right);
                room.right_slices.cut(&room.right);
            }
        }
        for (index, ruler) in rulers.iter().enumerate() {
            let [minus, plus] = ruler.origins;
            few::write(&mut room.origins.0, minus, plus, block);
            for Job { spread, tally, .. } in &mut *jobs {
                let nearest = ruler.read::<F>(*spread, block, room);
                if nearest < ruler.band {
                    ruler.settle::<F>(*spread, thresholds, block, room);
                }
                room.slices.cut(&room.passed);
                if index == 0 && apart.is_none() {
                    tally[0] += room.slices.any_and(&room.right_slices);
                }
                room.slices.count(ruler.count, &mut tally[ruler.tally..]);
            }
        }
    }

    pub(super) fn finish(&self, tally: &[u32], above: &mut [u32]) {
        for Ruler { first, count, tally: start, .. } in &self.rulers {
            let tally = &tally[*start..][..Slices::room(*count)];
            Slices::above(tally, &mut above[*first..][..*count]);
        }
        if self.rulers.first().is_some_and(|ruler| ruler.first == 1) {
            above[0] = if self.apart.is_some() { tally[1] } else { above[1] };
        }
    }
}

impl Grid {
    /// Returns the length of a tally with fresh draws: from 8 on, it has the counts of [`Slices`] among all samples,
    /// and then those among the samples that are right without an attack.
    pub(super) fn room_fresh(&self) -> usize {
        8 + 2 * (self.room() - 8)
    }

    #[inline(always)]
    pub(super) fn count_fresh<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        jobs: &mut [Job],
    ) {
        let half = self.room() - 8;
        let Self { rulers, room, .. } = self;
        room.right.pack(attack.block.right);
        room.right_slices.cut(&room.right);
        for (index, ruler) in rulers.iter().enumerate() {
            let [minus, plus] = ruler.origins;
            few::write(&mut room.origins.0, minus, plus, attack.block);
            for Job { spread, tally, .. } in &mut *jobs {
                let nearest = ruler.read::<F>(*spread, attack.block, room);
                if nearest < ruler.band {
                    ruler.settle::<F>(*spread, thresholds, attack.block, room);
                }
                flag_clean(*spread, attack, &mut room.passed);
                room.slices.cut(&room.passed);
                if index == 0 {
                    let [clean, right] = room.slices.flagged(&room.right_slices);
                    tally[0] += right;
                    tally[1] += clean;
                }
                let (all, both) = tally[ruler.tally..].split_at_mut(half);
                room.slices.count_twice(ruler.count, all, both);
            }
        }
    }

    pub(super) fn finish_fresh(&self, tally: &[u32], above: &mut [u32], both: &mut [u32]) {
        let half = self.room() - 8;
        self.finish(&tally[..8 + half], above);
        for Ruler { first, count, tally: start, .. } in &self.rulers {
            let tally = &tally[*start + half..][..Slices::room(*count)];
            Slices::above(tally, &mut both[*first..][..*count]);
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

impl Ruler {
    /// Creates a ruler for `count` thresholds from `first` on, if one fits.
    fn new(thresholds: &[Vec<f32>; 2], first: usize, count: usize, tally: usize) -> Option<Self> {
        let marks = thresholds.each_ref().map(|t| &t[first..first + count]);
        let [low, .., high] = marks[0] else {
            return None;
        };
        let scale = ((count - 1) as f64 / (f64::from(*high) - f64::from(*low))) as f32;
        if !scale.is_normal() {
            return None;
        }
        // Find the narrowest band that the rounding allows; the thresholds lie in its middle.
        [2, 4, 8, 16, 32, 64].into_iter().find_map(|band| {
            let origins = marks.map(|marks| {
                let to_middle = f64::from(band) / 2.0 / f64::from(BETWEEN + 1);
                (129.0 - f64::from(marks[0]) * f64::from(scale) + to_middle) as f32
            });
            let on_mark = |b: usize, position: f32| {
                position.to_bits().wrapping_sub((129.0 + b as f32).to_bits()) < band
            };
            let fits = marks.iter().zip(origins).all(|(marks, origin)| {
                marks.iter().enumerate().all(|(b, &mark)| {
                    on_mark(b, position::<Hardware>(mark, scale, origin))
                        && on_mark(b, position::<Software>(mark, scale, origin))
                })
            });
            fits.then_some(Self { first, count, tally, scale, origins, band })
        })
    }

    /// Computes the number of thresholds that each sample has passed, and returns the smallest distance of a position
    /// above a mark.
    ///
    /// Four samples go into a word, from the four quarters of the block, so that each of the four is a vector of
    /// neighbours. Their bits 16 to 22 are moved to bits 0 to 6 of a byte each.
    #[inline(always)]
    fn read<F: Fma>(&self, spread: f32, block: Block<'_>, room: &mut Room) -> u32 {
        let Room { origins, passed, .. } = room;
        let [z_0, z_1, z_2, z_3] = quarters(block.draws.z1);
        let [w_0, w_1, w_2, w_3] = quarters(block.draws.w);
        let [o_0, o_1, o_2, o_3] = quarters(&origins.0);
        let (scale, highest) = (self.scale, LOWEST + self.count as f32);
        let bits = |z: f32, w: f32, origin: f32| {
            let position = position::<F>(z + spread * w, scale, origin);
            let position = if position > LOWEST { position } else { LOWEST };
            let position = if position < highest { position } else { highest };
            position.to_bits()
        };
        let mut nearest = u32::MAX;
        for j in 0..QUARTER {
            let a = bits(z_0[j], w_0[j], o_0[j]);
            let b = bits(z_1[j], w_1[j], o_1[j]);
            let c = bits(z_2[j], w_2[j], o_2[j]);
            let d = bits(z_3[j], w_3[j], o_3[j]);
            let near = (a & BETWEEN).min(b & BETWEEN).min(c & BETWEEN).min(d & BETWEEN);
            nearest = nearest.min(near);
            passed.0[j] = a >> 16 & 0xff | b >> 8 & 0xff00 | c & 0x00ff_0000 | d << 8 & 0xff00_0000;
        }
        nearest
    }

    /// Compares the samples that are in a band with the thresholds.
    #[inline(always)]
    fn settle<F: Fma>(
        &self,
        spread: f32,
        thresholds: &[Vec<f32>; 2],
        block: Block<'_>,
        room: &mut Room,
    ) {
        let Draws { classes, z1, w, .. } = block.draws;
        let z1 = z1.as_chunks::<CHUNK>().0;
        let w = w.as_chunks::<CHUNK>().0;
        let origins = room.origins.0.as_chunks::<CHUNK>().0;
        for (chunk, ((z1, w), origins)) in z1.iter().zip(w).zip(origins).enumerate() {
            let mut between = [0; CHUNK];
            let mut nearest = u32::MAX;
            for i in 0..CHUNK {
                let position = position::<F>(z1[i] + spread * w[i], self.scale, origins[i]);
                between[i] = position.to_bits() & BETWEEN;
                nearest = nearest.min(between[i]);
            }
            if nearest >= self.band {
                continue;
            }
            for i in 0..CHUNK {
                if between[i] < self.band {
                    let sample = chunk * CHUNK + i;
                    let thresholds = &thresholds[(classes[sample] & 1) as usize];
                    let thresholds = &thresholds[self.first..self.first + self.count];
                    let margin = z1[i] + spread * w[i];
                    let passed = thresholds.partition_point(|threshold| *threshold < margin);
                    room.passed.set(sample, passed as u8);
                }
            }
        }
    }
}

/// Computes the position in the fastest way: the counts do not depend on how it is rounded.
#[inline(always)]
fn position<F: Fma>(margin: f32, scale: f32, origin: f32) -> f32 {
    if F::FAST { F::fma(margin, scale, origin) } else { margin * scale + origin }
}

#[inline(always)]
fn quarters(row: &[f32; BLOCK]) -> [&[f32; QUARTER]; 4] {
    let (quarters, _) = row.as_chunks::<QUARTER>();
    [&quarters[0], &quarters[1], &quarters[2], &quarters[3]]
}
