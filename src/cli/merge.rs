//! `gauss-sim merge`: shares of a run, or stopped runs, added up to the one run.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use serde::Serialize;

use super::args::{OutputArgs, ThreadArgs};
use super::long::{Home, judged, kept_files};
use super::plot::chart_files;
use super::results::RUN_FILES;
use super::{Outcome, nd, say, sweep};
use crate::campaign::file::is_nd;
use crate::campaign::merge::Merger;
use crate::campaign::subject::Subject;
use crate::campaign::{Campaign, Means};
use crate::figures::nd::figures as nd_figures;
use crate::figures::{Figure, figures, thousands};
use crate::nd::grid::NdGrid;
use crate::nd::report::findings;
use crate::record::Record;
use crate::sweep::Grid;
use engine::Kernel;
use engine::dispatch::Level;
use task::range::Probability;

/// Adds up shares of a run: rows, charts and a verdict as of the one run
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Shares are made by --shard, of simulate, sweep or nd; stopped runs and merged folders can be merged, too. The counts are those of \
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

/// Rows and their record.
type Judged<S> = (Vec<<S as Subject>::Row>, Record<<S as Subject>::Record>);

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        if self.folders.first().is_some_and(|folder| is_nd(folder)) {
            return self.merge_nd();
        }
        let campaign: Campaign<Grid> = self.sum()?;
        let home = self.home(&campaign, &RUN_FILES)?;
        let grid = campaign.grid();
        let exact = self.threads.install(|| grid.exact())?;
        self.expect_free(&figures(&grid.exact_rows(&exact))?, &home)?;
        let (rows, record) = self.judged(&campaign, &exact, &home)?;
        sweep::publish(&rows, &record, &home.folder, self.no_plots, self.output.format)?;
        Ok(record.outcome())
    }

    fn merge_nd(&self) -> Result<Outcome> {
        let campaign: Campaign<NdGrid> = self.threads.install(|| self.sum())??;
        let home = self.home(&campaign, &nd::FILES)?;
        let grid = campaign.grid();
        let exact = self.threads.install(|| grid.exact())??;
        self.expect_free(&nd_figures(&grid.exact_rows(&exact))?, &home)?;
        let found = self.threads.install(|| findings(grid))??;
        let (rows, mut record) = self.judged(&campaign, &exact, &home)?;
        record.findings = Some(serde_json::to_value(&found)?);
        let told = nd::Told { grid, rows: &rows, record: &record, found: &found };
        told.deliver(Some(&home.folder), self.no_plots, self.output.format)?;
        Ok(record.outcome())
    }

    /// The folder of the sum, known to take these files and those of the counts.
    fn home<S: Subject>(&self, campaign: &Campaign<S>, files: &[&str]) -> Result<Home> {
        let files = kept_files(files, campaign.grid());
        let home = Home::open(&self.output, Some("gauss-sim-merged"), &files)?;
        home.ok_or_else(|| anyhow!("merge: name a folder with -o"))
    }

    fn expect_free(&self, figures: &[Figure], home: &Home) -> Result<()> {
        if !self.no_plots {
            for file in chart_files(figures) {
                home.folder.expect_free(&file)?;
            }
        }
        Ok(())
    }

    /// Keeps the counts, says so, and judges them.
    fn judged<S>(&self, campaign: &Campaign<S>, exact: &S::Exact, home: &Home) -> Result<Judged<S>>
    where
        S: Subject + Sync,
        S::Asked: Sync,
        S::Exact: Sync,
        S::Row: Send,
        S::Record: Serialize + Send,
    {
        home.begin(campaign)?;
        say(&format!(
            "{} of {} samples, seed {}, from {} folders; into {}",
            thousands(campaign.counts().samples),
            thousands(campaign.samples()),
            campaign.seed(),
            self.folders.len(),
            home.folder.path().display()
        ));
        let mut record = Record::begin(campaign.record(), campaign.grid().rows());
        let means = Means { level: Level::best(), kernel: Kernel::default() };
        let end = campaign.ended();
        let rows = self.threads.install(|| judged(campaign, exact, means, end, &mut record))?;
        if let Some(progress) = &mut record.progress {
            let names = self.folders.iter().map(|folder| folder.display().to_string());
            progress.merged = Some(names.collect());
        }
        Ok((rows, record))
    }

    /// The sum.
    fn sum<S: Subject>(&self) -> Result<Campaign<S>> {
        let name = |folder: &Path| folder.display().to_string();
        let mut merger: Option<Merger<S>> = None;
        for folder in &self.folders {
            match &mut merger {
                None => merger = Some(Merger::new(name(folder), Campaign::load(folder)?)),
                Some(merger) => {
                    let part = Campaign::load_beside(folder, merger.total())?;
                    merger.add(name(folder), &part)?;
                }
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
