//! The ways to draw what decides: all of it, or one number with the same law.

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

/// How the single draws of an attacker who tries T times are found: all T are right exactly if the smallest is. The
/// ways check each other, as those of [`VotesBy`] do. Where each try is a vote, T votes are drawn, each by
/// [`VotesBy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriesBy {
    /// The smallest one carries the samples, with the counts of [`TriesBy::Smallest`]; all tries of a few of them are
    /// drawn as well, as a check of the law: see [`crate::Question::check`].
    Checked,
    /// All T are drawn. The cost grows with T.
    #[default]
    Draws,
    /// The smallest of T normals is drawn from its exact law, at the same cost for every T.
    Smallest,
}

impl Word for TriesBy {
    const ALL: &'static [Self] = &[Self::Checked, Self::Draws, Self::Smallest];
    const WHAT: &'static str = "a way to draw tries";

    fn word(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Draws => "draws",
            Self::Smallest => "smallest",
        }
    }
}

/// How votes and how tries are drawn: all of them by default.
///
/// ```
/// use gauss_sim_engine::{TriesBy, VotesBy, Ways};
///
/// let ways = Ways { votes: VotesBy::Median, tries: TriesBy::Draws };
/// assert_eq!(Ways::from(VotesBy::Median), ways);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// How votes are drawn.
    pub votes: VotesBy,
    /// How tries are drawn.
    pub tries: TriesBy,
}

/// All tries are drawn.
impl From<VotesBy> for Ways {
    fn from(votes: VotesBy) -> Self {
        Self { votes, tries: TriesBy::Draws }
    }
}
