//! Fresh draws: the clean and the attacked input each get their own θ (`draws = fresh`), or an attacker may try T
//! times, each time with new draws (`draws = persistent=T`).
//!
//! A vote draws n new θ for each classification. Given the data (t = mean + data_std·z and the class y), the
//! classifications are independent, so with u = offset
//!
//! ```text
//! A(ε) = P[right in every try]   = ½ Σ_y E_t[ S(t + y·u − ε)^T ]
//! P[right, then in every try]    = ½ Σ_y E_t[ S(t + y·u) · S(t + y·u − ε)^T ]
//! P[right, then wrong in a try]  = ½ Σ_y E_t[ S(t + y·u) · (1 − S(t + y·u − ε)^T) ]
//! robust_accuracy                = P[right, then in every try]/A(0)
//! attack_success_rate            = P[right, then wrong in a try]/A(0)
//! ```
//!
//! where S(c) is the probability that the vote is right at the margin c, Φ(c/sigma) for one draw, S(−c) = 1 − S(c),
//! and A(0) is the clean accuracy, which counts one classification. `fresh` is T = 1; for one draw, its second
//! expectation is the bivariate normal `Φ₂(M/s, (M − ε)/s; data_std²/s²)`, M = mean + y·u: the clean and the attacked
//! margin, each of variance s² = data_std² + sigma², have data_std·z in common and nothing else. Without spread
//! (sigma = 0, or the limit of many votes), new draws are equivalent to the same one.
//!
//! Method: ordinarily a sum over equidistant z, whose error is exponentially small (`middle`). Otherwise, as the
//! factors are log-concave (see `extreme`), and hence the integrand, it is integrated adaptively from its peak outwards. Each of the probabilities is a separate integral, so that none loses digits where it is tiny. Source:
//! Gao, Shumailov, Fawaz, Papernot, arXiv 2206.09491, section 4; the formulas are derived above.
//!
//! Accuracy: 1e-12 relative wherever the result is a normal double; each result comes with its own bound. Measured
//! against 40 digits: T = 1 (`oracle/fresh.csv`) errors up to 9e-15, bounds up to 1.4e-13; T up to 1e6
//! (`oracle/persistent.csv`) errors up to 2.2e-13, bounds up to 1e-12, but 2.2e-12 near 1e-302.
//!
//! ```
//! use task::{Eps, Margin, Task, Votes};
//! use gauss_sim_theory::{accuracy, fresh};
//!
//! // a new draw for the attacked input may fail where the first did not: less robust than one shared draw
//! let (margin, eps) = (Margin::new(Task::default(), 0.0, 1.0, Votes::ONE)?, Eps::new(0.5)?);
//! let (same, fresh) = (accuracy::accuracies(&margin, eps), fresh::accuracies(&margin, eps));
//! assert!(fresh.robust.value < same.robust.value);
//! assert!((fresh.adversarial.value - same.adversarial.value).abs() < 1e-15); // judged once, it is one draw
//! # Ok::<(), task::DomainError>(())
//! ```

mod deep;
mod middle;

use crate::accuracy::{Accuracies, Profile, class_average, complements};
use crate::math::bell::Line;
use crate::math::bounded::Bounded;
use crate::math::depth::Variance;
use crate::math::double::Dd;
use crate::math::extreme::Extreme;
use crate::math::majority::Majority;
use crate::math::product::{self, Near};
use crate::math::scaled::Scaled;
use std::num::NonZeroU32;
use task::{Eps, Margin, Prior, Votes};

/// The data_std/sigma above which sigma counts as 0 in the probabilities of staying correct.
const MAX_RATE: f64 = 1e100;
/// In the probabilities of not staying correct, sigma and ε are multiplied by a power of two until sigma reaches this
/// fraction of data_std: these probabilities are proportional to both, as the density of an input does not change
/// within some 1e20 times that width.
const NARROW: f64 = 1e-75;
/// The ε/sigma above which a second draw is equivalent to the first.
const APART: f64 = 1e20;
/// The data_std/sigma above which a vote is certain for all but a few inputs.
const STEEP: f64 = 1e9;
/// The number of standard deviations from which on an input is far on the wrong side.
const FAR: f64 = -30.0;

/// The accuracies of one margin with fresh draws, as a function of ε. What depends only on the margin is computed once.
#[derive(Debug, Clone)]
pub struct Fresh {
    profile: Profile,
    tries: u32,
    /// Sigma, and the power of two by which to multiply it and ε, if it is extremely small.
    narrow: Option<(f64, i32)>,
    /// The vote on one input, unless it is certain, and the value of [`Extreme::knee`].
    judge: Option<(Majority, f64)>,
}

/// The event whose probability is computed.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// Right on the attacked input in every try.
    Endures,
    /// Right on the clean input, and on the attacked one in every try.
    Survives,
    /// Right on the clean input, wrong on the attacked one in at least one try.
    Falls,
    /// Wrong on the attacked input in at least one try.
    Errs,
}

impl Fresh {
    /// Prepares a margin; takes one evaluation of the accuracy, and some 0.1 ms for more than 80 votes.
    #[must_use]
    pub fn new(margin: &Margin) -> Self {
        Self::persistent(margin, NonZeroU32::MIN)
    }

    /// Prepares a margin for an attacker who may try `tries` times, at the same cost.
    #[must_use]
    pub fn persistent(margin: &Margin, tries: NonZeroU32) -> Self {
        Self::with_prior(margin, tries, Prior::HALF)
    }

    /// Prepares the same with the classes weighted by a prior.
    #[must_use]
    pub fn with_prior(margin: &Margin, tries: NonZeroU32, prior: Prior) -> Self {
        let tries = tries.get();
        let (data_std, sigma) = (margin.task().data_std(), margin.sigma());
        let narrow = (sigma > 0.0 && data_std / sigma > MAX_RATE).then(|| {
            let mut power = 0;
            while sigma * 2_f64.powi(power) < NARROW * data_std {
                power += 1;
            }
            (sigma, power)
        });
        let judge = match margin.votes() {
            Votes::Finite(n) if sigma > 0.0 => {
                let majority = Majority::new(n.get());
                let knee = Extreme::knee(&majority, tries);
                Some((majority, knee))
            }
            _ => None,
        };
        Self { profile: Profile::with_prior(margin, prior), tries, narrow, judge }
    }

    /// Returns P[right on the clean input, and in every try on the attacked one]:
    /// `½ Σ_y E_t[S(t + y·u)·S(t + y·u − ε)^T]`, see the [module](self).
    #[must_use]
    pub fn both_correct(&self, eps: Eps) -> Bounded {
        self.probability(eps, Fate::Survives).probability()
    }

    /// Returns all four accuracies at one ε. The clean accuracy is that of one shared draw, and with one try so is
    /// the adversarial accuracy.
    #[must_use]
    pub fn at(&self, eps: Eps) -> Accuracies {
        if self.judge.is_none() {
            return self.profile.at(eps);
        }
        let clean = self.profile.survival(Eps::ZERO);
        let robust = self.probability(eps, Fate::Survives).ratio(clean);
        let [robust, attack_success_rate] =
            complements(robust, || self.probability(eps, Fate::Falls).ratio(clean));
        Accuracies {
            clean: self.profile.clean(),
            adversarial: self.probability(eps, Fate::Endures).probability(),
            robust,
            attack_success_rate,
        }
    }

    /// Returns only P[right on both]/A(0).
    pub(crate) fn robust(&self, eps: Eps) -> Bounded {
        match &self.judge {
            Some(_) => {
                self.probability(eps, Fate::Survives).ratio(self.profile.survival(Eps::ZERO))
            }
            None => self.profile.robust(eps),
        }
    }

    /// Returns, unrounded, the robust accuracy (`conditional`) or the adversarial accuracy, or its complement
    /// (`lost`); each is accurate relative to itself.
    pub(crate) fn part(&self, eps: Eps, conditional: bool, lost: bool) -> Scaled {
        let alike = self.judge.is_none() || (self.tries == 1 && !conditional);
        if alike {
            return self.profile.part(eps, conditional, lost);
        }
        let clean = || self.profile.survival(Eps::ZERO);
        match (conditional, lost) {
            (true, false) => self.probability(eps, Fate::Survives).over(clean()),
            (true, true) => self.probability(eps, Fate::Falls).over(clean()),
            (false, false) => self.probability(eps, Fate::Endures),
            (false, true) => self.probability(eps, Fate::Errs),
        }
    }

    /// Returns the probability of a fate, unrounded. Without spread, it must not be called for [`Fate::Falls`] and
    /// [`Fate::Errs`].
    fn probability(&self, eps: Eps, fate: Fate) -> Scaled {
        let judge =
            self.judge.as_ref().filter(|_| self.tries > 1 || !matches!(fate, Fate::Endures));
        let Some((majority, knee)) = judge else {
            return self.profile.survival(eps);
        };
        let Some((sigma, power)) = self.narrow else {
            let sigma = self.profile.margin().sigma();
            return self.with_spread(majority, *knee, sigma, eps.get(), fate);
        };
        match fate {
            Fate::Falls if eps.get() <= APART * sigma => {
                let factor = 2_f64.powi(power);
                let found =
                    self.with_spread(majority, *knee, factor * sigma, factor * eps.get(), fate);
                found.times_power_of_two(-power)
            }
            Fate::Falls => self.profile.caught(eps),
            Fate::Errs => self.profile.missed(eps),
            Fate::Endures | Fate::Survives => self.profile.survival(eps),
        }
    }

    fn with_spread(
        &self,
        majority: &Majority,
        knee: f64,
        sigma: f64,
        eps: f64,
        fate: Fate,
    ) -> Scaled {
        let margin = self.profile.margin();
        let data_std = margin.task().data_std();
        let attack = Dd::from(eps) / Dd::from(sigma);
        let largest = Extreme::largest(majority, self.tries, knee);
        let smallest = Extreme::smallest(majority, self.tries, knee);
        let clean = Vote { extreme: Extreme::one(majority), sign: 1.0, shift: Dd::ZERO };
        let right = Vote { extreme: largest, sign: 1.0, shift: -attack };
        let wrong = Vote { extreme: smallest, sign: -1.0, shift: attack };
        let own = Dd::two_prod(sigma, sigma) / Dd::from(majority.weight());
        let root = Variance::new(data_std, own).root();
        class_average(margin, self.profile.prior(), |centre| {
            let line = Line { constant: centre, factor: data_std, unit: sigma };
            let far = (centre / root).hi() < FAR;
            if far || data_std / sigma > STEEP {
                let both = |second: Vote<'_>| {
                    deep::average([clean.far(0.0), second.far(eps)], centre, data_std, sigma)
                };
                return match fate {
                    Fate::Endures => deep::average([right.far(eps)], centre, data_std, sigma),
                    Fate::Survives => both(right),
                    Fate::Falls => both(wrong),
                    Fate::Errs => deep::average([wrong.far(eps)], centre, data_std, sigma),
                };
            }
            match fate {
                Fate::Endures => of([right], line),
                Fate::Survives => of([clean, right], line),
                Fate::Falls => of([clean, wrong], line),
                Fate::Errs => of([wrong], line),
            }
        })
    }
}

/// Returns P[right on the clean and on the attacked input] of a margin, each with its own draws.
///
/// It is `½ Σ_y Φ₂(M/s, (M − ε)/s; data_std²/s²)` for one draw, see the [module](self). The result includes its error.
#[must_use]
pub fn both_correct(margin: &Margin, eps: Eps) -> Bounded {
    Fresh::new(margin).both_correct(eps)
}

/// Returns all four accuracies of a margin at one ε, with fresh draws; for many ε use [`Fresh`].
#[must_use]
pub fn accuracies(margin: &Margin, eps: Eps) -> Accuracies {
    Fresh::new(margin).at(eps)
}

/// P(sign·x + shift) of an extreme, with x in units of sigma.
#[derive(Clone, Copy)]
struct Vote<'a> {
    extreme: Extreme<'a>,
    sign: f64,
    shift: Dd,
}

impl<'a> Vote<'a> {
    fn argument(&self, x: Dd) -> Dd {
        Dd::from(self.sign) * x + self.shift
    }

    /// Returns the derivative of the logarithm with respect to x.
    fn slope(&self, x: Dd) -> f64 {
        self.sign * self.extreme.slope(self.argument(x).hi())
    }

    /// Returns the same vote for inputs that are far on the wrong side, and moved by `gap`.
    fn far(self, gap: f64) -> deep::Judgement<'a> {
        deep::Judgement { extreme: self.extreme, sign: self.sign, gap: Dd::from(gap) }
    }

    /// Returns this vote as a function of the distance from the peak, where x moves by `rate` per unit.
    fn near(self, peak: Dd, rate: f64) -> Near<'a> {
        Near::new(self.extreme, self.argument(peak), self.sign * rate)
    }
}

/// Returns `E[∏ Sᵢ]` over the standard normal z, with x = (centre + data_std·z)/sigma given as `line`.
fn of<const N: usize>(votes: [Vote<'_>; N], line: Line) -> Scaled {
    middle::average(&votes, line).unwrap_or_else(|| average(votes, line))
}

/// Returns the same by an adaptive quadrature about the peak.
fn average<const N: usize>(votes: [Vote<'_>; N], line: Line) -> Scaled {
    let rate = line.rate();
    let width = votes.iter().map(|v| v.extreme.scale()).fold(0.0, f64::max) / rate;
    // The integrand is not much narrower than this.
    let finest = votes.iter().map(|v| v.extreme.finest()).fold(f64::INFINITY, f64::min);
    let step = (finest / rate).min(1.0);
    let slope = |x: Dd| votes.iter().map(|v| v.slope(x)).sum();
    let (peak, x_peak) = line.peak(|z| -z, slope, 0.0, 1.0, step);

    let near = votes.map(|vote| vote.near(x_peak, rate));
    let knees: Vec<f64> = near.iter().map(Near::knee).collect();
    product::around(&near, peak, step, &knees, 1.5 * width)
}
