//! The record of a run, `run.json`: everything needed to run it again, and what it said.

use std::time::SystemTime;

use serde::Serialize;

use task::{Defense, Stage};

use crate::campaign::Reach;
use crate::check::{self, Verdict};
use crate::sweep::Grid;

/// What was asked, as resolved: every parameter, also those that were left to their defaults.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The mean of θ.
    pub shift: f64,
    /// The standard deviations of θ, in the grammar of the command line.
    pub sigma: String,
    /// The budgets, likewise.
    pub eps: String,
    /// The stages by name.
    pub stages: Vec<&'static str>,
    /// The thresholds of stage `defended`, in the grammar of the command line.
    pub threshold: String,
    /// The numbers of votes of stage `voted`, likewise.
    pub votes: String,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: String,
}

impl Question {
    /// What a grid asks, its values as lists; a command line may have put them as ranges.
    #[must_use]
    pub fn of(grid: &Grid) -> Self {
        let list = |values: Vec<String>| values.join(",");
        let mut names: Vec<&'static str> = grid.stages().iter().map(Stage::name).collect();
        names.dedup();
        let threshold = |stage: &Stage| match stage {
            Stage::Defended { threshold } => Some(threshold.to_string()),
            _ => None,
        };
        let votes = |stage: &Stage| match stage {
            Stage::Voted { votes } => Some(votes.to_string()),
            _ => None,
        };
        Self {
            mean: grid.task().mean(),
            data_std: grid.task().data_std(),
            shift: grid.defenses().first().map_or(0.0, Defense::shift),
            sigma: list(grid.defenses().iter().map(|d| d.sigma().to_string()).collect()),
            eps: list(grid.eps().iter().map(|eps| eps.get().to_string()).collect()),
            stages: names,
            threshold: list(grid.stages().iter().filter_map(threshold).collect()),
            votes: list(grid.stages().iter().filter_map(votes).collect()),
            draws: grid.draws().to_string(),
        }
    }
}

/// How the samples were drawn and judged.
#[derive(Debug, Clone, Serialize)]
pub struct Simulation {
    /// The counts depend on stream version, seed, samples and question, and on nothing else.
    pub stream_version: u16,
    /// The seed.
    pub seed: u64,
    /// How many samples were drawn.
    pub samples: u64,
    /// Samples in a batch.
    pub batch: u64,
    /// Worker threads; no count depends on them.
    pub threads: usize,
    /// The kernel; no count depends on it.
    pub engine: &'static str,
    /// The instruction set; no count depends on it.
    pub instruction_set: &'static str,
    /// How votes were drawn: `draws`, all of them, or `median`, from the exact law of the middle one.
    pub votes_by: &'static str,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The family-wise error of the verdict.
    pub alpha: f64,
    /// Time for drawing and counting.
    pub seconds: f64,
    /// Samples drawn and counted per second.
    pub samples_per_second: f64,
    /// Samples × rows per second.
    pub cells_per_second: f64,
}

/// The verdict, in the words of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Judgement {
    /// `agree` or `DISAGREE`.
    pub verdict: &'static str,
    /// How many rows were compared.
    pub rows: usize,
    /// How many of them disagree.
    pub disagreeing: usize,
    /// The smallest p-value, adjusted for all tests of the run.
    pub smallest_p: f64,
    /// What it is compared with.
    pub alpha: f64,
    /// A rate that is off by more than this would have been noticed …
    pub detectable: f64,
    /// … with at least this chance.
    pub power: f64,
}

impl From<&Verdict> for Judgement {
    fn from(verdict: &Verdict) -> Self {
        Self {
            verdict: if verdict.agree { "agree" } else { "DISAGREE" },
            rows: verdict.rows,
            disagreeing: verdict.disagreeing,
            smallest_p: verdict.smallest_p,
            alpha: verdict.alpha,
            detectable: verdict.detectable,
            power: check::POWER,
        }
    }
}

/// The record of a run that answered a question of some kind.
#[derive(Debug, Clone, Serialize)]
pub struct Record<Q = Question> {
    /// `gauss-sim`.
    pub program: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The full command line.
    pub command: Vec<String>,
    /// What was asked.
    pub question: Q,
    /// How many rows that makes.
    pub rows: usize,
    /// How it was simulated; null where it was not.
    pub simulation: Option<Simulation>,
    /// How far the run came; not there where it is none of those that can be continued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Reach>,
    /// What the comparison says; null where nothing was simulated.
    pub judgement: Option<Judgement>,
    /// What else was found; left out where there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<serde_json::Value>,
    /// When the run began, UTC.
    pub started: String,
    /// How long it took, charts and files apart.
    pub wall_seconds: f64,
}

impl<Q: Serialize> Record<Q> {
    /// A record of a run that begins now and has not simulated anything yet.
    #[must_use]
    pub fn begin(question: Q, rows: usize) -> Self {
        Self {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            command: std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect(),
            question,
            rows,
            simulation: None,
            progress: None,
            judgement: None,
            findings: None,
            started: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            wall_seconds: 0.0,
        }
    }

    /// The record as JSON, indented, with a line end.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
