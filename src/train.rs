//! Rows of training: what the learnt thresholds are worth.

pub mod report;
pub mod row;
