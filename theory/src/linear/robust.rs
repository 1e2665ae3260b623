//! The best classifier under an attack with ‖δ‖_p ≤ ε. The derivation is at [`robust_optimum`].

use super::candidate::Candidate;
use super::dots::dot;
use super::norms::Length;
use super::products::{BayesWeights, Products, best_constant};
use super::{interior, newton, separable};
use crate::accuracy::Profile;
use crate::math::double::Dd;
use task::linear::{LinearClassifier, LinearTask, Rule};
use task::{EntryError, Eps, MAX_MAGNITUDE, Margin, Norm, Prior, Task, Votes};

/// If p or q is above this, p = ∞ or p = 1 is tried as well.
const FAR: f64 = 100.0;

/// Two numbers that enclose the true value, with rounding errors included.
///
/// ```
/// use gauss_sim_theory::linear::Enclosure;
///
/// let accuracy = Enclosure { lower: 0.5, upper: 0.75 };
/// assert_eq!((accuracy.gap(), accuracy.middle()), (0.25, 0.625));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enclosure {
    /// A value that a classifier attains.
    pub lower: f64,
    /// A value that no classifier exceeds.
    pub upper: f64,
}

impl Enclosure {
    /// Returns upper − lower: the duality gap, including rounding.
    #[must_use]
    pub fn gap(&self) -> f64 {
        self.upper - self.lower
    }

    /// Returns the midpoint, for uses that need a single number.
    #[must_use]
    pub fn middle(&self) -> f64 {
        0.5 * self.lower + 0.5 * self.upper
    }
}

/// The method that found the optimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Nothing to solve: ε = 0, or ‖μ‖_p ≤ ε.
    Trivial,
    /// Independent coordinates: a formula for p = 1 and ∞, and a root in one variable for other p.
    Separable,
    /// p = 2 in the eigenbasis of Σ: a root in one variable.
    Secular,
    /// p = 1 or ∞, full Σ: an interior-point method, then the equations of the active set.
    InteriorPoint,
    /// Any other p, full Σ: Newton's method.
    Newton,
}

impl Method {
    /// Returns the name in rows: `trivial`, `separable`, `secular`, `interior-point` or `newton`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trivial => "trivial",
            Self::Separable => "separable",
            Self::Secular => "secular",
            Self::InteriorPoint => "interior-point",
            Self::Newton => "newton",
        }
    }
}

/// The robust optimum, with enclosures.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustOptimum {
    /// sgn(w·x + b), or a constant if ‖μ‖_p ≤ ε. It attains `accuracy.lower`.
    pub rule: Rule,
    /// z*: the adversary moves every x of class y by −y·z*. ‖z*‖_p ≤ ε, to rounding.
    pub shift: Vec<f64>,
    /// ‖μ − z*‖_{Σ⁻¹}, half the distance of the attacked classes in units of their spread.
    pub distance: Enclosure,
    /// The largest robust accuracy (P[right under attack]) of any classifier.
    pub accuracy: Enclosure,
    /// The method that found it.
    pub method: Method,
}

/// Returns the best classifier under ‖δ‖_p ≤ ε, and its accuracy. A full Σ takes some ten factorisations, each of
/// order d³. The remaining error of the method is included in the enclosures. Fails if the weights leave the range of
/// a double.
///
/// # Derivation
///
/// An adversary who moves every x of class y by −y·z, ‖z‖_p ≤ ε, leaves Gaussian classes with means ±(μ − z), for
/// which no classifier is better than their Bayes classifier. With `D(z) = ‖μ − z‖_{Σ⁻¹} = √((μ − z)ᵀΣ⁻¹(μ − z))` and
/// b = ½·ln(prior/(1 − prior)), its accuracy is
///
/// ```text
/// A(D) = prior·Φ(D + b/D) + (1 − prior)·Φ(D − b/D),   Φ(D) for prior ½,   max(prior, 1 − prior) at D = 0
/// ```
///
/// which increases with D. So every z in the ball gives an upper bound on the robust accuracy of every classifier,
/// linear or not, and the smallest D gives the best one: z* = argmin D(z). Conversely, sgn(w·x + b) is right under
/// attack with means w·μ − ε‖w‖_q ± b and standard deviation ‖w‖_Σ = √(wᵀΣw): with suitably scaled w, it has the
/// accuracy A of
///
/// ```text
/// E(w) = (w·μ − ε‖w‖_q)/‖w‖_Σ
/// ```
///
/// For every w and z, E(w) ≤ D(z): w·μ − ε‖w‖_q ≤ w·(μ − z) by Hölder, and that is at most `‖w‖_Σ·‖μ − z‖_{Σ⁻¹}` by
/// Cauchy and Schwarz. Both are equalities for w* = Σ⁻¹(μ − z*), as z* minimises D exactly if w*·z* = max over the
/// ball of w*·z = ε‖w*‖_q. So sgn(w*·x + b) is the robust optimum, D and E are dual to each other, and their
/// difference bounds the distance of a computed pair from the optimum. If ‖μ‖_p ≤ ε, z* = μ: the attack makes the
/// classes equal, and a constant is best.
///
/// Sources: Bhagoji, Cullina, Mittal, *Lower bounds on adversarial robustness from optimal transport*,
/// NeurIPS 2019 (arXiv 1909.12272), for prior ½; Dobriban, Hassani, Hong, Robey, *Provable tradeoffs in
/// adversarially robust classification*, IEEE Trans. Inform. Theory 69 (2023) (arXiv 2006.05161), for
/// Σ = σ²I and other priors; the argument for both is above.
pub fn robust_optimum(
    task: &LinearTask,
    norm: Norm,
    eps: Eps,
) -> Result<RobustOptimum, EntryError> {
    let budget = eps.get();
    if norm.of(task.mean()) <= budget {
        let exact = |v| Enclosure { lower: v, upper: v };
        return Ok(RobustOptimum {
            rule: best_constant(task),
            shift: task.mean().to_vec(),
            distance: exact(0.0),
            accuracy: constant_accuracy(task.prior()),
            method: Method::Trivial,
        });
    }
    let d = task.dimension();
    let mean = task.mean();
    let far = match norm {
        Norm::ONE | Norm::MAX => None,
        _ if norm.p() > FAR => Some(Norm::MAX),
        _ if norm.dual().p() > FAR => Some(Norm::ONE),
        _ => None,
    };
    let (mut candidates, method) = if budget == 0.0 {
        (vec![Candidate { w: task.bayes_weights(), z: vec![0.0; d] }], Method::Trivial)
    } else if let Some(variances) = task.covariance().variances(d) {
        let norms = [Some(norm), far].into_iter().flatten();
        let each = norms.map(|norm| separable::solve(mean, &variances, norm, budget));
        (each.collect(), Method::Separable)
    } else {
        let matrix = task.covariance().matrix(d);
        match norm {
            Norm::TWO => (vec![separable::rotated(mean, matrix, budget)], Method::Secular),
            Norm::ONE | Norm::MAX => {
                (interior::solve(mean, &matrix, norm, budget), Method::InteriorPoint)
            }
            _ => {
                let mut found = newton::solve(mean, &matrix, norm, budget);
                if let Some(end) = far {
                    found.extend(interior::solve(mean, &matrix, end, budget));
                }
                (found, Method::Newton)
            }
        }
    };
    // Where ε is negligible, or p is too large for powers, these are close: the optimum without attack, and p = 1 or ∞.
    let w = task.bayes_weights();
    let z = norm.best_direction(&w).iter().map(|v| budget * v).collect();
    candidates.push(Candidate { w, z });
    let judged = candidates.into_iter().map(|c| judge(task, norm, budget, c));
    let (best, distance) = judged
        .min_by(|a, b| a.1.gap().total_cmp(&b.1.gap()))
        .expect("the unattacked best was pushed");
    let spread = task.covariance().quadratic(&best.w).sqrt().hi();
    // A(E) needs w scaled so that ‖w‖_Σ = E; scale the bias instead.
    let bias = match task.prior_bias() {
        0.0 => 0.0,
        b => b * (spread / distance.lower),
    };
    let rule = if distance.lower > 0.0 {
        Rule::Linear(LinearClassifier::new(best.w, bias)?)
    } else {
        best_constant(task) // ‖μ‖_p exceeds ε by less than rounding
    };
    let accuracy = Enclosure {
        lower: accuracy(task.prior(), distance.lower)?.lower,
        upper: accuracy(task.prior(), distance.upper)?.upper,
    };
    Ok(RobustOptimum { rule, shift: best.z, distance, accuracy, method })
}

/// Returns E(w) and D(z) of a pair, with z moved into the ball; rounding widens the enclosure.
///
/// With r = μ − z − Σw, `D² = wᵀΣw + 2w·r + rᵀΣ⁻¹r`: the first two terms are accurate to all digits however nearly
/// singular Σ is, and r is small, so the digits of the third do not matter: it is doubled.
fn judge(task: &LinearTask, norm: Norm, eps: f64, found: Candidate) -> (Candidate, Enclosure) {
    let Candidate { w, mut z } = found;
    let length = norm.of(&z);
    // ‖μ‖_p > ε, so the optimum is on the boundary of the ball.
    if length > 0.0 {
        z.iter_mut().for_each(|z| *z *= eps / length);
    }
    let sigma_w = task.covariance().times(&w);
    let rest: Vec<f64> = task
        .mean()
        .iter()
        .zip(&z)
        .zip(&sigma_w)
        .map(|((m, z), s)| (Dd::two_sum(*m, -z) - *s).hi())
        .collect();
    let square = sigma_w.iter().zip(&w).fold(Dd::ZERO, |sum, (s, w)| sum + *s * Dd::from(*w));
    let spread = square.sqrt().hi();
    let (reach, cost) = (dot(&w, task.mean()), eps * norm.dual().of(&w));
    // The rounding errors of ‖·‖_q, and of z at the boundary of the ball.
    let rounding = 8.0 * f64::EPSILON * (reach.hi().abs() + cost) / spread;
    let lower = (reach - Dd::from(cost)).hi() / spread - rounding;
    let cross = dot(&w, &rest);
    let upper = (square + cross + cross).hi() + 2.0 * task.definite().inverse_quadratic(&rest);
    let upper = upper.max(0.0).sqrt() + rounding;
    let distance = if lower.is_nan() || upper.is_nan() {
        Enclosure { lower: 0.0, upper: f64::INFINITY } // no solution was found
    } else {
        Enclosure { lower: lower.max(0.0), upper: upper.max(lower) }
    };
    (Candidate { w, z }, distance)
}

/// Returns the accuracy of always returning the more frequent class: max(prior, 1 − prior).
fn constant_accuracy(prior: Prior) -> Enclosure {
    let exact = Dd::two_sum(1.0, -prior.get());
    if prior.get() >= 0.5 || exact.lo() == 0.0 {
        let best = prior.get().max(prior.other());
        return Enclosure { lower: best, upper: best };
    }
    Enclosure { lower: exact.hi().next_down(), upper: exact.hi().next_up().min(1.0) }
}

/// Returns A(D) with its error.
fn accuracy(prior: Prior, distance: f64) -> Result<Enclosure, EntryError> {
    let constant = constant_accuracy(prior);
    let bias = 0.5 * (prior.get() / prior.other()).ln();
    // Beyond ±1e3, Φ is 0 or 1.
    if distance <= bias.abs() * 1e-3 {
        return Ok(constant);
    }
    let distance = distance.min(MAX_MAGNITUDE);
    let margin = Margin::new(Task::new(distance, 1.0)?, bias / distance, 0.0, Votes::Limit)?;
    let found = Profile::with_prior(&margin, prior).clean();
    Ok(Enclosure {
        lower: (found.value - found.error).max(constant.lower),
        upper: (found.value + found.error).min(1.0),
    })
}
