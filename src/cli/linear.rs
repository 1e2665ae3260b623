//! `gauss-sim nd`: the task in d dimensions, from a file.

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches};
use task::range::quote;

use super::Outcome;
use super::ask::AskVerb;
use super::output::print;
use crate::experiments::linear::KIND;
use crate::experiments::linear::examples::{EXAMPLES, text_of};

pub(super) static VERB: AskVerb = AskVerb {
    name: "nd",
    about: "The task in d dimensions, from a file: training, voting and the robust optimum",
    details: "\
The file says what the data are (y = ±1, x | y ~ N(y·mean, covariance)), what the defense adds (θ ~ N(shift, \
sigma²·covariance)) and in which ℓp norm the adversary's budget eps is counted:
  [task]
  mean = [1.2, 1.0]
  covariance = [1.0, 0.25]     # a number, a list of variances, a list of rows, or a CSV file's name
  prior = 0.5                  # P[y = 1]
  [defense]
  shift = 1.0
  covariance = 1.0
  [adversary]
  norm = 2                     # at least 1, or \"inf\"

The stages: undefended, the best classifier without an adversary; defended, the same with θ added to its \
input; trained with θ; voted, the majority of several trained draws; optimum, the best classifier against \
eps. The simulation draws real vectors, moves them by the adversary's real perturbation, and draws every vote.

Examples:
  gauss-sim nd --example isotropic > task.toml
      a task to begin with: isotropic, max_norm, proportional or one_dimension
  gauss-sim nd examples/tasks/isotropic.toml --eps 1
      training with noise, and many votes, as the robust optimum
  gauss-sim nd examples/tasks/isotropic.toml --eps 0..2 -o isotropic
      rows.csv, classifiers.csv, run.json and charts along eps
  gauss-sim nd examples/tasks/max_norm.toml --sigma 0..2 --votes inf --samples 0 -o max_norm
      exact, along the spread of θ: how near to the optimum
  gauss-sim nd examples/tasks/proportional.toml --norm inf
      the same task against another adversary
  gauss-sim nd examples/tasks/isotropic.toml --certify --train-sigma 0,1 --n 1e3,inf --radius 0..2 --samples 10k -o certified
      what randomized smoothing certifies with and without training with noise, beside the robust optimum
  gauss-sim nd examples/tasks/isotropic.toml --certify --n-for radius=2
      how many answers that takes
  gauss-sim nd examples/tasks/correlated.toml --samples 1e8 --time 1h -o long
      for an hour at most; gauss-sim nd --resume long goes on
  gauss-sim nd examples/tasks/isotropic.toml --blocks 0,1
      each coordinate as a sub-problem of its own: see gauss-sim blocks",
    flags: || vec![example(), super::certify_nd::n_for()],
    turns: &[&super::certify_nd::TURN, &super::blocks::TURN],
    instead,
    ..AskVerb::of(&KIND)
};

fn example() -> Arg {
    Arg::new("example")
        .long("example")
        .value_name("NAME")
        .value_parser(|name: &str| {
            text_of(name.trim()).ok_or_else(|| {
                let names = EXAMPLES.map(|(name, _)| name).join(", ");
                format!("{} is not an example: write {names}", quote(name))
            })
        })
        .help("Print the file of an example task, to begin with, and do nothing else")
}

/// Prints an example, or a number of answers, where one is asked for.
fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    let Some(text) = matches.get_one::<&'static str>("example") else {
        if matches.contains_id("n_for") {
            VERB.turned(matches)?;
        }
        return super::certify_nd::instead(matches);
    };
    if matches.contains_id("task") {
        return Err(anyhow!("--example prints a task and does nothing else; leave TASK.toml out"));
    }
    print(text)?;
    Ok(Some(Outcome::Done))
}
