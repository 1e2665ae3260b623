//! The two kernels, every instruction set and every number of threads give the same counts.

use engine::counts::Counts;
use engine::dispatch::Level;
use engine::normal::{BLOCK, Pairs, fill_at};
use engine::stream::{Purpose, Stream};
use engine::{BATCH, Kernel, Question, Run, VotesBy};
use proptest::prelude::*;
use task::{Eps, Margin, Task, Votes};

fn count(question: &Question, run: Run, threads: usize) -> Counts {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| run.count(question, &|_| ()))
}

fn reference(question: &Question, seed: u64, samples: u64) -> Counts {
    let run = Run { seed, samples, level: Level::best(), kernel: Kernel::Reference };
    count(question, run, 1)
}

/// Compares all kernels and levels with the reference.
fn check(question: &Question, seed: u64, samples: u64) {
    let expected = reference(question, seed, samples);
    assert_eq!(expected.samples, samples);
    for level in Level::available() {
        for kernel in [Kernel::Reference, Kernel::Simd] {
            // Without an instruction for it, a fused multiply-add is slow.
            let slow = level == Level::available()[0] || kernel == Kernel::Reference;
            if slow && samples > 5000 {
                continue;
            }
            let run = Run { seed, samples, level, kernel };
            let found = count(question, run, 1);
            assert!(
                found == expected,
                "{} {kernel:?}: {question:?}\n{found:?}\n{expected:?}",
                level.name()
            );
        }
    }
}

fn question(task: Task, margins: &[(f64, f64, Votes)], eps: &[f64], by: VotesBy) -> Question {
    let margins = margins
        .iter()
        .map(|&(offset, sigma, votes)| Margin::new(task, offset, sigma, votes).expect("a margin"));
    let eps = eps.iter().map(|&eps| Eps::new(eps).expect("a budget"));
    let question = Question::new(task, margins.collect(), eps.collect()).expect("a question");
    question.with_votes_by(by)
}

fn votes(n: u64) -> Votes {
    Votes::new(n).expect("votes")
}

/// `count` budgets from `start`, `step` apart, decimal-exact as the command line makes them.
fn evenly(start: f64, step: f64, count: u32) -> Vec<f64> {
    (0..count).map(|i| ((start + step * f64::from(i)) * 1e9).round() / 1e9).collect()
}

fn some_votes() -> impl Strategy<Value = Votes> {
    prop_oneof![
        4 => Just(Votes::ONE),
        1 => Just(Votes::Limit),
        3 => (2..40u64).prop_map(votes),
    ]
}

fn some_sigma() -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => Just(0.0),
        1 => Just(1.0),
        4 => 0.0..4.0f64,
        1 => (-15.0..15.0f64).prop_map(|e| 10f64.powf(e)),
    ]
}

fn some_offset() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 3 => Just(1.0), 2 => -3.0..3.0f64, 1 => -1e6..1e6f64]
}

fn some_margins() -> impl Strategy<Value = Vec<(f64, f64, Votes)>> {
    prop::collection::vec((some_offset(), some_sigma(), some_votes()), 0..12)
}

fn some_eps() -> impl Strategy<Value = Vec<f64>> {
    let even = (prop_oneof![2 => Just(0.0), 1 => 0.0..1.0f64], 0.001..0.1f64, 1..320u32);
    let anywhere = (prop::collection::vec(0.0..3.0f64, 0..320), 1..5u32);
    let log = (1..200u32)
        .prop_map(|n| (0..n).map(|i| 1e-3 * 4000f64.powf(f64::from(i) / f64::from(n))).collect());
    prop_oneof![
        1 => Just(vec![]),
        2 => (0.0..2.0f64).prop_map(|eps| vec![eps]),
        2 => prop::collection::vec(0.0..2.0f64, 0..8).prop_map(sorted),
        5 => even.prop_map(|(start, step, count)| evenly(start, step, count)),
        // With repetitions, where the power is high.
        2 => anywhere.prop_map(|(eps, power)| {
            sorted(eps.iter().map(|eps| (eps.powi(power as i32) * 50.0).round() / 50.0 + eps * f64::from(power % 2)).collect())
        }),
        1 => log,
    ]
}

fn sorted(mut eps: Vec<f64>) -> Vec<f64> {
    eps.sort_by(f64::total_cmp);
    eps
}

fn some_task() -> impl Strategy<Value = Task> {
    let any =
        (-3.0..3.0f64, prop_oneof![0.2..5.0f64, (-15.0..15.0f64).prop_map(|e| 10f64.powf(e))]);
    prop_oneof![
        3 => Just(Task::default()),
        1 => any.prop_map(|(mean, data_std)| Task::new(mean, data_std).expect("a task")),
    ]
}

fn some_samples() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => prop::sample::select(vec![0u64, 1, 15, 16, 17, 1023, 1024, 1025, 2047, 2048, 2049]),
        2 => 1..5000u64,
        1 => prop::sample::select(vec![65_535u64, 65_536, 65_537, 200_000]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_question_has_one_answer(
        task in some_task(),
        margins in some_margins(),
        eps in some_eps(),
        by in prop::sample::select(vec![VotesBy::Draws, VotesBy::Median]),
        seed in any::<u64>(),
        samples in some_samples(),
    ) {
        check(&question(task, &margins, &eps, by), seed, samples);
    }

    #[test]
    fn threads_do_not_matter(seed in any::<u64>(), batches in 1..12u64, extra in 0..BATCH) {
        let margins = [(0.0, 0.0, Votes::Limit), (1.0, 1.0, Votes::ONE), (0.0, 0.7, votes(7))];
        let question = question(Task::default(), &margins, &evenly(0.0, 0.05, 41), VotesBy::Median);
        let run = Run { seed, samples: batches * BATCH + extra, level: Level::best(), kernel: Kernel::Simd };
        let expected = count(&question, run, 1);
        for threads in [2, 7] {
            assert_eq!(count(&question, run, threads), expected);
        }
    }
}

/// The grids of the command line's examples and many others, on and off the rulers.
#[test]
fn every_length_of_grid() {
    let margins = [
        (0.0, 0.0, Votes::Limit),
        (1.0, 0.5, Votes::ONE),
        (0.0, 0.5, Votes::ONE),
        (0.3, 3.0, Votes::ONE),
        (0.0, 1.0, votes(5)),
    ];
    for count in (1..20).chain([
        63, 64, 65, 66, 81, 126, 127, 128, 129, 254, 255, 300, 1016, 1018, 4094, 4095, 4096, 5000,
    ]) {
        for start in [0.0, 0.3, 2.0 / f64::from(count)] {
            let eps = evenly(start, 2.0 / f64::from(count), count);
            check(&question(Task::default(), &margins, &eps, VotesBy::Median), 5, 4100);
        }
        let squares: Vec<f64> =
            evenly(0.0, 1.5 / f64::from(count), count).iter().map(|e| e * e).collect();
        check(&question(Task::default(), &margins, &squares, VotesBy::Median), 6, 4100);
    }
}

/// Thresholds that samples lie on exactly, and a boundary that one does: at is not above.
#[test]
fn equality_is_not_above() {
    let mut pairs = Box::<Pairs>::default();
    fill_at(Level::best(), &mut Stream::new(3, 0, Purpose::Samples), &mut pairs, BLOCK);
    let undefended = (0.0, 0.0, Votes::Limit);
    for count in [1, 2, 3, 4, 6, 8, 20, 60, 300] {
        // The threshold of eps is eps − mean, here the float z itself.
        let inside = pairs.first.iter().filter(|z| z.abs() < 0.9).take(count);
        let eps = sorted(inside.map(|z| 1.0 + f64::from(*z)).collect());
        let question = question(Task::default(), &[undefended], &eps, VotesBy::Draws);
        let counts = reference(&question, 3, BLOCK as u64);
        for (eps, above) in eps.iter().zip(counts.margins[0].adversarial_correct()) {
            let expected = pairs.first.iter().filter(|z| f64::from(**z) > eps - 1.0).count();
            assert_eq!(*above, expected as u64);
        }
        check(&question, 3, BLOCK as u64);
    }
    // On a grid, where margins of size 1 to 2 are multiples of 2⁻²³ apart.
    let grid = evenly(1.0, 0.5f64.powi(20), 100);
    let fine: Vec<f64> = grid.iter().map(|eps| eps + 1.0).collect();
    for eps in [grid, fine] {
        let margins = [undefended, (0.0, 1e-7, Votes::ONE)];
        check(&question(Task::default(), &margins, &eps, VotesBy::Draws), 3, 200_000);
    }
    for z in &pairs.first[..20] {
        // sgn(x) = y where z₁ > −mean.
        let task = Task::new(-f64::from(*z), 1.0).expect("a task");
        let question = question(task, &[(5.0, 1.0, Votes::ONE)], &[0.5], VotesBy::Draws);
        check(&question, 3, BLOCK as u64);
    }
}

#[test]
fn margins_that_are_the_same_are_counted_for_each() {
    let twins = [
        (1.0, 2.0, Votes::ONE),
        (0.0, 0.0, Votes::ONE),
        (1.0, 2.0, Votes::ONE),
        (0.0, 3.0, Votes::Limit),
    ];
    let question = question(Task::default(), &twins, &evenly(0.0, 0.1, 21), VotesBy::Draws);
    let run = Run { seed: 1, samples: 70_000, level: Level::best(), kernel: Kernel::Simd };
    let counts = count(&question, run, 2);
    assert_eq!(counts.margins[0], counts.margins[2]);
    assert_eq!(counts.margins[1], counts.margins[3]);
    assert_eq!(counts, reference(&question, 1, 70_000));
}

/// An even number of votes with fair ties is as good as one less; by the median it is the same.
#[test]
fn the_two_ways_to_vote_agree() {
    let margins =
        [(0.0, 1.0, votes(3)), (0.0, 1.0, votes(4)), (0.0, 1.0, votes(11)), (0.0, 1.0, votes(12))];
    let samples = 2_000_000;
    let counts = [VotesBy::Draws, VotesBy::Median].map(|by| {
        let question = question(Task::default(), &margins, &[0.5], by);
        count(&question, Run::new(8, samples), 2)
    });
    assert_eq!(counts[1].margins[0], counts[1].margins[1]);
    assert_eq!(counts[1].margins[2], counts[1].margins[3]);
    // The difference of two estimates of p > 0.6 has a standard deviation below √(2·0.24/samples).
    // Eight comparisons at α = 1e-7 each: 5.33 standard deviations.
    let limit = 5.33 * (0.48 * samples as f64).sqrt();
    for (draws, median) in counts[0].margins.iter().zip(&counts[1].margins) {
        for (a, b) in [
            (draws.clean_correct(), median.clean_correct()),
            (draws.adversarial_correct()[0], median.adversarial_correct()[0]),
        ] {
            assert!((a as f64 - b as f64).abs() < limit, "{a} and {b} of {samples}");
        }
    }
}
