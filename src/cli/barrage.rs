//! `gauss-sim barrage`: transformations of a pool, in random order.

use super::ask::AskVerb;
use crate::experiments::barrage::KIND;

pub(super) static VERB: AskVerb = AskVerb {
    name: "barrage",
    about: "Several transformations of a pool, in random order, in one dimension",
    details: "\
The file says which maps x ↦ scale·x + N(shift, sigma²) there are:
  [[transform]]
  scale = 1.0     # 1 if left out
  shift = 0.8     # 0 if left out
  sigma = 0.3     # 0 if left out

Each judgement draws --choose of them, all different and in random order, and applies one after the other; the classifier is \
sgn(t(x) − k). The stages: untrained, k = 0; trained, the best k on transformed data; voted, the majority of several \
trained draws, which need not tend to sgn(x). The attack is the fixed move −y·eps, the strongest where no scale is \
negative; else of a few fixed moves the one that leaves the least (column blind_move). robust_accuracy times \
clean_accuracy is never above optimum.

Up to 1e8 different sequences have exact values; beyond, rows are by simulation, and say so.

Examples:
  gauss-sim barrage examples/pools/bart.toml --choose 1..5 --draws fresh
      25 transformations, one to five of them
  gauss-sim barrage examples/pools/bart.toml --choose 1..4 --votes 11,101 -o bart
      rows.csv, run.json and charts, among them the plane of clean and robust accuracy
  gauss-sim barrage examples/pools/bart.toml --choose 3 --eps 0..2 --samples 0 --format csv
      exact, along eps",
    ..AskVerb::of(&KIND)
};
