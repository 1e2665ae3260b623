//! `gauss-sim nd`: the task in d dimensions, from a file.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, anyhow};
use theory::linear::{Norm, Rule};
use theory::task::Eps;

use super::args::{GRID_HELP, JudgingArgs, OutputArgs, ThreadArgs, VotingArgs, flag_error};
use super::plot::{chart_files, draw};
use super::progress;
use super::range::{self, Count, Range, quote};
use super::simulate::{RECORD_FILE, RUN_FILES, print, simulation_record};
use super::{Outcome, say};
use crate::engine::dispatch::Level;
use crate::engine::linear::LINEAR_BATCH;
use crate::engine::{Kernel, Run, VotesBy};
use crate::figures::{Figure, nd as figures};
use crate::nd::examples::EXAMPLES;
use crate::nd::file::{Problem, read};
use crate::nd::grid::{NdExact, NdGrid, NdGridError, NdStage};
use crate::nd::report::{Findings, MAX_SHOWN, Question, findings, subscript};
use crate::nd::row::{NdRow, NdStageName, NormCell};
use crate::record::{Judgement, Record};
use crate::store::{Folder, to_csv};
use crate::table::{Format, format};

/// The task in d dimensions, from a file: training, voting and the robust optimum
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The file says what the data are (y = ±1, x | y ~ N(y·mean, covariance)), what the defence adds (θ ~ N(shift, \
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
      training with noise, and many votes, as the robust optimum
  gauss-sim nd examples/tasks/isotropic.toml --eps 0..2 -o isotropic
      rows.csv, classifiers.csv, run.json and charts along eps
  gauss-sim nd examples/tasks/max_norm.toml --sigma 0..2 --votes inf --samples 0 -o max_norm
      exact, along the spread of θ: how near to the optimum
  gauss-sim nd examples/tasks/proportional.toml --norm inf
      the same task against another adversary")]
pub(super) struct Args {
    /// The task: a TOML file
    #[arg(value_name = "TASK.toml", required_unless_present = "example")]
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
    /// How many samples: 1e5, 1_000_000, 1M; 0 for exact values only
    #[arg(long, default_value = "100k", allow_negative_numbers = true, value_name = "COUNT")]
    #[arg(help_heading = "The simulation")]
    samples: Count,
    #[command(flatten)]
    judging: JudgingArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Write no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

/// The weights of every classifier.
const CLASSIFIERS_FILE: &str = "classifiers.csv";

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        if let Some(text) = self.example {
            print(text)?;
            return Ok(Outcome::Done);
        }
        let problem = self.problem()?;
        let files = [RUN_FILES[0], CLASSIFIERS_FILE, RECORD_FILE];
        let folder = self.output.folder(&files)?;
        let (grid, exact) = self.threads.install(|| self.exact(problem))??;
        if let Some(folder) = folder.as_ref().filter(|_| !self.no_plots) {
            for file in chart_files(&figures::figures(&grid.exact_rows(&exact))?) {
                folder.expect_free(&file)?;
            }
        }
        let found = self.threads.install(|| findings(&grid))?.map_err(|e| self.wrong(&e))?;
        let (rows, record) = self.threads.install(|| self.rows(&grid, &exact, &found))??;
        if let Some(folder) = &folder {
            self.keep(&grid, &rows, &record, folder)?;
        }
        if folder.is_none() || self.output.format.is_some() {
            let wanted = self.output.format.unwrap_or(Format::Table);
            let mut text = format(&rows, &record, wanted)?;
            if wanted == Format::Table {
                text = format!("{}\n{text}", caption(&record));
                let (sigma, eps) = (usual(grid.sigmas(), 1.0), usual(self.eps.values(), 0.5));
                let lines = found.lines(grid.problem().norm, sigma, eps);
                let lines = lines.into_iter().chain(record.verdict_line());
                text = lines.fold(text, |text, line| text + &line + "\n");
            }
            print(&text)?;
        }
        if folder.is_some() || !matches!(self.output.format, None | Some(Format::Table)) {
            record.verdict_line().iter().for_each(|line| say(line));
        }
        Ok(record.outcome())
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

    /// The grid and its exact values.
    fn exact(&self, problem: Problem) -> Result<(NdGrid, NdExact)> {
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
        let exact = grid.exact().map_err(|error| self.wrong(&error))?;
        Ok((grid, exact))
    }

    /// An error of the library: of a flag, or of the file.
    fn wrong(&self, error: &theory::linear::EntryError) -> anyhow::Error {
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

    fn rows(
        &self,
        grid: &NdGrid,
        exact: &NdExact,
        found: &Findings,
    ) -> Result<(Vec<NdRow>, Record<Question>)> {
        let mut record = Record::begin(self.question(grid.problem()), grid.rows());
        record.findings = Some(serde_json::to_value(found)?);
        let start = Instant::now();
        let samples = self.samples.get();
        if samples == 0 {
            record.wall_seconds = start.elapsed().as_secs_f64();
            return Ok((grid.exact_rows(exact), record));
        }
        let question = grid.question().map_err(|error| self.wrong(&error))?;
        let run = Run {
            seed: self.judging.seed,
            samples,
            level: Level::best(),
            kernel: Kernel::default(),
        };
        let drawing = Instant::now();
        let bar = progress::samples(samples);
        let counts = run.count_linear(&question, &|done| bar.inc(done));
        bar.finish_and_clear();
        let seconds = drawing.elapsed().as_secs_f64();
        let (confidence, alpha) = (self.judging.confidence.get(), self.judging.alpha.get());
        let (rows, verdict) = grid.checked_rows(exact, &counts, confidence, alpha);
        let mut simulation =
            simulation_record(&run, VotesBy::Draws, confidence, alpha, seconds, grid.rows());
        simulation.batch = LINEAR_BATCH;
        simulation.engine = "linear";
        record.simulation = Some(simulation);
        record.judgement = Some(Judgement::from(&verdict));
        record.wall_seconds = start.elapsed().as_secs_f64();
        Ok((rows, record))
    }

    fn question(&self, problem: &Problem) -> Question {
        let dimension = problem.task.dimension();
        let asked = NdStageName::ALL.into_iter().filter(|stage| self.stages.contains(stage));
        Question {
            file: self.file().display().to_string(),
            title: problem.title.clone(),
            dimension,
            norm: NormCell(problem.norm),
            prior: problem.task.prior().get(),
            task: (dimension <= MAX_SHOWN).then(|| problem.given.clone()),
            sigma: self.sigma.to_string(),
            eps: self.eps.to_string(),
            stages: asked.map(NdStageName::name).collect(),
            votes: self.voting.votes.to_string(),
            draws: self.voting.draws.to_string(),
        }
    }

    fn keep(
        &self,
        grid: &NdGrid,
        rows: &[NdRow],
        record: &Record<Question>,
        folder: &Folder,
    ) -> Result<()> {
        let drawn: Vec<Figure> = if self.no_plots { Vec::new() } else { figures::figures(rows)? };
        folder.write(RUN_FILES[0], &to_csv(rows)?)?;
        folder.write(CLASSIFIERS_FILE, &classifiers(grid)?)?;
        folder.write(RECORD_FILE, record.to_json()?.as_bytes())?;
        let charts = draw(&drawn, folder)?;
        let files = [RUN_FILES[0], CLASSIFIERS_FILE, RECORD_FILE].map(str::to_owned);
        let written: Vec<String> = files.into_iter().chain(charts).collect();
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
