//! The statements of the paper and of its essay that the program can decide, each with a verdict that is computed.
//!
//! A statement predicts how two numbers compare, in one or more cases. Each case is a question that a verb asks, too: its
//! numbers are computed when the list is made, and the verdict follows from which cases bear the prediction out: all of
//! them, none, or some, and then there is a condition. The six claims about stages are decided over a region of σ and ε
//! by [`theory::claims`]; their cases are points of it.
//!
//! A list of cases is no proof. Where a statement `holds` for another reason than its cases, its condition says so; that a
//! statement does not hold in general takes no more than one case.

mod attacks;
mod defenses;
mod draft;
mod queries;
mod rows;
mod stages;
mod text;

pub use self::rows::{StatementRow, table};
pub use self::text::{compared, details, lines, sentences, simulated, verdict};

use self::draft::{CaseDraft, Draft, Side};
use super::ask::Ask;
use super::{FALSE_ALARM, Order, PaperError};
use crate::check::{Verdict as Judged, row_agrees};
use crate::run::Answer;

/// Whether a statement is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// In every case.
    Holds,
    /// In some cases, as its condition says, and not in others.
    Conditional,
    /// In no case.
    Fails,
    /// Two numbers are nearer to each other than their errors.
    CannotBeTold,
}

impl Verdict {
    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Conditional => "conditional",
            Self::Fails => "fails",
            Self::CannotBeTold => "cannot-be-told",
        }
    }

    /// The same for a reader.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Conditional => "holds under a condition",
            Self::Fails => "fails",
            Self::CannotBeTold => "cannot be told",
        }
    }

    /// Of which cases bear a statement out.
    fn of(cases: &[Case]) -> Self {
        let [some, others] = [true, false].map(|on| cases.iter().any(|case| case.supports == on));
        match (some, others) {
            (true, false) => Self::Holds,
            (true, true) => Self::Conditional,
            (false, _) => Self::Fails,
        }
    }
}

/// A statement that is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// A short name.
    pub name: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
    /// Whether that is true.
    pub verdict: Verdict,
    /// Where it holds, what that rests on, or why it fails.
    pub condition: String,
    /// The command that decides it over a region; empty where the cases decide.
    pub command: String,
    /// Where it was tried.
    pub cases: Vec<Case>,
}

impl Statement {
    /// The case that says most: the first one against it, and if there is none the first one.
    #[must_use]
    pub fn witness(&self) -> Option<&Case> {
        self.cases.iter().find(|case| !case.supports).or_else(|| self.cases.first())
    }
}

/// A number with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// What it is.
    pub what: String,
    /// Its exact value.
    pub value: f64,
    /// Its estimate with the limits of an interval, where there is one.
    pub simulated: Option<[f64; 3]>,
}

/// A case of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The case in words.
    pub what: String,
    /// A number.
    pub first: Named,
    /// How the statement says that it compares with the second.
    pub predicted: String,
    /// Another number.
    pub second: Named,
    /// A number that explains them.
    pub beside: Option<Named>,
    /// Whether it is so.
    pub supports: bool,
    /// The command that gives these numbers.
    pub command: String,
    /// What the simulation says; `None` without one.
    pub found: Option<Found>,
}

/// What the simulation of a case says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// How many samples.
    pub samples: u64,
    /// The difference of the second and the first on the same samples with its interval, where it is counted.
    pub difference: Option<[f64; 3]>,
    /// The smallest p-value of the rows of the command, times their number; `None` where the difference is tested.
    pub p_value: Option<f64>,
    /// Whether all of them agree with theory.
    pub agrees: bool,
}

/// All statements.
#[derive(Debug, Clone)]
pub struct Audit {
    /// In the order of the argument.
    pub statements: Vec<Statement>,
    /// What the simulations of all cases say together; `None` without any.
    pub verdict: Option<Judged>,
}

/// Decides every statement; with samples, each of its cases is simulated. On rayon's current pool.
///
/// Rates are judged together at half of [`FALSE_ALARM`], differences of two stages at the other half.
pub fn audit(order: &Order) -> Result<Audit, PaperError> {
    let mut answers = Answers::default();
    let mut statements = Vec::new();
    let attacks = attacks::drafts(order);
    let place = attacks.len();
    let others = defenses::drafts(order)?.into_iter().chain(queries::drafts(order));
    for draft in attacks.into_iter().chain(others) {
        statements.push(answers.decide(draft)?);
    }
    let verdict = answers.judge(&mut statements);
    // The order of the argument: attacks, the four stages, larger spaces, votes, what bounds all, and the ways out.
    let stages = stages::decide(order)?;
    let verdict = verdict.map(|verdict| stages::joined(verdict, &stages));
    statements.splice(place..place, stages);
    Ok(Audit { statements, verdict })
}

/// What was asked, each question once.
#[derive(Default)]
struct Answers(Vec<(String, Answer)>);

impl Answers {
    fn answer(&mut self, ask: &Ask) -> Result<&Answer, PaperError> {
        let command = ask.command();
        let known = self.0.iter().position(|(asked, _)| *asked == command);
        let place = match known {
            Some(place) => place,
            None => {
                self.0.push((command, ask.answer()?));
                self.0.len() - 1
            }
        };
        Ok(&self.0[place].1)
    }

    fn decide(&mut self, draft: Draft) -> Result<Statement, PaperError> {
        let Draft { name, says, condition, cases } = draft;
        let cases: Vec<Case> =
            cases.iter().map(|case| self.case(case)).collect::<Result<_, _>>()?;
        let command = String::new();
        Ok(Statement { name, says, verdict: Verdict::of(&cases), condition, command, cases })
    }

    fn case(&mut self, draft: &CaseDraft) -> Result<Case, PaperError> {
        let CaseDraft { what, ask, first, predicted, second, beside } = draft;
        let command = ask.command();
        let answer = self.answer(ask)?;
        let number = |side: &Side| {
            let missing = || PaperError::Missing(format!("{} has no {}", command, side.what));
            let row = answer.rows().iter().find(|row| (side.row)(row)).ok_or_else(missing)?;
            Ok::<_, PaperError>(Named {
                what: side.what.to_owned(),
                value: side.of.exact(&row).ok_or_else(missing)?,
                simulated: side.of.simulated(&row),
            })
        };
        let (first, second) = (number(first)?, number(second)?);
        Ok(Case {
            what: (*what).to_owned(),
            supports: predicted.holds(first.value, second.value),
            predicted: predicted.words(),
            first,
            second,
            beside: beside.as_ref().map(number).transpose()?,
            command,
            found: None,
        })
    }

    /// Judges all rows together, and says of each case whether its rows agree.
    fn judge(&self, statements: &mut [Statement]) -> Option<Judged> {
        let p_values = |answer: &Answer| -> Vec<Option<f64>> {
            answer.rows().iter().map(|row| row.maybe("p_value")).collect()
        };
        let all: Vec<Option<f64>> =
            self.0.iter().flat_map(|(_, answer)| p_values(answer)).collect();
        let rows = all.iter().flatten().count();
        if rows == 0 {
            return None;
        }
        let level = 0.5 * FALSE_ALARM.get();
        let detectable = self
            .0
            .iter()
            .map(|(_, answer)| answer.widest.detectable(level, rows))
            .fold(0.0, f64::max);
        for case in statements.iter_mut().flat_map(|statement| &mut statement.cases) {
            let Some((_, answer)) = self.0.iter().find(|(asked, _)| *asked == case.command) else {
                continue;
            };
            let own: Vec<f64> = p_values(answer).into_iter().flatten().collect();
            let samples = answer.rows().iter().filter_map(|row| row.count("samples")).max();
            let least = own
                .iter()
                .copied()
                .fold(1.0, |least: f64, p| if p < least || p.is_nan() { p } else { least });
            case.found = samples.map(|samples| Found {
                samples,
                difference: None,
                p_value: (!own.is_empty()).then(|| (least * own.len() as f64).min(1.0)),
                agrees: own.iter().all(|p| row_agrees(*p, level, rows)),
            });
        }
        Some(Judged::new(&all, level, detectable))
    }
}
