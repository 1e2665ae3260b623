//! `gauss-sim theory`: exact values, nothing simulated.

use anyhow::Result;

use super::Outcome;
use super::args::{OutputArgs, PointArgs, ThreadArgs};
use super::simulate::{RUN_FILES, deliver};
use crate::record::Record;

/// Exact values at a point or over a grid, instantly
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim theory --sigma 1 --eps 0.5
  gauss-sim theory --sigma 0..2/5 --eps 0.1,0.5 --votes 1,11,101,inf
  gauss-sim theory --threshold 0..1/11 --stages defended --format csv")]
pub(super) struct Args {
    #[command(flatten)]
    point: PointArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: ThreadArgs,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let (grid, question) = self.point.grid()?;
        let folder = self.output.folder(&RUN_FILES)?;
        let mut record = Record::begin(question, grid.rows());
        let start = std::time::Instant::now();
        let rows = self.threads.install(|| grid.exact_rows(&grid.exact()))?;
        record.wall_seconds = start.elapsed().as_secs_f64();
        deliver(&rows, &record, folder.as_ref(), self.output.format)?;
        Ok(Outcome::Done)
    }
}
