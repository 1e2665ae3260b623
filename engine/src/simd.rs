//! The vectorised kernel: the same counts as [`super::reference`], bit for bit, many samples at a time.
//!
//! The reference takes a margin and compares each sample with the thresholds of its class. Here the margins of a
//! source of w are grouped by their thresholds, since whatever depends only on these can be prepared once per block;
//! and margins that are the same are counted once. Then
//!
//! ```text
//! few budgets                   few.rs       compare each sample with each threshold, 16 at a time
//! many, at equal distances      ruler.rs     one multiply-add is the number of thresholds passed
//!                               slices.rs    … and counting is logic on bits, 512 samples at a time
//! very many                     bins.rs      … or one addition a sample
//! many, anywhere                search.rs    a table leaves few comparisons
//! ```
//!
//! The vectors are plain arrays. The loops over them have fixed lengths and no branches, and the compiler turns them
//! into the instructions of each set ([`super::dispatch`]).
//!
//! If the attacked input has its own w, threshold 0 is compared with the clean margin and all others with the
//! attacked one. The same three methods then count each sample twice by the number of thresholds that its attacked
//! margin has passed: among all samples, and among those whose clean margin is above 0.
//!
//! The last block of a run is as long as the others: the samples that do not exist have z₁ = −∞. They are above no
//! threshold and not on the right side of the boundary, so they are not counted.

// The compiler vectorises loops over an index of fixed-length arrays, but not loops over iterators.
#![allow(clippy::needless_range_loop)]

mod bins;
mod few;
mod grid;
mod ruler;
mod search;
mod slices;

use super::Question;
use super::counts::{Counts, MarginCounts};
use super::dispatch::{Fma, dispatched};
use super::draws::{Batch, Blocks, Draws, Line, Source};
use super::normal::{BLOCK, Row};
use few::Few;
use grid::Grid;
use search::Search;

/// A question prepared for this kernel and its working memory, one per thread.
#[derive(Debug, Clone)]
pub(super) struct Simd {
    sampler: Blocks,
    /// For each source of w, the margins that use it.
    groups: Vec<Vec<Group>>,
    /// 1 for each sample with sgn(x) = y, and 0 for the others.
    right: Box<Row<u32>>,
    /// Threshold 0 of the class of each sample.
    clean: Box<Row<f32>>,
}

/// Margins with the same thresholds, and the method that counts them.
#[derive(Debug, Clone)]
struct Group {
    thresholds: [Vec<f32>; 2],
    method: Method,
    jobs: Vec<Job>,
    /// With fresh draws, the thresholds of the attacked input: all except threshold 0.
    attacked: Option<[Vec<f32>; 2]>,
}

/// Margins that are identical, such as all undefended ones of a sweep over sigma.
#[derive(Debug, Clone)]
struct Job {
    /// sigma/data_std.
    spread: f32,
    /// Their indices in the question.
    margins: Vec<usize>,
    /// The counts of the current batch. `tally[0]` is the number of samples that are above threshold 0 and have
    /// sgn(x) = y; the other entries depend on the method. With fresh draws, `tally[1]` is the number of samples
    /// above threshold 0.
    tally: Vec<u32>,
}

/// The method that counts thresholds.
#[derive(Debug, Clone)]
enum Method {
    Few(Few),
    Grid(Grid),
    Search(Search),
}

/// The data of a block of samples that every method needs.
#[derive(Clone, Copy)]
struct Block<'a> {
    draws: Draws<'a>,
    right: &'a [u32; BLOCK],
}

/// The additional data if the attacked input has its own w.
#[derive(Clone, Copy)]
struct Attack<'a> {
    /// The block, with the attacked input's w.
    block: Block<'a>,
    /// The w of the clean input.
    clean_w: &'a [f32; BLOCK],
    /// Threshold 0 of each sample's class.
    clean: &'a [f32; BLOCK],
}

impl Attack<'_> {
    /// Returns 1 if the clean margin is above threshold 0, and 0 otherwise.
    #[inline(always)]
    fn is_clean(&self, spread: f32, sample: usize) -> u32 {
        let margin = self.block.draws.z1[sample] + spread * self.clean_w[sample];
        u32::from(margin > self.clean[sample])
    }
}

impl Simd {
    pub(super) fn new(question: &Question, batch: u64) -> Self {
        let sampler = Blocks::new(question, batch);
        let mut groups: Vec<Vec<Group>> = vec![Vec::new(); sampler.sources().len()];
        for (index, margin) in question.margins().iter().enumerate() {
            let source = Source::of(margin, question.ways().votes);
            let mut line = Line::new(question, margin);
            if source == Source::Nothing {
                line.spread = 0.0; // it multiplies zeros
            }
            let of_source = sampler.sources().iter().position(|known| *known == source);
            if let Some(of_source) = of_source {
                let apart = question.apart(source);
                Group::find(&mut groups[of_source], line.thresholds, apart).add(line.spread, index);
            }
        }
        Self { sampler, groups, right: Box::new(Row([0; BLOCK])), clean: Box::default() }
    }

    /// Returns the number of samples in a batch.
    pub(super) fn batch(&self) -> u64 {
        self.sampler.batch()
    }

    #[inline(always)]
    fn count<F: Fma>(&mut self, batch: Batch<'_>, counts: &mut Counts) {
        let mut right = 0;
        self.sampler.start(batch);
        while !batch.monitored.is_given_up() && self.sampler.next_block::<F>() {
            self.sampler.pad();
            for (source, groups) in self.groups.iter_mut().enumerate() {
                let draws = self.sampler.draws::<F>(source, batch.monitored);
                if source == 0 {
                    right += mark_right(&draws, &mut self.right.0);
                }
                let block = Block { draws, right: &self.right.0 };
                for Group { thresholds, method, jobs, attacked } in groups {
                    if let (Some(thresholds_attacked), Some(second)) = (attacked, draws.second) {
                        let [minus, plus] = [0, 1].map(|y| thresholds[y][0]);
                        few::write(&mut self.clean.0, minus, plus, block);
                        let attack = Attack {
                            block: Block { draws: Draws { w: second, ..draws }, ..block },
                            clean_w: draws.w,
                            clean: &self.clean.0,
                        };
                        method.count_fresh::<F>(thresholds_attacked, attack, jobs);
                        continue;
                    }
                    match method {
                        Method::Few(few) => few.count(thresholds, block, jobs),
                        Method::Grid(grid) => grid.count::<F>(thresholds, block, jobs),
                        Method::Search(search) => search.count(thresholds, block, jobs),
                    }
                }
            }
        }
        counts.samples += batch.samples as u64;
        for group in self.groups.iter_mut().flatten() {
            group.finish(batch.samples as u64, right, &mut counts.margins);
        }
    }
}

impl Group {
    /// Returns the group with these thresholds, which is added if there is none.
    fn find(groups: &mut Vec<Self>, thresholds: [Vec<f32>; 2], apart: bool) -> &mut Self {
        let at = groups.iter().position(|group| group.thresholds == thresholds);
        let at = at.unwrap_or_else(|| {
            let attacked = apart.then(|| thresholds.each_ref().map(|t| t[1..].to_vec()));
            let method = match &attacked {
                Some(attacked) => Method::of_fresh(attacked),
                None => Method::of(&thresholds),
            };
            groups.push(Self { thresholds, method, jobs: Vec::new(), attacked });
            groups.len() - 1
        });
        &mut groups[at]
    }

    fn add(&mut self, spread: f32, margin: usize) {
        match self.jobs.iter_mut().find(|job| job.spread == spread) {
            Some(job) => job.margins.push(margin),
            None => {
                let room = match &self.method {
                    Method::Few(few) if self.attacked.is_some() => few.room_fresh(),
                    Method::Grid(grid) if self.attacked.is_some() => grid.room_fresh(),
                    Method::Search(search) if self.attacked.is_some() => search.room_fresh(),
                    Method::Few(few) => few.room(),
                    Method::Grid(grid) => grid.room(),
                    Method::Search(search) => search.room(),
                };
                self.jobs.push(Job { spread, margins: vec![margin], tally: vec![0; room] });
            }
        }
    }

    /// Adds the tallies of a batch to the counts, and clears them.
    fn finish(&mut self, samples: u64, right: u32, counts: &mut [MarginCounts]) {
        for Job { margins, tally, .. } in &mut self.jobs {
            let mut above = vec![0; self.thresholds[0].len()];
            let mut both = Vec::new();
            if self.attacked.is_some() {
                above[0] = tally[1];
                both.resize(above.len() - 1, 0);
            }
            match &self.method {
                Method::Few(few) if self.attacked.is_some() => {
                    few.finish_fresh(tally, &mut above[1..], &mut both);
                }
                Method::Grid(grid) if self.attacked.is_some() => {
                    grid.finish_fresh(tally, &mut above[1..], &mut both);
                }
                Method::Search(search) if self.attacked.is_some() => {
                    search.finish_fresh(tally, &mut above[1..], &mut both);
                }
                Method::Few(few) => few.finish(tally, &mut above),
                Method::Grid(grid) => grid.finish(tally, &mut above),
                Method::Search(search) => search.finish(tally, &mut above),
            }
            // Not invariant: right without noise but not with it, or the other way round.
            let (clean, right_and_clean) = (above[0], tally[0]);
            let changed = u64::from((right - right_and_clean) + (clean - right_and_clean));
            for &index in &*margins {
                let count = &mut counts[index];
                count.invariant += samples - changed;
                for (total, above) in count.above.iter_mut().zip(&above) {
                    *total += u64::from(*above);
                }
                for (total, both) in count.both.iter_mut().flatten().zip(&both) {
                    *total += u64::from(*both);
                }
            }
            tally.fill(0);
        }
    }
}

impl Method {
    fn of(thresholds: &[Vec<f32>; 2]) -> Self {
        let budgets = thresholds[0].len();
        if budgets <= few::ALWAYS {
            return Self::Few(Few::new(budgets));
        }
        match Grid::new(thresholds) {
            Some(grid) => Self::Grid(grid),
            None if budgets <= few::OFF_GRID => Self::Few(Few::new(budgets)),
            None => Self::Search(Search::new(thresholds)),
        }
    }

    /// Returns the method for thresholds of an attacked input that has its own w.
    fn of_fresh(thresholds: &[Vec<f32>; 2]) -> Self {
        let budgets = thresholds[0].len();
        if budgets < few::ALWAYS {
            return Self::Few(Few::new(budgets));
        }
        match Grid::whole(thresholds) {
            Some(grid) => Self::Grid(grid),
            None if budgets < few::OFF_GRID => Self::Few(Few::new(budgets)),
            None => Self::Search(Search::new(thresholds)),
        }
    }

    #[inline(always)]
    fn count_fresh<F: Fma>(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        jobs: &mut [Job],
    ) {
        match self {
            Self::Few(few) => few.count_fresh(thresholds, attack, jobs),
            Self::Grid(grid) => grid.count_fresh::<F>(thresholds, attack, jobs),
            Self::Search(search) => search.count_fresh(thresholds, attack, jobs),
        }
    }
}

/// Marks the samples with sgn(x) = y, and counts them.
#[inline(always)]
fn mark_right(draws: &Draws<'_>, right: &mut [u32; BLOCK]) -> u32 {
    let mut total = 0;
    for i in 0..BLOCK {
        right[i] = u32::from(draws.z1[i] > draws.boundary);
        total += right[i];
    }
    total
}

dispatched! {
    /// Adds the counts of a batch to `counts`.
    pub(super) fn count_batch(kernel: &mut Simd, batch: Batch<'_>, counts: &mut Counts) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &mut Simd, batch: Batch<'_>, counts: &mut Counts) {
    kernel.count::<F>(batch, counts);
}
