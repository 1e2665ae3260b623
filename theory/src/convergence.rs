//! The rate at which a vote tends to its limit: the leading term, and the number of votes that is sufficient.
//!
//! The robust accuracy of n votes is about limit + coefficient/n^power. With a = (c − ε)/data_std at the
//! centre c = mean ± offset of a class, Var(Mₙ) ≈ π/(2n) for the median of n standard normals and
//! Φ″(a) = −a·φ(a), Taylor's series of Φ in the median gives
//!
//! ```text
//! Aₙ(ε) ≈ A(ε) + B(ε)/n,   B(ε) = (π·sigma²/(4·data_std²)) · ½ Σ_y −a·φ(a)
//! ```
//!
//! and for one shared set of draws the ratio Aₙ(ε)/Aₙ(0) has power 1 and, by the quotient rule, the coefficient
//! (A(ε)/A(0))·[B(ε)/A(ε) − B(0)/A(0)]. At ε = 0 the ratio is 1 for every n.
//!
//! Fresh draws at ε > 0 have the same leading term: a vote that is right under attack and wrong without it needs two
//! medians that differ by more than ε/sigma, and the probability of that decreases exponentially in n·(ε/sigma)².
//! Below n of about (2·sigma/ε)² this dominates, and the leading term is not a good approximation. At ε = 0 it is the
//! only term: with t = mean + y·offset + data_std·z, a vote is right first and wrong then if
//! −sigma·Mₙ < t ≤ −sigma·Mₙ′, with probability ≈ φ(c/data_std)·(sigma/data_std)·E[(Mₙ − Mₙ′)₊], and
//! E[(Mₙ − Mₙ′)₊] = E|Mₙ − Mₙ′|/2 ≈ 1/√(2n). So the power is ½ and the coefficient −(sigma/data_std)·½Σ_y
//! φ(c/data_std)/(√2·A(0)). If each of T > 1 independent votes on the attacked input has to be right (`persistent`),
//! the worst of T medians decides: the power is ½, and the coefficient −(sigma/data_std)·½Σ_y φ(a)·√(π/2)·E_T/A(0),
//! with E_T the expected largest of T normals (E₂ = 1/√π), and T + 1 in place of T at ε = 0, where the vote on the
//! clean input counts as well.
//!
//! Source: the variance of the median is in H. A. David and H. N. Nagaraja, *Order Statistics*, Wiley 2003, section
//! 10.2; the rest is derived above.
//!
//! ```
//! use gauss_sim_theory::convergence::asymptote;
//! use gauss_sim_theory::math::normal::{cdf, pdf};
//! use task::{DrawProtocol, Eps, Margin, Task, Votes};
//!
//! // fresh votes contradict each other on some inputs near 0 even without an attack: a share of order 1/√n
//! let margin = Margin::new(Task::default(), 0.0, 1.0, Votes::Limit)?;
//! let leading = asymptote(&margin, Eps::ZERO, DrawProtocol::Fresh);
//! assert_eq!((leading.limit, leading.power), (1.0, 0.5));
//! assert!((leading.coefficient + pdf(1.0) / (2.0_f64.sqrt() * cdf(1.0))).abs() < 1e-14);
//! # Ok::<(), task::DomainError>(())
//! ```

mod planner;

pub use planner::{MIN_TOLERANCE, Reached, Tolerance, VotesFor, votes_for};

use crate::accuracy::{Profile, class_average};
use crate::math::depth::Variance;
use crate::math::double::Dd;
use crate::math::normal::{hazard, ln_cdf, sf};
use crate::math::quadrature::integrate;
use crate::math::scaled::{Scaled, below_of};
use std::f64::consts::{FRAC_PI_2, PI};
use task::{DrawProtocol, Eps, Margin, Prior, Votes};

/// The leading term of the robust accuracy of n votes: limit + coefficient/n^power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asymptote {
    /// The robust accuracy of infinitely many votes.
    pub limit: f64,
    /// The difference to the limit, times n^power; 0 if every number of votes does as well as the limit.
    pub coefficient: f64,
    /// 1, or ½ for fresh draws without an adversary and for several tries.
    pub power: f64,
}

impl Asymptote {
    /// Returns limit + coefficient/n^power.
    #[must_use]
    pub fn at(&self, votes: f64) -> f64 {
        self.limit + self.coefficient / votes.powf(self.power)
    }

    /// Returns the number of votes from which on the leading term alone is within `tolerance` of the limit:
    /// (|coefficient|/tolerance)^(1/power), at least 1, and in general not an integer.
    #[must_use]
    pub fn votes_for(&self, tolerance: Tolerance) -> f64 {
        (self.coefficient.abs() / tolerance.get()).powf(1.0 / self.power).max(1.0)
    }
}

/// Returns the leading term of the robust accuracy as the number of votes grows; the margin's own number of votes is
/// ignored. The limit is as accurate as in [`crate::accuracy`], and the coefficient to about 1e-13 of the larger of
/// its two terms.
#[must_use]
pub fn asymptote(margin: &Margin, eps: Eps, draws: DrawProtocol) -> Asymptote {
    let margin = margin.with_votes(Votes::Limit);
    let limit = Profile::new(&margin).robust(eps).value;
    let spread = margin.sigma() / margin.task().data_std();
    // A second draw matters to first order if it is at the same place, or one of several.
    let apart = match (draws.tries(), eps == Eps::ZERO) {
        (0, _) | (1, false) => None,
        (tries, true) => Some(largest_normal(tries + 1)), // including that of the clean input
        (tries, false) => Some(largest_normal(tries)),
    };
    let (coefficient, power) = match apart {
        Some(largest) => {
            let flips = FRAC_PI_2.sqrt() * largest * class_mean(&margin, eps, |a| hazard(-a));
            (-limit * spread * flips, 0.5)
        }
        None => {
            let bend = |eps| class_mean(&margin, eps, |a| -a * hazard(-a));
            let difference = if eps == Eps::ZERO { 0.0 } else { bend(eps) - bend(Eps::ZERO) };
            (limit * (0.25 * PI * spread * spread) * difference, 1.0)
        }
    };
    // 0 times an infinite spread is NaN; adding 0 turns −0 into 0.
    let coefficient = if coefficient.is_nan() { 0.0 } else { coefficient + 0.0 };
    Asymptote { limit, coefficient, power }
}

/// Returns the expected largest of this many standard normals: ∫ 1 − Φ(x)^m − Φ(−x)^m dx over x > 0.
pub(crate) fn largest_normal(m: u32) -> f64 {
    let m = f64::from(m);
    let integrand = |x: f64| -(m * (-sf(x)).ln_1p()).exp_m1() - (m * ln_cdf(-x)).exp();
    // The part of the mean of the largest of a million above 9 is 1e-13 of it.
    let breaks: Vec<f64> = (0..=20).map(f64::from).chain([40.0]).collect();
    integrate(integrand, &breaks, 1e-15).value
}

/// Returns Σ_y Φ(a)·weight(a)/Σ_y Φ(a), even where A(ε) underflows. With hazard(−a) = φ(a)/Φ(a) in the weight, it is
/// the mean of φ divided by that of Φ.
fn class_mean(margin: &Margin, eps: Eps, weight: impl Fn(f64) -> f64) -> f64 {
    let data_std = margin.task().data_std();
    let less = Dd::from(eps.get());
    let below = |centre: Dd| below_of(centre, less, Variance::new(data_std, Dd::ZERO));
    let argument = |centre: Dd| (centre - less) / Dd::from(data_std);
    let total = class_average(margin, Prior::HALF, below);
    let (mean, offset) = (margin.task().mean(), margin.offset());
    if offset == 0.0 {
        return weight(argument(Dd::from(mean)).hi());
    }
    let both = Scaled { mantissa: 2.0 * total.mantissa, ..total };
    let part = |offset: f64| {
        let centre = Dd::two_sum(mean, offset);
        below(centre).ratio(both).value * weight(argument(centre).hi())
    };
    part(offset) + part(-offset)
}
