//! Long runs from the library: rounds are the one run, and stopping at a precision keeps its promise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::sampler::{Drawing, Sampler};
use engine::{BATCH, VotesBy};
use gauss_sim::experiment::Experiment;
use gauss_sim::experiments::stages::{KIND, Stages, StagesSpec};
use gauss_sim::run::plan::{Seed, Width};
use gauss_sim::run::{Answer, Campaign, End, Limits, Means, Plan, answers};
use gauss_sim::table::Row;
use task::range::{Count, Probability};
use theory::math::binomial::Binomial;

fn stages(sigma: &str, eps: &str) -> Arc<dyn Experiment> {
    let spec = StagesSpec {
        sigma: sigma.parse().expect("sigmas"),
        eps: eps.parse().expect("budgets"),
        votes: "3".parse().expect("votes"),
        stages: task::spec::Parse::parse("undefended,defended,voted").expect("stages"),
        ..StagesSpec::default()
    };
    Arc::new(Stages::new(spec).expect("a grid"))
}

fn plan(seed: u64, samples: u64, precision: Option<f64>) -> Plan {
    Plan {
        seed: Seed(seed),
        samples: Count::of(samples).expect("a count"),
        confidence: Probability::of(0.9).expect("a confidence"),
        false_alarm: Probability::of(0.01).expect("a rate"),
        precision: precision.map(Width),
        ..Plan::usual(&KIND)
    }
}

/// The counts of so many samples at one go.
fn counted(experiment: &dyn Experiment, seed: u64, samples: u64) -> Vec<u64> {
    let drawing = Drawing::new(seed, samples, VotesBy::Checked);
    let sampler: Box<dyn Sampler> = experiment.sampler(&drawing).expect("a sampler");
    sampler.count(0..samples.div_ceil(sampler.batch()), &|_| ()).expect("never stopped")
}

/// Answers with more and more samples of one run are those of runs of their own, which end in the middle of a batch or at its end;
/// with the votes that are drawn as a check.
#[test]
fn a_run_that_grows_answers_as_runs_of_their_own() {
    let grid = stages("0,0.5,2", "0,0.5");
    let samples = [0, 1000, BATCH, BATCH + 1, 3 * BATCH + 321]
        .map(|samples| Count::of(samples).expect("a count"));
    let plan = plan(3, 1, None);
    let grown = answers(&grid, &plan, &samples).expect("answers");
    assert_eq!(grown.len(), samples.len());
    for (samples, grown) in samples.into_iter().zip(&grown) {
        let alone = answers(&grid, &Plan { samples, ..plan.clone() }, &[samples]).expect("one");
        assert_eq!(format!("{:?}", grown.tables), format!("{:?}", alone[0].tables));
        assert_eq!(grown.verdict, alone[0].verdict);
        assert_eq!(grown.tables.len(), if samples.get() > 0 { 2 } else { 1 });
        assert_eq!(grown.recounted.is_some(), samples.get() > 0);
    }
}

/// Stopped after every round, continued with what the file would keep, and counted at one go.
#[test]
fn rounds_add_up_to_the_one_run() {
    let grid = stages("0,0.5,2", "0,0.5");
    let samples = 40 * BATCH + 321;
    let expected = counted(grid.as_ref(), 3, samples);
    let mut campaign = Campaign::new(Arc::clone(&grid), plan(3, samples, None)).expect("a run");
    let stop = AtomicBool::new(true);
    let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::ZERO };
    let mut kept = 0;
    let mut sessions = 0;
    loop {
        let end = campaign.draw(Means::default(), limits, &mut |now| kept = now.drawn(), &|_| ());
        sessions += 1;
        // Whatever is done is whole: the counts of just these samples.
        let now = campaign.drawn();
        assert_eq!(kept, now);
        assert_eq!(campaign.counts(), counted(grid.as_ref(), 3, now), "{now}");
        if end == Ok(End::Complete) {
            break;
        }
        assert_eq!(end, Ok(End::Interrupted));
        if sessions == 5 {
            stop.store(false, Ordering::Relaxed);
        }
    }
    assert_eq!((sessions, campaign.counts()), (6, expected.as_slice()));
}

/// Over many seeds, each interval of a run that stops as soon as all are narrow enough misses the
/// exact value in at most 1 − confidence of the runs, and so does the verdict with its false-alarm rate. Stated
/// α of this test: 1e-6 for each of the rates.
#[test]
fn stopping_at_a_precision_keeps_the_confidence() {
    const RUNS: u64 = 1500;
    let grid = stages("1", "0.5");
    let exact = grid.exact(&()).expect("exact values");
    // Near 2·1.96·√(pq/65536), p = 0.609, the widest interval at the first look (the defended
    // accuracy under attack), so that chance decides when to stop.
    let width = 0.007_488;
    let mut missed = vec![0u64; 4 * exact.len()];
    let mut stops = [0u64; 8];
    let mut disagreeing = 0;
    for seed in 0..RUNS {
        let plan = plan(seed, 1 << 40, Some(width));
        let mut campaign = Campaign::new(Arc::clone(&grid), plan).expect("a run");
        let stop = AtomicBool::new(false);
        let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::from_secs(9) };
        let end = campaign.draw(Means::default(), limits, &mut |_| (), &|_| ());
        assert_eq!(end, Ok(End::Precision));
        let look = campaign.progress(None).precision.expect("looks").look;
        stops[look as usize] += 1;
        let answer = Answer::judged(&campaign, &exact, Means::default(), None).expect("rows");
        disagreeing += u64::from(!answer.verdict.expect("a verdict").agree);
        for (row, missed) in answer.tables[0].iter().zip(missed.chunks_mut(4)) {
            for ((value, low, high), missed) in intervals(&row).into_iter().zip(missed) {
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
fn intervals(row: &Row<'_>) -> [(f64, f64, f64); 4] {
    let rate = |name: &str, stem: &str| {
        let limit = |end: &str| row.maybe(&format!("mc_{stem}_{end}")).expect(end);
        (row.number(name), limit("low"), limit("high"))
    };
    [
        rate("clean_accuracy", "clean"),
        rate("adversarial_accuracy", "adversarial"),
        rate("robust_accuracy", "robust"),
        rate("invariance", "invariance"),
    ]
}
