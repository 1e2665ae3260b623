//! The leading term of a vote's robust accuracy, and the number of votes that is enough.

use gauss_sim_theory::convergence::{Tolerance, asymptote, votes_for};
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::protocol::Protocol;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::{DrawProtocol, Eps, Margin, Task, Votes};

fn margin(mean: f64, data_std: f64, offset: f64, sigma: f64) -> Margin {
    Margin::new(Task::new(mean, data_std).unwrap(), offset, sigma, Votes::Limit).unwrap()
}

fn robust(margin: &Margin, eps: f64, draws: DrawProtocol, votes: u64) -> Bounded {
    let margin = margin.with_votes(Votes::new(votes).unwrap());
    let eps = Eps::new(eps).unwrap();
    Protocol::new(&margin, draws).at(eps).robust
}

fn tolerance(value: f64) -> Tolerance {
    Tolerance::new(value).unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 300, rng_seed: RngSeed::Fixed(2206_09491), ..ProptestConfig::default() }
}

/// n^power·(robust − limit) → coefficient: what is left is scale/n, for the power ½, too, since the
/// term in the squares of the two medians is odd in their exchange and vanishes.
#[track_caller]
fn assert_tends(margin: &Margin, eps: f64, draws: DrawProtocol, scale: f64) {
    let found = asymptote(margin, Eps::new(eps).unwrap(), draws);
    for n in [100_001_u64, 999_999] {
        #[allow(clippy::cast_precision_loss)] // below 2^53
        let count = n as f64;
        let size = count.powf(found.power);
        let Bounded { value, error } = robust(margin, eps, draws, n);
        let left = size * (value - found.limit) - found.coefficient;
        // next term, and the rounding of the two robust accuracies
        let slack = scale / count + size * 2.0 * (error + 4e-16);
        assert!(
            left.abs() <= slack,
            "n = {n}, {margin:?}, {eps}: {found:?} {value} {left} {slack}"
        );
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_leading_term_is_what_is_left(
        mean in 0.0..3.0,
        data_std in 0.5..2.0,
        offset in prop_oneof![Just(0.0), -2.0..2.0],
        sigma in 0.05..2.0,
        eps in 0.2..2.0,
    ) {
        let (x, spread) = (margin(mean, data_std, offset, sigma), sigma / data_std);
        // The term in 1/n² has the square of q = π·spread²/4 times Φ⁗/Φ or (Φ″/Φ)², both at most
        // a⁴ + a few at the largest |a| of the four, and q·Φ″/Φ from Var(Mₙ) beyond π/(2n).
        let a = (mean + offset.abs() + eps) / data_std;
        let q = std::f64::consts::FRAC_PI_4 * spread * spread;
        let limit = asymptote(&x, Eps::new(eps).unwrap(), DrawProtocol::Same).limit;
        let scale = limit * (4.0 * q * q * (1.0 + a.powi(4)) + q * (1.0 + a * a));
        for draws in [DrawProtocol::Same, DrawProtocol::Fresh] {
            assert_tends(&x, eps, draws, scale);
        }
    }

    #[test]
    fn fresh_without_an_adversary_has_a_square_root(
        mean in 0.0..3.0,
        data_std in 0.5..2.0,
        offset in prop_oneof![Just(0.0), -2.0..2.0],
        sigma in 0.05..2.0,
    ) {
        let x = margin(mean, data_std, offset, sigma);
        let spread = sigma / data_std;
        assert_tends(&x, 0.0, DrawProtocol::Fresh, 4.0 * spread * (1.0 + spread * spread));
    }

    /// Several tries: √n·(robust − limit) → coefficient, and what is left is of the order of 1/√n.
    #[test]
    fn several_tries_have_a_square_root(
        mean in 0.0..3.0,
        data_std in 0.5..2.0,
        offset in prop_oneof![Just(0.0), -2.0..2.0],
        sigma in 0.05..2.0,
        eps in prop_oneof![Just(0.0), 0.2..2.0],
        tries in 2_u64..60,
    ) {
        let (x, draws) = (margin(mean, data_std, offset, sigma), DrawProtocol::persistent(tries).unwrap());
        let found = asymptote(&x, Eps::new(eps).unwrap(), draws);
        let (spread, a) = (sigma / data_std, (mean + offset.abs() + eps) / data_std);
        // the second term of Taylor's series: E[X²]·|φ′| of the largest X of T normals, over A(0) ≥ ½
        let largest = 1.0 + 2.0 * (tries as f64 + 1.0).ln();
        let scale = 4.0 * spread * spread * largest * (1.0 + a) * (1.0 + spread * largest / 30.0);
        for n in [100_001_u64, 999_999] {
            let root = (n as f64).sqrt();
            let Bounded { value, error } = robust(&x, eps, draws, n);
            let left = root * (value - found.limit) - found.coefficient;
            prop_assert!(found.coefficient < 0.0 && found.power == 0.5);
            prop_assert!(left.abs() <= scale / root + root * 2.0 * (error + 4e-16), "{left} {scale}");
        }
    }
}

#[test]
fn known_coefficients() {
    // mean = data_std = sigma = 1, ε = 1: a = 0, so B(ε) = 0 and B(0) = −π/4·φ(1); A(1) = ½, A(0) = Φ(1)
    let x = margin(1.0, 1.0, 0.0, 1.0);
    let found = asymptote(&x, Eps::new(1.0).unwrap(), DrawProtocol::Same);
    let (phi, cdf) = (0.241_970_724_519_143_37, 0.841_344_746_068_542_9);
    let expected = 0.5 / cdf * std::f64::consts::FRAC_PI_4 * phi / cdf;
    assert!((found.coefficient - expected).abs() < 1e-15, "{found:?} {expected}");
    assert_eq!(found.power.to_bits(), 1_f64.to_bits());
    // φ(1)/(√2·Φ(1))
    let found = asymptote(&x, Eps::ZERO, DrawProtocol::Fresh);
    assert!((found.coefficient + phi / (2_f64.sqrt() * cdf)).abs() < 1e-15, "{found:?}");
    assert_eq!(
        (found.limit.to_bits(), found.power.to_bits()),
        (1_f64.to_bits(), 0.5_f64.to_bits())
    );
}

/// The larger of two normals is 1/√π in the mean, that of three 1.5/√π: two tries at ε = ½, and at ε = 0,
/// where the first judgement is a third.
#[test]
fn known_coefficients_of_several_tries() {
    let x = margin(1.0, 1.0, 0.0, 1.0);
    let two = DrawProtocol::persistent(2).unwrap();
    let (half, one, cdf) =
        (0.352_065_326_764_299_5, 0.241_970_724_519_143_37, 0.841_344_746_068_542_9);
    for (eps, density, largest) in [(0.5, half, 1.0), (0.0, one, 1.5)] {
        let found = asymptote(&x, Eps::new(eps).unwrap(), two);
        let expected = -density * largest / (2_f64.sqrt() * cdf);
        assert!((found.coefficient - expected).abs() < 1e-14, "{found:?} {expected}");
    }
}

#[test]
fn where_votes_change_nothing() {
    for (sigma, eps, draws) in [
        (0.0, 0.5, DrawProtocol::Same),
        (0.0, 0.0, DrawProtocol::Fresh),
        (3.0, 0.0, DrawProtocol::Same),
    ] {
        let x = margin(1.0, 1.0, 0.0, sigma);
        let eps = Eps::new(eps).unwrap();
        assert_eq!(asymptote(&x, eps, draws).coefficient.to_bits(), 0);
        let plan = votes_for(&x, eps, draws, tolerance(1e-13));
        assert_eq!(plan.first.unwrap().votes, 1);
        assert_eq!(plan.settled.unwrap().votes, 1);
        assert!(plan.one_vote.value == 0.0 && plan.estimate == 1.0, "{plan:?}");
    }
}

/// The gap of σ = 0.5, ε = 0.28 changes its sign: the first number within a tolerance is not the last
/// that is not.
#[test]
fn a_gap_that_changes_its_sign() {
    let x = margin(1.0, 1.0, 0.0, 0.5);
    let plan = votes_for(&x, Eps::new(0.28).unwrap(), DrawProtocol::Same, tolerance(1e-5));
    let (first, settled) = (plan.first.unwrap(), plan.settled.unwrap());
    assert!(first.votes < settled.votes, "{plan:?}");
    assert!(plan.one_vote.value * settled.gap.value < 0.0, "{plan:?}");
}

#[test]
fn a_million_may_not_be_enough() {
    let x = margin(1.0, 1.0, 0.0, 1.0);
    let plan = votes_for(&x, Eps::new(0.5).unwrap(), DrawProtocol::Same, tolerance(1e-13));
    assert!(plan.first.is_none() && plan.settled.is_none(), "{plan:?}");
    assert!(plan.estimate > 1e6 && plan.estimate.is_finite(), "{plan:?}");
}

/// At the edges of the domain there is an answer, or none, but no panic and no number that is not one.
#[test]
fn every_value_of_the_domain_has_an_answer() {
    for (mean, data_std) in [(1.0, 1.0), (-50.0, 1.0), (1e15, 1e-15), (-1e15, 1e-15)] {
        for offset in [0.0, -1e15] {
            for sigma in [0.0, 5e-324, 1e-9, 1e15] {
                for eps in [0.0, 1e-12, 40.0, 1e15] {
                    let (x, eps) = (margin(mean, data_std, offset, sigma), Eps::new(eps).unwrap());
                    for draws in [DrawProtocol::Same, DrawProtocol::Fresh] {
                        let found = asymptote(&x, eps, draws);
                        assert!((0.0..=1.0).contains(&found.limit), "{x:?} {eps:?} {found:?}");
                        assert!(!found.coefficient.is_nan(), "{x:?} {eps:?} {found:?}");
                        let plan = votes_for(&x, eps, draws, tolerance(0.01));
                        assert!(plan.estimate >= 1.0, "{x:?} {eps:?} {plan:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn tolerances_outside_their_domain() {
    for value in [0.0, -1.0, 9e-14, 1.5, f64::NAN, f64::INFINITY] {
        let error = Tolerance::new(value).unwrap_err();
        assert_eq!((error.name, error.value), ("votes-for", value.to_string()));
    }
    assert!(Tolerance::new(1e-13).is_ok() && Tolerance::new(1.0).is_ok());
}
