//! The figures of a barrage of transformations: the gain in one metric, and its price.

use plots::{Axis, Chart, Layer, Legend, Line, Points, Reference, Style};
use task::spec::Parse;

use super::ask::Ask;
use super::caption::Caption;
use super::{Data, LEAST_SAMPLES, Name, Order, PaperError, Sheet, pick};
use crate::columns;
use crate::experiments::barrage::KIND;
use crate::experiments::barrage::examples::text_of;
use crate::experiments::barrage::file::{PoolFile, parse};
use crate::report::Picture;
use crate::table::{Row, Table};

const POOL: &str = "bart";

/// Returns a number of samples for which the bars are small compared with the distance from the hyperbola.
fn samples(order: &Order) -> u64 {
    (order.samples / 10).max(LEAST_SAMPLES)
}

/// The data, as captions name them.
const DATA: [(&str, &str); 2] = [("μ", "mean"), ("ν", "data_std")];

/// Returns the data, the budget and the draws.
fn facts(ask: &Ask, symbols: [(&str, &str); 2]) -> Result<String, PaperError> {
    let [eps, draws] = ["eps", "draws"].map(|name| ask.said(name));
    Ok(format!("{}, ε = {}, {} draws", ask.equations(&symbols)?, eps?, draws?))
}

fn barrage(order: &Order) -> Result<(Ask, String), PaperError> {
    let named = parse(text_of(POOL).unwrap_or_default()).map_err(PaperError::Missing)?;
    let file = format!("{POOL}.toml");
    let ask = Ask::new(&KIND, "barrage", order)
        .with_value("pool", PoolFile::of(named).write(), format!("figures/data/{file}"))
        .with("choose", "1..4")
        .with("votes", "11")
        .samples(samples(order));
    Ok((ask, file))
}

columns! {
    /// A point of the plane that is not a stage.
    pub struct PlaneRow {
        /// Whether it is on the hyperbola; else it is the undefended classifier.
        border: bool,
        /// Clean accuracy.
        clean_accuracy: f64 [0.0, 1.0],
        /// Robust accuracy.
        robust_accuracy: f64,
    }
}

/// Returns the figure of clean against robust accuracy, with the hyperbola that nothing crosses.
pub(super) fn plane(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Plane;
    let (ask, file) = barrage(order)?;
    let answer = ask.answer()?;
    let spec = ask.spec()?;
    let figures = (KIND.charts)(&answer.tables, Some(spec.as_ref()))?;
    let mut picture = pick(figures, "robust_accuracy_vs_clean_accuracy")?;
    let mut rows = Vec::new();
    if let Picture::Chart(chart) = &picture {
        let row = |border, (clean_accuracy, robust_accuracy)| PlaneRow {
            border,
            clean_accuracy,
            robust_accuracy,
        };
        for layer in &chart.layers {
            match layer {
                Layer::Line(line) if line.name.starts_with("robust ×") => {
                    rows.extend(line.points.iter().map(|point| row(true, *point)));
                }
                Layer::Note(note) if note.text == "undefended" => {
                    rows.push(row(false, (note.x, note.y)));
                }
                _ => {}
            }
        }
    }
    if let Picture::Chart(chart) = &mut picture {
        chart.legend = Legend::below().line_means("theory").points_mean("simulation, interval");
    }
    let caption = Caption {
        title: "What robust accuracy gains, clean accuracy pays",
        text: vec![format!(
            "Robust accuracy, a share of the correct, against clean accuracy, a share of all, for 1 to 4 of 25 stand-ins of \
             BaRT's transformations; {}, {} votes. No defense crosses the curve on which their \
             product is the optimum. Points: {} samples of seed {}.",
            facts(&ask, DATA)?,
            ask.said("votes")?,
            crate::table::text::thousands(samples(order)),
            order.seed
        )],
        rows_by: format!("{} -o barrage", ask.command()),
    };
    Ok(Sheet {
        name,
        picture,
        column: None,
        tables: vec![
            Data::of(answer, name.name(), "every stage, exact beside simulated"),
            Data::exact(
                Table::of("barrage_optimum", rows),
                "the hyperbola, and the undefended classifier",
            ),
        ],
        files: vec![(file, text_of(POOL).unwrap_or_default())],
        caption,
    })
}

columns! {
    /// The gains and losses of a stage compared with the undefended classifier.
    pub struct GainRow {
        /// The stage.
        stage: String,
        /// How many transformations are applied.
        choose: u64,
        /// Its robust accuracy less that of the undefended classifier.
        robust_gained: f64 [-1.0, 1.0],
        /// Its clean accuracy less that of the undefended classifier.
        clean_gained: f64 [-1.0, 1.0],
        /// Its adversarial accuracy less that of the undefended classifier.
        adversarial_gained: f64 [-1.0, 1.0],
    }
}

/// Returns whether, of the trained stage, only robust accuracy gains with the number of transformations.
fn gains_in_one_metric(gains: &Table) -> bool {
    let along = |column: &'static str| -> Vec<f64> {
        let trained = gains.iter().filter(|row| row.word("stage") == "trained");
        trained.map(|row| row.number(column)).collect()
    };
    let rises = |column| along(column).windows(2).all(|pair| pair[1] > pair[0]);
    let falls = |column| along(column).windows(2).all(|pair| pair[1] < pair[0]);
    rises("robust_gained") && falls("clean_gained") && falls("adversarial_gained")
}

/// Returns the figure of gains and losses against the number of transformations.
pub(super) fn growth(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Growth;
    let (ask, file) = barrage(order)?;
    let ask = ask.samples(0);
    let answer = ask.answer()?;
    let default = task::Task::default();
    let task = task::Task::new(
        order.given.mean.unwrap_or(default.mean()),
        order.given.data_std.unwrap_or(default.data_std()),
    )?;
    let clean = theory::barrage::optimum(&task, task::Eps::ZERO).value;
    let gain = |row: Row<'_>| {
        // Against the blind move, the undefended classifier is the optimum.
        let attacked = row.number("optimum");
        GainRow {
            stage: row.word("stage").to_owned(),
            choose: row.count("choose").unwrap_or(0),
            robust_gained: row.number("robust_accuracy") - attacked / clean,
            clean_gained: row.number("clean_accuracy") - clean,
            adversarial_gained: row.number("adversarial_accuracy") - attacked,
        }
    };
    let gains = Table::of(
        "barrage_gained",
        answer.rows().iter().filter(|row| row.word("stage") != "voted").map(gain),
    );
    let curves = [
        ("robust_gained", "robust accuracy"),
        ("clean_gained", "clean accuracy"),
        ("adversarial_gained", "adversarial accuracy"),
    ];
    let x = Axis::linear("number of transformations applied").range(0.75, 4.25).whole();
    let one = gains_in_one_metric(&gains);
    let title = match one {
        true => "A larger barrage gains in one metric",
        false => "What a larger barrage gains",
    };
    let mut chart = Chart::new(x, Axis::linear("gained over the undefended classifier (share)"))
        .title(format!(
            "{title}\n25 stand-ins of BaRT, trained, {}, theory",
            facts(&ask, [("mean μ", "mean"), ("data std ν", "data_std")])?
        ));
    chart = chart.with(Reference::horizontal(0.0, "undefended"));
    for (place, (column, label)) in curves.into_iter().enumerate() {
        let trained = || {
            let rows = gains.iter().filter(|row| row.word("stage") == "trained");
            rows.map(move |row| (row.number("choose"), row.number(column)))
        };
        let style = Style::series(place);
        chart = chart
            .with(Line::new(label, trained()).style(style))
            .with(Points::new(label, trained()).style(style));
    }
    let caption = Caption {
        title,
        text: vec![format!(
            "What 1 to 4 of 25 transformations, trained, gain over the undefended classifier: in robust accuracy, a share of the \
             correct; in clean and adversarial accuracy, shares of all. Here {}.{}",
            facts(&ask, DATA)?,
            if one {
                " The conditional metric rises because more samples are wrong already without an attack."
            } else {
                ""
            }
        )],
        rows_by: format!("{} -o barrage", ask.command()),
    };
    Ok(Sheet {
        name,
        picture: chart.legend(Legend::below()).into(),
        column: None,
        tables: vec![
            Data::of(answer, name.name(), "every stage, exact"),
            Data::exact(gains, "what each stage gains"),
        ],
        files: vec![(file, text_of(POOL).unwrap_or_default())],
        caption,
    })
}
