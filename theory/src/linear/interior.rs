//! The robust optimum for p = 1 and p = ∞ and a full covariance: a quadratic program.
//!
//! The dual of min ½‖μ − z‖²_{Σ⁻¹} over ‖z‖_p ≤ ε is min over w of ½wᵀΣw − μ·w + ε‖w‖_q, with
//! z = μ − Σw at the optimum; no inverse of Σ is needed, so it may be nearly singular. With bounds t,
//!
//! ```text
//! p = ∞   ½wᵀΣw − μ·w + ε·Σtᵢ,  |wᵢ| ≤ tᵢ      (the lasso)
//! p = 1   ½wᵀΣw − μ·w + ε·t,    |wᵢ| ≤ t
//! ```
//!
//! With slacks s± = t ∓ w and multipliers a, b ≥ 0 of w ≤ t and −w ≤ t: z = a − b, and aᵢ + bᵢ = ε (p = ∞) or
//! Σ(aᵢ + bᵢ) = ε (p = 1), so z is in the ball at every step. After eliminating a, b and t, Newton's equations for
//! s⁺a = s⁻b = τ are of order d: Σ plus a diagonal (p = ∞), and a border (p = 1). Mehrotra's predictor and corrector
//! choose τ. At the end, the active set is determined and its linear equations are solved, which gives the last
//! digits. Source: Nocedal and Wright, *Numerical Optimization*, 2nd edition, section 16.6.

use super::candidate::Candidate;
use super::dots::largest;
use nalgebra::{DMatrix, DVector};
use task::Norm;
use task::linear::Cholesky;

const MAX_STEPS: usize = 100;
/// The share of the way to the boundary that a step may go.
const CAUTION: f64 = 0.995;

/// The problem, in units in which the largest mean and variance are near 1.
struct Problem {
    sigma: DMatrix<f64>,
    mean: Vec<f64>,
    eps: f64,
    /// Whether there is one bound for all coordinates (p = 1), or one for each (p = ∞).
    shared: bool,
}

/// An iterate; everything except `w` is positive.
struct State {
    w: Vec<f64>,
    t: Vec<f64>,
    /// The slacks t − w and t + w, stored separately because their differences would lose digits.
    plus: Vec<f64>,
    minus: Vec<f64>,
    a: Vec<f64>,
    b: Vec<f64>,
}

/// A change of the iterate.
type Step = State;

/// Returns the solver's result, refined with the active set; p is 1 or ∞.
pub(crate) fn solve(
    mean: &[f64],
    covariance: &DMatrix<f64>,
    norm: Norm,
    eps: f64,
) -> Vec<Candidate> {
    let unit = largest(mean);
    let spread = covariance.diagonal().max();
    let problem = Problem {
        sigma: covariance / spread,
        mean: mean.iter().map(|m| m / unit).collect(),
        eps: eps / unit,
        shared: norm == Norm::ONE,
    };
    let state = problem.path();
    let z = state.a.iter().zip(&state.b).map(|(a, b)| a - b).collect();
    let polished =
        if problem.shared { problem.polish_one(&state) } else { problem.polish_max(&state) };
    let raw = Candidate { w: state.w, z };
    std::iter::once(raw)
        .chain(polished)
        .map(|c| Candidate {
            w: c.w.iter().map(|w| w * (unit / spread)).collect(),
            z: c.z.iter().map(|z| z * unit).collect(),
        })
        .collect()
}

impl Problem {
    fn dimension(&self) -> usize {
        self.mean.len()
    }

    fn sigma_times(&self, w: &[f64]) -> Vec<f64> {
        (&self.sigma * DVector::from_column_slice(w)).as_slice().to_vec()
    }

    /// Follows the central path until no step improves.
    fn path(&self) -> State {
        let d = self.dimension();
        let share = if self.shared { 0.5 * self.eps / d as f64 } else { 0.5 * self.eps };
        let all = |x: f64| vec![x; d];
        let mut state = State {
            w: all(0.0),
            t: all(1.0),
            plus: all(1.0),
            minus: all(1.0),
            a: all(share),
            b: all(share),
        };
        for _ in 0..MAX_STEPS {
            let before = state.complementarity(1.0, None);
            let Some(newton) = Newton::new(self, &state) else { break };
            let affine = newton.step(self, &state, 0.0, None);
            let reach = state.reach(&affine);
            let after = state.complementarity(reach, Some(&affine));
            let centring = (after / before).clamp(0.0, 1.0).powi(3);
            let step = newton.step(self, &state, centring * before, Some(&affine));
            let length = (CAUTION * state.reach(&step)).min(1.0);
            if !step.is_finite() || length < 1e-10 {
                break;
            }
            state.advance(&step, length);
            let now = state.complementarity(1.0, None);
            // The rounding of ε‖w‖_q; beyond it the iterates diverge.
            if now <= f64::EPSILON * self.eps * largest(&state.t) || now.is_nan() {
                break;
            }
        }
        state
    }

    /// Refines the solution for p = ∞: where w is not 0, z = ±ε; the remaining w are 0.
    fn polish_max(&self, state: &State) -> Option<Candidate> {
        let top = largest(&state.t);
        let active: Vec<usize> = (0..self.dimension())
            .filter(|&i| state.a[i].min(state.b[i]) / self.eps < state.t[i] / top)
            .collect();
        let sign = |i: usize| if state.a[i] > state.b[i] { 1.0 } else { -1.0 };
        let target: Vec<f64> = active.iter().map(|&i| self.mean[i] - self.eps * sign(i)).collect();
        let solved = self.factor(&active)?.solve(&target);
        let mut w = vec![0.0; self.dimension()];
        active.iter().zip(solved).for_each(|(&i, x)| w[i] = x);
        let mut z = self.rest(&w);
        active.iter().for_each(|&i| z[i] = self.eps * sign(i));
        z.iter_mut().for_each(|z| *z = z.clamp(-self.eps, self.eps));
        Some(Candidate { w, z })
    }

    /// Refines the solution for p = 1: where z is not 0, w = ±t; with J the indices of these, s their signs, and F
    /// the free rest, Σ_FF·w_F = μ_F − t·Σ_FJ·s is linear in t, and s·(μ − Σw)_J = ε determines t.
    fn polish_one(&self, state: &State) -> Option<Candidate> {
        let d = self.dimension();
        let t = state.t[0];
        let (mut signs, mut free) = (vec![0.0; d], Vec::new());
        for (i, sign) in signs.iter_mut().enumerate() {
            let (pull, slack) = (state.a[i].max(state.b[i]), state.plus[i].min(state.minus[i]));
            if pull / self.eps > slack / t {
                *sign = if state.a[i] > state.b[i] { 1.0 } else { -1.0 };
            } else {
                free.push(i);
            }
        }
        let at = |x: &[f64]| -> Vec<f64> { free.iter().map(|&i| x[i]).collect() };
        let (constant, slope) = if free.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            let factor = self.factor(&free)?;
            (factor.solve(&at(&self.mean)), factor.solve(&at(&self.sigma_times(&signs))))
        };
        let spread = |x: &[f64], scale: f64, fixed: &[f64]| -> Vec<f64> {
            let mut w = fixed.to_vec();
            free.iter().zip(x).for_each(|(&i, x)| w[i] = scale * x);
            w
        };
        // w = base + t·direction.
        let base = spread(&constant, 1.0, &vec![0.0; d]);
        let direction = spread(&slope, -1.0, &signs);
        let pairing = |x: &[f64]| x.iter().zip(&signs).map(|(x, s)| x * s).sum::<f64>();
        let level =
            (pairing(&self.rest(&base)) - self.eps) / pairing(&self.sigma_times(&direction));
        let w: Vec<f64> = base.iter().zip(&direction).map(|(b, v)| b + level * v).collect();
        let mut z = self.rest(&w);
        z.iter_mut().zip(&signs).for_each(|(z, s)| *z = if *s == 0.0 { 0.0 } else { *z });
        Some(Candidate { w, z })
    }

    /// Returns μ − Σw.
    fn rest(&self, w: &[f64]) -> Vec<f64> {
        self.mean.iter().zip(self.sigma_times(w)).map(|(m, s)| m - s).collect()
    }

    /// Returns the factor of the covariance of these coordinates alone.
    fn factor(&self, of: &[usize]) -> Option<Cholesky> {
        let part = self.sigma.select_rows(of).select_columns(of);
        Cholesky::new(part.nrows(), |i, j| part[(i, j)], 0.0, 0.0).ok()
    }
}

impl State {
    fn slacks(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.plus.iter().copied().zip(self.minus.iter().copied())
    }

    fn is_finite(&self) -> bool {
        let parts = [&self.w, &self.t, &self.a, &self.b];
        parts.iter().all(|x| x.iter().all(|x| x.is_finite()))
    }

    /// Returns the mean of slack times multiplier after a step of this length.
    fn complementarity(&self, length: f64, step: Option<&Step>) -> f64 {
        let product = |x: &[f64], y: &[f64], dx: Option<&[f64]>, dy: Option<&[f64]>| -> f64 {
            let change = |d: Option<&[f64]>, i: usize| d.map_or(0.0, |d| length * d[i]);
            let each = (0..x.len()).map(|i| (x[i] + change(dx, i)) * (y[i] + change(dy, i)));
            each.sum()
        };
        let part = |f: fn(&Step) -> &[f64]| step.map(f);
        let one = product(&self.plus, &self.a, part(|s| &s.plus), part(|s| &s.a));
        let two = product(&self.minus, &self.b, part(|s| &s.minus), part(|s| &s.b));
        (one + two) / (2 * self.w.len()) as f64
    }

    /// Returns how far the step can go, at most 1/CAUTION, before something is no longer positive.
    fn reach(&self, step: &Step) -> f64 {
        let limit = |x: f64, dx: f64| if dx < 0.0 { -x / dx } else { f64::INFINITY };
        let slacks = self.slacks().zip(step.slacks());
        let slack = slacks.map(|((p, m), (dp, dm))| limit(p, dp).min(limit(m, dm)));
        let multipliers = self.a.iter().zip(&step.a).chain(self.b.iter().zip(&step.b));
        let all = slack.chain(multipliers.map(|(x, dx)| limit(*x, *dx)));
        all.fold(1.0 / CAUTION, f64::min)
    }

    fn advance(&mut self, step: &Step, length: f64) {
        let go = |x: &mut [f64], dx: &[f64]| {
            x.iter_mut().zip(dx).for_each(|(x, dx)| *x += length * dx);
        };
        go(&mut self.w, &step.w);
        go(&mut self.t, &step.t);
        go(&mut self.plus, &step.plus);
        go(&mut self.minus, &step.minus);
        go(&mut self.a, &step.a);
        go(&mut self.b, &step.b);
    }
}

/// Newton's equations at an iterate, factored once for the predictor and the corrector.
struct Newton {
    factor: Cholesky,
    /// a/s⁺ and b/s⁻.
    ratios: Vec<(f64, f64)>,
    /// For p = 1, the inverse of the matrix times the border.
    border: Vec<f64>,
}

impl Newton {
    fn new(problem: &Problem, state: &State) -> Option<Self> {
        let multipliers = state.a.iter().zip(&state.b);
        let ratios: Vec<(f64, f64)> =
            state.slacks().zip(multipliers).map(|((p, m), (a, b))| (a / p, b / m)).collect();
        let mut matrix = problem.sigma.clone();
        for (i, (a, b)) in ratios.iter().enumerate() {
            // For p = ∞: (A + B) − (A − B)²/(A + B), computed as 4/(1/A + 1/B).
            matrix[(i, i)] += if problem.shared { a + b } else { 4.0 / (1.0 / a + 1.0 / b) };
        }
        let factor = Cholesky::new(matrix.nrows(), |i, j| matrix[(i, j)], 0.0, 0.0).ok()?;
        let border = if problem.shared {
            factor.solve(&ratios.iter().map(|(a, b)| a - b).collect::<Vec<_>>())
        } else {
            Vec::new()
        };
        Some(Self { factor, ratios, border })
    }

    /// Returns the step towards slack·multiplier = `tau`, corrected by the second-order term of an earlier step.
    fn step(&self, problem: &Problem, state: &State, tau: f64, earlier: Option<&Step>) -> Step {
        let d = problem.dimension();
        // δa = α − A·(δt − δw), δb = β − B·(δt + δw).
        let (alpha, beta): (Vec<f64>, Vec<f64>) = state
            .slacks()
            .enumerate()
            .map(|(i, (plus, minus))| {
                let (one, two) =
                    earlier.map_or((0.0, 0.0), |e| (e.plus[i] * e.a[i], e.minus[i] * e.b[i]));
                ((tau - one) / plus - state.a[i], (tau - two) / minus - state.b[i])
            })
            .unzip();
        let rest = problem.rest(&state.w);
        let residual = |i: usize| rest[i] - state.a[i] + state.b[i];
        let none = || vec![0.0; d];
        let mut step =
            Step { w: none(), t: none(), plus: none(), minus: none(), a: none(), b: none() };
        if problem.shared {
            let right: Vec<f64> = (0..d).map(|i| residual(i) - alpha[i] + beta[i]).collect();
            step.w = self.factor.solve(&right);
            let total: f64 = state.a.iter().chain(&state.b).sum();
            let mut above = total - problem.eps;
            let mut below = 0.0;
            for (i, (a, b)) in self.ratios.iter().enumerate() {
                above += alpha[i] + beta[i] + (a - b) * step.w[i];
                below += (a + b) - (a - b) * self.border[i];
            }
            step.t = vec![above / below; d];
            step.w.iter_mut().zip(&self.border).for_each(|(w, v)| *w += above / below * v);
        } else {
            let missing = |i: usize| problem.eps - state.a[i] - state.b[i];
            let sum = |i: usize| alpha[i] + beta[i] - missing(i);
            let right: Vec<f64> = (0..d)
                .map(|i| {
                    let (a, b) = self.ratios[i];
                    residual(i) - alpha[i] + beta[i] + (a - b) / (a + b) * sum(i)
                })
                .collect();
            step.w = self.factor.solve(&right);
            for (i, (a, b)) in self.ratios.iter().enumerate() {
                step.t[i] = (sum(i) + (a - b) * step.w[i]) / (a + b);
            }
        }
        for (i, (a, b)) in self.ratios.iter().enumerate() {
            step.plus[i] = step.t[i] - step.w[i];
            step.minus[i] = step.t[i] + step.w[i];
            step.a[i] = alpha[i] - a * step.plus[i];
            step.b[i] = beta[i] - b * step.minus[i];
        }
        step
    }
}
