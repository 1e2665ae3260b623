//! Counts a batch, sixteen samples at a time.

// Loops over an index of arrays of fixed length become vectors; loops over iterators did not.
#![allow(clippy::needless_range_loop)]

use task::blocks::BlockNorm;

use super::attack::{Costs, Market, worst};
use super::{BlocksQuestion, Decider};
use crate::dispatch::{Fma, Level, dispatched};
use crate::draws::Batch;
use crate::normals::Normals;
use crate::stream::{LANES, Purpose, Stream};
use task::linear::Cholesky;

/// After so many multiplications of sixteen lanes it is asked whether to go on.
const OFTEN: u64 = 1 << 20;

/// One number for each of the samples that are drawn together.
pub(super) type Lanes = [f64; LANES];
/// 1 for each of these of which something is true, else 0.
pub(super) type Flags = [u64; LANES];

/// A question made ready.
#[derive(Debug, Clone)]
pub(super) struct Kernel<'a> {
    question: &'a BlocksQuestion,
    /// L of the covariance by rows, or its diagonal.
    rows: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    /// The scalar product of two blocks that share coordinates.
    rho: f64,
    /// How far each linear case is moved.
    moves: Vec<f64>,
}

/// What a thread works in.
#[derive(Debug, Clone)]
pub(super) struct Room {
    normals: Normals,
    z: Vec<Lanes>,
    inputs: Vec<Lanes>,
    /// How far each block is from being wrong.
    distances: Vec<Lanes>,
    /// The margin of each linear case.
    margins: Vec<Lanes>,
    market: Market,
    /// What is counted of each case, lane by lane.
    counts: Vec<[Flags; 3]>,
}

impl<'a> Kernel<'a> {
    pub(super) fn new(question: &'a BlocksQuestion, rounding: f64) -> Self {
        let d = question.mean.len();
        let (mut rows, mut diagonal) = (Vec::new(), Vec::new());
        match question.covariance.variances(d) {
            Some(variances) => diagonal.extend(variances.iter().map(|v| v.sqrt())),
            None => {
                let entry = |i: usize, j: usize| question.covariance.entry(i, j);
                // A task has a covariance that is definite.
                if let Ok(root) = Cholesky::new(d, entry, 0.0, rounding) {
                    rows = root.rows().to_vec();
                }
            }
        }
        let mut rho = 0.0;
        if question.joined {
            for (i, w) in &question.classifiers[0] {
                let other = question.classifiers[1].iter().find(|(j, _)| i == j);
                rho += w * other.map_or(0.0, |(_, w)| *w);
            }
        }
        let of = |case: &super::Case| match &case.decider {
            Decider::Linear(weights) => worst(weights, case.norm, case.attacker.reach()),
            _ => 0.0,
        };
        let moves = question.cases.iter().map(of).collect();
        Self { question, rows, diagonal, rho, moves }
    }

    /// How many integers its counts are.
    pub(super) fn places(&self) -> usize {
        3 * self.question.cases.len()
    }

    /// Room for one thread.
    pub(super) fn room(&self, level: Level) -> Room {
        let d = self.question.mean.len();
        Room {
            normals: Normals::new(level),
            z: vec![[0.0; LANES]; d.next_multiple_of(2)],
            inputs: vec![[0.0; LANES]; d],
            distances: vec![[0.0; LANES]; self.question.classifiers.len()],
            margins: vec![[0.0; LANES]; self.question.cases.len()],
            market: Market::new(self.question.classifiers.len(), &self.question.cases),
            counts: vec![[[0; LANES]; 3]; self.question.cases.len()],
        }
    }
}

dispatched! {
    /// Adds the first `samples` of a batch to `tally`.
    pub(super) fn count_batch(
        kernel: &Kernel<'_>, room: &mut Room, batch: Batch<'_>, tally: &mut [u64],
    ) = count_body
}

// `dispatched!` hands every body the multiply-add of its level; here none is used.
#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn count_body<F: Fma>(kernel: &Kernel<'_>, room: &mut Room, batch: Batch<'_>, tally: &mut [u64]) {
    let Batch { seed, number, samples, .. } = batch;
    let question = kernel.question;
    let mut data = Stream::new(seed, number, Purpose::BlockData);
    let mut choices = Stream::new(seed, number, Purpose::BlockChoice);
    // Every few milliseconds.
    let often = (OFTEN / question.vector()).max(1);
    room.counts.fill([[0; LANES]; 3]);
    for start in (0..samples).step_by(LANES) {
        if ((start / LANES) as u64).is_multiple_of(often) && batch.monitored.asks_to_give_up() {
            return;
        }
        let class = data.step();
        room.normals.begin(&mut data, room.z.len());
        room.normals.draw(&mut data, &mut room.z);
        // The noise of x.
        for (i, input) in room.inputs.iter_mut().enumerate() {
            *input = [0.0; LANES];
            match kernel.rows.get(i) {
                Some(row) => {
                    for (entry, z) in row.iter().zip(&room.z) {
                        for (sum, z) in input.iter_mut().zip(z) {
                            *sum += entry * z;
                        }
                    }
                }
                None => {
                    for (sum, z) in input.iter_mut().zip(&room.z[i]) {
                        *sum = kernel.diagonal[i] * z;
                    }
                }
            }
        }
        let mut y = [0.0; LANES];
        for lane in 0..LANES {
            y[lane] = if class[lane] & 1 == 1 { 1.0 } else { -1.0 };
        }
        for (input, mean) in room.inputs.iter_mut().zip(&question.mean) {
            for lane in 0..LANES {
                // y·x
                input[lane] = y[lane] * (y[lane] * mean + input[lane]);
            }
        }
        for (distance, weights) in room.distances.iter_mut().zip(&question.classifiers) {
            *distance = weighted(weights.iter().map(|(i, w)| (w, &room.inputs[*i])));
        }
        for (margin, case) in room.margins.iter_mut().zip(&question.cases) {
            if let Decider::Linear(weights) = &case.decider {
                *margin = weighted(weights.iter().zip(&room.inputs));
            }
        }
        judge(kernel, room, &y, &choices.step(), samples - start);
    }
    debug_assert_eq!(tally.len(), 3 * question.cases.len());
    for (tally, counts) in tally.iter_mut().zip(room.counts.as_flattened()) {
        *tally += counts.iter().sum::<u64>();
    }
}

/// Returns Σ wᵢaᵢ.
#[inline(always)]
fn weighted<'a>(terms: impl Iterator<Item = (&'a f64, &'a Lanes)>) -> Lanes {
    let mut sum = [0.0; LANES];
    for (w, a) in terms {
        for lane in 0..LANES {
            sum[lane] += w * a[lane];
        }
    }
    sum
}

/// Which margins are not above 0 once they are moved down.
#[inline(always)]
fn below(margins: &Lanes, moved: f64) -> Flags {
    let mut flags = [0; LANES];
    for lane in 0..LANES {
        flags[lane] = u64::from(margins[lane] - moved <= 0.0);
    }
    flags
}

/// Which votes are wrong if so many of the blocks are, where k must say + for the vote to say it.
#[inline(always)]
fn outvoted(blocks: usize, y: &Lanes, wrong: &Lanes, k: u32) -> Flags {
    let (blocks, k) = (blocks as f64, f64::from(k));
    let mut flags = [0; LANES];
    for lane in 0..LANES {
        let (few, many) = (blocks - wrong[lane] < k, wrong[lane] >= k);
        flags[lane] = u64::from(if y[lane] > 0.0 { few } else { many });
    }
    flags
}

/// Counts the first `samples` of these: their classes, and the words that draw a block.
#[inline(always)]
fn judge(kernel: &Kernel<'_>, room: &mut Room, y: &Lanes, words: &[u32; LANES], samples: usize) {
    let question = kernel.question;
    let Room { distances, margins, market, counts, .. } = room;
    let blocks = distances.len();
    let fair = question.mix == 0.5;
    let mut drawn = [0; LANES];
    let (mut drawn_block, mut chosen, mut counted) = ([0.0; LANES], [0.0; LANES], [0; LANES]);
    for lane in 0..LANES {
        let word = words[lane];
        drawn[lane] = match fair {
            true => ((u64::from(word) * blocks as u64) >> 32) as usize,
            false => usize::from(f64::from(word) >= question.mix * 4_294_967_296.0),
        };
        drawn_block[lane] = drawn[lane] as f64;
        chosen[lane] = distances[drawn[lane]][lane];
        counted[lane] = u64::from(lane < samples);
    }
    // Of two blocks in the plane: what it costs in each sample.
    let two = |norm: BlockNorm, lane: usize| {
        let distances = [distances[0][lane], distances[1][lane]];
        match question.joined {
            true => Costs::new(distances, kernel.rho),
            false => Costs::apart(distances, norm),
        }
    };
    market.open(distances);
    for ((case, counts), (margins, moved)) in
        question.cases.iter().zip(counts).zip(margins.iter().zip(&kernel.moves))
    {
        let reach = case.attacker.reach();
        let [clean, attacked]: [Flags; 2] = match &case.decider {
            Decider::Random => {
                let mut attacked = [0; LANES];
                if question.joined || !fair {
                    for lane in 0..LANES {
                        let wrong = two(case.norm, lane).random(reach, question.mix);
                        attacked[lane] = u64::from(wrong[drawn[lane]]);
                    }
                } else {
                    let count = market.random(case.norm, case.attacker);
                    attacked = market.are_wrong(&drawn_block, &count);
                }
                [below(&chosen, 0.0), attacked]
            }
            Decider::Vote(k) => {
                let mut count = [0.0; LANES];
                if question.joined {
                    for lane in 0..LANES {
                        count[lane] = two(case.norm, lane).count(reach) as f64;
                    }
                } else {
                    count = market.vote(case.norm, case.attacker);
                }
                [outvoted(blocks, y, &market.wrong, *k), outvoted(blocks, y, &count, *k)]
            }
            Decider::Linear(_) => [below(margins, 0.0), below(margins, *moved)],
            Decider::Constant => [below(y, 0.0); 2],
        };
        for lane in 0..LANES {
            counts[0][lane] += (1 - clean[lane]) & counted[lane];
            counts[1][lane] += (1 - (clean[lane] | attacked[lane])) & counted[lane];
            counts[2][lane] += (1 - attacked[lane]) & counted[lane];
        }
    }
}
