//! The map of the claims, from rows alone; and the same stages under several definitions, from exact values that are
//! not stored as rows.

use plots::{Axis, Chart, Color, Legend, Line, Region, Size, Style};
use task::spec::{Spec, SpecError};
use task::{Claim, Defense, DomainError, DrawProtocol, Eps, Metric, Stage};
use theory::accuracy::Accuracies;
use theory::claims::VoteSteps;
use theory::protocol::Protocol;

use super::ClaimsSpec;
use super::query::{ClaimQuery, same_question};
use crate::experiments::own;
use crate::report::{Figure, FigureError, Picture};
use crate::table::{Row, Table};

/// Returns the charts of an audit:
///
/// - the map of the claims under the first definition that was asked for: failing regions are shaded, the more
///   strongly the more claims fail, with their frontiers as labelled curves;
/// - the same for all definitions, one panel each;
/// - the stages against ε under each metric and protocol, at the sigma nearest to ½.
///
/// The maps are drawn from the rows: claims, and the borders of the regions where they fail.
pub fn figures(tables: &[Table], spec: Option<&dyn Spec>) -> Result<Vec<Figure>, FigureError> {
    let missing = "charts of claims need run.json and regions.csv beside the rows";
    let missing = || FigureError::Missing(missing.to_owned());
    let wrong = |error: SpecError| FigureError::Missing(error.to_string());
    let spec: ClaimsSpec = own(spec.ok_or_else(missing)?).map_err(wrong)?;
    let query = &ClaimQuery::new(&spec).map_err(wrong)?;
    let claims = &tables[0];
    let regions = tables.iter().find(|table| table.name == "regions").ok_or_else(missing)?;
    let mut figures = Vec::new();
    let asked = definitions(query);
    if query.sigmas.len() > 1 && query.eps.len() > 1 {
        let maps: Vec<Map<'_>> = asked.iter().map(|of| Map::new(claims, regions, *of)).collect();
        if let (Some(map), Some((metric, draws))) = (maps.first(), asked.first()) {
            let title =
                format!("Where the claims fail\n{}, {}", judged(*metric, *draws), task(query));
            let chart = map.chart(Detail::Labelled).title(title).legend(Legend::below());
            figures.push(Figure { name: "claims_map".to_owned(), picture: chart.into() });
        }
        if maps.len() > 1 {
            let title = format!("Where the claims fail, by definition\n{}", task(query));
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
    if query.eps.len() > 2 {
        figures.push(definitions_along_eps(query, &asked)?);
    }
    Ok(figures)
}

fn task(query: &ClaimQuery) -> String {
    let (mean, data_std) = (query.task.mean(), query.task.data_std());
    let votes = match query.votes {
        VoteSteps::All => String::new(),
        votes => format!(", votes n = {votes}"),
    };
    format!("mean μ = {mean}, data_std ν = {data_std}, shift = {}{votes}", query.shift)
}

fn judged(metric: Metric, draws: DrawProtocol) -> String {
    let metric = match metric {
        Metric::RobustAccuracy => "robust accuracy",
        Metric::AdversarialAccuracy => "adversarial accuracy",
        Metric::AttackSuccessRate => "attack success rate",
    };
    format!("{metric}, {draws} draws")
}

/// Returns the same for the head of a panel; for an input that is classified once, the draw does not matter.
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

/// Returns the metric and protocol of every question, without repetitions, in the order in which they are first asked.
fn definitions(query: &ClaimQuery) -> Vec<(Metric, DrawProtocol)> {
    let (mut found, mut known) = (Vec::new(), Vec::new());
    for case in query.cases() {
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
    /// A separate page: curves are labelled, and the legend says where on the lower edge claims fail.
    Labelled,
    /// One of many panels.
    Plain,
}

/// The colours of the claims: not those of the stages, since a claim compares stages.
const COLORS: [Color; Claim::ALL.len()] = [
    Color::hex(0x4A_1E_5C),
    Color::hex(0xA8_2A_5B),
    Color::hex(0x85_7F_1B),
    Color::hex(0x0E_7C_86),
    Color::hex(0xB2_86_C6),
    Color::hex(0x6B_4E_2E),
];

/// The opacity of each failing region.
const SHADE: f64 = 0.09;

/// The rows of one definition.
struct Map<'a> {
    claims: Vec<Row<'a>>,
    regions: Vec<Row<'a>>,
}

impl<'a> Map<'a> {
    fn new(claims: &'a Table, regions: &'a Table, (metric, draws): (Metric, DrawProtocol)) -> Self {
        let draws = draws.to_string();
        let of = |row: &Row<'_>| row.word("metric") == metric.name() && row.word("draws") == draws;
        Self {
            claims: claims.iter().filter(of).collect(),
            regions: regions
                .iter()
                .filter(of)
                .filter(|row| row.word("verdict") == "fails")
                .collect(),
        }
    }

    /// Returns the borders of the regions in which a claim fails.
    fn borders(&self, claim: &str) -> Vec<Vec<Row<'a>>> {
        let rows: Vec<Row<'a>> =
            self.regions.iter().copied().filter(|row| row.word("claim") == claim).collect();
        let region = |row: &Row<'_>| row.count("region").unwrap_or(0);
        let most = rows.iter().map(region).max().unwrap_or(0);
        let of = |n| rows.iter().copied().filter(|row| region(row) == n).collect();
        (1..=most).map(of).collect()
    }

    fn chart(&self, detail: Detail) -> Chart {
        let Some(first) = self.claims.first() else {
            return Chart::new(Axis::linear("σ"), Axis::linear("ε"));
        };
        let [sigma_low, sigma_high, eps_low, eps_high] =
            ["sigma_low", "sigma_high", "eps_low", "eps_high"].map(|name| first.number(name));
        let (x, y) = match detail {
            Detail::Labelled => (
                "σ, standard deviation of the added noise (units of x)",
                "ε, adversary’s budget (units of x)",
            ),
            Detail::Plain => ("σ (units of x)", "ε (units of x)"),
        };
        let top = match detail {
            Detail::Labelled => {
                // No higher than necessary.
                let highest = self.regions.iter().map(|row| row.number("eps")).fold(0.0, f64::max);
                let seen = eps_low + 1.2 * (highest - eps_low);
                if seen > eps_low { seen.min(eps_high) } else { eps_high }
            }
            Detail::Plain => eps_high,
        };
        let x = Axis::linear(x).range(sigma_low, sigma_high);
        let mut chart = Chart::new(x, Axis::linear(y).range(eps_low, top));
        for row in &self.claims {
            for border in self.borders(row.word("claim")) {
                let corners = border.iter().map(point).collect();
                let name = "fails: the stronger the shade, the more";
                let region = Region::new(name, vec![corners]).opacity(SHADE);
                chart = chart.with(region.style(Style::default().color(Color::INK)));
            }
        }
        for row in &self.claims {
            let place =
                Claim::ALL.iter().position(|claim| claim.name() == row.word("claim")).unwrap_or(0);
            let style = Style::series(place).color(COLORS[place]);
            let label = if detail == Detail::Labelled { row.word("claim") } else { "" };
            let claim = row.word("claim");
            let name = match (detail, row.word("holds")) {
                // One entry for all panels.
                (Detail::Plain, _) => claim.to_owned(),
                (_, "everywhere") => format!("{claim} fails nowhere"),
                (_, "nowhere") => format!("{claim} fails everywhere"),
                _ => format!("{claim} fails{}", self.lower_edge(row)),
            };
            chart = chart.with(Line::new(&name, []).style(style));
            for curve in self.borders(row.word("claim")).iter().flat_map(|border| curves(border)) {
                chart = chart.with(Line::new(&name, curve).style(style).label(label));
            }
        }
        chart
    }

    /// Returns a description of the parts of the lower edge, at the smallest ε, where a claim fails.
    fn lower_edge(&self, row: &Row<'_>) -> String {
        let [sigma_low, sigma_high, eps_low] =
            ["sigma_low", "sigma_high", "eps_low"].map(|name| row.number(name));
        let mut intervals = Vec::new();
        for border in self.borders(row.word("claim")) {
            let points: Vec<(f64, f64)> = border.iter().map(point).collect();
            for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
                if a.1 == eps_low && b.1 == eps_low && a.0 != b.0 {
                    intervals.push([a.0.min(b.0), a.0.max(b.0)]);
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
        let there = match (from == sigma_low, to == sigma_high) {
            (true, true) => return String::new(),
            (true, false) => format!("σ < {to:.4}"),
            (false, true) => format!("σ > {from:.4}"),
            (false, false) => format!("{from:.4} < σ < {to:.4}"),
        };
        format!(" (at ε = {eps_low}: {there})")
    }
}

fn point(row: &Row<'_>) -> (f64, f64) {
    (row.number("sigma"), row.number("eps"))
}

/// Returns the parts of a border that belong to the frontier.
fn curves(border: &[Row<'_>]) -> Vec<Vec<(f64, f64)>> {
    let frontier = |row: &Row<'_>| row.truth("frontier") == Some(true);
    let Some(start) = border.iter().position(|row| !frontier(row)) else {
        return vec![border.iter().chain(border.first()).map(point).collect()];
    };
    let turned = [&border[start..], &border[..start]].concat();
    let runs = turned.split(|row| !frontier(row)).filter(|run| !run.is_empty());
    runs.map(|run| run.iter().map(point).collect()).collect()
}

/// Returns the three stages against ε, with one panel per metric and protocol.
fn definitions_along_eps(
    query: &ClaimQuery,
    definitions: &[(Metric, DrawProtocol)],
) -> Result<Figure, FigureError> {
    let usual = 0.5;
    let away = |sigma: &f64| (sigma - usual).abs();
    let sigma = query.sigmas.iter().copied().min_by(|a, b| away(a).total_cmp(&away(b)));
    let sigma = sigma.unwrap_or(usual);
    let defense = Defense::new(query.shift, sigma)?;
    let (low, high) = (query.eps[0], query.eps[query.eps.len() - 1]);
    let budgets: Vec<f64> = (0..=100).map(|i| low + (high - low) * f64::from(i) / 100.0).collect();
    let title = format!("The same stages under each definition\nσ = {sigma}, {}", task(query));
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
            let protocol = Protocol::new(&stage.margin(&query.task, &defense)?, draws);
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
