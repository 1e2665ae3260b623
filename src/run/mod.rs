//! Runs of any experiment, especially long ones: counted in rounds of consecutive batches, saved as a file from time
//! to time, stopped and continued at will, divided into shares and added up, with the same counts bit for bit.

pub mod answer;
pub mod asked;
pub mod batches;
pub mod begun;
pub mod campaign;
pub mod checkpoint;
pub mod kept;
pub mod limits;
pub mod lock;
pub mod merge;
pub mod output_dir;
pub mod plan;
pub mod publish;
pub mod record;
mod rounds;
pub mod run_dir;
pub mod spec_file;
pub mod verdict;

pub use answer::{Answer, answer, answers};
pub use campaign::{Campaign, End};
pub use plan::Plan;
pub use rounds::{Limits, Means};
