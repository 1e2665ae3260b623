//! Charts of exact rows, as SVG.

use anyhow::{Context, Result, anyhow};
use gauss_sim::experiments::verbs;
use gauss_sim::paper::{self, Given, Name, Order};
use gauss_sim::report::Figure;
use gauss_sim::table::Table;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ask::{asked, given};
use crate::{marks, store};

/// A chart that is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    verb: String,
    /// The questions whose rows are drawn together.
    questions: Vec<Map<String, Value>>,
    /// Of their rows only those with these numbers.
    #[serde(default, rename = "where")]
    only: Map<String, Value>,
    /// The name of the chart.
    name: String,
    #[serde(default)]
    look: marks::Asked,
}

/// Draws a chart of a verb over the rows of one question, or of several together.
pub fn chart(text: &str) -> Result<String> {
    let chart: Asked = serde_json::from_str(text)?;
    let first = chart.questions.first().context("a chart needs a question")?;
    let first = serde_json::to_string(first)?;
    let mut tables = (*store::tables(&chart.verb, &first)?).clone();
    if chart.questions.len() > 1 || !chart.only.is_empty() {
        let empty = |table: &Table| Table::new(table.name.clone(), table.columns().to_vec());
        let mut together: Vec<Table> = tables.iter().map(empty).collect();
        for question in &chart.questions {
            let of = store::tables(&chart.verb, &serde_json::to_string(question)?)?;
            let nothing = Map::new();
            for (place, (whole, of)) in together.iter_mut().zip(of.iter()).enumerate() {
                add(whole, of, if place == 0 { &chart.only } else { &nothing });
            }
        }
        tables = together;
    }
    let (verb, asked) = asked(&chart.verb, &first)?;
    let (spec, _) = asked.ask()?;
    let figures = (verb.kind.charts)(&tables, Some(spec.as_ref()))?;
    chart.look.svg(picked(figures, &chart.name)?.picture)
}

/// Adds the rows of a table that have these numbers.
fn add(rows: &mut Table, of: &Table, only: &Map<String, Value>) {
    let fits = |row: &gauss_sim::table::Row<'_>| {
        only.iter().all(|(name, value)| row.maybe(name) == value.as_f64())
    };
    of.iter().filter(fits).for_each(|row| rows.push(row.cells()));
}

/// Returns the figure with this name.
pub(crate) fn picked(figures: Vec<Figure>, name: &str) -> Result<Figure> {
    let names: Vec<String> = figures.iter().map(|figure| figure.name.clone()).collect();
    let found = figures.into_iter().find(|figure| figure.name == name);
    found.ok_or_else(|| anyhow!("these rows have no chart {name}: there are {}", names.join(", ")))
}

/// Returns the names of the charts that the rows of a question can fill.
pub fn charts(verb: &str, text: &str) -> Result<Vec<String>> {
    let tables = store::tables(verb, text)?;
    let (_, asked) = asked(verb, text)?;
    let (spec, _) = asked.ask()?;
    let figures = (verbs::named(verb)?.kind.charts)(&tables, Some(spec.as_ref()))?;
    Ok(figures.into_iter().map(|figure| figure.name).collect())
}

/// A figure of the paper that is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedFigure {
    name: String,
    given: Map<String, Value>,
    #[serde(default)]
    look: marks::Asked,
}

/// Draws a figure of the paper, exactly, with the given parameters in place of its own.
pub fn figure(text: &str) -> Result<String> {
    let asked: AskedFigure = serde_json::from_str(text)?;
    let name = Name::parse(&asked.name).map_err(|error| anyhow!("--only: {error}"))?;
    let given = Given::read(&Value::Object(given(&Value::Object(asked.given).to_string())?))?;
    let order = Order { samples: 0, seed: 1, width: asked.look.wide(), given };
    let picture = paper::make(name, &order)?.picture;
    if asked.look.is_sized() {
        return asked.look.svg(picture);
    }
    // On paper it is as high as its plots need.
    let size = picture.fitted(order.width)?;
    asked.look.on(size).svg(picture)
}
