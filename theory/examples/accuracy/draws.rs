//! Fresh draws, and attackers who try again.

use std::path::Path;

use gauss_sim_theory::fresh::Fresh;
use task::Eps;

use crate::Error;
use crate::common::{double, table};
use crate::page::{Measured, Page, Ranges, Unit};
use crate::plot::{SIZE_OF_VALUE, with_bounds};
use crate::results::{SIZES, margin, one};

const FRESH: &str = "\
## fresh

    pub fn accuracies(margin: &Margin, eps: Eps) -> Accuracies;     // a new θ for the attacked input
    pub fn both_correct(margin: &Margin, eps: Eps) -> Bounded;      // P[right on both]

- *Accuracy.* Promised: 1e-12 relative wherever the result is a normal double, and a bound with each value.
- *Method.* Given the input the two judgements are independent: the product of two probabilities of a majority,
  by the trapezoidal rule over the input where they do not rise too sharply, and by adaptive Gauss–Kronrod in
  distances from the peak elsewhere. The success rate is an integral of its own.
- *Testing.* One draw against Plackett's integral over the correlation, votes against an integral over the
  medians, in 55 to 70 digits; up to 10 001 votes. Arguments are mean, data_std, offset, sigma, votes, eps.

Relative errors, by the size of the result:
";

const PERSISTENT: &str = "\
## persistent

    impl Fresh {
        pub fn persistent(margin: &Margin, tries: NonZeroU32) -> Self;    // then at(eps), both_correct(eps)
    }

- *Accuracy.* Promised: 1e-12 relative, 3e-12 below 1e-250, and a bound with each value.
- *Method.* As fresh, with the largest or the smallest of T medians in place of one.
- *Testing.* Two tries to a million, one vote to 1001, in high precision. Arguments are mean, data_std, offset,
  sigma, votes, tries, eps.

Relative errors, by the number T of tries:
";

const TRIES: Ranges = &[
    (5.5, "T from 1 to 5"),
    (500.0, "17 to 400"),
    (5000.0, "1000 and 3000"),
    (f64::INFINITY, "100 000 and 1 000 000"),
];

pub(crate) fn write(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(FRESH);
    let mut measured = [const { Vec::new() }; 3];
    for row in table(&tables.join("fresh.csv")) {
        let (fresh, eps) = (Fresh::new(&margin(&row)?), Eps::new(double(&row[5]))?);
        let found = fresh.at(eps);
        let each = [fresh.both_correct(eps), found.robust, found.attack_success_rate];
        for (i, found) in each.into_iter().enumerate() {
            let truth = &row[6 + i];
            measured[i].push(one(found, truth, double(truth), row[..6].join(", ")));
        }
    }
    let kinds = ["right on both", "robust accuracy", "attack success rate"];
    for (kind, measured) in kinds.iter().zip(&measured) {
        page.text(&format!("### Fresh: {kind}"));
        page.table(&format!("fresh: {kind}"), Unit::Relative, measured, SIZES)?;
    }
    let all: Vec<_> = measured.into_iter().flatten().collect();
    let svg = with_bounds("Fresh draws", SIZE_OF_VALUE, &all)?;
    page.picture("fresh.svg", "errors with fresh draws and their bounds", &svg)?;

    page.text(PERSISTENT);
    let mut measured = [const { Vec::new() }; 4];
    for row in table(&tables.join("persistent.csv")) {
        let (fresh, eps) =
            (Fresh::persistent(&margin(&row)?, row[5].parse()?), Eps::new(double(&row[6]))?);
        let found = fresh.at(eps);
        let each =
            [found.adversarial, fresh.both_correct(eps), found.robust, found.attack_success_rate];
        for (i, found) in each.into_iter().enumerate() {
            let tries = double(&row[5]);
            measured[i].push(one(found, &row[7 + i], tries, row[..7].join(", ")));
        }
    }
    let kinds = ["adversarial accuracy", "right on both", "robust accuracy", "attack success rate"];
    for (kind, measured) in kinds.iter().zip(&measured) {
        page.text(&format!("### Persistent: {kind}"));
        page.table(&format!("persistent: {kind}"), Unit::Relative, measured, TRIES)?;
    }
    let all: Vec<Measured> = measured.into_iter().flatten().collect();
    let svg = with_bounds("Several tries", SIZE_OF_VALUE, &all)?;
    page.picture("persistent.svg", "errors with several tries and their bounds", &svg)?;
    Ok(())
}
