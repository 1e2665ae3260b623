//! The chart of two metrics under several draw protocols, one panel for each, on the same axes.

use plots::{Axis, Chart, Legend, Line, Points, Size, Style};

use crate::experiments::accuracies::{ADVERSARIAL, ROBUST};
use crate::experiments::grid::label;
use crate::experiments::stage_style::STAGES;
use crate::report::Picture;
use crate::report::curves::{Quantity, samples};
use crate::table::{Row, Table};

/// The approximate largest number of simulated points on a curve of a panel.
const POINTS: usize = 7;

/// The conditional metric and the unconditional one.
const METRICS: [(Quantity, &str, &str); 2] =
    [(ROBUST, "robust", "share of the correct"), (ADVERSARIAL, "adversarial", "share of all")];

/// Against sigma: a panel a metric and protocol, in two columns where the page is `narrow`. Of the adversarial accuracy
/// same and fresh draws are one.
#[must_use]
pub(super) fn picture(table: &Table, narrow: bool) -> Picture {
    let mut protocols: Vec<&str> = Vec::new();
    for row in table.iter() {
        if !protocols.contains(&row.word("draws")) {
            protocols.push(row.word("draws"));
        }
    }
    let samples = samples(table.iter());
    let title = table.row(0).map_or_else(String::new, |row| {
        let [eps, mean, data_std, shift] =
            ["eps", "mean", "data_std", "shift"].map(|name| row.number(name));
        format!(
            "The same stages under two metrics and three draw protocols\nε = {eps}, mean μ = {mean}, data std ν = \
             {data_std}, shift = {shift}{samples}"
        )
    });
    let columns = if narrow { 2 } else { protocols.len() };
    let mut figure = plots::Figure::new(title, columns.max(1));
    let both = protocols.contains(&"same") && protocols.contains(&"fresh");
    let panels: Vec<_> = METRICS
        .iter()
        .flat_map(|metric| protocols.iter().map(move |draws| (metric, *draws)))
        // One judgement does not know whether its draw is new.
        .filter(|((_, name, _), draws)| !(both && *name == "adversarial" && *draws == "fresh"))
        .collect();
    let count = panels.len();
    for (place, &((quantity, name, share), draws)) in panels.iter().enumerate() {
        // Labels stand at the outer panels; all have the same scales.
        let below = place + columns >= count;
        let left = place.is_multiple_of(columns) || narrow;
        let most = table.iter().fold(0.0, |most, row| row.number("sigma").max(most));
        let x = Axis::linear(if below { "σ (units of x)" } else { "" }).range(0.0, most);
        let y = Axis::linear(if left { *share } else { "" }).range(0.0, 1.0);
        let letter = char::from(b'a' + place as u8);
        let head = match both && *name == "adversarial" && draws == "same" {
            true => format!("({letter}) {name}, same or fresh θ"),
            false => format!("({letter}) {name}, {}", called(draws)),
        };
        let mut chart = Chart::new(x, y).title(head);
        for (place, stage) in STAGES.iter().enumerate() {
            let here = |row: &Row<'_>| row.word("stage") == *stage && row.word("draws") == draws;
            let of_stage: Vec<Row<'_>> = table.iter().filter(here).collect();
            let Some(first) = of_stage.first() else {
                continue;
            };
            let style = Style { radius: 1.7, ..Style::series(place) };
            let label = label(first);
            let line = of_stage
                .iter()
                .map(|row| (row.number("sigma"), (quantity.exact)(row).unwrap_or(f64::NAN)));
            let stride = of_stage.len().div_ceil(POINTS);
            let points = of_stage.iter().step_by(stride).filter_map(|row| {
                let [value, low, high] = (quantity.simulated)(row)?;
                Some((row.number("sigma"), value, low, high))
            });
            chart = chart
                .with(Line::new(&label, line).style(style))
                .with(Points::new(&label, points).style(style));
        }
        figure = figure.with(chart);
    }
    let legend = Legend::below().line_means("theory").points_mean("simulation, interval");
    Picture::Panels(figure.legend(legend), Size::inches(6.5, 4.6))
}

fn called(draws: &str) -> String {
    match draws.strip_prefix("persistent=") {
        Some(tries) => format!("{tries} tries"),
        None => format!("{draws} θ"),
    }
}
