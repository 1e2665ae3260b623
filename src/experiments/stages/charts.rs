//! The charts of the four stages.

mod gain;
mod invariance;
mod votes;

pub use votes::approach_table;

use crate::experiments::accuracies::QUANTITIES;
use crate::experiments::grid::label;
use crate::experiments::stage_style::{self, is, protocol};
use crate::report::curves::Series;
use crate::report::{Figure, FigureError, check_same};
use crate::table::{Row, Table};

/// The charts that these rows can fill:
///
/// - against sigma, where there are several: robust, clean and adversarial accuracy, attack success rate;
/// - against eps, likewise, but for the clean accuracy, which is the adversarial one at ε = 0;
/// - with both, for each defended stage: the robust accuracy gained over the undefended one, as a
///   heat map on sigma × eps;
/// - robust accuracy against rate of invariance along the threshold, where there are at least three;
/// - robust accuracy against the number of votes, where there are at least three.
///
/// Where the other variable has several values, the one nearest to its usual value is drawn (σ = 1,
/// ε = ½), and the title says which.
pub fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else {
        return Ok(Vec::new());
    };
    check_same(table, &["mean", "data_std", "shift", "draws"])?;
    let data = stage_style::data(table, task(&first));
    let mut figures = data.all_curves(&QUANTITIES);
    if data.axes.iter().all(|along| along.values.len() > 1) {
        let series = Series::of(table, label);
        let gains = series.iter().filter(|series| !is(series, "undefended"));
        figures.extend(gains.filter_map(|with| gain::gain(&data, &series, with)));
    }
    figures.extend(invariance::against_invariance(&data));
    figures.extend(votes::against_votes(&data));
    Ok(figures)
}

/// What the charts of one-dimensional rows say of their task.
fn task(row: &Row<'_>) -> String {
    let [mean, data_std, shift] = ["mean", "data_std", "shift"].map(|name| row.number(name));
    format!("mean μ = {mean}, data_std ν = {data_std}, shift = {shift}{}", protocol(row))
}
