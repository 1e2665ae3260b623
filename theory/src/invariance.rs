//! The rate of invariance: how often the defended prediction equals the undefended one.
//!
//! With t = mean + data_std·z₁ = y·x, the undefended classifier is right if t > 0 and the defended one
//! if m = t + y·u + sigma·w > 0 (u = offset). They differ exactly if t lies between 0 and
//! −(y·u + sigma·w). Averaged over y and the sign of that bound, using the symmetry of w,
//!
//! ```text
//! 1 − R = ½ Σ_{c = ±u} E_w[ P[b − x < Z < b + x] ]
//! x = max(0, (sigma·w + c)/data_std),  b = |mean|/data_std
//! ```
//!
//! an expectation over one variable for one draw and for many votes; without spread (w = 0) it is
//! `½ P[b − x < Z < b + x]` with x = |u|/data_std. The result is never below ½, since the inputs of the two classes
//! together are symmetric about 0.
//!
//! For one draw, t and m are bivariate normal with correlation ρ = data_std/s, s² = data_std² + sigma², so with
//! h = mean/data_std, k = (mean + c)/s and Owen's T function
//!
//! ```text
//! R     = ½ Σ_{c = ±u} [ 1 − Φ(h) − Φ(k) + 2·Φ₂(h, k; ρ) ]
//! 1 − R = ½ Σ_{c = ±u} [ 2·T(h, c·data_std/(mean·sigma)) + 2·T(k, (mean·sigma² − c·data_std²)/(data_std·sigma·(mean + c)))
//!                        + (1 if mean·(mean + c) < 0, else 0) ]
//! ```
//!
//! (D. B. Owen, Ann. Math. Statist. 27 (1956), 1075–1090, equation 2.1). The code computes the quadrature, since it
//! serves any number of votes; the tests compare it with Owen's T.
//!
//! [`slope_in_threshold`] is the change of R with the threshold k. Source: Gao, Shumailov, Fawaz, Papernot, arXiv
//! 2206.09491, section 4 ("rate of invariance"); the formula is derived above.
//!
//! ```
//! use gauss_sim_theory::invariance::invariance;
//! use task::{Defense, Stage, Task};
//!
//! // a threshold that takes the shift out makes the defended classifier agree with the undefended one more
//! let (task, defense) = (Task::default(), Defense::new(1.0, 1.0)?);
//! let defended = invariance(&Stage::Defended { threshold: 0.0 }.margin(&task, &defense)?);
//! let trained = invariance(&Stage::Trained.margin(&task, &defense)?);
//! assert!((defended.value - 0.75).abs() < 1e-15);
//! assert!((trained.value - 0.817_730_030_700_849_1).abs() < 1e-15);
//! # Ok::<(), task::DomainError>(())
//! ```

mod slope;

pub use slope::slope_in_threshold;

use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::event::{Event, beyond_reach};
use crate::math::scaled::{Scaled, interval};
use crate::vote::{Median, expect};
use task::{Margin, Votes};

/// Returns `R = P[F_θ(x) = sgn(x)]`, a probability from ½ to 1. The error is below 1e-13; R is exactly 1 if nothing
/// is added to x.
///
/// The formula and its derivation are those of the [module](self).
#[must_use]
pub fn invariance(margin: &Margin) -> Bounded {
    disagreement(margin).complement()
}

/// Returns `1 − R = P[F_θ(x) ≠ sgn(x)]`, with relative accuracy even where it is tiny.
///
/// The formula and its derivation are those of the [module](self).
#[must_use]
pub fn disagreement(margin: &Margin) -> Bounded {
    let drawn = margin.sigma() > 0.0 && margin.votes() != Votes::Limit;
    if margin.offset() == 0.0 && !drawn {
        return Bounded::exact(0.0);
    }
    scaled_disagreement(margin).probability()
}

/// Below this in units of data_std, the density of an input does not change within 1e20 times the added noise.
const NARROW: f64 = 1e-75;

fn scaled_disagreement(margin: &Margin) -> Scaled {
    let (data_std, sigma, offset) = (margin.task().data_std(), margin.sigma(), margin.offset());
    let (mut factor, mut power) = (1.0, 0);
    if sigma.max(offset.abs()) < NARROW * data_std && sigma.max(offset.abs()) > 0.0 {
        // The disagreement is proportional to what is added: multiplying that by a power of two keeps the digits that
        // would be lost where it is extremely small.
        while factor * sigma.max(offset.abs()) < NARROW * data_std {
            (factor, power) = (2.0 * factor, power + 1);
        }
    }
    of_added(margin, factor * sigma, factor * offset).times_power_of_two(-power)
}

/// Returns the disagreement if this noise and offset are added to the input.
fn of_added(margin: &Margin, sigma: f64, offset: f64) -> Scaled {
    let data_std = margin.task().data_std();
    let centre = Dd::from(margin.task().mean().abs()) / Dd::from(data_std);
    match margin.votes() {
        Votes::Finite(n) if sigma > 0.0 => {
            let median = Median::new(n.get());
            let beyond = beyond_reach(centre);
            let (centre, less) = (centre - beyond, beyond * Dd::from(data_std));
            let one =
                |c: f64| expect(median, Event::Around(centre), Dd::from(c) - less, sigma, data_std);
            if offset == 0.0 { one(0.0) } else { one(offset).mean(one(-offset)) }
        }
        _ => {
            let reach = Dd::from(offset.abs()) / Dd::from(data_std);
            let either = interval(centre + reach, reach + reach);
            Scaled { mantissa: 0.5 * either.mantissa, ..either }
        }
    }
}
