//! What is counted has the mean that it should have.
//!
//! Each comparison is a two-sided test at a level of about 1e-6 (4.9 standard errors), with fixed seeds; what is expected is
//! worked out here, or was worked out to 18 digits by a chain and an inversion that share no code with the engine.

use engine::attacks::AttackCounts;

use super::ask::{count, one};

const ERRORS: f64 = 4.9;

fn phi(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// A share of `trials`.
fn share(what: &str, successes: u64, trials: u64, expected: f64) {
    let n = trials as f64;
    let found = successes as f64 / n;
    let error = (expected * (1.0 - expected) / n).sqrt();
    let allowed = ERRORS * error + 1e-6;
    assert!((found - expected).abs() <= allowed, "{what}: {found}, not {expected} ± {error:.1e}");
}

fn reach(what: &str, counts: &AttackCounts, samples: u64, expected: f64) {
    let (found, error) = counts.mean_reach(samples).expect("samples");
    let allowed = ERRORS * error + 1e-6;
    assert!((found - expected).abs() <= allowed, "{what}: {found}, not {expected} ± {error:.1e}");
}

/// E U of a walk from 0 with these probabilities of a step up and down, by the distribution of its position.
fn chain(up: f64, down: f64, ratio: f64, steps: u32) -> f64 {
    let mut law: Vec<(f64, f64)> = vec![(0.0, 1.0)];
    for _ in 0..steps {
        let mut next: Vec<(f64, f64)> = Vec::new();
        for (at, p) in law {
            for (by, q) in [(1.0, up), (0.0, 1.0 - up - down), (-1.0, down)] {
                let to: f64 = (at + by).clamp(-ratio, ratio);
                match next.iter_mut().find(|(known, _)| (*known - to).abs() < 1e-6) {
                    Some((_, mass)) => *mass += p * q,
                    None => next.push((to, p * q)),
                }
            }
        }
        law = next;
    }
    law.iter().map(|(at, p)| at * p).sum::<f64>() / ratio
}

#[test]
fn one_sign_is_right_as_often_as_it_should_be() {
    let n = 100_000;
    for (question, right, zero) in [
        ("defense=scale=2 attack=pgd", phi(0.5), 0.0),
        ("defense=scale=3 attack=eot eot=4", phi(2.0 / 3.0), 0.0),
        ("defense=scale=20 attack=eot eot=300", phi(300f64.sqrt() / 20.0), 0.0),
        ("defense=add attack=pgd", 1.0, 0.0),
        ("defense=flip=0.3 attack=pgd", 0.7, 0.0),
        ("defense=flip=0.3 attack=eot eot=2", 0.49, 0.42),
        ("defense=drop=0.8 attack=pgd", 0.2, 0.8),
        ("defense=drop=0.8 attack=eot eot=3", 1.0 - 0.512, 0.512),
        ("defense=list=-1:0.6,4:0.4 attack=pgd", 0.4, 0.0),
        ("defense=list=-1:0.6,4:0.4 attack=eot eot=5", 1.0 - 0.07776 - 0.2592, 0.2592),
        ("defense=list=0.1:1/4,0.2:1/4,-0.3:1/2 attack=eot eot=2", 0.25, 0.0),
        ("defense=flip=0.3 gain=shared attack=pgd", 0.7, 0.0),
        ("defense=scale=2 gain=shared attack=eot eot=4", phi(1.0), 0.0),
        ("defense=drop=0.8 loss=cross-entropy attack=eot eot=3", 1.0 - 0.512, 0.512),
        ("defense=scale=2 loss=cross-entropy attack=pgd", phi(0.5), 0.0),
        // Two gradients (2, −½) and (−½, 2): the sum of m of them is right in both coordinates unless all are alike.
        ("defense=mirror=0.5 mean=2,-0.5 attack=pgd", 0.5, 0.0),
        ("defense=mirror=0.5 mean=2,-0.5 attack=eot eot=2", 0.75, 0.0),
    ] {
        let text = format!("{question} dimension=2 steps=1");
        let counts = one(&text, 11, n);
        // Of the sample's two coordinates, alike or not: at worst one trial a sample.
        assert_eq!(counts.signs, 2 * n);
        share(&text, counts.signs_right / 2, n, right);
        share(&text, counts.signs_zero / 2, n, zero);
    }
}

#[test]
fn walks_reach_as_far_as_they_should() {
    let n = 20_000;
    for (question, expected) in [
        ("defense=scale=1 attack=pgd step_size=eps/8 steps=40", 0.970_941_893_910_941_7),
        ("defense=scale=5 attack=eot eot=25 step_size=eps/16 steps=30", 0.969_900_845_039_245_6),
        ("defense=drop=0.8 attack=eot eot=3 step_size=eps/8 steps=12", 0.721_941_366_533_449),
        ("defense=flip=0.3 attack=pgd step_size=eps/3 steps=7", chain(0.7, 0.3, 3.0, 7)),
        ("defense=flip=0.3 attack=eot eot=2 step_size=eps/2.5 steps=9", chain(0.49, 0.09, 2.5, 9)),
        (
            "defense=scale=4 attack=pgd step_size=eps/0.7 steps=4",
            chain(phi(0.25), phi(-0.25), 0.7, 4),
        ),
        (
            "defense=scale=4 attack=pgd step_size=0.02 eps=0.1 steps=20",
            chain(phi(0.25), phi(-0.25), 5.0, 20),
        ),
        (
            "defense=scale=4 attack=pgd step_size=1e-6 eps=0.1 steps=20",
            20e-5 * (2.0 * phi(0.25) - 1.0),
        ),
        ("defense=drop=0.5 attack=off step_size=eps/8 steps=3", 0.375),
        // From anywhere: the mean of clip(U + ½) over U in [−1, 1] is ½ − ¹⁄₁₆.
        ("defense=add attack=pgd step_size=eps/2 steps=1 start=uniform", 0.4375),
        (
            "defense=flip=0.3 gain=shared attack=pgd step_size=eps/3 steps=7",
            chain(0.7, 0.3, 3.0, 7),
        ),
    ] {
        let text = format!("{question} dimension=3");
        reach(&text, &one(&text, 12, n), n, expected);
    }
}

#[test]
fn attacked_accuracies_are_what_they_should_be() {
    let n = 200_000;
    for (text, expected) in [
        (
            "dimension=64 mean=0.5 defense=scale=2 sigma=0.5 eps=0.3 steps=10 attack=eot eot=2 step_size=eps/4",
            0.810_906_983_226_826_3,
        ),
        (
            "dimension=64 mean=0.3 defense=drop=0.5 eps=0.2 steps=6 attack=pgd step_size=eps/4",
            0.810_458_986_352_467_9,
        ),
        (
            "defense=mirror=0.5 mean=2,-0.5 eps=0.4 steps=8 attack=pgd step_size=eps/4",
            0.576_067_442_405_124_1,
        ),
        // The middle is as far as the optimum goes.
        ("dimension=9 mean=0.2 defense=add eps=0.5 attack=optimum", 0.5),
        ("dimension=9 mean=0.5 defense=add eps=0.2 sigma=1 attack=full", phi(0.9 / 2f64.sqrt())),
        ("dimension=9 mean=0.5 defense=scale=3 eps=0.2 votes=inf attack=full", phi(0.9)),
        // A margin of 0 is right half of the time: all gains are 0 with probability ¼.
        (
            "dimension=2 mean=1 defense=drop=0.5 attack=none",
            0.5 * phi(1.0) + 0.25 * phi(2f64.sqrt()) + 0.125,
        ),
        (
            "dimension=4 mean=1 defense=flip=0.25 gain=shared attack=none",
            0.75 * phi(2.0) + 0.25 * phi(-2.0),
        ),
    ] {
        for draws in ["same", "fresh"] {
            let counts = one(&format!("{text} draws={draws}"), 13, n);
            share(text, counts.adversarial_correct, n, expected);
        }
    }
}

#[test]
fn the_four_ways_to_judge() {
    let n = 1_000_000;
    let text = "defense=add dimension=1 mean=1 sigma=1 eps=0.5 step_size=eps/4 steps=10 attack=pgd judge=final,any,first,last";
    let expected = [0.6381631950841185, 0.1949173340186494, 0.7046708584699285, 0.648191795318608];
    let counts = count(text, 14, n);
    assert_eq!(counts.len(), expected.len());
    for (counts, expected) in counts.iter().zip(expected) {
        share(text, counts.adversarial_correct, n, expected);
    }
    // An attack that never moves "succeeds" if it is asked often enough.
    let text = "defense=add dimension=1 mean=1 sigma=1 eps=0 steps=100 attack=pgd judge=any";
    share(text, one(text, 15, n).adversarial_correct, n, 0.08137805287769938);
}

/// What does not depend on draws of its own is the same with and without.
#[test]
fn the_weight_of_a_single_gradient_does_not_matter() {
    let text = "defense=scale=2 dimension=5 sigma=0.5 steps=9 attack=pgd judge=final,first";
    let (margin, entropy) =
        (count(text, 16, 3000), count(&format!("{text} loss=cross-entropy"), 16, 3000));
    assert_eq!(margin, entropy);
}

/// A walk that serves several points is that of each.
#[test]
fn votes_and_tries_have_their_laws() {
    let n = 400_000;
    // One coordinate, no attack: E Φ(t)^T and the majority of three.
    let average = |f: &dyn Fn(f64) -> f64| {
        let (steps, reach) = (4000, 9.0);
        let h = 2.0 * reach / f64::from(steps);
        let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let at = |i: i32| -reach + h * f64::from(i);
        (0..=steps).map(|i| h * density(at(i)) * f(1.0 + at(i))).sum::<f64>()
    };
    let ask = |rest: &str| {
        one(&format!("defense=add dimension=1 mean=1 sigma=1 attack=none {rest}"), 17, n)
    };
    let thrice = ask("draws=persistent=3");
    share("three tries", thrice.adversarial_correct, n, average(&|t| phi(t).powi(3)));
    share("four with the clean one", thrice.both, n, average(&|t| phi(t).powi(4)));
    share("a single draw", thrice.clean_correct, n, phi(1.0 / 2f64.sqrt()));
    share("as without", thrice.invariant, n, average(&|t| phi(t.abs())));
    for votes in [3, 4] {
        // Of four with fair ties: as of three.
        let counts = ask(&format!("votes={votes}"));
        let majority = average(&|t| phi(t).powi(2) * (3.0 - 2.0 * phi(t)));
        share("a vote", counts.clean_correct, n, majority);
        share("a vote of its own", counts.adversarial_correct, n, majority);
    }
}
