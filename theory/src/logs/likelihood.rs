//! The likelihood of counts under the random-effects probit model.

use nalgebra::{DMatrix, Matrix3, Vector3};

use crate::math::normal;
use crate::math::quadrature::sum;

/// How many samples have so many right draws on the clean input and so many on the attacked one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountTable {
    clean_draws: u32,
    attacked_draws: u32,
    cells: Vec<(u32, u32, u64)>,
    samples: u64,
}

impl CountTable {
    /// From cells (right on the clean input, right on the attacked one, samples). `None` where a count is larger than
    /// its number of draws, or there are no draws or no samples.
    #[must_use]
    pub fn new(clean_draws: u32, attacked_draws: u32, cells: Vec<(u32, u32, u64)>) -> Option<Self> {
        let possible = cells.iter().all(|(c, a, _)| *c <= clean_draws && *a <= attacked_draws);
        let samples = cells.iter().map(|(_, _, n)| n).sum();
        (possible && clean_draws > 0 && attacked_draws > 0 && samples > 0).then_some(Self {
            clean_draws,
            attacked_draws,
            cells,
            samples,
        })
    }

    /// The draws on the clean and on the attacked input.
    #[must_use]
    pub fn draws(&self) -> [u32; 2] {
        [self.clean_draws, self.attacked_draws]
    }

    /// The cells.
    #[must_use]
    pub fn cells(&self) -> &[(u32, u32, u64)] {
        &self.cells
    }

    /// All samples.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// How many samples have each number of right draws, on the clean and on the attacked input.
    #[must_use]
    pub fn histograms(&self) -> [Vec<u64>; 2] {
        let mut clean = vec![0; self.clean_draws as usize + 1];
        let mut attacked = vec![0; self.attacked_draws as usize + 1];
        for (c, a, n) in &self.cells {
            clean[*c as usize] += n;
            attacked[*a as usize] += n;
        }
        [clean, attacked]
    }

    /// The share of all draws that is right, on the clean and on the attacked input.
    pub(super) fn means(&self) -> [f64; 2] {
        let right = |of: fn(&(u32, u32, u64)) -> u32| {
            self.cells.iter().map(|cell| u64::from(of(cell)) * cell.2).sum::<u64>() as f64
        };
        let samples = self.samples as f64;
        [
            right(|cell| cell.0) / (samples * f64::from(self.clean_draws)),
            right(|cell| cell.1) / (samples * f64::from(self.attacked_draws)),
        ]
    }
}

/// The parameters: T ~ N(a, b²), and T − e under attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parameters {
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) e: f64,
}

/// What the model says of every cell.
pub(super) struct Model {
    /// P[C = c, A = a], a row for each c.
    pub(super) cells: DMatrix<f64>,
    /// The derivatives of ln P by a, b and e.
    pub(super) scores: [DMatrix<f64>; 3],
}

/// Standard normals are integrated over as far as this: beyond are 1e-17 of them.
const REACH: f64 = 8.5;

/// How many steps of the trapezoidal rule the narrowest of the integrands is wide, usually. An integrand that is a normal density
/// of standard deviation w is integrated by steps of w/r to within exp(−2π²r²), 3e-9 for r = 1.
pub(super) const RESOLUTION: f64 = 1.0;

impl Model {
    /// P[C = c, A = a] = ∫ φ(z)·Bin(c; m, Φ(a + bz))·Bin(a; m', Φ(a + bz − e)) dz by the trapezoidal rule, which
    /// converges exponentially for such integrands, and its derivatives under the integral.
    pub(super) fn new([m, n]: [u32; 2], at: Parameters, resolution: f64) -> Self {
        let Parameters { a, b, e } = at;
        // A binomial likelihood is no narrower in T than that at p = ½: its information there is m·φ(0)²/(¼) = m·2/π.
        let information = 1.0 + b * b * f64::from(m + n) * std::f64::consts::FRAC_2_PI;
        let step = (1.0 / information.sqrt() / resolution).min(0.25);
        let half = (REACH / step).ceil() as i64;
        let nodes: Vec<f64> = (-half..=half).map(|k| k as f64 * step).collect();
        let density: Vec<f64> = nodes.iter().map(|z| normal::pdf(*z)).collect();
        let whole = sum(density.iter().copied());
        let weights: Vec<f64> = density.iter().map(|weight| weight / whole).collect();
        let (clean, clean_slopes) = factor(m, nodes.iter().map(|z| a + b * z));
        let (attacked, attacked_slopes) = factor(n, nodes.iter().map(|z| a + b * z - e));
        let weighted = |matrix: &DMatrix<f64>, by_node: bool| {
            let mut matrix = matrix.clone();
            for (k, mut column) in matrix.column_iter_mut().enumerate() {
                column *= weights[k] * if by_node { nodes[k] } else { 1.0 };
            }
            matrix
        };
        let attacked = attacked.transpose();
        let attacked_slopes = attacked_slopes.transpose();
        let plain = weighted(&clean, false);
        let by_node = weighted(&clean, true);
        let cells = &plain * &attacked;
        let by_attacked = &plain * &attacked_slopes;
        let by_a = weighted(&clean_slopes, false) * &attacked + &by_attacked;
        let by_b = weighted(&clean_slopes, true) * &attacked + by_node * &attacked_slopes;
        let scores = [by_a, by_b, -by_attacked]
            .map(|slope| slope.zip_map(&cells, |slope, p| if p > 0.0 { slope / p } else { 0.0 }));
        Self { cells, scores }
    }

    /// The log-likelihood without its constant, and its derivatives.
    pub(super) fn likelihood(&self, table: &CountTable) -> (f64, Vector3<f64>) {
        let at = |(c, a, _): &(u32, u32, u64)| (*c as usize, *a as usize);
        let term = |cell: &(u32, u32, u64)| {
            cell.2 as f64 * self.cells[at(cell)].max(f64::MIN_POSITIVE).ln()
        };
        let value = sum(table.cells().iter().map(term));
        let slope = |i: usize| {
            sum(table.cells().iter().map(|cell| cell.2 as f64 * self.scores[i][at(cell)]))
        };
        (value, Vector3::new(slope(0), slope(1), slope(2)))
    }

    /// The expected information of one sample.
    pub(super) fn information(&self) -> Matrix3<f64> {
        let entry = |i: usize, j: usize| {
            let (first, second) = (&self.scores[i], &self.scores[j]);
            let products = self.cells.iter().zip(first.iter()).zip(second.iter());
            sum(products.map(|((p, s), t)| p * s * t))
        };
        Matrix3::from_fn(|i, j| entry(i.min(j), i.max(j)))
    }
}

/// Bin(c; m, Φ(t)) and its derivative by t, a row for each c and a column for each t.
fn factor(m: u32, at: impl ExactSizeIterator<Item = f64>) -> (DMatrix<f64>, DMatrix<f64>) {
    let mut coefficients = vec![0.0_f64; m as usize + 1];
    for c in 1..=m {
        let ratio = f64::from(m - c + 1) / f64::from(c);
        coefficients[c as usize] = coefficients[c as usize - 1] + ratio.ln();
    }
    let mut values = DMatrix::zeros(m as usize + 1, at.len());
    let mut slopes = values.clone();
    for (k, t) in at.enumerate() {
        let (right, wrong) = (normal::ln_cdf(t), normal::ln_sf(t));
        // φ/Φ on either side.
        let (up, down) = (normal::hazard(-t), normal::hazard(t));
        for (c, coefficient) in coefficients.iter().enumerate() {
            let (c, rest) = (c as f64, f64::from(m) - c as f64);
            let logarithm = coefficient + c * right + rest * wrong;
            let value = logarithm.exp();
            values[(c as usize, k)] = value;
            slopes[(c as usize, k)] = value * (c * up - rest * down);
        }
    }
    (values, slopes)
}
