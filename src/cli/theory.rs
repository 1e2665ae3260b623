//! `gauss-sim theory`: exact values, nothing simulated; or how many votes are enough.

use anyhow::Result;
use theory::convergence::Tolerance;

use super::args::{self, OutputArgs, PointArgs, ThreadArgs};
use super::progress::Working;
use super::results::{RUN_FILES, deliver, print};
use super::{Outcome, say};
use crate::plan;
use crate::record::Record;
use crate::store::to_csv;
use crate::table::Format;

/// Exact values at a point or over a grid, instantly
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim theory --sigma 1 --eps 0.5
  gauss-sim theory --sigma 0..2/5 --eps 0.1,0.5 --votes 1,11,101,inf
  gauss-sim theory --threshold 0..1/11 --stages defended --format csv
  gauss-sim theory --votes-for 1e-4 --sigma 0.5,1,2 --eps 0.5")]
pub(super) struct Args {
    #[command(flatten)]
    point: PointArgs,
    /// Instead: how many votes are within this much of the limit's robust accuracy
    #[arg(long, value_name = "TOLERANCE", value_parser = args::tolerance, allow_hyphen_values = true)]
    #[arg(conflicts_with_all = ["votes", "stages", "threshold"])]
    #[arg(long_help = VOTES_FOR_HELP)]
    votes_for: Option<Tolerance>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: ThreadArgs,
}

const VOTES_FOR_HELP: &str = "\
Instead of rows: how many votes bring the robust accuracy of the vote to within TOLERANCE (from 1e-13 \
to 1) of that of infinitely many. For each sigma and eps, the limit, the gap of a single vote, the \
smallest number of votes within the tolerance (odd: an even number does as one fewer) and its gap, the \
number from which on all are within it (the gap may change its sign), and what the leading term \
coefficient/n^power alone asks for. With -o, votes.csv and run.json. The stage is `voted`, so \
--votes, --stages and --threshold cannot be given.";

/// The files of a plan that is kept.
const PLAN_FILES: [&str; 2] = ["votes.csv", "run.json"];

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        if let Some(tolerance) = self.votes_for {
            return self.plan(tolerance);
        }
        let (grid, question) = self.point.grid()?;
        let folder = self.output.folder(&RUN_FILES)?;
        let mut record = Record::begin(question, grid.rows());
        let start = std::time::Instant::now();
        let rows = {
            let _working = Working::on("exact values");
            self.threads.install(|| grid.exact_rows(&grid.exact()))?
        };
        record.wall_seconds = start.elapsed().as_secs_f64();
        deliver(&rows, &record, folder.as_ref(), self.output.format)?;
        Ok(Outcome::Done)
    }

    /// The table of `--votes-for`.
    fn plan(&self, tolerance: Tolerance) -> Result<Outcome> {
        self.point.grid()?; // its errors, before a folder is made
        let folder = self.output.folder(&PLAN_FILES)?;
        let start = std::time::Instant::now();
        let (rows, question) = {
            let _working = Working::on("looking for numbers of votes");
            self.threads.install(|| self.point.plan(tolerance))??
        };
        let mut record = Record::begin(question, rows.len());
        record.wall_seconds = start.elapsed().as_secs_f64();
        if let Some(folder) = &folder {
            folder.write(PLAN_FILES[0], &to_csv(&rows)?)?;
            folder.write(PLAN_FILES[1], record.to_json()?.as_bytes())?;
            let written = PLAN_FILES.map(|file| folder.path().join(file).display().to_string());
            say(&format!("wrote {}", written.join(", ")));
        }
        if folder.is_none() || self.output.format.is_some() {
            let format = self.output.format.unwrap_or(Format::Table);
            let text = plan::format(&rows, &record, format)?;
            let caption = if format == Format::Table { record.caption() } else { String::new() };
            print(&(caption + &text))?;
        }
        Ok(Outcome::Done)
    }
}

impl Record<plan::Question> {
    /// What was asked, in a line.
    fn caption(&self) -> String {
        let plan::Question { mean, data_std, draws, votes_for, .. } = &self.question;
        format!(
            "mean = {mean}, data_std = {data_std}, {draws} draws: votes within {votes_for} of the limit's robust \
             accuracy\n"
        )
    }
}
