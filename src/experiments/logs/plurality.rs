//! The plurality of votes among more than two classes: by drawing from the logged draws without replacement.
//!
//! Where a sample's draws say two classes at most, the label's plurality is its majority, of which all subsets are counted.
//! For the others the draws are put into an order of chance, again and again, and the first n of them vote; a tie is decided
//! by chance. Each gives a value in [0, 1] whose mean is right, so that the interval over samples holds with the error of
//! drawing included; that error alone is stated beside it.

use engine::logs::{LoggedInput, pluralities};
use rayon::prelude::*;

use super::count::{Counted, Counts, Measured, measured};
use super::logged::Draws;
use crate::check::betting::Values;
use theory::logs::counts::majority;

/// About so many votes are drawn in all.
const BUDGET: usize = 20_000_000;
const MOST_ORDERS: usize = 64;

/// The share of votes whose plurality is the label, for some numbers of votes.
pub(super) struct Pluralities {
    orders: usize,
    /// For each scattered sample and each number of votes, in how many orders the plurality is right.
    right: Vec<Vec<u8>>,
}

/// What the plurality of so many votes says.
pub(super) struct Plurality {
    pub(super) measured: Measured,
    /// The standard error of drawing orders, at most.
    pub(super) error: f64,
}

impl Pluralities {
    /// Draws orders; `votes` ascending, up to the number of draws.
    pub(super) fn new(
        draws: &Draws,
        labels: &[u16],
        counts: &Counts,
        (votes, seed, input): (&[u32], u64, LoggedInput),
    ) -> Self {
        let work = counts.scattered.len() * draws.count;
        let orders = (BUDGET / work.max(1)).clamp(1, MOST_ORDERS);
        let of = |sample: &u32| {
            let (codes, label) = (draws.of(*sample as usize), labels[*sample as usize]);
            pluralities(codes, label, votes, orders as u8, (seed, u64::from(*sample), input))
        };
        let right = counts.scattered.par_iter().map(of).collect();
        Self { orders, right }
    }

    /// The plurality of the votes at this place of the list.
    pub(super) fn at(
        &self,
        counted: &Counted,
        counts: &Counts,
        (place, votes, confidence): (usize, u32, f64),
    ) -> Option<Plurality> {
        let table = majority(counts.draws, votes);
        let draws = counts.draws as usize;
        let orders = self.orders as f64;
        // Behind the counts of right draws stand those of right orders.
        let keys = (draws + 1 + self.orders + 1) as u64;
        let scattered = |sample: usize| counts.scattered.binary_search(&(sample as u32)).ok();
        let cells = counted.cells(keys, |sample| match scattered(sample) {
            Some(at) => draws as u64 + 1 + u64::from(self.right[at][place]),
            None => u64::from(counts.right[sample]),
        });
        let value = |key: u64| match (key as usize).checked_sub(draws + 1) {
            Some(right) => right as f64 / orders,
            None => table[key as usize],
        };
        let values: Vec<Vec<Values>> = cells
            .iter()
            .map(|block| block.iter().map(|(key, n)| Values::of_mean(value(*key), *n)).collect())
            .collect();
        let variance: f64 = self
            .right
            .iter()
            .map(|right| {
                let share = f64::from(right[place]) / orders;
                // One order says nothing of its variance, which is ¼ at most.
                if self.orders == 1 { 0.25 } else { share * (1.0 - share) / (orders - 1.0) }
            })
            .sum();
        let error = variance.sqrt() / counted.samples as f64;
        Some(Plurality { measured: measured(&values, confidence)?, error })
    }
}
