//! Black-box attackers with few questions against noisy answers: how much noise protects, and up to how many questions.
//!
//! Exact values are those of [`theory::query`]; where there are none, the row has the simulation alone and, as everywhere, the bound
//! that no attacker gets below. The simulation plays the game with real vectors ([`engine::query`]).

mod charts;
mod rows;
mod told;
pub mod wanted;

use engine::VotesBy;
use engine::query::{QueryCase, QueryCounts, QueryQuestion, bias};
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use task::query::{Asker, MAX_QUERIES, QueryAttack, QueryStage, StageWord};
use task::range::{Count, Range, VoteList, short};
use task::spec::{Choices, Spec, SpecError};
use task::{Defense, DomainError, EntryError, Task, Votes};
use theory::math::normal::quantile;
use theory::query::{Known, Victim};

use self::rows::{Keys, schema};
use super::grid::{MAX_ROWS, RANGE_HELP, SIGMA_HELP, TASK, check_size};
use super::own;
use crate::experiment::{
    ExactRate, ExactRow, Experiment, Findings, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::{Cell, Columnar, Table};

const ATTACK: &str = "The attack";

task::spec! {
    /// Attackers over ranges of questions, noise and budgets.
    pub struct QuerySpec = "query" {
        attack: Choices<QueryAttack> {
            default: "score", placeholder: "ATTACKS", heading: ATTACK, repeats: true,
            help: "Which attacks, separated by commas: score (differences of scores along a basis), sign (their signs alone), nes \
                   (differences along random directions), simba (as published), label (differences of labels)"
        }
        queries: Range {
            default: "1000", placeholder: "RANGE", heading: ATTACK,
            help: "How many questions: a number or a range", long_help: RANGE_HELP
        }
        eps: Range {
            default: "1", placeholder: "RANGE", heading: ATTACK,
            help: "How far he moves, in units of distance: a number or a range"
        }
        step: Option<f64> {
            default: "", placeholder: "NUMBER", heading: ATTACK,
            help: "How far from x he asks, in units of distance (nes: in the root mean square) [default: eps]"
        }
        dimension: Count {
            default: "100", placeholder: "COUNT", heading: TASK,
            help: "How many coordinates x has; the classifier's direction is uniform among them"
        }
        mean: f64 {
            default: "2", placeholder: "NUMBER", heading: TASK,
            help: "The mean margin of a sample, in units of distance"
        }
        data_std: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: "The standard deviation of the margin of a sample"
        }
        shift: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: "The mean of the noise on the margin, which training takes away"
        }
        sigma: Range { default: "1", placeholder: "RANGE", heading: TASK, help: SIGMA_HELP }
        votes: VoteList {
            default: "101", placeholder: "VOTES", heading: TASK,
            help: "How many draws an answer of stage `voted` has: their mean score, their majority; 101, or 1,101 (1 is `trained`)"
        }
        stages: Choices<StageWord> {
            default: "undefended,defended,trained,voted", placeholder: "STAGES", heading: TASK, repeats: true,
            help: "Which stages, separated by commas"
        }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "query",
    verbs: "query",
    spec: || Box::new(QuerySpec::default()),
    new: |spec| Ok(Box::new(Queries::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan { votes_by: Some(VotesBy::Draws), ..UsualPlan::counted(10_000) },
    charts: |tables, _| charts::figures(&tables[0]),
};

impl QuerySpec {
    /// The numbers of questions. Fails where one is no whole number.
    fn budgets(&self) -> Result<Vec<u64>, SpecError> {
        let log = self.queries.to_string().contains("log");
        let whole = |&value: &f64| {
            let value = if log { value.round() } else { value };
            let fits = value.fract() == 0.0 && (0.0..=MAX_QUERIES as f64).contains(&value);
            // A whole number in range is exact as a double, and its cast is itself.
            fits.then_some(value as u64).ok_or_else(|| {
                let right =
                    format!("whole numbers from 0 to {MAX_QUERIES}, as in 1000 or 1e2..1e7/log31");
                SpecError::Value(EntryError::new("queries", short(value), right))
            })
        };
        let mut budgets =
            self.queries.values().iter().map(whole).collect::<Result<Vec<u64>, _>>()?;
        budgets.dedup();
        Ok(budgets)
    }

    /// The stages with their parameters: `voted` with one vote is `trained`, and has no row of its own beside it.
    fn expanded(&self) -> Vec<QueryStage> {
        let trained = self.stages.0.contains(&StageWord::Trained);
        let of = |word: &StageWord| -> Vec<QueryStage> {
            match word {
                StageWord::Undefended => vec![QueryStage::Undefended],
                StageWord::Defended => vec![QueryStage::Defended],
                StageWord::Trained => vec![QueryStage::Trained],
                StageWord::Voted => {
                    let votes = self.votes.values().iter().copied();
                    votes
                        .filter(|n| !(trained && *n == Votes::ONE))
                        .map(QueryStage::Voted)
                        .collect()
                }
            }
        };
        self.stages.0.iter().flat_map(of).collect()
    }

    /// Who asks, and whom, in the order of the rows. Fails where a value is outside its domain.
    fn askers(&self) -> Result<Vec<Asker>, SpecError> {
        let task = Task::new(self.mean, self.data_std)?;
        let mut askers = Vec::new();
        for &attack in &self.attack.0 {
            for &sigma in self.sigma.values() {
                let defense = Defense::new(self.shift, sigma)?;
                for &eps in self.eps.values() {
                    let step = match self.step {
                        Some(step) => step,
                        // Who does not move asks about as far as the margins spread.
                        None if eps == 0.0 => self.data_std,
                        None => eps,
                    };
                    for stage in self.expanded() {
                        let d = self.dimension.get();
                        askers.push(Asker::new(attack, d, task, defense, stage, eps, step)?);
                    }
                }
            }
        }
        Ok(askers)
    }
}

/// Attackers against stages, with what does not depend on the number of questions.
#[derive(Debug)]
pub struct Queries {
    spec: QuerySpec,
    budgets: Vec<u64>,
    victims: Vec<Victim>,
}

impl Queries {
    /// The rows that are asked for. Fails where a value is outside its domain.
    pub fn new(spec: QuerySpec) -> Result<Self, SpecError> {
        let axes = [
            ("attack", spec.attack.0.len()),
            ("sigma", spec.sigma.values().len()),
            ("eps", spec.eps.values().len()),
            ("stages", spec.expanded().len()),
            ("queries", spec.queries.values().len()),
        ];
        if spec.expanded().is_empty() {
            let expected =
                "another stage, or more votes: voted with one vote is trained".to_owned();
            return Err(
                DomainError { name: "votes", value: spec.votes.to_string(), expected }.into()
            );
        }
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let budgets = spec.budgets()?;
        let victims = spec.askers()?.par_iter().map(Victim::new).collect();
        Ok(Self { spec, budgets, victims })
    }

    /// Who asks, and whom.
    #[must_use]
    pub fn victims(&self) -> &[Victim] {
        &self.victims
    }

    fn question(&self, votes_by: VotesBy) -> QueryQuestion {
        let case =
            |victim: &Victim| QueryCase { asker: *victim.asker(), queries: self.budgets.clone() };
        QueryQuestion::new(self.victims.iter().map(case).collect()).with_votes_by(votes_by)
    }
}

impl Experiment for Queries {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.spec
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        watch.begin("attackers", Some(self.victims.len() as u64));
        let of = |victim: &Victim| {
            let even = victim.break_even();
            let (clean, white_box) = (victim.clean(), victim.white_box());
            let once = bias(victim.asker());
            let row = |&queries: &u64| {
                let known = victim.known(queries);
                let keys = Keys::new(&self.spec, victim, queries, known, white_box.value, even);
                let rate = |value| ExactRate { value, bias: once };
                let left = known.map(|Known { accuracy, .. }| accuracy);
                ExactRow { keys: keys.cells(), rates: vec![rate(Some(clean)), rate(left)] }
            };
            let rows: Vec<ExactRow> = self.budgets.par_iter().map(row).collect();
            watch.step(1);
            rows
        };
        let rows: Vec<Vec<ExactRow>> = self.victims.par_iter().map(of).collect();
        Ok(rows.into_iter().flatten().collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(self.question(drawing.ways.votes).sampler(drawing)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let z = quantile(0.5 + 0.5 * tally.confidence);
        let row = |counts: &QueryCounts| {
            let cosine = match counts.mean_cosine(tally.samples) {
                Some((mean, error)) => [mean, mean - z * error, mean + z * error].map(Cell::Number),
                None => [const { Cell::Empty }; 3],
            };
            SampledRow {
                counts: vec![counts.clean_correct, counts.adversarial_correct],
                found: cosine.to_vec(),
            }
        };
        self.question(VotesBy::Draws).counts(tally.counts).iter().flatten().map(row).collect()
    }

    fn findings(&self) -> Result<Findings, SpecError> {
        Ok(told::findings(&self.victims, self.budgets.last().copied().unwrap_or(0)))
    }

    fn caption(&self) -> String {
        rows::caption(&self.spec)
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        rows::notes(table)
    }
}
