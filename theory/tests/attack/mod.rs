//! Attacks counted in gradients: against tables of independent arithmetic, and their laws.

mod edges;
mod laws;
mod theorem;

use crate::common::{double, oracle, table, truth};
use gauss_sim_theory::attack::{Outcome, Signs, Walk, outcome};
use task::attack::{
    AttackKind, AttackPoint, AttackTask, Attacker, GainDefense, GainScope, GainTask, Judge, Loss,
    MirrorTask, Start, StepSize,
};
use task::spec::Parse;
use task::{Defense, DrawProtocol, Eps, Task, Votes};

pub(crate) fn defense(text: &str) -> GainDefense {
    GainDefense::parse(&text.replace(';', ",")).unwrap()
}

pub(crate) fn gains(text: &str, d: u64, mean: f64, sigma: f64, scope: GainScope) -> AttackTask {
    let (data, theta) = (Task::new(mean, 1.0).unwrap(), Defense::new(1.0, sigma).unwrap());
    AttackTask::Gains(GainTask::new(defense(text), scope, d, data, theta).unwrap())
}

pub(crate) fn eot(eps: f64, steps: u32, eot: u32, ratio: f64) -> Attacker {
    Attacker {
        kind: AttackKind::Eot,
        eps: Eps::new(eps).unwrap(),
        steps,
        eot,
        step: StepSize::EpsOver(ratio),
        start: Start::Zero,
        loss: Loss::Margin,
        judge: Judge::Final,
    }
}

pub(crate) fn of(task: AttackTask, draws: DrawProtocol, attacker: Attacker) -> Outcome {
    outcome(&AttackPoint::new(task, Votes::ONE, draws, attacker).unwrap()).unwrap()
}

fn count(text: &str) -> u32 {
    text.parse().unwrap()
}

/// Absolute errors within the bound that is given, and that within 1e-14.
#[test]
fn signs_match_the_oracle() {
    let rows = table(&oracle().join("attack_sign.csv"));
    assert!(rows.len() >= 90, "{}", rows.len());
    for row in &rows {
        let found = Signs::new(&defense(&row[0]).law(), count(&row[1])).unwrap();
        assert!(found.error < 1e-14, "{row:?} {found:?}");
        for (value, column) in [(found.right, 2), (found.zero, 3), (found.wrong, 4)] {
            let error = (value - double(&row[column])).abs();
            assert!(error <= found.error + f64::EPSILON / 4.0, "{row:?} {found:?}: {error:e}");
        }
        // whether sums can be 0 is exact
        assert!(found.zero == 0.0 || row[3] != "0.0", "{row:?} {found:?}");
    }
}

/// Absolute errors within the bound that is given, and that within 1e-13 up to 1000 steps.
#[test]
fn walks_match_the_oracle() {
    let rows = table(&oracle().join("attack_walk.csv"));
    assert!(rows.len() >= 550, "{}", rows.len());
    for row in &rows {
        let signs = Signs::new(&defense(&row[0]).law(), count(&row[1])).unwrap();
        let start = if row[4] == "zero" { Start::Zero } else { Start::Uniform };
        let found = Walk::new(&signs, double(&row[2]), count(&row[3]), start).unwrap().reach();
        let error = (found.value - double(&row[5])).abs();
        assert!(error <= found.error && found.error < 3e-13, "{row:?} {found:?}: {error:e}");
    }
}

/// Absolute errors within the bound that is given, and that within 1e-13 where the sum is not slow (1e-11 else).
#[test]
fn margins_match_the_oracle() {
    let rows = table(&oracle().join("attack_margin.csv"));
    assert!(rows.len() >= 20, "{}", rows.len());
    let mut compared = [0; 4];
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let d = count(&row[1]);
        let task = gains(&row[0], u64::from(d), x(2), x(3), GainScope::Coordinates);
        let attacker = eot(x(4), count(&row[5]), count(&row[6]), x(7));
        let found = of(task, DrawProtocol::Fresh, attacker).rates;
        let clean = found.clean.unwrap();
        let both = found.robust.map(|robust| robust.value * clean.value);
        for (i, (value, error)) in [
            (Ok(clean.value), clean.error),
            (found.adversarial.map(|found| found.value), found.adversarial.unwrap().error),
            (both, found.robust.map_or(0.0, |robust| robust.error + clean.error)),
            (found.invariance.map(|found| found.value), found.invariance.map_or(0.0, |f| f.error)),
        ]
        .into_iter()
        .enumerate()
        {
            let (Ok(value), false) = (value, row[8 + i].is_empty()) else { continue };
            compared[i] += 1;
            let miss = (value - x(8 + i)).abs();
            assert!(
                miss <= error && error < 1e-11,
                "{row:?}: {value} ± {error:e}, off by {miss:e}"
            );
            assert!(error < 1e-13 || i > 1, "{row:?}: {value} ± {error:e}");
        }
    }
    // of two margins all but lists that turn, without noise, in more than one dimension
    assert_eq!(compared, [32, 32, 15, 15]);
}

#[test]
fn judges_match_the_oracle() {
    let rows = table(&oracle().join("attack_judged.csv"));
    assert_eq!(rows.len(), 5);
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        for (judge, column) in
            [(Judge::Final, 6), (Judge::Any, 7), (Judge::First, 8), (Judge::Last, 9)]
        {
            let task = gains("add", u64::from(count(&row[0])), x(1), x(2), GainScope::Coordinates);
            let attacker = Attacker { judge, ..eot(x(3), count(&row[5]), 1, x(4)) };
            let found = of(task, DrawProtocol::Fresh, attacker).rates.adversarial.unwrap();
            let miss = (found.value - x(column)).abs();
            assert!(
                miss <= found.error && found.error < 1e-13,
                "{row:?} {judge}: {found:?} {miss:e}"
            );
        }
    }
}

#[test]
fn mirrors_match_the_oracle() {
    let rows = table(&oracle().join("attack_mirror.csv"));
    assert_eq!(rows.len(), 4);
    for row in &rows {
        let x = |i: usize| double(&row[i]);
        let theta = Defense::new(0.0, x(5)).unwrap();
        let swap = task::attack::Fraction::parse(&row[4]).unwrap();
        let mirror = MirrorTask::new(swap, [x(0), x(1)], 1.0, theta, [x(2), x(3)]).unwrap();
        let attacker = eot(x(6), count(&row[8]), count(&row[9]), x(7));
        let found = |draws| of(AttackTask::Mirror(mirror.clone()), draws, attacker).rates;
        let (same, fresh) = (found(DrawProtocol::Same), found(DrawProtocol::Fresh));
        let clean = same.clean.unwrap().value;
        let both = |robust: f64| robust * clean;
        for (value, column) in [
            (clean, 10),
            (same.adversarial.unwrap().value, 11),
            (both(same.robust.unwrap().value), 12),
            (both(fresh.robust.unwrap().value), 13),
            (same.invariance.unwrap().value, 14),
        ] {
            let miss = truth(&row[column]).nearest() - value;
            assert!(miss.abs() < 1e-14, "{row:?} {column}: {value}, {miss:e}");
        }
        assert!(same.adversarial.unwrap().error < 1e-14);
    }
}
