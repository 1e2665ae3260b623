//! The verdict fires on wrong formulas, and not on the right ones.
//!
//! Honest counts, 1e6 samples, mean = data_std = shift = sigma = 1 and ε = ½ unless said. Each formula
//! stands as one row of an 81 × 4 sweep at the default α = 1e-6, the least favourable place: its
//! p-value must be below α/324. How far each is from the truth stands beside it.

use gauss_sim::check::{Verdict, p_value};
use task::{Eps, Margin, Stage, Votes};
use theory::accuracy::accuracies;
use theory::invariance::invariance;
use theory::math::normal::cdf;

use super::support::{count, margin, question, task, voted};
use super::{Named, assert_agree};

const SAMPLES: u64 = 1_000_000;
const ROWS: usize = 81 * 4;
const EPS: f64 = 0.5;
const S2: f64 = std::f64::consts::SQRT_2;

/// A formula's value for some count, the count's name, and value − truth, as it should be.
struct Wrong {
    name: &'static str,
    of: Count,
    value: f64,
    off_by: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Count {
    Clean(usize),
    Adversarial(usize),
    Robust(usize),
    Invariant(usize),
}
use Count::{Adversarial, Clean, Invariant, Robust};

const UNDEFENDED: usize = 0;
const DEFENDED: usize = 1;
const TRAINED: usize = 2;
const VOTED_11: usize = 3;
const VOTED_3: usize = 4;
const VOTED_2: usize = 5;
/// One draw with k = 0.5 at sigma = 2.
const WIDE: usize = 6;

fn margins() -> Vec<Margin> {
    let at = |sigma, stage| margin(task(1.0, 1.0), 1.0, sigma, stage);
    vec![
        at(1.0, Stage::Undefended),
        at(1.0, Stage::Defended { threshold: 0.0 }),
        at(1.0, Stage::Trained),
        at(1.0, voted(11)),
        at(1.0, voted(3)),
        at(1.0, voted(2)),
        at(2.0, Stage::Defended { threshold: 0.5 }),
    ]
}

/// ½[Φ((1 + u − ε)/s) + Φ((1 − u − ε)/s)]: right with the right u, s and ε.
fn two_classes(u: f64, s: f64, eps: f64) -> f64 {
    0.5 * (cdf((1.0 + u - eps) / s) + cdf((1.0 - u - eps) / s))
}

fn wrong() -> Vec<Wrong> {
    let by_theory = |votes| {
        let votes = Votes::new(votes).expect("a number");
        Margin::new(task(1.0, 1.0), 0.0, 1.0, votes).expect("a margin")
    };
    let exact = |margin: &Margin| accuracies(margin, Eps::new(EPS).expect("a budget"));
    let all = margins();
    let wide_s = 5f64.sqrt();
    let formula = |name, of, value, off_by| Wrong { name, of, value, off_by };
    vec![
        formula("s = data_std", Clean(TRAINED), cdf(1.0), 0.08109),
        formula("s = data_std + sigma", Adversarial(WIDE), two_classes(0.5, 3.0, EPS), -0.02104),
        formula("variance for sd", Clean(TRAINED), cdf(1.0 / 2.0), -0.06879),
        formula("variance for sd, wide", Adversarial(WIDE), two_classes(0.5, 5.0, EPS), -0.04669),
        formula("s = sigma", Adversarial(WIDE), two_classes(0.5, 2.0, EPS), 0.00941),
        formula("only class +1", Clean(DEFENDED), cdf(2.0 / S2), 0.21068),
        formula("only class −1", Adversarial(WIDE), cdf((0.5 - EPS) / wide_s), -0.08632),
        formula("ε/2", Adversarial(TRAINED), cdf((1.0 - EPS / 2.0) / S2), 0.06390),
        formula("2ε", Adversarial(TRAINED), cdf((1.0 - 2.0 * EPS) / S2), -0.13816),
        formula("ε the wrong way", Adversarial(UNDEFENDED), cdf(1.0 + EPS), 0.24173),
        formula("ε not scaled by s", Adversarial(TRAINED), cdf(1.0 / S2 - EPS), -0.05613),
        formula("x + θ + k", Clean(WIDE), two_classes(1.5, wide_s, 0.0), -0.02877),
        formula("k forgotten", Clean(WIDE), two_classes(1.0, wide_s, 0.0), -0.01142),
        formula("k = shift for k = 0", Clean(DEFENDED), cdf(1.0 / S2), 0.04957),
        formula("unconditional", Robust(TRAINED), cdf(0.5 / S2), -0.20125),
        formula(
            "robust as unconditional",
            Adversarial(TRAINED),
            exact(&all[TRAINED]).robust.value,
            0.20125,
        ),
        formula("fresh θ for the attack", Robust(TRAINED), 0.721_793_831_828_111_9, -0.11762),
        formula(
            "ASR for robust",
            Robust(TRAINED),
            exact(&all[TRAINED]).attack_success_rate.value,
            -0.67882,
        ),
        formula("n + 2 votes", Clean(VOTED_3), exact(&by_theory(5)).clean.value, 0.01398),
        formula("ties lost", Clean(VOTED_2), ties_lost(), -0.12655),
        formula("n = 2 as n = 3", Clean(VOTED_2), exact(&by_theory(3)).clean.value, 0.03679),
        formula("the limit for n = 11", Clean(VOTED_11), cdf(1.0), 0.01552),
        formula(
            "the mean for the median",
            Clean(VOTED_11),
            cdf(1.0 / (12.0f64 / 11.0).sqrt()),
            0.00500,
        ),
        formula(
            "R of k = 1 at k = 0",
            Invariant(DEFENDED),
            invariance(&all[TRAINED]).value,
            0.06773,
        ),
        formula("clean accuracy for R", Invariant(TRAINED), cdf(1.0 / S2), -0.05748),
        formula(
            "R of one vote for 11",
            Invariant(VOTED_11),
            invariance(&all[TRAINED]).value,
            -0.11098,
        ),
    ]
}

/// P[both of two votes right] = E[Φ(t)²], t ~ N(1, 1): a tie counted as an error. By the
/// trapezoidal rule over 16 standard deviations.
fn ties_lost() -> f64 {
    let steps = 4000;
    let h = 16.0 / f64::from(steps);
    let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let at = |i: i32| f64::from(i) * h - 8.0;
    (0..=steps).map(|i| h * density(at(i)) * cdf(1.0 + at(i)).powi(2)).sum()
}

#[test]
fn the_verdict_fires_on_every_wrong_formula() {
    let all = margins();
    let counts = count(&question(task(1.0, 1.0), all.clone(), &[EPS]), 77, SAMPLES);
    let look = |of| match of {
        Clean(m) => (counts.margins[m].clean_correct(), SAMPLES),
        Adversarial(m) => (counts.margins[m].adversarial_correct()[0], SAMPLES),
        Robust(m) => {
            (counts.margins[m].adversarial_correct()[0], counts.margins[m].clean_correct())
        }
        Invariant(m) => (counts.margins[m].invariant(), SAMPLES),
    };
    let truth = |of| {
        let exact = |m: usize| accuracies(&all[m], Eps::new(EPS).expect("a budget"));
        match of {
            Clean(m) => exact(m).clean,
            Adversarial(m) => exact(m).adversarial,
            Robust(m) => exact(m).robust,
            Invariant(m) => invariance(&all[m]),
        }
    };
    // A sweep whose rows all agree but for the one in question.
    let verdict = |p| {
        let mut rows = vec![Some(1.0); ROWS];
        rows[100] = Some(p);
        Verdict::new(&rows, 1e-6, f64::NAN)
    };
    let mut right: Vec<Named> = Vec::new();
    for Wrong { name, of, value, off_by } in wrong() {
        let (successes, trials) = look(of);
        let exact = truth(of);
        let (found, stated) = (value - exact.value, off_by);
        assert!((found - stated).abs() < 1e-5, "{name}: off by {found:+.5}, not {stated:+.5}");
        let p = p_value(successes, trials, value, 1e-15);
        let run = verdict(p);
        assert!(!run.agree && run.disagreeing == 1, "{name} passed: p = {p:e}, off by {found:+e}");
        let p = p_value(successes, trials, exact.value, exact.error);
        assert!(verdict(p).agree, "the right formula for {name} fails: p = {p:e}");
        right.push((format!("right for {name}"), p));
    }
    // The same shapes with the right parameters, written here a second time.
    for (name, of, value) in [
        ("trained", Clean(TRAINED), cdf(1.0 / S2)),
        ("trained, attacked", Adversarial(TRAINED), cdf((1.0 - EPS) / S2)),
        ("robust", Robust(TRAINED), cdf((1.0 - EPS) / S2) / cdf(1.0 / S2)),
        ("defended", Clean(DEFENDED), two_classes(1.0, S2, 0.0)),
        ("wide", Adversarial(WIDE), two_classes(0.5, 5f64.sqrt(), EPS)),
        ("two votes with fair ties are one", Clean(VOTED_2), cdf(1.0 / S2)),
        ("R(0)", Invariant(DEFENDED), 0.75),
    ] {
        let (successes, trials) = look(of);
        right.push((name.to_owned(), p_value(successes, trials, value, 1e-15)));
    }
    assert_agree(&right);
}
