//! The charts of d dimensions: as in one dimension, with the robust optimum among the curves; and how far
//! from it each stage is.

use plots::{Axis, Chart, Legend, Line, Points};

use super::curves::{POINTS, Quantity};
use super::{Data, Figure, FigureError, Variable, nearest, protocol, thousands};
use crate::nd::report::subscript;
use crate::nd::row::{NdRow, NdStageName};

/// The charts that these rows can fill, of one task and one norm:
///
/// - against sigma and against ε, where there are several: the quantities of [`super::figures`];
/// - against either: the adversarial accuracy of the robust optimum less that of each stage.
pub fn figures(rows: &[NdRow]) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    for (name, same) in [
        ("dimension", (|a, b| a.dimension == b.dimension) as fn(&NdRow, &NdRow) -> bool),
        ("norm", |a, b| a.norm == b.norm),
        ("prior", |a, b| a.prior == b.prior),
        ("draws", |a, b| a.draws == b.draws),
    ] {
        if rows.iter().any(|row| !same(row, first)) {
            return Err(FigureError::SeveralTasks(name));
        }
    }
    let mut data = Data::new(rows, task(first));
    data.axes = [
        "σ, scale of the added noise: θ ~ N(m, σ²S)".to_owned(),
        format!("ε, budget of the adversary in ℓ{} (units of x)", subscript(first.norm.0)),
    ];
    let mut figures = Vec::new();
    for (along, fixed) in [(Variable::Sigma, Variable::Eps), (Variable::Eps, Variable::Sigma)] {
        if data.values(along).len() > 1 {
            let drawn = Quantity::ALL.into_iter().filter(|quantity| quantity.depends_on(along));
            figures.extend(drawn.map(|quantity| data.curves(quantity, along, fixed)));
            figures.extend(data.gap(along, fixed));
        }
    }
    Ok(figures)
}

fn task(row: &NdRow) -> String {
    let NdRow { dimension, norm, prior, draws, .. } = row;
    let prior = if *prior == 0.5 { String::new() } else { format!(", prior {prior}") };
    format!("d = {dimension}, ℓ{} adversary{prior}{}", subscript(norm.0), protocol(draws.0))
}

impl Data<'_, NdRow> {
    /// What is missing to the optimum, one curve a stage; `None` where the optimum is not among the rows.
    fn gap(&self, along: Variable, fixed: Variable) -> Option<Figure> {
        let values = self.values(along);
        let at = nearest(self.values(fixed), fixed.usual());
        let axis = self.axis(along).range(values[0], values[values.len() - 1]);
        let label = "adversarial accuracy missing to the optimum (share of all)";
        let mut chart = Chart::new(axis, Axis::linear(label));
        let stride = values.len().div_ceil(POINTS);
        let (shown, note) = self.shown();
        let mut samples = String::new();
        for series in shown.iter().filter(|series| !series.is(NdStageName::Optimum as usize)) {
            let mut rows: Vec<&NdRow> =
                series.rows.iter().copied().filter(|row| fixed.of(*row) == at).collect();
            rows.sort_by(|a, b| along.of(*a).total_cmp(&along.of(*b)));
            let line: Option<Vec<(f64, f64)>> =
                rows.iter().map(|row| Some((along.of(*row), row.gap?))).collect();
            chart = chart.with(Line::new(&series.label, line?).style(series.style));
            let points: Vec<_> =
                rows.iter().step_by(stride).filter_map(|row| point(row, along)).collect();
            if !points.is_empty() {
                chart = chart.with(Points::new(&series.label, points).style(series.style));
                let most = rows.iter().filter_map(|row| row.answer().samples).max();
                samples = most.map_or_else(String::new, |n| format!(", {} samples", thousands(n)));
            }
        }
        let title = format!(
            "What is missing to the robust optimum, against {}\n{} = {at}, {}{samples}{note}",
            along.symbol(),
            fixed.symbol(),
            self.task
        );
        Some(Figure {
            name: format!("gap_to_optimum_vs_{}", along.name()),
            picture: chart
                .title(title)
                .legend(Legend::auto().line_means("theory").points_mean("simulation, interval"))
                .into(),
        })
    }
}

/// The exact optimum less the simulated accuracy, with its interval.
fn point(row: &NdRow, along: Variable) -> Option<(f64, f64, f64, f64)> {
    let best = row.adversarial_accuracy + row.gap?;
    let (value, low, high) = Quantity::AdversarialAccuracy.simulated(&row.answer())?;
    Some((along.of(row), best - value, best - high, best - low))
}
