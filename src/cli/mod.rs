//! The command line: what its arguments mean, and its verbs, one file each.

mod args;
mod claims;
mod completions;
mod figures;
mod length;
mod long;
mod merge;
mod nd;
mod paper;
mod plot;
mod progress;
mod report;
mod results;
mod signals;
mod simulate;
mod sweep;
mod theory;
mod train;

use std::error::Error as _;
use std::io::{Write as _, stderr};
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory as _, Parser, Subcommand};

/// The exact laboratory for what randomness does to a robustness number.
#[derive(Debug, Parser)]
#[command(
    name = "gauss-sim",
    version,
    about = "What stochastic pre-processing does to a robustness number, exactly and by simulation",
    long_about = LONG_ABOUT,
    after_help = "Try: gauss-sim sweep --sigma 0..4",
    after_long_help = AFTER_HELP,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

const LONG_ABOUT: &str = "\
What stochastic pre-processing does to a robustness number, exactly and by simulation, on the binary \
Gaussian task: y = ±1, x | y ~ N(y·mean, noise²), a defense that adds θ ~ N(shift, sigma²), an adversary \
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
      rows, charts and a verdict over a range of data_std, in a fresh folder
  gauss-sim sweep --sigma 0..2/41 --eps 0..1.5/31 -o surface
      a whole surface, with heat maps
  gauss-sim claims --sigma 0.3 --eps 0.1
      which of the paper's claims hold there, under which definitions
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

#[derive(Debug, Subcommand)]
enum Verb {
    Theory(theory::Args),
    Simulate(simulate::Args),
    Sweep(sweep::Args),
    Plot(plot::Args),
    Merge(merge::Args),
    Claims(claims::Args),
    Train(train::Args),
    Nd(nd::Args),
    Figures(figures::Args),
    Report(report::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
}

/// What a verb that has done its work has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Done, and theory and simulation agree where both were asked for.
    Done,
    /// Done, and they disagree, or a claim that is required fails.
    Disagree,
    /// Interrupted; what there was is kept, or printed.
    Interrupted,
}

impl Cli {
    /// Runs the verb. The error's message is one line for the user.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let outcome = match self.verb {
            Verb::Theory(args) => args.run(),
            Verb::Simulate(args) => args.run(),
            Verb::Sweep(args) => args.run(),
            Verb::Plot(args) => args.run(),
            Verb::Merge(args) => args.run(),
            Verb::Claims(args) => args.run(),
            Verb::Train(args) => args.run(),
            Verb::Nd(args) => args.run(),
            Verb::Figures(args) => args.run(),
            Verb::Report(args) => args.run(),
            Verb::Completions(args) => args.run(),
            Verb::Man(args) => args.run(),
        }?;
        Ok(match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Disagree => ExitCode::from(1),
            Outcome::Interrupted => ExitCode::from(signals::INTERRUPTED),
        })
    }
}

/// A usage error in one line: clap's message without the usage and the pointer to the help, which
/// `--help` shows.
#[must_use]
pub fn one_line(error: &clap::Error) -> String {
    if let Some(line) = bad_value(error) {
        return line;
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).take_while(|line| {
        !line.starts_with("Usage:") && !line.starts_with("For more information")
    });
    let parts: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let line = parts.join(" ").replace(" tip: ", "; ");
    format!("{}; see --help", line.strip_prefix("error: ").unwrap_or(&line))
}

/// A value that a flag does not take, or a verb that there is not: which, and what would be right.
fn bad_value(error: &clap::Error) -> Option<String> {
    let context = |kind| error.get(kind).map(ToString::to_string).filter(|text| !text.is_empty());
    // `--sigma <RANGE>`
    let flag = || context(ContextKind::InvalidArg)?.split(' ').next().map(str::to_owned);
    match error.kind() {
        // The parsers' messages quote the value and say what would be right.
        ErrorKind::ValueValidation => Some(format!("{}: {}", flag()?, error.source()?)),
        ErrorKind::InvalidValue => Some(format!(
            "{}: {} is not possible: write one of {}",
            flag()?,
            task::range::quote(&context(ContextKind::InvalidValue)?),
            context(ContextKind::ValidValue)?
        )),
        ErrorKind::InvalidSubcommand => {
            let verbs = Cli::command();
            let verbs: Vec<&str> = verbs.get_subcommands().map(clap::Command::get_name).collect();
            let verb = task::range::quote(&context(ContextKind::InvalidSubcommand)?);
            Some(format!("{verb} is not a verb: write one of {}; see --help", verbs.join(", ")))
        }
        // `--resume` has the question already, whichever of the two stands first.
        ErrorKind::ArgumentConflict => {
            let flags = [ContextKind::InvalidArg, ContextKind::PriorArg].map(context);
            let flags = flags.map(|flag| flag?.split(' ').next().map(str::to_owned));
            let other = |resume: &Option<String>| resume.as_deref() == Some("--resume");
            let [first, second] = &flags;
            let flag = match (other(first), other(second)) {
                (true, false) => second.as_deref()?,
                (false, true) => first.as_deref()?,
                _ => return None,
            };
            Some(format!(
                "{flag}: --resume takes the question and all that counts depend on from its folder; leave {flag} out"
            ))
        }
        // What a flag without its value leaves over, as the 1 of `--sigma --eps 1`.
        ErrorKind::UnknownArgument => {
            let left_over = context(ContextKind::InvalidArg).filter(|arg| !arg.starts_with('-'))?;
            let left_over = task::range::quote(&left_over);
            Some(format!(
                "{left_over} belongs to no flag: one before it may lack its value; see --help"
            ))
        }
        _ => None,
    }
}

/// Says a line on standard error, one line whatever is in it, such as the name of a file. That
/// nobody listens any more is no reason to stop the work.
pub fn say(line: &str) {
    let line = line.replace(char::is_control, "?");
    // Nowhere is left to say that this failed.
    let _ = writeln!(stderr(), "{line}");
}
