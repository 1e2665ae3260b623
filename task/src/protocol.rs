//! How θ is drawn for the clean and the attacked input.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::error::DomainError;

/// The largest number of tries of a persistent attacker that is supported, and tested.
pub const MAX_TRIES: u32 = 1_000_000;

/// How θ is drawn for the clean and for the attacked input of a sample.
///
/// ```
/// use gauss_sim_task::{DrawProtocol, MAX_TRIES};
///
/// let draws: DrawProtocol = "persistent=5".parse()?;
/// assert_eq!(draws, DrawProtocol::persistent(5)?);
/// assert_eq!(draws.to_string(), "persistent=5");
/// assert_eq!([DrawProtocol::Same, DrawProtocol::Fresh, draws].map(DrawProtocol::tries), [0, 1, 5]);
/// assert!(DrawProtocol::persistent(u64::from(MAX_TRIES) + 1).is_err());
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DrawProtocol {
    /// The same θ (for a vote, the same set of θ) is used for both inputs.
    #[default]
    Same,
    /// The attacked input gets its own θ, independent of the clean input's.
    Fresh,
    /// The attacker may try this many times: the attacked input is classified this many times, each time with a new
    /// θ, and has to be classified correctly every time. One try is [`DrawProtocol::Fresh`].
    Persistent(NonZeroU32),
}

impl DrawProtocol {
    /// Checks that `tries` is from 1 to [`MAX_TRIES`].
    pub fn persistent(tries: u64) -> Result<Self, DomainError> {
        u32::try_from(tries)
            .ok()
            .filter(|&t| t <= MAX_TRIES)
            .and_then(NonZeroU32::new)
            .map(Self::Persistent)
            .ok_or_else(|| Self::unknown(&format!("persistent={tries}")))
    }

    /// Returns how many times the attacked input is classified with its own θ: 0 if it shares the clean input's.
    #[must_use]
    pub fn tries(self) -> u32 {
        match self {
            Self::Same => 0,
            Self::Fresh => 1,
            Self::Persistent(tries) => tries.get(),
        }
    }

    fn unknown(text: &str) -> DomainError {
        DomainError {
            name: "draws",
            value: text.to_owned(),
            expected: format!(
                "same, fresh, or persistent=T, T a whole number from 1 to {MAX_TRIES}"
            ),
        }
    }
}

/// Writes `same`, `fresh`, `persistent=5`, as in rows and on the command line.
impl fmt::Display for DrawProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.pad("same"),
            Self::Fresh => f.pad("fresh"),
            Self::Persistent(tries) => f.pad(&format!("persistent={tries}")),
        }
    }
}

/// Parses what [`Display`](fmt::Display) writes.
impl FromStr for DrawProtocol {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, DomainError> {
        let tries = |text: &str| text.parse().ok().filter(|_| !text.starts_with('+'));
        match text {
            "same" => Ok(Self::Same),
            "fresh" => Ok(Self::Fresh),
            _ => text
                .strip_prefix("persistent=")
                .and_then(tries)
                .and_then(|tries| Self::persistent(tries).ok())
                .ok_or_else(|| Self::unknown(text)),
        }
    }
}
