//! `gauss-sim nd --certify`: certificates in d dimensions.

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches};
use task::spec::Spec;

use super::Outcome;
use super::ask::{AskVerb, Turn};
use super::certify::{check_predict, plan, planner};
use crate::experiments::certify_nd::wanted::{PLANNER, table};
use crate::experiments::certify_nd::{CertifyNdSpec, KIND};
use crate::experiments::own;

/// What `nd` asks where `--certify` is given.
pub(super) static TURN: Turn = Turn {
    flag: "certify",
    help: "Instead: certificates by randomized smoothing, of a classifier trained with noise",
    long_help: "\
Instead: certificates by randomized smoothing. The classifier is trained with the noise of the file at the scale \
--train-sigma, τ, and asked under noise N(shift, sigma²I); radii are in ℓ2. Rows have what infinitely many answers \
certify, and the adversarial accuracy that no classifier exceeds at that radius. With noise of τ in every direction the \
two are one at the radius τ²‖w‖, in the column optimal_radius. The simulation draws every vector and every answer",
    without: &[],
    verb: &VERB,
};

static VERB: AskVerb = AskVerb { name: "nd --certify", check, ..AskVerb::of(&KIND) };

fn check(matches: &ArgMatches, spec: &dyn Spec) -> Result<()> {
    let spec: CertifyNdSpec = own(spec)?;
    check_predict(matches, spec.predict)
}

/// The flag of the smallest sufficient number of answers.
pub(super) fn n_for() -> Arg {
    planner(&PLANNER).help_heading("With --certify")
}

/// Returns the plan of `--n-for`, if that is given to a verb that has taken its turn.
pub(super) fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    if !matches.contains_id("n_for") {
        return Ok(None);
    }
    if !matches.get_flag(TURN.flag) {
        return Err(anyhow!("--n-for goes with --certify: add it, or leave --n-for out"));
    }
    plan(&VERB, matches, &|spec, wanted| table(&own(spec)?, wanted))
}
