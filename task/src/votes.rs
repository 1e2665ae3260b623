//! The number of votes.

use std::fmt;
use std::num::NonZeroU32;

use crate::error::DomainError;

/// The largest number of votes that is supported, and tested.
pub const MAX_VOTES: u32 = 1_000_000;

/// How many fresh θ the majority vote draws.
///
/// ```
/// use gauss_sim_task::{MAX_VOTES, Votes};
///
/// assert_eq!(Votes::new(1)?, Votes::ONE);
/// assert_eq!((Votes::new(101)?.to_string(), Votes::Limit.to_string()), ("101".into(), "inf".into()));
/// assert!(Votes::new(0).is_err() && Votes::new(u64::from(MAX_VOTES) + 1).is_err());
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Votes {
    /// The majority of this many draws; a tie of an even number is broken by a fair coin.
    Finite(NonZeroU32),
    /// The limit of infinitely many draws, in which the spread of θ no longer matters.
    Limit,
}

impl Votes {
    /// Returns the number; infinite for the limit.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Finite(n) => f64::from(n.get()),
            Self::Limit => f64::INFINITY,
        }
    }

    /// A single draw, no vote.
    pub const ONE: Self = Self::Finite(NonZeroU32::MIN);

    /// Checks that `votes` is from 1 to [`MAX_VOTES`].
    pub fn new(votes: u64) -> Result<Self, DomainError> {
        u32::try_from(votes)
            .ok()
            .filter(|&n| n <= MAX_VOTES)
            .and_then(NonZeroU32::new)
            .map(Self::Finite)
            .ok_or_else(|| DomainError {
                name: "votes",
                value: votes.to_string(),
                expected: format!("a whole number from 1 to {MAX_VOTES}, or inf"),
            })
    }
}

/// Writes `inf` for the limit, and the number otherwise, as on the command line.
impl fmt::Display for Votes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite(n) => n.fmt(f),
            Self::Limit => f.write_str("inf"),
        }
    }
}
