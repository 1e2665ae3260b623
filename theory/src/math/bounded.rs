//! Numbers with error bounds.
//!
//! Every probability of this crate is returned as a [`Bounded`]; to first order, the bounds of sums add, and those of
//! products and ratios add relative to the value.
//!
//! One accuracy is known to be above another if their difference exceeds both bounds together:
//!
//! ```
//! use gauss_sim_theory::accuracy::accuracies;
//! use task::{Defense, Eps, Stage, Task};
//!
//! let (task, defense, eps) = (Task::default(), Defense::new(1.0, 0.3)?, Eps::new(0.1)?);
//! let undefended = accuracies(&Stage::Undefended.margin(&task, &defense)?, eps).robust;
//! let trained = accuracies(&Stage::Trained.margin(&task, &defense)?, eps).robust;
//! assert!(undefended.value - trained.value > undefended.error + trained.error);
//! # Ok::<(), task::DomainError>(())
//! ```

/// A computed number with a bound on its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    /// The number.
    pub value: f64,
    /// A bound on |value − true value|: truncation, quadrature and rounding together. The rounding part is an
    /// estimate from the conditioning of the formula, kept on the safe side.
    pub error: f64,
}

impl Bounded {
    /// Creates a number without error.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self { value, error: 0.0 }
    }

    /// Creates a probability: the value is clamped to [0, 1], which contains the true value, and the error to at most
    /// 1; a value that could not be computed becomes ½ ± ½.
    #[must_use]
    pub fn probability(value: f64, error: f64) -> Self {
        if value.is_nan() || error.is_nan() {
            return Self { value: 0.5, error: 0.5 };
        }
        // −0 becomes 0, so that it is printed as 0.
        Self { value: value.clamp(0.0, 1.0) + 0.0, error: error.min(1.0) }
    }

    /// Returns 1 − p for a probability p; the rounding error of the difference is added to the error.
    #[must_use]
    pub fn complement(self) -> Self {
        let value = 1.0 - self.value;
        let rounding = (1.0 - value - self.value).abs();
        Self::probability(value, self.error + rounding)
    }
}
