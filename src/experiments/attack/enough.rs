//! The smallest budget of gradients that is enough.

use task::EntryError;
use task::attack::{AttackPoint, AttackSpec};
use task::range::{number, quote, short};
use task::spec::SpecError;
use theory::attack::{Plan, Planned, diagnose, plan};

use super::rows::sentences;
use super::{KIND, task_of};
use crate::columns;
use crate::experiment::Planner;
use crate::experiments::own;
use crate::table::Table;

/// The planner.
pub static PLANNER: Planner = Planner {
    kind: &KIND,
    name: "enough",
    placeholder: "DIFFERENCE",
    help: "Instead: the smallest budget within this much of the strongest attack's adversarial accuracy",
    without: &[],
    table: |spec, wanted| {
        let enough = difference(wanted).map_err(|message| PLANNER.refused(message))?;
        let (point, planned) = planned(&own(spec)?, enough)?;
        Ok(table(&point, &planned))
    },
    said: |spec, wanted| {
        let enough = difference(wanted).map_err(|message| PLANNER.refused(message))?;
        let (point, planned) = planned(&own(spec)?, enough)?;
        words(&point, &planned, enough)
    },
};

/// The largest budget that is looked at.
pub const MOST: u64 = 1_000_000;

/// Reads how far an adversarial accuracy may be from the strongest attack's. The message says what would be right.
pub fn difference(text: &str) -> Result<f64, String> {
    let value = number(text).map_err(|error| error.to_string())?;
    match value > 0.0 && value < 1.0 {
        true => Ok(value),
        false => Err(format!(
            "{} is not possible: write a number between 0 and 1, as in 0.05",
            quote(text)
        )),
    }
}

/// Returns the first point of a question, and the smallest budgets that are enough for it.
pub fn planned(spec: &AttackSpec, enough: f64) -> Result<(AttackPoint, Planned), SpecError> {
    let first = spec.points(&task_of(spec)?)?.into_iter().next();
    let none = || SpecError::Together(format!("--eps {}: there is no point", spec.eps));
    let point = first.ok_or_else(none)?;
    let planned = plan(&point, enough, MOST).map_err(|error| under_flag(enough, &error))?;
    Ok((point, planned))
}

fn under_flag(enough: f64, error: &EntryError) -> SpecError {
    SpecError::Together(format!("--enough {}: {error}", short(enough)))
}

/// The budgets in words, and the diagnosis at the larger one.
pub fn words(point: &AttackPoint, planned: &Planned, enough: f64) -> Result<String, SpecError> {
    let gradients = planned.eot.map_or(MOST, |plan| plan.gradients()).min(100_000) as u32;
    let diagnosis = diagnose(point, gradients).map_err(|error| under_flag(enough, &error))?;
    let sentences = sentences(&diagnosis, gradients, enough).join("\n");
    Ok(lines(planned, enough, point.attacker().eps.get()) + &sentences + "\n")
}

fn lines(planned: &Planned, enough: f64, eps: f64) -> String {
    let strongest = planned.strongest.value;
    let of = |name: &str, plan: Option<Plan>| match plan {
        Some(plan) => format!(
            "{name}: {} gradients, k = {} steps of m = {}, step size {} (ε/{:.4}): adversarial accuracy {:.6}, reach {:.4}\n",
            plan.gradients(),
            plan.steps,
            plan.eot,
            short(eps / plan.ratio),
            plan.ratio,
            plan.adversarial.value,
            plan.reach
        ),
        None => format!("{name}: no budget up to {MOST} gradients is enough\n"),
    };
    format!(
        "the strongest fixed move leaves an adversarial accuracy of {strongest:.6}; within {} of it:\n",
        short(enough)
    ) + &of("  without EOT", planned.pgd)
        + &of("  with EOT", planned.eot)
}

columns! {
    /// The smallest budget that is enough.
    pub struct EnoughRow {
        /// `pgd`, with one gradient a step, or `eot`, with any number.
        attack: String,
        /// k·m.
        gradients: u64,
        /// k.
        steps: u32,
        /// m, the gradients that a step averages.
        eot: u32,
        /// The step size, in units of x.
        step_size: f64,
        /// How far the attack gets on average, as a share of ε.
        reach: f64,
        /// The adversarial accuracy that it leaves, of all samples.
        adversarial_accuracy: f64,
    }
}

/// The budgets as rows; none of an attack that no budget is enough for.
#[must_use]
pub fn table(point: &AttackPoint, planned: &Planned) -> Table {
    let row = |(name, plan): (&str, Option<Plan>)| {
        let plan = plan?;
        Some(EnoughRow {
            attack: name.to_owned(),
            gradients: plan.gradients(),
            steps: plan.steps,
            eot: plan.eot,
            step_size: point.attacker().eps.get() / plan.ratio,
            reach: plan.reach,
            adversarial_accuracy: plan.adversarial.value,
        })
    };
    Table::of("enough", [("pgd", planned.pgd), ("eot", planned.eot)].into_iter().filter_map(row))
}
