//! The definitions: what the task is, what the defence does, which classifier is judged.
//!
//! Data: y = ±1 with probability ½ each, x | y ~ N(y·mean, noise²).
//! Defence: x is replaced by x + θ, θ ~ N(shift, sigma²).
//! Classifier: sgn(x + θ − k), or the majority of several with fresh θ.
//! Adversary: moves x by at most ε; its best move is −y·ε, since a move δ changes y·(x + θ − k) by y·δ ≥ −ε.
//!
//! Every stage is one [`Margin`], and everything else in this crate is a statement about it.
//! Source: Gao, Shumailov, Fawaz, Papernot, *On the Limitations of Stochastic Pre-processing
//! Defenses*, NeurIPS 2022 (arXiv 2206.09491), section 4.
//!
//! Parameters are checked on construction and private from then on, so that whoever holds a [`Task`] or a
//! [`Margin`] need not check again. All of them are in units of x.
//!
//! ```
//! use gauss_sim_theory::task::{Defense, Stage, Task};
//!
//! // the paper's defended classifier: y·(x + θ) is centred at mean + y·shift, the trained one's at mean
//! let (task, defense) = (Task::default(), Defense::new(1.0, 0.5)?);
//! let defended = Stage::Defended { threshold: 0.0 }.margin(&task, &defense)?;
//! let trained = Stage::Trained.margin(&task, &defense)?;
//! assert_eq!((defended.offset(), trained.offset()), (1.0, 0.0));
//! # Ok::<(), gauss_sim_theory::task::DomainError>(())
//! ```

mod draws;
mod votes;

pub use draws::{Draws, MAX_TRIES};
pub use votes::{MAX_VOTES, Votes};

/// The largest magnitude of mean, noise, shift, sigma, threshold and eps.
pub const MAX_MAGNITUDE: f64 = 1e15;
/// The smallest noise: below it, mean/noise may leave the range of a double.
pub const MIN_NOISE: f64 = 1e-15;

/// A parameter outside the domain. The message names the parameter, the value and what would be right.
///
/// ```
/// use gauss_sim_theory::task::Task;
///
/// let error = Task::new(1.0, 0.0).unwrap_err();
/// assert_eq!((error.name, error.value.as_str()), ("noise", "0"));
/// assert_eq!(error.to_string(), "noise = 0 is not possible: a number from 1e-15 to 1e15");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value} is not possible: {expected}")]
pub struct DomainError {
    /// The parameter, by its name in rows and on the command line.
    pub name: &'static str,
    /// The value that was given.
    pub value: String,
    /// What would be right.
    pub expected: String,
}

fn check(
    name: &'static str,
    value: f64,
    ok: impl Fn(f64) -> bool,
    expected: &str,
) -> Result<f64, DomainError> {
    if value.is_finite() && value.abs() <= MAX_MAGNITUDE && ok(value) {
        return Ok(value + 0.0); // −0 becomes 0, so that it prints and compares as the zero it is
    }
    Err(DomainError { name, value: value.to_string(), expected: expected.to_owned() })
}

/// The data: y = ±1 with probability ½ each, x | y ~ N(y·mean, noise²).
///
/// ```
/// use gauss_sim_theory::task::{MIN_NOISE, Task};
///
/// let task = Task::new(2.0, 0.5)?; // a sample is four standard deviations from the boundary in the mean
/// assert_eq!((task.mean(), task.noise()), (2.0, 0.5));
/// assert_eq!(Task::default(), Task::new(1.0, 1.0)?);
/// assert!(Task::new(1.0, 0.5 * MIN_NOISE).is_err());
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
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

/// The defence: adds θ ~ N(shift, sigma²) to the input.
///
/// ```
/// use gauss_sim_theory::task::{Defense, MAX_MAGNITUDE};
///
/// let defense = Defense::new(1.0, 0.5)?;
/// assert_eq!((defense.shift(), defense.sigma()), (1.0, 0.5));
/// assert!(Defense::new(1.0, 0.0).is_ok()); // θ = shift always
/// assert!(Defense::new(2.0 * MAX_MAGNITUDE, 0.5).is_err());
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defense {
    shift: f64,
    sigma: f64,
}

impl Defense {
    /// `shift` any number up to 1e15 in magnitude, `sigma` from 0 to 1e15; 0 is an ordinary value.
    pub fn new(shift: f64, sigma: f64) -> Result<Self, DomainError> {
        Ok(Self {
            shift: check("shift", shift, |_| true, "a number from -1e15 to 1e15")?,
            sigma: check("sigma", sigma, |v| v >= 0.0, "a number from 0 to 1e15")?,
        })
    }

    /// The mean of θ.
    #[must_use]
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// The standard deviation of θ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }
}

/// The adversary's budget, the largest |move| of x: from 0 to 1e15.
///
/// ```
/// use gauss_sim_theory::task::Eps;
///
/// let eps = Eps::new(0.5)?;
/// assert!(eps > Eps::ZERO && eps.get() == 0.5);
/// assert_eq!(Eps::new(-0.5).unwrap_err().expected, "a number from 0 to 1e15");
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
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

/// P[y = 1], the weight of the class y = 1; [`Prior::PLUS`] and [`Prior::MINUS`] ask for one class alone.
///
/// ```
/// use gauss_sim_theory::task::Prior;
///
/// let prior = Prior::new(0.75)?;
/// assert_eq!((prior.get(), prior.other()), (0.75, 0.25));
/// assert_eq!(Prior::default(), Prior::HALF);
/// assert_eq!((Prior::PLUS.get(), Prior::MINUS.get()), (1.0, 0.0));
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
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

/// The four stages of the paper's argument.
///
/// ```
/// use gauss_sim_theory::task::{Defense, Stage, Votes};
///
/// let defense = Defense::new(1.0, 0.5)?;
/// let stages = [
///     Stage::Undefended,
///     Stage::Defended { threshold: 0.25 },
///     Stage::Trained,
///     Stage::Voted { votes: Votes::Limit },
/// ];
/// let names = stages.map(|stage| stage.name());
/// assert_eq!(names, ["undefended", "defended", "trained", "voted"]);
/// let thresholds = stages.map(|stage| stage.threshold(&defense));
/// assert_eq!(thresholds, [None, Some(0.25), Some(1.0), Some(1.0)]);
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stage {
    /// sgn(x): no defence.
    Undefended,
    /// sgn(x + θ − threshold), one draw; the paper's defended classifier has threshold 0.
    Defended {
        /// The k of sgn(x + θ − k).
        threshold: f64,
    },
    /// sgn(x + θ − shift), one draw: what training on augmented data finds.
    Trained,
    /// The majority of several trained draws.
    Voted {
        /// How many draws vote.
        votes: Votes,
    },
}

impl Stage {
    /// The stage's name in rows and on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended { .. } => "defended",
            Self::Trained => "trained",
            Self::Voted { .. } => "voted",
        }
    }

    /// The k of sgn(x + θ − k); `None` where there is no θ.
    #[must_use]
    pub fn threshold(&self, defense: &Defense) -> Option<f64> {
        match self {
            Self::Undefended => None,
            Self::Defended { threshold } => Some(*threshold),
            Self::Trained | Self::Voted { .. } => Some(defense.shift),
        }
    }

    /// The margin of this stage. Fails where `threshold` is not a number from −1e15 to 1e15.
    ///
    /// ```
    /// use gauss_sim_theory::task::{Defense, Stage, Task, Votes};
    ///
    /// let (task, defense) = (Task::default(), Defense::new(1.0, 0.5)?);
    /// let between = Stage::Defended { threshold: 0.25 }.margin(&task, &defense)?;
    /// assert_eq!((between.offset(), between.sigma(), between.votes()), (0.75, 0.5, Votes::ONE));
    /// let undefended = Stage::Undefended.margin(&task, &defense)?;
    /// assert_eq!((undefended.offset(), undefended.sigma()), (0.0, 0.0)); // no θ at all
    /// # Ok::<(), gauss_sim_theory::task::DomainError>(())
    /// ```
    pub fn margin(&self, task: &Task, defense: &Defense) -> Result<Margin, DomainError> {
        let (offset, sigma, votes) = match *self {
            Self::Undefended => (0.0, 0.0, Votes::Limit),
            Self::Defended { threshold } => {
                let k = check("threshold", threshold, |_| true, "a number from -1e15 to 1e15")?;
                (defense.shift - k, defense.sigma, Votes::ONE)
            }
            Self::Trained => (0.0, defense.sigma, Votes::ONE),
            Self::Voted { votes } => (0.0, defense.sigma, votes),
        };
        Ok(Margin { task: *task, offset, sigma, votes })
    }
}

/// The one idea that keeps everything small: the margin m = y·(x + θ − k) of a classifier, in law
///
/// > m = mean + noise·z₁ + y·offset + sigma·w,  offset = shift − k,
///
/// with z₁ standard normal and w = 0 (undefended, or a vote of infinitely many), w = z₂ (one
/// draw), or w = the median of n standard normals (a vote of odd n: the majority of
/// sgn(x + θᵢ − k) is sgn(x − k + median θᵢ)). With an even number of votes and fair ties, w is
/// one of the two middle values, by a fair coin. The classifier is right under an attack of
/// budget ε exactly if m > ε.
///
/// In law, because y·x = mean + noise·z₁, θ = shift + sigma·z₂, and y·z₂ is distributed as z₂ is, given y.
/// An even number decides as one fewer do: of 2h + 2 votes, one chosen at random may abstain. If h + 2 or
/// more agree, h + 1 of the rest still do and are the majority; in a tie the rest go either way by a fair
/// coin.
///
/// ```
/// use gauss_sim_theory::accuracy::adversarial_accuracy;
/// use gauss_sim_theory::task::{Eps, Margin, Task, Votes};
///
/// let margin = Margin::new(Task::default(), 0.25, 2.0, Votes::ONE)?; // shift − k = ¼, sigma = 2
/// assert_eq!((margin.task().mean(), margin.offset(), margin.sigma()), (1.0, 0.25, 2.0));
/// let [eleven, twelve] = [11, 12].map(|n| Votes::new(n).map(|votes| margin.with_votes(votes)));
/// let (eleven, twelve, eps) = (eleven?, twelve?, Eps::new(0.5)?);
/// assert_ne!(eleven.votes(), twelve.votes());
/// assert_eq!(adversarial_accuracy(&eleven, eps), adversarial_accuracy(&twelve, eps));
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    task: Task,
    offset: f64,
    sigma: f64,
    votes: Votes,
}

impl Margin {
    /// A margin by its parts: `offset` = shift − k, `sigma` the standard deviation of θ, `votes`
    /// the number of draws ([`Votes::ONE`] for a single draw, [`Votes::Limit`] for w = 0).
    pub fn new(task: Task, offset: f64, sigma: f64, votes: Votes) -> Result<Self, DomainError> {
        Ok(Self {
            task,
            offset: check("offset", offset, |_| true, "a number from -1e15 to 1e15")?,
            sigma: check("sigma", sigma, |v| v >= 0.0, "a number from 0 to 1e15")?,
            votes,
        })
    }

    /// The same with another number of votes.
    #[must_use]
    pub fn with_votes(&self, votes: Votes) -> Self {
        Self { votes, ..*self }
    }

    /// The data behind the margin.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// shift − k, the part of the margin that changes sign with y.
    #[must_use]
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// The standard deviation of one draw of θ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// How many draws vote.
    #[must_use]
    pub fn votes(&self) -> Votes {
        self.votes
    }
}
