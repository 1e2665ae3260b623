//! The question, as it is asked.

use task::Norm;
use task::certify::AnswerList;
use task::fit::Shrinkage;
use task::range::{Probability, Range, VoteList};

use super::data::{DataFile, HeldOut, Pair};
use crate::experiments::grid::RANGE_HELP;
use crate::run::plan::Seed;

/// The heading of flags about certificates.
const CERTIFICATES: &str = "Certificates";

task::spec! {
    /// The task of some features, and the accuracies of held-out rows.
    pub struct FeaturesSpec = "features" {
        features: DataFile {
            default: "", placeholder: "FEATURES", positional: true,
            help: "The features, a row each: .npy, .npz (features or X), safetensors, or text with any usual separator"
        }
        labels: Option<DataFile> {
            default: "", placeholder: "FILE",
            help: "Their labels, integers or strings; of an .npz, labels or y [default: those beside the features]"
        }
        classes: Option<Pair> {
            default: "", placeholder: "A,B",
            help: "The two classes, of labels with more: A is −1, B is +1 [default: both, in order]"
        }
        test: HeldOut {
            default: "0.5", placeholder: "SHARE|FILE",
            help: "Which rows are held out: a share of all, chosen at random, or the rows of another file"
        }
        test_labels: Option<DataFile> {
            default: "", placeholder: "FILE",
            help: "The labels of --test FILE [default: those beside its features]"
        }
        seed: Seed {
            default: "1", placeholder: "NUMBER",
            help: "The seed of the choice of held-out rows"
        }
        shrinkage: Shrinkage {
            default: "lw", placeholder: "lw|oas|none|NUMBER",
            help: "How the covariance is shrunk: Ledoit–Wolf, OAS, not at all, or by a number from 0 to 1"
        }
        norm: Norm {
            default: "2", placeholder: "P",
            help: "The norm of the adversary's budget: 2, inf, 1, or any p ≥ 1"
        }
        eps: Option<Range> {
            default: "", placeholder: "RANGE",
            help: "The adversary's budget ε, in units of the features [default: 11 from 0 to where 5% is left]",
            long_help: RANGE_HELP
        }
        sigma: Range {
            default: "0", placeholder: "RANGE",
            help: "The standard deviation of noise on every feature: a number or a range"
        }
        votes: VoteList {
            default: "1,11", placeholder: "VOTES",
            help: "How many noisy answers vote, where sigma is above 0: 11, or 1,11,101,inf"
        }
        n: Option<AnswerList> {
            default: "", placeholder: "COUNTS", heading: CERTIFICATES,
            help: "How many noisy answers are counted for a certificate, in the norm 2 [default: none are asked for]"
        }
        n0: AnswerList {
            default: "100", placeholder: "COUNTS", heading: CERTIFICATES,
            help: "How many select its class"
        }
        alpha: f64 {
            default: "0.001", placeholder: "NUMBER", heading: CERTIFICATES,
            help: "How often it may be wrong"
        }
        confidence: Probability {
            default: "0.95", placeholder: "PROBABILITY",
            help: "The confidence of every interval, and of the band: 0.95, or 95%"
        }
    }
}

impl FeaturesSpec {
    /// The same with the checksums of its files.
    pub(super) fn summed(&self) -> Result<Self, String> {
        let summed = |file: &Option<DataFile>| file.as_ref().map(DataFile::summed).transpose();
        let mut own = self.clone();
        own.features = self.features.summed()?;
        own.labels = summed(&self.labels)?;
        own.test_labels = summed(&self.test_labels)?;
        if let HeldOut::File(file) = &self.test {
            own.test = HeldOut::File(file.summed()?);
        }
        Ok(own)
    }
}
