//! Quantities of rows against a variable, one curve a series; and what charts of such rows share.

use plots::{Axis, Chart, ColorScale, Legend, Line, Marker, Points, Style};

use super::Figure;
use crate::table::schema::Variable;
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// What stands on the vertical axis: a number of each row, exact and estimated.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    /// The beginning of the names of its files: `NAME_vs_sigma`.
    pub name: &'static str,
    /// The beginning of its titles: `TITLE against σ`.
    pub title: &'static str,
    /// What is on the axis, with its denominator.
    pub label: &'static str,
    /// The variable that changes nothing of it, if there is one.
    pub independent_of: Option<&'static str>,
    /// Its exact value; a series without any has no curve.
    pub exact: fn(&Row<'_>) -> Option<f64>,
    /// Its estimate and the limits of its interval.
    pub simulated: fn(&Row<'_>) -> Option<[f64; 3]>,
}

impl Quantity {
    fn depends_on(&self, variable: &Variable) -> bool {
        self.independent_of != Some(variable.name)
    }
}

/// Returns the estimate of a rate and the limits of its interval, from the columns `mc_NAME` and `mc_STEM_low`, `…_high`.
#[must_use]
pub fn estimate(row: &Row<'_>, name: &str, stem: &str) -> Option<[f64; 3]> {
    let [low, high] = ["low", "high"].map(|end| row.maybe(&format!("mc_{stem}_{end}")));
    Some([row.maybe(&format!("mc_{name}"))?, low?, high?])
}

/// A variable of rows with the values that it has in them.
#[derive(Debug, Clone)]
pub struct Along {
    /// The variable.
    pub variable: Variable,
    /// What stands on its axis.
    pub label: String,
    /// Its values, ascending, each once.
    pub values: Vec<f64>,
}

impl Along {
    /// The values that a variable has in a table.
    #[must_use]
    pub fn new(variable: Variable, label: impl Into<String>, table: &Table) -> Self {
        let mut values: Vec<f64> = table.iter().map(|row| variable.of(&row)).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        Self { variable, label: label.into(), values }
    }

    /// Returns an axis for the values: logarithmic where they have even ratios and a wide range.
    #[must_use]
    pub fn axis(&self) -> Axis {
        let (low, high) = self.ends();
        let ratio_even = |w: &[f64]| ((w[2] / w[1]) / (w[1] / w[0]) - 1.0).abs() < 1e-3;
        let log = low > 0.0 && high / low >= 50.0 && self.values.windows(3).all(ratio_even);
        if log { Axis::log(&self.label) } else { Axis::linear(&self.label) }
    }

    fn ends(&self) -> (f64, f64) {
        let first = self.values.first().copied().unwrap_or(self.variable.usual);
        (first, self.values.last().copied().unwrap_or(first))
    }
}

/// Rows that have one curve.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    /// What the legend calls it.
    pub label: String,
    /// Its look.
    pub style: Style,
    /// At least one.
    pub rows: Vec<Row<'a>>,
}

impl<'a> Series<'a> {
    /// The rows of a table by their labels, in the order of their first rows, all of the usual look.
    #[must_use]
    pub fn of(table: &'a Table, label: fn(&Row<'_>) -> String) -> Vec<Self> {
        let mut series: Vec<Self> = Vec::new();
        for row in table.iter() {
            let label = label(&row);
            match series.iter_mut().find(|series| series.label == label) {
                Some(series) => series.rows.push(row),
                None => series.push(Self { label, style: Style::default(), rows: vec![row] }),
            }
        }
        series
    }
}

/// Rows over a grid of two variables, by series.
#[derive(Debug, Clone)]
pub struct Data<'a> {
    /// The rows.
    pub table: &'a Table,
    /// What titles say of the task.
    pub task: String,
    /// The variables.
    pub axes: [Along; 2],
    /// The series that have curves, each with its look.
    pub series: Vec<Series<'a>>,
    /// What titles say of the series that have none.
    pub note: String,
}

/// At most about this many simulated points on a curve; with more, the bars hide each other.
const POINTS: usize = 17;

impl Data<'_> {
    /// Each quantity against each variable that has several values in the rows.
    #[must_use]
    pub fn all_curves(&self, quantities: &[Quantity]) -> Vec<Figure> {
        let [first, second] = &self.axes;
        let ways = [(first, second), (second, first)];
        let ways = ways.into_iter().filter(|(along, _)| along.values.len() > 1);
        let drawn = |(along, fixed): (&Along, &Along)| -> Vec<Figure> {
            let quantities = quantities.iter().filter(|q| q.depends_on(&along.variable));
            quantities.filter_map(|quantity| self.curves(quantity, along, fixed)).collect()
        };
        ways.flat_map(drawn).collect()
    }

    /// One curve a series, where the other variable has the value nearest to its usual one; `None` where no series has
    /// the quantity.
    fn curves(&self, quantity: &Quantity, along: &Along, fixed: &Along) -> Option<Figure> {
        let at = fixed.variable.nearest(&fixed.values);
        let (low, high) = along.ends();
        let mut chart = Chart::new(along.axis().range(low, high), Axis::linear(quantity.label));
        let stride = along.values.len().div_ceil(POINTS);
        let (mut drawn, mut samples) = (0, String::new());
        for series in &self.series {
            let here = |row: &Row<'_>| fixed.variable.of(row) == at;
            let mut rows: Vec<Row<'_>> = series.rows.iter().copied().filter(here).collect();
            rows.sort_by(|a, b| along.variable.of(a).total_cmp(&along.variable.of(b)));
            let exact = |row: &Row<'_>| (along.variable.of(row), (quantity.exact)(row));
            let line: Vec<(f64, Option<f64>)> = rows.iter().map(exact).collect();
            if line.iter().all(|(_, value)| value.is_none()) {
                continue;
            }
            drawn += 1;
            let line = line.into_iter().map(|(x, value)| (x, value.unwrap_or(f64::NAN)));
            chart = chart.with(Line::new(&series.label, line).style(series.style));
            let point = |row: &Row<'_>| {
                let [value, low, high] = (quantity.simulated)(row)?;
                Some((along.variable.of(row), value, low, high))
            };
            let points: Vec<_> = rows.iter().step_by(stride).filter_map(point).collect();
            if !points.is_empty() {
                chart = chart.with(Points::new(&series.label, points).style(series.style));
                samples = self::samples(series.rows.iter().copied());
            }
        }
        let (x, held) = (along.variable, fixed.variable);
        let fixed_at = match quantity.depends_on(&held) {
            true => format!("{} = {at}, ", held.symbol),
            false => String::new(),
        };
        let title = format!(
            "{} against {}\n{fixed_at}{}{samples}{}",
            quantity.title, x.symbol, self.task, self.note
        );
        let legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
        (drawn > 0).then(|| Figure {
            name: format!("{}_vs_{}", quantity.name, x.name),
            picture: chart.title(title).legend(legend).into(),
        })
    }
}

/// A look for number `rank` of `count` in an order, light to dark, with small points.
pub(crate) fn by_rank(rank: usize, count: usize) -> Style {
    let t = if count > 1 { rank as f64 / (count - 1) as f64 } else { 1.0 };
    let color = ColorScale::Sequential.color(0.4 + 0.6 * t);
    Style { radius: 1.7, ..Style::default().color(color).marker(Marker::Circle) }
}

/// At most `most` of the values, evenly chosen, with the first and the last.
pub(crate) fn evenly<T: Clone>(values: &[T], most: usize) -> Vec<T> {
    if values.len() <= most {
        return values.to_vec();
    }
    let last = values.len() - 1;
    (0..most).map(|i| values[(i * last + (most - 1) / 2) / (most - 1)].clone()).collect()
}

/// How many different values there are.
pub(crate) fn distinct(values: impl Iterator<Item = f64>) -> usize {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values.len()
}

/// What a title says of the samples behind these rows; nothing if there are none.
pub(crate) fn samples<'a>(rows: impl Iterator<Item = Row<'a>>) -> String {
    let most = rows.filter_map(|row| row.count("samples")).max();
    most.map_or_else(String::new, |n| format!(", {} samples", thousands(n)))
}

/// Some numbers in even ratios to draw a smooth curve through.
pub(crate) fn log_spaced(low: f64, high: f64) -> impl Iterator<Item = f64> {
    const STEPS: u32 = 120;
    (0..=STEPS).map(move |k| low * (high / low).powf(f64::from(k) / f64::from(STEPS)))
}
