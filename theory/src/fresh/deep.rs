//! Inputs far on the wrong side, or classifications that are nearly certain: the integrals relative to the Gaussian
//! that the integrand nearly is.
//!
//! Let X = c + data_std·z be the input's margin, and let a classification be right if a median is above
//! −(X − gap)/sigma: its probability decays as exp(−b·A²/2) with A = (X − gap)/sigma < 0. (The probability that it is
//! wrong does so with A = −(X − gap)/sigma.) With the classifications i that decay at the peak, B = Σbᵢ, completing
//! all squares together gives
//!
//! ```text
//! z²/2 + Σ bᵢAᵢ²/2 = (c − g)²/(2S²) + R + Q·d²/2,     z = z* + d,  Q = 1 + B·data_std²/sigma²
//! S² = data_std² + sigma²/B,  g = Σ bᵢ·gapᵢ/B,  R = Σ bᵢ·gapᵢ²/(2·sigma²) − B·g²/(2·sigma²)
//! Aᵢ* = [(c − gapᵢ)/data_std·(sigma/data_std) + (B·g − B·gapᵢ)/sigma]/(B + sigma²/data_std²)
//! ```
//!
//! which leaves (c − g)²/(2S²) to [`Depth`] and nothing else that is large. A classification that decays at the peak,
//! but not at d (Aᵢ ≥ 0), keeps bᵢAᵢ*²/2 and its share of the linear terms, which cancel at z*.

use crate::math::bell::{self, zero_of_falling};
use crate::math::bounded::Bounded;
use crate::math::depth::{Depth, Variance};
use crate::math::double::Dd;
use crate::math::extreme::Extreme;
use crate::math::majority::Chance;
use crate::math::scaled::{INV_SQRT_2PI, Scaled};

/// The decay at the peak beyond which only the logarithm is found; an event that is possible by chance alone then has
/// a probability below exp(−1e9).
const NEVER: f64 = 1e10;

/// One classification.
#[derive(Clone, Copy)]
pub(super) struct Judgement<'a> {
    pub(super) extreme: Extreme<'a>,
    /// 1 for right, −1 for wrong.
    pub(super) sign: f64,
    /// The distance by which the input is moved against its class.
    pub(super) gap: Dd,
}

/// A classification as a function of d.
#[derive(Clone, Copy)]
struct Factor<'a> {
    extreme: Extreme<'a>,
    /// A*, and the rate at which A changes.
    at: f64,
    rate: f64,
    /// b.
    weight: f64,
    decays: bool,
}

/// Returns `E[∏ P(judgementᵢ | X)]`.
pub(super) fn average<const N: usize>(
    judgements: [Judgement<'_>; N],
    centre: Dd,
    data_std: f64,
    sigma: f64,
) -> Scaled {
    // A factor that decays at c may not decay at the peak, which the others move away from c.
    let mut decaying = judgements.map(|j| j.sign * (centre - j.gap).hi() < 0.0);
    loop {
        let (factors, depth) = factors(judgements, decaying, centre, data_std, sigma);
        let over = factors.map(|f| f.decays && f.at > 0.0);
        if !over.contains(&true) {
            return integral(&factors, depth);
        }
        decaying = std::array::from_fn(|i| decaying[i] && !over[i]);
    }
}

fn factors<'a, const N: usize>(
    judgements: [Judgement<'a>; N],
    decaying: [bool; N],
    centre: Dd,
    data_std: f64,
    sigma: f64,
) -> ([Factor<'a>; N], Depth) {
    let dd = Dd::from;
    let weights = judgements.map(|j| dd(j.extreme.weight()));
    let (spread, pull) = (dd(sigma) / dd(data_std), centre / dd(data_std));
    let decays = || (0..N).filter(|i| decaying[*i]);
    let sum = |of: &dyn Fn(usize) -> Dd| decays().fold(Dd::ZERO, |sum, i| sum + weights[i] * of(i));
    let total = sum(&|_| dd(1.0));
    let scale = total + spread * spread;
    let factors = std::array::from_fn(|j| {
        let gap = judgements[j].gap;
        let from_others = sum(&|i| (judgements[i].gap - gap) / dd(sigma));
        let at = if total == Dd::ZERO {
            (centre - gap) / dd(sigma)
        } else {
            ((pull - gap / dd(data_std)) * spread + from_others) / scale
        };
        Factor {
            extreme: judgements[j].extreme,
            at: judgements[j].sign * at.hi(),
            rate: judgements[j].sign * (data_std / sigma),
            weight: judgements[j].extreme.weight(),
            decays: decaying[j],
        }
    });
    if total == Dd::ZERO {
        return (factors, Depth::ZERO);
    }
    // R = Σ b₁b₂(gap₁ − gap₂)²/(2B·sigma²) over the pairs.
    let pairs = sum(&|i| {
        decays().filter(|j| *j < i).fold(Dd::ZERO, |sum, j| {
            let apart = (judgements[i].gap - judgements[j].gap) / dd(sigma);
            sum + weights[j] / total * apart * apart.half()
        })
    });
    let less = sum(&|i| judgements[i].gap) / total;
    let variance = Variance::new(data_std, Dd::two_prod(sigma, sigma) / total);
    (factors, Depth::new(centre, less, variance).and(-pairs))
}

fn integral<const N: usize>(factors: &[Factor<'_>; N], depth: Depth) -> Scaled {
    let square = 1.0
        + factors
            .iter()
            .map(|f| if f.decays { f.weight * f.rate * f.rate } else { 0.0 })
            .sum::<f64>();
    // The integrand is not much narrower than this.
    let finest = |f: &Factor<'_>| f.extreme.finest() / f.rate.abs();
    let step = factors.iter().map(finest).fold(1.0 / square.sqrt(), f64::min);
    let slope = |d: f64| factors.iter().map(|f| f.slope(d)).sum::<f64>() - d;
    let peak = zero_of_falling(slope, 0.0, step, 1e-4 * step);
    let tops = factors.map(|f| f.extreme.chance(f.argument(peak)));
    let levels = factors.iter().zip(&tops).map(|(f, top)| top.power + f.level(peak, top));
    let rest = levels.sum::<f64>() - 0.5 * peak * peak;
    let exponent = depth.and(Dd::from(rest));
    if factors.iter().zip(&tops).map(|(f, top)| f.weight * top.near * top.near).sum::<f64>() > NEVER
    {
        return Scaled::unresolved(exponent);
    }
    let value = |d: f64| {
        let (mut mantissa, mut gain) = (1.0, -d * (peak + 0.5 * d));
        for (factor, top) in factors.iter().zip(&tops) {
            let chance = factor.extreme.chance(factor.argument(peak + d));
            mantissa *= chance.mantissa;
            gain += (chance.power - top.power) + factor.gain(peak, d, top, &chance);
        }
        if mantissa > 0.0 { gain.exp() * mantissa } else { 0.0 }
    };
    let near_peak = |d: f64| slope(peak + d);
    let width = factors.iter().map(|f| 1.5 * f.extreme.scale() / f.rate.abs()).fold(0.0, f64::max);
    let knees = factors.map(|f| (f.extreme.step() - f.argument(peak)) / f.rate);
    let rounding = factors.iter().map(|f| f.extreme.rounding(f.argument(peak))).sum();
    let Bounded { value: integral, error } =
        bell::integral(value, near_peak, step, &knees, width, rounding);
    Scaled {
        exponent,
        mantissa: INV_SQRT_2PI * integral,
        relative: error / integral + f64::EPSILON * (4.0 + rest.abs()),
    }
}

impl Factor<'_> {
    fn argument(&self, d: f64) -> f64 {
        self.rate.mul_add(d, self.at)
    }

    /// Returns what remains of the decay at d after the squares have been completed.
    fn level(&self, d: f64, chance: &Chance) -> f64 {
        let (b, moved) = (self.weight, self.rate * d);
        match (self.decays, chance.near > 0.0) {
            (true, true) => -0.5 * b * moved * moved,
            (true, false) => b * self.at * (0.5 * self.at + moved),
            (false, _) => -0.5 * b * chance.near * chance.near,
        }
    }

    /// Returns the change of [`level`](Self::level) from the peak to the distance d from it.
    fn gain(&self, peak: f64, d: f64, top: &Chance, chance: &Chance) -> f64 {
        let (b, step) = (self.weight, self.rate * d);
        match (self.decays, top.near > 0.0, chance.near > 0.0) {
            (true, true, true) => -b * step * self.rate * (peak + 0.5 * d),
            (true, false, false) => b * self.at * step,
            (false, true, true) => b * step * 0.5 * (top.near + chance.near),
            (false, false, false) => 0.0,
            _ => self.level(peak + d, chance) - self.level(peak, top),
        }
    }

    /// Returns the derivative of the logarithm.
    fn slope(&self, d: f64) -> f64 {
        let x = self.argument(d);
        if !self.decays {
            return self.rate * self.extreme.slope(x);
        }
        let b = self.weight;
        if x >= 0.0 {
            return self.rate * (self.extreme.slope(x) + b * self.at);
        }
        let rest = if x < -1e4 { -b / x } else { self.extreme.slope(x) + b * x };
        self.rate * (rest - b * self.rate * d)
    }
}
