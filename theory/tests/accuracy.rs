//! The closed forms against 40 digits, and the laws that every accuracy obeys.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::accuracy::{
    Profile, accuracies, adversarial_accuracy, clean_accuracy, ln_adversarial_accuracy,
};
use gauss_sim_theory::math::bounded::Bounded;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{Eps, Margin, Task, Votes};

/// A margin from its numbers; `votes` 0 is the limit.
fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64, votes: u64) -> Margin {
    let votes = if votes == 0 { Votes::Limit } else { Votes::new(votes).unwrap() };
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, votes).unwrap()
}

fn eps(value: f64) -> Eps {
    Eps::new(value).unwrap()
}

/// The margin and budget of a row of accuracy.csv.
fn question(row: &[String]) -> (Margin, Eps) {
    let x = |i: usize| double(&row[i]);
    let votes = if row[4] == "inf" { 0 } else { row[4].parse().unwrap() };
    (margin(x(0), x(1), x(2), x(3), votes), eps(x(5)))
}

/// The tables are read to about 30 digits.
const READING: f64 = 1e-30;

/// |computed − truth|.
fn miss(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    if nearest == 0.0 { computed.abs() } else { truth(text).ulps(computed).abs() * ulp(nearest) }
}

/// The four results at a row, in the order of its last four columns.
fn results(row: &[String]) -> [Bounded; 4] {
    let (margin, eps) = question(row);
    let found = accuracies(&margin, eps);
    [found.clean, found.adversarial, found.robust, found.attack_success_rate]
}

#[test]
fn closed_forms_match_the_oracle() {
    // measured: 2.1e-16 in the centre, 4.7e-16 in the tails, 6.1e-16 for the two ratios
    let (mut centre, mut tail, mut ratio) = (0.0_f64, 0.0_f64, 0.0_f64);
    let rows = table(&oracle().join("accuracy.csv"));
    assert!(rows.len() >= 350);
    for row in &rows {
        for (i, found) in results(row).into_iter().enumerate() {
            let text = &row[6 + i];
            let error = miss(found.value, text);
            let exact = double(text);
            assert!(
                error <= found.error + READING * exact,
                "column {i} of {row:?}: {found:?} is off by {error}"
            );
            if exact < f64::MIN_POSITIVE {
                // 4 times the spacing of the subnormal numbers
                assert!(error <= 2e-323, "column {i} of {row:?}: {found:?}");
                continue;
            }
            assert!(found.error <= 1e-13 * exact, "column {i} of {row:?}: {found:?}");
            let relative = error / exact;
            match i {
                0 | 1 if exact > 1e-3 => centre = centre.max(relative),
                0 | 1 => tail = tail.max(relative),
                _ => ratio = ratio.max(relative),
            }
        }
    }
    println!("relative errors: centre {centre:e}, tails {tail:e}, ratios {ratio:e}");
    assert!(centre <= 4e-15, "centre: relative {centre}");
    assert!(tail <= 1e-13, "tails: relative {tail}");
    assert!(ratio <= 1e-13, "ratios: relative {ratio}");
}

/// The known values of the paper's task at sigma = 1, eps = ½, to 20 digits.
#[test]
fn known_values() {
    let cases = [
        (margin(1.0, 1.0, 0.0, 0.0, 0), "8.4134474606854294859e-1", "6.9146246127401310364e-1"),
        (margin(1.0, 1.0, 1.0, 1.0, 1), "7.1067519823742871734e-1", "6.0870731087131954965e-1"),
        (margin(1.0, 1.0, 0.0, 1.0, 1), "7.6024993890652326884e-1", "6.3816319508411846649e-1"),
        (margin(1.0, 1.0, 0.0, 1.0, 11), "8.2582073162774941201e-1", "6.8042685391038719391e-1"),
    ];
    for (margin, clean, adversarial) in cases {
        let found = accuracies(&margin, eps(0.5));
        assert!(miss(found.clean.value, clean) <= 3e-16, "{margin:?}"); // 3 ulp
        assert!(miss(found.adversarial.value, adversarial) <= 3e-16, "{margin:?}");
    }
}

/// The paper's ordering fails at eps = 0.1, sigma = 0.3: six digits of robust accuracy.
#[test]
fn the_counterexample() {
    let robust = |offset, sigma, votes| {
        accuracies(&margin(1.0, 1.0, offset, sigma, votes), eps(0.1)).robust.value
    };
    for (found, expected) in [
        (robust(0.0, 0.0, 0), 0.969_804),
        (robust(0.0, 0.3, 1), 0.969_604),
        (robust(1.0, 0.3, 1), 0.969_545),
    ] {
        assert!((found - expected).abs() < 5e-7, "{found} is not {expected}"); // as printed
    }
}

#[test]
fn no_budget_changes_nothing() {
    for votes in [0, 1, 2, 3, 101] {
        for mean in [-1000.0, -1.0, 0.0, 1.0] {
            let found = accuracies(&margin(mean, 1.0, 0.5, 2.0, votes), Eps::ZERO);
            assert_eq!(found.clean, found.adversarial);
            assert_eq!(found.robust, Bounded::exact(1.0));
            assert_eq!(found.attack_success_rate, Bounded::exact(0.0));
        }
    }
}

/// Without spread every number of votes is the undefended classifier, bit for bit.
#[test]
fn sigma_zero_is_the_limit() {
    for votes in [1, 2, 3, 101] {
        let (finite, limit) = (margin(1.0, 1.0, 0.7, 0.0, votes), margin(1.0, 1.0, 0.7, 2.0, 0));
        assert_eq!(accuracies(&finite, eps(0.3)), accuracies(&limit, eps(0.3)));
    }
}

/// ln A(ε) beyond the doubles: Φ(−1000) = φ(1000)/1000·(1 − 1e-6 + 3e-12 − …).
#[test]
fn logarithms_do_not_underflow() {
    let undefended = margin(-1000.0, 1.0, 0.0, 0.0, 0);
    let exact = -500_000.0 - (0.5 * std::f64::consts::TAU.ln() + 1000_f64.ln()) - 0.999_997_5e-6;
    let found = ln_adversarial_accuracy(&undefended, Eps::ZERO);
    assert!((found.value - exact).abs() <= 2e-10, "{found:?}"); // 2 ulp of 5e5 and the series
    assert!(found.error <= 1e-9);
    // a single vote more or less cannot matter that far out; only that it is finite and below
    let voted = ln_adversarial_accuracy(&margin(-1000.0, 1.0, 0.0, 1.0, 11), eps(1.0));
    assert!(voted.value.is_finite() && voted.value < -1000.0, "{voted:?}");
}

/// As ε → 0 the success rate is ε·(density of m at 0)/A(0).
#[test]
fn small_budgets_keep_their_digits() {
    let density = (-0.5_f64).exp() / std::f64::consts::TAU.sqrt();
    let clean = clean_accuracy(&margin(1.0, 1.0, 0.0, 0.0, 0)).value;
    for e in [1e-9, 1e-100, 1e-300] {
        let found = accuracies(&margin(1.0, 1.0, 0.0, 0.0, 0), eps(e)).attack_success_rate;
        // second order: relative ε/2
        assert!((found.value / (e * density / clean) - 1.0).abs() < 1e-15 + e, "{found:?}");
    }
}

/// Any mean, data_std, offset and budget; log-uniform spreads with 0 among them.
fn parts() -> impl Strategy<Value = (f64, f64, f64, f64, f64)> {
    (
        prop_oneof![-6.0..6.0, Just(1.0), -40.0..40.0],
        (-3.0..3.0).prop_map(|e: f64| 10_f64.powf(e)),
        prop_oneof![-3.0..3.0, Just(0.0), -1e3..1e3],
        prop_oneof![Just(0.0), (-9.0..6.0).prop_map(|e: f64| 10_f64.powf(e)), 0.0..4.0],
        prop_oneof![Just(0.0), (-12.0..1.6).prop_map(|e: f64| 10_f64.powf(e)), 0.0..3.0],
    )
}

/// Numbers of votes over the whole range, single draws and the limit (0) among them.
fn votes() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0_u64), Just(1), 2..6_u64, 6..200_u64, Just(10_001), Just(1_000_000)]
}

/// a and b agree within their bounds.
fn agree(a: Bounded, b: Bounded) -> bool {
    (a.value - b.value).abs() <= a.error + b.error
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(2206_09491), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn accuracies_are_probabilities_and_add_up(p in parts(), n in votes()) {
        let found = accuracies(&margin(p.0, p.1, p.2, p.3, n), eps(p.4));
        let all = [found.clean, found.adversarial, found.robust, found.attack_success_rate];
        for b in all {
            prop_assert!((0.0..=1.0).contains(&b.value), "{found:?}");
            prop_assert!((0.0..=1.0).contains(&b.error), "{found:?}");
            if b.value >= f64::MIN_POSITIVE && found.clean.value >= f64::MIN_POSITIVE {
                prop_assert!(b.error <= 1e-12 * b.value, "{found:?}");
            }
        }
        let sum = found.robust.value + found.attack_success_rate.value;
        let slack = found.robust.error + found.attack_success_rate.error;
        prop_assert!((sum - 1.0).abs() <= slack, "{found:?}");
        prop_assert!(
            found.adversarial.value <= found.clean.value + found.clean.error, "{found:?}"
        );
    }

    #[test]
    fn accuracy_falls_with_the_budget(p in parts(), n in votes(), more in 0.0..3.0) {
        let profile = Profile::new(&margin(p.0, p.1, p.2, p.3, n));
        let (near, far) = (profile.at(eps(p.4)), profile.at(eps(p.4 + more)));
        prop_assert!(far.adversarial.value <= near.adversarial.value + near.adversarial.error);
        prop_assert!(far.robust.value <= near.robust.value + near.robust.error);
        prop_assert!(
            far.attack_success_rate.value + far.attack_success_rate.error
                >= near.attack_success_rate.value
        );
    }

    /// Symmetry about k = shift: k ↔ 2·shift − k is u ↔ −u, bit for bit.
    #[test]
    fn the_sign_of_the_offset_does_not_matter(p in parts(), n in votes()) {
        let (left, right) = (margin(p.0, p.1, p.2, p.3, n), margin(p.0, p.1, -p.2, p.3, n));
        prop_assert_eq!(accuracies(&left, eps(p.4)), accuracies(&right, eps(p.4)));
    }

    /// The unit of x does not matter: a power of two changes no digit.
    #[test]
    fn units_do_not_matter(p in parts(), n in votes(), power in -20..20_i32) {
        let c = 2_f64.powi(power);
        let one = accuracies(&margin(p.0, p.1, p.2, p.3, n), eps(p.4));
        let scaled = margin(c * p.0, c * p.1, c * p.2, c * p.3, n);
        let two = accuracies(&scaled, eps(c * p.4));
        prop_assert_eq!(one, two);
    }

    /// A tiny spread is no spread.
    #[test]
    fn small_sigma_tends_to_none(p in parts(), n in votes()) {
        let (mean, data_std) = (p.0.clamp(-6.0, 6.0), p.1.max(0.1));
        let none = adversarial_accuracy(&margin(mean, data_std, p.2, 0.0, n), eps(p.4));
        let little = adversarial_accuracy(&margin(mean, data_std, p.2, 1e-9, n), eps(p.4));
        // first order: the density of m, at most 0.4/data_std, times sigma·E|w|
        prop_assert!((none.value - little.value).abs() <= 1e-9 / data_std + little.error);
    }

    /// Two votes are one, and even numbers are one fewer, bit for bit.
    #[test]
    fn even_votes_are_one_fewer(p in parts(), half in 1..60_u64) {
        let (odd, even) = (
            margin(p.0, p.1, p.2, p.3, 2 * half - 1),
            margin(p.0, p.1, p.2, p.3, 2 * half),
        );
        prop_assert_eq!(accuracies(&odd, eps(p.4)), accuracies(&even, eps(p.4)));
    }

    /// A profile says what the functions say.
    #[test]
    fn profiles_agree_with_single_calls(p in parts(), n in votes()) {
        let (margin, eps) = (margin(p.0, p.1, p.2, p.3, n), eps(p.4));
        let profile = Profile::new(&margin);
        prop_assert_eq!(profile.clean(), clean_accuracy(&margin));
        prop_assert_eq!(profile.adversarial(eps), adversarial_accuracy(&margin, eps));
        let ln = profile.ln_adversarial(eps);
        let a = profile.adversarial(eps);
        if a.value >= f64::MIN_POSITIVE {
            let log = Bounded { value: a.value.ln(), error: 1e-12 + a.value.ln().abs() * 1e-15 };
            prop_assert!(agree(ln, log), "{ln:?} {log:?}");
        }
    }
}
