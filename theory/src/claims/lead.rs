//! The lead of a claim at a point: positive where the claim holds.
//!
//! Where a lead vanishes for a reason that has nothing to do with the claim (all robust accuracies
//! are 1 at ε = 0 under one shared draw; trained and undefended are one classifier at sigma = 0), it
//! is divided by the factor that vanishes. So it is continuous up to the edges of the quarter plane
//! sigma ≥ 0, ε ≥ 0, and its zeros are the frontier of the claim, end points included.
//!
//! ```text
//! robust accuracy, same draws    ASR₁ − ASR₂ over ε; at ε = 0 the difference of the two f(0)/A(0)
//!                                (f the density of the margin)
//! robust accuracy, other draws   ASR₁ − ASR₂
//! adversarial accuracy           A₂(ε) − A₁(ε)
//! undefended against trained     all of these over sigma²; at sigma = 0 half the derivative by s², from
//!                                d ln Φ(a/s)/ds = −G(a/s)/s,  G(x) = x·φ(x)/Φ(x)
//! ```

use super::{Case, family, restored};
use crate::accuracy::{Accuracies, accuracies};
use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, hazard, pdf};
use crate::protocol::Protocol;
use task::{Claim, Defense, DomainError, DrawProtocol, Eps, Margin, Metric, Stage, Votes};

impl Case {
    /// Positive where the claim holds at this sigma and ε, 0 or negative where not; its size has no
    /// meaning but for the error, which says whether the sign is known.
    ///
    /// Of an order of two stages it is the difference of their metrics, over whatever factor makes it vanish
    /// at an edge of sigma ≥ 0, ε ≥ 0 for no reason of the claim's: ε for robust accuracies of one shared
    /// draw (all are 1 at ε = 0), sigma² for [`Claim::TrainingKeepsSome`]. Of the trade-off it is the least
    /// of −d ln(metric)/dk·s²/u over the family (see [`crate::claims`]), for robust accuracies of one shared
    /// draw over ε/s, too. Of the vote it is the least relative step of |voted(n) − undefended| towards 0 on
    /// [`LADDER`](super::LADDER), from −1 to 1. So its zeros are the frontier of the claim up to the edges.
    ///
    /// Fails where `shift`, `sigma` or `eps` is outside of its domain.
    ///
    /// ```
    /// use gauss_sim_theory::claims::Case;
    /// use task::{Claim, Metric};
    /// use task::{DrawProtocol, Task};
    ///
    /// let (claim, metric, task) = (Claim::TradeOff, Metric::RobustAccuracy, Task::default());
    /// let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0 };
    /// // ε*(0.3) = 0.239141…: below it the claim fails, above it it holds
    /// assert!(case.lead(0.3, 0.2391)?.value < 0.0 && case.lead(0.3, 0.2392)?.value > 0.0);
    /// // and with σ ≥ σ* = 0.646135… it holds for every ε, ε → 0 included
    /// assert!(case.lead(0.6461, 0.0)?.value < 0.0 && case.lead(0.6462, 0.0)?.value > 0.0);
    /// # Ok::<(), task::DomainError>(())
    /// ```
    pub fn lead(&self, sigma: f64, eps: f64) -> Result<Bounded, DomainError> {
        let defense = Defense::new(self.shift, sigma)?;
        let eps = Eps::new(eps)?;
        Ok(match self.claim {
            Claim::TradeOff => family::lead(self, &defense, eps),
            Claim::VoteRestores => restored::lead(self, &defense, eps)?,
            _ => self.ordering(&defense, eps)?,
        })
    }

    /// The stages of a claim that is an order of two: the second is said to be the better one.
    pub(super) fn pair(&self) -> Option<[Stage; 2]> {
        let defended = Stage::Defended { threshold: 0.0 };
        match self.claim {
            Claim::DefenseHelps => Some([Stage::Undefended, defended]),
            Claim::TrainingHurts => Some([Stage::Trained, defended]),
            Claim::TrainingKeepsSome => Some([Stage::Undefended, Stage::Trained]),
            Claim::TradeOff | Claim::VoteRestores => None,
        }
    }

    fn ordering(&self, defense: &Defense, eps: Eps) -> Result<Bounded, DomainError> {
        let Some(stages) = self.pair() else {
            return Ok(Bounded::exact(0.0));
        };
        let close = self.claim == Claim::TrainingKeepsSome;
        if close && defense.sigma() == 0.0 {
            return Ok(self.at_no_spread(eps));
        }
        let [first, second] =
            [stages[0].margin(&self.task, defense)?, stages[1].margin(&self.task, defense)?];
        let gain = if self.effective_draws() != DrawProtocol::Same && defense.sigma() > 0.0 {
            let undefended = accuracies(&Stage::Undefended.margin(&self.task, defense)?, eps);
            let undefended = match self.metric {
                Metric::AdversarialAccuracy => undefended.adversarial,
                Metric::RobustAccuracy | Metric::AttackSuccessRate => undefended.robust,
            };
            let drawn = |margin: &Margin| (margin.votes() == Votes::ONE).then(|| margin.offset());
            family::gain(self, defense, eps, undefended.value, [drawn(&first), drawn(&second)])
        } else if eps == Eps::ZERO
            && (self.vanishes_without_attack() || self.in_the_corner(defense))
        {
            difference(exposure(&first), exposure(&second))
        } else {
            let gain = self.gain(&first, &second, eps);
            if self.vanishes_without_attack() { over(gain, eps.get()) } else { gain }
        };
        Ok(if close { over(gain, defense.sigma() * defense.sigma()) } else { gain })
    }

    /// How much better the second margin is than the first, in units of the metric: larger for an
    /// accuracy, smaller for a rate of successful attacks.
    pub(super) fn gain(&self, first: &Margin, second: &Margin, eps: Eps) -> Bounded {
        let draws = self.effective_draws();
        let [first, second] = [first, second].map(|m| Protocol::new(m, draws).at(eps));
        self.better(&first, &second)
    }

    /// The same of accuracies that are known.
    pub(super) fn better(&self, first: &Accuracies, second: &Accuracies) -> Bounded {
        match self.metric {
            Metric::AdversarialAccuracy => difference(second.adversarial, first.adversarial),
            // 1 − robust accuracy, which keeps its digits where that is near 1
            Metric::RobustAccuracy | Metric::AttackSuccessRate => {
                difference(first.attack_success_rate, second.attack_success_rate)
            }
        }
    }

    /// A protocol that gives the same metric, the cheapest: judged once, the attacked input does not
    /// know whether its draw was used before.
    pub(super) fn effective_draws(&self) -> DrawProtocol {
        match (self.metric, self.draws) {
            (Metric::AdversarialAccuracy, DrawProtocol::Fresh) => DrawProtocol::Same,
            (_, draws) => draws,
        }
    }

    /// Whether the metric is the same for all stages at ε = 0.
    pub(super) fn vanishes_without_attack(&self) -> bool {
        self.metric != Metric::AdversarialAccuracy && self.draws == DrawProtocol::Same
    }

    /// Whether this is ε = sigma = 0 of two stages that both draw anew. There new draws cost in proportion
    /// to sigma and f(0)/A(0), so that these decide as they do for a shared draw.
    fn in_the_corner(&self, defense: &Defense) -> bool {
        self.claim == Claim::TrainingHurts
            && self.metric != Metric::AdversarialAccuracy
            && defense.sigma() == 0.0
    }

    /// The lead of trained over undefended as sigma → 0.
    fn at_no_spread(&self, eps: Eps) -> Bounded {
        let data_std = self.task.data_std();
        if let DrawProtocol::Persistent(tries) = self.draws
            && tries.get() > 1
        {
            // several tries cost of the order of sigma, which is more than sigma²
            return Bounded::exact(-1.0);
        }
        let [before, after] = [0.0, eps.get()].map(|eps| (self.task.mean() - eps) / data_std);
        // what G loses where it is subtracted from another
        let loss = |x: f64| (1.0 + x * x) * pull(x).abs();
        let mut rounding = 0.0;
        let value = if self.metric == Metric::AdversarialAccuracy {
            -after * pdf(after) / (2.0 * data_std * data_std)
        } else if eps != Eps::ZERO {
            let robust = cdf(after) / cdf(before);
            let unit = if self.vanishes_without_attack() { eps.get() } else { 1.0 };
            let factor = robust / (2.0 * data_std * data_std * unit);
            rounding = 4.0 * f64::EPSILON * factor * (loss(before) + loss(after));
            factor * (pull(before) - pull(after))
        } else if self.vanishes_without_attack() {
            let rate = hazard(-before);
            rate * (1.0 - before * before - before * rate) / (2.0 * data_std * data_std * data_std)
        } else {
            -1.0 // a second draw at ε = 0 costs of the order of sigma
        };
        Bounded { value, error: rounding + 1e-15 * (1.0 + before * before) * (1.0 + value.abs()) }
    }
}

/// G(x) = x·φ(x)/Φ(x).
fn pull(x: f64) -> f64 {
    x * hazard(-x)
}

/// f(0)/A(0): how many of the correct are within reach of the smallest attack, per unit of ε. Of a
/// single draw or none.
fn exposure(margin: &Margin) -> Bounded {
    let s = family::spread(margin);
    let (mean, u) = (margin.task().mean(), margin.offset());
    let [plus, minus] = [(mean + u) / s, (mean - u) / s];
    // rates φ/Φ weighted by Φ, which does not underflow before the weights do
    let weight = (cdf(plus) + cdf(minus)).max(f64::MIN_POSITIVE);
    let value = (pdf(plus) + pdf(minus)) / (s * weight);
    // the rounding of x multiplies φ(x) by 1 + x² times that
    let rounding = pdf(plus) * (1.0 + plus * plus) + pdf(minus) * (1.0 + minus * minus);
    Bounded { value, error: 8.0 * f64::EPSILON * (value + rounding / (s * weight)) }
}

/// a − b.
fn difference(a: Bounded, b: Bounded) -> Bounded {
    let value = a.value - b.value;
    Bounded { value, error: a.error + b.error + f64::EPSILON * value.abs() }
}

/// a/c for c > 0.
fn over(a: Bounded, c: f64) -> Bounded {
    Bounded { value: a.value / c, error: a.error / c }
}
