//! `gauss-sim train`: what learners make of finitely many noisy inputs.

use std::time::Instant;

use anyhow::{Result, anyhow};
use task::{Eps, Task};

use super::args::{DataArgs, GRID_HELP, OutputArgs, ThreadArgs, flag_error, seed};
use super::plot::{draw, files_of};
use super::results::{RECORD_FILE, print};
use super::{Outcome, progress, say};
use crate::figures::train::{self as figures, figures};
use crate::record::Record;
use crate::store::{Folder, to_csv};
use crate::sweep::MAX_ROWS;
use crate::table::Format;
use crate::train::report::{failures, format};
use crate::train::row::{Question, TrainRow, rows};
use engine::stream::STREAM_VERSION;
use engine::training::sgd::Settings;
use engine::training::study::{MAX_OUTCOMES, MAX_SIZE, Method, Study, TooMuch, defenses};
use task::range::{self, Count, Range, quote};

/// Training on noisy inputs: which threshold it finds, how fast, and what that is worth
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Training sets of N examples (x + θ, y) are drawn, and the k of sgn(x + θ − k) is learnt from each:
  zero-one  the fewest errors on the training set, exactly, by sorting; its sd falls as N^(-1/3)
  logistic  logistic regression by Newton's method; its sd falls as N^(-1/2)
  sgd       the undefended classifier (k = 0), fine-tuned on the logistic loss, epoch by epoch
Each learnt k is judged exactly, so that the only data_std is the training's. `theory` is the sd of the limit \
law.

Examples:
  gauss-sim train
      the three methods on 100 to 100 000 examples, 200 repetitions each
  gauss-sim train --method sgd --train-size 1000 --epochs 50 --learning-rate 0.03
      fine-tuning, slowly
  gauss-sim train --method zero-one --sigma 0.5,1,2 --train-size 1e4 --repetitions 1000
      the spread of k at three sigmas
  gauss-sim train --train-size 100..1e4/log5 -o training
      train.csv, epochs.csv, run.json and charts into a folder")]
pub(super) struct Args {
    /// The standard deviation σ of θ: a number or a range
    #[arg(long, default_value = "1", allow_hyphen_values = true, value_name = "RANGE")]
    #[arg(long_help = format!("The standard deviation σ of θ. {GRID_HELP}"))]
    sigma: Range,
    /// The budget ε at which the learnt classifiers are judged: a number or a range
    #[arg(long, default_value = "0.5", allow_hyphen_values = true, value_name = "RANGE")]
    eps: Range,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    training: TrainingArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Write no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

/// How is trained.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The training")]
struct TrainingArgs {
    /// Examples in a training set: a number or a range, rounded to whole numbers
    #[arg(long, default_value = "100..1e5/log7", allow_hyphen_values = true, value_name = "RANGE")]
    train_size: Range,
    /// Which methods, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "METHODS", value_parser = method)]
    #[arg(default_value = "zero-one,logistic,sgd")]
    method: Vec<Method>,
    /// How many independent training sets of each size
    #[arg(long, default_value = "200", allow_negative_numbers = true, value_name = "COUNT")]
    repetitions: Count,
    /// How often sgd sees each example
    #[arg(long, default_value = "20", allow_negative_numbers = true, value_name = "COUNT")]
    epochs: Count,
    /// How far each step of sgd goes down the gradient
    #[arg(long, default_value = "0.1", allow_hyphen_values = true, value_name = "NUMBER")]
    #[arg(value_parser = range::number)]
    learning_rate: f64,
    /// How many examples make a step of sgd; the last batch of an epoch may be smaller
    #[arg(long, default_value = "32", allow_negative_numbers = true, value_name = "COUNT")]
    batch_size: Count,
    /// The seed; the same seed gives the same numbers on any machine
    #[arg(long, default_value = "1", allow_negative_numbers = true, value_name = "NUMBER")]
    #[arg(value_parser = seed)]
    seed: u64,
}

/// The files that are kept, charts apart.
const ROWS_FILE: &str = "train.csv";
const EPOCHS_FILE: &str = "epochs.csv";

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let study = self.study()?;
        let folder = self.output.folder(&files(&study))?;
        if let Some(folder) = folder.as_ref().filter(|_| !self.no_plots) {
            for file in figures::names(&study).into_iter().flat_map(files_of) {
                folder.expect_free(&file)?;
            }
        }
        let start = Instant::now();
        let (all, threads) =
            self.threads.install(|| (answer(&study), rayon::current_num_threads()))?;
        let all = all?;
        let last = study.sgd.epochs;
        let final_rows: Vec<TrainRow> =
            all.iter().filter(|row| row.epoch.is_none_or(|epoch| epoch == last)).cloned().collect();
        let epochs: Vec<TrainRow> = all.into_iter().filter(|row| row.epoch.is_some()).collect();
        let mut record = Record::begin(self.question(&study, threads), final_rows.len());
        record.wall_seconds = start.elapsed().as_secs_f64();
        failures(&final_rows).iter().for_each(|line| say(line));
        if let Some(folder) = &folder {
            self.keep(&study, &final_rows, &epochs, &record, folder)?;
        }
        if folder.is_none() || self.output.format.is_some() {
            let wanted = self.output.format.unwrap_or(Format::Table);
            let text = format(&final_rows, &epochs, &record, wanted)?;
            let caption =
                if wanted == Format::Table { self.caption(&study) } else { String::new() };
            print(&(caption + &text))?;
        }
        Ok(Outcome::Done)
    }

    /// What is asked, or which flag is wrong.
    fn study(&self) -> Result<Study> {
        let training = &self.training;
        let task = self.task()?;
        let defenses = defenses(self.data.shift, self.sigma.values());
        let eps = self.eps.values().iter().map(|&eps| Eps::new(eps)).collect::<Result<Vec<_>, _>>();
        let mut methods = training.method.clone();
        methods.sort_unstable();
        methods.dedup();
        let rate = training.learning_rate;
        if rate <= 0.0 {
            return Err(anyhow!("--learning-rate {rate} is not possible: write a number above 0"));
        }
        let whole = |flag: &str, count: Count, least: u64, most: u64| {
            let count = count.get();
            if (least..=most).contains(&count) {
                return Ok(count);
            }
            Err(anyhow!(
                "--{flag} {count} is not possible: write a whole number from {least} to {most}"
            ))
        };
        let sgd = Settings {
            learning_rate: rate,
            batch_size: whole("batch-size", training.batch_size, 1, MAX_SIZE as u64)? as usize,
            epochs: whole("epochs", training.epochs, 0, 1_000_000)? as u32,
        };
        let study = Study {
            task,
            defenses: defenses.map_err(|error| flag_error(&error))?,
            eps: eps.map_err(|error| flag_error(&error))?,
            sizes: sizes(&training.train_size)?,
            methods,
            repetitions: whole("repetitions", training.repetitions, 1, MAX_OUTCOMES)?,
            sgd,
            seed: training.seed,
        };
        let Self { sigma, eps, .. } = self;
        let TrainingArgs { train_size, repetitions, epochs, .. } = training;
        study.work().map_err(|error| match error {
            TooMuch::Outcomes(_) => anyhow!("--repetitions {repetitions}, --epochs {epochs}: {error}"),
            TooMuch::Work(_) => anyhow!(
                "--train-size {train_size}, --repetitions {repetitions}, --sigma {sigma}, --epochs {epochs}: {error}"
            ),
        })?;
        let rows = study.rows();
        if rows > MAX_ROWS {
            return Err(anyhow!(
                "--sigma {sigma}, --eps {eps}, --train-size {train_size}, --epochs {epochs}: {rows} rows, and at \
                 most {MAX_ROWS} are possible"
            ));
        }
        Ok(study)
    }

    /// The data, of which some threshold must be best.
    fn task(&self) -> Result<Task> {
        let task = self.data.task()?;
        if task.mean() <= 0.0 {
            return Err(anyhow!(
                "--mean {} is not possible: write a number above 0 (no threshold is best else)",
                task.mean()
            ));
        }
        Ok(task)
    }

    fn question(&self, study: &Study, threads: usize) -> Question {
        Question {
            mean: study.task.mean(),
            data_std: study.task.data_std(),
            shift: self.data.shift,
            sigma: self.sigma.to_string(),
            eps: self.eps.to_string(),
            train_size: study.sizes.clone(),
            methods: study.methods.iter().map(|method| method.name()).collect(),
            repetitions: study.repetitions,
            epochs: study.sgd.epochs,
            learning_rate: study.sgd.learning_rate,
            batch_size: study.sgd.batch_size,
            seed: study.seed,
            stream_version: STREAM_VERSION,
            threads,
        }
    }

    fn caption(&self, study: &Study) -> String {
        let Settings { learning_rate, batch_size, epochs } = study.sgd;
        let (mean, data_std) = (study.task.mean(), study.task.data_std());
        let sgd = if study.methods.contains(&Method::Sgd) {
            format!(
                "; sgd: {epochs} epochs, learning rate {learning_rate:?}, batches of {batch_size}"
            )
        } else {
            String::new()
        };
        format!(
            "Training on (x + θ, y): mean = {mean}, data_std = {data_std}, shift = {}, σ = {}, ε = {}; {} repetitions, \
             seed {}{sgd}\nThe best threshold is k = shift\n",
            self.data.shift, self.sigma, self.eps, study.repetitions, study.seed
        )
    }

    fn keep(
        &self,
        study: &Study,
        rows: &[TrainRow],
        epochs: &[TrainRow],
        record: &Record<Question>,
        folder: &Folder,
    ) -> Result<()> {
        let figures = if self.no_plots { Vec::new() } else { figures(study, rows, epochs)? };
        folder.write(ROWS_FILE, &to_csv(rows)?)?;
        if study.methods.contains(&Method::Sgd) {
            folder.write(EPOCHS_FILE, &to_csv(epochs)?)?;
        }
        folder.write(RECORD_FILE, record.to_json()?.as_bytes())?;
        let charts = draw(&figures, folder)?;
        let written = files(study).into_iter().map(str::to_owned).chain(charts);
        let written: Vec<String> = written.collect();
        say(&format!("wrote {}: {}", folder.path().display(), written.join(", ")));
        Ok(())
    }
}

/// The rows of every cell, epoch by epoch.
fn answer(study: &Study) -> Result<Vec<TrainRow>> {
    let bar = progress::examples(study.work()?);
    let cells = study.run(&|examples| bar.inc(examples));
    bar.finish_and_clear();
    let mut found = Vec::new();
    for cell in &cells {
        found.extend(rows(&study.task, cell, &study.eps).map_err(|error| flag_error(&error))?);
    }
    Ok(found)
}

fn files(study: &Study) -> Vec<&'static str> {
    let epochs = study.methods.contains(&Method::Sgd).then_some(EPOCHS_FILE);
    [ROWS_FILE].into_iter().chain(epochs).chain([RECORD_FILE]).collect()
}

/// The sizes, rounded to whole numbers, each once.
fn sizes(range: &Range) -> Result<Vec<usize>> {
    let possible = 1.0..=MAX_SIZE as f64;
    if let Some(bad) = range.values().iter().find(|size| !possible.contains(&size.round())) {
        return Err(anyhow!(
            "--train-size {bad} is not possible: write whole numbers from 1 to {MAX_SIZE}"
        ));
    }
    let mut sizes: Vec<usize> = range.values().iter().map(|size| size.round() as usize).collect();
    sizes.dedup();
    Ok(sizes)
}

fn method(text: &str) -> Result<Method, String> {
    Method::ALL
        .into_iter()
        .find(|method| method.name() == text.trim())
        .ok_or_else(|| format!("{} is not a method: write zero-one, logistic, sgd", quote(text)))
}
