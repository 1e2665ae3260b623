//! Does the vote come back to the undefended classifier, and at every step?
//!
//! That it does in the end is certain: the median of n draws tends to the mean of θ. Whether the gap
//! to the undefended classifier shrinks at every step is asked on a ladder of n.
//!
//! The adversarial accuracy of one judgement does: it is E over |Mₙ| of half of Φ((a + r)/data_std) +
//! Φ((a − r)/data_std), a = mean − ε, r = sigma·|Mₙ|, which falls in r for a > 0 and rises for a < 0, while
//! P[|Mₙ| > x] falls in n for every x > 0 (Condorcet's theorem: with p > ½ for each, larger odd
//! majorities are right more often). At ε = mean the gap is 0 for every n.

use super::{Case, Contrast};
use crate::math::bounded::Bounded;
use crate::protocol::Protocol;
use task::{Defense, DomainError, DrawProtocol, Eps, Metric, Stage, Votes};

/// The numbers of votes that [`Claim::VoteRestores`](super::Claim::VoteRestores) is looked at with: every odd
/// one at first, then fewer.
///
/// In the limit the vote is the undefended classifier, since the median of n draws tends to shift. For
/// the adversarial accuracy under one shared draw every step brings it nearer, whatever sigma and ε are:
/// given |Mₙ| it is half of Φ((a + r)/data_std) + Φ((a − r)/data_std), a = mean − ε, r = sigma·|Mₙ|, which falls in
/// r for a > 0 and rises for a < 0, and `P[|Mₙ| > x]` falls in n (Condorcet: larger majorities are right
/// more often).
pub const LADDER: [u32; 9] = [1, 3, 5, 7, 9, 15, 31, 101, 1001];

/// Where the leads under one shared draw are extrapolated from to ε = 0, in units of noise.
const SMALL: f64 = 1e-3;

/// How the gaps of the ladder go on, each from the one before: the least of
/// (|gap| − |next gap|)/(|gap| + |next gap|), from −1 to 1.
pub(super) fn lead(case: &Case, defense: &Defense, eps: Eps) -> Result<Bounded, DomainError> {
    if case.effective_draws() == DrawProtocol::Same && case.metric == Metric::AdversarialAccuracy {
        return Ok(Bounded::exact(1.0)); // proven above
    }
    if defense.sigma() == 0.0 {
        // as sigma → 0 every gap is in proportion to the variance of the median
        return Ok(Bounded::exact(0.1));
    }
    let gaps = if eps == Eps::ZERO && case.vanishes_without_attack() {
        // of the gaps over ε, from ε, ε/2 and ε/4, without the terms of the first and second order
        let small = SMALL * case.task.data_std();
        let [whole, half, quarter] = [small, small / 2.0, small / 4.0].map(|small| {
            Eps::new(small).and_then(|eps| gaps(case, defense, eps)).map(|gaps| (gaps, small))
        });
        let ((whole, w), (half, h), (quarter, q)) = (whole?, half?, quarter?);
        (0..LADDER.len())
            .map(|i| {
                let [w, h, q] = [(whole[i], w), (half[i], h), (quarter[i], q)]
                    .map(|(gap, eps)| (gap.value / eps, gap.error / eps));
                Bounded {
                    value: (8.0 * q.0 - 6.0 * h.0 + w.0) / 3.0,
                    error: 5.0 * (w.1 + h.1 + q.1) + SMALL.powi(3) * w.0.abs(),
                }
            })
            .collect()
    } else {
        gaps(case, defense, eps)?
    };
    Ok(gaps
        .windows(2)
        .enumerate()
        .map(|(i, pair)| step(pair, LADDER[i + 1] - LADDER[i] == 2))
        .fold(
            Bounded::exact(1.0),
            |least, step| if step.value < least.value { step } else { least },
        ))
}

/// One step of the ladder. Between rungs that are no neighbours a change of sign is a failure: the gap
/// passes through 0 there and grows again.
fn step(pair: &[Bounded], neighbours: bool) -> Bounded {
    let [gap, next] = [pair[0].value, pair[1].value];
    let size = gap.abs() + next.abs();
    if size == 0.0 {
        return Bounded::exact(0.0);
    }
    let value = if gap * next < 0.0 && !neighbours {
        -gap.abs().min(next.abs()) / size
    } else {
        (gap.abs() - next.abs()) / size
    };
    Bounded { value, error: 2.0 * (pair[0].error + pair[1].error) / size }
}

/// metric(n votes) − metric(undefended) for every rung of the ladder; of the attack success rate the
/// same with the other sign.
fn gaps(case: &Case, defense: &Defense, eps: Eps) -> Result<Vec<Bounded>, DomainError> {
    let undefended = value(case, defense, eps, Stage::Undefended)?;
    LADDER.iter().map(|&n| gap(case, defense, eps, &undefended, n)).collect()
}

fn gap(
    case: &Case,
    defense: &Defense,
    eps: Eps,
    undefended: &Bounded,
    n: u32,
) -> Result<Bounded, DomainError> {
    let voted = value(case, defense, eps, Stage::Voted { votes: Votes::new(n.into())? })?;
    let gap = voted.value - undefended.value;
    Ok(Bounded { value: gap, error: voted.error + undefended.error })
}

/// The metric, or minus the attack success rate, which keeps its digits where all stay correct.
fn value(case: &Case, defense: &Defense, eps: Eps, stage: Stage) -> Result<Bounded, DomainError> {
    let draws = case.effective_draws();
    let protocol = Protocol::new(&stage.margin(&case.task, defense)?, draws);
    Ok(match case.metric {
        Metric::AdversarialAccuracy => protocol.at(eps).adversarial,
        _ if draws == DrawProtocol::Same => {
            let lost = protocol.at(eps).attack_success_rate;
            Bounded { value: -lost.value, ..lost }
        }
        _ => protocol.robust(eps),
    })
}

/// The two rungs of the ladder, the earlier one first, between which the gap grows the most; where it
/// does not, but changes its sign between two, the number of votes with the least gap between these,
/// and the later one; else the first and the last.
pub(super) fn contrast(case: &Case, defense: &Defense, eps: Eps) -> Result<Contrast, DomainError> {
    let gaps = gaps(case, defense, eps)?;
    let rungs = || LADDER.into_iter().zip(gaps.iter().copied());
    let closing = |a: Bounded, b: Bounded| a.value.abs() - b.value.abs();
    let mut found = [(LADDER[0], gaps[0]), (LADDER[LADDER.len() - 1], gaps[LADDER.len() - 1])];
    let mut least = 0.0;
    for (j, later) in rungs().enumerate() {
        for earlier in rungs().take(j) {
            if closing(earlier.1, later.1) < least {
                (found, least) = ([earlier, later], closing(earlier.1, later.1));
            }
        }
    }
    let change = rungs().zip(rungs().skip(1)).find(|(a, b)| a.1.value * b.1.value < 0.0);
    if let (true, Some((before, after))) = (least == 0.0, change) {
        let undefended = value(case, defense, eps, Stage::Undefended)?;
        let (mut low, mut high) = (before, after);
        while high.0 - low.0 > 2 {
            let n = ((low.0 + high.0) / 2) | 1; // odd
            let middle = (n, gap(case, defense, eps, &undefended, n)?);
            let side = if middle.1.value * low.1.value > 0.0 { &mut low } else { &mut high };
            *side = middle;
        }
        let nearest = if closing(low.1, high.1) < 0.0 { low } else { high };
        if closing(nearest.1, after.1) < 0.0 {
            found = [nearest, after];
        }
    }
    let [(n, before), (m, after)] = found;
    let voted = |n: u32| Ok(Stage::Voted { votes: Votes::new(n.into())? });
    Ok(Contrast {
        stages: [voted(n)?, voted(m)?],
        margin: Bounded { value: closing(before, after), error: before.error + after.error },
    })
}
