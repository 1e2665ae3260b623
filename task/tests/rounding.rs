//! Every number and every point is the double nearest to the exact one, ties to even: tested in whole
//! numbers, which know neither rational numbers nor floating point.

use num_bigint::BigInt;
use proptest::prelude::*;
use task::range::{Range, RangeError, number};

/// A double in units of 2^-1075, in which the points halfway between doubles are whole as well.
/// Infinity stands for 2^1024, the next after the largest.
fn units(bits: u64) -> BigInt {
    let (exponent, fraction) = (bits >> 52, bits & ((1 << 52) - 1));
    match exponent {
        0 => BigInt::from(fraction) << 1,
        exponent => BigInt::from(fraction | 1 << 52) << exponent,
    }
}

/// Whether `value` is the double nearest to numerator/denominator, the even one of two.
fn is_nearest(numerator: &BigInt, denominator: &BigInt, value: f64) -> bool {
    let zero = BigInt::ZERO;
    let (numerator, denominator) = match *denominator < zero {
        true => (-numerator, -denominator),
        false => (numerator.clone(), denominator.clone()),
    };
    if numerator < zero && value > 0.0 || numerator > zero && value < 0.0 {
        return false;
    }
    let magnitude = BigInt::from(numerator.magnitude().clone()) << 1075;
    let bits = value.abs().to_bits();
    let halfway = |lower: u64| (units(lower) + units(lower + 1)) / 2 * &denominator;
    let even = bits.is_multiple_of(2);
    let above = bits == 0
        || match halfway(bits - 1) {
            tie if tie == magnitude => even,
            tie => tie < magnitude,
        };
    let below = value.is_infinite()
        || match halfway(bits) {
            tie if tie == magnitude => even,
            tie => magnitude < tie,
        };
    above && below
}

/// Checks that the text of a fraction is read as it must be.
fn check(numerator: &BigInt, denominator: &BigInt) -> Result<(), TestCaseError> {
    let text = format!("{numerator}/{denominator}");
    let value = match number(&text) {
        Ok(value) => value,
        Err(RangeError::TooLarge(_)) => f64::INFINITY,
        Err(RangeError::TooSmall(_)) => 0.0,
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    };
    let sign =
        if (numerator < &BigInt::ZERO) == (denominator < &BigInt::ZERO) { 1.0 } else { -1.0 };
    let value = if value.is_infinite() { sign * value } else { value };
    prop_assert!(is_nearest(numerator, denominator, value), "{} {:e}", text, value);
    Ok(())
}

/// 10^places, for decimals in whole numbers.
fn power(places: u32) -> BigInt {
    BigInt::from(10).pow(places)
}

#[test]
fn the_oracle_tells_neighbours_and_ties() {
    let half_ulp = BigInt::from((1_i64 << 53) + 1);
    let one = BigInt::from(1);
    assert!(is_nearest(&half_ulp, &one, 9_007_199_254_740_992.0));
    assert!(!is_nearest(&half_ulp, &one, 9_007_199_254_740_994.0));
    assert!(is_nearest(&-half_ulp, &one, -9_007_199_254_740_992.0));
    assert!(is_nearest(&one, &BigInt::from(3), 1.0 / 3.0));
    assert!(!is_nearest(&one, &BigInt::from(3), (1.0_f64 / 3.0).next_up()));
    assert!(!is_nearest(&one, &BigInt::from(3), (1.0_f64 / 3.0).next_down()));
    assert!(!is_nearest(&one, &BigInt::from(3), -1.0 / 3.0));
    assert!(is_nearest(&one, &(&one << 1075), 0.0));
    assert!(is_nearest(&BigInt::from(3), &(&one << 1076), 5e-324));
    assert!(is_nearest(&one, &BigInt::from(-2), -0.5));
    let beyond = (BigInt::from((1_i64 << 54) - 1)) << 970;
    assert!(is_nearest(&beyond, &one, f64::INFINITY) && !is_nearest(&beyond, &one, f64::MAX));
    assert!(is_nearest(&(beyond - 1), &one, f64::MAX));
}

#[test]
fn the_ends_of_the_doubles() -> Result<(), TestCaseError> {
    let one = BigInt::from(1);
    for offset in -2..=2 {
        let offset = BigInt::from(offset);
        // Halfway between the largest double and 2^1024, and around it.
        let top = (BigInt::from((1_i64 << 54) - 1)) << 970;
        check(&(&top + &offset), &one)?;
        check(&(-&top * 3 + &offset), &BigInt::from(3))?;
        // Halfway between 0 and the smallest double, and between the largest subnormal and the smallest
        // normal double, and around them.
        for halves in [1, (1_i64 << 53) - 1, (1_i64 << 53) + 1, 3] {
            let numerator = BigInt::from(halves) * 7 + &offset;
            check(&numerator, &(BigInt::from(7) << 1075))?;
            check(&-numerator, &(BigInt::from(7) << 1075))?;
        }
    }
    Ok(())
}

#[test]
fn no_point_is_negative_zero() -> Result<(), RangeError> {
    // In units of the smallest double: -2, -1/4, 3/2 (a tie), 13/4, 5.
    let range: Range = "-1e-323..2.5e-323/5".parse()?;
    let bits: Vec<u64> = range.values()[1..].iter().map(|value| value.to_bits()).collect();
    assert_eq!(bits, [0, 2, 3, 5]);
    Ok(())
}

/// Whole numbers of up to 300 digits, long or short.
fn whole() -> impl Strategy<Value = BigInt> {
    let digits = prop_oneof![1_usize..19, 1_usize..40, 1_usize..300];
    digits.prop_flat_map(|digits| {
        prop::collection::vec(0_u8..10, digits).prop_map(|digits| {
            let text: String = digits.iter().map(|&digit| char::from(b'0' + digit)).collect();
            text.parse().unwrap_or_default()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn fractions_are_the_nearest_double(
        numerator in whole(),
        denominator in whole(),
        negative in any::<bool>(),
    ) {
        prop_assume!(denominator != BigInt::ZERO);
        check(&if negative { -numerator } else { numerator }, &denominator)?;
    }

    /// Halfway between two doubles of any size, and as close to it as a factor of the denominator allows.
    #[test]
    fn fractions_around_a_tie_are_the_nearest_double(
        bits in prop_oneof![0..f64::INFINITY.to_bits(), 0_u64..1 << 54, 0_u64..8],
        factor in 1_u32..100_000,
        offset in -1_i32..=1,
        negative in any::<bool>(),
    ) {
        let (mut numerator, mut shift) = (units(bits) + units(bits + 1), 1076_u64);
        let twos = numerator.trailing_zeros().unwrap_or(0).min(shift);
        numerator >>= twos;
        shift -= twos;
        let numerator = numerator * factor + offset;
        check(&if negative { -numerator } else { numerator }, &(BigInt::from(factor) << shift))?;
    }

    #[test]
    fn decimals_round_as_the_standard_library_does(
        text in r"[+-]?([0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25})([eE][+-]?[0-9]{1,3})?",
    ) {
        let expected = text.parse::<f64>().map(|value| value + 0.0);
        let nothing_but_zeros = !text.split(['e', 'E']).next().unwrap_or_default().contains(|c| ('1'..='9').contains(&c));
        match number(&text) {
            Ok(value) => prop_assert_eq!(Ok(value.to_bits()), expected.map(f64::to_bits)),
            Err(RangeError::TooLarge(_)) => {
                prop_assert!(expected.is_ok_and(f64::is_infinite));
            }
            Err(error) => {
                prop_assert!(matches!(error, RangeError::TooSmall(_)) && !nothing_but_zeros);
                prop_assert_eq!(expected, Ok(0.0));
            }
        }
    }
}

proptest! {
    #[test]
    fn steps_of_fractions_are_rounded_once(
        start in -10_000_i64..10_000,
        over in 1_i64..1000,
        step in 1_i64..1000,
        step_over in 1_i64..1000,
        steps in 1_i64..200,
    ) {
        // Everything over the product of both denominators.
        let both = BigInt::from(over * step_over);
        let point = |i: i64| BigInt::from(start * step_over + i * step * over);
        let text = format!("{start}/{over}..{}/{both}:{step}/{step_over}", point(steps));
        let range = text.parse::<Range>()?;
        prop_assert_eq!(range.values().len() as i64, steps + 1);
        for (i, value) in (0..).zip(range.values()) {
            prop_assert!(is_nearest(&point(i), &both, *value), "{} {}", text, value);
        }
    }

    #[test]
    fn counts_between_fractions_are_rounded_once(
        start in -10_000_i64..10_000,
        over in 1_i64..1000,
        width in 1_i64..100_000,
        count in 2_i64..300,
    ) {
        let text = format!("{start}/{over}..{}/{over}/{count}", start + width);
        let range = text.parse::<Range>()?;
        prop_assert_eq!(range.values().len() as i64, count);
        let denominator = BigInt::from(over * (count - 1));
        for (i, value) in (0..).zip(range.values()) {
            let numerator = BigInt::from(start * (count - 1) + width * i);
            prop_assert!(is_nearest(&numerator, &denominator, *value), "{} {}", text, value);
        }
    }

    /// Ends of any size, subnormal ones and almost the largest.
    #[test]
    fn counts_between_decimals_of_any_size_are_rounded_once(
        (start, start_exponent) in (-999_i64..1000, -326_i32..305),
        (end, end_exponent) in (1_i64..1000, -320_i32..305),
        count in 2_i64..100,
    ) {
        let text = format!("{start}e{start_exponent}..{end}e{end_exponent}/{count}");
        let whole = |mantissa: i64, exponent: i32| power((exponent + 326) as u32) * mantissa;
        let (start, end) = (whole(start, start_exponent), whole(end, end_exponent));
        let denominator = power(326) * (count - 1);
        match text.parse::<Range>() {
            Ok(range) => for (i, value) in (0..).zip(range.values()) {
                let numerator = &start * (count - 1 - i) + &end * i;
                prop_assert!(is_nearest(&numerator, &denominator, *value), "{} {}", text, value);
            },
            Err(RangeError::Backwards(..) | RangeError::BackwardsWithCount(..)) => prop_assert!(start > end),
            Err(RangeError::EqualEnds(..)) => prop_assert!(start == end || end_exponent < -300),
            Err(RangeError::TooNarrow(..)) => prop_assert!(end_exponent < -300),
            Err(error) => prop_assert!(matches!(error, RangeError::TooSmall(_)), "{}", error),
        }
    }

    /// start · (p/q)^i, every so many points of a log-spaced range.
    #[test]
    fn rational_log_points_are_rounded_once(
        start in 1_u32..1000,
        over in 1_u32..1000,
        (p, q) in (2_u32..50, 1_u32..50),
        powers in 1_u32..12,
        between in 1_u32..5,
    ) {
        prop_assume!(p > q);
        let numerator = |i: u32| BigInt::from(p).pow(i) * start;
        let denominator = |i: u32| BigInt::from(q).pow(i) * over;
        let end = format!("{}/{}", numerator(powers), denominator(powers));
        let text = format!("{start}/{over}..{end}/log{}", powers * between + 1);
        let range = text.parse::<Range>()?;
        prop_assert_eq!(range.values().len() as u32, powers * between + 1);
        for (i, value) in (0..).zip(range.values().iter().step_by(between as usize)) {
            prop_assert!(is_nearest(&numerator(i), &denominator(i), *value), "{} {}", text, value);
        }
        let ideal = f64::from(start) / f64::from(over);
        let log = (f64::from(p) / f64::from(q)).ln() / f64::from(between);
        for (i, value) in range.values().iter().enumerate() {
            // The oracle's own logarithm is at most 44, and its error as many ulp.
            prop_assert!((value / (ideal * (log * i as f64).exp()) - 1.0).abs() < 2e-14);
        }
    }
}
