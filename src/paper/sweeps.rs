//! The one-dimensional figures that a sweep draws as well.

use engine::VotesBy;
use task::range::short;
use task::spec::SpecError;

use super::ask::Ask;
use super::caption::{
    CHECKED, Caption, DRAWS, INVARIANCE, MEDIAN, METRICS, SMALLEST, STAGES, simulated,
};
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
    if answer.recounted.is_some() {
        text.push(CHECKED.to_owned());
        if ask.said("draws")?.starts_with("persistent") {
            text.push(SMALLEST.to_owned());
        }
    }
    text.push(simulated(order.samples, order.seed));
    Ok(Sheet {
        name,
        picture,
        column: None,
        tables: Data::all(answer, name.name(), "every stage, exact beside simulated"),
        files: Vec::new(),
        caption: Caption { title, text, rows_by: ask.command() },
    })
}

/// Returns the figure against the noise of the defense.
pub(super) fn sigma(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "0..4", "0.5");
    let text = [
        format!(
            "The robust accuracy of the four stages against σ, the noise of the defense; {}, ε = {}, {} draws, {} \
             votes. ",
            ask.task()?,
            ask.said("eps")?,
            ask.said("draws")?,
            ask.said("votes")?
        ),
        format!("{STAGES} {METRICS} {DRAWS}"),
    ];
    let title = "Robust accuracy against the noise of the defense";
    let mut sheet = sheet(&ask, Name::Sigma, order, title, &text)?;
    let rows = &sheet.tables[0].table;
    sheet.caption.text[0] += &format!(
        "{} The vote is within {} of undefended.",
        between(rows),
        number(farthest(rows, "voted", "undefended"), 1)
    );
    Ok(sheet)
}

/// Returns the figure against the budget of the adversary.
pub(super) fn eps(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "1", "0..3/61");
    let text = [
        format!(
            "The robust accuracy of the four stages against ε, the budget of the adversary; {}, σ = {}, {} draws, {} \
             votes. ",
            ask.task()?,
            ask.said("sigma")?,
            ask.said("draws")?,
            ask.said("votes")?
        ),
        format!("{STAGES} {METRICS} {DRAWS}"),
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
    let shift = order.given.shift.unwrap_or(1.0);
    let [low, high] = [shift.min(0.0), shift.max(0.0)];
    if low == high {
        return Err(SpecError::Together(
            "--shift 0: the thresholds from 0 to shift are one; write another shift".to_owned(),
        )
        .into());
    }
    let ask = stages(order, "0.3,0.5,1,2", "0.1")
        .with("threshold", format!("{}..{}/21", short(low), short(high)))
        .with("votes", "3,5,9,21,101");
    let votes = ask.said("votes")?;
    let votes = match (votes.split_once(", "), votes.rsplit_once(", ")) {
        (Some((least, _)), Some((_, most))) => format!("{least} to {most}"),
        _ => votes,
    };
    let text = [
        format!(
            "Curves at σ = {}: k in sgn(x + θ − k) from 0 to shift; dotted, {votes} votes; {}, ε = {}, {} \
             draws. ",
            ask.said("sigma")?,
            ask.task()?,
            ask.said("eps")?,
            ask.said("draws")?
        ),
        format!(
            "{STAGES} {METRICS} {INVARIANCE} It rises along the threshold k from 0 to shift. {DRAWS}"
        ),
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
            "The robust accuracy of the majority of n trained draws against n, for σ = {}; {}, ε = {}, {} draws. With \
             n the vote tends to undefended, the dashed line",
            ask.said("sigma")?,
            ask.task()?,
            ask.said("eps")?,
            ask.said("draws")?
        ),
        format!("{STAGES} {METRICS} {DRAWS} {MEDIAN}"),
    ];
    let title = "Robust accuracy against the number of votes";
    let mut sheet = sheet(&ask, Name::Votes, order, title, &text)?;
    let terms = approach_table(&sheet.tables[0].table);
    sheet.caption.text[0] += match terms.row(0).map(|row| row.number("power")) {
        None => ".",
        Some(1.0) => "; short dashes are the leading term of that approach, of the order 1/n.",
        Some(_) => "; short dashes are the leading term of that approach, of the order 1/√n.",
    };
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

/// Returns a sentence on the noise at which, in the rows, the defended classifier is above the undefended one and the
/// trained one between them.
fn between(table: &Table) -> String {
    let [undefended, defended, trained] =
        ["undefended", "defended", "trained"].map(|stage| of_stage(table, stage, "sigma"));
    let with_noise = || (0..defended.len()).filter(|&at| defended[at].0 > 0.0);
    let above = |at: &usize| defended[*at].1 > undefended[*at].1;
    let inside = |at: &usize| {
        (undefended[*at].1..defended[*at].1).contains(&trained[*at].1)
            && trained[*at].1 > undefended[*at].1
    };
    let of = with_noise().count();
    let [above, inside] = [with_noise().filter(above).count(), with_noise().filter(inside).count()];
    match (above == of, inside == of) {
        _ if above == 0 => "Defended is above undefended at no σ.".to_owned(),
        (true, true) => {
            "At every σ above 0 defended is above undefended, and trained between them.".to_owned()
        }
        _ => format!(
            "Defended is above undefended at {above} of {of} values of σ above 0, with trained between them at {inside}."
        ),
    }
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
        let mut rows: Vec<_> = rows.filter(|row| row.word("stage") == stage).collect();
        // From 0 to shift, whatever its sign.
        rows.sort_by(|a, b| {
            let [a, b] = [a, b].map(|row| row.maybe("threshold").unwrap_or(0.0).abs());
            a.total_cmp(&b)
        });
        rows.iter().map(|row| row.number("robust_accuracy")).collect()
    };
    let falling = |sigma: &f64| along(*sigma, "defended").windows(2).all(|pair| pair[1] < pair[0]);
    let rising = |sigma: &f64| {
        let ends = ["trained", "voted"].map(|stage| along(*sigma, stage).first().copied());
        ends[1] > ends[0]
    };
    let list = |keep: &dyn Fn(&f64) -> bool| -> String {
        let kept: Vec<String> =
            sigmas.iter().filter(|sigma| keep(sigma)).map(|sigma| short(*sigma)).collect();
        match kept.len() {
            0 => "no σ".to_owned(),
            1..=4 => format!("σ = {}", kept.join(", ")),
            many if many == sigmas.len() => "every σ".to_owned(),
            many => format!("{many} of {} σ", sigmas.len()),
        }
    };
    format!(
        "Along k robust accuracy falls at {}; from trained to voted it rises at {}.",
        list(&falling),
        list(&rising)
    )
}
