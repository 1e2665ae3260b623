//! Exact accuracies of randomised classifiers on the binary Gaussian task.

pub mod task;
