//! Dot products of weights with real vectors, for sixteen samples at a time.
//!
//! Every sum has four parts, one for each remainder of i mod 4, each in ascending order of the coordinates; they are
//! added as (0 + 1) + (2 + 3). That order is part of the reproducibility promise.

use super::factor::{HALF, Lanes, add};
use crate::dispatch::{Fma, dispatched};
use crate::stream::LANES;

const PARTS: usize = 4;

/// Vectors of d coordinates, one per lane.
trait Vectors {
    /// Returns coordinate i of the first (0) or the second (1) half of the lanes.
    fn coordinate(&self, i: usize, half: usize) -> [f64; HALF];
}

/// x.
pub(super) struct Plain<'a>(pub(super) &'a [Lanes]);

impl Vectors for Plain<'_> {
    #[inline(always)]
    fn coordinate(&self, i: usize, half: usize) -> [f64; HALF] {
        self.0[i].as_chunks().0[half]
    }
}

/// x + δ with δᵢ = step·directionᵢ.
pub(super) struct Moved<'a> {
    pub(super) x: &'a [Lanes],
    pub(super) direction: &'a [f64],
    /// −y·ε.
    pub(super) step: Lanes,
}

impl Vectors for Moved<'_> {
    #[inline(always)]
    fn coordinate(&self, i: usize, half: usize) -> [f64; HALF] {
        let (x, step) = (&self.x[i].as_chunks::<HALF>().0[half], &self.step.as_chunks().0[half]);
        let step: &[f64; HALF] = step;
        let mut moved = [0.0; HALF];
        for lane in 0..HALF {
            moved[lane] = x[lane] + step[lane] * self.direction[i];
        }
        moved
    }
}

/// θ = mean + sigma·e.
pub(super) struct Noise<'a> {
    pub(super) mean: &'a [f64],
    pub(super) sigma: f64,
    pub(super) e: &'a [Lanes],
}

impl Vectors for Noise<'_> {
    #[inline(always)]
    fn coordinate(&self, i: usize, half: usize) -> [f64; HALF] {
        let e: &[f64; HALF] = &self.e[i].as_chunks().0[half];
        let mut theta = [0.0; HALF];
        for lane in 0..HALF {
            theta[lane] = self.mean[i] + self.sigma * e[lane];
        }
        theta
    }
}

/// Computes weights·vector in each lane. It is called through separate functions, because the compiler does not
/// vectorise it as a part of the kernel.
#[inline(always)]
fn dot(weights: &[f64], vectors: &impl Vectors, total: &mut Lanes) {
    let whole = weights.len() / PARTS * PARTS;
    for half in 0..LANES / HALF {
        let mut sums = [[0.0; HALF]; PARTS];
        for i in (0..whole).step_by(PARTS) {
            for part in 0..PARTS {
                add(&mut sums[part], weights[i + part], &vectors.coordinate(i + part, half));
            }
        }
        for part in 0..PARTS {
            if whole + part < weights.len() {
                let i = whole + part;
                add(&mut sums[part], weights[i], &vectors.coordinate(i, half));
            }
        }
        for lane in 0..HALF {
            total[half * HALF + lane] =
                (sums[0][lane] + sums[1][lane]) + (sums[2][lane] + sums[3][lane]);
        }
    }
}

dispatched! {
    /// Computes w·x in each lane.
    #[inline(never)]
    pub(super) fn plain(w: &[f64], v: &Plain<'_>, total: &mut Lanes) = plain_body
}

#[inline(always)]
fn plain_body<F: Fma>(w: &[f64], v: &Plain<'_>, total: &mut Lanes) {
    dot(w, v, total);
}

dispatched! {
    /// Computes w·(x + δ) in each lane.
    #[inline(never)]
    pub(super) fn moved(w: &[f64], v: &Moved<'_>, total: &mut Lanes) = moved_body
}

#[inline(always)]
fn moved_body<F: Fma>(w: &[f64], v: &Moved<'_>, total: &mut Lanes) {
    dot(w, v, total);
}

dispatched! {
    /// Computes w·θ in each lane.
    #[inline(never)]
    pub(super) fn noise(w: &[f64], v: &Noise<'_>, total: &mut Lanes) = noise_body
}

#[inline(always)]
fn noise_body<F: Fma>(w: &[f64], v: &Noise<'_>, total: &mut Lanes) {
    dot(w, v, total);
}
