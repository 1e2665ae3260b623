//! The kernel to read: it says what is computed, one sample at a time.
//!
//! A sample is one draw of (y, z₁, z₂) and, for each number of votes asked for, one draw of that
//! many θ. It serves every margin of the question at once. The data is correct under an attack of
//! budget ε exactly if
//!
//! ```text
//! mean + noise·z₁ + y·offset + sigma·w > ε        w = 0, z₂, or the deciding one of n votes
//! ```
//!
//! and this kernel compares z₁ + (sigma/noise)·w with (ε − mean − y·offset)/noise: the left side is
//! of the size of the draws whatever the task's units are, and the right side is a constant.
//!
//! The loops are plain; they are compiled once for each instruction set ([`super::dispatch`]).

use std::iter::once;

use theory::task::{Margin, Votes};

use super::Question;
use super::ballot::Ballot;
use super::counts::{Counts, MarginCounts};
use super::dispatch::{Fma, dispatched};
use super::normal::{BLOCK, Pairs, fill};
use super::stream::{LANES, Purpose, Stream};

/// What the kernel needs to know of one margin, in the draws' own units.
#[derive(Debug, Clone)]
struct Line {
    /// sigma/noise.
    spread: f32,
    /// (ε − mean − y·offset)/noise for y = −1 and y = +1, over the budgets 0, ε₁, ε₂ …, ascending.
    thresholds: [Vec<f32>; 2],
}

impl Line {
    fn new(question: &Question, margin: &Margin) -> Self {
        let (mean, noise) = (question.task().mean(), question.task().noise());
        let budgets = || once(0.0).chain(question.eps().iter().map(|eps| eps.get()));
        Self {
            spread: (margin.sigma() / noise) as f32,
            thresholds: [-1.0, 1.0].map(|y| {
                budgets().map(|eps| ((eps - mean - y * margin.offset()) / noise) as f32).collect()
            }),
        }
    }

    /// Counts one block of samples. The two ways give the same counts: one comparison a budget in
    /// loops without branches, or a search among many budgets.
    #[inline(always)]
    fn count(&self, draws: &Draws<'_>, counts: &mut MarginCounts) {
        let Draws { classes, z1, w, samples, boundary } = *draws;
        let mut margins = [0.0; BLOCK];
        for i in 0..BLOCK {
            margins[i] = z1[i] + self.spread * w[i];
        }
        let [minus, plus] = &self.thresholds;
        let (minus_zero, plus_zero) = (minus[0], plus[0]);
        let mut invariant = 0;
        for i in 0..samples {
            let zero = if classes[i] & 1 == 1 { plus_zero } else { minus_zero };
            invariant += u32::from((z1[i] > boundary) == (margins[i] > zero));
        }
        counts.invariant += u64::from(invariant);
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
                let thresholds = &self.thresholds[(classes[i] & 1) as usize];
                passed_exactly[thresholds.partition_point(|threshold| threshold < margin)] += 1;
            }
            let mut above = 0;
            for (total, exactly) in counts.above.iter_mut().zip(&passed_exactly[1..]).rev() {
                above += exactly;
                *total += above;
            }
        }
    }
}

/// Up to here, comparing with each budget is faster than searching among them.
const FEW_BUDGETS: usize = 8;

/// One block of samples, of which the first `samples` count.
#[derive(Clone, Copy)]
struct Draws<'a> {
    /// y = +1 where the last bit is set, −1 where it is not.
    classes: &'a [u32; BLOCK],
    z1: &'a [f32; BLOCK],
    /// What sigma multiplies.
    w: &'a [f32; BLOCK],
    samples: usize,
    /// sgn(x) = y where z₁ is above this: −mean/noise.
    boundary: f32,
}

/// Where w comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Nothing,
    SingleDraw,
    Votes(u32),
}

impl Source {
    fn of(margin: &Margin) -> Self {
        match margin.votes() {
            _ if margin.sigma() == 0.0 => Self::Nothing,
            Votes::Limit => Self::Nothing,
            Votes::ONE => Self::SingleDraw,
            Votes::Finite(n) => Self::Votes(n.get()),
        }
    }
}

/// A question made ready for this kernel, and the room it works in: one for each thread. The room
/// is 64 bytes a vote; nothing grows with the number of samples.
#[derive(Debug, Clone)]
pub(super) struct Kernel {
    lines: Vec<Line>,
    /// Each source of w with the margins (by index) that use it.
    sources: Vec<(Source, Vec<usize>)>,
    boundary: f32,
    pairs: Box<Pairs>,
    w: Box<[f32; BLOCK]>,
    ballot: Ballot,
}

impl Kernel {
    pub(super) fn new(question: &Question) -> Self {
        let mut sources: Vec<(Source, Vec<usize>)> = Vec::new();
        for (index, margin) in question.margins().iter().enumerate() {
            let source = Source::of(margin);
            match sources.iter_mut().find(|(known, _)| *known == source) {
                Some((_, users)) => users.push(index),
                None => sources.push((source, vec![index])),
            }
        }
        Self {
            lines: question.margins().iter().map(|margin| Line::new(question, margin)).collect(),
            sources,
            boundary: (-question.task().mean() / question.task().noise()) as f32,
            pairs: Box::default(),
            w: Box::new([0.0; BLOCK]),
            ballot: Ballot::default(),
        }
    }

    #[inline(always)]
    fn count<F: Fma>(&mut self, batch: Batch, counts: &mut Counts) {
        let stream = |purpose| Stream::new(batch.seed, batch.number, purpose);
        let mut samples_stream = stream(Purpose::Samples);
        let mut vote_streams: Vec<Stream> = self
            .sources
            .iter()
            .map(|(source, _)| match source {
                Source::Votes(n) => stream(Purpose::Votes(*n)),
                Source::Nothing | Source::SingleDraw => samples_stream.clone(), // not drawn from
            })
            .collect();
        for start in (0..batch.samples).step_by(BLOCK) {
            let samples = BLOCK.min(batch.samples - start);
            fill::<F>(&mut samples_stream, &mut self.pairs, samples);
            for ((source, users), stream) in self.sources.iter().zip(&mut vote_streams) {
                let w = match source {
                    Source::Nothing => &[0.0; BLOCK],
                    Source::SingleDraw => &self.pairs.second,
                    Source::Votes(n) => {
                        let lanes = samples.div_ceil(LANES);
                        for w in self.w.as_chunks_mut::<LANES>().0[..lanes].iter_mut() {
                            *w = self.ballot.decide::<F>(stream, *n);
                        }
                        &self.w
                    }
                };
                let draws = Draws {
                    classes: self.pairs.coins(),
                    z1: &self.pairs.first,
                    w,
                    samples,
                    boundary: self.boundary,
                };
                for &index in users {
                    self.lines[index].count(&draws, &mut counts.margins[index]);
                }
            }
        }
        counts.samples += batch.samples as u64;
    }
}

/// Which samples: the first `samples` of this batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch {
    pub(super) seed: u64,
    pub(super) number: u64,
    pub(super) samples: usize,
}

dispatched! {
    /// Adds a batch to `counts`.
    pub(super) fn count_batch(kernel: &mut Kernel, batch: Batch, counts: &mut Counts) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &mut Kernel, batch: Batch, counts: &mut Counts) {
    kernel.count::<F>(batch, counts);
}
