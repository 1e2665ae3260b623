//! The flags that several verbs share, and what they resolve to.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};
use task::{DomainError, DrawProtocol, Stage, Task};
use theory::convergence::Tolerance;

use crate::campaign::Means;
use crate::plan;
use crate::record;
use crate::row::StageName;
use crate::store::Folder;
use crate::sweep::{Grid, GridError};
use crate::table::Format;
use engine::dispatch::Level;
use engine::{Kernel, VotesBy};
use task::range::{self, Count, Probability, RANGE_HELP, Range, VoteList, quote};

/// The task, the defense and the stages; sigma and eps are each verb's own, with their defaults.
#[derive(Debug, Args)]
#[command(next_help_heading = "The task and the defense")]
pub(super) struct TaskArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The k of stage `defended`, sgn(x + θ − k); a range gives the family
    #[arg(long, default_value = "0", allow_hyphen_values = true, value_name = "RANGE")]
    threshold: Range,
    #[command(flatten)]
    voting: VotingArgs,
    /// Which stages, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "STAGES", value_parser = stage)]
    #[arg(default_value = "undefended,defended,trained,voted")]
    stages: Vec<StageName>,
}

/// How θ is drawn.
#[derive(Debug, Args)]
#[command(next_help_heading = "The task and the defense")]
pub(super) struct VotingArgs {
    /// How many θ vote in stage `voted`: 101, or 1,11,101,inf
    #[arg(long, default_value = "101", allow_negative_numbers = true, value_name = "VOTES")]
    pub(super) votes: VoteList,
    /// How θ is drawn for the clean and the attacked input: same, one θ for both; fresh, the attacked
    /// one gets its own; persistent=T, it is judged T times, each with its own, and must be right always
    #[arg(long, default_value = "same", value_name = "same|fresh|persistent=T")]
    #[arg(value_parser = draws)]
    pub(super) draws: DrawProtocol,
}

/// The data and where the defense moves it to.
#[derive(Debug, Args)]
#[command(next_help_heading = "The task and the defense")]
pub(super) struct DataArgs {
    /// The class mean μ: x | y ~ N(y·μ, data_std²)
    #[arg(long, default_value = "1", allow_hyphen_values = true, value_name = "NUMBER")]
    #[arg(value_parser = range::number)]
    mean: f64,
    /// The standard deviation ν of x given y
    #[arg(long, default_value = "1", allow_hyphen_values = true, value_name = "NUMBER")]
    #[arg(value_parser = range::number)]
    data_std: f64,
    /// The mean of θ
    #[arg(long, default_value = "1", allow_hyphen_values = true, value_name = "NUMBER")]
    #[arg(value_parser = range::number)]
    pub(super) shift: f64,
}

impl DataArgs {
    /// The data.
    pub(super) fn task(&self) -> Result<Task> {
        Task::new(self.mean, self.data_std).map_err(|error| flag_error(&error))
    }
}

impl TaskArgs {
    /// The grid over these sigmas and budgets, and its record.
    pub(super) fn grid(&self, sigma: &Range, eps: &Range) -> Result<(Grid, record::Question)> {
        let DataArgs { mean, data_std, shift } = self.data;
        let task = self.data.task()?;
        let stages = self.stages();
        let grid = Grid::new(task, shift, sigma.values(), eps.values(), stages)
            .map_err(|error| grid_error(error, sigma, eps))?;
        let grid = grid.with_draws(self.voting.draws);
        let question = record::Question {
            mean,
            data_std,
            shift,
            sigma: sigma.to_string(),
            eps: eps.to_string(),
            stages: self.distinct_stages().iter().map(|stage| stage.name()).collect(),
            threshold: self.threshold.to_string(),
            votes: self.voting.votes.to_string(),
            draws: self.voting.draws.to_string(),
        };
        Ok((grid, question))
    }

    /// How many votes are enough at these sigmas and budgets, and the record of the question.
    fn plan(&self, sigma: &Range, eps: &Range, tolerance: Tolerance) -> Result<Plan> {
        let DataArgs { mean, data_std, shift } = self.data;
        let task = self.data.task()?;
        let (sigmas, budgets) = (sigma.values(), eps.values());
        let rows = plan::rows(task, shift, sigmas, budgets, self.voting.draws, tolerance)
            .map_err(|error| grid_error(error, sigma, eps))?;
        let question = plan::Question {
            mean,
            data_std,
            shift,
            sigma: sigma.to_string(),
            eps: eps.to_string(),
            draws: self.voting.draws.to_string(),
            votes_for: tolerance.get(),
        };
        Ok((rows, question))
    }

    /// The stages in the order of the argument, each once.
    fn distinct_stages(&self) -> Vec<StageName> {
        StageName::ALL.into_iter().filter(|stage| self.stages.contains(stage)).collect()
    }

    fn stages(&self) -> Vec<Stage> {
        let expand = |stage: StageName| -> Vec<Stage> {
            match stage {
                StageName::Undefended => vec![Stage::Undefended],
                StageName::Defended => {
                    let thresholds = self.threshold.values().iter();
                    thresholds.map(|&threshold| Stage::Defended { threshold }).collect()
                }
                StageName::Trained => vec![Stage::Trained],
                StageName::Voted => {
                    self.voting.votes.values().iter().map(|&votes| Stage::Voted { votes }).collect()
                }
            }
        };
        self.distinct_stages().into_iter().flat_map(expand).collect()
    }
}

/// Where the verbs that answer at a point look, unless told otherwise: σ = 1, ε = ½.
#[derive(Debug, Args)]
pub(super) struct PointArgs {
    /// The standard deviation σ of θ: a number or a range
    #[arg(long, default_value = "1", allow_hyphen_values = true, value_name = "RANGE")]
    #[arg(long_help = format!("The standard deviation σ of θ. {GRID_HELP}"))]
    sigma: Range,
    /// The adversary's budget ε: a number or a range
    #[arg(long, default_value = "0.5", allow_hyphen_values = true, value_name = "RANGE")]
    eps: Range,
    #[command(flatten)]
    task: TaskArgs,
}

impl PointArgs {
    /// The grid that is asked for, and its record.
    pub(super) fn grid(&self) -> Result<(Grid, record::Question)> {
        self.task.grid(&self.sigma, &self.eps)
    }

    /// How many votes are enough there, and the record of the question.
    pub(super) fn plan(&self, tolerance: Tolerance) -> Result<Plan> {
        self.task.plan(&self.sigma, &self.eps, tolerance)
    }
}

/// The rows of a plan and what was asked.
pub(super) type Plan = (Vec<plan::PlanRow>, plan::Question);

/// A grid's error under the names of its flags.
fn grid_error(error: GridError, sigma: &Range, eps: &Range) -> anyhow::Error {
    match error {
        GridError::Domain(error) => flag_error(&error),
        rows @ GridError::Rows { .. } => anyhow!("--sigma {sigma}, --eps {eps}: {rows}"),
    }
}

/// A parameter's error under the name of its flag.
pub(super) fn flag_error(error: &DomainError) -> anyhow::Error {
    anyhow!("--{} {} is not possible: write {}", error.name, error.value, error.expected)
}

/// How to simulate, and how to judge.
#[derive(Debug, Args)]
#[command(next_help_heading = "The simulation")]
pub(super) struct SimulationArgs {
    /// How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with --precision the most
    /// [default: 10M] [with --precision: 1T]
    #[arg(long, allow_negative_numbers = true, value_name = "COUNT")]
    pub(super) samples: Option<Count>,
    #[command(flatten)]
    pub(super) judging: JudgingArgs,
    /// The kernel; no count depends on it
    #[arg(long, default_value = "auto", value_name = "ENGINE", value_enum)]
    pub(super) engine: EngineName,
    /// How votes are drawn; both ways follow the same law
    #[arg(long, default_value = "draws", value_name = "WAY", value_enum)]
    pub(super) votes_by: VotesByName,
    /// The instruction set, for comparing them; no count depends on it
    #[arg(long, value_name = "NAME", hide = true, value_parser = instruction_set)]
    pub(super) instructions: Option<Level>,
}

impl SimulationArgs {
    /// What is to be drawn.
    pub(super) fn drawing(&self) -> Drawing<'_> {
        Drawing {
            samples: self.samples,
            usual: 10_000_000,
            judging: &self.judging,
            votes_by: self.votes_by.votes_by(),
            means: Means {
                level: self.instructions.unwrap_or_else(Level::best),
                kernel: self.engine.kernel(),
            },
        }
    }
}

/// What is to be drawn, by which means, and how it is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawing<'a> {
    /// As given.
    pub(super) samples: Option<Count>,
    /// Unless given, and unless the run stops at a precision.
    pub(super) usual: u64,
    pub(super) judging: &'a JudgingArgs,
    pub(super) votes_by: VotesBy,
    pub(super) means: Means,
}

/// Which samples, and how they are judged.
#[derive(Debug, Args)]
#[command(next_help_heading = "The simulation")]
pub(super) struct JudgingArgs {
    /// The seed; the same seed gives the same counts on any machine
    #[arg(long, default_value = "1", allow_negative_numbers = true, value_name = "NUMBER")]
    #[arg(value_parser = seed)]
    pub(super) seed: u64,
    /// The confidence of every interval: 0.95, or 95%
    #[arg(long, default_value = "0.95", allow_negative_numbers = true, value_name = "PROBABILITY")]
    pub(super) confidence: Probability,
    /// The chance, at most, that a run which is right says DISAGREE
    #[arg(long, default_value = "1e-6", allow_negative_numbers = true, value_name = "PROBABILITY")]
    pub(super) alpha: Probability,
}

/// The kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    /// the fastest there is
    Auto,
    /// the kernel to read
    Reference,
    /// the kernel to run
    Simd,
}

impl EngineName {
    pub(super) fn kernel(self) -> Kernel {
        match self {
            Self::Auto => Kernel::default(),
            Self::Reference => Kernel::Reference,
            Self::Simd => Kernel::Simd,
        }
    }
}

/// How votes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VotesByName {
    /// all of them, and counted
    Draws,
    /// the one that decides, from its exact law; at the same cost for any number
    Median,
}

impl VotesByName {
    pub(super) fn votes_by(self) -> VotesBy {
        match self {
            Self::Draws => VotesBy::Draws,
            Self::Median => VotesBy::Median,
        }
    }
}

/// An instruction set by its name, if this machine has it.
fn instruction_set(name: &str) -> Result<Level, String> {
    let available = Level::available();
    available.iter().copied().find(|level| level.name() == name).ok_or_else(|| {
        let names: Vec<&str> = available.iter().map(|level| level.name()).collect();
        format!("{} is not on this machine: write one of {}", quote(name), names.join(", "))
    })
}

/// How many worker threads.
#[derive(Debug, Args)]
pub(super) struct ThreadArgs {
    /// Worker threads; no number depends on it [default: one a core]
    #[arg(long, allow_negative_numbers = true, value_name = "COUNT", value_parser = threads)]
    threads: Option<NonZeroUsize>,
}

impl ThreadArgs {
    /// Runs `work` on a pool of that many threads.
    pub(super) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> Result<R> {
        let threads = self.threads.map_or(0, NonZeroUsize::get);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool =
            pool.map_err(|error| anyhow!("--threads {threads}: {error}; write a smaller number"))?;
        Ok(pool.install(work))
    }
}

const MAX_THREADS: usize = 4096;

fn stage(text: &str) -> Result<StageName, String> {
    StageName::from_str(text.trim(), false).map_err(|_| {
        format!("{} is not a stage: write undefended, defended, trained or voted", quote(text))
    })
}

pub(super) fn draws(text: &str) -> Result<DrawProtocol, String> {
    text.trim().parse().map_err(|error: DomainError| {
        format!("{} is not a draw protocol: write {}", quote(text), error.expected)
    })
}

/// A tolerance of `--votes-for`.
pub(super) fn tolerance(text: &str) -> Result<Tolerance, String> {
    let value = range::number(text).map_err(|error| error.to_string())?;
    Tolerance::new(value)
        .map_err(|error| format!("{} is not possible: write {}", quote(text), error.expected))
}

pub(super) fn seed(text: &str) -> Result<u64, String> {
    let seed = text.trim().replace('_', "").parse();
    let largest = u64::MAX;
    seed.map_err(|_| {
        format!("{} is not a seed: write a whole number from 0 to {largest}", quote(text))
    })
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads: Option<NonZeroUsize> = text.trim().parse().ok();
    threads.filter(|threads| threads.get() <= MAX_THREADS).ok_or_else(|| {
        let text = quote(text);
        format!("{text} is not a number of threads: write a whole number from 1 to {MAX_THREADS}")
    })
}

/// Where results go that are otherwise printed.
#[derive(Debug, Args)]
#[command(next_help_heading = "The output")]
pub(super) struct OutputArgs {
    /// How rows are printed
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Write the results and run.json into this folder, which is made where missing
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long)]
    pub(super) force: bool,
}

impl OutputArgs {
    /// The folder of `-o`, known to take the files of these names; `None` without `-o`.
    pub(super) fn folder(&self, files: &[&str]) -> Result<Option<Folder>> {
        let Some(path) = &self.output else {
            return Ok(None);
        };
        let folder = Folder::open(path, self.force).map_err(|error| anyhow!("-o {error}"))?;
        for file in files {
            folder.expect_free(file)?;
        }
        Ok(Some(folder))
    }
}

/// The help of `--sigma` and `--eps`.
pub(super) const GRID_HELP: &str = RANGE_HELP;
