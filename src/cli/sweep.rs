//! `gauss-sim sweep`, the main job: rows, a record, charts and a verdict in a folder.

use anyhow::Result;

use super::args::{GRID_HELP, OutputArgs, SimulationArgs, TaskArgs, ThreadArgs};
use super::plot::{chart_files, draw};
use super::range::Range;
use super::simulate::{RUN_FILES, keep, print};
use super::{Outcome, say};
use crate::figures::{figures, thousands, usual_point};
use crate::record::Record;
use crate::row::Row;
use crate::store::Folder;
use crate::table::{Format, format};

/// The main job: rows, charts and a verdict over a range of sigma or eps
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim sweep --sigma 0..4
      81 values of sigma at eps = 0.5, into a fresh folder
  gauss-sim sweep --sigma 0..2/41 --eps 0..1.5/31 --samples 1e7 -o surface
      a surface: charts against both, and heat maps
  gauss-sim sweep --sigma 0.3 --eps 0..1.5 --threshold 0..1/5 --stages defended
      the family in k")]
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
    output: OutputArgs,
    /// Write rows.csv and run.json, no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let (grid, question) = self.task.grid(&self.sigma, &self.eps)?;
        let folder = match self.output.folder(&RUN_FILES)? {
            Some(folder) => folder,
            None => Folder::fresh("gauss-sim-sweep")?,
        };
        // The exact values say which charts there will be, so that a file in the way is found before
        // the long part of the work, not after it.
        let exact = self.threads.install(|| grid.exact())?;
        if !self.no_plots {
            for file in chart_files(&figures(&grid.exact_rows(&exact))?) {
                folder.expect_free(&file)?;
            }
        }
        say(&format!(
            "{} rows: {} of σ × {} of ε × {} stages; {} samples, seed {}; into {}",
            grid.rows(),
            grid.defenses().len(),
            grid.eps().len(),
            grid.stages().len(),
            thousands(self.simulation.samples.get()),
            self.simulation.judging.seed,
            folder.path().display()
        ));
        let (rows, record) =
            self.threads.install(|| self.simulation.rows(&grid, &exact, question))??;
        keep(&rows, &record, &folder)?;
        let figures = if self.no_plots { Vec::new() } else { figures(&rows)? };
        let charts = draw(&figures, &folder)?;
        let written = chart_files(&figures);
        let ours = |name: &String| RUN_FILES.contains(&name.as_str()) || written.contains(name);
        let others: Vec<String> = folder.files().into_iter().filter(|name| !ours(name)).collect();
        if !others.is_empty() {
            say(&format!("not of this run, and left as they are: {}", others.join(", ")));
        }
        match self.output.format {
            None | Some(Format::Table) => print(&summary(&rows, &record, &folder, &charts)?)?,
            Some(other) => {
                print(&format(&rows, &record, other)?)?;
                record.verdict_line().iter().for_each(|line| say(line));
            }
        }
        Ok(record.outcome())
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
    let files = RUN_FILES.iter().map(ToString::to_string).chain(charts.iter().cloned());
    text +=
        &format!("wrote {}: {}\n", folder.path().display(), files.collect::<Vec<_>>().join(", "));
    Ok(text)
}
