//! The ways to find the deciding one of n votes.

use serde::{Deserialize, Serialize};
use task::spec::Word;

/// How the deciding one of n votes is found. The law is the same (and tested to be), but the draws are not, so the
/// ways check each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VotesBy {
    /// The median carries the samples, with the counts of [`VotesBy::Median`]; all votes of a few of them are drawn as
    /// well, as a check of the law: see [`crate::Question::check`].
    Checked,
    /// All n votes are drawn; a tie of an even number is broken by a fair coin. The cost grows with n.
    #[default]
    Draws,
    /// The median of n normals is drawn from its exact law, at the same cost for every n. An even n counts as n − 1,
    /// which is equivalent with fair ties.
    Median,
}

impl Word for VotesBy {
    const ALL: &'static [Self] = &[Self::Checked, Self::Draws, Self::Median];
    const WHAT: &'static str = "a way to draw votes";

    fn word(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Draws => "draws",
            Self::Median => "median",
        }
    }
}
