//! The chart of the task: the densities of the two classes, the boundary, and the part that an attack of budget ε can
//! misclassify.

use plots::{Axis, Chart, Color, Dash, Hatch, Legend, Line, Reference, Region, Size, Style};

use crate::columns;
use crate::experiments::stage_style::place_of;
use crate::report::Picture;
use crate::table::{Row, Table};

columns! {
    /// A point of the density of a class, for the quantity that the classifier compares with its boundary.
    pub struct DensityRow {
        /// The stage.
        stage: &'static str,
        /// The class, −1 or 1.
        class: i8,
        /// The classifier says 1 above this, in units of x.
        boundary: f64,
        /// The adversary's budget, in units of x.
        eps: f64,
        /// x, x + θ, or x and the median of the θ that vote, in units of x.
        value: f64,
        /// The density there, per unit of x, times the probability ½ of the class.
        density: f64,
        /// `robust`: correct, also under attack; `vulnerable`: correct, wrong under attack; `wrong`.
        outcome: &'static str,
    }
}

/// The fills of the parts of a density: correct and robust; correct, but vulnerable.
const ROBUST: (&str, f64, Hatch) = ("correct, and robust", 0.10, Hatch::Rising);
const VULNERABLE: (&str, f64, Hatch) = ("correct, but vulnerable", 0.55, Hatch::None);

/// Returns the chart with one panel per stage, on the same axes, from the densities and the stages' rates.
#[must_use]
pub(super) fn picture(densities: &[DensityRow], rates: &Table, narrow: bool) -> Picture {
    let span = |pick: fn(&DensityRow) -> f64| {
        let values = || densities.iter().map(pick);
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
    };
    let ((least, most), (_, highest)) = (span(|row| row.value), span(|row| row.density));
    let title = rates.row(0).map_or_else(String::new, |row| {
        let [mean, data_std, shift, sigma, eps] =
            ["mean", "data_std", "shift", "sigma", "eps"].map(|name| row.number(name));
        format!(
            "The task, and what each stage makes of it\nσ = {sigma}, ε = {eps}, mean μ = {mean}, data std ν = \
             {data_std}, shift = {shift}"
        )
    });
    let mut figure = plots::Figure::new(title, 2);
    for (place, row) in rates.iter().enumerate() {
        let left = place.is_multiple_of(2);
        let below = place + 2 >= rates.len();
        let x = if below {
            if narrow { "x, or x + θ" } else { "x, or x + θ (units of x)" }
        } else {
            ""
        };
        let y = if left { "½ × density" } else { "" };
        let letter = char::from(b'a' + place as u8);
        let of_stage: Vec<&DensityRow> =
            densities.iter().filter(|point| point.stage == row.word("stage")).collect();
        let said = called(&row, narrow);
        let head = format!(
            "({letter}) {said}\n{} % correct{}{} % under attack",
            percent(row.number("clean_accuracy")),
            if narrow { "\n" } else { ", " },
            percent(row.number("adversarial_accuracy"))
        );
        let chart = Chart::new(
            Axis::linear(x).range(least, most),
            Axis::linear(y).range(0.0, 1.12 * highest),
        );
        figure =
            figure.with(panel(chart.title(head), &of_stage, place_of(&row), place == 0, narrow));
    }
    Picture::Panels(figure.legend(Legend::below()), Size::inches(6.5, 5.0))
}

/// Returns a description of a stage, as short as the page requires.
fn called(row: &Row<'_>, narrow: bool) -> String {
    let votes = row.number("votes");
    match (row.word("stage"), narrow) {
        ("undefended", false) => "undefended: sgn(x)".to_owned(),
        ("defended", false) => "defended: sgn(x + θ)".to_owned(),
        ("trained", false) => "trained: sgn(x + θ − shift)".to_owned(),
        ("voted", true) => format!("voted, n = {votes}"),
        ("voted", false) => format!("voted: majority of {votes}"),
        (stage, _) => stage.to_owned(),
    }
}

/// Returns the densities of one stage; the `first` panel explains the styles of all.
fn panel(
    mut chart: Chart,
    densities: &[&DensityRow],
    look: usize,
    first: bool,
    narrow: bool,
) -> Chart {
    let Some(DensityRow { boundary, eps, .. }) = densities.first() else {
        return chart;
    };
    let style = Style::series(look).dash(Dash::Solid);
    let within = "within ε of the boundary";
    let grey = Style::neutral();
    if first {
        let sample = |(name, opacity, hatch): (&str, f64, Hatch)| {
            Region::new(name, Vec::new()).style(grey).opacity(opacity).hatch(hatch)
        };
        if narrow {
            // Its label has no room at the line.
            let dashed = grey.dash(Dash::Short).width(0.7);
            chart = chart.with(Line::new("boundary", []).style(dashed));
        }
        chart = chart
            .with(Line::new("class y = 1", []).style(grey.width(1.2)))
            .with(Line::new("class y = −1", []).style(grey.width(1.2).dash(Dash::Dashed)))
            .with(sample(ROBUST))
            .with(sample(VULNERABLE));
    }
    let top = 1e3;
    let band = vec![
        (boundary - eps, 0.0),
        (boundary + eps, 0.0),
        (boundary + eps, top),
        (boundary - eps, top),
    ];
    let name = if first { within } else { "" };
    chart = chart.with(Region::new(name, vec![band]).style(grey.color(Color::GREY)).opacity(0.14));
    for class in [1i8, -1] {
        let curve: Vec<(f64, f64)> = densities
            .iter()
            .filter(|row| row.class == class)
            .map(|row| (row.value, row.density))
            .collect();
        let y = f64::from(class);
        // The distance from the boundary, positive on the right side.
        let inside = |value: f64| y * (value - boundary);
        let area = |keep: &dyn Fn(f64) -> bool| {
            let part: Vec<(f64, f64)> =
                curve.iter().copied().filter(|(value, _)| keep(inside(*value))).collect();
            let ends = part.first().zip(part.last()).map(|(a, b)| [(b.0, 0.0), (a.0, 0.0)]);
            vec![part.iter().copied().chain(ends.into_iter().flatten()).collect::<Vec<_>>()]
        };
        // The grid's points are rounded.
        let near = 1e-9;
        let robust = area(&|d| d >= eps - near);
        let vulnerable = area(&|d| (-near..=eps + near).contains(&d));
        for (loops, (_, opacity, hatch)) in [(robust, ROBUST), (vulnerable, VULNERABLE)] {
            let region = Region::new("", loops).style(style).opacity(opacity);
            chart = chart.with(region.hatch(hatch));
        }
        let dash = if class == 1 { Dash::Solid } else { Dash::Dashed };
        chart = chart.with(Line::new("", curve).style(style.dash(dash).width(1.2)));
    }
    chart.with(Reference::vertical(*boundary, if narrow { "" } else { "boundary" }))
}

/// Formats a share in percent with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
