//! Two coordinates that are swapped at random.
//!
//! The defense swaps x₀ and x₁ with probability q, the classifier is sgn(w·t(x)), and the noise θ is centred. The
//! gradient of the margin is w, or w̃ = (w₁, w₀) if x is swapped. So B ~ Bin(m, q) of m gradients are w̃, and B
//! determines the step of both coordinates: a Markov chain on pairs of positions V, δ = −y·ε·V. With w = (2, −½) and
//! m = 1 every step goes along ±(1, −1), and the reach in the direction of the mean gradient is 0.
//!
//! ```text
//! A(ε) = E_V[(1 − q)·Φ(w·(μ − εV)/s) + q·Φ(w̃·(μ − εV)/s)],   s = |w|·√(data_std² + sigma²)
//! ```
//!
//! The probability of being right on both inputs is computed the same way for one draw, and from bivariate normals
//! for two draws.

mod chain;
mod pairs;

pub(super) use chain::Line;
pub use chain::MirrorWalk;

use super::rates::{JUDGED, Known, Outcome, Rates, Unknown, ratio_of};
use super::{Signs, optimum};
use crate::math::bounded::Bounded;
use crate::math::golden::least;
use crate::math::normal::cdf;
use crate::math::quadrature::sum;
use pairs::both_positive;
use task::attack::{AttackKind, AttackPoint, Judge, MirrorTask, Start};
use task::{DrawProtocol, EntryError, Votes};

const VOTES: Unknown =
    Unknown("a vote of swapped and unswapped inputs needs an integral over both coordinates");
const TRIES: Unknown =
    Unknown("several tries of swapped and unswapped inputs need an integral over both coordinates");
const STARTS: Unknown =
    Unknown("a uniform start of two coordinates that move together is not gone through");
const BEST: Unknown =
    Unknown("the best step size of two coordinates that move together is not searched for");

/// The positions of the final move, with their probabilities.
type Law = Vec<([f64; 2], f64)>;

/// Computes the exact values of a point.
pub(super) fn outcome(point: &AttackPoint, task: &MirrorTask) -> Result<Outcome, EntryError> {
    let mut point = point.clone();
    let attacker = *point.attacker();
    let exact = Exact { task, eps: attacker.eps.get(), votes: point.votes(), draws: point.draws() };
    if attacker.kind == AttackKind::Full {
        point = point.with_full(exact.strongest()).map_err(EntryError::from)?;
    }
    let steps_of = |swaps: u32, eot: u32| [0, 1].map(|i| task.gradient_sign(i, swaps, eot));
    let mut signs = None;
    let law: Result<Law, Unknown> = match (point.fixed_reach(), attacker.step.ratio(exact.eps)) {
        (Some(fixed), _) => Ok(vec![(fixed, 1.0)]),
        (None, _) if attacker.start == Start::Uniform => Err(STARTS),
        (None, None) => Err(BEST),
        (None, Some(ratio)) => {
            let q = if attacker.kind == AttackKind::Off { 0.0 } else { task.swap().value() };
            let moves = chain::moves(q, attacker.eot, |swaps| steps_of(swaps, attacker.eot));
            signs = Some(signs_of(&moves, task.direction()));
            let walk = MirrorWalk::new(&moves, ratio.max(1e-9), attacker.steps)?;
            Ok(walk.into_positions())
        }
    };
    let law = match attacker.judge {
        Judge::Final => law,
        _ => law.and(Err(JUDGED)),
    };
    let reach = law.as_ref().map_err(|unknown| *unknown).map(|law| {
        let along = |at: &[f64; 2]| {
            let [one, other] = task.direction().map(f64::from);
            0.5 * (one * at[0] + other * at[1])
        };
        let value = sum(law.iter().map(|(at, chance)| along(at) * chance));
        Bounded { value, error: f64::EPSILON * (4.0 + f64::from(attacker.steps).sqrt()) }
    });
    let optimum = optimum(&task.mean(), task.data_std(), 1, attacker.eps);
    let error = f64::EPSILON * (4.0 + 4.0 * f64::from(attacker.steps).sqrt());
    let rates = exact.rates(law.as_ref().map_err(|unknown| *unknown), error);
    let queries = point.queries();
    Ok(Outcome { point, rates, signs, reach, queries, optimum: Some(optimum) })
}

/// Returns the signs of a step, averaged over both coordinates.
fn signs_of(moves: &[([i8; 2], f64)], direction: [i8; 2]) -> Signs {
    let share = |wanted: i8| {
        let matching = moves.iter().flat_map(|(step, chance)| {
            (0..2).filter(move |&i| step[i] * direction[i] == wanted).map(move |_| 0.5 * chance)
        });
        sum(matching)
    };
    Signs { right: share(1), zero: share(0), wrong: share(-1), error: 1e-15 }
}

/// Returns the weights of length 1 that minimise the risk on swapped and noisy data: the best direction for
/// (1 − q)·Φ(w·μ/s) + q·Φ(w̃·μ/s), found to about 1e-8 in each weight.
#[must_use]
pub fn trained_weights(swap: f64, mean: [f64; 2], data_std: f64, sigma: f64) -> [f64; 2] {
    let scale = data_std.hypot(sigma);
    let weights = |angle: f64| [angle.cos(), angle.sin()];
    let accuracy = |angle: f64| {
        let [a, b] = weights(angle);
        let kept = cdf((a * mean[0] + b * mean[1]) / scale);
        (1.0 - swap) * kept + swap * cdf((b * mean[0] + a * mean[1]) / scale)
    };
    let step = std::f64::consts::TAU / 1440.0;
    let best = (0..1440)
        .map(|i| f64::from(i) * step)
        .max_by(|a, b| accuracy(*a).total_cmp(&accuracy(*b)))
        .unwrap_or(0.0);
    weights(least(|angle| -accuracy(angle), best - step, best + step, 40))
}

/// The exact values for any law of the final move.
struct Exact<'a> {
    task: &'a MirrorTask,
    eps: f64,
    votes: Votes,
    draws: DrawProtocol,
}

impl Exact<'_> {
    /// Returns w, kept and swapped, with the probability of each.
    fn views(&self) -> [([f64; 2], f64); 2] {
        let ([a, b], q) = (self.task.weights(), self.task.swap());
        [([a, b], q.complement().value()), ([b, a], q.value())]
    }

    fn length(&self) -> f64 {
        let [a, b] = self.task.weights();
        a.hypot(b)
    }

    /// Returns the mean of w·x and the part εw·V that the move subtracts, in standard deviations of one draw.
    fn reach(&self, weights: [f64; 2], at: [f64; 2]) -> (f64, f64) {
        let scale = self.length() * self.task.data_std().hypot(self.task.sigma());
        let along = |x: [f64; 2]| (weights[0] * x[0] + weights[1] * x[1]) / scale;
        (along(self.task.mean()), self.eps * along(at))
    }

    fn one_vote(&self) -> Result<(), Unknown> {
        match self.votes {
            Votes::Finite(n) if n.get() <= 2 => Ok(()),
            _ => Err(VOTES),
        }
    }

    fn accuracy(&self, at: [f64; 2]) -> f64 {
        let right = |(weights, chance): ([f64; 2], f64)| {
            let (mean, less) = self.reach(weights, at);
            chance * cdf(mean - less)
        };
        self.views().into_iter().map(right).sum()
    }

    /// Returns the corner of the budget that leaves the lowest accuracy.
    fn strongest(&self) -> [f64; 2] {
        let corners = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
        let accuracy = |at: &[f64; 2]| self.accuracy(*at);
        corners.into_iter().min_by(|a, b| accuracy(a).total_cmp(&accuracy(b))).unwrap_or([1.0; 2])
    }

    fn rates(&self, law: Result<&Law, Unknown>, error: f64) -> Rates {
        let one = self.one_vote();
        let clean = one.map(|()| Bounded::probability(self.accuracy([0.0; 2]), 4.0 * f64::EPSILON));
        let invariance = one.map(|()| self.invariance());
        let adversarial = one.and(law).and_then(|law| {
            if self.draws.tries() > 1 {
                return Err(TRIES);
            }
            let value = sum(law.iter().map(|(at, chance)| chance * self.accuracy(*at)));
            Ok(Bounded::probability(value, error))
        });
        let both = one.and(law).and_then(|law| self.both(law, error));
        let robust = clean.and_then(|clean| both.and_then(|both| ratio_of(both, clean)));
        Rates { clean, adversarial, robust, success: robust.map(Bounded::complement), invariance }
    }

    fn both(&self, law: &Law, error: f64) -> Known {
        let found: Vec<Bounded> = match self.draws {
            DrawProtocol::Same => law
                .iter()
                .map(|&(at, chance)| {
                    let right = |(weights, share): ([f64; 2], f64)| {
                        let (mean, less) = self.reach(weights, at);
                        share * cdf(mean - less.max(0.0))
                    };
                    let value: f64 = self.views().into_iter().map(right).sum();
                    Bounded { value: chance * value, error: 0.0 }
                })
                .collect(),
            draws if draws.tries() == 1 => {
                let kept = 1.0 / (1.0 + (self.task.sigma() / self.task.data_std()).powi(2));
                law.iter()
                    .map(|&(at, chance)| {
                        let mut total = Bounded::exact(0.0);
                        for (one, p) in self.views() {
                            for (other, q) in self.views() {
                                let (mean, less) = self.reach(other, at);
                                let clean = self.reach(one, at).0;
                                let found = both_positive(
                                    clean,
                                    mean - less,
                                    kept * self.cosine(one, other),
                                );
                                total.value += chance * p * q * found.value;
                                total.error += chance * p * q * found.error;
                            }
                        }
                        total
                    })
                    .collect()
            }
            _ => return Err(TRIES),
        };
        let value = sum(found.iter().map(|found| found.value));
        let more = sum(found.iter().map(|found| found.error));
        Ok(Bounded::probability(value, error + more))
    }

    fn cosine(&self, one: [f64; 2], other: [f64; 2]) -> f64 {
        if one == other {
            return 1.0;
        }
        (one[0] * other[0] + one[1] * other[1]) / (self.length() * self.length())
    }

    /// Returns P[sgn(w·t(x)) = sgn(w·x)].
    fn invariance(&self) -> Bounded {
        let (data_std, sigma) = (self.task.data_std(), self.task.sigma());
        let kept = 1.0 / (1.0 + (sigma / data_std).powi(2)).sqrt();
        let bare = self.task.weights();
        let mean = (bare[0] * self.task.mean()[0] + bare[1] * self.task.mean()[1])
            / (self.length() * data_std);
        let mut total = Bounded::exact(0.0);
        for (weights, chance) in self.views() {
            let (seen, _) = self.reach(weights, [0.0; 2]);
            let correlation = kept * self.cosine(weights, bare);
            for (a, b) in [(seen, mean), (-seen, -mean)] {
                let found = both_positive(a, b, correlation);
                total.value += chance * found.value;
                total.error += chance * found.error;
            }
        }
        Bounded::probability(total.value, total.error + 4.0 * f64::EPSILON)
    }
}
