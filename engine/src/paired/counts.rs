//! The counts of each code, and of each of X and Y without the other: integers that are only added.

use std::ops::AddAssign;

use task::DomainError;

/// The counts of two margins on the same samples, which are only added.
///
/// ```
/// use gauss_sim_engine::{Question, Run};
///
/// use task::{Eps, Margin, Task, Votes};
///
/// let task = Task::default();
/// let undefended = Margin::new(task, 0.0, 0.0, Votes::Limit)?;
/// let trained = Margin::new(task, 0.0, 1.0, Votes::ONE)?;
/// let question = Question::new(task, vec![undefended, trained], vec![Eps::new(0.5)?])?;
/// let counts = Run::new(7, 10_000).pairs(&question, &|_| {})?;
/// assert_eq!((counts.samples(), counts.pairs()), (10_000, 5_000));
///
/// // Samples in which both are right, or both wrong, drop out of the difference.
/// let [first, second] = counts.adversarial_correct();
/// let [only_first, only_second] = counts.adversarial_discordant();
/// assert_eq!(first + only_second, second + only_first);
/// let [first, second] = counts.clean_correct();
/// let [only_first, only_second] = counts.clean_discordant();
/// assert_eq!(first + only_second, second + only_first);
/// # Ok::<(), task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairCounts {
    /// The number of samples with each code.
    pub(super) joint: [u64; 16],
    /// The number of pairs of samples with X and not Y, and with Y and not X.
    pub(super) crossed: [u64; 2],
    pub(super) pairs: u64,
}

impl PairCounts {
    /// The number of integers in [`PairCounts::flat`].
    pub const LEN: usize = 19;

    /// Returns all counts as one list.
    #[must_use]
    pub fn flat(&self) -> Vec<u64> {
        self.joint.iter().chain(&self.crossed).chain([&self.pairs]).copied().collect()
    }

    /// Creates counts from a list of integers; `None` if no samples can have such counts.
    #[must_use]
    pub fn of(flat: &[u64]) -> Option<Self> {
        let (joint, rest) = flat.split_first_chunk::<16>()?;
        let [x, y, pairs] = rest else { return None };
        Self::new(*joint, [*x, *y], *pairs).ok()
    }

    /// Creates counts from their parts, as the accessors return them. Fails if no samples can have such counts: more
    /// than half as many pairs as samples, or more crossed counts than pairs.
    pub fn new(joint: [u64; 16], crossed: [u64; 2], pairs: u64) -> Result<Self, DomainError> {
        let refused = |name, value: String, expected: &str| {
            Err(DomainError { name, value, expected: expected.to_owned() })
        };
        let samples = joint.iter().try_fold(0u64, |sum, &count| sum.checked_add(count));
        let Some(samples) = samples else {
            return refused("joint", format!("{joint:?}"), "counts with a sum below 2^64");
        };
        if pairs > samples / 2 {
            return refused("pairs", pairs.to_string(), "at most half as many as samples");
        }
        if crossed[0].checked_add(crossed[1]).is_none_or(|sum| sum > pairs) {
            return refused("crossed", format!("{crossed:?}"), "at most as many as pairs");
        }
        Ok(Self { joint, crossed, pairs })
    }

    /// Returns the samples by code, c₁ + 2·b₁ + 4·c₂ + 8·b₂: c if the margin is right on the clean input, b if it is
    /// right under attack. They add up to [`PairCounts::samples`].
    #[must_use]
    pub fn joint(&self) -> &[u64; 16] {
        &self.joint
    }

    /// Returns the number of samples drawn: the denominator of every count except the crossed ones (and
    /// [`PairCounts::both_correct`], for the robust accuracy).
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.joint.iter().sum()
    }

    /// Returns the number of pairs of samples, half as many as there are samples: the denominator of
    /// [`PairCounts::crossed`].
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Returns the number of pairs of samples with X and not Y, and with Y and not X. Their difference, divided by
    /// [`PairCounts::pairs`], estimates `P[c₁]·P[c₂]`·(robust accuracy of the second − of the first).
    #[must_use]
    pub fn crossed(&self) -> [u64; 2] {
        self.crossed
    }

    /// Returns the number of samples for which only the first margin is right under attack, and for which only the
    /// second is; out of [`PairCounts::samples`].
    #[must_use]
    pub fn adversarial_discordant(&self) -> [u64; 2] {
        [self.count(|code| b(code, 0) && !b(code, 1)), self.count(|code| b(code, 1) && !b(code, 0))]
    }

    /// Returns the number of samples for which only the first margin is right on the clean input, and for which only
    /// the second is; out of [`PairCounts::samples`].
    #[must_use]
    pub fn clean_discordant(&self) -> [u64; 2] {
        [self.count(|code| c(code, 0) && !c(code, 1)), self.count(|code| c(code, 1) && !c(code, 0))]
    }

    /// Returns the number of samples for which only the first margin is caught (right, but not under attack), and for
    /// which only the second is; out of [`PairCounts::samples`].
    #[must_use]
    pub fn caught_discordant(&self) -> [u64; 2] {
        [self.count(|code| f(code, 0) && !f(code, 1)), self.count(|code| f(code, 1) && !f(code, 0))]
    }

    /// Returns the number of samples that each margin classifies correctly without an attack; out of
    /// [`PairCounts::samples`]. The same as [`crate::counts::MarginCounts::clean_correct`].
    #[must_use]
    pub fn clean_correct(&self) -> [u64; 2] {
        [0, 1].map(|margin| self.count(|code| c(code, margin)))
    }

    /// Returns the number of samples that each margin classifies correctly under attack; out of
    /// [`PairCounts::samples`]. The same as [`crate::counts::MarginCounts::adversarial_correct`].
    #[must_use]
    pub fn adversarial_correct(&self) -> [u64; 2] {
        [0, 1].map(|margin| self.count(|code| b(code, margin)))
    }

    /// Returns the number of samples that each margin classifies correctly without an attack and under it; the
    /// numerator of the robust accuracy, whose denominator is [`PairCounts::clean_correct`]. The same as
    /// [`crate::counts::MarginCounts::both_correct`].
    #[must_use]
    pub fn both_correct(&self) -> [u64; 2] {
        [0, 1].map(|margin| self.count(|code| c(code, margin) && b(code, margin)))
    }

    /// Returns the number of samples whose code satisfies `kind`.
    fn count(&self, kind: impl Fn(usize) -> bool) -> u64 {
        (0..16).filter(|&code| kind(code)).map(|code| self.joint[code]).sum()
    }
}

impl AddAssign<&Self> for PairCounts {
    fn add_assign(&mut self, other: &Self) {
        for (count, more) in self.joint.iter_mut().zip(&other.joint) {
            *count += more;
        }
        for (count, more) in self.crossed.iter_mut().zip(&other.crossed) {
            *count += more;
        }
        self.pairs += other.pairs;
    }
}

/// Returns whether a margin, 0 or 1, is right on the clean input of a sample with this code.
pub(super) fn c(code: usize, margin: usize) -> bool {
    code >> (2 * margin) & 1 == 1
}

/// Returns whether the margin is right under attack.
pub(super) fn b(code: usize, margin: usize) -> bool {
    code >> (2 * margin) & 2 == 2
}

/// Returns whether the margin is right, but not under attack.
pub(super) fn f(code: usize, margin: usize) -> bool {
    c(code, margin) && !b(code, margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_adds() {
        let joint: [u64; 16] = std::array::from_fn(|code| 3 + code as u64 * code as u64);
        let one = PairCounts { joint, crossed: [11, 7], pairs: 401 };
        let other = PairCounts { joint: joint.map(|n| 2 * n), crossed: [5, 900], pairs: 1000 };
        let mut sum = one;
        sum += &other;
        assert_eq!(sum.joint, joint.map(|n| 3 * n));
        assert_eq!((sum.crossed, sum.pairs), ([16, 907], 1401));
        assert_eq!(sum.samples(), one.samples() + other.samples());
        assert_eq!(PairCounts::new(sum.joint, sum.crossed, sum.pairs), Ok(sum));
    }

    #[test]
    fn impossible_counts_are_refused() {
        let joint = [1; 16];
        assert!(PairCounts::new(joint, [3, 5], 8).is_ok());
        for (joint, crossed, pairs, name) in [
            (joint, [0, 0], 9, "pairs"),
            (joint, [4, 5], 8, "crossed"),
            (joint, [u64::MAX, 1], 8, "crossed"),
            ([u64::MAX; 16], [0, 0], 0, "joint"),
        ] {
            assert_eq!(PairCounts::new(joint, crossed, pairs).unwrap_err().name, name);
        }
    }
}
