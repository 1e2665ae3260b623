//! Robust accuracy against the number of votes: how voting takes the gain away again.

use plots::{Axis, Chart, Color, Dash, Legend, Line, Points, Reference, Style};
use serde::Serialize;
use task::{Eps, Margin, Task, Votes};
use theory::convergence::{Asymptote, asymptote};

use super::curves::Quantity;
use super::{Data, Figure, SigmaCurve, Variable, by_sigma, distinct, nearest, samples, votes};
use crate::row::{Row, StageName};

/// A curve needs this many numbers of votes.
const LEAST: usize = 3;

/// A point of the way on which many votes approach their limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApproachRow {
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The adversary's budget.
    pub eps: f64,
    /// A number of votes; not a whole one, for a smooth curve.
    pub votes: f64,
    /// The robust accuracy of infinitely many votes.
    pub limit: f64,
    /// The leading term is limit + coefficient/votes^power.
    pub coefficient: f64,
    /// 1 or ½.
    pub power: f64,
    /// The leading term.
    pub leading_term: f64,
}

/// The leading terms that the chart against the number of votes shows, point by point: for each of its
/// curves, from where the leading term is within half of the curve's distance from the limit.
#[must_use]
pub fn approach_rows(rows: &[Row]) -> Vec<ApproachRow> {
    let data = Data::new(rows, String::new());
    let (eps, curves, _) = data.voted_curves();
    curves.iter().flat_map(|curve| data.approach_of(curve, eps)).collect()
}

impl Data<'_, Row> {
    /// One curve a sigma, with the limit and the way it is approached; `None` where no sigma has
    /// enough numbers of votes.
    pub(super) fn against_votes(&self) -> Option<Figure> {
        let (eps, curves, note) = self.voted_curves();
        let drawn_rows = || curves.iter().flat_map(|curve| curve.rows.iter().copied());
        let counts = || drawn_rows().filter_map(votes);
        counts().next()?;
        let limit = self.limit(eps);
        // The asymptotes leave the axes where votes are few.
        let simulated = |row: &Row| Quantity::RobustAccuracy.simulated(&row.answer());
        let ends = drawn_rows().flat_map(|row| {
            let bar = simulated(row).map(|(_, low, high)| [low, high]);
            [row.robust_accuracy].into_iter().chain(bar.into_iter().flatten())
        });
        let (low, high) = ends
            .chain(limit)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let mut y = Axis::linear(Quantity::RobustAccuracy.label());
        let room = 0.05 * (high - low);
        if room > 0.0 {
            // Room for the label of the limit, which lies lowest.
            y = y.range(low - 2.0 * room, high + room);
        }
        let mut chart = Chart::new(Axis::log("n, votes"), y);
        let mut power = None;
        for curve in &curves {
            let approach = self.approach_of(curve, eps);
            power = power.or(approach.first().map(|row| row.power));
            let style = curve.style.dash(Dash::Short).width(0.8);
            let line = approach.iter().map(|row| (row.votes, row.leading_term));
            chart = chart.with(Line::new("", line).style(style));
            let mut rows: Vec<(f64, &Row)> =
                curve.rows.iter().filter_map(|row| Some((votes(row)?, *row))).collect();
            // From many votes to few, so that the label stands where the curves are apart.
            rows.sort_by(|a, b| b.0.total_cmp(&a.0));
            let line = rows.iter().map(|(n, row)| (*n, row.robust_accuracy));
            let points = rows.iter().filter_map(|(n, row)| {
                let (value, low, high) = simulated(row)?;
                Some((*n, value, low, high))
            });
            chart = chart
                .with(Line::new("", line).style(curve.style).label(format!("σ = {}", curve.sigma)))
                .with(Points::new("", points).style(curve.style));
        }
        if let Some(limit) = limit {
            chart = chart.with(Reference::horizontal(limit, "undefended, the limit"));
        }
        let mut legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
        if let Some(power) = power {
            // An entry without a curve of its own.
            let style = Style::neutral().color(Color::GREY).dash(Dash::Short).width(0.8);
            chart = chart.with(Line::new(approach(power), []).style(style));
            legend = legend.line_means("theory, at whole n");
        }
        Some(Figure {
            name: "robust_accuracy_vs_votes".to_owned(),
            picture: chart
                .title(format!(
                    "Robust accuracy against the number of votes\nε = {eps}, {}{}{note}",
                    self.task,
                    samples(drawn_rows())
                ))
                .legend(legend)
                .into(),
        })
    }

    /// The ε of the chart, its curves, and what its title says of those left out.
    fn voted_curves(&self) -> (f64, Vec<SigmaCurve<'_>>, String) {
        let voted = || self.rows.iter().filter(|row| row.stage == StageName::Voted);
        let budgets: Vec<f64> = voted().map(|row| row.eps).collect();
        let eps = nearest(&budgets, Variable::Eps.usual());
        let finite = |row: &&Row| row.eps == eps && votes(row).is_some_and(f64::is_finite);
        let (curves, note) = by_sigma(voted().filter(finite), |rows| {
            distinct(rows.iter().filter_map(|row| votes(row))) >= LEAST
        });
        (eps, curves, note)
    }

    /// The leading term along a curve.
    fn approach_of(&self, curve: &SigmaCurve<'_>, eps: f64) -> Vec<ApproachRow> {
        let counts = || curve.rows.iter().filter_map(|row| votes(row));
        let ends = counts().min_by(f64::total_cmp).zip(counts().max_by(f64::total_cmp));
        let (Some(asymptote), Some((least, most))) = (self.asymptote(curve.sigma, eps), ends)
        else {
            return Vec::new();
        };
        let Asymptote { limit, coefficient, power } = asymptote;
        let far = curve.rows.iter().map(|row| (row.robust_accuracy - limit).abs());
        let far = far.fold(0.0, f64::max);
        // Where votes are few it says nothing, and would cross other curves.
        let rows = log_spaced(least, most).map(|votes| ApproachRow {
            sigma: curve.sigma,
            eps,
            votes,
            limit,
            coefficient,
            power,
            leading_term: asymptote.at(votes),
        });
        rows.filter(|row| (row.leading_term - limit).abs() <= far / 2.0).collect()
    }

    /// What voting tends to: the undefended classifier, or the rows of `inf` votes.
    fn limit(&self, eps: f64) -> Option<f64> {
        let unlimited = |row: &&Row| {
            row.stage == StageName::Undefended || votes(row).is_some_and(f64::is_infinite)
        };
        let row = self.rows.iter().filter(|row| row.eps == eps).find(unlimited)?;
        Some(row.robust_accuracy)
    }

    /// The asymptote of the votes at one sigma.
    fn asymptote(&self, sigma: f64, eps: f64) -> Option<Asymptote> {
        let row = self.rows.first()?;
        let task = Task::new(row.mean, row.data_std).ok()?;
        let margin = Margin::new(task, 0.0, sigma, Votes::Limit).ok()?;
        Some(asymptote(&margin, Eps::new(eps).ok()?, row.draws.0))
    }
}

/// The law of an asymptote in words.
fn approach(power: f64) -> String {
    match power {
        1.0 => "limit + c/n".to_owned(),
        0.5 => "limit + c/√n".to_owned(),
        _ => format!("limit + c/n^{power}"),
    }
}

/// Some numbers of votes to draw a smooth curve through.
pub(super) fn log_spaced(low: f64, high: f64) -> impl Iterator<Item = f64> {
    const STEPS: u32 = 120;
    (0..=STEPS).map(move |k| low * (high / low).powf(f64::from(k) / f64::from(STEPS)))
}
