//! The findings about the claims for a reader: an overview, the details of each claim, or one point of (sigma, ε), as
//! text for a terminal or a paper.

use task::{Claim, Metric};
use theory::claims::Verdict;
use theory::claims::audit::{EndPoint, Evidence, Extent, Finding};
use theory::claims::proof::Cover;

use super::query::{Audited, same_question};
use super::rows::statement;
use crate::experiments::grid::label;
use crate::table::Row;
use crate::table::text::{Lines, number, thousands};

/// A finding with its row of the table.
pub(super) struct Item<'a> {
    pub(super) audited: &'a Audited,
    pub(super) row: Row<'a>,
}

/// Returns the overview, with one line per claim and one column per definition: in how much of the region it holds.
pub(super) fn overview(items: &[Item<'_>]) -> Lines {
    let groups = definitions(items);
    let mut header = vec!["claim".to_owned()];
    header.extend(groups.iter().map(|group| group.label.clone()));
    let line = |claim: &Claim| {
        let mut cells = vec![claim.name().to_owned()];
        cells.extend(groups.iter().map(|group| {
            let found = group.items.iter().find(|item| item.audited.finding.case.claim == *claim);
            found.map_or_else(String::new, |item| extent(item))
        }));
        cells
    };
    Lines { header, words: 1, rows: claims(items).iter().map(|claim| vec![line(claim)]).collect() }
}

/// A metric and protocol, with all other definitions that have the same answers.
struct Definition<'a> {
    label: String,
    items: Vec<&'a Item<'a>>,
}

fn definitions<'a>(items: &'a [Item<'a>]) -> Vec<Definition<'a>> {
    let mut found: Vec<(Vec<Metric>, Vec<String>, Definition<'_>)> = Vec::new();
    for item in items {
        let case = item.audited.finding.case;
        let question = same_question(&case);
        let known = found.iter_mut().find(|(_, _, definition)| {
            let first = same_question(&definition.items[0].audited.finding.case);
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

/// Returns a short name of the metric, for the head of a column.
fn short(metric: Metric) -> &'static str {
    match metric {
        Metric::RobustAccuracy => "robust",
        Metric::AdversarialAccuracy => "adversarial",
        Metric::AttackSuccessRate => "ASR",
    }
}

fn extent(item: &Item<'_>) -> String {
    match item.audited.finding.extent {
        Extent::Everywhere => "holds".to_owned(),
        Extent::Nowhere => "fails".to_owned(),
        Extent::Partly => share(item.audited.finding.holding_share),
        Extent::CannotBeTold => "cannot be told".to_owned(),
    }
}

/// Formats a share in percent, never rounded to 0 % or 100 %.
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

/// Returns, for every distinct question: where the claim holds, its frontier, the largest violation, the witness with
/// its numbers, and what the answer is based on.
pub(super) fn details(items: &[Item<'_>]) -> String {
    let mut text = String::new();
    let mut known = Vec::new();
    for item in items {
        let question = same_question(&item.audited.finding.case);
        if !known.contains(&question) {
            known.push(question);
            text += &block(item);
        }
    }
    text
}

fn block(shown: &Item<'_>) -> String {
    let item = shown.audited;
    let Audited { finding, .. } = item;
    let mut text = head(item);
    let mut say = |line: String| text += &format!("  {line}\n");
    say(where_it_holds(item));
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
    lines_of(item).into_iter().for_each(&mut say);
    if let Some(line) = simulated(&shown.row) {
        say(line);
    }
    for line in evidence(item) {
        say(line);
    }
    text
}

/// Returns the claim with its definition, and what it states.
fn head(item: &Audited) -> String {
    let case = item.finding.case;
    let (claim, metric, draws) = (case.claim, case.metric, case.draws);
    format!("\n{claim}, {metric}, {draws} draws: {}\n", statement(&case))
}

/// Returns the numbers of the witness's stages, and between them those of the listed votes, line by line.
fn lines_of(item: &Audited) -> Vec<String> {
    let compared = item.rows.len() - 2;
    let mut rows: Vec<Row<'_>> = item.rows.iter().collect();
    let [first, second] = [label(&rows[compared]), label(&rows[compared + 1])];
    if let Some(along) = &item.along {
        rows.truncate(compared);
        rows.extend(along.rows.iter());
    }
    let width = rows.iter().map(|row| label(row).chars().count()).max().unwrap_or(0);
    let line = |row: &Row<'_>| {
        let label = label(row);
        let place = match &label {
            label if *label == first => "first",
            label if *label == second => "second",
            _ => "",
        };
        format!("    {place:7}{label:width$}  {}", numbers(row))
    };
    let lines = rows.iter().map(line);
    item.along.iter().map(|along| steps(&along.steps)).chain(lines).collect()
}

/// Returns at how many of the steps between listed votes the claim holds.
fn steps(steps: &[Verdict]) -> String {
    let of = |verdict: Verdict| steps.iter().filter(|step| **step == verdict).count();
    let [holds, fails] = [Verdict::Holds, Verdict::Fails].map(of);
    match steps.len() {
        1 if fails == 1 => "reversed".to_owned(),
        all if fails == all => format!("reversed at each of the {all} steps"),
        all if holds == all => format!("as claimed at each of the {all} steps"),
        all => format!("as claimed at {holds} of {all} steps, reversed at {fails}"),
    }
}

/// Returns, for every distinct question along listed votes at one point: the numbers of the votes.
pub(super) fn along_votes(items: &[Item<'_>]) -> String {
    let mut text = String::new();
    let mut known = Vec::new();
    for item in items.iter().filter(|item| item.audited.along.is_some()) {
        let question = same_question(&item.audited.finding.case);
        if !known.contains(&question) {
            known.push(question);
            text += &head(item.audited);
            lines_of(item.audited).iter().for_each(|line| text += &format!("  {line}\n"));
        }
    }
    text
}

/// Returns where a claim holds, in one line with the ends of the frontier.
#[must_use]
pub fn where_it_holds(item: &Audited) -> String {
    let finding = &item.finding;
    match finding.extent {
        Extent::Everywhere => return "holds at every point".to_owned(),
        Extent::Nowhere => return "fails at every point".to_owned(),
        Extent::CannotBeTold => {
            let Finding { holding_share, failing_share, untold_share, .. } = finding;
            return format!(
                "cannot be told on {}; holds on {}, fails on {}",
                share(*untold_share),
                share(*holding_share),
                share(*failing_share)
            );
        }
        Extent::Partly => {}
    }
    let ends: Vec<String> = finding.end_points.iter().map(end_point).collect();
    let untold = match finding.untold_share {
        0.0 => String::new(),
        untold => format!(", cannot be told on {}", share(untold)),
    };
    let share = share(finding.holding_share) + &untold;
    if ends.is_empty() {
        return format!("holds on {share}; the frontier is closed");
    }
    let beyond = beyond(item).map_or_else(String::new, |beyond| format!(", and {beyond}"));
    format!("holds on {share}{beyond}; the frontier meets the edges at {}", ends.join(", "))
}

/// Returns the sigma beyond which the claim holds at every ε of the region, if it does at the largest sigma: the
/// largest sigma of the frontier.
fn beyond(item: &Audited) -> Option<String> {
    let finding = &item.finding;
    let sigmas = finding.map.sigmas.len();
    let last_column = finding.map.verdicts.iter().skip(sigmas - 1);
    if !last_column.step_by(sigmas).all(|verdict| *verdict == Verdict::Holds) {
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

/// Rounds to four digits after the point.
fn four_digits(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

/// Formats (sigma, eps) with as many digits as are known, at most 12.
fn end_point(end: &EndPoint) -> String {
    format!("(σ {}, ε {})", digits(end.sigma, end.error), digits(end.eps, end.error))
}

/// Formats a number that is known to within `error`.
fn digits(x: f64, error: f64) -> String {
    let digits = (-error.log10()).floor().clamp(0.0, 12.0) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn numbers(row: &Row<'_>) -> String {
    [
        ("clean", "clean_accuracy"),
        ("adversarial", "adversarial_accuracy"),
        ("robust", "robust_accuracy"),
        ("ASR", "attack_success_rate"),
        ("invariance", "invariance"),
    ]
    .map(|(head, name)| format!("{head} {}", number(row.number(name), 9)))
    .join("  ")
}

/// Returns the result of the witness's simulation, in one line.
fn simulated(row: &Row<'_>) -> Option<String> {
    row.count("samples")?;
    let needed = row.count("samples_needed").map_or_else(
        || "no number of samples would show it".to_owned(),
        |n| format!("about {} samples show it", thousands(n)),
    );
    let [difference, low, high] =
        ["mc_difference", "mc_low", "mc_high"].map(|name| row.number(name));
    Some(format!(
        "simulated: second − first {difference:+.3e} ({low:+.3e} to {high:+.3e}), p = {:.1e}, {}; {needed}{}",
        row.number("p_value"),
        shown(row.word("shown")),
        if row.truth("agrees") == Some(false) { "; DISAGREES with theory" } else { "" }
    ))
}

/// Returns what a finding is based on: proofs and points.
fn evidence(item: &Audited) -> Vec<String> {
    let finding = &item.finding;
    let mut lines = Vec::new();
    if finding.case.claim == Claim::TradeOff {
        lines.push(
            "proven: the rate of invariance rises in k on [0, shift] for every sigma > 0"
                .to_owned(),
        );
    }
    if item.along.is_some() && finding.case.claim == Claim::VoteTradeOff {
        lines.push("proven: the rate of invariance rises with n for every sigma > 0".to_owned());
    }
    lines.extend(item.analytic.map(|text| format!("proven: {text}")));
    if let Some(Cover { holds, fails, open, boxes, .. }) = &finding.cover {
        lines.push(format!(
            "proven in this region, by bounds over {} cells: holds on {}, fails on {}; open on {}",
            thousands(*boxes as u64),
            share(*holds),
            share(*fails),
            share(*open)
        ));
    }
    let [sigmas, eps] = item.points();
    let frontier = match finding.extent {
        Extent::Partly => "; the frontier's points are exact",
        _ => "",
    };
    lines.push(match finding.evidence {
        Evidence::Proven => "proven at every point of the region".to_owned(),
        Evidence::ProvenBut { .. } => {
            format!("where it is open: looked at on {sigmas} × {eps} lines of σ × ε{frontier}")
        }
        Evidence::Searched { points } => format!(
            "not proven: looked at along {sigmas} × {eps} lines of σ × ε, at {} points; a region between them is not \
             seen{frontier}",
            thousands(points as u64)
        ),
    });
    if finding.unresolved > 0 {
        lines.push(format!(
            "at {} of these points the difference is below its own error, and cannot be told",
            thousands(finding.unresolved as u64)
        ));
    }
    lines
}

/// Returns the lines for one point of (sigma, eps): one per claim and question.
pub(super) fn at_a_point(items: &[Item<'_>]) -> Lines {
    let simulated = items.iter().any(|item| item.row.count("samples").is_some());
    let mut header: Vec<String> =
        ["claim", "metric, draws", "", "first", "second", "second − first"]
            .map(str::to_owned)
            .into();
    if simulated {
        header.extend(["simulated", "interval", "shown", "samples needed"].map(str::to_owned));
    }
    let line = |item: &Item<'_>, definition: &str| {
        let audited = item.audited;
        let case = audited.finding.case;
        let verdict = match audited.finding.extent {
            Extent::Everywhere => "holds",
            Extent::CannotBeTold => "cannot be told",
            _ => "fails",
        };
        let mut cells = [case.claim.name(), definition, verdict].map(str::to_owned).to_vec();
        let compared = audited.rows.iter().skip(audited.rows.len() - 2);
        let value =
            |row: Row<'_>| format!("{} {}", label(&row), number(row.number(case.metric.name()), 6));
        cells.extend(compared.map(value));
        cells.push(format!("{:+.3e}", audited.difference.value));
        if let Some(difference) = item.row.maybe("mc_difference") {
            let [low, high] = ["mc_low", "mc_high"].map(|name| item.row.number(name));
            let needed = item.row.count("samples_needed");
            cells.push(format!("{difference:+.3e}"));
            cells.push(format!("{low:+.3e} to {high:+.3e}"));
            cells.push(shown(item.row.word("shown")).to_owned());
            cells.push(needed.map_or_else(|| "none".to_owned(), thousands));
        }
        cells
    };
    let mut lines = Vec::new();
    let definitions = definitions(items);
    for claim in claims(items) {
        for definition in &definitions {
            let found =
                definition.items.iter().find(|item| item.audited.finding.case.claim == claim);
            lines.extend(found.map(|item| vec![line(item, &definition.label)]));
        }
    }
    Lines { header, words: 3, rows: lines }
}

/// Returns the claims without repetitions, in the order of the argument.
fn claims(items: &[Item<'_>]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for item in items {
        if !claims.contains(&item.audited.finding.case.claim) {
            claims.push(item.audited.finding.case.claim);
        }
    }
    claims
}

/// Returns, in words, which stage the samples have shown to be better.
fn shown(name: &str) -> &'static str {
    match name {
        "first" => "first is better",
        "second" => "second is better",
        _ => "not decided",
    }
}
