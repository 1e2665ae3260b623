//! `gauss-sim fit`: the Gaussian task of a user's features, and how far held-out rows are from it.

use super::ask::AskVerb;
use crate::experiments::features::KIND;

pub(super) static VERB: AskVerb = AskVerb {
    name: "fit",
    about: "The Gaussian task of your own features, and how far held-out rows are from it",
    details: "\
Training rows give the class means and the pooled covariance, and with them the best linear classifier of the Gaussian task. The \
distance of a held-out row from its boundary is known without an attack, and gives the accuracy under the best attack of any \
budget, what noise and votes do to it, and what certificates promise: exactly, and without drawing. The fitted task predicts the \
same numbers. Between the two stand a normal law with the moments of the held-out margins, and one for each class: the first \
step is the error of estimation, the last is what is not normal.

The folder gets task.toml (for gauss-sim nd), rows.csv, laws.csv, margins.csv, classifier.csv, run.json and charts.

Examples:
  gauss-sim fit examples/digits/pixels.npz --classes 3,8
      features and labels in one file; half of the rows are held out
  gauss-sim fit X.npy --labels y.npy --test X_test.npy --test-labels y_test.npy --norm inf --eps 0..8/255:1/255 -o fit
      a test set of its own, and budgets as papers have them
  gauss-sim fit X.csv --labels y.csv --shrinkage oas --sigma 0,0.5 --votes 1,11,101,inf
      what noise and votes do
  gauss-sim fit X.npz --sigma 0.25 --n 1000,1e5 --eps 0..1
      what smoothing certifies
  gauss-sim nd gauss-sim-fit/task.toml --eps 0..1
      the fitted task, trained with noise, and its robust optimum",
    samples: false,
    fresh: Some("gauss-sim-fit"),
    ..AskVerb::of(&KIND)
};
