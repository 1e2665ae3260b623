//! `gauss-sim claims --list`: every statement of the paper and its essay that can be decided.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};
use serde::Serialize;
use task::spec::apply;

use super::flags::{self, Output};
use super::output::{command_line, print};
use super::progress::Working;
use super::{Outcome, say};
use crate::paper::statements::{Audit, audit, details, lines, sentences, table};
use crate::paper::{CONFIDENCE, Given, Order};
use crate::run::plan::Plan;
use crate::run::record::{Judgement, Record};
use crate::run::verdict::verdict;
use crate::table::format::{Format, csv_text, json_text};
use crate::table::text::thousands;

/// The flags that apply to a list; all others apply to something else.
const MEANT: [&str; 5] = ["list", "samples", "seed", "format", "threads"];

pub(super) fn list() -> Arg {
    Arg::new("list")
        .long("list")
        .action(ArgAction::SetTrue)
        .help("Instead: every statement of the paper that can be decided, with verdict, numbers and commands")
        .long_help(
            "Instead: every statement of the paper and of its essay that can be decided, the six claims among them, \
             each with a verdict (holds, holds under a condition, fails), the numbers of its cases, which are \
             computed, and the commands that give them. With --samples each case is simulated, too. Goes with \
             --samples, --seed, --format and --threads",
        )
}

/// The question, for the record.
#[derive(Debug, Clone, Serialize)]
struct Question {
    list: bool,
    samples: u64,
    seed: u64,
}

/// Returns the list, if it is requested.
pub(super) fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    if !matches.get_flag("list") {
        return Ok(None);
    }
    let order = order(matches)?;
    let start = Instant::now();
    let found = {
        let _working = Working::on("deciding statements");
        flags::install(matches, || audit(&order))??
    };
    let judgement = found.verdict.as_ref().map(Judgement::from);
    let said = judgement.as_ref().map(|judgement| verdict(judgement, CONFIDENCE.get()));
    let rows = table(&found.statements);
    let format = Output::of(matches).format.unwrap_or(Format::Table);
    let text = match format {
        Format::Csv => csv_text(&rows)?,
        Format::Json => {
            let question = Question { list: true, samples: order.samples, seed: order.seed };
            let mut record = Record::begin(question, rows.len());
            record.command = command_line();
            record.judgement = judgement;
            record.wall_seconds = start.elapsed().as_secs_f64();
            json_text(&record, std::slice::from_ref(&rows))?
        }
        Format::Markdown => sentences(&found.statements).markdown(),
        Format::Latex => lines(&found.statements).latex(),
        Format::Table => whole(&found, &order, said.as_deref()),
    };
    print(&text)?;
    if format != Format::Table {
        said.iter().for_each(|line| say(line));
    }
    Ok(Some(match found.verdict.is_none_or(|verdict| verdict.agree) {
        true => Outcome::Done,
        false => disagree(&found),
    }))
}

fn whole(found: &Audit, order: &Order, said: Option<&str>) -> String {
    let how = match order.samples {
        0 => "exact".to_owned(),
        samples => format!("{} samples a case, seed {}", thousands(samples), order.seed),
    };
    let mut text = format!(
        "The statements of the paper and its essay, with the numbers of the case that says most: {how}\n{}{}",
        lines(&found.statements).plain(),
        details(&found.statements)
    );
    if let Some(line) = said {
        text += &format!("\n{line}\n");
    }
    text
}

/// Names the cases in which theory and simulation disagree.
fn disagree(found: &Audit) -> Outcome {
    for statement in &found.statements {
        for case in &statement.cases {
            if case.found.is_some_and(|found| !found.agrees) {
                say(&format!(
                    "DISAGREE: theory and simulation, {}: {}",
                    statement.name, case.command
                ));
            }
        }
    }
    Outcome::Disagree
}

/// Returns samples and seed. Fails if another flag is given, which would have no effect.
fn order(matches: &ArgMatches) -> Result<Order> {
    let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    if let Some(other) =
        matches.ids().map(clap::Id::as_str).find(|id| given(id) && !MEANT.contains(id))
    {
        let flag = match other {
            "output" => "-o".to_owned(),
            other => format!("--{}", other.replace('_', "-")),
        };
        return Err(anyhow!(
            "{flag} does not go with --list, whose questions are fixed: leave one of them out (--list goes with \
             --samples, --seed, --format and --threads)"
        ));
    }
    let given = flags::given(Plan::PARAMETERS, matches)?;
    let mut plan = Plan::default();
    let counted = given.contains_key("samples");
    apply(&mut plan, &given.into(), Path::new(""))?;
    let samples = if counted { plan.samples.get() } else { 0 };
    Ok(Order { samples, seed: plan.seed.0, width: 0.0, given: Given::NONE })
}
