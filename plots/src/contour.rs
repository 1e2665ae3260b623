//! Contour lines of values on a grid, by marching squares.

use std::collections::BTreeMap;

/// An edge between two neighbouring grid points: the lower one, and whether it runs along x.
type Edge = (usize, usize, bool);

/// Returns the lines along which the bilinear interpolation of `values` equals `level`.
///
/// `values[j * xs.len() + i]` belongs to `(xs[i], ys[j])`. Squares with a corner that is not finite are left out. The
/// points of the lines are the level's crossings of the grid's edges, exact for functions that are linear along them.
/// Saddles are resolved by the mean of the four corners. If the values only touch the level without crossing it (zero
/// along a border, for example), there is no line. Empty if the shapes do not match.
///
/// ```
/// use gauss_sim_plots::contour;
///
/// // The circle of radius 2, of squared distances on a grid from −3 to 3.
/// let grid: Vec<f64> = (-30..=30).map(|i| f64::from(i) / 10.0).collect();
/// let values: Vec<f64> = grid.iter().flat_map(|y| grid.iter().map(move |x| x * x + y * y)).collect();
/// let circles = contour::lines(&grid, &grid, &values, 4.0);
/// assert_eq!(circles.len(), 1);
/// assert_eq!(circles[0].first(), circles[0].last());
/// assert!(circles[0].iter().all(|(x, y)| (x.hypot(*y) - 2.0).abs() < 2e-3));
/// assert!(contour::lines(&grid, &grid, &values, -1.0).is_empty());
/// ```
#[must_use]
pub fn lines(xs: &[f64], ys: &[f64], values: &[f64], level: f64) -> Vec<Vec<(f64, f64)>> {
    let (nx, ny) = (xs.len(), ys.len());
    if nx < 2 || ny < 2 || values.len() != nx * ny || !level.is_finite() {
        return Vec::new();
    }
    let above = above(nx, values, level);
    let mut links: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    for j in 0..ny - 1 {
        for i in 0..nx - 1 {
            let row = j * nx + i;
            // Counter-clockwise from the lower left.
            let corners = [values[row], values[row + 1], values[row + nx + 1], values[row + nx]];
            if corners.iter().any(|v| !v.is_finite()) {
                continue;
            }
            let sides = [above[row], above[row + 1], above[row + nx + 1], above[row + nx]];
            let centre = corners.iter().map(|v| v / 4.0).sum::<f64>() >= level;
            for [a, b] in crossings(sides, centre, i, j).into_iter().flatten() {
                links.entry(a).or_default().push(b);
                links.entry(b).or_default().push(a);
            }
        }
    }
    let place = |(i, j, along_x): Edge| {
        let (i2, j2) = if along_x { (i + 1, j) } else { (i, j + 1) };
        let (a, b) = (values[j * nx + i], values[j2 * nx + i2]);
        // Halve, so that the difference of huge values does not overflow.
        let t = if a == b { 0.5 } else { (level / 2.0 - a / 2.0) / (b / 2.0 - a / 2.0) };
        let t = t.clamp(0.0, 1.0);
        (xs[i] + t * (xs[i2] - xs[i]), ys[j] + t * (ys[j2] - ys[j]))
    };
    chains(links).into_iter().map(|chain| chain.into_iter().map(place).collect()).collect()
}

/// Returns which values count as above the level. A value equal to it does if a neighbour beside, above or below it
/// is strictly above.
fn above(nx: usize, values: &[f64], level: f64) -> Vec<bool> {
    let truly = |k: usize| values.get(k).is_some_and(|&v| v > level);
    let passed = |k: usize| {
        (!k.is_multiple_of(nx) && truly(k - 1))
            || (k % nx + 1 < nx && truly(k + 1))
            || (k >= nx && truly(k - nx))
            || truly(k + nx)
    };
    (0..values.len()).map(|k| truly(k) || (values[k] == level && passed(k))).collect()
}

/// Returns the pairs of edges that the level connects within one square, given whether each corner is `above` it
/// (counter-clockwise from the lower left).
fn crossings(above: [bool; 4], centre: bool, i: usize, j: usize) -> [Option<[Edge; 2]>; 2] {
    let edges: [Edge; 4] = [(i, j, true), (i + 1, j, false), (i, j + 1, true), (i, j, false)];
    let crossed: Vec<usize> = (0..4).filter(|&k| above[k] != above[(k + 1) % 4]).collect();
    match crossed[..] {
        [a, b] => [Some([edges[a], edges[b]]), None],
        [_, _, _, _] => {
            // Cut off the corners that differ from the centre.
            if above[0] == centre {
                [Some([edges[0], edges[1]]), Some([edges[2], edges[3]])]
            } else {
                [Some([edges[3], edges[0]]), Some([edges[1], edges[2]])]
            }
        }
        _ => [None, None],
    }
}

/// Joins links into lines: first the open lines from their ends, then the closed ones.
fn chains(mut links: BTreeMap<Edge, Vec<Edge>>) -> Vec<Vec<Edge>> {
    let ends: Vec<Edge> = links.iter().filter(|(_, to)| to.len() == 1).map(|(&e, _)| e).collect();
    let all: Vec<Edge> = links.keys().copied().collect();
    let mut chains = Vec::new();
    for start in ends.into_iter().chain(all) {
        let mut chain = vec![start];
        let mut here = start;
        while let Some(next) = links.get_mut(&here).and_then(Vec::pop) {
            if let Some(back) = links.get_mut(&next)
                && let Some(k) = back.iter().position(|&e| e == here)
            {
                back.swap_remove(k);
            }
            chain.push(next);
            here = next;
        }
        if chain.len() > 1 {
            chains.push(chain);
        }
    }
    chains
}
