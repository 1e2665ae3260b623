//! The columns of certificates in d dimensions.

use task::certify::Answers;
use task::range::short;

use crate::columns;
use crate::experiments::certify::rows::{label as of_answers, of_certificates};
use crate::table::schema::{Head, Schema, Shown, Shows};
use crate::table::{Columnar, Row};

columns! {
    /// What a row is about, and the margin of one dimension to which weights of length 1 (in ℓ2) lead, so that the row can be
    /// asked for again: `gauss-sim certify --mean margin_mean --data-std margin_data_std --shift margin_offset …`.
    pub struct Keys {
        /// The number of coordinates d.
        dimension: usize,
        /// P[y = 1].
        prior: f64 [0.0, 1.0],
        /// The factor on the centred θ of the file in training.
        train_sigma: f64 [0.0, 1e15],
        /// The standard deviation of the smoothing noise in every direction, in units of x.
        sigma: f64 [0.0, 1e15],
        /// How many noisy answers select the class (unused where n is inf); empty for predict.
        n0: Option<Answers> [1.0, f64::INFINITY],
        /// How many noisy answers are counted for the certificate; inf is the smoothed classifier itself.
        n: Answers [1.0, f64::INFINITY],
        /// The probability with which a certificate, or an answer of predict, may be wrong about the smoothed classifier.
        alpha: f64 [0.0, 0.5],
        /// The radius that is certified, in ℓ2 and units of x. Empty for predict.
        radius: Option<f64> [0.0, 1e15],
        /// `certify` or `predict`.
        procedure: String,
        /// w·μ, for weights of length 1.
        margin_mean: f64,
        /// √(wᵀΣw).
        margin_data_std: f64 [0.0, f64::INFINITY],
        /// w·m + b.
        margin_offset: f64,
        /// The mean certified radius of all samples, 0 of those without a right certificate, in units of x, exact. Empty for
        /// predict.
        average_certified_radius: Option<f64> [0.0, f64::INFINITY],
        /// The largest radius that n answers can certify, when all agree, in units of x; 0 where nothing is ever certified.
        /// Empty for predict.
        radius_max: Option<f64> [0.0, f64::INFINITY],
        /// The average certified radius of a classifier that always says the likelier class. Empty for predict.
        constant_radius: Option<f64> [0.0, f64::INFINITY],
        /// The adversarial accuracy of the smoothed classifier against a budget of radius in ℓ2, of all samples, exact: what
        /// infinitely many answers certify. Empty for predict.
        true_radius_accuracy: Option<f64> [0.0, 1.0],
        /// The limit of abstain as n grows with this n0, exact; empty for predict, and where n is inf.
        abstain_floor: Option<f64> [0.0, 1.0],
        /// The largest adversarial accuracy of any classifier against a budget of radius in ℓ2 is at least this …
        optimum_low: Option<f64> [0.0, 1.0],
        /// … and at most this. Empty for predict.
        optimum_high: Option<f64> [0.0, 1.0],
        /// The middle of the two minus true_radius_accuracy: the gap to the optimum at this radius.
        gap: Option<f64> [-1.0, 1.0],
        /// The radius at which the smoothed classifier is the robust optimum, τ²‖w‖₂ of noise of τ in every direction; empty
        /// where the noise of training is not the same in every direction.
        optimal_radius: Option<f64> [0.0, 1e15],
    }
}

pub(super) fn schema() -> Schema {
    let mut schema = of_certificates(Keys::columns(), label);
    schema.shown_behind.push(Head {
        head: "optimum",
        latex: "optimum",
        cell: Shows::Number(|row| row.maybe("optimum_low")),
        shown: Shown::WhereThereIsAny,
    });
    schema
}

/// What sets the curves of a row apart from others: all but σ and the radius.
fn label(row: &Row<'_>) -> String {
    format!("τ = {}: {}", short(row.number("train_sigma")), of_answers(row))
}
