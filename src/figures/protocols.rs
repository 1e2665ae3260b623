//! Two metrics under several draw protocols, a panel each, on the same axes.

use plots::{Axis, Chart, Legend, Line, Points, Size, Style};
use task::DrawProtocol;

use super::curves::Quantity;
use super::{Picture, thousands};
use crate::row::{DrawsCell, Row, StageName};

/// At most about this many simulated points on a curve of a panel.
const POINTS: usize = 7;

/// The conditional metric and the unconditional one.
const METRICS: [(Quantity, &str, &str); 2] = [
    (Quantity::RobustAccuracy, "robust", "share of the correct"),
    (Quantity::AdversarialAccuracy, "adversarial", "share of all"),
];

/// Against sigma: a panel a metric and protocol, in two columns where the page is `narrow`.
#[must_use]
pub fn picture(rows: &[Row], narrow: bool) -> Picture {
    let mut protocols: Vec<DrawsCell> = Vec::new();
    for row in rows {
        if !protocols.contains(&row.draws) {
            protocols.push(row.draws);
        }
    }
    let samples = rows.iter().filter_map(|row| row.samples).max();
    let samples = samples.map_or_else(String::new, |n| format!(", {} samples", thousands(n)));
    let title = rows.first().map_or_else(String::new, |row| {
        let Row { eps, mean, data_std, shift, .. } = row;
        format!(
            "The same stages under two metrics and three draw protocols\nε = {eps}, mean μ = {mean}, data_std ν = \
             {data_std}, shift = {shift}{samples}"
        )
    });
    let columns = if narrow { METRICS.len() } else { protocols.len() };
    let mut figure = plots::Figure::new(title, columns.max(1));
    let count = METRICS.len() * protocols.len();
    for place in 0..count {
        let (metric, protocol) = match narrow {
            true => (place % METRICS.len(), place / METRICS.len()),
            false => (place / protocols.len(), place % protocols.len()),
        };
        let (quantity, name, share) = METRICS[metric];
        // Labels stand at the outer panels; all have the same scales.
        let below = place + columns >= count;
        let left = place.is_multiple_of(columns) || narrow;
        let most = rows.iter().fold(0.0, |most, row| row.sigma.max(most));
        let x = Axis::linear(if below { "σ (units of x)" } else { "" }).range(0.0, most);
        let y = Axis::linear(if left { share } else { "" }).range(0.0, 1.0);
        let draws = protocols[protocol];
        let letter = char::from(b'a' + place as u8);
        let head = format!("({letter}) {name}, {}", called(draws.0));
        let mut chart = Chart::new(x, y).title(head);
        for stage in StageName::ALL {
            let of_stage: Vec<&Row> =
                rows.iter().filter(|row| row.stage == stage && row.draws == draws).collect();
            let Some(first) = of_stage.first() else {
                continue;
            };
            let style = Style { radius: 1.7, ..Style::series(stage as usize) };
            let label = crate::answer::Judged::label(*first);
            let line = of_stage.iter().map(|row| (row.sigma, quantity.exact(&row.answer())));
            let stride = of_stage.len().div_ceil(POINTS);
            let points = of_stage.iter().step_by(stride).filter_map(|row| {
                let (value, low, high) = quantity.simulated(&row.answer())?;
                Some((row.sigma, value, low, high))
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

fn called(draws: DrawProtocol) -> String {
    match draws {
        DrawProtocol::Same => "same θ".to_owned(),
        DrawProtocol::Fresh => "fresh θ".to_owned(),
        DrawProtocol::Persistent(tries) => format!("{tries} tries"),
    }
}
