//! Two spheres: against values, and against the same attack as somebody would write it with rand.

use std::f64::consts::PI;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use task::attack::{AttackKind, AttackPoint, AttackTask, SpheresTask};

use super::ask::{count, one, points};

/// A share of `n` is within 4.9 standard errors, a level of about 1e-6.
fn share(what: &str, successes: u64, n: u64, expected: f64, more: f64) {
    let found = successes as f64 / n as f64;
    let error = (expected * (1.0 - expected) * (1.0 / n as f64 + more)).sqrt();
    assert!(
        (found - expected).abs() <= 4.9 * error + 1e-6,
        "{what}: {found}, not {expected} ± {error:.1e}"
    );
}

/// The value is that of a quadrature and an inversion at 25 digits.
#[test]
fn the_strongest_attack_on_spheres() {
    let n = 200_000;
    let text = "task=spheres defense=add dimension=50 eps=0.15 training=trained attack=full";
    let counts = one(text, 21, n);
    share(text, counts.adversarial_correct, n, 0.803_337_549_662_86, 0.0);
}

/// x and the sum of m noisy gradients have the same sign with probability 1 − atan(σ/(s√m))/π.
#[test]
fn the_first_signs_on_spheres() {
    let n = 200_000;
    for eot in [1, 4] {
        let text =
            format!("task=spheres defense=add dimension=1 attack=eot eot={eot} steps=1 sigma=0.7");
        let turned = |spread: f64| (0.7 / (spread * f64::from(eot).sqrt())).atan() / PI;
        let expected = 1.0 - 0.5 * (turned(1.0) + turned(1.6));
        share(&text, one(&text, 22, n).signs_right, n, expected, 0.0);
    }
}

fn normal(rng: &mut SmallRng) -> f64 {
    rng.sample(StandardNormal)
}

/// Clean and attacked right, with draws of their own.
fn naive(point: &AttackPoint, task: &SpheresTask, rng: &mut SmallRng) -> [bool; 2] {
    let attacker = *point.attacker();
    let eps = attacker.eps.get();
    let y: f64 = if rng.random() { 1.0 } else { -1.0 };
    let spread = task.spreads()[usize::from(y < 0.0)];
    let x: Vec<f64> = (0..task.dimension()).map(|_| spread * normal(rng)).collect();
    let mut v = x.clone();
    for _ in 0..attacker.steps {
        let alpha = attacker.step.alpha(eps).expect("a number");
        let mut gradient = vec![0.0; x.len()];
        for _ in 0..attacker.eot {
            for (g, v) in gradient.iter_mut().zip(&v) {
                let noise = if attacker.kind == AttackKind::Off { 0.0 } else { task.sigma() };
                // Of the loss −y·(r² − |v + θ|²).
                *g += 2.0 * y * (v + noise * normal(rng));
            }
        }
        for ((v, x), g) in v.iter_mut().zip(&x).zip(&gradient) {
            *v = (*v + alpha * g.signum()).clamp(x - eps, x + eps);
        }
    }
    if attacker.kind == AttackKind::Full {
        for v in &mut v {
            *v = v.signum() * (v.abs() + y * eps).max(0.0);
        }
    }
    [x, v].map(|v| {
        let norm: f64 = v.iter().map(|v| (v + task.sigma() * normal(rng)).powi(2)).sum();
        (norm < task.radius() * task.radius()) == (y > 0.0)
    })
}

#[test]
fn a_loop_by_somebody_else_agrees() {
    const HIS: u64 = 20_000;
    const OURS: u64 = 200_000;
    for text in [
        "task=spheres defense=add dimension=8 eps=0.5 attack=pgd,eot,off,full eot=3 steps=6 step_size=eps/4 training=trained",
        "task=spheres defense=add dimension=3 eps=0.8 sigma=0.5 attack=pgd,full steps=7 step_size=eps/2.5",
    ] {
        for (point, ours) in points(text).iter().zip(count(text, 23, OURS)) {
            let AttackTask::Spheres(task) = point.task() else { unreachable!() };
            let mut rng = SmallRng::seed_from_u64(24);
            let mut his = [0; 2];
            for _ in 0..HIS {
                for (his, right) in his.iter_mut().zip(naive(point, task, &mut rng)) {
                    *his += u64::from(right);
                }
            }
            let kind = point.attacker().kind;
            for (his, ours) in his.into_iter().zip([ours.clean_correct, ours.adversarial_correct]) {
                let expected = ours as f64 / OURS as f64;
                share(&format!("{text}: {kind}"), his, HIS, expected, 1.0 / OURS as f64);
            }
        }
    }
}
