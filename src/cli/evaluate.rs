//! `gauss-sim evaluate`: the logged predictions of any randomised defense.

use super::ask::AskVerb;
use crate::experiments::logs::KIND;

pub(super) static VERB: AskVerb = AskVerb {
    name: "evaluate",
    about: "Your own defense: every metric and protocol from its logged predictions, and the task that they fit",
    details: "\
Logs are predictions of the classes, integers or strings, with m draws of the defense on each clean input and m' on each \
attacked one, each draw new (or, with --paired, the same column by column). Estimates are without bias and come \
with finite-sample intervals over samples: exact for what is right or wrong, by betting for shares, by inversion for \
ratios. The counts of right draws are fitted by the task, y·x ~ N(mean, data_std²) in units of sigma, moved by eps, \
with standard errors and a test of the family; it says what more votes and tries would give, beside draws that it \
has not seen.

With -o DIR: metrics.csv, curves.csv (votes and tries), counts.csv, fit.csv, comparison.csv, charts, and the fitted task as \
task.toml (for nd) and question.toml (for theory, simulate and sweep, by --spec).

Examples:
  gauss-sim evaluate logs.npz
  gauss-sim evaluate logs.npz --votes 1..101 --tries 1..50 -o evaluation
  gauss-sim evaluate logs.csv
      sample,label,input,draw,prediction; input is clean, attacked, undefended or undefended_attacked
  gauss-sim evaluate --labels y.npy --clean clean.npy --attacked attacked.npy --paired
  gauss-sim evaluate with.npz --compare without.npz",
    samples: false,
    ..AskVerb::of(&KIND)
};
