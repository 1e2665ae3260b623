//! The reduction from d dimensions to one: the margin of a linear classifier. The derivation is at [`Projection`].

use super::dots::{dot, largest, power_of_two, sum_of_magnitudes};
use super::norms::Length;
use super::products::{Products, check_defense};
use crate::accuracy::Accuracies;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::protocol::Protocol;
use task::linear::{LinearClassifier, LinearDefense, LinearTask};
use task::{DrawProtocol, EntryError, Eps, Margin, Norm, Prior, Task, Votes};

/// The margin is rescaled unless its data_std is between 1/`WIDE` and `WIDE`, 2⁻³⁰ and 2³⁰.
const WIDE: f64 = 1_073_741_824.0;
/// The largest number of a margin.
const MOST: f64 = 1e15;

/// The one-dimensional view of a linear classifier.
///
/// ```
/// use gauss_sim_theory::linear::Projection;
/// use task::Norm;
/// use task::linear::{Covariance, LinearClassifier, LinearTask};
/// use task::{DrawProtocol, Eps, Prior, Votes};
///
/// let task = LinearTask::new(vec![1.0, 1.0], Covariance::scalar(1.0)?, Prior::HALF)?;
/// let classifier = LinearClassifier::new(vec![1.0, 1.0], 0.0)?;
/// let line = Projection::new(&task, None, &classifier, Norm::MAX, Votes::ONE)?;
/// assert_eq!((line.margin.task().mean(), line.cost, line.unit), (2.0, 2.0, 1.0)); // w·μ and ‖w‖₁
/// let eps = Eps::new(0.5)?; // of each coordinate
/// assert_eq!(line.budget(eps)?, Eps::new(1.0)?); // of w·x
/// let found = line.accuracies(DrawProtocol::Same, eps)?.adversarial;
/// assert!((found.value - 0.760_249_938_906_523_3).abs() < 1e-15); // Φ((2 − 1)/√2)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Derivation
///
/// Given y, with x = y·μ + L·z, Σ = LLᵀ, and θ = m + e, e ~ N(0, S),
///
/// ```text
/// y·(w·(x + θ) + b) = w·μ + y·w·Lz + y·(w·m + b) + y·w·e
///                   ~ mean + data_std·z₁ + y·offset + sigma·z₂
/// mean = w·μ,  data_std = √(wᵀΣw),  sigma = √(wᵀSw),  offset = w·m + b
/// ```
///
/// which is a one-dimensional [`Margin`]. A move δ of x changes it by y·w·δ, which for ‖δ‖_p ≤ ε is at least −ε‖w‖_q
/// by Hölder, so the budget is ε‖w‖_q. A vote depends on x only through w·x, and the majority of sgn(w·(x + θᵢ) + b)
/// is that of one dimension.
///
/// A classifier that subtracts w·m has b = −w·m rounded, and after [`Unit::unit`](super::Unit::unit) w and b are each
/// rounded once more. Its offset is therefore a rounding error of up to ε(|b| + Σ|wᵢmᵢ|), ε = 2⁻⁵², where 0 is meant.
/// An offset this small cannot be distinguished from 0, and is taken as 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// The one-dimensional margin, in units of w·x (times `unit`).
    pub margin: Margin,
    /// The cost of one unit of ‖δ‖_p in those units: ‖w‖_q (times `unit`).
    pub cost: f64,
    /// P[y = 1].
    pub prior: Prior,
    /// The power of two by which everything was multiplied, which changes no accuracy: 1 unless √(wᵀΣw) is below 2⁻³⁰
    /// or above 2³⁰, or another number would leave the range of [`Margin`].
    pub unit: f64,
}

impl Projection {
    /// Projects a classifier, without a defense (`None`: sgn(w·x + b)) or with one, and with this many votes. Fails
    /// if dimensions differ, or if the margin leaves the range of [`Margin`].
    pub fn new(
        task: &LinearTask,
        defense: Option<&LinearDefense>,
        classifier: &LinearClassifier,
        norm: Norm,
        votes: Votes,
    ) -> Result<Self, EntryError> {
        let line = Statistic::new(task, defense, classifier)?;
        Ok(Self {
            margin: line.margin(votes)?,
            cost: norm.dual().of(&line.weights) * line.back,
            prior: task.prior(),
            unit: line.unit,
        })
    }

    /// Returns the one-dimensional budget of an attack with ‖δ‖_p ≤ ε: ε‖w‖_q, times `unit`; fails above 1e15.
    pub fn budget(&self, eps: Eps) -> Result<Eps, EntryError> {
        Eps::new(eps.get() * self.cost).map_err(|error| {
            let expected = "a number up to 1e15: the data's spread is too small beside ε";
            EntryError::new("the budget in units of the classifier's margin", error.value, expected)
        })
    }

    /// Returns the margin and the budget, in other units where the budget would leave its range.
    fn attacked(&self, eps: Eps) -> Result<(Margin, Eps), EntryError> {
        let size = eps.get() * self.cost;
        let by = power_of_two(size) * 2f64.powi(48);
        let (task, margin) = (self.margin.task(), &self.margin);
        let scaled = Task::new(task.mean() * by, task.data_std() * by).and_then(|task| {
            Margin::new(task, margin.offset() * by, margin.sigma() * by, margin.votes())
        });
        match scaled {
            Ok(scaled) if size > MOST => Ok((scaled, Eps::new(size * by)?)),
            _ => Ok((self.margin, self.budget(eps)?)),
        }
    }

    /// Returns the accuracies under ‖δ‖_p ≤ ε, averaged over the classes by the prior: those of [`Protocol`] for
    /// `margin` at the one-dimensional budget, with their bounds.
    pub fn accuracies(&self, draws: DrawProtocol, eps: Eps) -> Result<Accuracies, EntryError> {
        let (margin, budget) = self.attacked(eps)?;
        Ok(Protocol::with_prior(&margin, draws, self.prior).at(budget))
    }

    /// Returns the same given y = 1 and given y = −1.
    pub fn class_accuracies(
        &self,
        draws: DrawProtocol,
        eps: Eps,
    ) -> Result<[Accuracies; 2], EntryError> {
        let (margin, budget) = self.attacked(eps)?;
        let of = |prior| Protocol::with_prior(&margin, draws, prior).at(budget);
        Ok([of(Prior::PLUS), of(Prior::MINUS)])
    }

    /// Returns how often the classifier agrees with sgn(w·x), as in one dimension ([`crate::invariance`]). `None` for
    /// a prior other than ½, for which this is not defined in one dimension.
    #[must_use]
    pub fn invariance(&self) -> Option<Bounded> {
        (self.prior == Prior::HALF).then(|| crate::invariance::invariance(&self.margin))
    }
}

/// The one-dimensional view of w·(x + θ) + b, before anything is rounded to a double.
pub(crate) struct Statistic {
    /// w times the power of two that scales its largest entry to near 1.
    pub(crate) weights: Vec<f64>,
    /// The factor that brings the scaled weights to the units of the other fields.
    pub(crate) back: f64,
    /// w·μ.
    pub(crate) mean: Dd,
    /// √(wᵀΣw).
    pub(crate) data_std: Dd,
    /// w·m + b.
    pub(crate) offset: Dd,
    /// √(wᵀSw).
    pub(crate) sigma: Dd,
    /// Whether there is a defense.
    defended: bool,
    /// See [`Projection::unit`].
    unit: f64,
}

impl Statistic {
    /// Projects a classifier. Fails if dimensions differ.
    pub(crate) fn new(
        task: &LinearTask,
        defense: Option<&LinearDefense>,
        classifier: &LinearClassifier,
    ) -> Result<Self, EntryError> {
        let (d, found) = (task.dimension(), classifier.weights().len());
        if found != d {
            let expected = format!("{d}, as the mean has");
            return Err(EntryError::new("length of weights", found, expected));
        }
        // Scale by a power of two near the largest weight first, so that no square leaves the range.
        let first = power_of_two(largest(classifier.weights()));
        let weights: Vec<f64> = classifier.weights().iter().map(|w| w * first).collect();
        let data_std = task.covariance().quadratic(&weights).sqrt();
        let natural = data_std.hi() / first;
        let mean = dot(&weights, task.mean());
        let mut unit =
            if (1.0 / WIDE..=WIDE).contains(&natural) { 1.0 } else { power_of_two(natural) };
        let size = (mean.hi() / first * unit).abs();
        if size > MOST {
            // Below 2⁴⁹, however small that makes the spread beside it.
            unit *= power_of_two(size) * 2f64.powi(48);
        }
        let back = unit / first;
        let scale = |v: Dd| v * Dd::from(back);
        let bias = classifier.bias() * unit;
        let (sigma, offset) = match defense {
            None => (Dd::ZERO, Dd::from(bias)),
            Some(defense) => {
                check_defense(task, defense)?;
                let square = defense.covariance().quadratic(&weights);
                let sigma = if square.hi() > 0.0 { scale(square.sqrt()) } else { Dd::ZERO };
                let shift = scale(dot(&weights, defense.mean()));
                let moved: Vec<f64> =
                    weights.iter().zip(defense.mean()).map(|(w, m)| w * m).collect();
                let rounding = bias.abs() + scale(sum_of_magnitudes(&moved)).hi();
                let offset = shift + Dd::from(bias);
                let noticeable = offset.hi().abs() > f64::EPSILON * rounding;
                (sigma, if noticeable { offset } else { Dd::ZERO })
            }
        };
        Ok(Self {
            back,
            mean: scale(mean),
            data_std: scale(data_std),
            offset,
            sigma,
            defended: defense.is_some(),
            unit,
            weights,
        })
    }

    /// Returns the rounded margin with this many votes, which do not matter without a defense. Fails if a number
    /// leaves the range of [`Margin`].
    pub(crate) fn margin(&self, votes: Votes) -> Result<Margin, EntryError> {
        let votes = if self.defended { votes } else { Votes::Limit };
        let task = Task::new(self.mean.hi(), self.data_std.hi())?;
        Ok(Margin::new(task, self.offset.hi(), self.sigma.hi(), votes)?)
    }
}
