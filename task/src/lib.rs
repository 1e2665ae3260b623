//! The definitions: what the task is, what the defense does, which classifier is judged.
//!
//! Data: y = ±1 with probability ½ each, x | y ~ N(y·mean, data_std²).
//! Defense: x is replaced by x + θ, θ ~ N(shift, sigma²).
//! Classifier: sgn(x + θ − k), or the majority of several with fresh θ.
//! Adversary: moves x by at most ε; its best move is −y·ε, since a move δ changes y·(x + θ − k) by y·δ ≥ −ε.
//!
//! Every stage is one [`Margin`], and everything else in this crate is a statement about it.
//! Source: Gao, Shumailov, Fawaz, Papernot, *On the Limitations of Stochastic Pre-processing
//! Defenses*, NeurIPS 2022 (arXiv 2206.09491), section 4.
//!
//! Parameters are checked on construction and private from then on, so code that is given a [`Task`] or a [`Margin`]
//! need not check again. All of them are in units of x.
//!
//! ```
//! use gauss_sim_task::{Defense, Stage, Task};
//!
//! // the paper's defended classifier: y·(x + θ) is centred at mean + y·shift, the trained one's at mean
//! let (task, defense) = (Task::default(), Defense::new(1.0, 0.5)?);
//! let defended = Stage::Defended { threshold: 0.0 }.margin(&task, &defense)?;
//! let trained = Stage::Trained.margin(&task, &defense)?;
//! assert_eq!((defended.offset(), trained.offset()), (1.0, 0.0));
//! # Ok::<(), gauss_sim_task::DomainError>(())
//! ```

mod adversary;
pub mod attack;
pub mod barrage;
pub mod blocks;
pub mod certify;
mod classifier;
mod data;
mod defense;
mod error;
pub mod fit;
pub mod linear;
mod metric;
mod protocol;
pub mod query;
pub mod range;
pub mod spec;
mod votes;

pub use adversary::{Eps, Norm};
pub use classifier::{Margin, Stage};
pub use data::{MIN_DATA_STD, Prior, Task};
pub use defense::Defense;
pub use error::{DomainError, EntryError, MAX_MAGNITUDE};
pub use metric::{Claim, Metric};
pub use protocol::{DrawProtocol, MAX_TRIES};
pub use votes::{MAX_VOTES, Votes};
