//! The claims along a list of numbers of votes: each number against the one before it, and nothing between or beyond.
//!
//! Metrics are compared with each other, not by their gaps to the limit as on the ladder, so that they keep their
//! digits where both are far from it.

use super::ladder::{Ladder, Leading, budget};
use super::lesser;
use crate::claims::sides::{Pair, Part, Side};
use crate::claims::{Case, Contrast, Verdict};
use crate::math::bounded::Bounded;
use crate::math::scaled::Scaled;
use std::ops::ControlFlow::{self, Break, Continue};
use task::{Claim, Defense, DomainError, Eps, Margin, Stage, Votes};

/// Returns the smallest step along the list, from −1 to 1; the first one that fails, if one does.
pub(super) fn lead(
    case: &Case,
    defense: &Defense,
    eps: Eps,
    votes: &[Votes],
) -> Result<Bounded, DomainError> {
    let mut least = Bounded::exact(1.0);
    steps(case, defense, eps, votes, &mut |step| {
        least = lesser(least, step);
        if Verdict::of(least) == Verdict::Fails { Break(()) } else { Continue(()) }
    })?;
    Ok(least)
}

/// Visits every step of the list, from −1 to 1, positive where the claim holds of it.
pub(super) fn steps(
    case: &Case,
    defense: &Defense,
    eps: Eps,
    votes: &[Votes],
    visit: &mut dyn FnMut(Bounded) -> ControlFlow<()>,
) -> Result<(), DomainError> {
    let restores = case.claim == Claim::VoteRestores;
    if defense.sigma() == 0.0 {
        // As sigma → 0, every gap is proportional to the variance of the median, or to its standard deviation.
        let leading = Leading::of(case, eps).sign();
        let size = Bounded { value: leading.value.abs(), ..leading };
        let step = if restores { size } else { leading };
        let _ = votes.windows(2).try_for_each(|_| visit(step));
    } else if restores {
        let ladder = Ladder::new(case, defense, eps)?;
        neighbours(votes, |n| ladder.gap(n), |before, next| visit(before.shrinks(next, true)));
    } else {
        let metric = Metrics::new(case, defense, eps)?;
        neighbours(votes, |n| metric.at(n), |before, next| visit(next.pair(before).gain()));
    }
    Ok(())
}

/// Visits the values of neighbours, each of which is found once.
fn neighbours<T>(
    votes: &[Votes],
    at: impl Fn(Votes) -> T,
    mut visit: impl FnMut(&T, &T) -> ControlFlow<()>,
) {
    let mut before: Option<T> = None;
    for &n in votes {
        let next = at(n);
        if before.as_ref().is_some_and(|before| visit(before, &next).is_break()) {
            return;
        }
        before = Some(next);
    }
}

/// Returns the two numbers of votes that contradict the claim the most or, if none do, the first and the last.
pub(super) fn contrast(
    case: &Case,
    defense: &Defense,
    eps: Eps,
    votes: &[Votes],
) -> Result<Contrast, DomainError> {
    let ([earlier, later], margin) = if case.claim == Claim::VoteRestores {
        let ladder = Ladder::new(case, defense, eps)?;
        let numbers: Vec<Bounded> = votes.iter().map(|&n| ladder.gap(n).number()).collect();
        most_contradicting(&numbers, |before, next| Bounded {
            value: before.value.abs() - next.value.abs(),
            error: before.error + next.error,
        })
    } else {
        let metric = Metrics::new(case, defense, eps)?;
        let values: Vec<Value> = votes.iter().map(|&n| metric.at(n)).collect();
        most_contradicting(&values, |before, next| next.pair(before).difference())
    };
    let [earlier, later] = [earlier, later].map(|at| Stage::Voted { votes: votes[at] });
    // If the claim is that the metric decreases, the earlier one is the better one.
    let restores = case.claim == Claim::VoteRestores;
    let stages = if restores { [earlier, later] } else { [later, earlier] };
    Ok(Contrast { stages, margin })
}

/// Returns the places of an earlier and a later value, and the progress from one to the other: the most negative one,
/// or that from the first to the last.
fn most_contradicting<T>(
    values: &[T],
    progress: impl Fn(&T, &T) -> Bounded,
) -> ([usize; 2], Bounded) {
    let last = values.len() - 1;
    let mut found = ([0, last], progress(&values[0], &values[last]));
    let mut least = 0.0;
    // The farthest along so far, from which a later one falls back the most.
    let mut best = 0;
    for (at, value) in values.iter().enumerate().skip(1) {
        let step = progress(&values[best], value);
        if step.value > 0.0 {
            best = at;
        } else if step.value < least {
            (found, least) = (([best, at], step), step.value);
        }
    }
    found
}

/// The metric of a vote, as a function of the number of votes.
struct Metrics<'a> {
    case: &'a Case,
    trained: Margin,
    eps: Eps,
}

/// A metric; if it is above ½, also its difference to 1.
struct Value {
    kept: Scaled,
    lost: Option<Scaled>,
}

impl<'a> Metrics<'a> {
    fn new(case: &'a Case, defense: &Defense, eps: Eps) -> Result<Self, DomainError> {
        let trained = Stage::Trained.margin(&case.task, defense)?;
        Ok(Self { case, trained, eps: budget(case, eps)? })
    }

    fn at(&self, votes: Votes) -> Value {
        let side = Side::new(self.case, &self.trained.with_votes(votes));
        let kept = side.at(self.eps, Part::Kept);
        let near_one = Part::of(kept) == Part::Lost;
        Value { kept, lost: near_one.then(|| side.at(self.eps, Part::Lost)) }
    }
}

impl Value {
    fn pair(&self, second: &Self) -> Pair {
        match (self.lost, second.lost) {
            (Some(a), Some(b)) => Pair { part: Part::Lost, values: [a, b] },
            _ => Pair { part: Part::Kept, values: [self.kept, second.kept] },
        }
    }
}
