//! The two sides of a comparison, represented by numbers that neither underflow nor cancel.
//!
//! A metric near 1 is compared by its difference to 1, a small one by itself; both are stored as a mantissa times an
//! exponential, so that 1e-5000 and 2e-5000 are compared as reliably as 0.1 and 0.2.

use super::Case;
use super::verdict::relative;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::scaled::{INV_SQRT_2PI, Scaled, below};
use crate::protocol::Protocol;
use task::{Eps, Margin, Metric, Votes};

/// Which of two numbers that add up to 1 to compare: the metric, or its difference to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Kept,
    Lost,
}

impl Part {
    /// Returns the part that is known more accurately, for a metric with this value.
    pub(super) fn of(kept: Scaled) -> Self {
        if kept.number().value > 0.5 { Self::Lost } else { Self::Kept }
    }
}

/// The metric of a margin under the case's protocol, as a function of the budget.
pub(super) struct Side {
    protocol: Protocol,
    conditional: bool,
}

impl Side {
    pub(super) fn new(case: &Case, margin: &Margin) -> Self {
        Self {
            protocol: Protocol::new(margin, case.effective_draws()),
            conditional: case.metric != Metric::AdversarialAccuracy,
        }
    }

    pub(super) fn at(&self, eps: Eps, part: Part) -> Scaled {
        self.protocol.part(eps, self.conditional, part == Part::Lost)
    }
}

/// The same part of two metrics; `None` if a number could not be computed.
pub(super) struct Pair {
    pub(super) part: Part,
    pub(super) values: [Scaled; 2],
}

impl Pair {
    pub(super) fn new(sides: [&Side; 2], eps: Eps) -> Self {
        let kept = sides.map(|side| side.at(eps, Part::Kept));
        if kept.iter().all(|kept| Part::of(*kept) == Part::Lost) {
            return Self { part: Part::Lost, values: sides.map(|side| side.at(eps, Part::Lost)) };
        }
        Self { part: Part::Kept, values: kept }
    }

    /// Returns how much better the second is than the first, divided by their sum.
    pub(super) fn gain(&self) -> Bounded {
        let [first, second] = self.values;
        match self.part {
            Part::Kept => relative(first, second),
            Part::Lost => relative(second, first),
        }
    }

    /// Returns the same in units of the metric; if that underflows, the smallest number of its sign.
    pub(super) fn difference(&self) -> Bounded {
        let Bounded { value: gain, error } = self.gain();
        let [first, second] = self.values;
        let sum = first.plus(second).number();
        let value = gain * sum.value;
        let least = f64::from_bits(1).copysign(gain);
        Bounded {
            value: if value == 0.0 && gain != 0.0 { least } else { value },
            error: error * sum.value + gain.abs() * sum.error,
        }
    }
}

/// Returns f(0)/A(0), the density of the margin at 0 divided by the clean accuracy: the share of the correct samples
/// within reach of the smallest attack, per unit of ε. For a single draw or none.
pub(super) fn exposure(margin: &Margin) -> Scaled {
    let s = spread(margin);
    let (mean, u) = (margin.task().mean(), margin.offset());
    let ends = [Dd::two_sum(mean, u) / s, Dd::two_sum(mean, -u) / s];
    let [density, mass] = if u == 0.0 {
        [density(ends[0]), below(ends[0])]
    } else {
        [density(ends[0]).mean(density(ends[1])), below(ends[0]).mean(below(ends[1]))]
    };
    density.over(mass).times(1.0 / s.hi())
}

/// Returns φ(z).
pub(super) fn density(z: Dd) -> Scaled {
    Scaled {
        exponent: (-(z * z.half())).into(),
        mantissa: INV_SQRT_2PI,
        relative: 2.0 * f64::EPSILON,
    }
}

/// Returns √(data_std² + sigma²) for a single draw, and data_std if nothing is drawn.
fn spread(margin: &Margin) -> Dd {
    let data_std = margin.task().data_std();
    if margin.votes() == Votes::Limit || margin.sigma() == 0.0 {
        return Dd::from(data_std);
    }
    (Dd::two_prod(data_std, data_std) + Dd::two_prod(margin.sigma(), margin.sigma())).sqrt()
}
