//! `--spec FILE`: a question from a file, in TOML or JSON, or from the run.json of a run that asked it.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use serde_json::Value;
use task::spec::{KIND, Spec, apply};

use crate::arrays;
use crate::experiment::{Kind, kind};
use crate::experiments::KINDS;
use crate::run::Plan;

/// The question of a file, and how it should be sampled.
pub(super) struct SpecFile {
    path: PathBuf,
    question: Value,
    plan: Option<Value>,
}

impl SpecFile {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let failed = |reason: String| anyhow!("--spec {}: {reason}", path.display());
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
        let Value::Object(mut question) = whole else {
            return Err(failed("is no question: write one parameter a line".to_owned()));
        };
        let plan = question.remove("plan").filter(|plan| !plan.is_null());
        // A record contains its question among other entries.
        let question = match question.remove("spec") {
            Some(spec) => spec,
            None => Value::Object(question),
        };
        Ok(Self { path: path.to_owned(), question, plan })
    }

    /// Returns whether the file gives a number of samples.
    pub(super) fn asks_samples(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.get("samples").is_some())
    }

    /// Applies the contents of the file, if its question is of this kind.
    pub(super) fn apply(&self, of: &Kind, spec: &mut dyn Spec, plan: &mut Plan) -> Result<()> {
        let failed =
            |error: &dyn std::fmt::Display| anyhow!("--spec {}: {error}", self.path.display());
        if let Some(name) = self.question.get(KIND).and_then(Value::as_str) {
            let found = kind(KINDS, name).map_err(|error| failed(&error))?;
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
            apply(plan, given, base).map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}
