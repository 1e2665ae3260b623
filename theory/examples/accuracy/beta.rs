//! Beta tails and quantiles, binomial tails, and the limits that stand on them.

use std::path::Path;

use gauss_sim_theory::math::beta::Beta;
use gauss_sim_theory::math::binomial::Binomial;

use crate::Error;
use crate::common::{double, table};
use crate::page::{Measured, Page, Ranges, Unit, relative};
use crate::plot::{SIZE_OF_VALUE, signed};

const BETA: &str = "\
## beta

    impl Beta {
        pub fn tails_from_both(&self, x: f64, y: f64) -> Tails;    // both tails, both logarithms
        pub fn quantile(&self, lower: f64) -> Point;               // x and y = 1 − x
    }

- *Accuracy.* Promised: tails and logarithms 4e-15 relative, the quantile 2e-15 in both x and 1 − x.
- *Method.* Loader's saddle-point form, its deviance in double-double, times a continued fraction
  (DiDonato and Morris) or, near the mean of shapes above 100, a Gauss–Legendre integral; the quantile
  by Newton and Halley steps in the log-odds.
- *Testing.* Shapes from 1 to 2⁵², up to 38 standard deviations from the mean and at both ends; each
  oracle value found by two methods that agree to 45 digits, but for points within 1e-200 of an end.

Relative errors, by the larger shape:
";

const BINOMIAL: &str = "\
## binomial

    impl Binomial {
        pub fn cdf(&self, k: u64) -> f64;         // P[X ≤ k], and ln_cdf
        pub fn at_least(&self, k: u64) -> f64;    // P[X ≥ k], and ln_at_least
    }

- *Accuracy.* Promised: 4e-15 relative, each tail by itself.
- *Method.* Beta tails.
- *Testing.* 1 to 1e13 trials, probabilities from 1e-12 to 1 − 1e-12, counts up to 30 standard deviations
  from the mean. Arguments are trials, p, q, k.

Relative errors, by the number of trials:
";

const LIMITS: &str = "\
### Clopper–Pearson limits

    Beta::new(k, n − k + 1)?.quantile((1 − C)/2).x    // low; high is the failures' low, from 1

- *Testing.* Up to 2⁵³ trials, confidence C from 0.95 to 1 − 1e-9. Arguments are successes, trials, C.
";

const SHAPES: Ranges =
    &[(101.5, "up to 101"), (1e6 + 0.5, "1000 to 1e6"), (f64::INFINITY, "1e12 to 4.5e15")];
const TRIALS: Ranges =
    &[(1000.5, "1 to 1000"), (2e7, "5000 to 1e7"), (f64::INFINITY, "1e9 and more")];

/// Values without bounds, with what their plot needs.
fn one(found: f64, truth: &str, x: f64, at: &str) -> Measured {
    let place = -double(truth).abs().log10();
    let error = relative(found, truth);
    Measured { x, at: at.to_owned(), error, bound: f64::INFINITY, place }
}

fn beta(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(BETA);
    let (mut tails, mut logarithms) = (Vec::new(), Vec::new());
    for row in table(&tables.join("beta.csv")) {
        let [a, b, x, y] = [0, 1, 2, 3].map(|i| double(&row[i]));
        let found = Beta::new(a, b)?.tails_from_both(x, y);
        let at = row[..4].join(", ");
        for (found, column) in [(found.lower, 4), (found.upper, 5)] {
            tails.push(one(found, &row[column], a.max(b), &at));
        }
        for (found, column) in [(found.ln_lower, 6), (found.ln_upper, 7)] {
            logarithms.push(one(found, &row[column], a.max(b), &at));
        }
    }
    page.text("### Tails\n\nArguments are a, b, x, y.");
    page.table("beta: tails", Unit::Relative, &tails, SHAPES)?;
    let svg = signed(
        "Beta tails",
        SIZE_OF_VALUE,
        ("relative error (1e-16)", 1e-16, 1.11),
        &[("", &tails)],
    )?;
    page.picture("beta.svg", "errors of beta tails", &svg)?;
    page.text("### Logarithms of the tails");
    page.table("beta: logarithms of the tails", Unit::Relative, &logarithms, SHAPES)?;

    let mut quantiles = Vec::new();
    for row in table(&tables.join("beta_quantile.csv")) {
        let [a, b, lower] = [0, 1, 2].map(|i| double(&row[i]));
        let found = Beta::new(a, b)?.quantile(lower);
        let at = row[..3].join(", ");
        for (found, column) in [(found.x, 3), (found.y, 4)] {
            quantiles.push(one(found, &row[column], a.max(b), &at));
        }
    }
    page.text("### Quantile\n\nBoth x and 1 − x. Arguments are a, b, lower.");
    page.table("beta: quantile", Unit::Relative, &quantiles, SHAPES)
}

fn binomial(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(BINOMIAL);
    let (mut tails, mut logarithms) = (Vec::new(), Vec::new());
    for row in table(&tables.join("binomial.csv")) {
        let (trials, k) = (row[0].parse()?, row[3].parse()?);
        let law = Binomial::from_both(trials, double(&row[1]), double(&row[2]))?;
        let (x, at) = (double(&row[0]), row[..4].join(", "));
        for (found, column) in [(law.cdf(k), 4), (law.at_least(k), 5)] {
            tails.push(one(found, &row[column], x, &at));
        }
        for (found, column) in [(law.ln_cdf(k), 6), (law.ln_at_least(k), 7)] {
            logarithms.push(one(found, &row[column], x, &at));
        }
    }
    page.text("### Tails");
    page.table("binomial: tails", Unit::Relative, &tails, TRIALS)?;
    page.text("### Logarithms of the tails");
    page.table("binomial: logarithms of the tails", Unit::Relative, &logarithms, TRIALS)
}

fn limits(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(LIMITS);
    let mut limits = Vec::new();
    for row in table(&tables.join("clopper_pearson.csv")) {
        let [successes, trials, confidence] = [0, 1, 2].map(|i| double(&row[i]));
        let tail = 0.5 * (1.0 - confidence);
        let (x, at) = (trials, row[..3].join(", "));
        // no success has the limit 0, no failure 1, without any computing
        if successes > 0.0 {
            let low = Beta::new(successes, trials - successes + 1.0)?.quantile(tail).x;
            limits.push(one(low, &row[3], x, &at));
        }
        if successes < trials {
            let high = Beta::new(trials - successes, successes + 1.0)?.quantile(tail).y;
            limits.push(one(high, &row[4], x, &at));
        }
    }
    page.table("Clopper–Pearson limits", Unit::Relative, &limits, TRIALS)
}

pub(crate) fn write(page: &mut Page, tables: &Path) -> Result<(), Error> {
    beta(page, tables)?;
    binomial(page, tables)?;
    limits(page, tables)
}
