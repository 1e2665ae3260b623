//! `gauss-sim nd`: the task in d dimensions, from a file.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use task::Eps;
use task::linear::Rule;
use task::{EntryError, Norm};

use super::args::{
    Drawing, GRID_HELP, JudgingArgs, OutputArgs, ThreadArgs, VotingArgs, flag_error,
};
use super::long::{Answer, Job, LongArgs, Place};
use super::plot::{chart_files, draw};
use super::progress::Working;
use super::results::{RECORD_FILE, RUN_FILES, print};
use super::{Outcome, say};
use crate::campaign::Means;
use crate::campaign::file::COUNTS_FILE;
use crate::campaign::nd::TASK_FILE;
use crate::figures::{Figure, nd as figures};
use crate::nd::examples::EXAMPLES;
use crate::nd::file::read;
use crate::nd::grid::{NdGrid, NdGridError, NdStage};
use crate::nd::problem::Problem;
use crate::nd::report::{Findings, Question, findings, subscript};
use crate::nd::row::{NdRow, NdStageName};
use crate::record::Record;
use crate::store::{Folder, to_csv};
use crate::table::{Format, format};
use engine::dispatch::Level;
use engine::{Kernel, VotesBy};
use task::range::{self, Count, Range, quote};

/// The task in d dimensions, from a file: training, voting and the robust optimum
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The file says what the data are (y = ±1, x | y ~ N(y·mean, covariance)), what the defense adds (θ ~ N(shift, \
sigma²·covariance)) and in which ℓp norm the adversary's budget eps is counted:
  [task]
  mean = [1.2, 1.0]
  covariance = [1.0, 0.25]     # a number, a list of variances, a list of rows, or a CSV file's name
  prior = 0.5                  # P[y = 1]
  [defense]
  shift = 1.0
  covariance = 1.0
  [adversary]
  norm = 2                     # at least 1, or \"inf\"

The stages: undefended, the best classifier without an adversary; defended, the same with θ added to its \
input; trained with θ; voted, the majority of several trained draws; optimum, the best classifier against \
eps. The simulation draws real vectors, moves them by the adversary's real perturbation, and draws every vote.

Examples:
  gauss-sim nd --example isotropic > task.toml
      a task to begin with: isotropic, max_norm, proportional or one_dimension
  gauss-sim nd examples/tasks/isotropic.toml --eps 1
      training with data_std, and many votes, as the robust optimum
  gauss-sim nd examples/tasks/isotropic.toml --eps 0..2 -o isotropic
      rows.csv, classifiers.csv, run.json and charts along eps
  gauss-sim nd examples/tasks/max_norm.toml --sigma 0..2 --votes inf --samples 0 -o max_norm
      exact, along the spread of θ: how near to the optimum
  gauss-sim nd examples/tasks/proportional.toml --norm inf
      the same task against another adversary
  gauss-sim nd examples/tasks/correlated.toml --samples 1e8 --time 1h -o long
      for an hour at most; gauss-sim nd --resume long goes on")]
pub(super) struct Args {
    /// The task: a TOML file
    #[arg(value_name = "TASK.toml", required_unless_present_any = ["example", "resume"])]
    file: Option<PathBuf>,
    /// Print the file of an example task, to begin with, and do nothing else
    #[arg(long, value_name = "NAME", value_parser = example, conflicts_with = "file")]
    example: Option<&'static str>,
    /// What multiplies θ − E[θ]: a number or a range
    #[arg(long, default_value = "1", allow_hyphen_values = true, value_name = "RANGE")]
    #[arg(long_help = format!("What multiplies θ − E[θ]. {GRID_HELP}"))]
    sigma: Range,
    /// The adversary's budget ε, in its norm: a number or a range
    #[arg(long, default_value = "0.5", allow_hyphen_values = true, value_name = "RANGE")]
    eps: Range,
    /// The adversary's norm, in place of the file's: p ≥ 1, or inf
    #[arg(long, allow_hyphen_values = true, value_name = "P", value_parser = norm)]
    norm: Option<Norm>,
    #[command(flatten)]
    voting: VotingArgs,
    /// Which stages, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "STAGES", value_parser = stage)]
    #[arg(default_value = "undefended,defended,trained,voted,optimum")]
    stages: Vec<NdStageName>,
    /// How many samples: 1e5, 1_000_000, 1M; 0 for exact values only; with --precision the most
    /// [default: 100k] [with --precision: 1T]
    #[arg(long, allow_negative_numbers = true, value_name = "COUNT")]
    #[arg(help_heading = "The simulation")]
    samples: Option<Count>,
    #[command(flatten)]
    judging: JudgingArgs,
    /// Go on with the run in this folder: its task, question, seed and samples, to the same counts as
    /// without the stop; larger --samples make it longer
    #[arg(long, value_name = "DIR", conflicts_with_all = FIXED, help_heading = "Long runs")]
    resume: Option<PathBuf>,
    #[command(flatten)]
    long: LongArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Write no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

/// What a run that is continued has already: by the names of the fields, which are clap's.
const FIXED: [&str; 14] = [
    "file",
    "example",
    "sigma",
    "eps",
    "norm",
    "votes",
    "draws",
    "stages",
    "seed",
    "confidence",
    "alpha",
    "precision",
    "shard",
    "output",
];

/// The weights of every classifier.
const CLASSIFIERS_FILE: &str = "classifiers.csv";

/// The files of a run in d dimensions, besides charts and counts.
pub(super) const FILES: [&str; 3] = [RUN_FILES[0], CLASSIFIERS_FILE, RECORD_FILE];

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        if let Some(text) = self.example {
            print(text)?;
            return Ok(Outcome::Done);
        }
        let drawing = Drawing {
            samples: self.samples,
            usual: 100_000,
            judging: &self.judging,
            votes_by: VotesBy::Draws,
            means: Means { level: Level::best(), kernel: Kernel::default() },
        };
        let place = Place { output: &self.output, fresh: None, files: &FILES };
        let resume = self.resume.as_deref();
        let wrong = |error: &EntryError| self.wrong(error);
        let job = || self.long.job(resume, || self.ask(), wrong, drawing, &place);
        let working = Working::on("finding the classifiers and what they are worth");
        let mut job: Job<NdGrid> = self.threads.install(job)??;
        let exact = self.threads.install(|| job.grid().exact())?.map_err(|e| self.wrong(&e))?;
        drop(working);
        let mut charts = Vec::new();
        if let (false, Some(folder)) = (self.no_plots, job.folder()) {
            charts = chart_files(&figures::figures(&job.grid().exact_rows(&exact))?);
            for file in &charts {
                folder.expect_free(file)?;
            }
        }
        let found = {
            let _working = Working::on("comparing with the optimum");
            self.threads.install(|| findings(job.grid()))?.map_err(|e| self.wrong(&e))?
        };
        let answer = self.threads.install(|| job.answer(&exact, drawing.means, &self.long))??;
        if let Some(line) = job.end_line(&answer, "nd") {
            say(&line);
        }
        let outcome = answer.outcome();
        let Answer { rows, mut record, current, .. } = answer;
        record.findings = Some(serde_json::to_value(&found)?);
        let told = Told { grid: job.grid(), rows: &rows, record: &record, found: &found };
        let drawn = |folder: &Folder| charts.iter().all(|c| folder.path().join(c).is_file());
        match (job.folder(), self.output.format) {
            (Some(folder), format) if current && drawn(folder) => match format {
                Some(format) => told.deliver(None, true, Some(format))?,
                None => record.verdict_line().iter().for_each(|line| say(line)),
            },
            (folder, format) => told.deliver(folder, self.no_plots, format)?,
        }
        Ok(outcome)
    }

    /// Which is there unless an example is asked for.
    fn file(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(""))
    }

    fn problem(&self) -> Result<Problem> {
        let mut problem = read(self.file())?;
        problem.norm = self.norm.unwrap_or(problem.norm);
        Ok(problem)
    }

    /// What is asked.
    fn ask(&self) -> Result<(NdGrid, Question)> {
        let problem = self.problem()?;
        let eps = self.eps.values().iter().map(|&eps| Eps::new(eps)).collect::<Result<Vec<_>, _>>();
        let eps = eps.map_err(|error| flag_error(&error))?;
        let stages = self.stages();
        let grid = NdGrid::new(problem, self.sigma.values(), &eps, stages, self.voting.draws);
        let grid = grid.map_err(|error| match error {
            NdGridError::Rows(_) => {
                anyhow!(
                    "--sigma {}, --eps {}, --votes {}: {error}",
                    self.sigma,
                    self.eps,
                    self.voting.votes
                )
            }
            NdGridError::Entry(error) => self.wrong(&error),
        })?;
        let written = [
            self.file().display().to_string(),
            self.sigma.to_string(),
            self.eps.to_string(),
            self.voting.votes.to_string(),
        ];
        let question = Question::new(&grid, written);
        Ok((grid, question))
    }

    /// An error of the library: of a flag, or of the file.
    fn wrong(&self, error: &task::EntryError) -> anyhow::Error {
        match error.name.as_str() {
            flag @ ("sigma" | "eps") => {
                anyhow!("--{flag} {} is not possible: write {}", error.value, error.expected)
            }
            _ => anyhow!("{}: {error}", self.file().display()),
        }
    }

    fn stages(&self) -> Vec<NdStage> {
        let expand = |stage: NdStageName| -> Vec<NdStage> {
            match stage {
                NdStageName::Undefended => vec![NdStage::Undefended],
                NdStageName::Defended => vec![NdStage::Defended],
                NdStageName::Trained => vec![NdStage::Trained],
                NdStageName::Voted => {
                    self.voting.votes.values().iter().map(|&votes| NdStage::Voted(votes)).collect()
                }
                NdStageName::Optimum => vec![NdStage::Optimum],
            }
        };
        let asked = NdStageName::ALL.into_iter().filter(|stage| self.stages.contains(stage));
        asked.flat_map(expand).collect()
    }
}

/// Rows in d dimensions with all that there is to say of them.
pub(super) struct Told<'a> {
    pub(super) grid: &'a NdGrid,
    pub(super) rows: &'a [NdRow],
    pub(super) record: &'a Record<Question>,
    pub(super) found: &'a Findings,
}

impl Told<'_> {
    /// Writes all into the folder, if there is one, and otherwise prints it; with both a folder and a format,
    /// does both.
    pub(super) fn deliver(
        &self,
        folder: Option<&Folder>,
        no_plots: bool,
        as_format: Option<Format>,
    ) -> Result<()> {
        if let Some(folder) = folder {
            self.keep(folder, no_plots)?;
        }
        if folder.is_none() || as_format.is_some() {
            let wanted = as_format.unwrap_or(Format::Table);
            let mut text = format(self.rows, self.record, wanted)?;
            if wanted == Format::Table {
                text = format!("{}\n{text}", caption(self.record));
                let eps: Vec<f64> = self.grid.eps().iter().map(|eps| eps.get()).collect();
                let (sigma, eps) = (usual(self.grid.sigmas(), 1.0), usual(&eps, 0.5));
                let lines = self.found.lines(self.grid.problem().norm, sigma, eps);
                let lines = lines.into_iter().chain(self.record.verdict_line());
                text = lines.fold(text, |text, line| text + &line + "\n");
            }
            print(&text)?;
        }
        if folder.is_some() || !matches!(as_format, None | Some(Format::Table)) {
            self.record.verdict_line().iter().for_each(|line| say(line));
        }
        Ok(())
    }

    fn keep(&self, folder: &Folder, no_plots: bool) -> Result<()> {
        let drawn: Vec<Figure> = if no_plots { Vec::new() } else { figures::figures(self.rows)? };
        folder.write(RUN_FILES[0], &to_csv(self.rows)?)?;
        folder.write(CLASSIFIERS_FILE, &classifiers(self.grid)?)?;
        let charts = draw(&drawn, folder)?;
        // Last of all, so that what it says is there is there.
        folder.write(RECORD_FILE, self.record.to_json()?.as_bytes())?;
        let counts = self.record.simulation.is_some().then_some([COUNTS_FILE, TASK_FILE]);
        let files = FILES.into_iter().chain(counts.into_iter().flatten()).map(str::to_owned);
        let written: Vec<String> = files.chain(charts).collect();
        say(&format!("wrote {}: {}", folder.path().display(), written.join(", ")));
        Ok(())
    }
}

/// What was asked and how it was simulated.
fn caption(record: &Record<Question>) -> String {
    let Question { title, dimension, norm, prior, sigma, eps, draws, .. } = &record.question;
    let title = title.as_ref().map_or_else(String::new, |title| format!("{title}\n"));
    let task = format!(
        "{title}d = {dimension}, ℓ{} adversary, prior {prior}, σ = {sigma}, ε = {eps}, {draws} draws",
        subscript(norm.0)
    );
    task + &record.how()
}

/// The weights and the bias of every classifier, of length 1: one line each.
fn classifiers(grid: &NdGrid) -> Result<Vec<u8>> {
    let d = grid.problem().task.dimension();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["stage", "sigma", "eps", "bias"].map(str::to_owned);
    writer.write_record(header.into_iter().chain((0..d).map(|i| format!("w{i}"))))?;
    for (stage, sigma, eps, rule) in grid.classifiers() {
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        // A constant has no weights, and a bias of its class.
        let (bias, weights) = match rule {
            Rule::Linear(linear) => (linear.bias(), linear.weights().to_vec()),
            Rule::Constant(class) => (f64::from(*class), vec![0.0; d]),
        };
        let start = [stage.name().to_owned(), cell(sigma), cell(eps), bias.to_string()];
        writer.write_record(start.into_iter().chain(weights.iter().map(ToString::to_string)))?;
    }
    Ok(writer.into_inner()?)
}

/// The index of the value nearest to the usual one.
fn usual(values: &[f64], usual: f64) -> usize {
    let far = |value: f64| (value - usual).abs();
    let nearest = values.iter().enumerate().min_by(|a, b| far(*a.1).total_cmp(&far(*b.1)));
    nearest.map_or(0, |(index, _)| index)
}

/// The text of the example of this name.
fn example(name: &str) -> Result<&'static str, String> {
    let found = EXAMPLES.iter().find(|(example, _)| *example == name.trim());
    found.map(|(_, text)| *text).ok_or_else(|| {
        let names = EXAMPLES.map(|(name, _)| name).join(", ");
        format!("{} is not an example: write {names}", quote(name))
    })
}

fn norm(text: &str) -> Result<Norm, String> {
    let wrong = || format!("{} is not a norm: write a number of at least 1, or inf", quote(text));
    if text.trim() == "inf" {
        return Ok(Norm::MAX);
    }
    range::number(text).ok().and_then(|p| Norm::new(p).ok()).ok_or_else(wrong)
}

fn stage(text: &str) -> Result<NdStageName, String> {
    let found = NdStageName::ALL.into_iter().find(|stage| stage.name() == text.trim());
    found.ok_or_else(|| {
        let names: Vec<&str> = NdStageName::ALL.iter().map(|stage| stage.name()).collect();
        format!("{} is not a stage: write {}", quote(text), names.join(", "))
    })
}
