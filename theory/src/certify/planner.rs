//! The smallest number of answers that is enough.
//!
//! Abstention and loss are sawtooth curves of n: a further answer helps while the critical count stays, and harms where it
//! rises with it. So "the smallest n that is enough" and "enough from which n on" are two numbers. Both lie between two
//! smooth curves: were critical counts real numbers, c(n) with the tail at α exactly, the critical count would be in
//! [c(n), c(n) + 1). The curve of c(n) tells from which n on some may be enough, that of c(n) + 1 from which on all are;
//! between them n is tried one by one. The search takes for granted that the two curves fall.
//!
//! Abstention is never below its limit, [`Certifier::abstain_floor`]: on a sample where the smoothed classifier is right, a right
//! selection is likelier than a wrong one, and abstains at least as often as a wrong one ends in a certificate.

use super::expect::Factor;
use super::{Certifier, TIE, critical, plus, radius_max, true_radius_accuracy};
use crate::math::beta::Beta;
use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, sf};
use task::certify::Answers;

/// The most answers that are looked at.
pub const MOST: u32 = task::certify::MAX_ANSWERS;

/// What n is to be enough for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Want {
    /// That this radius, in units of x, can be certified at all: when all answers agree.
    Radius(f64),
    /// That at most this share of all samples is not answered.
    Abstain(f64),
    /// That at most this share of all samples is certifiable at `radius` by infinitely many answers, and is not by n.
    Loss {
        /// In units of x.
        radius: f64,
        /// Of all samples.
        most: f64,
    },
}

/// How many answers are enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned {
    /// The smallest n that is enough; `None` if none up to [`MOST`] is.
    pub smallest: Option<u32>,
    /// That from which on every n is; `None` if it is beyond [`MOST`].
    pub from: Option<u32>,
    /// What is wanted, at `smallest`: a radius in units of x, or a share of all samples.
    pub reached: Option<Bounded>,
    /// The same as n grows without limit; infinite for a radius.
    pub limit: Bounded,
}

/// The smallest number n of answers that is enough, whatever n `certifier` has.
#[must_use]
pub fn smallest(certifier: &Certifier, want: Want) -> Planned {
    match want {
        Want::Radius(radius) => ceiling(certifier, radius),
        Want::Abstain(most) => {
            let limit = certifier.abstain_floor();
            search(&Curve { certifier, radius: None }, most, limit)
        }
        Want::Loss { radius, most } => {
            let limit = certifier.loss_floor(radius);
            search(&Curve { certifier, radius: Some(radius) }, most, limit)
        }
    }
}

/// Φ(radius/sigma)ⁿ ≤ α from some n on.
fn ceiling(certifier: &Certifier, radius: f64) -> Planned {
    let distance = radius / certifier.smoothed.sigma();
    let enough = |n: u32| critical(n, certifier.alpha, distance).is_some();
    let found = first(1, MOST, enough);
    let limit = Bounded::exact(f64::INFINITY);
    let reached = found.map(|n| {
        let n = Answers::new(n.into()).unwrap_or(Answers::Limit);
        let value = radius_max(certifier.smoothed.sigma(), n, certifier.alpha);
        Bounded { value, error: 4.0 * f64::EPSILON * value }
    });
    Planned { smallest: found, from: found, reached, limit }
}

/// The first of low..=high for which it holds, if it holds from there on.
fn first(low: u32, high: u32, holds: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut before, mut at) = (low.checked_sub(1)?, low);
    while !holds(at) {
        if at >= high {
            return None;
        }
        (before, at) = (at, at.saturating_mul(2).min(high));
    }
    while at - before > 1 {
        let middle = before + (at - before) / 2;
        if holds(middle) { at = middle } else { before = middle }
    }
    Some(at)
}

/// Abstention, or loss at a radius, as a function of n and of any critical count.
struct Curve<'a> {
    certifier: &'a Certifier,
    radius: Option<f64>,
}

impl Curve<'_> {
    fn distance(&self) -> f64 {
        self.radius.map_or(0.0, |radius| radius / self.certifier.smoothed.sigma())
    }

    /// What is to be small, with this critical count; none is above n.
    fn value(&self, n: u32, count: Option<f64>) -> Bounded {
        let count = count.filter(|c| *c <= f64::from(n));
        let selection = self.certifier.selection.factor();
        match (self.radius, count) {
            (None, None) => Bounded::exact(1.0),
            (None, Some(c)) => {
                let few = [selection, Factor::below_real(n, c)];
                plus(
                    self.certifier.over_classes(1.0, &few),
                    self.certifier.over_classes(-1.0, &few),
                )
            }
            (Some(radius), count) => {
                let truth = true_radius_accuracy(&self.certifier.smoothed, radius);
                let certified = count.map_or(Bounded::exact(0.0), |c| {
                    self.certifier.over_classes(1.0, &[selection, Factor::at_least_real(n, c)])
                });
                let error = truth.error + certified.error;
                Bounded { value: truth.value - certified.value, error }
            }
        }
    }

    /// With the critical count of n.
    fn at(&self, n: u32) -> Bounded {
        let count = critical(n, self.certifier.alpha, self.distance());
        self.value(n, count.map(|c| c as f64))
    }

    /// The real c, just below the critical count, whose tail is α.
    fn real_count(&self, n: u32) -> Option<f64> {
        let alpha = self.certifier.alpha * (1.0 + TIE);
        let whole = critical(n, alpha, self.distance())? as f64;
        let (p, q) = (cdf(self.distance()), sf(self.distance()));
        let (mut low, mut high) = ((whole - 1.0).max(1.0), whole);
        for _ in 0..40 {
            let c = 0.5 * (low + high);
            let tail = Beta::from_shapes(c, f64::from(n) - c + 1.0).tails_from_both(p, q).lower;
            if tail <= alpha { high = c } else { low = c }
        }
        Some(high)
    }
}

fn search(curve: &Curve<'_>, most: f64, limit: Bounded) -> Planned {
    let lower = |n: u32| curve.value(n, curve.real_count(n)).value <= most;
    let upper = |n: u32| curve.value(n, curve.real_count(n).map(|c| c + 1.0)).value <= most;
    let none = Planned { smallest: None, from: None, reached: None, limit };
    let Some(low) = first(1, MOST, lower) else { return none };
    let high = first(low, MOST, upper);
    let end = high.unwrap_or(MOST);
    let smallest = (low..=end).find(|n| curve.at(*n).value <= most);
    let from = high.map(|high| {
        let last = (low..high).rev().find(|n| curve.at(*n).value > most);
        last.map_or(low, |n| n + 1)
    });
    Planned { smallest, from, reached: smallest.map(|n| curve.at(n)), limit }
}
