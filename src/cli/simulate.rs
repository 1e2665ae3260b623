//! `gauss-sim simulate`: exact beside simulated, and whether they agree.

use anyhow::Result;

use super::args::{OutputArgs, PointArgs, SimulationArgs, ThreadArgs, flag_error};
use super::long::{Job, LongArgs, Place, ResumeArgs};
use super::progress::Working;
use super::results::{RUN_FILES, deliver};
use super::{Outcome, say};
use crate::sweep::Grid;

/// Exact values beside simulated ones, with intervals and a verdict
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim simulate --sigma 1 --eps 0.5 --samples 1e8 --seed 7
  gauss-sim simulate --sigma 0,0.5,1 --eps 0..1:0.25 --votes 11 --format json > point.json
  gauss-sim simulate --precision 0.01 --time 10m -o point
      until every interval is at most 0.01 wide, or ten minutes are over")]
pub(super) struct Args {
    #[command(flatten)]
    point: PointArgs,
    #[command(flatten)]
    simulation: SimulationArgs,
    #[command(flatten)]
    resume: ResumeArgs,
    #[command(flatten)]
    long: LongArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: ThreadArgs,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let drawing = self.simulation.drawing();
        let place = Place { output: &self.output, fresh: None, files: &RUN_FILES };
        let resume = self.resume.resume.as_deref();
        let mut job: Job<Grid> =
            self.long.job(resume, || self.point.grid(), flag_error, drawing, &place)?;
        let exact = {
            let _working = Working::on("exact values");
            self.threads.install(|| job.grid().exact())?
        };
        let answer = self.threads.install(|| job.answer(&exact, drawing.means, &self.long))??;
        if let Some(line) = job.end_line(&answer, "simulate") {
            say(&line);
        }
        let (rows, record) = (&answer.rows, &answer.record);
        match (answer.current, self.output.format) {
            (false, format) => deliver(rows, record, job.folder(), format)?,
            (true, Some(format)) => deliver(rows, record, None, Some(format))?,
            (true, None) => record.verdict_line().iter().for_each(|line| say(line)),
        }
        Ok(answer.outcome())
    }
}
