//! The definitions in d dimensions: data, defense, classifiers.

use super::covariance::{Covariance, Definite, MAX_VARIANCE, check_vector};
use crate::data::Prior;
use crate::error::{EntryError, MAX_MAGNITUDE};

fn check_dimension(covariance: &Covariance, d: usize) -> Result<(), EntryError> {
    match covariance.dimension() {
        Some(found) if found != d => {
            let expected = format!("{d}, as its mean has");
            Err(EntryError::new("dimensions of covariance", found, expected))
        }
        _ => Ok(()),
    }
}

/// The data: y = 1 with probability `prior` and −1 otherwise; x | y ~ N(y·mean, covariance).
///
/// ```
/// use gauss_sim_task::linear::{Covariance, LinearTask};
/// use gauss_sim_task::Prior;
///
/// let covariance = Covariance::diagonal(vec![1.0, 0.25])?;
/// let task = LinearTask::new(vec![1.0, 2.0], covariance.clone(), Prior::new(0.75)?)?;
/// assert_eq!((task.dimension(), task.mean()), (2, &[1.0, 2.0][..]));
/// assert_eq!((task.covariance(), task.prior().get()), (&covariance, 0.75));
/// let error = LinearTask::new(vec![1.0], covariance, Prior::HALF).unwrap_err();
/// assert_eq!(error.to_string(), "dimensions of covariance = 2 is not possible: 1, as its mean has");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LinearTask {
    mean: Vec<f64>,
    covariance: Covariance,
    definite: Definite,
    prior: Prior,
}

impl LinearTask {
    /// Creates the task; `mean` has d entries up to 1e15 in magnitude, `covariance` has d dimensions and is positive
    /// definite, `prior` is above 0 and below 1. Takes d³/6 multiply-adds for a full covariance.
    pub fn new(mean: Vec<f64>, covariance: Covariance, prior: Prior) -> Result<Self, EntryError> {
        check_vector("mean", &mean, MAX_MAGNITUDE)?;
        check_dimension(&covariance, mean.len())?;
        if prior.get() <= 0.0 || prior.other() <= 0.0 {
            let expected = "a number above 0 and below 1";
            return Err(EntryError::new("prior", prior.get(), expected));
        }
        let definite = covariance.factor("covariance")?;
        Ok(Self { mean, covariance, definite, prior })
    }

    /// Returns the mean of x given y = 1.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Returns the covariance of x given y.
    #[must_use]
    pub fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// Returns P[y = 1].
    #[must_use]
    pub fn prior(&self) -> Prior {
        self.prior
    }

    /// Returns d.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.mean.len()
    }

    /// Returns the factored covariance, which proves that it is positive definite and solves equations with it.
    #[must_use]
    pub fn definite(&self) -> &Definite {
        &self.definite
    }
}

/// The defense: adds θ ~ N(mean, covariance) to the input, independent of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearDefense {
    mean: Vec<f64>,
    covariance: Covariance,
}

impl LinearDefense {
    /// Creates the defense; `mean` has d entries up to 1e15 in magnitude, `covariance` has d dimensions, and 0 is an
    /// ordinary value for both. Error messages call the mean `shift`.
    pub fn new(mean: Vec<f64>, covariance: Covariance) -> Result<Self, EntryError> {
        check_vector("shift", &mean, MAX_MAGNITUDE)?;
        check_dimension(&covariance, mean.len())?;
        Ok(Self { mean, covariance })
    }

    /// Returns the mean of θ, called `shift` in one dimension.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Returns the covariance of θ, called `sigma²` in one dimension.
    #[must_use]
    pub fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// Returns the same shape with another strength: θ ~ N(mean, sigma²·covariance). `sigma` is from 0 to 1e15. Also
    /// fails if a variance would be above 1e30.
    pub fn scaled(&self, sigma: f64) -> Result<Self, EntryError> {
        if !(0.0..=MAX_MAGNITUDE).contains(&sigma) {
            return Err(EntryError::new("sigma", sigma, "a number from 0 to 1e15"));
        }
        let covariance = self.covariance.times_number(sigma * sigma);
        let largest = covariance.largest();
        if largest > MAX_VARIANCE {
            let least = self.covariance.largest();
            let expected = format!(
                "at most {:e}, for variances up to {MAX_VARIANCE:e}",
                (MAX_VARIANCE / least).sqrt()
            );
            return Err(EntryError::new("sigma", sigma, expected));
        }
        Ok(Self { mean: self.mean.clone(), covariance })
    }
}

/// The classifier sgn(weights·x + bias), applied to x + θ where there is a defense.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearClassifier {
    weights: Vec<f64>,
    bias: f64,
}

impl LinearClassifier {
    /// Creates the classifier; `weights` are finite and not all 0, `bias` is finite.
    pub fn new(weights: Vec<f64>, bias: f64) -> Result<Self, EntryError> {
        check_vector("weights", &weights, f64::MAX)?;
        if weights.iter().all(|w| *w == 0.0) {
            return Err(EntryError::new("weights", 0, "at least one entry that is not 0"));
        }
        if !bias.is_finite() {
            return Err(EntryError::new("bias", bias, "a finite number"));
        }
        Ok(Self { weights, bias })
    }

    /// Returns the weights, the normal of the decision boundary.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Returns the same classifier in another scale. The caller guarantees that the scaled numbers are valid.
    #[must_use]
    pub fn with(&self, weights: Vec<f64>, bias: f64) -> Self {
        Self { weights, bias }
    }

    /// Returns the bias, which is added to weights·x.
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.bias
    }
}

/// A decision rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Classifies by a linear function of the input.
    Linear(LinearClassifier),
    /// Always returns this class, +1 or −1, because the input carries no usable information. The accuracy of this
    /// rule, under any attack, is max(prior, 1 − prior).
    Constant(i8),
}

impl Rule {
    /// Returns the linear classifier, if the rule depends on the input.
    #[must_use]
    pub fn linear(&self) -> Option<&LinearClassifier> {
        match self {
            Self::Linear(classifier) => Some(classifier),
            Self::Constant(_) => None,
        }
    }
}
