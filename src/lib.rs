//! The exact laboratory for what randomness does to a robustness number.
//!
//! ```text
//! question (task, defense, grid) -+-> exact values   (theory)  -+
//!                                 +-> sampled counts (engine)  -+-> check -> row -> file, table, chart
//! ```
//!
//! A question goes in; exact values, counts and what the comparison of the two says come out. The words of
//! the question are those of the crate `gauss_sim_theory`.
//!
//! ```
//! use gauss_sim_engine::Run;
//! use gauss_sim::sweep::Grid;
//! use task::{Stage, Task, Votes};
//!
//! // One sample serves all stages, at every sigma and every eps.
//! let stages = vec![Stage::Undefended, Stage::Trained, Stage::Voted { votes: Votes::new(11)? }];
//! let grid = Grid::new(Task::default(), 1.0, &[0.5, 1.0], &[0.25, 0.5], stages)?;
//! let exact = grid.exact();
//! let counts = Run::new(7, 100_000).count(&grid.question()?, &|_| {});
//! let (rows, verdict) = grid.checked_rows(&exact, &counts, 0.95, 1e-6);
//! assert!(verdict.agree && verdict.rows == 12);
//!
//! let voted = rows.last().expect("sigma = 1, eps = 0.5");
//! assert!((voted.adversarial_accuracy - 0.680_426_853_910_387_2).abs() < 1e-13);
//! assert_eq!(voted.samples, Some(100_000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod experiment;
pub mod experiments;
pub mod report;
pub mod run;
pub mod table;

pub use {engine, plots, task, theory};
