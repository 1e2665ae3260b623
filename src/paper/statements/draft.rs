//! A statement before it is decided: its prediction, and the cases to try.

use super::super::ask::Ask;
use crate::check::clopper_pearson;
use crate::paper::CONFIDENCE;
use crate::table::Row;

/// Two exact values that differ by at most this count as equal: their errors are about a thousand times smaller.
pub(super) const RESOLUTION: f64 = 1e-9;

/// A statement, and the cases in which it is tried.
pub(super) struct Draft {
    pub(super) name: &'static str,
    /// The sentence, in the words of this program.
    pub(super) says: &'static str,
    /// Where it holds, or what it is based on.
    pub(super) condition: String,
    pub(super) cases: Vec<CaseDraft>,
}

/// A question whose answer has two numbers, and the predicted relation between them.
pub(super) struct CaseDraft {
    /// The case in words, with the prediction.
    pub(super) what: &'static str,
    pub(super) ask: Ask,
    pub(super) first: Side,
    pub(super) predicted: Relation,
    pub(super) second: Side,
    /// A number that explains the two.
    pub(super) beside: Option<Side>,
}

/// The relation between two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Relation {
    /// The first is smaller.
    Less,
    /// The first is not larger.
    AtMost,
    /// They differ by at most this.
    Within(f64),
}

impl Relation {
    /// Returns whether the relation holds for exact values.
    pub(super) fn holds(self, first: f64, second: f64) -> bool {
        match self {
            Self::Less => first < second - RESOLUTION,
            Self::AtMost => first <= second + RESOLUTION,
            Self::Within(width) => (first - second).abs() <= width + RESOLUTION,
        }
    }

    /// Returns the relation in words, to be placed between the two numbers.
    pub(super) fn words(self) -> String {
        match self {
            Self::Less => "less than".to_owned(),
            Self::AtMost => "at most".to_owned(),
            Self::Within(0.0) => "the same as".to_owned(),
            Self::Within(width) => format!("within {width} of"),
        }
    }
}

/// A number of a row.
#[derive(Clone, Copy)]
pub(super) struct Side {
    /// The name of the number.
    pub(super) what: &'static str,
    /// Selects the row: the first for which this is true.
    pub(super) row: fn(&Row<'_>) -> bool,
    pub(super) of: Of,
}

/// The number to take from a row.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// A column that is not a rate, such as `optimum`.
    Column(&'static str),
    /// A rate, and the stem of the columns of its interval.
    Rate(&'static str, &'static str),
    /// robust_accuracy × clean_accuracy, the share of all samples that are right on both inputs.
    Both,
}

pub(super) const CLEAN: Of = Of::Rate("clean_accuracy", "clean");
pub(super) const ADVERSARIAL: Of = Of::Rate("adversarial_accuracy", "adversarial");
pub(super) const ROBUST: Of = Of::Rate("robust_accuracy", "robust");
pub(super) const INVARIANCE: Of = Of::Rate("invariance", "invariance");

impl Of {
    /// Returns the exact value, if it is known.
    pub(super) fn exact(self, row: &Row<'_>) -> Option<f64> {
        match self {
            Self::Column(name) | Self::Rate(name, _) => row.maybe(name),
            Self::Both => Some(row.maybe("robust_accuracy")? * row.maybe("clean_accuracy")?),
        }
    }

    /// Returns the estimate with its interval, if the row was simulated.
    pub(super) fn simulated(self, row: &Row<'_>) -> Option<[f64; 3]> {
        match self {
            Self::Column(_) => None,
            Self::Rate(name, stem) => {
                let [low, high] = ["low", "high"].map(|end| row.maybe(&format!("mc_{stem}_{end}")));
                Some([row.maybe(&format!("mc_{name}"))?, low?, high?])
            }
            Self::Both => {
                let (both, samples) = (row.count("both_correct")?, row.count("samples")?);
                let interval = clopper_pearson(both, samples, CONFIDENCE.get())?;
                Some([both as f64 / samples as f64, interval.low, interval.high])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_differ_by_less_than_can_be_told_are_equal() {
        let near = 0.5 + 0.5 * RESOLUTION;
        assert!(!Relation::Less.holds(0.5, near) && Relation::Less.holds(0.5, 0.5 + 1e-8));
        assert!(Relation::AtMost.holds(near, 0.5) && !Relation::AtMost.holds(0.5 + 1e-8, 0.5));
        let same = Relation::Within(0.0);
        assert!(same.holds(0.5, near) && same.holds(near, 0.5) && !same.holds(0.5, 0.5 + 1e-8));
        assert!(
            Relation::Within(0.01).holds(0.51, 0.5) && !Relation::Within(0.01).holds(0.5, 0.52)
        );
    }
}
