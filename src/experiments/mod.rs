//! The kinds of experiments, and the register of them: whoever adds one adds a file here, and a line to [`KINDS`].

pub mod accuracies;
pub mod claims;
pub mod linear;
pub mod stages;
pub mod training;

use std::path::Path;

use serde_json::Value;
use task::range::quote;
use task::spec::{self, Spec, SpecError, apply};

use crate::experiment::{Experiment, Kind};

/// The register.
pub const KINDS: &[&Kind] = &[&stages::KIND, &linear::KIND, &training::KIND, &claims::KIND];

/// The kind of this name.
pub fn kind(kinds: &[&'static Kind], name: &str) -> Result<&'static Kind, SpecError> {
    kinds.iter().copied().find(|kind| kind.name == name).ok_or_else(|| {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let name = quote(name);
        SpecError::Together(format!("{name} is no kind of experiment: write {}", names.join(", ")))
    })
}

/// The question that a file asks, which names its kind; relative paths begin at `base`.
pub fn spec_of(
    kinds: &[&'static Kind],
    object: &Value,
    base: &Path,
) -> Result<Box<dyn Spec>, SpecError> {
    let name = object.get(spec::KIND).and_then(Value::as_str).ok_or_else(|| {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let (key, names) = (spec::KIND, names.join(", "));
        SpecError::Together(format!("it has no {key}: write which, one of {names}"))
    })?;
    let mut question = (kind(kinds, name)?.spec)();
    apply(question.as_mut(), object, base)?;
    Ok(question)
}

/// What answers a question of one of these kinds.
pub fn experiment(
    kinds: &[&'static Kind],
    question: &dyn Spec,
) -> Result<Box<dyn Experiment>, SpecError> {
    (kind(kinds, question.kind())?.new)(question)
}

/// The kind whose rows have such a header: the one that has the most of its columns among all that has each of them.
#[must_use]
pub fn kind_of_header(kinds: &[&'static Kind], header: &[String]) -> Option<&'static Kind> {
    let all_there = |kind: &&&'static Kind| {
        let columns = (kind.schema)().columns();
        columns.iter().all(|column| header.iter().any(|name| *name == column.name))
    };
    kinds.iter().filter(all_there).max_by_key(|kind| (kind.schema)().columns().len()).copied()
}

/// The question of a kind as its own type. Whoever is asked another kind's question answers its usual one.
#[must_use]
pub fn own<S: Spec + Default + Clone + 'static>(question: &dyn Spec) -> S {
    question.as_any().downcast_ref::<S>().cloned().unwrap_or_default()
}
