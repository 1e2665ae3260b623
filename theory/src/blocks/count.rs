//! How many of several independent events there are.

use crate::math::normal::{cdf, pdf};
use task::blocks::Law;

/// P[T ≤ t], and a bound on its error.
pub(super) fn chance(law: &Law, t: f64) -> (f64, f64) {
    let z = (t - law.mean()) / law.std();
    let value = cdf(z);
    let moved = f64::EPSILON * ((t.abs() + law.mean()) / law.std() + z.abs());
    (value, f64::EPSILON * value + pdf(z) * moved)
}

/// How many blocks an adversary has turned: a law of counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Turned {
    /// P[F ≥ m], for m from 0 to one more than there are.
    pub(super) at_least: Vec<f64>,
    /// A bound on the error of each.
    pub(super) error: f64,
}

/// Of events with these chances, each with a bound on its error. Sums of positive terms only: as a tail depends on each
/// chance with a slope of 1 at most, errors add.
pub(super) fn at_least(chances: impl Iterator<Item = (f64, f64)>) -> Turned {
    let mut exactly = vec![1.0];
    let mut error = 0.0;
    for (p, bound) in chances {
        error += bound + 4.0 * f64::EPSILON;
        exactly.push(0.0);
        for k in (0..exactly.len()).rev() {
            let one_less = if k > 0 { exactly[k - 1] } else { 0.0 };
            exactly[k] = exactly[k] * (1.0 - p) + one_less * p;
        }
    }
    let mut at_least = vec![0.0; exactly.len() + 1];
    for k in (0..exactly.len()).rev() {
        at_least[k] = (at_least[k + 1] + exactly[k]).min(1.0);
    }
    Turned { at_least, error }
}

impl Turned {
    /// Of `free` blocks more, as far as there are so many.
    pub(super) fn and(&self, free: usize) -> Self {
        let last = self.at_least.len() - 1;
        let at = |m: usize| if m == last { 0.0 } else { self.at_least[m.saturating_sub(free)] };
        Self { at_least: (0..=last).map(at).collect(), error: self.error }
    }

    /// 1 − E F/B.
    pub(super) fn random(&self) -> f64 {
        let blocks = self.at_least.len() - 2;
        // P[F ≤ m − 1], each without a sum that cancels.
        self.at_least[1..=blocks].iter().map(|p| 1.0 - p).sum::<f64>() / blocks as f64
    }

    /// ½(P[F ≤ B − k] + P[F ≤ k − 1]).
    pub(super) fn vote(&self, k: usize) -> f64 {
        let blocks = self.at_least.len() - 2;
        0.5 * ((1.0 - self.at_least[blocks + 1 - k]) + (1.0 - self.at_least[k]))
    }
}
