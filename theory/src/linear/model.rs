//! The definitions: data, defence, adversary's norm and classifier in d dimensions.

use super::covariance::{Covariance, Definite, EntryError, MAX_VARIANCE, check_vector, solve_sum};
use super::dots::{dot, largest, power_of_two, sum_of_magnitudes};
use crate::double::Dd;
use crate::task::{DomainError, MAX_MAGNITUDE, Prior};

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
/// use gauss_sim_theory::linear::{Covariance, LinearTask};
/// use gauss_sim_theory::task::Prior;
///
/// let covariance = Covariance::diagonal(vec![1.0, 0.25])?;
/// let task = LinearTask::new(vec![1.0, 2.0], covariance.clone(), Prior::new(0.75)?)?;
/// assert_eq!((task.dimension(), task.mean()), (2, &[1.0, 2.0][..]));
/// assert_eq!((task.covariance(), task.prior().get()), (&covariance, 0.75));
/// assert!((task.prior_bias() - 0.5 * 3.0_f64.ln()).abs() < 1e-15);
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

    /// Σ⁻¹μ.
    pub(crate) fn weights(&self) -> Vec<f64> {
        solve_sum(&[&self.covariance], &self.definite, &self.mean)
    }

    /// What solves equations with the covariance.
    pub(crate) fn definite(&self) -> &Definite {
        &self.definite
    }

    /// ½·ln(prior/(1 − prior)): the bias of the best classifier whose weights are Σ⁻¹·mean.
    #[must_use]
    pub fn prior_bias(&self) -> f64 {
        0.5 * (self.prior.get() / self.prior.other()).ln()
    }
}

/// The defence: adds θ ~ N(mean, covariance) to the input, independent of it.
///
/// ```
/// use gauss_sim_theory::linear::{Covariance, LinearDefense};
///
/// let shape = LinearDefense::new(vec![1.0, 0.0], Covariance::diagonal(vec![1.0, 0.25])?)?;
/// let strong = shape.scaled(2.0)?; // twice the standard deviations
/// assert_eq!(strong.mean(), [1.0, 0.0]);
/// assert_eq!(strong.covariance(), &Covariance::diagonal(vec![4.0, 1.0])?);
/// # Ok::<(), gauss_sim_theory::linear::EntryError>(())
/// ```
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

/// Fails unless the defence has as many dimensions as the task.
pub(crate) fn check_defense(task: &LinearTask, defense: &LinearDefense) -> Result<(), EntryError> {
    let (d, found) = (task.dimension(), defense.mean.len());
    if d == found {
        return Ok(());
    }
    Err(EntryError::new("length of shift", found, format!("{d}, as the mean of the data has")))
}

/// The ℓp norm in which the adversary's budget is counted.
///
/// ```
/// use gauss_sim_theory::linear::Norm;
///
/// let z = [3.0, -4.0];
/// assert_eq!([Norm::ONE, Norm::TWO, Norm::MAX].map(|norm| norm.of(&z)), [7.0, 5.0, 4.0]);
/// assert_eq!((Norm::ONE.dual(), Norm::new(3.0)?.dual().p()), (Norm::MAX, 1.5));
/// assert_eq!((Norm::MAX.to_string(), Norm::TWO.to_string()), ("inf".into(), "2".into()));
/// assert!(Norm::new(0.5).is_err()); // no norm: the triangle inequality fails
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Norm(f64);

impl Norm {
    /// Σ|zᵢ|.
    pub const ONE: Self = Self(1.0);
    /// The Euclidean one.
    pub const TWO: Self = Self(2.0);
    /// max |zᵢ|.
    pub const MAX: Self = Self(f64::INFINITY);

    /// `p` from 1 to infinity, infinity included.
    pub fn new(p: f64) -> Result<Self, DomainError> {
        if p >= 1.0 {
            return Ok(Self(p));
        }
        let expected = "a number of at least 1, or inf".to_owned();
        Err(DomainError { name: "norm", value: p.to_string(), expected })
    }

    /// p.
    #[must_use]
    pub fn p(self) -> f64 {
        self.0
    }

    /// The dual norm, 1/p + 1/q = 1: what an attack of budget ε costs a margin is ε‖w‖_q.
    #[must_use]
    pub fn dual(self) -> Self {
        match self.0 {
            1.0 => Self::MAX,
            f64::INFINITY => Self::ONE,
            p => Self((p / (p - 1.0)).max(1.0)),
        }
    }

    /// ‖z‖_p, within a few ulp.
    #[must_use]
    pub fn of(self, z: &[f64]) -> f64 {
        let top = largest(z);
        if top == 0.0 || self == Self::MAX {
            return top;
        }
        if self == Self::ONE {
            return sum_of_magnitudes(z).hi();
        }
        // a power of two near the largest entry, so that nothing leaves the range of a double
        let unit = top.log2().floor().exp2();
        if self == Self::TWO {
            let scaled: Vec<f64> = z.iter().map(|z| z / unit).collect();
            return unit * dot(&scaled, &scaled).sqrt().hi();
        }
        let sum = z.iter().fold(Dd::ZERO, |s, z| s + Dd::from((z.abs() / top).powf(self.0)));
        top * sum.hi().powf(1.0 / self.0)
    }

    /// The z with ‖z‖_p = 1 for which w·z = ‖w‖_q: the attack's best direction is −y times it. Where
    /// several are best, the one that moves all (p = ∞: not those with no weight), or the first (p = 1).
    ///
    /// By the equality case of Hölder's inequality, zᵢ is in proportion to sgn(wᵢ)·|wᵢ|^(q − 1) for
    /// 1 < p < ∞, all of it is in the largest |wᵢ| for p = 1, and zᵢ = sgn(wᵢ) for p = ∞.
    ///
    /// ```
    /// use gauss_sim_theory::linear::Norm;
    ///
    /// let w = [3.0, -4.0];
    /// assert_eq!(Norm::TWO.best_direction(&w), [0.6, -0.8]);
    /// assert_eq!(Norm::MAX.best_direction(&w), [1.0, -1.0]);
    /// assert_eq!(Norm::ONE.best_direction(&w), [0.0, -1.0]);
    /// ```
    #[must_use]
    pub fn best_direction(self, w: &[f64]) -> Vec<f64> {
        let top = largest(w);
        if top == 0.0 {
            return vec![0.0; w.len()];
        }
        if self == Self::ONE {
            let first = w.iter().position(|w| w.abs() == top);
            let move_one = |(i, w): (usize, &f64)| if Some(i) == first { w.signum() } else { 0.0 };
            return w.iter().enumerate().map(move_one).collect();
        }
        if self == Self::MAX {
            return w.iter().map(|w| if *w == 0.0 { 0.0 } else { w.signum() }).collect();
        }
        let power = self.dual().0 - 1.0;
        let raw: Vec<f64> = w.iter().map(|w| (w.abs() / top).powf(power).copysign(*w)).collect();
        let length = self.of(&raw);
        raw.iter().map(|v| v / length).collect()
    }
}

/// `inf`, else the number: as on the command line.
impl std::fmt::Display for Norm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The classifier sgn(weights·x + bias). With a defence, x is x + θ.
///
/// ```
/// use gauss_sim_theory::linear::LinearClassifier;
///
/// let classifier = LinearClassifier::new(vec![3.0, 4.0], 10.0)?;
/// let unit = classifier.unit(); // the boundary is 2 away from 0
/// assert_eq!((unit.weights(), unit.bias()), (&[0.6, 0.8][..], 2.0));
/// assert!(LinearClassifier::new(vec![0.0, 0.0], 1.0).is_err());
/// # Ok::<(), gauss_sim_theory::linear::EntryError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LinearClassifier {
    weights: Vec<f64>,
    bias: f64,
}

impl LinearClassifier {
    /// `weights` finite and not all 0, `bias` finite.
    pub fn new(weights: Vec<f64>, bias: f64) -> Result<Self, EntryError> {
        check_vector("weights", &weights, f64::MAX)?;
        if largest(&weights) == 0.0 {
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

    /// What is added to weights·x.
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// The same classifier with ‖weights‖₂ = 1 to rounding, the bias divided alike, so that weights·x + bias
    /// is the distance from the boundary. In one dimension the weight becomes ±1 exactly. A distance beyond
    /// the doubles becomes the largest of them.
    #[must_use]
    pub fn unit(&self) -> Self {
        let first = power_of_two(largest(&self.weights));
        let scaled: Vec<f64> = self.weights.iter().map(|w| w * first).collect();
        let length = Norm::TWO.of(&scaled);
        let bias = (self.bias * first / length).clamp(-f64::MAX, f64::MAX);
        Self { weights: scaled.iter().map(|w| w / length).collect(), bias }
    }
}
