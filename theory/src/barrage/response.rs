//! The response π(x) = P[the transformed x is above the threshold], over sequences and noise.

use task::Task;

use super::Surveyed;
use super::mixture::{Mixture, Pair};
use super::sequences::Sequence;

/// The places of the knees of a narrow rise, in its widths.
const AROUND: [f64; 5] = [-8.0, -3.0, 0.0, 3.0, 8.0];
/// Shares whose difference is below this are considered equal up to rounding.
const EVEN: f64 = 4e-15;
/// A response is tabulated, if that is worthwhile, up to this many standard deviations of the data from their mean.
const REACH: f64 = 80.0;

/// The share of sequences and noise for which the classifier returns +1, as a function of x.
///
/// π(x) = Σ w Φ((Ax + B − k)/S): it increases by the sequences with A > 0, decreases by those with A < 0, and those
/// with A = 0 do not depend on x. If S = 0, a sequence is a step at (k − B)/A.
#[derive(Debug, Clone)]
pub struct Response {
    pub(super) task: Task,
    threshold: f64,
    rising: Mixture,
    falling: Mixture,
    /// The contribution of the sequences with A = 0.
    constant: Pair,
    /// The error of an average over the data that is due to the rounding of places.
    blur: f64,
}

impl Surveyed {
    /// Adds a sequence to the terms of the response at this threshold.
    pub(super) fn respond(&mut self, sequence: &Sequence, threshold: f64, task: &Task) {
        let Sequence { weight, scale, shift, size, variance } = *sequence;
        let place = (threshold - shift) / scale;
        let wide = variance / (scale * scale);
        let spread = (variance + (scale * task.data_std()) * (scale * task.data_std())).sqrt();
        let rounding = 8.0 * f64::EPSILON * (size + threshold.abs());
        if spread > 0.0 {
            self.blur += weight * (0.4 * rounding / spread).min(1.0);
        }
        if !(place.is_finite() && wide.is_finite()) {
            let sd = variance.sqrt();
            // Without noise the answer is certain: above the threshold, or not.
            let u = if sd > 0.0 { (shift - threshold) / sd } else { f64::INFINITY };
            let plus = if sd > 0.0 || shift > threshold { weight } else { 0.0 };
            let sure = sd == 0.0;
            self.constant.below += if sure { plus } else { weight * crate::math::normal::cdf(u) };
            self.constant.above +=
                if sure { weight - plus } else { weight * crate::math::normal::cdf(-u) };
        } else if scale > 0.0 {
            self.first.add(place, wide, weight);
        } else {
            self.second.add(place, wide, weight);
        }
    }
}

impl Response {
    /// Creates the response from a survey; `None` if it cannot be combined into few enough terms.
    pub(super) fn new(task: Task, threshold: f64, surveyed: Surveyed) -> Option<Self> {
        let Surveyed { first, second, constant, blur } = surveyed;
        // Far enough for the data, and for every budget that is not much larger.
        let reach = task.mean().abs() + REACH * task.data_std();
        let rising = first.finish()?.tabulated(reach);
        let falling = second.finish()?.tabulated(reach);
        Some(Self { task, threshold, rising, falling, constant, blur })
    }

    /// Returns the classifier that always says −1.
    pub(super) fn never(task: Task) -> Self {
        let nothing = || super::mixture::Gathered::default().finish();
        let (Some(rising), Some(falling)) = (nothing(), nothing()) else {
            unreachable!("nothing gathers into nothing")
        };
        let constant = Pair { below: 0.0, above: 1.0 };
        Self { task, threshold: f64::INFINITY, rising, falling, constant, blur: 0.0 }
    }

    /// Returns k.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns whether some sequence reverses the input, so that there may be several boundaries.
    #[must_use]
    pub fn falls(&self) -> bool {
        self.falling.weight() > 0.0
    }

    /// Returns π(x).
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.pair(x).below
    }

    /// Returns P[+1] and P[−1] at x.
    pub(super) fn pair(&self, x: f64) -> Pair {
        let [rising, falling, constant] = self.parts(x, 0.0);
        Pair {
            below: rising.below + falling.below + constant.below,
            above: rising.above + falling.above + constant.above,
        }
    }

    /// Returns whether π(x) is above ½ (positive), below (negative) or neither, and the unit of that number. If as
    /// many sequences return +1 as −1 up to the tails of their noise, these tails decide, however small they are.
    pub(super) fn lead(&self, x: f64) -> (f64, f64) {
        let (rising, falling) = (self.rising.pair(x, 0.0), self.falling.pair(x, 0.0));
        let right = rising.above + falling.above <= rising.below + falling.below;
        let (base, plus, minus) = match right {
            true => (self.rising.weight(), falling.above, rising.above),
            false => (self.falling.weight(), rising.below, falling.below),
        };
        let base = base + self.constant.below - 0.5;
        let found = |value: f64, unit: f64, slack: f64| {
            (if value.abs() <= slack * unit { 0.0 } else { value }, unit)
        };
        if base.abs() > EVEN {
            return found(base + (plus - minus), 1.0, self.error());
        }
        if !(self.rising.is_plain() && self.falling.is_plain()) {
            return found(plus - minus, 1.0, self.error());
        }
        if plus.max(minus) > 1e-290 {
            return found(plus - minus, plus.max(minus), 1e-13);
        }
        let (plus, minus) = match right {
            true => (self.falling.ln_tail(x, true), self.rising.ln_tail(x, true)),
            false => (self.rising.ln_tail(x, false), self.falling.ln_tail(x, false)),
        };
        if plus == minus {
            return (0.0, 1.0);
        }
        found(plus - minus, plus.max(minus).abs().max(1.0), 1e-13)
    }

    /// Returns P[+1] and P[−1], jointly with A > 0, A < 0 and A = 0, averaged over a normal of this mean and variance.
    pub(super) fn parts(&self, mean: f64, variance: f64) -> [Pair; 3] {
        let falling = self.falling.pair(mean, variance);
        let turned = Pair { below: falling.above, above: falling.below };
        [self.rising.pair(mean, variance), turned, self.constant]
    }

    /// Returns the error of π, or of its average over the data: due to rounding, combining, and the rounding of places.
    pub(super) fn error(&self) -> f64 {
        1e-15 + self.cut() + self.blur
    }

    /// Returns the error of π due to combining terms.
    pub(super) fn cut(&self) -> f64 {
        self.rising.cut() + self.falling.cut()
    }

    /// Returns the error of an average of π over the data that is due to the rounding of places.
    pub(super) fn blur(&self) -> f64 {
        self.blur
    }

    /// Iterates over the places of the jumps.
    pub(super) fn steps(&self) -> impl Iterator<Item = f64> + '_ {
        self.rising.steps().chain(self.falling.steps())
    }

    /// Iterates over the places of gradual rises and falls, with their widths.
    pub(super) fn slopes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.rising.rises().chain(self.falling.rises())
    }

    /// Returns the places at which to split integrals, each with the distance within which another break does as
    /// well: near everything narrower than `narrow`, and at the ends of tabulated pieces.
    pub(super) fn knees(&self, narrow: f64) -> Vec<(f64, f64)> {
        let mut knees = Vec::new();
        for mixture in [&self.rising, &self.falling] {
            if mixture.pieces().is_empty() {
                let rises = mixture.rises().filter(|(_, width)| *width < narrow);
                knees.extend(rises.flat_map(|(at, width)| AROUND.map(|n| (at + n * width, width))));
            } else {
                knees.extend(mixture.pieces().iter().map(|edge| (*edge, 0.0)));
            }
        }
        knees
    }
}
