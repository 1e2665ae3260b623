//! What logs count: of each sample how many draws are right, and what the draws say of one another.

use engine::logs::order;
use rayon::prelude::*;

use super::logged::{Draws, Logged};
use crate::check::Estimate;
use crate::check::betting::{self, Values, blocks};
use crate::check::clopper_pearson;

/// What is counted of the draws on one input.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// How many draws each sample has.
    pub(super) draws: u32,
    /// How many are right, of each sample.
    pub(super) right: Vec<u32>,
    /// How many of the first half are.
    pub(super) first: Vec<u32>,
    /// Pairs of draws that say the same.
    pub(super) alike: Vec<u32>,
    /// Samples of which three classes or more are said.
    pub(super) scattered: Vec<u32>,
    /// How many samples are right at each draw.
    pub(super) by_draw: Vec<u64>,
    /// How often a draw is right and the next one wrong, or the other way round, over all samples: counted, expected
    /// of draws in random order, and the variance of that.
    pub(super) changes: [f64; 3],
}

/// What is counted of logs.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub(super) samples: usize,
    /// The number of different classes that labels and predictions name.
    pub(super) classes: usize,
    pub(super) clean: Counts,
    pub(super) attacked: Counts,
    /// Draws that are right on both inputs, where both have the same draw.
    pub(super) both: Option<Vec<u32>>,
    /// Clean draws that say what the undefended model says.
    pub(super) invariant: Option<Vec<u32>>,
    pub(super) undefended: Option<Vec<bool>>,
    pub(super) undefended_attacked: Option<Vec<bool>>,
    /// The samples in an order of chance.
    order: Vec<u32>,
}

/// Half of the draws, at most as many as a fit needs; none where half would be one.
pub(super) fn half(draws: u32) -> u32 {
    if draws < 4 { 0 } else { (draws / 2).min(MOST_FITTED) }
}

/// More draws of a sample say nothing more of the fit, and cost time.
pub(super) const MOST_FITTED: u32 = 128;

/// Samples that are counted at a time.
const CHUNK: usize = 1 << 14;

fn matches(codes: &[u16], class: u16) -> u32 {
    codes.iter().map(|code| u32::from(*code == class)).sum()
}

impl Counts {
    fn of(draws: &Draws, labels: &[u16], classes: usize) -> Self {
        let half = half(draws.count as u32) as usize;
        let parts: Vec<Self> = labels
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, labels)| Self::part(draws, labels, chunk * CHUNK, half, classes))
            .collect();
        let mut all = Self { draws: draws.count as u32, ..Self::default() };
        all.by_draw = vec![0; draws.count];
        for part in parts {
            all.right.extend(part.right);
            all.first.extend(part.first);
            all.alike.extend(part.alike);
            all.scattered.extend(part.scattered);
            all.by_draw.iter_mut().zip(part.by_draw).for_each(|(all, part)| *all += part);
            all.changes.iter_mut().zip(part.changes).for_each(|(all, part)| *all += part);
        }
        all
    }

    fn part(draws: &Draws, labels: &[u16], start: usize, half: usize, classes: usize) -> Self {
        let m = draws.count;
        let mut part = Self { by_draw: vec![0; m], ..Self::default() };
        let mut by_draw = vec![0_u32; m];
        let mut seen = vec![0_u32; classes];
        for (i, label) in labels.iter().enumerate() {
            let codes = draws.of(start + i);
            for (count, code) in by_draw.iter_mut().zip(codes) {
                *count += u32::from(code == label);
            }
            let right = matches(codes, *label);
            part.right.push(right);
            part.first.push(matches(&codes[..half], *label));
            let m = m as u32;
            if right == m {
                part.alike.push(m * (m - 1) / 2);
                continue;
            }
            if right > 0 {
                let changes =
                    codes.windows(2).filter(|w| (w[0] == *label) != (w[1] == *label)).count();
                let (n, c) = (f64::from(m), f64::from(right));
                // Wald and Wolfowitz: runs less one.
                let mean = 2.0 * c * (n - c) / n;
                part.changes[0] += changes as f64;
                part.changes[1] += mean;
                part.changes[2] += mean * (mean - 1.0) / (n - 1.0);
            }
            // Of two classes, all that is not right says the other one.
            if classes <= 2 {
                let wrong = m - right;
                part.alike.push((right * right.saturating_sub(1) + wrong * (wrong - 1)) / 2);
                continue;
            }
            let (mut pairs, mut different) = (0, 0);
            for code in codes {
                let count = &mut seen[usize::from(*code)];
                different += u32::from(*count == 0);
                pairs += *count;
                *count += 1;
            }
            codes.iter().for_each(|code| seen[usize::from(*code)] = 0);
            part.alike.push(pairs);
            // Where two classes are said and neither is the label, no plurality is right.
            if different > 2 && right > 0 {
                part.scattered.push((start + i) as u32);
            }
        }
        part.by_draw.iter_mut().zip(by_draw).for_each(|(all, count)| *all = u64::from(count));
        part
    }

    /// How many of the draws that are not in the first half are right.
    pub(super) fn second(&self, sample: usize) -> u32 {
        self.right[sample] - self.first[sample]
    }
}

/// How many samples have each key, by block.
pub(super) type Cells = Vec<Vec<(u64, u64)>>;

impl Counted {
    /// Counts what was logged.
    pub(super) fn of(logged: &Logged, classes: usize, paired: bool, seed: u64) -> Self {
        let Logged { labels, clean, attacked, undefended, undefended_attacked } = logged;
        let right = |codes: &Vec<u16>| codes.iter().zip(labels).map(|(a, b)| a == b).collect();
        let each = |count: &(dyn Fn(usize) -> u32 + Sync)| -> Vec<u32> {
            (0..labels.len()).into_par_iter().with_min_len(CHUNK).map(count).collect()
        };
        let both = paired.then(|| {
            each(&|i| {
                let pairs = clean.of(i).iter().zip(attacked.of(i));
                pairs.map(|(c, a)| u32::from(*c == labels[i]) & u32::from(*a == labels[i])).sum()
            })
        });
        let invariant = undefended.as_ref().map(|codes| each(&|i| matches(clean.of(i), codes[i])));
        Self {
            samples: labels.len(),
            classes,
            clean: Counts::of(clean, labels, classes),
            attacked: Counts::of(attacked, labels, classes),
            both,
            invariant,
            undefended: undefended.as_ref().map(right),
            undefended_attacked: undefended_attacked.as_ref().map(right),
            order: order(labels.len() as u32, seed),
        }
    }

    /// How many samples have each key below `keys`, in each block of bets.
    pub(super) fn cells(&self, keys: u64, key: impl Fn(usize) -> u64 + Sync) -> Cells {
        let blocks = blocks(self.samples);
        let of = |block: &std::ops::Range<usize>| {
            let order = &self.order[block.clone()];
            if keys <= 1 << 16 {
                let mut counts = vec![0_u64; keys as usize];
                order.iter().for_each(|sample| counts[key(*sample as usize) as usize] += 1);
                let some = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
                return some.map(|(key, count)| (key as u64, count)).collect();
            }
            let mut all: Vec<u64> = order.iter().map(|sample| key(*sample as usize)).collect();
            all.sort_unstable();
            all.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
        };
        blocks.par_iter().map(of).collect()
    }
}

/// An estimate, and how its interval was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) estimate: Estimate,
    /// [`BINARY`] or [`BETTING`].
    pub(super) method: &'static str,
}

/// Exact, of values 0 and 1.
pub(super) const BINARY: &str = "clopper-pearson";
/// Of values in [0, 1].
pub(super) const BETTING: &str = "betting";

/// The ratio of the means of two values of each key, (u, v) with 0 ≤ u ≤ v ≤ 1.
pub(super) fn ratio(
    cells: &Cells,
    confidence: f64,
    value: impl Fn(u64) -> (f64, f64),
) -> Option<Measured> {
    let values: Vec<Vec<Values>> = cells
        .iter()
        .map(|block| {
            let of = |&(key, samples): &(u64, u64)| {
                let (part, whole) = value(key);
                Values { part, whole, samples }
            };
            block.iter().map(of).collect()
        })
        .collect();
    measured(&values, confidence)
}

/// The mean of a value of each key.
pub(super) fn mean(cells: &Cells, confidence: f64, value: impl Fn(u64) -> f64) -> Option<Measured> {
    ratio(cells, confidence, |key| (value(key), 1.0))
}

/// The ratio Σu/Σv with its interval.
pub(super) fn measured(values: &[Vec<Values>], confidence: f64) -> Option<Measured> {
    let whole = |x: f64| x == 0.0 || x.to_bits() == 1.0_f64.to_bits();
    if values.iter().flatten().all(|v| whole(v.part) && whole(v.whole)) {
        let count = |of: fn(&Values) -> f64| -> u64 {
            values.iter().flatten().filter(|v| of(v) > 0.0).map(|v| v.samples).sum()
        };
        let (successes, trials) = (count(|v| v.part), count(|v| v.whole));
        clopper_pearson(successes, trials, confidence)?;
        let estimate = Estimate::new(successes, trials, confidence)?;
        return Some(Measured { estimate, method: BINARY });
    }
    let estimate = betting::ratio(values, confidence)?;
    Some(Measured { estimate, method: BETTING })
}
