//! The size of an attack's step.

use std::fmt;

use serde_json::Value;

use crate::error::MAX_MAGNITUDE;
use crate::range::{number, quote};
use crate::spec::Parse;

/// The size of a step: a share of the budget, an absolute number, or the best one.
///
/// ```
/// use gauss_sim_task::attack::StepSize;
/// use gauss_sim_task::spec::Parse;
///
/// let tenth = StepSize::parse("eps/10")?;
/// assert_eq!((tenth.ratio(0.3), tenth.alpha(0.5)), (Some(10.0), Some(0.05)));
/// assert_eq!(StepSize::parse("0.02")?.ratio(0.5), Some(25.0));
/// assert!(StepSize::parse("eps/0").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StepSize {
    /// ε divided by this number: α = ε/K, so that K steps fit into the budget whatever it is.
    EpsOver(f64),
    /// An absolute size, in units of x.
    Absolute(f64),
    /// The size with which the attack reaches farthest, found by the exact values.
    Best,
}

impl StepSize {
    /// Returns K = ε/α, how many steps fit into the budget: 0 if ε is 0 and α is not. `None` for the best size.
    #[must_use]
    pub fn ratio(self, eps: f64) -> Option<f64> {
        match self {
            Self::EpsOver(ratio) => Some(ratio),
            Self::Absolute(alpha) => Some(eps / alpha),
            Self::Best => None,
        }
    }

    /// Returns α, in units of x; `None` for the best size.
    #[must_use]
    pub fn alpha(self, eps: f64) -> Option<f64> {
        match self {
            Self::EpsOver(ratio) => Some(eps / ratio),
            Self::Absolute(alpha) => Some(alpha),
            Self::Best => None,
        }
    }

    /// Returns whether the size is a number above 0 and at most 1e15.
    pub(super) fn is_possible(self) -> bool {
        match self {
            Self::EpsOver(number) | Self::Absolute(number) => {
                number > 0.0 && number <= MAX_MAGNITUDE
            }
            Self::Best => true,
        }
    }
}

/// Writes the size as on the command line.
impl fmt::Display for StepSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EpsOver(ratio) => write!(f, "eps/{ratio}"),
            Self::Absolute(alpha) => alpha.fmt(f),
            Self::Best => f.write_str("best"),
        }
    }
}

impl Parse for StepSize {
    fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        if trimmed == "best" {
            return Ok(Self::Best);
        }
        let after = trimmed.strip_prefix("eps").map(str::trim_start);
        let over = after.map(|rest| rest.strip_prefix('/').ok_or(()));
        let step = match over {
            Some(Ok(ratio)) => number(ratio).ok().map(Self::EpsOver),
            Some(Err(())) => after.filter(|rest| rest.is_empty()).map(|_| Self::EpsOver(1.0)),
            None => number(trimmed).ok().map(Self::Absolute),
        };
        step.filter(|step| step.is_possible()).ok_or_else(|| {
            format!(
                "{} is not a step size: write eps/10, a number above 0 as in 0.02, or best",
                quote(text)
            )
        })
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}
