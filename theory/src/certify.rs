//! Randomized smoothing at finitely many answers: how much CERTIFY certifies, and how often PREDICT answers.
//!
//! In units of the noise, the distance of a sample from where the smoothed classifier changes its mind is t ~ N(μ, s²), on
//! the side of its class, and a noisy answer is right with p = Φ(t). CERTIFY selects a class by n₀ answers, the right one with
//! probability S(t) = I_p(h, h), h = ⌈n₀/2⌉ (fair ties), and certifies a radius r iff at least
//!
//! ```text
//! c*(r) = min{ c : P[Bin(n, Φ(r/sigma)) ≥ c] ≤ α }
//! ```
//!
//! of n fresh answers are for it: iff the lower Clopper–Pearson limit of p is Φ(r/sigma) at least. So
//!
//! ```text
//! certified(r) = E[ S(t)·P[Bin(n, Φ(t)) ≥ c*(r)] ]      right = certified(0)      wrong = right with −t for t
//! abstain      = 1 − right − wrong
//! PREDICT answers iff max(c, n − c) ≥ min{ k : 2·P[Bin(n, ½) ≥ k] ≤ α }
//! ```
//!
//! As n grows, n₀ being what it is, right tends to E[S(t); t > 0] and abstain to E[S(−|t|)]: a wrong selection is never made
//! good. `n = inf` is the smoothed classifier itself, which selects nothing. It certifies r with the adversarial
//! accuracy against a budget of r, whatever sigma is: the certificate is exact.
//!
//! Every factor is log-concave in t, and so is the integrand: one peak, of which nothing can hide (`expect`). A tail that
//! equals α to 12 digits counts as not above it.
//!
//! Source: Cohen, Rosenfeld and Kolter, ICML 2019 (theorem 1, proposition 2, and the two algorithms of section 3.2).
//!
//! ```
//! use gauss_sim_theory::certify::Certifier;
//! use task::certify::{Answers, Smoothed};
//! use task::{Prior, Task};
//!
//! let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, 1.0)?;
//! let certifier = Certifier::new(&smoothed, Answers::new(100)?, Answers::new(100)?, 0.001);
//! assert!((certifier.certified(0.5).value - 0.511_281_752_558_623).abs() < 1e-14);
//! assert!((certifier.answers().abstain.value - 0.192_821_772_422_307).abs() < 1e-14);
//! # Ok::<(), task::DomainError>(())
//! ```

mod expect;
mod planner;
mod projected;
mod radius;
mod sums;

pub use planner::{MOST, Planned, Want, smallest};
pub use projected::projected;

use self::expect::{Factor, Law, expect};
use crate::math::binomial::Binomial;
use crate::math::bounded::Bounded;
use crate::math::majority::Majority;
use crate::math::normal::{cdf, pdf, quantile, sf};
use task::certify::{Answers, Smoothed};

/// How far a tail may exceed α, relative to it, and count as not above: the error of a binomial tail.
const TIE: f64 = 1e-12;

/// The least count c with P[Bin(n, Φ(`distance`)) ≥ c] ≤ `alpha`; `None` where even n of n are likelier.
///
/// `distance` ≥ 0 is r/sigma; `alpha` is from 0 to ½.
#[must_use]
pub fn critical(n: u32, alpha: f64, distance: f64) -> Option<u64> {
    let (p, q) = (cdf(distance), sf(distance));
    Binomial::from_both(n.into(), p, q).ok()?.upper_critical(alpha * (1.0 + TIE))
}

/// The largest radius that n answers can certify, in units of x: sigma·Φ⁻¹(α^(1/n)), when all of them agree; 0 where
/// nothing is ever certified, infinite for n = inf.
#[must_use]
pub fn radius_max(sigma: f64, n: Answers, alpha: f64) -> f64 {
    let Answers::Finite(n) = n else { return f64::INFINITY };
    // 1 − α^(1/n)
    let miss = -(alpha.ln() / f64::from(n.get())).exp_m1();
    (-sigma * quantile(miss)).max(0.0)
}

/// The adversarial accuracy of the smoothed classifier against a budget of `radius`: what infinitely many answers certify.
#[must_use]
pub fn true_radius_accuracy(smoothed: &Smoothed, radius: f64) -> Bounded {
    let spread = smoothed.task().data_std();
    let terms = smoothed.classes().map(|(weight, mean)| weight * cdf((mean - radius) / spread));
    let value = terms[0] + terms[1];
    let slope = smoothed.classes().map(|(_, mean)| {
        let z = (mean - radius) / spread;
        pdf(z) * (z.abs() + (mean.abs() + radius) / spread)
    });
    Bounded::probability(value, f64::EPSILON * (4.0 * value + 2.0 * (slope[0] + slope[1])))
}

/// What becomes of all samples. The three add to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcomes {
    /// P[answered, and rightly].
    pub right: Bounded,
    /// P[answered, and wrongly].
    pub wrong: Bounded,
    /// P[not answered].
    pub abstain: Bounded,
}

impl Outcomes {
    /// right/(right + wrong); `None` where nothing is answered.
    #[must_use]
    pub fn right_among_answered(&self) -> Option<Bounded> {
        self.among_answered(self.right)
    }

    /// The share `part` has of what is answered, right or wrong; `None` where nothing is.
    #[must_use]
    pub fn among_answered(&self, part: Bounded) -> Option<Bounded> {
        let answered = self.right.value + self.wrong.value;
        if answered <= self.right.error + self.wrong.error {
            return None;
        }
        let value = part.value / answered;
        let error = (part.error + value * (self.right.error + self.wrong.error)) / answered;
        Some(Bounded::probability(value, error + 2.0 * f64::EPSILON * value))
    }
}

/// How a class is selected.
#[derive(Debug, Clone)]
enum Selection {
    /// By the majority of n₀ answers.
    Majority(Majority),
    /// As the smoothed classifier says.
    Perfect,
}

impl Selection {
    fn new(n0: Answers) -> Self {
        match n0 {
            Answers::Finite(n0) => Self::Majority(Majority::new(n0.get())),
            Answers::Limit => Self::Perfect,
        }
    }

    fn factor(&self) -> Factor<'_> {
        match self {
            Self::Majority(majority) => Factor::Selected(majority),
            Self::Perfect => Factor::From(0.0),
        }
    }
}

/// CERTIFY with n₀ and n answers at level α, on one smoothed classifier.
#[derive(Debug, Clone)]
pub struct Certifier {
    smoothed: Smoothed,
    selection: Selection,
    n: Answers,
    alpha: f64,
}

impl Certifier {
    /// `alpha` from 0 to ½; `n0` plays no part where `n` is infinite.
    #[must_use]
    pub fn new(smoothed: &Smoothed, n0: Answers, n: Answers, alpha: f64) -> Self {
        Self { smoothed: *smoothed, selection: Selection::new(n0), n, alpha }
    }

    /// The same procedure on another smoothed classifier.
    #[must_use]
    pub fn with(&self, smoothed: Smoothed) -> Self {
        Self { smoothed, ..self.clone() }
    }

    /// The standard deviation of the noise.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.smoothed.sigma()
    }

    /// The probability that a sample at this distance from the boundary, on the side of its class, is certified at `radius`, as a
    /// function of the distance; both in units of x.
    pub fn certified_sample(&self, radius: f64) -> impl Fn(f64) -> f64 + Sync + '_ {
        let sigma = self.sigma();
        let enough = match self.n {
            Answers::Finite(n) => critical(n.get(), self.alpha, radius / sigma)
                .map(|c| [self.selection.factor(), Factor::at_least(n.get(), c)]),
            Answers::Limit => None,
        };
        move |margin| match (&enough, self.n) {
            (Some(factors), _) => Factor::product(factors, margin / sigma),
            (None, Answers::Limit) => f64::from(margin > radius),
            (None, Answers::Finite(_)) => 0.0,
        }
    }

    /// Σ over classes of weight·E[…], t turned round where `side` is −1.
    fn over_classes(&self, side: f64, factors: &[Factor<'_>]) -> Bounded {
        over_classes(&self.smoothed, side, factors)
    }

    /// The probability that the right class is certified at `radius` (in units of x), of all samples.
    #[must_use]
    pub fn certified(&self, radius: f64) -> Bounded {
        let Answers::Finite(n) = self.n else {
            return true_radius_accuracy(&self.smoothed, radius);
        };
        match critical(n.get(), self.alpha, radius / self.smoothed.sigma()) {
            None => Bounded::exact(0.0),
            Some(c) => {
                self.over_classes(1.0, &[self.selection.factor(), Factor::at_least(n.get(), c)])
            }
        }
    }

    /// What becomes of all samples, at radius 0.
    #[must_use]
    pub fn answers(&self) -> Outcomes {
        let Answers::Finite(n) = self.n else {
            let right = true_radius_accuracy(&self.smoothed, 0.0);
            return Outcomes { right, wrong: right.complement(), abstain: Bounded::exact(0.0) };
        };
        let Some(c) = critical(n.get(), self.alpha, 0.0) else {
            let none = Bounded::exact(0.0);
            return Outcomes { right: none, wrong: none, abstain: Bounded::exact(1.0) };
        };
        let enough = [self.selection.factor(), Factor::at_least(n.get(), c)];
        let few = [self.selection.factor(), Factor::below(n.get(), c)];
        Outcomes {
            right: self.over_classes(1.0, &enough),
            wrong: self.over_classes(-1.0, &enough),
            abstain: plus(self.over_classes(1.0, &few), self.over_classes(-1.0, &few)),
        }
    }

    /// What abstain tends to as n grows: the share of samples of which n₀ answers select the wrong class.
    #[must_use]
    pub fn abstain_floor(&self) -> Bounded {
        let Selection::Majority(majority) = &self.selection else { return Bounded::exact(0.0) };
        let missed = [Factor::Deselected(majority), Factor::From(0.0)];
        plus(self.over_classes(1.0, &missed), self.over_classes(-1.0, &missed))
    }

    /// What the loss at `radius`, the true accuracy less the certified one, tends to as n grows.
    #[must_use]
    pub fn loss_floor(&self, radius: f64) -> Bounded {
        let Selection::Majority(majority) = &self.selection else { return Bounded::exact(0.0) };
        let from = radius / self.smoothed.sigma();
        self.over_classes(1.0, &[Factor::Deselected(majority), Factor::From(from)])
    }

    /// The mean certified radius of all samples, in units of x: that of samples without a right certificate is 0.
    #[must_use]
    pub fn average_radius(&self) -> Bounded {
        let sigma = self.smoothed.sigma();
        let Answers::Finite(n) = self.n else {
            let spread = self.smoothed.task().data_std();
            let terms = self.smoothed.classes().map(|(weight, mean)| {
                let z = mean / spread;
                let value = mean * cdf(z) + spread * pdf(z);
                (weight * value, weight * (mean.abs() * cdf(z) + spread * pdf(z)))
            });
            let error = 8.0 * f64::EPSILON * (terms[0].1 + terms[1].1);
            return Bounded { value: (terms[0].0 + terms[1].0).max(0.0), error };
        };
        let Some(c) = critical(n.get(), self.alpha, 0.0) else { return Bounded::exact(0.0) };
        let radii = radius::Radii::new(n.get(), c, self.alpha);
        let of = |(weight, mean): (f64, f64)| {
            let law = Law::new(mean / sigma, self.smoothed.task().data_std() / sigma);
            let Bounded { value, error } = radii.mean(&law, &self.selection.factor());
            (weight * sigma * value, weight * sigma * error)
        };
        let [first, second] = distinct(&self.smoothed).map(|class| match class.0 > 0.0 {
            true => of(class),
            false => (0.0, 0.0),
        });
        Bounded { value: first.0 + second.0, error: first.1 + second.1 }
    }
}

/// PREDICT with n answers at level α.
#[must_use]
pub fn predict(smoothed: &Smoothed, n: Answers, alpha: f64) -> Outcomes {
    let Answers::Finite(n) = n else {
        return Certifier::new(smoothed, Answers::Limit, n, alpha).answers();
    };
    let n = n.get();
    let Some(k) = critical(n, 0.5 * alpha, 0.0) else {
        let none = Bounded::exact(0.0);
        return Outcomes { right: none, wrong: none, abstain: Bounded::exact(1.0) };
    };
    Outcomes {
        right: over_classes(smoothed, 1.0, &[Factor::at_least(n, k)]),
        wrong: over_classes(smoothed, -1.0, &[Factor::at_least(n, k)]),
        abstain: over_classes(smoothed, 1.0, &[Factor::between(n, k)]),
    }
}

/// The weights of the classes and the means of their distances: one for both where these are the same.
fn distinct(smoothed: &Smoothed) -> [(f64, f64); 2] {
    let [plus, minus] = smoothed.classes();
    if plus.1 == minus.1 { [(1.0, plus.1), (0.0, minus.1)] } else { [plus, minus] }
}

fn over_classes(smoothed: &Smoothed, side: f64, factors: &[Factor<'_>]) -> Bounded {
    let spread = smoothed.task().data_std() / smoothed.sigma();
    let mut total = Bounded::exact(0.0);
    for (weight, mean) in distinct(smoothed) {
        if weight > 0.0 {
            let law = Law::new(side * mean / smoothed.sigma(), spread);
            let Bounded { value, error } = expect(&law, factors);
            total = plus(total, Bounded { value: weight * value, error: weight * error });
        }
    }
    Bounded::probability(total.value, total.error + f64::EPSILON * total.value)
}

fn plus(a: Bounded, b: Bounded) -> Bounded {
    Bounded { value: a.value + b.value, error: a.error + b.error }
}
