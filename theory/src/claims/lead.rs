//! The lead of a claim at a point: positive where the claim holds.
//!
//! Every lead compares two positive numbers by their difference divided by their sum, so it is from −1 to 1 and
//! its sign is determined relative to the two, however small they are. A metric near 1 is replaced by its
//! difference to 1. Where two sides agree for a reason unrelated to the claim (all robust accuracies are 1 at ε =
//! 0 under one shared draw; trained and undefended are the same classifier at sigma = 0), the limit of that ratio
//! is used. So a lead is continuous up to the edges of the quarter plane sigma ≥ 0, ε ≥ 0, and its zeros are the
//! frontier of the claim, including the end points.
//!
//! ```text
//! two stages                     (M₂ − M₁)/(M₂ + M₁), M the metric, or (L₁ − L₂)/(L₁ + L₂), L = 1 − M
//!   at ε = 0, same draws         L/ε → f(0)/A(0), f the density of the margin
//! undefended against trained     also divided by sigma²/data_std²; at sigma = 0 a quarter of the derivative by
//!                                ln s², from d ln Φ(a/s)/ds = −G(a/s)/s,  G(x) = x·φ(x)/Φ(x)
//! ```

use super::family::pull::pull_gap;
use super::sides::{Pair, Part, Side, exposure};
use super::verdict::relative;
use super::{Case, along_votes, family, proof};
use crate::accuracy::Profile;
use crate::math::bounded::Bounded;
use crate::math::normal::hazard;
use task::{Claim, Defense, DomainError, DrawProtocol, Eps, Margin, Metric, Stage};

impl Case {
    /// Returns a number that is positive if the claim holds at this sigma and ε, and negative if it fails; its size
    /// has no meaning apart from the error, which shows whether the sign is known ([`super::Verdict::of`]).
    ///
    /// For an order of two stages, it is the difference of their metrics divided by their sum (near 1, of their
    /// differences to 1), and for [`Claim::TrainingKeepsSome`] this divided by sigma²/data_std². For the trade-off,
    /// it is the least of the derivatives of ln(metric) by −k over the family (see [`crate::claims`]). For the claims
    /// about votes, it is the smallest step along [`LADDER`](super::LADDER) and beyond it, or along their list, from −1
    /// to 1. So its zeros are the frontier of the claim up to the edges.
    ///
    /// If the numbers do not determine the sign but a proof at the point does, the value is the smallest number of
    /// that sign, without error.
    ///
    /// Fails if `shift`, `sigma` or `eps` is outside its domain.
    ///
    /// ```
    /// use gauss_sim_theory::claims::{Case, VoteSteps};
    /// use task::{Claim, Metric};
    /// use task::{DrawProtocol, Task};
    ///
    /// let (claim, metric, task) = (Claim::TradeOff, Metric::RobustAccuracy, Task::default());
    /// let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0, votes: VoteSteps::All };
    /// // ε*(0.3) = 0.239141…: below it the claim fails, above it it holds
    /// assert!(case.lead(0.3, 0.2391)?.value < 0.0 && case.lead(0.3, 0.2392)?.value > 0.0);
    /// // and with σ ≥ σ* = 0.646135… it holds for every ε, ε → 0 included
    /// assert!(case.lead(0.6461, 0.0)?.value < 0.0 && case.lead(0.6462, 0.0)?.value > 0.0);
    /// # Ok::<(), task::DomainError>(())
    /// ```
    pub fn lead(&self, sigma: f64, eps: f64) -> Result<Bounded, DomainError> {
        let defense = Defense::new(self.shift, sigma)?;
        let budget = Eps::new(eps)?;
        let found = match self.claim {
            Claim::TradeOff => family::lead(self, &defense, budget),
            Claim::VoteRestores | Claim::VoteTradeOff => along_votes::lead(self, &defense, budget)?,
            _ => self.ordering(&defense, budget)?,
        };
        if found.value.abs() > found.error {
            return Ok(found);
        }
        Ok(self.proven(sigma, eps).unwrap_or(found))
    }

    /// Returns the sign of the lead if a proof at this point determines it.
    fn proven(&self, sigma: f64, eps: f64) -> Option<Bounded> {
        let told = |sign: f64| Bounded::exact(f64::MIN_POSITIVE.copysign(sign));
        if sigma > 0.0 && self.turns_at_the_mean() {
            // Proven in `proof` for single draws and in `along_votes`: the sign is that of ε − mean.
            let past = eps - self.task.mean();
            return Some(if past == 0.0 { Bounded::exact(0.0) } else { told(past) });
        }
        if self.draws != DrawProtocol::Same {
            return None;
        }
        let region = proof::Region { sigma: (sigma, sigma), eps: (eps, eps) };
        match proof::at(self.claim, self.metric, &self.task, self.shift, &region)? {
            proof::Verdict::Holds => Some(told(1.0)),
            proof::Verdict::Fails => Some(told(-1.0)),
            proof::Verdict::Open => None,
        }
    }

    /// Returns whether the claim holds exactly if ε > mean: in adversarial accuracy with one classification.
    pub(super) fn turns_at_the_mean(&self) -> bool {
        self.metric == Metric::AdversarialAccuracy
            && self.judged_once()
            && self.claim != Claim::VoteRestores
            && self.shift != 0.0
    }

    /// Returns whether the attacked input is classified only once.
    fn judged_once(&self) -> bool {
        self.draws.tries() <= 1
    }

    /// Returns the stages of a claim that is an order of two; the second is claimed to be the better one.
    pub(super) fn pair(&self) -> Option<[Stage; 2]> {
        let defended = Stage::Defended { threshold: 0.0 };
        match self.claim {
            Claim::DefenseHelps => Some([Stage::Undefended, defended]),
            Claim::TrainingHurts => Some([Stage::Trained, defended]),
            Claim::TrainingKeepsSome => Some([Stage::Undefended, Stage::Trained]),
            Claim::TradeOff | Claim::VoteRestores | Claim::VoteTradeOff => None,
        }
    }

    fn ordering(&self, defense: &Defense, eps: Eps) -> Result<Bounded, DomainError> {
        let Some(stages) = self.pair() else {
            return Ok(Bounded::exact(0.0));
        };
        let close = self.claim == Claim::TrainingKeepsSome;
        if close && defense.sigma() == 0.0 {
            return Ok(self.at_no_spread(&stages[0].margin(&self.task, defense)?, eps));
        }
        let [first, second] =
            [stages[0].margin(&self.task, defense)?, stages[1].margin(&self.task, defense)?];
        let unconditional = self.metric == Metric::AdversarialAccuracy;
        let no_attack = eps == Eps::ZERO && !unconditional;
        let both_draw = self.claim == Claim::TrainingHurts;
        let gain = if no_attack && self.draws == DrawProtocol::Same {
            relative(exposure(&second), exposure(&first))
        } else if no_attack && defense.sigma() == 0.0 {
            // Near that corner, new draws have an effect proportional to sigma and f(0)/A(0).
            if both_draw {
                relative(exposure(&second), exposure(&first))
            } else {
                Bounded::exact(-1.0)
            }
        } else {
            self.pair_of(&first, &second, eps).gain()
        };
        let unit = defense.sigma() / self.task.data_std();
        Ok(if close { over(gain, unit * unit) } else { gain })
    }

    /// Returns the metrics of two margins.
    pub(super) fn pair_of(&self, first: &Margin, second: &Margin, eps: Eps) -> Pair {
        let sides = [first, second].map(|margin| Side::new(self, margin));
        Pair::new([&sides[0], &sides[1]], eps)
    }

    /// Returns how much better the second margin is than the first, in units of the metric: larger for an accuracy,
    /// smaller for an attack success rate.
    pub(super) fn gain(&self, first: &Margin, second: &Margin, eps: Eps) -> Bounded {
        if eps == Eps::ZERO && self.vanishes_without_attack() {
            return Bounded::exact(0.0);
        }
        self.pair_of(first, second, eps).difference()
    }

    /// Returns the cheapest protocol with the same metric: if it is classified once, the attacked input does not
    /// depend on whether its draw was used before.
    pub(super) fn effective_draws(&self) -> DrawProtocol {
        match self.metric {
            Metric::AdversarialAccuracy if self.judged_once() => DrawProtocol::Same,
            _ => self.draws,
        }
    }

    /// Returns whether the metric is the same for all stages at ε = 0.
    pub(super) fn vanishes_without_attack(&self) -> bool {
        self.metric != Metric::AdversarialAccuracy && self.draws == DrawProtocol::Same
    }

    /// Returns the lead of trained over undefended as sigma → 0.
    fn at_no_spread(&self, undefended: &Margin, eps: Eps) -> Bounded {
        let several = self.draws.tries() > 1;
        let again = self.draws.tries() > 0 && self.metric != Metric::AdversarialAccuracy;
        if several || (again && eps == Eps::ZERO) {
            // Several tries, or a second draw at ε = 0, have an effect of the order of sigma: more than sigma².
            return Bounded::exact(-1.0);
        }
        let data_std = self.task.data_std();
        let [before, after] = [0.0, eps.get()].map(|eps| (self.task.mean() - eps) / data_std);
        let rounded = |value: f64, size: f64| Bounded {
            value,
            error: 32.0 * f64::EPSILON * (1.0 + before * before + after * after) * size,
        };
        if self.metric == Metric::AdversarialAccuracy {
            let value = -0.25 * after * hazard(after.abs());
            return rounded(value, value.abs());
        }
        let pull = |x: f64| x * hazard(-x);
        if eps == Eps::ZERO {
            let value = 0.25 * (1.0 - before * before - pull(before));
            return rounded(value, 1.0 + before * before);
        }
        let gap = pull_gap(before, eps.get() / data_std);
        let profile = Profile::new(undefended);
        let odds = match Part::of(profile.part(eps, true, false)) {
            Part::Kept => 1.0,
            Part::Lost => {
                let [kept, lost] = [false, true].map(|lost| profile.part(eps, true, lost));
                kept.over(lost).number().value
            }
        };
        let value = 0.25 * odds * gap.value;
        let relative = f64::EPSILON * 32.0 * (1.0 + before * before + after * after);
        Bounded { value, error: 0.25 * odds * gap.error + relative * value.abs() }
    }
}

/// Returns a/c for c > 0.
fn over(a: Bounded, c: f64) -> Bounded {
    Bounded { value: a.value / c, error: a.error / c }
}
