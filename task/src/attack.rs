//! Attacks counted in gradients: sign-PGD with expectation over transformation (EOT) against a random map.
//!
//! **The defense** is t(x) = a ⊙ x + θ, θᵢ ~ N(shift, sigma²), with gains a of a [`GainDefense`], drawn independently at every
//! evaluation, for each coordinate or once for all ([`GainScope`]). The classifier is sgn(Σ t(x)ᵢ − Σ shiftᵢ): a margin of
//! exactly 0 (all gains can be 0) is decided by a fair coin. Data: y = ±1 with probability ½ each,
//! xᵢ | y ~ N(y·mean, data_std²), independent.
//!
//! **The attack** takes `steps` steps of size α in ℓ∞, each along the sign of the mean of `eot` gradients of the loss at
//! freshly drawn transformations, clips every coordinate to [−ε, ε], and is judged on separate draws. A gradient of
//! exactly 0 moves nothing. Positions and reach are aligned with the right direction: U = 1 is the move −y·ε.
//!
//! **Iterates** are numbered from 0, the start, to k. While optimising ([`Judge::Any`], [`Judge::First`],
//! [`Judge::Last`]), each of them is classified once, by a vote on separate draws.
//!
//! [`AttackPoint`] is one attacked point, checked on construction; [`AttackSpec`] is a whole question.

mod choice;
mod fraction;
mod gain;
mod point;
mod spec;
mod step;
mod subject;

pub use choice::{AttackKind, GainScope, Judge, Loss, Start, Subject, Training};
pub use fraction::Fraction;
pub use gain::{GainDefense, GainLaw, GainList, MAX_GAINS};
pub use point::{AttackPoint, Attacker, MAX_EOT, MAX_STEPS};
pub use spec::{AttackSpec, PerCoordinate};
pub use step::StepSize;
pub use subject::{AttackTask, GainTask, MAX_DIMENSION, MirrorTask, SpheresTask};
