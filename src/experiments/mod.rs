//! The kinds of experiments, and the register of them: whoever adds one adds a file here, and a line to [`KINDS`].

pub mod accuracies;
pub mod claims;
pub mod grid;
pub mod linear;
pub mod stages;
pub mod training;

use task::spec::Spec;

use crate::experiment::Kind;

/// The register.
pub const KINDS: &[&Kind] = &[&stages::KIND, &linear::KIND, &training::KIND, &claims::KIND];

/// The question of a kind as its own type. Whoever is asked another kind's question answers its usual one.
#[must_use]
pub fn own<S: Spec + Default + Clone + 'static>(question: &dyn Spec) -> S {
    question.as_any().downcast_ref::<S>().cloned().unwrap_or_default()
}
