//! What is asked in one dimension, as resolved.

use std::path::Path;

use serde::{Deserialize, Serialize};
use task::{DomainError, Stage, Task};

use super::subject::{Counter, Subject};
use crate::check::Verdict;
use crate::record;
use crate::row::{DrawsCell, Row, StageName, VotesCell};
use crate::sweep::{ExactValues, Grid, GridError};
use engine::counts::Counts;
use engine::{self, BATCH, Kernel, Run, VotesBy};

/// A grid by its values, and how the command line had put them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    mean: f64,
    data_std: f64,
    shift: f64,
    sigma: Vec<f64>,
    eps: Vec<f64>,
    stages: Vec<AskedStage>,
    draws: DrawsCell,
    written: Written,
}

/// A stage with its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedStage {
    stage: StageName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    votes: Option<VotesCell>,
}

/// The ranges in the grammar of the command line, for captions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sigma: String,
    eps: String,
    threshold: String,
    votes: String,
}

impl Asked {
    fn new(grid: &Grid, question: &record::Question) -> Self {
        let stages = grid.stages().iter().map(|stage| match *stage {
            Stage::Undefended => AskedStage::of(StageName::Undefended),
            Stage::Defended { threshold } => {
                AskedStage { threshold: Some(threshold), ..AskedStage::of(StageName::Defended) }
            }
            Stage::Trained => AskedStage::of(StageName::Trained),
            Stage::Voted { votes } => {
                AskedStage { votes: Some(VotesCell(votes)), ..AskedStage::of(StageName::Voted) }
            }
        });
        Self {
            mean: grid.task().mean(),
            data_std: grid.task().data_std(),
            shift: question.shift,
            sigma: grid.defenses().iter().map(task::Defense::sigma).collect(),
            eps: grid.eps().iter().map(|eps| eps.get()).collect(),
            stages: stages.collect(),
            draws: DrawsCell(grid.draws()),
            written: Written {
                sigma: question.sigma.clone(),
                eps: question.eps.clone(),
                threshold: question.threshold.clone(),
                votes: question.votes.clone(),
            },
        }
    }

    /// The grid again. Fails where a value is none that a grid can have.
    fn grid(&self) -> Result<Grid, GridError> {
        let stage = |asked: &AskedStage| match (asked.stage, asked.threshold, asked.votes) {
            (StageName::Undefended, ..) => Stage::Undefended,
            (StageName::Defended, threshold, _) => {
                Stage::Defended { threshold: threshold.unwrap_or_default() }
            }
            (StageName::Trained, ..) => Stage::Trained,
            (StageName::Voted, _, votes) => {
                Stage::Voted { votes: votes.map_or(task::Votes::ONE, |votes| votes.0) }
            }
        };
        let stages = self.stages.iter().map(stage).collect();
        let task = Task::new(self.mean, self.data_std)?;
        let grid = Grid::new(task, self.shift, &self.sigma, &self.eps, stages)?;
        Ok(grid.with_draws(self.draws.0))
    }

    fn record(&self) -> record::Question {
        let named = |name: &StageName| self.stages.iter().any(|asked| asked.stage == *name);
        let Written { sigma, eps, threshold, votes } = self.written.clone();
        record::Question {
            mean: self.mean,
            data_std: self.data_std,
            shift: self.shift,
            sigma,
            eps,
            stages: StageName::ALL.into_iter().filter(named).map(StageName::name).collect(),
            threshold,
            votes,
            draws: self.draws.to_string(),
        }
    }

    fn difference(&self, other: &Self) -> Option<&'static str> {
        let Self { mean, data_std, shift, sigma, eps, stages, draws, written: _ } = self;
        let same = [
            ("--mean", *mean == other.mean),
            ("--data-std", *data_std == other.data_std),
            ("--shift", *shift == other.shift),
            ("--sigma", *sigma == other.sigma),
            ("--eps", *eps == other.eps),
            ("--stages, --threshold or --votes", *stages == other.stages),
            ("--draws", *draws == other.draws),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(flag, _)| flag)
    }
}

impl AskedStage {
    fn of(stage: StageName) -> Self {
        Self { stage, threshold: None, votes: None }
    }
}

impl Subject for Grid {
    type Asked = Asked;
    type Record = record::Question;
    type Question = engine::Question;
    type Exact = ExactValues;
    type Row = Row;
    type Error = DomainError;

    const BATCH: u64 = BATCH;
    const VERBS: &'static str = "simulate or sweep";

    fn engine(kernel: Kernel) -> &'static str {
        match kernel {
            Kernel::Reference => "reference",
            Kernel::Simd => "simd",
        }
    }

    fn asked(&self, record: &record::Question) -> Asked {
        Asked::new(self, record)
    }

    fn restore(asked: &Asked, _: &Path) -> Result<Self, String> {
        asked.grid().map_err(|error| error.to_string())
    }

    fn record(&self, asked: &Asked) -> record::Question {
        asked.record()
    }

    fn difference(asked: &Asked, other: &Asked) -> Option<&'static str> {
        asked.difference(other)
    }

    fn files(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn question(&self, votes_by: VotesBy) -> Result<engine::Question, DomainError> {
        Ok(Self::question(self)?.with_votes_by(votes_by))
    }

    fn counter<'q>(run: &Run, question: &'q engine::Question) -> Box<dyn Counter + 'q> {
        Box::new(run.prepare(question))
    }

    fn rows(&self) -> usize {
        self.rows()
    }

    fn exact_rows(&self, exact: &ExactValues) -> Vec<Row> {
        self.exact_rows(exact)
    }

    fn checked_rows(
        &self,
        exact: &ExactValues,
        counts: &Counts,
        confidence: f64,
        alpha: f64,
    ) -> (Vec<Row>, Verdict) {
        self.checked_rows(exact, counts, confidence, alpha)
    }
}
