//! Certificates by randomized smoothing: what finitely many answers certify, and what training with noise adds.

use std::path::Path;

use plots::{Axis, Chart, Color, Dash, Legend, Line, Points, Style};
use task::spec::Parse;

use super::ask::Ask;
use super::caption::Caption;
use super::{Data, Name, Order, PaperError, Sheet};
use crate::experiments::linear::examples::text_of;
use crate::experiments::linear::file::{TaskFile, parse};
use crate::experiments::{certify, certify_nd};
use crate::report::curves::{by_rank, estimate};
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// Of so many rows along a curve one has a point of the simulation.
const STRIDE: usize = 8;
const RATE: &str = "certified_accuracy";

/// A curve through the rows of which this is true, with points of the simulation.
fn curve(
    chart: Chart,
    table: &Table,
    label: &str,
    style: Style,
    is: &dyn Fn(&Row<'_>) -> bool,
) -> Chart {
    let rows: Vec<Row<'_>> = table.iter().filter(|row| is(row)).collect();
    let line = rows.iter().map(|row| (row.number("radius"), row.number(RATE)));
    let points = rows.iter().step_by(STRIDE).filter_map(|row| {
        let [value, low, high] = estimate(row, RATE, RATE)?;
        Some((row.number("radius"), value, low, high))
    });
    let points: Vec<(f64, f64, f64, f64)> = points.collect();
    let chart = chart.with(Line::new(label, line).style(style));
    if points.is_empty() { chart } else { chart.with(Points::new(label, points).style(style)) }
}

fn chart(title: &str) -> Chart {
    let x = Axis::linear("certified radius r (units of x)").range(0.0, 2.0);
    let y = Axis::linear("certified accuracy (share of all)").range(0.0, 1.0);
    let legend = Legend::auto().line_means("theory").points_mean("simulation, interval");
    Chart::new(x, y).title(title).legend(legend)
}

fn limit() -> Style {
    Style::neutral().color(Color::INK).dash(Dash::Dashed).width(1.3)
}

fn simulated(order: &Order, samples: u64) -> String {
    format!(
        "Points of certificates are {} samples of seed {}, for which the procedure draws every answer.",
        thousands(samples),
        order.seed,
    )
}

/// Certified accuracy against the radius, a curve for each number of answers, below the truth.
pub(super) fn answers(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Certified;
    let samples = order.vectors();
    let ask = Ask::new(&certify::KIND, "certify", order)
        .with("n", "100,1000,10000,inf")
        .with("radius", "0..2/81")
        .samples(samples);
    let data = Data::of(ask.answer()?, name.name(), "certified accuracy, exact beside simulated");
    let sigma = ask.said("sigma")?;
    let data_of = |mean, data_std| ask.equations(&[(mean, "mean"), (data_std, "data_std")]);
    let shift = match ask.said("shift")?.as_str() {
        "0" => String::new(),
        shift => format!(", shift = {shift}"),
    };
    let mut chart = chart(&format!(
        "What n noisy answers certify\nσ = {sigma}, n₀ = 100, α = 0.001, {}{shift}",
        data_of("mean μ", "data std ν")?
    ));
    for (rank, n) in [100.0, 1000.0, 10_000.0].into_iter().enumerate() {
        let label = format!("n = {n}");
        chart = curve(chart, &data.table, &label, by_rank(rank, 3), &|row| row.number("n") == n);
    }
    // What is the usual task need not be said, and leaves room to say what n is not enough for.
    let (of_caption, ceiling) = match (data_of("μ", "ν")?.as_str(), shift.as_str()) {
        ("μ = ν = 1", "") => {
            (String::new(), "; nothing beyond σ·Φ⁻¹(α^(1/n)) is ever certified by n")
        }
        (data, _) => (format!("; {data}{shift}"), ""),
    };
    let unlimited = |row: &Row<'_>| row.number("n") == f64::INFINITY;
    chart = curve(chart, &data.table, "n = ∞, the truth", limit(), &unlimited);
    let caption = Caption {
        title: "What n noisy answers certify",
        text: vec![
            format!(
                "The share of all samples whose right class CERTIFY certifies with the radius r, against r, for n noisy answers after a \
                 selection by n₀ = 100, at level α = 0.001 and noise of σ = {sigma}{of_caption}. Infinitely many answers certify the adversarial \
                 accuracy at ε = r{ceiling}."
            ),
            simulated(order, samples),
        ],
        rows_by: format!("{} -o certified", ask.command()),
    };
    Ok(Sheet {
        name,
        picture: chart.into(),
        column: None,
        tables: vec![data],
        files: Vec::new(),
        caption,
    })
}

/// In d dimensions, certified accuracy against the radius, a curve for each noise of training, below the robust optimum.
pub(super) fn training(order: &Order) -> Result<Sheet, PaperError> {
    let (name, example) = (Name::CertifiedNd, "isotropic");
    let text_of_task = text_of(example).unwrap_or_default();
    let problem = parse(text_of_task, Path::new("")).map_err(PaperError::Missing)?;
    let (samples, file) = (order.vectors(), format!("{example}.toml"));
    let ask = Ask::new(&certify_nd::KIND, "nd --certify", order)
        .with_value("task", TaskFile::of(problem).write(), format!("figures/data/{file}"))
        .with("train_sigma", "0,0.5,1,2")
        .with("n", "inf")
        .with("radius", "0..2/81")
        .samples(samples);
    let data = Data::of(ask.answer()?, name.name(), "certified accuracy, exact beside simulated");
    let mut chart = chart(
        "Training with noise adds the robustness that smoothing certifies\nσ = 1, n = ∞, d = 2, trained with noise of τ",
    );
    for (rank, train) in [0.0, 0.5, 1.0, 2.0].into_iter().enumerate() {
        let label = format!("τ = {train}");
        let is = |row: &Row<'_>| row.number("train_sigma") == train;
        chart = curve(chart, &data.table, &label, by_rank(rank, 4), &is);
    }
    let optimum = data
        .table
        .iter()
        .filter(|row| row.number("train_sigma") == 0.0)
        .map(|row| (row.number("radius"), row.number("optimum_low")));
    chart = chart.with(Line::new("robust optimum", optimum).style(limit().dash(Dash::Dotted)));
    let caption = Caption {
        title: "Training with noise adds the robustness that smoothing certifies",
        text: vec![
            "The share of all samples whose right class infinitely many answers certify with radius r, for classifiers trained with \
             isotropic noise of τ in two dimensions (classes ±(1.2, 1.0), variances 1.0 and 0.25); and the largest \
             adversarial accuracy at ε = r in ℓ2. Each curve touches it at r = τ²‖w‖."
                .to_owned(),
            simulated(order, samples),
        ],
        rows_by: format!("{} -o certified", ask.command()),
    };
    Ok(Sheet {
        name,
        picture: chart.into(),
        column: None,
        tables: vec![data],
        files: vec![(file, text_of_task)],
        caption,
    })
}
