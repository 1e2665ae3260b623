//! The charts of blocks: every choice against the budget, or against the number of blocks, one panel a norm.

use plots::{Axis, Band, Chart, Color, Dash, Legend, Line, Points, Size, Style};
use task::range::short;

use super::rows::{choice, norm};
use crate::report::curves::{POINTS, by_rank, distinct, estimate, samples};
use crate::report::{Figure, FigureError, Picture};
use crate::table::{Row, Table};

/// The norms, in the order of the panels.
const NORMS: [&str; 4] = ["2", "1", "inf", "0"];

/// What is drawn along.
#[derive(Clone, Copy, PartialEq)]
enum Along {
    Eps,
    Blocks,
}

impl Along {
    fn of(self, row: &Row<'_>) -> f64 {
        match self {
            Self::Eps => row.number("eps"),
            Self::Blocks => row.number("blocks"),
        }
    }
}

/// The charts that these rows can fill. What they have several of and a chart does not vary is held at its first value.
pub(super) fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else { return Ok(Vec::new()) };
    let several = |along: Along| distinct(table.iter().map(|row| along.of(&row))) > 1;
    let ways = [(Along::Eps, Along::Blocks), (Along::Blocks, Along::Eps)];
    let drawn = ways.into_iter().filter(|(along, _)| several(*along));
    Ok(drawn.filter_map(|(along, held)| figure(table, &first, along, held)).collect())
}

fn figure(table: &Table, first: &Row<'_>, along: Along, held: Along) -> Option<Figure> {
    let same = |row: &Row<'_>| {
        let words = along == Along::Blocks
            || ["mean", "data_std"].iter().all(|name| row.word(name) == first.word(name));
        let numbers =
            ["correlation", "mix"].iter().all(|name| row.number(name) == first.number(name));
        let priced = row.maybe("pay").is_some() == first.maybe("pay").is_some();
        words && numbers && priced && held.of(row) == held.of(first)
    };
    let rows: Vec<Row<'_>> = table.iter().filter(same).collect();
    let norms: Vec<&str> =
        NORMS.into_iter().filter(|norm| rows.iter().any(|row| row.word("norm") == *norm)).collect();
    let priced = first.maybe("pay").is_some();
    let x = match along {
        Along::Blocks => "number of blocks",
        Along::Eps if priced => "1/λ, the largest move worth its price",
        Along::Eps => "ε, budget of the adversary",
    };
    let panel = |norm: &str| chart(&rows, norm, along, x);
    let mut title = format!("Adversarial accuracy of choices among {}\n", blocks(first, along));
    if along == Along::Blocks {
        title += &format!("ε = {}, ", short(first.number("eps")));
    }
    title += &format!("mean = {}, data std = {}", listed(first, "mean"), listed(first, "data_std"));
    if first.number("correlation") != 0.0 {
        title += &format!(", correlation {}", short(first.number("correlation")));
    }
    if first.number("mix") != 0.5 {
        title += &format!(", the first with probability {}", short(first.number("mix")));
    }
    title += &samples(rows.iter().copied());
    let legend = || Legend::below().line_means("theory").points_mean("simulation, interval");
    let picture = match norms[..] {
        [] => return None,
        [only] => {
            let title = title.replacen('\n', &format!(" in {}\n", self::norm(only)), 1);
            panel(only).title(title).legend(legend()).into()
        }
        _ => {
            let columns = if norms.len() == 4 { 2 } else { norms.len() };
            let height = if norms.len() == 4 { 5.6 } else { 3.4 };
            let panels = norms.iter().fold(plots::Figure::new(title, columns), |panels, norm| {
                panels.with(panel(norm).title(self::norm(norm)))
            });
            Picture::Panels(panels.legend(legend()), Size::inches(6.5, height))
        }
    };
    let name = if along == Along::Eps { "eps" } else { "blocks" };
    Some(Figure { name: format!("adversarial_accuracy_vs_{name}"), picture })
}

fn blocks(row: &Row<'_>, along: Along) -> String {
    match along {
        Along::Blocks => "blocks".to_owned(),
        Along::Eps => format!("{} blocks", row.number("blocks")),
    }
}

/// A list of numbers, each to a few digits.
fn listed(row: &Row<'_>, name: &str) -> String {
    let numbers = row.word(name).split(' ').map(|text| {
        text.parse::<f64>()
            .map_or_else(|_| text.to_owned(), |value| short((value * 1e4).round() / 1e4))
    });
    numbers.collect::<Vec<_>>().join(", ")
}

/// The look of a choice, the same in every chart.
fn style(row: &Row<'_>) -> Style {
    match row.word("choice") {
        "random" => Style::series(2),
        "single" => Style::series(1),
        "joint" => Style::series(3),
        "optimum" => Style::neutral().color(Color::INK).dash(Dash::Dashed).width(1.3),
        _ => {
            let (k, count) = (row.count("k").unwrap_or(1), row.count("blocks").unwrap_or(1));
            let most = count.div_ceil(2).max(1);
            let rank = k.min(count + 1 - k.min(count)).max(1) - 1;
            by_rank(rank as usize, most as usize).dash(Dash::Dotted)
        }
    }
}

fn chart(rows: &[Row<'_>], norm: &str, along: Along, x: &str) -> Chart {
    let here: Vec<Row<'_>> = rows.iter().copied().filter(|row| row.word("norm") == norm).collect();
    let mut values: Vec<f64> = here.iter().map(|row| along.of(row)).collect();
    values.sort_by(f64::total_cmp);
    let ends = (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(1.0));
    let mut axis = Axis::linear(x).range(ends.0, ends.1);
    if along == Along::Blocks {
        axis = axis.whole();
    }
    let mut chart = Chart::new(axis, Axis::linear("accuracy (share of all)").range(0.0, 1.0));
    // By what the curves are called; of the numbers of blocks a vote has one curve each k.
    let name = |row: &Row<'_>| match (along, row.count("k")) {
        (Along::Blocks, Some(k)) => format!("vote (k = {k})"),
        _ => choice(row),
    };
    // The optimum first: another choice may reach it, and is to be seen.
    let (first, others): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        here.iter().partition(|row| row.word("choice") == "optimum");
    let mut names: Vec<String> = Vec::new();
    for row in first.into_iter().chain(others) {
        let name = name(row);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for label in names {
        let mut own: Vec<Row<'_>> = here.iter().copied().filter(|row| name(row) == label).collect();
        own.sort_by(|a, b| along.of(a).total_cmp(&along.of(b)));
        let Some(first) = own.first() else { continue };
        let style = style(first);
        chart = curve(chart, &label, &own, along, norm == "0", style);
        let stride = own.len().div_ceil(POINTS).max(1);
        let point = |row: &Row<'_>| {
            let [value, low, high] = estimate(row, "adversarial_accuracy", "adversarial")?;
            Some((along.of(row), value, low, high))
        };
        let points: Vec<_> = own.iter().step_by(stride).filter_map(point).collect();
        if !points.is_empty() {
            chart = chart.with(Points::new(&label, points).style(style));
        }
    }
    chart
}

/// A line of exact values, and a band where there are bounds alone.
fn curve(
    chart: Chart,
    label: &str,
    rows: &[Row<'_>],
    along: Along,
    steps: bool,
    style: Style,
) -> Chart {
    let value = |row: &Row<'_>| row.maybe("adversarial_accuracy").unwrap_or(f64::NAN);
    let mut line: Vec<(f64, f64)> = Vec::new();
    for row in rows {
        let (x, y) = (along.of(row), value(row));
        // A budget of norm 0 is worth as much as its whole part.
        if let Some((before, last)) = line.last().copied()
            && steps
            && along == Along::Eps
            && before.floor() < x.floor()
        {
            line.extend([(x.floor(), last), (x.floor(), y)]);
        }
        line.push((x, y));
    }
    let bounds: Vec<(f64, f64, f64)> = rows
        .iter()
        .map(|row| {
            let [low, high] = ["adversarial_low", "adversarial_high"]
                .map(|name| row.maybe(name).unwrap_or(f64::NAN));
            (along.of(row), low, high)
        })
        .collect();
    let mut chart = chart;
    if bounds.iter().any(|(_, low, _)| low.is_finite()) {
        chart = chart.with(Band::new(format!("{label}, bounds"), bounds).style(style));
    }
    if line.iter().any(|(_, y)| y.is_finite()) {
        chart = chart.with(Line::new(label, line).style(style));
    }
    chart
}
