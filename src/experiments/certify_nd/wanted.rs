//! The smallest number of answers for what is wanted, in d dimensions, for each noise of training.

use task::certify::Answers;
use task::spec::SpecError;

use super::{CertifyNd, CertifyNdSpec, KIND};
use crate::columns;
use crate::experiment::Planner;
use crate::experiments::certify::wanted::{PLANNER as ONE_DIMENSION, Wanted, WantedRow, sentences};
use crate::experiments::own;
use crate::table::{Columnar, Table};

/// The planner: that of one dimension, for every margin.
pub static PLANNER: Planner = Planner {
    kind: &KIND,
    table: |spec, wanted| {
        let wanted = Wanted::parse(wanted).map_err(|message| PLANNER.refused(message))?;
        table(&own(spec)?, wanted)
    },
    name: ONE_DIMENSION.name,
    placeholder: ONE_DIMENSION.placeholder,
    help: ONE_DIMENSION.help,
    without: ONE_DIMENSION.without,
    said: |spec, wanted| Ok(sentences(&(PLANNER.table)(spec, wanted)?)),
};

columns! {
    /// The training of the classifier that the answers are about.
    pub struct Trained {
        /// The factor on the centred θ of the file in training.
        train_sigma: f64,
    }
}

/// What is found for every τ, σ, n0 and α of a question, and every radius where it matters.
pub fn table(spec: &CertifyNdSpec, wanted: Wanted) -> Result<Table, SpecError> {
    // The number of answers is what is looked for.
    let spec = CertifyNdSpec { n: Answers::Limit.into(), predict: false, ..spec.clone() };
    let experiment = CertifyNd::new(spec)?;
    let mut table = Table::new("answers", [Trained::columns(), WantedRow::columns()].concat());
    for (point, row) in experiment.points().wanted(wanted) {
        let train_sigma = experiment.bases[experiment.of[point]].train_sigma;
        table.push(Trained { train_sigma }.cells().into_iter().chain(row.cells()));
    }
    Ok(table)
}
