//! The styles of the stages, the same in every chart; which of many series have curves; and what titles say of them.

use plots::Style;
use task::DrawProtocol;

use super::grid::{EPS, SIGMA, label};
use crate::report::curves::{Along, Data, Dense, Series, by_rank, evenly};
use crate::table::{Row, Table};

/// The stages, in the order of the argument, which determines their styles in every chart.
pub(crate) const STAGES: [&str; 5] = ["undefended", "defended", "trained", "voted", "optimum"];

/// The number of these stages that are the paper's.
const PAPER_STAGES: usize = 4;

/// Returns the place of a row's stage in the argument; a stage that is not part of the argument comes last.
pub(crate) fn place_of(row: &Row<'_>) -> usize {
    let stage = row.word("stage");
    STAGES.iter().position(|known| *known == stage).unwrap_or(STAGES.len())
}

/// The name that [`family`] gives to thresholds …
const THRESHOLDS: &str = "thresholds k";
/// … and to votes.
const NUMBERS_OF_VOTES: &str = "numbers of votes n";

/// Returns, for a stage that may occur several times at one sigma and eps, what differs, in the plural, and its value.
fn family(row: &Row<'_>) -> Option<(&'static str, f64)> {
    match row.word("stage") {
        "defended" => Some((THRESHOLDS, row.maybe("threshold")?)),
        "voted" => Some((NUMBERS_OF_VOTES, row.maybe("votes")?)),
        _ => None,
    }
}

/// Returns whether a series belongs to this stage.
pub(crate) fn is(series: &Series<'_>, stage: &str) -> bool {
    series.rows.first().is_some_and(|row| row.word("stage") == stage)
}

/// Returns the value that distinguishes a member of this family.
fn member(series: &Series<'_>, what: &str) -> Option<f64> {
    family(series.rows.first()?).filter(|(family, _)| *family == what).map(|(_, value)| value)
}

/// Returns the part of a title about draws, unless they are the default.
pub(crate) fn protocol(row: &Row<'_>) -> String {
    match row.word("draws").parse().unwrap_or_default() {
        DrawProtocol::Same => String::new(),
        DrawProtocol::Fresh => ", fresh θ for the attacked input".to_owned(),
        DrawProtocol::Persistent(tries) => {
            format!(", fresh θ in each of {tries} tries of the attacker")
        }
    }
}

/// Creates the data of stages over a grid of σ and ε; `task` is the part of titles that describes the task.
pub(crate) fn data(table: &Table, task: String, dense: Option<Dense>) -> Data<'_> {
    let axes = [
        (SIGMA, "σ, standard deviation of the added noise (units of x)"),
        (EPS, "ε, budget of the adversary (units of x)"),
    ];
    let axes = axes.map(|(variable, label)| Along::new(variable, label, table));
    let (series, note) = shown(&Series::of(table, label));
    Data { table, task, axes, series, note, dense }
}

/// The largest number of thresholds, or of numbers of votes, that have a curve; more are hard to tell apart.
const CURVES: usize = 6;
/// The same for each of the two if there are many of both, so that their styles can be told apart.
const CURVES_OF_BOTH: usize = 3;

/// Returns the series that have a curve, each with its style, and the part of the title about those that do not.
fn shown<'a>(series: &[Series<'a>]) -> (Vec<Series<'a>>, String) {
    let families = [THRESHOLDS, NUMBERS_OF_VOTES].map(|what| {
        let mut family: Vec<(&Series<'_>, f64)> =
            series.iter().filter_map(|series| Some((series, member(series, what)?))).collect();
        family.sort_by(|a, b| a.1.total_cmp(&b.1));
        (family.into_iter().map(|(series, _)| series).collect::<Vec<_>>(), what)
    });
    let crowded = families.iter().any(|(family, _)| family.len() > CURVES);
    let both = families.iter().all(|(family, _)| family.len() > CURVES_OF_BOTH);
    let most = if both { CURVES_OF_BOTH } else { CURVES };
    let mut shown = series.to_vec();
    let mut note = String::new();
    for (family, what) in families {
        if crowded && family.len() > most {
            let kept = evenly(&family, most);
            let dropped = |series: &Series<'_>| {
                family.iter().any(|other| other.label == series.label)
                    && !kept.iter().any(|other| other.label == series.label)
            };
            shown.retain(|series| !dropped(series));
            note += &format!("; {most} of {} {what}", family.len());
        }
    }
    style(&mut shown);
    (shown, note)
}

/// Returns the curves of one chart by sigma: at most [`SIGMAS`], evenly chosen, each with its rows and a colour; and
/// the part of the title about those left out. `None` if there is no curve.
pub(crate) fn by_sigma<'a>(
    rows: impl Iterator<Item = Row<'a>>,
    keep: impl Fn(&[Row<'_>]) -> bool,
) -> (Vec<SigmaCurve<'a>>, String) {
    let mut curves: Vec<SigmaCurve<'a>> = Vec::new();
    for row in rows {
        match curves.iter_mut().find(|curve| curve.sigma == row.number("sigma")) {
            Some(curve) => curve.rows.push(row),
            None => {
                curves.push(SigmaCurve {
                    sigma: row.number("sigma"),
                    style: by_rank(0, 1),
                    rows: vec![row],
                });
            }
        }
    }
    curves.retain(|curve| keep(&curve.rows));
    curves.sort_by(|a, b| a.sigma.total_cmp(&b.sigma));
    let note = match curves.len() {
        0..=SIGMAS => String::new(),
        all => format!("; {SIGMAS} of {all} values of σ"),
    };
    let mut curves = evenly(&curves, SIGMAS);
    let count = curves.len();
    for (rank, curve) in curves.iter_mut().enumerate() {
        curve.style = by_rank(rank, count);
    }
    (curves, note)
}

/// The largest number of values of sigma that have a curve in a chart by sigma.
const SIGMAS: usize = 6;

/// The rows of one sigma, and the style of their curve.
#[derive(Clone)]
pub(crate) struct SigmaCurve<'a> {
    pub(crate) sigma: f64,
    pub(crate) style: Style,
    pub(crate) rows: Vec<Row<'a>>,
}

/// Sets the style of each stage, the same in every figure, by its place in the paper's argument. Further thresholds
/// and numbers of votes of a stage have the styles after these.
fn style(series: &mut [Series<'_>]) {
    let place = |series: &Series<'_>| series.rows.first().map_or(0, place_of);
    // The styles of the paper's stages are reserved for them, whether they are present or not.
    let places = series.iter().map(|series| place(series) + 1).max().unwrap_or(0);
    let mut next = places.max(PAPER_STAGES);
    let mut seen = vec![false; next];
    for series in series {
        let place = place(series);
        let look = if seen[place] {
            next += 1;
            next - 1
        } else {
            place
        };
        seen[place] = true;
        series.style = Style::series(look);
    }
}
