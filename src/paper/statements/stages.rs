//! The six claims about the four stages, decided over a region of σ and ε.

use task::Claim;
use task::range::Probability;
use theory::claims::audit::Extent;

use super::{Case, Found, Named, Statement, Verdict};
use crate::check::Verdict as Judged;
use crate::experiments::claims::query::Audited;
use crate::experiments::claims::{Claims, KIND, where_it_holds};
use crate::experiments::{grid, own};
use crate::paper::ask::Ask;
use crate::paper::{FALSE_ALARM, Order, PaperError};

/// The usual point, σ = 1 and ε = ½.
const USUAL: [f64; 2] = [1.0, 0.5];

/// The share of [`FALSE_ALARM`] of each simulation of a point: all of them, at most two per claim, have half of it.
const SHARE: Probability =
    Probability::of(FALSE_ALARM.get() / (4.0 * Claim::ALL.len() as f64)).unwrap();

pub(super) fn decide(order: &Order) -> Result<Vec<Statement>, PaperError> {
    let region = |claim: Claim| asked(order, claim).samples(0);
    let ask =
        Ask::new(&KIND, "claims", order).with("metric", "robust_accuracy").with("draws", "same");
    let claims = Claims::new(own(ask.spec()?.as_ref())?)?;
    let mut statements = Vec::new();
    for item in claims.audited()? {
        let (claim, extent) = (item.finding.case.claim, item.finding.extent);
        let verdict = match extent {
            Extent::Everywhere => Verdict::Holds,
            Extent::Partly => Verdict::Conditional,
            Extent::Nowhere => Verdict::Fails,
            Extent::CannotBeTold => Verdict::CannotBeTold,
        };
        let mut cases = vec![case(order, claim, USUAL, "the usual point")?];
        if verdict != Verdict::Holds {
            let witness = &item.finding.witness;
            cases.push(case(order, claim, [witness.sigma, witness.eps], "a witness")?);
        }
        statements.push(Statement {
            name: claim.name(),
            says: says(claim),
            verdict,
            condition: format!(
                "by robust accuracy under one shared draw, for σ from 0 to 2 and ε from 0 to 1.5: {}",
                where_it_holds(item)
            ),
            command: region(claim).command(),
            cases,
        });
    }
    Ok(statements)
}

fn asked(order: &Order, claim: Claim) -> Ask {
    Ask::new(&KIND, "claims", order)
        .with("claim", claim.name())
        .with("metric", "robust_accuracy")
        .with("draws", "same")
        .false_alarm(SHARE)
}

fn case(order: &Order, claim: Claim, point: [f64; 2], what: &str) -> Result<Case, PaperError> {
    let [sigma, eps] = point;
    let ask = asked(order, claim).with("sigma", sigma.to_string()).with("eps", eps.to_string());
    let claims = Claims::new(own(ask.spec()?.as_ref())?)?;
    let missing = || PaperError::Missing(format!("{} gives no finding", ask.command()));
    let item: &Audited = claims.audited()?.first().ok_or_else(missing)?;
    let number = |from_end: usize| {
        let row = item.rows.row(item.rows.len() - from_end).ok_or_else(missing)?;
        let what = format!("robust accuracy, {}", grid::label(&row));
        Ok::<_, PaperError>(Named { what, value: row.number("robust_accuracy"), simulated: None })
    };
    let found = match order.samples {
        0 => None,
        samples => {
            let answer = ask.answer()?;
            let row = answer.rows().row(0).ok_or_else(missing)?;
            let difference = ["mc_difference", "mc_low", "mc_high"].map(|name| row.number(name));
            let agrees = row.truth("agrees") == Some(true);
            Some(Found { samples, difference: Some(difference), p_value: None, agrees })
        }
    };
    Ok(Case {
        what: format!("{what}, σ = {sigma} and ε = {eps}"),
        first: number(2)?,
        predicted: predicted(claim).to_owned(),
        second: number(1)?,
        beside: None,
        supports: item.holds(),
        command: ask.command(),
        found,
    })
}

/// Returns the verdict with the differences of these claims included.
pub(super) fn joined(verdict: Judged, statements: &[Statement]) -> Judged {
    let found = || statements.iter().flat_map(|s| &s.cases).filter_map(|case| case.found);
    let disagreeing = found().filter(|found| !found.agrees).count();
    Judged {
        agree: verdict.agree && disagreeing == 0,
        rows: verdict.rows + found().count(),
        disagreeing: verdict.disagreeing + disagreeing,
        false_alarm: FALSE_ALARM.get(),
        ..verdict
    }
}

fn says(claim: Claim) -> &'static str {
    match claim {
        Claim::DefenseHelps => "Adding noise to the input makes the classifier more robust.",
        Claim::TrainingHurts => {
            "Training on noisy inputs, which wins accuracy back, makes the defended classifier less robust."
        }
        Claim::TrainingKeepsSome => {
            "After training the defended classifier is still more robust than the undefended one."
        }
        Claim::TradeOff => {
            "The more invariant a classifier is to the noise, the less robust it is."
        }
        Claim::VoteRestores => {
            "With every further vote the robust accuracy comes closer to that of the undefended classifier."
        }
        Claim::VoteTradeOff => {
            "With every further vote the classifier becomes more invariant to the noise and less robust."
        }
    }
}

/// Returns the relation of a claim's first stage to the second, if it holds.
fn predicted(claim: Claim) -> &'static str {
    match claim {
        Claim::VoteRestores => "farther from the undefended classifier than",
        _ => "less than",
    }
}
