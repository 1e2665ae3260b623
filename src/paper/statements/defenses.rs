//! Statements about the defender: larger spaces of transformations, votes, and what no defense exceeds.

use task::spec::Parse;

use super::draft::{ADVERSARIAL, CLEAN, CaseDraft, Draft, INVARIANCE, Of, ROBUST, Relation, Side};
use crate::experiments::barrage::examples::text_of;
use crate::experiments::barrage::file::{PoolFile, parse};
use crate::experiments::{attack, barrage, stages};
use crate::paper::ask::Ask;
use crate::paper::{Order, PaperError};
use crate::table::Row;

pub(super) fn drafts(order: &Order) -> Result<Vec<Draft>, PaperError> {
    Ok(vec![larger_space(order)?, voting(order)?, theorem(order)?])
}

/// Asks about an example pool.
fn of_pool(order: &Order, name: &str, choose: &str) -> Result<Ask, PaperError> {
    let named = parse(text_of(name).unwrap_or_default()).map_err(PaperError::Missing)?;
    let pool = PoolFile::of(named).write();
    let file = format!("examples/pools/{name}.toml");
    let ask = Ask::new(&barrage::KIND, "barrage", order);
    Ok(ask.with_value("pool", pool, file).with("choose", choose))
}

fn one(row: &Row<'_>) -> bool {
    row.count("choose") == Some(1)
}

fn three(row: &Row<'_>) -> bool {
    row.count("choose") == Some(3)
}

fn larger_space(order: &Order) -> Result<Draft, PaperError> {
    let ask = of_pool(order, "bart", "1,3")?.with("stages", "untrained");
    let case = |what: &'static str, of: Of, names: [&'static str; 2]| CaseDraft {
        what,
        ask: ask.clone(),
        first: Side { what: names[0], row: one, of },
        predicted: Relation::Less,
        second: Side { what: names[1], row: three, of },
        beside: None,
    };
    Ok(Draft {
        name: "larger-space-is-stronger",
        says: "A larger or more complicated space of transformations is a stronger defense.",
        condition: "by robust accuracy under one shared draw, of the samples that are still right; not by the adversarial \
                    accuracy, of all samples"
            .to_owned(),
        cases: vec![
            case(
                "three of 25 transformations instead of one, by robust accuracy",
                ROBUST,
                ["robust accuracy, one", "robust accuracy, three"],
            ),
            case(
                "the same, by adversarial accuracy",
                ADVERSARIAL,
                ["adversarial accuracy, one", "adversarial accuracy, three"],
            ),
        ],
    })
}

fn voting(order: &Order) -> Result<Draft, PaperError> {
    const SAME: Relation = Relation::Within(0.0);
    const VOTED: Side = Side {
        what: "clean accuracy of infinitely many votes",
        row: |row| row.word("stage") == "voted",
        of: CLEAN,
    };
    const INVARIANT: Side = Side { what: "rate of invariance", of: INVARIANCE, ..VOTED };
    Ok(Draft {
        name: "voting-restores",
        says: "The vote of more and more draws leads back to the undefended classifier, sgn(x).",
        condition:
            "if half of all draws change their mind at x = 0, as for one additive normal noise"
                .to_owned(),
        cases: vec![
            CaseDraft {
                what: "additive normal noise, σ = 1, trained",
                ask: Ask::new(&stages::KIND, "simulate", order)
                    .with("sigma", "1")
                    .with("eps", "0.5")
                    .with("votes", "inf"),
                first: VOTED,
                predicted: SAME,
                second: Side {
                    what: "clean accuracy of the undefended classifier",
                    row: |row| row.word("stage") == "undefended",
                    of: CLEAN,
                },
                beside: Some(INVARIANT),
            },
            CaseDraft {
                what: "one transformation of three, two of which add noise and the third a shift of 3",
                ask: of_pool(order, "skewed", "1")?.with("eps", "0").with("votes", "inf"),
                first: VOTED,
                predicted: SAME,
                second: Side {
                    what: "that of the undefended classifier, the optimum at ε = 0",
                    row: |_| true,
                    of: Of::Column("optimum"),
                },
                beside: Some(INVARIANT),
            },
        ],
    })
}

fn theorem(order: &Order) -> Result<Draft, PaperError> {
    let case = |what: &'static str, ask: Ask, row: fn(&Row<'_>) -> bool| CaseDraft {
        what,
        ask,
        first: Side { what: "robust × clean accuracy", row, of: Of::Both },
        predicted: Relation::AtMost,
        second: Side { what: "optimum", row, of: Of::Column("optimum") },
        beside: Some(Side { what: "robust accuracy", row, of: ROBUST }),
    };
    let drop = [("defense", "drop=0.5"), ("dimension", "64"), ("attack", "full")];
    let drop = drop.iter().fold(Ask::new(&attack::KIND, "attack", order), |ask, (name, value)| {
        ask.with(name, *value)
    });
    Ok(Draft {
        name: "nothing-exceeds-the-optimum",
        says: "Robust accuracy times clean accuracy is never above the optimum, what no classifier exceeds against one move.",
        condition: "proven for every randomised classifier whose draw is not seen by the adversary, equal priors, and every \
                    attack no weaker than the blind move: right on both inputs implies right under attack"
            .to_owned(),
        cases: vec![
            case(
                "three of 25 transformations, trained",
                of_pool(order, "bart", "3")?.with("stages", "trained"),
                |_| true,
            ),
            case("coordinates that are 0 with probability ½, the strongest fixed move", drop, |_| true),
            case(
                "the skewed pool, infinitely many votes",
                of_pool(order, "skewed", "1")?.with("votes", "inf"),
                |row| row.word("stage") == "voted",
            ),
        ],
    })
}
