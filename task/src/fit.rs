//! Fitting the Gaussian task to features: how a covariance that is estimated from few rows is shrunk.

use std::fmt;

use serde_json::Value;

use crate::range::{number, quote};
use crate::spec::Parse;

/// How an estimated covariance S is moved towards a multiple of the identity: (1 − s)·S + s·(tr S/d)·I.
///
/// ```
/// use gauss_sim_task::fit::Shrinkage;
/// use gauss_sim_task::spec::Parse;
///
/// assert_eq!(Shrinkage::parse("lw"), Ok(Shrinkage::LedoitWolf));
/// assert_eq!(Shrinkage::parse("1/10"), Ok(Shrinkage::Fixed(0.1)));
/// assert!(Shrinkage::parse("1.5").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shrinkage {
    /// s by Ledoit and Wolf (J. Multivariate Anal. 88, 2004), as scikit-learn computes it.
    LedoitWolf,
    /// s by Chen, Wiesel, Eldar and Hero (IEEE Trans. Signal Process. 58, 2010), as scikit-learn computes it.
    Oas,
    /// This s, from 0 to 1; 0 is the covariance as it was estimated.
    Fixed(f64),
}

/// As on the command line.
impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LedoitWolf => f.write_str("lw"),
            Self::Oas => f.write_str("oas"),
            Self::Fixed(0.0) => f.write_str("none"),
            Self::Fixed(s) => s.fmt(f),
        }
    }
}

impl Parse for Shrinkage {
    fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "lw" => Ok(Self::LedoitWolf),
            "oas" => Ok(Self::Oas),
            "none" => Ok(Self::Fixed(0.0)),
            text => {
                let found = number(text).ok().filter(|s| (0.0..=1.0).contains(s));
                found.map(Self::Fixed).ok_or_else(|| {
                    format!(
                        "{} is no shrinkage: write lw, oas, none, or a number from 0 to 1",
                        quote(text)
                    )
                })
            }
        }
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}
