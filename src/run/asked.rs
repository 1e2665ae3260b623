//! A question and its plan from what was given: usual values, a file, and over both what a command line or a call says.

use std::path::Path;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value};
use task::range::Count;
use task::spec::{Spec, SpecError, Word, apply, flag, one_of, text};

use super::plan::Plan;
use super::spec_file::SpecFile;
use crate::experiment::Kind;

/// What was given of a question of one kind.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The kinds that there are.
    pub kinds: &'a [&'static Kind],
    /// The kind.
    pub kind: &'static Kind,
    /// Parameters that usually have another value here than the kind's own.
    pub usual: &'a [(&'static str, &'static str)],
    /// Whether samples are drawn.
    pub samples: bool,
    /// A file.
    pub file: Option<SpecFile>,
    /// Parameters of the question.
    pub question: Map<String, Value>,
    /// Parameters of the plan.
    pub plan: Map<String, Value>,
}

/// The most samples of a run that stops at a precision, unless told otherwise.
const MOST_SAMPLES: u64 = 1_000_000_000_000;

/// The parameters that one stage alone looks at.
const OF_STAGES: [(&str, &str); 2] = [("threshold", "defended"), ("votes", "voted")];

impl Asked<'_> {
    /// The question and the plan.
    pub fn ask(&self) -> Result<(Box<dyn Spec>, Plan)> {
        let mut spec = (self.kind.spec)();
        let usual =
            self.usual.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        apply(spec.as_mut(), &Value::Object(usual.collect::<Map<_, _>>()), Path::new(""))?;
        let mut plan = Plan::usual(self.kind);
        self.set(spec.as_mut(), &mut plan)?;
        let in_file = self.file.as_ref().is_some_and(SpecFile::asks_samples);
        let samples_asked = self.plan.contains_key("samples") || in_file;
        if plan.precision.is_some() && !samples_asked {
            plan.samples = Count::of(MOST_SAMPLES).unwrap_or(plan.samples);
        }
        Ok((spec, plan))
    }

    /// Sets what was given, over what is there.
    pub(super) fn set(&self, spec: &mut dyn Spec, plan: &mut Plan) -> Result<()> {
        if let Some(file) = &self.file {
            file.apply(self.kinds, self.kind, spec, plan)?;
        }
        apply(spec, &Value::Object(self.question.clone()), Path::new(""))?;
        let renamed = |error| match error {
            SpecError::Unreadable { flag: name, message } if name == "--samples" => {
                SpecError::Unreadable { flag: flag(self.kind.plan.samples_flag), message }
            }
            error => error,
        };
        apply(plan, &Value::Object(self.plan.clone()), Path::new("")).map_err(renamed)?;
        let (words, votes_by) = (self.kind.plan.votes_words(), plan.votes_by.0.word());
        if !words.is_empty() {
            one_of(votes_by, words).map_err(|message| anyhow!("--votes-by: {message}"))?;
        }
        match (plan.shard, plan.precision) {
            (Some(shard), Some(width)) => Err(anyhow!(
                "--shard {shard}: stopping at --precision {:e} looks at the whole run: leave out one of the two",
                width.0
            )),
            _ => Ok(()),
        }
    }

    /// What was given that changes nothing, since its stage is not asked for: a line for each.
    #[must_use]
    pub fn without_effect(&self, spec: &dyn Spec) -> Vec<String> {
        let has = |name: &str| spec.parameters().iter().any(|parameter| parameter.name == name);
        if !has("stages") {
            return Vec::new();
        }
        let stages = text(spec, "stages");
        let unused = OF_STAGES.into_iter().filter(|(name, stage)| {
            has(name)
                && self.question.contains_key(*name)
                && !stages.split(',').any(|asked| asked == *stage)
        });
        let line = |(name, stage): (&str, &str)| {
            let value = text(spec, name);
            format!(
                "--{name} {value} changes nothing without the stage {stage}: add it to --stages, or leave --{name} out"
            )
        };
        unused.map(line).collect()
    }
}
