//! The trade-off along the family in k: does the metric fall in k on all of [0, shift]?
//!
//! With u = shift − k every accuracy is an even function of u, so that its derivative vanishes at
//! u = 0 for no reason of the claim's. What decides is the derivative of its logarithm over u. For one
//! shared draw, with a = mean/s, e = ε/s, v = u/s,
//!
//! ```text
//! d ln A(0)/du = −(u/s²)·G(a, v),   d ln A(ε)/du = −(u/s²)·G(a − e, v)
//! G(a, v) = [φ(a − v) − φ(a + v)]/v / [Φ(a − v) + Φ(a + v)],   G(a, 0) = a·φ(a)/Φ(a)
//! ```
//!
//! so that the robust accuracy A(ε)/A(0) falls in k exactly where G(a, v) > G(a − e, v), and the
//! claim holds where it does for all v in [0, shift/s]. The adversarial accuracy falls in k exactly
//! where ε > mean: G has the sign of its first argument.
//!
//! For other draws, with g(t) the probability of the event given t = mean + data_std·z, the numerator is
//! N(mean + u) + N(mean − u), `N(m) = E[g(m + data_std·z)]`, whose derivatives are
//! `E[g·He_j(z)]/data_std^j`: one table of g serves all u.

use super::{Case, Contrast};
use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, hazard, ln_cdf, pdf, quantile};
use crate::math::quadrature::{Node, nodes};
use crate::math::scaled::INV_SQRT_2PI;
use task::{Defense, DomainError, DrawProtocol, Eps, Margin, Metric, Stage, Votes};

/// Points of [0, shift] at which the family is looked at before the lowest is refined.
const POINTS: u32 = 16;

/// √(data_std² + sigma²) of a single draw, noise where nothing is drawn.
pub(super) fn spread(margin: &Margin) -> f64 {
    let sigma = if margin.votes() == Votes::Limit { 0.0 } else { margin.sigma() };
    margin.task().data_std().hypot(sigma)
}

/// The least derivative over the family.
pub(super) fn lead(case: &Case, defense: &Defense, eps: Eps) -> Bounded {
    let slope = Slope::new(case, defense, eps);
    let least = lowest(case.shift.abs(), |u| slope.at(u).value);
    slope.at(least)
}

/// metric(u₂) − metric(u₁), or − `undefended` where there is no u₁, for draws that have no closed form:
/// one table serves both. The attack success rate counts as 1 less that.
pub(super) fn gain(
    case: &Case,
    defense: &Defense,
    eps: Eps,
    undefended: f64,
    offsets: [Option<f64>; 2],
) -> Bounded {
    let slope = Slope::new(case, defense, eps);
    let [first, second] =
        offsets.map(|u| u.map_or_else(|| rounded(undefended, 0.0), |u| slope.metric(u)));
    Bounded { value: second.value - first.value, error: first.error + second.error }
}

/// Minus the derivative of the logarithm of the metric by k, over u, in units of 1/s²: positive where
/// the metric falls in k.
enum Slope {
    /// Robust accuracy, no new draw; over `unit`, too, which is ε/s for one that is shared.
    Same { a: f64, e: f64, s: f64, unit: f64 },
    /// Adversarial accuracy of one draw.
    Adversarial { a: f64, s: f64 },
    /// A numerator without closed form, over A(0) if that is asked for.
    Table { table: Table, clean: Option<f64>, mean: f64, s: f64 },
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
            (Metric::AdversarialAccuracy, None | Some(1)) => Self::Adversarial { a: a - e, s },
            (_, None) => {
                Self::Same { a, e, s, unit: if case.draws == DrawProtocol::Same { e } else { 1.0 } }
            }
            (metric, Some(tries)) => {
                let conditional = metric != Metric::AdversarialAccuracy;
                let event = Event { sigma, eps: eps.get(), tries, first: conditional };
                let table = Table::new(event, mean, data_std, case.shift.abs());
                Self::Table { table, clean: conditional.then_some(a), mean, s }
            }
        }
    }

    /// The metric itself at the threshold shift ± u; for the attack success rate 1 less that.
    fn metric(&self, u: f64) -> Bounded {
        let mass = |a: f64, v: f64| 0.5 * (cdf(a - v) + cdf(a + v));
        match self {
            Self::Same { a, e, s, .. } => rounded(mass(a - e, u / s) / mass(*a, u / s), 0.0),
            Self::Adversarial { a, s } => rounded(mass(*a, u / s), 0.0),
            Self::Table { table, clean, mean, s } => {
                let [plus, minus] = [mean + u, mean - u].map(|m| table.moments(m)[0]);
                let clean = clean.map_or(1.0, |a| mass(a, u / s));
                let value = 0.5 * (plus.value + minus.value) / clean;
                let error = 0.5 * (plus.error + minus.error) / clean;
                Bounded { value, error: error + 32.0 * f64::EPSILON * value }
            }
        }
    }

    fn at(&self, u: f64) -> Bounded {
        match self {
            Self::Same { a, e, s, unit } => {
                let v = u / s;
                if *e == 0.0 {
                    return rounded(pull_slope(*a, v), 1.0);
                }
                let (before, after) = (pull(*a, v), pull(a - e, v));
                Bounded {
                    value: (before - after) / unit,
                    error: 16.0 * f64::EPSILON * (1.0 + before.abs() + after.abs()) / unit,
                }
            }
            Self::Adversarial { a, s } => rounded(-pull(*a, u / s), 0.0),
            Self::Table { table, clean, mean, s } => {
                let of_clean = clean.map_or(0.0, |a| pull(a, u / s));
                let Bounded { value, error } = table.slope(*mean, u);
                let rounding = 16.0 * f64::EPSILON * of_clean.abs();
                Bounded { value: of_clean + s * s * value, error: s * s * error + rounding }
            }
        }
    }
}

fn rounded(value: f64, size: f64) -> Bounded {
    Bounded { value, error: 32.0 * f64::EPSILON * (size + value.abs()) }
}

/// G(a, v), even in v.
fn pull(a: f64, v: f64) -> f64 {
    if v == 0.0 {
        return a * hazard(-a);
    }
    let v = v.abs();
    if a >= 0.0 {
        return -pdf(a - v) * (-2.0 * a * v).exp_m1() / (v * (cdf(a - v) + cdf(a + v)));
    }
    // all over φ(a + v), which may underflow
    let fade = (2.0 * a * v).exp();
    let mass = 1.0 / hazard(-a - v) + fade / hazard(v - a);
    (2.0 * a * v).exp_m1() / (v * mass)
}

/// ∂G/∂a = L·(1 − G) − a·G, L = [φ(a − v) + φ(a + v)]/[Φ(a − v) + Φ(a + v)].
fn pull_slope(a: f64, v: f64) -> f64 {
    let pull = pull(a, v);
    let ratio = (pdf(a - v) + pdf(a + v)) / (cdf(a - v) + cdf(a + v)).max(f64::MIN_POSITIVE);
    ratio * (1.0 - pull) - a * pull
}

/// Where f is lowest on [0, end]: the lowest of evenly spaced points, refined between its neighbours.
fn lowest(end: f64, f: impl Fn(f64) -> f64) -> f64 {
    let point = |i: u32| end * f64::from(i) / f64::from(POINTS);
    let best = (0..=POINTS).min_by(|&i, &j| f(point(i)).total_cmp(&f(point(j)))).unwrap_or(0);
    if best == 0 && f(0.0) <= f(0.01 * point(1)) {
        return 0.0;
    }
    if best == POINTS && f(end) <= f(end - 0.01 * point(1)) {
        return end;
    }
    golden(point(best.saturating_sub(1)), point((best + 1).min(POINTS)), f)
}

/// The minimum of f between low and high, by the golden section. A minimum of a smooth function
/// cannot be placed, and need not be, to more than half of the digits.
fn golden(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_9;
    let mut inner = [high - SECTION * (high - low), low + SECTION * (high - low)];
    let mut values = inner.map(&f);
    for _ in 0..40 {
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

/// What happens to an input at margin t: right at once (if `first`), and right under each of the tries.
#[derive(Debug, Clone, Copy)]
struct Event {
    sigma: f64,
    eps: f64,
    tries: u32,
    first: bool,
}

impl Event {
    fn probability(&self, t: f64) -> f64 {
        let x = (t - self.eps) / self.sigma;
        let all = if self.tries <= FEW {
            cdf(x).powi(self.tries.cast_signed())
        } else {
            // the power of a number near 1 would multiply its rounding
            (f64::from(self.tries) * ln_cdf(x)).exp()
        };
        if self.first { all * cdf(t / self.sigma) } else { all }
    }

    /// Where the probability turns from 0 to 1, and within what width: of several tries, where the
    /// most unfortunate of them does.
    fn knees(&self) -> [(f64, f64); 2] {
        let x = -quantile((std::f64::consts::LN_2 / f64::from(self.tries)).min(0.5));
        let all = (self.eps + x * self.sigma, self.sigma / (1.0 + x));
        [if self.first { (0.0, self.sigma) } else { all }, all]
    }

    /// g at the nodes of a quadrature that serves every N(m) for low ≤ m ≤ high.
    fn nodes(&self, data_std: f64, [low, high]: [f64; 2]) -> Vec<(Node, f64)> {
        let knees = self.knees();
        // g rises, so that what counts lies between m and the last knee, unless all underflows
        let last = knees.iter().map(|knee| knee.0).fold(high, f64::max);
        let end = last.min(high + UNDERFLOW * data_std) + REACH * data_std;
        // panels as fine as the density and, near the knees, as g; but not finer than doubles
        let step = |t: f64| {
            let of = |&(place, width): &(f64, f64)| (width / 1.5).max((t - place).abs() / 4.0);
            let fine = knees.iter().map(of).fold(data_std / 1.5, f64::min);
            fine.max(4.0 * f64::EPSILON * t.abs()).max(1e-18 * data_std)
        };
        let mut found = Vec::new();
        let mut start = low - REACH * data_std;
        while start < end {
            let next = (start + step(start)).min(end);
            found.extend(nodes(start, next).map(|node| (node, self.probability(node.x))));
            start = next;
        }
        found
    }
}

/// Up to so many tries are a power.
const FEW: u32 = 16;
/// How many standard deviations of t count: beyond, less than 1e-20 is left.
const REACH: f64 = 9.5;
/// So far out, in standard deviations, the density is no double.
const UNDERFLOW: f64 = 39.0;
/// Up to this ratio of shift to data_std one table serves all thresholds.
const SHARED: f64 = 50.0;

/// The numerators N(m) for |m − mean| ≤ shift.
struct Table {
    event: Event,
    data_std: f64,
    /// None where each m needs nodes of its own.
    shared: Option<Vec<(Node, f64)>>,
}

impl Table {
    fn new(event: Event, mean: f64, data_std: f64, shift: f64) -> Self {
        let shared = (shift <= SHARED * data_std)
            .then(|| event.nodes(data_std, [mean - shift, mean + shift]));
        Self { event, data_std, shared }
    }

    /// N and its first two derivatives at m.
    fn moments(&self, m: f64) -> [Bounded; 3] {
        let (mut kronrod, mut gauss, mut size) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        let own = if self.shared.is_none() {
            self.event.nodes(self.data_std, [m, m])
        } else {
            Vec::new()
        };
        for (node, g) in self.shared.as_ref().unwrap_or(&own) {
            let z = (node.x - m) / self.data_std;
            // rounding z²/2 costs z²/2 ulp, where the density has long fallen by more
            let weight = g * (-0.5 * z * z).exp();
            for (j, hermite) in [1.0, z, z * z - 1.0].into_iter().enumerate() {
                kronrod[j] += node.kronrod * weight * hermite;
                gauss[j] += node.gauss * weight * hermite;
                size[j] += node.kronrod * (weight * hermite).abs();
            }
        }
        // of the power, and of z
        let rounding = 16.0 + f64::from(self.event.tries.min(64)) + 4.0 * m.abs() / self.data_std;
        let scale = [1.0, 2.0, 3.0].map(|j| INV_SQRT_2PI * self.data_std.powf(-j));
        std::array::from_fn(|j| Bounded {
            value: scale[j] * kronrod[j],
            error: scale[j] * ((kronrod[j] - gauss[j]).abs() + rounding * f64::EPSILON * size[j]),
        })
    }

    /// d ln[N(mean + u) + N(mean − u)]/du over u.
    fn slope(&self, mean: f64, u: f64) -> Bounded {
        let (rise, total) = if u == 0.0 {
            let [n, _, curvature] = self.moments(mean);
            (curvature, n)
        } else {
            let [[n0, d0, _], [n1, d1, _]] = [mean + u, mean - u].map(|m| self.moments(m));
            let rise = (d0.value - d1.value) / u;
            (
                Bounded { value: rise, error: (d0.error + d1.error) / u },
                Bounded { value: n0.value + n1.value, error: n0.error + n1.error },
            )
        };
        let value = rise.value / total.value;
        Bounded { value, error: (rise.error + value.abs() * total.error) / total.value }
    }
}

/// k without the rounding of its subtraction, where it is a hundredth of the shift.
fn hundredth(k: f64, shift: f64) -> f64 {
    let parts = (100.0 * k / shift).round();
    if (parts * shift / 100.0 - k).abs() <= 1e-12 * shift.abs() { parts * shift / 100.0 } else { k }
}

/// The two thresholds of [0, shift] between which the metric rises in k the most, and by how much the
/// claim is contradicted; where it is not, the whole of the family.
pub(super) fn contrast(case: &Case, defense: &Defense, eps: Eps) -> Result<Contrast, DomainError> {
    let (shift, whole) = (case.shift, case.shift.abs());
    let family = Slope::new(case, defense, eps);
    let value = |u: f64| family.metric(u).value;
    // the metric should rise in u; the deepest fall from a peak at a smaller u
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
        // a hundredth of the shift, or an end of the family, says as much as all the digits
        let rounded = whole * (100.0 * found / whole).round() / 100.0;
        let best = [grid, rounded].map(|u| (u, sign * value(u)));
        if best[0].1 <= best[1].1 && i == POINTS as usize { grid } else { rounded }
    };
    let offsets = if fall.2 > 0.0 {
        [around(fall.0, -1.0), around(fall.1, 1.0)]
    } else {
        // a fall may hide between two of the points
        let least = lowest(whole, |u| family.at(u).value);
        if family.at(least).value < 0.0 {
            let low = golden((least - point(1)).max(0.0), least, |u| -value(u));
            let high = golden(least, (least + point(1)).min(whole), value);
            [low, high]
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
