//! Paired counts from outside: their margins are those of [`Run::count`], whatever draws them.

use engine::dispatch::Level;
use engine::paired::PairCounts;
use engine::{BATCH, Question, Run, VotesBy};
use proptest::prelude::*;
use task::{DrawProtocol, Eps, Margin, Task, Votes};

type Parts = (f64, f64, Votes);

fn question(
    task: Task,
    margins: &[Parts],
    eps: &[f64],
    by: VotesBy,
    draws: DrawProtocol,
) -> Question {
    let margins = margins
        .iter()
        .map(|&(offset, sigma, votes)| Margin::new(task, offset, sigma, votes).expect("a margin"));
    let eps = eps.iter().map(|&eps| Eps::new(eps).expect("a budget"));
    let question = Question::new(task, margins.collect(), eps.collect()).expect("a question");
    question.with_votes_by(by).with_draws(draws)
}

fn pairs(question: &Question, run: Run, threads: usize) -> PairCounts {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| run.pairs(question, &|_| ())).expect("two margins and a budget")
}

/// At every level: the same counts, and each margin's own are those of [`Run::count`].
fn check(question: &Question, seed: u64, samples: u64) {
    let single = Run::new(seed, samples).count(question, &|_| ());
    let expected = pairs(question, Run::new(seed, samples), 1);
    assert_eq!(expected.samples(), samples);
    assert_eq!(expected.pairs(), samples / 2);
    for (margin, counts) in single.margins.iter().enumerate() {
        assert_eq!(expected.clean_correct()[margin], counts.clean_correct(), "{question:?}");
        assert_eq!(expected.adversarial_correct()[margin], counts.adversarial_correct()[0]);
        assert_eq!(expected.both_correct()[margin], counts.both_correct()[0]);
    }
    for level in Level::available() {
        let found = pairs(question, Run { level, ..Run::new(seed, samples) }, 1);
        assert_eq!(found, expected, "{}: {question:?}", level.name());
    }
}

fn votes(n: u64) -> Votes {
    Votes::new(n).expect("votes")
}

fn some_margin() -> impl Strategy<Value = Parts> {
    let offset = prop_oneof![3 => Just(0.0), 2 => Just(1.0), 2 => -3.0..3.0f64];
    let sigma = prop_oneof![1 => Just(0.0), 1 => Just(1.0), 4 => 0.0..4.0f64];
    let votes = prop_oneof![
        4 => Just(Votes::ONE),
        2 => Just(Votes::Limit),
        3 => (2..30u64).prop_map(votes),
    ];
    (offset, sigma, votes)
}

fn some_task() -> impl Strategy<Value = Task> {
    prop_oneof![
        3 => Just(Task::default()),
        1 => (-3.0..3.0f64, 0.2..5.0f64)
            .prop_map(|(mean, data_std)| Task::new(mean, data_std).expect("a task")),
    ]
}

fn some_samples() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => prop::sample::select(vec![0u64, 1, 2, 15, 16, 17, 1024, 2047, 2048, 2049]),
        2 => 1..5000u64,
        1 => prop::sample::select(vec![BATCH - 1, BATCH, BATCH + 1, BATCH + 2]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_margins_are_those_of_single_counts(
        task in some_task(),
        margins in [some_margin(), some_margin()],
        eps in prop_oneof![1 => Just(0.0), 4 => 0.0..2.0f64],
        by in prop::sample::select(vec![VotesBy::Draws, VotesBy::Median]),
        draws in prop::sample::select(vec![DrawProtocol::Same, DrawProtocol::Fresh]),
        seed in any::<u64>(),
        samples in some_samples(),
    ) {
        check(&question(task, &margins, &[eps], by, draws), seed, samples);
    }
}

#[test]
fn threads_do_not_matter_and_progress_adds_up() {
    let margins = [(0.0, 0.7, votes(7)), (1.0, 1.0, Votes::ONE)];
    for draws in [DrawProtocol::Same, DrawProtocol::Fresh] {
        let question = question(Task::default(), &margins, &[0.5], VotesBy::Median, draws);
        for samples in [7 * BATCH, 7 * BATCH + 12_345] {
            let run = Run::new(11, samples);
            let expected = pairs(&question, run, 1);
            for threads in [2, 7] {
                assert_eq!(pairs(&question, run, threads), expected);
            }
            let told = std::sync::atomic::AtomicU64::new(0);
            let add = |more| {
                told.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
            };
            assert_eq!(run.pairs(&question, &add), Ok(expected));
            assert_eq!(told.into_inner(), samples);
        }
    }
}

/// Exchanging the margins exchanges everything.
#[test]
fn the_margins_are_in_the_order_of_the_question() {
    let margins = [(0.0, 0.0, Votes::Limit), (1.0, 1.5, Votes::ONE)];
    let turned = [margins[1], margins[0]];
    for draws in [DrawProtocol::Same, DrawProtocol::Fresh] {
        let count = |margins: &[Parts]| {
            let question = question(Task::default(), margins, &[0.5], VotesBy::Draws, draws);
            pairs(&question, Run::new(3, 100_001), 1)
        };
        let (one, other) = (count(&margins), count(&turned));
        let swap = |[a, b]: [u64; 2]| [b, a];
        assert_ne!(one, other);
        assert_eq!(one.crossed(), swap(other.crossed()));
        assert_eq!(one.adversarial_discordant(), swap(other.adversarial_discordant()));
        assert_eq!(one.clean_correct(), swap(other.clean_correct()));
        for code in 0..16 {
            assert_eq!(one.joint()[code], other.joint()[code / 4 + code % 4 * 4]);
        }
        // The unconditional difference is that of the discordant counts.
        let ([only_first, only_second], [first, second]) =
            (one.adversarial_discordant(), one.adversarial_correct());
        assert_eq!(only_first + second, only_second + first);
    }
}

#[test]
fn two_margins_and_one_budget_are_needed() {
    let margin = (0.0, 1.0, Votes::ONE);
    for (margins, eps, name) in [
        (1, vec![0.5], "margins"),
        (3, vec![0.5], "margins"),
        (2, vec![], "eps"),
        (2, vec![0.1, 0.2], "eps"),
    ] {
        let margins = vec![margin; margins];
        let question =
            question(Task::default(), &margins, &eps, VotesBy::Draws, DrawProtocol::Same);
        let error = Run::new(1, 100).pairs(&question, &|_| ()).expect_err("it is refused");
        assert_eq!(error.name, name);
    }
}
