//! The charts of certificates in d dimensions: as in one, with the robust optimum, and what training with noise changes.

use crate::experiments::certify::charts::{
    MarginColumns, Rows, against_answers, against_radius, against_radius_by,
};
use crate::experiments::certify::rows::SIGMA;
use crate::report::curves::evenly;
use crate::report::{Figure, FigureError, check_same};
use crate::table::schema::Variable;
use crate::table::{Row, Table};

const MARGIN: MarginColumns = MarginColumns {
    mean: "margin_mean",
    data_std: "margin_data_std",
    offset: "margin_offset",
    less: None,
};

/// The scale of the noise of training.
const TRAINING: Variable = Variable { name: "train_sigma", symbol: "τ", usual: 1.0 };
/// More curves than these hide each other.
const MOST: usize = 6;

fn values(table: &Table, name: &str) -> Vec<f64> {
    let mut values: Vec<f64> = table.iter().map(|row| row.number(name)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// The charts that these rows can fill: of the σ and the τ nearest to 1 those of one dimension, and where there are several τ at
/// that σ, a curve for each.
pub(super) fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    check_same(table, &["dimension", "prior", "procedure"])?;
    let Some(first) = table.row(0) else { return Ok(Vec::new()) };
    let prior = match first.number("prior") {
        0.5 => String::new(),
        prior => format!(", prior {prior}"),
    };
    let task = format!(", d = {}{prior}", first.count("dimension").unwrap_or(0));
    let sigma = SIGMA.nearest(&values(table, "sigma"));
    let here = table.filtered(|row| row.number("sigma") == sigma);
    let trains = values(&here, "train_sigma");
    let rows = |train: f64, text: &str| {
        let is = |row: &Row<'_>| row.number("train_sigma") == train;
        let first = here.iter().find(is)?;
        Rows::of(&here, &first, &MARGIN, text)
    };
    let mut figures = Vec::new();
    let usual = TRAINING.nearest(&trains);
    if let Some(all) = rows(usual, &format!("{task}, τ = {usual}")) {
        figures.extend([against_radius(&all), against_answers(&all)].into_iter().flatten());
    }
    let several: Option<Vec<(String, Rows<'_>)>> = evenly(&trains, MOST)
        .into_iter()
        .map(|train| Some((format!("trained with τ = {train}"), rows(train, &task)?)))
        .collect();
    let title = "Training with noise adds the robustness that smoothing certifies";
    figures.extend(several.and_then(|several| against_radius_by(&several, title)));
    Ok(figures)
}
