//! Fresh draws: the attacked input has θ of its own, once or in each of several tries. What that changes in the counts, what it does
//! not, that all kernels agree on it, and that it is what a literal simulation finds.

use engine::counts::{Counts, MarginCounts};
use engine::dispatch::Level;
use engine::{BATCH, Kernel, Question, Run, TriesBy, VotesBy, Ways};
use proptest::prelude::*;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use task::{DrawProtocol, Eps, Margin, Task, Votes};

type Parts = (f64, f64, Votes);

fn count(question: &Question, run: Run, threads: usize) -> Counts {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| run.count(question, &|_| ()))
}

fn reference(question: &Question, seed: u64, samples: u64) -> Counts {
    let run = Run { kernel: Kernel::Reference, ..Run::new(seed, samples) };
    count(question, run, 1)
}

fn question(
    task: Task,
    margins: &[Parts],
    eps: &[f64],
    by: impl Into<Ways>,
    draws: DrawProtocol,
) -> Question {
    let margins = margins
        .iter()
        .map(|&(offset, sigma, votes)| Margin::new(task, offset, sigma, votes).expect("a margin"));
    let eps = eps.iter().map(|&eps| Eps::new(eps).expect("a budget"));
    let question = Question::new(task, margins.collect(), eps.collect()).expect("a question");
    question.with_ways(by).with_draws(draws)
}

fn votes(n: u64) -> Votes {
    Votes::new(n).expect("votes")
}

fn smallest(votes: VotesBy) -> Ways {
    Ways { votes, tries: TriesBy::Smallest }
}

fn persistent(tries: u64) -> DrawProtocol {
    DrawProtocol::persistent(tries).expect("tries")
}

fn evenly(start: f64, step: f64, count: u32) -> Vec<f64> {
    (0..count).map(|i| ((start + step * f64::from(i)) * 1e9).round() / 1e9).collect()
}

fn sorted(mut eps: Vec<f64>) -> Vec<f64> {
    eps.sort_by(f64::total_cmp);
    eps
}

/// Compares all kernels and levels with the reference, and the reference with what must hold.
fn check(task: Task, margins: &[Parts], eps: &[f64], by: VotesBy, seed: u64, samples: u64) {
    let tries = persistent(2 + seed % 3);
    for (draws, by) in [(DrawProtocol::Fresh, by.into()), (tries, by.into()), (tries, smallest(by))]
    {
        check_draws(task, margins, eps, by, seed, samples, draws);
    }
}

fn check_draws(
    task: Task,
    margins: &[Parts],
    eps: &[f64],
    by: Ways,
    seed: u64,
    samples: u64,
    draws: DrawProtocol,
) {
    let question_of = |draws| question(task, margins, eps, by, draws);
    let fresh = question_of(draws);
    let expected = reference(&fresh, seed, samples);
    for level in Level::available() {
        for kernel in [Kernel::Reference, Kernel::Simd] {
            // Without an instruction for it, a fused multiply-add is slow.
            let slow = level == Level::available()[0] || kernel == Kernel::Reference;
            if slow && samples > 5000 {
                continue;
            }
            let found = count(&fresh, Run { seed, samples, level, kernel }, 1);
            assert!(
                found == expected,
                "{} {kernel:?}: {fresh:?}\n{found:?}\n{expected:?}",
                level.name()
            );
        }
    }
    let same = count(&question_of(DrawProtocol::Same), Run::new(seed, samples), 1);
    assert_eq!(expected.samples, same.samples);
    for ((fresh, same), &(_, sigma, votes)) in
        expected.margins.iter().zip(&same.margins).zip(margins)
    {
        assert_eq!(fresh.clean_correct(), same.clean_correct());
        assert_eq!(fresh.invariant(), same.invariant());
        assert_eq!(same.both_correct(), same.adversarial_correct());
        assert_eq!(fresh.both_correct().len(), eps.len());
        for (both, adversarial) in fresh.both_correct().iter().zip(fresh.adversarial_correct()) {
            assert!(*both <= fresh.clean_correct().min(*adversarial));
            // At least so many samples must be right twice.
            assert!(both + samples >= fresh.clean_correct() + adversarial);
        }
        if sigma == 0.0 || votes == Votes::Limit {
            assert_eq!(fresh, same);
        }
    }
}

fn some_margins() -> impl Strategy<Value = Vec<Parts>> {
    let votes = prop_oneof![
        4 => Just(Votes::ONE),
        1 => Just(Votes::Limit),
        3 => (2..40u64).prop_map(votes),
    ];
    let sigma = prop_oneof![
        1 => Just(0.0),
        1 => Just(1.0),
        4 => 0.0..4.0f64,
        1 => (-15.0..15.0f64).prop_map(|e| 10f64.powf(e)),
    ];
    let offset = prop_oneof![3 => Just(0.0), 3 => Just(1.0), 2 => -3.0..3.0f64, 1 => -1e6..1e6f64];
    prop::collection::vec((offset, sigma, votes), 0..10)
}

fn some_eps() -> impl Strategy<Value = Vec<f64>> {
    let start = prop_oneof![2 => Just(0.0), 1 => 0.0..1.0f64];
    let log = |n| (0..n).map(move |i| 1e-3 * 4000f64.powf(f64::from(i) / f64::from(n))).collect();
    let coarse = |eps: Vec<f64>| eps.iter().map(|eps| (eps * 50.0).round() / 50.0).collect();
    prop_oneof![
        1 => Just(vec![]),
        2 => (0.0..2.0f64).prop_map(|eps| vec![eps]),
        2 => prop::collection::vec(0.0..2.0f64, 0..8).prop_map(sorted),
        5 => (start, 0.001..0.1f64, 1..320u32).prop_map(|(s, step, count)| evenly(s, step, count)),
        1 => prop::collection::vec(0.0..3.0f64, 0..320).prop_map(sorted),
        // With repetitions.
        1 => prop::collection::vec(0.0..3.0f64, 0..320).prop_map(move |eps| sorted(coarse(eps))),
        1 => (1..200u32).prop_map(log),
    ]
}

fn some_samples() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => prop::sample::select(vec![0u64, 1, 15, 16, 17, 33, 1024, 2047, 2048, 2049]),
        2 => 1..5000u64,
        1 => prop::sample::select(vec![65_535u64, 65_536, 65_537, 150_000]),
    ]
}

fn some_task() -> impl Strategy<Value = Task> {
    let data_std = prop_oneof![0.2..5.0f64, (-15.0..15.0f64).prop_map(|e| 10f64.powf(e))];
    let any = (-3.0..3.0f64, data_std);
    prop_oneof![
        3 => Just(Task::default()),
        1 => any.prop_map(|(mean, data_std)| Task::new(mean, data_std).expect("a task")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_question_has_one_answer(
        task in some_task(),
        margins in some_margins(),
        eps in some_eps(),
        by in prop::sample::select(vec![VotesBy::Draws, VotesBy::Median]),
        seed in any::<u64>(),
        samples in some_samples(),
    ) {
        check(task, &margins, &eps, by, seed, samples);
    }

    #[test]
    fn threads_do_not_matter(seed in any::<u64>(), batches in 1..8u64, extra in 0..BATCH) {
        let margins = [(0.0, 0.0, Votes::Limit), (1.0, 1.0, Votes::ONE), (0.0, 0.7, votes(7))];
        let eps = evenly(0.0, 0.05, 41);
        let question = question(Task::default(), &margins, &eps, VotesBy::Median, DrawProtocol::Fresh);
        let run = Run::new(seed, batches * BATCH + extra);
        let expected = count(&question, run, 1);
        for threads in [2, 7] {
            assert_eq!(count(&question, run, threads), expected);
        }
    }
}

/// Every way of counting, at its ends: budgets on rulers and off them, few and many.
#[test]
fn every_length_of_grid() {
    let margins = [
        (0.0, 0.0, Votes::Limit),
        (1.0, 0.5, Votes::ONE),
        (0.0, 3.0, Votes::ONE),
        (0.0, 1.0, votes(5)),
    ];
    for count in
        (0..10).chain([47, 48, 49, 64, 126, 127, 128, 255, 300, 1001, 4094, 4095, 4096, 5000])
    {
        let step = 2.0 / f64::from(count.max(1));
        let squares = evenly(0.0, 0.75 * step, count).iter().map(|e| e * e).collect();
        for eps in [evenly(0.0, step, count), evenly(step, step, count), squares] {
            check(Task::default(), &margins, &eps, VotesBy::Median, 5, 4100);
        }
    }
}

/// The samples that a run begins with are the same, however many follow: so are the second draws.
#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    let margins = [(0.0, 1.0, Votes::ONE), (1.0, 1.0, votes(3)), (1.0, 2.0, votes(4))];
    let eps = [0.0, 0.5];
    for (by, draws) in [
        (VotesBy::Draws.into(), DrawProtocol::Fresh),
        (VotesBy::Median.into(), DrawProtocol::Fresh),
        (VotesBy::Draws.into(), persistent(3)),
        (VotesBy::Median.into(), persistent(3)),
        (smallest(VotesBy::Draws), persistent(3)),
    ] {
        let question = question(Task::default(), &margins, &eps, by, draws);
        let mut before = reference(&question, 9, 2000);
        for samples in 2001..2120 {
            let counts = reference(&question, 9, samples);
            for (now, before) in counts.margins.iter().zip(&before.margins) {
                let more =
                    |now: u64, before: u64| now.checked_sub(before).is_some_and(|more| more < 2);
                assert!(more(now.clean_correct(), before.clean_correct()), "{samples}");
                for (now, before) in [
                    (now.adversarial_correct(), before.adversarial_correct()),
                    (now.both_correct(), before.both_correct()),
                ] {
                    assert!(now.iter().zip(before).all(|(now, b)| more(*now, *b)), "{samples}");
                }
            }
            before = counts;
        }
    }
}

/// What the definitions say, word by word: clean, adversarial and both, at one ε.
fn literal(
    task: &Task,
    shift: f64,
    k: f64,
    sigma: f64,
    n: u32,
    eps: f64,
    samples: u64,
) -> [u64; 3] {
    let mut rng = SmallRng::seed_from_u64(2026);
    let mut counts = [0; 3];
    for _ in 0..samples {
        let y = if rng.random::<bool>() { 1.0 } else { -1.0 };
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let x = y * task.mean() + task.data_std() * normal();
        let mut predicts_y = |input: f64| {
            let vote = |theta: f64| (input + theta - k).signum();
            let sum: f64 = (0..n).map(|_| vote(shift + sigma * normal())).sum();
            sum * y > 0.0
        };
        let (clean, attacked) = (predicts_y(x), predicts_y(x - y * eps));
        for (count, happened) in counts.iter_mut().zip([clean, attacked, clean && attacked]) {
            *count += u64::from(happened);
        }
    }
    counts
}

fn three(counts: &MarginCounts) -> [u64; 3] {
    [counts.clean_correct(), counts.adversarial_correct()[0], counts.both_correct()[0]]
}

/// Each count of the engine against that of the literal simulation: 48 comparisons, α = 1e-7 each
/// (5.33 standard deviations), the seeds fixed.
#[test]
fn the_literal_simulation_agrees() {
    let (samples, literal_samples) = (4_000_000, 1_000_000);
    let task = Task::new(0.8, 1.1).expect("a task");
    for (shift, k, sigma, n, eps) in [
        (1.0, 0.0, 1.0, 1, 0.5),
        (1.0, 1.0, 1.0, 1, 0.5),
        (0.5, -0.2, 2.0, 3, 0.3),
        (1.0, 1.0, 1.5, 11, 0.7),
    ] {
        let expected = literal(&task, shift, k, sigma, n, eps, literal_samples);
        let margins = [(shift - k, sigma, votes(u64::from(n)))];
        let few = [eps];
        let grid = evenly(eps, 0.1, 20);
        let anywhere: Vec<f64> = (0..60).map(|i| eps + 0.001 * f64::from(i * i)).collect();
        for (eps, by) in [
            (few.as_slice(), VotesBy::Draws),
            (few.as_slice(), VotesBy::Median),
            (grid.as_slice(), VotesBy::Median),
            (anywhere.as_slice(), VotesBy::Median),
        ] {
            let question = question(task, &margins, eps, by, DrawProtocol::Fresh);
            let counts = count(&question, Run::new(31, samples), 2);
            for (name, (found, expected)) in ["clean", "adversarial", "both"]
                .into_iter()
                .zip(three(&counts.margins[0]).into_iter().zip(expected))
            {
                let (found, expected) =
                    (found as f64 / samples as f64, expected as f64 / literal_samples as f64);
                let variance = expected * (1.0 - expected);
                let deviation =
                    (variance / literal_samples as f64 + variance / samples as f64).sqrt();
                assert!(
                    (found - expected).abs() < 5.33 * deviation,
                    "{name}, n = {n}, {by:?}, {} budgets: {found} and {expected}",
                    eps.len()
                );
            }
        }
    }
}

/// The robust accuracies of one draw and ε = ½, everything else 1, to 20 digits: six comparisons at
/// α = 1e-7 each (5.33 standard deviations), the seed fixed.
#[test]
fn the_known_values_are_met() {
    let samples = 1 << 25;
    let known = [0.753_074_367_451_822_6, 0.721_793_831_828_111_9];
    let margins = [(1.0, 1.0, Votes::ONE), (0.0, 1.0, Votes::ONE)];
    let anywhere: Vec<f64> = (0..50).map(|i| 0.5 + 0.001 * f64::from(i * i)).collect();
    for eps in [vec![0.5], evenly(0.5, 0.05, 11), anywhere] {
        let question =
            question(Task::default(), &margins, &eps, VotesBy::Median, DrawProtocol::Fresh);
        let counts = count(&question, Run::new(7, samples), 2);
        for (counts, known) in counts.margins.iter().zip(known) {
            let [clean, _, both] = three(counts).map(|count| count as f64);
            let deviation = (known * (1.0 - known) / clean).sqrt();
            let found = both / clean;
            assert!((found - known).abs() < 5.33 * deviation, "{found}, not {known}");
        }
    }
}

/// One try is what fresh draws are, and each further one can only be wrong.
#[test]
fn one_try_is_fresh() {
    let margins = [(1.0, 1.0, Votes::ONE), (0.0, 1.0, votes(3)), (0.0, 1.0, votes(4))];
    for by in [VotesBy::Draws.into(), VotesBy::Median.into(), smallest(VotesBy::Draws)] {
        let found = |draws| {
            let question = question(Task::default(), &margins, &[0.0, 0.5, 1.0], by, draws);
            count(&question, Run::new(11, 200_000), 2)
        };
        let mut last = found(DrawProtocol::Fresh);
        assert_eq!(found(persistent(1)), last);
        for tries in [2, 4, 8] {
            let more = found(persistent(tries));
            for (more, last) in more.margins.iter().zip(&last.margins) {
                assert_eq!(more.clean_correct(), last.clean_correct());
                for (more, last) in more.both_correct().iter().zip(last.both_correct()) {
                    assert!(more < last, "{tries} tries: {more} {last}");
                }
            }
            last = more;
        }
    }
}

/// The smallest of all tries, drawn from its law, is right as often as all of them, drawn one by one: 60 comparisons of
/// two counts at α = 1e-7 each (5.33 standard deviations), the seed fixed. Votes and what is clean are the same.
#[test]
fn the_law_of_the_smallest_is_that_of_all_tries() {
    let margins = [(0.0, 0.5, Votes::ONE), (1.0, 3.0, Votes::ONE), (0.0, 1.0, votes(3))];
    let eps = [0.0, 0.5, 1.5];
    let samples = 1 << 19;
    let mut compared = 0;
    for tries in [2, 3, 5, 30, 200] {
        let question = |by| question(Task::default(), &margins, &eps, by, persistent(tries));
        let [drawn, by_law] = [VotesBy::Median.into(), smallest(VotesBy::Median)]
            .map(|by| count(&question(by), Run::new(12, samples), 2).margins);
        assert_eq!(drawn[2], by_law[2]);
        for (drawn, by_law) in drawn.iter().zip(&by_law).take(2) {
            assert_eq!(drawn.clean_correct(), by_law.clean_correct());
            assert_eq!(drawn.invariant(), by_law.invariant());
            let counts = |of: &MarginCounts| [of.adversarial_correct(), of.both_correct()].concat();
            for (drawn, by_law) in counts(drawn).into_iter().zip(counts(by_law)) {
                let (drawn, by_law) = (drawn as f64, by_law as f64);
                // Of the same (y, z₁): the variance is at most that of independent counts.
                let sum = drawn + by_law;
                let variance = sum * (1.0 - 0.5 * sum / samples as f64);
                assert!(
                    (drawn - by_law).abs() <= 5.33 * variance.sqrt(),
                    "{tries} tries: {drawn} and {by_law}"
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 60);
}

/// The counts of a seed, fixed: with the stream version they are part of the promise.
#[test]
fn golden_counts() {
    let margins = [
        (1.0, 1.0, Votes::ONE),
        (0.0, 1.0, votes(3)),
        (0.0, 1.0, votes(4)),
        (0.0, 0.0, Votes::Limit),
    ];
    let found = |draws, by: Ways| {
        let question = question(Task::default(), &margins, &[0.5], by, draws);
        let counts = count(&question, Run::new(7, 100_000), 1).margins;
        counts.iter().map(three).collect::<Vec<_>>()
    };
    let still = [84047, 69176, 69176];
    assert_eq!(
        found(DrawProtocol::Same, VotesBy::Draws.into()),
        [[71200, 61086, 61086], [79640, 65905, 65905], [79570, 66099, 66099], still]
    );
    assert_eq!(
        found(DrawProtocol::Fresh, VotesBy::Draws.into()),
        [[71200, 60995, 53701], [79640, 66144, 61095], [79570, 66146, 61050], still]
    );
    assert_eq!(
        found(DrawProtocol::Same, VotesBy::Median.into()),
        [[71200, 61086, 61086], [79833, 66197, 66197], [79833, 66197, 66197], still]
    );
    assert_eq!(
        found(DrawProtocol::Fresh, VotesBy::Median.into()),
        [[71200, 60995, 53701], [79833, 66035, 61232], [79833, 66035, 61232], still]
    );
    assert_eq!(
        found(persistent(5), VotesBy::Draws.into()),
        [
            [71200, 34913, 33896],
            [79640, 40187, 39476],
            [79570, 40244, 39576],
            [84047, 69176, 69176]
        ]
    );
    let of_law = |tries| found(persistent(tries), smallest(VotesBy::Median));
    assert_eq!(
        of_law(5),
        [[71200, 34980, 33970], [79833, 40181, 39520], [79833, 40181, 39520], still]
    );
    assert_eq!(of_law(3000)[0], [71386, 1300, 1300]);
}
