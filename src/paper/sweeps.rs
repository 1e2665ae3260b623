//! The one-dimensional figures that a sweep draws as well.

use engine::VotesBy;
use task::range::short;

use super::ask::Ask;
use super::caption::{Caption, INVARIANCE, METRICS, SAME, STAGES, TASK, simulated};
use super::{Data, Name, Order, PaperError, Sheet, pick};
use crate::experiments::stages::KIND;
use crate::experiments::stages::charts::approach_table;
use crate::table::Table;
use crate::table::text::number;

/// Creates the question about the four stages over a grid.
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

/// Returns the figure against the noise of the defense.
pub(super) fn sigma(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "0..4", "0.5");
    let text = [
        format!(
            "The robust accuracy of the four stages against σ, the standard deviation of the noise that the \
             defense adds. {TASK}, ε = 0.5, and 101 draws vote. Noise raises the robust accuracy of the \
             defended classifier, training on noisy inputs gives part of that back, and the vote "
        ),
        format!("{STAGES} {METRICS} {SAME}"),
    ];
    let title = "Robust accuracy against the noise of the defense";
    let mut sheet = sheet(&ask, Name::Sigma, order, title, &text)?;
    let left = farthest(&sheet.tables[0].table, "voted", "undefended");
    sheet.caption.text[0] += &format!(
        "all of it but {}: what looks like robustness are the answers that were already wrong without an attack.",
        number(left, 1)
    );
    Ok(sheet)
}

/// Returns the figure against the budget of the adversary.
pub(super) fn eps(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "1", "0..3/61");
    let text = [
        format!(
            "The robust accuracy of the four stages against ε, the budget of the adversary. {TASK}, σ = 1, and \
             101 draws vote. "
        ),
        format!("{STAGES} {METRICS} {SAME}"),
    ];
    let title = "Robust accuracy against the budget of the adversary";
    let mut sheet = sheet(&ask, Name::Eps, order, title, &text)?;
    let (ordered, of) = in_order(&sheet.tables[0].table);
    sheet.caption.text[0] += &match ordered == of {
        true => "Undefended and voted are below trained, and trained below defended, at every ε above 0.".to_owned(),
        false => format!(
            "Undefended and voted are below trained, and trained below defended, at {ordered} of {of} values of ε above 0."
        ),
    };
    Ok(sheet)
}

/// Returns the figure against the rate of invariance, along the threshold.
pub(super) fn invariance(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "0.3,0.5,1,2", "0.1")
        .with("threshold", "0..1/21")
        .with("votes", "3,5,9,21,101");
    let text = [
        format!(
            "The robust accuracy against the rate of invariance, one curve for each σ. Along a curve the \
             threshold k of sgn(x + θ − k) runs from 0, the defended classifier, to shift, the trained one; \
             dotted lines go on by 3, 5, 9, 21 and 101 votes to the undefended classifier, which the vote tends to. \
             {TASK}, and ε = 0.1. "
        ),
        format!("{STAGES} {METRICS} {INVARIANCE} {SAME}"),
    ];
    let title = "Robust accuracy against the rate of invariance";
    let mut sheet = sheet(&ask, Name::Invariance, order, title, &text)?;
    sheet.caption.text[0] += &falls(&sheet.tables[0].table);
    Ok(sheet)
}

/// Returns the figure against the number of votes.
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

/// Returns, for the rows of a stage, the variable and the robust accuracy.
fn of_stage(table: &Table, stage: &str, variable: &str) -> Vec<(f64, f64)> {
    let rows = table.iter().filter(|row| row.word("stage") == stage);
    rows.map(|row| (row.number(variable), row.number("robust_accuracy"))).collect()
}

/// Returns the largest difference between two stages in robust accuracy.
fn farthest(table: &Table, one: &str, other: &str) -> f64 {
    let pairs = of_stage(table, one, "sigma").into_iter().zip(of_stage(table, other, "sigma"));
    pairs.map(|((_, a), (_, b))| (a - b).abs()).fold(0.0, f64::max)
}

/// Returns at how many budgets above 0 the stages are in the order of the argument, and how many budgets there are.
fn in_order(table: &Table) -> (usize, usize) {
    let [undefended, defended, trained, voted] =
        ["undefended", "defended", "trained", "voted"].map(|stage| of_stage(table, stage, "eps"));
    let above = (0..trained.len()).filter(|&at| trained[at].0 > 0.0);
    let holds = |at: &usize| {
        let low = undefended[*at].1.max(voted[*at].1);
        low < trained[*at].1 && trained[*at].1 < defended[*at].1
    };
    (above.clone().filter(holds).count(), above.count())
}

/// Returns a sentence on the σ at which, in the rows, the robust accuracy decreases along the threshold while
/// invariance increases, and those at which it increases again from the trained classifier to the vote.
fn falls(table: &Table) -> String {
    let mut sigmas: Vec<f64> = table.iter().map(|row| row.number("sigma")).collect();
    sigmas.dedup();
    let along = |sigma: f64, stage: &str| -> Vec<f64> {
        let rows = table.iter().filter(|row| row.number("sigma") == sigma);
        rows.filter(|row| row.word("stage") == stage)
            .map(|row| row.number("robust_accuracy"))
            .collect()
    };
    let falling = |sigma: &f64| along(*sigma, "defended").windows(2).all(|pair| pair[1] < pair[0]);
    let rising = |sigma: &f64| {
        let ends = ["trained", "voted"].map(|stage| along(*sigma, stage).first().copied());
        ends[1] > ends[0]
    };
    let list = |keep: &dyn Fn(&f64) -> bool| -> String {
        let kept = sigmas.iter().filter(|sigma| keep(sigma)).map(|sigma| short(*sigma));
        let kept: Vec<String> = kept.collect();
        match kept.is_empty() {
            true => "no σ shown".to_owned(),
            false => format!("σ = {}", kept.join(", ")),
        }
    };
    format!(
        "Along the threshold a higher invariance goes with a lower robust accuracy throughout at {}; from the trained \
         classifier to the vote the robust accuracy rises at {}.",
        list(&falling),
        list(&rising)
    )
}
