//! The whole: intervals and verdicts, the engine beside the theory, figures, long runs, and the real binary.

mod adding;
mod arrays;
mod book;
mod campaign;
mod check;
mod check_properties;
mod checked;
mod cli;
mod figures;
mod logs;
mod paired_known;
mod paired_statistics;
mod paper;
mod sampled;
mod sampling;
mod train;
mod walls;
