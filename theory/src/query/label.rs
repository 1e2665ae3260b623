//! An attacker who sees labels, in one dimension: his move is along the direction or against it, and which depends on the margin.
//!
//! The direction is ±1. Of an input with the margin m (the mean of the noise included) a label ahead, at distance h towards the
//! right side, is right with probability p₊ = G(m + h), one back with p₋ = G(m − h), where G(x) is the probability that
//! the majority of an answer's draws is right at the margin x. In k rounds
//!
//! ```text
//! D = Bin(k, p₊) − Bin(k, p₋)        R(m) = P[D > 0] + ½·P[D = 0]      the move is along the direction
//! E η = E[2R(m) − 1]                 A = E[R(m)·G(m − ε) + (1 − R(m))·G(m + ε)]
//! ```
//!
//! In more dimensions the answers along different coordinates depend on each other, by the margin and by the length of the
//! direction, and no exact value is given.

use task::{Margin, Votes};

use super::Known;
use crate::math::bounded::Bounded;
use crate::math::majority::Majority;
use crate::math::normal::{cdf, pdf};
use crate::math::quadrature::integrate;

/// The most rounds of which an exact value is given: the time for a row grows with their root.
pub(super) const MOST_ROUNDS: u64 = 100_000;
/// Standard deviations of the margin that are looked at, each way: 2e-19 is left.
const REACH: f64 = 9.0;

/// Returns what k ≥ 1 rounds of labels at distance `step` come to, in one dimension.
pub(super) fn known(margin: &Margin, rounds: u64, step: f64, eps: f64) -> Known {
    let answer = Answer::new(margin);
    let along = |m: f64| answer.along(m, step, rounds);
    let accuracy = |m: f64| {
        let right = along(m);
        right * answer.right(m - eps) + (1.0 - right) * answer.right(m + eps)
    };
    let cosine = average(margin, &answer, rounds, [step, eps], |m| 2.0 * along(m) - 1.0);
    let accuracy = average(margin, &answer, rounds, [step, eps], accuracy);
    Known { cosine, accuracy: Bounded::probability(accuracy.value, accuracy.error) }
}

/// Returns the mean of a function of the margin, with values from −1 to 1.
fn average(
    margin: &Margin,
    answer: &Answer,
    rounds: u64,
    [step, eps]: [f64; 2],
    f: impl Fn(f64) -> f64,
) -> Bounded {
    let task = margin.task();
    let sides: &[f64] = if margin.offset() == 0.0 { &[0.0] } else { &[-1.0, 1.0] };
    let width = answer.width();
    // Counts by recurrence from their mode: a rounding for each of some root of k steps.
    let rounding = f64::EPSILON * (16.0 + 8.0 * (rounds as f64).sqrt());
    let mut mean = Bounded::exact(0.0);
    for side in sides {
        let centre = task.mean() + side * margin.offset();
        let mut breaks = [-REACH, -5.0, -2.5, 0.0, 2.5, 5.0, REACH].to_vec();
        for knee in [-step - eps, -step, -eps, 0.0, eps, step, step + eps] {
            let at = |steps: f64| (knee + steps * width - centre) / task.data_std();
            breaks.extend([-8.0, -3.0, 0.0, 3.0, 8.0].map(at));
        }
        breaks.retain(|z| (-REACH..=REACH).contains(z));
        breaks.sort_by(f64::total_cmp);
        breaks.dedup();
        let value = |z: f64| pdf(z) * f(task.data_std().mul_add(z, centre));
        let found = integrate(value, &breaks, rounding);
        mean.value += found.value / sides.len() as f64;
        mean.error += (found.error + 1e-18) / sides.len() as f64;
    }
    mean
}

/// A majority of draws at a margin.
struct Answer {
    /// Without noise, or of infinitely many draws, there is none.
    noise: Option<(f64, Option<Majority>)>,
}

impl Answer {
    fn new(margin: &Margin) -> Self {
        let sigma = margin.sigma();
        let noise = match margin.votes() {
            _ if sigma == 0.0 => None,
            Votes::Limit => None,
            Votes::Finite(n) => Some((sigma, (n.get() > 2).then(|| Majority::new(n.get())))),
        };
        Self { noise }
    }

    /// Returns over about how much G rises.
    fn width(&self) -> f64 {
        match &self.noise {
            None => 0.0,
            Some((sigma, None)) => *sigma,
            Some((sigma, Some(majority))) => sigma * majority.scale(),
        }
    }

    /// Returns G(m).
    fn right(&self, m: f64) -> f64 {
        match &self.noise {
            None if m == 0.0 => 0.5,
            None => f64::from(m > 0.0),
            Some((sigma, None)) => cdf(m / sigma),
            Some((sigma, Some(majority))) => majority.below(m / sigma),
        }
    }

    /// Returns R(m), with 1 − G(x) as G(−x).
    fn along(&self, m: f64, step: f64, rounds: u64) -> f64 {
        let of = |m: f64| Counts::new(rounds, self.right(m), self.right(-m));
        of(m + step).above(&of(m - step))
    }
}

/// The law of a binomial count, where it is above 1e-20.
struct Counts {
    first: u64,
    /// P[X = first + i].
    shares: Vec<f64>,
}

impl Counts {
    /// Of k trials with probability p, q = 1 − p. Terms by their ratios from the mode on, divided by their sum.
    fn new(k: u64, p: f64, q: f64) -> Self {
        const LEAST: f64 = 1e-20;
        let n = k as f64;
        let mode = ((n + 1.0) * p).floor().min(n) as u64;
        let (mut up, mut term, mut at) = (Vec::new(), 1.0, mode);
        while at < k {
            term *= (n - at as f64) / (at as f64 + 1.0) * (p / q);
            at += 1;
            if term < LEAST {
                break;
            }
            up.push(term);
        }
        let (mut down, mut term, mut at) = (Vec::new(), 1.0, mode);
        while at > 0 {
            term *= at as f64 / (n - at as f64 + 1.0) * (q / p);
            at -= 1;
            if term < LEAST {
                break;
            }
            down.push(term);
        }
        let first = mode - down.len() as u64;
        let terms = down.into_iter().rev().chain([1.0]).chain(up);
        let mut shares: Vec<f64> = terms.collect();
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        Self { first, shares }
    }

    /// Returns P[this > other] + ½·P[this = other] of independent counts.
    fn above(&self, other: &Self) -> f64 {
        // P[this > b] + ½·P[this = b] as b falls.
        let mut tail = 0.0;
        let mut at = self.first + self.shares.len() as u64;
        let mut total = 0.0;
        for (i, share) in other.shares.iter().enumerate().rev() {
            let b = other.first + i as u64;
            while at > self.first && at > b + 1 {
                at -= 1;
                tail += self.shares[(at - self.first) as usize];
            }
            let equal = b.checked_sub(self.first).and_then(|i| self.shares.get(i as usize));
            total += share * (tail + 0.5 * equal.copied().unwrap_or(0.0));
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::binomial::Binomial;

    /// All pairs of counts, one by one.
    #[test]
    fn counts_are_compared_as_by_all_pairs() {
        for (k, p, q) in
            [(1, 0.3, 0.6), (2, 0.0, 1.0), (7, 0.5, 0.5), (40, 0.9, 0.2), (300, 1e-3, 0.02)]
        {
            let of = |p: f64, b: u64| {
                let law = Binomial::new(k, p).unwrap();
                law.at_least(b) - if b < k { law.at_least(b + 1) } else { 0.0 }
            };
            let mut known = 0.0;
            for a in 0..=k {
                for b in 0..=a {
                    known += of(p, a) * of(q, b) * if a == b { 0.5 } else { 1.0 };
                }
            }
            let found = Counts::new(k, p, 1.0 - p).above(&Counts::new(k, q, 1.0 - q));
            assert!((found - known).abs() < 1e-13, "{k} {p} {q}: {found} {known}");
        }
    }
}
