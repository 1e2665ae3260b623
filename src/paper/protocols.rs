//! Two metrics under three draw protocols, side by side.

use engine::{TriesBy, VotesBy};
use task::range::short;

use super::caption::{Caption, DRAWS, MEDIAN, METRICS, STAGES, simulated};
use super::protocols_chart::picture;
use super::sweeps::stages;
use super::{Data, Name, Order, PaperError, Sheet};
use crate::table::Table;

/// Returns a sentence on where, in the rows, the defended classifier is above the undefended one.
fn above(table: &Table) -> String {
    let mut metrics = Vec::new();
    for (metric, name) in
        [("robust_accuracy", "robust accuracy"), ("adversarial_accuracy", "adversarial accuracy")]
    {
        let mut parts = Vec::new();
        for draws in ["same", "fresh", "persistent=5"] {
            let of = |stage: &str| -> Vec<(f64, f64)> {
                let rows = table.iter().filter(|row| row.word("draws") == draws);
                let rows =
                    rows.filter(|row| row.word("stage") == stage && row.number("sigma") > 0.0);
                rows.map(|row| (row.number("sigma"), row.number(metric))).collect()
            };
            let pairs = of("defended");
            let higher: Vec<f64> = pairs
                .iter()
                .zip(of("undefended"))
                .filter(|((_, defended), (_, undefended))| defended > undefended)
                .map(|((sigma, _), _)| *sigma)
                .collect();
            let (Some(first), Some(last)) = (higher.first(), higher.last()) else { continue };
            let run = pairs.iter().filter(|(sigma, _)| sigma >= first && sigma <= last).count();
            let place = match (higher.len() == pairs.len(), run == higher.len()) {
                (true, _) => "at every σ above 0".to_owned(),
                (_, true) => format!("for σ from {} to {}", short(*first), short(*last)),
                _ => format!("at {} of {} σ", higher.len(), pairs.len()),
            };
            parts.push(format!("under {draws} {place}"));
        }
        if !parts.is_empty() {
            metrics.push(format!("in {name} {}", parts.join(", ")));
        }
    }
    match metrics.is_empty() {
        true => "Defended is nowhere above undefended.".to_owned(),
        false => format!("Defended is above undefended {}, and nowhere else.", metrics.join("; ")),
    }
}

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let mut all: Option<Data> = None;
    let mut commands = Vec::new();
    let mut parameters = String::new();
    for draws in ["same", "fresh", "persistent=5"] {
        // Six draws of 101 votes per sample would take longer than all other figures together.
        let ask = stages(order, "0..4/41", "0.5").with("draws", draws);
        let ask = ask.votes_by(VotesBy::Median).tries_by(TriesBy::Smallest);
        commands.push(ask.command());
        parameters =
            format!("{}, ε = {}, {} votes", ask.task()?, ask.said("eps")?, ask.said("votes")?);
        let what = "every stage under every protocol, exact beside simulated";
        let data = Data::of(ask.answer()?, Name::Metrics.name(), what);
        match &mut all {
            None => all = Some(data),
            Some(all) => all.table.extend(&data.table),
        }
    }
    let data = all.ok_or_else(|| PaperError::Missing("there are no protocols".to_owned()))?;
    let text = vec![
        format!(
            "The same four stages under two metrics and three draw protocols; {parameters}. {}",
            above(&data.table)
        ),
        format!("{STAGES} {METRICS} {DRAWS} {MEDIAN}"),
        "Fresh draws do not change the adversarial accuracy, and share its panel with same draws."
            .to_owned(),
        simulated(order.samples, order.seed),
    ];
    Ok(Sheet {
        name: Name::Metrics,
        picture: picture(&data.table, order.narrow()),
        column: Some(picture(&data.table, true)),
        tables: vec![data],
        files: Vec::new(),
        caption: Caption {
            title: "Two metrics and three draw protocols",
            text,
            rows_by: commands.join("` and `"),
        },
    })
}
