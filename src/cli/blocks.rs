//! `gauss-sim blocks`: a random one of several independent sub-problems; and `nd --blocks`, blocks of coordinates.

use anyhow::{Result, anyhow};
use clap::ArgMatches;
use clap::parser::ValueSource;
use task::spec::Spec;

use super::ask::{AskVerb, Turn};
use crate::experiments::blocks::{BlocksSpec, KIND};
use crate::experiments::linear::file::TaskFile;
use crate::experiments::own;

pub(super) static VERB: AskVerb = AskVerb {
    name: "blocks",
    about: "A random one of independent sub-problems, against votes and a joint classifier",
    details: "\
Each block has a classifier of its own and a distance from its boundary, T ~ N(mean, data_std²), independent of other blocks; \
it is right iff T > 0, and moving the block by T turns it. The adversary sees the input, not what is drawn at random, and \
turns the blocks that pay best: in norm inf all within eps, in norms 2 and 1 the nearest as far as the budget goes, in norm 0 \
any eps of them. The choices:
  random    a block at random, drawn for every query: one block is evaluated
  vote k    + iff at least k blocks say +; vote k and vote B + 1 − k have the same accuracy
  single    the block that is best against this adversary
  joint     the linear classifier of all blocks that is best without an adversary
  optimum   the one that no classifier, random or not, is better than against this adversary
An adversary who pays has no budget: he moves as long as another unit is worth it in errors.

Examples:
  gauss-sim blocks --blocks 5 --mean 1.5 --norm 2,1,inf,0 --eps 0..3 --samples 0 -o blocks
      all choices against the budget, one panel a norm
  gauss-sim blocks --blocks 5 --mean 1.5 --norm 2 --eps 1
      exact beside simulated
  gauss-sim blocks --pay 1
      an adversary who pays an error for a unit
  gauss-sim blocks --mean 1,2,1.5 --blocks 3 --choice random,majority,optimum
      blocks of different strength
  gauss-sim blocks --blocks 1..10:1 --norm 2,inf --samples 0 -o growth
      against the number of blocks
  gauss-sim blocks --blocks 2 --correlation 0.5 --mix 0.7 --eps 0..2 --samples 0 -o ensemble
      two correlated classifiers, the first with probability 0.7
  gauss-sim nd examples/tasks/proportional.toml --blocks 0-2
      blocks of coordinates of a task in d dimensions",
    check,
    ..AskVerb::of(&KIND)
};

/// Refuses flags that another one takes the place of.
fn check(matches: &ArgMatches, spec: &dyn Spec) -> Result<()> {
    let spec: BlocksSpec = own(spec)?;
    let given = |name: &str| {
        let known = matches.try_contains_id(name).unwrap_or(false);
        known && matches.value_source(name) == Some(ValueSource::CommandLine)
    };
    if spec.pay.is_some() && given("eps") {
        return Err(anyhow!(
            "--eps: an adversary who pays has no budget: leave out --pay or --eps"
        ));
    }
    if spec.task != TaskFile::default() {
        for (name, flag) in [
            ("mean", "--mean"),
            ("data_std", "--data-std"),
            ("correlation", "--correlation"),
            ("mix", "--mix"),
        ] {
            if given(name) {
                return Err(anyhow!("{flag}: the task says what its blocks are: leave {flag} out"));
            }
        }
    }
    Ok(())
}

/// What `nd` asks where `--blocks` is given.
pub(super) static TURN: Turn = Turn {
    flag: "blocks",
    help: "",
    long_help: "",
    without: &["mean", "data_std", "correlation", "mix"],
    verb: &VERB,
};
