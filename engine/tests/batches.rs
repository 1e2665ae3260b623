//! Batches: their size follows from what a sample costs, and one that takes long can be given up.

use std::sync::atomic::{AtomicU64, Ordering};

use engine::attacks::AttackQuestion;
use engine::dispatch::Level;
use engine::linear::{Contestant, LINEAR_BATCH, LinearNoise, LinearQuestion};
use engine::sampler::{Drawing, Sampler};
use engine::training::sampler::Repetitions;
use engine::training::sgd;
use engine::training::study::{Method, Study, defenses};
use engine::{BATCH, Kernel, Monitor, Question, Run, TriesBy, VotesBy, Ways};
use task::attack::AttackSpec;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{DrawProtocol, Eps, Margin, Norm, Prior, Task, Votes};

/// One margin with so many votes.
fn question(votes: u64, draws: DrawProtocol, votes_by: VotesBy) -> Question {
    let votes = Votes::new(votes).expect("votes");
    let margin = Margin::new(Task::default(), 0.0, 0.7, votes).expect("a margin");
    let eps = vec![Eps::new(0.5).expect("a budget")];
    let question = Question::new(Task::default(), vec![margin], eps).expect("a question");
    question.with_draws(draws).with_votes_by(votes_by)
}

fn tries(t: u64) -> DrawProtocol {
    DrawProtocol::persistent(t).expect("tries")
}

/// Cheap questions have the usual batch, so that their counts are those of every version before.
#[test]
fn a_batch_is_as_large_as_its_cost_allows() {
    use DrawProtocol::{Fresh, Same};
    let batch = |votes, draws, by| question(votes, draws, by).batch();
    assert_eq!(batch(1, Same, VotesBy::Draws), BATCH);
    assert_eq!(batch(101, Fresh, VotesBy::Draws), BATCH);
    assert_eq!(batch(1001, Same, VotesBy::Draws), BATCH);
    assert_eq!(batch(1001, Fresh, VotesBy::Draws), BATCH / 2);
    assert_eq!(batch(101, tries(100), VotesBy::Draws), 8192);
    assert_eq!(batch(1_000_000, tries(100), VotesBy::Draws), 16);
    assert_eq!(batch(1_000_000, Same, VotesBy::Median), BATCH);
    assert_eq!(batch(101, tries(1_000_000), VotesBy::Median), 32);
}

/// Whatever the size of a batch is: the two kernels, the instruction sets and the order of batches do not matter.
#[test]
fn small_batches_keep_the_promise() {
    for question in [
        question(30_001, DrawProtocol::Fresh, VotesBy::Draws),
        question(301, tries(300), VotesBy::Draws),
        question(5, tries(40_000), VotesBy::Median),
    ] {
        let batch = question.batch();
        assert!(batch < BATCH);
        let samples = batch + 35;
        let run = Run::new(7, samples);
        let expected = run.count(&question, &|_| ());
        assert_eq!(expected.samples, samples);
        let prepared = Run { kernel: Kernel::Reference, ..run }.prepare(question.clone());
        let mut total = question.empty();
        for number in [1, 0] {
            total += &prepared.counts(number..number + 1, &|_| ()).expect("counts");
        }
        assert_eq!(total, expected);
        // Without hardware's multiply-add, which takes long: the second batch alone.
        let portable = Run { level: Level::available()[0], ..run }.prepare(question.clone());
        let fast = run.prepare(question.clone());
        assert_eq!(portable.counts(1..2, &|_| ()), fast.counts(1..2, &|_| ()));
    }
}

/// Says stop when it was asked so often.
struct Impatient {
    asked: AtomicU64,
    patience: u64,
}

impl Impatient {
    fn new(patience: u64) -> Self {
        Self { asked: AtomicU64::new(0), patience }
    }
}

impl Monitor for Impatient {
    fn counted(&self, _: u64) {}

    fn stop(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.patience
    }
}

/// A round of many cheap batches is given up between two of them.
#[test]
fn many_cheap_batches_are_given_up() {
    let drawing = Drawing::new(1, 1 << 40, VotesBy::Draws);
    let sampler = drawing.run().prepare(question(1, DrawProtocol::Same, VotesBy::Draws));
    let monitor = Impatient::new(3);
    // All of them would take hours.
    assert_eq!(sampler.count(0..1 << 24, &monitor), None);
    // What is asked before its one batch is kept.
    assert!(sampler.count(0..1, &Impatient::new(1)).is_some());
}

/// Samplers of which a batch would take from seconds to hours give it up, soon after they are told to. The test
/// ends because they do.
#[test]
fn what_takes_long_is_given_up() {
    let drawing = Drawing::new(1, 16, VotesBy::Draws);
    let hours = question(1_000_000, tries(1_000_000), VotesBy::Draws);
    let d = 300;
    let task =
        LinearTask::new(vec![0.1; d], Covariance::scalar(1.0).expect("a variance"), Prior::HALF)
            .expect("a task");
    let defense = LinearDefense::new(vec![0.0; d], Covariance::scalar(1.0).expect("a variance"));
    let defense = defense.expect("a defense");
    let rule = || Rule::Linear(LinearClassifier::new(vec![1.0; d], 0.0).expect("a rule"));
    let votes = Votes::new(1_000_000).expect("votes");
    let noise = Some(LinearNoise { sigma: 1.0, votes });
    let contestant = Contestant { rule: rule(), noise, eps: vec![Eps::new(0.1).expect("eps")] };
    let linear = LinearQuestion::new(
        &task,
        Some(&defense),
        Norm::MAX,
        rule(),
        vec![contestant],
        tries(1000),
    );
    let linear = linear.expect("a question");
    assert!(linear.batch() < LINEAR_BATCH);
    let study = Study {
        task: Task::default(),
        defenses: defenses(1.0, &[0.5]).expect("defenses"),
        sizes: vec![1_000_000],
        methods: vec![Method::Sgd],
        sgd: sgd::Settings { learning_rate: 0.1, batch_size: 32, epochs: 100_000 },
        seed: 1,
    };
    let spec = AttackSpec {
        dimension: "1e5".parse().expect("a count"),
        steps: "1e5".parse().expect("a range"),
        ..AttackSpec::default()
    };
    let attacked = spec.task().expect("a task");
    let points = spec.points(&attacked).expect("points");
    let attack = AttackQuestion::new(points).expect("a question");
    // Tries that are cheap, but many, of a whole block: single draws as a check, and medians.
    let block = Run::new(1, 2048);
    let checked = Ways { votes: VotesBy::Draws, tries: TriesBy::Checked };
    let [single, voted] = [(1, checked), (3, VotesBy::Median.into())]
        .map(|(votes, ways)| question(votes, tries(1_000_000), VotesBy::Draws).with_ways(ways));
    let samplers: [Box<dyn Sampler>; 6] = [
        block.sampler(single),
        block.sampler(voted),
        Box::new(drawing.run().prepare(hours)),
        Box::new(drawing.run().prepare_linear(linear)),
        Box::new(Repetitions::new(study, 1)),
        Box::new(drawing.run().prepare_attack(attack).expect("few samples")),
    ];
    for sampler in samplers {
        for patience in [0, 2] {
            let monitor = Impatient::new(patience);
            assert_eq!(sampler.count(0..1, &monitor), None, "{}", sampler.name());
            // Everyone who still works asks at most once more.
            let asked = monitor.asked.load(Ordering::Relaxed);
            assert!(asked <= patience + 64, "{asked} times: {}", sampler.name());
        }
    }
}
