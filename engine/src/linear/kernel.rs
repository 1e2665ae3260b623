//! The kernel that counts a batch: draws x and θ as vectors and classifies each sample by every contestant.
//!
//! Sixteen samples, one per lane, are a *group*. First come x of every group and, for each contestant, w·(x + δ) for
//! δ = 0 and for each of its budgets. Then, for each number of votes, come one θ after the other in the order of the
//! stream, each used by all contestants with that number of votes: (w·(x + δ) + w·θ) + b.

use super::classes::classes;
use super::dots::{Moved, Noise, Plain, moved, noise, plain};
use super::factor::Lanes;
use super::{Judge, LINEAR_BATCH, LinearQuestion, Says, Voters};
use crate::counts::Counts;
use crate::dispatch::{Fma, Level, dispatched};
use crate::draws::Batch;
use crate::normals::Normals;
use crate::stream::{LANES, Purpose, Stream};

/// The number of vectors per lane that are multiplied by a factor at a time, so that it is read only once for all of
/// them. One alone if that takes long.
const PANEL: usize = 4;
/// From this many entries of a factor on, a product with 64 vectors takes a tenth of a second.
const LONG: usize = 10_000_000;
/// The number of groups in a batch.
const GROUPS: usize = LINEAR_BATCH as usize / LANES;
/// A mask of all lanes.
const ALL: u16 = u16::MAX;

/// A question and its working memory, one per thread.
#[derive(Debug, Clone)]
pub(super) struct Linear<'a> {
    question: &'a LinearQuestion,
    /// The number of samples in a batch.
    pub(super) batch: u64,
    /// The number of vectors per lane that are multiplied at a time.
    panel: usize,
    pub(super) level: Level,
    pub(super) normals: Normals,
    z: Vec<Lanes>,
    /// L·z, and then x.
    vectors: Vec<Lanes>,
    /// y of each group, as the lanes that are +1.
    plus: [u16; GROUPS],
    /// w·(x + δ) of a contestant and a budget, by slot and group.
    scores: Vec<[Lanes; GROUPS]>,
    /// The lanes in which it is right, likewise.
    right: Vec<[u16; GROUPS]>,
    /// The number of right votes for the current group, by slot.
    tally: Vec<[u32; LANES]>,
}

/// A vector of θ − m that was drawn but not used yet.
#[derive(Debug, Clone, Copy, Default)]
struct Pending {
    group: usize,
    coins: u16,
    /// Whether it completes the votes.
    last: bool,
}

/// Returns ±1 for the lanes that are set and not set.
#[inline(always)]
fn signs(plus: u16) -> Lanes {
    let mut y = [-1.0; LANES];
    for lane in 0..LANES {
        if plus >> lane & 1 == 1 {
            y[lane] = 1.0;
        }
    }
    y
}

/// Returns the lanes in which y·((score + theta) + bias) is above 0.
#[inline(always)]
fn verdict(y: &Lanes, score: &Lanes, theta: &Lanes, bias: f64) -> [u32; LANES] {
    let mut right = [0; LANES];
    for lane in 0..LANES {
        right[lane] = u32::from(y[lane] * ((score[lane] + theta[lane]) + bias) > 0.0);
    }
    right
}

#[inline(always)]
fn mask(right: &[u32; LANES]) -> u16 {
    let mut mask = 0;
    for lane in 0..LANES {
        mask |= (right[lane] as u16) << lane;
    }
    mask
}

impl<'a> Linear<'a> {
    pub(super) fn new(question: &'a LinearQuestion) -> Self {
        let slots = question.slots;
        let columns = question.data.rank().max(question.theta.rank());
        Self {
            question,
            batch: question.batch(),
            panel: if columns * question.dimension() > LONG { 1 } else { PANEL },
            level: Level::best(),
            normals: Normals::new(Level::best()),
            z: vec![[0.0; LANES]; PANEL * columns],
            vectors: vec![[0.0; LANES]; PANEL * question.dimension()],
            plus: [0; GROUPS],
            scores: vec![[[0.0; LANES]; GROUPS]; slots],
            right: vec![[0; GROUPS]; slots],
            tally: vec![[0; LANES]; slots],
        }
    }

    #[inline(always)]
    fn count<F: Fma>(&mut self, batch: Batch<'_>, counts: &mut Counts) {
        let groups = batch.samples.div_ceil(LANES);
        self.data::<F>(batch, groups);
        for judge in &self.question.judges {
            self.without_spread(judge, groups);
        }
        for voters in &self.question.voters {
            let tries = self.question.draws.tries() as usize;
            self.vote::<F>(batch, groups, voters, None);
            if tries > 0 {
                self.vote::<F>(batch, groups, voters, Some(tries));
            }
        }
        self.finish(batch, counts);
    }

    /// Draws y and x = y·mean + L·z of every group and computes the dot products with all x + δ.
    #[inline(always)]
    fn data<F: Fma>(&mut self, batch: Batch<'_>, groups: usize) {
        let question = self.question;
        let (d, rank) = (question.dimension(), question.data.rank());
        let mut stream = Stream::new(batch.seed, batch.number, Purpose::LinearData);
        for first in (0..groups).step_by(self.panel) {
            if batch.monitored.asks_to_give_up() {
                return;
            }
            let here = (groups - first).min(self.panel);
            for group in 0..here {
                let drawn = (!question.even).then(|| classes(&mut stream, question.prior));
                let coins = self.normals.begin(&mut stream, rank);
                self.plus[first + group] = drawn.unwrap_or(coins);
                self.normals.draw(&mut stream, &mut self.z[group * rank..][..rank]);
            }
            question.data.multiply(self.level, &self.z, &mut self.vectors, here);
            for group in 0..here {
                let x = &mut self.vectors[group * d..][..d];
                let y = signs(self.plus[first + group]);
                for (x, mean) in x.iter_mut().zip(&question.mean) {
                    for lane in 0..LANES {
                        x[lane] += y[lane] * mean;
                    }
                }
                for judge in &question.judges {
                    let Says::Sign(sign) = &judge.says else { continue };
                    let scores = &mut self.scores;
                    plain(
                        self.level,
                        &sign.weights,
                        &Plain(x),
                        &mut scores[judge.slot][first + group],
                    );
                    for (budget, eps) in judge.budgets.iter().enumerate() {
                        let step = y.map(|y| -y * eps);
                        let vectors = Moved { x, direction: &sign.direction, step };
                        let score = &mut scores[judge.slot + 1 + budget][first + group];
                        moved(self.level, &sign.weights, &vectors, score);
                    }
                }
            }
        }
    }

    /// Classifies with θ at its mean, for all judges that do not see its spread.
    #[inline(always)]
    fn without_spread(&mut self, judge: &Judge, groups: usize) {
        for slot in judge.slots() {
            for group in 0..groups {
                self.right[slot][group] = match &judge.says {
                    Says::Constant(class) if *class > 0 => self.plus[group],
                    Says::Constant(_) => !self.plus[group],
                    Says::Sign(sign) => mask(&verdict(
                        &signs(self.plus[group]),
                        &self.scores[slot][group],
                        &[sign.shift; LANES],
                        sign.bias,
                    )),
                };
            }
        }
    }

    /// Draws the votes and classifies with them: the clean input, and the attacked one unless it has its own θ; or,
    /// with `tries`, only the attacked input, which has to be right every time.
    #[inline(always)]
    fn vote<F: Fma>(
        &mut self,
        batch: Batch<'_>,
        groups: usize,
        voters: &Voters,
        tries: Option<usize>,
    ) {
        let question = self.question;
        let rank = question.theta.rank();
        let votes = voters.votes as usize;
        let purpose = voters.purpose(tries.is_some());
        let mut stream = Stream::new(batch.seed, batch.number, purpose);
        let judged = |judge: &Judge| match tries {
            Some(_) => judge.slot + 1..judge.slots().end,
            None if question.draws.tries() > 0 => judge.slot..judge.slot + 1,
            None => judge.slots(),
        };
        for judge in &voters.judges {
            for slot in judged(&question.judges[*judge]) {
                self.right[slot] = [ALL; GROUPS];
                self.tally[slot] = [0; LANES];
            }
        }
        let mut pending = [Pending::default(); PANEL];
        let mut waiting = 0;
        for group in 0..groups {
            for _ in 0..tries.unwrap_or(1) {
                let coins = self.normals.begin(&mut stream, votes * rank);
                for vote in 1..=votes {
                    self.normals.draw(&mut stream, &mut self.z[waiting * rank..][..rank]);
                    pending[waiting] = Pending { group, coins, last: vote == votes };
                    waiting += 1;
                    if waiting == self.panel {
                        self.cast(voters, &pending[..waiting], &judged);
                        waiting = 0;
                        if batch.monitored.asks_to_give_up() {
                            return;
                        }
                    }
                }
            }
        }
        self.cast(voters, &pending[..waiting], &judged);
    }

    /// Counts the votes of these θ, and decides where they are complete.
    #[inline(always)]
    fn cast(
        &mut self,
        voters: &Voters,
        pending: &[Pending],
        judged: &impl Fn(&Judge) -> std::ops::Range<usize>,
    ) {
        let question = self.question;
        let d = question.dimension();
        question.theta.multiply(self.level, &self.z, &mut self.vectors, pending.len());
        for (vector, Pending { group, coins, last }) in pending.iter().enumerate() {
            let e = &self.vectors[vector * d..][..d];
            let plus = self.plus[*group];
            let y = signs(plus);
            for judge in voters.judges.iter().map(|judge| &question.judges[*judge]) {
                let Says::Sign(sign) = &judge.says else { continue };
                let vectors = Noise { mean: &question.shift, sigma: sign.sigma, e };
                let mut theta = [0.0; LANES];
                noise(self.level, &sign.weights, &vectors, &mut theta);
                for slot in judged(judge) {
                    let right = verdict(&y, &self.scores[slot][*group], &theta, sign.bias);
                    let tally = &mut self.tally[slot];
                    for lane in 0..LANES {
                        tally[lane] += right[lane];
                    }
                    if *last {
                        // A tie is decided by the coin.
                        let fair = !(coins ^ plus);
                        self.right[slot][*group] &= decided(tally, voters.votes, fair);
                        *tally = [0; LANES];
                    }
                }
            }
        }
    }

    /// Adds up the right samples.
    #[inline(always)]
    fn finish(&mut self, batch: Batch<'_>, counts: &mut Counts) {
        counts.samples += batch.samples as u64;
        let ones = |lanes: u16| u64::from(lanes.count_ones());
        let undefended = self.question.undefended().slot;
        for group in 0..batch.samples.div_ceil(LANES) {
            let there = ALL >> (LANES - (batch.samples - group * LANES).min(LANES));
            let plain = self.right[undefended][group];
            for (judge, counts) in self.question.judges.iter().zip(&mut counts.margins) {
                let clean = self.right[judge.slot][group] & there;
                counts.invariant += ones(!(clean ^ plain) & there);
                counts.above[0] += ones(clean);
                for (budget, slot) in judge.slots().skip(1).enumerate() {
                    let attacked = self.right[slot][group] & there;
                    counts.above[1 + budget] += ones(attacked);
                    if let Some(both) = &mut counts.both {
                        both[budget] += ones(clean & attacked);
                    }
                }
            }
        }
    }
}

/// Returns the lanes in which more than half of the `votes` are right, or half are and `fair` is set.
#[inline(always)]
fn decided(right: &[u32; LANES], votes: u32, fair: u16) -> u16 {
    let mut decided = 0;
    for lane in 0..LANES {
        let (won, tie) = (2 * right[lane] > votes, 2 * right[lane] == votes);
        decided |= u16::from(won | (tie & (fair >> lane & 1 == 1))) << lane;
    }
    decided
}

dispatched! {
    /// Adds the counts of a batch to `counts`.
    pub(super) fn count_batch(kernel: &mut Linear<'_>, batch: Batch<'_>, counts: &mut Counts) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &mut Linear<'_>, batch: Batch<'_>, counts: &mut Counts) {
    kernel.count::<F>(batch, counts);
}
