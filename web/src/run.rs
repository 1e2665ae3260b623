//! A run, drawn step by step.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Result, anyhow};
use gauss_sim::experiment::{ExactRow, Experiment, Schema};
use gauss_sim::experiments::verbs::Verb;
use gauss_sim::plots::{Axis, Chart, Legend, Line, Points, Reference, Style};
use gauss_sim::report::curves::estimate;
use gauss_sim::run::begun::{Begun, Place, Work};
use gauss_sim::run::publish::charts;
use gauss_sim::run::{Answer, Campaign, End, Limits, Means};
use gauss_sim::table::{Row, Table};
use serde::Deserialize;
use serde_json::json;

use crate::ask::{asked, document};
use crate::chart::picked;
use crate::marks;

/// A run between two steps.
pub struct Sampling {
    campaign: Campaign,
    experiment: Arc<dyn Experiment>,
    exact: Vec<ExactRow>,
    end: Option<End>,
    notes: Vec<String>,
    /// The rows after each step.
    history: Vec<Table>,
}

/// The largest number of rows whose way is drawn.
const CURVES: usize = 6;
/// The largest number of steps that are remembered; with more, every other one is forgotten.
const STEPS: usize = 160;

/// A chart of a run that is asked for: of its rows by name, or the way of a rate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: Option<String>,
    rate: Option<String>,
    #[serde(default)]
    look: marks::Asked,
}

impl Sampling {
    /// Begins a run. Fails where a question or a plan is not possible, or where nothing is to be drawn.
    pub fn new(verb: &str, given: &str) -> Result<Self> {
        let (verb, asked): (&Verb, _) = asked(verb, given)?;
        let (spec, plan) = asked.ask()?;
        let notes = asked.without_effect(spec.as_ref());
        let asked = (spec.as_ref(), plan);
        let begun = Begun::new(verb.kind, asked, verb.samples, false, &Place::default())?;
        let Work::Run(campaign) = begun.work else {
            return Err(anyhow!("--samples 0 draws nothing: write how many, as in 1e6"));
        };
        let experiment = Arc::clone(campaign.experiment());
        let exact = experiment.exact(&())?;
        let history = Vec::new();
        Ok(Self { campaign: *campaign, experiment, exact, end: None, notes, history })
    }

    /// Draws for about so many milliseconds; returns how far it is.
    pub fn step(&mut self, milliseconds: u32) -> Result<String> {
        let stop = AtomicBool::new(false);
        let limits = Limits {
            stop: &stop,
            time: Some(Duration::from_millis(milliseconds.into())),
            checkpoint_every: Duration::MAX,
        };
        let end = self.campaign.draw(Means::default(), limits, &mut |_| {}, &|_| {})?;
        self.end = (end != End::Time).then_some(end);
        if self.history.len() >= STEPS {
            let mut place = 0;
            self.history.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
        self.history.push(self.judged()?.tables.swap_remove(0));
        Ok(json!({
            "done": self.campaign.drawn(), "total": self.campaign.whole_samples(),
            "seconds": self.campaign.seconds(), "end": self.end,
        })
        .to_string())
    }

    fn judged(&self) -> Result<Answer> {
        let end = self.end.or(Some(End::Interrupted));
        Ok(Answer::judged(&self.campaign, &self.exact, Means::default(), end)?)
    }

    /// Returns the rows and the verdict so far.
    pub fn answer(&self) -> Result<String> {
        let answer = self.judged()?;
        let mut notes = self.notes.clone();
        notes.extend(self.experiment.notes(answer.rows()));
        document(&answer, &notes)
    }

    /// Draws a chart of the rows so far, or of the way of a rate towards its exact value.
    pub fn chart(&self, text: &str) -> Result<String> {
        let asked: Asked = serde_json::from_str(text)?;
        let picture = match (&asked.name, &asked.rate) {
            (Some(name), _) => {
                picked(charts(self.experiment.kind(), &self.judged()?)?, name)?.picture
            }
            (None, rate) => self.way(rate.as_deref())?.into(),
        };
        asked.look.svg(picture)
    }

    /// The way of a rate, or of the first that is counted, towards its exact value.
    fn way(&self, rate: Option<&str>) -> Result<Chart> {
        let schema: Schema = (self.experiment.kind().schema)();
        let mut counted = schema.rates.iter().filter(|of| of.counted.is_some());
        let of = counted.find(|of| rate.is_none_or(|rate| rate == of.name));
        let of = of.ok_or_else(|| anyhow!("{} is not counted", rate.unwrap_or("nothing")))?;
        let stem = of.counted.map_or("", |counted| counted.stem);
        let x = Axis::log("samples");
        let words = of.name.replace('_', " ");
        let y = Axis::linear(format!("{words}, simulated − exact"));
        let mut chart = Chart::new(x, y);
        let rows = self.history.first().map_or(0, Table::len).min(CURVES);
        let off = |row: &Row<'_>| {
            let (exact, [value, low, high]) = (row.maybe(of.name)?, estimate(row, of.name, stem)?);
            Some((row.number("samples"), value - exact, low - exact, high - exact))
        };
        for place in 0..rows {
            let at = || self.history.iter().filter_map(move |table| table.row(place));
            let Some(first) = at().next() else { continue };
            let label = (schema.label.1)(&first);
            let points: Vec<(f64, f64, f64, f64)> = at().filter_map(|row| off(&row)).collect();
            let line: Vec<(f64, f64)> = points.iter().map(|point| (point.0, point.1)).collect();
            let last = points.last().copied();
            let style = Style::series(place);
            chart = chart
                .with(Line::new(&label, line).style(style))
                .with(Points::new(&label, last).style(style));
        }
        let title = format!("{words} on its way to the exact value");
        let mut letters = title.chars();
        let title = letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().collect::<String>() + letters.as_str()
        });
        let legend = Legend::auto().line_means("estimates").points_mean("now, interval");
        Ok(chart
            .with(Reference::horizontal(0.0, "exact"))
            .title(format!("{title}\n{}", self.experiment.caption()))
            .legend(legend))
    }
}
