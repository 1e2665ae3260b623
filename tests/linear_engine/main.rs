//! Linear classifiers in d dimensions: the counts against a literal simulation in plain loops (bit for bit), against
//! theory (fixed seeds, α = 1e-6 for this file), against themselves, and golden ones.

mod against_theory;
mod golden;
mod literal;
mod promise;
mod world;

/// The chance, at most, that a right engine fails any of the statistical tests of this file; only
/// `against_theory` has one.
const ALPHA: f64 = 1e-6;
