//! Points in the grammar of the command line.

use engine::Run;
use engine::attacks::{AttackCounts, AttackQuestion};
use task::attack::{AttackPoint, AttackSpec};
use task::spec::{Json, Spec};

/// The points of `--defense scale=1 --steps 3 …`, written as `defense=scale=1 steps=3 …`.
pub(crate) fn points(text: &str) -> Vec<AttackPoint> {
    let mut spec = AttackSpec::default();
    for item in text.split_whitespace() {
        let (name, value) = item.split_once('=').expect(item);
        let value = Json::from(value);
        spec.set(name, &value, "".as_ref()).unwrap_or_else(|error| panic!("{item}: {error}"));
    }
    let task = spec.task().unwrap_or_else(|error| panic!("{text}: {error}"));
    spec.points(&task).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn question(text: &str) -> AttackQuestion {
    AttackQuestion::new(points(text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn count(text: &str, seed: u64, samples: u64) -> Vec<AttackCounts> {
    Run::new(seed, samples).count_attack(&question(text), &|_| ())
}

/// The counts of the only point.
pub(crate) fn one(text: &str, seed: u64, samples: u64) -> AttackCounts {
    let counts = count(text, seed, samples);
    assert_eq!(counts.len(), 1, "{text}");
    counts[0]
}

/// Questions that between them reach every part of the kernel, each with a number of samples.
pub(crate) const QUESTIONS: [(&str, u64); 18] = [
    ("defense=scale=1 dimension=1 attack=pgd steps=10 draws=same", 5000),
    ("defense=scale=2 dimension=64 attack=eot eot=2 steps=7 sigma=0.5 step_size=eps/4", 300),
    ("defense=scale=0.7 dimension=3 attack=eot eot=300 steps=2 votes=2 start=uniform", 3000),
    ("defense=scale=5 dimension=150 attack=pgd steps=5 votes=3 draws=persistent=2 sigma=1", 150),
    ("defense=scale=1 dimension=5 gain=shared attack=eot eot=3 steps=5 draws=same votes=4", 2000),
    ("defense=scale=1 dimension=7 attack=pgd steps=4 votes=inf judge=any", 700),
    ("defense=add dimension=1 attack=pgd steps=10 eps=0.5 step_size=eps/4 judge=first", 5000),
    (
        "defense=add dimension=2 attack=pgd steps=6 judge=last start=uniform votes=2 draws=same",
        5000,
    ),
    ("defense=drop=0.5 dimension=2 attack=pgd steps=6 judge=any", 5000),
    ("defense=drop=0.8 dimension=130 attack=eot eot=3 steps=4 eps=0.2 step_size=eps/2.5", 200),
    ("defense=flip=0.3 dimension=1 attack=eot eot=2 steps=5 judge=last eps=1 draws=same", 3000),
    ("defense=list=-1:0.6,0:0.1,4:0.3 dimension=9 attack=eot eot=4 steps=5 step_size=0.03", 1000),
    ("defense=list=1:0.6,-4:0.4 dimension=9 gain=shared attack=pgd steps=5 judge=first", 1000),
    (
        "defense=mirror=0.3 mean=2,-0.5 attack=eot eot=3 steps=8 eps=0.4 step_size=eps/4 sigma=0.5",
        3000,
    ),
    ("defense=mirror=1 mean=1,0.5 attack=off steps=3 judge=any start=uniform", 1000),
    ("defense=scale=3 dimension=70 attack=pgd steps=3 loss=cross-entropy sigma=0.5", 200),
    (
        "defense=drop=0.4 dimension=6 attack=eot eot=3 steps=4 loss=cross-entropy eps=0.5 judge=last",
        700,
    ),
    (
        "defense=flip=0.4 dimension=4 gain=shared attack=eot eot=4 steps=3 loss=cross-entropy sigma=1",
        700,
    ),
];

/// The same of two spheres.
pub(crate) const SPHERES: [(&str, u64); 3] = [
    (
        "task=spheres defense=add dimension=50 attack=eot eot=2 steps=5 eps=0.15 training=trained",
        700,
    ),
    (
        "task=spheres defense=add dimension=3 attack=pgd steps=9 eps=0.5 judge=first votes=2 draws=same",
        700,
    ),
    (
        "task=spheres defense=add dimension=130 attack=off steps=4 judge=last start=uniform sigma=0.5",
        200,
    ),
];
