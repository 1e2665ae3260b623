//! Charts of quantities of rows against a variable, with one curve per series, and the common parts of such charts.

use plots::{Axis, Chart, ColorScale, Layer, Legend, Line, Marker, Points, Size, Style};
use task::range::short;

use super::{Figure, Picture};
use crate::table::labels::told_apart;
use crate::table::schema::Variable;
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// A quantity for the vertical axis: a number of each row, exact and estimated.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    /// The beginning of its file names: `NAME_vs_sigma`.
    pub name: &'static str,
    /// The beginning of its titles: `TITLE against σ`.
    pub title: &'static str,
    /// The label of the axis, with the denominator.
    pub label: &'static str,
    /// The variable that it does not depend on, if there is one.
    pub independent_of: Option<&'static str>,
    /// Returns its exact value; a series without any has no curve.
    pub exact: fn(&Row<'_>) -> Option<f64>,
    /// Returns its estimate and the limits of its interval.
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

/// A variable of rows, with its values in them.
#[derive(Debug, Clone)]
pub struct Along {
    /// The variable.
    pub variable: Variable,
    /// The label of its axis.
    pub label: String,
    /// Its values, ascending, without repetitions.
    pub values: Vec<f64>,
}

impl Along {
    /// Collects the values of a variable in a table.
    #[must_use]
    pub fn new(variable: Variable, label: impl Into<String>, table: &Table) -> Self {
        let mut values: Vec<f64> = table.iter().map(|row| variable.of(&row)).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        Self { variable, label: label.into(), values }
    }

    /// Returns an axis for the values: logarithmic if they have equal ratios and a wide range.
    #[must_use]
    pub fn axis(&self) -> Axis {
        if self.is_log() { Axis::log(&self.label) } else { Axis::linear(&self.label) }
    }

    /// Returns whether the values have equal ratios and a wide range.
    pub(crate) fn is_log(&self) -> bool {
        let (low, high) = self.ends();
        let ratio_even = |w: &[f64]| ((w[2] / w[1]) / (w[1] / w[0]) - 1.0).abs() < 1e-3;
        low > 0.0 && high / low >= 50.0 && self.values.windows(3).all(ratio_even)
    }

    /// Returns the values themselves, and enough values between them to draw a curve.
    fn curve_points(&self) -> Vec<f64> {
        let (low, high) = self.ends();
        let between = (0..=BETWEEN).map(|k| k as f64 / BETWEEN as f64);
        let point = |t: f64| match self.is_log() {
            true => low * (high / low).powf(t),
            false => low + t * (high - low),
        };
        let mut points: Vec<f64> = between.map(point).map(|x| x.clamp(low, high)).collect();
        points.extend(&self.values);
        points.sort_unstable_by(f64::total_cmp);
        points.dedup();
        points
    }

    /// Returns the values at which slices are drawn: all of them if there are few, and otherwise the one nearest to
    /// the usual value, preferably not 0, where curves tend to coincide.
    fn telling(&self) -> Vec<f64> {
        if self.values.len() <= PANELS {
            let telling: Vec<f64> = self.values.iter().copied().filter(|x| *x != 0.0).collect();
            return if telling.is_empty() { self.values.clone() } else { telling };
        }
        vec![self.variable.nearest(&self.values)]
    }

    /// Returns the first and the last value.
    pub(crate) fn ends(&self) -> (f64, f64) {
        let first = self.values.first().copied().unwrap_or(self.variable.usual);
        (first, self.values.last().copied().unwrap_or(first))
    }
}

/// The rows of one curve.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    /// The name in the legend.
    pub label: String,
    /// The style.
    pub style: Style,
    /// The rows, at least one.
    pub rows: Vec<Row<'a>>,
}

impl<'a> Series<'a> {
    /// Groups the rows of a table by their labels, in the order of their first rows, all with the default style.
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
        let labels: Vec<String> = series.iter().map(|series| series.label.clone()).collect();
        for (series, label) in series.iter_mut().zip(told_apart(&labels)) {
            series.label = label;
        }
        series
    }
}

/// Returns exact rows like this one with a variable at each of these values; `None` if they cannot be computed.
pub type Dense = fn(&Row<'_>, &Variable, &[f64]) -> Option<Table>;

/// Rows over a grid of two variables, by series.
#[derive(Debug, Clone)]
pub struct Data<'a> {
    /// The rows.
    pub table: &'a Table,
    /// The part of titles that describes the task.
    pub task: String,
    /// The variables.
    pub axes: [Along; 2],
    /// The series that have curves, each with its style.
    pub series: Vec<Series<'a>>,
    /// The part of titles about the series without curves.
    pub note: String,
    /// Computes more rows for the curve of a few; without it, exact values are joined.
    pub dense: Option<Dense>,
}

/// The approximate largest number of simulated points on a curve; with more, the bars hide each other.
pub(crate) const POINTS: usize = 17;
/// The number of exact values that make a curve; if there are fewer, more are computed between them.
const CURVE: usize = 32;
const BETWEEN: usize = 128;
/// The largest number of values of the fixed variable for which each has a panel; if there are more, the most
/// informative one is drawn.
const PANELS: usize = 3;

/// A slice with one curve per series: along one variable, at one value of the other.
struct Slice<'d, 'a> {
    along: &'d Along,
    at: f64,
    /// For each series, the rows here, ascending, and the rows of its curve.
    series: Vec<(&'d Series<'a>, Vec<Row<'a>>, Option<Table>)>,
}

impl<'a> Data<'a> {
    /// Returns charts of each quantity against each variable that has several values in the rows.
    #[must_use]
    pub fn all_curves(&self, quantities: &[Quantity]) -> Vec<Figure> {
        let [first, second] = &self.axes;
        let ways = [(first, second), (second, first)];
        let ways = ways.into_iter().filter(|(along, _)| along.values.len() > 1);
        let drawn = |(along, fixed): (&Along, &Along)| -> Vec<Figure> {
            let slices: Vec<Slice<'_, '_>> =
                fixed.telling().into_iter().map(|at| self.slice(along, fixed, at)).collect();
            let quantities = quantities.iter().filter(|q| q.depends_on(&along.variable));
            quantities.filter_map(|quantity| self.curves(quantity, along, fixed, &slices)).collect()
        };
        ways.flat_map(drawn).collect()
    }

    fn slice<'d>(&'d self, along: &'d Along, fixed: &Along, at: f64) -> Slice<'d, 'a> {
        let of = |series: &'d Series<'a>| {
            let here = |row: &Row<'_>| fixed.variable.of(row) == at;
            let mut rows: Vec<Row<'a>> = series.rows.iter().copied().filter(here).collect();
            rows.sort_by(|a, b| along.variable.of(a).total_cmp(&along.variable.of(b)));
            let few = rows.len() < CURVE && along.values.len() > 1;
            let dense = self.dense.filter(|_| few);
            let curve = dense
                .and_then(|dense| dense(rows.first()?, &along.variable, &along.curve_points()));
            (series, rows, curve)
        };
        Slice { along, at, series: self.series.iter().map(of).collect() }
    }

    /// Returns a chart with one curve per series and one panel per slice. `None` if no series has the quantity.
    fn curves(
        &self,
        quantity: &Quantity,
        along: &Along,
        fixed: &Along,
        slices: &[Slice<'_, '_>],
    ) -> Option<Figure> {
        let held = fixed.variable;
        // One slice is enough if they are all the same.
        let slices = if quantity.depends_on(&held) { slices } else { &slices[..1] };
        let charts: Vec<Chart> = slices.iter().map(|slice| slice.chart(quantity)).collect();
        if charts.iter().all(|chart| chart.layers.is_empty()) {
            return None;
        }
        let at = |slice: &Slice<'_, '_>| format!("{} = {}", held.symbol, short(slice.at));
        let fixed_at = match (slices, quantity.depends_on(&held)) {
            ([slice], true) => at(slice) + ", ",
            _ => String::new(),
        };
        let samples = match charts
            .iter()
            .any(|chart| chart.layers.iter().any(|layer| matches!(layer, Layer::Points(_))))
        {
            true => samples(self.series.iter().flat_map(|series| series.rows.iter().copied())),
            false => String::new(),
        };
        let x = along.variable;
        let title = format!(
            "{} against {}\n{fixed_at}{}{samples}{}",
            quantity.title, x.symbol, self.task, self.note
        );
        let legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
        let name = format!("{}_vs_{}", quantity.name, x.name);
        let picture = match charts.len() {
            1 => charts.into_iter().next()?.title(title).legend(legend).into(),
            columns => {
                let legend =
                    Legend::below().line_means("theory").points_mean("simulation, interval");
                let panels = charts.into_iter().zip(slices).fold(
                    plots::Figure::new(title, columns),
                    |panels, (mut chart, slice)| {
                        // There is room for the symbol only.
                        chart.x.label = format!("{} (units of x)", x.symbol);
                        panels.with(chart.title(at(slice)))
                    },
                );
                Picture::Panels(panels.legend(legend), Size::inches(6.5, 3.4))
            }
        };
        Some(Figure { name, picture })
    }
}

impl Slice<'_, '_> {
    /// Returns a chart with one curve per series that has the quantity, and points where it was simulated.
    fn chart(&self, quantity: &Quantity) -> Chart {
        let along = self.along;
        let (low, high) = along.ends();
        let mut chart = Chart::new(along.axis().range(low, high), Axis::linear(quantity.label));
        let stride = along.values.len().div_ceil(POINTS);
        for (series, rows, curve) in &self.series {
            let exact = |row: &Row<'_>| (along.variable.of(row), (quantity.exact)(row));
            let line: Vec<(f64, Option<f64>)> = match curve {
                Some(curve) => curve.iter().map(|row| exact(&row)).collect(),
                None => rows.iter().map(exact).collect(),
            };
            if line.iter().all(|(_, value)| value.is_none()) {
                continue;
            }
            let line = line.into_iter().map(|(x, value)| (x, value.unwrap_or(f64::NAN)));
            chart = chart.with(Line::new(&series.label, line).style(series.style));
            let point = |row: &Row<'_>| {
                let [value, low, high] = (quantity.simulated)(row)?;
                Some((along.variable.of(row), value, low, high))
            };
            let points: Vec<_> = rows.iter().step_by(stride).filter_map(point).collect();
            if !points.is_empty() {
                chart = chart.with(Points::new(&series.label, points).style(series.style));
            }
        }
        chart
    }
}

/// Returns a style for number `rank` of `count` in an order, light to dark, with small points.
pub(crate) fn by_rank(rank: usize, count: usize) -> Style {
    let t = if count > 1 { rank as f64 / (count - 1) as f64 } else { 1.0 };
    let color = ColorScale::Sequential.color(0.4 + 0.6 * t);
    Style { radius: 1.7, ..Style::default().color(color).marker(Marker::Circle) }
}

/// Returns at most `most` of the values, evenly chosen, including the first and the last.
pub(crate) fn evenly<T: Clone>(values: &[T], most: usize) -> Vec<T> {
    if values.len() <= most {
        return values.to_vec();
    }
    let last = values.len() - 1;
    (0..most).map(|i| values[(i * last + (most - 1) / 2) / (most - 1)].clone()).collect()
}

/// Returns the number of different values.
pub(crate) fn distinct(values: impl Iterator<Item = f64>) -> usize {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values.len()
}

/// Returns the part of a title about the samples behind these rows, which may come from several runs; empty if there
/// are none.
pub(crate) fn samples<'a>(rows: impl Iterator<Item = Row<'a>>) -> String {
    let counts: Vec<u64> = rows.filter_map(|row| row.count("samples")).collect();
    match (counts.iter().min(), counts.iter().max()) {
        (Some(least), Some(most)) if least == most => format!(", {} samples", thousands(*most)),
        (Some(least), Some(most)) => {
            format!(", runs of {} to {} samples", thousands(*least), thousands(*most))
        }
        _ => String::new(),
    }
}

/// Returns values in geometric progression through which to draw a smooth curve.
pub(crate) fn log_spaced(low: f64, high: f64) -> impl Iterator<Item = f64> {
    const STEPS: u32 = 120;
    (0..=STEPS).map(move |k| low * (high / low).powf(f64::from(k) / f64::from(STEPS)))
}
