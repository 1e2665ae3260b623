//! Statements about the attacker: the benefit of EOT, and when an attack has succeeded.

use theory::attack::sufficient;

use super::draft::{ADVERSARIAL, CaseDraft, Draft, INVARIANCE, Of, Relation, Side};
use crate::experiments::attack::KIND;
use crate::paper::Order;
use crate::paper::ask::Ask;
use crate::table::Row;

/// The part of ε that a standard attack may miss and still be considered sufficient.
const MISSED: f64 = 0.05;

pub(super) fn drafts(order: &Order) -> Vec<Draft> {
    vec![
        needs_randomness(order),
        smaller_steps(order),
        neutral(order),
        reach_is_accuracy(order),
        correct_gradient(order),
        success_while_optimising(order),
        invariant_gradients(order),
    ]
}

fn attack(order: &Order, given: &[(&'static str, &str)]) -> Ask {
    given.iter().fold(Ask::new(&KIND, "attack", order), |ask, (name, value)| ask.with(name, *value))
}

fn pgd(row: &Row<'_>) -> bool {
    row.word("attack") == "pgd"
}

fn full(row: &Row<'_>) -> bool {
    row.word("attack") == "full"
}

/// Returns whether the attack spends its whole budget on one step.
fn one_step(row: &Row<'_>) -> bool {
    row.word("attack") == "eot" && row.count("steps") == Some(1)
}

const PGD: Side = Side { what: "adversarial accuracy after PGD", row: pgd, of: ADVERSARIAL };
const FULL: Side = Side {
    what: "adversarial accuracy after the strongest fixed move",
    row: full,
    of: ADVERSARIAL,
};
const ONE_STEP: Side =
    Side { what: "adversarial accuracy after one step of EOT", row: one_step, of: ADVERSARIAL };
const SIGN: Side = Side {
    what: "P[the sign of one gradient is right]",
    row: pgd,
    of: Of::Rate("sign_right", "sign_right"),
};
const REACH: Side = Side { what: "reach of PGD, in ε", row: pgd, of: Of::Column("reach") };

fn needs_randomness(order: &Order) -> Draft {
    let budget = |defense: &'static str, dimension: &'static str| {
        attack(
            order,
            &[
                ("defense", defense),
                ("dimension", dimension),
                ("eps", "0.25"),
                ("budget", "100"),
                ("step_size", "best"),
                ("attack", "pgd,eot,full"),
            ],
        )
    };
    Draft {
        name: "eot-needs-randomness",
        says: "EOT helps only against a defense that is sufficiently random.",
        condition: format!(
            "if randomness means how often the sign of one gradient is right, p: PGD without EOT misses more than 5 % of ε \
             only if N·(p − ½)² < {:.2} for N gradients (weak signals). The size of the noise does not matter",
            sufficient(MISSED)
        ),
        cases: vec![
            CaseDraft {
                what: "very large additive noise, σ = 1000, on a linear classifier: EOT should be better than PGD",
                ask: budget("add", "64").with("sigma", "1000"),
                first: ONE_STEP,
                predicted: Relation::Less,
                second: PGD,
                beside: Some(SIGN),
            },
            CaseDraft {
                what: "gains N(1, 1), whose gradients are mostly right: PGD should suffice",
                ask: budget("scale=1", "64"),
                first: PGD,
                predicted: Relation::Within(0.01),
                second: ONE_STEP,
                beside: Some(SIGN),
            },
            CaseDraft {
                what: "gains N(1, 100), whose gradients are hardly ever right: EOT should be better than PGD",
                ask: budget("scale=10", "64"),
                first: ONE_STEP,
                predicted: Relation::Less,
                second: PGD,
                beside: Some(SIGN),
            },
        ],
    }
}

fn smaller_steps(order: &Order) -> Draft {
    const PREDICTED: Relation = Relation::Within(0.01);
    let small =
        |ask: Ask| ask.with("steps", "400").with("step_size", "eps/40").with("attack", "pgd,full");
    let case = |what: &'static str, ask: Ask| CaseDraft {
        what,
        ask: small(ask),
        first: PGD,
        predicted: PREDICTED,
        second: FULL,
        beside: Some(SIGN),
    };
    Draft {
        name: "smaller-steps-suffice",
        says: "Without EOT, more and smaller steps are as strong as the strongest move.",
        condition: "if the sign of one gradient is right more often than wrong, and the steps are many and small enough"
            .to_owned(),
        cases: vec![
            case("gains N(1, 1)", attack(order, &[("defense", "scale=1"), ("dimension", "64")])),
            case(
                "gains −1 with probability 0.6 and 4 with 0.4: most gradients point the wrong way",
                attack(order, &[("defense", "list=-1:0.6,4:0.4"), ("dimension", "64")]),
            ),
            case(
                "two coordinates that change places with probability ½: right and wrong signs are equally likely",
                attack(order, &[("defense", "mirror=0.5"), ("mean", "2,-0.5"), ("eps", "0.4")]),
            ),
        ],
    }
}

fn neutral(order: &Order) -> Draft {
    let ask = attack(
        order,
        &[
            ("defense", "scale=10"),
            ("dimension", "64"),
            ("eps", "0.25"),
            ("budget", "400"),
            ("step_size", "best"),
            ("attack", "pgd,eot"),
        ],
    );
    let tenth: fn(&Row<'_>) -> bool = |row| row.count("eot") == Some(10);
    let case = |what: &'static str, second: Side| CaseDraft {
        what,
        ask: ask.clone(),
        first: PGD,
        predicted: Relation::Within(0.005),
        second,
        beside: Some(Side { what: "reach of EOT, in ε", of: Of::Column("reach"), ..second }),
    };
    Draft {
        name: "eot-is-neutral",
        says: "At an equal number of gradients it does not matter how they are split between steps and EOT.",
        condition: "if signals are weak and steps stay many. One step of EOT with all N gradients reaches what nobody \
                    exceeds who reads N gradients (Neyman and Pearson)"
            .to_owned(),
        cases: vec![
            case(
                "400 gradients against gains N(1, 100): 400 steps, or 40 steps of EOT with 10",
                Side {
                    what: "adversarial accuracy after 40 steps of EOT",
                    row: tenth,
                    of: ADVERSARIAL,
                },
            ),
            case("400 steps, or one step of EOT with all 400", ONE_STEP),
        ],
    }
}

fn reach_is_accuracy(order: &Order) -> Draft {
    let case = |what: &'static str, dimension: &'static str| CaseDraft {
        what,
        ask: attack(
            order,
            &[
                ("defense", "scale=1"),
                ("dimension", dimension),
                ("eps", "0.26"),
                ("steps", "20"),
                ("step_size", "best"),
                ("attack", "pgd,full"),
            ],
        ),
        first: PGD,
        predicted: Relation::Within(MISSED),
        second: FULL,
        beside: Some(REACH),
    };
    Draft {
        name: "reach-is-accuracy",
        says: "An attack that misses at most 5 % of ε leaves an adversarial accuracy within 0.05 of the strongest move's.",
        condition: "in few dimensions: what is missing of ε counts once in every coordinate, the noise only √d times"
            .to_owned(),
        cases: vec![
            case("PGD against gains N(1, 1) in 16 dimensions", "16"),
            case("the same in 4096 dimensions", "4096"),
        ],
    }
}

fn correct_gradient(order: &Order) -> Draft {
    let case = |what: &'static str, given: &[(&'static str, &str)]| CaseDraft {
        what,
        ask: attack(order, given)
            .with("steps", "10")
            .with("eot", "25")
            .with("attack", "off,pgd,eot,full"),
        first: Side {
            what: "adversarial accuracy after EOT",
            row: |row| row.word("attack") == "eot",
            of: ADVERSARIAL,
        },
        predicted: Relation::AtMost,
        second: PGD,
        beside: Some(Side {
            what: "reach of EOT, in ε",
            row: |row| row.word("attack") == "eot",
            of: Of::Column("reach"),
        }),
    };
    Draft {
        name: "eot-is-the-gradient",
        says: "EOT follows the correct gradient of what is judged, so that it is no weaker than PGD without it.",
        condition: "if the mean of the gains has the sign of most of them: EOT averages gradients of the margin, and what is \
                    judged is the 0–1 loss"
            .to_owned(),
        cases: vec![
            case(
                "gains N(1, 1), one for each coordinate",
                &[("defense", "scale=1"), ("dimension", "64")],
            ),
            case(
                "one gain for all coordinates, 1 with probability 0.6 and −4 with 0.4: EOT walks to the wrong end",
                &[("defense", "list=1:0.6,-4:0.4"), ("dimension", "64"), ("gain", "shared")],
            ),
        ],
    }
}

fn success_while_optimising(order: &Order) -> Draft {
    let of = |what: &'static str, row: fn(&Row<'_>) -> bool| Side { what, row, of: ADVERSARIAL };
    let case = |what: &'static str, eps: &'static str, steps: &'static str| CaseDraft {
        what,
        ask: attack(
            order,
            &[
                ("defense", "add"),
                ("dimension", "1"),
                ("mean", "1"),
                ("eps", eps),
                ("steps", steps),
                ("step_size", "eps/4"),
                ("attack", "pgd"),
                ("judge", "final,any"),
            ],
        ),
        first: of("accuracy if one success on the way counts", |row| row.word("judge") == "any"),
        predicted: Relation::Within(0.01),
        second: of("accuracy of the last iterate on a new draw", |row| {
            row.word("judge") == "final"
        }),
        beside: None,
    };
    Draft {
        name: "one-success-is-enough",
        says: "An attack that succeeded on one draw while it was optimised has succeeded.",
        condition: "not even without an attack: every new draw is one more chance to be wrong"
            .to_owned(),
        cases: vec![
            case("additive noise, σ = 1, 10 steps", "0.5", "10"),
            case("a budget of ε = 0 and 100 steps: the input is never moved", "0", "100"),
        ],
    }
}

fn invariant_gradients(order: &Order) -> Draft {
    let case = |what: &'static str, given: &[(&'static str, &str)]| CaseDraft {
        what,
        ask: attack(order, given)
            .with("steps", "1")
            .with("step_size", "eps/1")
            .with("attack", "off,pgd"),
        first: PGD,
        predicted: Relation::Within(0.01),
        second: Side {
            what: "adversarial accuracy after gradients with the defense off",
            row: |row| row.word("attack") == "off",
            of: ADVERSARIAL,
        },
        beside: Some(Side { what: "rate of invariance", row: pgd, of: INVARIANCE }),
    };
    Draft {
        name: "invariance-frees-gradients",
        says: "If a classifier is invariant to the transformation, its gradients are as good as without the defense.",
        condition: "if gradients are invariant. That labels are does not suffice: many coordinates are right together \
                    while each is often wrong"
            .to_owned(),
        cases: vec![
            case(
                "additive noise, σ = 0.1: it does not change the gradient of a linear classifier",
                &[
                    ("defense", "add"),
                    ("sigma", "0.1"),
                    ("dimension", "64"),
                    ("eps", "0.25"),
                ],
            ),
            case(
                "gains −1 with probability 0.3, else 1, in 1024 dimensions: labels hardly ever change, gradients do",
                &[("defense", "flip=0.3"), ("dimension", "1024"), ("eps", "0.25")],
            ),
        ],
    }
}
