//! The exact theory in d dimensions: Gaussian classes, a Gaussian defense, linear classifiers, and an adversary in
//! any ℓp norm.
//!
//! ```text
//! data        y = 1 with probability prior, else −1;  x | y ~ N(y·μ, Σ)
//! defense     x becomes x + θ,  θ ~ N(m, S)
//! classifier  sgn(w·(x + θ) + b), or the majority of several with fresh θ
//! adversary   moves x by δ, ‖δ‖_p ≤ ε; its best move lowers the margin by ε‖w‖_q, 1/p + 1/q = 1
//! ```
//!
//! - [`Projection`]: every such classifier has a one-dimensional margin, so all of this crate applies.
//! - [`agreement`](agreement()): how often a noisy classifier agrees with the undefended one.
//! - [`bayes`], [`trained`]: the best classifier without a defense, and the one that training on augmented data finds.
//! - [`robust_optimum`]: the best classifier under attack, with bounds that enclose the optimum.
//! - [`budget_of_noise`], [`matching_noise`]: the noise with which training leads to the robust optimum.
//!
//! ```
//! use gauss_sim_theory::linear::{Projection, budget_of_noise, robust_optimum, trained};
//! use task::linear::{Covariance, LinearDefense, LinearTask, Rule};
//! use task::{DrawProtocol, Eps, Norm, Prior, Votes};
//!
//! // training with noise 1 on each coordinate, and voting, is the best there is against ε(1) in ℓ2
//! let task = LinearTask::new(vec![1.0, 1.0], Covariance::diagonal(vec![1.0, 0.2])?, Prior::HALF)?;
//! let defense = LinearDefense::new(vec![1.0, 1.0], Covariance::scalar(1.0)?)?;
//! let Rule::Linear(classifier) = trained(&task, &defense)? else { unreachable!("the mean is not 0") };
//! let voted = Projection::new(&task, Some(&defense), &classifier, Norm::TWO, Votes::Limit)?;
//! let eps = Eps::new(budget_of_noise(&task, 1.0)?)?;
//! let reached = voted.accuracies(DrawProtocol::Same, eps)?.adversarial.value;
//! let best = robust_optimum(&task, Norm::TWO, eps)?.accuracy;
//! assert!((reached - best.lower).abs() < 1e-14);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Accuracy: the one-dimensional margin is computed from w·μ, wᵀΣw and the rest, rounded once from double-double.
//! Every result of the robust optimum has its own enclosure, measured (`oracle/linear.csv`, and searches over random
//! tasks with condition numbers up to 1e10) to be at most 3e-12 wide relative to the distance, and 1e-13 for most
//! methods. Time at d = 1000: independent coordinates at most 5 ms; full covariances 0.2 s to check one, 1 s for
//! p = 1, 2 and ∞, 0.4 s for p = 1.5, 8 s for p = 3 (`tests/linear_search.rs`, two shared cores). The matrix products
//! of nalgebra use the available instructions (FMA), so the last digits may differ from one machine to another;
//! enclosures hold on each.
//!
//! Vectors are slices of doubles, matrices are slices of rows; entries count from 0.

mod agreement;
mod candidate;
mod classifiers;
mod dots;
mod interior;
mod newton;
mod noise;
mod norms;
mod products;
mod projection;
mod robust;
mod separable;

pub use agreement::{agreement, disagreement};
pub use classifiers::{bayes, constant_accuracies, trained};
pub use noise::{
    MatchingNoise, angle, budget_of_noise, matching_noise, noise_of_budget, vote_restores_bayes,
};
pub use norms::{Length, Unit};
pub use products::BayesWeights;
pub use projection::Projection;
pub use robust::{Enclosure, Method, RobustOptimum, robust_optimum};
