//! A smooth function as piecewise polynomials, for functions that are expensive and evaluated often.

use crate::math::quadrature::sum;

/// The number of Chebyshev points of a piece.
const POINTS: usize = 24;
/// If the last coefficients are below this, the piece is as accurate as the function.
const SMALL: f64 = 1e-15;
/// The largest error of a value of the table, apart from the effect of an ulp of x.
pub(super) const ERROR: f64 = 4e-15;

/// Polynomials on adjacent intervals.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    /// The ends of the pieces, one more than there are pieces.
    edges: Vec<f64>,
    /// The Chebyshev coefficients of each piece.
    pieces: Vec<Vec<f64>>,
}

impl Pieces {
    /// Tabulates the function from `low` to `high`, to [`ERROR`]. The function is a sum of normal distribution
    /// functions at least `finest` wide, each of which is a polynomial to full accuracy on an interval of that width.
    pub(super) fn new(f: &impl Fn(f64) -> f64, low: f64, high: f64, finest: f64) -> Self {
        let mut table = Self { edges: vec![low], pieces: Vec::new() };
        table.add(f, low, high, finest);
        table
    }

    fn add(&mut self, f: &impl Fn(f64) -> f64, low: f64, high: f64, finest: f64) {
        let mut coefficients = coefficients(f, low, high);
        let rest = coefficients[POINTS - 3..].iter().fold(0.0_f64, |rest, c| rest.max(c.abs()));
        let middle = 0.5 * low + 0.5 * high;
        if rest > SMALL && high - low > finest && low < middle && middle < high {
            self.add(f, low, middle, finest);
            self.add(f, middle, high, finest);
            return;
        }
        while coefficients.len() > 1 && coefficients.last().is_some_and(|c| c.abs() < 1e-17) {
            coefficients.pop();
        }
        self.pieces.push(coefficients);
        self.edges.push(high);
    }

    /// Returns the ends of the pieces.
    pub(super) fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Returns the value at x; `None` outside.
    pub(super) fn at(&self, x: f64) -> Option<f64> {
        let piece = self.edges.partition_point(|edge| *edge <= x).checked_sub(1)?;
        let coefficients = self.pieces.get(piece)?;
        let (low, high) = (self.edges[piece], self.edges[piece + 1]);
        let t = ((x - low) - (high - x)) / (high - low);
        // Clenshaw's recurrence.
        let (mut b1, mut b2) = (0.0, 0.0);
        for c in coefficients[1..].iter().rev() {
            (b1, b2) = ((2.0 * t).mul_add(b1, c - b2), b1);
        }
        Some(t.mul_add(b1, coefficients[0] - b2))
    }
}

/// Returns the Chebyshev coefficients of the polynomial that interpolates f at the points of an interval.
fn coefficients(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> Vec<f64> {
    // cos(π·m/2·POINTS) for the whole circle: a product of angles would lose digits.
    let cosine = |m: usize| {
        let m = m % (4 * POINTS);
        (std::f64::consts::PI * m.min(4 * POINTS - m) as f64 / (2 * POINTS) as f64).cos()
    };
    let circle: Vec<f64> = (0..4 * POINTS).map(cosine).collect();
    let (middle, half) = (0.5 * low + 0.5 * high, 0.5 * (high - low));
    let values: Vec<f64> = (0..POINTS).map(|j| f(middle + half * circle[2 * j + 1])).collect();
    let coefficient = |k: usize| {
        let terms = values.iter().enumerate();
        let terms = terms.map(|(j, v)| v * circle[k * (2 * j + 1) % (4 * POINTS)]);
        sum(terms) * if k == 0 { 1.0 } else { 2.0 } / POINTS as f64
    };
    (0..POINTS).map(coefficient).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal::cdf;

    #[test]
    fn a_table_is_the_function() {
        for width in [2.0, 0.1, 1e-4] {
            let f = |x: f64| 0.7 * cdf((x - 0.3) / width) + 0.3 * cdf(x + 2.0);
            let table = Pieces::new(&f, -40.0, 40.0, width.min(1.0));
            assert!(table.edges().len() < 200, "{width}: {}", table.edges().len());
            let slack = ERROR + 2.0 * f64::EPSILON * 0.4 / width;
            for i in -3999..4000 {
                let x = 0.01 * f64::from(i) + 1e-3;
                let found = table.at(x).unwrap();
                assert!((found - f(x)).abs() < slack, "{width} {x}: {}", found - f(x));
                let x = 0.3 + width * 0.002 * f64::from(i);
                if x.abs() < 40.0 {
                    let found = table.at(x).unwrap();
                    assert!((found - f(x)).abs() < slack, "{width} {x}: {}", found - f(x));
                }
            }
            assert_eq!((table.at(-41.0), table.at(40.5)), (None, None));
        }
    }
}
