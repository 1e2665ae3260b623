//! From d dimensions to one: the margin of a linear classifier.
//!
//! Given y, with x = y·μ + L·z, Σ = LLᵀ, and θ = m + e, e ~ N(0, S),
//!
//! ```text
//! y·(w·(x + θ) + b) = w·μ + y·w·Lz + y·(w·m + b) + y·w·e
//!                   ~ mean + noise·z₁ + y·offset + sigma·z₂
//! mean = w·μ,  noise = √(wᵀΣw),  sigma = √(wᵀSw),  offset = w·m + b
//! ```
//!
//! which is [`Margin`] of one dimension. A move δ of x changes it by y·w·δ, and the least that has
//! ‖δ‖_p ≤ ε is −ε‖w‖_q by Hölder, so that the budget is ε‖w‖_q. A vote sees x through w·x alone, and
//! the majority of sgn(w·(x + θᵢ) + b) is that of one dimension.

use super::covariance::EntryError;
use super::dots::dot;
use super::model::{LinearClassifier, LinearDefense, LinearTask, Norm, check_defense};
use crate::accuracy::Accuracies;
use crate::bounded::Bounded;
use crate::double::Dd;
use crate::protocol::Protocol;
use crate::task::{Draws, Eps, Margin, Prior, Task, Votes};

/// Outside 2⁻³⁰ … 2³⁰ the noise is brought near 1.
const WIDE: f64 = 1_073_741_824.0;

/// A linear classifier as one dimension sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// The margin of one dimension, in units of w·x (times `unit`).
    pub margin: Margin,
    /// How many of those units one unit of ‖δ‖_p costs: ‖w‖_q (times `unit`).
    pub cost: f64,
    /// P[y = 1].
    pub prior: Prior,
    /// A power of two that everything was multiplied by, which changes no accuracy: 1 unless √(wᵀΣw) is
    /// below 2⁻³⁰ or above 2³⁰.
    pub unit: f64,
}

impl Projection {
    /// Of a classifier, without a defence (`None`: sgn(w·x + b)) or with one, and this many votes. Fails
    /// where dimensions differ, or where the margin leaves the range of [`Margin`].
    pub fn new(
        task: &LinearTask,
        defense: Option<&LinearDefense>,
        classifier: &LinearClassifier,
        norm: Norm,
        votes: Votes,
    ) -> Result<Self, EntryError> {
        let d = task.dimension();
        let found = classifier.weights().len();
        if found != d {
            return Err(EntryError::new(
                "length of weights",
                found,
                format!("{d}, as the mean has"),
            ));
        }
        // first by a power of two near the largest weight, so that no square leaves the range
        let first = power_of_two(super::dots::largest(classifier.weights()));
        let w: Vec<f64> = classifier.weights().iter().map(|w| w * first).collect();
        let noise = task.covariance().quadratic(&w).sqrt().hi();
        let natural = noise / first;
        let wanted =
            if (1.0 / WIDE..=WIDE).contains(&natural) { 1.0 } else { power_of_two(natural) };
        let back = wanted / first;
        let scale = |v: f64| v * back;
        let bias = Dd::from(classifier.bias() * wanted);
        let (sigma, offset, votes) = match defense {
            None => (0.0, bias.hi(), Votes::Limit),
            Some(defense) => {
                check_defense(task, defense)?;
                let shift = dot(&w, defense.mean()) * Dd::from(back);
                let sigma = defense.covariance().quadratic(&w).hi().max(0.0).sqrt();
                (scale(sigma), (shift + bias).hi(), votes)
            }
        };
        let one = Task::new(scale(dot(&w, task.mean()).hi()), scale(noise))?;
        Ok(Self {
            margin: Margin::new(one, offset, sigma, votes)?,
            cost: scale(norm.dual().of(&w)),
            prior: task.prior(),
            unit: wanted,
        })
    }

    /// The budget of one dimension for an attack of ‖δ‖_p ≤ ε; at most 1e15.
    pub fn budget(&self, eps: Eps) -> Result<Eps, EntryError> {
        Ok(Eps::new(eps.get() * self.cost)?)
    }

    /// The accuracies under ‖δ‖_p ≤ ε, averaged over the classes by the prior.
    pub fn accuracies(&self, draws: Draws, eps: Eps) -> Result<Accuracies, EntryError> {
        Ok(Protocol::with_prior(&self.margin, draws, self.prior).at(self.budget(eps)?))
    }

    /// The same, given y = 1 and given y = −1.
    pub fn class_accuracies(&self, draws: Draws, eps: Eps) -> Result<[Accuracies; 2], EntryError> {
        let budget = self.budget(eps)?;
        let of = |prior| Protocol::with_prior(&self.margin, draws, prior).at(budget);
        Ok([of(Prior::PLUS), of(Prior::MINUS)])
    }

    /// How often the classifier agrees with sgn(w·x), as in one dimension ([`crate::invariance`]). `None`
    /// for a prior other than ½, where one dimension has no such thing.
    #[must_use]
    pub fn invariance(&self) -> Option<Bounded> {
        (self.prior == Prior::HALF).then(|| crate::invariance::invariance(&self.margin))
    }
}

/// The power of two that brings x > 0 into [1, 2), within what a double can be multiplied by; 1 of 0.
fn power_of_two(x: f64) -> f64 {
    if x > 0.0 { (-x.log2().floor()).clamp(-1000.0, 1000.0).exp2() } else { 1.0 }
}
