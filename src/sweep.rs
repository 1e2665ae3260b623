//! Grid in, rows out: what is asked, its exact values, its sampled counts, and their comparison.

use std::collections::HashMap;

use rayon::prelude::*;
use task::{Defense, DomainError, DrawProtocol, Eps, Margin, Stage, Task, Votes};
use theory::invariance::invariance;
use theory::math::bounded::Bounded;
use theory::protocol::Protocol;

use crate::answer::{Answer, Bias, Exact, RowCounts, checked};
use crate::check::Verdict;
use crate::row::{Cell as Asked, Row};
use engine::Question;
use engine::counts::Counts;

/// The largest number of rows of one run.
pub const MAX_ROWS: usize = 1_000_000;

/// Why there is no such grid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// A parameter is outside its domain.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// No rows, or too many.
    #[error(
        "{sigmas} values of sigma × {eps} of eps × {stages} stages are {rows} rows: \
         at least 1 and at most {MAX_ROWS} are possible; a range takes a count, as in 0..4/41"
    )]
    Rows {
        /// Values of sigma.
        sigmas: usize,
        /// Values of eps.
        eps: usize,
        /// Stages, each threshold and number of votes apart.
        stages: usize,
        /// The product.
        rows: usize,
    },
}

/// A grid: every stage at every sigma and every eps, on one task and one shift.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    task: Task,
    defenses: Vec<Defense>,
    eps: Vec<Eps>,
    stages: Vec<Stage>,
    draws: DrawProtocol,
    /// The distinct margins, and for each (defense, stage), in that order, which one it has.
    margins: Vec<Margin>,
    margin_of: Vec<usize>,
}

impl Grid {
    /// The grid of these values: `sigmas` and `eps` as in [`Defense::new`] and [`Eps::new`], `eps`
    /// in ascending order. Fails where one is outside its domain, or where there would be no row or
    /// more than [`MAX_ROWS`].
    pub fn new(
        task: Task,
        shift: f64,
        sigmas: &[f64],
        eps: &[f64],
        stages: Vec<Stage>,
    ) -> Result<Self, GridError> {
        let rows = sigmas.len().saturating_mul(eps.len()).saturating_mul(stages.len());
        if rows == 0 || rows > MAX_ROWS {
            let (sigmas, eps, stages) = (sigmas.len(), eps.len(), stages.len());
            return Err(GridError::Rows { sigmas, eps, stages, rows });
        }
        let defenses = sigmas
            .iter()
            .map(|&sigma| Defense::new(shift, sigma))
            .collect::<Result<Vec<_>, _>>()?;
        let eps = eps.iter().map(|&eps| Eps::new(eps)).collect::<Result<Vec<_>, _>>()?;
        let mut grid = Self {
            task,
            defenses,
            eps,
            stages,
            draws: DrawProtocol::default(),
            margins: Vec::new(),
            margin_of: Vec::new(),
        };
        grid.collect_margins()?;
        Ok(grid)
    }

    /// The same grid under this draw protocol ([`DrawProtocol::Same`] if nothing is said).
    #[must_use]
    pub fn with_draws(self, draws: DrawProtocol) -> Self {
        Self { draws, ..self }
    }

    /// Stages at different sigmas can be the same classifier: the undefended one everywhere, and at
    /// sigma = 0 all that share their offset. Each is computed and counted once.
    fn collect_margins(&mut self) -> Result<(), DomainError> {
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

    /// How θ is drawn for the attacked input.
    #[must_use]
    pub fn draws(&self) -> DrawProtocol {
        self.draws
    }

    /// The data.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The budgets.
    #[must_use]
    pub fn eps(&self) -> &[Eps] {
        &self.eps
    }

    /// The defenses: one a sigma.
    #[must_use]
    pub fn defenses(&self) -> &[Defense] {
        &self.defenses
    }

    /// The stages, with their thresholds and votes.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// How many rows there will be.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.margin_of.len() * self.eps.len()
    }

    /// What the engine is asked: every distinct margin against every budget, in one pass.
    pub fn question(&self) -> Result<Question, DomainError> {
        let question = Question::new(self.task, self.margins.clone(), self.eps.clone())?;
        Ok(question.with_draws(self.draws))
    }

    /// The exact values of every row: one vector a margin, one entry an eps. In parallel, on rayon's
    /// current pool.
    #[must_use]
    pub fn exact(&self) -> ExactValues {
        let at = |margin: &Margin| {
            let invariance: Bounded = invariance(margin);
            let protocol = Protocol::new(margin, self.draws);
            let bias = Bias::new(self.draws);
            let exact = |eps: &Eps| Exact { accuracies: protocol.at(*eps), invariance, bias };
            self.eps.par_iter().map(exact).collect()
        };
        ExactValues(self.margins.par_iter().map(at).collect())
    }

    /// The rows of exact values, sigma by sigma, eps by eps, stage by stage.
    #[must_use]
    pub fn exact_rows(&self, exact: &ExactValues) -> Vec<Row> {
        self.cells().map(|cell| self.exact_row(&cell, exact)).collect()
    }

    /// The rows with their simulated part, and what the run says about them together.
    ///
    /// `counts` are the engine's answer to [`Grid::question`]; `confidence` is that of each
    /// interval; `alpha` is shared by all rows. In parallel, on rayon's current pool.
    #[must_use]
    pub fn checked_rows(
        &self,
        exact: &ExactValues,
        counts: &Counts,
        confidence: f64,
        alpha: f64,
    ) -> (Vec<Row>, Verdict) {
        let cells: Vec<Cell<'_>> = self.cells().collect();
        let of = |cell: &Cell<'_>| RowCounts::new(counts, cell.margin, cell.eps);
        let compared = |cell: &Cell<'_>| (self.exact_at(exact, cell), of(cell));
        let (answers, verdict) = checked(&cells, compared, confidence, alpha);
        let rows = cells.iter().zip(answers).map(|(cell, a)| Row::new(self.asked(cell), a));
        (rows.collect(), verdict)
    }

    fn exact_at(&self, exact: &ExactValues, cell: &Cell<'_>) -> Exact {
        exact.0[cell.margin][cell.eps]
    }

    fn exact_row(&self, cell: &Cell<'_>, exact: &ExactValues) -> Row {
        Row::new(self.asked(cell), Answer::exact(&self.exact_at(exact, cell)))
    }

    fn asked(&self, cell: &Cell<'_>) -> Asked {
        Asked::new(&self.task, cell.defense, cell.stage, self.draws, self.eps[cell.eps].get())
    }

    fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        let stages = self.stages.len();
        self.defenses.iter().enumerate().flat_map(move |(d, defense)| {
            (0..self.eps.len()).flat_map(move |eps| {
                self.stages.iter().enumerate().map(move |(s, stage)| Cell {
                    defense,
                    stage,
                    eps,
                    margin: self.margin_of[d * stages + s],
                })
            })
        })
    }
}

/// The exact values of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactValues(Vec<Vec<Exact>>);

/// One row's place: which defense, stage and eps, and (by index) which margin that is.
struct Cell<'a> {
    defense: &'a Defense,
    stage: &'a Stage,
    eps: usize,
    margin: usize,
}
