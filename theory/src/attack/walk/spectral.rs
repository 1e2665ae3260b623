//! The walk of integer K in closed form: its stationary law, and its law after any number of steps.
//!
//! With n = 2K + 1 positions x = 0, …, n − 1, r = p/q and g = √(q/p), the chain is reversible with respect to rˣ, and its
//! matrix, symmetrised by r^(x/2), has the eigenvalues 1 and λⱼ = z + 2√(pq)·cos θⱼ, θⱼ = πj/n, 0 < j < n:
//!
//! ```text
//! P[x₀ → x] = πₓ + r^((x − x₀)/2) Σⱼ λⱼᵏ vⱼ(x₀)vⱼ(x)/Nⱼ
//! vⱼ(x) = sin((x + 1)θⱼ) − g·sin(xθⱼ),   Nⱼ = n/2·(1 + g² − 2g·cos θⱼ),   πₓ = rˣ(r − 1)/(rⁿ − 1)
//! E π = (K − 1/(r − 1) + n/(rⁿ − 1))/K
//! ```
//!
//! Derivation: v solves the recurrence inside. At the lower end, where the wrong step stays, this requires
//! v(−1) = g·v(0), which holds; at the upper end, v(n) = v(n − 1)/g, which holds because sin nθⱼ = 0. Source: W.
//! Feller, *An Introduction to Probability Theory and Its Applications* I, 3rd ed. 1968, XVI.3; derived anew above.

use super::{Atom, Walk};
use crate::attack::Signs;
use crate::math::binomial::Binomial;
use crate::math::quadrature::sum;
use pxfm::{f_cos, f_exp, f_expm1, f_log, f_log1p, f_sin};
use std::f64::consts::PI;

/// Returns the rounding error of the sum at the worst position, where its terms are much larger than the sum.
pub(super) fn loss(signs: &Signs, ratio: u32) -> f64 {
    let n = 2.0 * f64::from(ratio) + 1.0;
    let tilt = 0.5 * f64::from(ratio) * ln_odds(signs).abs();
    f64::EPSILON * n * f_exp(tilt)
}

/// Returns ln(p/q), accurate even if p and q are nearly equal.
fn ln_odds(signs: &Signs) -> f64 {
    if signs.wrong == 0.0 && signs.right == 0.0 {
        return 0.0;
    }
    let (p, q) = (signs.right, signs.wrong);
    if p > 0.5 * q && p < 2.0 * q { f_log1p((p - q) / q) } else { f_log(p / q) }
}

/// Returns the law after `steps` steps from 0 for an integer `ratio`, by the sum above; the cost is that of (2K + 1)²
/// sines, and does not depend on `steps`. The sum cancels if p/q to the power of K/2 is large: the bound on the reach
/// says how much.
#[must_use]
pub fn spectral(signs: &Signs, ratio: u32, steps: u64) -> Walk {
    let n = 2 * ratio as usize + 1;
    let (p, z, q) = (signs.right, signs.zero, signs.wrong);
    if p == 0.0 || q == 0.0 {
        return one_way(signs, ratio, steps);
    }
    let tilt = 0.5 * ln_odds(signs);
    let g = f_exp(-tilt);
    let middle = ratio as usize;
    let sine = |i: usize, j: usize| f_sin(PI * ((i * j) % (2 * n)) as f64 / n as f64);
    let value = |x: usize, j: usize| sine(x + 1, j) - g * sine(x, j);
    let weights: Vec<f64> = (1..n)
        .map(|j| {
            let cosine = f_cos(PI * j as f64 / n as f64);
            let eigenvalue = z + 2.0 * (p * q).sqrt() * cosine;
            let norm = 0.5 * n as f64 * (1.0 + g * g - 2.0 * g * cosine);
            power(eigenvalue, steps) * value(middle, j) / norm
        })
        .collect();
    let still = stationary(signs, ratio);
    let atoms = still.atoms().iter().enumerate().map(|(x, atom)| {
        let moving = sum(weights.iter().enumerate().map(|(i, w)| w * value(x, i + 1)));
        let tilted = f_exp(tilt * (x as f64 - middle as f64)) * moving;
        Atom { at: atom.at, chance: (atom.chance + tilted).max(0.0) }
    });
    let error = 4.0 * loss(signs, ratio);
    Walk::of(atoms.collect(), Vec::new(), error)
}

/// Returns the law of a walk that never turns back: the number of steps that it makes is binomial, as far as they fit.
fn one_way(signs: &Signs, ratio: u32, steps: u64) -> Walk {
    let (moves, z) = (signs.right.max(signs.wrong), signs.zero);
    let end = if signs.wrong == 0.0 { 1.0 } else { -1.0 };
    let Ok(made) = Binomial::from_both(steps, moves, z) else {
        return Walk::fixed(end); // more steps than a binomial law takes fit nowhere
    };
    let at = |j: u32| end * f64::from(j) / f64::from(ratio);
    let at_least = |j: u32| made.at_least(u64::from(j));
    let atoms = (0..=ratio).map(|j| {
        let beyond = if j == ratio { 0.0 } else { at_least(j + 1) };
        Atom { at: at(j), chance: at_least(j) - beyond }
    });
    Walk::of(atoms.filter(|atom| atom.chance > 0.0).collect(), Vec::new(), 4.0 * f64::EPSILON)
}

fn power(base: f64, exponent: u64) -> f64 {
    if base == 0.0 {
        return f64::from(u8::from(exponent == 0));
    }
    let size = f_exp(exponent as f64 * f_log(base.abs()));
    if base < 0.0 && exponent % 2 == 1 { -size } else { size }
}

/// Returns the law that the walk tends to, for an integer `ratio`.
#[must_use]
pub fn stationary(signs: &Signs, ratio: u32) -> Walk {
    let (k, n) = (f64::from(ratio), 2 * ratio as usize + 1);
    if signs.right == 0.0 && signs.wrong == 0.0 {
        return Walk::fixed(0.0);
    }
    if signs.wrong == 0.0 || signs.right == 0.0 {
        return Walk::fixed(if signs.wrong == 0.0 { 1.0 } else { -1.0 });
    }
    let log = ln_odds(signs);
    // Start from the likelier end, so that nothing overflows.
    let share = |x: usize| {
        let away = if log > 0.0 { n - 1 - x } else { x };
        f_exp(-log.abs() * away as f64)
    };
    let atoms = (0..n).map(|x| Atom { at: (x as f64 - k) / k, chance: share(x) }).collect();
    let error = 4.0 * f64::EPSILON * (1.0 + n as f64 * log.abs().min(1.0));
    Walk::of(atoms, Vec::new(), error)
}

/// Returns E U of the stationary law for an integer `ratio`: (K − 1/(r − 1) + (2K + 1)/(r^(2K+1) − 1))/K, r = p/q.
#[must_use]
pub fn stationary_mean(signs: &Signs, ratio: u32) -> f64 {
    let (k, n) = (f64::from(ratio), 2.0 * f64::from(ratio) + 1.0);
    if signs.wrong == 0.0 || signs.right == 0.0 {
        return signs.drift().signum() * f64::from(u8::from(signs.drift() != 0.0));
    }
    let log = ln_odds(signs);
    if n * log.abs() < 1e-2 {
        // The series of n·b(nL) − b(L), b(x) = 1/(e^x − 1) = 1/x − 1/2 + x/12 − x³/720 + x⁵/30240.
        let cube = log * log * log;
        let terms = (n * n - 1.0) * log / 12.0 - (n.powi(4) - 1.0) * cube / 720.0
            + (n.powi(6) - 1.0) * cube * log * log / 30240.0;
        return terms / k;
    }
    (k - 1.0 / f_expm1(log) + n / f_expm1(n * log)) / k
}
