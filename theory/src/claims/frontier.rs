//! The frontier of a claim: where its lead changes sign, traced through a grid.
//!
//! The grid says between which of its nodes the sign changes; the place on each such edge is then
//! found to full precision, so that every point of a curve is exact and the grid decides only how many
//! there are. The region in which the claim fails comes out as closed loops: the frontier, and where it
//! leaves the grid the grid's border. Method: marching squares, with the centre of a cell deciding
//! between the two ways to connect four crossings (W. E. Lorensen and H. E. Cline, SIGGRAPH 1987, in two
//! dimensions), on the grid with a border of nodes where the claim holds.
//!
//! A failing region that lies between the nodes of the grid is not seen.
//!
//! ```
//! use gauss_sim_theory::claims::frontier::{Along, trace};
//! use gauss_sim_theory::claims::Case;
//! use task::{Claim, Metric};
//! use task::{DrawProtocol, Task};
//!
//! // on the line sigma = 0.3, the trade-off begins to hold at ε*, where G((1 − ε*)/s) = G(1/s)
//! let (claim, metric, task) = (Claim::TradeOff, Metric::RobustAccuracy, Task::default());
//! let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0 };
//! let map = trace(&[0.3], &[0.1, 0.5, 1.0], |sigma, eps| case.lead(sigma, eps).unwrap().value);
//! assert_eq!(map.holds, [false, true, true]);
//! let begins = map.curves()[0][0];
//! assert!((begins.eps - 0.239_141_014_998_336_4).abs() < 1e-13 && begins.along == Along::Eps);
//! ```

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
    /// Whether the lead is 0 here; else it is a point of the grid's border, beyond which nothing is
    /// known.
    pub root: bool,
    /// Along which coordinate the root was sought.
    pub along: Along,
}

/// A coordinate: along which one a [`Vertex`] was sought. See the example of the [module](self).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Along {
    /// sigma varies, ε is one of the grid's.
    Sigma,
    /// ε varies, sigma is one of the grid's.
    Eps,
}

/// Where a claim fails in a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// For each ε and, within it, each sigma: whether the claim holds.
    pub holds: Vec<bool>,
    /// The borders of the failing region, which lies to their left.
    pub loops: Vec<Vec<Vertex>>,
}

/// An edge of the grid with its border: from node (i, j) to the next in sigma or in ε. Node (0, 0) is
/// of the border, (1, 1) is the first of the grid.
type Edge = (usize, usize, Along);

struct Grid<'a> {
    sigmas: &'a [f64],
    eps: &'a [f64],
    holds: Vec<bool>,
}

impl Grid<'_> {
    fn inside(&self, i: usize, j: usize) -> Option<usize> {
        let (x, y) = (i.checked_sub(1)?, j.checked_sub(1)?);
        (x < self.sigmas.len() && y < self.eps.len()).then(|| y * self.sigmas.len() + x)
    }

    /// The border holds everything together by counting as a place where the claim holds.
    fn holds(&self, i: usize, j: usize) -> bool {
        self.inside(i, j).is_none_or(|at| self.holds[at])
    }

    /// The coordinates of a node; of the border, those of the nearest node of the grid.
    fn place(&self, i: usize, j: usize) -> (f64, f64) {
        let x = i.saturating_sub(1).min(self.sigmas.len() - 1);
        let y = j.saturating_sub(1).min(self.eps.len() - 1);
        (self.sigmas[x], self.eps[y])
    }
}

/// Traces the frontier through a grid.
///
/// `sigmas` and `eps`: ascending, at least one each; one alone makes the grid a line or a point, and
/// its loops flat. `lead`: positive where the claim holds; NaN and 0 count as failing.
#[must_use]
pub fn trace(sigmas: &[f64], eps: &[f64], lead: impl Fn(f64, f64) -> f64) -> Map {
    if sigmas.is_empty() || eps.is_empty() {
        return Map { holds: Vec::new(), loops: Vec::new() };
    }
    let mut values = Vec::with_capacity(sigmas.len() * eps.len());
    for &y in eps {
        values.extend(sigmas.iter().map(|&x| lead(x, y)));
    }
    let grid = Grid { sigmas, eps, holds: values.iter().map(|lead| *lead > 0.0).collect() };

    // Which crossing follows which: each belongs to two cells, entered in one and left in the other.
    let mut next: HashMap<Edge, Edge> = HashMap::new();
    for j in 0..=eps.len() {
        for i in 0..=sigmas.len() {
            let centre = || {
                let ((x0, y0), (x1, y1)) = (grid.place(i, j), grid.place(i + 1, j + 1));
                lead(0.5 * (x0 + x1), 0.5 * (y0 + y1)) > 0.0
            };
            next.extend(cell(&grid, i, j, centre));
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
            loops.push(edges.iter().map(|edge| vertex(&grid, &values, *edge, &lead)).collect());
        }
    }
    Map { holds: grid.holds, loops }
}

/// The segments of one cell, each from where a walk around it, counter-clockwise, leaves the failing
/// part to where it enters it.
fn cell(grid: &Grid<'_>, i: usize, j: usize, centre: impl Fn() -> bool) -> Vec<(Edge, Edge)> {
    let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
    let edges = [
        (i, j, Along::Sigma),
        (i + 1, j, Along::Eps),
        (i, j + 1, Along::Sigma),
        (i, j, Along::Eps),
    ];
    let holds = corners.map(|(i, j)| grid.holds(i, j));
    let leaves: Vec<usize> = (0..4).filter(|&k| !holds[k] && holds[(k + 1) % 4]).collect();
    let enters: Vec<usize> = (0..4).filter(|&k| holds[k] && !holds[(k + 1) % 4]).collect();
    match (leaves.as_slice(), enters.as_slice()) {
        ([leave], [enter]) => vec![(edges[*leave], edges[*enter])],
        ([_, _], _) => {
            // opposite corners fail: the failing part is one if the centre fails, else two
            let step = if centre() { 3 } else { 1 };
            leaves.iter().map(|k| (edges[*k], edges[(k + step) % 4])).collect()
        }
        _ => Vec::new(),
    }
}

fn vertex(
    grid: &Grid<'_>,
    values: &[f64],
    (i, j, along): Edge,
    lead: &impl Fn(f64, f64) -> f64,
) -> Vertex {
    let far = if along == Along::Sigma { (i + 1, j) } else { (i, j + 1) };
    let ((x0, y0), (x1, y1)) = (grid.place(i, j), grid.place(far.0, far.1));
    let ends = grid.inside(i, j).zip(grid.inside(far.0, far.1));
    let (sigma, eps, root) = match (ends, along) {
        (None, _) => (x0, y0, false),
        (Some((a, b)), Along::Sigma) => {
            (root((x0, values[a]), (x1, values[b]), |x| lead(x, y0)), y0, true)
        }
        (Some((a, b)), Along::Eps) => {
            (x0, root((y0, values[a]), (y1, values[b]), |y| lead(x0, y)), true)
        }
    };
    Vertex { sigma, eps, root, along }
}

/// The zero of f between two points where it has different signs, to a few ulp. Where f jumps, the
/// place of the jump. Method: T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997), 145–149: inverse quadratic
/// interpolation where it is sure to help, else bisection.
pub(super) fn root(a: (f64, f64), b: (f64, f64), f: impl Fn(f64) -> f64) -> f64 {
    let ((mut x1, mut f1), (mut x2, mut f2)) = (a, b);
    let (mut x3, mut f3);
    if f1 == 0.0 {
        return x1;
    }
    if f2 == 0.0 {
        return x2;
    }
    let mut t = 0.5;
    for _ in 0..200 {
        let x = x1 + t * (x2 - x1);
        let value = f(x);
        if value == 0.0 {
            return x;
        }
        if value.signum() == f1.signum() {
            (x3, f3) = (x1, f1);
        } else {
            (x3, f3, x2, f2) = (x2, f2, x1, f1);
        }
        (x1, f1) = (x, value);
        let best = if f1.abs() < f2.abs() { x1 } else { x2 };
        let tolerance = 2.0 * f64::EPSILON * best.abs() + f64::MIN_POSITIVE;
        let least = tolerance / (x2 - x1).abs();
        if least > 0.5 {
            return best;
        }
        let (xi, phi) = ((x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2));
        let sure = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        t = if sure {
            f1 / (f2 - f1) * f3 / (f2 - f3)
                + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
        } else {
            0.5
        };
        t = if t.is_finite() { t.clamp(least, 1.0 - least) } else { 0.5 };
    }
    x1
}

impl Map {
    /// The frontier: each curve a maximal run of roots. A closed curve ends where it begins.
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

    /// The failing share of a region: of the area, on a line of the length, at a point 0 or 1. Its
    /// frontier counts as straight between its points.
    ///
    /// Twice the area within a loop is Σ (σᵢ·εᵢ₊₁ − σᵢ₊₁·εᵢ) over its points, positive for what lies to the
    /// left; the share is the sum over the loops by the region's area.
    #[must_use]
    pub fn failing_share(&self, sigmas: &[f64], eps: &[f64]) -> f64 {
        let width = |values: &[f64]| values.last().zip(values.first()).map_or(0.0, |(b, a)| b - a);
        let (width, height) = (width(sigmas), width(eps));
        if self.holds.iter().all(|holds| !holds) {
            return 1.0; // exactly
        }
        if width > 0.0 && height > 0.0 {
            let twice: f64 = self.loops.iter().map(|vertices| area(vertices)).sum();
            return (0.5 * twice / (width * height)).clamp(0.0, 1.0);
        }
        if width == 0.0 && height == 0.0 {
            return 0.0;
        }
        // flat loops go through every interval once there and once back
        let along = |v: &Vertex| if width > 0.0 { v.sigma } else { v.eps };
        let length: f64 = self
            .loops
            .iter()
            .map(|vertices| {
                let next = vertices.iter().skip(1).chain(vertices.first());
                vertices.iter().zip(next).map(|(a, b)| (along(a) - along(b)).abs()).sum::<f64>()
            })
            .sum();
        (0.5 * length / width.max(height)).clamp(0.0, 1.0)
    }
}

/// Twice the area within a loop, positive if it lies to the left.
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

    /// A disc of radius 1 about (2, 2), in which the claim fails.
    #[test]
    fn a_disc_is_one_closed_curve_of_exact_points() {
        let (xs, ys) = (even(0.0, 4.0, 41), even(0.0, 4.0, 41));
        let lead = |x: f64, y: f64| (x - 2.0).hypot(y - 2.0) - 1.0;
        let map = trace(&xs, &ys, lead);
        let curves = map.curves();
        assert_eq!((map.loops.len(), curves.len()), (1, 1));
        assert_eq!(curves[0].first(), curves[0].last());
        for vertex in &curves[0] {
            assert!(vertex.root && lead(vertex.sigma, vertex.eps).abs() < 1e-14, "{vertex:?}");
        }
        // the polygon through the points of a circle loses about 1/6 of step² of its area
        let share = map.failing_share(&xs, &ys);
        assert!((share / (std::f64::consts::PI / 16.0) - 1.0).abs() < 2e-3, "{share}");
    }

    /// A failing corner: the frontier is an arc from one axis to the other, its ends on the axes.
    #[test]
    fn a_corner_is_an_arc_with_its_ends_on_the_border() {
        let (xs, ys) = (even(0.0, 2.0, 9), even(0.0, 3.0, 7));
        let map = trace(&xs, &ys, |x, y| x.hypot(y) - 1.1);
        let curves = map.curves();
        assert_eq!(curves.len(), 1);
        let ends = [curves[0][0], curves[0][curves[0].len() - 1]];
        assert!(ends.iter().any(|end| end.eps == 0.0 && (end.sigma - 1.1).abs() < 1e-15));
        assert!(ends.iter().any(|end| end.sigma == 0.0 && (end.eps - 1.1).abs() < 1e-15));
    }

    /// Two failing corners that touch at a saddle: one region or two, as the centre says; a hole counts
    /// against the area.
    #[test]
    fn saddles_and_holes() {
        let (xs, ys) = ([0.0, 1.0], [0.0, 1.0]);
        for (shift, loops) in [(0.1, 2), (-0.1, 1)] {
            let map = trace(&xs, &ys, |x, y| shift - (x - 0.5) * (y - 0.5));
            assert_eq!(map.loops.len(), loops, "{shift}");
        }
        let (xs, ys) = (even(0.0, 4.0, 41), even(0.0, 4.0, 41));
        let map = trace(&xs, &ys, |x, y| 1.0 - (x - 2.0).hypot(y - 2.0));
        let share = map.failing_share(&xs, &ys);
        assert!((share - (1.0 - std::f64::consts::PI / 16.0)).abs() < 1e-3, "{share}");
    }

    #[test]
    fn lines_and_points() {
        let ys = even(0.0, 1.0, 5);
        let map = trace(&[0.3], &ys, |_, y| y - 0.3);
        assert_eq!(map.curves().iter().flatten().filter(|v| v.root).count(), 1);
        assert!(map.curves().iter().flatten().all(|v| (v.eps - 0.3).abs() < 1e-15));
        assert!((map.failing_share(&[0.3], &ys) - 0.3).abs() < 1e-15);
        for (lead, share) in [(1.0, 0.0), (-1.0, 1.0), (0.0, 1.0), (f64::NAN, 1.0)] {
            let map = trace(&[1.0], &[0.5], |_, _| lead);
            assert_eq!(map.failing_share(&[1.0], &[0.5]).to_bits(), f64::to_bits(share));
        }
    }

    #[test]
    fn roots_are_exact() {
        for (f, at) in [
            ((|x: f64| x * x - 2.0) as fn(f64) -> f64, std::f64::consts::SQRT_2),
            (|x: f64| (x - 0.7).powi(3), 0.7),
            (|x: f64| if x < 1.25 { -1.0 } else { 2.0 }, 1.25),
        ] {
            let found = root((0.0, f(0.0)), (3.0, f(3.0)), f);
            assert!((found - at).abs() < 1e-15 * 2.0 || f(found).abs() < 1e-40, "{found} {at}");
        }
    }
}
