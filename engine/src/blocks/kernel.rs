//! Counts a batch, sixteen samples at a time: vectors are drawn together, and judged one by one.

use task::blocks::BlockNorm;

use super::attack::{Costs, Market, worst};
use super::{BlocksQuestion, Decider};
use crate::dispatch::{Fma, dispatched};
use crate::draws::Batch;
use crate::normals::Normals;
use crate::stream::{LANES, Purpose, Stream};
use task::linear::Cholesky;

/// After so many multiplications of sixteen lanes it is asked whether to go on.
const OFTEN: u64 = 1 << 20;

/// One number for each of the samples that are drawn together.
type Lanes = [f64; LANES];

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
    /// The distances of one sample.
    own: Vec<f64>,
    market: Market,
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
    pub(super) fn room(&self) -> Room {
        let d = self.question.mean.len();
        Room {
            normals: Normals::default(),
            z: vec![[0.0; LANES]; d.next_multiple_of(2)],
            inputs: vec![[0.0; LANES]; d],
            distances: vec![[0.0; LANES]; self.question.classifiers.len()],
            margins: vec![[0.0; LANES]; self.question.cases.len()],
            own: vec![0.0; self.question.classifiers.len()],
            market: Market::default(),
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
    let mut data = Stream::new(seed, number, Purpose::BlockData);
    let mut choices = Stream::new(seed, number, Purpose::BlockChoice);
    // Every few milliseconds.
    let often = (OFTEN / question.vector()).max(1);
    for start in (0..samples).step_by(LANES) {
        if ((start / LANES) as u64).is_multiple_of(often) && batch.monitored.asks_to_give_up() {
            return;
        }
        let class = data.step();
        room.normals.begin::<F>(&mut data, room.z.len());
        room.normals.draw::<F>(&mut data, &mut room.z);
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
        let y = class.map(|word| if word & 1 == 1 { 1.0 } else { -1.0 });
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
        let drawn = choices.step();
        for lane in 0..LANES.min(samples - start) {
            judge(kernel, room, lane, y[lane] > 0.0, drawn[lane], tally);
        }
    }
    debug_assert_eq!(tally.len(), 3 * question.cases.len());
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

/// Counts a sample: whether y = +1, and the word that draws a block.
fn judge(
    kernel: &Kernel<'_>,
    room: &mut Room,
    lane: usize,
    plus: bool,
    word: u32,
    tally: &mut [u64],
) {
    let question = kernel.question;
    for (own, distances) in room.own.iter_mut().zip(&room.distances) {
        *own = distances[lane];
    }
    let blocks = room.own.len();
    let fair = question.mix == 0.5;
    let block = match fair {
        true => ((u64::from(word) * blocks as u64) >> 32) as usize,
        false => usize::from(f64::from(word) >= question.mix * 4_294_967_296.0),
    };
    let two = |norm: BlockNorm| {
        let distances = [room.own[0], room.own[1]];
        match question.joined {
            true => Costs::new(distances, kernel.rho),
            false => Costs::apart(distances, norm),
        }
    };
    let wrong = room.own.iter().filter(|t| **t <= 0.0).count();
    let outvoted = |wrong: usize, k: u32| match plus {
        true => blocks - wrong < k as usize,
        false => wrong >= k as usize,
    };
    room.market.open(&room.own);
    for (place, case) in question.cases.iter().enumerate() {
        let [clean, attacked] = match &case.decider {
            Decider::Random => {
                let attacked = if question.joined || !fair {
                    two(case.norm).random(case.attacker.reach(), question.mix)[block]
                } else {
                    let count = room.market.random(case.norm, case.attacker);
                    room.market.is_wrong(block, count)
                };
                [room.own[block] <= 0.0, attacked]
            }
            Decider::Vote(k) => {
                let count = match question.joined {
                    true => two(case.norm).count(case.attacker.reach()),
                    false => room.market.vote(case.norm, case.attacker),
                };
                [outvoted(wrong, *k), outvoted(count, *k)]
            }
            Decider::Linear(_) => {
                let margin = room.margins[place][lane];
                [margin <= 0.0, margin - kernel.moves[place] <= 0.0]
            }
            Decider::Constant => [!plus; 2],
        };
        tally[3 * place] += u64::from(!clean);
        tally[3 * place + 1] += u64::from(!(clean || attacked));
        tally[3 * place + 2] += u64::from(!attacked);
    }
}
