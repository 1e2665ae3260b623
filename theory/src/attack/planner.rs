//! The smallest sufficient budget.
//!
//! Among all numbers of steps k and of gradients per step m, each with the step size that reaches farthest, finds the
//! pair with the least k·m whose adversarial accuracy is within `enough` of that of the strongest fixed move; and
//! does the same with m = 1. The accuracies are exact. The search assumes that more gradients do no harm at a given k
//! or m; where ties make an even m worse, the odd m below it is tried as well.

use super::best::near_best;
use super::rates::Exact;
use super::{Signs, Walk, ceiling, sufficient};
use crate::math::bounded::Bounded;
use std::collections::HashMap;
use task::EntryError;
use task::attack::{AttackPoint, AttackTask, GainLaw, GainTask, MAX_EOT, MAX_STEPS, Start};

/// The parameters of an attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// k.
    pub steps: u32,
    /// m.
    pub eot: u32,
    /// K = ε/α.
    pub ratio: f64,
    /// E U.
    pub reach: f64,
    /// The adversarial accuracy under the attack.
    pub adversarial: Bounded,
}

impl Plan {
    /// Returns k·m.
    #[must_use]
    pub fn gradients(&self) -> u64 {
        u64::from(self.steps) * u64::from(self.eot)
    }
}

/// The result of the planner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned {
    /// The adversarial accuracy under the strongest fixed move.
    pub strongest: Bounded,
    /// The smallest budget with one gradient per step; `None` if none up to the largest is sufficient.
    pub pgd: Option<Plan>,
    /// The smallest budget with any number of gradients per step.
    pub eot: Option<Plan>,
}

/// The diagnosis of a budget of gradients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diagnosis {
    /// The sign-match, the probability that the sign of one gradient is right; a gradient of 0 counts as not right.
    pub signs: Signs,
    /// The adversarial accuracy under the strongest fixed move.
    pub strongest: Bounded,
    /// PGD with one gradient per step and the best step size.
    pub pgd: Plan,
    /// The best way to split the budget.
    pub eot: Plan,
    /// The largest reach of any attack with this budget, for normal gains (Neyman and Pearson).
    pub ceiling: Option<Bounded>,
}

impl Diagnosis {
    /// Returns whether PGD without EOT comes within `enough` of the strongest move.
    #[must_use]
    pub fn suffices(&self, enough: f64) -> bool {
        self.pgd.adversarial.value <= self.strongest.value + enough
    }
}

/// Finds the smallest budgets of at most `most` gradients whose adversarial accuracy is within `enough` of that of
/// the strongest fixed move. Votes, draws and ε are those of the point; its attack does not matter. Fails for tasks
/// without gains, and where the exact accuracy is not known.
pub fn plan(point: &AttackPoint, enough: f64, most: u64) -> Result<Planned, EntryError> {
    let mut search = Search::new(point)?;
    let target = search.strongest.value + enough;
    let most = most.min(u64::from(MAX_STEPS));
    let pgd = search.fewest_steps(1, most as u32, target)?;
    let mut best = pgd;
    let bound = |best: &Option<Plan>| best.map_or(most, |plan| plan.gradients() - 1);
    // Few steps with many gradients each, then few gradients per step.
    let mut steps = 1;
    while u64::from(steps) * u64::from(steps) <= bound(&best) {
        let eot = (bound(&best) / u64::from(steps)).min(u64::from(MAX_EOT)) as u32;
        if let Some(found) = search.fewest_gradients(steps, eot, target)? {
            best = Some(found);
        }
        steps += 1;
    }
    let mut eot = 2;
    while u64::from(eot) * u64::from(eot) <= bound(&best) {
        let steps = (bound(&best) / u64::from(eot)) as u32;
        if search.is_enough(steps, eot, target)?.is_some() {
            best = search.fewest_steps(eot, steps, target)?;
        }
        eot += 1;
    }
    Ok(Planned { strongest: search.strongest, pgd, eot: best })
}

/// Diagnoses a budget of `gradients` gradients against the task of a point.
pub fn diagnose(point: &AttackPoint, gradients: u32) -> Result<Diagnosis, EntryError> {
    let mut search = Search::new(point)?;
    let gradients = gradients.clamp(1, MAX_STEPS);
    let pgd = search.attack(gradients, 1)?;
    let mut best = pgd;
    let mut eot = 1.0_f64;
    loop {
        eot = (eot * 1.25).ceil();
        let m = (eot as u32).min(gradients);
        let found = search.attack(gradients / m, m)?;
        if found.adversarial.value < best.adversarial.value {
            best = found;
        }
        if m == gradients {
            break;
        }
    }
    let signs = search.signs(1)?;
    let ceiling = match search.task.law() {
        GainLaw::Normal { spread } => Some(ceiling(spread, u64::from(gradients))),
        _ => None,
    };
    Ok(Diagnosis { signs, strongest: search.strongest, pgd, eot: best, ceiling })
}

struct Search<'a> {
    task: &'a GainTask,
    exact: Exact<'a>,
    strongest: Bounded,
    signs: HashMap<u32, Signs>,
    /// δ²k, as far as needed to reach the target.
    needed: Option<f64>,
}

impl<'a> Search<'a> {
    fn new(point: &'a AttackPoint) -> Result<Self, EntryError> {
        let AttackTask::Gains(task) = point.task() else {
            let found = format!("{} coordinates", point.task().dimension());
            let expected = "add, scale, drop, flip or list: only these are planned for";
            return Err(EntryError::new("defense", found, expected));
        };
        let exact = Exact::new(task, point);
        let [full, _] = exact.strongest();
        let (strongest, signs) = (Bounded::exact(0.0), HashMap::new());
        let mut found = Self { task, exact, strongest, signs, needed: None };
        found.strongest = found.accuracy(&Walk::fixed(full))?;
        Ok(found)
    }

    fn accuracy(&self, walk: &Walk) -> Result<Bounded, EntryError> {
        self.exact.adversarial(walk).map_err(|unknown| {
            EntryError::new("enough", unknown, "a task whose accuracy is known exactly")
        })
    }

    fn signs(&mut self, eot: u32) -> Result<Signs, EntryError> {
        if let Some(found) = self.signs.get(&eot) {
            return Ok(*found);
        }
        let found = Signs::new(&self.task.law(), eot)?;
        self.signs.insert(eot, found);
        Ok(found)
    }

    /// Returns the attack with this many steps and gradients at its best step size.
    fn attack(&mut self, steps: u32, eot: u32) -> Result<Plan, EntryError> {
        let signs = self.signs(eot)?;
        let best = near_best(&signs, steps, Start::Zero)?;
        let adversarial = self.accuracy(&best.walk)?;
        Ok(Plan { steps, eot, ratio: best.ratio, reach: best.walk.reach().value, adversarial })
    }

    fn is_enough(&mut self, steps: u32, eot: u32, target: f64) -> Result<Option<Plan>, EntryError> {
        let found = self.attack(steps, eot)?;
        Ok((found.adversarial.value <= target).then_some(found))
    }

    /// Returns the fewest steps with this many gradients each, up to `most`.
    fn fewest_steps(
        &mut self,
        eot: u32,
        most: u32,
        target: f64,
    ) -> Result<Option<Plan>, EntryError> {
        let signs = self.signs(eot)?;
        // If signs are mostly wrong, repetition does not help.
        if most == 0 || signs.drift() <= 0.0 {
            return Ok(None);
        }
        let guess = self.guess(&signs, target)?.clamp(1.0, f64::from(most)) as u32;
        let excess = |plan: &Plan| plan.adversarial.value - target;
        let first = self.attack(guess, eot)?;
        // Two numbers of steps, the first insufficient, the second sufficient.
        let (mut below, mut above) = (Plan { steps: 0, ..first }, first);
        let mut stride = 1 + guess / 16;
        if excess(&first) > 0.0 {
            below = first;
            while excess(&above) > 0.0 {
                if above.steps == most {
                    return Ok(None);
                }
                below = above;
                above = self.attack(above.steps.saturating_add(stride).min(most), eot)?;
                stride = stride.saturating_mul(2);
            }
        } else {
            while above.steps > 1 {
                let steps = above.steps.saturating_sub(stride).max(1);
                let found = self.attack(steps, eot)?;
                stride = stride.saturating_mul(2);
                if excess(&found) > 0.0 {
                    below = found;
                    break;
                }
                above = found;
            }
        }
        // The secant method; weights are halved if the points stay on one side.
        let mut weight = 1.0;
        while above.steps - below.steps > 1 {
            let width = f64::from(above.steps - below.steps);
            let share = match below.steps {
                0 => 0.5,
                _ => excess(&below) / (excess(&below) - weight * excess(&above)),
            };
            let inside = (width * share).round().clamp(1.0, width - 1.0) as u32;
            let found = self.attack(below.steps + inside, eot)?;
            if excess(&found) > 0.0 {
                (below, weight) = (found, 0.5 * weight);
            } else {
                (above, weight) = (found, 1.0);
            }
        }
        Ok(Some(above))
    }

    /// Estimates the number of steps, from the limit of weak signals.
    fn guess(&mut self, signs: &Signs, target: f64) -> Result<f64, EntryError> {
        let needed = match self.needed {
            Some(needed) => needed,
            None => {
                let (mut low, mut high) = (0.0, 1.0);
                for _ in 0..12 {
                    let middle = 0.5 * (low + high);
                    let enough = self.accuracy(&Walk::fixed(middle))?.value <= target;
                    if enough { high = middle } else { low = middle }
                }
                sufficient((1.0 - high).max(1e-3))
            }
        };
        self.needed = Some(needed);
        let drift = signs.drift();
        let variance = (signs.right + signs.wrong - drift * drift).max(drift * drift);
        Ok(needed * 4.0 * variance / (drift * drift))
    }

    /// Returns the fewest gradients per step with this many steps, up to `most`.
    fn fewest_gradients(
        &mut self,
        steps: u32,
        most: u32,
        target: f64,
    ) -> Result<Option<Plan>, EntryError> {
        let mut enough = |eot: u32| -> Result<Option<Plan>, EntryError> {
            let even = self.is_enough(steps, eot, target)?;
            if even.is_some() || eot < 2 {
                return Ok(even);
            }
            self.is_enough(steps, eot - 1, target)
        };
        if most == 0 {
            return Ok(None);
        }
        let Some(mut found) = enough(most)? else { return Ok(None) };
        let (mut below, mut above) = (0, found.eot);
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            match enough(middle)? {
                Some(better) => (above, found) = (better.eot, better),
                None => below = middle,
            }
        }
        Ok(Some(found))
    }
}
