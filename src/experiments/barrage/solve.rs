//! The thresholds, moves and exact values of all rows.

use engine::barrage::{Ballot, Judge as Judged, bias};
use rayon::prelude::*;
use task::barrage::Pool;
use task::{DrawProtocol, Eps, Task, Votes};
use theory::barrage::{Judge, Law, Rates, Response, Surveyed, nearly_trained};
use theory::math::bounded::Bounded;

use super::{BarrageStage, Case};
use crate::experiment::ExactRate;

/// Everything that is known of the rows before a sample is drawn.
#[derive(Debug)]
pub(super) struct Solved {
    /// The classifiers, by the number of transformations, then by the case.
    places: Vec<Place>,
    cases: usize,
}

/// A stage with one number of transformations.
#[derive(Debug)]
pub(super) struct Place {
    /// The index of its judge.
    pub(super) index: usize,
    pub(super) choose: usize,
    pub(super) case: Case,
    pub(super) threshold: f64,
    ballot: Ballot,
    /// The values for each budget.
    pub(super) at: Vec<At>,
}

/// The values of a row.
#[derive(Debug)]
pub(super) struct At {
    pub(super) blind_move: f64,
    pub(super) rates: Vec<ExactRate>,
}

impl Solved {
    /// Returns the rows, each as a place and the index of a budget.
    pub(super) fn rows(&self, budgets: usize) -> impl Iterator<Item = (&Place, usize)> {
        self.places.chunks(self.cases.max(1)).flat_map(move |of_choose| {
            (0..budgets).flat_map(move |eps| of_choose.iter().map(move |place| (place, eps)))
        })
    }

    /// Returns the classifiers for the engine.
    pub(super) fn judges(&self) -> Vec<Judged> {
        let judge = |place: &Place| Judged {
            choose: place.choose,
            threshold: place.threshold,
            votes: place.ballot.clone(),
            moves: place.at.iter().map(|at| at.blind_move).collect(),
        };
        self.places.iter().map(judge).collect()
    }
}

/// Surveys parts on rayon's current pool.
fn together(parts: usize, survey: &(dyn Fn(usize) -> Surveyed + Sync)) -> Vec<Surveyed> {
    (0..parts).into_par_iter().map(survey).collect()
}

/// Computes everything, on rayon's current pool.
pub(super) fn solve(
    task: &Task,
    pool: &Pool,
    choose: &[usize],
    cases: &[Case],
    draws: DrawProtocol,
    eps: &[Eps],
) -> Solved {
    let mut places = Vec::new();
    let learns = |case: &Case| case.stage != BarrageStage::Untrained;
    for &choose in choose {
        let law = Law::new(*task, pool, choose);
        let trained = cases.iter().any(learns).then(|| {
            let exact = law.as_ref().and_then(|law| law.trained(&together));
            exact.unwrap_or_else(|| nearly_trained(task, pool, choose))
        });
        let respond =
            |threshold: f64| law.as_ref().and_then(|law| law.response(threshold, &together));
        let untrained = if cases.iter().all(learns) { None } else { respond(0.0) };
        let learned = trained.and_then(respond);
        for &case in cases {
            let (threshold, response) = match case.stage {
                BarrageStage::Untrained => (0.0, &untrained),
                _ => (trained.unwrap_or(0.0), &learned),
            };
            let (ballot, at) = match response {
                Some(response) => known(response, case, choose, draws, eps),
                None => (drawn(case.votes), unknown(task, pool, eps)),
            };
            places.push(Place { index: places.len(), choose, case, threshold, ballot, at });
        }
    }
    Solved { places, cases: cases.len() }
}

/// Returns the vote of this many draws; the limit is only defined by its regions, and is rejected without them.
fn drawn(votes: Votes) -> Ballot {
    match votes {
        Votes::Finite(n) => Ballot::Drawn(n.get()),
        Votes::Limit => Ballot::Regions { edges: Vec::new(), says: vec![0.5] },
    }
}

/// Beyond this error a value is not shown: where a vote without limit has a region of ½, rounding may hide what leads.
const MOST_ERROR: f64 = 1e-3;

/// The exact values of a classifier at every budget.
fn known(
    response: &Response,
    case: Case,
    choose: usize,
    draws: DrawProtocol,
    eps: &[Eps],
) -> (Ballot, Vec<At>) {
    let furthest = eps.last().copied().unwrap_or(Eps::ZERO);
    let judge = Judge::new(response, case.votes, furthest);
    let regions = judge.regions();
    let ballot = regions.map_or_else(
        || drawn(case.votes),
        |regions| Ballot::Regions {
            edges: regions.edges().to_vec(),
            says: regions.says().to_vec(),
        },
    );
    // Each edge is a separate event.
    let events = regions.map_or(1, |regions| regions.edges().len().max(1)) as f64;
    let once = events * bias(DrawProtocol::Same, case.votes, choose);
    let attacked = events * bias(draws, case.votes, choose);
    let at = |eps: &Eps| {
        let Rates { blind_move, clean, adversarial, robust, attack_success_rate, invariance } =
            judge.rates(draws, *eps);
        let exact = |value: Option<Bounded>, bias: f64| ExactRate {
            value: value.filter(|found| found.error <= MOST_ERROR),
            bias,
        };
        let share = robust.map_or(0.0, |robust| robust.value);
        let both = (once + attacked + share * once) / clean.value;
        let rates = vec![
            exact(Some(clean), once),
            exact(Some(adversarial), attacked),
            exact(robust, both),
            exact(attack_success_rate, both),
            exact(Some(invariance), 2.0 * once),
        ];
        At { blind_move, rates }
    };
    (ballot, eps.par_iter().map(at).collect())
}

/// Returns the moves if no exact values are known: the usual ones or, if a scale is negative, those of the theorem,
/// to which the optimum belongs.
fn unknown(task: &Task, pool: &Pool, eps: &[Eps]) -> Vec<At> {
    let nothing = ExactRate { value: None, bias: 0.0 };
    let at = |eps: &Eps| {
        let (eps, mean) = (eps.get(), task.mean());
        let theorem = mean.signum() * eps.min(mean.abs());
        let blind_move = if pool.reverses() { theorem } else { eps };
        At { blind_move, rates: vec![nothing; 5] }
    };
    eps.iter().map(at).collect()
}
