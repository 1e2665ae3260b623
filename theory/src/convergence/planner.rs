//! The number of votes that is sufficient. [`votes_for`] documents what is certain about the answer.

use super::{Asymptote, asymptote};
use crate::math::bounded::Bounded;
use crate::protocol::Protocol;
use std::cell::RefCell;
use std::collections::HashMap;
use task::{DomainError, DrawProtocol, Eps, MAX_VOTES, Margin, Votes};

/// The smallest tolerance: an order of magnitude above the error of a gap.
pub const MIN_TOLERANCE: f64 = 1e-13;

/// A gap whose error bound is above this and the tolerance counts as too large, since nothing is known of it.
const MAX_ERROR: f64 = 1e-12;

/// The largest difference between a robust accuracy and its limit: from [`MIN_TOLERANCE`] to 1.
///
/// ```
/// use gauss_sim_theory::convergence::{MIN_TOLERANCE, Tolerance};
///
/// assert_eq!(Tolerance::new(1e-3)?.get(), 1e-3);
/// assert!(Tolerance::new(0.5 * MIN_TOLERANCE).is_err());
/// # Ok::<(), task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Tolerance(f64);

impl Tolerance {
    /// Checks that `tolerance` is from 1e-13 to 1; the error's name is `votes-for`.
    pub fn new(tolerance: f64) -> Result<Self, DomainError> {
        if (MIN_TOLERANCE..=1.0).contains(&tolerance) {
            return Ok(Self(tolerance));
        }
        Err(DomainError {
            name: "votes-for",
            value: tolerance.to_string(),
            expected: format!("a number from {MIN_TOLERANCE:e} to 1"),
        })
    }

    /// Returns the tolerance.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A number of votes, with the difference between its robust accuracy and the limit.
///
/// See the example of [`votes_for`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// The number of votes: odd, since an even number decides like the next smaller odd one.
    pub votes: u32,
    /// The robust accuracy of this many votes minus that of the limit, with its sign.
    pub gap: Bounded,
}

/// The numbers of votes that bring the robust accuracy to within a tolerance of its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VotesFor {
    /// The robust accuracy of infinitely many votes.
    pub limit: Bounded,
    /// The robust accuracy of a single vote minus the limit, with its sign.
    pub one_vote: Bounded,
    /// The smallest odd number of votes within the tolerance; `None` if none up to [`MAX_VOTES`] is.
    pub first: Option<Reached>,
    /// The smallest odd number from which on every one up to [`MAX_VOTES`] is within the tolerance. It is larger than
    /// `first` if the gap changes its sign on its way to 0. `None` if the largest number of votes is not within the
    /// tolerance.
    pub settled: Option<Reached>,
    /// The leading term, for more votes than [`MAX_VOTES`].
    pub asymptote: Asymptote,
    /// The number of votes that the leading term alone would require, see [`Asymptote::votes_for`]: an estimate of
    /// `settled` if that is `None`.
    pub estimate: f64,
}

/// Returns the number of votes that brings the robust accuracy to within `tolerance` of that of infinitely many; the
/// margin's own number of votes is ignored. Takes some 150 evaluations of the accuracy.
///
/// Certain are the gaps at the numbers reported, and at the odd numbers next to them on the other side (up to the
/// error of a gap, some 1e-14). Only checked at points is that no smaller number is sufficient, and that no larger
/// one leaves the tolerance again. The gap is evaluated at every odd number up to 65 and from there on a ladder whose
/// steps grow by a tenth; if it changes its sign between two rungs, or its magnitude has a minimum or maximum at a
/// rung, the numbers in between are searched. The gap is a smooth function of ln n with few turns; only two changes
/// of its sign, or two turns, within one step would go unnoticed.
#[must_use]
pub fn votes_for(margin: &Margin, eps: Eps, draws: DrawProtocol, tolerance: Tolerance) -> VotesFor {
    let robust = |votes: Votes| {
        let margin = margin.with_votes(votes);
        Protocol::new(&margin, draws).robust(eps)
    };
    let limit = robust(Votes::Limit);
    let gap = |h: u32| {
        let found = Votes::new(u64::from(2 * h + 1)).map_or(limit, &robust);
        Bounded {
            value: found.value - limit.value,
            error: found.error + limit.error + f64::EPSILON * limit.value,
        }
    };
    let search = Search::new(gap, (MAX_VOTES - 1) / 2, tolerance);
    let reached = |h: u32| Reached { votes: 2 * h + 1, gap: search.gap(h) };
    let asymptote = asymptote(margin, eps, draws);
    VotesFor {
        limit,
        one_vote: search.gap(0),
        first: search.first().map(reached),
        settled: search.settled().map(reached),
        asymptote,
        estimate: asymptote.votes_for(tolerance),
    }
}

/// A gap as a function of h, n = 2h + 1, evaluated on a ladder.
struct Search<F> {
    gap: F,
    known: RefCell<HashMap<u32, Bounded>>,
    ladder: Vec<u32>,
    tolerance: f64,
}

impl<F: Fn(u32) -> Bounded> Search<F> {
    /// Creates a search over h from 0 to `last`.
    fn new(gap: F, last: u32, tolerance: Tolerance) -> Self {
        let next = |h: &u32| (*h < last).then(|| (h + 1 + h.saturating_sub(22) / 10).min(last));
        let ladder = std::iter::successors(Some(0), next).collect();
        Self { gap, known: RefCell::default(), ladder, tolerance: tolerance.get() }
    }

    fn gap(&self, h: u32) -> Bounded {
        if let Some(known) = self.known.borrow().get(&h) {
            return *known;
        }
        let found = (self.gap)(h);
        self.known.borrow_mut().insert(h, found);
        found
    }

    fn size(&self, h: u32) -> f64 {
        self.gap(h).value.abs()
    }

    fn within(&self, h: u32) -> bool {
        self.size(h) <= self.tolerance && self.gap(h).error <= self.tolerance.max(MAX_ERROR)
    }

    /// Returns the smallest h within the tolerance.
    fn first(&self) -> Option<u32> {
        if self.within(0) {
            return Some(0);
        }
        for (i, step) in self.ladder.windows(2).enumerate() {
            let (low, high) = (step[0], step[1]);
            let inside = if self.within(high) {
                Some(high)
            } else {
                self.crossing(low, high).or_else(|| self.dip(low, high, *self.ladder.get(i + 2)?))
            };
            if let Some(inside) = inside {
                return Some(self.border(low, inside, |h| self.within(h)));
            }
        }
        None
    }

    /// Returns the smallest h from which on all are within the tolerance.
    fn settled(&self) -> Option<u32> {
        let last = *self.ladder.last()?;
        if !self.within(last) {
            return None;
        }
        let mut high = last; // from here on, all are within the tolerance
        for i in (0..self.ladder.len() - 1).rev() {
            let low = self.ladder[i];
            let outside = if self.within(low) {
                let before = i.checked_sub(1).map(|i| self.ladder[i]);
                before.and_then(|before| self.bump(before, low, high))
            } else {
                Some(low)
            };
            if let Some(outside) = outside {
                // Beyond a bump, all up to the rung after it are within the tolerance.
                let high = if outside < low { low } else { high };
                return Some(self.border(outside, high, |h| self.within(h)));
            }
            high = low;
        }
        Some(0)
    }

    /// Searches between two h outside the tolerance, on different sides of it, for one inside.
    fn crossing(&self, low: u32, high: u32) -> Option<u32> {
        let positive = |h| self.gap(h).value > 0.0;
        if positive(low) == positive(high) {
            return None;
        }
        let beyond = self.border(low, high, |h| positive(h) == positive(high));
        [beyond - 1, beyond].into_iter().find(|h| self.within(*h))
    }

    /// Searches around a rung that is nearer to the limit than its neighbours for an h inside the tolerance.
    fn dip(&self, low: u32, middle: u32, high: u32) -> Option<u32> {
        let least = self.size(middle) < self.size(low).min(self.size(high));
        least.then(|| self.least(low, high, |h| self.size(h))).filter(|h| self.within(*h))
    }

    /// Searches around a rung that is farther from the limit than its neighbours for an h outside the tolerance.
    fn bump(&self, low: u32, middle: u32, high: u32) -> Option<u32> {
        let largest = self.size(middle) > self.size(low).max(self.size(high));
        largest.then(|| self.least(low, high, |h| -self.size(h))).filter(|h| !self.within(*h))
    }

    /// Returns the first h in (low, high] for which `is` holds; it holds at `high`, not at `low`, and changes once.
    fn border(&self, mut low: u32, mut high: u32, is: impl Fn(u32) -> bool) -> u32 {
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            *(if is(middle) { &mut high } else { &mut low }) = middle;
        }
        high
    }

    /// Returns the place of the minimum of a function that decreases and then increases.
    fn least(&self, mut low: u32, mut high: u32, of: impl Fn(u32) -> f64) -> u32 {
        while high - low > 2 {
            let third = (high - low) / 3;
            let (left, right) = (low + third, high - third);
            if of(left) <= of(right) { high = right } else { low = left }
        }
        (low..=high).min_by(|a, b| of(*a).total_cmp(&of(*b))).unwrap_or(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use task::Task;

    /// Returns the numbers by evaluating every h.
    fn by_hand(gaps: &[Bounded], tolerance: f64) -> (Option<u32>, Option<u32>) {
        let index = |h: usize| u32::try_from(h).unwrap();
        let within = |gap: &Bounded| gap.value.abs() <= tolerance;
        let first = gaps.iter().position(within).map(index);
        let outside = gaps.iter().rposition(|gap| !within(gap)).map(|h| index(h) + 1);
        (first, Some(outside.unwrap_or(0)).filter(|h| *h < index(gaps.len())))
    }

    #[track_caller]
    fn assert_same(gaps: &[Bounded], tolerance: f64, what: &str) {
        let last = u32::try_from(gaps.len() - 1).unwrap();
        let search = Search::new(|h| gaps[h as usize], last, Tolerance::new(tolerance).unwrap());
        let found = (search.first(), search.settled());
        assert_eq!(found, by_hand(gaps, tolerance), "{what}, tolerance {tolerance}");
    }

    /// Returns a uniform number on [0, 1); the sequence is always the same.
    fn chance(state: &mut u64) -> f64 {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[allow(clippy::cast_precision_loss)] // 53 bits
        return (*state >> 11) as f64 / (1_u64 << 53) as f64;
    }

    /// Evaluates every odd number up to 2001 for 40 margins and budgets, with 12 tolerances each; among them those
    /// near ε = 0.3, where the gap changes its sign.
    #[test]
    fn it_finds_what_looking_at_every_number_finds() {
        let mut state = 2206;
        let (mut apart, mut none) = (0, 0);
        for case in 0..40 {
            let mut next = || chance(&mut state);
            let sigma = 10_f64.powf(2.0 * next() - 1.3);
            let near = case % 2 == 0;
            let eps = if near { 0.15 + 0.2 * next() } else { 2.0 * next() };
            let offset = if case % 5 == 0 { next() } else { 0.0 };
            let draws = if case % 4 == 3 { DrawProtocol::Fresh } else { DrawProtocol::Same };
            let margin = Margin::new(Task::default(), offset, sigma, Votes::Limit).unwrap();
            let eps = Eps::new(eps).unwrap();
            let robust = |votes| {
                let margin = margin.with_votes(votes);
                Protocol::new(&margin, draws).robust(eps)
            };
            let limit = robust(Votes::Limit);
            let gaps: Vec<Bounded> = (0..=1000)
                .map(|h| robust(Votes::new(2 * h + 1).unwrap()))
                .map(|b| Bounded { value: b.value - limit.value, error: b.error + limit.error })
                .collect();
            for _ in 0..12 {
                let tolerance = gaps[0].value.abs() * 10_f64.powf(-4.0 * chance(&mut state)) + 1e-9;
                let what = format!("{margin:?}, {eps:?}, {draws}");
                assert_same(&gaps, tolerance, &what);
                let (first, settled) = by_hand(&gaps, tolerance);
                apart += u32::from(settled.is_some() && first != settled);
                none += u32::from(settled.is_none());
            }
        }
        println!("{apart} with two numbers, {none} without an end");
        assert!(apart > 20 && none > 20, "{apart} {none}");
    }

    /// Uses constructed dips and bumps between the rungs: c₁/n + c₂/n² + c₃/n³ with two zeros.
    #[test]
    fn dips_and_bumps_between_the_rungs_are_found() {
        let mut state = 9491;
        let mut apart = 0;
        for _ in 0..400 {
            let mut next = || chance(&mut state);
            let zero = 3.0 + 800.0 * next();
            let zeros = [zero, zero * (1.5 + 10.0 * next())]; // farther apart than two rungs
            let touch = next() < 0.5; // no zero, but a point close to one
            let gaps: Vec<Bounded> = (0..20_000_u32)
                .map(|h| {
                    let n = f64::from(2 * h + 1);
                    let [a, b] = zeros.map(|zero| 1.0 - zero / n);
                    let value = if touch { a * a + 1e-4 } else { a * b } / n;
                    Bounded { value, error: 0.0 }
                })
                .collect();
            for _ in 0..10 {
                let tolerance = 1e-2 * 10_f64.powf(-5.0 * chance(&mut state));
                assert_same(&gaps, tolerance, &format!("{zeros:?} {touch}"));
                let (first, settled) = by_hand(&gaps, tolerance);
                apart += u32::from(first != settled);
            }
        }
        assert!(apart > 1000, "{apart}");
    }

    /// Checks that a gap with an unknown value is not within any tolerance.
    #[test]
    fn nothing_known_is_nothing_reached() {
        let unknown = |_| Bounded { value: 0.0, error: 1.0 };
        let search = Search::new(unknown, 1000, Tolerance::new(1e-3).unwrap());
        assert_eq!((search.first(), search.settled()), (None, None));
    }
}
