//! `gauss-sim query`: a black-box attacker with few questions, and how many are enough.

use anyhow::Result;
use clap::{Arg, ArgMatches};
use task::spec::Spec;

use super::Outcome;
use super::ask::AskVerb;
use super::begin::asked;
use super::flags::{self, Output};
use super::output::print;
use super::progress::Working;
use crate::experiments::own;
use crate::experiments::queries::wanted::{PLANNER, sentences, share, table};
use crate::experiments::queries::{KIND, Queries, QuerySpec};
use crate::table::format::{Format, csv_text, json_text};

pub(super) static VERB: AskVerb = AskVerb {
    name: "query",
    about: "A black-box attacker with Q questions against noisy answers: does noise protect?",
    details: "\
The classifier is linear in d dimensions, and its direction, uniform on the sphere, is all that the attacker does not know. He asks Q \
questions within `step` of x, gets noisy answers, and moves by eps; the share of the move that goes along the direction is the \
cosine. The simulation draws a direction, asks every question and draws every answer; exact values stand beside it, and three \
numbers to compare with: what a white-box attacker leaves (white_box), what the same attacker leaves without noise (no_noise), and \
what any attacker leaves at least, adaptive or not, with as many answers (bound). score and nes have exact values in any \
dimension, sign and label in one, simba none: there the simulation stands alone. break_even is the largest number of questions \
with which noise protects.

Examples:
  gauss-sim query --attack score --dimension 100 --mean 2 --sigma 1 --eps 1 --step 1 --queries 1e2..1e7/log31 --votes 1,101 --samples 0 -o query
      accuracy against questions: undefended, noisy, trained and voted, with the bound for any attacker
  gauss-sim query --queries-for 0.5
      how many questions until half of the white-box attack's effect; or never, and why
  gauss-sim query --attack score,sign,nes,simba,label --queries 400 --stages trained
      five attacks with as many questions
  gauss-sim query --sigma 0..3/121 --queries 200,1e3,1e4,1e5 --stages trained --samples 0 -o noise
      the noise that protects best against a given number of questions
  gauss-sim query --attack label --step 0.5 --stages undefended,trained --shift 0
      noise that shows a label attacker a boundary out of his reach",
    flags: || vec![queries_for()],
    instead,
    ..AskVerb::of(&KIND)
};

fn queries_for() -> Arg {
    flags::planner(&PLANNER)
        .value_parser(share)
        .long_help(
            "Instead of rows: the smallest number of questions with which each attack has SHARE of the white-box attack's effect on \
             a stage, clean accuracy less that against an attacker who knows the direction; and the number below which no \
             attacker at all has it. Or why there is none.",
        )
}

/// The plan of `--queries-for`, where that is given.
fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    let Some(&share) = matches.get_one::<f64>("queries_for") else { return Ok(None) };
    let (spec, _) = asked(&VERB, matches)?;
    let spec: QuerySpec = own(spec.as_ref())?;
    let rows = {
        let _working = Working::on("looking for numbers of questions");
        flags::install(matches, || table(&Queries::new(spec.clone())?, share))??
    };
    let text = match Output::of(matches).format.unwrap_or(Format::Table) {
        Format::Csv => csv_text(&rows)?,
        Format::Json => {
            json_text(&serde_json::to_value(&spec as &dyn Spec)?, std::slice::from_ref(&rows))?
        }
        _ => sentences(&rows),
    };
    print(&text)?;
    Ok(Some(Outcome::Done))
}
