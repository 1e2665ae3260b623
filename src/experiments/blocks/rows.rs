//! The columns of blocks, and what is said of them.

use task::blocks::BlockList;
use task::range::short;

use super::{BlocksSpec, USUAL_COUNT, written};
use crate::columns;
use crate::experiments::grid::EPS;
use crate::experiments::linear::file::TaskFile;
use crate::table::schema::{Counted, Head, Rate, Schema, Shown, Shows};
use crate::table::{Column, ColumnKind, Columnar, Row, Table};

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// The number of blocks.
        blocks: u64,
        /// The mean of a block's distance from its boundary, on the right side; where blocks differ, of each in their order.
        mean: String,
        /// Its standard deviation, likewise.
        data_std: String,
        /// The scalar product of the weights of two classifiers of one input; 0 of independent blocks.
        correlation: f64 [-1.0, 1.0],
        /// The probability with which the random choice takes the first of two blocks; 0.5 where all are equally likely.
        mix: f64 [0.0, 1.0],
        /// The norm in which a move of all blocks is measured: 2, 1, inf, or 0 for the number of blocks moved.
        norm: String,
        /// The adversary's budget; with a price 1/pay, for no larger move is ever worth it.
        eps: f64 [0.0, 1e15],
        /// The price of a unit of the adversary's move, in errors; empty where there is a budget.
        pay: Option<f64> [0.0, 1e15],
        /// How the answer is chosen: `random`, `vote`, `single`, `joint` or `optimum`.
        choice: String,
        /// How many blocks must say + for a vote to; empty for other choices.
        k: Option<u64>,
        /// How many blocks are evaluated for a query.
        evaluated: u64,
        /// How the adversarial accuracy is known: `closed`, `integral`, or `bounds`: then it is simulated between the two.
        known: String,
        /// A lower bound on the adversarial accuracy where no exact value is known, of all samples.
        adversarial_low: Option<f64> [0.0, 1.0],
        /// An upper bound on it, of all samples.
        adversarial_high: Option<f64> [0.0, 1.0],
        /// The adversarial accuracy that no classifier exceeds against this budget, of all samples: attained by the choice
        /// `optimum`, but in norm 0 a bound. Against a price, what no deterministic one exceeds.
        optimum: f64 [0.0, 1.0],
    }
}

pub(super) fn schema() -> Schema {
    let counted = |stem, successes, trials| Some(Counted { stem, successes, trials });
    let rate = |name, head, about, counted, always_known| Rate {
        name,
        head,
        about,
        always_known,
        counted,
    };
    let count = |name, about| Column::new(name, ColumnKind::Count, about);
    let number = |head: &'static str, cell: fn(&Row<'_>) -> Option<f64>| Head {
        head,
        latex: head,
        cell: Shows::Number(cell),
        shown: Shown::WhereThereIsAny,
    };
    Schema {
        file: "rows",
        keys: Keys::columns(),
        rates: vec![
            rate(
                "clean_accuracy",
                "clean",
                "P[correct on x], exact; of all samples.",
                counted("clean", 0, None),
                true,
            ),
            rate(
                "adversarial_accuracy",
                "adversarial",
                "P[correct on the attacked x], exact; of all samples.",
                counted("adversarial", 2, None),
                false,
            ),
            rate(
                "robust_accuracy",
                "robust",
                "P[correct on both]/P[correct on x], exact; of the correctly classified samples. A random choice asks the same block twice.",
                counted("robust", 1, Some(0)),
                false,
            ),
            rate(
                "attack_success_rate",
                "attack success",
                "1 − robust_accuracy, exact; of the correctly classified samples.",
                None,
                false,
            ),
        ],
        counts: vec![
            count("clean_correct", "Of the samples: correct on x."),
            count("both_correct", "Of the samples: correct on x and under attack."),
            count("adversarial_correct", "Of the samples: correct under attack."),
        ],
        found: Vec::new(),
        label: ("choice", label),
        variables: vec![EPS],
        shown: vec![Head {
            head: "ε",
            latex: "$\\varepsilon$",
            cell: Shows::Text(|row| short(row.number("eps"))),
            shown: Shown::WhereItDiffers,
        }],
        shown_behind: vec![
            number("from", |row| row.maybe("adversarial_low")),
            number("to", |row| row.maybe("adversarial_high")),
            number("optimum", |row| row.maybe("optimum")),
        ],
    }
}

/// A norm as it stands in a text.
pub(super) fn norm(word: &str) -> String {
    let subscript = match word {
        "2" => "₂",
        "1" => "₁",
        "0" => "₀",
        _ => "∞",
    };
    format!("ℓ{subscript}")
}

/// Who decides, for a reader.
pub(super) fn choice(row: &Row<'_>) -> String {
    match row.count("k") {
        Some(k) if k == row.count("blocks").unwrap_or(0).div_ceil(2) => {
            format!("vote (k = {k}; majority)")
        }
        Some(k) => format!("vote (k = {k})"),
        None => row.word("choice").to_owned(),
    }
}

/// What sets the curves of a row apart from others: all but ε.
fn label(row: &Row<'_>) -> String {
    let paid = if row.maybe("pay").is_some() { "; at a price" } else { "" };
    let count = row.count("blocks").unwrap_or(0);
    format!("{} of {count} in {}{paid}", choice(row), norm(row.word("norm")))
}

/// What was asked, in a line.
pub(super) fn caption(spec: &BlocksSpec) -> String {
    let attacker = match &spec.pay {
        Some(price) => format!("an adversary who pays {price} for a unit"),
        None => format!("ε = {}", spec.eps),
    };
    if spec.task != TaskFile::default() {
        let coordinates = spec.blocks.as_ref().map_or(String::new(), BlockList::to_string);
        return format!("blocks of coordinates {coordinates} of a task, {attacker}");
    }
    let (mean, data_std) = (written(&spec.mean), written(&spec.data_std));
    let blocks = spec.blocks.as_ref().map_or(short(USUAL_COUNT[0]), BlockList::to_string);
    let mut text = format!("{blocks} blocks, mean = {mean}, data_std = {data_std}, {attacker}");
    if spec.correlation != 0.0 {
        text += &format!(", correlation = {}", short(spec.correlation));
    }
    if spec.mix != 0.5 {
        text += &format!(", the first with probability {}", short(spec.mix));
    }
    text
}

/// What is not exact.
pub(super) fn notes(table: &Table) -> Vec<String> {
    let bounds = table.iter().filter(|row| row.word("known") == "bounds").count();
    let zero = table.iter().any(|row| row.word("norm") == "0" && row.number("eps") >= 1.0);
    let mut notes = Vec::new();
    if bounds > 0 {
        notes.push(format!(
            "{bounds} of {} rows have no exact adversarial accuracy: it is simulated, beside true bounds",
            table.len()
        ));
    }
    if zero {
        notes.push(
            "norm 0: optimum is a bound that no classifier exceeds; none is known that attains it"
                .to_owned(),
        );
    }
    notes
}
