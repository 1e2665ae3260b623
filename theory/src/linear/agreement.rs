//! The rate of invariance in d dimensions: how often a noisy classifier agrees with the undefended one. The
//! derivation is at [`agreement`].

use super::dots::largest;
use super::products::Products;
use super::projection::Statistic;
use crate::accuracy::Profile;
use crate::invariance;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::event::{Event, beyond_reach};
use crate::math::extreme::Extreme;
use crate::math::majority::Majority;
use crate::math::product::{Factor, average};
use crate::math::scaled::{Scaled, interval};
use crate::vote::{Median, expect};
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{EntryError, Eps, Margin, Prior, Task, Votes};

/// Below this, sin(angle) or σ/s counts as 0, and is added to the error.
const NOTHING: f64 = 1e-20;

/// Returns `R = P[F_θ(x) = sgn(w₀·x + b₀)]`: how often `rule` with the defense and this many votes agrees with
/// `undefended` on the same x, with x of both classes weighted by the prior. Without a defense (`None`), nothing is
/// added to x and `votes` does not matter. The error is below 1e-12; R is exactly 1 if the two classifiers are the
/// same and nothing is added. In one dimension, with b₀ = 0 and equal classes, it is
/// [`crate::invariance::invariance`]; there, as for all parallel directions, the bound is that of the one-dimensional
/// numbers, which are rounded once (for 1 − R of 1e-80, that costs 4e-14).
///
/// Measured against 40 digits (`oracle/agreement.csv`): R within 2.3e-16, 1 − R within 3.4e-14 relative, with bounds
/// up to 3.7e-14. Takes 0.3 to 0.6 ms, at most 1.4 ms, and some 5d² operations in double-double for a full
/// covariance. Fails if dimensions differ, or if a margin leaves the range of [`Margin`].
///
/// ```
/// use gauss_sim_theory::linear::agreement;
/// use task::linear::{Covariance, LinearClassifier, LinearTask, Rule};
/// use task::{Prior, Votes};
///
/// // of inputs around 0, two boundaries at an angle of 45° tell every fourth apart
/// let task = LinearTask::new(vec![0.0, 0.0], Covariance::scalar(1.0)?, Prior::HALF)?;
/// let sign_of = |weights| LinearClassifier::new(weights, 0.0).map(Rule::Linear);
/// let (rule, reference) = (sign_of(vec![1.0, 0.0])?, sign_of(vec![1.0, 1.0])?);
/// let found = agreement(&task, None, &rule, Votes::ONE, &reference)?;
/// assert!((found.value - 0.75).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Derivation
///
/// With U = w·(x + θ) + b, or its median over the votes, and V = w₀·x + b₀, given y
///
/// ```text
/// U = A + s·z + σ·M     A = y·w·μ + w·m + b,  s = √(wᵀΣw),  σ = √(wᵀSw)
/// V = B + α·z + τ·e     B = y·w₀·μ + b₀,  α = w₀ᵀΣw/s,  τ = ‖w₀ − (α/s)·w‖_Σ
/// ```
///
/// with z, e standard normal and M the median of n of them (0 in the limit, or without a defense). They
/// disagree where U and V have different signs, so that with S the distribution function of M
///
/// ```text
/// 1 − R = Σ_y P[y]·( P[U > 0, V < 0] + P[U < 0, V > 0] )
/// P[U > 0, V < 0] = E_z[ S((A + s·z)/σ)·Φ(−(B + α·z)/τ) ]
/// ```
///
/// - One draw and the limit: the bivariate normal Φ₂(A/√(s² + σ²), −B/‖w₀‖_Σ; −r), r the correlation of U
///   and V, as the average of two Φ over what both share: with k = −r
///   `Φ₂(p, q; k) = E_g[ Φ((p + √|k|·g)/√(1 − |k|))·Φ((q + sgn(k)·√|k|·g)/√(1 − |k|)) ]`.
///   1 − |k| is computed from σ² and τ², which do not cancel.
/// - Parallel directions, τ = 0: V > 0 is a half-line of z, and what remains is E_M of the probability of an interval
///   of z, as in [`crate::invariance`], which computes the case b₀ = 0 with equal classes.
///
/// The four probabilities are separate integrals of log-concave functions, so that 1 − R keeps its digits where it is
/// tiny. Source: Gao, Shumailov, Fawaz, Papernot, arXiv 2206.09491, section 4 ("rate of invariance"); the bivariate
/// normal as an average over the shared part: C. W. Dunnett, M. Sobel, Biometrika 42 (1955), 258–260. The rest is
/// derived above.
pub fn agreement(
    task: &LinearTask,
    defense: Option<&LinearDefense>,
    rule: &Rule,
    votes: Votes,
    undefended: &Rule,
) -> Result<Bounded, EntryError> {
    compare(task, defense, rule, votes, undefended, Asked::Same)
}

/// Returns `1 − R = P[F_θ(x) ≠ sgn(w₀·x + b₀)]`, with relative accuracy even where it is tiny: 1e-12 unless the
/// directions are opposite, or their angle is below 1e-20. Otherwise as [`agreement`].
pub fn disagreement(
    task: &LinearTask,
    defense: Option<&LinearDefense>,
    rule: &Rule,
    votes: Votes,
    undefended: &Rule,
) -> Result<Bounded, EntryError> {
    compare(task, defense, rule, votes, undefended, Asked::Different)
}

#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Same,
    Different,
}

fn compare(
    task: &LinearTask,
    defense: Option<&LinearDefense>,
    rule: &Rule,
    votes: Votes,
    undefended: &Rule,
    asked: Asked,
) -> Result<Bounded, EntryError> {
    let class = |class: i8| if (class > 0) == (asked == Asked::Same) { 1.0 } else { -1.0 };
    let reference = |w: &LinearClassifier| {
        let name = |e: EntryError| e.renamed("weights", "undefended weights");
        let line = Statistic::new(task, None, w).map_err(name)?;
        let margin = line.margin(Votes::Limit)?;
        Ok::<_, EntryError>((line, margin))
    };
    let noisy = |w: &LinearClassifier| {
        let line = Statistic::new(task, defense, w)?;
        let margin = line.margin(votes)?;
        Ok::<_, EntryError>((line, margin))
    };
    match (rule, undefended) {
        (Rule::Constant(a), Rule::Constant(b)) => {
            let same = (*a > 0) == (*b > 0);
            Ok(Bounded::exact(if same == (asked == Asked::Same) { 1.0 } else { 0.0 }))
        }
        (Rule::Linear(w), Rule::Constant(c)) => says(&noisy(w)?.1, task.prior(), class(*c)),
        (Rule::Constant(c), Rule::Linear(w)) => says(&reference(w)?.1, task.prior(), class(*c)),
        (Rule::Linear(w), Rule::Linear(v)) => {
            let ((u, margin), (v, _)) = (noisy(w)?, reference(v)?);
            Ok(Pair::new(task, u, v, margin).compare(asked))
        }
    }
}

/// Returns how often a classifier returns this class, ±1.
fn says(margin: &Margin, prior: Prior, class: f64) -> Result<Bounded, EntryError> {
    let (mean, data_std) = (margin.task().mean(), margin.task().data_std());
    let given = |y: f64| {
        let (task, offset) = (Task::new(y * class * mean, data_std)?, class * margin.offset());
        let margin = Margin::new(task, offset, margin.sigma(), margin.votes())?;
        Ok::<_, EntryError>(Profile::with_prior(&margin, Prior::PLUS).survival(Eps::ZERO))
    };
    Ok(given(1.0)?.times(prior.get()).plus(given(-1.0)?.times(prior.other())).probability())
}

/// Two classifiers that both depend on the input.
struct Pair {
    /// U, and the part of it that is multiplied by M.
    noisy: Statistic,
    margin: Margin,
    /// V.
    reference: Statistic,
    prior: Prior,
    /// α.
    along: Dd,
    /// τ.
    across: Dd,
}

impl Pair {
    fn new(task: &LinearTask, noisy: Statistic, reference: Statistic, margin: Margin) -> Self {
        let (u, v) = (&noisy.weights, &reference.weights);
        let covariance = task.covariance();
        let sigma_u = covariance.times(u);
        let along =
            |w: &[f64]| sigma_u.iter().zip(w).fold(Dd::ZERO, |s, (a, b)| s + *a * Dd::from(*b));
        let share = along(v) / along(u);
        let across = if exactly_parallel(u, v) {
            Dd::ZERO
        } else {
            let rest: Vec<Dd> =
                u.iter().zip(v).map(|(u, v)| Dd::from(*v) - share * Dd::from(*u)).collect();
            length(covariance, &rest) * Dd::from(reference.back)
        };
        let along = share * noisy.data_std * Dd::from(reference.back) / Dd::from(noisy.back);
        Self { noisy, margin, reference, prior: task.prior(), along, across }
    }

    fn compare(&self, asked: Asked) -> Bounded {
        let sine = (self.across / self.reference.data_std).hi();
        if sine <= NOTHING {
            return self.parallel(asked, sine);
        }
        let different = self.probability(Asked::Different);
        if asked == Asked::Different {
            return different;
        }
        if different.value <= 0.5 { different.complement() } else { self.probability(asked) }
    }

    /// Returns A(y), B(y).
    fn centres(&self, y: f64) -> (Dd, Dd) {
        let of = |s: &Statistic| Dd::from(y) * s.mean + s.offset;
        (of(&self.noisy), of(&self.reference))
    }

    /// Returns the average over the classes; without biases, the second class is the mirror image of the first.
    fn average(&self, given: impl Fn(f64) -> Scaled) -> Scaled {
        if self.noisy.offset == Dd::ZERO && self.reference.offset == Dd::ZERO {
            return given(1.0);
        }
        given(1.0).times(self.prior.get()).plus(given(-1.0).times(self.prior.other()))
    }

    fn median(&self) -> Option<u32> {
        match self.margin.votes() {
            Votes::Finite(n) if self.margin.sigma() > 0.0 => Some(n.get()),
            _ => None,
        }
    }

    /// Returns the probability for directions that differ.
    fn probability(&self, asked: Asked) -> Bounded {
        let second = if asked == Asked::Same { 1.0 } else { -1.0 };
        let spread = (self.noisy.sigma / self.noisy.data_std).hi();
        let several = self.median().filter(|n| *n > 2);
        let Some(votes) = several.filter(|_| spread > NOTHING) else {
            let Bounded { value, error } = self.normal(second).probability();
            let forgotten = if several.is_some() { spread } else { 0.0 };
            return Bounded::probability(value, error + forgotten);
        };
        let (many, one) = (Majority::new(votes), Majority::new(1));
        let factor = |majority, side: f64, constant: Dd, along: Dd, unit: Dd| {
            let side = Dd::from(side);
            Factor {
                extreme: Extreme::one(majority),
                constant: side * constant / unit,
                rate: side * along / unit,
            }
        };
        let found = self.average(|y| {
            let (a, b) = self.centres(y);
            let both = |s: f64, t: f64| {
                average([
                    factor(&many, s, a, self.noisy.data_std, self.noisy.sigma),
                    factor(&one, t, b, self.along, self.across),
                ])
            };
            both(1.0, second).plus(both(-1.0, -second))
        });
        found.probability()
    }

    /// Returns, for one draw or no spread, where U and V are bivariate normal, the probability that they have the
    /// same sign (`second` = 1) or different signs (−1).
    fn normal(&self, second: f64) -> Scaled {
        let sigma = if self.median().is_some_and(|n| n <= 2) { self.noisy.sigma } else { Dd::ZERO };
        let (data_std, other) = (self.noisy.data_std, self.reference.data_std);
        let total = (data_std * data_std + sigma * sigma).sqrt();
        let correlation = data_std * self.along / (total * other);
        // 1 − r², with t² = s² + σ² and ‖w₀‖² = α² + τ²: s²τ²/(t²‖w₀‖²) + σ²/t².
        let (apart, noisy) = (data_std * self.across / (total * other), sigma / total);
        let rest = apart * apart + noisy * noisy;
        let one = Majority::new(1);
        let normal = |p: Dd, q: Dd, k: Dd| {
            let (shared, side) = if k.hi() < 0.0 { (-k, -1.0) } else { (k, 1.0) };
            let own = (rest / (Dd::from(1.0) + shared)).sqrt();
            let rate = shared.sqrt() / own;
            let factor = |constant: Dd, rate: Dd| Factor {
                extreme: Extreme::one(&one),
                constant: constant / own,
                rate,
            };
            average([factor(p, rate), factor(q, Dd::from(side) * rate)])
        };
        self.average(|y| {
            let (a, b) = self.centres(y);
            let (a, b) = (a / total, b / other);
            if second > 0.0 {
                normal(a, b, correlation).plus(normal(-a, -b, correlation))
            } else {
                normal(a, -b, -correlation).plus(normal(-a, b, -correlation))
            }
        })
    }

    /// Returns, for exactly parallel directions, the value of U with M = 0 where V = 0: 0 if the classifiers are the
    /// same.
    fn apart(&self) -> Dd {
        let (u, v) = (&self.noisy, &self.reference);
        let top = largest(&u.weights);
        let j = u.weights.iter().position(|w| w.abs() == top).unwrap_or(0);
        let entry = |s: &Statistic| Dd::from(s.weights[j]) * Dd::from(s.back);
        (u.offset * entry(v) - v.offset * entry(u)) / entry(v)
    }

    /// Returns the probability for parallel directions, or for opposite ones, where the sign of V is reversed.
    fn parallel(&self, asked: Asked, sine: f64) -> Bounded {
        let turned = self.along.hi() < 0.0;
        let side = Dd::from(if turned { -1.0 } else { 1.0 });
        let asked = match (asked, turned) {
            (Asked::Same, false) | (Asked::Different, true) => Asked::Same,
            _ => Asked::Different,
        };
        if self.reference.offset == Dd::ZERO && self.prior == Prior::HALF && sine == 0.0 {
            return match asked {
                Asked::Same => invariance::invariance(&self.margin),
                Asked::Different => invariance::disagreement(&self.margin),
            };
        }
        let (data_std, sigma) = (self.noisy.data_std, self.margin.sigma());
        let along = side * self.along;
        let median = self.median().map(Median::new);
        let apart = (sine == 0.0).then(|| self.apart());
        let different = if median.is_none() && apart == Some(Dd::ZERO) {
            Bounded::exact(0.0)
        } else {
            let found = self.average(|y| {
                let (a, b) = self.centres(y);
                // V < 0 is z < end; U > 0 is z > end − (gap + σM)/s.
                let end = -(side * b / along);
                let gap = apart.unwrap_or(a + end * data_std);
                match median {
                    Some(median) => {
                        let part = |end: Dd, gap| {
                            let beyond = beyond_reach(end);
                            let (end, gap) = (end - beyond, gap - beyond * data_std);
                            expect(median, Event::UpTo(end), gap, sigma, data_std.hi())
                        };
                        part(end, gap).plus(part(-end, -gap))
                    }
                    None if gap.hi() > 0.0 => interval(end, gap / data_std),
                    None if gap.hi() < 0.0 => interval(-end, -gap / data_std),
                    None => Scaled::ZERO,
                }
            });
            let Bounded { value, error } = found.probability();
            Bounded::probability(value, error + sine)
        };
        if asked == Asked::Same { different.complement() } else { different }
    }
}

/// Returns whether one vector is exactly a multiple of the other.
fn exactly_parallel(u: &[f64], v: &[f64]) -> bool {
    let top = largest(u);
    let Some(j) = u.iter().position(|u| u.abs() == top) else { return false };
    u.iter().zip(v).all(|(a, b)| Dd::two_prod(*a, v[j]) == Dd::two_prod(u[j], *b))
}

/// Returns √(xᵀCx), for x in double-double, accurate to 1e-30 of the largest product.
fn length(covariance: &Covariance, x: &[Dd]) -> Dd {
    let part = |f: fn(Dd) -> f64| covariance.times(&x.iter().map(|x| f(*x)).collect::<Vec<_>>());
    let (high, low) = (part(Dd::hi), part(Dd::lo));
    let sum =
        x.iter().zip(high.iter().zip(&low)).fold(Dd::ZERO, |s, (x, (h, l))| s + *x * (*h + *l));
    if sum.hi() > 0.0 { sum.sqrt() } else { Dd::ZERO }
}
