//! `gauss-sim theory`: exact values without simulation, or the number of votes that is sufficient.

use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches};
use serde_json::Value;
use theory::convergence::Tolerance;

use super::ask::AskVerb;
use super::begin::{asked, open};
use super::flags::{self, Output};
use super::output::{command_line, print};
use super::progress::Working;
use super::{Outcome, say};
use crate::experiments::own;
use crate::experiments::stages::votes_for::{PLANNER, caption, lines, record, table, tolerance};
use crate::experiments::stages::{KIND, StagesSpec};
use crate::run::publish::RECORD_FILE;
use crate::run::record::Record;
use crate::table::csv;
use crate::table::format::{Format, csv_text, json_text};
use crate::table::text::Script;

pub(super) static VERB: AskVerb = AskVerb {
    name: "theory",
    about: "Exact values at a point or over a grid, instantly",
    details: "\
Examples:
  gauss-sim theory --sigma 1 --eps 0.5
  gauss-sim theory --sigma 0..2/5 --eps 0.1,0.5 --votes 1,11,101,inf
  gauss-sim theory --threshold 0..1/11 --stages defended --format csv
  gauss-sim theory --votes-for 1e-4 --sigma 0.5,1,2 --eps 0.5",
    samples: false,
    charts: false,
    flags: || vec![votes_for()],
    instead,
    ..AskVerb::of(&KIND)
};

const VOTES_FOR_HELP: &str = "\
Instead of rows: how many votes bring the robust accuracy of the vote to within TOLERANCE (from 1e-13 \
to 1) of that of infinitely many. For each sigma and eps, the limit, the gap of a single vote, the \
smallest number of votes within the tolerance (odd: an even number does as one fewer) and its gap, the \
number from which on all are within it (the gap may change its sign), and what the leading term \
coefficient/n^power alone asks for. With -o, votes.csv and run.json. The stage is `voted`, so \
--votes, --stages and --threshold cannot be given.";

fn votes_for() -> Arg {
    flags::planner(&PLANNER).value_parser(tolerance).long_help(VOTES_FOR_HELP)
}

/// Returns the table of `--votes-for`, if that is given.
fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    let Some(&tolerance) = matches.get_one::<Tolerance>("votes_for") else {
        return Ok(None);
    };
    let (spec, _) = asked(&VERB, matches)?;
    (KIND.new)(spec.as_ref())?; // its errors, before a folder is made
    let spec: StagesSpec = own(spec.as_ref())?;
    let output = Output::of(matches);
    let files = ["votes.csv", RECORD_FILE].map(str::to_owned);
    let home = open(&output, None, &files)?;
    let start = Instant::now();
    let rows = {
        let _working = Working::on("looking for numbers of votes");
        flags::install(matches, || table(&spec, tolerance))??
    };
    let mut made: Record<Value> = Record::begin(record(&spec, tolerance), rows.len());
    made.command = command_line();
    made.wall_seconds = start.elapsed().as_secs_f64();
    if let Some(home) = &home {
        home.folder().write(&files[0], &csv::write(&rows)?)?;
        home.folder().write(&files[1], made.to_json()?.as_bytes())?;
        say(&format!("wrote {}: {}", home.folder().path().display(), files.join(", ")));
    }
    if home.is_none() || output.format.is_some() {
        let text = match output.format.unwrap_or(Format::Table) {
            Format::Csv => csv_text(&rows)?,
            Format::Json => json_text(&made, std::slice::from_ref(&rows))?,
            Format::Table => caption(&spec, tolerance) + &lines(&rows, Script::Unicode).plain(),
            Format::Markdown => lines(&rows, Script::Unicode).markdown(),
            Format::Latex => lines(&rows, Script::Latex).latex(),
        };
        print(&text).map_err(|error| anyhow!("{error:#}"))?;
    }
    Ok(Some(Outcome::Done))
}
