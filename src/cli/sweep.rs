//! `gauss-sim sweep`, the main job: rows, a record, charts and a verdict in a folder.

use super::ask::AskVerb;
use crate::experiments::stages::{KIND, SWEPT};

pub(super) static VERB: AskVerb = AskVerb {
    name: "sweep",
    about: "The main job: rows, charts and a verdict over a range of sigma or eps",
    details: "\
Examples:
  gauss-sim sweep --sigma 0..4
      81 values of sigma at eps = 0.5, into a fresh folder
  gauss-sim sweep --sigma 0..2/41 --eps 0..1.5/31 --samples 1e7 -o surface
      a surface: charts against both, and heat maps
  gauss-sim sweep --sigma 0.3 --eps 0..1.5 --threshold 0..1/5 --stages defended
      the family in k
  gauss-sim sweep --samples 1e8 --time 10m -o long
      for ten minutes at most; gauss-sim sweep --resume long goes on
  gauss-sim sweep --samples 1e8 --shard 1/8 -o share1
      an eighth of a run; gauss-sim merge adds the eighths",
    usual: SWEPT,
    said: &[("sigma", "The standard deviation σ of θ: a range")],
    fresh: Some("gauss-sim-sweep"),
    ..AskVerb::of(&KIND)
};
