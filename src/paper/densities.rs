//! The picture of the task.

use task::{Defense, Margin, Stage, Task};
use theory::accuracy::clean_accuracy;

use super::caption::{Caption, METRICS, SAME, STAGES, TASK};
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
            "The densities of what each classifier compares with its boundary, by class, each times the \
             probability ½ of the class: (a) x, undefended; (b) x + θ, defended, whose boundary the noise has \
             moved away from; (c) x + θ, trained on noisy inputs, with the boundary moved to shift; (d) x and \
             the median of 101 draws of θ, which decides their vote. Hatched: the classifier is correct, also \
             under attack. Filled: it is correct, and the attack, which moves x by ε, makes it wrong. What \
             is neither is wrong already. The grey band is within ε of the boundary. The percentages are the \
             clean and the adversarial accuracy, exact, of all samples. {TASK}, σ = 1, and ε = 0.5."
        ),
        format!("{STAGES} {METRICS} {SAME}"),
        format!(
            "The rates are also simulated with {} samples of seed {}; the densities are exact.",
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

/// Returns the densities of both classes at twentieths of a unit, so that boundary and budget are among the points.
fn of_stage(row: &Row<'_>, stage: &Stage) -> Result<Vec<DensityRow>, PaperError> {
    const STEPS: std::ops::RangeInclusive<i32> = -80..=120;
    let [mean, data_std, shift, sigma, eps] =
        ["mean", "data_std", "shift", "sigma", "eps"].map(|name| row.number(name));
    let task = Task::new(mean, data_std)?;
    let margin = stage.margin(&task, &Defense::new(shift, sigma)?)?;
    let (moved, boundary) = match stage {
        Stage::Undefended => (0.0, 0.0),
        _ => (shift, row.maybe("threshold").unwrap_or(shift)),
    };
    let mut rows = Vec::new();
    for class in [1i8, -1] {
        let y = f64::from(class);
        for step in STEPS {
            let value = f64::from(step) / 20.0;
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
/// P[t + data_std·z + sigma·w > 0], from its difference over 2H, within 1e-6.
fn density(margin: &Margin, t: f64) -> Result<f64, PaperError> {
    const H: f64 = 1.0 / 512.0;
    let above = |t: f64| -> Result<f64, PaperError> {
        let task = Task::new(t, margin.task().data_std())?;
        Ok(clean_accuracy(&Margin::new(task, 0.0, margin.sigma(), margin.votes())?).value)
    };
    Ok(((above(t + H)? - above(t - H)?) / (2.0 * H)).max(0.0))
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
