//! The gain of a defended stage over the undefended one, as a heat map on sigma × eps.

use plots::{Chart, Contour, HeatMap};

use task::range::short;

use crate::experiments::stage_style::is;
use crate::report::Figure;
use crate::report::curves::{Along, Data, Series};

/// Formats a number with three significant digits and a proper minus sign.
fn three_digits(value: f64) -> String {
    let rounded = format!("{value:.2e}").parse().unwrap_or(value);
    short(rounded).replace('-', "−")
}

/// Returns the edges of the cells of these values: half-way between two, and at the ends of the data. Cells in which
/// the stages are equal by definition are merged into their neighbours.
fn edges(along: &Along, kept: &[usize]) -> Vec<f64> {
    let values: Vec<f64> = kept.iter().map(|&at| along.values[at]).collect();
    let between = |pair: &[f64]| match along.is_log() {
        true => (pair[0] * pair[1]).sqrt(),
        false => 0.5 * (pair[0] + pair[1]),
    };
    let (first, last) = along.ends();
    std::iter::once(first).chain(values.windows(2).map(between)).chain([last]).collect()
}

/// Returns the robust accuracy of a series minus that of the undefended classifier; `None` if the rows have no
/// undefended classifier, or the grid has holes.
pub(super) fn gain(data: &Data<'_>, all: &[Series<'_>], series: &Series<'_>) -> Option<Figure> {
    let undefended = all.iter().find(|series| is(series, "undefended"))?;
    let [sigmas, budgets] = data.axes.each_ref().map(|along| &along.values);
    let grid = |series: &Series<'_>| -> Option<Vec<f64>> {
        let mut values = vec![None; sigmas.len() * budgets.len()];
        for row in &series.rows {
            let x = sigmas.binary_search_by(|v| v.total_cmp(&row.number("sigma"))).ok()?;
            let y = budgets.binary_search_by(|v| v.total_cmp(&row.number("eps"))).ok()?;
            values[y * sigmas.len() + x] = Some(row.number("robust_accuracy"));
        }
        values.into_iter().collect()
    };
    let gain: Vec<f64> =
        grid(series)?.iter().zip(grid(undefended)?).map(|(with, without)| with - without).collect();
    // At ε = 0 or σ = 0 everything is equal by definition, so there is nothing to see, and the contour of 0 would
    // follow it.
    let width = sigmas.len();
    let at = |x: usize, y: usize| gain[y * width + x];
    let height = budgets.len();
    let xs: Vec<usize> = (0..width).filter(|&x| (0..height).any(|y| at(x, y) != 0.0)).collect();
    let ys: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| at(x, y) != 0.0)).collect();
    if xs.len() < 2 || ys.len() < 2 {
        return None;
    }
    let map = HeatMap::edges(
        edges(&data.axes[0], &xs),
        edges(&data.axes[1], &ys),
        ys.iter().flat_map(|&y| xs.iter().map(move |&x| at(x, y))).collect(),
    )
    .label("robust accuracy gained")
    .contour(Contour::new(0.0, "0"));
    let ends = |pick: fn(f64, f64) -> f64| gain.iter().copied().fold(0.0, pick);
    let [least, most] = [ends(f64::min), ends(f64::max)].map(three_digits);
    let headline = format!("Robust accuracy of {} minus that of undefended", series.label);
    let name =
        series.label.replace(" = ", "").replace(" (", "_").replace(')', "").replace('∞', "inf");
    Some(Figure {
        name: format!("robust_accuracy_gain_{name}"),
        picture: Chart::new(data.axes[0].axis(), data.axes[1].axis())
            .title(format!("{headline}\n{}, theory; from {least} to {most}", data.task))
            .with(map)
            .into(),
    })
}
