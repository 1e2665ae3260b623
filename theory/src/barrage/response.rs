//! The response π(x) = P[the transformed x is above the threshold], over sequences and noise.

use task::Task;

use super::Surveyed;
use super::mixture::{Mixture, Pair};
use super::sequences::Sequence;

/// Where a narrow rise has its knees, in its widths.
const AROUND: [f64; 5] = [-8.0, -3.0, 0.0, 3.0, 8.0];
/// Shares that differ by less than this differ by rounding.
const EVEN: f64 = 4e-15;
/// A response is tabulated, where that is worth it, up to so many standard deviations of the data from their mean.
const REACH: f64 = 80.0;

/// The share of sequences and noise for which the classifier says +1, as a function of x.
///
/// π(x) = Σ w Φ((Ax + B − k)/S): sequences with A > 0 make it rise, those with A < 0 make it fall, and those with A = 0
/// do not depend on x. Where S = 0 a sequence is a step at (k − B)/A.
#[derive(Debug, Clone)]
pub struct Response {
    pub(super) task: Task,
    threshold: f64,
    rising: Mixture,
    falling: Mixture,
    /// What the sequences with A = 0 say.
    constant: Pair,
    /// How far an average over the data may be off because places are rounded.
    blur: f64,
}

impl Surveyed {
    /// Adds a sequence to what a response at this threshold is made of.
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
            // A sure answer where there is no noise: above the threshold, or not.
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
    /// What was surveyed as a response; `None` where it does not gather into few enough terms.
    pub(super) fn new(task: Task, threshold: f64, surveyed: Surveyed) -> Option<Self> {
        let Surveyed { first, second, constant, blur } = surveyed;
        // Far enough for the data and for every budget that does not dwarf them.
        let reach = task.mean().abs() + REACH * task.data_std();
        let rising = first.finish()?.tabulated(reach);
        let falling = second.finish()?.tabulated(reach);
        Some(Self { task, threshold, rising, falling, constant, blur })
    }

    /// The classifier that always says −1.
    pub(super) fn never(task: Task) -> Self {
        let nothing = || super::mixture::Gathered::default().finish();
        let (Some(rising), Some(falling)) = (nothing(), nothing()) else {
            unreachable!("nothing gathers into nothing")
        };
        let constant = Pair { below: 0.0, above: 1.0 };
        Self { task, threshold: f64::INFINITY, rising, falling, constant, blur: 0.0 }
    }

    /// k.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Whether some sequence turns the input round, so that more than one x may lie between the answers.
    #[must_use]
    pub fn falls(&self) -> bool {
        self.falling.weight() > 0.0
    }

    /// π(x).
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.pair(x).below
    }

    /// P[+1] and P[−1] at x.
    pub(super) fn pair(&self, x: f64) -> Pair {
        let [rising, falling, constant] = self.parts(x, 0.0);
        Pair {
            below: rising.below + falling.below + constant.below,
            above: rising.above + falling.above + constant.above,
        }
    }

    /// Whether π(x) is above ½ (positive), below (negative) or neither, and in which units that is said. Where as many
    /// sequences say +1 as −1 but for the tails of their noise, these decide, however small they are.
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

    /// P[+1] and P[−1] together with A > 0, < 0 and = 0, averaged over a normal of this mean and variance.
    pub(super) fn parts(&self, mean: f64, variance: f64) -> [Pair; 3] {
        let falling = self.falling.pair(mean, variance);
        let turned = Pair { below: falling.above, above: falling.below };
        [self.rising.pair(mean, variance), turned, self.constant]
    }

    /// How far π, or its average over the data, may be off: by rounding, by gathering, and because places are rounded.
    pub(super) fn error(&self) -> f64 {
        1e-15 + self.cut() + self.blur
    }

    /// How far gathering may have moved π.
    pub(super) fn cut(&self) -> f64 {
        self.rising.cut() + self.falling.cut()
    }

    /// How far an average of π over the data may be off because places are rounded.
    pub(super) fn blur(&self) -> f64 {
        self.blur
    }

    /// Where it jumps.
    pub(super) fn steps(&self) -> impl Iterator<Item = f64> + '_ {
        self.rising.steps().chain(self.falling.steps())
    }

    /// Where it rises or falls, and over which width.
    pub(super) fn slopes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.rising.rises().chain(self.falling.rises())
    }

    /// Where integrals are to be broken, with what is near enough to another break: about what is narrower than
    /// `narrow`, and where tabulated pieces meet.
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
