//! Lengths in the adversary's norm, and classifiers of unit length.

use super::dots::{dot, largest, power_of_two, sum_of_magnitudes};
use crate::math::double::Dd;
use task::Norm;
use task::linear::{LinearClassifier, Rule};

/// Lengths of vectors in a norm.
pub trait Length: Copy {
    /// Returns ‖z‖_p, within a few ulp.
    #[must_use]
    fn of(self, z: &[f64]) -> f64;

    /// Returns the z with ‖z‖_p = 1 for which w·z = ‖w‖_q: the attack's best direction is −y times z. If several are
    /// best, returns the one that moves all coordinates (p = ∞: except those without weight), or the first (p = 1).
    ///
    /// By the equality case of Hölder's inequality, zᵢ is proportional to sgn(wᵢ)·|wᵢ|^(q − 1) for 1 < p < ∞, all of
    /// z is in the largest |wᵢ| for p = 1, and zᵢ = sgn(wᵢ) for p = ∞.
    #[must_use]
    fn best_direction(self, w: &[f64]) -> Vec<f64>;
}

impl Length for Norm {
    fn of(self, z: &[f64]) -> f64 {
        let top = largest(z);
        if top == 0.0 || self == Self::MAX {
            return top;
        }
        if self == Self::ONE {
            return sum_of_magnitudes(z).hi();
        }
        // A power of two near the largest entry, so that nothing leaves the range of a double.
        let unit = top.log2().floor().exp2();
        if self == Self::TWO {
            let scaled: Vec<f64> = z.iter().map(|z| z / unit).collect();
            return unit * dot(&scaled, &scaled).sqrt().hi();
        }
        let sum = z.iter().fold(Dd::ZERO, |s, z| s + Dd::from((z.abs() / top).powf(self.p())));
        top * sum.hi().powf(1.0 / self.p())
    }

    fn best_direction(self, w: &[f64]) -> Vec<f64> {
        let top = largest(w);
        if top == 0.0 {
            return vec![0.0; w.len()];
        }
        if self == Self::ONE {
            let first = w.iter().position(|w| w.abs() == top);
            let move_one = |(i, w): (usize, &f64)| if Some(i) == first { w.signum() } else { 0.0 };
            return w.iter().enumerate().map(move_one).collect();
        }
        if self == Self::MAX {
            return w.iter().map(|w| if *w == 0.0 { 0.0 } else { w.signum() }).collect();
        }
        let power = self.dual().p() - 1.0;
        let raw: Vec<f64> = w.iter().map(|w| (w.abs() / top).powf(power).copysign(*w)).collect();
        let length = self.of(&raw);
        raw.iter().map(|v| v / length).collect()
    }
}

/// Classifiers whose scale is arbitrary.
pub trait Unit {
    /// Returns the same classifier with ‖weights‖₂ = 1 to rounding and the bias divided by the same factor, so that
    /// weights·x + bias is the distance from the boundary. In one dimension, the weight becomes exactly ±1. A
    /// distance beyond the largest double becomes that double.
    #[must_use]
    fn unit(&self) -> Self;
}

impl Unit for LinearClassifier {
    fn unit(&self) -> Self {
        let first = power_of_two(largest(self.weights()));
        let scaled: Vec<f64> = self.weights().iter().map(|w| w * first).collect();
        let length = Norm::TWO.of(&scaled);
        let bias = (self.bias() * first / length).clamp(-f64::MAX, f64::MAX);
        self.with(scaled.iter().map(|w| w / length).collect(), bias)
    }
}

impl Unit for Rule {
    fn unit(&self) -> Self {
        match self {
            Self::Linear(classifier) => Self::Linear(classifier.unit()),
            Self::Constant(class) => Self::Constant(*class),
        }
    }
}
