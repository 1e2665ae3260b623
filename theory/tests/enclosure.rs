//! Interval arithmetic contains what it must: at random operands, and at the edges of the doubles.

use gauss_sim_theory::claims::enclosure::Enclosure;
use gauss_sim_theory::math::double::Dd;
use gauss_sim_theory::math::normal;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Intervals of every size, and a number in each: some touch or contain 0.
fn operand() -> impl Strategy<Value = (Enclosure, f64)> {
    (-8.0f64..8.0, -12.0f64..1.0, 0.0f64..1.0, 0u32..4).prop_map(|(low, size, part, kind)| {
        let low = if kind == 0 { 0.0 } else { low };
        let width = if kind == 1 { 0.0 } else { 10f64.powf(size) };
        let found = Enclosure::new(low, low + width);
        (found, (low + part * width).min(found.high))
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5000,
        rng_seed: RngSeed::Fixed(12),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Exact results, in double-double, for numbers from the operands: within the bounds.
    #[test]
    fn operations_contain_exact_results((a, x) in operand(), (b, y) in operand()) {
        let holds = |bounds: Enclosure, exact: Dd| {
            (exact - Dd::from(bounds.low)).hi() >= 0.0 && (Dd::from(bounds.high) - exact).hi() >= 0.0
        };
        prop_assert!(holds(a + b, Dd::two_sum(x, y)));
        prop_assert!(holds(a - b, Dd::two_sum(x, -y)));
        prop_assert!(holds(a * b, Dd::two_prod(x, y)));
        prop_assert!(holds(a.square(), Dd::two_prod(x, x)));
        prop_assert!(holds(a.half(), Dd::from(0.5 * x)));
        prop_assert!(holds(-a, Dd::from(-x)));
        if !b.contains(0.0) {
            prop_assert!(holds(a / b, Dd::from(x) / Dd::from(y)));
        } else {
            prop_assert_eq!(a / b, Enclosure::ENTIRE);
        }
        if x >= 0.0 {
            prop_assert!(holds(a.sqrt(), Dd::from(x).sqrt()));
        }
        let both = a.hull(b);
        prop_assert!(both.contains(x) && both.contains(y));
        if b.contains(x) {
            prop_assert!(a.and(b).contains(x));
        }
    }

    /// The functions of the normal distribution at numbers from the interval, with four ulp to
    /// spare where the interval is a point.
    #[test]
    fn functions_contain_their_values((a, x) in operand(), stretch in 1.0f64..4.0) {
        let (a, x) = (Enclosure::new(stretch * a.low, stretch * a.high), stretch * x);
        // `most` is where the function ends, and its bounds too
        let inside = |bounds: Enclosure, value: f64, most: f64| {
            let four = 4.0 * (value.abs() - value.abs().next_down());
            let spare = if a.width() == 0.0 { four } else { 0.0 };
            bounds.low <= value - spare && (value + spare).min(most) <= bounds.high
        };
        prop_assert!(inside(a.cdf(), normal::cdf(x), 1.0));
        prop_assert!(inside(a.pdf(), normal::pdf(x), 1.0));
        prop_assert!(inside(a.ln_cdf(), normal::ln_cdf(x), 0.0));
        prop_assert!(inside(a.inverse_mills(), normal::hazard(-x), f64::INFINITY));
        // and no wider than rounding and the interval make it
        let point = Enclosure::point(x);
        for (bounds, value) in [
            (point.cdf(), normal::cdf(x)),
            (point.pdf(), normal::pdf(x)),
            (point.ln_cdf(), normal::ln_cdf(x)),
            (point.inverse_mills(), normal::hazard(-x)),
        ] {
            prop_assert!(bounds.width() <= 3e-15 * value.abs() + 1e-322);
        }
    }
}

#[test]
fn unknown_stays_unknown() {
    let all = Enclosure::ENTIRE;
    assert_eq!(Enclosure::new(f64::NAN, 1.0), all);
    assert_eq!(Enclosure::new(1.0, 0.0), all);
    assert_eq!(all * Enclosure::ZERO, all);
    assert_eq!(all - all, all);
    assert_eq!(all + Enclosure::ONE, all);
    assert_eq!(Enclosure::ONE / Enclosure::new(-1.0, 1.0), all);
    assert_eq!(all.square().low, 0.0);
    assert_eq!((all.cdf().low, all.cdf().high), (0.0, 1.0));
    assert_eq!(all.pdf().low, 0.0);
    assert!(all.pdf().contains(normal::pdf(0.0)));
    assert_eq!(all.ln_cdf().high, 0.0);
    assert!(all.inverse_mills().contains(1e300));
}

#[test]
fn overflow_and_underflow_are_bounded() {
    let (huge, tiny) = (Enclosure::point(1e300), Enclosure::point(1e-300));
    let product = huge * huge;
    assert!(product.low <= f64::MAX && product.high == f64::INFINITY);
    let product = tiny * tiny;
    assert!(product.low <= 0.0 && product.high > 0.0);
    let far = Enclosure::point(-60.0);
    assert!(far.cdf().low == 0.0 && far.cdf().high > 0.0 && far.pdf().high > 0.0);
    assert!(far.ln_cdf().contains(normal::ln_cdf(-60.0)));
}
