//! The columns of rows in d dimensions.

use task::{DrawProtocol, Norm, Votes};

use super::stage::LinearStageName;
use crate::columns;
use crate::experiments::accuracies;
use crate::experiments::grid::{EPS, SIGMA, SIGMA_AND_EPS, label};
use crate::table::schema::{Head, Schema, Shown, Shows};
use crate::table::{Columnar, Row};

columns! {
    /// The keys of a row, and the one-dimensional margin that normalised weights (in ℓ2) lead to, so that the row can
    /// be computed again: `gauss-sim theory --mean margin_mean --data-std margin_data_std …`.
    pub struct Keys {
        /// `undefended`, `defended`, `trained`, `voted` or `optimum`.
        stage: LinearStageName,
        /// The number of coordinates d.
        dimension: usize,
        /// p of the ℓp norm of the adversary's budget.
        norm: Norm [1.0, f64::INFINITY],
        /// P[y = 1].
        prior: f64 [0.0, 1.0],
        /// The factor on the centred θ. Rows without θ have the sigma of the rows beside them.
        sigma: f64 [0.0, 1e15],
        /// How many θ vote; empty where there is no vote.
        votes: Option<Votes> [1.0, f64::INFINITY],
        /// How θ is drawn for the clean and the attacked input.
        draws: DrawProtocol,
        /// The adversary's budget, in its norm.
        eps: f64 [0.0, 1e15],
        /// w·μ, for weights of length 1. Empty, as all of these, where the class is the same for all inputs.
        margin_mean: Option<f64>,
        /// √(wᵀΣw).
        margin_data_std: Option<f64>,
        /// w·m + b; 0 where there is no θ but for b.
        margin_offset: Option<f64>,
        /// √(wᵀSw)·sigma.
        margin_sigma: Option<f64>,
        /// ε‖w‖_q: by how much the attack lowers the margin.
        margin_eps: Option<f64>,
        /// The largest adversarial accuracy of any classifier is at least this …
        optimum_low: Option<f64> [0.0, 1.0],
        /// … and at most this. Empty where the stage `optimum` is not asked for.
        optimum_high: Option<f64> [0.0, 1.0],
        /// The middle of the two minus the row's adversarial accuracy: the gap to the optimum.
        gap: Option<f64> [-1.0, 1.0],
    }
}

pub(super) fn schema() -> Schema {
    Schema {
        file: "rows",
        keys: Keys::columns(),
        rates: accuracies::RATES.to_vec(),
        counts: accuracies::counts(),
        found: Vec::new(),
        label: ("stage", label),
        variables: vec![SIGMA, EPS],
        shown: SIGMA_AND_EPS.to_vec(),
        shown_behind: vec![Head {
            head: "gap to optimum",
            latex: "gap to optimum",
            cell: Shows::Number(shown_gap),
            shown: Shown::WhereItDiffers,
        }],
    }
}

/// Returns the gap; 0 if it is less than the accuracy to which the optimum is known.
fn shown_gap(row: &Row<'_>) -> Option<f64> {
    let width = row.maybe("optimum_high")? - row.maybe("optimum_low")?;
    let gap = row.maybe("gap")?;
    Some(if gap.abs() <= width { 0.0 } else { gap })
}
