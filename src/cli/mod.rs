//! The command line: the register of its verbs, and their common parts.

mod answered;
mod ask;
mod asking;
mod attack;
mod barrage;
mod begin;
mod blocks;
mod certify;
mod certify_nd;
mod claims;
mod completions;
mod errors;
mod evaluate;
mod figures;
mod fit;
mod flags;
mod linear;
mod merge;
mod output;
mod paper;
mod plot;
mod progress;
mod query;
mod report;
mod signals;
mod simulate;
mod statements;
mod sweep;
mod theory;
mod train;

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use anyhow::Result;
use clap::{ArgMatches, Command};

pub use errors::one_line;

/// A verb of the command line.
trait Verb: Sync {
    /// Returns the verb's name, flags and help.
    fn command(&self) -> Command;

    /// Runs the verb. The error's message is one line for the user.
    fn run(&self, matches: &ArgMatches) -> Result<Outcome>;
}

/// The register of verbs, in the order of the help.
const VERBS: &[&dyn Verb] = &[
    &theory::VERB,
    &simulate::VERB,
    &sweep::VERB,
    &claims::VERB,
    &train::VERB,
    &linear::VERB,
    &attack::VERB,
    &barrage::VERB,
    &certify::VERB,
    &blocks::VERB,
    &query::VERB,
    &evaluate::VERB,
    &fit::VERB,
    &plot::Plot,
    &merge::Merge,
    &figures::Figures,
    &report::Report,
    &completions::Completions,
    &completions::Man,
];

const LONG_ABOUT: &str = "\
What stochastic pre-processing does to a robustness number, exactly and by simulation, on the binary \
Gaussian task: y = ±1, x | y ~ N(y·mean, data_std²), a defense that adds θ ~ N(shift, sigma²), an adversary \
that moves x by at most eps.

The stages: undefended sgn(x); defended sgn(x + θ − k), k = 0; trained sgn(x + θ − shift); voted, the \
majority of several trained draws. Each number exists twice, as a closed form and as a simulation that \
shares no formula with it, and the program says whether the two agree.";

const AFTER_HELP: &str = "\
Examples:
  gauss-sim theory --sigma 1 --eps 0.5
      exact values at one point
  gauss-sim simulate --sigma 1 --eps 0.5 --samples 1e8
      exact beside simulated, with intervals and a verdict
  gauss-sim sweep --sigma 0..4
      rows, charts and a verdict over a range of sigma, in a fresh folder
  gauss-sim sweep --sigma 0..2/41 --eps 0..1.5/31 -o surface
      a whole surface, with heat maps
  gauss-sim claims --sigma 0.3 --eps 0.1
      which of the paper's claims hold there, under which definitions
  gauss-sim claims --list
      every statement of the paper, with a verdict, its numbers and the commands
  gauss-sim train --train-size 100..1e4/log5
      which threshold training on noisy inputs finds, and how fast
  gauss-sim nd examples/tasks/isotropic.toml --eps 1
      the task in d dimensions, with the robust optimum to compare with
  gauss-sim figures -o figures
      every figure of the paper's argument, with its rows and its caption
  gauss-sim report -o report.html
      the same as one page of HTML

Exit status: 0 done and agreeing, 1 theory and simulation disagree or a required claim fails, 2 bad usage or input, \
130 interrupted, results so far are kept.";

/// Returns the whole command line.
#[must_use]
pub fn command() -> Command {
    Command::new("gauss-sim")
        .version(env!("CARGO_PKG_VERSION"))
        .about(
            "What stochastic pre-processing does to a robustness number, exactly and by simulation",
        )
        .long_about(LONG_ABOUT)
        .after_help("Try: gauss-sim sweep --sigma 0..4")
        .after_long_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(VERBS.iter().map(|verb| verb.command()))
}

/// The outcome of a verb that has done its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Done, and theory and simulation agree if both were requested.
    Done,
    /// Done, and they disagree, or a required claim fails.
    Disagree,
    /// Interrupted; the results so far are saved or printed.
    Interrupted,
}

/// Runs the verb of this command line. The error's message is one line for the user.
pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let named = matches.subcommand();
    let verb = named.and_then(|(name, matches)| {
        let verb = VERBS.iter().find(|verb| verb.command().get_name() == name)?;
        Some((verb, matches))
    });
    let (verb, matches) = verb.ok_or_else(|| anyhow::anyhow!("no verb is given; see --help"))?;
    Ok(match verb.run(matches)? {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Disagree => ExitCode::from(1),
        Outcome::Interrupted => ExitCode::from(signals::INTERRUPTED),
    })
}

/// Prints a line on standard error, as one line whatever it contains, such as the name of a file. A closed standard
/// error does not stop the work.
pub fn say(line: &str) {
    let line = line.replace(char::is_control, "?");
    // There is nowhere left to report this failure.
    let _ = writeln!(stderr(), "{line}");
}
