//! Attacks that are counted in gradients, exactly: sign-PGD with expectation over transformation (EOT).
//!
//! What is attacked and how is defined in [`task::attack`]. Coordinates are alike and independent, and a step of sign-PGD
//! needs of m gradients only whether their mean points the right way, so that an attack is small:
//!
//! - [`Signs`]: how likely a step goes the right way, for any law of gains;
//! - [`Walk`]: where k clipped steps end; [`best_step`] finds the step size that reaches farthest;
//! - [`outcome`]: all exact numbers of one attacked point, by the characteristic function of its margin (many
//!   coordinates), by the response of one sum (one gain for all), or by pairs ([`MirrorWalk`]);
//! - [`optimum`](optimum()): what no classifier exceeds; [`ceiling`](ceiling()): what nobody can learn from N gradients;
//! - [`plan`](plan()): the smallest budget that is enough, and [`diagnose`], what EOT is worth.

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
