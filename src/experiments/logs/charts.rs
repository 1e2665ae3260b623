//! The charts of logs: accuracy against votes and against tries, and the histograms of counts.

use plots::{Axis, Band, Chart, Color, Dash, Legend, Line, Points, Size, Style};

use super::curves::INPUTS;
use crate::report::{Figure, FigureError, Picture};
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// More held-out points than these hide the curves.
const POINTS: usize = 24;

/// The charts that these tables can fill.
pub(super) fn figures(tables: &[Table]) -> Result<Vec<Figure>, FigureError> {
    let of = |name: &str| tables.iter().find(|table| table.name == name);
    let fixed = fixed(tables);
    let mut figures = Vec::new();
    if let Some(curves) = of("curves") {
        let title = "Accuracy against votes";
        let (file, x) = (("votes", "accuracy_vs_votes"), "votes n of the majority");
        figures.extend(curve(curves, file, (title, x), fixed.as_ref()));
        let title = "Right in every one of T draws";
        let (file, x) = (("tries", "accuracy_vs_tries"), "tries T of a persistent attacker");
        figures.extend(curve(curves, file, (title, x), fixed.as_ref()));
    }
    if let Some(counts) = of("counts").filter(|counts| !counts.is_empty()) {
        figures.push(histograms(counts));
    }
    Ok(figures)
}

fn style(input: &str) -> Style {
    Style::series(usize::from(input == INPUTS[1]))
}

/// One chart of both inputs: what all draws say as a band, what the fit to half of them says as a line, and the
/// others as points.
fn curve(
    table: &Table,
    (curve, name): (&str, &str),
    (title, x): (&str, &str),
    fixed: Option<&String>,
) -> Option<Figure> {
    let rows: Vec<Row<'_>> = table.iter().filter(|row| row.word("curve") == curve).collect();
    let numbers = rows.iter().map(|row| row.number("number"));
    let last = numbers.clone().fold(1.0, f64::max);
    let first = numbers.fold(last, f64::min);
    if first >= last {
        return None;
    }
    let x = Axis::linear(x).range(first, last).whole();
    let mut chart = Chart::new(x, Axis::linear("accuracy (share of all samples)").range(0.0, 1.0));
    let mut fitted_to_half = false;
    let mut plurality = false;
    for input in INPUTS {
        let own = |rule: &'static str| {
            rows.iter().filter(move |row| row.word("input") == input && row.word("rule") == rule)
        };
        let style = style(input);
        let counted = if curve == "votes" { "majority" } else { "all" };
        let band: Vec<(f64, f64, f64)> = own(counted)
            .filter_map(|row| Some((row.number("number"), row.maybe("low")?, row.maybe("high")?)))
            .collect();
        chart = chart.with(Band::new(input, band).style(style));
        let line = |column: &str| -> Vec<(f64, f64)> {
            own(counted)
                .filter_map(|row| Some((row.number("number"), row.maybe(column)?)))
                .collect()
        };
        let predicted = line("predicted");
        fitted_to_half |= !predicted.is_empty();
        let predicted = if predicted.is_empty() { line("fitted") } else { predicted };
        chart = chart.with(Line::new(input, predicted).style(style));
        let held: Vec<(f64, f64, f64, f64)> = own(counted)
            .filter_map(|row| {
                let of = |name: &str| row.maybe(name);
                let limits = (of("held_out_low")?, of("held_out_high")?);
                Some((row.number("number"), of("held_out")?, limits.0, limits.1))
            })
            .collect();
        let stride = held.len().div_ceil(POINTS).max(1);
        let held: Vec<_> = held.into_iter().step_by(stride).collect();
        if !held.is_empty() {
            chart = chart.with(Points::new(input, held).style(style));
        }
        let most: Vec<(f64, f64)> = own("plurality")
            .filter_map(|row| Some((row.number("number"), row.maybe("estimate")?)))
            .collect();
        if !most.is_empty() {
            plurality = true;
            let style = style.dash(Dash::Dotted);
            chart = chart.with(Line::new(format!("{input}, plurality"), most).style(style));
        }
    }
    let line = if fitted_to_half { "task fitted to half of the draws" } else { "fitted task" };
    let line = if plurality { format!("{line}; dotted: logged") } else { line.to_owned() };
    let legend = Legend::auto()
        .line_means(line)
        .points_mean("the other half, interval")
        .band_means("all logged draws, interval");
    let title = format!("{title}{}", fixed.map(|text| format!("\n{text}")).unwrap_or_default());
    Some(Figure { name: name.to_owned(), picture: chart.title(title).legend(legend).into() })
}

/// The samples, and the task that the line is of.
fn fixed(tables: &[Table]) -> Option<String> {
    let of = |name: &str| tables.iter().find(|table| table.name == name);
    let samples = of("metrics")?.row(0)?.count("samples")?;
    let mut text = format!("{} samples", thousands(samples));
    if let Some(fit) = of("fit").and_then(|fit| fit.iter().last()) {
        let [a, b, e] = ["mean", "data_std", "eps"].map(|name| fit.number(name));
        text += &format!(", fitted: mean = {a:.3}, data_std = {b:.3}, ε = {e:.3} (units of σ)");
    }
    Some(text)
}

/// How many samples have so many right draws, and how many the fitted task expects.
fn histograms(counts: &Table) -> Figure {
    let samples = |input: &str| -> f64 {
        counts
            .iter()
            .filter(|row| row.word("input") == input)
            .map(|row| row.number("samples"))
            .sum()
    };
    let mut panels = plots::Figure::new(
        format!(
            "How many draws of a sample are right\n{} samples",
            thousands(samples(INPUTS[0]) as u64)
        ),
        2,
    );
    for input in INPUTS {
        let rows: Vec<Row<'_>> = counts.iter().filter(|row| row.word("input") == input).collect();
        let Some(draws) = rows.first().map(|row| row.number("draws")) else { continue };
        let x = Axis::linear(format!("right draws of {draws}")).range(-0.5, draws + 0.5).whole();
        let mut chart =
            Chart::new(x, Axis::linear("samples").low(0.0)).title(format!("{input} input"));
        let bar =
            |row: &Row<'_>, edge: f64| (row.number("right") + edge, 0.0, row.number("samples"));
        let steps: Vec<(f64, f64, f64)> =
            rows.iter().flat_map(|row| [bar(row, -0.4999), bar(row, 0.4999)]).collect();
        chart = chart.with(Band::new("logged", steps).style(style(input)));
        let expected: Vec<(f64, f64)> = rows
            .iter()
            .filter_map(|row| Some((row.number("right"), row.maybe("expected")?)))
            .collect();
        if !expected.is_empty() {
            let style = Style::neutral().color(Color::INK).width(1.3);
            chart = chart.with(Line::new("fitted task", expected).style(style));
        }
        panels = panels.with(chart);
    }
    let panels = panels.legend(Legend::below());
    Figure { name: "counts".to_owned(), picture: Picture::Panels(panels, Size::TEXT_WIDTH) }
}
