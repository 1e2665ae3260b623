//! A question from a file, in TOML or JSON, or from the run.json of a run that asked it: `--spec FILE`.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, anyhow};
use serde_json::Value;
use task::spec::{KIND, Spec, apply};

use super::plan::Plan;
use crate::arrays;
use crate::experiment::{Kind, kind, kind_of};

/// What a file asks, and how it wants it sampled.
#[derive(Debug, Clone)]
pub struct SpecFile {
    /// Where it is; empty of one that is no file.
    path: PathBuf,
    question: Value,
    plan: Option<Value>,
    /// Whether it is a record, which has its question among other things.
    is_record: bool,
}

impl SpecFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self> {
        let failed = |reason: String| failed(path, &reason);
        let text =
            arrays::text_of(path).map_err(|error| failed(format!("cannot be read ({error})")))?;
        let json = text.trim_start().starts_with('{');
        let whole: Value = if json {
            serde_json::from_str(&text).map_err(|error| failed(format!("is not JSON: {error}")))?
        } else {
            let one_line = |error: toml::de::Error| error.message().replace('\n', ", ");
            toml::from_str(&text)
                .map_err(|error| failed(format!("is not TOML: {}", one_line(error))))?
        };
        Self::of(path, whole)
    }

    /// What a value asks that was read from `path`, or that is no file's where that is empty.
    pub fn of(path: &Path, whole: Value) -> Result<Self> {
        let Value::Object(mut question) = whole else {
            return Err(failed(path, &"is no question: write one parameter a line"));
        };
        let plan = question.remove("plan").filter(|plan| !plan.is_null());
        let spec = question.remove("spec");
        let is_record = spec.is_some();
        let question = match spec {
            Some(spec) => spec,
            None => Value::Object(question),
        };
        Ok(Self { path: path.to_owned(), question, plan, is_record })
    }

    /// The kind of experiment that it names, among these.
    pub fn kind(&self, kinds: &[&'static Kind]) -> Result<&'static Kind> {
        kind_of(kinds, &self.question).map_err(|error| failed(&self.path, &error))
    }

    /// Whether its question was to be sampled: not that of a record without a plan.
    #[must_use]
    pub fn draws(&self) -> bool {
        !self.is_record || self.plan.is_some()
    }

    /// Whether it says how many samples.
    #[must_use]
    pub fn asks_samples(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.get("samples").is_some())
    }

    /// Sets what the file says, where it asks a question of this kind, which is one of `kinds`.
    pub fn apply(
        &self,
        kinds: &[&'static Kind],
        of: &Kind,
        spec: &mut dyn Spec,
        plan: &mut Plan,
    ) -> Result<()> {
        let failed = |error: &dyn Display| failed(&self.path, error);
        if let Some(name) = self.question.get(KIND).and_then(Value::as_str) {
            let found = kind(kinds, name).map_err(|error| failed(&error))?;
            if found.name != of.name {
                let verbs = found.verbs;
                return Err(failed(&format!(
                    "it asks a question of gauss-sim {verbs}; use that verb"
                )));
            }
        }
        let base = self.path.parent().unwrap_or(Path::new(""));
        apply(spec, &self.question, base).map_err(|error| failed(&error))?;
        if let Some(given) = &self.plan {
            if self.is_record && given.get("votes_by").is_some() {
                // It says how all was drawn, or is of a version that drew all tries, and did not say so.
                plan.tries_by = Plan::default().tries_by;
            }
            apply(plan, given, base).map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// An error that names the file, if it is one.
fn failed(path: &Path, reason: &dyn Display) -> Error {
    match path.as_os_str().is_empty() {
        true => anyhow!("--spec: {reason}"),
        false => anyhow!("--spec {}: {reason}", path.display()),
    }
}
