//! Statements about randomness over independent sub-problems, one of the openings of the paper's essay.

use super::draft::{ADVERSARIAL, CLEAN, CaseDraft, Draft, Of, ROBUST, Relation, Side};
use crate::experiments::blocks::KIND;
use crate::paper::Order;
use crate::paper::ask::Ask;
use crate::table::Row;

pub(super) fn drafts(order: &Order) -> Vec<Draft> {
    vec![targets_all(order), decouples(order)]
}

fn blocks(order: &Order, given: &[(&'static str, &str)]) -> Ask {
    let ask = Ask::new(&KIND, "blocks", order);
    given.iter().fold(ask, |ask, (name, value)| ask.with(name, *value))
}

fn random(row: &Row<'_>) -> bool {
    row.word("choice") == "random"
}

fn single(row: &Row<'_>) -> bool {
    row.word("choice") == "single"
}

fn optimum(row: &Row<'_>) -> bool {
    row.word("choice") == "optimum"
}

fn first_vote(row: &Row<'_>) -> bool {
    row.count("k") == Some(1)
}

fn targets_all(order: &Order) -> Draft {
    const RANDOM: Side =
        Side { what: "adversarial accuracy of a random block", row: random, of: ADVERSARIAL };
    const SINGLE: Side =
        Side { what: "adversarial accuracy of one block", row: single, of: ADVERSARIAL };
    const OPTIMUM: Side = Side { what: "the optimum", row: random, of: Of::Column("optimum") };
    let case = |what: &'static str, given: &[(&'static str, &str)], first: Side| CaseDraft {
        what,
        ask: blocks(order, given),
        first,
        predicted: Relation::Less,
        second: RANDOM,
        beside: Some(OPTIMUM),
    };
    Draft {
        name: "forces-all-sub-problems",
        says: "Choosing one of several independent sub-problems at random forces the attack to target all of them, and is more \
               robust than any choice that is not random.",
        condition: "beside one block alone, if blocks share the adversary's budget (ℓ1, ℓ2, ℓ0), as where one block can be evaluated \
                    for a query; not if each can be moved by all of it (ℓ∞). A vote forces the same, and the random choice is the \
                    mean of the votes: some vote is always at least as robust (theorem)"
            .to_owned(),
        cases: vec![
            case(
                "five blocks that share a budget of 2 in ℓ2, beside one of them",
                &[("eps", "2"), ("norm", "2")],
                SINGLE,
            ),
            case(
                "the same where each may be moved by 2, in ℓ∞",
                &[("eps", "2"), ("norm", "inf")],
                SINGLE,
            ),
            case(
                "three blocks that share a budget of 2 in ℓ2, beside a vote in which one + suffices",
                &[("blocks", "3"), ("eps", "2"), ("norm", "2")],
                Side {
                    what: "adversarial accuracy of the vote",
                    row: first_vote,
                    of: ADVERSARIAL,
                },
            ),
            case(
                "five blocks of which two can be rewritten, beside one of them",
                &[("eps", "2"), ("norm", "0")],
                SINGLE,
            ),
        ],
    }
}

fn decouples(order: &Order) -> Draft {
    let ask = blocks(order, &[("mean", "3"), ("eps", "3"), ("norm", "2")]);
    let clean = |what: &'static str, row: fn(&Row<'_>) -> bool| Side { what, row, of: CLEAN };
    let robust = |what: &'static str, row: fn(&Row<'_>) -> bool| Side { what, row, of: ROBUST };
    Draft {
        name: "decouples-invariance",
        says: "Randomness over independent sub-problems decouples robustness from invariance: answers that hardly depend on what is \
               drawn can be robust all the same.",
        condition: "beside one block alone: a random one of five that are nearly always right is as accurate, and more robust. \
                    Randomness is not what does it: one classifier of all blocks draws nothing, is invariant by itself, and is \
                    more accurate and more robust than any random choice (theorem)"
            .to_owned(),
        cases: vec![
            CaseDraft {
                what: "five blocks with mean 3, ε = 3 in ℓ2: a random one should be as accurate as one alone …",
                ask: ask.clone(),
                first: clean("clean accuracy of a random block", random),
                predicted: Relation::Within(0.0),
                second: clean("clean accuracy of one block", single),
                beside: None,
            },
            CaseDraft {
                what: "… and more robust",
                ask: ask.clone(),
                first: robust("robust accuracy of one block", single),
                predicted: Relation::Less,
                second: robust("robust accuracy of a random block", random),
                beside: None,
            },
            CaseDraft {
                what: "what is invariant without randomness, the optimal classifier of all five, should be less robust",
                ask,
                first: robust("robust accuracy of the optimum", optimum),
                predicted: Relation::Less,
                second: robust("robust accuracy of a random block", random),
                beside: Some(clean("clean accuracy of the optimum", optimum)),
            },
        ],
    }
}
