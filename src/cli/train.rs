//! `gauss-sim train`: the thresholds that learners find from finitely many noisy inputs.

use engine::training::study::Method;
use task::spec::Spec;

use super::ask::AskVerb;
use crate::experiments::own;
use crate::experiments::training::{KIND, TrainingSpec};

pub(super) static VERB: AskVerb = AskVerb {
    name: "train",
    about: "Training on noisy inputs: which threshold it finds, how fast, and what that is worth",
    details: "\
Training sets of N examples (x + θ, y) are drawn, and the k of sgn(x + θ − k) is learned from each:
  zero-one  the fewest errors on the training set, exactly, by sorting; its sd falls as N^(-1/3)
  logistic  logistic regression by Newton's method; its sd falls as N^(-1/2)
  sgd       the undefended classifier (k = 0), fine-tuned on the logistic loss, epoch by epoch
Each learned k is judged exactly, so that the only noise is the training's. `theory` is the sd of the limit \
law.

Examples:
  gauss-sim train
      the three methods on 100 to 100 000 examples, 200 repetitions each
  gauss-sim train --method sgd --train-size 1000 --epochs 50 --learning-rate 0.03
      fine-tuning, slowly
  gauss-sim train --method zero-one --sigma 0.5,1,2 --train-size 1e4 --repetitions 1000
      the spread of k at three sigmas
  gauss-sim train --train-size 100..1e4/log5 -o training
      train.csv, epochs.csv, run.json and charts into a folder",
    idle,
    ..AskVerb::of(&KIND)
};

/// What only sgd looks at, where it is not asked for.
fn idle(spec: &dyn Spec) -> Vec<(&'static str, &'static str)> {
    let sgd = own::<TrainingSpec>(spec).is_ok_and(|spec| spec.method.0.contains(&Method::Sgd));
    let names = if sgd { &[][..] } else { &["epochs", "learning_rate", "batch_size"] };
    names.iter().map(|name| (*name, "without the method sgd")).collect()
}
