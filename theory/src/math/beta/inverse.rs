//! The inverse of the regularised incomplete beta function.

use super::Beta;
use crate::math::double::Dd;
use crate::math::normal;

/// A point of [0, 1], given by its distances from both ends, each with full accuracy of its own.
///
/// ```
/// use gauss_sim_theory::math::beta::Beta;
///
/// let median = Beta::new(3.0, 3.0)?.quantile(0.5); // of a distribution that is symmetric about ½
/// assert!((median.x - 0.5).abs() < 1e-15 && (median.y - 0.5).abs() < 1e-15);
/// # Ok::<(), task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The distance from 0.
    pub x: f64,
    /// The distance from 1: 1 − x.
    pub y: f64,
}

impl Point {
    fn swapped(self) -> Self {
        Self { x: self.y, y: self.x }
    }

    /// Returns the point whose log-odds ln(x/y) are larger by `step`.
    fn shifted(self, step: f64) -> Self {
        let rise = step.exp_m1();
        let scale = 1.0 + self.x * rise;
        let (x, y) = if step.abs() < 0.1 {
            // Computed as a correction, which adds only its own rounding error.
            let change = self.x * self.y * rise / scale;
            (self.x + change, self.y - change)
        } else {
            (self.x * step.exp() / scale, self.y / scale)
        };
        // The smaller one is accurate to the last digit, and determines the other.
        if x < y { Self { x, y: 1.0 - x } } else { Self { x: 1.0 - y, y } }
    }
}

impl Beta {
    /// Returns the point with probability `lower` below it: I_x(a, b) = `lower`.
    ///
    /// Accuracy: x and 1 − x are each within 2e-15 relative, for `lower` from 1e-300 on; NaN if `lower` is not a
    /// probability. Method: Newton and Halley steps on the logarithm of the smaller tail, in the log-odds of x. That
    /// function is increasing and concave, so the steps converge: from below the root they stay below it, and from
    /// above one step leads below.
    #[must_use]
    pub fn quantile(&self, lower: f64) -> Point {
        match lower {
            0.0 => Point { x: 0.0, y: 1.0 },
            1.0 => Point { x: 1.0, y: 0.0 },
            p if p > 0.0 && p <= 0.5 => self.small_quantile(p),
            p if p > 0.5 && p < 1.0 => self.mirrored().small_quantile(1.0 - p).swapped(),
            _ => Point { x: f64::NAN, y: f64::NAN },
        }
    }

    /// Returns the point with probability `upper` above it: 1 − I_x(a, b) = `upper`. As accurate as
    /// [`quantile`](Self::quantile), even for `upper` far below 1e-16.
    #[must_use]
    pub fn upper_quantile(&self, upper: f64) -> Point {
        self.mirrored().quantile(upper).swapped()
    }

    fn small_quantile(&self, probability: f64) -> Point {
        /// The limit of steps, which guarantees termination; one to four are usual.
        const MAX_STEPS: usize = 200;
        /// The error of Halley's method is the cube of the gap, so a step from a gap below this is the last.
        const LAST: f64 = 1e-5;
        let target = probability.ln();
        let mut point = self.first_guess(probability);
        for _ in 0..MAX_STEPS {
            // Closer to an end than the smallest double.
            if point.x <= 0.0 || point.y <= 0.0 {
                break;
            }
            let (x, y) = if point.x < point.y {
                (Dd::from(point.x), Dd::two_sum(1.0, -point.x))
            } else {
                (Dd::two_sum(1.0, -point.y), Dd::from(point.y))
            };
            let (tails, slope) = self.tails_at(x, y);
            let gap = if (tails.ln_lower - target).abs() < 0.5 {
                // A difference of large logarithms has fewer digits.
                ((tails.lower - probability) / probability).ln_1p()
            } else {
                tails.ln_lower - target
            };
            let newton = gap / slope;
            let step = if gap.abs() < 0.5 {
                // The second derivative is slope·(a − n·x − slope).
                let bend = (Dd::from(self.a) - self.n * x).hi() - slope;
                newton / (1.0 - 0.5 * newton * bend)
            } else {
                newton
            };
            point = point.shifted((-step).clamp(-300.0, 300.0));
            if gap.abs() < LAST {
                break;
            }
        }
        point
    }

    /// Returns Carter's approximation (1947; AS 109), which is good to a few percent of the spread if the shapes are
    /// not small and the probability is moderate, and a point inside (0, 1) otherwise.
    fn first_guess(&self, probability: f64) -> Point {
        let z = normal::quantile(probability);
        let r = (z * z - 3.0) / 6.0;
        let (s, t) = (1.0 / (2.0 * self.a - 1.0), 1.0 / (2.0 * self.b - 1.0));
        let h = 2.0 / (s + t);
        let w = -z * (h + r).sqrt() / h + (s - t) * (r + 5.0 / 6.0 - 2.0 / (3.0 * h));
        let odds = self.a / self.b * (-2.0 * w).clamp(-300.0, 300.0).exp();
        Point { x: odds / (1.0 + odds), y: 1.0 / (1.0 + odds) }
    }
}
