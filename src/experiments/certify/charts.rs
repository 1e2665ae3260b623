//! The charts of certificates: certified accuracy against the radius, beside the truth; what is lost against the number of
//! answers; and the noise that certifies most at a radius.

use plots::{Axis, Chart, Color, Dash, Legend, Line, Note, Points, Reference, Style};
use rayon::prelude::*;
use task::certify::{Answers, Smoothed};
use task::{Prior, Task};
use theory::certify::{Certifier, Outcomes, predict, radius_max, true_radius_accuracy};

use super::rows::{RADIUS, SIGMA, answers};
use crate::report::curves::{POINTS, by_rank, estimate, evenly, samples};
use crate::report::{Figure, FigureError, check_same};
use crate::table::{Row, Table};

/// More curves than these hide each other.
const MOST: usize = 6;
/// Exact values of a curve between those of its rows.
const BETWEEN: u32 = 160;

/// What rows ask, so that it can be asked at other values.
#[derive(Clone, Copy)]
struct Asked {
    task: Task,
    prior: Prior,
    offset: f64,
    /// `None` for predict.
    n0: Option<Answers>,
    alpha: f64,
}

/// The columns of the mean, the standard deviation and the offset of a margin of one dimension; of the last the difference
/// of two where there are two.
pub(in crate::experiments) struct MarginColumns {
    pub(in crate::experiments) mean: &'static str,
    pub(in crate::experiments) data_std: &'static str,
    pub(in crate::experiments) offset: &'static str,
    pub(in crate::experiments) less: Option<&'static str>,
}

const OWN: MarginColumns =
    MarginColumns { mean: "mean", data_std: "data_std", offset: "shift", less: Some("threshold") };

impl Asked {
    fn of(row: &Row<'_>, columns: &MarginColumns) -> Option<Self> {
        let less = columns.less.map_or(0.0, |less| row.number(less));
        Some(Self {
            task: Task::new(row.number(columns.mean), row.number(columns.data_std)).ok()?,
            prior: Prior::new(row.number("prior")).ok()?,
            offset: row.number(columns.offset) - less,
            n0: row.maybe("n0").and_then(number),
            alpha: row.number("alpha"),
        })
    }

    fn smoothed(&self, sigma: f64) -> Option<Smoothed> {
        Smoothed::new(self.task, self.prior, self.offset, 0.0, sigma).ok()
    }

    fn certified(&self, sigma: f64, n: f64, radius: f64) -> Option<f64> {
        let (smoothed, n) = (self.smoothed(sigma)?, number(n)?);
        Some(Certifier::new(&smoothed, self.n0?, n, self.alpha).certified(radius).value)
    }

    fn outcomes(&self, sigma: f64, n: f64) -> Option<Outcomes> {
        let (smoothed, n) = (self.smoothed(sigma)?, number(n)?);
        Some(match self.n0 {
            Some(n0) => Certifier::new(&smoothed, n0, n, self.alpha).answers(),
            None => predict(&smoothed, n, self.alpha),
        })
    }
}

fn number(value: f64) -> Option<Answers> {
    if value.is_finite() { Answers::new(value as u64).ok() } else { Some(Answers::Limit) }
}

/// The values of an axis and enough between them for a curve, ascending.
fn dense(values: &[f64], log: bool, more: &[f64]) -> Vec<f64> {
    let (Some(low), Some(high)) = (values.first(), values.last()) else { return Vec::new() };
    let between = (0..=BETWEEN).map(|i| {
        let t = f64::from(i) / f64::from(BETWEEN);
        if log { low * (high / low).powf(t) } else { low + (high - low) * t }
    });
    let mut all: Vec<f64> =
        values.iter().copied().chain(between).chain(more.iter().copied()).collect();
    all.retain(|value| (*low..=*high).contains(value));
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// A curve through these places.
fn curve(places: &[f64], value: impl Fn(f64) -> Option<f64> + Sync) -> Vec<(f64, f64)> {
    places.par_iter().filter_map(|x| Some((*x, value(*x)?))).collect()
}

/// The charts that these rows can fill. What they have several of and a chart does not vary is held at its first value, σ and
/// the radius at the one nearest to their usual ones.
pub(super) fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    check_same(table, &["mean", "data_std", "shift", "threshold", "prior", "procedure"])?;
    let Some(first) = table.row(0) else { return Ok(Vec::new()) };
    let mut text = String::new();
    for (name, usual) in [
        ("mean", f64::NAN),
        ("data_std", f64::NAN),
        ("shift", 0.0),
        ("threshold", 0.0),
        ("prior", 0.5),
    ] {
        let value = first.number(name);
        if value != usual {
            text += &format!(", {name} = {value}");
        }
    }
    let Some(all) = Rows::of(table, &first, &OWN, &text) else { return Ok(Vec::new()) };
    let figures = [against_radius(&all), against_answers(&all), against_sigma(&all)];
    Ok(figures.into_iter().flatten().collect())
}

/// Rows of one level and one selection, on one margin.
pub(in crate::experiments) struct Rows<'a> {
    rows: Vec<Row<'a>>,
    asked: Asked,
    task: String,
}

impl<'a> Rows<'a> {
    /// Those of a table that are as `first` in these respects; `task` says in titles what they are of.
    pub(in crate::experiments) fn of(
        table: &'a Table,
        first: &Row<'_>,
        columns: &MarginColumns,
        task: &str,
    ) -> Option<Self> {
        let same = |row: &Row<'_>| {
            ["alpha", "n0", columns.mean, columns.data_std, columns.offset]
                .iter()
                .all(|name| row.maybe(name) == first.maybe(name))
        };
        let rows = table.iter().filter(same).collect();
        let mut text = format!("α = {}", first.number("alpha"));
        if let Some(n0) = first.maybe("n0") {
            text += &format!(", n₀ = {}", answers(n0));
        }
        Some(Self { rows, asked: Asked::of(first, columns)?, task: text + task })
    }

    /// The different values of a column, ascending.
    fn values(&self, name: &str) -> Vec<f64> {
        let mut values: Vec<f64> = self.rows.iter().filter_map(|row| row.maybe(name)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    }

    /// The rows with these values, in the order of `along`.
    fn at(&self, fixed: &[(&str, f64)], along: &str) -> Vec<Row<'a>> {
        let here =
            |row: &&Row<'a>| fixed.iter().all(|(name, value)| row.maybe(name) == Some(*value));
        let mut rows: Vec<Row<'a>> = self.rows.iter().filter(here).copied().collect();
        rows.sort_by(|a, b| a.number(along).total_cmp(&b.number(along)));
        rows
    }

    fn figure(&self, name: &str, chart: Chart, title: &str, fixed: &str) -> Figure {
        let title =
            format!("{title}\n{fixed}, {}{}", self.task, samples(self.rows.iter().copied()));
        let legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
        Figure { name: name.to_owned(), picture: chart.title(title).legend(legend).into() }
    }
}

/// A line of exact values and, where there are such, points of the simulation.
fn layers(
    chart: Chart,
    label: &str,
    line: Vec<(f64, f64)>,
    (rows, along, rate): (&[Row<'_>], &str, &str),
    style: Style,
) -> Chart {
    let chart = chart.with(Line::new(label, line).style(style));
    let stride = rows.len().div_ceil(POINTS).max(1);
    let points: Vec<(f64, f64, f64, f64)> = rows
        .iter()
        .step_by(stride)
        .filter_map(|row| {
            let [value, low, high] = estimate(row, rate, rate)?;
            Some((row.maybe(along)?, value, low, high))
        })
        .collect();
    match points.is_empty() {
        true => chart,
        false => chart.with(Points::new(label, points).style(style)),
    }
}

/// The look of what is true of the smoothed classifier.
fn truth() -> Style {
    Style::neutral().color(Color::INK).dash(Dash::Dashed).width(1.3)
}

/// Certified accuracy against the radius, a curve for each number of answers, with the truth as envelope, and the robust
/// optimum where rows have it.
pub(in crate::experiments) fn against_radius(all: &Rows<'_>) -> Option<Figure> {
    let (radii, sigma) = (all.values("radius"), SIGMA.nearest(&all.values("sigma")));
    let (low, high) = (*radii.first()?, *radii.last()?);
    if radii.len() < 2 {
        return None;
    }
    let asked = all.asked;
    let x = Axis::linear("certified radius r (units of x)").range(low, high);
    let mut chart = Chart::new(x, Axis::linear("certified accuracy (share of all)"));
    let numbers = all.values("n");
    let finite: Vec<f64> = numbers.iter().copied().filter(|n| n.is_finite()).collect();
    let drawn = evenly(&finite, MOST);
    let places = dense(&radii, false, &[]);
    for (rank, n) in drawn.iter().enumerate() {
        let rows = all.at(&[("sigma", sigma), ("n", *n)], "radius");
        let line = curve(&places, |radius| asked.certified(sigma, *n, radius));
        let label = format!("n = {}", answers(*n));
        let style = by_rank(rank, drawn.len());
        chart = layers(chart, &label, line, (&rows, "radius", "certified_accuracy"), style);
    }
    let smoothed = asked.smoothed(sigma)?;
    let line = curve(&places, |radius| Some(true_radius_accuracy(&smoothed, radius).value));
    let limit = all.at(&[("sigma", sigma), ("n", f64::INFINITY)], "radius");
    let seen = (limit.as_slice(), "radius", "certified_accuracy");
    chart = layers(chart, "truth, n = ∞", line, seen, truth());
    chart = with_optimum(chart, &all.at(&[("sigma", sigma)], "radius"));
    let title = "What n noisy answers certify";
    Some(all.figure("certified_accuracy_vs_radius", chart, title, &format!("σ = {sigma}")))
}

/// The adversarial accuracy that no classifier exceeds, where rows have it.
pub(in crate::experiments) fn with_optimum(chart: Chart, rows: &[Row<'_>]) -> Chart {
    let mut line: Vec<(f64, f64)> = rows
        .iter()
        .filter_map(|row| Some((row.maybe("radius")?, row.maybe("optimum_low")?)))
        .collect();
    line.dedup();
    match line.is_empty() {
        true => chart,
        false => chart.with(Line::new("robust optimum", line).style(truth().dash(Dash::Dotted))),
    }
}

/// Certified accuracy against the radius at one noise and the largest number of answers, a curve for each of several sets of
/// rows with its name.
pub(in crate::experiments) fn against_radius_by(
    several: &[(String, Rows<'_>)],
    title: &str,
) -> Option<Figure> {
    let (_, all) = several.first()?;
    let (radii, sigma) = (all.values("radius"), SIGMA.nearest(&all.values("sigma")));
    let (low, high) = (*radii.first()?, *radii.last()?);
    let n = *all.values("n").last()?;
    if radii.len() < 2 || several.len() < 2 {
        return None;
    }
    let x = Axis::linear("certified radius r (units of x)").range(low, high);
    let mut chart = Chart::new(x, Axis::linear("certified accuracy (share of all)"));
    let places = dense(&radii, false, &[]);
    for (rank, (label, of)) in several.iter().enumerate() {
        let rows = of.at(&[("sigma", sigma), ("n", n)], "radius");
        let line = curve(&places, |radius| of.asked.certified(sigma, n, radius));
        let style = by_rank(rank, several.len());
        chart = layers(chart, label, line, (&rows, "radius", "certified_accuracy"), style);
        let best = rows.first()?.maybe("optimal_radius").filter(|r| (low..=high).contains(r));
        if let Some((best, value)) = best.and_then(|r| Some((r, of.asked.certified(sigma, n, r)?)))
        {
            let note = format!("r = {}", plots::label::number((best * 100.0).round() / 100.0));
            chart = chart.with(Note::new(best, value, note).style(style));
        }
    }
    chart = with_optimum(chart, &all.at(&[("sigma", sigma), ("n", n)], "radius"));
    let fixed = format!("σ = {sigma}, n = {}", answers(n));
    Some(all.figure("certified_accuracy_vs_radius_by_training", chart, title, &fixed))
}

/// Abstention, wrong answers and, with a radius, loss against the number of answers.
pub(in crate::experiments) fn against_answers(all: &Rows<'_>) -> Option<Figure> {
    let predict = all.asked.n0.is_none();
    let sigma = SIGMA.nearest(&all.values("sigma"));
    let radius = RADIUS.nearest(&all.values("radius"));
    let mut fixed = vec![("sigma", sigma)];
    let mut text = format!("σ = {sigma}");
    if !predict {
        fixed.push(("radius", radius));
        text += &format!(", r = {radius}");
    }
    let mut rows = all.at(&fixed, "n");
    rows.retain(|row| row.number("n").is_finite());
    let first = rows.first()?;
    let (low, high) = (first.number("n"), rows.last()?.number("n"));
    if low == high {
        return None;
    }
    let asked = all.asked;
    let log = high / low >= 20.0;
    let label = "noisy answers that are counted, n";
    let x = if log { Axis::log(label) } else { Axis::linear(label) };
    let mut chart = Chart::new(x.range(low, high), Axis::linear("share of all samples").low(0.0));
    let numbers: Vec<f64> = rows.iter().map(|row| row.number("n")).collect();
    let mut places: Vec<f64> = dense(&numbers, log, &[]).into_iter().map(f64::round).collect();
    places.dedup();
    let found: Vec<(f64, Outcomes)> =
        places.par_iter().filter_map(|n| Some((*n, asked.outcomes(sigma, *n)?))).collect();
    let abstain = found.iter().map(|(n, outcomes)| (*n, outcomes.abstain.value)).collect();
    chart = layers(chart, "abstain", abstain, (&rows, "n", "abstain"), Style::series(0));
    let wrong = found.iter().map(|(n, outcomes)| (*n, outcomes.wrong.value)).collect();
    chart = layers(chart, "wrong", wrong, (&rows, "n", "wrong"), Style::series(1));
    if !predict {
        let truth = first.maybe("true_radius_accuracy")?;
        let name = format!("loss at r = {radius}");
        let style = Style::series(2);
        let loss = curve(&places, |n| Some(truth - asked.certified(sigma, n, radius)?));
        chart = chart.with(Line::new(&name, loss).style(style));
        // The truth less what is certified: the ends of an interval change places.
        let point = |row: &Row<'_>| {
            let [value, low, high] = estimate(row, "certified_accuracy", "certified_accuracy")?;
            Some((row.number("n"), truth - value, truth - high, truth - low))
        };
        let stride = rows.len().div_ceil(POINTS).max(1);
        let points: Vec<_> = rows.iter().step_by(stride).filter_map(point).collect();
        if !points.is_empty() {
            chart = chart.with(Points::new(&name, points).style(style));
        }
        if let Some(floor) = first.maybe("abstain_floor") {
            chart = chart.with(Reference::horizontal(floor, "abstain as n → ∞"));
        }
    }
    let title = match predict {
        true => "What PREDICT answers",
        false => "Abstention and loss against the number of answers",
    };
    Some(all.figure("abstain_vs_n", chart, title, &text))
}

fn against_sigma(all: &Rows<'_>) -> Option<Figure> {
    all.asked.n0?;
    let sigmas = all.values("sigma");
    let (low, high) = (*sigmas.first()?, *sigmas.last()?);
    let n = all.values("n").into_iter().rfind(|n| n.is_finite())?;
    if sigmas.len() < 2 {
        return None;
    }
    let asked = all.asked;
    let log = high / low >= 20.0;
    let label = "σ, standard deviation of the noise (units of x)";
    let x = if log { Axis::log(label) } else { Axis::linear(label) };
    let y = Axis::linear("certified accuracy (share of all)").low(0.0);
    let mut chart = Chart::new(x.range(low, high), y);
    let radii = evenly(&all.values("radius"), MOST);
    let ceiling = radius_max(1.0, number(n)?, asked.alpha);
    for (rank, radius) in radii.iter().enumerate() {
        let rows = all.at(&[("radius", *radius), ("n", n)], "sigma");
        // A smaller noise cannot certify this radius: both sides of the step.
        let least = radius / ceiling;
        let places = dense(&sigmas, log, &[least * (1.0 - 1e-9), least * (1.0 + 1e-9)]);
        let line = curve(&places, |sigma| asked.certified(sigma, n, *radius));
        let best = line.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let style = by_rank(rank, radii.len());
        let name = format!("r = {}", task::range::short(*radius));
        chart = layers(chart, &name, line, (&rows, "sigma", "certified_accuracy"), style);
        if let Some((sigma, value)) = best.filter(|(_, value)| *value > 0.0) {
            let text = format!("σ = {}", plots::label::number((sigma * 100.0).round() / 100.0));
            chart = chart.with(Note::new(sigma, value, text).style(style));
        }
    }
    let title = "The noise that certifies most at a radius";
    let fixed = format!("n = {}", answers(n));
    Some(all.figure("certified_accuracy_vs_sigma", chart, title, &fixed))
}
