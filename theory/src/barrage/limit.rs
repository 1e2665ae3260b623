//! The vote in the limit of infinitely many draws: +1 where the response is above ½, −1 where it is below, and a fair
//! coin where it is ½.

use super::grid::{points, root};
use super::response::Response;

/// The regions in which the vote in the limit is constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    /// The edges, ascending; region i lies between edge i − 1 and edge i.
    edges: Vec<f64>,
    /// The probability of +1 in each region: 0, ½ or 1.
    says: Vec<f64>,
    /// The error bound of each edge.
    blur: Vec<f64>,
}

impl Regions {
    /// Computes the regions of a response, valid for |x| up to `reach`.
    #[must_use]
    pub fn new(response: &Response, reach: f64) -> Self {
        let bells: Vec<(f64, f64)> = response.slopes().collect();
        let inside = |at: &f64| at.abs() < reach;
        let mut steps: Vec<f64> = response.steps().filter(inside).collect();
        steps.sort_by(f64::total_cmp);
        steps.dedup();
        let mut regions = Self { edges: Vec::new(), says: Vec::new(), blur: Vec::new() };
        let ends = [&[-reach], steps.as_slice(), &[reach]].concat();
        for pair in ends.windows(2) {
            if pair[0] > -reach {
                regions.edges.push(pair[0]);
                regions.blur.push(4.0 * f64::EPSILON * pair[0].abs());
            }
            regions.between(response, &bells, pair[0], pair[1]);
        }
        regions.merge();
        regions
    }

    /// Adds the regions between two steps.
    fn between(&mut self, response: &Response, bells: &[(f64, f64)], low: f64, high: f64) {
        let lead = |x: f64| response.lead(x).0;
        let says = |lead: f64| if lead == 0.0 { 0.5 } else { f64::from(u8::from(lead > 0.0)) };
        // Avoid the steps themselves.
        let nudge = 1e-9 * (high - low);
        let grid = points(bells, low + nudge, high - nudge);
        let mut before = (grid[0], says(lead(grid[0])));
        self.says.push(before.1);
        for (place, &x) in grid.iter().enumerate().skip(1) {
            let now = (x, says(lead(x)));
            if now.1 == 0.5 && before.1 != 0.5 && place + 1 < grid.len() {
                continue; // crossing ½, or on it: the next point decides
            }
            if before.1 != now.1 {
                let edge = root(lead, before.0, x);
                let width = x - before.0;
                self.edges.push(edge);
                self.blur.push(blur(response, edge, width, before.1 != 0.5 && now.1 != 0.5));
                self.says.push(now.1);
            }
            before = now;
        }
    }

    /// Removes edges between regions with the same vote.
    fn merge(&mut self) {
        let mut at = 0;
        while at < self.edges.len() {
            if self.says[at] == self.says[at + 1] {
                self.edges.remove(at);
                self.blur.remove(at);
                self.says.remove(at + 1);
            } else {
                at += 1;
            }
        }
    }

    /// Returns the edges, ascending.
    #[must_use]
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Returns the probability of +1 in each region; there is one region more than there are edges.
    #[must_use]
    pub fn says(&self) -> &[f64] {
        &self.says
    }

    /// Returns the sum of the error bounds of the edges.
    pub(super) fn blur(&self) -> f64 {
        self.blur.iter().sum()
    }

    /// Returns the probability of +1 at x.
    pub(super) fn at(&self, x: f64) -> f64 {
        self.says[self.edges.partition_point(|edge| *edge < x)]
    }
}

/// Returns the error bound of an edge in an interval of this width. An edge of a region of ½ that is not at a step is
/// where rounding begins to hide the sign: the true region may extend further.
fn blur(response: &Response, edge: f64, width: f64, crosses: bool) -> f64 {
    if !crosses {
        return width;
    }
    let step = 1e-4 * width;
    let ((low, unit), (high, _)) = (response.lead(edge - step), response.lead(edge + step));
    let rise = ((high - low) / (2.0 * step)).abs();
    (4.0 * response.error() * unit / rise).min(width) + 2.0 * f64::EPSILON * edge.abs()
}
