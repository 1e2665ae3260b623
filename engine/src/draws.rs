//! The samples of a batch, block by block, and the thresholds of a margin, as both kernels use them.
//!
//! A sample is one draw of (y, z₁, z₂) and, for each requested number of votes, one draw of the θ that decides among
//! them. It serves every margin of the question at once. The sample is correct under an attack of budget ε exactly if
//!
//! ```text
//! mean + data_std·z₁ + y·offset + sigma·w > ε        w = 0, z₂, or the deciding one of n votes
//! ```
//!
//! and the kernels compare z₁ + (sigma/data_std)·w with (ε − mean − y·offset)/data_std: the left side is of the size
//! of the draws in every unit of the task, and the right side is a constant.
//!
//! With fresh draws, the attacked input has another w, from a stream of its own ([`Second`]); if the attacker may try
//! several times, the smallest of as many, which are all drawn, or have its law (`smallest.rs`).

use std::iter::once;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use task::{Margin, Votes};

use super::ballot::Ballot;
use super::batch::Monitored;
use super::dispatch::Fma;
use super::median;
use super::normal::{BLOCK, Pairs, Row, fill};
use super::smallest;
use super::stream::{LANES, Purpose, Stream};
use super::{Question, VotesBy};

/// The first `samples` samples of a batch.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) seed: u64,
    pub(super) number: u64,
    pub(super) samples: usize,
    /// The monitor that can stop it.
    pub(super) monitored: &'a Monitored<'a>,
}

/// A margin as the kernels need it, in the units of the draws.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// sigma/data_std, the factor of w.
    pub(super) spread: f32,
    /// (ε − mean − y·offset)/data_std for y = −1 and y = +1, over the budgets 0, ε₁, ε₂ …, ascending.
    pub(super) thresholds: [Vec<f32>; 2],
}

impl Line {
    pub(super) fn new(question: &Question, margin: &Margin) -> Self {
        let (mean, data_std) = (question.task().mean(), question.task().data_std());
        let budgets = || once(0.0).chain(question.eps().iter().map(|eps| eps.get()));
        Self {
            spread: (margin.sigma() / data_std) as f32,
            thresholds: [-1.0, 1.0].map(|y| {
                budgets()
                    .map(|eps| threshold([eps, -mean, -y * margin.offset()], data_std))
                    .collect()
            }),
        }
    }

    /// Returns the left side of the comparison, as a product and a sum that are each rounded.
    #[inline(always)]
    pub(super) fn margin(&self, z1: f32, w: f32) -> f32 {
        z1 + self.spread * w
    }
}

/// Returns the sum of three numbers, in units of data_std.
///
/// Its two roundings are negligible compared with those of the samples, unless large numbers cancel, as
/// 1e15 − 0.1 − 1e15 do. In that case, the rounding errors, which are known exactly (D. E. Knuth, *The Art of
/// Computer Programming* 2, theorem 4.2.2.B), are added back; otherwise they are not, so that no count changes.
fn threshold([a, b, c]: [f64; 3], data_std: f64) -> f32 {
    let (sum, lost) = two_sum(a, b);
    let (sum, more) = two_sum(sum, c);
    let lost = lost + more;
    let sum = if lost.abs() > NOTICEABLE * data_std { sum + lost } else { sum };
    (sum / data_std) as f32
}

/// A change of this size in units of data_std changes no probability by more than 4e-10, a thousandth of
/// [`super::BIAS`].
const NOTICEABLE: f64 = 1e-9;

/// Returns a + b rounded, and the rounding error.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let seen = sum - a;
    (sum, (a - (sum - seen)) + (b - seen))
}

/// The source of w.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// w = 0.
    Nothing,
    /// w = z₂.
    SingleDraw,
    /// The deciding one of this many votes.
    Votes(u32),
    /// The median of this odd number of votes, drawn from its law.
    Median(u32),
}

/// The cost of the smallest of several single draws by its law, in units of [`super::batch`].
pub(super) const SMALLEST_COST: u64 = 4;

impl Source {
    pub(super) fn of(margin: &Margin, votes_by: VotesBy) -> Self {
        match (margin.votes(), votes_by) {
            _ if margin.sigma() == 0.0 => Self::Nothing,
            (Votes::Limit, _) => Self::Nothing,
            (Votes::ONE, _) => Self::SingleDraw,
            (Votes::Finite(n), VotesBy::Draws) => Self::Votes(n.get()),
            // An even number with fair ties is equivalent to one vote fewer.
            (Votes::Finite(n), VotesBy::Median | VotesBy::Checked) => {
                match n.get().div_ceil(2) * 2 - 1 {
                    1 => Self::SingleDraw,
                    odd => Self::Median(odd),
                }
            }
        }
    }

    /// Returns the cost of a w, in units of [`super::batch`].
    pub(super) fn cost(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::SingleDraw => 1,
            Self::Votes(n) => 3 * u64::from(n),
            Self::Median(_) => 8,
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Nothing | Self::SingleDraw => Purpose::Samples, // which is not drawn from
            Self::Votes(n) => Purpose::Votes(n),
            Self::Median(n) => Purpose::Median(n),
        }
    }
}

/// One block of samples, the first [`Blocks::samples`] of which count.
#[derive(Clone, Copy)]
pub(super) struct Draws<'a> {
    /// y = +1 where the last bit is set, and −1 elsewhere.
    pub(super) classes: &'a [u32; BLOCK],
    pub(super) z1: &'a [f32; BLOCK],
    /// The factor of sigma.
    pub(super) w: &'a [f32; BLOCK],
    /// The factor of sigma for the attacked input, if that is not w.
    pub(super) second: Option<&'a [f32; BLOCK]>,
    /// The number of samples that count.
    pub(super) samples: usize,
    /// −mean/data_std: sgn(x) = y where z₁ is above this.
    pub(super) boundary: f32,
}

/// Draws the samples of one batch after the other. Its memory is a few blocks and 64 bytes per vote; nothing grows
/// with the number of samples.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    sources: Vec<Source>,
    boundary: f32,
    stream: Stream,
    /// One stream per source.
    vote_streams: Vec<Stream>,
    /// The number of samples in a batch.
    batch: u64,
    left: usize,
    samples: usize,
    pairs: Box<Pairs>,
    zeros: Box<Row<f32>>,
    w: Box<Row<f32>>,
    ballot: Ballot,
    second: Option<Box<Second>>,
}

/// The state from which the attacked input's own w are drawn.
#[derive(Debug, Clone, Default)]
struct Second {
    /// The number of tries of the attacker.
    tries: u32,
    /// Whether the smallest of several single draws has its law, and not all are drawn.
    by_law: bool,
    /// The number of samples in a whole block.
    whole: usize,
    /// One stream per source.
    streams: Vec<Stream>,
    pairs: Pairs,
    /// The w of one try.
    one: Row<f32>,
    /// The smallest w of all tries: every try is right exactly if that one is, because all margins increase with w,
    /// even in floating point.
    w: Row<f32>,
}

impl Second {
    fn new(tries: u32, by_law: bool, batch: u64) -> Self {
        Self { tries, by_law, whole: BLOCK.min(batch as usize), ..Self::default() }
    }

    /// Returns the purpose of the stream from which the w of a source are drawn.
    fn purpose(&self, source: Source) -> Purpose {
        match source {
            Source::SingleDraw if self.by_law => Purpose::SecondSmallest(self.tries),
            Source::Nothing | Source::SingleDraw => Purpose::SecondDraw,
            Source::Votes(n) => Purpose::SecondVotes(n),
            Source::Median(n) => Purpose::SecondMedian(n),
        }
    }

    /// Does the same as [`Second::smallest`] for single draws.
    #[inline(always)]
    fn smallest_single<F: Fma>(
        &mut self,
        source: usize,
        samples: usize,
        monitored: &Monitored<'_>,
    ) {
        if self.by_law {
            smallest::fill::<F>(&mut self.streams[source], &mut self.w.0, self.tries, samples);
        } else {
            self.smallest(source, samples, monitored, Single::<F>(PhantomData));
        }
    }

    /// Draws the smallest w of the first `samples` samples, with `of_try` drawing those of one try; stops if
    /// `monitored` says so.
    ///
    /// The tries of a block come one after the other from the same stream. If there are several, all are whole
    /// blocks, so that those of a sample do not depend on how many samples come after it.
    #[inline(always)]
    fn smallest(
        &mut self,
        source: usize,
        samples: usize,
        monitored: &Monitored<'_>,
        mut of_try: impl OfTry,
    ) {
        let Self { tries, whole, streams, pairs, one, w, .. } = self;
        let stream = &mut streams[source];
        let samples = if *tries > 1 { *whole } else { samples };
        for number in 0..*tries {
            let row = if number == 0 { &mut *w } else { &mut *one };
            of_try.draw(stream, pairs, &mut row.0, samples);
            if number > 0 {
                for (w, one) in w.0.iter_mut().zip(&one.0) {
                    *w = if *one < *w { *one } else { *w };
                }
            }
            if (of_try.takes_long() || number % MANY == MANY - 1) && monitored.asks_to_give_up() {
                break;
            }
        }
    }
}

/// A method to draw the w of one try. This is a trait and not a closure, because the compiler need not inline a
/// closure that is called in a loop, and then does not compile it for the instruction set of the loop.
trait OfTry {
    /// Draws the first `samples` of a row.
    fn draw(
        &mut self,
        stream: &mut Stream,
        pairs: &mut Pairs,
        w: &mut [f32; BLOCK],
        samples: usize,
    );

    /// Returns whether a row may take a millisecond or more.
    fn takes_long(&self) -> bool {
        false
    }
}

/// Single draws.
struct Single<F>(PhantomData<F>);

impl<F: Fma> OfTry for Single<F> {
    #[inline(always)]
    fn draw(
        &mut self,
        stream: &mut Stream,
        pairs: &mut Pairs,
        w: &mut [f32; BLOCK],
        samples: usize,
    ) {
        single_draws::<F>(stream, pairs, w, samples);
    }
}

/// The deciding ones of `n` votes.
struct Voted<'a, F> {
    ballot: &'a mut Ballot,
    n: u32,
    monitored: &'a Monitored<'a>,
    fma: PhantomData<F>,
}

impl<F: Fma> OfTry for Voted<'_, F> {
    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream, _: &mut Pairs, w: &mut [f32; BLOCK], samples: usize) {
        decided::<F>(self.ballot, stream, self.n, w, samples, self.monitored);
    }

    fn takes_long(&self) -> bool {
        true
    }
}

/// Medians of `n` votes, drawn from their law.
struct ByLaw<F> {
    n: u32,
    fma: PhantomData<F>,
}

impl<F: Fma> OfTry for ByLaw<F> {
    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream, _: &mut Pairs, w: &mut [f32; BLOCK], samples: usize) {
        median::fill::<F>(stream, w, self.n, samples);
    }
}

/// Draws single draws for the first `samples` samples. A pair of normals serves two samples, and a step of the stream
/// serves those of two neighbouring rows of lanes.
#[inline(always)]
fn single_draws<F: Fma>(
    stream: &mut Stream,
    pairs: &mut Pairs,
    w: &mut [f32; BLOCK],
    samples: usize,
) {
    let count = samples.div_ceil(2 * LANES) * LANES;
    fill::<F>(stream, pairs, count);
    let first = pairs.first[..count].as_chunks::<LANES>().0;
    let second = pairs.second[..count].as_chunks::<LANES>().0;
    let rows = w.as_chunks_mut::<LANES>().0.as_chunks_mut::<2>().0;
    for (rows, (first, second)) in rows.iter_mut().zip(first.iter().zip(second)) {
        *rows = [*first, *second];
    }
}

/// So many votes of some samples, or cheap tries of a block, take long enough to ask between them whether to go on.
const MANY: u32 = 1024;

/// Draws the deciding ones of `n` votes for the first `samples` samples; stops if `monitored` says so.
#[inline(always)]
fn decided<F: Fma>(
    ballot: &mut Ballot,
    stream: &mut Stream,
    n: u32,
    w: &mut [f32; BLOCK],
    samples: usize,
    monitored: &Monitored<'_>,
) {
    let lanes = samples.div_ceil(LANES);
    for w in &mut w.as_chunks_mut::<LANES>().0[..lanes] {
        *w = ballot.decide::<F>(stream, n);
        if n >= MANY && monitored.asks_to_give_up() {
            return;
        }
    }
}

impl Blocks {
    /// Creates blocks for batches of this many samples.
    pub(super) fn new(question: &Question, batch: u64) -> Self {
        let mut sources = Vec::new();
        for margin in question.margins() {
            let source = Source::of(margin, question.ways().votes);
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        Self {
            sources,
            boundary: (-question.task().mean() / question.task().data_std()) as f32,
            stream: Stream::new(0, 0, Purpose::Samples),
            vote_streams: Vec::new(),
            batch,
            left: 0,
            samples: 0,
            pairs: Box::default(),
            zeros: Box::new(Row([0.0; BLOCK])),
            w: Box::new(Row([0.0; BLOCK])),
            ballot: Ballot::default(),
            second: NonZeroU32::new(question.draws().tries()).map(|tries| {
                let by_law = question.is_smallest(Source::SingleDraw);
                Box::new(Second::new(tries.get(), by_law, batch))
            }),
        }
    }

    /// Returns the sources of w, without repetitions.
    pub(super) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns how many samples a batch has.
    pub(super) fn batch(&self) -> u64 {
        self.batch
    }

    /// Goes to the beginning of a batch.
    pub(super) fn start(&mut self, batch: Batch<'_>) {
        let stream = |purpose| Stream::new(batch.seed, batch.number, purpose);
        self.stream = stream(Purpose::Samples);
        self.vote_streams = self.sources.iter().map(|source| stream(source.purpose())).collect();
        if let Some(second) = &mut self.second {
            let purposes = self.sources.iter().map(|source| second.purpose(*source));
            second.streams = purposes.map(stream).collect();
        }
        self.left = batch.samples;
    }

    /// Draws the next block; returns `false` if the batch has ended.
    #[inline(always)]
    pub(super) fn next_block<F: Fma>(&mut self) -> bool {
        self.samples = BLOCK.min(self.left);
        self.left -= self.samples;
        if self.samples > 0 {
            fill::<F>(&mut self.stream, &mut self.pairs, self.samples);
        }
        self.samples > 0
    }

    /// Fills the rest of a block with z₁ = −∞, which is above no threshold.
    pub(super) fn pad(&mut self) {
        self.pairs.first[self.samples..].fill(f32::NEG_INFINITY);
    }

    /// Returns the block, with w from the source of this index. Must be called once per block and source.
    #[inline(always)]
    pub(super) fn draws<F: Fma>(&mut self, source: usize, monitored: &Monitored<'_>) -> Draws<'_> {
        let stream = &mut self.vote_streams[source];
        let w = match self.sources[source] {
            Source::Nothing => &self.zeros.0,
            Source::SingleDraw => {
                if let Some(second) = &mut self.second {
                    second.smallest_single::<F>(source, self.samples, monitored);
                }
                &self.pairs.second
            }
            Source::Votes(n) => {
                let ballot = &mut self.ballot;
                decided::<F>(ballot, stream, n, &mut self.w.0, self.samples, monitored);
                if let Some(second) = &mut self.second {
                    let voted = Voted::<F> { ballot, n, monitored, fma: PhantomData };
                    second.smallest(source, self.samples, monitored, voted);
                }
                &self.w.0
            }
            Source::Median(n) => {
                median::fill::<F>(stream, &mut self.w.0, n, self.samples);
                if let Some(second) = &mut self.second {
                    let by_law = ByLaw::<F> { n, fma: PhantomData };
                    second.smallest(source, self.samples, monitored, by_law);
                }
                &self.w.0
            }
        };
        let second = match self.sources[source] {
            Source::Nothing => None,
            _ => self.second.as_deref().map(|second| &second.w.0),
        };
        Draws {
            classes: self.pairs.coins(),
            z1: &self.pairs.first,
            w,
            second,
            samples: self.samples,
            boundary: self.boundary,
        }
    }
}

/// Returns, for each source of w, the margins (by index) that use it.
pub(super) fn users(question: &Question, sampler: &Blocks) -> Vec<Vec<(usize, Line)>> {
    let users_of = |source: &Source| {
        let margins = question.margins().iter().enumerate();
        margins
            .filter(|(_, margin)| Source::of(margin, question.ways().votes) == *source)
            .map(|(index, margin)| (index, Line::new(question, margin)))
            .collect()
    };
    sampler.sources().iter().map(users_of).collect()
}
