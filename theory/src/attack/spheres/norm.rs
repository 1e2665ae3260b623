//! The characteristic function of r² − |b + θ|².

use super::chain::Class;
use crate::attack::inversion::{Envelope, Margin};
use crate::math::complex::Complex;
use crate::math::quadrature::sum;
use pxfm::{f_exp, f_log};
use task::attack::SpheresTask;

/// d identically distributed coordinates at places b, each with noise.
pub(super) struct Norm {
    count: f64,
    square: f64,
    /// σ² of θ, plus that of x where it was not moved.
    noise: f64,
    /// b² with its probability.
    places: Vec<(f64, f64)>,
    /// E (b + θ)².
    centre: f64,
    /// The variance of a coordinate before the attack.
    variance: f64,
    spread: f64,
}

impl Norm {
    /// Creates the norm of a class that is not moved.
    pub(super) fn still(task: &SpheresTask, class: Class) -> Self {
        let spread = class.spread(task);
        Self::new(task, spread * spread + task.sigma().powi(2), vec![(0.0, 1.0)], spread)
    }

    /// Creates the norm of a class whose coordinates are at `places`, each b with a weight.
    pub(super) fn moved(task: &SpheresTask, class: Class, places: &[(f64, f64)]) -> Self {
        let whole = sum(places.iter().map(|place| place.1));
        let places = places.iter().map(|(b, weight)| (b * b, weight / whole)).collect();
        Self::new(task, task.sigma().powi(2), places, class.spread(task))
    }

    fn new(task: &SpheresTask, noise: f64, places: Vec<(f64, f64)>, spread: f64) -> Self {
        let count = f64::from(task.dimension());
        let mean = sum(places.iter().map(|(square, p)| square * p));
        let second = sum(places.iter().map(|(square, p)| (square - mean).powi(2) * p));
        let deviation = (count * (second + 2.0 * noise * noise + 4.0 * noise * mean)).sqrt();
        Self {
            count,
            square: task.radius().powi(2),
            noise,
            places,
            centre: mean + noise,
            variance: spread * spread + task.sigma().powi(2),
            spread: deviation,
        }
    }
}

impl Margin for Norm {
    fn phi(&self, t: f64) -> (Complex, f64) {
        // At −t, because the norm is subtracted in the margin.
        let u = -t;
        let turn = -2.0 * u * self.noise;
        let size = turn.mul_add(turn, 1.0);
        let root = Complex::new(0.0, turn).ln_1p().scale(-0.5);
        let (real, imaginary) = (u * turn / size, u / size);
        let mut w = Complex::ZERO;
        let mut sizes = 0.0;
        for &(square, chance) in &self.places {
            let exponent = Complex::new(
                square.mul_add(real, root.re),
                square * imaginary + root.im - u * self.centre,
            );
            let term = exponent.exp_m1();
            w += term.scale(chance);
            sizes += chance * (term.re.abs() + term.im.abs());
        }
        let log = w.ln_1p();
        let turn = t * (self.square - self.count * self.centre);
        let phi = Complex::new(self.count * log.re, self.count.mul_add(log.im, turn)).exp();
        let inner = (1.0 + w.re).hypot(w.im).max(1e-300);
        let relative = 4.0 + 8.0 * self.count * sizes / inner + 2.0 * turn.abs();
        (phi, f64::EPSILON * relative)
    }

    /// Uses the largest |φ| from a few points on as its bound: φ is that of a smooth density, without notable zeros.
    fn envelope(&self, t: f64) -> Envelope {
        // Far from where φ is small, the bound is not needed.
        let waves = 4.0 * (t * self.variance).powi(2);
        let decay = 0.25 * self.count * waves / (1.0 + waves);
        if 0.25 * self.count * waves.ln_1p() < 20.0 {
            return Envelope { size: 1.0, decay };
        }
        let sizes = [1.0, 1.13, 1.3].map(|factor| self.phi(factor * t).0.abs());
        Envelope { size: 4.0 * sizes.into_iter().fold(0.0, f64::max), decay }
    }

    fn ln_moment(&self, theta: f64) -> f64 {
        // E e^{θ(r² − S)}
        let scale = 1.0 + 2.0 * theta * self.noise;
        if scale <= 0.0 {
            return f64::INFINITY;
        }
        let logs = || self.places.iter().map(|(square, p)| (-theta * square / scale, *p));
        let largest = logs().map(|(log, _)| log).fold(f64::NEG_INFINITY, f64::max);
        let total = sum(logs().map(|(log, p)| p * f_exp(log - largest)));
        theta * self.square + self.count * (largest + f_log(total) - 0.5 * f_log(scale))
    }

    fn spread(&self) -> f64 {
        self.spread
    }
}
