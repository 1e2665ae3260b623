//! The claims about the number of votes: whether the vote returns to the undefended classifier, and whether the
//! metric decreases as the number of votes grows.
//!
//! The vote certainly returns in the limit: the median of n draws tends to the mean of θ. Whether
//! |voted(n) − undefended| shrinks at every step, or the metric decreases at every step, is checked on [`LADDER`],
//! and beyond it decided by the leading term of voted(n) − undefended ≈ c/n^power ([`crate::convergence`]). With
//! a = mean/data_std, e = ε/data_std and G(x) = x·φ(x)/Φ(x), c has the sign of
//!
//! ```text
//! G(a) − G(a − e)     robust accuracy, `same` and `fresh` draws, ε > 0     power 1
//! ε − mean            adversarial accuracy, judged once                     power 1
//! −1                  fresh draws at ε = 0, and several tries               power ½
//! ```
//!
//! for every sigma. The ladder is climbed until two neighbouring rungs follow the leading term to within a quarter:
//! the remainder falls with a higher power of n, so from there on the gap shrinks at every step. A rung from n = 31
//! on whose gap has the opposite sign of c also decides: beyond it, the gap passes through 0 and grows again before
//! it shrinks to 0. The verdict is exact for the rungs themselves and the leading term; that nothing else happens
//! between two rungs is observed, not proven.
//!
//! Along a list of numbers of votes ([`VoteSteps::Between`](super::VoteSteps)) nothing but the list is compared, number
//! by number, so that no observation and no leading term is needed, except as sigma → 0 ([`between`]).
//!
//! The adversarial accuracy of one classification needs no ladder: it is the mean over |Mₙ| of half of
//! Φ((a − e + r)) + Φ((a − e − r)), r = sigma·|Mₙ|/data_std, which decreases in r for a > e and increases for a < e,
//! while P[|Mₙ| > x] decreases in n for every x > 0 (Condorcet's theorem: with p > ½ for each voter, larger odd
//! majorities are right more often). So its gap shrinks at every step, and it decreases in n exactly if ε > mean. For
//! the same reason the rate of invariance increases at every step, for every draw protocol: given |t| > 0, the vote
//! agrees with sgn(t) unless sigma·Mₙ reaches across.

mod between;
mod ladder;

use super::{Case, Contrast, Verdict};
use crate::math::bounded::Bounded;
use ladder::{Gap, Ladder, Leading};
use std::ops::ControlFlow;
use task::{Claim, Defense, DomainError, Eps, Metric, Stage, Votes};

/// The numbers of votes at which [`Claim::VoteRestores`] and [`Claim::VoteTradeOff`] are evaluated: every odd one at
/// first, then fewer; only as many as are needed until the leading term in 1/n dominates and decides the rest.
pub const LADDER: [u32; 12] = [1, 3, 5, 7, 9, 15, 31, 101, 1001, 10_001, 100_001, 999_999];

/// From here on, neighbouring numbers of votes differ so little that a gap cannot jump across 0.
const SMOOTH: u32 = 31;

/// The rung up to which contrasts are sought, unless the claim fails only beyond it.
const USUAL_END: u32 = 1001;

/// Returns the smallest step along the ladder and beyond it, from −1 to 1; the first one that fails, if one does.
pub(super) fn lead(case: &Case, defense: &Defense, eps: Eps) -> Result<Bounded, DomainError> {
    let restores = case.claim == Claim::VoteRestores;
    if case.metric == Metric::AdversarialAccuracy && case.draws.tries() <= 1 {
        // Proven above.
        let past = (eps.get() - case.task.mean()) / case.task.data_std();
        let rounded = Bounded { value: past, error: 4.0 * f64::EPSILON * past.abs() };
        return Ok(if restores { Bounded::exact(1.0) } else { rounded });
    }
    if let Some(votes) = case.votes.listed() {
        return between::lead(case, defense, eps, votes);
    }
    let ladder = Ladder::new(case, defense, eps)?;
    let leading = ladder.leading();
    if !restores && leading.value < -leading.error {
        return Ok(leading); // finally the metric rises to its limit
    }
    let end = Bounded { value: leading.value.abs(), ..leading };
    if defense.sigma() == 0.0 {
        // As sigma → 0, every gap is proportional to the variance of the median, or to its standard deviation.
        return Ok(if restores { end } else { leading });
    }
    let mut least = end;
    let mut before: Option<(u32, Gap)> = None;
    let mut governed = 0;
    let mut agrees = false;
    for n in LADDER {
        let gap = ladder.rung(n)?;
        if agrees && n >= SMOOTH && !gap.is_told() {
            return Ok(least); // too small to be seen, and on the side of the leading term
        }
        if let Some((m, before)) = &before {
            let neighbours = n - m == 2;
            let step = if restores { before.shrinks(&gap, neighbours) } else { before.falls(&gap) };
            least = lesser(least, step);
            if least.value < -least.error {
                return Ok(least);
            }
        }
        // In units of the leading term.
        let share = ladder.share(n, &gap);
        if n >= SMOOTH && share.value < -share.error {
            return Ok(Bounded { value: -end.value, ..end });
        }
        agrees = share.value - 0.5 > share.error;
        let near = share.error < 0.05 && (share.value - 1.0).abs() < 0.25;
        governed = if near { governed + 1 } else { 0 };
        if governed == 2 && n >= 9 {
            return Ok(least);
        }
        before = Some((n, gap));
        if n == LADDER[LADDER.len() - 1] && !agrees {
            // The remaining gap grows again, or cannot be told.
            let value = (share.value - 0.5).max(-1.0);
            least = lesser(least, Bounded { value, error: share.error });
        }
    }
    Ok(least)
}

/// The budget between the least and the greatest of these at which the leading term changes its sign, the same for every
/// sigma; `None` where it does not, along a list of votes, and of other claims.
pub(super) fn turn(case: &Case, eps: &[f64]) -> Option<f64> {
    let along = case.claim.is_along_votes();
    let proven = case.metric == Metric::AdversarialAccuracy && case.draws.tries() <= 1;
    let (mut low, mut high) = (*eps.iter().find(|eps| **eps > 0.0)?, *eps.last()?);
    let sign = |eps: f64| Some(Leading::of(case, Eps::new(eps).ok()?).sign().value);
    if !along || proven || case.votes.listed().is_some() || sign(low)? * sign(high)? >= 0.0 {
        return None;
    }
    let below = sign(low)?;
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let side = if sign(middle)? * below > 0.0 { &mut low } else { &mut high };
        *side = middle;
    }
    Some(low)
}

/// Returns the verdict on each step of a list.
pub(super) fn steps(
    case: &Case,
    defense: &Defense,
    eps: Eps,
    votes: &[Votes],
) -> Result<Vec<Verdict>, DomainError> {
    let mut found = Vec::new();
    between::steps(case, defense, eps, votes, &mut |step| {
        found.push(Verdict::of(step));
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The lesser of two leads; one that cannot be told, rather than one that is above 0.
fn lesser(a: Bounded, b: Bounded) -> Bounded {
    if b.value - b.error < a.value - a.error { b } else { a }
}

/// Returns the two numbers of votes that contradict the claim the most or, if none do, the first and the last.
pub(super) fn contrast(case: &Case, defense: &Defense, eps: Eps) -> Result<Contrast, DomainError> {
    if let Some(votes) = case.votes.listed() {
        return between::contrast(case, defense, eps, votes);
    }
    let ladder = Ladder::new(case, defense, eps)?;
    let mut rungs: Vec<(u32, Bounded)> = Vec::new();
    for n in LADDER {
        let gap = ladder.rung(n)?;
        rungs.push((n, gap.number()));
        let share = ladder.share(n, &gap);
        if n >= USUAL_END && share.value > -share.error {
            break;
        }
    }
    let restores = case.claim == Claim::VoteRestores;
    // How much better the later one is in the sense of the claim: nearer to 0, or lower.
    let progress = |a: Bounded, b: Bounded| {
        if restores { a.value.abs() - b.value.abs() } else { a.value - b.value }
    };
    let mut found = [rungs[0], rungs[rungs.len() - 1]];
    let mut least = 0.0;
    for (j, later) in rungs.iter().enumerate() {
        for earlier in &rungs[..j] {
            let step = progress(earlier.1, later.1);
            if step < least {
                (found, least) = ([*earlier, *later], step);
            }
        }
    }
    let change = rungs.windows(2).find(|pair| pair[0].1.value * pair[1].1.value < 0.0);
    if let (true, true, Some(&[before, after])) = (restores, least == 0.0, change) {
        let (mut low, mut high) = (before, after);
        while high.0 - low.0 > 2 {
            let n = ((low.0 + high.0) / 2) | 1; // odd
            let middle = (n, ladder.rung(n)?.number());
            let side = if middle.1.value * low.1.value > 0.0 { &mut low } else { &mut high };
            *side = middle;
        }
        let nearest = if progress(low.1, high.1) < 0.0 { low } else { high };
        if progress(nearest.1, after.1) < 0.0 {
            found = [nearest, after];
        }
    }
    let [(n, before), (m, after)] = found;
    let contradicted = progress(before, after) < 0.0;
    let fails = !contradicted && Verdict::of(lead(case, defense, eps)?) == Verdict::Fails;
    let voted = |n: u32| Ok(Stage::Voted { votes: Votes::new(n.into())? });
    let margin = if fails {
        // The contradiction comes at larger numbers of votes than these, and is less than the remaining gap.
        Bounded { value: 0.0, error: after.value.abs() + after.error }
    } else {
        Bounded { value: progress(before, after), error: before.error + after.error }
    };
    let [earlier, later] = [voted(n)?, voted(m)?];
    // If the claim is that the metric decreases, the earlier one is the better one.
    let stages = if restores { [earlier, later] } else { [later, earlier] };
    Ok(Contrast { stages, margin })
}
