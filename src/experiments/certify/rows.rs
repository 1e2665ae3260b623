//! The columns of certificates, and what is said of them.

use task::certify::Answers;
use task::range::short;

use super::CertifySpec;
use crate::columns;
use crate::table::column::Field;
use crate::table::schema::{Counted, Head, Rate, Schema, Shown, Shows, Variable};
use crate::table::{Cell, Column, ColumnKind, Columnar, Row, Table};

impl Field for Answers {
    const KIND: ColumnKind = ColumnKind::Whole;

    fn cell(self) -> Cell {
        Cell::Number(self.number())
    }
}

/// The two procedures, as rows name them.
pub(in crate::experiments) const CERTIFY: &str = "certify";
pub(in crate::experiments) const PREDICT: &str = "predict";

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// The class mean, in units of x.
        mean: f64 [-1e15, 1e15],
        /// The standard deviation of x given y, in units of x.
        data_std: f64 [0.0, 1e15],
        /// The mean of the noise, in units of x.
        shift: f64 [-1e15, 1e15],
        /// The k of the base classifier sgn(x − k), in units of x.
        threshold: f64 [-1e15, 1e15],
        /// P[y = 1].
        prior: f64 [0.0, 1.0],
        /// The standard deviation of the noise, in units of x.
        sigma: f64 [0.0, 1e15],
        /// How many noisy answers select the class (unused where n is inf); empty for predict.
        n0: Option<Answers> [1.0, f64::INFINITY],
        /// How many noisy answers are counted for the certificate; inf is the smoothed classifier itself.
        n: Answers [1.0, f64::INFINITY],
        /// The probability with which a certificate, or an answer of predict, may be wrong about the smoothed classifier.
        alpha: f64 [0.0, 0.5],
        /// The radius that is certified, in units of x. Empty for predict.
        radius: Option<f64> [0.0, 1e15],
        /// `certify` or `predict`.
        procedure: String,
        /// The mean certified radius of all samples, 0 of those without a right certificate, in units of x, exact. Empty for
        /// predict.
        average_certified_radius: Option<f64> [0.0, f64::INFINITY],
        /// The largest radius that n answers can certify, when all agree, in units of x; 0 where nothing is ever certified.
        /// Empty for predict.
        radius_max: Option<f64> [0.0, f64::INFINITY],
        /// The average certified radius of a classifier that always says the likelier class. Empty for predict.
        constant_radius: Option<f64> [0.0, f64::INFINITY],
        /// The adversarial accuracy of the smoothed classifier against a budget of radius, of all samples, exact: what
        /// infinitely many answers certify. Empty for predict.
        true_radius_accuracy: Option<f64> [0.0, 1.0],
        /// The limit of abstain as n grows with this n0, exact; empty for predict, and where n is inf.
        abstain_floor: Option<f64> [0.0, 1.0],
    }
}

/// The radius as a variable of rows.
pub(in crate::experiments) const RADIUS: Variable =
    Variable { name: "radius", symbol: "r", usual: 0.5 };
/// The noise.
pub(in crate::experiments) const SIGMA: Variable =
    Variable { name: "sigma", symbol: "σ", usual: 1.0 };

pub(super) fn schema() -> Schema {
    of_certificates(Keys::columns(), label)
}

/// The schema of rows with these keys, those of [`Keys`] from `sigma` on among them, and their label.
pub(in crate::experiments) fn of_certificates(
    keys: Vec<Column>,
    label: fn(&Row<'_>) -> String,
) -> Schema {
    let rate = |name, head, about, successes, trials, always_known| Rate {
        name,
        head,
        about,
        always_known,
        counted: Some(Counted { stem: name, successes, trials }),
    };
    let count =
        |(name, about): (&'static str, &'static str)| Column::new(name, ColumnKind::Count, about);
    let text = |head, latex, cell, shown| Head { head, latex, cell, shown };
    let number = |head: &'static str, cell: fn(&Row<'_>) -> Option<f64>| Head {
        head,
        latex: head,
        cell: Shows::Number(cell),
        shown: Shown::WhereThereIsAny,
    };
    Schema {
        file: "rows",
        keys,
        rates: vec![
            rate(
                "certified_accuracy",
                "certified",
                "P[the right class is certified at radius], exact; of all samples.",
                0,
                Some(4),
                false,
            ),
            rate(
                "right",
                "right",
                "P[answered rightly, with any radius], exact; of all samples.",
                1,
                None,
                true,
            ),
            rate(
                "wrong",
                "wrong",
                "P[answered wrongly, with any radius], exact; of all samples.",
                2,
                None,
                true,
            ),
            rate("abstain", "abstain", "P[not answered], exact; of all samples.", 3, None, true),
            rate(
                "certified_among_answered",
                "of answered",
                "P[the right class is certified at radius], exact; of the answered samples.",
                0,
                Some(5),
                false,
            ),
        ],
        counts: [
            ("certified", "Of the samples: the right class was certified at radius."),
            ("answered_right", "Of the samples: answered rightly."),
            ("answered_wrong", "Of the samples: answered wrongly."),
            ("abstained", "Of the samples: not answered."),
            ("certifiable", "Samples of which a certificate was asked: all, and 0 for predict."),
            ("answered", "Of these: answered, rightly or wrongly."),
        ]
        .map(count)
        .to_vec(),
        found: Vec::new(),
        label: ("procedure", label),
        variables: vec![SIGMA, RADIUS],
        shown: vec![
            text(
                "σ",
                "$\\sigma$",
                Shows::Text(|row| short(row.number("sigma"))),
                Shown::WhereItDiffers,
            ),
            text(
                "radius",
                "radius",
                Shows::Text(|row| row.maybe("radius").map_or_else(String::new, short)),
                Shown::WhereItDiffers,
            ),
        ],
        shown_behind: vec![
            number("truth", |row| row.maybe("true_radius_accuracy")),
            number("average radius", |row| row.maybe("average_certified_radius")),
            number("ceiling", |row| row.maybe("radius_max").filter(|radius| radius.is_finite())),
        ],
    }
}

/// A count, or ∞.
pub(in crate::experiments) fn answers(value: f64) -> String {
    if value.is_finite() { short(value) } else { "∞".to_owned() }
}

/// What sets the curves of a row apart from others: all but σ and the radius.
pub(in crate::experiments) fn label(row: &Row<'_>) -> String {
    let (n, alpha) = (answers(row.number("n")), short(row.number("alpha")));
    match row.maybe("n0") {
        Some(n0) => format!("certify (n = {n}; n₀ = {}; α = {alpha})", answers(n0)),
        None => format!("predict (n = {n}; α = {alpha})"),
    }
}

/// What was asked, in a line.
pub(super) fn caption(spec: &CertifySpec) -> String {
    let CertifySpec {
        sigma,
        n0,
        n,
        alpha,
        radius,
        mean,
        data_std,
        shift,
        threshold,
        prior,
        predict,
    } = spec;
    let asked = match predict {
        true => format!("PREDICT with n = {n}"),
        false => format!("CERTIFY with n0 = {n0}, n = {n}"),
    };
    let mut text = format!("{asked}, α = {alpha}, σ = {sigma}");
    if !predict {
        text += &format!(", radius = {radius}");
    }
    text += &format!("\nmean = {}, data_std = {}", short(*mean), short(*data_std));
    for (name, value, usual) in
        [("shift", shift, 0.0), ("threshold", threshold, 0.0), ("prior", prior, 0.5)]
    {
        if *value != usual {
            text += &format!(", {name} = {}", short(*value));
        }
    }
    text
}

/// Which numbers of answers are never enough.
pub(in crate::experiments) fn notes(table: &Table) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for row in table.iter().filter(|row| row.maybe("abstain") == Some(1.0)) {
        let (n, alpha) = (row.number("n"), row.number("alpha"));
        let (level, sides) = match row.word("procedure") {
            PREDICT => (0.5 * alpha, "the two-sided test of predict"),
            _ => (alpha, "the one-sided test of certify"),
        };
        // Where n of n agreeing answers are likelier than the level.
        let least = (-level.log2()).ceil();
        if 0.5f64.powf(n) > level {
            let (n, alpha) = (short(n), short(alpha));
            let note = format!(
                "n = {n}, alpha = {alpha}: always abstains, since even {n} agreeing answers prove nothing to {sides}; it takes \
                 {least} at least"
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
