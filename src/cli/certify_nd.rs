//! `gauss-sim nd --certify`: certificates in d dimensions.

use anyhow::{Result, anyhow};
use clap::ArgMatches;
use clap::parser::ValueSource;
use task::spec::Spec;

use super::ask::{AskVerb, Turn};
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

/// Refuses what PREDICT has not.
fn check(matches: &ArgMatches, spec: &dyn Spec) -> Result<()> {
    let spec: CertifyNdSpec = own(spec)?;
    let given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
    let flags = [("n0", "--n0"), ("radius", "--radius")];
    match flags.into_iter().find(|(name, _)| spec.predict && given(name)) {
        None => Ok(()),
        Some((_, flag)) => Err(anyhow!(
            "{flag}: --predict selects no class and certifies no radius: leave out one of the two"
        )),
    }
}
