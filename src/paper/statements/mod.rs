//! The statements of the paper and of its essay that the program can decide, each with a computed verdict.
//!
//! A statement predicts a relation between two numbers, in one or more cases. Each case is also a question that a
//! verb asks: its numbers are computed when the list is made, and the verdict depends on the cases that support the
//! prediction: all of them, none, or some, in which case there is a condition. The six claims about stages are
//! decided over a region of σ and ε by [`theory::claims`]; their cases are points of the region.
//!
//! A list of cases is not a proof. If a statement `holds` for another reason than its cases, its condition says so; a
//! single case is enough to show that a statement does not hold in general.

mod attacks;
mod blocks;
mod defenses;
mod draft;
mod queries;
mod rows;
mod smoothing;
mod stages;
mod text;

pub use self::rows::{StatementRow, table};
pub use self::text::{compared, details, lines, sentences, simulated, verdict};

use self::draft::{CaseDraft, Draft, Side};
use super::ask::Ask;
use super::{FALSE_ALARM, Given, LEAST_SAMPLES, Name, Order, PaperError};
use crate::check::{Verdict as Judged, row_agrees};
use crate::run::Answer;

/// Whether a statement is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is true in every case.
    Holds,
    /// It is true in some cases, as its condition says, and not in others.
    Conditional,
    /// It is true in no case.
    Fails,
    /// Two numbers are closer to each other than their errors.
    CannotBeTold,
}

impl Verdict {
    /// Returns the name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Conditional => "conditional",
            Self::Fails => "fails",
            Self::CannotBeTold => "cannot-be-told",
        }
    }

    /// Returns the verdict in words for a reader.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Conditional => "holds under a condition",
            Self::Fails => "fails",
            Self::CannotBeTold => "cannot be told",
        }
    }

    /// Returns the verdict from the cases that support a statement.
    fn of(cases: &[Case]) -> Self {
        let [some, others] = [true, false].map(|on| cases.iter().any(|case| case.supports == on));
        match (some, others) {
            (true, false) => Self::Holds,
            (true, true) => Self::Conditional,
            (false, _) => Self::Fails,
        }
    }
}

/// A decided statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// A short name.
    pub name: &'static str,
    /// The statement, in the words of this program.
    pub says: &'static str,
    /// Whether it is true.
    pub verdict: Verdict,
    /// Where it holds, what that is based on, or why it fails.
    pub condition: String,
    /// The command that decides it over a region; empty if the cases decide.
    pub command: String,
    /// The cases in which it was tried.
    pub cases: Vec<Case>,
}

impl Statement {
    /// Returns the most informative case: the first one against the statement or, if there is none, the first one.
    #[must_use]
    pub fn witness(&self) -> Option<&Case> {
        self.cases.iter().find(|case| !case.supports).or_else(|| self.cases.first())
    }
}

/// A number with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The name.
    pub what: String,
    /// The exact value.
    pub value: f64,
    /// The estimate with the limits of its interval, if there is one.
    pub simulated: Option<[f64; 3]>,
}

/// A case of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The case in words.
    pub what: String,
    /// The first number.
    pub first: Named,
    /// The predicted relation to the second number.
    pub predicted: String,
    /// The second number.
    pub second: Named,
    /// A number that explains them.
    pub beside: Option<Named>,
    /// Whether the prediction is true.
    pub supports: bool,
    /// The command that computes these numbers.
    pub command: String,
    /// The result of the simulation; `None` without one.
    pub found: Option<Found>,
}

/// The result of the simulation of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The number of samples.
    pub samples: u64,
    /// The difference of the second and the first on the same samples, with its interval, if it is counted.
    pub difference: Option<[f64; 3]>,
    /// The smallest p-value of the rows of the command, times their number; `None` if the difference is tested.
    pub p_value: Option<f64>,
    /// Whether all of the rows agree with theory.
    pub agrees: bool,
}

/// All statements.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The statements, in the order of the argument.
    pub statements: Vec<Statement>,
    /// The joint verdict of the simulations of all cases; `None` without any.
    pub verdict: Option<Judged>,
}

/// Decides every statement; with samples, each of its cases is simulated. Runs on rayon's current pool.
///
/// Rates are judged together at half of [`FALSE_ALARM`], and differences of two stages at the other half.
pub fn audit(order: &Order) -> Result<Audit, PaperError> {
    let mut answers = Answers::default();
    let mut statements = Vec::new();
    let attacks = attacks::drafts(order);
    // The order of the argument: attacks, the four stages, larger spaces, votes, what bounds all, and the ways out.
    let place = attacks.len();
    let open = smoothing::drafts(order)?.into_iter().chain(queries::drafts(order));
    let open = open.chain(blocks::drafts(order));
    for draft in attacks.into_iter().chain(defenses::drafts(order)?).chain(open) {
        statements.push(answers.decide(draft)?);
    }
    let verdict = answers.judge(&mut statements);
    // The order of the argument: attacks, the four stages, larger spaces, votes, what bounds all, and the ways out.
    let stages = stages::decide(order)?;
    let verdict = verdict.map(|verdict| stages::joined(verdict, &stages));
    statements.splice(place..place, stages);
    Ok(Audit { statements, verdict })
}

/// Decides the statements with which a page of these figures opens: every one if the page has all figures, and none
/// otherwise. Attacks are loops, so each case gets one sample for 2000 of the figures.
pub fn of_page(names: &[Name], order: &Order) -> Result<Audit, PaperError> {
    if names.len() < Name::ALL.len() {
        return Ok(Audit { statements: Vec::new(), verdict: None });
    }
    let samples = (order.samples / 2000).max(LEAST_SAMPLES);
    // The statements are about cases of their own.
    audit(&Order { samples, given: Given::NONE, ..order.clone() })
}

/// The answers to the questions asked, one for each.
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

    /// Judges all rows together, and records for each case whether its rows agree.
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
