//! Statements about black-box attackers: whether randomness makes their attack harder, and for how many questions.

use super::draft::{ADVERSARIAL, CaseDraft, Draft, Of, Relation, Side};
use crate::experiments::queries::KIND;
use crate::paper::Order;
use crate::paper::ask::Ask;
use crate::table::Row;

pub(super) fn drafts(order: &Order) -> Vec<Draft> {
    vec![harder(order), low_query(order)]
}

fn query(order: &Order, given: &[(&'static str, &str)]) -> Ask {
    let usual = Ask::new(&KIND, "query", order).with("dimension", "20");
    given.iter().fold(usual, |ask, (name, value)| ask.with(name, *value))
}

fn undefended(row: &Row<'_>) -> bool {
    row.word("stage") == "undefended"
}

fn trained(row: &Row<'_>) -> bool {
    row.word("stage") == "trained"
}

fn voted(row: &Row<'_>) -> bool {
    row.word("stage") == "voted"
}

const UNDEFENDED: Side =
    Side { what: "adversarial accuracy without noise", row: undefended, of: ADVERSARIAL };
const TRAINED: Side =
    Side { what: "adversarial accuracy with noise", row: trained, of: ADVERSARIAL };
const EVEN: Side = Side {
    what: "questions up to which noise protects",
    row: trained,
    of: Of::Column("break_even"),
};

/// Noise leaves more than no noise does.
fn protects(what: &'static str, ask: Ask) -> CaseDraft {
    CaseDraft {
        what,
        ask: ask.with("stages", "undefended,trained"),
        first: UNDEFENDED,
        predicted: Relation::Less,
        second: TRAINED,
        beside: Some(EVEN),
    }
}

fn harder(order: &Order) -> Draft {
    Draft {
        name: "harder-in-the-black-box-setting",
        says: "Randomness makes the attack harder in the black-box setting.",
        condition: "if the noise of an answer is large beside the step within which he may ask: what counts is Q·step² against \
                    (d·sigma)². With questions from farther away, or for a random direction of which no more is learned than is \
                    lost in clean accuracy, it does not"
            .to_owned(),
        cases: vec![
            protects("100 questions within ε of x, σ = ε", query(order, &[("queries", "100")])),
            protects(
                "the same questions from a distance of 20 ε, where the same noise hides little",
                query(order, &[("queries", "100"), ("step", "20")]),
            ),
            protects(
                "differences along as many random directions, by which little is learned even without noise",
                query(order, &[("attack", "nes"), ("queries", "4")]),
            ),
        ],
    }
}

fn low_query(order: &Order) -> Draft {
    Draft {
        name: "low-query-adversary",
        says: "Randomness holds off a low-query adversary.",
        condition: "up to a number of questions that grows with (d·sigma/step)²; beyond it noise costs more than it gains. n votes teach \
                    as much as n times as many questions. Training takes nothing of it away"
            .to_owned(),
        cases: vec![
            protects("100 questions in 20 dimensions", query(order, &[("queries", "100")])),
            protects("2000 questions in 20 dimensions", query(order, &[("queries", "2000")])),
            CaseDraft {
                what: "100 questions, and each answer the vote of 101 draws: still as good as one draw",
                ask: query(order, &[("queries", "100"), ("stages", "trained,voted")]),
                first: TRAINED,
                predicted: Relation::AtMost,
                second: Side { what: "adversarial accuracy of the vote", row: voted, of: ADVERSARIAL },
                beside: Some(Side {
                    what: "questions up to which the vote protects",
                    row: voted,
                    of: Of::Column("break_even"),
                }),
            },
        ],
    }
}
