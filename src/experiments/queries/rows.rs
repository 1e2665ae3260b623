//! The columns of attackers, and what is said of them.

use task::Votes;
use task::query::{QueryAttack, QueryStage, StageWord};
use task::range::short;
use theory::query::{Known, Victim};

use super::QuerySpec;
use crate::columns;
use crate::table::column::word_field;
use crate::table::schema::{Counted, Head, Rate, Schema, Shown, Shows, Variable};
use crate::table::text::thousands;
use crate::table::{Column, ColumnKind, Columnar, Row, Table};

word_field!(QueryAttack, StageWord);

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// `score`, `sign`, `nes`, `simba` or `label`.
        attack: QueryAttack,
        /// `undefended`, `defended`, `trained` or `voted`.
        stage: StageWord,
        /// How many coordinates x has.
        dimension: u32 [1.0, 1e7],
        /// The mean margin of a sample, in units of distance.
        mean: f64 [-1e15, 1e15],
        /// The standard deviation of the margin, in units of distance.
        data_std: f64 [0.0, 1e15],
        /// The mean of the noise on the margin, in units of distance; empty where there is none.
        shift: Option<f64> [-1e15, 1e15],
        /// The standard deviation of the noise of a draw, in units of distance.
        sigma: f64 [0.0, 1e15],
        /// How many draws vote on an answer; empty where there is no vote.
        votes: Option<Votes> [1.0, f64::INFINITY],
        /// How far the attacker moves, in units of distance.
        eps: f64 [0.0, 1e15],
        /// How far from x the attacker asks, in units of distance.
        step: f64 [0.0, 1e15],
        /// How many times each direction is asked about, on both sides.
        rounds: u64,
        /// How many questions the attacker has.
        queries: u64,
        /// How many of these are asked at most: whole rounds.
        asked: u64,
        /// E η, the share of the move that goes along the direction, exact; empty where it is not known.
        cosine: Option<f64> [-1.0, 1.0],
        /// The largest E η that any attacker reaches with so many questions.
        cosine_bound: f64 [0.0, 1.0],
        /// The accuracy against an attacker who knows the direction, of all samples, exact.
        white_box: f64 [0.0, 1.0],
        /// The accuracy of the classifier without noise, asked in the same way as often, of all samples, exact; empty where it is
        /// not known.
        no_noise: Option<f64> [0.0, 1.0],
        /// A lower bound on the accuracy against any attacker with this many answers, of all samples.
        bound: f64 [0.0, 1.0],
        /// The largest number of questions with which this attack leaves more of the stage than of the classifier without noise: 0
        /// if none, inf if every larger one; empty for undefended, and where it is not known.
        break_even: Option<f64> [0.0, f64::INFINITY],
        /// Why no exact adversarial accuracy is known; empty where one is.
        unknown: Option<String>,
    }
}

impl Keys {
    /// Of a number of questions.
    pub(super) fn new(
        spec: &QuerySpec,
        victim: &Victim,
        queries: u64,
        known: Option<Known>,
        white_box: f64,
        break_even: Option<f64>,
    ) -> Self {
        let asker = victim.asker();
        let spent = asker.spend(queries);
        let (votes, noisy) = match asker.stage() {
            QueryStage::Voted(votes) => (Some(votes), true),
            stage => (None, stage != QueryStage::Undefended),
        };
        Self {
            attack: asker.attack(),
            stage: asker.stage().word(),
            dimension: asker.dimension(),
            mean: spec.mean,
            data_std: spec.data_std,
            shift: noisy.then_some(spec.shift),
            sigma: asker.margin().sigma(),
            votes,
            eps: asker.eps(),
            step: asker.step(),
            rounds: spent.rounds,
            queries,
            asked: spent.questions,
            cosine: known.map(|known| known.cosine.value),
            cosine_bound: victim.reach(queries).mean,
            white_box,
            no_noise: victim.no_noise(queries).map(|left| left.value),
            bound: victim.bound(queries),
            break_even,
            unknown: known.is_none().then(|| unknown(asker.attack()).to_owned()),
        }
    }
}

/// Why no exact value is known.
fn unknown(attack: QueryAttack) -> &'static str {
    match attack {
        QueryAttack::Sign => "signs of coordinates of one direction depend on each other",
        QueryAttack::Simba => "each score is compared with one that was selected",
        QueryAttack::Label => "what a label says depends on the margin",
        QueryAttack::Score | QueryAttack::Nes => "no exact value is known",
    }
}

/// The number of questions as a variable of rows.
pub(super) const QUERIES: Variable = Variable { name: "queries", symbol: "Q", usual: 1000.0 };
/// The noise.
pub(super) const SIGMA: Variable = Variable { name: "sigma", symbol: "σ", usual: 1.0 };
/// The budget.
pub(super) const EPS: Variable = Variable { name: "eps", symbol: "ε", usual: 1.0 };

pub(super) fn schema() -> Schema {
    let rate = |name, stem, head, about, successes, always_known| Rate {
        name,
        head,
        about,
        always_known,
        counted: Some(Counted { stem, successes, trials: None }),
    };
    let text = |head, latex, cell| Head { head, latex, cell, shown: Shown::WhereItDiffers };
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
                "clean",
                "P[right without an attack], exact; of all samples.",
                0,
                true,
            ),
            rate(
                "adversarial_accuracy",
                "adversarial",
                "adversarial",
                "P[right after the attack], exact; of all samples.",
                1,
                false,
            ),
        ],
        counts: vec![
            Column::new(
                "clean_correct",
                ColumnKind::Count,
                "Of the samples: right without an attack.",
            ),
            Column::new(
                "adversarial_correct",
                ColumnKind::Count,
                "Of the samples: right after it.",
            ),
        ],
        found: vec![
            Column::new("mc_cosine", ColumnKind::Number, "The simulated mean of η."),
            Column::new(
                "mc_cosine_low",
                ColumnKind::Number,
                "The lower limit of its interval, by the central limit theorem.",
            ),
            Column::new("mc_cosine_high", ColumnKind::Number, "The upper limit of its interval."),
        ],
        label: ("attack, stage", label),
        variables: Vec::new(),
        shown: vec![
            text("σ", "$\\sigma$", Shows::Text(|row| short(row.number("sigma")))),
            text("ε", "$\\varepsilon$", Shows::Text(|row| short(row.number("eps")))),
            text(
                "questions",
                "$Q$",
                Shows::Text(|row| row.count("queries").map_or_else(String::new, thousands)),
            ),
        ],
        shown_behind: vec![
            number("no noise", |row| row.maybe("no_noise")),
            number("bound", |row| row.maybe("bound")),
            number("cosine", |row| row.maybe("cosine")),
            Head {
                head: "break-even",
                latex: "break-even",
                cell: Shows::Text(|row| {
                    row.maybe("break_even").map_or_else(String::new, questions)
                }),
                shown: Shown::WhereThereIsAny,
            },
        ],
    }
}

/// A number of questions, or ∞.
pub(super) fn questions(value: f64) -> String {
    if value.is_finite() { thousands(value as u64) } else { "∞".to_owned() }
}

/// A stage with its votes.
pub(super) fn stage(row: &Row<'_>) -> String {
    match row.maybe("votes") {
        Some(f64::INFINITY) => "voted (n = ∞)".to_owned(),
        Some(votes) => format!("voted (n = {votes})"),
        None => row.word("stage").to_owned(),
    }
}

/// What sets the curves of a row apart from others: all but σ, ε and the number of questions.
pub(super) fn label(row: &Row<'_>) -> String {
    format!("{} {}", row.word("attack"), stage(row))
}

/// What was asked, in a line.
pub(super) fn caption(spec: &QuerySpec) -> String {
    let QuerySpec { attack, queries, eps, step, dimension, mean, data_std, shift, sigma, .. } =
        spec;
    let attacks: Vec<&str> =
        attack.0.iter().map(|attack| task::spec::Word::word(*attack)).collect();
    let step = step.map_or_else(|| "ε".to_owned(), short);
    format!(
        "{} with Q = {queries}, ε = {eps}, within {step} of x\nd = {dimension}, mean = {}, data_std = {}, shift = {}, σ = {sigma}",
        attacks.join(", "),
        short(*mean),
        short(*data_std),
        short(*shift),
    )
}

/// Which rows have no exact value, and why.
pub(super) fn notes(table: &Table) -> Vec<String> {
    let mut reasons: Vec<(String, usize)> = Vec::new();
    for row in table.iter().filter(|row| row.maybe("adversarial_accuracy").is_none()) {
        let reason = format!("{}: {}", row.word("attack"), row.word("unknown"));
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let of = table.len();
    let say = |(reason, count): (String, usize)| {
        format!(
            "{count} of {of} rows have no exact adversarial accuracy ({reason}): the simulation stands alone, above the bound"
        )
    };
    reasons.into_iter().map(say).collect()
}
