//! Integer counts: they are only added, so the order in which batches finish does not matter.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// The counts of one margin over some samples.
///
/// ```
/// use gauss_sim_engine::{Question, Run};
///
/// use task::{DrawProtocol, Eps, Margin, Task, Votes};
///
/// let trained = Margin::new(Task::default(), 0.0, 1.0, Votes::ONE)?;
/// let question = Question::new(Task::default(), vec![trained], vec![Eps::ZERO, Eps::new(0.5)?])?;
/// let count = |draws| {
///     Run::new(7, 10_000).count(&question.clone().with_draws(draws), &|_| {}).margins[0].clone()
/// };
/// let (same, fresh) = (count(DrawProtocol::Same), count(DrawProtocol::Fresh));
/// assert_eq!(same.adversarial_correct()[0], same.clean_correct());
/// assert_eq!(same.both_correct(), same.adversarial_correct());
/// // With a new θ even an adversary without a budget finds errors.
/// assert_eq!(fresh.clean_correct(), same.clean_correct());
/// assert!(fresh.both_correct()[0] < fresh.clean_correct());
/// assert_eq!(fresh.invariant(), same.invariant());
/// # Ok::<(), task::DomainError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarginCounts {
    /// The number of samples whose margin is above each of the budgets 0, ε₁, ε₂ …
    ///
    /// If the attacked input has its own θ, only the count of budget 0 is that of the clean margin; the others are
    /// those of the margin with that θ.
    pub above: Vec<u64>,
    /// The number of samples that are correct on both inputs, if `above` does not already determine it: see
    /// [`MarginCounts::both_correct`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub both: Option<Vec<u64>>,
    /// The number of samples that are classified as sgn(x).
    pub invariant: u64,
}

impl MarginCounts {
    /// Creates counts of 0 for this many budgets besides 0; `apart` if the attacked input has its own θ.
    pub(crate) fn new(budgets: usize, apart: bool) -> Self {
        Self { above: vec![0; budgets + 1], both: apart.then(|| vec![0; budgets]), invariant: 0 }
    }

    /// Returns the number of samples that are classified correctly without an attack.
    #[must_use]
    pub fn clean_correct(&self) -> u64 {
        self.above[0]
    }

    /// Returns, for each ε of the question, the number of samples that are classified correctly under attack.
    #[must_use]
    pub fn adversarial_correct(&self) -> &[u64] {
        &self.above[1..]
    }

    /// Returns, for each ε of the question, the number of samples that are classified correctly without an attack and
    /// under it. With the same θ for both inputs, these are all samples that are correct under attack, since a margin
    /// above ε is above 0.
    #[must_use]
    pub fn both_correct(&self) -> &[u64] {
        self.both.as_deref().unwrap_or(&self.above[1..])
    }

    /// Returns the number of samples on which the classifier agrees with sgn(x).
    #[must_use]
    pub fn invariant(&self) -> u64 {
        self.invariant
    }
}

impl AddAssign<&Self> for MarginCounts {
    fn add_assign(&mut self, other: &Self) {
        if self.both.is_some() || other.both.is_some() {
            let both = self.both.get_or_insert_with(|| self.above[1..].to_vec());
            for (both, more) in both.iter_mut().zip(other.both_correct()) {
                *both += more;
            }
        }
        for (above, more) in self.above.iter_mut().zip(&other.above) {
            *above += more;
        }
        self.invariant += other.invariant;
    }
}

/// The counts of a question: one entry per margin, in the order of [`super::Question::margins`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The number of samples drawn: the denominator of everything except the robust accuracy.
    pub samples: u64,
    /// The counts of each margin.
    pub margins: Vec<MarginCounts>,
}

impl Counts {
    /// Creates counts of 0 for this many budgets besides 0 and one margin per entry of `apart`, which says whether
    /// the attacked input of the margin has its own θ.
    pub(crate) fn new(apart: impl IntoIterator<Item = bool>, budgets: usize) -> Self {
        let margins = apart.into_iter().map(|apart| MarginCounts::new(budgets, apart));
        Self { samples: 0, margins: margins.collect() }
    }
}

impl Counts {
    /// Subtracts counts that were added before; `None` if a count would become negative.
    pub fn less(mut self, part: &Self) -> Option<Self> {
        fn take(from: &mut [u64], part: &[u64]) -> Option<()> {
            for (from, part) in from.iter_mut().zip(part) {
                *from = from.checked_sub(*part)?;
            }
            Some(())
        }
        take(std::slice::from_mut(&mut self.samples), &[part.samples])?;
        for (mine, part) in self.margins.iter_mut().zip(&part.margins) {
            if let Some(both) = &mut mine.both {
                take(both, part.both_correct())?;
            }
            take(&mut mine.above, &part.above)?;
            take(std::slice::from_mut(&mut mine.invariant), &[part.invariant])?;
        }
        Some(self)
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        self.samples += other.samples;
        for (mine, more) in self.margins.iter_mut().zip(&other.margins) {
            *mine += more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_adds() {
        let mut counts = Counts::new([false, false], 2);
        counts.samples = 10;
        counts.margins[1] = MarginCounts { above: vec![8, 5, 2], both: None, invariant: 7 };
        let twice = counts.clone();
        counts += &twice;
        assert_eq!(counts.samples, 20);
        assert_eq!(counts.margins[0], MarginCounts::new(2, false));
        assert_eq!(counts.margins[1].clean_correct(), 16);
        assert_eq!(counts.margins[1].adversarial_correct(), [10, 4]);
        assert_eq!(counts.margins[1].both_correct(), [10, 4]);
        assert_eq!(counts.margins[1].invariant(), 14);
        assert_eq!(counts.clone().less(&twice), Some(twice.clone()));
        assert_eq!(twice.clone().less(&counts), None);
        // Counts with one θ for both inputs and with two, in either order.
        let mut apart = Counts::new([true, true], 2);
        apart.margins[1].above = vec![9, 6, 3];
        apart.margins[1].both = Some(vec![4, 1]);
        let mut sum = apart.clone();
        sum += &twice;
        let mut other = twice.clone();
        other += &apart;
        for sum in [sum, other] {
            assert_eq!(sum.margins[1].clean_correct(), 17);
            assert_eq!(sum.margins[1].adversarial_correct(), [11, 5]);
            assert_eq!(sum.margins[1].both_correct(), [9, 3]);
        }
    }
}
