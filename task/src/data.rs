//! The data: y = ±1, x | y ~ N(y·mean, data_std²).

use crate::error::{DomainError, check};

/// The smallest noise: below it, mean/noise may leave the range of a double.
pub const MIN_NOISE: f64 = 1e-15;

/// The data: y = ±1 with probability ½ each, x | y ~ N(y·mean, noise²).
///
/// ```
/// use gauss_sim_task::{MIN_NOISE, Task};
///
/// let task = Task::new(2.0, 0.5)?; // a sample is four standard deviations from the boundary in the mean
/// assert_eq!((task.mean(), task.noise()), (2.0, 0.5));
/// assert_eq!(Task::default(), Task::new(1.0, 1.0)?);
/// assert!(Task::new(1.0, 0.5 * MIN_NOISE).is_err());
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Task {
    mean: f64,
    noise: f64,
}

impl Task {
    /// `mean` any finite number up to 1e15 in magnitude, `noise` from 1e-15 to 1e15.
    pub fn new(mean: f64, noise: f64) -> Result<Self, DomainError> {
        Ok(Self {
            mean: check("mean", mean, |_| true, "a number from -1e15 to 1e15")?,
            noise: check("noise", noise, |v| v >= MIN_NOISE, "a number from 1e-15 to 1e15")?,
        })
    }

    /// The class mean: E[x | y] = y·mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation of x given y.
    #[must_use]
    pub fn noise(&self) -> f64 {
        self.noise
    }
}

/// The paper's task: mean 1, noise 1.
impl Default for Task {
    fn default() -> Self {
        Self { mean: 1.0, noise: 1.0 }
    }
}

/// P[y = 1], the weight of the class y = 1; [`Prior::PLUS`] and [`Prior::MINUS`] ask for one class alone.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Prior(f64);

impl Prior {
    /// Both classes alike.
    pub const HALF: Self = Self(0.5);
    /// The class y = 1 alone: what comes out is conditional on it.
    pub const PLUS: Self = Self(1.0);
    /// The class y = −1 alone.
    pub const MINUS: Self = Self(0.0);

    /// Checks that `prior` is from 0 to 1.
    pub fn new(prior: f64) -> Result<Self, DomainError> {
        let ok = |v: f64| (0.0..=1.0).contains(&v);
        check("prior", prior, ok, "a number from 0 to 1").map(Self)
    }

    /// P[y = 1].
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// P[y = −1].
    #[must_use]
    pub fn other(self) -> f64 {
        1.0 - self.0
    }
}

/// ½.
impl Default for Prior {
    fn default() -> Self {
        Self::HALF
    }
}
