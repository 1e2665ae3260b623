//! The positions of a class's coordinates after an attack.

use crate::attack::mirror::Line;
use crate::math::normal::{cdf, pdf};
use crate::math::quadrature::{nodes, sum};
use task::EntryError;
use task::attack::SpheresTask;

/// The largest number of operations.
const MAX_WORK: f64 = 4e9;
/// The largest number of panels of x, and of places to sum over.
const MAX_PANELS: usize = 1500;
const MAX_PLACES: usize = 60_000;
/// The number of standard deviations beyond which x is neglected.
const END: f64 = 9.5;

/// A class: y = 1, the inner one, or y = −1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Inside,
    Outside,
}

impl Class {
    pub(super) fn spread(self, task: &SpheresTask) -> f64 {
        task.spreads()[usize::from(self == Self::Outside)]
    }

    /// Returns the direction in which an attack moves, along sgn(x).
    fn direction(self) -> f64 {
        if self == Self::Inside { 1.0 } else { -1.0 }
    }
}

/// The way in which an attack moves the coordinates.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attack {
    /// By the whole budget, but not across 0.
    Full { eps: f64 },
    /// In steps along signs, with or without noise.
    Walk { eps: f64, ratio: f64, steps: u32, eot: u32, noise: bool },
}

/// Places b and their weights, by the rule in use and by the one that it is compared with.
pub(super) struct Places {
    pub(super) fine: Vec<(f64, f64)>,
    pub(super) coarse: Vec<(f64, f64)>,
    /// E U, in the direction of the attack.
    pub(super) reach: f64,
}

/// Returns the places of both classes; `None` if there would be too many.
pub(super) fn places(
    task: &SpheresTask,
    attack: &Attack,
) -> Result<Option<[Places; 2]>, EntryError> {
    let (Some(one), Some(other)) =
        (of(task, attack, Class::Inside)?, of(task, attack, Class::Outside)?)
    else {
        return Ok(None);
    };
    Ok(Some([one, other]))
}

fn of(task: &SpheresTask, attack: &Attack, class: Class) -> Result<Option<Places>, EntryError> {
    let spread = class.spread(task);
    let Some(panels) = panels(task, attack, class) else { return Ok(None) };
    let chain = Chain::new(task, attack, class, 21 * panels.len())?;
    let (mut fine, mut coarse, mut reach) = (Vec::new(), Vec::new(), Vec::new());
    for panel in panels.windows(2) {
        for node in nodes(panel[0], panel[1]) {
            let density = 2.0 * pdf(node.x / spread) / spread;
            for (at, chance) in chain.from(node.x) {
                let moved = node.x + at;
                reach.push(node.kronrod * density * chance * at * class.direction());
                let weight = density * chance;
                if weight * node.kronrod > 1e-28 {
                    fine.push((moved, weight * node.kronrod));
                    if node.gauss > 0.0 {
                        coarse.push((moved, weight * node.gauss));
                    }
                }
            }
            if fine.len() > MAX_PLACES {
                return Ok(None);
            }
        }
    }
    let eps = match attack {
        Attack::Full { eps } | Attack::Walk { eps, .. } => *eps,
    };
    let reach = if eps > 0.0 { sum(reach) / eps } else { 0.0 };
    Ok(Some(Places { fine, coarse, reach }))
}

/// Returns the ends of panels of |x|, short compared with everything that oscillates or jumps.
fn panels(task: &SpheresTask, attack: &Attack, class: Class) -> Option<Vec<f64>> {
    let spread = class.spread(task);
    let d = f64::from(task.dimension());
    let variance = spread * spread + task.sigma().powi(2);
    // (1 + 4u²v²)^(−d/4) is 1e-18 at this u, and e^{iux²} turns by 4 over a panel at five standard deviations.
    let turns = (10f64.powf(72.0 / d) - 1.0).sqrt() / (2.0 * variance);
    let mut width = (0.4 / (turns * spread)).min(0.5 * spread);
    let mut breaks = vec![0.0, END * spread];
    match *attack {
        Attack::Full { eps } => breaks.push(eps),
        Attack::Walk { eps, ratio, eot, noise, .. } => {
            let sigma = task.sigma() / f64::from(eot).sqrt();
            if noise && sigma > 0.0 {
                width = width.min(1.5 * sigma);
            } else {
                // Without noise, the path depends on the number of steps that lead to 0.
                let steps = ratio.ceil().min(1e4) as u32;
                breaks.extend((0..=steps).map(|j| f64::from(j) * eps / ratio));
                breaks.push(eps);
            }
        }
    }
    let (count, mut ends) = ((END * spread / width).ceil(), breaks);
    if count > MAX_PANELS as f64 {
        return None;
    }
    ends.extend((1..count as u32).map(|j| f64::from(j) * END * spread / count));
    ends.retain(|x| *x <= END * spread);
    ends.sort_by(f64::total_cmp);
    ends.dedup_by(|a, b| (*a - *b).abs() < 1e-13 * spread);
    (ends.len() <= 2 * MAX_PANELS).then_some(ends)
}

/// The Markov chain of a coordinate, for any x ≥ 0.
struct Chain {
    line: Option<Line>,
    eps: f64,
    steps: u32,
    /// σ/√m, or 0 without noise.
    sigma: f64,
    direction: f64,
}

impl Chain {
    fn new(
        task: &SpheresTask,
        attack: &Attack,
        class: Class,
        points: usize,
    ) -> Result<Self, EntryError> {
        let direction = class.direction();
        match *attack {
            Attack::Full { eps } => Ok(Self { line: None, eps, steps: 0, sigma: 0.0, direction }),
            Attack::Walk { eps, ratio, steps, eot, noise } => {
                let line = Line::new(ratio, steps as usize);
                let positions =
                    line.as_ref().map_or(f64::INFINITY, |line| line.places.len() as f64);
                if positions * f64::from(steps) * points as f64 > MAX_WORK {
                    let expected =
                        "fewer, or larger steps: so many steps take too long to go through";
                    return Err(EntryError::new("steps", steps, expected));
                }
                let sigma = if noise { task.sigma() / f64::from(eot).sqrt() } else { 0.0 };
                Ok(Self { line, eps, steps, sigma, direction })
            }
        }
    }

    /// Returns the moves from x and their probabilities.
    fn from(&self, x: f64) -> Vec<(f64, f64)> {
        let Some(line) = &self.line else {
            let least = if self.direction < 0.0 { -x.min(self.eps) } else { self.eps };
            return vec![(least, 1.0)];
        };
        // The probability that the step goes up, at each position: that of the sign of x + δ + θ, or of its opposite.
        let up: Vec<[f64; 2]> = line
            .places
            .iter()
            .map(|place| {
                let at = self.direction * self.eps.mul_add(*place, x);
                match self.sigma {
                    0.0 => [f64::from(u8::from(at > 0.0)), f64::from(u8::from(at < 0.0))],
                    sigma => [cdf(at / sigma), cdf(-at / sigma)],
                }
            })
            .collect();
        let mut now = vec![0.0; up.len()];
        let mut next = now.clone();
        now[line.start] = 1.0;
        for _ in 0..self.steps {
            next.fill(0.0);
            for (j, mass) in now.iter().enumerate().filter(|(_, mass)| **mass > 1e-40) {
                let [above, below] = up[j];
                next[line.moved(j, 1)] += above * mass;
                next[line.moved(j, -1)] += below * mass;
                if self.sigma == 0.0 {
                    next[j] += (1.0 - above - below) * mass;
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        let places = line.places.iter().map(|place| self.eps * place);
        places.zip(now).filter(|(_, mass)| *mass > 1e-30).collect()
    }
}
