//! `gauss-sim sweep`, the main job: rows, a record, charts and a verdict in a folder.

use std::path::Path;

use anyhow::Result;

use super::args::{GRID_HELP, OutputArgs, SimulationArgs, TaskArgs, ThreadArgs, flag_error};
use super::long::{Job, LongArgs, OWN_FILES, Place, ResumeArgs};
use super::plot::{chart_files, draw};
use super::progress::Working;
use super::results::{RUN_FILES, keep_record, print};
use super::{Outcome, say};
use crate::campaign::file::COUNTS_FILE;
use crate::figures::{figures, thousands, usual_point};
use crate::record::Record;
use crate::row::Row;
use crate::store::{Folder, to_csv};
use crate::sweep::Grid;
use crate::table::{Format, format};
use task::range::Range;

/// The main job: rows, charts and a verdict over a range of sigma or eps
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim sweep --sigma 0..4
      81 values of sigma at eps = 0.5, into a fresh folder
  gauss-sim sweep --sigma 0..2/41 --eps 0..1.5/31 --samples 1e7 -o surface
      a surface: charts against both, and heat maps
  gauss-sim sweep --sigma 0.3 --eps 0..1.5 --threshold 0..1/5 --stages defended
      the family in k
  gauss-sim sweep --samples 1e8 --time 10m -o long
      for ten minutes at most; gauss-sim sweep --resume long goes on
  gauss-sim sweep --samples 1e8 --shard 1/8 -o share1
      an eighth of a run; gauss-sim merge adds the eighths")]
pub(super) struct Args {
    /// The standard deviation σ of θ: a range
    #[arg(long, default_value = "0..4", allow_hyphen_values = true, value_name = "RANGE")]
    #[arg(long_help = format!("The standard deviation σ of θ. {GRID_HELP}"))]
    sigma: Range,
    /// The adversary's budget ε: a number or a range
    #[arg(long, default_value = "0.5", allow_hyphen_values = true, value_name = "RANGE")]
    eps: Range,
    #[command(flatten)]
    task: TaskArgs,
    #[command(flatten)]
    simulation: SimulationArgs,
    #[command(flatten)]
    resume: ResumeArgs,
    #[command(flatten)]
    long: LongArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Write rows.csv and run.json, no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let drawing = self.simulation.drawing();
        let place =
            Place { output: &self.output, fresh: Some("gauss-sim-sweep"), files: &RUN_FILES };
        let ask = || self.task.grid(&self.sigma, &self.eps);
        let resume = self.resume.resume.as_deref();
        let mut job: Job<Grid> = self.long.job(resume, ask, flag_error, drawing, &place)?;
        // The exact values say which charts there will be, so that a file in the way is found before
        // the long part of the work, not after it.
        let exact = {
            let _working = Working::on("exact values");
            self.threads.install(|| job.grid().exact())?
        };
        let mut charts = Vec::new();
        if let (false, Some(folder)) = (self.no_plots, job.folder()) {
            charts = chart_files(&figures(&job.grid().exact_rows(&exact))?);
            for file in &charts {
                folder.expect_free(file)?;
            }
        }
        say(&format!(
            "{} rows: {} of σ × {} of ε × {} stages; {}; into {}",
            job.grid().rows(),
            job.grid().defenses().len(),
            job.grid().eps().len(),
            job.grid().stages().len(),
            job.plan(),
            job.folder().map_or(Path::new("."), Folder::path).display()
        ));
        let answer = self.threads.install(|| job.answer(&exact, drawing.means, &self.long))??;
        if let Some(line) = job.end_line(&answer, "sweep") {
            say(&line);
        }
        let Some(folder) = job.folder() else {
            return Ok(answer.outcome());
        };
        let drawn = charts.iter().all(|chart| folder.path().join(chart).is_file());
        if answer.current && drawn {
            if let Some(other) = self.output.format {
                print(&format(&answer.rows, &answer.record, other)?)?;
            }
            answer.record.verdict_line().iter().for_each(|line| say(line));
        } else {
            publish(&answer.rows, &answer.record, folder, self.no_plots, self.output.format)?;
        }
        Ok(answer.outcome())
    }
}

/// Writes rows, charts and record into the folder, which is known to take them, and says so.
pub(super) fn publish(
    rows: &[Row],
    record: &Record,
    folder: &Folder,
    no_plots: bool,
    as_format: Option<Format>,
) -> Result<()> {
    folder.write(RUN_FILES[0], &to_csv(rows)?)?;
    let figures = if no_plots { Vec::new() } else { figures(rows)? };
    let charts = draw(&figures, folder)?;
    keep_record(record, folder)?;
    let written = chart_files(&figures);
    let ours = |name: &String| {
        let name = name.as_str();
        RUN_FILES.contains(&name) || OWN_FILES.contains(&name) || written.iter().any(|w| w == name)
    };
    let others: Vec<String> = folder.files().into_iter().filter(|name| !ours(name)).collect();
    if !others.is_empty() {
        say(&format!("not of this run, and left as they are: {}", others.join(", ")));
    }
    match as_format {
        None | Some(Format::Table) => print(&summary(rows, record, folder, &charts)?),
        Some(other) => {
            print(&format(rows, record, other)?)?;
            record.verdict_line().iter().for_each(|line| say(line));
            Ok(())
        }
    }
}

/// The rows at the usual sigma and eps, the files and the verdict.
fn summary(rows: &[Row], record: &Record, folder: &Folder, charts: &[String]) -> Result<String> {
    let (sigma, eps) = usual_point(rows);
    let here = |row: &&Row| row.sigma == sigma && row.eps == eps;
    let few: Vec<Row> = rows.iter().filter(here).cloned().collect();
    let mut text = record.caption() + "\n";
    text += &format!(
        "At σ = {sigma}, ε = {eps}; all {} rows are in rows.csv:\n",
        thousands(rows.len() as u64)
    );
    text += &format(&few, record, Format::Table)?;
    if let Some(verdict) = record.verdict_line() {
        text = text + &verdict + "\n";
    }
    let counts = record.simulation.is_some().then(|| COUNTS_FILE.to_owned());
    let files =
        RUN_FILES.iter().map(ToString::to_string).chain(counts).chain(charts.iter().cloned());
    text +=
        &format!("wrote {}: {}\n", folder.path().display(), files.collect::<Vec<_>>().join(", "));
    Ok(text)
}
