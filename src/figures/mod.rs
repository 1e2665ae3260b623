//! Rows to charts, from rows alone; and, in [`claims`], findings to maps. The only numbers computed here
//! are the curves that no row has: the leading term of the vote, and the stages along ε.

pub mod claims;
mod curves;
mod gain;
mod invariance;
pub mod train;
mod votes;

use plots::{Axis, Chart, ColorScale, Drawing, Marker, Size, Style};
use theory::task::{Draws, Votes};

use self::curves::Quantity;

use crate::row::{Row, StageName};
use crate::table::stage_label;

/// A chart and the name of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file name without its ending.
    pub name: String,
    /// What is drawn.
    pub picture: Picture,
}

/// One chart, or several as panels of one page.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// A chart as wide as the text.
    Chart(Chart),
    /// Panels on a page of this size.
    Panels(plots::Figure, Size),
}

impl From<Chart> for Picture {
    fn from(chart: Chart) -> Self {
        Self::Chart(chart)
    }
}

impl Picture {
    /// Draws it.
    pub fn render(&self) -> Result<Drawing, plots::Error> {
        match self {
            Self::Chart(chart) => chart.render(Size::TEXT_WIDTH),
            Self::Panels(panels, size) => panels.render(*size),
        }
    }
}

/// Why rows cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// One chart has one task.
    #[error(
        "the rows differ in {0}: one set of charts needs the same mean, noise, shift and draws throughout"
    )]
    SeveralTasks(&'static str),
}

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
pub fn figures(rows: &[Row]) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    for (name, value) in [
        ("mean", (|row| row.mean) as fn(&Row) -> f64),
        ("noise", |row| row.noise),
        ("shift", |row| row.shift),
    ] {
        if rows.iter().any(|row| value(row) != value(first)) {
            return Err(FigureError::SeveralTasks(name));
        }
    }
    if rows.iter().any(|row| row.draws != first.draws) {
        return Err(FigureError::SeveralTasks("draws"));
    }
    let data = Data::new(rows);
    let mut figures = Vec::new();
    for (along, fixed) in [(Variable::Sigma, Variable::Eps), (Variable::Eps, Variable::Sigma)] {
        if data.values(along).len() > 1 {
            let drawn = Quantity::ALL.into_iter().filter(|quantity| quantity.depends_on(along));
            figures.extend(drawn.map(|quantity| data.curves(quantity, along, fixed)));
        }
    }
    if data.sigmas.len() > 1 && data.budgets.len() > 1 {
        let gains = data.series.iter().filter(|series| series.stage != StageName::Undefended);
        figures.extend(gains.filter_map(|series| data.gain(series)));
    }
    figures.extend(data.against_invariance());
    figures.extend(data.against_votes());
    Ok(figures)
}

#[derive(Clone, Copy, PartialEq)]
enum Variable {
    Sigma,
    Eps,
}

impl Variable {
    fn of(self, row: &Row) -> f64 {
        match self {
            Self::Sigma => row.sigma,
            Self::Eps => row.eps,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sigma => "sigma",
            Self::Eps => "eps",
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Sigma => "σ",
            Self::Eps => "ε",
        }
    }

    fn axis(self, values: &[f64]) -> Axis {
        let label = match self {
            Self::Sigma => "σ, standard deviation of the added noise (units of x)",
            Self::Eps => "ε, budget of the adversary (units of x)",
        };
        let (low, high) = (values[0], values[values.len() - 1]);
        let ratio_even = |w: &[f64]| ((w[2] / w[1]) / (w[1] / w[0]) - 1.0).abs() < 1e-3;
        let log = low > 0.0 && high / low >= 50.0 && values.windows(3).all(ratio_even);
        if log { Axis::log(label) } else { Axis::linear(label) }
    }

    /// Where it is held fixed, the value nearest to this one is drawn.
    fn usual(self) -> f64 {
        match self {
            Self::Sigma => 1.0,
            Self::Eps => 0.5,
        }
    }
}

/// The rows of one stage, one threshold, one number of votes.
#[derive(Clone)]
struct Series<'a> {
    label: String,
    stage: StageName,
    style: Style,
    rows: Vec<&'a Row>,
}

impl Series<'_> {
    /// What sets a series apart from others of its stage: the threshold, or the number of votes.
    fn parameter(&self) -> f64 {
        self.rows.first().map_or(0.0, |row| votes(row).or(row.threshold).unwrap_or(0.0))
    }
}

/// The number of votes of a row, infinite for the limit.
fn votes(row: &Row) -> Option<f64> {
    row.votes.map(|votes| match votes.0 {
        Votes::Finite(n) => f64::from(n.get()),
        Votes::Limit => f64::INFINITY,
    })
}

struct Data<'a> {
    rows: &'a [Row],
    task: String,
    sigmas: Vec<f64>,
    budgets: Vec<f64>,
    series: Vec<Series<'a>>,
}

impl<'a> Data<'a> {
    /// `rows` must not be empty.
    fn new(rows: &'a [Row]) -> Self {
        let distinct = |variable: Variable| {
            let mut values: Vec<f64> = rows.iter().map(|row| variable.of(row)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.dedup();
            values
        };
        let mut series: Vec<Series<'_>> = Vec::new();
        for row in rows {
            let label = stage_label(row);
            match series.iter_mut().find(|series| series.label == label) {
                Some(series) => series.rows.push(row),
                None => series.push(Series {
                    label,
                    stage: row.stage,
                    style: Style::default(), // see `style`
                    rows: vec![row],
                }),
            }
        }
        let Row { mean, noise, shift, draws, .. } = rows[0];
        let draws = match draws.0 {
            Draws::Same => String::new(),
            Draws::Fresh => ", fresh θ for the attacked input".to_owned(),
            Draws::Persistent(tries) => {
                format!(", fresh θ in each of {tries} tries of the attacker")
            }
        };
        Self {
            rows,
            task: format!("mean μ = {mean}, noise ν = {noise}, shift = {shift}{draws}"),
            sigmas: distinct(Variable::Sigma),
            budgets: distinct(Variable::Eps),
            series,
        }
    }

    fn values(&self, variable: Variable) -> &[f64] {
        match variable {
            Variable::Sigma => &self.sigmas,
            Variable::Eps => &self.budgets,
        }
    }
}

/// The curves of one chart by sigma: at most [`SIGMAS`], evenly chosen, each with the rows that belong
/// to it and a colour; and what the title says of those left out. No curve, no chart.
fn by_sigma<'a>(
    rows: impl Iterator<Item = &'a Row>,
    keep: impl Fn(&[&Row]) -> bool,
) -> (Vec<SigmaCurve<'a>>, String) {
    let mut curves: Vec<SigmaCurve<'a>> = Vec::new();
    for row in rows {
        match curves.iter_mut().find(|curve| curve.sigma == row.sigma) {
            Some(curve) => curve.rows.push(row),
            None => {
                curves.push(SigmaCurve { sigma: row.sigma, style: by_rank(0, 1), rows: vec![row] });
            }
        }
    }
    curves.retain(|curve| keep(&curve.rows));
    curves.sort_by(|a, b| a.sigma.total_cmp(&b.sigma));
    let note = match curves.len() {
        0..=SIGMAS => String::new(),
        all => format!("; {SIGMAS} of {all} values of σ"),
    };
    let mut curves = evenly(&curves, SIGMAS);
    let count = curves.len();
    for (rank, curve) in curves.iter_mut().enumerate() {
        curve.style = by_rank(rank, count);
    }
    (curves, note)
}

/// At most this many values of sigma have a curve in a chart by sigma.
const SIGMAS: usize = 6;

/// The rows of one sigma and the look of their curve.
#[derive(Clone)]
struct SigmaCurve<'a> {
    sigma: f64,
    style: Style,
    rows: Vec<&'a Row>,
}

/// A look for number `rank` of `count` in an order, light to dark, with small points.
fn by_rank(rank: usize, count: usize) -> Style {
    let t = if count > 1 { rank as f64 / (count - 1) as f64 } else { 1.0 };
    let color = ColorScale::Sequential.color(0.4 + 0.6 * t);
    Style { radius: 1.7, ..Style::default().color(color).marker(Marker::Circle) }
}

/// At most `most` of the values, evenly chosen, with the first and the last.
fn evenly<T: Clone>(values: &[T], most: usize) -> Vec<T> {
    if values.len() <= most {
        return values.to_vec();
    }
    let last = values.len() - 1;
    (0..most).map(|i| values[(i * last + (most - 1) / 2) / (most - 1)].clone()).collect()
}

/// How many different values there are.
fn distinct(values: impl Iterator<Item = f64>) -> usize {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values.len()
}

/// What a title says of the samples behind these rows; nothing if there are none.
fn samples<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let most = rows.filter_map(|row| row.samples).max();
    most.map_or_else(String::new, |n| format!(", {} samples", thousands(n)))
}

/// The same look for a stage in every figure: its place in the paper's argument. Further thresholds
/// and numbers of votes of a stage take the looks after these.
fn style(series: &mut [Series<'_>]) {
    let mut seen = [false; StageName::ALL.len()];
    let mut next = StageName::ALL.len();
    for series in series {
        let place = series.stage as usize;
        let look = if seen[place] {
            next += 1;
            next - 1
        } else {
            place
        };
        seen[place] = true;
        series.style = Style::series(look);
    }
}

/// The (sigma, eps) of the rows that is nearest to the usual one, σ = 1 and ε = ½: what is shown
/// where only one can be.
#[must_use]
pub fn usual_point(rows: &[Row]) -> (f64, f64) {
    let point = |variable: Variable| {
        let values: Vec<f64> = rows.iter().map(|row| variable.of(row)).collect();
        nearest(&values, variable.usual())
    };
    (point(Variable::Sigma), point(Variable::Eps))
}

/// The value nearest to `to`, and `to` itself if there are none.
fn nearest(values: &[f64], to: f64) -> f64 {
    values.iter().copied().min_by(|a, b| (a - to).abs().total_cmp(&(b - to).abs())).unwrap_or(to)
}

/// 10000000 as 10,000,000.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
