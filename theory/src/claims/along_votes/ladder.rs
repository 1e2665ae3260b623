//! The gap between a vote of n and its limit, relative to the two, and the leading term of the gap.

use crate::claims::Case;
use crate::claims::family::pull::{fall, pull_gap};
use crate::claims::sides::{Part, Side};
use crate::claims::verdict::relative;
use crate::convergence::largest_normal;
use crate::math::bounded::Bounded;
use crate::math::normal::hazard;
use crate::math::scaled::Scaled;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};
use task::{Defense, DomainError, Eps, Margin, Metric, Stage, Votes};

/// If ε = 0 and one shared draw make all votes equal, the limit ε → 0 is evaluated at this fraction of data_std: gaps
/// are proportional to ε there, to a relative 1e-10.
const SMALL: f64 = 1e-10;

/// The gaps of one case at one sigma and ε.
pub(super) struct Ladder<'a> {
    case: &'a Case,
    trained: Margin,
    eps: Eps,
    part: Part,
    limit: Scaled,
    leading: Leading,
}

/// The leading term of voted(n) − limit.
pub(super) struct Leading {
    /// Its sign, from −1 to 1.
    sign: Bounded,
    /// ln |coefficient|.
    ln: f64,
    power: f64,
}

/// voted(n) − limit, positive if the vote does better: value·exp(scale).
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    value: Bounded,
    scale: f64,
}

/// Returns the budget at which votes are compared: if all are equal without an attack, a small one.
pub(super) fn budget(case: &Case, eps: Eps) -> Result<Eps, DomainError> {
    if eps == Eps::ZERO && case.vanishes_without_attack() {
        return Eps::new(SMALL * case.task.data_std());
    }
    Ok(eps)
}

impl<'a> Ladder<'a> {
    pub(super) fn new(case: &'a Case, defense: &Defense, eps: Eps) -> Result<Self, DomainError> {
        let trained = Stage::Trained.margin(&case.task, defense)?;
        let leading = Leading::of(case, eps);
        let eps = budget(case, eps)?;
        let side = Side::new(case, &trained.with_votes(Votes::Limit));
        let kept = side.at(eps, Part::Kept);
        let part = Part::of(kept);
        let limit = if part == Part::Kept { kept } else { side.at(eps, part) };
        let leading = Leading { ln: leading.size(case, defense.sigma(), eps, kept), ..leading };
        Ok(Self { case, trained, eps, part, limit, leading })
    }

    /// Returns the sign of the leading term.
    pub(super) fn leading(&self) -> Bounded {
        self.leading.sign
    }

    /// Returns voted(n) − limit for an odd number of the ladder.
    pub(super) fn rung(&self, n: u32) -> Result<Gap, DomainError> {
        Ok(self.gap(Votes::new(n.into())?))
    }

    /// Returns voted(n) − limit.
    pub(super) fn gap(&self, votes: Votes) -> Gap {
        if votes == Votes::Limit {
            return Gap { value: Bounded::exact(0.0), scale: self.limit.ln().value };
        }
        let side = Side::new(self.case, &self.trained.with_votes(votes));
        let found = side.at(self.eps, self.part);
        let sum = self.limit.plus(found);
        let better = match self.part {
            Part::Kept => relative(self.limit, found),
            Part::Lost => relative(found, self.limit),
        };
        Gap { value: better, scale: sum.ln().value }
    }

    /// Returns the ratio of a gap to the leading term.
    pub(super) fn share(&self, n: u32, gap: &Gap) -> Bounded {
        let power = self.leading.power * f64::from(n).ln();
        let factor = (gap.scale + power - self.leading.ln).min(700.0).exp();
        let factor = factor.copysign(self.leading.sign.value);
        Bounded { value: gap.value.value * factor, error: gap.value.error * factor.abs() }
    }
}

impl Leading {
    /// The sign and the power; the size is still to be found.
    pub(super) fn of(case: &Case, eps: Eps) -> Self {
        let apart = case.draws.tries() > 1 || (case.draws.tries() == 1 && eps == Eps::ZERO);
        if apart {
            return Self { sign: Bounded::exact(-1.0), ln: 0.0, power: 0.5 };
        }
        let data_std = case.task.data_std();
        let sign = fall(case.task.mean() / data_std, eps.get() / data_std, 0.0);
        Self { sign, ln: 0.0, power: 1.0 }
    }

    /// Returns its sign, from −1 to 1.
    pub(super) fn sign(&self) -> Bounded {
        self.sign
    }

    /// ln |coefficient|: of π/4·(sigma/data_std)²·limit·[G(a) − G(a − e)], or of
    /// √(π/2)·sigma/data_std·limit·λ(a − e)·E[the largest of so many normals], λ = φ/Φ.
    fn size(&self, case: &Case, sigma: f64, eps: Eps, limit: Scaled) -> f64 {
        let data_std = case.task.data_std();
        let (a, e) = (case.task.mean() / data_std, eps.get() / data_std);
        let limit = limit.ln().value;
        if self.power == 1.0 {
            let turn = FRAC_PI_4.ln() + 2.0 * (sigma / data_std).ln();
            return turn + limit + pull_gap(a, e).value.abs().ln();
        }
        let conditional = case.metric != Metric::AdversarialAccuracy;
        let first = u32::from(conditional && eps == Eps::ZERO);
        let largest = largest_normal(case.draws.tries() + first);
        0.5 * FRAC_PI_2.ln() + (sigma / data_std).ln() + limit + (hazard(e - a) * largest).ln()
    }
}

impl Gap {
    /// Returns whether the sign is known.
    pub(super) fn is_told(&self) -> bool {
        self.value.value.abs() > self.value.error
    }

    /// Returns the gap in units of the metric.
    pub(super) fn number(&self) -> Bounded {
        let size = self.scale.exp();
        Bounded { value: self.value.value * size, error: self.value.error * size }
    }

    /// Returns both gaps on the scale of the larger one.
    fn with(&self, next: &Self) -> [Bounded; 2] {
        let scale = self.scale.max(next.scale);
        [self, next].map(|gap| {
            let by = (gap.scale - scale).exp();
            Bounded { value: gap.value.value * by, error: gap.value.error * by }
        })
    }

    /// Returns (|gap| − |next|)/(|gap| + |next|). Between rungs that are not neighbours, a change of sign is a
    /// failure: the gap passes through 0 there and grows again.
    pub(super) fn shrinks(&self, other: &Self, neighbours: bool) -> Bounded {
        let [gap, next] = self.with(other);
        let told = self.is_told() && other.is_told();
        let [a, b] = [gap.value, next.value].map(f64::abs);
        let crosses = told && gap.value * next.value < 0.0 && !neighbours;
        let value = if crosses { -a.min(b) } else { a - b };
        over(value, gap.error + next.error, a + b)
    }

    /// Returns (gap − next)/(|gap| + |next|).
    pub(super) fn falls(&self, next: &Self) -> Bounded {
        let [gap, next] = self.with(next);
        let size = gap.value.abs() + next.value.abs();
        over(gap.value - next.value, gap.error + next.error, size)
    }
}

/// Returns value/size, where size is known with the same error.
fn over(value: f64, error: f64, size: f64) -> Bounded {
    if size <= error {
        return Bounded { value: 0.0, error: 1.0 };
    }
    Bounded { value: value / size, error: 2.0 * error / size }
}
