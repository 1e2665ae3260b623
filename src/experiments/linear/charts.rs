//! The charts in d dimensions: those of one dimension, with the robust optimum among the curves; and the gap of each
//! stage to the optimum.

use task::Norm;

use super::problem::subscript;
use crate::experiments::accuracies::{ADVERSARIAL, QUANTITIES};
use crate::experiments::stage_style::{self, protocol};
use crate::report::curves::Quantity;
use crate::report::{Figure, FigureError, check_same};
use crate::table::{Row, Table};

/// Returns the charts that these rows can fill, of one task and one norm:
/// - against sigma and against ε, if there are several: the quantities of one dimension;
/// - against either: the adversarial accuracy of the robust optimum minus that of each stage.
pub fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let Some(first) = table.row(0) else {
        return Ok(Vec::new());
    };
    check_same(table, &["dimension", "norm", "prior", "draws"])?;
    let mut data = stage_style::data(table, task(&first), None);
    data.axes[0].label = "σ, scale of the added noise: θ ~ N(m, σ²S)".to_owned();
    data.axes[1].label = format!("ε, budget of the adversary in ℓ{} (units of x)", norm(&first));
    let quantities: Vec<Quantity> = QUANTITIES.into_iter().chain([GAP]).collect();
    Ok(data.all_curves(&quantities))
}

/// The gap to the optimum; `None` for the optimum itself, and if the optimum is not among the rows.
const GAP: Quantity = Quantity {
    name: "gap_to_optimum",
    title: "The gap to the robust optimum,",
    label: "gap to the optimum (share of all)",
    independent_of: None,
    exact: |row| row.maybe("gap").filter(|_| row.word("stage") != "optimum"),
    // The exact optimum minus the simulated accuracy, with its interval.
    simulated: |row| {
        let best = row.number("adversarial_accuracy") + row.maybe("gap")?;
        let [value, low, high] = (ADVERSARIAL.simulated)(row)?;
        Some([best - value, best - high, best - low])
    },
};

fn norm(row: &Row<'_>) -> String {
    Norm::new(row.number("norm")).map_or_else(|_| String::new(), subscript)
}

fn task(row: &Row<'_>) -> String {
    let (dimension, prior) = (row.count("dimension").unwrap_or(0), row.number("prior"));
    let prior = if prior == 0.5 { String::new() } else { format!(", prior {prior}") };
    format!("d = {dimension}, ℓ{} adversary{prior}{}", norm(row), protocol(row))
}
