//! The natural logarithm in double-double, for exponents whose leading digits cancel.

use crate::math::double::Dd;

/// ln 2 to 32 digits.
const LN_2: Dd = Dd::from_parts(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

/// The number of terms of artanh(v)/v that need all digits: v² < 0.03, so the next is below 1e-19.
const LEADING: usize = 12;

/// 1/1, 1/3, 1/5, …: the coefficients of artanh(v)/v in powers of v², to 1e-36 for v² < 0.03.
const ARTANH: [Dd; 23] = {
    let mut table = [Dd::from_parts(1.0, 0.0); 23];
    let mut j = 1;
    while j < table.len() {
        let divisor = 2 * j as i128 + 1;
        let hi = 1.0 / divisor as f64;
        // The part missing from hi, (1 − hi·divisor)/divisor, with hi·2^60 an integer.
        let scale = 1_i128 << 60;
        let rest = scale - (hi * scale as f64) as i128 * divisor;
        table[j] = Dd::from_parts(hi, rest as f64 / scale as f64 / divisor as f64);
        j += 1;
    }
    table
};

/// Returns ln `value` for a positive normal number, to about 1e-31 of the larger of |ln| and |value − 1|.
///
/// The power of two is split off; the rest, m in [√½, √2), has the logarithm 2·artanh((m − 1)/(m + 1)), whose
/// argument is below 0.172.
pub(super) fn ln(value: Dd) -> Dd {
    // Adding the mantissa difference between 2 and √2 carries into the exponent from √2 on.
    let bits = value.hi().to_bits() + 0x0009_5f61_9980_c433;
    let exponent = (bits >> 52) as i32 - 1023;
    // In two steps, since 2^−exponent itself may be out of range.
    let (first, second) = (power_of_two(-exponent / 2), power_of_two(-exponent - -exponent / 2));
    let m = Dd::two_sum(value.hi() * first * second, value.lo() * first * second);
    let v = (m - Dd::from(1.0)) / (m + Dd::from(1.0));
    let v2 = v * v;
    let rest = ARTANH[LEADING..].iter().rev().fold(0.0, |sum, c| sum * v2.hi() + c.hi());
    let series = ARTANH[..LEADING].iter().rev().fold(Dd::from(rest), |sum, &c| sum * v2 + c);
    let half = v * series;
    half + half + LN_2 * Dd::from(f64::from(exponent))
}

/// Returns 2^`exponent` for −1022 ≤ exponent ≤ 1023.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + i64::from(exponent)) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (x, the nearest double to ln x, the rest), from 60-digit arithmetic.
    const REFERENCE: [(f64, f64, f64); 7] = [
        (3.0, 1.0986122886681098, -9.07129723500153e-17),
        (10.0, std::f64::consts::LN_10, -2.1707562233822494e-16),
        (0.7, -0.35667494393873245, 4.82556379937662e-18),
        (1.0000000009313226, 9.313225741817976e-10, 2.692645221273596e-28),
        (std::f64::consts::SQRT_2, 0.3465735902799727, 2.4442169414592898e-17),
        (1e300, 690.7755278982137, 2.3747660028800243e-14),
        (1e-300, -690.7755278982137, -2.3670096176709832e-14),
    ];

    #[test]
    fn logarithms_have_thirty_digits() {
        for (x, hi, lo) in REFERENCE {
            let error = ln(Dd::from(x)) - Dd::from_parts(hi, lo);
            assert!(error.hi().abs() < 1e-31 * hi.abs(), "ln {x}: off by {error:?}");
        }
        assert_eq!(ln(Dd::from(1.0)).hi(), 0.0);
    }
}
