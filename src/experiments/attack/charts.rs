//! The charts of attacked points: the effect of a budget of gradients and of its splits, the ends of walks, and the
//! accuracy that is left at each budget of the adversary.

use std::collections::HashMap;

use plots::{Axis, Chart, Legend, Line, Points, Reference, Style};

use super::rows::label;
use crate::report::curves::{Along, Series, samples};
use crate::report::{Figure, FigureError, check_same};
use crate::table::schema::Variable;
use crate::table::{Row, Table};

const GRADIENTS: Variable = Variable { name: "queries", symbol: "N", usual: 1.0 };
const STEPS: Variable = Variable { name: "steps", symbol: "k", usual: 40.0 };
const EPS: Variable = Variable { name: "eps", symbol: "ε", usual: 0.125 };

/// What all rows of a chart have in common.
const SAME: [&str; 10] = [
    "defense",
    "dimension",
    "gain",
    "mean",
    "mean_2",
    "data_std",
    "data_std_2",
    "training",
    "sigma",
    "draws",
];

/// What is drawn of a row: its exact value, and its estimate with an interval.
type Of = (fn(&Row<'_>) -> Option<f64>, fn(&Row<'_>) -> Option<[f64; 3]>);

const ADVERSARIAL: Of = (
    |row| row.maybe("adversarial_accuracy"),
    |row| estimate(row, "mc_adversarial_accuracy", "mc_adversarial"),
);
const REACH: Of = (|row| row.maybe("reach"), |row| estimate(row, "mc_reach", "mc_reach"));

fn estimate(row: &Row<'_>, name: &str, stem: &str) -> Option<[f64; 3]> {
    let [low, high] = ["low", "high"].map(|end| row.maybe(&format!("{stem}_{end}")));
    Some([row.maybe(name)?, low?, high?])
}

/// Returns the charts that these rows can fill: adversarial accuracy against gradients read, and against ε; reach
/// against steps. If rows have several ε, the first two charts use the largest.
pub fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else { return Ok(Vec::new()) };
    check_same(table, &SAME)?;
    let budgets = Along::new(EPS, "ε, budget of the adversary in ℓ∞ (units of x)", table);
    let largest = budgets.values.last().copied().unwrap_or(0.0);
    let here = |row: &Row<'_>| row.number("eps") == largest;
    let stepping = |row: &Row<'_>| row.count("steps").is_some_and(|steps| steps > 0);
    let mut figures = Vec::new();
    let task = task(&first);
    let gradients =
        rows(table, |row| here(row) && row.count("queries").is_some_and(|read| read > 0));
    let title = format!("Adversarial accuracy against gradients read\nε = {largest}, {task}");
    if let Some(chart) =
        curves(&gradients, &GRADIENTS, "gradients read by one attack, k·m", ADVERSARIAL)
    {
        let y = Axis::linear("adversarial accuracy (share of all)");
        let mut chart = Chart { y, ..chart };
        let at = |kind: &str| {
            table
                .iter()
                .find(|row| here(row) && row.word("attack") == kind)?
                .maybe("adversarial_accuracy")
        };
        if let Some(strongest) = at("full") {
            chart = chart.with(Reference::horizontal(strongest, "strongest fixed move"));
        }
        if let Some(optimum) = table.iter().find(here).and_then(|row| row.maybe("optimum")) {
            chart = chart.with(Reference::horizontal(optimum, "optimum"));
        }
        figures.push(figure("adversarial_accuracy_vs_gradients", chart, title, table));
    }
    let walks = rows(table, |row| here(row) && stepping(row));
    if let Some(chart) = curves(&walks, &STEPS, "steps k", REACH) {
        let y = Axis::linear("reach E U (mean move in the right direction, units of ε)");
        let chart = Chart { y, ..chart };
        let title = format!("Where attacks end, against steps\nε = {largest}, {task}");
        figures.push(figure("reach_vs_steps", chart, title, table));
    }
    // Of several numbers of steps, use the largest.
    let mut most: HashMap<String, u64> = HashMap::new();
    for row in table.iter() {
        let steps = row.count("steps").unwrap_or(0);
        let known = most.entry(label(&row)).or_default();
        *known = steps.max(*known);
    }
    let all = rows(table, |row| row.count("steps") == most.get(&label(row)).copied());
    if let Some(chart) = curves(&all, &EPS, &budgets.label, ADVERSARIAL) {
        let mut chart = Chart { y: Axis::linear("adversarial accuracy (share of all)"), ..chart };
        let mut optimum: Vec<(f64, f64)> = table
            .iter()
            .filter_map(|row| Some((row.number("eps"), row.maybe("optimum")?)))
            .collect();
        optimum.sort_by(|a, b| a.0.total_cmp(&b.0));
        optimum.dedup();
        if optimum.len() > 1 {
            chart = chart.with(Line::new("optimum", optimum).style(Style::series(7)));
        }
        let steps = all.iter().filter_map(|row| row.count("steps")).max().unwrap_or(0);
        let title = format!("Adversarial accuracy against ε\nup to k = {steps} steps, {task}");
        figures.push(figure("adversarial_accuracy_vs_eps", chart, title, table));
    }
    Ok(figures)
}

/// Returns the rows of a table for which `keep` is true.
fn rows<'a>(table: &'a Table, keep: impl Fn(&Row<'a>) -> bool) -> Vec<Row<'a>> {
    table.iter().filter(|row| keep(row)).collect()
}

/// Returns one curve for each attack, if the variable has several values.
fn curves(rows: &[Row<'_>], variable: &Variable, x: &str, (exact, simulated): Of) -> Option<Chart> {
    let mut values: Vec<f64> = rows.iter().map(|row| variable.of(row)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let (low, high) = (*values.first()?, *values.last()?);
    if values.len() < 2 {
        return None;
    }
    let wide = low > 0.0 && high / low >= 20.0;
    let axis = if wide { Axis::log(x) } else { Axis::linear(x) };
    let mut chart = Chart::new(axis.range(low, high), Axis::default());
    for (rank, series) in series(rows).into_iter().enumerate() {
        let mut of = series.rows;
        of.sort_by(|a, b| variable.of(a).total_cmp(&variable.of(b)));
        let style = Style::series(rank);
        let line: Vec<(f64, f64)> =
            of.iter().filter_map(|row| Some((variable.of(row), exact(row)?))).collect();
        if !line.is_empty() {
            chart = chart.with(Line::new(&series.label, line).style(style));
        }
        let points: Vec<_> = of
            .iter()
            .filter_map(|row| {
                let [value, low, high] = simulated(row)?;
                Some((variable.of(row), value, low, high))
            })
            .collect();
        if !points.is_empty() {
            chart = chart.with(Points::new(&series.label, points).style(style));
        }
    }
    (!chart.layers.is_empty()).then_some(chart)
}

/// Returns the rows by attack, for at most eight attacks, beyond which curves are hard to tell apart.
fn series<'a>(rows: &[Row<'a>]) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'a>> = Vec::new();
    for row in rows {
        let label = label(row);
        match all.iter_mut().find(|series| series.label == label) {
            Some(series) => series.rows.push(*row),
            None => all.push(Series { label, style: Style::default(), rows: vec![*row] }),
        }
    }
    let mut longest: Vec<usize> = all.iter().map(|series| series.rows.len()).collect();
    longest.sort_unstable_by(|a, b| b.cmp(a));
    let least = longest.get(7).copied().unwrap_or(0);
    all.retain(|series| series.rows.len() >= least);
    all.truncate(8);
    all
}

fn figure(name: &str, chart: Chart, title: String, table: &Table) -> Figure {
    let title = title + &samples(table.iter());
    let legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
    Figure { name: name.to_owned(), picture: chart.title(title).legend(legend).into() }
}

/// Returns the part of a title that describes the task.
fn task(row: &Row<'_>) -> String {
    let number = |name: &str| row.maybe(name).map(|value| format!("{name} = {value}"));
    let dimension = row.count("dimension").unwrap_or(0);
    let parts = ["mean", "data_std", "sigma"].into_iter().filter_map(number);
    let parts: Vec<String> = parts.collect();
    format!(
        "{}, d = {dimension}, {}, {} draws",
        row.word("defense"),
        parts.join(", "),
        row.word("draws")
    )
}
