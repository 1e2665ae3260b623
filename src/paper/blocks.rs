//! Choices among independent sub-problems, in four norms.

use super::ask::Ask;
use super::caption::Caption;
use super::{Data, Name, Order, PaperError, Sheet, pick};
use crate::experiments::blocks::KIND;
use crate::table::text::thousands;

/// Every choice against the budget, one panel a norm.
pub(super) fn choices(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Blocks;
    let samples = order.vectors();
    let ask = Ask::new(&KIND, "blocks", order)
        .with("norm", "2,1,inf,0")
        .with("eps", "0..3:0.05")
        .samples(samples);
    let answer = ask.answer()?;
    let figures = (KIND.charts)(&answer.tables, Some(ask.spec()?.as_ref()))?;
    let picture = pick(figures, "adversarial_accuracy_vs_eps")?;
    let caption = Caption {
        title: "A random sub-problem, against votes and one classifier of all",
        text: vec![format!(
            "The adversarial accuracy, the share of all samples that are right under attack, of choices among five independent \
             sub-problems against the adversary's budget, whose move of all five is counted in four norms (norm 0: how many are \
             moved). Each is right on its distance T ~ N(1.5, 1) from its boundary being positive. A random one is the mean of \
             all votes, so that some vote is at least as robust; in the first three norms no classifier exceeds the optimum. Points: {} \
             samples of seed {}.",
            thousands(samples),
            order.seed
        )],
        rows_by: format!("{} -o blocks", ask.command()),
    };
    Ok(Sheet {
        name,
        picture,
        column: None,
        tables: vec![Data::of(answer, name.name(), "every choice, exact beside simulated")],
        files: Vec::new(),
        caption,
    })
}
