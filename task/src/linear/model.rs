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

/// The data: y = 1 with probability `prior`, else −1; x | y ~ N(y·mean, covariance).
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
    /// `mean` of d entries up to 1e15 in magnitude, `covariance` of d dimensions and positive definite,
    /// `prior` above 0 and below 1. Costs d³/6 multiply-adds for a full covariance.
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

    /// The mean of x given y = 1.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The covariance of x given y.
    #[must_use]
    pub fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// P[y = 1].
    #[must_use]
    pub fn prior(&self) -> Prior {
        self.prior
    }

    /// d.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.mean.len()
    }

    /// What shows that the covariance is positive definite, and solves equations with it.
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
    /// `mean` of d entries up to 1e15 in magnitude, `covariance` of d dimensions; 0 is an ordinary value.
    /// Messages call the mean `shift`.
    pub fn new(mean: Vec<f64>, covariance: Covariance) -> Result<Self, EntryError> {
        check_vector("shift", &mean, MAX_MAGNITUDE)?;
        check_dimension(&covariance, mean.len())?;
        Ok(Self { mean, covariance })
    }

    /// The mean of θ: what `shift` is in one dimension.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The covariance of θ: what `sigma²` is in one dimension.
    #[must_use]
    pub fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// The same shape with another strength: θ ~ N(mean, sigma²·covariance). `sigma` from 0 to 1e15; fails,
    /// too, where a variance would be above 1e30.
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

/// The classifier sgn(weights·x + bias). With a defense, x is x + θ.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearClassifier {
    weights: Vec<f64>,
    bias: f64,
}

impl LinearClassifier {
    /// `weights` finite and not all 0, `bias` finite.
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

    /// The normal of the boundary.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The same classifier in another scale, which whoever scales it answers for.
    #[must_use]
    pub fn with(&self, weights: Vec<f64>, bias: f64) -> Self {
        Self { weights, bias }
    }

    /// What is added to weights·x.
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.bias
    }
}

/// What to do with an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Look at it.
    Linear(LinearClassifier),
    /// Always say this class, +1 or −1: nothing can be learned from the input. Its accuracy, under any
    /// attack, is max(prior, 1 − prior).
    Constant(i8),
}

impl Rule {
    /// The classifier, if the input matters.
    #[must_use]
    pub fn linear(&self) -> Option<&LinearClassifier> {
        match self {
            Self::Linear(classifier) => Some(classifier),
            Self::Constant(_) => None,
        }
    }
}
