//! Robust accuracy against rate of invariance: the trade-off along the threshold.

use plots::{Axis, Chart, Color, Dash, Legend, Line, Marker, Point, Points, Style};

use crate::experiments::accuracies::ROBUST;
use crate::experiments::grid::{EPS, label};
use crate::experiments::stage_style::{by_sigma, place_of};
use crate::report::Figure;
use crate::report::curves::{Data, distinct, evenly, samples};
use crate::table::schema::Variable;
use crate::table::{Row, Table};

/// The smallest number of thresholds of a curve.
const LEAST: usize = 3;
/// The approximate largest number of simulated points on a curve: each has bars in both directions.
const POINTS: usize = 5;
/// The largest number of numbers of votes that are marked.
const VOTES: usize = 2;

/// So many numbers of votes in the rows are a way; of fewer, these are computed, too.
const WAY: usize = 5;
const STOPS: [f64; 11] = [3.0, 5.0, 7.0, 9.0, 15.0, 21.0, 31.0, 51.0, 101.0, 301.0, 1001.0];
const VOTES_ON_IT: Variable = Variable { name: "votes", symbol: "n", usual: 101.0 };

/// One curve a sigma, the threshold running along it, with the stages marked; `None` where no
/// sigma has enough thresholds.
pub(super) fn against_invariance(data: &Data<'_>) -> Option<Figure> {
    let family = || data.table.iter().filter(|row| row.word("stage") == "defended");
    let budgets: Vec<f64> = family().map(|row| row.number("eps")).collect();
    let eps = EPS.nearest(&budgets);
    let (curves, note) = by_sigma(family().filter(|row| row.number("eps") == eps), |rows| {
        distinct(rows.iter().filter_map(|row| row.maybe("threshold"))) >= LEAST
    });
    let thresholds =
        || curves.iter().flat_map(|c| &c.rows).filter_map(|row| row.maybe("threshold"));
    let low = thresholds().min_by(f64::total_cmp)?;
    let high = thresholds().max_by(f64::total_cmp)?;
    let mut chart =
        Chart::new(Axis::linear("rate of invariance (share of all)"), Axis::linear(ROBUST.label));
    for curve in &curves {
        let mut rows = curve.rows.clone();
        rows.sort_by(|a, b| a.number("threshold").total_cmp(&b.number("threshold")));
        let line = Line::new("", rows.iter().map(place));
        chart = chart.with(line.style(curve.style).label(format!("σ = {}", curve.sigma))).with(
            Points::new("", evenly(&rows, POINTS).iter().filter_map(simulated)).style(curve.style),
        );
    }
    let counts = marked_votes(data);
    let at = |row: &Row<'_>| {
        row.number("eps") == eps && curves.iter().any(|c| c.sigma == row.number("sigma"))
    };
    let rows: Vec<Row<'_>> = data.table.iter().filter(at).collect();
    for curve in &curves {
        let of_curve: Vec<Row<'_>> =
            rows.iter().filter(|row| row.number("sigma") == curve.sigma).copied().collect();
        let path = voting(data, &of_curve);
        if path.len() > 2 {
            let style = curve.style.dash(Dash::Dotted).width(0.8);
            chart = chart.with(Line::new("", path).style(style));
        }
    }
    if !counts.is_empty() {
        // An entry without a curve of its own.
        let style = Style::neutral().color(Color::GREY).dash(Dash::Dotted).width(0.8);
        chart = chart.with(Line::new("more votes", []).style(style));
    }
    for mark in marks(&rows, &counts) {
        chart = chart.with(mark);
    }
    let drawn = samples(curves.iter().flat_map(|curve| curve.rows.iter().copied()));
    Some(Figure {
        name: "robust_accuracy_vs_invariance".to_owned(),
        picture: chart
            .title(format!(
                "Robust accuracy against rate of invariance\nε = {eps}, {}; threshold k from {low} to {high} along each curve{drawn}{note}",
                data.task
            ))
            .legend(Legend::auto().line_means("theory").points_mean("simulation, intervals"))
            .into(),
    })
}

/// Returns the numbers of votes that are marked, ascending: the largest few of an even choice.
fn marked_votes(data: &Data<'_>) -> Vec<f64> {
    let finite = |n: &f64| n.is_finite(); // the limit of votes is the undefended classifier
    let votes = data.table.iter().filter_map(|row| row.maybe("votes"));
    let mut counts: Vec<f64> = votes.filter(finite).collect();
    counts.sort_unstable_by(f64::total_cmp);
    counts.dedup();
    let counts = evenly(&counts, VOTES + 1);
    counts[counts.len().saturating_sub(VOTES)..].to_vec()
}

/// The way of one sigma from `trained` by more and more votes to `undefended`: through the rows, and through numbers of
/// votes that are computed where rows have too few to show it.
fn voting(data: &Data<'_>, rows: &[Row<'_>]) -> Vec<(f64, f64)> {
    let order = |row: &Row<'_>| match row.word("stage") {
        "trained" => Some(0.0),
        "voted" => row.maybe("votes"),
        "undefended" => Some(f64::INFINITY),
        _ => None,
    };
    let mut path: Vec<(f64, (f64, f64))> =
        rows.iter().filter_map(|row| Some((order(row)?, place(row)))).collect();
    let voted = rows.iter().filter(|row| row.word("stage") == "voted");
    if (1..WAY).contains(&voted.clone().count()) {
        let row = voted.clone().next();
        let between = data.dense.zip(row).and_then(|(dense, row)| dense(row, &VOTES_ON_IT, &STOPS));
        let between = between.iter().flat_map(Table::iter);
        path.extend(between.filter_map(|row| Some((order(&row)?, place(&row)))));
    }
    path.sort_by(|a, b| a.0.total_cmp(&b.0));
    path.dedup();
    path.into_iter().map(|(_, place)| place).collect()
}

/// Returns the marks of the stages, each with its style and its places: k = 0, k = shift, votes, undefended.
fn marks(rows: &[Row<'_>], counts: &[f64]) -> Vec<Points> {
    let mut marks: Vec<Points> = Vec::new();
    for row in rows {
        let votes = row.maybe("votes");
        let shown = match row.word("stage") {
            "defended" => row.maybe("threshold") == Some(0.0),
            "voted" => votes.is_some_and(|n| counts.contains(&n)),
            _ => true,
        };
        if !shown {
            continue;
        }
        let label = label(row);
        match marks.iter_mut().find(|mark| mark.name == label) {
            // The undefended classifier is the same at every sigma.
            Some(mark) if mark.points.iter().any(|p| (p.x, p.y) == place(row)) => {}
            Some(mark) => mark.points.push(place(row).into()),
            None => {
                let mut style = Style { radius: 3.0, ..Style::series(place_of(row)) };
                // The largest number of votes is filled, the smaller ones are hollow.
                if counts.len() > 1 && votes.is_some_and(|n| counts.last() == Some(&n)) {
                    style.marker = Marker::Diamond;
                }
                marks.push(Points::new(label, [place(row)]).style(style));
            }
        }
    }
    marks
}

fn place(row: &Row<'_>) -> (f64, f64) {
    (row.number("invariance"), row.number("robust_accuracy"))
}

/// Returns the estimates with their intervals in both directions.
fn simulated(row: &Row<'_>) -> Option<Point> {
    let [robust, low, high] = (ROBUST.simulated)(row)?;
    let point = Point::from((row.maybe("mc_invariance")?, robust, low, high));
    Some(point.x_interval(row.maybe("mc_invariance_low")?, row.maybe("mc_invariance_high")?))
}
