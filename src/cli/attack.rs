//! `gauss-sim attack`: sign-PGD with EOT against a random map, and the smallest sufficient budget.

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches};
use serde_json::json;
use task::attack::{AttackKind, AttackSpec, GainDefense, Subject};
use task::range::short;
use task::spec::Spec;
use theory::attack::{Plan, Planned, diagnose};

use super::Outcome;
use super::ask::AskVerb;
use super::begin::{asked, say_idle};
use super::flags::{self, Output};
use super::output::print;
use super::progress::Working;
use crate::experiments::attack::KIND;
use crate::experiments::attack::enough::{MOST, PLANNER, difference, planned, table};
use crate::experiments::attack::rows::sentences;
use crate::experiments::own;
use crate::table::format::{Format, csv_text};

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
    flags: || vec![enough()],
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
    let Some(&enough) = matches.get_one::<f64>("enough") else { return Ok(None) };
    let (spec, _) = asked(&VERB, matches)?;
    let looked_for = ["attack", "steps", "eot", "budget", "step_size", "start", "loss", "judge"];
    let idle = looked_for.map(|name| (name, "beside --enough"));
    say_idle(matches, spec.as_ref(), &idle);
    let spec: AttackSpec = own(spec.as_ref())?;
    let _working = Working::on("looking for budgets");
    let (point, planned) = flags::install(matches, || planned(&spec, enough))??;
    let named = |error: task::EntryError| anyhow!("--enough {}: {error}", short(enough));
    let gradients = planned.eot.map_or(MOST, |plan| plan.gradients()).min(100_000) as u32;
    let diagnosis = flags::install(matches, || diagnose(&point, gradients))?.map_err(named)?;
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
        _ => {
            lines(&planned, enough, point.attacker().eps.get())
                + &sentences(&diagnosis, gradients, enough).join("\n")
                + "\n"
        }
    };
    print(&text)?;
    Ok(Some(Outcome::Done))
}

fn lines(planned: &Planned, enough: f64, eps: f64) -> String {
    let strongest = planned.strongest.value;
    let of = |name: &str, plan: Option<Plan>| match plan {
        Some(plan) => format!(
            "{name}: {} gradients, k = {} steps of m = {}, step size {} (ε/{:.4}): adversarial accuracy {:.6}, reach {:.4}\n",
            plan.gradients(),
            plan.steps,
            plan.eot,
            short(eps / plan.ratio),
            plan.ratio,
            plan.adversarial.value,
            plan.reach
        ),
        None => format!("{name}: no budget up to {MOST} gradients is enough\n"),
    };
    format!(
        "the strongest fixed move leaves an adversarial accuracy of {strongest:.6}; within {} of it:\n",
        short(enough)
    ) + &of("  without EOT", planned.pgd)
        + &of("  with EOT", planned.eot)
}
