//! Counts a batch, sixteen samples at a time.

use task::certify::Answers;

use super::{CertifyQuestion, Procedure, least_count};
use crate::dispatch::{Fma, dispatched};
use crate::draws::Batch;
use crate::normal::pair;
use crate::stream::{LANES, Purpose, Stream};

/// After so many pairs of answers of sixteen samples, a millisecond or so, it is asked whether to go on.
const OFTEN: u32 = 1 << 15;

/// How many of the answers so far say +1, of each sample.
type Votes = [u32; LANES];

/// A question made ready.
#[derive(Debug, Clone)]
pub(super) struct Kernel<'a> {
    question: &'a CertifyQuestion,
    sigmas: Vec<f64>,
    /// The different finite numbers of answers, ascending: of selections, and of counts.
    numbers: [Vec<u32>; 2],
    rules: Vec<Rule>,
}

/// What decides about a case.
#[derive(Debug, Clone)]
struct Rule {
    sigma: usize,
    /// `None` where the smoothed classifier itself decides.
    drawn: Option<Drawn>,
    /// In units of x, for the smoothed classifier.
    radii: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Drawn {
    selection: By,
    /// Which of the numbers of counts, and that number.
    place: usize,
    n: u32,
    /// The least count of an answer, and of each radius.
    answer: u64,
    bars: Vec<u64>,
}

/// How a class is selected.
#[derive(Debug, Clone, Copy)]
enum By {
    /// By the majority of answers: which of the numbers, and that number.
    Majority(usize, u32),
    /// As the smoothed classifier says.
    Smoothed,
    /// The larger count of the answers themselves.
    Larger,
}

/// What a thread works in.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// −(x + offset)/sigma: a normal above it answers +1.
    thresholds: Vec<[f32; LANES]>,
    running: Vec<Votes>,
    /// `votes[kind][number][sigma]`.
    votes: [Vec<Vec<Votes>>; 2],
}

fn sorted<T: Copy + PartialOrd>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values.dedup();
    values
}

fn finite(answers: Answers) -> Option<u32> {
    match answers {
        Answers::Finite(n) => Some(n.get()),
        Answers::Limit => None,
    }
}

impl<'a> Kernel<'a> {
    pub(super) fn new(question: &'a CertifyQuestion) -> Self {
        let cases = &question.cases;
        let sigmas = sorted(cases.iter().map(|case| case.sigma));
        let drawn = || cases.iter().filter(|case| finite(case.n).is_some());
        let selecting = drawn().filter_map(|case| match case.procedure {
            Procedure::Certify(n0) => finite(n0),
            Procedure::Predict => None,
        });
        let numbers = [sorted(selecting), sorted(drawn().filter_map(|case| finite(case.n)))];
        let place = |kind: usize, n: u32| numbers[kind].partition_point(|known| *known < n);
        let rule = |case: &super::Case| Rule {
            sigma: sigmas.partition_point(|known| *known < case.sigma),
            drawn: finite(case.n).map(|n| {
                let (selection, level) = match case.procedure {
                    Procedure::Certify(Answers::Finite(n0)) => {
                        (By::Majority(place(0, n0.get()), n0.get()), case.alpha)
                    }
                    Procedure::Certify(Answers::Limit) => (By::Smoothed, case.alpha),
                    Procedure::Predict => (By::Larger, 0.5 * case.alpha),
                };
                let bars = case.bars.iter().map(|bar| least_count(n, bar.miss, case.alpha));
                let (place, bars) = (place(1, n), bars.collect());
                Drawn { selection, place, n, answer: least_count(n, 0.5, level), bars }
            }),
            radii: case.bars.iter().map(|bar| bar.radius).collect(),
        };
        let rules = cases.iter().map(rule).collect();
        Self { question, sigmas, numbers, rules }
    }

    /// Room for one thread.
    pub(super) fn room(&self) -> Room {
        let none = vec![[0; LANES]; self.sigmas.len()];
        Room {
            thresholds: vec![[0.0; LANES]; self.sigmas.len()],
            votes: [0, 1].map(|kind| vec![none.clone(); self.numbers[kind].len()]),
            running: none,
        }
    }
}

/// Draws answers for sixteen samples, and keeps how many said +1 after each of `numbers`.
#[inline(always)]
fn ask<F: Fma>(
    stream: &mut Stream,
    numbers: &[u32],
    thresholds: &[[f32; LANES]],
    running: &mut [Votes],
    votes: &mut [Vec<Votes>],
    batch: &Batch<'_>,
) {
    let Some(&last) = numbers.last() else { return };
    running.iter_mut().for_each(|votes| *votes = [0; LANES]);
    let (mut place, mut asked, mut since) = (0, 0, 0);
    while asked < last {
        // Up to the next number, in pairs; of the last pair before an odd one the second belongs behind it.
        let pairs = ((numbers[place] - asked) / 2).min(OFTEN);
        for _ in 0..pairs {
            let (radius, angle) = (stream.step(), stream.step());
            let (mut first, mut second) = ([0.0f32; LANES], [0.0f32; LANES]);
            for lane in 0..LANES {
                (first[lane], second[lane]) = pair::<F>(radius[lane], angle[lane]);
            }
            for (votes, thresholds) in running.iter_mut().zip(thresholds) {
                for lane in 0..LANES {
                    votes[lane] += u32::from(first[lane] > thresholds[lane])
                        + u32::from(second[lane] > thresholds[lane]);
                }
            }
        }
        asked += 2 * pairs;
        since += pairs;
        if since >= OFTEN {
            since = 0;
            if batch.monitored.asks_to_give_up() {
                return;
            }
        }
        if numbers[place] - asked == 1 {
            let (radius, angle) = (stream.step(), stream.step());
            let mut both = [[0.0f32; LANES]; 2];
            for lane in 0..LANES {
                (both[0][lane], both[1][lane]) = pair::<F>(radius[lane], angle[lane]);
            }
            for half in both {
                for (votes, thresholds) in running.iter_mut().zip(thresholds) {
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
        let Room { thresholds, running, votes } = room;
        for ((stream, numbers), votes) in answers.iter_mut().zip(&kernel.numbers).zip(votes) {
            ask::<F>(stream, numbers, thresholds, running, votes, &batch);
        }
        if batch.monitored.is_given_up() {
            return;
        }
        let mut next = 0;
        for rule in &kernel.rules {
            let places = 2 + rule.radii.len();
            let tally = &mut tally[next..next + places];
            next += places;
            for lane in 0..LANES.min(samples - start) {
                let coin = radius[lane] & 1 == 1;
                judge(rule, room, lane, signed[lane], plus[lane], coin, tally);
            }
        }
    }
}

/// Counts a sample of a case: `signed` is x + offset, `plus` whether y = +1.
fn judge(
    rule: &Rule,
    room: &Room,
    lane: usize,
    signed: f64,
    plus: bool,
    coin: bool,
    tally: &mut [u64],
) {
    let says = signed > 0.0;
    let Some(drawn) = &rule.drawn else {
        let right = says == plus;
        tally[usize::from(!right)] += 1;
        if right {
            for (place, radius) in rule.radii.iter().enumerate() {
                tally[2 + place] += u64::from(signed.abs() >= *radius);
            }
        }
        return;
    };
    let ups = room.votes[1][drawn.place][rule.sigma][lane];
    let selected = match drawn.selection {
        By::Majority(place, n0) => {
            let twice = 2 * u64::from(room.votes[0][place][rule.sigma][lane]);
            if twice == u64::from(n0) { coin } else { twice > u64::from(n0) }
        }
        By::Smoothed => says,
        By::Larger => 2 * u64::from(ups) > u64::from(drawn.n),
    };
    let count = u64::from(if selected { ups } else { drawn.n - ups });
    if count < drawn.answer {
        return;
    }
    if selected != plus {
        tally[1] += 1;
        return;
    }
    tally[0] += 1;
    for (place, bar) in drawn.bars.iter().enumerate() {
        tally[2 + place] += u64::from(count >= *bar);
    }
}
