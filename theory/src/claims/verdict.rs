//! The verdict on a claim at a point, and the computation of the sign of a difference.

use crate::math::bounded::Bounded;
use crate::math::scaled::Scaled;

/// Whether a claim holds at a point of (sigma, ε).
///
/// ```
/// use gauss_sim_theory::claims::Verdict;
/// use gauss_sim_theory::math::bounded::Bounded;
///
/// let lead = |value, error| Verdict::of(Bounded { value, error });
/// assert_eq!(lead(1e-90, 1e-100), Verdict::Holds);
/// assert_eq!(lead(-1e-90, 1e-80), Verdict::CannotBeTold);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The claim holds.
    Holds,
    /// The claim fails; also if both sides are exactly equal, since every claim is a strict order.
    Fails,
    /// The difference of the two sides is below its own error.
    CannotBeTold,
}

impl Verdict {
    /// Returns the verdict of a lead: its sign, if the error is small enough.
    #[must_use]
    pub fn of(lead: Bounded) -> Self {
        let Bounded { value, error } = lead;
        if value > error {
            Self::Holds
        } else if value < -error || (value == 0.0 && error == 0.0) {
            Self::Fails
        } else {
            Self::CannotBeTold // NaN included
        }
    }

    /// Returns whether the verdict is [`Verdict::Holds`] or [`Verdict::Fails`].
    #[must_use]
    pub fn is_told(self) -> bool {
        self != Self::CannotBeTold
    }

    /// Returns the name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::CannotBeTold => "cannot-be-told",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// Returns ln(second/first) for numbers that are not both 0; infinite if one is.
pub(super) fn log_ratio(first: Scaled, second: Scaled) -> Bounded {
    match (first.mantissa > 0.0, second.mantissa > 0.0) {
        (true, true) => {}
        (true, false) => return Bounded::exact(f64::NEG_INFINITY),
        (false, true) => return Bounded::exact(f64::INFINITY),
        (false, false) => return Bounded { value: 0.0, error: f64::INFINITY },
    }
    let gap = second.exponent.minus(first.exponent);
    let exponent = gap.value.hi();
    let mantissa = second.mantissa / first.mantissa;
    // ln_1p if the two are close, so that a difference of an ulp is not lost.
    let rest = if (mantissa - 1.0).abs() < 0.5 {
        ((second.mantissa - first.mantissa) / first.mantissa).ln_1p()
    } else {
        mantissa.ln()
    };
    let rounding = 4.0 * f64::EPSILON * (exponent.abs() + rest.abs());
    Bounded { value: exponent + rest, error: first.doubt() + second.doubt() + gap.error + rounding }
}

/// Returns (second − first)/(second + first), from −1 to 1, whatever the size of the two: positive if the second
/// number is the larger one.
pub(super) fn relative(first: Scaled, second: Scaled) -> Bounded {
    squashed(log_ratio(first, second))
}

/// Returns tanh(x/2), which turns the logarithm of a ratio into the difference divided by the sum. Its sign is known
/// if that of the logarithm is, even where it rounds to 1.
pub(super) fn squashed(log: Bounded) -> Bounded {
    let value = (0.5 * log.value).tanh();
    let least = log.value.abs() - log.error;
    let error = if least > 0.0 {
        value.abs() - (0.5 * least).tanh() + 2.0 * f64::EPSILON * value.abs()
    } else {
        (0.5 * log.error).min(2.0)
    };
    Bounded { value, error }
}
