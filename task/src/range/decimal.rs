//! Decimal numbers kept as they are written, so that a grid is rounded once, at its points.

use std::fmt::Write as _;

/// Scaled numbers stay below this in magnitude: times the number of points of a grid (at most
/// 100 000) they still fit an `i128`.
const SCALED_BELOW: i128 = 10_i128.pow(SCALED_DIGITS as u32);
/// How many digits a scaled number may have.
pub(super) const SCALED_DIGITS: usize = 33;
/// Larger exponents of ten make no difference: every double is long since 0 or infinite.
const EXPONENT_LIMIT: i64 = 1_000_000_000;

/// A number as written: ± digits · 10^exponent, without leading or trailing zeros; 0 has no digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Literal {
    /// Reads `5`, `-5`, `+5`, `.5`, `5.`, `1e-3`; nothing else, so neither `inf` nor `1_000`.
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
            // Lengths of text in memory are far below the range of i64.
            exponent: exponent + dropped as i64 - fraction.len() as i64,
        })
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// The power of ten of the last digit that is not 0.
    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// The same number times 10^`places`.
    pub(super) fn shifted(mut self, places: i64) -> Self {
        if !self.is_zero() {
            self.exponent += places;
        }
        self
    }

    /// The nearest double, infinite or 0 if the number is beyond them; never −0.
    pub(super) fn nearest(&self) -> f64 {
        if self.is_zero() {
            return 0.0;
        }
        let sign = if self.negative { "-" } else { "" };
        parse_double(&format!("{sign}{}e{}", self.digits, self.exponent))
    }

    /// The number in units of 10^`unit`, if it is a whole number of them and of at most
    /// [`SCALED_DIGITS`] digits.
    pub(super) fn scaled(&self, unit: i64) -> Option<i128> {
        if self.is_zero() {
            return Some(0);
        }
        if self.digits.len() > SCALED_DIGITS {
            return None;
        }
        let places = u32::try_from(self.exponent - unit).ok()?;
        let magnitude =
            self.digits.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(places)?)?;
        let scaled = if self.negative { -magnitude } else { magnitude };
        (magnitude < SCALED_BELOW).then_some(scaled)
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
    // Digits alone fail to parse only if they are too many.
    let magnitude = digits.parse().unwrap_or(EXPONENT_LIMIT);
    Some(sign * magnitude.min(EXPONENT_LIMIT))
}

/// Reads a text that is made of digits here, never by a user; adding 0 turns −0 into 0.
fn parse_double(text: &str) -> f64 {
    text.parse::<f64>().map_or(f64::NAN, |value| value + 0.0)
}

/// numerator/denominator · 10^unit, rounded once to the nearest double, for a denominator from 1
/// to 100 000 and a unit of at most 0.
pub(super) fn nearest_quotient(numerator: i128, denominator: u32, unit: i64) -> f64 {
    // The parser of the standard library rounds decimals of any length correctly, so it is enough
    // to write down enough digits. In units of 10^unit, a point halfway between two doubles is a
    // whole multiple of 10^-unit / 2^1075. The quotient differs from it, if at all, by at least
    // 1 / (denominator · 2^1075) > 10^-329: cut after 336 digits of its fraction, it is still on
    // the same side.
    const CHUNK: u64 = 10_u64.pow(14);
    const CHUNKS: usize = 24;
    let divisor = u64::from(denominator.max(1));
    let magnitude = numerator.unsigned_abs();
    let mut text = String::new();
    let sign = if numerator < 0 { "-" } else { "" };
    let whole = magnitude / u128::from(divisor);
    // A remainder is below 100 000, so that times CHUNK it fits a u64.
    let mut rest = (magnitude % u128::from(divisor)) as u64;
    // Writing into a String cannot fail.
    let _ = write!(text, "{sign}{whole}.");
    for _ in 0..CHUNKS {
        if rest == 0 {
            break;
        }
        rest *= CHUNK;
        let _ = write!(text, "{:014}", rest / divisor);
        rest %= divisor;
    }
    let _ = write!(text, "e{unit}");
    parse_double(&text)
}

/// A positive double as m · 10^p with 1 ≤ m < 10, by its shortest decimal.
pub(super) fn mantissa_and_decade(value: f64) -> (f64, i64) {
    let text = format!("{value:e}");
    let (mantissa, decade) = text.split_once('e').unwrap_or((&text, "0"));
    (parse_double(mantissa), decade.parse().unwrap_or(0))
}

/// value · 10^decade, rounded once from the shortest decimal of `value`; where a decimal of twelve
/// digits is within a relative 2e-15, that one is meant.
pub(super) fn times_decade(value: f64, decade: i64) -> f64 {
    let short = format!("{value:.11e}");
    let text = if (parse_double(&short) - value).abs() <= 2e-15 * value {
        short
    } else {
        format!("{value:e}")
    };
    Literal::parse(&text).map_or(f64::NAN, |literal| literal.shifted(decade).nearest())
}

/// A double for a message: shortest digits, with an exponent where there would be many zeros.
pub(super) fn short(value: f64) -> String {
    match value == 0.0 || (1e-5..1e16).contains(&value.abs()) {
        true => value.to_string(),
        false => format!("{value:e}"),
    }
}

/// `text` in quotes, on one line and of a length that can be read.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", clip(text))
}

/// `text` on one line and of a length that can be read.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 48;
    let text = text.trim();
    let mut clipped: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        clipped.push('…');
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotients_on_a_tie_go_to_even_and_next_to_it_do_not() {
        // 2^53 + 1 is halfway between two doubles; the neighbours decide by what follows.
        let tie = (1_i128 << 53) + 1;
        assert_eq!(nearest_quotient(tie, 1, 0), 9_007_199_254_740_992.0);
        assert_eq!(nearest_quotient(tie * 99_999 + 1, 99_999, 0), 9_007_199_254_740_994.0);
        assert_eq!(nearest_quotient(tie * 99_999 - 1, 99_999, 0), 9_007_199_254_740_992.0);
        assert_eq!(nearest_quotient(-tie, 1, 0), -9_007_199_254_740_992.0);
    }

    #[test]
    fn quotients_reach_the_smallest_double() {
        assert_eq!(nearest_quotient(5, 1, -324), f64::from_bits(1));
        assert_eq!(nearest_quotient(14, 3, -324), f64::from_bits(1));
        assert_eq!(nearest_quotient(-1, 3, -330).to_bits(), 0);
    }

    #[test]
    fn times_decade_is_exact_at_decimals_and_leaves_the_rest_alone() {
        assert_eq!(times_decade(1.000_000_000_000_000_2, -3), 0.001);
        assert_eq!(times_decade(0.999_999_999_999_999_9, 2), 100.0);
        assert_eq!(times_decade(3.162_277_660_168_379_5, 0), 3.162_277_660_168_379_5);
    }

    #[test]
    fn scaled_stops_where_products_could_overflow() {
        let largest = "9".repeat(SCALED_DIGITS);
        let scaled = |text: &str, unit| Literal::parse(text).and_then(|l| l.scaled(unit));
        assert_eq!(scaled(&largest, 0), Some(SCALED_BELOW - 1));
        assert_eq!(scaled(&largest, -1), None);
        assert_eq!(scaled("1e33", 0), None);
        assert_eq!(scaled("-0.25", -3), Some(-250));
        assert_eq!(scaled("0.25", -1), None);
        assert_eq!(scaled("1e1000000000", -5), None);
    }

    proptest! {
        /// Where numerator and denominator are exact doubles, IEEE division is the oracle.
        #[test]
        fn quotients_are_the_nearest_double(
            numerator in -(1_i64 << 53)..=(1_i64 << 53),
            denominator in 1_u32..=100_000,
        ) {
            let expected = numerator as f64 / f64::from(denominator);
            prop_assert_eq!(nearest_quotient(i128::from(numerator), denominator, 0), expected);
        }

        #[test]
        fn literals_round_as_the_standard_library_does(
            text in r"[+-]?([0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25})([eE][+-]?[0-9]{1,3})?",
        ) {
            let expected = text.parse::<f64>();
            prop_assert_eq!(Literal::parse(&text).map(|l| l.nearest()), expected.ok());
        }
    }
}
