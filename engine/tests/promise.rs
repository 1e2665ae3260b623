//! The counts depend on (stream version, seed, samples, question) and on nothing else.

use engine::counts::{Counts, MarginCounts};
use engine::dispatch::Level;
use engine::{BATCH, Question, Run};
use task::{Margin, Stage, Votes};

use crate::support::{KERNELS, VOTES_BY, count, margin, question, task, voted};

fn margins() -> Vec<Margin> {
    let task = task(1.0, 0.8);
    let mut stages = vec![Stage::Undefended, Stage::Trained];
    stages.extend([-0.5, 0.0, 0.4].map(|threshold| Stage::Defended { threshold }));
    stages.extend([1, 2, 3, 10, 11].map(voted));
    stages.push(Stage::Voted { votes: Votes::Limit });
    let at = |sigma| stages.iter().map(move |&stage| margin(task, 1.0, sigma, stage));
    [0.0, 0.3, 1.0, 30.0].into_iter().flat_map(at).collect()
}

const FEW: &[f64] = &[0.0, 0.5, 3.0];

fn many() -> Vec<f64> {
    (0..65).map(|i| f64::from(i) / 32.0).collect()
}

fn ask(eps: &[f64]) -> Question {
    question(task(1.0, 0.8), margins(), eps)
}

#[test]
fn any_number_of_threads_gives_the_same_counts() {
    let samples = 3 * BATCH + 12_345;
    for eps in [FEW, &many()] {
        let with = |threads| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| count(&ask(eps), 21, samples))
        };
        let one = with(1);
        assert_eq!(one.samples, samples);
        assert_eq!(with(2), one);
        assert_eq!(with(7), one);
    }
}

/// One question here; `kernels.rs` asks many.
#[test]
fn every_instruction_set_and_kernel_gives_the_same_counts() {
    let samples = 2 * 1024 + 777;
    for (eps, by) in [(FEW, VOTES_BY[0]), (&many(), VOTES_BY[0]), (&many(), VOTES_BY[1])] {
        let ask = ask(eps).with_votes_by(by);
        let run = Run::new(22, samples);
        let expected = run.count(&ask, &|_| ());
        for level in Level::available() {
            for kernel in KERNELS {
                let counts = Run { level, kernel, ..run }.count(&ask, &|_| ());
                assert_eq!(counts, expected, "{} {kernel:?} {by:?}", level.name());
            }
        }
    }
}

/// Asked alone, in company, or in another order, with few budgets or many.
#[test]
fn the_counts_of_a_margin_are_its_own() {
    let (samples, eps) = (BATCH + 4321, many());
    let together = count(&ask(&eps), 23, samples);
    let reversed: Vec<Margin> = margins().into_iter().rev().collect();
    let reversed = count(&question(task(1.0, 0.8), reversed, &eps), 23, samples);
    for (i, margin) in margins().into_iter().enumerate() {
        assert_eq!(reversed.margins[margins().len() - 1 - i], together.margins[i], "{margin:?}");
    }
    // One of each kind, alone.
    for i in [0, 1, 14, 24, 28, 31, 42] {
        let alone = count(&question(task(1.0, 0.8), vec![margins()[i]], &eps), 23, samples);
        assert_eq!(alone.margins[0], together.margins[i], "{:?}", margins()[i]);
    }
    let few = count(&ask(FEW), 23, samples);
    for (few, many) in few.margins.iter().zip(&together.margins) {
        assert_eq!(few.clean_correct(), many.clean_correct());
        assert_eq!(few.invariant(), many.invariant());
        // FEW's 0 and 0.5 are many's first and seventeenth; 3 is beyond many's last.
        assert_eq!(few.adversarial_correct()[..2], [0, 16].map(|i| many.adversarial_correct()[i]));
        assert!(few.adversarial_correct()[2] <= many.adversarial_correct()[64]);
    }
}

/// What more samples add, by margin: (clean, invariant, adversarial …).
fn difference(more: &Counts, fewer: &Counts) -> Vec<Vec<u64>> {
    let flat = |counts: &MarginCounts| {
        let mut all = vec![counts.clean_correct(), counts.invariant()];
        all.extend(counts.adversarial_correct());
        all
    };
    let pairs = more.margins.iter().zip(&fewer.margins);
    pairs.map(|(a, b)| flat(a).iter().zip(flat(b)).map(|(a, b)| a - b).collect()).collect()
}

/// A shorter run is the beginning of a longer one: each sample adds 0 or 1 to each count, and a
/// batch adds the same whatever comes after it.
#[test]
fn a_run_begins_as_a_shorter_one() {
    let ask = ask(FEW);
    let to = |samples| count(&ask, 24, samples);
    let two = to(2 * BATCH);
    let parts = [0, 1, 15, 16, 17, 1023, 1024, 1025, 5000, BATCH - 1, BATCH];
    let mut last = to(2 * BATCH);
    for part in parts {
        let here = to(2 * BATCH + part);
        assert_eq!(here.samples, 2 * BATCH + part);
        let most = here.samples - last.samples;
        assert!(difference(&here, &last).iter().flatten().all(|&added| added <= most));
        last = here;
    }
    // Batches add: the third, alone or with a beginning of the fourth behind it, is the same.
    let three = to(3 * BATCH);
    assert_eq!(three, last);
    let third = difference(&three, &two);
    let and_more = to(3 * BATCH + 999);
    let fourth = difference(&and_more, &three);
    let both = difference(&and_more, &two);
    for ((third, fourth), both) in third.iter().zip(&fourth).zip(&both) {
        let sum: Vec<u64> = third.iter().zip(fourth).map(|(a, b)| a + b).collect();
        assert_eq!(sum, *both);
        assert!(
            third.iter().all(|&added| added <= BATCH) && fourth.iter().all(|&added| added <= 999)
        );
    }
    // In two halves by `+=`, as shards are merged.
    let mut sum = Counts { samples: 0, margins: two.margins.clone() };
    sum += &two;
    assert_eq!(sum.margins[0].clean_correct(), 2 * two.margins[0].clean_correct());
}

#[test]
fn seeds_differ_also_beyond_32_bits() {
    let samples = 4096;
    let at = |seed| count(&ask(FEW), seed, samples);
    let base = at(7);
    for seed in [8, 7 | 1 << 32, 7 | 1 << 63] {
        assert_ne!(at(seed), base, "{seed}");
    }
    assert_eq!(at(7), base);
}

#[test]
fn no_samples_and_one_sample_are_ordinary() {
    let none = count(&ask(FEW), 25, 0);
    assert_eq!(none.samples, 0);
    let zero = |c: &MarginCounts| c.clean_correct() + c.invariant() + c.adversarial_correct()[0];
    assert!(none.margins.iter().all(|counts| zero(counts) == 0));
    let one = count(&ask(FEW), 25, 1);
    assert!(difference(&one, &none).iter().flatten().all(|&added| added <= 1));
}
