//! The picture of the task.

use task::{Defense, Margin, Stage, Task};
use theory::accuracy::clean_accuracy;

use super::caption::{Caption, METRICS, STAGES};
use super::densities_chart::{DensityRow, picture};
use super::sweeps::stages;
use super::{Data, Name, Order, PaperError, Sheet};
use crate::experiments::own;
use crate::experiments::stages::Stages;
use crate::table::text::thousands;
use crate::table::{Row, Table};

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "1", "0.5");
    let what = "the four stages, exact beside simulated";
    let rates = Data::of(ask.answer()?, "task_rates", what);
    let grid = Stages::new(own(ask.spec()?.as_ref())?)?;
    let mut densities = Vec::new();
    for (row, stage) in rates.table.iter().zip(grid.stages()) {
        densities.extend(of_stage(&row, stage)?);
    }
    let text = vec![
        format!(
            "Class densities, times ½, of what each classifier compares with its boundary; in (d) of the median of {} \
             draws. Hatched: correct under attack. Filled: correct, and wrong under attack. Grey: within ε of \
             the boundary. Percentages: clean and adversarial accuracy. {}, σ = {}, ε = {}.",
            ask.said("votes")?,
            ask.task()?,
            ask.said("sigma")?,
            ask.said("eps")?
        ),
        format!("{STAGES} {METRICS}"),
        format!(
            "The percentages of the task are exact, and are also simulated with {} samples of seed {}; its densities \
             are exact.",
            thousands(order.samples),
            order.seed
        ),
    ];
    let [picture, column] =
        [order.narrow(), true].map(|narrow| picture(&densities, &rates.table, narrow));
    Ok(Sheet {
        name: Name::Task,
        picture,
        column: Some(column),
        tables: vec![
            Data::exact(
                Table::of(Name::Task.name(), densities),
                "the class densities, point by point",
            ),
            rates,
        ],
        files: Vec::new(),
        caption: Caption {
            title: "The task, and what each stage makes of it",
            text,
            rows_by: ask.command().replace(" sweep ", " simulate "),
        },
    })
}

/// The number of steps from one end of a density to the other.
const STEPS: u32 = 200;

/// Returns the densities of both classes at evenly spaced points, with the boundary and the budget among them.
fn of_stage(row: &Row<'_>, stage: &Stage) -> Result<Vec<DensityRow>, PaperError> {
    let [mean, data_std, shift, sigma, eps] =
        ["mean", "data_std", "shift", "sigma", "eps"].map(|name| row.number(name));
    let task = Task::new(mean, data_std)?;
    let margin = stage.margin(&task, &Defense::new(shift, sigma)?)?;
    let (moved, boundary) = match stage {
        Stage::Undefended => (0.0, 0.0),
        _ => (shift, row.maybe("threshold").unwrap_or(shift)),
    };
    let wide = data_std.max(sigma);
    let low = shift.min(0.0) - mean.abs() - 3.0 * wide;
    let high = shift.max(0.0) + mean.abs() + 4.0 * wide;
    let steps = f64::from(STEPS);
    let step = |i: u32| (low * (steps - f64::from(i)) + high * f64::from(i)) / steps;
    let edges = [boundary - eps, boundary, boundary + eps];
    let mut values: Vec<f64> = (0..=STEPS).map(step).collect();
    // A step beside an edge gives way to it.
    let near = 1e-9 * (high - low);
    values.retain(|value| edges.iter().all(|edge| (value - edge).abs() > near));
    values.extend(edges.iter().filter(|edge| (low..=high).contains(*edge)));
    values.sort_by(f64::total_cmp);
    values.dedup();
    let mut rows = Vec::new();
    for class in [1i8, -1] {
        let y = f64::from(class);
        for &value in &values {
            let density = 0.5 * density(&margin, value - moved - y * mean)?;
            let inside = y * (value - boundary);
            let outcome = match inside {
                d if d > eps => "robust",
                d if d > 0.0 => "vulnerable",
                _ => "wrong",
            };
            let stage = stage.name();
            rows.push(DensityRow { stage, class, boundary, eps, value, density, outcome });
        }
    }
    Ok(rows)
}

/// Returns the density at t of data_std·z + sigma·w, with w the median of the votes: the slope of
/// P[t + data_std·z + sigma·w > 0], from its difference over 2h, within 1e-6 of it.
fn density(margin: &Margin, t: f64) -> Result<f64, PaperError> {
    const H: f64 = 1.0 / 512.0;
    let h = H * margin.task().data_std();
    let above = |t: f64| -> Result<f64, PaperError> {
        let task = Task::new(t, margin.task().data_std())?;
        Ok(clean_accuracy(&Margin::new(task, 0.0, margin.sigma(), margin.votes())?).value)
    };
    Ok(((above(t + h)? - above(t - h)?) / (2.0 * h)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use task::Votes;

    /// Checks that the density is normal for a single draw, and that its mass is 1 for any.
    #[test]
    fn the_density_is_one() {
        let margin = |votes| {
            let task = Task::new(1.0, 1.0).unwrap();
            Margin::new(task, 0.0, 1.0, Votes::new(votes).unwrap()).unwrap()
        };
        for t in [-3.0f64, -0.5, 0.0, 1.25] {
            let normal = (-0.25 * t * t).exp() / (4.0 * std::f64::consts::PI).sqrt();
            let found = density(&margin(1), t).unwrap();
            assert!((found - normal).abs() < 1e-6, "{t}: {found} instead of {normal}");
        }
        for votes in [1, 11, 101] {
            let mass: f64 =
                (-160..=160).map(|i| density(&margin(votes), f64::from(i) / 20.0).unwrap()).sum();
            assert!((mass / 20.0 - 1.0).abs() < 1e-6, "{votes}: {mass}");
        }
    }
}
