//! Rows to charts, from rows alone: nothing here computes an accuracy.

use plots::{Axis, Chart, Contour, HeatMap, Legend, Line, Points, Style};

use crate::row::{DrawsName, Row, StageName};
use crate::table::stage_label;

/// A chart and the name of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file name without its ending.
    pub name: String,
    /// What is drawn.
    pub chart: Chart,
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
///   heat map on sigma × eps.
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

#[derive(Clone, Copy)]
enum Quantity {
    RobustAccuracy,
    CleanAccuracy,
    AdversarialAccuracy,
    AttackSuccessRate,
}

impl Quantity {
    const ALL: [Self; 4] = [
        Self::RobustAccuracy,
        Self::CleanAccuracy,
        Self::AdversarialAccuracy,
        Self::AttackSuccessRate,
    ];

    fn depends_on(self, variable: Variable) -> bool {
        !(matches!(self, Self::CleanAccuracy) && variable == Variable::Eps)
    }

    fn name(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "robust_accuracy",
            Self::CleanAccuracy => "clean_accuracy",
            Self::AdversarialAccuracy => "adversarial_accuracy",
            Self::AttackSuccessRate => "attack_success_rate",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "Robust accuracy",
            Self::CleanAccuracy => "Clean accuracy",
            Self::AdversarialAccuracy => "Adversarial accuracy",
            Self::AttackSuccessRate => "Attack success rate",
        }
    }

    /// What is on the axis, with its denominator.
    fn label(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "robust accuracy (share of the correct)",
            Self::CleanAccuracy => "clean accuracy (share of all)",
            Self::AdversarialAccuracy => "adversarial accuracy (share of all)",
            Self::AttackSuccessRate => "attack success rate (share of the correct)",
        }
    }

    fn exact(self, row: &Row) -> f64 {
        match self {
            Self::RobustAccuracy => row.robust_accuracy,
            Self::CleanAccuracy => row.clean_accuracy,
            Self::AdversarialAccuracy => row.adversarial_accuracy,
            Self::AttackSuccessRate => row.attack_success_rate,
        }
    }

    /// (estimate, low, high).
    fn simulated(self, row: &Row) -> Option<(f64, f64, f64)> {
        let robust = || Some((row.mc_robust_accuracy?, row.mc_robust_low?, row.mc_robust_high?));
        match self {
            Self::RobustAccuracy => robust(),
            Self::CleanAccuracy => {
                Some((row.mc_clean_accuracy?, row.mc_clean_low?, row.mc_clean_high?))
            }
            Self::AdversarialAccuracy => Some((
                row.mc_adversarial_accuracy?,
                row.mc_adversarial_low?,
                row.mc_adversarial_high?,
            )),
            Self::AttackSuccessRate => {
                robust().map(|(value, low, high)| (1.0 - value, 1.0 - high, 1.0 - low))
            }
        }
    }
}

/// The rows of one stage, one threshold, one number of votes.
struct Series<'a> {
    label: String,
    stage: StageName,
    style: Style,
    rows: Vec<&'a Row>,
}

struct Data<'a> {
    task: String,
    sigmas: Vec<f64>,
    budgets: Vec<f64>,
    series: Vec<Series<'a>>,
}

/// At most about this many simulated points on a curve; with more, the bars hide each other.
const POINTS: usize = 17;

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
                    style: Style::default(),
                    rows: vec![row],
                }),
            }
        }
        style(&mut series);
        let Row { mean, noise, shift, draws, .. } = rows[0];
        let draws = match draws {
            DrawsName::Same => "",
            DrawsName::Fresh => ", fresh θ for the attacked input",
        };
        Self {
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

    /// One curve a series.
    fn curves(&self, quantity: Quantity, along: Variable, fixed: Variable) -> Figure {
        let values = self.values(along);
        let at = nearest(self.values(fixed), fixed.usual());
        let headline = format!("{} against {}", quantity.title(), along.symbol());
        let axis = along.axis(values).range(values[0], values[values.len() - 1]);
        let mut chart = Chart::new(axis, Axis::linear(quantity.label()));
        let stride = values.len().div_ceil(POINTS);
        let mut drawn = String::new();
        for series in &self.series {
            let mut rows: Vec<&Row> =
                series.rows.iter().copied().filter(|row| fixed.of(row) == at).collect();
            rows.sort_by(|a, b| along.of(a).total_cmp(&along.of(b)));
            let line = rows.iter().map(|row| (along.of(row), quantity.exact(row)));
            chart = chart.with(Line::new(&series.label, line).style(series.style));
            let points: Vec<(f64, f64, f64, f64)> = rows
                .iter()
                .step_by(stride)
                .filter_map(|row| {
                    let (value, low, high) = quantity.simulated(row)?;
                    Some((along.of(row), value, low, high))
                })
                .collect();
            if !points.is_empty() {
                chart = chart.with(Points::new(&series.label, points).style(series.style));
                let samples = series.rows.iter().filter_map(|row| row.samples).max();
                drawn = samples.map_or_else(String::new, |n| format!(", {} samples", thousands(n)));
            }
        }
        let fixed_at = match quantity.depends_on(fixed) {
            true => format!("{} = {at}, ", fixed.symbol()),
            false => String::new(),
        };
        Figure {
            name: format!("{}_vs_{}", quantity.name(), along.name()),
            chart: chart
                .title(format!("{headline}\n{fixed_at}{}{drawn}", self.task))
                .legend(Legend::auto().line_means("theory").points_mean("simulation, interval")),
        }
    }

    /// The robust accuracy of a series less that of the undefended classifier; `None` where the rows
    /// have no undefended classifier, or the grid has holes.
    fn gain(&self, series: &Series<'_>) -> Option<Figure> {
        let undefended = self.series.iter().find(|s| s.stage == StageName::Undefended)?;
        let grid = |series: &Series<'_>| -> Option<Vec<f64>> {
            let mut values = vec![None; self.sigmas.len() * self.budgets.len()];
            for row in &series.rows {
                let x = self.sigmas.binary_search_by(|v| v.total_cmp(&row.sigma)).ok()?;
                let y = self.budgets.binary_search_by(|v| v.total_cmp(&row.eps)).ok()?;
                values[y * self.sigmas.len() + x] = Some(row.robust_accuracy);
            }
            values.into_iter().collect()
        };
        let gain: Vec<f64> = grid(series)?
            .iter()
            .zip(grid(undefended)?)
            .map(|(with, without)| with - without)
            .collect();
        // Where all is equal by definition, at ε = 0 or σ = 0, there is nothing to see, and the
        // contour of 0 would follow it.
        let width = self.sigmas.len();
        let at = |x: usize, y: usize| gain[y * width + x];
        let height = self.budgets.len();
        let xs: Vec<usize> = (0..width).filter(|&x| (0..height).any(|y| at(x, y) != 0.0)).collect();
        let ys: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| at(x, y) != 0.0)).collect();
        if xs.len() < 2 || ys.len() < 2 {
            return None;
        }
        let map = HeatMap::centres(
            xs.iter().map(|&x| self.sigmas[x]).collect(),
            ys.iter().map(|&y| self.budgets[y]).collect(),
            ys.iter().flat_map(|&y| xs.iter().map(move |&x| at(x, y))).collect(),
        )
        .label("robust accuracy gained")
        .contour(Contour::new(0.0, "0"));
        let axis = |variable: Variable| variable.axis(self.values(variable));
        let headline = format!("Robust accuracy of {} less that of undefended", series.label);
        let name =
            series.label.replace(" = ", "").replace(" (", "_").replace(')', "").replace('∞', "inf");
        Some(Figure {
            name: format!("robust_accuracy_gain_{name}"),
            chart: Chart::new(axis(Variable::Sigma), axis(Variable::Eps))
                .title(format!("{headline}\n{}, theory", self.task))
                .with(map),
        })
    }
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
