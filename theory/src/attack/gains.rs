//! The margin of a linear classifier behind random gains, from its characteristic function.
//!
//! X = Σ aᵢ(xᵢ − εUᵢ) + θᵢ with d independent, identically distributed coordinates, xᵢ ~ N(mean, data_std²), and
//! centred θᵢ. A coordinate that is moved to b = mean − εj has
//!
//! ```text
//! a ~ N(1, τ²)     ψ(u; b) = D^(−½)·exp((iub − u²(s² + b²τ²)/2)/D)·exp(−u²σ²/2),   D = 1 + u²τ²s²
//! a = g with p_g   ψ(u; b) = Σ p_g exp(iugb − u²g²s²/2)·exp(−u²σ²/2)
//! ```
//!
//! with s = data_std, because the margin is normal given a, and for normal gains also given x. φ = (Σⱼ
//! P[U = j]·ψ(u; bⱼ))^d is computed as e^{iucd}·exp(d·ln(1 + w)), with c the mean of a coordinate and w = Σ
//! P(ψe^{−iuc} − 1), which is small where φ is not: so even 16384 coordinates lose no digits.

use super::Walk;
use super::inversion::{Envelope, Margin};
use crate::math::complex::Complex;
use crate::math::golden::least;
use crate::math::quadrature::{nodes, sum};
use pxfm::{f_exp, f_expm1, f_log, f_log1p};
use task::attack::{GainLaw, GainTask};

/// A law of gains in floating point.
#[derive(Debug, Clone)]
pub(super) enum Gains {
    /// N(1, τ²).
    Normal(f64),
    /// Values and probabilities.
    List(Vec<(f64, f64)>),
}

impl Gains {
    pub(super) fn new(law: &GainLaw) -> Self {
        match law {
            GainLaw::One => Self::List(vec![(1.0, 1.0)]),
            GainLaw::Normal { spread } => Self::Normal(*spread),
            GainLaw::List(list) => Self::List(list.atoms().collect()),
        }
    }

    /// Returns E a and Var a.
    pub(super) fn moments(&self) -> (f64, f64) {
        match self {
            Self::Normal(spread) => (1.0, spread * spread),
            Self::List(list) => {
                let mean = sum(list.iter().map(|(gain, chance)| gain * chance));
                (mean, sum(list.iter().map(|(gain, chance)| (gain - mean).powi(2) * chance)))
            }
        }
    }

    /// Returns whether no gain is negative.
    pub(super) fn never_turn(&self) -> bool {
        matches!(self, Self::List(list) if list.iter().all(|(gain, _)| *gain >= 0.0))
    }
}

/// The coordinates of an attacked input: the places that each may be moved to, with their probabilities.
#[derive(Debug, Clone)]
pub(super) struct Coordinates {
    pub(super) gains: Gains,
    pub(super) count: f64,
    pub(super) data_std: f64,
    pub(super) sigma: f64,
    /// b = mean − εj, with P[U = j].
    pub(super) places: Vec<(f64, f64)>,
    /// The mean of a coordinate of the margin.
    centre: f64,
    spread: f64,
}

impl Coordinates {
    /// Creates the coordinates of a task whose input was moved by a walk.
    pub(super) fn new(task: &GainTask, eps: f64, walk: &Walk) -> Self {
        Self::with_gains(Gains::new(&task.law()), task, eps, walk)
    }

    /// Creates the same coordinates with other gains.
    pub(super) fn with_gains(gains: Gains, task: &GainTask, eps: f64, walk: &Walk) -> Self {
        let (mean, data_std, sigma) = (task.mean(), task.data_std(), task.sigma());
        let places = places(mean, data_std, eps, walk);
        let (gain, variance) = gains.moments();
        let middle = sum(places.iter().map(|(b, chance)| b * chance));
        let square = sum(places.iter().map(|(b, chance)| b * b * chance));
        let count = f64::from(task.dimension());
        let second = (variance + gain * gain) * (data_std * data_std + square);
        let one = second - (gain * middle).powi(2) + sigma * sigma;
        let floor = 1e-3 * (data_std * data_std * (variance + gain * gain));
        let spread = (count * one.max(floor)).sqrt();
        Self { gains, count, data_std, sigma, places, centre: gain * middle, spread }
    }

    /// Returns the same coordinates without θ.
    pub(super) fn without_noise(self) -> Self {
        Self { sigma: 0.0, ..self }
    }

    /// Returns the mean of a coordinate of the margin.
    pub(super) fn centre(&self) -> f64 {
        self.centre
    }

    /// Returns Chernoff's bound on P[Σ aᵢUᵢ < 0], the probability that the attacked margin is above the clean one of
    /// the same draw.
    pub(super) fn rises(gains: &Gains, count: f64, walk: &Walk) -> f64 {
        let places = moves(1.0, 1.0, walk);
        let (gains, centre, spread) = (gains.clone(), 0.0, 1.0);
        let one = Self { gains, count, data_std: 0.0, sigma: 0.0, places, centre, spread };
        if one.gains.never_turn() && walk.lowest() >= 0.0 {
            return 0.0;
        }
        let bound = |log: f64| one.ln_moment(-f_exp(log));
        f_exp(bound(least(bound, -12.0, 6.0, 40))).min(1.0)
    }

    /// Iterates over ln E e^{iu(a·(x − εU) + θ)} − iuc for every gain and place, with its probability.
    fn exponents(&self, u: f64) -> impl Iterator<Item = (Complex, f64)> + '_ {
        let (s2, square) = (self.data_std * self.data_std, u * u);
        let added = 0.5 * square * self.sigma * self.sigma;
        let none: &[(f64, f64)] = &[];
        let (list, normal) = match &self.gains {
            Gains::List(list) => (list.as_slice(), None),
            Gains::Normal(spread) => (none, Some(spread * spread)),
        };
        let of_list = list.iter().flat_map(move |&(gain, share)| {
            let real = -0.5 * square * gain * gain * s2 - added;
            self.places.iter().map(move |&(b, chance)| {
                (Complex::new(real, u * gain.mul_add(b, -self.centre)), share * chance)
            })
        });
        let of_normal = normal.into_iter().flat_map(move |t2| {
            let more = square * t2 * s2;
            let d = 1.0 + more;
            let ln = 0.5 * f_log1p(more) + added;
            self.places.iter().map(move |&(b, chance)| {
                let real = -0.5 * square * (s2 + b * b * t2) / d - ln;
                (Complex::new(real, u * (b - self.centre - b * (more / d))), chance)
            })
        });
        of_list.chain(of_normal)
    }
}

/// Returns mean − εj and P[U = j].
fn places(mean: f64, data_std: f64, eps: f64, walk: &Walk) -> Vec<(f64, f64)> {
    let moves = moves(data_std, eps, walk);
    moves.into_iter().map(|(at, chance)| (mean - eps * at, chance)).collect()
}

/// Returns j and P[U = j]. Intervals are replaced by the nodes of a Gauss rule on pieces that are short compared with
/// data_std.
pub(super) fn moves(data_std: f64, eps: f64, walk: &Walk) -> Vec<(f64, f64)> {
    let atoms = walk.atoms().iter().map(|atom| (atom.at, atom.chance));
    let mut moves: Vec<(f64, f64)> = atoms.filter(|(_, chance)| *chance > 1e-30).collect();
    for cell in walk.cells() {
        let width = cell.high - cell.low;
        let pieces = (eps * width / data_std * 2.0).ceil().clamp(1.0, 64.0);
        for i in 0..pieces as usize {
            let from = cell.low + width * i as f64 / pieces;
            let to = cell.low + width * (i + 1) as f64 / pieces;
            let inside = nodes(from, to).filter(|node| node.gauss > 0.0);
            moves.extend(inside.map(|node| (node.x, cell.chance * node.gauss / width)));
        }
    }
    moves
}

impl Margin for Coordinates {
    fn phi(&self, t: f64) -> (Complex, f64) {
        let mut w = Complex::ZERO;
        let mut sizes = 0.0;
        for (exponent, chance) in self.exponents(t) {
            let term = exponent.exp_m1();
            w += term.scale(chance);
            sizes += chance * (term.re.abs() + term.im.abs());
        }
        let log = w.ln_1p();
        let turn = t * self.centre * self.count;
        let phi = Complex::new(self.count * log.re, self.count.mul_add(log.im, turn)).exp();
        // Each exponent is accurate to some ulp of itself, and 1 + w may be small.
        let inner = (1.0 + w.re).hypot(w.im).max(1e-300);
        let relative = 4.0 + 8.0 * self.count * sizes / inner + 2.0 * turn.abs();
        (phi, f64::EPSILON * relative)
    }

    fn envelope(&self, t: f64) -> Envelope {
        let square = t * t;
        let s2 = self.data_std * self.data_std;
        let added = square * self.sigma * self.sigma;
        match &self.gains {
            Gains::Normal(spread) => {
                let one = sum(self.exponents(t).map(|(z, chance)| chance * f_exp(z.re)));
                let more = square * spread * spread * s2;
                let decay = self.count * (more / (1.0 + more) + added);
                Envelope { size: f_exp(self.count * f_log(one)), decay }
            }
            // With a gain of 0, a coordinate is only θ, which has no imaginary part.
            Gains::List(list) => {
                let moving = list.iter().filter(|(gain, _)| *gain != 0.0);
                let still: f64 = list.iter().filter(|(gain, _)| *gain == 0.0).map(|g| g.1).sum();
                let least =
                    moving.clone().map(|(gain, _)| gain * gain).fold(f64::INFINITY, f64::min);
                let rest = sum(moving.map(|(gain, p)| p * f_exp(-0.5 * square * gain * gain * s2)));
                let noise = f_exp(-0.5 * self.count * added);
                if least.is_infinite() {
                    return Envelope { size: 0.0, decay: 1.0 };
                }
                if still == 0.0 {
                    let decay = self.count * (square * least * s2 + added);
                    return Envelope { size: noise * f_exp(self.count * f_log(rest)), decay };
                }
                let size = noise
                    * f_exp(self.count * f_log(still))
                    * f_expm1(self.count * f_log1p(rest / still));
                Envelope { size, decay: square * least * s2 + self.count * added }
            }
        }
    }

    fn ln_moment(&self, theta: f64) -> f64 {
        let (s2, square) = (self.data_std * self.data_std, theta * theta);
        let added = 0.5 * square * self.sigma * self.sigma;
        let mut logs: Vec<(f64, f64)> = Vec::new();
        match &self.gains {
            Gains::Normal(spread) => {
                let t2 = spread * spread;
                let d = 1.0 - square * t2 * s2;
                if d <= 0.0 {
                    return f64::INFINITY;
                }
                let ln = -0.5 * f_log(d) + added;
                logs.extend(self.places.iter().map(|&(b, chance)| {
                    ((theta * b + 0.5 * square * (s2 + b * b * t2)) / d + ln, chance)
                }));
            }
            Gains::List(list) => {
                for &(gain, share) in list {
                    let real = 0.5 * square * gain * gain * s2 + added;
                    let places = self.places.iter();
                    logs.extend(places.map(|&(b, p)| (theta * gain * b + real, share * p)));
                }
            }
        }
        let largest = logs.iter().map(|(log, _)| *log).fold(f64::NEG_INFINITY, f64::max);
        let total = sum(logs.iter().map(|(log, chance)| chance * f_exp(log - largest)));
        self.count * (largest + f_log(total))
    }

    fn spread(&self) -> f64 {
        self.spread
    }
}
