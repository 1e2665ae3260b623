//! The data: y = ±1, x | y ~ N(y·mean, data_std²).

use crate::error::{DomainError, check};

/// The smallest standard deviation of the data: below it, mean/data_std may leave the range of a double.
pub const MIN_DATA_STD: f64 = 1e-15;

/// The data: y = ±1 with probability ½ each, x | y ~ N(y·mean, data_std²).
///
/// ```
/// use gauss_sim_task::{MIN_DATA_STD, Task};
///
/// let task = Task::new(2.0, 0.5)?; // a sample is four standard deviations from the boundary in the mean
/// assert_eq!((task.mean(), task.data_std()), (2.0, 0.5));
/// assert_eq!(Task::default(), Task::new(1.0, 1.0)?);
/// assert!(Task::new(1.0, 0.5 * MIN_DATA_STD).is_err());
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Task {
    mean: f64,
    data_std: f64,
}

impl Task {
    /// Creates the task; `mean` is finite and up to 1e15 in magnitude, `data_std` is from 1e-15 to 1e15.
    pub fn new(mean: f64, data_std: f64) -> Result<Self, DomainError> {
        Ok(Self {
            mean: check("mean", mean, |_| true, "a number from -1e15 to 1e15")?,
            data_std: check(
                "data_std",
                data_std,
                |v| v >= MIN_DATA_STD,
                "a number from 1e-15 to 1e15",
            )?,
        })
    }

    /// Returns the class mean: E[x | y] = y·mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Returns the standard deviation of x given y.
    #[must_use]
    pub fn data_std(&self) -> f64 {
        self.data_std
    }
}

/// The paper's task: mean 1, data_std 1.
impl Default for Task {
    fn default() -> Self {
        Self { mean: 1.0, data_std: 1.0 }
    }
}

/// P[y = 1], the weight of the class y = 1; [`Prior::PLUS`] and [`Prior::MINUS`] select a single class.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Prior(f64);

impl Prior {
    /// Equal weights for both classes.
    pub const HALF: Self = Self(0.5);
    /// The class y = 1 alone: results are conditional on it.
    pub const PLUS: Self = Self(1.0);
    /// The class y = −1 alone.
    pub const MINUS: Self = Self(0.0);

    /// Checks that `prior` is from 0 to 1.
    pub fn new(prior: f64) -> Result<Self, DomainError> {
        let ok = |v: f64| (0.0..=1.0).contains(&v);
        check("prior", prior, ok, "a number from 0 to 1").map(Self)
    }

    /// Returns P[y = 1].
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// Returns P[y = −1].
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
