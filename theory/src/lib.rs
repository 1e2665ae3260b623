//! Exact accuracies of randomised classifiers on the binary Gaussian task.

pub mod accuracy;
mod bell;
pub mod beta;
pub mod binomial;
pub mod bounded;
pub mod claims;
pub mod convergence;
pub mod double;
mod event;
mod extreme;
pub mod fresh;
pub mod invariance;
pub mod learning;
pub mod linear;
mod majority;
pub mod normal;
mod product;
pub mod protocol;
pub mod quadrature;
mod scaled;
pub mod task;
pub mod vote;
