//! What both kernels share: the samples of a batch, block by block, and what a margin is compared with.
//!
//! A sample is one draw of (y, z₁, z₂) and, for each number of votes asked for, one draw of the θ that
//! decides among them. It serves every margin of the question at once. The data is correct under an
//! attack of budget ε exactly if
//!
//! ```text
//! mean + data_std·z₁ + y·offset + sigma·w > ε        w = 0, z₂, or the deciding one of n votes
//! ```
//!
//! and the kernels compare z₁ + (sigma/data_std)·w with (ε − mean − y·offset)/data_std: the left side is
//! of the size of the draws whatever the task's units are, and the right side is a constant.
//!
//! With fresh draws the attacked input has another w, from a stream of its own ([`Second`]); where the
//! attacker may try several times, the smallest of as many.

use std::iter::once;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use task::{Margin, Votes};

use super::ballot::Ballot;
use super::batch::Monitored;
use super::dispatch::Fma;
use super::median;
use super::normal::{BLOCK, Pairs, Row, fill};
use super::stream::{LANES, Purpose, Stream};
use super::{Question, VotesBy};

/// Which samples: the first `samples` of this batch.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) seed: u64,
    pub(super) number: u64,
    pub(super) samples: usize,
    /// Who may have it given up.
    pub(super) monitored: &'a Monitored<'a>,
}

/// What a kernel needs to know of one margin, in the draws' own units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// sigma/data_std, which multiplies w.
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

    /// The left side of the comparison. Written with a product and a sum, each rounded.
    #[inline(always)]
    pub(super) fn margin(&self, z1: f32, w: f32) -> f32 {
        z1 + self.spread * w
    }
}

/// The sum of three numbers in units of data_std.
///
/// Its two roundings are nothing beside the samples' own unless large numbers cancel, as 1e15 − 0.1 − 1e15 do.
/// There they are known exactly (D. E. Knuth, *The Art of Computer Programming* 2, theorem 4.2.2.B), and added again;
/// elsewhere nothing is, so that no count moves.
fn threshold([a, b, c]: [f64; 3], data_std: f64) -> f32 {
    let (sum, lost) = two_sum(a, b);
    let (sum, more) = two_sum(sum, c);
    let lost = lost + more;
    let sum = if lost.abs() > NOTICEABLE * data_std { sum + lost } else { sum };
    (sum / data_std) as f32
}

/// So much in units of data_std changes no probability by more than 4e-10, a thousandth of [`super::BIAS`].
const NOTICEABLE: f64 = 1e-9;

/// a + b rounded, and what rounding left out.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let seen = sum - a;
    (sum, (a - (sum - seen)) + (b - seen))
}

/// Where w comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// w = 0.
    Nothing,
    /// w = z₂.
    SingleDraw,
    /// The deciding one of this many votes.
    Votes(u32),
    /// The median of this odd number of votes, by its law.
    Median(u32),
}

impl Source {
    pub(super) fn of(margin: &Margin, votes_by: VotesBy) -> Self {
        match (margin.votes(), votes_by) {
            _ if margin.sigma() == 0.0 => Self::Nothing,
            (Votes::Limit, _) => Self::Nothing,
            (Votes::ONE, _) => Self::SingleDraw,
            (Votes::Finite(n), VotesBy::Draws) => Self::Votes(n.get()),
            // An even number with fair ties is as good as one vote less.
            (Votes::Finite(n), VotesBy::Median) => match n.get().div_ceil(2) * 2 - 1 {
                1 => Self::SingleDraw,
                odd => Self::Median(odd),
            },
        }
    }

    /// What a w costs, in units of [`super::batch`].
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
            Self::Nothing | Self::SingleDraw => Purpose::Samples, // and not drawn from
            Self::Votes(n) => Purpose::Votes(n),
            Self::Median(n) => Purpose::Median(n),
        }
    }

    /// The purpose of the attacked input's own w.
    fn second_purpose(self) -> Purpose {
        match self {
            Self::Nothing | Self::SingleDraw => Purpose::SecondDraw,
            Self::Votes(n) => Purpose::SecondVotes(n),
            Self::Median(n) => Purpose::SecondMedian(n),
        }
    }
}

/// One block of samples, of which the first [`Blocks::samples`] count.
#[derive(Clone, Copy)]
pub(super) struct Draws<'a> {
    /// y = +1 where the last bit is set, −1 where it is not.
    pub(super) classes: &'a [u32; BLOCK],
    pub(super) z1: &'a [f32; BLOCK],
    /// What sigma multiplies.
    pub(super) w: &'a [f32; BLOCK],
    /// What it multiplies for the attacked input, where that is not w.
    pub(super) second: Option<&'a [f32; BLOCK]>,
    /// How many samples count.
    pub(super) samples: usize,
    /// sgn(x) = y where z₁ is above this: −mean/data_std.
    pub(super) boundary: f32,
}

/// Draws the samples of one batch after the other. Its room is a few blocks and 64 bytes a vote;
/// nothing grows with the number of samples.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    sources: Vec<Source>,
    boundary: f32,
    stream: Stream,
    /// One a source.
    vote_streams: Vec<Stream>,
    /// How many samples a batch has.
    batch: u64,
    left: usize,
    samples: usize,
    pairs: Box<Pairs>,
    zeros: Box<Row<f32>>,
    w: Box<Row<f32>>,
    ballot: Ballot,
    second: Option<Box<Second>>,
}

/// What the attacked input's own w are drawn with.
#[derive(Debug, Clone, Default)]
struct Second {
    /// How often the attacker tries.
    tries: u32,
    /// How many samples a whole block has.
    whole: usize,
    /// One a source.
    streams: Vec<Stream>,
    pairs: Pairs,
    /// The w of one try.
    one: Row<f32>,
    /// The smallest w of all tries: every try is right exactly if that one is, for all margins grow
    /// with w, in floating point too.
    w: Row<f32>,
}

impl Second {
    fn new(tries: u32, batch: u64) -> Self {
        Self { tries, whole: BLOCK.min(batch as usize), ..Self::default() }
    }

    /// The w of the first `samples` samples, those of one try drawn by `of_try`; given up where `monitored` says so.
    ///
    /// The tries of a block come one after the other from the same stream. With several, all are whole
    /// blocks, so that those of a sample do not depend on how many samples come after it.
    #[inline(always)]
    fn smallest(
        &mut self,
        source: usize,
        samples: usize,
        monitored: &Monitored<'_>,
        mut of_try: impl OfTry,
    ) {
        let Self { tries, whole, streams, pairs, one, w } = self;
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
            if of_try.takes_long() && monitored.asks_to_give_up() {
                break;
            }
        }
    }
}

/// What draws the w of one try. A trait and not a closure: of a closure that is called in a loop the compiler need not
/// make part of the loop, and then it is not compiled for the instruction set at hand.
trait OfTry {
    /// Draws the first `samples` of a row.
    fn draw(
        &mut self,
        stream: &mut Stream,
        pairs: &mut Pairs,
        w: &mut [f32; BLOCK],
        samples: usize,
    );

    /// Whether a row may take a millisecond and more.
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
    fma: PhantomData<F>,
}

impl<F: Fma> OfTry for Voted<'_, F> {
    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream, _: &mut Pairs, w: &mut [f32; BLOCK], samples: usize) {
        decided::<F>(self.ballot, stream, self.n, w, samples);
    }

    fn takes_long(&self) -> bool {
        true
    }
}

/// Medians of `n` votes, by their law.
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

/// Single draws for the first `samples` samples. A pair of normals serves two samples, and a step of
/// the stream those of two neighbouring rows of lanes.
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

/// The deciding ones of `n` votes, for the first `samples` samples.
#[inline(always)]
fn decided<F: Fma>(
    ballot: &mut Ballot,
    stream: &mut Stream,
    n: u32,
    w: &mut [f32; BLOCK],
    samples: usize,
) {
    let lanes = samples.div_ceil(LANES);
    for w in &mut w.as_chunks_mut::<LANES>().0[..lanes] {
        *w = ballot.decide::<F>(stream, n);
    }
}

impl Blocks {
    /// With batches of so many samples.
    pub(super) fn new(question: &Question, batch: u64) -> Self {
        let mut sources = Vec::new();
        for margin in question.margins() {
            let source = Source::of(margin, question.votes_by());
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
            second: NonZeroU32::new(question.draws().tries())
                .map(|tries| Box::new(Second::new(tries.get(), batch))),
        }
    }

    /// The sources of w, each once.
    pub(super) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// How many samples a batch has.
    pub(super) fn batch(&self) -> u64 {
        self.batch
    }

    /// Goes to the beginning of a batch.
    pub(super) fn start(&mut self, batch: Batch<'_>) {
        let stream = |purpose| Stream::new(batch.seed, batch.number, purpose);
        self.stream = stream(Purpose::Samples);
        self.vote_streams = self.sources.iter().map(|source| stream(source.purpose())).collect();
        if let Some(second) = &mut self.second {
            let purposes = self.sources.iter().map(|source| source.second_purpose());
            second.streams = purposes.map(stream).collect();
        }
        self.left = batch.samples;
    }

    /// Draws the next block, or says that the batch has ended.
    #[inline(always)]
    pub(super) fn next_block<F: Fma>(&mut self) -> bool {
        self.samples = BLOCK.min(self.left);
        self.left -= self.samples;
        if self.samples > 0 {
            fill::<F>(&mut self.stream, &mut self.pairs, self.samples);
        }
        self.samples > 0
    }

    /// Gives the rest of a block z₁ = −∞, which is above no threshold.
    pub(super) fn pad(&mut self) {
        self.pairs.first[self.samples..].fill(f32::NEG_INFINITY);
    }

    /// The block, with w from the source of this index: to be called once a block and source.
    #[inline(always)]
    pub(super) fn draws<F: Fma>(&mut self, source: usize, monitored: &Monitored<'_>) -> Draws<'_> {
        let stream = &mut self.vote_streams[source];
        let w = match self.sources[source] {
            Source::Nothing => &self.zeros.0,
            Source::SingleDraw => {
                if let Some(second) = &mut self.second {
                    second.smallest(source, self.samples, monitored, Single::<F>(PhantomData));
                }
                &self.pairs.second
            }
            Source::Votes(n) => {
                let ballot = &mut self.ballot;
                decided::<F>(ballot, stream, n, &mut self.w.0, self.samples);
                if let Some(second) = &mut self.second {
                    let voted = Voted::<F> { ballot, n, fma: PhantomData };
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

/// For each source of w, the margins (by index) that use it.
pub(super) fn users(question: &Question, sampler: &Blocks) -> Vec<Vec<(usize, Line)>> {
    let users_of = |source: &Source| {
        let margins = question.margins().iter().enumerate();
        margins
            .filter(|(_, margin)| Source::of(margin, question.votes_by()) == *source)
            .map(|(index, margin)| (index, Line::new(question, margin)))
            .collect()
    };
    sampler.sources().iter().map(users_of).collect()
}
