//! A claim over a region of (sigma, ε): where it holds, its frontier with end points, and the point that contradicts
//! it most clearly.
//!
//! ```
//! use gauss_sim_theory::claims::audit::{Extent, audit};
//! use gauss_sim_theory::claims::{Case, VoteSteps};
//! use task::{Claim, Metric};
//! use task::{DrawProtocol, Task};
//!
//! // with as much noise as σ > 1.0430…, the paper's orders and its trade-off hold for every ε
//! let (metric, task) = (Metric::RobustAccuracy, Task::default());
//! for claim in [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome, Claim::TradeOff] {
//!     let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0, votes: VoteSteps::All };
//!     let found = audit(&case, &[1.05, 1.5, 2.0], &[0.0, 0.5, 1.0])?;
//!     assert_eq!((found.extent, found.failing_share), (Extent::Everywhere, 0.0));
//! }
//! # Ok::<(), task::DomainError>(())
//! ```

mod worst;

use super::field::Field;
use super::frontier::{Along, Map, Shares, Vertex, trace};
use super::proof::{Cover, Region, cover_until};
use super::search::{self, Lines};
use super::{Case, Contrast, Verdict, along_votes};
use crate::math::bounded::Bounded;
use task::{Defense, DomainError, DrawProtocol, Eps, Metric};
use worst::Search;

/// In how much of a region a claim holds; [`Evidence`] says what the answer is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// At every point.
    Everywhere,
    /// At some points.
    Partly,
    /// At no point.
    Nowhere,
    /// At some points it cannot be told, and at all others the verdict is the same.
    CannotBeTold,
}

/// What is known of the points between those that were evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Evidence {
    /// Every point of the region is covered by a proof.
    Proven,
    /// All but this share of the region is covered by a proof, cell by cell; in the open cells, points were evaluated.
    ProvenBut {
        /// The share of the open cells.
        open: f64,
    },
    /// There is no proof for this definition. The claim was evaluated at the nodes of the grid and, along its lines,
    /// at every turn of the lead that may reach 0; a region that none of the lines crosses is not found.
    Searched {
        /// The number of points at which the lead was computed, including those of the frontier.
        points: usize,
    },
}

impl Extent {
    /// Returns the name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Partly => "partly",
            Self::Nowhere => "nowhere",
            Self::CannotBeTold => "cannot-be-told",
        }
    }
}

/// The point where a frontier meets the edge of the region.
///
/// See the example of [`audit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EndPoint {
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The budget.
    pub eps: f64,
    /// The error of the position along the edge.
    pub error: f64,
}

/// A point of the region and the two stages that decide the claim there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Witness {
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The budget.
    pub eps: f64,
    /// The stages, and the margin by which the claim holds (positive) or fails.
    pub contrast: Contrast,
}

/// The result of an audit of one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The claim and its definitions.
    pub case: Case,
    /// In how much of the region the claim holds.
    pub extent: Extent,
    /// What the extent is based on.
    pub evidence: Evidence,
    /// The proof cell by cell, if there are proofs for this definition.
    pub cover: Option<Cover>,
    /// The share of the region's area where the claim holds; for a region that is a line or a point, the share of its
    /// length, or of the point. The three shares add up to 1, and do not contradict what is proven.
    pub holding_share: f64,
    /// The share where it fails.
    pub failing_share: f64,
    /// The share where the difference of the two sides is below its own error.
    pub untold_share: f64,
    /// The verdicts at the nodes of a grid, and the frontier. The grid has the requested values, and additional lines
    /// through the points found between them.
    pub map: Map,
    /// The number of these nodes at which the claim cannot be told.
    pub unresolved: usize,
    /// The points where the frontier meets the region's edges, from small to large sigma.
    pub end_points: Vec<EndPoint>,
    /// The point where the claim fails the most, and by how much in units of the metric; `None` if it fails nowhere.
    pub worst: Option<Witness>,
    /// A point with few digits where the claim fails nearly as much; if it fails nowhere, the point of the grid
    /// nearest to the usual one (sigma = 1, ε = ½).
    pub witness: Witness,
}

/// The largest total share of the region that open cells of a proof may have.
const OPEN: f64 = 0.005;

/// Audits a claim in a region: proves as much as possible, evaluates the claim at every point of a grid where the
/// proof leaves it open, searches between these points, and follows the frontier.
///
/// `sigmas` ≥ 0 and `eps` ≥ 0 are ascending, with at least one value above 0 each. The edges sigma = 0 and ε = 0 are
/// treated as the limit from inside, where the claim is not an equality by definition. Fails if a parameter is
/// outside its domain, if the mean is not positive (no classifier is then better than a coin) or more than 30 times
/// `data_std` (hardly any answer is then wrong), or if the shift is 0 (defended and trained are then the same).
pub fn audit(case: &Case, sigmas: &[f64], eps: &[f64]) -> Result<Finding, DomainError> {
    check(case, sigmas, eps)?;
    let cover = proof(case, sigmas, eps);
    let field = Field::new(case, cover.as_ref());
    let lead = |sigma: f64, eps: f64| field.lead(sigma, eps);
    let mut lines = Lines { sigmas: sigmas.to_vec(), eps: eps.to_vec() };
    match &cover {
        Some(cover) => search::between_proofs(&mut lines, cover, &field),
        None if is_proven(case) => {}
        None => {
            lines.fill(search::COARSE);
            search::between_nodes(&mut lines, &lead);
        }
    }
    if let (Some(turn), true) = (along_votes::turn(case, &lines.eps), lines.sigmas.len() > 1) {
        // Other branches meet this one at an angle that no line of the grid would show.
        lines.add_eps(turn * (1.0 - 1e-6));
    }
    let map = trace(&lines.sigmas, &lines.eps, lead);
    let evidence = match &cover {
        Some(cover) if cover.open > 0.0 => Evidence::ProvenBut { open: cover.open },
        None if !is_proven(case) => Evidence::Searched { points: field.points() },
        _ => Evidence::Proven,
    };
    let Shares { holding, failing, untold } = shares(&map, cover.as_ref());
    let extent = extent(&map, cover.as_ref());
    let unresolved = map.verdicts.iter().filter(|verdict| !verdict.is_told()).count();
    let end_points = end_points(case, &map);
    let search = Search { case, sigmas: &map.sigmas, eps: &map.eps };
    let worst = search.worst(&map)?;
    let witness = match &worst {
        Some(worst) => search.rounded(worst)?,
        None => search.at(search.nearest(sigmas, 1.0), search.nearest(eps, 0.5))?,
    };
    Ok(Finding {
        case: *case,
        extent,
        evidence,
        holding_share: holding,
        failing_share: failing,
        untold_share: untold,
        unresolved,
        end_points,
        worst,
        witness,
        map,
        cover,
    })
}

/// Proves what it can in a region, cell by cell.
fn proof(case: &Case, sigmas: &[f64], eps: &[f64]) -> Option<Cover> {
    if case.effective_draws() != DrawProtocol::Same {
        return None;
    }
    let ends = |values: &[f64]| values.first().copied().zip(values.last().copied());
    let region = Region { sigma: ends(sigmas)?, eps: ends(eps)? };
    cover_until(case.claim, case.metric, &case.task, case.shift, &region, OPEN)
}

/// Returns whether every lead has the sign of a proof, as for the claims about votes in adversarial accuracy.
fn is_proven(case: &Case) -> bool {
    case.claim.is_along_votes()
        && case.metric == Metric::AdversarialAccuracy
        && case.effective_draws() == DrawProtocol::Same
}

/// Returns the shares of the map, consistent with what is proven.
fn shares(map: &Map, cover: Option<&Cover>) -> Shares {
    let found = map.shares();
    let Some(Cover { holds, fails, open, .. }) = cover else {
        return found;
    };
    let failing = found.failing.clamp(*fails, fails + open);
    let untold = found.untold.min(1.0 - failing - holds).max(0.0);
    Shares { holding: 1.0 - failing - untold, failing, untold }
}

fn extent(map: &Map, cover: Option<&Cover>) -> Extent {
    let proven = |share: fn(&Cover) -> f64| cover.is_some_and(|cover| share(cover) > 0.0);
    let holds = map.verdicts.contains(&Verdict::Holds) || proven(|cover| cover.holds);
    let fails = map.verdicts.contains(&Verdict::Fails) || proven(|cover| cover.fails);
    let untold = map.verdicts.contains(&Verdict::CannotBeTold);
    match (holds, fails, untold) {
        (true, true, _) => Extent::Partly,
        (true, false, false) => Extent::Everywhere,
        (false, true, false) => Extent::Nowhere,
        _ => Extent::CannotBeTold,
    }
}

/// The largest mean, in units of `data_std`: beyond it, hardly any answer is wrong, and the differences between the
/// stages leave the range of a double.
const LARGEST_MEAN: f64 = 30.0;

fn check(case: &Case, sigmas: &[f64], eps: &[f64]) -> Result<(), DomainError> {
    let error = |name, value: f64, expected: &str| {
        Err(DomainError { name, value: value.to_string(), expected: expected.to_owned() })
    };
    for &sigma in sigmas {
        Defense::new(case.shift, sigma)?;
    }
    for &budget in eps {
        Eps::new(budget)?;
    }
    if case.task.mean() <= 0.0 {
        return error(
            "mean",
            case.task.mean(),
            "a number above 0, so that classifiers beat a coin",
        );
    }
    if case.task.mean() > LARGEST_MEAN * case.task.data_std() {
        let expected =
            format!("at most {LARGEST_MEAN} times the noise, beyond which differences underflow");
        return error("mean", case.task.mean(), &expected);
    }
    if case.shift == 0.0 {
        return error("shift", 0.0, "another number than 0, where defended and trained are one");
    }
    for (name, values) in [("sigma", sigmas), ("eps", eps)] {
        if !values.last().is_some_and(|last| *last > 0.0) {
            return error(name, 0.0, "a number above 0, where the claims are no equalities");
        }
    }
    Ok(())
}

/// Returns the roots on the region's edges, each with the error of the lead divided by its slope.
fn end_points(case: &Case, map: &Map) -> Vec<EndPoint> {
    let (sigmas, eps) = (&map.sigmas, &map.eps);
    let at_end = |values: &[f64], x: f64| values.first() == Some(&x) || values.last() == Some(&x);
    let on_edge = |vertex: &&Vertex| match vertex.along {
        Along::Sigma => at_end(eps, vertex.eps),
        Along::Eps => at_end(sigmas, vertex.sigma),
    };
    let lead = |v: &Vertex, by: f64| match v.along {
        Along::Sigma => case.lead(v.sigma + by, v.eps),
        Along::Eps => case.lead(v.sigma, v.eps + by),
    };
    let end_point = |vertex: &Vertex| {
        let x = if vertex.along == Along::Sigma { vertex.sigma } else { vertex.eps };
        let step = (1e-4 * x.max(1e-3)).min(0.5 * x);
        let [below, here, above] =
            [-step, 0.0, step].map(|by| lead(vertex, by).unwrap_or(Bounded::exact(f64::NAN)));
        let slope = ((above.value - below.value) / (2.0 * step)).abs();
        let error = here.error / slope + 4.0 * f64::EPSILON * x;
        EndPoint { sigma: vertex.sigma, eps: vertex.eps, error }
    };
    let roots = map.loops.iter().flatten().filter(|vertex| vertex.root);
    let mut found: Vec<EndPoint> = roots.filter(on_edge).map(end_point).collect();
    found.sort_by(|a, b| a.sigma.total_cmp(&b.sigma).then(b.eps.total_cmp(&a.eps)));
    found
}
