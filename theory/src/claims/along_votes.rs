//! The claims about the number of votes: does the vote come back to the undefended classifier, and does the
//! metric fall as votes grow?
//!
//! That the vote comes back in the end is certain: the median of n draws tends to the mean of θ. Whether
//! |voted(n) − undefended| shrinks at every step, or the metric falls at every step, is looked at on
//! [`LADDER`], and beyond it decided by the leading term of voted(n) − undefended ≈ c/n^power
//! ([`crate::convergence`]). With a = mean/data_std, e = ε/data_std and G(x) = x·φ(x)/Φ(x), c has the sign of
//!
//! ```text
//! G(a) − G(a − e)     robust accuracy, `same` and `fresh` draws, ε > 0     power 1
//! ε − mean            adversarial accuracy, judged once                     power 1
//! −1                  fresh draws at ε = 0, and several tries               power ½
//! ```
//!
//! for every sigma. The ladder is climbed until two neighbouring rungs follow the leading term to within a
//! quarter: what is left falls with a higher power of n, so that the gap shrinks from there on at every
//! step. A rung from n = 31 on whose gap has the other sign than c decides, too: the gap passes through 0
//! beyond it, and grows again before it shrinks to 0. Of the rungs themselves and the leading term the verdict
//! is exact; that nothing else happens between two rungs is seen, not proven.
//!
//! The adversarial accuracy of one judgement needs no ladder: it is E over |Mₙ| of half of
//! Φ((a − e + r)) + Φ((a − e − r)), r = sigma·|Mₙ|/data_std, which falls in r for a > e and rises for a < e, while
//! P[|Mₙ| > x] falls in n for every x > 0 (Condorcet's theorem: with p > ½ for each, larger odd
//! majorities are right more often). So its gap shrinks at every step, and it falls in n exactly if
//! ε > mean. For the same reason the rate of invariance rises at every step, whatever the draws: given
//! |t| > 0, the vote agrees with sgn(t) if sigma·Mₙ does not reach across.

mod ladder;

use super::{Case, Contrast, Verdict};
use crate::math::bounded::Bounded;
use ladder::{Gap, Ladder, Leading};
use task::{Claim, Defense, DomainError, Eps, Metric, Stage, Votes};

/// The numbers of votes at which [`Claim::VoteRestores`] and [`Claim::VoteTradeOff`] are looked at: every odd
/// one at first, then fewer; only as many as are needed until the leading term in 1/n governs, which
/// decides the rest.
pub const LADDER: [u32; 12] = [1, 3, 5, 7, 9, 15, 31, 101, 1001, 10_001, 100_001, 999_999];

/// From here on neighbouring numbers of votes differ so little that a gap cannot jump across 0.
const SMOOTH: u32 = 31;

/// So far up the ladder contrasts are sought, unless the claim fails only beyond.
const USUAL_END: u32 = 1001;

/// The least step along the ladder and beyond it, from −1 to 1; the first that fails, if one does.
pub(super) fn lead(case: &Case, defense: &Defense, eps: Eps) -> Result<Bounded, DomainError> {
    let restores = case.claim == Claim::VoteRestores;
    if case.metric == Metric::AdversarialAccuracy && case.draws.tries() <= 1 {
        // proven above
        let past = (eps.get() - case.task.mean()) / case.task.data_std();
        let rounded = Bounded { value: past, error: 4.0 * f64::EPSILON * past.abs() };
        return Ok(if restores { Bounded::exact(1.0) } else { rounded });
    }
    let ladder = Ladder::new(case, defense, eps)?;
    let leading = ladder.leading();
    if !restores && leading.value < -leading.error {
        return Ok(leading); // in the end the metric rises to its limit
    }
    let end = Bounded { value: leading.value.abs(), ..leading };
    if defense.sigma() == 0.0 {
        // as sigma → 0 every gap is in proportion to the variance of the median, or its deviation
        return Ok(if restores { end } else { leading });
    }
    let mut least = end;
    let mut before: Option<(u32, Gap)> = None;
    let mut governed = 0;
    let mut agrees = false;
    for n in LADDER {
        let gap = ladder.gap(n)?;
        if agrees && n >= SMOOTH && !gap.is_told() {
            return Ok(least); // too small to be seen, on the side of the leading term
        }
        if let Some((m, before)) = &before {
            let neighbours = n - m == 2;
            let step = if restores { before.shrinks(&gap, neighbours) } else { before.falls(&gap) };
            least = lesser(least, step);
            if least.value < -least.error {
                return Ok(least);
            }
        }
        // in units of the leading term
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
            // what is left of the gap grows again, or cannot be told
            let value = (share.value - 0.5).max(-1.0);
            least = lesser(least, Bounded { value, error: share.error });
        }
    }
    Ok(least)
}

/// The budget between the least and the greatest of these at which the leading term changes its sign, the same for every
/// sigma; `None` where it does not, and of other claims.
pub(super) fn turn(case: &Case, eps: &[f64]) -> Option<f64> {
    let along = matches!(case.claim, Claim::VoteRestores | Claim::VoteTradeOff);
    let proven = case.metric == Metric::AdversarialAccuracy && case.draws.tries() <= 1;
    let (mut low, mut high) = (*eps.iter().find(|eps| **eps > 0.0)?, *eps.last()?);
    let sign = |eps: f64| Some(Leading::sign(case, Eps::new(eps).ok()?).value());
    if !along || proven || sign(low)? * sign(high)? >= 0.0 {
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

/// The lesser of two leads; one that cannot be told, rather than one that is above 0.
fn lesser(a: Bounded, b: Bounded) -> Bounded {
    if b.value - b.error < a.value - a.error { b } else { a }
}

/// Two numbers of votes that contradict the claim the most, or, where none do, the first and the last.
pub(super) fn contrast(case: &Case, defense: &Defense, eps: Eps) -> Result<Contrast, DomainError> {
    let ladder = Ladder::new(case, defense, eps)?;
    let mut rungs: Vec<(u32, Bounded)> = Vec::new();
    for n in LADDER {
        let gap = ladder.gap(n)?;
        rungs.push((n, gap.number()));
        let share = ladder.share(n, &gap);
        if n >= USUAL_END && share.value > -share.error {
            break;
        }
    }
    let restores = case.claim == Claim::VoteRestores;
    // how much better the claim says the later one is: nearer to 0, or lower
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
            let middle = (n, ladder.gap(n)?.number());
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
        // by more votes than these, and by less than is left of the gap
        Bounded { value: 0.0, error: after.value.abs() + after.error }
    } else {
        Bounded { value: progress(before, after), error: before.error + after.error }
    };
    let [earlier, later] = [voted(n)?, voted(m)?];
    // of the metric that is said to fall, the earlier is the better one
    let stages = if restores { [earlier, later] } else { [later, earlier] };
    Ok(Contrast { stages, margin })
}
