//! The exact law of a walk: where a coordinate is after so many steps.

use task::EntryError;
use task::attack::{AttackKind, AttackSpec, AttackTask};
use task::range::{Range, quote};
use task::spec::SpecError;
use theory::attack::{Walk, outcome};

use super::{KIND, task_of};
use crate::columns;
use crate::experiment::Planner;
use crate::experiments::own;
use crate::table::Table;
use crate::table::format::EXACT_DIGITS;
use crate::table::text::{Lines, number};

/// The planner.
pub static PLANNER: Planner = Planner {
    kind: &KIND,
    name: "law",
    placeholder: "STEPS",
    help: "Instead: the exact law of a coordinate's position after these numbers of steps, as in 0..40:1",
    without: &["steps", "budget"],
    table: |spec, wanted| {
        let steps = steps(wanted).map_err(|message| PLANNER.refused(message))?;
        table(&own(spec)?, &steps)
    },
    said: |spec, wanted| Ok(lines(&(PLANNER.table)(spec, wanted)?).plain()),
};

columns! {
    /// A position of a coordinate and its probability.
    pub struct LawRow {
        /// `off`, `pgd` or `eot`.
        attack: AttackKind,
        /// m, the number of gradients that a step averages.
        eot: u32,
        /// α, the step size, in units of x.
        step_size: f64,
        /// The number of steps taken.
        steps: u32,
        /// The lower end of the positions, in units of ε along the right direction.
        low: f64,
        /// The upper end of the positions: equal to the lower end for a single position, above it where a uniform start is still uniform.
        high: f64,
        /// The probability of these positions, exact.
        probability: f64,
    }
}

/// The largest number of steps.
const MOST: f64 = 10_000.0;
/// The largest number of positions, over all steps.
const POSITIONS: usize = 1_000_000;

/// Reads numbers of steps. The message says what would be right.
pub fn steps(text: &str) -> Result<Vec<u32>, String> {
    let range: Range = text.parse().map_err(|error: task::range::RangeError| error.to_string())?;
    let whole = |steps: &f64| steps.fract() == 0.0 && (0.0..=MOST).contains(steps);
    match range.values().iter().all(whole) {
        true => Ok(range.values().iter().map(|steps| *steps as u32).collect()),
        false => Err(format!(
            "{} is not possible: write whole numbers from 0 to {MOST}, as in 0..40:1",
            quote(text)
        )),
    }
}

/// Returns the law of every attack that steps, at the first ε and votes of a question.
pub fn table(spec: &AttackSpec, steps: &[u32]) -> Result<Table, SpecError> {
    let task = task_of(spec)?;
    if !matches!(task, AttackTask::Gains(_)) {
        let defense = &spec.defense;
        return Err(SpecError::Together(format!(
            "--law: coordinates of {defense} do not walk alone: write a defense with gains, such as scale=1"
        )));
    }
    let points = spec.points(&task)?;
    let walks = |kind| matches!(kind, AttackKind::Off | AttackKind::Pgd | AttackKind::Eot);
    let mut rows: Vec<LawRow> = Vec::new();
    let mut known = Vec::new();
    for point in points {
        let attacker = *point.attacker();
        if !walks(attacker.kind) || known.contains(&(attacker.kind, attacker.eot)) {
            continue;
        }
        known.push((attacker.kind, attacker.eot));
        // With the best step size filled in.
        let found = outcome(&point)?;
        let eps = attacker.eps.get();
        let step = found.point.attacker().step;
        let (Some(signs), Some(ratio)) = (found.signs, step.ratio(eps)) else { continue };
        for &taken in steps {
            let walk = Walk::new(&signs, ratio.max(1e-9), taken, attacker.start)?;
            let row = |low, high, probability| LawRow {
                attack: attacker.kind,
                eot: attacker.eot,
                step_size: eps / ratio,
                steps: taken,
                low,
                high,
                probability,
            };
            rows.extend(walk.atoms().iter().map(|atom| row(atom.at, atom.at, atom.chance)));
            rows.extend(walk.cells().iter().map(|cell| row(cell.low, cell.high, cell.chance)));
            if rows.len() > POSITIONS {
                return Err(EntryError::new(
                    "step_size",
                    step,
                    "a larger one, or fewer steps: so many positions are too many",
                )
                .into());
            }
        }
    }
    Ok(Table::of("law", rows))
}

/// Returns the printed table of these rows.
#[must_use]
pub fn lines(table: &Table) -> Lines {
    let header = ["attack", "m", "k", "U", "probability"].map(str::to_owned).to_vec();
    let line = |row: crate::table::Row<'_>| {
        let [low, high] = ["low", "high"].map(|name| number(row.number(name), 4));
        let count = |name: &str| row.count(name).unwrap_or(0).to_string();
        vec![vec![
            row.word("attack").to_owned(),
            count("eot"),
            count("steps"),
            if low == high { low } else { format!("{low}–{high}") },
            number(row.number("probability"), EXACT_DIGITS),
        ]]
    };
    Lines { header, words: 1, rows: table.iter().map(line).collect() }
}
