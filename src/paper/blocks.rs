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
            "The adversarial accuracy (share of all samples) of choices among five independent sub-problems with distances T ~ \
             N({}, {}), against the budget, counted in four norms (norm 0: how many are moved). Random is the mean of all votes. \
             Points: {} samples of seed {}.",
            ask.said("mean")?,
            match ask.said("data_std")?.as_str() {
                "1" => "1".to_owned(),
                std => format!("{std}²"),
            },
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
