//! The mean of certified radii.
//!
//! Given t, the certified radius is R(c), a function of how many of n answers are right, or 0 below the critical count c*.
//! R is smooth in c, so that a sum over the counts that can occur is one over few of them: all where they are few; else
//! places a third of a deviation apart where the bell of the counts is whole, since the rule of equal steps has no error
//! to speak of for a bell; and the places of [`discrete`] where c* cuts it.

use super::expect::{Factor, Law};
use super::sums::{Trials, discrete};
use crate::math::beta::Beta;
use crate::math::bounded::Bounded;
use crate::math::normal::quantile;
use crate::math::quadrature::integrate;
use crate::math::scaled::INV_SQRT_2PI;

/// Counts that are summed one by one.
const FEW: f64 = 200.0;
/// Up to so many answers all that can occur are.
const SMALL: f64 = 2000.0;
/// How many deviations of the counts are looked at, each way: e^−40 is left.
const REACH: f64 = 9.0;
/// Up to so many wrong answers R is tabulated, and beyond by polynomials.
const TABLE: u32 = 64;
/// Points of a polynomial of R over [x, 2x], whose nearest singularity is at 0: 5.8^−20 is 5e-16.
const POINTS: usize = 20;

/// The certified radii of n answers at a level, in units of the noise.
#[derive(Debug)]
pub(super) struct Radii {
    n: f64,
    /// The most wrong answers with which anything is certified.
    most: f64,
    table: Vec<f64>,
    /// Values over [2^j·[`TABLE`], 2^(j + 1)·`TABLE`], at Chebyshev's points.
    pieces: Vec<Vec<f64>>,
    cut: Vec<(f64, f64)>,
}

/// Φ⁻¹ of the lower Clopper–Pearson limit for `misses` wrong answers of n.
fn radius(n: f64, misses: f64, alpha: f64) -> f64 {
    let point = Beta::from_shapes(n - misses, misses + 1.0).quantile(alpha);
    if point.x > 0.5 { -quantile(point.y) } else { quantile(point.x) }
}

fn angle(j: usize) -> f64 {
    std::f64::consts::PI * (j as f64 + 0.5) / POINTS as f64
}

impl Radii {
    /// `critical` ≤ n is the least count that certifies anything.
    pub(super) fn new(n: u32, critical: u64, alpha: f64) -> Self {
        let most = f64::from(n) - critical as f64;
        let n = f64::from(n);
        let rows = (most as u32).min(TABLE);
        let table = (0..=rows).map(|misses| radius(n, f64::from(misses), alpha)).collect();
        let mut pieces = Vec::new();
        let mut low = f64::from(TABLE);
        while low < most {
            let point = |j: usize| radius(n, low * (1.5 + 0.5 * angle(j).cos()), alpha);
            pieces.push((0..POINTS).map(point).collect());
            low *= 2.0;
        }
        // As far as the bell reaches whose centre is nine deviations above the critical count.
        let length = (0.5 * (2.0 * REACH + 1.0) * n.sqrt()).ceil();
        let cut = if n > SMALL { discrete(length as u32, 64) } else { Vec::new() };
        Self { n, most, table, pieces, cut }
    }

    /// R for any real number of wrong answers between two that are possible.
    fn at(&self, misses: f64) -> f64 {
        let last = self.table.len() as f64 - 1.0;
        if misses <= last && misses.fract() == 0.0 {
            return self.table[misses as usize];
        }
        let octave = (misses / f64::from(TABLE)).log2().max(0.0);
        let piece = (octave as usize).min(self.pieces.len().saturating_sub(1));
        let Some(values) = self.pieces.get(piece) else { return self.table[last as usize] };
        let low = f64::from(TABLE) * (1u64 << piece) as f64;
        interpolate(values, 2.0 * (misses / low) - 3.0)
    }

    /// E[R; certified] given t.
    fn given(&self, t: f64) -> f64 {
        let trials = Trials::new(self.n, t);
        let (centre, reach) = (trials.misses(), REACH * trials.deviation());
        let low = (centre - reach - 4.0).max(0.0).floor();
        let high = (centre + reach + 30.0).ceil();
        let last = high.min(self.most);
        if last < low {
            return 0.0;
        }
        let term = |misses: f64| self.at(misses) * trials.probability(misses);
        if last - low < FEW || low <= f64::from(TABLE) || self.n <= SMALL {
            return (0..=(last - low) as u32).map(|i| term(low + f64::from(i))).sum();
        }
        if high <= self.most {
            let step = trials.deviation() / 3.0;
            let each = (0..=((high - low) / step) as u32).map(|i| term(low + step * f64::from(i)));
            return step * each.sum::<f64>();
        }
        self.cut.iter().map(|(place, weight)| weight * term(self.most - place)).sum()
    }

    /// E[R; selected and certified], in units of the noise.
    pub(super) fn mean(&self, law: &Law, selection: &Factor<'_>) -> Bounded {
        let [from, _] = selection.domain();
        let low = (law.centre() - REACH).max(law.of(from));
        let high = law.centre() + REACH;
        let mut breaks: Vec<f64> =
            (0..=8).map(|i| law.centre() + REACH * (0.25 * f64::from(i) - 1.0)).collect();
        let knee = Factor::at_least(self.n as u32, (self.n - self.most) as u64).knees();
        for (t, width) in knee.into_iter().chain(selection.knees()) {
            breaks.extend(
                [-8.0, -2.5, 0.0, 2.5, 8.0].map(|steps: f64| law.of(steps.mul_add(width, t))),
            );
        }
        // Where the share of wrong answers becomes less than one of n.
        let end = -quantile(1.0 / (self.n + 1.0));
        breaks.extend([0.5, 0.75, 1.0, 1.25].map(|part: f64| law.of(part * end)));
        breaks.push(low);
        breaks.push(high);
        breaks.retain(|d| (low..=high).contains(d));
        breaks.sort_by(f64::total_cmp);
        let value = |d: f64| {
            let z = d - law.centre();
            let t = law.at(d);
            self.given(t) * (selection.ln(t.max(-36.0)) - 0.5 * z * z).exp()
        };
        let found = integrate(value, &breaks, 1e-13);
        let scale = INV_SQRT_2PI;
        // What is beyond the reach, where R is at most that of no wrong answer.
        let cut = 1e-18 * self.table[0].max(0.0);
        Bounded { value: scale * found.value, error: scale * found.error + cut }
    }
}

/// The polynomial through values at Chebyshev's points of [−1, 1], by the barycentric formula.
fn interpolate(values: &[f64], x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for (j, value) in values.iter().enumerate() {
        let gap = x - NODES.with(|nodes| nodes[j].0);
        if gap == 0.0 {
            return *value;
        }
        let weight = NODES.with(|nodes| nodes[j].1) / gap;
        above += weight * value;
        below += weight;
    }
    above / below
}

thread_local! {
    /// Chebyshev's points and their barycentric weights (−1)^j·sin θ_j.
    static NODES: [(f64, f64); POINTS] = std::array::from_fn(|j| {
        let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
        (angle(j).cos(), sign * angle(j).sin())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_known_of_many_answers_is_a_number() {
        let radii = Radii::new(20_000, 10_165, 0.01);
        for (place, weight) in &radii.cut {
            assert!(place.is_finite() && weight.is_finite(), "{place} {weight}");
        }
        for piece in &radii.pieces {
            assert!(piece.iter().all(|r| r.is_finite()), "{piece:?}");
        }
        for i in -80..=800 {
            let t = 0.1 * f64::from(i);
            let mean = radii.given(t);
            assert!(mean.is_finite() && mean >= 0.0, "{t}: {mean}");
        }
    }
}
