//! The robust optimum for 1 < p < ∞, p ≠ 2, and a full covariance.
//!
//! Newton's method needs a curvature, and |x|^r has one at 0 only for r ≥ 2. This holds for p or for q.
//!
//! For p < 2 < q, the dual problem itself is solved in w: f(w) = ½wᵀΣw − μ·w + ε·N, N = ‖w‖_q, with
//!
//! ```text
//! f' = Σw − μ + ε·g,  gᵢ = sgn(wᵢ)·(|wᵢ|/N)^(q−1)
//! f" = Σ + ε(q − 1)/N·(diag((|wᵢ|/N)^(q−2)) − g·gᵀ)
//! ```
//!
//! and ε·g is the move z. The start is the best point on the ray of Hölder's direction of μ, where f < 0 = f(0), so
//! the iteration never meets 0, where f has a kink.
//!
//! For p > 2, in u with Σ = LLᵀ and z = μ − Lu = ε·ζ, the minimum for a penalty c of
//!
//! ```text
//! F(u) = ½|u|² + c·Σ|ζᵢ|^p/p,  F' = u − (c/ε)·Lᵀφ,  φᵢ = sgn(ζᵢ)·|ζᵢ|^(p−1)
//! F" = I + (c/ε²)(p − 1)·Lᵀ·diag(|ζᵢ|^(p−2))·L
//! ```
//!
//! has w = (c/ε)·φ; and ‖ζ‖_p decreases as c increases, so ‖ζ‖_p = 1 is a root in ln c, found by Newton's method
//! inside a bracket: d ln‖ζ‖_p/d ln c = −φᵀL(F")⁻¹Lᵀφ·(c/ε²)/‖ζ‖_p^p. Both methods stay well conditioned if Σ is
//! nearly singular, since Σ⁻¹ is not used. Source: Nocedal and Wright, *Numerical Optimization*, 2nd edition, chapter
//! 3, for the line search.

use super::candidate::Candidate;
use super::dots::largest;
use super::norms::Length;
use nalgebra::{DMatrix, DVector};
use task::Norm;
use task::linear::{Cholesky, fast_dot};

const MAX_STEPS: usize = 200;

/// Returns the optimal pair for 1 < p < ∞.
pub(crate) fn solve(
    mean: &[f64],
    covariance: &DMatrix<f64>,
    norm: Norm,
    eps: f64,
) -> Vec<Candidate> {
    // Units in which the largest mean and variance are 1.
    let (unit, spread) = (largest(mean), covariance.diagonal().max());
    let (sigma, mean) = (covariance / spread, mean.iter().map(|m| m / unit).collect::<Vec<_>>());
    let found = if norm.p() < 2.0 {
        dual(&mean, &sigma, norm, eps / unit)
    } else {
        primal(&mean, &sigma, norm, eps / unit)
    };
    vec![Candidate {
        w: found.w.iter().map(|w| w * (unit / spread)).collect(),
        z: found.z.iter().map(|z| z * unit).collect(),
    }]
}

fn times(matrix: &DMatrix<f64>, x: &[f64]) -> Vec<f64> {
    (matrix * DVector::from_column_slice(x)).as_slice().to_vec()
}

/// Returns x + length·step.
fn moved(x: &[f64], length: f64, step: &[f64]) -> Vec<f64> {
    x.iter().zip(step).map(|(x, s)| x + length * s).collect()
}

/// Goes from `x` along `step` until the function has decreased by a share of what its slope predicts; `None` if it
/// does not, to rounding.
fn search(f: &impl Fn(&[f64]) -> f64, x: &[f64], step: &[f64], slope: f64) -> Option<Vec<f64>> {
    let start = f(x);
    let mut length = 1.0;
    for _ in 0..60 {
        let next = moved(x, length, step);
        if f(&next) <= start + 1e-4 * length * slope {
            return Some(next);
        }
        length *= 0.5;
    }
    None
}

fn dual(mean: &[f64], sigma: &DMatrix<f64>, norm: Norm, eps: f64) -> Candidate {
    let (dual, q) = (norm.dual(), norm.dual().p());
    let f = |w: &[f64]| 0.5 * fast_dot(w, &times(sigma, w)) - fast_dot(w, mean) + eps * dual.of(w);
    let gradient = |w: &[f64]| -> (Vec<f64>, Vec<f64>) {
        let n = dual.of(w);
        let g: Vec<f64> = w.iter().map(|w| (w.abs() / n).powf(q - 1.0).copysign(*w)).collect();
        let pull = times(sigma, w);
        let slope = pull.iter().zip(mean).zip(&g).map(|((s, m), g)| s - m + eps * g).collect();
        (slope, g)
    };
    // μ·v = ‖μ‖_p for v with ‖v‖_q = 1.
    let v = dual.best_direction(mean);
    let length = (fast_dot(&v, mean) - eps) / fast_dot(&v, &times(sigma, &v));
    let mut w = moved(&vec![0.0; v.len()], length, &v);
    for _ in 0..MAX_STEPS {
        let (slope, g) = gradient(&w);
        let n = dual.of(&w);
        let scale = eps * (q - 1.0) / n;
        let mut matrix = sigma.clone();
        for j in 0..w.len() {
            for i in j..w.len() {
                matrix[(i, j)] -= scale * g[i] * g[j]; // only the lower triangle is read
            }
            matrix[(j, j)] += scale * (w[j].abs() / n).powf(q - 2.0);
        }
        let Ok(factor) = Cholesky::new(matrix.nrows(), |i, j| matrix[(i, j)], 0.0, 0.0) else {
            break;
        };
        let step: Vec<f64> = factor.solve(&slope).iter().map(|s| -s).collect();
        let promise = fast_dot(&slope, &step);
        // Below rounding no decrease can be seen: make a last full step and stop.
        let last = -promise <= 1e-13 * f(&w).abs();
        match if last { Some(moved(&w, 1.0, &step)) } else { search(&f, &w, &step, promise) } {
            Some(next) => w = next,
            None => break,
        }
        if last {
            break;
        }
    }
    let z = gradient(&w).1.iter().map(|g| eps * g).collect();
    Candidate { w, z }
}

fn primal(mean: &[f64], sigma: &DMatrix<f64>, norm: Norm, eps: f64) -> Candidate {
    let start = eps / norm.of(mean);
    let inward: Vec<f64> = mean.iter().map(|m| m * (1.0 - start)).collect();
    let Ok(factor) = Cholesky::new(sigma.nrows(), |i, j| sigma[(i, j)], 0.0, 0.0) else {
        // This does not happen: the task has been factored.
        return Candidate { w: mean.to_vec(), z: vec![0.0; mean.len()] };
    };
    let problem = Penalty { mean, l: lower(&factor), p: norm.p(), eps };
    let mut u = factor.forward(&inward);
    // There, w ≈ Σ⁻¹(μ − z), and ‖w‖_q = c/ε.
    let mut s = (eps * norm.dual().of(&factor.backward(&u))).ln();
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for _ in 0..60 {
        let (next, rate) = problem.minimum(u, s.exp());
        u = next;
        let excess = norm.of(&problem.zeta(&u)).ln();
        if excess > 0.0 {
            low = s;
        } else {
            high = s;
        }
        if excess.abs() <= 1e-15 || high - low <= 1e-15 * s.abs() {
            break;
        }
        let newton = s - (excess / rate).clamp(-5.0, 5.0);
        let inside = newton > low && newton < high;
        s = if inside || !(high - low).is_finite() { newton } else { 0.5 * (low + high) };
    }
    let zeta = problem.zeta(&u);
    let c = s.exp();
    let w = zeta.iter().map(|x| c / eps * x.abs().powf(norm.p() - 1.0).copysign(*x)).collect();
    Candidate { w, z: zeta.iter().map(|x| eps * x).collect() }
}

/// F, apart from c.
struct Penalty<'a> {
    mean: &'a [f64],
    l: DMatrix<f64>,
    p: f64,
    eps: f64,
}

impl Penalty<'_> {
    fn zeta(&self, u: &[f64]) -> Vec<f64> {
        self.mean.iter().zip(times(&self.l, u)).map(|(m, x)| (m - x) / self.eps).collect()
    }

    /// Minimises F from a starting u, and returns the minimiser and d ln‖ζ‖_p/d ln c there.
    fn minimum(&self, mut u: Vec<f64>, c: f64) -> (Vec<f64>, f64) {
        let (p, pull) = (self.p, c / self.eps);
        let f = |u: &[f64]| {
            let powers: f64 = self.zeta(u).iter().map(|x| x.abs().powf(p)).sum();
            0.5 * fast_dot(u, u) + c * powers / p
        };
        let mut rate = -1.0;
        for _ in 0..MAX_STEPS {
            let zeta = self.zeta(&u);
            let phi: Vec<f64> = zeta.iter().map(|x| x.abs().powf(p - 1.0).copysign(*x)).collect();
            let back = self.l.tr_mul(&DVector::from_column_slice(&phi));
            let slope: Vec<f64> = u.iter().zip(&back).map(|(u, b)| u - pull * b).collect();
            let root = |x: &f64| (pull / self.eps * (p - 1.0)).sqrt() * x.abs().powf(0.5 * p - 1.0);
            let mut scaled = self.l.clone();
            for (mut row, x) in scaled.row_iter_mut().zip(&zeta) {
                row *= root(x);
            }
            let mut matrix = scaled.tr_mul(&scaled);
            for i in 0..matrix.nrows() {
                matrix[(i, i)] += 1.0;
            }
            let Ok(factor) = Cholesky::new(matrix.nrows(), |i, j| matrix[(i, j)], 0.0, 0.0) else {
                break;
            };
            let total: f64 = zeta.iter().map(|x| x.abs().powf(p)).sum();
            let reaction = fast_dot(back.as_slice(), &factor.solve(back.as_slice()));
            rate = -reaction * pull / self.eps / total;
            let step: Vec<f64> = factor.solve(&slope).iter().map(|s| -s).collect();
            let promise = fast_dot(&slope, &step);
            let last = -promise <= 1e-13 * f(&u);
            match if last { Some(moved(&u, 1.0, &step)) } else { search(&f, &u, &step, promise) } {
                Some(next) => u = next,
                None => break,
            }
            if last {
                break;
            }
        }
        (u, rate)
    }
}

/// Returns L as a matrix.
fn lower(factor: &Cholesky) -> DMatrix<f64> {
    let rows = factor.rows();
    DMatrix::from_fn(rows.len(), rows.len(), |i, j| if j <= i { rows[i][j] } else { 0.0 })
}
