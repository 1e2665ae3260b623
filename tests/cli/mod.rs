//! The program end to end: the real binary, as a user runs it, each time in a fresh folder.
//!
//! The modules go by verb; `errors` has what every verb refuses. Sample counts are small: what the
//! numbers are worth is for other tests to say, here they must be whole, where they belong, and the
//! same on every run.

mod attack;
mod barrage;
mod blocks;
mod browser;
mod certify;
mod certify_nd;
mod checked;
mod claims;
mod completions;
mod errors;
mod evaluate;
#[cfg(target_os = "linux")]
mod faults;
mod figures;
mod fit;
mod harness;
mod help;
mod latex;
mod long;
mod long_nd;
mod merge;
mod nd;
mod plot;
mod precision;
mod query;
mod readme;
mod simulate;
mod statements;
mod sweep;
#[cfg(target_os = "linux")]
mod system;
mod theory;
mod train;
mod votes_for;
