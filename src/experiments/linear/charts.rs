//! The charts of d dimensions: as in one dimension, with the robust optimum among the curves; and how far
//! from it each stage is.

use plots::{Axis, Chart, Legend, Line, Points};

use super::problem::subscript;
use crate::experiments::grid::label;
use crate::report::curves::{BOTH_WAYS, Data, POINTS, Quantity, Variable, nearest, protocol};
use crate::report::{Figure, FigureError, check_same};
use crate::table::text::thousands;
use crate::table::{Row, Table};
use task::Norm;

/// The charts that these rows can fill, of one task and one norm:
/// - against sigma and against ε, where there are several: the quantities of one dimension;
/// - against either: the adversarial accuracy of the robust optimum minus that of each stage.
pub fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else {
        return Ok(Vec::new());
    };
    check_same(table, &["dimension", "norm", "prior", "draws"])?;
    let mut data = Data::new(table, task(&first), label);
    data.axes = [
        "σ, scale of the added noise: θ ~ N(m, σ²S)".to_owned(),
        format!("ε, budget of the adversary in ℓ{} (units of x)", norm(&first)),
    ];
    let mut figures = Vec::new();
    for (along, fixed) in BOTH_WAYS {
        if data.values(along).len() > 1 {
            let drawn = Quantity::ALL.into_iter().filter(|quantity| quantity.depends_on(along));
            figures.extend(drawn.map(|quantity| data.curves(quantity, along, fixed)));
            figures.extend(gap(&data, along, fixed));
        }
    }
    Ok(figures)
}

fn norm(row: &Row<'_>) -> String {
    Norm::new(row.number("norm")).map_or_else(|_| String::new(), subscript)
}

fn task(row: &Row<'_>) -> String {
    let (dimension, prior) = (row.count("dimension").unwrap_or(0), row.number("prior"));
    let prior = if prior == 0.5 { String::new() } else { format!(", prior {prior}") };
    format!("d = {dimension}, ℓ{} adversary{prior}{}", norm(row), protocol(row))
}

/// The gap to the optimum, one curve a stage; `None` where the optimum is not among the rows.
fn gap(data: &Data<'_>, along: Variable, fixed: Variable) -> Option<Figure> {
    let values = data.values(along);
    let at = nearest(data.values(fixed), fixed.usual());
    let axis = data.axis(along).range(values[0], values[values.len() - 1]);
    let label = "gap to the optimum in adversarial accuracy (share of all)";
    let mut chart = Chart::new(axis, Axis::linear(label));
    let stride = values.len().div_ceil(POINTS);
    let (shown, note) = data.shown();
    let mut samples = String::new();
    for series in shown.iter().filter(|series| !series.is("optimum")) {
        let mut rows: Vec<Row<'_>> =
            series.rows.iter().copied().filter(|row| fixed.of(row) == at).collect();
        rows.sort_by(|a, b| along.of(a).total_cmp(&along.of(b)));
        let line: Option<Vec<(f64, f64)>> =
            rows.iter().map(|row| Some((along.of(row), row.maybe("gap")?))).collect();
        chart = chart.with(Line::new(&series.label, line?).style(series.style));
        let points: Vec<_> =
            rows.iter().step_by(stride).filter_map(|row| point(row, along)).collect();
        if !points.is_empty() {
            chart = chart.with(Points::new(&series.label, points).style(series.style));
            let most = rows.iter().filter_map(|row| row.count("samples")).max();
            samples = most.map_or_else(String::new, |n| format!(", {} samples", thousands(n)));
        }
    }
    let title = format!(
        "The gap to the robust optimum, against {}\n{} = {at}, {}{samples}{note}",
        along.symbol(),
        fixed.symbol(),
        data.task
    );
    Some(Figure {
        name: format!("gap_to_optimum_vs_{}", along.name()),
        picture: chart
            .title(title)
            .legend(Legend::auto().line_means("theory").points_mean("simulation, interval"))
            .into(),
    })
}

/// The exact optimum minus the simulated accuracy, with its interval.
fn point(row: &Row<'_>, along: Variable) -> Option<(f64, f64, f64, f64)> {
    let best = row.number("adversarial_accuracy") + row.maybe("gap")?;
    let (value, low, high) = Quantity::AdversarialAccuracy.simulated(row)?;
    Some((along.of(row), best - value, best - high, best - low))
}
