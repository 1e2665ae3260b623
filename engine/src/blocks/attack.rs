//! The best attacks, by trying what can be bought.

use task::blocks::{Attacker, BlockNorm};

/// Blocks as an adversary sees them: which are wrong already, and what the others cost, the cheapest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Market {
    /// Block and distance, those that are right, by distance.
    right: Vec<(usize, f64)>,
    /// How many are wrong already.
    wrong: usize,
}

impl Market {
    /// Of these distances.
    pub(super) fn open(&mut self, distances: &[f64]) {
        self.right.clear();
        self.right.extend(distances.iter().copied().enumerate().filter(|(_, t)| *t > 0.0));
        // Equal distances, which never happen, in the order of blocks.
        self.right.sort_by(|a, b| a.1.total_cmp(&b.1));
        self.wrong = distances.len() - self.right.len();
    }

    /// How many blocks are wrong after the most that a budget buys.
    pub(super) fn bought(&self, norm: BlockNorm, eps: f64) -> usize {
        let mut spent = 0.0;
        let mut bought = 0;
        for (_, t) in &self.right {
            let within = match norm {
                BlockNorm::Inf => *t <= eps,
                BlockNorm::One => {
                    spent += t;
                    spent <= eps
                }
                BlockNorm::Two => {
                    spent += t * t;
                    spent <= eps * eps
                }
                BlockNorm::Zero => {
                    spent += 1.0;
                    spent <= eps
                }
            };
            if !within {
                break;
            }
            bought += 1;
        }
        self.wrong + bought
    }

    /// How many are wrong after what is worth most to an adversary to whom each is worth `worth`, at this price; of equal
    /// worth the most.
    fn worthwhile(&self, norm: BlockNorm, price: f64, worth: f64) -> usize {
        let (mut best, mut best_count) = (0.0, 0);
        let mut spent = 0.0f64;
        for (place, (_, t)) in self.right.iter().enumerate() {
            spent = match norm {
                BlockNorm::Inf => *t,
                BlockNorm::One => spent + t,
                BlockNorm::Two => (spent * spent + t * t).sqrt(),
                BlockNorm::Zero => spent + 1.0,
            };
            let count = place + 1;
            let gain = count as f64 * worth - price * spent;
            if gain >= best {
                (best, best_count) = (gain, count);
            }
        }
        self.wrong + best_count
    }

    /// How many are wrong after the best attack on a random choice, and which are the first to be wrong.
    pub(super) fn random(&self, norm: BlockNorm, attacker: Attacker) -> usize {
        match attacker {
            Attacker::Budget(eps) => self.bought(norm, eps),
            Attacker::Pays(price) => {
                let blocks = self.wrong + self.right.len();
                self.worthwhile(norm, price, 1.0 / blocks as f64)
            }
        }
    }

    /// How many are wrong after the best attack on a vote, to whom an error is worth 1.
    pub(super) fn vote(&self, norm: BlockNorm, attacker: Attacker) -> usize {
        self.bought(norm, attacker.reach())
    }

    /// Whether this block is wrong once so many are.
    pub(super) fn is_wrong(&self, block: usize, wrong: usize) -> bool {
        let right = self.right.iter().position(|(own, _)| *own == block);
        right.is_none_or(|place| place < wrong - self.wrong)
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
