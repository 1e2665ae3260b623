//! Statements about randomized smoothing: what it certifies, and what it adds.

use std::path::Path;

use task::spec::Parse;

use super::draft::{CaseDraft, Draft, Of, Relation, Side};
use crate::experiments::linear::examples::text_of;
use crate::experiments::linear::file::{TaskFile, parse};
use crate::experiments::{certify, certify_nd};
use crate::paper::ask::Ask;
use crate::paper::{Order, PaperError};
use crate::table::Row;

const CERTIFIED: Of = Of::Rate("certified_accuracy", "certified_accuracy");
const TRUTH: Of = Of::Column("true_radius_accuracy");

pub(super) fn drafts(order: &Order) -> Result<Vec<Draft>, PaperError> {
    Ok(vec![inherent(order)?, exception(order)?])
}

fn one_dimension(order: &Order, n: &str) -> Ask {
    Ask::new(&certify::KIND, "certify", order).with("n", n).with("radius", "0.5")
}

/// In two dimensions, without noise in training and with that whose smoothed classifier is the optimum at r = 1.
fn two_dimensions(order: &Order) -> Result<Ask, PaperError> {
    const EXAMPLE: &str = "isotropic";
    let problem = parse(text_of(EXAMPLE).unwrap_or_default(), Path::new(""));
    let task = TaskFile::of(problem.map_err(PaperError::Missing)?);
    let file = format!("examples/tasks/{EXAMPLE}.toml");
    let ask = Ask::new(&certify_nd::KIND, "nd --certify", order)
        .with_value("task", task.write(), file)
        .with("train_sigma", "0,1");
    Ok(ask.with("n", "inf").with("radius", "1"))
}

fn undefended(row: &Row<'_>) -> bool {
    row.maybe("train_sigma") == Some(0.0)
}

fn trained(row: &Row<'_>) -> bool {
    row.maybe("train_sigma") == Some(1.0)
}

fn any(_: &Row<'_>) -> bool {
    true
}

fn inherent(order: &Order) -> Result<Draft, PaperError> {
    let case = |what, ask, row: fn(&Row<'_>) -> bool, plain: fn(&Row<'_>) -> bool| CaseDraft {
        what,
        ask,
        first: Side { what: "certified accuracy", row, of: CERTIFIED },
        predicted: Relation::Within(0.0),
        second: Side {
            what: "adversarial accuracy of the undefended classifier at ε = r",
            row: plain,
            of: TRUTH,
        },
        beside: Some(Side {
            what: "average certified radius",
            row,
            of: Of::Column("average_certified_radius"),
        }),
    };
    Ok(Draft {
        name: "smoothing-certifies-what-is-there",
        says: "Smoothing certifies the inherent robustness of a classifier: what it has without noise, no more and no less.",
        condition: "with unlimited answers, and of the classifier that is smoothed, whatever σ is: n answers certify less, and a \
                    classifier that was trained with noise is another one, whose robustness training has added"
            .to_owned(),
        cases: vec![
            case("one dimension, unlimited answers, r = 0.5", one_dimension(order, "inf"), any, any),
            case("the same with 100 answers", one_dimension(order, "100"), any, any),
            case(
                "two dimensions, trained with noise of τ = 1, unlimited answers, r = 1",
                two_dimensions(order)?,
                trained,
                undefended,
            ),
        ],
    })
}

fn exception(order: &Order) -> Result<Draft, PaperError> {
    let without = |what, row| Side { what, row, of: TRUTH };
    let certified = |row| Side { what: "certified accuracy", row, of: CERTIFIED };
    let optimum = Side { what: "optimum", row: trained, of: Of::Column("optimum_low") };
    let case = |what, ask, first, second, beside| CaseDraft {
        what,
        ask,
        first,
        predicted: Relation::Less,
        second,
        beside,
    };
    Ok(Draft {
        name: "smoothing-is-the-exception",
        says: "Randomized smoothing is the only exception: there, randomness makes a classifier more robust, and for good.",
        condition: "in more than one dimension, and by the weights that training with noise finds, up to the optimum, which no \
                    classifier exceeds. The same weights have it without noise: what noise at test time adds is the certificate"
            .to_owned(),
        cases: vec![
            case(
                "one dimension, unlimited answers, r = 0.5: smoothing should add to what there is without noise",
                one_dimension(order, "inf"),
                without("adversarial accuracy without noise", any),
                certified(any),
                None,
            ),
            case(
                "two dimensions, r = 1: trained with noise of τ = 1 and smoothed, against the undefended classifier",
                two_dimensions(order)?,
                without("adversarial accuracy of the undefended classifier", undefended),
                certified(trained),
                Some(optimum),
            ),
            case(
                "the same against the weights that were trained with noise, asked without noise",
                two_dimensions(order)?,
                without("adversarial accuracy of the trained weights", trained),
                certified(trained),
                Some(optimum),
            ),
        ],
    })
}
