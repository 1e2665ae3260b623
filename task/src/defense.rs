//! The defense: adds θ ~ N(shift, sigma²) to the input.

use crate::error::{DomainError, check};

/// The defense: adds θ ~ N(shift, sigma²) to the input.
///
/// ```
/// use gauss_sim_task::{Defense, MAX_MAGNITUDE};
///
/// let defense = Defense::new(1.0, 0.5)?;
/// assert_eq!((defense.shift(), defense.sigma()), (1.0, 0.5));
/// assert!(Defense::new(1.0, 0.0).is_ok()); // θ = shift always
/// assert!(Defense::new(2.0 * MAX_MAGNITUDE, 0.5).is_err());
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defense {
    shift: f64,
    sigma: f64,
}

impl Defense {
    /// Creates the defense; `shift` is up to 1e15 in magnitude, `sigma` is from 0 to 1e15, and 0 is an ordinary value.
    pub fn new(shift: f64, sigma: f64) -> Result<Self, DomainError> {
        Ok(Self {
            shift: check("shift", shift, |_| true, "a number from -1e15 to 1e15")?,
            sigma: check("sigma", sigma, |v| v >= 0.0, "a number from 0 to 1e15")?,
        })
    }

    /// Returns the mean of θ.
    #[must_use]
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// Returns the standard deviation of θ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }
}
