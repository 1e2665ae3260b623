//! Exact fractions whose numerators and denominators fit into machine integers.

use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::range::{RangeError, exact_number, quote};

/// The largest numerator and denominator.
const LARGEST: u64 = 1_000_000_000_000_000;

/// An exact fraction in lowest terms, with a numerator and a denominator of up to 1e15.
///
/// ```
/// use gauss_sim_task::attack::Fraction;
///
/// let third = Fraction::parse("1/3")?;
/// assert_eq!((third.numerator(), third.denominator(), third.to_string()), (1, 3, "1/3".to_owned()));
/// assert_eq!(Fraction::parse("-0.50")?.to_string(), "-0.5");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    numerator: i64,
    denominator: u64,
}

impl Fraction {
    /// 0.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// 1.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// Parses a decimal, or a fraction of two decimals. The error message quotes the text and says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let exact = exact_number(text).map_err(|error: RangeError| error.to_string())?;
        Self::of(&exact).ok_or_else(|| {
            format!("{} has too many digits: write a number of at most 15 digits", quote(text))
        })
    }

    /// Converts an exact number; `None` if its numerator or denominator is too large.
    pub(super) fn of(exact: &BigRational) -> Option<Self> {
        let numerator = exact.numer().to_i64().filter(|n| n.unsigned_abs() <= LARGEST)?;
        let denominator = exact.denom().to_u64().filter(|n| *n <= LARGEST)?;
        Some(Self { numerator, denominator })
    }

    pub(super) fn exact(self) -> BigRational {
        BigRational::new(BigInt::from(self.numerator), BigInt::from(self.denominator))
    }

    /// Returns the numerator, which carries the sign.
    #[must_use]
    pub fn numerator(self) -> i64 {
        self.numerator
    }

    /// Returns the denominator, at least 1.
    #[must_use]
    pub fn denominator(self) -> u64 {
        self.denominator
    }

    /// Returns the nearest double: both parts are exact, so the division rounds only once.
    #[must_use]
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// Returns 1 minus this fraction.
    #[must_use]
    pub fn complement(self) -> Self {
        let numerator = self.denominator as i64 - self.numerator;
        let divisor = numerator.unsigned_abs().gcd(&self.denominator);
        Self { numerator: numerator / divisor as i64, denominator: self.denominator / divisor }
    }

    /// Returns whether the fraction is from 0 to 1.
    #[must_use]
    pub fn is_probability(self) -> bool {
        self.numerator >= 0 && self.numerator.unsigned_abs() <= self.denominator
    }
}

/// Writes a decimal if it ends within fifteen digits, and a fraction otherwise; either parses back to the same number.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = u128::from(self.numerator.unsigned_abs());
        let mut power = 1u128;
        for places in 0..=15usize {
            if power.is_multiple_of(u128::from(self.denominator)) {
                let digits = magnitude * (power / u128::from(self.denominator));
                let sign = if self.numerator < 0 { "-" } else { "" };
                let (whole, rest) = (digits / power, digits % power);
                return match places {
                    0 => write!(f, "{sign}{whole}"),
                    _ => write!(f, "{sign}{whole}.{rest:0places$}"),
                };
            }
            power *= 10;
        }
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}
