//! The question in d dimensions, and its stages.

use task::range::{Range, VoteList};
use task::spec::{Choices, Word};
use task::{DrawProtocol, Norm, Votes};

use super::file::TaskFile;
use crate::experiments::grid::{self, TASK};
use crate::table::column::word_field;

task::spec! {
    /// The stages and the robust optimum in d dimensions, over a grid of σ and ε.
    pub struct LinearSpec = "linear" {
        task: TaskFile {
            default: "", placeholder: "TASK.toml", positional: true,
            help: "The task: a TOML file"
        }
        sigma: Range {
            default: "1", placeholder: "RANGE",
            help: "What multiplies θ − E[θ]: a number or a range", long_help: grid::RANGE_HELP
        }
        eps: Range {
            default: "0.5", placeholder: "RANGE",
            help: "The adversary's budget ε, in its norm: a number or a range"
        }
        norm: Option<Norm> {
            default: "", placeholder: "P",
            help: "The adversary's norm, in place of the file's: p ≥ 1, or inf"
        }
        votes: VoteList {
            default: "101", placeholder: "VOTES", heading: TASK,
            help: grid::VOTES_HELP
        }
        draws: DrawProtocol {
            default: "same", placeholder: grid::DRAWS, heading: TASK,
            help: grid::DRAWS_HELP
        }
        stages: Choices<LinearStageName> {
            default: "undefended,defended,trained,voted,optimum", placeholder: "STAGES",
            help: "Which stages, separated by commas", repeats: true
        }
    }
}

/// The name of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearStageName {
    /// The best classifier without an adversary.
    Undefended,
    /// The same, with θ added to its input.
    Defended,
    /// The classifier trained with θ added to its input.
    Trained,
    /// The majority of several trained draws.
    Voted,
    /// The best classifier under attack, for each ε.
    Optimum,
}

word_field!(LinearStageName);

impl Word for LinearStageName {
    const ALL: &'static [Self] =
        &[Self::Undefended, Self::Defended, Self::Trained, Self::Voted, Self::Optimum];
    const WHAT: &'static str = "a stage";

    fn word(self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended => "defended",
            Self::Trained => "trained",
            Self::Voted => "voted",
            Self::Optimum => "optimum",
        }
    }
}

/// A stage of the argument in d dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearStage {
    /// sgn(w₀·x + b₀), the Bayes classifier: the best one without an adversary.
    Undefended,
    /// sgn(w₀·(x + θ) + b₀): the same classifier, not adapted to θ.
    Defended,
    /// sgn(w·(x + θ) + b), trained on augmented data.
    Trained,
    /// The majority of several trained draws.
    Voted(Votes),
    /// The best classifier against an adversary of budget ε, a different one for each ε.
    Optimum,
}

impl LinearStage {
    /// Returns the stage's name, without votes.
    #[must_use]
    pub fn name(self) -> LinearStageName {
        match self {
            Self::Undefended => LinearStageName::Undefended,
            Self::Defended => LinearStageName::Defended,
            Self::Trained => LinearStageName::Trained,
            Self::Voted(_) => LinearStageName::Voted,
            Self::Optimum => LinearStageName::Optimum,
        }
    }

    /// Returns the number of θ it needs; `None` if it has none.
    pub(super) fn votes(self) -> Option<Votes> {
        match self {
            Self::Undefended | Self::Optimum => None,
            Self::Defended | Self::Trained => Some(Votes::ONE),
            Self::Voted(votes) => Some(votes),
        }
    }
}

impl LinearSpec {
    /// Returns the stages with their votes, in the order of the argument.
    pub(super) fn expanded(&self) -> Vec<LinearStage> {
        let expand = |name: &LinearStageName| -> Vec<LinearStage> {
            match name {
                LinearStageName::Undefended => vec![LinearStage::Undefended],
                LinearStageName::Defended => vec![LinearStage::Defended],
                LinearStageName::Trained => vec![LinearStage::Trained],
                LinearStageName::Voted => {
                    self.votes.values().iter().map(|&votes| LinearStage::Voted(votes)).collect()
                }
                LinearStageName::Optimum => vec![LinearStage::Optimum],
            }
        };
        self.stages.0.iter().flat_map(expand).collect()
    }
}
