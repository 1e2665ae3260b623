//! The four stages of the argument over a grid of σ and ε: `theory`, `simulate` and `sweep`.

pub mod charts;
pub mod votes_for;

use std::collections::HashMap;

use engine::counts::Counts;
use engine::sampler::{Drawing, Sampler};
use engine::{Question, TriesBy, VotesBy, Ways};
use rayon::prelude::*;
use task::range::{Range, VoteList};
use task::spec::{Choices, Spec, SpecError, Word};
use task::{Defense, DrawProtocol, Eps, Margin, Stage, Task, Votes};
use theory::barrage::optimum;
use theory::invariance::invariance;
use theory::protocol::Protocol;

use super::accuracies::{self, Bias};
use super::grid::{self, EPS, MAX_ROWS, SIGMA, SIGMA_AND_EPS, TASK, budgets, check_size, label};
use super::own;
use crate::columns;
use crate::experiment::{ExactRow, Experiment, Kind, Recount, SampledRow, Tally, UsualPlan, Watch};
use crate::table::Columnar;
use crate::table::column::word_field;
use crate::table::schema::Schema;

task::spec! {
    /// The four stages over a grid of σ and ε.
    pub struct StagesSpec = "stages" {
        sigma: Range {
            default: "1", placeholder: "RANGE",
            help: grid::SIGMA_HELP, long_help: grid::RANGE_HELP
        }
        eps: Range {
            default: "0.5", placeholder: "RANGE",
            help: grid::EPS_HELP
        }
        mean: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::MEAN_HELP
        }
        data_std: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::DATA_STD_HELP
        }
        shift: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::SHIFT_HELP
        }
        threshold: Range {
            default: "0", placeholder: "RANGE", heading: TASK,
            help: "The k of stage `defended`, sgn(x + θ − k); a range gives the family"
        }
        votes: VoteList {
            default: "101", placeholder: "VOTES", heading: TASK,
            help: grid::VOTES_HELP
        }
        draws: DrawProtocol {
            default: "same", placeholder: grid::DRAWS, heading: TASK,
            help: grid::DRAWS_HELP
        }
        stages: Choices<StageName> {
            default: "undefended,defended,trained,voted", placeholder: "STAGES", heading: TASK,
            help: "Which stages, separated by commas", repeats: true
        }
    }
}

/// The name of a stage, without its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageName {
    /// sgn(x)
    Undefended,
    /// sgn(x + θ − k), with k from `threshold`
    Defended,
    /// sgn(x + θ − shift)
    Trained,
    /// The majority of several trained draws.
    Voted,
}

impl StageName {
    /// Returns the name of a stage.
    fn of_stage(stage: &Stage) -> Self {
        match stage {
            Stage::Undefended => Self::Undefended,
            Stage::Defended { .. } => Self::Defended,
            Stage::Trained => Self::Trained,
            Stage::Voted { .. } => Self::Voted,
        }
    }
}

word_field!(StageName);

impl Word for StageName {
    const ALL: &'static [Self] = &[Self::Undefended, Self::Defended, Self::Trained, Self::Voted];
    const WHAT: &'static str = "a stage";

    fn word(self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended => "defended",
            Self::Trained => "trained",
            Self::Voted => "voted",
        }
    }
}

/// What a sweep has in place of the usual values.
pub const SWEPT: &[(&str, &str)] = &[("sigma", "0..4")];

impl StagesSpec {
    /// Returns the stages with their parameters, in the order of the argument.
    fn expanded(&self) -> Vec<Stage> {
        let expand = |name: &StageName| -> Vec<Stage> {
            match name {
                StageName::Undefended => vec![Stage::Undefended],
                StageName::Defended => {
                    let thresholds = self.threshold.values().iter();
                    thresholds.map(|&threshold| Stage::Defended { threshold }).collect()
                }
                StageName::Trained => vec![Stage::Trained],
                StageName::Voted => {
                    self.votes.values().iter().map(|&votes| Stage::Voted { votes }).collect()
                }
            }
        };
        self.stages.0.iter().flat_map(expand).collect()
    }
}

/// Every stage at every σ and every ε, on one task and one shift.
#[derive(Debug, Clone)]
pub struct Stages {
    spec: StagesSpec,
    task: Task,
    defenses: Vec<Defense>,
    eps: Vec<Eps>,
    stages: Vec<Stage>,
    /// The distinct margins, and the index of that of each (defense, stage), in that order.
    margins: Vec<Margin>,
    margin_of: Vec<usize>,
}

/// The kind of experiment.
pub static KIND: Kind = Kind {
    name: "stages",
    verbs: "simulate or sweep",
    spec: || Box::new(StagesSpec::default()),
    new: |spec| Ok(Box::new(Stages::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan {
        votes_by: Some(VotesBy::Checked),
        tries_by: Some(TriesBy::Checked),
        reference: true,
        ..UsualPlan::counted(10_000_000)
    },
    charts: |tables, _| charts::figures(&tables[0]),
};

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// `undefended`, `defended`, `trained` or `voted`.
        stage: StageName,
        /// The class mean, in units of x: x given y ~ N(y·mean, data_std²).
        mean: f64 [-1e15, 1e15],
        /// The standard deviation of x given y, in units of x.
        data_std: f64 [1e-15, 1e15],
        /// The mean of θ, in units of x.
        shift: f64 [-1e15, 1e15],
        /// The standard deviation of θ, in units of x. An undefended row has the sigma of the rows it stands beside.
        sigma: f64 [0.0, 1e15],
        /// The k of sgn(x + θ − k), in units of x; empty where there is no θ.
        threshold: Option<f64> [-1e15, 1e15],
        /// How many θ vote; empty where there is no vote.
        votes: Option<Votes> [1.0, f64::INFINITY],
        /// How θ is drawn for the clean and the attacked input: `same`, `fresh` or `persistent=T`.
        draws: DrawProtocol,
        /// The adversary's budget, in units of x.
        eps: f64 [0.0, 1e15],
        /// The adversarial accuracy that no classifier exceeds, random or not, exact; of all samples.
        optimum: f64 [0.0, 1.0],
    }
}

impl Keys {
    /// Creates the keys of a stage at a budget.
    #[must_use]
    pub fn new(
        task: &Task,
        defense: &Defense,
        stage: &Stage,
        draws: DrawProtocol,
        eps: Eps,
    ) -> Self {
        Self {
            stage: StageName::of_stage(stage),
            mean: task.mean(),
            data_std: task.data_std(),
            shift: defense.shift(),
            sigma: defense.sigma(),
            threshold: stage.threshold(defense),
            votes: match stage {
                Stage::Voted { votes } => Some(*votes),
                _ => None,
            },
            draws,
            eps: eps.get(),
            optimum: optimum(task, eps).value,
        }
    }
}

fn schema() -> Schema {
    Schema {
        file: "rows",
        keys: Keys::columns(),
        rates: accuracies::RATES.to_vec(),
        counts: accuracies::counts(),
        found: Vec::new(),
        label: ("stage", label),
        variables: vec![SIGMA, EPS],
        shown: SIGMA_AND_EPS.to_vec(),
        shown_behind: Vec::new(),
    }
}

/// The position of a row: its defense, stage and ε, and the index of its margin.
struct Place<'a> {
    defense: &'a Defense,
    stage: &'a Stage,
    eps: usize,
    margin: usize,
}

impl Stages {
    /// Creates the grid that is asked for. Fails if a value is outside its domain, or if there would be no row or
    /// more than [`MAX_ROWS`].
    pub fn new(spec: StagesSpec) -> Result<Self, SpecError> {
        let stages = spec.expanded();
        let [sigmas, eps] = [&spec.sigma, &spec.eps].map(|range| range.values().len());
        let axes = [("sigma", sigmas), ("eps", eps), ("stages", stages.len())];
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let task = Task::new(spec.mean, spec.data_std)?;
        let defenses = spec
            .sigma
            .values()
            .iter()
            .map(|&sigma| Defense::new(spec.shift, sigma))
            .collect::<Result<Vec<_>, _>>()?;
        let eps = budgets(&spec.eps)?;
        let (margins, margin_of) = (Vec::new(), Vec::new());
        let mut grid = Self { spec, task, defenses, eps, stages, margins, margin_of };
        grid.collect_margins()?;
        Ok(grid)
    }

    /// Collects the distinct margins. Stages at different sigmas can be the same classifier: the undefended one
    /// everywhere, and at sigma = 0 all that have the same offset. Each is computed and counted once.
    fn collect_margins(&mut self) -> Result<(), SpecError> {
        let mut known = HashMap::new();
        for defense in &self.defenses {
            for stage in &self.stages {
                let margin = stage.margin(&self.task, defense)?;
                let still = margin.sigma() == 0.0 || margin.votes() == Votes::Limit;
                let key = if still {
                    (margin.offset().to_bits(), 0, Votes::Limit)
                } else {
                    (margin.offset().to_bits(), margin.sigma().to_bits(), margin.votes())
                };
                let index = *known.entry(key).or_insert_with(|| {
                    self.margins.push(margin);
                    self.margins.len() - 1
                });
                self.margin_of.push(index);
            }
        }
        Ok(())
    }

    /// Returns the stages, in the order of the rows.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Returns the question for the engine: every distinct margin against every budget, in one pass.
    pub fn question(&self, ways: impl Into<Ways>) -> Result<Question, SpecError> {
        let question = Question::new(self.task, self.margins.clone(), self.eps.clone())?;
        Ok(question.with_draws(self.spec.draws).with_ways(ways))
    }

    /// Returns the counts of a tally, and those of its check if it has one.
    fn counts(&self, tally: &Tally<'_>) -> Option<(Counts, Option<Counts>)> {
        let question = self.question(tally.ways).ok()?;
        Some(question.counts(tally.counts, tally.samples))
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let stages = self.stages.len();
        self.defenses.iter().enumerate().flat_map(move |(d, defense)| {
            (0..self.eps.len()).flat_map(move |eps| {
                self.stages.iter().enumerate().map(move |(s, stage)| Place {
                    defense,
                    stage,
                    eps,
                    margin: self.margin_of[d * stages + s],
                })
            })
        })
    }
}

impl Experiment for Stages {
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
        watch.begin("exact values", None);
        let draws = self.spec.draws;
        let at = |margin: &Margin| {
            let invariance = invariance(margin);
            let protocol = Protocol::new(margin, draws);
            let exact =
                |eps: &Eps| accuracies::exact(&protocol.at(*eps), invariance, Bias::new(draws));
            self.eps.par_iter().map(exact).collect::<Vec<_>>()
        };
        let of_margin: Vec<Vec<_>> = self.margins.par_iter().map(at).collect();
        let row = |place: Place<'_>| {
            let Place { defense, stage, eps, margin } = place;
            let keys = Keys::new(&self.task, defense, stage, draws, self.eps[eps]);
            ExactRow { keys: keys.cells(), rates: of_margin[margin][eps].clone() }
        };
        Ok(self.places().map(row).collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(drawing.run().sampler(self.question(drawing.ways)?))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Some((counts, _)) = self.counts(tally) else { return Vec::new() };
        self.places().map(|place| accuracies::sampled(&counts, place.margin, place.eps)).collect()
    }

    /// Returns the rows with votes and those with tries, of the samples of which all of these were drawn.
    fn recounted(&self, tally: &Tally<'_>) -> Option<Recount> {
        let counts = self.counts(tally)?.1?;
        let question = self.question(tally.ways).ok()?;
        let checked = question.checked();
        let (rows, sampled) = self
            .places()
            .enumerate()
            .filter_map(|(row, place)| {
                let margin = checked.binary_search(&place.margin).ok()?;
                Some((row, accuracies::sampled(&counts, margin, place.eps)))
            })
            .unzip();
        let how = match question.check()?.with_ways(tally.ways).by_law() {
            (true, true) => "with all votes and tries drawn",
            (true, false) => "with all votes drawn",
            (false, _) => "with all tries drawn",
        };
        let usual = match question.by_law() {
            (true, true) => "votes by their median and tries by the smallest",
            (true, false) => "votes by their median",
            (false, _) => "tries by the smallest",
        };
        Some(Recount { table: "rows_drawn", how, usual, samples: counts.samples, rows, sampled })
    }

    fn caption(&self) -> String {
        let StagesSpec { mean, data_std, shift, sigma, eps, draws, .. } = &self.spec;
        format!(
            "mean = {mean}, data_std = {data_std}, shift = {shift}, σ = {sigma}, ε = {eps}, {draws} draws"
        )
    }
}
