//! A run on the command line from its plan to its rows, and what is said of it.

use std::time::Instant;

use anyhow::{Context, Result};

use super::{Home, LongArgs, quoted};
use crate::campaign::subject::Subject;
use crate::campaign::{Campaign, End, Limits, Means};
use crate::cli::results::simulation_record;
use crate::cli::signals::stop_flag;
use crate::cli::{Outcome, progress, say};
use crate::figures::thousands;
use crate::record::{Judgement, Record};
use crate::store::Folder;
use engine::Run;

/// What is to be done: a question, the run that answers it, and where the answer goes.
pub(in crate::cli) struct Job<S: Subject> {
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
pub(in crate::cli) struct Answer<S: Subject> {
    pub(in crate::cli) rows: Vec<S::Row>,
    pub(in crate::cli) record: Record<S::Record>,
    /// Everything was there already.
    pub(in crate::cli) current: bool,
    end: Option<End>,
}

impl<S: Subject> Job<S> {
    /// Exact values alone.
    pub(super) fn exact(grid: S, question: S::Record, home: Option<Home>) -> Self {
        Self { work: Work::Exact(grid), question, home, resumed: false }
    }

    /// A run that has not begun.
    pub(super) fn run(campaign: Campaign<S>, question: S::Record, home: Option<Home>) -> Self {
        Self { work: Work::Run(campaign), question, home, resumed: false }
    }

    /// A run that is taken up again.
    pub(super) fn resumed(campaign: Campaign<S>, home: Home) -> Self {
        let question = campaign.record();
        Self { work: Work::Run(campaign), question, home: Some(home), resumed: true }
    }

    /// What is asked.
    pub(in crate::cli) fn grid(&self) -> &S {
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
    pub(in crate::cli) fn plan(&self) -> String {
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
    pub(in crate::cli) fn answer(
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
    pub(in crate::cli) fn folder(&self) -> Option<&Folder> {
        self.home.as_ref().map(|home| &home.folder)
    }

    /// How the run came to its end, in one line, and how it goes on; nothing where it came to the end
    /// that was asked for.
    pub(in crate::cli) fn end_line(&self, answer: &Answer<S>, verb: &str) -> Option<String> {
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
    pub(in crate::cli) fn outcome(&self) -> Outcome {
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
    // From here on a signal loses nothing.
    let stop = stop_flag();
    if let Some(home) = home {
        // Before the work: what cannot be written even once would have nowhere to go.
        home.begin(campaign)?;
    }
    let bar = progress::samples(campaign.whole_samples());
    bar.set_position(campaign.counts().samples);
    bar.reset_eta();
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
pub(in crate::cli) fn judged<S: Subject>(
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
