//! Exact values for attacks counted in gradients: sign-PGD with expectation over transformation (EOT).
//!
//! The tasks and attacks are defined in [`task::attack`]. Coordinates are identically distributed and independent,
//! and a step of sign-PGD depends on its m gradients only through the sign of their mean, so an attack has a small
//! description:
//!
//! - [`Signs`]: the probability that a step goes in the right direction, for any law of gains;
//! - [`Walk`]: the law of the position after k clipped steps; [`best_step`] finds the step size that reaches farthest;
//! - [`outcome`]: all exact values of one attacked point, from the characteristic function of its margin (many
//!   coordinates), the response of one sum (one gain for all), or pairs ([`MirrorWalk`]);
//! - [`optimum`](optimum()): the accuracy that no classifier exceeds; [`ceiling`](ceiling()): the largest reach
//!   possible with N gradients;
//! - [`plan`](plan()): the smallest sufficient budget, and [`diagnose`]: the benefit of EOT.

mod best;
mod ceiling;
mod gains;
mod inversion;
mod mirror;
mod optimum;
mod outcome;
mod pair;
mod planner;
mod rates;
mod shared;
mod sign;
mod spheres;
mod walk;

pub use best::{BestStep, best_step};
pub use ceiling::{Shortfall, ceiling, shortfall, sufficient};
pub use mirror::{MirrorWalk, trained_weights};
pub use optimum::optimum;
pub use outcome::outcome;
pub use planner::{Diagnosis, Plan, Planned, diagnose, plan};
pub use rates::{Known, Outcome, Rates, Unknown};
pub use sign::Signs;
pub use walk::{Atom, Cell, Walk, spectral, stationary, stationary_mean};
