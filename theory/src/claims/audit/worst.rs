//! The point of a region that contradicts a claim most clearly.

use super::Witness;
use crate::claims::frontier::Map;
use crate::claims::{Case, Verdict};
use task::DomainError;

/// The number of failing nodes that are examined, spread evenly; up to twice as many are.
const SEEDS: usize = 32;

/// A claim in a region, given by the lines of its grid.
pub(super) struct Search<'a> {
    pub(super) case: &'a Case,
    pub(super) sigmas: &'a [f64],
    pub(super) eps: &'a [f64],
}

impl Search<'_> {
    pub(super) fn at(&self, sigma: f64, eps: f64) -> Result<Witness, DomainError> {
        Ok(Witness { sigma, eps, contrast: self.case.contrast(sigma, eps)? })
    }

    /// Returns the positive value nearest to `to`.
    pub(super) fn nearest(&self, values: &[f64], to: f64) -> f64 {
        let positive = values.iter().copied().filter(|value| *value > 0.0);
        positive.min_by(|a, b| (a - to).abs().total_cmp(&(b - to).abs())).unwrap_or(to)
    }

    /// Starts at the failing node with the largest violation and climbs within the region, in steps that are halved
    /// when none helps, down to a hundredth of the grid's distances. Only the hill with the highest of the examined
    /// nodes is climbed.
    pub(super) fn worst(&self, map: &Map) -> Result<Option<Witness>, DomainError> {
        let width = self.sigmas.len();
        let failing: Vec<usize> =
            (0..map.verdicts.len()).filter(|&at| map.verdicts[at] == Verdict::Fails).collect();
        let mut worst: Option<Witness> = None;
        for &at in failing.iter().step_by(failing.len().div_ceil(SEEDS).max(1)) {
            let here = self.at(self.sigmas[at % width], self.eps[at / width])?;
            if worst.is_none_or(|worst| here.worse_than(&worst)) {
                worst = Some(here);
            }
        }
        let Some(mut worst) = worst else {
            return Ok(None);
        };
        let part = |values: &[f64]| {
            let width = values.last().zip(values.first()).map_or(0.0, |(last, first)| last - first);
            0.05 * width
        };
        let mut step = [part(self.sigmas), part(self.eps)];
        let finest = step.map(|step| 0.01 * step);
        while step[0] > finest[0] || step[1] > finest[1] {
            let mut moved = false;
            for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                let there = self.at(
                    within(self.sigmas, worst.sigma + dx * step[0]),
                    within(self.eps, worst.eps + dy * step[1]),
                )?;
                if there.worse_than(&worst) {
                    (worst, moved) = (there, true);
                }
            }
            if !moved {
                step = step.map(|step| step / 2.0);
            }
        }
        let margin = worst.contrast.margin;
        Ok((margin.value <= margin.error).then_some(worst))
    }

    /// Returns the point with the fewest digits near the worst one at which the claim fails by at least nine tenths
    /// as much; off the edges sigma = 0 and ε = 0 if at least half of the violation remains there.
    pub(super) fn rounded(&self, worst: &Witness) -> Result<Witness, DomainError> {
        let mut worst = *worst;
        let off = |values: &[f64], x: f64| x.max(0.5 * self.nearest(values, 0.0));
        let inside = self.at(off(self.sigmas, worst.sigma), off(self.eps, worst.eps))?;
        if inside.fails_by(&worst, 0.5) {
            worst = inside;
        }
        for digits in 1..=4 {
            let scale = 10_f64.powi(digits);
            let round = |x: f64| (x * scale).round() / scale;
            let (sigma, eps) = (round(worst.sigma), round(worst.eps));
            let within = within(self.sigmas, sigma) == sigma && within(self.eps, eps) == eps;
            let vanishes =
                (sigma == 0.0) != (worst.sigma == 0.0) || (eps == 0.0) != (worst.eps == 0.0);
            if within && !vanishes {
                let here = self.at(sigma, eps)?;
                if here.fails_by(&worst, 0.9) {
                    return Ok(here);
                }
            }
        }
        Ok(worst)
    }
}

impl Witness {
    fn worse_than(&self, other: &Self) -> bool {
        self.contrast.margin.value < other.contrast.margin.value
    }

    /// Returns whether the claim fails here by at least this fraction of the violation there.
    fn fails_by(&self, there: &Self, part: f64) -> bool {
        self.contrast.margin.value <= part * there.contrast.margin.value
    }
}

/// Returns x, or the nearest end of the range.
fn within(values: &[f64], x: f64) -> f64 {
    match (values.first(), values.last()) {
        (Some(first), Some(last)) => x.clamp(*first, *last),
        _ => x,
    }
}
