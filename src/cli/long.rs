//! Long runs on the command line: their flags, and how a run is begun, continued and kept.

mod home;
mod job;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::args::{Drawing, OutputArgs};
use crate::campaign::batches::Shard;
use crate::campaign::file::{COUNTS_FILE, CountsError};
use crate::campaign::subject::Subject;
use crate::campaign::{Campaign, Plan};
use crate::store::Folder;
pub(super) use home::{Home, OWN_FILES, quoted};
pub(super) use job::{Answer, Job, judged};
use task::range::{self, Count, quote};

/// How a run is shared out and stopped.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Long runs")]
pub(super) struct LongArgs {
    /// Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares
    #[arg(long, value_name = "I/N", value_parser = shard, conflicts_with = "precision")]
    shard: Option<Shard>,
    /// Stop when every interval is at most this wide in full, looked at after doubling numbers of
    /// samples; intervals and verdict keep --confidence and --alpha over all looks (look j has the
    /// share 1/(j(j+1)) of their errors)
    #[arg(long, value_name = "WIDTH", value_parser = width, allow_negative_numbers = true)]
    precision: Option<f64>,
    /// Stop after this time: 90s, 10m, 2h30m; --resume goes on
    #[arg(long, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    time: Option<Duration>,
    /// How often the counts are kept in the folder while running
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    #[arg(allow_hyphen_values = true)]
    checkpoint_every: Duration,
}

/// How a run is continued.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Long runs")]
pub(super) struct ResumeArgs {
    /// Go on with the run in this folder: its question, seed and samples, to the same counts as
    /// without the stop; larger --samples make it longer
    #[arg(long, value_name = "DIR", conflicts_with_all = FIXED)]
    pub(super) resume: Option<PathBuf>,
}

/// What a run that is continued has already: by the names of the fields, which are clap's.
const FIXED: [&str; 16] = [
    "sigma",
    "eps",
    "mean",
    "data_std",
    "shift",
    "threshold",
    "votes",
    "stages",
    "draws",
    "seed",
    "votes_by",
    "confidence",
    "alpha",
    "precision",
    "shard",
    "output",
];

/// The most samples of a run that stops at a precision, unless told otherwise.
const MOST_SAMPLES: u64 = 1_000_000_000_000;

fn shard(text: &str) -> Result<Shard, String> {
    text.parse().map_err(|error| format!("{} {error}", quote(text)))
}

fn width(text: &str) -> Result<f64, String> {
    let width = range::number(text).map_err(|error| error.to_string())?;
    if width > 0.0 && width < 1.0 {
        return Ok(width);
    }
    Err(format!("{} is not possible: write a number between 0 and 1, as in 1e-4", quote(text)))
}

fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .map_err(|_| format!("{} is not a time: write one as in 90s, 10m or 2h30m", quote(text)))
}

/// Where a job's answer goes.
pub(super) struct Place<'a> {
    pub(super) output: &'a OutputArgs,
    /// The name of a fresh folder where none is named; `None` for none.
    pub(super) fresh: Option<&'static str>,
    /// The files that will be written, but for the counts.
    pub(super) files: &'a [&'a str],
}

impl LongArgs {
    /// Begins a run, or takes up the one in a folder. `ask` says what is asked, `wrong` what the engine
    /// will not be asked.
    pub(super) fn job<S: Subject>(
        &self,
        resume: Option<&Path>,
        ask: impl FnOnce() -> Result<(S, S::Record)>,
        wrong: impl Fn(&S::Error) -> anyhow::Error,
        drawing: Drawing<'_>,
        place: &Place<'_>,
    ) -> Result<Job<S>> {
        if let Some(folder) = resume {
            return take_up(folder, drawing.samples);
        }
        let (grid, question) = ask()?;
        let usual = if self.precision.is_some() { MOST_SAMPLES } else { drawing.usual };
        let plan = Plan {
            seed: drawing.judging.seed,
            samples: drawing.samples.map_or(usual, Count::get),
            votes_by: drawing.votes_by,
            shard: self.shard,
            confidence: drawing.judging.confidence.get(),
            alpha: drawing.judging.alpha.get(),
            precision: self.precision,
        };
        if plan.samples == 0 {
            let given = [
                ("--shard", self.shard.is_some()),
                ("--precision", self.precision.is_some()),
                ("--time", self.time.is_some()),
            ];
            if let Some((flag, _)) = given.iter().find(|(_, given)| *given) {
                return Err(anyhow!(
                    "{flag}: --samples 0 draws nothing; write how many, as in 1e9"
                ));
            }
            let home = Home::open(place.output, place.fresh, place.files)?;
            return Ok(Job::exact(grid, question, home));
        }
        let campaign = Campaign::new(grid, &question, &plan).map_err(|error| wrong(&error))?;
        if let Some(shard) = self.shard.filter(|_| campaign.whole().is_empty()) {
            return Err(anyhow!(
                "--shard {shard}: {} samples are {} batches, and none is left for this share; write fewer shares",
                plan.samples,
                campaign.batch_count()
            ));
        }
        let files = kept_files(place.files, campaign.grid());
        let home = Home::open(place.output, place.fresh, &files)?;
        if let (Some(shard), None) = (self.shard, &home) {
            return Err(anyhow!(
                "--shard {shard} needs a folder to be merged from: name one with -o"
            ));
        }
        Ok(Job::run(campaign, question, home))
    }
}

/// The files of a run with its counts and what else is kept with them.
pub(super) fn kept_files<'a, S: Subject>(files: &[&'a str], grid: &S) -> Vec<&'a str> {
    let own = grid.files().into_iter().map(|(name, _)| name);
    files.iter().copied().chain([COUNTS_FILE]).chain(own).collect()
}

fn take_up<S: Subject>(path: &Path, samples: Option<Count>) -> Result<Job<S>> {
    if !path.join(COUNTS_FILE).is_file() {
        return Err(anyhow!("--resume: {}", CountsError::Missing(path.to_owned())));
    }
    let folder = Folder::open(path, true).map_err(|error| anyhow!("--resume {error}"))?;
    let home = Home::of(folder).context("--resume")?;
    let mut campaign = Campaign::load(path).map_err(|error| anyhow!("--resume: {error}"))?;
    if let Some(samples) = samples {
        campaign.extend(samples.get()).map_err(|error| anyhow!("--samples {samples}: {error}"))?;
    }
    Ok(Job::resumed(campaign, home))
}
