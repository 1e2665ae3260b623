//! The one output schema: a row is one stage at one (sigma, eps), exact beside simulated.
//!
//! The keys, in this order, are the columns of every CSV file and the members of every JSON row.
//! A value that does not apply, or was not simulated, is empty in CSV and null in JSON. Numbers are
//! written in the shortest form that reads back exactly.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use theory::accuracy::Accuracies;
use theory::bounded::Bounded;
use theory::task::{Defense, Draws, Stage, Task, Votes};

use crate::check::{self, Estimate};
use crate::engine;

/// One stage at one (sigma, eps).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// `undefended`, `defended`, `trained` or `voted`.
    pub stage: StageName,
    /// The class mean: x given y ~ N(y·mean, noise²).
    pub mean: f64,
    /// The standard deviation of x given y.
    pub noise: f64,
    /// The mean of θ.
    pub shift: f64,
    /// The standard deviation of θ. An undefended row has the sigma of the rows it stands beside.
    pub sigma: f64,
    /// The k of sgn(x + θ − k); empty where there is no θ.
    pub threshold: Option<f64>,
    /// How many θ vote; empty where there is no vote.
    pub votes: Option<VotesCell>,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: DrawsCell,
    /// The adversary's budget.
    pub eps: f64,
    /// P[correct on x], exact.
    pub clean_accuracy: f64,
    /// P[correct on x − yε, in every try], exact, unconditional.
    pub adversarial_accuracy: f64,
    /// P[correct on both]/P[correct on x], exact.
    pub robust_accuracy: f64,
    /// 1 − robust_accuracy, exact.
    pub attack_success_rate: f64,
    /// P[the prediction is sgn(x)], exact.
    pub invariance: f64,
    /// How many samples were drawn.
    pub samples: Option<u64>,
    /// Of the samples: correct on x.
    pub clean_correct: Option<u64>,
    /// Of the samples: correct on x and on x − yε.
    pub both_correct: Option<u64>,
    /// Of the samples: correct on x − yε.
    pub adversarial_correct: Option<u64>,
    /// Of the samples: the prediction on x is sgn(x).
    pub invariant: Option<u64>,
    /// clean_correct/samples.
    pub mc_clean_accuracy: Option<f64>,
    /// Its exact interval: lower limit.
    pub mc_clean_low: Option<f64>,
    /// Upper limit.
    pub mc_clean_high: Option<f64>,
    /// adversarial_correct/samples.
    pub mc_adversarial_accuracy: Option<f64>,
    /// Its exact interval: lower limit.
    pub mc_adversarial_low: Option<f64>,
    /// Upper limit.
    pub mc_adversarial_high: Option<f64>,
    /// both_correct/clean_correct; empty where no sample is correct on x.
    pub mc_robust_accuracy: Option<f64>,
    /// Its exact interval, conditional on clean_correct: lower limit.
    pub mc_robust_low: Option<f64>,
    /// Upper limit.
    pub mc_robust_high: Option<f64>,
    /// invariant/samples.
    pub mc_invariance: Option<f64>,
    /// Its exact interval: lower limit.
    pub mc_invariance_low: Option<f64>,
    /// Upper limit.
    pub mc_invariance_high: Option<f64>,
    /// The p-value of the row's tests together: see [`check::combine`].
    pub p_value: Option<f64>,
    /// Whether the row agrees at the run's alpha, shared by all rows.
    pub agrees: Option<bool>,
}

/// The tests of a simulated row: clean, adversarial, robust accuracy, invariance.
pub const TESTS: usize = 4;

/// The counts behind one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCounts {
    /// The denominator of all but robust accuracy.
    pub samples: u64,
    /// Correct on x.
    pub clean: u64,
    /// Correct on both: of `clean`, the robust ones.
    pub both: u64,
    /// Correct on x − yε.
    pub adversarial: u64,
    /// The prediction is sgn(x).
    pub invariant: u64,
}

/// The exact values behind one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// Accuracies with and without the adversary.
    pub accuracies: Accuracies,
    /// The rate of invariance.
    pub invariance: Bounded,
    /// How θ is drawn for the attacked input.
    pub draws: Draws,
}

/// One of a row's tests: so many successes of so many trials against a closed form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The count.
    pub successes: u64,
    /// Its denominator.
    pub trials: u64,
    /// What theory says the rate is.
    pub expected: Bounded,
}

impl Exact {
    /// What the counts are compared with, in the order of the row: clean, adversarial, robust,
    /// invariance. The error of each is that of the closed form and what the sampler's bias
    /// ([`engine::bias`]) can make of it: an invariance joins two events, each with its own bias, and so
    /// do the correct on both that a robust accuracy puts in proportion to the clean.
    #[must_use]
    pub fn tests(&self, counts: &RowCounts) -> [Test; TESTS] {
        let Accuracies { clean, adversarial, robust, .. } = self.accuracies;
        let (once, attacked) = (engine::BIAS, engine::bias(self.draws));
        let test = |successes, trials, expected: Bounded, bias: f64| {
            let error = (expected.error + bias).min(1.0); // the clean accuracy may be 0
            Test { successes, trials, expected: Bounded { error, ..expected } }
        };
        let both = once + attacked + robust.value * once;
        [
            test(counts.clean, counts.samples, clean, once),
            test(counts.adversarial, counts.samples, adversarial, attacked),
            test(counts.both, counts.clean, robust, both / clean.value),
            test(counts.invariant, counts.samples, self.invariance, 2.0 * once),
        ]
    }
}

impl Row {
    /// A row of exact values, nothing simulated.
    #[must_use]
    pub fn exact(task: &Task, defense: &Defense, stage: &Stage, eps: f64, exact: &Exact) -> Self {
        Self {
            stage: StageName::of(stage),
            mean: task.mean(),
            noise: task.noise(),
            shift: defense.shift(),
            sigma: defense.sigma(),
            threshold: stage.threshold(defense),
            votes: match stage {
                Stage::Voted { votes } => Some(VotesCell(*votes)),
                _ => None,
            },
            draws: DrawsCell(exact.draws),
            eps,
            clean_accuracy: exact.accuracies.clean.value,
            adversarial_accuracy: exact.accuracies.adversarial.value,
            robust_accuracy: exact.accuracies.robust.value,
            attack_success_rate: exact.accuracies.attack_success_rate.value,
            invariance: exact.invariance.value,
            samples: None,
            clean_correct: None,
            both_correct: None,
            adversarial_correct: None,
            invariant: None,
            mc_clean_accuracy: None,
            mc_clean_low: None,
            mc_clean_high: None,
            mc_adversarial_accuracy: None,
            mc_adversarial_low: None,
            mc_adversarial_high: None,
            mc_robust_accuracy: None,
            mc_robust_low: None,
            mc_robust_high: None,
            mc_invariance: None,
            mc_invariance_low: None,
            mc_invariance_high: None,
            p_value: None,
            agrees: None,
        }
    }

    /// The row with its simulated part: counts, estimates with intervals, and the row's p-value.
    /// `agrees` is for the run to say, which knows how many rows share its alpha.
    #[must_use]
    pub fn simulated(mut self, exact: &Exact, counts: &RowCounts, confidence: f64) -> Self {
        let tests = exact.tests(counts);
        let p_values = tests.map(|t| {
            Some(check::p_value(t.successes, t.trials, t.expected.value, t.expected.error))
        });
        let [clean, adversarial, robust, invariance] =
            tests.map(|t| Columns::of(Estimate::new(t.successes, t.trials, confidence)));
        self.samples = Some(counts.samples);
        self.clean_correct = Some(counts.clean);
        self.both_correct = Some(counts.both);
        self.adversarial_correct = Some(counts.adversarial);
        self.invariant = Some(counts.invariant);
        (self.mc_clean_accuracy, self.mc_clean_low, self.mc_clean_high) = clean.0;
        (self.mc_adversarial_accuracy, self.mc_adversarial_low, self.mc_adversarial_high) =
            adversarial.0;
        (self.mc_robust_accuracy, self.mc_robust_low, self.mc_robust_high) = robust.0;
        (self.mc_invariance, self.mc_invariance_low, self.mc_invariance_high) = invariance.0;
        self.p_value = check::combine(&p_values);
        self
    }
}

/// An estimate as three columns.
struct Columns((Option<f64>, Option<f64>, Option<f64>));

impl Columns {
    fn of(estimate: Option<Estimate>) -> Self {
        Self((estimate.map(|e| e.value), estimate.map(|e| e.low), estimate.map(|e| e.high)))
    }
}

/// The name of a stage, without its parameters.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum StageName {
    /// sgn(x)
    Undefended,
    /// sgn(x + θ − k), k from --threshold
    Defended,
    /// sgn(x + θ − shift)
    Trained,
    /// the majority of --votes trained draws
    Voted,
}

impl StageName {
    /// All four, in the order of the paper's argument.
    pub const ALL: [Self; 4] = [Self::Undefended, Self::Defended, Self::Trained, Self::Voted];

    fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Undefended => Self::Undefended,
            Stage::Defended { .. } => Self::Defended,
            Stage::Trained => Self::Trained,
            Stage::Voted { .. } => Self::Voted,
        }
    }

    /// The name as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended => "defended",
            Self::Trained => "trained",
            Self::Voted => "voted",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How θ is drawn for the clean and the attacked input, in a row: `same`, `fresh` or `persistent=5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawsCell(pub Draws);

impl fmt::Display for DrawsCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for DrawsCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DrawsCell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(de::Error::custom)
    }
}

/// A number of votes in a row: a whole number, or `inf`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotesCell(pub Votes);

impl fmt::Display for VotesCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for VotesCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Votes::Finite(n) => serializer.serialize_u32(n.get()),
            Votes::Limit => serializer.serialize_str("inf"),
        }
    }
}

impl<'de> Deserialize<'de> for VotesCell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Cell;
        impl Visitor<'_> for Cell {
            type Value = VotesCell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of votes, or inf")
            }

            fn visit_u64<E: de::Error>(self, votes: u64) -> Result<VotesCell, E> {
                Votes::new(votes).map(VotesCell).map_err(E::custom)
            }

            // A CSV reader that guesses types takes `inf` for a float.
            fn visit_f64<E: de::Error>(self, votes: f64) -> Result<VotesCell, E> {
                if votes == f64::INFINITY {
                    return Ok(VotesCell(Votes::Limit));
                }
                Err(E::invalid_value(de::Unexpected::Float(votes), &self))
            }

            fn visit_str<E: de::Error>(self, votes: &str) -> Result<VotesCell, E> {
                match votes {
                    "inf" => Ok(VotesCell(Votes::Limit)),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(Cell)
    }
}
