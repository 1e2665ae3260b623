//! Randomized smoothing in d dimensions, which is that of one.

use task::certify::Smoothed;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask};
use task::{EntryError, Norm, Task, Votes};

use crate::linear::Projection;

/// A linear classifier sgn(w·x + b) under noise θ ~ N(`shift`, `sigma`²I), as one dimension sees it: in units of ℓ2.
///
/// An answer sgn(w·(x + θ) + b) depends on x and θ through u·x and u·θ, u = w/‖w‖₂, of which the latter is normal with
/// standard deviation sigma whatever u is. So with the distance y·(u·x + u·m + b/‖w‖₂),
///
/// ```text
/// mean = u·μ      data_std = √(uᵀΣu)      shift − threshold = u·m + b/‖w‖₂
/// ```
///
/// everything is that of one dimension. The certified radius is one in ℓ2: the distance to the boundary of the smoothed
/// classifier, the hyperplane w·(x + m) + b = 0. Noise of another covariance would give radii in another norm.
///
/// With w trained with noise N(m, τ²I), the smoothed classifier is the ℓ2-robust optimum at the radius τ²‖w‖₂
/// ([`crate::linear::budget_of_noise`]), so that what infinitely many answers certify there is what no classifier exceeds.
///
/// Fails where dimensions differ, or where a number leaves the domain of one dimension.
///
/// ```
/// use gauss_sim_theory::certify::{projected, true_radius_accuracy};
/// use gauss_sim_theory::linear::{budget_of_noise, robust_optimum, trained};
/// use task::linear::{Covariance, LinearDefense, LinearTask, Rule};
/// use task::{Eps, Norm, Prior};
///
/// let task = LinearTask::new(vec![1.2, 1.0], Covariance::diagonal(vec![1.0, 0.25])?, Prior::HALF)?;
/// let noise = LinearDefense::new(vec![0.0, 0.0], Covariance::scalar(1.0)?)?;
/// let Rule::Linear(classifier) = trained(&task, &noise)? else { unreachable!("the mean is not 0") };
/// let smoothed = projected(&task, noise.mean(), &classifier, 0.5)?;
/// let radius = budget_of_noise(&task, 1.0)?;
/// let optimum = robust_optimum(&task, Norm::TWO, Eps::new(radius)?)?.accuracy;
/// assert!((true_radius_accuracy(&smoothed, radius).value - optimum.lower).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn projected(
    task: &LinearTask,
    shift: &[f64],
    classifier: &LinearClassifier,
    sigma: f64,
) -> Result<Smoothed, EntryError> {
    let noise = LinearDefense::new(shift.to_vec(), Covariance::zero())?;
    let line = Projection::new(task, Some(&noise), classifier, Norm::TWO, Votes::Limit)?;
    let [mean, data_std, offset] =
        [line.margin.task().mean(), line.margin.task().data_std(), line.margin.offset()]
            .map(|number| number / line.cost);
    Ok(Smoothed::new(Task::new(mean, data_std)?, task.prior(), offset, 0.0, sigma)?)
}
