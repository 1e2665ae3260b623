//! The kinds of experiments, and their register: to add one, add a file here and a line to [`KINDS`].

pub mod accuracies;
pub mod attack;
pub mod barrage;
pub mod blocks;
pub mod certify;
pub mod certify_nd;
pub mod claims;
pub mod features;
pub mod grid;
pub mod linear;
pub mod logs;
pub mod queries;
pub(crate) mod stage_style;
pub mod stages;
pub mod toml_file;
pub mod training;
pub mod verbs;

use task::spec::{Spec, SpecError};

use crate::experiment::{Kind, Planner};

/// The register.
pub const KINDS: &[&Kind] = &[
    &stages::KIND,
    &linear::KIND,
    &training::KIND,
    &claims::KIND,
    &attack::KIND,
    &barrage::KIND,
    &certify::KIND,
    &certify_nd::KIND,
    &blocks::KIND,
    &queries::KIND,
    &logs::KIND,
    &features::KIND,
];

/// The register of planners: whoever adds one adds a line.
pub const PLANNERS: &[&Planner] = &[
    &stages::votes_for::PLANNER,
    &attack::enough::PLANNER,
    &attack::law::PLANNER,
    &certify::wanted::PLANNER,
    &certify_nd::wanted::PLANNER,
    &queries::wanted::PLANNER,
];

/// Returns the question of a kind as its own type. Fails where it is another kind's.
pub fn own<S: Spec + Default + Clone + 'static>(question: &dyn Spec) -> Result<S, SpecError> {
    question.as_any().downcast_ref::<S>().cloned().ok_or_else(|| {
        let (kind, other) = (S::default().kind(), question.kind());
        SpecError::Together(format!(
            "a question of {other} is not one of {kind}: ask the kind that it names"
        ))
    })
}
