//! The rate at which training on noisy inputs finds its threshold.
//!
//! Training sees (x + θ, y) and learns the k of sgn(x + θ − k). Given y, x + θ is
//! N(shift + y·mean, s²), s² = data_std² + sigma². Write t = k − shift, h = mean/s > 0.
//!
//! **0–1 risk.** The risk of threshold k is `R(t) = ½[Φ((t − mean)/s) + Φ((−t − mean)/s)]`; its slope
//! `[φ((t − mean)/s) − φ((t + mean)/s)]/(2s)` vanishes only at t = 0, where the curvature is `V = (mean/s³)·φ(h)`.
//! Moving k from shift by t changes the decision on the inputs in between, whose density at shift is `p = φ(h)/s`.
//! Each of them adds ±1/N to the empirical risk, with probability ½ each as t → 0, so on the scale of N^(−1/3)
//!
//! ```text
//! risk(t) − risk(0) ≈ V·t²/2 + √(p/N)·W(t),   W a two-sided Brownian motion
//! argmax(W(t) − a·t²) = a^(−2/3)·argmax(W(t) − t²) in law,   a = (V/2)/√(p/N)
//! N^(1/3)(k̂ − shift) → (4p/V²)^(1/3)·C,   C = argmax(W(t) − t²) (Chernoff's distribution)
//! 4p/V² = 4·s⁵/(mean²·φ(h)) = s³·4√(2π)·exp(h²/2)/h²
//! ```
//!
//! **Logistic regression.** The log odds of y given x + θ are `2·mean·(x + θ − shift)/s²`: the two classes are
//! normals of one variance. So the model is correctly specified, the population optimum has slope `w = 2·mean/s²` and
//! threshold exactly shift, and the sandwich A⁻¹BA⁻¹ of the asymptotic variance is A⁻¹, the inverse information.
//! (That the threshold is shift needs less: the law of (x + θ − shift, y) is that of its negative, so the strictly
//! convex risk is even in the intercept at shift, and its optimum there is 0.) By the same symmetry, the information
//! matrix has no cross term between the intercept at shift and the slope, and the delta method for
//! k̂ = shift − intercept/w gives
//!
//! ```text
//! N·Var(k̂) → 1/(w²·J),   J = E[q(1 − q)],  q = P[y = 1 | x + θ]
//! J = ¼·exp(−h²/2)·E[sech(h·Z)],  Z standard normal
//! ```
//!
//! Source: J. Kim and D. Pollard, *Cube root asymptotics*, Ann. Statist. 18 (1990), 191–219, for the
//! first limit; D. R. Cox (1958) and B. Efron, J. Amer. Statist. Assoc. 70 (1975), 892–898, for the
//! second; both constants are derived above.
//!
//! ```
//! use gauss_sim_theory::learning::{CHERNOFF_VARIANCE, zero_one_spread};
//! use gauss_sim_theory::math::normal::pdf;
//! use task::{Defense, Task};
//!
//! // mean = data_std = sigma = 1: s² = 2, h = 1/√2
//! let s = 2.0_f64.sqrt();
//! let (p, curvature) = (pdf(1.0 / s) / s, pdf(1.0 / s) / s.powi(3));
//! let expected = (4.0 * p / curvature.powi(2)).cbrt() * CHERNOFF_VARIANCE.sqrt();
//! let found = zero_one_spread(&Task::default(), &Defense::new(1.0, 1.0)?).unwrap();
//! assert!((found / expected - 1.0).abs() < 4e-15);
//! # Ok::<(), task::DomainError>(())
//! ```

use pxfm::{f_cbrt, f_exp};

use crate::math::quadrature::integrate;
use task::{Defense, Task};

/// The variance of Chernoff's distribution, argmax(W(t) − t²) of a two-sided Brownian motion W. Source: P. Groeneboom
/// and J. A. Wellner, J. Comput. Graph. Statist. 10 (2001), 388–400, and `oracle/learning.py`, which computes it anew
/// from the density.
pub const CHERNOFF_VARIANCE: f64 = 0.263_559_641_299_610_2;

/// √(2π).
const SQRT_2PI: f64 = 2.506_628_274_631_000_5;

/// Returns lim N^(1/3)·sd(k̂) of the threshold that minimises the 0–1 risk on N noisy inputs, in units of x; `None`
/// if mean ≤ 0 (no threshold is best) or the result is beyond a double. Relative error 1e-15·(4 + h²).
#[must_use]
pub fn zero_one_spread(task: &Task, defense: &Defense) -> Option<f64> {
    let (h, s) = effect(task, defense)?;
    let scale = if h < SMALL {
        // 1/h² would overflow.
        let root = f_cbrt(s) / f_cbrt(task.mean());
        s * f_cbrt(4.0 * SQRT_2PI) * (root * root)
    } else {
        s * f_cbrt(4.0 * SQRT_2PI / h / h)
    };
    finite(times_exp(scale, h * h / 6.0) * CHERNOFF_VARIANCE.sqrt())
}

/// Returns lim N^(1/2)·sd(k̂) of the threshold −intercept/slope of logistic regression on N noisy inputs, in units of
/// x; `None` if mean ≤ 0 or the result is beyond a double. Relative error 1e-15·(10 + h²).
#[must_use]
pub fn logistic_spread(task: &Task, defense: &Defense) -> Option<f64> {
    let (h, s) = effect(task, defense)?;
    // 1/(w²J) = (s/h)²·exp(h²/2)/E[sech(hZ)], w = 2h/s.
    let sech = |z: f64| 2.0 / (f_exp(h * z) + f_exp(-h * z));
    let density = |z: f64| 2.0 / SQRT_2PI * f_exp(-0.5 * z * z);
    // sech is negligible beyond 40/h, and the density beyond 9.
    let mut breaks = [0.0, 1.0 / h, 6.0 / h, 40.0 / h, 1.0, 3.0, 9.0].map(|z: f64| z.min(9.0));
    breaks.sort_by(f64::total_cmp);
    let mean_sech = integrate(|z| density(z) * sech(z), &breaks, 4.0 * f64::EPSILON).value;
    finite(times_exp(over(s, task), 0.25 * h * h) / mean_sech.sqrt())
}

/// Returns the part of sd(k̂) that remains for stochastic gradient descent on the logistic loss with a constant
/// learning rate, however many examples there are, in units of x: √(rate·(1 + shift²)/(2·batch))·s²/(2·mean), to
/// first order in the rate. `None` if mean ≤ 0 or the result is beyond a double. The formula is evaluated to within a
/// few ulp.
///
/// Near the optimum, the parameters move like an Ornstein–Uhlenbeck process, whose covariance Σ solves
/// AΣ + ΣA = (rate/batch)·C, with A the Hessian of the risk and C the covariance of one gradient. The model is
/// correctly specified, so C = A and Σ = rate/(2·batch) times the identity; with w = 2·mean/s², the delta method for
/// k̂ = −intercept/w at k̂ = shift gives the variance rate/(2·batch)·(1 + shift²)/w². Source: S. Mandt, M. D.
/// Hoffman, D. M. Blei, J. Mach. Learn. Res. 18 (2017), 134, section 3.
#[must_use]
pub fn sgd_floor(task: &Task, defense: &Defense, rate: f64, batch: f64) -> Option<f64> {
    let (_, s) = effect(task, defense)?;
    let shift = defense.shift();
    finite((rate * (1.0 + shift * shift) / (2.0 * batch)).sqrt() * (0.5 * over(s, task)))
}

/// Below this h, its square or its inverse may leave the range of a double.
const SMALL: f64 = 1e-100;

/// Returns h = mean/s, which may be 0 where it underflows, and s.
fn effect(task: &Task, defense: &Defense) -> Option<(f64, f64)> {
    let (data_std, sigma) = (task.data_std(), defense.sigma());
    let s = (data_std * data_std + sigma * sigma).sqrt();
    (task.mean() > 0.0).then_some((task.mean() / s, s))
}

/// Returns s/h = s²/mean.
fn over(s: f64, task: &Task) -> f64 {
    let h = task.mean() / s;
    if h < SMALL { s * s / task.mean() } else { s / h }
}

/// Returns factor·exp(power), even where exp(power) alone overflows.
fn times_exp(factor: f64, power: f64) -> f64 {
    if power < 700.0 {
        return factor * f_exp(power);
    }
    let root = f_exp(0.5 * power);
    factor * root * root
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
