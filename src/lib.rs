//! The exact laboratory for what randomness does to a robustness number.
//!
//! ```text
//! question (task, defence, grid) -+-> exact values   (theory)  -+
//!                                 +-> sampled counts (engine)  -+-> check -> row -> file, table, chart
//! ```

pub mod answer;
pub mod audit;
pub mod campaign;
pub mod check;
pub mod cli;
pub mod engine;
pub mod figures;
mod lines;
pub mod nd;
pub mod paired;
pub mod paper;
pub mod plan;
pub mod record;
pub mod row;
pub mod store;
pub mod sweep;
pub mod table;
pub mod train;
