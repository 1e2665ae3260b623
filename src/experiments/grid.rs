//! The common parts of experiments over a grid of σ and ε: the declarations of shared parameters, and the limit on
//! the size of a grid.

use task::Eps;
use task::range::{Range, short};
use task::spec::{Spec, SpecError, flag, text};

use crate::table::Row;
use crate::table::schema::{Head, Shown, Shows, Variable};

/// The heading of flags about the data and the defense.
pub const TASK: &str = "The task and the defense";
/// The grammar of ranges.
pub const RANGE_HELP: &str = task::range::RANGE_HELP;
/// The help of `sigma`.
pub const SIGMA_HELP: &str = "The standard deviation σ of θ: a number or a range";
/// The help of `eps`.
pub const EPS_HELP: &str = "The adversary's budget ε: a number or a range";
/// The help of `mean`.
pub const MEAN_HELP: &str = "The class mean μ: x | y ~ N(y·μ, data_std²)";
/// The help of `data_std`.
pub const DATA_STD_HELP: &str = "The standard deviation ν of x given y";
/// The help of `shift`.
pub const SHIFT_HELP: &str = "The mean of θ";
/// The help of `votes`.
pub const VOTES_HELP: &str = "How many θ vote in stage `voted`: 101, or 1,11,101,inf";
/// The help of `draws`.
pub const DRAWS_HELP: &str = "How θ is drawn for the clean and the attacked input: same, one θ for both; fresh, the \
    attacked one gets its own; persistent=T, it is judged T times, each with its own, and must be right always";
/// The placeholder of `draws`.
pub const DRAWS: &str = "same|fresh|persistent=T";

/// The standard deviation of the defense.
pub const SIGMA: Variable = Variable { name: "sigma", symbol: "σ", usual: 1.0 };
/// The budget of the adversary.
pub const EPS: Variable = Variable { name: "eps", symbol: "ε", usual: 0.5 };

/// The standard deviation of the defense and the budget of the adversary, shown where they differ.
pub const SIGMA_AND_EPS: [Head; 2] = [
    Head {
        head: "σ",
        latex: "$\\sigma$",
        cell: Shows::Text(|row| short(row.number("sigma"))),
        shown: Shown::WhereItDiffers,
    },
    Head {
        head: "ε",
        latex: "$\\varepsilon$",
        cell: Shows::Text(|row| short(row.number("eps"))),
        shown: Shown::WhereItDiffers,
    },
];

/// The largest number of rows of one run.
pub const MAX_ROWS: usize = 1_000_000;

/// Fails if a grid has no `what` (rows, points) or more than `most`. `axes` are the parameters that span it, each
/// with its number of values; the message names them as flags.
pub fn check_size(
    spec: &dyn Spec,
    axes: &[(&str, usize)],
    most: usize,
    what: &str,
) -> Result<(), SpecError> {
    let size = axes.iter().fold(1usize, |size, (_, count)| size.saturating_mul(*count));
    if (1..=most).contains(&size) {
        return Ok(());
    }
    let flags = axes.iter().map(|(name, _)| format!("{} {}", flag(name), text(spec, name)));
    let counts = axes.iter().map(|(_, count)| count.to_string());
    let (flags, counts) =
        (flags.collect::<Vec<_>>().join(", "), counts.collect::<Vec<_>>().join(" × "));
    Err(SpecError::Together(format!(
        "{flags}: {counts} are {size} {what}: at least 1 and at most {most} are possible; a range takes a count, as in \
         0..4/41"
    )))
}

/// Returns the budgets of a range. Fails if one is outside its domain.
pub fn budgets(range: &Range) -> Result<Vec<Eps>, SpecError> {
    Ok(range.values().iter().map(|&eps| Eps::new(eps)).collect::<Result<_, _>>()?)
}

/// Returns a stage with the parameters that distinguish it from others with the same name: `voted (n = 101)`.
#[must_use]
pub fn label(row: &Row<'_>) -> String {
    let stage = row.word("stage");
    match (row.maybe("votes"), row.maybe("threshold")) {
        (Some(f64::INFINITY), _) => format!("{stage} (n = ∞)"),
        (Some(votes), _) => format!("{stage} (n = {votes})"),
        (None, Some(k)) => format!("{stage} (k = {k})"),
        (None, None) => stage.to_owned(),
    }
}
