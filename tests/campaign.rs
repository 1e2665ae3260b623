//! Long runs from the library: rounds are the one run, and stopping at a precision keeps its promise.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::dispatch::Level;
use engine::{BATCH, Kernel, Run, VotesBy};
use gauss_sim::campaign::{Campaign, End, Limits, Means, Plan};
use gauss_sim::record::Question;
use gauss_sim::row::Row;
use gauss_sim::sweep::Grid;
use task::{Stage, Task, Votes};
use theory::math::binomial::Binomial;

const MEANS: fn() -> Means = || Means { level: Level::best(), kernel: Kernel::Simd };

fn grid(sigmas: &[f64], eps: &[f64]) -> Grid {
    let votes = Votes::new(3).expect("votes");
    let stages =
        vec![Stage::Undefended, Stage::Defended { threshold: 0.0 }, Stage::Voted { votes }];
    Grid::new(Task::default(), 1.0, sigmas, eps, stages).expect("a grid")
}

fn plan(seed: u64, samples: u64, precision: Option<f64>) -> Plan {
    Plan {
        seed,
        samples,
        votes_by: VotesBy::Draws,
        shard: None,
        confidence: 0.9,
        alpha: 0.01,
        precision,
    }
}

/// Stopped after every round, continued with what the file would keep, and counted at one go.
#[test]
fn rounds_add_up_to_the_one_run() {
    let grid = grid(&[0.0, 0.5, 2.0], &[0.0, 0.5]);
    let samples = 40 * BATCH + 321;
    let ask = grid.question().expect("a question");
    let expected = Run::new(3, samples).count(&ask, &|_| ());
    let mut campaign =
        Campaign::new(grid.clone(), &Question::of(&grid), &plan(3, samples, None)).expect("a run");
    let stop = AtomicBool::new(true);
    let limits = Limits { stop: &stop, time: None, keep_every: Duration::ZERO };
    let mut kept = 0;
    let mut sessions = 0;
    loop {
        let end = campaign.draw(MEANS(), limits, &mut |now| kept = now.counts().samples, &|_| ());
        sessions += 1;
        // Whatever is done is whole: the counts of just these samples.
        let now = campaign.counts().samples;
        assert_eq!(kept, now);
        assert_eq!(*campaign.counts(), Run::new(3, now).count(&ask, &|_| ()), "{now}");
        if end == Ok(End::Complete) {
            break;
        }
        assert_eq!(end, Ok(End::Interrupted));
        if sessions == 5 {
            stop.store(false, Ordering::Relaxed);
        }
    }
    assert_eq!((sessions, campaign.counts()), (6, &expected));
}

/// Over many seeds, each interval of a run that stops as soon as all are narrow enough misses the
/// exact value in at most 1 − confidence of the runs, and so does the verdict with its α. Stated
/// α of this test: 1e-6 for each of the rates.
#[test]
fn stopping_at_a_precision_keeps_the_confidence() {
    const RUNS: u64 = 1500;
    let grid = grid(&[1.0], &[0.5]);
    let exact = grid.exact();
    // Near 2·1.96·√(pq/65536), p = 0.609, the widest interval at the first look (the defended
    // accuracy under attack), so that chance decides when to stop.
    let width = 0.007_488;
    let mut missed = vec![0u64; 4 * grid.rows()];
    let mut stops = [0u64; 8];
    let mut disagreeing = 0;
    for seed in 0..RUNS {
        let plan = plan(seed, 1 << 40, Some(width));
        let mut campaign = Campaign::new(grid.clone(), &Question::of(&grid), &plan).expect("a run");
        let stop = AtomicBool::new(false);
        let limits = Limits { stop: &stop, time: None, keep_every: Duration::from_secs(9) };
        let end = campaign.draw(MEANS(), limits, &mut |_| (), &|_| ());
        assert_eq!(end, Ok(End::Precision));
        let look = campaign.reach(None).precision.expect("looks").look;
        stops[look as usize] += 1;
        let (confidence, alpha) = campaign.levels();
        let (rows, verdict) = grid.checked_rows(&exact, campaign.counts(), confidence, alpha);
        disagreeing += u64::from(!verdict.agree);
        for (row, missed) in rows.iter().zip(missed.chunks_mut(4)) {
            for ((value, low, high), missed) in intervals(row).into_iter().zip(missed) {
                assert!(high - low <= width);
                *missed += u64::from(!(low..=high).contains(&value));
            }
        }
    }
    assert!(stops.iter().filter(|stops| **stops > RUNS / 20).count() >= 2, "by chance: {stops:?}");
    let most = |p| Binomial::new(RUNS, p).expect("a law").upper_critical(1e-6).expect("a count");
    assert!(missed.iter().all(|missed| *missed < most(0.1)), "{missed:?}");
    // The rates that are not 0 or 1 do miss now and then: the test sees something.
    assert!(missed.iter().filter(|missed| **missed > 0).count() > 6, "{missed:?}");
    assert!(disagreeing < most(0.01), "{disagreeing}");
}

/// Exact value and limits of the four rates.
fn intervals(row: &Row) -> [(f64, f64, f64); 4] {
    let limits = |low: Option<f64>, high: Option<f64>| (low.expect("low"), high.expect("high"));
    let rate = |value, (low, high)| (value, low, high);
    [
        rate(row.clean_accuracy, limits(row.mc_clean_low, row.mc_clean_high)),
        rate(row.adversarial_accuracy, limits(row.mc_adversarial_low, row.mc_adversarial_high)),
        rate(row.robust_accuracy, limits(row.mc_robust_low, row.mc_robust_high)),
        rate(row.invariance, limits(row.mc_invariance_low, row.mc_invariance_high)),
    ]
}
