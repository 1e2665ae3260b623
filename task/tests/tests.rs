//! The grammar of grids, and the definitions of attacks.

extern crate gauss_sim_task as task;

mod attack;
mod counts;
mod fractions;
mod given;
mod range;
mod range_properties;
mod rounding;
