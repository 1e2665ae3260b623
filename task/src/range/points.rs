//! The points between two ends, evenly spaced or with equal ratios.

use super::number::nearest;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;

/// Returns start + i·step for i = 0 … `last`, each as the double nearest to the exact number.
pub(super) fn evenly(start: &BigRational, step: &BigRational, last: u32) -> Vec<f64> {
    // One common denominator, so that the fractions of the points need not be reduced one by one.
    let mut denominator = start.denom().lcm(step.denom());
    let scaled = |x: &BigRational| x.numer() * (&denominator / x.denom());
    let (mut numerator, step) = (scaled(start), scaled(step));
    let mut points = Vec::with_capacity(last as usize + 1);
    for _ in 0..=last {
        let point = BigRational::new_raw(numerator, denominator);
        points.push(nearest(&point));
        (numerator, denominator) = point.into_raw();
        numerator += &step;
    }
    points
}

/// Returns start·(end/start)^(i/last) for i = 0 … `last`, where 0 < start < end and `last` is at least 1.
///
/// A rational point is the nearest double. An irrational point within a relative 2e-15 of a decimal of twelve digits
/// is that decimal; all others are accurate to 2e-15.
pub(super) fn logarithmically(start: &BigRational, end: &BigRational, last: u32) -> Vec<f64> {
    // Whole decades are counted in integers: floating point computes only a power of ten between 0 and 2, so that the
    // error does not grow with the length of the range. libm is used rather than the platform's functions, so that
    // every machine has the same grid.
    let (first, first_decade) = mantissa_and_decade(nearest(start));
    let (final_, final_decade) = mantissa_and_decade(nearest(end));
    let (first, final_) = (libm::log10(first), libm::log10(final_));
    let point = |i: u32| {
        let decades = first_decade * i64::from(last - i) + final_decade * i64::from(i);
        let decade = decades.div_euclid(i64::from(last));
        let rest = decades.rem_euclid(i64::from(last)) as f64;
        let logs = first * f64::from(last - i) + final_ * f64::from(i);
        times_decade(libm::exp10((rest + logs) / f64::from(last)), decade)
    };
    let mut points: Vec<f64> = (0..=last).map(point).collect();

    let (parts, ratio) = rational_root(&(end / start), last);
    let (mut numerator, mut denominator) = start.clone().into_raw();
    for i in (0..=last).step_by((last / parts) as usize) {
        let exact = BigRational::new_raw(numerator, denominator);
        points[i as usize] = nearest(&exact);
        (numerator, denominator) = exact.into_raw();
        numerator *= ratio.numer();
        denominator *= ratio.denom();
    }
    points
}

/// Returns the largest divisor n of `last` for which the n-th root of `ratio` is rational, and that root; `ratio` is
/// above 1. Exactly the powers of this root are the rational ones among the ratio^(i/last): if ratio^(i/last) is
/// rational, `ratio` has a rational root of degree last / gcd(i, last), and if it has rational roots of two degrees,
/// it has one of their least common multiple.
fn rational_root(ratio: &BigRational, last: u32) -> (u32, BigRational) {
    let root_of = |n: u32| {
        let root = |x: &BigInt| {
            let root = x.nth_root(n);
            (root.pow(n) == *x).then_some(root)
        };
        Some(BigRational::new_raw(root(ratio.numer())?, root(ratio.denom())?))
    };
    // The numerator is at least 2, and so is its root.
    let most = u32::try_from(ratio.numer().bits()).unwrap_or(last).min(last);
    (2..=most)
        .rev()
        .filter(|n| last.is_multiple_of(*n))
        .find_map(|n| Some((n, root_of(n)?)))
        .unwrap_or_else(|| (1, ratio.clone()))
}

/// Parses a text that was formatted here and is never user input.
fn parse_double(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// Returns a positive double as m · 10^p with 1 ≤ m < 10, from its shortest decimal.
fn mantissa_and_decade(value: f64) -> (f64, i64) {
    let text = format!("{value:e}");
    let (mantissa, decade) = text.split_once('e').unwrap_or((&text, "0"));
    (parse_double(mantissa), decade.parse().unwrap_or(0))
}

/// Returns value · 10^decade, rounded once from the shortest decimal of `value`; if a decimal of twelve digits is
/// within a relative 2e-15, returns that one.
fn times_decade(value: f64, decade: i64) -> f64 {
    let short = format!("{value:.11e}");
    let text = match (parse_double(&short) - value).abs() <= 2e-15 * value {
        true => short,
        false => format!("{value:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent = exponent.parse().unwrap_or(0) + decade;
    parse_double(&format!("{mantissa}e{exponent}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_decade_is_exact_at_decimals_and_leaves_the_rest_alone() {
        assert_eq!(times_decade(1.000_000_000_000_000_2, -3), 0.001);
        assert_eq!(times_decade(0.999_999_999_999_999_9, 2), 100.0);
        assert_eq!(times_decade(3.162_277_660_168_379_5, 0), 3.162_277_660_168_379_5);
    }

    #[test]
    fn roots_are_of_the_largest_degree_that_divides() {
        let ratio = |p: u64, q: u64| BigRational::new(p.into(), q.into());
        assert_eq!(rational_root(&ratio(64, 1), 12), (6, ratio(2, 1)));
        assert_eq!(rational_root(&ratio(64, 1), 8), (2, ratio(8, 1)));
        assert_eq!(rational_root(&ratio(64, 1), 7), (1, ratio(64, 1)));
        assert_eq!(rational_root(&ratio(64, 729), 3), (3, ratio(4, 9)));
        assert_eq!(rational_root(&ratio(64, 3), 6), (1, ratio(64, 3)));
        assert_eq!(
            rational_root(&ratio(10_000_000_000, 1), 100_000 - 1),
            (1, ratio(10_000_000_000, 1))
        );
    }
}
