//! Accuracies with and without an adversary: the survival function of the margin.
//!
//! ```text
//! A(ε) = P[m > ε], averaged over the two classes
//! robust_accuracy = A(ε)/A(0)
//! attack_success_rate = P[0 < m ≤ ε]/A(0)
//! ```
//!
//! the last two for one θ shared by the clean and the attacked input (`draws = same`). With
//! u = offset, `A(ε) = ½[Φ((mean + u − ε)/s) + Φ((mean − u − ε)/s)]`, where s = √(data_std² + sigma²)
//! for one draw and s = data_std for the limit of many; a finite number of votes is a quadrature
//! ([`crate::vote`]).
//!
//! Derivation: for one draw, a class's margin m = mean + y·u + data_std·z₁ + sigma·w ([`Margin`]) is normal with mean
//! M = mean + y·u and standard deviation s, so `P[m > ε]` = Φ((M − ε)/s), and averaging over y gives A(ε). A
//! classifier that is right under attack, m > ε, is also right without it for the same θ. So the share of the correct
//! samples that stay correct is `P[m > 0 and m > ε]/P[m > 0]` = A(ε)/A(0), and the lost ones are those with
//! 0 < m ≤ ε, of probability ½ Σ_y [Φ(M/s) − Φ((M − ε)/s)]. That difference is computed as the mass of an interval
//! ([`crate::math::normal::interval`]), so that it does not cancel as ε → 0. Source: Gao, Shumailov, Fawaz, Papernot,
//! arXiv 2206.09491, section 4 and appendix.
//!
//! Accuracy of the closed forms: 4e-15 relative where A(ε) > 1e-3 and 1e-13 everywhere, since every argument of Φ is
//! computed in double-double arithmetic. Accuracy of the quadratures: 1e-12. Each result comes with its own error
//! bound.
//!
//! A counterexample to the paper's order undefended < trained < defended, at small sigma and ε:
//!
//! ```
//! use gauss_sim_theory::accuracy::accuracies;
//! use task::{Defense, Eps, Stage, Task};
//!
//! let (task, defense, eps) = (Task::default(), Defense::new(1.0, 0.3)?, Eps::new(0.1)?);
//! let stages = [Stage::Undefended, Stage::Trained, Stage::Defended { threshold: 0.0 }];
//! for (stage, expected) in stages.into_iter().zip([0.969804445, 0.969604270, 0.969545422]) {
//!     let robust = accuracies(&stage.margin(&task, &defense)?, eps).robust;
//!     assert!((robust.value - expected).abs() < 1e-9);
//! }
//! # Ok::<(), task::DomainError>(())
//! ```

use crate::math::bounded::Bounded;
use crate::math::depth::Variance;
use crate::math::double::Dd;
use crate::math::scaled::{Scaled, below_of, interval_of};
use crate::vote::{self, Median, window};
use task::{Eps, Margin, Prior, Votes};

/// The accuracies of a classifier under a budget ε; all four are probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracies {
    /// `A(0) = P[m > 0]`.
    pub clean: Bounded,
    /// `A(ε) = P[m > ε]`, unconditional.
    pub adversarial: Bounded,
    /// A(ε)/A(0), the share of the correct samples that stay correct. Exactly 1 at ε = 0.
    pub robust: Bounded,
    /// `P[0 < m ≤ ε]/A(0)`, with relative accuracy as ε → 0. Exactly 0 at ε = 0.
    pub attack_success_rate: Bounded,
}

/// Returns a probability that is known, and its complement. The complement is computed separately where the
/// difference to 1 would lose digits; if one of the two has a large error, it is computed as 1 minus the other.
pub(crate) fn complements(one: Bounded, other: impl Fn() -> Bounded) -> [Bounded; 2] {
    /// Above this error, a number is not considered well known.
    const WELL: f64 = 1e-13;
    if one.value < 0.5 && one.error < 0.5 {
        return [one, one.complement()]; // loses no digits: the result is above ½
    }
    let other = other();
    if one.error <= WELL && other.error <= WELL {
        [one, other]
    } else if one.error < other.error {
        [one, one.complement()]
    } else {
        [other.complement(), other]
    }
}

/// The distribution of the margin about its centre, given the class.
#[derive(Debug, Clone, Copy)]
enum Law {
    /// A normal with this variance.
    Normal(Variance),
    /// data_std·z₁ + sigma·(median of several normals).
    Voted(Median),
}

/// The accuracies of one margin as a function of ε. The clean accuracy is computed once.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    margin: Margin,
    prior: Prior,
    law: Law,
    clean: Scaled,
}

impl Profile {
    /// Creates the profile of a margin; takes one evaluation of the accuracy.
    #[must_use]
    pub fn new(margin: &Margin) -> Self {
        Self::with_prior(margin, Prior::HALF)
    }

    /// Creates a profile with the classes weighted by a prior: `A(ε) = prior·A₊(ε) + (1 − prior)·A₋(ε)`. With
    /// [`Prior::PLUS`] or [`Prior::MINUS`] it is conditional on the class.
    #[must_use]
    pub fn with_prior(margin: &Margin, prior: Prior) -> Self {
        let (data_std, sigma) = (margin.task().data_std(), margin.sigma());
        let law = match margin.votes() {
            Votes::Finite(n) if sigma > 0.0 && n.get() > 2 => Law::Voted(Median::new(n.get())),
            Votes::Finite(_) if sigma > 0.0 => {
                Law::Normal(Variance::new(data_std, Dd::two_prod(sigma, sigma)))
            }
            _ => Law::Normal(Variance::new(data_std, Dd::ZERO)),
        };
        let clean = survival(margin, prior, law, Dd::ZERO);
        Self { margin: *margin, prior, law, clean }
    }

    /// Returns A(0); see [`clean_accuracy`].
    #[must_use]
    pub fn clean(&self) -> Bounded {
        self.clean.probability()
    }

    /// Returns A(ε); see [`adversarial_accuracy`].
    #[must_use]
    pub fn adversarial(&self, eps: Eps) -> Bounded {
        self.survival(eps).probability()
    }

    /// Returns ln A(ε), even where A(ε) underflows. The error is absolute.
    #[must_use]
    pub fn ln_adversarial(&self, eps: Eps) -> Bounded {
        self.survival(eps).ln()
    }

    /// Returns all four accuracies at one ε, each with its error bound, without computing the clean accuracy again.
    #[must_use]
    pub fn at(&self, eps: Eps) -> Accuracies {
        let clean = self.clean();
        if eps == Eps::ZERO {
            return Accuracies {
                clean,
                adversarial: clean,
                robust: Bounded::exact(1.0),
                attack_success_rate: Bounded::exact(0.0),
            };
        }
        let survival = self.survival(eps);
        let robust = survival.ratio(self.clean);
        let [robust, attack_success_rate] =
            complements(robust, || self.caught(eps).ratio(self.clean));
        Accuracies { clean, adversarial: survival.probability(), robust, attack_success_rate }
    }

    /// Returns only A(ε)/A(0).
    pub(crate) fn robust(&self, eps: Eps) -> Bounded {
        if eps == Eps::ZERO { Bounded::exact(1.0) } else { self.survival(eps).ratio(self.clean) }
    }

    /// Returns the margin of the profile.
    pub(crate) fn margin(&self) -> &Margin {
        &self.margin
    }

    /// Returns the weights of the classes.
    pub(crate) fn prior(&self) -> Prior {
        self.prior
    }

    /// Returns A(ε), unrounded; for ε = 0 it is already known.
    pub(crate) fn survival(&self, eps: Eps) -> Scaled {
        if eps == Eps::ZERO {
            return self.clean;
        }
        survival(&self.margin, self.prior, self.law, Dd::from(eps.get()))
    }

    /// Returns, unrounded, the robust accuracy (`conditional`) or the adversarial accuracy, or its complement
    /// (`lost`); each is accurate relative to itself.
    pub(crate) fn part(&self, eps: Eps, conditional: bool, lost: bool) -> Scaled {
        match (conditional, lost) {
            (true, true) if eps == Eps::ZERO => Scaled::ZERO,
            (true, true) => self.caught(eps).over(self.clean),
            (true, false) => self.survival(eps).over(self.clean),
            (false, true) => self.missed(eps),
            (false, false) => self.survival(eps),
        }
    }

    /// Returns `P[m ≤ ε]`, computed by symmetry from the law of −m.
    pub(crate) fn missed(&self, eps: Eps) -> Scaled {
        let eps = Dd::from(eps.get());
        class_average(&self.margin, self.prior, |centre| above(&self.margin, self.law, eps, centre))
    }

    /// Returns `P[0 < m ≤ ε]`, for ε > 0.
    pub(crate) fn caught(&self, eps: Eps) -> Scaled {
        let (data_std, sigma) = (self.margin.task().data_std(), self.margin.sigma());
        // The probability of a window this narrow is proportional to its width. Widening the window by a power of two
        // keeps the digits that a subnormal width would lose.
        let narrow = eps.get() < NARROW * data_std;
        let power = if narrow { 300 } else { 0 };
        let width = Dd::from(eps.get() * 2_f64.powi(power));
        let found = class_average(&self.margin, self.prior, |centre| match self.law {
            Law::Normal(variance) => interval_of(centre, width, variance),
            Law::Voted(median) => window(median, centre, width, sigma, data_std),
        });
        found.times_power_of_two(-power)
    }
}

/// Below this width in units of data_std, the density of a margin does not change within 2³⁰⁰ widths.
const NARROW: f64 = 1e-230;

/// Returns `P[m > eps]`.
fn survival(margin: &Margin, prior: Prior, law: Law, eps: Dd) -> Scaled {
    class_average(margin, prior, |centre| above(margin, law, centre, eps))
}

/// Returns `P[m > less]` for a margin with this centre.
fn above(margin: &Margin, law: Law, centre: Dd, less: Dd) -> Scaled {
    match law {
        Law::Normal(variance) => below_of(centre, less, variance),
        Law::Voted(median) => {
            vote::survival(median, centre, less, margin.sigma(), margin.task().data_std())
        }
    }
}

/// Returns the average of a probability over the two classes, weighted by the prior. The margins of the classes have
/// their centres at mean ± offset.
pub(crate) fn class_average(
    margin: &Margin,
    prior: Prior,
    probability: impl Fn(Dd) -> Scaled,
) -> Scaled {
    let (mean, offset) = (margin.task().mean(), margin.offset());
    if prior == Prior::MINUS {
        return probability(Dd::two_sum(mean, -offset));
    }
    let plus = probability(Dd::two_sum(mean, offset));
    if offset == 0.0 || prior == Prior::PLUS {
        return plus;
    }
    let minus = probability(Dd::two_sum(mean, -offset));
    if prior == Prior::HALF {
        return plus.mean(minus);
    }
    plus.times(prior.get()).plus(minus.times(prior.other()))
}

/// Returns A(0) of a margin, the probability that the classifier is right without an adversary.
///
/// It is `½[Φ((mean + u)/s) + Φ((mean − u)/s)]` for one draw, see the [module](self). The result includes its error.
#[must_use]
pub fn clean_accuracy(margin: &Margin) -> Bounded {
    Profile::new(margin).clean()
}

/// Returns A(ε) of a margin, the probability that the classifier is right despite the adversary.
///
/// It is `½[Φ((mean + u − ε)/s) + Φ((mean − u − ε)/s)]` for one draw, see the [module](self). The result includes its
/// error.
#[must_use]
pub fn adversarial_accuracy(margin: &Margin, eps: Eps) -> Bounded {
    if eps == Eps::ZERO {
        return clean_accuracy(margin);
    }
    Profile::new(margin).adversarial(eps)
}

/// Returns ln A(ε) of a margin, even where A(ε) underflows. The error is absolute.
#[must_use]
pub fn ln_adversarial_accuracy(margin: &Margin, eps: Eps) -> Bounded {
    Profile::new(margin).ln_adversarial(eps)
}

/// Returns all four accuracies of a margin at one ε; for many ε use [`Profile`].
#[must_use]
pub fn accuracies(margin: &Margin, eps: Eps) -> Accuracies {
    Profile::new(margin).at(eps)
}
