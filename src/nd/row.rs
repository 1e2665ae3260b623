//! A row of d dimensions: one stage at one (sigma, eps), exact beside simulated.
//!
//! The last columns are those of [`crate::row::Row`], with the same names. The budget is of the norm of the
//! row; `margin_*` is the one-dimensional task to which weights of length 1 (in ℓ2) lead, so that the row can
//! be asked for again: `gauss-sim theory --mean margin_mean --data-std margin_data_std …`.

use std::fmt;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use task::Norm;

use crate::answer::{Answer, Judged, answered_row, declare_row};
use crate::row::{DrawsCell, NUMBERS_OF_VOTES, VotesCell, stage_label};

answered_row! {
    /// One stage at one (sigma, eps).
    row NdRow;
    /// What a row asks.
    question NdCell {
        /// `undefended`, `defended`, `trained`, `voted` or `optimum`.
        stage: NdStageName,
        /// d.
        dimension: usize,
        /// p of the ℓp norm of the adversary's budget.
        norm: NormCell,
        /// P[y = 1].
        prior: f64,
        /// What multiplies θ − E\[θ\]. Rows without θ have the sigma of the rows they stand beside.
        sigma: f64,
        /// How many θ vote; empty where there is no vote.
        votes: Option<VotesCell>,
        /// How θ is drawn for the clean and the attacked input.
        draws: DrawsCell,
        /// The adversary's budget, in its norm.
        eps: f64,
        /// w·μ, for weights of length 1. Empty, as all of these, where the class is the same for all inputs.
        margin_mean: Option<f64>,
        /// √(wᵀΣw).
        margin_data_std: Option<f64>,
        /// w·m + b; 0 where there is no θ but for b.
        margin_offset: Option<f64>,
        /// √(wᵀSw)·sigma.
        margin_sigma: Option<f64>,
        /// ε‖w‖_q: what the attack costs.
        margin_eps: Option<f64>,
        /// The largest adversarial accuracy of any classifier is at least this …
        optimum_low: Option<f64>,
        /// … and at most this. Empty where the stage `optimum` is not asked for.
        optimum_high: Option<f64>,
        /// Their middle less the row's adversarial accuracy.
        gap: Option<f64>,
    }
}

impl Judged for NdRow {
    fn label(&self) -> String {
        stage_label(self.stage, None, self.votes)
    }

    fn place(&self) -> usize {
        self.stage as usize
    }

    fn family(&self) -> Option<(&'static str, f64)> {
        self.votes.map(|votes| (NUMBERS_OF_VOTES, votes.number()))
    }

    fn sigma(&self) -> f64 {
        self.sigma
    }

    fn eps(&self) -> f64 {
        self.eps
    }

    fn own(&self) -> Option<(&'static str, f64)> {
        // less than what the optimum is known to is nothing
        let width = self.optimum_high? - self.optimum_low?;
        let gap = self.gap?;
        Some(("gap to optimum", if gap.abs() <= width { 0.0 } else { gap }))
    }

    fn answer(&self) -> Answer {
        self.answer()
    }
}

/// The name of a stage.
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
pub enum NdStageName {
    /// the best classifier without an adversary
    Undefended,
    /// the same, with θ added to its input
    Defended,
    /// trained with θ added to its input
    Trained,
    /// the majority of --votes trained draws
    Voted,
    /// the best classifier under attack, for each eps
    Optimum,
}

impl NdStageName {
    /// All, in the order of the argument.
    pub const ALL: [Self; 5] =
        [Self::Undefended, Self::Defended, Self::Trained, Self::Voted, Self::Optimum];

    /// The name as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended => "defended",
            Self::Trained => "trained",
            Self::Voted => "voted",
            Self::Optimum => "optimum",
        }
    }
}

impl fmt::Display for NdStageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The p of a norm in a row: a number, or `inf`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormCell(pub Norm);

impl fmt::Display for NormCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for NormCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == Norm::MAX {
            return serializer.serialize_str("inf");
        }
        serializer.serialize_f64(self.0.p())
    }
}

impl<'de> Deserialize<'de> for NormCell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `inf` of CSV reads as a number, that of JSON as text
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Cell {
            Number(f64),
            Text(String),
        }
        let p = match Cell::deserialize(deserializer)? {
            Cell::Number(p) => p,
            Cell::Text(text) => text.parse().map_err(|_| {
                de::Error::custom(format!("{text:?} is not a norm: a number of at least 1, or inf"))
            })?,
        };
        Norm::new(p).map(Self).map_err(de::Error::custom)
    }
}
