//! Long runs on the command line: their flags, and how a run is begun, continued and kept.

mod home;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use super::args::{Drawing, OutputArgs};
use super::range::{self, Count, quote};
use super::results::simulation_record;
use super::signals::stop_flag;
use super::{Outcome, progress, say};
use crate::campaign::batches::Shard;
use crate::campaign::file::{COUNTS_FILE, CountsError};
use crate::campaign::subject::Subject;
use crate::campaign::{Campaign, End, Limits, Means, Plan};
use crate::engine::Run;
use crate::figures::thousands;
use crate::record::{Judgement, Record};
use crate::store::Folder;
pub(super) use home::{Home, OWN_FILES, quoted};

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
    "noise",
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

/// What is to be done: a question, the run that answers it, and where the answer goes.
pub(super) struct Job<S: Subject> {
    work: Work<S>,
    question: S::Record,
    home: Option<Home>,
    resumed: bool,
}

enum Work<S: Subject> {
    /// Nothing is drawn.
    Exact(S),
    /// A run, begun or not.
    Run(Campaign<S>),
}

/// What came of it.
pub(super) struct Answer<S: Subject> {
    pub(super) rows: Vec<S::Row>,
    pub(super) record: Record<S::Record>,
    /// Everything was there already.
    pub(super) current: bool,
    end: Option<End>,
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
            return Ok(Job { work: Work::Exact(grid), question, home, resumed: false });
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
        Ok(Job { work: Work::Run(campaign), question, home, resumed: false })
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
    let question = campaign.record();
    Ok(Job { work: Work::Run(campaign), question, home: Some(home), resumed: true })
}

impl<S: Subject> Job<S> {
    /// What is asked.
    pub(super) fn grid(&self) -> &S {
        match &self.work {
            Work::Exact(grid) => grid,
            Work::Run(campaign) => campaign.grid(),
        }
    }

    fn campaign(&self) -> Option<&Campaign<S>> {
        match &self.work {
            Work::Exact(_) => None,
            Work::Run(campaign) => Some(campaign),
        }
    }

    /// What is to be drawn, in a few words.
    pub(super) fn plan(&self) -> String {
        let Some(campaign) = self.campaign() else {
            return "0 samples".to_owned();
        };
        let most = if campaign.precision().is_some() { "at most " } else { "" };
        let mut text =
            format!("{most}{} samples, seed {}", thousands(campaign.samples()), campaign.seed());
        if let Some(shard) = campaign.shard() {
            text +=
                &format!(", of which share {shard} has {}", thousands(campaign.whole_samples()));
        }
        if self.resumed {
            text += &format!(", {} of them done", thousands(campaign.counts().samples));
        }
        text
    }

    /// Draws what is to be drawn and compares, on rayon's current pool. The counts are in the folder
    /// when this returns.
    pub(super) fn answer(
        &mut self,
        exact: &S::Exact,
        means: Means,
        long: &LongArgs,
    ) -> Result<Answer<S>> {
        let mut record = Record::begin(self.question.clone(), self.grid().rows());
        let start = Instant::now();
        let home = self.home.as_ref();
        let campaign = match &mut self.work {
            Work::Exact(grid) => {
                let rows = grid.exact_rows(exact);
                record.wall_seconds = start.elapsed().as_secs_f64();
                return Ok(Answer { rows, record, current: false, end: None });
            }
            Work::Run(campaign) => campaign,
        };
        let there = self.resumed.then(|| campaign.ended()).flatten();
        let end = match there {
            Some(end) => end,
            None => draw(campaign, home, means, long)?,
        };
        let rows = judged(campaign, exact, means, Some(end), &mut record);
        record.wall_seconds = start.elapsed().as_secs_f64();
        let current = match (there, home) {
            (Some(_), Some(home)) => home.is_current::<S>(&rows, &record)?,
            _ => false,
        };
        Ok(Answer { rows, record, current, end: Some(end) })
    }

    /// The folder.
    pub(super) fn folder(&self) -> Option<&Folder> {
        self.home.as_ref().map(|home| &home.folder)
    }

    /// How the run came to its end, in one line, and how it goes on; nothing where it came to the end
    /// that was asked for.
    pub(super) fn end_line(&self, answer: &Answer<S>, verb: &str) -> Option<String> {
        let (campaign, end) = (self.campaign()?, answer.end?);
        let samples = thousands(campaign.counts().samples);
        let of = thousands(campaign.whole_samples());
        let precision = answer.record.progress.as_ref().and_then(|p| p.precision.as_ref());
        let reached = precision.map(|stopping| {
            let widest = stopping.widest.map_or_else(
                || "some have nothing to estimate from".to_owned(),
                |widest| format!("the widest is {widest:.3e}"),
            );
            match stopping.reached {
                true => format!(
                    "every interval is at most {:e} wide ({widest}), at look {} after {samples} samples",
                    stopping.width, stopping.look
                ),
                false => format!("not every interval is at most {:e} wide ({widest})", stopping.width),
            }
        });
        let reached_too = reached.as_ref().map_or_else(String::new, |text| format!("; {text}"));
        let on = match self.folder() {
            Some(folder) => {
                format!("go on with: gauss-sim {verb} --resume {}", quoted(folder.path()))
            }
            None => "nothing is kept without -o".to_owned(),
        };
        match end {
            End::Complete if answer.current => {
                Some(format!("complete: {samples} samples, nothing to do{reached_too}"))
            }
            End::Complete => {
                reached.map(|text| format!("{of} samples, the most that were to be drawn: {text}"))
            }
            End::Precision if answer.current => {
                reached.map(|text| format!("nothing to do: {text}"))
            }
            End::Precision => reached,
            End::Time => Some(format!(
                "the time is over: {samples} of {of} samples drawn{reached_too}; {on}"
            )),
            End::Interrupted => {
                Some(format!("interrupted: {samples} of {of} samples drawn{reached_too}; {on}"))
            }
        }
    }
}

impl<S: Subject> Answer<S> {
    pub(super) fn outcome(&self) -> Outcome {
        match self.end {
            Some(End::Interrupted) => Outcome::Interrupted,
            _ => self.record.outcome(),
        }
    }
}

/// Draws until an end comes, keeping the counts now and then and at the end.
fn draw<S: Subject>(
    campaign: &mut Campaign<S>,
    home: Option<&Home>,
    means: Means,
    long: &LongArgs,
) -> Result<End> {
    if let Some(home) = home {
        // Before the work: what cannot be written even once would have nowhere to go.
        home.begin(campaign)?;
    }
    let bar = progress::samples(campaign.whole_samples());
    bar.set_position(campaign.counts().samples);
    bar.reset_eta();
    let stop = stop_flag();
    let limits = Limits { stop: &stop, time: long.time, keep_every: long.checkpoint_every };
    let mut said = false;
    let mut keep = |campaign: &Campaign<S>| {
        let kept = home.map_or(Ok(()), |home| home.keep(campaign));
        match kept {
            Err(error) if !said => {
                said = true;
                bar.suspend(|| {
                    say(&format!(
                        "{error:#}; the run goes on and tries again, and says no more of it"
                    ));
                });
            }
            _ => {}
        }
    };
    let end = campaign.draw(means, limits, &mut keep, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    if let Some(home) = home {
        home.keep(campaign).with_context(|| {
            format!(
                "the counts as last kept are still there: make room, and go on with --resume {}",
                quoted(home.folder.path())
            )
        })?;
    }
    Ok(end)
}

/// The rows of what a campaign has counted; tells the record how.
pub(super) fn judged<S: Subject>(
    campaign: &Campaign<S>,
    exact: &S::Exact,
    means: Means,
    end: Option<End>,
    record: &mut Record<S::Record>,
) -> Vec<S::Row> {
    let (confidence, alpha) = campaign.levels();
    let grid = campaign.grid();
    let (rows, verdict) = grid.checked_rows(exact, campaign.counts(), confidence, alpha);
    let run = Run {
        seed: campaign.seed(),
        samples: campaign.counts().samples,
        level: means.level,
        kernel: means.kernel,
    };
    let mut simulation = simulation_record(
        &run,
        campaign.votes_by(),
        confidence,
        alpha,
        campaign.seconds(),
        grid.rows(),
    );
    simulation.batch = S::BATCH;
    simulation.engine = S::engine(means.kernel);
    record.simulation = Some(simulation);
    record.progress = Some(campaign.reach(end));
    record.judgement = Some(Judgement::from(&verdict));
    rows
}
