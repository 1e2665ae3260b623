//! The charts of the four stages.

mod gain;
mod invariance;
mod votes;

pub use votes::approach_table;

use task::range::Range;
use task::spec::{Choices, Word as _};

use super::{KIND, StageName, Stages, StagesSpec};
use crate::check::rates::exact_table;
use crate::experiment::Experiment as _;
use crate::experiments::accuracies::QUANTITIES;
use crate::experiments::grid::label;
use crate::experiments::stage_style::{self, is, protocol};
use crate::report::curves::Series;
use crate::report::{Figure, FigureError, check_same};
use crate::table::schema::Variable;
use crate::table::{Row, Table};

/// Returns the charts that these rows can fill:
///
/// - against sigma, if there are several: robust, clean and adversarial accuracy, attack success rate;
/// - against eps, likewise, except for the clean accuracy, which is the adversarial one at ε = 0;
/// - with both, for each defended stage: the gain in robust accuracy over the undefended one, as a heat map on sigma
///   × eps;
/// - robust accuracy against rate of invariance along the threshold, if there are at least three thresholds;
/// - robust accuracy against the number of votes, if there are at least three.
///
/// If the other variable has several values, the one nearest to its usual value is drawn (σ = 1, ε = ½), and the
/// title says which.
pub fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else {
        return Ok(Vec::new());
    };
    check_same(table, &["mean", "data_std", "shift", "draws"])?;
    let data = stage_style::data(table, task(&first), Some(dense));
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

/// Returns exact rows for the stage of a row at each of these values of a variable, through which a curve is drawn if
/// there are few rows.
fn dense(row: &Row<'_>, variable: &Variable, values: &[f64]) -> Option<Table> {
    let range = |name: &str| match name == variable.name {
        true => Range::from_values(values).ok(),
        false => Range::from_values(&[row.number(name)]).ok(),
    };
    let usual = StagesSpec::default();
    let spec = StagesSpec {
        sigma: range("sigma")?,
        eps: range("eps")?,
        mean: row.number("mean"),
        data_std: row.number("data_std"),
        shift: row.number("shift"),
        threshold: row
            .maybe("threshold")
            .map_or(Some(usual.threshold), |k| Range::from_values(&[k]).ok())?,
        votes: match (variable.name, row.maybe("votes")) {
            ("votes", _) => listed(values).parse().ok()?,
            (_, Some(n)) => n.to_string().parse().ok()?,
            (_, None) => usual.votes,
        },
        draws: row.word("draws").parse().ok()?,
        stages: Choices(vec![StageName::of(row.word("stage")).ok()?]),
    };
    let stages = Stages::new(spec).ok()?;
    let exact = stages.exact(&()).ok()?;
    Some(exact_table(&(KIND.schema)(), &exact))
}

/// Numbers as a list.
fn listed(values: &[f64]) -> String {
    values.iter().map(f64::to_string).collect::<Vec<_>>().join(",")
}

/// What the charts of one-dimensional rows say of their task.
fn task(row: &Row<'_>) -> String {
    let [mean, data_std, shift] = ["mean", "data_std", "shift"].map(|name| row.number(name));
    format!("mean μ = {mean}, data_std ν = {data_std}, shift = {shift}{}", protocol(row))
}
