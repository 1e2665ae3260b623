//! Linear classifiers in d dimensions: the counts against a literal simulation in plain loops (bit for bit), against
//! themselves, and golden ones.

mod golden;
mod literal;
mod promise;
mod world;
