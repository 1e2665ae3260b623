//! A black-box attacker with few questions: accuracy against questions, and the noise that protects best.

use engine::VotesBy;

use super::ask::Ask;
use super::caption::Caption;
use super::{Data, LEAST_SAMPLES, Name, Order, PaperError, Sheet, pick};
use crate::experiments::queries::KIND;
use crate::table::Table;
use crate::table::text::thousands;

fn ask(order: &Order, given: &[(&'static str, &str)]) -> Ask {
    let usual = Ask::new(&KIND, "query", order).with("dimension", "20");
    given.iter().fold(usual, |ask, (name, value)| ask.with(name, *value))
}

/// The chart of this name, its rows, and what is said of it.
fn sheet(
    name: Name,
    chart: &str,
    ask: &Ask,
    what: &'static str,
    caption: Caption,
) -> Result<Sheet, PaperError> {
    let answer = ask.answer()?;
    let picture = pick((KIND.charts)(&answer.tables, None)?, chart)?;
    let tables = vec![Data::of(answer, name.name(), what)];
    Ok(Sheet { name, picture, column: None, tables, files: Vec::new(), caption })
}

/// Accuracy against questions, in the four stages.
pub(super) fn questions(order: &Order) -> Result<Sheet, PaperError> {
    let samples = (order.samples / 400).max(LEAST_SAMPLES);
    let given = [("queries", "10..1e4/log13"), ("votes", "25")];
    let ask = ask(order, &given).samples(samples).votes_by(VotesBy::Median);
    let caption = Caption {
        title: "What questions do to noise",
        text: vec![
            "The adversarial accuracy (share of all samples) against the number of questions of a black-box attacker who does \
             not know a linear classifier's direction. Dotted: what is left at least, whatever an attacker makes of as many noisy \
             answers. n votes teach as much as n times the questions."
                .to_owned(),
            format!(
                "Points against the number of questions are {} samples of seed {}, each of which is asked every question.",
                thousands(samples),
                order.seed
            ),
            "An answer of n draws is one number there, drawn from the exact law of their mean or of their median.".to_owned(),
        ],
        rows_by: format!("{} -o query", ask.command()),
    };
    let what = "every stage and number of questions, exact beside simulated, with the bound";
    sheet(Name::Questions, "adversarial_accuracy_vs_queries", &ask, what, caption)
}

/// Accuracy against noise, for several numbers of questions.
pub(super) fn protection(order: &Order) -> Result<Sheet, PaperError> {
    let given =
        [("sigma", "0..3/121"), ("queries", "40,120,400,2000,20000"), ("stages", "trained")];
    let ask = ask(order, &given).samples(0);
    let caption = Caption {
        title: "The noise that protects best",
        text: vec![
            "The share of all samples that the trained stage has right under attack, against the noise of its answers, for several \
             numbers of questions of the same attacker; the best noise for each is marked."
                .to_owned(),
        ],
        rows_by: format!("{} -o noise", ask.command()),
    };
    let what = "every noise and number of questions, exact";
    let mut sheet = sheet(Name::Protection, "adversarial_accuracy_vs_sigma", &ask, what, caption)?;
    if least_is_best(&sheet.tables[0].table) {
        sheet.caption.text[0] += " Against many questions the best is none.";
    }
    Ok(sheet)
}

/// Returns whether no noise is the best against the largest number of questions.
fn least_is_best(table: &Table) -> bool {
    let most = table.iter().filter_map(|row| row.count("queries")).max();
    let rows = table.iter().filter(|row| row.count("queries") == most);
    let left: Vec<(f64, f64)> =
        rows.map(|row| (row.number("sigma"), row.number("adversarial_accuracy"))).collect();
    let best = left.iter().map(|(_, left)| *left).fold(0.0, f64::max);
    left.iter().any(|(sigma, left)| *sigma == 0.0 && *left >= best)
}
