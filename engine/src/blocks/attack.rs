//! The best attacks, by trying what can be bought.

// Loops over an index of arrays of fixed length become vectors; loops over iterators did not.
#![allow(clippy::needless_range_loop)]

use super::kernel::{Flags, Lanes};
use super::{Case, Decider};
use crate::stream::LANES;
use task::blocks::{Attacker, BlockNorm};

/// Blocks of sixteen samples as an adversary sees them, the cheapest first; those that are wrong already cost nothing.
#[derive(Debug, Clone)]
pub(super) struct Market {
    /// The distances of each sample, ascending, and whose they are.
    distances: Vec<Lanes>,
    blocks: Vec<Lanes>,
    /// How many are wrong already.
    pub(super) wrong: Lanes,
    /// What the cheapest one, two, … cost together, in each way that is asked for.
    bills: Vec<(Terms, Vec<Lanes>)>,
}

/// How costs add up: in this norm; the square of a Euclidean length is enough to compare it with a budget, and not with a gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Terms {
    norm: BlockNorm,
    pays: bool,
}

impl Terms {
    fn of(case: &Case) -> Option<Self> {
        let pays = matches!(case.attacker, Attacker::Pays(_));
        match case.decider {
            Decider::Random => Some(Self { norm: case.norm, pays }),
            Decider::Vote(_) => Some(Self { norm: case.norm, pays: false }),
            Decider::Linear(_) | Decider::Constant => None,
        }
    }

    /// What is spent with one more block at distance `t`.
    #[inline(always)]
    fn with(self, spent: f64, t: f64) -> f64 {
        match (self.norm, self.pays) {
            (BlockNorm::Inf, _) => t,
            (BlockNorm::One, _) => spent + t,
            (BlockNorm::Two, false) => spent + t * t,
            (BlockNorm::Two, true) => (spent * spent + t * t).sqrt(),
            (BlockNorm::Zero, _) => spent + if t > 0.0 { 1.0 } else { 0.0 },
        }
    }
}

/// Sorts two neighbours in each sample.
#[inline(always)]
fn exchange(distances: &mut [Lanes], blocks: &mut [Lanes]) {
    let ([near, far], [one, other]) = (distances, blocks) else { return };
    let (t, u, j, k) = (*near, *far, *one, *other);
    for lane in 0..LANES {
        near[lane] = if t[lane] > u[lane] { u[lane] } else { t[lane] };
    }
    for lane in 0..LANES {
        far[lane] = if t[lane] > u[lane] { t[lane] } else { u[lane] };
    }
    for lane in 0..LANES {
        one[lane] = if t[lane] > u[lane] { k[lane] } else { j[lane] };
    }
    for lane in 0..LANES {
        other[lane] = if t[lane] > u[lane] { j[lane] } else { k[lane] };
    }
}

impl Market {
    /// Room for so many blocks, and for what these cases ask.
    pub(super) fn new(blocks: usize, cases: &[Case]) -> Self {
        let empty = vec![[0.0; LANES]; blocks];
        let mut bills: Vec<(Terms, Vec<Lanes>)> = Vec::new();
        for terms in cases.iter().filter_map(Terms::of) {
            if bills.iter().all(|(known, _)| *known != terms) {
                bills.push((terms, empty.clone()));
            }
        }
        Self { distances: empty.clone(), blocks: empty, wrong: [0.0; LANES], bills }
    }

    /// Of these distances.
    #[inline(always)]
    pub(super) fn open(&mut self, distances: &[Lanes]) {
        self.distances.copy_from_slice(distances);
        self.wrong = [0.0; LANES];
        for (block, (own, t)) in self.blocks.iter_mut().zip(distances).enumerate() {
            *own = [block as f64; LANES];
            for lane in 0..LANES {
                self.wrong[lane] += if t[lane] <= 0.0 { 1.0 } else { 0.0 };
            }
        }
        // The farther one of two neighbours goes up: all samples are sorted together. Equal distances, which never happen, stay
        // in the order of blocks.
        for last in (1..distances.len()).rev() {
            for i in 0..last {
                exchange(&mut self.distances[i..i + 2], &mut self.blocks[i..i + 2]);
            }
        }
        for (terms, bill) in &mut self.bills {
            let mut spent = [0.0; LANES];
            for (bill, t) in bill.iter_mut().zip(&self.distances) {
                for lane in 0..LANES {
                    spent[lane] =
                        terms.with(spent[lane], if t[lane] > 0.0 { t[lane] } else { 0.0 });
                }
                *bill = spent;
            }
        }
    }

    fn bill(&self, terms: Terms) -> &[Lanes] {
        self.bills.iter().find(|(known, _)| *known == terms).map_or(&[], |(_, bill)| bill)
    }

    /// How many blocks are wrong after the most that a budget buys.
    #[inline(always)]
    fn bought(&self, norm: BlockNorm, eps: f64) -> Lanes {
        let limit = if norm == BlockNorm::Two { eps * eps } else { eps };
        let mut count = [0.0; LANES];
        for spent in self.bill(Terms { norm, pays: false }) {
            for lane in 0..LANES {
                count[lane] += if spent[lane] <= limit { 1.0 } else { 0.0 };
            }
        }
        count
    }

    /// How many are wrong after what is worth most to an adversary to whom each is worth `worth`, at this price; of equal
    /// worth the most.
    #[inline(always)]
    fn worthwhile(&self, norm: BlockNorm, price: f64, worth: f64) -> Lanes {
        let (mut best, mut best_count) = ([0.0; LANES], self.wrong);
        let bill = self.bill(Terms { norm, pays: true });
        for (place, spent) in bill.iter().enumerate() {
            let count = (place + 1) as f64;
            for lane in 0..LANES {
                let bought = count - self.wrong[lane];
                let gain = bought * worth - price * spent[lane];
                // Blocks that are wrong already gain nothing, and leave the count at how many these are.
                let better = gain >= best[lane];
                best[lane] = if better { gain } else { best[lane] };
                best_count[lane] = if better { count } else { best_count[lane] };
            }
        }
        best_count
    }

    /// How many are wrong after the best attack on a random choice, the cheapest first.
    #[inline(always)]
    pub(super) fn random(&self, norm: BlockNorm, attacker: Attacker) -> Lanes {
        match attacker {
            Attacker::Budget(eps) => self.bought(norm, eps),
            Attacker::Pays(price) => {
                self.worthwhile(norm, price, 1.0 / self.distances.len() as f64)
            }
        }
    }

    /// How many are wrong after the best attack on a vote, to whom an error is worth 1.
    #[inline(always)]
    pub(super) fn vote(&self, norm: BlockNorm, attacker: Attacker) -> Lanes {
        self.bought(norm, attacker.reach())
    }

    /// Whether these blocks are wrong once so many are.
    #[inline(always)]
    pub(super) fn are_wrong(&self, blocks: &Lanes, count: &Lanes) -> Flags {
        let mut wrong = [0; LANES];
        for (place, own) in self.blocks.iter().enumerate() {
            for lane in 0..LANES {
                wrong[lane] |= u64::from(own[lane] == blocks[lane] && (place as f64) < count[lane]);
            }
        }
        wrong
    }
}

/// Two blocks of one input, attacked in ℓ2: what it costs to turn the first, the second, and both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costs {
    pub(super) one: [f64; 2],
    pub(super) both: f64,
}

impl Costs {
    /// `rho` is the scalar product of the two weights, of length 1. The least move that turns both turns the one and finds
    /// the other turned, or ends where both are on their boundaries.
    pub(super) fn new(distances: [f64; 2], rho: f64) -> Self {
        let one = distances.map(|t| t.max(0.0));
        let mut both = f64::INFINITY;
        for i in 0..2 {
            // Along the weights of block i, by its cost: the other moves by the share ρ.
            if distances[1 - i] - rho * one[i] <= 0.0 {
                both = both.min(one[i]);
            }
        }
        if both == f64::INFINITY {
            // α w₁ + β w₂ with α + ρβ = t₁ and ρα + β = t₂.
            let left = (1.0 - rho) * (1.0 + rho);
            let alpha = (distances[0] - rho * distances[1]) / left;
            let beta = (distances[1] - rho * distances[0]) / left;
            both = (alpha * alpha + 2.0 * rho * alpha * beta + beta * beta).max(0.0).sqrt();
        }
        Self { one, both }
    }

    /// Which are wrong after the attack that is worth most against a random choice that takes the first with probability
    /// `mix`; of equal worth the cheaper, which leaves alone what is wrong already.
    pub(super) fn random(&self, eps: f64, mix: f64) -> [bool; 2] {
        let [first, second] = [self.one[0] <= eps, self.one[1] <= eps];
        match (self.both <= eps, first, second) {
            (true, ..) => [true; 2],
            (_, true, true) => {
                let first = mix > 0.5 || (mix == 0.5 && self.one[0] <= self.one[1]);
                [first, !first]
            }
            (_, first, second) => [first, second],
        }
    }

    /// How many are wrong at most.
    pub(super) fn count(&self, eps: f64) -> usize {
        if self.both <= eps { 2 } else { usize::from(self.one.iter().any(|cost| *cost <= eps)) }
    }

    /// Independent blocks with a budget in some norm.
    pub(super) fn apart(distances: [f64; 2], norm: BlockNorm) -> Self {
        let [a, b] = distances.map(|t| t.max(0.0));
        let flag = |t: f64| if t > 0.0 { 1.0 } else { 0.0 };
        let (one, both) = match norm {
            BlockNorm::Inf => ([a, b], a.max(b)),
            BlockNorm::One => ([a, b], a + b),
            BlockNorm::Two => ([a, b], (a * a + b * b).sqrt()),
            BlockNorm::Zero => ([flag(a), flag(b)], flag(a) + flag(b)),
        };
        Self { one, both }
    }
}

/// How far the worst move of a budget brings the margin of a linear classifier down: the move is made, coordinate by
/// coordinate. In ℓ0 without end.
pub(super) fn worst(weights: &[f64], norm: BlockNorm, eps: f64) -> f64 {
    let length = || weights.iter().map(|w| w * w).sum::<f64>().sqrt();
    let move_of = |i: usize, largest: usize, length: f64| match norm {
        BlockNorm::Inf => eps * if weights[i] < 0.0 { -1.0 } else { 1.0 },
        BlockNorm::Two => eps * weights[i] / length,
        BlockNorm::One if i == largest => eps * weights[i].signum(),
        BlockNorm::One => 0.0,
        BlockNorm::Zero => 0.0,
    };
    if norm == BlockNorm::Zero {
        return if eps >= 1.0 { f64::INFINITY } else { 0.0 };
    }
    let mut largest = 0;
    for (i, w) in weights.iter().enumerate() {
        if w.abs() > weights[largest].abs() {
            largest = i;
        }
    }
    let length = length();
    (0..weights.len()).map(|i| weights[i] * move_of(i, largest, length)).sum()
}
