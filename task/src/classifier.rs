//! The classifiers: the four stages, and the margin that represents each of them.

use crate::data::Task;
use crate::defense::Defense;
use crate::error::{DomainError, check};
use crate::votes::Votes;

/// The four stages of the paper's argument.
///
/// ```
/// use gauss_sim_task::{Defense, Stage, Votes};
///
/// let defense = Defense::new(1.0, 0.5)?;
/// let stages = [
///     Stage::Undefended,
///     Stage::Defended { threshold: 0.25 },
///     Stage::Trained,
///     Stage::Voted { votes: Votes::Limit },
/// ];
/// let names = stages.map(|stage| stage.name());
/// assert_eq!(names, ["undefended", "defended", "trained", "voted"]);
/// let thresholds = stages.map(|stage| stage.threshold(&defense));
/// assert_eq!(thresholds, [None, Some(0.25), Some(1.0), Some(1.0)]);
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stage {
    /// sgn(x): no defense.
    Undefended,
    /// sgn(x + θ − threshold), one draw; the paper's defended classifier has threshold 0.
    Defended {
        /// The k of sgn(x + θ − k).
        threshold: f64,
    },
    /// sgn(x + θ − shift), one draw: what training on augmented data finds.
    Trained,
    /// The majority of several trained draws.
    Voted {
        /// How many draws vote.
        votes: Votes,
    },
}

impl Stage {
    /// Returns the stage's name in rows and on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended { .. } => "defended",
            Self::Trained => "trained",
            Self::Voted { .. } => "voted",
        }
    }

    /// Returns the k of sgn(x + θ − k); `None` for the stage without θ.
    #[must_use]
    pub fn threshold(&self, defense: &Defense) -> Option<f64> {
        match self {
            Self::Undefended => None,
            Self::Defended { threshold } => Some(*threshold),
            Self::Trained | Self::Voted { .. } => Some(defense.shift()),
        }
    }

    /// Returns the margin of this stage. Fails if `threshold` is not a number from −1e15 to 1e15.
    pub fn margin(&self, task: &Task, defense: &Defense) -> Result<Margin, DomainError> {
        let (offset, sigma, votes) = match *self {
            Self::Undefended => (0.0, 0.0, Votes::Limit),
            Self::Defended { threshold } => {
                let k = check("threshold", threshold, |_| true, "a number from -1e15 to 1e15")?;
                (defense.shift() - k, defense.sigma(), Votes::ONE)
            }
            Self::Trained => (0.0, defense.sigma(), Votes::ONE),
            Self::Voted { votes } => (0.0, defense.sigma(), votes),
        };
        Ok(Margin { task: *task, offset, sigma, votes })
    }
}

/// The margin m = y·(x + θ − k) of a classifier, with which every stage is described. In law,
///
/// > m = mean + data_std·z₁ + y·offset + sigma·w,  offset = shift − k,
///
/// with z₁ standard normal and w = 0 (undefended, or a vote of infinitely many), w = z₂ (one
/// draw), or w = the median of n standard normals (a vote of odd n: the majority of
/// sgn(x + θᵢ − k) is sgn(x − k + median θᵢ)). With an even number of votes and fair ties, w is
/// one of the two middle values, by a fair coin. The classifier is right under an attack of
/// budget ε exactly if m > ε.
///
/// This holds in law because y·x = mean + data_std·z₁, θ = shift + sigma·z₂, and given y, y·z₂ has the distribution
/// of z₂. An even number of votes decides like the next smaller odd one: of 2h + 2 votes, one chosen at random may
/// abstain. If h + 2 or more agree, at least h + 1 of the remaining ones still do and are the majority; in a tie, the
/// remaining ones go either way with probability ½.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    task: Task,
    offset: f64,
    sigma: f64,
    votes: Votes,
}

impl Margin {
    /// Creates a margin from its parts: `offset` = shift − k, `sigma` is the standard deviation of θ, and `votes` the
    /// number of draws ([`Votes::ONE`] for a single draw, [`Votes::Limit`] for w = 0).
    pub fn new(task: Task, offset: f64, sigma: f64, votes: Votes) -> Result<Self, DomainError> {
        Ok(Self {
            task,
            offset: check("offset", offset, |_| true, "a number from -1e15 to 1e15")?,
            sigma: check("sigma", sigma, |v| v >= 0.0, "a number from 0 to 1e15")?,
            votes,
        })
    }

    /// Returns the same margin with another number of votes.
    #[must_use]
    pub fn with_votes(&self, votes: Votes) -> Self {
        Self { votes, ..*self }
    }

    /// Returns the task that generates the data.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Returns shift − k, the part of the margin that changes sign with y.
    #[must_use]
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// Returns the standard deviation of one draw of θ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Returns the number of draws that vote.
    #[must_use]
    pub fn votes(&self) -> Votes {
        self.votes
    }
}
