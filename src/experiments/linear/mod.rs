//! The task in d dimensions, from a file: training, voting and the robust optimum.
//!
//! ```text
//! TASK.toml -> file -> problem -> Linear -+-> exact values   (theory::linear)  -+
//!                                         +-> sampled counts (engine::linear)  -+-> check -> table
//! ```

pub mod charts;
pub mod examples;
pub mod file;
pub mod findings;
pub mod problem;

use engine::counts::Counts;
use engine::linear::{Contestant, LinearNoise, LinearQuestion};
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use task::linear::Rule;
use task::range::{Range, VoteList};
use task::spec::{Choices, Spec, SpecError, Word};
use task::{DrawProtocol, EntryError, Eps, Norm, Votes};
use theory::linear::{
    Projection, RobustOptimum, Unit, agreement, bayes, constant_accuracies, robust_optimum, trained,
};

use self::file::TaskFile;
use self::problem::Problem;
use super::accuracies::{self, Bias};
use super::grid::{self, EPS, MAX_ROWS, SIGMA, SIGMA_AND_EPS, TASK, budgets, check_size, label};
use super::own;
use crate::columns;
use crate::experiment::{
    ExactRate, ExactRow, Experiment, Findings, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::column::word_field;
use crate::table::schema::{Head, Schema, Shown, Shows};
use crate::table::{Cell, Column, Columnar, Row, Table};

/// The file of the task, in the folder of a run.
pub const TASK_FILE: &str = "task.toml";

task::spec! {
    /// The stages and the robust optimum in d dimensions, over a grid of σ and ε.
    pub struct LinearSpec = "linear" {
        task: TaskFile {
            default: "", placeholder: "TASK.toml", positional: true,
            help: "The task: a TOML file"
        }
        sigma: Range {
            default: "1", placeholder: "RANGE",
            help: "What multiplies θ − E[θ]: a number or a range", long_help: grid::RANGE_HELP
        }
        eps: Range {
            default: "0.5", placeholder: "RANGE",
            help: "The adversary's budget ε, in its norm: a number or a range"
        }
        norm: Option<Norm> {
            default: "", placeholder: "P",
            help: "The adversary's norm, in place of the file's: p ≥ 1, or inf"
        }
        votes: VoteList {
            default: "101", placeholder: "VOTES", heading: TASK,
            help: grid::VOTES_HELP
        }
        draws: DrawProtocol {
            default: "same", placeholder: grid::DRAWS, heading: TASK,
            help: grid::DRAWS_HELP
        }
        stages: Choices<LinearStageName> {
            default: "undefended,defended,trained,voted,optimum", placeholder: "STAGES",
            help: "Which stages, separated by commas", repeats: true
        }
    }
}

/// The name of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearStageName {
    /// The best classifier without an adversary.
    Undefended,
    /// The same, with θ added to its input.
    Defended,
    /// Trained with θ added to its input.
    Trained,
    /// The majority of several trained draws.
    Voted,
    /// The best classifier under attack, for each ε.
    Optimum,
}

word_field!(LinearStageName);

impl Word for LinearStageName {
    const ALL: &'static [Self] =
        &[Self::Undefended, Self::Defended, Self::Trained, Self::Voted, Self::Optimum];
    const WHAT: &'static str = "a stage";

    fn word(self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended => "defended",
            Self::Trained => "trained",
            Self::Voted => "voted",
            Self::Optimum => "optimum",
        }
    }
}

/// A stage of the argument in d dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearStage {
    /// sgn(w₀·x + b₀), the Bayes classifier: the best one without an adversary.
    Undefended,
    /// sgn(w₀·(x + θ) + b₀): the same classifier, not told of θ.
    Defended,
    /// sgn(w·(x + θ) + b), trained on augmented data.
    Trained,
    /// The majority of several trained draws.
    Voted(Votes),
    /// The best classifier against an adversary of budget ε, another one for each ε.
    Optimum,
}

impl LinearStage {
    /// Its name, without votes.
    #[must_use]
    pub fn name(self) -> LinearStageName {
        match self {
            Self::Undefended => LinearStageName::Undefended,
            Self::Defended => LinearStageName::Defended,
            Self::Trained => LinearStageName::Trained,
            Self::Voted(_) => LinearStageName::Voted,
            Self::Optimum => LinearStageName::Optimum,
        }
    }

    /// How many θ it needs; `None` if it has none.
    fn votes(self) -> Option<Votes> {
        match self {
            Self::Undefended | Self::Optimum => None,
            Self::Defended | Self::Trained => Some(Votes::ONE),
            Self::Voted(votes) => Some(votes),
        }
    }
}

impl LinearSpec {
    /// The stages with their votes, in the order of the argument.
    fn expanded(&self) -> Vec<LinearStage> {
        let expand = |name: &LinearStageName| -> Vec<LinearStage> {
            match name {
                LinearStageName::Undefended => vec![LinearStage::Undefended],
                LinearStageName::Defended => vec![LinearStage::Defended],
                LinearStageName::Trained => vec![LinearStage::Trained],
                LinearStageName::Voted => {
                    self.votes.values().iter().map(|&votes| LinearStage::Voted(votes)).collect()
                }
                LinearStageName::Optimum => vec![LinearStage::Optimum],
            }
        };
        self.stages.0.iter().flat_map(expand).collect()
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "linear",
    verbs: "nd",
    spec: || Box::new(LinearSpec::default()),
    new: |spec| Ok(Box::new(Linear::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan {
        samples_flag: "samples",
        samples: 100_000,
        least: 0,
        votes_by: None,
        judged: true,
        reference: false,
    },
    charts: |tables, _| charts::figures(&tables[0]),
};

columns! {
    /// What a row is about, and the margin of one dimension to which weights of length 1 (in ℓ2) lead, so that the
    /// row can be asked for again: `gauss-sim theory --mean margin_mean --data-std margin_data_std …`.
    pub struct Keys {
        /// `undefended`, `defended`, `trained`, `voted` or `optimum`.
        stage: LinearStageName,
        /// d.
        dimension: usize,
        /// p of the ℓp norm of the adversary's budget.
        norm: Norm [1.0, f64::INFINITY],
        /// P[y = 1].
        prior: f64 [0.0, 1.0],
        /// What multiplies the centred θ. Rows without θ have the sigma of the rows they stand beside.
        sigma: f64 [0.0, 1e15],
        /// How many θ vote; empty where there is no vote.
        votes: Option<Votes> [1.0, f64::INFINITY],
        /// How θ is drawn for the clean and the attacked input.
        draws: DrawProtocol,
        /// The adversary's budget, in its norm.
        eps: f64 [0.0, 1e15],
        /// w·μ, for weights of length 1. Empty, as all of these, where the class is the same for all inputs.
        margin_mean: Option<f64>,
        /// √(wᵀΣw).
        margin_data_std: Option<f64>,
        /// w·m + b; 0 where there is no θ but for b.
        margin_offset: Option<f64>,
        /// √(wᵀSw)·sigma.
        margin_sigma: Option<f64>,
        /// ε‖w‖_q: what the attack costs.
        margin_eps: Option<f64>,
        /// The largest adversarial accuracy of any classifier is at least this …
        optimum_low: Option<f64> [0.0, 1.0],
        /// … and at most this. Empty where the stage `optimum` is not asked for.
        optimum_high: Option<f64> [0.0, 1.0],
        /// Their middle minus the row's adversarial accuracy.
        gap: Option<f64> [-1.0, 1.0],
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
        shown_behind: vec![Head {
            head: "gap to optimum",
            latex: "gap to optimum",
            cell: Shows::Number(shown_gap),
            shown: Shown::WhereItDiffers,
        }],
    }
}

/// The gap; less than what the optimum is known to is nothing.
fn shown_gap(row: &Row<'_>) -> Option<f64> {
    let width = row.maybe("optimum_high")? - row.maybe("optimum_low")?;
    let gap = row.maybe("gap")?;
    Some(if gap.abs() <= width { 0.0 } else { gap })
}

/// A classifier that is judged, once for all rows that it has.
#[derive(Debug, Clone, PartialEq)]
struct Candidate {
    stage: LinearStage,
    /// sgn(w·x + b) with weights of length 1, or a constant.
    rule: Rule,
    /// The sigma of its θ; `None` where it has none.
    data_std: Option<f64>,
    /// Against which of the grid's budgets, ascending.
    budgets: Vec<usize>,
}

/// Every stage at every sigma and every ε.
pub struct Linear {
    spec: LinearSpec,
    problem: Problem,
    eps: Vec<Eps>,
    stages: Vec<LinearStage>,
    undefended: Rule,
    /// One an ε, if the stage is asked for.
    optima: Vec<RobustOptimum>,
    candidates: Vec<Candidate>,
    cells: Vec<Place>,
}

/// A row's place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    sigma: f64,
    stage: LinearStage,
    eps: usize,
    /// Which classifier, and at which of its budgets.
    candidate: usize,
    budget: usize,
}

impl Linear {
    /// The grid that is asked for. Finds the classifiers, in parallel, on rayon's current pool: a robust optimum in
    /// 1000 dimensions takes seconds. Fails where a value is outside its domain.
    pub fn new(spec: LinearSpec) -> Result<Self, SpecError> {
        let mut problem = spec.task.problem()?.clone();
        problem.norm = spec.norm.unwrap_or(problem.norm);
        let (stages, sigmas) = (spec.expanded(), spec.sigma.values());
        let budgets = budgets(&spec.eps)?;
        let axes = [("sigma", sigmas.len()), ("eps", budgets.len()), ("stages", stages.len())];
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let file = spec.task.clone();
        let wrong = |error: EntryError| file.wrong(&error);
        let task = &problem.task;
        let undefended = bayes(task).map_err(wrong)?.unit();
        let optima = if stages.contains(&LinearStage::Optimum) {
            let optimum = |eps: &Eps| robust_optimum(task, problem.norm, *eps);
            budgets.par_iter().map(optimum).collect::<Result<_, _>>().map_err(wrong)?
        } else {
            Vec::new()
        };
        let at_sigma = |&sigma: &f64| -> Result<_, EntryError> {
            let defense = problem.defense.scaled(sigma)?;
            Ok((sigma, trained(task, &defense)?.unit()))
        };
        let trained: Vec<_> =
            sigmas.par_iter().map(at_sigma).collect::<Result<_, _>>().map_err(wrong)?;
        let mut grid = Self {
            eps: budgets,
            stages,
            undefended,
            optima,
            candidates: Vec::new(),
            cells: Vec::new(),
            problem,
            spec,
        };
        grid.collect(&trained);
        Ok(grid)
    }

    /// An error of the library: of a flag, or of the file.
    fn wrong(&self, error: &EntryError) -> SpecError {
        self.spec.task.wrong(error)
    }

    /// The classifiers, each once, and which rows are whose.
    fn collect(&mut self, trained: &[(f64, Rule)]) {
        let all: Vec<usize> = (0..self.eps.len()).collect();
        // Those that no sigma changes come first: for each stage, the first of them.
        let mut still = Vec::new();
        for stage in &self.stages {
            still.push(self.candidates.len());
            match stage {
                LinearStage::Undefended => self.candidates.push(Candidate {
                    stage: *stage,
                    rule: self.undefended.clone(),
                    data_std: None,
                    budgets: all.clone(),
                }),
                LinearStage::Optimum => {
                    let one = |(eps, optimum): (usize, &RobustOptimum)| Candidate {
                        stage: *stage,
                        rule: optimum.rule.unit(),
                        data_std: None,
                        budgets: vec![eps],
                    };
                    self.candidates.extend(self.optima.iter().enumerate().map(one));
                }
                _ => {}
            }
        }
        for (sigma, rule) in trained {
            let mut of_stage = still.clone();
            for (place, stage) in of_stage.iter_mut().zip(&self.stages) {
                if stage.votes().is_none() {
                    continue;
                }
                *place = self.candidates.len();
                let rule = if *stage == LinearStage::Defended { &self.undefended } else { rule };
                self.candidates.push(Candidate {
                    stage: *stage,
                    rule: rule.clone(),
                    data_std: Some(*sigma),
                    budgets: all.clone(),
                });
            }
            for eps in 0..self.eps.len() {
                for (first, stage) in of_stage.iter().zip(&self.stages) {
                    let (candidate, budget) = match stage {
                        LinearStage::Optimum => (first + eps, 0),
                        _ => (*first, eps),
                    };
                    self.cells.push(Place { sigma: *sigma, stage: *stage, eps, candidate, budget });
                }
            }
        }
    }

    /// The task, its defense and its adversary.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// What multiplies θ − E\[θ\].
    #[must_use]
    pub fn sigmas(&self) -> &[f64] {
        self.spec.sigma.values()
    }

    /// The budgets.
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// The robust optima, one an ε; none where the stage is not asked for.
    #[must_use]
    pub fn optima(&self) -> &[RobustOptimum] {
        &self.optima
    }

    /// The classifiers, with the sigma and the ε that they are for, where these matter.
    pub fn classifiers(&self) -> impl Iterator<Item = (&str, Option<f64>, Option<f64>, &Rule)> {
        let single = |candidate: &&Candidate| {
            // A vote has the classifier of its draws.
            !matches!(candidate.stage, LinearStage::Voted(_))
                || !self.stages.contains(&LinearStage::Trained)
        };
        self.candidates.iter().filter(single).map(|candidate| {
            let own = candidate.stage == LinearStage::Optimum;
            let eps = candidate.budgets.first().filter(|_| own).map(|&eps| self.eps[eps].get());
            (candidate.stage.name().word(), candidate.data_std, eps, &candidate.rule)
        })
    }

    /// What the engine is asked: every classifier against its budgets, in one pass.
    pub fn question(&self) -> Result<LinearQuestion, SpecError> {
        let contestant = |candidate: &Candidate| Contestant {
            rule: candidate.rule.clone(),
            noise: candidate
                .data_std
                .zip(candidate.stage.votes())
                .map(|(sigma, votes)| LinearNoise { sigma, votes }),
            eps: candidate.budgets.iter().map(|&eps| self.eps[eps]).collect(),
        };
        LinearQuestion::new(
            &self.problem.task,
            Some(&self.problem.defense),
            self.problem.norm,
            self.undefended.clone(),
            self.candidates.iter().map(contestant).collect(),
            self.spec.draws,
        )
        .map_err(|error| self.wrong(&error))
    }

    fn exact_of(&self, candidate: &Candidate) -> Result<ExactOf, EntryError> {
        let Problem { task, norm, .. } = &self.problem;
        let votes = candidate.stage.votes().unwrap_or(Votes::Limit);
        // made here and not kept: a full covariance of 1000 dimensions has 8 MB
        let defense =
            candidate.data_std.map(|sigma| self.problem.defense.scaled(sigma)).transpose()?;
        let defense = defense.as_ref();
        let invariance = agreement(task, defense, &candidate.rule, votes, &self.undefended)?;
        let bias = Bias::linear(self.spec.draws, votes);
        let exact = |accuracies| accuracies::exact(&accuracies, invariance, bias);
        let budgets = candidate.budgets.par_iter().map(|&eps| self.eps[eps]);
        let (projection, at) = match &candidate.rule {
            Rule::Linear(classifier) => {
                let projection = Projection::new(task, defense, classifier, *norm, votes)?;
                let at = budgets
                    .map(|eps| projection.accuracies(self.spec.draws, eps).map(exact))
                    .collect::<Result<Vec<_>, _>>()?;
                (Some(projection), at)
            }
            Rule::Constant(class) => {
                let same = constant_accuracies(task.prior(), *class);
                (None, budgets.map(|_| exact(same)).collect())
            }
        };
        Ok(ExactOf { projection, at })
    }

    fn keys(&self, place: &Place, exact: &ExactOf, rates: &[ExactRate]) -> Keys {
        let Problem { task, norm, .. } = &self.problem;
        let margin = exact.projection.map(|projection| projection.margin);
        let eps = self.eps[place.eps].get();
        let optimum = self.optima.get(place.eps).map(|optimum| optimum.accuracy);
        let adversarial = rates[1].value.map_or(f64::NAN, |bounded| bounded.value);
        Keys {
            stage: place.stage.name(),
            dimension: task.dimension(),
            norm: *norm,
            prior: task.prior().get(),
            sigma: place.sigma,
            votes: match place.stage {
                LinearStage::Voted(votes) => Some(votes),
                _ => None,
            },
            draws: self.spec.draws,
            eps,
            margin_mean: margin.map(|m| m.task().mean()),
            margin_data_std: margin.map(|m| m.task().data_std()),
            margin_offset: margin.map(|m| m.offset()),
            margin_sigma: margin.map(|m| m.sigma()),
            margin_eps: exact.projection.map(|projection| eps * projection.cost),
            optimum_low: optimum.map(|o| o.lower),
            optimum_high: optimum.map(|o| o.upper),
            gap: optimum.map(|o| 0.5 * (o.lower + o.upper) - adversarial),
        }
    }
}

/// The exact values of one classifier, one a budget.
struct ExactOf {
    /// `None` of a constant.
    projection: Option<Projection>,
    at: Vec<Vec<ExactRate>>,
}

impl Experiment for Linear {
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
        watch.begin("what the classifiers are worth", None);
        let of = |candidate: &Candidate| self.exact_of(candidate);
        let exact: Vec<ExactOf> = self
            .candidates
            .par_iter()
            .map(of)
            .collect::<Result<_, _>>()
            .map_err(|error| self.wrong(&error))?;
        let row = |place: &Place| {
            let exact = &exact[place.candidate];
            let rates = exact.at[place.budget].clone();
            ExactRow { keys: self.keys(place, exact, &rates).cells(), rates }
        };
        Ok(self.cells.iter().map(row).collect())
    }

    /// Votes are always drawn.
    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(drawing.run().prepare_linear(self.question()?)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Ok(question) = self.question() else { return Vec::new() };
        let counts: Counts = question.empty().filled(tally.counts, tally.samples);
        let row = |place: &Place| accuracies::sampled(&counts, place.candidate, place.budget);
        self.cells.iter().map(row).collect()
    }

    /// The weights and the bias of every classifier, of length 1: one row each.
    fn tables(&self, _: Option<&Tally<'_>>) -> Vec<Table> {
        use crate::table::Kind::{Number, Word};
        let d = self.problem.task.dimension();
        let mut columns = vec![
            Column::new("stage", Word, "The stage that it is of."),
            Column::new("sigma", Number, "The sigma of its training; empty where it has none."),
            Column::new("eps", Number, "The budget that it is best against; of the optimum."),
            Column::new("bias", Number, "What is added to w·x; of a constant its class."),
        ];
        let weight =
            |i| Column::new(format!("w{i}"), Number, "A weight; ‖w‖₂ = 1, 0 of a constant.");
        columns.extend((0..d).map(weight));
        let mut table = Table::new("classifiers", columns);
        for (stage, sigma, eps, rule) in self.classifiers() {
            // A constant has no weights, and a bias of its class.
            let (bias, weights) = match rule {
                Rule::Linear(linear) => (linear.bias(), linear.weights().to_vec()),
                Rule::Constant(class) => (f64::from(*class), vec![0.0; d]),
            };
            let number = |value: Option<f64>| value.map_or(Cell::Empty, Cell::Number);
            let start = [Cell::Word(stage.to_owned()), number(sigma), number(eps)];
            let rest = std::iter::once(bias).chain(weights).map(Cell::Number);
            table.push(start.into_iter().chain(rest));
        }
        vec![table]
    }

    fn files(&self) -> Vec<(&'static str, String)> {
        match self.spec.task.problem() {
            Ok(problem) => vec![(TASK_FILE, problem.to_toml())],
            Err(_) => Vec::new(),
        }
    }

    fn findings(&self) -> Result<Findings, SpecError> {
        findings::of(self).map_err(|error| self.wrong(&error))
    }

    fn caption(&self) -> String {
        let Problem { title, task, norm, .. } = &self.problem;
        let LinearSpec { sigma, eps, draws, .. } = &self.spec;
        let title = title.as_ref().map_or_else(String::new, |title| format!("{title}\n"));
        format!(
            "{title}d = {}, ℓ{} adversary, prior {}, σ = {sigma}, ε = {eps}, {draws} draws",
            task.dimension(),
            problem::subscript(*norm),
            task.prior().get()
        )
    }
}
