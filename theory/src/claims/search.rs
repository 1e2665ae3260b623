//! The search between the nodes of a grid, for regions of another verdict that contain no node.
//!
//! For a claim that is proven cell by cell, the cells show such regions. Otherwise the lead does: along every line of
//! the grid, where it turns back between two nodes of one sign, the turn is followed to its end or until the sign
//! changes. Whether it may reach 0 is judged from the slopes on both sides, which bound a convex function from below:
//! an interval is skipped only if that bound stays above a quarter of the values at the ends.

use super::Verdict;
use super::field::Field;
use super::proof::{self, Cover, Region};
use crate::math::bounded::Bounded;

/// The smallest number of lines in each direction if a search needs a grid of its own.
pub(super) const COARSE: usize = 13;

/// The largest number of lines added in each direction for what one search finds.
const MOST: usize = 12;

/// The largest number of golden-section steps in an interval, unless the sign changes earlier.
const STEPS: u32 = 14;

/// A grid's lines, ascending.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    pub(super) sigmas: Vec<f64>,
    pub(super) eps: Vec<f64>,
}

impl Lines {
    /// Halves the widest gaps until there are `least` lines in each direction that has an extent.
    pub(super) fn fill(&mut self, least: usize) {
        for values in [&mut self.sigmas, &mut self.eps] {
            while values.len() > 1 && values.len() < least {
                let gaps = values.windows(2).enumerate();
                let widest = gaps.max_by(|a, b| (a.1[1] - a.1[0]).total_cmp(&(b.1[1] - b.1[0])));
                let Some((i, &[low, high])) = widest else {
                    break;
                };
                let middle = 0.5 * low + 0.5 * high;
                if middle <= low || middle >= high {
                    break;
                }
                values.insert(i + 1, middle);
            }
        }
    }

    /// Adds a line at a budget.
    pub(super) fn add_eps(&mut self, eps: f64) {
        if !self.eps.contains(&eps) {
            self.eps.push(eps);
            self.eps.sort_by(f64::total_cmp);
        }
    }

    /// Adds lines through points of the region, [`MOST`] in each direction at most.
    fn through(&mut self, points: &[(f64, f64)]) {
        let some = |values: Vec<f64>, known: &[f64]| {
            let mut values: Vec<f64> = values.into_iter().filter(|x| !known.contains(x)).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            let step = values.len().div_ceil(MOST).max(1);
            values.into_iter().step_by(step).collect::<Vec<_>>()
        };
        let sigmas = some(points.iter().map(|point| point.0).collect(), &self.sigmas);
        let eps = some(points.iter().map(|point| point.1).collect(), &self.eps);
        self.sigmas.extend(sigmas);
        self.eps.extend(eps);
        self.sigmas.sort_by(f64::total_cmp);
        self.eps.sort_by(f64::total_cmp);
    }

    /// Returns the nodes: for each ε and, within it, each sigma.
    fn nodes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.eps.iter().flat_map(|&eps| self.sigmas.iter().map(move |&sigma| (sigma, eps)))
    }
}

/// Adds lines through every proven region that contains no node and, if all nodes agree, through an open cell where
/// the verdict differs.
pub(super) fn between_proofs(lines: &mut Lines, cover: &Cover, field: &Field<'_>) {
    for verdict in [proof::Verdict::Fails, proof::Verdict::Holds] {
        let mut points = Vec::new();
        for piece in pieces(cover, verdict) {
            let seen = lines
                .nodes()
                .any(|(sigma, eps)| piece.iter().any(|cell| contains(cell, sigma, eps)));
            if !seen {
                points.extend(piece.iter().map(centre));
            }
        }
        lines.through(&points);
    }
    let verdicts: Vec<Verdict> =
        lines.nodes().map(|(sigma, eps)| Verdict::of(field.lead(sigma, eps))).collect();
    let one_sided = !verdicts.contains(&Verdict::Holds) || !verdicts.contains(&Verdict::Fails);
    if one_sided {
        let open = cover.cells.iter().filter(|cell| cell.verdict == proof::Verdict::Open);
        let other = open.map(|cell| centre(&cell.region)).find(|&(sigma, eps)| {
            let here = Verdict::of(field.lead(sigma, eps));
            here.is_told() && !verdicts.contains(&here)
        });
        lines.through(other.as_slice());
    }
}

fn contains(cell: &Region, sigma: f64, eps: f64) -> bool {
    let within = |(low, high): (f64, f64), x: f64| low <= x && x <= high;
    within(cell.sigma, sigma) && within(cell.eps, eps)
}

fn centre(cell: &Region) -> (f64, f64) {
    (0.5 * cell.sigma.0 + 0.5 * cell.sigma.1, 0.5 * cell.eps.0 + 0.5 * cell.eps.1)
}

/// Returns the cells of one verdict, grouped into connected pieces.
fn pieces(cover: &Cover, verdict: proof::Verdict) -> Vec<Vec<Region>> {
    let cells: Vec<Region> =
        cover.cells.iter().filter(|cell| cell.verdict == verdict).map(|cell| cell.region).collect();
    let touch = |a: (f64, f64), b: (f64, f64)| a.0 <= b.1 && b.0 <= a.1;
    let mut left: Vec<Region> = cells;
    let mut found = Vec::new();
    while let Some(first) = left.pop() {
        let mut piece = vec![first];
        let mut next = 0;
        while next < piece.len() {
            let cell = piece[next];
            let (near, far) = left
                .into_iter()
                .partition(|other| touch(cell.sigma, other.sigma) && touch(cell.eps, other.eps));
            piece.extend::<Vec<Region>>(near);
            left = far;
            next += 1;
        }
        found.push(piece);
    }
    found
}

/// Searches every line for turns of the lead between nodes of one sign, and adds lines through the points of the
/// other sign that it finds.
pub(super) fn between_nodes(lines: &mut Lines, lead: &impl Fn(f64, f64) -> Bounded) {
    let mut points = Vec::new();
    for &eps in &lines.eps {
        let found = turns(&lines.sigmas, |sigma| lead(sigma, eps));
        points.extend(found.into_iter().map(|sigma| (sigma, eps)));
    }
    for &sigma in &lines.sigmas {
        let found = turns(&lines.eps, |eps| lead(sigma, eps));
        points.extend(found.into_iter().map(|eps| (sigma, eps)));
    }
    lines.through(&points);
}

/// Returns points of another sign between neighbours of one sign, along a line.
fn turns(xs: &[f64], f: impl Fn(f64) -> Bounded) -> Vec<f64> {
    let leads: Vec<Bounded> = xs.iter().map(|&x| f(x)).collect();
    let mut found = Vec::new();
    for i in 1..xs.len() {
        let [before, after] = [leads[i - 1], leads[i]].map(Verdict::of);
        if before != after || !before.is_told() || leads[i].value.is_infinite() {
            continue;
        }
        // Treat both ends as if the claim held there.
        let sign = if before == Verdict::Holds { 1.0 } else { -1.0 };
        let value = |j: usize| sign * leads[j].value;
        let slope = |j: usize, k: usize| (value(k) - value(j)) / (xs[k] - xs[j]);
        let rising = (i >= 2).then(|| slope(i - 2, i - 1));
        let falling = (i + 1 < xs.len()).then(|| slope(i, i + 1));
        let ends = [(xs[i - 1], value(i - 1)), (xs[i], value(i))];
        if least(ends, rising, falling) > 0.25 * value(i - 1).min(value(i)) {
            continue;
        }
        found.extend(crossing(ends, before, &f, sign));
    }
    found
}

/// Returns a lower bound on a convex function between two points, from its slopes before and after them.
fn least(
    [(low, at_low), (high, at_high)]: [(f64, f64); 2],
    before: Option<f64>,
    after: Option<f64>,
) -> f64 {
    let width = high - low;
    let from_left = |x: f64| before.map_or(f64::NEG_INFINITY, |slope| at_low + slope * (x - low));
    let from_right = |x: f64| after.map_or(f64::NEG_INFINITY, |slope| at_high - slope * (high - x));
    match (before, after) {
        (Some(left), Some(right)) => {
            if left >= 0.0 {
                return at_low;
            }
            if right <= 0.0 {
                return at_high;
            }
            // The point where the two tangents meet.
            let x = (at_high - at_low - right * high + left * low) / (left - right);
            let x = x.clamp(low, high);
            from_left(x).max(from_right(x)).min(at_low).min(at_high)
        }
        // At the end of a line there is only one slope: there is no turn if it leads outward and up.
        (None, Some(right)) if right > 0.0 => at_high - right * width,
        (Some(left), None) if left < 0.0 => at_low + left * width,
        (None, None) => f64::NEG_INFINITY,
        _ => at_low.min(at_high),
    }
}

/// Returns a point between the ends with another verdict, sought where the lead is smallest.
fn crossing(
    [(low, _), (high, _)]: [(f64, f64); 2],
    verdict: Verdict,
    f: impl Fn(f64) -> Bounded,
    sign: f64,
) -> Option<f64> {
    const SECTION: f64 = 0.381_966_011_250_105_1;
    let (mut low, mut high) = (low, high);
    let mut inner = [low + SECTION * (high - low), high - SECTION * (high - low)];
    let mut leads = inner.map(&f);
    for _ in 0..STEPS {
        let other = |lead: &Bounded| Verdict::of(*lead).is_told() && Verdict::of(*lead) != verdict;
        if let Some(at) = leads.iter().position(other) {
            return Some(inner[at]);
        }
        if leads.iter().any(|lead| lead.value.is_infinite()) {
            return None; // proven
        }
        if sign * leads[0].value <= sign * leads[1].value {
            (high, inner[1], leads[1]) = (inner[1], inner[0], leads[0]);
            inner[0] = low + SECTION * (high - low);
            leads[0] = f(inner[0]);
        } else {
            (low, inner[0], leads[0]) = (inner[0], inner[1], leads[1]);
            inner[1] = high - SECTION * (high - low);
            leads[1] = f(inner[1]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(n: u32) -> Vec<f64> {
        (0..n).map(|i| f64::from(i) / f64::from(n - 1)).collect()
    }

    /// Searches for strips of 1e-3 of the unit square between the nodes of the default grid and of the coarsest one:
    /// along a parabola, along a diagonal, along a line, and as an arc; as smooth valleys and as sharp ones.
    #[test]
    fn strips_of_a_thousandth_are_found() {
        let curves: [fn(f64, f64) -> f64; 4] = [
            |x, y| y - 0.31 - 0.2 * x * x,
            |x, y| (y - 0.9 * x - 0.0371) / 1.35,
            |_, y| y - 0.513,
            |x, y| (x - 0.45).hypot(y - 0.52) - 0.3,
        ];
        for (sigmas, eps) in [(even(41), even(31)), (even(2), even(2))] {
            for (which, curve) in curves.into_iter().enumerate() {
                for sharp in [false, true] {
                    let half = 5e-4;
                    let lead = |x: f64, y: f64| {
                        let d = curve(x, y);
                        Bounded::exact(if sharp { d.abs() - half } else { d * d - half * half })
                    };
                    let fails = |lines: &Lines| {
                        lines.nodes().filter(|&(x, y)| lead(x, y).value < 0.0).count()
                    };
                    let mut lines = Lines { sigmas: sigmas.clone(), eps: eps.clone() };
                    lines.fill(COARSE);
                    let before = fails(&lines);
                    between_nodes(&mut lines, &lead);
                    let after = fails(&lines);
                    assert!(
                        after > before + 3,
                        "{which} {sharp} {}: {before} {after}",
                        sigmas.len()
                    );
                    assert!(lines.sigmas.len() <= sigmas.len().max(COARSE) + MOST);
                }
            }
        }
    }

    /// Checks that a claim that holds with a wide margin costs nothing between the nodes.
    #[test]
    fn nothing_is_looked_at_where_nothing_turns() {
        let looked = std::cell::Cell::new(0);
        let mut lines = Lines { sigmas: even(41), eps: even(31) };
        between_nodes(&mut lines, &|x, y| {
            looked.set(looked.get() + 1);
            Bounded::exact(1.0 + 0.5 * (x - 0.4) * (x - 0.4) + 0.2 * y)
        });
        assert_eq!((looked.get(), lines.sigmas.len()), (2 * 41 * 31, 41));
    }

    #[test]
    fn gaps_are_filled_evenly() {
        let mut lines = Lines { sigmas: vec![0.0, 2.0], eps: vec![0.5] };
        lines.fill(5);
        assert_eq!(lines.sigmas, [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(lines.eps, [0.5]);
    }
}
