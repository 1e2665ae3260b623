//! The picture of the task.

use std::f64::consts::PI;

use task::{Defense, Margin, Stage, Task, Votes};
use theory::math::normal::{ln_cdf, ln_sf};

use super::caption::{CHECKED, Caption, METRICS, STAGES};
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
    let rates = Data::all(ask.answer()?, "task_rates", what);
    let stages = &rates[0].table;
    let grid = Stages::new(own(ask.spec()?.as_ref())?)?;
    let mut densities = Vec::new();
    for (row, stage) in stages.iter().zip(grid.stages()) {
        densities.extend(of_stage(&row, stage)?);
    }
    let mut text = vec![
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
    if rates.len() > 1 {
        text.push(CHECKED.to_owned());
    }
    let [picture, column] =
        [order.narrow(), true].map(|narrow| picture(&densities, stages, narrow));
    let densities =
        Data::exact(Table::of(Name::Task.name(), densities), "the class densities, point by point");
    Ok(Sheet {
        name: Name::Task,
        picture,
        column: Some(column),
        tables: std::iter::once(densities).chain(rates).collect(),
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
    let law = Density::new(&margin);
    let mut rows = Vec::new();
    for class in [1i8, -1] {
        let y = f64::from(class);
        let found = law.at(values.iter().map(|value| value - moved - y * mean));
        for (&value, found) in values.iter().zip(found) {
            let density = 0.5 * found;
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

/// The density of data_std·z + sigma·w, with w the median of the votes.
///
/// It is the integral of one density against the other, as a sum over evenly spaced values of the narrower summand. Both
/// densities are smooth and fall off as normal ones do, so that the error of the sum is that of rounding.
struct Density {
    /// Values of the narrower summand, and their weights, whose sum is 1.
    nodes: Vec<(f64, f64)>,
    wider: Summand,
}

/// A summand: z or w, times its scale.
#[derive(Clone, Copy)]
struct Summand {
    scale: f64,
    /// The median of 2·half + 1 normals; 0 for one normal.
    half: f64,
    /// The standard deviation before scaling, about.
    spread: f64,
}

impl Summand {
    /// Creates the median of 2·`half` + 1 normals, times `scale`.
    fn new(scale: f64, half: f64) -> Self {
        let spread = if half > 0.0 { (PI / (4.0 * half + 2.0)).sqrt() } else { 1.0 };
        Self { scale, half, spread }
    }

    /// Returns the density at `scale`·w, up to a factor.
    fn shape(&self, w: f64) -> f64 {
        let votes = if self.half > 0.0 { ln_cdf(w) + ln_sf(w) + 4.0f64.ln() } else { 0.0 };
        (self.half * votes - 0.5 * w * w).exp()
    }

    /// Returns values, before scaling, and their weights, whose sum is 1; and the sum of the shapes times the step.
    fn nodes(&self) -> (Vec<(f64, f64)>, f64) {
        const EACH_SIDE: i32 = 36;
        let step = 0.25 * self.spread;
        let values = (-EACH_SIDE..=EACH_SIDE).map(|i| f64::from(i) * step);
        let nodes: Vec<(f64, f64)> = values.map(|w| (w, self.shape(w))).collect();
        let sum: f64 = nodes.iter().map(|node| node.1).sum();
        (nodes.into_iter().map(|(w, shape)| (w, shape / sum)).collect(), sum * step)
    }
}

impl Density {
    fn new(margin: &Margin) -> Self {
        let half = match margin.votes() {
            Votes::Finite(n) => f64::from((n.get() - 1) / 2),
            Votes::Limit => 0.0,
        };
        let still = margin.votes() == Votes::Limit;
        let data = Summand::new(margin.task().data_std(), 0.0);
        let noise = Summand::new(if still { 0.0 } else { margin.sigma() }, half);
        let width = |of: &Summand| of.scale * of.spread;
        let (narrower, wider) =
            if width(&noise) <= width(&data) { (noise, data) } else { (data, noise) };
        let scaled = |(w, weight): (f64, f64)| (narrower.scale * w, weight);
        let nodes = narrower.nodes().0.into_iter().map(scaled).collect();
        Self { nodes, wider }
    }

    /// Returns the density at each of these values.
    fn at(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let Self { nodes, wider } = self;
        let whole = wider.scale * wider.nodes().1;
        let shape = |t: f64| wider.shape(t / wider.scale);
        let density =
            |t: f64| -> f64 { nodes.iter().map(|(u, weight)| weight * shape(t - u)).sum() };
        values.map(|t| density(t) / whole).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use task::Votes;

    fn margin(data_std: f64, sigma: f64, votes: Votes) -> Margin {
        Margin::new(Task::new(1.0, data_std).unwrap(), 0.0, sigma, votes).unwrap()
    }

    /// Checks that the density is normal where no vote or a single draw is added, and that its mass is 1 for any.
    #[test]
    fn the_density_is_one() {
        for (data_std, sigma, votes) in
            [(1.0, 1.0, 1), (0.05, 4.0, 1), (3.0, 0.1, 2), (1.0, 0.0, 11), (0.5, 2.0, 0)]
        {
            let limit = votes == 0;
            let votes = if limit { Votes::Limit } else { Votes::new(votes).unwrap() };
            let added = if limit || sigma == 0.0 { 0.0 } else { sigma };
            let std = f64::hypot(data_std, added);
            let places = [-3.0f64, -0.5, 0.0, 1.25].map(|z| z * std);
            let found = Density::new(&margin(data_std, sigma, votes)).at(places.into_iter());
            for (t, found) in places.into_iter().zip(found) {
                let normal = (-0.5 * (t / std).powi(2)).exp() / (std * (2.0 * PI).sqrt());
                assert!((found / normal - 1.0).abs() < 1e-13, "{t}: {found} instead of {normal}");
            }
        }
        for (data_std, sigma, votes) in
            [(1.0, 1.0, 11), (1.0, 1.0, 101), (0.02, 3.0, 3), (0.1, 1.0, 101), (1.0, 4.0, 1001)]
        {
            let law = Density::new(&margin(data_std, sigma, Votes::new(votes).unwrap()));
            let steps = 4000;
            let step = 40.0 * f64::hypot(data_std, sigma) / f64::from(steps);
            let values = (-steps / 2..=steps / 2).map(|i| f64::from(i) * step);
            let mass: f64 = law.at(values).iter().sum::<f64>() * step;
            assert!((mass - 1.0).abs() < 1e-13, "{data_std}, {sigma}, {votes}: {mass}");
        }
    }

    /// The slope of the probability to be above t, which has another formula.
    #[test]
    fn the_density_is_the_slope_of_the_accuracy() {
        let above = |t: f64| {
            let task = Task::new(t, 1.0).unwrap();
            let margin = Margin::new(task, 0.0, 2.0, Votes::new(11).unwrap()).unwrap();
            theory::accuracy::clean_accuracy(&margin).value
        };
        let law = Density::new(&margin(1.0, 2.0, Votes::new(11).unwrap()));
        let h = 1.0 / 512.0;
        for t in [-2.0, -0.3, 0.0, 1.5] {
            let slope = (above(t + h) - above(t - h)) / (2.0 * h);
            let [found] = law.at(std::iter::once(t))[..] else { unreachable!() };
            assert!((found - slope).abs() < 1e-6, "{t}: {found} instead of {slope}");
        }
    }
}
