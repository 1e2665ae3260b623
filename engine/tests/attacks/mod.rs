//! Attacks that step: literal, promised, golden, and right.

mod ask;
mod golden;
mod laws;
mod literal;
mod naive;
mod promise;
mod spheres;
