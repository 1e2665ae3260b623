//! A run on the command line from its first sample to its end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ArgMatches;

use super::begin::{Begun, Work};
use super::output::command_line;
use super::signals::stop_flag;
use super::{Outcome, progress, say};
use crate::experiment::ExactRow;
use crate::run::run_dir::{RunDir, quoted};
use crate::run::{Answer, Campaign, End, Limits, Means, answer};
use crate::table::text::thousands;

/// The result of a run.
pub(super) struct Answered {
    pub(super) answer: Answer,
    /// Whether everything was there already.
    pub(super) current: bool,
    end: Option<End>,
}

impl Answered {
    pub(super) fn outcome(&self) -> Outcome {
        match (self.end, self.answer.agrees()) {
            (Some(End::Interrupted), _) => Outcome::Interrupted,
            (_, false) => Outcome::Disagree,
            _ => Outcome::Done,
        }
    }
}

impl Begun {
    /// Draws the missing samples and compares, on rayon's current pool. The counts are in the folder when this returns.
    pub(super) fn answer(
        &mut self,
        exact: &[ExactRow],
        means: Means,
        matches: &ArgMatches,
    ) -> Result<Answered> {
        let start = Instant::now();
        let home = self.home.as_ref();
        let campaign = match &mut self.work {
            Work::Exact(experiment) => {
                let mut answer = Answer::exact(experiment.as_ref(), exact)?;
                answer.record.command = command_line();
                answer.record.wall_seconds = start.elapsed().as_secs_f64();
                return Ok(Answered { answer, current: false, end: None });
            }
            Work::Run(campaign) => campaign,
        };
        let there = self.resumed.then(|| campaign.ended()).flatten();
        let end = match there {
            Some(end) => end,
            None => draw(campaign, home, means, matches)?,
        };
        let mut answer = answer::Answer::judged(campaign, exact, means, Some(end))?;
        answer.record.command = command_line();
        answer.record.wall_seconds = start.elapsed().as_secs_f64();
        let current = match (there, home) {
            (Some(_), Some(home)) => home.is_current(&answer, &campaign.experiment().files())?,
            _ => false,
        };
        Ok(Answered { answer, current, end: Some(end) })
    }

    /// Returns a line that says how the run ended and how it can be continued; `None` if it came to the requested end.
    pub(super) fn end_line(&self, answered: &Answered, verb: &str) -> Option<String> {
        let Work::Run(campaign) = &self.work else { return None };
        let end = answered.end?;
        let what = campaign.experiment().kind().plan.samples_flag;
        let samples = thousands(campaign.drawn());
        let of = thousands(campaign.whole_samples());
        let record = &answered.answer.record;
        let precision = record.progress.as_ref().and_then(|p| p.precision.as_ref());
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
        let on = match &self.home {
            Some(home) => {
                let folder = quoted(home.folder().path());
                format!("go on with: gauss-sim {verb} --resume {folder}")
            }
            None => "nothing is kept without -o".to_owned(),
        };
        match end {
            End::Complete if answered.current => {
                Some(format!("complete: {samples} {what}, nothing to do{reached_too}"))
            }
            End::Complete => {
                reached.map(|text| format!("{of} {what}, the most that were to be drawn: {text}"))
            }
            End::Precision if answered.current => {
                reached.map(|text| format!("nothing to do: {text}"))
            }
            End::Precision => reached,
            End::Time => {
                Some(format!("the time is over: {samples} of {of} {what} drawn{reached_too}; {on}"))
            }
            End::Interrupted => {
                Some(format!("interrupted: {samples} of {of} {what} drawn{reached_too}; {on}"))
            }
        }
    }
}

/// Draws until an end comes, and saves the counts from time to time and at the end.
fn draw(
    campaign: &mut Campaign,
    home: Option<&RunDir>,
    means: Means,
    matches: &ArgMatches,
) -> Result<End> {
    // From here on, a signal loses nothing.
    let stop = stop_flag();
    if let Some(home) = home {
        // Before the work begins, make sure that the results can be written at all.
        home.begin(campaign)?;
    }
    let what = campaign.experiment().kind().plan.samples_flag;
    let bar = progress::samples(campaign.whole_samples(), what);
    bar.set_position(campaign.drawn());
    bar.reset_eta();
    let time = |name: &str| matches.get_one::<Duration>(name).copied();
    let limits = Limits {
        stop: &stop,
        time: time("time"),
        checkpoint_every: time("checkpoint_every").unwrap_or(Duration::MAX),
    };
    let mut said = false;
    let mut keep = |campaign: &Campaign| {
        let kept = home.map_or(Ok(()), |home| home.checkpoint(campaign));
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
        home.checkpoint(campaign).with_context(|| {
            format!(
                "the counts as last kept are still there: make room, and go on with --resume {}",
                quoted(home.folder().path())
            )
        })?;
    }
    Ok(end)
}
