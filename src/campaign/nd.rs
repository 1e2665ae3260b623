//! What is asked in d dimensions, as resolved. The task itself is a file of its own, beside the counts: a full
//! covariance of 1000 dimensions takes some 20 MB.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use task::EntryError;
use task::{Eps, Votes};

use super::crc64::crc64;
use super::subject::{Counter, Subject};
use crate::check::Verdict;
use crate::nd::file::parse;
use crate::nd::grid::{NdExact, NdGrid, NdStage};
use crate::nd::report::Question;
use crate::nd::row::{NdRow, NdStageName};
use crate::row::{DrawsCell, VotesCell};
use engine::counts::Counts;
use engine::linear::{LINEAR_BATCH, LinearQuestion};
use engine::{Kernel, Run, VotesBy};

/// The file of the task, in the folder of the counts.
pub const TASK_FILE: &str = "task.toml";

/// A grid by its values, and how the command line had put them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NdAsked {
    /// The checksum of the task's file.
    task: String,
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
    stage: NdStageName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    votes: Option<VotesCell>,
}

/// The file and the ranges as the command line had them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    file: String,
    sigma: String,
    eps: String,
    votes: String,
}

/// The checksum of a task's file.
fn checksum(text: &str) -> String {
    format!("crc64-xz:{:016x}", crc64(text.as_bytes()))
}

impl Subject for NdGrid {
    type Asked = NdAsked;
    type Record = Question;
    type Question = LinearQuestion;
    type Exact = NdExact;
    type Row = NdRow;
    type Error = EntryError;

    const BATCH: u64 = LINEAR_BATCH;
    const VERBS: &'static str = "nd";

    fn engine(_: Kernel) -> &'static str {
        "linear"
    }

    fn asked(&self, record: &Question) -> NdAsked {
        let stage = |stage: &NdStage| AskedStage {
            stage: stage.name(),
            votes: match stage {
                NdStage::Voted(votes) => Some(VotesCell(*votes)),
                _ => None,
            },
        };
        NdAsked {
            task: checksum(&self.problem().to_toml()),
            sigma: self.sigmas().to_vec(),
            eps: self.eps().iter().map(|eps| eps.get()).collect(),
            stages: self.stages().iter().map(stage).collect(),
            draws: DrawsCell(self.draws()),
            written: Written {
                file: record.file.clone(),
                sigma: record.sigma.clone(),
                eps: record.eps.clone(),
                votes: record.votes.clone(),
            },
        }
    }

    fn restore(asked: &NdAsked, folder: &Path) -> Result<Self, String> {
        let path = folder.join(TASK_FILE);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("its {TASK_FILE} cannot be read: {error}"))?;
        if checksum(&text) != asked.task {
            return Err(format!("its {TASK_FILE} is not that of its counts"));
        }
        let problem = parse(&text, folder).map_err(|error| format!("its {TASK_FILE}: {error}"))?;
        let eps = asked.eps.iter().map(|&eps| Eps::new(eps)).collect::<Result<Vec<_>, _>>();
        let eps = eps.map_err(|error| error.to_string())?;
        let stage = |asked: &AskedStage| match asked.stage {
            NdStageName::Undefended => NdStage::Undefended,
            NdStageName::Defended => NdStage::Defended,
            NdStageName::Trained => NdStage::Trained,
            NdStageName::Voted => NdStage::Voted(asked.votes.map_or(Votes::ONE, |votes| votes.0)),
            NdStageName::Optimum => NdStage::Optimum,
        };
        let stages = asked.stages.iter().map(stage).collect();
        Self::new(problem, &asked.sigma, &eps, stages, asked.draws.0)
            .map_err(|error| error.to_string())
    }

    fn record(&self, asked: &NdAsked) -> Question {
        let Written { file, sigma, eps, votes } = asked.written.clone();
        Question::new(self, [file, sigma, eps, votes])
    }

    fn difference(asked: &NdAsked, other: &NdAsked) -> Option<&'static str> {
        let NdAsked { task, sigma, eps, stages, draws, written: _ } = asked;
        let same = [
            ("the task or --norm", *task == other.task),
            ("--sigma", *sigma == other.sigma),
            ("--eps", *eps == other.eps),
            ("--stages or --votes", *stages == other.stages),
            ("--draws", *draws == other.draws),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(flag, _)| flag)
    }

    fn files(&self) -> Vec<(&'static str, String)> {
        vec![(TASK_FILE, self.problem().to_toml())]
    }

    /// Votes are always drawn.
    fn question(&self, _: VotesBy) -> Result<LinearQuestion, EntryError> {
        self.question()
    }

    fn counter<'q>(run: &Run, question: &'q LinearQuestion) -> Box<dyn Counter + 'q> {
        Box::new(run.prepare_linear(question))
    }

    fn rows(&self) -> usize {
        self.rows()
    }

    fn exact_rows(&self, exact: &NdExact) -> Vec<NdRow> {
        self.exact_rows(exact)
    }

    fn checked_rows(
        &self,
        exact: &NdExact,
        counts: &Counts,
        confidence: f64,
        alpha: f64,
    ) -> (Vec<NdRow>, Verdict) {
        self.checked_rows(exact, counts, confidence, alpha)
    }
}
