//! What kinds of experiments over a grid of σ and ε share.

use crate::table::schema::{Head, Shown, Shows, Variable};

/// The standard deviation of the defense.
pub const SIGMA: Variable = Variable { name: "sigma", symbol: "σ", usual: 1.0 };
/// The budget of the adversary.
pub const EPS: Variable = Variable { name: "eps", symbol: "ε", usual: 0.5 };

/// The standard deviation of the defense and the budget of the adversary, where they differ.
pub const SIGMA_AND_EPS: [Head; 2] = [
    Head {
        head: "σ",
        latex: "$\\sigma$",
        cell: Shows::Text(|row| row.number("sigma").to_string()),
        shown: Shown::WhereItDiffers,
    },
    Head {
        head: "ε",
        latex: "$\\varepsilon$",
        cell: Shows::Text(|row| row.number("eps").to_string()),
        shown: Shown::WhereItDiffers,
    },
];
