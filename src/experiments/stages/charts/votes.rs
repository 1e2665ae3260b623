//! Robust accuracy against the number of votes: how voting removes the gain again.

use plots::{Axis, Chart, Color, Dash, Legend, Line, Points, Reference, Style};
use task::{Eps, Margin, Task, Votes};
use theory::convergence::{Asymptote, asymptote};

use crate::columns;
use crate::experiments::accuracies::ROBUST;
use crate::experiments::grid::EPS;
use crate::experiments::stage_style::{self, SigmaCurve, by_sigma};
use crate::report::Figure;
use crate::report::curves::{Data, distinct, log_spaced, samples};
use crate::table::{Row, Table};

/// The smallest number of numbers of votes of a curve.
const LEAST: usize = 3;

columns! {
    /// A point of the curve along which many votes approach their limit.
    pub struct ApproachRow {
        /// The standard deviation of θ.
        sigma: f64,
        /// The adversary's budget.
        eps: f64,
        /// A number of votes; not a whole one, for a smooth curve.
        votes: f64,
        /// The robust accuracy of infinitely many votes.
        limit: f64,
        /// The leading term is limit + coefficient/votes^power.
        coefficient: f64,
        /// 1 or ½.
        power: f64,
        /// The leading term.
        leading_term: f64,
    }
}

/// Returns the leading terms that are drawn in the chart against the number of votes, point by point: for each of its
/// curves, from where the leading term is within half of the curve's distance from the limit.
#[must_use]
pub fn approach_table(table: &Table) -> Table {
    let data = stage_style::data(table, String::new(), None);
    let (eps, curves, _) = voted_curves(&data);
    let rows = curves.iter().flat_map(|curve| approach_of(&data, curve, eps));
    Table::of("votes_leading_term", rows.collect::<Vec<_>>())
}

/// Returns the chart with one curve per sigma, the limit, and the approach to it; `None` if no sigma has enough
/// numbers of votes.
pub(super) fn against_votes(data: &Data<'_>) -> Option<Figure> {
    let (eps, curves, note) = voted_curves(data);
    let drawn_rows = || curves.iter().flat_map(|curve| curve.rows.iter().copied());
    let counts = || drawn_rows().filter_map(|row| row.maybe("votes"));
    counts().next()?;
    let limit = limit(data, eps);
    // The asymptotes leave the axes where votes are few.
    let simulated = |row: &Row<'_>| (ROBUST.simulated)(row);
    let ends = drawn_rows().flat_map(|row| {
        let bar = simulated(&row).map(|[_, low, high]| [low, high]);
        [row.number("robust_accuracy")].into_iter().chain(bar.into_iter().flatten())
    });
    let (low, high) = ends
        .chain(limit)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let mut y = Axis::linear(ROBUST.label);
    let room = 0.05 * (high - low);
    if room > 0.0 {
        // Leave room for the label of the limit, which is the lowest.
        y = y.range(low - 2.0 * room, high + room);
    }
    let mut chart = Chart::new(Axis::log("n, votes"), y);
    let mut power = None;
    for curve in &curves {
        let approach = approach_of(data, curve, eps);
        power = power.or(approach.first().map(|row| row.power));
        let style = curve.style.dash(Dash::Short).width(0.8);
        let line = approach.iter().map(|row| (row.votes, row.leading_term));
        chart = chart.with(Line::new("", line).style(style));
        let mut rows: Vec<(f64, Row<'_>)> =
            curve.rows.iter().filter_map(|row| Some((row.maybe("votes")?, *row))).collect();
        // From many votes to few, so that the label is placed where the curves are apart.
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let line = rows.iter().map(|(n, row)| (*n, row.number("robust_accuracy")));
        let points = rows.iter().filter_map(|(n, row)| {
            let [value, low, high] = simulated(row)?;
            Some((*n, value, low, high))
        });
        chart = chart
            .with(Line::new("", line).style(curve.style).label(format!("σ = {}", curve.sigma)))
            .with(Points::new("", points).style(curve.style));
    }
    if let Some(limit) = limit {
        chart = chart.with(Reference::horizontal(limit, "undefended, the limit"));
    }
    let mut legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
    if let Some(power) = power {
        // An entry without a curve of its own.
        let style = Style::neutral().color(Color::GREY).dash(Dash::Short).width(0.8);
        chart = chart.with(Line::new(approach(power), []).style(style));
        legend = legend.line_means("theory, at whole n");
    }
    Some(Figure {
        name: "robust_accuracy_vs_votes".to_owned(),
        picture: chart
            .title(format!(
                "Robust accuracy against the number of votes\nε = {eps}, {}{}{note}",
                data.task,
                samples(drawn_rows())
            ))
            .legend(legend)
            .into(),
    })
}

/// Returns the ε of the chart, its curves, and the part of its title about those left out.
fn voted_curves<'a>(data: &Data<'a>) -> (f64, Vec<SigmaCurve<'a>>, String) {
    let table = data.table;
    let voted = || table.iter().filter(|row| row.word("stage") == "voted");
    let budgets: Vec<f64> = voted().map(|row| row.number("eps")).collect();
    let eps = EPS.nearest(&budgets);
    let finite =
        |row: &Row<'_>| row.number("eps") == eps && row.maybe("votes").is_some_and(f64::is_finite);
    let (curves, note) = by_sigma(voted().filter(finite), |rows| {
        distinct(rows.iter().filter_map(|row| row.maybe("votes"))) >= LEAST
    });
    (eps, curves, note)
}

/// Returns the leading term along a curve.
fn approach_of(data: &Data<'_>, curve: &SigmaCurve<'_>, eps: f64) -> Vec<ApproachRow> {
    let counts = || curve.rows.iter().filter_map(|row| row.maybe("votes"));
    let ends = counts().min_by(f64::total_cmp).zip(counts().max_by(f64::total_cmp));
    let (Some(asymptote), Some((least, most))) = (asymptote_at(data, curve.sigma, eps), ends)
    else {
        return Vec::new();
    };
    let Asymptote { limit, coefficient, power } = asymptote;
    let far = curve.rows.iter().map(|row| (row.number("robust_accuracy") - limit).abs());
    let far = far.fold(0.0, f64::max);
    // For few votes the leading term is meaningless, and would cross other curves.
    let rows = log_spaced(least, most).map(|votes| ApproachRow {
        sigma: curve.sigma,
        eps,
        votes,
        limit,
        coefficient,
        power,
        leading_term: asymptote.at(votes),
    });
    rows.filter(|row| (row.leading_term - limit).abs() <= far / 2.0).collect()
}

/// Returns the limit of voting: that of the undefended classifier, or of the rows of `inf` votes.
fn limit(data: &Data<'_>, eps: f64) -> Option<f64> {
    let unlimited = |row: &Row<'_>| {
        row.word("stage") == "undefended" || row.maybe("votes").is_some_and(f64::is_infinite)
    };
    let mut at_eps = data.table.iter().filter(|row| row.number("eps") == eps);
    at_eps.find(unlimited)?.maybe("robust_accuracy")
}

/// Returns the asymptote of the votes at one sigma.
fn asymptote_at(data: &Data<'_>, sigma: f64, eps: f64) -> Option<Asymptote> {
    let row = data.table.row(0)?;
    let task = Task::new(row.number("mean"), row.number("data_std")).ok()?;
    let margin = Margin::new(task, 0.0, sigma, Votes::Limit).ok()?;
    Some(asymptote(&margin, Eps::new(eps).ok()?, row.word("draws").parse().ok()?))
}

/// Returns the law of an asymptote in words.
fn approach(power: f64) -> String {
    match power {
        1.0 => "limit + c/n".to_owned(),
        0.5 => "limit + c/√n".to_owned(),
        _ => format!("limit + c/n^{power}"),
    }
}
