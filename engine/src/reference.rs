//! The scalar reference kernel, which counts one sample at a time and serves as the definition.
//!
//! The samples and the numbers to compare are described in [`super::draws`]. Here each margin is compared with the
//! thresholds of its class, and the thresholds that it exceeds are counted.
//!
//! The loops are plain; they are compiled once for each instruction set ([`super::dispatch`]).

use super::Question;
use super::counts::{Counts, MarginCounts};
use super::dispatch::{Fma, dispatched};
use super::draws::{Batch, Blocks, Draws, Line, users};
use super::normal::BLOCK;

/// Counts one block of samples. If the attacked input has its own w, every comparison is made as it is defined.
/// Otherwise a margin above a budget is above all smaller ones, and two methods give the same counts: one comparison
/// per budget in loops without branches, or a search among many budgets.
#[inline(always)]
fn count_block(line: &Line, draws: &Draws<'_>, counts: &mut MarginCounts) {
    let Draws { classes, z1, w, second, samples, boundary } = *draws;
    let mut margins = [0.0; BLOCK];
    for i in 0..BLOCK {
        margins[i] = line.margin(z1[i], w[i]);
    }
    let [minus, plus] = &line.thresholds;
    let (minus_zero, plus_zero) = (minus[0], plus[0]);
    let mut invariant = 0;
    for i in 0..samples {
        let zero = if classes[i] & 1 == 1 { plus_zero } else { minus_zero };
        invariant += u32::from((z1[i] > boundary) == (margins[i] > zero));
    }
    counts.invariant += u64::from(invariant);
    if let (Some(second), Some(both)) = (second, &mut counts.both) {
        for i in 0..samples {
            let thresholds = &line.thresholds[(classes[i] & 1) as usize];
            let clean = margins[i] > thresholds[0];
            let attacked = line.margin(z1[i], second[i]);
            counts.above[0] += u64::from(clean);
            for (budget, both) in both.iter_mut().enumerate() {
                let robust = attacked > thresholds[1 + budget];
                counts.above[1 + budget] += u64::from(robust);
                *both += u64::from(clean && robust);
            }
        }
        return;
    }
    if counts.above.len() <= FEW_BUDGETS {
        for (budget, total) in counts.above.iter_mut().enumerate() {
            let (minus, plus) = (minus[budget], plus[budget]);
            let mut above = 0;
            for i in 0..samples {
                let threshold = if classes[i] & 1 == 1 { plus } else { minus };
                above += u32::from(margins[i] > threshold);
            }
            *total += u64::from(above);
        }
    } else {
        let mut passed_exactly = vec![0; counts.above.len() + 1];
        for (i, margin) in margins[..samples].iter().enumerate() {
            let thresholds = &line.thresholds[(classes[i] & 1) as usize];
            passed_exactly[thresholds.partition_point(|threshold| threshold < margin)] += 1;
        }
        let mut above = 0;
        for (total, exactly) in counts.above.iter_mut().zip(&passed_exactly[1..]).rev() {
            above += exactly;
            *total += above;
        }
    }
}

/// The number of budgets up to which comparing with each is faster than searching.
const FEW_BUDGETS: usize = 8;

/// A question prepared for this kernel and its working memory, one per thread.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    sampler: Blocks,
    /// For each source of w, the margins (by index) that use it.
    users: Vec<Vec<(usize, Line)>>,
}

impl Reference {
    pub(super) fn new(question: &Question, batch: u64) -> Self {
        let sampler = Blocks::new(question, batch);
        Self { users: users(question, &sampler), sampler }
    }

    /// Returns the number of samples in a batch.
    pub(super) fn batch(&self) -> u64 {
        self.sampler.batch()
    }

    #[inline(always)]
    fn count<F: Fma>(&mut self, batch: Batch<'_>, counts: &mut Counts) {
        self.sampler.start(batch);
        while !batch.monitored.is_given_up() && self.sampler.next_block::<F>() {
            for (source, users) in self.users.iter().enumerate() {
                let draws = self.sampler.draws::<F>(source, batch.monitored);
                for (index, line) in users {
                    count_block(line, &draws, &mut counts.margins[*index]);
                }
            }
        }
        counts.samples += batch.samples as u64;
    }
}

dispatched! {
    /// Adds the counts of a batch to `counts`.
    pub(super) fn count_batch(kernel: &mut Reference, batch: Batch<'_>, counts: &mut Counts) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &mut Reference, batch: Batch<'_>, counts: &mut Counts) {
    kernel.count::<F>(batch, counts);
}
