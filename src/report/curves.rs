//! A quantity against σ or ε: one curve a series of rows; and what charts of such rows share.

use plots::{Axis, Chart, ColorScale, Legend, Line, Marker, Points, Style};
use task::DrawProtocol;

use super::Figure;
use crate::table::text::thousands;
use crate::table::{Row, Table};

#[derive(Clone, Copy)]
pub(crate) enum Quantity {
    RobustAccuracy,
    CleanAccuracy,
    AdversarialAccuracy,
    AttackSuccessRate,
}

impl Quantity {
    pub(crate) const ALL: [Self; 4] = [
        Self::RobustAccuracy,
        Self::CleanAccuracy,
        Self::AdversarialAccuracy,
        Self::AttackSuccessRate,
    ];

    pub(crate) fn depends_on(self, variable: Variable) -> bool {
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
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "robust accuracy (share of the correct)",
            Self::CleanAccuracy => "clean accuracy (share of all)",
            Self::AdversarialAccuracy => "adversarial accuracy (share of all)",
            Self::AttackSuccessRate => "attack success rate (share of the correct)",
        }
    }

    /// Its exact value.
    pub(crate) fn exact(self, row: &Row<'_>) -> f64 {
        row.number(self.name())
    }

    /// (estimate, low, high).
    pub(crate) fn simulated(self, row: &Row<'_>) -> Option<(f64, f64, f64)> {
        let of = |name: &str, stem: &str| {
            let [low, high] = ["low", "high"].map(|end| row.maybe(&format!("mc_{stem}_{end}")));
            Some((row.maybe(&format!("mc_{name}"))?, low?, high?))
        };
        match self {
            Self::RobustAccuracy => of("robust_accuracy", "robust"),
            Self::CleanAccuracy => of("clean_accuracy", "clean"),
            Self::AdversarialAccuracy => of("adversarial_accuracy", "adversarial"),
            Self::AttackSuccessRate => of("robust_accuracy", "robust")
                .map(|(value, low, high)| (1.0 - value, 1.0 - high, 1.0 - low)),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Variable {
    Sigma,
    Eps,
}

impl Variable {
    /// Its value in a row.
    pub(crate) fn of(self, row: &Row<'_>) -> f64 {
        row.number(self.name())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sigma => "sigma",
            Self::Eps => "eps",
        }
    }

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Sigma => "σ",
            Self::Eps => "ε",
        }
    }

    pub(crate) fn axis(self, label: &str, values: &[f64]) -> Axis {
        let (low, high) = (values[0], values[values.len() - 1]);
        let ratio_even = |w: &[f64]| ((w[2] / w[1]) / (w[1] / w[0]) - 1.0).abs() < 1e-3;
        let log = low > 0.0 && high / low >= 50.0 && values.windows(3).all(ratio_even);
        if log { Axis::log(label) } else { Axis::linear(label) }
    }

    /// Where it is held fixed, the value nearest to this one is drawn.
    pub(crate) fn usual(self) -> f64 {
        match self {
            Self::Sigma => 1.0,
            Self::Eps => 0.5,
        }
    }
}

/// The stages, in the order of the argument: the same look for each in every chart.
pub(crate) const STAGES: [&str; 5] = ["undefended", "defended", "trained", "voted", "optimum"];

/// How many of these are the paper's.
const PAPER_STAGES: usize = 4;

/// The place of a row's stage in the argument; behind all of a stage that is none of the argument's.
pub(crate) fn place_of(row: &Row<'_>) -> usize {
    let stage = row.word("stage");
    STAGES.iter().position(|known| *known == stage).unwrap_or(STAGES.len())
}

/// What [`family`] says of thresholds …
const THRESHOLDS: &str = "thresholds k";
/// … and of votes.
const NUMBERS_OF_VOTES: &str = "numbers of votes n";

/// If a stage may stand several times at one sigma and eps: what differs, in the plural, and its value.
fn family(row: &Row<'_>) -> Option<(&'static str, f64)> {
    match row.word("stage") {
        "defended" => Some((THRESHOLDS, row.maybe("threshold")?)),
        "voted" => Some((NUMBERS_OF_VOTES, row.maybe("votes")?)),
        _ => None,
    }
}

/// The rows of one stage, one threshold, one number of votes.
#[derive(Clone)]
pub(crate) struct Series<'a> {
    pub(crate) label: String,
    pub(crate) style: Style,
    /// At least one.
    pub(crate) rows: Vec<Row<'a>>,
}

impl Series<'_> {
    /// Whether it is this stage.
    pub(crate) fn is(&self, stage: &str) -> bool {
        self.rows.first().is_some_and(|row| row.word("stage") == stage)
    }

    /// Which member of this family it is.
    fn member(&self, what: &str) -> Option<f64> {
        family(self.rows.first()?).filter(|(family, _)| *family == what).map(|(_, value)| value)
    }
}

/// Rows over a grid of σ and ε, by series.
pub(crate) struct Data<'a> {
    pub(crate) table: &'a Table,
    /// What titles say of the task.
    pub(crate) task: String,
    /// What is on the axes of sigma and ε.
    pub(crate) axes: [String; 2],
    pub(crate) sigmas: Vec<f64>,
    pub(crate) budgets: Vec<f64>,
    pub(crate) series: Vec<Series<'a>>,
}

/// What a title says of draws that are not the usual ones.
pub(crate) fn protocol(row: &Row<'_>) -> String {
    match row.word("draws").parse().unwrap_or_default() {
        DrawProtocol::Same => String::new(),
        DrawProtocol::Fresh => ", fresh θ for the attacked input".to_owned(),
        DrawProtocol::Persistent(tries) => {
            format!(", fresh θ in each of {tries} tries of the attacker")
        }
    }
}

impl<'a> Data<'a> {
    /// The rows of a table; `task` is what titles say of it, `label` what tells a series from others.
    pub(crate) fn new(table: &'a Table, task: String, label: fn(&Row<'_>) -> String) -> Self {
        let distinct = |variable: Variable| {
            let mut values: Vec<f64> = table.iter().map(|row| variable.of(&row)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.dedup();
            values
        };
        let mut series: Vec<Series<'_>> = Vec::new();
        for row in table.iter() {
            let label = label(&row);
            match series.iter_mut().find(|series| series.label == label) {
                Some(series) => series.rows.push(row),
                // The style comes from `style`.
                None => series.push(Series { label, style: Style::default(), rows: vec![row] }),
            }
        }
        Self {
            table,
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

    pub(crate) fn axis(&self, variable: Variable) -> Axis {
        variable.axis(&self.axes[variable as usize], self.values(variable))
    }

    pub(crate) fn values(&self, variable: Variable) -> &[f64] {
        match variable {
            Variable::Sigma => &self.sigmas,
            Variable::Eps => &self.budgets,
        }
    }

    /// Each quantity against σ and against ε, where there are several.
    pub(crate) fn all_curves(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (along, fixed) in BOTH_WAYS {
            if self.values(along).len() > 1 {
                let drawn = Quantity::ALL.into_iter().filter(|quantity| quantity.depends_on(along));
                figures.extend(drawn.map(|quantity| self.curves(quantity, along, fixed)));
            }
        }
        figures
    }
}

/// What runs along, and what is held fixed.
pub(crate) const BOTH_WAYS: [(Variable, Variable); 2] =
    [(Variable::Sigma, Variable::Eps), (Variable::Eps, Variable::Sigma)];

/// At most about this many simulated points on a curve; with more, the bars hide each other.
pub(crate) const POINTS: usize = 17;

/// At most this many thresholds, or numbers of votes, have a curve; more drown each other.
const CURVES: usize = 6;
/// Of each, where there are many of both: so many looks stay apart.
const CURVES_OF_BOTH: usize = 3;

impl<'a> Data<'a> {
    /// One curve a series.
    pub(crate) fn curves(&self, quantity: Quantity, along: Variable, fixed: Variable) -> Figure {
        let values = self.values(along);
        let at = nearest(self.values(fixed), fixed.usual());
        let headline = format!("{} against {}", quantity.title(), along.symbol());
        let axis = self.axis(along).range(values[0], values[values.len() - 1]);
        let mut chart = Chart::new(axis, Axis::linear(quantity.label()));
        let stride = values.len().div_ceil(POINTS);
        let (series, note) = self.shown();
        let mut drawn = String::new();
        for series in &series {
            let mut rows: Vec<Row<'_>> =
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
                let samples = series.rows.iter().filter_map(|row| row.count("samples")).max();
                drawn = samples.map_or_else(String::new, |n| format!(", {} samples", thousands(n)));
            }
        }
        let fixed_at = match quantity.depends_on(fixed) {
            true => format!("{} = {at}, ", fixed.symbol()),
            false => String::new(),
        };
        Figure {
            name: format!("{}_vs_{}", quantity.name(), along.name()),
            picture: chart
                .title(format!("{headline}\n{fixed_at}{}{drawn}{note}", self.task))
                .legend(Legend::auto().line_means("theory").points_mean("simulation, interval"))
                .into(),
        }
    }

    /// The series that have a curve, each with its look, and what the title says of those that do not.
    pub(crate) fn shown(&self) -> (Vec<Series<'a>>, String) {
        let families = [THRESHOLDS, NUMBERS_OF_VOTES].map(|what| {
            let mut family: Vec<(&Series<'_>, f64)> = self
                .series
                .iter()
                .filter_map(|series| Some((series, series.member(what)?)))
                .collect();
            family.sort_by(|a, b| a.1.total_cmp(&b.1));
            (family.into_iter().map(|(series, _)| series).collect::<Vec<_>>(), what)
        });
        let crowded = families.iter().any(|(family, _)| family.len() > CURVES);
        let both = families.iter().all(|(family, _)| family.len() > CURVES_OF_BOTH);
        let most = if both { CURVES_OF_BOTH } else { CURVES };
        let mut shown = self.series.clone();
        let mut note = String::new();
        for (family, what) in families {
            if crowded && family.len() > most {
                let kept = evenly(&family, most);
                let dropped = |series: &Series<'_>| {
                    family.iter().any(|other| other.label == series.label)
                        && !kept.iter().any(|other| other.label == series.label)
                };
                shown.retain(|series| !dropped(series));
                note += &format!("; {most} of {} {what}", family.len());
            }
        }
        style(&mut shown);
        (shown, note)
    }
}

/// The curves of one chart by sigma: at most [`SIGMAS`], evenly chosen, each with the rows that belong
/// to it and a colour; and what the title says of those left out. No curve, no chart.
pub(crate) fn by_sigma<'a>(
    rows: impl Iterator<Item = Row<'a>>,
    keep: impl Fn(&[Row<'_>]) -> bool,
) -> (Vec<SigmaCurve<'a>>, String) {
    let mut curves: Vec<SigmaCurve<'a>> = Vec::new();
    for row in rows {
        match curves.iter_mut().find(|curve| curve.sigma == row.number("sigma")) {
            Some(curve) => curve.rows.push(row),
            None => {
                curves.push(SigmaCurve {
                    sigma: row.number("sigma"),
                    style: by_rank(0, 1),
                    rows: vec![row],
                });
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
pub(crate) struct SigmaCurve<'a> {
    pub(crate) sigma: f64,
    pub(crate) style: Style,
    pub(crate) rows: Vec<Row<'a>>,
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

/// The same look for a stage in every figure: its place in the paper's argument. Further thresholds
/// and numbers of votes of a stage take the looks after these.
fn style(series: &mut [Series<'_>]) {
    let place = |series: &Series<'_>| series.rows.first().map_or(0, place_of);
    // the looks of the paper's stages are theirs, whether they are here or not
    let places = series.iter().map(|series| place(series) + 1).max().unwrap_or(0);
    let mut next = places.max(PAPER_STAGES);
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

/// The value nearest to `to`, and `to` itself if there are none.
pub(crate) fn nearest(values: &[f64], to: f64) -> f64 {
    values.iter().copied().min_by(|a, b| (a - to).abs().total_cmp(&(b - to).abs())).unwrap_or(to)
}

/// Some numbers in even ratios to draw a smooth curve through.
pub(crate) fn log_spaced(low: f64, high: f64) -> impl Iterator<Item = f64> {
    const STEPS: u32 = 120;
    (0..=STEPS).map(move |k| low * (high / low).powf(f64::from(k) / f64::from(STEPS)))
}
