//! The map of the claims, and the same stages under several definitions: from what was found, and exact
//! values.

use plots::{Axis, Chart, Hatch, Legend, Line, Note, Region, Size, Style};
use theory::accuracy::Accuracies;
use theory::claims::Metric;
use theory::claims::audit::{EndPoint, Extent, Finding};
use theory::claims::frontier::Vertex;
use theory::protocol::Protocol;
use theory::task::{Defense, DomainError, Draws, Eps, Stage};

use super::{Figure, Picture};
use crate::audit::{Audited, Inquiry, same_question};

/// The charts of an audit:
///
/// - the map of the claims under the first definition that was asked for: frontiers as labelled curves,
///   failing regions shaded, end points with their coordinates;
/// - the same for all definitions, a panel each;
/// - the stages against ε under each metric and protocol, at the sigma nearest to ½.
pub fn figures(inquiry: &Inquiry, audited: &[Audited]) -> Result<Vec<Figure>, DomainError> {
    let mut figures = Vec::new();
    if inquiry.sigmas.len() > 1 && inquiry.eps.len() > 1 {
        let definitions = definitions(audited);
        if let Some((metric, draws)) = definitions.first().copied() {
            let title =
                format!("Where the claims fail\n{}, {}", judged(metric, draws), task(inquiry));
            let map = map(inquiry, audited, (metric, draws), Detail::Labelled).title(title);
            let name = "claims_map".to_owned();
            figures.push(Figure { name, picture: map.legend(Legend::below()).into() });
        }
        if definitions.len() > 1 {
            let title = format!("Where the claims fail, by definition\n{}", task(inquiry));
            let columns = if definitions.len() > 4 { 3 } else { 2 };
            let panels = definitions.iter().fold(plots::Figure::new(title, columns), |page, of| {
                page.with(map(inquiry, audited, *of, Detail::Plain).title(brief(of.0, of.1)))
            });
            let rows = definitions.len().div_ceil(columns) as f64;
            let size = Size::inches(6.5, 1.1 + 2.3 * rows);
            let name = "claims_map_by_definition".to_owned();
            figures.push(Figure { name, picture: Picture::Panels(panels, size) });
        }
    }
    if inquiry.eps.len() > 2 {
        figures.push(definitions_along_eps(inquiry, &definitions(audited))?);
    }
    Ok(figures)
}

/// The names of the charts that [`figures`] draws.
#[must_use]
pub fn names(inquiry: &Inquiry) -> Vec<&'static str> {
    let mut definitions: Vec<(Metric, Draws)> = Vec::new();
    for case in inquiry.distinct() {
        if !definitions.contains(&(case.metric, case.draws)) {
            definitions.push((case.metric, case.draws));
        }
    }
    let mut names = Vec::new();
    if inquiry.sigmas.len() > 1 && inquiry.eps.len() > 1 {
        names.push("claims_map");
        names.extend((definitions.len() > 1).then_some("claims_map_by_definition"));
    }
    names.extend((inquiry.eps.len() > 2).then_some("definitions_vs_eps"));
    names
}

fn task(inquiry: &Inquiry) -> String {
    let (mean, noise) = (inquiry.task.mean(), inquiry.task.noise());
    format!("mean μ = {mean}, noise ν = {noise}, shift = {}", inquiry.shift)
}

fn judged(metric: Metric, draws: Draws) -> String {
    let metric = match metric {
        Metric::RobustAccuracy => "robust accuracy",
        Metric::AdversarialAccuracy => "adversarial accuracy",
        Metric::AttackSuccessRate => "attack success rate",
    };
    format!("{metric}, {draws} draws")
}

/// The same for the head of a panel; an input that is judged once may be judged by any draw.
fn brief(metric: Metric, draws: Draws) -> String {
    match (metric, draws) {
        (Metric::AdversarialAccuracy, Draws::Same) => "adversarial, same or fresh".to_owned(),
        (Metric::AdversarialAccuracy, _) => format!("adversarial, {draws}"),
        (Metric::RobustAccuracy, _) => format!("robust, {draws}"),
        (Metric::AttackSuccessRate, _) => format!("attack success, {draws}"),
    }
}

/// Metric and protocol of every question that was answered, once, as it was first asked.
fn definitions(audited: &[Audited]) -> Vec<(Metric, Draws)> {
    let (mut found, mut known) = (Vec::new(), Vec::new());
    for item in audited {
        let (case, question) = (item.finding.case, same_question(&item.finding.case));
        if !known.contains(&(question.metric, question.draws)) {
            known.push((question.metric, question.draws));
            found.push((case.metric, case.draws));
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Detail {
    /// A page of its own: curves and their ends are labelled.
    Labelled,
    /// One of many panels.
    Plain,
}

fn map(inquiry: &Inquiry, audited: &[Audited], of: (Metric, Draws), detail: Detail) -> Chart {
    let of_map = |item: &&Audited| (item.finding.case.metric, item.finding.case.draws) == of;
    let range = |axis: Axis, values: &[f64]| axis.range(values[0], values[values.len() - 1]);
    let (x, y) = match detail {
        Detail::Labelled => (
            "σ, standard deviation of the added noise (units of x)",
            "ε, budget of the adversary (units of x)",
        ),
        Detail::Plain => ("σ (units of x)", "ε (units of x)"),
    };
    let x = range(Axis::linear(x), &inquiry.sigmas);
    let y = match detail {
        Detail::Labelled => {
            // no more than what there is to see
            let loops = audited.iter().filter(of_map).flat_map(|item| &item.finding.map.loops);
            let highest = loops.flatten().map(|vertex| vertex.eps).fold(0.0, f64::max);
            let (low, high) = (inquiry.eps[0], inquiry.eps[inquiry.eps.len() - 1]);
            let seen = low + 1.2 * (highest - low);
            Axis::linear(y).range(low, if seen > low { seen.min(high) } else { high })
        }
        Detail::Plain => range(Axis::linear(y), &inquiry.eps),
    };
    let mut chart = Chart::new(x, y);
    for item in audited.iter().filter(of_map) {
        let Finding { case, map, extent, .. } = &item.finding;
        let style = Style::series(case.claim as usize);
        let name = match extent {
            Extent::Everywhere => continue,
            _ => format!("{} fails", case.claim),
        };
        let point = |vertex: &Vertex| (vertex.sigma, vertex.eps);
        let loops = map.loops.iter().map(|vertices| vertices.iter().map(point).collect());
        let region = Region::new(&name, loops.collect()).style(style).opacity(0.12);
        chart = chart.with(region.hatch(Hatch::series(case.claim as usize)));
        for curve in map.curves() {
            let line = Line::new(&name, curve.iter().map(point)).style(style);
            let label = if detail == Detail::Labelled { case.claim.name() } else { "" };
            chart = chart.with(line.label(label));
        }
        if detail == Detail::Labelled {
            // at the edge of no attack, where a claim begins to hold for every ε
            let first = |end: &&EndPoint| end.eps == inquiry.eps[0];
            for end in item.finding.end_points.iter().filter(first) {
                let text = format!("{:.4}", end.sigma);
                chart = chart.with(Note::new(end.sigma, end.eps, text).style(style));
            }
        }
    }
    chart
}

/// The three stages against ε: one panel a metric and protocol.
fn definitions_along_eps(
    inquiry: &Inquiry,
    definitions: &[(Metric, Draws)],
) -> Result<Figure, DomainError> {
    let usual = 0.5;
    let away = |sigma: &f64| (sigma - usual).abs();
    let sigma = inquiry.sigmas.iter().copied().min_by(|a, b| away(a).total_cmp(&away(b)));
    let sigma = sigma.unwrap_or(usual);
    let defense = Defense::new(inquiry.shift, sigma)?;
    let (low, high) = (inquiry.eps[0], inquiry.eps[inquiry.eps.len() - 1]);
    let budgets: Vec<f64> = (0..=100).map(|i| low + (high - low) * f64::from(i) / 100.0).collect();
    let title = format!("The same stages under each definition\nσ = {sigma}, {}", task(inquiry));
    let columns = if definitions.len() > 4 { 3 } else { definitions.len().clamp(1, 2) };
    let mut panels = plots::Figure::new(title, columns);
    for &(metric, draws) in definitions {
        let (label, value): (_, fn(&Accuracies) -> f64) = match metric {
            Metric::AdversarialAccuracy => ("share of all", |found| found.adversarial.value),
            Metric::RobustAccuracy => ("share of the correct", |found| found.robust.value),
            Metric::AttackSuccessRate => {
                ("share of the correct", |found| found.attack_success_rate.value)
            }
        };
        let x = Axis::linear("ε (units of x)").range(low, high);
        let y = Axis::linear(label).range(0.0, 1.0);
        let mut chart = Chart::new(x, y).title(brief(metric, draws));
        let stages = [Stage::Undefended, Stage::Defended { threshold: 0.0 }, Stage::Trained];
        for (look, stage) in stages.iter().enumerate() {
            let protocol = Protocol::new(&stage.margin(&inquiry.task, &defense)?, draws);
            let at = |&eps: &f64| Ok((eps, value(&protocol.at(Eps::new(eps)?))));
            let points = budgets.iter().map(at).collect::<Result<Vec<_>, DomainError>>()?;
            chart = chart.with(Line::new(stage.name(), points).style(Style::series(look)));
        }
        panels = panels.with(chart);
    }
    let rows = panels.panels.len().div_ceil(panels.columns) as f64;
    let size = Size::inches(6.5, 1.1 + 2.2 * rows);
    Ok(Figure { name: "definitions_vs_eps".to_owned(), picture: Picture::Panels(panels, size) })
}
