//! The charts of a barrage: against the number of transformations, against ε, and in the plane of the two accuracies.

use plots::{Axis, Chart, Color, Dash, Legend, Line, Marker, Note, Points, Style};
use task::spec::Spec;

use super::{BarrageSpec, label};
use crate::experiments::accuracies::{CLEAN, QUANTITIES, ROBUST};
use crate::experiments::grid::EPS;
use crate::experiments::stage_style::protocol;
use crate::report::curves::{POINTS, Quantity, evenly, samples};
use crate::report::{Figure, FigureError, check_same};
use crate::table::{Row, Table};

/// The largest number of curves in one chart; if there are more numbers of votes, some are left out.
const CURVES: usize = 6;
/// The distance between the bars of different stages, in points.
const BESIDE: f64 = 3.0;
/// The style of the first stage: that of `defended` in other figures, whose place in the argument it has.
const FIRST_LOOK: usize = 1;

/// Returns the charts that these rows can fill, of one draw protocol:
/// - against the number of transformations, if there are several, at the ε nearest to ½;
/// - against ε, if there are several, at the largest number of transformations;
/// - the plane of clean and robust accuracy with the hyperbola on which their product is the optimum.
pub fn figures(table: &Table, spec: Option<&dyn Spec>) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else {
        return Ok(Vec::new());
    };
    check_same(table, &["draws"])?;
    let asked = spec.and_then(|spec| spec.as_any().downcast_ref::<BarrageSpec>());
    let data = Data::new(table, &first, asked);
    let mut figures = Vec::new();
    for along in [Along::Choose, Along::Eps] {
        if data.values(along).len() > 1 {
            let drawn = QUANTITIES
                .into_iter()
                .filter(|quantity| along == Along::Choose || quantity.name != CLEAN.name);
            figures.extend(drawn.map(|quantity| data.curves(quantity, along)));
        }
    }
    figures.push(data.plane());
    Ok(figures)
}

/// The variable of a chart.
#[derive(Clone, Copy, PartialEq)]
enum Along {
    Choose,
    Eps,
}

impl Along {
    fn of(self, row: &Row<'_>) -> f64 {
        row.number(match self {
            Self::Choose => "choose",
            Self::Eps => "eps",
        })
    }

    fn other(self) -> Self {
        match self {
            Self::Choose => Self::Eps,
            Self::Eps => Self::Choose,
        }
    }

    /// Returns the part of a title for a variable that is held fixed.
    fn at(self, value: f64) -> String {
        match self {
            Self::Choose if value == 1.0 => "1 transformation".to_owned(),
            Self::Choose => format!("{value} transformations"),
            Self::Eps => format!("ε = {value}"),
        }
    }
}

/// The rows of a stage with its style.
struct Series<'a> {
    label: String,
    style: Style,
    rows: Vec<Row<'a>>,
}

/// The rows, grouped by stage.
struct Data<'a> {
    series: Vec<Series<'a>>,
    choose: Vec<f64>,
    eps: Vec<f64>,
    /// The part of titles that describes the task, if it is known.
    task: String,
    note: String,
    /// The clean and robust accuracy of the undefended classifier at an ε, if the task is known.
    undefended: Option<(f64, f64)>,
}

impl<'a> Data<'a> {
    fn new(table: &'a Table, first: &Row<'_>, asked: Option<&BarrageSpec>) -> Self {
        let distinct = |along: Along| {
            let mut values: Vec<f64> = table.iter().map(|row| along.of(&row)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.dedup();
            values
        };
        let mut series: Vec<Series<'_>> = Vec::new();
        for row in table.iter() {
            let label = label(&row);
            match series.iter_mut().find(|series| series.label == label) {
                Some(series) => series.rows.push(row),
                None => series.push(Series { label, style: Style::default(), rows: vec![row] }),
            }
        }
        let all = series.len();
        let mut kept: Vec<usize> = evenly(&(0..all).collect::<Vec<_>>(), CURVES);
        kept.dedup();
        let mut next = 0;
        series.retain(|_| {
            next += 1;
            kept.contains(&(next - 1))
        });
        for (place, series) in series.iter_mut().enumerate() {
            let stage = match series.rows.first().map(|row| row.word("stage")) {
                Some("untrained") => 0,
                Some("trained") => 1,
                _ => place.max(2),
            };
            series.style = Style::series(FIRST_LOOK + stage);
        }
        let note = if all > CURVES { format!("; {CURVES} of {all} curves") } else { String::new() };
        let task = asked.map_or_else(String::new, |spec| {
            let all = spec.pool.named().map_or(0, |named| named.pool.len());
            format!(", pool of {all}, mean μ = {}, data_std ν = {}", spec.mean, spec.data_std)
        });
        let undefended = asked.map(|spec| (spec.mean, spec.data_std));
        Self {
            series,
            choose: distinct(Along::Choose),
            eps: distinct(Along::Eps),
            task: format!("{task}{}", protocol(first).replace('θ', "draws")),
            note,
            undefended,
        }
    }

    fn values(&self, along: Along) -> &[f64] {
        match along {
            Along::Choose => &self.choose,
            Along::Eps => &self.eps,
        }
    }

    /// Returns the value at which the other variable is held fixed: the largest number of transformations, or the ε
    /// nearest to ½.
    fn fixed(&self, along: Along) -> f64 {
        match along {
            Along::Choose => self.choose.last().copied().unwrap_or(1.0),
            Along::Eps => EPS.nearest(&self.eps),
        }
    }

    fn legend() -> Legend {
        Legend::auto().line_means("theory").points_mean("simulation, interval")
    }

    /// Returns the rows of a series at one value, in the order of the other variable.
    fn at(series: &Series<'a>, fixed: Along, value: f64) -> Vec<Row<'a>> {
        let along = fixed.other();
        let mut rows: Vec<Row<'a>> =
            series.rows.iter().copied().filter(|row| fixed.of(row) == value).collect();
        rows.sort_by(|a, b| along.of(a).total_cmp(&along.of(b)));
        rows
    }

    /// Returns one curve per stage.
    fn curves(&self, quantity: Quantity, along: Along) -> Figure {
        let fixed = along.other();
        let at = self.fixed(fixed);
        let values = self.values(along);
        let (low, high) = (values[0], values[values.len() - 1]);
        let axis = match along {
            // Keep the first and the last point away from the frame.
            Along::Choose => Axis::linear("number of transformations applied")
                .range(low - 0.25, high + 0.25)
                .whole(),
            Along::Eps => Axis::linear("ε, budget of the adversary (units of x)").range(low, high),
        };
        let mut chart = Chart::new(axis, Axis::linear(quantity.label));
        let stride = values.len().div_ceil(POINTS);
        let mut drawn = String::new();
        for (place, series) in self.series.iter().enumerate() {
            let rows = Self::at(series, fixed, at);
            let line =
                rows.iter().map(|row| (along.of(row), (quantity.exact)(row).unwrap_or(f64::NAN)));
            chart = chart.with(Line::new(&series.label, line).style(series.style));
            let points: Vec<(f64, f64, f64, f64)> = rows
                .iter()
                .step_by(stride)
                .filter_map(|row| {
                    let [value, low, high] = (quantity.simulated)(row)?;
                    Some((along.of(row), value, low, high))
                })
                .collect();
            if !points.is_empty() {
                // Bars at the same place are drawn side by side.
                let aside = if along == Along::Choose { BESIDE } else { 0.0 };
                let offset = aside * (place as f64 - 0.5 * (self.series.len() as f64 - 1.0));
                let points = Points::new(&series.label, points).style(series.style).offset(offset);
                chart = chart.with(points);
                drawn = samples(series.rows.iter().copied());
            }
        }
        let (name, against) = match along {
            Along::Choose => ("choose", "the number of transformations"),
            Along::Eps => ("eps", "ε"),
        };
        let title = format!(
            "{} against {against}\n{}{}{drawn}{}",
            quantity.title,
            fixed.at(at),
            self.task,
            self.note
        );
        Figure {
            name: format!("{}_vs_{name}", quantity.name),
            picture: chart.title(title).legend(Self::legend()).into(),
        }
    }

    /// Returns clean against robust accuracy: one path per stage, and the hyperbola that none of them crosses.
    fn plane(&self) -> Figure {
        let eps = self.fixed(Along::Eps);
        let mut drawn = String::new();
        let mut layers = Chart::default();
        let (mut seen, mut optimum) = ([1.0_f64, 0.0], 0.5);
        for (place, series) in self.series.iter().enumerate() {
            let rows = Self::at(series, Along::Eps, eps);
            let exact: Vec<(f64, f64)> = rows
                .iter()
                .map(|row| {
                    let exact = |of: Quantity| (of.exact)(row).unwrap_or(f64::NAN);
                    (exact(CLEAN), exact(ROBUST))
                })
                .collect();
            let points: Vec<plots::Point> = rows
                .iter()
                .filter_map(|row| {
                    let [x, x_low, x_high] = (CLEAN.simulated)(row)?;
                    let [y, low, high] = (ROBUST.simulated)(row)?;
                    Some(plots::Point::from((x, y, low, high)).x_interval(x_low, x_high))
                })
                .collect();
            let bars = points.iter().flat_map(|point| [point.x_low, point.x_high]);
            for x in exact.iter().map(|(x, _)| *x).chain(bars).filter(|x| x.is_finite()) {
                seen = [seen[0].min(x), seen[1].max(x)];
            }
            optimum = rows.first().and_then(|row| row.maybe("optimum")).unwrap_or(optimum);
            // Label the ends of one path; the others run alike.
            if place == 0 && rows.len() > 1 {
                for (row, (x, y)) in rows.iter().zip(&exact) {
                    let bare = Style { radius: 0.0, ..series.style };
                    layers = layers
                        .with(Note::new(*x, *y, Along::Choose.of(row).to_string()).style(bare));
                }
            }
            if exact.len() > 1 {
                let path = Line::new(&series.label, exact.iter().copied()).style(series.style);
                layers = layers.with(path);
            }
            if points.is_empty() {
                layers = layers.with(Points::new(&series.label, exact).style(series.style));
            } else {
                layers = layers.with(Points::new(&series.label, points).style(series.style));
                drawn = samples(rows.iter().copied());
            }
        }
        let undefended = self.undefended.and_then(|(mean, data_std)| {
            let task = task::Task::new(mean, data_std).ok()?;
            Some(theory::barrage::optimum(&task, task::Eps::ZERO).value)
        });
        if let Some(clean) = undefended {
            seen = [seen[0].min(clean), seen[1].max(clean)];
            let style = Style::neutral().color(Color::INK).marker(Marker::HollowCircle);
            layers = layers.with(Note::new(clean, optimum / clean, "undefended").style(style));
        }
        let room = 0.1 * (seen[1] - seen[0]).max(0.02);
        // Where the robust accuracy would be above 1, there is nothing to cross.
        let [low, high] = [(seen[0] - room).max(optimum), (seen[1] + room).min(1.0)];
        let curve = (0..=200).map(|i| {
            let x = low + (high - low) * f64::from(i) / 200.0;
            (x, optimum / x)
        });
        let border = Style::neutral().color(Color::INK).dash(Dash::Solid).width(1.3);
        if low < high {
            let name = format!("robust × clean = optimum, {optimum:.4}");
            layers = layers.with(Line::new(name, curve).style(border));
        }
        let low = (seen[0] - room).max(0.0);
        let x = Axis::linear("clean accuracy (share of all)").range(low, high.max(low + 0.01));
        let chart = Chart { x, y: Axis::linear(ROBUST.label), ..layers };
        let numbers = match self.choose.as_slice() {
            [only] => Along::Choose.at(*only),
            [first, .., last] => format!("{first} to {last} transformations"),
            [] => String::new(),
        };
        let title = format!(
            "What robust accuracy gains, clean accuracy pays\n{numbers}, ε = {eps}{}{drawn}{}",
            self.task, self.note
        );
        Figure {
            name: "robust_accuracy_vs_clean_accuracy".to_owned(),
            picture: chart.title(title).legend(Self::legend()).into(),
        }
    }
}
