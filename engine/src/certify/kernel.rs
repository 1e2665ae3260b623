//! Counts a batch, sixteen samples at a time.

use super::CertifyQuestion;
use super::rules::{Counted, Rules, Sample, Votes, sorted};
use crate::dispatch::{Fma, Level, dispatched};
use crate::draws::Batch;
use crate::normal::{BLOCK, Pairs, fill, pair};
use crate::stream::{LANES, Purpose, Stream};

/// Pairs of answers of sixteen samples that are drawn at a time, so that the state of the stream stays in registers.
const ROWS: u32 = (BLOCK / LANES) as u32;
/// After so many of these, a millisecond or so, it is asked whether to go on.
const OFTEN: u32 = 1 << 8;

/// So many rows are counted together, lane by lane: of a loop over single rows the compiler makes vectors of rows, whose
/// numbers are far apart.
const TOGETHER: usize = 8;

/// A question made ready.
#[derive(Debug, Clone)]
pub(super) struct Kernel<'a> {
    question: &'a CertifyQuestion,
    level: Level,
    /// Whose votes are counted: each noise once.
    sigmas: Vec<f64>,
    rules: Rules,
}

/// What a thread works in.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pairs: Box<Pairs>,
    /// −(x + offset)/sigma: a normal above it answers +1.
    thresholds: Vec<[f32; LANES]>,
    running: Vec<Votes>,
    votes: Counted,
}

impl<'a> Kernel<'a> {
    pub(super) fn new(question: &'a CertifyQuestion, level: Level) -> Self {
        let cases = &question.cases;
        let sigmas = sorted(cases.iter().map(|case| case.sigma));
        let voter = |sigma: f64| sigmas.partition_point(|known| *known < sigma);
        let rules = Rules::new(cases.iter().map(|case| (voter(case.sigma), case)));
        Self { question, level, sigmas, rules }
    }

    /// Room for one thread.
    pub(super) fn room(&self) -> Room {
        let voters = self.sigmas.len();
        Room {
            pairs: Box::default(),
            thresholds: vec![[0.0; LANES]; voters],
            running: vec![[0; LANES]; voters],
            votes: self.rules.room(voters),
        }
    }
}

/// Draws answers for sixteen samples, and keeps how many said +1 after each of the numbers of a kind.
#[inline(always)]
fn ask<F: Fma>(
    kernel: &Kernel<'_>,
    stream: &mut Stream,
    kind: usize,
    room: &mut Room,
    batch: &Batch<'_>,
) {
    let Room { pairs: drawn, thresholds, running, votes } = room;
    let (numbers, votes) = (&kernel.rules.numbers[kind], &mut votes[kind]);
    let Some(&last) = numbers.last() else { return };
    running.iter_mut().for_each(|votes| *votes = [0; LANES]);
    let (mut place, mut asked, mut since) = (0, 0, 0);
    while asked < last {
        // Up to the next number, in pairs; of the last pair before an odd one the second belongs behind it.
        let pairs = ((numbers[place] - asked) / 2).min(ROWS);
        if pairs > 0 {
            fill::<F>(stream, drawn, pairs as usize * LANES);
            for (votes, thresholds) in running.iter_mut().zip(thresholds.iter()) {
                count_above(kernel.level, drawn, pairs as usize, thresholds, votes);
            }
            asked += 2 * pairs;
            since += 1;
            if since >= OFTEN {
                since = 0;
                if batch.monitored.asks_to_give_up() {
                    return;
                }
            }
        }
        if numbers[place] - asked == 1 {
            let (radius, angle) = (stream.step(), stream.step());
            let mut both = [[0.0f32; LANES]; 2];
            for lane in 0..LANES {
                (both[0][lane], both[1][lane]) = pair::<F>(radius[lane], angle[lane]);
            }
            for half in both {
                for (votes, thresholds) in running.iter_mut().zip(thresholds.iter()) {
                    for lane in 0..LANES {
                        votes[lane] += u32::from(half[lane] > thresholds[lane]);
                    }
                }
                asked += 1;
                if place < numbers.len() && numbers[place] == asked {
                    votes[place].copy_from_slice(running);
                    place += 1;
                }
            }
        } else if numbers[place] == asked {
            votes[place].copy_from_slice(running);
            place += 1;
        }
    }
}

dispatched! {
    /// Adds how many of the first rows of pairs are above a threshold, in each lane. A function of its own: as a part of the
    /// kernel the compiler makes no vectors of it.
    #[inline(never)]
    fn count_above(pairs: &Pairs, rows: usize, thresholds: &[f32; LANES], votes: &mut Votes) = above_body
}

// `dispatched!` hands every body the multiply-add of its level; here none is used.
#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn above_body<F: Fma>(pairs: &Pairs, rows: usize, thresholds: &[f32; LANES], votes: &mut Votes) {
    let [first, second] =
        [&pairs.first, &pairs.second].map(|half| &half.as_chunks::<LANES>().0[..rows]);
    let mut counts = *votes;
    let (some, rest) = first.as_chunks::<TOGETHER>();
    let (others, last) = second.as_chunks::<TOGETHER>();
    for (first, second) in some.iter().zip(others) {
        for lane in 0..LANES {
            let mut above = 0;
            for row in 0..TOGETHER {
                above += u32::from(first[row][lane] > thresholds[lane]);
                above += u32::from(second[row][lane] > thresholds[lane]);
            }
            counts[lane] += above;
        }
    }
    for (first, second) in rest.iter().zip(last) {
        for lane in 0..LANES {
            counts[lane] += u32::from(first[lane] > thresholds[lane]);
            counts[lane] += u32::from(second[lane] > thresholds[lane]);
        }
    }
    *votes = counts;
}

dispatched! {
    /// Adds the first `samples` of a batch to `tally`.
    pub(super) fn count_batch(
        kernel: &Kernel<'_>, room: &mut Room, batch: Batch<'_>, tally: &mut [u64],
    ) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &Kernel<'_>, room: &mut Room, batch: Batch<'_>, tally: &mut [u64]) {
    let Batch { seed, number, samples, .. } = batch;
    let question = kernel.question;
    let (mean, data_std) = (question.task.mean(), question.task.data_std());
    // y = +1 where a word is below: a prior of 1 is above all words.
    let plus_below = (question.prior.get() * (1_u64 << 32) as f64) as u64;
    let stream = |purpose| Stream::new(seed, number, purpose);
    let mut data = stream(Purpose::CertifyData);
    let mut answers = [Purpose::CertifySelection, Purpose::CertifyAnswers].map(stream);
    for start in (0..samples).step_by(LANES) {
        let (class, radius, angle) = (data.step(), data.step(), data.step());
        let (mut plus, mut signed) = ([false; LANES], [0.0f64; LANES]);
        for lane in 0..LANES {
            plus[lane] = u64::from(class[lane]) < plus_below;
            let (z, _) = pair::<F>(radius[lane], angle[lane]);
            let y = if plus[lane] { 1.0 } else { -1.0 };
            signed[lane] = y * mean + data_std * f64::from(z) + question.offset;
        }
        for (thresholds, sigma) in room.thresholds.iter_mut().zip(&kernel.sigmas) {
            for lane in 0..LANES {
                thresholds[lane] = (-signed[lane] / sigma) as f32;
            }
        }
        for (kind, stream) in answers.iter_mut().enumerate() {
            ask::<F>(kernel, stream, kind, room, &batch);
        }
        if batch.monitored.is_given_up() {
            return;
        }
        let mut next = 0;
        for rule in &kernel.rules.rules {
            let tally = &mut tally[next..next + rule.places()];
            next += rule.places();
            for lane in 0..LANES.min(samples - start) {
                let coin = radius[lane] & 1 == 1;
                let sample = Sample { lane, signed: signed[lane], plus: plus[lane], coin };
                rule.judge(&room.votes, sample, tally);
            }
        }
    }
}
