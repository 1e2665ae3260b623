//! Which batches: sets of them, and shares of a run.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A set of batches: ranges that neither touch nor overlap, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Batches(Vec<(u64, u64)>);

impl Batches {
    /// The set of one range; empty if the range is.
    #[must_use]
    pub fn of(range: Range<u64>) -> Self {
        let mut set = Self::default();
        set.insert(range);
        set
    }

    /// The ranges, each from its first batch to the one after its last.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> {
        self.0.iter().map(|&(from, to)| from..to)
    }

    /// Whether the ranges are as they must be, and all below `end`: what a file says may be wrong.
    pub(super) fn is_sound(&self, end: u64) -> bool {
        let full = self.0.iter().all(|&(from, to)| from < to && to <= end);
        full && self.0.windows(2).all(|pair| pair[0].1 < pair[1].0)
    }

    /// How many batches are in the set.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ranges().map(|range| range.end - range.start).sum()
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they are the first ones, without a gap.
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.0.is_empty() || (self.0.len() == 1 && self.0[0].0 == 0)
    }

    /// Adds the batches of a range.
    pub fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let (mut from, mut to) = (range.start, range.end);
        self.0.retain(|&(start, end)| {
            let apart = end < from || to < start;
            if !apart {
                (from, to) = (from.min(start), to.max(end));
            }
            apart
        });
        let at = self.0.partition_point(|&(start, _)| start < from);
        self.0.insert(at, (from, to));
    }

    /// Takes the batches from `end` on out of the set.
    pub(super) fn truncate(&mut self, end: u64) {
        self.0.retain(|&(from, _)| from < end);
        if let Some(last) = self.0.last_mut() {
            last.1 = last.1.min(end);
        }
    }

    /// The first run of batches within `whole` that are not in the set.
    #[must_use]
    pub fn first_gap(&self, whole: &Range<u64>) -> Option<Range<u64>> {
        self.gaps(whole).next()
    }

    /// The runs of batches within `whole` that are not in the set.
    pub fn gaps(&self, whole: &Range<u64>) -> impl Iterator<Item = Range<u64>> {
        let starts = std::iter::once(whole.start).chain(self.0.iter().map(|&(_, to)| to));
        let ends = self.0.iter().map(|&(from, _)| from).chain(std::iter::once(whole.end));
        let (first, last) = (whole.start, whole.end);
        let gaps = starts.zip(ends).map(move |(from, to)| from.max(first)..to.min(last));
        gaps.filter(|gap| !gap.is_empty())
    }

    /// The first batches that are in both sets.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Range<u64>> {
        let common = |a: Range<u64>, b: Range<u64>| a.start.max(b.start)..a.end.min(b.end);
        let pairs = self.ranges().flat_map(|a| other.ranges().map(move |b| common(a.clone(), b)));
        pairs.into_iter().find(|range| !range.is_empty())
    }
}

/// `0–9, 20–29`: first and last batch of each range, a few of them.
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

/// The share `number` of `of`, from 1: consecutive batches, as many as the other shares to within
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    number: u64,
    of: u64,
}

/// Not a share. The message is one line: what would be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no share: write i/n with i from 1 to n and n up to 1000000, as in 1/8")]
pub struct ShardError;

/// The largest number of shares.
const MAX_SHARES: u64 = 1_000_000;

impl Shard {
    /// Share `number` of `of`, 1 ≤ `number` ≤ `of` ≤ 1e6.
    pub fn new(number: u64, of: u64) -> Result<Self, ShardError> {
        if number == 0 || number > of || of > MAX_SHARES {
            return Err(ShardError);
        }
        Ok(Self { number, of })
    }

    /// Its batches, of `batches` in all.
    #[must_use]
    pub fn batches(&self, batches: u64) -> Range<u64> {
        let bound = |share: u64| {
            // At most `batches`, since share ≤ of.
            (u128::from(batches) * u128::from(share) / u128::from(self.of)) as u64
        };
        bound(self.number - 1)..bound(self.number)
    }
}

/// `3/8`, as on the command line.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let number = |text: &str| match text.starts_with('+') {
            true => Err(ShardError),
            false => text.trim().parse().map_err(|_| ShardError),
        };
        let (share, of) = text.split_once('/').ok_or(ShardError)?;
        Self::new(number(share)?, number(of)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(ranges: &[(u64, u64)]) -> Batches {
        let mut set = Batches::default();
        ranges.iter().for_each(|&(from, to)| set.insert(from..to));
        set
    }

    fn members(set: &Batches) -> Vec<u64> {
        set.ranges().flatten().collect()
    }

    proptest! {
        /// As the plain list of batches has it, in whatever order ranges come.
        #[test]
        fn a_set_is_its_members(ranges in proptest::collection::vec((0u64..40, 0u64..9), 0..9),
                                other in proptest::collection::vec((0u64..40, 0u64..9), 0..4),
                                from in 0u64..50, length in 0u64..50, cut in 0u64..50) {
            let spans = |ranges: &[(u64, u64)]| {
                ranges.iter().map(|&(from, length)| (from, from + length)).collect::<Vec<_>>()
            };
            let list = |spans: &[(u64, u64)]| -> Vec<u64> {
                (0..60).filter(|b| spans.iter().any(|&(from, to)| (from..to).contains(b))).collect()
            };
            let (mine, others) = (spans(&ranges), spans(&other));
            let (mut a, b) = (set(&mine), set(&others));
            prop_assert!(a.is_sound(60));
            prop_assert_eq!(members(&a), list(&mine));
            prop_assert_eq!(a.count(), list(&mine).len() as u64);
            let whole = from..from + length;
            let missing: Vec<u64> = whole.clone().filter(|x| !list(&mine).contains(x)).collect();
            prop_assert_eq!(a.gaps(&whole).flatten().collect::<Vec<_>>(), missing);
            let common = list(&mine).into_iter().find(|x| list(&others).contains(x));
            prop_assert_eq!(a.overlap(&b).map(|range| range.start), common);
            a.truncate(cut);
            prop_assert!(a.is_sound(60));
            let below: Vec<u64> = list(&mine).into_iter().filter(|&x| x < cut).collect();
            prop_assert_eq!(members(&a), below);
        }

        /// Shares follow each other without gap or overlap, and differ by at most one batch.
        #[test]
        fn shares_are_even(batches in 0u64..=u64::MAX / 2, of in 1u64..200) {
            let shares: Vec<_> =
                (1..=of).map(|i| Shard::new(i, of).expect("a share").batches(batches)).collect();
            prop_assert_eq!((shares[0].start, shares[shares.len() - 1].end), (0, batches));
            prop_assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
            let sizes = shares.iter().map(|share| share.end - share.start);
            prop_assert!(sizes.clone().max().unwrap_or(0) - sizes.min().unwrap_or(0) <= 1);
        }
    }

    #[test]
    fn shares_as_text() {
        for text in ["1/1", "3/8", "1000000/1000000"] {
            assert_eq!(text.parse::<Shard>().map(|shard| shard.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "1", "0/4", "5/4", "1/0", "-1/4", "+1/4", "1/4/2", "1.5/2", "1/1000001"] {
            assert_eq!(text.parse::<Shard>(), Err(ShardError), "{text}");
        }
    }

    #[test]
    fn sets_as_text() {
        assert_eq!(Batches::default().to_string(), "none");
        assert_eq!(set(&[(0, 10), (20, 21)]).to_string(), "0–9, 20");
        let many: Vec<_> = (0..7).map(|i| (3 * i, 3 * i + 2)).collect();
        assert_eq!(set(&many).to_string(), "0–1, 3–4, 6–7, 9–10 and 3 more ranges");
    }
}
