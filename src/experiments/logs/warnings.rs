//! What has to be said of logs before anybody believes a number of theirs.

use theory::logs::chi_square::survival;
use theory::math::normal;

use super::count::{Counted, Counts};
use super::curves::INPUTS;
use super::rows::{Compared, Metric};

/// A test of how draws look says so below this p-value.
const SUSPECT: f64 = 1e-4;

/// The warnings of a log, one line each.
pub(super) fn warnings(
    counted: &Counted,
    rows: &[Metric],
    compared: &[Compared],
    (votes, tries): (&[u32], &[u32]),
) -> Vec<String> {
    let mut lines = Vec::new();
    too_few(counted, votes, tries, &mut lines);
    for (input, counts) in INPUTS.iter().zip([&counted.clean, &counted.attacked]) {
        dependent(counted, counts, input, &mut lines);
    }
    redraw(rows, &mut lines);
    undefended(counted, rows, &mut lines);
    conditional(compared, &mut lines);
    lines.iter().map(|line| format!("warning: {line}")).collect()
}

fn too_few(counted: &Counted, votes: &[u32], tries: &[u32], lines: &mut Vec<String>) {
    let logged = counted.clean.draws.min(counted.attacked.draws);
    let asked = [("votes", votes), ("tries", tries)]
        .map(|(what, of)| (what, of.last().copied().unwrap_or(0)))
        .into_iter()
        .filter(|(_, most)| *most > logged)
        .map(|(what, most)| format!("{most} {what}"))
        .collect::<Vec<_>>()
        .join(" and ");
    if !asked.is_empty() {
        lines.push(format!(
            "{asked} are asked for and {logged} draws are logged: beyond {logged} there is the fitted task alone"
        ));
    }
}

fn find<'a>(
    rows: &'a [Metric],
    stage: &str,
    metric: &str,
    draws: Option<&str>,
) -> Option<&'a Metric> {
    rows.iter().find(|row| {
        row.stage == stage
            && row.metric == metric
            && row.draws.as_deref() == draws
            && row.votes.is_none()
    })
}

/// Draws that are shared between samples, or depend on each other, or are none.
fn dependent(counted: &Counted, counts: &Counts, input: &str, lines: &mut Vec<String>) {
    let m = f64::from(counts.draws);
    if counts.draws < 2 {
        return;
    }
    let squares: f64 = counts.right.iter().map(|c| f64::from(*c) * (m - f64::from(*c))).sum();
    if squares == 0.0 {
        if counted.samples > 1 {
            lines.push(format!(
                "all draws on the {input} input are right together or wrong together: the defense is not random there, or one draw was logged many times"
            ));
        }
        return;
    }
    // Cochran's Q: given how many draws of each sample are right, each place is as likely as any.
    let total: f64 = counts.by_draw.iter().map(|n| *n as f64).sum();
    let mean = total / m;
    let spread: f64 = counts.by_draw.iter().map(|n| (*n as f64 - mean).powi(2)).sum();
    let q = m * (m - 1.0) * spread / squares;
    let p = survival(q, counts.draws - 1);
    if p < SUSPECT {
        lines.push(format!(
            "the accuracy on the {input} input differs between draws more than chance allows (Cochran's Q {q:.0} on {} degrees of freedom, p-value {p:.1e}): \
             all samples seem to share their draws, so that intervals over samples are too narrow",
            counts.draws - 1
        ));
    }
    let [seen, expected, variance] = counts.changes;
    if variance > 0.0 {
        let z = (seen - expected) / variance.sqrt();
        let p = 2.0 * normal::sf(z.abs());
        if p < SUSPECT {
            let how = if z < 0.0 { "alike" } else { "unlike" };
            lines.push(format!(
                "neighbouring draws on the {input} input are {how} more often than chance allows ({z:.1} standard deviations): the draws depend on each other"
            ));
        }
    }
}

/// A success rate that a new draw alone explains.
fn redraw(rows: &[Metric], lines: &mut Vec<String>) {
    let attack = find(rows, "defended", "attack_success_rate", Some("fresh"));
    let again = find(rows, "defended", "redraw_success_rate", Some("fresh"));
    if let (Some(attack), Some(again)) = (attack, again)
        && attack.low <= again.high
        && attack.estimate > 0.0
    {
        lines.push(format!(
            "the attack succeeds on {:.4} of what is right (at least {:.4}), and a new draw without any attack on {:.4} (up to {:.4}): \
             the difference is not shown; an attack that is judged while it optimises counts such draws as successes",
            attack.estimate, attack.low, again.estimate, again.high
        ));
    }
}

/// An undefended model that is as robust.
fn undefended(counted: &Counted, rows: &[Metric], lines: &mut Vec<String>) {
    let undefended = find(rows, "undefended", "adversarial_accuracy", None);
    let defended = find(rows, "defended", "adversarial_accuracy", None);
    let (Some(without), Some(with)) = (undefended, defended) else {
        return disagree(rows, lines);
    };
    if with.estimate <= without.estimate || with.low <= without.high {
        let verdict = if with.estimate <= without.estimate {
            "not less robust"
        } else {
            "not shown to be less robust"
        };
        lines.push(format!(
            "the undefended model is {verdict}: its adversarial accuracy is {:.4} ({:.4} to {:.4}), and {:.4} ({:.4} to {:.4}) with the defense, of {} samples",
            without.estimate, without.low, without.high, with.estimate, with.low, with.high, counted.samples
        ));
    }
    disagree(rows, lines);
}

/// The defense has the better conditional number and the worse unconditional one, or the other way round.
fn disagree(rows: &[Metric], lines: &mut Vec<String>) {
    let of = |metric: &str| {
        let draws = (metric == "robust_accuracy").then_some("fresh");
        let with = find(rows, "defended", metric, draws)?.estimate;
        let without = find(rows, "undefended", metric, None)?.estimate;
        Some((with, without))
    };
    if let (Some((robust, robust_without)), Some((right, right_without))) =
        (of("robust_accuracy"), of("adversarial_accuracy"))
        && (robust - robust_without) * (right - right_without) < 0.0
    {
        let [better, worse] =
            if robust > robust_without { ["higher", "lower"] } else { ["lower", "higher"] };
        lines.push(format!(
            "conditional and unconditional numbers disagree: with the defense robust_accuracy is {better} ({robust:.4} against {robust_without:.4}) \
             and adversarial_accuracy is {worse} ({right:.4} against {right_without:.4})"
        ));
    }
}

/// The same of two defenses.
fn conditional(compared: &[Compared], lines: &mut Vec<String>) {
    let of = |metric: &str, draws: Option<&str>| {
        compared.iter().find(|row| {
            row.metric == metric && row.draws.as_deref() == draws && row.votes.is_none()
        })
    };
    if let (Some(robust), Some(right)) =
        (of("robust_accuracy", Some("fresh")), of("adversarial_accuracy", None))
        && robust.difference * right.difference < 0.0
    {
        let [one, two] =
            if right.difference > 0.0 { ["second", "first"] } else { ["first", "second"] };
        lines.push(format!(
            "conditional and unconditional numbers disagree about who is better: adversarial_accuracy says the {one}, robust_accuracy the {two}"
        ));
    }
}
