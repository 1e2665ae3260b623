//! Stages, sigmas and budgets in, rows out: what is asked, its exact values, its sampled counts, and their
//! comparison.

use rayon::prelude::*;
use task::EntryError;
use task::linear::Rule;
use task::{DrawProtocol, Eps, Votes};
use theory::linear::{
    Projection, RobustOptimum, Unit, agreement, bayes, constant_accuracies, robust_optimum, trained,
};
use theory::math::bounded::Bounded;

use super::problem::Problem;
use super::row::{NdCell, NdRow, NdStageName, NormCell};
use crate::answer::{Answer, Bias, Exact, RowCounts, checked};
use crate::check::Verdict;
use crate::row::{DrawsCell, VotesCell};
use crate::sweep::MAX_ROWS;
use engine::counts::Counts;
use engine::linear::{Contestant, LinearNoise, LinearQuestion};

/// A stage of the argument in d dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NdStage {
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

impl NdStage {
    /// Its name, without votes.
    #[must_use]
    pub fn name(self) -> NdStageName {
        match self {
            Self::Undefended => NdStageName::Undefended,
            Self::Defended => NdStageName::Defended,
            Self::Trained => NdStageName::Trained,
            Self::Voted(_) => NdStageName::Voted,
            Self::Optimum => NdStageName::Optimum,
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

/// Why there is no such grid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NdGridError {
    /// A parameter is outside its domain.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// No rows, or too many.
    #[error("{0} rows: at least 1 and at most {MAX_ROWS} are possible")]
    Rows(usize),
}

/// A classifier that is judged, once for all rows that it has.
#[derive(Debug, Clone, PartialEq)]
struct Candidate {
    stage: NdStage,
    /// sgn(w·x + b) with weights of length 1, or a constant.
    rule: Rule,
    /// The sigma of its θ; `None` where it has none.
    data_std: Option<f64>,
    /// Against which of the grid's budgets, ascending.
    budgets: Vec<usize>,
}

/// Every stage at every sigma and every ε.
#[derive(Debug, Clone, PartialEq)]
pub struct NdGrid {
    problem: Problem,
    sigmas: Vec<f64>,
    eps: Vec<Eps>,
    stages: Vec<NdStage>,
    draws: DrawProtocol,
    undefended: Rule,
    /// One an ε, if the stage is asked for.
    optima: Vec<RobustOptimum>,
    candidates: Vec<Candidate>,
    cells: Vec<Cell>,
}

/// A row's place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    sigma: f64,
    stage: NdStage,
    eps: usize,
    /// Which classifier, and at which of its budgets.
    candidate: usize,
    budget: usize,
}

impl NdGrid {
    /// The grid of these values: `sigmas` as in [`task::linear::LinearDefense::scaled`], `eps` ascending. Finds the
    /// classifiers, in parallel, on rayon's current pool: a robust optimum in 1000 dimensions takes
    /// seconds.
    pub fn new(
        problem: Problem,
        sigmas: &[f64],
        eps: &[Eps],
        stages: Vec<NdStage>,
        draws: DrawProtocol,
    ) -> Result<Self, NdGridError> {
        let rows = sigmas.len().saturating_mul(eps.len()).saturating_mul(stages.len());
        if rows == 0 || rows > MAX_ROWS {
            return Err(NdGridError::Rows(rows));
        }
        let task = &problem.task;
        let undefended = bayes(task)?.unit();
        let optima = if stages.contains(&NdStage::Optimum) {
            let optimum = |eps: &Eps| robust_optimum(task, problem.norm, *eps);
            eps.par_iter().map(optimum).collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        let at_sigma = |&sigma: &f64| -> Result<_, EntryError> {
            let defense = problem.defense.scaled(sigma)?;
            Ok((sigma, trained(task, &defense)?.unit()))
        };
        let trained: Vec<_> = sigmas.par_iter().map(at_sigma).collect::<Result<_, _>>()?;
        let mut grid = Self {
            sigmas: sigmas.to_vec(),
            eps: eps.to_vec(),
            stages,
            draws,
            undefended,
            optima,
            candidates: Vec::new(),
            cells: Vec::new(),
            problem,
        };
        grid.collect(&trained);
        Ok(grid)
    }

    /// The classifiers, each once, and which rows are whose.
    fn collect(&mut self, trained: &[(f64, Rule)]) {
        let all: Vec<usize> = (0..self.eps.len()).collect();
        // Those that no sigma changes come first: for each stage, the first of them.
        let mut still = Vec::new();
        for stage in &self.stages {
            still.push(self.candidates.len());
            match stage {
                NdStage::Undefended => self.candidates.push(Candidate {
                    stage: *stage,
                    rule: self.undefended.clone(),
                    data_std: None,
                    budgets: all.clone(),
                }),
                NdStage::Optimum => {
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
                let rule = if *stage == NdStage::Defended { &self.undefended } else { rule };
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
                        NdStage::Optimum => (first + eps, 0),
                        _ => (*first, eps),
                    };
                    self.cells.push(Cell { sigma: *sigma, stage: *stage, eps, candidate, budget });
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
        &self.sigmas
    }

    /// The budgets.
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// How θ is drawn for the attacked input.
    #[must_use]
    pub fn draws(&self) -> DrawProtocol {
        self.draws
    }

    /// The stages.
    #[must_use]
    pub fn stages(&self) -> &[NdStage] {
        &self.stages
    }

    /// How many rows there will be.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cells.len()
    }

    /// The robust optima, one an ε; none where the stage is not asked for.
    #[must_use]
    pub fn optima(&self) -> &[RobustOptimum] {
        &self.optima
    }

    /// The classifiers, with the sigma and the ε that they are for, where these matter.
    pub fn classifiers(
        &self,
    ) -> impl Iterator<Item = (NdStageName, Option<f64>, Option<f64>, &Rule)> {
        let single = |candidate: &&Candidate| {
            // A vote has the classifier of its draws.
            !matches!(candidate.stage, NdStage::Voted(_))
                || !self.stages.contains(&NdStage::Trained)
        };
        self.candidates.iter().filter(single).map(|candidate| {
            let own = candidate.stage == NdStage::Optimum;
            let eps = candidate.budgets.first().filter(|_| own).map(|&eps| self.eps[eps].get());
            (candidate.stage.name(), candidate.data_std, eps, &candidate.rule)
        })
    }

    /// What the engine is asked: every classifier against its budgets, in one pass.
    pub fn question(&self) -> Result<LinearQuestion, EntryError> {
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
            self.draws,
        )
    }

    /// The exact values of every row. In parallel, on rayon's current pool.
    pub fn exact(&self) -> Result<NdExact, EntryError> {
        let of = |candidate: &Candidate| self.exact_of(candidate);
        Ok(NdExact(self.candidates.par_iter().map(of).collect::<Result<_, _>>()?))
    }

    fn exact_of(&self, candidate: &Candidate) -> Result<ExactOf, EntryError> {
        let Problem { task, norm, .. } = &self.problem;
        let votes = candidate.stage.votes().unwrap_or(Votes::Limit);
        // made here and not kept: a full covariance of 1000 dimensions has 8 MB
        let defense =
            candidate.data_std.map(|sigma| self.problem.defense.scaled(sigma)).transpose()?;
        let defense = defense.as_ref();
        let invariance: Bounded =
            agreement(task, defense, &candidate.rule, votes, &self.undefended)?;
        let bias = Bias::linear(self.draws, votes);
        let exact = |accuracies| Exact { accuracies, invariance, bias };
        let budgets = candidate.budgets.par_iter().map(|&eps| self.eps[eps]);
        let (projection, at) = match &candidate.rule {
            Rule::Linear(classifier) => {
                let projection = Projection::new(task, defense, classifier, *norm, votes)?;
                let at = budgets
                    .map(|eps| projection.accuracies(self.draws, eps).map(exact))
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

    /// The rows of exact values, sigma by sigma, ε by ε, stage by stage.
    #[must_use]
    pub fn exact_rows(&self, exact: &NdExact) -> Vec<NdRow> {
        let answer = |cell: &Cell| Answer::exact(&exact.at(cell));
        self.cells.iter().map(|cell| self.row(cell, exact, answer(cell))).collect()
    }

    /// The rows with their simulated part, and what the run says about them together: as
    /// [`crate::sweep::Grid::checked_rows`].
    #[must_use]
    pub fn checked_rows(
        &self,
        exact: &NdExact,
        counts: &Counts,
        confidence: f64,
        alpha: f64,
    ) -> (Vec<NdRow>, Verdict) {
        let of = |cell: &Cell| RowCounts::new(counts, cell.candidate, cell.budget);
        let compared = |cell: &Cell| (exact.at(cell), of(cell));
        let (answers, verdict) = checked(&self.cells, compared, confidence, alpha);
        let rows = self.cells.iter().zip(answers).map(|(cell, a)| self.row(cell, exact, a));
        (rows.collect(), verdict)
    }

    fn row(&self, cell: &Cell, exact: &NdExact, answer: Answer) -> NdRow {
        let Problem { task, norm, .. } = &self.problem;
        let projection = exact.0[cell.candidate].projection;
        let margin = projection.map(|projection| projection.margin);
        let eps = self.eps[cell.eps].get();
        let optimum = self.optima.get(cell.eps).map(|optimum| optimum.accuracy);
        let question = NdCell {
            stage: cell.stage.name(),
            dimension: task.dimension(),
            norm: NormCell(*norm),
            prior: task.prior().get(),
            sigma: cell.sigma,
            votes: match cell.stage {
                NdStage::Voted(votes) => Some(VotesCell(votes)),
                _ => None,
            },
            draws: DrawsCell(self.draws),
            eps,
            margin_mean: margin.map(|m| m.task().mean()),
            margin_data_std: margin.map(|m| m.task().data_std()),
            margin_offset: margin.map(|m| m.offset()),
            margin_sigma: margin.map(|m| m.sigma()),
            margin_eps: projection.map(|projection| eps * projection.cost),
            optimum_low: optimum.map(|o| o.lower),
            optimum_high: optimum.map(|o| o.upper),
            gap: optimum.map(|o| 0.5 * (o.lower + o.upper) - answer.adversarial_accuracy),
        };
        NdRow::new(question, answer)
    }
}

/// The exact values of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct NdExact(Vec<ExactOf>);

/// The exact values of one classifier, one a budget.
#[derive(Debug, Clone, PartialEq)]
struct ExactOf {
    /// `None` of a constant.
    projection: Option<Projection>,
    at: Vec<Exact>,
}

impl NdExact {
    fn at(&self, cell: &Cell) -> Exact {
        self.0[cell.candidate].at[cell.budget]
    }
}
