//! How many votes are enough: a table of its own, one row for each sigma and eps.

use rayon::prelude::*;
use serde::Serialize;
use task::{Defense, DrawProtocol, Eps, MAX_VOTES, Stage, Task, Votes};
use theory::convergence::{Tolerance, VotesFor, votes_for};

use crate::lines::{Lines, Script, number};
use crate::record::Record;
use crate::row::DrawsCell;
use crate::store::to_csv;
use crate::sweep::{GridError, MAX_ROWS};
use crate::table::{Format, FormatError};

/// What was asked, as resolved.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The mean of θ.
    pub shift: f64,
    /// The standard deviations of θ, in the grammar of the command line.
    pub sigma: String,
    /// The budgets, likewise.
    pub eps: String,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: String,
    /// How far the robust accuracy may be from its limit.
    pub votes_for: f64,
}

/// One row, with the same keys in CSV and JSON. Where up to [`MAX_VOTES`] votes are not enough, the
/// numbers of votes and their gaps are empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanRow {
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The standard deviation of θ.
    pub sigma: f64,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: DrawsCell,
    /// The adversary's budget.
    pub eps: f64,
    /// How far the robust accuracy may be from its limit.
    pub tolerance: f64,
    /// The robust accuracy of infinitely many votes.
    pub limit_robust_accuracy: f64,
    /// The robust accuracy of one vote less the limit.
    pub one_vote_gap: f64,
    /// The smallest (odd) number of votes within the tolerance.
    pub votes: Option<u32>,
    /// Its robust accuracy less the limit.
    pub gap: Option<f64>,
    /// A bound on the error of `gap`.
    pub gap_error: Option<f64>,
    /// From this (odd) number of votes on, all are within the tolerance.
    pub votes_settled: Option<u32>,
    /// Its robust accuracy less the limit.
    pub settled_gap: Option<f64>,
    /// The gap of n votes is about coefficient/n^power.
    pub coefficient: f64,
    /// 1 or ½.
    pub power: f64,
    /// How many votes that asks for.
    pub votes_estimated: f64,
}

/// The rows of these values, sigma by sigma and eps by eps; the votes are of the trained classifier.
/// Fails as [`crate::sweep::Grid::new`] does.
pub fn rows(
    task: Task,
    shift: f64,
    sigmas: &[f64],
    eps: &[f64],
    draws: DrawProtocol,
    tolerance: Tolerance,
) -> Result<Vec<PlanRow>, GridError> {
    let rows = sigmas.len().saturating_mul(eps.len());
    if rows == 0 || rows > MAX_ROWS {
        return Err(GridError::Rows { sigmas: sigmas.len(), eps: eps.len(), stages: 1, rows });
    }
    let budgets = eps.iter().map(|&eps| Eps::new(eps)).collect::<Result<Vec<_>, _>>()?;
    let mut points = Vec::with_capacity(rows);
    for &sigma in sigmas {
        let defense = Defense::new(shift, sigma)?;
        let margin = Stage::Voted { votes: Votes::Limit }.margin(&task, &defense)?;
        points.extend(budgets.iter().map(|&eps| (margin, eps)));
    }
    let row = |&(margin, eps): &(_, Eps)| {
        let plan = votes_for(&margin, eps, draws, tolerance);
        let VotesFor { limit, one_vote, first, settled, asymptote, estimate } = plan;
        PlanRow {
            mean: task.mean(),
            data_std: task.data_std(),
            sigma: margin.sigma(),
            draws: DrawsCell(draws),
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
    Ok(points.par_iter().map(row).collect())
}

/// The rows in a format, as text that ends with a line end.
pub fn format(
    rows: &[PlanRow],
    record: &Record<Question>,
    format: Format,
) -> Result<String, FormatError> {
    Ok(match format {
        Format::Csv => String::from_utf8_lossy(&to_csv(rows)?).into_owned(),
        Format::Json => {
            #[derive(Serialize)]
            struct Document<'a> {
                run: &'a Record<Question>,
                rows: &'a [PlanRow],
            }
            serde_json::to_string_pretty(&Document { run: record, rows })? + "\n"
        }
        Format::Table => lines(rows, Script::Unicode).plain(),
        Format::Markdown => lines(rows, Script::Unicode).markdown(),
        Format::Latex => lines(rows, Script::Latex).latex(),
    })
}

/// The table of these rows.
fn lines(rows: &[PlanRow], script: Script) -> Lines {
    let [sigma, eps] = script.symbols();
    let header =
        vec![sigma, eps, "limit", "gap of 1 vote", "votes", "gap", "from then on", "leading term"];
    let votes = |votes: Option<u32>| {
        votes.map_or_else(|| format!("> {MAX_VOTES}"), |votes| votes.to_string())
    };
    let gap = |gap: f64| if gap == 0.0 { "0".to_owned() } else { format!("{gap:.2e}") };
    let line = |row: &PlanRow| {
        let estimate = row.votes_estimated;
        vec![vec![
            row.sigma.to_string(),
            row.eps.to_string(),
            number(row.limit_robust_accuracy, 12),
            gap(row.one_vote_gap),
            votes(row.votes),
            row.gap.map_or_else(String::new, gap),
            votes(row.votes_settled),
            if estimate < 1e9 { format!("{estimate:.1}") } else { format!("{estimate:.2e}") },
        ]]
    };
    let header = header.into_iter().map(str::to_owned).collect();
    Lines { header, words: 0, rows: rows.iter().map(line).collect() }
}
