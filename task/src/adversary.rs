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
    /// No adversary: a budget of 0.
    pub const ZERO: Self = Self(0.0);

    /// Checks that `eps` is from 0 to 1e15.
    pub fn new(eps: f64) -> Result<Self, DomainError> {
        check("eps", eps, |v| v >= 0.0, "a number from 0 to 1e15").map(Self)
    }

    /// Returns the budget, in the units of x.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// The ℓp norm that measures the adversary's budget.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Norm(f64);

impl Norm {
    /// The ℓ₁ norm, Σ|zᵢ|.
    pub const ONE: Self = Self(1.0);
    /// The Euclidean norm.
    pub const TWO: Self = Self(2.0);
    /// The maximum norm, max |zᵢ|.
    pub const MAX: Self = Self(f64::INFINITY);

    /// Returns the ℓp norm; `p` is from 1 to infinity, infinity included.
    pub fn new(p: f64) -> Result<Self, DomainError> {
        if p >= 1.0 {
            return Ok(Self(p));
        }
        let expected = "a number of at least 1, or inf".to_owned();
        Err(DomainError { name: "norm", value: p.to_string(), expected })
    }

    /// Returns p.
    #[must_use]
    pub fn p(self) -> f64 {
        self.0
    }

    /// Returns the dual norm, 1/p + 1/q = 1: an attack of budget ε reduces a margin by at most ε‖w‖_q.
    #[must_use]
    pub fn dual(self) -> Self {
        match self.0 {
            1.0 => Self::MAX,
            f64::INFINITY => Self::ONE,
            p => Self((p / (p - 1.0)).max(1.0)),
        }
    }
}

/// Writes `inf` or the number, as on the command line.
impl std::fmt::Display for Norm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
