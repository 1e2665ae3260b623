//! Accuracies in closed form, votes by quadrature, invariance and its slope, with their bounds.

use std::path::Path;

use gauss_sim_theory::accuracy::{Accuracies, accuracies};
use gauss_sim_theory::invariance::{disagreement, invariance, slope_in_threshold};
use gauss_sim_theory::math::bounded::Bounded;
use task::{Eps, Margin, Task, Votes};

use crate::Error;
use crate::common::{double, table};
use crate::page::{Measured, Page, Ranges, Unit, relative};
use crate::plot::{SIZE_OF_VALUE, signed, with_bounds};

const CLOSED: &str = "\
## accuracy

    pub fn accuracies(margin: &Margin, eps: Eps) -> Accuracies;
    // clean A(0), adversarial A(ε), robust A(ε)/A(0), attack_success_rate P[0 < m ≤ ε]/A(0)

- *Accuracy.* Promised: 4e-15 relative where the accuracy is above 0.001, 1e-13 everywhere, and a bound
  with each value.
- *Method.* ½[Φ(·) + Φ(·)], arguments in double-double; ratios through logarithms where both sides
  underflow; the success rate as the mass of an interval, not as a difference.
- *Testing.* No defense, one draw, two draws, and the limit of many; sigma from 0 to 1e6, eps from 0 to
  40, means at which everything underflows. Arguments are mean, data_std, offset, sigma, votes, eps.

Relative errors, by the size of the result:
";

const VOTED: &str = "\
## vote

    pub fn accuracies(margin: &Margin, eps: Eps) -> Accuracies;    // votes from 3 to 1e6
    pub fn median_density(votes: NonZeroU32, w: f64) -> f64;

- *Accuracy.* Promised: 1e-12 relative, and a bound with each value: what the quadrature left, what was
  cut off, and rounding.
- *Method.* The majority of n is decided by the median of n normals: the trapezoidal rule over its density
  times Φ, whose error is known in advance; adaptive 21-point Gauss–Kronrod, in distances from the peak, where
  Φ rises much more sharply, and far in the tail.
- *Testing.* Against an integral over the input of binomial sums, in 80 digits: one to a million votes,
  sigma/data_std from 1e-7 to 2e6, accuracies down to 1e-300 and below. Arguments as above.

Relative errors, by the number n of votes:
";

const INVARIANCE: &str = "\
## invariance

    pub fn invariance(margin: &Margin) -> Bounded;      // R, from ½ to 1
    pub fn disagreement(margin: &Margin) -> Bounded;    // 1 − R

- *Accuracy.* Promised: R within 1e-13, 1 − R within 1e-12 relative however small it is, and a bound with
  each value.
- *Method.* As votes, with the mass of an interval in place of Φ; closed without spread.
- *Testing.* As votes. Arguments are mean, data_std, offset, sigma, votes.

Relative errors, by the size of 1 − R:
";

const SLOPE: &str = "\
## slope of the invariance

    pub fn slope_in_threshold(margin: &Margin) -> Bounded;      // dR/dk

- *Accuracy.* Promised: 1e-14 relative for one draw and without spread, 1e-12 for votes, and a bound with
  each value.
- *Method.* One draw: a sum of positive terms with the mass of an interval of Φ. Votes: half a line of
  density times the difference of two densities, as a factor 1 − exp(−Δ) that keeps its digits.
- *Testing.* Against other integrals in high precision, offsets of both signs, sigma/data_std from 0.01 to
  100. Arguments are mean, data_std, offset, sigma, votes.

Relative errors, by the number n of votes:
";

pub(crate) const SIZES: Ranges = &[
    (f64::MIN_POSITIVE, "below 2.2e-308"),
    (1e-100, "2.2e-308 to 1e-100 (tail)"),
    (1e-3, "1e-100 to 0.001 (tail)"),
    (f64::INFINITY, "0.001 to 1 (centre)"),
];
const REST: Ranges = &[
    (f64::MIN_POSITIVE, "1 − R below 2.2e-308"),
    (1e-6, "2.2e-308 to 1e-6"),
    (1e-2, "1e-6 to 0.01"),
    (f64::INFINITY, "0.01 to ½"),
];
const SLOPES: Ranges = &[
    (2.5, "no quadrature: n ≤ 2 or sigma = 0"),
    (11.5, "n from 3 to 11"),
    (f64::INFINITY, "31 and 101"),
];
/// By votes; 0 stands for what needs no quadrature.
const NUMBERS: Ranges = &[
    (2.5, "no quadrature: n ≤ 2 or sigma = 0"),
    (11.5, "n from 3 to 11"),
    (101.5, "12 to 101"),
    (1001.5, "301 to 1001"),
    (1e5, "10 001"),
    (f64::INFINITY, "999 999 and 1 000 000"),
];

/// The margin of a row, by its first five columns.
pub(crate) fn margin(row: &[String]) -> Result<Margin, Error> {
    let [mean, data_std, offset, sigma] = [0, 1, 2, 3].map(|i| double(&row[i]));
    let votes = if row[4] == "inf" { Votes::Limit } else { Votes::new(row[4].parse()?)? };
    Ok(Margin::new(Task::new(mean, data_std)?, offset, sigma, votes)?)
}

/// One value against the truth: in a range by `x`, in a plot by the truth's −log10.
pub(crate) fn one(found: Bounded, truth: &str, x: f64, at: String) -> Measured {
    let exact = double(truth);
    let bound = found.error / exact.abs().max(f64::MIN_POSITIVE);
    let error = relative(found.value, truth);
    Measured { x, at, error, bound, place: -exact.abs().log10() }
}

/// What is in the range of a row: its result's size, or its number of votes.
type Placing = fn(row: &[String], truth: f64) -> f64;

fn size(_: &[String], truth: f64) -> f64 {
    truth
}

fn number(row: &[String], _: f64) -> f64 {
    if double(&row[3]) == 0.0 { 0.0 } else { double(&row[4]) }
}

/// Accuracies, robust accuracies and success rates of a table with these columns from the seventh.
/// At ε = 0 only A(0) counts, since the others are that or known beforehand.
fn results(tables: &Path, file: &str, placing: Placing) -> Result<[Vec<Measured>; 3], Error> {
    let mut measured = [const { Vec::new() }; 3];
    for row in table(&tables.join(file)) {
        let eps = Eps::new(double(&row[5]))?;
        let Accuracies { clean, adversarial, robust, attack_success_rate } =
            accuracies(&margin(&row)?, eps);
        let found = [(0, clean), (0, adversarial), (1, robust), (2, attack_success_rate)];
        let many = if eps == Eps::ZERO { 1 } else { found.len() };
        for (column, &(kind, found)) in found[..many].iter().enumerate() {
            let truth = &row[6 + column];
            let budget = if column == 0 { "0" } else { &row[5] };
            let at = format!("{}, {budget}", row[..5].join(", "));
            measured[kind].push(one(found, truth, placing(&row, double(truth)), at));
        }
    }
    Ok(measured)
}

const KINDS: [&str; 3] = [
    "clean and adversarial accuracy, A(0) and A(ε)",
    "robust accuracy, A(ε)/A(0)",
    "attack success rate, P[0 < m ≤ ε]/A(0)",
];

pub(crate) fn write(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(CLOSED);
    let closed = results(tables, "accuracy.csv", size)?;
    for (kind, measured) in KINDS.iter().zip(&closed) {
        page.text(&format!("### Closed: {kind}"));
        page.table(&format!("closed: {kind}"), Unit::Relative, measured, SIZES)?;
    }
    let [accuracy, robust, success] = &closed;
    let svg = signed(
        "Closed forms",
        SIZE_OF_VALUE,
        ("relative error (1e-16)", 1e-16, 1.11),
        &[("accuracy", accuracy), ("robust", robust), ("success rate", success)],
    )?;
    page.picture("closed.svg", "errors of the closed forms", &svg)?;

    page.text(VOTED);
    let voted = results(tables, "vote.csv", number)?;
    for (kind, measured) in KINDS.iter().zip(&voted) {
        page.text(&format!("### Votes: {kind}"));
        page.table(&format!("votes: {kind}"), Unit::Relative, measured, NUMBERS)?;
    }
    let quadratures: Vec<_> = voted.into_iter().flatten().filter(|m| m.x > 2.0).collect();
    let svg = with_bounds("Votes by quadrature", SIZE_OF_VALUE, &quadratures)?;
    page.picture("votes.svg", "errors of votes and their bounds", &svg)?;

    page.text(INVARIANCE);
    let (mut whole, mut rest) = (Vec::new(), Vec::new());
    for row in table(&tables.join("invariance.csv")) {
        let (margin, at) = (margin(&row)?, row[..5].join(", "));
        let x = double(&row[6]);
        whole.push(one(invariance(&margin), &row[5], x, at.clone()));
        rest.push(one(disagreement(&margin), &row[6], x, at));
    }
    for (name, measured) in [("invariance", &whole), ("disagreement", &rest)] {
        page.text(&format!("### invariance::{name}"));
        page.table(&format!("`invariance::{name}`"), Unit::Relative, measured, REST)?;
    }
    let svg = with_bounds("Disagreement, 1 − R", SIZE_OF_VALUE, &rest)?;
    page.picture("disagreement.svg", "errors of the disagreement and their bounds", &svg)?;

    page.text(SLOPE);
    let mut slopes = Vec::new();
    for row in table(&tables.join("invariance_slope.csv")) {
        let (found, at) = (slope_in_threshold(&margin(&row)?), row[..5].join(", "));
        let exact = double(&row[5]);
        slopes.push(one(found, &row[5], number(&row, exact), at));
    }
    page.table("`invariance::slope_in_threshold`", Unit::Relative, &slopes, SLOPES)?;
    let svg = with_bounds("Slope of the invariance, dR/dk", SIZE_OF_VALUE, &slopes)?;
    page.picture("slope.svg", "errors of the slope of the invariance and their bounds", &svg)?;
    Ok(())
}
