//! A run on the command line from its first sample to its end.

use std::time::Duration;

use anyhow::Result;
use clap::ArgMatches;

use super::output::command_line;
use super::signals::stop_flag;
use super::{Outcome, progress, say};
use crate::experiment::ExactRow;
use crate::run::begun::{Answered, Begun, Watched, Work};
use crate::run::run_dir::quoted;
use crate::run::{End, Limits, Means};
use crate::table::text::thousands;

/// What an answer means for the exit status.
pub(super) fn outcome(answered: &Answered) -> Outcome {
    match (answered.end, answered.answer.agrees()) {
        (Some(End::Interrupted), _) => Outcome::Interrupted,
        (_, false) => Outcome::Disagree,
        _ => Outcome::Done,
    }
}

/// Draws what is to be drawn and compares, on rayon's current pool, with a progress bar, until a signal ends it.
pub(super) fn answer(
    begun: &mut Begun,
    exact: &[ExactRow],
    means: Means,
    matches: &ArgMatches,
) -> Result<Answered> {
    let Work::Run(campaign) = &begun.work else {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::MAX };
        let mut answered =
            begun.answer(exact, means, Watched { limits, done: &|_| {}, trouble: &|_| {} })?;
        answered.answer.record.command = command_line();
        return Ok(answered);
    };
    // From here on a signal loses nothing.
    let stop = stop_flag();
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
    let trouble = |line: &str| bar.suspend(|| say(line));
    let watched = Watched { limits, done: &|done| bar.inc(done), trouble: &trouble };
    let mut answered = begun.answer(exact, means, watched)?;
    bar.finish_and_clear();
    answered.answer.record.command = command_line();
    Ok(answered)
}

/// How the run came to its end, in one line, and how it goes on; nothing where it came to the end that was asked
/// for.
pub(super) fn end_line(begun: &Begun, answered: &Answered, verb: &str) -> Option<String> {
    let Work::Run(campaign) = &begun.work else { return None };
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
    let on = match &begun.home {
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
        End::Precision if answered.current => reached.map(|text| format!("nothing to do: {text}")),
        End::Precision => reached,
        End::Time => {
            Some(format!("the time is over: {samples} of {of} {what} drawn{reached_too}; {on}"))
        }
        End::Interrupted => {
            Some(format!("interrupted: {samples} of {of} {what} drawn{reached_too}; {on}"))
        }
    }
}
