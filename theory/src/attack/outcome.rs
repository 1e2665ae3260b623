//! The common entry point: all exact values of an attacked point, for any task.

use super::rates::{Outcome, of_gains};
use super::{mirror, spheres};
use task::EntryError;
use task::attack::{AttackPoint, AttackTask};

/// Computes the exact values of a point. Fails if its walk or its signs take too many operations.
///
/// ```
/// use gauss_sim_theory::attack::outcome;
/// use task::attack::{AttackKind, AttackPoint, AttackSpec};
/// use task::spec::Spec;
///
/// // the usual question: 64 coordinates of gains N(1, 1) against one gradient a step, ten, and the full move
/// let spec = AttackSpec::default();
/// let task = spec.task()?;
/// let points = spec.points(&task)?;
/// let found: Vec<f64> = points
///     .iter()
///     .map(|point| outcome(point).unwrap().rates.adversarial.unwrap().value)
///     .collect();
/// // gradients that are right 84 times in 100 lose little: ten of each are hardly worth their price
/// assert!(found[0] - found[2] < 0.01 && found[1] - found[2] < 1e-4);
/// # Ok::<(), task::spec::SpecError>(())
/// ```
pub fn outcome(point: &AttackPoint) -> Result<Outcome, EntryError> {
    match point.task() {
        AttackTask::Gains(task) => of_gains(point, task),
        AttackTask::Mirror(task) => mirror::outcome(point, task),
        AttackTask::Spheres(task) => spheres::outcome(point, task),
    }
}
