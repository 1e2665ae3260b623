//! The task in d dimensions: y = 1 with probability `prior`, x | y ~ N(y·mean, covariance), θ ~ N(shift, sigma²·S),
//! linear classifiers, an adversary of any ℓp norm. Vectors are slices of doubles, matrices are slices of rows;
//! entries count from 0.

mod cholesky;
mod covariance;
mod model;

pub use cholesky::{Cholesky, Pivot, fast_dot};
pub use covariance::{Covariance, Definite, MAX_DIMENSION, MAX_VARIANCE, symmetrise};
pub use model::{LinearClassifier, LinearDefense, LinearTask, Rule};
