//! The standard normal against 40 digits, and its laws.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::math::double::Dd;
use gauss_sim_theory::math::normal::{
    between, cdf, cdf_dd, from_centre, hazard, interval, ln_cdf, ln_cdf_dd, ln_interval, ln_sf,
    pdf, quantile, sf,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The largest |error| over a table's rows of one name; panics if there are fewer than 50. The
/// variable NORMAL_TABLES names a folder of denser tables (`normal.py --dense`) to use instead.
fn worst(file: &str, name: &str, error: impl Fn(&[String]) -> f64) -> (f64, Vec<String>) {
    let path = std::env::var("NORMAL_TABLES").map_or_else(|_| oracle(), Into::into);
    let rows = table(&path.join(file));
    let rows: Vec<_> = rows.into_iter().filter(|r| r[0] == name).collect();
    assert!(rows.len() >= 50, "{name}: only {} rows", rows.len());
    let mut worst = (0.0, Vec::new());
    for row in rows {
        let e = error(&row[1..]).abs();
        assert!(!e.is_nan(), "{row:?}");
        if e > worst.0 {
            worst = (e, row);
        }
    }
    println!("{name}: {worst:?}");
    worst
}

/// Asserts a function of one argument within `tolerance` ulp over its rows of normal.csv.
fn single(name: &str, f: impl Fn(f64) -> f64, tolerance: f64) {
    let (e, row) = worst("normal.csv", name, |r| truth(&r[1]).ulps(f(double(&r[0]))));
    assert!(e <= tolerance, "{e} ulp at {row:?}");
}

fn pair(name: &str, f: impl Fn(f64, f64) -> f64, tolerance: f64) {
    let (e, row) =
        worst("normal_pairs.csv", name, |r| truth(&r[2]).ulps(f(double(&r[0]), double(&r[1]))));
    assert!(e <= tolerance, "{e} ulp at {row:?}");
}

// The tolerances are what the rounding errors of each method can add up to, and at most what its
// documentation promises. cdf: half an ulp of erfc and half of its correction.

#[test]
fn cdf_within_1_ulp() {
    single("cdf", cdf, 1.1);
}

#[test]
fn sf_within_1_ulp() {
    single("sf", sf, 1.1);
}

#[test]
fn from_centre_within_2_ulp() {
    single("from_centre", from_centre, 1.15);
}

#[test]
fn pdf_within_2_ulp() {
    single("pdf", pdf, 1.5);
}

#[test]
fn ln_cdf_within_2_ulp() {
    single("ln_cdf", ln_cdf, 2.0);
}

#[test]
fn ln_sf_within_2_ulp() {
    single("ln_sf", ln_sf, 2.0);
}

#[test]
fn hazard_within_3_ulp() {
    single("hazard", hazard, 2.5);
}

/// Asserts a function within `tolerance` ulp over those rows of normal.csv whose z is in a range.
fn within(range: std::ops::Range<f64>, name: &str, f: impl Fn(f64) -> f64, tolerance: f64) {
    let (e, row) = worst("normal.csv", name, |r| match double(&r[0]) {
        z if range.contains(&z) => truth(&r[1]).ulps(f(z)),
        _ => 0.0,
    });
    assert!(e <= tolerance, "{e} ulp at {row:?}");
}

/// Above 0 there is no quotient of two rounded functions, only a sum with a small second term.
#[test]
fn hazard_above_0_within_an_ulp() {
    within(0.0..f64::INFINITY, "hazard", hazard, 0.8);
}

/// Near 0 the value at a multiple of 1/32 is known to 32 digits, and what is added to it is a seventh at most.
#[test]
fn tails_near_0_within_an_ulp() {
    within(-8.5..8.5, "cdf", cdf, 0.8);
    within(-8.5..8.5, "sf", sf, 0.8);
}

#[test]
fn quantile_within_2_ulp() {
    single("quantile", quantile, 1.5);
}

#[test]
fn cdf_dd_within_1_ulp() {
    pair("cdf_dd", |hi, lo| cdf_dd(Dd::two_sum(hi, lo)), 1.1);
}

#[test]
fn interval_within_3_ulp() {
    pair("interval", |end, width| interval(end.into(), width.into()), 3.0);
}

/// What [`ln_cdf_dd`] and [`ln_interval`] promise: an absolute error, though the value may be 1e5.
fn absolute(file: &str, name: &str, f: impl Fn(f64, f64) -> Dd, scale: impl Fn(f64, f64) -> f64) {
    let (e, row) = worst(file, name, |r| {
        let (first, second) = (double(&r[0]), double(&r[1]));
        let miss = f(first, second) - truth(&r[2]).to_dd();
        miss.hi() / scale(first, second).max(1.0)
    });
    assert!(e <= 1e-15, "{e} at {row:?}");
}

#[test]
fn ln_cdf_dd_within_1e_15_absolute() {
    let f = |hi, lo| ln_cdf_dd(Dd::two_sum(hi, lo));
    absolute("normal_pairs.csv", "ln_cdf_dd", f, |hi, _| hi.abs().ln());
}

#[test]
fn ln_cdf_dd_within_2_ulp() {
    pair("ln_cdf_dd", |hi, lo| ln_cdf_dd(Dd::two_sum(hi, lo)).hi(), 2.0);
}

#[test]
fn ln_interval_within_1e_15_absolute() {
    let f = |end: f64, width: f64| ln_interval(end.into(), width.into());
    let scale = |end: f64, width: f64| end.abs().ln().max(width.ln().abs());
    absolute("normal_pairs.csv", "ln_interval", f, scale);
}

#[test]
fn the_ends_of_the_range() {
    let inf = f64::INFINITY;
    let functions = [cdf, sf, pdf, ln_cdf, ln_sf, hazard, quantile];
    for f in functions {
        assert!(f(f64::NAN).is_nan());
    }
    let at_minus_inf = [0.0, 1.0, 0.0, -inf, 0.0, 0.0, f64::NAN];
    let at_plus_inf = [1.0, 0.0, 0.0, 0.0, -inf, inf, f64::NAN];
    for (i, f) in functions.iter().enumerate() {
        assert_eq!(f(-inf).to_bits() << 1, at_minus_inf[i].to_bits() << 1, "{i}");
        assert_eq!(f(inf).to_bits() << 1, at_plus_inf[i].to_bits() << 1, "{i}");
    }
    assert_eq!((cdf(0.0), sf(0.0), quantile(0.5)), (0.5, 0.5, 0.0));
    assert_eq!((quantile(0.0), quantile(-0.0), quantile(1.0)), (-inf, -inf, inf));
    assert!(quantile(-1e-300).is_nan() && quantile(1.0 + f64::EPSILON).is_nan());
    assert_eq!((cdf(-38.44), cdf(-39.0), cdf(-1e300)), (1.5e-323, 0.0, 0.0));
    // −z²/2 leaves the doubles below −1.896e154, not before
    assert!((ln_cdf(-1.89e154) / -1.78605e308 - 1.0).abs() < 1e-10);
    assert_eq!((ln_cdf(-1.9e154), ln_cdf(-f64::MAX)), (-inf, -inf));
    assert_eq!((hazard(f64::MAX), hazard(f64::MIN)), (f64::MAX, 0.0));
    assert_eq!((from_centre(-inf), from_centre(8.5), from_centre(inf)), (-0.5, 0.5, 0.5));
    assert_eq!(from_centre(-0.0).to_bits(), (-0.0_f64).to_bits());
    assert!(from_centre(f64::NAN).is_nan());
}

#[test]
fn intervals_without_an_end_or_a_width() {
    let (zero, one) = (Dd::ZERO, Dd::from(1.0));
    let inf = Dd::from(f64::INFINITY);
    let nan = Dd::from(f64::NAN);
    assert_eq!(between(-inf, inf), 1.0);
    assert_eq!(between(-inf, one), cdf(1.0));
    assert_eq!(between(one, inf), sf(1.0));
    assert_eq!(between(inf, -inf), -1.0);
    assert_eq!(between(inf, inf), 0.0);
    assert_eq!(between(-inf, -inf), 0.0);
    assert_eq!(interval(one, inf), cdf(1.0));
    assert_eq!(interval(one, zero), 0.0);
    assert_eq!(ln_interval(one, zero).hi(), f64::NEG_INFINITY);
    assert_eq!(ln_interval(one, inf).hi(), ln_cdf(1.0));
    assert!(ln_interval(one, -one).hi().is_nan());
    for (a, b) in [(nan, one), (one, nan), (nan, inf), (-inf, nan)] {
        assert!(between(a, b).is_nan() && interval(b, a).is_nan());
    }
}

/// |a − b| within `n` ulp of the larger.
fn close(a: f64, b: f64, n: f64) -> bool {
    (a - b).abs() <= n * ulp(a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn cdf_rises_and_sf_falls(low in -39.0..39.0, power in 0..50) {
        // from the next double to far away; 2 ulp of slack, by which neighbours may be swapped
        let high = low + ulp(low) * 2f64.powi(power);
        prop_assert!(cdf(low) <= cdf(high) + 2.0 * ulp(cdf(high)));
        prop_assert!(sf(low) + 2.0 * ulp(sf(low)) >= sf(high));
        prop_assert!(ln_cdf(low) <= ln_cdf(high) + 3.0 * ulp(ln_cdf(high)));
    }

    #[test]
    fn cdf_and_sf_make_one_and_mirror(z in -39.0..39.0) {
        prop_assert!(close(cdf(z) + sf(z), 1.0, 2.0));
        prop_assert_eq!(cdf(-z), sf(z));
        prop_assert_eq!(pdf(-z), pdf(z));
        prop_assert_eq!(ln_cdf(-z), ln_sf(z));
    }

    #[test]
    fn logarithm_and_hazard_fit(z in -37.0..37.0) {
        // an error in the logarithm is an error in its exponential, times the logarithm
        let size = ln_cdf(z).abs().max(1.0);
        prop_assert!(close(ln_cdf(z).exp(), cdf(z), 4.0 * size));
        prop_assert!(close(hazard(z) * sf(z), pdf(z), 6.0));
    }

    #[test]
    fn quantile_undoes_cdf(z in -38.4..7.0) {
        // Φ(z) is known to 2 ulp, which Φ⁻¹ turns into 2·ulp(Φ)/φ
        let p = cdf(z);
        let slack = 4.0 * ulp(p) / pdf(z) + 4.0 * ulp(z);
        prop_assert!((quantile(p) - z).abs() <= slack, "{} from {}", quantile(p), z);
    }

    #[test]
    fn cdf_undoes_quantile(x in -744.0..-1e-9f64) {
        // Φ magnifies z's 3 ulp by the hazard
        let p = x.exp();
        let z = quantile(p);
        let slack = 4.0 * ulp(z) * pdf(z) + 3.0 * ulp(p);
        prop_assert!((cdf(z) - p).abs() <= slack, "{} from {}", cdf(z), p);
    }

    #[test]
    fn intervals_add_up(a in -38.0..38.0, width in 1e-9..5.0, share in 0.0..1.0) {
        let (a, b) = (Dd::from(a), Dd::from(a + width));
        let middle = Dd::from(a.hi() + share * width);
        let parts = between(a, middle) + between(middle, b);
        prop_assert!(close(parts, between(a, b), 8.0), "{} {}", parts, between(a, b));
        prop_assert_eq!(between(a, b), -between(b, a));
        prop_assert_eq!(between(a, b), between(-b, -a));
        prop_assert!(close(interval(b, b - a), between(a, b), 3.0));
    }

    #[test]
    fn wide_intervals_are_differences(a in -8.0..8.0, width in 1.0..10.0) {
        let plain = if a > 0.0 { sf(a) - sf(a + width) } else { cdf(a + width) - cdf(a) };
        prop_assert!(close(between(Dd::from(a), Dd::from(a + width)), plain, 8.0));
    }

    #[test]
    fn underflowing_masses_keep_their_ratio(end in -300.0..-40.0, width in 1e-3..2.0) {
        // P[end − w < Z ≤ end]/P[Z ≤ end] = 1 − Φ(end − w)/Φ(end), in logarithms
        let (end, width) = (Dd::from(end), Dd::from(width));
        let share = (ln_interval(end, width) - ln_cdf_dd(end)).hi().exp();
        let rest = (ln_cdf_dd(end - width) - ln_cdf_dd(end)).hi().exp();
        prop_assert!((share + rest - 1.0).abs() < 2e-14, "{}", share + rest);
    }
}
