//! The adversary: moves x by at most ε.

use crate::error::{DomainError, check};

/// The adversary's budget, the largest |move| of x: from 0 to 1e15.
///
/// ```
/// use gauss_sim_task::Eps;
///
/// let eps = Eps::new(0.5)?;
/// assert!(eps > Eps::ZERO && eps.get() == 0.5);
/// assert_eq!(Eps::new(-0.5).unwrap_err().expected, "a number from 0 to 1e15");
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Eps(f64);

impl Eps {
    /// No adversary.
    pub const ZERO: Self = Self(0.0);

    /// Checks that `eps` is from 0 to 1e15.
    pub fn new(eps: f64) -> Result<Self, DomainError> {
        check("eps", eps, |v| v >= 0.0, "a number from 0 to 1e15").map(Self)
    }

    /// The budget, in the units of x.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// The ℓp norm in which the adversary's budget is counted.
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
}

/// `inf`, else the number: as on the command line.
impl std::fmt::Display for Norm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
