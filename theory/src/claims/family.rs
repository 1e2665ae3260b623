//! The trade-off along the family in k: whether the metric decreases in k on all of [0, shift].
//!
//! With u = shift − k every accuracy is an even function of u, so its derivative vanishes at u = 0 whether or not the
//! claim holds. What decides is the derivative of its logarithm divided by u. For one shared draw, with a = mean/s,
//! e = ε/s, v = u/s,
//!
//! ```text
//! d ln A(0)/du = −(u/s²)·G(a, v),   d ln A(ε)/du = −(u/s²)·G(a − e, v)
//! G(a, v) = [φ(a − v) − φ(a + v)]/v / [Φ(a − v) + Φ(a + v)],   G(a, 0) = a·φ(a)/Φ(a)
//! ```
//!
//! so the robust accuracy A(ε)/A(0) decreases in k exactly where G(a, v) > G(a − e, v), and the claim holds if it
//! does for all v in [0, shift/s]. The adversarial accuracy decreases in k exactly if ε > mean: G has the sign of its
//! first argument. For the same reason the robust accuracy decreases if ε ≥ mean. For ε < mean, only v < a + 0.7 need
//! be examined: in the derivative of ln G(x, v), v − x − [φ(x − v) + φ(x + v)]/[Φ(x − v) + Φ(x + v)] + 2v/(exp(2xv) −
//! 1), the second term is at most 2φ(w) for w = v − x > 0, so the whole is positive for w > 0.65.
//!
//! For other draw protocols, with g(t) the probability of the event given t = mean + data_std·z, the numerator is
//! N(mean + u) + N(mean − u), `N(m) = E[g(m + data_std·z)]`, whose derivatives are `E[g·He_j(z)]/data_std^j`: one
//! table of g serves all u.

mod far;
pub(super) mod pull;
mod table;

use super::{Case, Contrast};
use crate::math::bounded::Bounded;
use crate::math::normal::cdf;
use far::Fate;
use pull::pull;
use table::{Event, Table};
use task::{Defense, DomainError, DrawProtocol, Eps, Metric, Stage};

/// The number of points of [0, shift] at which the family is evaluated before the lowest is refined.
const POINTS: u32 = 16;

/// Returns the smallest derivative over the family.
pub(super) fn lead(case: &Case, defense: &Defense, eps: Eps) -> Bounded {
    let slope = Slope::new(case, defense, eps);
    let points = slope.points(case.shift.abs());
    slope.at(lowest(&points, |u| slope.at(u).value))
}

/// The negative derivative of the logarithm of the metric by k, divided by u, times a positive factor: positive where
/// the metric decreases in k.
enum Slope {
    /// Robust accuracy without a new draw; for one shared draw it does not vanish with e.
    Same { a: f64, e: f64, s: f64, shared: bool },
    /// Adversarial accuracy of one draw, or of several tries without spread.
    Adversarial { a: f64, past: f64, s: f64, several: bool },
    /// A numerator without a closed form.
    Table(Numerator),
}

/// The metric as a numerator, divided by A(0) if requested.
struct Numerator {
    table: Table,
    clean: Option<f64>,
    mean: f64,
    s: f64,
}

impl Slope {
    fn new(case: &Case, defense: &Defense, eps: Eps) -> Self {
        let (mean, data_std, sigma) = (case.task.mean(), case.task.data_std(), defense.sigma());
        let s = data_std.hypot(sigma);
        let (a, e) = (mean / s, eps.get() / s);
        let tries = match case.draws {
            _ if sigma == 0.0 => None,
            DrawProtocol::Same => None,
            DrawProtocol::Fresh => Some(1),
            DrawProtocol::Persistent(tries) => Some(tries.get()),
        };
        match (case.metric, tries) {
            (Metric::AdversarialAccuracy, None | Some(1)) => {
                let past = (eps.get() - mean) / s;
                Self::Adversarial { a: a - e, past, s, several: case.draws.tries() > 1 }
            }
            (_, None) => Self::Same { a, e, s, shared: case.draws == DrawProtocol::Same },
            (metric, Some(tries)) => {
                let conditional = metric != Metric::AdversarialAccuracy;
                let event = Event { sigma, eps: eps.get(), tries, first: conditional };
                let table = Table::new(event, mean, data_std, case.shift.abs());
                let clean = conditional.then_some(a);
                Self::Table(Numerator { table, clean, mean, s })
            }
        }
    }

    /// Returns the points at which to evaluate the family: evenly spaced, and dense where the slope bends.
    fn points(&self, whole: f64) -> Vec<f64> {
        let bends = match self {
            Self::Same { a, s, .. } if *a > 0.0 => Some(s * (a + 0.7)),
            Self::Table(Numerator { mean, s, .. }) if *mean > 0.0 => Some(mean + 3.0 * s),
            _ => None,
        };
        let end = bends.map_or(whole, |bends| bends.min(whole));
        let mut found: Vec<f64> =
            (0..=POINTS).map(|i| end * f64::from(i) / f64::from(POINTS)).collect();
        if end < whole && matches!(self, Self::Table(_)) {
            found.extend((1..=4).map(|i| end + (whole - end) * f64::from(i) / 4.0));
        }
        found
    }

    /// Returns the metric itself at the threshold shift ± u; for the attack success rate, 1 minus that.
    fn metric(&self, u: f64) -> Bounded {
        match self {
            Self::Same { a, e, s, .. } => rounded(mass(a - e, u / s) / mass(*a, u / s), 0.0),
            Self::Adversarial { a, s, .. } => rounded(mass(*a, u / s), 0.0),
            Self::Table(numerator) => numerator.metric(u),
        }
    }

    fn at(&self, u: f64) -> Bounded {
        match self {
            Self::Same { a, e, s, shared } if *shared || *e == 0.0 => pull::fall(*a, *e, u / s),
            Self::Same { a, e, s, .. } => pull::contrast(*a, *e, u / s),
            // With spread, the same by a table.
            Self::Adversarial { a, s, several: true, .. } => rounded(-pull(*a, u / s), 0.0),
            Self::Adversarial { past, .. } => {
                Bounded { value: *past, error: 4.0 * f64::EPSILON * past.abs() }
            }
            Self::Table(numerator) => numerator.at(u),
        }
    }
}

/// Returns ½[Φ(a − v) + Φ(a + v)].
fn mass(a: f64, v: f64) -> f64 {
    0.5 * (cdf(a - v) + cdf(a + v))
}

impl Numerator {
    fn metric(&self, u: f64) -> Bounded {
        let [plus, minus] = [self.mean + u, self.mean - u].map(|m| self.table.moments(m)[0]);
        let clean = self.clean.map_or(1.0, |a| mass(a, u / self.s));
        let value = 0.5 * (plus.value + minus.value) / clean;
        let error = 0.5 * (plus.error + minus.error) / clean;
        Bounded { value, error: error + 32.0 * f64::EPSILON * value }
    }

    fn of_clean(&self, u: f64) -> Bounded {
        let Some(a) = self.clean else {
            return Bounded::exact(0.0);
        };
        let value = pull(a, u / self.s);
        Bounded { value, error: pull::rounding(a, u / self.s) * value.abs() }
    }

    /// Evaluates the slope in doubles or, if these leave the sign open, in numbers that do not underflow.
    fn at(&self, u: f64) -> Bounded {
        let quick = self.with(u, self.table.slope(self.mean, u));
        if quick.value.abs() > quick.error { quick } else { self.far(u) }
    }

    /// Evaluates the slope from the smaller numerator: that of the samples that stay correct or, if the metric is
    /// above ½, that of the samples that do not.
    /// who do not.
    fn far(&self, u: f64) -> Bounded {
        let Table { event, data_std, .. } = self.table;
        let fate = if self.metric(u).value > 0.5 { Fate::Falls } else { Fate::Survives };
        let found = self.with(u, far::slope(event, fate, data_std, self.mean, u));
        match fate {
            Fate::Survives => found,
            Fate::Falls => Bounded { value: -found.value, ..found },
        }
    }

    /// Combines the slope of ln N and that of ln A(0), divided by the sum of their magnitudes if there are two.
    fn with(&self, u: f64, slope: Bounded) -> Bounded {
        let clean = self.of_clean(u);
        let square = self.s * self.s;
        let value = clean.value + square * slope.value;
        let size = clean.value.abs() + square * slope.value.abs();
        let error = square * slope.error + clean.error + 4.0 * f64::EPSILON * size;
        if self.clean.is_none() || size <= error {
            return Bounded { value, error };
        }
        Bounded { value: value / size, error: 2.0 * error / size }
    }
}

fn rounded(value: f64, size: f64) -> Bounded {
    Bounded { value, error: 32.0 * f64::EPSILON * (size + value.abs()) }
}

/// Returns the place where f is lowest: the lowest of the points, refined between its neighbours if f is positive
/// there, because the refinement may find that f is not. NaN counts as lowest.
fn lowest(points: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let values: Vec<f64> = points.iter().map(|&u| f(u)).collect();
    let last = points.len() - 1;
    let best = (0..=last).min_by(|&i, &j| values[i].total_cmp(&values[j])).unwrap_or(0);
    let [first, end] = [points[0], points[last]];
    if values[best] < 0.0 {
        return points[best];
    }
    if best == 0 && values[0] <= f(first + 0.01 * (points[1] - first)) {
        return first;
    }
    if best == last && values[last] <= f(end - 0.01 * (end - points[last - 1])) {
        return end;
    }
    golden(points[best.saturating_sub(1)], points[(best + 1).min(last)], f)
}

/// Returns the minimum of f between low and high, by golden section. The position of a minimum of a smooth function
/// cannot be found, and need not be, to more than half of the digits.
fn golden(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_9;
    let mut inner = [high - SECTION * (high - low), low + SECTION * (high - low)];
    let mut values = inner.map(&f);
    for _ in 0..32 {
        if values[0] <= values[1] {
            (high, inner[1], values[1]) = (inner[1], inner[0], values[0]);
            inner[0] = high - SECTION * (high - low);
            values[0] = f(inner[0]);
        } else {
            (low, inner[0], values[0]) = (inner[0], inner[1], values[1]);
            inner[1] = low + SECTION * (high - low);
            values[1] = f(inner[1]);
        }
    }
    if values[0] <= values[1] { inner[0] } else { inner[1] }
}

/// Returns k without the rounding error of its subtraction, if it is a multiple of a hundredth of the shift.
fn hundredth(k: f64, shift: f64) -> f64 {
    let parts = (100.0 * k / shift).round();
    if (parts * shift / 100.0 - k).abs() <= 1e-12 * shift.abs() { parts * shift / 100.0 } else { k }
}

/// Returns the two thresholds of [0, shift] between which the metric increases in k the most, and by how much the
/// claim is contradicted; if it is not, the ends of the family.
pub(super) fn contrast(case: &Case, defense: &Defense, eps: Eps) -> Result<Contrast, DomainError> {
    let (shift, whole) = (case.shift, case.shift.abs());
    let family = Slope::new(case, defense, eps);
    let value = |u: f64| family.metric(u).value;
    // The metric should increase in u; find the largest decrease from a peak at a smaller u.
    let point = |i: u32| whole * f64::from(i) / f64::from(POINTS);
    let values: Vec<f64> = (0..=POINTS).map(|i| value(point(i))).collect();
    let (mut peak, mut fall) = (0, (0, 0, 0.0));
    for (i, v) in values.iter().enumerate() {
        if *v > values[peak] {
            peak = i;
        }
        if values[peak] - v > fall.2 {
            fall = (peak, i, values[peak] - v);
        }
    }
    let index = |i: usize| u32::try_from(i).unwrap_or(POINTS);
    let around = |i: usize, sign: f64| {
        let grid = point(index(i));
        if i == 0 {
            return grid;
        }
        let found =
            golden(point(index(i) - 1), point((index(i) + 1).min(POINTS)), |u| sign * value(u));
        // A multiple of a hundredth of the shift, or an end of the family, is as good as all the digits.
        let rounded = whole * (100.0 * found / whole).round() / 100.0;
        let best = [grid, rounded].map(|u| (u, sign * value(u)));
        if best[0].1 <= best[1].1 && i == POINTS as usize { grid } else { rounded }
    };
    let offsets = if fall.2 > 0.0 {
        [around(fall.0, -1.0), around(fall.1, 1.0)]
    } else {
        // A decrease may hide between two of the points, or in the digits of a metric near 0 or 1.
        let points = family.points(whole);
        let at = |u: f64| family.at(u);
        let least = lowest(&points, |u| at(u).value);
        if at(least).value < 0.0 {
            let falls = |u: &&f64| at(**u).value < 0.0;
            let below: Vec<f64> = points.iter().copied().filter(|u| *u < least).collect();
            let above: Vec<f64> = points.iter().copied().filter(|u| *u > least).collect();
            let low = below.iter().rev().take_while(falls).last().copied().unwrap_or(least);
            let high = above.iter().take_while(falls).last().copied().unwrap_or(least);
            let step = (whole / f64::from(POINTS)).min(points[1]);
            [
                if low < least {
                    low
                } else {
                    golden((least - step).max(0.0), least, |u| -value(u))
                },
                if high > least { high } else { golden(least, (least + step).min(whole), value) },
            ]
        } else {
            [0.0, whole]
        }
    };
    let stage =
        |u: f64| Stage::Defended { threshold: hundredth(shift - u * shift.signum(), shift) };
    let stages = offsets.map(stage);
    let [first, second] =
        [stages[0].margin(&case.task, defense)?, stages[1].margin(&case.task, defense)?];
    Ok(Contrast { stages, margin: case.gain(&first, &second, eps) })
}
