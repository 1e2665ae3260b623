//! The theory against oracle tables of independent high-precision arithmetic, and its properties.

mod accuracy;
mod agreement;
mod along_votes;
mod attack;
mod audit;
mod barrage;
mod beta;
mod binomial;
mod claims;
mod common;
mod convergence;
mod enclosure;
mod extremes;
mod fresh;
mod frontier;
mod invariance;
mod invariance_slope;
mod learning;
mod linear;
mod linear_search;
mod linear_units;
mod normal;
mod persistent;
mod proof;
mod verdicts;
mod vote;
