//! Two margins counted jointly on the same samples, for the comparison of two stages.
//!
//! A sample determines for each margin whether it is right on the clean input (c) and under attack (b, with the
//! attacked input's own w if it has one). These four bits are a *code*,
//!
//! ```text
//! bit      3    2    1    0
//!          b₂   c₂   b₁   c₁
//! ```
//!
//! and the number of samples with each of the sixteen codes is all the information on two unconditional accuracies. A
//! conditional rate is a ratio, for which no event of one sample has the sign of the difference. An event of two
//! independent samples i and j does: with f = c and not b (right, but not under attack),
//!
//! ```text
//! X = f₁(i)·c₂(j)      Y = f₂(i)·c₁(j)      E[X] − E[Y] = P[f₁]·P[c₂] − P[f₂]·P[c₁]
//! ```
//!
//! and the right side, divided by `P[c₁]·P[c₂]`, is ASR₁ − ASR₂, the difference of the attack success rates. Samples
//! 2m and 2m + 1 of the run are such a pair. No sample is in two pairs, so the pairs are independent and the counts
//! of X and of Y without the other exactly multinomial. If the number of samples is odd, the last one has no partner
//! and is in no pair; since batches are even, that can only be the last sample of a run.
//!
//! The samples and the comparisons are those of the other kernels (`engine::draws`).

mod counts;

pub use counts::PairCounts;

use std::ops::Range;

use task::DomainError;

use self::counts::{c, f};
use super::batch::Silent;
use super::dispatch::{Fma, Level, dispatched};
use super::draws::{Batch, Blocks, Draws, Line, users};
use super::normal::{BLOCK, Row};
use super::sampler::Sampler;
use super::{BATCH, BatchKernel, Monitor, Question, Run};

impl Run {
    /// Draws the samples and counts them for the two margins and the one budget of `question`, on rayon's current
    /// pool. Fails if there are not two margins and one budget. After each batch, `done` is called with its number of
    /// samples, from any thread.
    ///
    /// The samples, and so each margin's own counts, are those of [`Run::count`]. There is one kernel;
    /// [`Run::kernel`] does not matter here.
    ///
    /// ```
    /// use gauss_sim_engine::{Question, Run};
    ///
    /// use task::{Eps, Margin, Task, Votes};
    ///
    /// let (task, eps) = (Task::default(), vec![Eps::new(0.5)?]);
    /// let trained = Margin::new(task, 0.0, 1.0, Votes::ONE)?;
    /// let voted = trained.with_votes(Votes::new(11)?);
    /// let question = Question::new(task, vec![trained, voted], eps.clone())?;
    /// let run = Run::new(7, 10_000);
    /// let (pairs, counts) = (run.pairs(&question, &|_| {})?, run.count(&question, &|_| {}));
    /// // The same samples, and so the same counts of each.
    /// let clean = counts.margins.iter().map(|margin| margin.clean_correct());
    /// assert!(clean.eq(pairs.clean_correct()));
    ///
    /// // One margin has nothing to be compared with.
    /// assert!(run.pairs(&Question::new(task, vec![trained], eps)?, &|_| {}).is_err());
    /// # Ok::<(), task::DomainError>(())
    /// ```
    pub fn pairs(
        &self,
        question: &Question,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<PairCounts, DomainError> {
        Ok(self.batches(&Paired::new(question, question.batch())?, &PairCounts::default, done))
    }
}

/// Several questions of two margins and one budget each, on the same samples.
pub struct PreparedPairs {
    run: Run,
    batch: u64,
    kernels: Vec<Paired>,
}

impl Run {
    /// Prepares questions, so that their batches can be counted a few at a time. Fails as [`Run::pairs`].
    pub fn prepare_pairs(&self, questions: &[Question]) -> Result<PreparedPairs, DomainError> {
        // All questions share the batches, so their size is that of the most expensive one.
        let batch = questions.iter().map(Question::batch).min().unwrap_or(BATCH);
        let kernels = questions.iter().map(|question| Paired::new(question, batch));
        Ok(PreparedPairs { run: *self, batch, kernels: kernels.collect::<Result<_, _>>()? })
    }
}

impl Sampler for PreparedPairs {
    fn name(&self) -> &'static str {
        "paired"
    }

    fn batch(&self) -> u64 {
        self.batch
    }

    fn tally_len(&self) -> usize {
        self.kernels.len() * PairCounts::LEN
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let last = self.kernels.len().saturating_sub(1);
        let mut tally = Vec::with_capacity(self.tally_len());
        for (number, kernel) in self.kernels.iter().enumerate() {
            // A sample is counted once the last question has counted it.
            let told: &dyn Monitor = if number == last { monitor } else { &Silent(monitor) };
            let counts = self.run.batches_of(batches.clone(), kernel, &PairCounts::default, told);
            tally.extend(counts?.flat());
        }
        Some(tally)
    }
}

impl BatchKernel for Paired {
    type Counts = PairCounts;

    fn batch(&self) -> u64 {
        self.sampler.batch()
    }

    fn count_batch(&mut self, level: Level, batch: Batch<'_>, counts: &mut PairCounts) {
        count_batch(level, self, batch, counts);
    }
}

/// The number of tables that are used in turns: a count that waits for the one before takes time.
const WAYS: usize = 4;

/// A question prepared for this kernel and its working memory, one per thread.
#[derive(Debug, Clone)]
struct Paired {
    sampler: Blocks,
    /// For each source of w, the margins (0, 1) that use it.
    users: Vec<Vec<(usize, Line)>>,
    codes: Box<Row<u32>>,
    /// `tables[way][code of i + 16·code of j]`: pairs of samples of the current batch.
    tables: Box<[[u32; 256]; WAYS]>,
}

impl Paired {
    /// Prepares a question with batches of this many samples.
    fn new(question: &Question, batch: u64) -> Result<Self, DomainError> {
        let refused = |name, value: usize, expected: &str| {
            Err(DomainError { name, value: value.to_string(), expected: expected.to_owned() })
        };
        if question.margins().len() != 2 {
            return refused("margins", question.margins().len(), "two margins to compare");
        }
        if question.eps().len() != 1 {
            return refused("eps", question.eps().len(), "one budget to compare at");
        }
        let sampler = Blocks::new(question, batch);
        Ok(Self {
            users: users(question, &sampler),
            sampler,
            codes: Box::default(),
            tables: Box::new([[0; 256]; WAYS]),
        })
    }

    #[inline(always)]
    fn count<F: Fma>(&mut self, batch: Batch<'_>, counts: &mut PairCounts) {
        let mut left = batch.samples;
        self.sampler.start(batch);
        while !batch.monitored.is_given_up() && self.sampler.next_block::<F>() {
            let samples = BLOCK.min(left);
            left -= samples;
            for (source, users) in self.users.iter().enumerate() {
                let draws = self.sampler.draws::<F>(source, batch.monitored);
                for (margin, line) in users {
                    mark(line, &draws, 2 * *margin as u32, &mut self.codes.0);
                }
            }
            let (pairs, odd) = self.codes.0[..samples].as_chunks::<2>();
            let (rounds, rest) = pairs.as_chunks::<WAYS>();
            for round in rounds {
                for (table, pair) in self.tables.iter_mut().zip(round) {
                    table[place(*pair)] += 1;
                }
            }
            for pair in rest {
                self.tables[0][place(*pair)] += 1;
            }
            if let [last] = odd {
                counts.joint[*last as usize % 16] += 1;
            }
        }
        self.finish(counts);
    }

    /// Adds the pairs of a batch to the counts, and clears the tables.
    fn finish(&mut self, counts: &mut PairCounts) {
        for (place, pairs) in (0..256).map(|place| (place, self.in_all_ways(place))) {
            let (i, j) = (place % 16, place / 16);
            counts.joint[i] += pairs;
            counts.joint[j] += pairs;
            counts.pairs += pairs;
            let (x, y) = (f(i, 0) && c(j, 1), f(i, 1) && c(j, 0));
            counts.crossed[0] += if x && !y { pairs } else { 0 };
            counts.crossed[1] += if y && !x { pairs } else { 0 };
        }
        *self.tables = [[0; 256]; WAYS];
    }

    fn in_all_ways(&self, place: usize) -> u64 {
        self.tables.iter().map(|table| u64::from(table[place])).sum()
    }
}

/// Returns the index at which a pair of codes is counted.
#[inline(always)]
fn place([i, j]: [u32; 2]) -> usize {
    (i + 16 * j) as usize % 256
}

/// Writes the two bits of a margin, c at `shift` and b above it, into the code of every sample of a block (including
/// those after its end, which are not counted).
#[inline(always)]
fn mark(line: &Line, draws: &Draws<'_>, shift: u32, codes: &mut [u32; BLOCK]) {
    let Draws { classes, z1, w, second, .. } = *draws;
    let attacked_w = second.unwrap_or(w);
    let [[minus_clean, minus_attacked], [plus_clean, plus_attacked]] =
        [0, 1].map(|y| [line.thresholds[y][0], line.thresholds[y][1]]);
    for i in 0..BLOCK {
        let plus = classes[i] & 1 == 1;
        let clean = line.margin(z1[i], w[i]) > if plus { plus_clean } else { minus_clean };
        let attacked =
            line.margin(z1[i], attacked_w[i]) > if plus { plus_attacked } else { minus_attacked };
        let bits = u32::from(clean) | u32::from(attacked) << 1;
        codes[i] = codes[i] & !(3 << shift) | bits << shift;
    }
}

dispatched! {
    /// Adds the counts of a batch to `counts`.
    fn count_batch(kernel: &mut Paired, batch: Batch<'_>, counts: &mut PairCounts) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &mut Paired, batch: Batch<'_>, counts: &mut PairCounts) {
    kernel.count::<F>(batch, counts);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VotesBy;
    use crate::batch::Monitored;
    use crate::dispatch::Hardware;
    use crate::draws::Source;
    use task::{Eps, Margin, Task, Votes};

    /// Returns the counts by their definitions, one sample and one pair after the other.
    fn literal(question: &Question, seed: u64, samples: usize) -> PairCounts {
        let lines = [0, 1].map(|margin| Line::new(question, &question.margins()[margin]));
        let mut sampler = Blocks::new(question, question.batch());
        let monitored = Monitored::new(&|_| ());
        let mut counts = PairCounts::default();
        for number in 0..samples.div_ceil(BATCH as usize) {
            let first = number * BATCH as usize;
            let of_batch = (samples - first).min(BATCH as usize);
            let number = number as u64;
            let batch = Batch { seed, number, samples: of_batch, monitored: &monitored };
            sampler.start(batch);
            // (c₁, b₁), (c₂, b₂) of each sample.
            let mut seen: Vec<[(bool, bool); 2]> = vec![Default::default(); of_batch];
            let mut start = 0;
            while sampler.next_block::<Hardware>() {
                for source in 0..sampler.sources().len() {
                    let kind = sampler.sources()[source];
                    let draws = sampler.draws::<Hardware>(source, &monitored);
                    for margin in 0..2 {
                        let of = &question.margins()[margin];
                        if Source::of(of, question.ways().votes) != kind {
                            continue;
                        }
                        for i in 0..draws.samples {
                            let limits = &lines[margin].thresholds[draws.classes[i] as usize % 2];
                            let attacked_w = draws.second.map_or(draws.w[i], |w| w[i]);
                            seen[start + i][margin] = (
                                draws.z1[i] + lines[margin].spread * draws.w[i] > limits[0],
                                draws.z1[i] + lines[margin].spread * attacked_w > limits[1],
                            );
                        }
                    }
                }
                start += BLOCK;
            }
            for &[(c1, b1), (c2, b2)] in &seen {
                let code =
                    [c1, b1, c2, b2].into_iter().rev().fold(0, |n, b| 2 * n + usize::from(b));
                counts.joint[code] += 1;
            }
            for pair in seen.chunks_exact(2) {
                let [(c1i, b1i), (c2i, b2i)] = pair[0];
                let [(c1j, _), (c2j, _)] = pair[1];
                let (x, y) = (c1i && !b1i && c2j, c2i && !b2i && c1j);
                counts.pairs += 1;
                counts.crossed[0] += u64::from(x && !y);
                counts.crossed[1] += u64::from(y && !x);
            }
        }
        counts
    }

    #[test]
    fn the_counts_are_what_they_are_defined_to_be() {
        let votes = |n| Votes::new(n).expect("votes");
        let kinds = [
            [(0.0, 0.0, Votes::Limit), (0.0, 0.4, Votes::ONE)],
            [(1.0, 0.4, Votes::ONE), (0.3, 1.5, Votes::ONE)],
            [(0.0, 0.9, votes(7)), (0.0, 0.9, votes(4))],
            [(0.0, 1.0, votes(5)), (1.0, 1.0, Votes::ONE)],
        ];
        let task = Task::default();
        for draws in [task::DrawProtocol::Same, task::DrawProtocol::Fresh] {
            for by in [VotesBy::Draws, VotesBy::Median] {
                for margins in kinds {
                    let margins = margins.map(|(offset, sigma, votes)| {
                        Margin::new(task, offset, sigma, votes).expect("a margin")
                    });
                    let eps = vec![Eps::new(0.4).expect("a budget")];
                    let question = Question::new(task, margins.to_vec(), eps)
                        .expect("a question")
                        .with_draws(draws)
                        .with_votes_by(by);
                    for samples in [0, 1, 2, 7, 2047, 2049, 70_001] {
                        let expected = literal(&question, 4, samples);
                        for level in Level::available() {
                            let run = Run { level, ..Run::new(4, samples as u64) };
                            assert_eq!(run.pairs(&question, &|_| ()), Ok(expected));
                        }
                    }
                }
            }
        }
    }
}
