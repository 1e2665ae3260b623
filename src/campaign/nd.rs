//! What is asked in d dimensions, as resolved. The task itself is a file of its own, beside the counts: a full
//! covariance of 1000 dimensions takes some 20 MB.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use theory::linear::EntryError;
use theory::task::{Eps, Votes};

use super::crc64::crc64;
use super::subject::{Counter, Subject};
use crate::check::Verdict;
use crate::engine::counts::Counts;
use crate::engine::linear::{LINEAR_BATCH, LinearQuestion};
use crate::engine::{Kernel, Run, VotesBy};
use crate::nd::file::parse;
use crate::nd::grid::{NdExact, NdGrid, NdStage};
use crate::nd::report::Question;
use crate::nd::row::{NdRow, NdStageName};
use crate::row::{DrawsCell, VotesCell};

/// The file of the task, in the folder of the counts.
///
/// ```
/// use std::fs;
/// use std::path::Path;
///
/// use gauss_sim::campaign::file::COUNTS_FILE;
/// use gauss_sim::campaign::nd::TASK_FILE;
/// use gauss_sim::campaign::subject::Subject;
/// use gauss_sim::campaign::{Campaign, Plan};
/// # use gauss_sim::engine::VotesBy;
/// use gauss_sim::nd::file::parse;
/// use gauss_sim::nd::grid::{NdGrid, NdStage};
/// use gauss_sim::nd::report::Question;
/// # use theory as gauss_sim_theory;
/// use gauss_sim_theory::task::{Draws, Eps};
///
/// let problem = parse("[task]\nmean = [0.6, 0.8]\ncovariance = 1\n", Path::new(""))?;
/// let grid = NdGrid::new(problem, &[1.0], &[Eps::ZERO], vec![NdStage::Trained], Draws::Same)?;
/// let record = Question::new(&grid, ["my.toml", "1", "0", "101"].map(str::to_owned));
/// # let (seed, votes_by, confidence, alpha, precision) = (7, VotesBy::Draws, 0.95, 1e-6, None);
/// # let plan = Plan { seed, samples: 10_000, votes_by, shard: None, confidence, alpha, precision };
/// let campaign = Campaign::new(grid.clone(), &record, &plan)?;
///
/// // A folder with both files is all that a later session needs.
/// let folder = tempfile::tempdir()?;
/// fs::write(folder.path().join(COUNTS_FILE), campaign.to_json()?)?;
/// for (name, text) in grid.files() {
///     assert_eq!(name, TASK_FILE);
///     fs::write(folder.path().join(name), text)?;
/// }
/// let resumed = Campaign::<NdGrid>::load(folder.path())?;
/// assert_eq!(resumed.grid().exact_rows(&grid.exact()?), grid.exact_rows(&grid.exact()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const TASK_FILE: &str = "task.toml";

/// A grid by its values, and how the command line had put them.
///
/// ```
/// use std::path::Path;
///
/// use gauss_sim::campaign::nd::NdAsked;
/// use gauss_sim::campaign::subject::Subject;
/// use gauss_sim::nd::file::parse;
/// use gauss_sim::nd::grid::{NdGrid, NdStage};
/// use gauss_sim::nd::report::Question;
/// # use theory as gauss_sim_theory;
/// use gauss_sim_theory::task::{Draws, Eps};
///
/// let asked = |covariance: &str| -> Result<NdAsked, Box<dyn std::error::Error>> {
///     let text = format!("[task]\nmean = [0.6, 0.8]\ncovariance = {covariance}\n");
///     let (problem, stages) = (parse(&text, Path::new(""))?, vec![NdStage::Undefended]);
///     let grid = NdGrid::new(problem, &[1.0], &[Eps::ZERO], stages, Draws::Same)?;
///     Ok(grid.asked(&Question::new(&grid, ["my.toml", "1", "0", "101"].map(str::to_owned))))
/// };
/// let (unit, same, wider) = (asked("1")?, asked("1.0")?, asked("2")?);
/// assert_eq!(NdGrid::difference(&unit, &same), None);
/// assert_eq!(NdGrid::difference(&unit, &wider), Some("the task or --norm"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
