//! Polynomials by their values at Chebyshev's points: interpolation and integrals.
//!
//! Source: J.-P. Berrut and L. N. Trefethen, *Barycentric Lagrange interpolation*, SIAM Review 46 (2004), 501–517.

use std::f64::consts::PI;

/// The most nodes.
pub(super) const MOST: usize = 24;

/// The extreme points of a Chebyshev polynomial on [−1, 1], ascending, with both ends.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    points: Vec<f64>,
    /// `integrals[k·count + j]`: ∫ from −1 to point k of the polynomial that is 1 at point j and 0 at the others.
    integrals: Vec<f64>,
}

impl Nodes {
    /// Of so many points, 2 at least.
    pub(super) fn new(count: usize) -> Self {
        let n = count - 1;
        let angle = |k: usize| PI * k as f64 / n as f64;
        // sin of a symmetric argument, so that points are symmetric, too.
        let point = |k: usize| (0.5 * PI * (2.0 * k as f64 - n as f64) / n as f64).sin();
        let points: Vec<f64> = (0..count).map(point).collect();
        let halved = |k: usize| if k == 0 || k == n { 0.5 } else { 1.0 };
        // ∫ from −1 to x of T_m; T_m(−cos t) = (−1)^m cos(mt).
        let integral = |m: usize, k: usize| -> f64 {
            let sign = |m: usize| if m.is_multiple_of(2) { 1.0 } else { -1.0 };
            let t = |m: usize| sign(m) * (m as f64 * angle(k)).cos();
            match m {
                0 => points[k] + 1.0,
                1 => 0.5 * (points[k] * points[k] - 1.0),
                _ => {
                    let of = |m: usize| (t(m) - sign(m)) / m as f64;
                    0.5 * (of(m + 1) - of(m - 1))
                }
            }
        };
        let mut integrals = Vec::with_capacity(count * count);
        for k in 0..count {
            for j in 0..count {
                let sign = |m: usize| if m.is_multiple_of(2) { 1.0 } else { -1.0 };
                let term = |m: usize| {
                    let value = sign(m) * (m as f64 * angle(j)).cos();
                    2.0 / n as f64 * halved(j) * halved(m) * value * integral(m, k)
                };
                integrals.push((0..count).map(term).sum());
            }
        }
        Self { points, integrals }
    }

    pub(super) fn count(&self) -> usize {
        self.points.len()
    }

    pub(super) fn points(&self) -> &[f64] {
        &self.points
    }

    /// What the value at point j adds to the integral from −1 to point k.
    pub(super) fn integral(&self, k: usize, j: usize) -> f64 {
        self.integrals[k * self.count() + j]
    }

    /// What the values at the points add to the value at x.
    pub(super) fn weights(&self, x: f64) -> Vec<f64> {
        if let Some(hit) = self.points.iter().position(|point| *point == x) {
            return (0..self.count()).map(|j| if j == hit { 1.0 } else { 0.0 }).collect();
        }
        let last = self.count() - 1;
        let term = |(j, point): (usize, &f64)| {
            let sign = if j.is_multiple_of(2) { 1.0 } else { -1.0 };
            let half = if j == 0 || j == last { 0.5 } else { 1.0 };
            sign * half / (x - point)
        };
        let mut weights: Vec<f64> = self.points.iter().enumerate().map(term).collect();
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_function_is_integrated_and_found_between_its_points() {
        let nodes = Nodes::new(MOST);
        let values: Vec<f64> = nodes.points().iter().map(|x| (2.0 * x).exp()).collect();
        for (k, x) in nodes.points().iter().enumerate() {
            let sum: f64 = (0..MOST).map(|j| nodes.integral(k, j) * values[j]).sum();
            let exact = 0.5 * ((2.0 * x).exp() - (-2.0f64).exp());
            assert!((sum - exact).abs() < 2e-15, "{x}: {sum} {exact}");
        }
        for i in 0..=100 {
            let x = -1.0 + 0.02 * f64::from(i);
            let found: f64 = nodes.weights(x).iter().zip(&values).map(|(w, v)| w * v).sum();
            assert!((found - (2.0 * x).exp()).abs() < 2e-14, "{x}");
        }
    }
}
