//! The figures of one dimension that a sweep draws, too.

use engine::VotesBy;

use super::ask::Ask;
use super::caption::{Caption, INVARIANCE, METRICS, SAME, STAGES, TASK, simulated};
use super::{Data, Name, Order, PaperError, Sheet, pick};
use crate::experiments::stages::KIND;
use crate::experiments::stages::charts::approach_table;

/// The four stages over a grid.
pub(super) fn stages(order: &Order, sigma: &str, eps: &str) -> Ask {
    Ask::new(&KIND, "sweep", order).with("sigma", sigma).with("eps", eps)
}

fn sheet(
    ask: &Ask,
    name: Name,
    order: &Order,
    title: &'static str,
    text: &[String],
) -> Result<Sheet, PaperError> {
    let answer = ask.answer()?;
    let picture = pick((KIND.charts)(&answer.tables, None)?, name.name())?;
    let mut text = text.to_vec();
    text.push(simulated(order.samples, order.seed));
    Ok(Sheet {
        name,
        picture,
        column: None,
        tables: vec![Data::of(answer, name.name(), "every stage, exact beside simulated")],
        files: Vec::new(),
        caption: Caption { title, text, rows_by: ask.command() },
    })
}

/// Against the noise of the defense.
pub(super) fn sigma(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "0..4", "0.5");
    let text = [
        format!(
            "The robust accuracy of the four stages against σ, the standard deviation of the noise that the \
             defense adds. {TASK}, ε = 0.5, and 101 draws vote. Noise raises the robust accuracy of the \
             defended classifier, training on noisy inputs gives part of that back, and the vote all of it: \
             what looks like robustness are the answers that were already wrong without an attack."
        ),
        format!("{STAGES} {METRICS} {SAME}"),
    ];
    sheet(&ask, Name::Sigma, order, "Robust accuracy against the noise of the defense", &text)
}

/// Against the budget of the adversary.
pub(super) fn eps(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "1", "0..3/61");
    let text = [
        format!(
            "The robust accuracy of the four stages against ε, the budget of the adversary. {TASK}, σ = 1, and \
             101 draws vote. The order of the stages, undefended and voted below trained below defended, is \
             the same at every ε shown."
        ),
        format!("{STAGES} {METRICS} {SAME}"),
    ];
    sheet(&ask, Name::Eps, order, "Robust accuracy against the budget of the adversary", &text)
}

/// Against the rate of invariance, along the threshold.
pub(super) fn invariance(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "0.3,0.5,1,2", "0.1").with("threshold", "0..1/21");
    let text = [
        format!(
            "The robust accuracy against the rate of invariance, one curve for each σ. Along a curve the \
             threshold k of sgn(x + θ − k) runs from 0, the defended classifier, to shift, the trained one; \
             dotted lines go on to 101 votes and to the undefended classifier, which the vote tends to. \
             {TASK}, and ε = 0.1. At σ = 1 and 2 a higher invariance goes with a lower robust accuracy; at \
             σ = 0.3 it does not."
        ),
        format!("{STAGES} {METRICS} {INVARIANCE} {SAME}"),
    ];
    sheet(&ask, Name::Invariance, order, "Robust accuracy against the rate of invariance", &text)
}

/// Against the number of votes.
pub(super) fn votes(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "0.5,1,2", "0.5")
        .with("votes", "1,3,5,7,11,17,25,39,61,101,161,251,399,631,1001")
        .votes_by(VotesBy::Median);
    let text = [
        format!(
            "The robust accuracy of the majority of n trained draws against n, for three σ. {TASK}, and \
             ε = 0.5. With n the vote tends to the undefended classifier, the dashed line; short dashes are the \
             leading term of that approach, which is of the order 1/n."
        ),
        format!("{STAGES} {METRICS} {SAME} The deciding vote is drawn from its exact law."),
    ];
    let title = "Robust accuracy against the number of votes";
    let mut sheet = sheet(&ask, Name::Votes, order, title, &text)?;
    let terms = approach_table(&sheet.tables[0].table);
    sheet.tables.push(Data::exact(terms, "the short dashes: limit + coefficient/votes^power"));
    Ok(sheet)
}
