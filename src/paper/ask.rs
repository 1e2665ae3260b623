//! Rows that a verb produces as well: the question in the words of the command line, and the command that asks it.

use engine::{TriesBy, VotesBy, Ways};
use serde_json::{Map, Value};
use std::path::Path;
use task::range::{Count, Probability};
use task::spec::{Choice, Spec, Word, apply, flag, text};

use super::{CONFIDENCE, FALSE_ALARM, Given, Order, PaperError};
use crate::experiment::Kind;
use crate::run::plan::Seed;
use crate::run::{Answer, Plan, answers};

/// A question, and how it is sampled.
#[derive(Clone)]
pub(super) struct Ask {
    kind: &'static Kind,
    /// The verb that produces these rows.
    verb: &'static str,
    /// The names and values of the parameters, and how a command writes the values.
    given: Vec<(&'static str, Value, String)>,
    /// Those that stand over these.
    instead: Given,
    ways: Ways,
    samples: u64,
    seed: u64,
    false_alarm: Probability,
}

impl Ask {
    /// Creates the default question of a kind, which this verb asks, with as many samples as are ordered.
    pub(super) fn new(kind: &'static Kind, verb: &'static str, order: &Order) -> Self {
        let (samples, seed, ways) = (order.samples, order.seed, kind.plan.ways());
        let (false_alarm, instead) = (FALSE_ALARM, order.given.clone());
        Self { kind, verb, given: Vec::new(), instead, ways, samples, seed, false_alarm }
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
    pub(super) fn votes_by(self, votes: VotesBy) -> Self {
        Self { ways: Ways { votes, ..self.ways }, ..self }
    }

    /// Returns the same question with tries drawn in this way.
    pub(super) fn tries_by(self, tries: TriesBy) -> Self {
        Self { ways: Ways { tries, ..self.ways }, ..self }
    }

    /// Returns the same question with this many samples.
    pub(super) fn samples(self, samples: u64) -> Self {
        Self { samples, ..self }
    }

    /// Returns the same question judged at this false-alarm rate.
    pub(super) fn false_alarm(self, false_alarm: Probability) -> Self {
        Self { false_alarm, ..self }
    }

    /// Returns the parameters of the question: its own, in the place of which those of the order stand.
    fn parameters(&self) -> Vec<(&'static str, Value, String)> {
        let of_order = |name: &'static str| {
            let text = self.instead.text(name)?;
            Some((name, Value::from(text.clone()), text))
        };
        let own = self.given.iter().map(|own| of_order(own.0).unwrap_or_else(|| own.clone()));
        let known = (self.kind.spec)().parameters();
        let others = self.instead.names().filter(|name| {
            known.iter().any(|parameter| parameter.name == *name)
                && self.given.iter().all(|(own, ..)| own != name)
        });
        own.chain(others.filter_map(of_order)).collect()
    }

    /// Returns the value of a parameter as a caption writes it; a range, or a list of many values, by its ends.
    pub(super) fn said(&self, name: &str) -> Result<String, PaperError> {
        /// So many values are listed.
        const LISTED: usize = 6;
        let written = text(self.spec()?.as_ref(), name);
        let values: Vec<&str> = written.split(',').map(str::trim).collect();
        if let (1, Some((low, high))) = (values.len(), written.split_once("..")) {
            let high = high.split(['/', ':']).next().unwrap_or(high);
            return Ok(format!("{low} to {high}"));
        }
        Ok(match values.len() {
            1..=LISTED => values.join(", "),
            many => format!("{} to {} ({many} values)", values[0], values[many - 1]),
        })
    }

    /// Returns the task and the shift as a caption states them.
    pub(super) fn task(&self) -> Result<String, PaperError> {
        self.equations(&[("μ", "mean"), ("ν", "data_std"), ("shift", "shift")])
    }

    /// Returns the values of parameters under these symbols: `μ = ν = 1` where there is one value, else each.
    pub(super) fn equations(&self, symbols: &[(&str, &str)]) -> Result<String, PaperError> {
        let values: Vec<String> =
            symbols.iter().map(|(_, name)| self.said(name)).collect::<Result<_, _>>()?;
        let one = values.windows(2).all(|pair| pair[0] == pair[1]);
        let equation = |((symbol, _), value): (&(&str, &str), &String)| match one {
            true => (*symbol).to_owned(),
            false => format!("{symbol} = {value}"),
        };
        let parts: Vec<String> = symbols.iter().zip(&values).map(equation).collect();
        Ok(match values.first().filter(|_| one) {
            Some(value) => format!("{} = {value}", parts.join(" = ")),
            None => parts.join(", "),
        })
    }

    /// Returns the question.
    pub(super) fn spec(&self) -> Result<Box<dyn Spec>, PaperError> {
        let mut spec = (self.kind.spec)();
        let given = self.parameters().into_iter().map(|(name, value, _)| (name.to_owned(), value));
        apply(spec.as_mut(), &Value::Object(given.collect::<Map<_, _>>()), Path::new(""))?;
        Ok(spec)
    }

    fn plan(&self) -> Plan {
        let usual = Plan::usual(self.kind);
        Plan {
            samples: Count::of(self.samples).unwrap_or(usual.samples),
            seed: Seed(self.seed),
            votes_by: Choice(self.ways.votes),
            tries_by: Choice(self.ways.tries),
            confidence: CONFIDENCE,
            false_alarm: self.false_alarm,
            ..usual
        }
    }

    /// Returns the answer without its findings, on rayon's current pool.
    pub(super) fn answer(&self) -> Result<Answer, PaperError> {
        let mut answers = self.answers(&[self.samples])?;
        answers.pop().ok_or_else(|| PaperError::Missing("there is no answer".to_owned()))
    }

    /// Returns the answers with so many samples, ascending, likewise.
    pub(super) fn answers(&self, samples: &[u64]) -> Result<Vec<Answer>, PaperError> {
        let plan = self.plan();
        let count = |samples: &u64| Count::of(*samples).unwrap_or(plan.samples);
        let samples: Vec<Count> = samples.iter().map(count).collect();
        let experiment = (self.kind.new)(self.spec()?.as_ref())?.into();
        Ok(answers(&experiment, &plan, &samples)?)
    }

    /// Returns the command that produces the same rows, with positional parameters first.
    pub(super) fn command(&self) -> String {
        let parameters = (self.kind.spec)().parameters();
        let by_place = |name: &str| parameters.iter().any(|p| p.name == name && p.positional);
        let mut command = format!("gauss-sim {}", self.verb);
        for (name, _, value) in &self.parameters() {
            command += &match by_place(name) {
                true => format!(" {value}"),
                false => format!(" {} {value}", flag(name)),
            };
        }
        let usual = self.kind.plan.ways();
        if self.ways.votes != usual.votes {
            command += &format!(" --votes-by {}", self.ways.votes.word());
        }
        if self.ways.tries != usual.tries {
            command += &format!(" --tries-by {}", self.ways.tries.word());
        }
        if self.samples != self.kind.plan.samples {
            command += &format!(" {} {}", flag(self.kind.plan.samples_flag), self.samples);
        }
        if self.samples > 0 {
            command += &format!(" --seed {}", self.seed);
        }
        command
    }
}
