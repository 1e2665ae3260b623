//! What the margins of held-out rows say, exactly: no attack is run, and nothing is drawn.
//!
//! The share of margins above ε is the accuracy under the best attack of budget ε. Of a margin r, noise that moves margins by
//! N(0, sigma²) leaves
//!
//! ```text
//! one draw     Φ((r − ε)/sigma)
//! n votes      P[Mₙ < (r − ε)/sigma],  Mₙ the median of n standard normals
//! certificate  S(r/sigma)·P[Bin(n, Φ(r/sigma)) ≥ c*(ε)]      (crate::certify)
//! ```
//!
//! each of which rises with r from 0 to 1. So its mean over the rows is ∫ (1 − F) dg, and where the distribution
//! function F is within a band, all of these are, at every ε and sigma at once. The band is that of
//! Dvoretzky, Kiefer and Wolfowitz with Massart's constant: P[sup |Fₙ − F| > c] ≤ 2·exp(−2nc²)
//! (P. Massart, Ann. Probab. 18 (1990), 1269–1283), for any F and any n.
//!
//! ```
//! use gauss_sim_theory::fit::held_out::{Margins, band};
//!
//! let margins = Margins::new(vec![1.5, -0.5, 0.25, 2.0]);
//! assert_eq!((margins.above(0.0), margins.above(0.25), margins.above(2.0)), (3, 2, 0));
//! assert!((band(1000, 0.95) - 0.042_947).abs() < 1e-6);
//! ```

use rayon::prelude::*;
use task::Votes;

use crate::certify::Certifier;
use crate::math::majority::Majority;
use crate::math::normal::cdf;

/// So many margins are averaged at a time.
const GROUP: usize = 4096;

/// The half-width of a simultaneous band for the distribution function behind `count` values, at this confidence.
#[must_use]
pub fn band(count: usize, confidence: f64) -> f64 {
    ((2.0 / (1.0 - confidence)).ln() / (2.0 * count as f64)).sqrt().min(1.0)
}

/// A bound on the probability that `count` values of a law are as far from it as `distance`, in Kolmogorov's distance: 2·exp(−2nD²).
///
/// It holds for all n and any law, and costs little: from 100 values on the exact p-value is at most a quarter below, where it is
/// between 2e-4 and ½.
#[must_use]
pub fn p_value(count: usize, distance: f64) -> f64 {
    (2.0 * (-2.0 * count as f64 * distance * distance).exp()).min(1.0)
}

/// The margins of held-out rows, ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins(Vec<f64>);

impl Margins {
    /// Some margins in any order, none of which is NaN.
    #[must_use]
    pub fn new(mut margins: Vec<f64>) -> Self {
        margins.par_sort_unstable_by(f64::total_cmp);
        Self(margins)
    }

    /// The margins, ascending.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// How many are above ε: the rows that are right under an attack of this budget.
    #[must_use]
    pub fn above(&self, eps: f64) -> usize {
        self.0.len() - self.0.partition_point(|margin| *margin <= eps)
    }

    /// The mean of a function of the margin.
    #[must_use]
    pub fn mean_of(&self, of: impl Fn(f64) -> f64 + Sync) -> f64 {
        let part = |part: &[f64]| part.iter().map(|margin| of(*margin)).sum::<f64>();
        let sums: Vec<f64> = self.0.par_chunks(GROUP).map(part).collect();
        sums.iter().sum::<f64>() / self.0.len() as f64
    }

    /// Kolmogorov's distance from a law with this continuous distribution function.
    #[must_use]
    pub fn distance(&self, below: impl Fn(f64) -> f64 + Sync) -> f64 {
        self.farthest(below).distance
    }

    /// The largest difference between the accuracies of these margins and of a law with this continuous distribution function, over all
    /// ε, those below 0 too, and where it is.
    #[must_use]
    pub fn farthest(&self, below: impl Fn(f64) -> f64 + Sync) -> Farthest {
        let count = self.0.len() as f64;
        let far = |(i, margin): (usize, &f64)| {
            let expected = below(*margin);
            ((i + 1) as f64 / count - expected).max(expected - i as f64 / count)
        };
        let parts: Vec<f64> = self.0.par_iter().enumerate().with_min_len(GROUP).map(far).collect();
        let none = Farthest { distance: 0.0, eps: 0.0 };
        self.0.iter().zip(parts).fold(none, |most, (eps, distance)| {
            match distance > most.distance {
                true => Farthest { distance, eps: *eps },
                false => most,
            }
        })
    }
}

/// Where two distribution functions differ most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Farthest {
    /// By how much.
    pub distance: f64,
    /// At which margin, which is a budget.
    pub eps: f64,
}

/// What becomes of a margin on its way to an answer.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It is looked at as it is.
    Undefended,
    /// The majority of noisy answers.
    Voted(Voted),
    /// The certificate of noisy answers; a budget is a radius.
    Certified(Certifier),
}

/// The majority of `votes` answers under noise that moves margins by N(0, sigma²).
#[derive(Debug, Clone)]
pub struct Voted {
    sigma: f64,
    votes: Votes,
    /// Of more than one and finitely many.
    majority: Option<Majority>,
}

impl Voted {
    /// `sigma` above 0, in units of margins.
    #[must_use]
    pub fn new(sigma: f64, votes: Votes) -> Self {
        let majority = match votes {
            Votes::Finite(n) if n.get() > 2 => Some(Majority::new(n.get())),
            _ => None,
        };
        Self { sigma, votes, majority }
    }

    /// The standard deviation of a margin under the noise.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// How many noisy answers vote.
    #[must_use]
    pub fn votes(&self) -> Votes {
        self.votes
    }

    /// The probability that an input with this margin is answered rightly.
    #[must_use]
    pub fn right(&self, margin: f64) -> f64 {
        let x = margin / self.sigma;
        match (&self.majority, self.votes) {
            (Some(majority), _) => majority.below(x),
            (None, Votes::Limit) => f64::from(margin > 0.0),
            (None, _) => cdf(x),
        }
    }
}

impl Stage {
    /// The accuracy of the held-out rows against a budget of `eps`.
    #[must_use]
    pub fn accuracy(&self, margins: &Margins, eps: f64) -> f64 {
        match self {
            Self::Undefended => margins.above(eps) as f64 / margins.values().len() as f64,
            Self::Voted(voted) => margins.mean_of(|margin| voted.right(margin - eps)),
            Self::Certified(certifier) => margins.mean_of(certifier.certified_sample(eps)),
        }
    }
}
