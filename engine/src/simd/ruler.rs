//! A ruler for thresholds at equal distances: one multiply-add instead of a search.
//!
//! A ruler is laid along the margins, on which threshold number b (from 0) lies at 2^K + 1 + b, up to the rounding of a
//! float. A margin's *position* on the ruler is the number of thresholds it has passed, and a float between 2^K and
//! 2^(K + 1) contains this number in its first K bits, without conversion. With K = 7:
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
//! right, and the few margins inside are compared with the thresholds one by one.

use super::super::dispatch::{Fma, Hardware, Software};

/// Thresholds on a ruler whose floats distinguish 2^K numbers.
#[derive(Debug, Clone)]
pub(super) struct Ruler<const K: u32> {
    /// The index of the first threshold on it.
    pub(super) first: usize,
    /// The number of thresholds on it.
    pub(super) count: usize,
    scale: f32,
    /// The origin for each class.
    pub(super) origins: [f32; 2],
    /// The largest distance of a threshold above its mark, in units of the last bit of a position.
    band: u32,
}

impl<const K: u32> Ruler<K> {
    /// The largest number of thresholds.
    pub(super) const MOST: usize = (1 << K) - 1;
    /// The number of bits of a position between two thresholds.
    const FRACTION: u32 = 23 - K;
    /// These bits.
    const BETWEEN: u32 = (1 << Self::FRACTION) - 1;
    /// The position of a margin that has passed no threshold.
    const LOWEST: f32 = (1 << K) as f32 + 0.5;
    /// The mark of the first threshold.
    const FIRST_MARK: f32 = (1 << K) as f32 + 1.0;

    /// Creates a ruler for `count` thresholds from `first` on, if one fits.
    pub(super) fn new(thresholds: &[Vec<f32>; 2], first: usize, count: usize) -> Option<Self> {
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
                let to_middle = f64::from(band) / 2.0 / f64::from(Self::BETWEEN + 1);
                let mark = f64::from(Self::FIRST_MARK);
                (mark - f64::from(marks[0]) * f64::from(scale) + to_middle) as f32
            });
            let on_mark = |b: usize, position: f32| {
                position.to_bits().wrapping_sub((Self::FIRST_MARK + b as f32).to_bits()) < band
            };
            let fits = marks.iter().zip(origins).all(|(marks, origin)| {
                marks.iter().enumerate().all(|(b, &mark)| {
                    on_mark(b, position::<Hardware>(mark, scale, origin))
                        && on_mark(b, position::<Software>(mark, scale, origin))
                })
            });
            fits.then_some(Self { first, count, scale, origins, band })
        })
    }

    /// Returns the bits of a margin's position, which are held between those of the ends.
    #[inline(always)]
    pub(super) fn bits<F: Fma>(&self, margin: f32, origin: f32) -> u32 {
        let highest = Self::LOWEST + self.count as f32;
        let position = position::<F>(margin, self.scale, origin);
        let position = if position > Self::LOWEST { position } else { Self::LOWEST };
        let position = if position < highest { position } else { highest };
        position.to_bits()
    }

    /// Returns the bits between two thresholds.
    #[inline(always)]
    pub(super) fn between(bits: u32) -> u32 {
        bits & Self::BETWEEN
    }

    /// Returns the number of thresholds passed, if the position is in no band.
    #[inline(always)]
    pub(super) fn passed(bits: u32) -> u32 {
        bits >> Self::FRACTION & ((1 << K) - 1)
    }

    /// Returns whether so many units above a mark are in its band.
    #[inline(always)]
    pub(super) fn is_near(&self, between: u32) -> bool {
        between < self.band
    }

    /// Returns the number of thresholds of a class that a margin has passed, by comparison.
    pub(super) fn compare(&self, margin: f32, thresholds: &[f32]) -> usize {
        let thresholds = &thresholds[self.first..self.first + self.count];
        thresholds.partition_point(|threshold| *threshold < margin)
    }
}

/// Computes the position in the fastest way: the counts do not depend on how it is rounded.
#[inline(always)]
fn position<F: Fma>(margin: f32, scale: f32, origin: f32) -> f32 {
    if F::FAST { F::fma(margin, scale, origin) } else { margin * scale + origin }
}
