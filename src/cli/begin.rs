//! A run on the command line before its first sample: its question, its plan, and its folder.

use std::path::PathBuf;

use anyhow::Result;
use clap::ArgMatches;
use clap::parser::ValueSource;
use task::spec::{Spec, text};

use super::ask::AskVerb;
use super::flags::{Output, given};
use super::say;
use crate::experiments::KINDS;
use crate::run::Plan;
use crate::run::asked::Asked;
use crate::run::begun::{self, Begun, Place, Work};
use crate::run::run_dir::RunDir;
use crate::run::spec_file::SpecFile;
use crate::table::text::thousands;

/// What a command line gives.
fn given_to(verb: &AskVerb, matches: &ArgMatches) -> Result<Asked<'static>> {
    let file = matches.get_one::<PathBuf>("spec");
    Ok(Asked {
        kinds: KINDS,
        kind: verb.kind,
        usual: verb.usual,
        samples: verb.samples,
        file: file.map(|path| SpecFile::read(path)).transpose()?,
        question: given((verb.kind.spec)().parameters(), matches)?,
        plan: given(Plan::PARAMETERS, matches)?,
    })
}

/// Returns the question and the plan of a command line: the defaults, overridden by a file, overridden by the flags.
pub(super) fn asked(verb: &AskVerb, matches: &ArgMatches) -> Result<(Box<dyn Spec>, Plan)> {
    let asked = given_to(verb, matches)?;
    let (spec, plan) = asked.ask()?;
    (verb.check)(matches, spec.as_ref())?;
    asked.without_effect(spec.as_ref()).iter().for_each(|line| say(line));
    say_idle(matches, spec.as_ref(), &(verb.idle)(spec.as_ref()));
    Ok((spec, plan))
}

/// Begins a run, or takes up the one in a folder.
pub(super) fn begin(verb: &AskVerb, matches: &ArgMatches, output: &Output) -> Result<Begun> {
    let resume = matches.try_get_one::<PathBuf>("resume").ok().flatten();
    let begun = match resume {
        Some(folder) => {
            let asked = given_to(verb, matches)?;
            let check = |spec: &dyn Spec| (verb.check)(matches, spec);
            Begun::take_up(folder, &asked, output.folder.as_deref(), &check)?
        }
        None => {
            let (spec, plan) = asked(verb, matches)?;
            let time = matches.try_contains_id("time").unwrap_or(false);
            let asked = (spec.as_ref(), plan);
            Begun::new(verb.kind, asked, verb.samples, time, &place(output, verb.fresh))?
        }
    };
    begun.notes().iter().for_each(|note| say(note));
    Ok(begun)
}

/// What is to be drawn, in a few words.
pub(super) fn planned(begun: &Begun) -> String {
    let Work::Run(campaign) = &begun.work else {
        return "0 samples".to_owned();
    };
    let most = if campaign.precision().is_some() { "at most " } else { "" };
    let (samples, seed) = (thousands(campaign.samples()), campaign.plan().seed.0);
    let what = campaign.experiment().kind().plan.samples_flag;
    let mut text = format!("{most}{samples} {what}, seed {seed}");
    if let Some(shard) = campaign.shard() {
        text += &format!(", of which share {shard} has {}", thousands(campaign.whole_samples()));
    }
    if begun.resumed {
        text += &format!(", {} of them done", thousands(campaign.drawn()));
    }
    text
}

fn place<'a>(output: &'a Output, fresh: Option<&'a str>) -> Place<'a> {
    Place { path: output.folder.as_deref(), fresh, force: output.force }
}

/// Returns the folder of `-o`, or a fresh one of this name, after checking that these files can be written; `None` if
/// neither is named.
pub(super) fn open(
    output: &Output,
    fresh: Option<&str>,
    files: &[String],
) -> Result<Option<RunDir>> {
    let home = begun::open(&place(output, fresh), files)?;
    home.as_ref().and_then(begun::unlocked).iter().for_each(|note| say(note));
    Ok(home)
}

/// Says which of these parameters were given as flags though they change nothing.
pub(super) fn say_idle(matches: &ArgMatches, spec: &dyn Spec, idle: &[(&'static str, &str)]) {
    let given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
    for (name, why) in idle.iter().filter(|(name, _)| given(name)) {
        let flag = task::spec::flag(name);
        say(&format!("{flag} {} changes nothing {why}: leave {flag} out", text(spec, name)));
    }
}
