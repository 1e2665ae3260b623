//! `gauss-sim simulate`: exact and simulated values, and whether they agree.

use super::ask::AskVerb;
use crate::experiments::stages::KIND;

pub(super) static VERB: AskVerb = AskVerb {
    name: "simulate",
    about: "Exact values beside simulated ones, with intervals and a verdict",
    details: "\
Examples:
  gauss-sim simulate --sigma 1 --eps 0.5 --samples 1e8 --seed 7
  gauss-sim simulate --sigma 0,0.5,1 --eps 0..1:0.25 --votes 11 --format json > point.json
  gauss-sim simulate --precision 0.01 --time 10m -o point
      until every interval is at most 0.01 wide, or ten minutes are over",
    charts: false,
    ..AskVerb::of(&KIND)
};
