//! The figures of one dimension that a sweep draws, too.

use task::{DrawProtocol, Stage, Task};

use super::caption::{Caption, INVARIANCE, METRICS, SAME, STAGES, TASK, simulated};
use super::table::{Rows, Table};
use super::{ALPHA, CONFIDENCE, Name, Order, PaperError, Sheet, pick};
use crate::figures::{approach_rows, figures};
use crate::row::Row;
use crate::sweep::Grid;
use engine::{Run, VotesBy};
use task::range::{Range, VoteList};

/// What is swept, in the grammar of the command line.
pub(super) struct Sweep {
    pub(super) sigma: &'static str,
    pub(super) eps: &'static str,
    pub(super) threshold: &'static str,
    pub(super) votes: &'static str,
    pub(super) votes_by: VotesBy,
    pub(super) draws: DrawProtocol,
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            sigma: "1",
            eps: "0.5",
            threshold: "0",
            votes: "101",
            votes_by: VotesBy::Draws,
            draws: DrawProtocol::Same,
        }
    }
}

impl Sweep {
    /// The grid that is asked for.
    pub(super) fn grid(&self) -> Result<Grid, PaperError> {
        let [sigma, eps, threshold] =
            [self.sigma, self.eps, self.threshold].map(str::parse::<Range>);
        let votes: VoteList = self.votes.parse()?;
        let mut stages = vec![Stage::Undefended];
        stages.extend(threshold?.values().iter().map(|&threshold| Stage::Defended { threshold }));
        stages.push(Stage::Trained);
        stages.extend(votes.values().iter().map(|&votes| Stage::Voted { votes }));
        let grid = Grid::new(Task::new(1.0, 1.0)?, 1.0, sigma?.values(), eps?.values(), stages)?;
        Ok(grid.with_draws(self.draws))
    }

    /// The rows, simulated beside exact.
    pub(super) fn rows(&self, order: &Order) -> Result<Vec<Row>, PaperError> {
        let grid = self.grid()?;
        let exact = grid.exact();
        let question = grid.question()?.with_votes_by(self.votes_by);
        let counts = Run::new(order.seed, order.samples).count(&question, &|_| {});
        Ok(grid.checked_rows(&exact, &counts, CONFIDENCE, ALPHA).0)
    }

    /// The command that gives the same rows.
    pub(super) fn command(&self, order: &Order) -> String {
        let Self { sigma, eps, threshold, votes, votes_by, draws } = self;
        let mut text = format!("gauss-sim sweep --sigma {sigma} --eps {eps}");
        for (flag, value, usual) in [("threshold", *threshold, "0"), ("votes", *votes, "101")] {
            if value != usual {
                text += &format!(" --{flag} {value}");
            }
        }
        if *votes_by == VotesBy::Median {
            text += " --votes-by median";
        }
        if *draws != DrawProtocol::Same {
            text += &format!(" --draws {draws}");
        }
        text + &format!(" --samples {} --seed {}", order.samples, order.seed)
    }

    fn sheet(
        &self,
        name: Name,
        order: &Order,
        title: &'static str,
        text: &[String],
    ) -> Result<Sheet, PaperError> {
        let rows = self.rows(order)?;
        let picture = pick(figures(&rows)?, name.name())?;
        let mut text = text.to_vec();
        text.push(simulated(order.samples, order.seed));
        Ok(Sheet {
            name,
            picture,
            column: None,
            tables: vec![Table {
                name: name.name(),
                what: "every stage, exact beside simulated",
                rows: Rows::One(rows),
            }],
            files: Vec::new(),
            caption: Caption { title, text, rows_by: self.command(order) },
        })
    }
}

/// Against the noise of the defense.
pub(super) fn sigma(order: &Order) -> Result<Sheet, PaperError> {
    let sweep = Sweep { sigma: "0..4", ..Sweep::default() };
    let text = [
        format!(
            "The robust accuracy of the four stages against σ, the standard deviation of the noise that the \
             defense adds. {TASK}, ε = 0.5, and 101 draws vote. Noise raises the robust accuracy of the \
             defended classifier, training on noisy inputs gives part of that back, and the vote all of it: \
             what looks like robustness are the answers that were already wrong without an attack."
        ),
        format!("{STAGES} {METRICS} {SAME}"),
    ];
    sweep.sheet(Name::Sigma, order, "Robust accuracy against the noise of the defense", &text)
}

/// Against the budget of the adversary.
pub(super) fn eps(order: &Order) -> Result<Sheet, PaperError> {
    let sweep = Sweep { eps: "0..3/61", ..Sweep::default() };
    let text = [
        format!(
            "The robust accuracy of the four stages against ε, the budget of the adversary. {TASK}, σ = 1, and \
             101 draws vote. The order of the stages, undefended and voted below trained below defended, is \
             the same at every ε shown."
        ),
        format!("{STAGES} {METRICS} {SAME}"),
    ];
    sweep.sheet(Name::Eps, order, "Robust accuracy against the budget of the adversary", &text)
}

/// Against the rate of invariance, along the threshold.
pub(super) fn invariance(order: &Order) -> Result<Sheet, PaperError> {
    let sweep =
        Sweep { sigma: "0.3,0.5,1,2", eps: "0.1", threshold: "0..1/21", ..Sweep::default() };
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
    sweep.sheet(Name::Invariance, order, "Robust accuracy against the rate of invariance", &text)
}

/// Against the number of votes.
pub(super) fn votes(order: &Order) -> Result<Sheet, PaperError> {
    let sweep = Sweep {
        sigma: "0.5,1,2",
        votes: "1,3,5,7,11,17,25,39,61,101,161,251,399,631,1001",
        votes_by: VotesBy::Median,
        ..Sweep::default()
    };
    let text = [
        format!(
            "The robust accuracy of the majority of n trained draws against n, for three σ. {TASK}, and \
             ε = 0.5. With n the vote tends to the undefended classifier, the dashed line; short dashes are the \
             leading term of that approach, which is of the order 1/n."
        ),
        format!("{STAGES} {METRICS} {SAME} The deciding vote is drawn from its exact law."),
    ];
    let mut sheet =
        sweep.sheet(Name::Votes, order, "Robust accuracy against the number of votes", &text)?;
    if let Rows::One(rows) = &sheet.tables[0].rows {
        let rows = Rows::Approach(approach_rows(rows));
        let what = "the short dashes: limit + coefficient/votes^power";
        sheet.tables.push(Table { name: "votes_leading_term", what, rows });
    }
    Ok(sheet)
}
