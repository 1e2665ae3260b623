//! The grammar of grids.

extern crate gauss_sim_task as task;

mod counts;
mod fractions;
mod range;
mod range_properties;
mod rounding;
