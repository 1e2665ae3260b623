//! `gauss-sim claims`: where each claim of the paper holds, and where it fails, with a witness.

use anyhow::{Result, anyhow};
use clap::{Arg, ArgAction, ArgMatches};
use task::spec::{Spec, Word, text};
use task::{Claim, DrawProtocol, Metric};
use theory::claims::VoteSteps;
use theory::claims::audit::Extent;

use super::ask::AskVerb;
use super::{Outcome, say};
use crate::experiment::Experiment;
use crate::experiments::claims::{Claims, ClaimsSpec, KIND};
use crate::experiments::own;
use crate::run::Answer;

pub(super) static VERB: AskVerb = AskVerb {
    name: "claims",
    about: "Each claim of the paper: where it holds, or where not, with a witness",
    details: "\
The claims, each under every metric and every protocol that is asked for:
  defense-helps        undefended < defended
  training-hurts       trained < defended
  training-keeps-some  undefended < trained
  trade-off            the metric falls in k on [0, shift] while the rate of invariance rises
  vote-restores        |voted(n) - undefended| falls to 0 as n grows, at every step
  vote-trade-off       the metric falls in n while the rate of invariance rises
Of the attack success rate, smaller is better: the answers are those of robust accuracy.

Examples:
  gauss-sim claims
      all claims on sigma 0..2 × eps 0..1.5, under every definition
  gauss-sim claims --sigma 0.3 --eps 0.1
      which of them hold at my sigma and eps, under which definition
  gauss-sim claims --claim trade-off --sigma 0.65..2/28 --require trade-off
      exit status 1 if the trade-off fails anywhere in this region
  gauss-sim claims --sigma 0.3 --eps 0.1 --samples 1e8
      the difference of the two stages by simulation, on the same samples
  gauss-sim claims --claim vote-trade-off --draws fresh --sigma 0.5 --eps 0.3 --votes 1,11,101
      the claim from 1 vote to 11 and from 11 to 101, with the numbers of each: it is reversed at both steps
  gauss-sim claims -o claims
      rows, frontiers and the map of the claims into a folder
  gauss-sim claims --list
      every statement of the paper and its essay that can be decided: its verdict, its numbers, and the commands
  gauss-sim claims --list --samples 1e5 --format csv
      the same, each case beside its simulation; exit status 1 where one disagrees",
    flags: || vec![require(), super::statements::list()],
    check,
    idle,
    instead: super::statements::instead,
    judge,
    ..AskVerb::of(&KIND)
};

fn require() -> Arg {
    Arg::new("require")
        .long("require")
        .value_name("CLAIMS")
        .value_delimiter(',')
        .action(ArgAction::Append)
        .value_parser(|text: &str| Claim::of(text))
        .help("Exit with status 1 where one of these claims fails anywhere in the region")
        .long_help(
            "Exit with status 1 where one of these claims fails anywhere in the region. Judged under the metrics and \
             protocols that --metric and --draws name; where they are not given, under the paper's: robust_accuracy, \
             same",
        )
}

fn required(matches: &ArgMatches) -> Vec<Claim> {
    matches.get_many::<Claim>("require").into_iter().flatten().copied().collect()
}

/// Rejects a required claim that is not asked about, whether the claims come from flags, a file or a resumed run.
fn check(matches: &ArgMatches, spec: &dyn Spec) -> Result<()> {
    let spec: ClaimsSpec = own(spec)?;
    let asked = |claim: &Claim| spec.claim.as_ref().is_none_or(|asked| asked.0.contains(claim));
    match required(matches).into_iter().find(|claim| !asked(claim)) {
        Some(claim) => Err(anyhow!(
            "--require {claim} is not among the claims that are asked about, {}: name it with --claim, too",
            text(&spec, "claim")
        )),
        None => Ok(()),
    }
}

/// Returns what only the claims along votes use, where none of them is asked about.
fn idle(spec: &dyn Spec) -> Vec<(&'static str, &'static str)> {
    let along = own::<ClaimsSpec>(spec).is_ok_and(|spec| {
        spec.claim.is_none_or(|claims| claims.0.iter().any(|claim| claim.is_along_votes()))
    });
    if along { Vec::new() } else { vec![("votes", "without vote-restores or vote-trade-off")] }
}

/// Reports which required claims fail, and which simulations disagree.
fn judge(matches: &ArgMatches, experiment: &dyn Experiment, answer: &Answer) -> Result<Outcome> {
    let spec: ClaimsSpec = own(experiment.spec())?;
    let required = required(matches);
    let mut outcome = Outcome::Done;
    let Some(claims) = experiment.as_any().downcast_ref::<Claims>() else {
        return Ok(outcome);
    };
    for (item, row) in claims.audited()?.iter().zip(answer.rows().iter()) {
        let case = item.finding.case;
        let judged = (spec.metric.is_some() || case.metric == Metric::RobustAccuracy)
            && (spec.draws.is_some() || case.draws == DrawProtocol::Same);
        if judged && required.contains(&case.claim) && !item.holds() {
            let verdict = match item.finding.extent {
                Extent::CannotBeTold => "cannot be told",
                _ => "fails",
            };
            let votes = match case.votes {
                VoteSteps::All => String::new(),
                votes => format!(", along n = {votes}"),
            };
            say(&format!(
                "--require {}: {verdict} under {}, {} draws{votes}, at σ = {}, ε = {}",
                case.claim,
                case.metric,
                case.draws,
                item.finding.witness.sigma,
                item.finding.witness.eps
            ));
            outcome = Outcome::Disagree;
        }
        if row.truth("agrees") == Some(false) {
            say(&format!(
                "DISAGREE: theory and simulation, {}, {}, {} draws",
                case.claim, case.metric, case.draws
            ));
            outcome = Outcome::Disagree;
        }
    }
    Ok(outcome)
}
