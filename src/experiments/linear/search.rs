//! The classifiers of a question in d dimensions: each is found once, evaluated exactly, and counted by the engine.

use std::sync::Arc;

use engine::linear::{Contestant, LinearNoise, LinearQuestion};
use rayon::prelude::*;
use task::linear::Rule;
use task::spec::{SpecError, Word};
use task::{EntryError, Eps, Norm, Votes};
use theory::linear::{
    Projection, RobustOptimum, Unit, agreement, bayes, constant_accuracies, robust_optimum, trained,
};

use super::problem::Problem;
use super::rows::Keys;
use super::stage::{LinearSpec, LinearStage};
use crate::experiment::ExactRate;
use crate::experiments::accuracies::{self, Bias};
use crate::experiments::grid::{MAX_ROWS, budgets, check_size};

/// A classifier that is evaluated once for all of its rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    stage: LinearStage,
    /// sgn(w·x + b) with normalised weights, or a constant.
    rule: Rule,
    /// The sigma of its θ; `None` if it has none.
    data_std: Option<f64>,
    /// The indices of its budgets in the grid, ascending.
    budgets: Vec<usize>,
}

/// Every stage at every sigma and every ε.
pub struct Linear {
    pub(super) spec: LinearSpec,
    pub(super) problem: Arc<Problem>,
    /// The adversary's norm: that of the question if given, and otherwise that of the file.
    pub(super) norm: Norm,
    pub(super) eps: Vec<Eps>,
    pub(super) stages: Vec<LinearStage>,
    pub(super) undefended: Rule,
    /// The robust optimum for each ε, if the stage is asked for.
    pub(super) optima: Vec<RobustOptimum>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) cells: Vec<Place>,
}

/// The position of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) sigma: f64,
    pub(super) stage: LinearStage,
    pub(super) eps: usize,
    /// The index of its classifier, and that of the budget.
    pub(super) candidate: usize,
    pub(super) budget: usize,
}

impl Linear {
    /// Creates the grid that is asked for. Finds the classifiers, in parallel, on rayon's current pool: a robust
    /// optimum in 1000 dimensions takes seconds. Fails if a value is outside its domain.
    pub fn new(spec: LinearSpec) -> Result<Self, SpecError> {
        let problem = Arc::clone(spec.task.problem()?);
        let norm = spec.norm.unwrap_or(problem.norm);
        let (stages, sigmas) = (spec.expanded(), spec.sigma.values());
        let budgets = budgets(&spec.eps)?;
        let axes = [("sigma", sigmas.len()), ("eps", budgets.len()), ("stages", stages.len())];
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let file = spec.task.clone();
        let wrong = |error: EntryError| file.wrong(&error);
        let task = &problem.task;
        let undefended = bayes(task).map_err(wrong)?.unit();
        let optima = if stages.contains(&LinearStage::Optimum) {
            let optimum = |eps: &Eps| robust_optimum(task, norm, *eps);
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
            norm,
            spec,
        };
        grid.collect(&trained);
        Ok(grid)
    }

    /// Returns an error of the library as an error of a flag or of the file.
    pub(super) fn wrong(&self, error: &EntryError) -> SpecError {
        self.spec.task.wrong(error)
    }

    /// Collects the distinct classifiers, and assigns the rows to them.
    fn collect(&mut self, trained: &[(f64, Rule)]) {
        let all: Vec<usize> = (0..self.eps.len()).collect();
        // Those that do not depend on sigma come first: for each stage, the first of them.
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

    /// Returns the task and its defense, as given by the file.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Returns the norm of the adversary's budget.
    #[must_use]
    pub fn norm(&self) -> Norm {
        self.norm
    }

    /// Returns the factors of θ − E\[θ\].
    #[must_use]
    pub fn sigmas(&self) -> &[f64] {
        self.spec.sigma.values()
    }

    /// Returns the budgets.
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// Returns the robust optima, one per ε; none if the stage is not asked for.
    #[must_use]
    pub fn optima(&self) -> &[RobustOptimum] {
        &self.optima
    }

    /// Returns the classifiers, with the sigma and the ε that they are for, if these matter.
    pub fn classifiers(&self) -> impl Iterator<Item = (&str, Option<f64>, Option<f64>, &Rule)> {
        let single = |candidate: &&Candidate| {
            // A vote has the same classifier as its draws.
            !matches!(candidate.stage, LinearStage::Voted(_))
                || !self.stages.contains(&LinearStage::Trained)
        };
        self.candidates.iter().filter(single).map(|candidate| {
            let own = candidate.stage == LinearStage::Optimum;
            let eps = candidate.budgets.first().filter(|_| own).map(|&eps| self.eps[eps].get());
            (candidate.stage.name().word(), candidate.data_std, eps, &candidate.rule)
        })
    }

    /// Returns the question for the engine: every classifier against its budgets, in one pass.
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
            self.norm,
            self.undefended.clone(),
            self.candidates.iter().map(contestant).collect(),
            self.spec.draws,
        )
        .map_err(|error| self.wrong(&error))
    }

    pub(super) fn exact_of(&self, candidate: &Candidate) -> Result<ExactOf, EntryError> {
        let task = &self.problem.task;
        let votes = candidate.stage.votes().unwrap_or(Votes::Limit);
        // Not stored: a full covariance in 1000 dimensions takes 8 MB.
        let defense =
            candidate.data_std.map(|sigma| self.problem.defense.scaled(sigma)).transpose()?;
        let defense = defense.as_ref();
        let invariance = agreement(task, defense, &candidate.rule, votes, &self.undefended)?;
        let bias = Bias::linear(self.spec.draws, votes);
        let exact = |accuracies| accuracies::exact(&accuracies, invariance, bias);
        let budgets = candidate.budgets.par_iter().map(|&eps| self.eps[eps]);
        let (projection, at) = match &candidate.rule {
            Rule::Linear(classifier) => {
                let projection = Projection::new(task, defense, classifier, self.norm, votes)?;
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

    pub(super) fn keys(&self, place: &Place, exact: &ExactOf, rates: &[ExactRate]) -> Keys {
        let task = &self.problem.task;
        let margin = exact.projection.map(|projection| projection.margin);
        let eps = self.eps[place.eps].get();
        let optimum = self.optima.get(place.eps).map(|optimum| optimum.accuracy);
        let adversarial = rates[1].value.map_or(f64::NAN, |bounded| bounded.value);
        Keys {
            stage: place.stage.name(),
            dimension: task.dimension(),
            norm: self.norm,
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

/// The exact values of one classifier, one per budget.
pub(super) struct ExactOf {
    /// `None` for a constant.
    projection: Option<Projection>,
    pub(super) at: Vec<Vec<ExactRate>>,
}
