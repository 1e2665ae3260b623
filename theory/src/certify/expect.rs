//! E[f(t)], t ~ N(mean, spread²), of products of log-concave factors.
//!
//! A product of log-concave functions is log-concave: it has one peak and falls faster and faster on both sides. Where it
//! has fallen by e^−45 the quadrature ends; since the logarithm is concave, what is left beyond is at most a
//! 45th of the last value times the distance from the peak.

use crate::math::beta::Beta;
use crate::math::bounded::Bounded;
use crate::math::golden::least;
use crate::math::majority::Majority;
use crate::math::normal::{cdf, pdf, quantile, sf};
use crate::math::quadrature::integrate;
use crate::math::scaled::INV_SQRT_2PI;

/// The integrand may fall by e to this power before it is cut off.
const FALL: f64 = 45.0;
/// Beyond, Φ(−t) is no normal double: what is left out there is below [`LEFT_OUT`].
const EDGE: f64 = 37.0;
const LEFT_OUT: f64 = 1e-299;

/// The law of t, and the line along which it is integrated: t = origin + spread·d, and (t − mean)/spread = d − from. Small
/// spreads begin at the mean, large ones at 0, so that neither t nor its probability loses digits where it matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Law {
    origin: f64,
    from: f64,
    spread: f64,
}

impl Law {
    /// N(`mean`, `spread`²), in units of the noise.
    pub(super) fn new(mean: f64, spread: f64) -> Self {
        match spread > 1.0 {
            true => Self { origin: 0.0, from: mean / spread, spread },
            false => Self { origin: mean, from: 0.0, spread },
        }
    }

    /// t at d.
    pub(super) fn at(&self, d: f64) -> f64 {
        self.spread.mul_add(d, self.origin)
    }

    /// d of t.
    pub(super) fn of(&self, t: f64) -> f64 {
        (t - self.origin) / self.spread
    }

    /// d where the mean is.
    pub(super) fn centre(&self) -> f64 {
        self.from
    }

    pub(super) fn spread(&self) -> f64 {
        self.spread
    }
}

/// A log-concave function of t.
#[derive(Debug, Clone, Copy)]
pub(super) enum Factor<'a> {
    /// The majority of n₀ answers is right.
    Selected(&'a Majority),
    /// It is wrong.
    Deselected(&'a Majority),
    /// 1 from this t on, and 0 below.
    From(f64),
    /// At least c of n answers are right: Beta(c, n − c + 1), of which c and n are.
    AtLeast(Beta, Count),
    /// Fewer than c are.
    Below(Beta, Count),
    /// Fewer than c are right, and fewer than c are wrong.
    Between(Beta, Count),
}

/// c of n.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    n: f64,
    c: f64,
}

impl Count {
    /// Where about half of all samples have so many right answers, and over how much of t that changes.
    fn knee(&self) -> (f64, f64) {
        let p = (self.c - 0.3) / (self.n + 0.4);
        let t =
            if p > 0.5 { -quantile((self.n - self.c + 0.7) / (self.n + 0.4)) } else { quantile(p) };
        (t, (p * (1.0 - p) / self.n).sqrt() / pdf(t))
    }
}

/// At least c of n are right iff the uniform order statistic is below p. For 1 ≤ c ≤ n, whole or not.
fn order(n: u32, c: f64) -> (Beta, Count) {
    let n = f64::from(n);
    (Beta::from_shapes(c, n - c + 1.0), Count { n, c })
}

impl<'a> Factor<'a> {
    /// P[Bin(n, Φ(t)) ≥ c], 1 ≤ c ≤ n.
    pub(super) fn at_least(n: u32, c: u64) -> Self {
        Self::at_least_real(n, c as f64)
    }

    /// The same for any real c: the tail that the beta distribution has there.
    pub(super) fn at_least_real(n: u32, c: f64) -> Self {
        let (beta, count) = order(n, c);
        Self::AtLeast(beta, count)
    }

    /// P[Bin(n, Φ(t)) < c], 1 ≤ c ≤ n.
    pub(super) fn below(n: u32, c: u64) -> Self {
        Self::below_real(n, c as f64)
    }

    /// The same for any real c.
    pub(super) fn below_real(n: u32, c: f64) -> Self {
        let (beta, count) = order(n, c);
        Self::Below(beta, count)
    }

    /// P[n − c < Bin(n, Φ(t)) < c], n/2 < c ≤ n.
    pub(super) fn between(n: u32, c: u64) -> Self {
        let (beta, count) = order(n, c as f64);
        Self::Between(beta, count)
    }

    /// Its logarithm, for |t| ≤ [`EDGE`] or so.
    pub(super) fn ln(&self, t: f64) -> f64 {
        match self {
            Self::Selected(majority) => ln_majority(majority, t),
            Self::Deselected(majority) => ln_majority(majority, -t),
            Self::From(_) => 0.0,
            Self::AtLeast(beta, _) => beta.tails_from_both(cdf(t), sf(t)).ln_lower,
            Self::Below(beta, _) => beta.tails_from_both(cdf(t), sf(t)).ln_upper,
            Self::Between(beta, _) => {
                // The tails of the right and of the wrong answers; with |t| the former is the likelier.
                let (p, q) = (cdf(t.abs()), sf(t.abs()));
                let right = beta.tails_from_both(p, q);
                let wrong = beta.tails_from_both(q, p);
                if right.upper > 0.0 && wrong.lower > 0.0 {
                    let share = (wrong.ln_lower - right.ln_upper).exp();
                    right.ln_upper + (-share).ln_1p()
                } else {
                    right.ln_upper
                }
            }
        }
    }

    /// The product of some at any t.
    pub(super) fn product(factors: &[Self], t: f64) -> f64 {
        let within = |factor: &Self| {
            let [low, high] = factor.domain();
            low <= t && t <= high
        };
        // Beyond, Φ(t) is 1 to the last digit.
        let t = t.min(EDGE);
        if !factors.iter().all(within) {
            return 0.0;
        }
        factors.iter().map(|factor| factor.ln(t)).sum::<f64>().exp()
    }

    /// Where it is known and not 0.
    pub(super) fn domain(&self) -> [f64; 2] {
        match self {
            Self::Selected(_) | Self::AtLeast(..) => [-EDGE, f64::INFINITY],
            Self::Deselected(_) | Self::Below(..) => [f64::NEG_INFINITY, EDGE],
            Self::Between(..) => [-EDGE, EDGE],
            Self::From(t) => [*t, f64::INFINITY],
        }
    }

    /// Where it changes, and over how much of t.
    pub(super) fn knees(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Selected(majority) | Self::Deselected(majority) => {
                vec![(0.0, 1.25 * majority.scale())]
            }
            Self::From(_) => Vec::new(),
            Self::AtLeast(_, count) | Self::Below(_, count) => vec![count.knee()],
            Self::Between(_, count) => {
                let (t, width) = count.knee();
                vec![(t, width), (-t, width)]
            }
        }
    }
}

fn ln_majority(majority: &Majority, t: f64) -> f64 {
    if t >= 0.0 {
        return (-majority.above(t)).ln_1p();
    }
    let chance = majority.chance(t);
    chance.mantissa.ln() + chance.power - 0.5 * majority.weight() * chance.near * chance.near
}

/// E of the product of `factors`, a probability.
///
/// The error is that of the quadrature, of what is cut off and of rounding: some 1e-15 relative, more by as much as the
/// logarithm at the peak is large, and where the spread is narrow beside the step of many answers.
pub(super) fn expect(law: &Law, factors: &[Factor<'_>]) -> Bounded {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for factor in factors {
        let [from, to] = factor.domain();
        (low, high) = (low.max(law.of(from)), high.min(law.of(to)));
    }
    if low >= high {
        return Bounded { value: 0.0, error: LEFT_OUT };
    }
    let ln = |d: f64| {
        let (t, z) = (law.at(d), d - law.centre());
        factors.iter().map(|factor| factor.ln(t)).sum::<f64>() - 0.5 * z * z
    };
    let peak = peak(ln, law.centre().clamp(low, high), [low, high]);
    let top = ln(peak);
    if top.is_nan() || top < -690.0 {
        return Bounded { value: 0.0, error: LEFT_OUT };
    }
    let [left, right] = [(peak - low, -1.0), (high - peak, 1.0)]
        .map(|(room, side)| end(|d| top - ln(peak + side * d), room));
    let mut breaks =
        vec![-left, -0.25 * left, -left / 16.0, 0.0, right / 16.0, 0.25 * right, right];
    let mut unsteady = 0.0;
    for (t, width) in factors.iter().flat_map(Factor::knees) {
        let (at, width) = (law.of(t) - peak, width / law.spread());
        breaks.extend([-8.0, -2.5, 0.0, 2.5, 8.0].map(|steps: f64| steps.mul_add(width, at)));
        // What the rounding of t does to a step, and how much of all samples is there.
        unsteady += (1.0 + t.abs()) / (width * law.spread()) * width.min(1.0);
    }
    breaks.retain(|d| (-left..=right).contains(d));
    breaks.sort_by(f64::total_cmp);
    let rounding = f64::EPSILON * (20.0 + 3.0 * top.abs() + unsteady);
    let value = |d: f64| (ln(peak + d) - top).exp();
    let found = integrate(value, &breaks, rounding);
    let rest = |length: f64, side: f64, limit: f64| match length < limit {
        true => value(side * length) * length / FALL,
        false => 0.0,
    };
    let cut = rest(left, -1.0, peak - low) + rest(right, 1.0, high - peak);
    let scale = top.exp() * INV_SQRT_2PI;
    Bounded::probability(scale * found.value, scale * (found.error + cut) + LEFT_OUT)
}

/// The place of the largest value of a concave function between two limits, sought from `start`.
fn peak(ln: impl Fn(f64) -> f64, start: f64, [low, high]: [f64; 2]) -> f64 {
    let here = ln(start);
    let mut ends = [start, start];
    for (end, side) in ends.iter_mut().zip([-1.0, 1.0]) {
        let (mut step, mut best) = (0.5, here);
        loop {
            let next = (start + side * step).clamp(low, high);
            let value = ln(next);
            *end = next;
            if value < best || next == low || next == high || step > 1e300 {
                break;
            }
            best = value;
            step *= 2.0;
        }
    }
    // A golden section never reaches an end.
    let inner = least(|d| -ln(d), ends[0], ends[1], 76);
    [start, ends[0], ends[1]]
        .into_iter()
        .fold(inner, |best, d| if ln(d) > ln(best) { d } else { best })
}

/// A distance at which the depth, which grows from 0 and ever faster, is between [`FALL`] and 15 more, or all the room
/// there is.
fn end(depth: impl Fn(f64) -> f64, room: f64) -> f64 {
    if room <= 0.0 {
        return 0.0;
    }
    let (mut near, mut far) = (0.0, room.min(1e-3));
    while depth(far) < FALL {
        if far >= room {
            return room;
        }
        (near, far) = (far, (2.0 * far).min(room));
    }
    for _ in 0..80 {
        if depth(far) < FALL + 15.0 {
            break;
        }
        let middle = 0.5 * (near + far);
        if depth(middle) < FALL { near = middle } else { far = middle }
    }
    far
}
