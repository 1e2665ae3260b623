//! The engine alone: golden counts, its promise that counts depend on the question alone, every kernel against every
//! other, and, in d dimensions, against a literal simulation in plain loops.

extern crate gauss_sim_engine as engine;

mod attacks;
mod barrage;
mod batches;
mod blocks;
mod certify;
mod checked;
mod extremes;
mod fresh;
mod golden;
mod kernels;
mod linear;
mod logs;
mod paired;
mod promise;
mod query;
mod smoothed;
mod support;
