//! The smallest number of answers for what is wanted, at each noise, selection and level.

use rayon::prelude::*;
use task::certify::Answers;
use task::range::{number, quote, short};
use task::spec::SpecError;
use theory::certify::{Certifier, MOST, Planned, Want, smallest};
use theory::math::bounded::Bounded;

use super::{CertifySpec, KIND};
use crate::columns;
use crate::experiment::Planner;
use crate::experiments::own;
use crate::table::Table;

/// What n is to be enough for, as it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted {
    /// `radius=R`: R can be certified at all.
    Radius(f64),
    /// `abstain=A`: at most A of all samples are not answered.
    Abstain(f64),
    /// `loss=L`: at most L of all samples could be certified at the question's radius, and are not.
    Loss(f64),
}

impl Wanted {
    /// Reads `radius=4`, `abstain=0.02` or `loss=0.01`. The message says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let right = "write radius=4, abstain=0.02 or loss=0.01";
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("{} is not possible: {right}", quote(text)))?;
        let value = number(value).map_err(|error| error.to_string())?;
        let share = value > 0.0 && value < 1.0;
        match name.trim() {
            "radius" if (0.0..=1e15).contains(&value) => Ok(Self::Radius(value)),
            "abstain" if share => Ok(Self::Abstain(value)),
            "loss" if share => Ok(Self::Loss(value)),
            "radius" => {
                Err(format!("{} is not possible: write a radius from 0 to 1e15", quote(text)))
            }
            "abstain" | "loss" => {
                Err(format!("{} is not possible: write a share between 0 and 1", quote(text)))
            }
            _ => Err(format!("{} is not known: {right}", quote(text))),
        }
    }
}

/// The planner.
pub static PLANNER: Planner = Planner {
    kind: &KIND,
    name: "n_for",
    placeholder: "radius=R|abstain=A|loss=L",
    help: "Instead: the smallest n for a radius, a share that abstains or a share that is lost",
    without: &["n"],
    table: |spec, wanted| {
        let wanted = Wanted::parse(wanted).map_err(|message| PLANNER.refused(message))?;
        (KIND.new)(spec)?; // its errors
        table(&own(spec)?, wanted)
    },
};

columns! {
    /// The number of answers that a goal needs.
    pub struct WantedRow {
        /// The standard deviation of the noise, in units of x.
        sigma: f64,
        /// How many noisy answers select the class.
        n0: Answers,
        /// How often a certificate may be wrong.
        alpha: f64,
        /// `radius`, `abstain` or `loss`.
        wanted: String,
        /// The radius that is wanted, or at which the loss is, in units of x; empty for abstain.
        radius: Option<f64>,
        /// The largest share of all samples that is wanted; empty for radius.
        most: Option<f64>,
        /// The smallest number of answers that is enough; empty where none is.
        n: Option<Answers>,
        /// The number from which on every number is enough; empty where none is known.
        n_from: Option<Answers>,
        /// The value that n answers reach: the largest radius, or the share that abstains or is lost.
        reached: Option<f64>,
        /// The limit of that value as n grows; infinite for a radius.
        limit: f64,
        /// Why no number is enough; empty where one is.
        impossible: Option<String>,
    }
}

/// What is found for every σ, n0 and α of a question, and every radius where it matters.
pub fn table(spec: &CertifySpec, wanted: Wanted) -> Result<Table, SpecError> {
    let mut asked = Vec::new();
    let radii = match wanted {
        Wanted::Loss(_) => spec.radius.values(),
        _ => &[0.0],
    };
    for &sigma in spec.sigma.values() {
        let smoothed = spec.smoothed(sigma)?;
        for &n0 in spec.n0.values() {
            for &alpha in spec.alpha.values() {
                let certifier = Certifier::new(&smoothed, n0, Answers::Limit, alpha);
                asked.extend(
                    radii.iter().map(|radius| (sigma, n0, alpha, *radius, certifier.clone())),
                );
            }
        }
    }
    let row = |(sigma, n0, alpha, radius, certifier): &(f64, Answers, f64, f64, Certifier)| {
        let (name, want, radius, most) = match wanted {
            Wanted::Radius(radius) => ("radius", Want::Radius(radius), Some(radius), None),
            Wanted::Abstain(most) => ("abstain", Want::Abstain(most), None, Some(most)),
            Wanted::Loss(most) => {
                ("loss", Want::Loss { radius: *radius, most }, Some(*radius), Some(most))
            }
        };
        let found = smallest(certifier, want);
        let count = |n: Option<u32>| n.and_then(|n| Answers::new(n.into()).ok());
        WantedRow {
            sigma: *sigma,
            n0: *n0,
            alpha: *alpha,
            wanted: name.to_owned(),
            radius,
            most,
            n: count(found.smallest),
            n_from: count(found.from),
            reached: found.reached.map(|reached| reached.value),
            limit: found.limit.value,
            impossible: found.smallest.is_none().then(|| why(&found, want, *n0)),
        }
    };
    Ok(Table::of("answers", asked.par_iter().map(row).collect::<Vec<_>>()))
}

/// Why no number of answers is enough.
fn why(found: &Planned, want: Want, n0: Answers) -> String {
    let Bounded { value: limit, .. } = found.limit;
    let floored = |what: &str, most: f64| match limit > most {
        true => format!(
            "impossible: a selection by n0 = {n0} answers alone leaves {what} above {limit:.6}, however large n is: raise n0"
        ),
        false => format!("no n up to {MOST} is enough: the limit is {limit:.6}"),
    };
    match want {
        Want::Radius(radius) => {
            format!("no n up to {MOST} is enough: radius {} takes a larger sigma", short(radius))
        }
        Want::Abstain(most) => floored("abstain", most),
        Want::Loss { most, .. } => floored("the loss", most),
    }
}

/// The answers in words, a line each.
#[must_use]
pub fn sentences(table: &Table) -> String {
    let several = table.len() > 1;
    let mut text = String::new();
    for row in table.iter() {
        let most = row.maybe("most").map(short).unwrap_or_default();
        let radius = row.maybe("radius").map(short).unwrap_or_default();
        let (what, is) = match row.word("wanted") {
            "radius" => (format!("radius {radius}"), "the ceiling there is"),
            "abstain" => (format!("abstain ≤ {most}"), "abstain there is"),
            _ => (format!("loss ≤ {most} at radius {radius}"), "the loss there is"),
        };
        let at = match several {
            true => format!(
                "σ = {}, n0 = {}, α = {}, ",
                short(row.number("sigma")),
                super::rows::answers(row.number("n0")),
                short(row.number("alpha"))
            ),
            false => String::new(),
        };
        text += &format!("{at}{what}: ");
        text += &match (row.maybe("n"), row.maybe("n_from")) {
            (Some(n), from) => {
                let on = match from {
                    Some(from) if from == n => "and every larger number does".to_owned(),
                    Some(from) => format!("every number from {from} on does"),
                    None => format!("not every number up to {MOST} does"),
                };
                let reached = row.maybe("reached").unwrap_or(f64::NAN);
                format!("n = {n} is the smallest number that does, {on}; {is} {reached:.6}\n")
            }
            (None, _) => row.word("impossible").to_owned() + "\n",
        };
    }
    text
}
