//! d dimensions: the robust optimum, the projection to one dimension, and agreement.

use std::path::Path;

use gauss_sim_theory::linear::{
    BayesWeights, Enclosure, Method, Projection, agreement, disagreement, robust_optimum,
};
use gauss_sim_theory::math::bounded::Bounded;
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{DrawProtocol, Eps, Prior, Votes};

use crate::Error;
use crate::common::{double, table};
use crate::page::{Measured, Page, Ranges, Unit};
use crate::plot::{SIZE_OF_VALUE, with_bounds};
use crate::results::one;

const OPTIMUM: &str = "\
## linear: the robust optimum

    pub fn robust_optimum(task: &LinearTask, norm: Norm, eps: Eps) -> Result<RobustOptimum, EntryError>;
    // distance and accuracy, each an Enclosure { lower, upper }

- *Accuracy.* Promised: the truth is between lower and upper, which are at most 1e-11 apart, relative to the
  distance, for condition numbers up to 1e10. Here the value is the middle, and its bound half the width.
- *Method.* A classifier and a move of the data, which enclose the optimum from both sides, each judged in
  double-double: a formula or a root in one variable for independent coordinates and for p = 2, an
  interior-point method for p = 1 and ∞, Newton's otherwise.
- *Testing.* d = 1, 2, 6; p = 1, 1.5, 2, 3, ∞; scalar, diagonal and full covariances, nearly singular ones
  among them; budgets from 0 to beyond the largest; priors from 0.02 to 0.98, in 60 digits: all faces for
  p = 1 and ∞, the quotient's own gradient for others. Arguments are the number of the row of
  `oracle/linear.csv`, p, eps, prior, shape, d.

Relative errors, by the method:
";

const PROJECTION: &str = "\
## linear: projection

    impl Projection {
        pub fn new(…, classifier: &LinearClassifier, norm: Norm, votes: Votes) -> Result<Self, EntryError>;
        pub fn accuracies(&self, draws: DrawProtocol, eps: Eps) -> Result<Accuracies, EntryError>;
    }

- *Accuracy.* What one dimension promises of w·μ, √(wᵀΣw), w·m + b, √(wᵀSw) and ‖w‖_q, each rounded once. An
  offset that is only the rounding of b is 0. In one dimension every number is that of one dimension, to the
  last bit.
- *Method.* Sums of products in double-double.
- *Testing.* The optimal weights of `oracle/linear.csv`, rounded to doubles, under their attack: the accuracy
  has its maximum there, so that their rounding counts twice as small. The row's accuracy is the truth, and
  the bound of the value says nothing of the rounding of weights and bias. Arguments as above.

Relative errors, by the number of dimensions:
";

const AGREEMENT: &str = "\
## linear: agreement

    pub fn agreement(task, defense, rule, votes, undefended) -> Result<Bounded, EntryError>;       // R
    pub fn disagreement(task, defense, rule, votes, undefended) -> Result<Bounded, EntryError>;    // 1 − R

- *Accuracy.* Promised: R within 1e-12, 1 − R within 1e-12 relative unless the directions are opposite, and a
  bound with each value.
- *Method.* Adaptive Gauss–Kronrod over what both classifiers share, of the product of a majority's and a
  normal distribution function, in distances from the peak: one integral for each class and order of signs.
  Parallel directions: an expectation over the votes of the mass of an interval.
- *Testing.* One draw and no spread against Plackett's integral over the angle, votes against binomial sums, in
  45 to 200 digits: d = 1, 2, 6; 1 to 101 votes and their limit; directions from opposite over angles of
  1e-14 to parallel; 1 − R down to 1e-89; nearly singular covariances. Those not within their bound are far
  tails in parallel directions, whose numbers are rounded once, as in the projection. Arguments are the
  number of the row of `oracle/agreement.csv`, d, prior, votes.

Relative errors, by the size of 1 − R:
";

const METHODS: Ranges = &[
    (0.5, "trivial"),
    (1.5, "separable"),
    (2.5, "secular"),
    (3.5, "interior-point"),
    (f64::INFINITY, "newton"),
];
const DIMENSIONS: Ranges = &[(1.5, "d = 1"), (2.5, "2"), (f64::INFINITY, "6")];
const REST: Ranges = &[
    (1e-15, "1 − R below 1e-15"),
    (1e-2, "1e-15 to 0.01"),
    (0.5, "0.01 to ½"),
    (f64::INFINITY, "½ to 1"),
];

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(double).collect()
}

fn full(entries: &[f64], d: usize) -> Result<Covariance, Error> {
    Ok(Covariance::full(&entries.chunks(d).map(<[f64]>::to_vec).collect::<Vec<_>>())?)
}

fn middle(found: Enclosure) -> Bounded {
    // half the width, and the rounding of the middle
    let rounding = f64::EPSILON * found.upper.abs();
    Bounded { value: found.middle(), error: 0.5 * found.gap() + rounding }
}

fn number(method: Method) -> f64 {
    match method {
        Method::Trivial => 0.0,
        Method::Separable => 1.0,
        Method::Secular => 2.0,
        Method::InteriorPoint => 3.0,
        Method::Newton => 4.0,
    }
}

fn optima(page: &mut Page, tables: &Path) -> Result<(), Error> {
    let (mut distances, mut accuracies, mut projected) = (Vec::new(), Vec::new(), Vec::new());
    for (i, row) in table(&tables.join("linear.csv")).iter().enumerate() {
        let (d, entries) = (row[4].parse()?, numbers(&row[6]));
        let covariance = match row[3].as_str() {
            "scalar" => Covariance::scalar(entries[0])?,
            "diagonal" => Covariance::diagonal(entries)?,
            _ => full(&entries, d)?,
        };
        let task = LinearTask::new(numbers(&row[5]), covariance, Prior::new(double(&row[2]))?)?;
        let (norm, eps) = (Norm::new(double(&row[0]))?, Eps::new(double(&row[1]))?);
        let found = robust_optimum(&task, norm, eps)?;
        let (x, at) = (number(found.method), format!("{}, {}", i + 1, row[..5].join(", ")));
        distances.push(one(middle(found.distance), &row[9], x, at.clone()));
        accuracies.push(one(middle(found.accuracy), &row[10], x, at.clone()));
        let weights = numbers(&row[7]);
        if !weights.is_empty() {
            // scaled so that ‖w‖_Σ = E, as these are, the bias is that of the prior
            let classifier = LinearClassifier::new(weights, task.prior_bias())?;
            let line = Projection::new(&task, None, &classifier, norm, Votes::ONE)?;
            let reached = line.accuracies(DrawProtocol::Same, eps)?.adversarial;
            let reached = Bounded { error: f64::INFINITY, ..reached };
            projected.push(one(reached, &row[10], double(&row[4]), at));
        }
    }
    page.text(OPTIMUM);
    for (name, measured) in [("distance", &distances), ("accuracy", &accuracies)] {
        page.text(&format!("### Optimum: {name}"));
        page.table(&format!("robust optimum: {name}"), Unit::Relative, measured, METHODS)?;
    }
    page.text(PROJECTION);
    page.table("`Projection`: accuracy of the optimum", Unit::Relative, &projected, DIMENSIONS)
}

fn rates(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(AGREEMENT);
    let (mut same, mut different) = (Vec::<Measured>::new(), Vec::<Measured>::new());
    for (i, row) in table(&tables.join("agreement.csv")).iter().enumerate() {
        let d = row[0].parse()?;
        let prior = Prior::new(double(&row[1]))?;
        let task = LinearTask::new(numbers(&row[2]), full(&numbers(&row[3]), d)?, prior)?;
        let defense = if row[4].is_empty() {
            None
        } else {
            Some(LinearDefense::new(numbers(&row[4]), full(&numbers(&row[5]), d)?)?)
        };
        let votes = if row[8] == "inf" { Votes::Limit } else { Votes::new(row[8].parse()?)? };
        let rule = |weights: &str, bias: &str| {
            LinearClassifier::new(numbers(weights), double(bias)).map(Rule::Linear)
        };
        let (noisy, undefended) = (rule(&row[6], &row[7])?, rule(&row[9], &row[10])?);
        let ask = [agreement, disagreement]
            .map(|f| f(&task, defense.as_ref(), &noisy, votes, &undefended));
        let [r, rest] = ask;
        let (x, at) = (double(&row[12]), format!("{}, {d}, {}, {}", i + 1, row[1], row[8]));
        same.push(one(r?, &row[11], x, at.clone()));
        different.push(one(rest?, &row[12], x, at));
    }
    for (name, measured) in [("agreement", &same), ("disagreement", &different)] {
        page.text(&format!("### linear::{name}"));
        page.table(&format!("`linear::{name}`"), Unit::Relative, measured, REST)?;
    }
    let svg = with_bounds("Disagreement in d dimensions", SIZE_OF_VALUE, &different)?;
    page.picture(
        "agreement.svg",
        "errors of the disagreement in d dimensions and their bounds",
        &svg,
    )
}

pub(crate) fn write(page: &mut Page, tables: &Path) -> Result<(), Error> {
    optima(page, tables)?;
    rates(page, tables)
}
