//! The task in d dimensions: a file describes it, rows answer for it.
//!
//! ```text
//! TASK.toml -> file -> problem -> grid -+-> exact values   (theory::linear)  -+
//!                                       +-> sampled counts (engine::linear)  -+-> check -> row
//! ```
//!
//! - [`mod@file`]: reads the task, and names the entry that is wrong; [`examples`] has some; [`problem`]: the task, and as a file again;
//! - [`grid`]: stages, sigmas and budgets in, rows out;
//! - [`row`]: a row's own columns;
//! - [`report`]: what there is to say of training, voting and the robust optimum, and rows as text.

pub mod examples;
pub mod file;
pub mod grid;
pub mod problem;
pub mod report;
pub mod row;
