//! The incomplete beta function and its inverse against 40-digit tables, and by their properties.

use gauss_sim_theory::math::beta::Beta;
use proptest::prelude::*;

/// The fields of each row of a table, but for the header.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<f64>> {
    let rows: Vec<Vec<f64>> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|field| field.parse().unwrap()).collect())
        .collect();
    assert!(rows.len() > 50, "a table is empty");
    rows.into_iter()
}

/// |got/want − 1|; 0 where both are 0, the same infinity, or below the normal doubles.
fn error(got: f64, want: f64) -> f64 {
    if got == want || (want.abs() < f64::MIN_POSITIVE && got.abs() <= f64::MIN_POSITIVE) {
        return 0.0;
    }
    (got / want - 1.0).abs()
}

/// The worst of many errors, with what it belongs to.
#[derive(Default)]
struct Worst(f64, String);

impl Worst {
    fn see(&mut self, error: f64, what: impl FnOnce() -> String) {
        // Also where the error is NaN.
        if error.is_nan() || error > self.0 {
            *self = Self(error, what());
        }
    }

    fn below(&self, limit: f64, name: &str) {
        println!("{name}: {:.2e} at {}", self.0, self.1);
        assert!(self.0 <= limit, "{name}: error {:e} > {limit:e} at {}", self.0, self.1);
    }
}

#[test]
fn tails_agree_with_the_table() {
    let (mut tail, mut logarithm) = (Worst::default(), Worst::default());
    for row in rows(include_str!("../oracle/beta.csv")) {
        let [a, b, x, y, lower, upper, ln_lower, ln_upper] = row[..] else { panic!("{row:?}") };
        let got = Beta::new(a, b).unwrap().tails_from_both(x, y);
        let at = || format!("a = {a}, b = {b}, x = {x}, y = {y}: {got:?}");
        tail.see(error(got.lower, lower), at);
        tail.see(error(got.upper, upper), at);
        logarithm.see(error(got.ln_lower, ln_lower), at);
        logarithm.see(error(got.ln_upper, ln_upper), at);
    }
    // Relative.
    tail.below(3e-15, "tails");
    logarithm.below(3e-15, "logarithms");
}

#[test]
fn quantiles_agree_with_the_table() {
    let mut worst = Worst::default();
    for row in rows(include_str!("../oracle/beta_quantile.csv")) {
        let [a, b, lower, x, y] = row[..] else { panic!("{row:?}") };
        let got = Beta::new(a, b).unwrap().quantile(lower);
        let mirrored = Beta::new(b, a).unwrap().upper_quantile(lower);
        let at = || format!("a = {a}, b = {b}, lower = {lower}: {got:?}");
        worst.see(error(got.x, x), at);
        worst.see(error(got.y, y), at);
        assert_eq!((got.x, got.y), (mirrored.y, mirrored.x));
    }
    worst.below(2e-15, "quantiles"); // relative, of x and of 1 − x
}

#[test]
fn known_values() {
    let of = |a, b, x| Beta::new(a, b).unwrap().tails(x);
    // The uniform distribution, xⁿ, and 1 − (1 − x)ⁿ.
    assert!(error(of(1.0, 1.0, 0.3).lower, 0.3) < 1e-15);
    assert!(error(of(5.0, 1.0, 0.5).lower, 1.0 / 32.0) < 1e-15);
    assert!(error(of(1.0, 5.0, 0.5).upper, 1.0 / 32.0) < 1e-15);
    // Symmetric shapes are balanced at ½.
    for a in [1.0, 2.5, 51.0, 1e6, 4e15] {
        assert!(error(of(a, a, 0.5).lower, 0.5) < 2e-15, "{a}");
    }
    // a·ln x where the tail itself underflows.
    assert!(error(of(1e6, 1.0, 0.5).ln_lower, -1e6 * std::f64::consts::LN_2) < 2e-16);
}

#[test]
fn the_ends_and_what_is_refused() {
    let beta = Beta::new(3.0, 4.0).unwrap();
    for (x, lower, upper) in [(0.0, 0.0, 1.0), (-1.0, 0.0, 1.0), (1.0, 1.0, 0.0), (7.0, 1.0, 0.0)] {
        let tails = beta.tails(x);
        assert_eq!((tails.lower, tails.upper), (lower, upper));
        assert_eq!((tails.ln_lower, tails.ln_upper), (lower.ln(), upper.ln()));
    }
    assert!(beta.tails(f64::NAN).lower.is_nan());
    assert_eq!((beta.quantile(0.0).x, beta.quantile(0.0).y), (0.0, 1.0));
    assert_eq!((beta.quantile(1.0).x, beta.quantile(1.0).y), (1.0, 0.0));
    // The larger tail is solved through the smaller.
    assert_eq!(beta.quantile(0.75), beta.upper_quantile(0.25));
    assert_eq!(beta.upper_quantile(0.75), beta.quantile(0.25));
    // Where the point itself underflows.
    let tiny = Beta::new(1.0, 1e13).unwrap();
    for p in [5e-324, 1e-320, 1e-310, 1e-300] {
        assert!((0.0..1e-300).contains(&tiny.quantile(p).x), "{p}");
    }
    for p in [-0.1, 1.1, f64::NAN] {
        assert!(beta.quantile(p).x.is_nan() && beta.upper_quantile(p).y.is_nan());
    }
    for (a, b) in [(0.5, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (9e15, 9e15)] {
        assert!(Beta::new(a, b).is_err(), "{a}, {b}");
    }
    let message = Beta::new(3.0, 0.25).unwrap_err().to_string();
    assert!(message.starts_with("b = 0.25 is not possible"), "{message}");
}

/// The two methods meet at shapes of 100 and at three standard deviations: no step there.
#[test]
fn no_step_where_the_method_changes() {
    let beyond = 100.0 + 1e-12;
    for (inside, outside) in [((100.0f64, 3e4), (beyond, 3e4)), ((7e8, 100.0), (7e8, beyond))] {
        for i in 0..60 {
            let x = inside.0 / (inside.0 + inside.1);
            let deviation = (x * (1.0 - x) / (inside.0 + inside.1)).sqrt();
            let x = x + f64::from(i - 30) * 0.1 * deviation;
            let at = |(a, b)| Beta::new(a, b).unwrap().tails(x).lower;
            // The shapes differ by a hundred ulp, which moves a tail by about 1e-13·|z|.
            assert!(error(at(inside), at(outside)) < 2e-12, "{x}");
        }
    }
}

/// Shapes from 1 to 1e13, whole and not, small ones as often as large ones.
fn shape() -> impl Strategy<Value = f64> {
    (0.0..13.0, any::<bool>()).prop_map(|(exponent, whole)| {
        let shape = 10f64.powf(exponent);
        if whole { shape.round() } else { shape }
    })
}

/// The point `z` standard deviations (of the log-odds) from the mean.
fn point(a: f64, b: f64, z: f64) -> (f64, f64) {
    let odds = a / b * (z * (1.0 / a + 1.0 / b).sqrt()).exp();
    (odds / (1.0 + odds), 1.0 / (1.0 + odds))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// I_x(a, b) + I_{1−x}(b, a) = 1, and the mirror image is the same to the bit.
    #[test]
    fn complements(a in shape(), b in shape(), z in -40.0..40.0) {
        let (x, y) = point(a, b, z);
        let one = Beta::new(a, b).unwrap().tails_from_both(x, y);
        let other = Beta::new(b, a).unwrap().tails_from_both(y, x);
        prop_assert_eq!((one.lower, one.ln_upper), (other.upper, other.ln_lower));
        prop_assert!((one.lower + one.upper - 1.0).abs() <= 2.3e-16);
        prop_assert!((0.0..=1.0).contains(&one.lower) && (0.0..=1.0).contains(&one.upper));
        prop_assert!(one.ln_lower <= 0.0 && one.ln_upper <= 0.0);
        if one.lower > 1e-300 {
            // exp magnifies the rounding of its argument by that argument.
            let rounding = 2e-15 + 2e-16 * one.ln_lower.abs();
            prop_assert!(error(one.ln_lower.exp(), one.lower) < rounding);
        }
    }

    /// Increasing in x, decreasing in a, increasing in b.
    #[test]
    fn monotone(a in shape(), b in shape(), z in -40.0..40.0, step in 1e-3..3.0) {
        let tails = |a, b, z| {
            let (x, y) = point(a, b, z);
            Beta::new(a, b).unwrap().tails_from_both(x, y)
        };
        let (at, beyond) = (tails(a, b, z), tails(a, b, z + step));
        prop_assert!(at.ln_lower <= beyond.ln_lower && at.ln_upper >= beyond.ln_upper);
        prop_assert!(at.lower <= beyond.lower && at.upper >= beyond.upper);
        let (x, y) = point(a, b, z);
        let more = |a, b| Beta::new(a, b).unwrap().tails_from_both(x, y);
        let (larger_a, larger_b) = (more(a * (1.0 + step), b), more(a, b * (1.0 + step)));
        prop_assert!(larger_a.ln_lower <= at.ln_lower && larger_a.ln_upper >= at.ln_upper);
        prop_assert!(larger_b.ln_lower >= at.ln_lower && larger_b.ln_upper <= at.ln_upper);
    }

    /// I_x(a, b) − I_x(a + 1, b) = xᵃyᵇ/(a·B(a, b)): checked through two more of the same kind,
    /// I_x(a, b) = x·I_x(a − 1, b) + y·I_x(a, b − 1) (DLMF 8.17.20), all of whose terms are
    /// positive.
    #[test]
    fn recurrence(a in shape(), b in shape(), z in -30.0..30.0) {
        let (a, b) = (a + 1.0, b + 1.0);
        let (x, y) = point(a, b, z);
        let at = |a, b| Beta::new(a, b).unwrap().tails_from_both(x, y);
        let (whole, left, right) = (at(a, b), at(a - 1.0, b), at(a, b - 1.0));
        // The shapes a − 1 and b − 1 are rounded, unless whole, which costs up to 1e-16·|z|·√shape.
        if a.fract() == 0.0 && b.fract() == 0.0 && whole.lower > 1e-290 && whole.upper > 1e-290 {
            prop_assert!(error(x * left.lower + y * right.lower, whole.lower) < 1e-14);
            prop_assert!(error(x * left.upper + y * right.upper, whole.upper) < 1e-14);
        }
    }

    /// The tail at the quantile of a probability is that probability: it lies between the tails at
    /// the two points next to it, but for 4e-15.
    #[test]
    fn inverse_round_trip(a in shape(), b in shape(), exponent in -290.0..-0.31f64, upper: bool) {
        let probability = 10f64.powf(exponent);
        let beta = Beta::new(a, b).unwrap();
        let found = if upper { beta.upper_quantile(probability) } else { beta.quantile(probability) };
        prop_assert_eq!(found.x + found.y, 1.0);
        let tail = |step: f64| {
            let (x, y) = (found.x, found.y);
            let (x, y) = if x < y { (x * (1.0 + step), y) } else { (x, y * (1.0 - step)) };
            let tails = beta.tails_from_both(x, y);
            if upper { tails.upper } else { tails.lower }
        };
        let (one, other) = (tail(-f64::EPSILON), tail(f64::EPSILON));
        if found.x.min(found.y) > 1e-300 {
            prop_assert!(one.min(other) <= probability * (1.0 + 4e-15));
            prop_assert!(one.max(other) >= probability * (1.0 - 4e-15));
        }
    }
}
