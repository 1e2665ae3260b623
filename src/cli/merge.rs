//! `gauss-sim merge`: shares of a run, or stopped runs, added up to the one run.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::args::{OutputArgs, ThreadArgs};
use super::long::{Home, judged};
use super::plot::chart_files;
use super::range::Probability;
use super::simulate::RUN_FILES;
use super::sweep::publish;
use super::{Outcome, say};
use crate::campaign::file::COUNTS_FILE;
use crate::campaign::merge::Merger;
use crate::campaign::{Campaign, Means};
use crate::engine::Kernel;
use crate::engine::dispatch::Level;
use crate::figures::{figures, thousands};
use crate::record::Record;

/// Adds up shares of a run: rows, charts and a verdict as of the one run
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Shares are made by --shard; stopped runs and merged folders can be merged, too. The counts are those of \
the one run, bit for bit. What was stopped is finished by --resume, also after it was merged.

Examples:
  gauss-sim merge share1 share2 share3 -o whole
  gauss-sim merge share* --allow-gaps -o so-far")]
pub(super) struct Args {
    /// The folders
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// Merge also where batches are missing; --resume draws them
    #[arg(long)]
    allow_gaps: bool,
    /// The confidence of every interval [default: as in the first folder]
    #[arg(long, allow_negative_numbers = true, value_name = "PROBABILITY")]
    confidence: Option<Probability>,
    /// The chance, at most, that a run which is right says DISAGREE [default: as in the first folder]
    #[arg(long, allow_negative_numbers = true, value_name = "PROBABILITY")]
    alpha: Option<Probability>,
    #[command(flatten)]
    output: OutputArgs,
    /// Write rows, counts and run.json, no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let campaign = self.campaign()?;
        let files = [RUN_FILES.as_slice(), &[COUNTS_FILE]].concat();
        let Some(home) = Home::open(&self.output, Some("gauss-sim-merged"), &files)? else {
            return Ok(Outcome::Done);
        };
        let grid = campaign.grid()?;
        let exact = self.threads.install(|| grid.exact())?;
        if !self.no_plots {
            for file in chart_files(&figures(&grid.exact_rows(&exact))?) {
                home.folder.expect_free(&file)?;
            }
        }
        home.keep(&campaign)?;
        say(&format!(
            "{} of {} samples, seed {}, from {} folders; into {}",
            thousands(campaign.counts().samples),
            thousands(campaign.samples()),
            campaign.seed(),
            self.folders.len(),
            home.folder.path().display()
        ));
        let mut record = Record::begin(campaign.record(), grid.rows());
        let means = Means { level: Level::best(), kernel: Kernel::default() };
        let end = campaign.ended();
        let rows =
            self.threads.install(|| judged(&campaign, &grid, &exact, means, end, &mut record))?;
        if let Some(progress) = &mut record.progress {
            let names = self.folders.iter().map(|folder| folder.display().to_string());
            progress.merged = Some(names.collect());
        }
        publish(&rows, &record, &home.folder, self.no_plots, self.output.format)?;
        Ok(record.outcome())
    }

    /// The sum.
    fn campaign(&self) -> Result<Campaign> {
        let name = |folder: &Path| folder.display().to_string();
        let mut merger: Option<Merger> = None;
        for folder in &self.folders {
            let part = Campaign::load(folder)?;
            match &mut merger {
                None => merger = Some(Merger::new(name(folder), part)),
                Some(merger) => merger.add(name(folder), &part)?,
            }
        }
        let merger = merger.ok_or_else(|| anyhow!("merge: name the folders to add up"))?;
        let campaign = merger.finish(self.allow_gaps)?;
        let (confidence, alpha) = campaign.asked_levels();
        let confidence = self.confidence.map_or(confidence, Probability::get);
        let alpha = self.alpha.map_or(alpha, Probability::get);
        campaign.judged_at(confidence, alpha).ok_or_else(|| {
            anyhow!("--confidence, --alpha: a run that stops at a precision has planned its looks for its own; leave them out")
        })
    }
}
