//! The one output schema: a row is one stage at one (sigma, eps), exact beside simulated.
//!
//! The keys, in this order, are the columns of every CSV file and the members of every JSON row.
//! A value that does not apply, or was not simulated, is empty in CSV and null in JSON. Numbers are
//! written in the shortest form that reads back exactly.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use task::{Defense, DrawProtocol, Stage, Task, Votes};

use crate::answer::{Answer, Judged, answered_row, declare_row};

answered_row! {
    /// One stage at one (sigma, eps).
    row Row;
    /// What a row asks.
    question Cell {
        /// `undefended`, `defended`, `trained` or `voted`.
        stage: StageName,
        /// The class mean: x given y ~ N(y·mean, data_std²).
        mean: f64,
        /// The standard deviation of x given y.
        data_std: f64,
        /// The mean of θ.
        shift: f64,
        /// The standard deviation of θ. An undefended row has the sigma of the rows it stands beside.
        sigma: f64,
        /// The k of sgn(x + θ − k); empty where there is no θ.
        threshold: Option<f64>,
        /// How many θ vote; empty where there is no vote.
        votes: Option<VotesCell>,
        /// How θ is drawn for the clean and the attacked input.
        draws: DrawsCell,
        /// The adversary's budget.
        eps: f64,
    }
}

impl Cell {
    /// A stage at a budget.
    #[must_use]
    pub fn new(
        task: &Task,
        defense: &Defense,
        stage: &Stage,
        draws: DrawProtocol,
        eps: f64,
    ) -> Self {
        Self {
            stage: StageName::of(stage),
            mean: task.mean(),
            data_std: task.data_std(),
            shift: defense.shift(),
            sigma: defense.sigma(),
            threshold: stage.threshold(defense),
            votes: match stage {
                Stage::Voted { votes } => Some(VotesCell(*votes)),
                _ => None,
            },
            draws: DrawsCell(draws),
            eps,
        }
    }
}

impl Judged for Row {
    fn label(&self) -> String {
        stage_label(self.stage, self.threshold, self.votes)
    }

    fn place(&self) -> usize {
        self.stage as usize
    }

    fn family(&self) -> Option<(&'static str, f64)> {
        match self.stage {
            StageName::Undefended | StageName::Trained => None,
            StageName::Defended => Some((THRESHOLDS, self.threshold?)),
            StageName::Voted => Some((NUMBERS_OF_VOTES, self.votes?.number())),
        }
    }

    fn sigma(&self) -> f64 {
        self.sigma
    }

    fn eps(&self) -> f64 {
        self.eps
    }

    fn answer(&self) -> Answer {
        self.answer()
    }
}

/// What [`Judged::family`] says of thresholds …
pub(crate) const THRESHOLDS: &str = "thresholds k";
/// … and of votes.
pub(crate) const NUMBERS_OF_VOTES: &str = "numbers of votes n";

/// A stage with what sets it apart from others of its name: `voted (n = 101)`.
#[must_use]
pub(crate) fn stage_label(
    stage: impl fmt::Display,
    threshold: Option<f64>,
    votes: Option<VotesCell>,
) -> String {
    match (votes, threshold) {
        (Some(VotesCell(Votes::Limit)), _) => format!("{stage} (n = ∞)"),
        (Some(votes), _) => format!("{stage} (n = {votes})"),
        (None, Some(k)) => format!("{stage} (k = {k})"),
        (None, None) => stage.to_string(),
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
pub struct DrawsCell(pub DrawProtocol);

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

impl VotesCell {
    /// The number, infinite for the limit.
    #[must_use]
    pub fn number(self) -> f64 {
        match self.0 {
            Votes::Finite(n) => f64::from(n.get()),
            Votes::Limit => f64::INFINITY,
        }
    }
}

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
