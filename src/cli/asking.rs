//! Asks the question of an [`AskVerb`]; the answer goes into a folder or to standard output.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::answered::{answer, end_line, outcome};
use super::ask::AskVerb;
use super::begin::{begin, planned};
use super::flags::{self, Output};
use super::output::{Delivery, Summary};
use super::progress::Working;
use super::{Outcome, Verb, say};
use crate::run::begun::foreseen;
use crate::table::text::thousands;

impl Verb for AskVerb {
    fn command(&self) -> Command {
        Self::command(self)
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        match (self.instead)(matches)? {
            Some(outcome) => Ok(outcome),
            None => run_asked(self.turned(matches)?, matches),
        }
    }
}

fn run_asked(verb: &AskVerb, matches: &ArgMatches) -> Result<Outcome> {
    let output = Output::of(matches);
    let mut begun = {
        let _working = Working::on("preparing");
        flags::install(matches, || begin(verb, matches, &output))??
    };
    let experiment = begun.experiment();
    // The exact values determine which charts there will be, so that a file in the way is found before the long part
    // of the work.
    let exact = {
        let working = Working::on("exact values");
        flags::install(matches, || experiment.exact(&working))??
    };
    let with_charts = verb.charts && begun.home.is_some() && !matches.get_flag("no_plots");
    let mut later = Vec::new();
    if let Some(home) = &begun.home {
        later = foreseen(experiment.as_ref(), begun.campaign(), &exact, home, with_charts)?;
        if with_charts && !later.iter().any(|file| file.ends_with(".svg")) {
            say(&format!("no charts: {}", experiment.kind().nothing_to_draw()));
        }
        if output.force && !begun.resumed {
            home.clear(&later)?;
        }
    }
    if let (Some(_), Some(home)) = (verb.fresh, &begun.home) {
        let planned = if verb.samples { format!("; {}", planned(&begun)) } else { String::new() };
        say(&format!(
            "{} rows{planned}; into {}",
            thousands(exact.len() as u64),
            home.folder().path().display()
        ));
    }
    let means = flags::means_of(matches);
    let answered = flags::install(matches, || answer(&mut begun, &exact, means, matches))??;
    if let Some(line) = end_line(&begun, &answered, verb.name) {
        say(&line);
    }
    let answer = &answered.answer;
    experiment.notes(answer.rows()).iter().for_each(|note| say(note));
    let delivery = Delivery {
        experiment: experiment.as_ref(),
        answer,
        home: begun.home.as_ref(),
        format: output.format,
        digits: output.digits,
        charts: with_charts,
        summary: if verb.fresh.is_some() { Summary::Printed } else { Summary::Said },
    };
    let drawn = |file: &String| {
        begun.home.as_ref().is_some_and(|home| home.folder().path().join(file).is_file())
    };
    if answered.current && later.iter().all(drawn) {
        delivery.repeat()?;
    } else {
        flags::install(matches, || delivery.deliver())??;
    }
    let judged = (verb.judge)(matches, experiment.as_ref(), answer)?;
    Ok(match outcome(&answered) {
        Outcome::Done => judged,
        outcome => outcome,
    })
}
