//! The charts of a fit: accuracy against ε with its band beside the theories, the stages, and the margins against the fitted law.

use plots::{Axis, Band, Chart, Color, Dash, Legend, Line, Points, Style};
use task::certify::{Answers, Smoothed};
use task::{Prior, Task, Votes};
use theory::certify::Certifier;
use theory::fit::held_out::{Margins, Stage, Voted};
use theory::fit::ladder::{Law, Rung};

use super::rows::{CERTIFIED, CLASSES, FITTED, MOMENTS, UNDEFENDED, label};
use crate::report::curves::{POINTS, Series, evenly};
use crate::report::{Figure, FigureError, check_same};
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// So many exact values are a curve.
const CURVE: u32 = 160;
/// At most so many steps of counts, and so many margins, are drawn.
const STEPS: usize = 600;
const MARGINS: usize = 250;
/// More curves than these hide each other.
const MOST: usize = 6;
/// What the accuracies are.
const SHARE: &str = "accuracy under attack (share of rows)";

/// The charts that these tables can fill: rows, laws and margins.
pub(super) fn figures(tables: &[Table]) -> Result<Vec<Figure>, FigureError> {
    let Some(rows) = tables.first() else { return Ok(Vec::new()) };
    check_same(rows, &["norm", "held_out"])?;
    let named = |name: &str| tables.iter().find(|table| table.name == name);
    let (Some(first), Some(laws)) = (rows.row(0), named("laws").and_then(Laws::of)) else {
        return Ok(Vec::new());
    };
    let norm = match first.number("norm") {
        f64::INFINITY => "∞".to_owned(),
        p => p.to_string(),
    };
    let seen = Seen {
        rows,
        laws,
        margins: named("margins").map(|table| {
            Margins::new(table.iter().filter_map(|row| row.maybe("margin")).collect())
        }),
        half: (first.number("accuracy") - first.number("band_low"))
            .max(first.number("band_high") - first.number("accuracy")),
        norm,
        count: first.count("held_out").unwrap_or(0),
    };
    Ok([seen.accuracy(), seen.stages(), seen.quantiles()].into_iter().flatten().collect())
}

/// The laws of a fit.
struct Laws {
    fitted: Law,
    moments: Law,
    classes: [(usize, Law); 2],
}

impl Laws {
    fn of(table: &Table) -> Option<Self> {
        let find = |name: &str| {
            let row = table.iter().find(|row| row.word("law") == name)?;
            let law = Law { mean: row.maybe("mean")?, std: row.maybe("std")? };
            Some((row.count("count")? as usize, law))
        };
        Some(Self {
            fitted: find(FITTED)?.1,
            moments: find(MOMENTS)?.1,
            classes: [find(CLASSES[0])?, find(CLASSES[1])?],
        })
    }
}

/// What there is to draw.
struct Seen<'a> {
    rows: &'a Table,
    laws: Laws,
    margins: Option<Margins>,
    /// The half-width of the band.
    half: f64,
    norm: String,
    count: u64,
}

/// The look of what was counted.
fn counted() -> Style {
    Style::neutral().color(Color::INK).width(1.3)
}

/// The look of a theory.
fn theory(index: usize) -> Style {
    Style::series(index + 1)
}

impl Seen<'_> {
    fn title(&self, title: &str) -> String {
        format!("{title}\nℓ{} adversary, {} held-out rows", self.norm, thousands(self.count))
    }

    fn x(&self) -> String {
        format!("adversary's budget ε in ℓ{} (units of the features)", self.norm)
    }

    /// The least and the greatest budget of the rows; `None` where they have one.
    fn range(&self) -> Option<(f64, f64)> {
        let budgets = || self.rows.iter().map(|row| row.number("eps"));
        let (low, high) = (budgets().fold(f64::INFINITY, f64::min), budgets().fold(0.0, f64::max));
        (low < high).then_some((low, high))
    }

    /// Counts with their band, beside the theories.
    fn accuracy(&self) -> Option<Figure> {
        let (low, high) = self.range()?;
        let margins = self.margins.as_ref()?;
        let all = margins.values().len() as f64;
        let mut places: Vec<f64> =
            margins.values().iter().copied().filter(|r| (low..=high).contains(r)).collect();
        places.dedup();
        let places = evenly(&places, STEPS);
        // Each step down is two points: before and behind it.
        let mut steps = vec![(low, margins.above(low) as f64 / all)];
        for &place in &places {
            let before = steps.last().map_or(1.0, |(_, share)| *share);
            steps.push((place, before));
            steps.push((place, margins.above(place) as f64 / all));
        }
        steps.push((high, margins.above(high) as f64 / all));
        let band = steps
            .iter()
            .map(|(x, share)| (*x, (share - self.half).max(0.0), (share + self.half).min(1.0)));
        let y = Axis::linear(SHARE).range(0.0, 1.0);
        let mut chart = Chart::new(Axis::linear(self.x()).range(low, high), y)
            .with(Band::new("", band).style(counted()))
            .with(Line::new("held-out rows, with simultaneous band", steps).style(counted()));
        let rungs = [
            ("fitted task", Rung::from(self.laws.fitted), Dash::Solid),
            ("normal, held-out moments", Rung::from(self.laws.moments), Dash::Dashed),
            ("one normal a class", Rung::of_classes(self.laws.classes), Dash::Dotted),
        ];
        for (i, (name, rung, dash)) in rungs.iter().enumerate() {
            let line =
                curve(low, high, |eps| Some(rung.accuracy(&Stage::Undefended, eps).ok()?.value));
            chart = chart.with(Line::new(*name, line).style(theory(i).dash(*dash)));
        }
        let title = self.title("Accuracy under attack, from margins");
        let picture = chart.title(title).legend(Legend::below()).into();
        Some(Figure { name: "accuracy_vs_eps".to_owned(), picture })
    }

    /// Every stage: what the margins give, beside what the fitted task does.
    fn stages(&self) -> Option<Figure> {
        let (low, high) = self.range()?;
        let series = Series::of(self.rows, label);
        if series.len() < 2 {
            return None;
        }
        let series = evenly(&series, MOST);
        let y = Axis::linear(SHARE).range(0.0, 1.0);
        let mut chart = Chart::new(Axis::linear(self.x()).range(low, high), y);
        let rung = Rung::from(self.laws.fitted);
        for (rank, series) in series.iter().enumerate() {
            let first = series.rows.first()?;
            let style = Style { radius: 1.9, ..Style::series(rank) };
            let stage = stage_of(first);
            let line =
                curve(low, high, |eps| Some(rung.accuracy(stage.as_ref()?, eps).ok()?.value));
            let stride = series.rows.len().div_ceil(POINTS).max(1);
            let points = series
                .rows
                .iter()
                .step_by(stride)
                .filter_map(|row| Some((row.maybe("eps")?, row.maybe("accuracy")?)));
            chart = chart
                .with(Line::new(&series.label, line).style(style))
                .with(Points::new(&series.label, points.collect::<Vec<_>>()).style(style));
        }
        let title = self.title("Every stage: held-out rows (points) and the fitted task (lines)");
        let picture = chart.title(title).legend(Legend::below()).into();
        Some(Figure { name: "stages_vs_eps".to_owned(), picture })
    }

    /// Held-out margins against the quantiles of the fitted law.
    fn quantiles(&self) -> Option<Figure> {
        let margins = self.margins.as_ref()?;
        let all = margins.values().len();
        let rung = Rung::from(self.laws.fitted);
        let places = evenly(&(0..all).collect::<Vec<_>>(), MARGINS);
        let expected = |i: usize| rung.quantile((i as f64 + 0.5) / all as f64);
        let points: Vec<(f64, f64)> =
            places.iter().filter_map(|i| Some((expected(*i)?, margins.values()[*i]))).collect();
        let (low, high) = (points.first()?.0, points.last()?.0);
        let pad = 0.03 * (high - low);
        let (low, high) = (low - pad, high + pad);
        let Law { mean, std } = self.laws.moments;
        let moments = |x: f64| mean + std * (x - self.laws.fitted.mean) / self.laws.fitted.std;
        let ends = |of: fn(f64, f64) -> f64, x: f64, margin: f64| of(of(x, moments(x)), margin);
        let bottom = ends(f64::min, low, points.first()?.1) - pad;
        let top = ends(f64::max, high, points.last()?.1) + pad;
        // Where F ± the half-width is no probability, there is no bound.
        let at = |p: f64| match p {
            p if p <= 0.0 => Some(bottom),
            p if p >= 1.0 => Some(top),
            p => rung.quantile(p),
        };
        let band: Vec<(f64, f64, f64)> = curve(low, high, |x| Some(rung.below(x)))
            .into_iter()
            .filter_map(|(x, p)| Some((x, at(p - self.half)?, at(p + self.half)?)))
            .map(|(x, from, to)| (x, from.clamp(bottom, top), to.clamp(bottom, top)))
            .collect();
        let y = Axis::linear("held-out margin (units of the features)").range(bottom, top);
        let x = Axis::linear("quantile of the fitted law (units of the features)").range(low, high);
        let legend = Legend::below();
        let chart = Chart::new(x, y)
            .with(Band::new("where the fitted law would have all", band).style(theory(0)))
            .with(
                Line::new("fitted task", [(low, low), (high, high)])
                    .style(theory(0).dash(Dash::Solid)),
            )
            .with(
                Line::new("normal, held-out moments", [(low, moments(low)), (high, moments(high))])
                    .style(theory(1).dash(Dash::Dashed)),
            )
            .with(Points::new("held-out rows", points).style(Style { radius: 1.5, ..counted() }))
            .title(self.title("Held-out margins against the fitted law"))
            .legend(legend);
        Some(Figure { name: "margins_qq".to_owned(), picture: chart.into() })
    }
}

/// A curve through many points of a range.
fn curve(low: f64, high: f64, value: impl Fn(f64) -> Option<f64>) -> Vec<(f64, f64)> {
    let place = |i: u32| low + (high - low) * f64::from(i) / f64::from(CURVE);
    (0..=CURVE).map(place).filter_map(|x| Some((x, value(x)?))).collect()
}

/// The stage of a row.
fn stage_of(row: &Row<'_>) -> Option<Stage> {
    let sigma = row.number("margin_sigma");
    let whole = |value: f64| if value.is_finite() { Some(value as u64) } else { None };
    Some(match row.word("stage") {
        UNDEFENDED => Stage::Undefended,
        CERTIFIED => {
            let answers = |name: &str| match whole(row.number(name)) {
                Some(n) => Answers::new(n).ok(),
                None => Some(Answers::Limit),
            };
            let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, sigma).ok()?;
            Stage::Certified(Certifier::new(
                &smoothed,
                answers("n0")?,
                answers("n")?,
                row.number("alpha"),
            ))
        }
        _ => {
            let votes = match whole(row.number("votes")) {
                Some(n) => Votes::new(n).ok()?,
                None => Votes::Limit,
            };
            Stage::Voted(Voted::new(sigma, votes))
        }
    })
}
