//! Exact accuracies of randomised classifiers on the binary Gaussian task.

pub mod accuracy;
pub mod beta;
pub mod binomial;
pub mod bounded;
pub mod double;
mod event;
pub mod invariance;
pub mod normal;
pub mod quadrature;
mod scaled;
pub mod task;
pub mod vote;
