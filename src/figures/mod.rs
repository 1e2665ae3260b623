//! Rows to charts, from rows alone. What a chart shows beside them is made into rows first, so that it can be
//! kept, too: the leading terms of the vote ([`approach_rows`]) and the ends of training
//! ([`train::end_rows`]). Only the stages along ε in [`claims`] are computed and drawn.

pub mod claims;
pub mod convergence;
mod curves;
pub mod densities;
mod gain;
mod invariance;
pub mod nd;
pub mod protocols;
pub mod train;
mod votes;

use plots::{Axis, Chart, ColorScale, Drawing, Marker, Size, Style, Theme};
use task::DrawProtocol;

use self::curves::Quantity;
pub use self::votes::{ApproachRow, approach_rows};

use crate::answer::Judged;
use crate::row::{Row, StageName, VotesCell};

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

/// Pages narrower than this, in points, have fewer panels in a row.
pub(crate) const NARROW: f64 = 4.5 * 72.0;

impl Picture {
    /// Draws it.
    pub fn render(&self) -> Result<Drawing, plots::Error> {
        match self {
            Self::Chart(chart) => chart.render(Size::TEXT_WIDTH),
            Self::Panels(panels, size) => panels.render(*size),
        }
    }

    /// Draws it on a page `width` points wide, as high as its plots need, in the colours of a theme.
    pub fn render_at(&self, width: f64, theme: Theme) -> Result<Drawing, plots::Error> {
        /// The height of a plot, in its width.
        const RATIO: f64 = 0.72;
        match self {
            Self::Chart(chart) => chart.render_in(chart.fitted(width, RATIO)?, theme),
            Self::Panels(panels, _) => {
                // Few panels stand below each other in a column; many stay beside each other.
                let narrow = if panels.panels.len() > 3 { 2 } else { 1 };
                let columns = if width < NARROW { narrow } else { panels.columns };
                let panels = plots::Figure { columns, ..panels.clone() };
                panels.render_in(panels.fitted(width, RATIO)?, theme)
            }
        }
    }
}

/// Why rows cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// One chart has one task.
    #[error(
        "the rows differ in {0}: one set of charts needs one task and the same draws throughout"
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
        ("data_std", |row| row.data_std),
        ("shift", |row| row.shift),
    ] {
        if rows.iter().any(|row| value(row) != value(first)) {
            return Err(FigureError::SeveralTasks(name));
        }
    }
    if rows.iter().any(|row| row.draws != first.draws) {
        return Err(FigureError::SeveralTasks("draws"));
    }
    let data = Data::new(rows, task(first));
    let mut figures = Vec::new();
    for (along, fixed) in [(Variable::Sigma, Variable::Eps), (Variable::Eps, Variable::Sigma)] {
        if data.values(along).len() > 1 {
            let drawn = Quantity::ALL.into_iter().filter(|quantity| quantity.depends_on(along));
            figures.extend(drawn.map(|quantity| data.curves(quantity, along, fixed)));
        }
    }
    if data.sigmas.len() > 1 && data.budgets.len() > 1 {
        let gains = data.series.iter().filter(|series| !series.is(StageName::Undefended as usize));
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
    fn of(self, row: &impl Judged) -> f64 {
        match self {
            Self::Sigma => row.sigma(),
            Self::Eps => row.eps(),
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

    fn axis(self, label: &str, values: &[f64]) -> Axis {
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
struct Series<'a, R> {
    label: String,
    style: Style,
    /// At least one.
    rows: Vec<&'a R>,
}

impl<R> Clone for Series<'_, R> {
    fn clone(&self) -> Self {
        Self { label: self.label.clone(), style: self.style, rows: self.rows.clone() }
    }
}

impl<R: Judged> Series<'_, R> {
    /// Whether it is the stage of this place.
    fn is(&self, place: usize) -> bool {
        self.rows.first().is_some_and(|row| row.place() == place)
    }

    /// Which member of this family it is.
    fn member(&self, what: &str) -> Option<f64> {
        self.rows.first()?.family().filter(|(family, _)| *family == what).map(|(_, value)| value)
    }
}

/// The number of votes of a row, infinite for the limit.
fn votes(row: &Row) -> Option<f64> {
    row.votes.map(VotesCell::number)
}

struct Data<'a, R> {
    rows: &'a [R],
    task: String,
    /// What is on the axes of sigma and ε.
    axes: [String; 2],
    sigmas: Vec<f64>,
    budgets: Vec<f64>,
    series: Vec<Series<'a, R>>,
}

/// What the charts of one-dimensional rows say of their task.
fn task(row: &Row) -> String {
    let Row { mean, data_std, shift, draws, .. } = row;
    format!("mean μ = {mean}, data_std ν = {data_std}, shift = {shift}{}", protocol(draws.0))
}

/// What a title says of draws that are not the usual ones.
fn protocol(draws: DrawProtocol) -> String {
    match draws {
        DrawProtocol::Same => String::new(),
        DrawProtocol::Fresh => ", fresh θ for the attacked input".to_owned(),
        DrawProtocol::Persistent(tries) => {
            format!(", fresh θ in each of {tries} tries of the attacker")
        }
    }
}

impl<'a, R: Judged> Data<'a, R> {
    /// `task` is what titles say of it.
    fn new(rows: &'a [R], task: String) -> Self {
        let distinct = |variable: Variable| {
            let mut values: Vec<f64> = rows.iter().map(|row| variable.of(row)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.dedup();
            values
        };
        let mut series: Vec<Series<'_, R>> = Vec::new();
        for row in rows {
            let label = row.label();
            match series.iter_mut().find(|series| series.label == label) {
                Some(series) => series.rows.push(row),
                // The style comes from `style`.
                None => series.push(Series { label, style: Style::default(), rows: vec![row] }),
            }
        }
        Self {
            rows,
            task,
            axes: [
                "σ, standard deviation of the added noise (units of x)".to_owned(),
                "ε, budget of the adversary (units of x)".to_owned(),
            ],
            sigmas: distinct(Variable::Sigma),
            budgets: distinct(Variable::Eps),
            series,
        }
    }

    fn axis(&self, variable: Variable) -> Axis {
        variable.axis(&self.axes[variable as usize], self.values(variable))
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
fn style<R: Judged>(series: &mut [Series<'_, R>]) {
    let place = |series: &Series<'_, R>| series.rows.first().map_or(0, |row| row.place());
    // the looks of the paper's stages are theirs, whether they are here or not
    let places = series.iter().map(|series| place(series) + 1).max().unwrap_or(0);
    let mut next = places.max(StageName::ALL.len());
    let mut seen = vec![false; next];
    for series in series {
        let place = place(series);
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
pub(crate) fn usual_point(rows: &[Row]) -> (f64, f64) {
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
pub(crate) fn thousands(n: u64) -> String {
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
