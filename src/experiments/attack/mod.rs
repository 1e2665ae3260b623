//! Attacks counted in gradients: sign-PGD with and without EOT against a random map, in d dimensions.
//!
//! Exact values are those of [`theory::attack`]; if there are none, a row only has the simulation and, as a bound,
//! the optimum. The simulation runs the attack loop itself ([`engine::attacks`]).

pub mod charts;
pub mod enough;
pub mod law;
pub mod rows;

use engine::attacks::{AttackCounts, AttackQuestion, SIGN_BIAS, bias};
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use task::attack::{AttackKind, AttackSpec, AttackTask, GainScope, Judge, Loss, Training};
use task::spec::{Spec, SpecError};
use theory::attack::{Known, Outcome, Signs, outcome, trained_weights};
use theory::math::bounded::Bounded;
use theory::math::normal::quantile;

use self::rows::{Keys, schema};
use super::grid::{MAX_ROWS, check_size};
use super::own;
use crate::experiment::{
    ExactRate, ExactRow, Experiment, Findings, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::{Cell, Columnar, Table};

/// The kind of experiment.
pub static KIND: Kind = Kind {
    name: "attack",
    verbs: "attack",
    spec: || Box::new(AttackSpec::default()),
    new: |spec| Ok(Box::new(Attacks::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, _| charts::figures(&tables[0]),
};

/// Attacked points of one task, with the exact values of each.
pub struct Attacks {
    spec: AttackSpec,
    outcomes: Vec<Outcome>,
}

impl Attacks {
    /// Creates the experiment for the points that are asked for. Computes their exact values, in parallel, on rayon's
    /// current pool, since step sizes and strongest moves are among them. Fails if a value is outside its domain.
    pub fn new(spec: AttackSpec) -> Result<Self, SpecError> {
        let task = task_of(&spec)?;
        let points = spec.points(&task)?;
        let axes = [("eps", spec.eps.values().len()), ("attack", points.len())];
        check_size(&spec, &axes[1..], MAX_ROWS, "rows")?;
        let outcomes: Result<_, _> = points.par_iter().with_max_len(1).map(outcome).collect();
        Ok(Self { spec, outcomes: outcomes? })
    }

    /// Returns the exact values of each point, in the order of the rows.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    fn question(&self) -> Result<AttackQuestion, SpecError> {
        let points = self.outcomes.iter().map(|outcome| outcome.point.clone());
        Ok(AttackQuestion::new(points.collect())?)
    }
}

/// Returns the task that is attacked; for `mirror` with training, with the best classifier of defended inputs.
pub fn task_of(spec: &AttackSpec) -> Result<AttackTask, SpecError> {
    let task = spec.task()?;
    match &task {
        AttackTask::Mirror(mirror) if spec.training.0 == Training::Trained => {
            let (mean, data_std) = (mirror.mean(), mirror.data_std());
            let weights = trained_weights(mirror.swap().value(), mean, data_std, mirror.sigma());
            Ok(AttackTask::Mirror(mirror.clone().with_weights(weights)?))
        }
        _ => Ok(task),
    }
}

/// Returns whether the signs of gradients are independent events, so that their share has an exact interval: each
/// coordinate and step draws its own gains, and no weights couple them.
fn signs_are_independent(outcome: &Outcome) -> bool {
    let attacker = outcome.point.attacker();
    let own = match outcome.point.task() {
        AttackTask::Gains(task) => task.scope() == GainScope::Coordinates,
        AttackTask::Mirror(_) | AttackTask::Spheres(_) => false,
    };
    own && attacker.loss == Loss::Margin && attacker.judge == Judge::Final
}

fn rate(known: Known, bias: f64) -> ExactRate {
    ExactRate { value: known.ok(), bias }
}

impl Experiment for Attacks {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.spec
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, _: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        let row = |outcome: &Outcome| {
            let rates = &outcome.rates;
            let once = bias(&outcome.point);
            let clean = rates.clean.map_or(0.5, |clean| clean.value);
            let both = 3.0 * once / clean;
            let sign = |of: fn(&Signs) -> f64| ExactRate {
                value: outcome
                    .signs
                    .as_ref()
                    .map(|signs| Bounded { value: of(signs), error: signs.error }),
                bias: SIGN_BIAS,
            };
            ExactRow {
                keys: Keys::new(&self.spec, outcome).cells(),
                rates: vec![
                    rate(rates.clean, once),
                    rate(rates.adversarial, once),
                    rate(rates.robust, both),
                    rate(rates.success, both),
                    rate(rates.invariance, 2.0 * once),
                    sign(|signs| signs.right),
                    sign(|signs| signs.zero),
                ],
            }
        };
        Ok(self.outcomes.iter().map(row).collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(drawing.run().prepare_attack(self.question()?)?))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Ok(question) = self.question() else { return Vec::new() };
        let counts = question.counts(tally.counts, tally.samples);
        let z = quantile(0.5 + 0.5 * tally.confidence);
        self.outcomes
            .iter()
            .zip(&counts)
            .map(|(outcome, counts)| sampled(outcome, counts, tally, z))
            .collect()
    }

    fn findings(&self) -> Result<Findings, SpecError> {
        Ok(rows::findings(&self.spec, &self.outcomes))
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        rows::notes(&self.outcomes, table)
    }

    fn caption(&self) -> String {
        rows::caption(&self.spec)
    }
}

fn sampled(outcome: &Outcome, counts: &AttackCounts, tally: &Tally<'_>, z: f64) -> SampledRow {
    let independent = signs_are_independent(outcome);
    let of_signs = |count: u64| if independent { count } else { 0 };
    let share = |count: u64| match counts.signs {
        0 => Cell::Empty,
        signs => Cell::Number(count as f64 / signs as f64),
    };
    let walks = matches!(
        outcome.point.attacker().kind,
        AttackKind::Off | AttackKind::Pgd | AttackKind::Eot
    );
    let reach = counts.mean_reach(tally.samples).filter(|_| walks);
    let reach = match reach {
        Some((mean, error)) => [mean, mean - z * error, mean + z * error].map(Cell::Number),
        None => [const { Cell::Empty }; 3],
    };
    let high =
        crate::check::clopper_pearson(counts.adversarial_correct, tally.samples, tally.confidence);
    let weak = match (high, outcome.optimum) {
        (Some(interval), Some(optimum)) => {
            Cell::Truth(interval.low > optimum.value + optimum.error + bias(&outcome.point))
        }
        _ => Cell::Empty,
    };
    let [right, zero] = [counts.signs_right, counts.signs_zero].map(share);
    let [mean, low, high] = reach;
    SampledRow {
        counts: vec![
            counts.clean_correct,
            counts.both,
            counts.adversarial_correct,
            counts.invariant,
            of_signs(counts.signs),
            of_signs(counts.signs_right),
            of_signs(counts.signs_zero),
        ],
        found: vec![right, zero, mean, low, high, weak],
    }
}
