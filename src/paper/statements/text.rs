//! Statements for a reader: a table of all of them, and the reasons for each.

use super::{Case, Named, Statement};
use crate::table::text::{Lines, number};

/// Returns one line for each statement: its verdict, and the numbers of the most informative case.
#[must_use]
pub fn lines(statements: &[Statement]) -> Lines {
    let header = ["statement", "verdict", "first", "second", "explained by"].map(str::to_owned);
    let row = |statement: &Statement| {
        let witness = statement.witness();
        let value =
            |of: fn(&Case) -> Option<f64>| witness.and_then(of).map_or_else(String::new, digits);
        vec![vec![
            statement.name.to_owned(),
            statement.verdict.words().to_owned(),
            value(|case| Some(case.first.value)),
            value(|case| Some(case.second.value)),
            value(|case| case.beside.as_ref().map(|named| named.value)),
        ]]
    };
    Lines { header: header.to_vec(), words: 2, rows: statements.iter().map(row).collect() }
}

/// Returns the same in complete sentences, with a line for each case and its command: a table for Markdown.
#[must_use]
pub fn sentences(statements: &[Statement]) -> Lines {
    let header = ["statement", "verdict", "numbers", "command"].map(str::to_owned);
    let row = |statement: &Statement| {
        let mut lines: Vec<Vec<String>> = statement
            .cases
            .iter()
            .map(|case| {
                let numbers = format!("{}: {}", case.what, compared(case));
                vec![String::new(), String::new(), cell(&numbers), format!("`{}`", case.command)]
            })
            .collect();
        if let Some(first) = lines.first_mut() {
            first[0] = cell(statement.says);
            first[1] = cell(&verdict(statement));
        }
        lines
    };
    Lines { header: header.to_vec(), words: 4, rows: statements.iter().map(row).collect() }
}

/// Escapes the bar, which ends a cell of Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Returns every statement with its condition, and every case with its numbers and its command.
#[must_use]
pub fn details(statements: &[Statement]) -> String {
    let mut text = String::new();
    for statement in statements {
        text += &format!("\n{}: {}\n  {}\n", statement.name, statement.says, verdict(statement));
        if !statement.command.is_empty() {
            text += &format!("    {}\n", statement.command);
        }
        for case in &statement.cases {
            let supports = if case.supports { "for" } else { "against" };
            text += &format!("  {supports}: {}\n    {}\n", case.what, compared(case));
            if let Some(line) = simulated(case) {
                text += &format!("    {line}\n");
            }
            text += &format!("    {}\n", case.command);
        }
    }
    text
}

/// Returns the verdict with its condition.
#[must_use]
pub fn verdict(statement: &Statement) -> String {
    format!("{}: {}", statement.verdict.words(), statement.condition)
}

/// Returns the numbers of a case and their predicted relation.
#[must_use]
pub fn compared(case: &Case) -> String {
    let named = |named: &Named| format!("{} {}", named.what, digits(named.value));
    let beside = match &case.beside {
        Some(beside) => format!("; {}", named(beside)),
        None => String::new(),
    };
    let said = if case.supports { "" } else { "not " };
    format!("{} is {said}{} {}{beside}", named(&case.first), case.predicted, named(&case.second))
}

/// Returns the result of the simulation, in one line.
#[must_use]
pub fn simulated(case: &Case) -> Option<String> {
    let found = case.found?;
    let mut parts = Vec::new();
    let named = [("first", case.first.simulated), ("second", case.second.simulated)];
    for (name, numbers) in named {
        if let Some([value, low, high]) = numbers {
            parts.push(format!("{name} {value:.5} ({low:.5} to {high:.5})"));
        }
    }
    if let Some([value, low, high]) = found.difference {
        parts.push(format!("second − first {value:+.3e} ({low:+.3e} to {high:+.3e})"));
    }
    if let Some(p) = found.p_value {
        parts.push(format!("p = {p:.2}"));
    }
    let agrees = if found.agrees { "agrees" } else { "DISAGREES" };
    Some(format!("simulated: {}, {agrees}", parts.join(", ")))
}

/// Formats a number with six digits after the point.
fn digits(value: f64) -> String {
    number(value, 6)
}
