//! Rows that a verb produces as well: the question in the words of the command line, and the command that asks it.

use engine::VotesBy;
use serde_json::{Map, Value};
use std::path::Path;
use task::range::{Count, Probability};
use task::spec::{Choice, Spec, Word, apply, flag};

use super::{CONFIDENCE, FALSE_ALARM, Order, PaperError};
use crate::experiment::Kind;
use crate::run::plan::Seed;
use crate::run::{Answer, Plan, answer};

/// A question, and how it is sampled.
#[derive(Clone)]
pub(super) struct Ask {
    kind: &'static Kind,
    /// The verb that produces these rows.
    verb: &'static str,
    /// The names and values of the parameters, and how a command writes the values.
    given: Vec<(&'static str, Value, String)>,
    votes_by: VotesBy,
    samples: u64,
    seed: u64,
    false_alarm: Probability,
}

impl Ask {
    /// Creates the default question of a kind, which this verb asks, with as many samples as are ordered.
    pub(super) fn new(kind: &'static Kind, verb: &'static str, order: &Order) -> Self {
        let (samples, seed, votes_by) = (order.samples, order.seed, Self::usual(kind));
        let false_alarm = FALSE_ALARM;
        Self { kind, verb, given: Vec::new(), votes_by, samples, seed, false_alarm }
    }

    fn usual(kind: &Kind) -> VotesBy {
        kind.plan.votes_by.unwrap_or(VotesBy::Draws)
    }

    /// Returns the same question with a parameter.
    pub(super) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.with_value(name, value.clone().into(), value)
    }

    /// Returns the same question with a parameter that a command writes differently.
    pub(super) fn with_value(mut self, name: &'static str, value: Value, written: String) -> Self {
        self.given.push((name, value, written));
        self
    }

    /// Returns the same question with votes drawn in this way.
    pub(super) fn votes_by(self, votes_by: VotesBy) -> Self {
        Self { votes_by, ..self }
    }

    /// Returns the same question with this many samples.
    pub(super) fn samples(self, samples: u64) -> Self {
        Self { samples, ..self }
    }

    /// Returns the same question judged at this false-alarm rate.
    pub(super) fn false_alarm(self, false_alarm: Probability) -> Self {
        Self { false_alarm, ..self }
    }

    /// Returns the question.
    pub(super) fn spec(&self) -> Result<Box<dyn Spec>, PaperError> {
        let mut spec = (self.kind.spec)();
        let given = self.given.iter().map(|(name, value, _)| ((*name).to_owned(), value.clone()));
        apply(spec.as_mut(), &Value::Object(given.collect::<Map<_, _>>()), Path::new(""))?;
        Ok(spec)
    }

    fn plan(&self) -> Plan {
        let usual = Plan::usual(self.kind);
        Plan {
            samples: Count::of(self.samples).unwrap_or(usual.samples),
            seed: Seed(self.seed),
            votes_by: Choice(self.votes_by),
            confidence: CONFIDENCE,
            false_alarm: self.false_alarm,
            ..usual
        }
    }

    /// Returns the answer, on rayon's current pool.
    pub(super) fn answer(&self) -> Result<Answer, PaperError> {
        Ok(answer((self.kind.new)(self.spec()?.as_ref())?, &self.plan())?)
    }

    /// Returns the command that produces the same rows, with positional parameters first.
    pub(super) fn command(&self) -> String {
        let parameters = (self.kind.spec)().parameters();
        let by_place = |name: &str| parameters.iter().any(|p| p.name == name && p.positional);
        let mut text = format!("gauss-sim {}", self.verb);
        for (name, _, value) in &self.given {
            text += &match by_place(name) {
                true => format!(" {value}"),
                false => format!(" {} {value}", flag(name)),
            };
        }
        if self.votes_by != Self::usual(self.kind) {
            text += &format!(" --votes-by {}", self.votes_by.word());
        }
        if self.samples != self.kind.plan.samples {
            text += &format!(" {} {}", flag(self.kind.plan.samples_flag), self.samples);
        }
        if self.samples > 0 {
            text += &format!(" --seed {}", self.seed);
        }
        text
    }
}
