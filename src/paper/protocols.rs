//! Two metrics under three draw protocols, side by side.

use engine::VotesBy;

use super::caption::{Caption, METRICS, STAGES, TASK, simulated};
use super::protocols_chart::picture;
use super::sweeps::stages;
use super::{Data, Name, Order, PaperError, Sheet};

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let mut all: Option<Data> = None;
    let mut commands = Vec::new();
    for draws in ["same", "fresh", "persistent=5"] {
        // Six draws of 101 votes a sample would take longer than all other figures together.
        let votes_by = VotesBy::Median;
        let ask = stages(order, "0..4/41", "0.5").with("draws", draws).votes_by(votes_by);
        commands.push(ask.command());
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
            "The same four stages under two metrics (robust accuracy, whose denominator is the number of \
             correctly classified samples, and adversarial accuracy, whose denominator is all samples) and \
             three protocols: same, one θ for the clean and the attacked input; fresh, the attacked input gets \
             its own θ; persistent=5, the attacker tries five times, each time against a new θ, and one wrong \
             answer is enough. {TASK}, ε = 0.5, and 101 draws vote. Only the robust accuracy under the same θ \
             rises with the noise; under every other definition the defended classifier is below the undefended \
             one."
        ),
        format!(
            "{STAGES} {METRICS} Fresh draws do not change the adversarial accuracy. The \
             deciding vote is drawn from its exact law."
        ),
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
