//! Statements as rows, one for each case.

use super::{Case, Named, Statement};
use crate::columns;
use crate::table::Table;

columns! {
    /// A case of a statement.
    pub struct StatementRow {
        /// The short name of the statement.
        statement: String,
        /// What it says, in our words.
        says: String,
        /// Of the statement: `holds`, `conditional`, `fails` or `cannot-be-told`.
        verdict: &'static str,
        /// Where the statement holds, what that rests on, or why it fails.
        condition: String,
        /// The case in words.
        case: String,
        /// Whether the numbers of the case bear the statement out.
        supports: bool,
        /// What the first number is.
        first_what: String,
        /// The first number, exact.
        first: f64,
        /// How it compares with the second if the statement is true.
        predicted: String,
        /// What the second number is.
        second_what: String,
        /// The second number, exact.
        second: f64,
        /// What else explains the two; empty where there is nothing.
        beside_what: Option<String>,
        /// That number, exact.
        beside: Option<f64>,
        /// The command that gives the numbers of the case.
        command: String,
        /// The command that decides the statement over a region; empty where the cases decide.
        region_command: Option<String>,
        /// How many samples were drawn.
        samples: Option<u64>,
        /// The estimate of the first number; empty where it is no rate.
        mc_first: Option<f64>,
        /// The lower limit of its interval.
        mc_first_low: Option<f64>,
        /// The upper limit of its interval.
        mc_first_high: Option<f64>,
        /// The estimate of the second number.
        mc_second: Option<f64>,
        /// The lower limit of its interval.
        mc_second_low: Option<f64>,
        /// The upper limit of its interval.
        mc_second_high: Option<f64>,
        /// Second less first on the same samples, where that is what is counted.
        mc_difference: Option<f64>,
        /// The lower limit of its interval.
        mc_difference_low: Option<f64>,
        /// The upper limit of its interval.
        mc_difference_high: Option<f64>,
        /// The smallest p-value of the rows of the command, times their number; empty where a difference is counted.
        p_value: Option<f64>,
        /// Whether the simulation agrees with theory.
        agrees: Option<bool>,
    }
}

/// Returns the rows of statements.
#[must_use]
pub fn table(statements: &[Statement]) -> Table {
    let rows = statements
        .iter()
        .flat_map(|statement| statement.cases.iter().map(move |case| row(statement, case)));
    Table::of("statements", rows)
}

fn row(statement: &Statement, case: &Case) -> StatementRow {
    let at = |of: Option<[f64; 3]>, place: usize| of.map(|numbers| numbers[place]);
    let (first, second) = (case.first.simulated, case.second.simulated);
    let difference = case.found.and_then(|found| found.difference);
    let own = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let beside = |of: fn(&Named) -> f64| case.beside.as_ref().map(of);
    StatementRow {
        statement: statement.name.to_owned(),
        says: statement.says.to_owned(),
        verdict: statement.verdict.name(),
        condition: statement.condition.clone(),
        case: case.what.clone(),
        supports: case.supports,
        first_what: case.first.what.clone(),
        first: case.first.value,
        predicted: case.predicted.clone(),
        second_what: case.second.what.clone(),
        second: case.second.value,
        beside_what: case.beside.as_ref().map(|named| named.what.clone()),
        beside: beside(|named| named.value),
        command: case.command.clone(),
        region_command: own(&statement.command),
        samples: case.found.map(|found| found.samples),
        mc_first: at(first, 0),
        mc_first_low: at(first, 1),
        mc_first_high: at(first, 2),
        mc_second: at(second, 0),
        mc_second_low: at(second, 1),
        mc_second_high: at(second, 2),
        mc_difference: at(difference, 0),
        mc_difference_low: at(difference, 1),
        mc_difference_high: at(difference, 2),
        p_value: case.found.and_then(|found| found.p_value),
        agrees: case.found.map(|found| found.agrees),
    }
}
