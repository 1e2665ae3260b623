//! Two metrics under three draw protocols, side by side.

use task::DrawProtocol;

use super::caption::{Caption, METRICS, STAGES, TASK, simulated};
use super::sweeps::Sweep;
use super::table::{Rows, Table};
use super::{Name, Order, PaperError, Sheet};
use crate::figures::protocols::picture;
use engine::VotesBy;

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let mut rows = Vec::new();
    let mut commands = Vec::new();
    for draws in [DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(5)?] {
        // Six draws of 101 votes a sample would take longer than all other figures together.
        let votes_by = VotesBy::Median;
        let sweep = Sweep { sigma: "0..4/41", votes_by, draws, ..Sweep::default() };
        rows.extend(sweep.rows(order)?);
        commands.push(sweep.command(order));
    }
    let text = vec![
        format!(
            "The same four stages under two metrics (robust accuracy, whose denominator is the number of \
             correctly classified samples, and adversarial accuracy, whose denominator is all samples) and \
             three protocols: same, one θ for the clean and the attacked input; fresh, the attacked input gets \
             its own θ; persistent=5, the attacker tries five times, each time against a new θ, and one wrong \
             answer is enough. {TASK}, ε = 0.5, and 101 draws vote. Only the robust accuracy under the same θ \
             rises with the data_std; under every other definition the defended classifier is below the undefended \
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
        picture: picture(&rows, order.narrow()),
        column: Some(picture(&rows, true)),
        tables: vec![Table {
            name: Name::Metrics.name(),
            what: "every stage under every protocol, exact beside simulated",
            rows: Rows::One(rows),
        }],
        files: Vec::new(),
        caption: Caption {
            title: "Two metrics and three draw protocols",
            text,
            rows_by: commands.join("` and `"),
        },
    })
}
