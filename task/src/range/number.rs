//! One number, a decimal or a fraction of two decimals, kept exact until it is rounded once.

use super::RangeError;
use super::literal::{Beyond, Literal};
use super::text::{clip, quote, short};
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

/// An exact number as written, and the double nearest to it.
#[derive(Debug, Clone)]
pub(super) struct Number {
    text: String,
    exact: BigRational,
    value: f64,
}

impl Number {
    /// Parses a decimal, `0.5` or `-1e-3`, or a fraction of two, `8/255` or `1.5/255`.
    pub(super) fn parse(text: &str) -> Result<Self, RangeError> {
        let text = text.trim();
        let exact = match text.split_once('/') {
            None => decimal(text, text)?,
            Some((numerator, denominator)) => {
                let numerator = decimal(numerator, text)?;
                let denominator = decimal(denominator, text)?;
                if denominator.is_zero() {
                    return Err(RangeError::DivisionByZero(quote(text)));
                }
                numerator / denominator
            }
        };
        let value = nearest(&exact);
        if !value.is_finite() {
            return Err(RangeError::TooLarge(quote(text)));
        }
        if value == 0.0 && !exact.is_zero() {
            return Err(RangeError::TooSmall(quote(text)));
        }
        Ok(Self { text: text.to_owned(), exact, value })
    }

    /// Returns the exact number.
    pub(super) fn exact(&self) -> &BigRational {
        &self.exact
    }

    /// Returns the nearest double, finite and never −0; it is 0 only for 0.
    pub(super) fn value(&self) -> f64 {
        self.value
    }

    /// Returns whether it is written as a fraction.
    pub(super) fn is_fraction(&self) -> bool {
        self.text.contains('/')
    }

    /// Returns the number as written, for a message.
    pub(super) fn shown(&self) -> String {
        clip(&self.text)
    }
}

/// Parses `part` of the number `text`.
fn decimal(part: &str, text: &str) -> Result<BigRational, RangeError> {
    let part = part.trim();
    let Some(literal) = Literal::parse(part) else {
        let named = part.trim_start_matches(['+', '-']).to_ascii_lowercase();
        return Err(match named.as_str() {
            "inf" | "infinity" | "nan" => RangeError::NotFinite(quote(text)),
            _ => RangeError::NotANumber(quote(text)),
        });
    };
    literal.exact().map_err(|beyond| match beyond {
        Beyond::Large => RangeError::TooLarge(quote(part)),
        Beyond::Small => RangeError::TooSmall(quote(part)),
        Beyond::Long => RangeError::TooManyDigits(quote(part)),
    })
}

/// Returns the double nearest to `exact`, with ties to even; infinite beyond the largest double, and +0 rather than −0.
pub(super) fn nearest(exact: &BigRational) -> f64 {
    // A ratio of whole numbers is never NaN, so there is always a double.
    exact.to_f64().unwrap_or(f64::NAN) + 0.0
}

/// Formats a number for a message: as a decimal if a short one is exact, as a fraction if that is short, and rounded
/// otherwise.
pub(super) fn written(exact: &BigRational) -> String {
    const LONGEST: usize = 24;
    let decimal = short(nearest(exact));
    if Number::parse(&decimal).is_ok_and(|number| number.exact == *exact) {
        return decimal;
    }
    let bits = exact.numer().bits() + exact.denom().bits();
    // A digit is more than three bits: do not format a text that is certainly too long.
    let fraction = (bits < 4 * LONGEST as u64).then(|| exact.to_string());
    fraction.filter(|fraction| fraction.len() <= LONGEST).unwrap_or(decimal)
}
