//! Votes by their median and tries by the smallest with a check, where one of the two is wrong: whichever it is, the
//! verdict says so.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use engine::sampler::{Drawing, Monitor, Sampler};
use gauss_sim::experiment::{ExactRow, Experiment, Kind, Recount, SampledRow, Tally, Watch};
use gauss_sim::experiments::stages::{KIND, Stages, StagesSpec};
use gauss_sim::run::{Answer, Campaign, Limits, Means, Plan};
use task::range::Count;
use task::spec::{Spec, SpecError};

/// The samples: three batches and a part of one.
const SAMPLES: u64 = 3 * 65_536 + 5000;

fn stages(votes: &str, draws: &str) -> Stages {
    let spec = StagesSpec {
        sigma: "0.5,1".parse().expect("sigmas"),
        votes: votes.parse().expect("votes"),
        draws: draws.parse().expect("a protocol"),
        ..StagesSpec::default()
    };
    Stages::new(spec).expect("a grid")
}

/// The experiment on 11 votes, with medians and drawn votes of other numbers, as a defect would have them.
struct Defect {
    right: Stages,
    medians: Stages,
    drawn: Stages,
}

/// The medians of one sampler and the check of the other. A tally begins with what the medians alone would have.
struct Spliced {
    medians: Box<dyn Sampler>,
    drawn: Box<dyn Sampler>,
    own: usize,
}

impl Sampler for Spliced {
    fn name(&self) -> &'static str {
        self.medians.name()
    }

    fn batch(&self) -> u64 {
        self.medians.batch()
    }

    fn tally_len(&self) -> usize {
        self.medians.tally_len()
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let mut tally = self.medians.count(batches.clone(), monitor)?;
        let drawn = self.drawn.count(batches, monitor)?;
        tally[self.own..].copy_from_slice(&drawn[self.own..]);
        Some(tally)
    }
}

impl Experiment for Defect {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        self.right.spec()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        self.right.exact(watch)
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        let own = self.right.question(engine::VotesBy::Median)?.empty().flat().len();
        let (medians, drawn) = (self.medians.sampler(drawing)?, self.drawn.sampler(drawing)?);
        Ok(Box::new(Spliced { medians, drawn, own }))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        self.right.sampled(tally)
    }

    fn recounted(&self, tally: &Tally<'_>) -> Option<Recount> {
        self.right.recounted(tally)
    }

    fn caption(&self) -> String {
        self.right.caption()
    }
}

/// Whether all agrees, how many rows disagree, and how many of those that were drawn as well, of so many.
fn judged(right: Stages, medians: Stages, drawn: Stages, checked: usize) -> (bool, usize, usize) {
    let defect = Defect { right, medians, drawn };
    let exact = defect.exact(&()).expect("exact values");
    let plan = Plan { samples: Count::of(SAMPLES).expect("a count"), ..Plan::usual(&KIND) };
    let mut campaign = Campaign::new(Arc::new(defect), plan).expect("a run");
    let stop = AtomicBool::new(false);
    let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::MAX };
    campaign.draw(Means::default(), limits, &mut |_| (), &|_| ()).expect("an end");
    let answer = Answer::judged(&campaign, &exact, Means::default(), None).expect("rows");
    let verdict = answer.verdict.expect("a verdict");
    let check = verdict.check.expect("a check");
    assert_eq!((verdict.rows, check.rows, check.samples), (8, checked, 2 * 65_536));
    assert_eq!((answer.rows().len(), answer.tables[1].len()), (8, checked));
    assert_eq!(answer.agrees(), verdict.agree);
    (verdict.agree, verdict.disagreeing, check.disagreeing)
}

#[test]
fn a_defect_of_either_is_noticed() {
    let judged = |medians, drawn| {
        let of = |votes| stages(votes, "same");
        judged(of("11"), of(medians), of(drawn), 2)
    };
    assert_eq!(judged("11", "11"), (true, 0, 0));
    assert_eq!(judged("7", "11"), (false, 2, 0), "the law of the median is that of 7 votes");
    assert_eq!(judged("11", "7"), (false, 0, 2), "7 votes are drawn");
}

#[test]
fn a_defect_of_tries_is_noticed() {
    let judged = |smallest, drawn| {
        let of = |draws| stages("11", draws);
        judged(of("persistent=3"), of(smallest), of(drawn), 6)
    };
    assert_eq!(judged("persistent=3", "persistent=3"), (true, 0, 0));
    assert_eq!(judged("persistent=2", "persistent=3"), (false, 6, 0), "the smallest of two");
    assert_eq!(judged("persistent=3", "persistent=2"), (false, 0, 6), "two tries are drawn");
}
