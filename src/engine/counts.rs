//! Integer counts: they only add, so that the order in which batches finish cannot matter.

use std::ops::AddAssign;

/// The counts of one margin over some samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarginCounts {
    /// How many samples have a margin above each of the budgets 0, ε₁, ε₂ …
    pub(crate) above: Vec<u64>,
    pub(crate) invariant: u64,
}

impl MarginCounts {
    /// Nothing counted yet, for this many budgets besides 0.
    pub(crate) fn new(budgets: usize) -> Self {
        Self { above: vec![0; budgets + 1], invariant: 0 }
    }

    /// Samples that are classified correctly without an attack.
    #[must_use]
    pub fn clean_correct(&self) -> u64 {
        self.above[0]
    }

    /// For each ε of the question: samples that are classified correctly under attack. With the
    /// same θ for both inputs this is also the number that is correct on both, since a margin
    /// above ε is above 0.
    #[must_use]
    pub fn adversarial_correct(&self) -> &[u64] {
        &self.above[1..]
    }

    /// Samples on which the classifier says what sgn(x) says.
    #[must_use]
    pub fn invariant(&self) -> u64 {
        self.invariant
    }
}

impl AddAssign<&Self> for MarginCounts {
    fn add_assign(&mut self, other: &Self) {
        for (above, more) in self.above.iter_mut().zip(&other.above) {
            *above += more;
        }
        self.invariant += other.invariant;
    }
}

/// The counts of a question: one entry a margin, in the order of [`super::Question::margins`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// How many samples were drawn: the denominator of everything but robust accuracy.
    pub samples: u64,
    /// The counts of each margin.
    pub margins: Vec<MarginCounts>,
}

impl Counts {
    pub(crate) fn new(margins: usize, budgets: usize) -> Self {
        Self { samples: 0, margins: vec![MarginCounts::new(budgets); margins] }
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
        let mut counts = Counts::new(2, 2);
        counts.samples = 10;
        counts.margins[1] = MarginCounts { above: vec![8, 5, 2], invariant: 7 };
        let twice = counts.clone();
        counts += &twice;
        assert_eq!(counts.samples, 20);
        assert_eq!(counts.margins[0], MarginCounts::new(2));
        assert_eq!(counts.margins[1].clean_correct(), 16);
        assert_eq!(counts.margins[1].adversarial_correct(), [10, 4]);
        assert_eq!(counts.margins[1].invariant(), 14);
    }
}
