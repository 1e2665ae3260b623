//! The number of votes that is sufficient: a separate table, with one row for each σ and ε.

use rayon::prelude::*;
use task::range::{quote, short};
use task::spec::{Spec, SpecError};
use task::{Defense, DrawProtocol, Eps, MAX_VOTES, Margin, Stage, Task, Votes};
use theory::convergence::{Tolerance, VotesFor, votes_for};

use super::{KIND, StagesSpec};
use crate::columns;
use crate::experiment::Planner;
use crate::experiments::grid::{MAX_ROWS, budgets, check_size};
use crate::experiments::own;
use crate::table::Table;
use crate::table::text::{Lines, Script, number};

columns! {
    /// The number of votes that is sufficient at one σ and ε. If up to [`MAX_VOTES`] are not, the numbers of votes
    /// and their gaps are empty.
    pub struct VotesForRow {
        /// The class mean, in units of x.
        mean: f64,
        /// The standard deviation of x given y, in units of x.
        data_std: f64,
        /// The standard deviation of θ, in units of x.
        sigma: f64,
        /// How θ is drawn for the clean and the attacked input.
        draws: DrawProtocol,
        /// The adversary's budget, in units of x.
        eps: f64,
        /// How far the robust accuracy may be from its limit.
        tolerance: f64,
        /// The robust accuracy of infinitely many votes.
        limit_robust_accuracy: f64,
        /// The robust accuracy of one vote minus the limit.
        one_vote_gap: f64,
        /// The smallest (odd) number of votes within the tolerance.
        votes: Option<u32>,
        /// Its robust accuracy minus the limit.
        gap: Option<f64>,
        /// A bound on the error of `gap`.
        gap_error: Option<f64>,
        /// From this (odd) number of votes on, all are within the tolerance.
        votes_settled: Option<u32>,
        /// Its robust accuracy minus the limit.
        settled_gap: Option<f64>,
        /// The gap of n votes is about coefficient/n^power.
        coefficient: f64,
        /// 1 or ½.
        power: f64,
        /// How many votes that asks for.
        votes_estimated: f64,
    }
}

/// The planner.
pub static PLANNER: Planner = Planner {
    kind: &KIND,
    name: "votes_for",
    placeholder: "TOLERANCE",
    help: "Instead: how many votes are within this much of the limit's robust accuracy",
    without: &["votes", "stages", "threshold"],
    table: |spec, wanted| {
        let tolerance = tolerance(wanted).map_err(|message| PLANNER.refused(message))?;
        (KIND.new)(spec)?; // its errors
        table(&own(spec)?, tolerance)
    },
    said: |spec, wanted| {
        let tolerance = tolerance(wanted).map_err(|message| PLANNER.refused(message))?;
        (KIND.new)(spec)?; // its errors
        let spec = own(spec)?;
        Ok(caption(&spec, tolerance) + &lines(&table(&spec, tolerance)?, Script::Unicode).plain())
    },
};

/// Reads how far the robust accuracy may be from its limit. The message says what would be right.
pub fn tolerance(text: &str) -> Result<Tolerance, String> {
    let value = task::range::number(text).map_err(|error| error.to_string())?;
    Tolerance::new(value)
        .map_err(|error| format!("{} is not possible: write {}", quote(text), error.expected))
}

/// Returns the rows of a question, sigma by sigma and eps by eps; the votes are of the trained classifier. On rayon's
/// current pool.
pub fn table(spec: &StagesSpec, tolerance: Tolerance) -> Result<Table, SpecError> {
    let [sigmas, eps] = [&spec.sigma, &spec.eps].map(|range| range.values().len());
    check_size(spec, &[("sigma", sigmas), ("eps", eps)], MAX_ROWS, "rows")?;
    let task = Task::new(spec.mean, spec.data_std)?;
    let budgets = budgets(&spec.eps)?;
    let mut points: Vec<(Margin, Eps)> = Vec::new();
    for &sigma in spec.sigma.values() {
        let defense = Defense::new(spec.shift, sigma)?;
        let margin = Stage::Voted { votes: Votes::Limit }.margin(&task, &defense)?;
        points.extend(budgets.iter().map(|&eps| (margin, eps)));
    }
    let row = |&(margin, eps): &(Margin, Eps)| {
        let found = votes_for(&margin, eps, spec.draws, tolerance);
        let VotesFor { limit, one_vote, first, settled, asymptote, estimate } = found;
        VotesForRow {
            mean: task.mean(),
            data_std: task.data_std(),
            sigma: margin.sigma(),
            draws: spec.draws,
            eps: eps.get(),
            tolerance: tolerance.get(),
            limit_robust_accuracy: limit.value,
            one_vote_gap: one_vote.value,
            votes: first.map(|reached| reached.votes),
            gap: first.map(|reached| reached.gap.value),
            gap_error: first.map(|reached| reached.gap.error),
            votes_settled: settled.map(|reached| reached.votes),
            settled_gap: settled.map(|reached| reached.gap.value),
            coefficient: asymptote.coefficient,
            power: asymptote.power,
            votes_estimated: estimate,
        }
    };
    Ok(Table::of("votes", points.par_iter().map(row).collect::<Vec<_>>()))
}

/// Returns the question in one line.
#[must_use]
pub fn caption(spec: &StagesSpec, tolerance: Tolerance) -> String {
    let StagesSpec { mean, data_std, draws, .. } = spec;
    let tolerance = tolerance.get();
    format!(
        "mean = {mean}, data_std = {data_std}, {draws} draws: votes within {tolerance} of the limit's robust accuracy\n"
    )
}

/// Returns the question with its tolerance, for the record.
#[must_use]
pub fn record(spec: &StagesSpec, tolerance: Tolerance) -> serde_json::Value {
    let mut object = serde_json::to_value(spec as &dyn Spec).unwrap_or_default();
    for key in ["stages", "threshold", "votes"] {
        object.as_object_mut().map(|object| object.remove(key));
    }
    object["votes_for"] = tolerance.get().into();
    object
}

/// Returns the printed table of these rows.
#[must_use]
pub fn lines(table: &Table, script: Script) -> Lines {
    let [sigma, eps] = match script {
        Script::Unicode => ["σ", "ε"],
        Script::Latex => ["$\\sigma$", "$\\varepsilon$"],
    };
    let header =
        [sigma, eps, "limit", "gap of 1 vote", "votes", "gap", "from then on", "leading term"];
    let votes = |votes: Option<u64>| {
        votes.map_or_else(|| format!("> {MAX_VOTES}"), |votes| votes.to_string())
    };
    let gap = |gap: f64| if gap == 0.0 { "0".to_owned() } else { format!("{gap:.2e}") };
    let line = |row: crate::table::Row<'_>| {
        let estimate = row.number("votes_estimated");
        vec![vec![
            short(row.number("sigma")),
            short(row.number("eps")),
            number(row.number("limit_robust_accuracy"), 12),
            gap(row.number("one_vote_gap")),
            votes(row.count("votes")),
            row.maybe("gap").map_or_else(String::new, gap),
            votes(row.count("votes_settled")),
            if estimate < 1e9 { format!("{estimate:.1}") } else { format!("{estimate:.2e}") },
        ]]
    };
    let header = header.map(str::to_owned).to_vec();
    Lines { header, words: 0, rows: table.iter().map(line).collect() }
}
