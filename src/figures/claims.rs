//! The map of the claims, from rows alone; and the same stages under several definitions, exact values of
//! which no row is kept.

use plots::{Axis, Chart, Color, Legend, Line, Region, Size, Style};
use task::{Claim, Metric};
use task::{Defense, DomainError, DrawProtocol, Eps, Stage};
use theory::accuracy::Accuracies;
use theory::protocol::Protocol;

use super::{Figure, Picture};
use crate::audit::row::{ClaimRow, RegionRow};
use crate::audit::{Inquiry, same_question};

/// The charts of an audit:
///
/// - the map of the claims under the first definition that was asked for: failing regions shaded, the
///   stronger the more claims fail, and their frontiers as labelled curves;
/// - the same for all definitions, a panel each;
/// - the stages against ε under each metric and protocol, at the sigma nearest to ½.
///
/// The maps are drawn from the rows: claims, and the borders of where they fail.
pub fn figures(
    inquiry: &Inquiry,
    claims: &[ClaimRow],
    regions: &[RegionRow],
) -> Result<Vec<Figure>, DomainError> {
    let mut figures = Vec::new();
    let asked = definitions(inquiry);
    if inquiry.sigmas.len() > 1 && inquiry.eps.len() > 1 {
        let maps: Vec<Map<'_>> =
            asked.iter().map(|of| Map::new(claims, regions, (of.0, of.1.to_string()))).collect();
        if let (Some(map), Some((metric, draws))) = (maps.first(), asked.first()) {
            let title =
                format!("Where the claims fail\n{}, {}", judged(*metric, *draws), task(inquiry));
            let chart = map.chart(Detail::Labelled).title(title).legend(Legend::below());
            figures.push(Figure { name: "claims_map".to_owned(), picture: chart.into() });
        }
        if maps.len() > 1 {
            let title = format!("Where the claims fail, by definition\n{}", task(inquiry));
            let columns = if maps.len() > 4 { 3 } else { 2 };
            let page = plots::Figure::new(title, columns);
            let panels = maps.iter().zip(&asked).fold(page, |page, (map, of)| {
                page.with(map.chart(Detail::Plain).title(brief(of.0, of.1)))
            });
            let rows = maps.len().div_ceil(columns) as f64;
            let size = Size::inches(6.5, 1.1 + 2.3 * rows);
            let name = "claims_map_by_definition".to_owned();
            figures.push(Figure { name, picture: Picture::Panels(panels, size) });
        }
    }
    if inquiry.eps.len() > 2 {
        figures.push(definitions_along_eps(inquiry, &asked)?);
    }
    Ok(figures)
}

/// The names of the charts that [`figures`] draws.
#[must_use]
pub fn names(inquiry: &Inquiry) -> Vec<&'static str> {
    let definitions = definitions(inquiry);
    let mut names = Vec::new();
    if inquiry.sigmas.len() > 1 && inquiry.eps.len() > 1 {
        names.push("claims_map");
        names.extend((definitions.len() > 1).then_some("claims_map_by_definition"));
    }
    names.extend((inquiry.eps.len() > 2).then_some("definitions_vs_eps"));
    names
}

fn task(inquiry: &Inquiry) -> String {
    let (mean, data_std) = (inquiry.task.mean(), inquiry.task.data_std());
    format!("mean μ = {mean}, data_std ν = {data_std}, shift = {}", inquiry.shift)
}

fn judged(metric: Metric, draws: DrawProtocol) -> String {
    let metric = match metric {
        Metric::RobustAccuracy => "robust accuracy",
        Metric::AdversarialAccuracy => "adversarial accuracy",
        Metric::AttackSuccessRate => "attack success rate",
    };
    format!("{metric}, {draws} draws")
}

/// The same for the head of a panel; an input that is judged once may be judged by any draw.
fn brief(metric: Metric, draws: DrawProtocol) -> String {
    match (metric, draws) {
        (Metric::AdversarialAccuracy, DrawProtocol::Same) => {
            "adversarial, same or fresh".to_owned()
        }
        (Metric::AdversarialAccuracy, _) => format!("adversarial, {draws}"),
        (Metric::RobustAccuracy, _) => format!("robust, {draws}"),
        (Metric::AttackSuccessRate, _) => format!("attack success, {draws}"),
    }
}

/// Metric and protocol of every question that is asked, once, as it is first asked.
fn definitions(inquiry: &Inquiry) -> Vec<(Metric, DrawProtocol)> {
    let (mut found, mut known) = (Vec::new(), Vec::new());
    for case in inquiry.cases() {
        let question = same_question(&case);
        if !known.contains(&(question.metric, question.draws)) {
            known.push((question.metric, question.draws));
            found.push((case.metric, case.draws));
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Detail {
    /// A page of its own: curves are labelled, and the legend says where on the lower edge claims fail.
    Labelled,
    /// One of many panels.
    Plain,
}

/// The colours of the claims: none of a stage, since a claim compares stages.
const COLORS: [Color; Claim::ALL.len()] = [
    Color::hex(0x4A_1E_5C),
    Color::hex(0xA8_2A_5B),
    Color::hex(0x85_7F_1B),
    Color::hex(0x0E_7C_86),
    Color::hex(0xB2_86_C6),
];

/// How much each failing region covers.
const SHADE: f64 = 0.09;

/// The rows of one definition.
struct Map<'a> {
    claims: Vec<&'a ClaimRow>,
    regions: Vec<&'a RegionRow>,
}

impl<'a> Map<'a> {
    fn new(
        claims: &'a [ClaimRow],
        regions: &'a [RegionRow],
        (metric, draws): (Metric, String),
    ) -> Self {
        let of = |m: &str, d: &str| m == metric.name() && d == draws;
        Self {
            claims: claims.iter().filter(|row| of(row.metric, &row.draws)).collect(),
            regions: regions.iter().filter(|row| of(row.metric, &row.draws)).collect(),
        }
    }

    /// The borders of the regions in which a claim fails.
    fn borders(&self, claim: &str) -> impl Iterator<Item = Vec<&'a RegionRow>> {
        let rows: Vec<&RegionRow> =
            self.regions.iter().copied().filter(|row| row.claim == claim).collect();
        let most = rows.iter().map(|row| row.region).max().unwrap_or(0);
        (1..=most).map(move |n| rows.iter().copied().filter(|row| row.region == n).collect())
    }

    fn chart(&self, detail: Detail) -> Chart {
        let Some(first) = self.claims.first() else {
            return Chart::new(Axis::linear("σ"), Axis::linear("ε"));
        };
        let ClaimRow { sigma_low, sigma_high, eps_low, eps_high, .. } = **first;
        let (x, y) = match detail {
            Detail::Labelled => (
                "σ, standard deviation of the added noise (units of x)",
                "ε, budget of the adversary (units of x)",
            ),
            Detail::Plain => ("σ (units of x)", "ε (units of x)"),
        };
        let top = match detail {
            Detail::Labelled => {
                // no more than what there is to see
                let highest = self.regions.iter().map(|row| row.eps).fold(0.0, f64::max);
                let seen = eps_low + 1.2 * (highest - eps_low);
                if seen > eps_low { seen.min(eps_high) } else { eps_high }
            }
            Detail::Plain => eps_high,
        };
        let x = Axis::linear(x).range(sigma_low, sigma_high);
        let mut chart = Chart::new(x, Axis::linear(y).range(eps_low, top));
        for row in &self.claims {
            for border in self.borders(row.claim) {
                let corners = border.iter().map(|row| (row.sigma, row.eps)).collect();
                let name = "fails: the stronger the shade, the more";
                let region = Region::new(name, vec![corners]).opacity(SHADE);
                chart = chart.with(region.style(Style::default().color(Color::INK)));
            }
        }
        for row in &self.claims {
            let place = Claim::ALL.iter().position(|claim| claim.name() == row.claim).unwrap_or(0);
            let style = Style::series(place).color(COLORS[place]);
            let label = if detail == Detail::Labelled { row.claim } else { "" };
            let name = match (detail, row.holds) {
                // One entry for all panels.
                (Detail::Plain, _) => row.claim.to_owned(),
                (_, "everywhere") => format!("{} fails nowhere", row.claim),
                (_, "nowhere") => format!("{} fails everywhere", row.claim),
                _ => format!("{} fails{}", row.claim, self.lower_edge(row)),
            };
            chart = chart.with(Line::new(&name, []).style(style));
            for curve in self.borders(row.claim).flat_map(|border| curves(&border)) {
                chart = chart.with(Line::new(&name, curve).style(style).label(label));
            }
        }
        chart
    }

    /// Where on the lower edge, at the least ε, a claim fails.
    fn lower_edge(&self, row: &ClaimRow) -> String {
        let ClaimRow { sigma_low, sigma_high, eps_low, .. } = row;
        let mut intervals = Vec::new();
        for border in self.borders(row.claim) {
            for (a, b) in border.iter().zip(border.iter().cycle().skip(1)) {
                if a.eps == *eps_low && b.eps == *eps_low && a.sigma != b.sigma {
                    intervals.push([a.sigma.min(b.sigma), a.sigma.max(b.sigma)]);
                }
            }
        }
        // The border goes through every value of the grid.
        intervals.sort_by(|a, b| a[0].total_cmp(&b[0]));
        intervals.dedup_by(|next, before| {
            let meets = next[0] == before[1];
            if meets {
                before[1] = next[1];
            }
            meets
        });
        let [[from, to]] = intervals[..] else {
            return String::new();
        };
        let there = match (from == *sigma_low, to == *sigma_high) {
            (true, true) => return String::new(),
            (true, false) => format!("σ < {to:.4}"),
            (false, true) => format!("σ > {from:.4}"),
            (false, false) => format!("{from:.4} < σ < {to:.4}"),
        };
        format!(" (at ε = {eps_low}: {there})")
    }
}

/// The parts of a border that are frontier.
fn curves(border: &[&RegionRow]) -> Vec<Vec<(f64, f64)>> {
    let point = |row: &&RegionRow| (row.sigma, row.eps);
    let Some(start) = border.iter().position(|row| !row.frontier) else {
        return vec![border.iter().chain(border.first()).map(point).collect()];
    };
    let turned = [&border[start..], &border[..start]].concat();
    let runs = turned.split(|row| !row.frontier).filter(|run| !run.is_empty());
    runs.map(|run| run.iter().map(point).collect()).collect()
}

/// The three stages against ε: one panel a metric and protocol.
fn definitions_along_eps(
    inquiry: &Inquiry,
    definitions: &[(Metric, DrawProtocol)],
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
