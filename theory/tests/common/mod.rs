//! Reads the oracle tables, and measures errors against their 40 digits in units in the last place.

#![allow(dead_code)] // each test binary uses its own part of this

use std::path::{Path, PathBuf};

use gauss_sim_theory::math::double::Dd;

/// A number of 40 digits: (mantissa in double-double)·2^exponent, so that what a double leaves out
/// is seen, and what lies below the doubles too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth {
    mantissa: Dd,
    exponent: i32,
    nearest: f64,
}

impl Truth {
    /// Parses `-d.ddde±x`. The mantissa is right to about 30 digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let nearest: f64 = text.parse().ok()?;
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, power) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // value = integer·10^power = integer·5^power·2^power
        let power = power.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
        let ten = Dd::from(10.0);
        let mut mantissa = Dd::ZERO;
        for digit in whole.chars().chain(fraction.chars()) {
            mantissa = mantissa * ten + Dd::from(f64::from(digit.to_digit(10)?));
        }
        let fives = (0..power.abs()).fold(Dd::from(1.0), |p, _| p * Dd::from(5.0));
        mantissa = if power < 0 { mantissa / fives } else { mantissa * fives };
        Some(Self {
            mantissa: if negative { -mantissa } else { mantissa },
            exponent: power,
            nearest,
        })
    }

    /// The nearest double.
    pub(crate) fn nearest(&self) -> f64 {
        self.nearest
    }

    /// The truth's nearest double and what it leaves out; for values in the range of normal doubles.
    pub(crate) fn to_dd(self) -> Dd {
        self.mantissa * Dd::from(2f64.powi(self.exponent))
    }

    /// (computed − truth) in units of the spacing of doubles at the truth.
    pub(crate) fn ulps(&self, computed: f64) -> f64 {
        if computed == self.nearest && !computed.is_finite() {
            return 0.0;
        }
        // scaled by 2^−exponent, where neither side underflows
        let scale = 2f64.powi(-self.exponent);
        let miss = Dd::from(computed * scale) - self.mantissa;
        miss.hi() / (ulp(self.nearest) * scale)
    }
}

/// The spacing of doubles at x: 2⁻¹⁰⁷⁴ in the subnormal range.
pub(crate) fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if x < f64::MIN_POSITIVE {
        return f64::from_bits(1);
    }
    x - x.next_down()
}

/// The folder of the checked-in tables.
pub(crate) fn oracle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle")
}

/// The lines of a table after its header, split at commas. Panics where there is no such file.
pub(crate) fn table(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let split = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).map(split).collect()
}

/// A double as the tables write it. Panics on anything else.
pub(crate) fn double(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("not a double: {text}"))
}

/// A 40-digit number as the tables write it. Panics on anything else.
pub(crate) fn truth(text: &str) -> Truth {
    Truth::parse(text).unwrap_or_else(|| panic!("not a number: {text}"))
}
