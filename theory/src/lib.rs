//! Exact accuracies of randomised classifiers on the binary Gaussian task.

pub mod double;
pub mod normal;
pub mod beta;
pub mod binomial;
pub mod task;
pub mod accuracy;
pub mod bounded;
mod event;
pub mod invariance;
pub mod quadrature;
mod scaled;
pub mod vote;
