//! Two clipped walks that move together.

use crate::math::quadrature::sum;
use task::EntryError;

/// The largest number of operations.
const MAX_WORK: f64 = 4e9;
/// The largest number of pairs of positions.
const MAX_PAIRS: usize = 4_000_000;

/// Returns the probability of each pair of signs, for `eot` draws each of which is swapped with probability `swap`;
/// `sign` returns the pair that results from a number of swaps.
pub(super) fn moves(swap: f64, eot: u32, sign: impl Fn(u32) -> [i8; 2]) -> Vec<([i8; 2], f64)> {
    let mut found: Vec<([i8; 2], Vec<f64>)> = Vec::new();
    for (swaps, chance) in crate::attack::sign::binomial(eot, swap) {
        let step = sign(swaps);
        match found.iter_mut().find(|(known, _)| *known == step) {
            Some((_, chances)) => chances.push(chance),
            None => found.push((step, vec![chance])),
        }
    }
    found.into_iter().map(|(step, chances)| (step, sum(chances))).collect()
}

/// The joint law of the positions of two coordinates that move together.
#[derive(Debug, Clone, PartialEq)]
pub struct MirrorWalk {
    positions: Vec<([f64; 2], f64)>,
}

impl MirrorWalk {
    /// Computes the law after `steps` steps of ε/`ratio` from 0, each one of `moves` with its probability. Fails if
    /// that takes too many operations.
    pub fn new(moves: &[([i8; 2], f64)], ratio: f64, steps: u32) -> Result<Self, EntryError> {
        let line = Line::new(ratio, steps as usize).ok_or_else(|| too_many(ratio))?;
        let n = line.places.len();
        if n * n > MAX_PAIRS {
            return Err(too_many(ratio));
        }
        if f64::from(steps) * (n * n * moves.len()) as f64 > MAX_WORK {
            let expected = "fewer, or larger steps: so many steps of two coordinates take too long";
            return Err(EntryError::new("steps", steps, expected));
        }
        let (mut now, mut next) = (vec![0.0; n * n], vec![0.0; n * n]);
        now[line.start * n + line.start] = 1.0;
        for _ in 0..steps {
            next.fill(0.0);
            for i in 0..n {
                for j in 0..n {
                    let mass = now[i * n + j];
                    if mass > 1e-40 {
                        for ([one, other], chance) in moves {
                            next[line.moved(i, *one) * n + line.moved(j, *other)] += chance * mass;
                        }
                    }
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        let whole = sum(now.iter().copied());
        let each = now.iter().enumerate().filter(|(_, mass)| **mass > 0.0);
        let place = |index: usize| [line.places[index / n], line.places[index % n]];
        let positions = each.map(|(index, mass)| (place(index), mass / whole)).collect();
        Ok(Self { positions })
    }

    /// Returns the pairs of positions, in units of ε, each with its probability.
    #[must_use]
    pub fn positions(&self) -> &[([f64; 2], f64)] {
        &self.positions
    }

    pub(super) fn into_positions(self) -> Vec<([f64; 2], f64)> {
        self.positions
    }
}

fn too_many(ratio: f64) -> EntryError {
    let expected = "larger: so many pairs of positions are too many to go through";
    EntryError::new("step_size", format!("eps/{ratio}"), expected)
}

/// All positions of one coordinate, and the targets of a step from each of them.
pub(in crate::attack) struct Line {
    pub(in crate::attack) places: Vec<f64>,
    up: Vec<usize>,
    down: Vec<usize>,
    pub(in crate::attack) start: usize,
}

impl Line {
    /// Creates the positions for steps of 1/`ratio` from 0. `None` if there are too many.
    pub(in crate::attack) fn new(ratio: f64, steps: usize) -> Option<Self> {
        let reach = ((ratio.ceil() - 1.0).min(steps as f64)) as usize;
        if reach > MAX_PAIRS / 8 {
            return None;
        }
        // The middle row −reach … reach, then the bounds and the positions reached from them.
        let mut places: Vec<f64> =
            (0..=2 * reach).map(|j| (j as f64 - reach as f64) / ratio).collect();
        let n = places.len();
        let mut up: Vec<usize> = (1..=n).collect();
        let mut down: Vec<usize> = (0..n).map(|j| j.wrapping_sub(1)).collect();
        let whole = ratio.fract() == 0.0;
        if reach == steps && (reach as f64) < ratio {
            // The walk never leaves the middle, so it does not step beyond its ends.
            up[n - 1] = n - 1;
            down[0] = 0;
            return Some(Self { places, up, down, start: reach });
        }
        let (bottom, top) = (n, n + 1);
        places.extend([-1.0, 1.0]);
        (up[n - 1], down[0]) = (top, bottom);
        if whole {
            up.extend([0, top]);
            down.extend([bottom, n - 1]);
            return Some(Self { places, up, down, start: reach });
        }
        let more = (2.0 * ratio).ceil() as usize - 1;
        // −1 + j/K and 1 − j/K, 1 ≤ j ≤ more
        let (low, high) = (n + 2, n + 2 + more);
        places.extend((1..=more).map(|j| -1.0 + j as f64 / ratio));
        places.extend((1..=more).map(|j| 1.0 - j as f64 / ratio));
        up.extend([if more > 0 { low } else { top }, top]);
        down.extend([bottom, if more > 0 { high } else { bottom }]);
        for j in 0..more {
            up.push(if j + 1 < more { low + j + 1 } else { top });
            down.push(if j > 0 { low + j - 1 } else { bottom });
        }
        for j in 0..more {
            up.push(if j > 0 { high + j - 1 } else { top });
            down.push(if j + 1 < more { high + j + 1 } else { bottom });
        }
        Some(Self { places, up, down, start: reach })
    }

    /// Returns the target of a step.
    pub(in crate::attack) fn moved(&self, from: usize, sign: i8) -> usize {
        match sign {
            1 => self.up[from],
            -1 => self.down[from],
            _ => from,
        }
    }
}
