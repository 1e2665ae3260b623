//! The exact laboratory for what randomness does to a robustness number.
//!
//! ```text
//! the question (task) -+-> exact values   (theory) -+
//!                      +-> sampled counts (engine) -+-> check -> table -> file, chart, page
//! ```
//!
//! A question is answered with exact values, counts, and the comparison of the two. An
//! [`Experiment`](experiment::Experiment) is a kind of question; [`run`] answers any of them, [`check`] compares,
//! [`table`] holds the rows, [`report`] draws them, and [`paper`] makes the figures of the paper.
//!
//! ```
//! use gauss_sim::experiments::stages::{KIND, Stages, StagesSpec};
//! use gauss_sim::run::{Plan, answer};
//! use task::range::Count;
//!
//! let question = StagesSpec { sigma: "0.5,1".parse()?, votes: "11".parse()?, ..StagesSpec::default() };
//! let plan = Plan { samples: Count::of(100_000).unwrap(), ..Plan::usual(&KIND) };
//! let answer = answer(Box::new(Stages::new(question)?), &plan)?;
//! assert!(answer.agrees() && answer.rows().len() == 2 * 4);
//!
//! let voted = answer.rows().iter().last().expect("sigma = 1, eps = 0.5");
//! assert_eq!((voted.word("stage"), voted.count("samples")), ("voted", Some(100_000)));
//! let [exact, low, high] = ["clean_accuracy", "mc_clean_low", "mc_clean_high"].map(|name| voted.number(name));
//! assert!(low < exact && exact < high);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod arrays;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod experiment;
pub mod experiments;
pub mod paper;
pub mod report;
pub mod run;
pub mod table;

pub use {engine, plots, task, theory};
