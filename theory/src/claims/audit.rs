//! A claim over a region of (sigma, ε): where it holds, its frontier with end points, and the point
//! that speaks most plainly against it.
//!
//! ```
//! use gauss_sim_theory::claims::audit::{Extent, audit};
//! use gauss_sim_theory::claims::Case;
//! use task::{Claim, Metric};
//! use task::{DrawProtocol, Task};
//!
//! // with as much noise as σ > 1.0430…, the paper's orders and its trade-off hold for every ε
//! let (metric, task) = (Metric::RobustAccuracy, Task::default());
//! for claim in [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome, Claim::TradeOff] {
//!     let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0 };
//!     let found = audit(&case, &[1.05, 1.5, 2.0], &[0.0, 0.5, 1.0])?;
//!     assert_eq!((found.extent, found.failing_share), (Extent::Everywhere, 0.0));
//! }
//! # Ok::<(), task::DomainError>(())
//! ```

use super::frontier::{Along, Map, Vertex, trace};
use super::{Case, Contrast};
use crate::math::bounded::Bounded;
use std::cell::RefCell;
use std::collections::HashSet;
use task::{Defense, DomainError, Eps};

/// In how much of a region a claim holds, as far as a grid of points can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// At every point.
    Everywhere,
    /// At some.
    Partly,
    /// At none.
    Nowhere,
}

impl Extent {
    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Partly => "partly",
            Self::Nowhere => "nowhere",
        }
    }
}

/// Where a frontier meets the edge of the region.
///
/// See the example of [`audit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EndPoint {
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The budget.
    pub eps: f64,
    /// How far it may be off, along the edge.
    pub error: f64,
}

/// A point of the region and the two stages that decide there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Witness {
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The budget.
    pub eps: f64,
    /// The stages, and by how much the claim holds (positive) or fails.
    pub contrast: Contrast,
}

/// What is found of one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The claim and its definitions.
    pub case: Case,
    /// In how much of the region it holds.
    pub extent: Extent,
    /// The failing share of the region's area; of its length or of one point where it is no more.
    pub failing_share: f64,
    /// Signs at the grid's nodes and the frontier.
    pub map: Map,
    /// At how many of the nodes the two sides are equal as far as they can be computed: the lead is
    /// within its own error. Their signs mean nothing.
    pub unresolved: usize,
    /// Where the frontier meets the region's edges, from small to large sigma.
    pub end_points: Vec<EndPoint>,
    /// Where the claim fails the most, and by how much in units of the metric; none if it fails nowhere.
    pub worst: Option<Witness>,
    /// A point with few digits where the claim fails nearly as much; where it fails nowhere, the point
    /// of the grid next to the usual one (sigma = 1, ε = ½).
    pub witness: Witness,
}

/// Looks at a claim at every point of a grid, and follows its frontier between them.
///
/// `sigmas` ≥ 0 and `eps` ≥ 0: ascending, with at least one value above 0 each. The edges sigma = 0 and
/// ε = 0 count as the limit from inside, where the claim is no equality by definition. Fails where a
/// parameter is outside of its domain, the mean is not positive (then no classifier is better than a
/// coin) or more than 30 times the noise (then hardly an answer is wrong), or the shift is 0 (then
/// defended and trained are one).
pub fn audit(case: &Case, sigmas: &[f64], eps: &[f64]) -> Result<Finding, DomainError> {
    check(case, sigmas, eps)?;
    let unresolved = RefCell::new(HashSet::new());
    let lead = |sigma: f64, eps: f64| {
        let Bounded { value, error } = case.lead(sigma, eps).unwrap_or(Bounded::exact(f64::NAN));
        if value.abs() <= error || value.is_nan() {
            unresolved.borrow_mut().insert((sigma.to_bits(), eps.to_bits()));
        }
        value
    };
    let map = trace(sigmas, eps, lead);
    // of all places that were looked at, those that are nodes
    let is_node = |values: &[f64], bits: u64| values.iter().any(|value| value.to_bits() == bits);
    let unresolved = unresolved.into_inner();
    let nodes = unresolved.iter().filter(|(x, y)| is_node(sigmas, *x) && is_node(eps, *y));
    let unresolved = nodes.count();
    let failing = map.holds.iter().filter(|holds| !**holds).count();
    let failing_share = map.failing_share(sigmas, eps);
    let extent = match failing {
        0 => Extent::Everywhere,
        n if n == map.holds.len() => Extent::Nowhere,
        _ => Extent::Partly,
    };
    let end_points = end_points(case, &map, sigmas, eps);
    let search = Search { case, sigmas, eps };
    let worst = search.worst(&map)?;
    let witness = match &worst {
        Some(worst) => search.rounded(worst)?,
        None => search.at(search.nearest(sigmas, 1.0), search.nearest(eps, 0.5))?,
    };
    Ok(Finding { case: *case, extent, failing_share, map, unresolved, end_points, worst, witness })
}

/// In units of the noise: beyond, hardly an answer is wrong, and the differences between the stages
/// leave the range of a double.
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

/// The roots on the region's edges, each with the error of the lead over its slope.
fn end_points(case: &Case, map: &Map, sigmas: &[f64], eps: &[f64]) -> Vec<EndPoint> {
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

struct Search<'a> {
    case: &'a Case,
    sigmas: &'a [f64],
    eps: &'a [f64],
}

impl Search<'_> {
    fn at(&self, sigma: f64, eps: f64) -> Result<Witness, DomainError> {
        Ok(Witness { sigma, eps, contrast: self.case.contrast(sigma, eps)? })
    }

    /// The value above 0 nearest to `to`.
    fn nearest(&self, values: &[f64], to: f64) -> f64 {
        let positive = values.iter().copied().filter(|value| *value > 0.0);
        positive.min_by(|a, b| (a - to).abs().total_cmp(&(b - to).abs())).unwrap_or(to)
    }

    /// The failing node with the largest violation, and from there uphill within the region by steps
    /// that are halved when none helps, to a thousandth of the grid's distances. Another hill than the grid's highest is not looked for.
    fn worst(&self, map: &Map) -> Result<Option<Witness>, DomainError> {
        let mut worst: Option<Witness> = None;
        for (holds, at) in map.holds.iter().zip(0..) {
            if !*holds {
                let width = self.sigmas.len();
                let here = self.at(self.sigmas[at % width], self.eps[at / width])?;
                if worst.is_none_or(|worst| here.worse_than(&worst)) {
                    worst = Some(here);
                }
            }
        }
        let Some(mut worst) = worst else {
            return Ok(None);
        };
        let widest = |values: &[f64]| values.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max);
        let mut step = [widest(self.sigmas), widest(self.eps)];
        let finest = step.map(|step| 1e-3 * step);
        while step[0] > finest[0] || step[1] > finest[1] {
            let mut moved = false;
            for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                let there = self.at(
                    within(self.sigmas, worst.sigma + dx * step[0]),
                    within(self.eps, worst.eps + dy * step[1]),
                )?;
                if there.worse_than(&worst) {
                    (worst, moved) = (there, true);
                }
            }
            if !moved {
                step = step.map(|step| step / 2.0);
            }
        }
        Ok((worst.contrast.margin.value < 0.0).then_some(worst))
    }

    /// The point with the fewest digits near the worst one at which the claim fails by nine tenths of
    /// that; off the edges sigma = 0 and ε = 0 if that leaves half of it.
    fn rounded(&self, worst: &Witness) -> Result<Witness, DomainError> {
        let mut worst = *worst;
        let off = |values: &[f64], x: f64| x.max(0.5 * self.nearest(values, 0.0));
        let inside = self.at(off(self.sigmas, worst.sigma), off(self.eps, worst.eps))?;
        if inside.fails_by(&worst, 0.5) {
            worst = inside;
        }
        for digits in 1..=4 {
            let scale = 10_f64.powi(digits);
            let round = |x: f64| (x * scale).round() / scale;
            let (sigma, eps) = (round(worst.sigma), round(worst.eps));
            let within = within(self.sigmas, sigma) == sigma && within(self.eps, eps) == eps;
            let vanishes =
                (sigma == 0.0) != (worst.sigma == 0.0) || (eps == 0.0) != (worst.eps == 0.0);
            if within && !vanishes {
                let here = self.at(sigma, eps)?;
                if here.fails_by(&worst, 0.9) {
                    return Ok(here);
                }
            }
        }
        Ok(worst)
    }
}

impl Witness {
    fn worse_than(&self, other: &Self) -> bool {
        self.contrast.margin.value < other.contrast.margin.value
    }

    /// Whether the claim fails here by at least this part of what it fails by there.
    fn fails_by(&self, there: &Self, part: f64) -> bool {
        self.contrast.margin.value <= part * there.contrast.margin.value
    }
}

/// x, or the nearest end of the range.
fn within(values: &[f64], x: f64) -> f64 {
    match (values.first(), values.last()) {
        (Some(first), Some(last)) => x.clamp(*first, *last),
        _ => x,
    }
}
