//! Two spheres: the simplest task in which added noise reverses the signs of gradients.
//!
//! x | y ~ N(0, s²I) with s = s₁ for y = 1 and s₂ for y = −1, t(x) = x + θ, and the classifier returns y = 1 where
//! |t(x)|² < r². The gradient of the margin r² − |t|² at a coordinate is −2(xᵢ + δᵢ + θᵢ), so the sign of the mean of
//! m gradients is that of xᵢ + δᵢ with probability Φ(√m·|xᵢ + δᵢ|/σ): it depends on the position of the coordinate.
//! The attack moves class 1 away from 0 and class −1 towards it; the strongest moves lead to |x| + ε and
//! max(|x| − ε, 0).
//!
//! Given xᵢ, a coordinate is a Markov chain on positions, and contributes one term of Σ(bᵢ + θᵢ)², b = x + δ:
//!
//! ```text
//! E exp(iu(b + θ)²) = (1 − 2iuσ²)^(−½)·exp(iub²/(1 − 2iuσ²))
//! ```
//!
//! which is averaged over x by quadrature and over the chain, raised to the power d, and inverted like the margins of
//! [gains](super). The error of the quadrature is the difference between its two rules, with 21 and 10 points. If d
//! is below about 30, the characteristic function decreases so slowly that too many points would be needed.

mod chain;
mod norm;

use super::Signs;
use super::inversion::positive;
use super::rates::{JUDGED, Known, Outcome, Rates, Unknown};
use crate::math::bounded::Bounded;
use chain::{Attack, Class, Places};
use norm::Norm;
use task::attack::{AttackKind, AttackPoint, Judge, SpheresTask, Start};
use task::{DrawProtocol, EntryError, Votes};

const SLOW: Unknown =
    Unknown("below some 30 coordinates the characteristic function falls too slowly to sum");
const VOTES: Unknown = Unknown("a vote on spheres is no function of one sum");
const PAIRS: Unknown =
    Unknown("the clean and the attacked norm need a sum of two dimensions along the path");
const STARTS: Unknown = Unknown("a uniform start on spheres is not gone through");
const BEST: Unknown = Unknown("the best step size on spheres is not searched for");

/// Computes the exact values of a point.
pub(super) fn outcome(point: &AttackPoint, task: &SpheresTask) -> Result<Outcome, EntryError> {
    let attacker = point.attacker();
    let one = match point.votes() {
        Votes::Finite(n) if n.get() <= 2 => Ok(()),
        _ => Err(VOTES),
    };
    let clean = one.and_then(|()| accuracy(task, [None, None]));
    let attack = attack(point);
    let signs = attack.ok().and_then(|attack| first_signs(task, &attack));
    let mut reach = attack.map(|_| Bounded::exact(0.0));
    let mut adversarial = one.and_then(|()| match point.draws().tries() {
        0 | 1 => attack.map(|_| Bounded::exact(0.5)),
        _ => Err(PAIRS),
    });
    if let Ok(attack) = attack {
        let places = match chain::places(task, &attack)? {
            Some(places) => Ok(places),
            None => Err(SLOW),
        };
        reach = places
            .as_ref()
            .map_err(|unknown| *unknown)
            .map(|[one, other]| Bounded { value: 0.5 * (one.reach + other.reach), error: 1e-12 });
        adversarial = adversarial.and_then(|_| {
            let [one, other] = places.as_ref().map_err(|unknown| *unknown)?;
            accuracy(task, [Some(one), Some(other)])
        });
    }
    let still = attacker.kind == AttackKind::None;
    let robust = match point.draws() {
        DrawProtocol::Same if still => one.map(|()| Bounded::exact(1.0)),
        _ => one.and(Err(PAIRS)),
    };
    let invariance =
        if task.sigma() == 0.0 { one.map(|()| Bounded::exact(1.0)) } else { one.and(Err(PAIRS)) };
    let rates =
        Rates { clean, adversarial, robust, success: robust.map(Bounded::complement), invariance };
    let (point, queries) = (point.clone(), point.queries());
    Ok(Outcome { point, rates, signs, reach, queries, optimum: None })
}

/// Returns the way in which an attack moves the coordinates.
fn attack(point: &AttackPoint) -> Result<Attack, Unknown> {
    let attacker = point.attacker();
    let eps = attacker.eps.get();
    match attacker.kind {
        AttackKind::None | AttackKind::Optimum => return Ok(Attack::Full { eps: 0.0 }),
        AttackKind::Full => return Ok(Attack::Full { eps }),
        _ => {}
    }
    if attacker.judge != Judge::Final {
        return Err(JUDGED);
    }
    if attacker.start == Start::Uniform {
        return Err(STARTS);
    }
    let ratio = attacker.step.ratio(eps).ok_or(BEST)?.max(1e-9);
    let noise = attacker.kind != AttackKind::Off;
    Ok(Attack::Walk { eps, ratio, steps: attacker.steps, eot: attacker.eot, noise })
}

/// Returns the signs of the first step, averaged over x and both classes: x and x + θ have the same sign with
/// probability 1 − atan(σ/(s√m))/π.
fn first_signs(task: &SpheresTask, attack: &Attack) -> Option<Signs> {
    let Attack::Walk { eot, noise, .. } = *attack else { return None };
    if !noise || task.sigma() == 0.0 {
        return Some(Signs::RIGHT);
    }
    let turned = |spread: f64| {
        (task.sigma() / (spread * f64::from(eot).sqrt())).atan() / std::f64::consts::PI
    };
    let wrong = 0.5 * (turned(task.spreads()[0]) + turned(task.spreads()[1]));
    Some(Signs { right: 1.0 - wrong, zero: 0.0, wrong, error: 4.0 * f64::EPSILON })
}

/// Returns ½Σ_y P[right | y], with the coordinates of a class at the given places, or where they started if there are
/// none.
fn accuracy(task: &SpheresTask, places: [Option<&Places>; 2]) -> Known {
    let mut total = Bounded::exact(0.0);
    for (class, places) in [Class::Inside, Class::Outside].into_iter().zip(places) {
        let found = match places {
            None => inside(&Norm::still(task, class))?,
            Some(places) => {
                let fine = inside(&Norm::moved(task, class, &places.fine))?;
                let coarse = inside(&Norm::moved(task, class, &places.coarse))?;
                Bounded { error: fine.error + (fine.value - coarse.value).abs(), ..fine }
            }
        };
        let right = if class == Class::Inside { found } else { found.complement() };
        total.value += 0.5 * right.value;
        total.error += 0.5 * right.error;
    }
    Ok(Bounded::probability(total.value, total.error))
}

/// Returns P[|t|² < r²].
fn inside(norm: &Norm) -> Known {
    positive(norm).map(|found| found.chance).ok_or(SLOW)
}
