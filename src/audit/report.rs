//! What is found of the claims, for a reader: an overview of all, the details of each, or one point of
//! (sigma, ε), as text for a terminal or a paper.

use task::{Claim, Metric};
use theory::claims::audit::{EndPoint, Extent};
use theory::claims::proof::Cover;

use super::row::statement;
use super::{Audited, same_question};
use crate::answer::Judged as _;
use crate::figures::thousands;
use crate::lines::Lines;
use crate::paired::Sign;
use crate::row::Row;
use crate::table::Format;

/// One line a claim, one column a definition: in how much of the region it holds.
#[must_use]
pub fn overview(audited: &[Audited], format: Format) -> String {
    let groups = definitions(audited);
    let mut header = vec!["claim".to_owned()];
    header.extend(groups.iter().map(|group| group.label.clone()));
    let line = |claim: &Claim| {
        let mut cells = vec![claim.name().to_owned()];
        cells.extend(groups.iter().map(|group| {
            let found = group.items.iter().find(|item| item.finding.case.claim == *claim);
            found.map_or_else(String::new, |item| extent(item))
        }));
        cells
    };
    plain(&header, 1, &claims(audited).iter().map(line).collect::<Vec<_>>(), format)
}

/// Metric and protocol, with all other definitions under which the answers are the same.
struct Definition<'a> {
    label: String,
    items: Vec<&'a Audited>,
}

fn definitions(audited: &[Audited]) -> Vec<Definition<'_>> {
    let mut found: Vec<(Vec<Metric>, Vec<String>, Definition<'_>)> = Vec::new();
    for item in audited {
        let case = item.finding.case;
        let question = same_question(&case);
        let known = found.iter_mut().find(|(_, _, definition)| {
            let first = same_question(&definition.items[0].finding.case);
            (first.metric, first.draws) == (question.metric, question.draws)
        });
        let draws = case.draws.to_string();
        match known {
            Some((metrics, protocols, definition)) => {
                if !metrics.contains(&case.metric) {
                    metrics.push(case.metric);
                }
                if !protocols.contains(&draws) {
                    protocols.push(draws);
                }
                definition.items.push(item);
            }
            None => found.push((
                vec![case.metric],
                vec![draws],
                Definition { label: String::new(), items: vec![item] },
            )),
        }
    }
    found
        .into_iter()
        .map(|(metrics, draws, definition)| {
            let metrics: Vec<&str> = metrics.into_iter().map(short).collect();
            Definition {
                label: format!("{}, {}", metrics.join(" & "), draws.join(" & ")),
                ..definition
            }
        })
        .collect()
}

/// The metric in few letters, for the head of a column.
fn short(metric: Metric) -> &'static str {
    match metric {
        Metric::RobustAccuracy => "robust",
        Metric::AdversarialAccuracy => "adversarial",
        Metric::AttackSuccessRate => "ASR",
    }
}

fn extent(item: &Audited) -> String {
    match item.finding.extent {
        Extent::Everywhere => "holds".to_owned(),
        Extent::Nowhere => "fails".to_owned(),
        Extent::Partly => share(1.0 - item.finding.failing_share),
    }
}

/// A share in percent that is never rounded to all or nothing.
fn share(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 99.95 {
        format!("{percent:.3} %")
    } else if percent > 0.0 && percent < 0.05 {
        format!("{percent:.1e} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// For every question, once: where the claim holds, its frontier, the largest violation, the witness
/// with its numbers, and what all that rests on.
#[must_use]
pub fn details(audited: &[Audited]) -> String {
    let mut text = String::new();
    let mut known = Vec::new();
    for item in audited {
        let question = same_question(&item.finding.case);
        if !known.contains(&question) {
            known.push(question);
            text += &block(item);
        }
    }
    text
}

fn block(item: &Audited) -> String {
    let Audited { finding, .. } = item;
    let case = finding.case;
    let mut text = format!(
        "\n{}, {}, {} draws: {}\n",
        case.claim,
        case.metric,
        case.draws,
        statement(case.claim)
    );
    let mut say = |line: String| text += &format!("  {line}\n");
    say(where_it_holds(item));
    if finding.unresolved > 0 {
        say(format!(
            "at {} points the two sides are equal as far as they can be computed",
            finding.unresolved
        ));
    }
    if let Some(worst) = &finding.worst {
        let by = -worst.contrast.margin.value;
        let [sigma, eps] = [worst.sigma, worst.eps].map(four_digits);
        say(format!("fails the most at σ = {sigma}, ε = {eps}, by {by:.2e}"));
    }
    let sign = if item.difference.value < 0.0 { "" } else { "+" };
    say(format!(
        "{} σ = {}, ε = {}: second − first {sign}{:.3e}",
        if finding.worst.is_some() { "witness" } else { "for example" },
        finding.witness.sigma,
        finding.witness.eps,
        item.difference.value
    ));
    let label = item.rows.iter().map(|row| row.label().chars().count()).max().unwrap_or(0);
    let compared = item.rows.len() - 2;
    for (i, row) in item.rows.iter().enumerate() {
        let place = if i >= compared { ["first", "second"][i - compared] } else { "" };
        say(format!("    {place:7}{:label$}  {}", row.label(), numbers(row)));
    }
    if let Some(line) = simulated(item) {
        say(line);
    }
    for line in evidence(item) {
        say(line);
    }
    text
}

/// Where a claim holds, in one line with the ends of the frontier.
fn where_it_holds(item: &Audited) -> String {
    let finding = &item.finding;
    match finding.extent {
        Extent::Everywhere => return "holds at every point".to_owned(),
        Extent::Nowhere => return "fails at every point".to_owned(),
        Extent::Partly => {}
    }
    let ends: Vec<String> = finding.end_points.iter().map(end_point).collect();
    let share = share(1.0 - finding.failing_share);
    if ends.is_empty() {
        return format!("holds on {share}; the frontier is closed");
    }
    let beyond = beyond(item).map_or_else(String::new, |beyond| format!(", and {beyond}"));
    format!("holds on {share}{beyond}; the frontier meets the edges at {}", ends.join(", "))
}

/// Beyond which sigma the claim holds at every ε of the region, if it does at the largest: where the
/// frontier has its largest sigma.
fn beyond(item: &Audited) -> Option<String> {
    let Audited { finding, evidence, .. } = item;
    let last_column = finding.map.holds.iter().skip(evidence.points[0] - 1);
    if !last_column.step_by(evidence.points[0]).all(|holds| *holds) {
        return None;
    }
    let vertices = || finding.map.loops.iter().flatten();
    let farthest = vertices().max_by(|a, b| a.sigma.total_cmp(&b.sigma))?;
    let end = finding.end_points.iter().find(|end| end.sigma == farthest.sigma);
    Some(match end {
        Some(end) => format!("for every ε where σ > {}", digits(end.sigma, end.error)),
        None => format!("for every ε where σ > {}, about", four_digits(farthest.sigma)),
    })
}

/// At most four digits after the point.
fn four_digits(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

/// (sigma, eps) with as many digits as are known, 12 at most.
fn end_point(end: &EndPoint) -> String {
    format!("(σ {}, ε {})", digits(end.sigma, end.error), digits(end.eps, end.error))
}

/// A number that is known to within `error`.
fn digits(x: f64, error: f64) -> String {
    let digits = (-error.log10()).floor().clamp(0.0, 12.0) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn numbers(row: &Row) -> String {
    format!(
        "clean {:.9}  adversarial {:.9}  robust {:.9}  ASR {:.9}  invariance {:.9}",
        row.clean_accuracy,
        row.adversarial_accuracy,
        row.robust_accuracy,
        row.attack_success_rate,
        row.invariance
    )
}

/// What the simulation of the witness says, in one line.
#[must_use]
fn simulated(item: &Audited) -> Option<String> {
    let found = item.simulated.as_ref()?;
    let shown = shown(found.sign);
    let needed = found.samples_needed.map_or_else(
        || "no number of samples would show it".to_owned(),
        |n| format!("about {} samples show it", thousands(n)),
    );
    Some(format!(
        "simulated: second − first {:+.3e} ({:+.3e} to {:+.3e}), p = {:.1e}, {shown}; {needed}{}",
        found.difference.value,
        found.difference.low,
        found.difference.high,
        found.p_value,
        if found.agrees { "" } else { "; DISAGREES with theory" }
    ))
}

/// What a finding rests on: proofs and points.
fn evidence(item: &Audited) -> Vec<String> {
    let evidence = &item.evidence;
    let mut lines = Vec::new();
    if item.finding.case.claim == Claim::TradeOff {
        lines.push(
            "proven: the rate of invariance rises in k on [0, shift] for every sigma > 0"
                .to_owned(),
        );
    }
    lines.extend(evidence.analytic.map(|text| format!("proven: {text}")));
    if let Some(Cover { holds, fails, open, boxes, .. }) = &evidence.cover {
        lines.push(format!(
            "proven in this region, by bounds over {} cells: holds on {}, fails on {}; open on {}",
            thousands(*boxes as u64),
            share(*holds),
            share(*fails),
            share(*open)
        ));
    }
    let [sigmas, eps] = evidence.points;
    let looked = format!("looked at on {sigmas} × {eps} points of σ × ε");
    lines.push(match (&evidence.cover, item.finding.extent) {
        (Some(_), Extent::Partly) => {
            format!(
                "the frontier: traced through {sigmas} × {eps} points of σ × ε, its points exact"
            )
        }
        (Some(_), _) => format!("{looked}, too"),
        (None, Extent::Partly) => format!("not proven: {looked}; the frontier's points exact"),
        (None, _) => format!("not proven: {looked}"),
    });
    lines
}

/// At one point of (sigma, eps): one line a claim and question.
#[must_use]
pub fn at_a_point(audited: &[Audited], format: Format) -> String {
    let simulated = audited.iter().any(|item| item.simulated.is_some());
    let mut header: Vec<String> =
        ["claim", "metric, draws", "", "first", "second", "second − first"]
            .map(str::to_owned)
            .into();
    if simulated {
        header.extend(["simulated", "interval", "shown", "samples needed"].map(str::to_owned));
    }
    let line = |item: &Audited, label: &str| {
        let compared = &item.rows[item.rows.len() - 2..];
        let value = |row: &Row| match item.finding.case.metric {
            Metric::RobustAccuracy => row.robust_accuracy,
            Metric::AdversarialAccuracy => row.adversarial_accuracy,
            Metric::AttackSuccessRate => row.attack_success_rate,
        };
        let mut cells = vec![
            item.finding.case.claim.name().to_owned(),
            label.to_owned(),
            match (item.finding.unresolved, item.holds()) {
                (0, true) => "holds",
                (0, false) => "fails",
                _ => "equal",
            }
            .to_owned(),
        ];
        cells.extend(compared.iter().map(|row| format!("{} {:.6}", row.label(), value(row))));
        cells.push(format!("{:+.3e}", item.difference.value));
        if let Some(found) = &item.simulated {
            let needed = found.samples_needed.map_or_else(|| "none".to_owned(), thousands);
            cells.push(format!("{:+.3e}", found.difference.value));
            cells.push(format!("{:+.3e} to {:+.3e}", found.difference.low, found.difference.high));
            cells.push(shown(found.sign).to_owned());
            cells.push(needed);
        }
        cells
    };
    let mut lines = Vec::new();
    let definitions = definitions(audited);
    for claim in claims(audited) {
        for definition in &definitions {
            let found = definition.items.iter().find(|item| item.finding.case.claim == claim);
            lines.extend(found.map(|item| line(item, &definition.label)));
        }
    }
    plain(&header, 3, &lines, format)
}

/// The claims, each once, in the order of the argument.
fn claims(audited: &[Audited]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for item in audited {
        if !claims.contains(&item.finding.case.claim) {
            claims.push(item.finding.case.claim);
        }
    }
    claims
}

fn shown(sign: Sign) -> &'static str {
    match sign {
        Sign::FirstBetter => "first is better",
        Sign::SecondBetter => "second is better",
        Sign::NotDecided => "not decided",
    }
}

fn plain(header: &[String], words: usize, lines: &[Vec<String>], format: Format) -> String {
    let rows = lines.iter().map(|line| vec![line.clone()]).collect();
    let lines = Lines { header: header.to_vec(), words, rows };
    match format {
        Format::Latex => lines.latex(),
        Format::Markdown => lines.markdown(),
        _ => lines.plain(),
    }
}
