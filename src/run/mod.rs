//! Runs of any experiment, long ones above all: counted in rounds of consecutive batches, kept as a file now and then,
//! stopped and continued at will, shared out and added up, to the same counts bit for bit.

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

pub use answer::{Answer, answer};
pub use campaign::{Campaign, End};
pub use plan::Plan;
pub use rounds::{Limits, Means};
