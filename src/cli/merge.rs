//! `gauss-sim merge`: shares of a run, or stopped runs, added up to one run.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::begin::open;
use super::flags::{self, Output, given};
use super::output::{Delivery, Summary, command_line};
use super::progress::Working;
use super::{Outcome, Verb, say};
use crate::experiments::KINDS;
use crate::run::begun::{files, foreseen};
use crate::run::merge::sum;
use crate::run::{Answer, Means, Plan};
use crate::table::text::thousands;

/// The verb `merge`: the sum of the shares of a run, with rows, charts and a verdict for the whole run.
pub(super) struct Merge;

/// The parameters that judge the sum.
const JUDGED: [(&str, &str); 2] = [
    ("confidence", "The confidence of every interval [default: as in the first folder]"),
    ("false_alarm", "The false-alarm rate of the verdict [default: as in the first folder]"),
];

impl Verb for Merge {
    fn command(&self) -> Command {
        let judged = JUDGED.iter().filter_map(|(name, help)| {
            let parameter = Plan::PARAMETERS.iter().find(|known| known.name == *name)?;
            Some(flags::parameter(parameter, "").help(*help))
        });
        Command::new("merge")
            .about("Adds up shares of a run: rows, charts and a verdict as of the one run")
            .after_long_help(
                "\
Shares are made by --shard of any verb that draws samples; stopped runs and merged folders can be merged, too. The counts \
are those of the one run, bit for bit. What was stopped is finished by --resume, also after it was merged.

Examples:
  gauss-sim merge share1 share2 share3 -o whole
  gauss-sim merge share* --allow-gaps -o so-far",
            )
            .arg(
                Arg::new("folders")
                    .value_name("DIR")
                    .required(true)
                    .action(ArgAction::Append)
                    .num_args(1..)
                    .value_parser(value_parser!(PathBuf))
                    .help("The folders"),
            )
            .arg(
                Arg::new("allow_gaps")
                    .long("allow-gaps")
                    .action(ArgAction::SetTrue)
                    .help("Merge also where batches are missing; --resume draws them"),
            )
            .args(judged)
            .args(flags::output())
            .arg(flags::no_plots())
            .arg(flags::threads())
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let folders = matches.get_many::<PathBuf>("folders").into_iter().flatten();
        let folders: Vec<&Path> = folders.map(PathBuf::as_path).collect();
        let judged: Vec<_> = Plan::PARAMETERS
            .iter()
            .filter(|known| JUDGED.iter().any(|(name, _)| *name == known.name))
            .copied()
            .collect();
        let judged = given(&judged, matches)?;
        let campaign = {
            let _working = Working::on("adding up");
            let allow_gaps = matches.get_flag("allow_gaps");
            flags::install(matches, || sum(KINDS, &folders, allow_gaps, judged))??
        };
        let experiment = campaign.experiment().clone();
        let output = Output::of(matches);
        let home = open(&output, Some("gauss-sim-merged"), &files(experiment.as_ref(), true))?;
        let home = home.ok_or_else(|| anyhow!("merge: name a folder with -o"))?;
        let exact = {
            let working = Working::on("exact values");
            flags::install(matches, || experiment.exact(&working))??
        };
        let with_charts = !matches.get_flag("no_plots");
        foreseen(experiment.as_ref(), Some(&campaign), &exact, &home, with_charts)?;
        home.begin(&campaign)?;
        say(&format!(
            "{} of {} {}, seed {}, from {} folders; into {}",
            thousands(campaign.drawn()),
            thousands(campaign.samples()),
            experiment.kind().plan.samples_flag,
            campaign.plan().seed.0,
            folders.len(),
            home.folder().path().display()
        ));
        let end = campaign.ended();
        let judged = || Answer::judged(&campaign, &exact, Means::default(), end);
        let mut answer = flags::install(matches, judged)??;
        answer.record.command = command_line();
        if let Some(progress) = &mut answer.record.progress {
            let names = folders.iter().map(|folder| folder.display().to_string());
            progress.merged = Some(names.collect());
        }
        experiment.notes(answer.rows()).iter().for_each(|note| say(note));
        let delivery = Delivery {
            digits: output.digits,
            experiment: experiment.as_ref(),
            answer: &answer,
            home: Some(&home),
            format: output.format,
            charts: with_charts,
            summary: Summary::Printed,
        };
        flags::install(matches, || delivery.deliver())??;
        Ok(if answer.agrees() { Outcome::Done } else { Outcome::Disagree })
    }
}
