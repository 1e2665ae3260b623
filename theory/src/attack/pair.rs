//! Two margins of one input: clean and attacked with independent gains, or defended and undefended.
//!
//! Given x, the gains a of the first margin and a′ of the second are independent. So a coordinate that is moved by −c
//! in the second has the joint characteristic function E e^{i(s·a·x + t·a′·(x − c))}:
//!
//! ```text
//! gains N(1, τ²), N(1, τ′²)   D^(−½)·exp(i(sμ + tb) − ½(τ²s²μ² + τ′²t²b²) + ½ν²B²/D)
//!                             b = μ − c,  D = 1 + ν²(τ²s² + τ′²t²),  B = i(s + t) − τ²s²μ − τ′²t²b
//! lists                       Σ p_a p′_a′ exp(i(saμ + ta′b) − ½ν²(sa + ta′)²)
//! ```
//!
//! with μ = mean and ν = data_std: a Gaussian integral over x. Where all gains of both margins are the same,
//! sa + ta′ = 0 along a whole line, on which the second form does not decrease. That part, of probability (Σ p_a
//! p′_a)^d, is left out of the sum, because its contribution is known: there the attacked margin is below the clean
//! one if no gain and no move is negative, and the undefended margin equals the defended one. The parts where all
//! gains of one margin are 0, on which φ does not decrease along an axis, are left out as well: there the sign is
//! that of a coin or of centred noise, and the mean of the product of signs is 0.

use super::gains::{Coordinates, Gains};
use super::inversion::{MAX_COST, Margin, Pair};
use crate::math::complex::Complex;
use pxfm::{f_atan2, f_exp, f_log, f_log1p};
use std::f64::consts::PI;

/// Gains and their probabilities.
type Atoms<'a> = &'a [(f64, f64)];

/// The two margins.
pub(super) struct Together<'a> {
    pub(super) first: &'a Coordinates,
    pub(super) second: &'a Coordinates,
    /// The mean of x.
    pub(super) mean: f64,
    /// Whether to leave out the part where all gains are the same.
    pub(super) without_same: bool,
}

impl Together<'_> {
    /// Returns the gains a and a′ with their probabilities, if both laws are lists.
    fn lists(&self) -> Option<(Atoms<'_>, Atoms<'_>)> {
        match (&self.first.gains, &self.second.gains) {
            (Gains::List(one), Gains::List(other)) => Some((one, other)),
            _ => None,
        }
    }

    /// Returns P[a = a′] for a coordinate; 0 unless both laws are lists.
    pub(super) fn same_gain(&self) -> f64 {
        let Some((one, other)) = self.lists() else { return 0.0 };
        let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
        pairs.filter(|(a, b)| a.0 == b.0).map(|(a, b)| a.1 * b.1).sum()
    }

    /// Returns the gains that both laws have, each with P[a = a′ = g | a = a′].
    pub(super) fn same_gains(&self) -> Vec<(f64, f64)> {
        let (Some((one, other)), whole) = (self.lists(), self.same_gain()) else {
            return Vec::new();
        };
        let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
        pairs.filter(|(a, b)| a.0 == b.0).map(|(a, b)| (a.0, a.1 * b.1 / whole)).collect()
    }

    /// Returns the spreads of the gains; 0 for a list.
    fn spreads(&self) -> [f64; 2] {
        [self.first, self.second].map(|side| match side.gains {
            Gains::Normal(spread) => spread,
            Gains::List(_) => 0.0,
        })
    }

    /// Returns P[all gains of both are 0].
    pub(super) fn both_still(&self) -> f64 {
        let Some((one, other)) = self.lists() else { return 0.0 };
        (still(one) * still(other)).powf(self.first.count)
    }

    /// Visits the exponents of a coordinate, minus i(s·c + t·c′) of its means, with their probabilities and gains.
    fn each(&self, s: f64, t: f64, mut visit: impl FnMut(Complex, f64, [f64; 2])) {
        let (mu, v2) = (self.mean, self.first.data_std * self.first.data_std);
        let noise = 0.5 * ((s * self.first.sigma).powi(2) + (t * self.second.sigma).powi(2));
        let centre = s * self.first.centre() + t * self.second.centre();
        if let Some((one, other)) = self.lists() {
            for &(a, p) in one {
                for &(b, q) in other {
                    let real = -0.5 * v2 * (s * a + t * b).powi(2) - noise;
                    for &(place, chance) in &self.second.places {
                        let turn = s * a * mu + t * b * place - centre;
                        visit(Complex::new(real, turn), p * q * chance, [a, b]);
                    }
                }
            }
            return;
        }
        let [one, other] = self.spreads().map(|spread| spread * spread);
        let (one, other) = (one * s * s, other * t * t);
        let more = v2 * (one + other);
        let d = 1.0 + more;
        let ln = 0.5 * f_log1p(more) + noise;
        for &(place, chance) in &self.second.places {
            let pull = one * mu + other * place;
            let real = -0.5 * (one * mu * mu + other * place * place)
                + 0.5 * v2 * (pull - s - t) * (pull + s + t) / d
                - ln;
            let turn = s * mu + t * place - centre - v2 * (s + t) * pull / d;
            visit(Complex::new(real, turn), chance, [1.0, 2.0]);
        }
    }
}

impl Pair for Together<'_> {
    type One = Coordinates;

    fn margins(&self) -> [&Coordinates; 2] {
        [self.first, self.second]
    }

    fn ridges(&self) -> [f64; 2] {
        let Some((one, other)) = self.lists() else { return [1.0, 0.0] };
        let mut ridges = [1.0_f64, 0.0];
        for (a, _) in one {
            for (b, _) in other.iter().filter(|(b, _)| *b != 0.0) {
                let side = usize::from(a / b < 0.0);
                ridges[side] = ridges[side].max((a / b).abs());
            }
        }
        ridges
    }

    fn falls(&self) -> bool {
        // The sum needs at least as many rows as for bivariate normals with this correlation.
        let [x, y] = [self.first.spread(), self.second.spread()];
        let [one, other] = [self.first, self.second].map(|side| side.gains.moments().0);
        let shared = one * other * self.first.count * self.first.data_std.powi(2) / (x * y);
        let apart = ((1.0 - shared) * (1.0 + shared)).max(0.0).sqrt();
        let rows = 9.0 * 9.0 / (2.0 * PI * apart);
        if !self.without_same && rows * rows * self.cost() as f64 > 4.0 * MAX_COST as f64 {
            return false;
        }
        if self.first.sigma > 0.0 || self.second.sigma > 0.0 {
            return true;
        }
        let Some((one, other)) = self.lists() else { return self.first.count > 4.0 };
        // The gains of all coordinates have one ratio: then φ does not decrease along a line.
        let both_zero = still(one) * still(other);
        let pairs = || {
            let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
            pairs.filter(|(a, b)| a.0 != 0.0 && b.0 != 0.0)
        };
        pairs().all(|(a, b)| {
            let ratio = a.0 / b.0;
            let alike = pairs().filter(|(a, b)| (a.0 / b.0 - ratio).abs() <= 1e-12 * ratio.abs());
            let whole: f64 = alike.map(|(a, b)| a.1 * b.1).sum::<f64>() + both_zero;
            (ratio == 1.0 && self.without_same) || whole.powf(self.first.count) < 1e-17
        })
    }

    fn cost(&self) -> usize {
        let pairs = self.lists().map_or(1, |(one, other)| one.len() * other.len());
        pairs * self.second.places.len()
    }

    fn phi(&self, s: f64, t: f64) -> (Complex, f64) {
        let count = self.first.count;
        let (mut w, mut sizes) = (Complex::ZERO, 0.0);
        // The parts left out: all gains the same, all of the first 0, all of the second 0, and twice all of both 0.
        let mut parts = [Complex::ZERO; 4];
        let lists = self.lists().is_some();
        self.each(s, t, |exponent, chance, [a, b]| {
            let term = exponent.exp_m1().scale(chance);
            w += term;
            sizes += term.re.abs() + term.im.abs();
            let in_part = [self.without_same && a == b, a == 0.0, b == 0.0, a == 0.0 && b == 0.0];
            if lists && in_part.contains(&true) {
                let whole = term + Complex::new(chance, 0.0);
                for (part, is_in) in parts.iter_mut().zip(in_part) {
                    if is_in {
                        *part += whole;
                    }
                }
            }
        });
        let turn = count * (s * self.first.centre() + t * self.second.centre());
        let log = w.ln_1p();
        let mut phi = Complex::new(count * log.re, count.mul_add(log.im, turn)).exp();
        let inner = (1.0 + w.re).hypot(w.im).max(1e-300);
        let relative = 4.0 + 8.0 * count * sizes / inner + 2.0 * turn.abs();
        let mut error = f64::EPSILON * relative * phi.abs();
        let both = if self.without_same { 2.0 } else { 1.0 };
        for (part, times) in parts.into_iter().zip([1.0, 1.0, 1.0, -both]) {
            let size = part.abs();
            if size > 0.0 {
                let length = f_exp(count * f_log(size));
                let angle = f_atan2(part.im, part.re);
                let power = Complex::new(0.0, count.mul_add(angle, turn)).exp();
                phi = phi - power.scale(times * length);
                error += f64::EPSILON * (4.0 + 8.0 * count + 2.0 * turn.abs()) * length;
            }
        }
        (phi, error)
    }
}

/// Returns P[a = 0] for a list.
fn still(list: &[(f64, f64)]) -> f64 {
    list.iter().filter(|(gain, _)| *gain == 0.0).map(|(_, chance)| chance).sum()
}
