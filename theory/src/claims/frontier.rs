//! The frontier of a claim: the curve on which its lead changes sign, traced through a grid.
//!
//! The grid shows between which of its nodes the sign changes; the root on each such edge is then found to full
//! precision, so every point of a curve is exact and the grid only determines how many there are. The region in which
//! the claim fails is bounded by closed loops: the frontier and, where the region reaches the edge of the grid, the
//! grid's border. Method: marching squares, with the centre of a cell deciding between the two ways to connect four
//! crossings (W. E. Lorensen and H. E. Cline, SIGGRAPH 1987, in two dimensions), on the grid surrounded by nodes that
//! belong to no region.
//!
//! If a lead is within its own error, the point cannot be told. These points have loops of their own, and no frontier
//! is drawn through them: the border between a failing region and one that cannot be told is not a frontier.
//!
//! A failing region that lies between the nodes of the grid is not found here; [`super::audit`] searches for such
//! regions and adds lines to the grid that cross them.
//!
//! ```
//! use gauss_sim_theory::claims::frontier::{Along, trace};
//! use gauss_sim_theory::claims::{Case, Verdict, VoteSteps};
//! use task::{Claim, Metric};
//! use task::{DrawProtocol, Task};
//!
//! // on the line sigma = 0.3, the trade-off begins to hold at ε*, where G((1 − ε*)/s) = G(1/s)
//! let (claim, metric, task) = (Claim::TradeOff, Metric::RobustAccuracy, Task::default());
//! let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0, votes: VoteSteps::All };
//! let map = trace(&[0.3], &[0.1, 0.5, 1.0], |sigma, eps| case.lead(sigma, eps).unwrap());
//! assert_eq!(map.verdicts, [Verdict::Fails, Verdict::Holds, Verdict::Holds]);
//! let begins = map.curves()[0][0];
//! assert!((begins.eps - 0.239_141_014_998_336_4).abs() < 1e-13 && begins.along == Along::Eps);
//! ```

mod root;

use super::Verdict;
use crate::math::bounded::Bounded;
use root::{border, root};
use std::collections::HashMap;

/// A point of a loop.
///
/// See the example of [`trace`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// The standard deviation of θ.
    pub sigma: f64,
    /// The budget.
    pub eps: f64,
    /// Whether the lead is 0 here; otherwise this is a point of the grid's border, beyond which nothing is known, or
    /// of the border of the region that cannot be told.
    pub root: bool,
    /// The coordinate along which the root was sought.
    pub along: Along,
}

/// The coordinate along which a [`Vertex`] was sought. See the example of the [module](self).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Along {
    /// sigma varies, and ε is a value of the grid.
    Sigma,
    /// ε varies, and sigma is a value of the grid.
    Eps,
}

/// The share of a region for each verdict; the three add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// The share where the claim holds.
    pub holding: f64,
    /// The share where it fails.
    pub failing: f64,
    /// The share where it cannot be told.
    pub untold: f64,
}

/// The parts of a grid where a claim fails, and where it cannot be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// The grid's values of sigma, ascending.
    pub sigmas: Vec<f64>,
    /// The grid's budgets, ascending.
    pub eps: Vec<f64>,
    /// The verdicts at the grid's nodes: for each ε and, within it, each sigma.
    pub verdicts: Vec<Verdict>,
    /// The borders of the failing region, which lies to their left.
    pub loops: Vec<Vec<Vertex>>,
    /// The borders of the region that cannot be told, which lies to their left: none of their points is a root.
    pub untold: Vec<Vec<Vertex>>,
}

/// An edge of the grid with its border, from node (i, j) to the next in sigma or in ε. Node (0, 0) belongs to the
/// border, and (1, 1) is the first of the grid.
type Edge = (usize, usize, Along);

/// A grid, with the set of points that have one verdict.
struct Grid<'a, F> {
    sigmas: &'a [f64],
    eps: &'a [f64],
    leads: &'a [Bounded],
    lead: &'a F,
    verdict: Verdict,
}

impl<F: Fn(f64, f64) -> Bounded> Grid<'_, F> {
    fn inside(&self, i: usize, j: usize) -> Option<usize> {
        let (x, y) = (i.checked_sub(1)?, j.checked_sub(1)?);
        (x < self.sigmas.len() && y < self.eps.len()).then(|| y * self.sigmas.len() + x)
    }

    /// Returns whether a node is in the set. The nodes of the border are not, so that all loops close.
    fn belongs(&self, i: usize, j: usize) -> bool {
        self.inside(i, j).is_some_and(|at| Verdict::of(self.leads[at]) == self.verdict)
    }

    /// Returns the coordinates of a node; for the border, those of the nearest node of the grid.
    fn place(&self, i: usize, j: usize) -> (f64, f64) {
        let x = i.saturating_sub(1).min(self.sigmas.len() - 1);
        let y = j.saturating_sub(1).min(self.eps.len() - 1);
        (self.sigmas[x], self.eps[y])
    }

    /// Returns the loops around the set.
    fn loops(&self) -> Vec<Vec<Vertex>> {
        // The successor of each crossing: it is on two cells, entered in one and left in the other.
        let mut next: HashMap<Edge, Edge> = HashMap::new();
        for j in 0..=self.eps.len() {
            for i in 0..=self.sigmas.len() {
                next.extend(self.cell(i, j));
            }
        }
        let mut loops = Vec::new();
        let mut starts: Vec<Edge> = next.keys().copied().collect();
        starts.sort_unstable_by_key(|&(i, j, along)| (j, i, along == Along::Eps));
        for start in starts {
            let mut edges = Vec::new();
            let mut at = start;
            while let Some(following) = next.remove(&at) {
                edges.push(at);
                at = following;
            }
            if !edges.is_empty() {
                loops.push(edges.iter().map(|edge| self.vertex(*edge)).collect());
            }
        }
        loops
    }

    /// Returns the segments of one cell, each from where a counter-clockwise walk around the cell leaves the set to
    /// where it enters it.
    fn cell(&self, i: usize, j: usize) -> Vec<(Edge, Edge)> {
        let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
        let edges = [
            (i, j, Along::Sigma),
            (i + 1, j, Along::Eps),
            (i, j + 1, Along::Sigma),
            (i, j, Along::Eps),
        ];
        let belongs = corners.map(|(i, j)| self.belongs(i, j));
        let leaves: Vec<usize> = (0..4).filter(|&k| belongs[k] && !belongs[(k + 1) % 4]).collect();
        let enters: Vec<usize> = (0..4).filter(|&k| !belongs[k] && belongs[(k + 1) % 4]).collect();
        match (leaves.as_slice(), enters.as_slice()) {
            ([leave], [enter]) => vec![(edges[*leave], edges[*enter])],
            ([_, _], _) => {
                // Opposite corners are in the set: they are connected if the centre is in it, and separate otherwise.
                let ((x0, y0), (x1, y1)) = (self.place(i, j), self.place(i + 1, j + 1));
                let centre = (self.lead)(0.5 * (x0 + x1), 0.5 * (y0 + y1));
                let step = if Verdict::of(centre) == self.verdict { 1 } else { 3 };
                leaves.iter().map(|k| (edges[*k], edges[(k + step) % 4])).collect()
            }
            _ => Vec::new(),
        }
    }

    fn vertex(&self, (i, j, along): Edge) -> Vertex {
        let far = if along == Along::Sigma { (i + 1, j) } else { (i, j + 1) };
        let ((x0, y0), (x1, y1)) = (self.place(i, j), self.place(far.0, far.1));
        let Some((a, b)) = self.inside(i, j).zip(self.inside(far.0, far.1)) else {
            return Vertex { sigma: x0, eps: y0, root: false, along };
        };
        let [a, b] = [a, b].map(|at| self.leads[at]);
        let told = [a, b].iter().all(|lead| Verdict::of(*lead).is_told());
        let at =
            |x: f64| if along == Along::Sigma { (self.lead)(x, y0) } else { (self.lead)(x0, x) };
        let [low, high] = if along == Along::Sigma { [x0, x1] } else { [y0, y1] };
        let found = if told {
            root((low, a.value), (high, b.value), |x| at(x).value)
        } else {
            border((low, high), Verdict::of(a), |x| Verdict::of(at(x)))
        };
        match along {
            Along::Sigma => Vertex { sigma: found, eps: y0, root: told, along },
            Along::Eps => Vertex { sigma: x0, eps: found, root: told, along },
        }
    }
}

/// Traces the frontier through a grid.
///
/// `sigmas` and `eps` are ascending, with at least one value each; a single value makes the grid a line or a point,
/// and its loops flat. `lead` is positive where the claim holds, negative where it fails, and within its error where
/// it cannot be told ([`Verdict::of`]); it may be infinite where only the sign is known.
#[must_use]
pub fn trace(sigmas: &[f64], eps: &[f64], lead: impl Fn(f64, f64) -> Bounded) -> Map {
    let mut map = Map {
        sigmas: sigmas.to_vec(),
        eps: eps.to_vec(),
        verdicts: Vec::new(),
        loops: Vec::new(),
        untold: Vec::new(),
    };
    if sigmas.is_empty() || eps.is_empty() {
        return map;
    }
    let mut leads = Vec::with_capacity(sigmas.len() * eps.len());
    for &y in eps {
        leads.extend(sigmas.iter().map(|&x| lead(x, y)));
    }
    map.verdicts = leads.iter().map(|lead| Verdict::of(*lead)).collect();
    let loops = |verdict| Grid { sigmas, eps, leads: &leads, lead: &lead, verdict }.loops();
    map.loops = loops(Verdict::Fails);
    map.untold = loops(Verdict::CannotBeTold);
    map
}

impl Map {
    /// Returns the frontier: each curve is a maximal run of roots. A closed curve ends at its start.
    #[must_use]
    pub fn curves(&self) -> Vec<Vec<Vertex>> {
        let mut curves = Vec::new();
        for vertices in &self.loops {
            let Some(border) = vertices.iter().position(|vertex| !vertex.root) else {
                curves.push(vertices.iter().chain(vertices.first()).copied().collect());
                continue;
            };
            let turned = vertices[border..].iter().chain(&vertices[..border]).copied();
            let turned: Vec<Vertex> = turned.collect();
            let runs = turned.split(|vertex| !vertex.root).filter(|run| !run.is_empty());
            curves.extend(runs.map(<[Vertex]>::to_vec));
        }
        curves
    }

    /// Returns the shares of the region: of the area, of the length for a line, and 0 or 1 for a point. The border is
    /// taken as straight between its points.
    ///
    /// Twice the area within a loop is Σ (σᵢ·εᵢ₊₁ − σᵢ₊₁·εᵢ) over its points, positive for a region to the left; a
    /// share is the sum over the loops divided by the region's area.
    #[must_use]
    pub fn shares(&self) -> Shares {
        let failing = self.share(Verdict::Fails, &self.loops);
        let untold = self.share(Verdict::CannotBeTold, &self.untold).min(1.0 - failing);
        if !self.verdicts.contains(&Verdict::Holds) {
            return Shares { holding: 0.0, failing, untold: 1.0 - failing }; // exactly
        }
        Shares { holding: 1.0 - failing - untold, failing, untold }
    }

    /// Returns the share of one verdict, from the loops around it.
    fn share(&self, verdict: Verdict, loops: &[Vec<Vertex>]) -> f64 {
        let width = |values: &[f64]| values.last().zip(values.first()).map_or(0.0, |(b, a)| b - a);
        let (width, height) = (width(&self.sigmas), width(&self.eps));
        if !self.verdicts.contains(&verdict) {
            return 0.0;
        }
        if self.verdicts.iter().all(|found| *found == verdict) {
            return 1.0; // exactly
        }
        if width > 0.0 && height > 0.0 {
            let twice: f64 = loops.iter().map(|vertices| area(vertices)).sum();
            return (0.5 * twice / (width * height)).clamp(0.0, 1.0);
        }
        // Flat loops cross every interval twice, once in each direction.
        let along = |v: &Vertex| if width > 0.0 { v.sigma } else { v.eps };
        let length: f64 = loops
            .iter()
            .map(|vertices| {
                let next = vertices.iter().skip(1).chain(vertices.first());
                vertices.iter().zip(next).map(|(a, b)| (along(a) - along(b)).abs()).sum::<f64>()
            })
            .sum();
        (0.5 * length / width.max(height)).clamp(0.0, 1.0)
    }
}

/// Returns twice the area within a loop, positive if the interior lies to the left.
fn area(vertices: &[Vertex]) -> f64 {
    let next = vertices.iter().skip(1).chain(vertices.first());
    vertices.iter().zip(next).map(|(a, b)| a.sigma * b.eps - b.sigma * a.eps).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(low: f64, high: f64, n: u32) -> Vec<f64> {
        (0..n).map(|i| low + (high - low) * f64::from(i) / f64::from(n - 1)).collect()
    }

    /// Traces a disc of radius 1 about (2, 2) in which the claim fails.
    #[test]
    fn a_disc_is_one_closed_curve_of_exact_points() {
        let (xs, ys) = (even(0.0, 4.0, 41), even(0.0, 4.0, 41));
        let lead = |x: f64, y: f64| (x - 2.0).hypot(y - 2.0) - 1.0;
        let map = trace(&xs, &ys, |x, y| Bounded::exact(lead(x, y)));
        let curves = map.curves();
        assert_eq!((map.loops.len(), curves.len()), (1, 1));
        assert_eq!(curves[0].first(), curves[0].last());
        for vertex in &curves[0] {
            assert!(vertex.root && lead(vertex.sigma, vertex.eps).abs() < 1e-14, "{vertex:?}");
        }
        // The polygon through the points of a circle loses about 1/6 of step² of its area.
        let share = map.shares().failing;
        assert!((share / (std::f64::consts::PI / 16.0) - 1.0).abs() < 2e-3, "{share}");
    }

    /// Traces a failing corner: the frontier is an arc from one axis to the other, with its ends on the axes.
    #[test]
    fn a_corner_is_an_arc_with_its_ends_on_the_border() {
        let (xs, ys) = (even(0.0, 2.0, 9), even(0.0, 3.0, 7));
        let map = trace(&xs, &ys, |x, y| Bounded::exact(x.hypot(y) - 1.1));
        let curves = map.curves();
        assert_eq!(curves.len(), 1);
        let ends = [curves[0][0], curves[0][curves[0].len() - 1]];
        assert!(ends.iter().any(|end| end.eps == 0.0 && (end.sigma - 1.1).abs() < 1e-15));
        assert!(ends.iter().any(|end| end.sigma == 0.0 && (end.eps - 1.1).abs() < 1e-15));
    }

    /// Traces two failing corners that touch at a saddle: they are one region or two, depending on the centre; a hole
    /// is subtracted from the area.
    #[test]
    fn saddles_and_holes() {
        let (xs, ys) = ([0.0, 1.0], [0.0, 1.0]);
        for (shift, loops) in [(0.1, 2), (-0.1, 1)] {
            let map = trace(&xs, &ys, |x, y| Bounded::exact(shift - (x - 0.5) * (y - 0.5)));
            assert_eq!(map.loops.len(), loops, "{shift}");
        }
        let (xs, ys) = (even(0.0, 4.0, 41), even(0.0, 4.0, 41));
        let map = trace(&xs, &ys, |x, y| Bounded::exact(1.0 - (x - 2.0).hypot(y - 2.0)));
        let share = map.shares().failing;
        assert!((share - (1.0 - std::f64::consts::PI / 16.0)).abs() < 1e-3, "{share}");
    }

    #[test]
    fn lines_and_points() {
        let ys = even(0.0, 1.0, 5);
        let map = trace(&[0.3], &ys, |_, y| Bounded::exact(y - 0.3));
        assert_eq!(map.curves().iter().flatten().filter(|v| v.root).count(), 1);
        assert!(map.curves().iter().flatten().all(|v| (v.eps - 0.3).abs() < 1e-15));
        assert!((map.shares().failing - 0.3).abs() < 1e-15);
        for (lead, shares) in [
            (1.0, [1.0, 0.0, 0.0]),
            (-1.0, [0.0, 1.0, 0.0]),
            (0.0, [0.0, 1.0, 0.0]),
            (f64::NAN, [0.0, 0.0, 1.0]),
        ] {
            let map = trace(&[1.0], &[0.5], |_, _| Bounded::exact(lead));
            let Shares { holding, failing, untold } = map.shares();
            assert_eq!([holding, failing, untold], shares, "{lead}");
        }
    }

    /// Puts a band within the lead's error, four steps wide, between a holding and a failing region: there are three
    /// shares, and no roots on the borders of the band.
    #[test]
    fn a_band_that_cannot_be_told_is_no_frontier() {
        let (xs, ys) = (even(0.0, 1.0, 21), even(0.0, 1.0, 21));
        let map = trace(&xs, &ys, |x, y| Bounded { value: x + 0.1 * y - 0.5, error: 0.1 });
        assert!(map.curves().is_empty() && !map.loops.is_empty() && !map.untold.is_empty());
        assert!(map.untold.iter().flatten().all(|vertex| !vertex.root));
        let Shares { holding, failing, untold } = map.shares();
        // Straight borders, found to a thousandth of a step.
        assert!((failing - 0.35).abs() < 1e-4 && (untold - 0.2).abs() < 1e-4, "{failing} {untold}");
        assert_eq!(holding + failing + untold, 1.0);
    }
}
