//! Proofs, cell by cell, of where a claim holds and where it fails.
//!
//! Grids find counterexamples, but show nothing about the points between their nodes. Here the region of (sigma, eps)
//! is divided into cells; over each of them, interval arithmetic ([`super::enclosure`]) bounds the claim's lead. If
//! the bound is positive, the claim holds in the whole cell; if it is negative, it fails in the whole cell; otherwise
//! the cell is halved, until it is fine enough and stays open.
//!
//! The proofs cover single draws with `draws = same`, for which everything has a closed form. On the edges sigma = 0
//! and eps = 0, where all stages agree, the limit of the lead is used, with its vanishing factor divided out. The
//! trade-off's other half, that the rate of invariance increases in k, is true everywhere
//! ([`crate::invariance::slope_in_threshold`]).
//!
//! Statements that need no cells are returned by [`analytic`]; their proofs, with x = mean − eps,
//! s = √(data_std² + sigma²), u = shift − k:
//!
//! - *Adversarial accuracy.* Let sigma > 0, u ≠ 0. Trained and undefended are Φ(x/s) and
//!   Φ(x/data_std) with s > data_std: trained is larger exactly if x < 0. Of ½[Φ((x+u)/s) +
//!   Φ((x−u)/s)] the derivative in |u| is [φ((|u|+x)/s) − φ((|u|−x)/s)]/(2s), which has the
//!   sign of −x: it increases in |u|, hence decreases in k, exactly if x < 0; hence defended >
//!   trained exactly if x < 0, and defended > trained > undefended together. At x = 0 all are ½.
//! - *Robust accuracy, trained over undefended.* With λ = φ/Φ and G(y) = yλ(y), the derivative of
//!   ln(trained/undefended) in eps is λ(x/data_std)/data_std − λ(x/s)/s: positive for x ≤ 0, as λ decreases, and
//!   `[G(x/data_std) − G(x/s)]/x` for x > 0. G is unimodal on y > 0, since (ln G)′ = 1/y − y − λ(y) decreases
//!   strictly from ∞ to −∞ (0 < −λ′ < 1); its maximum is at y* = 0.839923675…. So the bracket is positive for x ≤
//!   data_std·y*, negative for x ≥ s·y*, and in between it decreases strictly in x. As eps grows from 0, x decreases
//!   from mean: the derivative is first negative, if at all, and then positive. The logarithm is 0 at eps = 0 and
//!   grows without bound, so it has at most one zero: below it the claim fails, and above it the claim holds; and
//!   there is no zero exactly if G(mean/data_std) ≥ G(mean/s).
//!
//! ```
//! use gauss_sim_theory::claims::proof::{Region, lead};
//! use task::{Claim, Metric, Task};
//!
//! // a counterexample, proven: around sigma = 0.3, ε = 0.1 each of the paper's orders fails
//! let region = Region { sigma: (0.299, 0.301), eps: (0.099, 0.101) };
//! for claim in [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome] {
//!     let found = lead(claim, Metric::RobustAccuracy, &Task::default(), 1.0, &region);
//!     assert!(found.is_some_and(|lead| lead.high < 0.0), "{claim}: {found:?}");
//! }
//! ```

mod divide;
mod jet;
mod lead;
mod means;
mod trade_off;

use super::enclosure::Enclosure;
use divide::divide;
use lead::Question;
use task::{Claim, Metric, Task};

/// The largest number of boxes that [`cover`] examines.
pub const MAX_BOXES: usize = 200_000;
/// The finest pieces of the family of thresholds, as a share of the family.
const FINEST_THRESHOLD: f64 = 1.0 / 1024.0;

/// A rectangle of (sigma, eps), both from low to high, in units of x; low = high makes it a line or a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// The standard deviation of θ.
    pub sigma: (f64, f64),
    /// The adversary's budget.
    pub eps: (f64, f64),
}

impl Region {
    /// Returns whether the region is part of the domain: 0 ≤ low ≤ high ≤ [`task::MAX_MAGNITUDE`].
    fn is_valid(&self) -> bool {
        [self.sigma, self.eps]
            .iter()
            .all(|&(low, high)| 0.0 <= low && low <= high && high <= task::MAX_MAGNITUDE)
    }
}

/// The verdict on a claim in a cell.
///
/// See the example of [`Cover`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The claim holds at every point.
    Holds,
    /// The claim fails at every point.
    Fails,
    /// Neither is proven.
    Open,
}

/// A part of the region, with its verdict.
///
/// See the example of [`Cover`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// The region of the cell.
    pub region: Region,
    /// The share of the whole region: of its area, or its length if it is a line, or of the point.
    pub share: f64,
    /// The verdict in the cell.
    pub verdict: Verdict,
}

/// A region divided into cells, each with its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    /// The share of the region in which the claim is proven to hold.
    pub holds: f64,
    /// The share in which it is proven to fail.
    pub fails: f64,
    /// The remaining share, which is undecided.
    pub open: f64,
    /// The number of boxes examined, including those that were divided further.
    pub boxes: usize,
    /// Whether the search ended at [`MAX_BOXES`], so that some open cells are larger than requested.
    pub exhausted: bool,
    /// The cells: they overlap only in their edges, and together cover the region.
    pub cells: Vec<Cell>,
}

impl Cover {
    /// Returns the verdict if every point of the region is proven to have the same one.
    #[must_use]
    pub fn everywhere(&self) -> Option<Verdict> {
        let first = self.cells.first()?.verdict;
        let same = self.cells.iter().all(|cell| cell.verdict == first);
        (same && first != Verdict::Open).then_some(first)
    }

    /// Returns the verdict of the cell to which a point belongs; `None` outside the region, and where cells with
    /// different verdicts meet.
    #[must_use]
    pub fn at(&self, sigma: f64, eps: f64) -> Option<Verdict> {
        let within = |(low, high): (f64, f64), value: f64| low <= value && value <= high;
        let mut of_point = self
            .cells
            .iter()
            .filter(|cell| within(cell.region.sigma, sigma) && within(cell.region.eps, eps))
            .map(|cell| cell.verdict);
        let first = of_point.next()?;
        of_point.all(|verdict| verdict == first).then_some(first)
    }
}

/// Proves where in the region a claim holds, and where it fails. Cells are divided until they are proven, or as small
/// as `finest` of the region's width and height (1/64, for example; values below 1e-6 count as 1e-6).
///
/// Returns `None` if there is no proof: for [`Claim::VoteRestores`], for mean ≤ 0, for shift = 0, and for a region
/// that is not within 0 ≤ low ≤ high ≤ 1e15.
///
/// Cost: at 1/64 some hundred boxes, of 3 to 10 µs each, and for the trade-off some 150 µs each.
#[must_use]
pub fn cover(
    claim: Claim,
    metric: Metric,
    task: &Task,
    shift: f64,
    region: &Region,
    finest: f64,
) -> Option<Cover> {
    let question = question(claim, metric, task, shift)?;
    if !region.is_valid() {
        return None;
    }
    Some(prove(&question, task, region, finest, 0.0))
}

/// Does the same until the open cells together are at most `open` of the region, whatever their size, or they are as
/// fine as 1e-5 of its width and height, or [`MAX_BOXES`] have been examined.
#[must_use]
pub fn cover_until(
    claim: Claim,
    metric: Metric,
    task: &Task,
    shift: f64,
    region: &Region,
    open: f64,
) -> Option<Cover> {
    let question = question(claim, metric, task, shift)?;
    region.is_valid().then(|| prove(&question, task, region, 1e-5, open))
}

fn prove(question: &Question, task: &Task, region: &Region, finest: f64, open: f64) -> Cover {
    let data_std = Enclosure::point(task.data_std());
    divide(region, finest, open, |cell| {
        let [sigma, eps] = scaled(cell, data_std);
        verdict(question, sigma, eps)
    })
}

/// Returns bounds on the lead over a whole region, in the units of the proof: positive where the claim holds,
/// negative where it fails. `None` as for [`cover`].
///
/// The leads, with `r = data_std/s` and ASR the attack success rate, are
/// `(ASR(undefended) − ASR(defended))·data_std/eps` for [`Claim::DefenseHelps`], the same with trained for undefended
/// for [`Claim::TrainingHurts`], `ln(robust(trained)/robust(undefended))·data_std/(eps·(1 − r))` for
/// [`Claim::TrainingKeepsSome`], and for [`Claim::TradeOff`] `(∂ ln robust/∂v)/(v·e)` with v = |shift − k|/s,
/// e = eps/s, over all v up to shift/s. In adversarial accuracy they are the plain differences, that of
/// [`Claim::TrainingKeepsSome`] divided by 1 − r, and `(eps − mean)/data_std` for the trade-off. The lead of the
/// trade-off in robust accuracy covers all thresholds in one interval: the claim fails if the lead is negative at one
/// of them, which [`cover`] searches for.
#[must_use]
pub fn lead(
    claim: Claim,
    metric: Metric,
    task: &Task,
    shift: f64,
    region: &Region,
) -> Option<Enclosure> {
    let question = question(claim, metric, task, shift)?;
    if !region.is_valid() {
        return None;
    }
    let [sigma, eps] = scaled(region, Enclosure::point(task.data_std()));
    Some(if question.has_threshold() {
        question.lead([sigma, eps, Enclosure::new(0.0, 1.0)])
    } else {
        question.lead([sigma, eps])
    })
}

/// Returns what can be proven of a region without dividing it: the verdict of a single cell. `None` as for [`cover`].
#[must_use]
pub fn at(
    claim: Claim,
    metric: Metric,
    task: &Task,
    shift: f64,
    region: &Region,
) -> Option<Verdict> {
    let question = question(claim, metric, task, shift)?;
    if !region.is_valid() {
        return None;
    }
    let [sigma, eps] = scaled(region, Enclosure::point(task.data_std()));
    Some(verdict(&question, sigma, eps))
}

/// Returns, in one line, what is proven of a claim for all parameters at once (mean > 0, shift ≠ 0, sigma > 0,
/// eps > 0, single draws, `draws = same`); the proofs are at the top of this module.
#[must_use]
pub fn analytic(claim: Claim, metric: Metric) -> Option<&'static str> {
    match (claim, metric) {
        (Claim::VoteRestores | Claim::VoteTradeOff, _) => None,
        (_, Metric::AdversarialAccuracy) => {
            Some("holds exactly where eps > mean, whatever noise, shift and sigma are")
        }
        (Claim::TrainingKeepsSome, _) => Some(
            "at every sigma it fails up to one eps*(sigma) and holds above; eps* = 0 exactly if \
             G(mean/data_std) >= G(mean/s), where G(x) = x phi(x)/Phi(x), s^2 = data_std^2 + sigma^2",
        ),
        _ => None,
    }
}

/// Returns the question in units of `data_std`, if there is a proof for it.
fn question(claim: Claim, metric: Metric, task: &Task, shift: f64) -> Option<Question> {
    let covered = !claim.is_along_votes() && task.mean() > 0.0;
    if !covered || shift == 0.0 || !shift.is_finite() {
        return None;
    }
    let data_std = Enclosure::point(task.data_std());
    let mean = Enclosure::point(task.mean()) / data_std;
    let shift = Enclosure::point(shift.abs()) / data_std;
    Some(Question::new(claim, metric, mean, shift))
}

/// Returns a region in units of `data_std`.
fn scaled(region: &Region, data_std: Enclosure) -> [Enclosure; 2] {
    [region.sigma, region.eps].map(|(low, high)| {
        let found = Enclosure::new(low, high) / data_std;
        Enclosure::new(found.low.max(0.0), found.high)
    })
}

/// Returns the verdict on a cell without dividing it.
fn verdict(question: &Question, sigma: Enclosure, eps: Enclosure) -> Verdict {
    if question.has_threshold() {
        return of_every_threshold(question, sigma, eps);
    }
    if question.claim == Claim::TrainingHurts && question.beyond_the_mean(eps) {
        return Verdict::Holds; // the integral of the trade-off's lead, which is positive
    }
    let own = sign(question.lead([sigma, eps]));
    if own != Verdict::Open {
        return own;
    }
    through_others(question, sigma, eps)
}

/// Returns a verdict that follows from those of other claims: sharp for small shifts, where defended and trained are
/// almost the same.
fn through_others(question: &Question, sigma: Enclosure, eps: Enclosure) -> Verdict {
    let other = |claim: Claim| Question { claim, ..*question };
    match question.claim {
        // ln robust(defended) − ln robust(trained) is the integral of v·e times the lead over v.
        Claim::TrainingHurts if other(Claim::TradeOff).has_threshold() => {
            let all = Enclosure::new(0.0, 1.0);
            sign(other(Claim::TradeOff).lead([sigma, eps, all]))
        }
        // undefended < trained < defended, or the reverse.
        Claim::DefenseHelps => {
            let keeps = sign(other(Claim::TrainingKeepsSome).lead([sigma, eps]));
            if keeps == Verdict::Open {
                return keeps;
            }
            let hurts = verdict(&other(Claim::TrainingHurts), sigma, eps);
            if keeps == hurts { keeps } else { Verdict::Open }
        }
        _ => Verdict::Open,
    }
}

/// Returns the verdict on the trade-off, a statement about all thresholds from 0 to shift.
fn of_every_threshold(question: &Question, sigma: Enclosure, eps: Enclosure) -> Verdict {
    if question.beyond_the_mean(eps) {
        return Verdict::Holds; // G(a, v) > 0 ≥ G(a − e, v): G has the sign of its first argument
    }
    // One threshold is enough for a failure: try the most promising one at the middle of the cell.
    let middle = [sigma, eps].map(|x| Enclosure::point(x.middle()));
    let worst = [0.0, 0.25, 0.5, 0.75, 1.0]
        .map(|tau| (question.value([middle[0], middle[1], Enclosure::point(tau)]).high, tau))
        .into_iter()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(0.0, |(_, tau)| tau);
    let at_worst = sign(question.lead([sigma, eps, Enclosure::point(worst)]));
    if at_worst != Verdict::Holds {
        return at_worst;
    }
    // For the claim to hold, all thresholds are needed; they are divided like the region.
    let mut rest = vec![Enclosure::new(0.0, 1.0)];
    while let Some(tau) = rest.pop() {
        if sign(question.lead([sigma, eps, tau])) != Verdict::Holds {
            if tau.width() <= FINEST_THRESHOLD {
                return Verdict::Open;
            }
            let middle = tau.middle();
            let (below, above) =
                (Enclosure::new(tau.low, middle), Enclosure::new(middle, tau.high));
            // Continue with the half nearer to the worst threshold, which decides soonest.
            rest.extend(if worst < middle { [above, below] } else { [below, above] });
        }
    }
    Verdict::Holds
}

fn sign(lead: Enclosure) -> Verdict {
    if lead.low > 0.0 {
        Verdict::Holds
    } else if lead.high < 0.0 {
        Verdict::Fails
    } else {
        Verdict::Open
    }
}
