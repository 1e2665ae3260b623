//! A common interface to the accuracies under every draw protocol: [`DrawProtocol::Same`] leads to
//! [`crate::accuracy`], and the others to [`crate::fresh`]; the formulas are there.
//!
//! ```
//! use gauss_sim_theory::protocol::Protocol;
//! use task::{DrawProtocol, Eps, Margin, Task, Votes};
//!
//! // without θ's spread there is nothing to draw anew
//! let undefended = Margin::new(Task::default(), 0.0, 0.0, Votes::Limit)?;
//! let found = |draws| Protocol::new(&undefended, draws).at(Eps::new(0.5).unwrap());
//! assert_eq!(found(DrawProtocol::Same), found(DrawProtocol::Fresh));
//! assert_eq!(found(DrawProtocol::Same), found(DrawProtocol::persistent(5)?));
//! # Ok::<(), task::DomainError>(())
//! ```

use crate::accuracy::{Accuracies, Profile};
use crate::fresh::Fresh;
use crate::math::bounded::Bounded;
use crate::math::scaled::Scaled;
use std::num::NonZeroU32;
use task::{DrawProtocol, Eps, Margin, Prior};

/// The accuracies of one margin under one draw protocol, as a function of ε. What depends only on the margin is
/// computed once.
#[derive(Debug, Clone)]
pub struct Protocol(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Same(Profile),
    Fresh(Fresh),
}

impl Protocol {
    /// Prepares a margin; takes one evaluation of the accuracy, and some 0.1 ms for more than 80 votes whose inputs
    /// are classified with separate draws.
    #[must_use]
    pub fn new(margin: &Margin, draws: DrawProtocol) -> Self {
        Self::with_prior(margin, draws, Prior::HALF)
    }

    /// Prepares the same with the classes weighted by a prior; with [`Prior::PLUS`] or [`Prior::MINUS`] it is
    /// conditional on the class.
    #[must_use]
    pub fn with_prior(margin: &Margin, draws: DrawProtocol, prior: Prior) -> Self {
        let fresh = |tries| Inner::Fresh(Fresh::with_prior(margin, tries, prior));
        Self(match draws {
            DrawProtocol::Same => Inner::Same(Profile::with_prior(margin, prior)),
            DrawProtocol::Fresh => fresh(NonZeroU32::MIN),
            DrawProtocol::Persistent(tries) => fresh(tries),
        })
    }

    /// Returns only the robust accuracy, at about half of the cost.
    #[must_use]
    pub fn robust(&self, eps: Eps) -> Bounded {
        match &self.0 {
            Inner::Same(profile) => profile.robust(eps),
            Inner::Fresh(fresh) => fresh.robust(eps),
        }
    }

    /// Returns, unrounded, the robust accuracy (`conditional`) or the adversarial accuracy, or its complement
    /// (`lost`); each is accurate relative to itself.
    pub(crate) fn part(&self, eps: Eps, conditional: bool, lost: bool) -> Scaled {
        match &self.0 {
            Inner::Same(profile) => profile.part(eps, conditional, lost),
            Inner::Fresh(fresh) => fresh.part(eps, conditional, lost),
        }
    }

    /// Returns all four accuracies at one ε.
    #[must_use]
    pub fn at(&self, eps: Eps) -> Accuracies {
        match &self.0 {
            Inner::Same(profile) => profile.at(eps),
            Inner::Fresh(fresh) => fresh.at(eps),
        }
    }
}
