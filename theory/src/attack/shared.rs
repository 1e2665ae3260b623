//! One gain for all coordinates, or none: every rate is a functional of the response curve of one sum.
//!
//! If all coordinates see the same gain, and so move alike, the attacked margin is a·(v − dεU) + N(0, dσ²) with
//! v = Σxᵢ ~ N(d·mean, d·data_std²). Given v, a draw is right with the probability π(v − dεU),
//!
//! ```text
//! a = g with p_g   π(v) = Σ p_g Φ(gv/(σ√d))             (½ at a margin of 0, which a fair coin decides)
//! a ~ N(1, τ²)     π(v) = Φ(v/√(τ²v² + dσ²))
//! ```
//!
//! and a majority of n = 2h + 1 is right with probability I_π(h + 1, h + 1). With f(j) this probability at v − dεj,
//!
//! ```text
//! A(ε) = E f(U)^T,   P[both] = E f(0)f(U)^T for separate draws, T = 1 except for `persistent=T`
//! any    E Π f(uᵢ)          first  E[Σᵢ Π_{j<i} f(uⱼ)·(1 − f(uᵢ))·f(uᵢ)^T + Π f·f(u_k)^T]
//! last   E[Σᵢ (1 − f(uᵢ))·Π_{j>i} f(uⱼ)·f(uᵢ)^T + Π f·f(0)^T]
//! ```
//!
//! for iterates uᵢ, i = 0 … k, that do not depend on draws. With one draw for both inputs (`same`), given a, both are
//! right where a·v + noise > max(0, a·dεU). All rates are quadratures over v.

use super::Walk;
use super::gains::{Gains, moves};
use crate::math::beta::Beta;
use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, pdf};
use crate::math::quadrature::{integrate, sum};
use task::Votes;
use task::attack::{GainTask, Judge};

/// The end of the standard normal in the quadratures: the mass beyond it is 2e-21.
const END: f64 = 9.5;

/// The response curve and the law of v.
pub(super) struct Response {
    gains: Gains,
    /// The mean and the standard deviation of v, and the standard deviation of the noise.
    mean: f64,
    spread: f64,
    noise: f64,
    /// The change of v by a move of ε.
    full: f64,
    votes: Votes,
    /// The map from π of one vote to that of the majority.
    majority: Option<Beta>,
    /// The width of the narrowest steps of the response, in standard deviations of v.
    width: f64,
}

impl Response {
    pub(super) fn new(task: &GainTask, eps: f64, votes: Votes) -> Self {
        let d = f64::from(task.dimension());
        let gains = Gains::new(&task.law());
        let half = match votes {
            Votes::Finite(n) => (n.get() - 1) / 2,
            Votes::Limit => 0,
        };
        let shape = f64::from(half) + 1.0;
        let majority = (half > 0).then(|| Beta::new(shape, shape).ok()).flatten();
        let (spread, noise) = (d.sqrt() * task.data_std(), d.sqrt() * task.sigma());
        let largest = match &gains {
            Gains::Normal(spread) => 1.0 + spread,
            Gains::List(list) => list.iter().map(|(gain, _)| gain.abs()).fold(0.0, f64::max),
        };
        let width = (noise / (spread * largest.max(1e-300) * shape.sqrt())).clamp(1e-12, 1.0);
        let (mean, full) = (d * task.mean(), d * eps);
        Self { gains, mean, spread, noise, full, votes, majority, width }
    }

    /// Returns P[right] for one draw at a margin of v.
    fn one(&self, v: f64) -> f64 {
        // Φ(g·v/noise), including the case without noise.
        let ratio = |product: f64| if product == 0.0 { 0.0 } else { product / self.noise };
        match &self.gains {
            Gains::List(list) => sum(list.iter().map(|(gain, p)| p * cdf(ratio(gain * v)))),
            Gains::Normal(_) if v == 0.0 => 0.5,
            Gains::Normal(spread) => cdf(v / (spread * v).hypot(self.noise)),
        }
    }

    /// Returns P[right] for the vote at a margin of v.
    fn vote(&self, v: f64) -> f64 {
        if self.votes == Votes::Limit {
            return if v == 0.0 { 0.5 } else { f64::from(u8::from(v > 0.0)) };
        }
        let one = self.one(v);
        self.majority.map_or(one, |majority| majority.tails(one.min(1.0)).lower)
    }

    /// Returns E f(v), for an f that has steps at some v and is accurate to some ulp.
    fn mean(&self, f: impl Fn(f64) -> f64, steps: &[f64]) -> Bounded {
        let mut breaks = vec![-END, -6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, END];
        for step in steps {
            let z = (step - self.mean) / self.spread;
            breaks.push(z);
            let mut away = self.width;
            while away < 2.0 {
                breaks.extend([z - away, z + away]);
                away *= 6.0;
            }
        }
        breaks.retain(|z| z.abs() <= END);
        breaks.sort_by(f64::total_cmp);
        breaks.dedup();
        let value = |z: f64| pdf(z) * f(self.spread.mul_add(z, self.mean));
        // The argument of f is rounded once, and the slope of f magnifies the error.
        let rounding = 8.0 * f64::EPSILON;
        let found = integrate(value, &breaks, rounding);
        Bounded::probability(found.value, found.error + 1e-20)
    }

    /// Returns P[right on the clean input].
    pub(super) fn clean(&self) -> Bounded {
        self.mean(|v| self.vote(v), &[0.0])
    }

    /// Returns P[the vote agrees with sgn(Σx)].
    pub(super) fn invariance(&self) -> Bounded {
        let agrees = |v: f64| if v > 0.0 { self.vote(v) } else { 1.0 - self.vote(v) };
        self.mean(agrees, &[0.0])
    }

    /// Returns P[right in each of `tries` at the end of a walk], with `both` also right on the clean input.
    pub(super) fn attacked(
        &self,
        walk: &Walk,
        data_std: f64,
        eps: f64,
        tries: u32,
        both: bool,
    ) -> Bounded {
        let moves = moves(data_std, eps, walk);
        let of_move = |&(at, chance): &(f64, f64)| {
            let moved = self.full * at;
            let right = |v: f64| {
                let clean = if both { self.vote(v) } else { 1.0 };
                clean * power(self.vote(v - moved), tries)
            };
            let found = self.mean(right, &[0.0, moved]);
            (chance * found.value, chance * found.error)
        };
        let found: Vec<(f64, f64)> = moves.iter().map(of_move).collect();
        let value = sum(found.iter().map(|f| f.0));
        Bounded::probability(value, sum(found.iter().map(|f| f.1)) + f64::EPSILON)
    }

    /// Returns P[right on both inputs with the same draw]; `None` for votes with gains of both signs.
    pub(super) fn both_by_one_draw(&self, walk: &Walk, data_std: f64, eps: f64) -> Option<Bounded> {
        let moves = moves(data_std, eps, walk);
        let nested = self.gains.never_turn() || self.votes == Votes::Limit;
        if self.majority.is_some() && !nested {
            return None;
        }
        let of_move = |&(at, chance): &(f64, f64)| {
            let moved = self.full * at;
            let found = if nested {
                // A vote that is right on the worse input is right on the other.
                self.mean(|v| self.vote(v - moved.max(0.0)), &[moved.max(0.0)])
            } else {
                self.one_draw(moved)
            };
            (chance * found.value, chance * found.error)
        };
        let found: Vec<(f64, f64)> = moves.iter().map(of_move).collect();
        let value = sum(found.iter().map(|f| f.0));
        Some(Bounded::probability(value, sum(found.iter().map(|f| f.1)) + f64::EPSILON))
    }

    /// Returns P[a·v + noise > max(0, a·moved)].
    fn one_draw(&self, moved: f64) -> Bounded {
        let given = |gain: f64| {
            let scale = (gain * self.spread).hypot(self.noise);
            let reach = gain * self.mean - (gain * moved).max(0.0);
            if scale == 0.0 { 0.5 } else { cdf(reach / scale) }
        };
        match &self.gains {
            Gains::List(list) => {
                let value = sum(list.iter().map(|(gain, p)| p * given(*gain)));
                Bounded::probability(value, 4.0 * f64::EPSILON)
            }
            Gains::Normal(spread) => {
                let zero = -1.0 / spread;
                let mut breaks = vec![-END, -3.0, 0.0, 3.0, END, zero];
                let mut away = (self.noise / (self.spread * spread)).clamp(1e-12, 1.0);
                while away < 8.0 {
                    breaks.extend([zero - away, zero + away]);
                    away *= 6.0;
                }
                breaks.retain(|z| z.abs() <= END);
                breaks.sort_by(f64::total_cmp);
                let value = |z: f64| pdf(z) * given(spread.mul_add(z, 1.0));
                let found = integrate(value, &breaks, 8.0 * f64::EPSILON);
                Bounded::probability(found.value, found.error + 1e-20)
            }
        }
    }

    /// Returns P[right] for a judge that decides during the attack, with `both` also right on the clean input on an
    /// independent draw.
    pub(super) fn judged(&self, judge: Judge, path: &[Stay], tries: u32, both: bool) -> Bounded {
        let right = |v: f64| {
            let f = |u: f64| self.vote(v - self.full * u);
            let clean = if both { self.vote(v) } else { 1.0 };
            clean * judged(judge, path, tries, f)
        };
        let middle = path.get(path.len() / 2).map_or(0.0, |stay| stay.at);
        let last = path.last().map_or(0.0, |stay| stay.at);
        self.mean(right, &[0.0, self.full * middle, self.full * last])
    }
}

/// A run of consecutive iterates at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stay {
    /// The place, in units of ε.
    pub(super) at: f64,
    pub(super) iterates: u32,
}

/// Returns the iterates 0 to `steps` of an attack that always goes in the right direction.
pub(super) fn straight(ratio: f64, steps: u32) -> Vec<Stay> {
    let before = f64::from(steps).min(ratio.ceil()) as u32;
    let one = |i: u32| Stay { at: (f64::from(i) / ratio).min(1.0), iterates: 1 };
    let mut path: Vec<Stay> = (0..before).map(one).collect();
    path.push(Stay { iterates: steps - before + 1, ..one(before) });
    path
}

/// Returns P[right] for a judge, given f, the probability of being right at an iterate.
fn judged(judge: Judge, path: &[Stay], tries: u32, f: impl Fn(f64) -> f64) -> f64 {
    let again = |u: f64| power(f(u), tries);
    let last = path.last().map_or(0.0, |stay| stay.at);
    // If any of n consecutive iterates at one place is wrong, 1 − fⁿ, the input is judged again there.
    let stopped = |path: &mut dyn Iterator<Item = &Stay>, otherwise: f64| {
        let (mut survived, mut total) = (1.0, 0.0);
        for stay in path {
            let one = f(stay.at);
            let all = power(one, stay.iterates);
            total += survived * (1.0 - all) * power(one, tries);
            survived *= all;
        }
        total + survived * again(otherwise)
    };
    match judge {
        Judge::Final => again(last),
        Judge::Any => path.iter().map(|stay| power(f(stay.at), stay.iterates)).product(),
        Judge::First => stopped(&mut path.iter(), last),
        Judge::Last => stopped(&mut path.iter().rev(), 0.0),
    }
}

fn power(base: f64, exponent: u32) -> f64 {
    if exponent == 1 { base } else { base.powi(exponent as i32) }
}
