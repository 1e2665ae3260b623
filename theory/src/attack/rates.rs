//! All exact values of one attacked point.

use super::gains::{Coordinates, Gains};
use super::inversion::{Positive, positive, sign_product, sure_product};
use super::pair::Together;
use super::shared::{Response, straight};
use super::{Signs, Walk, best_step, optimum};
use crate::math::bounded::Bounded;
use task::attack::{
    AttackKind, AttackPoint, GainLaw, GainScope, GainTask, Judge, Loss, Start, StepSize,
};
use task::{DrawProtocol, EntryError, Votes};

/// A number, or the reason why its exact value is not known.
pub type Known = Result<Bounded, Unknown>;

/// The reason why the exact value is not known, in words that complete the sentence "no exact value: …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no exact value: {0}")]
pub struct Unknown(pub &'static str);

pub(super) const VOTES: Unknown =
    Unknown("a finite vote over gains of many coordinates is no function of one sum");
const SAME: Unknown = Unknown(
    "with one draw for both inputs and gains or moves that turn, the two margins have joint atoms",
);
const TRIES: Unknown =
    Unknown("several tries over gains of many coordinates need a sum of more than two dimensions");
const WEIGHTS: Unknown = Unknown("cross-entropy weighs each gradient by the others of its draw");
pub(super) const JUDGED: Unknown =
    Unknown("a judge who looks on depends on the path, which is random");
const TINY: Unknown = Unknown("the clean accuracy is too small for a share of it to be known");
const SLOW: Unknown = Unknown("the characteristic function falls too slowly to sum");
const STARTS: Unknown = Unknown("a uniform start moves coordinates apart that see one gain");
const MANY: Unknown = Unknown("the iterates are too many to go through");

/// The largest probability of an exception for which two events are treated as one; it is added to the error.
const NEARLY_NEVER: f64 = 1e-10;

/// The rates of one attacked point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// P[right on the clean input].
    pub clean: Known,
    /// P[right on the attacked input]; for `persistent=T`, in each try.
    pub adversarial: Known,
    /// P[right on both]/P[right on the clean input].
    pub robust: Known,
    /// 1 − robust.
    pub success: Known,
    /// P[the defended and the undefended classifier agree on the clean input].
    pub invariance: Known,
}

/// The exact values of one attacked point.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The point, with the best step size and the strongest fixed move filled in.
    pub point: AttackPoint,
    /// The rates of the point.
    pub rates: Rates,
    /// The probabilities of a step's sign; `None` for an attack without steps. If they depend on the coordinate or on
    /// x, those of the first step on average.
    pub signs: Option<Signs>,
    /// E U, the share of ε covered in the right direction, averaged over coordinates.
    pub reach: Known,
    /// The number of gradients that one attack reads.
    pub queries: u64,
    /// The adversarial accuracy that no classifier exceeds against the best move that does not depend on θ; `None`
    /// for spheres.
    pub optimum: Option<Bounded>,
}

/// Returns the signs of the gradients that an attack with steps reads.
fn signs(point: &AttackPoint, law: &GainLaw) -> Result<Result<Signs, Unknown>, EntryError> {
    let attacker = point.attacker();
    if attacker.kind == AttackKind::Off {
        return Ok(Ok(Signs::RIGHT));
    }
    let weighs = attacker.loss == Loss::CrossEntropy && attacker.eot > 1;
    if weighs && !Gains::new(law).never_turn() {
        return Ok(Err(WEIGHTS));
    }
    Signs::new(law, attacker.eot).map(Ok)
}

/// Computes the exact values of a point of a task with gains.
pub(super) fn of_gains(point: &AttackPoint, task: &GainTask) -> Result<Outcome, EntryError> {
    let mut point = point.clone();
    let attacker = *point.attacker();
    let eps = attacker.eps;
    let optimum = optimum(&[task.mean()], task.data_std(), task.dimension(), eps);
    let exact = Exact::new(task, &point);
    if attacker.kind == AttackKind::Full {
        point = point.with_full(exact.strongest()).map_err(EntryError::from)?;
    }
    let of = |point: AttackPoint, signs: Option<Signs>, walk: Result<Walk, Unknown>| {
        let queries = point.queries();
        let reach = walk.as_ref().map(Walk::reach).map_err(|unknown| *unknown);
        let ratio = point.attacker().step.ratio(eps.get()).unwrap_or(1.0);
        let rates = exact.rates(walk, ratio);
        Outcome { point, rates, signs, reach, queries, optimum: Some(optimum) }
    };
    if let Some([fixed, _]) = point.fixed_reach() {
        return Ok(of(point, None, Ok(Walk::fixed(fixed))));
    }
    let signs = match signs(&point, &task.law())? {
        Ok(signs) => signs,
        Err(unknown) => return Ok(of(point, None, Err(unknown))),
    };
    let walk = match attacker.step.ratio(eps.get()) {
        // A budget of 0 is exhausted by any step.
        Some(ratio) => Walk::new(&signs, ratio.max(1e-9), attacker.steps, attacker.start)?,
        None => {
            let best = best_step(&signs, attacker.steps, attacker.start)?;
            point = point.with_step(StepSize::EpsOver(best.ratio))?;
            best.walk
        }
    };
    Ok(of(point, Some(signs), Ok(walk)))
}

/// The exact values of a task for any walk.
pub(super) struct Exact<'a> {
    task: &'a GainTask,
    eps: f64,
    votes: Votes,
    draws: DrawProtocol,
    judge: Judge,
    steps: u32,
    kind: AttackKind,
    start: Start,
}

impl<'a> Exact<'a> {
    pub(super) fn new(task: &'a GainTask, point: &AttackPoint) -> Self {
        let attacker = point.attacker();
        Self {
            task,
            eps: attacker.eps.get(),
            votes: point.votes(),
            draws: point.draws(),
            judge: attacker.judge,
            steps: attacker.steps,
            kind: attacker.kind,
            start: attacker.start,
        }
    }

    /// Returns the stronger of the two moves that are the same for all coordinates and samples: all the way forwards,
    /// or all the way back.
    pub(super) fn strongest(&self) -> [f64; 2] {
        let accuracy =
            |at: f64| self.adversarial(&Walk::fixed(at)).map_or(f64::NAN, |found| found.value);
        let (ahead, back) = (accuracy(1.0), accuracy(-1.0));
        [if back < ahead { -1.0 } else { 1.0 }; 2]
    }

    fn rates(&self, walk: Result<Walk, Unknown>, ratio: f64) -> Rates {
        let clean = self.clean();
        let invariance = self.invariance();
        let (adversarial, both) = match walk {
            Err(unknown) => (Err(unknown), Err(unknown)),
            Ok(walk) if self.judge == Judge::Final => {
                let adversarial = self.adversarial(&walk);
                (adversarial, self.both(&walk, clean, adversarial))
            }
            Ok(walk) => (self.judged(&walk, ratio, false), self.judged(&walk, ratio, true)),
        };
        let robust = clean.and_then(|clean| both.and_then(|both| ratio_of(both, clean)));
        Rates { clean, adversarial, robust, success: robust.map(Bounded::complement), invariance }
    }

    /// Returns whether all coordinates see one gain, or none, and move alike.
    fn common(&self, walk: &Walk) -> Result<bool, Unknown> {
        let alike = self.task.dimension() == 1 || walk.only().is_some();
        let one_gain = self.task.dimension() == 1
            || self.task.scope() == GainScope::Shared
            || self.task.law() == GainLaw::One
            || matches!(self.task.law(), GainLaw::List(list) if list.units() == [0]);
        let together =
            one_gain && self.task.scope() == GainScope::Shared && self.start == Start::Zero;
        if one_gain && (alike || together) {
            return Ok(true);
        }
        let apart = self.task.law() == GainLaw::One || self.task.scope() == GainScope::Coordinates;
        if apart { Ok(false) } else { Err(STARTS) }
    }

    fn response(&self) -> Response {
        Response::new(self.task, self.eps, self.votes)
    }

    fn one_vote(&self) -> bool {
        matches!(self.votes, Votes::Finite(n) if n.get() <= 2)
    }

    /// Returns the coordinates as the classifier sees them: with infinitely many votes it sees Σx.
    fn coordinates(&self, walk: &Walk) -> Result<Coordinates, Unknown> {
        if self.one_vote() {
            return Ok(Coordinates::new(self.task, self.eps, walk));
        }
        match (self.votes, self.task.law()) {
            (Votes::Limit, GainLaw::One | GainLaw::Normal { .. }) => {
                let bare =
                    Coordinates::with_gains(Gains::new(&GainLaw::One), self.task, self.eps, walk);
                Ok(bare.without_noise())
            }
            _ => Err(VOTES),
        }
    }

    fn chance(&self, walk: &Walk) -> Known {
        let coordinates = self.coordinates(walk)?;
        let Positive { chance, density } = positive(&coordinates).ok_or(SLOW)?;
        // An error in the law of the walk moves the mean and, through the spread of the gains, the variance.
        let (gain, variance) = coordinates.gains.moments();
        let count = coordinates.count;
        let moves = self.eps * (gain.abs() * count + (variance * count).sqrt());
        let error = chance.error + 2.0 * density * moves * walk.reach().error;
        Ok(Bounded { error: error.min(1.0), ..chance })
    }

    fn clean(&self) -> Known {
        let still = Walk::fixed(0.0);
        if self.common(&still)? { Ok(self.response().clean()) } else { self.chance(&still) }
    }

    fn invariance(&self) -> Known {
        let still = Walk::fixed(0.0);
        if self.common(&still)? {
            return Ok(self.response().invariance());
        }
        if self.votes == Votes::Limit {
            return Ok(Bounded::exact(1.0));
        }
        let first = self.coordinates(&still)?;
        let one = Coordinates::with_gains(Gains::new(&GainLaw::One), self.task, 0.0, &still);
        let second = one.without_noise();
        let without_same = matches!(first.gains, Gains::List(_)) && first.sigma == 0.0;
        let pair =
            Together { first: &first, second: &second, mean: self.task.mean(), without_same };
        let product = match sure_product(&pair) {
            Some(sure) => sure,
            None => {
                let rest = sign_product(&pair).ok_or(SLOW)?;
                // Where all gains are 1, the two margins are the same.
                let same = if without_same { pair.same_gain().powf(first.count) } else { 0.0 };
                Bounded { value: rest.value + same, ..rest }
            }
        };
        let error = 0.5 * product.error + 4.0 * f64::EPSILON;
        Ok(Bounded::probability(0.5 + 0.5 * product.value, error))
    }

    /// Returns P[right on the attacked input].
    pub(super) fn adversarial(&self, walk: &Walk) -> Known {
        let tries = self.draws.tries().max(1);
        if self.common(walk)? {
            let found =
                self.response().attacked(walk, self.task.data_std(), self.eps, tries, false);
            return Ok(self.with_walk(found, walk));
        }
        if tries > 1 && self.votes != Votes::Limit {
            return Err(TRIES);
        }
        self.chance(walk)
    }

    /// Adds the effect of an error of the walk where all coordinates move alike.
    fn with_walk(&self, found: Bounded, walk: &Walk) -> Bounded {
        // The probability of a position is off by at most the error of the reach, and its effect is at most 1.
        Bounded { error: (found.error + walk.reach().error).min(1.0), ..found }
    }

    /// Returns P[right on both inputs].
    fn both(&self, walk: &Walk, clean: Known, adversarial: Known) -> Known {
        let (data_std, task) = (self.task.data_std(), self.task);
        let tries = self.draws.tries();
        if self.common(walk)? {
            let response = self.response();
            let found = match tries {
                0 => response.both_by_one_draw(walk, data_std, self.eps).ok_or(SAME)?,
                tries => response.attacked(walk, data_std, self.eps, tries, true),
            };
            return Ok(self.with_walk(found, walk));
        }
        let first = self.coordinates(&Walk::fixed(0.0))?;
        let second = self.coordinates(walk)?;
        let certain =
            matches!(first.gains, Gains::List(ref list) if list.len() == 1) && first.sigma == 0.0;
        let nested = first.gains.never_turn() && walk.lowest() >= 0.0;
        if tries == 0 || certain {
            // What is right under attack is also right without it, except where the attacked margin is the higher one.
            let rises = Coordinates::rises(&first.gains, first.count, walk);
            if rises < NEARLY_NEVER {
                return adversarial.map(|found| Bounded { error: found.error + rises, ..found });
            }
        }
        if walk.only() == Some(0.0) && tries == 0 {
            return clean;
        }
        if tries == 0 {
            return Err(SAME);
        }
        if tries > 1 {
            return Err(TRIES);
        }
        let without_same = nested && first.sigma == 0.0;
        let pair = Together { first: &first, second: &second, mean: task.mean(), without_same };
        let product = match sure_product(&pair) {
            Some(sure) => sure,
            None => self.product(&pair, walk)?,
        };
        let (clean, adversarial) = (clean?, adversarial?);
        let error = product.error + 2.0 * (clean.error + adversarial.error) + 4.0 * f64::EPSILON;
        let signs = 2.0 * clean.value - 1.0 + 2.0 * adversarial.value - 1.0;
        Ok(Bounded::probability(0.25 * (1.0 + signs + product.value), 0.25 * error))
    }

    /// Returns E[sgn X · sgn Y] of the clean and the attacked margin with independent draws.
    fn product(&self, pair: &Together<'_>, walk: &Walk) -> Known {
        let mut product = sign_product(pair).ok_or(SLOW)?;
        let same = if pair.without_same { pair.same_gain().powf(pair.first.count) } else { 0.0 };
        if same > 1e-18 {
            // There the attacked margin is the lower one: sgn·sgn' = 1 − sgn + sgn', except where both are coins.
            let gains = Gains::List(pair.same_gains());
            let mean = |walk: &Walk| {
                let given = Coordinates::with_gains(gains.clone(), self.task, self.eps, walk);
                positive(&given).map(|found| found.chance).ok_or(SLOW)
            };
            let (above, below) = (mean(&Walk::fixed(0.0))?, mean(walk)?);
            product.value += same * (1.0 - 2.0 * (above.value - below.value)) - pair.both_still();
            product.error += same * 2.0 * (above.error + below.error);
        }
        Ok(product)
    }

    /// Returns the rate for a judge that decides during the attack.
    fn judged(&self, walk: &Walk, ratio: f64, both: bool) -> Known {
        let straight_on = self.kind == AttackKind::Off || self.task.law() == GainLaw::One;
        if !straight_on || self.start != Start::Zero || !self.common(walk)? {
            return Err(JUDGED);
        }
        if both && self.draws.tries() == 0 && self.judge != Judge::Any {
            return Err(JUDGED);
        }
        if f64::from(self.steps).min(ratio) > 2e4 {
            return Err(MANY);
        }
        let path = straight(ratio.max(1e-9), self.steps);
        Ok(self.response().judged(self.judge, &path, self.draws.tries().max(1), both))
    }
}

/// a/b with its bound, unless that says little: both are known absolutely, and may be tiny.
pub(super) fn ratio_of(a: Bounded, b: Bounded) -> Known {
    if b.value <= b.error {
        return Err(TINY);
    }
    let value = (a.value / b.value).min(1.0);
    let error = (a.error + value * b.error) / (b.value - b.error) + 2.0 * f64::EPSILON;
    if b.value < SMALL && error > MOST_ERROR {
        return Err(TINY);
    }
    Ok(Bounded::probability(value, error))
}

/// A share of less than this is not known where its error is beyond [`MOST_ERROR`].
const SMALL: f64 = 1e-3;
const MOST_ERROR: f64 = 1e-9;
