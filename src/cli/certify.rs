//! `gauss-sim certify`: randomized smoothing with finitely many answers, and the smallest sufficient number.

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches};
use task::spec::{Spec, SpecError};

use super::Outcome;
use super::ask::AskVerb;
use super::begin::asked;
use super::flags::{self, Output};
use super::output::print;
use super::progress::Working;
use crate::experiment::Planner;
use crate::experiments::certify::wanted::{PLANNER, Wanted, sentences, table};
use crate::experiments::certify::{CertifySpec, KIND};
use crate::experiments::own;
use crate::table::Table;
use crate::table::format::{Format, csv_text, json_text};

pub(super) static VERB: AskVerb = AskVerb {
    name: "certify",
    about: "Randomized smoothing: what finitely many noisy answers certify",
    details: "\
The smoothed classifier says what sgn(x + θ − threshold) says more often than not, θ ~ N(shift, sigma²). CERTIFY selects a \
class by n0 noisy answers and certifies the radius sigma·Φ⁻¹(p), p the lower confidence limit at level alpha from n fresh \
ones, or abstains; PREDICT answers where a two-sided sign test on n answers rejects. The simulation draws every answer; \
exact values stand beside it, and the truth: what infinitely many answers certify, which is the adversarial accuracy at \
eps = radius.

Examples:
  gauss-sim certify --sigma 0.5,1 --n0 100 --n 1e3,1e5,inf --alpha 0.001 --radius 0..2 --samples 0 -o certify
      certified accuracy against the radius, with charts
  gauss-sim certify --n 10..1e4/log31 --samples 10k -o answers
      abstention and loss against n
  gauss-sim certify --sigma 0.1..4/40 --radius 0.25,0.5,1 --samples 0 -o noise
      the best noise for a radius
  gauss-sim certify --n-for radius=4
  gauss-sim certify --n-for abstain=0.05 --sigma 0.5,1 --n0 100,1000
      the smallest n, and the n from which on; or why there is none
  gauss-sim certify --predict --n 10,100",
    flags: || vec![n_for()],
    check,
    instead,
    ..AskVerb::of(&KIND)
};

fn n_for() -> Arg {
    planner(&PLANNER)
}

/// The flag of the planner of a kind.
pub(super) fn planner(planner: &'static Planner) -> Arg {
    flags::planner(planner)
        .value_parser(Wanted::parse)
        .long_help(
            "Instead of rows: the smallest number n of answers, and the number from which on all are enough, since both \
             abstention and loss are sawtooth curves of n. radius=R: R can be certified at all. abstain=A: at most A of all \
             samples are not answered. loss=L: at most L of all samples would be certified at --radius by infinitely many \
             answers and are not by n. Or why no number is enough. For every sigma, n0 and alpha.",
        )
}

/// Rejects flags that do not apply to PREDICT.
fn check(matches: &ArgMatches, spec: &dyn Spec) -> Result<()> {
    let spec: CertifySpec = own(spec)?;
    check_predict(matches, spec.predict)
}

/// Rejects flags that do not apply to PREDICT, where that is asked for.
pub(super) fn check_predict(matches: &ArgMatches, predict: bool) -> Result<()> {
    let given =
        |name: &str| matches.value_source(name) == Some(clap::parser::ValueSource::CommandLine);
    let flags = [("n0", "--n0"), ("radius", "--radius"), ("n_for", "--n-for")];
    match flags.into_iter().find(|(name, _)| predict && given(name)) {
        None => Ok(()),
        Some((_, flag)) => Err(anyhow!(
            "{flag}: --predict selects no class and certifies no radius: leave out one of the two"
        )),
    }
}

/// Returns the plan of `--n-for`, if that is given.
fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    plan(&VERB, matches, &|spec, wanted| table(&own(spec)?, wanted))
}

/// Returns the plan of `--n-for` for the question of a verb, if that flag is given.
pub(super) fn plan(
    verb: &AskVerb,
    matches: &ArgMatches,
    table: &(dyn Fn(&dyn Spec, Wanted) -> Result<Table, SpecError> + Sync),
) -> Result<Option<Outcome>> {
    let Some(&wanted) = matches.get_one::<Wanted>("n_for") else { return Ok(None) };
    let (spec, _) = asked(verb, matches)?;
    let rows = {
        let _working = Working::on("looking for numbers of answers");
        flags::install(matches, || table(spec.as_ref(), wanted))??
    };
    let text = match Output::of(matches).format.unwrap_or(Format::Table) {
        Format::Csv => csv_text(&rows)?,
        Format::Json => {
            json_text(&serde_json::to_value(spec.as_ref())?, std::slice::from_ref(&rows))?
        }
        _ => sentences(&rows),
    };
    print(&text)?;
    Ok(Some(Outcome::Done))
}
