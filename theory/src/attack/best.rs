//! The step size that reaches farthest.
//!
//! With small steps the attack does not get there, and with large ones it is too noisy: E U has its maximum at some
//! K = ε/α in between. It is not unimodal in K, and has kinks where lattices meet. Therefore all small integer and
//! half-integer K are tried, and larger ones in geometric progression; the neighbourhoods of the best few are then
//! searched by golden sections, in real K, and the better of the result and the best integer K is returned.
//!
//! From 20000 steps on, the search is made for 5000 steps instead: with δ = drift/2, for weak signals the law depends
//! only on δ²k and K/√k (see [`shortfall`](super::shortfall())), and near the best K an error of some percent does
//! not matter.

use super::{Signs, Walk, shortfall};
use crate::math::golden::least;
use task::EntryError;
use task::attack::Start;

/// The number of steps from which the search is made for fewer steps.
const MANY: u32 = 20_000;
/// The number of steps for which it is then made.
const FEWER: u32 = 5000;

/// A ratio K = ε/α and the walk that results from it.
#[derive(Debug, Clone, PartialEq)]
pub struct BestStep {
    /// K = ε/α.
    pub ratio: f64,
    /// The law of the position.
    pub walk: Walk,
}

/// Returns the ratio K = ε/α at which `steps` steps reach farthest, found to about 1e-3 relative.
pub fn best_step(signs: &Signs, steps: u32, start: Start) -> Result<BestStep, EntryError> {
    if steps == 0 {
        return Ok(BestStep { ratio: 1.0, walk: Walk::new(signs, 1.0, 0, start)? });
    }
    if steps > MANY {
        let scale = (f64::from(steps) / f64::from(FEWER)).sqrt();
        let moves = signs.right + signs.wrong;
        let drift = (signs.drift() * scale).clamp(-moves, moves);
        let like = Signs { right: 0.5 * (moves + drift), wrong: 0.5 * (moves - drift), ..*signs };
        // A walk that hardly ever errs needs no more steps to ε than it has.
        let ratio = (best_ratio(&like, FEWER, start)? * scale).round();
        return Ok(BestStep { ratio, walk: Walk::new(signs, ratio, steps, start)? });
    }
    let ratio = best_ratio(signs, steps, start)?;
    Ok(BestStep { ratio, walk: Walk::new(signs, ratio, steps, start)? })
}

/// Returns nearly the same at a much lower cost: from 200 steps on, a walk of weak signals is only tried near the
/// step size of its [limit](super::shortfall()).
pub(super) fn near_best(signs: &Signs, steps: u32, start: Start) -> Result<BestStep, EntryError> {
    let drift = signs.drift();
    let variance = signs.right + signs.wrong - drift * drift;
    if steps < 200 || drift <= 0.0 || drift > 0.4 {
        return best_step(signs, steps, start);
    }
    let n = f64::from(steps) * variance;
    let middle = n.sqrt() / shortfall(0.25 * drift * drift / variance * f64::from(steps)).step;
    let mut best: Option<BestStep> = None;
    // For many steps, the limit is as good as a search.
    let factors: &[f64] = if steps < 2000 { &[1.0, 0.88, 1.14] } else { &[1.0] };
    for factor in factors {
        let ratio = (middle * factor).round().max(1.0);
        let walk = Walk::new(signs, ratio, steps, start)?;
        if best.as_ref().is_none_or(|best| walk.reach().value > best.walk.reach().value) {
            best = Some(BestStep { ratio, walk });
        }
    }
    best.map_or_else(|| best_step(signs, steps, start), Ok)
}

fn best_ratio(signs: &Signs, steps: u32, start: Start) -> Result<f64, EntryError> {
    let reach =
        |ratio: f64| Ok::<f64, EntryError>(Walk::new(signs, ratio, steps, start)?.reach().value);
    let most = f64::from(steps);
    let mut ratios: Vec<f64> = (1..=48).map(|i| 0.5 * f64::from(i)).collect();
    while let Some(last) = ratios.last().copied().filter(|last| last * 1.08 < most) {
        ratios.push((last * 1.08).round());
    }
    ratios.push(most);
    ratios.retain(|ratio| *ratio <= most);
    ratios.sort_by(f64::total_cmp);
    ratios.dedup();
    let values = ratios.iter().map(|ratio| reach(*ratio)).collect::<Result<Vec<f64>, _>>()?;
    let at = |i: usize| values.get(i).copied().unwrap_or(f64::NEG_INFINITY);
    let mut peaks: Vec<usize> = (0..values.len())
        .filter(|&i| at(i) >= at(i + 1) && (i == 0 || at(i) >= at(i - 1)))
        .collect();
    peaks.sort_by(|&i, &j| at(j).total_cmp(&at(i)));
    let mut best = (f64::NEG_INFINITY, 1.0);
    let mut take = |ratio: f64, value: f64| {
        // Prefer an integer K that reaches as far.
        if value > best.0 + 1e-12 {
            best = (value, ratio);
        }
    };
    // Integers first, then any others that are better.
    let ends =
        |whole: bool| ratios.iter().zip(&values).filter(move |(k, _)| (k.fract() == 0.0) == whole);
    ends(true).for_each(|(ratio, value)| take(*ratio, *value));
    ends(false).for_each(|(ratio, value)| take(*ratio, *value));
    for &i in peaks.iter().take(3) {
        let mut low = ratios[i.saturating_sub(1)];
        let mut high = ratios[(i + 1).min(ratios.len() - 1)];
        while high - low > 4.0 {
            let (a, b) =
                ((low + (high - low) * 0.382).round(), (low + (high - low) * 0.618).round());
            let (at_a, at_b) = (reach(a)?, reach(b)?);
            take(a, at_a);
            take(b, at_b);
            if at_a >= at_b {
                high = b;
            } else {
                low = a;
            }
            if a == b {
                break;
            }
        }
        let mut whole = low.ceil();
        while whole <= high {
            take(whole, reach(whole)?);
            whole += 1.0;
        }
        let missed = |ratio: f64| reach(ratio).map_or(f64::NAN, |reach| -reach);
        let middle = least(missed, low, high, 16);
        let places = 10f64.powi(4 - middle.log10().floor() as i32);
        let rounded = (middle * places).round() / places;
        take(rounded, reach(rounded)?);
    }
    Ok(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_near_best_step_is_nearly_the_best() {
        for (delta, steps) in [(0.003, 300), (0.01, 1900), (0.05, 700), (0.1, 2500), (0.19, 1000)] {
            let signs = Signs::from_parts(0.4 + delta, 0.2, 0.4 - delta);
            let best = best_step(&signs, steps, Start::Zero).unwrap().walk.reach().value;
            let near = near_best(&signs, steps, Start::Zero).unwrap().walk.reach().value;
            assert!(near <= best + 1e-9 && best - near < 2e-3, "{delta} {steps}: {near} {best}");
        }
    }
}
