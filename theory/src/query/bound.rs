//! What any attacker can reach at most, however he adapts: bounds of E η and E η², and of the accuracy that is left.
//!
//! Let the answers have noise, with an information of I about the margin each (1/σ² for the score of one draw, at most
//! 2/(πσ²) for its label, n times as much for n votes), at Q questions of mean square distance h²: T = Q·h²·I. For a
//! direction e that is uniform on the sphere and a move v, |v| ≤ 1, that is any function of the answers:
//!
//! ```text
//! (d−1)²·(E η)² ≤ T·(1 − E η²)             so that  E η ≤ √(T/(T + (d−1)²))
//! (d·E η² − 1)² ≤ T·E η²·(1 − E η²)
//! d = 1:  E η ≤ 2Φ(√T) − 1                 Q answers without noise:  E η ≤ √(Q/d), E η² ≤ (Q+1)/d
//! ```
//!
//! Why: rotate e by a small angle in the plane (i, j), and write ∂ for the derivative. As e is uniform, the mean of the
//! derivative of f(v, e)·(density of the answers) is 0 for every f: E[f'·s] = −E[f''], where f' = ∂f, f'' = ∂²f, and s = ∂ ln density is a
//! martingale, whatever the attacker does, of mean square at most I·Σ(|u|² − (u·e)²) summed over planes. Cauchy and
//! Schwarz over planes and answers: (E Δf)² ≤ T·E|∇f|². With f = v·e, Δf = −(d−1)f and |∇f|² = |v|² − f²; with f = (v·e)² − |v|²/d,
//! Δf = −2d·f and |∇f|² ≤ 4η²(1 − η²). This is van Trees' inequality on the sphere. In one dimension it is the lemma of Neyman and
//! Pearson. Without noise Q answers show Q coordinates of e, and of the rest nothing is known.
//!
//! The bounds hold given the margin, which the answers show as well, so that the accuracy is bounded given the margin, too:
//! (1) noise makes g(η) = P[right | margin, η] smooth, and its least mean under both bounds is that of a linear program, whose dual
//! is one parabola: A ≥ min over c' ≤ c of the convex hull of g(η) + γη² at c', less γq, for every γ ≥ 0, averaged over
//! margins; (2) whatever g is, P[η ≥ t] ≤ the least of (q + 2λc + λ²)/(t + λ)² over λ ≥ 0 (Cantelli). The better of the two is taken.
//!
//! Sources: R. D. Gill and B. Y. Levit, Bernoulli 1 (1995), 59–79; P. E. Jupp, J. Multivariate Analysis 101 (2010), 1814–1825.

use crate::math::golden::least;
use crate::math::majority::Majority;
use crate::math::median::median_density;
use crate::math::normal::{cdf, hazard, pdf};
use crate::math::quadrature::integrate;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use super::response::Response;

/// Bounds of E η and of E η².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// E η is at most this.
    pub mean: f64,
    /// E η² is at most this.
    pub square: f64,
}

/// The most that Q questions show in d dimensions; `energy` is T, infinite without noise.
#[must_use]
pub fn reach(d: u32, energy: f64, queries: u64) -> Reach {
    let (d, asked) = (f64::from(d), queries as f64);
    let (mean, square) = match d {
        1.0 => (2.0 * cdf(energy.sqrt()) - 1.0, 1.0),
        _ if energy.is_infinite() => (1.0, 1.0),
        _ => {
            let mean = (energy / (energy + (d - 1.0) * (d - 1.0))).sqrt();
            let root = (energy * (energy + 4.0 * (d - 1.0))).sqrt();
            (mean, (2.0 * d + energy + root) / (2.0 * (d * d + energy)))
        }
    };
    // Upwards by more than rounding.
    let up = 1.0 + 16.0 * f64::EPSILON;
    let mean = (up * mean).min(up * (asked / d).sqrt()).min(1.0);
    let square = (up * square).min(up * (asked + 1.0) / d).clamp(mean * mean, 1.0);
    Reach { mean, square }
}

/// Points of [−1, 1] at which g is looked at, at least; between them it is bounded by its second derivative.
const POINTS: usize = 64;
/// With so many noises in ε the second derivative says nothing any more.
const SHARP: f64 = 12.0;
/// Margins whose values of g are kept, at most; without steps an average looks at some 80.
const KEPT: usize = 1024;

/// How the noise of the decision smooths g.
#[derive(Debug, Clone)]
pub(super) struct Smooth {
    majority: Majority,
    /// ε/sigma.
    scale: f64,
    /// At least |g''|.
    curvature: f64,
    points: Vec<f64>,
    /// g at the points, by the bits of the margin: it does not depend on the number of questions.
    seen: Arc<Mutex<HashMap<u64, Arc<[f64]>>>>,
}

impl Smooth {
    /// `None` without noise, or with next to none.
    pub(super) fn new(response: &Response, eps: f64) -> Option<Self> {
        let margin = response.margin();
        let task::Votes::Finite(votes) = margin.votes() else { return None };
        let scale = eps / margin.sigma();
        // Noise decides by its median, of an odd number; its density f is a bell, and −f' a bump beside it.
        let votes = NonZeroU32::new(votes.get().div_ceil(2) * 2 - 1)?;
        let root = f64::from(votes.get()).sqrt();
        if scale * root > SHARP || scale == 0.0 {
            return None; // NaN, too, is no smoothness
        }
        let h = f64::from(votes.get() / 2);
        let falls = |x: f64| median_density(votes, x) * (x + h * (hazard(x) - hazard(-x)));
        let top = least(|x| -falls(x), 0.0, 5.0 / root, 60);
        let curvature = 1.001 * falls(top) * scale * scale;
        let count = POINTS * (1 + (scale * root / 2.0) as usize);
        let points = (0..=count).map(|i| 2.0 * i as f64 / count as f64 - 1.0).collect();
        let majority = Majority::new(votes.get());
        Some(Self { majority, scale, curvature, points, seen: Arc::default() })
    }

    /// g at the points, at this margin.
    fn values(&self, margin: f64) -> Arc<[f64]> {
        let key = margin.to_bits();
        let known = self.seen.lock().ok().and_then(|seen| seen.get(&key).cloned());
        if let Some(known) = known {
            return known;
        }
        let value = |eta: &f64| {
            // Right if the median is above this.
            let x = self.scale * eta - margin;
            let above = self.majority.above(x.abs());
            if x >= 0.0 { above } else { 1.0 - above }
        };
        let values: Arc<[f64]> = self.points.iter().map(value).collect();
        if let Ok(mut seen) = self.seen.lock()
            && seen.len() < KEPT
        {
            seen.insert(key, Arc::clone(&values));
        }
        values
    }

    /// The least mean of g at this margin, in units of the noise.
    fn given(&self, margin: f64, reach: Reach) -> f64 {
        let values = self.values(margin);
        let Reach { mean, square } = reach;
        // Between two points a function is below their chord by no more than this times its second derivative.
        let gap = 2.0 / (self.points.len() - 1) as f64;
        let slack = gap * gap / 8.0;
        let mut room = Vec::with_capacity(values.len());
        let mut bound = |gamma: f64| {
            let hull = self.hull(&values, gamma, mean, &mut room);
            hull - gamma * square - slack * (self.curvature + 2.0 * gamma)
        };
        let best = least(|gamma| -bound(gamma), 0.0, 0.5 * self.curvature, 14);
        bound(best).max(bound(0.0)).max(values[values.len() - 1])
    }

    /// The least value up to `mean` of the convex hull of `values` + `gamma`·η². `hull` is working memory.
    fn hull(&self, values: &[f64], gamma: f64, mean: f64, hull: &mut Vec<(f64, f64)>) -> f64 {
        hull.clear();
        // The last two corners, which a processor would wait for if it had just stored them.
        let mut last = [(0.0, 0.0); 2];
        for (&x, &value) in self.points.iter().zip(values) {
            let y = gamma * x * x + value;
            while hull.len() > 1 {
                let [(x0, y0), (x1, y1)] = last;
                if (y1 - y0) * (x - x0) < (y - y0) * (x1 - x0) {
                    break;
                }
                hull.pop();
                last = [hull.len().checked_sub(2).map_or(last[0], |i| hull[i]), last[0]];
            }
            hull.push((x, y));
            last = [last[1], (x, y)];
        }
        let mut lowest = f64::INFINITY;
        for pair in hull.windows(2) {
            let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
            lowest = lowest.min(y0);
            if x1 >= mean {
                return lowest.min(y0 + (y1 - y0) * ((mean - x0) / (x1 - x0)).clamp(0.0, 1.0));
            }
        }
        hull.last().map_or(lowest, |(_, y)| lowest.min(*y))
    }

    /// The same, averaged over margins.
    fn average(&self, response: &Response, reach: Reach) -> f64 {
        let margin = response.margin();
        let (task, sigma) = (margin.task(), margin.sigma());
        let mut total = 0.0;
        let sides: &[f64] = if margin.offset() == 0.0 { &[0.0] } else { &[-1.0, 1.0] };
        for side in sides {
            let centre = task.mean() + side * margin.offset();
            let value =
                |z: f64| pdf(z) * self.given(task.data_std().mul_add(z, centre) / sigma, reach);
            let found = integrate(value, &[-7.0, -2.5, 0.0, 2.5, 7.0], 1e-5);
            total += (found.value - found.error) / sides.len() as f64;
        }
        total
    }
}

/// The accuracy that is left at least.
pub(super) fn accuracy(
    response: &Response,
    eps: f64,
    smooth: Option<&Smooth>,
    reach: Reach,
) -> f64 {
    let Reach { mean, square } = reach;
    let white_box = response.at(eps) - response.error();
    let bound = far(response, eps, mean, square).max(white_box);
    let smooth = smooth.map_or(0.0, |smooth| smooth.average(response, reach));
    bound.max(smooth).clamp(0.0, 1.0)
}

/// The bound by Cantelli's inequality: E of 1 − P[η ≥ margin/ε] at its largest.
fn far(response: &Response, eps: f64, mean: f64, square: f64) -> f64 {
    let variance = square - mean * mean;
    if mean >= 1.0 || variance <= 0.0 {
        return response.at(eps * mean.min(1.0)) - response.error();
    }
    // Where λ = 0 becomes the best.
    let turn = square / mean;
    let chance = |t: f64| match t < turn {
        true => variance / (square - 2.0 * mean * t + t * t),
        false => square / (t * t),
    };
    let slope = |t: f64| match t < turn {
        true => 2.0 * variance * (t - mean) / (square - 2.0 * mean * t + t * t).powi(2),
        false => 2.0 * square / (t * t * t),
    };
    let deviation = variance.sqrt();
    let mut breaks: Vec<f64> =
        [0.0, 0.5, 1.0, 3.0, 10.0, 40.0].map(|steps: f64| steps.mul_add(deviation, mean)).to_vec();
    breaks.extend([turn, 1.0]);
    let (centre, spread) = (response.margin().task().mean() / eps, response.spread() / eps);
    breaks.extend([-4.0, 0.0, 4.0].map(|steps: f64| steps.mul_add(spread, centre)));
    breaks.retain(|t| (mean..=1.0).contains(t));
    breaks.sort_by(f64::total_cmp);
    let found = integrate(|t| slope(t) * response.at(eps * t), &breaks, 1e-13);
    // Margins beyond ε are right for certain: by parts, what is left of them at t = 1.
    let last = chance(1.0) * response.at(eps);
    // Down by more than all errors.
    found.value + last - found.error - response.error() - 1e-15
}
