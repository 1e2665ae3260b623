//! Votes by their median and tries by the smallest, with a check: the counts are those of the laws and of all draws, and
//! the samples that are checked follow from their numbers alone.

use engine::dispatch::Level;
use engine::sampler::{Sampler, add};
use engine::{BATCH, Question, Run, TriesBy, VotesBy, Ways};
use task::{DrawProtocol, Margin, Stage, Votes};

use crate::support::{KERNELS, batch_by_batch, margin, question, task, voted};

const SEED: u64 = 31;
const EPS: &[f64] = &[0.0, 0.5, 1.5];

/// Margins of which some have votes, at sigma 0, too.
fn margins() -> Vec<Margin> {
    let task = task(1.0, 0.8);
    let limit = Stage::Voted { votes: Votes::Limit };
    let stages =
        [Stage::Undefended, voted(1), voted(2), voted(11), Stage::Trained, limit, voted(4)];
    let at = |sigma| stages.map(|stage| margin(task, 1.0, sigma, stage));
    [0.0, 0.7].into_iter().flat_map(at).collect()
}

/// The places of those that are checked: with votes, and with a single draw.
const VOTED: [usize; 3] = [9, 10, 13];
const SINGLE: [usize; 2] = [8, 11];

const BY_LAW: Ways = Ways { votes: VotesBy::Median, tries: TriesBy::Smallest };
const CHECKED: Ways = Ways { votes: VotesBy::Checked, tries: TriesBy::Checked };

fn ask(draws: DrawProtocol) -> Question {
    question(task(1.0, 0.8), margins(), EPS).with_draws(draws).with_ways(CHECKED)
}

fn protocols() -> [DrawProtocol; 3] {
    [DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(3).expect("tries")]
}

fn tally(sampler: &dyn Sampler, samples: u64) -> Vec<u64> {
    sampler.count(0..samples.div_ceil(sampler.batch()), &|_| ()).expect("never stopped")
}

/// What laws give carries all samples, with the counts that it has alone; the first 131,072 are drawn as well, with the
/// counts that drawn votes and tries have alone.
#[test]
fn the_counts_are_those_of_either_way() {
    for draws in protocols() {
        let ask = ask(draws);
        let mut checked = VOTED.to_vec();
        if draws.tries() > 1 {
            checked.extend(SINGLE);
            checked.sort_unstable();
        }
        assert_eq!(ask.checked(), checked);
        for samples in [0, 777, BATCH + 1, 2 * BATCH, 3 * BATCH + 99] {
            let run = Run::new(SEED, samples);
            let tally = tally(run.sampler(ask.clone()).as_ref(), samples);
            let (counts, check) = ask.counts(&tally, samples);
            assert_eq!(counts, run.count(&ask.clone().with_ways(BY_LAW), &|_| ()));
            let drawn = Run::new(SEED, samples.min(2 * BATCH));
            let drawn = drawn.count(&ask.clone().with_ways(VotesBy::Draws), &|_| ());
            let check = check.expect("a check");
            assert_eq!(check.samples, samples.min(2 * BATCH));
            let of_drawn: Vec<_> = checked.iter().map(|at| drawn.margins[*at].clone()).collect();
            assert_eq!(check.margins, of_drawn, "{draws:?} {samples}");
        }
    }
}

/// Votes and tries are checked each by its own choice: the margins of the one that is drawn or not checked are left out.
#[test]
fn votes_and_tries_are_checked_one_without_the_other() {
    let checked = |votes, tries| {
        let draws = DrawProtocol::persistent(3).expect("tries");
        ask(draws).with_ways(Ways { votes, tries }).checked()
    };
    for tries in [TriesBy::Draws, TriesBy::Smallest] {
        assert_eq!(checked(VotesBy::Checked, tries), VOTED);
        assert_eq!(checked(VotesBy::Median, tries), [0; 0]);
    }
    assert_eq!(checked(VotesBy::Draws, TriesBy::Checked), SINGLE);
    // By its median, a vote of two is a single draw.
    assert_eq!(checked(VotesBy::Median, TriesBy::Checked), [8, 9, 11]);
    // What is drawn by a law, checked or not.
    for (votes, tries, expected) in [
        (VotesBy::Draws, TriesBy::Draws, (false, false)),
        (VotesBy::Median, TriesBy::Draws, (true, false)),
        (VotesBy::Draws, TriesBy::Checked, (false, true)),
        (VotesBy::Checked, TriesBy::Smallest, (true, true)),
    ] {
        let draws = DrawProtocol::persistent(3).expect("tries");
        assert_eq!(ask(draws).with_ways(Ways { votes, tries }).by_law(), expected);
        assert!(!ask(DrawProtocol::Fresh).with_ways(Ways { votes, tries }).by_law().1);
    }
}

/// Threads, kernels, instruction sets, and the order of batches do not matter; nor does where a run is cut.
#[test]
fn the_promise_is_kept() {
    let (ask, samples) = (ask(protocols()[2]), 4 * BATCH + 4321);
    let run = Run::new(SEED, samples);
    let expected = tally(run.sampler(ask.clone()).as_ref(), samples);
    for threads in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let sampler = run.sampler(ask.clone());
        assert_eq!(pool.install(|| tally(sampler.as_ref(), samples)), expected);
        assert_eq!(pool.install(|| batch_by_batch(sampler.as_ref(), samples)), expected);
    }
    let small = Run::new(SEED, 5000);
    let expected = tally(small.sampler(ask.clone()).as_ref(), 5000);
    for level in Level::available() {
        for kernel in KERNELS {
            let sampler = Run { level, kernel, ..small }.sampler(ask.clone());
            assert_eq!(tally(sampler.as_ref(), 5000), expected, "{} {kernel:?}", level.name());
        }
    }
}

/// One batch in a thousand is drawn, whatever the run is long: a longer one has the samples of the shorter one.
#[test]
fn a_longer_run_checks_the_same_samples() {
    let ask = ask(DrawProtocol::Same);
    let checked = |samples: u64, batch: u64| {
        let sampler = Run::new(SEED, samples).sampler(ask.clone());
        let tally = sampler.count(batch..batch + 1, &|_| ()).expect("counts");
        (ask.counts(&tally, BATCH).1.expect("a check").samples, tally)
    };
    for (batch, samples) in [(0, BATCH), (1, BATCH), (2, 0), (999, 0), (1000, BATCH), (1001, 0)] {
        let (drawn, long) = checked(3000 * BATCH, batch);
        assert_eq!(drawn, samples, "{batch}");
        assert_eq!(checked((batch + 1) * BATCH, batch).1, long, "as the last batch");
    }
    // A last batch that is not full.
    assert_eq!(checked(1000 * BATCH + 5, 1000).0, 5);
}

/// Expensive votes make the batches small, but not smaller than a block; the samples that are checked stay as many.
#[test]
fn expensive_votes_have_smaller_batches() {
    let batch = |votes, by| {
        let margins = vec![margin(task(1.0, 1.0), 0.0, 0.7, voted(votes))];
        question(task(1.0, 1.0), margins, &[0.5]).with_votes_by(by).batch()
    };
    assert_eq!([11, 1001].map(|votes| batch(votes, VotesBy::Checked)), [BATCH; 2]);
    assert_eq!(batch(10_001, VotesBy::Checked), batch(10_001, VotesBy::Draws));
    assert_eq!(batch(1_000_000, VotesBy::Checked), 2048);
    // Where a block of draws would take minutes, they are smaller still.
    let margins = vec![margin(task(1.0, 1.0), 0.0, 0.7, voted(101))];
    let tries = DrawProtocol::persistent(100_000).expect("tries");
    let minutes = question(task(1.0, 1.0), margins, &[0.5]).with_draws(tries).with_ways(CHECKED);
    assert_eq!(minutes.batch(), 256);
    let margins = vec![margin(task(1.0, 1.0), 0.0, 0.7, voted(10_001))];
    let ask = question(task(1.0, 1.0), margins, &[0.5]).with_votes_by(VotesBy::Checked);
    let last = 2 * BATCH / ask.batch() - 1;
    for (batch, samples) in [(last, ask.batch()), (last + 1, 0)] {
        let tally = Run::new(SEED, 3 * BATCH).sampler(ask.clone());
        let tally = tally.count(batch..batch + 1, &|_| ()).expect("counts");
        assert_eq!(ask.counts(&tally, BATCH).1.expect("a check").samples, samples);
    }
}

/// A question without votes has no check, and the tally that it always had.
#[test]
fn without_votes_there_is_nothing_to_check() {
    let margins = vec![margins()[0], margins()[7], margins()[8], margins()[12]];
    let ask = question(task(1.0, 0.8), margins, EPS);
    let with = |by| {
        let ask = ask.clone().with_votes_by(by);
        (ask.check(), tally(Run::new(SEED, BATCH + 9).sampler(ask).as_ref(), BATCH + 9))
    };
    assert_eq!(with(VotesBy::Checked), with(VotesBy::Draws));
    assert_eq!(with(VotesBy::Checked).0, None);
}

/// A file may be wrong: more is drawn than there are samples, or right than is drawn.
#[test]
fn impossible_tallies_are_noticed() {
    let ask = ask(DrawProtocol::Same);
    let sampler = Run::new(SEED, 3 * BATCH).sampler(ask.clone());
    let tally = tally(sampler.as_ref(), 3 * BATCH);
    let possible = |tally: &[u64]| sampler.is_possible(tally, 3 * BATCH);
    assert!(possible(&tally) && !possible(&tally[1..]));
    let drawn = ask.clone().with_votes_by(VotesBy::Median).empty().flat().len();
    assert_eq!(tally[drawn], 2 * BATCH);
    for (place, value) in [(drawn, 3 * BATCH + 1), (drawn, 1), (drawn + 1, 2 * BATCH + 1)] {
        let mut wrong = tally.clone();
        wrong[place] = value;
        assert!(!possible(&wrong), "{place}");
    }
    let mut twice = tally.clone();
    add(&mut twice, &tally);
    assert!(!possible(&twice));
}
