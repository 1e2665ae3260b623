//! Randomized smoothing: a classifier that answers under noise, and a certificate from finitely many answers.
//!
//! The base classifier is sgn(x − threshold), and the noise is θ ~ N(shift, sigma²). One noisy answer on x is +1 with
//! probability Φ((x + shift − threshold)/sigma). So the smoothed classifier, which returns the more frequent answer,
//! is sgn(x + shift − threshold), and its distance from the decision boundary is |x + shift − threshold|.
//!
//! CERTIFY selects a class by `n0` answers and counts it among `n` new ones. PREDICT counts both classes among
//! `n` answers. Source: Cohen, Rosenfeld and Kolter, *Certified Adversarial Robustness via Randomized Smoothing*,
//! ICML 2019.
//!
//! ```
//! use gauss_sim_task::certify::{Answers, Smoothed};
//! use gauss_sim_task::{Prior, Task};
//!
//! // Noise of mean 1 in front of a threshold of 0: the class +1 is a distance of 2 away in the mean, −1 lies on the boundary.
//! let smoothed = Smoothed::new(Task::default(), Prior::HALF, 1.0, 0.0, 0.5)?;
//! assert_eq!(smoothed.classes(), [(0.5, 2.0), (0.5, 0.0)]);
//! assert!(Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, 0.0).is_err());
//! assert_eq!(Answers::new(100)?.to_string(), "100");
//! # Ok::<(), gauss_sim_task::DomainError>(())
//! ```

mod answers;

pub use answers::{AnswerList, AnswerListError, Answers, MAX_ANSWERS};

use crate::data::{Prior, Task};
use crate::error::{DomainError, check};

/// A smoothed classifier and its data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smoothed {
    task: Task,
    prior: Prior,
    offset: f64,
    sigma: f64,
}

impl Smoothed {
    /// Creates a classifier with noise N(`shift`, `sigma`²) in front of sgn(x − `threshold`). Fails if sigma is not
    /// from 1e-15 to 1e15: without noise there is nothing to certify.
    pub fn new(
        task: Task,
        prior: Prior,
        shift: f64,
        threshold: f64,
        sigma: f64,
    ) -> Result<Self, DomainError> {
        let any = "a number from -1e15 to 1e15";
        let shift = check("shift", shift, |_| true, any)?;
        let threshold = check("threshold", threshold, |_| true, any)?;
        let noise = "a number from 1e-15 to 1e15: a certificate needs noise";
        let sigma = check("sigma", sigma, |v| v >= 1e-15, noise)?;
        Ok(Self { task, prior, offset: shift - threshold, sigma })
    }

    /// Returns the data.
    #[must_use]
    pub fn task(&self) -> Task {
        self.task
    }

    /// Returns P[y = 1].
    #[must_use]
    pub fn prior(&self) -> Prior {
        self.prior
    }

    /// Returns shift − threshold, in units of x.
    #[must_use]
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// Returns the standard deviation of the noise, in units of x.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Returns, for y = 1 and for y = −1, the probability and the mean of the distance y(x + shift − threshold).
    #[must_use]
    pub fn classes(&self) -> [(f64, f64); 2] {
        let mean = self.task.mean();
        [(self.prior.get(), mean + self.offset), (self.prior.other(), mean - self.offset)]
    }
}
