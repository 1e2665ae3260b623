//! Probabilities of intervals as functions of the position of the interval: the factors that are multiplied by the
//! density of the median in [`crate::vote`].

use crate::math::double::Dd;
use crate::math::normal::{cdf, from_centre, hazard, pdf};
use crate::math::scaled::{INV_SQRT_2PI, outward};

/// An event of a standard normal Z that depends on x, with a probability that is log-concave in x.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    /// Z < x.
    Below,
    /// x − width < Z < x.
    Window(Dd),
    /// centre − x < Z < centre + x, for centre ≥ 0; impossible for x ≤ 0.
    Around(Dd),
    /// end − x < Z < end; impossible for x ≤ 0.
    UpTo(Dd),
}

/// The probability of an event, as mantissa·exp(−near²/2).
#[derive(Clone, Copy)]
pub(crate) struct Chance {
    /// The distance of the event from 0; 0 if it contains 0.
    pub(crate) near: f64,
    /// The probability times exp(near²/2).
    pub(crate) mantissa: f64,
    /// d near/dx: −1, 0 or 1.
    pub(crate) side: f64,
}

impl Event {
    /// Returns the probability, within a few ulp of the mantissa given the `near` that is returned with it.
    pub(crate) fn chance(self, x: f64) -> Chance {
        let deep = |near, mantissa, side| Chance { near, mantissa, side };
        match self {
            Self::Below if x < 0.0 => deep(-x, INV_SQRT_2PI / hazard(-x), -1.0),
            Self::Below => deep(0.0, cdf(x), 0.0),
            Self::Window(width) => {
                let width = width.hi();
                if x <= 0.0 {
                    deep(-x, outward(-x, width), -1.0)
                } else if x >= width {
                    deep(x - width, outward(x - width, width), 1.0)
                } else {
                    deep(0.0, from_centre(x) + from_centre(width - x), 0.0)
                }
            }
            Self::Around(_) | Self::UpTo(_) if x <= 0.0 => deep(0.0, 0.0, 0.0),
            Self::Around(centre) => {
                let centre = centre.hi();
                if x < centre {
                    deep(centre - x, outward(centre - x, 2.0 * x), -1.0)
                } else {
                    deep(0.0, from_centre(x + centre) + from_centre(x - centre), 0.0)
                }
            }
            Self::UpTo(end) => {
                let end = end.hi();
                if end <= 0.0 {
                    deep(-end, outward(-end, x), 0.0)
                } else if x < end {
                    deep(end - x, outward(end - x, x), -1.0)
                } else {
                    deep(0.0, from_centre(end) + from_centre(x - end), 0.0)
                }
            }
        }
    }

    /// Returns the probability as a double, and a bound on the slope of its logarithm, for [`Event::Below`] and
    /// [`Event::Window`].
    pub(crate) fn probability(self, x: f64) -> (f64, f64) {
        // The slope is at most near + 1 outside; inside it is 2φ at most, here φ(d) < 1/(1 + d²/2 + d⁴/8).
        let slope = |near: f64, inside: f64| {
            if near > 0.0 {
                return 1.0 + near;
            }
            let t = 0.5 * inside * inside;
            2.0 / (1.0 + t * (1.0 + 0.5 * t))
        };
        if let Self::Below = self {
            return (cdf(x), slope(-x, x));
        }
        let Chance { near, mantissa, .. } = self.chance(x);
        let inside = if let Self::Window(width) = self { x.min(width.hi() - x) } else { 0.0 };
        (mantissa * (-0.5 * near * near).exp(), slope(near, inside))
    }

    /// Returns the distance of the event from 0, more accurately than a double.
    pub(crate) fn near(self, x: Dd) -> Dd {
        let distance = match self {
            Self::Below => -x,
            Self::Window(width) if x.hi() > 0.0 => x - width,
            Self::Window(_) => -x,
            Self::Around(centre) => centre - x,
            Self::UpTo(end) if end.hi() <= 0.0 => -end,
            Self::UpTo(end) => end - x,
        };
        if distance.hi() > 0.0 { distance } else { Dd::ZERO }
    }

    /// Returns the derivative of the logarithm of the probability with respect to x.
    pub(crate) fn slope(self, x: f64) -> f64 {
        let Chance { mantissa, .. } = self.chance(x);
        match self {
            Self::Below => hazard(-x),
            Self::Window(width) => {
                let width = width.hi();
                let loss = |near: f64| -(-(near + 0.5 * width) * width).exp_m1() * INV_SQRT_2PI;
                if x <= 0.0 {
                    loss(-x) / mantissa
                } else if x >= width {
                    -loss(x - width) / mantissa
                } else {
                    (pdf(x) - pdf(width - x)) / mantissa
                }
            }
            Self::Around(_) | Self::UpTo(_) if x <= 0.0 => f64::INFINITY,
            Self::Around(centre) => {
                let centre = centre.hi();
                if x < centre {
                    (1.0 + (-2.0 * centre * x).exp()) * INV_SQRT_2PI / mantissa
                } else {
                    (pdf(x + centre) + pdf(x - centre)) / mantissa
                }
            }
            Self::UpTo(end) => {
                let end = end.hi();
                if end <= 0.0 {
                    (-(0.5 * x - end) * x).exp() * INV_SQRT_2PI / mantissa
                } else if x < end {
                    INV_SQRT_2PI / mantissa
                } else {
                    pdf(x - end) / mantissa
                }
            }
        }
    }

    /// Returns the places where the probability changes its behaviour, within a few units of x.
    pub(crate) fn knees(self) -> [f64; 2] {
        match self {
            Self::Below => [0.0; 2],
            Self::Window(width) => [0.0, width.hi()],
            Self::Around(at) | Self::UpTo(at) => [0.0, at.hi()],
        }
    }
}

/// Returns the part of an interval's end that is farther than 45 from 0, beyond which the probability is negligible.
/// The other end of a long interval must be computed from end and width without it, or it would only be known to an
/// ulp of that length.
pub(crate) fn beyond_reach(end: Dd) -> Dd {
    let beyond = end - Dd::from(45.0);
    if beyond.hi() > 0.0 { beyond } else { Dd::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that every event's slope is the derivative of its logarithm, on every branch.
    #[test]
    fn slopes_are_derivatives() {
        let events = [
            Event::Below,
            Event::Window(Dd::from(0.25)),
            Event::Window(Dd::from(3.0)),
            Event::Around(Dd::ZERO),
            Event::Around(Dd::from(2.0)),
            Event::UpTo(Dd::from(-1.5)),
            Event::UpTo(Dd::ZERO),
            Event::UpTo(Dd::from(2.0)),
        ];
        let log = |event: Event, x: f64| {
            let chance = event.chance(x);
            chance.mantissa.ln() - 0.5 * chance.near * chance.near
        };
        for event in events {
            for i in -60..=60 {
                let x = 0.1 * f64::from(i) + 0.013;
                if matches!(event, Event::Around(_) | Event::UpTo(_)) && x <= 0.001 {
                    continue;
                }
                let step = 1e-5;
                let numeric = (log(event, x + step) - log(event, x - step)) / (2.0 * step);
                let slope = event.slope(x);
                // Central difference: truncation step²·f‴ and rounding 1e-16·20/step.
                assert!((numeric - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{event:?} {x}");
            }
        }
    }
}
