//! What training finds: how the threshold scatters, and what fine-tuning does epoch by epoch.

use theory::task::DomainError;

use super::Figure;
use crate::train::row::TrainRow;
use crate::train::study::Study;

/// None yet.
pub fn figures(_: &Study, _: &[TrainRow], _: &[TrainRow]) -> Result<Vec<Figure>, DomainError> {
    Ok(Vec::new())
}

/// The names of the charts that [`figures`] draws.
#[must_use]
pub fn names(_: &Study) -> Vec<&'static str> {
    Vec::new()
}
