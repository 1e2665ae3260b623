//! How many questions are needed, and up to how many noise protects.

use super::label::MOST_ROUNDS;
use super::{Known, Victim};
use crate::math::bounded::Bounded;
use task::query::{MAX_QUERIES, QueryAttack};

/// The smallest number of questions for a share of the white-box attack's effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// The accuracy that is to be reached.
    pub target: f64,
    /// How many questions this attack needs; `None` where no number up to [`Victim::most_queries`] is enough.
    pub queries: Option<u64>,
    /// What it comes to with them.
    pub found: Option<Known>,
    /// No attacker, adaptive or not, gets there with fewer than this; `None` where the bound never falls as low.
    pub at_least: Option<u64>,
}

impl Victim {
    /// The number of questions with which step `i` of an attack is complete: i pairs, and whole rounds from the first on.
    fn questions(&self, i: u64) -> u64 {
        let d = u64::from(self.asker().dimension());
        match self.asker().attack() {
            QueryAttack::Nes => 2 * i,
            _ if i <= d => 2 * i,
            _ => 2 * d * (i - d + 1),
        }
    }

    /// The largest number of questions that is looked at.
    #[must_use]
    pub fn most_queries(&self) -> u64 {
        match self.asker().attack() {
            QueryAttack::Label => 2 * MOST_ROUNDS,
            _ => MAX_QUERIES,
        }
    }

    /// The largest step.
    fn last_step(&self) -> u64 {
        let d = u64::from(self.asker().dimension());
        let most = self.most_queries();
        match self.asker().attack() {
            QueryAttack::Nes => most / 2,
            _ => d + (most / (2 * d)).max(1) - 1,
        }
    }

    /// The smallest number of questions with which this attack has `share` of the white-box attack's effect, clean − white_box;
    /// `None` if no exact value of it is known.
    #[must_use]
    pub fn queries_for(&self, share: f64) -> Option<Needed> {
        self.known(2)?;
        let (clean, white_box) = (self.clean().value, self.white_box().value);
        let target = clean - share * (clean - white_box);
        let reached =
            |i: u64| self.accuracy(self.questions(i)).is_some_and(|left| left.value <= target);
        // Without an effect there is no share of it.
        let effect = clean - white_box > 1e-14;
        let step = effect.then(|| first(reached, self.last_step())).flatten();
        let queries = step.map(|i| self.questions(i));
        let enough = |queries: u64| self.bound(queries) <= target;
        let at_least = effect.then(|| first(enough, MAX_QUERIES)).flatten();
        Some(Needed {
            target,
            queries,
            found: queries.and_then(|queries| self.known(queries)),
            at_least,
        })
    }

    /// The largest number of questions with which this attack leaves more of this stage than of the classifier without noise;
    /// 0 if none does, infinite if every larger one does, `None` if not known. It is sought only once.
    #[must_use]
    pub fn break_even(&self) -> Option<f64> {
        *self.even.get_or_init(|| self.find_break_even())
    }

    fn find_break_even(&self) -> Option<f64> {
        self.known(2)?;
        if !self.is_noisy() {
            return None;
        }
        let above =
            |one: Bounded, other: Bounded| one.value - other.value > one.error + other.error;
        let protects = |i: u64| {
            let queries = self.questions(i);
            match (self.accuracy(queries), self.no_noise(queries)) {
                (Some(with), Some(without)) => above(with, without),
                _ => false,
            }
        };
        let last = self.last_step();
        // What more and more questions tend to; without noise labels teach no more than the first of them do.
        let labels = self.asker().attack() == QueryAttack::Label;
        let limit = match labels {
            true => self.no_noise(2)?,
            false => self.white_box_without_noise(),
        };
        match (protects(last), above(self.white_box(), limit)) {
            (true, true) => return Some(f64::INFINITY),
            // It ends beyond the last that is looked at.
            (true, false) if labels => return None,
            _ => {}
        }
        // From above, in steps of a half: the last that protects lies between two of these.
        let d = u64::from(self.asker().dimension());
        let rounds = !matches!(self.asker().attack(), QueryAttack::Nes);
        let mut places = vec![last];
        while places[places.len() - 1] > 1 {
            let here = places[places.len() - 1];
            // Half as many rounds, and below one half as many directions.
            places.push(if rounds && here > d { d + (here - d) / 2 } else { here / 2 });
        }
        // In whole rounds a score's noise only falls, so that what it protects only falls, and without noise nothing changes:
        // there the first place that protects is found by halving, too.
        let is_monotone = |place: u64| self.asker().attack() == QueryAttack::Score && place >= d;
        let whole = places.partition_point(|place| is_monotone(*place));
        let mut from = 1;
        if whole > 1 {
            from += places[1..whole].partition_point(|place| !protects(*place));
        }
        for pair in places[from - 1..].windows(2) {
            let [beyond, place] = [pair[0], pair[1]];
            if is_monotone(place) || protects(place) {
                let (mut low, mut high) = (place, beyond);
                while high - low > 1 {
                    let middle = low + (high - low) / 2;
                    if protects(middle) { low = middle } else { high = middle }
                }
                // It protects until the next step is complete.
                return Some((self.questions(low + 1) - 1) as f64);
            }
        }
        Some(0.0)
    }
}

/// The smallest i from 0 to `last` at which something is true that is true of all larger ones.
fn first(is: impl Fn(u64) -> bool, last: u64) -> Option<u64> {
    if is(0) {
        return Some(0);
    }
    let (mut low, mut high) = (0, 1);
    while !is(high) {
        if high >= last {
            return None;
        }
        (low, high) = (high, high.saturating_mul(2).min(last));
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is(middle) { high = middle } else { low = middle }
    }
    Some(high)
}
