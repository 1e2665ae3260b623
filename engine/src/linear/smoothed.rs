//! Randomized smoothing in d dimensions, simulated: x and the noise of every answer are real vectors.
//!
//! ```text
//! y = +1 with probability prior      x = y·μ + L z, LLᵀ = Σ
//! an answer  sgn(w·(x + θ) + b), θ = m + sigma·z with a z of its own, taken as (w·x + w·m + b) + sigma·(w·z)
//! ```
//!
//! What is done with the answers is [`crate::certify`]'s, as is what decides. Weights are divided by their length, which
//! changes no answer, so that w·x + w·m + b is a distance in ℓ2. Theory knows w·μ and wᵀΣw; here only dot products
//! with the vectors that were drawn. The only liberty is that w·(x + θ) is a sum of dot products, so that an
//! answer's z serves every sigma.
//!
//! **What is shared.** All cases share y, x and the vectors of their answers, those of the same classifier and sigma the
//! answers themselves.

// Loops over an index of arrays of fixed length become vectors; loops over iterators did not.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use task::linear::{LinearClassifier, LinearTask};
use task::{EntryError, Prior};

use super::classes::classes;
use super::dots::{Plain, plain};
use super::factor::{Factor, Lanes};
use super::{LINEAR_BIAS, dot_with};
use crate::batch::{BATCH, Monitor, batch};
use crate::certify::rules::{Counted, Rules, Sample, Votes, sorted};
use crate::certify::{Case, CaseCounts, check, counts, most, tally, tally_len};
use crate::dispatch::{Fma, Level, dispatched};
use crate::draws::Batch;
use crate::normal::{BLOCK, Pairs, fill};
use crate::normals::Normals;
use crate::sampler::{Drawing, Sampler};
use crate::stream::{LANES, Purpose, Stream};
use task::certify::Answers;

/// How far the probability of what is counted may be from its exact value: the law of x once, and that of each of n answers,
/// which can move a count by √n times as much.
#[must_use]
pub fn bias(n0: Answers, n: Answers) -> f64 {
    let root = |answers: Answers| match answers {
        Answers::Limit => 0.0,
        Answers::Finite(n) => f64::from(n.get()).sqrt(),
    };
    LINEAR_BIAS * (1.0 + root(n0) + root(n))
}

/// A base classifier, of weights of length 1.
#[derive(Debug, Clone, PartialEq)]
struct Base {
    weights: Vec<f64>,
    /// w·m + b.
    offset: f64,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct SmoothedQuestion {
    prior: Prior,
    mean: Vec<f64>,
    data: Factor,
    bases: Vec<Base>,
    /// Each with its classifier.
    cases: Vec<(usize, Case)>,
}

impl SmoothedQuestion {
    /// `cases`, each of one of the base `classifiers`, asked under noise N(`shift`, sigma²I).
    ///
    /// Fails where a number of a case is none, a case has no classifier, or dimensions differ.
    pub fn new(
        task: &LinearTask,
        shift: &[f64],
        classifiers: &[LinearClassifier],
        cases: Vec<(usize, Case)>,
    ) -> Result<Self, EntryError> {
        let d = task.dimension();
        let of_dimension = |name: String, found: usize| match found == d {
            true => Ok(()),
            false => Err(EntryError::new(name, found, format!("{d}, as the mean has"))),
        };
        of_dimension("length of shift".to_owned(), shift.len())?;
        for (index, classifier) in classifiers.iter().enumerate() {
            let name = format!("length of the weights of classifiers[{index}]");
            of_dimension(name, classifier.weights().len())?;
        }
        for (index, (classifier, case)) in cases.iter().enumerate() {
            if *classifier >= classifiers.len() {
                let name = format!("classifier of cases[{index}]");
                let right = format!("one of {} classifiers", classifiers.len());
                return Err(EntryError::new(name, classifier, right));
            }
            check(index, case)?;
        }
        let base = |classifier: &LinearClassifier| {
            // By a power of two first, so that no square leaves the range.
            let (weights, bias) = super::scaled(classifier.weights(), classifier.bias());
            let length = dot_with(&weights, &weights).sqrt();
            let weights: Vec<f64> = weights.iter().map(|w| w / length).collect();
            let offset = dot_with(&weights, shift) + bias / length;
            Base { weights, offset }
        };
        Ok(Self {
            prior: task.prior(),
            mean: task.mean().to_vec(),
            data: Factor::new(task.covariance(), d, 0.0),
            bases: classifiers.iter().map(base).collect(),
            cases,
        })
    }

    fn cases(&self) -> impl Iterator<Item = &Case> + Clone {
        self.cases.iter().map(|(_, case)| case)
    }

    /// The counts of a tally, case by case.
    #[must_use]
    pub fn counts(&self, tally: &[u64]) -> Vec<CaseCounts> {
        counts(self.cases(), tally)
    }

    /// The classifiers with the noise they are asked under, each once.
    fn voters(&self) -> Vec<(usize, f64)> {
        sorted(self.cases.iter().map(|(base, case)| (*base, case.sigma)))
    }

    /// Samples in a batch.
    #[must_use]
    pub fn batch(&self) -> u64 {
        let d = self.mean.len() as u64;
        let (bases, voters) = (self.bases.len() as u64, self.voters().len() as u64);
        let answers = most(self.cases()).into_iter().sum::<u64>();
        // A normal costs some 0.5 ns, its product with a weight 0.2 ns, a comparison 0.2 ns.
        let answers = answers.saturating_mul((d * (3 + bases) + voters) / 5 + 1);
        let rank = self.data.rank() as u64;
        let products = if self.data.is_full() { d * rank / 2 } else { d };
        let data = 8 * rank + (products + d * bases) / 3;
        batch(BATCH, answers.saturating_add(data + tally_len(self.cases()) as u64))
    }

    /// Makes the question ready for the samples of a drawing.
    #[must_use]
    pub fn sampler(self, drawing: &Drawing) -> Smoothed {
        Smoothed { question: self, drawing: *drawing }
    }
}

/// A question and a drawing: any batches, in any order.
#[derive(Debug, Clone)]
pub struct Smoothed {
    question: SmoothedQuestion,
    drawing: Drawing,
}

impl Sampler for Smoothed {
    fn name(&self) -> &'static str {
        "smoothed"
    }

    fn batch(&self) -> u64 {
        self.question.batch()
    }

    fn tally_len(&self) -> usize {
        tally_len(self.question.cases())
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let kernel = &Kernel::new(&self.question, self.drawing.level);
        tally(
            batches,
            (&self.drawing, self.batch(), self.tally_len()),
            monitor,
            || kernel.room(),
            |room, batch, tally| count_batch(kernel.level, kernel, room, batch, tally),
        )
    }
}

/// Rows of sixteen pairs of normals that are drawn at a time.
const ROWS: usize = BLOCK / LANES;
/// After so many of these blocks, some milliseconds, it is asked whether to go on.
const OFTEN: u32 = 1 << 10;

/// A question made ready.
#[derive(Debug, Clone)]
struct Kernel<'a> {
    question: &'a SmoothedQuestion,
    level: Level,
    voters: Vec<(usize, f64)>,
    rules: Rules,
    /// The weights of each classifier, two a pair of normals; behind an odd number of them a 0.
    pairs: Vec<Vec<[f64; 2]>>,
    /// Vectors that are drawn at a time: several where they are short.
    vectors: usize,
}

/// What a thread works in.
#[derive(Debug, Clone)]
struct Room {
    normals: Normals,
    pairs: Box<Pairs>,
    z: Vec<Lanes>,
    x: Vec<Lanes>,
    /// w·x + w·m + b of each classifier.
    signed: Vec<Lanes>,
    /// −signed/sigma of each voter: w·z above it answers +1.
    thresholds: Vec<Lanes>,
    /// w·z of each classifier and each vector.
    dots: Vec<Lanes>,
    running: Vec<Votes>,
    votes: Counted,
}

impl<'a> Kernel<'a> {
    fn new(question: &'a SmoothedQuestion, level: Level) -> Self {
        let voters = question.voters();
        let voter = |base: usize, sigma: f64| {
            voters.iter().position(|known| *known == (base, sigma)).unwrap_or(0)
        };
        let rules =
            Rules::new(question.cases.iter().map(|(base, case)| (voter(*base, case.sigma), case)));
        let pair = |pair: &[f64]| [pair[0], pair.get(1).copied().unwrap_or(0.0)];
        let pairs = |base: &Base| base.weights.chunks(2).map(pair).collect();
        let vectors = (ROWS / question.mean.len().div_ceil(2)).max(1);
        let pairs = question.bases.iter().map(pairs).collect();
        Self { question, level, voters, rules, pairs, vectors }
    }

    fn room(&self) -> Room {
        let (d, rank) = (self.question.mean.len(), self.question.data.rank());
        let (bases, voters) = (self.pairs.len(), self.voters.len());
        Room {
            normals: Normals::new(self.level),
            pairs: Box::default(),
            z: vec![[0.0; LANES]; rank],
            x: vec![[0.0; LANES]; d],
            signed: vec![[0.0; LANES]; bases],
            thresholds: vec![[0.0; LANES]; voters],
            dots: vec![[0.0; LANES]; bases * self.vectors],
            running: vec![[0; LANES]; voters],
            votes: self.rules.room(voters),
        }
    }

    /// Draws the noise of answers for sixteen samples, and keeps how many said +1 after each of the numbers of a kind.
    #[inline(always)]
    fn ask<F: Fma>(&self, stream: &mut Stream, kind: usize, room: &mut Room, batch: &Batch<'_>) {
        let numbers = &self.rules.numbers[kind];
        let Some(&last) = numbers.last() else { return };
        let steps = self.question.mean.len().div_ceil(2);
        room.running.iter_mut().for_each(|votes| *votes = [0; LANES]);
        let (mut place, mut asked, mut since) = (0, 0, 0);
        while asked < last {
            let here = self.vectors.min((numbers[place] - asked) as usize);
            room.dots.iter_mut().for_each(|dot| *dot = [0.0; LANES]);
            // Either several whole vectors, or the parts of one.
            for first in (0..steps).step_by(ROWS) {
                let part = ROWS.min(steps - first);
                fill::<F>(stream, &mut room.pairs, here * part * LANES);
                for (weights, dots) in self.pairs.iter().zip(room.dots.chunks_mut(self.vectors)) {
                    let weights = &weights[first..first + part];
                    add_products(self.level, weights, &room.pairs, &mut dots[..here]);
                }
                since += 1;
                if since >= OFTEN {
                    since = 0;
                    if batch.monitored.asks_to_give_up() {
                        return;
                    }
                }
            }
            let voters = self.voters.iter().zip(&room.thresholds).zip(&mut room.running);
            for (((base, _), thresholds), votes) in voters {
                let dots = &room.dots[base * self.vectors..][..here];
                count_above(self.level, dots, thresholds, votes);
            }
            asked += here as u32;
            if numbers[place] == asked {
                room.votes[kind][place].copy_from_slice(&room.running);
                place += 1;
            }
        }
    }
}

dispatched! {
    /// Adds weights·normals to the dot product of each vector, which has as many rows of pairs as there are pairs of weights. A
    /// function of its own: as a part of the kernel the compiler makes no vectors of it.
    #[inline(never)]
    fn add_products(weights: &[[f64; 2]], pairs: &Pairs, dots: &mut [Lanes]) = products_body
}

// `dispatched!` hands every body the multiply-add of its level; here none is used.
#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn products_body<F: Fma>(weights: &[[f64; 2]], pairs: &Pairs, dots: &mut [Lanes]) {
    let [first, second] = [&pairs.first, &pairs.second].map(|half| half.as_chunks::<LANES>().0);
    let vectors = first.chunks(weights.len()).zip(second.chunks(weights.len()));
    for (dot, (first, second)) in dots.iter_mut().zip(vectors) {
        let (mut even, mut odd) = ([0.0; LANES], [0.0; LANES]);
        for ((weights, a), b) in weights.iter().zip(first).zip(second) {
            for lane in 0..LANES {
                even[lane] += weights[0] * f64::from(a[lane]);
                odd[lane] += weights[1] * f64::from(b[lane]);
            }
        }
        for lane in 0..LANES {
            dot[lane] += even[lane] + odd[lane];
        }
    }
}

dispatched! {
    /// Adds how many of these are above a threshold, in each lane.
    #[inline(never)]
    fn count_above(dots: &[Lanes], thresholds: &Lanes, votes: &mut Votes) = above_body
}

#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn above_body<F: Fma>(dots: &[Lanes], thresholds: &Lanes, votes: &mut Votes) {
    let mut counts = *votes;
    for dot in dots {
        for lane in 0..LANES {
            counts[lane] += u32::from(dot[lane] > thresholds[lane]);
        }
    }
    *votes = counts;
}

dispatched! {
    /// Adds the samples of a batch to `tally`.
    fn count_batch(kernel: &Kernel<'_>, room: &mut Room, batch: Batch<'_>, tally: &mut [u64]) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &Kernel<'_>, room: &mut Room, batch: Batch<'_>, tally: &mut [u64]) {
    let Batch { seed, number, samples, .. } = batch;
    let question = kernel.question;
    let stream = |purpose| Stream::new(seed, number, purpose);
    let mut data = stream(Purpose::SmoothedData);
    let mut answers = [Purpose::SmoothedSelection, Purpose::SmoothedAnswers].map(stream);
    for start in (0..samples).step_by(LANES) {
        let plus = classes(&mut data, question.prior.get());
        let coins = room.normals.begin(&mut data, question.data.rank());
        room.normals.draw(&mut data, &mut room.z);
        question.data.multiply(kernel.level, &room.z, &mut room.x, 1);
        let is = |lanes: u16, lane: usize| lanes >> lane & 1 == 1;
        for (x, mean) in room.x.iter_mut().zip(&question.mean) {
            for lane in 0..LANES {
                x[lane] += if is(plus, lane) { *mean } else { -*mean };
            }
        }
        for (base, signed) in question.bases.iter().zip(&mut room.signed) {
            plain(kernel.level, &base.weights, &Plain(&room.x), signed);
            for lane in 0..LANES {
                signed[lane] += base.offset;
            }
        }
        for (thresholds, (base, sigma)) in room.thresholds.iter_mut().zip(&kernel.voters) {
            for lane in 0..LANES {
                thresholds[lane] = -room.signed[*base][lane] / sigma;
            }
        }
        for (kind, stream) in answers.iter_mut().enumerate() {
            kernel.ask::<F>(stream, kind, room, &batch);
        }
        if batch.monitored.is_given_up() {
            return;
        }
        let mut next = 0;
        for (rule, (base, _)) in kernel.rules.rules.iter().zip(&question.cases) {
            let tally = &mut tally[next..next + rule.places()];
            next += rule.places();
            for lane in 0..LANES.min(samples - start) {
                let signed = room.signed[*base][lane];
                let (plus, coin) = (is(plus, lane), is(coins, lane));
                rule.judge(&room.votes, Sample { lane, signed, plus, coin }, tally);
            }
        }
    }
}
