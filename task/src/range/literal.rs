//! Decimal numbers as written, before they are converted to numbers of a limited range.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

/// The largest number of digits of a decimal, without the zeros at either end, so that exact arithmetic on a whole
/// range stays fast.
pub(super) const MAX_DIGITS: usize = 1000;
/// The largest exponent of ten that is kept: beyond it, every number is far too large or too small anyway.
const EXPONENT_LIMIT: i64 = 1_000_000_000;
/// A decimal 0.d₁d₂… · 10^n with d₁ ≠ 0 is beyond the largest double if n is above this, and rounds to 0 if n is
/// below the negative of this.
const DECADES: i64 = 330;

/// A decimal as written: ± digits · 10^exponent, without leading or trailing zeros; 0 has no digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// The reason why a [`Literal`] cannot be converted to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Beyond the largest double.
    Large,
    /// Not 0, but rounds to 0.
    Small,
    /// More than [`MAX_DIGITS`] digits.
    Long,
}

impl Literal {
    /// Parses `5`, `-5`, `+5`, `.5`, `5.`, `1e-3` and nothing else: neither `inf` nor `1_000`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let written = [whole, fraction].concat();
        let digits = written.trim_end_matches('0');
        let dropped = written.len() - digits.len();
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self { negative: false, digits: String::new(), exponent: 0 });
        }
        Some(Self {
            negative,
            digits: digits.to_owned(),
            // The length of a text in memory is far below the range of i64.
            exponent: exponent + dropped as i64 - fraction.len() as i64,
        })
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Returns the power of ten of the last nonzero digit.
    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// Multiplies by 10^`places`.
    pub(super) fn shifted(mut self, places: i64) -> Self {
        if !self.digits.is_empty() {
            self.exponent += places;
        }
        self
    }

    /// Returns the number if it is whole, not negative, and fits.
    pub(super) fn whole(&self) -> Option<u64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let places = u32::try_from(self.exponent).ok().filter(|_| !self.negative)?;
        self.digits.parse::<u64>().ok()?.checked_mul(10_u64.checked_pow(places)?)
    }

    /// Returns the exact number, unless its size alone shows that it is not a double. A number is rejected by
    /// counting its digits; a returned number has a numerator and a denominator of at most `MAX_DIGITS + DECADES`
    /// digits.
    pub(super) fn exact(&self) -> Result<BigRational, Beyond> {
        if self.digits.is_empty() {
            return Ok(BigRational::zero());
        }
        let decade = self.exponent + self.digits.len() as i64;
        if decade > DECADES {
            return Err(Beyond::Large);
        }
        if decade < -DECADES {
            return Err(Beyond::Small);
        }
        if self.digits.len() > MAX_DIGITS {
            return Err(Beyond::Long);
        }
        // The text consists of digits, so it parses.
        let digits: BigInt = self.digits.parse().map_err(|_| Beyond::Long)?;
        let digits = if self.negative { -digits } else { digits };
        // At most MAX_DIGITS + DECADES, as checked above.
        let power = BigInt::from(10).pow(self.exponent.unsigned_abs() as u32);
        Ok(match self.exponent < 0 {
            true => BigRational::new(digits, power),
            false => BigRational::from_integer(digits * power),
        })
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Digits alone fail to parse only if there are too many.
    let magnitude = digits.parse().unwrap_or(EXPONENT_LIMIT);
    Some(sign * magnitude.min(EXPONENT_LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Option<Result<BigRational, Beyond>> {
        Literal::parse(text).map(|literal| literal.exact())
    }

    #[test]
    fn decimals_are_exact() {
        let quarter = BigRational::new((-1).into(), 4.into());
        for text in ["-0.25", "-.25", "-25e-2", "-0025.00E-2", "-0.0000025e+5"] {
            assert_eq!(exact(text), Some(Ok(quarter.clone())), "{text}");
        }
        assert_eq!(exact("-0.00e999"), Some(Ok(BigRational::zero())));
    }

    #[test]
    fn size_is_judged_before_a_number_is_made() {
        for (text, beyond) in [
            ("1e999999999", Beyond::Large),
            ("-0.1e99999999999999999999", Beyond::Large),
            ("1e-999999999", Beyond::Small),
            ("1e-99999999999999999999", Beyond::Small),
        ] {
            assert_eq!(exact(text), Some(Err(beyond)), "{text}");
        }
        assert_eq!(exact(&"9".repeat(100_000)), Some(Err(Beyond::Large)));
        let fraction = |digits| exact(&format!("0.{}", "3".repeat(digits)));
        assert_eq!(fraction(MAX_DIGITS + 1), Some(Err(Beyond::Long)));
        assert!(matches!(fraction(MAX_DIGITS), Some(Ok(_))));
    }

    #[test]
    fn whole_numbers_stop_where_they_no_longer_fit() {
        let whole = |text: &str| Literal::parse(text).and_then(|literal| literal.whole());
        assert_eq!(whole("18446744073709551615"), Some(u64::MAX));
        assert_eq!(whole("18446744073709551616"), None);
        assert_eq!(whole("1e19"), Some(10_000_000_000_000_000_000));
        assert_eq!(whole("1e999999999"), None);
        assert_eq!((whole("-0"), whole("-1"), whole("1.5")), (Some(0), None, None));
    }
}
