//! Sets of batches.

use std::fmt;
use std::ops::Range;

use rangemap::RangeSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of batches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batches(RangeSet<u64>);

impl Batches {
    /// Creates the set of one range; empty if the range is.
    #[must_use]
    pub fn of(range: Range<u64>) -> Self {
        let mut set = Self::default();
        set.insert(range);
        set
    }

    /// Returns the ranges in ascending order, each from its first batch to the one after its last.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> {
        self.0.iter().cloned()
    }

    /// Returns how many batches are in the set.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ranges().map(|range| range.end - range.start).sum()
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the batches are the first ones, without a gap.
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.0.len() <= 1 && self.0.first().is_none_or(|range| range.start == 0)
    }

    /// Returns whether all batches are below `end`.
    #[must_use]
    pub fn ends_by(&self, end: u64) -> bool {
        self.0.last().is_none_or(|range| range.end <= end)
    }

    /// Adds the batches of a range.
    pub fn insert(&mut self, range: Range<u64>) {
        if !range.is_empty() {
            self.0.insert(range);
        }
    }

    /// Removes the batches from `end` on.
    pub fn truncate(&mut self, end: u64) {
        if end < u64::MAX {
            self.0.remove(end..u64::MAX);
        }
    }

    /// Returns the first run of batches within `whole` that are not in the set.
    #[must_use]
    pub fn first_gap(&self, whole: &Range<u64>) -> Option<Range<u64>> {
        self.gaps(whole).next()
    }

    /// Returns the runs of batches within `whole` that are not in the set.
    pub fn gaps<'a>(&'a self, whole: &'a Range<u64>) -> impl Iterator<Item = Range<u64>> + 'a {
        // An empty range has no gaps.
        let whole = if whole.is_empty() { None } else { Some(whole) };
        whole.into_iter().flat_map(|whole| self.0.gaps(whole))
    }

    /// Returns the first batches that are in both sets.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Range<u64>> {
        self.0.intersection(&other.0).next()
    }
}

/// Writes `0–9, 20–29`: the first and last batch of each range, for a few ranges.
impl fmt::Display for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FEW: usize = 4;
        let shown = |range: Range<u64>| match range.end - range.start {
            1 => range.start.to_string(),
            _ => format!("{}–{}", range.start, range.end - 1),
        };
        let ranges: Vec<String> = self.ranges().take(FEW).map(shown).collect();
        f.write_str(if ranges.is_empty() { "none" } else { "" })?;
        f.write_str(&ranges.join(", "))?;
        match self.0.len().checked_sub(FEW) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more ranges"),
        }
    }
}

/// Serializes as pairs, each from the first batch to the one after the last.
impl Serialize for Batches {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ranges().map(|range| (range.start, range.end)))
    }
}

impl<'de> Deserialize<'de> for Batches {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs: Vec<(u64, u64)> = Vec::deserialize(deserializer)?;
        let full = pairs.iter().all(|(from, to)| from < to);
        if !full || !pairs.windows(2).all(|pair| pair[0].1 < pair[1].0) {
            return Err(serde::de::Error::custom("its batches are none of such a run"));
        }
        let mut set = Self::default();
        pairs.into_iter().for_each(|(from, to)| set.insert(from..to));
        Ok(set)
    }
}
