//! `gauss-sim attack`: sign-PGD with EOT against a random map, and the smallest sufficient budget.

use anyhow::Result;
use clap::{Arg, ArgMatches};
use serde_json::json;
use task::attack::{AttackKind, AttackSpec, GainDefense, Subject};
use task::spec::Spec;
use theory::attack::Plan;

use super::Outcome;
use super::ask::AskVerb;
use super::begin::{asked, say_idle};
use super::flags::{self, Output};
use super::output::print;
use super::progress::Working;
use crate::experiments::attack::KIND;
use crate::experiments::attack::enough::{PLANNER, difference, planned, table, words};
use crate::experiments::attack::law;
use crate::experiments::own;
use crate::table::format::{Format, csv_text, json_text};

pub(super) static VERB: AskVerb = AskVerb {
    name: "attack",
    about: "PGD and EOT against a random map: how many gradients it takes, and whether EOT is needed",
    details: "\
The defense is t(x) = a ⊙ x + θ with gains a and θ drawn anew at every evaluation; sign-PGD moves each coordinate by the \
step size along the sign of the mean of m gradients (EOT), clipped to ε in ℓ∞, and is judged on draws of its own. The \
simulation runs that loop; exact values stand beside it, and the optimum, which no classifier exceeds.

Examples:
  gauss-sim attack --defense scale=10 --dimension 256 --mean 0.25 --eps 0.25 --steps 40 --eot 10
      is one gradient a step enough against gains N(1, 100)?
  gauss-sim attack --defense scale=5 --budget 10..1e4/log13 --step-size best --samples 0 -o budget
      every way to split a budget of gradients, as a chart
  gauss-sim attack --defense drop=0.5 --enough 0.05
      the smallest budget that comes within 0.05 of the strongest attack
  gauss-sim attack --defense add --dimension 1 --mean 1 --eps 0.5 --steps 10 --step-size eps/4 --judge final,any,first,last
      four ways to judge an attack, and four numbers
  gauss-sim attack --defense mirror=0.2 --mean 2,-0.5 --eps 0.4 --steps 8 --step-size eps/4 --training trained",
    flags: || vec![enough(), law()],
    idle,
    instead,
    ..AskVerb::of(&KIND)
};

fn enough() -> Arg {
    flags::planner(&PLANNER)
        .value_parser(difference)
        .long_help(
            "Instead of rows: the smallest budget k·m, with the best step size, whose exact adversarial accuracy is within \
             DIFFERENCE of that of the strongest fixed move; with EOT, and with one gradient a step. The eps and votes are \
             the first of the question; its --attack, --steps, --eot and --budget do not matter.",
        )
}

fn law() -> Arg {
    flags::planner(&law::PLANNER)
        .value_parser(law::steps)
        .conflicts_with("enough")
        .long_help(
            "Instead of rows: where a coordinate is after STEPS steps, in units of ε along the right direction, with the exact \
             probability of each position; for every attack that steps. The eps and votes are the first of the question; \
             its --steps and --budget do not matter.",
        )
}

/// What changes nothing of a question.
fn idle(spec: &dyn Spec) -> Vec<(&'static str, &'static str)> {
    let Ok(spec) = own::<AttackSpec>(spec) else { return Vec::new() };
    let mut idle = Vec::new();
    let mut all = |names: &[&'static str], why| idle.extend(names.iter().map(|name| (*name, why)));
    match (spec.task.0, &spec.defense) {
        (Subject::Spheres, _) => all(&["mean", "data_std", "gain"], "for --task spheres"),
        (_, GainDefense::Mirror(_)) => {
            all(&["gain"], "for mirror, which is one draw for both coordinates");
            if spec.dimension.get() != 2 {
                all(&["dimension"], "for mirror, which has two coordinates");
            }
            all(&["spreads"], "without --task spheres");
        }
        (_, defense) => {
            if *defense == GainDefense::Add {
                all(&["gain"], "for add, whose gains are 1");
            }
            all(&["spreads"], "without --task spheres");
            all(&["training"], "for gains: it is for mirror and spheres");
        }
    }
    let asked = |kind| spec.attack.0.contains(&kind);
    if !(asked(AttackKind::Off) || asked(AttackKind::Pgd) || asked(AttackKind::Eot)) {
        let names = ["steps", "eot", "budget", "step_size", "start", "loss", "judge"];
        all(&names, "without an attack that steps: off, pgd or eot");
    } else if spec.budget.is_some() {
        all(&["steps", "eot"], "beside --budget");
    } else if !asked(AttackKind::Eot) {
        all(&["eot"], "without the attack eot");
    }
    idle
}

/// Returns the plan of `--enough`, if that is given.
fn instead(matches: &ArgMatches) -> Result<Option<Outcome>> {
    if let Some(steps) = matches.get_one::<Vec<u32>>("law") {
        return of_walks(matches, steps).map(Some);
    }
    let Some(&enough) = matches.get_one::<f64>("enough") else { return Ok(None) };
    let (spec, _) = asked(&VERB, matches)?;
    let looked_for = ["attack", "steps", "eot", "budget", "step_size", "start", "loss", "judge"];
    let idle = looked_for.map(|name| (name, "beside --enough"));
    say_idle(matches, spec.as_ref(), &idle);
    let spec: AttackSpec = own(spec.as_ref())?;
    let _working = Working::on("looking for budgets");
    let (point, planned) = flags::install(matches, || planned(&spec, enough))??;
    let text = match Output::of(matches).format.unwrap_or(Format::Table) {
        Format::Json => {
            let of = |plan: Option<Plan>| {
                plan.map(|plan| {
                    json!({
                        "gradients": plan.gradients(), "steps": plan.steps, "eot": plan.eot,
                        "step_size": point.attacker().eps.get() / plan.ratio, "reach": plan.reach,
                        "adversarial_accuracy": plan.adversarial.value,
                    })
                })
            };
            let document = json!({
                "enough": enough, "strongest": planned.strongest.value, "pgd": of(planned.pgd), "eot": of(planned.eot),
            });
            serde_json::to_string_pretty(&document)? + "\n"
        }
        Format::Csv => csv_text(&table(&point, &planned))?,
        _ => flags::install(matches, || words(&point, &planned, enough))??,
    };
    print(&text)?;
    Ok(Some(Outcome::Done))
}

/// Prints the laws of `--law`.
fn of_walks(matches: &ArgMatches, steps: &[u32]) -> Result<Outcome> {
    let (spec, _) = asked(&VERB, matches)?;
    let spec: AttackSpec = own(spec.as_ref())?;
    let rows = flags::install(matches, || law::table(&spec, steps))??;
    let lines = || law::lines(&rows);
    let text = match Output::of(matches).format.unwrap_or(Format::Table) {
        Format::Csv => csv_text(&rows)?,
        Format::Json => {
            json_text(&serde_json::to_value(&spec as &dyn Spec)?, std::slice::from_ref(&rows))?
        }
        Format::Table => lines().plain(),
        Format::Markdown => lines().markdown(),
        Format::Latex => lines().latex(),
    };
    print(&text)?;
    Ok(Outcome::Done)
}
