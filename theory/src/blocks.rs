//! Independent sub-problems: what an adversary makes of a random choice among them, of votes, and of one classifier of all.
//!
//! Block j is right iff T_j > 0, T_j ~ N(a_j, s_j²), and turning it costs T_j ([`task::blocks`]). F is how many blocks are
//! wrong once the adversary has turned as many as he can:
//!
//! ```text
//! ℓ∞  all with T ≤ ε         ℓ0  ⌊ε⌋ of those that are right         ℓ1, ℓ2  the cheapest, as far as the budget goes
//! random   1 − E F/B         vote k (say + iff k blocks do)  ½(P[F ≤ B − k] + P[F ≤ k − 1])
//! single, joint, optimum     linear classifiers w: Φ((w·μ − ε‖w‖_q)/√(wᵀΣw))
//! ```
//!
//! In ℓ∞ and ℓ0, F is a count of independent events, with some added; in ℓ1 and ℓ2 a chain of integrals (`shared`).
//!
//! **Theorem 1.** For any h(x) = P[say + on x], every adversary who sees the input but not the draw, and equal priors, the accuracy
//! of h is ∫₀¹ acc(1{h > u}) du: given y = +1 it is E min h = `∫ P[min h > u] du` over the adversary's moves, and given y = −1
//! E[1 − max h] = ∫ P[max h ≤ u] du. So *some threshold of h is at least as robust as h*. For a random block h = (how many say +)/B, and
//! its thresholds are the votes: random is the mean of vote k over k.
//!
//! **Theorem 2.** In ℓp nothing exceeds Φ(‖μ − z*‖_{Σ⁻¹}), z* = argmin over ‖z‖_p ≤ ε ([`crate::linear::robust_optimum`]).
//!
//! **Theorem 3.** In ℓ0 with s = ⌊ε⌋ nothing exceeds Φ of the root of Σ a_j²/s_j² over the B − 2s blocks with the least, ½ if
//! there are none: for y = +1 the adversary rewrites s of the others as if y = −1, for y = −1 the other s as if y = +1; then the
//! 2s blocks tell nothing.
//!
//! **Theorem 4.** Against an adversary who pays λ a unit and makes `P[error] − λ‖δ‖` as large as he can, randomness helps. Any
//! deterministic classifier is attacked as with a budget of 1/λ. Of a random choice among B blocks, turning one is worth 1/B: in
//! ℓ1 he turns block j iff T_j ≤ 1/(λB), and in every norm he turns at least these, and no more than with a budget of 1/λ, since
//! λ‖δ‖ is never more than the errors are worth. Added noise: [`noise_that_repels`].
//!
//! ```
//! use gauss_sim_theory::blocks::{Game, Solver};
//! use task::blocks::{Attacker, BlockNorm, Blocks, Choice, Law};
//!
//! let game = Game::of(Blocks::equal(2, Law::new(1.5, 1.0)?)?)?;
//! let solver = Solver::new(&game, BlockNorm::Two, 1.0);
//! let answer = solver.answer(Choice::Random, Attacker::budget(1.0)?)?;
//! let value = answer.adversarial.exact().expect("two blocks").value;
//! assert!((value - 0.701_342_906_975_931).abs() < 1e-14);
//! # Ok::<(), task::EntryError>(())
//! ```

mod chebyshev;
mod count;
mod game;
mod pair;
mod shared;

pub use game::{Game, Weights};

use self::count::{Turned, at_least, chance};
use self::pair::Pair;
use self::shared::{Power, Shared};
use crate::linear::{Projection, robust_optimum};
use crate::math::bounded::Bounded;
use crate::math::normal::cdf;
use task::blocks::{Attacker, BlockNorm, Choice};
use task::linear::{LinearClassifier, Rule};
use task::{DrawProtocol, EntryError, Eps, Norm, Votes};

/// The standard deviation of added noise above which no move pays for an adversary at the price λ: 1/(λ√(2π)).
///
/// A single draw on a margin m is wrong with probability Φ(−m/σ). Moving m by δ adds less than δ/(σ√(2π)), the largest
/// slope, so that nothing is left of it after paying λδ if that slope is λ at most.
#[must_use]
pub fn noise_that_repels(price: f64) -> f64 {
    1.0 / (price * (2.0 * std::f64::consts::PI).sqrt())
}

/// What is known of an accuracy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known {
    /// A formula.
    Closed(Bounded),
    /// Integrals.
    Integrated(Bounded),
    /// It is between these; no exact value is known.
    Between(f64, f64),
}

impl Known {
    /// The exact value.
    #[must_use]
    pub fn exact(&self) -> Option<Bounded> {
        match self {
            Self::Closed(value) | Self::Integrated(value) => Some(*value),
            Self::Between(..) => None,
        }
    }

    /// What it is not below, and not above.
    #[must_use]
    pub fn limits(&self) -> [f64; 2] {
        match self {
            Self::Closed(v) | Self::Integrated(v) => {
                [(v.value - v.error).max(0.0), (v.value + v.error).min(1.0)]
            }
            Self::Between(low, high) => [*low, *high],
        }
    }

    /// In rows: `closed`, `integral` or `bounds`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Closed(_) => "closed",
            Self::Integrated(_) => "integral",
            Self::Between(..) => "bounds",
        }
    }
}

/// What a choice is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The probability of being right without an adversary.
    pub clean: Bounded,
    /// The probability of being right under attack.
    pub adversarial: Known,
    /// What a linear choice looks at; `None` of a random one and of votes.
    pub weights: Option<Weights>,
}

/// F, or two counts between which it is.
enum Fallen {
    Known(Turned, bool),
    /// P[F ≥ m] from below and from above.
    Between(Turned, Turned),
}

/// A game in one norm, for budgets up to some largest.
#[derive(Debug, Clone)]
pub struct Solver<'a> {
    game: &'a Game,
    norm: BlockNorm,
    shared: Option<Shared>,
}

impl<'a> Solver<'a> {
    /// `most` is the largest [`Attacker::reach`] that will be asked about.
    #[must_use]
    pub fn new(game: &'a Game, norm: BlockNorm, most: f64) -> Self {
        let laws = game.blocks().laws();
        let power = match norm {
            BlockNorm::One => Some(Power::One),
            BlockNorm::Two => Some(Power::Two),
            BlockNorm::Inf | BlockNorm::Zero => None,
        };
        let shared = power
            .filter(|_| most > 0.0 && game.blocks().correlation() == 0.0)
            .and_then(|power| Shared::new(laws, power, most));
        Self { game, norm, shared }
    }

    /// What a choice is worth against an adversary. Fails where numbers leave the range of a double.
    pub fn answer(&self, choice: Choice, attacker: Attacker) -> Result<Answer, EntryError> {
        match choice {
            Choice::Random => Ok(self.random(attacker)),
            Choice::Vote(k) => {
                let clean = self.clean().vote(k as usize);
                let adversarial = self.of_count(attacker.reach(), |f| f.vote(k as usize));
                let clean = Bounded::probability(clean, self.clean().error);
                Ok(Answer { clean, adversarial, weights: None })
            }
            Choice::Single => self.single(attacker),
            Choice::Joint => self.linear(self.game.joint(), attacker),
            Choice::Optimum => self.linear(self.optimal(attacker)?, attacker),
        }
    }

    /// What no classifier, random or not, exceeds against a budget: attained in ℓp, and a bound of theorem 3 in ℓ0.
    pub fn optimum(&self, eps: f64) -> Result<Bounded, EntryError> {
        let Some(norm) = self.norm.norm() else {
            let laws = self.game.blocks().laws();
            let mut squares: Vec<f64> =
                laws.iter().map(|law| (law.mean() / law.std()).powi(2)).collect();
            squares.sort_by(f64::total_cmp);
            let left = squares.len().saturating_sub(2 * rewritten(eps, squares.len()));
            let distance = squares[..left].iter().sum::<f64>().sqrt();
            let value = cdf(distance);
            return Ok(Bounded::probability(value, 1e-15 + f64::EPSILON * distance));
        };
        let found = robust_optimum(self.game.task(), norm, Eps::new(eps)?)?.accuracy;
        Ok(Bounded::probability(found.middle(), 0.5 * found.gap()))
    }

    fn clean(&self) -> Turned {
        match self.fallen(0.0) {
            Fallen::Known(turned, _) => turned,
            Fallen::Between(_, turned) => turned, // never: without a budget all is known
        }
    }

    /// F for a budget.
    fn fallen(&self, eps: f64) -> Fallen {
        let blocks = self.game.blocks();
        let laws = blocks.laws();
        if blocks.correlation() != 0.0 {
            let pair = self.pair(eps);
            return Fallen::Known(
                Turned { at_least: pair.at_least(), error: 3.0 * pair.error },
                eps == 0.0,
            );
        }
        let within = |t: f64| at_least(laws.iter().map(|law| chance(law, t)));
        match (self.norm, &self.shared) {
            (BlockNorm::Inf, _) => Fallen::Known(within(eps), true),
            (BlockNorm::Zero, _) => {
                Fallen::Known(within(0.0).and(rewritten(eps, laws.len())), true)
            }
            _ if eps == 0.0 || laws.len() == 1 => Fallen::Known(within(eps), true),
            (_, Some(shared)) => {
                let (at_least, error) = shared.turned(eps);
                let turned = Turned { at_least, error };
                // A bound that says little is no exact value.
                if turned.error <= 1e-9 { Fallen::Known(turned, false) } else { self.between(eps) }
            }
            (_, None) => self.between(eps),
        }
    }

    /// m blocks are turned if each is within ε/m^(1/p), and only if each is within ε.
    fn between(&self, eps: f64) -> Fallen {
        let laws = self.game.blocks().laws();
        let within = |t: f64| at_least(laws.iter().map(|law| chance(law, t)));
        let power = if self.norm == BlockNorm::One { 1.0 } else { 0.5 };
        let above = within(eps);
        let mut below = above.clone();
        for m in 2..=laws.len() {
            below.at_least[m] = within(eps / (m as f64).powf(power)).at_least[m];
        }
        Fallen::Between(below, above)
    }

    fn of_count(&self, eps: f64, share: impl Fn(&Turned) -> f64) -> Known {
        match self.fallen(eps) {
            Fallen::Known(turned, closed) => {
                let value = Bounded::probability(share(&turned), turned.error);
                if closed { Known::Closed(value) } else { Known::Integrated(value) }
            }
            // More blocks turned are fewer right.
            Fallen::Between(below, above) => Known::Between(
                (share(&above) - above.error).max(0.0),
                (share(&below) + below.error).min(1.0),
            ),
        }
    }

    /// The two blocks of a pair.
    fn pair(&self, eps: f64) -> Pair {
        let blocks = self.game.blocks();
        let laws = blocks.laws();
        let spread = laws[0].std();
        let means = [laws[0].mean() / spread, laws[1].mean() / spread];
        Pair::correlated(means, blocks.correlation(), eps / spread)
    }

    fn random(&self, attacker: Attacker) -> Answer {
        let blocks = self.game.blocks();
        let clean = self.clean();
        if !blocks.is_fair() {
            let of = |eps: f64| self.mixed(eps);
            let clean = of(0.0).exact().unwrap_or(Bounded::probability(f64::NAN, 0.0));
            return Answer { clean, adversarial: of(attacker.reach()), weights: None };
        }
        let adversarial = match attacker {
            Attacker::Budget(eps) => self.of_count(eps, Turned::random),
            Attacker::Pays(price) => self.paid(price, &clean),
        };
        let clean = Bounded::probability(clean.random(), clean.error);
        Answer { clean, adversarial, weights: None }
    }

    /// Theorem 4.
    fn paid(&self, price: f64, clean: &Turned) -> Known {
        let laws = self.game.blocks().laws();
        let count = laws.len();
        let worth = 1.0 / (price * count as f64);
        let few = at_least(laws.iter().map(|law| chance(law, worth)));
        let value = |turned: &Turned| Bounded::probability(turned.random(), turned.error);
        match self.norm {
            _ if count == 1 && self.norm != BlockNorm::Zero => Known::Closed(value(&few)),
            BlockNorm::One => Known::Closed(value(&few)),
            // Each block costs λ and is worth 1/B.
            BlockNorm::Zero if worth < 1.0 => Known::Closed(value(clean)),
            BlockNorm::Zero => Known::Closed(Bounded::exact(0.0)),
            BlockNorm::Two | BlockNorm::Inf => {
                let [low, _] = self.of_count(1.0 / price, Turned::random).limits();
                Known::Between(low, value(&few).value + few.error)
            }
        }
    }

    /// The random choice that prefers one of two blocks.
    fn mixed(&self, eps: f64) -> Known {
        let blocks = self.game.blocks();
        let mix = blocks.mix();
        let (pair, closed) = if blocks.correlation() != 0.0 {
            (self.pair(eps), eps == 0.0)
        } else {
            let reach = match self.norm {
                BlockNorm::Zero if eps >= 1.0 => [(1.0, 0.0); 2],
                BlockNorm::Zero => [0, 1].map(|i| chance(&blocks.laws()[i], 0.0)),
                _ => [0, 1].map(|i| chance(&blocks.laws()[i], eps)),
            };
            let Fallen::Known(turned, closed) = self.fallen(eps) else {
                // Between the worse block for sure and a budget for each.
                return Known::Between(0.0, 1.0);
            };
            let [(first, a), (second, b)] = reach;
            let error = turned.error + a + b + 4.0 * f64::EPSILON;
            let pair = Pair {
                one: [first, second],
                each: first * second,
                both: turned.at_least[2],
                error,
            };
            (pair, closed)
        };
        let value = Bounded::probability(pair.random(mix), 3.0 * pair.error);
        if closed { Known::Closed(value) } else { Known::Integrated(value) }
    }

    /// The block that is best against this adversary, the first of several.
    fn single(&self, attacker: Attacker) -> Result<Answer, EntryError> {
        let mut best: Option<Answer> = None;
        for weights in self.game.singles() {
            let answer = self.linear(weights, attacker)?;
            let of = |answer: &Answer| {
                let attacked = answer.adversarial.exact().map_or(0.0, |value| value.value);
                (attacked, answer.clean.value)
            };
            if best.as_ref().is_none_or(|best| of(&answer) > of(best)) {
                best = Some(answer);
            }
        }
        best.ok_or_else(|| EntryError::new("blocks", 0, "at least 1"))
    }

    fn optimal(&self, attacker: Attacker) -> Result<Weights, EntryError> {
        let Some(norm) = self.norm.norm() else { return Ok(self.game.joint()) };
        let found = robust_optimum(self.game.task(), norm, Eps::new(attacker.reach())?)?;
        Ok(match found.rule {
            Rule::Linear(linear) => Weights::Linear(linear.weights().to_vec()),
            Rule::Constant(_) => Weights::Constant,
        })
    }

    /// A linear classifier, which a paying adversary attacks as with a budget.
    fn linear(&self, weights: Weights, attacker: Attacker) -> Result<Answer, EntryError> {
        let closed = |value| Known::Closed(value);
        let half = Bounded::exact(0.5);
        let Weights::Linear(list) = &weights else {
            let adversarial = closed(half);
            return Ok(Answer { clean: half, adversarial, weights: Some(weights) });
        };
        let classifier = LinearClassifier::new(list.clone(), 0.0)?;
        let norm = self.norm.norm().unwrap_or(Norm::TWO);
        let line = Projection::new(self.game.task(), None, &classifier, norm, Votes::ONE)?;
        let eps = if self.norm == BlockNorm::Zero { 0.0 } else { attacker.reach() };
        let found = line.accuracies(DrawProtocol::Same, Eps::new(eps)?)?;
        let adversarial = match self.norm {
            // One block that it looks at, rewritten, decides.
            BlockNorm::Zero if attacker.reach() >= 1.0 => Bounded::exact(0.0),
            _ => found.adversarial,
        };
        Ok(Answer { clean: found.clean, adversarial: closed(adversarial), weights: Some(weights) })
    }
}

/// How many blocks a budget in ℓ0 rewrites.
fn rewritten(eps: f64, blocks: usize) -> usize {
    eps.min(blocks as f64) as usize
}
