//! The smallest number of questions for a share of the white-box attack's effect, for each attack and stage.

use rayon::prelude::*;
use task::Votes;
use task::query::{MAX_QUERIES, QueryAttack, QueryStage, StageWord};
use task::range::{number, quote, short};
use task::spec::{SpecError, Word};
use theory::query::Victim;

use super::Queries;
use crate::columns;
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// Reads a share between 0 and 1. The message says what would be right.
pub fn share(text: &str) -> Result<f64, String> {
    let value = number(text).map_err(|error| error.to_string())?;
    match value > 0.0 && value < 1.0 {
        true => Ok(value),
        false => Err(format!(
            "{} is not possible: write a share between 0 and 1, as in 0.5",
            quote(text)
        )),
    }
}

columns! {
    /// The number of questions that a goal needs.
    pub struct NeededRow {
        /// The attack: `score`, `sign`, `nes`, `simba` or `label`.
        attack: QueryAttack,
        /// The stage: `undefended`, `defended`, `trained` or `voted`.
        stage: StageWord,
        /// How many draws vote on an answer; empty where there is no vote.
        votes: Option<Votes>,
        /// How many coordinates x has.
        dimension: u32,
        /// The standard deviation of the noise of a draw, in units of distance.
        sigma: f64,
        /// How far the attacker moves, in units of distance.
        eps: f64,
        /// How far from x the attacker asks, in units of distance.
        step: f64,
        /// The share of the white-box attack's effect, clean_accuracy − white_box, that is wanted.
        share: f64,
        /// The accuracy without an attack.
        clean_accuracy: f64,
        /// The accuracy against an attacker who knows the direction.
        white_box: f64,
        /// The accuracy at which the share is reached.
        target: f64,
        /// The smallest number of questions with which this attack reaches it; empty where none does, or it is not known.
        queries: Option<u64>,
        /// The adversarial accuracy with that many questions.
        adversarial_accuracy: Option<f64>,
        /// The mean cosine E η with that many questions.
        cosine: Option<f64>,
        /// The lower bound for any attacker: none reaches the target with fewer questions; empty where the bound is void.
        at_least: Option<u64>,
        /// Why no number is given; empty where one is.
        impossible: Option<String>,
    }
}

/// What is found for every attack and stage.
pub fn table(experiment: &Queries, share: f64) -> Result<Table, SpecError> {
    let rows: Vec<NeededRow> =
        experiment.victims().par_iter().map(|victim| row(victim, share)).collect();
    Ok(Table::of("answers", rows))
}

fn row(victim: &Victim, share: f64) -> NeededRow {
    let asker = victim.asker();
    let needed = victim.queries_for(share);
    let (clean, white_box) = (victim.clean().value, victim.white_box().value);
    let queries = needed.and_then(|needed| needed.queries);
    let found = needed.and_then(|needed| needed.found);
    NeededRow {
        attack: asker.attack(),
        stage: asker.stage().word(),
        votes: match asker.stage() {
            QueryStage::Voted(votes) => Some(votes),
            _ => None,
        },
        dimension: asker.dimension(),
        sigma: asker.margin().sigma(),
        eps: asker.eps(),
        step: asker.step(),
        share,
        clean_accuracy: clean,
        white_box,
        target: clean - share * (clean - white_box),
        queries,
        adversarial_accuracy: found.map(|found| found.accuracy.value),
        cosine: found.map(|found| found.cosine.value),
        at_least: needed.and_then(|needed| needed.at_least),
        impossible: match (needed, queries) {
            (_, Some(_)) => None,
            (None, None) => Some(format!(
                "not known: {} has no exact value; simulate it with --queries",
                asker.attack().word()
            )),
            (Some(_), None) if clean - white_box <= 1e-14 => {
                Some("never: the white-box attack has no effect to have a share of".to_owned())
            }
            (Some(_), None) => Some(format!("never: no number up to {MAX_QUERIES} is enough")),
        },
    }
}

/// The answers in words, a line each.
#[must_use]
pub fn sentences(table: &Table) -> String {
    let mut text = String::new();
    let differs = |name: &str| {
        let first = table.row(0).map(|row| row.number(name));
        table.iter().any(|row| Some(row.number(name)) != first)
    };
    let noises = table.iter().filter(|row| row.word("stage") != "undefended");
    let noises: Vec<f64> = noises.map(|row| row.number("sigma")).collect();
    let several = noises.windows(2).any(|pair| pair[0] != pair[1]);
    for row in table.iter() {
        let mut at = super::rows::label(&row);
        if several {
            at += &format!(", σ = {}", short(row.number("sigma")));
        }
        if differs("eps") {
            at += &format!(", ε = {}", short(row.number("eps")));
        }
        text += &format!("{at}: {}\n", sentence(&row));
    }
    text
}

fn sentence(row: &Row<'_>) -> String {
    let Some(queries) = row.count("queries") else {
        return row.word("impossible").to_owned();
    };
    let left = row.maybe("adversarial_accuracy").unwrap_or(f64::NAN);
    let least = match row.count("at_least") {
        Some(least) => format!("; no attacker needs fewer than {}", thousands(least)),
        None => String::new(),
    };
    format!(
        "{} questions have {} of the white-box attack's effect: {left:.4} of all samples stay right, of {:.4} without an \
         attack and {:.4} against a white box{least}",
        thousands(queries),
        short(row.number("share")),
        row.number("clean_accuracy"),
        row.number("white_box"),
    )
}
